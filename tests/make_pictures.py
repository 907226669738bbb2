"""Make the pictures of the docs anew from a made-up class: `make pictures`. Needs Chromium.

What commands print is their own output, put on a page like a terminal's.
"""

import re
import shlex
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path

from autograder.course.course import SECRET_BYTES, Course
from autograder.demo.demo import copy_course
from autograder.demo.made_up_class import simulate
from autograder.demo.made_up_download import write_download
from autograder.gradebook.read_marks import max_score
from autograder.gradebook.register import register
from autograder.release.release import release
from tests.helpers.browser import screenshot

PROJECT = Path(__file__).parents[1]
PICTURES = PROJECT / "docs" / "pictures"
LAB = "regularization"
STUDENTS = 24
WIDTH = 980
HINT = 'class="box hint"'
CHINESE = re.compile("[\u3000-\u9fff]")
LINE = 19
"""Height of a line of the terminal, in pixels."""
TERMINAL = """<!DOCTYPE html><meta charset="utf-8"><style>
body {{ margin: 0; background: #1f2430; color: #d8dee9; font: 14px/{line}px "DejaVu Sans Mono", monospace }}
pre {{ margin: 0; padding: 14px 18px; white-space: pre-wrap; font: inherit }} b {{ color: #a3be8c }}
</style><pre>{text}</pre>"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        away, course = (copy_course(Course.at(PROJECT), Path(folder, name)) for name in ("away", "course"))
        release(course, LAB)
        register(course, LAB)
        course.secret_file.write_text("5a" * SECRET_BYTES, encoding="ascii")  # the same pictures each time
        kinds = simulate(away, LAB, STUDENTS)
        for made in write_download(away, LAB, Path(folder), max_score(course, LAB)):
            made.rename(course.root / made.name)
        terminal(
            course,
            "collect",
            f"roster {LAB}-worksheet.csv --assignment {LAB}",
            f"collect {LAB} {LAB}-moodle.zip",
            f'due {LAB} "2026-03-01 23:59" --penalty 10%',
            f"grade {LAB}",
        )
        hand_in_again(course)
        terminal(course, "grade", f"grade {LAB}", f"export {LAB} --to moodle --into {LAB}-worksheet.csv")
        for command in ("feedback", "report"):
            run(course, f"{command} {LAB}")
        screenshot(course.reports() / f"{LAB}.html", PICTURES / "report.png", WIDTH, 900)
        pages = [course.feedback(student, LAB) / f"{LAB}.html" for student in kinds if kinds[student] == "mistake"]
        texts = [shortened(page.read_text(encoding="utf-8")) for page in pages]
        picture_of = course.root / "feedback.html"
        picture_of.write_text(min(texts, key=unfit), encoding="utf-8")
        screenshot(picture_of, PICTURES / "feedback.png", WIDTH, 1300)


def shortened(page: str) -> str:
    """Leave out of a feedback page what stands between the points and the question with the likely mistake."""
    head, *sections = page.split("<section ")
    return "<section ".join([head, *(section for section in sections if HINT in section)])


def unfit(page: str) -> tuple[bool, bool]:
    """Tell whether a page has no likely mistake, or signs for which not every machine has a font."""
    return HINT not in page, bool(CHINESE.search(page))


def hand_in_again(course: Course) -> None:
    """Let a student hand in the work of another: the next run says what changed."""
    ids = course.students(LAB)
    first, second = (course.submitted(student, LAB) / f"{LAB}.ipynb" for student in (ids[0], ids[1]))
    second.write_bytes(first.read_bytes())


def run(course: Course, command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "autograder", *shlex.split(command)],
        cwd=course.root,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.replace(f"{course.root}/", "")


def terminal(course: Course, name: str, *commands: str) -> None:
    """Show commands and what they print."""
    shown = [(f"$ autograder {command}", run(course, command)) for command in commands]
    text = "\n".join(f"<b>{escape(command)}</b>\n{escape(printed)}" for command, printed in shown)
    lines = sum(1 + len(line) // 110 for line in text.split("\n"))
    page = course.root / f"{name}.html"
    page.write_text(TERMINAL.format(line=LINE, text=text), encoding="utf-8")
    screenshot(page, PICTURES / f"{name}.png", WIDTH, LINE * lines + 28)


if __name__ == "__main__":
    main()
