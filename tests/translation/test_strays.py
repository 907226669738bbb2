"""No English is left on any surface: in the toy language all text stands in brackets; what has none is seen."""

import ast
import inspect
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import click
import pytest

from autograder.assignments import names
from autograder.cli.commands import commands
from autograder.cli.words import click_says
from autograder.marking import words as marking_words
from tests.helpers.toy_language import bare
from tests.helpers.toy_walk import SEEN, Texts, walk
from tests.test_architecture import REPOSITORY
from tests.test_words import words_files

PROGRAMS = """
autograder batch_normalization regularization labkit numpy matplotlib nbgrader jupyterlab python sandbox formgrader
Linux questions markdown
"""
"""Names of programs, of what comes with them, of the assignments and of cells."""

COMMANDS = " ".join(commands.commands)
"""Commands are typed as they are."""

CHOICES = """
none small full moodle canvas csv json blackboard brightspace sakai table gradescope
certificates scheduler worker tls wall_cell cpu_cell memory result disk processes
"""
"""Values of options, and of what `doctor` lists: typed as they are."""

LAYERS = "landlock seccomp rlimits capabilities namespaces cgroup scrub"
"""Layers of the sandbox have no other names."""

FUNCTIONS = """
dropout sigmoid log Var momentum parameters train test mode eps gamma beta dgamma dbeta lambd cache steps seed mean
out dout bracket fold
"""
"""Names in formulas and code: of functions, of arguments, of the parts of a cache, of keys."""

TYPES = "str tuple list dict int float bool object generator array NoneType nan"
"""What Python calls a kind of value."""

ALLOWED = frozenset(" ".join((PROGRAMS, COMMANDS, CHOICES, LAYERS, FUNCTIONS, TYPES)).split())

QUOTED = (
    re.compile(r"`[^`\n]*`"),  # code in a sentence
    re.compile(r"\$[^$]*\$"),  # a formula in a sentence; equations are looked at below
    re.compile(r"^ *(?:```|~~~).*?^ *(?:```|~~~)", re.DOTALL | re.MULTILINE),  # code in Markdown
    re.compile(r"\\(?:begin|end)\{\w+\}|\\[A-Za-z]+"),  # commands of LaTeX
    re.compile(r"\b\w*(?:Error|Exception|Exit): .*"),  # what Python and numpy say
    re.compile(r"No such file or directory|'\(' was never closed"),  # what the system and Python say
    re.compile(r": name 'W9' is not defined"),  # the same, where the name of the exception stands apart
    re.compile(r"https?://\S+"),
    re.compile(r"^ .*(?:=|\b(?:def|return|raise|else)\b).*", re.MULTILINE),  # code of students, which `mistakes` lists
    re.compile(r"^[0-9a-z]{4}(?=  [a-z]+_)", re.MULTILINE),  # id of a group, where `mistakes` lists it
    re.compile(r"^error$", re.MULTILINE),  # id of the hint that explains an exception
)
"""What is quoted, and stands in English in every language."""

OWN_LINE = re.compile(r"⟦line ⟧\d+⟦: ⟧.*")
"""A line of the student's own code, where it is said by its number."""

WORD = re.compile(r"(?<![\w.\\/'-])[A-Za-z][a-z]{2,}(?![\w./\\(\[=-])")
"""A word as people write it, and no part of a name, a path or a call."""


def strays(text: str) -> list[str]:
    """Return the lines of a text in which English is left, each with its words."""
    text = bare(OWN_LINE.sub(" ", text))
    for group in re.findall(r"--hint ([a-z]{4})", text):  # ids of groups of mistakes
        text = text.replace(group, " ")
    for quoted in QUOTED:
        text = quoted.sub(" ", text)
    left = []
    for line in text.split("\n"):
        words = [word for word in WORD.findall(line) if word not in ALLOWED]
        if words:
            left.append(f"{', '.join(words)} in: {line.strip()}")
    return left


def all_strays(texts: Texts) -> dict[str, list[str]]:
    """Return place → what is left there, of the places where anything is."""
    return {place: left for place, text in texts.items() if (left := strays(text))}


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Texts:
    return walk(tmp_path_factory.mktemp("walk"))


