"""Hands in every attack, grades them all with the real command, and collects what came of it."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from autograder.checking.verdict import MIME
from autograder.course.course import Course
from autograder.engines.sandbox.limits import Limits
from autograder.gradebook.read_marks import Mark, read_marks
from autograder.gradebook.register import register
from autograder.notebook.roles import role
from autograder.pages.feedback import write_feedback
from autograder.pages.report import write_report
from tests.engines.sandbox.attacks.attack import BREACH, Attack
from tests.engines.sandbox.attacks.laboratory import (
    ASSIGNMENT,
    POINTS,
    PROJECT,
    Laboratory,
    hostile_notebook,
    right_notebook,
)
from tests.engines.sandbox.attacks.world import World
from tests.helpers import small_course as small

DEFAULTS = Limits()
LIMITS = ("wall_cell=2", "cpu_cell=2", "wall_submission=12", "memory=1024")
"""Short, so that whatever does not stop is soon over."""
WATCH = """
import builtins, os, sys
import numpy as np
print(hasattr(builtins, "LEFT_BEHIND"), hasattr(np, "LEFT_BEHIND"), "LEFT_BEHIND" in os.environ, os.umask(0o22))
for folder in (".", "..", "/tmp", "/dev/shm", "/var/tmp"):
    try:
        print(folder, sorted(os.listdir(folder)))
    except OSError as error:
        print(folder, type(error).__name__)
print(float(np.sum(np.ones(3))), np.random.rand())
"""
"""A cell of the neighbours: it shows what an earlier submission may have left for it."""


@dataclass(frozen=True)
class Outcome:
    """What grading made of one submission.

    Attributes:
        scores: graded function → points; empty if it was not graded.
        file: the autograded notebook as it lies on the disk; empty if there is none.
    """

    scores: dict[str, float | None]
    file: bytes

    @property
    def notebook(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.file)
        return found

    def told(self, function: str) -> str:
        """What the student reads in the function's test cell and in the notes."""
        notes = self.notebook["metadata"].get("autograder", {}).get("notes", [])
        return "\n".join([*(note["message"] for note in notes), text_of(small.cell(self.notebook, f"test_{function}"))])


def text_of(cell: Mapping[str, Any]) -> str:
    """The outputs of a cell as text."""
    parts: list[str] = []
    for output in cell.get("outputs", ()):
        text = output.get("text", output.get("data", {}).get("text/plain", ""))
        parts += text if isinstance(text, list) else [text]
        parts += [*output.get("traceback", ()), str(output.get("evalue", ""))]
    return "\n".join(parts)


@dataclass(frozen=True)
class Campaign:
    """All attacks graded once.

    Attributes:
        lab: the course.
        world: what they could have reached.
        names: attack id → student id.
        screen: all that the command printed.
        code: its exit code.
        left: what was found outside the course afterwards.
        processes: what still ran.
        before: file → bytes of what nobody may change, before grading.
    """

    lab: Laboratory
    world: World
    names: dict[str, str]
    screen: bytes
    code: int
    left: list[str]
    processes: list[int]
    before: dict[Path, bytes]

    def outcome(self, student: str) -> Outcome:
        marks = self.marks().get(student, {})
        scores = {name: marks[f"test_{name}"].auto for name in POINTS if f"test_{name}" in marks}
        file = self.lab.course / "autograded" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        return Outcome(scores, file.read_bytes() if file.is_file() else b"")

    def marks(self) -> dict[str, dict[str, Mark]]:
        """Student → cell → mark."""
        found = read_marks(Course(self.lab.course), ASSIGNMENT)
        return {student: books[ASSIGNMENT].marks for student, books in found.notebooks.items()}

    def gradebook_texts(self) -> Iterable[str]:
        """Everything that stands in the gradebook."""
        with sqlite3.connect(self.lab.course / "gradebook.db") as database:
            yield from database.iterdump()


def registered(folder: Path) -> Path:
    """A gradebook that knows the assignment, made in an empty folder."""
    lab = Laboratory.build(folder)
    register(Course(lab.course), ASSIGNMENT)
    return lab.course / "gradebook.db"


