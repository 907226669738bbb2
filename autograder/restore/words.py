"""The sentences of this package that people read: mostly notes for the student and the instructor."""

from typing import Literal

from autograder.language import _, in_a_row

Part = Literal["test", "locked", "answer"]
"""What a graded or locked cell is for; the sentences differ."""

Origin = Literal["text", "code", "given", "locked", "copy"]
"""Where a written answer stood outside its cell: in an own text or code cell, a given cell, or a copy of its cell."""


def another_assignment(name: str) -> str:
    """Say that a notebook has nothing of the assignment in it."""
    return _("This is not the notebook of {name}: it has none of its graded cells. Hand in {name}.ipynb.", name=name)


def given_missing(cell_id: str) -> str:
    """Say that the student deleted a given code cell."""
    return _("The given cell {cell} was missing. It was put back.", cell=cell_id)


def cell_missing(part: Part, name: str) -> str:
    """Say that the student deleted a graded or locked cell."""
    sentences = {
        "test": _("The test cell {name} was missing. It was put back."),
        "locked": _("The given cell {name} was missing. It was put back."),
        "answer": _("The cell for {name} was missing. It was graded as not filled in."),
    }
    return sentences[part].format(name=name)


def cell_doubled(part: Part, name: str) -> str:
    """Say that a graded or locked cell is there more than once."""
    sentences = {
        "test": _("The test cell {name} was there more than once. It was run once, in the course's version."),
        "locked": _("The given cell {name} was there more than once. It was run once, in the course's version."),
        "answer": _(
            "The cell for {name} was there more than once. The last one with work in it above the test was graded."
        ),
    }
    return sentences[part].format(name=name)


def cell_edited(part: Part, name: str) -> str:
    """Say that the student changed a test or locked cell."""
    sentences = {
        "test": _("The test cell {name} was changed. The course's version was run."),
        "locked": _("The given cell {name} was changed. The course's version was run."),
    }
    return sentences[part].format(name=name)


def locked_extended(name: str) -> str:
    """Say that the student added code to a locked cell."""
    return _("What was added to the given cell {name} was run beside the course's version.", name=name)


def own_cells_skipped(cells: list[str]) -> str:
    """Say which cells of the student's were not run, and why."""
    return _(
        "Cells of your own below experiments, which grading skips, were not run, because no solution uses what they "
        "define: {cells}.",
        cells=in_a_row(cells),
    )


def answer_elsewhere(name: str) -> str:
    """Say that an answer cell was deleted or left as it was, but another cell defines its function."""
    return _("The cell for {name} holds no work. Another cell defines {name}; that was graded.", name=name)


def answer_with_other_id(name: str) -> str:
    """Say that a cell was matched against its id."""
    return _(
        "The cell for {name} did not carry its own id. It was recognised by the function that it defines, by its "
        "text, or by the heading above it.",
        name=name,
    )


def elsewhere(name: str) -> str:
    """Make the text that stands in such an answer cell."""
    return _("# {name} is defined in another cell.", name=name)


def answer_below(name: str) -> str:
    """Say that a written answer stood in another cell than its own."""
    return _("The answer for {name} stood in a cell next to its own. It was moved there.", name=name)


def answer_found(name: str) -> str:
    """Say that text of the student's was put into an answer cell."""
    return _(
        "The answer for {name} was not only in its own cell. What was written elsewhere and may belong to it was put "
        "there too, for the person who grades it.",
        name=name,
    )


def answer_shared(name: str, other: str) -> str:
    """Say that the answer cell beside an empty one may hold both answers."""
    return _(
        "The cell for {name} was not filled in. The answer for {other} may hold this one too, so a person looks at it.",
        name=name,
        other=other,
    )


def answer_empty(name: str) -> str:
    """Say that nothing was written for an answer."""
    return _("The cell for {name} was not filled in, and no answer was found near it, so it earns nothing.", name=name)


def see_other_answer(other: str) -> str:
    """Make the text that stands in an empty answer cell beside one that may hold both answers."""
    return _("> **Put here by the grader.** This cell was not filled in. See the answer for `{other}`.", other=other)


def put_here(origin: Origin, cell_id: str) -> str:
    """Make the line above a text that was put into an answer cell; without a cell id it stood at the beginning."""
    sentences = {
        "text": _("> **Put here by the grader.** This stands in a text cell of the student's below `{cell}`:"),
        "code": _("> **Put here by the grader.** This stands in a code cell of the student's below `{cell}`:"),
        "given": _("> **Put here by the grader.** This was added to the given cell `{cell}`:"),
        "locked": _("> **Put here by the grader.** This was added to the given cell `{cell}`:"),
        "copy": _("> **Put here by the grader.** This stood in another copy of this cell:"),
    }
    if not cell_id and origin in ("text", "code"):
        return _("> **Put here by the grader.** This stands in a cell at the beginning of the notebook:")
    return sentences[origin].format(cell=cell_id)


def more_elsewhere() -> str:
    """Say that not all of the student's texts were copied into an answer cell."""
    return _("> **Put here by the grader.** There is more text in other cells of this notebook.")


def experiment_needed(cell_id: str) -> str:
    """Say that an experiment was run after all."""
    return _(
        "The cell {cell} is an experiment, which grading skips. It was run because a solution uses what it defines.",
        cell=cell_id,
    )


def type_changed(name: str, kind: str) -> str:
    """Say that a code cell was turned into text, or the reverse."""
    return _("The type of the cell for {name} was changed. It was read as a {kind} cell.", name=name, kind=kind)


def retagged(name: str) -> str:
    """Say that a graded cell was tagged to be skipped."""
    return _("The cell for {name} was tagged to be skipped. It was run all the same.", name=name)


def id_lost(names: list[str]) -> str:
    """Say that an editor removed the nbgrader metadata of cells."""
    return _(
        "An editor removed the ids of the cells for {names}. They were recognised by their content.",
        names=in_a_row(names),
    )


def newer_python(version: tuple[int, int], here: tuple[int, int]) -> str:
    """Say that a notebook was run with a newer Python than the one that grades."""
    return _(
        "This notebook was written with Python {version} and graded with Python {here}. Code that only a newer Python "
        "understands fails here although it ran for you; other errors are not explained by this.",
        version="{}.{}".format(*version),
        here="{}.{}".format(*here),
    )


def newer_syntax(version: tuple[int, int], here: tuple[int, int]) -> str:
    """Say that a notebook has code that only a newer Python can parse."""
    return _(
        "A cell of this notebook seems to use syntax of Python {version}, and was graded with Python {here}. Such code "
        "fails here although it may have run for you; other errors are not explained by this.",
        version="{}.{}".format(*version),
        here="{}.{}".format(*here),
    )
