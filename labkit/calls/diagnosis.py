"""Name the known mistakes that a wrong function makes, whatever style it is written in.

A behaviour is looked at part by part: each output, each entry of a dict argument that is written to, each exception.
A known mistake is its *departures*: the parts in which it is not right. Whoever makes the mistake departs in the same
way there; what else the function does (an axis kept, statistics stored at the end, another mistake elsewhere) is left
out of the comparison. That is safe because the parts are random real numbers: two functions that agree in them on
every probe compute the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal

import numpy as np

from labkit.calls.behaviour import Behaviour, same_errors
from labkit.calls.call import Call, Outcome, plain_argument
from labkit.calls.differences import as_numbers, clearly_differ, each_difference
from labkit.calls.plain import Opaque, Plain
from labkit.calls.random_outputs import Profile, mismatches

MAIN = "value"
"""Group of the usual calls. In the others (edge cases, defaults) a function may fail for reasons of its own."""

Name = tuple[str, ...]
"""A part of an outcome: ("value", "0"), ("value", "dW1"), ("argument", "3", "running_mean"), or ERROR."""
ERROR: Name = ("error",)

Kind = Literal["numbers", "form"]
Facet = tuple[Name, Kind]
"""What may be wrong with a part: its numbers, or the form in which they come."""
Departures = dict[Facet, list[int]]
"""What is not right, in the order of computation: facet → numbers of the calls."""


@dataclass(frozen=True)
class Explanation:
    """A known mistake that a function makes.

    Attributes:
        id: the mistake.
        whole: whether the mistake is all that is wrong with the numbers that the function returns.
        facets: what is wrong with the function and explained by the mistake; all of it if nothing is named here.
    """

    id: str
    whole: bool
    facets: frozenset[Facet] = frozenset()


class Diagnosis:
    """Compares functions with the known mistakes of a check.

    Args:
        right: the behaviour of a right function.
        known: mistake id → its behaviour.
    """

    def __init__(self, right: Behaviour, known: Mapping[str, Behaviour]) -> None:
        self._right = right
        self._known = known
        self._departures: dict[str, Departures] = {}
        self._latest: tuple[Behaviour, Departures] | None = None

    def departures(self, actual: Behaviour) -> Departures:
        """List what is not right in a behaviour; of the latest behaviour it is remembered."""
        if self._latest is None or self._latest[0] is not actual:
            self._latest = actual, departures(self._right, actual)
        return self._latest[1]

    def raises(self, id: str) -> bool:
        """Tell whether a known mistake raises an exception that a right function does not."""
        known = self._known[id]
        return any(known.fails_in(n) and not self._right.fails_in(n) for n in range(len(known.shown)))

    def explain(self, actual: Behaviour) -> list[Explanation]:
        """Find the known mistakes that explain what a wrong function did.

        If it behaves exactly as known mistakes do, those are the answer. Otherwise what is wrong is gone through in
        the order of computation, and explained by the mistakes that depart in the same way there, explain the most, and
        depart the least where nothing like it is wrong.
        """
        same = [id for id, behaviour in self._known.items() if behaviour.fits(actual, self._right)]
        if same or all(isinstance(shown, Outcome) and _is_empty(shown) for shown in actual.shown):
            return [Explanation(id, whole=True) for id in same]
        wrong = self.departures(actual)
        explained = {id: facets for id in self._known if (facets := self._explained(id, actual, wrong))}
        merit = {
            id: (len(facets), sum(map(len, facets.values())), -len(self._departures[id]))
            for id, facets in explained.items()
        }
        chosen: dict[str, None] = {}
        covered: set[Facet] = set()
        for facet in wrong:
            fitting = [id for id, facets in explained.items() if facet in facets]
            if facet not in covered and fitting:
                best = max(merit[id] for id in fitting)
                for id in fitting:
                    if merit[id] == best:
                        chosen[id] = None
                        covered.update(explained[id])
        return [Explanation(id, self._is_whole(id, actual, wrong), frozenset(explained[id])) for id in chosen]

    def _is_whole(self, id: str, actual: Behaviour, wrong: Departures) -> bool:
        """Tell whether a function departs in all numbers as a known mistake does, on every probe.

        What it stores in a dict beside them is a habit, if no criterion minds.
        """
        departing, known = self._departures[id], self._known[id]
        numbers = [name for name, kind in wrong if kind == "numbers" and not (name[0] == "argument" and len(name) > 2)]
        if any((name, "numbers") not in departing for name in numbers):
            return False
        return all(
            wrong.get(facet) == calls and self._same(facet, calls, known, actual) for facet, calls in departing.items()
        )

    def _explained(self, id: str, actual: Behaviour, wrong: Departures) -> Departures:
        """List the departures of a known mistake that a function shares with it."""
        known = self._known[id]
        if id not in self._departures:
            self._departures[id] = departures(self._right, known)
        departing = self._departures[id]
        if self._is_chance(departing, wrong) or any(known.keeps_otherwise(actual, name[-1]) for name, _ in departing):
            return {}
        otherwise = self._made_otherwise(departing, wrong)
        facets = {
            facet: calls
            for facet, calls in departing.items()
            if facet in wrong
            and facet not in otherwise
            and self._same(facet, self._telling(calls, wrong[facet], actual), known, actual)
        }
        enough = len(facets) == len(departing) or any(_is_evidence(*item, known) for item in facets.items())
        return facets if enough else {}

    def _is_chance(self, departing: Departures, wrong: Departures) -> bool:
        """Tell whether entries that a function is wrong in before a mistake begins have made the rest wrong already."""
        first = next(iter(departing), None)
        return any(first in self._followers.get(facet, ()) for facet in wrong if facet not in departing)

    @cached_property
    def _followers(self) -> dict[Facet, set[Facet]]:
        """List what becomes wrong with an entry of a returned dict, as all known mistakes that begin there show."""
        followers: dict[Facet, set[Facet]] = {}
        if any(isinstance(shown, Outcome) and isinstance(shown.value, dict) for shown in self._right.shown):
            for known in self._known.values():
                facets = list(departures(self._right, known))
                if facets:
                    followers[facets[0]] = followers.get(facets[0], set(facets)) & set(facets[1:])
        return followers

    def _made_otherwise(self, departing: Departures, wrong: Departures) -> set[Facet]:
        """List the entries of a result that in a known mistake follow from entries that are right in a function.

        Only the entries of a dict are looked at: they stand in the order of computation. What is the same after such an
        entry was made so by another slip.
        """
        otherwise: set[Facet] = set()
        for number in {calls[0] for calls in departing.values()}:
            shown = self._right.shown[number]
            if isinstance(shown, Outcome) and isinstance(shown.value, dict):
                for before, key in pairwise(shown.value):
                    cause: Facet = (("value", before), "numbers")
                    if (
                        cause in departing
                        and (cause not in wrong or cause in otherwise)
                        and (ERROR, "numbers") not in wrong
                    ):
                        otherwise.add((("value", key), "numbers"))
        return otherwise

    def _telling(self, calls: list[int], wrong: list[int], actual: Behaviour) -> list[int] | None:
        """Pick the calls that must be alike: the usual ones, if the mistake departs there.

        In the others the function must be wrong, or fail, in whatever way. None if it is right in one of them, or if it
        is wrong in usual calls where the mistake is right: what shows in side cases follows from something else then.
        """
        usual = [number for number in calls if actual.calls[number].group == MAIN]
        if not usual:
            return None if any(actual.calls[number].group == MAIN for number in wrong) else calls
        return usual if all(n in usual or n in wrong or actual.fails_in(n) for n in calls) else None

    def _same(self, facet: Facet, calls: list[int] | None, known: Behaviour, actual: Behaviour) -> bool:
        behaviours = known, actual, self._right
        return calls is not None and all(
            _alike(facet, actual.calls[number], *(b.shown[number] for b in behaviours)) for number in calls
        )


def departures(right: Behaviour, other: Behaviour) -> Departures:
    """List what is not right in a behaviour, in the order of computation."""
    result: Departures = {}
    for number, (call, first, second) in enumerate(zip(other.calls, right.shown, other.shown, strict=True)):
        if isinstance(first, Profile) and isinstance(second, Profile):
            wrong = {name for _, name in mismatches(first, second)}
            facets: list[Facet] = [(("value", n), "numbers") for n in first.forms if n in wrong or "" in wrong]
        elif isinstance(first, Profile) or isinstance(second, Profile):
            facets = [(ERROR, "numbers")]
        else:
            facets = [
                (name, kind) for name in names_of(call, first, second) for kind in _kinds(name, call, first, second)
            ]
        for facet in facets:
            result.setdefault(facet, []).append(number)
    return result


def names_of(call: Call, right: Outcome, other: Outcome) -> Iterator[Name]:
    """Go through the parts of two outcomes; where one is an exception there are no others."""
    if right.error or other.error:
        yield ERROR
        return
    yield from (("value", *path) for path in _paths(right.value))
    for position in sorted(right.changed.keys() | other.changed.keys()):
        given = plain_argument(call, position) if position < len(call.args) else None
        if isinstance(given, dict):
            after = [right.changed.get(position), other.changed.get(position)]
            keys = dict.fromkeys(key for entries in (given, *after) if isinstance(entries, dict) for key in entries)
            yield from (("argument", str(position), key) for key in keys)
        elif position < len(call.args):
            yield ("argument", str(position))


def _paths(value: Plain) -> list[tuple[str, ...]]:
    if isinstance(value, dict):
        return [(key,) for key in value]
    if isinstance(value, tuple):
        return [(str(index),) for index in range(len(value))]
    return [()]


def part_of(name: Name, call: Call, outcome: Outcome) -> Plain:
    """Return a part of an outcome; of an argument, what is in it after the call."""
    value: Plain
    if name[0] == "argument":
        position = int(name[1])
        value, path = outcome.changed.get(position, plain_argument(call, position)), name[2:]
    else:
        value, path = outcome.value, name[1:]
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, tuple | list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def _kinds(name: Name, call: Call, right: Outcome, other: Outcome) -> list[Kind]:
    """Tell what is wrong with a part."""
    if name == ERROR:
        return [] if same_errors(right.error, other.error, right.error) else ["numbers"]
    first, second = part_of(name, call, right), part_of(name, call, other)
    if isinstance(first, Opaque):  # a cache: what is in it is free, and in test mode whether there is one
        return ["form"] if second is None else []
    if first is None or second is None:
        return ["numbers"] if first is not second else []
    kinds: list[Kind] = []
    if clearly_differ(first, second) or any(not d.is_form_only for d in each_difference(first, second)):
        kinds.append("numbers")
    if _form(first) != _form(second):
        kinds.append("form")
    return kinds


def _alike(
    facet: Facet, call: Call, known: Outcome | Profile, actual: Outcome | Profile, right: Outcome | Profile
) -> bool:
    """Tell whether a part is wrong in the same way."""
    name, kind = facet
    if isinstance(known, Profile) or isinstance(actual, Profile):
        return isinstance(known, Profile) and isinstance(actual, Profile) and _agree(name, known, actual)
    if name == ERROR:
        return same_errors(known.error, actual.error, right.error if isinstance(right, Outcome) else None)
    if known.error or actual.error:
        return False
    first, second = part_of(name, call, known), part_of(name, call, actual)
    if (first is None) != (second is None) or (first is None and _lacks(name, known) != _lacks(name, actual)):
        return False
    if kind == "form":
        return _form(first) == _form(second)
    return not clearly_differ(first, second) and all(
        d.is_form_only for pair in ((first, second), (second, first)) for d in each_difference(*pair)
    )


def _lacks(name: Name, outcome: Outcome) -> bool:
    """Tell whether a part of the result is not there at all, which is another slip than None in its place."""
    if name[0] != "value" or len(name) == 1 or outcome.value is None:
        return False
    key, value = name[1], outcome.value
    if isinstance(value, dict):
        return key not in value
    return not (isinstance(value, tuple | list) and key.isdigit() and int(key) < len(value))


def _form(value: Plain) -> tuple[object, ...]:
    if isinstance(value, float | int | np.ndarray):
        return np.shape(value)
    return (type(value).__name__,)


def _agree(name: Name, known: Profile, actual: Profile) -> bool:
    """Tell whether two random functions are alike in one output and, but for shares, in all before it."""
    outputs = list(known.forms)
    for what, output in mismatches(known, actual):
        if output == name[-1] or what == "form":
            return False
        if what != "share" and outputs.index(output) < outputs.index(name[-1]):
            return False
    return True


def _is_evidence(facet: Facet, calls: list[int], known: Behaviour) -> bool:
    """Tell whether no other mistake comes to the same part by chance: its numbers vary."""
    name, kind = facet
    if name == ERROR or kind == "form":
        return False
    for number in calls:
        shown = known.shown[number]
        if isinstance(shown, Profile):
            return len(shown.columns) > 1
        part = as_numbers(part_of(name, known.calls[number], shown))
        if part is not None and len(np.unique(part)) > 1:
            return True
    return False


def _is_empty(outcome: Outcome) -> bool:
    value = outcome.value
    return outcome.error is None and (
        value is None or (isinstance(value, tuple | list) and all(part is None for part in value))
    )
