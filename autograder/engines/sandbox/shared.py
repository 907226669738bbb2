"""What judging a class needs besides the submissions: what may travel to another machine, and what stays on each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from autograder.assignments import datasets_of
from autograder.checking.check import Shares
from autograder.course.course import Course
from autograder.engines.sandbox.limits import Limits
from autograder.engines.shares import course_shares
from autograder.engines.task import Task


@dataclass(frozen=True)
class Material:
    """What judging needs and all submissions have in common; it may travel, for the secret is not in it.

    Attributes:
        sources: the instructor's notebooks by name, in order.
        files: what lies in the working folder: what is beside the notebooks, and the datasets of the assignment.
        shares: the course's own shares for known mistakes.
        language: of what is said about submissions of which nothing could be read.
        limits: what a submission may take.
        fewer_layers: whether the instructor chooses to go on where layers are missing that can be done without.
    """

    sources: Mapping[str, bytes] = field(repr=False)
    files: Mapping[str, bytes] = field(repr=False)
    shares: Shares
    language: str
    limits: Limits
    fewer_layers: bool


class Home(NamedTuple):
    """Where a process that judges has what never travels.

    Attributes:
        secret: the file that holds the course secret.
        private: the folder that tracebacks of the grader's own errors are kept in.
        hidden: the folder that no submission may read.
    """

    secret: Path
    private: Path
    hidden: Path


class Shared(NamedTuple):
    """All that judging needs besides submissions."""

    material: Material
    home: Home


def shared_for(task: Task, limits: Limits | None = None, fewer_layers: bool = False) -> Shared:
    """Collect what judging a task needs, from the course that it names.

    Raises:
        CourseError: the secret, the shares or a dataset of the course are not as they should be.
    """
    course = Course(Path(task.course))
    course.secret()  # made now if there is none yet
    datasets = {f"datasets/{name}": course.dataset(name).read_bytes() for name in datasets_of(task.assignment)}
    material = Material(
        {notebook.name: notebook.source for notebook in task.notebooks},
        {**task.inputs, **datasets},
        course_shares(course),
        course.language(),
        limits or Limits(),
        fewer_layers,
    )
    return Shared(material, Home(course.secret_file, course.private, course.root))


def with_shared(tasks: Iterable[Task], limits: Limits, fewer_layers: bool) -> Iterator[tuple[Task, Shared]]:
    """Yield each task with what it shares with its neighbours: the same object for a whole class."""
    before: Task | None = None
    shared: Shared | None = None
    for task in tasks:
        if shared is None or before is None or not _share(before, task):
            shared = shared_for(task, limits, fewer_layers)
        before = task
        yield task, shared


def _share(one: Task, other: Task) -> bool:
    """Compare all but what was handed in; quick, because the contents of a class are the same objects."""
    return (
        (one.course, one.assignment, one.shares) == (other.course, other.assignment, other.shares)
        and [(notebook.name, notebook.source) for notebook in one.notebooks]
        == [(notebook.name, notebook.source) for notebook in other.notebooks]
        and one.inputs == other.inputs
    )
