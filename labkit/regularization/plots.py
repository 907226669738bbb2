"""Draw the pictures of the regularization lab. Each function draws a figure and shows it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Circle

from labkit.arrays import Array, Parameters
from labkit.regularization import words
from labkit.regularization.gradient_check import GradientCheck
from labkit.regularization.network import accuracy, compute_cost, forward_propagation
from labkit.regularization.planar import Planar
from labkit.regularization.training import NotReadyError, Recipe, Run, use_forward

CLASS_COLORS = ("#d55e00", "#0072b2")  # orange below, blue above: distinct with any colour vision
ANSWERS = LinearSegmentedColormap.from_list("answers", [CLASS_COLORS[0], "white", CLASS_COLORS[1]])
CLASS_MARKERS = ("^", "o")
LINE_COLORS = ("#555555", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00")


def places(data: Planar) -> None:
    """Show the training and the test part of the planar data side by side.

    Args:
        data: The planar data.
    """
    _, axes = plt.subplots(1, 2, figsize=(10, 4.6), sharex=True, sharey=True, layout="constrained")
    for ax, X, Y, title in (
        (axes[0], data.train_X, data.train_Y, words.train_part()),
        (axes[1], data.test_X, data.test_Y, words.test_part()),
    ):
        _points(ax, X, Y)
        _plane(ax, title)
    axes[0].legend(loc="lower right", framealpha=0.9)
    plt.show()


def boundaries(runs: Sequence[Run], data: Planar) -> None:
    """Show what each trained network answers everywhere in the plane; mistaken training labels are ringed.

    Args:
        runs: One panel each.
        data: The planar data.
    """
    axes = _row(len(runs), 4.6)
    for ax, run in zip(axes, runs, strict=True):
        if run.problem:
            _placeholder(ax, run.name)
            continue
        x1, x2 = np.meshgrid(np.linspace(-2.1, 2.1, 140), np.linspace(-2.8, 2.8, 140))
        answers = forward_propagation(np.array([x1.ravel(), x2.ravel()]), run.parameters)[0].reshape(x1.shape)
        ax.contourf(x1, x2, answers, levels=np.linspace(0, 1, 11), cmap=ANSWERS, alpha=0.5)
        ax.contour(x1, x2, answers, levels=[0.5], colors="black", linewidths=1.5)
        _points(ax, data.train_X, data.train_Y)
        wrong = (data.train_Y != data.train_truth)[0]
        ax.scatter(*data.train_X[:, wrong], s=90, facecolors="none", edgecolors="black", label=words.mistaken())
        scores = words.scores(
            train=accuracy(data.train_X, data.train_Y, run.parameters),
            test=accuracy(data.test_X, data.test_Y, run.parameters),
        )
        _plane(ax, f"{run.name}\n{scores}")
    plt.show()


def cost_curves(runs: Sequence[Run]) -> None:
    """Show the training cost of each run against the step.

    Args:
        runs: One line each.
    """
    axes = _row(1, 4.2, width=8)
    for run, color in zip(runs, _colors(len(runs)), strict=True):
        if run.problem:
            axes[0].plot([], [], color=color, label=words.not_trained(name=run.name))
        else:
            axes[0].plot(run.steps[1:], run.costs[1:], color=color, label=run.name)
    axes[0].set(xlabel=words.step(), ylabel=words.cost(), title=words.cost_curves(), ylim=(0, None))
    axes[0].legend()
    plt.show()


def learning_curves(runs: Sequence[Run], data: Planar) -> None:
    """Show the cross-entropy on the training and on the test part against the step, all units at work, no penalty.

    Args:
        runs: One panel each.
        data: The planar data.
    """
    axes = _row(len(runs), 4.2, width=8 if len(runs) == 1 else None)
    for ax, run in zip(axes, runs, strict=True):
        if run.problem:
            _placeholder(ax, run.name)
            continue
        for X, Y, name, color in (
            (data.train_X, data.train_Y, words.train(), LINE_COLORS[2]),
            (data.test_X, data.test_Y, words.test(), LINE_COLORS[1]),
        ):
            costs = [compute_cost(forward_propagation(X, parameters)[0], Y) for parameters in run.history]
            ax.plot(run.steps, costs, color=color, label=name)
        ax.set(xlabel=words.step(), ylabel=words.cross_entropy(), title=run.name, ylim=(0, 0.8))
        ax.legend(loc="lower left")
    plt.show()


def weight_sizes(runs: Sequence[Run]) -> None:
    """Show the sum of the squares of all weights against the step, biases left out.

    Args:
        runs: One line each.
    """
    axes = _row(1, 4.2, width=8)
    for run, color in zip(runs, _colors(len(runs)), strict=True):
        label = words.not_trained(name=run.name) if run.problem else run.name
        sizes = [] if run.problem else [_sum_of_squares(parameters) for parameters in run.history]
        axes[0].plot(run.steps[: len(sizes)], sizes, color=color, label=label)
    axes[0].set(xlabel=words.step(), ylabel=words.squares(), title=words.weight_sizes(), yscale="log")
    axes[0].legend()
    plt.show()


def sweep(runs: Mapping[float, Run], label: str, data: Planar) -> None:
    """Show the accuracies at the end of each run against the setting it was trained with.

    Args:
        runs: The run of each setting.
        label: What is set, for the axis.
        data: The planar data.
    """
    axes = _row(1, 4.2, width=8)
    trained = [(place, run) for place, run in enumerate(runs.values()) if not run.problem]
    for X, Y, name, color, marker in (
        (data.train_X, data.train_Y, words.train(), LINE_COLORS[2], "^"),
        (data.test_X, data.test_Y, words.test(), LINE_COLORS[1], "o"),
    ):
        heights = [accuracy(X, Y, run.parameters) for _, run in trained]
        axes[0].plot([place for place, _ in trained], heights, color=color, marker=marker, label=name)
    truth = float(np.mean(data.train_Y == data.train_truth))
    axes[0].axhline(truth, color="black", linestyle=":", label=words.right_labels())
    axes[0].set_xticks(range(len(runs)), [f"{value:g}" for value in runs])
    axes[0].set(xlabel=label, ylabel=words.accuracy(), title=words.sweep(label=label), ylim=(0.75, 1.0))
    axes[0].legend(loc="best")
    if not trained:
        _placeholder(axes[0], words.sweep(label=label))
    plt.show()


def gradients(check: GradientCheck) -> None:
    """Show each entry of your gradient against the measured one; where they agree, it lies on the diagonal.

    Args:
        check: What ``gradient_check`` returned.
    """
    axes = _row(1, 5.2, width=6.2)
    ax = axes[0]
    if check.problem:
        _placeholder(ax, check.name)
        plt.show()
        return
    for (name, numeric), color, marker in zip(check.numeric.items(), _colors(6), "osD^vP", strict=True):
        ax.scatter(numeric, check.yours[name], label=name, marker=marker, s=45, color=color, alpha=0.75, linewidths=0)
    ends = np.array([min(map(np.min, check.numeric.values())), max(map(np.max, check.numeric.values()))])
    ax.plot(ends, ends, color="black", linewidth=1, zorder=0)
    ax.set(xlabel=words.measured(), ylabel=words.yours())
    ax.set_title(words.gradients(name=check.name, difference=check.difference))
    ax.legend(ncols=2)
    plt.show()


def l2_objective() -> None:
    """Show two weights: what the data want, what the penalty wants, and the compromise for several λ."""
    steep, flat = np.array([0.96, -0.28]), np.array([0.28, 0.96])  # across and along the valley
    curvature = np.outer(steep, steep) + 0.06 * np.outer(flat, flat)
    best = 1.5 * steep + 1.9 * flat
    w1, w2 = np.meshgrid(np.linspace(-1.0, 3.2, 120), np.linspace(-1.3, 2.9, 120))
    away1, away2 = w1 - best[0], w2 - best[1]
    data_cost = 0.5 * (curvature[0, 0] * away1**2 + 2 * curvature[0, 1] * away1 * away2 + curvature[1, 1] * away2**2)
    length = 0.5 * (w1**2 + w2**2)
    strengths = (0.0, 0.03, 0.1, 0.3, 1.0, 10.0)
    minima = np.array([np.linalg.solve(curvature + s * np.eye(2), curvature @ best) for s in strengths])

    axes = _row(3, 4.6)
    for ax, height, title in (
        (axes[0], data_cost, words.data_wish()),
        (axes[1], length, words.penalty_wish()),
        (axes[2], data_cost + 0.1 * length, words.compromise(strength=0.1)),
    ):
        ax.contour(
            w1, w2, height, levels=height.min() + np.array([0.03, 0.12, 0.3, 0.6, 1.0, 1.6, 2.4]), cmap="viridis"
        )
        ax.axhline(0, color="gray", linewidth=0.6)
        ax.axvline(0, color="gray", linewidth=0.6)
        ax.set(title=title, xlabel="$w_1$", ylabel="$w_2$", aspect="equal")
    axes[0].plot(*best, "o", color=LINE_COLORS[2])
    axes[1].plot(0, 0, "o", color=LINE_COLORS[1])
    axes[2].plot(*minima.T, "o--", color="black", markersize=5)
    for strength, minimum in zip(strengths, minima, strict=True):
        axes[2].annotate(f"λ={strength:g}", minimum, xytext=(5, -13), textcoords="offset points", fontsize=9)
    plt.show()


def full_and_thinned() -> None:
    """Show a network with all its units, and beside it the thinned network that is left when some are dropped."""
    axes = _row(2, 4.4)
    _network(axes[0], (), words.full())
    _network(axes[1], ((1, 1), (1, 4), (2, 0), (2, 2)), words.thinned())
    plt.show()


def dropout_step_by_step() -> None:
    """Show the dropout procedure: all units, drop some and learn, all back, drop others and learn."""
    axes = _row(4, 4.0, width=15)
    subsets: tuple[Collection[tuple[int, int]], ...] = ((), ((1, 0), (1, 3), (2, 1)), (), ((1, 2), (2, 0), (2, 3)))
    for ax, subset, title in zip(axes, subsets, words.dropout_steps(), strict=True):
        _network(ax, subset, title)
    plt.show()


def masks(recipe: Recipe, X: Array, parameters: Parameters) -> None:
    """Show the masks D1 and D2 that your forward pass draws: a row a unit, a column an example, white is dropped.

    Args:
        recipe: A recipe with dropout, its cache as the lab has it.
        X: (n0, m), the examples as columns.
        parameters: ``W1`` … ``b3``.
    """
    axes = _row(2, 3.6)
    try:
        cache = use_forward(recipe, X, parameters)[1]
    except NotReadyError as problem:
        print(problem)
        cache = ()
    for ax, place, name in ((axes[0], 1, "D1"), (axes[1], 6, "D2")):
        mask = np.asarray(cache[place] if len(cache) == 14 else None)
        if mask.ndim != 2 or mask.dtype.kind not in "biuf":
            _placeholder(ax, name, words.not_there())
            continue
        ax.imshow(mask != 0, cmap="Greys", vmin=0, vmax=1.4, aspect="auto", interpolation="nearest")
        ax.set(
            title=words.mask(name=name, share=np.mean(mask != 0)),
            xlabel=words.examples(),
            ylabel=words.units(),
        )
    plt.show()


def averages(recipe: Recipe, X: Array, parameters: Parameters, times: int = 400) -> None:
    """Show the activations A1, averaged over many calls of your forward pass, against those of the full network.

    Args:
        recipe: A recipe with dropout, its cache as the lab has it.
        X: (n0, m), the examples as columns.
        parameters: ``W1`` … ``b3``.
        times: The number of calls.
    """
    (ax,) = _row(1, 5.0, width=6.2)
    full = forward_propagation(X, parameters)[1][1]
    try:
        mean = sum(np.asarray(use_forward(recipe, X, parameters)[1][2], dtype=np.float64) for _ in range(times)) / times
    except NotReadyError as problem:
        print(problem)
        _placeholder(ax, words.averages(times=times), words.not_there())
    else:
        ax.plot([0, full.max()], [0, full.max()], color="black", linewidth=1)
        ax.scatter(full, mean, s=14, color=LINE_COLORS[1], alpha=0.6, linewidths=0)
        ax.set(title=words.averages(times=times), xlabel=words.full_activation())
        ax.set_ylabel(words.mean_activation())
    plt.show()


def accuracy_table(runs: Sequence[Run], data: Planar) -> None:
    """Print, for each run, the accuracies and how many of the mistaken labels the network repeats.

    Args:
        runs: One line each.
        data: The planar data.
    """
    wrong = (data.train_Y != data.train_truth)[0]
    width = max(len(run.name) for run in runs)
    print(words.table_head(width=width, wrong=wrong.sum()))
    for run in runs:
        if run.problem:
            print(words.table_empty(name=run.name, width=width))
            continue
        learned = accuracy(data.train_X[:, wrong], data.train_Y[:, wrong], run.parameters) * wrong.sum()
        row = words.table_row(
            name=run.name,
            width=width,
            train=accuracy(data.train_X, data.train_Y, run.parameters),
            test=accuracy(data.test_X, data.test_Y, run.parameters),
            learned=round(learned),
        )
        print(row)


def _row(panels: int, height: float, width: float | None = None) -> Sequence[Any]:
    _, axes = plt.subplots(1, panels, figsize=(width or 5.0 * panels, height), squeeze=False, layout="constrained")
    return list(axes[0])


def _colors(count: int) -> list[str]:
    return [LINE_COLORS[place % len(LINE_COLORS)] for place in range(count)]


def _points(ax: Any, X: Array, Y: Array) -> None:
    for label, color, marker, name in zip((0, 1), CLASS_COLORS, CLASS_MARKERS, words.classes(), strict=True):
        chosen = X[:, Y[0] == label]
        ax.scatter(*chosen, s=30, color=color, marker=marker, edgecolors="white", linewidths=0.5, label=name)


def _plane(ax: Any, title: str) -> None:
    ax.set(title=title, xlabel="$x_1$", ylabel="$x_2$", xlim=(-2.1, 2.1), ylim=(-2.8, 2.8))


def _placeholder(ax: Any, title: str, text: str = "") -> None:
    ax.clear()
    ax.set(title=title, xticks=[], yticks=[])
    ax.text(
        0.5, 0.5, text or words.waiting(), transform=ax.transAxes, ha="center", va="center", fontsize=12, color="gray"
    )


def _sum_of_squares(parameters: Parameters) -> float:
    return float(sum(np.sum(value**2) for name, value in parameters.items() if name.startswith("W")))


def _network(ax: Any, dropped: Collection[tuple[int, int]], title: str) -> None:
    """Draw a network of 2, 5, 4 and 1 units; ``dropped`` names units as (layer, unit)."""
    sizes = (2, 5, 4, 1)
    spots = {
        (layer, unit): (layer * 1.6, (size - 1) / 2 - unit) for layer, size in enumerate(sizes) for unit in range(size)
    }
    for (layer, unit), spot in spots.items():
        for (other_layer, other_unit), other in spots.items():
            if other_layer == layer + 1 and not {(layer, unit), (other_layer, other_unit)} & set(dropped):
                ax.plot(*zip(spot, other, strict=True), color="#888888", linewidth=0.9, zorder=1)
    for (layer, unit), spot in spots.items():
        gone = (layer, unit) in dropped
        face = "white" if gone else (LINE_COLORS[5] if 0 < layer < 3 else "#dddddd")
        ax.add_patch(
            Circle(
                spot,
                0.3,
                facecolor=face,
                edgecolor="#666666" if gone else "black",
                linestyle="--" if gone else "-",
                linewidth=1.4,
                zorder=2,
            )
        )
    ax.set(title=title, xlim=(-0.6, 5.4), ylim=(-2.6, 2.6), aspect="equal")
    ax.axis("off")
