"""Judge one notebook anywhere, without touching the course: what `check` prints, as data."""

import secrets
import shutil
import tempfile
from pathlib import Path
from typing import Any

from autograder.checking.verdict import MIME
from autograder.course.course import CONFIG_NAME, SECRET_BYTES, SHARES_NAME, Course
from autograder.engines.fit import refuse_unfit_tests
from autograder.engines.registry import Engine
from autograder.engines.result import Judged
from autograder.engines.shares import course_shares
from autograder.engines.task import Handed, NotebookTask, Task
from autograder.errors import AutograderError, SubmissionError
from autograder.gradebook.secret import confirm_secret
from autograder.grading.submissions import inputs_of, sources_of
from autograder.language import language, speaking, translated
from autograder.notebook.format import Cell
from autograder.notebook.roles import role


def check_notebook(course: Course, assignment: str, file: Path, engine: Engine) -> Judged:
    """Judge a notebook with the course's secret, or, where it has none yet, with one for this time only.

    Args:
        course: the course; nothing in it changes.
        assignment: name of the assignment.
        file: the notebook.
        engine: what judges it.

    Raises:
        CourseError: there is no such assignment, or the secret is not that of the grades.
        SubmissionError: the file is not a notebook of the assignment.
        AutograderError: it could not be judged.
    """
    source = _source(course, assignment, file)
    refuse_unfit_tests(course, assignment)
    confirm_secret(course)
    handed = Handed(file.absolute())
    handed.need()  # says at once what is wrong with it
    notebook = NotebookTask(source.stem, sources_of(course, assignment)[source.stem], handed)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        stand_in = Course(Path(folder).resolve())
        shutil.copyfile(course.root / CONFIG_NAME, stand_in.root / CONFIG_NAME)
        if (course.root / "datasets").is_dir():
            (stand_in.root / "datasets").symlink_to(course.root / "datasets")
        if course_shares(course):
            shutil.copyfile(course.root / SHARES_NAME, stand_in.root / SHARES_NAME)
        stand_in.private.mkdir(mode=0o700)
        known = course.secret_file.is_file()
        secret = course.secret() if known else secrets.token_bytes(SECRET_BYTES)
        (stand_in.private / "secret").write_text(secret.hex(), encoding="ascii")
        task = Task(assignment, "", (notebook,), inputs_of(course, assignment), str(stand_in.root))
        ((_, judged),) = engine.judge_all([task])
    if judged.problem:
        raise AutograderError(judged.problem)
    if judged.unreadable:
        raise SubmissionError(judged.unreadable)
    return judged


def _source(course: Course, assignment: str, file: Path) -> Path:
    """Choose the source notebook that a file is checked against: the one of its name, or the first."""
    sources = course.notebooks(assignment)
    return next((source for source in sources if source.name == file.name), sources[0])


def as_json(assignment: str, judged: Judged) -> dict[str, Any]:
    """Write the result as `check --json` prints it, hints in the language of the notebook, as its messages are."""
    (notebook,) = judged.notebooks.values()
    content = notebook.read()
    graded = {cell.grade_id: cell for cell in judged.scores if not cell.manual}
    cells = []
    with speaking(content["metadata"].get("autograder", {}).get("language", language())):
        for cell in content["cells"]:
            name = role(cell).grade_id
            if name in graded:
                score = graded[name]
                points = {"grade_id": name, "score": score.score, "max_score": score.max_score}
                cells.append(points | _verdict(cell))
    return {
        "assignment": assignment,
        "score": judged.score,
        "max_score": judged.max_score,
        "cells": cells,
        "needs_manual_grade": [cell.grade_id for cell in judged.scores if cell.manual and cell.score is None],
    }


def _verdict(cell: Cell) -> dict[str, Any]:
    """Read criteria, mistakes and error of a test cell, from the verdict in its output, else from nbgrader's error."""
    outputs = cell.get("outputs", ())
    shown = [output["data"] for output in outputs if output["output_type"] in ("display_data", "execute_result")]
    verdicts = [data[MIME] for data in shown if MIME in data]
    verdict: dict[str, Any] = verdicts[-1] if verdicts else {}
    failed = [f"{output['ename']}: {output['evalue']}" for output in outputs if output["output_type"] == "error"]
    error = verdict.get("error")
    if error:
        failed.append(f"{error['kind']}: {error['message']}")
    keys = ("name", "passed", "points", "message")
    return {
        "criteria": [
            {key: criterion[key] for key in keys} | {"judged": criterion.get("judged") is not False}
            for criterion in verdict.get("criteria", ())
        ],
        "mistakes": [
            {"id": mistake["id"], "hint": translated(mistake["hint"])} for mistake in verdict.get("mistakes", ())
        ],
        "error": failed[0] if failed else None,
    }
