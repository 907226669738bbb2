"""A notebook that was written where it was judged is, with what is known of it later, the notebook written whole."""

from typing import Any, cast

from autograder.engines.result import JudgedNotebook
from autograder.notebook.format import Notebook
from autograder.notebook.write import write_compact
from tests.helpers import small_course as small


def test_a_notebook_in_two_parts_is_written_as_in_one() -> None:
    whole: dict[str, Any] = small.filled()
    whole["metadata"]["autograder"] = {"notes": [{"kind": "a", "message": "“ü”"}]}
    parts = JudgedNotebook.of(cast(Notebook, whole))
    assert parts.read() == whole
    written = parts.write(fingerprint="f", score=1.5)
    whole["metadata"]["autograder"] |= {"fingerprint": "f", "score": 1.5}
    assert written == write_compact(whole)
