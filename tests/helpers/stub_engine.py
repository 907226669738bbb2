"""An engine that runs nothing: it reads the points of the small assignment from the text of a submission.

Tests of what is done with scores need no kernel and no sandbox.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from autograder.checking.verdict import MIME, CriterionResult, Verdict
from autograder.course.course import Course
from autograder.engines.failures import engine_failure
from autograder.engines.registry import Engine
from autograder.engines.result import Judged
from autograder.engines.scoring import judged
from autograder.engines.task import Task, submission_hash
from autograder.errors import AutograderError
from autograder.gradebook.history import Change
from autograder.gradebook.register import register
from autograder.grading.grade_class import grade
from autograder.grading.result import GradedStudent
from autograder.notebook.outputs import result
from autograder.notebook.source import parse_source
from autograder.restore.restore import restore_or_untouched
from tests.helpers import small_course as small


@dataclass(frozen=True)
class StubEngine(Engine):
    """Gives `double` its points where the student adds, and `square` what the criteria say.

    Attributes:
        criteria: of the check of `square`: points for a right function.
        broken: student → what the engine could not do.
    """

    name: str = "nbgrader"
    criteria: dict[str, float] = field(default_factory=lambda: {"value": 4.0, "negative": 2.0})
    broken: dict[str, str] = field(default_factory=dict)

    def judge_all(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Judged]]:
        for task in tasks:
            problem = self.broken.get(task.student, "")
            try:
                yield task, Judged(problem=problem) if problem else self._judge(task)
            except AutograderError as error:
                yield task, Judged(problem=engine_failure(error, Path(task.course)))

    def causes(self, task: Task, secret: bytes) -> dict[str, str]:
        return super().causes(task, secret) | {"code": str(self.criteria)}

    def _judge(self, task: Task) -> Judged:
        restored = {}
        for own in task.notebooks:
            source = parse_source(own.source, own.name)
            restored[own.name] = restore_or_untouched(source, own.handed.content or b"")
            cells = {
                cell["metadata"].get("nbgrader", {}).get("grade_id"): cell
                for cell in restored[own.name].notebook["cells"]
            }
            adds, squares = "x + x" in cells["double"]["source"], "x **" in cells["square"]["source"]
            cells["test_double"]["outputs"] = [result("4.0" if adds else "0.0", None)]
            points = {name: points if squares else 0.0 for name, points in self.criteria.items()}
            verdict: Any = Verdict(
                "square", "square", tuple(CriterionResult(name, squares, got, got) for name, got in points.items())
            ).to_json()
            display: Any = {"output_type": "display_data", "data": {MIME: verdict}, "metadata": {}}
            cells["test_square"]["outputs"] = [display, result(str(sum(points.values())), None)]
        return replace(judged(restored), submission=submission_hash(task.submission))


def registered_course(folder: Path) -> Course:
    """A course of the small assignment, in its gradebook, with a secret and nobody graded."""
    course = Course.at(small.make_course(folder))
    register(course, small.ASSIGNMENT)
    course.secret()
    return course


def run(course: Course, engine: Engine | None = None, **options: Any) -> tuple[dict[str, GradedStudent], list[Change]]:
    """Grade the class; each student's result, and whose points changed."""
    changes: list[Change] = []
    results = grade(course, small.ASSIGNMENT, engine or StubEngine(), on_change=changes.append, **options)
    return {one.student: one for one in results}, changes


def hand_in(course: Course, student: str, time: str = "", **work: str) -> Path:
    """Hand in the right notebook, with other work in some of its cells; in place of an earlier one."""
    notebook = small.filled()
    for name, text in work.items():
        small.cell(notebook, name)["source"] = text
    folder = course.submitted(student, small.ASSIGNMENT)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{small.ASSIGNMENT}.ipynb"
    file.write_bytes(small.to_bytes(notebook))
    if time:
        (folder / "timestamp.txt").write_text(f"{time} UTC\n")
    return file


def mark(course: Course, student: str, points: float, question: str = "conclusions", *, done: bool = True) -> None:
    """Give points by hand, as formgrader does."""
    from nbgrader.api import Gradebook

    with Gradebook(course.gradebook_url) as book:
        grade = book.find_grade(question, small.ASSIGNMENT, small.ASSIGNMENT, student)
        grade.manual_score, grade.needs_manual_grade = points, not done
        book.db.commit()
