"""Feedback pages tell a student what happened, tell nothing they must not, and run nothing of a student's."""

import errno
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from html import unescape
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from autograder.checking.verdict import CriterionResult, Hint, Picture, Verdict
from autograder.checking.words import not_defined
from autograder.course.course import Course
from autograder.errors import CourseError
from autograder.gradebook.read_marks import Mark, NotebookMarks
from autograder.gradebook.rubric_marks import (
    Action,
    GivenItems,
    HandMark,
    MarkedQuestion,
    RubricItem,
    Seen,
    read_items,
    save,
    seed_items,
)
from autograder.gradebook.rubric_tables import make_mark_tables, marking
from autograder.nbgrader_plugins.feedback_exporter import FeedbackExporter
from autograder.notebook.format import Cell, Output
from autograder.notebook.notes import NEWER_PYTHON
from autograder.pages import feedback
from autograder.pages import render as pages
from autograder.pages.autograded_notebook import read_autograded
from autograder.pages.feedback import feedback_page, write_feedback
from labkit.calls.call import CallError
from tests.helpers.browser import dump_dom, overflowing, printed_pages, screenshot
from tests.helpers.graded_course import (
    AREA,
    ASSIGNMENT,
    SECRET_LINE,
    VOLUME,
    code,
    display,
    enter,
    failing_volume,
    make_course,
    markdown,
    notebook,
    png,
    right_area,
    stream,
    wrong_gradient,
)
from tests.helpers.hostile import HOSTILE_HTML
from tests.helpers.outputs import displayed

pytestmark = pytest.mark.xdist_group("feedback")

TITLE = "PWNED"
RUN = f"document.title='{TITLE}'"
PAYLOADS = [
    *(html.replace("alert(1)", RUN) for html in HOSTILE_HTML),
    f"<script>{RUN}</script>",
    f'"><script>{RUN}</script>',
    f"</style></title></textarea></script><script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"<svg onload={RUN}>",
]


def write_anew(course: Course) -> None:
    """Forget what pages were made from, so that all are written again."""
    (course.private / "feedback" / f"{ASSIGNMENT}.json").unlink(missing_ok=True)


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def text_of(page: str) -> str:
    """What a reader sees of a page, roughly."""
    body = page.partition("<body>")[2] or page
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body.replace("<wbr>", ""))))


def section(page: str, question: str) -> str:
    """The part of the page about one question."""
    question = question.replace("_", "_<wbr>")
    return next(part for part in page.split("<section")[1:] if f">{question}<" in part.partition("</h2>")[0] + "<")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    course = make_course(tmp_path_factory.mktemp("feedback"))
    figure = [stream("epoch 1\repoch 2\n"), display({"image/png": png(), "text/plain": "<Figure>"})]
    enter(
        course,
        "ann",
        notebook(
            notes=["The cell test_area was changed; the original was used."],
            outputs=[stream("area is 12\n")],
            others=[code("plt.plot(costs)", outputs=figure), code("silent = 1")],
        ),
        scores={"test_area": 10.0, "test_area_gradient": 2.0},
        manual={"conclusions": 21.5},
        comments={"conclusions": "Which of the *two*?", "area": "Nice and short."},
    )
    enter(course, "ben", notebook(None, None, None), scores={})
    enter(course, "eve", b'{"cells": 3')
    enter(course, "fay", notebook(), scores={"test_area": 10.0}, manual={"test_area": 4.0})
    return course


@pytest.fixture(scope="module")
def sent(course: Course) -> dict[str, str]:
    """Student → page; a student without one is left out."""
    return {one.student: read(one.pages[0]) for one in write_feedback(course, ASSIGNMENT) if one.pages}


def test_a_broken_notebook_is_reported_and_stops_nobody(course: Course) -> None:
    found = {one.student: one for one in write_feedback(course, ASSIGNMENT)}
    assert list(found) == ["ann", "ben", "eve", "fay"]
    assert found["eve"].pages == () and "damaged" in found["eve"].problem
    assert all(found[name].pages and not found[name].problem for name in ("ann", "ben", "fay"))


def test_pages_stand_where_nbgrader_looks_with_what_it_wants_beside_them(course: Course, sent: dict[str, str]) -> None:
    folder = course.feedback("ann", ASSIGNMENT)
    assert sorted(path.name for path in folder.iterdir()) == [f"{ASSIGNMENT}.html", "timestamp.txt"]
    assert read(folder / "timestamp.txt") == read(course.autograded("ann", ASSIGNMENT) / "timestamp.txt")


