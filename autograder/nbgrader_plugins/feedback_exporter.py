"""Make our feedback pages in `nbgrader generate_feedback` and by the button in formgrader.

nbgrader's own pages show hidden tests and tracebacks, and render what students wrote as it is. `nbgrader_config.py`
names this exporter in their place.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter

from autograder.course.course import Course
from autograder.course.roster import Roster
from autograder.errors import SubmissionError
from autograder.gradebook.behaviours import hints_for, read_behaviours, read_hints
from autograder.gradebook.read_marks import read_marks
from autograder.gradebook.rubric_marks import items_of
from autograder.language import speaking
from autograder.pages import words
from autograder.pages.autograded_notebook import read_autograded
from autograder.pages.feedback import feedback_page, given_in, late_text


class FeedbackExporter(Exporter):
    """Exports a graded notebook as our page; nbgrader says in `resources` whose it is."""

    output_mimetype = "text/html"
    file_extension = ".html"

    def from_filename(self, filename: str, resources: Any = None, **_: Any) -> tuple[str, Any]:  # type: ignore[override]
        """Make the page of one notebook.

        Raises:
            SubmissionError: the notebook is damaged, or there are no marks for it.
            CourseError: the gradebook cannot be read.
        """
        names = resources["nbgrader"]
        student, assignment = names["student"], names["assignment"]
        course = Course.find(Path(filename).parent)
        marks = read_marks(course, assignment, [student])
        own = marks.notebooks.get(student, {}).get(names["notebook"])
        if own is None:
            raise SubmissionError(words.no_marks())
        hints = read_hints(course, assignment)
        own_hints = hints_for(hints, read_behaviours(course, assignment, student)) if hints else {}
        graded = read_autograded(Path(filename))
        given = given_in(items_of(course, assignment, student).get(student, {}), names["notebook"])
        person = Roster.read(course).people.get(student)
        with speaking(graded.language or course.language()):
            late, name = late_text(marks, student), marks.names.get(student, "")
            page = feedback_page(graded, own, student, name, names["notebook"], own_hints, late, given, person).decode()
        return page, {**resources, "output_extension": self.file_extension}
