"""Say what the numbers themselves say where no known mistake explains a wrong output.

A relation is something simple between an output and what it should be, or what else there is: a factor, a sign, a lost
sum, the result without an argument. It is said only if it holds for all entries in all usual calls, within the usual
tolerance. As the probes are random real numbers, that does not happen by chance.

To add a relation: a function in RELATIONS, and its sentence in `words`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import permutations, product

import numpy as np

from autograder.checking import words
from autograder.checking.check import Check, Run, Trial
from autograder.checking.verdict import RELATION_HINT, Hint
from labkit.calls.call import Call, Outcome
from labkit.calls.diagnosis import Name, names_of, part_of
from labkit.calls.differences import ATOL, RTOL, Names, as_numbers
from labkit.calls.plain import Plain, same

MAX_SAID = 2
MAX_UNRELATED = 2
"""Wrong outputs without a relation after which the search ends: most likely they follow from each other."""
NOTHING = 1e-12
"""What counts as zero beside zero."""
POWERS = (1, -1, 2, -2)
"""Powers in which an argument is looked for that is replaced by a fixed number."""
SHARES = (1.0, 0.0, 2.0, -1.0, 0.5)
"""How often a term is looked for in a sum that is a single number."""
SHARE_TOLERANCE = 1e-5
MIN_NUMBERS = 4
"""Numbers of a part, over all calls, that a relation must hold for; a relation between fewer may be chance."""

Sentence = Callable[[Sequence[str]], str]
Arrays = tuple[np.ndarray, ...]


@dataclass(frozen=True)
class Said:
    """A relation that holds.

    Attributes:
        kind: a stable name.
        sentence: makes the sentence from the outputs for which it holds and from `places`.
        places: what else the sentence names.
    """

    kind: str
    sentence: Callable[..., str]
    places: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """An output that is wrong, over all usual calls.

    Attributes:
        name: as a student names it, "" for the whole result.
        right: what it should be.
        given: what it is, in the same shapes where only axes of length 1 differ.
    """

    name: str
    right: Arrays
    given: Arrays

    @cached_property
    def fits(self) -> bool:
        """Whether it has the right shape in each call."""
        return all(given.shape == right.shape for given, right in zip(self.given, self.right, strict=True))

    @cached_property
    def varies(self) -> bool:
        """Whether some call has several different right numbers."""
        return any(np.ptp(right) > 0 for right in self.right if right.size)

    @cached_property
    def peaks(self) -> tuple[tuple[int, float], ...]:
        """Index and value of the largest number in each call: where most other values can be told apart from it."""
        indices = [int(np.abs(given).argmax()) for given in self.given]
        return tuple((index, given.item(index)) for index, given in zip(indices, self.given, strict=True))

    @cached_property
    def ratios(self) -> list[float] | None:
        """What the right numbers are multiplied with, in each call; None if it is no number."""
        return _ratios(self.given, self.right)

    def is_all(self, others: Iterable[np.ndarray | float | None]) -> bool:
        """Tell whether it equals other values in each call; they may be anything that broadcasts to its shape.

        Args:
            others: the values; made lazily, they cost little, as nearly all differ in the first call.
        """
        return all(
            other is not None and _equal(given, other, peak)
            for given, peak, other in zip(self.given, self.peaks, others, strict=False)
        )

    def is_of(self, change: Callable[[np.ndarray], np.ndarray]) -> bool:
        """Tell whether it is a function of what it should be."""
        return self.is_all(change(right) for right in self.right)


@dataclass(frozen=True)
class Facts:
    """What the probes and the reference alone say of the usual calls: the same for a whole class.

    Attributes:
        factors: label → its value in each call.
        arrays: name → its numbers in each call.
        quantities: name → its value in each call.
        sums: output → term → its numbers in each call; the terms add up to the output.
        without: (argument, value) → name of an output → what it would be in each call with that value.
    """

    factors: Mapping[str, Sequence[float]]
    arrays: Mapping[str, Sequence[np.ndarray]]
    quantities: Mapping[str, Sequence[float]]
    sums: Mapping[str, Mapping[str, Sequence[np.ndarray]]]
    without: Mapping[tuple[str, str], Mapping[str, Arrays]]


@dataclass(frozen=True)
class Known(Facts):
    """What relations may refer to.

    Attributes:
        parts: all outputs, right and wrong, by name.
    """

    parts: Mapping[str, Part]


def _equal(given: np.ndarray, other: np.ndarray | float, peak: tuple[int, float] | None = None) -> bool:
    other = np.asarray(other)
    if other.shape != given.shape:
        if other.ndim > given.ndim or any(
            o not in (1, g) for o, g in zip(other.shape[::-1], given.shape[::-1], strict=False)
        ):
            return False
        other = np.broadcast_to(other, given.shape)
    if peak and not abs(other.item(peak[0]) - peak[1]) <= 10 * RTOL * abs(peak[1]) + NOTHING:
        return False
    scale = float(np.abs(other).max())
    return bool(np.abs(given - other).max() <= NOTHING + RTOL * scale)


def _not_finite(part: Part, known: Known) -> Said | None:
    if all(not np.isfinite(given).all() for given in part.given):
        return Said("not-finite", words.not_finite)
    return None


def _constant(part: Part, known: Known) -> Said | None:
    first = part.given[0].flat[0]
    if part.is_all([first] * len(part.given)):
        return Said("constant", words.zero if first == 0 else words.constant)
    return None


def _another_output(part: Part, known: Known) -> Said | None:
    for name, other in known.parts.items():
        if name == part.name or not part.is_all(other.right):
            continue
        if other.is_all(part.right):
            pair = tuple(sorted((part.name, name)))
            return Said(f"swapped-{'-'.join(pair)}", words.swapped)
        return Said("output", words.another_output, (name,))
    return None


def _without(part: Part, known: Known) -> Said | None:
    for (argument, value), results in known.without.items():
        if part.is_all(results.get(part.name) or [None] * len(part.given)):
            return Said("without", words.without, (argument, value))
    return None


def _ratios(given: Sequence[np.ndarray], base: Sequence[np.ndarray]) -> list[float] | None:
    """Find the numbers that `base` is multiplied with in `given`, one in each of at least two calls."""
    ratios: list[float] = []
    for pair in zip(given, base, strict=True):
        ratio = _ratio(*pair)
        if ratio is None:
            return None
        ratios.append(ratio)
    return ratios if len(ratios) > 1 else None


def _label_of(ratios: Sequence[float], known: Known) -> str | None:
    """Name the only known quantity that has these values in the calls; None if there are fewer than calls."""
    if len(ratios) < len(next(iter(known.factors.values()))):
        return None
    close = [
        label
        for label, values in known.factors.items()
        if all(math.isclose(value, ratio, rel_tol=RTOL) for value, ratio in zip(values, ratios, strict=True))
    ]
    return close[0] if len(close) == 1 else None


def _ratio(given: np.ndarray, base: np.ndarray) -> float | None:
    """Find the number that `base` is multiplied with in `given`."""
    if not base.size or given.shape != base.shape:
        return None
    largest = int(np.abs(base).argmax())
    divisor = float(base.flat[largest])
    if not abs(divisor) > ATOL:
        return None
    ratio = float(given.flat[largest]) / divisor
    return ratio if abs(ratio) > ATOL and _equal(given, ratio * base) else None


def _fixed_in(ratios: Sequence[float], known: Known) -> tuple[str, str] | None:
    """Name the quantity in whose place one number stands: where a power of it belongs, the ratios show that."""
    if min(ratios) <= 0:
        return None
    for name, values in known.quantities.items():
        if (
            not name.removeprefix("1 − ").isidentifier()
            or min(values) <= 0
            or math.isclose(min(values), max(values), rel_tol=1e-3)
        ):
            continue
        for power in POWERS:
            own = [value * ratio ** (1 / power) for value, ratio in zip(values, ratios, strict=True)]
            if max(own) - min(own) <= RTOL * max(own) and not math.isclose(own[0], 1, rel_tol=RTOL):
                return name, f"{own[0]:.4g}"
    return None


def _terms(part: Part, known: Known) -> Said | None:
    """Find terms of a sum that are missing, turned round or wrong by a factor, where all other terms are right."""
    terms = known.sums.get(part.name)
    if not terms:
        return None
    names, columns = list(terms), list(zip(*terms.values(), strict=True))
    if part.right[0].size > len(names):
        shares = [_shares(given, column) for given, column in zip(part.given, columns, strict=True)]
    else:
        shares = _usual_shares(part.given, columns)
    if any(share is None for share in shares):
        return None
    of_terms = {name: [share[n] for share in shares if share is not None] for n, name in enumerate(names)}
    wrong = {name: found for name, found in of_terms.items() if not _all_close(found, 1)}
    if not 0 < len(wrong) < len(names):
        return None
    for value, kind, sentence in ((0, "term-missing", words.term_missing), (-1, "term-sign", words.term_sign)):
        if all(_all_close(found, value) for found in wrong.values()):
            return Said(kind, sentence, tuple(wrong))
    if len(wrong) == 1:
        ((name, found),) = wrong.items()
        label = _label_of(found, known)
        if label:
            return Said("term-factor", words.term_factor, (name, label))
    return Said("terms", words.terms_wrong, tuple(wrong))


def _all_close(values: Sequence[float], value: float) -> bool:
    return all(abs(other - value) <= SHARE_TOLERANCE for other in values)


def _shares(given: np.ndarray, terms: Sequence[np.ndarray]) -> np.ndarray | None:
    """Find how often each term is in a sum; None if something else is in it."""
    columns = np.stack([np.broadcast_to(term, given.shape).ravel() for term in terms], axis=1)
    scales = np.abs(columns).max(axis=0)
    if not scales.all():
        return None
    shares, _, rank, _ = np.linalg.lstsq(columns / scales, given.ravel(), rcond=1e-9)
    return shares / scales if rank == len(terms) and _equal(given.ravel(), columns @ (shares / scales)) else None


def _usual_shares(given: Sequence[np.ndarray], columns: Sequence[Sequence[np.ndarray]]) -> list[np.ndarray | None]:
    """Find how often each term is in sums that are single numbers: the same small number in all calls, or None."""
    choices = np.array(list(product(SHARES, repeat=len(columns[0]))))
    sums = choices @ np.array([[float(term.sum()) for term in column] for column in columns]).T
    totals = np.array([float(value.sum()) for value in given])
    fitting = np.flatnonzero((np.abs(sums - totals) <= NOTHING + RTOL * np.abs(totals)).all(axis=1))
    return [choices[fitting[0]] if len(fitting) == 1 else None] * len(given)


def _factor(part: Part, known: Known) -> Said | None:
    if part.ratios is None:
        return None
    fixed, label = _fixed_in(part.ratios, known), _label_of(part.ratios, known)
    if fixed:
        return Said("fixed", words.fixed, fixed)
    if label == MINUS_ONE:
        return Said("sign", words.wrong_sign)
    return Said("factor", words.factor, (label,)) if label else None


def _part_of_argument(part: Part, known: Known) -> Said | None:
    """Find a factor of what an argument adds to the output, or of the rest."""
    for (argument, _), results in known.without.items():
        rest = results.get(part.name)
        if not rest or any(base.shape != right.shape for base, right in zip(rest, part.right, strict=True)):
            continue
        added = [right - base for base, right in zip(rest, part.right, strict=True)]
        given_added = [given - base for given, base in zip(part.given, rest, strict=True)]
        ratios = _ratios(given_added, added)
        fixed, label = (_fixed_in(ratios, known), _label_of(ratios, known)) if ratios else (None, None)
        if fixed and fixed[0] == argument:
            return Said("fixed", words.fixed, fixed)
        if label == MINUS_ONE:
            return Said("part-sign", words.part_sign, (argument,))
        if label:
            return Said("part-factor", words.part_factor, (argument, label))
        if part.is_all(added):
            return Said("part-only", words.part_only, (argument,))
        given_rest = [given - term for given, term in zip(part.given, added, strict=True)]
        ratios = _ratios(given_rest, rest)
        label = _label_of(ratios, known) if ratios else None
        if label:
            return Said("rest-factor", words.rest_factor, (argument, label))
    return None


def _array_factor(part: Part, known: Known) -> Said | None:
    """Find an array that the output is multiplied with, or divided by, once too often."""
    for name, arrays in known.arrays.items():
        if all(array.size > 1 and array.ndim < 3 for array in arrays):
            pairs = list(zip(part.right, arrays, strict=True))
            if part.is_all(_fitting(right, array, np.multiply) for right, array in pairs):
                return Said("times", words.times_array, (name,))
            if part.is_all(_fitting(right, array, np.divide) for right, array in pairs):
                return Said("over", words.over_array, (name,))
    return None


def _fitting(right: np.ndarray, array: np.ndarray, combine: Callable[..., np.ndarray]) -> np.ndarray | None:
    try:
        result = combine(right, array)
    except ValueError:
        return None
    return result if result.shape == right.shape and np.isfinite(result).all() else None


def _off_by_known(part: Part, known: Known) -> Said | None:
    """Find a quantity or an array that was added or subtracted once too often."""
    terms: dict[str, Sequence[np.ndarray | float]] = {
        **{label: values for label, values in known.factors.items() if not label.startswith("−")},
        **known.arrays,
    }
    off = [given - right for given, right in zip(part.given, part.right, strict=True)]
    sizes = [float(np.abs(difference).max()) for difference in off]
    for name, values in terms.items():
        if any(
            not math.isclose(float(np.abs(v).max()), size, rel_tol=1e-5) for v, size in zip(values, sizes, strict=True)
        ):
            continue
        if Part(part.name, part.right, tuple(off)).is_all(values):
            return Said("more", words.too_large_by, (name,))
        if Part(part.name, part.right, tuple(-difference for difference in off)).is_all(values):
            return Said("less", words.too_small_by, (name,))
    return None


def _other_sum(part: Part, known: Known) -> Said | None:
    """Find a sum that was left out, taken along another axis, or replaced by a mean."""
    sources = {**known.arrays, **{name: other.right for name, other in known.parts.items()}}
    for name, arrays in sources.items():
        if name == part.name or any(array.ndim != 2 or min(array.shape) < 2 for array in arrays):
            continue
        for axis in (0, 1):
            if any(value.size != array.shape[1 - axis] for value, array in zip(part.right, arrays, strict=True)):
                continue
            right = [np.squeeze(value) for value in part.right]
            sums = [array.sum(axis=axis) for array in arrays]
            scales = [
                _ratio(value, total) if value.shape == total.shape else None
                for value, total in zip(right, sums, strict=True)
            ]
            if None in scales:
                continue
            scaled = [(scale or 0.0) * array for scale, array in zip(scales, arrays, strict=True)]
            given = Part(part.name, part.right, tuple(np.squeeze(value) for value in part.given))
            if given.is_all(array.sum(axis=1 - axis) for array in scaled):
                return Said("axis", words.other_axis)
            if given.is_all(scaled):
                return Said("not-summed", words.not_summed)
            if given.is_all(array.sum() for array in scaled):
                return Said("summed-over-all", words.summed_over_all)
            if given.is_all(array.mean(axis=axis) for array in scaled):
                return Said("mean-for-sum", words.mean_for_sum)
    return None


def _lost_axis(part: Part, known: Known) -> Said | None:
    """Find sums or means of what the output should be, or the output before them."""
    for axis in (None, 0, 1):
        if all(right.ndim > (axis or 0) and right.shape[axis or 0] > 1 for right in part.right):
            for reduce in (np.sum, np.mean):
                reduced = [np.squeeze(reduce(right, axis=axis)) for right in part.right]
                if Part("", part.right, tuple(np.squeeze(given) for given in part.given)).is_all(reduced):
                    return Said("reduced", words.reduced)
        if part.fits or any(given.ndim <= (axis or 0) for given in part.given):
            continue
        for reduce, sentence in ((np.sum, words.not_summed), (np.mean, words.not_averaged)):
            reduced = [np.squeeze(reduce(given, axis=axis)) for given in part.given]
            if Part("", part.right, tuple(reduced)).is_all(np.squeeze(right) for right in part.right):
                return Said(f"not-{reduce.__name__}", sentence)
    return None


def _rearranged(part: Part, known: Known) -> Said | None:
    if not all(given.size == right.size for given, right in zip(part.given, part.right, strict=True)):
        return None
    if all(right.ndim == 2 for right in part.right) and part.is_all(right.T for right in part.right):
        return Said("transposed", words.transposed)
    numbers = Part(part.name, part.right, tuple(np.sort(given, axis=None) for given in part.given))
    if part.varies and numbers.is_all(np.sort(right, axis=None) for right in part.right):
        return Said("reordered", words.reordered)
    return None


_FUNCTIONS: tuple[tuple[str, Callable[[np.ndarray], np.ndarray], Sentence], ...] = (
    ("absolute", np.abs, words.absolute),
    ("square", np.square, words.squared),
    ("root", lambda right: np.sqrt(np.abs(right)) if (right >= 0).all() else np.full(right.shape, np.nan), words.root),
    ("reciprocal", lambda right: 1 / np.where(right == 0, np.nan, right), words.reciprocal),
    ("not-negative", lambda right: np.maximum(right, 0), words.not_negative),
    ("not-positive", lambda right: np.minimum(right, 0), words.not_positive),
    ("below-one", lambda right: np.minimum(right, 1), words.below_one),
    ("cut", np.trunc, words.whole_numbers),
    ("rounded", np.round, words.whole_numbers),
    ("signs", np.sign, words.signs),
)


def _function(part: Part, known: Known) -> Said | None:
    """Find a usual function of what the output should be."""
    for id, change, sentence in _FUNCTIONS:
        if part.is_of(change):
            return Said(id, sentence)
    return None


def _input(part: Part, known: Known) -> Said | None:
    for name, arrays in known.arrays.items():
        if part.is_all(arrays) and all(a.shape == given.shape for a, given in zip(arrays, part.given, strict=True)):
            return Said("input", words.is_input, (name,))
    return None


def _earlier_call(part: Part, known: Known) -> Said | None:
    later = Part(part.name, part.right[1:], part.given[1:])
    if len(part.given) > 2 and later.is_all(part.right[:-1]) and later.fits:
        return Said("earlier-call", words.earlier_call)
    return None


def _first_or_last(part: Part, known: Known) -> Said | None:
    """Find an axis along which the first or the last entry alone is right."""
    for axis in (0, 1):
        if any(right.ndim != 2 or right.shape[axis] < 3 for right in part.right):
            continue
        if not any(_equal(part.given[0].take(i, axis), part.right[0].take(i, axis)) for i in (0, -1)):
            continue
        pairs = _along(part, axis)
        for index, sentences in ((0, (words.first_row, words.first_column)), (-1, (words.last_row, words.last_column))):
            if all(
                _equal(given[index], right[index])
                and not any(
                    _equal(g, r) for g, r in zip(np.delete(given, index, 0), np.delete(right, index, 0), strict=True)
                )
                for given, right in pairs
            ):
                return Said(f"only-{'first' if index == 0 else 'last'}-{axis}", sentences[axis])
    return None


def _all_but_one(part: Part, known: Known) -> Said | None:
    """Find an axis along which the first or the last entry alone is wrong."""
    sentences = (
        (0, (words.all_but_first_row, words.all_but_first_column)),
        (-1, (words.all_but_last_row, words.all_but_last_column)),
    )
    for axis in (0, 1):
        if any(right.ndim != 2 or right.shape[axis] < 3 for right in part.right):
            continue
        pairs = _along(part, axis)
        for index, sentence in sentences:
            if all(
                _equal(np.delete(given, index, 0), np.delete(right, index, 0))
                and not _equal(given[index], right[index])
                for given, right in pairs
            ):
                return Said(f"all-but-{'first' if index == 0 else 'last'}-{axis}", sentence[axis])
    return None


def _along(part: Part, axis: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Pair what is given with what is right, an axis put first."""
    return [
        (np.moveaxis(given, axis, 0), np.moveaxis(right, axis, 0))
        for given, right in zip(part.given, part.right, strict=True)
    ]


