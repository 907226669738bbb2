"""The student's toolkit; it holds no answer.

files.py finds data, arrays.py names types, environment.py prints versions, timing.py measures times,
numeric_gradient.py measures slopes, palette.py holds the colors, words.py the sentences of these.
Then a folder a lab, and two for the self-check:

- regularization/, batch_norm/: data, networks, training and plots of a lab;
- selfcheck/: judges a function on recorded public cases;
- calls/: calls a function and compares what it returned; the grader uses it, too.
"""

from labkit.batch_norm.deep_network import DeepNetwork
from labkit.batch_norm.digits import load_digits
from labkit.batch_norm.optimizers import Adam, SGDMomentum
from labkit.batch_norm.readiness import batch_norm_ready
from labkit.batch_norm.training import fit
from labkit.selfcheck.check import check, example
from labkit.timing import best_time

__all__ = [
    "Adam",
    "DeepNetwork",
    "SGDMomentum",
    "batch_norm_ready",
    "best_time",
    "check",
    "example",
    "fit",
    "load_digits",
]
