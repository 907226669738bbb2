"""What `autograder verify` prints: names of proofs, figures, and what fails."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.language import _, in_a_row, ngettext


def points_agree() -> str:
    return _("points agree")


def points_in_all(points: float) -> str:
    return _("{points:g} in all", points=points)


def points_differ(name: str, criteria: float, cell: float) -> str:
    """Say that the criteria of a check are worth something else than its test cell."""
    return _("{name}: criteria {criteria:g}, test cell {cell:g}", name=name, criteria=criteria, cell=cell)


def solution_full() -> str:
    return _("solution earns full marks")


def the_solution(language: str) -> str:
    return _("the solution ({language})", language=language)


def right_answers_full() -> str:
    return _("right answers in other styles earn full marks")


def not_full(title: str, check: str, share: float) -> str:
    """Say what share of the points a right answer earns."""
    return _("{title}: {check} {share:.0%}", title=title, check=check, share=share)


def stubs_nothing() -> str:
    return _("untouched stubs earn nothing")


def stub_earns(check: str, share: float) -> str:
    """Say what share of the points an untouched stub earns."""
    return _("{check}: {share:.0%}", check=check, share=share)


def mistakes_lose() -> str:
    return _("known mistakes lose marks")


def mistakes_stay() -> str:
    return _("known mistakes lose marks in their own function only")


def mistakes_named() -> str:
    return _("known mistakes get their own hint")


def loses_nothing(mistake: str, check: str) -> str:
    """Report a mistake that earns full marks."""
    return _("{mistake} loses nothing in {check}", mistake=mistake, check=check)


def loses_elsewhere(mistake: str, check: str, verdict: str) -> str:
    """Report a mistake that costs marks of another function."""
    return _("{mistake} loses marks in {check}: {verdict}", mistake=mistake, check=check, verdict=verdict)


def not_named(mistake: str, check: str) -> str:
    """Report a mistake that does not get its hint."""
    return _("{mistake} is not named in {check}", mistake=mistake, check=check)


def planted_named() -> str:
    return _("known mistakes planted into right answers of other styles are named, and nothing else")


def planted_figure(planted: int, possible: int, judged: int, publicly: int) -> str:
    """Count the right answers with a mistake planted, and in how many functions the self-check names it too."""
    return _(
        "{planted} of {possible} answers, in {judged} guises; {publicly} named by the self-check",
        planted=planted,
        possible=possible,
        judged=judged,
        publicly=publicly,
    )


def planted_wrongly_named(mistake: str, style: str, guise: str, check: str, named: str) -> str:
    """Report a planted mistake that is not named, or not alone."""
    return _(
        "{mistake} in {style} {guise}: {check} names {named}",
        mistake=mistake,
        style=style,
        guise=guise,
        check=check,
        named=named or _("nothing"),
    )


def planted_for_free(mistake: str, style: str, guise: str) -> str:
    """Report a planted mistake that loses nothing."""
    return _("{mistake} in {style} {guise} loses nothing", mistake=mistake, style=style, guise=guise)


def no_answer_key() -> str:
    return _("No answer key: the tests in its notebook grade it, and there is nothing to prove.")


def points_without_luck() -> str:
    """Name the proof that points do not depend on the secret."""
    return _("known mistakes earn the same points with any secret")


def draws_figure(mistakes: int, secrets: int) -> str:
    """Count the mistakes and the secrets they were judged with."""
    return _("{mistakes} mistakes, {secrets} secrets", mistakes=mistakes, secrets=secrets)


def varies(mistake: str, check: str, scores: Sequence[float]) -> str:
    """Report a mistake whose points depend on the secret."""
    points = in_a_row(f"{score:g}" for score in scores)
    return _("{mistake} earns {points} points in {check}", mistake=mistake, points=points, check=check)


def self_check_passes() -> str:
    return _("the self-check passes the solution")


def public_problem(check: str, row: str, problem: str) -> str:
    """Report a row of the self-check that a right answer fails."""
    return _("{check}: {row}: {problem}", check=check, row=row, problem=problem)


def mistakes_figure(named: int, count: int) -> str:
    return _("{named} of {count} mistakes named", named=named, count=count)


def mutants(function: str) -> str:
    return _("mutants of `{function}` lose marks", function=function)


def mutants_figure(killed: int, tried: int, equivalent: int) -> str:
    return _("{killed} of {tried}, {equivalent} equivalent", killed=killed, tried=tried, equivalent=equivalent)


def survivor(function: str, mutant: str) -> str:
    return _("{function}: {mutant}", function=function, mutant=mutant)


def killed_equivalent(function: str, mutant: str) -> str:
    return _("{function}: named equivalent but killed: {mutant}", function=function, mutant=mutant)


def stale_equivalent(function: str, mutant: str) -> str:
    return _("{function}: named equivalent but no longer there: {mutant}", function=function, mutant=mutant)


def mutation_score() -> str:
    return _("mutation score of this grader")


def score_of_printed_case() -> str:
    return _("mutation score of one printed case, compared by eye")


def score_of_fixed_case() -> str:
    return _("mutation score of one fixed case, np.allclose")


def kill_share(kills: int, count: int, share: float) -> str:
    return _("{kills} of {count}, {share:.1%}", kills=kills, count=count, share=share)


def false_failures(check: str) -> str:
    return _("right answers that fail `{check}`", check=check)


def false_failures_figure(failed: int, repeats: int, limits: str, total: float) -> str:
    """Compare false failures with what the criteria state."""
    return _(
        "{failed} of {repeats}; stated: {limits}; in all ≤ {total:.1e}",
        failed=failed,
        repeats=repeats,
        limits=limits,
        total=total,
    )


def public_cases_current() -> str:
    return _("public cases are current")


def kilobytes(size: float) -> str:
    return _("{size:.0f} KB", size=size)


def missing() -> str:
    return _("missing")


def run_release() -> str:
    """Say what makes the public cases anew."""
    return _("run `autograder release`")


def stale_release(language: str) -> str:
    """Say what makes the release anew."""
    return _("notebooks/ is not what source/ makes ({language}): run `autograder release`", language=language)


def editions_alike() -> str:
    return _("editions differ in words only")


def other_code(language: str, cell: str) -> str:
    return _("{language}: {cell} has other code", language=language, cell=cell)


def cells(count: int) -> str:
    return ngettext("{count} cell", "{count} cells", count)


def reproducible() -> str:
    return _("the release is reproducible")


def no_answer_line() -> str:
    return _("no line of an answer is in the release")


def toolkit_earns(name: str, check: str, score: float) -> str:
    """Report a function of labkit that earns points."""
    return _("{name} earns {score:g} points in {check}", name=name, check=check, score=score)


def no_toolkit_answer() -> str:
    return _("no function of labkit is an answer")


def files(count: int) -> str:
    return ngettext("{count} file", "{count} files", count)


def functions(count: int) -> str:
    return ngettext("{count} function", "{count} functions", count)


def table_head() -> str:
    return _("| proof | holds | figure |\n|---|---|---|")


def holds(proof: bool) -> str:
    return _("yes") if proof else _("NO")
