"""The student's toolkit: self-check, gradient check, small networks, data and plots. Holds no answer."""

from labkit.batch_norm.deep_network import DeepNetwork
from labkit.batch_norm.digits import load_digits
from labkit.batch_norm.optimizers import Adam, SGDMomentum
from labkit.batch_norm.readiness import batch_norm_ready
from labkit.batch_norm.training import fit
from labkit.selfcheck.check import check
from labkit.timing import best_time

__all__ = ["Adam", "DeepNetwork", "SGDMomentum", "batch_norm_ready", "best_time", "check", "fit", "load_digits"]
