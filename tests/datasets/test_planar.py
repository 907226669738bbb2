"""The planar data: made again byte for byte, and what its README says of it."""

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from labkit.regularization.planar import load_planar

DATASETS = Path(__file__).parents[2] / "datasets"
FILES = ("planar_train.csv", "planar_test.csv")


def test_the_script_makes_the_committed_files_byte_for_byte(tmp_path: Path) -> None:
    subprocess.run([sys.executable, DATASETS / "make_planar.py", tmp_path], check=True)
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (DATASETS / name).read_bytes()


@pytest.mark.parametrize("name", FILES)
def test_the_readme_states_the_checksum(name: str) -> None:
    checksum = hashlib.sha256((DATASETS / name).read_bytes()).hexdigest()
    assert f"| `{name}` | `{checksum}` |" in (DATASETS / "README.md").read_text(encoding="utf-8")


def test_load_planar_gives_columns_of_examples_and_labels_of_zero_and_one() -> None:
    data = load_planar()
    assert data.train_X.shape == data.test_X.shape == (2, 200)
    assert data.train_Y.shape == data.train_truth.shape == data.test_Y.shape == (1, 200)
    assert set(np.unique(data.train_Y)) == set(np.unique(data.test_Y)) == {0.0, 1.0}


def test_thirty_training_labels_are_wrong_and_no_test_label_is() -> None:
    data = load_planar()
    border = 0.5 * data.test_X[0] * np.sin(2 * data.test_X[0]) + 0.1 * data.test_X[0]
    assert np.sum(data.train_Y != data.train_truth) == 30
    np.testing.assert_array_equal(data.test_Y[0], data.test_X[1] > border)


def test_no_place_is_in_both_parts() -> None:
    data = load_planar()
    assert not {tuple(x) for x in data.train_X.T} & {tuple(x) for x in data.test_X.T}
