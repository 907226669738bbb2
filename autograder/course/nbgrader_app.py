"""Use nbgrader as a library: the course's configuration, its release step and its registration of an assignment.

Importing this takes seconds (nbgrader, nbconvert); commands that do not need it must not.
"""

import logging
import os
from pathlib import Path
from typing import Any

from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.dbutil import ALEMBIC_DIR
from sqlalchemy import inspect, text
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.course import words
from autograder.course.course import CONFIG_NAME, Course
from autograder.course.database import transaction
from autograder.errors import CourseError


def load_config(course: Course) -> Config:
    """Run `nbgrader_config.py` and return its configuration.

    Raises:
        CourseError: the file cannot be run.
    """
    try:
        config: Config = PyFileConfigLoader(CONFIG_NAME, path=str(course.root)).load_config()
    except Exception as error:  # it is a program of the instructor's: anything can go wrong in it
        raise CourseError(words.bad_config(str(course.root / CONFIG_NAME), error)) from error
    return config


def generate(course: Course, source: Path, *, into: Path, register: bool) -> None:
    """Make the students' version of an assignment with nbgrader's own generate_assignment.

    Args:
        course: the course.
        source: the instructor's folder of the assignment, which has its name.
        into: folder that gets the folder of the assignment.
        register: write the cells into the course's gradebook. Scores that are there stay.

    Raises:
        CourseError: nbgrader refuses: it says why in its log.
    """
    if register:
        _make_gradebook(course)
    config = load_config(course)
    config.CourseDirectory.assignment_id = source.name
    config.CourseDirectory.root = str(course.root)
    config.CourseDirectory.source_directory = os.path.relpath(source.parent, course.root)
    config.CourseDirectory.db_url = course.gradebook_url
    config.CourseDirectory.release_directory = os.path.relpath(into, course.root)
    config.CourseDirectory.directory_structure = "{nbgrader_step}/{student_id}/{assignment_id}"
    config.GenerateAssignment.no_database = not register
    config.SaveCells.enabled = register
    config.BaseConverter.force = True
    log = _Log()
    converter: Any = GenerateAssignment(coursedir=CourseDirectory(config=config), config=config)
    converter.log = converter.coursedir.log = log.logger
    try:
        converter.start()
    except NbGraderException as error:
        reason = log.last() or str(error)
        if "Cannot add or remove cells" in reason:
            raise CourseError(words.cells_are_graded(source.name)) from error
        raise CourseError(words.release_failed(source.name, reason)) from error


def make_gradebook(course: Course) -> None:
    """See that the course has a gradebook with nbgrader's tables.

    Raises:
        CourseError: the gradebook is none, or cannot be written.
    """
    _make_gradebook(course)
    folder = CourseDirectory(config=load_config(course))
    Gradebook(course.gradebook_url, folder.course_id).close()


def _make_gradebook(course: Course) -> None:
    """Begin a new gradebook with the version of nbgrader's schema; nbgrader then adds its tables.

    It would start `alembic` to ask for the version, which takes seconds and needs this Python's programs on PATH.

    Raises:
        CourseError: the gradebook is none, or cannot be written.
    """
    scripts = AlembicConfig()
    scripts.set_main_option("script_location", ALEMBIC_DIR.replace("%", "%%"))
    with transaction(course) as database:
        if not inspect(database).get_table_names():
            version = ScriptDirectory.from_config(scripts).get_current_head()
            database.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
            database.execute(text("INSERT INTO alembic_version VALUES (:version)"), {"version": version})


class _Log(logging.Handler):
    """Keeps nbgrader's errors, which say why it refused."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []
        self.logger = logging.Logger("autograder.nbgrader")
        self.logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())

    def last(self) -> str:
        """Return the last line of a traceback in the log; empty if there is none."""
        trace = next((line for line in self.lines if line.startswith("Traceback")), "")
        return trace.strip().split("\n")[-1]
