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
    (tmp_path / "odd").write_text("soon, or 99999999999999999999")
    assert read_timestamp(tmp_path / "odd") is None
    assert read_timestamp(tmp_path / "missing") is None
