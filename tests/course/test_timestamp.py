from pathlib import Path

import pytest
from nbgrader.utils import parse_utc

from autograder.course.timestamp import read_timestamp


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02 10:00:00 UTC",
        "2026-03-02 10:00:00.123456 Europe/Berlin",
        "2026-03-02 10:00:00 +0200",
        "2026-03-02T10:00:00+02:00",
        "2026-03-02 10:00:00",
    ],
)
def test_timestamps_are_read_as_nbgrader_reads_them(tmp_path: Path, text: str) -> None:
    file = tmp_path / "timestamp.txt"
    file.write_text(text)
    assert read_timestamp(file) == parse_utc(text)


def test_a_timestamp_that_is_none_counts_for_nothing(tmp_path: Path) -> None:
    for text in ("soon, or 99999999999999999999", "0:0T NOW or later"):
        (tmp_path / "odd").write_text(text)
        assert read_timestamp(tmp_path / "odd") is None
    assert read_timestamp(tmp_path / "missing") is None


@pytest.mark.parametrize(
    "zone", ["../../etc/localtime", "/etc/localtime", "Europe/../../../etc/localtime", "a\0b", "-"]
)
def test_a_zone_never_names_a_file_outside_the_zones(
    tmp_path: Path, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr("dateutil.tz.gettz", asked.append)
    (tmp_path / "timestamp.txt").write_text(f"2026-03-02 10:00:00 {zone}")
    read_timestamp(tmp_path / "timestamp.txt")
    assert asked == []
