"""Draw the pictures of the regularization lab. Each function draws a figure and shows it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Circle
from matplotlib.ticker import LogLocator, NullFormatter, ScalarFormatter

from labkit.arrays import Array, Parameters
from labkit.fonts import drawing, show
from labkit.palette import (
    ANSWERS,
    BATCH_NORM,
    CLASS_COLORS,
    CLASS_MARKERS,
    DROPOUT,
    L2,
    OWN,
    PLAIN,
    SAME_MASKS,
    Part,
    line,
)
from labkit.regularization import words
from labkit.regularization.crowd import answers_of
from labkit.regularization.gradient_check import GradientCheck
from labkit.regularization.network import accuracy, compute_cost, forward_propagation
from labkit.regularization.planar import Planar, stream
from labkit.regularization.training import NotReadyError, Recipe, Run, use_forward
from labkit.say import columns

PARAMETER_COLORS = (PLAIN.color, L2.color, DROPOUT.color, BATCH_NORM.color, SAME_MASKS.color, OWN.color)
UNIT_COLOR = CLASS_COLORS[0]
ACROSS, UP = (-2.1, 2.1), (-2.8, 2.8)
PLANE: Mapping[str, Any] = {"xlim": ACROSS, "ylim": UP, "xlabel": "$x_1$", "ylabel": "$x_2$"}
UNKNOWN = "gray"


@drawing
def places(data: Planar) -> None:
    """Show the training and the validation part of the planar data side by side; the test part is for the end.

    Args:
        data: The planar data.
    """
    figure, axes = plt.subplots(1, 2, figsize=(10, 5.0), sharex=True, sharey=True, layout="constrained")
    for ax, X, Y, title in (
        (axes[0], data.train_X, data.train_Y, words.train_part()),
        (axes[1], data.validation_X, data.validation_Y, words.validation_part()),
    ):
        _points(ax, X, Y)
        ax.set(title=title, **PLANE)
    _legend_below(figure, axes[0])
    show()


@drawing
def boundaries(runs: Sequence[Run], data: Planar, *, border: bool = True) -> None:
    """Show what each trained network answers everywhere in the plane; mistaken training labels are ringed.

    Args:
        runs: One panel each.
        data: The planar data.
        border: Whether to draw the true border, too.
    """
    figure, axes = _figure(len(runs), 5.0)
    for ax, run in zip(axes, runs, strict=True):
        if run.problem:
            _placeholder(ax, run.name)
            continue
        x1, x2 = _grid(140)
        answers = forward_propagation(np.array([x1.ravel(), x2.ravel()]), run.parameters)[0].reshape(x1.shape)
        ax.contourf(x1, x2, answers, levels=np.linspace(0, 1, 11), cmap=ANSWERS, alpha=0.45)
        _points(ax, data.train_X, data.train_Y)
        wrong = (data.train_Y != data.train_truth)[0]
        ax.scatter(*data.train_X[:, wrong], s=90, facecolors="none", edgecolors="black", label=words.mistaken())
        _borders(ax, x1, x2, answers, true=border)
        scores = words.scores(
            train=accuracy(data.train_X, data.train_Y, run.parameters),
            validation=accuracy(data.validation_X, data.validation_Y, run.parameters),
        )
        ax.set(title=f"{run.name}\n{scores}", **PLANE)
    trained = [ax for ax, run in zip(axes, runs, strict=True) if not run.problem]
    if trained:
        _legend_below(figure, trained[0], columns=2 if len(runs) == 1 else 5)
    show()


@drawing
def cost_curves(runs: Sequence[Run]) -> None:
    """Show the training cost of each run against the step.

    Args:
        runs: One line each.
    """
    ax = _one_panel()
    for run in runs:
        label = words.not_trained(name=run.name) if run.problem else run.name
        ax.plot(run.steps[1:], run.costs[1:], label=label, **line(run.look, points=len(run.steps)))
    ax.set(xlabel=words.step(), ylabel=words.cost(), title=words.cost_curves(), ylim=(0, None))
    ax.legend()
    show()


@drawing
def learning_curves(runs: Sequence[Run], data: Planar, *, lowest: bool = False) -> None:
    """Show the cross-entropy on the training and on the validation part, all units at work, no penalty.

    Args:
        runs: One panel each.
        data: The planar data.
        lowest: Whether to mark the step at which the cross-entropy on the validation part is lowest.
    """
    axes = _figure(len(runs), 4.2, width=8 if len(runs) == 1 else None)[1]
    for ax, run in zip(axes, runs, strict=True):
        if run.problem:
            _placeholder(ax, run.name)
            continue
        for X, Y, part, name in _parts(data):
            costs = [compute_cost(forward_propagation(X, parameters)[0], Y) for parameters in run.history]
            ax.plot(run.steps, costs, label=name, **line(run.look, part, points=len(run.steps)))
        if lowest:
            ax.axvline(run.steps[int(np.argmin(costs))], color="black", linestyle=":", label=words.lowest())
        ax.set(xlabel=words.step(), ylabel=words.cross_entropy(), title=run.name, ylim=(0, 0.8))
        ax.legend(loc="lower left")
    show()


@drawing
def weight_sizes(runs: Sequence[Run]) -> None:
    """Show the sum of the squares of all weights against the step, biases left out.

    Args:
        runs: One line each.
    """
    ax = _one_panel()
    for run in runs:
        label = words.not_trained(name=run.name) if run.problem else run.name
        sizes = [_sum_of_squares(parameters) for parameters in run.history]
        ax.plot(run.steps, sizes, label=label, **line(run.look, points=len(run.steps)))
    ax.set(xlabel=words.step(), ylabel=words.squares(), title=words.weight_sizes(), yscale="log")
    ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 3, 5, 7)))
    ax.yaxis.set_major_formatter(ScalarFormatter())
    ax.yaxis.set_minor_formatter(NullFormatter())
    ax.legend()
    show()


@drawing
def sweep(runs: Mapping[float, Run], label: str, data: Planar) -> None:
    """Show the accuracies at the end of each run against the setting it was trained with.

    The bars say how far an accuracy is uncertain because the validation part has no more places.

    Args:
        runs: The run of each setting.
        label: What is set, for the axis.
        data: The planar data.
    """
    ax = _one_panel()
    trained = [(place, run) for place, run in enumerate(runs.values()) if not run.problem]
    if not trained:
        _placeholder(ax, words.sweep(label=label))
        show()
        return
    look = trained[-1][1].look
    across = [place for place, _ in trained]
    for X, Y, part, name in _parts(data):
        heights = [accuracy(X, Y, run.parameters) for _, run in trained]
        ax.plot(across, heights, label=name, **line(look, part))
        if part == "validation":
            bars = [standard_error(height, Y.size) for height in heights]
            ax.errorbar(across, heights, bars, fmt="none", ecolor=look.color, capsize=4, linewidth=1)
    truth = float(np.mean(data.train_Y == data.train_truth))
    ax.axhline(truth, color="black", linestyle=":", label=words.right_labels())
    ax.set_xticks(range(len(runs)), [f"{value:g}" for value in runs])
    ax.set(xlabel=label, ylabel=words.accuracy(), title=words.sweep(label=label), ylim=(0.7, 1.0))
    ax.legend(loc="lower center", ncols=3)
    show()


@drawing
def spread(groups: Sequence[Sequence[Run]], data: Planar) -> None:
    """Show the accuracy on the validation part of the same recipes from several seeds, and their mean.

    Args:
        groups: For each recipe its runs, each from a seed of its own.
        data: The planar data.
    """
    ax = _one_panel(height=3.6)
    for place, runs in enumerate(groups):
        trained = [run for run in runs if not run.problem]
        heights = [accuracy(data.validation_X, data.validation_Y, run.parameters) for run in trained]
        look = runs[0].look
        ax.scatter(heights, [place] * len(heights), color=look.color, marker=look.marker, s=60, alpha=0.6)
        if heights:
            ax.plot([np.mean(heights)] * 2, [place - 0.25, place + 0.25], color=look.color, linewidth=3)
    names = [words.not_trained(runs[0].name) if runs[0].problem else runs[0].name for runs in groups]
    ax.set_yticks(range(len(groups)), names)
    ax.set(xlabel=words.validation_accuracy(), title=words.spread(len(groups[0])), ylim=(len(groups) - 0.5, -0.5))
    show()


@drawing
def gradients(*checks: GradientCheck) -> None:
    """Show each entry of your gradient against the measured one; where they agree, it lies on the diagonal.

    Args:
        checks: What ``gradient_check`` returned: a panel each.
    """
    axes = _figure(len(checks), 5.2, width=6.2 if len(checks) == 1 else None)[1]
    for ax, check in zip(axes, checks, strict=True):
        if check.problem:
            _placeholder(ax, check.name)
            continue
        for (name, numeric), color, marker in zip(check.numeric.items(), PARAMETER_COLORS, "osD^vP", strict=True):
            yours = check.yours[name]
            ax.scatter(numeric, yours, label=name, marker=marker, s=45, color=color, alpha=0.75, linewidths=0)
        ends = np.array([min(map(np.min, check.numeric.values())), max(map(np.max, check.numeric.values()))])
        ax.plot(ends, ends, color="black", linewidth=1, zorder=0)
        ax.set(xlabel=words.measured(), ylabel=words.yours())
        ax.set_title(words.gradients(name=check.name, difference=check.difference))
        ax.legend(ncols=2)
    show()


@drawing
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

    axes = _figure(3, 4.6)[1]
    for ax, height, title, color in (
        (axes[0], data_cost, words.data_wish(), PLAIN.color),
        (axes[1], length, words.penalty_wish(), L2.color),
        (axes[2], data_cost + 0.1 * length, words.compromise(strength=0.1), OWN.color),
    ):
        levels = height.min() + np.array([0.03, 0.12, 0.3, 0.6, 1.0, 1.6, 2.4])
        ax.contour(w1, w2, height, levels=levels, colors=color, linewidths=1.2)
        ax.axhline(0, color="gray", linewidth=0.6)
        ax.axvline(0, color="gray", linewidth=0.6)
        ax.set(title=title, xlabel="$w_1$", ylabel="$w_2$", aspect="equal")
    axes[0].plot(*best, "o", color=PLAIN.color)
    axes[1].plot(0, 0, "o", color=L2.color)
    axes[2].plot(*minima.T, "o--", color="black", markersize=5)
    for strength, minimum in zip(strengths, minima, strict=True):
        axes[2].annotate(f"λ={strength:g}", minimum, xytext=(5, -13), textcoords="offset points", fontsize=9)
    show()


@drawing
def full_and_thinned() -> None:
    """Show a network with all its units, and beside it the thinned network that is left when some are dropped."""
    axes = _figure(2, 4.4)[1]
    _network(axes[0], (), words.full())
    _network(axes[1], ((1, 1), (1, 4), (2, 0), (2, 2)), words.thinned())
    show()


@drawing
def dropout_step_by_step() -> None:
    """Show the dropout procedure: all units, drop some and learn, all back, drop others and learn."""
    axes = _figure(4, 4.0, width=15)[1]
    subsets: tuple[Collection[tuple[int, int]], ...] = ((), ((1, 0), (1, 3), (2, 1)), (), ((1, 2), (2, 0), (2, 3)))
    for ax, subset, title in zip(axes, subsets, words.dropout_steps(), strict=True):
        _network(ax, subset, title)
    show()


@drawing
def masks(recipe: Recipe, X: Array, parameters: Parameters) -> None:
    """Show the masks D1 and D2 that your forward pass draws: a row a unit, a column an example, white is dropped.

    Args:
        recipe: A recipe with dropout, its cache as the lab has it.
        X: (n0, m), the examples as columns.
        parameters: ``W1`` … ``b3``.
    """
    axes = _figure(2, 3.6, width=11)[1]
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
    show()


@drawing
def averages(recipe: Recipe, X: Array, parameters: Parameters, times: int = 400) -> None:
    """Show the activations A1, averaged over many calls of your forward pass, against those of the full network.

    Args:
        recipe: A recipe with dropout, its cache as the lab has it.
        X: (n0, m), the examples as columns.
        parameters: ``W1`` … ``b3``.
        times: The number of calls.
    """
    ax = _one_panel(height=5.0, width=6.2)
    full = forward_propagation(X, parameters)[1][1]
    try:
        mean = sum(np.asarray(use_forward(recipe, X, parameters)[1][2], dtype=np.float64) for _ in range(times)) / times
    except NotReadyError as problem:
        print(problem)
        _placeholder(ax, words.averages(times=times), words.not_there())
    else:
        ax.plot([0, full.max()], [0, full.max()], color="black", linewidth=1)
        ax.scatter(full, mean, s=14, color=DROPOUT.color, alpha=0.6, linewidths=0)
        ax.set(title=words.averages(times=times), xlabel=words.full_activation())
        ax.set_ylabel(words.mean_activation())
    show()


@drawing
def crowd(networks: Sequence[Parameters], run: Run, data: Planar) -> None:
    """Show thinned networks each alone, their average against the full network, and where in the plane they differ.

    Args:
        networks: The parameters of thinned networks of the run.
        run: The training that they come from.
        data: The planar data.
    """
    left, middle, right = _figure(3, 4.8)[1]
    titles = words.crowd_alone(len(networks)), words.crowd_together(), words.disagreement()
    if not networks:
        for ax, title in zip((left, middle, right), titles, strict=True):
            _placeholder(ax, title, words.not_there())
        show()
        return
    X, Y = data.validation_X, data.validation_Y
    answers = answers_of(networks, X)
    average, full = answers.mean(axis=0), forward_propagation(X, run.parameters)[0][0]
    shares = [float(np.mean((alone > 0.5) == Y[0])) for alone in answers]
    together, whole = (float(np.mean((answer > 0.5) == Y[0])) for answer in (average, full))
    left.hist(shares, bins=np.arange(0.5025, 1.0, 0.015), color=DROPOUT.color, alpha=0.5, label=words.one_network())
    left.axvline(together, color="black", linestyle="--", label=words.crowd_average(together))
    left.axvline(whole, color="black", linestyle="-", label=words.full_network(whole))
    left.set(title=titles[0], xlabel=words.validation_accuracy(), ylabel=words.networks())
    left.set_xlim(min(shares) - 0.03, 1.0)
    left.legend(loc="upper left", fontsize=9)
    middle.errorbar(
        full, average, answers.std(axis=0), fmt="^", markersize=4, color=DROPOUT.color, ecolor="#d0d0d0", linewidth=1
    )
    middle.plot([0, 1], [0, 1], color="black", linewidth=1)
    middle.set(title=titles[1], xlabel=words.full_answer(), ylabel=words.average_answer())
    x1, x2 = _grid(50)
    plane = answers_of(networks, np.array([x1.ravel(), x2.ravel()]))
    differ = plane.std(axis=0).reshape(x1.shape)
    shades = right.contourf(x1, x2, differ, levels=np.linspace(0, 0.5, 11), cmap="Greys")
    _borders(right, x1, x2, plane.mean(axis=0).reshape(x1.shape), true=True)
    right.set(title=titles[2], **PLANE)
    right.legend(loc="lower right", fontsize=9)
    plt.colorbar(shades, ax=right, label=words.standard_deviation())
    show()


def accuracy_table(runs: Sequence[Run], data: Planar, *, test: bool = False) -> None:
    """Print, for each run, the accuracies and how many of the mistaken labels the network repeats.

    Args:
        runs: One line each.
        data: The planar data.
        test: Whether to look at the test part: once, when everything is chosen.
    """
    wrong = (data.train_Y != data.train_truth)[0]
    width = max(columns(run.name) for run in runs)
    print(words.table_head(width=width, wrong=wrong.sum(), tested=test))
    for run in runs:
        if run.problem:
            print(words.table_empty(name=run.name, width=width))
            continue
        learned = accuracy(data.train_X[:, wrong], data.train_Y[:, wrong], run.parameters) * wrong.sum()
        row = words.table_row(
            name=run.name,
            width=width,
            train=accuracy(data.train_X, data.train_Y, run.parameters),
            validation=accuracy(data.validation_X, data.validation_Y, run.parameters),
            test=accuracy(data.test_X, data.test_Y, run.parameters) if test else None,
            learned=round(learned),
        )
        print(row)
    first = next((run for run in runs if not run.problem), None)
    if first is not None:
        Y = data.test_Y if test else data.validation_Y
        share = accuracy(data.test_X if test else data.validation_X, Y, first.parameters)
        print(words.wavering(share, Y.size, standard_error(share, Y.size)))


def standard_error(share: float, places: int) -> float:
    """Say how far a share that was counted at so many places is uncertain: √( p (1 − p) / n ).

    Args:
        share: p, from 0 to 1.
        places: n.
    """
    return float(np.sqrt(share * (1 - share) / places))


def _figure(panels: int, height: float, width: float | None = None) -> tuple[Any, Sequence[Any]]:
    figure, axes = plt.subplots(1, panels, figsize=(width or 5.0 * panels, height), squeeze=False, layout="constrained")
    return figure, list(axes[0])


def _one_panel(height: float = 4.2, width: float = 8.0) -> Any:
    return _figure(1, height, width)[1][0]


def _parts(data: Planar) -> tuple[tuple[Array, Array, Part, str], ...]:
    """Name the parts of the data that pictures show, the one to choose by last."""
    return (
        (data.train_X, data.train_Y, "train", words.train()),
        (data.validation_X, data.validation_Y, "validation", words.validation()),
    )


def _grid(count: int) -> tuple[Array, Array]:
    x1, x2 = np.meshgrid(np.linspace(*ACROSS, count), np.linspace(*UP, count))
    return x1, x2


def _borders(ax: Any, x1: Array, x2: Array, answers: Array, *, true: bool) -> None:
    """Draw the border of a network as a line and the true one dotted, with what a legend says of them."""
    ax.contour(x1, x2, answers, levels=[0.5], colors="black", linewidths=1.8)
    ax.plot([], [], color="black", linewidth=1.8, label=words.border())
    if true:
        across = np.linspace(-2.0, 2.0, 200)
        ax.plot(across, stream(across), color="black", linestyle=":", linewidth=2.2, label=words.true_border())


def _legend_below(figure: Any, ax: Any, columns: int = 3) -> None:
    figure.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=columns, frameon=False)


def _points(ax: Any, X: Array, Y: Array) -> None:
    for label, color, marker, name in zip((0, 1), CLASS_COLORS, CLASS_MARKERS, words.classes(), strict=True):
        chosen = X[:, Y[0] == label]
        ax.scatter(*chosen, s=34, color=color, marker=marker, edgecolors="#222222", linewidths=0.6, label=name)


def _placeholder(ax: Any, title: str, text: str = "") -> None:
    ax.clear()
    ax.set(title=title, xticks=[], yticks=[])
    ax.text(
        0.5, 0.5, text or words.waiting(), transform=ax.transAxes, ha="center", va="center", fontsize=12, color=UNKNOWN
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
        face = "white" if gone else (UNIT_COLOR if 0 < layer < 3 else "#dddddd")
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
