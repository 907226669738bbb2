"""The pages of marking in a real browser: by keys, with others, across reloads and servers that end."""

import json
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from autograder.course.course import Course
from autograder.gradebook.read_marks import read_marks
from autograder.marking.desk import Choice
from tests.helpers.graded_course import png
from tests.helpers.marked_course import (
    ANSWERS,
    ASSIGNMENT,
    QUESTION,
    WHY,
    autograded,
    distinct,
    hand_in,
    make_class,
    make_course,
)
from tests.helpers.marking_server import MarkingServer, chromium, open_page, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("marking pages")]

PLACE = f"{ASSIGNMENT}/{ASSIGNMENT}/{WHY}"
TEXTS = [*ANSWERS, ANSWERS[0].upper(), ANSWERS[0].replace(".", "!"), "", "", "<b onclick='alert(1)'>bold</b> claims"]


expect.set_options(timeout=60_000)  # the machine may be busy with other tests


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    made = make_course(tmp_path_factory.mktemp("marking"))
    students = {f"student-{number:04d}": autograded(text, pictures=[png()]) for number, text in enumerate(TEXTS)}
    hand_in(made, students)
    return made


@pytest.fixture(scope="module")
def tina(course: Course) -> Iterator[MarkingServer]:
    with serving(course, ASSIGNMENT, "tina") as server:
        yield server


@pytest.fixture(scope="module")
def tom(course: Course, tina: MarkingServer) -> Iterator[MarkingServer]:
    """A second server on the same course, at an address as JupyterHub gives one."""
    with serving(course, ASSIGNMENT, "tom", "/user/tom%40lab/") as server:
        yield server


@pytest.fixture(autouse=True)
def unmarked(course: Course, browser: Browser, tina: MarkingServer) -> Iterator[None]:
    """Begin without marks, and leave no page open, which would go on asking its server."""
    with closing(sqlite3.connect(course.gradebook, timeout=60)) as database, database:
        for table in ("hand_mark", "hand_item", "second_mark", "claim", "mark_log", "rubric_item"):
            database.execute(f"DELETE FROM autograder_{table}")
        database.execute("UPDATE grade SET manual_score = NULL, needs_manual_grade = 1")
        database.execute("UPDATE comment SET manual_comment = NULL")
    yield
    for context in browser.contexts:
        context.close()


def question(browser: Browser, server: MarkingServer, rest: str = "", **options: Any) -> Page:
    page = open_page(browser, server, PLACE + rest, **options)
    expect(page.locator("#answer")).not_to_be_empty()
    return page


def shown(page: Page) -> dict[str, Any]:
    """What the server has written into the page for its script."""
    data: dict[str, Any] = json.loads(page.locator("#data").inner_text())
    return data


def scores(course: Course) -> dict[str, float]:
    """The marks in the gradebook: student → points by hand."""
    marks = read_marks(course, ASSIGNMENT)
    return {
        student: mark.manual
        for student, own in marks.notebooks.items()
        if (mark := own[ASSIGNMENT].marks[WHY]).manual is not None
    }


def saved(page: Page, points: str) -> None:
    expect(page.locator("#points")).to_have_text(f"{points} / 5")


def no_problems(page: Page) -> None:
    assert not page.problems  # type: ignore[attr-defined]


def test_an_answer_is_marked_by_keys_alone(browser: Browser, tina: MarkingServer, course: Course) -> None:
    page = question(browser, tina)
    expect(page.locator("#heading")).to_have_text(f"Answer 1 of {len(TEXTS)}")
    assert "student-0" not in page.locator("main").inner_text()
    page.keyboard.press("1")
    page.keyboard.press("3")
    saved(page, "2")
    page.keyboard.press("3")
    saved(page, "3")
    page.keyboard.press("p")
    page.keyboard.type("0.5")
    page.keyboard.press("Escape")
    saved(page, "3.5")
    page.keyboard.press("c")
    page.keyboard.type("Say 1 thing more?")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.locator("#heading")).to_have_text(f"Answer 2 of {len(TEXTS)}")
    page.keyboard.press("0")
    saved(page, "0")
    page.keyboard.press("f")
    saved(page, "5")
    page.keyboard.press("k")
    expect(page.locator("#comment")).to_have_value("Say 1 thing more?")
    expect(page.locator("#progress")).to_have_text(f"2 of {len(TEXTS)} marked")
    assert sorted(scores(course).values()) == [3.5, 5.0]
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("1")
    page.keyboard.press("Escape")
    saved(page, "3.5")
    page.keyboard.press("e")
    expect(page.locator("#experiments-list img")).to_be_visible()
    page.keyboard.press("s")
    expect(page.locator("#about")).to_contain_text("student-00")
    no_problems(page)


