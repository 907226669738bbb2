"""Tables of a class as spreadsheets: the grades get into the right cells, and nothing else of the file changes."""

import io
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.errors import CourseError
from autograder.export.platforms import PLATFORMS, choose
from autograder.export.spreadsheet import Spreadsheet
from autograder.roster.people import read_people
from autograder.roster.tables import read_tables

SAMPLE = Path(__file__).parents[1] / "roster" / "class.xlsx"
"""As a library of Python's writes it: its texts stand in the cells, the sheet of the class comes first."""

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TEXTS = (
    *("学号", "姓名", "平时成绩", "实验成绩(满分100)", "总评"),
    *("0025001", "张三", "0025002", "李四", "缓考", "0025003", "王五"),
)
"""The texts of a workbook, which cells name by number."""
TITLES = "".join(f'<c r="{name}3" s="4" t="s"><v>{number}</v></c>' for number, name in enumerate("ABCDE"))
ROWS = (
    '<row r="4"><c r="A4" t="s" s="2"><v>5</v></c><c r="B4" t="s"><v>6</v></c><c r="C4"><v>90</v></c><c r="D4" s="7"/>'
    '<c r="E4"><f>C4*0.4+D4*0.6</f><v>36</v></c></row>'
    '<row r="5"><c t="s"><v>7</v></c><c t="s"><v>8</v></c><c r="E5"><f>C5*0.4+D5*0.6</f><v>0</v></c></row>'
    '<row r="6"><c r="A6" t="s"><v>10</v></c><c r="B6" t="s"><v>11</v></c><c r="D6" s="7" t="s"><v>9</v></c></row>'
)
SHEET = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    f'<worksheet xmlns="{MAIN}" xmlns:mc="http://x" mc:Ignorable="y"><sheetData>'
    '<row r="1"><c r="A1" t="inlineStr"><is><t>2026 &gt; 春 &amp; 夏</t></is></c></row>'
    f'<row r="3" spans="1:5" ht="20">{TITLES}</row>{ROWS}</sheetData>'
    '<mergeCells count="1"><mergeCell ref="A1:E1"/></mergeCells><drawing r:id="rId9" xmlns:r="y"/></worksheet>'
)
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def workbook(sheet: str = SHEET) -> bytes:
    """A workbook as office programs write it: texts apart, a sheet of remarks first, a picture, a foreign part."""
    texts = "".join(f"<si><t>{text}</t></si>" for text in TEXTS)
    links = {
        "worksheets/sheet9.xml": "worksheet",
        "worksheets/sheet1.xml": "worksheet",
        "sharedStrings.xml": "sharedStrings",
    }
    relations = "".join(
        f'<Relationship Id="rId{number}" Type="{LINKS}/{kind}" Target="{target}"/>'
        for number, (target, kind) in enumerate(links.items(), 1)
    )
    content: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>'
        '<sheet name="说明" sheetId="7" r:id="rId2"/><sheet name="成绩" sheetId="3" r:id="rId1"/></sheets>'
        '<calcPr calcId="191029"/></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{relations}</Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{texts}</sst>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>'
        '<row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>',
        "xl/worksheets/sheet9.xml": sheet,
        "xl/media/image1.png": b"\x89PNG\x00\xff",
        "customXml/item1.xml": "<x:y xmlns:x='z'/>",
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return file.getvalue()


def opened(path: Path) -> Spreadsheet:
    return Spreadsheet(path, read_people(path))


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "成绩.xlsx"
    path.write_bytes(workbook())
    return path


def test_a_grade_gets_into_its_cell_with_the_format_of_the_cell_and_every_other_part_stays(book: Path) -> None:
    sheet = opened(book)
    sheet.write(3, 3, "87.5")
    sheet.write(4, 3, "0")
    before, after = parts(book.read_bytes()), parts(sheet.to_bytes())
    changed = {name for name in before if before[name] != after[name]}
    assert list(before) == list(after) and changed == {"xl/worksheets/sheet9.xml", "xl/workbook.xml"}
    assert after["xl/workbook.xml"] == before["xl/workbook.xml"].replace(b"<calcPr ", b'<calcPr fullCalcOnLoad="1" ')
    assert after["xl/worksheets/sheet9.xml"].decode() == SHEET.replace(
        '<c r="D4" s="7"/>', '<c r="D4" s="7"><v>87.5</v></c>'
    ).replace('<c r="E5">', '<c r="D5"><v>0</v></c><c r="E5">')


def test_what_is_written_is_what_any_program_reads(book: Path) -> None:
    sheet = opened(book)
    sheet.write(3, 3, "87.5")
    book.write_bytes(sheet.to_bytes())
    remarks, table = read_tables(book)
    assert [row[3] for row in table[2:]] == ["实验成绩(满分100)", "87.5", "", "缓考"]
    assert opened(book).value(3, 3) == "87.5" and remarks == [["1"]]


def test_a_cell_at_the_end_of_a_row_is_added(tmp_path: Path) -> None:
    path = Path(shutil.copy(SAMPLE, tmp_path))
    sheet = opened(path)
    sheet.write(6, 4, "61.25")
    sheet.write(7, 4, "3")
    path.write_bytes(sheet.to_bytes())
    table = next(read_tables(path))
    assert [row[4] for row in table[4:]] == ["成绩", "", "61.25", "3", "2"]


def test_tags_with_a_prefix_keep_it(tmp_path: Path) -> None:
    text = SHEET
    for tag in ("worksheet", "sheetData", "row", "c", "v", "f", "is", "t", "mergeCells", "mergeCell"):
        for end in " />":
            text = text.replace(f"<{tag}{end}", f"<x:{tag}{end}").replace(f"</{tag}{end}", f"</x:{tag}{end}")
    path = tmp_path / "prefix.xlsx"
    path.write_bytes(workbook(text.replace("xmlns=", "xmlns:x=", 1)))
    sheet = opened(path)
    sheet.write(3, 3, "5")
    assert '<x:c r="D4" s="7"><x:v>5</x:v></x:c>' in parts(sheet.to_bytes())["xl/worksheets/sheet9.xml"].decode()


def test_the_column_is_named_where_several_take_grades(book: Path) -> None:
    listing = read_people(book)
    columns = list(PLATFORMS["table"].columns(opened(book), listing.header))
    assert [(one.title, one.maximum, one.usual) for one in columns] == [
        ("平时成绩", None, True),
        ("实验成绩(满分100)", 100.0, True),
        ("总评", None, False),
    ]
    assert len(choose(columns, "regularization", None)) == 2
    assert [one.place for one in choose(columns, "regularization", "平时成绩")] == [2]


def test_words_in_a_cell_are_no_grade_and_stay() -> None:
    keeps = PLATFORMS["table"].keeps
    assert keeps("缓考") and keeps("absent") and not any(map(keeps, ("", "-", "60", "59,5")))


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (workbook, "computed by a formula"),
        (lambda: (SAMPLE.parent / "class.xls").read_bytes(), "only an xlsx file"),
        (lambda: workbook(SHEET.replace("UTF-8", "UTF-7")), "only an xlsx file|cannot be read"),
    ],
    ids=["a formula", "xls", "an encoding that is none"],
)
def test_what_cannot_be_filled_honestly_is_refused_with_the_way_out(
    tmp_path: Path, data: Callable[[], bytes], line: str
) -> None:
    path = tmp_path / "table.xlsx"
    path.write_bytes(data())
    with pytest.raises(CourseError, match=line) as refused:
        opened(path).write(3, 4, "1")
    assert "\n" not in str(refused.value) and str(path) in str(refused.value)
