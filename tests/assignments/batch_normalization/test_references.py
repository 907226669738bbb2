"""The references against oracles that do not know them: PyTorch's values and the complex step."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.assignments.batch_normalization.backward import batchnorm_backward
from autograder.assignments.batch_normalization.backward_alt import batchnorm_backward_alt
from autograder.assignments.batch_normalization.forward import batchnorm_forward
from benchmarks.fast_backward import BLOCK_BYTES, batchnorm_backward_fast

RECORDED = json.loads(Path(__file__).with_name("pytorch_values.json").read_text(encoding="utf-8"))
CASES = [pytest.param(case, id=case["name"]) for case in RECORDED["cases"]]
BACKWARDS = (batchnorm_backward, batchnorm_backward_alt, batchnorm_backward_fast)


def arrays(case: dict[str, Any], *names: str) -> list[np.ndarray]:
    return [np.array(case[name]) for name in names]


def bn_param(case: dict[str, Any], mode: str) -> dict[str, Any]:
    mean, var = arrays(case, "running_mean", "running_var")
    return {"mode": mode, "eps": case["eps"], "momentum": case["momentum"], "running_mean": mean, "running_var": var}


def close(actual: np.ndarray, recorded: list[Any], tolerance: float = 1e-10) -> bool:
    wanted = np.array(recorded)
    return actual.shape == wanted.shape and np.abs(actual - wanted).max() <= tolerance * max(1.0, np.abs(wanted).max())


@pytest.mark.parametrize("case", CASES)
def test_forward_agrees_with_pytorch_in_both_modes(case: dict[str, Any]) -> None:
    x, gamma, beta = arrays(case, "x", "gamma", "beta")
    for mode, name in (("train", "out"), ("test", "test_out")):
        out, _ = batchnorm_forward(x, gamma, beta, bn_param(case, mode))
        assert close(out, case[name])


@pytest.mark.parametrize("case", CASES)
def test_running_statistics_agree_with_pytorch(case: dict[str, Any]) -> None:
    x, gamma, beta, start = arrays(case, "x", "gamma", "beta", "running_var")
    param = bn_param(case, "train")
    batchnorm_forward(x, gamma, beta, param)
    assert close(param["running_mean"], case["new_running_mean"])
    biased = (len(x) - 1) / len(x)  # PyTorch stores the unbiased variance
    recorded = np.array(case["new_running_var"])
    kept = case["momentum"] * start
    assert close(param["running_var"], (kept + (recorded - kept) * biased).tolist())


@pytest.mark.parametrize("backward", BACKWARDS)
@pytest.mark.parametrize("case", CASES)
def test_backward_agrees_with_pytorch(case: dict[str, Any], backward: Any) -> None:
    x, gamma, beta, dout = arrays(case, "x", "gamma", "beta", "dout")
    _, cache = batchnorm_forward(x, gamma, beta, bn_param(case, "train"))
    for actual, name in zip(backward(dout, cache), ("dx", "dgamma", "dbeta"), strict=True):
        assert close(actual, case[name])


@pytest.mark.parametrize(("n", "d", "eps"), [(1, 3, 1e-5), (2, 4, 1e-5), (6, 3, 0.5), (3, 7, 1e-5)])
def test_backward_agrees_with_the_complex_step(n: int, d: int, eps: float) -> None:
    rng = np.random.default_rng(n)
    x, dout = rng.standard_normal((2, n, d))
    gamma, beta = rng.standard_normal((2, d))

    def loss(x: np.ndarray) -> complex:
        centred = x - x.sum(axis=0) / n
        var = (centred * centred).sum(axis=0) / n
        return complex((dout * (gamma * centred / (var + eps) ** 0.5 + beta)).sum())

    expected = np.empty((n, d))
    for index in np.ndindex(n, d):
        moved = x.astype(complex)
        moved[index] += 1e-30j
        expected[index] = loss(moved).imag / 1e-30
    _, cache = batchnorm_forward(x, gamma, beta, {"mode": "train", "eps": eps})
    for backward in BACKWARDS:
        assert close(backward(dout, cache)[0], expected.tolist(), 1e-12)


@pytest.mark.parametrize(("n", "d"), [(1, 1), (4, 5), (100, 30), (257, 3), (3, 2 + BLOCK_BYTES // 8)])
def test_staged_simplified_and_fast_agree(n: int, d: int) -> None:
    rng = np.random.default_rng(d)
    x, dout = rng.standard_normal((2, n, d))
    _, cache = batchnorm_forward(x, rng.standard_normal(d), np.zeros(d), {"mode": "train"})
    staged = batchnorm_backward(dout, cache)
    for other in (batchnorm_backward_alt(dout, cache), batchnorm_backward_fast(dout, cache)):
        for first, second in zip(staged, other, strict=True):
            assert np.abs(first - second).max() <= 1e-11 * max(1.0, np.abs(first).max())


def test_the_recorded_values_say_where_they_come_from() -> None:
    assert RECORDED["torch"].startswith("2.13.0")
    assert Path(__file__).with_name(RECORDED["made by"]).is_file()
