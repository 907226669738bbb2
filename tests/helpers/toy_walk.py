"""Go the whole way in the toy language, in a copy of the project in which it is a language like any other.

`python -m tests.helpers.toy_walk OUT`, started by `walk`, writes what people would read: a place a line in JSON.
"""

from __future__ import annotations

import contextlib
import html.parser
import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
COPIED = ("autograder", "labkit", "source", "datasets", "tests/helpers")
SEEN = ("alt", "title", "aria-label", "placeholder", "label")
"""Attributes whose text people see or hear."""

Texts = dict[str, str]
"""Place → all that is read there."""


def walk(folder: Path) -> Texts:
    """Copy the project into a folder, translate it, and go the whole way there; return what people would read."""
    tree, out = folder / "tree", folder / "texts.json"
    for name in COPIED:
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__", "zh_CN"))
    for name in ("nbgrader_config.py", "pyproject.toml", "tests/__init__.py"):
        shutil.copyfile(ROOT / name, tree / name)
    (tree / "docs").mkdir()
    shutil.copyfile(ROOT / "docs" / "student.md", tree / "docs" / "student.md")
    environment = {**os.environ, "PYTHONPATH": str(tree), "MPLBACKEND": "agg", "LANG": "C.UTF-8", "LANGUAGE": "eo"}
    command = [sys.executable, "-W", "ignore", "-m", "tests.helpers.toy_walk", str(out)]
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, encoding="utf-8")
    (folder / "log").write_text(done.stdout + done.stderr, encoding="utf-8")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-5000:]
    texts: Texts = json.loads(out.read_text(encoding="utf-8"))
    return texts


# Inside the copy.


