"""Whatever a person can type or meet stands in the docs."""

import re
from dataclasses import asdict
from functools import cache
from io import BytesIO
from typing import get_args

import click
import pytest
from babel.messages.pofile import read_po

from autograder import assignments
from autograder.assignments import answer_key
from autograder.checking.check import AnswerKey
from autograder.cli.commands import commands
from autograder.engines.sandbox import words
from autograder.engines.sandbox.limits import Limits
from autograder.notebook.notes import NoteKind
from tests.test_architecture import MAY_IMPORT, REPOSITORY

DOCS = {path.name: path.read_text(encoding="utf-8") for path in sorted((REPOSITORY / "docs").glob("*.md"))}
CHINESE = {path.name: path.read_text(encoding="utf-8") for path in sorted((REPOSITORY / "docs/zh_CN").glob("*.md"))}
README = {name: (REPOSITORY / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh.md")}
INSTRUCTOR = DOCS["instructor.md"]
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in INSTRUCTOR.split("\n") if line[:1] == "|"]
PLACEHOLDER = re.compile(r"/(NAME|LANGUAGE|scaling)/")
"""Stands for any assignment or language, or the example of docs/new_assignment.md."""


def row_of(name: str) -> list[str]:
    """Return the row of the reference whose first cell names `name` as code."""
    return next(row for row in ROWS if re.search(rf"`{re.escape(name)}[` ]", row[0]))


def named_commands(group: click.Group, before: str = "") -> dict[str, click.Command]:
    """Return the commands that do something, by what is typed."""
    named: dict[str, click.Command] = {}
    for name, command in group.commands.items():
        named |= named_commands(command, f"{name} ") if isinstance(command, click.Group) else {before + name: command}
    return named


COMMANDS = named_commands(commands)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_in_the_reference(name: str) -> None:
    options = {
        option
        for parameter in COMMANDS[name].params
        if isinstance(parameter, click.Option) and parameter.name != "folder"
        for option in parameter.opts
    }
    assert set(re.findall(r"--[a-z-]+", row_of(name)[1])) == options


def test_the_table_of_shares_is_the_catalogue_s() -> None:
    written = {row[0].strip("`"): row[1] for row in ROWS if len(row) == 2 and re.search(r"\d of \d", row[1])}
    assert written == {
        mistake: kept_of(key, mistake) for key in map(answer_key, assignments.names()) for mistake in key.shares
    }


def kept_of(key: AnswerKey, id: str) -> str:
    """Say what a mistake keeps, as the table does: "value 4.5 of 6"."""
    (mistake,) = (mistake for mistake in key.mistakes if mistake.id == id)
    kept = [
        f"{criterion.name} {round(share * criterion.points, 2):g} of {criterion.points:g}"
        for check in key.checks
        if mistake in key.mistakes_in(check)
        for name, share in key.shares[id].items()
        for criterion in check.criteria
        if criterion.name == name
    ]
    return ", ".join(dict.fromkeys(kept))


def test_every_export_format_is_in_the_reference() -> None:
    (parameter,) = (p for p in commands.commands["export"].params if p.name == "to")
    assert isinstance(parameter.type, click.Choice)
    for name in parameter.type.choices:
        row_of(str(name))


def test_every_limit_is_in_the_reference_with_its_default_and_promise() -> None:
    for name, default in asdict(Limits()).items():
        assert row_of(name)[1:] == [f"{default} {words.limit_unit(name)}", words.limit_promise(name)]


@pytest.mark.parametrize("kind", get_args(NoteKind))
def test_every_kind_of_note_is_in_the_reference(kind: str) -> None:
    row_of(kind)


def test_the_architecture_page_shows_the_proved_table_of_imports() -> None:
    shown = re.findall(
        r"^\| `([a-z_]+)` \| (.*) \|$", DOCS["architecture.md"].partition("## Who may import whom")[2], re.M
    )
    assert [(name, set(re.findall(r"`(\w+)`", allowed))) for name, allowed in shown] == list(MAY_IMPORT.items())


@pytest.mark.parametrize(
    "page",
    [
        *DOCS,
        *(f"zh_CN/{page}" for page in CHINESE),
        *(f"../{page}" for page in README),
        "../CONTRIBUTING.md",
        "../SECURITY.md",
    ],
)
def test_every_file_that_a_page_names_exists(page: str) -> None:
    path = REPOSITORY / "docs" / page
    if not path.is_file():
        pytest.fail(f"{page} is missing")
    text = path.read_text(encoding="utf-8")
    links = {link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link} - {""}
    named = set(re.findall(r"`((?:autograder|labkit|tests|benchmarks|datasets)/[\w/.]+)`", text))
    missing = {link for link in links if not (path.parent / link).exists()}
    missing |= {name for name in named if not PLACEHOLDER.search(name) and not (REPOSITORY / name).exists()}
    assert not missing


PROOF = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
"""A test that a page names."""


@pytest.mark.parametrize("page", DOCS)
def test_every_test_that_a_page_names_exists(page: str) -> None:
    for file, test in PROOF.findall(DOCS[page]):
        assert re.search(rf"^def {test}\(", (REPOSITORY / file).read_text(encoding="utf-8"), re.MULTILINE), test


def test_each_promise_of_security_names_the_tests_that_prove_it() -> None:
    promised = DOCS["security.md"].split("## What is promised")[1].split("What is not promised:")[0]
    promises = promised.split("\n- ")[1:]
    assert len(promises) >= 10
    assert all(PROOF.search(promise) for promise in promises)


def code_in(page: str) -> set[str]:
    """Collect what a page shows as code, without comments and without what a translation says in its own words."""
    blocks = re.findall(r"^ *```.*?\n(.*?)^ *```", page, re.MULTILINE | re.DOTALL)
    lines = [line.partition("  #")[0].strip() for block in blocks for line in block.split("\n")]
    inline = re.findall(r"`([^`]+)`", re.sub(r"^ *```.*?^ *```", "", page, flags=re.MULTILINE | re.DOTALL))
    return {" ".join(code.split()) for code in (*lines, *inline) if not re.search("[\u4e00-\u9fff]|zh_CN", code)}


def headings(page: str) -> list[int]:
    """List the levels of a page's headings."""
    return [
        len(marks) for marks in re.findall(r"^(#+) ", re.sub(r"```.*?```", "", page, flags=re.DOTALL), re.MULTILINE)
    ]


@pytest.mark.parametrize("page", [*DOCS, *(f"zh_CN/{name}" for name in CHINESE), *README])
def test_every_command_that_a_page_shows_exists_with_its_options(page: str) -> None:
    text = (DOCS | {f"zh_CN/{name}": text for name, text in CHINESE.items()} | README)[page]
    for line in code_in(text):
        for name, rest in re.findall(r"(?<![\w/.-])autograder ([a-z][a-z-]+)([^|`#]*)", line):
            assert name in commands.commands, line
            full = " ".join([name, *rest.split()[:1]])
            command = COMMANDS.get(full, commands.commands[name])
            known = {option for parameter in command.params for option in parameter.opts}
            assert {*re.findall(r"(?<!\S)--[a-z-]+", rest)} <= {*known, "--help", "--course"}, line


@cache
def said_in(language: str) -> str:
    """Return all that students are told in a language, as the catalogues have it."""
    said: list[str] = []
    for pattern in ("labkit", "autograder/assignments/*"):
        for path in REPOSITORY.glob(f"{pattern}/locale/zh_CN/*/*.po"):
            for message in read_po(BytesIO(path.read_bytes()), locale="zh_CN"):
                text = message.string if language == "zh_CN" else message.id
                said += [text] if isinstance(text, str) else text or []
    return "\n".join(said)


def test_the_chinese_pages_have_the_sections_and_the_code_of_the_english() -> None:
    english = code_in("\n".join([*DOCS.values(), README["README.md"]]))
    for page in (CHINESE["student.md"], CHINESE["instructor.md"], README["README.zh.md"]):
        assert not [code for code in code_in(page) - english if code not in said_in("en")]
    assert headings(README["README.zh.md"]) == headings(README["README.md"])
    assert headings(CHINESE["student.md"]) == headings(DOCS["student.md"])
    *first_half, goes_on = headings(CHINESE["instructor.md"])
    assert first_half == headings(INSTRUCTOR.partition("\n### Mistakes that are in no catalogue")[0])
    assert goes_on == 2


def test_the_chinese_students_page_quotes_messages_as_they_are_said() -> None:
    tables = "".join(CHINESE["student.md"].split("\n| 信息 | 怎么办 |")[1:])
    quoted = re.findall(r"“([^”]+)”", "\n".join(re.findall(r"^\|([^|]+)\|", tables, re.MULTILINE)))
    assert len(quoted) >= 15
    for part in (part.strip("： 。") for quote in quoted for part in re.split(r"…|\d+ ", quote)):
        assert part in said_in("zh_CN")
