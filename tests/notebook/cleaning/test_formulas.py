"""Formulas of a lab report are drawn offline; whatever a student types breaks no page."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from autograder.notebook.cleaning.formulas import formula, without_formulas
from autograder.pages.sanitize.outputs import Sanitizer

REPOSITORY = Path(__file__).resolve().parents[3]
BROKEN = [
    *(r"\frac{1}{", r"{}^", r"x_", r"\left(" * 200, "{" * 1_500, r"\frac" * 300, r"\begin{align}a", r"\sqrt[", "^"),
    *(r"\def\x{\x\x}\x", r"\newcommand{\a}[1]{#1#1}\a{\a{b}}", r"\let\a\b a"),
    "x" * 3_000,
]
TYPED = [
    *(
        r"\hat x_i",
        r"\mathbf{W}^{[l]}",
        r"x \in \mathbb{R}^{n\times m}",
        r"\|x\|_2",
        r"50\%",
        r"f''(x)",
        r"a < b & c > d",
    ),
    *(r"\mu_{\text{batch}}", r"\text{均值} = \mu", r"\begin{cases} 1 & x>0 \\ 0 & x \le 0\end{cases}", "λ/(2m)·‖W‖²"),
    *(r"\begin{aligned} a &= b + c \\ &= d \end{aligned}", r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", r"\unknown{x}"),
]
HOSTILE = [
    *(r"<script>alert(1)</script>", r"\href{javascript:alert(1)}{x}", r"\style{position:fixed}{x}", r"\class{card}{x}"),
    *(r"\text{<img src=x onerror=alert(1)>}", r"\mathrm{</math><script>alert(1)</script>}", r"\color{url(x)}{x}"),
    *(r"&lt;script&gt;alert(1)&lt;/script&gt;", r"\id{q1}{x}", r"\hspace{99999cm}x", r"\rule{9999em}{9999em}"),
]


def formulas_of(name: str) -> list[str]:
    cells = json.loads((REPOSITORY / "source" / name / f"{name}.ipynb").read_bytes())["cells"]
    texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    return [html for text in texts for html in without_formulas(text, "")[1]]


@pytest.mark.parametrize("name", ["regularization", "batch_normalization"])
def test_every_formula_of_the_notebooks_is_drawn(name: str) -> None:
    drawn = formulas_of(name)
    assert len(drawn) > 20
    assert [html for html in drawn if "<math" not in html or "\\" in html] == []


@pytest.mark.parametrize("latex", TYPED)
def test_what_students_type_is_drawn(latex: str) -> None:
    drawn = formula(latex, is_block=True)
    assert drawn and drawn.startswith('<span class="formula"><math')


@pytest.mark.parametrize("latex", BROKEN)
def test_a_formula_that_cannot_be_read_stays_as_it_was_typed(latex: str) -> None:
    assert formula(latex, is_block=True) is None
    shown = Sanitizer().markdown(f"before ${latex}$ after")
    assert latex[:5].replace("&", "&amp;") in shown and "before" in shown and "after" in shown


class Elements(HTMLParser):
    """Collects the elements and attributes of a formula."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [(tag, name, value or "") for name, value in attrs] or [(tag, "", "")]


@pytest.mark.parametrize("latex", [*HOSTILE, *TYPED])
def test_nothing_but_mathematics_comes_out(latex: str) -> None:
    for shown in (formula(latex, is_block=True) or "", Sanitizer().markdown(f"so ${latex}$")):
        for tag, name, value in Elements(shown).found:
            assert re.fullmatch(r"m[a-z]+|span|p|code", tag), tag
            assert name not in ("href", "style", "id", "src") and not name.startswith("on"), name
            assert name != "class" or value.split()[0] == "formula"
            assert name not in ("width", "height") or re.fullmatch(
                r"[a-z -]*|[+-]?\d{0,2}(\.\d+)?(em|ex|px|pt|mu|%)?", value
            )


def test_a_long_formula_can_be_broken_before_an_equals_sign_and_at_a_wide_space() -> None:
    drawn = formula(r"a = b \qquad c = d", is_block=True)
    assert drawn and drawn.count("<math") == 4 and "</math> <math" in drawn


def test_a_formula_wider_than_paper_is_smaller_or_stays_as_typed() -> None:
    small = formula("+".join("x" * 45), is_block=True)
    assert small and 'class="formula small"' in small
    assert formula("+".join("x" * 80), is_block=True) is None


def test_code_prices_and_escaped_signs_are_no_formulas() -> None:
    text = "`$a$` and ``x $b$`` cost 3$ or 4 $, \\$5 or $6\n\n```\n$c$\n```\n\n~~~\n$d$\n~~~"
    assert without_formulas(text, "?") == (text, [])


def test_a_formula_over_several_lines_is_one_whatever_its_lines_begin_with() -> None:
    text, drawn = without_formulas("so\n$$a\n= b\n- c\n+ d$$\nand \\begin{align}x&=1\\\\y&=2\\end{align}", "?")
    assert text == "so\n?\nand ?" and "<li" not in "".join(drawn) and "mtable" in drawn[1]


def test_spaces_that_an_editor_made_hard_change_no_formula() -> None:
    assert formula("\\frac{a}{b}\xa0= c", is_block=False) == formula("\\frac{a}{b} = c", is_block=False)


def test_a_formula_may_stand_in_a_table_and_in_raw_html() -> None:
    shown = Sanitizer().markdown("|a|$|x|$|\n|-|-|\n|$y_1$|b|\n\n<b>$z$</b>")
    assert shown.count("<math>") == 3 and "<td><math>" in shown and "<b><math>" in shown


def test_the_place_of_a_formula_that_somebody_types_shows_nothing_twice() -> None:
    shown = Sanitizer().markdown("<x-formula>0</x-formula>" * 50 + "$x$ <x-formula>7</x-formula>")
    assert shown.count("<math>") == 1 and "x-formula" not in shown
