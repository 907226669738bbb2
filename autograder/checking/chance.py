"""Judge whether a count could be chance: tests of random functions with a stated probability of failing a right one."""

from __future__ import annotations

import math


def is_improbable(count: int, draws: int, probability: float, alpha: float) -> bool:
    """Whether a binomial count lies so far from its mean that chance explains it at most with probability `alpha`.

    The Chernoff bound: P(X/n ≥ q) ≤ exp(−n·KL(q‖p)) for q ≥ p, and likewise below (Chernoff 1952; Arratia & Gordon
    1989). Both sides together: 2·exp(−n·KL(q‖p)) ≤ alpha. The bound is exact mathematics, not the normal
    approximation, so `alpha` holds for any number of draws.

    Args:
        count: successes, from 0 to `draws`.
        draws: independent draws.
        probability: of a success, from 0 to 1.
        alpha: accepted probability of calling a right count improbable.
    """
    if draws == 0:
        return False
    return 2 * math.exp(-draws * _divergence(count / draws, probability)) <= alpha


def _divergence(q: float, p: float) -> float:
    """Compute the Kullback–Leibler divergence of a coin with probability q from one with probability p."""
    if p in (0.0, 1.0):
        return 0.0 if q == p else math.inf
    ones = q * math.log(q / p) if q > 0 else 0.0
    zeros = (1 - q) * math.log((1 - q) / (1 - p)) if q < 1 else 0.0
    return ones + zeros
