"""What one attack is: which cells of a right notebook it replaces by what, and what must hold after grading it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Notebook = dict[str, Any]

TARGET = "compute_cost_with_regularization"
"""The function whose stub an attack fills, unless it says otherwise."""

SIGNATURES = {
    "compute_cost_with_regularization": "A3, Y, parameters, lambd",
    "backward_propagation_with_regularization": "X, Y, cache, lambd",
    "forward_propagation_with_dropout": "X, parameters, keep_prob=0.5",
    "backward_propagation_with_dropout": "X, Y, cache, keep_prob",
}
"""The graded functions of the notebook that the attacks are made from, in its order."""

PRELUDE = """\
def breached(what):
    print("BRE" + "ACH", what)

def attempt(what, action):
    try:
        action()
    except BaseException as error:
        print("refused", what, type(error).__name__)
    else:
        breached(what)

def wrong(*args, **kwargs):
    return 0.0

"""
"""Stands before the code of an attack's own cells. What the attack must not reach, it reports with `breached`."""

BREACH = "BREACH"
"""Printed by an attack that got what it wanted; its own source never contains the word."""


@dataclass(frozen=True)
class Attack:
    """One hostile or broken submission.

    The notebook is a right one. The texts may hold @NAMES@ that the harness knows: @MARK@, @CANARY_FILE@, ...

    Attributes:
        id: unique, short, says what it does.
        about: the same in a few words, for the table in the docs.
        before: code of an own cell that stands before the target's stub, after the prelude.
        stub: code that stands in the target's stub cell; by default a function that returns 0.0.
        after: code of an own cell right after the target's test cell.
        change: changes the finished notebook; may return the bytes that are handed in.
        files: name → text of files that are handed in beside the notebook.
        target: the graded function that is attacked.
        share: the share of the target's points that the function behind the attack really deserves.
        says: a pattern that must be found in what the student is told about the target's cell.
        costs: other graded functions that the attack may break (the student's own doing).
        slow: it runs into a time limit.
        unreadable: the file cannot be graded at all, and no score is given.
    """

    id: str
    about: str
    before: str = ""
    stub: str = ""
    after: str = ""
    change: Callable[[Notebook], bytes | None] | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    target: str = TARGET
    share: float = 0.0
    says: str = ""
    costs: tuple[str, ...] = ()
    slow: bool = False
    unreadable: bool = False


def function(body: str, target: str = TARGET) -> str:
    """A definition of the graded function with this body."""
    lines = "\n".join(f"    {line}" if line else "" for line in body.strip("\n").split("\n"))
    return f"def {target}({SIGNATURES[target]}):\n{lines}\n"
