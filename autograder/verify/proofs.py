"""Prove an assignment and its grader right: the solution, the stubs, right and wrong answers, mutants, the release."""

from __future__ import annotations

import contextlib
import io
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Any

import numpy as np

from autograder.assignments import answer_key
from autograder.checking.check import AnswerKey, Check, Function
from autograder.checking.judging import PreparedCheck, run_here
from autograder.checking.recording import record
from autograder.course.course import Course
from autograder.notebook.regions import solution_lines, without_hidden_tests, without_solution
from autograder.notebook.roles import is_skipped, role
from autograder.release import leaks
from autograder.release.class_zip import class_files, pack
from autograder.release.release import generate_into
from autograder.verify.mutation import Mutant, mutants
from labkit.calls.call import Outcome, perform
from labkit.calls.differences import differences
from labkit.selfcheck import public_cases as recorded
from labkit.selfcheck.check import judge as judge_publicly

SECRETS = (b"verify, first secret", b"verify, second secret")
"""The probes are drawn twice: what holds for one course must hold for another."""

MUTANT_SECONDS = 20.0


@dataclass(frozen=True)
class Proof:
    """One line of the table: what was proved, whether it holds, the figure, and what fails."""

    name: str
    holds: bool
    figure: str
    failures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Solution:
    """What the source notebook defines.

    Attributes:
        namespace: all names after its definitions have run, solutions included.
        solutions: stub → source of the solution.
        stubs: stub → source as a student gets it.
        points: test cell → points.
        total: points of all cells.
        hidden: the hidden parts of test cells.
    """

    namespace: Mapping[str, Any]
    solutions: Mapping[str, str]
    stubs: Mapping[str, str]
    points: Mapping[str, float]
    total: float
    hidden: tuple[str, ...]


@cache
def load_solution(course: Course, assignment: str) -> Solution:
    """Run the definitions of a source notebook in this process: the instructor's own code, trusted.

    Raises:
        CourseError: there is no such assignment.
    """
    from nbformat import read  # the source is a valid notebook, with its metadata

    (path,) = course.notebooks(assignment)
    notebook = read(path, as_version=4)
    namespace: dict[str, Any] = {"__name__": "notebook"}
    solutions, stubs, points, total, hidden = {}, {}, {}, 0.0, []
    for cell in notebook.cells:
        own = role(cell)
        total += own.points
        if own.is_test:
            points[own.grade_id] = own.points
            shown = set(without_hidden_tests(cell.source).split("\n"))
            hidden.append("\n".join(line for line in cell.source.split("\n") if line not in shown))
        if cell.cell_type != "code" or is_skipped(cell):
            continue
        if own.solution:
            solutions[own.grade_id] = cell.source
            stubs[own.grade_id] = without_solution(cell.source, "code")
        if not own.is_test:
            execute(cell.source, namespace, course.source(assignment))
    return Solution(namespace, solutions, stubs, points, total, tuple(hidden))


def execute(source: str, namespace: dict[str, Any], folder: os.PathLike[str] | str = ".") -> None:
    """Run trusted notebook code, magics included, in a folder, without showing what it prints or plots."""
    import matplotlib
    from IPython.core.inputtransformer2 import TransformerManager

    matplotlib.use("Agg")
    code = TransformerManager().transform_cell(source)
    with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()):
        namespace.setdefault("get_ipython", lambda: _NoShell())
        exec(compile(code, "<source notebook>", "exec"), namespace)


class _NoShell:
    """Stands for IPython's shell, of which the source notebooks use magics only."""

    def run_line_magic(self, name: str, line: str) -> None:
        """Do nothing: %matplotlib inline, say."""


def with_function(base: Mapping[str, Any], source: str) -> dict[str, Any]:
    """A copy of a notebook's namespace in which `source` has been run."""
    namespace = dict(base)
    exec(compile(source, "<function>", "exec"), namespace)
    return namespace


def functions_of(check: Check, namespace: Mapping[str, Any]) -> dict[str, Function]:
    """The functions that a check calls, from a namespace."""
    return {name: namespace[name] for name in check.functions if name in namespace}


