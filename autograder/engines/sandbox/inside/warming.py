"""Make the shell that all workers fork, and use once whatever is slow the first time."""

from __future__ import annotations

import contextlib
import functools
import importlib
import linecache
import pkgutil
import shutil
import sys
from collections.abc import Callable
from typing import Any

from IPython.extensions.autoreload import ModuleReloader
from IPython.extensions.deduperreload.deduperreload import DeduperReloader
from pygments.lexer import RegexLexerMeta

import labkit
from labkit.calls.call import Call, perform

from . import shell

_WARM_UP = (
    "import numpy as np\nimport matplotlib.pyplot as plt\n%matplotlib inline\nimport IPython.extensions.autoreload",
    "def f(x):\n    '''Text.'''\n    return g(x)\ndef g(x):\n    return 1 / x\nprint(f(1), np.random.rand(2))\nf(2)",
    "f(0)",
    "1 +",
    "fig, ax = plt.subplots(); ax.plot([1, 2], label='$x^2$'); ax.scatter([1], [2], c=[1]); ax.imshow(np.eye(2))\n"
    "ax.contourf(np.eye(2)); ax.set_title('t'); ax.legend(); ax.grid(); plt.show()",
    "from IPython.display import HTML, Markdown, Image\ndisplay(HTML('<b>x</b>'), Markdown('x'))\nnp.eye(2)",
    "%timeit -n 1 -r 1 f(1)\n%time f(1)\n%config InlineBackend\nassert f(1) == 2, 'text'",
    "%%writefile /dev/null\nimport math",
    "import asyncio, json, math, os, random, sys, time, warnings\nwarnings.warn('text')",
)


def copying_needs_no_modes() -> None:
    """Let `shutil` copy files without their modes and times, which the filter of system calls lets nobody change."""

    def tolerant(copy: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(copy)
        def copied(*args: Any, **options: Any) -> None:
            with contextlib.suppress(PermissionError):
                copy(*args, **options)

        return copied

    shutil.copymode = tolerant(shutil.copymode)
    shutil.copystat = tolerant(shutil.copystat)


def tracebacks_share_a_lexer() -> None:
    """Let all frames of all tracebacks share the tables of one lexer.

    For each frame `stack_data` makes a class that inherits from Pygments' lexer and changes no rule of it, and Pygments
    compiles the rules of a class anew: that takes longer than all else that a traceback needs.
    """
    compile_rules = RegexLexerMeta.process_tokendef

    def compile_once(cls: Any, name: str, rules: Any = None) -> Any:
        inherited = cls.__base__.__dict__.get("_tokens")
        is_same = not name and inherited is not None and "tokens" not in cls.__dict__
        return inherited if is_same else compile_rules(cls, name, rules)

    RegexLexerMeta.process_tokendef = compile_once


def autoreload_looks_at_new_modules() -> None:
    """Let `%autoreload` pass over the modules that are there by now: nobody can write into their files."""
    given = dict(sys.modules)
    checker: Any = ModuleReloader
    keeper: Any = DeduperReloader
    looked_at, start = checker.filename_and_mtime, keeper.__init__

    def only_new(self: Any, module: Any) -> Any:
        is_given = given.get(getattr(module, "__name__", "")) is module
        return (None, None) if is_given else looked_at(self, module)

    def started(self: Any) -> None:
        start(self)
        self.source_by_modname.update(dict.fromkeys(given, ""))

    checker.filename_and_mtime, keeper.__init__ = only_new, started


def warm_shell(quick: bool = True) -> shell.Shell:
    """Make a shell that has been used and has forgotten that it was.

    Args:
        quick: whether plain cells go past IPython's layers.
    """
    recorder = shell.Recorder()
    recorder.limit(2**31, 2**31)
    copying_needs_no_modes()
    tracebacks_share_a_lexer()
    notebook = shell.new_shell(recorder)
    notebook.quick = quick
    for module in pkgutil.walk_packages(labkit.__path__, "labkit."):
        importlib.import_module(module.name)
    notebook.run_plain("import math\ndef f():\n    return 1")
    notebook.run_plain("import math\nmath.pi")
    for source in _WARM_UP:
        sys.stdout = sys.stderr = shell.Stream(recorder, 1)
        notebook.run_cell(source, store_history=True)
    perform([Call("f", (1.0,)), Call("f", (0.0,))], {"f": notebook.user_ns["f"]})
    sys.modules["matplotlib.pyplot"].close("all")
    sys.modules["matplotlib.font_manager"]._get_font.cache_clear()  # each fork does, and all that is freed is copied
    autoreload_looks_at_new_modules()
    notebook.reset(new_session=True)  # type: ignore[no-untyped-call]
    notebook.execution_count = 1
    recorder.clear()
    linecache.clearcache()
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    return notebook
