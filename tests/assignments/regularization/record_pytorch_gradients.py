"""Record cost and gradients of the regularization lab's network from PyTorch, an oracle that knows nothing of ours.

PyTorch is not a dependency: run this where it is installed (`pip install torch==2.13.0`, the CPU build) to make
pytorch_gradients.json again. All in float64; the gradients are autograd's.
"""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

CASES = (
    ("no penalty", [3, 4, 3, 1], 5, 0.0, 1.0),
    ("penalty", [3, 4, 3, 1], 5, 0.7, 1.0),
    ("a large penalty, one example", [2, 3, 2, 1], 1, 3.0, 1.0),
    ("dropout", [3, 5, 4, 1], 6, 0.0, 0.8),
    ("dropout of half", [2, 4, 4, 1], 7, 0.0, 0.5),
)


def record() -> list[dict[str, Any]]:
    import torch

    rng = np.random.default_rng(14)
    records = []
    for label, widths, m, lambd, keep_prob in CASES:
        arrays = {"X": rng.standard_normal((widths[0], m)), "Y": (rng.random((1, m)) < 0.5).astype(float)}
        for layer in (1, 2, 3):
            arrays[f"W{layer}"] = 0.6 * rng.standard_normal((widths[layer], widths[layer - 1]))
            arrays[f"b{layer}"] = rng.standard_normal((widths[layer], 1)) * 0.3
        for layer in (1, 2):
            arrays[f"D{layer}"] = (rng.random((widths[layer], m)) < keep_prob).astype(float)
        t = {name: torch.tensor(array) for name, array in arrays.items()}
        for layer in (1, 2, 3):
            t[f"W{layer}"].requires_grad_()
            t[f"b{layer}"].requires_grad_()
        Z1 = t["W1"] @ t["X"] + t["b1"]
        H1 = torch.relu(Z1)
        A1 = H1 * t["D1"] / keep_prob
        Z2 = t["W2"] @ A1 + t["b2"]
        H2 = torch.relu(Z2)
        A2 = H2 * t["D2"] / keep_prob
        Z3 = t["W3"] @ A2 + t["b3"]
        # The lab's dZ3, dA2, … belong to single examples, without 1/m; its dA is the gradient before the mask.
        kept = {"Z3": Z3, "Z2": Z2, "Z1": Z1, "A2": H2, "A1": H1}
        for value in kept.values():
            value.retain_grad()
        entropy = torch.nn.functional.binary_cross_entropy_with_logits(Z3, t["Y"])
        penalty = sum(torch.sum(t[f"W{layer}"] ** 2) for layer in (1, 2, 3))
        cost = entropy + lambd / (2 * m) * penalty
        cost.backward()
        entry = {name: array.tolist() for name, array in arrays.items()}
        entry |= {"label": label, "lambd": lambd, "keep_prob": keep_prob, "cost": cost.item()}
        entry |= {f"d{name}": t[name].grad.tolist() for name in ("W1", "b1", "W2", "b2", "W3", "b3")}
        entry |= {f"d{name}": (m * value.grad).tolist() for name, value in kept.items()}
        records.append(entry)
    return records


if __name__ == "__main__":
    file = Path(__file__).parent / "pytorch_gradients.json"
    data = {"torch": version("torch"), "cases": record()}
    file.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8", newline="\n")
