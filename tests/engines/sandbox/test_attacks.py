"""Every attack of the catalogue, handed in as a real notebook and graded by the real command, class by class."""

from __future__ import annotations

import fcntl
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engines.sandbox.attacks import class03_reading, class07_reaching_out, class09_people
from tests.engines.sandbox.attacks.catalogue import ATTACKS, CLASSES
from tests.engines.sandbox.attacks.grading import (
    environment,
    faults_around,
    faults_of,
    faults_on_pages,
    registered,
    run,
)
from tests.engines.sandbox.attacks.laboratory import ASSIGNMENT, PROJECT, Laboratory, hostile_notebook
from tests.engines.sandbox.attacks.layers import reached

pytestmark = pytest.mark.slow

PEOPLE = 9
"""The class of attacks that is about pages and screens."""


@pytest.fixture(scope="session")
def gradebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once for all processes of the test run: whoever has the lock first makes it."""
    shared = (
        tmp_path_factory.getbasetemp().parent if "PYTEST_XDIST_WORKER" in os.environ else tmp_path_factory.getbasetemp()
    )
    made = shared / "attacked-gradebook.db"
    with (shared / "attacked-gradebook.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            registered(tmp_path_factory.mktemp("registered")).rename(made)
    return made


GROUPS = ((4, 8), (5, 6), (3, 7, 9), (1, 2, 10))
"""Classes that are graded together; each group by a command of its own, on two processes."""


@pytest.mark.parametrize(
    "kinds", GROUPS, ids=lambda kinds: "-".join(CLASSES[kind][0].replace(" ", "_") for kind in kinds)
)
def test_no_attack_is_rewarded_gets_out_or_hurts_others(
    kinds: tuple[int, ...], tmp_path: Path, gradebook: Path
) -> None:
    attacks = [attack for kind in kinds for attack in CLASSES[kind][1].ATTACKS]
    campaign = run(attacks, tmp_path, gradebook)
    try:
        faults = [f"{attack.id}: {fault}" for attack in attacks for fault in faults_of(campaign, attack)]
        faults += faults_around(campaign)
        if PEOPLE in kinds:
            faults += faults_on_pages(campaign, [attack.id for attack in CLASSES[PEOPLE][1].ATTACKS])
    finally:
        campaign.world.close()
    assert not faults, "\n" + "\n".join(faults)


def test_nothing_gets_out_or_stays_on_a_machine_without_namespaces() -> None:
    attacks = [*class03_reading.ATTACKS, *class07_reaching_out.ATTACKS]
    found = reached(attacks, ("namespaces",))
    assert len(found) == len(attacks) + 1
    assert {attack: got for attack, got in found.items() if got} == {}


def test_no_escape_sequence_of_a_student_reaches_the_terminal(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    lab = Laboratory.build(tmp_path)
    for attack in class09_people.ATTACKS:
        form = {"terminal-escapes": [], "escapes-in-a-result": ["--json"]}.get(attack.id)
        if form is None:
            continue
        lab.hand_in(attack.id, hostile_notebook(attack, {}))
        file = lab.course / "submitted" / attack.id / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        own = ["check", str(file), "--assignment", ASSIGNMENT, "--course", str(lab.course), "--engine", "sandbox"]
        command = [sys.executable, "-m", "autograder", *own, *form]
        shown = subprocess.run(command, cwd=PROJECT, env=environment(lab), capture_output=True)
        assert shown.returncode == 0, shown.stderr
        text = (shown.stdout + shown.stderr).decode()
        assert "compute_cost_with_regularization" in text
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text), attack.id


def test_the_catalogue_covers_all_ten_classes_with_many_attacks() -> None:
    assert len(ATTACKS) >= 60
    assert len({attack.id for attack in ATTACKS}) == len(ATTACKS)
    assert set(CLASSES) == set(range(1, 11)) and all(module.ATTACKS for _, module in CLASSES.values())
    assert sorted(kind for kinds in GROUPS for kind in kinds) == sorted(CLASSES)