def _off_along(part: Part, known: Known) -> Said | None:
    """Find that all rows, or columns, are off by the same numbers, or by the same share of an array."""
    if any(right.ndim != 2 or min(right.shape) < 3 for right in part.right):
        return None
    off = [given - right for given, right in zip(part.given, part.right, strict=True)]
    for axis, sentence in ((0, words.off_in_rows), (1, words.off_in_columns)):
        if all(_equal(difference, difference.take([0], axis)) for difference in off):
            return Said(f"off-{axis}", sentence)
        for name, arrays in known.arrays.items():
            if all(_is_share(*pair, axis) for pair in zip(off, arrays, strict=True)):
                return Said(f"off-array-{axis}", words.off_by_array, (name,))
    return None


def _is_share(difference: np.ndarray, array: np.ndarray, axis: int) -> bool:
    """Tell whether a difference is an array times one number a column (axis 0) or a row (1)."""
    if array.shape != difference.shape or not array.all():
        return False
    return _equal(difference, difference.take([0], axis) / array.take([0], axis) * array)


def _proportional(part: Part, known: Known) -> Said | None:
    if all(np.ptp(right) > 0 and right.size > 2 for right in part.right):
        pairs = list(zip(part.given, part.right, strict=True))
        if part.ratios:
            return Said("proportional", words.proportional)
        if all(_equal(given - right, float((given - right).flat[0])) for given, right in pairs):
            return Said("shifted", words.shifted)
    return None


