"""Right answers in the styles that students write them in: none of them may lose a point.

All share one form of cache, (x, mean, var, x_hat, gamma, eps), so that each works beside any other.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.assignments.batch_normalization import backward, backward_alt, forward
from autograder.checking.catalogue import Catalogue

CATALOGUE = Catalogue()


@CATALOGUE.right(forward.FUNCTION, "numpy's mean and var")
def _forward_numpy(x: Any, gamma: Any, beta: Any, bn_param: Any) -> Any:
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1], dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1], dtype=x.dtype))
    out, cache = None, None
    if mode == "train":
        mean = np.mean(x, axis=0)
        var = np.var(x, axis=0)
        x_hat = (x - mean) / np.sqrt(var + eps)
        out = gamma * x_hat + beta
        cache = (x, mean, var, x_hat, gamma, eps)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    elif mode == "test":
        out = gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta
    else:
        raise ValueError(f"{mode} is no mode")
    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, cache


@CATALOGUE.right(forward.FUNCTION, "loops")
def _forward_loops(x: Any, gamma: Any, beta: Any, bn_param: Any) -> Any:
    if bn_param["mode"] not in ("train", "test"):
        raise ValueError(bn_param["mode"])
    N, D = x.shape
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = np.array(bn_param.get("running_mean", [0.0] * D))
    running_var = np.array(bn_param.get("running_var", [0.0] * D))
    x_hat, out = np.zeros((N, D)), np.zeros((N, D))
    mean, var = running_mean.copy(), running_var.copy()
    if bn_param["mode"] == "train":
        for j in range(D):
            mean[j] = sum(x[:, j]) / N
            var[j] = sum((x[:, j] - mean[j]) ** 2) / N
            running_mean[j] = momentum * running_mean[j] + (1 - momentum) * mean[j]
            running_var[j] = momentum * running_var[j] + (1 - momentum) * var[j]
        bn_param["running_mean"], bn_param["running_var"] = running_mean, running_var
    for i in range(N):
        for j in range(D):
            x_hat[i, j] = (x[i, j] - mean[j]) / (var[j] + eps) ** 0.5
            out[i, j] = gamma[j] * x_hat[i, j] + beta[j]
    return out, (x, mean, var, x_hat, gamma, eps)


@CATALOGUE.right(forward.FUNCTION, "along the graph, a node a line")
def _forward_graph(x: Any, gamma: Any, beta: Any, bn_param: Any) -> Any:
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    N, D = x.shape
    if mode == "train":
        mean = np.ones((1, N)) @ x / N
        centred = x - mean
        squares = centred**2
        var = np.ones((1, N)) @ squares / N
        root = np.sqrt(var + eps)
        inverse = 1.0 / root
        x_hat = centred * inverse
        scaled = gamma * x_hat
        out = scaled + beta
        mean, var = mean[0], var[0]
        m = bn_param.get("momentum", 0.9)
        for name, batch in (("running_mean", mean), ("running_var", var)):
            bn_param[name] = m * bn_param.get(name, np.zeros(D)) + (1 - m) * batch
        return out, (x, mean, var, x_hat, gamma, eps)
    if mode == "test":
        mean, var = bn_param.get("running_mean", 0.0), bn_param.get("running_var", 0.0)
        return gamma / np.sqrt(var + eps) * x + (beta - gamma * mean / np.sqrt(var + eps)), {}
    raise ValueError("mode must be train or test")


@CATALOGUE.right(forward.FUNCTION, "in place on own copies")
def _forward_in_place(x: Any, gamma: Any, beta: Any, bn_param: Any) -> Any:
    eps, momentum = bn_param.setdefault("eps", 1e-5), bn_param.setdefault("momentum", 0.9)
    running_mean = bn_param.setdefault("running_mean", np.zeros(x.shape[1]))
    running_var = bn_param.setdefault("running_var", np.zeros(x.shape[1]))
    if bn_param["mode"] == "train":
        mean, var = x.mean(0), x.var(0)
        running_mean *= momentum
        running_mean += (1 - momentum) * mean
        running_var *= momentum
        running_var += (1 - momentum) * var
    elif bn_param["mode"] == "test":
        mean, var = running_mean, running_var
    else:
        raise ValueError("mode")
    x_hat = np.array(x, dtype=float)
    x_hat -= mean
    x_hat /= np.sqrt(var + eps)
    out = x_hat.copy()
    out *= gamma
    out += beta
    return out, (x, mean, var, x_hat, gamma, eps)


@CATALOGUE.right(forward.FUNCTION, "einsum")
def _forward_einsum(x: Any, gamma: Any, beta: Any, bn_param: Any) -> Any:
    N, D = x.shape
    settings = {"eps": 1e-5, "momentum": 0.9, "running_mean": np.zeros(D), "running_var": np.zeros(D), **bn_param}
    if settings["mode"] == "train":
        mean = np.einsum("nd->d", x) / N
        var = np.einsum("nd,nd->d", x - mean, x - mean) / N
        keep = settings["momentum"]
        bn_param["running_mean"] = keep * settings["running_mean"] + (1 - keep) * mean
        bn_param["running_var"] = keep * settings["running_var"] + (1 - keep) * var
    elif settings["mode"] == "test":
        mean, var = settings["running_mean"], settings["running_var"]
    else:
        raise ValueError(settings["mode"])
    x_hat = (x - mean) * (var + settings["eps"]) ** -0.5
    return np.einsum("d,nd->nd", gamma, x_hat) + beta, (x, mean, var, x_hat, gamma, settings["eps"])


@CATALOGUE.right(forward.FUNCTION, "np.multiply and friends")
def _forward_functions(x: Any, gamma: Any, beta: Any, bn_param: Any) -> Any:
    mode, eps, momentum = bn_param["mode"], bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros_like(gamma))
    running_var = bn_param.get("running_var", np.zeros_like(gamma))
    if mode == "train":
        mean = np.divide(np.sum(x, axis=0), x.shape[0])
        var = np.divide(np.sum(np.square(np.subtract(x, mean)), axis=0), x.shape[0])
        new = {
            "running_mean": np.add(np.multiply(momentum, running_mean), np.multiply(1 - momentum, mean)),
            "running_var": np.add(np.multiply(momentum, running_var), np.multiply(1 - momentum, var)),
        }
        bn_param.update(new)
    elif mode == "test":
        mean, var = running_mean, running_var
    else:
        raise ValueError("unknown mode: " + str(mode))
    x_hat = np.divide(np.subtract(x, mean), np.sqrt(np.add(var, eps)))
    out = np.add(np.multiply(gamma, x_hat), beta)
    return out, (x, mean, var, x_hat, gamma, eps)


@CATALOGUE.right(forward.FUNCTION, "transposed, features as rows")
def _forward_transposed(x: Any, gamma: Any, beta: Any, bn_param: Any) -> Any:
    features, scale, shift = x.T, gamma.reshape(-1, 1), beta.reshape(-1, 1)
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    old_mean = bn_param.get("running_mean", np.zeros(len(features)))
    old_var = bn_param.get("running_var", np.zeros(len(features)))
    mode = bn_param["mode"]
    if mode == "train":
        mean = features.mean(axis=1, keepdims=True)
        var = np.square(features - mean).mean(axis=1, keepdims=True)
        bn_param["running_mean"] = old_mean - (1 - momentum) * (old_mean - mean.ravel())
        bn_param["running_var"] = old_var - (1 - momentum) * (old_var - var.ravel())
    elif mode == "test":
        mean, var = old_mean[:, None], old_var[:, None]
    else:
        raise ValueError(mode)
    x_hat = (features - mean) / np.sqrt(var + eps)
    return (scale * x_hat + shift).T, (x, mean.ravel(), var.ravel(), x_hat.T, gamma, eps)


@CATALOGUE.right(backward.NAME, "step by step")
def _backward_steps(dout: Any, cache: Any) -> Any:
    x, mean, var, x_hat, gamma, eps = cache
    N = dout.shape[0]
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * x_hat, axis=0)
    dx_hat = dout * gamma
    dvar = np.sum(dx_hat * (x - mean) * -0.5 * (var + eps) ** -1.5, axis=0)
    dmean = np.sum(-dx_hat / np.sqrt(var + eps), axis=0) + dvar * np.sum(-2 * (x - mean), axis=0) / N
    dx = dx_hat / np.sqrt(var + eps) + dvar * 2 * (x - mean) / N + dmean / N
    return dx, dgamma, dbeta


@CATALOGUE.right(backward.NAME, "along the graph, a node a line, with np.ones")
def _backward_graph(dout: Any, cache: Any) -> Any:
    x, mean, var, x_hat, gamma, eps = cache
    N, D = dout.shape
    centred = x - mean
    root = np.sqrt(var + eps)
    inverse = 1.0 / root
    dbeta = np.sum(dout, axis=0)
    dscaled = dout
    dgamma = np.sum(dscaled * x_hat, axis=0)
    dx_hat = dscaled * gamma
    dinverse = np.sum(dx_hat * centred, axis=0)
    dcentred = dx_hat * inverse
    droot = -1.0 / root**2 * dinverse
    dvar = 0.5 / np.sqrt(var + eps) * droot
    dsquares = 1.0 / N * np.ones((N, D)) * dvar
    dcentred = dcentred + 2 * centred * dsquares
    dx = dcentred
    dmean = -1 * np.sum(dcentred, axis=0)
    dx = dx + 1.0 / N * np.ones((N, D)) * dmean
    return dx, dgamma, dbeta


@CATALOGUE.right(backward.NAME, "loops")
def _backward_loops(dout: Any, cache: Any) -> Any:
    x, mean, var, x_hat, gamma, eps = cache
    N, D = dout.shape
    dx, dgamma, dbeta = np.zeros((N, D)), np.zeros(D), np.zeros(D)
    for j in range(D):
        std = (var[j] + eps) ** 0.5
        dvar = dmean = 0.0
        for i in range(N):
            dbeta[j] += dout[i, j]
            dgamma[j] += dout[i, j] * x_hat[i, j]
            dvar += dout[i, j] * gamma[j] * (x[i, j] - mean[j]) * -0.5 / std**3
            dmean += -dout[i, j] * gamma[j] / std
        for i in range(N):
            dx[i, j] = dout[i, j] * gamma[j] / std + dvar * 2 * (x[i, j] - mean[j]) / N + dmean / N
    return dx, dgamma, dbeta


@CATALOGUE.right(backward.NAME, "einsum")
def _backward_einsum(dout: Any, cache: Any) -> Any:
    x, mean, var, x_hat, gamma, eps = cache
    N = len(dout)
    s = 1 / np.sqrt(var + eps)
    dx_hat = np.einsum("nd,d->nd", dout, gamma)
    dvar = -0.5 * np.einsum("nd,nd,d->d", dx_hat, x - mean, s**3)
    dmean = -np.einsum("nd,d->d", dx_hat, s)
    dx = dx_hat * s + np.einsum("d,nd->nd", 2 * dvar / N, x - mean) + dmean / N
    return dx, np.einsum("nd,nd->d", dout, x_hat), np.einsum("nd->d", dout)


@CATALOGUE.right(backward.NAME, "np.multiply and friends")
def _backward_functions(dout: Any, cache: Any) -> Any:
    x, mean, var, x_hat, gamma, eps = cache
    N = float(dout.shape[0])
    dx_hat = np.multiply(dout, gamma)
    centred = np.subtract(x, mean)
    dvar = np.sum(np.multiply(np.multiply(dx_hat, centred), np.multiply(-0.5, np.power(np.add(var, eps), -3 / 2))), 0)
    dmean = np.negative(np.sum(np.divide(dx_hat, np.sqrt(np.add(var, eps))), axis=0))
    first = np.divide(dx_hat, np.sqrt(np.add(var, eps)))
    second = np.divide(np.multiply(np.multiply(2, dvar), centred), N)
    dx = np.add(np.add(first, second), np.divide(dmean, N))
    return dx, np.sum(np.multiply(dout, x_hat), axis=0), np.sum(dout, axis=0)


@CATALOGUE.right(backward.NAME, "the Jacobian of each feature, with @")
def _backward_jacobian(dout: Any, cache: Any) -> Any:
    _, _, var, x_hat, gamma, eps = cache
    N, D = dout.shape
    dx = np.empty_like(dout)
    for j in range(D):
        h = x_hat[:, j : j + 1]
        jacobian = (np.eye(N) - np.ones((N, N)) / N - h @ h.T / N) / np.sqrt(var[j] + eps)
        dx[:, j] = jacobian.T @ (dout[:, j] * gamma[j])
    return dx, np.diag(dout.T @ x_hat), np.ones(N, dtype=dout.dtype) @ dout


@CATALOGUE.right(backward.NAME, "in place on own copies")
def _backward_in_place(dout: Any, cache: Any) -> Any:
    x, mean, var, x_hat, gamma, eps = cache
    N = x_hat.shape[0]
    dx = dout.copy()
    dx *= gamma
    dvar = (dx * (x - mean)).sum(0)
    dvar *= -0.5
    dvar *= (var + eps) ** (-3 / 2)
    dx /= np.sqrt(var + eps)
    dx -= dx.mean(axis=0)
    dx += (2 / N) * dvar * (x - mean)
    return [dx, (dout * x_hat).sum(0), dout.sum(0)]


@CATALOGUE.right(backward_alt.NAME, "one expression")
def _alt_expression(dout: Any, cache: Any) -> Any:
    _, _, var, x_hat, gamma, eps = cache
    N = dout.shape[0]
    dx_hat = dout * gamma
    dx = (N * dx_hat - np.sum(dx_hat, axis=0) - x_hat * np.sum(dx_hat * x_hat, axis=0)) / (N * np.sqrt(var + eps))
    return dx, np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)


@CATALOGUE.right(backward_alt.NAME, "the sums are dbeta and dgamma")
def _alt_sums(dout: Any, cache: Any) -> Any:
    _, _, var, x_hat, gamma, eps = cache
    N = len(dout)
    dbeta, dgamma = dout.sum(axis=0), (x_hat * dout).sum(axis=0)
    dx = gamma / np.sqrt(var + eps) / N * (N * dout - x_hat * dgamma - dbeta)
    return dx, dgamma, dbeta


@CATALOGUE.right(backward_alt.NAME, "means")
def _alt_means(dout: Any, cache: Any) -> Any:
    x, mean, var, _, gamma, eps = cache
    std = np.sqrt(var + eps)
    x_hat = (x - mean) / std
    mean_of, mean_along = dout.mean(0), (dout * x_hat).mean(0)
    dx = gamma * (dout - mean_of - x_hat * mean_along) / std
    return dx, mean_along * len(x), mean_of * len(x)


@CATALOGUE.right(backward_alt.NAME, "einsum")
def _alt_einsum(dout: Any, cache: Any) -> Any:
    _, _, var, x_hat, gamma, eps = cache
    N = dout.shape[0]
    dgamma = np.einsum("ij,ij->j", dout, x_hat)
    dbeta = np.einsum("ij->j", dout)
    scale = np.einsum("j,j->j", gamma, (var + eps) ** -0.5)
    return np.einsum("j,ij->ij", scale, dout - (dbeta + np.einsum("ij,j->ij", x_hat, dgamma)) / N), dgamma, dbeta


@CATALOGUE.right(backward_alt.NAME, "loops over features")
def _alt_loops(dout: Any, cache: Any) -> Any:
    _, _, var, x_hat, gamma, eps = cache
    N, D = dout.shape
    columns, dgamma, dbeta = [], [], []
    for j in range(D):
        g, h = dout[:, j], x_hat[:, j]
        dbeta.append(np.sum(g))
        dgamma.append(np.dot(g, h))
        columns.append(gamma[j] / (N * np.sqrt(var[j] + eps)) * (N * g - dbeta[-1] - h * dgamma[-1]))
    return np.stack(columns, axis=1), np.array(dgamma), np.array(dbeta)


@CATALOGUE.right(backward_alt.NAME, "a projection, with @")
def _alt_projection(dout: Any, cache: Any) -> Any:
    _, _, var, x_hat, gamma, eps = cache
    N = dout.shape[0]
    ones = np.ones((N, 1), dtype=dout.dtype)
    total = ones.T @ dout
    along = ones.T @ (dout * x_hat)
    dx = (dout - ones @ total / N - x_hat * (ones @ along) / N) * gamma / np.sqrt(var + eps)
    return dx, along[0], total[0]


@CATALOGUE.right(backward_alt.NAME, "in place on own copies")
def _alt_in_place(dout: Any, cache: Any) -> Any:
    _, _, var, x_hat, gamma, eps = cache
    N = dout.shape[0]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx = x_hat * -dgamma
    dx += N * dout
    dx -= dbeta
    dx *= gamma
    dx /= N * np.sqrt(var + eps)
    return dx, dgamma, dbeta