def run(attacks: Iterable[Attack], folder: Path, gradebook: Path) -> Campaign:
    """Grade attacks, each followed by a right submission.

    Args:
        attacks: what to hand in.
        folder: an empty folder.
        gradebook: from `registered`.
    """
    folder.chmod(0o755)
    lab = Laboratory.build(folder, gradebook)
    world = World(folder)
    names = {}
    watched = right_notebook()
    watched["cells"].insert(2, small.code("watch", WATCH))
    for index, attack in enumerate(attacks):
        names[attack.id] = f"s{index:03d}-{attack.id}"
        words = lab.names({**world.names(), "MARK": world.mark(attack.id)})
        files = {name: text.replace("@MARK@", words["MARK"]) for name, text in attack.files.items()}
        lab.hand_in(names[attack.id], hostile_notebook(attack, words), files)
        lab.hand_in(f"{names[attack.id]}-neighbour", small.to_bytes(watched))
    before = untouchable(lab)
    code, screen = grade(lab)
    left = world.traces(lab.home, lab.course)
    return Campaign(lab, world, names, screen, code, left, world.left_processes(), before)


def untouchable(lab: Laboratory) -> dict[Path, bytes]:
    """The files of a course that grading only reads, and the names of those beside them."""
    kept = [lab.course / "source", lab.course / "submitted", lab.course / ".autograder" / "secret"]
    kept += [lab.course / "nbgrader_config.py", lab.home / "private.txt", lab.course.parent / "canary.txt"]
    files = [path for place in kept for path in ([place] if place.is_file() else sorted(place.rglob("*")))]
    return {path: path.read_bytes() if path.is_file() else b"" for path in files}


def command(lab: Laboratory, *more: str) -> list[str]:
    limits = [word for limit in LIMITS for word in ("--limit", limit)]
    own = ["grade", ASSIGNMENT, "--course", str(lab.course), "--engine", "sandbox", "--jobs", "2"]
    return [sys.executable, "-m", "autograder", *own, *limits, *more]


def environment(lab: Laboratory) -> dict[str, str]:
    """What the grader is started with; a canary is among it."""
    (lab.course.parent / "tmp").mkdir(exist_ok=True)
    own = {"HOME": str(lab.home), "TMPDIR": str(lab.course.parent / "tmp")}
    return {**os.environ, **own, "AUTOGRADER_CANARY": lab.canaries.texts["environment"]}


def grade(lab: Laboratory, *more: str) -> tuple[int, bytes]:
    """Run the real command; its exit code and what it printed."""
    done = subprocess.run(
        command(lab, *more),
        cwd=PROJECT,
        env=environment(lab),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=300,
        start_new_session=True,
    )
    return done.returncode, done.stdout


MACHINE = re.compile(r"(?<![\w.])/(work|root|tmp|home/(?!student)|usr|proc|var|dev/shm)/[\w.]")
"""A path of this machine in a text for a student."""
MAX_TOLD = 6000
"""Characters that a student is asked to read about one cell."""


def faults_of(campaign: Campaign, attack: Attack) -> Iterator[str]:
    """What is not as it must be after one attack was graded; each in words."""
    outcome = campaign.outcome(campaign.names[attack.id])
    if not outcome.scores or not outcome.file:
        yield "was not graded"
        return
    for function, points in POINTS.items():
        score = outcome.scores[function] or 0.0
        if attack.unreadable or function == attack.target:
            most = 0.0 if attack.unreadable else attack.share * points
            if score > most:
                yield f"was rewarded: {score:g} points for {function}"
        elif function not in attack.costs and "everything" not in attack.costs and score != points:
            yield f"right function lost points: {score:g} of {points:g} for {function}: {outcome.told(function)[-300:]}"
    page = json.dumps([cell for cell in outcome.notebook["cells"] if not role(cell).is_fixed])
    page += "\n".join(text_of(cell) for cell in outcome.notebook["cells"])
    for place, text in campaign.lab.canaries.texts.items():
        if text in page:
            yield f"the canary of the {place} is in its outputs"
    if BREACH in page:
        cells = [text_of(cell) for cell in outcome.notebook["cells"]]
        yield "got through: " + "; ".join(re.findall(f"{BREACH}.*", "\n".join(cells))[:5])
    yield from faults_in_notebook(outcome)
    told = outcome.told(attack.target)
    if not told.strip():
        yield "nothing is said about it"
    if len(told) > MAX_TOLD:
        yield f"{len(told)} characters are said about it"
    if found := MACHINE.search(told):
        yield f"a path of this machine is told: {told[found.start() : found.start() + 80]!r}"
    if not re.search(attack.says, told):
        yield f"{attack.says!r} is not in what is told: {told[:300]!r}"


