"""Write answers in words: of all lengths, in two languages, where the notebook asks for them or elsewhere."""

from collections.abc import Callable, Mapping
from itertools import cycle
from random import Random

from autograder.demo import words
from autograder.demo.habits import Draft
from autograder.notebook.format import Cell
from autograder.notebook.regions import TEXT_STUB
from autograder.notebook.roles import Role, role


def is_question(cell: Cell, own: Role) -> bool:
    """Whether the cell asks for an answer in words."""
    return cell["cell_type"] == "markdown" and own.solution


def answer(chance: Random) -> str:
    """Write an answer: a sentence, a paragraph, a list, or a page."""
    sentences = words.answers(chance.choice(("en", "en", "zh")))
    length = chance.choice((1, 2, 3, 5, 8, 20))
    said = chance.sample(sentences, min(length, len(sentences)))
    if length < 8:
        return " ".join(said)
    if chance.random() < 0.3:
        return "\n".join(f"- {sentence}" for sentence in said)
    return "\n\n".join([*(" ".join(said[start : start + 3]) for start in range(0, len(said), 3)), words.formula()])


def _in_place(draft: Draft, place: int) -> None:
    """Replace the line that says where to write, each with an answer of its own."""
    parts = draft.cells[place]["source"].split(TEXT_STUB)
    if len(parts) == 1:
        parts = [parts[0] + "\n\n", ""]
    draft.cells[place]["source"] = parts[0] + "".join(answer(draft.chance) + part for part in parts[1:])


def _first_only(draft: Draft, place: int) -> None:
    """Answer the first question, and leave the others for later."""
    given = draft.cells[place]["source"]
    draft.cells[place]["source"] = given.replace(TEXT_STUB, answer(draft.chance), 1)


def _below(draft: Draft, place: int) -> None:
    for _ in range(draft.chance.randint(1, 3)):
        draft.add(place + 1, answer(draft.chance), "markdown")


def _above(draft: Draft, place: int) -> None:
    draft.add(place, answer(draft.chance), "markdown")


def _raw(draft: Draft, place: int) -> None:
    draft.add(place + 1, answer(draft.chance), "raw")


def _in_comments(draft: Draft, place: int) -> None:
    draft.add(place + 1, "\n".join(f"# {line}" for line in answer(draft.chance).split("\n")))


def _printed(draft: Draft, place: int) -> None:
    draft.add(place + 1, f"print({answer(draft.chance)!r})")


def _as_code(draft: Draft, place: int) -> None:
    """Forget to make the new cell a text cell."""
    draft.add(place + 1, answer(draft.chance))


def _after_a_plot(draft: Draft, place: int) -> None:
    draft.add(place + 1, "plt.plot([1, 2, 3], [0.9, 0.7, 0.6])\nplt.show()")
    draft.add(place + 2, answer(draft.chance), "markdown")


def _in_the_heading(draft: Draft, place: int) -> None:
    """Write at the end of the text above."""
    above = draft.cells[place - 1] if place else None
    if above and above["cell_type"] == "markdown" and not role(above).grade_id:
        above["source"] += f"\n\n{answer(draft.chance)}"
    else:
        _above(draft, place)


def _at_the_end(draft: Draft, place: int) -> None:
    draft.add(len(draft.cells), answer(draft.chance), "markdown")


def _not_at_all(draft: Draft, place: int) -> None:
    """Leave the question as it is."""


PLACES: Mapping[str, Callable[[Draft, int], None]] = {
    "in place": _in_place,
    "the first only": _first_only,
    "below": _below,
    "above": _above,
    "raw": _raw,
    "in comments": _in_comments,
    "printed": _printed,
    "as code": _as_code,
    "after a plot": _after_a_plot,
    "in the heading": _in_the_heading,
    "at the end": _at_the_end,
    "not at all": _not_at_all,
}
"""Where students write."""


def write_answers(draft: Draft, where: str) -> None:
    """Answer every question of a notebook, the last first, so that places stay valid."""
    for place in reversed(draft.places(is_question)):
        PLACES[where](draft, place)
    for cell in draft.cells:
        if cell["cell_type"] == "markdown" and not role(cell).grade_id:
            first, *rest = cell["source"].split("| … |")  # the table about who the student is
            entries = (draft.chance.choice(row) for row in cycle(words.about_themselves()))
            cell["source"] = first + "".join(f"| {entry} |{after}" for entry, after in zip(entries, rest, strict=False))
