"""A student gets another id with all that the course has of the student, or nothing changes."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection

from autograder.course.course import Course
from autograder.course.database import transaction
from autograder.course.downloads import Downloaded, downloaded, keep_downloaded
from autograder.course.roster import Person, Roster
from autograder.errors import CourseError
from autograder.gradebook.read_marks import read_marks
from autograder.gradebook.tables import make_own_tables
from autograder.roster.rename import rename
from tests.helpers.downloads import NOTEBOOK, save

ASSIGNMENT = """
    INSERT INTO assignment (id, name, course_id) VALUES ('{0}', '{0}', 'default_course');
    INSERT INTO notebook (id, name, assignment_id) VALUES ('n{0}', '{0}', '{0}');
    INSERT INTO base_cell (id, name, type, notebook_id) VALUES ('c{0}', 'test', 'GradeCell', 'n{0}');
    INSERT INTO grade_cells (id, max_score, cell_type) VALUES ('c{0}', 100, 'code');
"""
SUBMISSION = """
    INSERT INTO student (id) VALUES ('{0}') ON CONFLICT DO NOTHING;
    INSERT INTO submitted_assignment (id, assignment_id, student_id) VALUES ('s{0}{1}', '{1}', '{0}');
    INSERT INTO submitted_notebook (id, assignment_id, notebook_id) VALUES ('b{0}{1}', 's{0}{1}', 'n{1}');
    INSERT INTO grade (id, notebook_id, cell_id, auto_score, manual_score, needs_manual_grade)
    VALUES ('g{0}{1}', 'b{0}{1}', 'c{1}', 1, {2}, false);
    INSERT INTO autograder_history VALUES ('{1}', '{0}', 1, 'then', '{0}');
