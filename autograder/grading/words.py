"""Words of this package that people read."""

from collections.abc import Iterable


def no_engine(name: str, known: Iterable[str]) -> str:
    """An engine that is not there."""
    return f"No engine {name!r}. There are: {', '.join(known)}."


def sandbox_needs_linux() -> str:
    """The sandbox on another system."""
    return "The sandbox needs Linux. Grade with --engine nbgrader here; it does not hold hostile notebooks back."


def nobody_handed_in(assignment: str) -> str:
    """Nothing to grade."""
    return f"Nobody handed in {assignment}: submitted/ holds no folder STUDENT/{assignment}."


def no_submission(student: str, assignment: str) -> str:
    """A student without a submission folder."""
    return f"{student} handed in nothing: there is no submitted/{student}/{assignment}."


_STATES = {
    "graded": "graded",
    "unchanged": "unchanged since they were graded",
    "unreadable": "could not be read and count as not filled in",
    "failed": "not graded",
}


def grading_summary(assignment: str, states: list[str]) -> str:
    """How grading a class went."""
    counts = [f"{states.count(state)} {words}" for state, words in _STATES.items() if state in states]
    return f"{assignment}: {', '.join(counts)}"
