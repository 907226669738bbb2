"""Tell from the names in a download whose each file is. To add a platform, write its function and list it in LAYOUTS.

Only the outermost name of a file tells its owner: what the platform or the instructor wrote. What lies inside a
student's folder or zip was named by the student, and so names nobody.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from autograder.collect.moments import local_time, spoken_time
from autograder.collect.names import CHECKPOINTS, has_notebook_name, is_zip, stem_of
from autograder.course.roster import Identity


class Context:
    """What the names of a whole class have in common.

    Attributes:
        assignment: name of the assignment.
        around: the name of the folder around the class; empty if there is none.
        paths: the outermost paths, below that folder.
    """

    def __init__(
        self,
        assignment: str,
        around: str = "",
        paths: Sequence[PurePosixPath] = (),
        read: Callable[[PurePosixPath], bytes] = lambda path: b"",
    ) -> None:
        self.assignment, self.around, self.paths, self._read = assignment, around, paths, read

    @cached_property
    def units(self) -> list[str]:
        """The outermost names, without the ending of a file."""
        return list(dict.fromkeys(Place(path, self).unit for path in self.paths))

    @cached_property
    def column(self) -> str:
        """What stands before the login in Blackboard's names: the same for all, and it may hold any sign."""
        matches = filter(None, (_BLACKBOARD.fullmatch(unit) for unit in self.units))
        counts = Counter(match["before"].rpartition("_")[0] for match in matches)
        return max(counts, key=lambda column: (counts[column], -len(column)), default="")

    @cached_property
    def slug(self) -> str:
        """What stands before the login in the names of GitHub Classroom's repositories."""
        slugs = [self.assignment, self.assignment.replace("_", "-")]
        if self.around.endswith("-submissions"):
            slugs.insert(0, self.around.removesuffix("-submissions"))
        starts = {slug: sum(unit.lower().startswith(f"{slug}-".lower()) for unit in self.units) for slug in slugs}
        return next((slug for slug, count in starts.items() if 2 * count >= len(self.units)), "")

    @cached_property
    def submitters(self) -> dict[str, Any]:
        """Gradescope's list of submissions, by the names of their folders."""
        import yaml

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            data = yaml.load(self._read(PurePosixPath(GRADESCOPE_LIST)), loader)
        except (yaml.YAMLError, ValueError):
            return {}
        return data if isinstance(data, dict) else {}


class Place(NamedTuple):
    """Where a file is in a download.

    Attributes:
        path: the path below the folders around the class; what is inside an archive has the archive's path.
        context: what is known of the whole class.
    """

    path: PurePosixPath
    context: Context

    @property
    def unit(self) -> str:
        """The outermost name, without the ending of a file."""
        return stem_of(self.path) if len(self.path.parts) == 1 else self.path.parts[0]

    @property
    def alone(self) -> bool:
        """Whether the file lies in no folder."""
        return len(self.path.parts) == 1


class Owner(NamedTuple):
    """Whose file it is.

    Attributes:
        student: the student's id, as the platform wrote it; empty if only a roster can tell.
        stem: the file's own name, without its ending and without what the platform put before it.
        identity: what the platform says of the student.
        team: what can be the name of a team, where the platform writes it in the place of a student's.
        members: whose the file is together, where the platform says it.
        time: when it was handed in, where the name says it.
        version: which of several attempts it is, where the platform counts them.
    """

    student: str
    stem: str
    identity: Identity = Identity()
    team: str = ""
    members: tuple[Identity, ...] = ()
    time: str = ""
    version: int = 0


Parser = Callable[[Place], list[Owner]]
"""Reads whose a file can be; nobody if the name does not look like this layout, several if it names several."""

GRADESCOPE_LIST = "submission_metadata.yml"
SUBMITTED, DRAFTS = "submitted files", "working files"
"""The two folders of Teams; in the second one lies what was not handed in."""

# A student may hand in a file with a platform's mark in its name: the mark that comes first is the platform's.
_MOODLE = re.compile(r"(?:_(?P<id>[^_]+))?_assignsubmission_(?:file|onlinetext)(?:_|$)")
_CANVAS = re.compile(r"(?P<name>.+?)_(?P<id>\d+)_\d+_(?P<file>.+)", re.DOTALL)
_CANVAS_BLIND = re.compile(r"(?:LATE_)?(?P<id>anon_[A-Za-z0-9]+)_\d+_(?P<file>.+)", re.DOTALL)
_BLACKBOARD = re.compile(r"(?P<before>.+?)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<file>.*))?", re.DOTALL)
_BRIGHTSPACE = re.compile(r"\d+-\d+ - (?P<name>.+) - (?P<date>[^-]*\d{4}[^-]*)")
_SAKAI = re.compile(r"(?P<name>.+)\((?P<id>[^()]+)\)")
_SAKAI_FILES = "submission attachment(s)"
_SAKAI_FLAT = re.compile(r"(?P<name>.+?)\((?P<id>[^()]+)\)_Submission attachment\(s\)_(?P<file>.+)", re.IGNORECASE)
_VERSION = re.compile(r"(?:vers\w*|версия|版本|バージョン|버전)\s*(\d{1,6})", re.IGNORECASE)
_NUMBER, _GAP = r"[A-Za-z]{0,3}\d{5,}[A-Za-z]?", r"[-_—－–\s]+"
_CHAOXING = re.compile(rf"(?P<id>{_NUMBER}){_GAP}(?P<name>[^\W\d_].*)")
_CHAOXING_NAME_FIRST = re.compile(rf"(?P<name>[^\W\d_a-zA-Z][^\d]*?){_GAP}(?P<id>{_NUMBER})(?:{_GAP}.*)?")


