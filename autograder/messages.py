"""Words that instructors and students read from the commands. One place, so that another language is one file."""

from collections.abc import Iterable
from typing import Any


def no_course(folder: str) -> str:
    """No course folder where a command was started."""
    return f"No course at {folder}: there is no nbgrader_config.py. Go to the course folder, or name it with --course."


def no_assignment(assignment: str, known: Iterable[str]) -> str:
    """An assignment that the course does not have."""
    names = ", ".join(known) or "none"
    return f"No assignment {assignment!r} in source/. The course has: {names}."


def bad_secret(path: str) -> str:
    """The file of the course secret holds something else."""
    return f"{path} is not a course secret. Put it back from a backup, or delete it and grade everybody again."


def file_empty() -> str:
    """A submission of no bytes."""
    return "The file is empty. Save the notebook and hand it in again."


def file_too_large(size: int, limit: int) -> str:
    """A submission that is too large to be a notebook."""
    return (
        f"The file has {size / 1e6:.0f} MB; the limit is {limit / 1e6:.0f} MB. "
        "Clear the large outputs, save, and hand it in again."
    )


def file_not_text() -> str:
    """A submission that is not text."""
    return "The file is not a notebook: it is not UTF-8 text. Hand in the .ipynb file itself."


def file_not_json(line: int, column: int) -> str:
    """A submission that breaks off or was edited by hand."""
    return (
        f"The file is not a notebook: it is not valid JSON at line {line}, column {column}. "
        "Open it in Jupyter or VS Code, save it there, and hand it in again."
    )


def file_too_deep() -> str:
    """A submission that only exists to break a reader."""
    return "The file is not a notebook: its JSON is nested too deeply or holds an absurd number."


def file_no_notebook() -> str:
    """JSON that is something else."""
    return "The file is JSON but not a notebook: it has no cells. Hand in the .ipynb file of the assignment."


def too_many_cells(count: int, limit: int) -> str:
    """A notebook beyond reason."""
    return f"The notebook has {count} cells; the limit is {limit}. Remove cells that are not needed."


def no_autotests(cell: str) -> str:
    """A cell whose tests nbgrader writes when the assignment is made, which has not happened."""
    return f"The tests of the cell {cell} are not written yet: run `autograder release` (or `grade`) first."


def source_unreadable(name: str, reason: str) -> str:
    """An instructor's notebook that cannot be used."""
    return f"The source notebook {name} cannot be used: {reason}."


def another_assignment(name: str) -> str:
    """A notebook that has nothing of the assignment in it."""
    return f"This is not the notebook of {name}: none of its graded cells is in it. Hand in {name}.ipynb."


_WHAT = {"test": "The test cell", "locked": "The given cell", "answer": "The cell"}


def given_missing(cell_id: str) -> str:
    """A given code cell that the student deleted."""
    return f"The given cell {cell_id} was missing. It was put back."


def cell_missing(what: str, name: str) -> str:
    """A graded or locked cell that the student deleted."""
    if what == "answer":
        return f"The cell for {name} was missing. It was graded as not filled in."
    return f"{_WHAT[what]} {name} was missing. It was put back."


def cell_doubled(what: str, name: str) -> str:
    """A graded or locked cell that is there more than once."""
    if what == "answer":
        return f"The cell for {name} was there more than once. The last one with work in it above the test was graded."
    return f"{_WHAT[what]} {name} was there more than once. It was run once, as the course gave it."


def answer_elsewhere(name: str) -> str:
    """A deleted answer cell whose function is defined in another cell."""
    return f"The cell for {name} was missing. What another cell defines under this name was graded."


def elsewhere(name: str) -> str:
    """The text of an answer cell whose function is defined in another cell."""
    return f"# {name} is defined in another cell."


def experiment_needed(cell_id: str) -> str:
    """An experiment cell that grading passes over, but for a solution that uses what it sets."""
    return f"The cell {cell_id} is an experiment, which grading passes over. It was run because a solution uses it."


def cell_edited(what: str, name: str) -> str:
    """A test or locked cell that the student changed."""
    return f"{_WHAT[what]} {name} was changed. It was run as the course gave it."


def type_changed(name: str, kind: str) -> str:
    """A code cell turned into text, or the reverse."""
    return f"The cell for {name} had another type. It was read as a {kind} cell."


def retagged(name: str) -> str:
    """A graded cell tagged to be skipped."""
    return f"The cell for {name} was tagged to be skipped. It was run all the same."


def id_lost(names: list[str]) -> str:
    """Cells whose nbgrader metadata an editor removed."""
    return f"An editor removed what marks the cells for {', '.join(names)}. They were recognised by their content."


