"""The lab report prints a student's notebook part by part, safely, and one bad notebook stops nobody."""

import errno
import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from autograder.course.course import Course
from autograder.course.roster import Person, Roster
from autograder.errors import CourseError
from autograder.gradebook.read_marks import Mark, NotebookMarks
from autograder.notebook.source import Source, parse_source
from autograder.pages.lab_report.lab_report import lab_report_page, write_lab_reports
from autograder.pages.lab_report.title_block import TitleBlock
from autograder.pages.render import stylesheet
from autograder.restore.restore import restore
from tests.helpers.graded_course import display, png, stream
from tests.helpers.hostile import HOSTILE_HTML, Reader
from tests.helpers.small_course import (
    ASSIGNMENT,
    CONFIG,
    Notebook,
    cell,
    code,
    hand_in,
    markdown,
    to_bytes,
    without_ids,
)

pytestmark = pytest.mark.xdist_group("lab report")

TABLE = "| | |\n|---|---|\n| **Name** | Ada Example |\n| **Student number** | 2026001 |\n| **Class** | CS 1 |"
AREA = '''def area(side):
    """The area of a square.

    Args:
        side: its length.
    """
    ### BEGIN SOLUTION (approx. 1 line; stub: result)
    result = side**2
    ### END SOLUTION
    return result'''


def tagged(made: Any, *tags: str) -> Any:
    made["metadata"]["tags"] = [*made["metadata"].get("tags", []), *tags]
    return made


def source() -> Notebook:
    """An instructor's notebook with tags; whatever must not get out says SECRET."""
    answer = {"grade": True, "solution": True, "points": 5}
    cells = [
        markdown("title", "# Lab report: squares\n\nHow large are they?"),
        tagged(markdown("student", TABLE.replace("Ada Example", "…").replace("2026001", "…")), "report:student"),
        tagged(markdown("aim", "## 1 · Purpose\n\nMeasure **squares**."), "report:purpose"),
        markdown("how", "**How to work.** Run the cells from top to bottom."),
        tagged(code("machine", "show()", ["skip-execution"]), "report:environment"),
        tagged(markdown("theory", "## 2 · Squares\n\n### 2.1 The formula\n\n$$a = s^2$$"), "report:principle"),
        tagged(markdown("locked", "Locked text.", locked=True), "report:principle"),
        code("area", AREA, solution=True),
        code("test_area", "area(2)\n### BEGIN HIDDEN TESTS\nSECRET\n### END HIDDEN TESTS", grade=True, points=4),
        markdown("try", "### 2.2 Measured\n\nRun the next cell."),
        tagged(code("experiment", "plot()", ["skip-execution"]), "report:results"),
        code("other", "play()", ["skip-execution"]),
        markdown("ask", "## 3 · Conclusions"),
        markdown("why", "Why?\n\n### BEGIN SOLUTION\nSECRET model answer\n### END SOLUTION", **answer),
        tagged(markdown("questions", "### BEGIN SOLUTION\nSECRET\n### END SOLUTION", **answer), "report:questions"),
    ]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


SOURCE = parse_source(to_bytes(source()), ASSIGNMENT)


def filled() -> Notebook:
    """A submission of it."""
    notebook: Notebook = {**source(), "cells": [{**one.cell, "source": one.released} for one in SOURCE.cells]}
    notebook = json.loads(json.dumps(notebook))
    cell(notebook, "student")["source"] = TABLE
    cell(notebook, "area")["source"] = cell(notebook, "area")["source"].replace("result = None", "result = side * side")
    cell(notebook, "machine")["outputs"] = [stream("Python 3.11\n")]
    cell(notebook, "experiment")["outputs"] = [stream("side 2, area 4\n"), display({"image/png": png()})]
    cell(notebook, "other")["outputs"] = [stream("not for paper\n")]
    cell(notebook, "why")["source"] = "Why?\n\nBecause both sides grow: $s \\cdot s$."
    cell(notebook, "questions")["source"] = "**Why is** the area of -2 four?\n\nSigns cancel."
    return notebook


def page_of(notebook: Notebook, source: Source = SOURCE, **more: Any) -> str:
    """The report of a submission, without a course."""
    cells: Any = restore(source, to_bytes(notebook)).notebook["cells"]
    return lab_report_page(source, cells, TitleBlock("2026001", "Ada Example"), **more)


