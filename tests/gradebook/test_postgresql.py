"""A gradebook on a PostgreSQL server: all that touches marks does there what it does on SQLite."""

import csv
import json
import re
import shutil
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins.export import CsvExportPlugin

from autograder.cli.commands import main
from autograder.course.course import Course
from autograder.course.nbgrader_app import load_config
from autograder.engines.result import Judged
from autograder.engines.task import Task
from autograder.errors import CourseError
from autograder.gradebook import rubric_marks
from autograder.gradebook.read_marks import read_marks
from autograder.gradebook.register import register
from autograder.gradebook.remove import remove_submissions
from autograder.gradebook.rename import renaming
from autograder.gradebook.rubric_marks import (
    Action,
    HandMark,
    MarkedQuestion,
    Saved,
    Seen,
    items_of,
    read_items,
    read_states,
    seed_items,
    set_item,
    undo,
)
from autograder.gradebook.rubric_tables import make_mark_tables, marking
from autograder.gradebook.students import students_known
from tests.helpers import small_course as small
from tests.helpers.downloads import save
from tests.helpers.postgresql import PASSWORD, Server
from tests.helpers.stub_engine import StubEngine, hand_in, mark, registered_course, run

pytestmark = [pytest.mark.slow, pytest.mark.postgresql, pytest.mark.xdist_group("postgresql")]

TEMPLATE = "course"


