"""Prove an assignment and its grader right: the solution, the stubs, right and wrong answers, mutants, the release."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise, zip_longest
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from autograder.assignments import answer_key, names
from autograder.checking.check import AnswerKey, Check
from autograder.checking.judging import PreparedCheck, run_here
from autograder.checking.recording import record
from autograder.course.course import Course
from autograder.language import ENGLISH
from autograder.notebook.phrases import is_words, without_magics
from autograder.notebook.regions import solution_lines
from autograder.release import leaks
from autograder.release.class_zip import class_files, pack
from autograder.release.release import generate_into, languages_of, public_cases_of
from autograder.verify import words
from autograder.verify.mutants import Kill, Survey, prepare, try_mutant
from autograder.verify.mutation import mutants
from autograder.verify.planted import MIN_PLANTED, try_slip
from autograder.verify.solution import Solution, functions_of, load_solution, read_edition, with_function
from labkit.selfcheck import public_cases
from labkit.selfcheck.check import judge as judge_publicly

SECRETS = (b"verify, first secret", b"verify, second secret")
"""The probes are drawn twice: what holds for one course must hold for another."""


@dataclass(frozen=True)
class Proof:
    """One line of the table: what was proved, whether it holds, the figure, and what fails."""

    name: str
    holds: bool
    figure: str
    failures: tuple[str, ...] = ()


@dataclass
class Verification:
    """The proofs of one assignment.

    Args:
        course: where its source lies.
        assignment: its name.
        mutants: how many mutants a function to try, spread evenly; None for all.
        repeats: how often a right random function is judged to measure false failures.
        jobs: processes.
        secrets: what the probes are drawn from, for right answers and known mistakes.
        draws: over how many secrets a known mistake must earn the same points.
        styles: in how many right answers and guises a mistake is planted; None for all.
    """

    course: Course
    assignment: str
    mutants: int | None = None
    repeats: int = 10_000
    jobs: int = 1
    secrets: Sequence[bytes] = SECRETS
    draws: int = 20
    styles: int | None = None
    key: AnswerKey = field(init=False)
    solution: Solution = field(init=False)
    editions: dict[str, Solution] = field(init=False)

    def __post_init__(self) -> None:
        self.key = answer_key(self.assignment)
        self.solution = load_solution(self.course, self.assignment)
        languages = languages_of(self.course, self.assignment)
        self.editions = {name: load_solution(self.course, self.assignment, name) for name in languages}

    def proofs(self) -> Iterator[Proof]:
        """Make all proofs in order, each when it is asked for."""
        yield self.points()
        yield self.solution_full()
        yield self.stubs_nothing()
        yield self.right_answers_full()
        yield from self.mistakes_known()
        yield self.planted_mistakes_named()
        yield self.points_without_luck()
        yield self.mistakes_known_publicly()
        yield from self.mutants_killed()
        yield from self.false_failures()
        yield self.public_cases_current()
        yield self.editions_differ_in_words()
        yield from self.release_sound()

    @cached_property
    def catalogue_base(self) -> dict[str, Any]:
        """The names beside answers of the catalogue: with the references, whose caches the answers understand."""
        return with_references(self.solution.namespace, self.key)

    def prepared(self, check: Check, secret: bytes) -> PreparedCheck:
        """Draw the probes of a check, once."""
        return prepare(self.assignment, check.name, secret)

    def scores(self, namespace: Mapping[str, Any], secret: bytes, checks: Iterable[Check]) -> dict[str, float]:
        """Judge the functions of a namespace: check → share of its points."""
        verdicts = {c.name: self.prepared(c, secret).judge(run_here(functions_of(c, namespace))) for c in checks}
        return {name: verdict.score / verdict.max_score for name, verdict in verdicts.items()}

    def points(self) -> Proof:
        """The criteria of each check add up to the points of its test cell; the cells add up to 100."""
        declared = {f"test_{check.name}": check.points for check in self.key.checks}
        failures = [
            words.points_differ(name, declared.get(name, 0), self.solution.points.get(name, 0))
            for name in sorted({*declared, *(n for n in self.solution.points if n.startswith("test_"))})
            if abs(declared.get(name, 0) - self.solution.points.get(name, 0)) > 1e-9
        ]
        return Proof(words.points_agree(), not failures, words.points_in_all(self.solution.total), tuple(failures))

    def solution_full(self) -> Proof:
        """The instructor's solution earns every point, in every edition."""
        solutions = {words.the_solution(name): edition.namespace for name, edition in self.editions.items()}
        return self._all_full(words.solution_full(), solutions)

    def right_answers_full(self) -> Proof:
        """Every right answer of the catalogue earns every point."""
        answers = {
            f"{function}, {style}": with_function(self.catalogue_base, source)
            for function, styles in self.key.right_answers.items()
            for style, source in styles.items()
        }
        return self._all_full(words.right_answers_full(), answers)

    def _all_full(self, name: str, namespaces: Mapping[str, Mapping[str, Any]]) -> Proof:
        failures = [
            words.not_full(title, check, share)
            for title, namespace in namespaces.items()
            for secret in self.secrets
            for check, share in self.scores(namespace, secret, self.key.checks).items()
            if share != 1.0
        ]
        return Proof(name, not failures, f"{len(namespaces)}", tuple(dict.fromkeys(failures)))

    def stubs_nothing(self) -> Proof:
        """The untouched stubs of every edition earn nothing."""
        failures: list[str] = []
        for edition in self.editions.values():
            namespace = dict(edition.namespace)
            for source in edition.stubs.values():
                namespace = with_function(namespace, source)
            shares = self.scores(namespace, SECRETS[0], self.key.checks)
            failures += [words.stub_earns(name, share) for name, share in shares.items() if share]
        count = sum(len(edition.stubs) for edition in self.editions.values())
        return Proof(words.stubs_nothing(), not failures, f"{count}", tuple(dict.fromkeys(failures)))

    def editions_differ_in_words(self) -> Proof:
        """An edition is the same notebook with other words: the same cells, the same code."""
        english, *others = (
            json.loads(read_edition(self.course, self.assignment, name))["cells"] for name in self.editions
        )
        failures = [
            words.other_code(name, cell["id"])
            for name, cells in zip([*self.editions][1:], others, strict=True)
            for cell, other in zip_longest(english, cells, fillvalue={"id": "", "source": ""})
            if not same_but_for_words(cell, other, name)
        ]
        figure = words.cells(len(english) * len(others))
        return Proof(words.editions_alike(), not failures, figure, tuple(failures))

    def mistakes_known(self) -> Iterator[Proof]:
        """Every known mistake loses marks in its own function only, and gets its own hint."""
        free, spread, silent = [], [], []
        for mistake in self.key.mistakes:
            namespace = with_function(self.catalogue_base, mistake.source)
            own = {check.name for check in self.key.checks if mistake in self.key.mistakes_in(check)}
            for secret in self.secrets:
                for check in self.key.checks:
                    verdict = self.prepared(check, secret).judge(run_here(functions_of(check, namespace)))
                    full = verdict.score == verdict.max_score
                    if check.name in own and full:
                        free.append(words.loses_nothing(mistake.id, check.name))
                    elif check.name not in own and not full:
                        spread.append(words.loses_elsewhere(mistake.id, check.name, str(verdict)))
                    if check.name in own and mistake.hint not in [hint.hint for hint in verdict.mistakes]:
                        silent.append(words.not_named(mistake.id, check.name))
        count = str(len(self.key.mistakes))
        yield Proof(words.mistakes_lose(), not free, count, tuple(dict.fromkeys(free)))
        yield Proof(words.mistakes_stay(), not spread, count, tuple(dict.fromkeys(spread)))
        yield Proof(words.mistakes_named(), not silent, count, tuple(dict.fromkeys(silent)))

    def planted_mistakes_named(self) -> Proof:
        """Known mistakes are named in every right style and every guise, and nothing else is."""
        tasks = [
            (self.course, self.assignment, number, SECRETS[0], self.styles) for number in range(len(self.key.slips))
        ]
        results = self._map(try_slip, tasks)
        planted, possible = sum(r.planted for r in results), sum(r.styles for r in results)
        judged, publicly = sum(r.judged for r in results), sum(r.named_publicly for r in results)
        failures = tuple(failure for result in results for failure in result.failures)
        holds = not failures and planted >= MIN_PLANTED * possible
        return Proof(words.planted_named(), holds, words.planted_figure(planted, possible, judged, publicly), failures)

    def points_without_luck(self) -> Proof:
        """A known mistake earns the same points whatever the secret, so that no student's points are luck."""
        tasks = [(self.course, self.assignment, f"draw {i}".encode()) for i in range(self.draws)]
        scores: dict[tuple[str, str], set[float]] = {}
        for judged in self._map(score_mistakes, tasks):
            for place, score in judged.items():
                scores.setdefault(place, set()).add(score)
        failures = tuple(words.varies(*place, sorted(seen)) for place, seen in scores.items() if len(seen) > 1)
        figure = words.draws_figure(len(self.key.mistakes), self.draws)
        return Proof(words.points_without_luck(), not failures, figure, failures)

    def mistakes_known_publicly(self) -> Proof:
        """The self-check fails no right answer; it names most of the known mistakes, the figure says how many."""
        cases = record(self.key)["checks"]
        failures = []
        for check in self.key.checks:
            rows, _ = judge_publicly(cases[check.name], functions_of(check, self.solution.namespace))
            failures += [words.public_problem(check.name, row.name, row.problem) for row in rows if row.problem]
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
        figure = words.mistakes_figure(named, len(self.key.mistakes))
        return Proof(words.self_check_passes(), not failures, figure, tuple(failures))

    def mutants_killed(self) -> Iterator[Proof]:
        """Every mutant of a solution loses marks, but for those that are named as equivalent, with the reason."""
        surveys = self._surveys()
        for survey in surveys:
            failures = [
                *(words.survivor(survey.function, name) for name in survey.survivors),
                *(words.killed_equivalent(survey.function, name) for name in survey.killed_equivalents),
                *(words.stale_equivalent(survey.function, name) for name in survey.stale_equivalents),
            ]
            tried, alive = len(survey.kills), len(survey.alive)
            figure = words.mutants_figure(tried - alive, tried, alive - len(survey.survivors))
            yield Proof(words.mutants(survey.function), not failures, figure, tuple(failures))
        wrong = [kill for survey in surveys for kill in survey.wrong]
        judged = sum(kill.judged for kill in wrong)
        yield Proof(words.mutation_score(), judged == len(wrong), _share(judged, wrong))
        yield Proof(words.score_of_printed_case(), True, _share(sum(kill.printed for kill in wrong), wrong))
        yield Proof(words.score_of_fixed_case(), True, _share(sum(kill.loose for kill in wrong), wrong))

    def _surveys(self) -> list[Survey]:
        """Try the mutants of all solutions, spread over the processes."""
        existing = {function: mutants(source) for function, source in self.solution.solutions.items()}
        chosen = {
            function: made if self.mutants is None else made[:: max(1, len(made) // self.mutants)]
            for function, made in existing.items()
        }
        work = [(function, mutant) for function, made in chosen.items() for mutant in made]
        tasks = [(self.course, self.assignment, function, mutant, SECRETS[0]) for function, mutant in work]
        kills: dict[str, dict[str, Kill]] = {function: {} for function in existing}
        for (function, mutant), kill in zip(work, self._map(try_mutant, tasks), strict=True):
            kills[function][mutant.name] = kill
        return [
            Survey(
                function,
                kills[function],
                equivalent=frozenset(self.key.equivalent_mutants.get(function, {})),
                existing=frozenset(mutant.name for mutant in made),
            )
            for function, made in existing.items()
        ]

    def false_failures(self) -> Iterator[Proof]:
        """Right answers fail a random check as rarely as its statistical criteria state; measured."""
        for check in self.key.checks:
            if check.random is None:
                continue
            stated = {c.name: c.false_fail for c in check.criteria if c.false_fail}
            share = 1 / max(self.jobs, 1)
            bounds = [round(self.repeats * share * i) for i in range(max(self.jobs, 1) + 1)]
            parts = [(self.course, self.assignment, check.name, a, b) for a, b in pairwise(bounds)]
            failed = sum(self._map(_count_failures, parts))
            total = sum(stated.values())
            limits = ", ".join(f"{name} ≤ {p:.1e}" for name, p in stated.items())
            yield Proof(
                words.false_failures(check.name),
                failed == 0 and 0 < total <= 1e-9,
                words.false_failures_figure(failed, self.repeats, limits, total),
            )

    def public_cases_current(self) -> Proof:
        """The public cases beside the source notebook are those that the answer key records today."""
        path = self.course.source(self.assignment) / public_cases.FILE_NAME
        same = path.is_file() and path.read_bytes() == public_cases_of(self.course, self.assignment)
        size = words.kilobytes(path.stat().st_size / 1024) if path.is_file() else words.missing()
        return Proof(words.public_cases_current(), same, size, () if same else (words.run_release(),))

    def release_sound(self) -> Iterator[Proof]:
        """The release of every edition is what the source makes today, byte for byte, and holds no answer."""
        stale: list[str] = []
        lines: list[str] = []
        count = 0
        for language, edition in self.editions.items():
            released = self.course.release(self.assignment, language)
            committed = {path.name: path.read_bytes() for path in released.glob("*.ipynb")}
            with TemporaryDirectory() as name:
                folder = Path(name)
                generate_into(self.course, self.assignment, folder, register=False, language=language)
                fresh = {path.name: path.read_bytes() for path in (folder / self.assignment).glob("*.ipynb")}
            files, again = (class_files(self.course, self.assignment, released, language) for _ in range(2))
            if fresh != committed or pack(self.assignment, files) != pack(self.assignment, again):
                stale.append(words.stale_release(language))
            solutions = [line for text in edition.solutions.values() for line in solution_lines(text)]
            secrets = [*edition.hidden, *solutions, *leaks.answers_of(self.key)]
            lines += leaks.leaked_lines(secrets, edition.stubs.values(), files)
            count += len(files)
        yield Proof(words.reproducible(), not stale, words.files(count), tuple(stale))
        yield Proof(words.no_answer_line(), not lines, words.files(count), tuple(lines))
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
                        failures.append(words.toolkit_earns(name, check.name, verdict.score))
        return Proof(words.no_toolkit_answer(), not failures, words.functions(len(functions)), tuple(failures))

    def _map(self, function: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        """Call a function with each item, in forked processes, which have the loaded solution."""
        if self.jobs <= 1:
            return [function(item) for item in items]
        with ProcessPoolExecutor(self.jobs, mp_context=get_context("fork")) as pool:
            return list(pool.map(function, items, chunksize=max(1, len(items) // (8 * self.jobs))))


def _share(kills: int, wrong: Sequence[Kill]) -> str:
    return words.kill_share(kills, len(wrong), kills / max(len(wrong), 1))


def same_but_for_words(english: Mapping[str, Any], other: Mapping[str, Any], language: str) -> bool:
    """Whether a cell of an edition is the English one but for texts, comments, and strings that are words."""
    if {**english, "source": ""} != {**other, "source": ""}:
        return False
    if english["cell_type"] != "code":
        return True
    (tree, strings), (other_tree, other_strings) = (_syntax("".join(cell["source"])) for cell in (english, other))
    return tree == other_tree and all(
        one == two or is_words(one) or (one, two) == (ENGLISH, language)
        for one, two in zip(strings, other_strings, strict=True)
    )


def _syntax(code: str) -> tuple[str, list[str]]:
    """Take code apart: its tree without strings, and these, in order; of f-strings what is computed, and its format."""
    strings: list[str] = []

    class WithoutStrings(ast.NodeTransformer):
        def visit_Constant(self, node: ast.Constant) -> ast.Constant:
            if not isinstance(node.value, str):
                return node
            strings.append(node.value)
            return ast.Constant("")

        def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.JoinedStr:
            parts = [part for part in node.values if isinstance(part, ast.FormattedValue)]
            for part in parts:
                self.visit(part.value)
            return ast.JoinedStr([*parts])

    return ast.dump(WithoutStrings().visit(ast.parse(without_magics(code)))), strings


def with_references(namespace: Mapping[str, Any], key: AnswerKey) -> dict[str, Any]:
    """Put the references of an answer key in the place of a notebook's functions."""
    references = {name: function for check in key.checks for name, function in check.reference.items()}
    return {**namespace, **references}


def score_mistakes(task: tuple[Course, str, bytes]) -> dict[tuple[str, str], float]:
    """Judge all known mistakes with one secret: (mistake, check) → points."""
    course, assignment, secret = task
    key = answer_key(assignment)
    base = with_references(load_solution(course, assignment).namespace, key)
    scores = {}
    for check in key.checks:
        prepared = PreparedCheck(key, check, secret)
        for mistake in key.mistakes_in(check):
            functions = functions_of(check, with_function(base, mistake.source))
            scores[mistake.id, check.name] = prepared.judge(run_here(functions)).score
    return scores


def _count_failures(task: tuple[Course, str, str, int, int]) -> int:
    """Count the right answers, in all styles, that lose marks when each is judged with a secret of its own."""
    course, assignment, name, first, last = task
    key = answer_key(assignment)
    check = next(c for c in key.checks if c.name == name)
    base = load_solution(course, assignment).namespace
    styles = [functions_of(check, base)]
    styles += [functions_of(check, with_function(base, s)) for s in key.right_answers.get(check.function, {}).values()]
    failed = 0
    for i in range(first, last):
        prepared = PreparedCheck(key, check, f"repeat {i}".encode())
        verdict = prepared.judge(run_here(styles[i % len(styles)]))
        failed += verdict.score < verdict.max_score
    return failed


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
        if assignment not in names():
            course.notebooks(assignment)  # one that does not exist is refused
            show(words.no_answer_key() + "\n")
            continue
        show(words.table_head())
        failures = []
        for proof in Verification(course, assignment, mutants, repeats, jobs).proofs():
            show(f"| {proof.name} | {words.holds(proof.holds)} | {proof.figure} |")
            failures += [f"- {proof.name}: {failure}" for failure in proof.failures]
            holds = holds and proof.holds
        show("\n".join(["", *failures, ""]))
    return holds