"""


def run(database: Connection, statements: str) -> None:
    for statement in statements.split(";"):
        if statement.strip():
            database.exec_driver_sql(statement)


def add(course: Course, student: str, assignment: str, points: int) -> None:
    """Hand in, grade and give feedback."""
    save(course.submitted(student, assignment) / f"{assignment}.ipynb", NOTEBOOK + student.encode())
    save(course.autograded(student, assignment) / f"{assignment}.ipynb", b"graded " + student.encode())
    save(course.feedback(student, assignment) / f"{assignment}.html", b"page")
    save(course.private / "behaviours" / student / f"{assignment}.json", b"{}")
    save(course.private / "versions" / student / assignment / f"old {student}.ipynb", b"old")
    keep_downloaded(course, assignment, {student: Downloaded("moodle", f"{student}_1_", "x")})
    with transaction(course) as database:
        run(database, SUBMISSION.format(student, assignment, points))


@pytest.fixture
def course(course: Course) -> Course:
    with transaction(course) as database:
        make_own_tables(database)
        for name in ("numbers", "letters"):
            run(database, ASSIGNMENT.format(name))
    Roster([Person("1234", "Ada", "Example", logins=("ada",)), Person("0071", email="a@x.org")]).write(course)
    add(course, "1234", "numbers", 60)
    return course


def files(course: Course) -> dict[str, bytes]:
    """All files but the gradebook, whose bytes change when it is opened to be written."""
    paths = (path for path in course.root.rglob("*") if path.is_file() and path != course.gradebook)
    return {path.relative_to(course.root).as_posix(): path.read_bytes() for path in paths}


def score(course: Course, assignment: str) -> dict[str, float]:
    marks = read_marks(course, assignment).notebooks
    return {student: notebooks[assignment].score for student, notebooks in marks.items()}


def history(course: Course) -> dict[tuple[str, str], str]:
    with closing(sqlite3.connect(course.gradebook)) as database:
        rows = database.execute("SELECT assignment, student, entry FROM autograder_history").fetchall()
    return {(assignment, student): entry for assignment, student, entry in rows}


def test_files_grades_history_and_names_get_the_new_id(course: Course) -> None:
    assert rename(course, "1234", "0071") == []
    assert not any("1234" in path and "old 1234" not in path for path in files(course))
    for path in (
        "submitted/0071/numbers/numbers.ipynb", "autograded/0071/numbers/numbers.ipynb",
        "feedback/0071/numbers/numbers.html", ".autograder/behaviours/0071/numbers.json",
        ".autograder/versions/0071/numbers/old 1234.ipynb",
    ):  # fmt: skip
        assert path in files(course)
    assert not (course.root / "submitted/1234").exists()
    assert score(course, "numbers") == {"0071": 60}
    assert history(course) == {("numbers", "0071"): "1234"}
    assert downloaded(course, "numbers").keys() == {"0071"}
    assert Roster.read(course).people == {"0071": Person("0071", "Ada", "Example", "a@x.org", logins=("ada",))}


def test_two_ids_of_a_person_are_joined_only_if_that_is_said(course: Course) -> None:
    add(course, "0071", "letters", 30)
    before = files(course)
    with pytest.raises(CourseError, match="0071 is a student already"):
        rename(course, "1234", "0071")
    assert files(course) == before
    rename(course, "1234", "0071", merge=True)
    assert (score(course, "numbers"), score(course, "letters")) == ({"0071": 60}, {"0071": 30})


@pytest.mark.parametrize(("keep", "points", "lost"), [("1234", 60, "0071"), ("0071", 50, "1234")])
def test_of_two_submissions_the_one_that_is_named_counts_and_the_other_is_kept(
    course: Course, keep: str, points: int, lost: str
) -> None:
    add(course, "0071", "numbers", 50)
    with pytest.raises(CourseError, match=r"both handed in numbers.*--keep 1234 or --keep 0071"):
        rename(course, "1234", "0071", merge=True)
    (line,) = rename(course, "1234", "0071", merge=True, keep=keep)
    assert line == f"numbers: the submission of {lost} no longer counts; it was graded {110 - points}"
    assert score(course, "numbers") == {"0071": points}
    now = files(course)
    assert now["submitted/0071/numbers/numbers.ipynb"] == NOTEBOOK + keep.encode()
    assert now["autograded/0071/numbers/numbers.ipynb"] == b"graded " + keep.encode()
    kept = [data for path, data in now.items() if path.startswith(".autograder/versions/0071/numbers/numbers-")]
    assert kept == [NOTEBOOK + lost.encode()]
    assert now[f".autograder/renamed/1234 and 0071/autograded/{lost}/numbers/numbers.ipynb"].startswith(b"graded")
    assert history(course) == {("numbers", "0071"): keep, ("numbers", "1234"): lost}


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [("9", "10", "no student 9"), ("1234", "a/b", "cannot be a student's id"), ("1234", "", "id")],
)
def test_an_id_that_nobody_has_or_can_have_is_refused(course: Course, old: str, new: str, line: str) -> None:
    before = files(course)
    with pytest.raises(CourseError, match=line):
        rename(course, old, new)
    assert files(course) == before


def test_what_fails_half_way_is_undone(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    before = files(course)
    real = Path.rename

    def fail(path: Path, target: Path) -> Path:
        if path.parent.name == "feedback" and path.name == "1234":
            raise PermissionError("read-only")
        return real(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", fail)
        with pytest.raises(CourseError, match=r"1234 was not renamed \(read-only\); everything is as it was"):
            rename(course, "1234", "0071")
    assert files(course) == before
    assert score(course, "numbers") == {"1234": 60}


def test_a_list_that_names_an_id_of_the_course_otherwise_says_how_to_join_them(course: Course, tmp_path: Path) -> None:
    from autograder.roster.read_list import read_list

    Roster().write(course)
    path = save(tmp_path / "canvas.csv", b"Student,ID,SIS User ID\nAda Example,1234,0071\n")
    assert "1234 is 0071 in this list. To join them: autograder rename 1234 0071" in read_list(course, path).look
    assert json.loads((course.private / "roster.json").read_bytes())[0]["lms_id"] == "1234"