def answer_below(name: str) -> str:
    """A written answer in another cell than the one for it."""
    return f"The answer for {name} stood in a cell beside the one for it. It was taken over."


def solution_outside(index: int) -> str:
    """An instructor's cell with a solution that would be released."""
    return f"Cell {index} holds a solution region but is not a solution cell; it would be given to students."


TIME_OVER = "The time for this cell was over. Look for a loop that does not end."


def kernel_lost(died: bool) -> str:
    """A cell after which there was no kernel any more."""
    if died:
        return "This cell ended the Python process. It earns nothing; the other cells were run without it."
    return "This cell did not stop when its time was over. It earns nothing; the other cells were run without it."


def kernels_used_up(limit: int) -> str:
    """A notebook that kills one kernel after the other."""
    return f"Not run: cells before this one ended the Python process {limit} times."


def bad_verdict(points: float) -> str:
    """A verdict that the grader did not write."""
    return f"The verdict is not a score between 0 and {points:g}."


def no_verdict() -> str:
    """A test cell that ended without the grader's word."""
    return "The test ended without a verdict."


def too_many_points(value: float, points: float) -> str:
    """A test cell of an instructor that prints more than it is worth."""
    return f"The test gave {value:g} points and is worth {points:g}."


def guessed_full_marks(name: str) -> str:
    """A test cell whose result is no score: nbgrader gives full marks."""
    return f"The result of {name} is not a score between 0 and its points; nbgrader counts it as full marks."


def bad_config(path: str, error: Exception) -> str:
    """A configuration that does not run."""
    return f"{path} cannot be used: {type(error).__name__}: {error}"


def release_failed(assignment: str, reason: str) -> str:
    """A step of nbgrader's generate_assignment refused."""
    return f"{assignment} cannot be released: {reason}"


def would_leak(name: str, mark: str) -> str:
    """A released notebook with something in it that is the instructor's."""
    return f"{name} cannot be released: {mark!r} would stand in the students' notebook."


def no_dataset(name: str) -> str:
    """A data file that an assignment names and the course does not have."""
    return f"datasets/{name} is missing; the assignment's notebook reads it."


def class_readme(assignment: str) -> str:
    """The page that comes with the notebook."""
    return f"""How to work on {assignment}

1. Unpack the whole archive. Keep the folders together: the notebook needs labkit/ beside it.
2. You need Python 3.11 or newer with numpy, matplotlib and Jupyter:
       python -m pip install numpy matplotlib notebook
3. Open {assignment}.ipynb in Jupyter or in VS Code, and run it from the top.
4. Fill in the parts between START CODE HERE and END CODE HERE. The self-check below each part says
   how far you are. It judges on public cases; grading uses others.
5. Run the experiments, write your conclusions and your questions.
6. Save, restart the kernel, run all cells once more, and hand in {assignment}.ipynb. Nothing else is needed.
"""


def no_engine(name: str, known: Iterable[str]) -> str:
    """An engine that is not there."""
    return f"No engine {name!r}. There are: {', '.join(known)}."


def sandbox_needs_linux() -> str:
    """The sandbox on another system."""
    return "The sandbox needs Linux. Grade with --engine nbgrader here; it does not hold hostile notebooks back."


def no_limits() -> str:
    """Limits for the engine that does not have them."""
    return "--limit is for the sandbox engine; with nbgrader, set ExecuteSubmission.timeout in nbgrader_config.py."


def nobody_handed_in(assignment: str) -> str:
    """Nothing to grade."""
    return f"Nobody handed in {assignment}: submitted/ holds no folder STUDENT/{assignment}."


def no_submission(student: str, assignment: str) -> str:
    """A student without a submission folder."""
    return f"{student} handed in nothing: there is no submitted/{student}/{assignment}."


def no_notebook(name: str) -> str:
    """A submission folder without the notebook."""
    return f"There is no {name} in the submission. Hand in the notebook under that name."


def not_a_file(name: str) -> str:
    """A link or something else instead of the notebook."""
    return f"{name} is not a plain file. Hand in the notebook itself."


def file_unreadable(name: str, reason: str) -> str:
    """A file that the system does not let us read."""
    return f"{name} cannot be read: {reason}."


def gradebook_unusable(path: str, reason: str) -> str:
    """The database fails."""
    return f"The gradebook {path} cannot be used: {reason}"


def grader_killed() -> str:
    """A submission that took the grading process with it."""
    return "The submission ended the process that graded it. It was not graded; read it before grading it again."


def not_judged(reason: str) -> str:
    """The engine failed on a submission."""
    return f"The notebook could not be run: {reason}"


A_LINK = "it is a link"
NOT_A_NOTEBOOK = "it is not a notebook"
POINTS_OUTSIDE = "its name points outside the archive"
NO_STUDENT = "its path does not tell whose it is"


