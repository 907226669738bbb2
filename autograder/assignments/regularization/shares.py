"""What known mistakes keep of the criteria that they miss: a lost factor does not cost all where the idea is there.

A mistake that is not named keeps nothing: it misses the idea itself (no ε, no mask, a penalty on the biases).
`docs/instructor.md` shows this table, with the other lab's.
"""

from __future__ import annotations

from autograder.checking.check import Shares

_HALF_OF_THE_COST = {"value": 0.5}
_HALF_OF_ALL_DW = {"dW3": 0.5, "dW2 and dW1": 0.5}
_HALF_OF_THE_MASKS = {"masks": 0.5}
_HALF_OF_THE_VALUES = {"values follow from the masks": 0.5}

SHARES: Shares = {
    "l2-cost-half-missing": {"value": 0.75},
    "l2-cost-brackets-missing": {"value": 0.75},
    "l2-cost-m-multiplied": {"value": 0.75},
    "l2-cost-last-layer-missing": _HALF_OF_THE_COST,
    "l2-cost-m-lost": _HALF_OF_THE_COST,
    "l2-cost-m-wrong-axis": _HALF_OF_THE_COST,
    "l2-cost-first-layer-only": {"value": 0.25},
    "l2-backward-half-left": _HALF_OF_ALL_DW,
    "l2-backward-doubled": _HALF_OF_ALL_DW,
    "l2-backward-m-lost": _HALF_OF_ALL_DW,
    "l2-backward-first-layer-missing": {"dW2 and dW1": 0.5},
    "dropout-forward-first-layer-scaled": _HALF_OF_THE_VALUES,
    "dropout-forward-cached-before-mask": _HALF_OF_THE_VALUES,
    "dropout-forward-scaled-mask": {**_HALF_OF_THE_MASKS, **_HALF_OF_THE_VALUES},
    "dropout-forward-second-mask-missing": {**_HALF_OF_THE_MASKS, **_HALF_OF_THE_VALUES},
    "dropout-backward-first-layer-only": {"first hidden layer": 0.5},
}
