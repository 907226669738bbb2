"""Draw the pictures of the batch-normalization lab: a figure a function, which the notebook shows."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import FancyArrowPatch
from matplotlib.ticker import MaxNLocator

from labkit.arrays import Array
from labkit.batch_norm import words
from labkit.batch_norm.digits import Digits
from labkit.batch_norm.training import History
from labkit.fonts import drawing, tight_layout
from labkit.language import ENGLISH, chosen_language, speaking
from labkit.palette import BATCH_NORM, CLASS_COLORS, LAYER_NORM, OWN, PLAIN, STYLES, Look, line

RED, GREY, BLUE = "#c62f2f", "#555555", "#1f5fa8"
MARKERS = "os^Dv"
WIDTHS = (5.0, 2.6, 1.1)
"""Of lines that may lie on each other: all can be seen."""

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


@drawing
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


def _shades(count: int) -> list[Any]:
    """Return colors for an ordered quantity, dark to light, which differ in grey and with any color vision."""
    return [mpl.colormaps["cividis"](position) for position in np.linspace(0.02, 0.76, count)]


def _looks(labels: Sequence[str]) -> list[Look]:
    """Return the look of each recipe by its name; a name that is not known gets that of a student's own."""
    known: dict[str, Look] = {}
    for name in (ENGLISH, chosen_language()):  # where no font has its signs, a picture is English and the names are not
        with speaking(name):
            known |= {words.plain(): PLAIN, words.batch_norm(): BATCH_NORM, words.layer_norm(): LAYER_NORM}
    return [known.get(label, OWN) for label in labels]


@drawing
def plot_digits(digits: Digits) -> None:
    """Show the first two training images of each class under its label."""
    _, grid = plt.subplots(2, 10, figsize=(11, 2.7))
    for label, column in enumerate(grid.T):
        for axes, image in zip(column, digits.x_train[digits.y_train == label], strict=False):
            axes.imshow(image.reshape(8, 8), cmap="gray_r", vmin=-1, vmax=1)
        for axes in column:
            axes.axis("off")
        column[0].set_title(str(label), fontsize=13)
    tight_layout(pad=0.3)


