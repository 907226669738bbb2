"""Replace solutions by stubs and take hidden tests out: the one rule for the release and for restoring.

A region in the instructor's cell

    ### BEGIN SOLUTION (approx. 1 line; stub: cost)
    cost = ...
    ### END SOLUTION

becomes

    ### START CODE HERE ### (approx. 1 line)
    cost = None
    ### END CODE HERE ###

A region without a hint, and a solution cell without a region, become nbgrader's own default stubs.
"""

import re

BEGIN_SOLUTION = "BEGIN SOLUTION"
END_SOLUTION = "END SOLUTION"
BEGIN_HIDDEN = "BEGIN HIDDEN TESTS"
END_HIDDEN = "END HIDDEN TESTS"
BEGIN_SCHEME = "BEGIN MARK SCHEME"
END_SCHEME = "END MARK SCHEME"

CODE_STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
TEXT_STUB = "YOUR ANSWER HERE"

_HINT = re.compile(r"BEGIN SOLUTION \((?P<size>[^;()]+)(?:; stub: (?P<names>[^()]+))?\)\s*$")


def without_solution(text: str, cell_type: str) -> str:
    """Return the text of a solution cell as students get it.

    Args:
        text: the instructor's cell.
        cell_type: `code` or `markdown`.

    Raises:
        ValueError: a region is nested, not closed, or names a stub that is not a Python name.
    """
    default = CODE_STUB if cell_type == "code" else TEXT_STUB
    stubbed, has_region = _replace_regions(text, BEGIN_SOLUTION, END_SOLUTION, default)
    return stubbed if has_region else default


def without_hidden_tests(text: str) -> str:
    """Return the text of a test cell as students get it.

    Raises:
        ValueError: a region is nested or not closed.
    """
    visible, _ = _replace_regions(text, BEGIN_HIDDEN, END_HIDDEN, None)
    return _replace_regions(visible, BEGIN_SCHEME, END_SCHEME, None)[0]


def solution_lines(text: str) -> list[str]:
    """Return the lines inside the solution regions of a cell, stripped, without blank lines."""
    lines, inside = [], False
    for line in text.split("\n"):
        if BEGIN_SOLUTION in line:
            inside = True
        elif END_SOLUTION in line:
            inside = False
        elif inside and line.strip():
            lines.append(line.strip())
    return lines


def _replace_regions(text: str, begin: str, end: str, default: str | None) -> tuple[str, bool]:
    """Replace each region by a stub, or by nothing if `default` is None; also return whether there was a region."""
    kept: list[str] = []
    inside = has_region = False
    for line in text.split("\n"):
        if begin in line:
            if inside:
                raise ValueError(f"a {begin} inside a {begin}: {line.strip()!r}")
            inside = has_region = True
            if default is not None:
                indent = line[: len(line) - len(line.lstrip())]
                kept += [indent + stub for stub in _stub_lines(line, default)]
        elif end in line:
            inside = False
        elif not inside:
            kept.append(line)
    if inside:
        raise ValueError(f"{begin} without {end}")
    return "\n".join(kept), has_region


def _stub_lines(begin_line: str, default: str) -> list[str]:
    hint = _HINT.search(begin_line)
    if hint is None:
        return default.split("\n")
    names = [name.strip() for name in (hint["names"] or "").split(",") if name.strip()]
    for name in names:
        if not name.isidentifier():
            raise ValueError(f"{name!r} in {begin_line.strip()!r} is not a name")
    work = [f"{name} = None" for name in names]
    return [f"### START CODE HERE ### ({hint['size'].strip()})", *work, "### END CODE HERE ###"]
