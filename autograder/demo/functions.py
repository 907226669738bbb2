"""Write functions as students do: right in many styles, with known and unknown mistakes, unfinished, broken."""

import ast
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random

from autograder.checking.check import AnswerKey
from autograder.notebook.regions import BEGIN_SOLUTION, END_SOLUTION
from autograder.notebook.source import SourceCell
from autograder.verify.mutation import random_mutant

STARTS, ENDS = "### START CODE HERE ###", "### END CODE HERE ###"


@dataclass(frozen=True)
class Stub:
    """A code cell that students fill in.

    Attributes:
        given: the cell as students get it.
        solution: the instructor's solution, in the lines that mark where students write.
    """

    given: SourceCell
    solution: str

    @property
    def functions(self) -> list[str]:
        """Name the functions of the cell, in order."""
        return sorted(self.given.functions)


def solution_of(original: str, released: str) -> str:
    """Write the instructor's cell as a student would: without nbgrader's marks, between those that the stub has."""
    marked = STARTS.strip("# ") in released
    lines = []
    for line in original.split("\n"):
        indent = line[: len(line) - len(line.lstrip())]
        if BEGIN_SOLUTION in line or END_SOLUTION in line:
            lines += [indent + (STARTS if BEGIN_SOLUTION in line else ENDS)] if marked else []
        else:
            lines.append(line)
    return "\n".join(lines)


