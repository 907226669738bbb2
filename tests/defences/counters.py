"""Attacks on what bounds hostile bytes: each constant of the readers, the budgets, and the grader's clock."""

from __future__ import annotations

import base64
import io
import json
import mmap
import os
import socket
import struct
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from autograder.collect import budget as collect_budget
from autograder.collect.archives import Download
from autograder.collect.budget import OverBudgetError
from autograder.course.timestamp import TIMESTAMP, read_timestamp
from autograder.engines.sandbox import running
from autograder.engines.sandbox.answers import size_of
from autograder.engines.sandbox.inside import frames
from autograder.engines.sandbox.inside.frames import FrameError
from autograder.engines.sandbox.limits import Limits
from autograder.engines.sandbox.plan import Step
from autograder.engines.sandbox.worker_client import CallRequest, OverLimitError, Usage, Worker
from autograder.errors import SubmissionError
from autograder.notebook import budget, cell_names
from autograder.notebook.cleaning import clean
from autograder.notebook.cleaning.formulas import formula
from autograder.notebook.cleaning.parsing import parse
from autograder.notebook.cleaning.printed import as_shown
from autograder.notebook.cleaning.widgets import VIEW_TYPE, Widgets
from autograder.notebook.read import read_notebook
from autograder.pages.sanitize.outputs import Sanitizer
from autograder.pages.sanitize.text import coloured
from autograder.restore.restore import restore
from autograder.scrub import memory
from autograder.scrub.process import Allowance, LostError, Scrubber
from labkit.calls.call import Call
from tests.defences.defence import Defence, patched, without_limit
from tests.helpers import small_course as small
from tests.helpers.hostile import png_bytes
from tests.helpers.restoring import SOURCE, with_cells

Measure = Callable[[], float]
CLEANING = "autograder.notebook.cleaning"


def _more_than(most: float, measure: Measure, unit: str) -> Callable[[], str]:
    def gets() -> str:
        amount = measure()
        return f"{amount:,.0f} {unit}" if amount > most else ""

    return gets


def _constant(
    where: str, attack: str, most: float, unit: str, measure: Measure, *, slow: bool = False, value: Any = 10**12
) -> Defence:
    """A constant, and an attack that gets no more than `most` while it is there."""
    return Defence("counter", where, attack, _more_than(most, measure, unit), lambda: without_limit(where, value), slow)


def _cleaned(output: dict[str, Any]) -> list[dict[str, Any]]:
    with patched("autograder.scrub.process:HERE", True):
        return clean.cleaned_outputs([output], None, Allowance())


def _printed(text: str) -> float:
    return len(_cleaned({"output_type": "stream", "text": text})[0]["text"])


def _json_shown() -> float:
    output = {"output_type": "display_data", "data": {"application/json": "x" * 300_000}}
    return len(_cleaned(output)[0]["data"]["text/plain"])


def _error(**parts: Any) -> dict[str, Any]:
    return _cleaned({"output_type": "error", "ename": "E", "evalue": "", "traceback": [], **parts})[0]


def _attachments() -> float:
    with patched("autograder.scrub.process:HERE", True):
        return len(clean.cleaned_attachments({f"{number}": {} for number in range(500)}, Allowance()))


def _picture(raw: bytes) -> float:
    return sum(map(len, parse("picture", {"image/png": base64.b64encode(raw).decode()}).values()))


def _widget_parts() -> float:
    states: dict[str, Any] = {f"{number}": {"state": {"value": "word"}} for number in range(500)}
    states["box"] = {"state": {"children": [f"IPY_MODEL_{number}" for number in range(500)]}}
    widgets = Widgets({"widgets": {"application/vnd.jupyter.widget-state+json": {"state": states}}})
    (printed,) = widgets.shown_by({"model_id": "box"})
    return float(printed["text"].count("word"))


