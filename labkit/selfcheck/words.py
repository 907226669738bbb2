"""What a student reads in the table of the self-check."""

from __future__ import annotations

from labkit.calls.words import the_result
from labkit.language import _, in_a_row, translated


def public_passed() -> str:
    return _("All public checks passed. The hidden ones use other numbers.")


def public_failed() -> str:
    return _("Not all public checks passed. The hidden ones use other numbers.")


def step_passed() -> str:
    """Close the check of a practice step."""
    return _("All right here. This check earns no points.")


def step_failed() -> str:
    return _("Not right yet. This check earns no points, but what follows builds on it.")


def not_finished() -> str:
    """Say that the function returns None, or computes with a None that the stub left."""
    return _(
        "Something is still None. Fill in the part between START CODE HERE and END CODE HERE, "
        "run that cell, then run this one again."
    )


def no_return() -> str:
    """Say that a function has no line that returns a value."""
    return _("The function returns None: is there a return line?")


def still_none(parts: list[str]) -> str:
    """Name the outputs that are None."""
    return _(
        "Still None: {parts}. Fill in the part between START CODE HERE and END CODE HERE, run that cell, then run this "
        "one again.",
        parts=in_a_row(parts),
    )


def stale(function: str) -> str:
    """Say that a function is older than its cell."""
    return _(
        "The cell that defines {function} did not run to its end: this is the version before. Fix that cell, run it, "
        "then run this one again.",
        function=function,
    )


def still_running(seconds: float) -> str:
    return _(
        "Still running after {seconds:.0f} s. Is there an endless loop? Stop it with the square button (Interrupt) to "
        "see at which line it is.",
        seconds=seconds,
    )


def stopped(line: str) -> str:
    """Say where a function was when it was interrupted."""
    return _("Your function was stopped in {line}", line=line) if line else _("The self-check was stopped.")


def unproven(function: str) -> str:
    """Say in an experiment that it rests on a function that may be wrong."""
    return _("{function} has not passed its self-check: what you see here may differ from the text.", function=function)


def printed() -> str:
    """Head what a function printed."""
    return _("In the first call that failed, your function printed:")


def example(case: str) -> str:
    """Name the case whose arguments `labkit.example` returns."""
    return _("The arguments of the case: {case}", case=case)


def not_a_function() -> str:
    return _("This is not a function. Run the cell that defines it first.")


def no_cases() -> str:
    return _(
        "The public cases (public_cases.json) are not beside this notebook. "
        "Keep the notebook, labkit/ and datasets/ together as they came."
    )


def unknown_check(name: str, known: list[str]) -> str:
    return _("There is no self-check with the name {name!r} here. Known: {known}.", name=name, known=in_a_row(known))


def hint(text: str) -> str:
    return _("Hint: {text}", text=translated(text))


def stand_in(function: str) -> str:
    """Say that the function was checked with the recommended cache."""
    return _(
        "{function} gave no cache, so this was checked with the cache that its docstring recommends.",
        function=function,
    )


def longer_cache() -> str:
    """Say that a case cannot make the further parts of a student's cache."""
    return _(
        "Your cache has more parts than asked for, and this case cannot make them. "
        "The grader uses the cache of your own forward pass."
    )


def values() -> str:
    """Name the row about all values."""
    return _("values")


def shapes() -> str:
    """Name the row about shapes."""
    return _("shapes")


def arguments() -> str:
    """Name the row about arguments that a call may or may not change."""
    return _("arguments after the call")


def expected_error(kind: str) -> str:
    """Say that a call returned where it should have raised an exception."""
    return _("expected a {kind}; the function returned a value instead", kind=kind)


def changed_input(name: str) -> str:
    return _("the function changes its argument {name}; work on a copy.", name=name)


def not_changed_input(name: str) -> str:
    return _("{name} should be updated by the call, but is not.", name=name)


def missing_output(name: str) -> str:
    return _("{name} is missing, or is not an array of numbers", name=name)


def wrong_form(name: str, form: str) -> str:
    return _("{name} has the wrong shape: {form}", name=name, form=form)


def wrong_size() -> str:
    return _("{name} has the wrong size", name=the_result())


def wrong_values(name: str) -> str:
    """Say that an output has values that a right function never returns."""
    return _("{name} has values that it should never have", name=name)


def strange_number(name: str, unit: int, actual: float, possible: list[float]) -> str:
    """Name a number that never belongs to a row of an output; without possible ones, the output is a mask."""
    if not possible:
        return _(
            "{name} holds other numbers than 0 and 1, such as {actual:.4g}; a mask says only which units are kept",
            name=name,
            actual=actual,
        )
    return _(
        "{name}[{unit}, :] holds {actual:.4g}; possible there: {possible}",
        name=name,
        unit=unit,
        actual=actual,
        possible=in_a_row(f"{number:.4g}" for number in possible),
    )


def too_few_values(name: str) -> str:
    """Say that an output never has some values that a right function returns at times."""
    return _(
        "{name} never has some of the values that it should have at times. Is every entry drawn on its own?", name=name
    )


def wrong_share(name: str, expected: float, actual: float) -> str:
    """Say that a mask keeps too many or too few entries; shares from 0 to 1."""
    return _(
        "{name} keeps {actual:.0%} of the entries, expected about {expected:.0%}",
        name=name,
        expected=expected,
        actual=actual,
    )
