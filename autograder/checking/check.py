"""What an answer key is made of: checks with probes, a reference, criteria, and known mistakes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from autograder.checking import words
from autograder.checking.planting import Guise, Slip
from autograder.checking.verdict import Picture, Verdict
from labkit.calls.call import Call, CallError, Outcome
from labkit.calls.differences import Difference, Names, differences
from labkit.calls.plain import Plain
from labkit.calls.random_outputs import RandomOutputs

Function = Callable[..., Any]
Run = Callable[[Sequence[Call]], list[Outcome]]
"""Makes calls beside the student's code, here or in another process, and reports one outcome a call."""

Shares = Mapping[str, Mapping[str, float]]
"""Mistake id → name of a criterion → the share of its points that the mistake keeps."""

MAX_SHARE = 0.9
"""The most that a mistake keeps of a criterion: a wrong answer never gets full marks."""

T = TypeVar("T")


@dataclass(frozen=True)
class Finding:
    """Why a criterion is not met, in a sentence for the student, and a picture where one helps.

    Attributes:
        message: the sentence.
        picture: expected and actual.
        once: whether it is a slip that costs nothing where `Criterion.charged_in` has the same finding.
        error: the exception that is the reason, if one is.
        empty: the output that is None, if that is the reason.
    """

    message: str
    picture: Picture | None = None
    once: bool = False
    error: CallError | None = None
    empty: str = ""

    @classmethod
    def of(cls, difference: Difference, case: str = "", right: Sequence[str] = ()) -> Finding:
        """Say what differs on a hidden probe, see `words.differs`."""
        message = words.differs(difference, case, right)
        return cls(message, empty=difference.where if difference.kind == "none" else "")


@dataclass(frozen=True)
class Trial:
    """One call, what the reference did with it, and what the student's function did.

    Attributes:
        call: the call.
        expected: what the reference did.
        actual: what the student's function did.
        outputs: names of the parts of the value.
    """

    call: Call
    expected: Outcome
    actual: Outcome
    outputs: Names = ()
    _notes: dict[str, Any] = field(default_factory=dict, init=False)

    def noted(self, name: str, compute: Callable[[], T]) -> T:
        """Compute a value that depends on this trial only, once for all criteria."""
        return _kept(self._notes, name, compute)

    @cached_property
    def differences(self) -> list[Difference]:
        """Find where the two values differ, within the usual tolerance, once for all criteria."""
        return differences(self.expected.value, self.actual.value, names=self.outputs)


@dataclass(frozen=True)
class Evidence:
    """All that a criterion may look at. Criteria are pure functions of it.

    Attributes:
        check: the check.
        trials: how the probes went.
        follow_up: how the further calls went, if the probes needed them.
        confirmed: with a follow-up, the verdict of the check that it relies on, if its function still behaves as it did
            when it was judged.
    """

    check: Check
    trials: tuple[Trial, ...]
    follow_up: tuple[Trial, ...] = ()
    confirmed: Verdict | None = None
    _memory: dict[str, Any] = field(default_factory=dict)
    _notes: dict[str, Any] = field(default_factory=dict, init=False)

    def of(self, *groups: str) -> Iterator[Trial]:
        """Go through the trials of these groups, in order; of all groups if none is named."""
        return (trial for trial in self.trials if not groups or trial.call.group in groups)

    def once(self, name: str, compute: Callable[[], T]) -> T:
        """Compute a value that depends on the probes and the reference only, once for a whole class.

        Args:
            name: unique in the check.
            compute: must not look at any actual outcome.
        """
        return _kept(self._memory, name, compute)

    def noted(self, name: str, compute: Callable[[], T]) -> T:
        """Compute a value that may depend on the actual outcomes, once for all criteria that look at this evidence.

        Args:
            name: unique in the check.
            compute: makes the value.
        """
        return _kept(self._notes, name, compute)


def _kept(store: dict[str, Any], name: str, compute: Callable[[], T]) -> T:
    if name not in store:
        store[name] = compute()
    value: T = store[name]
    return value


@dataclass(frozen=True)
class Criterion:
    """One thing that a right answer fulfils.

    Attributes:
        name: short, in words: "value", "shape", "inputs unchanged".
        points: what it is worth.
        judge: returns None if it is fulfilled, else the finding.
        requires: name of an earlier criterion without which this one earns nothing.
        false_fail: the most that the probability of failing a right answer can be, for a statistical criterion.
        charged_in: an earlier check and its criterion, where the same finding has cost points already: it costs once.
    """

    name: str
    points: float
    judge: Callable[[Evidence], Finding | None]
    requires: str = ""
    false_fail: float = 0.0
    charged_in: tuple[str, str] | None = None


@dataclass(frozen=True)
class Mistake:
    """A wrong implementation that students write.

    Attributes:
        id: stable name: "l2-cost-biases-included".
        of: names of the functions it replaces, the wrong one first.
        functions: the wrong implementations by name; a pair of mistakes that go together is one function with both.
        hint: a nudge to the idea or the line, never the code.
        origin: "seen" in student work, "reported" in a forum, or "plausible".
        source: Python source of the implementations under the functions' own names.
        checks: names of the checks that it loses points in; by default all checks of the function.
    """

    id: str
    of: tuple[str, ...]
    functions: Mapping[str, Function]
    hint: str
    origin: str
    source: str = ""
    checks: tuple[str, ...] = ()


