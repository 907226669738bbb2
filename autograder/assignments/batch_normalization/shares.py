"""What known mistakes keep of the criteria that they miss: where the idea is there, a slip does not cost all of it.

A mistake that is not named keeps nothing. `docs/instructor.md` shows this table, with the other lab's.
"""

from __future__ import annotations

from autograder.checking.check import Shares

_HALF_OF_THE_VALUES = {"value": 0.5}
_HALF_OF_THE_STATISTICS = {"running statistics": 0.5}
_HALF_OF_DX = {"dx": 0.5}

SHARES: Shares = {
    "bn-eps-outside-root": _HALF_OF_THE_VALUES,
    "bn-train-eps-outside-root": _HALF_OF_THE_VALUES,
    "bn-test-eps-outside-root": _HALF_OF_THE_VALUES,
    "bn-eps-missing": _HALF_OF_THE_VALUES,
    "bn-train-eps-missing": _HALF_OF_THE_VALUES,
    "bn-test-eps-missing": _HALF_OF_THE_VALUES,
    "bn-eps-fixed": _HALF_OF_THE_VALUES,
    "bn-train-gamma-missing": _HALF_OF_THE_VALUES,
    "bn-test-gamma-missing": _HALF_OF_THE_VALUES,
    "bn-train-beta-missing": _HALF_OF_THE_VALUES,
    "bn-test-beta-missing": _HALF_OF_THE_VALUES,
    "bn-shift-before-scale": _HALF_OF_THE_VALUES,
    "bn-unbiased-variance": {**_HALF_OF_THE_VALUES, **_HALF_OF_THE_STATISTICS},
    "bn-test-bessel": _HALF_OF_THE_VALUES,
    "bn-momentum-swapped": _HALF_OF_THE_STATISTICS,
    "bn-momentum-fixed": _HALF_OF_THE_STATISTICS,
    "bn-running-var-with-eps": _HALF_OF_THE_STATISTICS,
    "bn-running-var-unbiased": _HALF_OF_THE_STATISTICS,
    "bn-running-var-not-stored": _HALF_OF_THE_STATISTICS,
    "bnb-n-from-features": _HALF_OF_DX,
    "bnb-dmean-over-n-twice": _HALF_OF_DX,
    "bnb-eps-fixed": _HALF_OF_DX,
    "bnb-eps-missing": _HALF_OF_DX,
    "bnb-gamma-missing": _HALF_OF_DX,
    "bnb-half-missing": _HALF_OF_DX,
    "bnb-factor-two-missing": _HALF_OF_DX,
    "bnb-dvar-sign": _HALF_OF_DX,
    "bnb-dmean-sign": _HALF_OF_DX,
    "bnb-mean-path-missing": _HALF_OF_DX,
    "bnb-means-for-sums": {"dbeta": 0.5, "dgamma": 0.5},
    "bna-n-missing-inside": _HALF_OF_DX,
    "bna-n-missing-outside": _HALF_OF_DX,
    "bna-n-from-features": _HALF_OF_DX,
    "bna-gamma-missing": _HALF_OF_DX,
    "bna-mean-term-missing": _HALF_OF_DX,
    "bna-variance-term-missing": _HALF_OF_DX,
    "bna-eps-missing": _HALF_OF_DX,
    "bna-eps-outside-root": _HALF_OF_DX,
}
