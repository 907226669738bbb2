"""The environment of a report is filled in by code."""

import platform

import numpy as np
import pytest

from labkit import words
from labkit.environment import show_environment


def test_every_row_has_a_value(capsys: pytest.CaptureFixture[str]) -> None:
    show_environment()
    rows = capsys.readouterr().out.splitlines()
    assert [row[:17].strip() for row in rows] == list(words.environment_rows())
    assert all(row[18:].strip() for row in rows)
    assert rows[3].endswith(platform.python_version())
    assert rows[4].endswith(np.__version__)
