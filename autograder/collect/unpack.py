"""Read a student's notebooks out of a download, as far as the budget of a student goes."""

from typing import NamedTuple

from autograder.collect import words
from autograder.collect.archives import Download, Entry, File
from autograder.collect.budget import Budget, OverBudgetError
from autograder.collect.layouts import Owner
from autograder.collect.left_out import LeftOut
from autograder.collect.names import stem_of
from autograder.collect.recognise import Recognised


class Handed(NamedTuple):
    """What a student has handed in, not yet read: all that a process must know of the download.

    Attributes:
        student: id of the student.
        entries: files that can be read, each with what its name says, and the file with its time if there is one.
        refused: places of files that are not read.
    """

    student: str
    entries: list[tuple[Entry, Owner, Entry | None]]
    refused: list[str]


def unpack(download: Download, handed: Handed) -> list[tuple[File, Owner, Entry]]:
    """Read a student's notebooks, each with its owner and the file of the download that it is or was in."""
    budget = Budget()
    notebooks = []
    for entry, owner, stamp in handed.entries:
        time = owner.time or Recognised.time(download.time_in(stamp))
        try:
            for file in download.read(entry, budget):
                stem = owner.stem if file.path == entry.path else stem_of(file.path)
                notebooks.append((file._replace(time=time or file.time), owner._replace(stem=stem), entry))
        except OverBudgetError:
            download.left_out.append(over_budget(entry))
            break
    return notebooks


def over_budget(entry: Entry) -> LeftOut:
    """Say that a student's files are more than is read."""
    return LeftOut(entry.path, "refused", words.over_budget(str(entry.path)))
