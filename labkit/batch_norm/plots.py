"""Draw the pictures of the batch-normalization lab: a figure a function, which the notebook shows."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import FancyArrowPatch

from labkit.arrays import Array
from labkit.batch_norm import words
from labkit.batch_norm.digits import Digits
from labkit.batch_norm.training import History

BLUE, ORANGE, GREEN, RED, GREY = "#1f5fa8", "#e07b00", "#2a8a4a", "#c62f2f", "#555555"
COLORS = (BLUE, ORANGE, GREEN, RED, GREY)

# Where the nodes of the computational graph stand, and which value needs which.
NODES = {
    "x": (0.0, 0.0),
    "mu": (2.1, 3.0),
    "var": (4.5, 1.7),
    "x_hat": (6.8, 0.0),
    "y": (9.2, 0.0),
    "l": (11.4, 0.0),
    "gamma": (8.2, -1.9),
    "beta": (10.2, -1.9),
}
SYMBOLS = {
    "x": r"$x$",
    "mu": r"$\mu$",
    "var": r"$\sigma^2$",
    "x_hat": r"$\hat{x}$",
    "y": r"$y$",
    "l": r"$l$",
    "gamma": r"$\gamma$",
    "beta": r"$\beta$",
}
POWERS = (-12, 9)  # of ten: activations of a deep network with badly scaled weights
LABELS_ABOVE = ("mu", "y")
EDGES = (
    ("x", "mu", 0.0),
    ("x", "var", 0.0),
    ("x", "x_hat", 0.0),
    ("mu", "var", 0.0),
    ("mu", "x_hat", -0.5),
    ("var", "x_hat", 0.0),
    ("x_hat", "y", 0.0),
    ("gamma", "y", 0.0),
    ("beta", "y", 0.0),
    ("y", "l", 0.0),
)


def draw_computational_graph() -> None:
    """Draw x → μ → σ² → x̂ → y → l: values forward in black, gradients back in red along the same edges."""
    _, axes = plt.subplots(figsize=(11, 5.6))
    for start, end, bend in EDGES:
        _arrow(axes, start, end, bend, color="black", style="-")
        _arrow(axes, end, start, -0.8 * bend, color=RED, style="--")
    for name, (x, y) in NODES.items():
        axes.text(
            x,
            y,
            SYMBOLS[name],
            fontsize=19,
            ha="center",
            va="center",
            bbox={"boxstyle": "circle,pad=0.35", "facecolor": "#eef3fa", "edgecolor": GREY},
        )
        if name != "l":
            above = name in LABELS_ABOVE
            symbol = SYMBOLS[name].strip("$")
            axes.text(
                x,
                y + (0.6 if above else -0.6),
                rf"$\partial l/\partial {symbol}$",
                color=RED,
                fontsize=14,
                ha="center",
                va="bottom" if above else "top",
            )
    axes.plot([], [], color="black", label=words.forward())
    axes.plot([], [], color=RED, linestyle="--", label=words.backward())
    axes.legend(loc="upper right", frameon=False, fontsize=12)
    axes.set(xlim=(-0.8, 12.2), ylim=(-3.1, 4.4), aspect="equal")
    axes.axis("off")


def _arrow(axes: Any, start: str, end: str, bend: float, *, color: str, style: str) -> None:
    """Draw an arrow between two nodes: bent, or straight and shifted a little to the left of its direction."""
    first, last = np.array(NODES[start]), np.array(NODES[end])
    along = (last - first) / np.hypot(*(last - first))
    aside = 0.0 if bend else 0.11 * np.array([-along[1], along[0]])
    axes.add_patch(
        FancyArrowPatch(
            tuple(first + aside),
            tuple(last + aside),
            connectionstyle=f"arc3,rad={bend}",
            arrowstyle="-|>",
            shrinkA=21,
            shrinkB=21,
            mutation_scale=13,
            linestyle=style,
            color=color,
            linewidth=1.3,
        )
    )


def plot_digits(digits: Digits, count: int = 16) -> None:
    """Show the first `count` training images with their labels."""
    _, row = plt.subplots(1, count, figsize=(11, 1.1))
    for axes, image, label in zip(row, digits.x_train, digits.y_train, strict=False):
        axes.imshow(image.reshape(8, 8), cmap="gray_r", vmin=-1, vmax=1)
        axes.set_title(str(label), fontsize=11)
        axes.axis("off")


def plot_activations(networks: Mapping[str, Sequence[Array]]) -> None:
    """Draw the sizes of the activations: a panel a layer, a color a network.

    The axis of the sizes is logarithmic and goes at least over POWERS; values that are 0 or not finite are left out.

    Args:
        networks: name of the network → activations of its hidden layers, each (N, width).
    """
    sizes = {
        name: [np.log10(layer[(layer > 0) & np.isfinite(layer)]) for layer in layers]
        for name, layers in networks.items()
    }
    everything = np.concatenate([np.array(POWERS), *(layer for layers in sizes.values() for layer in layers)])
    bins = np.linspace(everything.min(), everything.max(), 90)
    depth = max(len(layers) for layers in sizes.values())
    _, row = plt.subplots(1, depth, figsize=(11, 3.8), sharey=True, squeeze=False)
    for (name, layers), color in zip(sizes.items(), COLORS, strict=False):
        for axes, layer in zip(row[0], layers, strict=False):
            counts, _ = np.histogram(layer, bins)
            axes.stairs(counts, bins, orientation="horizontal", fill=True, color=color, alpha=0.75, label=name)
    for number, axes in enumerate(row[0], start=1):
        axes.set(xticks=[], title=str(number))
        axes.axhline(0, color=GREY, linewidth=0.6)
    ticks = np.arange(POWERS[0], bins[-1], 4)
    row[0][0].set(yticks=ticks, yticklabels=[f"$10^{{{tick:.0f}}}$" for tick in ticks], ylabel=words.size())
    handles, labels = row[0][0].get_legend_handles_labels()
    plt.gcf().suptitle(words.layers())
    plt.gcf().legend(handles, labels, loc="lower center", ncols=len(networks), frameon=False)
    plt.tight_layout(rect=(0, 0.07, 1, 1), w_pad=0.2)


def plot_clouds(clouds: Mapping[str, Array]) -> None:
    """Draw clouds of points in the plane side by side on the same scale, with their centre.

    Args:
        clouds: title → points (N, 2).
    """
    _, row = plt.subplots(1, len(clouds), figsize=(3.6 * len(clouds), 3.5), sharex=True, sharey=True, squeeze=False)
    for axes, (title, points) in zip(row[0], clouds.items(), strict=True):
        axes.axhline(0, color="lightgrey", zorder=0)
        axes.axvline(0, color="lightgrey", zorder=0)
        axes.scatter(points[:, 0], points[:, 1], s=9, alpha=0.5, color=BLUE)
        axes.plot(*points.mean(axis=0), "+", color=RED, markersize=16, markeredgewidth=2.5)
        axes.set(title=title, xlabel=words.feature_1(), aspect="equal")
    row[0][0].set_ylabel(words.feature_2())
    plt.tight_layout()


def plot_histories(histories: Sequence[History]) -> None:
    """Draw runs in three panels: loss of each step, training and validation accuracy of each epoch."""
    _, (left, middle, right) = plt.subplots(1, 3, figsize=(11, 3.4))
    for history, color in zip(histories, COLORS, strict=False):
        left.plot(_smooth(history.losses), color=color, label=history.label)
        middle.plot(history.train_accuracy, "o-", markersize=3, color=color, label=history.label)
        right.plot(history.validation_accuracy, "o-", markersize=3, color=color, label=history.label)
    left.set(xlabel=words.step(), title=words.loss(), ylim=(0, None))
    middle.set(xlabel=words.epoch(), title=words.training(), ylim=(0, 1.02))
    right.set(xlabel=words.epoch(), title=words.validation(), ylim=(0, 1.02))
    middle.legend()
    for axes in (left, middle, right):
        axes.grid(alpha=0.3)
    plt.tight_layout()


def _smooth(values: Sequence[float], width: int = 15) -> Array:
    """Return the running mean over `width` steps."""
    width = min(width, len(values))
    return np.convolve(values, np.ones(width) / width, mode="valid")


def plot_sweep(name: str, values: Sequence[float], runs: Mapping[str, Sequence[History]]) -> None:
    """Draw the accuracies at the end of each run over what was varied, on a logarithmic axis.

    Args:
        name: what was varied.
        values: its values, all positive.
        runs: name of the network → a run for each value.
    """
    _, (left, right) = plt.subplots(1, 2, figsize=(11, 3.4))
    for (label, histories), color in zip(runs.items(), COLORS, strict=False):
        left.semilogx(values, [run.train_accuracy[-1] for run in histories], "o-", color=color, label=label)
        right.semilogx(values, [run.validation_accuracy[-1] for run in histories], "o-", color=color, label=label)
    left.set(xlabel=name, title=words.training(), ylim=(0, 1.02))
    right.set(xlabel=name, title=words.validation(), ylim=(0, 1.02))
    right.legend()
    for axes in (left, right):
        axes.grid(alpha=0.3)
    plt.tight_layout()


def plot_batch_sizes(runs: Mapping[str, Mapping[int, History]]) -> None:
    """Draw training (dashed) and validation accuracy (solid) above 0.6: a panel a network, a color a batch size.

    Args:
        runs: name of the network → batch size → run.
    """
    _, row = plt.subplots(1, len(runs), figsize=(11, 3.6), sharey=True, squeeze=False)
    for axes, (label, histories) in zip(row[0], runs.items(), strict=True):
        for (size, history), color in zip(histories.items(), COLORS, strict=False):
            legend = words.batch_size(size=size)
            axes.plot(history.train_accuracy, "--", color=color, alpha=0.6)
            axes.plot(history.validation_accuracy, "o-", markersize=3, color=color, label=legend)
        axes.set(title=label, xlabel=words.epoch(), ylim=(0.6, 1.01))
        axes.grid(alpha=0.3)
    row[0][0].set_ylabel(words.both(), fontsize=9)
    row[0][-1].legend(loc="lower right")
    plt.tight_layout()


def plot_speedup(sizes: Sequence[int], staged: Sequence[float], simplified: Sequence[float]) -> None:
    """Draw the times of the two backward passes, and their quotient, over the number of rows in the batch.

    Args:
        sizes: rows.
        staged: seconds of the staged pass, for each size.
        simplified: seconds of the simplified pass, for each size.
    """
    _, (left, right) = plt.subplots(1, 2, figsize=(11, 3.4))
    left.loglog(sizes, [1e3 * time for time in staged], "o-", color=ORANGE, label=words.staged())
    left.loglog(sizes, [1e3 * time for time in simplified], "o-", color=BLUE, label=words.simplified())
    left.set(xlabel=words.rows(), title=words.time())
    left.legend()
    right.semilogx(sizes, [a / b for a, b in zip(staged, simplified, strict=True)], "o-", color=BLUE)
    right.axhline(1, color=GREY, linestyle=":")
    right.set(xlabel=words.rows(), title=words.speedup(), ylim=(0, None))
    for axes in (left, right):
        axes.grid(alpha=0.3)
    plt.tight_layout()
