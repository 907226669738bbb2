"""The pictures of the batch-normalization lab show what they are given."""

from collections.abc import Iterator

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from labkit.batch_norm import plots as pictures
from labkit.batch_norm.digits import load_digits
from labkit.batch_norm.training import History
from labkit.palette import BATCH_NORM, OWN, PLAIN

pytestmark = pytest.mark.slow

PLAIN_NAME = "plain network"
RUN = History("run", [2.0, 1.0, 0.5], [0.1, 0.6], [0.2, 0.5])


@pytest.fixture(autouse=True)
def closed_figures() -> Iterator[None]:
    plt.close("all")
    yield
    assert len(plt.get_fignums()) == 1, "one picture a function"
    plt.gcf().canvas.draw()
    plt.close("all")


def test_graph_has_every_edge_of_batch_normalization_in_both_directions() -> None:
    needs = {
        "mu": ("x",),
        "var": ("x", "mu"),
        "x_hat": ("x", "mu", "var"),
        "y": ("x_hat", "gamma", "beta"),
        "l": ("y",),
    }
    assert {(start, end) for start, end, _ in pictures.EDGES} == {
        (start, end) for end, starts in needs.items() for start in starts
    }
    pictures.draw_computational_graph()
    assert len(plt.gca().patches) == 2 * len(pictures.EDGES)
    texts = {text.get_text() for text in plt.gca().texts}
    assert {r"$x$", r"$\mu$", r"$\sigma^2$", r"$\hat{x}$", r"$y$", r"$l$", r"$\partial l/\partial \hat{x}$"} <= texts


def test_digits_are_shown_with_their_labels() -> None:
    digits = load_digits()
    pictures.plot_digits(digits)
    assert [axes.get_title() for axes in plt.gcf().axes[:10]] == [str(label) for label in range(10)]
    for axes, label in zip(plt.gcf().axes[:10], range(10), strict=True):
        first = digits.x_train[digits.y_train == label][0]
        assert np.array_equal(np.asarray(axes.images[0].get_array()).ravel(), first)


def test_activations_have_a_panel_a_layer_and_survive_dead_layers() -> None:
    layers = [np.full((4, 3), 10.0**-k) for k in range(3)]
    pictures.plot_activations({"alive": layers, "dead": [layers[0], np.zeros((4, 3))]})
    assert [axes.get_xlabel() for axes in plt.gcf().axes] == ["0%", "0–100%", "0%"], "the share of zeros"


def heights(panel: int, line: int) -> list[float]:
    """The values of one line of the figure."""
    values: list[float] = np.asarray(plt.gcf().axes[panel].lines[line].get_ydata()).tolist()
    return values


def test_activations_of_a_wrong_layer_are_drawn_as_nothing() -> None:
    pictures.plot_activations({"zeros": [np.zeros((4, 3))], "no numbers": [np.full((4, 3), np.nan)]})
    assert len(plt.gcf().axes) == 1


def test_clouds_share_their_scale() -> None:
    pictures.plot_clouds({"x": np.eye(2) * 9, "y": np.eye(2)})
    assert plt.gcf().axes[0].get_xlim() == plt.gcf().axes[1].get_xlim()


def test_gradients_have_a_panel_a_network_and_a_line_a_setting() -> None:
    pictures.plot_gradients({PLAIN_NAME: {"0.1": [1e-3, 1e-2], "1": [1.0, 2.0]}, "batch norm": {"0.1": [1.0, 1.0]}})
    assert [len(axes.lines) for axes in plt.gcf().axes] == [2, 1]
    assert heights(0, 0) == [1e-3, 1e-2]


def test_noise_stands_beside_its_law() -> None:
    pictures.plot_noise([4, 16], [0.6, 0.3])
    assert heights(0, 0) == [0.6, 0.3] and heights(0, 1) == [0.5, 0.25]


def test_clouds_say_how_their_features_are_correlated() -> None:
    points = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]])
    pictures.plot_clouds({"up": points, "down": points * [1, -1], "nothing": np.zeros((3, 2))})
    assert [axes.get_title()[-4:] for axes in plt.gcf().axes] == ["1.00", "1.00", "0.00"]
    assert "-1.00" in plt.gcf().axes[1].get_title()


def test_a_recipe_has_its_own_color_and_further_seeds_are_thin_without_a_legend() -> None:
    runs = [History(label, [1.0], [0.5, 0.6], [0.5, 0.6]) for label in (PLAIN_NAME, PLAIN_NAME, "batch norm", "mine")]
    pictures.plot_histories(runs)
    lines = plt.gcf().axes[1].lines
    assert [line.get_color() for line in lines] == [look.color for look in (PLAIN, PLAIN, BATCH_NORM, OWN)]
    assert [line.get_linewidth() for line in lines] == [2, 1, 2, 2]
    legend = plt.gcf().axes[1].get_legend()
    assert legend and [text.get_text() for text in legend.get_texts()] == [PLAIN_NAME, "batch norm", "mine"]


def test_shades_differ_in_grey() -> None:
    plt.figure()
    grey = [0.299 * r + 0.587 * g + 0.114 * b for r, g, b, _ in pictures._shades(4)]
    assert min(np.diff(grey)) > 0.12 and grey[-1] < 0.75, "dark to light, and not too pale on white"


def test_histories_show_each_run_in_three_panels() -> None:
    pictures.plot_histories([RUN, RUN])
    assert [len(axes.lines) for axes in plt.gcf().axes] == [3, 2, 2], "the loss has a line for pure guessing, too"
    assert heights(1, 0) == RUN.train_accuracy


def test_sweep_shows_the_last_accuracies_over_the_values() -> None:
    pictures.plot_sweep("scale", [0.1, 1.0], {PLAIN_NAME: [RUN, RUN], "batch norm": [RUN, RUN]})
    assert heights(0, 1) == [0.6, 0.6]
    assert heights(1, 1) == [0.5, 0.5]


def test_batch_sizes_have_a_panel_a_network() -> None:
    pictures.plot_batch_sizes({PLAIN_NAME: {5: RUN, 50: RUN}, "batch norm": {5: RUN, 50: RUN}}, right_labels=0.8)
    first, second = plt.gcf().axes
    assert len(first.lines) == 5 and first.get_xlim() == second.get_xlim()
    assert heights(0, 1) == RUN.validation_accuracy[1:], "from the first epoch on"


def test_speedup_is_staged_over_simplified() -> None:
    pictures.plot_speedup([10, 100], [2.0, 9.0], [1.0, 3.0])
    assert heights(1, 0) == [2.0, 3.0]
