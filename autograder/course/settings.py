"""Refuse settings of nbgrader that this program does not follow: marks would go to another place without a word."""

import ast
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

_FOLLOWED = {*_FOLDERS, "db_url", "root"}


def refuse_other_places(config: Path, gradebook: Path) -> None:
    """Refuse a configuration that puts the gradebook or the folders elsewhere.

    It is read, not run: running it takes seconds, and is needed only where it works a place out.

    Args:
        config: the course's `nbgrader_config.py`.
        gradebook: the gradebook that this program uses.

    Raises:
        CourseError: it names another place.
    """
    try:
        settings = dict(_settings(ast.parse(config.read_bytes())))
    except (OSError, SyntaxError, ValueError, RecursionError):
        return  # whoever runs it says what is wrong with it
    if None in settings.values():
        settings = _by_running(config, settings)
    for name, value in settings.items():
        if value is not None and not _is_ours(name, value, gradebook):
            ours = _FOLDERS.get(name) or (f"sqlite:///{gradebook}" if name == "db_url" else str(gradebook.parent))
            raise CourseError(words.other_place(str(config), name, value, ours))


def _settings(tree: ast.AST) -> Iterator[tuple[str, str | None]]:
    """Yield the settings of `CourseDirectory` that matter; None for what is worked out when it runs."""
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else ()
        for target in targets:
            if isinstance(target, ast.Attribute) and target.attr in _FOLLOWED and _is_course_directory(target.value):
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
        path = value.removeprefix("sqlite:///")
        return path != value and (root / path).resolve() == gradebook.resolve()
    if name == "root":
        return (root / value).resolve() == root.resolve()
    if name == "directory_structure":
        return PurePosixPath(value) == PurePosixPath(_FOLDERS[name])
    return (root / value).resolve() == (root / _FOLDERS[name]).resolve()
