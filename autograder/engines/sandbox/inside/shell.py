"""An IPython shell that runs a notebook's cells as Jupyter does and keeps what they show as notebook outputs."""

from __future__ import annotations

import ast
import base64
import io
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib.pyplot as plt
from IPython.core.async_helpers import _pseudo_sync_runner
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.formatters import DisplayFormatter
from IPython.core.history import HistoryManager
from IPython.core.interactiveshell import ExecutionResult, InteractiveShell
from IPython.external.pickleshare import PickleShareDB
from traitlets.config import Config

from . import remainder, words

STREAMS = {1: "stdout", 2: "stderr"}
_NOT_PLAIN = re.compile(r"^\s*(?:[%!?,;/]|>>>|\.\.\.|In ?\[)|=\s*[%!]|\?\s*$|\A\s", re.MULTILINE)
"""Where a cell may hold something that is not Python: a magic, a command, a question, a prompt, an indented start."""

_DEFINES = re.compile(r"(?:def|class|import|from)\b[^;\n]*(?:\n|\Z)")
"""A line that begins a definition or an import, with no second statement on it."""

Output = dict[str, Any]


class Recorder:
    """The outputs of the cell that is running, within a budget of characters; what is over it is left out.

    Attributes:
        outputs: as nbformat has them.
        cut: the limit that was met; empty where there was none.
    """

    def __init__(self) -> None:
        self._cell = self._left_in_cell = 0
        self._left = 0
        self.outputs: list[Output] = []
        self.cut = ""

    def limit(self, cell: int, in_all: int) -> None:
        """Set how many characters the outputs of a cell, and of all cells, may have."""
        self._cell, self._left = cell, in_all

    def start(self) -> None:
        """A cell begins."""
        self.outputs = []
        self.cut = ""
        self._left_in_cell = self._cell

    def stream(self, name: str, text: str) -> None:
        """Something was printed."""
        text = self._within(text)
        last = self.outputs[-1] if self.outputs else {}
        if last.get("output_type") == "stream" and last["name"] == name:
            last["text"].append(text)
        elif text:
            self.outputs.append({"output_type": "stream", "name": name, "text": [text]})

    def bundle(self, kind: str, data: Any, metadata: Any, count: int | None = None) -> None:
        """Something was displayed, in one or more forms."""
        shown = {str(mime): _as_text(value) for mime, value in dict(data).items()}
        texts = [value for value in shown.values() if isinstance(value, str)]
        if [*map(self._within, texts)] != texts:
            return
        output: Output = {"output_type": kind, "data": shown, "metadata": {}}
        if count is not None:
            output["execution_count"] = count
        self.outputs.append(output)

    def error(self, name: str, value: str, lines: list[str]) -> None:
        """The cell raised an exception."""
        value, lines = self._within(value), [self._within(line) for line in lines]
        self.outputs.append({"output_type": "error", "ename": name, "evalue": value, "traceback": lines})

    def clear(self) -> None:
        """The cell asks to forget what it has shown."""
        self.outputs = []

    def _within(self, text: str) -> str:
        """Take a text from the budget; return as much of it as there is room for."""
        room = min(self._left_in_cell, self._left)
        if len(text) > room:
            self.cut = self.cut or ("output_cell" if self._left_in_cell <= self._left else "output_total")
            text = text[:room]
        self._left_in_cell -= len(text)
        self._left -= len(text)
        return text


def _as_text(value: Any) -> Any:
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value


class Stream(io.TextIOBase):
    """Standard output or error of a notebook."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, recorder: Recorder, descriptor: int) -> None:
        super().__init__()
        self._recorder = recorder
        self._descriptor = descriptor
        self.name = f"<{STREAMS[descriptor]}>"

    def write(self, text: str) -> int:
        """Keep a text."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._recorder.stream(STREAMS[self._descriptor], text)
        return len(text)

    def writable(self) -> bool:
        """Always."""
        return True

    def fileno(self) -> int:
        """The descriptor that C code writes to."""
        return self._descriptor


class _Publisher(DisplayPublisher):
    shell: Shell

    def publish(self, data: Any, metadata: Any = None, source: Any = None, **others: Any) -> None:
        self.shell.recorder.bundle("display_data", data, metadata)

    def clear_output(self, wait: bool = False) -> None:
        self.shell.recorder.clear()


class _DisplayHook(DisplayHook):
    shell: Shell

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        self.shell.recorder.bundle("execute_result", format_dict, md_dict, self.prompt_count)


