"""The course that the attacks are handed in to: a small notebook with the four graded functions of a real answer key.

It is a copy of the course layout in a temporary folder, with canaries in every place that a submission must not see.
"""

from __future__ import annotations

import hashlib
import secrets
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.engines.sandbox.attacks.attack import PRELUDE, SIGNATURES, Attack, Notebook, function
from tests.helpers import small_course as small

ASSIGNMENT = "regularization"
PROJECT = Path(__file__).parents[4]

POINTS = {
    "compute_cost_with_regularization": 10.0,
    "backward_propagation_with_regularization": 15.0,
    "forward_propagation_with_dropout": 20.0,
    "backward_propagation_with_dropout": 15.0,
}

RIGHT = {
    "compute_cost_with_regularization": """
penalty = sum(np.sum(np.square(parameters[name])) for name in ("W1", "W2", "W3"))
return compute_cost(A3, Y) + lambd * penalty / (2 * Y.shape[1])
""",
    "backward_propagation_with_regularization": """
Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3 = cache
m = X.shape[1]
dZ3 = A3 - Y
dW3, db3 = dZ3 @ A2.T / m + lambd / m * W3, dZ3.sum(axis=1, keepdims=True) / m
dA2 = W3.T @ dZ3
dZ2 = dA2 * (A2 > 0)
dW2, db2 = dZ2 @ A1.T / m + lambd / m * W2, dZ2.sum(axis=1, keepdims=True) / m
dA1 = W2.T @ dZ2
dZ1 = dA1 * (A1 > 0)
dW1, db1 = dZ1 @ X.T / m + lambd / m * W1, dZ1.sum(axis=1, keepdims=True) / m
return {"dZ3": dZ3, "dW3": dW3, "db3": db3, "dA2": dA2, "dZ2": dZ2, "dW2": dW2, "db2": db2,
        "dA1": dA1, "dZ1": dZ1, "dW1": dW1, "db1": db1}
""",
    "forward_propagation_with_dropout": """
W1, b1, W2, b2, W3, b3 = (parameters[name] for name in ("W1", "b1", "W2", "b2", "W3", "b3"))
Z1 = W1 @ X + b1
D1 = np.random.rand(*Z1.shape) < keep_prob
A1 = relu(Z1) * D1 / keep_prob
Z2 = W2 @ A1 + b2
D2 = np.random.rand(*Z2.shape) < keep_prob
A2 = relu(Z2) * D2 / keep_prob
Z3 = W3 @ A2 + b3
A3 = sigmoid(Z3)
return A3, (Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)
""",
    "backward_propagation_with_dropout": """
Z1, D1, A1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3 = cache
m = X.shape[1]
dZ3 = A3 - Y
dA2 = W3.T @ dZ3 * D2 / keep_prob
dZ2 = dA2 * (Z2 > 0)
dA1 = W2.T @ dZ2 * D1 / keep_prob
dZ1 = dA1 * (Z1 > 0)
return {"dZ3": dZ3, "dW3": dZ3 @ A2.T / m, "db3": dZ3.sum(axis=1, keepdims=True) / m,
        "dA2": dA2, "dZ2": dZ2, "dW2": dZ2 @ A1.T / m, "db2": dZ2.sum(axis=1, keepdims=True) / m,
        "dA1": dA1, "dZ1": dZ1, "dW1": dZ1 @ X.T / m, "db1": dZ1.sum(axis=1, keepdims=True) / m}
""",
}
"""Right answers, with the names that the notebook gives."""

IMPORTS = """\
import numpy as np
import labkit
from labkit.regularization.network import backward_propagation, compute_cost, forward_propagation, relu, sigmoid"""


SOURCE_CANARY = "canary5a1e0c3b7d92f4468e0fb1a6c5d38297"
"""Stands in the solutions and hidden tests; always the same, so that a gradebook fits every course of the suite."""


def source_notebook(canary: str = SOURCE_CANARY) -> Notebook:
    """The instructor's notebook; its solutions and hidden tests hold the canary in a comment."""
    cells = [small.markdown("title", "# Regularization"), small.code("imports", IMPORTS, locked=True)]
    for name, points in POINTS.items():
        lines = function(RIGHT[name], name).rstrip("\n").split("\n")
        body = ["    ### BEGIN SOLUTION", f"    # {canary}", *lines[1:], "    ### END SOLUTION"]
        test = f'labkit.check("{name}", {name})\n### BEGIN HIDDEN TESTS\n# {canary}\nimport autograder\n'
        test += f'autograder.grade("{name}", {name})\n### END HIDDEN TESTS'
        cells.append(small.code(name, "\n".join([lines[0], *body]), solution=True))
        cells.append(small.code(f"test_{name}", test, grade=True, locked=True, points=points))
    cells.append(small.code("experiment", "raise RuntimeError('not while grading')", ["skip-execution"]))
    for name, written in (("conclusions", 25), ("questions", 15)):
        cells.append(small.markdown(name, "Write here.", grade=True, solution=True, points=written))
    return small.source() | {"cells": cells}


def right_notebook() -> Notebook:
    """A right submission."""
    notebook = source_notebook()
    for cell in notebook["cells"]:
        cell["source"] = cell["source"].split("\n### BEGIN HIDDEN")[0]
        if cell["id"] in RIGHT:
            cell["source"] = function(RIGHT[cell["id"]], cell["id"])
    small.cell(notebook, "conclusions")["source"] = "Both remedies help."
    small.cell(notebook, "questions")["source"] = "Why are biases left alone?"
    return notebook