def test_a_student_can_be_picked_and_one_without_marks_is_reported(course: Course) -> None:
    picked = list(write_feedback(course, ASSIGNMENT, ["fay", "nobody"]))
    assert [(one.student, len(one.pages), bool(one.problem)) for one in picked] == [
        ("fay", 1, False),
        ("nobody", 0, True),
    ]


def test_without_a_gradebook_there_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "nbgrader_config.py").touch()
    with pytest.raises(CourseError, match="Grade the assignment first"):
        list(write_feedback(Course.at(tmp_path), ASSIGNMENT))
    (tmp_path / "gradebook.db").write_bytes(b"no database" * 100)
    with pytest.raises(CourseError, match="cannot be read"):
        list(write_feedback(Course.at(tmp_path), ASSIGNMENT))


@pytest.mark.skipif(sys.platform != "linux", reason="forks only where they are known to work")
@pytest.mark.parametrize("page", ["feedback", "report"])
def test_the_command_has_no_threads_when_it_starts_processes_so_that_they_are_forks(course: Course, page: str) -> None:
    program = (
        "import sys; from autograder import spread\n"
        "def shown(prepare, *_, forked, **__):\n"
        "    print(spread._context(prepare, forked=forked).get_start_method())\n"
        "    return iter(())\n"
        "spread.on_processes = shown\n"
        "from autograder.cli.commands import main; main(sys.argv[1:])"
    )
    command = [sys.executable, "-c", program, page, ASSIGNMENT, "--course", str(course.root)]
    assert subprocess.run(command, capture_output=True, text=True, check=False).stdout.startswith("fork\n")


def test_points_are_those_of_the_gradebook(sent: dict[str, str]) -> None:
    page = sent["ann"]
    assert "33.5 of 85 points so far" in text_of(page)
    assert "10 of 10 points" in text_of(section(page, "area"))
    assert "2 of 20 points" in text_of(section(page, "area_gradient"))
    assert "0 of 15 points" in text_of(section(page, "volume"))
    assert "21.5 of 25 points" in text_of(section(page, "Conclusions"))
    assert "not graded yet, 15 points" in text_of(section(page, "Own questions"))
    assert "1 answer is still to be graded by hand: 15 points." in text_of(page)


def test_points_set_by_hand_win_and_are_said_to_be(sent: dict[str, str]) -> None:
    shown = text_of(section(sent["fay"], "area"))
    assert "4 of 10 points" in shown and "Your instructor set these points by hand" in shown


def test_each_criterion_has_its_result_in_words(sent: dict[str, str]) -> None:
    shown = text_of(section(sent["ann"], "area_gradient"))
    assert re.search(r"✗ not met value scale = 0.7: dW1\[1, 0\] is off by about 50 % 0 / 10", shown)
    assert re.search(r"✓ met shape 2 / 2", shown)


def test_a_known_mistake_gives_its_hint(sent: dict[str, str]) -> None:
    assert "is it counted more than once?" in text_of(section(sent["ann"], "area_gradient"))
    assert "known mistake" not in text_of(section(sent["ann"], "area"))


def test_the_picture_says_in_words_what_it_shows(sent: dict[str, str]) -> None:
    shown = section(sent["ann"], "area_gradient")
    assert 'role="img" aria-label="dW1, scale = 0.7' in shown and "4 of 12 entries differ" in shown
    assert shown.count('class="differs"') == 4


def test_an_own_exception_is_shown_with_own_lines(sent: dict[str, str]) -> None:
    shown = text_of(section(sent["ann"], "volume"))
    assert "ValueError : matmul: 4 is different from 3 line 2: return sides @ np.zeros(3)" in shown


def test_own_code_is_shown_once_and_own_outputs_beside_it(sent: dict[str, str]) -> None:
    page = sent["ann"]
    assert "result = sides[0] * sides[1]  # <b>no scale</b> & nothing else" in unescape(
        re.sub(r"<[^>]+>", "", section(page, "area"))
    )
    assert "area is 12" in section(page, "area")
    assert "Your code is shown at area" in text_of(section(page, "area_gradient"))
    assert page.count("no scale") == 1


def test_other_cells_that_show_something_are_shown(sent: dict[str, str]) -> None:
    shown = sent["ann"][sent["ann"].index('id="others"') :]
    assert "data:image/png;base64," in shown and "epoch 2" in shown and "epoch 1" not in shown
    assert "silent" not in shown
    assert 'id="others"' not in sent["fay"]


