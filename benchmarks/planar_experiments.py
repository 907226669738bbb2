"""Measure the claims of the regularization lab over several seeds, and write them as a page of Markdown.

    python -m benchmarks.planar_experiments > docs/regularization_experiments.md

trains every recipe of the notebook from each seed as the notebook does, some minutes on two cores. The functions are
those of the solution in source/regularization/regularization.ipynb, so the page is about what is taught.
"""

import contextlib
import io
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # one training keeps one core busy; more threads only wait
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import nbformat
import numpy as np

import labkit.regularization.network
from labkit.arrays import Array, Parameters
from labkit.regularization.crowd import answers_of, thinned_networks
from labkit.regularization.gradient_check import replayed
from labkit.regularization.network import accuracy, compute_cost, forward_propagation
from labkit.regularization.planar import load_planar
from labkit.regularization.training import Recipe, Run, stop_early, train

NOTEBOOK = Path(__file__).parents[1] / "source" / "regularization" / "regularization.ipynb"
SEEDS = range(1, 9)
LAMBDAS = (0.1, 0.7, 2, 20)
KEEP_PROBS = (0.8, 0.5, 0.3, 0.1)
PLAIN, SAME = "no regularization", "dropout, keep_prob = 0.5, the same masks in every step"
STOPPED = "no regularization, stopped early"
L2, DROPOUT = "L2, λ = 0.7", "dropout, keep_prob = 0.5"

Measured = dict[str, float]


@cache
def solution() -> Mapping[str, Callable[..., Any]]:
    """Return the four functions as the notebook's solution has them."""
    namespace: dict[str, Any] = {"np": np, **vars(labkit.regularization.network)}
    for cell in nbformat.read(NOTEBOOK, as_version=4).cells:
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution"):
            exec(cell.source, namespace)
    return namespace


def with_l2(lambd: float) -> Recipe:
    """Make the recipe of L2."""
    return Recipe(
        f"L2, λ = {lambd:g}",
        cost=partial(solution()["compute_cost_with_regularization"], lambd=lambd),
        backward=partial(solution()["backward_propagation_with_regularization"], lambd=lambd),
    )


def with_dropout(keep_prob: float, *, still: bool = False) -> Recipe:
    """Make the recipe of dropout, with the same masks in every step if `still`."""
    forward = partial(solution()["forward_propagation_with_dropout"], keep_prob=keep_prob)
    return Recipe(
        SAME if still else f"dropout, keep_prob = {keep_prob:g}",
        forward=replayed(forward) if still else forward,
        backward=partial(solution()["backward_propagation_with_dropout"], keep_prob=keep_prob),
    )


def recipes() -> dict[str, Recipe]:
    """Make every recipe that the notebook trains, by its name."""
    every = [
        Recipe(PLAIN),
        *(with_l2(lambd) for lambd in LAMBDAS),
        *(with_dropout(keep_prob) for keep_prob in KEEP_PROBS),
        with_dropout(0.5, still=True),
    ]
    return {recipe.name: recipe for recipe in every}


def squares(parameters: Parameters) -> float:
    """Add up the squares of all weights."""
    return float(sum(np.sum(value**2) for name, value in parameters.items() if name.startswith("W")))


def measure(name: str, seed: int) -> dict[str, Measured]:
    """Train one recipe from one seed; of the plain network also what early stopping makes of it, of dropout a crowd."""
    data = load_planar()
    with contextlib.redirect_stdout(io.StringIO()):
        run = train(data.train_X, data.train_Y, recipes()[name], seed=seed)
        results = {name: final(run)}
        if name == PLAIN:
            results[STOPPED] = final(stop_early(run, data.validation_X, data.validation_Y))
        if name == DROPOUT:
            np.random.seed(seed)
            results["crowd"] = crowd(run)
    return results


def final(run: Run) -> Measured:
    """Measure a run at its end."""
    data = load_planar()
    wrong = (data.train_Y != data.train_truth)[0]

    def costs(X: Array, Y: Array) -> list[float]:
        return [compute_cost(forward_propagation(X, past)[0], Y) for past in run.history]

    train_costs, validation_costs = costs(data.train_X, data.train_Y), costs(data.validation_X, data.validation_Y)
    return {
        "training": accuracy(data.train_X, data.train_Y, run.parameters),
        "validation": accuracy(data.validation_X, data.validation_Y, run.parameters),
        "test": accuracy(data.test_X, data.test_Y, run.parameters),
        "wrong labels repeated": accuracy(data.train_X[:, wrong], data.train_Y[:, wrong], run.parameters) * wrong.sum(),
        "sum of squared weights": squares(run.parameters),
        "training cost": run.costs[-1],
        "largest rise": max(0.0, *np.diff(train_costs)),
        "lowest validation cost": min(validation_costs),
        "validation cost": validation_costs[-1],
        "training cross-entropy": train_costs[-1],
        "step": run.steps[-1],
    }


def crowd(run: Run) -> Measured:
    """Compare a hundred thinned networks with the full one."""
    data = load_planar()
    answers = answers_of(thinned_networks(with_dropout(0.5), run, keep_prob=0.5), data.validation_X)
    full = forward_propagation(data.validation_X, run.parameters)[0][0]
    average, spread, truth = answers.mean(axis=0), answers.std(axis=0), data.validation_Y[0]
    wrong = (full > 0.5) != truth
    return {
        "one thinned network": float(np.mean((answers > 0.5) == truth)),
        "best of the thinned": float(np.max(np.mean((answers > 0.5) == truth, axis=1))),
        "their average": float(np.mean((average > 0.5) == truth)),
        "the full network": float(np.mean((full > 0.5) == truth)),
        "places on which average and full network agree": float(np.mean((average > 0.5) == (full > 0.5))),
        "distance of their answers": float(np.mean(np.abs(average - full))),
        "spread where the full network is right": float(np.mean(spread[~wrong])),
        "spread where it is wrong": float(np.mean(spread[wrong])),
    }


