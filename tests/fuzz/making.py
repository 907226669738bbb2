"""Make up hostile inputs: mixtures of pieces that mean something to a parser, pieces that repeat, spoiled good ones."""

from __future__ import annotations

import io
import json
import random
import struct
import warnings
import zipfile
from collections.abc import Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st

from autograder.engines.sandbox.inside import frames
from labkit.calls.call import Call, CallError, Outcome
from labkit.calls.plain import Opaque
from tests.engines.sandbox.attacks.laboratory import right_notebook
from tests.helpers.hostile import HOSTILE_HTML, JPEG, PNG
from tests.helpers.spoiling import spoiled, spoiled_bytes

MAX_TEXT = 60_000
"""Characters of a text that is made up."""

SEEDS = st.integers(0, 2**32)

_UNLIKE = "".join(f"<b a={number}>" for number in range(100))
"""Tags that a parser opens again in each block: of those that are alike, only three."""
HTML_PIECES = (
    _UNLIKE,
    *HOSTILE_HTML,
    *("<b a=0>", "<p>x", "<a><table>", "<table><tr><td>", "</td>", "<x-b>", "<svg><b><p>", "<svg ", "</svg>", "<g>"),
    *(
        "<math><mi>",
        "<select><option>",
        "<img src=x>",
        f"<img src='data:image/png;base64,{PNG}'>",
        "<!--",
        "-->",
        "]]>",
    ),
    *("<![CDATA[", "&#0;", "&lt", "&#x1f600;", "\0", "\ud800", "<", ">", '"', "'", "`", "=", "\n", " ", "a" * 50),
    *('<a href="//x', "<frameset>", "<li>", "<form>", "<template>", "<style>#T_", "base64,", "data:image/png;base64,"),
)
MARKDOWN_PIECES = (
    *("# ", "> ", "- ", "1. ", "* ", "**", "_", "*", "`", "```\n", "~~", "[a]", "[a](", "](", "![", ")", "[", "]"),
    *(
        "<b>",
        "<!--",
        "&amp;",
        "|a|\n",
        "|-|\n",
        "| ",
        "$",
        "$$",
        "\\",
        "\n",
        "\n\n",
        "    ",
        "\t",
        "===\n",
        "a",
        "\ud800",
    ),
    *("[a]: b\n", "[^1]", "http://x.y ", "<http://x>", "(attachment:f)", "![x](attachment:f)", "é", "x" * 40),
)
SVG_PIECES = (
    *(
        "<svg>",
        "<svg xmlns='http://www.w3.org/2000/svg'>",
        "</svg>",
        "<g id='a'>",
        "</g>",
        "<use href='#a'/>",
        "<path d='M0 0'",
    ),
    *(
        "/>",
        "<image href='data:image/png;base64,aGE='/>",
        "<style>*{}</style>",
        "<script>",
        "<!DOCTYPE svg [<!ENTITY a 'b'>]>",
    ),
    *(
        "&a;",
        "&nbsp;",
        "<?xml version='1.0'?>",
        "<clipPath id='c'>",
        "style='fill:url(http://x)'",
        "<pattern>",
        "<text>λ",
    ),
    *(
        " a='1'",
        "<b>",
        "<p>",
        "]]>",
        "<",
        ">",
        "\0",
        "\ud800",
        "<a xlink:href='#'>",
        "<foreignObject>",
        "<symbol id='s'>",
    ),
)
PYTHON_PIECES = (
    *(
        "def compute_cost_with_regularization(",
        "def f(",
        "):\n    ",
        "return ",
        "lambda x: ",
        "f'{",
        "}'",
        "'",
        '"""',
        "(",
        ")",
    ),
    *(
        "[",
        "]",
        "{",
        "}",
        "-",
        "not ",
        "**",
        "a.b",
        ".c" * 9,
        "x = ",
        "; ",
        "\n",
        "    ",
        "\t",
        "\\\n",
        "# ",
        "%magic ",
        "!ls ",
    ),
    *(
        "async def g():\n    ",
        "await ",
        "import a.b as c\n",
        "for i in x:\n    ",
        "if 1:\n",
        "else:\n",
        "match x:\n",
        "0x",
        "1_0",
    ),
    *("\0", "\ud800", "\x0c", "é", "1" * 40, "@d\n", "class A(", "*a, ", "yield ", "name1 = name2\n", "double(3)\n"),
)
TERMINAL_PIECES = (
    *(
        "\r",
        "\n",
        "\r\n",
        "\b",
        "\x1b[",
        "\x1b[1A",
        "\x1b[999C",
        "\x1b[K",
        "\x1b[2J",
        "\x1b]0;",
        "\x07",
        "\x1b\\",
        "\x9b",
        "\x1b",
    ),
    *("1", ";", "m", "x", "█", "\ud800", "\0", "\t", "\u202e", "/home/a/b.py ", "Cell In[1], ", "----> 1 x\n", "100%|"),
)


