"""The digits are those of the file, in its three parts."""

import csv
from pathlib import Path

from labkit.batch_norm.digits import load_digits

FILE = Path(__file__).resolve().parents[3] / "datasets" / "digits.csv"


def test_digits_are_those_of_the_file() -> None:
    digits = load_digits()
    with FILE.open(encoding="ascii") as file:
        rows = list(csv.DictReader(file))
    for part, images, labels in (
        ("train", digits.x_train, digits.y_train),
        ("validation", digits.x_validation, digits.y_validation),
        ("test", digits.x_test, digits.y_test),
    ):
        expected = [row for row in rows if row["part"] == part]
        assert images.shape == (len(expected), 64)
        assert labels.tolist() == [int(row["label"]) for row in expected]
        assert images[3, 8 * 2 + 5] == int(expected[3]["p25"]) / 8 - 1
        assert (images.min(), images.max()) == (-1.0, 1.0)