@pytest.fixture(scope="module")
def template(postgresql: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a course that is registered on the server, and on SQLite."""
    course = registered_course(tmp_path_factory.mktemp("template") / "course")
    on_server(course, postgresql.create(TEMPLATE))
    register(Course.at(course.root), small.ASSIGNMENT)
    return course.root


def on_server(course: Course, url: str) -> Course:
    """Move the gradebook of a course to a server, as an instructor does."""
    config = course.root / "nbgrader_config.py"
    lines = [line for line in config.read_text().splitlines() if "db_url" not in line and "course_id" not in line]
    lines += [f"c.CourseDirectory.db_url = {url!r}", 'c.CourseDirectory.course_id = "dl"']
    config.write_text("\n".join(lines) + "\n")
    return Course.at(course.root)


@pytest.fixture
def course(template: Path, postgresql: Server, tmp_path: Path) -> Course:
    """A course on a database of its own, which nobody has graded."""
    name = f"course {tmp_path.name}"
    copy = Course.at(shutil.copytree(template, tmp_path / "course", ignore=shutil.ignore_patterns("gradebook.db")))
    return on_server(copy, postgresql.create(name, TEMPLATE).replace(" ", "%20"))


@dataclass
class Way:
    """What a class's way leaves behind, wherever the gradebook lies."""

    printed: str
    files: dict[str, bytes]
    marks: object


def say(course: Course, capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    with pytest.raises(SystemExit) as ended:
        main([*map(str, arguments), "--course", str(course.root)])
    printed = capsys.readouterr()
    assert ended.value.code in (None, 0, 1), printed.err
    said = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "TIME", printed.out + printed.err)
    return said.replace(str(course.root), "COURSE")


def whole_way(course: Course, capsys: pytest.CaptureFixture[str]) -> Way:
    """Roster, collect, grade, mark by hand, grade again, late, export, pages, history, rename, remove."""
    assignment, printed = small.ASSIGNMENT, ""

    def step(*arguments: object) -> None:
        nonlocal printed
        printed += say(course, capsys, *arguments)

    people = "student_id,first_name,last_name,email\nbob,Bob,Sample,b@x.org\nAnn,Ann,Example,a@x.org\n_eve,Eve,Böhm,\n"
    step("roster", save(course.root / "people.csv", people.encode()))
    for student in ("Ann", "bob", "_eve"):
        save(course.root / f"download/{student}/{assignment}.ipynb", small.to_bytes(small.filled()))
    step("collect", assignment, course.root / "download")
    hand_in(course, "Ann", "2026-03-05 10:00:00")
    hand_in(course, "bob", "2026-03-05 10:00:00", square="def square(x): return x")
    hand_in(course, "eve2", "2026-03-07 10:00:00")
    step("due", assignment, "2026-03-05 12:00 +00:00", "--penalty", "10%", "--late-days", "1")
    step("extend", assignment, "bob", "--by", "2d")
    run(course)
    for student, points in (("Ann", 4.5), ("bob", 5.0), ("eve2", 5.0)):
        mark(course, student, points)
    hand_in(course, "bob", "2026-03-06 10:00:00")
    _, changes = run(course)
    assert [change.student for change in changes] == ["bob"]
    step("rename", "eve2", "_eve", "--merge", "--keep", "eve2")
    step("history")
    step("history", "bob")
    for format in ("csv", "json"):
        step("export", assignment, "--to", format, "--output", course.root / f"x.{format}")
    for command in ("due", "feedback", "report"):
        step(command, assignment)
    paths = [course.root / "x.csv", course.root / "x.json", *course.root.glob("feedback/**/*.html")]
    files = {path.relative_to(course.root).as_posix(): path.read_bytes() for path in paths}
    marks = read_marks(course, assignment)
    remove_submissions(course, assignment, ["Ann", "bob", "_eve"])
    assert students_known(course) == {"Ann": True, "bob": True, "_eve": True}
    return Way(printed, files, marks)


def test_a_class_goes_its_whole_way_as_on_sqlite(
    course: Course, template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    local = Course.at(registered_course(tmp_path / "local").root)
    (local.private / "secret").write_bytes((course.private / "secret").read_bytes())
    there, here = whole_way(course, capsys), whole_way(local, capsys)
    assert there.printed == here.printed
    assert there.files == here.files and {"x.csv", "x.json"} < there.files.keys()
    assert there.marks == here.marks
    assert not (course.root / "gradebook.db").exists()


@pytest.mark.kernel
def test_nbgrader_s_own_steps_and_formgrader_use_the_same_database(course: Course) -> None:
    hand_in(course, "ann", "2026-03-05 10:00:00")
    hand_in(course, "bob", "2026-03-05 10:00:00")
    run(course, students=["bob"])
    config = load_config(course)
    config.CourseDirectory.root = str(course.root)
    config.CsvExportPlugin.to = str(course.root / "grades.csv")
    api = NbGraderAPI(CourseDirectory(config=config), config=config)  # formgrader's: what its buttons do
    for done in (api.autograde(small.ASSIGNMENT, "ann"), api.generate_feedback(small.ASSIGNMENT)):
        assert done["success"], done
    with api.gradebook as gradebook:
        CsvExportPlugin(config=config).export(gradebook)
    own = read_marks(course, small.ASSIGNMENT).notebooks
    assert {student: notebooks[small.ASSIGNMENT].points for student, notebooks in own.items()} == {"ann": 10, "bob": 10}
    rows = csv.DictReader((course.root / "grades.csv").read_text().splitlines())
    assert {row["student_id"]: float(row["score"]) for row in rows} == {"ann": 10, "bob": 10}
    assert {path.parts[-3] for path in course.root.glob("feedback/*/*/*.html")} == {"ann", "bob"}
    submissions = api.get_submissions(small.ASSIGNMENT)
    assert {one["student"]: one["needs_manual_grade"] for one in submissions} == {"ann": True, "bob": True}


def test_a_second_run_that_grades_into_the_same_gradebook_is_told(course: Course) -> None:
    hand_in(course, "ann")
    began, second = threading.Event(), threading.Event()

    class Waiting(StubEngine):
        def judge_all(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Judged]]:
            began.set()
            assert second.wait(60)
            yield from super().judge_all(tasks)

    first: list[str] = []
    thread = threading.Thread(target=lambda: first.extend(one.state for one in run(course, Waiting())[0].values()))
    thread.start()
    try:
        assert began.wait(60)
        with pytest.raises(CourseError, match="Another `autograder grade` is running on the gradebook postgresql://"):
            run(Course.at(course.root))
    finally:
        second.set()
        thread.join()
    assert first == ["graded"]
    assert run(Course.at(course.root))[0]["ann"].state == "unchanged"


def test_marks_by_rubric_and_two_markers_at_once(course: Course) -> None:
    for student in ("ann", "bob"):
        hand_in(course, student)
    run(course)
    question = MarkedQuestion(small.ASSIGNMENT, small.ASSIGNMENT, "conclusions", 5.0)
    make_mark_tables(course)
    with marking(course, writes=True) as database:
        seed_items(database, question, [(3.0, "a cause"), (-1.0, "a slip")])
        item, slip = (item.id for item in read_items(database, question))
    saved: list[Saved] = []

    def write(marker: str) -> None:
        with marking(course, writes=True) as own:
            seen = {"ann": Seen(0), "bob": Seen(0)}
            saved.append(rubric_marks.save(own, question, seen, HandMark((item,), comment="é\t数"), Action(marker)))

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(len(one.states) for one in saved) == [0, 0, 0, 2]
    (winner,) = {one.states["ann"].marker for one in saved if one.states}
    with marking(course, writes=True) as database:
        set_item(database, question, item, 4.0, "the cause", Action(winner))
        set_item(database, question, slip, -1.0, "a slip", Action(winner), retired=True)
        assert {one.score for one in read_states(database, question).values()} == {4.0}
    mark(course, "bob", 2.5)
    with marking(course, writes=True) as database:
        assert read_states(database, question)["bob"].set_elsewhere
        undone = undo(database, question, Action(winner))
        assert undone is not None
        assert (set(undone.states), set(undone.refused)) == ({"ann"}, {"bob"})
    assert items_of(course, small.ASSIGNMENT)["bob"][question.key].comment == "é\t数"
    with renaming(course, "bob", "ben", {}):
        pass
    assert items_of(course, small.ASSIGNMENT).keys() == {"ben"}
    remove_submissions(course, small.ASSIGNMENT, ["ben"])
    assert not items_of(course, small.ASSIGNMENT)


def test_a_wrong_password_is_one_line_without_it(
    course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("PGPASSFILE")
    monkeypatch.setenv("HOME", str(course.root))
    for url in (course.gradebook_url.replace("@", ":wrong-one@"), course.gradebook_url):
        on_server(course, url)
        for command in (["report", small.ASSIGNMENT], ["history"], ["grade", small.ASSIGNMENT]):
            hand_in(course, "ann")
            with pytest.raises(SystemExit) as ended:
                main([*command, "--course", str(course.root)])
            printed = capsys.readouterr()
            assert ended.value.code == 2 and printed.err.count("\n") == 1
            assert "password" in printed.err and "postgresql://teacher@127.0.0.1" in printed.err
            assert "wrong-one" not in printed.err and PASSWORD not in printed.err


def test_a_database_that_is_empty_has_no_gradebook_yet(course: Course, postgresql: Server) -> None:
    empty = on_server(course, postgresql.create("empty"))
    with pytest.raises(CourseError, match=r"There is no gradebook at postgresql://teacher@127\.0\.0\.1:\d+/empty"):
        read_marks(empty, small.ASSIGNMENT)
    hand_in(empty, "ann")
    assert run(empty)[0]["ann"].state == "graded"


def test_what_is_longer_than_nbgrader_s_columns_is_cut_or_left_out(
    course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = f"student_id,first_name,last_name,email\n{'7' * 100},{'A' * 200},{'E' * 200},{'a' * 200}@x.org\n"
    save(course.root / "people.csv", rows.encode())
    say(course, capsys, "roster", course.root / "people.csv")
    assert students_known(course) == {"7" * 100: True}
    assert json.loads((course.private / "roster.json").read_bytes())[0]["email"] == f"{'a' * 200}@x.org"
