"""Read the 8×8 handwritten digits in the three parts of datasets/digits.csv."""

from dataclasses import dataclass

import numpy as np

from labkit.arrays import Array, Labels
from labkit.files import find_dataset


@dataclass(frozen=True)
class Digits:
    """Images as rows of 64 pixels from −1 (paper) to 1 (ink), and their labels 0 … 9.

    Attributes:
        x_train: (1200, 64).
        y_train: (1200,).
        x_validation: (300, 64).
        y_validation: (300,).
        x_test: (297, 64).
        y_test: (297,).
    """

    x_train: Array
    y_train: Labels
    x_validation: Array
    y_validation: Labels
    x_test: Array
    y_test: Labels


def load_digits() -> Digits:
    """Return the digits of the UCI repository (CC BY 4.0; datasets/README.md names their origin).

    Raises:
        FileNotFoundError: datasets/digits.csv is neither near the notebook nor near labkit.
    """
    with find_dataset("digits.csv").open(encoding="ascii") as file:
        rows = [line.rstrip("\n").split(",") for line in file][1:]
    parts: list[Array | Labels] = []
    for part in ("train", "validation", "test"):
        table = np.array([row[1:] for row in rows if row[0] == part], dtype=np.intp)
        parts += [table[:, 1:] / 8.0 - 1.0, table[:, 0]]
    return Digits(*parts)  # type: ignore[arg-type]
