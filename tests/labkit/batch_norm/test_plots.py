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

pytestmark = pytest.mark.slow

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
    pictures.plot_digits(digits, 5)
    assert [axes.get_title() for axes in plt.gcf().axes] == [str(label) for label in digits.y_train[:5]]


def test_activations_have_a_panel_a_layer_and_survive_dead_layers() -> None:
    layers = [np.full((4, 3), 10.0**-k) for k in range(3)]
    pictures.plot_activations({"alive": layers, "dead": [layers[0], np.zeros((4, 3))]})
    assert len(plt.gcf().axes) == 3


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


def test_histories_show_each_run_in_three_panels() -> None:
    pictures.plot_histories([RUN, RUN])
    assert [len(axes.lines) for axes in plt.gcf().axes] == [2, 2, 2]
    assert heights(1, 0) == RUN.train_accuracy


def test_sweep_shows_the_last_accuracies_over_the_values() -> None:
    pictures.plot_sweep("scale", [0.1, 1.0], {"plain": [RUN, RUN], "batch norm": [RUN, RUN]})
    assert heights(0, 1) == [0.6, 0.6]
    assert heights(1, 1) == [0.5, 0.5]


def test_batch_sizes_have_a_panel_a_network() -> None:
    pictures.plot_batch_sizes({"plain": {5: RUN, 50: RUN}, "batch norm": {5: RUN, 50: RUN}})
    assert [len(axes.lines) for axes in plt.gcf().axes] == [4, 4]


def test_speedup_is_staged_over_simplified() -> None:
    pictures.plot_speedup([10, 100], [2.0, 9.0], [1.0, 3.0])
    assert heights(1, 0) == [2.0, 3.0]
