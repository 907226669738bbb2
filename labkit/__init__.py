"""The student's toolkit; it holds no answer.

files.py finds data, arrays.py names types, environment.py prints versions, timing.py measures times,
numeric_gradient.py measures slopes, say.py prints sentences, palette.py holds the colors, language.py chooses the
language and fonts.py a font for it, words.py holds the sentences of these. Then a folder a lab, and two for the
self-check:

- regularization/, batch_norm/: data, networks, training and plots of a lab;
- selfcheck/: judges a function on recorded public cases; derivation_steps.py checks the steps that nobody grades;
- calls/: calls a function and compares what it returned; the grader uses it, too.

Names are imported when they are first used: `labkit.language` serves commands that need no numpy.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labkit.batch_norm.deep_network import DeepNetwork
    from labkit.batch_norm.digits import load_digits
    from labkit.batch_norm.optimizers import Adam, SGDMomentum
    from labkit.batch_norm.readiness import batch_norm_ready
    from labkit.batch_norm.training import fit
    from labkit.derivation_steps import practice
    from labkit.language import use_language
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
    "practice",
    "use_language",
]

_MODULES = {
    "Adam": "batch_norm.optimizers",
    "DeepNetwork": "batch_norm.deep_network",
    "SGDMomentum": "batch_norm.optimizers",
    "batch_norm_ready": "batch_norm.readiness",
    "best_time": "timing",
    "check": "selfcheck.check",
    "example": "selfcheck.check",
    "fit": "batch_norm.training",
    "load_digits": "batch_norm.digits",
    "practice": "derivation_steps",
    "use_language": "language",
}


def __getattr__(name: str) -> object:
    """Import a name when it is first used."""
    if name not in _MODULES:
        raise AttributeError(f"module 'labkit' has no attribute {name!r}")
    value: object = getattr(import_module(f"labkit.{_MODULES[name]}"), name)
    globals()[name] = value
    return value