_SEPARATORS = "-_—－–. "


def moodle(place: Place) -> list[Owner]:
    """Read `NAME_ID_assignsubmission_file_/FILE`, and `NAME_ID_assignsubmission_file_FILE` without folders.

    Of a team it has the group's name and number, and no number for those without a group.
    """
    found = list(_MOODLE.finditer(place.unit))
    if not found:
        return []
    name = place.unit[: found[0].start()]
    owners = [
        Owner(
            (match["id"] or "").strip(),
            place.unit[match.end() :] if place.alone else stem_of(place.path),
            Identity(lms_id=(match["id"] or "").strip(), name=name if match["id"] else ""),
            team=name,
        )
        for match in found
    ]
    return [*canvas(place), *owners] if place.alone else owners


def canvas(place: Place) -> list[Owner]:
    """Read `NAME_ID_SUBMISSION_FILE`, with `_LATE` after the name of a late student; numbers in FILE mean nothing.

    In anonymous assignments it is `anon_ID_SUBMISSION_FILE`, or `LATE_anon_…`.
    """
    if not place.alone:
        return []
    if blind := _CANVAS_BLIND.fullmatch(place.unit):
        return [Owner(blind["id"], blind["file"])]
    match = _CANVAS.fullmatch(place.unit)
    if not match or _MOODLE.search(match["name"] + "_"):
        return []
    name = match["name"].removesuffix("_LATE")
    return [Owner(match["id"], match["file"], Identity(lms_id=match["id"], name=name))]


def blackboard(place: Place) -> list[Owner]:
    """Read `COLUMN_LOGIN_attempt_TIME_FILE`, in nbgrader's zip_collect too, and `….txt`, which has a comment."""
    match = _BLACKBOARD.fullmatch(place.unit)
    if not match:
        return []
    before, column = match["before"], place.context.column
    login = before[len(column) + 1 :] if before.startswith(f"{column}_") else before.rpartition("_")[2]
    stem = match["file"] or "" if place.alone else stem_of(place.path)
    return [
        Owner(login, stem, Identity(login=login, student=login), time=local_time(match["time"], "%Y-%m-%d-%H-%M-%S"))
    ]


def brightspace(place: Place) -> list[Owner]:
    """Read `NUMBER-NUMBER - NAME - DATE/FILE`, a folder an attempt; the numbers are nobody's."""
    match = None if place.alone else _BRIGHTSPACE.fullmatch(place.unit)
    if not match:
        return []
    name = match["name"].strip()
    return [Owner(name, stem_of(place.path), Identity(name=name), time=spoken_time(match["date"]))]


def gradescope(place: Place) -> list[Owner]:
    """Read `submission_N/FILE`; whose it is stands in a list beside the folders."""
    entry = None if place.alone else place.context.submitters.get(place.unit)
    submitters = entry.get(":submitters") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(submitters, list):
        return []
    people = [
        Identity(student=_said(one, ":sid"), email=_said(one, ":email"), name=_said(one, ":name"))
        for one in submitters
        if isinstance(one, dict)
    ]
    if not people:
        return []
    created = entry.get(":created_at")
    if isinstance(created, datetime):
        created = created.astimezone().isoformat(sep=" ")
    time = re.sub(r"\.\d+", "", str(created or ""))
    return [Owner("", stem_of(place.path), members=tuple(people), time=time)]


def sakai(place: Place) -> list[Owner]:
    """Read `NAME(LOGIN)/Submission attachment(s)/FILE`; what lies beside that folder is Sakai's or the teacher's."""
    if place.alone:
        match, stem = (flat := _SAKAI_FLAT.fullmatch(place.unit)), flat["file"] if flat else ""
    else:
        match, stem = _SAKAI.fullmatch(place.unit), stem_of(place.path)
        if place.path.parts[1].lower() != _SAKAI_FILES or len(place.path.parts) < 3:
            return []
    if not match:
        return []
    login = match["id"].strip()
    return [Owner(login, stem, Identity(login=login, student=login, name=match["name"].strip()))]