def text_of(page: str) -> str:
    """What a reader sees of a page: code as it stands, elsewhere a space for each tag."""
    body = re.sub(r"</?(?:span|wbr|m[a-z]+|strong|em)[^>]*>", "", page.partition("<body>")[2])
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


@pytest.fixture
def course(tmp_path: Path) -> Iterator[Course]:
    place = tmp_path / "source" / ASSIGNMENT
    place.mkdir(parents=True)
    (place / f"{ASSIGNMENT}.ipynb").write_bytes(to_bytes(source()))
    (tmp_path / "nbgrader_config.py").write_text(CONFIG)
    yield Course.at(tmp_path)


def test_the_parts_come_in_order_each_with_what_belongs_there() -> None:
    text = text_of(page_of(filled()))
    expected = (
        "Lab report Experiment Squares Student number 2026001 Date Class Name Ada Example E-mail",
        *(
            "1 Purpose Measure squares.",
            "2 Software and hardware Python 3.11",
            "3 Principle and method",
            "The formula",
        ),
        *("Locked text.", "4 Steps area def area(side):", "side * side", "5 Results Measured side 2, area 4"),
        *("6 Conclusions and reflections Why? Because both sides grow:", "7 Questions and answers Why is the area of"),
    )
    at = [text.find(part) for part in expected]
    assert -1 not in at, expected[at.index(-1)]
    assert at == sorted(at)


def test_what_is_not_for_paper_stays_out() -> None:
    page = page_of(filled())
    for hidden in (
        "SECRET",
        "How to work",
        "not for paper",
        "Run the next cell",
        "START CODE",
        "play()",
        "2.1",
        "Args:",
    ):
        assert hidden not in page, hidden


def test_a_submission_that_lost_its_ids_is_printed_alike(course: Course) -> None:
    hand_in(course.root, "2026001", filled())
    (result,) = write_lab_reports(course, ASSIGNMENT)
    page = result.pages[0].read_text(encoding="utf-8")
    assert "Class CS 1" in text_of(page)
    (course.submitted("2026001", ASSIGNMENT) / f"{ASSIGNMENT}.ipynb").write_bytes(to_bytes(without_ids(filled())))
    [*write_lab_reports(course, ASSIGNMENT)]
    assert text_of(result.pages[0].read_text(encoding="utf-8")) == text_of(page)


def test_a_docstring_that_the_student_changed_is_printed_as_it_is() -> None:
    notebook = filled()
    cell(notebook, "area")["source"] = cell(notebook, "area")["source"].replace("its length", "its length in m")
    assert "its length in m" in page_of(notebook) and "The area of a square." in page_of(notebook)


def test_what_is_not_filled_in_says_so() -> None:
    notebook = filled()
    for name in ("area", "why", "questions"):
        cell(notebook, name)["source"] = next(one.released for one in SOURCE.cells if one.cell["id"] == name)
    cell(notebook, "machine")["outputs"] = cell(notebook, "experiment")["outputs"] = []
    text = text_of(page_of(notebook))
    assert "This function is not filled in." in text and text.count("Nothing was filled in here.") == 2
    assert text.count("was handed in without outputs") == 2 and "YOUR ANSWER HERE" not in text


def test_a_step_to_practise_is_printed_if_it_is_filled_in() -> None:
    made = source()
    step = tagged(code("step", AREA.replace("area", "step"), solution=True), "skip-execution")
    made["cells"].insert(8, step)
    practised = parse_source(to_bytes(made), ASSIGNMENT)
    notebook = filled()
    assert "step" not in text_of(page_of(notebook, practised))
    notebook["cells"].insert(8, {**step, "source": "def step(side):\n    return side"})
    assert "step def step(side):" in text_of(page_of(notebook, practised))


def test_of_several_questions_in_a_cell_the_open_ones_say_so() -> None:
    notebook = filled()
    cell(notebook, "why")["source"] = "1. Why?\n\nSo.\n\n2. How?\n\nYOUR\xa0ANSWER HERE"
    assert "Why? So. How? No answer." in text_of(page_of(notebook))