@pytest.mark.slow
@pytest.mark.xdist_group("walk in the toy language")
def test_no_english_is_left_on_the_whole_way(read: Texts) -> None:
    left = all_strays(read)
    assert not left, "\n".join(f"{place}: {lines[0]}" for place, lines in left.items())


@pytest.mark.slow
@pytest.mark.xdist_group("walk in the toy language")
def test_the_walk_has_seen_every_surface(read: Texts) -> None:
    for name in names():
        for surface, least in SURFACES.items():
            texts = [text for place, text in read.items() if surface.format(name) in place and "⟦" in text]
            assert len(texts) >= least, surface.format(name)
    assert not [place for place, text in read.items() if "Traceback" in text or "errors.log" in text]


SURFACES = {
    "{}: notebook, ": 50,
    "{}: README.html": 1,
    "{}: output of ": 20,
    "{}: self-check of ": 50,
    "{}: verdict on ": 50,
    "{}: terminal: ": 15,
    "page feedback/s-wrong/{}/": 1,
    "page feedback/s-odd/{}/": 1,
    "page feedback/s-broken/{}/": 1,
    "page reports/{}/s-wrong": 1,
    "page reports/{}.html": 1,
    "help of ": 15,
}
"""What must have been read of each assignment, and in how many places at least."""


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("⟦The cost of ⟧W1⟦ is off.⟧", []),
        ("⟦In ⟧plain⟦ networks⟧", ["plain in: plain"]),
        ("✗ ⟦λ = 0⟧  ValueError: shapes (3,2) not aligned (⟦line ⟧7⟦: ⟧cost = W @ W)", []),
        ("✗ ⟦λ = 0⟧  ValueError (line 7)", ["line in: ✗    ValueError (line 7)"]),
        ("⟦Run ⟧compute_cost(A3, Y)⟦ in ⟧labkit/fonts.py", []),
        ("\\underbrace{Z_1}_{\\text{the answer}}", ["the, answer in: {Z_1}_{ {the answer}}"]),
    ],
)
def test_what_is_left_is_named_and_names_are_not(text: str, left: list[str]) -> None:
    assert strays(text) == left


# What needs no walk: each of these reads the files as they are.

IN_CODE = """
train test mode running_mean running_var eps momentum gamma beta dgamma dbeta dx x out steps learning_rate seed
dropout keep_prob labkit numpy matplotlib
"""
"""Strings of one word in the notebooks that are keys, values of arguments, names of functions or of packages."""


@pytest.mark.parametrize("assignment", names())
def test_a_string_of_one_word_in_a_notebook_is_a_name_and_no_label(assignment: str) -> None:
    """A label of one word cannot be told from a name, so it would stay English: give it two words."""
    allowed = set(IN_CODE.split())
    for cell in json.loads((REPOSITORY / "source" / assignment / f"{assignment}.ipynb").read_bytes())["cells"]:
        if cell["cell_type"] == "code" and not re.search(r"^[%!]", "".join(cell["source"]), re.MULTILINE):
            shown = "".join(cell["source"]).partition("### BEGIN HIDDEN TESTS")[0]
            tree = ast.parse(shown)
            pieces = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in pieces:
                    word = node.value.strip()
                    is_word = re.fullmatch(r"[A-Za-z]{3,}", word) and word not in allowed
                    assert not is_word or "def " + word in shown, f"{cell['id']}: {word}"


