"""Lists of platforms become the course's students, or nothing happens and a line says why."""

import json
from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.course.roster import Identity, Roster
from autograder.errors import CourseError
from autograder.roster.read_list import read_list
from tests.helpers import small_course as small
from tests.helpers.downloads import save
from tests.roster.helpers import state, students

HERE = Path(__file__).parent

LISTS = {
    "our own": (
        "student_id,lms_id,first_name,last_name,email,section\n007,11,Ada,Example,a@x.org,A\n008,12,Bo,Sample,b@x.org,B\n",
        {"007": ("Ada", "Example", "a@x.org", "11"), "008": ("Bo", "Sample", "b@x.org", "12")},
    ),
    "Moodle, participants": (
        '"First name","Last name","Email address",Groups\nAda,Example,a@x.org,"One, Two"\nBo,Sample,b@x.org,\n',
        {"a@x.org": ("Ada", "Example", "a@x.org", None), "b@x.org": ("Bo", "Sample", "b@x.org", None)},
    ),
    "Moodle, participants in German": (
        "Vorname;Nachname;ID-Nummer;E-Mail-Adresse;Gruppen\nAda;Böhm;0071;a@x.org;\nBo;Sample;0072;b@x.org;\n",
        {"0071": ("Ada", "Böhm", "a@x.org", None), "0072": ("Bo", "Sample", "b@x.org", None)},
    ),
    "Moodle, participants in French": (
        "Prénom,Nom,Numéro d’identification,Adresse de courriel\nAda,Example,71,a@x.org\nBo,Sample,72,b@x.org\n",
        {"71": ("Ada", "Example", "a@x.org", None), "72": ("Bo", "Sample", "b@x.org", None)},
    ),
    "Moodle, participants in Spanish": (
        "Nombre,Apellido(s),Número de ID,Dirección de correo\nAda,Example,71,a@x.org\nBo,Sample,72,b@x.org\n",
        {"71": ("Ada", "Example", "a@x.org", None), "72": ("Bo", "Sample", "b@x.org", None)},
    ),
    "Moodle, participants with a teacher": (
        "First name,Last name,Email address,Roles\nAda,Example,a@x.org,Student\nTea,Cher,t@x.org,Teacher\n",
        {"a@x.org": ("Ada", "Example", "a@x.org", None)},
    ),
    "Canvas": (
        "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Regularization (4711)\n"
        "    Points Possible,,,,,100\n"
        '"Example, Ada",1001,0S1,ada,"A and B",87.5\n"Sample, Bo",1002,0S2,bo,A,\n"Student, Test",1003,,,A,\n',
        {"0S1": ("Ada", "Example", None, "1001"), "0S2": ("Bo", "Sample", None, "1002")},
    ),
    "Canvas without numbers": (
        'Student,ID,SIS User ID,SIS Login ID,Section\n"Example, Ada",1001,,ada@x.org,\n"Sample, Bo",1002,,bo@x.org,\n',
        {"ada@x.org": ("Ada", "Example", None, "1001"), "bo@x.org": ("Bo", "Sample", None, "1002")},
    ),
    "Blackboard": (
        '"Last Name"\t"First Name"\t"Username"\t"Student ID"\t"Last Access"\t"Availability"\n'
        '"Example"\t"Ada"\t"aexample"\t"071"\t"2026"\t"Yes"\n"Sample"\t"Bo"\t"bsample"\t"072"\t"2026"\t"Yes"\n',
        {"071": ("Ada", "Example", None, None), "072": ("Bo", "Sample", None, None)},
    ),
    "Brightspace": (
        "OrgDefinedId,Username,Last Name,First Name,Email,Lab 1 Points Grade,End-of-Line Indicator\n"
        "#071,#aexample,Example,Ada,a@x.org,,#\n#072,#bsample,Sample,Bo,b@x.org,,#\n",
        {"071": ("Ada", "Example", "a@x.org", None), "072": ("Bo", "Sample", "b@x.org", None)},
    ),
    "Gradescope": (
        "First Name,Last Name,Email,SID,Role,Section 1,Section 2\n"
        "Ada,Example,a@x.org,071,Student,,\nBo,Sample,b@x.org,072,Student,,\nT,A,t@x.org,,TA,,\n",
        {"071": ("Ada", "Example", "a@x.org", None), "072": ("Bo", "Sample", "b@x.org", None)},
    ),
    "GitHub Classroom": (
        '"identifier","github_username","github_id","name"\n"071","AdaHub","5","Ada Example"\n"072","","",""\n',
        {"071": ("Ada", "Example", None, None), "072": (None, None, None, None)},
    ),
    "Sakai": (
        '"Lab 1","SCORE_GRADE_TYPE"\n""\n"Display ID","ID","Last Name","First Name","grade"\n'
        '"071","aexample","Example","Ada",""\n"072","bsample","Sample","Bo",""\n',
        {"071": ("Ada", "Example", None, None), "072": ("Bo", "Sample", None, None)},
    ),
    "a Chinese table with spread words in two languages": (
        "序号,学 号 (Student ID),姓　名/Name,* 班级\n1,0071,张三,一班\n2,0072,李四,一班\n",
        {"0071": ("", "张三", None, None), "0072": ("", "李四", None, None)},
    ),
    "a Chinese table": (
        "某某大学\n\n班级,学号,姓名\n一班,\t0071,张三\n一班,\t0072,李四\n合计,2,\n",
        {"0071": ("", "张三", None, None), "0072": ("", "李四", None, None)},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_the_lists_of_platforms_fill_the_table_of_students(
    course: Course, tmp_path: Path, name: str, encoding: str
) -> None:
    text, expected = LISTS[name]
    joined = read_list(course, save(tmp_path / "list.csv", text.encode(encoding)))
    assert students(course) == expected
    assert (sorted(joined.students), joined.new) == (sorted(expected), len(expected))
    assert not joined.look


def test_a_list_in_gbk_is_read_though_its_header_is_english(course: Course, tmp_path: Path) -> None:
    text = "Student,ID,SIS User ID\n张三丰,1,0071\n李 四,2,0072\n"
    read_list(course, save(tmp_path / "list.csv", text.encode("gbk")))
    assert students(course)["0071"][:2] == ("", "张三丰")


@pytest.mark.parametrize("name", ["class.xls", "class.xlsx"])
def test_spreadsheets_with_title_rows_are_read_with_ids_as_text(course: Course, name: str) -> None:
    joined = read_list(course, HERE / name)
    assert students(course) == {"0025000001": ("", "张三", None, None), "2025000002": ("", "李四", None, None)}
    assert joined.lines[0] == "Header in row 5: 学号, 姓名, 行政班级; ids from '学号'"
    assert Roster.read(course).people["2025000002"].section == "计科 2 班"


WORKSHEETS = {
    "English": ("Identifier,Full name,Email address,Grade", "Participant {},{name},{mail},"),
    "German": ("ID;Vollständiger Name;E-Mail-Adresse;Bewertung", "Teilnehmer/in{};{name};{mail};"),
    "Chinese": ("标识符,全名,电子邮件地址,成绩", "参与者 {},{name},{mail},"),
    "English, names only": ("Identifier,Full name,Grade", "Participant {},{name},"),
}


def worksheet(language: str) -> bytes:
    header, row = WORKSHEETS[language]
    rows = [row.format(1234, name="Ada Example", mail="a@x.org"), row.format(1235, name="Bo Sample", mail="b@x.org")]
    return "\n".join([header, *rows, ""]).encode()


@pytest.mark.parametrize("language", WORKSHEETS)
def test_moodle_s_numbers_are_kept_for_their_assignment(course: Course, tmp_path: Path, language: str) -> None:
    read_list(course, save(tmp_path / "people.csv", LISTS["our own"][0].encode()))
    path = save(tmp_path / "worksheet.csv", worksheet(language))
    before = state(course)
    with pytest.raises(CourseError, match="hold for one assignment only"):
        read_list(course, path)
    assert state(course) == before
    assert read_list(course, path, small.ASSIGNMENT).new == 0
    roster = Roster.read(course)
    assert roster.find(Identity(lms_id="1234", name="Bo Sample"), small.ASSIGNMENT) == ["007"]
    assert roster.find(Identity(lms_id="1234"), "letters") == []
    assert students(course)["007"] == ("Ada", "Example", "a@x.org", "11")


def test_a_worksheet_alone_makes_students_of_its_names(course: Course, tmp_path: Path) -> None:
    path = save(tmp_path / "worksheet.csv", worksheet("English, names only"))
    assert read_list(course, path, small.ASSIGNMENT).students == ["Ada Example", "Bo Sample"]


def test_a_name_keeps_no_sign_that_turns_others_round(course: Course, tmp_path: Path) -> None:
    data = "ID number,First name,Last name\n007,\u202eAda\u202c,\u2067Example\u2069\n".encode()
    assert read_list(course, save(tmp_path / "list.csv", data)).students == ["007"]
    assert students(course)["007"][:2] == ("Ada", "Example")


def test_lists_of_several_platforms_are_joined(course: Course, tmp_path: Path) -> None:
    for name in ("our own", "Moodle, participants"):
        read_list(course, save(tmp_path / "list.csv", LISTS[name][0].encode()))
    github = "identifier,github_username,github_id,name\nA@x.org,AdaHub,5,\nBo Sample,bo,6,Bo Sample\n"
    joined = read_list(course, save(tmp_path / "list.csv", github.encode()))
    assert (joined.students, joined.new) == (["007", "008"], 0)
    assert Roster.read(course).find(Identity(login="adahub")) == ["007"]
    assert students(course)["007"] == ("Ada", "Example", "a@x.org", "11")


BAD = {
    "two students of one id": ("student_id,name\n1,Ada\n1,Bo\n", "rows 2 and 3 are both '1'"),
    "ids that differ in case": ("student_id,name\nAnna,Ada\nanna,Bo\n", "rows 2 and 3 are both"),
    "two students of one address": ("student_id,email\n1,a@x.org\n2,A@x.org\n", "rows 2 and 3 are both 'a@x.org'"),
    "two columns for one thing": ("student_id,email,E-Mail\n1,a@x.org,b@x.org\n2,c@x.org,d@x.org\n", "two columns"),
    "missing columns": ("Lab 1,Lab 2\n1,2\n", "no row names a student's id"),
    "no header": ("1,Ada\n2,Bo\n", "no row names a student's id"),
    "nobody": ("student_id,name\n,\n", "nobody below the header in row 1"),
    "an id is missing": ("student_id,name\n1,Ada\n,Bo\n3,Cy\n", "row 3: 'student_id' is empty"),
    "a spreadsheet's number": ("student_id,name\n2.025E+09,Ada\n2,Bo\n", "row 2: 2.025E+09 is what a spreadsheet"),
    "an id that no folder can have": ("student_id,name\nCON,Ada\n2,Bo\n", "row 2: 'CON' cannot be a student's id"),
    "a web page": ("<html><table><tr><td>学号</td></tr></table></html>", "holds a web page"),
    "empty": ("", "no row names a student's id"),
}


@pytest.mark.parametrize("fault", BAD)
def test_what_is_not_clear_is_refused_in_one_line_and_nothing_is_written(
    course: Course, tmp_path: Path, fault: str
) -> None:
    text, line = BAD[fault]
    read_list(course, save(tmp_path / "before.csv", b"student_id,name\n9,Zed Last\n"))
    before = state(course)
    with pytest.raises(CourseError, match=line.replace("+", r"\+")):
        read_list(course, save(tmp_path / "list.csv", text.encode()))
    assert state(course) == before


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ("student_id,name\n1,Böhm\n2,Jürgen Groß\n".encode("cp1252"), "its encoding cannot be told"),
        ("student_id,name\n1,Иванов Пётр\n2,Яна\n".encode("cp1251"), "its encoding cannot be told"),
        (b"PK\x03\x04 no spreadsheet", "cannot be read as a list"),
        (b"\xff\xfe\x00", "its encoding cannot be told"),
        (b'student_id,name\n"1' + b"x" * 200_000, "cannot be read as a list"),
    ],
)
def test_what_cannot_be_read_is_refused(course: Course, tmp_path: Path, data: bytes, line: str) -> None:
    with pytest.raises(CourseError, match=line):
        read_list(course, save(tmp_path / "list.csv", data))
    assert not students(course)


