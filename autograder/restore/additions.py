"""Find what a student added to a cell that is the instructor's."""

import re
from collections.abc import Set as AbstractSet

from autograder.notebook.cell_names import functions_in, names_in, statements_in
from autograder.notebook.format import StudentCell
from autograder.notebook.source import SourceCell
from autograder.restore.matching import lines_of, same_text

_IMPORT = re.compile(r"\s*(?:import|from)[ \t]")
_NAME = re.compile(r"(?:(?:async[ \t]+)?def[ \t]+|class[ \t]+)?(\w+)[ \t]*[=(:]")


def added_code(source_cell: SourceCell, student_cell: StudentCell | None) -> tuple[str, str]:
    """Return the imports, definitions and assignments that a student added to a fixed code cell.

    What binds a name that the cell itself binds is left out, imports excepted: the instructor's version counts.

    Returns:
        What runs before the cell: of a test, what stands above its given lines. And what runs after it: all else.
    """
    if not source_cell.fixed or source_cell.kind != "code" or student_cell is None:
        return "", ""
    source, released = student_cell["source"], source_cell.released
    if student_cell["cell_type"] != "code" or same_text(source, released):
        return "", ""
    bound = names_in(source_cell.cell["source"]).bound
    statements = statements_in(source)
    if statements is None:
        return "", _added_lines(source, released, bound)
    given = {plain for _, plain in statements_in(released) or ()}
    places = [at for at, (_, plain) in enumerate(statements) if plain in given]
    first = [*places, len(statements)][0] if source_cell.is_test else 0
    above, below = (
        "\n".join(text for text, plain in part if plain not in given and _defines(text, bound))
        for part in (statements[:first], statements[first:])
    )
    return above, below


def _defines(text: str, given: AbstractSet[str]) -> bool:
    """Tell whether a statement binds names, or writes into a variable, and leaves the given names alone."""
    if _IMPORT.match(text):
        return True
    names = names_in(text)
    return bool(names.bound or (names.written and "=" in text)) and not (names.bound | functions_in(text)) & given


def _added_lines(source: str, released: str, bound: AbstractSet[str]) -> str:
    """Return the added lines of a cell that is not Python: what of them can run is seen when they run."""
    given = lines_of(released)
    kept = []
    for line in source.split("\n"):
        name = _NAME.match(line)
        if (not line.strip() or line.strip() not in given) and not (name and name[1] in bound):
            kept.append(line)
    return "\n".join(kept).strip("\n")
