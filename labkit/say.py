"""Print sentences in lines that a notebook need not break."""

import textwrap

WIDTH = 90
"""Signs of a line: a notebook breaks a longer one within a word, also in a narrow window."""


def say(sentence: str) -> None:
    """Print a sentence, broken between words."""
    lines = sentence.split("\n")
    print(*(textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False) for line in lines), sep="\n")
