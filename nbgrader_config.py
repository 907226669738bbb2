"""What nbgrader's own commands use in this course; `autograder` reads the same file."""

from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ComputeChecksums,
    IgnorePattern,
    IncludeHeaderFooter,
    InstantiateTests,
    LimitOutput,
    LockCells,
    SaveAutoGrades,
    SaveCells,
)

from autograder.nbgrader_plugins.execute_submission import ExecuteSubmission
from autograder.nbgrader_plugins.restore_submission import RestoreSubmission
from autograder.nbgrader_plugins.settle_scores import SettleScores
from autograder.nbgrader_plugins.stub_solutions import StubSolutions

c = get_config()  # type: ignore[name-defined]  # noqa: F821

c.CourseDirectory.source_directory = "source"
c.CourseDirectory.release_directory = "notebooks"
# Modules that a student hands in beside the notebook would shadow the real ones.
c.CourseDirectory.ignore = [
    ".ipynb_checkpoints",
    "__pycache__",
    "feedback",
    "*.py",
    "*.pyc",
    "*.so",
    "*.pyd",
    "*.dll",
    "*.pth",
    "*.zip",
]

# nbgrader's own steps, with ours where the stubs are made ...
c.GenerateAssignment.preprocessors = [
    IncludeHeaderFooter,
    InstantiateTests,
    LockCells,
    StubSolutions,
    ClearOutput,
    CheckCellMetadata,
    ComputeChecksums,
    SaveCells,
    ClearHiddenTests,
    ClearMarkScheme,
    ComputeChecksums,
    CheckCellMetadata,
]
# ... where a submission becomes a notebook that can be trusted ...
c.Autograde.sanitize_preprocessors = [RestoreSubmission, CheckCellMetadata]
# ... and where a score is read from what a test cell printed.
c.Autograde.autograde_preprocessors = [
    ExecuteSubmission,
    IgnorePattern,
    LimitOutput,
    SettleScores,
    SaveAutoGrades,
    AssignLatePenalties,
    CheckCellMetadata,
]

c.ExecuteSubmission.timeout = 30  # seconds a cell
c.ExecuteSubmission.shutdown_kernel = "immediate"
c.ExecuteSubmission.extra_arguments = ["--IPKernelApp.log_level=ERROR"]  # no warning a kernel on the terminal
c.ExecuteSubmission.record_timing = False  # the same submission gives the same file

# Feedback as `autograder feedback` makes it: no hidden tests, no scripts of students.
c.GenerateFeedback.exporter_class = "autograder.nbgrader_plugins.feedback_exporter.FeedbackExporter"
# Pages of student work in formgrader show no script of theirs.
c.HTMLExporter.sanitize_html = True