def test_rows_of_several_known_students_or_of_the_same_are_refused(course: Course, tmp_path: Path) -> None:
    read_list(course, save(tmp_path / "list.csv", LISTS["our own"][0].encode()))
    mixed = "student_id,email\n007,b@x.org\n"
    with pytest.raises(CourseError, match="row 2: its id, login, address and name are of several students"):
        read_list(course, save(tmp_path / "list.csv", mixed.encode()))
    twice = "identifier,github_username\n007,ada\nA@x.org,lovelace\n"
    with pytest.raises(CourseError, match="rows 2 and 3 are both 007 of the course"):
        read_list(course, save(tmp_path / "list.csv", twice.encode()))


def test_the_assignment_must_be_the_course_s_and_the_list_s(course: Course, tmp_path: Path) -> None:
    path = save(tmp_path / "list.csv", LISTS["Moodle, participants"][0].encode())
    with pytest.raises(CourseError, match="No assignment 'letters'"):
        read_list(course, path, "letters")
    with pytest.raises(CourseError, match="no numbers of people for numbers"):
        read_list(course, path, small.ASSIGNMENT)
    with pytest.raises(CourseError, match="cannot be read"):
        read_list(course, tmp_path / "nothing.csv")


def test_a_student_in_two_sections_is_one(course: Course, tmp_path: Path) -> None:
    read_list(course, save(tmp_path / "list.csv", b"student_id,name,section\n1,Ada E,A\n1,Ada E,B\n"))
    assert Roster.read(course).people["1"].section == "A, B"


