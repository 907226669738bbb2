"""kill -9 at random moments: one round here, fifty with `python -m tests.engines.sandbox.kill_rounds`."""

from __future__ import annotations

import os
import random
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.engines.sandbox.grader import Grader
from autograder.engines.sandbox.shared import shared_for
from autograder.grading.submissions import make_task
from autograder.notebook.words import left_out
from autograder.scrub.process import Allowance, Scrubber
from tests.engines.sandbox.attacks.world import World
from tests.engines.sandbox.kill_rounds import Arena
from tests.helpers import small_course as small

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


def test_a_process_that_reads_markup_killed_in_the_middle_of_grading_costs_one_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = small.filled()
    show = "from IPython.display import HTML, display\n[display(HTML(f'<b>{x}</b>')) for x in 'abc']\nprint('end')"
    notebook["cells"].insert(2, small.code("own", show))
    small.hand_in(small.make_course(tmp_path), "s", notebook)
    task = make_task(Course(tmp_path), small.ASSIGNMENT, "s")
    grader = Grader(shared_for(task))
    exchange = Scrubber._exchange

    def killed(scrubber: Scrubber, request: bytes, allowance: Allowance) -> bytes:
        if b"<b>b" in request:
            scrubber._started()
            assert scrubber.pid
            os.kill(scrubber.pid, signal.SIGKILL)
        return exchange(scrubber, request, allowance)

    try:
        in_peace = grader.judge(task.submission)
        monkeypatch.setattr(Scrubber, "_exchange", killed)
        once_killed = grader.judge(task.submission)
    finally:
        grader.close()
    assert once_killed.scores == in_peace.scores and once_killed.score == 10
    survived, peaceful = once_killed.notebooks[small.ASSIGNMENT].read(), in_peace.notebooks[small.ASSIGNMENT].read()
    own = small.cell(survived, "own")
    (first, second, third, last) = own["outputs"]
    assert second["data"]["text/plain"].endswith(left_out("refused")) and "text/html" not in second["data"]
    assert [first["data"]["text/html"], third["data"]["text/html"], last["text"]] == ["<b>a</b>", "<b>c</b>", "end\n"]
    own["outputs"][1] = small.cell(peaceful, "own")["outputs"][1]
    assert survived == peaceful
    assert replace(once_killed, notebooks={}) == replace(in_peace, notebooks={})
