"""Calls as data: a judge lists calls, `perform` makes them beside the student's code and reports outcomes.

A judge never touches the student's objects. It may be in the same process (a notebook, nbgrader's kernel) or in
a different process (outside the sandbox): both send a list of `Call` and receive a list of `Outcome`.
"""

from __future__ import annotations

import contextlib
import io
import linecache
import random
import re
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from labkit.calls.plain import Opaque, Plain, fresh, plain, same

MAX_ERROR_TEXT = 500
MAX_ERROR_LINES = 3
MAX_BASES = 10
MAX_PRINTED = 2000
MAX_WRAPPED = 10


@dataclass(frozen=True)
class Result:
    """An argument: what an earlier call of the same list returned, or a part of it.

    The value stays where the student's function made it (a cache may be any object) and is passed on as it is.

    Attributes:
        call: index of the earlier call in the list.
        path: indices or keys that lead to the part, `()` for the whole.
        otherwise: plain data to pass on where the earlier call raised or returned nothing there; None for none. Calls
            that refer to the same part share one copy.
    """

    call: int
    path: tuple[int | str, ...] = ()
    otherwise: Any = field(default=None, compare=False)

    def of(self, value: Any) -> Any:
        """Take the part out of what the earlier call returned; None where there is none."""
        for step in self.path if value is not None else ():
            if self.otherwise is not None and not _has(value, step):
                return None
            value = value[step]
        return value

    def is_stand_in(self, outcomes: Sequence[Outcome]) -> bool:
        """Tell from the outcomes of the list whether `otherwise` was passed on."""
        outcome = outcomes[self.call]
        return self.otherwise is not None and (outcome.error is not None or self.of(outcome.value) is None)


def _has(value: Any, step: int | str) -> bool:
    if isinstance(value, tuple | list):
        return isinstance(step, int) and -len(value) <= step < len(value)
    return isinstance(value, dict) and step in value


@dataclass(frozen=True)
class Argument:
    """An argument: the very object that an earlier call of the same list was given at `position`."""

    call: int
    position: int


@dataclass(frozen=True)
class Extended:
    """An argument: a plain tuple and, behind it, what an earlier call gave behind as many parts.

    A cache with more parts than asked for is the student's right: only a forward pass of the student's can make them.

    Attributes:
        first: the parts that are the same for everybody.
        own: the tuple of the earlier call; where it has no further parts, `first` is passed on alone.
    """

    first: tuple[Any, ...]
    own: Result

    def behind(self, value: Any) -> tuple[Any, ...]:
        """Take the further parts out of what the earlier call returned."""
        own = replace(self.own, otherwise=()).of(value)
        return tuple(own[len(self.first) :]) if isinstance(own, tuple | list) else ()

    def is_doubtful(self, outcomes: Sequence[Outcome]) -> bool:
        """Tell whether the further parts may not fit the first ones: those that are no numbers may follow from them."""
        return not all(isinstance(part, int | float | str) for part in self.behind(outcomes[self.own.call].value))


@dataclass(frozen=True)
class Call:
    """One call of a student's function.

    Attributes:
        function: name of the function.
        args: plain data, `Result`, `Argument` or `Extended`; each call works on fresh copies of plain data.
        group: what the call is for; a criterion picks its calls by it.
        label: the case in words, for messages ("λ = 0").
        seed: numpy's and Python's global random state before the call.
        private: positions in a returned tuple whose values stay where the call is made (a cache): the outcome only
            shows whether they are None.
    """

    function: str
    args: tuple[Any, ...]
    group: str = "value"
    label: str = ""
    seed: int = 0
    private: tuple[int, ...] = ()


