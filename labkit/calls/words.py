"""What a student reads about a call: where a result differs, and which exception came out of the function."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from labkit.calls.call import CallError, NeededResultError
from labkit.calls.plain import TOO_MANY_PARTS
from labkit.language import _, in_a_row, ngettext, translated

if TYPE_CHECKING:
    from labkit.calls.differences import Difference


def the_result() -> str:
    """Name what a function returns where it has no name of its own."""
    return _("the result")


def said(name: str) -> str:
    """Say the name of an output; most are names in code, which stay."""
    return translated(name) if " " in name else name


def describe(difference: Difference, case: str = "", right: Sequence[str] = ()) -> str:
    """Describe a difference.

    Args:
        difference: what differs.
        case: the case in words ("λ = 0").
        right: names of outputs that are still right.
    """
    where = said(difference.where) or the_result()
    if difference.index:
        where += f"[{', '.join(map(str, difference.index))}]"
    sentence = _template(difference).format(where=where, expected=difference.expected, actual=difference.actual)
    if right:
        sentence = still_right(right, sentence)
    return in_case(case, sentence)


def _template(difference: Difference) -> str:
    if difference.kind == "none":
        return _("{where} is None; expected {expected}")
    if difference.kind == "nan":
        return _("{where} is not a finite number; expected {expected}")
    if difference.kind == "shape":
        return _("{where} has the right numbers in the wrong shape: expected {expected}, got {actual}")
    if difference.kind == "list":
        return _("{where} is {actual}, expected {expected}")
    if difference.kind == "missing" and not difference.actual:
        return _("expected {expected}, there is none")
    return _("{where}: expected {expected}, got {actual}")


def in_case(case: str, problem: str) -> str:
    """Say in which case something is wrong; a text without a case stays as it is."""
    return _("{case}: {problem}", case=translated(case), problem=problem) if case else problem


def a_number() -> str:
    """Name a single number, as what a function should return."""
    return _("a number")


def a_dict() -> str:
    """Name a dict, as what a function should return."""
    return _("a dict")


def an_entry(key: str) -> str:
    """Name an entry of a dict."""
    return _("an entry {key!r}", key=key)


def an_array(shape: tuple[int, ...]) -> str:
    """Name an array of a shape."""
    return _("an array of shape {shape}", shape=shape)


def a_shape(shape: tuple[int, ...]) -> str:
    """Name a shape; that of a single number is none to a student."""
    if not shape:
        return a_number()
    return _("shape {shape}", shape=shape)


def listed(kind: str) -> str:
    """Name a list or a tuple that stands in the place of an array."""
    return _("a {kind}", kind=kind)


def some_values(count: int) -> str:
    """Count the values that a function returns."""
    return ngettext("{count} value", "{count} values", count)


def not_plain(kind: str) -> str:
    """Describe a value that is not plain data, from the kind of its stand-in: a phrase, or the name of a type."""
    if kind == TOO_MANY_PARTS:
        return _("more parts than can be looked at (lists in place of arrays, perhaps)")
    return translated(kind)


def still_right(outputs: Sequence[str], problem: str) -> str:
    """Name the outputs that are right before the first wrong one."""
    return ngettext(
        "{outputs} is right; then {problem}",
        "{outputs} are right; then {problem}",
        len(outputs),
        outputs=in_a_row(outputs),
        problem=problem,
    )


def describe_error(error: CallError, case: str = "") -> str:
    """Describe an exception out of the student's function."""
    if error.kind == NeededResultError.__name__:
        return _("cannot be judged, because {function} did not return what is needed here", function=error.message)
    text = f"{error.kind}: {error.message}" if error.message else error.kind
    if error.lines:
        text += f" ({own_line(error.lines[-1])})"
    return in_case(case, text)


def own_line(line: str) -> str:
    """Say a line of `CallError.lines`, which holds it in English."""
    place = re.fullmatch(r"line (\d+)(?:: (.*))?", line, re.DOTALL)
    if place is None:
        return line
    number, code = place.groups()
    return _("line {number}: {code}", number=number, code=code) if code else _("line {number}", number=number)


def form(kept: str) -> str:
    """Say a form of `Profile.forms`, which holds it in English."""
    return _("shape {shape}", shape=kept.removeprefix("shape "))


