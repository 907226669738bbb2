"""Record what PyTorch's own batch normalization gives, as an oracle that knows nothing of this project.

PyTorch is not a dependency: run this where it is installed (`pip install torch==2.13.0`, the CPU build) to make
pytorch_values.json again. All in float64. PyTorch's momentum is the weight of the NEW value, one minus the lab's, and
its running variance takes the unbiased variance of the batch.
"""

import json
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

CASES = (
    ("more examples than features", 7, 4, 1e-5, 0.9, 1.0, 0.0),
    ("more features than examples", 4, 6, 0.5, 0.5, 1.0, 0.0),
    ("low variance", 6, 3, 1e-5, 0.9, 0.003, 0.0),
    ("offset", 5, 3, 1e-5, 0.9, 1.0, 1e3),
    ("a constant feature", 5, 2, 1e-5, 0.9, 1.0, 0.0),
    ("a wide batch", 20, 10, 1e-5, 0.9, 2.0, 0.0),
)


def record() -> list[dict[str, Any]]:
    import torch

    rng = np.random.default_rng(20)
    records = []
    for name, n, d, eps, momentum, spread, offset in CASES:
        x = spread * rng.standard_normal((n, d)) + offset
        if name == "a constant feature":
            x[:, 0] = 0.75
        arrays = {
            "x": x,
            "gamma": rng.standard_normal(d),
            "beta": rng.standard_normal(d),
            "dout": rng.standard_normal((n, d)),
            "running_mean": offset + rng.standard_normal(d),
            "running_var": rng.uniform(0.5, 2.0, d),
        }
        given = {key: torch.tensor(array) for key, array in arrays.items()}
        moved = {key: given[key].clone() for key in ("running_mean", "running_var")}
        leaves = [given[key].requires_grad_() for key in ("x", "gamma", "beta")]
        out = torch.nn.functional.batch_norm(
            given["x"],
            moved["running_mean"],
            moved["running_var"],
            given["gamma"],
            given["beta"],
            training=True,
            momentum=1 - momentum,
            eps=eps,
        )
        out.backward(given["dout"])
        test_out = torch.nn.functional.batch_norm(
            given["x"],
            given["running_mean"],
            given["running_var"],
            given["gamma"],
            given["beta"],
            training=False,
            eps=eps,
        )
        results = {
            "out": out,
            "dx": leaves[0].grad,
            "dgamma": leaves[1].grad,
            "dbeta": leaves[2].grad,
            "new_running_mean": moved["running_mean"],
            "new_running_var": moved["running_var"],
            "test_out": test_out,
        }
        records.append(
            {
                "name": name,
                "eps": eps,
                "momentum": momentum,
                **{key: array.tolist() for key, array in arrays.items()},
                **{key: tensor.detach().numpy().tolist() for key, tensor in results.items()},
            }
        )
    return records


if __name__ == "__main__":
    data = {
        "made by": "make_pytorch_values.py",
        "torch": version("torch"),
        "numpy": np.__version__,
        "python": platform.python_version(),
        "cases": record(),
    }
    path = Path(__file__).with_name("pytorch_values.json")
    lines = ",\n  ".join(json.dumps(case) for case in data.pop("cases"))
    text = json.dumps(data, indent=1)[:-2] + f',\n "cases": [\n  {lines}\n ]\n}}\n'
    path.write_text(text, encoding="utf-8")
