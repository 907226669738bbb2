"""Read the planar data of the regularization lab: two kinds of moss on both sides of a winding stream."""

from dataclasses import dataclass

import numpy as np

from labkit.arrays import Array
from labkit.files import find_dataset


@dataclass(frozen=True)
class Planar:
    """Places in the plane as columns, with what was written down there.

    Attributes:
        train_X: (2, 200), the places to learn from.
        train_Y: (1, 200), the labels 0 and 1 as they were written down, some of them wrong.
        train_truth: (1, 200), what really grows there. A real survey would not have it: for looking back only.
        test_X: (2, 200), the places to be examined on.
        test_Y: (1, 200), their labels, all right.
    """

    train_X: Array
    train_Y: Array
    train_truth: Array
    test_X: Array
    test_Y: Array


def load_planar() -> Planar:
    """Read the two CSV files; datasets/README.md names their origin.

    Raises:
        FileNotFoundError: datasets/ is neither near the notebook nor near labkit.
    """
    train, test = (
        np.loadtxt(find_dataset(f"planar_{part}.csv"), delimiter=",", skiprows=1, encoding="ascii").T
        for part in ("train", "test")
    )
    return Planar(train[:2], train[2:3], train[3:4], test[:2], test[2:3])
