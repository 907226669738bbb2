"""A platform reads its own file back with the grades in it: the right person and column, and nothing else changed."""

import csv
import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.course.roster import Person, Roster
from autograder.errors import CourseError
from autograder.export.export import export
from autograder.export.formats import FORMATS
from autograder.export.names import EXPORTS
from autograder.export.platforms import PLATFORMS
from autograder.gradebook.students import keep_people
from tests.export.test_spreadsheet import workbook
from tests.helpers import importers
from tests.helpers.graded_course import ASSIGNMENT, MANUAL, enter, gradebook, make_course, notebook

pytestmark = pytest.mark.xdist_group("gradebook")

DONE = dict.fromkeys(MANUAL, 5.0)
PEOPLE = (
    Person("0025001", "Ada", "Example", "ada@example.org", logins=("ada",), lms_id="1001", lms_ids={ASSIGNMENT: "71"}),
    Person("0025002", "=2+3", "Böhm", "bo@example.org", logins=("bo-x",), lms_id="1002", lms_ids={ASSIGNMENT: "72"}),
    Person("0025003", "三", "张", "san@example.org", logins=("san",), lms_id="1003", lms_ids={ASSIGNMENT: "73"}),
    Person("0025004", "Eve", "O'Neil", "eve@example.org", logins=("eve",), lms_id="1004", lms_ids={ASSIGNMENT: "74"}),
)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Ada and Bo are graded to the end, San has open answers, Eve handed in nothing."""
    course = make_course(tmp_path_factory.mktemp("course"))
    enter(course, "0025001", notebook(), scores={"test_area": 10.0, "test_volume": 7.25}, manual=DONE)
    enter(course, "0025002", notebook(), scores={"test_area": 0.0}, manual=dict.fromkeys(MANUAL, 0.0))
    enter(course, "0025003", notebook(), scores={"test_area": 10.0})
    keep_people(course, Roster(PEOPLE))
    return course


MOODLE = (
    "Identifier,Full name,Email address,Status,Grade,Maximum grade,Last modified (grade),Feedback comments\r\n"
    'Participant 72,"=2+3 Böhm",bo@example.org,"Submitted for grading - ",,85.00,-,"<p>a, ""b""</p>"\r\n'
    'Participant 71,"Ada Example",ada@example.org,"Submitted for grading - ",,85.00,-,\r\n'
    'Participant 73,"三 张",san@example.org,"Submitted for grading - ",,85.00,-,\r\n'
    'Participant 74,"Eve O\'Neil",eve@example.org,"No submission",,85.00,-,\r\n'
)
GERMAN = (
    "ID;Vollständiger Name;E-Mail-Adresse;Status;Bewertung;Bestwertung;Zuletzt geändert (Bewertung)\n"
    "Teilnehmer/in72;=2+3 Böhm;bo@example.org;Abgegeben;;85,00;-\n"
    "Teilnehmer/in71;Ada Example;ada@example.org;Abgegeben;;85,00;-\n"
    "Teilnehmer/in73;三 张;san@example.org;Abgegeben;;85,00;-\n"
)
CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Shapes (4711),Other (4712),Current Score\n"
    "    Points Possible,,,,,85,10,(read only)\n"
    '"Example, Ada",1001,0025001,ada,Section A,,3,"88,5"\n'
    '"Böhm, =2+3",1002,0025002,bo-x,Section A,2,,\n'
    '"张, 三",1003,0025003,san,Section B,,,\n'
    '"O\'Neil, Eve",1004,0025004,eve,Section B,,,\n'
    '"Student, Test",1999,,abc,Section A,,,\n'
)
BLACKBOARD = (
    '"Last Name"\t"First Name"\t"Username"\t"Student ID"\t"Last Access"\t"Availability"\t'
    '"Shapes [Total Pts: 85 Score] |123456"\t"Lab 2 [Total Pts: 10 Score] |123457"\r\n'
    '"Example"\t"Ada"\t"ada"\t"0025001"\t"2026-03-01"\t"Yes"\t""\t"4"\r\n'
    '"Böhm"\t"=2+3"\t"bo-x"\t"0025002"\t"2026-03-01"\t"Yes"\t""\t""\r\n'
    '"张"\t"三"\t"san"\t"0025003"\t"2026-03-01"\t"Yes"\t""\t""\r\n'
)
BRIGHTSPACE = (
    "OrgDefinedId,Username,Last Name,First Name,Email,Shapes Points Grade <Numeric MaxPoints:85 Category:Labs>,"
    "End-of-Line Indicator\r\n"
    "#0025001,#ada,Example,Ada,ada@example.org,,#\r\n"
    "#0025002,#bo-x,Böhm,=2+3,bo@example.org,,#\r\n"
    "#0025003,#san,张,三,san@example.org,,#\r\n"
)
SAKAI = (
    '"Lab 1","SCORE_GRADE_TYPE"\n""\n"Display ID","ID","Last Name","First Name","grade"\n'
    '"0025001","ada","Example","Ada",""\n"0025002","bo-x","Böhm","=2+3",""\n"0025003","san","张","三",""\n'
)


def fill(course: Course, folder: Path, to: str, data: bytes, **options: str | bool) -> tuple[bytes, tuple[str, ...]]:
    file = folder / "grades.csv"
    file.write_bytes(data)
    exported = export(course, ASSIGNMENT, None, to, into=file, **options)  # type: ignore[arg-type]
    assert exported.path == file and [path.name for path in folder.iterdir()] == ["grades.csv"]
    return file.read_bytes(), exported.look


def unlike(before: bytes, after: bytes, encoding: str, delimiter: str = ",") -> list[tuple[str, str]]:
    """The cells that differ."""
    old, new = (
        list(csv.reader(io.StringIO(data.decode(encoding), ""), delimiter=delimiter)) for data in (before, after)
    )
    assert [len(row) for row in old] == [len(row) for row in new]
    return [pair for a, b in zip(old, new, strict=True) for pair in zip(a, b, strict=True) if pair[0] != pair[1]]


@pytest.mark.parametrize(
    ("to", "text", "encoding", "read", "taken"),
    [
        ("moodle", MOODLE, "utf-8", lambda data: importers.moodle_worksheet(data, "Grade", "Maximum grade"),
         {"71": 27.25, "72": 0.0}),
        ("moodle", GERMAN, "utf-8-sig", lambda data: importers.moodle_worksheet(data, "Bewertung", "Bestwertung"),
         {"71": 27.25, "72": 0.0}),
        ("canvas", CANVAS, "utf-8-sig", lambda data: importers.canvas(data, "4711"), {"1001": 27.25, "1002": 0.0}),
        ("canvas", CANVAS.replace(",", ";").replace('"88;5"', '"88,5"').replace("; ", ", "), "utf-8",
         lambda data: importers.canvas(data, "4711"), {"1001": 27.25, "1002": 0.0}),
        ("blackboard", BLACKBOARD, "utf-16", lambda data: importers.blackboard(data, "123456", "utf-16"),
         {"ada": 27.25, "bo-x": 0.0}),
        ("brightspace", BRIGHTSPACE, "utf-8-sig", lambda data: importers.brightspace(data, "Shapes"),
         {"0025001": 27.25, "0025002": 0.0}),
        ("sakai", SAKAI, "utf-8", importers.sakai, {"ada": 27.25, "bo-x": 0.0}),
    ],
    ids=["moodle", "moodle in German", "canvas", "canvas with semicolons", "blackboard", "brightspace", "sakai"],
)  # fmt: skip
def test_the_platform_reads_the_grades_and_finds_nothing_else_changed(
    course: Course, tmp_path: Path, to: str, text: str, encoding: str,
    read: Callable[[bytes], dict[str, float]], taken: dict[str, float],
) -> None:  # fmt: skip
    before = text.encode(encoding)
    after, look = fill(course, tmp_path, to, before)
    assert read(after) == taken
    delimiter = next(sign for sign in ("\t", ";", ",") if sign in text.splitlines()[2])
    assert sorted(new.replace(",", ".") for _, new in unlike(before, after, encoding, delimiter)) == ["0", "27.25"]
    assert any("0025003" in line and "got no grade" in line for line in look)
    again, _ = fill(course, tmp_path, to, after)
    assert again == after


def test_every_byte_but_the_grades_stays(course: Course, tmp_path: Path) -> None:
    after, _ = fill(course, tmp_path, "moodle", b"\xef\xbb\xbf" + MOODLE.encode())
    expected = MOODLE.replace('- ",,85.00,-,"<p>', '- ",0,85.00,-,"<p>')
    expected = expected.replace(
        'ada@example.org,"Submitted for grading - ",,', 'ada@example.org,"Submitted for grading - ",27.25,'
    )
    assert after.decode("utf-8-sig") == expected and after.startswith(b"\xef\xbb\xbf")


def test_chinese_encodings_are_kept(course: Course, tmp_path: Path) -> None:
    text = "Student,ID,SIS Login ID,Section,Shapes (4711)\n" + "".join(
        f"张三丰李四光王五{number},{number},u{number},一班同学,\n" for number in (1001, 1002)
    )
    after, _ = fill(course, tmp_path, "canvas", text.encode("gb18030"))
    assert "张三丰李四光王五1001,1001,u1001,一班同学,27.25\n" in after.decode("gb18030")


def test_what_is_excused_stays_and_is_said(course: Course, tmp_path: Path) -> None:
    after, look = fill(course, tmp_path, "canvas", CANVAS.replace("Section A,2,,", "Section A,EX,,").encode())
    assert importers.canvas(after, "4711") == {"1001": 27.25, "1002": "EX"}
    assert any("excused" in line and "0025002" in line for line in look)


def test_who_is_only_in_the_file_or_only_here_is_said(course: Course, tmp_path: Path) -> None:
    _, look = fill(
        course, tmp_path, "sakai", SAKAI.replace('"0025002","bo-x","Böhm","=2+3"', '"9","x","New","Person"').encode()
    )
    assert any("New" in line and "no marks here" in line for line in look)
    assert any("=2+3 Böhm" in line and "not in the file" in line for line in look)


def test_points_that_moodle_would_skip_are_said(course: Course, tmp_path: Path) -> None:
    own = Course.at(shutil.copytree(course.root, tmp_path / "course"))
    with gradebook(own) as book:
        book.find_grade("questions", ASSIGNMENT, ASSIGNMENT, "0025001").extra_credit = 60.0
        book.db.commit()
    (tmp_path / "files").mkdir()
    _, look = fill(own, tmp_path / "files", "moodle", MOODLE.encode())
    assert any("more points than the maximum" in line and "0025001" in line for line in look)


def test_another_maximum_is_refused_unless_points_are_to_be_scaled(course: Course, tmp_path: Path) -> None:
    text = CANVAS.replace(",85,10,", ",100,10,").encode()
    with pytest.raises(CourseError, match=r"out of 100 in .*out of 85 here"):
        fill(course, tmp_path, "canvas", text)
    after, _ = fill(course, tmp_path, "canvas", text, scale=True)
    assert importers.canvas(after, "4711")["1001"] == 32.06


def test_a_column_of_another_name_is_named(course: Course, tmp_path: Path) -> None:
    text = CANVAS.replace("Shapes (4711)", "Lab 1: areas (4711)").encode()
    with pytest.raises(CourseError, match="--column: Lab 1: areas, Other"):
        fill(course, tmp_path, "canvas", text)
    after, _ = fill(course, tmp_path, "canvas", text, column="Lab 1: areas")
    assert importers.canvas(after, "4711")["1001"] == 27.25


TABLE = "序号,学号,姓名,实验成绩,备注\r\n1,0025001,Ada Example,,\r\n2,0025002,=2+3 Böhm,缓考,\r\n3,0025003,张三,,x\r\n"


def test_any_table_of_the_class_is_filled_and_words_in_it_stay(course: Course, tmp_path: Path) -> None:
    after, look = fill(course, tmp_path, "table", TABLE.encode("gb18030"))
    assert after.decode("gb18030") == TABLE.replace("Example,,", "Example,27.25,")
    assert any("says something else" in line and "0025002" in line for line in look)
    assert any("graded by hand" in line and "0025003" in line for line in look)


REFUSED: dict[str, tuple[str, bytes]] = {
    "a table without a column for grades": ("table", TABLE.replace("实验成绩", "说明").encode()),
    "a table with two": ("table", TABLE.replace("备注", "平时成绩").encode()),
    "another platform's file": ("canvas", MOODLE.encode()),
    "no column for grades": ("moodle", MOODLE.replace("85.00", "Passed").encode()),
    "read only": ("canvas", CANVAS.replace(",85,10,", ",85 (read only),10,").encode()),
    "two columns of one name": ("canvas", CANVAS.replace("Other (4712)", "shapes (4712)").encode()),
    "two people of one id": ("brightspace", BRIGHTSPACE.replace("#0025002", "#0025001").encode()),
    "two rows of one person": ("sakai", (SAKAI + '"0025001","ada2","Example","Ada",""\n').encode()),
    "a quote that is not closed": ("canvas", CANVAS.replace('"Böhm, =2+3"', '"Böhm, =2+3').encode()),
    "strangers": ("sakai", SAKAI.replace("00250", "99").replace("ada", "u1").replace("bo-x", "u2").replace("san", "u3")
                  .replace("Example", "A").replace("Böhm", "B").replace("张", "C").encode()),
    "no text": ("moodle", b"\x00\x01\xff" * 99),
    "a spreadsheet for a platform that takes none": ("moodle", workbook()),
    "a damaged spreadsheet": ("moodle", b"PK\x03\x04" + bytes(99)),
    "empty": ("moodle", b""),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_does_not_say_it_clearly_is_refused_and_stays(course: Course, tmp_path: Path, case: str) -> None:
    to, data = REFUSED[case]
    with pytest.raises(CourseError) as refused:
        fill(course, tmp_path, to, data)
    assert "grades.csv" in str(refused.value) and "\n" not in str(refused.value)
    assert (tmp_path / "grades.csv").read_bytes() == data and len(list(tmp_path.iterdir())) == 1


def test_a_class_without_a_roster_is_matched_by_the_id_of_its_download(tmp_path: Path) -> None:
    (tmp_path / "course").mkdir()
    course = make_course(tmp_path / "course")
    enter(course, "1001", notebook(), scores={"test_area": 10.0}, manual=DONE)
    enter(course, "71", notebook(), scores={"test_area": 9.0}, manual=DONE)
    folder = tmp_path / "files"
    folder.mkdir()
    assert importers.canvas(fill(course, folder, "canvas", CANVAS.encode())[0], "4711")["1001"] == 20
    after, _ = fill(course, folder, "moodle", MOODLE.encode())
    assert importers.moodle_worksheet(after, "Grade", "Maximum grade") == {"71": 19.0}


def test_the_file_for_moodle_s_import_has_a_column_a_question_and_no_grade_for_what_is_open(
    course: Course, tmp_path: Path
) -> None:
    file = tmp_path / "import.csv"
    export(course, ASSIGNMENT, file, "moodle")
    known = {person.student for person in PEOPLE}
    taken = importers.moodle_grade_import(file.read_bytes(), "idnumber", ASSIGNMENT, known)
    assert taken == {"0025001": 27.25, "0025002": 0.0}
    questions = importers.moodle_grade_import(
        file.read_bytes(), "email", f"{ASSIGNMENT}: area", {p.email for p in PEOPLE}
    )
    assert questions["san@example.org"] == 10
    assert "san@example.org" not in importers.moodle_grade_import(
        file.read_bytes(), "email", f"{ASSIGNMENT}: conclusions", {p.email for p in PEOPLE}
    )


def test_gradescope_s_results_leave_out_what_is_open(course: Course, tmp_path: Path) -> None:
    export(course, ASSIGNMENT, tmp_path / "results.zip", "gradescope")
    with zipfile.ZipFile(tmp_path / "results.zip") as archive:
        assert archive.namelist() == [f"002500{number}/results.json" for number in (1, 2, 3)]
        done, open_ = (json.loads(archive.read(f"002500{number}/results.json")) for number in (1, 3))
    assert sum(test["score"] for test in done["tests"]) == 27.25
    assert [test["name"] for test in open_["tests"]] == ["area", "area_gradient", "volume"]
    assert all(0 <= test["score"] <= test["max_score"] for test in done["tests"])


def test_a_file_is_written_whole_or_not_at_all(course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "scores.csv").write_text("old")

    def full(self: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(CourseError, match="No space left"):
        export(course, ASSIGNMENT, tmp_path / "scores.csv")
    assert (tmp_path / "scores.csv").read_text() == "old"


def test_files_are_asked_for_where_they_are_needed(course: Course, tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="--into"):
        export(course, ASSIGNMENT, tmp_path / "x.csv", "canvas")
    with pytest.raises(CourseError, match="--output"):
        export(course, ASSIGNMENT, None, "csv")
    with pytest.raises(CourseError, match="without --into"):
        export(course, ASSIGNMENT, tmp_path / "x.csv", "csv", into=tmp_path / "y.csv")


def test_the_command_line_knows_every_format() -> None:
    assert (*FORMATS, *PLATFORMS, "gradescope") == EXPORTS