def test_own_texts_are_shown_among_other_cells_with_their_pictures_and_given_ones_are_not(tmp_path: Path) -> None:
    own: list[Cell] = [
        {"cell_type": "markdown", "id": "own", "metadata": {}, "source": "# My *derivation*\n![d](attachment:d.png)"},
        {"cell_type": "raw", "id": "raw", "metadata": {}, "source": "kept <as> typed"},
        {"cell_type": "markdown", "id": "given", "metadata": {}, "source": "Given by the instructor."},
    ]
    own[0]["attachments"] = {"d.png": {"image/png": png()}}
    content = notebook(others=own)
    content["metadata"]["autograder"]["own_texts"] = ["own", "raw", "conclusions", 7]
    page = page_of(tmp_path, content)
    shown = page[page.index('id="others"') :].partition("</section>")[0]
    assert "My <em>derivation</em></h4>" in shown and "data:image/png;base64," in shown and "Show 2 cells" in shown
    assert "kept &lt;as&gt; typed" in shown and "grows" not in shown and "Given by" not in page
    levels = [int(level) for level in re.findall(r"<h([1-6])", page)]
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("own", [None, 7, "own", {"own": 1}, [["own"]]])
def test_own_texts_of_another_form_are_nobodys(tmp_path: Path, own: Any) -> None:
    content = notebook(others=[{"cell_type": "markdown", "id": "own", "metadata": {}, "source": "Mine."}])
    content["metadata"]["autograder"]["own_texts"] = own
    assert "Mine." not in page_of(tmp_path, content)


def test_a_newer_python_is_said_once_at_the_top(tmp_path: Path) -> None:
    content = notebook(notes=["The cell test_area was changed."])
    newer = {"kind": NEWER_PYTHON, "cell": "", "message": "Written with Python 3.99."}
    content["metadata"]["autograder"]["notes"].append(newer)
    text = text_of(page_of(tmp_path, content))
    assert text.count("Written with Python 3.99.") == 1
    assert text.index("Written with Python 3.99.") < text.index("Points for each question")
    assert "About your file The cell test_area was changed." in text
    content["metadata"]["autograder"]["notes"] = [newer]
    assert "About your file" not in text_of(page_of(tmp_path, content))


def test_answers_comments_and_notes_are_shown(sent: dict[str, str]) -> None:
    page = sent["ann"]
    assert "<strong>grows</strong>" in section(page, "Conclusions") and "<em>two</em>" in section(page, "Conclusions")
    assert "Nice and short." in section(page, "area") and "Nice and short." not in section(page, "area_gradient")
    assert "the original was used" in page


def test_a_check_that_did_not_run_says_why_without_a_traceback(sent: dict[str, str]) -> None:
    shown = text_of(section(sent["ben"], "area"))
    assert "The check could not run to its end: NameError : name 'area' is not defined" in shown


def test_an_assert_that_fails_is_a_result_and_no_trouble_of_the_check(tmp_path: Path) -> None:
    content = notebook(None, None, None)
    for cell in content["cells"]:
        for output in cell.get("outputs", []):
            output.update({"ename": "AssertionError", "evalue": "try area([2, 3])"})  # type: ignore[misc]
    text = text_of(page_of(tmp_path, content))
    assert "The test found a wrong result: AssertionError : try area([2, 3])" in text
    assert "run to its end" not in text and "line of the table" not in text
    assert "tell your instructor which question you mean" in text


def test_a_full_disk_is_said_once(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pages, "write_whole", refuse)
    write_anew(course)
    with pytest.raises(CourseError, match="No space left on device"):
        list(write_feedback(course, ASSIGNMENT))


def test_a_file_that_could_not_be_used_says_why_once(tmp_path: Path) -> None:
    content = notebook(None, None, None)
    content["metadata"]["autograder"]["notes"] = [
        {"kind": "unreadable", "cell": "", "message": "It is not a notebook."}
    ]
    text = text_of(page_of(tmp_path, content))
    assert text.count("It is not a notebook.") == 1 and "START CODE HERE" not in text and "NameError" not in text


def test_many_notes_of_one_kind_are_one_line(tmp_path: Path) -> None:
    text = text_of(page_of(tmp_path, notebook(notes=[f"Cell {number} was changed." for number in range(9)])))
    assert "Cell 0 was changed. (And 8 more of this kind.)" in text and "Cell 1" not in text


def test_a_companion_that_failed_is_not_shown_as_an_own_error(tmp_path: Path) -> None:
    verdict = replace(failing_volume(), error=CallError("NeededResultError", "area"))
    text = text_of(page_of(tmp_path, notebook(right_area(), wrong_gradient(), verdict)))
    assert "NeededResultError" not in text and "Your function raised an error" not in text


def cell_error(kind: str, message: str, traceback: str) -> Output:
    return {"output_type": "error", "ename": kind, "evalue": message, "traceback": [traceback]}