def _size(part: Part, known: Known) -> Said | None:
    if any(given.size == right.size for given, right in zip(part.given, part.right, strict=True)):
        return None
    return Said("size", words.a_number_expected if all(right.size == 1 for right in part.right) else words.other_size)


Relation = Callable[[Part, Known], Said | None]
ANY_SHAPE, SAME_SHAPE = True, False
TELLING: tuple[tuple[bool, Relation], ...] = (
    (ANY_SHAPE, _constant),
    (ANY_SHAPE, _another_output),
    (SAME_SHAPE, _without),
    (SAME_SHAPE, _factor),
    (SAME_SHAPE, _terms),
    (SAME_SHAPE, _part_of_argument),
    (SAME_SHAPE, _array_factor),
    (SAME_SHAPE, _off_by_known),
    (ANY_SHAPE, _rearranged),
    (ANY_SHAPE, _other_sum),
    (ANY_SHAPE, _lost_axis),
    (SAME_SHAPE, _function),
    (ANY_SHAPE, _input),
    (SAME_SHAPE, _earlier_call),
    (SAME_SHAPE, _first_or_last),
    (SAME_SHAPE, _all_but_one),
)
"""Relations that name the cause, the most telling first, and whether they are looked for in outputs of any shape."""
VAGUE: tuple[tuple[bool, Relation], ...] = (
    (SAME_SHAPE, _proportional),
    (SAME_SHAPE, _off_along),
    (ANY_SHAPE, _size),
)
"""Relations that are said if nothing else is."""

