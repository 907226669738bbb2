"""Our steps in nbgrader's own pipelines: `nbgrader_config.py` names them, so that its plain commands take them too."""

import copy
import math
from pathlib import Path
from typing import Any

import nbformat
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbgrader import utils
from nbgrader.preprocessors import Execute, NbGraderPreprocessor
from traitlets import Dict, Integer

from autograder.checking.verdict import MIME
from autograder.course.course import Course
from autograder.engines import words as engines_words
from autograder.grading.grade_class import sources_of
from autograder.nbgrader_plugins import words
from autograder.notebook.regions import BEGIN_SOLUTION, without_solution
from autograder.notebook.roles import SKIP_TAG
from autograder.notebook.source import parse_source
from autograder.restore.restore import restore_or_untouched

JsonDict = dict[str, Any]


class StubSolutions(NbGraderPreprocessor):  # type: ignore[misc]
    """For the release: the solution regions become `START CODE HERE` stubs (see `autograder.notebook.regions`)."""

    def preprocess_cell(self, cell: Any, resources: Any, cell_index: int) -> tuple[Any, Any]:
        """Stub one cell.

        Raises:
            ValueError: a solution stands in a cell that is not a solution cell, or its region is not closed.
        """
        if utils.is_solution(cell):
            cell.source = without_solution(cell.source, cell.cell_type)
        elif BEGIN_SOLUTION in cell.source:
            raise ValueError(words.solution_outside(cell_index))
        return cell, resources


class RestoreSubmission(NbGraderPreprocessor):  # type: ignore[misc]
    """For grading: what is the instructor's comes from the source (see `autograder.restore.restore`)."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Replace the submission by its restored notebook; one of another assignment counts as not filled in."""
        names = resources["nbgrader"]
        course = Course.find(Path.cwd())  # nbgrader works in the course folder
        source = parse_source(sources_of(course, names["assignment"])[names["notebook"]], names["notebook"])
        restored = restore_or_untouched(source, nbformat.writes(nb).encode("utf-8", "replace"))
        for note in restored.notes:
            self.log.warning("%s: %s", names["student"], note.message)
        return nbformat.from_dict(restored.notebook), resources


class ExecuteSubmission(Execute):  # type: ignore[misc]
    """Run a notebook; a cell that kills the kernel, or does not let go of it, costs itself only.

    nbclient gives up a whole notebook then. Here the cell gets the error, and the others run in a new kernel.
    """

    max_kernels = Integer(4, help="Kernels that one notebook may use up before its remaining cells fail.").tag(
        config=True
    )

    error_on_timeout = Dict(
        {"ename": "CellTimeout", "evalue": words.TIME_OVER, "traceback": [f"CellTimeout: {words.TIME_OVER}"]}
    ).tag(config=True)

    _running = -1

    def on_cell_executed(self, **kwargs: Any) -> None:
        """Keep one error of a cell that was stopped: that its time was over (a hook of nbclient)."""
        super().on_cell_executed(**kwargs)
        cell = kwargs["cell"]
        if any(output.get("ename") == self.error_on_timeout["ename"] for output in cell.outputs):
            cell.outputs = [output for output in cell.outputs if output.get("ename") != "KeyboardInterrupt"]

    def on_cell_execute(self, cell: Any, cell_index: int) -> None:
        """Remember which cell runs (a hook of nbclient)."""
        self._running = cell_index

    def preprocess(self, nb: Any, resources: Any, km: Any = None) -> tuple[Any, Any]:
        """Run all cells that are not tagged to be skipped."""
        lost: dict[int, Any] = {}
        for _ in range(self.max_kernels):
            attempt = copy.deepcopy(nb)
            for index in lost:
                attempt.cells[index].metadata["tags"] = [SKIP_TAG]
            self._running = -1
            try:
                executed, resources = super().preprocess(attempt, resources, km)
            except (DeadKernelError, CellTimeoutError) as error:
                if self._running < 0:  # the kernel never started: nothing of this notebook's doing
                    raise
                died = isinstance(error, DeadKernelError)
                lost[self._running] = _error("KernelDied" if died else "CellTimeout", words.kernel_lost(died))
            else:
                break
        else:
            executed = copy.deepcopy(nb)
            last = max(lost)
            for index, cell in enumerate(executed.cells):
                if index > last and cell.cell_type == "code" and SKIP_TAG not in cell.metadata.get("tags", ()):
                    lost[index] = _error("KernelDied", words.kernels_used_up(self.max_kernels))
        for index, output in lost.items():
            executed.cells[index].metadata = copy.deepcopy(nb.cells[index].metadata)
            executed.cells[index].outputs = [output]
        return executed, resources


