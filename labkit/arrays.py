"""Types of the arrays in both labs: numbers, labels, and the dictionaries that hold a network's parameters."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Labels = NDArray[np.intp]
Parameters = dict[str, Array]
"""``W1``, ``b1``, …: what a network learns."""
Gradients = dict[str, Array]
"""The gradient of the cost with respect to each parameter, with the parameter's shape."""
