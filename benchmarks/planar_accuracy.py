"""Measure the claims of the regularization lab over many seeds: accuracies, wrong labels learned, weights, costs.

    python benchmarks/planar_accuracy.py --seeds 20

trains every recipe of the notebook from that many first weights and prints the table of datasets/README.md. The
functions are those of the solution in source/regularization/regularization.ipynb, so the table is about what is taught.
"""

import argparse
import contextlib
import io
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("OMP_NUM_THREADS", "1")  # one training keeps one core busy; more threads only wait
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import nbformat
import numpy as np

import labkit.regularization.network
from labkit.regularization.gradient_check import replayed
from labkit.regularization.network import accuracy, compute_cost, forward_propagation
from labkit.regularization.planar import load_planar
from labkit.regularization.training import Recipe, train

NOTEBOOK = Path(__file__).parents[1] / "source" / "regularization" / "regularization.ipynb"


class Measured(NamedTuple):
    """What is measured of one training."""

    train: float
    test: float
    repeated: float
    squares: float
    cost: float
    best_test_cost: float
    test_cost: float


def solution() -> dict[str, Callable[..., Any]]:
    """The four functions as the notebook's solution has them."""
    namespace: dict[str, Any] = {"np": np, **vars(labkit.regularization.network)}
    for cell in nbformat.read(NOTEBOOK, as_version=4).cells:
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution"):
            exec(cell.source, namespace)
    return namespace


def recipes() -> dict[str, Recipe]:
    """Every recipe that the notebook trains, by its name."""
    given = solution()

    def with_l2(lambd: float) -> Recipe:
        return Recipe(
            f"L2, λ = {lambd:g}",
            cost=partial(given["compute_cost_with_regularization"], lambd=lambd),
            backward=partial(given["backward_propagation_with_regularization"], lambd=lambd),
        )

    def with_dropout(keep_prob: float, still: bool = False) -> Recipe:
        forward = partial(given["forward_propagation_with_dropout"], keep_prob=keep_prob)
        return Recipe(
            f"dropout, keep_prob = {keep_prob:g}" + (", the same masks in every step" if still else ""),
            forward=replayed(forward) if still else forward,
            backward=partial(given["backward_propagation_with_dropout"], keep_prob=keep_prob),
        )

    every = [
        Recipe("no regularization"),
        *(with_l2(lambd) for lambd in (0.1, 0.7, 2, 20)),
        *(with_dropout(keep_prob) for keep_prob in (0.8, 0.5, 0.3, 0.1)),
        with_dropout(0.5, still=True),
    ]
    return {recipe.name: recipe for recipe in every}


def measure(name: str, seed: int) -> Measured:
    """Train one recipe from one seed as the notebook does."""
    data = load_planar()
    with contextlib.redirect_stdout(io.StringIO()):
        run = train(data.train_X, data.train_Y, recipes()[name], seed=seed)
    wrong = (data.train_Y != data.train_truth)[0]
    test_costs = [compute_cost(forward_propagation(data.test_X, past)[0], data.test_Y) for past in run.history]
    return Measured(
        train=accuracy(data.train_X, data.train_Y, run.parameters),
        test=accuracy(data.test_X, data.test_Y, run.parameters),
        repeated=accuracy(data.train_X[:, wrong], data.train_Y[:, wrong], run.parameters) * np.sum(wrong),
        squares=float(sum(np.sum(value**2) for key, value in run.parameters.items() if key.startswith("W"))),
        cost=run.costs[-1],
        best_test_cost=min(test_costs),
        test_cost=test_costs[-1],
    )


def table(seeds: int, jobs: int) -> str:
    """Measure all recipes and write the table in Markdown: mean ± standard deviation over the seeds."""
    names = list(recipes())
    tasks = [(name, seed) for name in names for seed in range(1, seeds + 1)]
    with ProcessPoolExecutor(jobs) as pool:
        results = list(pool.map(measure, *zip(*tasks, strict=True)))
    lines = [
        "| recipe | training accuracy | test accuracy | lowest … highest test | of 30 wrong labels, repeated "
        "| sum of squared weights | training cost | test cross-entropy, lowest on the way | at the end |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name in names:
        rows = np.array([result for (task, _), result in zip(tasks, results, strict=True) if task == name])
        low, high = rows[:, 1].min(), rows[:, 1].max()
        means = [f"{mean:.3g} ± {spread:.2g}" for mean, spread in zip(rows.mean(0), rows.std(0), strict=True)]
        means[:2] = [
            f"{mean:.3f} ± {spread:.3f}" for mean, spread in zip(rows.mean(0)[:2], rows.std(0)[:2], strict=True)
        ]
        lines.append(f"| {name} | {' | '.join(means[:2])} | {low:.3f} … {high:.3f} | {' | '.join(means[2:])} |")
    return "\n".join(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Measure the claims of the regularization lab over many seeds.")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    print(table(options.seeds, options.jobs))
