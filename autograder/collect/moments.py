"""Read the times that platforms write into names: local time, no zone."""

import re
from datetime import datetime
from unicodedata import combining, normalize

_MONTHS = (
    "jan gen ene янв | feb fev фев | mar mrt mae maa мар | apr avr abr апр | may mai mag mei maj мая маи"
    " | jun juin giu июн | jul juil lug июл | aug aou ago авг | sep set сен"
    " | oct okt ott out окт | nov ноя | dec dez dic des дек"
)
"""How the names of months begin, in the languages of platforms, without accents."""

_STARTS = {start: number for number, starts in enumerate(_MONTHS.split("|"), 1) for start in starts.split()}
_AFTERNOON = ("pm", "p.m", "下午", "午後", "오후")
_MORNING = ("am", "a.m", "上午", "午前", "오전")


def local_time(text: str, form: str) -> str:
    """Read a time of a known form; empty if there is none."""
    try:
        return datetime.strptime(text, form).astimezone().isoformat(sep=" ")
    except ValueError:
        return ""


def spoken_time(text: str) -> str:
    """Read a time as a site says it, "Sep 24, 2026 926 PM" or "24 septembre 2026 21 h 26"; empty if that fails.

    The clock may have no sign between hour and minute.
    """
    plain = normalize("NFC", "".join(sign for sign in normalize("NFKD", text.casefold()) if not combining(sign)))
    numbers = re.findall(r"\d+", plain)
    years = [number for number in numbers if re.fullmatch(r"20\d\d", number)]
    months = [
        _STARTS[word[:size]] for word in re.findall(r"[^\W\d]+", plain) for size in (4, 3) if word[:size] in _STARTS
    ]
    if not years:
        return ""
    numbers.remove(years[0])
    if not months and len(numbers) > 2:
        months = [int(numbers.pop(0))]
    if not months or len(numbers) < 2:
        return ""
    day, *clock = numbers
    hour, minute = clock[:2] if len(clock) > 1 else (clock[0][:-2] or "0", clock[0][-2:])
    shift = int(hour) % 12 + 12 * any(half in plain for half in _AFTERNOON)
    is_halved = any(half in plain for half in (*_AFTERNOON, *_MORNING))
    try:
        moment = datetime(int(years[0]), months[0], int(day), shift if is_halved else int(hour), int(minute))
    except ValueError:
        return ""
    return moment.astimezone().isoformat(sep=" ")
