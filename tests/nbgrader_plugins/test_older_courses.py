"""A course folder that was made before the steps moved still finds them."""

from pathlib import Path

from traitlets.utils.importstring import import_item

from autograder.course.course import Course
from autograder.course.nbgrader_app import load_config
from autograder.nbgrader_plugins.execute_submission import ExecuteSubmission
from autograder.nbgrader_plugins.feedback_exporter import FeedbackExporter
from autograder.nbgrader_plugins.restore_submission import RestoreSubmission
from autograder.nbgrader_plugins.settle_scores import SettleScores
from autograder.nbgrader_plugins.stub_solutions import StubSolutions
from tests.helpers import small_course as small

OLDER = """
from nbgrader.preprocessors import CheckCellMetadata, SaveAutoGrades

from autograder.nbgrader_steps import ExecuteSubmission, RestoreSubmission, SettleScores, StubSolutions

c = get_config()
c.GenerateAssignment.preprocessors = [StubSolutions]
c.Autograde.sanitize_preprocessors = [RestoreSubmission, CheckCellMetadata]
c.Autograde.autograde_preprocessors = [ExecuteSubmission, SettleScores, SaveAutoGrades]
c.GenerateFeedback.exporter_class = "autograder.nbgrader_feedback.FeedbackExporter"
"""
"""What such a folder's nbgrader_config.py names of ours."""


def test_an_older_configuration_names_the_same_steps(tmp_path: Path) -> None:
    course = small.make_course(tmp_path)
    (course / "nbgrader_config.py").write_text(OLDER)
    config = load_config(Course.at(course))
    assert config.GenerateAssignment.preprocessors == [StubSolutions]
    assert config.Autograde.sanitize_preprocessors[0] is RestoreSubmission
    assert config.Autograde.autograde_preprocessors[:2] == [ExecuteSubmission, SettleScores]
    assert import_item(config.GenerateFeedback.exporter_class) is FeedbackExporter
