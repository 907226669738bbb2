"""What a verdict says about any function. How values differ is worded by `labkit.calls.words`."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.language import _, in_a_row, ngettext, translated
from labkit.calls.differences import Difference
from labkit.calls.words import describe, in_case, said, still_right, the_result


def points_of(function: str, points: float, most: float) -> str:
    """Say how many points a function earns."""
    return _("{function}: {points:g} of {most:g} points", function=function, points=points, most=most)


def hint(text: str) -> str:
    """Show the hint of a known mistake."""
    return _("Hint: {text}", text=translated(text))


def requires(criterion: str) -> str:
    """Say why a criterion earns nothing: an earlier criterion is not met."""
    return _("counts once '{criterion}' is met.", criterion=translated(criterion))


def partly(points: float, most: float, message: str) -> str:
    """Say how many points a known mistake keeps of a criterion, before what is wrong."""
    return _(
        "{points:g} of {most:g} points: known mistake, see the hint. {message}",
        points=points,
        most=most,
        message=message,
    )


def same_as(criterion: str) -> str:
    """Say that a criterion could not be judged, for the reason that an earlier criterion names."""
    return _("not judged, for the same reason as '{criterion}'.", criterion=translated(criterion))


def not_defined(function: str) -> str:
    """Say that a function does not exist."""
    return _(
        "{function} is not defined: its cell did not run to the definition, or has another name.", function=function
    )


def returns_none() -> str:
    """Say that a function returns None whatever it is given."""
    return _(
        "This function returns None. Is the part between START CODE HERE and END CODE HERE filled in, and is there a "
        "return line?"
    )


def computes_with_none() -> str:
    """Say that a function fails because it computes with a None."""
    return _(
        "This function computes with None: something between START CODE HERE and END CODE HERE is not filled in yet."
    )


def still_none(parts: Sequence[str]) -> str:
    """Name the outputs that are None."""
    return _("Still None, so not filled in yet: {parts}.", parts=in_a_row(parts))


def differs(difference: Difference, case: str = "", right: Sequence[str] = ()) -> str:
    """Describe a difference on a hidden probe: where, of what kind and how far off, without the expected number.

    Args:
        difference: what differs.
        case: the case in words ("λ = 0").
        right: names of outputs that are still right.
    """
    if difference.kind not in ("value", "nan"):
        return describe(difference, case, right)
    where = said(difference.where) or the_result()
    if difference.index:
        where += f"[{', '.join(map(str, difference.index))}]"
    if difference.kind == "nan":
        sentence = _("{where} is not a finite number", where=where)
    else:
        sentence = _("{where} is off by {amount}", where=where, amount=amount(difference.worst))
    return in_case(case, still_right(right, sentence) if right else sentence)


def picture_title(name: str, case: str) -> str:
    """Say which array of which case a picture compares."""
    return _("{name}, {case}", name=name, case=translated(case)) if case else name


def amount(error: float) -> str:
    """Say how large an error is in one digit; small errors in two steps only, so that no number can be closed in on.

    Args:
        error: relative to the largest entry that is right.
    """
    if not error < 9.5:
        return _("more than ten times the right size")
    if error < 0.001:
        return _("less than 0.1 %")
    if error < 0.095:
        return _("less than 10 %")
    return _("about {percent:.0f} %", percent=100 * float(f"{error:.1g}"))


def changed(argument: str) -> str:
    """Say that a function writes into an argument."""
    return _("the function changes its argument {argument}; it should work on a copy.", argument=argument)


def charged_before(finding: str) -> str:
    """Say that a slip costs nothing here, as it has cost points in an earlier check."""
    return _("this has cost its points above, and costs none here: {finding}", finding=finding)


def note(text: str) -> str:
    """Show how a function was judged, where that is not plain from its points."""
    return _("Note: {text}", text=text)


def numeric(name: str, case: str, error: float) -> str:
    """Say how far a gradient is from the numeric gradient."""
    return _(
        "{case}: {name} differs from the numeric gradient by {amount}.",
        case=translated(case),
        name=name,
        amount=amount(error),
    )


def _outputs(names: Sequence[str]) -> str:
    return in_a_row(name or the_result() for name in names)


def not_finite(outputs: Sequence[str]) -> str:
    """Say that outputs hold NaN or infinity in every call."""
    return ngettext(
        "{outputs} is not finite. Is something divided by zero, or is a root or logarithm taken of a negative number?",
        "{outputs} are not finite. Is something divided by zero, or is a root or logarithm taken of a negative number?",
        len(outputs),
        outputs=_outputs(outputs),
    )


def zero(outputs: Sequence[str]) -> str:
    """Say that outputs are zero in every call."""
    return ngettext(
        "{outputs} is zero, whatever the arguments are. Is what you compute stored there, or does it cancel out?",
        "{outputs} are zero, whatever the arguments are. Is what you compute stored there, or does it cancel out?",
        len(outputs),
        outputs=_outputs(outputs),
    )


def constant(outputs: Sequence[str]) -> str:
    """Say that outputs are the same number in every call."""
    return ngettext(
        "{outputs} is the same number, whatever the arguments are.",
        "{outputs} are the same number, whatever the arguments are.",
        len(outputs),
        outputs=_outputs(outputs),
    )


def swapped(outputs: Sequence[str]) -> str:
    """Say that two outputs stand in each other's place."""
    return _("{outputs} are right, but each stands in the place of the other.", outputs=_outputs(outputs))


