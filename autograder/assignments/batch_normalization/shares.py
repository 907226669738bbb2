"""What known mistakes keep of the criteria that they miss: a lost factor does not cost all where the idea is there.

A mistake that is not named keeps nothing: it misses the idea itself (no ε, no mask, a penalty on the biases).
`docs/instructor.md` shows this table, with the other lab's.
"""

from __future__ import annotations

from autograder.checking.check import Shares

_HALF_OF_THE_VALUES = {"value": 0.5}
_HALF_OF_THE_STATISTICS = {"running statistics": 0.5}
_HALF_OF_DX = {"dx": 0.5}

SHARES: Shares = {
    "bn-unbiased-variance": {**_HALF_OF_THE_VALUES, **_HALF_OF_THE_STATISTICS},
    "bn-test-bessel": _HALF_OF_THE_VALUES,
    "bn-running-var-with-eps": _HALF_OF_THE_STATISTICS,
    "bn-running-var-unbiased": _HALF_OF_THE_STATISTICS,
    "bn-running-var-not-stored": _HALF_OF_THE_STATISTICS,
    "bnb-n-from-features": _HALF_OF_DX,
    "bnb-dmean-over-n-twice": _HALF_OF_DX,
    "bnb-half-missing": _HALF_OF_DX,
    "bnb-factor-two-missing": _HALF_OF_DX,
    "bnb-means-for-sums": {"dbeta": 0.5, "dgamma": 0.5},
    "bna-n-missing-inside": _HALF_OF_DX,
    "bna-n-missing-outside": _HALF_OF_DX,
    "bna-n-from-features": _HALF_OF_DX,
}