@drawing
def plot_activations(networks: Mapping[str, Sequence[Array]]) -> None:
    """Draw the sizes of the activations: a panel a layer, a color and a line width a network.

    The axis of the sizes is logarithmic and goes at least over POWERS. Zeros have no place on it: their share stands
    below each panel. Values that are not finite are left out.

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
    _, row = plt.subplots(1, depth, figsize=(11, 4.2), sharey=True, squeeze=False)
    for (name, layers), color, width in zip(sizes.items(), _shades(len(sizes)), WIDTHS, strict=False):
        for axes, layer in zip(row[0], layers, strict=False):
            counts, _ = np.histogram(layer, bins)
            axes.stairs(counts, bins, orientation="horizontal", fill=True, color=color, alpha=0.12)
            outline = np.where(counts > 0, counts, np.nan)
            axes.stairs(outline, bins, orientation="horizontal", color=color, linewidth=width, label=name)
    for number, axes in enumerate(row[0]):
        shares = [np.mean(layers[number] == 0) for layers in networks.values() if number < len(layers)]
        axes.set(xticks=[], title=str(number + 1), xlabel=_range(shares))
        axes.axhline(0, color=GREY, linewidth=0.6)
    ticks = np.arange(POWERS[0], bins[-1], 4)
    row[0][0].set(yticks=ticks, yticklabels=[f"$10^{{{tick:.0f}}}$" for tick in ticks], ylabel=words.size())
    handles, labels = row[0][0].get_legend_handles_labels()
    figure = plt.gcf()
    figure.suptitle(words.layers())
    figure.legend(handles, labels, loc="lower center", ncols=len(networks), frameon=False)
    figure.text(0.5, 0.085, words.zeros(), ha="center", fontsize=10)
    tight_layout(rect=(0, 0.1, 1, 1), w_pad=0.2)


def _range(shares: Sequence[Any]) -> str:
    low, high = f"{min(shares):.0%}", f"{max(shares):.0%}"
    return low if low == high else f"{low[:-1]}–{high}"


@drawing
def plot_gradients(networks: Mapping[str, Mapping[str, Sequence[float]]]) -> None:
    """Draw the size of the gradient in each layer on a logarithmic axis: a panel a network, a line a setting.

    Args:
        networks: name of the network → setting → size of the gradient of each layer's weights.
    """
    _, row = plt.subplots(1, len(networks), figsize=(11, 3.8), sharey=True, squeeze=False)
    for axes, (name, settings) in zip(row[0], networks.items(), strict=True):
        for (label, sizes), color, marker, width in zip(
            settings.items(), _shades(len(settings)), MARKERS, WIDTHS, strict=False
        ):
            axes.semilogy(range(1, len(sizes) + 1), sizes, marker=marker, color=color, linewidth=width, label=label)
        axes.set(title=name, xlabel=words.weights_of_layer(), xticks=range(1, len(sizes) + 1))
        axes.grid(alpha=0.3)
    row[0][0].set_ylabel(words.gradient_size())
    handles, labels = row[0][0].get_legend_handles_labels()
    plt.gcf().legend(handles, labels, loc="lower center", ncols=len(labels), frameon=False)
    tight_layout(rect=(0, 0.08, 1, 1))


@drawing
def plot_clouds(clouds: Mapping[str, Array]) -> None:
    """Draw clouds of points in the plane side by side on the same scale, with their center and the way they lean.

    Args:
        clouds: title → points (N, 2).
    """
    _, row = plt.subplots(1, len(clouds), figsize=(11, 4.7), sharex=True, sharey=True, squeeze=False)
    for axes, (title, points) in zip(row[0], clouds.items(), strict=True):
        center, spread = points.mean(axis=0), np.asarray(points.std(axis=0))
        axes.axhline(0, color="lightgrey", zorder=0)
        axes.axvline(0, color="lightgrey", zorder=0)
        axes.scatter(points[:, 0], points[:, 1], s=14, alpha=0.5, color=BLUE)
        correlation = float(np.asarray(np.corrcoef(points.T))[0, 1]) if spread.all() else 0.0
        ends = center + 2 * np.outer([-1, 1], spread * [1, np.sign(correlation)])
        axes.plot(ends[:, 0], ends[:, 1], color="black", linewidth=1.5)
        axes.plot(*center, "+", color=RED, markersize=18, markeredgewidth=3)
        axes.set(title=f"{title}\n{words.correlation(correlation)}", xlabel=words.feature_1(), box_aspect=1)
    reach = max(float(np.abs(points).max()) for points in clouds.values() if np.isfinite(points).all()) + 0.5
    row[0][0].set(ylabel=words.feature_2(), xlim=(-reach, reach), ylim=(-reach, reach))
    tight_layout()


@drawing
def plot_histories(histories: Sequence[History]) -> None:
    """Draw runs in three panels: loss of each step, training and validation accuracy of each epoch.

    Of runs with the same label, which differ in their seed, the first is drawn thick.
    """
    _, (left, middle, right) = plt.subplots(1, 3, figsize=(11, 3.6))
    drawn: set[str] = set()
    for history, look in zip(histories, _looks([history.label for history in histories]), strict=True):
        first = history.label not in drawn
        drawn.add(history.label)
        style = {"color": look.color, "alpha": 1.0 if first else 0.35, "linewidth": 2.0 if first else 1.0}
        style |= {"label": history.label} if first else {}
        left.plot(_smooth(history.losses, max(15, len(history.losses) // 40)), **style)
        points = {**style, "marker": look.marker, "markersize": 5 if first else 0}
        middle.plot(history.train_accuracy, **points)
        right.plot(history.validation_accuracy, **points)
    left.axhline(np.log(10), color=GREY, linestyle=":")
    left.set(xlabel=words.step(), title=words.loss(), ylim=(0, None))
    middle.set(xlabel=words.epoch(), title=words.training(), ylim=(0, 1.02))
    right.set(xlabel=words.epoch(), title=words.validation(), ylim=(0, 1.02))
    middle.legend()
    for axes in (left, middle, right):
        axes.grid(alpha=0.3)
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    tight_layout()


def _smooth(values: Sequence[float], width: int) -> Array:
    """Return the running mean over `width` steps."""
    width = min(width, len(values))
    return np.convolve(values, np.ones(width) / width, mode="valid")


@drawing
def plot_sweep(name: str, values: Sequence[float], runs: Mapping[str, Sequence[History]]) -> None:
    """Draw the accuracies at the end of each run over what was varied, on a logarithmic axis.

    Args:
        name: what was varied.
        values: its values, all positive.
        runs: name of the network → a run for each value.
    """
    _, (left, right) = plt.subplots(1, 2, figsize=(11, 3.6))
    for (label, histories), look in zip(runs.items(), _looks(list(runs)), strict=True):
        style = line(look)
        left.semilogx(values, [run.train_accuracy[-1] for run in histories], label=label, **style)
        right.semilogx(values, [run.validation_accuracy[-1] for run in histories], label=label, **style)
    left.set(xlabel=name, title=words.training(), ylim=(0, 1.02))
    right.set(xlabel=name, title=words.validation(), ylim=(0, 1.02))
    left.legend()
    for axes in (left, right):
        axes.grid(alpha=0.3)
        axes.set_xticks(values, _apart(values))
        axes.tick_params(axis="x", which="minor", bottom=False, labelbottom=False)
    tight_layout()


def _apart(values: Sequence[float]) -> list[str]:
    """Label the ticks of a logarithmic axis; one that is close to the label before it gets none."""
    labels: list[str] = []
    last = 0.0
    for value in values:
        labels.append(f"{value:g}" if value > 2 * last else "")
        last = value if labels[-1] else last
    return labels


@drawing
def plot_batch_sizes(runs: Mapping[str, Mapping[int, History]], right_labels: float | None = None) -> None:
    """Draw training (dashed) and validation accuracy (solid) after each epoch: a panel a network, a line a batch size.

    Args:
        runs: name of the network → batch size → run.
        right_labels: share of the training labels that are right, drawn as a line, if some are wrong.
    """
    _, row = plt.subplots(1, len(runs), figsize=(11, 4.0), sharey=True, squeeze=False)
    lowest = 1.0
    for axes, (label, histories) in zip(row[0], runs.items(), strict=True):
        for (size, history), color, marker in zip(histories.items(), _shades(len(histories)), MARKERS, strict=False):
            epochs = range(1, len(history.train_accuracy))
            style = {"color": color, "marker": marker, "markersize": 5, "markevery": max(1, len(epochs) // 8)}
            axes.plot(epochs, history.train_accuracy[1:], STYLES["train"], alpha=0.7, **style)
            text = words.batch_size(size=size)
            axes.plot(epochs, history.validation_accuracy[1:], STYLES["validation"], label=text, **style)
            lowest = min([lowest, *history.train_accuracy[1:], *history.validation_accuracy[1:]])
        if right_labels is not None:
            axes.axhline(right_labels, color=GREY, linestyle=":", label=words.right_labels())
        axes.set(title=label, xlabel=words.epoch(), ylim=(max(0.0, lowest - 0.03), 1.01))
        axes.grid(alpha=0.3)
    row[0][0].set_ylabel(words.accuracy())
    handles, labels = row[0][-1].get_legend_handles_labels()
    for part, name in (("train", words.training()), ("validation", words.validation())):
        handles += plt.gca().plot([], [], STYLES[part], color=GREY)  # type: ignore[index]
        labels.append(name)
    plt.gcf().legend(handles, labels, loc="lower center", ncols=len(labels), frameon=False)
    tight_layout(rect=(0, 0.08, 1, 1))


@drawing
def plot_noise(sizes: Sequence[int], spreads: Sequence[float]) -> None:
    """Draw how far the normalized values of an image move with its company, over the size of the batch.

    Args:
        sizes: of the batches.
        spreads: standard deviation over many companies, for each size.
    """
    _, axes = plt.subplots(figsize=(6.5, 3.6))
    axes.loglog(sizes, spreads, label=words.measured(), **line(BATCH_NORM))
    axes.loglog(sizes, [1 / np.sqrt(size) for size in sizes], ":", color=GREY, label=r"$1/\sqrt{N}$")
    axes.set_xticks(sizes, [str(size) for size in sizes])
    ticks = (0.05, 0.1, 0.2, 0.5)
    axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.set(xlabel=words.rows(), title=words.noise())
    axes.legend()
    axes.grid(alpha=0.3)
    tight_layout()


@drawing
def plot_speedup(sizes: Sequence[int], staged: Sequence[float], simplified: Sequence[float]) -> None:
    """Draw the times of the two backward passes, and their quotient, over the number of rows in the batch.

    Args:
        sizes: rows.
        staged: seconds of the staged pass, for each size.
        simplified: seconds of the simplified pass, for each size.
    """
    _, (left, right) = plt.subplots(1, 2, figsize=(11, 3.6))
    amber, violet = CLASS_COLORS
    left.loglog(sizes, [1e3 * time for time in staged], "^--", color=amber, label=words.staged())
    left.loglog(sizes, [1e3 * time for time in simplified], "o-", color=violet, label=words.simplified())
    left.set(xlabel=words.rows(), title=words.time())
    left.legend()
    right.semilogx(sizes, [a / b for a, b in zip(staged, simplified, strict=True)], "o-", color=violet)
    right.axhline(1, color=GREY, linestyle=":")
    right.set(xlabel=words.rows(), title=words.speedup(), ylim=(0, None))
    for axes in (left, right):
        axes.grid(alpha=0.3)
    tight_layout()
