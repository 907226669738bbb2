"""Check every claim of the batch-normalization notebook over many seeds, and print the tables of its page in docs/.

    python -m benchmarks.batch_norm_experiments > docs/batch_normalization_experiments.md

Takes about three minutes on two cores. The networks, learning rates, scales and batch sizes are those of the notebook.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small matrices: more threads only wait for each other

import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np

from autograder.assignments.batch_normalization.backward import batchnorm_backward
from autograder.assignments.batch_normalization.forward import batchnorm_forward
from labkit import Adam, DeepNetwork, SGDMomentum, fit, load_digits
from labkit.batch_norm.training import History

SEEDS = range(8)
NETWORKS: dict[str, Any] = {"plain": None, "batch norm": (batchnorm_forward, batchnorm_backward)}
TEN_LAYERS = [64] + 10 * [50] + [10]
FIVE_LAYERS = [64] + 5 * [50] + [10]
RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
SCALES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.3, 1, 3, 10)
BATCH_SIZES = (2, 5, 10, 50)

Run = dict[str, float]


def train(layers: list[int], name: str, optimizer: Any, epochs: int, size: int, seed: int, **start: Any) -> History:
    network = DeepNetwork(layers, batch_norm=NETWORKS[name], seed=seed, **start)
    return fit(network, load_digits(), optimizer, epochs=epochs, batch_size=size, seed=seed)


def epochs_to(history: History, accuracy: float) -> float:
    reached = [epoch for epoch, value in enumerate(history.train_accuracy) if value >= accuracy]
    return float(reached[0]) if reached else np.inf


def faster(name: str, seed: int) -> Run:
    history = train(TEN_LAYERS, name, SGDMomentum(0.03), 10, 50, seed)
    return {
        "epochs to 90 % of training": epochs_to(history, 0.9),
        "training, epoch 3": history.train_accuracy[3],
        "validation, epoch 3": history.validation_accuracy[3],
        "validation, epoch 10": history.validation_accuracy[10],
    }


def rates(name: str, seed: int) -> Run:
    runs = {rate: train(TEN_LAYERS, name, SGDMomentum(rate), 6, 50, seed) for rate in RATES}
    return {f"{rate:g}": run.validation_accuracy[-1] for rate, run in runs.items()}


def scales(name: str, seed: int) -> Run:
    runs = {s: train(FIVE_LAYERS, name, SGDMomentum(0.03), 6, 50, seed, weight_scale=s) for s in SCALES}
    return {f"{scale:g}": run.validation_accuracy[-1] for scale, run in runs.items()}


def batch_sizes(name: str, seed: int) -> Run:
    row: Run = {}
    for size in BATCH_SIZES:
        history = train(FIVE_LAYERS, name, SGDMomentum(0.0006 * size), 6, size, seed)
        row[f"validation, {size}"] = history.validation_accuracy[-1]
        row[f"loss, {size}"] = float(np.mean(history.losses[-(1200 // size) :]))
    return row


def adam(name: str, seed: int) -> Run:
    digits, row = load_digits(), {}
    for depth, layers in (("5 layers", FIVE_LAYERS), ("10 layers", TEN_LAYERS)):
        network = DeepNetwork(layers, batch_norm=NETWORKS[name], seed=seed)
        fit(network, digits, Adam(0.002), epochs=10, batch_size=50, seed=seed)
        row[f"test, {depth}"] = network.accuracy(digits.x_test, digits.y_test)
    return row


def spread(name: str, seed: int) -> Run:
    images, row = load_digits().x_train[:200], {}
    for scale in (0.02, 0.2, 1.0):
        network = DeepNetwork(TEN_LAYERS, batch_norm=NETWORKS[name], weight_scale=scale, seed=seed)
        row[f"{scale:g}"] = float(network.hidden(images)[-1].std())
    return row


def forgotten_mode(name: str, seed: int) -> Run:
    digits = load_digits()
    network = DeepNetwork(FIVE_LAYERS, batch_norm=NETWORKS[name], seed=seed)
    fit(network, digits, SGDMomentum(0.03), epochs=4, batch_size=50, seed=seed)
    row: Run = {}
    for mode in ("test", "train"):
        answers = [int(network.scores(image[None], mode).argmax()) for image in digits.x_validation]
        row[f"right, mode {mode}"] = float(np.mean(answers == digits.y_validation))
        row[f"different answers, mode {mode}"] = len(set(answers))
    return row


def biases(name: str, seed: int) -> Run:
    digits = load_digits()
    network = DeepNetwork(FIVE_LAYERS, batch_norm=NETWORKS[name], seed=seed)
    _, gradients = network.loss(digits.x_train[:50], digits.y_train[:50])
    hidden = [np.abs(gradients[f"b{layer}"]).max() for layer in range(1, 6)]
    return {"largest of b1 … b5": float(max(hidden)), "largest of b6": float(np.abs(gradients["b6"]).max())}


EXPERIMENTS: tuple[tuple[Callable[[str, int], Run], str, str], ...] = (
    (
        faster,
        "Ten hidden layers, learning rate 0.03 (section 4.1)",
        "Batch normalization trains the deep network faster, although the first weights are the best ones for the "
        "plain network.",
    ),
    (
        rates,
        "Validation accuracy over the learning rate, ten hidden layers, six epochs (section 4.1)",
        "Each at its best rate, batch normalization is ahead; it still learns at 0.1 and 0.3; at the smallest rate it "
        "is behind.",
    ),
    (
        scales,
        "Validation accuracy over the scale of the first weights, five hidden layers (section 4.2)",
        "The plain network learns near 0.2 only; with batch normalization the network learns from 0.001 to 1.",
    ),
    (
        batch_sizes,
        "Batch sizes, five hidden layers, learning rate 0.0006 an image (section 4.3)",
        "The plain network hardly minds; batch normalization gets worse with smaller batches: ahead at 50, behind at "
        "5, and at 2 it fails. The loss is that of the mini-batches of the last epoch.",
    ),
    (
        spread,
        "Standard deviation of the activations of layer 10 before training, over that of the weights (3.1, 3.5)",
        "Without batch normalization they differ by more than fifteen powers of ten; with it they hardly differ.",
    ),
    (
        forgotten_mode,
        "Validation images one at a time, in test mode and in train mode (section 4.4)",
        "In train mode, alone in its batch, every image gets the same answer.",
    ),
    (
        biases,
        "Largest gradient of the biases (section 4.5)",
        "Before batch normalization it is zero, up to rounding.",
    ),
    (
        adam,
        "Test accuracy after ten epochs of Adam, learning rate 0.002 (section 4.6)",
        "A plain network of five layers that is well started and well stepped is about as good; with ten layers batch "
        "normalization is ahead.",
    ),
)


def cell(values: list[float]) -> str:
    """Return mean ± standard deviation over the seeds."""
    if not np.all(np.isfinite(values)):
        return f"median {np.median(values):g}, never in {np.sum(~np.isfinite(values))} of {len(values)}"
    mean, deviation = np.mean(values), np.std(values)
    return f"{mean:.3f} ± {deviation:.3f}" if 0.01 <= mean < 1000 else f"{mean:.0e}"


def table(results: dict[str, list[Run]]) -> str:
    columns = list(results["plain"][0])
    lines = ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for name, runs in results.items():
        lines.append(f"| {name} | " + " | ".join(cell([run[column] for run in runs]) for column in columns) + " |")
    higher = [
        sum(b[column] > a[column] for a, b in zip(results["plain"], results["batch norm"], strict=True))
        for column in columns
    ]
    lines.append("| seeds where batch norm is higher | " + " | ".join(f"{h} of {len(SEEDS)}" for h in higher) + " |")
    return "\n".join(lines)


def main() -> None:
    print(f"""# Batch normalization: the claims of the notebook, over {len(SEEDS)} seeds

Each number is a mean ± the standard deviation over the seeds {SEEDS[0]} to {SEEDS[-1]}, which draw the first weights
and the batches. Digits, networks and settings are those of the notebook. This page is the output of

    python -m benchmarks.batch_norm_experiments > docs/batch_normalization_experiments.md""")
    with ProcessPoolExecutor(2) as pool:
        for experiment, title, claim in EXPERIMENTS:
            print(f"{experiment.__name__} …", file=sys.stderr)
            names = [name for name in NETWORKS for _ in SEEDS]
            runs = list(pool.map(experiment, names, list(SEEDS) * len(NETWORKS)))
            results = {"plain": runs[: len(SEEDS)], "batch norm": runs[len(SEEDS) :]}
            print(f"\n## {title}\n\n{claim}\n\n{table(results)}", flush=True)


if __name__ == "__main__":
    main()
