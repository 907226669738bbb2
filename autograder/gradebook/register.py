"""Register an assignment: its notebooks and cells in the gradebook, written by nbgrader itself."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import Connection, select

from autograder.course.course import Course
from autograder.course.database import has_gradebook, reading
from autograder.errors import CourseError
from autograder.gradebook.tables import CELL, GRADE_CELL, SOURCE_CELL, notebook_ids
from autograder.notebook.autotests import with_autotests
from autograder.notebook.roles import role
from autograder.notebook.source import SourceCell, parse_source


def register(course: Course, assignment: str) -> None:
    """See that the graded cells of the source are in the gradebook, as nbgrader's generate_assignment writes them.

    Raises:
        CourseError: cells were added or removed since students were graded.
    """
    if is_registered(course, assignment):
        return
    from autograder.course.nbgrader_app import generate  # seconds of imports

    course.private.mkdir(mode=0o700, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=course.private) as folder:
        generate(course, course.source(assignment), into=Path(folder), register=True)


def is_registered(course: Course, assignment: str) -> bool:
    """Tell whether the gradebook holds the cells of the source as they are now."""
    if not has_gradebook(course):
        return False
    try:
        with reading(course) as database:
            notebooks = notebook_ids(database, assignment)
            stored = _sources(database, notebooks)
            sources = {path.stem: path.read_bytes() for path in course.notebooks(assignment)}
            if notebooks.keys() != sources.keys():
                return False
            for name, source in sources.items():
                parsed = parse_source(with_autotests(source, stored[name]), name)
                if not _same_cells(database, notebooks[name], [cell for cell in parsed.cells if cell.grade_id]):
                    return False
            return True
    except CourseError:
        return False  # nbgrader makes the gradebook, or says what is wrong with it


def _same_cells(database: Connection, notebook: str, cells: Sequence[SourceCell]) -> bool:
    sources = select(SOURCE_CELL.c.name, SOURCE_CELL.c.source, SOURCE_CELL.c.checksum)
    rows = database.execute(sources.where(SOURCE_CELL.c.notebook_id == notebook))
    if {name: (source, checksum) for name, source, checksum in rows} != {
        cell.grade_id: (cell.cell["source"], role(cell.cell).checksum) for cell in cells
    }:
        return False
    points = select(CELL.c.name, GRADE_CELL.c.max_score, GRADE_CELL.c.cell_type)
    rows = database.execute(points.join(GRADE_CELL, GRADE_CELL.c.id == CELL.c.id).where(CELL.c.notebook_id == notebook))
    return {name: (points, kind) for name, points, kind in rows} == {
        cell.grade_id: (role(cell.cell).points, cell.kind) for cell in cells if role(cell.cell).grade
    }


def stored_sources(course: Course, assignment: str) -> dict[str, dict[str, str]]:
    """Read the graded cells as nbgrader stored them when the assignment was made: notebook → grade_id → text."""
    if not has_gradebook(course):
        return {}
    with reading(course) as database:
        return _sources(database, notebook_ids(database, assignment))


def _sources(database: Connection, notebooks: Mapping[str, str]) -> dict[str, dict[str, str]]:
    sources: dict[str, dict[str, str]] = {name: {} for name in notebooks}
    for notebook, key in notebooks.items():
        query = select(SOURCE_CELL.c.name, SOURCE_CELL.c.source).where(SOURCE_CELL.c.notebook_id == key)
        sources[notebook] |= {row.name: row.source for row in database.execute(query)}
    return sources