def faults_in_notebook(outcome: Outcome) -> Iterator[str]:
    """What in an autograded notebook would run or load something, is too much, is no notebook, or looks like a verdict.

    A verdict stands in test cells only, at most one in each, and says the score that the gradebook has.
    """
    total = 0
    for cell in outcome.notebook["cells"]:
        outputs = cell.get("outputs", [])
        size = len(json.dumps(outputs))
        total += size
        if size > 2 * DEFAULTS.output_cell:
            yield f"{cell['id']} holds {size:,} characters of outputs"
        counts = [cell.get("execution_count"), *(output.get("execution_count") for output in outputs)]
        if not all(count is None or (type(count) is int and 0 <= count < 10**6) for count in counts):
            yield f"{cell['id']} has execution counts {str(counts)[:200]}"
        verdicts = [output["data"][MIME] for output in outputs if MIME in output.get("data", {})]
        score = outcome.scores.get(cell["id"].removeprefix("test_"))
        if [verdict["score"] for verdict in verdicts] not in ([], [score]):
            yield f"{cell['id']} shows verdicts that are not the gradebook's"
        for output in outputs:
            dangers = _Dangers()
            dangers.feed(output.get("data", {}).get("text/html", ""))
            yield from (f"{cell['id']} holds {danger}" for danger in dangers.found)
    if total > 2 * DEFAULTS.output_total:
        yield f"{total:,} characters of outputs"


def faults_around(campaign: Campaign) -> Iterator[str]:
    """What is not as it must be around the attacks: other submissions, files, processes, the screen."""
    right = {name: POINTS[name] for name in POINTS}
    if campaign.outcome("other").scores != right:
        yield f"the other submission has {campaign.outcome('other').scores}"
    shown = ""
    for attack, student in campaign.names.items():
        outcome = campaign.outcome(f"{student}-neighbour")
        if outcome.scores != right:
            yield f"{attack}: its neighbour has {outcome.scores}"
            continue
        seen = json.dumps([cell.get("outputs") for cell in outcome.notebook["cells"]])
        shown = shown or seen
        if seen != shown:
            yield f"{attack}: its neighbour saw {text_of(small.cell(outcome.notebook, 'watch'))!r}"
    yield from campaign.left
    for pid in campaign.processes:
        yield f"process {pid} still runs"
    after = untouchable(campaign.lab)
    for path in sorted(after.keys() | campaign.before.keys()):
        if after.get(path) != campaign.before.get(path):
            yield f"{path} was changed"
    for path in (campaign.lab.course.parent / "tmp").iterdir():
        yield f"{path} was left behind"
    if campaign.code not in (0, 1):
        yield f"the command ended with {campaign.code}"
    screen = campaign.screen.decode(errors="replace")
    book = "\n".join(campaign.gradebook_texts())
    for place, text in campaign.lab.canaries.texts.items():
        # nbgrader keeps the instructor's own cells in the gradebook.
        if text in screen or (text in book and place != "source notebook"):
            yield f"the canary of the {place} is on the screen or in the gradebook"
    if odd := re.search(r"Traceback|[^\S\n ]|[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", screen):
        yield f"on the screen: {screen[max(odd.start() - 200, 0) : odd.end() + 300]!r}"


def faults_on_pages(campaign: Campaign, attacks: Sequence[str]) -> Iterator[str]:
    """What would run or load something on the pages for these students and for instructors."""
    course = Course(campaign.lab.course)
    students = [campaign.names[attack] for attack in attacks]
    pages = [page for sent in write_feedback(course, ASSIGNMENT, students) for page in sent.pages]
    if len(pages) < len(attacks):
        yield f"only {len(pages)} pages"
    for page in (*pages, write_report(course, ASSIGNMENT).path):
        dangers = _Dangers()
        dangers.feed(page.read_text(encoding="utf-8"))
        yield from (f"{page.relative_to(course.root)}: {danger}" for danger in dangers.found)


class _Dangers(HTMLParser):
    """Collects what would run or load something."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "iframe", "object", "embed", "base", "form", "foreignobject"):
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            text = re.sub(r"[\s\x00-\x20]", "", value or "").lower()
            source = name in ("src", "srcset", "action", "xlink:href", "poster")
            loads = source and not text.startswith(("data:image", "#"))
            if name.startswith("on") or name == "srcdoc" or text.startswith(("javascript:", "data:text")) or loads:
                self.found.append(f"{tag} {name}={value!r}")