_SHAPE = Said("shape", words.other_shape)
MINUS_ONE = "−1"
_NUMBERS = {MINUS_ONE: -1.0, "2": 2.0, "½": 0.5, "−2": -2.0, "−½": -0.5, "3": 3.0, "4": 4.0, "¼": 0.25, "1.5": 1.5}


def factors(quantities: Mapping[str, float]) -> dict[str, float]:
    """Make all factors that are looked for, from known quantities: powers, halves, doubles, quotients."""
    made = dict(_NUMBERS)
    for name, value in quantities.items():
        bracketed = f"({name})" if " " in name or "/" in name else name
        root = math.sqrt(value) if value > 0 else math.nan
        inverse = 1 / value if value else math.nan
        made |= {
            name: value,
            f"1/{bracketed}": inverse,
            f"−{bracketed}": -value,
            f"−1/{bracketed}": -inverse,
            f"{bracketed}²": value**2,
            f"1/{bracketed}²": inverse**2,
            f"√{bracketed}": root,
            f"1/√{bracketed}": 1 / root if root else math.nan,
            f"2 · {bracketed}": 2 * value,
            f"{bracketed}/2": value / 2,
            f"2/{bracketed}": 2 * inverse,
            f"1/(2 · {bracketed})": inverse / 2,
        }
    for (first, one), (second, other) in permutations(quantities.items(), 2):
        if other and " " not in first + second:
            made[f"{first}/{second}"] = one / other
            if first < second:
                made[f"{first} · {second}"] = one * other
    return made