def ignored(place: str, reason: str) -> str:
    """A file of a download that was not taken."""
    return f"{_printable(place)}: not taken, {reason.rstrip('.')}."


def _printable(text: str) -> str:
    """A name from outside, without the signs that move a terminal's cursor."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text)[:200]


def archive_too_large() -> str:
    """A zip bomb, or the wrong file."""
    return "The archive unpacks to more than a class can hand in. Nothing more of it was read."


def entry_too_large(limit: int) -> str:
    """One file of an archive that is too large."""
    return f"it unpacks to more than {limit / 1e6:.0f} MB"


def bad_archive(error: Exception) -> str:
    """An archive, or a file in it, that is damaged or encrypted."""
    return f"it cannot be unpacked ({_printable(str(error)) or type(error).__name__})"


def not_an_archive(path: str) -> str:
    """A file that is no zip."""
    return f"{path} is not a zip archive. Give the folder or the archive that the LMS made."


def nothing_there(path: str) -> str:
    """A path to nothing."""
    return f"There is no {path}."


def another_version(student: str) -> str:
    """A further notebook of a student."""
    return f"another notebook of {_printable(student)} was"


def no_answer_key(assignment: str) -> str:
    """An assignment that nobody wrote answers for."""
    return f"{assignment} has no answer key, so there is nothing to make a class from."


MADE_UP_SENTENCES = (
    "The cost curve alone did not tell me which network is better.",
    "Without regularization the border follows single points.",
    "A larger value made the border smoother, and then too smooth.",
    "I expected the training accuracy to fall, and it did.",
    "The spread between seeds was larger than I thought.",
    "The gradient check found my first slip.",
    "I would like to know how to choose the value without the test set.",
    "On new data the simpler border was right more often.",
    "My question: why does the effect depend on the size of the network?",
    "My answer: more units give more ways to fit the noise.",
)


STOPPED = "stopped; what was graded so far is recorded"
GRADING = "grading"
FEEDBACK = "feedback"

_STATES = {
    "graded": "graded",
    "unchanged": "unchanged since they were graded",
    "unreadable": "could not be read and count as not filled in",
    "failed": "not graded",
}


def unexpected(error: Exception, variable: str) -> str:
    """A mistake of this program."""
    return f"unexpected {type(error).__name__}: {error} (with {variable}=1 the whole trace is shown)"


def released(assignment: str, folder: str, archive: str) -> str:
    """What a release made."""
    return f"{assignment}: {folder}, and for the class {archive}"


def simulated(assignment: str, kinds: list[str]) -> str:
    """What a made-up class consists of."""
    counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))
    return f"{assignment}: {len(kinds)} made-up submissions ({counts})"


def collected(assignment: str, written: int, unchanged: int) -> str:
    """What came out of a download."""
    same = f", {unchanged} there already" if unchanged else ""
    return f"{assignment}: {written} submissions collected{same}"


def grading_summary(assignment: str, states: list[str]) -> str:
    """How grading a class went."""
    counts = [f"{states.count(state)} {words}" for state, words in _STATES.items() if state in states]
    return f"{assignment}: {', '.join(counts)}"


def check_result(result: dict[str, Any]) -> str:
    """The result of one notebook for people."""
    lines = [f"{result['assignment']}: {result['score']:g} of {result['max_score']:g} points by machine"]
    for cell in result["cells"]:
        lines.append(f"{cell['grade_id'].removeprefix('test_')}: {cell['score']:g} of {cell['max_score']:g}")
        for criterion in cell["criteria"]:
            mark = "passed" if criterion["passed"] else "failed"
            lines.append(f"  {mark}  {criterion['name']}: {criterion['points']:g}  {criterion['message']}".rstrip())
        lines += [f"  hint: {mistake['hint']}" for mistake in cell["mistakes"]]
        if cell["error"]:
            lines.append(f"  {cell['error']}")
    if result["needs_manual_grade"]:
        lines.append(f"graded by hand: {', '.join(result['needs_manual_grade'])}")
    return "\n".join(lines)


def feedback_written(pages: int, folder: str) -> str:
    """Where the pages for students are."""
    return f"{pages} pages in {folder}"


def report_written(path: str) -> str:
    """Where the page for instructors is."""
    return f"report: {path}"


def exported(rows: int, path: str) -> str:
    """Where the table is."""
    return f"{rows} students in {path}"


def demo_released(assignment: str, archive: str) -> str:
    """The first step of the demo."""
    return f"{assignment}: released; the class gets {archive}"


def demo_results(pages: int, feedback: str, report: str, table: str) -> str:
    """Where the demo's results are."""
    return f"  feedback: {pages} pages in {feedback}\n  report:   {report}\n  scores:   {table}"