@st.composite
def texts(draw: st.DrawFn, pieces: Sequence[str]) -> str:
    """Pieces in any order, some of them thousands of times, also mirrored, as nested things are."""
    groups = draw(
        st.lists(
            st.tuples(
                st.lists(st.sampled_from(pieces) | st.text(max_size=3), min_size=1, max_size=4),
                st.sampled_from((1, 1, 1, 2, 10, 200, 3_000)),
            ),
            max_size=6,
        )
    )
    return "".join("".join(part) * times for part, times in groups)[:MAX_TEXT]


def json_values() -> st.SearchStrategy[Any]:
    """Any JSON, with keys and texts that a notebook knows."""
    keys = st.sampled_from((
        "output_type", "data", "text", "text/html", "text/plain", "text/markdown", "image/png", "image/svg+xml",
        "application/vnd.jupyter.widget-view+json", "application/json", "metadata", "ename", "evalue", "traceback",
        "name", "execution_count", "state", "value", "outputs", "children", "count", "error", "remainder", "cut",
    ))  # fmt: skip
    leaves = (
        st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats() | texts(HTML_PIECES)
        | st.sampled_from((PNG, JPEG, "stream", "display_data", "execute_result", "error", "output_cell", "stdout"))
    )  # fmt: skip
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys | st.text(max_size=3), inner, max_size=4),
        max_leaves=12,
    )


WORDS = (
    "cells",
    "cell_type",
    "code",
    "markdown",
    "source",
    "metadata",
    "nbgrader",
    "grade_id",
    "test_backward_propagation_with_dropout",
    "skip-execution",
    "tags",
    "outputs",
    {"nbgrader": {"grade_id": "conclusions", "grade": True, "points": 1e308}},
    {"output_type": "display_data", "data": {"image/png": ["iVBORw0KGgo="]}},
    {"output_type": "stream", "text": [1, "x"]},
)


def spoiled_notebook(seed: int) -> bytes:
    """A right notebook, spoiled as JSON, and then as bytes."""
    source = random.Random(seed)
    notebook: Any = right_notebook()
    for _ in range(source.randrange(12)):
        notebook = spoiled(source, notebook, WORDS)
    text = json.dumps(notebook, ensure_ascii=source.random() < 0.5)
    data = text.encode(source.choice(["utf-8", "utf-8", "utf-8", "utf-16", "utf-32", "latin-1"]), "replace")
    return spoiled_bytes(source, data)


@st.composite
def rewritten_notebooks(draw: st.DrawFn) -> bytes:
    """A right notebook in which a few cells hold other text and outputs, or stand elsewhere."""
    notebook: Any = right_notebook()
    cells = notebook["cells"]
    for _ in range(draw(st.integers(1, 4))):
        cell = draw(st.sampled_from(cells))
        cell["source"] = draw(texts(PYTHON_PIECES) | texts(MARKDOWN_PIECES))
        if draw(st.booleans()):
            cell["outputs"] = draw(st.lists(json_values(), max_size=3))
            cell["attachments"] = draw(json_values())
        if draw(st.booleans()):
            cell["metadata"] = draw(json_values())
    if draw(st.booleans()):
        notebook["metadata"] = draw(json_values())
    if draw(st.booleans()):
        notebook["cells"] = draw(st.permutations(cells))
    return json.dumps(notebook).encode()


CALLS = [Call("f", (np.zeros(3), 1.0)), Call("f", (np.zeros((2, 2)), 2.0))]
"""What the frames answer."""

_FRAME_WORDS = (
    "a",
    "t",
    "d",
    "o",
    "r",
    "g",
    "l",
    "f8",
    "?",
    {"a": ["f8", 2**40]},
    {"a": ["?", 0, 2**60]},
    {"t": 0},
    {"r": [0]},
)


def frame_of(outcomes: list[Outcome]) -> bytes:
    """The frame in which a worker would send these."""
    writer = frames.Writer()
    return writer.frame({"id": 0, "outcomes": writer.outcomes(outcomes)})


_SAMPLES = [
    frame_of([Outcome({"x": np.zeros((2, 3)), "y": (1.0, [True, None])}, {0: np.ones(3)}), Outcome(Opaque("object"))]),
    frame_of([Outcome(np.zeros((), "f4"), {}, None), Outcome(error=CallError("ValueError", "text", ("line 3",)))]),
    frame_of([Outcome((np.zeros((0, 2)), np.array([True])), {0: 1.0, 1: [np.zeros(1, "i8")]}), Outcome("text")]),
]


