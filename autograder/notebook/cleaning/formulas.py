r"""Turn the formulas of a Markdown text into MathML: browsers draw it without a script, and it can be read aloud.

Only a fixed set of elements and attributes comes out, whatever was typed. A formula that cannot be read stays as it was
typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape, unescape
from xml.etree.ElementTree import Element, tostring

from latex2mathml.converter import Converter

MAX_FORMULA = 2_000
"""Characters of a formula that is read."""
MAX_FORMULAS = 400
"""Formulas of one text that are read."""
LINE, SMALL_LINE = 70, 110
"""Signs of a piece of a formula that cannot be broken, in full size and in a smaller one: a line on paper."""

_MATH = re.compile(
    r"(?P<kept>^ {0,3}(?P<fence>```+|~~~+).*?(?:^ {0,3}(?P=fence)|\Z)|(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`)"
    r"|\\[\\$])"
    r"|\$\$(?P<block>(?:[^$\\]|\\.){1,2000})\$\$"
    r"|\\begin\{(?P<name>[a-z]{1,20}\*?)\}(?P<body>.{1,2000}?)\\end\{(?P=name)\}"
    r"|\$(?P<inline>(?![\s$])(?:[^$\\\n]|\\.|\n(?!\s*\n)){1,2000}?)(?<!\s)\$(?!\d)",
    re.DOTALL | re.MULTILINE,
)
_MACRO = re.compile(r"\\(?:def|let|newcommand|renewcommand|newenvironment|DeclareMathOperator)\b")
_ALIGNED = re.compile(r"\\(begin|end)\{(?:align|aligned|split|equation\*?|gather(?:ed)?\*?)\}")
"""Environments that the library does not know, or whose lines it numbers."""
_TAGS = {
    *("math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "msup", "msub", "msubsup", "mfrac", "msqrt", "mroot"),
    *("munder", "mover", "munderover", "mmultiscripts", "mprescripts", "none", "mtable", "mtr", "mtd", "menclose"),
    *("mpadded", "mphantom", "mstyle"),
}
_ATTRIBUTES = {
    *("accent", "accentunder", "columnalign", "columnspacing", "depth", "display", "displaystyle", "fence", "form"),
    *("height", "largeop", "linethickness", "lspace", "mathvariant", "maxsize", "minsize", "movablelimits", "notation"),
    *("rowspacing", "rspace", "scriptlevel", "separator", "stretchy", "symmetric", "voffset", "width"),
}
_VALUE = re.compile(r"[a-z -]{1,40}|[+-]?\d{0,2}(?:\.\d{1,4})?(?:em|ex|px|pt|mu|%)?")
_RELATIONS = frozenset("=≈≠≤≥<>→←↔⇒⇐⇔∝≡∈")
_OPENING, _CLOSING = frozenset("([{⟨⌊⌈"), frozenset(")]}⟩⌋⌉")
_WIDE = 1.5
"""Spaces of so many em part two formulas on one line."""


def without_formulas(text: str, mark: str) -> tuple[str, list[str]]:
    """Take the formulas out of a Markdown text, as Jupyter does before it reads the rest.

    Args:
        text: the text; code stays as it is.
        mark: what is put in the place of each, with its number for `{}`.

    Returns:
        The text, and the formulas as HTML.
    """
    drawn: list[str] = []

    def put(match: re.Match[str]) -> str:
        latex = match["block"] or match["inline"] or match["body"]
        if match["kept"] is not None or not latex.strip() or len(drawn) == MAX_FORMULAS:
            return match[0]
        if match["name"]:
            latex = match[0]
        html = formula(latex, is_block=match["inline"] is None)
        drawn.append(html or f"<code>{escape(match[0])}</code>")
        return mark.format(len(drawn) - 1)

    return _MATH.sub(put, text), drawn


def formula(latex: str, *, is_block: bool) -> str | None:
    r"""Turn a formula into HTML; None if it cannot be read.

    Args:
        latex: the formula without its dollar signs.
        is_block: whether it stands on a line of its own. Such a line is broken before `=` and at wide spaces.
    """
    if len(latex) > MAX_FORMULA or _MACRO.search(latex):
        return None
    latex = _ALIGNED.sub(r"\\\1{align*}", latex.replace("\xa0", " "))
    try:
        row = Converter(display="block" if is_block else "inline").convert_to_element(latex)[0]
        pieces = [_clean(piece) for piece in (_pieces(row) if is_block else [row])]
    except (Exception, RecursionError):  # whatever a library makes of whatever was typed
        return None
    widths = [len("".join(piece.itertext())) for piece in pieces]
    if max(widths, default=SMALL_LINE) >= SMALL_LINE:
        return None
    kind = "formula small" if max(widths) > LINE else "formula"
    if not is_block:
        return f"<math>{_written(pieces[0])}</math>"
    drawn = " ".join(f'<math displaystyle="true">{_written(piece)}</math>' for piece in pieces)
    return f'<span class="{kind}">{drawn}</span>'


def _pieces(row: Element) -> Iterator[Element]:
    """Part a formula where a line may end: outside brackets, before a relation, and at a wide space."""
    piece, depth = Element("mrow"), 0
    for part in row:
        sign = unescape(part.text or "").strip() if part.tag == "mo" else ""
        depth += (sign in _OPENING) - (sign in _CLOSING)
        if len(piece) and depth <= 0 and sign in _RELATIONS:
            yield piece
            piece = Element("mrow")
        piece.append(part)
        if part.tag == "mspace" and depth <= 0 and _width(part) >= _WIDE:
            yield piece
            piece = Element("mrow")
    if len(piece):
        yield piece


def _width(space: Element) -> float:
    number = re.fullmatch(r"(\d{1,2}(?:\.\d{1,4})?)em", space.get("width", ""))
    return float(number[1]) if number else 0.0


def _clean(element: Element) -> Element:
    """Copy what may stand in a page; of an unknown element only what is in it."""
    clean = Element(element.tag if element.tag in _TAGS else "mrow")
    for name, value in element.items():
        if name in _ATTRIBUTES and _VALUE.fullmatch(value):
            clean.set(name, value)
    clean.text = unescape(element.text or "").replace(r"\_", "_") or None
    for child in element:
        clean.append(_clean(child))
    return clean


def _written(element: Element) -> str:
    return tostring(element, encoding="unicode", short_empty_elements=False)
