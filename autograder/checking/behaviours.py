"""Keep what a wrong function computed as a few numbers, and group functions that computed the same.

Kept are the departures from a right function, part by part and probe by probe, so habits that cost nothing (an axis
kept, more stored than asked for) tell no two students apart. Of an array its form, its largest entry and two random
projections are kept: the size is the same however large the array, and arrays that are alike within the usual
tolerance have projections that are alike. Hashes of rounded numbers would not do: rounding has borders.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np
from msgspec.json import encode

from labkit.calls.behaviour import Behaviour
from labkit.calls.call import Call, CallError, NeededResultError, Outcome
from labkit.calls.diagnosis import ERROR, Departures, Kind, Name, part_of
from labkit.calls.differences import ATOL, RTOL, as_numbers
from labkit.calls.plain import Opaque, Plain
from labkit.calls.random_outputs import MISSING, Profile, mismatches

MAX_BYTES = 64_000
"""Of one kept behaviour; a larger one is not kept. The answer keys' own need 20 kB at most."""
MAX_ENTRIES = 100_000
"""Entries of an array whose numbers are kept; of a larger array only the form is."""
MAX_FORM = 200
DIGITS = 12
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Signs of a group's id: none that is taken for a different one."""

Entry = tuple[int, str, tuple[float, ...]]
"""Number of the call, what must be equal (a form, a kind of error), and what must be alike (see `_project`)."""


@dataclass(frozen=True)
class KeptBehaviour:
    """What a wrong function did on the probes of a check.

    Attributes:
        probes: token of the probes; behaviours on different probes cannot be compared.
        missed: names of the criteria that were not met, in order.
        parts: part that is not right → an entry for each call.
        profile: of a random function.
        drops_all: see `Behaviour`.
    """

    probes: str
    missed: tuple[str, ...]
    parts: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)
    profile: Profile | None = None
    drops_all: bool | None = None

    def fits(self, other: KeptBehaviour) -> bool:
        """Tell whether two functions computed the same, within the usual tolerance.

        Where no numbers tell functions apart, or only chance does, the criteria that were not met must be the same.
        """
        if self.probes != other.probes or self.parts.keys() != other.parts.keys():
            return False
        if not self._is_told_by_numbers and self.missed != other.missed:
            return False
        if (self.profile is None) != (other.profile is None):
            return False
        if self.profile and other.profile:
            if (self.drops_all, other.drops_all) in ((True, False), (False, True)):
                return False
            if mismatches(self.profile, other.profile) or mismatches(other.profile, self.profile):
                return False
        return all(_alike(entries, other.parts[name]) for name, entries in self.parts.items())

    @property
    def _is_told_by_numbers(self) -> bool:
        return any(numbers for entries in self.parts.values() for _, _, numbers in entries)

    def to_json(self) -> dict[str, Any]:
        """Turn it into JSON-ready data."""
        data: dict[str, Any] = {"probes": self.probes, "missed": self.missed, "parts": self.parts}
        if self.profile:
            columns = [[_short(number) for number in column] for column in self.profile.columns.tolist()]
            data |= {"profile": {**vars(self.profile), "columns": columns}, "drops_all": self.drops_all}
        return data

    @classmethod
    def from_json(cls, data: Any) -> KeptBehaviour | None:
        """Read it, of whatever form: a kernel with a student's code may have written it. None if it is not right."""
        try:
            if len(encode(data)) > MAX_BYTES:
                return None
            profile, drops_all = data.get("profile"), data.get("drops_all")
            return cls(
                _text(data["probes"]),
                tuple(_text(name) for name in data["missed"]),
                {_text(name): tuple(_entry(*entry) for entry in entries) for name, entries in data["parts"].items()},
                _profile(profile) if profile is not None else None,
                drops_all if isinstance(drops_all, bool) else None,
            )
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
            return None


@dataclass
class Group:
    """Students whose functions computed the same.

    Attributes:
        id: short, and the same as long as the group exists.
        check: name of the check.
        behaviour: what the functions did.
        students: whose functions they are, in order.
        missed: criterion → how many of them do not meet it.
    """

    id: str
    check: str
    behaviour: KeptBehaviour
    students: list[str] = field(default_factory=list)
    missed: Counter[str] = field(default_factory=Counter)