def test_a_changed_item_changes_what_was_marked_with_it(browser: Browser, tina: MarkingServer, course: Course) -> None:
    page = question(browser, tina)
    for _ in range(3):
        page.keyboard.press("1")
        page.keyboard.press("Enter")
    expect(page.locator("#progress")).to_contain_text("3 of")
    page.get_by_role("button", name="Change the item: the scattering").click()
    page.locator("#editor-points").fill("2.5")
    page.locator("#editor-words").fill("scattering is named")
    page.keyboard.press("Enter")
    expect(page.locator("#items")).to_contain_text("+2.5")
    page.keyboard.press("k")
    saved(page, "2.5")
    assert sorted(scores(course).values()) == [2.5] * 3
    page.keyboard.press("a")
    page.locator("#editor-points").fill("-0.5")
    page.locator("#editor-words").fill("no full sentence")
    page.keyboard.press("Enter")
    expect(page.locator("#items li")).to_have_count(4)
    page.keyboard.press("4")
    saved(page, "2")
    comments = read_marks(course, ASSIGNMENT).notebooks
    texts = {own[ASSIGNMENT].comments.get(WHY) for own in comments.values()}
    assert texts == {None, "- +2.5: scattering is named", "- +2.5: scattering is named\n- -0.5: no full sentence"}
    no_problems(page)


def test_undo_goes_back_to_the_answer_that_it_changes(browser: Browser, tina: MarkingServer, course: Course) -> None:
    page = question(browser, tina)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.keyboard.press("2")
    saved(page, "2")
    page.keyboard.press("u")
    saved(page, "–")
    page.keyboard.press("u")
    expect(page.locator("#heading")).to_have_text(f"Answer 1 of {len(TEXTS)}")
    saved(page, "–")
    page.keyboard.press("u")
    expect(page.locator("#status")).to_have_text("There is nothing of yours to take back.")
    assert not scores(course)
    no_problems(page)


def test_a_group_is_marked_at_once_with_exceptions(browser: Browser, tina: MarkingServer, course: Course) -> None:
    page = open_page(browser, tina, f"{PLACE}/groups")
    page.get_by_role("button", name="0 points for 2 empty answers").click()
    expect(page.get_by_role("status")).to_have_text("2 empty answers have 0 points now.")
    page.goto(f"{tina.root}/{PLACE}/groups")
    expect(page.get_by_text("3 answers")).to_be_visible()
    page.get_by_role("link", name="Mark this group").click()
    expect(page.locator(".member")).to_have_count(2)
    page.locator(".member input").first.uncheck()
    page.keyboard.press("1")
    saved(page, "3")
    page.keyboard.press("g")
    expect(page.locator(".member").nth(1)).to_contain_text("3 of 5 points")
    expect(page.locator(".member").nth(0)).to_contain_text("not marked yet")
    assert sorted(scores(course).values()) == [0.0, 0.0, 3.0, 3.0]
    no_problems(page)


def test_the_second_of_two_markers_is_told_and_decides(
    browser: Browser, tina: MarkingServer, tom: MarkingServer, course: Course
) -> None:
    first, second = question(browser, tina), question(browser, tom)
    text = first.locator("#answer").inner_text()
    assert second.locator("#answer").inner_text() == text
    first.keyboard.press("1")
    saved(first, "3")
    second.keyboard.press("2")
    expect(second.locator("#conflict")).to_contain_text("tina marked this answer meanwhile")
    saved(second, "3")
    second.get_by_role("button", name="Replace it with mine").click()
    saved(second, "2")
    first.keyboard.press("3")
    expect(first.locator("#conflict")).to_contain_text("tom marked this answer meanwhile")
    first.get_by_role("button", name="Keep that mark").click()
    saved(first, "2")
    assert list(scores(course).values()) == [2.0]
    expect(second.locator("#log-list li")).to_have_count(2)
    second.goto(f"{tom.root}/{ASSIGNMENT}")
    expect(second.locator(".facts").first).to_contain_text("tom")
    no_problems(first)
    no_problems(second)


