"""HTML and Markdown of an answer stay readable."""

from autograder.pages.sanitize.outputs import Sanitizer
from tests.helpers.hostile import PNG


def test_tables_lists_and_links_stay() -> None:
    shown = Sanitizer().html(
        "<table><tr><th scope=col>λ<td colspan=2><b>0.7</b></table><a href='https://example.org/a'>see</a>"
    )
    assert '<th scope="col">λ</th>' in shown and '<td colspan="2"><b>0.7</b></td>' in shown
    assert 'href="https://example.org/a"' in shown and "noopener" in shown


def test_a_formula_is_drawn_and_a_price_is_none() -> None:
    shown = Sanitizer().markdown(r"so $a_1 * b_1 < c*d$ and $$\sum_i x_i$$, but it costs 3$ or 4 $.")
    assert shown.count("<math") == 2 and "$a" not in shown
    assert "costs 3$ or 4 $." in shown and "<em>" not in shown


def test_headings_of_an_answer_stand_below_those_of_the_page() -> None:
    shown = Sanitizer().markdown("# one\n\n### three\n\n<h1>raw</h1>")
    assert "<h4>one</h4>" in shown and "<h6>three</h6>" in shown and "h1" not in shown


def test_an_attached_picture_is_shown_and_an_unknown_one_is_not() -> None:
    attachments = {"a.png": {"image/png": PNG}, "b.png": {"image/png": "no"}, "c": 7}
    shown = Sanitizer().markdown("![a](attachment:a.png) ![b](attachment:b.png) ![c](attachment:c)", attachments)
    assert shown.count("data:image/png") == 1 and f"data:image/png;base64,{PNG}" in shown
    assert shown.count("data:image/svg+xml") == 2  # words that a picture is left out
    assert 'alt="b"' in shown


def test_a_markdown_table_is_a_table() -> None:
    assert "<td>0.92</td>" in Sanitizer().markdown("| λ | test |\n|---|---|\n| 0.7 | 0.92 |")
