"""Sentences for people stand in words files, hints and templates, so that a language is a catalogue."""

import ast
import re
from collections.abc import Iterator
from gettext import NullTranslations
from pathlib import Path

import pytest

from autograder import language
from autograder.checking.verdict import CriterionResult, Hint, Verdict
from labkit.calls.differences import unlike
from labkit.calls.plain import Opaque
from labkit.calls.words import describe
from tests.test_architecture import REPOSITORY

SPEAKING = {"words.py", "hints.py"}
"""Files that hold what people read."""

ELSEWHERE = {
    "autograder/cli/commands.py": "click shows the docstrings and the help of options",
    "autograder/assignments/batch_normalization/equivalent_mutants.py": "reasons for whoever changes the answer key",
    "autograder/assignments/regularization/equivalent_mutants.py": "reasons for whoever changes the answer key",
}
"""Other files with sentences for people, and why they stand there."""

INTERNAL = {"AssertionError", "IndexError", "KeyError", "RuntimeError", "TypeError", "ValueError", "FrameError"}
"""Exceptions that tell a programmer of a mistake in the code; no command shows their text."""

SENTENCE = re.compile(r"^\W*[A-Z][a-z'`]*,? [\w'`{}-]+,? [\w'`{}-]+ .*[.!?:]\s*$", re.S)
"""A capital, three words or more, and a stop."""


def constants(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and text of every string that is no docstring and no argument of an internal error."""
    silent: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            silent.add(id(node.value))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in INTERNAL:
            silent |= {id(part) for part in ast.walk(node)}
        if isinstance(node, ast.Assert) and node.msg is not None:
            silent |= {id(part) for part in ast.walk(node.msg)}
    for node in ast.walk(tree):
        if id(node) in silent:
            continue
        if isinstance(node, ast.JoinedStr):
            silent |= {id(part) for part in ast.walk(node)}
            yield node.lineno, "".join(p.value if isinstance(p, ast.Constant) else "{}" for p in node.values)  # type: ignore[misc]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def is_code(text: str) -> bool:
    """Return whether a text is Python, as the answers of a catalogue are."""
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def strays(path: Path) -> list[str]:
    """Return the sentences of a file, each with its line."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [f"{line}: {text}" for line, text in constants(tree) if SENTENCE.search(text) and not is_code(text)]


FILES = [
    path
    for package in ("autograder", "labkit")
    for path in sorted((REPOSITORY / package).rglob("*.py"))
    if path.name not in SPEAKING and path.relative_to(REPOSITORY).as_posix() not in ELSEWHERE
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(REPOSITORY).as_posix())
def test_no_sentence_stands_outside_the_words_files(path: Path) -> None:
    assert not strays(path)


def test_a_stray_sentence_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "stray.py"
    file.write_text('"""A docstring is no stray sentence."""\nraise CourseError(f"The file {name} is not there.")\n')
    assert strays(file) == ["2: The file {} is not there."]


def words_files() -> list[Path]:
    """Return every words file."""
    return sorted(path for package in ("autograder", "labkit") for path in (REPOSITORY / package).rglob("words.py"))


@pytest.mark.parametrize("path", words_files(), ids=lambda path: path.relative_to(REPOSITORY).as_posix())
def test_a_sentence_is_whole_and_can_be_extracted(path: Path) -> None:
    """The tools of gettext need literals with named places; an f-string or a position would break translation."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "ngettext"):
            for text in node.args[: 2 if node.func.id == "ngettext" else 1]:
                assert isinstance(text, ast.Constant), f"line {node.lineno}: not a literal"
                assert not re.search(r"\{\d*[:!}]", text.value), f"line {node.lineno}: a place without a name"  # type: ignore[arg-type]
        if isinstance(node, ast.JoinedStr):
            pieces = "".join(part.value for part in node.values if isinstance(part, ast.Constant))  # type: ignore[misc]
            assert not re.search(r"[a-z]{2,} [a-z]{2,}", pieces), f"line {node.lineno}: a sentence in an f-string"


def test_what_an_answer_key_holds_as_data_is_translated_where_it_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    class Loud(NullTranslations):
        def gettext(self, message: str) -> str:
            return message.upper() if message in ("a dead unit", "value", "Look again.", "a huge int") else message

    monkeypatch.setattr("labkit.language.catalogue", lambda name: Loud())
    missed = CriterionResult("value", False, 0, 1, describe(unlike("cost", "1", Opaque("a huge int")), "a dead unit"))
    shown = str(Verdict("f", "f", (missed,), mistakes=(Hint("id", "Look again."),)))
    assert "✗ VALUE" in shown
    assert "A DEAD UNIT: cost: expected 1, got A HUGE INT" in shown
    assert "Hint: LOOK AGAIN." in shown
    assert language.translated("") == ""