def spoiled_frame(seed: int) -> bytes:
    """A right frame, spoiled in its header, its arrays and its bytes."""
    source = random.Random(seed)
    frame = source.choice(_SAMPLES)
    length, _ = frames.PREFIX.unpack(frame[: frames.PREFIX.size])
    header = json.loads(frame[frames.PREFIX.size :][:length])
    data = frame[frames.PREFIX.size + length :]
    for _ in range(source.randrange(5)):
        header = spoiled(source, header, _FRAME_WORDS)
    data = source.choice([data, data, data[:-1], data + b"\0" * 8, b"", data * 2])
    text = json.dumps(header).encode()
    return spoiled_bytes(source, frames.PREFIX.pack(len(text), len(data)) + text + data)


_PICTURES = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 3, 4) + bytes(20),
    b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(12) + b"\xff\xc0\0\x0b\x08\0\x02\0\x03" + bytes(20),
    b"GIF89a" + struct.pack("<HH", 3, 2) + bytes(9),
    b"RIFF" + bytes(4) + b"WEBPVP8X" + bytes(8) + bytes([2, 0, 0, 1, 0, 0]),
    b"BM" + bytes(16) + struct.pack("<ii", 3, -2) + bytes(30),
)


def spoiled_picture(seed: int) -> bytes:
    """The head of a picture, spoiled, with a tail that may be long."""
    source = random.Random(seed)
    tail = source.choice((b"", b"\xff", b"\xff\xff\0", b"\xff\xd8\0\2", bytes(9))) * source.choice((1, 100, 20_000))
    return spoiled_bytes(source, source.choice(_PICTURES)) + tail


_NAMES = (
    *(
        "s-1/numbers.ipynb",
        "numbers.ipynb",
        "../x.ipynb",
        "/etc/x.ipynb",
        "C:\\x.ipynb",
        "..\\x.ipynb",
        "a/./b.json",
        "x" * 300,
    ),
    *(
        "x_1_assignsubmission_file_/numbers.ipynb",
        "mal_1_2_numbers.ipynb",
        "timestamp.txt",
        "s-1/timestamp.txt",
        "a.zip",
    ),
    *(
        "__MACOSX/._n.ipynb",
        "é/n.ipynb",
        "e\u0301/n.ipynb",
        "CON.ipynb",
        "n.ipynb.",
        "a\0b.ipynb",
        "",
        "/",
        "d/",
        "n.txt",
    ),
)


def archive(seed: int) -> bytes:
    """A zip of odd names, in which there may be further ones; spoiled at a few places, or not."""
    source = random.Random(seed)
    return _archive(source, source.randrange(4))


def _archive(source: random.Random, depth: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a name that is there twice
        for _ in range(source.randrange(5)):
            info = zipfile.ZipInfo(
                source.choice(_NAMES), source.choice(((1980, 1, 1, 0, 0, 0), (2107, 15, 31, 31, 63, 62)))
            )
            info.compress_type = source.choice(
                (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA)
            )
            info.external_attr = source.choice((0, 0, 0o120777 << 16, 0o010644 << 16, 0x10))
            info.create_system = source.choice((0, 3))
            inner = depth > 0 and source.random() < 0.3
            data = _archive(source, depth - 1) if inner else _content(source)
            if inner:
                info.filename = f"{source.randrange(3)}.zip"
            made.writestr(info, data)
    return spoiled_bytes(source, file.getvalue())


def _content(source: random.Random) -> bytes:
    kind = source.randrange(4)
    if kind == 0:
        return bytes(source.choice((0, 10, 2_000_000)))
    if kind == 1:
        return spoiled_notebook(source.randrange(2**32))
    return source.choice((b"", b"{}", b'{"cells": [], "nbformat": 4}', b"x" * 500, b"PK\x01\x02" * 2_000))


_TIMES = (
    *(
        "2026-11-27 10:00:00 UTC",
        "2026-11-27 10:00:00 Europe/Berlin",
        "2026-11-27T10:00:00+00:00",
        "27.11.2026 10h",
        "10",
        "Fri",
    ),
    *(
        "9999-12-31 23:59:59 -14",
        "0001-01-01 00:00:00 +14",
        "2026-11-27 10:00:00 /etc/passwd",
        "1e999",
        "-1",
        "1 1 1 1 1",
    ),
    *(
        "2026-11-27 10:00:00 ../../etc/passwd",
        "2026-11-27 10:00:00 " + "9" * 60,
        "99999999999999999999",
        "١٠:٠٠",
        "10:00:00.9 am",
    ),
)


@st.composite
def timestamps(draw: st.DrawFn) -> bytes:
    """Times as people and programs write them, cut up and mixed."""
    pieces = draw(
        st.lists(st.sampled_from(_TIMES) | st.text("0123456789:-+./ TZapm,hs", max_size=12), min_size=1, max_size=3)
    )
    text = draw(st.sampled_from(("", " ", "\n"))).join(pieces)
    return spoiled_bytes(random.Random(draw(SEEDS)), text.encode()) if draw(st.booleans()) else text.encode()
