"""What platforms do with a file of grades, by their documented rules; re-implemented to read our exports back."""

import csv
import io
import re
import zipfile
from pathlib import Path


class RefusedError(Exception):
    """The platform takes nothing of the file."""


def rows_of(data: bytes, encoding: str = "utf-8-sig", delimiters: str = ",;\t") -> list[list[str]]:
    text = data.decode(encoding)
    counts = {sign: sum(line.count(sign) for line in text.splitlines()[:3]) for sign in delimiters}
    return list(csv.reader(io.StringIO(text, ""), delimiter=max(counts, key=lambda sign: counts[sign])))


def moodle_worksheet(data: bytes, grade_title: str, maximum_title: str) -> dict[str, float]:
    """Moodle's offline grading worksheet: what is empty, negative or above the maximum is skipped in silence."""
    header, *rows = rows_of(data)
    if grade_title not in header:
        raise RefusedError("missing column")
    grade, most = header.index(grade_title), header.index(maximum_title)
    taken = {}
    for row in rows:
        number = re.search(r"\d+$", row[0])
        if number is None:
            raise RefusedError("no identifier")
        text = row[grade].replace(",", ".")
        if text and 0 <= float(text) <= float(row[most].replace(",", ".")):
            taken[number[0]] = float(text)
    return taken


def moodle_grade_import(data: bytes, key: str, item: str, known: set[str]) -> dict[str, float]:
    """Moodle's import into the gradebook: one unknown person or one text undoes all; empty and `-` are no grade."""
    header, *rows = rows_of(data)
    taken = {}
    for row in rows:
        who, text = row[header.index(key)], row[header.index(item)]
        if who not in known:
            raise RefusedError(f"unknown {who}")
        if text in ("", "-"):
            continue
        if float(text) > 100:
            raise RefusedError("above 100")
        taken[who] = float(text)
    return taken


def canvas(data: bytes, assignment_id: str) -> dict[str, float | str]:
    """Canvas's gradebook: by ID, empty is no change, columns in a fixed order."""
    header, *rows = rows_of(data)
    if header[:2] != ["Student", "ID"] or "Section" not in header:
        raise RefusedError("Invalid header row")
    order = [title for title in header if title in ("SIS User ID", "SIS Login ID", "Integration ID", "Root Account")]
    if order != [t for t in ("SIS User ID", "SIS Login ID", "Integration ID", "Root Account") if t in order]:
        raise RefusedError("Invalid header row")
    (place,) = [at for at, title in enumerate(header) if title.endswith(f"({assignment_id})")]
    taken: dict[str, float | str] = {}
    for row in rows:
        if "Points Possible" in row[0] or not row[1]:
            continue
        text = row[place].strip()
        if text:
            taken[row[1]] = text if text.upper() == "EX" else float(text.replace(",", "."))
    return taken


def blackboard(data: bytes, column_id: str, encoding: str = "utf-8-sig") -> dict[str, float]:
    """Blackboard: people by Username, the column by the number behind the stroke; an unknown column becomes a text."""
    header, *rows = rows_of(data, encoding, ",\t")
    places = [at for at, title in enumerate(header) if title.endswith(f"|{column_id}")]
    if len(places) != 1:
        raise RefusedError("a new text column would be made")
    return {row[header.index("Username")]: float(row[places[0]]) for row in rows if row[places[0]]}


def brightspace(data: bytes, item: str) -> dict[str, float]:
    """Brightspace: the id first, `#` at the end of each line, points under "ITEM Points Grade"."""
    header, *rows = rows_of(data)
    if header[0] not in ("OrgDefinedId", "Username") or header[-1] != "End-of-Line Indicator":
        raise RefusedError("header")
    (place,) = [at for at, title in enumerate(header) if title.startswith(f"{item} Points Grade")]
    if any(row[-1] != "#" for row in rows):
        raise RefusedError("end of line")
    return {row[0].removeprefix("#"): float(row[place]) for row in rows if row[place]}


def sakai(data: bytes) -> dict[str, float]:
    """Sakai's grades.csv: kind of grade in the first row, header in the third."""
    rows = rows_of(data)
    if rows[0][1] not in ("SCORE_GRADE_TYPE", "Points") or rows[2][:2] != ["Display ID", "ID"]:
        raise RefusedError("header")
    return {row[1]: float(row[4]) for row in rows[3:] if row[4]}


def feedback_zip(path: Path, platform: str) -> dict[str, bytes]:
    """Whose page each file of a zip is: Moodle by the participant's number, Canvas by the user's."""
    pattern = r"[^_]*_(\d+)_assignsubmission_file/[^.~].*" if platform == "moodle" else r".*?_(\d+)_\d+_.*"
    taken: dict[str, bytes] = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            match = re.fullmatch(pattern, name)
            if match is None or match[1] in taken:
                raise RefusedError(name)
            taken[match[1]] = archive.read(name)
    return taken
