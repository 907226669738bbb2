"""Make every attack with its defence on, and with it switched off.

`python -m tests.defences` prints tables in Markdown; with `--write` they go into docs/security.md. It ends with 1 if
an attack gets something with the defence on, or nothing with it off.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.defences.catalogue import DEFENCES
from tests.defences.defence import Defence, Kind

PAGE = Path(__file__).parents[2] / "docs" / "security.md"
BEGIN = "<!-- made by python -m tests.defences --write -->"
END = "<!-- end of defences -->"
TITLES: dict[Kind, str] = {
    "criterion": "Criteria",
    "leniency": "Where a judge accepts more than one result",
    "cleaner": "Cleaners",
    "counter": "Counters",
}
PACKAGE = "autograder."


def tried(defence: Defence) -> tuple[str, str]:
    """What an attack gets with its defence on, and with it off."""
    on = defence.gets()
    with defence.off():
        return on, defence.gets()


def name_in_docs(defence: Defence) -> str:
    """The defence as the table names it."""
    return f"`{defence.name.removeprefix(PACKAGE)}`"


def tables(results: Sequence[tuple[Defence, str, str]]) -> str:
    """The tables of the page, one for each kind."""
    parts = []
    for kind, title in TITLES.items():
        lines = [f"### {title}", "", "| switched off | attack | then it gets |", "|---|---|---|"]
        for defence, _, off in results:
            if defence.kind == kind:
                lines.append(f"| {name_in_docs(defence)} | {defence.attack} | {off.replace('|', chr(92) + '|')} |")
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the tables into docs/security.md")
    options = parser.parse_args()
    results = [(defence, *tried(defence)) for defence in DEFENCES]
    faults = [f"{defence.name} got {on} with the defence on" for defence, on, _ in results if on]
    faults += [f"{defence.name} is green with the defence off" for defence, _, off in results if not off]
    text = tables(results)
    if options.write and not faults:
        before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.split(END, 1)[1]}", encoding="utf-8")
    elif not faults:
        print(text)
    print("\n".join(faults) or f"{len(results)} defences, each attack held, and each gets through without its defence")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
