"""Go the whole way in one command, in a folder of its own: from the release to what goes back into the platform."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC
from functools import partial
from pathlib import Path

from autograder.collect.collect import collect
from autograder.course.course import CONFIG_NAME, Course
from autograder.demo import words
from autograder.demo.made_up_class import simulate
from autograder.demo.made_up_download import DUE, write_download
from autograder.engines.registry import Engine
from autograder.errors import CourseError
from autograder.export.export import export
from autograder.gradebook.history import change_rules, now
from autograder.gradebook.late import NewRule, set_due
from autograder.gradebook.read_marks import max_score, read_marks
from autograder.gradebook.register import register
from autograder.grading import words as grading_words
from autograder.grading.grade_class import grade
from autograder.grading.result import GradedStudent
from autograder.pages.feedback import write_feedback
from autograder.pages.feedback_zip import write_feedback_zip
from autograder.pages.report import write_report
from autograder.release.release import release
from autograder.roster.read_list import read_list

STUDENTS = 12
MARK = "made-by-demo.txt"
"""The file that says of a folder that it is a demo's, which the next one may delete."""


def copy_course(course: Course, folder: Path) -> Course:
    """Make a course with the same sources."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(course.root / "source", folder / "source")
    shutil.copyfile(course.root / CONFIG_NAME, folder / CONFIG_NAME)
    return Course.at(folder)


def _make_room(course: Course, folder: Path) -> None:
    """Make the folder of a demo, in place of an earlier demo and of nothing else.

    Raises:
        CourseError: there is something else, or the course is in it.
    """
    if folder.exists():
        free = folder.is_dir() and ((folder / MARK).is_file() or not any(folder.iterdir()))
        if not free or course.root.is_relative_to(folder):
            raise CourseError(words.not_a_demo(str(folder)))
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    (folder / MARK).write_text(words.demo_note() + "\n", encoding="utf-8")  # first: one that breaks off has it, too


def demo(
    course: Course,
    folder: Path,
    *,
    engine: Engine,
    students: int = STUDENTS,
    on_start: Callable[[int], object] = lambda total: None,
    on_graded: Callable[[GradedStudent], object] = lambda graded: None,
) -> Iterator[str]:
    """Do everything for every assignment; yield a line for people after each step.

    Raises:
        CourseError: the folder is there, and no earlier demo.
    """
    folder = folder.resolve()
    _make_room(course, folder)
    made = copy_course(course, folder)
    away = copy_course(course, folder / "class")
    for assignment in made.assignments():
        _, archive = release(made, assignment)
        yield words.released(assignment, str(archive))
        simulate(away, assignment, students)
        register(made, assignment)
        downloads = made.root / "downloads"
        download, worksheet = write_download(away, assignment, downloads, max_score(made, assignment))
        read_list(made, worksheet, assignment)
        collected = collect(made, assignment, download)
        yield words.collected(assignment, len(collected.students), str(download))
        rule = NewRule(due=DUE.astimezone(UTC).replace(tzinfo=None), per_day=10.0)
        change_rules(made, assignment, partial(set_due, assignment=assignment, new=rule), now())
        results = grade(made, assignment, engine, on_start=on_start, on_graded=on_graded)
        yield grading_words.grading_summary(assignment, [graded.state for graded in results])
        late = sum(bool(one.seconds) for one in read_marks(made, assignment).late.values())
        pages = {result.student: result.pages for result in write_feedback(made, assignment)}
        packed = write_feedback_zip(made, assignment, pages, "moodle")
        table = made.root / "exports" / f"{assignment}.csv"
        export(made, assignment, table)
        filled = export(made, assignment, table.with_name(worksheet.name), "moodle", into=worksheet)
        report = write_report(made, assignment)
        yield words.results(packed.pages, str(made.root / "feedback"), str(report.path), str(table), late)
        yield words.back(str(packed.path), str(filled.path), filled.students)
    shutil.rmtree(away.root)
