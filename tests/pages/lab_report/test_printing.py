"""Lab reports print on clean A4: no heading at the end of a page, nothing cut, head and number on each page."""

import base64
import io
import re
import subprocess
from html import unescape
from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.demo.made_up_class import simulate
from autograder.pages import words
from autograder.pages.lab_report.lab_report import write_lab_reports
from autograder.pages.lab_report.parts import PARTS
from autograder.pages.lab_report.printing import find_browser, print_pdf, print_pdfs
from tests.helpers.graded_course import display, stream
from tests.helpers.printed import A4, Sheet, sheets, squeezed
from tests.helpers.small_course import ASSIGNMENT, CONFIG, cell, hand_in, to_bytes
from tests.pages.lab_report.test_lab_report import TABLE, filled
from tests.pages.lab_report.test_lab_report import source as small_source

REPOSITORY = Path(__file__).resolve().parents[3]
LAB = "batch_normalization"
POINTS_PER_MM = 72 / 25.4
SIDE, TOP = 18 * POINTS_PER_MM, 20 * POINTS_PER_MM
"""The margins of the stylesheet."""

pytestmark = pytest.mark.xdist_group("lab report in print")


def figure(width: float, height: float) -> str:
    from matplotlib.figure import Figure

    drawn = io.BytesIO()
    made = Figure(figsize=(width, height))
    made.subplots().plot([0, 1])
    made.savefig(drawn, format="png", dpi=60)
    return base64.b64encode(drawn.getvalue()).decode()


def hostile() -> bytes:
    """A submission that is too wide, too tall and too long everywhere, and wants to be more than a report."""
    notebook = filled()
    name = f"</style><script>x</script> {'W' * 300}"
    cell(notebook, "student")["source"] = TABLE.replace("Ada Example", name).replace("2026001", "\\22 } body { }" * 9)
    line = f"    wide = [{', '.join(str(number) for number in range(10_000, 10_150))}]  # {'z' * 400}"
    area = cell(notebook, "area")
    area["source"] = "\n".join([*area["source"].split("\n")[:-1], line, *["    x = 1  # more"] * 90])
    table = "".join(f"<tr>{''.join(f'<td>{row * column / 7:.6f}' for column in range(26))}" for row in range(70))
    cell(notebook, "experiment")["outputs"] = [
        display({"image/png": figure(28, 3)}),
        display({"image/png": figure(2, 24)}),
        display({"text/html": f"<table><tr>{'<th>column' * 26}{table}</table>"}),
        stream("x" * 900 + "\n" + "\n".join(f"step {number}: cost 0.5" for number in range(300))),
        display({"text/html": "</div></section><h1 style='position:fixed;inset:0'>Full marks</h1>"}),
    ]
    cell(notebook, "why")["source"] = "\n\n".join(
        (
            "# My heading",
            "Aword" * 100,
            f"```\n{'code' * 120}\n```",
            rf"$$\frac{{1}}{{$$ and $${'+'.join('xyz')}$$ and ${'+'.join('abcdefgh' * 15)}$ and $\href{{x}}{{y}}$",
            "\n".join(f"{number}. item" for number in range(1, 130)),
            f"| a | b |\n|---|---|\n| {'w' * 90} | {'v' * 90} |",
            "###### a last heading",
        )
    )
    return to_bytes(notebook)


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, list[Sheet]]]:
    """The page and the sheets of a made-up student's report, and of the hostile one's."""
    course = Course.at(_course(tmp_path_factory.mktemp("lab")))
    simulate(course, LAB, 1, seed=1, kinds=("right",), outputs="full")
    hand_in(course.root, "hostile", hostile())
    browser = find_browser()
    assert browser
    pages = [result.pages[0] for lab in (LAB, ASSIGNMENT) for result in write_lab_reports(course, lab) if result.pages]
    assert [(page.stem, problem) for page, problem in sorted(print_pdfs(browser, pages, 2))] == [
        *(("student-0001", ""), ("hostile", ""))
    ]
    return {page.stem: (page.read_text(encoding="utf-8"), sheets(page.with_suffix(".pdf"), TOP)) for page in pages}


