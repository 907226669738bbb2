"""The report of a large class fits a phone and a few sheets of paper."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from autograder.assignments import answer_key
from autograder.checking.verdict import Hint
from autograder.gradebook.read_marks import Mark
from autograder.pages.autograded_notebook import Question
from autograder.pages.class_numbers import times
from autograder.pages.class_summary import ClassSummary, Loss, QuestionRow, StudentRow
from autograder.pages.mistakes import WrongGroup
from autograder.pages.report import Run, report_page
from autograder.pages.snippets import line_keys
from autograder.similarity.work import Part, Work
from tests.helpers.browser import overflowing, printed_pages

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("report")]

LAB = "regularization"
STUDENTS = 300
DUE = datetime(2026, 3, 20, 12)


def large_class() -> ClassSummary:
    """Three hundred students with long names: sections, late ones, all known mistakes, and work that is alike."""
    key = answer_key(LAB)
    summary = ClassSummary(titles={"en": "Lab report: regularization"})
    questions = {f"test_{check.name}": 15.0 for check in key.checks}
    for name, points in {**questions, "conclusions": 25.0, "questions": 15.0}.items():
        summary.questions[LAB, name] = QuestionRow(name.removeprefix("test_"), name not in questions, points)
    for number in range(STUDENTS):
        student = f"student-{number:04}"
        marks = {
            (LAB, name): Mark(name, points, points * (number % 4 > 0)) if name in questions
            else Mark(name, points, flagged=number % 3 == 0, manual=None if number % 3 == 0 else 9.5, written=True)
            for name, points in {**questions, "conclusions": 25.0, "questions": 15.0}.items()
        }  # fmt: skip
        row = StudentRow(student, "", marks, 87.25, 45.0, 2 * (number % 3 == 0), f"../feedback/{student}/x.html")
        row.submitted = DUE + timedelta(hours=number % 400 - 350)
        if row.submitted > DUE:
            row.late, row.seconds_late, row.penalty = "Handed in 2 h late, 5 points taken off.", 7_200.0, 5.25
        row.section, row.state = f"Tuesday, group {number % 6}", "empty" if number % 20 == 0 else ""
        summary.students.append(row)
        summary.names[student] = row.name = f"Maximiliane-{number} von der Mustermann-Beispiel"
        summary.needs_attention.notes.append((student, "A cell was doubled, so the first of the two was graded."))
        words = number // 8 if number < 200 else number
        summary.works[student] = Work(student)
        summary.works[student].parts[LAB, "questions"] = Part(
            "Questions", True, tuple(f"w{words}-{at}" for at in range(30))
        )
        if row.open:
            summary.needs_attention.open.append(student)
        for mistake in key.mistakes[number % 50 :: 50] if number % 4 == 0 else ():
            name = mistake.of[0]
            cell = {"source": f"def {name}(X):\n    {'wrong = X.shape[0] + ' * 6}{number}\n    return wrong"}
            asked = Question(f"test_{name}", name, 15.0, False, cell)
            hints = (Hint(mistake.id, mistake.hint),)
            work = LAB, name
            summary.losses.append(Loss(student, work, work, name, name, 15.0, "mistake", hints, asked))
            summary.right.setdefault(work, set()).update(line_keys("return wrong"))
    return summary


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    summary = large_class()
    students = tuple(row.student for row in summary.students)
    code = "\n".join(f"    line_{at} = {'long' * 20}" for at in range(30))
    groups = [
        WrongGroup(f"k{at:03}", answer_key(LAB).checks[0].name, students[at::40], {"value": 2}, students[0], code)
        for at in range(40)
    ]
    run = Run("2026-03-28 10:00", tuple((student, 60.0, 62.5, "The grader changed.") for student in students[:90]), 0)
    path = tmp_path_factory.mktemp("large") / "report.html"
    path.write_text(report_page(summary, LAB, groups, times(summary, DUE, {}), run), encoding="utf-8")
    return path


def test_a_class_of_three_hundred_prints_on_six_pages(page: Path, tmp_path: Path) -> None:
    assert printed_pages(page, tmp_path / "report.pdf") <= 6


@pytest.mark.parametrize("width", [400, 320])
def test_nothing_is_cut_or_scrolled_sideways_on_a_phone(page: Path, width: int) -> None:
    assert overflowing(page, width) == []


def test_links_on_paper_say_where_they_lead(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert 'class="paper">The feedback page of each student is in feedback/STUDENT/regularization/' in text
    assert re.search(r"@media print \{.*\ba \{ color: inherit; text-decoration: none; \}", text, re.DOTALL)
