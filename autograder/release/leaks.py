"""Find answers in what students get: line by line, and by trying each function of their toolkit as an answer."""

from __future__ import annotations

import importlib
import inspect
import io
import json
import pkgutil
import tokenize
from collections.abc import Iterable, Iterator, Mapping

from autograder.checking.check import AnswerKey, Check, Function
from autograder.errors import CourseError
from autograder.release import words

GIVEN = "labkit/regularization/network.py"
"""The plain network that the lab gives to students: its lines stand in solutions too, and give nothing away."""

MIN_TOKENS = 6
"""A line with fewer tokens ("return grads", "m = Y.shape[1]") says nothing about a solution."""

_TEXTS = (".py", ".ipynb", ".txt", ".md", ".json")

_NO_ANSWER = ("def", "class", "import", "from", "@", "with", "for", "assert", "raise")
"""First words of lines that compute nothing."""

FORBIDDEN = ("BEGIN SOLUTION", "END SOLUTION", "HIDDEN TESTS", "MARK SCHEME", "autograder")
"""Strings that must not leave the instructor: nbgrader's marks around what it removes, and the grader's name."""


def forbidden_in(files: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Find forbidden strings in files (path → content): the path and the string of each."""
    for name, content in files.items():
        for text in FORBIDDEN:
            if text.encode() in content:
                yield name, text


def refuse_forbidden(files: Mapping[str, bytes]) -> None:
    """Stop a release with a forbidden string in it.

    Raises:
        CourseError: names the first file with such a string.
    """
    for name, text in forbidden_in(files):
        raise CourseError(words.would_leak(name, text))


def leaked_lines(secrets: Iterable[str], given: Iterable[str], files: Mapping[str, bytes]) -> list[str]:
    """Find lines of solutions, references or hidden tests in what students get, however they are spaced.

    Args:
        secrets: source texts that students must not get.
        given: source texts that students get on purpose: the lines of the stubs around the part to fill in.
        files: path → content of what students get.

    Returns:
        "file: line" for each, and "file: string" for each forbidden string.
    """
    leaks = [f"{name}: {text}" for name, text in forbidden_in(files)]
    texts = {name: _text_of(name, content) for name, content in files.items() if name.endswith(_TEXTS)}
    known = {line for source in (*given, texts.get(GIVEN, "")) for line in _lines(source)}
    secret = {line for source in secrets for line in _lines(source)} - known
    for name, text in texts.items():
        leaks += [f"{name}: {line}" for line in sorted(secret & set(_lines(text)))]
    return leaks


def _text_of(name: str, content: bytes) -> str:
    """Decode a text file; of a notebook, the sources of its cells."""
    text = content.decode("utf-8")
    return "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"]) if name.endswith(".ipynb") else text


def _lines(source: str) -> Iterator[str]:
    """Yield the lines of a source that have enough in them, as tokens; comments and layout do not count."""
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
    """Tell whether a line only names what is returned, as the last line of a stub does: "return dx, dgamma, dbeta"."""
    return line[0] == "return" and all(token == "," or token.isidentifier() for token in line)


def toolkit_functions() -> dict[str, Function]:
    """Collect the functions of labkit by full name, but for those that choose the language of all that follows."""
    import labkit

    functions: dict[str, Function] = {}
    for module in pkgutil.walk_packages(labkit.__path__, "labkit."):
        for name, value in vars(importlib.import_module(module.name)).items():
            own = inspect.isfunction(value) and value.__module__.startswith("labkit")
            if own and value.__module__ != "labkit.language":
                functions[f"{value.__module__}.{name}"] = value
    return functions


def same_parameters(function: Function, check: Check) -> bool:
    """Tell whether a function takes as many positional arguments as the check's function."""
    try:
        inspect.signature(function).bind(*range(len(check.parameters)))
    except (TypeError, ValueError):
        return False
    return True


def answers_of(key: AnswerKey) -> list[str]:
    """List the source of every reference and right answer of an answer key."""
    references = [inspect.getsource(function) for check in key.checks for function in check.reference.values()]
    return [*references, *(source for styles in key.right_answers.values() for source in styles.values())]
