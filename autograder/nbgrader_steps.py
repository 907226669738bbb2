"""Name the steps for course folders whose nbgrader_config.py was written before they moved to `nbgrader_plugins`."""

from autograder.nbgrader_plugins.execute_submission import ExecuteSubmission as ExecuteSubmission
from autograder.nbgrader_plugins.restore_submission import RestoreSubmission as RestoreSubmission
from autograder.nbgrader_plugins.settle_scores import SettleScores as SettleScores
from autograder.nbgrader_plugins.stub_solutions import StubSolutions as StubSolutions
