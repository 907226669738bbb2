"""Times that platforms write into names, in the language of the site."""

import pytest

from autograder.collect.moments import local_time, spoken_time
from autograder.course.timestamp import parse_timestamp


@pytest.mark.parametrize(
    "text",
    [
        "Sep 24, 2026 926 PM", "September 24, 2026 9:26 PM", "24 September, 2026 2126", "24 sept. 2026 21 h 26",
        "24. Sep. 2026 2126", "24 septembre, 2026 2126", "24 set, 2026 21.26", "24 sep 2026 2126", "24 сен. 2026 2126",
        "2026年9月24日 下午926", "24 de setembro de 2026 21h26", "Sep 24, 2026 926 p.m.",
    ],
)  # fmt: skip
def test_a_time_is_read_as_the_site_says_it(text: str) -> None:
    assert spoken_time(text) == local_time("2026-09-24 21:26", "%Y-%m-%d %H:%M")
    assert parse_timestamp(spoken_time(text)) is not None


@pytest.mark.parametrize("text", ["", "yesterday", "2026", "Sep 2026", "Sep 99, 2026 926 PM", "24 2026"])
def test_what_is_no_time_is_none(text: str) -> None:
    assert spoken_time(text) == ""


def test_midnight_and_noon() -> None:
    assert [spoken_time(f"Mar 1, 2026 12{minute} {half}")[11:16] for minute, half in (("05", "AM"), ("05", "PM"))] == [
        "00:05",
        "12:05",
    ]
