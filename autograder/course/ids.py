"""Make a student's id out of what a platform or a list calls a student."""

import re
from unicodedata import normalize

from autograder.course.course import is_plain_name

MAX_ID = 100
"""Characters of a student's id."""

_FILE = re.compile(
    r"\.(?:ipynb|py|zip|json|txt|pdf|docx?|html?|csv|md|png)$"
    r"|^(?:untitled|template|homework|hw|lab|assignment|notebook|solutions?|final|submissions?|exercise|project|copy"
    r"|作业|实验|副本|提交)(?:[\W\d_]|final|copy|副本|v\d)*$",
    re.IGNORECASE,
)
"""What a file is called, and no student."""


def as_id(name: str) -> str:
    """Write a student's name as an id: accents in one way, and no sign that cannot be in the name of a folder."""
    signs = (sign if sign.isprintable() and sign not in '/\\:*?[]<>|"' else "_" for sign in normalize("NFC", name))
    return "".join(signs).strip()


def is_usable(student: str) -> bool:
    """Tell whether an id can be a student's: a folder on every system, with a letter or digit, and no file's name."""
    readable = any(sign.isalnum() for sign in student) and len(student) <= MAX_ID
    return readable and is_plain_name(student) and not _FILE.search(student)