def test_a_cell_that_stopped_shows_its_own_error_first_and_once(tmp_path: Path) -> None:
    failed = cell_error("SyntaxError", "invalid syntax", "Cell In[3], line 2\n    if mode = 1:\n            ^\n")
    missing = replace(
        right_area(),
        criteria=(CriterionResult("value", False, 0.0, 10.0, "area is not defined", judged=False),),
        cause=not_defined("area"),
    )
    content = notebook(missing, replace(missing, check="area_gradient"), failing_volume(), outputs=[failed])
    page = page_of(tmp_path, content, scores={"test_area": 0.0})
    shown = text_of(section(page, "area"))
    assert shown.index("This cell stopped with an error") < shown.index("SyntaxError") < shown.index("Your code")
    assert "line 2: if mode = 1:" in shown and "is not defined" not in shown and "not met" not in shown
    assert text_of(page).count("SyntaxError") == 1
    assert "stopped with the error that is shown at area." in text_of(section(page, "area_gradient"))


def test_the_same_exception_in_the_cell_and_in_the_check_is_told_once(tmp_path: Path) -> None:
    content = notebook(right_area(), wrong_gradient(), failing_volume())
    message = "matmul: 4 is different from 3"
    cell = next(cell for cell in content["cells"] if cell["source"] == VOLUME)
    cell["outputs"] = [cell_error("ValueError", message, "Cell In[5], line 2\n----> 2 return sides @ np.zeros(3)\n")]
    shown = text_of(section(page_of(tmp_path, content), "volume"))
    assert shown.count(f"ValueError : {message}") == 1


def test_a_note_on_a_questions_cell_stands_with_the_question_and_nowhere_else(tmp_path: Path) -> None:
    content = notebook(right_area(), wrong_gradient(), failing_volume())
    notes = [("cell-failed", "volume", "Line 3 failed."), ("cell-failed", "", "Another cell failed.")]
    content["metadata"]["autograder"]["notes"] = [{"kind": k, "cell": c, "message": m} for k, c, m in notes]
    page = page_of(tmp_path, content)
    assert text_of(page).count("Line 3 failed.") == 1 and "Line 3 failed." in text_of(section(page, "volume"))
    assert "Another cell failed." in text_of(page)


def test_why_stands_before_the_table_and_what_was_not_judged_has_a_dash(tmp_path: Path) -> None:
    value, shape, numeric = wrong_gradient().criteria
    waiting = replace(shape, passed=False, points=0.0, message="counts once it is met.", judged=False)
    verdict = replace(wrong_gradient(), criteria=(value, waiting, numeric), cause="Still None: dW2.")
    shown = text_of(section(page_of(tmp_path, notebook(right_area(), verdict, failing_volume())), "area_gradient"))
    assert shown.index("Still None: dW2.") < shown.index("Checked")
    assert "– not judged shape counts once it is met." in shown


def test_a_cell_that_was_not_filled_in_says_so(tmp_path: Path) -> None:
    path = tmp_path / "page.ipynb"
    path.write_text(json.dumps(notebook()))
    remarks = {"volume": "No response.", "conclusions": "No response."}
    page = feedback_page(read_autograded(path), NotebookMarks(remarks=remarks), "ann").decode()
    assert "Nothing was filled in here." in text_of(section(page, "Conclusions"))
    shown = text_of(section(page, "volume"))
    assert "This function is not filled in yet." in shown and "ValueError" not in shown and "<table" not in shown
    assert '<details class="screen"><summary>Your code' in section(page, "volume")
    assert "Nothing was filled in" not in section(page, "area")


def test_nbgrader_can_release_the_pages(course: Course, sent: dict[str, str], tmp_path: Path) -> None:
    from nbgrader.auth import Authenticator
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.exchange.default.release_feedback import ExchangeReleaseFeedback
    from traitlets.config import Config

    (course.submitted("ann", ASSIGNMENT) / "submission_secret.txt").write_text("made up")
    list(write_feedback(course, ASSIGNMENT, ["ann"]))
    tmp_path.chmod(0o777)
    settings = {"root": str(course.root), "course_id": "c", "assignment_id": ASSIGNMENT, "student_id": "ann"}
    config = Config(CourseDirectory=settings, Exchange={"root": str(tmp_path)})
    parts = {"coursedir": CourseDirectory(config=config), "authenticator": Authenticator(config=config)}
    ExchangeReleaseFeedback(**parts, config=config).start()
    (released,) = tmp_path.rglob("*.html")
    assert read(released) == sent["ann"]
    (course.submitted("ann", ASSIGNMENT) / "submission_secret.txt").unlink()
    (course.feedback("ann", ASSIGNMENT) / "submission_secret.txt").unlink()


