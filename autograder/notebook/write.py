"""Write notebooks, always the same way byte for byte."""

import json

import msgspec

from autograder.notebook.format import Notebook


def write(notebook: Notebook) -> bytes:
    """Write a notebook in nbformat's layout: sorted keys, one space, a newline at the end."""
    cells = [{**cell, "source": cell["source"].splitlines(keepends=True)} for cell in notebook["cells"]]
    return (json.dumps({**notebook, "cells": cells}, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def write_compact(part: object) -> bytes:
    """Write a notebook, or a part of it, on one line: as good to read for every program."""
    return _COMPACT.encode(part)


_COMPACT = msgspec.json.Encoder(order="sorted")
"""Fifteen times as fast as Python's own `json` where a notebook holds pictures."""
