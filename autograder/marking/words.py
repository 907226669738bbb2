"""What people read while they mark by hand."""

from autograder.language import _


def no_item(place: str, line: int, text: str) -> str:
    return _(
        "{place}, line {line}: “{text}” is no rubric item. Write points, a colon and words: “- 2: the cause is named”.",
        place=place,
        line=line,
        text=text,
    )
