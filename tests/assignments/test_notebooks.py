"""The notebooks of our own assignments and their grading fit together."""

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from autograder.assignments import answer_key, names
from autograder.checking import words
from autograder.checking.judging import run_here
from autograder.course.course import Course
from autograder.engines.registry import Engine
from autograder.errors import SubmissionError
from autograder.grading.check_notebook import check_notebook
from autograder.notebook.source import read_source
from autograder.restore.restore import restore
from autograder.verify.solution import execute, functions_of, load_solution
from tests.helpers.answer_keys import prepared

COURSE = Course.at(Path(__file__).parents[2])


def test_every_source_notebook_has_an_answer_key() -> None:
    assert sorted(names()) == COURSE.assignments()


@pytest.mark.parametrize("other", names())
@pytest.mark.parametrize("assignment", names())
def test_the_notebook_of_another_assignment_is_refused_filled_in_or_not(assignment: str, other: str) -> None:
    source = read_source(COURSE.notebooks(assignment)[0])
    for path in (COURSE.notebooks(other)[0], COURSE.release(other) / f"{other}.ipynb"):
        with (
            nullcontext() if other == assignment else pytest.raises(SubmissionError, match=f"notebook of {assignment}")
        ):
            restore(source, path.read_bytes())


@pytest.mark.kernel
@pytest.mark.parametrize("assignment", names())
def test_the_solution_gets_all_machine_points_and_the_released_stub_none(assignment: str) -> None:
    for notebook, points in (
        (COURSE.notebooks(assignment)[0], 60),
        (COURSE.release(assignment) / f"{assignment}.ipynb", 0),
    ):
        judged = check_notebook(COURSE, assignment, notebook, Engine("nbgrader"))
        assert (judged.score, judged.max_score) == (points, 60)


@pytest.mark.parametrize("assignment", names())
def test_each_function_of_the_released_notebook_is_said_to_be_not_filled_in_and_nothing_else(assignment: str) -> None:
    solution = load_solution(COURSE, assignment)
    namespace = dict(solution.namespace)
    for stub in solution.stubs.values():
        if stub.lstrip().startswith("def "):
            execute(stub, namespace)
    for check in answer_key(assignment).checks:
        verdict = prepared(check.name, b"as released").judge(run_here(functions_of(check, namespace)))
        some = words.still_none(["dW3", "dW2", "dW1"])  # the only function of which parts are given
        assert verdict.cause in (words.returns_none(), words.computes_with_none(), some), check.name
        # The error for an unknown mode is given: the stub does what a test branch does that is not filled in.
        assert {hint.id for hint in verdict.mistakes} <= {"bn-test-empty"} and verdict.score == 0.0
        told = [r.message for r in verdict.criteria if r.judged or r.message == verdict.cause]
        assert len(told) == 1, told


def test_a_helper_of_a_later_cell_is_a_name_that_grading_does_not_know_and_the_documents_say_why() -> None:
    def batchnorm_backward(dout: Any, cache: Any) -> Any:
        return batchnorm_backward_alt(dout, cache)  # type: ignore[name-defined]  # noqa: F821

    by = prepared("batchnorm_backward", b"a later cell")
    verdict = by.judge(run_here({**by.check.reference, "batchnorm_backward": batchnorm_backward}))
    (hint,) = verdict.mistakes
    assert verdict.score == 0.0 and "made only in a later cell" in hint.hint
    assert "in a cell above it: grading runs the notebook from top to bottom" in " ".join(
        (COURSE.root / "docs" / "student.md").read_text().split()
    )
