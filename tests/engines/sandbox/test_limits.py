"""Each limit: what goes over it costs its own cell, which says so; the next cells know all definitions."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from autograder.checking.verdict import Verdict
from autograder.engines.sandbox.limits import Limits
from autograder.engines.sandbox.plan import HiddenGrade, Step
from autograder.engines.sandbox.running import run_steps
from autograder.engines.sandbox.worker_client import CallRequest, Worker
from autograder.engines.sandbox.zygote_client import Zygote
from autograder.errors import CourseError
from labkit.calls.call import Call
from tests.helpers.sandbox import SHORT, kinds, printed, run, sandbox, texts

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("limits")]


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    with sandbox() as warm:
        yield warm


BURN = "import time\nbegan = time.process_time()\nwhile time.process_time() < began + {seconds}: pass\n"
SLOW = HiddenGrade("slow", ("slow",))
OVER = {
    "cpu_cell": "while True: pass",
    "wall_cell": "import time\ntime.sleep(100)",
    "memory": "import numpy as np\nnp.ones(2**28)",
    "file_size": "big = open('big', 'wb')\nwhile big.write(bytes(2**20)) and not big.flush(): pass",
    "disk": "import itertools\nfor i in itertools.count():\n    open(f'f{i}', 'wb').write(bytes(2**20))",
    "open_files": "files = [open('/dev/null') for _ in range(1000)]",
    "processes": "import threading, time\n[threading.Thread(target=time.sleep, args=(9,)).start() for _ in range(100)]",
}


@pytest.mark.parametrize("limit", OVER)
def test_going_over_a_limit_costs_the_cell_and_names_the_limit(zygote: Zygote, limit: str) -> None:
    wall = 3 if limit == "wall_cell" else 25  # on a busy machine processor time comes slowly
    before, over, after = run(zygote, "def f():\n    return 41", OVER[limit], "f() + 1", wall_cell=wall, disk=20)
    assert f"(limit: {limit})" in texts(over)
    assert texts(before) == ""
    assert texts(after) == "42"


def test_a_function_that_does_not_end_costs_its_test_a_part_of_what_a_cell_may_take(zygote: Zygote) -> None:
    cells = ["def endless():\n    while True: pass", "def quick():\n    return 41", BURN.format(seconds=1.5) + "x = 1"]
    tests = [HiddenGrade(name, (name,)) for name in ("endless", "quick")]
    steps = [*(Step(at, cell) for at, cell in enumerate(cells)), *(Step(9, "", test) for test in tests), Step(9, "x")]
    limits = replace(SHORT, cpu_cell=60, wall_cell=120, wall_submission=300, cpu_test=1)
    *_, burnt, over, after, value = run_steps(zygote, steps, limits, _answers_something)
    assert texts(burnt) == ""
    assert "(limit: cpu_test)" in texts(over) and "after 1 s" in texts(over)
    assert after.verdict and after.verdict.cause == "41"
    assert texts(value) == "1"


def test_the_calls_of_a_test_count_together(zygote: Zygote) -> None:
    def calls_twice(grade: HiddenGrade, worker: Worker) -> Verdict:
        _answers_something(grade, worker)
        return _answers_something(grade, worker)

    steps = [Step(0, "def slow():\n    " + BURN.format(seconds=0.7).strip().replace("\n", "\n    ")), Step(1, "", SLOW)]
    limits = replace(SHORT, cpu_cell=60, wall_cell=120, wall_submission=300, cpu_test=1)
    assert "(limit: cpu_test)" in texts(run_steps(zygote, steps, limits, calls_twice)[-1])
    assert run_steps(zygote, steps, limits, _answers_something)[-1].verdict


def test_what_a_function_shows_while_it_is_judged_is_neither_drawn_nor_left_to_the_next_cell(zygote: Zygote) -> None:
    cells = [
        "drawn = []\nclass Picture:\n    def _repr_png_(self):\n        drawn.append(1)",
        "import matplotlib.pyplot as plt\ndef figure():\n    plt.plot([1, 2])\n    return display(Picture())",
        "display(Picture())\nlen(drawn), plt.get_fignums()",
    ]
    steps = [Step(0, cells[0]), Step(1, cells[1]), Step(2, "", HiddenGrade("figure", ("figure",))), Step(3, cells[2])]
    *_, after = run_steps(zygote, steps, SHORT, _answers_something)
    assert texts(after).endswith("(1, [])")
    assert kinds(after) == ["display_data", "execute_result"]


def _answers_something(grade: HiddenGrade, worker: Worker) -> Verdict:
    (outcome,) = worker.call(CallRequest([Call(grade.check, ())], {grade.check: grade.check}))
    return Verdict(grade.check, grade.check, (), cause=str(outcome.value))


def test_limits_of_the_whole_submission_end_it(zygote: Zygote) -> None:
    runs = run(zygote, *["import time\ntime.sleep(0.7)"] * 4, "1", wall_submission=2)
    assert "(limit: wall_submission)" in texts(runs[2])
    assert all("(limit: wall_submission)" in texts(one) for one in runs[2:])


def test_output_over_a_limit_is_cut_and_its_cell_runs_on(zygote: Zygote) -> None:
    before, over, after = run(zygote, "print('short')", "x = 2\nprint('x' * 3000)\ny = 3", "x, y", output_cell=1000)
    assert texts(before) == "short\n" and not before.cut
    assert len(printed(over)) < 1200 and "(limit: output_cell)" in printed(over) and over.cut
    assert texts(after) == "(2, 3)"
    runs = run(zygote, *["print('x' * 600)\n'value'"] * 3, output_total=1000)
    assert [("(limit: output_total)" in texts(one)) for one in runs] == [False, True, True]
    assert ["'value'" in texts(one) for one in runs] == [True, False, False]


def test_an_error_is_shown_even_where_no_output_is_left(zygote: Zygote) -> None:
    (cell,) = run(zygote, "print('x' * 3000)\n1 / 0", output_cell=1000)
    assert "ZeroDivisionError" in texts(cell)


def test_processor_time_counts_over_all_workers_of_a_submission(zygote: Zygote) -> None:
    burn = "import time\nwhile time.process_time() < 0.8: pass"
    runs = run(zygote, *[f"{burn}\nimport os\nos._exit(0)"] * 4, cpu_submission=2)
    assert "(limit: cpu_submission)" in texts(runs[-1])


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("import os\nos._exit(3)", "exit code 3"),
        ("import ctypes\nctypes.string_at(0)", "SIGSEGV"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)", ""),
        ("import sys\nsys.setrecursionlimit(10**9)\ndef g(): return g()\ng()", ""),
    ],
)
def test_a_cell_that_ends_the_process_costs_itself_only(zygote: Zygote, source: str, told: str) -> None:
    _, over, after = run(zygote, "x = 1", source, "x")
    assert told in texts(over)
    assert texts(after) == "1"


def test_a_new_worker_runs_the_stopped_cell_again_without_the_statement_that_did_not_end(zygote: Zygote) -> None:
    stopped = "log.append('two')\nn = len(log)\nwhile True: pass\nlog.append('never')\nHALF = 0.5\ndef f(): return 3"
    runs = run(zygote, "log = ['one']", stopped, "log.append('three')", "print(log, n, HALF, f())")
    assert printed(runs[-1]) == "['one', 'two', 'three'] 2 0.5 3\n"
    assert [one.lost for one in runs] == [False, True, False, False]


def test_of_a_cell_that_keeps_interrupts_away_or_ends_the_process_the_definitions_remain(zygote: Zygote) -> None:
    kept = "import math\nHALF = 0.5\nslow = list(range(9))\ndef f(): return math.floor(HALF)\n"
    for end in ("import signal\nsignal.signal(2, signal.SIG_IGN)\nwhile True: pass", "import os\nos._exit(1)"):
        runs = run(zygote, kept + end, "print(HALF, f(), 'slow' in globals())")
        assert printed(runs[-1]) == "0.5 0 False\n"


def test_a_limit_is_set_by_name_and_value() -> None:
    assert Limits().with_values(["memory=512", "cpu_cell=2"]).memory == 512
    for text in ("speed=1", "memory", "memory=0", "memory=-1", "memory=lots"):
        with pytest.raises(CourseError, match="write NAME=VALUE"):
            Limits().with_values([text])
