"""Decide which experiments run: cells that the source skips, and the student's own cells among them."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from autograder.notebook.budget import check
from autograder.notebook.cell_names import may_bind, may_read, names_in, never_runs
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
_STAR = re.compile(r"^[ \t]*from[ \t]+[\w.]+[ \t]+import[ \t]*\*", re.MULTILINE)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class OwnCode:
    """A code cell that the student added.

    Attributes:
        cell: as it is in the trusted notebook.
        outputs: what it showed.
        among_experiments: whether it stands below a source cell that is skipped.
    """

    cell: Cell
    outputs: list[Output]
    among_experiments: bool

    @property
    def is_doubtful(self) -> bool:
        """Whether it runs only if something needs it."""
        return self.among_experiments and not _NEEDED_LATER.search(self.cell["source"])


def skip_unneeded_cells(source: Source, given: Sequence[tuple[SourceCell, Cell]], own: Sequence[OwnCode]) -> list[Note]:
    """Skip the student's cells among the experiments, run the experiments that a solution needs, and note those.

    Args:
        source: the instructor's notebook.
        given: its cells, each with what stands for it in the trusted notebook, which is changed here.
        own: the student's own code cells, changed here too.
    """
    code = [(source_cell, cell) for source_cell, cell in given if source_cell.kind == "code"]
    roots = [cell["source"] for part, cell in code if (part.answer and not part.is_practice) or part.is_test]
    experiments = [cell for source_cell, cell in code if source_cell.skipped]
    texts = [cell["source"] for cell in experiments]
    own_texts = [added.cell["source"] for added in own]
    names = source.skipped_names.union(*(may_bind(text) for text in texts if text not in source.skipped_texts))
    unsure = names - source.bound
    own_needed, experiments_needed = set[int](), set[int]()
    if sum(map(len, (*roots, *own_texts, *texts))) <= MAX_LOOKED_AT and (
        any(added.is_doubtful for added in own) or any(may_need(text, unsure) for text in (*roots, *own_texts))
    ):
        own_needed, experiments_needed = needed(roots, own_texts, texts, source.bound)
    skipped = [added for place, added in enumerate(own) if added.is_doubtful and place not in own_needed]
    for added in skipped:
        added.cell["outputs"] = added.outputs
        added.cell["metadata"] = {"tags": [SKIP_TAG]}
    run_anyway = [experiments[place] for place in sorted(experiments_needed)]
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


def needed(
    roots: Sequence[str], own: Sequence[str], given: Sequence[str], available: AbstractSet[str]
) -> tuple[set[int], set[int]]:
    """Find which cells must run because solutions and tests need what they bind, directly or through other cells.

    A student's own cell is needed for a name that it binds, or for what it writes into a student's variable. A given
    cell is needed only for a name that nothing else binds; after `import *` no given cell is, because nobody can tell
    which names that binds. A solution with an error of syntax needs nothing: it does not run.

    Args:
        roots: the text of what must work: the solutions, the tests.
        own: the text of the student's own cells.
        given: the text of the given cells that are skipped.
        available: names that the given cells that run bind.

    Returns:
        Indices in `own` and in `given`.
    """
    chosen: set[tuple[bool, int]] = set()
    cells = {(True, place): names_in(source) for place, source in enumerate(own)}
    read, bound = set[str](), set[str]()
    given = () if any(map(_STAR.search, (*roots, *own))) else given
    cells |= {(False, place): names_in(source) for place, source in enumerate(given)}
    added = [names_in(source) for source in roots if not never_runs(source)]
    while added:
        check()
        for names in added:
            read |= names.read
            bound |= names.bound
        left = {key: names for key, names in cells.items() if key not in chosen}
        needed_now = {key for key, n in left.items() if key[0] and (n.bound & read or n.written & read & bound)}
        missing = read - bound - available
        needed_now = needed_now or {key for key, n in left.items() if not key[0] and n.bound & missing}
        chosen |= needed_now
        added = [cells[key] for key in needed_now]
    return {place for is_own, place in chosen if is_own}, {place for is_own, place in chosen if not is_own}


def may_need(solution: str, names: AbstractSet[str]) -> bool:
    """Whether a solution may read any of these names from the notebook.

    A fast pre-check: False means certainly not. True may be wrong; `needed` decides.
    """
    left = names & set(_WORD.findall(solution))
    if left:
        left = left - may_bind(solution)
    return bool(left) and not left.isdisjoint(may_read(solution))
