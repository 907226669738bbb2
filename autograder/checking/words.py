"""The words of a verdict, in one place: another language replaces this file. Differences are worded by labkit."""

from __future__ import annotations


def requires(criterion: str) -> str:
    """For a criterion that earns nothing while another one is not met."""
    return f"counts once '{criterion}' is met."


def changed(argument: str) -> str:
    """For a function that writes into an argument."""
    return f"the function changes its argument {argument}; it should work on a copy."


def second_call() -> str:
    """For a function that gives another result when called again with the same arguments."""
    return "a second call with the same arguments gives another result; is something changed in place?"


def numeric(name: str, case: str, error: float) -> str:
    """For a gradient that differs from the numeric one."""
    where = f"{case}: " if case else ""
    return f"{where}{name} differs from the numeric gradient (relative error {error:.1e})."