@dataclass
class Verification:
    """Proves one assignment.

    Args:
        course: where its source lies.
        assignment: its name.
        mutants: how many mutants a function to try, spread evenly; None for all.
        repeats: how often a right random function is judged to measure false failures.
        jobs: processes.
        secrets: what the probes are drawn from, for right answers and known mistakes.
    """

    course: Course
    assignment: str
    mutants: int | None = None
    repeats: int = 10_000
    jobs: int = 1
    secrets: Sequence[bytes] = SECRETS
    key: AnswerKey = field(init=False)
    solution: Solution = field(init=False)

    def __post_init__(self) -> None:
        self.key = answer_key(self.assignment)
        self.solution = load_solution(self.course, self.assignment)

    def proofs(self) -> Iterator[Proof]:
        """All proofs in order; each is made when it is asked for."""
        yield self.points()
        yield self.solution_full()
        yield self.stubs_nothing()
        yield self.right_answers_full()
        yield from self.mistakes_known()
        yield self.mistakes_known_publicly()
        yield from self.mutants_killed()
        yield from self.false_failures()
        yield self.public_cases_current()
        yield from self.release_sound()

    @cached_property
    def catalogue_base(self) -> dict[str, Any]:
        """The namespace for answers of the catalogue: the references beside them, whose caches they understand."""
        references = {name: function for check in self.key.checks for name, function in check.reference.items()}
        return {**self.solution.namespace, **references}

    def prepared(self, check: Check, secret: bytes) -> PreparedCheck:
        """A check with its probes drawn, made once."""
        return _prepare(self.assignment, check.name, secret)

    def scores(self, namespace: Mapping[str, Any], secret: bytes, checks: Iterable[Check]) -> dict[str, float]:
        """Check → share of its points that the functions of a namespace earn."""
        verdicts = {c.name: self.prepared(c, secret).judge(run_here(functions_of(c, namespace))) for c in checks}
        return {name: verdict.score / verdict.max_score for name, verdict in verdicts.items()}

    def points(self) -> Proof:
        """The criteria of each check add up to the points of its test cell; the cells add up to 100."""
        declared = {f"test_{check.name}": check.points for check in self.key.checks}
        failures = [
            f"{name}: criteria {declared.get(name, 0):g}, test cell {self.solution.points.get(name, 0):g}"
            for name in sorted({*declared, *(n for n in self.solution.points if n.startswith("test_"))})
            if abs(declared.get(name, 0) - self.solution.points.get(name, 0)) > 1e-9
        ]
        return Proof("points agree", not failures, f"{self.solution.total:g} in all", tuple(failures))

    def solution_full(self) -> Proof:
        """The instructor's solution earns every point."""
        return self._all_full("solution earns full marks", {"the solution": self.solution.namespace})

    def right_answers_full(self) -> Proof:
        """Every right answer of the catalogue earns every point."""
        answers = {
            f"{function}, {style}": with_function(self.catalogue_base, source)
            for function, styles in self.key.right_answers.items()
            for style, source in styles.items()
        }
        return self._all_full("right answers in other styles earn full marks", answers)

    def _all_full(self, name: str, namespaces: Mapping[str, Mapping[str, Any]]) -> Proof:
        failures = [
            f"{title}: {check} {share:.0%}"
            for title, namespace in namespaces.items()
            for secret in self.secrets
            for check, share in self.scores(namespace, secret, self.key.checks).items()
            if share != 1.0
        ]
        return Proof(name, not failures, f"{len(namespaces)}", tuple(dict.fromkeys(failures)))

    def stubs_nothing(self) -> Proof:
        """The untouched stubs earn nothing."""
        namespace = dict(self.solution.namespace)
        for source in self.solution.stubs.values():
            namespace = with_function(namespace, source)
        shares = self.scores(namespace, SECRETS[0], self.key.checks)
        failures = tuple(f"{name}: {share:.0%}" for name, share in shares.items() if share)
        return Proof("untouched stubs earn nothing", not failures, f"{len(self.solution.stubs)}", failures)

    def mistakes_known(self) -> Iterator[Proof]:
        """Every known mistake loses marks in its own function only, and is told its own hint."""
        free, spread, silent = [], [], []
        for mistake in self.key.mistakes:
            namespace = with_function(self.catalogue_base, mistake.source)
            own = {check.name for check in self.key.checks if mistake in self.key.mistakes_in(check)}
            for secret in self.secrets:
                for check in self.key.checks:
                    verdict = self.prepared(check, secret).judge(run_here(functions_of(check, namespace)))
                    full = verdict.score == verdict.max_score
                    if check.name in own and full:
                        free.append(f"{mistake.id} loses nothing in {check.name}")
                    elif check.name not in own and not full:
                        spread.append(f"{mistake.id} loses marks in {check.name}: {verdict}")
                    if check.name in own and mistake.hint not in [hint.hint for hint in verdict.mistakes]:
                        silent.append(f"{mistake.id} is not named in {check.name}")
        count = str(len(self.key.mistakes))
        yield Proof("known mistakes lose marks", not free, count, tuple(dict.fromkeys(free)))
        yield Proof("… in their own function only", not spread, count, tuple(dict.fromkeys(spread)))
        yield Proof("… and get their own hint", not silent, count, tuple(dict.fromkeys(silent)))

    def mistakes_known_publicly(self) -> Proof:
        """The self-check fails no right answer; it names most of the known mistakes, the figure says how many."""
        cases = record(self.key)["checks"]
        failures = []
        for check in self.key.checks:
            rows, _ = judge_publicly(cases[check.name], functions_of(check, self.solution.namespace))
            failures += [f"{check.name}: {row.name}: {row.problem}" for row in rows if row.problem]
        named = 0
        for mistake in self.key.mistakes:
            namespace = with_function(self.catalogue_base, mistake.source)
            hints = [
                hint
                for check in self.key.checks
                if mistake in self.key.mistakes_in(check)
                for hint in judge_publicly(cases[check.name], functions_of(check, namespace))[1]
            ]
            named += mistake.hint in hints
        figure = f"{named} of {len(self.key.mistakes)} mistakes named"
        return Proof("the self-check passes the solution", not failures, figure, tuple(failures))

    def mutants_killed(self) -> Iterator[Proof]:
        """Every mutant of a solution loses marks, but for those that are named as equivalent, with the reason."""
        tasks = []
        for function, source in self.solution.solutions.items():
            found = mutants(source)
            chosen = found if self.mutants is None else found[:: max(1, len(found) // self.mutants)]
            known = self.key.equivalent_mutants.get(function, {})
            stale = [name for name in known if name not in {mutant.name for mutant in found}]
            tasks.append((function, chosen, known, stale))
        work = [(function, mutant) for function, chosen, _, _ in tasks for mutant in chosen]
        results = dict(zip(work, self._map(_kill, [(self.assignment, f, m) for f, m in work]), strict=True))
        strict = printed = loose = count = 0
        for function, chosen, known, stale in tasks:
            alive = [m.name for m in chosen if not results[function, m].judged]
            survivors = [f"{function}: {name}" for name in alive if name not in known]
            wronged = [f"{function}: named equivalent but killed: {n}" for n in known if n in _names(chosen) - {*alive}]
            gone = [f"{function}: named equivalent but no longer there: {name}" for name in stale]
            killed = len(chosen) - len(alive)
            figure = f"{killed} of {len(chosen)}, {len(alive) - len(survivors)} equivalent"
            yield Proof(
                f"mutants of `{function}` lose marks",
                not (survivors or wronged or gone),
                figure,
                (*survivors, *wronged, *gone),
            )
            wrong = [m for m in chosen if m.name not in known]
            count += len(wrong)
            strict += sum(results[function, m].judged for m in wrong)
            printed += sum(results[function, m].printed for m in wrong)
            loose += sum(results[function, m].loose for m in wrong)
        for name, kills in (
            ("mutation score of this grader", strict),
            ("  of one printed case, compared by eye", printed),
            ("  of one fixed case, np.allclose", loose),
        ):
            yield Proof(
                name, name.startswith(" ") or kills == count, f"{kills} of {count}, {kills / max(count, 1):.1%}"
            )

    def false_failures(self) -> Iterator[Proof]:
        """How often right answers fail a random check: stated for each statistical criterion, and measured."""
        for check in self.key.checks:
            if check.random is None:
                continue
            stated = {c.name: c.false_fail for c in check.criteria if c.false_fail}
            share = 1 / max(self.jobs, 1)
            bounds = [round(self.repeats * share * i) for i in range(max(self.jobs, 1) + 1)]
            parts = [(self.assignment, check.name, a, b) for a, b in pairwise(bounds)]
            failed = sum(self._map(_count_failures, parts))
            total = sum(stated.values())
            limits = ", ".join(f"{name} ≤ {p:.1e}" for name, p in stated.items())
            yield Proof(
                f"right answers that fail `{check.name}`",
                failed == 0 and 0 < total <= 1e-9,
                f"{failed} of {self.repeats}; stated: {limits}; in all ≤ {total:.1e}",
            )

    def public_cases_current(self) -> Proof:
        """The public cases beside the source notebook are those that the answer key records today."""
        path = self.course.source(self.assignment) / recorded.FILE_NAME
        fresh = path.with_suffix(".json.verify")
        try:
            recorded.write(fresh, record(self.key))
            same = path.is_file() and path.read_bytes() == fresh.read_bytes()
        finally:
            fresh.unlink(missing_ok=True)
        size = f"{path.stat().st_size / 1024:.0f} KB" if path.is_file() else "missing"
        return Proof("public cases are current", same, size, () if same else ("run `autograder release`",))

    def release_sound(self) -> Iterator[Proof]:
        """The release is what the source makes today, byte for byte, and holds no answer."""
        released = self.course.release(self.assignment)
        committed = {path.name: path.read_bytes() for path in released.glob("*.ipynb")}
        with TemporaryDirectory() as name:
            folder = Path(name)
            generate_into(self.course, self.assignment, folder, register=False)
            fresh = {path.name: path.read_bytes() for path in (folder / self.assignment).glob("*.ipynb")}
        files, again = (class_files(self.course, self.assignment, released) for _ in range(2))
        same = fresh == committed and pack(self.assignment, files) == pack(self.assignment, again)
        stale = () if same else ("notebooks/ is not what source/ makes: run `autograder release`",)
        yield Proof("the release is reproducible", same, f"{len(files)} files", stale)
        secrets = [
            *self.solution.hidden,
            *(line for s in self.solution.solutions.values() for line in solution_lines(s)),
        ]
        lines = leaks.leaked_lines([*secrets, *leaks.answers_of(self.key)], self.solution.stubs.values(), files)
        yield Proof("no line of an answer is in it", not lines, f"{len(files)} files", tuple(lines))
        yield self.toolkit_earns_nothing()

    def toolkit_earns_nothing(self) -> Proof:
        """No function that students get, handed in as an answer, earns the points for right values."""
        functions = leaks.toolkit_functions()
        failures = []
        for check in self.key.checks:
            for name, function in functions.items():
                if leaks.same_parameters(function, check):
                    answer = {**functions_of(check, self.solution.namespace), check.function: function}
                    verdict = self.prepared(check, SECRETS[0]).judge(run_here(answer))
                    if verdict.criteria[0].passed:
                        failures.append(f"{name} earns {verdict.score:g} points in {check.name}")
        return Proof("no function of labkit is an answer", not failures, f"{len(functions)} functions", tuple(failures))

    def _map(self, function: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        _shared["course"] = self.course  # before the fork, so that every process has it
        if self.jobs <= 1:
            return [function(item) for item in items]
        with ProcessPoolExecutor(self.jobs, mp_context=get_context("fork")) as pool:
            return list(pool.map(function, items, chunksize=max(1, len(items) // (8 * self.jobs))))


_shared: dict[str, Course] = {}


@dataclass(frozen=True)
class Kill:
    """Who notices a mutant: this grader, one printed case compared by eye, one fixed case with np.allclose."""

    judged: bool
    printed: bool
    loose: bool


def _names(found: Iterable[Mutant]) -> set[str]:
    return {mutant.name for mutant in found}


@cache
def _prepare(assignment: str, check: str, secret: bytes) -> PreparedCheck:
    key = answer_key(assignment)
    return PreparedCheck(key, next(c for c in key.checks if c.name == check), secret)


def _kill(task: tuple[str, str, Mutant]) -> Kill:
    assignment, function, mutant = task
    base = load_solution(_shared["course"], assignment).namespace
    checks = [check for check in answer_key(assignment).checks if function in check.functions]
    try:
        with _time_limit(MUTANT_SECONDS):
            namespace = with_function(base, mutant.source)
            verdicts = [
                _prepare(assignment, c.name, SECRETS[0]).judge(run_here(functions_of(c, namespace))) for c in checks
            ]
            own = [check for check in checks if check.function == function]
            printed, loose = zip(*(_as_courses_do(check, base, namespace) for check in own), strict=True)
    except (KeyboardInterrupt, MemoryError):
        return Kill(True, True, True)
    return Kill(any(v.score < v.max_score for v in verdicts), any(printed), any(loose))


def _as_courses_do(check: Check, base: Mapping[str, Any], namespace: Mapping[str, Any]) -> tuple[bool, bool]:
    """Whether one fixed case, with the random state set, shows a mutant: printed to 8 digits, and by np.allclose."""
    calls = check.public()
    last = next(i for i, call in enumerate(calls) if call.function == check.function)
    (right, wrong) = (perform(calls[: last + 1], functions_of(check, names))[-1] for names in (base, namespace))
    if right.error or wrong.error or wrong.value is None:
        return (right.error is None) != (wrong.error is None) or wrong.value is None, True
    return _printed(right) != _printed(wrong), bool(differences(right.value, wrong.value, rtol=1e-5, atol=1e-8))


def _printed(outcome: Outcome) -> str:
    with np.printoptions(precision=8, suppress=True):
        return str(outcome.value)


def _count_failures(task: tuple[str, str, int, int]) -> int:
    assignment, name, first, last = task
    key = answer_key(assignment)
    check = next(c for c in key.checks if c.name == name)
    base = load_solution(_shared["course"], assignment).namespace
    styles = [functions_of(check, base)]
    styles += [functions_of(check, with_function(base, s)) for s in key.right_answers.get(check.function, {}).values()]
    failed = 0
    for i in range(first, last):
        prepared = PreparedCheck(key, check, f"repeat {i}".encode())
        verdict = prepared.judge(run_here(styles[i % len(styles)]))
        failed += verdict.score < verdict.max_score
    return failed


@contextlib.contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Interrupt what runs too long, where the system has a timer signal."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def verify(
    course: Course,
    assignments: Sequence[str],
    *,
    mutants: int | None = None,
    repeats: int = 10_000,
    jobs: int = 1,
    show: Callable[[str], None] = print,
) -> bool:
    """Prove assignments, and show a Markdown table of the proofs as they are made.

    Args:
        course: where the sources lie.
        assignments: their names.
        mutants: see `Verification`.
        repeats: see `Verification`.
        jobs: see `Verification`.
        show: takes one line at a time.

    Returns:
        Whether everything holds.
    """
    holds = True
    for assignment in assignments:
        show(f"## {assignment}\n")
        show("| proof | holds | figure |\n|---|---|---|")
        failures = []
        for proof in Verification(course, assignment, mutants, repeats, jobs).proofs():
            show(f"| {proof.name} | {'yes' if proof.holds else 'NO'} | {proof.figure} |")
            failures += [f"- {proof.name}: {failure}" for failure in proof.failures]
            holds = holds and proof.holds
        show("\n".join(["", *failures, ""]))
    return holds