def test_what_formgrader_gave_meanwhile_is_asked_about(browser: Browser, tina: MarkingServer, course: Course) -> None:
    page = question(browser, tina)
    page.keyboard.press("1")
    saved(page, "3")
    (student,) = scores(course)
    with closing(sqlite3.connect(course.gradebook, timeout=60)) as database, database:
        database.execute("UPDATE grade SET manual_score = 4.5 WHERE manual_score IS NOT NULL")
        database.execute("UPDATE comment SET manual_comment = 'from *formgrader*' WHERE manual_comment IS NOT NULL")
    page.keyboard.press("2")
    expect(page.locator("#conflict")).to_contain_text("4.5 points were set outside this page")
    expect(page.locator("#conflict")).to_contain_text("from *formgrader*")
    assert scores(course) == {student: 4.5}
    page.get_by_role("button", name="Replace it with mine").click()
    saved(page, "5")
    page.keyboard.press("u")
    saved(page, "4.5")
    assert scores(course) == {student: 4.5}
    no_problems(page)


def test_claims_parts_and_second_marks(
    browser: Browser, tina: MarkingServer, tom: MarkingServer, course: Course
) -> None:
    keys = [answer["key"] for answer in shown(question(browser, tina))["answers"]]
    parts = {part: [key for key in keys if Choice(part, 2).holds(key)] for part in (1, 2)}
    part = max(parts, key=lambda part: len(parts[part]))  # keys are drawn: the other part may be empty
    page = open_page(browser, tom, ASSIGNMENT)
    form = page.get_by_role("form", name="Who marks what: Conclusion 1")
    form.get_by_role("combobox").select_option(f"{part}/2")
    form.get_by_role("button", name="Claim").click()
    page.get_by_role("link", name=f"tom marks part {part} of 2").click()
    expect(page.locator("#heading")).to_have_text(f"Answer 1 of {len(parts[part])}")
    assert [answer["key"] for answer in shown(page)["answers"]] == parts[part]
    expect(page.locator("#answer")).not_to_be_empty()
    page.keyboard.press("1")
    saved(page, "3")
    again = question(browser, tina, "?second=100")
    expect(again.locator("#heading")).to_have_text("Answer 1 of 1")
    expect(again.locator("#about")).to_be_empty()
    again.keyboard.press("f")
    saved(again, "5")
    assert list(scores(course).values()) == [3.0]
    again.goto(f"{tina.root}/{ASSIGNMENT}")
    expect(again.get_by_text("Marked twice: 1. The two marks differ by 2 points")).to_be_visible()
    again.get_by_role("form", name="Who marks what: Conclusion 1").get_by_role("combobox").select_option(f"{part}/2")
    again.get_by_role("button", name="Claim").first.click()
    expect(again.get_by_role("status")).to_have_text("tom has claimed this already.")
    page.goto(f"{tom.root}/{ASSIGNMENT}")
    page.get_by_role("button", name="Give back").click()
    expect(page.get_by_text("tom marks part")).to_have_count(0)
    no_problems(page)


def test_nobody_gets_in_without_login_and_no_form_of_another_site_is_taken(
    browser: Browser, tina: MarkingServer, course: Course
) -> None:
    stranger = browser.new_context()
    for path in (PLACE, ASSIGNMENT, f"{PLACE}/groups", f"api/{PLACE}/changes?after=0"):
        response = stranger.request.get(f"{tina.root}/{path}", max_redirects=0)
        assert response.status in (302, 403), path
    page = question(browser, tina)
    key = shown(page)["answers"][0]["key"]
    body = {
        "op": "x",
        "mark": {"items": [], "adjustment": 0, "comment": "", "done": True},
        "answers": {key: {"seen": 0}},
    }
    refused = page.context.request.post(f"{tina.root}/api/{PLACE}/mark", data=json.dumps(body))
    assert refused.status == 403
    assert not scores(course)


