"""Every attack of the catalogue, handed in as a real notebook and graded by the real command, class by class."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.attacks.catalogue import ATTACKS, CLASSES
from tests.engine.attacks.grading import faults_around, faults_of, registered, run


@pytest.fixture(scope="session")
def gradebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return registered(tmp_path_factory.mktemp("registered"))


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: CLASSES[kind][0].replace(" ", "-"))
def test_no_attack_is_rewarded_gets_out_or_hurts_others(kind: int, tmp_path: Path, gradebook: Path):
    attacks = CLASSES[kind][1].ATTACKS
    campaign = run(attacks, tmp_path, gradebook)
    try:
        faults = [f"{attack.id}: {fault}" for attack in attacks for fault in faults_of(campaign, attack)]
        faults += faults_around(campaign)
    finally:
        campaign.world.close()
    assert not faults, "\n" + "\n".join(faults)


def test_the_catalogue_covers_all_ten_classes_with_many_attacks():
    assert len(ATTACKS) >= 60
    assert len({attack.id for attack in ATTACKS}) == len(ATTACKS)
    assert {attack.kind for attack in ATTACKS} == set(range(1, 11)) == set(CLASSES)
