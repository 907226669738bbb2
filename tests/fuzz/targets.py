"""What is fed, with what, and what must hold whatever the input is."""

from __future__ import annotations

import base64
import json
import struct
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from autograder.collect.archives import Download
from autograder.collect.budget import Budget, OverBudgetError
from autograder.course.timestamp import TIMESTAMP, read_timestamp
from autograder.engines.sandbox.answers import read_answer
from autograder.engines.sandbox.inside import frames
from autograder.engines.sandbox.inside.frames import FrameError, Reader
from autograder.engines.sandbox.limits import Limits
from autograder.errors import ArchiveError, SubmissionError
from autograder.notebook import cell_names
from autograder.notebook.budget import limited
from autograder.notebook.cleaning.clean import MAX_CHARACTERS, cleaned_outputs
from autograder.notebook.cleaning.guarded import _HAS_FORM
from autograder.notebook.cleaning.parsing import parse
from autograder.notebook.cleaning.printed import as_shown
from autograder.notebook.cleaning.widgets import Widgets
from autograder.notebook.read import MAX_BYTES
from autograder.notebook.source import Source, parse_source
from autograder.notebook.write import write
from autograder.pages.sanitize.outputs import Sanitizer
from autograder.restore.restore import restore
from autograder.scrub import process
from autograder.scrub.process import Allowance
from labkit.calls.call import Outcome
from labkit.calls.plain import MAX_TEXT, Opaque
from tests.engines.sandbox.attacks.laboratory import ASSIGNMENT, POINTS, source_notebook
from tests.fuzz import making
from tests.helpers import small_course as small
from tests.helpers.hostile import PNG, assert_safe

MOST = 12
"""How many times longer than what goes in, clean markup may be; beside it a page of lines about what is left out."""
PAGE = 50_000


@dataclass(frozen=True)
class Target:
    """A reader, and how to feed it.

    Attributes:
        inputs: makes up inputs.
        feed: reads one and asserts what must hold; every exception is a fault.
        examples: inputs at every test run.
    """

    inputs: st.SearchStrategy[Any]
    feed: Callable[[Any], None]
    examples: int


def size_of(value: Any) -> int:
    """Measure an input, roughly."""
    if isinstance(value, bytes | str):
        return len(value)
    return len(json.dumps(value, default=str)) if not isinstance(value, int) else 0


# restore: whatever is handed in, the tests and points are the instructor's, or it is refused in one line.


@cache
def _source() -> Source:
    return parse_source(small.to_bytes(source_notebook()), ASSIGNMENT)


def restores(data: bytes) -> None:
    with parsed_here():
        try:
            result = restore(_source(), data)
        except SubmissionError as refusal:
            assert str(refusal) and "\n" not in str(refusal)
            return
    graded = [cell["metadata"]["nbgrader"] for cell in result.notebook["cells"] if "nbgrader" in cell["metadata"]]
    points = {meta["grade_id"]: meta["points"] for meta in graded if meta["grade"]}
    assert points == {f"test_{name}": worth for name, worth in POINTS.items()} | {"conclusions": 25, "questions": 15}
    sources = {cell["id"]: cell["source"] for cell in result.notebook["cells"]}
    assert all("autograder.grade(" in sources[f"test_{name}"] for name in POINTS)
    json.loads(write(result.notebook))


def reads_python(text: str) -> None:
    with limited():
        cell_names.names_in(text)


# frames: plain data of exact types, or a FrameError.


def read_frame(frame: bytes) -> list[Outcome]:
    """Read a frame as the grader does, but from memory."""
    header, arrays = frames.lengths(frame[: frames.PREFIX.size])
    rest = frame[frames.PREFIX.size :]
    if header + arrays > len(rest):
        raise FrameError("cut short")
    reader = Reader(frames.parse_header(rest[:header]), rest[header : header + arrays])
    return reader.outcomes(reader.header.get("outcomes"), making.CALLS)


def is_exact(value: Any) -> bool:
    """Whether a value is of the types that plain data may have, all the way down."""
    kind = type(value)
    if kind in (list, tuple):
        return all(is_exact(item) for item in value)
    if kind is dict:
        return all(type(key) is str and is_exact(item) for key, item in value.items())
    if kind is np.ndarray:
        return value.dtype.kind in "biuf" and value.dtype.isnative
    if kind is str:
        return len(value) <= MAX_TEXT and bool(value.encode() or True)
    return kind in (type(None), bool, int, float, Opaque)


def reads_frames(data: bytes) -> None:
    try:
        outcomes = read_frame(data)
    except (FrameError, struct.error):
        return
    assert len(outcomes) == len(making.CALLS)
    for outcome in outcomes:
        assert is_exact(outcome.value)
        assert all(type(position) is int and 0 <= position < 2 for position in outcome.changed)
        assert all(is_exact(value) for value in outcome.changed.values())
        if outcome.error:
            error_texts = (outcome.error.kind, outcome.error.message, *outcome.error.lines)
            assert all(type(text) is str and text.encode() is not None for text in error_texts)


def reads_answers(answer: Any) -> None:
    with parsed_here():
        read = read_answer(answer if isinstance(answer, dict) else {"outputs": answer}, Limits())
    assert read.count is None or 0 <= read.count < 10**6
    assert_no_danger(read.outputs)