@dataclass(frozen=True)
class Answers:
    """How the stubs of a notebook can be filled in; without an answer key, with the solution only."""

    stubs: Sequence[Stub]
    key: AnswerKey | None

    @cached_property
    def functions(self) -> list[str]:
        """Name all functions that students write."""
        return [name for stub in self.stubs for name in stub.functions]

    @cached_property
    def _judged(self) -> frozenset[str]:
        """The functions that are graded: without an answer key all; with it, practice steps are not among them."""
        if self.key is None:
            return frozenset(self.functions)
        return frozenset(name for check in self.key.checks for name in check.functions).intersection(self.functions)

    @cached_property
    def in_styles(self) -> bool:
        """Whether the answer key has right answers for every graded function; their caches go together."""
        return bool(self._judged) and self.key is not None and self._judged <= self.key.right_answers.keys()

    def right(self, chance: Random) -> dict[str, str]:
        """Fill in every stub rightly: cell id → text."""
        if not self.in_styles or chance.random() < 0.25:
            return {stub.given.cell["id"]: stub.solution for stub in self.stubs}
        return {stub.given.cell["id"]: self._in_a_style(stub, chance) for stub in self.stubs}

    def _in_a_style(self, stub: Stub, chance: Random) -> str:
        if self.key is None or not self._is_graded(stub):
            return stub.solution
        styles = [self.key.right_answers[name] for name in stub.functions]
        texts = [_dressed(style[chance.choice(sorted(style))], stub.given.released, chance) for style in styles]
        return "\n\n".join(texts)

    def _is_graded(self, stub: Stub) -> bool:
        return bool(stub.functions) and self._judged.issuperset(stub.functions)

    def with_mistakes(self, count: int, chance: Random) -> dict[str, str]:
        """Fill in the stubs with some mistakes: of the catalogue, or any that a small slip makes."""
        known = [mistake for mistake in self.key.mistakes if mistake.source] if self.key and self.in_styles else []
        if not known or chance.random() < 0.2:
            return self._with_slips(count, chance)
        work = {stub.given.cell["id"]: self._in_a_style(stub, chance) for stub in self.stubs}
        for mistake in chance.sample(known, min(count, len(known))):
            wrong = _definitions(mistake.source)
            for stub in self.stubs:
                if len(stub.functions) == 1 and stub.functions[0] in wrong:
                    work[stub.given.cell["id"]] = _dressed(wrong[stub.functions[0]], stub.given.released, chance)
        return work

    def _with_slips(self, count: int, chance: Random) -> dict[str, str]:
        work = self.right(chance)
        possible = [name for name, text in work.items() if _parsed(text)]
        for name in chance.sample(possible, min(count, len(possible))):
            work[name] = random_mutant(work[name], chance) + "\n"
        return work

    def unfinished(self, chance: Random) -> dict[str, str]:
        """Fill in some stubs only: the others stay as given, or hold no more than a beginning."""
        work = self.right(chance)
        for stub in chance.sample(self.stubs, (len(self.stubs) + 1) // 2):
            text = stub.given.released
            if stub.functions and chance.random() < 0.4:
                text = "\n".join(f"def {name}(*values, **named):\n    pass  # TODO\n" for name in stub.functions)
            work[stub.given.cell["id"]] = text
        return work

    def broken(self, chance: Random) -> dict[str, str]:
        """Fill in the stubs rightly, but for a syntax error in the first function."""
        return self._changed(chance, lambda text: _with_syntax_error(text, chance))

    def endless(self, chance: Random) -> dict[str, str]:
        """Fill in the stubs rightly, but for a loop without an end in a function."""
        return self._changed(chance, lambda text: _with_first_lines(text, "while True:\n    pass"))

    def _changed(self, chance: Random, change: Callable[[str], str]) -> dict[str, str]:
        work = self.right(chance)
        writing = [stub.given.cell["id"] for stub in self.stubs if self._is_graded(stub)]
        for name in chance.sample(writing, min(1, len(writing))):
            work[name] = change(work[name])
        return work


def behind_helpers(text: str) -> tuple[str, str] | None:
    """Split a cell into helpers that do the work and functions that call them; None where that is not possible."""
    tree = _parsed(text)
    nodes = [node for node in tree.body if isinstance(node, ast.FunctionDef)] if tree else []
    if not tree or len(nodes) != len(tree.body) or any(_is_special(node) for node in nodes):
        return None
    calls = []
    for node in nodes:
        names = [argument.arg for argument in node.args.args]
        calls.append(f"def {node.name}({ast.unparse(node.args)}):\n    return my_{node.name}({', '.join(names)})\n")
        node.name = f"my_{node.name}"
    return ast.unparse(tree) + "\n", "\n\n".join(calls)


def _is_special(node: ast.FunctionDef) -> bool:
    given = node.args
    return bool(node.decorator_list or given.vararg or given.kwarg or given.kwonlyargs or given.posonlyargs)


def _parsed(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError:  # magics
        return None


def _definitions(text: str) -> Mapping[str, str]:
    """Split a source text into its functions by name."""
    nodes = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    return {node.name: ast.get_source_segment(text, node) or "" for node in nodes}


def _with_first_lines(text: str, lines: str) -> str:
    """Put lines at the beginning of the body of the first function, below its docstring."""
    tree = _parsed(text)
    node = next((node for node in tree.body if isinstance(node, ast.FunctionDef)), None) if tree else None
    if node is None:
        return text
    first = node.body[min(bool(ast.get_docstring(node)), len(node.body) - 1)]
    before = text.split("\n")
    indent = before[first.lineno - 1][: first.col_offset]
    added = [indent + line for line in lines.split("\n")]
    return "\n".join([*before[: first.lineno - 1], *added, *before[first.lineno - 1 :]])


def _with_syntax_error(text: str, chance: Random) -> str:
    ways: tuple[Callable[[], str], ...] = (
        lambda: re.sub(r"\)\s*:[ \t]*\n", ")\n", text, count=1),
        lambda: text.replace(")\n", "\n", 1),
        lambda: _with_first_lines(
            text, chance.choice(("if mode = 1:\n    pass", "m == = 1", "print 'here'", "x = 3 *"))
        ),
        lambda: _with_first_lines(text, "  m = 1"),
    )
    tried = (way() for way in chance.sample(ways, len(ways)))
    return next((wrong for wrong in tried if _parsed(wrong) is None), text + "\n)")


# How a function is dressed: the same numbers, another text.


def _dressed(text: str, released: str, chance: Random) -> str:
    for habit in (_other_names, _given_docstring, _comments, _forgotten_print, _own_import, _other_indent):
        if chance.random() < 0.3:
            text = habit(text, released, chance)
    return text


def _other_names(text: str, released: str, chance: Random) -> str:
    """Call the variables of a function by other names."""
    tree = ast.parse(text)
    arguments = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    nested = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    declared = {name for node in ast.walk(tree) if isinstance(node, ast.Nonlocal | ast.Global) for name in node.names}
    own = {node.id for node in names if isinstance(node.ctx, ast.Store)} - arguments - nested - declared
    change = chance.choice(("my_{}", "{}_", "{}_value", "tmp_{}", "{}2"))
    new = {name: change.format(name) for name in own}
    if set(new.values()) & ({node.id for node in names} | arguments):
        return text
    for node in names:
        node.id = new.get(node.id, node.id)
    return ast.unparse(tree) + "\n"


def _given_docstring(text: str, released: str, chance: Random) -> str:
    """Leave the docstring that was given where it is."""
    given, own = _parsed(released), ast.parse(text).body[0]
    if given is None or not isinstance(own, ast.FunctionDef) or ast.get_docstring(own):
        return text
    named = [node for node in given.body if isinstance(node, ast.FunctionDef) and node.name == own.name]
    docstring = ast.get_docstring(named[0]) if named else None
    return _with_first_lines(text, f'"""{docstring}"""') if docstring and "\\" not in docstring else text


def _comments(text: str, released: str, chance: Random) -> str:
    """Explain what the function does, in the student's language."""
    comments = (
        "# 前向传播，注意维度",
        "# see lecture 4",
        "# 这里容易出错！",
        "# step 1",
        "# TODO: vectorize\u00a0?",
        "# ∂L/∂W ← λ/m · W",
    )
    return _with_first_lines(text, chance.choice(comments))


def _forgotten_print(text: str, released: str, chance: Random) -> str:
    """Leave a line that was for debugging."""
    return _with_first_lines(
        text, chance.choice(('print("here")', "# print(locals().keys())", "print('ok', end='\\r')"))
    )


def _own_import(text: str, released: str, chance: Random) -> str:
    """Import in the function what is there already."""
    return _with_first_lines(text, chance.choice(("import numpy as np", "import copy", "import numpy")))


def _other_indent(text: str, released: str, chance: Random) -> str:
    """Indent with tabs or two spaces, as an editor's settings say."""
    if '"""' in text or "'''" in text:
        return text
    step = chance.choice(("\t", "  "))
    return "\n".join(step * ((len(line) - len(line.lstrip(" "))) // 4) + line.lstrip(" ") for line in text.split("\n"))