def _course(folder: Path) -> Path:
    (folder / "nbgrader_config.py").write_text(CONFIG)
    for name, data in (
        (LAB, (REPOSITORY / "source" / LAB / f"{LAB}.ipynb").read_bytes()),
        (ASSIGNMENT, to_bytes(small_source())),
    ):
        place = folder / "source" / name
        place.mkdir(parents=True)
        (place / f"{name}.ipynb").write_bytes(data)
    return folder


def codes_of(page: str) -> list[list[str]]:
    """The lines of each block of code of a page, without white space."""
    codes = re.findall(r"<pre><code>(.*?)</code></pre>", page, re.DOTALL)
    plain = [unescape(re.sub(r"<[^>]+>", "", code)) for code in codes]
    return [[squeezed(line) for line in code.split("\n") if line.strip()] for code in plain]


def text_on(sheet: Sheet) -> str:
    """All text of a sheet, without white space."""
    return squeezed("".join(line.text for line in sheet.lines))


students = pytest.mark.parametrize("student", ["student-0001", "hostile"])


@pytest.mark.browser
@students
def test_it_is_on_few_sheets_of_a4_with_a_head_and_a_number_on_each(
    student: str, printed: dict[str, tuple[str, list[Sheet]]]
) -> None:
    _, pages = printed[student]
    assert 2 <= len(pages) <= 24
    for number, sheet in enumerate(pages, start=1):
        assert (round(sheet.width), round(sheet.height)) == A4
        assert sheet.foot == (f"{number} / {len(pages)}",)
        assert bool(sheet.head) == (number > 1) and sheet.lines


@pytest.mark.browser
@students
def test_no_page_ends_with_a_heading(student: str, printed: dict[str, tuple[str, list[Sheet]]]) -> None:
    page, pages = printed[student]
    headings = {squeezed(unescape(re.sub(r"<[^>]+>", "", text))) for text in re.findall(r"<h[2-6].*?</h[2-6]>", page)}
    assert headings
    for sheet in pages[:-1]:
        last = sheet.lines[-1]
        assert squeezed(last.text) not in headings or sheet.last_ink > last.bottom + 10


@pytest.mark.browser
@students
def test_nothing_stands_beyond_the_margins(student: str, printed: dict[str, tuple[str, list[Sheet]]]) -> None:
    for sheet in printed[student][1]:
        for line in sheet.lines:
            assert line.left > SIDE - 2 and line.right < sheet.width - SIDE + 2, line.text


@pytest.mark.browser
@students
def test_each_line_of_code_is_printed_whole(student: str, printed: dict[str, tuple[str, list[Sheet]]]) -> None:
    page, pages = printed[student]
    text = "".join(text_on(sheet) for sheet in pages)
    assert codes_of(page)
    for code in codes_of(page):
        for line in code:
            assert line in text


@pytest.mark.browser
def test_the_parts_of_the_report_come_in_order(printed: dict[str, tuple[str, list[Sheet]]]) -> None:
    page, pages = printed["student-0001"]
    titles = re.findall(r"<h2>\d+&ensp;(.*?)</h2>", page)
    order = [words.part_title(part) for part in PARTS]
    assert titles == [title for title in order if title in titles] and len(titles) > 2
    expected = [squeezed(f"{number} {title}") for number, title in enumerate(titles, start=1)]
    assert [
        line for sheet in pages for line in (squeezed(line.text) for line in sheet.lines) if line in expected
    ] == expected


@pytest.mark.browser
def test_a_function_that_fits_a_page_is_not_parted(printed: dict[str, tuple[str, list[Sheet]]]) -> None:
    page, pages = printed["student-0001"]
    for code in codes_of(page):
        assert any(all(line in text_on(sheet) for line in code) for sheet in pages), code[0]


def test_a_browser_that_makes_no_pdf_is_said(tmp_path: Path) -> None:
    page = tmp_path / "ada.html"
    page.write_text("x")
    with pytest.raises(OSError, match=r"no PDF of ada\.html"):
        print_pdf("true", page)
    assert [*print_pdfs("true", [page], 1)] == [(page, "The browser made no PDF of ada.html.")]
    assert [path.name for path in tmp_path.iterdir()] == ["ada.html"]


def test_a_browser_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(command: list[str], **options: object) -> None:
        raise subprocess.TimeoutExpired(command, 1)

    monkeypatch.setattr(subprocess, "run", hang)
    with pytest.raises(OSError, match="no PDF"):
        print_pdf("chromium", tmp_path / "ada.html")
