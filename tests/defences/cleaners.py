"""Attacks on what makes outputs, texts and pictures safe to keep and to show."""

from __future__ import annotations

import base64
import json
import re
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from autograder.notebook.cleaning import guarded
from autograder.notebook.cleaning.clean import cleaned_attachments, cleaned_outputs
from autograder.notebook.cleaning.parsing import parse
from autograder.notebook.cleaning.printed import clean_text
from autograder.notebook.cleaning.widgets import Widgets
from autograder.pages.sanitize.outputs import Sanitizer
from autograder.scrub import process
from autograder.scrub.process import Allowance, LostError, Scrubber
from tests.defences.defence import Defence, all_of, patched, squared
from tests.helpers.hostile import PNG, SAFE_TAGS, Reader
from tests.scrub import evil

CLEANING = "autograder.notebook.cleaning"
SCRIPT = "<p>x<script>alert(1)</script><img src=x onerror=alert(1)>"
REMOTE = "<p>x<img src='https://192.0.2.1/seen.png'><a href='javascript:alert(1)'>y</a>"


def bomb(count: int) -> str:
    """Unclosed formatting tags, no two of them alike, and blocks in which a parser opens all of them again."""
    return "<p>" + "".join(f"<b a={number}>" for number in range(count)) + "<p>x" * count


BOMB = bomb(300)


class _Everything:
    """A cleaner that cleans nothing."""

    def clean(self, text: str) -> str:
        return text


def dangers(html: str) -> str:
    """What of a text would run or load something in a browser."""
    found = Reader(html)
    bad = sorted(f"<{tag}>" for tag in found.tags - SAFE_TAGS)
    bad += [f"{name}=" for _, name, _ in found.attributes if name.startswith("on")]
    bad += [value for _, name, value in found.attributes if name in ("src", "href") and _is_bad(name, value)]
    return ", ".join(dict.fromkeys(bad))


def _is_bad(name: str, value: str) -> bool:
    return not value.startswith("data:image/") if name == "src" else "javascript:" in value


def shown(mime: str, text: str) -> str:
    """The HTML that is kept of an output."""
    with patched("autograder.scrub.process:HERE", True):
        outputs = cleaned_outputs([{"output_type": "display_data", "data": {mime: text}}], None, Allowance())
    html: str = outputs[0]["data"].get("text/html", "") if outputs else ""
    return html


def _drawn(body: str) -> str:
    """What of a drawing would run, load or grow."""
    kept = parse("svg", f'<svg xmlns="http://www.w3.org/2000/svg">{body}</svg>')
    return ", ".join(dict.fromkeys(re.findall(r"(?i)<script|<foreignObject|\bon\w+=|192\.0\.2\.1|href=.#g", kept)))


def _own_type() -> str:
    forged = {"application/vnd.autograder.verdict+json": {"score": 10}, "text/plain": "x"}
    outputs = cleaned_outputs([{"output_type": "display_data", "data": forged}], None, Allowance())
    return ", ".join(mime for mime in outputs[0]["data"] if "verdict" in mime)


def _page_as_picture() -> str:
    page = base64.b64encode(b"<script>alert(1)</script>").decode()
    kept = parse("picture", {"image/png": page})
    return f"{len(kept)} page under the type of a picture" if kept else ""


def _page_behind_a_picture() -> str:
    """A picture that begins rightly, so that nothing but its alphabet is looked at."""
    picture = {"image/png": PNG + '"><script>alert(1)</script>'}
    with patched("autograder.scrub.process:HERE", True):
        kept = cleaned_outputs([{"output_type": "display_data", "data": picture}], None, Allowance())
    return ", ".join(re.findall("<script>", json.dumps(kept)))


def _signs() -> str:
    text = clean_text("a\0\ud800")
    return ", ".join(ascii(sign) for sign in text if sign in "\0\ud800")


def _screen(text: str) -> str:
    page = Sanitizer().text(text)
    return ", ".join(dict.fromkeys(ascii(sign) for sign in re.findall(r"[\x1b\x07\u202e]|/home/\w+", page)))


def _attached() -> str:
    with patched("autograder.scrub.process:HERE", True):
        kept = cleaned_attachments(
            {"a": {"text/html": SCRIPT, "image/svg+xml": "<svg onload='alert(1)'/>"}}, Allowance()
        )
    text = json.dumps(kept) + "".join(
        base64.b64decode(v).decode() for b in kept.values() for v in b.values() if v[:1] != "<"
    )
    return ", ".join(re.findall(r"<script>|onload", text))


