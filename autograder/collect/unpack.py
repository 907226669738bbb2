"""Read students' notebooks out of a download, those of the next few students on other cores."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from autograder.collect import words
from autograder.collect.archives import Download, Entry, File
from autograder.collect.budget import Budget, OverBudgetError
from autograder.collect.layouts import Owner
from autograder.collect.left_out import LeftOut
from autograder.collect.names import stem_of
from autograder.collect.owners import Student
from autograder.collect.recognise import Recognised

AHEAD = 3
"""Students whose files are read ahead: looking into them keeps up with no more, and each may fill a budget."""


@dataclass(frozen=True)
class Unpacked:
    """What was read of a student's files.

    Attributes:
        notebooks: each with its owner, and with the file of the download that it is or was in.
        left_out: what was not read, and why.
    """

    notebooks: list[tuple[File, Owner, Entry]]
    left_out: list[LeftOut]


def unpack_ahead(download: Download, recognised: Recognised, students: Iterable[Student]) -> Iterator[Unpacked]:
    """Read students' files, in order. Threads will do: zlib and disks let others run meanwhile."""
    coming: deque[Future[Unpacked]] = deque()
    with ThreadPoolExecutor(AHEAD) as pool:
        try:
            for files in students:
                coming.append(pool.submit(unpack, download, recognised, files))
                if len(coming) > AHEAD:
                    yield coming.popleft().result()
            while coming:
                yield coming.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


def unpack(download: Download, recognised: Recognised, files: Student) -> Unpacked:
    """Read a student's notebooks, as far as the budget of a student goes."""
    own, budget = download.apart(), Budget()
    notebooks = []
    for entry, owner in files.entries:
        time = owner.time or recognised.time(own.time_in(recognised.stamp(entry.path)))
        try:
            for file in own.read(entry, budget):
                stem = owner.stem if file.path == entry.path else stem_of(file.path)
                notebooks.append((file._replace(time=time or file.time), owner._replace(stem=stem), entry))
        except OverBudgetError:
            own.left_out.append(over_budget(entry))
            break
    return Unpacked(notebooks, own.left_out)


def over_budget(entry: Entry) -> LeftOut:
    """Say that a student's files are more than is read."""
    return LeftOut(entry.path, "refused", words.over_budget(str(entry.path)))
