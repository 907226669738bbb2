"""Check the steps of the batch-norm lab that nobody grades, on numbers that a student can find on paper.

The right numbers are written down; nothing here can compute them.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from labkit.arrays import Array
from labkit.batch_norm import words
from labkit.calls import words as calls_words
from labkit.calls.differences import differences
from labkit.calls.plain import plain
from labkit.numeric_gradient import numeric_gradient, relative_difference
from labkit.selfcheck.report import Report, Row

Function = Callable[..., Any]

# The batch on paper: section "A batch on paper" of the notebook shows it.
X = np.array([[5.0, 2.0], [5.0, -4.0], [2.0, -1.0]])
GAMMA, BETA = np.array([3.0, 5.0]), np.array([1.0, -2.0])
EPS, MOMENTUM = 0.25, 0.75
MU, VAR = np.array([4.0, -1.0]), np.array([2.0, 6.0])
X_HAT = np.array([[2 / 3, 1.2], [2 / 3, -1.2], [-4 / 3, 0.0]])
OUT = np.array([[3.0, 4.0], [3.0, -8.0], [-3.0, -2.0]])
START = {"running_mean": np.array([10.0, 10.0]), "running_var": np.array([4.0, 4.0])}
DX_HAT, DVAR = np.array([[3.0, 5.0], [0.0, 10.0], [6.0, -10.0]]), np.array([2.0, -3.0])


def bn_param() -> dict[str, Any]:
    """Return the settings and running averages that the batch on paper starts with, as a fresh dict."""
    return {"mode": "train", "eps": EPS, "momentum": MOMENTUM, **{name: value.copy() for name, value in START.items()}}


@dataclass(frozen=True)
class _Stage:
    """A quantity on the way of the forward pass.

    Attributes:
        name: of the variable, of the entry in bn_param, or "out".
        right: its value on paper.
        needs: the quantities before it.
        likely: wrong values with the slip that each shows.
    """

    name: str
    right: Array
    needs: tuple[str, ...] = ()
    likely: tuple[tuple[Sequence[Any], Callable[[], str]], ...] = ()


_STAGES = (
    _Stage("mu", MU, likely=(([3.5, 0.5, 0.5], words.mean_of_rows), ([12.0, -3.0], words.sum_only))),
    _Stage(
        "var",
        VAR,
        ("mu",),
        (
            ([3.0, 9.0], words.unbiased),
            ([1.41421, 2.44949], words.deviation_for_variance),
            ([6.0, 18.0], words.sum_only),
        ),
    ),
    _Stage(
        "running_mean",
        np.array([8.5, 7.25]),
        ("mu",),
        (([5.5, 1.75], words.momentum_turned), ([4.0, -1.0], words.forgets_the_past)),
    ),
    _Stage(
        "running_var",
        np.array([3.5, 4.5]),
        ("var",),
        (([2.5, 5.5], words.momentum_turned), ([2.0, 6.0], words.forgets_the_past)),
    ),
    _Stage(
        "x_hat",
        X_HAT,
        ("mu", "var"),
        (
            ([[4 / 9, 0.48], [4 / 9, -0.48], [-8 / 9, 0.0]], words.no_root),
            ([[0.60088, 1.11132], [0.60088, -1.11132], [-1.20177, 0.0]], words.eps_outside_the_root),
            ([[0.70711, 1.22474], [0.70711, -1.22474], [-1.41421, 0.0]], words.no_eps),
        ),
    ),
    _Stage(
        "out",
        OUT,
        ("x_hat",),
        (([[11 / 3, 2.6], [11 / 3, 7.4], [5 / 3, 5.0]], words.gamma_for_beta),),
    ),
)


def stages(function: Function) -> Report:
    """Look at the student's forward pass on paper's batch, stage by stage: its variables mu, var and x_hat, too."""
    given = bn_param()
    variables, result, error = _watched(function, X.copy(), GAMMA.copy(), BETA.copy(), given)
    values = {name: variables.get(name) for name in ("mu", "var", "x_hat")}
    values |= {name: given.get(name) for name in START}
    values["out"] = result[0] if isinstance(result, tuple) and result else None
    right: set[str] = set()
    rows, hints = [], []
    for stage in _STAGES:
        label = words.stage(stage.name)
        if not right.issuperset(stage.needs) or (stage.name in ("mu", "var", "x_hat") and stage.name not in variables):
            rows.append(Row(label, judged=False))
            continue
        if stage.name in START and _same(values[stage.name], START[stage.name]):
            rows.append(Row(label, words.not_moved(stage.name)))
            continue
        problem, hint = _compared(stage.name, stage.right, values[stage.name], stage.likely)
        rows.append(Row(label, problem))
        hints += [hint] if hint else []
        right |= set() if problem else {stage.name}
    unnamed = [name for name in ("mu", "var", "x_hat") if name not in variables]
    causes = [words.no_such_variables(unnamed)] if unnamed and not error else []
    return _report(function, rows, hints, [*([error] if error else []), *causes])


def mean_gradient(function: Function) -> Report:
    """Compare ∂l/∂μ with its value on paper."""
    return _number(
        function,
        (DX_HAT.copy(), DVAR.copy(), X.copy(), MU.copy(), VAR.copy(), EPS),
        words.gradient_of_mean_row(),
        "dmu",
        np.array([-6.0, -2.0]),
        (
            ([6.0, 2.0], words.sign_of_mean_gradient),
            ([-9.0, -5.0], words.derivative_of_x_hat_missing),
            ([-4.0, -0.8], words.no_root),
            ([-6.36396, -2.04124], words.no_eps),
            ([[-2.0, -2.0], [0.0, -4.0], [-4.0, 4.0]], words.sum_over_rows_missing),
        ),
    )


def bracket(function: Function) -> Report:
    """Compare the bracket of the short form with its value on paper."""
    return _number(
        function,
        (DX_HAT.copy(), X_HAT.copy()),
        words.bracket_row(),
        "bracket",
        np.array([[4.0, 17.2], [-5.0, 17.8], [1.0, -35.0]]),
        (
            ([[-2.0, 7.2], [-5.0, -2.2], [-11.0, -15.0]], words.factor_n_missing),
            ([[-4.0, 2.8], [-13.0, 32.2], [17.0, -35.0]], words.sign_of_last_sum),
            ([[6.0, 16.0], [-3.0, 31.0], [15.0, -29.0]], words.x_hat_before_last_sum),
            ([[2.0, 13.6], [-7.0, 21.4], [5.0, -35.0]], words.half_left),
            ([[13.0, 22.2], [4.0, 22.8], [10.0, -30.0]], words.first_sum_missing),
            ([[0.0, 10.0], [-9.0, 25.0], [9.0, -35.0]], words.last_sum_missing),
        ),
    )


def hidden_layer(function: Function) -> Report:
    """Call a hidden layer with a normalization that notes what it is given; say what is in the wrong place."""
    rng = np.random.default_rng(5)
    x, answer, kept = rng.standard_normal((5, 3)), rng.standard_normal((5, 3)), object()
    parameters: dict[str, Array] = {}
    for layer in (1, 2, 3):
        parameters[f"W{layer}"] = rng.standard_normal((3, 3))
        parameters |= {f"{name}{layer}": rng.standard_normal(3) for name in ("b", "gamma", "beta")}
    settings: list[dict[str, Any]] = [{"mode": "train"} for _ in range(3)]
    calls: list[tuple[Any, ...]] = []

    def normalize(*given: Any) -> tuple[Array, object]:
        calls.append(given)
        return answer.copy(), kept

    _, result, error = _watched(function, x.copy(), 2, parameters, settings, normalize)
    if error or result is None or (isinstance(result, tuple) and result and result[0] is None):
        runs = Row(words.layer_row("runs"), "" if error else words.layer_empty(), judged=not error)
        return _report(function, [runs], [], _some(error))
    out = result[0] if isinstance(result, tuple) and len(result) == 2 else None
    if len(calls) != 1 or len(calls[0]) != 4:
        problem = words.normalize_arguments() if len(calls) == 1 else words.normalize_calls(len(calls))
        return _report(function, [Row(words.layer_row("normalize"), problem)], [], [])
    z, gamma, beta, bn_param_given = calls[0]
    _, _, _ = _watched(function, x.copy(), 3, parameters, settings, normalize)
    shared = len(calls) == 2 and len(calls[1]) == 4 and calls[1][3] is bn_param_given
    affine = {layer: x @ parameters[f"W{layer}"] + parameters[f"b{layer}"] for layer in (1, 2, 3)}
    rows = [
        Row(words.layer_row("affine"), _affine_problem(z, x, affine, parameters)),
        Row(words.layer_row("gamma and beta"), _scale_problem(gamma, beta, parameters)),
        Row(words.layer_row("bn_param"), _settings_problem(bn_param_given, settings, shared)),
        Row(words.layer_row("ReLU"), _output_problem(out, answer, affine[2])),
        Row(words.layer_row("cache"), "" if out is not None and result[1] is kept else words.layer_cache()),
    ]
    return _report(function, rows, [], [])


def _affine_problem(z: Any, x: Array, affine: Mapping[int, Array], parameters: Mapping[str, Array]) -> str:
    if _same(z, affine[2]):
        return ""
    if _same(z, np.maximum(affine[2], 0)):
        return words.relu_before_normalization()
    if _same(z, x) or _same(z, np.maximum(x, 0)):
        return words.affine_missing()
    if _same(z, x @ parameters["W2"]):
        return words.bias_missing()
    if _same(z, affine[1]) or _same(z, affine[3]):
        return words.weights_of_another_layer()
    return words.affine_wrong()


def _scale_problem(gamma: Any, beta: Any, parameters: Mapping[str, Array]) -> str:
    if _same(gamma, parameters["gamma2"]) and _same(beta, parameters["beta2"]):
        return ""
    if _same(gamma, parameters["beta2"]) and _same(beta, parameters["gamma2"]):
        return words.scale_and_shift_swapped()
    others = (parameters[f"{name}{layer}"] for name in ("gamma", "beta") for layer in (1, 3))
    return (
        words.scale_of_another_layer()
        if any(_same(gamma, o) or _same(beta, o) for o in others)
        else words.scale_wrong()
    )


def _settings_problem(given: Any, settings: list[dict[str, Any]], shared: bool) -> str:
    if given is settings[1]:
        return ""
    if given is settings:
        return words.whole_list_of_settings()
    if shared:
        return words.settings_shared()
    if any(given is other for other in settings):
        return words.settings_of_another_layer()
    return words.settings_copied()


def _output_problem(out: Any, answer: Array, affine: Array) -> str:
    if _same(out, np.maximum(answer, 0)):
        return ""
    if _same(out, answer):
        return words.relu_forgotten()
    if _same(out, np.maximum(affine, 0)) or _same(out, affine):
        return words.normalized_not_used()
    return words.layer_output_wrong()


def layer_norm(forward: Function, backward: Function | None = None) -> Report:
    """Check what layer normalization promises: rows of mean 0 and variance 1, no company, and its gradient."""
    rng = np.random.default_rng(6)
    x = 3 + 2 * rng.standard_normal((4, 50))
    ones, zeros = np.ones(50), np.zeros(50)
    _, result, error = _watched(forward, x.copy(), ones, zeros, {})
    out = result[0] if isinstance(result, tuple) and len(result) == 2 else None
    if error or out is None:
        rows_row = Row(words.layer_norm_row("rows"), "" if error else words.still_nothing(), judged=not error)
        return _report(forward, [rows_row], [], _some(error))
    if np.shape(out) != x.shape:
        return _report(forward, [Row(words.layer_norm_row("rows"), words.layer_norm_shape())], [], [])
    by_rows, by_columns = (
        bool(np.allclose(np.mean(out, axis=a), 0, atol=1e-6) and np.allclose(np.var(out, axis=a), 1, atol=1e-3))
        for a in (1, 0)
    )
    _, alone, _ = _watched(forward, x[:1].copy(), ones, zeros, {})
    gamma, beta = rng.standard_normal(50), rng.standard_normal(50)
    _, scaled, _ = _watched(forward, x.copy(), gamma, beta, {})
    wrong = words.columns_normalized() if by_columns else words.rows_not_normalized()
    rows = [
        Row(words.layer_norm_row("rows"), "" if by_rows else wrong),
        Row(words.layer_norm_row("alone"), "" if alone and _same(alone[0], out[:1]) else words.depends_on_company()),
        Row(
            words.layer_norm_row("scale"), "" if scaled and _same(scaled[0], gamma * out + beta) else words.scale_off()
        ),
    ]
    if backward is not None and not any(row.problem for row in rows):
        r = rng.standard_normal(x.shape)
        small = {"x": x[:, :6].copy(), "gamma": gamma[:6].copy(), "beta": beta[:6].copy()}
        measured = numeric_gradient(
            lambda v: float(np.sum(forward(v["x"], v["gamma"], v["beta"], {})[0] * r[:, :6])), small
        )
        _, cache = forward(small["x"], small["gamma"], small["beta"], {})
        _, gradients, error = _watched(backward, r[:, :6].copy(), cache)
        fits = not error and all(
            np.shape(g) == np.shape(m) and relative_difference(np.asarray(g), m) < 1e-6
            for g, m in zip(gradients, measured.values(), strict=True)
        )
        rows.append(Row(words.layer_norm_row("gradient"), "" if fits else error or words.gradient_off()))
    return _report(forward, rows, [], [])


STEPS: dict[str, Callable[..., Report]] = {
    "batchnorm_forward": stages,
    "hidden_layer": hidden_layer,
    "gradient_of_mean": mean_gradient,
    "bracket": bracket,
    "layernorm_forward": layer_norm,
}


def _number(
    function: Function,
    arguments: tuple[Any, ...],
    label: str,
    name: str,
    right: Array,
    likely: Sequence[tuple[Sequence[Any], Callable[[], str]]],
) -> Report:
    """Compare what a function returns for one set of arguments with numbers on paper."""
    _, result, error = _watched(function, *arguments)
    if error:
        return _report(function, [Row(label, judged=False)], [], [error])
    problem, hint = _compared(name, right, result, likely)
    return _report(function, [Row(label, problem)], _some(hint), [])


def _compared(
    name: str, right: Array, value: Any, likely: Sequence[tuple[Sequence[Any], Callable[[], str]]]
) -> tuple[str, str]:
    """Say how a value differs from the right one, and which slip would give it; both empty if it is right."""
    if value is None:
        return words.still_nothing(), ""
    wrong = differences(right, plain(value), where=name)
    if not wrong:
        return "", ""
    slip = next((say() for numbers, say in likely if _same(value, np.array(numbers), 1e-4)), "")
    return calls_words.describe(wrong[0]), slip


def _watched(function: Function, *arguments: Any) -> tuple[dict[str, Any], Any, str]:
    """Call a function; return its variables at the end, its result, and what it stopped with."""
    code = getattr(function, "__code__", None)
    variables: dict[str, Any] = {}

    def watch(frame: Any, event: str, argument: object) -> None:
        if event == "return" and frame.f_code is code:
            variables.update(frame.f_locals)

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        return variables, function(*arguments), ""
    except Exception as error:
        return variables, None, words.step_stopped(type(error).__name__, error)
    finally:
        sys.setprofile(before)


def _same(value: Any, right: Array, tolerance: float = 1e-9) -> bool:
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        return False
    return array.shape == right.shape and bool(np.allclose(array, right, rtol=tolerance, atol=tolerance))


def _some(text: str) -> list[str]:
    return [text] if text else []


def _report(function: Function, rows: Sequence[Row], hints: Sequence[str], causes: Sequence[str]) -> Report:
    return Report(function.__name__, rows, hints, causes, graded=False)