def _widgets_shown() -> float:
    state = {"outputs": [{"output_type": "stream", "name": "stdout", "text": "x" * 1_000_000}]}
    widgets = Widgets({"widgets": {"application/vnd.jupyter.widget-state+json": {"state": {"w": {"state": state}}}}})
    view = {"output_type": "display_data", "data": {VIEW_TYPE: {"model_id": "w"}}}
    shown = (clean.cleaned_outputs([view] * 4, widgets, Allowance()) for _ in range(10))
    return float(sum(len(output["text"]) for outputs in shown for output in outputs if "text" in output))


def _answered(kind: str, value: Any = None) -> float:
    """Whether what is called in the process apart comes back with what it wanted."""
    scrubber = Scrubber("tests.scrub.evil:run")
    try:
        return float(not str(scrubber.call(kind, value, allowance=Allowance())).startswith("refused"))
    except LostError:
        return 0
    finally:
        scrubber.close()


def _deaths() -> float:
    scrubber, allowance, deaths = Scrubber("tests.scrub.evil:run"), Allowance(seconds=3.0), 0
    while deaths < 8 and not allowance.is_used_up():
        deaths += _lost_call(scrubber, allowance)
    return deaths


def _lost_call(scrubber: Scrubber, allowance: Allowance) -> int:
    try:
        scrubber.call("end", None, allowance=allowance)
    except LostError:
        return 1
    return 0


def _used_up() -> float:
    with patched("autograder.scrub.process:HERE", True):
        output = {"output_type": "display_data", "data": {"text/html": "<b>x</b>"}}
        kept = clean.cleaned_outputs([output], None, Allowance(seconds=0))
    return float("text/html" in kept[0]["data"])


def _mapped() -> float:
    with memory.limited_memory():
        try:
            mmap.mmap(-1, 6 * 2**30).close()
        except (OSError, MemoryError):
            return 0
    return 6 * 2**30


class _Hasty:
    """A clock that shows forty seconds more at each look."""

    def __init__(self) -> None:
        self._now = 0.0

    def process_time(self) -> float:
        self._now += 40.0
        return self._now

    monotonic = process_time


def _restored_in_no_time() -> float:
    with patched("autograder.notebook.budget:time", _Hasty()):
        try:
            restore(SOURCE, small.to_bytes(small.filled()))
        except SubmissionError:
            return 0
    return 1


def _parsed_characters() -> float:
    parsed: list[int] = []
    parse_really = cell_names._parsed.__wrapped__

    def counted(source: str) -> Any:
        parsed.append(len(source))
        return parse_really(source)

    cells = [
        {
            "cell_type": "code",
            "id": f"c{i}",
            "metadata": {},
            "source": f"# double\nv{i} = 1\n" + "a[b]=c;" * 900,
            "outputs": [],
        }
        for i in range(30)
    ]
    with patched("autograder.notebook.cell_names:_parsed", counted):
        restore(SOURCE, small.to_bytes(with_cells("double", *cells)))
    return sum(parsed)


def _parsed_cell() -> float:
    text = "x = 1\n" * 4_000
    with budget.limited():
        return len(text) if "x" in cell_names.names_in(text).bound and cell_names.is_python(text) else 0


def _read(data: bytes) -> float:
    try:
        return max(len(read_notebook(data).cells), 1)
    except SubmissionError:
        return 0