def shown(values: Sequence[float], digits: int = 3) -> str:
    """Write mean ± standard deviation."""
    return f"{np.mean(values):.{digits}f} ± {np.std(values):.{digits}f}"


def seeds_where(first: Sequence[float], second: Sequence[float]) -> str:
    """Count the seeds on which the first is higher."""
    return f"{sum(a > b for a, b in zip(first, second, strict=True))} of {len(first)}"


def page(jobs: int | None = None) -> str:
    """Measure everything and write the page."""
    names = list(recipes())
    tasks = [(name, seed) for seed in SEEDS for name in names]
    table: dict[str, dict[str, list[float]]] = {}
    with ProcessPoolExecutor(jobs) as pool:
        for results in pool.map(measure, *zip(*tasks, strict=True)):
            for name, measured in results.items():
                for key, value in measured.items():
                    table.setdefault(name, {}).setdefault(key, []).append(value)
    plain, l2, dropout, same, stopped = (table[name] for name in (PLAIN, L2, DROPOUT, SAME, STOPPED))
    order = [PLAIN, STOPPED, *(name for name in names if name != PLAIN)]
    columns = {"training": 3, "validation": 3, "test": 3, "wrong labels repeated": 1, "sum of squared weights": 0}
    columns |= {"training cost": 3, "lowest validation cost": 3, "validation cost": 3}
    lines = [
        f"# Regularization: the claims of the notebook, over {len(SEEDS)} seeds",
        "",
        f"Each number is a mean ± the standard deviation over the seeds {SEEDS[0]} to {SEEDS[-1]}, which draw the",
        "first weights and the masks. Data, network and settings are those of the notebook. This page is the output of",
        "",
        "    python -m benchmarks.planar_experiments > docs/regularization_experiments.md",
        "",
        "## All recipes",
        "",
        "A map that knows the stream exactly scores 0.850 in training. The training cost is what the recipe minimises",
        "(penalty included, units dropped); the validation cost is the plain cross-entropy: lowest, and at the end.",
        "",
        f"| | {' | '.join(columns)} |",
        f"|---|{'---|' * len(columns)}",
        *(
            f"| {name} | {' | '.join(shown(table[name][key], digits) for key, digits in columns.items())} |"
            for name in order
        ),
        "",
        "## Claims",
        "",
        "| claim | measured |",
        "|---|---|",
    ]
    claims = {
        "the first curve is smooth: largest rise of the training cross-entropy within 25 steps": shown(
            plain["largest rise"]
        ),
        "the plain network scores above 0.850 in training": seeds_where(plain["training"], [0.85] * len(SEEDS)),
        "its validation cross-entropy is higher at the end than on the way, by": shown(
            np.subtract(plain["validation cost"], plain["lowest validation cost"]).tolist()
        ),
        "step at which early stopping stops": ", ".join(f"{step:.0f}" for step in sorted(stopped["step"])),
        "early stopping raises the test accuracy by": shown(np.subtract(stopped["test"], plain["test"]).tolist()),
        "L2 (λ = 0.7) raises the test accuracy by": shown(np.subtract(l2["test"], plain["test"]).tolist()),
        "… on seeds": seeds_where(l2["test"], plain["test"]),
        "dropout (0.5) raises the test accuracy by": shown(np.subtract(dropout["test"], plain["test"]).tolist()),
        "… on seeds ": seeds_where(dropout["test"], plain["test"]),
        "both have a higher training cost than the plain network, on seeds": " and ".join(
            seeds_where(other["training cost"], plain["training cost"]) for other in (l2, dropout)
        ),
        "dropout's weights are larger than L2's, on seeds": seeds_where(
            dropout["sum of squared weights"], l2["sum of squared weights"]
        ),
        "masks that never change: the training cost is lower than with fresh masks, on seeds": seeds_where(
            dropout["training cost"], same["training cost"]
        ),
        "… lower than that of the plain network, on seeds": seeds_where(plain["training cost"], same["training cost"]),
        "… the whole network then disagrees with this share of the training labels": shown(
            np.subtract(1, same["training"]).tolist()
        ),
        "… and its validation accuracy is lower than with fresh masks, on seeds": seeds_where(
            dropout["validation"], same["validation"]
        ),
        "with λ = 20 the validation accuracy is higher than the training accuracy, on seeds": seeds_where(
            table["L2, λ = 20"]["validation"], table["L2, λ = 20"]["training"]
        ),
        **{f"a hundred thinned networks: {key}": shown(values) for key, values in table["crowd"].items()},
        "… the average is better than one of them, on seeds": seeds_where(
            table["crowd"]["their average"], table["crowd"]["one thinned network"]
        ),
        "… they differ more where the full network is wrong, on seeds": seeds_where(
            table["crowd"]["spread where it is wrong"], table["crowd"]["spread where the full network is right"]
        ),
    }
    lines += [f"| {claim.rstrip()} | {measured} |" for claim, measured in claims.items()]
    return "\n".join(lines)


if __name__ == "__main__":
    print(page(int(sys.argv[1]) if len(sys.argv) > 1 else None))
