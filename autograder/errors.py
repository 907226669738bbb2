"""The errors that a command reports in one line, and the record of those that nobody expected.

AutograderError
+ CourseError
+ SubmissionError
  + NoFileError
+ MachineError
+ ArchiveError
+ SandboxError
+ ClusterError
"""

import sys
import time
from pathlib import Path


class AutograderError(Exception):
    """Stop one command or one submission; the text says in one clear line what is wrong, where, and what to do."""


class CourseError(AutograderError):
    """The course folder, or an assignment in it, is not what a command needs."""


class SubmissionError(AutograderError):
    """A submission cannot be read as a notebook of the assignment."""


class NoFileError(SubmissionError):
    """A submission has no file of that name."""


class MachineError(AutograderError):
    """This machine could not read a file, whatever is in it: nothing is known of the submission."""


class ArchiveError(AutograderError):
    """An archive cannot be opened, or is not safe to unpack."""


class SandboxError(AutograderError):
    """The sandbox cannot be set up on this machine, or broke."""


class ClusterError(AutograderError):
    """A cluster cannot be used, or is gone; what was graded is recorded."""


ENDS_ALL = (KeyboardInterrupt, SystemExit, GeneratorExit)
"""What ends a whole run. Any other BaseException, such as a panic of a library in Rust, costs one submission."""


def keep_traceback(error: BaseException, private: Path) -> Path | None:
    """Append time, command and traceback of an error of the grader itself to `errors.log`.

    Args:
        error: what was raised.
        private: the course's `.autograder` folder; it is made if it is missing.

    Returns:
        The file, or None if it cannot be written.
    """
    import traceback  # slow to import, and needed by a broken run only

    file = private / "errors.log"
    moment = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime())
    command = " ".join(sys.argv[1:2])
    trace = "".join(traceback.format_exception(error))
    try:
        private.mkdir(mode=0o700, exist_ok=True)
        with file.open("a", encoding="utf-8", errors="backslashreplace") as log:
            log.write(f"{moment} {command}\n{trace}\n")
    except OSError:
        return None
    return file
