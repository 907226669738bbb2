"""Make mutants: right functions with one small mistake. A grader that gives a mutant full marks has a hole.

Mutation testing is DeMillo, Lipton & Sayward 1978, "Hints on test data selection"; the operators here are the mistakes
that people make in numpy code: an operator, a constant, an axis, keepdims, a swapped name, a dropped term or factor, a
comparison, a missing statement.
"""

from __future__ import annotations

import ast
import copy
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

_OPERATORS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
}
_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
}
_FUNCTIONS = {
    "sum": ("mean",),
    "mean": ("sum",),
    "var": ("std",),
    "sqrt": ("square", "abs"),
    "square": ("abs",),
    "log": ("exp",),
    "exp": ("log",),
    "multiply": ("add", "divide"),
    "divide": ("multiply",),
    "add": ("subtract",),
    "subtract": ("add",),
    "dot": ("multiply",),
    "rand": ("randn",),
    "random": ("standard_normal",),
    "maximum": ("minimum",),
    "relu": ("sigmoid",),
    "sigmoid": ("relu",),
}


@dataclass(frozen=True)
class Mutant:
    """A function with one mistake.

    Attributes:
        name: what was changed, stable: "line 5: `lambd / (2 * m)` → `lambd * (2 * m)`".
        source: the whole function.
    """

    name: str
    source: str


def mutants(source: str) -> list[Mutant]:
    """Make all first-order mutants of the functions in `source`, each different from it and from the others.

    Args:
        source: Python source of function definitions; docstrings are left alone.
    """
    tree = ast.parse(source)
    original = ast.unparse(tree)
    names, keys = _names(tree), _keys(tree)
    made: dict[str, Mutant] = {}
    times: Counter[str] = Counter()
    sites = list(ast.walk(tree))
    for index, node in enumerate(sites):
        for wrong in _wrong_versions(node, names, keys):
            changed = _replace(tree, index, wrong)
            if changed is None or changed == original or changed in made:
                continue
            name = f"line {getattr(node, 'lineno', 0)}: `{_show(node)}` → `{_show(wrong)}`"
            times[name] += 1
            made[changed] = Mutant(name if times[name] == 1 else f"{name} ({times[name]})", changed)
    return list(made.values())


