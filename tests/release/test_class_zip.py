"""What the class gets works on each student's machine, whatever its folders, line ends and encoding."""

import ast
import io
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from autograder.assignments import answer_key, names
from autograder.course.course import Course, folder_key, is_plain_name
from autograder.release.class_zip import class_files, pack

COURSE = Course.at(Path(__file__).parents[2])
LONGEST_PATH = 259
"""Letters of a path on Windows, where long paths are not switched on."""
LONGEST_FOLDER = 80
"""Letters of the folder that docs/student.md allows."""
POSIX_ONLY = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty"}
SHELL = {"subprocess", "multiprocessing", "signal", "socket"}
"""Of the standard library, what a notebook on Windows, in Colab or in a browser cannot do, or does otherwise."""

LESSON = """
import sys, warnings
sys.path.insert(0, "")
from pathlib import Path
import labkit
from labkit.environment import show_environment
from labkit.regularization.planar import load_planar

warnings.filterwarnings("error", category=EncodingWarning, module="labkit")
assert Path(labkit.__file__).parent == Path("labkit").resolve()
show_environment()
print(*(load_planar().train_X.shape if {planar} else labkit.load_digits().x_train.shape))
def {function}(*arguments):
    print("naïve 你好 λ")
    return arguments[0]
labkit.check({check!r}, {function})
labkit.example({check!r})
"""


def packed(assignment: str) -> zipfile.ZipFile:
    """Make the class zip of a released assignment."""
    return zipfile.ZipFile(io.BytesIO(pack(assignment, class_files(COURSE, assignment, COURSE.release(assignment)))))


def lesson(folder: Path, assignment: str, **environment: str) -> str:
    """Do in the unpacked folder what the notebook does; return what is shown."""
    check = answer_key(assignment).checks[0]
    planar = assignment == "regularization"
    script = folder / "lesson.py"
    script.write_text(LESSON.format(planar=planar, check=check.name, function=check.function), encoding="utf-8")
    command = [sys.executable, "-X", "warn_default_encoding", script.name]
    ran = subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, encoding="utf-8", timeout=300
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.mark.parametrize("assignment", names())
def test_each_name_is_one_that_windows_and_macos_can_make_in_the_longest_folder(assignment: str) -> None:
    with packed(assignment) as archive:
        entries = archive.infolist()
    paths = [entry.filename for entry in entries]
    assert all(is_plain_name(part) and part.isascii() for path in paths for part in path.split("/"))
    assert len({folder_key(path) for path in paths}) == len(paths)
    assert max(map(len, paths)) + LONGEST_FOLDER + len(f"/{assignment}/") <= LONGEST_PATH
    assert {entry.external_attr >> 16 for entry in entries} == {0o100644}, "only plain files, no links"


def test_the_toolkit_imports_nothing_that_only_linux_has_and_starts_no_program() -> None:
    imported = set()
    for path in (COURSE.root / "labkit").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add((node.module or "").partition(".")[0])
    assert not imported & (POSIX_ONLY | SHELL)
    assert imported - set(sys.stdlib_module_names) <= {"labkit", "numpy", "matplotlib", "IPython"}


@pytest.mark.parametrize("assignment", names())
def test_the_lesson_runs_in_a_folder_of_any_name_with_line_ends_of_windows(assignment: str, tmp_path: Path) -> None:
    home = tmp_path / "OneDrive - 大学" / "王 小明 [1] (O'Neil) %20 #"
    with packed(assignment) as archive:
        archive.extractall(home)
    folder = home / assignment
    for path in folder.rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    shown = lesson(folder, assignment)
    assert "naïve 你好 λ" in shown
    assert ("2 200" if assignment == "regularization" else "1200 64") in shown


@pytest.mark.parametrize("assignment", names())
def test_nothing_depends_on_the_encoding_of_the_machine(assignment: str, tmp_path: Path) -> None:
    with packed(assignment) as archive:
        archive.extractall(tmp_path)
    ascii_only = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C", "PYTHONIOENCODING": "utf-8"}
    assert "naïve 你好 λ" in lesson(tmp_path / assignment, assignment, **ascii_only)


def test_data_and_cases_are_seen_from_a_folder_below(tmp_path: Path) -> None:
    with packed("regularization") as archive:
        archive.extractall(tmp_path)
    below = tmp_path / "regularization" / "copy"
    below.mkdir()
    shutil.copytree(tmp_path / "regularization" / "labkit", below / "labkit")
    assert "2 200" in lesson(below, "regularization")
