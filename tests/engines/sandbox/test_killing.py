"""kill -9 at random moments: one round here, fifty with `python -m tests.engines.sandbox.kill_rounds`."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.engines.sandbox.attacks.world import World
from tests.engines.sandbox.kill_rounds import Arena

pytestmark = pytest.mark.slow


def test_nothing_is_lost_or_doubled_when_the_grader_or_its_processes_are_killed(tmp_path: Path) -> None:
    arena = Arena(tmp_path)
    world = World(tmp_path)
    source = random.Random(3)
    try:
        done = arena.play(source, world)
    finally:
        world.close()
    assert not done.faults, done
