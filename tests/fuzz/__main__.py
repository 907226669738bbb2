"""Feed the readers with new inputs for some minutes, and print what was fed, what was slow, and what broke.

`python -m tests.fuzz --minutes 60` ends with 1 if something broke; the input is printed as small as it could be made.
If the process itself dies, the input that did it lies in the file that it names when it starts.
"""

from __future__ import annotations

import argparse
import faulthandler
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, seed, settings

from tests.fuzz.targets import TARGETS, Target, size_of

ROUND = 100
"""Inputs of one target before it is the turn of the next."""
SLOW_SECONDS = 2.0
"""Processor time of one input that is worth a look: the longest is 60,000 characters, or a few megabytes unpacked."""


@dataclass
class Tally:
    """What one target was fed with.

    Attributes:
        inputs: how many.
        seconds: processor time in all.
        slowest: processor time of the slowest one.
        of_size: its size.
        broken: what broke.
    """

    inputs: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    of_size: int = 0
    broken: int = 0


def play(name: str, target: Target, number: int, tally: Tally, last: Path) -> None:
    """Feed one target for a round."""

    @seed(number)
    @settings(max_examples=ROUND, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(target.inputs)
    def fed(value: Any) -> None:
        last.write_text(f"{name}: {value!r}", encoding="utf-8", errors="surrogateescape")
        began = time.process_time()
        try:
            target.feed(value)
        finally:
            took = time.process_time() - began
            tally.inputs += 1
            tally.seconds += took
            if took > tally.slowest:
                tally.slowest, tally.of_size = took, size_of(value)
                if took > SLOW_SECONDS:
                    print(f"{name}: {took:.1f} s for {tally.of_size:,} characters: {value!r:.300}", flush=True)

    try:
        fed()
    except Exception:
        tally.broken += 1
        print(f"{name}, seed {number}:\n{traceback.format_exc()[-3000:]}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=0, help="of the first round")
    parser.add_argument("--only", default="", help="targets whose name holds this")
    options = parser.parse_args()
    faulthandler.enable()
    last = Path(tempfile.mkdtemp()) / "last-input"
    print(f"the last input is in {last}", flush=True)
    tallies = {name: Tally() for name in TARGETS if options.only in name}
    number, end = options.seed, time.monotonic() + 60 * options.minutes
    while time.monotonic() < end:
        for name, tally in tallies.items():
            play(name, TARGETS[name], number, tally, last)
        number += 1
    print("| fed | inputs | slowest | of characters | broken |\n|---|---|---|---|---|")
    for name, tally in tallies.items():
        print(f"| {name} | {tally.inputs:,} | {tally.slowest:.2f} s | {tally.of_size:,} | {tally.broken} |")
    return 1 if any(tally.broken for tally in tallies.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
