"""What holds for all tests: their order, and what is not run without a browser or a PostgreSQL server."""

import os
import sys
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from tests.helpers.browser import find_browser
from tests.helpers.postgresql import Server, find_server, running_server


class Needed(NamedTuple):
    """What tests of a mark need on this machine.

    Attributes:
        find: finds it; None if it is not installed.
        package: the system package that has it.
        tests: what they test.
        name: what it is.
    """

    find: Callable[[], object]
    package: str
    tests: str
    name: str


NEEDED = {
    "browser": Needed(find_browser, "chromium", "pages", "browser"),
    "postgresql": Needed(find_server, "postgresql", "a gradebook on a server", "PostgreSQL"),
}
"""What is needed by mark."""


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A server of the tests' own."""
    with running_server() as server:
        yield server


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Close the figures that earlier tests left: the next one that draws would draw into them."""
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark a test that runs with several secrets as slow with all but the first: between edits that one is enough."""
    if isinstance(item, pytest.Function) and hasattr(item, "callspec") and item.callspec.indices.get("secret", 0) > 0:
        item.add_marker(pytest.mark.slow)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put slow tests first, so that no process waits long for the last one; skip those that need what is not installed.

    In CI they run all the same, and fail without it.
    """
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
    if os.environ.get("CI"):
        return
    for mark, needed in NEEDED.items():
        if needed.find() is None:
            for item in items:
                if item.get_closest_marker(mark):
                    item.add_marker(pytest.mark.skip(reason=f"no {needed.name}"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line which tests were not run, and what to install for them."""
    for mark, needed in NEEDED.items():
        skipped = [report for report in terminalreporter.getreports("skipped") if mark in report.keywords]
        if skipped:
            terminalreporter.write_line(
                f"Tests of {needed.tests} not run, because no {needed.name} is installed: {len(skipped)}. "
                f"To run them: apt-get install {needed.package}"
            )
