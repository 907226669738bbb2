"""Makes planar_train.csv, planar_validation.csv and planar_test.csv, two kinds of moss along a winding stream.

Run it from any folder with ``python datasets/make_planar.py``; it writes the files beside itself, byte for byte
the same each time (a test compares). The data set is our own invention and stands for no real place.
"""

import sys
from pathlib import Path

import numpy as np

SEED = 1
EXAMPLES = 200
MISTAKEN = 30  # labels of the training part that were written down wrong: 15 %


def stream(x1: float) -> float:
    """Say where the stream runs: the border x2 at this x1."""
    return 0.5 * x1 * float(np.sin(2.0 * x1)) + 0.1 * x1


def survey(rng: np.random.Generator, mistaken: int) -> list[str]:
    """Visit EXAMPLES places along the stream and write down what grows there.

    Args:
        rng: The source of the places and of the mistakes.
        mistaken: How many labels are written down wrong.

    Returns:
        The lines of a CSV file. ``label`` is what was written down, ``true_label`` what really grows there.
    """
    wrong = set(rng.permutation(EXAMPLES)[:mistaken].tolist())
    lines = ["x1,x2,label,true_label"]
    for number in range(EXAMPLES):
        x1 = round(-2.0 + 4.0 * rng.random(), 3)
        x2 = round(stream(x1) - 1.5 + 3.0 * rng.random(), 3)
        true_label = int(x2 > stream(x1))
        label = 1 - true_label if number in wrong else true_label
        lines.append(f"{x1:.3f},{x2:.3f},{label},{true_label}")
    return lines


def main(folder: Path) -> None:
    """Write the three files to the folder: the training part with mistakes, the others without.

    Args:
        folder: Where the files go.
    """
    rng = np.random.default_rng(SEED)
    for part, mistaken in (("train", MISTAKEN), ("test", 0), ("validation", 0)):
        text = "\n".join(survey(rng, mistaken)) + "\n"
        (folder / f"planar_{part}.csv").write_bytes(text.encode("ascii"))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