def translate() -> None:
    """Do what docs/translation.md says."""
    from autograder.notebook.phrases import in_markdown
    from autograder.translation.update import as_mo, domains
    from tests.helpers import toy_language as toy

    for domain in domains():
        path = domain.path(toy.NAME).with_suffix(".mo")
        path.parent.mkdir(parents=True)
        path.write_bytes(as_mo(toy.translated(domain)))
    page = Path("docs", toy.NAME, "student.md")
    page.parent.mkdir()
    english = Path("docs/student.md").read_text(encoding="utf-8")
    page.write_text(in_markdown(re.sub(r"^ *```.*?```$", "", english, flags=re.DOTALL | re.MULTILINE), toy.bracketed))
    with Path("nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write(f'\nc.Autograder.language = "{toy.NAME}"\n')


class _Page(html.parser.HTMLParser):
    """What a person reads of a page: its text without code, and attributes that are shown."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("style", "script", "pre", "annotation"):
            self._silent.append(tag)
        self.text += [value for name, value in attrs if name in SEEN and value]

    def handle_endtag(self, tag: str) -> None:
        if self._silent and self._silent[-1] == tag:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.text.append(data)


def page_text(page: str) -> str:
    """Return what a person reads of a page."""
    reader = _Page()
    reader.feed(page.replace("<wbr>", ""))  # where a name may be broken
    return "\n".join(reader.text)


def command(*arguments: str) -> str:
    """Run a command and return what it said."""
    from autograder.cli.commands import main

    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said), contextlib.suppress(SystemExit):
        main(["--language", "eo", *arguments])
    return said.getvalue()


def notebook_texts(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield place and text of the cells; of code its comments and strings."""
    import tokenize

    for cell in content["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "code":
            tokens = tokenize.generate_tokens(io.StringIO(text).readline)
            text = "\n".join(token.string for token in tokens if token.type in (tokenize.COMMENT, tokenize.STRING))
            text = re.sub(r"\{[^{}'\"]*\}", " ", text)  # names in an f-string
        else:
            text = re.sub(r"</?[a-z]+>", " ", text)
        yield cell["id"], text


def run_notebook(assignment: str) -> Iterator[tuple[str, str]]:
    """Run the solved notebook with short trainings; yield what each cell prints, shows and draws."""
    import matplotlib.pyplot as plt
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output
    from matplotlib.text import Text

    import labkit
    from autograder.notebook.edition import edition
    from autograder.notebook.regions import without_hidden_tests
    from labkit.batch_norm.training import fit

    digits = labkit.load_digits()
    plt.show = lambda *_, **__: None
    labkit.fit = lambda *args, **named: fit(*args, **{**named, "epochs": 1})
    labkit.load_digits = lambda: replace(digits, x_train=digits.x_train[:400], y_train=digits.y_train[:400])
    vars(labkit)["best_time"] = lambda function: 1e-3
    main = sys.modules["__main__"]  # a shell takes its place, and then no further process can be started
    shell = InteractiveShell.instance()
    sys.modules["__main__"] = main
    shell.reset()
    source = Path("source", assignment, f"{assignment}.ipynb").read_bytes()
    with contextlib.chdir(Path("notebooks", "eo", assignment)):
        for cell in json.loads(edition(source, assignment, "eo"))["cells"]:
            if cell["cell_type"] != "code":
                continue
            code = re.sub(r'"steps": \d+', '"steps": 40', without_hidden_tests("".join(cell["source"])))
            with capture_output() as captured:
                result = shell.run_cell(code)
            result.raise_error()
            shown = [str(output.data.get("text/plain", "")) for output in captured.outputs] + [
                captured.stdout,
                captured.stderr,
            ]
            for number in plt.get_fignums():
                figure = plt.figure(number)
                figure.draw_without_rendering()
                shown += [text.get_text() for text in figure.findobj(Text)]
            plt.close("all")
            yield cell["id"], "\n".join(shown)


def spoilers(parameters: Sequence[str]) -> dict[str, Callable[[Any], Any]]:
    """Return functions that are wrong in ways which no catalogue of mistakes holds, each made from the right one."""
    import numpy as np

    def each(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def of(value: Any) -> Any:
            if isinstance(value, tuple):
                return tuple(of(part) for part in value)
            if isinstance(value, dict):
                return {name: of(part) for name, part in value.items()}
            return change(value)

        return lambda right: lambda *args, **named: of(right(*args, **named))

    def raising(error: BaseException) -> Callable[[Any], Any]:
        def fails(*args: Any, **named: Any) -> Any:
            raise error

        return lambda right: fails

    def touching(right: Any) -> Any:
        def touches(*args: Any, **named: Any) -> Any:
            result = right(*args, **named)
            for array in args:
                if isinstance(array, np.ndarray):
                    array += 1
            return result

        return touches

    def state(right: Any) -> Any:
        calls = [0]

        def counts(*args: Any, **named: Any) -> Any:
            calls[0] += 1
            return each(lambda value: value * calls[0])(right)(*args, **named)

        return counts

    return {
        "nothing": lambda right: lambda *args, **named: None,
        "a word": lambda right: lambda *args, **named: "abc",
        "no parts": lambda right: lambda *args, **named: (),
        "an object": lambda right: lambda *args, **named: object(),
        "only the first": lambda right: lambda *args, **named: next(iter(np.atleast_1d(right(*args, **named)))),
        "doubled": each(lambda value: value * 2),
        "turned": each(lambda value: -value),
        "one more": each(lambda value: value + 1),
        "not numbers": each(lambda value: value * np.nan),
        "other shape": each(lambda value: np.ones((7, 7))),
        "lists": each(lambda value: np.asarray(value).tolist()),
        "whole numbers": each(lambda value: np.asarray(value).astype(int)),
        "transposed": each(lambda value: np.asarray(value).T),
        "counts its calls": state,
        "touches": touching,
        "prints": lambda right: lambda *args, **named: print("⟦.⟧") or right(*args, **named),
        "name": raising(NameError("name 'W9' is not defined", name="W9")),
        "key": raising(KeyError("W9")),
        "index": raising(IndexError("index 5 is out of bounds for axis 0 with size 2")),
        "shapes": raising(ValueError("operands could not be broadcast together with shapes (2,3) (4,) ")),
        "type": raising(TypeError("unsupported operand type(s) for *: 'NoneType' and 'float'")),
        "attribute": raising(AttributeError("'list' object has no attribute 'T'")),
        "division": raising(ZeroDivisionError("division by zero")),
        "recursion": raising(RecursionError("maximum recursion depth exceeded")),
        "assertion": raising(AssertionError()),
        "todo": raising(NotImplementedError()),
        "memory": raising(MemoryError()),
    }


def verdicts(assignment: str) -> Iterator[tuple[str, str]]:
    """Judge all known mistakes and spoiled functions; yield the grader's verdict and the toolkit's self-check."""
    import labkit
    from autograder.assignments import answer_key
    from autograder.checking.judging import PreparedCheck, run_here
    from autograder.course.course import Course
    from autograder.language import use_language
    from autograder.verify.proofs import with_references
    from autograder.verify.solution import functions_of, load_solution, with_function

    use_language("eo")
    course, key = Course.at("."), answer_key(assignment)
    base = with_references(load_solution(course, assignment).namespace, key)
    use_language("eo")
    for check in key.checks:
        prepared = PreparedCheck(key, check, b"toy")
        right = base[check.function]
        wrong = {mistake.id: with_function(base, mistake.source) for mistake in key.mistakes_in(check)[::4]}
        made = spoilers(check.parameters)
        wrong |= {name: {**base, check.function: spoil(right)} for name, spoil in made.items()}
        for name, namespace in wrong.items():
            functions = functions_of(check, namespace)
            said = io.StringIO()
            with contextlib.redirect_stdout(said), contextlib.chdir(Path("notebooks", "eo", assignment)):
                labkit.check(check.name, functions[check.function])
            yield f"self-check of {check.name}, {name}", said.getvalue()
            yield f"verdict on {check.name}, {name}", str(prepared.judge(run_here(functions)))


def submissions(assignment: str) -> dict[str, bytes]:
    """Make notebooks of the edition: right, wrong, untouched, broken, and odd in what surrounds the work."""
    from autograder.assignments import answer_key
    from autograder.notebook.source import read_source

    (source,) = read_source(Path("source", assignment, f"{assignment}.ipynb")).others
    key = answer_key(assignment)
    styles = {name: next(iter(texts.values())) for name, texts in key.right_answers.items()}
    wrong = {
        name: text for mistake in key.mistakes if (text := mistake.source) for name in styles if f"def {name}(" in text
    }

    def written(work: Mapping[str, str], change: Callable[[list[Any]], object] = lambda cells: None) -> bytes:
        cells: list[Any] = []
        for cell in source.cells:
            text = cell.released
            if cell.answer and cell.kind == "markdown" and work:
                text = text.replace("YOUR ANSWER HERE", "⟦.⟧")
            for name in cell.functions:
                text = work.get(name, text)
            cells.append({**cell.cell, "metadata": {**cell.cell["metadata"]}, "source": text})
        change(cells)
        return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()

    def odd(cells: list[Any]) -> None:
        tests = [
            cell for cell in cells if cell["metadata"].get("nbgrader", {}).get("grade") and cell["cell_type"] == "code"
        ]
        work = [cell for cell in cells if cell["metadata"].get("nbgrader", {}).get("solution")]
        code = [cell for cell in work if cell["cell_type"] == "code"]
        answers = [cell for cell in work if cell["cell_type"] == "markdown"]
        cells.remove(tests[0])
        tests[1]["source"] += "\nextra = 1"
        cells.insert(cells.index(tests[1]), {**tests[1], "id": "again"})
        cells.append({**code[0], "id": "twice"})
        code[1]["metadata"]["tags"] = ["skip-execution"]
        cells.remove(code[2])
        cells.remove(answers[0])
        answers[1]["cell_type"] = "raw"
        answers[2]["source"] = source.cells[
            [c.grade_id for c in source.cells].index(answers[2]["metadata"]["nbgrader"]["grade_id"])
        ].released
        cells.insert(
            cells.index(answers[2]) + 1, {"cell_type": "markdown", "id": "below", "metadata": {}, "source": "⟦.⟧"}
        )

    right = next(iter(styles))
    return {
        "s-right": written(styles),
        "s-wrong": written({**styles, **wrong}),
        "s-stubs": written({}),
        "s-odd": written(styles, odd),
        "s-error": written({**styles, right: f"def {right}(*args):\n    return W9"}),
        "s-syntax": written({**styles, right: f"def {right}(*args:\n    return"}),
        "s-endless": written({**styles, right: f"def {right}(*args):\n    while True:\n        pass"}),
        "s-exit": written({**styles, right: f"def {right}(*args):\n    import os\n    os._exit(3)"}),
        "s-broken": written(styles)[:1000],
        "s-empty": b"",
        "s-other": b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
        "s-old": b'{"worksheets": [], "metadata": {}, "nbformat": 3, "nbformat_minor": 0}',
        "s-zip": b"PK\x03\x04",
        "s-html": b"<!DOCTYPE html><html></html>",
        "s-list": b"[1]",
    }


def whole_way() -> Iterator[tuple[str, str]]:
    """Yield place and text, surface after surface."""
    from autograder.cli.commands import commands

    translate()
    yield "help", command("--help")
    for name in commands.commands:
        yield f"help of {name}", command(name, "--help")
    yield "terminal: release", command("release")
    for assignment in ("regularization", "batch_normalization"):
        released = json.loads(Path("notebooks", "eo", assignment, f"{assignment}.ipynb").read_bytes())
        yield from ((f"{assignment}: notebook, {cell}", text) for cell, text in notebook_texts(released))
        with zipfile.ZipFile(Path("dist", f"{assignment}-eo.zip")) as archive:
            yield f"{assignment}: README.md", archive.read(f"{assignment}/README.md").decode()
            yield f"{assignment}: README.html", page_text(archive.read(f"{assignment}/README.html").decode())
        yield from ((f"{assignment}: output of {cell}", text) for cell, text in run_notebook(assignment))
        yield from ((f"{assignment}: {place}", text) for place, text in verdicts(assignment))
        yield from ((f"{assignment}: {place}", text) for place, text in course_texts(assignment))
    yield from trouble()


def course_texts(assignment: str) -> Iterator[tuple[str, str]]:
    """Grade a class, and yield what its pages and the terminal say."""
    from autograder.export.names import EXPORTS

    for student, content in submissions(assignment).items():
        place = Path("submitted", student, assignment)
        place.mkdir(parents=True)
        (place / f"{assignment}.ipynb").write_bytes(content)
    Path("submitted", "s-nothing", assignment).mkdir(parents=True)
    Path("submitted", "s-nothing", assignment, "notes.txt").write_text("x")
    yield "terminal: grade", command("grade", assignment, "--jobs", "2", "--limit", "wall_cell=3")
    for name, arguments in {
        "due": ["2026-01-01", "--penalty", "10%", "--late-days", "2", "--grace", "1h"],
        "extend": ["s-right", "--by", "2d"],
        "mistakes": [],
        "feedback": ["--jobs", "1"],
        "report": [],
        "lab-report": ["--points", "--jobs", "1"],
        "simulate": ["--students", "2", "--outputs", "none"],
    }.items():
        yield f"terminal: {name}", command(name, assignment, *arguments)
    yield "terminal: due again", command("due", assignment)
    yield "terminal: remove", command("simulate", assignment, "--remove")
    yield "terminal: history", command("history") + command("history", "s-right")
    for format in EXPORTS:
        yield f"terminal: export {format}", command("export", assignment, "--to", format, "--output", f"out.{format}")
    yield (
        "terminal: check",
        command("check", f"submitted/s-wrong/{assignment}/{assignment}.ipynb", "--assignment", assignment),
    )
    for kind in ("feedback", "reports"):
        for path in sorted(Path(kind).rglob("*.html")):
            if assignment in str(path):
                yield f"page {path}", page_text(path.read_text(encoding="utf-8"))


def trouble() -> Iterator[tuple[str, str]]:
    """Yield what is said where something cannot be done."""
    Path("list.csv").write_text("Vorname,Unbekannt\nx,y\n", encoding="utf-8")
    for arguments in (
        ["roster", "list.csv"],
        ["roster", "no.csv"],
        ["grade", "absent"],
        ["collect", "regularization", "no.zip"],
        ["collect", "regularization", "list.csv"],
        ["rename", "s-nobody", "s-new"],
        ["report", "absent"],
        ["export", "regularization", "--to", "x"],
        ["grade", "regularization", "--jobs", "0"],
        ["grade", "regularization", "--engine", "x"],
        ["grade", "regularization", "--limit", "x=1"],
        ["grade"],
        ["nothing"],
        ["grade", "--nothing"],
        ["due", "regularization", "tomorrow"],
        ["extend", "regularization", "s-right"],
        ["mark"],
        ["release", "regularization", "--language", "xx"],
        ["check", "list.csv", "--assignment", "regularization"],
        ["mistakes", "regularization", "--remove", "x"],
        ["simulate", "regularization"],
        ["history", "s-nobody"],
        ["doctor"],
        ["--language", "xx", "doctor"],
        ["--course", "no", "doctor"],
        ["grade", "regularization", "--course", "no"],
    ):
        yield f"terminal: {' '.join(arguments)}", command(*arguments)


if __name__ == "__main__":
    read = {}
    for place, text in whole_way():
        read[place] = text
        print(f"{time.process_time():6.1f} {place}", flush=True)
        Path(sys.argv[1]).write_text(json.dumps(read, ensure_ascii=False, indent=0), encoding="utf-8")
