"""The benchmark of the engine finds its floor, whatever a notebook does beside its functions."""

import json
from pathlib import Path

import pytest

from autograder.engines.task import Handed, NotebookTask, Task
from benchmarks.engine import PROJECT, measure_floor
from tests.helpers.small_course import code

NAME = "regularization"


@pytest.mark.slow
def test_a_cell_that_asks_prints_or_fails_does_not_end_it(tmp_path: Path) -> None:
    source = (PROJECT / "source" / NAME / f"{NAME}.ipynb").read_bytes()
    notebook = json.loads(source)
    notebook["cells"][:0] = [code("ask", "name = input('Your name: ')"), code("say", "print(1 / 1)\n1 / 0")]
    file = tmp_path / "handed-in.ipynb"
    file.write_text(json.dumps(notebook))
    tasks = (NotebookTask(NAME, source, Handed(file)),)
    assert 0 < measure_floor(Task(NAME, "ann", tasks, inputs={}, course=str(tmp_path))) < 10
