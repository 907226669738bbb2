"""Count what wrong functions are told: random ones, of which no relation is true, and mutants of the solutions.

    python -m benchmarks.relations [--functions 10000] [--mutants 40] [--seed 0]

A random function computes smooth expressions of its arguments, with random real constants in them; they have the right
shapes and share nothing with the right results. Whatever it is told about its numbers is false.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from autograder.assignments import answer_key
from autograder.checking.check import Check, Function
from autograder.checking.judging import PreparedCheck, run_here
from autograder.checking.verdict import Hint
from autograder.course.course import Course
from autograder.verify.mutation import mutants
from autograder.verify.solution import functions_of, load_solution, with_function

ASSIGNMENTS = ("regularization", "batch_normalization")
SECRET = b"the benchmark of the relations.."
UNARY: tuple[Callable[[Any], Any], ...] = (np.sin, np.cos, np.tanh, np.arctan, lambda x: np.exp(-(x**2)), np.square)
DEPTH = 3
CHUNK = 50
"""Random functions that a process judges at a time."""


class RandomFunction:
    """A random function of the right form: a random smooth expression for each output.

    Args:
        check: whose function it stands for.
        seed: what it is made from; the same for each call.
    """

    def __init__(self, check: Check, seed: int) -> None:
        self._right = check.reference[check.function]
        self._seed = seed

    def __call__(self, *args: Any) -> Any:
        """Return random numbers in the form of the right result, and store some where a right function does."""
        before = {i: dict(arg) for i, arg in enumerate(args) if isinstance(arg, dict)}
        rng = np.random.default_rng(self._seed)
        leaves = [np.ravel(leaf).astype(np.float64) for arg in args for leaf in _leaves(arg)]
        right = self._right(*args)
        for position, entries in before.items():
            for key, value in args[position].items():
                if key not in entries or value is not entries[key]:
                    args[position][key] = self._random(value, leaves, rng)
        return self._random(right, leaves, rng)

    def _random(self, right: Any, leaves: Sequence[np.ndarray], rng: np.random.Generator) -> Any:
        if isinstance(right, dict):
            return {key: self._random(value, leaves, rng) for key, value in right.items()}
        if isinstance(right, tuple):
            return tuple(self._random(value, leaves, rng) for value in right)
        if isinstance(right, np.ndarray) and right.dtype == bool:
            return right  # a mask: what follows from it is random, not the mask
        numbers = np.resize(_expression(leaves, rng, DEPTH), max(np.size(right), 1)).reshape(np.shape(right))
        return numbers if np.ndim(right) else float(numbers)


def _expression(leaves: Sequence[np.ndarray], rng: np.random.Generator, depth: int) -> np.ndarray:
    """Compute a random smooth expression: sums, products and functions of the arguments."""
    scale, shift = rng.normal(size=2)
    if depth == 0:
        leaf = leaves[int(rng.integers(len(leaves)))]
        return np.asarray(scale * np.tanh(leaf) + shift)
    first, second = (_expression(leaves, rng, depth - 1) for _ in range(2))
    size = max(first.size, second.size)
    first, second = np.resize(first, size), np.resize(second, size)
    joined = first + second if rng.random() < 0.5 else first * second
    return np.asarray(scale * UNARY[rng.integers(len(UNARY))](joined) + shift * joined)


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | tuple | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _leaves(part)
    elif isinstance(value, np.ndarray | float | int):
        yield value


def checks() -> Iterator[tuple[str, Check, PreparedCheck]]:
    """Prepare all checks, with the assignment of each."""
    for assignment in ASSIGNMENTS:
        key = answer_key(assignment)
        for check in key.checks:
            yield assignment, check, PreparedCheck(key, check, SECRET)


def kind_of(hints: Sequence[Hint]) -> str:
    """Say where the first hint comes from."""
    if not hints:
        return "nothing"
    kind = hints[0].id.split("-")[0]
    return kind if kind in ("relation", "error") else "mistake"


@cache
def prepared_checks() -> dict[str, tuple[str, Check, PreparedCheck]]:
    """Prepare all checks once a process: name → assignment, check, prepared check."""
    return {check.name: (assignment, check, prepared) for assignment, check, prepared in checks()}


def false_hints(task: tuple[str, int, int]) -> tuple[str, int, list[str]]:
    """List what is said of the numbers of random functions.

    Args:
        task: name of the check, the first seed, how many functions.
    """
    name, first, count = task
    _, check, prepared = prepared_checks()[name]
    hints = []
    for seed in range(first, first + count):
        wrong: Function = RandomFunction(check, seed)
        run = run_here({**check.reference, check.function: wrong})
        trials = prepared._trials(prepared.calls, prepared.expected, run)
        hints += [f"{seed}: {hint.id}" for hint in prepared._further_hints(trials, [])]
    return name, count, hints


def count_false(functions: int, seed: int) -> None:
    """Count what is said of the numbers of random functions, by check, on all cores."""
    names = list(prepared_checks())
    share = -(-functions // len(names))
    tasks = [(name, seed + start, min(CHUNK, share - start)) for name in names for start in range(0, share, CHUNK)]
    judged: Counter[str] = Counter()
    false: dict[str, list[str]] = {name: [] for name in names}
    with ProcessPoolExecutor() as pool:
        for name, count, hints in pool.map(false_hints, tasks):
            judged[name] += count
            false[name] += hints
    for name in names:
        print(f"| `{name}` | {judged[name]} | {len(false[name])} |", *false[name][:5])


def count_mutants(course: Course, most: int, seed: int) -> None:
    """Judge mutants of the solutions, and print from where their first hint comes."""
    for assignment, check, prepared in checks():
        solution = load_solution(course, assignment)
        made = mutants(solution.solutions[check.function])
        random.Random(seed).shuffle(made)
        kinds: Counter[str] = Counter()
        for mutant in made[:most]:
            functions = functions_of(check, with_function(solution.namespace, mutant.source))
            verdict = prepared.judge(run_here(functions))
            if verdict.score < verdict.max_score:
                kinds[kind_of(verdict.mistakes)] += 1
        row = " | ".join(str(kinds[kind]) for kind in ("mistake", "relation", "error", "nothing"))
        print(f"| `{check.name}` | {kinds.total()} | {row} |", flush=True)


def cost(repeats: int = 5) -> None:
    """Print the CPU time that a wrong function takes that nothing explains, and how much of it the relations take."""
    for _, check, prepared in checks():
        run = run_here({**check.reference, check.function: RandomFunction(check, 3)})
        prepared.judge(run)  # what is computed once for a class
        start = time.process_time()
        for _ in range(repeats):
            prepared.judge(run)
        judged = time.process_time() - start
        trials = [prepared._gather(run, {}).trials for _ in range(repeats)]
        start = time.process_time()
        for item in trials:
            prepared._further_hints(item, [])
        related = time.process_time() - start
        print(f"| `{check.name}` | {1000 * judged / repeats:.0f} ms | {1000 * related / repeats:.0f} ms |")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--functions", type=int, default=10_000)
    parser.add_argument("--mutants", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if options.functions:
        print("| check | random functions | false hints |\n|---|---|---|")
        count_false(options.functions, options.seed)
    if options.mutants:
        print("\n| check | mutants | known mistake | relation | exception | nothing |\n|---|---|---|---|---|---|")
        count_mutants(Course(Path(__file__).resolve().parents[1]), options.mutants, options.seed)
    print("\n| check | a function that nothing explains | of that for relations |\n|---|---|---|")
    cost()


if __name__ == "__main__":
    main()