def test_what_a_student_added_is_printed_where_it_stands() -> None:
    notebook = filled()
    at = [one["id"] for one in notebook["cells"]]
    own = [
        ("experiment", markdown("own1", "# 7. My reading\n\nIt is a parabola.")),
        ("area", code("own2", "def helper(x):\n    return x")),
        ("experiment", {**code("own3", "plt.show()"), "outputs": [stream("my own table\n")]}),
    ]
    for name, made in own:
        notebook["cells"].insert(at.index(name) + 1, made)
        at.insert(at.index(name) + 1, made["id"])
    text = text_of(page_of(notebook))
    steps, results, conclusions = (text.index(part) for part in ("4 Steps", "5 Results", "6 Conclusions"))
    assert steps < text.index("def helper(x):") < results
    assert results < text.index("It is a parabola.") < conclusions and "plt.show()" not in text


def test_without_tags_functions_results_and_answers_are_printed() -> None:
    plain = source()
    for one in plain["cells"]:
        one["metadata"].pop("tags", None)
    text = text_of(page_of(filled(), parse_source(to_bytes(plain), ASSIGNMENT)))
    assert "1 Steps area" in text and "2 Conclusions and reflections Why? Because" in text and "Signs cancel" in text


def test_points_are_printed_if_they_are_asked_for() -> None:
    marks = NotebookMarks(
        {
            "test_area": Mark("test_area", 4, 3.0),
            "why": Mark("why", 5, None, 4.5, written=True),
            "questions": Mark("questions", 5, flagged=True, written=True),
        },
        penalty=1.0,
    )
    text = text_of(page_of(filled(), marks=marks))
    assert "Points Question Points area 3 / 4 Why 4.5 / 5 Own questions not graded yet" in text
    assert "Handed in late −1 Total 6.5 / 14 so far" in text
    assert " / 4" not in text_of(page_of(filled()))


def test_nothing_of_a_student_runs_or_loads() -> None:
    notebook = filled()
    cell(notebook, "student")["source"] = TABLE.replace("CS 1", HOSTILE_HTML[0])
    cell(notebook, "area")["source"] += "".join(f"\n# {html}" for html in HOSTILE_HTML)
    cell(notebook, "experiment")["outputs"] = [
        output for html in HOSTILE_HTML for output in (display({"text/html": html}), stream(html))
    ]
    notebook["cells"] += [
        markdown(f"own{at}", f"{html}\n\n`x` {html} ${html}$") for at, html in enumerate(HOSTILE_HTML)
    ]
    read = Reader(page_of(notebook).partition("<body>")[2])
    assert not read.tags & {
        "script",
        "iframe",
        "object",
        "embed",
        "form",
        "link",
        "meta",
        "base",
        "style",
        "svg",
        "video",
    }
    for tag, name, value in read.attributes:
        assert not name.startswith("on") and name not in ("style", "srcset", "srcdoc", "formaction"), name
        assert name != "src" or value.startswith("data:image/"), value
        assert name != "href" or re.match(r"https?://|mailto:", value), value
        assert tag != "img" or name in ("src", "alt", "class", "width", "height")
    assert len([tag for tag in read.tags if tag == "main"]) == 1 and "Signs cancel." in text_of(page_of(notebook))


@pytest.mark.parametrize("name", ["</style><script>x</script>", '"} body { display: none } @page {"', "\\22 }", "é\n}"])
def test_a_name_ends_neither_the_stylesheet_nor_a_rule_of_it(name: str) -> None:
    page = lab_report_page(SOURCE, [], TitleBlock("1", name))
    style = page.partition("<style>")[2].partition("</style>")[0]
    head = style.rpartition("@top-right { content: ")[2].partition("@bottom-center")[0]
    assert re.fullmatch(r'"(?:[A-Za-z0-9]|\\[0-9a-f]+ )*" \}\n', head)
    assert page.count("</style>") == 1 and "font-src data:;" in page.partition("<style>")[0]


def test_a_name_from_right_to_left_leaves_the_number_beside_it_in_its_place() -> None:
    style = lab_report_page(SOURCE, [], TitleBlock("2025", "\u0645")).partition("<style>")[2]
    assert r'"\2068 \645 \2069 \20 \b7 \20 \2068 2025\2069 "' in style


