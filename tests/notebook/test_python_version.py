"""A notebook that a newer Python wrote is noticed, and one that only has a mistake is not."""

import sys
from typing import Any

import pytest

from autograder.notebook.notes import NEWER_PYTHON
from autograder.notebook.python_version import HERE, newer_syntax, written_with
from tests.helpers import small_course as small
from tests.helpers.restoring import restored


@pytest.mark.parametrize(
    "metadata, version",
    [
        ({"language_info": {"version": "3.13.1"}}, (3, 13)),
        ({"language_info": {"version": "3.15.0a2"}}, (3, 15)),
        ({"language_info": {"version": 3.13}}, None),
        ({"language_info": {"version": "new"}}, None),
        ({"language_info": []}, None),
        (None, None),
    ],
)
def test_the_version_is_read_from_any_metadata(metadata: Any, version: tuple[int, int] | None) -> None:
    assert written_with(metadata) == version


@pytest.mark.parametrize(
    "line, version",
    [
        ('note = f"{parameters["W1"].shape}"', (3, 12)),
        ("type Array = list[float]", (3, 12)),
        ("def first[T](items: list[T]) -> T: return items[0]", (3, 12)),
        ("try: pass\nexcept ValueError, TypeError:\n    pass", (3, 14)),
        ('page = t"{name}"', (3, 14)),
    ],
)
def test_newer_syntax_is_noticed_where_the_grader_cannot_read_it(line: str, version: tuple[int, int]) -> None:
    assert newer_syntax(["x = 1", line]) == (version if version > HERE else None)


@pytest.mark.parametrize("line", ["def f(:", "x = = 1", 'print("a" "b', "type = 3", "x = (1", "f'{x}'"])
def test_a_mere_mistake_is_no_newer_python(line: str) -> None:
    assert newer_syntax([line]) is None


def test_the_note_on_a_newer_python_comes_first() -> None:
    notebook = small.filled()
    notebook["metadata"]["language_info"] = {"name": "python", "version": f"3.{sys.version_info.minor + 1}.0"}
    notebook["cells"] = [cell for cell in notebook["cells"] if "test_double" not in str(cell["metadata"])]
    notes = restored(notebook).notes
    assert len(notes) > 1 and notes[0].kind == NEWER_PYTHON and f"3.{sys.version_info.minor + 1}" in notes[0].message
