"""The planar data: made again byte for byte, and what its README says of it."""

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from labkit.regularization.planar import load_planar, stream, survey

DATASETS = Path(__file__).parents[2] / "datasets"
FILES = ("planar_train.csv", "planar_validation.csv", "planar_test.csv")


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
    assert data.train_X.shape == data.validation_X.shape == data.test_X.shape == (2, 200)
    assert data.train_Y.shape == data.train_truth.shape == data.validation_Y.shape == data.test_Y.shape == (1, 200)
    for labels in (data.train_Y, data.validation_Y, data.test_Y):
        assert set(np.unique(labels)) == {0.0, 1.0}


def test_thirty_training_labels_are_wrong_and_none_of_the_other_parts_is() -> None:
    data = load_planar()
    assert np.sum(data.train_Y != data.train_truth) == 30
    for X, Y in (
        (data.train_X, data.train_truth),
        (data.validation_X, data.validation_Y),
        (data.test_X, data.test_Y),
    ):
        np.testing.assert_array_equal(Y[0], X[1] > stream(X[0]))


def test_no_place_is_in_two_parts() -> None:
    data = load_planar()
    places = [{tuple(x) for x in X.T} for X in (data.train_X, data.validation_X, data.test_X)]
    assert len(set.union(*places)) == sum(map(len, places))


def test_another_survey_has_as_many_places_and_mistakes_as_asked_for_and_the_same_parts_to_judge_by() -> None:
    data, more, other = load_planar(), survey(700, wrong=0.2, seed=3), survey(700, wrong=0.2, seed=4)
    assert more.train_X.shape == (2, 700) and np.sum(more.train_Y != more.train_truth) == 140
    np.testing.assert_array_equal(more.train_truth[0], more.train_X[1] > stream(more.train_X[0]))
    np.testing.assert_array_equal(more.test_X, data.test_X)
    assert not np.array_equal(more.train_X, other.train_X)
