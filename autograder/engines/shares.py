"""Hold a course's own shares for known mistakes against the answer keys."""

from __future__ import annotations

from autograder.assignments import answer_key, names
from autograder.checking.check import MAX_SHARE, Shares
from autograder.course.course import SHARES_NAME, Course
from autograder.engines import words
from autograder.errors import CourseError


def course_shares(course: Course) -> Shares:
    """Read the shares of a course.

    Raises:
        CourseError: the file is not right: it names what no answer key has, or a share that is too large.
    """
    shares = course.shares()
    if not shares:
        return shares
    path = str(course.root / SHARES_NAME)
    keys = [answer_key(name) for name in names()]
    criteria = {mistake.id: key.criteria_of(mistake) for key in keys for mistake in key.mistakes}
    for mistake, table in shares.items():
        if mistake not in criteria:
            raise CourseError(words.unknown_mistake(path, mistake))
        for criterion, share in table.items():
            if criterion not in criteria[mistake]:
                raise CourseError(words.unknown_criterion(path, mistake, criterion, sorted(criteria[mistake])))
            if not 0 <= share <= MAX_SHARE:
                raise CourseError(words.bad_share(path, mistake, criterion, share, MAX_SHARE))
    return shares
