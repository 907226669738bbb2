"""Print the software and hardware that a report was made with: the same rows on Windows, macOS and Linux."""

import os
import platform

import matplotlib as mpl
import numpy as np

from labkit import words
from labkit.say import padded

WIDTH = 17
"""Columns of the names."""


def show_environment() -> None:
    """Print the operating system, the processor, and the versions of Python, numpy and matplotlib."""
    values = (
        f"{platform.system()} {platform.release()}",
        platform.processor() or platform.machine(),
        os.cpu_count(),
        platform.python_version(),
        np.__version__,
        mpl.__version__,
    )
    for name, value in zip(words.environment_rows(), values, strict=True):
        print(padded(name, WIDTH), value)
