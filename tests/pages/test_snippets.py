"""A snippet shows the lines of a wrong function that matter, and nothing by which its author is known."""

import re

from autograder.pages.snippets import MAX_LINES, MAX_WIDTH, line_keys, odd_lines, snippet

RIGHT = '''def cost(a, y):
    """Cost of Ann."""
    m = y.shape[1]
    total = -np.sum(y * np.log(a))
    return total / m
'''
KEYS = set(line_keys(RIGHT))


def test_the_line_that_no_right_function_has_is_marked_with_the_one_before_it() -> None:
    lines = snippet(RIGHT.replace("y.shape[1]", "y.shape[0]"), KEYS)
    assert [(line.text, line.matters) for line in lines] == [
        ("def cost(a, y):", False),
        ("    m = y.shape[0]", True),
    ]


def test_layout_comments_and_docstrings_make_no_line_odd() -> None:
    other = RIGHT.replace(" = ", "=").replace("/ m", "/ m  # by Ann, ann@example.org").replace("Cost of Ann", "Mine")
    assert odd_lines(other, KEYS) == 0


def test_no_comment_or_docstring_is_shown() -> None:
    code = 'def cost(a, y):\n    """Ann\n    wrote this."""\n    # Ann\n    return "#1", y  # Ann\n'
    text = "\n".join(line.text for line in snippet(code, KEYS))
    assert "Ann" not in text and '"#1"' in text


def test_lines_that_are_apart_have_a_gap_between_them() -> None:
    wrong = RIGHT.replace("y.shape[1]", "1").replace("/ m", "* m")
    assert [line.after_gap for line in snippet(wrong, KEYS)] == [False, False, False, False]
    longer = wrong.replace("    total", "    b = a\n    total")
    assert [line.text for line in snippet(longer, KEYS | {"b=a"}) if line.after_gap] == [
        "    total = -np.sum(y * np.log(a))"
    ]


def test_without_an_odd_line_or_a_right_function_the_end_is_shown() -> None:
    missing = RIGHT.replace("    m = y.shape[1]\n", "")
    assert [line.text for line in snippet(missing, KEYS)][-1] == "    return total / m"
    assert not any(line.matters for line in (*snippet(missing, KEYS), *snippet(RIGHT, ())))


def test_what_is_shown_is_short_whatever_was_handed_in() -> None:
    shown = snippet("\n".join(f"x{at} = '{'y' * 500}'" for at in range(1_000)), KEYS)
    assert len(shown) == MAX_LINES and all(len(line.text) <= MAX_WIDTH for line in shown)
    assert snippet("", KEYS) == snippet("'''" + "x" * 30_000, KEYS) == ()


def test_where_all_names_are_the_students_own_lines_are_compared_without_names() -> None:
    right = "def back(a):\n" + "".join(f"    d{at} = np.sum(a{at} * {at})\n" for at in range(9)) + "    return d0"
    own = re.sub(r"\b([ad]\d)", r"my_\1", right).replace("my_a7 * 7", "my_a7 / 7")
    marked = [line.text.strip() for line in snippet(own, set(line_keys(right))) if line.matters]
    assert marked == ["my_d7 = np.sum(my_a7 / 7)"]
