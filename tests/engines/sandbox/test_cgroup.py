"""Control groups: taken where the machine delegates them, never with processes of others, and gone at the end."""

import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from autograder.engines.sandbox import cgroup, doctor, words
from autograder.engines.sandbox.cgroup import GRADER, Group, NoGroupError, make_group, prepare
from autograder.engines.sandbox.limits import Limits


class Hierarchy:
    """A made-up delegated group: files as the kernel has them, and a list of what was written to them."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.own = folder / "own"
        self.own.mkdir()
        self.written: list[tuple[str, str]] = []
        self.fill("cpuset cpu io memory hugetlb pids", str(os.getpid()))
        (self.own / "cgroup.subtree_control").touch()
        monkeypatch.setattr(cgroup, "_own_group", lambda: self.own)
        monkeypatch.setattr(cgroup, "_write", self._write)

    def fill(self, controllers: str, members: str) -> None:
        (self.own / "cgroup.controllers").write_text(f"{controllers}\n")
        (self.own / "cgroup.procs").write_text(members)

    def _write(self, file: Path, text: str) -> None:
        self.written.append((file.relative_to(self.own.parent).as_posix(), text))


@pytest.fixture
def hierarchy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hierarchy:
    return Hierarchy(tmp_path, monkeypatch)


def test_a_grader_that_is_alone_moves_itself_aside_and_hands_the_controllers_on(hierarchy: Hierarchy) -> None:
    assert prepare() == hierarchy.own
    assert hierarchy.written == [
        (f"own/{GRADER}/cgroup.procs", str(os.getpid())),
        ("own/cgroup.subtree_control", "+memory +pids +cpu"),
    ]


def test_processes_that_the_grader_started_go_with_it(hierarchy: Hierarchy) -> None:
    child = subprocess.Popen(["sleep", "60"])
    try:
        hierarchy.fill("cpu memory pids", f"{os.getpid()}\n{child.pid}\n")
        prepare()
        moved = {text for file, text in hierarchy.written if file.endswith("cgroup.procs")}
        assert moved == {str(os.getpid()), str(child.pid)}
    finally:
        child.kill()
        child.wait()


def test_nothing_is_moved_where_others_are_in_the_group(hierarchy: Hierarchy) -> None:
    hierarchy.fill("cpu memory pids", f"{os.getpid()}\n{os.getppid()}\n")
    with pytest.raises(NoGroupError) as refused:
        prepare()
    assert refused.value.reason == "not alone"
    assert hierarchy.written == [] and not (hierarchy.own / GRADER).exists()


def test_a_group_without_the_controllers_is_not_used(hierarchy: Hierarchy) -> None:
    hierarchy.fill("cpu pids", str(os.getpid()))
    with pytest.raises(NoGroupError) as refused:
        prepare()
    assert refused.value.reason == "not delegated" and hierarchy.written == []


def test_a_process_of_the_pool_takes_the_group_that_the_first_one_made_ready(
    hierarchy: Hierarchy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cgroup, "_own_group", lambda: hierarchy.own / GRADER)
    assert prepare() == hierarchy.own and hierarchy.written == []


def test_a_submission_gets_what_its_limits_say_and_once(hierarchy: Hierarchy) -> None:
    group = make_group()
    hierarchy.written.clear()
    limits = Limits(memory=100, disk=20, processes=5)
    group.limit(limits)
    group.limit(limits)
    values = {file.rpartition("/")[2]: text for file, text in hierarchy.written}
    assert values == {"memory.max": str((120 + 1024) * 2**20), "pids.max": "18", "cpu.max": "200000 100000"}
    assert len(hierarchy.written) == 3


def test_a_kill_for_memory_is_seen_once(tmp_path: Path) -> None:
    group = Group(tmp_path)
    assert not group.was_over_memory()
    (tmp_path / "memory.events").write_text("low 0\nhigh 0\nmax 3\noom 1\noom_kill 1\n")
    assert group.was_over_memory()
    assert not group.was_over_memory()


def test_groups_that_a_killed_grader_left_are_removed_and_those_of_others_stay(hierarchy: Hierarchy) -> None:
    left, used = hierarchy.own / "autograder-999999999-x", hierarchy.own / f"autograder-{os.getpid()}-x"
    for group in (left, used, hierarchy.own / "session"):
        group.mkdir()
    prepare()
    assert not left.exists() and used.exists() and (hierarchy.own / "session").exists()


def test_a_real_group_ends_its_processes_and_is_gone() -> None:
    """On this machine, if it lets us make a group; controllers are not needed for this. Else it is said in words."""
    try:
        path = Path(tempfile.mkdtemp(prefix=f"autograder-{os.getpid()}-", dir=cgroup._own_group()))
    except (NoGroupError, OSError):
        with pytest.raises(NoGroupError) as refused:
            make_group()
        assert doctor._group() == words.no_group(refused.value.reason)
        return
    group = Group(path)
    child = subprocess.Popen(["sleep", "60"])
    group.add(child.pid)
    assert (path / "cgroup.procs").read_text().split() == [str(child.pid)]
    group.close()
    assert child.wait(10) == -9
    group.close()
    assert not path.exists()
