"""Words of this package that people read."""


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