class Relations:
    """Finds relations in what functions do with the probes of a check; made once for a whole class.

    Args:
        check: the check.
        calls: its probes.
        expected: what the reference does with them.
        reference: makes calls of the reference.
    """

    def __init__(self, check: Check, calls: Sequence[Call], expected: Sequence[Outcome], reference: Run) -> None:
        self._check, self._terms = check, check.terms
        self._calls, self._expected, self._reference = calls, expected, reference
        self._own = [
            number
            for number, (call, right) in enumerate(zip(calls, expected, strict=True))
            if call.function == check.function and not right.error
        ]
        self._usual = [number for number in self._own if calls[number].group in check.terms.groups]

    def hints(self, trials: Sequence[Trial], explained: Collection[str]) -> tuple[Hint, ...]:
        """Say what the numbers of a wrong function say.

        Args:
            trials: how the probes went.
            explained: names of the outputs that known mistakes explain.

        Returns:
            At most MAX_SAID hints.
        """
        if any(trials[number].actual.error for number in self._usual) or _misleads(trials, self._check.function):
            return ()
        form = _form_said([trials[number] for number in self._usual], self._check.outputs)
        if form:
            return (Hint(RELATION_HINT + form.kind, form.sentence(*form.places)),)
        usual = [self._pairs(trials[number]) for number in self._usual]
        names = [name for name in usual[0] if all(name in found for found in usual)] if usual else []
        wrong = [name for name in names if any(_is_wrong(*found[name]) for found in usual)]
        parts = {name: part for name in names if (part := _make_part(name, [found[name] for found in usual]))}
        said: dict[Said, list[str]] = {}
        unrelated = 0
        for name in (name for name in names if name not in explained and unrelated < MAX_UNRELATED):
            part = parts.get(name) if name in wrong else None
            relation = self._relation(part, parts, TELLING) if part else None
            relation = relation or self._case(name, trials)
            if part and not relation:
                relation = self._relation(part, parts, VAGUE)
            if relation:
                said.setdefault(relation, []).append(name)
            elif name in wrong:
                unrelated += 1
        if not said and not explained:
            unshaped = [name for name in names if any(_has_other_shape(*found[name]) for found in usual)]
            if not wrong:
                said = {_SHAPE: unshaped} if unshaped else {}
            elif wrong[0] in parts:
                said = self._place(names, wrong)
        return tuple(
            Hint(RELATION_HINT + "-".join((relation.kind, *outputs)), relation.sentence(outputs, *relation.places))
            for relation, outputs in list(said.items())[:MAX_SAID]
        )

    def _pairs(self, trial: Trial) -> Mapping[str, tuple[Plain, Plain]]:
        """Return what each output should be and what it is, computed once; nothing after an exception."""
        return trial.noted("pairs of relations", lambda: self._find_pairs(trial))

    def _find_pairs(self, trial: Trial) -> Mapping[str, tuple[Plain, Plain]]:
        if trial.actual.error:
            return {}
        if self._terms.pairs:
            return self._terms.pairs(trial)
        return {
            name: (part_of(path, trial.call, trial.expected), part_of(path, trial.call, trial.actual))
            for name, path in _paths(self._check, trial.call, trial.expected)
        }

    def _relation(
        self, part: Part, parts: Mapping[str, Part], relations: Sequence[tuple[bool, Relation]]
    ) -> Said | None:
        if sum(right.size for right in part.right) < MIN_NUMBERS and len(part.right) < 2:
            return None
        known = Known(**vars(self._facts), parts=parts)
        with np.errstate(all="ignore"):
            not_finite = _not_finite(part, known)
            if not_finite or not all(np.isfinite(given).all() for given in part.given):
                return not_finite
            return next(
                (said for any_shape, find in relations if (any_shape or part.fits) and (said := find(part, known))),
                None,
            )

    @cached_property
    def _facts(self) -> Facts:
        terms, calls = self._terms, self._calls
        quantities = [terms.quantities(calls, calls[number]) for number in self._usual]
        made = [factors(values) for values in quantities]
        sums = [terms.sums(calls, calls[number]) for number in self._usual]
        arrays = [terms.arrays(calls, calls[number]) for number in self._usual]
        return Facts(
            {label: [values[label] for values in made] for label in made[0]},
            {name: [np.asarray(named[name], dtype=np.float64) for named in arrays] for name in arrays[0]},
            {name: [float(values[name]) for values in quantities] for name in quantities[0]},
            {
                output: {
                    term: [np.asarray(named[output][term], dtype=np.float64) for named in sums] for term in of_first
                }
                for output, of_first in sums[0].items()
            },
            {key: self._without(change) for key, change in terms.neutral.items()},
        )

    def _without(self, change: Callable[[Call], Call]) -> Mapping[str, Arrays]:
        """Compute what the outputs would be with an argument replaced."""
        changed = self._reference([change(call) for call in self._calls])
        results: dict[str, list[np.ndarray]] = {}
        for number in self._usual:
            call = self._calls[number]
            for name, path in _paths(self._check, call, self._expected[number]):
                numbers = as_numbers(part_of(path, call, changed[number]))
                if numbers is not None:
                    results.setdefault(name, []).append(numbers.astype(np.float64))
        return {name: tuple(values) for name, values in results.items() if len(values) == len(self._usual)}

    def _case(self, name: str, trials: Sequence[Trial]) -> Said | None:
        """Find what tells the calls in which an output is right from the others."""
        pairs = {number: self._pairs(trials[number]) for number in self._own}
        right = {number: not _is_wrong(*found[name]) for number, found in pairs.items() if name in found}
        if len(set(right.values())) < 2:
            return None
        cases = {number: self._terms.cases(self._calls, self._calls[number]) for number in self._own}
        all_cases = list(cases[self._own[0]])
        for names, as_right, sentence in (
            (self._terms.reduced, True, words.right_only_where),
            (all_cases, False, words.wrong_only_where),
        ):
            fitting = [name for name in names if all(cases[n][name] == (right[n] is as_right) for n in right)]
            if len(fitting) == 1:
                return Said("right-where" if as_right else "wrong-where", sentence, (fitting[0],))
        return None

    def _place(self, names: Sequence[str], wrong: Sequence[str]) -> dict[Said, list[str]]:
        """Say where it goes wrong first, if nothing else can be said."""
        first = wrong[0]
        if len(wrong) == 1 and len(names) > 2:
            return {Said("only-wrong", words.only_wrong): [first]}
        before = tuple(names[: names.index(first)])
        if before and self._terms.in_order:
            return {Said("first-wrong", words.first_wrong, before): [first]}
        return {}