class _Visible(HTMLParser):
    """The text of a template, and attributes that are seen or heard."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent = tag in ("style", "script")
        self.texts += [value for name, value in attrs if name in SEEN and value]

    def handle_endtag(self, tag: str) -> None:
        self._silent = False

    def handle_data(self, data: str) -> None:
        self.texts += [] if self._silent else [data]


def in_template(text: str) -> list[str]:
    """Return the words of a template that no catalogue is asked for."""
    text = re.sub(
        r"\{%-?\s*trans.*?endtrans\s*-?%\}|\{%-? block policy.*?endblock.*?%\}|\{\{.*?\}\}|\{#.*?#\}|\{%.*?%\}",
        " ",
        text,
        flags=re.DOTALL,
    )
    page = _Visible()
    page.feed(text)
    return re.findall(r"[A-Za-z]{2,}", " ".join(page.texts))


KEYS = ["Enter", "Esc"]


@pytest.mark.parametrize("path", sorted((REPOSITORY / "autograder").rglob("*.j2")), ids=lambda path: path.name)
def test_a_template_asks_for_all_its_words(path: Path) -> None:
    assert not [word for word in in_template(path.read_text(encoding="utf-8")) if word not in KEYS]


def test_a_word_in_a_template_is_seen() -> None:
    assert in_template('<p title="Hello">{% trans %}Good{% endtrans %} day {{ name }}</p>') == ["Hello", "day"]


def said_by(script: str) -> list[str]:
    """Return the strings of a script that are sentences or labels."""
    script = re.sub(r"/\*.*?\*/|(?<=\s)//[^\n]*", " ", script, flags=re.DOTALL)
    strings = re.findall(r'"((?:[^"\\\n]|\\.)*)"|`([^`]*)`', script)
    texts = [re.sub(r"\$\{[^}]*\}", " ", one or other) for one, other in strings]
    return [text for text in texts if re.search(r"[A-Z][a-z]+ [a-z]|[a-z]{2,} [a-z]{2,}[ .]|^[A-Z][a-z]+$", text)]


NAMES_IN_SCRIPTS = [
    "use strict",
    "Content-Type",
    "Enter",
    "Escape",
    "Arrow",
    "Other",
]
"""What is no text: a pragma, keys as the browser names them, a category that JupyterLab has and translates itself."""


@pytest.mark.parametrize("path", sorted((REPOSITORY / "autograder").rglob("*.js")), ids=lambda path: path.name)
def test_a_script_takes_its_words_from_the_server(path: Path) -> None:
    """What a script says until the server has answered is English, and the same as the catalogue's."""
    script = path.read_text(encoding="utf-8")
    known = [*NAMES_IN_SCRIPTS, *(marking_words.menu().values() if path.name == "entry.js" else ())]
    assert not [text for text in said_by(script) if text not in known and "autograder-mark" not in text]


def test_a_sentence_in_a_script_is_seen() -> None:
    assert said_by(
        'say("Mark this answer first."); say(words.first); x = `${n} of them are open`; // not "This one here"'
    ) == [
        "Mark this answer first.",
        "  of them are open",
    ]


NOT_SAID = re.compile(r"[^A-Za-z]*|Enter|\d.*|.*[_./:<>=\\#%{}-].*|[A-Z]?[a-z]+[A-Z]\w*|[a-z]{1,2}", re.DOTALL)
"""Strings that hold no word: signs, keys, file names, formats, names in code."""


def loose_words(path: Path) -> Iterator[str]:
    """Yield the strings of a words file that are in no call of gettext, and in no place where only code reads them."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    said = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        for part in ast.walk(node)
        if node.func.id in ("_", "ngettext", "ungettext", "isinstance", "getattr", "hasattr")
    }
    for node in ast.walk(tree):
        read: list[ast.expr | None] = []
        read += node.args if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".get") else []
        read += [node.annotation] if isinstance(node, ast.arg | ast.AnnAssign) else []
        read += [node.returns] if isinstance(node, ast.FunctionDef) else []
        read += [node.slice] if isinstance(node, ast.Subscript) else []
        read += [key for key in node.keys if key] if isinstance(node, ast.Dict) else []
        read += node.comparators if isinstance(node, ast.Compare) else []
        read += [node.value] if isinstance(node, ast.Expr) else []
        said |= {id(part) for top in read if top for part in ast.walk(top)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.value


WORDS_FILES = [path for path in words_files() if path.parent.name != "demo"]
"""All but the demo's, which holds what made-up students write, and the header of a platform's file."""


@pytest.mark.parametrize("path", WORDS_FILES, ids=lambda path: path.relative_to(REPOSITORY).as_posix())
def test_a_words_file_asks_a_catalogue_for_every_word(path: Path) -> None:
    loose = [text for text in loose_words(path) if not NOT_SAID.fullmatch(text)]
    assert not loose


def test_what_click_says_is_what_it_asks_gettext_for() -> None:
    source = "".join(inspect.getsource(getattr(click, name)) for name in ("core", "exceptions", "formatting", "types"))
    source += inspect.getsource(click.decorators) + inspect.getsource(click.parser)
    for text in click_says():
        assert json.dumps(text) in source, text