def keep_behaviour(
    probes: str, right: Behaviour, actual: Behaviour, wrong: Departures, missed: Sequence[str]
) -> KeptBehaviour | None:
    """Reduce what a wrong function did to what is kept; None if it computed nothing at all, or too much to keep.

    Args:
        probes: token of the probes.
        right: the behaviour of a right function.
        actual: what the function did.
        wrong: what is not right in it.
        missed: names of the criteria that were not met.
    """
    if all(_is_nothing(shown, call) for call, shown in _pairs(actual)):
        return None
    kept = KeptBehaviour(probes, tuple(missed), _parts(right, actual, wrong), _profile_in(actual), actual.drops_all)
    return kept if len(encode(kept.to_json())) <= MAX_BYTES else None


def group_behaviours(
    behaviours: Iterable[tuple[str, str, KeptBehaviour]], known: Mapping[str, tuple[str, KeptBehaviour]]
) -> list[Group]:
    """Group functions that computed the same, the largest group first.

    Args:
        behaviours: (student, check, behaviour), in an order that is always the same.
        known: id → (check, behaviour) of groups that keep their ids.
    """
    groups = {id: Group(id, check, behaviour) for id, (check, behaviour) in known.items()}
    alike: dict[tuple[str, frozenset[str]], list[Group]] = {}
    for group in groups.values():
        alike.setdefault((group.check, frozenset(group.behaviour.parts)), []).append(group)
    for student, check, behaviour in behaviours:
        candidates = alike.setdefault((check, frozenset(behaviour.parts)), [])
        fitting = next((group for group in candidates if group.behaviour.fits(behaviour)), None)
        if fitting is None:
            fitting = Group(_free_id(check, behaviour, groups), check, behaviour)
            groups[fitting.id] = fitting
            candidates.append(fitting)
        fitting.students.append(student)
        fitting.missed.update(behaviour.missed)
    return sorted((group for group in groups.values() if group.students), key=lambda g: (-len(g.students), g.id))


def token_of(secret: bytes, check: str, calls: Sequence[Call]) -> str:
    """Name the probes of a check, which are a pure function of the secret, without saying anything about them."""
    drawn = [(call.function, call.group, call.label, call.seed) for call in calls]
    return hashlib.blake2b(repr((check, drawn)).encode(), key=secret[:64], digest_size=8).hexdigest()


def _pairs(behaviour: Behaviour) -> list[tuple[Call, Outcome | Profile]]:
    return list(zip(behaviour.calls, behaviour.shown, strict=True))


def _is_nothing(shown: Outcome | Profile, call: Call) -> bool:
    """Tell whether a call returned nothing, for the function is not there, not filled in, or was not called."""
    if isinstance(shown, Profile):
        return all(form == MISSING for form in shown.forms.values())
    if shown.error:
        missing = CallError("NameError", f"name '{call.function}' is not defined")
        return shown.error.kind == NeededResultError.__name__ or shown.error == missing
    value = shown.value
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, tuple | list) else [value]
    return all(part is None for part in parts)


def _profile_in(behaviour: Behaviour) -> Profile | None:
    """Return the profile of a random function, with numbers that JSON knows."""
    profile = next((shown for shown in behaviour.shown if isinstance(shown, Profile)), None)
    if profile is None:
        return None
    return replace(profile, columns=np.nan_to_num(profile.columns, nan=1234.5, posinf=2345.6, neginf=-2345.6))


def _parts(right: Behaviour, actual: Behaviour, wrong: Departures) -> dict[str, tuple[Entry, ...]]:
    """Describe what is not right: the numbers; where all numbers are right, the forms.

    An entry that is stored in a dict and that nobody asked for is left out.
    """
    described: dict[Kind, dict[str, tuple[Entry, ...]]] = {"numbers": {}, "form": {}}
    for (name, kind), calls in wrong.items():
        entries = []
        for number in calls:
            call, expected, shown = actual.calls[number], right.shown[number], actual.shown[number]
            if isinstance(shown, Outcome) and _is_asked_for(name, call, expected):
                entries.append(_describe(number, name, kind, call, shown))
        if entries:
            described[kind][".".join(name)] = tuple(entries)
    return described["numbers"] or described["form"]


def _is_asked_for(name: Name, call: Call, expected: Outcome | Profile) -> bool:
    """Tell whether a part is more than an entry that a right function neither finds nor stores in a dict."""
    if name[0] != "argument" or len(name) == 2:
        return True
    return isinstance(expected, Outcome) and part_of(name, call, expected) is not None


def _describe(number: int, name: Name, kind: Kind, call: Call, shown: Outcome) -> Entry:
    if name == ERROR or shown.error:
        return number, ": ".join(shown.error.form)[:MAX_FORM] if shown.error else "", ()
    part = part_of(name, call, shown)
    if kind == "form":
        array = as_numbers(part)
        return number, str(array.shape) if array is not None else type(part).__name__, ()
    return (number, *_project(part))


