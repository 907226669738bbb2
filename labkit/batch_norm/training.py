"""Train a deep network on mini-batches and keep the curves: loss of every step, accuracies of every epoch."""

from dataclasses import dataclass, field

import numpy as np

from labkit.batch_norm import words
from labkit.batch_norm.deep_network import DeepNetwork
from labkit.batch_norm.digits import Digits
from labkit.batch_norm.optimizers import Optimizer


@dataclass
class History:
    """The curves of a training run.

    Attributes:
        label: name of the run, for the legend of a plot.
        losses: loss of the mini-batch at each step.
        train_accuracy: share of right answers on the training images, before training and after each epoch.
        validation_accuracy: the same on the validation images.
    """

    label: str
    losses: list[float] = field(default_factory=list)
    train_accuracy: list[float] = field(default_factory=list)
    validation_accuracy: list[float] = field(default_factory=list)


def fit(
    network: DeepNetwork,
    digits: Digits,
    optimizer: Optimizer,
    *,
    epochs: int,
    batch_size: int,
    label: str = "",
    seed: int = 0,
) -> History:
    """Train the network in place and return its history, showing the progress when the run has a label.

    A last batch that is not full is skipped: a single image has no variance to normalize by. A run whose loss
    is no longer a finite number takes no further step.

    Args:
        network: is changed.
        digits: the training images are learned, the validation images only measured.
        optimizer: makes each step.
        epochs: how often every training image is seen.
        batch_size: images a step.
        label: name of the run, shown while it trains with a dot for each epoch.
        seed: of the order of the images.
    """
    history = History(label)
    rng = np.random.default_rng(seed)
    count = len(digits.x_train)
    if label:
        print(f"{label}:", end=" ", flush=True)
    with np.errstate(all="ignore"):  # a run that blows up shows in its loss
        _measure(network, digits, history)
        for _ in range(epochs):
            order = rng.permutation(count)
            for first in range(0, count - batch_size + 1, batch_size):
                batch = order[first : first + batch_size]
                loss, gradients = network.loss(digits.x_train[batch], digits.y_train[batch])
                history.losses.append(loss)
                if not np.isfinite(loss):
                    break
                optimizer.step(network.parameters, gradients)
            _measure(network, digits, history)
            if label:
                print(".", end="", flush=True)
    if label:
        print(f" {words.run_done(history.train_accuracy[-1], history.validation_accuracy[-1])}")
    return history


def _measure(network: DeepNetwork, digits: Digits, history: History) -> None:
    history.train_accuracy.append(network.accuracy(digits.x_train, digits.y_train))
    history.validation_accuracy.append(network.accuracy(digits.x_validation, digits.y_validation))
