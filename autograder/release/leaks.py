"""Does what students get hold an answer? Looked for line by line, and by trying their toolkit as an answer."""

from __future__ import annotations

import importlib
import inspect
import io
import json
import pkgutil
import tokenize
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from autograder.checking.check import AnswerKey, Check, Function

GIVEN = "labkit/regularization/network.py"
"""The plain network that the lab gives to students: its lines stand in solutions too, and give nothing away."""

MIN_TOKENS = 6
"""A line with fewer tokens ("return grads", "m = Y.shape[1]") says nothing about a solution."""

_NO_ANSWER = ("def", "class", "import", "from", "@", "with", "for", "assert", "raise")
"""First words of lines that compute nothing."""

MARKS = ("BEGIN SOLUTION", "HIDDEN TESTS", "autograder")


def files_for_students(archive: Path) -> dict[str, str]:
    """Name → text of every Python file, notebook and text in the class zip; of a notebook, the cells' sources."""
    texts = {}
    with zipfile.ZipFile(archive) as packed:
        for name in packed.namelist():
            if name.endswith((".py", ".ipynb", ".txt", ".md", ".json")):
                text = packed.read(name).decode("utf-8")
                if name.endswith(".ipynb"):
                    text = "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])
                texts[name.partition("/")[2]] = text
    return texts


def leaked_lines(secrets: Iterable[str], given: Iterable[str], texts: Mapping[str, str]) -> list[str]:
    """Lines of solutions, references or hidden tests that stand in what students get, however they are spaced.

    Args:
        secrets: source texts that students must not get.
        given: source texts that students get on purpose: the lines of the stubs around the part to fill in.
        texts: name → text of what they get.

    Returns:
        "file: line" for each, and "file: mark" for each mark of the instructor's version.
    """
    found = [f"{name}: {mark}" for name, text in texts.items() for mark in MARKS if mark in text]
    known = {line for source in (*given, texts.get(GIVEN, "")) for line in _lines(source)}
    secret = {line for source in secrets for line in _lines(source)} - known
    for name, text in texts.items():
        found += [f"{name}: {line}" for line in sorted(secret & set(_lines(text)))]
    return found


def _lines(source: str) -> Iterator[str]:
    """The lines of a source with enough in them, as their tokens; comments and layout do not count."""
    line: list[str] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type in (tokenize.NEWLINE, tokenize.NL):
                if len(line) >= MIN_TOKENS and line[0] not in _NO_ANSWER and not _returns_names(line):
                    yield " ".join(line)
                line = []
            elif token.type not in (tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT):
                line.append(token.string)
    except (tokenize.TokenError, IndentationError, SyntaxError):
        return


def _returns_names(line: list[str]) -> bool:
    """Whether a line only names what is returned, as the last line of a stub does: "return dx, dgamma, dbeta"."""
    return line[0] == "return" and all(token == "," or token.isidentifier() for token in line)


def toolkit_functions() -> dict[str, Function]:
    """Every public function of labkit, by its full name."""
    import labkit

    functions: dict[str, Function] = {}
    for module in pkgutil.walk_packages(labkit.__path__, "labkit."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if inspect.isfunction(value) and value.__module__.startswith("labkit"):
                functions[f"{value.__module__}.{name}"] = value
    return functions


def same_parameters(function: Function, check: Check) -> bool:
    """Whether a function takes as many positional arguments as the check's function."""
    try:
        inspect.signature(function).bind(*range(len(check.parameters)))
    except (TypeError, ValueError):
        return False
    return True


def answers_of(key: AnswerKey) -> list[str]:
    """The source of every reference and right answer of an answer key."""
    references = [inspect.getsource(function) for check in key.checks for function in check.reference.values()]
    return [*references, *(source for styles in key.right_answers.values() for source in styles.values())]
