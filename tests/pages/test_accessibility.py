"""Everybody can use the pages: axe finds nothing serious, narrow or wide, in light or in dark."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from autograder.course.course import Course
from autograder.pages.feedback import write_feedback
from autograder.pages.report import write_report
from tests.helpers.graded_course import ASSIGNMENT, code, display, enter, make_course, notebook, png
from tests.helpers.marking_server import chromium

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("report")]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    course: Course = make_course(tmp_path_factory.mktemp("axe"))
    for number in range(12):
        shown = [code("plot()", outputs=[display({"image/png": png()})])]
        enter(
            course, f"s{number:02}", notebook(others=shown, notes=["A cell was doubled."]), scores={"test_area": 10.0}
        )
    results = list(write_feedback(course, ASSIGNMENT))
    return {"report": write_report(course, ASSIGNMENT).path, "feedback": results[0].pages[0]}


@pytest.mark.parametrize("name", ["report", "feedback"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
def test_axe_finds_nothing_serious(
    browser: Browser, pages: dict[str, Path], name: str, scheme: str, width: int
) -> None:
    context = browser.new_context(
        color_scheme="dark" if scheme == "dark" else "light", viewport={"width": width, "height": 900}
    )
    page = context.new_page()
    page.goto(pages[name].as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(element => element.open = true)")
    found = Axe().run(page).response["violations"]
    context.close()
    serious = [
        (entry["id"], [node["html"][:200] for node in entry["nodes"]])
        for entry in found
        if entry["impact"] in ("serious", "critical")
    ]
    assert serious == []
