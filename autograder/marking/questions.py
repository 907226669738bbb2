"""List the questions of an assignment that people mark, each with its mark scheme, in the order of the notebooks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from autograder.course.course import Course
from autograder.gradebook.rubric_marks import MarkedQuestion
from autograder.marking import words
from autograder.marking.rubric import MarkScheme, read_scheme
from autograder.notebook.read import read_cells
from autograder.notebook.roles import role
from autograder.notebook.source import read_source


@dataclass(frozen=True)
class Written:
    """A question that people mark.

    Attributes:
        question: where it stands in the gradebook.
        scheme: what the source notebook says about it.
        given: its cell as students get it.
        title: the heading that it stands under.
        code: whether it is answered with code.
        task: whether the answer may stand anywhere in the notebook.
        attachments: pictures that its text names.
        problems: what is wrong with the mark scheme.
    """

    question: MarkedQuestion
    scheme: MarkScheme
    given: str
    title: str
    code: bool
    task: bool = False
    attachments: Any = None

    @property
    def problems(self) -> list[str]:
        """Say what is wrong with the mark scheme: lines that are no items, points that do not add up."""
        problems = list(self.scheme.problems)
        total = sum(item.points for item in self.scheme.items if item.points > 0)
        if total and total < self.question.max_score:
            problems.append(words.too_few_points(self.question.cell, total, self.question.max_score))
        return problems


def written_questions(course: Course, assignment: str) -> dict[str, Written]:
    """Read the questions of an assignment that people mark: key → question.

    Raises:
        CourseError: there is no such assignment, or its source cannot be read.
    """
    questions = {}
    for path in course.notebooks(assignment):
        source = read_source(path)
        texts = read_cells(path.read_bytes())
        for at, (cell, plain) in enumerate(zip(source.cells, texts, strict=True)):
            own = role(cell.cell)
            if not (own.task or (own.grade and own.solution)):
                continue
            question = MarkedQuestion(assignment, path.stem, cell.grade_id, own.points)
            scheme = read_scheme(plain["source"], cell.grade_id)
            questions[question.key] = Written(
                question, scheme, cell.released, source.title(at), cell.kind == "code", own.task, plain["attachments"]
            )
    return questions