def test_nbgraders_own_command_makes_the_same_pages(course: Course, sent: dict[str, str], tmp_path: Path) -> None:
    from nbgrader.converters import GenerateFeedback
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config

    from autograder.course.nbgrader_app import load_config

    settings = {
        "root": str(course.root),
        "db_url": course.gradebook_url,
        "assignment_id": ASSIGNMENT,
        "student_id": "ann",
        "feedback_directory": "nbgrader_feedback",
    }
    config = load_config(Course.at(Path(__file__).parents[2]))
    config.merge(Config(CourseDirectory=settings))
    converter = GenerateFeedback(coursedir=CourseDirectory(config=config), config=config)
    converter.start()
    made = course.root / "nbgrader_feedback" / "ann" / ASSIGNMENT / f"{ASSIGNMENT}.html"
    assert read(made) == sent["ann"]


def test_no_hidden_test_path_or_printed_verdict_is_on_any_page(course: Course, sent: dict[str, str]) -> None:
    for page in sent.values():
        assert SECRET_LINE not in unescape(page) and "918273" not in page and "HIDDEN" not in page
        assert str(course.root) not in page and "labkit.check" not in page
        assert "0/10" not in page  # the verdict as text, which the test cell printed as well


def test_a_page_loads_nothing_and_has_no_script_or_style_attribute(sent: dict[str, str]) -> None:
    for page in sent.values():
        assert not re.search(r"(?i)<script|<link|<iframe|\sstyle=|\son\w+=|@import|url\(", page)
        assert not re.search(r'(?i)(?:src|href)="(?!#|data:image/)', page)
        assert "default-src 'none'; style-src 'sha256-" in page


def test_headings_ids_and_tables_are_in_order(sent: dict[str, str]) -> None:
    for page in sent.values():
        levels = [int(level) for level in re.findall(r"<h([1-6])", page)]
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels) if before < 3)
        ids = re.findall(r'\sid="([^"]+)"', page)
        assert len(ids) == len(set(ids))
        assert all(target in ids for target in re.findall(r'href="#([^"]+)"', page))
        assert all(target in ids for target in re.findall(r'aria-labelledby="([^"]+)"', page))
        assert "<th>" not in page and not re.search(r"<img(?![^>]* alt=)", page)
        assert '<html lang="en">' in page


def test_the_same_input_gives_the_same_page(course: Course, sent: dict[str, str]) -> None:
    again = {one.student: read(one.pages[0]) for one in write_feedback(course, ASSIGNMENT) if one.pages}
    assert again == sent


