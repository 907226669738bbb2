"""Time the batch-norm backward passes: staged, simplified, fast, beside a copy of the same bytes and PyTorch's own.

    python -m benchmarks.batch_norm           print the table, write it and the plot to dist/
    python -m benchmarks.batch_norm --docs    write the table into docs/benchmarks.md, the plot beside it

Everything on one thread, float64. PyTorch's column is there where PyTorch is installed; it is not a dependency.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy: one thread for all
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from autograder.assignments.batch_normalization.backward import batchnorm_backward
from autograder.assignments.batch_normalization.backward_alt import batchnorm_backward_alt
from autograder.assignments.batch_normalization.forward import batchnorm_forward
from benchmarks.fast_backward import batchnorm_backward_fast
from labkit.timing import best_time

SIZES = ((10, 10), (30, 30), (100, 100), (200, 200), (500, 500), (1000, 1000), (10_000, 100), (10_000, 1000))
ROUNDS = 4
SECONDS = 0.1
WANTED = (500, 500, 2.0)
"""The simplified backward is to be at least so many times as fast as the staged one at this N×D."""
PLOT = "batch_norm_speed.png"
PAGE = Path("docs/benchmarks.md")
HEADING = "## Batch norm"

Times = dict[str, float]


def functions(n: int, d: int) -> dict[str, Callable[[], Any]]:
    """What is timed at N×D, by name."""
    rng = np.random.default_rng(0)
    x, dout = rng.standard_normal((2, n, d))
    gamma, beta = rng.standard_normal((2, d))
    _, cache = batchnorm_forward(x, gamma, beta, {"mode": "train"})
    x_hat, half = cache[3], np.empty((n // 2, d))

    def copy() -> None:
        """Move what a backward pass must: read dout and x_hat once (here as 1.5 copies), write a new dx once."""
        dout.copy()
        np.copyto(half, x_hat[: n // 2])

    timed: dict[str, Callable[[], Any]] = {
        "staged": lambda: batchnorm_backward(dout, cache),
        "simplified": lambda: batchnorm_backward_alt(dout, cache),
        "fast": lambda: batchnorm_backward_fast(dout, cache),
        "copy": copy,
    }
    torch_backward = pytorch(x, gamma, dout)
    if torch_backward:
        timed["PyTorch"] = torch_backward
    return timed


def pytorch(x: np.ndarray, gamma: np.ndarray, dout: np.ndarray) -> Callable[[], Any] | None:
    """PyTorch's own backward kernel on the CPU, without autograd around it; None where PyTorch is not installed."""
    try:
        import torch
    except ImportError:
        return None
    torch.set_num_threads(1)
    given, scale, upstream = (torch.from_numpy(array) for array in (x, gamma, dout))
    mean, deviation = given.mean(0), 1 / torch.sqrt(given.var(0, unbiased=False) + 1e-5)
    kernel = torch.ops.aten.native_batch_norm_backward
    return lambda: kernel(upstream, given, scale, None, None, mean, deviation, True, 1e-5, [True, True, True])


def measure(n: int, d: int) -> Times:
    """Best time of each function in seconds; rounds through all of them, so that each meets a quiet moment."""
    timed = functions(n, d)
    times = dict.fromkeys(timed, float("inf"))
    for _ in range(ROUNDS):
        for name, function in timed.items():
            times[name] = min(times[name], best_time(function, SECONDS))
    return times


def table(results: dict[tuple[int, int], Times]) -> str:
    """The results as a Markdown table, in microseconds."""
    names = list(next(iter(results.values())))
    header = ["N × D", *(f"{name} (µs)" for name in names), "staged / simplified", "staged / fast", "fast / copy"]
    lines = [f"| {' | '.join(header)} |", "|" + "---:|" * len(header)]
    for (n, d), times in results.items():
        cells = [f"{n:,} × {d:,}", *(f"{times[name] * 1e6:,.1f}" for name in names)]
        ratios = (("staged", "simplified"), ("staged", "fast"), ("fast", "copy"))
        cells += [f"{times[first] / times[second]:.1f}×" for first, second in ratios]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def verdict(results: dict[tuple[int, int], Times]) -> str:
    """Whether the simplified backward is as much faster as it is to be."""
    n, d, factor = WANTED
    ratio = results[n, d]["staged"] / results[n, d]["simplified"]
    word = "reached" if ratio >= factor else "NOT reached"
    return f"Simplified at least {factor:g}× staged at {n} × {d}: {word}, {ratio:.1f}×."


def plot(results: dict[tuple[int, int], Times], path: Path) -> None:
    """Draw the time a number of dout over the size."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(6.4, 3.8), layout="constrained")
    sizes = [n * d for n, d in results]
    for name in next(iter(results.values())):
        each = [1e9 * times[name] / size for size, times in zip(sizes, results.values(), strict=True)]
        axes.loglog(sizes, each, "k--" if name == "copy" else "o-", label=name, markersize=4)
    axes.set(xlabel="numbers in dout (N · D)", ylabel="ns a number, best of repeats", title="Batch norm, backward")
    axes.grid(alpha=0.3)
    axes.legend()
    path.parent.mkdir(exist_ok=True)
    figure.savefig(path, dpi=90, metadata={"Software": None})


def section(results: dict[tuple[int, int], Times]) -> str:
    """The section of docs/benchmarks.md."""
    versions = f"numpy {np.__version__}, Python {platform.python_version()}, {platform.machine()}"
    if "PyTorch" in next(iter(results.values())):
        import torch

        versions += f", PyTorch {torch.__version__}"
    return f"""{HEADING}

The backward passes of `autograder/assignments/batch_normalization/`, one thread, float64, best of repeats.
Made by `python -m benchmarks.batch_norm --docs`; `make bench` prints it for your machine. This one:
{versions}.

- *staged*: a node of the computational graph a line, a temporary array a node.
- *simplified*: one expression for dx.
- *fast*: the simplified one in two passes over dout and x̂, block by block.
- *copy*: as many bytes as a backward pass must move: read dout and x̂ once, write dx once. That is the limit; a
  backward pass needs its sums before it can write, so it reads twice whatever does not fit the caches.
- *PyTorch*: its own kernel on the CPU, `native_batch_norm_backward`, which keeps x in place of x̂.

{table(results)}

{verdict(results)}
The staged one pays for its temporaries: beyond the caches every one is fresh memory, and its times wander most from run
to run. The fast one gains where the arrays leave the caches; below that, the loop over its blocks costs what it saves.

![Time a number over the size of the batch]({PLOT})
"""


def put_into(page: Path, text: str) -> None:
    """Replace the section of the page, or add it at the end."""
    old = page.read_text(encoding="utf-8") if page.is_file() else "# Benchmarks\n"
    before, found, after = old.partition(f"{HEADING}\n")
    _, next_heading, rest = after.partition("\n## ")
    tail = f"\n## {rest}" if next_heading else ""
    page.write_text((before if found else old.rstrip("\n") + "\n\n") + text + tail, encoding="utf-8", newline="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--docs", action="store_true", help="write the section and the plot into docs/")
    write_docs = parser.parse_args().docs
    results = {}
    for n, d in SIZES:
        results[n, d] = measure(n, d)
        print(f"{n:>6} × {d:<5}", *(f"{name} {time * 1e6:,.1f} µs" for name, time in results[n, d].items()), sep="  ")
    print(f"\n{table(results)}\n\n{verdict(results)}")
    folder = PAGE.parent if write_docs else Path("dist")
    plot(results, folder / PLOT)
    if write_docs:
        put_into(PAGE, section(results))
    print(f"Plot: {folder / PLOT}")


if __name__ == "__main__":
    main()
