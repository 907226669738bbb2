"""Check every claim of the batch-normalization notebook over many seeds, and print the tables of its page in docs/.

    python -m benchmarks.batch_norm_experiments > docs/batch_normalization_experiments.md

Takes about six minutes on two cores. The networks, learning rates, scales and batch sizes are those of the notebook.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small matrices: more threads only wait for each other

import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.assignments.batch_normalization.backward import batchnorm_backward
from autograder.assignments.batch_normalization.forward import batchnorm_forward
from labkit import Adam, DeepNetwork, SGDMomentum, fit, load_digits
from labkit.arrays import Array
from labkit.batch_norm.training import History

SEEDS = range(8)
TEN_LAYERS = [64] + 10 * [50] + [10]
FIVE_LAYERS = [64] + 5 * [50] + [10]
RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
SCALES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.3, 1, 3, 10)
BATCH_SIZES = (2, 5, 10, 50)

Run = dict[str, float]


def hidden_layer(
    x: Array, layer: int, parameters: dict[str, Array], bn_params: list[dict[str, Any]], normalize: Any
) -> tuple[Array, Any]:
    """Affine, normalize, ReLU, as the student writes it."""
    z = x @ parameters[f"W{layer}"] + parameters[f"b{layer}"]
    y, cache = normalize(z, parameters[f"gamma{layer}"], parameters[f"beta{layer}"], bn_params[layer - 1])
    return np.maximum(y, 0), cache


def layernorm_forward(x: Array, gamma: Array, beta: Array, settings: dict[str, Any]) -> tuple[Array, Any]:
    """Layer normalization: batch normalization of the turned batch."""
    turned, inner = batchnorm_forward(x.T, np.ones(len(x)), np.zeros(len(x)), {"mode": "train"})
    return gamma * turned.T + beta, (turned.T, gamma, inner)


def layernorm_backward(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    x_hat, gamma, inner = cache
    return batchnorm_backward((dout * gamma).T, inner)[0].T, np.sum(dout * x_hat, axis=0), dout.sum(axis=0)


SHAKING = np.random.default_rng(0)


def shaken_forward(x: Array, gamma: Array, beta: Array, bn_param: dict[str, Any]) -> tuple[Array, Any]:
    """Batch normalization, and behind it new random shifts and stretches in every training step."""
    out, cache = batchnorm_forward(x, gamma, beta, bn_param)
    if bn_param["mode"] == "test":
        return out, cache
    stretch = 1 + 0.2 * SHAKING.uniform(-1, 1, out.shape[1])
    return stretch * out + 0.4 * SHAKING.uniform(-1, 1, out.shape[1]), (stretch, cache)


def shaken_backward(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    stretch, inner = cache
    return batchnorm_backward(stretch * dout, inner)


NETWORKS: dict[str, Any] = {
    "plain": None,
    "batch norm": (hidden_layer, batchnorm_forward, batchnorm_backward),
    "layer norm": (hidden_layer, layernorm_forward, layernorm_backward),
    "batch norm, shaken": (hidden_layer, shaken_forward, shaken_backward),
}


def train(layers: list[int], name: str, optimizer: Any, epochs: int, size: int, seed: int, **start: Any) -> History:
    network = DeepNetwork(layers, normalization=NETWORKS[name], seed=seed, **start)
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
        network = DeepNetwork(layers, normalization=NETWORKS[name], seed=seed)
        fit(network, digits, Adam(0.002), epochs=10, batch_size=50, seed=seed)
        row[f"test, {depth}"] = network.accuracy(digits.x_test, digits.y_test)
    return row


def spread(name: str, seed: int) -> Run:
    images, row = load_digits().x_train[:200], {}
    for scale in (0.02, 0.2, 1.0):
        network = DeepNetwork(TEN_LAYERS, normalization=NETWORKS[name], weight_scale=scale, seed=seed)
        row[f"{scale:g}"] = float(network.hidden(images)[-1].std())
    return row


def forgotten_mode(name: str, seed: int) -> Run:
    digits = load_digits()
    network = DeepNetwork(FIVE_LAYERS, normalization=NETWORKS[name], seed=seed)
    fit(network, digits, SGDMomentum(0.03), epochs=4, batch_size=50, seed=seed)
    row: Run = {}
    for mode in ("test", "train"):
        answers = [int(network.scores(image[None], mode).argmax()) for image in digits.x_validation]
        row[f"right, mode {mode}"] = float(np.mean(answers == digits.y_validation))
        row[f"different answers, mode {mode}"] = len(set(answers))
    return row


def biases(name: str, seed: int) -> Run:
    digits = load_digits()
    network = DeepNetwork(FIVE_LAYERS, normalization=NETWORKS[name], seed=seed)
    _, gradients = network.loss(digits.x_train[:50], digits.y_train[:50])
    hidden = [np.abs(gradients[f"b{layer}"]).max() for layer in range(1, 6)]
    return {"largest of b1 … b5": float(max(hidden)), "largest of b6": float(np.abs(gradients["b6"]).max())}


def first_loss(name: str, seed: int) -> Run:
    digits = load_digits()
    row: Run = {}
    for scale in (0.02, 0.2, 1.0):
        network = DeepNetwork(TEN_LAYERS, normalization=NETWORKS[name], weight_scale=scale, seed=seed)
        loss, gradients = network.loss(digits.x_train[:200], digits.y_train[:200])
        sizes = [float(np.sqrt(np.mean(gradients[f"W{layer}"] ** 2))) for layer in (1, 10)]
        row |= {f"loss, {scale:g}": loss, f"layer 1, {scale:g}": sizes[0], f"layer 10, {scale:g}": sizes[1]}
    return row


def one_over_k(name: str, seed: int) -> Run:
    digits, sizes = load_digits(), []
    for k in (1, 100):
        network = DeepNetwork(FIVE_LAYERS, normalization=NETWORKS[name], seed=seed)
        network.parameters["W3"] *= k
        loss, gradients = network.loss(digits.x_train[:200], digits.y_train[:200])
        sizes.append((loss, np.sqrt(np.mean(gradients["W3"] ** 2))))
    return {"loss times": sizes[1][0] / sizes[0][0], "gradient times": float(sizes[1][1] / sizes[0][1])}


def batch_of_two(name: str, seed: int) -> Run:
    return {"validation, epoch 3": train(FIVE_LAYERS, name, SGDMomentum(0.0012), 3, 2, seed).validation_accuracy[-1]}


def wrong_labels(name: str, seed: int) -> Run:
    digits, rng = load_digits(), np.random.default_rng(seed)
    row: Run = {}
    wrong = rng.random(400) < 0.2
    others = (digits.y_train[:400] + rng.integers(1, 10, 400)) % 10
    spoiled = replace(digits, x_train=digits.x_train[:400], y_train=np.where(wrong, others, digits.y_train[:400]))
    for size in (10, 50):
        network = DeepNetwork(FIVE_LAYERS, normalization=NETWORKS[name], seed=seed)
        history = fit(network, spoiled, SGDMomentum(0.0006 * size), epochs=30, batch_size=size, seed=seed)
        answers = network.scores(spoiled.x_train).argmax(axis=1)
        row[f"wrong labels learned, {size}"] = float(np.mean(answers[wrong] == spoiled.y_train[wrong]))
        row[f"validation, {size}"] = history.validation_accuracy[-1]
    return row


def shift(name: str, seed: int) -> Run:
    """Train, and measure how far the means of what enters the ReLUs of layer 5 move in a step, in deviations."""
    means: list[Array] = []
    parts = NETWORKS[name]

    def watched(x: Array, layer: int, parameters: Any, bn_params: Any, normalize: Any) -> tuple[Array, Any]:
        seen: list[Array] = []

        def noting(*given: Any) -> tuple[Array, Any]:
            out, cache = normalize(*given)
            seen.append(out)
            return out, cache

        result = hidden_layer(x, layer, parameters, bn_params, noting)
        if layer == 5 and bn_params[0]["mode"] == "train":
            means.append(seen[0].mean(axis=0) / seen[0].std(axis=0).mean())
        return result

    def through(x: Array, gamma: Array, beta: Array, settings: Any) -> tuple[Array, None]:
        return x, None

    def back(dout: Array, cache: None) -> tuple[Array, Array, Array]:
        return dout, np.zeros(dout.shape[1]), np.zeros(dout.shape[1])

    forward, backward = (through, back) if parts is None else parts[1:]
    network = DeepNetwork(TEN_LAYERS, normalization=(watched, forward, backward), seed=seed)
    history = fit(network, load_digits(), SGDMomentum(0.03), epochs=6, batch_size=50, seed=seed)
    return {
        "shift in a step": float(np.median(np.abs(np.diff(means, axis=0)))),
        "training, epoch 3": history.train_accuracy[3],
        "validation, epoch 6": history.validation_accuracy[6],
    }


def company(name: str, seed: int) -> Run:
    rng, digits = np.random.default_rng(seed), load_digits()
    z = digits.x_train @ DeepNetwork(FIVE_LAYERS, seed=seed).parameters["W1"]
    row: Run = {}
    for size in (3, 5, 10, 20, 50, 100):
        values = []
        for _ in range(200):
            batch = z[[0, *rng.choice(np.arange(1, 1200), size - 1, replace=False)]]
            values.append(batchnorm_forward(batch, np.ones(50), np.zeros(50), {"mode": "train"})[0][0])
        row[f"N = {size}"] = float(np.median(np.std(values, axis=0)))
    return row


BOTH = ("plain", "batch norm")

EXPERIMENTS: tuple[tuple[Callable[[str, int], Run], tuple[str, ...], str, str], ...] = (
    (
        first_loss,
        BOTH,
        "First loss, and size of the gradients in layers 1 and 10, over the scale of the weights (3.2, 4.1)",
        "ln 10 = 2.303 is the loss of a network that knows nothing. Plain networks start there only with weights so "
        "small that no gradient is left; with batch normalization the gradients are there for every scale.",
    ),
    (
        faster,
        BOTH,
        "Ten hidden layers, learning rate 0.03 (section 4.2)",
        "Batch normalization trains the deep network faster, although the first weights are the best ones for the "
        "plain network.",
    ),
    (
        rates,
        BOTH,
        "Validation accuracy over the learning rate, ten hidden layers, six epochs (section 4.2)",
        "Each at its best rate, batch normalization is ahead; it still learns at 0.1 and 0.3; at the smallest rate it "
        "is behind.",
    ),
    (
        scales,
        BOTH,
        "Validation accuracy over the scale of the first weights, five hidden layers (section 4.3)",
        "The plain network learns near 0.2 only; with batch normalization the network learns from 0.001 to 1.",
    ),
    (
        batch_sizes,
        BOTH,
        "Batch sizes, five hidden layers, learning rate 0.0006 an image (section 4.4)",
        "The plain network hardly minds; batch normalization gets worse with smaller batches: ahead at 50, behind at "
        "5, and at 2 it fails. The loss is that of the mini-batches of the last epoch.",
    ),
    (
        spread,
        BOTH,
        "Standard deviation of the activations of layer 10 before training, over that of the weights (3.1, 3.8)",
        "Without batch normalization they differ by more than fifteen powers of ten; with it they hardly differ.",
    ),
    (
        forgotten_mode,
        BOTH,
        "Validation images one at a time, in test mode and in train mode (section 4.8)",
        "In train mode, alone in its batch, every image gets the same answer.",
    ),
    (
        biases,
        BOTH,
        "Largest gradient of the biases (section 4.9)",
        "Before batch normalization it is zero, up to rounding.",
    ),
    (
        adam,
        BOTH,
        "Test accuracy after ten epochs of Adam, learning rate 0.002 (section 4.10)",
        "A plain network of five layers that is well started and well stepped is about as good; with ten layers batch "
        "normalization is ahead.",
    ),
    (
        one_over_k,
        BOTH,
        "The weights of layer 3 a hundred times as large (section 4.3)",
        "With batch normalization the loss stays, and the gradient is a hundredth.",
    ),
    (
        batch_of_two,
        ("plain", "batch norm", "layer norm"),
        "Batches of two, three epochs, learning rate 0.0012 (section 4.5)",
        "Batch normalization stays near guessing; layer normalization learns. So does the plain network.",
    ),
    (
        company,
        ("batch norm",),
        "Spread of a normalized value over 200 companies (section 4.6)",
        "About 1/√N.",
    ),
    (
        wrong_labels,
        BOTH,
        "400 training images, a fifth with a wrong label, 30 epochs, batches of 10 and 50 (section 4.6)",
        "With batch normalization small batches memorize fewer of the wrong labels, and do better on the "
        "validation images; without it small batches are no help against the wrong labels.",
    ),
    (
        shift,
        ("plain", "batch norm", "batch norm, shaken"),
        "Shift put back in: ten layers, learning rate 0.03 (section 4.7)",
        "Shaken, the means of what enters the ReLUs of layer 5 move further in a step than in the plain network, which "
        "learns more slowly all the same. Median over steps and units, in standard deviations.",
    ),
)


def cell(values: list[float]) -> str:
    """Return mean ± standard deviation over the seeds."""
    if not np.all(np.isfinite(values)):
        return f"median {np.median(values):g}, never in {np.sum(~np.isfinite(values))} of {len(values)}"
    mean, deviation = np.mean(values), np.std(values)
    return f"{mean:.3f} ± {deviation:.3f}" if 0.01 <= mean < 1000 else f"{mean:.0e}"


def table(results: dict[str, list[Run]]) -> str:
    columns = list(next(iter(results.values()))[0])
    lines = ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for name, runs in results.items():
        lines.append(f"| {name} | " + " | ".join(cell([run[column] for run in runs]) for column in columns) + " |")
    if len(results) > 1:
        pairs = list(zip(results["plain"], results["batch norm"], strict=True))
        higher = [sum(batch[column] > plain[column] for plain, batch in pairs) for column in columns]
        shown = " | ".join(f"{count} of {len(SEEDS)}" for count in higher)
        lines.append(f"| seeds where batch norm is higher than plain | {shown} |")
    return "\n".join(lines)


def main() -> None:
    print(f"""# Batch normalization: the claims of the notebook, over {len(SEEDS)} seeds

Each number is a mean ± the standard deviation over the seeds {SEEDS[0]} to {SEEDS[-1]}, which draw the first weights
and the batches. Digits, networks and settings are those of the notebook. This page is the output of

    python -m benchmarks.batch_norm_experiments > docs/batch_normalization_experiments.md""")
    with ProcessPoolExecutor(2) as pool:
        for experiment, networks, title, claim in EXPERIMENTS:
            print(f"{experiment.__name__} …", file=sys.stderr)
            names = [name for name in networks for _ in SEEDS]
            runs = list(pool.map(experiment, names, list(SEEDS) * len(networks)))
            results = {name: runs[at * len(SEEDS) : (at + 1) * len(SEEDS)] for at, name in enumerate(networks)}
            print(f"\n## {title}\n\n{claim}\n\n{table(results)}", flush=True)


if __name__ == "__main__":
    main()