def contrast(one: str, other: str) -> float:
    """Contrast of two colours (WCAG 2.2)."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_text_has_enough_contrast_in_light_and_in_dark() -> None:
    css = (pages.TEMPLATES / "page.css").read_text()
    themes = [dict(re.findall(r"--([\w-]+): (#\w{6})", css.split(":root {")[at])) for at in (1, 2)]
    for theme in themes:
        pairs = [("text", back) for back in ("back", "card", "code", "good-back", "part-back", "bad-back", "wait-back")]
        pairs += [(name, f"{name}-back") for name in ("good", "part", "bad", "wait")]
        pairs += [("soft", "card"), ("soft", "back"), ("accent", "card"), ("accent", "back"), ("text", "track")]
        pairs += [(name, "code") for name in ("keyword", "string", "comment", "number", "name")]
        for text, back in pairs:
            assert contrast(theme[text], theme[back]) >= 4.5, (text, back)


@pytest.mark.parametrize(
    "spoil",
    [
        {"criteria": 7},
        {"criteria": [{"name": 1}]},
        {"mistakes": [None]},
        {"error": {"kind": []}},
        {"picture": {"title": "x", "expected": 3, "actual": [], "wrong": []}},
        {"function": None},
    ],
)
def test_a_forged_verdict_of_another_form_is_not_shown(tmp_path: Path, spoil: dict[str, Any]) -> None:
    forged = notebook(right_area(), replace(wrong_gradient()), failing_volume())
    stored = displayed(forged["cells"][4]["outputs"][1])
    next(iter(stored.values())).update(spoil)
    page = page_of(tmp_path, forged)
    assert "2 of 20 points" in text_of(page) and "6 / 6" in page


def test_pictures_of_odd_numbers_or_forms_are_drawn_or_left_out(tmp_path: Path) -> None:
    odd: list[tuple[Any, Any]] = [
        ([[float("nan"), 1e308]], [[float("inf"), -1e308]]), ([[0.0]], [[0.0]]), ([], []), ([[]], [[]]),
        ([[1.0], [1.0, 2.0]], [[1.0], [1.0, 2.0]]), ([["x"]], [[None]]), ([[1.0] * 99] * 99, [[2.0] * 99] * 99),
    ]  # fmt: skip
    for expected, actual in odd:
        verdict = replace(
            wrong_gradient(), picture=Picture("dW", expected, actual, [[True for _ in row] for row in expected])
        )
        page = page_of(tmp_path, notebook(right_area(), verdict, failing_volume()))
        assert "nan" not in page.lower() and "infinity" not in page.lower() and len(page) < 3_000_000


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"cells": [1, {}, {"cell_type": "code"}]}', b"[" * 100_000, b"\xff\x00"]
)
def test_a_notebook_of_any_form_gives_a_page_or_one_clear_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.ipynb"
    path.write_bytes(content)
    try:
        page = feedback_page(read_autograded(path), NotebookMarks(), "ann").decode()
    except Exception as error:
        assert type(error).__name__ == "SubmissionError" and "\n" not in str(error)
    else:
        assert "0 of 0 points" in text_of(page)


def page_of(
    folder: Path,
    content: Mapping[str, Any],
    student: str = "ann",
    *,
    scores: Mapping[str, float] | None = None,
    **comments: str,
) -> str:
    path = folder / "page.ipynb"
    path.write_text(json.dumps(content))
    scores = {"test_area": 10.0, "test_area_gradient": 2.0, "test_volume": 0.0, **(scores or {})}
    maxima = {"test_area": 10.0, "test_area_gradient": 20.0, "test_volume": 15.0}
    marks = {name: Mark(name, maxima[name], score) for name, score in scores.items()}
    marks |= {name: Mark(name, 20.0, flagged=True, written=True) for name in ("conclusions", "questions")}
    return feedback_page(read_autograded(path), NotebookMarks(marks, comments=comments), student).decode()


def hostile_page(folder: Path) -> str:
    """A page with every payload in every place that a student or a forged verdict can fill."""
    outputs: list[Output] = []
    for payload in PAYLOADS:
        for mime in (
            "text/html",
            "text/markdown",
            "image/svg+xml",
            "text/latex",
            "text/plain",
            "application/javascript",
        ):
            outputs.append(display({mime: payload}))
        outputs.append(stream(payload))
        outputs.append(
            {
                "output_type": "error",
                "ename": payload,
                "evalue": payload,
                "traceback": [f"Cell In[1]\n----> 1 {payload}"],
            }
        )
    everything = "\n\n".join(PAYLOADS)
    forged = Verdict(
        "area", everything, (CriterionResult(everything, False, 0, 1, everything),), (Hint(everything, everything),),
        picture=Picture(everything, [[1]], [[2]], [[True]]),
    )  # fmt: skip
    content = notebook(
        forged, wrong_gradient(), failing_volume(),
        answer=everything, outputs=outputs, others=[code(everything, outputs=outputs)], notes=[everything],
    )  # fmt: skip
    content["cells"][0]["source"] = f"# {PAYLOADS[-1]}"
    return page_of(folder, content, student=PAYLOADS[-2], area=everything, conclusions=everything)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Pages as a browser shows them: with a script, with one layer of defence each, and with both."""
    folder = tmp_path_factory.mktemp("hostile")
    safe = hostile_page(folder)
    policy = re.search(r'<meta http-equiv="Content-Security-Policy"[^>]*>', safe)
    assert policy
    raw = "".join(f"<div>{payload}</div>" for payload in PAYLOADS if "http-equiv" not in payload)
    cases = {
        "both": safe,
        "sanitised only": safe.replace(policy[0], ""),
        "policy only": f"<!DOCTYPE html><html><head>{policy[0]}<title>calm</title></head><body>{raw}</body></html>",
        "neither": f"<!DOCTYPE html><html><head><title>calm</title></head><body>{raw}</body></html>",
    }
    for name, page in cases.items():
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    with ThreadPoolExecutor(2) as pool:
        doms = pool.map(lambda name: dump_dom(folder / f"{name}.html"), cases)
    yield dict(zip(cases, doms, strict=True))


def title(dom: str) -> str:
    found = re.search(r"<title>(.*?)</title>", dom, re.DOTALL)
    return found[1] if found else ""


@pytest.mark.browser
def test_the_payloads_do_run_in_a_page_without_defence(opened: dict[str, str]) -> None:
    assert title(opened["neither"]) == TITLE