@dataclass(frozen=True)
class CallError:
    """An exception out of a student's function.

    Attributes:
        kind: class name of the exception.
        message: its text, bounded.
        lines: where it came from, as the student's own lines: "line 3: cost = np.sum(W)".
        bases: names of the classes that it derives from.
    """

    kind: str
    message: str
    lines: tuple[str, ...] = ()
    bases: tuple[str, ...] = field(default=(), compare=False)  # not kept with a verdict

    def is_a(self, kind: str) -> bool:
        """Tell whether `except kind` catches the exception."""
        return kind == self.kind or kind in self.bases

    def is_missing(self, function: str) -> bool:
        """Tell whether the exception says that there is no function of that name to call."""
        return self.kind == "NameError" and self.message == _missing(function) and not self.lines

    @property
    def form(self) -> tuple[str, str]:
        """The kind and the message without names and numbers: the same for two students with the same mistake.

        Blank space goes too, which versions of a library set otherwise.
        """
        return self.kind, re.sub(r"\s+", "", re.sub(r"'[^']*'|\w+\(\)|\d+", "·", self.message))


@dataclass(frozen=True)
class Outcome:
    """The result of a call.

    Attributes:
        value: what the function returned, as plain data.
        changed: position → new value, for each plain argument that the call changed.
        error: the exception that the function raised, if any; `value` is then None.
    """

    value: Plain = None
    changed: Mapping[int, Plain] = field(default_factory=dict)
    error: CallError | None = None


def perform(
    calls: Sequence[Call], functions: Mapping[str, Callable[..., Any]], printed: list[str] | None = None
) -> list[Outcome]:
    """Make the calls, in order, and report what each did.

    Printed text is dropped and warnings are silent. Every exception but KeyboardInterrupt (how a time limit arrives in
    a notebook) is part of the outcome.

    Args:
        calls: what to call.
        functions: name → function.
        printed: gets what each call printed, at most MAX_PRINTED characters a call.

    Returns:
        One outcome a call.
    """
    return list(performed(calls, functions, printed))


def performed(
    calls: Sequence[Call], functions: Mapping[str, Callable[..., Any]], printed: list[str] | None = None
) -> Iterator[Outcome]:
    """Make the calls lazily: each when its outcome is asked for. See `perform`."""
    given = [arg.own if type(arg) is Extended else arg for call in calls for arg in call.args]
    later = {arg.call for arg in given if type(arg) in (Result, Argument)}
    values: dict[int, Any] = {}
    arguments: dict[int, list[Any]] = {}
    stand_ins: dict[Result, Any] = {}
    output = _Printed(0 if printed is None else MAX_PRINTED)
    with contextlib.redirect_stdout(output), warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for number, call in enumerate(calls):
            value: Any = None
            args: list[Any] = []
            try:
                args = [_resolve(arg, values, arguments, stand_ins) for arg in call.args]
                _demand_results(call.args, args, calls)
                np.random.seed(call.seed)
                random.seed(call.seed)
                value = functions[call.function](*args)
                outcome = Outcome(plain(_public(value, call.private)), _changed(call.args, args))
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                outcome = Outcome(error=_describe(error, call.function, functions.get(call.function)))
            if printed is not None:
                printed.append(output.take())
            if number in later:
                values[number], arguments[number] = value, args
            yield outcome


def has_stand_in(call: Call, outcomes: Sequence[Outcome]) -> bool:
    """Tell from the outcomes of the list whether a call was given what stands in for an earlier call's result."""
    return any(arg.is_stand_in(outcomes) for arg in call.args if type(arg) is Result)


def is_doubtful(call: Call, outcomes: Sequence[Outcome]) -> bool:
    """Tell from the outcomes of the list whether a call was given parts of a cache that may not fit the others."""
    return any(arg.is_doubtful(outcomes) for arg in call.args if type(arg) is Extended)


def plain_argument(call: Call, position: int) -> Any:
    """Return an argument as plain data, as far as it is that."""
    arg = call.args[position]
    return arg.first if type(arg) is Extended else arg


class NeededResultError(Exception):
    """A call needs the result of an earlier call that returned none; the text is the earlier function's name."""


def _demand_results(given: tuple[Any, ...], args: list[Any], calls: Sequence[Call]) -> None:
    for before, arg in zip(given, args, strict=True):
        if arg is None and type(before) is Result:
            raise NeededResultError(calls[before.call].function)


