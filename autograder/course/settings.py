"""Read where `nbgrader_config.py` puts the gradebook; refuse places that are not followed: marks would go there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from autograder.course import words
from autograder.errors import CourseError

_FOLDERS = {
    "source_directory": "source",
    "release_directory": "notebooks",
    "submitted_directory": "submitted",
    "autograded_directory": "autograded",
    "feedback_directory": "feedback",
    "directory_structure": "{nbgrader_step}/{student_id}/{assignment_id}",
}
"""Where this program keeps things, by nbgrader's name for it."""

_FOLLOWED = {*_FOLDERS, "db_url", "root", "course_id"}
_SERVER = re.compile(r"postgresql(\+psycopg)?://")
_SQLITE = "sqlite:///"


def is_server(url: str) -> bool:
    """Tell whether a URL names a database on a server."""
    return bool(_SERVER.match(url))


def gradebook_url(config: Path, gradebook: Path) -> str:
    """Return the URL of the gradebook as SQLAlchemy, and so nbgrader, reads it.

    Args:
        config: the course's `nbgrader_config.py`.
        gradebook: the file that is the gradebook where the configuration names no server.

    Raises:
        CourseError: the configuration cannot be run, where it works the URL out.
    """
    url = _settings(config, {"db_url"}).get("db_url") or ""
    return url if is_server(url) else f"{_SQLITE}{gradebook}"


def refuse_other_places(config: Path, gradebook: Path) -> None:
    """Refuse a configuration that puts the folders elsewhere, or the gradebook where it cannot be.

    Args:
        config: the course's `nbgrader_config.py`.
        gradebook: the gradebook of a course without a server.

    Raises:
        CourseError: it names such a place.
    """
    settings = _settings(config, _FOLLOWED)
    for name, value in settings.items():
        if name == "db_url" and value and not value.startswith(_SQLITE):
            if not is_server(value):
                raise CourseError(words.other_database(str(config)))
            if not settings.get("course_id"):
                raise CourseError(words.no_course_id(str(config)))
        elif name != "course_id" and value is not None and not _is_ours(name, value, gradebook):
            ours = _FOLDERS.get(name) or (f"{_SQLITE}{gradebook}" if name == "db_url" else str(gradebook.parent))
            raise CourseError(words.other_place(str(config), name, value, ours))


def _settings(config: Path, names: set[str]) -> dict[str, str | None]:
    """Read settings of `CourseDirectory`; None for what is not set after all, or is no text.

    The file is read, not run: running it takes seconds, and is needed only where it works a setting out.
    """
    try:
        settings = dict(_assigned(ast.parse(config.read_bytes()), names))
    except (OSError, SyntaxError, ValueError, RecursionError):
        return {}  # whoever runs it says what is wrong with it
    return _by_running(config, settings) if None in settings.values() else settings


def _assigned(tree: ast.AST, names: set[str]) -> Iterator[tuple[str, str | None]]:
    """Yield what is assigned to settings of `CourseDirectory`; None for what is worked out when it runs."""
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else ()
        for target in targets:
            if isinstance(target, ast.Attribute) and target.attr in names and _is_course_directory(target.value):
                literal = node.value if isinstance(node, ast.Assign) else None
                text = literal.value if isinstance(literal, ast.Constant) else None
                yield target.attr, text if isinstance(text, str) else None


def _is_course_directory(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "CourseDirectory"


def _by_running(config: Path, settings: dict[str, str | None]) -> dict[str, str | None]:
    from autograder.course.course import Course
    from autograder.course.nbgrader_app import load_config

    values = load_config(Course(config.parent)).CourseDirectory
    return {name: str(values[name]) if name in values else None for name in settings}


def _is_ours(name: str, value: str, gradebook: Path) -> bool:
    root = gradebook.parent
    if name == "db_url":
        return (root / value.removeprefix(_SQLITE)).resolve() == gradebook.resolve()
    if name == "root":
        return (root / value).resolve() == root.resolve()
    if name == "directory_structure":
        return PurePosixPath(value) == PurePosixPath(_FOLDERS[name])
    return (root / value).resolve() == (root / _FOLDERS[name]).resolve()