@pytest.mark.browser
@pytest.mark.parametrize("layer", ["both", "sanitised only", "policy only"])
def test_no_script_of_a_student_runs_in_a_browser_behind_either_layer(opened: dict[str, str], layer: str) -> None:
    assert title(opened[layer]) != TITLE and opened[layer].rstrip().endswith("</html>")


@pytest.mark.browser
def test_a_browser_finds_no_element_of_a_student_that_runs_or_loads(opened: dict[str, str]) -> None:
    body = opened["both"].partition("<body>")[2]
    assert not re.search(
        r"(?i)<(script|iframe|object|embed|link|meta|base|form|input|style|video|audio|template)\b", body
    )
    assert not re.search(r'(?i)<[^>]*\s(?:src|href)="(?!#|data:image/|https?://|mailto:)[^"]*"', body)
    assert opened["both"].count("<main>") == 1 and opened["both"].count("Full marks</h1>") == 0


def test_rubric_items_are_a_list_with_their_points_and_the_comment_beside_it(tmp_path: Path) -> None:
    items = (RubricItem("a", 2.0, "the cause is named"), RubricItem("b", -1.5, "speaks of <b>another</b> figure"))
    text = "+2: the cause is named\n\nWell *written*."
    path = tmp_path / "page.ipynb"
    path.write_text(json.dumps(notebook()))
    mark = Mark("conclusions", 25.0, manual=1.0, written=True)
    marks = NotebookMarks({"conclusions": mark}, comments={"conclusions": text})
    given = {"conclusions": GivenItems(items, 0.5, "Well *written*.", text)}
    page = feedback_page(read_autograded(path), marks, "ann", given=given).decode()
    section = page[page.index('<ul class="rubric"') :].partition("</section>")[0]
    assert "speaks of &lt;b&gt;another" in section and "<em>written</em>" in section
    assert "+2 the cause is named −1.5 speaks of" in text_of(section) and "+0.5 besides" in text_of(section)
    assert text_of(section).count("the cause is named") == 1


def test_a_comment_that_was_changed_elsewhere_stands_in_place_of_the_rubric(tmp_path: Path) -> None:
    path = tmp_path / "page.ipynb"
    path.write_text(json.dumps(notebook()))
    mark = Mark("conclusions", 25.0, manual=1.0, written=True)
    marks = NotebookMarks({"conclusions": mark}, comments={"conclusions": "From formgrader."})
    given = {"conclusions": GivenItems((RubricItem("a", 2.0, "the cause is named"),), 0.0, "", "as it was")}
    page = feedback_page(read_autograded(path), marks, "ann", given=given).decode()
    assert "From formgrader." in page and "the cause is named" not in page


def test_marks_by_rubric_are_on_the_pages_of_both_commands(tmp_path: Path) -> None:
    course = make_course(tmp_path)
    enter(course, "ann", notebook())
    make_mark_tables(course)
    question = MarkedQuestion(ASSIGNMENT, ASSIGNMENT, "conclusions", 25.0)
    with marking(course, writes=True) as database:
        seed_items(database, question, [(2.0, "the cause is named")])
        (item,) = read_items(database, question)
        save(database, question, {"ann": Seen(0)}, HandMark((item.id,)), Action("tina"))
    (result,) = write_feedback(course, ASSIGNMENT)
    ours = result.pages[0].read_text(encoding="utf-8")
    assert '<ul class="rubric"' in ours and "2 of 25 points" in text_of(ours)
    names = {"student": "ann", "assignment": ASSIGNMENT, "notebook": ASSIGNMENT, "db_url": course.gradebook_url}
    graded = course.autograded("ann", ASSIGNMENT) / f"{ASSIGNMENT}.ipynb"
    page, _ = FeedbackExporter().from_filename(  # type: ignore[no-untyped-call]
        str(graded), {"nbgrader": names}
    )
    assert page == ours


def test_the_title_block_of_the_notebook_stands_at_the_top_and_not_among_the_other_cells(tmp_path: Path) -> None:
    table = "| | |\n|---|---|\n| **Name** | Ann <b>Lee</b> |\n| **Student number** | 117 |\n| **Class** | Lab A |"
    cell = markdown(table)
    cell["id"] = "student"
    content = notebook(others=[cell])
    content["metadata"]["autograder"]["own_texts"] = ["student"]
    page = page_of(tmp_path, content)
    block = page[page.index('<dl class="who"') :].partition("</dl>")[0]
    assert text_of(block).split("Name ")[1] == "Ann Lee Student number 117 Class Lab A "
    assert page.index('class="who"') < page.index('id="q1"') and 'id="others"' not in page
    assert 'class="who"' not in page_of(tmp_path, notebook())


