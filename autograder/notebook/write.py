"""Write notebooks, always the same way byte for byte."""

import json

from autograder.notebook.format import Notebook


def write(notebook: Notebook) -> bytes:
    """Write a notebook in nbformat's layout: sorted keys, one space, a newline at the end."""
    cells = [{**cell, "source": cell["source"].splitlines(keepends=True)} for cell in notebook["cells"]]
    return (json.dumps({**notebook, "cells": cells}, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def write_compact(part: object) -> bytes:
    """Write a notebook, or a part of it, on one line: ten times as fast, and as good to read for every program."""
    return json.dumps(part, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
