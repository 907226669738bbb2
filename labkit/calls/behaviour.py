"""The behaviour of a function: what its calls did, reduced to what tells two functions apart.

The self-check compares a student's function with recorded behaviours, the diagnosis with computed ones; both ask
`Behaviour.fits`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from labkit.calls.call import Call, CallError, Outcome
from labkit.calls.differences import clearly_differ, each_difference
from labkit.calls.random_outputs import (
    CERTAIN,
    DEFAULT,
    PROFILE,
    Profile,
    RandomOutputs,
    mask_arrays,
    mismatches,
    profile_of,
    shares_differ,
)


@dataclass(frozen=True)
class Behaviour:
    """What a function did in its calls.

    Attributes:
        calls: what was called, in order; of a random function, only the calls of PROFILE.
        shown: what the calls did; of a random function, profiles.
        drops_all: of a random function, whether no mask of the calls of CERTAIN keeps a unit; None without masks.
        shares: of a random function, call and mask → share of ones and number of draws, in calls that are not of
            PROFILE.
        refusal: of a random function, the error in the calls of DEFAULT, if they fail.
    """

    calls: Sequence[Call]
    shown: Sequence[Outcome | Profile]
    drops_all: bool | None = None
    shares: Mapping[tuple[int, str], tuple[float, int]] = field(default_factory=dict)
    refusal: CallError | None = None

    @classmethod
    def of(
        cls,
        function: str,
        calls: Sequence[Call],
        outcomes: Sequence[Outcome | Profile],
        random: RandomOutputs | None,
    ) -> Behaviour:
        """Describe a function by the outcomes of calls; calls of other functions (companions) are not compared.

        Args:
            function: name of the function.
            calls: what was called.
            outcomes: what each call did; what is recorded of a PROFILE call is a profile already.
            random: where the random outputs stand, if the function is random.
        """
        pairs = [pair for pair in zip(calls, outcomes, strict=True) if pair[0].function == function]
        if random is None:
            return cls([call for call, _ in pairs], [outcome for _, outcome in pairs])
        drawn = [pair for pair in pairs if pair[0].group == PROFILE]
        shown = [
            outcome if isinstance(outcome, Profile) or outcome.error else profile_of(call, outcome, random)
            for call, outcome in drawn
        ]
        refusals = [o.error for call, o in pairs if call.group == DEFAULT and isinstance(o, Outcome) and o.error]
        calls_drawn = [call for call, _ in drawn]
        refusal = refusals[0] if refusals else None
        return cls(calls_drawn, shown, _drops_all(pairs, random), _shares(pairs, random), refusal)

    def fails_in(self, number: int) -> bool:
        """Tell whether the function raised an exception in a call."""
        shown = self.shown[number]
        return isinstance(shown, Outcome) and shown.error is not None

    def keeps_otherwise(self, actual: Behaviour, mask: str) -> bool:
        """Tell whether a mask has clearly another share of ones in some call of both, of another group than PROFILE."""
        return any(
            shares_differ(*shares, *actual.shares[key])
            for key, shares in self.shares.items()
            if key[1] == mask and key in actual.shares
        )

    def fits(self, actual: Behaviour, right: Behaviour | None = None) -> bool:
        """Tell whether a function that showed `actual` may be the function that this behaviour is known of.

        Where `right` has an exception, its kind alone counts: its words are the student's.

        Two shares that are alike at one keep_prob may be far apart at another: what keeps with probability
        1 − keep_prob, or half of keep_prob, is nearly the same at 0.65, but at 1 the first drops all for certain. A
        missing default is compared only where it is the mistake.
        """
        if any(self.keeps_otherwise(actual, name) for _, name in self.shares):
            return False
        if self.refusal and not (actual.refusal and actual.refusal.form == self.refusal.form):
            return False
        expected = right.shown if right else [Outcome()] * len(self.shown)
        return all(map(_fits, self.shown, actual.shown, expected))


def _fits(known: Outcome | Profile, actual: Outcome | Profile, right: Outcome | Profile) -> bool:
    if isinstance(known, Profile) or isinstance(actual, Profile):
        return isinstance(known, Profile) and isinstance(actual, Profile) and not mismatches(known, actual)
    if known.error or actual.error:
        expected = right.error if isinstance(right, Outcome) else None
        return same_errors(known.error, actual.error, expected)
    if known.changed.keys() != actual.changed.keys():
        return False
    pairs = [(known.value, actual.value), *((known.changed[i], actual.changed[i]) for i in known.changed)]
    return all(
        (first is None) == (second is None)
        and not clearly_differ(first, second)
        and not any(each_difference(first, second))
        and not any(each_difference(second, first))
        for first, second in pairs
    )


def same_errors(first: CallError | None, second: CallError | None, expected: CallError | None) -> bool:
    """Compare two exceptions; where a right function raises one, the kind alone counts, for its words are free.

    There all kinds that are raised on purpose are alike: each is another than the expected kind.
    """
    if first is None or second is None:
        return first is second
    if expected is None:
        return first.form == second.form
    return _cause(first, expected) == _cause(second, expected)


_ACCIDENTS = ("NameError", "UnboundLocalError", "AttributeError", "TypeError", "IndexError", "ZeroDivisionError")
"""Exceptions that come of a slip, hardly ever of a line that raises them."""


def _cause(error: CallError, expected: CallError) -> str:
    if error.is_a(expected.kind):
        return expected.kind
    return error.kind if error.kind in _ACCIDENTS else ""


def _drops_all(pairs: Sequence[tuple[Call, Outcome | Profile]], random: RandomOutputs) -> bool | None:
    masks = [
        mask
        for call, outcome in pairs
        if call.group == CERTAIN and isinstance(outcome, Outcome)
        for mask in mask_arrays(outcome.value, random).values()
    ]
    return not any(mask.any() for mask in masks) if masks else None


def _shares(
    pairs: Sequence[tuple[Call, Outcome | Profile]], random: RandomOutputs
) -> dict[tuple[int, str], tuple[float, int]]:
    """Find the share of ones in each mask, but for masks that repeat their draws: they have a share by luck.

    Whoever fills a large mask with a small one repeats draws, too: no mask counts for more than the smallest of a call.
    """
    shares = {}
    for number, (call, outcome) in enumerate(pairs):
        masks = mask_arrays(outcome.value, random) if isinstance(outcome, Outcome) and call.group != PROFILE else {}
        draws = min((mask.size for mask in masks.values()), default=0)
        for name, mask in masks.items() if draws else ():
            kept = mask != 0
            repeats = [mask.ndim < 2 or bool((kept == kept.take([0], axis)).all()) for axis in (0, 1)]
            if not any(repeats) or (all(repeats) and call.group == CERTAIN):
                shares[number, name] = float(kept.mean()), draws
    return shares
