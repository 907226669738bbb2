"""A hidden test finds the student's other functions in the notebook that calls it, as the sandbox does."""

import contextlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import autograder
from autograder.assignments import answer_key
from autograder.engines.kernel import in_kernel
from tests.helpers import small_course as small

KEY = answer_key("regularization")


def test_a_backward_pass_that_unpacks_its_own_longer_cache_is_judged_on_its_own_forward_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTOGRADER_COURSE", str(small.make_course(tmp_path)))
    in_kernel._prepare.cache_clear()
    forward, backward = "forward_propagation_with_dropout", "backward_propagation_with_dropout"
    right: dict[str, Callable[..., Any]] = {
        name: function for check in KEY.checks for name, function in check.reference.items()
    }

    def longer(X: Any, parameters: Any, keep_prob: float = 0.5) -> Any:
        A3, cache = right[forward](X, parameters, keep_prob)
        return A3, (*cache, keep_prob)

    def unpacks(X: Any, Y: Any, cache: Any, keep_prob: float) -> Any:
        *parts, _ = cache
        if len(parts) != 14:
            raise ValueError("not enough values to unpack")
        return right[backward](X, Y, tuple(parts), keep_prob)

    notebook = {"autograder": autograder, forward: longer, backward: unpacks}
    with contextlib.redirect_stdout(io.StringIO()):
        points = eval(f"autograder.grade({backward!r}, {backward})", notebook)
    in_kernel._prepare.cache_clear()
    assert points == 15
