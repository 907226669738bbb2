"""How the tests are spread over processes: most one by one, some modules as a whole."""

from typing import Any

import pytest

ONE_PROCESS = ("test_grading.py", "test_gradebook.py", "test_interrupt.py", "test_release.py", "test_verify.py")
"""Modules whose tests share a fixture that takes longer than the tests themselves."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Schedule as pytest-xdist's `loadscope` does, with these modules and all other single tests as scopes."""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            module = nodeid.partition("::")[0]
            return module if module.endswith(ONE_PROCESS) else nodeid

    return Scheduling(config, log)
