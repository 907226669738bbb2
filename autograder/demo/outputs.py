"""Make up what the cells of an executed notebook show: pictures, tables, long texts, tracebacks."""

import base64
import io
import struct
import zlib
from functools import cache
from random import Random
from typing import Literal

from autograder.demo import words
from autograder.demo.habits import Draft, is_test
from autograder.notebook.format import Display, Output
from autograder.notebook.outputs import error, stream
from autograder.notebook.roles import is_skipped, role

Outputs = Literal["none", "small", "full"]
"""How much a made-up notebook shows; one of the full size has 3 to 4 MB, as after Run All."""

_PICTURES = 8
_TEXT_BYTES = {"small": 300, "full": 3_000}


def run_all(draft: Draft, outputs: Outputs) -> None:
    """Give every code cell what it would show, and a number in the order of the cells."""
    if outputs == "none":
        return
    count = 0
    for cell in draft.cells:
        if cell["cell_type"] != "code":
            continue
        count += 1
        cell["execution_count"] = count
        if is_test(cell, role(cell)):
            cell["outputs"] = [stream(words.self_check_table())]
        elif is_skipped(cell):
            cell["outputs"] = _of_experiment(draft.chance, outputs)
        elif not role(cell).grade_id and cell["source"].strip():
            cell["outputs"] = [draft.chance.choice((stream("3\n"), error("NameError", "name 'W' is not defined")))]


def _of_experiment(chance: Random, outputs: Literal["small", "full"]) -> list[Output]:
    """Show a figure, as every experiment does, and often a text."""
    shown: list[Output] = []
    if chance.random() < 0.5:
        lines = [f"step {step:5}  cost {chance.random():.6f}" for step in range(_TEXT_BYTES[outputs] // 28)]
        shown.append(stream("\n".join(lines) + "\n"))
    if chance.random() < 0.1:
        shown.append(stream("RuntimeWarning: divide by zero encountered in log\n", "stderr"))
    if chance.random() < 0.05:
        line = "\u001b[1;31mValueError\u001b[0m: operands could not be broadcast together with shapes (3,2) (4,) "
        shown.append({"output_type": "error", "ename": "ValueError", "evalue": "shapes", "traceback": [line] * 12})
    if outputs == "full" or chance.random() < 0.25:
        shown.append(_figure(chance, outputs))
    return shown


def _figure(chance: Random, outputs: Literal["small", "full"]) -> Display:
    """Show one of the drawn pictures, marked so that no two are the same bytes."""
    png = _draw(chance.randrange(_PICTURES), outputs)
    comment = b"tEXt" + b"Comment\0" + f"{chance.getrandbits(64):016x}".encode()
    chunk = struct.pack(">I", len(comment) - 4) + comment + struct.pack(">I", zlib.crc32(comment))
    at = 8 + 25  # below the signature and the header
    data = base64.b64encode(png[:at] + chunk + png[at:]).decode() + "\n"
    text = "<Figure size 1000x400 with 2 Axes>"
    return {"output_type": "display_data", "data": {"image/png": data, "text/plain": text}, "metadata": {}}


@cache
def _draw(number: int, outputs: Literal["small", "full"]) -> bytes:
    """Draw a picture once for all classes: points on a map, and curves."""
    import numpy as np  # only for a class with outputs
    from matplotlib.figure import Figure

    generator = np.random.default_rng(number)
    figure = Figure(figsize=(10, 4) if outputs == "full" else (6, 2.4), layout="constrained")
    left, right = figure.subplots(1, 2)
    points = generator.normal(size=(2, 300 if outputs == "full" else 60))
    left.scatter(*points, c=points[0] * points[1] > 0.3 * generator.normal(), s=12, cmap="coolwarm")
    left.set(xlabel="x1", ylabel="x2", title=words.figure_title(number + 1))
    steps = np.arange(200)
    for speed, name in ((30, "train"), (60, "test")):
        right.plot(steps, np.exp(-steps / speed) + 0.03 * generator.normal(size=200), label=name)
    right.set(xlabel="step", ylabel="cost")
    right.legend()
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=95 if outputs == "full" else 60)
    return drawn.getvalue()