def _form_said(trials: Sequence[Trial], outputs: Names) -> Said | None:
    """Say what is wrong with a result as a whole: entries that are missing, another order, too few or many parts."""
    for right, given in ((trial.expected.value, trial.actual.value) for trial in trials):
        if isinstance(right, float) and isinstance(given, tuple) and len(given) > 1:
            return Said("form", words.several_values)
        if not isinstance(right, dict | tuple) or _is_empty(given):
            continue
        names = list(right) if isinstance(right, dict) else [output_label(name) for name in outputs[: len(right)]]
        if isinstance(right, dict) and isinstance(given, dict):
            missing, extra = [n for n in names if n not in given], [str(name) for name in given if name not in right]
            if missing:
                return Said("entries", partial(words.missing_entries, missing), tuple(extra))
        elif isinstance(right, dict) or not _is_made_alike(right, given):
            return Said("form", partial(words.other_form, names))
    return None


def _is_empty(value: Plain) -> bool:
    parts = list(value.values()) if isinstance(value, dict) else value if isinstance(value, tuple | list) else [value]
    return all(part is None for part in parts)


def _is_made_alike(right: tuple[Plain, ...], given: Plain) -> bool:
    """Tell whether a result has as many parts as it should, with tuples where they belong."""
    if not isinstance(given, tuple | list) or len(given) != len(right):
        return False
    return all(
        part is None or isinstance(part, tuple | list)
        for r, part in zip(right, given, strict=True)
        if isinstance(r, tuple)
    )


