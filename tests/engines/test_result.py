"""An autograded notebook is written where it was judged, with what is known of it by then."""

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
    parts.write(tmp_path / "written", fingerprint="f", score=1.5)
    whole["metadata"]["autograder"] |= {"fingerprint": "f", "score": 1.5}
    assert (tmp_path / "written").read_bytes() == write_compact(whole)