class SettleScores(NbGraderPreprocessor):  # type: ignore[misc]
    """Make the outputs of each test cell say exactly its score, because nbgrader guesses scores from outputs.

    Where the grader left a verdict, the verdict's points are the score, whatever else the cell printed: warnings on
    stderr cost nothing, other results earn nothing. Where the test calls the grader and no verdict came, it is 0.
    """

    def preprocess_cell(self, cell: Any, resources: Any, cell_index: int) -> tuple[Any, Any]:
        """Settle one cell; any but a test cell stays as it is."""
        if cell.cell_type == "code" and utils.is_grade(cell) and not utils.is_solution(cell):
            cell.outputs = settled(cell.outputs, float(cell.metadata.nbgrader["points"]), cell.source)
            if _guessed(cell.outputs):
                self.log.warning(words.guessed_full_marks(cell.metadata.nbgrader["grade_id"]))
        return cell, resources


def settled(outputs: list[Any], points: float, source: str) -> list[Any]:
    """The outputs of a test cell, so that `nbgrader.utils.determine_grade` reads the right score from them.

    Args:
        outputs: what running the cell gave.
        points: what the cell is worth.
        source: the test as the instructor wrote it.
    """
    errors = [output for output in outputs if output.output_type == "error"]
    if errors:  # first, because nbgrader takes the first output that says anything
        return errors + [output for output in outputs if output.output_type != "error"]
    verdicts = [output["data"][MIME] for output in outputs if MIME in output.get("data", {})]
    if verdicts:
        score = _score_of(verdicts[-1], points)
        if score is None:
            return [_error("NoVerdict", words.bad_verdict(points)), *outputs]
        kept = [_to_stdout(output) for output in outputs if output.output_type != "execute_result"]
        return [*kept, nbformat.v4.new_output("execute_result", {"text/plain": repr(score)})]
    if "autograder.grade(" in source:
        return [_error("NoVerdict", words.no_verdict()), *outputs]
    for output in outputs:
        value = _printed_number(output)
        if value is not None and value > points:
            return [_error("TooManyPoints", engines_words.too_many_points(value, points)), *outputs]
    return outputs


def _score_of(verdict: Any, points: float) -> float | None:
    score = verdict.get("score") if isinstance(verdict, dict) else None
    if isinstance(score, bool) or not isinstance(score, int | float) or not 0 <= score <= points:
        return None
    return float(score)


def _printed_number(output: Any) -> float | None:
    if output.output_type != "execute_result":
        return None
    try:
        return float(output["data"].get("text/plain", ""))
    except ValueError:
        return None


def _guessed(outputs: list[Any]) -> bool:
    """Whether nbgrader will take a result that is no score for full marks."""
    results = [output for output in outputs if output.output_type == "execute_result"]
    if not results or any(output.output_type == "error" for output in outputs):
        return False
    value = _printed_number(results[0])
    return value is None or math.isnan(value) or value < 0


def _to_stdout(output: Any) -> Any:
    if output.output_type != "stream":
        return output
    return nbformat.v4.new_output("stream", name="stdout", text=output.text)


def _error(name: str, words: str) -> Any:
    return nbformat.v4.new_output("error", ename=name, evalue=words, traceback=[f"{name}: {words}"])
