"""The process that reads markup can do nothing else, and its death costs one call."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.scrub import process
from autograder.scrub.process import Allowance, LostError, Scrubber

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such process"),
    pytest.mark.xdist_group("scrub"),
]


@pytest.fixture(scope="module")
def scrubber() -> Iterator[Scrubber]:
    scrubber = Scrubber("tests.scrub.evil:run")
    yield scrubber
    scrubber.close()


def test_it_returns_what_the_function_returns(scrubber: Scrubber) -> None:
    value = {"λ": [1, 2.5, None, "\ud800"], "b": True}
    assert scrubber.call("return", value, allowance=Allowance()) == value


@pytest.mark.skipif(sys.platform != "linux", reason="the layers are those of Linux")
def test_it_reaches_no_file_no_process_and_no_network(scrubber: Scrubber, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s", encoding="utf-8")
    for place in (tmp_path, *tmp_path.parents[:-1]):
        place.chmod(0o755)
    for kind, value in (
        ("read", str(secret)), ("read", "/etc/passwd"), ("read", "/proc/self/maps"), ("list", "/"), ("list", "/tmp"),
        ("write", str(tmp_path / "new")), ("write", "/tmp/new"), ("fork", None), ("run", None), ("socket", None),
        ("signal", None),
    ):  # fmt: skip
        assert str(scrubber.call(kind, value, allowance=Allowance())).startswith("refused"), kind
    assert set(scrubber.call("environment", None, allowance=Allowance())) <= {
        "LANG", "LC_CTYPE", "PYTHONHASHSEED", "PYTHONUTF8",
    }  # fmt: skip
    assert all(on for name, on in scrubber.layers.items() if name != "namespaces")


@pytest.mark.parametrize(
    "kind",
    [
        "end",
        "panic",
        "no JSON",
        *(pytest.param(kind, marks=pytest.mark.slow) for kind in ("memory", "much", "forever")),
    ],
)
def test_a_call_that_ends_it_or_asks_for_too_much_is_lost_and_the_next_one_is_not(
    scrubber: Scrubber, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "CPU_SECONDS", 0.3)
    allowance = Allowance()
    with pytest.raises(LostError):
        scrubber.call(kind, None, allowance=allowance)
    assert 0 < allowance.seconds < Allowance().seconds
    assert scrubber.call("return", 7, allowance=allowance) == 7


def test_a_value_that_is_no_json_or_too_deep_is_lost(scrubber: Scrubber) -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(LostError):
        scrubber.call("return", deep, allowance=Allowance())
    assert scrubber.call("return", 7, allowance=Allowance()) == 7


def test_calls_take_no_more_together_than_is_allowed(scrubber: Scrubber) -> None:
    allowance = Allowance(characters=1_000)
    for _ in range(3):
        scrubber.call("return", "x" * 400, allowance=allowance)
    with pytest.raises(LostError):
        scrubber.call("return", "x", allowance=allowance)
    allowance = Allowance(seconds=1.5 * process.RESTART_SECONDS)
    for _ in range(3):  # each death is charged, so that a thousand bombs do not start a thousand processes
        with pytest.raises(LostError):
            scrubber.call("end", None, allowance=allowance)
    assert scrubber.pid is None


def test_ctrl_c_during_a_call_leaves_nothing_that_answers_the_next_one(
    scrubber: Scrubber, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> bytes:
        raise KeyboardInterrupt

    scrubber.call("return", 1, allowance=Allowance())
    with monkeypatch.context() as patch:
        patch.setattr(scrubber, "_receive", interrupted)
        with pytest.raises(KeyboardInterrupt):
            scrubber.call("return", "old", allowance=Allowance())
    assert scrubber.call("return", "new", allowance=Allowance()) == "new"
