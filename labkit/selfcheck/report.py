"""Show the verdict of the self-check: a small table in a notebook, the same as text everywhere else."""

from __future__ import annotations

import html
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from labkit.say import columns, padded
from labkit.selfcheck import words

_COLOURS = {"✓": "rgba(46, 160, 67, 0.28)", "✗": "rgba(229, 83, 75, 0.32)", "–": "rgba(128, 128, 128, 0.22)"}
"""Behind the signs; see-through, so that the text keeps the contrast that the reader's theme gives it."""
_CELL = "text-align:left;vertical-align:top;white-space:normal;overflow-wrap:anywhere;padding:3px 8px"


@dataclass(frozen=True)
class Row:
    """A line of the self-check's table.

    Attributes:
        name: what was checked.
        problem: why it is not right; "" if it is.
        judged: False where it could not be looked at, as something before it failed.
        call: index of the call that it is about, if it is about one.
    """

    name: str
    problem: str = ""
    judged: bool = True
    call: int | None = None

    @property
    def sign(self) -> str:
        """A sign for the row: right, wrong, or not judged."""
        return "✗" if self.problem else "✓" if self.judged else "–"


@dataclass(frozen=True)
class Report:
    """The verdict of the self-check on one function.

    Attributes:
        function: its name.
        rows: what was checked.
        hints: what may help.
        causes: what comes before all else: why little or nothing could be judged.
        printed: what the function printed in the first call that failed.
        graded: whether the function earns points; a practice step does not.
    """

    function: str
    rows: Sequence[Row]
    hints: Sequence[str] = ()
    causes: Sequence[str] = ()
    printed: str = ""
    graded: bool = True

    @property
    def passed(self) -> bool:
        """Whether everything is right, and nothing says that it is not what the student sees."""
        return not self.causes and all(row.judged and not row.problem for row in self.rows)

    @property
    def closing(self) -> str:
        """The last line."""
        if self.graded:
            return words.public_passed() if self.passed else words.public_failed()
        return words.step_passed() if self.passed else words.step_failed()

    def __str__(self) -> str:
        """Show it as plain text."""
        width = max((columns(row.name) for row in self.rows), default=0) + 2
        lines = [self.function, *(f"  {cause}" for cause in self.causes)]
        lines += [f"  {row.sign} {padded(row.name, width)}{row.problem}".rstrip() for row in self.rows]
        lines += [words.hint(hint) for hint in self.hints]
        if self.printed:
            lines += [words.printed(), *(f"    {line}" for line in self.printed.rstrip("\n").split("\n"))]
        return "\n".join([*lines, self.closing])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """Show it as a table: no script, styles in place, and signs that say the same where styles are dropped."""
        parts = [f"<p><b><code>{html.escape(self.function)}</code></b></p>"]
        parts += [f"<p><b>{html.escape(cause)}</b></p>" for cause in self.causes]
        if self.rows:
            rows = "".join(
                f'<tr style="background:transparent"><td style="{_CELL}"><span style="background:{_COLOURS[row.sign]};'
                f'border-radius:4px;padding:1px 6px"><b>{row.sign}</b></span></td>'
                f'<td style="{_CELL}">{html.escape(row.name)}</td>'
                f'<td style="{_CELL}">{html.escape(row.problem)}</td></tr>'
                for row in self.rows
            )
            parts.append(f'<table style="border-collapse:collapse;margin:4px 0"><tbody>{rows}</tbody></table>')
        parts += [f"<p>{html.escape(words.hint(hint))}</p>" for hint in self.hints]
        if self.printed:
            parts.append(f"<p>{html.escape(words.printed())}</p><pre>{html.escape(self.printed)}</pre>")
        parts.append(f"<p>{html.escape(self.closing)}</p>")
        return f'<div style="max-width:60em">{"".join(parts)}</div>'


def show(report: Report) -> None:
    """Display a report where there is IPython, which shows it as the program can; print it elsewhere."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if shell is None:
        print(report)
        return
    from IPython.display import display

    display(report)
