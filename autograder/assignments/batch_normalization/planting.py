"""Known mistakes as rewriting rules for every right style, and the habits that hide them."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.assignments.batch_normalization.backward import NAME as STAGED
from autograder.assignments.batch_normalization.backward_alt import NAME as SIMPLIFIED
from autograder.assignments.batch_normalization.forward import FUNCTION, STATISTICS
from autograder.checking.check import Function
from autograder.checking.planting import Guise, at_the_start, slips_of


def _other_words(function: Function) -> Function:
    def guise(*args: Any) -> Any:
        try:
            return function(*args)
        except ValueError as error:
            raise ValueError("mode must be train or test" if "mode" in str(error) else str(error)) from None

    return guise


def _stores_at_the_end(function: Function) -> Function:
    def guise(x: Any, gamma: Any, beta: Any, bn_param: dict[str, Any]) -> Any:
        result = function(x, gamma, beta, bn_param)
        for name in STATISTICS:
            bn_param.setdefault(name, np.zeros(x.shape[1]))
        return result

    return guise


def _keeps_the_axis(function: Function) -> Function:
    def guise(x: Any, gamma: Any, beta: Any, bn_param: dict[str, Any]) -> Any:
        before = {name: bn_param.get(name) for name in STATISTICS}
        result = function(x, gamma, beta, bn_param)
        for name, value in before.items():
            if bn_param["mode"] == "train" and bn_param.get(name) is not value:
                bn_param[name] = np.reshape(bn_param[name], (1, -1))
        return result

    return guise


def _other_cache(function: Function) -> Function:
    def guise(*args: Any) -> Any:
        out, cache = function(*args)
        return [out, {"of this call": (cache, args)}]

    return guise


def _rows(function: Function) -> Function:
    def guise(*args: Any) -> Any:
        dx, dgamma, dbeta = function(*args)
        return dx, *(np.reshape(d, (1, -1)) if np.ndim(d) == 1 else d for d in (dgamma, dbeta))

    return guise


def _as_a_list(function: Function) -> Function:
    return lambda *args: list(function(*args))


GUISES = {
    FUNCTION: (
        Guise(_other_words),
        Guise(_stores_at_the_end),
        Guise(_keeps_the_axis, ("bn-keepdims",)),
        Guise(_other_cache),
    ),
    STAGED: (Guise(_rows, ("bnb-keepdims",)), Guise(_as_a_list)),
    SIMPLIFIED: (Guise(_rows, ("bna-keepdims",)), Guise(_as_a_list)),
}


_forward, _backward, _alt = (slips_of(name) for name in (FUNCTION, STAGED, SIMPLIFIED))

_SUM = r"([\w\[\]]+) \+ (eps|settings\['eps'\])"
"""The variance and ε, in the ways in which the styles write them."""
_CALL = r"np\.add\((\w+), eps\)"
_SETTING = r"(?:bn_param\.(?:get|setdefault)\('{0}', [\w.-]+\)|settings\['{0}'\])"
_WEIGHTED = r"\(1 - (\w+)\) \* "
_BATCH_VARIANCE = r"(\(1 - (?:momentum|keep|m)\) \* |np\.multiply\(1 - momentum, )var\b(\[j\])?(?!\.)"
_TEST = r"elif (?:\w+|\w+\['mode'\]) == 'test':"
_PLACES = r"(?<=\[j\]) "

_FORWARD_SLIPS = (
    _forward("bn-eps-missing bn-train-eps-missing bn-test-eps-missing", (_SUM, r"\1"), (_CALL, r"\1")),
    _forward(
        "bn-eps-outside-root bn-train-eps-outside-root bn-test-eps-outside-root",
        (rf"np\.sqrt\({_SUM}\)", r"(np.sqrt(\1) + \2)"),
        (rf"\({_SUM}\) \*\* 0\.5", r"(\1 ** 0.5 + \2)"),
        (rf"\({_SUM}\) \*\* -0\.5", r"(\1 ** 0.5 + \2) ** -1.0"),
        (rf"np\.sqrt\({_CALL}\)", r"np.add(np.sqrt(\1), eps)"),
    ),
    _forward(
        "bn-root-missing bn-train-root-missing bn-test-root-missing",
        (rf"np\.sqrt\(({_SUM}|{_CALL})\)", r"(\1)"),
        (r"\*\* (-?)0\.5", r"** \g<1>1.0"),
    ),
    _forward("bn-eps-squared", (_SUM, r"\1 + \2 ** 2"), (_CALL, r"np.add(\1, eps ** 2)")),
    _forward("bn-eps-fixed", (_SETTING.format("eps"), "1e-05")),
    _forward("bn-eps-default", (r"('eps'(?:,|:)) 1e-05", r"\1 1e-08")),
    _forward("bn-gamma-beta-swapped", (r"\(x, gamma, beta, bn_param\)", "(x, beta, gamma, bn_param)")),
    _forward(
        "bn-shift-before-scale",
        at_the_start("beta = gamma * beta"),
    ),
    _forward("bn-train-gamma-missing bn-test-gamma-missing", at_the_start("gamma = np.ones_like(gamma)")),
    _forward("bn-train-beta-missing bn-test-beta-missing", at_the_start("beta = np.zeros_like(beta)")),
    _forward(
        "bn-unbiased-variance",
        (r"np\.var\(x, axis=0\)", "np.var(x, axis=0, ddof=1)"),
        (r"x\.var\(0\)", "x.var(0, ddof=1)"),
        (r"\*\* 2\)\) / N", "** 2)) / np.float64(N - 1)"),
        (r"@ squares / N", "@ squares / (N - 1)"),
        (r"x - mean, x - mean\) / N", "x - mean, x - mean) / (N - 1)"),
        (r"(np\.subtract\(x, mean\)\), axis=0\), x\.shape\[0\])", r"\1 - 1"),
        (
            r"(np\.square\(features - mean\))\.mean\(axis=1, keepdims=True\)",
            r"\1.sum(axis=1, keepdims=True) / (len(x) - 1)",
        ),
    ),
    _forward(
        "bn-deviation-for-variance",
        (r"np\.var\(x", "np.std(x"),
        (r"x\.var\(0\)", "x.std(0)"),
        (r"(np\.einsum\('nd,nd->d', x - mean, x - mean\) / N)", r"(\1) ** 0.5"),
    ),
    _forward(
        "bn-sum-for-variance",
        (r"np\.var\(x, axis=0\)", "np.sum((x - mean) ** 2, axis=0)"),
        (r"\*\* 2\)\) / N", "** 2))"),
        (r"@ squares / N", "@ squares"),
        (r"x - mean, x - mean\) / N", "x - mean, x - mean)"),
        (r"(np\.square\(features - mean\))\.mean", r"\1.sum"),
    ),
    _forward(
        "bn-running-not-stored",
        (r"\n +running_(mean|var)(\[j\])? = momentum \* [^\n]*", ""),
        (r"\n +bn_param\['running_(mean|var)'\] = (keep|old)[^\n]*", ""),
        (r"\n +bn_param\.update\(new\)", ""),
        (r"\n +bn_param\[name\] = [^\n]*", "\n            pass"),
        (r"\n +running_(mean|var) [*+]= [^\n]*", ""),
    ),
    _forward(
        "bn-momentum-swapped",
        (r"(momentum|keep|m) = settings\['momentum'\]", r"\1 = 1 - settings['momentum']"),
        (r"bn_param\.get\('momentum', 0\.9\)", "1 - bn_param.get('momentum', 0.9)"),
    ),
    _forward("bn-momentum-fixed", (_SETTING.format("momentum"), "0.9")),
    _forward("bn-momentum-default", (r"('momentum'(?:,|:)) 0\.9", r"\1 0.99")),
    _forward(
        "bn-running-var-with-eps",
        (_BATCH_VARIANCE, r"\1(var\2 + bn_param.get('eps', 1e-05))"),
        (r"\(old_var - var\.", "(old_var - eps - var."),
    ),
    _forward(
        "bn-running-deviation",
        (_BATCH_VARIANCE, r"\1np.sqrt(var\2)"),
        (r"\(old_var - var\.ravel\(\)\)", "(old_var - np.sqrt(var.ravel()))"),
    ),
    _forward("bn-running-var-unbiased", (_BATCH_VARIANCE, r"\1(var\2 * len(x) / max(len(x) - 1, 1))")),
    _forward(
        "bn-running-var-starts-at-one",
        (r"('running_var'(?:,|:) )np\.zeros", r"\1np.ones"),
        (r"('running_var', )\[0\.0\]", r"\1[1.0]"),
    ),
    _forward(
        "bn-running-sum",
        (r"momentum \* (running_(?:mean|var)(?:\[j\])? \+)", r"\1"),
        (r"np\.multiply\(momentum, (running_\w+)\)", r"\1"),
    ),
    _forward(
        "bn-test-uses-batch",
        (rf"({_TEST}\n +)mean, var = \((?:running|settings)[^\n]*", r"\1mean, var = x.mean(0), x.var(0)"),
        (r"gamma \* \(x - running_mean\) / np\.sqrt\(running_var", "gamma * (x - x.mean(0)) / np.sqrt(x.var(0)"),
    ),
    _forward(
        "bn-test-batch-mean",
        (rf"({_TEST}\n +)\(?mean, var\)? = \(?running_mean, running_var\)?", r"\1mean, var = x.mean(0), running_var"),
    ),
    _forward(
        "bn-test-batch-variance",
        (rf"({_TEST}\n +)\(?mean, var\)? = \(?running_mean, running_var\)?", r"\1mean, var = running_mean, x.var(0)"),
    ),
    _forward(
        "bn-test-mean-not-subtracted",
        (r"\(x - running_mean\)", "x"),
        (rf"({_TEST}\n +)\(?mean, var\)? = \(?running_mean, running_var\)?", r"\1mean, var = 0.0, running_var"),
    ),
    _forward("bn-test-empty", (rf"({_TEST}\n)", r"\1        return None, None\n")),
    _forward("bn-mode-other-error", (r"raise ValueError", "raise NotImplementedError")),
    _forward("bn-mode-other-error", (r"raise ValueError\([^\n]*", "raise KeyError(bn_param['mode'])")),
    _forward("bn-mode-other-error", (r"raise ValueError\([^\n]*", "assert bn_param['mode'] in ('train', 'test')")),
    _forward("bn-mode-not-checked", (r"raise ValueError\([^\n]*", "return None, None")),
    _forward("bn-mode-not-checked", (r"raise ValueError\([^\n]*", "return x, {}")),
    _forward("bn-mode-not-checked", (r"raise ValueError\([^\n]*", "print('mode?')")),
    _forward("bn-mode-not-checked", (r"\n +else:\n +raise ValueError[^\n]*", ""), (_TEST, "else:")),
    _forward(
        "bn-axis-not-examples",
        (r"np\.mean\(x, axis=0\)", "np.mean(x, axis=1)"),
        (r"np\.var\(x, axis=0\)", "np.var(x, axis=1)"),
    ),
)

_GAMMA = (
    (r"dx_hat = (\w+) \* gamma", r"dx_hat = \1"),
    (r"np\.einsum\('nd,d->nd', dout, gamma\)", "dout"),
    (r"np\.multiply\(dout, gamma\)", "dout"),
    (r"dout\[([^\]]*)\] \* gamma\[j\]", r"dout[\1]"),
    (r"\n +dx \*= gamma", ""),
    (r"gamma / np\.sqrt", "1 / np.sqrt"),
    (r"gamma \* \(dout - mean_of", "(dout - mean_of"),
    (r"'j,j->j', gamma,", "'j,j->j', np.ones_like(gamma),"),
    (r"gamma\[j\] / \(N", "1 / (N"),
    (r" \* gamma / np\.sqrt", " / np.sqrt"),
)
_X_FOR_X_HAT = (
    (r"np\.sum\((dout|dscaled) \* x_hat, axis=0\)", r"np.sum(\1 * cache[0], axis=0)"),
    (r"dgamma\[j\] \+= dout\[i, j\] \* x_hat", "dgamma[j] += dout[i, j] * x"),
    (r"np\.einsum\('nd,nd->d', dout, x_hat\)", "np.einsum('nd,nd->d', dout, x)"),
    (r"np\.multiply\(dout, x_hat\)", "np.multiply(dout, x)"),
    (r"\(dout \* x_hat\)\.sum\(0\)", "(dout * x).sum(0)"),
    (r"dout\.T @ x_hat", "dout.T @ cache[0]"),
)
_SWAPPED = (
    (r"dx, dgamma, dbeta\)$", "dx, dbeta, dgamma)"),
    (r"return \(dx, (np\.sum\(.*\)), (np\.sum\(dout, axis=0\))\)$", r"return (dx, \2, \1)"),
    (r"return \[dx, (\(dout \* x_hat\)\.sum\(0\)), (dout\.sum\(0\))\]$", r"return [dx, \2, \1]"),
)
_FIXED_EPS = (r"eps = cache\n", "_ = cache\n    eps = 1e-05\n")

_BACKWARD_SLIPS = (
    _backward(
        "bnb-n-from-features",
        (r"N = dout\.shape\[0\]", "N = dout.shape[1]"),
        (r"float\(dout\.shape\[0\]\)", "float(dout.shape[1])"),
        (r"N = len\(dout\)", "N = len(dout.T)"),
    ),
    _backward("bnb-gamma-missing", *_GAMMA),
    _backward("bnb-gamma-as-divisor", at_the_start("cache = (*cache[:4], 1 / cache[4], cache[5])")),
    _backward("bnb-dvar-sign", (r"-0\.5", "0.5")),
    _backward("bnb-half-missing", (r"-0\.5", "-1.0")),
    _backward("bnb-dgamma-with-x", *_X_FOR_X_HAT),
    _backward("bnb-dgamma-dbeta-swapped", *_SWAPPED),
    _backward("bnb-eps-fixed", _FIXED_EPS),
    _backward("bnb-eps-missing", at_the_start("cache = (*cache[:5], 0.0)")),
    _backward(
        "bnb-mean-path-missing",
        (r" \+ dmean / N", ""),
        (r" \+ 1\.0 / N \* np\.ones\(\(N, D\)\) \* dmean", ""),
        (r"np\.add\(np\.add\(first, second\), np\.divide\(dmean, N\)\)", "np.add(first, second)"),
        (r" - np\.ones\(\(N, N\)\) / N", ""),
        (r"\n +dx -= dx\.mean\(axis=0\)", ""),
    ),
    _backward(
        "bnb-mean-path-not-averaged",
        (r"dmean / N", "dmean"),
        (r"np\.divide\(dmean, N\)", "dmean"),
        (r"1\.0 / N \* np\.ones\(\(N, D\)\) \* dmean", "dmean"),
    ),
    _backward(
        "bnb-variance-path-missing",
        (r" \+ dvar \* 2 \* \(x(\[i, j\])? - mean(\[j\])?\) / N", ""),
        (r" \+ np\.einsum\('d,nd->nd', [^\n]*x - mean\)", ""),
        (r"np\.add\(first, second\)", "first"),
        (r" - h @ h\.T / N", ""),
        (r"\n +dx \+= \(?2 / N[^\n]*", ""),
        (r"dcentred \+ 2 \* centred \* dsquares", "dcentred"),
    ),
    _backward(
        "bnb-factor-two-missing",
        (r"dvar \* 2 \*", "dvar *"),
        (r"2 \* dvar", "dvar"),
        (r"np\.multiply\(2, dvar\)", "dvar"),
        (r"2 / N \*", "1 / N *"),
        (r"2 \* centred", "centred"),
    ),
    _backward(
        "bnb-variance-path-not-averaged",
        (r"(2 \* \(x(?:\[i, j\])? - mean(?:\[j\])?\)) / N", r"\1"),
        (r"2 \* dvar / N", "2 * dvar"),
        (r"2 / N \*", "2 *"),
    ),
    _backward(
        "bnb-dmean-sign",
        (r"np\.sum\(-dx_hat /", "np.sum(dx_hat /"),
        (r"dmean = -np\.einsum", "dmean = np.einsum"),
        (r"np\.negative\((np\.sum\(np\.divide[^\n]*)\)\n", r"\1\n"),
        (r"dmean \+= -dout", "dmean += dout"),
    ),
    _backward(
        "bnb-means-for-sums",
        (r"np\.sum\(((?:dout|dscaled)(?: \* x_hat)?), axis=0\)", r"np.mean(\1, axis=0)"),
        (r"\(dout \* x_hat\)\.sum\(0\), dout\.sum\(0\)", "(dout * x_hat).mean(0), dout.mean(0)"),
        (r"np\.sum\(np\.multiply\(dout, x_hat\), axis=0\)", "np.mean(np.multiply(dout, x_hat), axis=0)"),
    ),
    _backward(
        "bnb-sum-over-features",
        (r"np\.sum\(((?:dout|dscaled)(?: \* x_hat)?), axis=0\)", r"np.sum(\1, axis=1)"),
        (r"\(dout \* x_hat\)\.sum\(0\), dout\.sum\(0\)", "(dout * x_hat).sum(1), dout.sum(1)"),
    ),
    _backward("bnb-dx-empty", (r"return ([\[(])dx,", r"return \1None,")),
)

_ALT_SLIPS = (
    _alt("bna-gamma-missing", *_GAMMA),
    _alt("bna-gamma-twice", at_the_start("cache = (*cache[:4], cache[4] ** 2, cache[5])")),
    _alt("bna-eps-fixed", _FIXED_EPS),
    _alt("bna-eps-missing", at_the_start("cache = (*cache[:5], 0.0)")),
    _alt("bna-root-missing", (r"np\.sqrt\(var(\[j\])? \+ eps\)", r"(var\1 + eps)"), (r"\*\* \(-0\.5\)", "** -1.0")),
    _alt("bna-eps-outside-root", (r"np\.sqrt\((var(?:\[j\])?) \+ eps\)", r"(np.sqrt(\1) + eps)")),
    _alt(
        "bna-deviation-missing",
        (r" / \(N \* np\.sqrt\(var(?:\[j\])? \+ eps\)\)", " / N"),
        (r" / np\.sqrt\(var \+ eps\)", ""),
        (r"N \* np\.sqrt\(var \+ eps\)", "N"),
        (r" / std\n    return", "\n    return"),
    ),
    _alt(
        "bna-mean-term-missing",
        (r" - np\.sum\(dx_hat, axis=0\)", ""),
        (r" - dbeta\)", ")"),
        (r" - mean_of", ""),
        (r"dbeta \+ ", ""),
        (r" - dbeta\[-1\]", ""),
        (r" - ones @ total / N", ""),
        (r"\n +dx -= dbeta", ""),
    ),
    _alt(
        "bna-plus-mean",
        (r" - np\.sum\(dx_hat, axis=0\)", " + np.sum(dx_hat, axis=0)"),
        (r" - dbeta\)", " + dbeta)"),
        (r" - mean_of", " + mean_of"),
        (r"\(dbeta \+ ", "(-dbeta + "),
        (r" - dbeta\[-1\]", " + dbeta[-1]"),
        (r" - ones @ total / N", " + ones @ total / N"),
        (r"dx -= dbeta", "dx += dbeta"),
    ),
    _alt(
        "bna-variance-term-missing",
        (r" - x_hat \* np\.sum\(dx_hat \* x_hat, axis=0\)", ""),
        (r" - x_hat \* dgamma", ""),
        (r" - x_hat \* mean_along", ""),
        (r" \+ np\.einsum\('ij,j->ij', x_hat, dgamma\)", ""),
        (r" - h \* dgamma\[-1\]", ""),
        (r" - x_hat \* \(ones @ along\) / N", ""),
        (r"dx = x_hat \* -dgamma", "dx = 0 * dout"),
    ),
    _alt(
        "bna-plus-variance",
        (r" - x_hat \* np\.sum\(dx_hat", " + x_hat * np.sum(dx_hat"),
        (r" - x_hat \* dgamma", " + x_hat * dgamma"),
        (r" - x_hat \* mean_along", " + x_hat * mean_along"),
        (r" - h \* dgamma", " + h * dgamma"),
        (r" - x_hat \* \(ones", " + x_hat * (ones"),
        (r"x_hat \* -dgamma", "x_hat * dgamma"),
    ),
    _alt(
        "bna-n-missing-outside",
        (r" / \(N \* np\.sqrt\(var(\[j\])? \+ eps\)\)", r" / np.sqrt(var\1 + eps)"),
        (r"np\.sqrt\(var \+ eps\) / N", "np.sqrt(var + eps)"),
        (r"dx /= N \* ", "dx /= "),
    ),
    _alt(
        "bna-n-missing-inside",
        (r"\(N \* (dx_hat|dout) -", r"(\1 -"),
        (r"N \* g -", "g -"),
        (r"dx \+= N \* dout", "dx += dout"),
    ),
    _alt("bna-dgamma-dbeta-swapped", *_SWAPPED),
    _alt(
        "bna-x-hat-before-sum-missing",
        (r" - x_hat \* (np\.sum|dgamma|mean_along|\(ones)", r" - \1"),
        (r" - h \* dgamma", " - dgamma"),
        (r"'ij,j->ij', x_hat, dgamma", "'ij,j->ij', np.ones_like(dout), dgamma"),
    ),
)

SLIPS = (*_FORWARD_SLIPS, *_BACKWARD_SLIPS, *_ALT_SLIPS)
