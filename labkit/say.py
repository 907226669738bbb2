"""Print sentences in lines that a notebook need not break."""

import textwrap
import unicodedata

WIDTH = 90
"""Signs of a line: a notebook breaks a longer one within a word, also in a narrow window."""


def say(sentence: str) -> None:
    """Print a sentence, broken between words."""
    lines = sentence.split("\n")
    print(*(textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False) for line in lines), sep="\n")


def columns(text: str) -> int:
    """Count the columns that a text fills in a table of letters of one width: a Chinese sign fills two."""
    return sum(
        2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text if not unicodedata.combining(sign)
    )


def padded(text: str, width: int) -> str:
    """Fill a text up with blanks."""
    return text + " " * (width - columns(text))
