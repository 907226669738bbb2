"""Batch normalization as Ioffe & Szegedy 2015 (arXiv 1502.03167) define it: forward, staged and simplified backward.

Examples are rows: x is (N, D), gamma and beta are (D,). The cache of these references is (x, mean, var, x_hat, gamma,
eps); a student's may be any object.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Cache = tuple[Array, Array, Array, Array, Array, float]

DEFAULT_EPS = 1e-5
DEFAULT_MOMENTUM = 0.9
BLOCK_BYTES = 2**18
"""Bytes of each array that `batchnorm_backward_fast` works on at a time: three of them stay in a core's L2 cache."""


def batchnorm_forward(x: Array, gamma: Array, beta: Array, bn_param: dict[str, Any]) -> tuple[Array, Cache]:
    """Normalise each feature over the mini-batch, scale and shift it (Ioffe & Szegedy 2015, algorithm 1).

    Train mode also moves the running statistics in `bn_param`; test mode normalises with them and changes none.

    Args:
        x: (N, D) float64.
        gamma: (D,), the scale.
        beta: (D,), the shift.
        bn_param: `mode` "train" or "test"; `eps`, `momentum`, `running_mean` (D,), `running_var` (D,) where they are
            not the defaults 1e-5, 0.9, zeros, zeros.

    Returns:
        out (N, D), and the cache for a backward pass.

    Raises:
        ValueError: for another mode.
    """
    mode = bn_param["mode"]
    eps = bn_param.get("eps", DEFAULT_EPS)
    momentum = bn_param.get("momentum", DEFAULT_MOMENTUM)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1]))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1]))
    if mode == "train":
        mean = x.mean(axis=0)  # μ = 1/N Σ x
        var = ((x - mean) ** 2).mean(axis=0)  # σ² = 1/N Σ (x − μ)²
        bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
        bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    elif mode == "test":
        mean, var = running_mean, running_var
    else:
        raise ValueError(f"mode is {mode!r}; it must be 'train' or 'test'")
    x_hat = (x - mean) / np.sqrt(var + eps)  # x̂ = (x − μ) / √(σ² + ε)
    out = gamma * x_hat + beta  # y = γ x̂ + β
    return out, (x, mean, var, x_hat, gamma, eps)


def batchnorm_backward(dout: Array, cache: Cache) -> tuple[Array, Array, Array]:
    """Go back along the computational graph x → μ → σ² → x̂ → y, a node a line (Ioffe & Szegedy 2015, section 3).

    Args:
        dout: (N, D), ∂l/∂y.
        cache: what `batchnorm_forward` returned.

    Returns:
        dx (N, D), dgamma (D,), dbeta (D,).
    """
    x, mean, var, x_hat, gamma, eps = cache
    n = x.shape[0]
    dbeta = dout.sum(axis=0)  # ∂β = Σ ∂y
    dgamma = (dout * x_hat).sum(axis=0)  # ∂γ = Σ ∂y x̂
    dx_hat = dout * gamma  # ∂x̂ = ∂y γ
    dvar = (dx_hat * (x - mean) * -0.5 * (var + eps) ** -1.5).sum(axis=0)  # ∂σ² = Σ ∂x̂ (x−μ) (−½)(σ²+ε)^(−3/2)
    dmean = -(dx_hat / np.sqrt(var + eps)).sum(axis=0)  # ∂μ = −Σ ∂x̂ / √(σ²+ε); the σ² path adds −2/N Σ(x−μ) = 0
    dx = dx_hat / np.sqrt(var + eps) + dvar * 2 * (x - mean) / n + dmean / n
    return dx, dgamma, dbeta


def batchnorm_backward_alt(dout: Array, cache: Cache) -> tuple[Array, Array, Array]:
    """The same with one expression for dx: the staged one with ∂σ² and ∂μ put in and the terms collected.

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


def batchnorm_backward_fast(dout: Array, cache: Cache) -> tuple[Array, Array, Array]:
    """`batchnorm_backward_alt` in the fewest passes over memory that numpy allows.

    The sums need one pass over dout and x̂. Then, feature by feature, ∂x = a·∂y + b·x̂ + c with
    a = γ/√(σ²+ε), b = −a ∂γ/N, c = −a ∂β/N: a second pass, which reads dout and x̂ and writes dx once. numpy has no
    ufunc for it, so it is done in blocks of rows whose intermediate stays in the cache of the processor.

    Args:
        dout: (N, D), ∂l/∂y.
        cache: what `batchnorm_forward` returned.

    Returns:
        dx (N, D), dgamma (D,), dbeta (D,).
    """
    _, _, var, x_hat, gamma, eps = cache
    n, d = dout.shape
    rows = max(1, min(n, BLOCK_BYTES // (8 * d)))
    blocks = [slice(start, start + rows) for start in range(0, n, rows)]
    ones = np.ones(rows)
    dbeta, dgamma = np.zeros(d), np.zeros(d)
    for block in blocks:
        dbeta += ones[: len(dout[block])] @ dout[block]
        dgamma += np.einsum("nd,nd->d", dout[block], x_hat[block])
    a = gamma / np.sqrt(var + eps)
    b = a * dgamma / -n
    c = a * dbeta / -n
    dx = np.empty_like(dout)
    scratch = np.empty((rows, d))
    for block in blocks:
        part = dx[block]
        scaled = scratch[: len(part)]
        np.multiply(dout[block], a, out=part)
        np.multiply(x_hat[block], b, out=scaled)
        np.add(part, scaled, out=part)
        np.add(part, c, out=part)
    return dx, dgamma, dbeta