@pytest.mark.parametrize("name", ["lab", "title-block", "group", "whole", "formula"])
def test_what_the_report_names_means_nothing_else_on_other_pages(name: str) -> None:
    assert f'"{name}' in page_of(filled(), marks=NotebookMarks()) or name == "group"
    assert not re.search(rf"\.{name}\b(?!-)", stylesheet("page.css"))


def test_a_class_is_written_and_a_bad_notebook_is_named(course: Course) -> None:
    hand_in(course.root, "ada", filled())
    hand_in(course.root, "ben", b"{}")
    hand_in(course.root, "cem", filled())
    (course.root / "submitted" / "cem" / ASSIGNMENT / "timestamp.txt").write_text("2026-03-27 10:00:00 UTC")
    Roster([Person("cem", "Cem", "Other", "cem@example.org", "CS 2")]).write(course)
    results = {result.student: result for result in write_lab_reports(course, ASSIGNMENT)}
    assert [*results] == ["ada", "ben", "cem"]
    assert results["ben"].pages == () and "not a notebook" in results["ben"].problem
    (page,) = results["ada"].pages
    assert page == course.reports() / ASSIGNMENT / "ada.html" and results["ada"].problem == ""
    text = text_of((page.parent / "cem.html").read_text(encoding="utf-8"))
    assert "Student number cem (in the notebook: 2026001) Date 2026-03-27 Class CS 2 Name Cem Other" in text
    assert sorted(path.name for path in page.parent.iterdir()) == ["ada.html", "cem.html"]


def test_the_graded_notebook_counts_unless_it_is_of_an_older_source(course: Course) -> None:
    hand_in(course.root, "ada", filled())
    (before,) = write_lab_reports(course, ASSIGNMENT)
    handed_in = before.pages[0].read_text(encoding="utf-8")
    graded: Any = restore(SOURCE, to_bytes(filled())).notebook
    place = course.autograded("ada", ASSIGNMENT)
    place.mkdir(parents=True)
    (place / f"{ASSIGNMENT}.ipynb").write_bytes(to_bytes(graded))
    [*write_lab_reports(course, ASSIGNMENT)]
    assert before.pages[0].read_text(encoding="utf-8") == handed_in
    cell(graded, "why")["source"] = "As it was graded."
    (place / f"{ASSIGNMENT}.ipynb").write_bytes(to_bytes(graded))
    [*write_lab_reports(course, ASSIGNMENT)]
    assert "As it was graded." in before.pages[0].read_text(encoding="utf-8")
    cell(graded, "why")["id"] = "old"
    (place / f"{ASSIGNMENT}.ipynb").write_bytes(to_bytes(graded))
    [*write_lab_reports(course, ASSIGNMENT)]
    assert before.pages[0].read_text(encoding="utf-8") == handed_in


def test_what_was_unreadable_when_it_was_graded_gets_a_line_and_no_report(course: Course) -> None:
    graded: Any = restore(SOURCE, to_bytes(filled())).notebook
    graded["metadata"]["autograder"]["notes"] = [{"kind": "unreadable", "cell": "", "message": "No notebook."}]
    place = course.autograded("ada", ASSIGNMENT)
    place.mkdir(parents=True)
    (place / f"{ASSIGNMENT}.ipynb").write_bytes(to_bytes(graded))
    assert [(one.pages, one.problem) for one in write_lab_reports(course, ASSIGNMENT)] == [((), "No notebook.")]


def test_who_handed_in_nothing_is_said_and_an_unknown_assignment_refused(course: Course) -> None:
    (result,) = write_lab_reports(course, ASSIGNMENT, ["zoe"])
    assert result.pages == () and result.problem
    with pytest.raises(CourseError):
        [*write_lab_reports(course, "nothing")]


def test_a_full_disk_is_said_once(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    hand_in(course.root, "s-1", to_bytes(filled()))
    monkeypatch.setattr("autograder.pages.render.write_whole", refuse)
    with pytest.raises(CourseError, match="No space left on device"):
        list(write_lab_reports(course, ASSIGNMENT))


def test_points_need_marks(course: Course) -> None:
    hand_in(course.root, "ada", filled())
    with pytest.raises(CourseError):
        [*write_lab_reports(course, ASSIGNMENT, points=True)]
