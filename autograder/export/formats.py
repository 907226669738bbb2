"""Write rows as the text of a file. A format is one entry in FORMATS."""

import csv
import io
import json
import unicodedata
from collections.abc import Callable, Sequence

Value = str | float | None
Row = dict[str, Value]
"""Column → value; all rows of a table have the same columns."""


def to_csv(rows: Sequence[Row]) -> str:
    """Write a header and a line a row; texts that a spreadsheet would run are escaped."""
    return to_import([{key: escape_formula(value) for key, value in row.items()} for row in rows])


def to_import(rows: Sequence[Row]) -> str:
    """Write the same for a program, which must get ids and addresses as they are."""
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]) if rows else ["student"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def to_json(rows: Sequence[Row]) -> str:
    """Write a list of objects."""
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


def escape_formula(value: Value) -> Value:
    """Escape a text that a spreadsheet takes for a formula: students choose their names, and on some platforms ids."""
    if isinstance(value, str) and (_begins(value) in ("=", "+", "-", "@") or value[:1] in ("\t", "\r", "\n")):
        return "'" + value
    return value


def _begins(text: str) -> str:
    """Return the first sign that is seen of a text, in its plain form: behind blanks and signs of no width."""
    for sign in text:
        if unicodedata.category(sign)[0] not in "CZM":
            return unicodedata.normalize("NFKC", sign)[:1]
    return ""


FORMATS: dict[str, Callable[[Sequence[Row]], str]] = {"csv": to_csv, "json": to_json}