def another_output(outputs: Sequence[str], other: str) -> str:
    """Say that outputs are what another output should be."""
    return ngettext(
        "{outputs} is what {other} should be.",
        "{outputs} are what {other} should be.",
        len(outputs),
        outputs=_outputs(outputs),
        other=other or the_result(),
    )


def without(outputs: Sequence[str], argument: str, value: str) -> str:
    """Say that outputs do not depend on an argument that matters."""
    return ngettext(
        "{outputs} is what it would be with {argument} = {value}. Where does {argument} come in?",
        "{outputs} are what they would be with {argument} = {value}. Where does {argument} come in?",
        len(outputs),
        outputs=_outputs(outputs),
        argument=argument,
        value=value,
    )


def wrong_sign(outputs: Sequence[str]) -> str:
    """Say that outputs have the wrong sign."""
    return ngettext(
        "{outputs} has the wrong sign; all else about it is right.",
        "{outputs} have the wrong sign; all else about them is right.",
        len(outputs),
        outputs=_outputs(outputs),
    )


def factor(outputs: Sequence[str], quantity: str) -> str:
    """Say that outputs are wrong by a known factor."""
    return ngettext(
        "{outputs} is what it should be, times {quantity}. "
        "Is a factor missing, one too many, or on the wrong side of a fraction bar?",
        "{outputs} are what they should be, times {quantity}. "
        "Is a factor missing, one too many, or on the wrong side of a fraction bar?",
        len(outputs),
        outputs=_outputs(outputs),
        quantity=quantity,
    )


def part_sign(outputs: Sequence[str], argument: str) -> str:
    """Say that what an argument adds to outputs has the wrong sign."""
    return _(
        "In {outputs}, the part that {argument} brings in has the wrong sign; the rest is right.",
        outputs=_outputs(outputs),
        argument=argument,
    )


def part_factor(outputs: Sequence[str], argument: str, quantity: str) -> str:
    """Say that what an argument adds to outputs is wrong by a known factor."""
    return _(
        "In {outputs}, the part that {argument} brings in is what it should be, times {quantity}; the rest is right.",
        outputs=_outputs(outputs),
        argument=argument,
        quantity=quantity,
    )


def part_only(outputs: Sequence[str], argument: str) -> str:
    """Say that outputs hold nothing but what an argument adds to them."""
    return _(
        "{outputs}: only the part that {argument} brings in is there; the rest is missing.",
        outputs=_outputs(outputs),
        argument=argument,
    )


