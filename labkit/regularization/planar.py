"""Read the planar data of the regularization lab: two kinds of moss on both sides of a winding stream."""

from dataclasses import dataclass, replace

import numpy as np

from labkit.arrays import Array
from labkit.files import find_dataset


@dataclass(frozen=True)
class Planar:
    """Places in the plane as columns, with what was written down there.

    Attributes:
        train_X: (2, m), the places to learn from; m is 200.
        train_Y: (1, m), the labels 0 and 1 as they were written down, some of them wrong.
        train_truth: (1, m), what really grows there. A real survey would not have it: for looking back only.
        validation_X: (2, 200), the places to choose by: when to stop, how strong a remedy.
        validation_Y: (1, 200), their labels, all right.
        test_X: (2, 200), the places to be examined on.
        test_Y: (1, 200), their labels, all right.
    """

    train_X: Array
    train_Y: Array
    train_truth: Array
    validation_X: Array
    validation_Y: Array
    test_X: Array
    test_Y: Array


def stream(x1: Array) -> Array:
    """Return where the stream runs: the border x2 at each x1. A real survey would not have it either."""
    return np.asarray(0.5 * x1 * np.sin(2.0 * x1) + 0.1 * x1)


def survey(places: int, wrong: float = 0.15, seed: int = 0) -> Planar:
    """Send a team to other places: the same valley, a training part of another size, or with other mistakes.

    Args:
        places: How many places the training part has.
        wrong: The share of its labels that are wrong.
        seed: Of the places and of the mistakes.

    Returns:
        Data with a new training part; the validation and the test part are those of ``load_planar``.
    """
    rng = np.random.default_rng(seed)
    x1 = rng.uniform(-2.0, 2.0, places)
    x2 = stream(x1) + rng.uniform(-1.5, 1.5, places)
    truth = (x2 > stream(x1)).astype(np.float64)
    mistaken = rng.permutation(places) < round(wrong * places)
    label = np.where(mistaken, 1 - truth, truth)
    return replace(load_planar(), train_X=np.array([x1, x2]), train_Y=label[None], train_truth=truth[None])


def load_planar() -> Planar:
    """Read the three CSV files; datasets/README.md names their origin.

    Raises:
        FileNotFoundError: datasets/ is neither near the notebook nor near labkit.
    """
    train, validation, test = (
        np.loadtxt(find_dataset(f"planar_{part}.csv"), delimiter=",", skiprows=1, encoding="ascii").T
        for part in ("train", "validation", "test")
    )
    return Planar(train[:2], train[2:3], train[3:4], validation[:2], validation[2:3], test[:2], test[2:3])