def teams(place: Place) -> list[Owner]:
    """Read `Submitted files/NAME/ASSIGNMENT/Version N/FILE`, with the first folder or without it."""
    parts = place.path.parts
    if parts[0].lower() == DRAFTS:
        return []
    inside = parts[1:] if parts[0].lower() == SUBMITTED else parts
    version = _VERSION.fullmatch(inside[2]) if len(inside) > 3 else None
    if len(inside) < 3 or (inside is parts and not version):
        return []
    name = inside[0].strip()
    return [Owner(name, stem_of(place.path), _called(name), version=int(version[1]) if version else 0)]


def github(place: Place) -> list[Owner]:
    """Read `SLUG-LOGIN/FILE`, clones of GitHub Classroom; a team's repository has the team's name."""
    start = f"{place.context.slug}-"
    if place.alone or start == "-" or not place.unit.lower().startswith(start.lower()):
        return []
    login = place.unit[len(start) :]
    return [Owner(login, stem_of(place.path), Identity(login=login), team=login)] if login else []


def chaoxing(place: Place) -> list[Owner]:
    """Read `学号-姓名`, a zip, a folder or a file a student; the name may stand first."""
    if place.alone and not is_candidate(place.path):
        return []
    match = _CHAOXING.fullmatch(place.unit) or _CHAOXING_NAME_FIRST.fullmatch(place.unit)
    if not match:
        return []
    number, name = match["id"], match["name"].strip()
    if place.alone and not is_zip(place.path):  # the file's own name follows
        name = re.split(_GAP.replace(r"\s", ""), name)[0].strip()
    if name.lower() == place.context.assignment.lower():
        return []
    return [Owner(number, stem_of(place.path), Identity(student=number, login=number, name=name))]


def folders(place: Place) -> list[Owner]:
    """Read a folder or a zip a student: nbgrader's `STUDENT/ASSIGNMENT/FILE` and the like."""
    if place.alone and not is_zip(place.path):
        return []
    name = place.unit.strip()
    if name.lower() in nobody(place.context.assignment):
        return []
    return [Owner(name, stem_of(place.path), _called(name))]


def flat(place: Place) -> list[Owner]:
    """Read `STUDENT.ipynb` and `STUDENT.zip`; if the assignment's name is in it, only a roster knows what is a name."""
    if not is_candidate(place.path) or not place.alone:
        return []
    name, assignment = place.unit.strip(), place.context.assignment
    if assignment.lower() not in name.lower():
        return [Owner(name, assignment, _called(name))]
    before, _, after = name.lower().partition(assignment.lower())
    rest = before.strip(_SEPARATORS) or re.sub(r"\(\d+\)$", "", after).strip(_SEPARATORS)
    return [Owner("", name, _called(rest))] if rest else []


class Layout(NamedTuple):
    """How a platform names files.

    Attributes:
        parser: reads a name.
        particular: whether it is known by the shape of its names.
        has_names: whether it writes the names of people as they are.
        own: files that the platform itself puts beside those of students.
    """

    parser: Parser
    particular: bool = True
    has_names: bool = False
    own: str = "(?!)"


LAYOUTS: dict[str, Layout] = {
    "moodle": Layout(moodle, has_names=True),
    "blackboard": Layout(blackboard, own=r".*_attempt_\d{4}(-\d\d){5}\.txt"),
    "canvas": Layout(canvas),
    "brightspace": Layout(brightspace, has_names=True, own=r"index\.html"),
    "gradescope": Layout(gradescope, has_names=True, own=re.escape(GRADESCOPE_LIST)),
    "sakai": Layout(
        sakai, has_names=True, own=r"grades\.(?:csv|xls)|[^/]+/(?:comments\.txt|feedbackText\.html|timestamp\.txt)"
    ),
    "teams": Layout(teams, has_names=True),
    "github": Layout(github),
    "chaoxing": Layout(chaoxing, has_names=True),
    "nbgrader": Layout(folders, particular=False),
    "folders": Layout(folders, particular=False),
    "flat": Layout(flat, particular=False),
}
"""The known layouts by name, the particular before the general."""


def is_candidate(path: PurePosixPath) -> bool:
    """Tell whether a file can be, or hold, a notebook."""
    return has_notebook_name(path) or is_zip(path)


def nobody(assignment: str) -> Collection[str]:
    """Name the folders that are no student's."""
    return assignment.lower(), CHECKPOINTS


def _called(name: str) -> Identity:
    """Say that a person is called something, as id or otherwise."""
    return Identity(student=name, login=name, email=name, name=name)


def _said(entry: dict[str, Any], key: str) -> str:
    value = entry.get(key)
    return "" if value is None else str(value).strip()