def still_none() -> str:
    """Say what an exception about None usually means."""
    return _(
        "Something that is computed with is still None. Is each part filled in, and does each function that you call "
        "return something?"
    )


def name_undefined(name: str, near: str) -> str:
    """Say what a name that is not defined usually means; `near` is a name like it, or ""."""
    if near:
        return _("Nothing is called {name} here. Did you mean {near}?", name=name, near=near)
    return _(
        "Nothing is called {name} here. Is it misspelt, or made only in a later cell, in a cell that is not run, or in "
        "another function?",
        name=name,
    )


def import_undefined(name: str) -> str:
    """Say that an import has not run."""
    return _("{name} comes from an import. Does the cell with the imports stand first, and was it run?", name=name)


def of_numpy(name: str) -> str:
    """Say that numpy has a name that is not defined without it."""
    return _("Nothing is called {name} here, but numpy has it. Is np. missing before it?", name=name)


def unbound(name: str) -> str:
    """Say what a local variable without a value usually means."""
    return _(
        "{name} has no value yet at that line: it gets a value further down only, or in a branch that this call "
        "does not take.",
        name=name,
    )


def no_import() -> str:
    """Say that a module is not there where the function runs."""
    return _("The import fails where your function is checked. The lab needs numpy only.")


def no_such_attribute(name: str, near: str) -> str:
    """Say that a name after a dot does not exist; `near` is a name like it, or ""."""
    if near:
        return _("There is no {name} behind that dot. Did you mean {near}?", name=name, near=near)
    return _("There is no {name} behind that dot. Print the type of what stands before it.", name=name)


def no_entry(key: str, near: str) -> str:
    """Say that a dict has no entry of a name; `near` is an entry like it, or ""."""
    if near:
        return _("The dict has no entry {key!r}. Did you mean {near!r}?", key=key, near=near)
    return _(
        "The dict has no entry {key!r}. Print its keys. May the entry be missing, so that a default is needed?", key=key
    )


def recursion() -> str:
    """Say what endless recursion means."""
    return _("The function calls itself without end. Does it bear the name of a function that it means to call?")


def zero_division() -> str:
    """Say what a division by zero means."""
    return _("Something is divided by zero. Print the divisor: should it ever be zero, and what is it made of?")


def domain() -> str:
    """Say what a root or a logarithm out of its domain means."""
    return _("A root or a logarithm gets a number that it does not take. Print it: which sign should it have?")


def not_implemented() -> str:
    """Say that the line of the stub that raises is still there."""
    return _("A line that raises NotImplementedError is still there. Replace it by your own.")


def assertion() -> str:
    """Say that an assert of the student's own fails."""
    return _("An assert of your own fails here. Print what it compares; other inputs may have other shapes.")


def too_large() -> str:
    """Say what running out of memory usually means."""
    return _("An array becomes far too large. Print the shapes before that line; do two of them multiply by accident?")


def no_axis() -> str:
    """Say that an array has fewer axes than the code takes it for."""
    return _(
        "The array has fewer axes than this line takes it for. Print its shape: was an axis lost in a sum before? "
        "Axes count from 0."
    )


def too_many_indices() -> str:
    """Say that there are more indices than axes."""
    return _("There are more indices than the array has axes. Print its shape: was an axis lost before?")


def index_whole() -> str:
    """Say that an index is no whole number."""
    return _("An index is no whole number. Print what stands between the square brackets.")


def mask_does_not_fit() -> str:
    """Say that a mask has another shape than what it is used on."""
    return _("The mask has another shape than the array. Print both shapes: is it the mask of this layer?")


def beyond_the_end() -> str:
    """Say that an index is too large."""
    return _("An index lies beyond the end. Indices count from 0. Which axis counts what you loop over?")


def not_aligned() -> str:
    """Say that two matrices cannot be multiplied."""
    return _(
        "The two matrices cannot be multiplied: the columns of the first must match the rows of the second. Print both "
        "shapes: which of them must be transposed, or is the order wrong?"
    )


def axis_lost() -> str:
    """Say that an array with a single axis stands where a matrix is needed."""
    return _(
        "A shape with a single number, such as (5,), is not a matrix: that array has lost an axis. Print the shapes to "
        "see where: was it indexed, flattened, or summed without keepdims?"
    )


