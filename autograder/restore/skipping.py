"""Decide which experiments run: cells that the source skips, and the student's own cells among them."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal

from autograder.notebook.budget import check
from autograder.notebook.cell_names import may_bind, may_read, names_in, never_runs, words_in
from autograder.notebook.format import Cell, Output
from autograder.notebook.notes import Note
from autograder.notebook.roles import SKIP_TAG
from autograder.notebook.source import Source, SourceCell
from autograder.restore import words

MAX_LOOKED_AT = 300_000
"""Characters of code in which needed names are looked up; far more than a person writes in a notebook."""
MAX_NAMED, MAX_LINE = 20, 60
"""Skipped cells that a note names, and characters of each."""

_NEEDED_LATER = re.compile(
    r"^(?:(?:async[ \t]+def|def|class|import|from)[ \t]|%time[ \t]+def[ \t]|%(?:run|store|load_ext|autoreload|pylab)\b)"
    r"|\A\s*%%(?:writefile|file)\b",
    re.MULTILINE,
)
"""What later cells may need without reading a name that this cell visibly binds."""
_STAR = re.compile(r"^[ \t]*(?:from[ \t]+[\w.]+[ \t]+import[ \t]*\*|%pylab\b)", re.MULTILINE)


Kind = Literal["solution", "test", "own", "experiment", "other"]


@dataclass(frozen=True)
class CodeCell:
    """A code cell of the trusted notebook.

    Attributes:
        cell: the cell itself.
        given: the source cell that it stands for; None for a cell that the student added.
        outputs: what a cell that the student added showed.
        among_experiments: whether it stands below a source cell that is skipped.
    """

    cell: Cell
    given: SourceCell | None
    outputs: list[Output]
    among_experiments: bool

    @property
    def kind(self) -> Kind:
        """What it is to grading; a practice step is an experiment, too."""
        if self.given is None:
            return "own"
        if self.given.is_test:
            return "test"
        if self.given.skipped:
            return "experiment"
        return "solution" if self.given.answer else "other"

    @property
    def is_doubtful(self) -> bool:
        """Whether it may be an experiment of the student's, which runs only if something needs it."""
        return self.given is None and self.among_experiments and not _NEEDED_LATER.search(self.cell["source"])


def skip_unneeded_cells(source: Source, code: Sequence[CodeCell]) -> list[Note]:
    """Skip the student's cells among the experiments, run the experiments that a solution needs, and note those.

    Args:
        source: the instructor's notebook.
        code: the code cells of the trusted notebook, in running order; they are changed here.
    """
    last_test = max((place for place, part in enumerate(code) if part.kind == "test"), default=-1)
    above = code[: last_test + 1]  # what stands below has not run when a solution is called
    cells = [(part.kind, part.cell["source"]) for part in above]
    experiments = [text for kind, text in cells if kind == "experiment"]
    names = source.skipped_names.union(*(may_bind(text) for text in experiments if text not in source.skipped_texts))
    unsure = names - source.bound
    run = set[int]()
    if sum(len(text) for _, text in cells) <= MAX_LOOKED_AT and (
        any(part.is_doubtful for part in above)
        or any(may_need(text, unsure) for kind, text in cells if kind in ("solution", "test", "own"))
    ):
        run = needed(cells, source.bound)
    doubtful = [place for place, part in enumerate(code) if part.is_doubtful and place not in run]
    own_experiments = experimenting(cells, run, names, source.bound) if doubtful else set()
    skipped = [code[place] for place in doubtful if place > last_test or place in own_experiments]
    for added in skipped:
        added.cell["outputs"] = added.outputs
        added.cell["metadata"] = {"tags": [SKIP_TAG]}
    run_anyway = [code[place].cell for place in sorted(run) if code[place].kind == "experiment"]
    for cell in run_anyway:
        cell["metadata"]["tags"] = [tag for tag in cell["metadata"]["tags"] if tag != SKIP_TAG]
        cell["outputs"] = []
    notes = [Note("experiment-needed", "", words.experiment_needed(cell["id"])) for cell in run_anyway]
    if skipped:
        shown = [_name_of(added.cell) for added in skipped[:MAX_NAMED]]
        notes.append(Note("own-cells-skipped", "", words.own_cells_skipped(shown)))
    return notes


