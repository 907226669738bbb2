"""Each attack is held, and gets through once its defence is switched off: no part of the suite is green by itself."""

from __future__ import annotations

import re

import pytest

from autograder.engines.sandbox.layers import LAYERS
from tests.defences.__main__ import BEGIN, END, PAGE, name_in_docs, tried
from tests.defences.catalogue import DEFENCES, without_attack
from tests.defences.defence import Defence
from tests.engines.sandbox.attacks import layers
from tests.engines.sandbox.attacks.catalogue import ATTACKS


@pytest.mark.slow
@pytest.mark.parametrize(
    "defence",
    [
        pytest.param(
            defence,
            id=defence.name,
            marks=[pytest.mark.slow, pytest.mark.xdist_group("defences")] if defence.slow else [],
        )
        for defence in DEFENCES
    ],
)
def test_the_attack_gets_nothing_until_its_defence_is_switched_off(defence: Defence) -> None:
    on, off = tried(defence)
    assert not on and off


def test_every_criterion_every_cleaner_and_every_counter_is_attacked() -> None:
    assert list(without_attack()) == []


def between(begin: str, end: str) -> str:
    return PAGE.read_text(encoding="utf-8").split(begin)[1].split(end)[0]


def test_the_page_has_a_line_for_each_defence_and_for_no_other() -> None:
    shown = re.findall(r"^\| (`[^|]+`) \| ([^|]+) \| ([^|]+) \|$", between(BEGIN, END), re.MULTILINE)
    assert [(name, attack) for name, attack, _ in shown] == [(name_in_docs(d), d.attack) for d in DEFENCES]
    assert all(got.strip() for *_, got in shown)


def test_the_page_shows_each_layer_of_the_sandbox_let_something_through_alone_or_in_a_pair() -> None:
    page = between(layers.BEGIN, layers.END)
    rows = [line for line in page.splitlines() if line.startswith("|")]
    harmless = {attack.about for attack in ATTACKS if attack.id in layers.HARMLESS}
    assert len(harmless) == len(layers.HARMLESS)
    for about in harmless:
        assert sum(row.startswith(f"| {about} |") for row in rows) == 2, about
    last = [row.rsplit("|", 2)[1] for row in rows if sum(row.startswith(f"| {about} |") for about in harmless)]
    needed = {name for words in last for name in re.findall(r"\w+", words)}
    assert {layer.name for layer in LAYERS} <= needed
