"""The trainer learns the digits, repeats a run of the same seed, and shows progress only when asked."""

import numpy as np
import pytest

from labkit.batch_norm.deep_network import DeepNetwork
from labkit.batch_norm.digits import Digits, load_digits
from labkit.batch_norm.optimizers import Adam, SGDMomentum
from labkit.batch_norm.training import fit


@pytest.fixture(scope="module")
def digits() -> Digits:
    return load_digits()


@pytest.mark.parametrize("optimizer", [SGDMomentum(0.03), Adam(2e-3)], ids=["sgd", "adam"])
def test_a_small_network_learns_the_digits(digits: Digits, optimizer: SGDMomentum | Adam) -> None:
    network = DeepNetwork([64, 50, 10])
    history = fit(network, digits, optimizer, epochs=4, batch_size=50)
    assert len(history.losses) == 4 * 24
    assert len(history.train_accuracy) == len(history.validation_accuracy) == 5
    assert history.train_accuracy[0] < 0.3
    assert history.validation_accuracy[-1] > 0.88
    assert history.validation_accuracy[-1] == network.accuracy(digits.x_validation, digits.y_validation)


def test_the_same_seeds_give_the_same_run(digits: Digits) -> None:
    first, second = (
        fit(DeepNetwork([64, 9, 10], seed=1), digits, Adam(), epochs=1, batch_size=100, seed=2) for _ in range(2)
    )
    assert first == second


def test_a_last_batch_that_is_not_full_is_left_out(digits: Digits) -> None:
    history = fit(DeepNetwork([64, 10]), digits, SGDMomentum(0.1), epochs=1, batch_size=500)
    assert len(history.losses) == 2


def test_a_run_that_blows_up_ends_quietly(digits: Digits) -> None:
    network = DeepNetwork([64, 50, 50, 10], weight_scale=1e120)
    history = fit(network, digits, SGDMomentum(1.0), epochs=3, batch_size=50)
    assert not np.isfinite(history.losses[-1])
    assert len(history.train_accuracy) == 4


def test_only_a_run_with_a_label_shows_its_progress(digits: Digits, capsys: pytest.CaptureFixture[str]) -> None:
    fit(DeepNetwork([64, 10]), digits, SGDMomentum(0.1), epochs=2, batch_size=600)
    assert capsys.readouterr().out == ""
    history = fit(DeepNetwork([64, 10]), digits, SGDMomentum(0.1), epochs=3, batch_size=600, label="linear")
    assert capsys.readouterr().out == (
        f"linear: ... training accuracy {history.train_accuracy[-1]:.3f}, "
        f"validation accuracy {history.validation_accuracy[-1]:.3f}\n"
    )