def _widget() -> str:
    states: Any = {"a": {"state": {"children": ["IPY_MODEL_a"], "value": "x", "outputs": []}}}
    shown_by = Widgets({"widgets": {"application/vnd.jupyter.widget-state+json": {"state": states}}}).shown_by
    return "a widget within itself" if len(shown_by({"model_id": "a"})[0]["text"]) > 1 else ""


def _forged_answer() -> str:
    """A hole in a parser answers in its own form."""
    with (
        patched("autograder.scrub.process:HERE", False),
        patched(f"{CLEANING}.guarded:SCRUBBER", _Forging()),
    ):
        output = {"output_type": "display_data", "data": {"text/html": "<b>", "text/plain": "x"}}
        kept = cleaned_outputs([output], None, Allowance())
    return ", ".join(mime for mime in kept[0]["data"] if mime not in ("text/plain", "text/html"))


class _Forging:
    def call(self, *_: Any, **__: Any) -> Any:
        return [{"application/javascript": "alert(1)"}, []]


def _dying() -> str:
    """A call that ends the process; what becomes of the outputs beside it."""
    if process.HERE:
        return ""
    with patched(f"{CLEANING}.guarded:SCRUBBER", _Dying()):
        outputs = [
            {"output_type": "display_data", "data": {"text/html": "<b>", "text/plain": "x"}},
            {"output_type": "stream", "name": "stdout", "text": "printed"},
        ]
        try:
            kept = cleaned_outputs(outputs, Widgets(), Allowance())
        except LostError:
            return "all outputs of the notebook lost"
    return "" if kept[1]["text"] == "printed" else "another output lost"


class _Dying:
    def call(self, *_: Any, **__: Any) -> Any:
        raise LostError


def _reads_a_file() -> str:
    """A hole in a parser reads a file of whoever grades."""
    with tempfile.TemporaryDirectory() as folder:
        secret = Path(folder) / "secret"
        secret.write_text("secret", encoding="utf-8")
        scrubber = Scrubber("tests.scrub.evil:run")
        try:
            answer = scrubber.call("read", str(secret), allowance=Allowance())
        finally:
            scrubber.close()
    return "the secret" if answer == "secret" else ""


def _here(self: Scrubber, *arguments: Any, allowance: Allowance) -> Any:
    return evil.run(*arguments)


Switch = Callable[[], AbstractContextManager[Any]]


def _defence(name: str, attack: str, gets: Callable[[], str], *switches: Switch, slow: bool = False) -> Defence:
    return Defence("cleaner", name, attack, gets, lambda: all_of(*(switch() for switch in switches)), slow)


def _off(where: str, value: Any) -> Switch:
    return lambda: patched(where, value)


NEVER = re.compile(r"(?!)()")