def rest_factor(outputs: Sequence[str], argument: str, quantity: str) -> str:
    """Say that all but what an argument adds to outputs is wrong by a known factor."""
    return _(
        "In {outputs}, the part that {argument} brings in is right; the rest is what it should be, times {quantity}.",
        outputs=_outputs(outputs),
        argument=argument,
        quantity=quantity,
    )


def times_array(outputs: Sequence[str], array: str) -> str:
    """Say that outputs are multiplied with an array too often."""
    return ngettext(
        "{outputs} is what it should be, multiplied by {array} once too often.",
        "{outputs} are what they should be, multiplied by {array} once too often.",
        len(outputs),
        outputs=_outputs(outputs),
        array=array,
    )


def over_array(outputs: Sequence[str], array: str) -> str:
    """Say that outputs are divided by an array too often, or not multiplied with it."""
    return ngettext(
        "{outputs} is what it should be, divided by {array}. Is a multiplication missing, or a division too many?",
        "{outputs} are what they should be, divided by {array}. Is a multiplication missing, or a division too many?",
        len(outputs),
        outputs=_outputs(outputs),
        array=array,
    )


def too_large_by(outputs: Sequence[str], term: str) -> str:
    """Say that a known term is added to outputs once too often."""
    return ngettext(
        "{outputs} is too large by {term}: it is added once too often, or not subtracted.",
        "{outputs} are too large by {term}: it is added once too often, or not subtracted.",
        len(outputs),
        outputs=_outputs(outputs),
        term=term,
    )


def too_small_by(outputs: Sequence[str], term: str) -> str:
    """Say that a known term is missing from outputs."""
    return ngettext(
        "{outputs} is too small by {term}: it is not added, or subtracted once too often.",
        "{outputs} are too small by {term}: it is not added, or subtracted once too often.",
        len(outputs),
        outputs=_outputs(outputs),
        term=term,
    )


def other_axis(outputs: Sequence[str]) -> str:
    """Say that a sum runs along the wrong axis."""
    return _(
        "The sum in {outputs} runs along the wrong axis. Which axis counts the examples?", outputs=_outputs(outputs)
    )


def not_summed(outputs: Sequence[str]) -> str:
    """Say that a sum is missing."""
    return ngettext(
        "{outputs} is not added up: the numbers are right, but a sum is missing.",
        "{outputs} are not added up: the numbers are right, but a sum is missing.",
        len(outputs),
        outputs=_outputs(outputs),
    )


def not_averaged(outputs: Sequence[str]) -> str:
    """Say that a mean is missing."""
    return ngettext(
        "{outputs} is not averaged: the numbers are right, but a mean is missing.",
        "{outputs} are not averaged: the numbers are right, but a mean is missing.",
        len(outputs),
        outputs=_outputs(outputs),
    )


def summed_over_all(outputs: Sequence[str]) -> str:
    """Say that a sum runs over all entries."""
    return _("The sum in {outputs} runs over all entries. Along which axis should it run?", outputs=_outputs(outputs))


def mean_for_sum(outputs: Sequence[str]) -> str:
    """Say that a mean stands where a sum belongs."""
    return _("In {outputs} a mean stands where a sum belongs.", outputs=_outputs(outputs))


def reduced(outputs: Sequence[str]) -> str:
    """Say that outputs are summed or averaged though they should not be."""
    return ngettext(
        "{outputs} is added up or averaged along an axis that should stay.",
        "{outputs} are added up or averaged along an axis that should stay.",
        len(outputs),
        outputs=_outputs(outputs),
    )


def transposed(outputs: Sequence[str]) -> str:
    """Say that outputs are transposed."""
    return ngettext(
        "{outputs} is transposed: rows stand where columns belong.",
        "{outputs} are transposed: rows stand where columns belong.",
        len(outputs),
        outputs=_outputs(outputs),
    )


