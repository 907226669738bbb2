"""The colors of the labs can be told apart by a deuteranope, and printed in grey."""

from itertools import combinations

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from labkit import palette
from labkit.arrays import Array

DEUTERANOPE = np.array(  # Machado, Oliveira and Fernandes (2009), severity 1
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
)
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = np.array([0.9505, 1.0, 1.089])

PLANAR = (palette.PLAIN, palette.L2, palette.DROPOUT, palette.SAME_MASKS)
DIGITS = (palette.PLAIN, palette.BATCH_NORM, palette.LAYER_NORM, palette.DROPOUT)
PAIRS = [(a.color, b.color) for lab in (PLANAR, DIGITS) for a, b in combinations(lab, 2)] + [palette.CLASS_COLORS]


def linear(color: str) -> Array:
    channels = np.array(to_rgb(color))
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def lab(light: Array) -> Array:
    """Return L*, a*, b* of linear light."""
    share = XYZ @ np.clip(light, 0, 1) / WHITE
    f = np.where(share > 0.008856, np.cbrt(share), 7.787 * share + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_two_colors_of_the_same_lab_differ_with_any_color_vision_and_in_grey(first: str, second: str) -> None:
    assert np.linalg.norm(lab(linear(first)) - lab(linear(second))) > 25
    assert np.linalg.norm(lab(DEUTERANOPE @ linear(first)) - lab(DEUTERANOPE @ linear(second))) > 18
    assert abs(lab(linear(first))[0] - lab(linear(second))[0]) > 8


def test_every_recipe_has_a_color_and_a_marker_of_its_own_and_a_line_is_seen_on_white() -> None:
    looks = [value for value in vars(palette).values() if isinstance(value, palette.Look)]
    assert len({look.color for look in looks}) == len({look.marker for look in looks}) == len(looks)
    for look in looks:
        assert 1.05 / ((XYZ @ linear(look.color))[1] + 0.05) > 3, look


def test_a_long_line_has_few_markers_and_a_short_one_all() -> None:
    assert palette.line(palette.L2, "train", 200)["markevery"] == 25
    assert palette.line(palette.L2, "test")["markevery"] == 1