class Shell(InteractiveShell):
    """The shell of one notebook; set up once in the zygote, used in a fork."""

    displayhook_class = _DisplayHook
    display_pub_class = _Publisher
    recorder: Recorder
    execution_count: int
    quick = True
    """Whether plain cells go past IPython's layers, see `run_plain`."""
    history_manager: HistoryManager
    display_formatter: DisplayFormatter

    def __init__(self, **others: Any) -> None:
        super().__init__(**others)
        self._unstored: list[tuple[int, str, str]] = []

    @property
    def db(self) -> PickleShareDB:
        """What `%cd`, `%store` and `%bookmark` remember: in the notebook's own home, made when one of them asks."""
        if self._db is None:
            self._db = PickleShareDB(os.path.expanduser("~/.ipython/db"))  # noqa: PTH111
        return self._db

    @db.setter
    def db(self, value: PickleShareDB) -> None:
        self._db = value

    def init_virtualenv(self) -> None:
        """Nothing: the paths are set."""

    def transform_cell(self, raw_cell: str) -> str:
        """IPython's own, where the cell has anything for it; looking for that is quicker than looking at each token."""
        if _NOT_PLAIN.search(raw_cell):
            return str(super().transform_cell(raw_cell))
        return _with_end(raw_cell)

    def run_plain(self, source: str) -> ExecutionResult | None:
        """Run a cell that ends in a definition, an import, or an expression of one line.

        Fast path "own_run_cell". Most cells of an answer are of this kind, and IPython's way through its layers costs
        more than all that they do. This leaves out what nobody can see then (and that a text between two statements
        becomes `__doc__`).

        Returns:
            As `run_cell`; None, with nothing done, where the cell is of another kind, or the notebook has changed how
            IPython runs cells.
        """
        if not self.quick or _NOT_PLAIN.search(source) or self._is_customised():
            return None
        count: int = self.execution_count
        cell, last = _with_end(source), _last_line(source)
        defines = _DEFINES.match(source, last)
        with self.builtin_trap, self.display_trap:
            name = self.compile.cache(cell, count, raw_code=source)
            head, tail = _halves(cell, last)
            try:  # that both halves are complete shows that the last line is no part of a text
                end: Any = tail if defines else _expression(self.compile.ast_parse(tail, name))
                parts = [self.compile(head, name, "exec"), self.compile(end, name, "exec" if defines else "single")]
            except (SyntaxError, ValueError, OverflowError, MemoryError, RecursionError):
                return None
            self.execution_count = count + 1
            self._unstored.append((count, cell, source))
            if not defines:
                self._store_inputs()
            self.events.trigger("pre_execute")
            result = self.displayhook.exec_result = ExecutionResult(None)
            succeeded = True
            for part in parts:  # a loop: `any` may be the student's
                succeeded = succeeded and not _pseudo_sync_runner(self.run_code(part, result))
            self.displayhook.exec_result = None
            self.last_execution_succeeded, self.last_execution_result = succeeded, result
        self.events.trigger("post_execute")
        return result

    def _is_customised(self) -> bool:
        callbacks = self.events.callbacks
        return bool(
            self.ast_transformers
            or self.ast_node_interactivity != "last_expr"
            or callbacks["pre_run_cell"]
            or callbacks["post_run_cell"]
        )

    def run_cell(self, raw_cell: str, *args: Any, **others: Any) -> ExecutionResult:
        """IPython's own; the history is brought up to date first."""
        self._store_inputs()
        result: ExecutionResult = super().run_cell(raw_cell, *args, **others)
        return result

    def _store_inputs(self) -> None:
        for entry in self._unstored:
            self.history_manager.store_inputs(*entry)
        self._unstored.clear()

    def should_run_async(self, raw_cell: str, **others: Any) -> bool:
        """Only a cell that awaits; IPython compiles each cell once more to find out."""
        return ("await" in raw_cell or "async" in raw_cell) and bool(super().should_run_async(raw_cell, **others))

    def enable_gui(self, gui: Any = None) -> None:
        """Nothing: there is no window to show."""

    @contextmanager
    def showing_nothing(self) -> Iterator[None]:
        """Render nothing that is displayed, and leave no figure to the next cell.

        Nobody sees what a function shows while it is judged, and a picture in each of hundreds of calls costs more
        processor time than a test has.
        """
        formatter = self.display_formatter
        shown, formatter.active_types = formatter.active_types, []
        try:
            yield
        finally:
            formatter.active_types = shown
            plt.close("all")

    def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
        try:
            text = str(evalue)
        except Exception:
            text = ""
        self.recorder.error(str(etype.__name__), text, [str(line) for line in stb])

    def _format_exception_for_storage(self, *args: Any, **others: Any) -> dict[str, Any]:
        return {}  # would format every traceback a second time, for a history that is not kept

    def ask_exit(self) -> None:
        """Nothing: `exit()` of a cell asks whoever sits in front of the notebook, and there is nobody."""

    def system(self, cmd: str) -> None:
        """A `!command` of a cell: refused in words."""
        sys.stderr.write(words.no_commands(cmd[:200]) + "\n")

    system_raw = system_piped = system

    def getoutput(self, cmd: str, *args: Any, **others: Any) -> list[str]:
        """`x = !command`: refused in words."""
        self.system(cmd)
        return []


