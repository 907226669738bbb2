"""A notebook that was written where it was judged is, with what is known of it later, the notebook written whole."""

from pathlib import Path
from typing import Any, cast

from autograder.engines.result import JudgedNotebook
from autograder.notebook.format import Notebook
from autograder.notebook.write import write_compact
from tests.helpers import small_course as small


def test_a_notebook_in_two_parts_is_written_as_in_one(tmp_path: Path) -> None:
    whole: dict[str, Any] = small.filled()
    whole["metadata"]["autograder"] = {"notes": [{"kind": "a", "message": "“ü”"}]}
    parts = JudgedNotebook.of(cast(Notebook, whole))
    assert parts.read() == whole
    parts.complete(tmp_path / "at once", fingerprint="f", score=1.5)
    parts.begin(tmp_path / "begun elsewhere")
    JudgedNotebook(b"", parts.rest).complete(tmp_path / "begun elsewhere", fingerprint="f", score=1.5)
    whole["metadata"]["autograder"] |= {"fingerprint": "f", "score": 1.5}
    for way in ("at once", "begun elsewhere"):
        assert (tmp_path / way).read_bytes() == write_compact(whole)
