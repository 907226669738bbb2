"""Every reader of what comes from outside keeps its promise, whatever it is fed with: the same inputs at each run."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.fuzz.targets import TARGETS

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", TARGETS)
def test_a_reader_keeps_its_promise_whatever_it_is_fed_with(name: str) -> None:
    target = TARGETS[name]

    @settings(
        max_examples=target.examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(target.inputs)
    def fed(value: Any) -> None:
        target.feed(value)

    fed()
