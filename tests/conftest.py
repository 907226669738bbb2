"""What holds for all tests: their order, and what is not run without a browser."""

import os

import pytest

from tests.helpers.browser import find_browser


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark a test that runs with several secrets as slow with all but the first: between edits that one is enough."""
    if isinstance(item, pytest.Function) and hasattr(item, "callspec") and item.callspec.indices.get("secret", 0) > 0:
        item.add_marker(pytest.mark.slow)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put slow tests first, so that no process waits long for the last one; skip browser tests without a browser.

    In CI browser tests run all the same, and fail without one.
    """
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
    if find_browser() is None and not os.environ.get("CI"):
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason="no browser"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line which tests were not run, and what to install for them."""
    skipped = [report for report in terminalreporter.getreports("skipped") if "browser" in report.keywords]
    if skipped:
        terminalreporter.write_line(
            f"Tests of pages not run, because no browser is installed: {len(skipped)}. "
            "To run them: apt-get install chromium"
        )
