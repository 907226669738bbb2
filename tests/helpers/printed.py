"""What stands where on the pages of a PDF, as Debian's poppler-utils reads them."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from html import unescape
from pathlib import Path

A4 = (595, 842)
"""Width and height in points."""


@dataclass(frozen=True)
class Line:
    """A line of text and its place on the page, in points from the left and from the top."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Sheet:
    """A printed page, its lines from top to bottom.

    Attributes:
        width: in points.
        height: in points.
        head: the lines in the margin at the top.
        lines: the lines between the margins.
        foot: the lines in the margin at the bottom.
        last_ink: how far down anything is drawn between the margins, pictures too.
    """

    width: float
    height: float
    head: tuple[str, ...]
    lines: tuple[Line, ...]
    foot: tuple[str, ...]
    last_ink: float


def sheets(pdf: Path, margin: float) -> list[Sheet]:
    """Read a PDF; what stands within the margin at the top or at the bottom is head or foot of the page."""
    assert shutil.which("pdftotext"), "No pdftotext: install the package poppler-utils (apt-get install poppler-utils)."
    layout = _run("pdftotext", "-bbox-layout", str(pdf), "-").decode()
    pictures = _run("pdftoppm", "-gray", "-r", "36", str(pdf)).split(b"P5\n")[1:]
    pages = re.findall(r"<page .*?</page>", layout, re.DOTALL)
    return [_sheet(page, margin, _last_ink(picture, margin)) for page, picture in zip(pages, pictures, strict=True)]


def _run(*command: str) -> bytes:
    return subprocess.run(command, capture_output=True, check=True).stdout


def _last_ink(picture: bytes, margin: float) -> float:
    """Find the lowest row of a picture, two points high, that is not white: above the margin at the bottom."""
    size, _, pixels = picture.split(b"\n", 2)
    width, height = map(int, size.split())
    rows = range(int(height - margin / 2) - 1, 0, -1)
    return 2.0 * next((row for row in rows if min(pixels[row * width : (row + 1) * width]) < 200), 0)


def _sheet(page: str, margin: float, last_ink: float) -> Sheet:
    width, height = (float(re.findall(rf'{name}="([\d.]+)"', page)[0]) for name in ("width", "height"))
    found = re.findall(r'<line xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)</line>', page, re.DOTALL)
    lines = [Line(_text(words), *map(float, place)) for *place, words in found]
    lines.sort(key=lambda line: line.top)
    return Sheet(
        width,
        height,
        tuple(line.text for line in lines if line.bottom < margin),
        tuple(line for line in lines if margin <= line.bottom and line.top <= height - margin),
        tuple(line.text for line in lines if line.top > height - margin),
        last_ink,
    )


def _text(words: str) -> str:
    return " ".join(unescape(word) for word in re.findall(r"<word [^>]*>(.*?)</word>", words))


def squeezed(text: str) -> str:
    """Leave out all white space: a printed line may be broken anywhere."""
    return "".join(text.split())