def hostile_notebook(attack: Attack, names: dict[str, str]) -> bytes:
    """The submission of an attack: a right notebook but for what the attack puts into it."""
    notebook = right_notebook()
    small.cell(notebook, attack.target)["source"] = attack.stub or function("return 0.0", attack.target)
    at = next(i for i, cell in enumerate(notebook["cells"]) if cell["id"] == attack.target)
    if attack.after:
        notebook["cells"].insert(at + 2, small.code("own-after", attack.after))
    if attack.before or attack.after:
        notebook["cells"].insert(at, small.code("own-before", PRELUDE + attack.before))
    changed = attack.change(notebook) if attack.change else None
    data = changed if changed is not None else small.to_bytes(notebook)
    for name, value in names.items():
        data = data.replace(f"@{name}@".encode(), value.encode())
    return data


@dataclass
class Canaries:
    """Texts that must never be seen in what grading makes of a hostile submission, by the place where they lie."""

    texts: dict[str, str] = field(default_factory=dict)

    def plant(self, place: str) -> str:
        self.texts[place] = f"canary{secrets.token_hex(16)}"
        return self.texts[place]


def token_digests(texts: list[bytes]) -> str:
    """Texts as `half:digest of the rest:length of the rest`: enough to recognise them, not to hold them."""
    parts = []
    for text in texts:
        half, rest = text[: len(text) // 2], text[len(text) // 2 :]
        parts.append(f"{half.hex()}:{hashlib.sha256(rest).hexdigest()}:{len(rest)}")
    return " ".join(parts)


@dataclass
class Laboratory:
    """A course with canaries, ready for submissions.

    Attributes:
        course: the course folder.
        home: the home folder of whoever grades.
        canaries: what must not leak.
        secret: the course secret in hex.
    """

    course: Path
    home: Path
    canaries: Canaries
    secret: str

    @classmethod
    def build(cls, folder: Path, gradebook: Path | None = None) -> Laboratory:
        """Make the course.

        Args:
            folder: an empty folder.
            gradebook: a gradebook in which the assignment is registered, and nobody handed in: saves seconds.
        """
        canaries = Canaries({"source notebook": SOURCE_CANARY})
        course, home = folder / "course", folder / "home"
        home.mkdir(parents=True)
        (course / "source" / ASSIGNMENT).mkdir(parents=True)
        notebook = source_notebook(SOURCE_CANARY)
        if gradebook:
            shutil.copyfile(gradebook, course / "gradebook.db")
        source = course / "source" / ASSIGNMENT
        (source / f"{ASSIGNMENT}.ipynb").write_bytes(small.to_bytes(notebook))
        real_cases = PROJECT / "source" / ASSIGNMENT / "public_cases.json"
        cases = real_cases.read_text() if real_cases.is_file() else '{"checks": {}}'
        (source / "public_cases.json").write_text(cases)
        (course / "nbgrader_config.py").write_text(small.CONFIG)
        secret = secrets.token_hex(32)
        (course / ".autograder").mkdir(mode=0o755)
        (course / ".autograder" / "secret").write_text(secret + "\n")
        (course / ".autograder" / "secret").chmod(0o644)  # readable, so that only the sandbox stands before it
        canaries.texts["course secret"] = secret
        (home / "private.txt").write_text(canaries.plant("home"))
        fonts = Path.home() / ".cache" / "autograder"  # matplotlib's list of fonts takes seconds to make
        fonts.mkdir(parents=True, exist_ok=True)
        (home / ".cache").mkdir()
        (home / ".cache" / "autograder").symlink_to(fonts)
        (folder / "canary.txt").write_text(canaries.plant("file"))
        canaries.plant("environment")
        lab = cls(course, home, canaries, secret)
        other = right_notebook()
        small.cell(other, "conclusions")["source"] = canaries.plant("other submission")
        lab.hand_in("other", small.to_bytes(other))
        return lab

    def hand_in(self, student: str, data: bytes, files: dict[str, str] | None = None) -> None:
        place = self.course / "submitted" / student / ASSIGNMENT
        place.mkdir(parents=True)
        (place / f"{ASSIGNMENT}.ipynb").write_bytes(data)
        for name, text in (files or {}).items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_text(text)

    def names(self, world: dict[str, Any]) -> dict[str, str]:
        """What stands for the @NAMES@ in every attack."""
        hidden = [
            self.secret.encode(),
            bytes.fromhex(self.secret),
            self.canaries.texts["source notebook"].encode(),
            self.canaries.texts["environment"].encode(),
            self.canaries.texts["other submission"].encode(),
            b'autograder.grade("compute_cost_with_regularization"',
        ]
        return {
            "COURSE": str(self.course),
            "PROJECT": str(PROJECT),
            "HOME": str(self.home),
            "CANARY_FILE": str(self.course.parent / "canary.txt"),
            "OTHER": str(self.course / "submitted" / "other" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"),
            "TOKENS": token_digests(hidden),
            **{name: str(value) for name, value in world.items()},
        }


__all__ = ["ASSIGNMENT", "POINTS", "RIGHT", "SIGNATURES", "Laboratory", "hostile_notebook", "right_notebook"]
