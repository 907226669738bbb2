"""When a submission was handed in: the text of nbgrader's `timestamp.txt`."""

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from autograder.course import words
from autograder.errors import CourseError
from autograder.files import read_plain

MAX_TIMESTAMP_BYTES = 1_000
TIMESTAMP = "timestamp.txt"
"""The file beside a submission that says when it was handed in."""

_WRITTEN = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{6})? UTC")
_ZONE = re.compile(r"\w[\w+-]*(?:/\w[\w+-]*)*")
"""A zone's name; dateutil would take others for paths of files, wherever they lie."""


def read_timestamp(file: Path) -> datetime | None:
    """Read the time of a submission.

    Args:
        file: holds "DATE TIME ZONE" as nbgrader writes it, with a zone's name or offset, or whatever dateutil reads.

    Returns:
        The time as UTC without a zone; None if there is no plain file, or no time in it.
    """
    try:
        return parse_timestamp(read_plain(file, MAX_TIMESTAMP_BYTES).decode().strip())
    except (OSError, ValueError):
        return None


def stored_time(submission: Path) -> str:
    """Return what stands in the file beside a submission; empty if there is no plain file."""
    try:
        return read_plain(submission / TIMESTAMP, MAX_TIMESTAMP_BYTES).decode(errors="replace").strip()
    except OSError:
        return ""


def parse_timestamp(text: str) -> datetime | None:
    """Read a time as UTC without a zone; None if it is none."""
    if _WRITTEN.fullmatch(
        text
    ):  # as nbgrader and `collect` write it: dateutil would take a tenth of grading's own time
        with suppress(ValueError):
            return datetime.fromisoformat(text.removesuffix(" UTC"))
    from dateutil import parser, tz

    try:
        parts = text.split(" ")
        zone = parts.pop() if len(parts) == 3 else ""
        known = int(zone) if zone.lstrip("+-").isdecimal() else tz.gettz(zone) if _ZONE.fullmatch(zone) else None
        moment: datetime = (
            parser.parse(" ".join([*parts, "ZONE"]), tzinfos={"ZONE": known})
            if zone
            else parser.parse(text, tzinfos=lambda _, offset: offset)  # a name that means nothing is none
        )
        if moment.tzinfo is not None:
            moment = (moment - (moment.utcoffset() or timedelta())).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None
    return moment


_MOMENT = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})(?:[T ]+(?P<time>\d{1,2}:\d{2}(?::\d{2})?))?"
    r"\s*(?P<zone>[A-Za-z][\w/+-]*|[+-]\d{2}:?\d{2})?"
)
_SPAN = re.compile(r"(?P<number>\d+(?:[.,]\d+)?)\s*(?P<unit>min|m|h|d)[a-z]*")
_UNITS = {"m": timedelta(minutes=1), "min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def parse_moment(text: str) -> datetime:
    """Read a time as people type it: `2026-03-02 23:59`, with a zone (`+08:00`, `Asia/Shanghai`) or in this machine's.

    A day alone means its last second.

    Returns:
        The time as UTC without a zone.

    Raises:
        CourseError: it is none.
    """
    from zoneinfo import ZoneInfo

    match = _MOMENT.fullmatch(text.strip())
    try:
        if match is None:
            raise ValueError(text)
        time, zone = match["time"] or "23:59:59", match["zone"] or ""
        moment = datetime.fromisoformat(f"{match['day']} {time.zfill(8 if time.count(':') == 2 else 5)}")
        if zone[:1] in ("+", "-"):
            moment = datetime.fromisoformat(f"{moment.isoformat()}{zone}")
        elif zone:
            moment = moment.replace(tzinfo=UTC if zone in ("Z", "UTC") else ZoneInfo(zone))
        return moment.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, KeyError, OSError, OverflowError):  # what ZoneInfo raises of a zone that is none
        raise CourseError(words.no_moment(text)) from None


def parse_span(text: str) -> timedelta:
    """Read a length of time as people type it: `15m`, `2 h`, `1.5d`.

    Raises:
        CourseError: it is none.
    """
    match = _SPAN.fullmatch(text.strip().lower())
    if match is None:
        raise CourseError(words.no_span(text))
    return float(match["number"].replace(",", ".")) * _UNITS[match["unit"]]


def in_local_time(moment: datetime) -> str:
    """Write a time (UTC without a zone) as the clock on this machine's wall, and in UTC."""
    local = moment.replace(tzinfo=UTC).astimezone()
    shown = f"{local:%Y-%m-%d %H:%M %Z}"
    return shown if local.utcoffset() == timedelta() else words.also_in_utc(shown, f"{moment:%Y-%m-%d %H:%M}")