def _name_of(cell: Cell) -> str:
    """Name a student's cell by its first line, which is what a student knows of it."""
    first = next((line.strip() for line in cell["source"].split("\n") if line.strip()), "")
    shown = "".join(sign if sign.isprintable() else " " for sign in first)
    return f"“{shown}”" if len(shown) <= MAX_LINE else f"“{shown[:MAX_LINE]}…”"


def needed(cells: Sequence[tuple[Kind, str]], available: AbstractSet[str]) -> set[int]:
    """Find which cells must run because solutions and tests need what they bind, directly or through other cells.

    A student's own cell is needed for a name that it binds, or for what it writes into a student's variable. An
    experiment is needed only for a name that is read and that nothing above the reader binds. A solution with an error
    of syntax needs nothing: it does not run.

    Args:
        cells: kind and text of the code cells, in running order.
        available: names that the given cells that run bind.

    Returns:
        The places of own cells and experiments.
    """
    names = {place: names_in(text) for place, (kind, text) in enumerate(cells) if kind != "other"}
    left = {kind: {place for place in names if cells[place][0] == kind} for kind in ("own", "experiment")}
    chosen, read, bound = set[int](), dict[str, int](), dict[str, int]()  # names, each with its first place
    star = next((place for place, (_, text) in enumerate(cells) if _STAR.search(text)), None)
    if star is not None:
        bound = dict.fromkeys(_names_of_numpy(), star)
    added = {place for place in names if cells[place][0] in ("solution", "test") and not never_runs(cells[place][1])}
    while added:
        check()
        for place in added:
            for first, found in ((read, names[place].read), (bound, names[place].bound)):
                first.update((name, min(place, first.get(name, place))) for name in found)
        added = {
            place
            for place in left["own"]
            if read.keys() & names[place].bound or read.keys() & bound.keys() & names[place].written
        }
        if not added:
            missing = {name for name, place in read.items() if place < bound.get(name, len(cells))} - available
            added = {place for place in left["experiment"] if names[place].bound & missing}
        chosen |= added
        left = {kind: places - added for kind, places in left.items()}
    return chosen


def experimenting(
    cells: Sequence[tuple[Kind, str]], run: AbstractSet[int], bound: AbstractSet[str], available: AbstractSet[str]
) -> set[int]:
    """Find own cells that use what experiments bind, directly or through others: they are experiments, too.

    Any other cell may do what a solution needs and no name shows: `np.int = int`, or a call that fills a table. What an
    experiment binds counts as the experiment's unless a cell that a solution needs binds it too: students copy the cell
    that loads the data, and all that they try with it.

    Args:
        cells: kind and text of the code cells, in running order.
        run: places of the cells that a solution needs.
        bound: names that experiments bind.
        available: names that the given cells that run bind.

    Returns:
        The places of the cells.
    """
    found, absent = set[int](), set(bound - available)
    for place, (kind, text) in enumerate(cells):
        if kind not in ("own", "solution"):
            continue
        names = names_in(text)
        if kind == "solution" or place in run:
            absent -= names.bound
        elif not absent.isdisjoint(names.read - names.bound):
            found.add(place)
            absent |= names.bound - available
    return found


def _names_of_numpy() -> list[str]:
    """Return what `import *` is taken to bind: what another module has, nobody can tell."""
    import numpy as np  # slow to import, and seldom needed

    return dir(np)


def may_need(solution: str, names: AbstractSet[str]) -> bool:
    """Whether a solution may read any of these names from the notebook.

    A fast pre-check: False means certainly not. True may be wrong; `needed` decides.
    """
    left = names & words_in(solution)
    if left:
        left = left - may_bind(solution)
    return bool(left) and not left.isdisjoint(may_read(solution))