def _zip_of(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


def _collected(data: bytes, clock: Any = None) -> float:
    """Bytes that come out of one student's file in a download; a file over its budget gives none."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "class.zip"
        path.write_bytes(_zip_of({"s-1.zip": data}))
        with Download(path) as download, patched("autograder.collect.budget:time", clock or time):
            try:
                return sum(len(file.data) for file in download.read(download.entries[0], collect_budget.Budget()))
            except OverBudgetError:
                return 0


def _nested() -> float:
    data = _zip_of({"a.ipynb": b"{}"})
    for _ in range(6):
        data = _zip_of({"a.zip": data})
    return _collected(data)


def _counted_entries() -> float:
    """Entries of an inner archive that are listed in memory."""
    data = b"PK\x01\x02" * 60_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "class.zip"
        path.write_bytes(_zip_of({"s-1.zip": data}))
        with Download(path) as download:
            try:
                list(download.read(download.entries[0], collect_budget.Budget()))
            except OverBudgetError:
                return 0
    return 60_000


def _time_of_a_long_file() -> float:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / TIMESTAMP
        file.write_text("2026-03-02 10:00:00 UTC" + " " * 5_000)
        return 0 if read_timestamp(file) is None else 5_000


def _framed(make: Callable[[], Any]) -> float:
    """Whether the reader of frames takes something."""
    try:
        make()
    except (FrameError, struct.error):
        return 0
    return 1


def _value(form: Any, data: bytes = b"") -> Callable[[], Any]:
    return lambda: frames.Reader({}, data).value(form)


def _deep() -> Any:
    form: Any = 1
    for _ in range(30):
        form = [form]
    return form


def _call_error(index: int, form: Any) -> float:
    error: list[Any] = ["E", "text", [], []]
    error[index] = form
    found = frames._error(error)
    return len((found.kind, found.message, found.lines, found.bases)[index])


class Forger:
    """A zygote whose workers are this process: they answer with whatever frames they are given."""

    def __init__(self, *answers: dict[str, Any]) -> None:
        self._answers = answers
        self._ends: list[socket.socket] = []

    def start_worker(self, limits: Limits, used: Usage) -> Worker:
        inner, outer = socket.socketpair()
        frames_sent = [{"ready": True}, *({"id": number, **answer} for number, answer in enumerate(self._answers))]
        data = b"".join(frames.Writer().frame(frame) for frame in frames_sent)
        self._ends.append(outer)
        threading.Thread(target=_send, args=(outer, data), daemon=True).start()
        worker = Worker(inner, os.getpid(), limits, used, None, lambda pid, died: 0)
        worker.interrupt = dict  # type: ignore[method-assign]
        return worker

    def close(self) -> None:
        for end in self._ends:
            end.close()


def _send(end: socket.socket, data: bytes) -> None:
    try:
        end.sendall(data)
    except OSError:
        return


def kept_of(*answers: dict[str, Any], limits: Limits | None = None) -> list[int]:
    """Let a worker forge answers for cells; the characters that are kept of each."""

    def judge(*_: Any) -> Any:
        raise AssertionError("there are no checks here")

    zygote: Any = Forger(*answers)
    steps = [Step(number, "1") for number in range(len(answers))]
    try:
        runs = running.run_steps(zygote, steps, limits or Limits(), judge, last=True)
    finally:
        zygote.close()
    return [size_of(run.outputs) for run in runs]


def _shown(size: int) -> dict[str, Any]:
    return {"outputs": [{"output_type": "stream", "name": "stdout", "text": "x" * size}], "count": 1}


_ROOM = 2_000
"""Characters that the grader's own words about a limit may take."""


def _ends(limit: str) -> Callable[[], str]:
    """A worker that answers nothing and shows time passing; limits other than this one are out of reach."""

    def gets() -> str:
        limits = Limits(**{**dict.fromkeys(_CLOCKS, 10**9), limit: getattr(Limits(), limit)})
        inner, outer = socket.socketpair()
        worker = Worker(inner, os.getpid(), limits, Usage(), None, lambda pid, died: 0)
        with inner, outer, patched("autograder.engines.sandbox.worker_client:time", _Hasty()):
            worker._read_cpu = _Hasty().process_time  # type: ignore[method-assign]
            worker._started = 0.0
            worker.start_cell()
            worker._test_cpu = worker._read_cpu()
            try:
                for _ in range(200):
                    worker._check_limits()
            except OverLimitError as over:
                return "" if over.limit == limit else over.limit
        return "8,000 seconds"

    return gets


_CLOCKS = ("wall_cell", "cpu_cell", "cpu_test", "wall_submission", "cpu_submission")


@contextmanager
def _stopped(limit: str) -> Iterator[None]:
    """Limits without this one."""
    with patched(f"autograder.engines.sandbox.limits:Limits.{limit}", 10**9):
        default = Limits.__init__.__defaults__
        assert default
        names = list(Limits.__dataclass_fields__)
        changed = tuple(10**9 if name == limit else value for name, value in zip(names, default, strict=True))
        Limits.__init__.__defaults__ = changed
        try:
            yield
        finally:
            Limits.__init__.__defaults__ = default


def _clock(limit: str, attack: str) -> Defence:
    return Defence("counter", f"limit {limit}", attack, _ends(limit), lambda: _stopped(limit))


def _result_taken() -> float:
    """A worker sends 100 MB where a test asks a function for numbers."""
    inner, outer = socket.socketpair()
    with inner, outer:
        worker = Worker(inner, os.getpid(), Limits(), Usage(), None, lambda pid, died: 0)
        ready = frames.Writer().frame({"ready": True})
        outer.sendall(ready + frames.PREFIX.pack(2, 100 * 2**20) + b"{}")
        outer.shutdown(socket.SHUT_WR)
        try:
            worker.call(CallRequest([Call("f", (np.zeros(1),))], {"f": "f"}))
        except FrameError:
            return 0
        except Exception:  # it would have taken what never came
            return 100
    return 0


def _page(render: Callable[[Sanitizer], Any], times: int) -> float:
    sanitizer = Sanitizer()
    return float(sum(len(str(render(sanitizer))) for _ in range(times)))


def _coloured() -> float:
    count = 0

    def counting(source: str) -> Any:
        nonlocal count
        count += len(source)
        return coloured("")

    with patched("autograder.pages.sanitize.outputs:coloured", counting):
        sanitizer = Sanitizer()
        for _ in range(20):
            sanitizer.code("x" * 50_000)
    return count


PRINTED = {"output_type": "stream", "text": "\n" * 50_000}
SVG = '<svg xmlns="http://www.w3.org/2000/svg">{}</svg>'

DEFENCES = [
    # What is kept of outputs.
    _constant(
        f"{CLEANING}.clean:MAX_OUTPUTS",
        "3,000 outputs of a cell",
        1_000,
        "outputs",
        lambda: len(clean.cleaned_outputs([{"output_type": "error"}] * 3_000, None, Allowance())),
    ),
    _constant(f"{CLEANING}.clean:MAX_ATTACHMENTS", "500 attachments", 200, "attachments", _attachments),
    _constant(
        f"{CLEANING}.clean:MAX_CHARACTERS",
        "6 million characters on one line",
        4_000_000,
        "characters",
        lambda: _printed("x" * 6_000_000),
    ),
    _constant(f"{CLEANING}.clean:MAX_JSON", "a JSON value of 300,000 characters", 200_000, "characters", _json_shown),
    _constant(
        f"{CLEANING}.clean:MAX_LINES",
        "a traceback of 1,000 lines",
        200,
        "lines",
        lambda: len(_error(traceback=["x"] * 1_000)["traceback"]),
    ),
    _constant(
        f"{CLEANING}.clean:MAX_COUNT",
        "an execution count of ten digits",
        10**6,
        "",
        lambda: clean.execution_count(10**9) or 0,
    ),
    _constant(
        f"{CLEANING}.clean:MAX_NAME",
        "an exception with a name of 10,000 letters",
        200,
        "letters",
        lambda: len(_error(ename="E" * 10_000)["ename"]),
    ),
    Defence(
        "counter",
        f"{CLEANING}.printed:MAX_LINES",
        "50,000 lines",
        _more_than(2_001, lambda: _cleaned(PRINTED)[0]["text"].count("\n"), "lines"),
        lambda: patched(f"{CLEANING}.clean:folded", lambda text: text),
    ),
    _constant(
        f"{CLEANING}.printed:MAX_GAP",
        "a cursor that moves a thousand columns at each sign",
        100_000,
        "characters",
        lambda: len(as_shown("x\x1b[999C" * 1_000)),
    ),
    _constant(
        f"{CLEANING}.printed:MAX_FOLLOWED",
        "2 million characters with codes of terminals",
        1_000_100,
        "characters",
        lambda: len(as_shown("\r" + ("x" * 999 + "\n") * 2_000)),
    ),
    # What is parsed apart.
    _constant(
        f"{CLEANING}.shown:MAX_MARKUP",
        "HTML of 500,000 characters",
        0,
        "characters",
        lambda: len(parse("html", "x" * 500_000) or ""),
    ),
    _constant(
        f"{CLEANING}.shown:MAX_TAGS",
        "20,000 tags",
        0,
        "characters",
        lambda: len(parse("html", "<i>x</i>" * 10_000) or ""),
    ),
    _constant(
        f"{CLEANING}.markup:MAX_MARKDOWN",
        "Markdown of 30,000 characters",
        0,
        "characters",
        lambda: len(parse("markdown", ["x" * 30_000, None])[0] or ""),
    ),
    _constant(
        f"{CLEANING}.formulas:MAX_FORMULA",
        "a formula of 10,000 characters",
        0,
        "characters",
        lambda: len(formula(r"\," * 5_000, is_block=False) or ""),
    ),
    _constant(
        f"{CLEANING}.formulas:MAX_FORMULAS",
        "3,000 formulas in one text",
        400,
        "formulas",
        lambda: parse("markdown", ["$x$ " * 3_000, None])[0].count("<math"),
    ),
    _constant(
        f"{CLEANING}.markup:MAX_NOTICES",
        "500 pages in pages",
        20,
        "lines of words",
        lambda: parse("html", "<iframe></iframe>" * 500).count("<em>"),
    ),
    _constant(
        f"{CLEANING}.pictures:MAX_PIXELS",
        "a picture of 10,000 megapixels",
        0,
        "characters",
        lambda: _picture(png_bytes(100_000, 100_000)),
    ),
    _constant(
        f"{CLEANING}.shown:MAX_PICTURE",
        "a picture of 5 MB",
        0,
        "characters",
        lambda: _picture(png_bytes() + bytes(4_000_000)),
    ),
    _constant(
        f"{CLEANING}.pictures:MAX_DRAWING",
        "an SVG of 3 million characters",
        0,
        "characters",
        lambda: len(parse("svg", SVG.format("x" * 3_000_000))),
    ),
    _constant(
        f"{CLEANING}.pictures:MAX_SHAPES",
        "an SVG of 21,000 shapes",
        0,
        "characters",
        lambda: len(parse("svg", SVG.format("<g/>" * 21_000))),
    ),
    _constant(f"{CLEANING}.widgets:MAX_PARTS", "a widget of 500 elements", 100, "elements", _widget_parts),
    _constant(
        f"{CLEANING}.widgets:MAX_SHOWN",
        "a large widget in 40 cells",
        33_000_000,
        "characters",
        _widgets_shown,
        slow=True,
    ),
    _constant(
        "autograder.scrub.process:CPU_SECONDS",
        "markup that takes 6 seconds of the processor",
        0,
        "answer",
        lambda: _answered("busy", 6.0),
        slow=True,
    ),
    _constant(
        "autograder.scrub.process:MEMORY",
        "markup that takes 1.5 GB",
        0,
        "answer",
        lambda: _answered("map", 1_500_000_000),
        slow=True,
    ),
    _constant(
        "autograder.scrub.process:MAX_ANSWER",
        "markup that becomes 100 million characters",
        0,
        "answer",
        lambda: _answered("much", None),
        slow=True,
    ),
    _constant(
        "autograder.scrub.process:RESTART_SECONDS",
        "markup that ends its process, again and again",
        4,
        "processes",
        _deaths,
        slow=True,
        value=0.0,
    ),
    Defence(
        "counter",
        "autograder.scrub.process:Allowance",
        "markup after a notebook has used up what it may take",
        _more_than(0, _used_up, "text read"),
        lambda: patched("autograder.scrub.process:Allowance.is_used_up", lambda self: False),
    ),
    _constant(
        "autograder.scrub.memory:HEADROOM", "data that take 6 GB in the grader", 0, "bytes", _mapped, value=2**40
    ),
    # What is read of notebooks.
    _constant(
        "autograder.notebook.read:MAX_BYTES",
        "a notebook of 33 MB",
        0,
        "notebook",
        lambda: _read(b'{"cells": []' + b" " * 33_000_000 + b"}"),
    ),
    _constant(
        "autograder.notebook.read:MAX_CELLS",
        "3,000 cells",
        0,
        "cells",
        lambda: _read(json.dumps({"cells": [{}] * 3_000}).encode()),
    ),
    _constant(
        "autograder.notebook.budget:SECONDS",
        "a notebook that takes minutes to look through",
        0,
        "notebook",
        _restored_in_no_time,
    ),
    Defence(
        "counter",
        "autograder.notebook.budget:MAX_PARSED",
        "190,000 characters of Python in thirty cells",
        _more_than(100_000, _parsed_characters, "characters parsed"),
        lambda: patched("autograder.notebook.budget:may_parse", lambda text: True),
        slow=True,
    ),
    _constant("autograder.notebook.cell_names:MAX_CELL", "a cell of 24,000 characters", 0, "characters", _parsed_cell),
    # What is read of downloads.
    _constant("autograder.collect.archives:MAX_DEPTH", "archives in archives, seven deep", 0, "bytes", _nested),
    _constant(
        "autograder.collect.budget:MAX_STUDENT_BYTES",
        "twelve notebooks of 30 MB of zeros in a zip of a student's",
        0,
        "bytes",
        lambda: _collected(_zip_of({f"{number}.ipynb": bytes(30_000_000) for number in range(12)})),
        slow=True,
    ),
    _constant(
        "autograder.collect.budget:MAX_STUDENT_ENTRIES",
        "60,000 entries in a zip of a student's",
        0,
        "entries",
        _counted_entries,
    ),
    _constant(
        "autograder.collect.budget:MAX_STUDENT_SECONDS",
        "a zip that takes minutes to unpack",
        0,
        "bytes",
        lambda: _collected(_zip_of({"a.ipynb": b"{}"}), _Hasty()),
    ),
    _constant(
        "autograder.course.timestamp:MAX_TIMESTAMP_BYTES",
        "a time of 5,000 characters",
        0,
        "characters",
        _time_of_a_long_file,
        value=10**6,
    ),
    # Frames of a worker.
    _constant(
        "autograder.engines.sandbox.inside.frames:MAX_HEADER",
        "a header of 64 MB",
        0,
        "frame",
        lambda: _framed(lambda: frames.lengths(frames.PREFIX.pack(2**26, 0), frames.MAX_HEADER, frames.MAX_ARRAYS)),
    ),
    _constant(
        "autograder.engines.sandbox.inside.frames:MAX_ARRAYS",
        "arrays of 1 GB",
        0,
        "frame",
        lambda: _framed(lambda: frames.lengths(frames.PREFIX.pack(2, 2**30), frames.MAX_HEADER, frames.MAX_ARRAYS)),
    ),
    _constant(
        "autograder.engines.sandbox.inside.frames:MAX_SIGNS",
        "3 million lists in a header",
        0,
        "frame",
        lambda: _framed(lambda: frames.parse_header(b'{"a":[' + b"[]," * 3_000_000 + b"0]}")),
        slow=True,
    ),
    _constant(
        "autograder.engines.sandbox.inside.frames:MAX_DIMENSIONS",
        "an array of 40 dimensions",
        0,
        "array",
        lambda: _framed(_value({"a": ["f8", *[1] * 40]}, bytes(8))),
    ),
    _constant(
        "labkit.calls.plain:MAX_DEPTH",
        "lists in lists, thirty deep",
        0,
        "value",
        lambda: _framed(_value(_deep())),
        value=100,
    ),
    _constant(
        "labkit.calls.plain:MAX_ITEMS", "5,000 numbers in lists", 0, "value", lambda: _framed(_value([0] * 5_000))
    ),
    _constant(
        "labkit.calls.plain:MAX_TEXT",
        "a text of 5,000 characters",
        2_000,
        "characters",
        lambda: len(frames.Reader({}, b"").value("x" * 5_000)),
    ),
    _constant(
        "autograder.engines.sandbox.inside.frames:MAX_NAME",
        "an exception with a name of 5,000 letters",
        100,
        "letters",
        lambda: _call_error(0, "E" * 5_000),
    ),
    _constant(
        "autograder.engines.sandbox.inside.frames:MAX_MESSAGE",
        "an exception with a text of 5,000 letters",
        500,
        "letters",
        lambda: _call_error(1, "x" * 5_000),
    ),
    _constant(
        "autograder.engines.sandbox.inside.frames:MAX_LINES",
        "an exception in 500 lines",
        3,
        "lines",
        lambda: _call_error(2, ["x"] * 500),
    ),
    Defence(
        "counter",
        "limit result",
        "100 MB where a test asks for numbers",
        _more_than(0, _result_taken, "MB"),
        lambda: _stopped("result"),
    ),
    # The grader's own count and clock, whatever a worker says.
    Defence(
        "counter",
        "limit output_cell",
        "a forged answer of allowed size: 3 million characters in a cell",
        _more_than(_ROOM, lambda: max(kept_of(_shown(3_000_000))), "characters"),
        lambda: _stopped("output_cell"),
    ),
    Defence(
        "counter",
        "limit output_total",
        "forged answers of allowed size: a million characters in each of twelve cells",
        _more_than(8_000_000 + 12 * _ROOM, lambda: sum(kept_of(*[_shown(1_000_000)] * 12)), "characters"),
        lambda: _stopped("output_total"),
    ),
    _clock("wall_cell", "a cell that waits for ever"),
    _clock("cpu_cell", "a cell that computes for ever"),
    _clock("cpu_test", "a function that computes for ever when a test calls it"),
    _clock("wall_submission", "a hundred cells that wait"),
    _clock("cpu_submission", "a hundred cells that compute"),
    # Pages.
    _constant(
        "autograder.pages.sanitize.outputs:PAGE_TAGS",
        "HTML of 5,000 tags in 40 outputs",
        500_000,
        "characters",
        lambda: _page(lambda sanitizer: sanitizer.html("<b>x</b>" * 2_500), 40),
        slow=True,
    ),
    _constant(
        "autograder.pages.sanitize.outputs:PAGE_CHARACTERS",
        "text of 20,000 characters in 1,500 outputs",
        20_500_000,
        "characters",
        lambda: _page(lambda sanitizer: sanitizer.text("x" * 20_000), 1_500),
        slow=True,
    ),
    _constant(
        "autograder.pages.sanitize.outputs:PAGE_CODE", "a million characters of code", 500_000, "characters", _coloured
    ),
    _constant(
        "autograder.pages.sanitize.outputs:MAX_LINES",
        "5,000 lines",
        205,
        "lines",
        lambda: str(Sanitizer().text("x\n" * 5_000)).count("\n"),
    ),
    _constant(
        "autograder.pages.sanitize.text:MAX_CODE",
        "a code cell of 70,000 characters",
        0,
        "characters",
        lambda: float(_is_coloured("x = 1\n" * 11_700)),
    ),
]


def _is_coloured(code: str) -> int:
    return len(code) if "<span" in coloured(code) else 0


BACKED = {
    "autograder.collect.archives:MAX_LIST_BYTES": "the platform writes that file, and the budget stands behind it",
    "autograder.scrub.process:WALL_SECONDS": "nothing inside can wait, so CPU_SECONDS comes first",
    "autograder.pages.sanitize.text:MAX_KEPT": "it bounds a cache of 500 cells, 2.5 MB; MAX_CODE bounds the work",
    "autograder.pages.sanitize.text:MAX_TEXT": "a default of a function; its caller's budget is PAGE_CHARACTERS",
    "autograder.restore.answers:MAX_COPIED": "the budget of the notebook stands behind it",
    "autograder.restore.answers:MAX_CODE": "the budget of the notebook stands behind it",
    "autograder.restore.skipping:MAX_LOOKED_AT": "the budget of the notebook stands behind it",
    "autograder.restore.skipping:MAX_NAMED": "it shortens a note",
    "autograder.restore.skipping:MAX_LINE": "it shortens a note",
    "autograder.notebook.python_version:MAX_LOOKED_AT": "the budget of the notebook stands behind it",
    "labkit.calls.plain:MAX_BYTES": "it bounds what a worker makes; MAX_ARRAYS bounds what the grader takes",
}
"""Constants that no attack is made on, and why."""