@dataclass(frozen=True)
class FollowUp:
    """Further calls, made only if the outcomes of the probes need them; the same calls for a whole class.

    Attributes:
        calls: makes the further calls from the probes.
        needed: whether the outcomes of the probes need them.
        relies_on: name of the check of a companion, which is then judged again: `Evidence.confirmed`. Where it could
            not be judged, as the companion does not end, the companion is not called here.
    """

    calls: Callable[[Sequence[Call]], list[Call]]
    needed: Callable[[Evidence], bool]
    relies_on: str = ""


@dataclass(frozen=True)
class Terms:
    """What a wrong output may be related to: the words in which `relations` can speak of a function.

    All functions take the probes and one of them, which may refer to others.

    Attributes:
        groups: the usual calls, in all of which a relation must hold.
        quantities: name → number ("m", "λ"), in a call.
        arrays: name → array in a call: inputs, and what is computed from them on the way.
        sums: output → terms in words → numbers that add up to what the output should be, in a call.
        neutral: (argument, value in words) → how to change a call so that the argument has that value.
        cases: what may be special about a call, in words ("λ = 0") → whether it is so. The same words in each call.
        reduced: the cases in which a part of the formula does nothing, so that who leaves it out is right there.
        pairs: outputs by name, what they should be and what they are, where that depends on what the function drew.
        in_order: whether the outputs stand in the order of computation.
    """

    groups: tuple[str, ...] = ("value",)
    quantities: Callable[[Sequence[Call], Call], Mapping[str, float]] = lambda calls, call: {}
    arrays: Callable[[Sequence[Call], Call], Mapping[str, Any]] = lambda calls, call: {}
    sums: Callable[[Sequence[Call], Call], Mapping[str, Mapping[str, Any]]] = lambda calls, call: {}
    neutral: Mapping[tuple[str, str], Callable[[Call], Call]] = field(default_factory=dict)
    cases: Callable[[Sequence[Call], Call], Mapping[str, bool]] = lambda calls, call: {}
    reduced: tuple[str, ...] = ()
    pairs: Callable[[Trial], Mapping[str, tuple[Plain, Plain]]] | None = None
    in_order: bool = False


@dataclass(frozen=True)
class Check:
    """How one test cell is judged.

    Attributes:
        name: the test cell's id without "test_".
        function: the graded function.
        companions: other functions of the student's that the probes call, in the order of `autograder.grade`.
        reference: right implementations of all of them.
        probes: draws the hidden calls from a generator seeded by the course secret.
        public: the few small calls of the self-check, always the same.
        criteria: what earns points.
        outputs: names of the parts of what `function` returns, for messages.
        parameters: names of the arguments of `function`, for messages.
        random: where random outputs stand, if the function is random.
        follow_up: further calls, if the outcomes of the probes need them.
        notes: says how the evidence was judged where that is not plain from the points.
        terms: what a wrong output may be related to.
    """

    name: str
    function: str
    reference: Mapping[str, Function]
    probes: Callable[[np.random.Generator], list[Call]]
    public: Callable[[], list[Call]]
    criteria: tuple[Criterion, ...]
    companions: tuple[str, ...] = ()
    outputs: Names = ()
    parameters: tuple[str, ...] = ()
    random: RandomOutputs | None = None
    follow_up: FollowUp | None = None
    notes: Callable[[Evidence], Sequence[str]] | None = None
    terms: Terms = Terms()

    @property
    def points(self) -> float:
        """Add up the points of all criteria."""
        return sum(criterion.points for criterion in self.criteria)

    @property
    def functions(self) -> tuple[str, ...]:
        """Name the student's functions that the test cell passes, the graded function first."""
        return (self.function, *self.companions)


@dataclass(frozen=True)
class AnswerKey:
    """Everything that the autograder knows of one assignment.

    Attributes:
        assignment: name of the folder in `source/`.
        checks: in the order of the notebook.
        mistakes: the catalogue.
        right_answers: function → style → Python source of a right implementation.
        datasets: files of `datasets/` that the notebook reads.
        equivalent_mutants: function → name of a mutant of its solution → why it is right as well.
        shares: what known mistakes keep of criteria that they miss; nothing where it says nothing.
        slips: known mistakes as rules that rewrite the right answers.
        guises: function → habits in which its mistakes must still be named.
        ideas: idea → the mistakes that miss it, as patterns of ids (`l2-cost-m-*`).
    """

    assignment: str
    checks: tuple[Check, ...]
    mistakes: tuple[Mistake, ...] = ()
    right_answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    datasets: tuple[str, ...] = ()
    equivalent_mutants: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    shares: Shares = field(default_factory=dict)
    slips: tuple[Slip, ...] = ()
    guises: Mapping[str, tuple[Guise, ...]] = field(default_factory=dict)
    ideas: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def with_shares(self, own: Shares) -> AnswerKey:
        """Put a course's own shares in the place of the key's, mistake by mistake; those of other keys are left out."""
        ids = {mistake.id for mistake in self.mistakes}
        return replace(self, shares={**self.shares, **{id: own[id] for id in own if id in ids}})

    def criteria_of(self, mistake: Mistake) -> set[str]:
        """Name the criteria of the checks in which a known mistake loses points."""
        return {c.name for check in self.checks if mistake in self.mistakes_in(check) for c in check.criteria}

    def mistakes_in(self, check: Check) -> list[Mistake]:
        """List the known mistakes that lose points in a check."""
        return [m for m in self.mistakes if check.name in m.checks or (not m.checks and m.of[0] == check.function)]