def _project(part: Plain) -> tuple[str, tuple[float, ...]]:
    """Reduce a value to its form and, of an array, five numbers.

    They are the size, the largest finite entry (absolute), two random projections of the entries over it, and one of
    the places that are not finite.
    """
    array = as_numbers(part)
    if array is None:
        return (part.kind if isinstance(part, Opaque) else type(part).__name__)[:MAX_FORM], ()
    form = str(tuple(n for n in array.shape if n != 1))
    if not 0 < array.size <= MAX_ENTRIES:
        return form, ()
    entries = array.astype(np.float64).ravel()
    weights = _weights(entries.size)
    places = 0.0
    scale = float(np.abs(entries).max())
    if not math.isfinite(scale):
        finite = np.isfinite(entries)
        places = float(weights[0] @ np.where(finite, 0.0, np.where(np.isnan(entries), 1.0, 2.0 * np.sign(entries))))
        entries = np.where(finite, entries, 0.0)
        scale = float(np.abs(entries).max())
    first, second = (weights @ (entries / scale)).tolist() if scale else (0.0, 0.0)
    numbers = (float(entries.size), scale, first, second, places)
    return form, tuple(_short(number) for number in numbers)


@cache
def _weights(size: int) -> np.ndarray:
    """Draw the weights of the two projections, the same for arrays of the same size everywhere."""
    return np.random.default_rng(size).uniform(-1, 1, (2, size))


def _short(number: float) -> float:
    return float(f"{number:.{DIGITS}g}")


def _alike(first: Sequence[Entry], second: Sequence[Entry]) -> bool:
    """Compare a part in all calls."""
    return len(first) == len(second) and all(
        a[:2] == b[:2] and len(a[2]) == len(b[2]) and (not a[2] or _near(a[2], b[2]))
        for a, b in zip(first, second, strict=True)
    )


def _near(first: Sequence[float], second: Sequence[float]) -> bool:
    """Compare two projected arrays: entries alike within the usual tolerance cannot have sums further apart."""
    size, scale = first[0], max(first[1], second[1])
    if first[0] != second[0] or abs(first[4] - second[4]) > RTOL:
        return False
    if scale <= ATOL:
        return True
    tolerance = RTOL + ATOL / scale
    own, others = first[1] / scale, second[1] / scale
    return abs(own - others) <= tolerance and all(
        abs(own * first[i] - others * second[i]) <= tolerance * size for i in (2, 3)
    )


def _free_id(check: str, behaviour: KeptBehaviour, taken: Mapping[str, object]) -> str:
    """Derive an id from what is sure to be the same for all in the group; lengthen it if a group has it already."""
    coarse: list[object] = [check, behaviour.probes, behaviour.missed if behaviour.profile else ""]
    for name, entries in sorted(behaviour.parts.items()):
        coarse.append(name)
        coarse += [(number, form) for number, form, _ in entries]
        if numbers := entries[0][2]:
            coarse.append(f"{numbers[1]:.1e} {numbers[2]:.1f}")
    if behaviour.profile:
        coarse += [sorted(behaviour.profile.forms.items()), f"{np.abs(behaviour.profile.columns).max(initial=0.0):.1e}"]
    digest = hashlib.blake2b(repr(coarse).encode(), digest_size=8).digest()
    number, id = int.from_bytes(digest, "big"), ""
    while len(id) < 4 or id in taken:
        number, sign = divmod(number, len(ALPHABET))
        id += ALPHABET[sign]
    return id


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value[:MAX_FORM]


def _number(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(value)
    return number


def _entry(call: Any, form: Any, numbers: Any) -> Entry:
    if len(numbers) not in (0, 5):
        raise ValueError(numbers)
    return int(call), _text(form), tuple(_number(number) for number in numbers)


def _profile(data: Any) -> Profile:
    forms = {_text(name): _text(form) for name, form in data["forms"].items()}
    sizes = {_text(name): int(size) for name, size in data["sizes"].items()}
    columns = np.array(data["columns"], dtype=np.float64)
    if columns.size and (columns.ndim != 2 or columns.shape[1] != sum(sizes.values())):
        raise ValueError(columns.shape)
    shares = {_text(name): _number(share) for name, share in data["shares"].items()}
    draws = {_text(name): int(number) for name, number in data["draws"].items()}
    if any(draws.get(name, 0) < 1 for name in shares) or not shares.keys() <= sizes.keys() <= forms.keys():
        raise ValueError(draws)
    return Profile(forms, sizes, columns if columns.size else np.zeros((0, sum(sizes.values()))), shares, draws)