def _misleads(trials: Sequence[Trial], function: str) -> bool:
    """Tell whether another function of the student's gave wrong numbers, from which this function may have computed."""
    return any(
        trial.call.function != function
        and not trial.actual.error
        and any(not difference.is_form_only for difference in trial.differences)
        for trial in trials
    )


def _paths(check: Check, call: Call, expected: Outcome) -> Iterator[tuple[str, Name]]:
    """Name what a call should give, and where it stands; of arguments, only what the call should change."""
    for path in names_of(call, expected, expected):
        if path[0] != "argument" or not same(part_of(path, call, Outcome()), part_of(path, call, expected)):
            yield output_name(check, path), path


def output_name(check: Check, path: Name) -> str:
    """Name a part of an outcome as a student does, "" for the whole result."""
    last = path[-1] if len(path) > 1 else ""
    if path[0] == "value" and last.isdigit() and int(last) < len(check.outputs):
        return output_label(check.outputs[int(last)])
    return last


def output_label(name: str | tuple[str, Sequence[str]]) -> str:
    """Return the name of an output, whose parts may have names of their own."""
    return name if isinstance(name, str) else name[0]


def _is_wrong(right: Plain, given: Plain) -> bool:
    expected, actual = as_numbers(right), as_numbers(given)
    if expected is None or expected.dtype.kind == "b":
        return False
    if actual is None:
        return True
    fitted = _fitted(expected, actual)
    if fitted.shape != expected.shape:
        return True
    with np.errstate(all="ignore"):
        scale = float(np.abs(expected).max()) if expected.size else 0.0
        return not bool((np.abs(fitted - expected) <= ATOL + RTOL * scale).all())


def _has_other_shape(right: Plain, given: Plain) -> bool:
    expected, actual = as_numbers(right), as_numbers(given)
    return expected is not None and actual is not None and actual.shape != expected.shape


def _make_part(name: str, pairs: Sequence[tuple[Plain, Plain]]) -> Part | None:
    right = [as_numbers(pair[0]) for pair in pairs]
    given = [as_numbers(pair[1]) for pair in pairs]
    if any(value is None or not value.size for value in (*right, *given)):
        return None
    rights = tuple(np.asarray(value, dtype=np.float64) for value in right)
    fitted = (_fitted(r, np.asarray(g, dtype=np.float64)) for r, g in zip(rights, given, strict=True))
    return Part(name, rights, tuple(fitted))


def _fitted(right: np.ndarray, given: np.ndarray) -> np.ndarray:
    """Give an array the right shape where only axes of length 1 differ."""
    alike = [n for n in right.shape if n != 1] == [n for n in given.shape if n != 1]
    return given.reshape(right.shape) if alike else given