def test_a_student_s_markup_runs_nothing(browser: Browser, tina: MarkingServer) -> None:
    page = question(browser, tina)
    page.on("dialog", lambda dialog: pytest.fail("a script ran"))
    bold, formulas = 0, 0
    for number in range(1, len(TEXTS) + 1):
        expect(page.locator("#heading")).to_have_text(f"Answer {number} of {len(TEXTS)}")
        expect(page.locator("#answer")).to_have_attribute("data-shown", "true")
        for element in page.locator("#answer b").all():
            assert element.get_attribute("onclick") is None
            bold += 1
        formulas += page.locator("#answer math").count()
        page.keyboard.press("j")
    assert (bold, formulas) == (1, 1)
    policy = page.request.get(f"{tina.root}/{PLACE}").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", [ASSIGNMENT, PLACE, f"{PLACE}/groups", ""])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_the_pages(browser: Browser, tina: MarkingServer, path: str, scheme: str) -> None:
    page = open_page(browser, tina, path, color_scheme=scheme, viewport={"width": 820, "height": 1100})
    if path == PLACE:
        expect(page.locator("#answer")).not_to_be_empty()
        page.keyboard.press("1")
        saved(page, "3")
        page.keyboard.press("a")
    results = Axe().run(page).response
    serious = [found for found in results["violations"] if found["impact"] in ("serious", "critical")]
    assert not serious, json.dumps(serious, indent=1)[:3000]
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    if path == PLACE:
        page.get_by_role("button", name="Keys").click()
        results = Axe().run(page).response
        assert not [found for found in results["violations"] if found["impact"] in ("serious", "critical")]


def test_a_mark_that_is_written_while_the_page_is_loaded_again_is_shown(
    browser: Browser, tina: MarkingServer, course: Course
) -> None:
    """The page that comes may be older than the mark, and the page that goes hears that it was written."""
    page = question(browser, tina)
    held: list[Route] = []

    def let_go_of_the_mark_after_the_page_is_made(route: Route) -> None:
        made = route.fetch()
        while not held:
            page.wait_for_timeout(20)
        with page.expect_response("**/mark"):
            held.pop().continue_()
        page.wait_for_timeout(200)  # so that the page that goes takes the response
        route.fulfill(response=made)

    page.route("**/mark", lambda route: held.append(route))
    page.keyboard.press("1")
    page.route(f"**/{PLACE}*", let_go_of_the_mark_after_the_page_is_made)
    page.reload()
    page.unroute_all()
    expect(page.locator("#progress")).to_have_text(f"1 of {len(TEXTS)} marked")
    expect(page.locator("#heading")).to_have_text(f"Answer 2 of {len(TEXTS)}")
    assert list(scores(course).values()) == [3.0]
    no_problems(page)


def test_three_hundred_answers_by_keys_alone_and_nothing_is_lost(tmp_path: Path, browser: Browser) -> None:
    """Across a reload in the middle, and a server that is killed while marks are given."""
    course = make_class(tmp_path, 300, distinct)
    given: dict[str, float] = {}
    with serving(course, ASSIGNMENT, "tina") as server:
        page = question(browser, server)
        names = page.evaluate(
            "async () => { const all = [];"
            "for (let at = 0; at < answers.length; at += 20) {"
            "  const keys = answers.slice(at, at + 20).map((own) => own.key).join();"
            "  all.push(...(await ask(`answers?keys=${keys}&names=1`)).answers); }"
            "return Object.fromEntries(all.map((own) => [own.key, own.name.split(' ')[0]])); }"
        )
        for number in range(300):
            key = page.evaluate("current().key")
            presses, points = [("1", 3.0), ("2", 2.0), ("f", 5.0), ("0", 0.0)][number % 4]
            page.keyboard.press(presses)
            given[names[key]] = points
            if number == 100:
                page.reload()
                expect(page.locator("#answer")).not_to_be_empty()
            elif number == 200:
                server.end(signal.SIGKILL)
            elif number == 220:
                expect(page.locator("#trouble")).to_contain_text("wait to be saved")
                server.start()
            if number != 100:
                page.keyboard.press("Enter")
        expect(page.locator("#progress")).to_have_text("300 of 300 marked")
        written = page.evaluate(  # the page counts a mark before the server has written it
            "async () => { for (let wait = 0; queue.length && wait < 600; wait++)"
            "  await new Promise((later) => setTimeout(later, 100));"
            "return queue.length === 0; }"
        )
        assert written
        expect(page.locator("#trouble")).to_be_hidden()
    assert len(given) == 300
    assert scores(course) == given
    assert QUESTION.max_score == 5.0
