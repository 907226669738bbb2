"""Save a notebook as editors and platforms do, and as uploads break it."""

import json
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from autograder.notebook.format import Notebook
from autograder.notebook.write import write

Content = dict[str, Any]


def _plain(notebook: Notebook) -> Content:
    """Copy a notebook to be changed: sources as lists of lines."""
    cells = [{**cell, "metadata": dict(cell["metadata"])} for cell in notebook["cells"]]
    for cell in cells:
        cell["source"] = str(cell["source"]).splitlines(keepends=True)
    return {**notebook, "cells": cells, "metadata": dict(notebook["metadata"])}


def _dump(content: Content, indent: int | None = 1, *, ascii_only: bool = False, sort: bool = False) -> bytes:
    return (json.dumps(content, ensure_ascii=ascii_only, indent=indent, sort_keys=sort) + "\n").encode()


def _jupyter(notebook: Notebook, chance: Random) -> bytes:
    return write(notebook)


def _code(notebook: Notebook, chance: Random) -> bytes:
    """Save as VS Code does: keys in its own order, language details in the metadata."""
    content = _plain(notebook)
    content["metadata"]["language_info"] = {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
        "version": f"3.{chance.randint(9, 11)}.{chance.randint(0, 9)}",
    }
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            cell["metadata"]["vscode"] = {"languageId": "python"}
    return _dump(content)


def _code_other_ids(notebook: Notebook, chance: Random) -> bytes:
    content = _plain(notebook)
    for cell in content["cells"]:
        cell["id"] = f"{chance.getrandbits(32):08x}"
    return _dump(content)


def _code_crlf(notebook: Notebook, chance: Random) -> bytes:
    """Save as an old VS Code on Windows does: no ids, CRLF between and in the lines."""
    content = _without_ids(notebook, 2)
    for cell in content["cells"]:
        cell["source"] = [line.replace("\n", "\r\n") for line in cell["source"]]
    return _dump(content).replace(b"\n", b"\r\n")


def _notepad(notebook: Notebook, chance: Random) -> bytes:
    return b"\xef\xbb\xbf" + write(notebook)


def _classic(notebook: Notebook, chance: Random) -> bytes:
    """Save as the classic Notebook does: format 4.4, without ids."""
    content = _without_ids(notebook, 4)
    for cell in content["cells"]:
        cell["metadata"] |= {"collapsed": True} if cell["cell_type"] == "code" and chance.random() < 0.2 else {}
    return _dump(content, sort=True)


def _colab(notebook: Notebook, chance: Random) -> bytes:
    """Save as Colab does: format 4.0, ids and links of outputs in the metadata, one run after the other."""
    content = _without_ids(notebook, 0)
    user = {"displayName": "S T", "userId": f"{chance.getrandbits(60):020d}"}
    content["metadata"] |= {"colab": {"provenance": [], "toc_visible": True}, "accelerator": "GPU"}
    for cell in content["cells"]:
        cell["metadata"]["id"] = f"{chance.getrandbits(48):012x}"
        if cell["cell_type"] == "code":
            cell["metadata"]["executionInfo"] = {"status": "ok", "elapsed": 12, "user": user, "user_tz": -480}
            if cell["outputs"]:
                cell["metadata"]["outputId"] = f"{chance.getrandbits(64):x}-{chance.getrandbits(32):x}"
    return _dump(content, indent=2)


def _colab_bare(notebook: Notebook, chance: Random) -> bytes:
    """Save as Colab does, and lose what nbgrader wrote."""
    content = json.loads(_colab(notebook, chance))
    for cell in content["cells"]:
        cell["metadata"].pop("nbgrader", None)
    return _dump(content, indent=2)


def _kaggle(notebook: Notebook, chance: Random) -> bytes:
    content = _plain(notebook)
    for cell in content["cells"]:
        cell["metadata"] |= {"trusted": True, "execution": {"iopub.status.busy": "2026-03-01T10:00:00.000Z"}}
    return _dump(content, indent=None, ascii_only=True)


def _pycharm(notebook: Notebook, chance: Random) -> bytes:
    content = _without_ids(notebook, 1)
    for cell in content["cells"]:
        cell["metadata"]["pycharm"] = {"name": "#%%\n"}
    return _dump(content)


def _bare(notebook: Notebook, chance: Random) -> bytes:
    """Lose ids and all metadata, as converters do."""
    content = _without_ids(notebook, 2)
    content["metadata"] = {}
    for cell in content["cells"]:
        cell["metadata"] = {}
    return _dump(content)


def _script(notebook: Notebook, chance: Random) -> bytes:
    """Write with a script: sources as one text each, everything on one line."""
    return json.dumps(notebook).encode()


def _no_break_spaces(notebook: Notebook, chance: Random) -> bytes:
    """Paste from a chat: texts with spaces that do not break."""
    content = _plain(notebook)
    for cell in content["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = [line.replace(" ", "\u00a0") if chance.random() < 0.3 else line for line in cell["source"]]
    return _dump(content)


def _without_ids(notebook: Notebook, minor: int) -> Content:
    content = _plain(notebook) | {"nbformat_minor": minor}
    for cell in content["cells"]:
        del cell["id"]
    return content


EDITORS: Mapping[str, Callable[[Notebook, Random], bytes]] = {
    "JupyterLab": _jupyter,
    "VS Code": _code,
    "VS Code, other ids": _code_other_ids,
    "old VS Code on Windows": _code_crlf,
    "Windows Notepad": _notepad,
    "classic Notebook": _classic,
    "Colab": _colab,
    "Colab without nbgrader's metadata": _colab_bare,
    "Kaggle": _kaggle,
    "PyCharm": _pycharm,
    "converter": _bare,
    "script": _script,
    "pasted": _no_break_spaces,
}
"""Ways to save a notebook, by what saves it."""


def cut_off(data: bytes, chance: Random) -> bytes:
    """Break a file as uploads do: a part of it, nothing of it, or a page that says that something went wrong."""
    part = data[: int(len(data) * chance.uniform(0.2, 0.95))]
    return chance.choice((part, part, part, b"", b"<!DOCTYPE html>\n<title>Please log in</title>\n"))