def test_the_parts_stand_in_the_order_of_a_report(tmp_path: Path) -> None:
    page = page_of(tmp_path, notebook(others=[code("plot()", outputs=[display({"image/png": png()})])]))
    places = [page.index(text) for text in ("<h1>", 'id="q1"', 'id="q3"', 'id="others"', 'id="q4"', "Why is it so?")]
    assert places == sorted(places)


def test_the_penalty_for_being_late_stands_with_the_points(tmp_path: Path) -> None:
    path = tmp_path / "page.ipynb"
    path.write_text(json.dumps(notebook()))
    marks = NotebookMarks({"test_area": Mark("test_area", 10.0, 10.0)}, penalty=2.5)
    page = feedback_page(read_autograded(path), marks, "ann", late="Handed in 3 h late, 2.5 points taken off.").decode()
    assert "7.5 of 10 points" in text_of(page) and "Handed in late −2.5" in text_of(page)


def test_a_docstring_is_left_out_on_paper_and_nothing_else_of_the_code(tmp_path: Path) -> None:
    page = page_of(tmp_path, notebook(), scores={"test_area": 4.0})
    code_shown = page[page.index("<pre") :].partition("</pre>")[0]
    (left_out,) = re.findall(r'<span class="screen">(.*?)\n</span>', code_shown, re.DOTALL)
    assert text_of(left_out).strip() == '"""The area of a rectangle."""'
    assert unescape(re.sub("<[^>]+>", "", code_shown.partition("<code>")[2])) == AREA


@pytest.mark.browser
def test_a_page_with_many_pictures_prints_on_six_sheets_and_fits_a_phone(tmp_path: Path) -> None:
    shown = [display({"image/png": png()}), stream("\n".join(f"step {at}  cost {at / 7}" for at in range(100)))]
    cells = [code("plots.learning_curves(trained)", outputs=shown) for _ in range(22)]
    answer = "The network learns the noise, as the test accuracy falls while the training cost does. " * 40
    page = tmp_path / "many.html"
    page.write_text(page_of(tmp_path, notebook(others=cells, answer=answer)), encoding="utf-8")
    assert printed_pages(page, tmp_path / "many.pdf") <= 6
    assert {name.partition(".")[0] for name in overflowing(page, 400)} <= {"PRE", "LI"}  # code, line by line


@pytest.mark.browser
def test_a_page_follows_the_readers_theme_and_fits_a_phone(
    course: Course, sent: dict[str, str], tmp_path: Path
) -> None:
    from matplotlib.image import imread

    page = course.feedback("ann", ASSIGNMENT) / f"{ASSIGNMENT}.html"
    shots = [(tmp_path / "light.png", False), (tmp_path / "dark.png", True)]
    with ThreadPoolExecutor(2) as pool:
        pictures = list(pool.map(lambda shot: imread(screenshot(page, shot[0], 500, 900, dark=shot[1])), shots))
    light, dark = (picture[:, :, :3].mean() for picture in pictures)
    assert light > 0.85 and dark < 0.25
    for picture in pictures:  # both margins are free: nothing is wider than the window
        assert picture[:, 1, :3].std(axis=0).max() < 0.02 and picture[:, -2, :3].std(axis=0).max() < 0.02


def test_links_beside_a_submission_do_not_go_back_to_the_student(course: Course, sent: dict[str, str]) -> None:
    places = [folder(course, "ann", ASSIGNMENT) / "timestamp.txt" for folder in (Course.autograded, Course.submitted)]
    before = {place: place.read_bytes() for place in places if place.is_file()}
    returned = course.feedback("ann", ASSIGNMENT) / "timestamp.txt"
    try:
        for place in places:
            place.unlink(missing_ok=True)
            place.symlink_to(course.private / "secret")
        returned.unlink(missing_ok=True)
        (result,) = write_feedback(course, ASSIGNMENT, ["ann"])
        assert result.pages and not result.problem
        assert not returned.exists()
    finally:
        for place in places:
            place.unlink()
            if place in before:
                place.write_bytes(before[place])
        list(write_feedback(course, ASSIGNMENT, ["ann"]))


def test_an_error_that_nobody_expected_costs_one_page(
    course: Course, sent: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Panic(BaseException):
        """As a native library raises it."""

    def break_down(*_: object) -> None:
        raise Panic

    monkeypatch.setattr(feedback, "feedback_page", break_down)
    write_anew(course)
    (result,) = write_feedback(course, ASSIGNMENT, ["ann"])
    assert "Panic" in result.problem and "errors.log" in result.problem and not result.pages
    assert (course.private / "errors.log").is_file()
    (course.private / "errors.log").unlink()