def reordered(outputs: Sequence[str]) -> str:
    """Say that the numbers of outputs stand in another order."""
    return ngettext(
        "{outputs} holds the right numbers in another order.",
        "{outputs} hold the right numbers in another order.",
        len(outputs),
        outputs=_outputs(outputs),
    )


def other_shape(outputs: Sequence[str]) -> str:
    """Say that the numbers of outputs are right and their shape is not."""
    return ngettext(
        "{outputs} holds the right numbers in the wrong shape. Is an axis of length 1 kept, lost or added?",
        "{outputs} hold the right numbers in the wrong shape. Is an axis of length 1 kept, lost or added?",
        len(outputs),
        outputs=_outputs(outputs),
    )


def a_number_expected(outputs: Sequence[str]) -> str:
    """Say that outputs are arrays where numbers belong."""
    return ngettext(
        "{outputs} is an array where a single number belongs. Which step should add everything up?",
        "{outputs} are arrays where single numbers belong. Which step should add everything up?",
        len(outputs),
        outputs=_outputs(outputs),
    )


def other_size(outputs: Sequence[str]) -> str:
    """Say that outputs have the wrong number of entries."""
    return ngettext(
        "{outputs} has the wrong number of entries. Print its shape: which axis is too many, missing or too long?",
        "{outputs} have the wrong number of entries. Print their shapes: which axis is too many, missing or too long?",
        len(outputs),
        outputs=_outputs(outputs),
    )


def absolute(outputs: Sequence[str]) -> str:
    """Say that outputs have lost their signs."""
    return ngettext(
        "{outputs} is right but for its signs: all of it is positive. Is an absolute value taken?",
        "{outputs} are right but for their signs: all of them are positive. Is an absolute value taken?",
        len(outputs),
        outputs=_outputs(outputs),
    )


def squared(outputs: Sequence[str]) -> str:
    """Say that outputs are the squares of what they should be."""
    return ngettext(
        "{outputs} is the square of what it should be. Is a root missing, or a square too many?",
        "{outputs} are the squares of what they should be. Is a root missing, or a square too many?",
        len(outputs),
        outputs=_outputs(outputs),
    )


def root(outputs: Sequence[str]) -> str:
    """Say that outputs are the roots of what they should be."""
    return ngettext(
        "{outputs} is the square root of what it should be. Is a square missing, or a root too many?",
        "{outputs} are the square roots of what they should be. Is a square missing, or a root too many?",
        len(outputs),
        outputs=_outputs(outputs),
    )


def reciprocal(outputs: Sequence[str]) -> str:
    """Say that outputs are the reciprocals of what they should be."""
    return ngettext(
        "{outputs} is upside down: one divided by what it should be.",
        "{outputs} are upside down: one divided by what they should be.",
        len(outputs),
        outputs=_outputs(outputs),
    )


def not_negative(outputs: Sequence[str]) -> str:
    """Say that negative numbers are cut off."""
    return _("{outputs}: right but for negative numbers, which are cut off at zero.", outputs=_outputs(outputs))


def not_positive(outputs: Sequence[str]) -> str:
    """Say that positive numbers are cut off."""
    return _("{outputs}: right but for positive numbers, which are cut off at zero.", outputs=_outputs(outputs))


def below_one(outputs: Sequence[str]) -> str:
    """Say that numbers above one are cut off."""
    return _("{outputs}: right but for numbers above one, which are cut off there.", outputs=_outputs(outputs))


def whole_numbers(outputs: Sequence[str]) -> str:
    """Say that fractions are cut off."""
    return _("{outputs}: fractions are cut off. Is something turned into whole numbers?", outputs=_outputs(outputs))


def signs(outputs: Sequence[str]) -> str:
    """Say that outputs hold nothing but signs."""
    return _("{outputs}: only the signs are there, not the sizes.", outputs=_outputs(outputs))


def is_input(outputs: Sequence[str], array: str) -> str:
    """Say that outputs are something that was there before."""
    return ngettext(
        "{outputs} is {array}, nothing done to it.",
        "{outputs} are {array}, nothing done to it.",
        len(outputs),
        outputs=_outputs(outputs),
        array=array,
    )


