"""The pictures: what they show is what they were given, and a function that is not ready leaves a kind placeholder."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Circle

from labkit.arrays import Array
from labkit.regularization import plots, words
from labkit.regularization.gradient_check import GradientCheck, gradient_check
from labkit.regularization.network import Cache, accuracy, forward_propagation, initialize_parameters
from labkit.regularization.planar import Planar, load_planar
from labkit.regularization.training import Recipe, Run, train

pytestmark = pytest.mark.slow

NOT_READY = Run("later", problem="nothing yet")


@pytest.fixture(autouse=True)
def quiet_figures(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(plt, "show", lambda: None)
    plt.close("all")
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def data() -> Planar:
    return load_planar()


@pytest.fixture(scope="module")
def run(data: Planar) -> Run:
    return train(data.train_X, data.train_Y, Recipe("plain"), steps=60)


@pytest.fixture
def constant_run() -> Run:
    """A network that always answers 1."""
    parameters = {name: np.zeros_like(value) for name, value in initialize_parameters([2, 3, 2, 1]).items()}
    parameters["b3"] += 2.0
    parameters["W2"] += 3.0
    return Run("always B", [0, 1], [0.5, 0.4], [parameters, parameters])


def axes() -> list[Axes]:
    return plt.gcf().axes


def heights(line: Line2D) -> Array:
    return np.asarray(line.get_ydata())


def texts_of(ax: Axes) -> str:
    return " ".join([ax.get_title(), *(text.get_text() for text in ax.texts)])


def test_places_shows_every_example_of_the_training_and_the_validation_part(data: Planar) -> None:
    plots.places(data)
    for ax, X in zip(axes(), (data.train_X, data.validation_X), strict=True):
        shown = np.concatenate([np.asarray(points.get_offsets()) for points in ax.collections])
        assert {tuple(point) for point in shown} == {tuple(point) for point in X.T}


def test_boundaries_names_the_accuracies_and_rings_the_wrong_labels(data: Planar, constant_run: Run) -> None:
    plots.boundaries([constant_run, NOT_READY], data)
    shown, waiting = axes()
    train_share, share = np.mean(data.train_Y == 1), np.mean(data.validation_Y == 1)
    assert f"training {train_share:.3f}, validation {share:.3f}" in shown.get_title()
    rings = next(points for points in shown.collections if points.get_label() == words.mistaken())
    assert len(np.asarray(rings.get_offsets())) == 30
    assert words.waiting() in texts_of(waiting)
    assert {*words.classes(), words.mistaken(), words.border(), words.true_border()} == legend_below()


def legend_below() -> set[str]:
    return {text.get_text() for text in plt.gcf().legends[0].get_texts()}


def test_the_true_border_is_the_stream_and_may_be_left_out(data: Planar, constant_run: Run) -> None:
    plots.boundaries([constant_run], data)
    true = next(line for line in axes()[0].get_lines() if line.get_label() == words.true_border())
    across, up = np.asarray(true.get_xdata()), heights(true)
    np.testing.assert_allclose(up, 0.5 * across * np.sin(2 * across) + 0.1 * across)
    plots.boundaries([constant_run], data, border=False)
    assert words.true_border() not in legend_below()


def test_cost_curves_show_the_costs_after_the_first_and_name_what_is_not_trained(run: Run) -> None:
    plots.cost_curves([run, NOT_READY])
    line, empty = axes()[0].get_lines()
    np.testing.assert_array_equal(heights(line), run.costs[1:])
    assert heights(empty).size == 0
    legend = axes()[0].get_legend()
    assert legend and "later (not trained yet)" in [text.get_text() for text in legend.get_texts()]


def test_learning_curves_show_the_plain_cross_entropy_of_both_parts(data: Planar, run: Run) -> None:
    plots.learning_curves([run, NOT_READY], data)
    train_line, validation_line = axes()[0].get_lines()
    np.testing.assert_allclose(heights(train_line), run.costs)
    answers = forward_propagation(data.validation_X, run.parameters)[0]
    expected = -np.mean(np.log(np.where(data.validation_Y == 1, answers, 1 - answers)))
    assert heights(validation_line)[-1] == pytest.approx(expected)
    assert words.waiting() in texts_of(axes()[1])
    plots.learning_curves([run], data, lowest=True)
    *_, mark = axes()[0].get_lines()
    assert np.asarray(mark.get_xdata())[0] == run.steps[int(np.argmin(heights(validation_line)))]


def test_weight_sizes_leave_the_biases_out(constant_run: Run) -> None:
    plots.weight_sizes([constant_run, NOT_READY])
    assert list(heights(axes()[0].get_lines()[0])) == [9 * 6, 9 * 6]


def test_sweep_leaves_out_what_is_not_trained_and_marks_the_share_of_right_labels(
    data: Planar, constant_run: Run
) -> None:
    plots.sweep({0: constant_run, 0.5: NOT_READY, 2: constant_run}, "λ", data)
    train_line, validation_line, *_, truth = axes()[0].get_lines()
    share = np.mean(data.validation_Y == 1)
    assert list(np.asarray(train_line.get_xdata())) == [0, 2]
    assert list(heights(validation_line)) == [share] * 2
    bars = axes()[0].collections[0].get_segments()  # type: ignore[attr-defined]
    np.testing.assert_allclose(bars[0][:, 1], share + np.array([-1, 1]) * np.sqrt(share * (1 - share) / 200))
    assert heights(truth)[0] == 0.85
    assert [label.get_text() for label in axes()[0].get_xticklabels()] == ["0", "0.5", "2"]


def test_sweep_of_nothing_waits_kindly(data: Planar) -> None:
    plots.sweep({1: NOT_READY}, "λ", data)
    assert words.waiting() in texts_of(axes()[0])


def test_spread_shows_each_seed_and_their_mean(data: Planar, constant_run: Run, run: Run) -> None:
    plots.spread([[constant_run, run], [NOT_READY, NOT_READY]], data)
    shares = [accuracy(data.validation_X, data.validation_Y, each.parameters) for each in (constant_run, run)]
    shown = np.asarray(axes()[0].collections[0].get_offsets())[:, 0]
    np.testing.assert_allclose(shown, shares)
    np.testing.assert_allclose(np.asarray(axes()[0].get_lines()[0].get_xdata()), np.mean(shares))
    assert "later (not trained yet)" in [label.get_text() for label in axes()[0].get_yticklabels()]


def test_crowd_compares_thinned_networks_with_the_full_one(data: Planar, constant_run: Run) -> None:
    plots.crowd([constant_run.parameters] * 3, constant_run, data)
    left, middle = axes()[:2]
    share = np.mean(data.validation_Y == 1)
    labels = [line.get_label() for line in left.get_lines()]
    assert labels == [words.crowd_average(share), words.full_network(share)]
    full, average = np.asarray(middle.get_lines()[0].get_data())
    np.testing.assert_allclose(full, average)


def test_crowd_of_nobody_waits_kindly(data: Planar, constant_run: Run) -> None:
    plots.crowd([], constant_run, data)
    assert all(words.not_there() in texts_of(ax) for ax in axes())


def test_gradients_sets_each_entry_against_the_measured_one() -> None:
    check = gradient_check(Recipe("plain"))
    plots.gradients(check)
    for points, name in zip(axes()[0].collections, check.numeric, strict=True):
        measured, yours = np.asarray(points.get_offsets()).T
        np.testing.assert_array_equal(measured, check.numeric[name].ravel())
        np.testing.assert_array_equal(yours, check.yours[name].ravel())


def test_gradients_of_a_check_that_failed_wait_kindly_beside_the_others() -> None:
    plots.gradients(gradient_check(Recipe("plain")), GradientCheck("later", problem="nothing yet"))
    assert words.waiting() not in texts_of(axes()[0]) and words.waiting() in texts_of(axes()[1])


def test_the_dots_of_the_l2_picture_are_the_lowest_points_of_the_sums() -> None:
    plots.l2_objective()
    dots = np.array(axes()[2].get_lines()[-1].get_data()).T
    steep, flat = np.array([0.96, -0.28]), np.array([0.28, 0.96])
    best = dots[0]
    for strength, dot in zip((0.0, 0.03, 0.1, 0.3, 1.0, 10.0), dots, strict=True):

        def height(w: Array, strength: float = strength) -> float:
            across, along = (w - best) @ steep, (w - best) @ flat
            return float(across**2 + 0.06 * along**2 + strength * w @ w)

        around = [dot + 0.01 * np.array([np.cos(angle), np.sin(angle)]) for angle in np.linspace(0, 6, 12)]
        assert all(height(dot) < height(point) for point in around)


def test_the_l2_picture_gives_up_the_flat_direction_first() -> None:
    plots.l2_objective()
    dots = np.array(axes()[2].get_lines()[-1].get_data()).T
    kept = dots[2] @ np.array([[0.96, 0.28], [-0.28, 0.96]]) / (dots[0] @ np.array([[0.96, 0.28], [-0.28, 0.96]]))
    assert kept[0] > 0.85
    assert kept[1] < 0.45


def circles(ax: Axes, style: str) -> list[Circle]:
    return [patch for patch in ax.patches if isinstance(patch, Circle) and patch.get_linestyle() == style]


def test_dropped_units_are_dashed_and_lose_all_their_connections() -> None:
    plots.full_and_thinned()
    full, thinned = axes()
    assert (len(circles(full, "-")), len(circles(full, "--"))) == (12, 0)
    assert (len(circles(thinned, "-")), len(circles(thinned, "--"))) == (8, 4)
    assert len(full.get_lines()) == 2 * 5 + 5 * 4 + 4
    assert len(thinned.get_lines()) == 2 * 3 + 3 * 2 + 2


def test_the_dropout_steps_drop_other_units_the_second_time() -> None:
    plots.dropout_step_by_step()
    dropped = [{patch.center for patch in circles(ax, "--")} for ax in axes()]
    assert dropped[0] == dropped[2] == set()
    assert dropped[1] and dropped[3] and not dropped[1] & dropped[3]


def shaken(X: Array, parameters: Mapping[str, Array], masks: Callable[[tuple[int, ...]], Array]) -> tuple[Array, Cache]:
    """A stand-in with a cache in the form of the lab, masks drawn by the test."""
    _, (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3) = forward_propagation(X, parameters)
    D1, D2 = masks(A1.shape), masks(A2.shape)
    return A3, (Z1, D1, A1 * D1, W1, b1, Z2, D2, A2, W2, b2, Z3, A3, W3, b3)


def test_masks_shows_what_is_kept_and_its_share(data: Planar) -> None:
    striped = Recipe(
        "striped", forward=partial(shaken, masks=lambda shape: np.arange(shape[0])[:, None] % 2 * np.ones(shape))
    )
    plots.masks(striped, data.train_X[:, :7], initialize_parameters([2, 6, 4, 1]))
    for ax, units in zip(axes(), (6, 4), strict=True):
        np.testing.assert_array_equal(ax.images[0].get_array(), np.arange(units)[:, None] % 2 * np.ones((units, 7)))
        assert "50.0% kept" in ax.get_title()


def test_averages_of_masks_of_ones_lie_on_the_diagonal(data: Planar) -> None:
    parameters = initialize_parameters([2, 6, 4, 1])
    plots.averages(Recipe("ones", forward=partial(shaken, masks=np.ones)), data.train_X, parameters, times=3)
    across, up = np.asarray(axes()[0].collections[0].get_offsets()).T
    np.testing.assert_allclose(across, up)
    assert across.size == 6 * 200


@pytest.mark.parametrize("picture", [plots.masks, plots.averages])
def test_pictures_of_an_empty_forward_pass_say_so(
    picture: Callable[..., None], data: Planar, capsys: pytest.CaptureFixture[str]
) -> None:
    def still_empty(X: Array, parameters: Mapping[str, Array]) -> Any:
        return None

    picture(Recipe("empty", forward=still_empty), data.train_X, initialize_parameters([2, 6, 4, 1]))
    assert "still_empty" in capsys.readouterr().out
    assert all(words.not_there() in texts_of(ax) for ax in axes())


def test_accuracy_table_counts_the_wrong_labels_that_the_network_repeats(
    data: Planar, constant_run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    plots.accuracy_table([constant_run, NOT_READY], data)
    _, row, waiting, error = capsys.readouterr().out.splitlines()
    repeated = int(np.sum((data.train_truth == 0) & (data.train_Y == 1)))
    shares = [f"{np.mean(labels):.3f}" for labels in (data.train_Y, data.validation_Y, data.test_Y)]
    assert row.split()[-3:] == [*shares[:2], str(repeated)]
    assert waiting.split(maxsplit=1) == ["later", "not trained yet"]
    assert f"{shares[1]} at 200 places is uncertain by about ±0.035" in error


def test_the_test_part_is_looked_at_only_when_asked_for_and_a_table_fits_on_a_page(
    data: Planar, constant_run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    constant_run.name = "dropout, keep_prob = 0.5 with more"
    for test in (False, True):
        plots.accuracy_table([constant_run], data, test=test)
        shown = capsys.readouterr().out
        assert (f"{np.mean(data.test_Y):.3f}" in shown.splitlines()[1]) == test
        assert max(map(len, shown.splitlines())) <= 88
