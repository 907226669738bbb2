import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from nbgrader.api import Gradebook

from autograder.assignments import datasets_of
from autograder.course.course import Course
from autograder.engines.registry import Engine
from autograder.errors import CourseError
from autograder.gradebook.read_marks import read_marks
from autograder.grading.grade_class import grade
from autograder.notebook import edition
from autograder.release.class_zip import class_files, pack
from autograder.release.release import generate_into, languages_of, release
from autograder.translation.update import as_mo
from tests.helpers import small_course as small
from tests.helpers.downloads import save
from tests.helpers.stub_engine import hand_in, registered_course, run

pytestmark = pytest.mark.xdist_group("release")

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    folder = tmp_path_factory.mktemp("release")
    course = Course.at(small.make_course(folder))
    release(course, small.ASSIGNMENT)
    return course


def read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text())
    return content


def test_the_released_notebook_is_what_students_should_get(course: Course) -> None:
    got = read(course.release(small.ASSIGNMENT) / f"{small.ASSIGNMENT}.ipynb")
    expected = {cell["id"]: cell["source"] for cell in small.released()["cells"]}
    assert {cell["id"]: "".join(cell["source"]) for cell in got["cells"]} == expected


def test_a_second_release_is_the_same_byte_for_byte(course: Course) -> None:
    before = [path.read_bytes() for path in release(course, small.ASSIGNMENT)[0].iterdir()]
    archive = course.class_zip(small.ASSIGNMENT).read_bytes()
    again = [path.read_bytes() for path in release(course, small.ASSIGNMENT)[0].iterdir()]
    assert (again, course.class_zip(small.ASSIGNMENT).read_bytes()) == (before, archive)


def test_another_language_has_a_folder_and_a_zip_of_its_own(
    tmp_path: Path, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = Catalog(locale="eo")
    catalogue.add("Look at the numbers.", "Rigardu la nombrojn.")
    words = tmp_path / "locale" / "eo" / "LC_MESSAGES" / "numbers.mo"
    save(words, as_mo(catalogue))
    save(course.root / "docs" / "eo" / "student.md", b"# Legu min")
    monkeypatch.setattr(edition, "catalogue_folder", lambda _: tmp_path / "locale")
    before = course.class_zip(small.ASSIGNMENT).read_bytes()
    assert languages_of(course, small.ASSIGNMENT) == ["en", "eo"]
    folder, archive = release(course, small.ASSIGNMENT, "eo")
    assert folder == course.root / "notebooks" / "eo" / small.ASSIGNMENT
    texts = ["".join(cell["source"]) for cell in read(folder / "numbers.ipynb")["cells"]]
    assert any("Rigardu la nombrojn." in text for text in texts)
    assert not any("Look at the numbers." in text for text in texts)
    with zipfile.ZipFile(archive) as packed:
        assert packed.read("numbers/README.md").decode() == "# Legu min"
    assert course.class_zip(small.ASSIGNMENT).read_bytes() == before
    with pytest.raises(CourseError, match="has no edition in fr; there are: en, eo"):
        release(course, small.ASSIGNMENT, "fr")


def test_the_class_zip_has_one_folder_with_notebook_toolkit_and_readme(course: Course) -> None:
    with zipfile.ZipFile(course.class_zip(small.ASSIGNMENT)) as archive:
        names = archive.namelist()
        assert {entry.date_time for entry in archive.infolist()} == {(2026, 1, 1, 0, 0, 0)}
    given = ("numbers.ipynb", "README.md", "README.html", "labkit/__init__.py")
    assert {f"numbers/{name}" for name in given} <= set(names)
    assert all(name.startswith("numbers/") and "__pycache__" not in name for name in names)
    assert names == sorted(names)


def test_nothing_of_solutions_hidden_tests_or_answers_is_in_the_class_zip(course: Course) -> None:
    with zipfile.ZipFile(course.class_zip(small.ASSIGNMENT)) as archive:
        texts = [archive.read(name).decode("latin-1") for name in archive.namelist()]
    for secret in ("2 * x", "x * x", "double(3)", "square(3)", "grows faster", "SOLUTION", "HIDDEN"):
        assert not any(secret in text for text in texts), secret


def test_a_release_leaves_the_scores_in_the_gradebook(course: Course) -> None:
    with Gradebook(course.gradebook_url) as gradebook:
        gradebook.update_or_create_student("student-0001")
        gradebook.update_or_create_submission(small.ASSIGNMENT, "student-0001")
        gradebook.find_grade("test_double", small.ASSIGNMENT, small.ASSIGNMENT, "student-0001").manual_score = 3
        gradebook.db.commit()
    release(course, small.ASSIGNMENT)
    with Gradebook(course.gradebook_url) as gradebook:
        grade = gradebook.find_grade("test_double", small.ASSIGNMENT, small.ASSIGNMENT, "student-0001")
        assert grade.manual_score == 3


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda nb: small.cell(nb, "double").update(source="### BEGIN SOLUTION"), "END SOLUTION"),
        (lambda nb: small.cell(nb, "ask").update(source="We import autograder."), "autograder"),
        (lambda nb: small.cell(nb, "imports").update(source=small.DOUBLE), "Cell 1"),
        (lambda nb: small.cell(nb, "test_square")["metadata"]["nbgrader"].update(points=None), "None"),
        (lambda nb: small.cell(nb, "square")["metadata"]["nbgrader"].update(grade_id="double"), "Duplicate"),
    ],
)
def test_a_source_that_is_not_fit_is_refused_in_one_line(
    tmp_path: Path, change: Callable[[small.Notebook], object], word: str
) -> None:
    course = Course.at(small.make_course(tmp_path, change=change))
    with pytest.raises(CourseError, match=word) as caught:
        generate_into(course, small.ASSIGNMENT, tmp_path / "out", register=False)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("call", "points", "words"),
    [
        ("compute_cost_with_regularization", 12, "has 12 points and its check gives 10"),
        ("compute_nothing", 12, "no answer key has that check"),
    ],
)
def test_tests_that_do_not_fit_their_answer_key_are_refused_once_and_before_anything_is_written(
    tmp_path: Path, call: str, points: int, words: str
) -> None:
    def change(notebook: small.Notebook) -> None:
        test = small.cell(notebook, "test_square")
        test["source"] = f"### BEGIN HIDDEN TESTS\nautograder.grade({call!r}, square)\n### END HIDDEN TESTS"
        test["metadata"]["nbgrader"]["points"] = points

    course = Course.at(small.make_course(tmp_path, change=change))
    small.hand_in(course.root, "ann", small.filled())
    for step in (release, partial(grade, engine=Engine("nbgrader"))):
        with pytest.raises(CourseError, match=words):
            step(course, small.ASSIGNMENT)
    assert not course.gradebook.exists() and not course.release(small.ASSIGNMENT).exists()