def random_mutant(source: str, chance: Random) -> str:
    """Make one mutant without making all; the source itself where there is none.

    Args:
        source: as for `mutants`.
        chance: chooses.
    """
    tree = ast.parse(source)
    original = ast.unparse(tree)
    names, keys = _names(tree), _keys(tree)
    changes = [(i, wrong) for i, node in enumerate(ast.walk(tree)) for wrong in _wrong_versions(node, names, keys)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some mutants make Python wonder
        texts = (_replace(tree, *change) for change in chance.sample(changes, len(changes)))
        return next((text for text in texts if text and text != original), source)


def _replace(tree: ast.Module, index: int, wrong: ast.AST) -> str | None:
    """Write the source with the index-th node of the walk replaced."""
    mutated = copy.deepcopy(tree)
    target = list(ast.walk(mutated))[index]
    wrong = copy.deepcopy(wrong)
    for parent in ast.walk(mutated):
        for field, value in ast.iter_fields(parent):
            if value is target:
                setattr(parent, field, wrong)
            elif isinstance(value, list):
                for position, item in enumerate(value):
                    if item is target:
                        value[position] = wrong
    text = ast.unparse(ast.fix_missing_locations(mutated))
    try:
        compile(text, "mutant", "exec")
    except SyntaxError:
        return None
    return text


def _show(node: ast.AST) -> str:
    text = ast.unparse(ast.fix_missing_locations(copy.deepcopy(node))).replace("\n", " ")
    return text if len(text) <= 90 else text[:87] + "…"


def _names(tree: ast.Module) -> list[str]:
    """List arguments and local variables, sorted: what a name may be swapped with."""
    names = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    names |= {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return sorted(names)


def _keys(tree: ast.Module) -> list[str]:
    """List strings that index something, sorted: what a key may be swapped with."""
    indices = [node.slice for node in ast.walk(tree) if isinstance(node, ast.Subscript)]
    return sorted(
        {index.value for index in indices if isinstance(index, ast.Constant) and isinstance(index.value, str)}
    )


def _wrong_versions(node: ast.AST, names: list[str], keys: list[str]) -> Iterator[ast.AST]:
    """Make wrong versions of one node."""
    if isinstance(node, ast.BinOp):
        for operator in _OPERATORS.get(type(node.op), ()):
            yield ast.BinOp(node.left, operator(), node.right)
        yield node.left
        yield node.right
        if isinstance(node.op, ast.Sub | ast.Div | ast.MatMult):
            yield ast.BinOp(node.right, node.op, node.left)
    elif isinstance(node, ast.AugAssign):
        for operator in _OPERATORS.get(type(node.op), ()):
            yield ast.AugAssign(node.target, operator(), node.value)
        yield ast.Assign([node.target], node.value)
        yield ast.Pass()
    elif isinstance(node, ast.UnaryOp):
        yield node.operand
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        for comparison in _COMPARISONS.get(type(node.ops[0]), ()):
            yield ast.Compare(node.left, [comparison()], node.comparators)
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, str) and node.value in keys:
            yield from (ast.Constant(other) for other in _swapped(node.value, keys))
        yield from _wrong_constants(node.value)
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
        yield from (ast.Name(other, ast.Load()) for other in _swapped(node.id, names))
    elif isinstance(node, ast.Call):
        yield from _wrong_calls(node)
    elif isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value
    elif isinstance(node, ast.Assign | ast.Expr) and not _is_docstring(node):
        yield ast.Pass()
    elif isinstance(node, ast.If):
        yield ast.If(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
    elif isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load) and 2 <= len(node.elts) <= 4:
        for i in range(len(node.elts) - 1):
            swapped = list(node.elts)
            swapped[i], swapped[i + 1] = swapped[i + 1], swapped[i]
            yield ast.Tuple(swapped, ast.Load())


def _wrong_constants(value: object) -> Iterator[ast.AST]:
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)
        if value:
            yield ast.Constant(value - 1)
    elif isinstance(value, float):
        yield ast.Constant(value * 2)
        if value not in (0.0, 1.0):
            yield ast.Constant(0.0)
            yield ast.Constant(1.0)


def _swapped(name: str, names: list[str]) -> list[str]:
    """Pick the names that a student may write instead: different in one character, and the alphabetic neighbours."""
    alike = [other for other in names if other != name and _alike(name, other)]
    place = names.index(name)
    return list(dict.fromkeys([*alike[:3], *names[max(place - 1, 0) : place], *names[place + 1 : place + 2]]))


def _alike(first: str, second: str) -> bool:
    return len(first) == len(second) and sum(a != b for a, b in zip(first, second, strict=True)) == 1


def _wrong_calls(node: ast.Call) -> Iterator[ast.AST]:
    function = node.func
    if isinstance(function, ast.Attribute):
        for other in _FUNCTIONS.get(function.attr, ()):
            yield ast.Call(ast.Attribute(function.value, other, ast.Load()), node.args, node.keywords)
    elif isinstance(function, ast.Name):
        for other in _FUNCTIONS.get(function.id, ()):
            yield ast.Call(ast.Name(other, ast.Load()), node.args, node.keywords)
    for i in range(len(node.keywords)):
        yield ast.Call(function, node.args, node.keywords[:i] + node.keywords[i + 1 :])
    if len(node.args) >= 1 and not isinstance(node.args[0], ast.Starred | ast.GeneratorExp):
        yield node.args[0]
    if len(node.args) == 2:
        yield node.args[1]
        yield ast.Call(function, [node.args[1], node.args[0]], node.keywords)


def _is_docstring(node: ast.Assign | ast.Expr) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