def earlier_call(outputs: Sequence[str]) -> str:
    """Say that outputs belong to the call before."""
    return ngettext(
        "{outputs} is what the call before should have given. Is something kept from call to call?",
        "{outputs} are what the call before should have given. Is something kept from call to call?",
        len(outputs),
        outputs=_outputs(outputs),
    )


def first_row(outputs: Sequence[str]) -> str:
    """Say that the first row alone is right."""
    return _(
        "Only the first row of {outputs} is right. Does a loop end too early, or does a sum go on in it?",
        outputs=_outputs(outputs),
    )


def last_row(outputs: Sequence[str]) -> str:
    """Say that the last row alone is right."""
    return _(
        "Only the last row of {outputs} is right. In a loop: is each row kept, is a sum complete before its use?",
        outputs=_outputs(outputs),
    )


def first_column(outputs: Sequence[str]) -> str:
    """Say that the first column alone is right."""
    return _(
        "Only the first column of {outputs} is right. Does a loop end too early, or does a sum go on in it?",
        outputs=_outputs(outputs),
    )


def last_column(outputs: Sequence[str]) -> str:
    """Say that the last column alone is right."""
    return _(
        "Only the last column of {outputs} is right. In a loop: is each column kept, is a sum complete before its use?",
        outputs=_outputs(outputs),
    )


def all_but_first_row(outputs: Sequence[str]) -> str:
    """Say that the first row alone is wrong."""
    return _("Only the first row of {outputs} is wrong. Where does a loop begin?", outputs=_outputs(outputs))


def all_but_last_row(outputs: Sequence[str]) -> str:
    """Say that the last row alone is wrong."""
    return _("Only the last row of {outputs} is wrong. Where does a loop end?", outputs=_outputs(outputs))


def all_but_first_column(outputs: Sequence[str]) -> str:
    """Say that the first column alone is wrong."""
    return _("Only the first column of {outputs} is wrong. Where does a loop begin?", outputs=_outputs(outputs))


def all_but_last_column(outputs: Sequence[str]) -> str:
    """Say that the last column alone is wrong."""
    return _("Only the last column of {outputs} is wrong. Where does a loop end?", outputs=_outputs(outputs))


def fixed(outputs: Sequence[str], argument: str, value: str) -> str:
    """Say that outputs are as with one value of an argument, whatever it is."""
    return ngettext(
        "{outputs} is as if {argument} were always {value}. Is a number written where {argument} belongs?",
        "{outputs} are as if {argument} were always {value}. Is a number written where {argument} belongs?",
        len(outputs),
        outputs=_outputs(outputs),
        argument=argument,
        value=value,
    )


def term_missing(outputs: Sequence[str], *terms: str) -> str:
    """Say that terms of a sum are missing."""
    return ngettext(
        "In {outputs} the term {terms} is missing; all else is right.",
        "In {outputs} the terms {terms} are missing; all else is right.",
        len(terms),
        outputs=_outputs(outputs),
        terms=_outputs(terms),
    )


def term_sign(outputs: Sequence[str], *terms: str) -> str:
    """Say that terms of a sum have the wrong sign."""
    return ngettext(
        "In {outputs} the term {terms} has the wrong sign; all else is right.",
        "In {outputs} the terms {terms} have the wrong sign; all else is right.",
        len(terms),
        outputs=_outputs(outputs),
        terms=_outputs(terms),
    )


def term_factor(outputs: Sequence[str], term: str, quantity: str) -> str:
    """Say by which factor a term of a sum is wrong."""
    return _(
        "In {outputs} the term {term} is what it should be, times {quantity}; all else is right.",
        outputs=_outputs(outputs),
        term=term,
        quantity=quantity,
    )


