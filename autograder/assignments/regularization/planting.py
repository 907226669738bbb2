"""Known mistakes as rewriting rules for every right style, and the habits that hide them."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.assignments.regularization.dropout_backward import NAME as DROPOUT_BACKWARD
from autograder.assignments.regularization.dropout_forward import NAME as DROPOUT_FORWARD
from autograder.assignments.regularization.l2_backward import NAME as L2_BACKWARD
from autograder.assignments.regularization.l2_cost import NAME as L2_COST
from autograder.checking.check import Function
from autograder.checking.planting import Guise, at_the_start, slips_of


def _one_entry_array(function: Function) -> Function:
    def guise(*args: Any) -> Any:
        cost = function(*args)
        return np.reshape(cost, (1, 1)) if np.size(cost) == 1 else cost

    return guise


def _plain_float(function: Function) -> Function:
    def guise(*args: Any) -> Any:
        cost = function(*args)
        return cost if np.ndim(cost) else float(cost)

    return guise


def _further_entries(function: Function) -> Function:
    return lambda *args: {"m": args[0].shape[1], **function(*args)}


def _list_cache(function: Function) -> Function:
    def guise(*args: Any) -> Any:
        result = function(*args)
        return [result[0], list(result[1])] if isinstance(result, tuple) else result

    return guise


def _masks_of_floats(function: Function) -> Function:
    def guise(*args: Any) -> Any:
        result = function(*args)
        if not isinstance(result, tuple):
            return result
        return result[0], tuple(part.astype(float) if part.dtype.kind in "bi" else part for part in result[1])

    return guise


GUISES = {
    L2_COST: (
        Guise(_one_entry_array, ("l2-cost-keepdims",)),
        Guise(_plain_float),
    ),
    L2_BACKWARD: (Guise(_further_entries),),
    DROPOUT_FORWARD: (Guise(_list_cache), Guise(_masks_of_floats)),
    DROPOUT_BACKWARD: (Guise(_further_entries),),
}


_cost, _l2, _forward, _backward = (slips_of(name) for name in (L2_COST, L2_BACKWARD, DROPOUT_FORWARD, DROPOUT_BACKWARD))

_COUNTS_EXAMPLES = (
    r"(?s)m = (float\()?[XY]\.shape\[1\](?!.*(?:np\.ones\(\(m, 1\)\)|range\(m\)|backward_propagation\(X, Y))"
)
"""The line that counts the examples, where nothing else than divisions needs it."""

_COST_SLIPS = (
    _cost(
        "l2-cost-half-missing",
        (r"\(2(?:\.0)? \* (m|Y\.shape\[1\])\)", r"\1"),
        (r"0\.5 \* lambd", "lambd"),
        (r"lambd / 2\.0", "lambd"),
        (r"Y\.size / 2", "Y.size"),
    ),
    _cost(
        "l2-cost-m-lost",
        (r"\(2(?:\.0)? \* (m|Y\.shape\[1\])\)", "2"),
        (r"0\.5 \* lambd / m", "0.5 * lambd"),
        (r"1\.0 / m \* \(lambd", "(lambd"),
        (r"Y\.size / 2", "2"),
    ),
    _cost(
        "l2-cost-m-multiplied",
        (r"/ \(2(?:\.0)? \* (m|Y\.shape\[1\])\)", r"/ 2 * \1"),
        (r"0\.5 \* lambd / m", "0.5 * lambd * m"),
        (r"/ Y\.size / 2", "/ 2 * Y.size"),
    ),
    _cost(
        "l2-cost-half-and-m",
        (r"lambd / \(2 \* (m|Y\.shape\[1\])\)", "lambd"),
        (r"0\.5 \* lambd / m", "lambd"),
        (r" / Y\.size / 2", ""),
    ),
    _cost("l2-cost-no-penalty", at_the_start("lambd = 0")),
    _cost("l2-cost-lambda-missing", at_the_start("lambd = 1")),
    _cost("l2-cost-subtracted", at_the_start("lambd = -lambd")),
    _cost(
        "l2-cost-first-layer-only",
        at_the_start("parameters = {k: v if k == 'W1' else 0 * v for k, v in parameters.items()}"),
    ),
    _cost(
        "l2-cost-last-layer-missing",
        (r", 'W3'", ""),
        (r"\(1, 2, 3\)", "(1, 2)"),
        (r"range\(1, layers \+ 1\)", "range(1, layers)"),
        (r", parameters\['W3'\]\)\)", "))"),
        (r", W3\)\]", ")]"),
    ),
    _cost(
        "l2-cost-norm-not-squared",
        (r"'fro'\) \*\* 2", "'fro')"),
        (
            r"np\.sum\((np\.square\()?parameters\['W' \+ str\(layer\)\]\)+",
            "np.linalg.norm(parameters['W' + str(layer)])",
        ),
        (r"np\.sum\((parameters\[f'W{i}'\]) \*\* 2\)", r"np.linalg.norm(\1)"),
        (r"np\.trace\(W @ W\.T\)", "np.linalg.norm(W)"),
        (r"np\.sum\(np\.square\((W\d)\)\)", r"np.linalg.norm(\1)"),
    ),
    _cost(
        "l2-cost-absolute-values",
        (r"np\.square\(", "np.abs("),
        (r"np\.multiply\(W, W\)", "np.abs(W)"),
        (r"(parameters\[f'W{i}'\]) \*\* 2", r"abs(\1)"),
        (r"flat @ flat", "abs(flat).sum()"),
        (r"parameters\[name\]\[i, j\] \* parameters\[name\]\[i, j\]", "abs(parameters[name][i, j])"),
    ),
    _cost(
        "l2-cost-weights-not-squared",
        (r"np\.square\(([^()]*(?:\(layer\)\])?)\)", r"(\1)"),
        (r"np\.multiply\(W, W\)", "W"),
        (r"(parameters\[f'W{i}'\]) \*\* 2", r"\1"),
        (r"flat @ flat", "flat.sum()"),
        (r"parameters\[name\]\[i, j\] \* parameters\[name\]\[i, j\]", "parameters[name][i, j]"),
    ),
    _cost(
        "l2-cost-penalty-only",
        (r"compute_cost\(A3, Y\)", "0.0"),
        (r"total / m \+", "0.0 +"),
        (r"entropy \+", "0 * entropy +"),
        (r"np\.nansum\(logs\) / m", "0.0"),
    ),
    _cost(
        "l2-cost-biases-included",
        (r"key\.startswith\('W'\)", "key"),
        (r"\('W1', 'W2', 'W3'\)", "parameters"),
        (r"\['W1', 'W2', 'W3'\]", "parameters"),
    ),
)

_L2_SLIPS = (
    _l2("l2-backward-half-left", at_the_start("lambd = lambd / 2")),
    _l2("l2-backward-doubled", at_the_start("lambd = 2 * lambd")),
    _l2("l2-backward-m-lost", at_the_start("lambd = lambd * X.shape[1]")),
    _l2("l2-backward-subtracted", at_the_start("lambd = -lambd")),
    _l2("l2-backward-no-penalty", at_the_start("lambd = 0")),
    _l2("l2-backward-lambda-missing", at_the_start("lambd = 1")),
    _l2("l2-backward-wrong-axis l2-backward-penalty-wrong-axis", (_COUNTS_EXAMPLES, r"m = \1X.shape[0]")),
    _l2(
        "l2-backward-dz3-sign",
        (r"(A3|cache\[9\]) - Y$", r"Y - \1"),
        (r"(A3|cache\[9\]) - Y\n", r"Y - \1\n"),
        (r"np\.subtract\(A3, Y\)", "np.subtract(Y, A3)"),
        (r"dA3 = -\(", "dA3 = +("),
        (r"A3\[:, i\] - Y\[:, i\]", "Y[:, i] - A3[:, i]"),
    ),
    _l2(
        "l2-backward-data-m-lost",
        (r"\((dZ\d @ \w+\.T) \+ lambd \* (W\d)\) / m", r"(\1 + lambd * \2 / m)"),
        (r"(np\.dot\(dZ\d?, \w+\.T\)) / m", r"\1"),
        (r"1\.0 / m \* (np\.dot)", r"\1"),
        (r"(np\.einsum\('im,jm->ij', \w+, \w+\)) / m", r"\1"),
        (r"(dZ\d\.dot\(\w+\.T\)) / m", r"\1"),
        (r"np\.outer\(dz, below\) / m", "np.outer(dz, below)"),
    ),
    _l2(
        "l2-backward-relu",
        (r" \* \(A\d > 0\)", ""),
        (r"\n +dZ\d\[Z\d <= 0\] = 0", ""),
        (r" \* np\.sign\(A\d\)", ""),
        (r"np\.where\(Z > 0, (gradients\[f'dA{layer}'\]), 0\.0\)", r"\1"),
        (r"np\.multiply\((dA\d), np\.int64\(A\d > 0\)\)", r"\1"),
        (r"np\.einsum\('jm,jm->jm', (dA\d), np\.heaviside\(Z\d, 0\.0\)\)", r"\1"),
    ),
    _l2(
        "l2-backward-db-flat",
        (r"axis=1, keepdims=True", "axis=1"),
        (r"(np\.einsum\('im->i', \w+\))\[:, None\]", r"\1"),
        (r"np\.sum\(dZ, axis=1\)\.reshape\(-1, 1\)", "np.sum(dZ, axis=1)"),
    ),
    _l2(
        "l2-backward-sign-only",
        (r"(lambd(?: / m)?) \* (W\d?|cache\[\d+\])(?!\w)", r"\1 * np.sign(\2)"),
        (r"np\.multiply\(lambd / m, (W\d)\)", r"np.multiply(lambd / m, np.sign(\1))"),
    ),
    _l2(
        "l2-backward-weights-squared",
        (r"(lambd(?: / m)?) \* (W\d?|cache\[\d+\])(?!\w)", r"\1 * \2 ** 2"),
        (r"np\.multiply\(lambd / m, (W\d)\)", r"np.multiply(lambd / m, \1 ** 2)"),
    ),
    _l2(
        "l2-backward-scalar",
        (r"(lambd(?: / m)?) \* (W\d?|cache\[\d+\])(?!\w)", r"\1 * np.sum(\2)"),
        (r"np\.multiply\(lambd / m, (W\d)\)", r"np.multiply(lambd / m, np.sum(\1))"),
    ),
)

_FORWARD_SLIPS = (
    _forward(
        "dropout-forward-greater-than",
        (r"<=? keep_prob", "> keep_prob"),
        (r"> 1 - keep_prob", "< 1 - keep_prob"),
        (r"binomial\(1, keep_prob", "binomial(1, 1 - keep_prob"),
        (r"\[0, 1\](.*)p=", r"[1, 0]\1p="),
    ),
    _forward(
        "dropout-forward-normal-draws",
        (r"random\.rand\((?=.*<)", "random.randn("),
        (r"np\.random\.rand\(", "np.random.randn("),
        (r"rng\.random\(", "rng.standard_normal("),
        (r"uniform\(0\.0, 1\.0", "normal(0.0, 1.0"),
        (r" random\.random\(\)", " random.gauss(0, 1)"),
    ),
    _forward(
        "dropout-forward-no-scaling",
        (r" / keep_prob", ""),
        (r"np\.divide\((A\d), keep_prob\)", r"\1"),
        (r"\n +A\d /= keep_prob", ""),
    ),
    _forward(
        "dropout-forward-multiplied",
        (r" / keep_prob", " * keep_prob"),
        (r"np\.divide\((A\d), keep_prob\)", r"np.multiply(\1, keep_prob)"),
        (r"(A\d) /= keep_prob", r"\1 *= keep_prob"),
    ),
    _forward(
        "dropout-forward-scaled-by-drop",
        (r" / keep_prob", " / (1 - keep_prob)"),
        (r"np\.divide\((A\d), keep_prob\)", r"np.divide(\1, 1 - keep_prob)"),
        (r"(A\d) /= keep_prob", r"\1 /= 1 - keep_prob"),
    ),
    _forward(
        "dropout-forward-fixed-half",
        (r"(<=?) keep_prob", r"\1 0.5"),
        (r"> 1 - keep_prob", "> 0.5"),
        (r"binomial\(1, keep_prob", "binomial(1, 0.5"),
        (r"p=\[1 - keep_prob, keep_prob\]", "p=[0.5, 0.5]"),
    ),
    _forward(
        "dropout-forward-entry-an-example",
        (r"np\.random\.rand\(\*A\d\.shape\)", "np.random.rand(1, X.shape[1])"),
        (r"rng\.random\(\(W\d\.shape\[0\], m\)", "rng.random((1, m)"),
        (r"np\.random\.rand\(A(\d)\.shape\[0\], A\d\.shape\[1\]\)", "np.random.rand(1, X.shape[1])"),
        (r"size=A\d\.shape", "size=(1, X.shape[1])"),
        (r"size=Z\d\.shape", "size=(1, X.shape[1])"),
        (r"random_sample\(Z\.shape\)", "random_sample((1, X.shape[1]))"),
    ),
    _forward(
        "dropout-forward-entry-a-unit",
        (r"np\.random\.rand\(\*A(\d)\.shape\)", r"np.random.rand(len(A\1), 1)"),
        (r"rng\.random\(\(W(\d)\.shape\[0\], m\)", r"rng.random((len(W\1), 1)"),
        (r"np\.random\.rand\(A(\d)\.shape\[0\], A\d\.shape\[1\]\)", r"np.random.rand(len(A\1), 1)"),
        (r"size=([AZ]\d)\.shape", r"size=(len(\1), 1)"),
        (r"random_sample\(Z\.shape\)", "random_sample((len(Z), 1))"),
    ),
    _forward("dropout-forward-no-cache", (r"return \((A3?), (?:cache|tuple\(cache\)|\(.*\))\)", r"return \1")),
    _forward(
        "dropout-forward-output-mask",
        (r"\n( +)return \(A3, ", r"\n\1A3 = A3 * (np.random.rand(*A3.shape) < keep_prob) / keep_prob\n\1return (A3, "),
    ),
    _forward("dropout-forward-input-mask", at_the_start("X = X * (np.random.rand(*X.shape) < keep_prob) / keep_prob")),
)

_BACKWARD_SLIPS = (
    _backward("dropout-backward-scale-skipped", at_the_start("keep_prob = 1")),
    _backward("dropout-backward-multiplied", at_the_start("keep_prob = 1 / keep_prob")),
    _backward("dropout-backward-scaled-twice", at_the_start("keep_prob = keep_prob ** 2")),
    _backward("dropout-backward-scaled-by-drop", at_the_start("keep_prob = 1 - keep_prob")),
    _backward("dropout-backward-masks-swapped", (r"D1, A1(.*)D2, A2", r"D2, A1\1D1, A2")),
    _backward(
        "dropout-backward-dz3-sign",
        (r"(A3|cache\[11\]) - Y(?!\))", r"Y - \1"),
        (r"np\.subtract\(A3, Y\)", "np.subtract(Y, A3)"),
        (r"dA3 = (.*) - (.*)", r"dA3 = \2 - (\1)"),
    ),
    _backward("dropout-backward-wrong-axis", (_COUNTS_EXAMPLES, r"m = \1X.shape[0]")),
    _backward(
        "dropout-backward-mask-skipped",
        (r" \* \(D\d / keep_prob\)", " / keep_prob"),
        (r" \* D\d?(?= / keep_prob)", ""),
        (r"\n +dA\d \*= D\d", ""),
        (r"\n +dA\d\[~D\d\] = 0", ""),
        (r"np\.where\(D\d, (.*), 0\.0\)", r"\1"),
        (r"np\.multiply\((dH\d), D\d\)", r"\1"),
        (r"\n +dA\d = dA\d \* D\d", ""),
    ),
    _backward(
        "dropout-backward-m-lost",
        (r"(dZ\d @ \w+\.T) / m", r"\1"),
        (r"1\.0 / m \* (np\.dot)", r"\1"),
        (r"(np\.dot\(dZ\d?, \w+\.T\)) / m", r"\1"),
        (r"(np\.einsum\('im,jm->ij', dZ, below\)) / m", r"\1"),
        (r"(sum\(\(np\.outer[^\n]*\)\)) / m", r"\1"),
    ),
    _backward(
        "dropout-backward-db-flat",
        (r"axis=1, keepdims=True", "axis=1"),
        (r"(np\.einsum\('im->i', dZ\))\.reshape\(-1, 1\)", r"\1"),
        (r"np\.array\(\[\[sum\(row\) / m\] for", "np.array([sum(row) / m for"),
    ),
    _backward(
        "dropout-backward-relu",
        (r" \* \(A\d > 0\)", ""),
        (r"\n +dZ\d\[Z\d <= 0\] = 0", ""),
        (r"np\.multiply\((dA\d), Z\d > 0\)", r"\1"),
        (r"np\.where\(A\d > 0, (dA\d), 0\.0\)", r"\1"),
        (r"np\.where\(Z > 0, dA, 0\)", "dA"),
        (r"np\.multiply\((dA\d), np\.(?:int64|heaviside)\([^()]*\)\)", r"\1"),
    ),
)

SLIPS = (*_COST_SLIPS, *_L2_SLIPS, *_FORWARD_SLIPS, *_BACKWARD_SLIPS)
