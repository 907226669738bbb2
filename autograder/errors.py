"""The errors a command reports in one line: what is wrong, where, and what to do."""


class AutograderError(Exception):
    """Something that stops one command or one submission; its text is one clear line."""


class CourseError(AutograderError):
    """The course folder, or an assignment in it, is not what a command needs."""


class SubmissionError(AutograderError):
    """A submission that cannot be read as a notebook of the assignment."""


class ArchiveError(AutograderError):
    """An archive that cannot be opened, or that is not safe to unpack."""
