"""No text is read or written in the encoding of the machine, which on Windows is not UTF-8."""

import ast
from collections.abc import Iterator

import pytest

from tests.test_architecture import REPOSITORY

OWN_READERS = ("read_text",)
"""Functions of our own with such a name, called without an owner."""
TEXT_CALLS = {"open", "read_text", "write_text", "fdopen", "loadtxt", "genfromtxt", "savetxt", "TextIOWrapper"}
PROCESS_CALLS = {"run", "Popen", "check_output"}
BINARY_OPENERS = ("archive", "os")
"""What `open` is called on where it opens no text file."""


def calls_without_encoding(source: str) -> Iterator[str]:
    """Find calls that read or write text and leave the encoding to the machine."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        owner, _, name = called.rpartition(".")
        options = {keyword.arg: keyword.value for keyword in node.keywords}
        if "encoding" in options or None in options:
            continue
        modes = [value.value for value in (*node.args, *options.values()) if isinstance(value, ast.Constant)]
        binary = any(isinstance(mode, str) and set(mode) <= set("rwaxb+") and "b" in mode for mode in modes)
        texts = name in TEXT_CALLS and not binary and not (name == "open" and owner in BINARY_OPENERS)
        texts = texts and called not in OWN_READERS
        if texts or (name in PROCESS_CALLS and "subprocess" in owner and {"text", "universal_newlines"} & set(options)):
            yield f"line {node.lineno}: {called}"


@pytest.mark.parametrize("package", ["labkit", "autograder"])
def test_each_call_that_reads_or_writes_text_names_the_encoding(package: str) -> None:
    found = {
        path.relative_to(REPOSITORY).as_posix(): calls
        for path in sorted((REPOSITORY / package).rglob("*.py"))
        if (calls := list(calls_without_encoding(path.read_text(encoding="utf-8"))))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("call", "arguments"),
    [
        ("open", "name"),
        ("path.open", ""),
        ("path.open", "'w'"),
        ("path.read_text", ""),
        ("path.write_text", "text, newline=''"),
        ("np.loadtxt", "path, delimiter=','"),
        ("os.fdopen", "number, 'w'"),
        ("subprocess.run", "command, text=True"),
    ],
)
def test_the_search_sees_each_way_to_read_and_write_text(call: str, arguments: str) -> None:
    assert list(calls_without_encoding(f"{call}({arguments})"))
    arguments = ", ".join(filter(None, (arguments, "encoding='utf-8'")))
    assert not list(calls_without_encoding(f"{call}({arguments})"))


@pytest.mark.parametrize("source", ["open(name, 'rb')", "path.open('wb')", "path.read_bytes()", "subprocess.run([1])"])
def test_bytes_need_no_encoding(source: str) -> None:
    assert not list(calls_without_encoding(source))