def terms_wrong(outputs: Sequence[str], *terms: str) -> str:
    """Say that terms of a sum are wrong by factors that have no name."""
    return ngettext(
        "In {outputs} the term {terms} is wrong by a factor; all else is right.",
        "In {outputs} the terms {terms} are wrong, each by a factor; all else is right.",
        len(terms),
        outputs=_outputs(outputs),
        terms=_outputs(terms),
    )


def off_in_rows(outputs: Sequence[str]) -> str:
    """Say that all rows are off by the same numbers."""
    return _(
        "In {outputs} every row is off by the same numbers. Look at the term that is the same in all rows.",
        outputs=_outputs(outputs),
    )


def off_in_columns(outputs: Sequence[str]) -> str:
    """Say that all columns are off by the same numbers."""
    return _(
        "In {outputs} every column is off by the same numbers. Look at the term that is the same in all columns.",
        outputs=_outputs(outputs),
    )


def off_by_array(outputs: Sequence[str], array: str) -> str:
    """Say that outputs are off by an array, each row or column of it scaled."""
    return _(
        "{outputs}: what is too much or too little is proportional to {array}. Look at the term with {array}.",
        outputs=_outputs(outputs),
        array=array,
    )


def missing_entries(missing: Sequence[str], *given: str) -> str:
    """Say that entries of the result are missing, and which entries nobody asks for."""
    if given:
        return _(
            "The result has no entry {missing}, but {given}, which is not asked for. Is a name misspelt?",
            missing=_outputs(missing),
            given=_outputs(given),
        )
    return _(
        "The result has no entry {missing}. Compare your return line with the docstring.", missing=_outputs(missing)
    )


def other_form(outputs: Sequence[str]) -> str:
    """Say that the result is not made of the parts that are asked for."""
    return _(
        "The result is not made of {outputs}, in this order. Compare your return line with the docstring.",
        outputs=_outputs(outputs),
    )


def several_values() -> str:
    """Say that the result has parts where it should be one number."""
    return _("Several values come back where a single number belongs. Compare your return line with the docstring.")


def proportional(outputs: Sequence[str]) -> str:
    """Say that outputs are wrong by a factor that has no name."""
    return ngettext(
        "{outputs} is right up to a factor: the pattern is right, the size is not. Look at what stands in front.",
        "{outputs} are right up to a factor: the pattern is right, the size is not. Look at what stands in front.",
        len(outputs),
        outputs=_outputs(outputs),
    )


def shifted(outputs: Sequence[str]) -> str:
    """Say that all entries of outputs are off by the same amount."""
    return ngettext(
        "{outputs} is off by the same amount in every entry. What is added or subtracted?",
        "{outputs} are off by the same amount in every entry. What is added or subtracted?",
        len(outputs),
        outputs=_outputs(outputs),
    )


def right_only_where(outputs: Sequence[str], case: str) -> str:
    """Say in which calls alone outputs are right."""
    return ngettext(
        "{outputs} is right where {case}, and only there. So look at the part of the formula that does nothing then.",
        "{outputs} are right where {case}, and only there. So look at the part of the formula that does nothing then.",
        len(outputs),
        outputs=_outputs(outputs),
        case=translated(case),
    )


def wrong_only_where(outputs: Sequence[str], case: str) -> str:
    """Say in which calls alone outputs are wrong."""
    return ngettext(
        "{outputs} is wrong only where {case}.",
        "{outputs} are wrong only where {case}.",
        len(outputs),
        outputs=_outputs(outputs),
        case=translated(case),
    )


def only_wrong(outputs: Sequence[str]) -> str:
    """Say that all other outputs are right."""
    return _("Only {outputs} is wrong, all else is right. Look at the lines that make it.", outputs=_outputs(outputs))


def first_wrong(outputs: Sequence[str], *right: str) -> str:
    """Say which output goes wrong first."""
    return ngettext(
        "{right} is right; {first} is the first that is not. Look at its line; what comes after may follow from it.",
        "{right} are right; {first} is the first that is not. Look at its line; what comes after may follow from it.",
        len(right),
        right=_outputs(right),
        first=_outputs(outputs),
    )