DEFENCES = [
    _defence(
        "markup: the cleaner of HTML",
        "a script and an event in displayed HTML",
        lambda: dangers(shown("text/html", SCRIPT)),
        _off(f"{CLEANING}.markup:_cleaner", lambda fragment: _Everything()),
    ),
    _defence(
        "markup: the same for Markdown",
        "a script in Markdown",
        lambda: dangers(shown("text/markdown", SCRIPT)),
        _off(f"{CLEANING}.markup:_cleaner", lambda fragment: _Everything()),
    ),
    _defence(
        "markup: the filter of attributes",
        "a picture of another machine, which would tell who looks",
        lambda: dangers(shown("text/html", REMOTE)),
        _off(f"{CLEANING}.markup:Fragment.attribute", lambda self, tag, name, value: value),
    ),
    _defence(
        "markup: other names for formatting tags",
        "300 tags that a parser opens again in each of 300 blocks",
        lambda: _grown(shown("text/html", BOMB), len(BOMB)),
        _off(f"{CLEANING}.markup:FORMATTING", NEVER),
    ),
    _defence(
        "formulas: nothing but mathematics",
        "a formula with a link that runs",
        lambda: "".join(re.findall("javascript:", _drawn_formula(r"\href{javascript:alert(1)}{x}"))),
        _off(f"{CLEANING}.formulas:_clean", lambda element: element),
    ),
    _defence(
        "formulas: no commands of one's own",
        "a command for two hundred signs, ninety times",
        lambda: _grown(_drawn_formula(MACRO), len(MACRO)),
        _off(f"{CLEANING}.formulas:_MACRO", NEVER),
    ),
    _defence(
        "pictures: the same for SVG",
        "such tags in an SVG",
        lambda: squared(lambda n: parse("svg", f"<svg>{bomb(n)}</svg>")),
        _off(f"{CLEANING}.pictures:FORMATTING", NEVER),
    ),
    _defence(
        "pictures: the cleaner of SVG",
        "a script and an event in an SVG",
        lambda: _drawn("<path d='M0 0' onload='alert(1)'/><script>alert(1)</script>"),
        _off(f"{CLEANING}.pictures:_SVG_CLEANER", _Everything()),
    ),
    _defence(
        "pictures: what an SVG may name",
        "fillings from another machine",
        lambda: _drawn("<path d='M0 0' fill='url(http://192.0.2.1/x)'/>"),
        _off(f"{CLEANING}.pictures:_ELSEWHERE", NEVER),
    ),
    _defence(
        "pictures: no drawing grows by using itself",
        "groups that use groups",
        lambda: _drawn("<g id='g'><path d='M0 0'/></g>" + "<use href='#g'/>" * 3),
        _off(f"{CLEANING}.pictures:_stop_growth", lambda root: None),
    ),
    _defence(
        "pictures: only what its bytes say",
        "a page under the type of a picture",
        _page_as_picture,
        _off(f"{CLEANING}.parsing:picture", lambda mime, value: (mime, value)),
    ),
    _defence(
        "base64_text: its alphabet",
        "a script behind the beginning of a picture",
        _page_behind_a_picture,
        _off(f"{CLEANING}.guarded:in_one_form", lambda data: data.decode()),
    ),
    _defence(
        "clean: attachments",
        "scripts in what is attached to an answer",
        _attached,
        _off(f"{CLEANING}.clean:parsed", lambda kind, value, allowance: value),
    ),
    _defence(
        "clean: forms of an output",
        "a verdict of its own under the grader's type",
        _own_type,
        _off(f"{CLEANING}.clean:_bundle", lambda data, keep_value, allowance: (data, [])),
    ),
    _defence(
        "printed: signs that no file may hold",
        "NUL and half characters",
        _signs,
        _off(f"{CLEANING}.printed:plain", lambda text: text),
    ),
    _defence(
        "widgets: each element once",
        "a widget that holds itself",
        _widget,
        _off(f"{CLEANING}.widgets:Widgets._parts", lambda self, view: [("a", self._states["a"]["state"])] * 9),
    ),
    _defence(
        "guarded: the form of an answer",
        "a hole in a parser answers with a form of its own",
        _forged_answer,
        _off(f"{CLEANING}.guarded:_HAS_FORM", dict.fromkeys(guarded._HAS_FORM, lambda value: True)),
    ),
    _defence(
        "guarded: a lost call costs one output",
        "markup that ends the process that reads it",
        _dying,
        _off(f"{CLEANING}.clean:_parsed", lambda forms, allowance: (guarded.parsed("forms", forms, allowance), [])),
    ),
    _defence(
        "scrub: the process apart",
        "a hole in a parser reads a file",
        _reads_a_file,
        _off("autograder.scrub.process:Scrubber.call", _here),
        slow=True,
    ),
    _defence(
        "pages: terminal codes and control signs",
        "a title and a bell in printed text",
        lambda: _screen("a\x1b]0;owned\x07b"),
        _off("autograder.pages.sanitize.text:_ANSI", NEVER),
        _off("autograder.pages.sanitize.text:_CONTROL", NEVER),
    ),
    _defence(
        "pages: signs that turn text round",
        "a right-to-left override",
        lambda: _screen("a\u202eb"),
        _off("autograder.pages.sanitize.text:_DIRECTION", NEVER),
    ),
    _defence(
        "pages: folders of the machine",
        "a path in printed text",
        lambda: _screen("/home/someone/course/x.py"),
        _off("autograder.pages.sanitize.text:_PATH", NEVER),
    ),
]
"""At least one in each module of `autograder/notebook/cleaning/`, and of `autograder/scrub/`."""


MACRO = r"\def\a{" + r"\," * 200 + "}" + r"\a" * 90


def _drawn_formula(latex: str) -> str:
    page: str = parse("markdown", [f"${latex}$", None])[0]
    return page


def _grown(html: str, size: int) -> str:
    return f"{len(html):,} characters from {size:,}" if len(html) > 12 * size else ""