def test_doubts_are_listed(course: Course, tmp_path: Path) -> None:
    ids = "".join(f"12345678{number},Student {number}\n" for number in range(10, 20))
    read_list(course, save(tmp_path / "list.csv", f"student_id,name\n{ids}".encode()))
    more = f"student_id,name\n{ids}1234567,Li Wei\n1234567899,Li Wei\n"
    joined = read_list(course, save(tmp_path / "list.csv", more.encode()))
    assert joined.look[0].startswith("Li Wei: the name of several students: 1234567, 1234567899.")
    assert joined.look[1].startswith("1 id is shorter than the others: 1234567.")
    joined = read_list(course, save(tmp_path / "list.csv", b"student_id,name\n77,Zoe Z\n"))
    assert joined.lines[-1].startswith("12 students of the course are not in this list: 1234567, ")


def test_the_roster_is_one_file_that_says_what_is_wrong_with_it(course: Course, tmp_path: Path) -> None:
    read_list(course, save(tmp_path / "list.csv", LISTS["our own"][0].encode()))
    path = course.private / "roster.json"
    assert [row["student"] for row in json.loads(path.read_bytes())] == ["007", "008"]
    path.write_bytes(b"{}]")
    with pytest.raises(CourseError, match="cannot be read"):
        Roster.read(course)
