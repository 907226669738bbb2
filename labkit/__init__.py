"""The student's toolkit: self-check, gradient check, small networks, data and plots. Holds no answer."""

from labkit.deep_network import DeepNetwork
from labkit.digits import load_digits
from labkit.optimizers import Adam, SGDMomentum
from labkit.readiness import batch_norm_ready
from labkit.selfcheck import check
from labkit.timing import best_time
from labkit.trainer import fit

__all__ = ["Adam", "DeepNetwork", "SGDMomentum", "batch_norm_ready", "best_time", "check", "fit", "load_digits"]
