"""`autograder verify` proves each assignment; here with a sample of the mutants (`make verify` tries them all)."""

from pathlib import Path

import pytest

from autograder.assignments import names
from autograder.course.course import Course
from autograder.verify.proofs import SECRETS, Proof, Verification

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("verify")]

COURSE = Course.at(Path(__file__).parents[2])


@pytest.fixture(scope="module", params=names())
def proofs(request: pytest.FixtureRequest) -> dict[str, Proof]:
    verification = Verification(COURSE, request.param, mutants=10, repeats=100, secrets=SECRETS[:1])
    return {proof.name: proof for proof in verification.proofs()}


def test_every_proof_holds(proofs: dict[str, Proof]) -> None:
    assert not {name: proof.failures or proof.figure for name, proof in proofs.items() if not proof.holds}


def test_the_proofs_looked_at_something(proofs: dict[str, Proof]) -> None:
    for name in ("right answers in other styles earn full marks", "known mistakes lose marks"):
        assert int(proofs[name].figure) >= 20
    assert proofs["points agree"].figure == "100 in all"