def no_broadcast() -> str:
    """Say that two arrays cannot be combined entry by entry."""
    return _(
        "The two arrays do not fit together. Print both shapes before that line: is one of them another array than you "
        "meant, or transposed, or did a sum lose the wrong axis?"
    )


def unpacking() -> str:
    """Say that there are more or fewer names than values."""
    return _(
        "The names on the left do not match the values on the right. Print how many there are: a cache must be "
        "taken apart as it was put together, in number and order."
    )


def truth_of_array() -> str:
    """Say that an array stands where one truth value belongs."""
    return _("A whole array stands where a single yes or no is needed. numpy has functions that decide entry by entry.")


def no_reshape() -> str:
    """Say that the entries do not fill the shape."""
    return _("The array has not as many entries as the new shape. Print its shape before that line.")


def uneven_list() -> str:
    """Say that a list is not made of equal parts."""
    return _("These parts do not make an array: they have different shapes. Print the shape of each.")


def function_not_called() -> str:
    """Say that a function stands where its result belongs."""
    return _("A function stands where its result belongs. Are the round brackets after its name missing?")


def caret() -> str:
    """Say that ^ is no power in Python."""
    return _("^ is no power in Python.")


def bitwise() -> str:
    """Say that a sign for truth values is used on numbers."""
    return _("&, | and ~ are for truth values and whole numbers. What is the type of the arrays here?")


def boolean_minus() -> str:
    """Say that truth values have no minus."""
    return _("An array of truth values has no minus. Turn it into numbers first, or use the logical opposite.")


def in_place_type() -> str:
    """Say that an array cannot take numbers of another type."""
    return _("An array of truth values or whole numbers cannot take fractions in place. Make a new array instead.")


def no_array(kind: str) -> str:
    """Say that a list, tuple or dict stands in the place of an array."""
    return _("A {kind} stands where an array is needed. Take the right entry of it, or make an array of it.", kind=kind)


def single_number(kind: str) -> str:
    """Say that a single value has no entries."""
    return _(
        "A single value ({kind}) has no entries. Where did the array become a number: a sum without an axis?", kind=kind
    )


def one_number_only() -> str:
    """Say that a function for one number gets an array."""
    return _("A function for a single number gets an array. numpy has functions that work on whole arrays.")


def no_item(kind: str) -> str:
    """Say that nothing can be stored in a value."""
    return _("Nothing can be stored in a {kind} by an index. Which kind of object should it be?", kind=kind)


def not_callable(kind: str) -> str:
    """Say that round brackets follow what is no function."""
    return _(
        "Round brackets follow something that is no function ({kind}). Is a * missing, are square brackets meant, or "
        "does a variable bear the name of a function?",
        kind=kind,
    )


def shape_as_tuple() -> str:
    """Say that a shape is handed over as a tuple where single numbers belong."""
    return _("A shape is a tuple; this function takes the numbers one by one. Unpack the shape.")


def size_whole() -> str:
    """Say that a size is no whole number."""
    return _("A size or a count is no whole number here. Does it come from a division?")


def first_line_changed() -> str:
    """Say that the function takes other arguments than it should."""
    return _("The function is called with the arguments of the given first line. Is that line as it was?")


def wrong_arguments(function: str) -> str:
    """Say that a function is called with other arguments than it takes."""
    return _(
        "{function} is called with other arguments than it takes. Look its arguments up: number, order, names.",
        function=function,
    )


def sequence_by_name(kind: str) -> str:
    """Say that a list or tuple is used like a dict."""
    return _("A {kind} has no names for its parts. Take it apart by position.", kind=kind)


def unhashable() -> str:
    """Say that an array or list is used as a key."""
    return _("An array or a list is used as a key of a dict. Are the brackets of the right kind?")


def text_for_number() -> str:
    """Say that a text stands where a number belongs."""
    return _("A text stands where a number belongs. Which variable holds it, and is it the one that you mean?")


def own_raise() -> str:
    """Say that the student's own raise is reached."""
    return _("Your own raise is reached, though the arguments are right. Look at the conditions before it.")