def _with_end(cell: str) -> str:
    return cell if cell.endswith("\n") else f"{cell}\n"


def _last_line(cell: str) -> int:
    """Where the last line begins that is neither indented nor empty nor a comment."""
    end = len(cell)
    while end > 0:
        begin = cell.rfind("\n", 0, end) + 1
        if cell[begin : begin + 1] not in ("", " ", "\t", "\n", "#"):
            return begin
        end = begin - 1
    return 0


def _halves(cell: str, middle: int) -> tuple[str, str]:
    """A cell in two, each with the lines where they were."""
    head = cell[:middle]
    return head, "\n" * head.count("\n") + cell[middle:]


def _expression(tree: ast.AST) -> ast.Interactive:
    """Take the one expression that code is, so that its value is shown.

    Raises:
        ValueError: it is anything else.
    """
    match tree:
        case ast.Module(body=[ast.Expr()]):
            return ast.Interactive(tree.body)
    raise ValueError


def new_shell(recorder: Recorder) -> Shell:
    """The shell, with inline figures, no history on disk and no configuration of the user."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "linux"
    config.InteractiveShell.banner1 = ""
    shell: Shell = Shell.instance(config=config)
    shell.recorder = recorder
    shell.enable_matplotlib("inline")
    shell.run_line_magic("load_ext", "storemagic")
    return shell


def run(shell: Shell, source: str, own: bool = False) -> dict[str, Any]:
    """Run one cell.

    Args:
        shell: the notebook's.
        source: the cell.
        own: whether it is the student's: where it fails, what it still defines runs.

    Returns:
        `outputs`, `count` (the execution count, None for an empty cell), `cut` (the limit that the output met),
        `error` (class name, errno and text of an exception that got out, or None) and `remainder` (what became of the
        rest of a cell that failed).
    """
    recorder = shell.recorder
    recorder.start()
    sys.stdout, sys.stderr = Stream(recorder, 1), Stream(recorder, 2)
    before = shell.execution_count
    result = shell.run_plain(source) or shell.run_cell(source, store_history=True)
    error = remainder.error_of(result, shown=any(output["output_type"] == "error" for output in recorder.outputs))
    rest = remainder.finish(shell, source, error) if own and error is not None else None
    for descriptor, name in STREAMS.items():
        text = _printed_by_c(descriptor)
        if text:
            recorder.stream(name, text)
    return {
        "outputs": recorder.outputs,
        "count": before if shell.execution_count > before else None,
        "cut": recorder.cut,
        "error": None if error is None else describe(error),
        "remainder": None if rest is None else rest.to_json(),
    }


def run_again(shell: Shell, source: str, skip: int) -> dict[str, Any]:
    """Run a cell again that ended its worker, without the statement that did.

    Args:
        shell: the notebook's.
        source: the cell.
        skip: index of the statement, see `remainder.run_without`.

    Returns:
        As `run`, of a cell that shows nothing.
    """
    shell.recorder.start()
    sys.stdout, sys.stderr = Stream(shell.recorder, 1), Stream(shell.recorder, 2)
    remainder.run_without(shell, source, skip)
    shell.execution_count += 1
    return {"outputs": [], "count": None, "cut": "", "error": None, "remainder": None}


def describe(error: BaseException) -> list[Any]:
    """Class name, errno and text of an exception."""
    number = getattr(error, "errno", None)
    try:
        text = str(error)[:500]
    except Exception:
        text = ""
    kinds = [kind.__name__ for kind in type(error).__mro__[:4]]
    return [kinds, number if type(number) is int else None, text]


def _printed_by_c(descriptor: int) -> str:
    """What was written to a descriptor beside Python; each is a file of its own in the working folder."""
    size = os.lseek(descriptor, 0, os.SEEK_END)
    if not size:
        return ""
    os.lseek(descriptor, 0, os.SEEK_SET)
    data = os.read(descriptor, size)
    os.ftruncate(descriptor, 0)
    return data.decode("utf-8", "replace")