# cleaners: what comes out runs nothing, loads nothing, has the form that it should have, and is not much longer.


@contextmanager
def parsed_here() -> Iterator[None]:
    """Parse in this process, so that a crash is seen, and a hundred inputs a second are read."""
    before, process.HERE = process.HERE, True
    try:
        yield
    finally:
        process.HERE = before


def cleans_html(text: str) -> None:
    page = parse("html", text)
    assert _HAS_FORM["html"](page)
    _assert_page(page, text)


def cleans_markdown(text: str) -> None:
    page = parse("markdown", [text, {"f": {"image/png": PNG}}])
    assert _HAS_FORM["markdown"](page)
    _assert_page(page[0], text)


def cleans_svg(text: str) -> None:
    drawing = parse("svg", text)
    assert _HAS_FORM["svg"](drawing) and len(drawing) <= MOST * len(text) + PAGE
    lowered = drawing.lower()
    assert not any(word in lowered for word in ("<script", "<foreignobject", "<style", "javascript:", "<!entity"))
    assert parse("svg", drawing) == drawing or not drawing


def cleans_pictures(raw: bytes) -> None:
    text = base64.b64encode(raw).decode()
    kept = parse("picture", {"image/png": text, "image/svg+xml": text})
    assert _HAS_FORM["picture"](kept)
    assert sum(map(len, kept.values())) <= 2 * len(text) + PAGE


def _assert_page(page: str | None, text: str) -> None:
    if page is not None:
        assert len(page) <= MOST * len(text) + PAGE
        assert_safe(page)


def cleans_outputs(outputs: Any) -> None:
    with parsed_here():
        for widgets in (None, Widgets({"widgets": {"application/vnd.jupyter.widget-state+json": {"state": outputs}}})):
            kept = cleaned_outputs([outputs, outputs], widgets, Allowance())
            assert_no_danger(kept)
            json.dumps(kept, allow_nan=False).encode()
        assert_safe(Sanitizer().output(outputs))


def assert_no_danger(outputs: Any) -> None:
    """Demand outputs of nbformat whose markup is safe."""
    for output in outputs:
        assert output["output_type"] in ("stream", "display_data", "execute_result", "error")
        for mime, text in output.get("data", {}).items():
            assert isinstance(text, str) and len(text) <= 2 * MAX_CHARACTERS
            if mime == "text/html":
                assert_safe(text)


def follows_terminals(text: str) -> None:
    shown = as_shown(text)
    assert len(shown) <= 50 * len(text) + 100
    assert_safe(Sanitizer().text(text))
    assert_safe(Sanitizer().error(text, text, [text]))


# collect: notebooks of a bounded size under paths inside, or one clear refusal.


def _scratch() -> Path:
    """The folder in which files to be read are laid down."""
    folder = Path(tempfile.gettempdir()) / "autograder-fuzz"
    folder.mkdir(exist_ok=True)
    return folder


def reads_archives(data: bytes) -> None:
    file = _scratch() / "download.zip"
    file.write_bytes(data)
    try:
        download = Download(file)
    except ArchiveError:
        return
    with download:
        for entry in download.entries:
            try:
                for found in download.read(entry, Budget()):
                    assert len(found.data) <= MAX_BYTES
                    assert not found.path.is_absolute() and ".." not in found.path.parts and str(found.path)
            except OverBudgetError:
                pass
        for stamp in download.stamps.values():
            assert len(download.time_in(stamp)) <= 100
    assert {path.name for path in file.parent.iterdir()} <= {"download.zip", TIMESTAMP}


def reads_times(data: bytes) -> None:
    file = _scratch() / TIMESTAMP
    file.write_bytes(data)
    moment = read_timestamp(file)
    assert moment is None or (isinstance(moment, datetime) and moment.tzinfo is None)


TARGETS = {
    "restore, spoiled notebooks": Target(making.SEEDS.map(making.spoiled_notebook), restores, 800),
    "restore, rewritten notebooks": Target(making.rewritten_notebooks(), restores, 30),
    "names in Python text": Target(making.texts(making.PYTHON_PIECES), reads_python, 100),
    "frames, spoiled": Target(making.SEEDS.map(making.spoiled_frame), reads_frames, 1_500),
    "frames, any bytes": Target(st.binary(max_size=200), reads_frames, 500),
    "a worker's answers": Target(making.json_values(), reads_answers, 100),
    "cleaner of HTML": Target(making.texts(making.HTML_PIECES), cleans_html, 100),
    "cleaner of Markdown": Target(
        making.texts(making.MARKDOWN_PIECES) | making.texts((*making.MARKDOWN_PIECES, *making.HTML_PIECES)),
        cleans_markdown,
        100,
    ),
    "cleaner of SVG": Target(making.texts((*making.SVG_PIECES, *making.HTML_PIECES)), cleans_svg, 100),
    "cleaner of pictures": Target(making.SEEDS.map(making.spoiled_picture) | st.binary(), cleans_pictures, 300),
    "cleaner of outputs": Target(making.json_values(), cleans_outputs, 100),
    "terminal codes": Target(making.texts(making.TERMINAL_PIECES), follows_terminals, 60),
    "collect's archives": Target(making.SEEDS.map(making.archive), reads_archives, 150),
    "timestamps": Target(making.timestamps(), reads_times, 200),
}
