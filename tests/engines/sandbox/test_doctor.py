"""What `autograder doctor` prints."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from autograder.engines.sandbox import doctor, layers, words
from autograder.engines.sandbox.layers import LAYERS, settings
from autograder.engines.sandbox.limits import Limits
from autograder.notebook.cleaning.guarded import SCRUBBER

pytestmark = pytest.mark.slow


def test_the_doctor_lists_layers_and_limits() -> None:
    lines, complete = doctor.examine()
    assert complete, lines
    text = "\n".join(lines)
    assert all(layer.name in text and layer.gives in text for layer in LAYERS)
    for name, value in asdict(Limits()).items():
        (line,) = [line for line in lines if line.split()[:1] == [name]]
        assert f"{value:,} {words.limit_unit(name)}" in line and words.limit_promise(name) in line


def test_the_doctor_lists_the_layers_of_the_process_that_reads_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    (line,) = [line for line in doctor.examine()[0] if line.split()[:1] == ["scrub"]]
    assert all(layer.name in line for layer in LAYERS) and "does without" not in line
    monkeypatch.setattr(SCRUBBER, "start", lambda: dict.fromkeys(("seccomp", "rlimits"), True))
    (line,) = [line for line in doctor.examine()[0] if line.split()[:1] == ["scrub"]]
    assert "with seccomp, rlimits. It does without landlock, capabilities, namespaces." in line


def test_a_missing_layer_is_listed_with_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def without_landlock(course: Path, box: str, off: tuple[str, ...]) -> dict[str, Any]:
        return {**settings(course, box), "off": ["landlock"]}

    monkeypatch.setattr(layers, "settings", without_landlock)
    lines, complete = doctor.examine()
    assert not complete
    assert any("landlock" in line and "NO, grading is refused" in line for line in lines)
    assert any("How to get it" in line for line in lines)
