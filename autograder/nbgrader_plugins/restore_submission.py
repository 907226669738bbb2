"""The step of `nbgrader autograde` that makes a submission a notebook that can be trusted."""

from pathlib import Path
from typing import Any

import nbformat
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.course.course import Course
from autograder.gradebook.secret import confirm_secret
from autograder.grading.submissions import sources_of
from autograder.notebook.source import parse_source
from autograder.restore.restore import restore_or_untouched


class RestoreSubmission(NbGraderPreprocessor):  # type: ignore[misc]
    """Take what is the instructor's from the source (see `autograder.restore.restore`)."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Replace the submission by its restored notebook; one of another assignment counts as not filled in."""
        names = resources["nbgrader"]
        course = Course.find(Path.cwd())  # nbgrader works in the course folder
        confirm_secret(course)
        source = parse_source(sources_of(course, names["assignment"])[names["notebook"]], names["notebook"])
        restored = restore_or_untouched(source, nbformat.writes(nb).encode("utf-8", "replace"))
        for note in restored.notes:
            self.log.warning("%s: %s", names["student"], note.message)
        return nbformat.from_dict(restored.notebook), resources
