"""What a worker may read, and that grading is refused where a needed layer is missing."""

from pathlib import Path
from typing import Any

import nbgrader
import pytest

from autograder.course.course import Course
from autograder.engines.sandbox import layers, pool
from autograder.engines.sandbox.layers import LAYERS, _without, missing, settings
from autograder.engines.sandbox.zygote_client import Zygote
from autograder.errors import SandboxError
from autograder.grading.submissions import make_task
from tests.helpers import small_course as small
from tests.helpers.outputs import raised
from tests.helpers.sandbox import run, sandbox, texts

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).parents[3]

LOOK = """
import os
def read(path):
    try:
        return os.listdir(path) if os.path.isdir(path) else open(path, 'rb').read(1) and 'read'
    except OSError as error:
        return type(error).__name__
"""


def test_rules_leave_out_a_hidden_folder_inside_a_readable_one(tmp_path: Path) -> None:
    for name in ("lib/numpy/core.py", "lib/autograder/key.py", "lib/autograder_other/x.py", "share/font"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    lib, share = str(tmp_path / "lib"), str(tmp_path / "share")
    rules, listable = _without([lib, share], [f"{lib}/autograder"])
    assert rules == sorted([f"{lib}/autograder_other", f"{lib}/numpy", share])
    assert listable == [lib]


def test_a_worker_may_read_paths_of_the_python_installation_only() -> None:
    given = settings(PROJECT, "/box")
    private = [PROJECT, PROJECT / "autograder", PROJECT / "source", PROJECT / "tests"]
    for place in (*given["readable"], *given["path"], *given["rules"]):
        assert not any(Path(place) in (path, *path.parents) for path in private)


@pytest.mark.parametrize("off", [("landlock",), ("namespaces",)], ids=["by namespaces", "by Landlock"])
def test_a_private_folder_inside_the_installation_is_hidden_twice(
    monkeypatch: pytest.MonkeyPatch, off: tuple[str, ...]
) -> None:
    """As where the answer keys are installed beside numpy; nbgrader stands for them here."""
    private = str(Path(nbgrader.__path__[0]).resolve())

    def hiding(course: Path, box: str, off: tuple[str, ...]) -> dict[str, Any]:
        given = settings(course, box, off)
        rules, listable = _without(given["readable"], [private])
        return {**given, "hidden": [private], "rules": rules, "listable": listable}

    monkeypatch.setattr(layers, "settings", hiding)
    with sandbox(off) as zygote:
        read, neighbour = run(zygote, f"open({private!r} + '/__init__.py')", "import jinja2; jinja2.__name__")
    assert raised(read.outputs[-1]) in ("FileNotFoundError", "PermissionError")
    assert texts(neighbour) == "'jinja2'"


def test_grading_with_one_layer_less_says_so_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    course = Course.at(small.make_course(tmp_path))
    for student in ("ann", "bob"):
        small.hand_in(course.root, student, small.filled())
    tasks = [make_task(course, small.ASSIGNMENT, student) for student in ("ann", "bob")]
    monkeypatch.setattr(pool, "no_namespaces", lambda course: "Operation not permitted")
    assert [judged.score for _, judged in pool.judge_all(tasks, 1, fewer_layers=True)] == [10, 10]
    assert capsys.readouterr().err.count("no namespaces here (Operation not permitted)") == 1


@pytest.mark.parametrize("off", [(), ("namespaces",)], ids=["all layers", "without namespaces"])
def test_neither_the_checkout_nor_the_system_is_readable_and_python_is(off: tuple[str, ...]) -> None:
    paths = [PROJECT / "autograder/cli.py", PROJECT / "source", Path("/etc/passwd"), Path("/proc/self/environ")]
    with sandbox(off) as zygote:
        cells = [LOOK, *(f"read({str(path)!r})" for path in paths), "import autograder", "import wave; wave.__name__"]
        _, *seen, answers, library = run(zygote, *cells)
    assert {texts(one).strip("'") for one in seen} <= {"PermissionError", "FileNotFoundError"}
    assert raised(answers.outputs[-1]) == "ModuleNotFoundError"
    assert texts(library) == "'wave'"


def test_without_namespaces_the_folder_of_the_next_submission_is_empty_and_nothing_lies_beside_it() -> None:
    with sandbox(("namespaces",), files={"given.txt": b"given"}) as zygote:
        run(zygote, "open('left.txt', 'w').write('left')", "import os\nos.makedirs('a/' * 200)")
        beside, listed = run(zygote, "open('../left.txt', 'w')", "import os; os.listdir('.')")
    assert raised(beside.outputs[-1]) == "PermissionError"
    assert texts(listed) == "['given.txt']"


def test_public_cases_that_cannot_be_read_stop_nobody() -> None:
    for content in (b"{", b"[]", b'{"checks": {"f": {"calls": 1}}}', b'{"checks": {"f": []}}'):
        with sandbox(files={"public_cases.json": content}) as zygote:
            assert texts(run(zygote, "1 + 1")[0]) == "2"


def test_a_missing_layer_that_is_needed_refuses_grading_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def without_landlock(course: Path, box: str, off: tuple[str, ...]) -> dict[str, Any]:
        return {**settings(course, box), "off": ["landlock"]}

    monkeypatch.setattr(layers, "settings", without_landlock)
    with pytest.raises(SandboxError, match="lacks a layer that the sandbox needs: landlock") as refused:
        Zygote(PROJECT).start()
    assert "\n" not in str(refused.value)


def test_all_layers_but_namespaces_are_needed_and_those_are_the_instructor_s_choice() -> None:
    everything = {layer.name: True for layer in LAYERS}
    assert missing(everything) == missing(everything, fewer_layers=True) == []
    for layer in LAYERS:
        without = {**everything, layer.name: False}
        assert [one.name for one in missing(without)] == [layer.name]
        assert [one.name for one in missing(without, fewer_layers=True)] == ([layer.name] if layer.needed else [])
    assert [layer.name for layer in LAYERS if not layer.needed] == ["namespaces"]
