"""Release an assignment: source notebook → `notebooks/ASSIGNMENT/` and the class zip, the same bytes each time."""

import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from autograder.assignments import answer_key, names
from autograder.checking.recording import record
from autograder.course.course import Course
from autograder.engines.fit import refuse_unfit_tests
from autograder.errors import CourseError
from autograder.files import write_whole
from autograder.language import ENGLISH
from autograder.notebook.edition import edition, editions, names_in
from autograder.notebook.source import read_source
from autograder.release import words
from autograder.release.class_zip import class_files, pack
from autograder.release.leaks import refuse_forbidden
from labkit.selfcheck.public_cases import FILE_NAME, as_text


def release(course: Course, assignment: str, language: str = ENGLISH) -> tuple[Path, Path]:
    """Make what students of an assignment get, and register its cells in the gradebook.

    Scores that are in the gradebook stay.

    Args:
        course: the course.
        assignment: name of the assignment.
        language: the language of the edition, one of `languages_of`.

    Returns:
        The released folder and the class zip.

    Raises:
        CourseError: the source notebook is not fit to be released, or there is no such edition; nothing that was
            released before changes then.
    """
    require_edition(course, assignment, language)
    refuse_unfit_tests(course, assignment)
    record_public_cases(course, assignment)
    course.private.mkdir(mode=0o700, exist_ok=True)
    target, archive = course.release(assignment, language), course.class_zip(assignment, language)
    with tempfile.TemporaryDirectory(dir=course.private) as folder:
        generate_into(course, assignment, Path(folder), register=language == ENGLISH, language=language)
        files = class_files(course, assignment, Path(folder) / assignment, language)
        refuse_forbidden(files)
        if target.exists():
            shutil.rmtree(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(Path(folder) / assignment, target)
    write_whole(archive, pack(assignment, files))
    return target, archive


def languages_of(course: Course, assignment: str) -> list[str]:
    """List the languages that all notebooks of an assignment can be released in, English first.

    Raises:
        CourseError: there is no such assignment.
    """
    translated = [set(editions(path.stem)) for path in course.notebooks(assignment)]
    return [ENGLISH, *sorted(set.intersection(*translated))]


def require_edition(course: Course, assignment: str, language: str) -> None:
    """Go on if there is an edition of an assignment in a language.

    Raises:
        CourseError: there is not.
    """
    if language not in languages_of(course, assignment):
        raise CourseError(words.no_edition(assignment, language, languages_of(course, assignment)))


def record_public_cases(course: Course, assignment: str) -> None:
    """Write what the self-check judges on beside the source notebook, if the assignment has an answer key."""
    if assignment in names():
        write_whole(course.source(assignment) / FILE_NAME, public_cases_of(course, assignment))


def public_cases_of(course: Course, assignment: str) -> bytes:
    """Make the file of public cases; with it come the translations of what it says, and of the notebooks' names."""
    cases = _recorded(assignment)
    translations = {language: {**phrases} for language, phrases in cases["translations"].items()}
    for path in course.notebooks(assignment):
        for language in editions(path.stem):
            translations.setdefault(language, {}).update(names_in(path.read_bytes(), path.stem, language))
    return as_text({**cases, "translations": translations}).encode()


@cache
def _recorded(assignment: str) -> dict[str, Any]:
    """Record the public cases, which are the same for all editions and take seconds."""
    return record(answer_key(assignment))


def generate_into(course: Course, assignment: str, folder: Path, *, register: bool, language: str = ENGLISH) -> None:
    """Write the students' version to `folder/ASSIGNMENT`.

    Raises:
        CourseError: nbgrader refuses, or a notebook holds a string that must stay with the instructor.
    """
    from autograder.course.nbgrader_app import generate  # seconds of imports, which only this function needs

    for path in course.notebooks(assignment):
        read_source(path)
    with tempfile.TemporaryDirectory() as name:
        source = course.source(assignment)
        if language != ENGLISH:
            source = Path(shutil.copytree(source, Path(name) / assignment))
            for path in source.glob("*.ipynb"):
                path.write_bytes(edition(path.read_bytes(), path.stem, language))
        generate(course, source, into=folder, register=register)
    refuse_forbidden({path.name: path.read_bytes() for path in (folder / assignment).rglob("*.ipynb")})
