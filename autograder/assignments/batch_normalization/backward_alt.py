"""The simplified backward pass: judged as the staged pass, for other points."""

from __future__ import annotations

import numpy as np

from autograder.assignments.batch_normalization.backward import NAME as STAGED
from autograder.assignments.batch_normalization.backward import backward_check
from autograder.assignments.batch_normalization.probes import Array, Cache

NAME = "batchnorm_backward_alt"


def batchnorm_backward_alt(dout: Array, cache: Cache) -> tuple[Array, Array, Array]:
    """Compute dx in one expression: that of the staged pass with ∂σ² and ∂μ put in and the terms collected.

    ∂x = 1/(N √(σ²+ε)) · (N ∂x̂ − Σ ∂x̂ − x̂ Σ(∂x̂ x̂)), and with ∂x̂ = γ ∂y the two sums are γ ∂β and γ ∂γ.

    Args:
        dout: (N, D), ∂l/∂y.
        cache: what `batchnorm_forward` returned.

    Returns:
        dx (N, D), dgamma (D,), dbeta (D,).
    """
    _, _, var, x_hat, gamma, eps = cache
    n = dout.shape[0]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx = gamma / (n * np.sqrt(var + eps)) * (n * dout - dbeta - x_hat * dgamma)
    return dx, dgamma, dbeta


CHECK = backward_check(
    NAME,
    batchnorm_backward_alt,
    {"dbeta": 2, "dgamma": 3, "dx": 4, "numeric gradient": 2, "edge cases": 1, "shape": 2, "unchanged": 1},
    earlier=STAGED,
)
