"""Runs harmless attacks with layers of the sandbox switched off, and says what each layer holds.

`python -m tests.engines.sandbox.attacks.layers` prints tables in Markdown; with `--write` they go into
docs/security.md.
Only attacks that read, connect to this harness, or start one child that ends at once are run without a layer: nothing
that fills, floods, writes outside its own folder, or stays.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from autograder.course.course import Course
from autograder.engines.sandbox.grader import Grader
from autograder.engines.sandbox.layers import LAYERS
from autograder.engines.sandbox.limits import Limits
from autograder.engines.sandbox.shared import shared_for
from autograder.grading.submissions import make_task
from autograder.notebook.roles import role
from tests.engines.sandbox.attacks.attack import BREACH, Attack
from tests.engines.sandbox.attacks.catalogue import ATTACKS, CLASSES
from tests.engines.sandbox.attacks.grading import LIMITS, text_of
from tests.engines.sandbox.attacks.laboratory import ASSIGNMENT, PROJECT, Laboratory, hostile_notebook
from tests.engines.sandbox.attacks.world import World

HARMLESS = (
    "course-secret",
    "source-notebook",
    "answer-key",
    "other-submissions",
    "environment",
    "proc-environ",
    "links",
    "system-calls",
    "imports-the-reference",
    "tcp",
    "udp",
    "abstract-socket",
    "path-socket",
    "datagrams",
    "changes-modes",
    "changes-owners",
    "changes-times",
    "changes-attributes",
    "changes-length",
    "url",
    "signals",
    "ptrace",
    "new-programs",
    "descriptors-used-up",
    "sparse-file",
)
"""Ids of the attacks that may be run with one or two layers off."""

PAGE = PROJECT / "docs" / "security.md"
BEGIN = "<!-- made by python -m tests.engines.sandbox.attacks.layers --write -->"
END = "<!-- end -->"

LEAD = "With one layer switched off at a time, and then with two, the attacks that can do no harm were run again:"

AFTERWARDS = "afterwards"
"""Stands for what was found after all attacks: files, shared objects, processes."""

Off = tuple[str, ...]


def names() -> list[str]:
    """The layers."""
    return [layer.name for layer in LAYERS]


def settings() -> Iterator[Off]:
    """All layers on, each one off, each two off."""
    yield ()
    for size in (1, 2):
        yield from itertools.combinations(names(), size)


def reached(attacks: Sequence[Attack], off: Off) -> dict[str, list[str]]:
    """Run attacks without some layers; attack → what it got. What it left stands under AFTERWARDS."""
    found: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        folder.chmod(0o755)
        lab = Laboratory.build(folder)
        world = World(folder)
        os.environ["AUTOGRADER_CANARY"] = lab.canaries.texts["environment"]
        grader: Grader | None = None
        try:
            for attack in attacks:
                world.heard.clear()
                lab.hand_in(attack.id, hostile_notebook(attack, lab.names({**world.names(), "MARK": world.token})))
                task = make_task(Course(lab.course), ASSIGNMENT, attack.id)
                grader = grader or Grader(shared_for(task, Limits().with_values(LIMITS)), off)
                judged = grader.judge(task.submission)
                cells = judged.notebooks[ASSIGNMENT].read()["cells"]
                shown = "\n".join(text_of(cell) for cell in cells)
                shown += json.dumps([cell for cell in cells if not role(cell).is_fixed])
                got = re.findall(rf"^{BREACH} (.*)$", shown, re.MULTILINE)
                got += [f"saw the {name}" for name, text in lab.canaries.texts.items() if text in shown]
                got += ["was heard"] if world.heard else []
                found[attack.id] = sorted(set(got))
            world.heard.clear()
            found[AFTERWARDS] = world.traces(lab.home, lab.course)
        finally:
            if grader:
                grader.close()
            found.setdefault(AFTERWARDS, []).extend(f"process {pid} is left" for pid in world.left_processes())
            world.close()
    return found


def classes() -> str:
    """What the whole suite tries, class by class, in Markdown."""
    lines = ["| class | attacks | for instance |", "|---|---|---|"]
    for number, (name, module) in CLASSES.items():
        some = module.ATTACKS[:: max(len(module.ATTACKS) // 4, 1)][:4]
        lines.append(f"| {number}. {name} | {len(module.ATTACKS)} | {'; '.join(attack.about for attack in some)} |")
    return "\n".join([*lines, f"| all | {len(ATTACKS)} | |"])


def tables() -> str:
    """What each layer holds: with one off, and with two off."""
    attacks = [attack for attack in ATTACKS if attack.id in HARMLESS]
    results = {off: reached(attacks, off) for off in settings()}
    lines = [
        "| attack | all on | " + " | ".join(f"without {name}" for name in names()) + " |",
        "|---|---|" + "---|" * len(names()),
    ]
    for attack in attacks:
        cells = [_cell(results[off][attack.id]) for off in settings() if len(off) < 2]
        lines.append(f"| {attack.about} | " + " | ".join(cells) + " |")
    lines += ["", "| attack | gets through without |", "|---|---|"]
    for attack in attacks:
        alone = {off for off in results if len(off) == 1 and results[off][attack.id]}
        pairs = [off for off in results if len(off) == 2 and results[off][attack.id] and not {off[:1], off[1:]} & alone]
        words = [f"{off[0]} (alone)" for off in sorted(alone)] + [" + ".join(off) for off in pairs]
        lines.append(f"| {attack.about} | {', '.join(words) or '—'} |")
    return "\n".join(lines)


def _cell(got: list[str]) -> str:
    if not got:
        return "held"
    words = ", ".join(got[:3]) + (", …" if len(got) > 3 else "")
    return f"**got through**: {words}".replace("|", "\\|")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the tables into docs/security.md")
    options = parser.parse_args()
    text = "\n\n".join((classes(), LEAD, tables()))
    if options.write:
        page = PAGE.read_text()
        before, rest = page.split(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.split(END, 1)[1]}")
    else:
        print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
