"""Words of a cell can be replaced, and nothing else of it changes."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.notebook.phrases import in_code, in_markdown, phrases_in
from tests.helpers.toy_language import CLOSE, OPEN, bracketed


def phrases(cell_type: str, text: str) -> list[str]:
    return phrases_in({"cell_type": cell_type, "source": text})


def test_markdown_is_cut_into_its_paragraphs_without_code_equations_and_tags() -> None:
    text = """## A title

Two lines
of text with $x$ in it.

$$ x = y $$

```python
no words here
```

<details>
<summary>

Open me

</details>
"""
    assert phrases("markdown", text) == ["## A title", "Two lines\nof text with $x$ in it.", "Open me"]


def test_regions_of_the_instructor_stay() -> None:
    text = "Why? (5 points)\n\n### BEGIN SOLUTION\nBecause.\n### END SOLUTION"
    assert phrases("markdown", text) == ["Why? (5 points)", "Because."]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("# Look here.\nx = 1", ["Look here."]),
        ("# x = np.zeros(3)\ny = 1  # the sum", ["the sum"]),
        ("f('plain')", []),
        ("f('no regularization')", ["no regularization"]),
        ("print(f'share {x:.2f} of it')", ["share {x:.2f} of it"]),
        ("print('one '\n      'sentence.')", ["one sentence."]),
        ("d = {'two words': 1}", ["two words"]),
        ("def f():\n    '''Say it.\n\n    More.\n    '''", ["Say it.\n\nMore."]),
        ("x = 1\n%time y = 'not read here'\n!ls 'a b'", []),
        ("labkit.use_language('en')", ["en"]),
        ("a['en']", []),
        ("### START CODE HERE ### (approx. 2 lines)\nx = 1\n### END CODE HERE ###", ["approx. 2 lines"]),
        ("# BEGIN SOLUTION (approx. 1 line; stub: x)\nx = 1\n# END SOLUTION", ["approx. 1 line"]),
        ("labkit.check('f', f)\n### BEGIN HIDDEN TESTS\ngrade('f', f)\n### END HIDDEN TESTS", []),
    ],
)
def test_of_code_docstrings_comments_and_words_are_found(code: str, found: list[str]) -> None:
    assert sorted(phrases("code", code)) == sorted(found)


def test_a_quote_in_a_translation_does_not_end_the_string() -> None:
    changed = in_code("print('two words', \"two words\")", lambda _: """it's "so" """)
    assert [node.value for node in ast.walk(ast.parse(changed)) if isinstance(node, ast.Constant)] == [
        """it's "so" """
    ] * 2


def test_signs_of_several_bytes_move_nothing() -> None:
    code = 'def f(λλ):\n    """αα ββ."""\n    return "éé éé", λλ  # εε ζζ'
    assert in_code(code, bracketed) == 'def f(λλ):\n    """⟦αα ββ.⟧"""\n    return "⟦éé éé⟧", λλ  # ⟦εε ζζ⟧'


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r"), max_size=80))
def test_markdown_with_the_same_words_is_the_same(text: str) -> None:
    assert in_markdown(text, lambda phrase: phrase) == text


def test_brackets_are_put_where_they_do_not_break_markdown() -> None:
    assert bracketed("## Title\n- one\n| a word | 5 |") == (
        f"## {OPEN}Title{CLOSE}\n- {OPEN}one{CLOSE}\n| {OPEN}a word{CLOSE} | 5 |"
    )
