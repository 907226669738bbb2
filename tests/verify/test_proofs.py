"""`autograder verify` proves each assignment; here with a sample of the work (`make verify` does it all).

Of the mutants ten a function; each known mistake with two secrets, and planted into two right answers and two guises.
"""

from functools import cache
from pathlib import Path

import pytest

from autograder.assignments import names
from autograder.course.course import Course
from autograder.errors import CourseError
from autograder.verify import proofs as proofs_module
from autograder.verify.proofs import SECRETS, Proof, Verification, verify
from tests.helpers import small_course as small

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("verify")]

COURSE = Course.at(Path(__file__).parents[2])


@cache
def proofs_of(assignment: str) -> dict[str, Proof]:
    """Make the proofs once, whatever the order of the tests."""
    verification = Verification(COURSE, assignment, mutants=10, repeats=100, secrets=SECRETS[:1], draws=2, styles=2)
    return {proof.name: proof for proof in verification.proofs()}


@pytest.fixture(params=names())
def proofs(request: pytest.FixtureRequest) -> dict[str, Proof]:
    return proofs_of(request.param)


def test_every_proof_holds(proofs: dict[str, Proof]) -> None:
    assert not {name: proof.failures or proof.figure for name, proof in proofs.items() if not proof.holds}


def test_the_proofs_looked_at_something(proofs: dict[str, Proof]) -> None:
    for name in ("right answers in other styles earn full marks", "known mistakes lose marks"):
        assert int(proofs[name].figure) >= 20
    assert proofs["points agree"].figure == "100 in all"


def test_points_that_depend_on_the_secret_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def lucky(task: tuple[Course, str, bytes]) -> dict[tuple[str, str], float]:
        return {("by-luck", "a_check"): float(task[2].endswith(b"1")), ("steady", "a_check"): 2.0}

    monkeypatch.setattr(proofs_module, "score_mistakes", lucky)
    proof = Verification(COURSE, "regularization", draws=2).points_without_luck()
    assert not proof.holds
    assert proof.failures == ("by-luck earns 0, 1 points in a_check",)


def test_an_assignment_without_answer_key_is_named_and_the_others_go_on(tmp_path: Path) -> None:
    course = Course.at(small.make_course(tmp_path))
    shown: list[str] = []
    assert verify(course, [small.ASSIGNMENT], show=shown.append)
    assert shown[0].startswith(f"## {small.ASSIGNMENT}")
    assert "No answer key" in shown[1]
    with pytest.raises(CourseError, match="absent"):
        verify(course, ["absent"], show=shown.append)
