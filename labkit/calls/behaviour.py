"""The behaviour of a function: what its calls did, reduced to what tells two functions apart.

The self-check compares a student's function with recorded behaviours, the diagnosis with computed ones; both ask
`Behaviour.fits`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labkit.calls.call import Call, Outcome
from labkit.calls.differences import each_difference
from labkit.calls.random_outputs import CERTAIN, PROFILE, Profile, RandomOutputs, mask_arrays, mismatches, profile_of


@dataclass(frozen=True)
class Behaviour:
    """What a function did in its calls.

    Attributes:
        shown: what the calls did, in order; of a random function, the profile of each call of PROFILE.
        drops_all: of a random function, whether no mask of the calls of CERTAIN keeps a unit; None without masks.
    """

    shown: Sequence[Outcome | Profile]
    drops_all: bool | None = None

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
            return cls([outcome for _, outcome in pairs])
        shown = [
            outcome if isinstance(outcome, Profile) or outcome.error else profile_of(call, outcome, random)
            for call, outcome in pairs
            if call.group == PROFILE
        ]
        return cls(shown, _drops_all(pairs, random))

    def fits(self, actual: Behaviour) -> bool:
        """Tell whether a function that showed `actual` may be the function that this behaviour is known of.

        Of `drops_all` only True against False tells two functions apart. Two shares that are alike at one keep_prob
        may be far apart at another: what keeps with probability 1 − keep_prob, or half of keep_prob, is nearly the same
        at 0.65, but at 1 the first drops all for certain. What a small mask drops by chance is not compared: it would
        take the hint from students whom it is meant for.
        """
        if self.drops_all and actual.drops_all is False:
            return False
        return all(map(_fits, self.shown, actual.shown))


def _fits(known: Outcome | Profile, actual: Outcome | Profile) -> bool:
    if isinstance(known, Profile) or isinstance(actual, Profile):
        return isinstance(known, Profile) and isinstance(actual, Profile) and not mismatches(known, actual)
    if known.error or actual.error:
        return bool(known.error and actual.error and known.error.form == actual.error.form)
    if known.changed.keys() != actual.changed.keys():
        return False
    pairs = [(known.value, actual.value), *((known.changed[i], actual.changed[i]) for i in known.changed)]
    return all(
        (first is None) == (second is None)
        and not any(each_difference(first, second))
        and not any(each_difference(second, first))
        for first, second in pairs
    )


def _drops_all(pairs: Sequence[tuple[Call, Outcome | Profile]], random: RandomOutputs) -> bool | None:
    masks = [
        mask
        for call, outcome in pairs
        if call.group == CERTAIN and isinstance(outcome, Outcome)
        for mask in mask_arrays(outcome.value, random)
    ]
    return not any(mask.any() for mask in masks) if masks else None
