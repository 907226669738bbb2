"""What costs seconds is made once for the tests of a group: they stay in the same process."""

import os

import pytest


@pytest.mark.xdist_group("held")
def test_tests_of_a_group_stay_together(request: pytest.FixtureRequest) -> None:
    """Groups travel to xdist's scheduler in the ids; with a pytest that keeps ids elsewhere they mean nothing."""
    distributed = "PYTEST_XDIST_WORKER" in os.environ and getattr(request.config.option, "loadgroup", False)
    assert not distributed or request.node.nodeid.endswith("@held")