def test_a_graded_cell_that_is_added_after_grading_is_refused_with_the_way_out(tmp_path: Path) -> None:
    course = registered_course(tmp_path / "course")
    hand_in(course, "ann")
    run(course)
    marks = read_marks(course, small.ASSIGNMENT)
    more = small.code("test_more", "assert square(0) == 0", grade=True, locked=True, points=3)
    path = course.notebooks(small.ASSIGNMENT)[0]
    source = small.source()
    path.write_bytes(small.to_bytes(source | {"cells": [*source["cells"], more]}))
    for step in (release, partial(grade, engine=Engine("nbgrader"))):
        with pytest.raises(CourseError, match="nbgrader db assignment remove numbers --force") as caught:
            step(course, small.ASSIGNMENT)
        assert "\n" not in str(caught.value) and "RuntimeError" not in str(caught.value)
    assert read_marks(course, small.ASSIGNMENT) == marks


def test_a_release_that_is_refused_leaves_the_one_before(course: Course) -> None:
    path = course.notebooks(small.ASSIGNMENT)[0]
    good, before = path.read_bytes(), (course.release(small.ASSIGNMENT) / path.name).read_bytes()
    path.write_bytes(small.to_bytes(small.source() | {"cells": [small.code("a", "### BEGIN SOLUTION", solution=True)]}))
    with pytest.raises(CourseError):
        release(course, small.ASSIGNMENT)
    path.write_bytes(good)
    assert (course.release(small.ASSIGNMENT) / path.name).read_bytes() == before


def test_a_forbidden_string_in_any_file_of_the_class_zip_stops_the_release(course: Course) -> None:
    archive, released = course.class_zip(small.ASSIGNMENT), course.release(small.ASSIGNMENT)
    before = archive.read_bytes(), sorted(path.name for path in released.iterdir())
    beside = course.source(small.ASSIGNMENT) / "notes.md"
    beside.write_text("### BEGIN SOLUTION\n")
    with pytest.raises(CourseError, match=r"notes\.md.*'BEGIN SOLUTION'"):
        release(course, small.ASSIGNMENT)
    beside.unlink()
    assert (archive.read_bytes(), sorted(path.name for path in released.iterdir())) == before


def test_an_unknown_assignment_is_named(course: Course) -> None:
    with pytest.raises(CourseError, match=r"'number'.*The course has: numbers"):
        release(course, "number")
    with pytest.raises(CourseError, match="nope"):
        course.notebooks("../source/nope")


# --- the course itself --------------------------------------------------------------------------------------------

OURS = Course.at(REPOSITORY)


@pytest.mark.parametrize("assignment", OURS.assignments())
def test_what_is_committed_in_notebooks_is_what_the_source_gives(assignment: str, tmp_path: Path) -> None:
    generate_into(OURS, assignment, tmp_path, register=False)
    fresh = {p.relative_to(tmp_path): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    committed = {
        p.relative_to(REPOSITORY / "notebooks"): p.read_bytes()
        for p in OURS.release(assignment).rglob("*")
        if p.is_file() and ".ipynb_checkpoints" not in p.parts
    }
    assert committed == fresh


@pytest.mark.slow
@pytest.mark.parametrize("assignment", OURS.assignments())
def test_the_unpacked_class_zip_works_by_itself(assignment: str, tmp_path: Path) -> None:
    packed = pack(assignment, class_files(OURS, assignment, OURS.release(assignment)))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        archive.extractall(tmp_path)
    checks = list(read(OURS.source(assignment) / "public_cases.json")["checks"].items())
    program = "\n".join(
        [
            "import sys; from pathlib import Path; import labkit, labkit.files",
            "here = Path.cwd(); assert Path(labkit.__file__).is_relative_to(here)",
            f"assert all(labkit.files.find_dataset(name).is_relative_to(here) for name in {datasets_of(assignment)!r})",
            *(f"labkit.check({name!r}, *[lambda *a, **k: None] * {len(case['functions'])})" for name, case in checks),
            "assert 'autograder' not in sys.modules",
        ]
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path / assignment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert all(case["functions"][0] in done.stdout for _, case in checks)
