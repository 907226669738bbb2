"""Go the whole way in one command: release, a made-up class, grading, feedback and report, in a folder of its own."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from autograder.course.course import CONFIG_NAME, Course
from autograder.demo import words
from autograder.demo.made_up_class import simulate
from autograder.engines.registry import Engine
from autograder.export.export import export
from autograder.grading import words as grading_words
from autograder.grading.grade_class import grade
from autograder.grading.result import GradedStudent
from autograder.pages.feedback import write_feedback
from autograder.pages.report import write_report
from autograder.release.release import release

STUDENTS = 12


def copy_course(course: Course, folder: Path) -> Course:
    """Make a course with the same sources, in place of what an earlier demo left there."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    shutil.copytree(course.root / "source", folder / "source")
    shutil.copyfile(course.root / CONFIG_NAME, folder / CONFIG_NAME)
    return Course.at(folder)


def demo(
    course: Course,
    folder: Path,
    *,
    engine: Engine,
    students: int = STUDENTS,
    on_start: Callable[[int], object] = lambda total: None,
    on_graded: Callable[[GradedStudent], object] = lambda graded: None,
) -> Iterator[str]:
    """Do everything for every assignment; yield a line for people after each step."""
    made = copy_course(course, folder)
    for assignment in made.assignments():
        _, archive = release(made, assignment)
        yield words.released(assignment, str(archive))
        simulate(made, assignment, students)
        results = grade(made, assignment, engine, on_start=on_start, on_graded=on_graded)
        yield grading_words.grading_summary(assignment, [graded.state for graded in results])
        pages = sum(len(result.pages) for result in write_feedback(made, assignment))
        table = made.root / "exports" / f"{assignment}.csv"
        export(made, assignment, table)
        report = write_report(made, assignment)
        yield words.results(pages, str(made.root / "feedback"), str(report.path), str(table))
