"""When a submission was handed in: the text of nbgrader's `timestamp.txt`."""

import re
from datetime import datetime, timedelta
from pathlib import Path

from autograder.files import read_plain

MAX_TIMESTAMP_BYTES = 1_000
TIMESTAMP = "timestamp.txt"
"""The file beside a submission that says when it was handed in."""

_ZONE = re.compile(r"\w[\w+-]*(?:/\w[\w+-]*)*")
"""A zone's name; dateutil would take others for paths of files, wherever they lie."""


def read_timestamp(file: Path) -> datetime | None:
    """Read the time of a submission.

    Args:
        file: holds "DATE TIME ZONE" as nbgrader writes it, with a zone's name or offset, or whatever dateutil reads.

    Returns:
        The time as UTC without a zone; None if there is no plain file, or no time in it.
    """
    from dateutil import parser, tz

    try:
        text = read_plain(file, MAX_TIMESTAMP_BYTES).decode().strip()
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
    except (OSError, ValueError, OverflowError):
        return None
    return moment
