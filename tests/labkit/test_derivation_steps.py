"""`labkit.practice` finds the check of a step by the function's name, and shows what it says."""

import pkgutil
from typing import Any

import numpy as np
import pytest

import labkit


def test_a_step_is_checked_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    def bracket(g: Any, x_hat: Any) -> Any:
        return g

    labkit.practice(bracket)
    printed = capsys.readouterr().out
    assert printed.startswith("bracket\n  ✗") and "Not right yet" in printed


def test_a_function_of_another_name_is_told_which_names_are_known() -> None:
    with pytest.raises(LookupError, match=r"'sum'.*bracket"):
        labkit.practice(np.sum)


def test_no_name_of_the_toolkit_is_that_of_a_module_which_would_take_its_place_once_imported() -> None:
    """The sandbox imports all modules before a notebook runs."""
    modules = {module.name for module in pkgutil.iter_modules(labkit.__path__)}
    assert not modules & set(labkit.__all__)