def _public(value: Any, private: tuple[int, ...]) -> Any:
    if not private or not isinstance(value, tuple | list):
        return value
    return tuple(_Private() if i in private and part is not None else part for i, part in enumerate(value))


class _Private:
    """Stand-in for a value that stays where the call is made; `plain` makes it `Opaque`."""


def _resolve(
    arg: Any, values: Mapping[int, Any], arguments: Mapping[int, list[Any]], stand_ins: dict[Result, Any]
) -> Any:
    kind = type(arg)
    if kind is Argument:
        return arguments[arg.call][arg.position]
    if kind is Result:
        value = arg.of(values[arg.call])
        if value is None and arg.otherwise is not None:
            value = stand_ins[arg] if arg in stand_ins else stand_ins.setdefault(arg, fresh(arg.otherwise))
        return value
    if kind is Extended:
        return (*fresh(arg.first), *arg.behind(values[arg.own.call]))
    return fresh(arg)


def _changed(given: tuple[Any, ...], after: list[Any]) -> dict[int, Plain]:
    changed: dict[int, Plain] = {}
    for position, (before, now) in enumerate(zip(given, after, strict=True)):
        if isinstance(before, Extended):
            now = now[: len(before.first)]
            before = before.first
        if type(before) in (np.ndarray, dict, list, tuple) and not same(before, now):
            value = plain(now)
            if not same(before, value):
                changed[position] = value
    return changed


class _Printed(io.TextIOBase):
    """A text stream that keeps the beginning of what is written."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most
        self._text = ""

    def write(self, text: str) -> int:
        if len(self._text) <= self._most and self._most:
            self._text += text[: self._most + 1 - len(self._text)]
        return len(text)

    def take(self) -> str:
        """Return what is kept, and begin anew; an ellipsis stands for what is not kept."""
        text, self._text = self._text, ""
        return text if len(text) <= self._most else text[: self._most] + "…"


def _describe(error: BaseException, function: str, called: Callable[..., Any] | None) -> CallError:
    kind, *bases = (_name_of(ancestor) for ancestor in type.__dict__["__mro__"].__get__(type(error))[:MAX_BASES])
    if isinstance(error, KeyError) and error.args == (function,):
        return CallError("NameError", _missing(function))
    try:
        message = str(error)[:MAX_ERROR_TEXT]
    except BaseException:
        message = ""
    try:
        lines = student_lines(error, called)
    except BaseException:
        lines = ()
    return CallError(kind, message, lines, tuple(bases))


def _missing(function: str) -> str:
    return f"name '{function}' is not defined"


def _name_of(kind: type) -> str:
    """Return the real name of a class, whatever its metaclass claims."""
    name = plain(type.__dict__["__name__"].__get__(kind))
    return name if isinstance(name, str) else "object"


def student_lines(error: BaseException, function: Callable[..., Any] | None) -> tuple[str, ...]:
    """Return the lines of the notebook's own cells that led to an exception, at most MAX_ERROR_LINES.

    A line is a cell's where the code that runs has the notebook's variables. File names would not tell: those of
    cells differ from program to program, and compiled code has names that look like theirs.

    Args:
        error: the exception.
        function: the student's function that was called.
    """
    own = _variables_of(function)
    frames = [
        (frame.f_code.co_filename, number)
        for frame, number in traceback.walk_tb(error.__traceback__)
        if number and (frame.f_globals is own or frame.f_globals.get("__name__") == "__main__")
    ]
    return tuple([_line(*place) for place in frames[-MAX_ERROR_LINES:]])


def _variables_of(function: Callable[..., Any] | None) -> Any:
    """Return the global variables of a function, also of one that is wrapped."""
    for _ in range(MAX_WRAPPED):
        inner = getattr(function, "__wrapped__", None) or getattr(function, "func", None)
        if inner is None:
            break
        function = inner
    return getattr(function, "__globals__", None)


def _line(file: str, number: int) -> str:
    text = linecache.getline(file, number).strip()
    return f"line {number}: {text[:200]}" if text else f"line {number}"


__all__ = ["Argument", "Call", "CallError", "Extended", "Opaque", "Outcome", "Result", "has_stand_in", "perform"]
