"""Describe a random function by a profile: what it can return for an example, and how often its masks keep a unit.

A function with dropout never returns the same twice, so single results cannot be compared. But call it with the
same example in every column, and each column is one draw: the SET of distinct columns, and the share of ones in each
mask, are properties of the function. They tell right from wrong, whatever generator the function draws from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from labkit.calls.call import Call, Outcome
from labkit.calls.differences import as_numbers
from labkit.calls.plain import Listed, Plain

PROFILE = "profile"
"""Group of the one call with equal columns from which a random function's profile is taken."""
CERTAIN = "certain"
"""Group of the calls in which a right function's masks are not random: they keep all."""

DEFAULT = "default"
"""Group of the calls that leave out an argument which has a default."""

MISSING = "missing"
"""Form of an output that is not there, or is no array of numbers."""

MAX_KINDS = 64
MAX_UNITS = 64
TOLERANCE = 1e-6
SIGMAS = 7.0
"""How far two shares of ones may be apart, in standard deviations of their difference: p = 2.6e-12 for right masks."""


@dataclass(frozen=True)
class RandomOutputs:
    """The places of the random outputs in what a function returns.

    Attributes:
        outputs: name → path in the returned value, in the order of computation; each is (units, examples).
        masks: names of the outputs that are masks.
    """

    outputs: Mapping[str, tuple[int | str, ...]]
    masks: tuple[str, ...]


@dataclass(frozen=True)
class Profile:
    """The description of a random function, from a call on equal columns.

    Attributes:
        forms: output → "" or what is wrong with its form ("missing", "shape (3, 1)", "shape (1, m)" with m examples).
        sizes: output → number of rows it adds to `columns`, in order.
        columns: (kinds, rows) float64, the distinct columns over all outputs, at most MAX_KINDS.
        shares: mask → share of entries that are not zero.
        draws: mask → number of entries.
    """

    forms: Mapping[str, str]
    sizes: Mapping[str, int]
    columns: np.ndarray
    shares: Mapping[str, float]
    draws: Mapping[str, int]


def profile(value: Plain, spec: RandomOutputs, examples: int) -> Profile:
    """Describe what a call on `examples` equal columns returned."""
    forms: dict[str, str] = {}
    sizes: dict[str, int] = {}
    parts: list[np.ndarray] = []
    shares: dict[str, float] = {}
    draws: dict[str, int] = {}
    for name, path in spec.outputs.items():
        array = _follow(value, path)
        if array is None:
            forms[name] = MISSING
        elif array.ndim != 2 or array.shape[1] != examples or not 0 < array.shape[0] <= MAX_UNITS:
            forms[name] = f"shape ({', '.join('m' if n == examples else str(n) for n in array.shape)})"
        else:
            forms[name] = ""
            sizes[name] = array.shape[0]
            parts.append(array.astype(np.float64))
            if name in spec.masks:
                shares[name] = float(np.count_nonzero(array) / array.size)
                draws[name] = int(array.size)
    columns = np.vstack(parts).T if parts else np.zeros((0, 0))
    return Profile(forms, sizes, _distinct(columns), shares, draws)


def profile_of(call: Call, outcome: Outcome, spec: RandomOutputs) -> Profile:
    """Describe what a call of PROFILE returned; the columns of its first array argument are the equal examples."""
    examples = next(arg.shape[1] for arg in call.args if isinstance(arg, np.ndarray))
    return profile(outcome.value, spec, examples)


def mask_arrays(value: Plain, spec: RandomOutputs) -> dict[str, np.ndarray]:
    """Return the masks in what a function returned, by name; a mask that is no array of numbers is left out."""
    masks = {name: _follow(value, spec.outputs[name]) for name in spec.masks}
    return {name: mask for name, mask in masks.items() if mask is not None}


def shares_differ(expected: float, expected_draws: int, share: float, draws: int) -> bool:
    """Tell whether the shares of ones in two masks are farther apart than chance explains."""
    deviation = np.sqrt(max(expected * (1 - expected), 1e-4) * (1 / draws + 1 / expected_draws))
    return bool(abs(share - expected) > SIGMAS * deviation)


def mismatches(expected: Profile, actual: Profile) -> list[tuple[str, str]]:
    """List where a profile departs from the expected profile, in the order of computation.

    Where the expected profile itself has an output of an odd form (a known mistake's), the columns from there on are
    not compared: with a single mask entry for each unit, say, all columns are equal, but which units they keep is
    chance. Of masks with their full size that are the same for all examples, only that is compared.

    Returns:
        Pairs (what, output): what is "form", "value" (a column that the function cannot return), "variety" (columns
        that it must be able to return never came) or "share" (a mask keeps too many or too few).
    """
    departures = [("form", name) for name, form in expected.forms.items() if actual.forms.get(name) != form]
    if departures or dict(expected.sizes) != dict(actual.sizes):
        return departures or [("form", "")]
    if _never_varies(expected):
        return [] if _never_varies(actual) else [("variety", name) for name in expected.shares]
    end = 0
    for name, form in expected.forms.items():
        if form:
            break
        end += expected.sizes[name]
        possible, drawn = _distinct(expected.columns[:, :end]), _distinct(actual.columns[:, :end])
        if not _covered(drawn, possible):
            departures.append(("value", name))
            break
        if not _covered(possible, drawn):
            departures.append(("variety", name))
            break
    for name, share in expected.shares.items():
        if shares_differ(share, expected.draws[name], actual.shares[name], actual.draws[name]):
            departures.append(("share", name))
    return departures


def _never_varies(seen: Profile) -> bool:
    """Tell whether all columns are equal, though the masks keep some units and drop some."""
    kept = sum(share * seen.draws[name] for name, share in seen.shares.items())
    return len(seen.columns) == 1 and 0 < kept < sum(seen.draws.values())


def _covered(rows: np.ndarray, by: np.ndarray) -> bool:
    """Tell whether each of `rows` is among `by`, within the tolerance."""
    if len(rows) == 0 or len(by) == 0:
        return len(rows) == 0
    with np.errstate(all="ignore"):
        scale = max(1.0, float(np.max(np.abs(by))))
        distance = np.max(np.abs(rows[:, None, :] - by[None, :, :]), axis=2)
    return bool((np.min(distance, axis=1) <= TOLERANCE * scale).all())


def _distinct(rows: np.ndarray) -> np.ndarray:
    if rows.size == 0:
        return rows
    rounded = np.ascontiguousarray(np.round(rows, 9) + 0.0)  # no −0
    packed = rounded.view(np.dtype((np.void, rounded.itemsize * rounded.shape[1]))).ravel()
    kept = rounded[np.unique(packed, return_index=True)[1]]
    kept = kept[np.lexsort(kept.T[::-1])]
    # From all over the order, not its beginning: what comes first in a column keeps all its values that way.
    return kept if len(kept) <= MAX_KINDS else kept[np.linspace(0, len(kept) - 1, MAX_KINDS).astype(int)]


def _follow(value: Any, path: Sequence[int | str]) -> np.ndarray | None:
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return as_numbers(value) if isinstance(value, np.ndarray | list | Listed) else None
