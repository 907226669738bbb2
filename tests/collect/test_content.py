"""Which of a student's notebooks counts: the one with the student's work, whatever their names."""

from pathlib import Path

import pytest

from autograder.collect.collect import Collected, collect
from autograder.collect.content import Content, look_into
from autograder.course.course import Course
from autograder.notebook.source import parse_source
from autograder.restore.matching import same_text
from autograder.restore.restore import restore, restore_answers
from tests.helpers import small_course as small
from tests.helpers.downloads import NOTEBOOK, make_zip, save, submitted
from tests.helpers.hostile import PNG

UNTOUCHED = small.to_bytes(small.released())
SCRATCH = small.to_bytes({"cells": [small.code("x", "x = 1")], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
OTHER = small.to_bytes({"cells": [small.code("y", "z = 1", solution=True)], "metadata": {}, "nbformat": 4})
HTML = b"<!DOCTYPE html><title>Session expired</title>"
BROKEN = {"cut off": NOTEBOOK[:-300], "empty": b"", "zeros": b"\0" * 100, "a page": HTML, "text": b"see my mail"}
WITHOUT_WORK = {**BROKEN, "scratch": SCRATCH, "another assignment's": OTHER, "untouched": UNTOUCHED}

FOLDER = "Ada L_101_assignsubmission_file_"


def collected(course: Course, folder: Path, files: dict[str, bytes]) -> Collected:
    return collect(course, small.ASSIGNMENT, save(folder / "class.zip", make_zip(files)))


@pytest.mark.parametrize("worse", WITHOUT_WORK)
@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("Copy of numbers.ipynb", "Untitled.ipynb"),
        ("numbers.ipynb", "numbers (1).ipynb"),
        ("numbers.ipynb", "numbers-2.ipynb"),
        ("Untitled.ipynb", "numbers.ipynb"),
        ("numbers - 副本.ipynb", "numbers.ipynb"),
        ("numbers_final2.ipynb.txt", "numbers_final3.ipynb"),
        ("numbers.ipynb (1)", "numbers.IPYNB"),
        ("mine/numbers.ipynb", "numbers/numbers.ipynb"),
        ("numbers/.ipynb_checkpoints/numbers-checkpoint.ipynb", "numbers/numbers.ipynb"),
    ],
)
def test_work_counts_before_what_has_none_whatever_the_names(
    course: Course, tmp_path: Path, good: str, bad: str, worse: str
) -> None:
    files = {f"{FOLDER}/{good}": NOTEBOOK, f"{FOLDER}/{bad}": WITHOUT_WORK[worse]}
    done = collected(course, tmp_path, files)
    assert submitted(course) == {"101/numbers/numbers.ipynb": NOTEBOOK}
    if worse != "untouched":
        (line,) = done.skipped
        assert line.startswith(f"{FOLDER}/{bad}: skipped; a better notebook of 101 was used.")


@pytest.mark.parametrize("name", ["numbers.ipynb.json", "numbers.ipynb.txt", "numbers.json", "work.zip"])
def test_a_notebook_is_read_under_the_names_that_browsers_give_it(course: Course, tmp_path: Path, name: str) -> None:
    data = make_zip({"a.zip": make_zip({"deep/Numbers (1).IPYNB": NOTEBOOK})}) if name == "work.zip" else NOTEBOOK
    done = collected(course, tmp_path, {f"{FOLDER}/{name}": data, f"{FOLDER}/notes.txt": b"cells", "._x.ipynb": b"Mac"})
    assert submitted(course) == {"101/numbers/numbers.ipynb": NOTEBOOK}
    assert done.skipped == (f"1 file skipped; it is not a notebook: {FOLDER}/notes.txt",)


def test_of_several_with_work_the_latest_counts_and_then_the_name(course: Course, tmp_path: Path) -> None:
    first, second = NOTEBOOK + b"\n", NOTEBOOK + b" "
    for names, latest in (
        (("numbers.ipynb", "numbers (2).ipynb", "numbers (10).ipynb"), "numbers (10).ipynb"),
        (("numbers-1.ipynb", "numbers-12.ipynb", "numbers-2 (1).ipynb"), "numbers-12.ipynb"),
        (("Zahlen.ipynb", "numbers.ipynb"), "numbers.ipynb"),
        (("numbers.ipynb", ".ipynb_checkpoints/numbers-checkpoint.ipynb"), "numbers.ipynb"),
    ):
        collected(course, tmp_path, {f"{FOLDER}/{name}": second if name == latest else first for name in names})
        assert submitted(course) == {"101/numbers/numbers.ipynb": second}


def test_a_fragment_does_not_count_before_the_whole(course: Course, tmp_path: Path) -> None:
    tried = small.released() | {"cells": [small.code("", "def square(x):\n    return x * x")]}
    collected(course, tmp_path, {f"{FOLDER}/numbers.ipynb": NOTEBOOK, f"{FOLDER}/try 2.ipynb": small.to_bytes(tried)})
    assert submitted(course) == {"101/numbers/numbers.ipynb": NOTEBOOK}


def test_the_list_begins_with_students_who_handed_in_no_work(course: Course, tmp_path: Path) -> None:
    (course.root / "dist").mkdir()
    given = {"labkit/plots.py": b"", "labkit/check.py": b"", "numbers.ipynb": UNTOUCHED, "README.txt": b"Read me."}
    save(course.class_zip(small.ASSIGNMENT), make_zip({f"numbers/{name}": data for name, data in given.items()}))
    files = {
        "s-1/numbers.ipynb": NOTEBOOK,
        **{f"s-1/numbers/{name}": data for name, data in given.items()},
        "s-2/numbers.ipynb": NOTEBOOK[:-300],
        "s-3/report.pdf": b"%PDF",
        "s-4/numbers.ipynb": UNTOUCHED,
        "s-5/my numbers.ipynb": NOTEBOOK,
        "s-5/draft.ipynb": SCRATCH,
        "s-6/letters.ipynb": OTHER,
    }
    (course.root / "source/letters").mkdir()
    (course.root / "source/letters/letters.ipynb").write_bytes(OTHER)
    done = collected(course, tmp_path, files)
    assert done.students == ("s-1", "s-2", "s-4", "s-5")
    starts = (
        "s-3: handed in nothing usable: s-3/report.pdf",
        "s-6: handed in nothing usable: s-6/letters.ipynb",
        "s-2: handed in no work. s-2/numbers.ipynb: The file is not a notebook: it is not valid JSON",
        "s-4: handed in no work. s-4/numbers.ipynb: Nothing in it is filled in.",
        "s-5/draft.ipynb: skipped; a better notebook of s-5 was used. It has none of the graded cells of numbers.",
        "s-6/letters.ipynb: skipped. It has none of the graded cells of numbers.",
        "1 file skipped; it is not a notebook: s-3/report.pdf",
        "4 files of the class's own zip left out",
    )
    assert len(done.skipped) == len(starts)
    assert all(line.startswith(start) for line, start in zip(done.skipped, starts, strict=True))


def test_a_notebook_that_shares_a_cell_and_bears_another_assignments_name_is_not_taken(
    course: Course, tmp_path: Path
) -> None:
    save(course.root / "source/letters/letters.ipynb", OTHER)
    shared = small.released() | {"cells": [small.code("", "def square(x):\n    return x * x")]}
    done = collected(course, tmp_path, {f"{FOLDER}/letters (1).ipynb": small.to_bytes(shared)})
    assert not submitted(course)
    assert done.skipped[0].startswith("101: handed in nothing usable")


def test_of_an_assignment_with_two_notebooks_each_is_known_by_its_content(course: Course, tmp_path: Path) -> None:
    save(course.source(small.ASSIGNMENT) / "letters.ipynb", OTHER)
    letters = OTHER.replace(b"z = 1", b"z = 2")
    collected(course, tmp_path, {f"{FOLDER}/numbers.ipynb": letters, f"{FOLDER}/letters (1).ipynb": NOTEBOOK})
    assert submitted(course) == {"101/numbers/letters.ipynb": letters, "101/numbers/numbers.ipynb": NOTEBOOK}


def test_work_is_seen_without_ids_below_the_answer_and_in_other_cells() -> None:
    source = parse_source(small.to_bytes(small.source()), "numbers")
    without_ids = small.without_ids(small.filled())
    below = small.released()
    below["cells"].append(small.markdown("", "My conclusion."))
    for notebook in (without_ids, below):
        assert look_into(small.to_bytes(notebook), source).content is Content.WORK
    assert look_into(small.to_bytes(small.without_ids(small.released())), source).content is Content.UNTOUCHED


def _without(*ids: str) -> small.Notebook:
    notebook = small.filled()
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] not in ids]
    return notebook


def _with_attachment() -> small.Notebook:
    notebook = small.released()
    small.cell(notebook, "conclusions")["attachments"] = {"a.png": {"image/png": PNG}}
    return notebook


@pytest.mark.parametrize(
    "notebook",
    [
        small.released(),
        small.filled(),
        small.without_ids(small.filled()),
        small.without_ids(small.released()),
        _without("square"),
        _without("square", "conclusions"),
        _without("test_square"),
        _with_attachment(),
    ],
)
def test_collecting_sees_in_answers_what_grading_makes_of_them(notebook: small.Notebook) -> None:
    """Collecting looks at the answers only; outputs, and all else that people read, are restored when it is graded."""
    source, data = parse_source(small.to_bytes(small.source()), "numbers"), small.to_bytes(notebook)
    restored, looks = restore(source, data), restore_answers(source, data)
    answers = {cell.cell["id"]: cell.released for cell in restored.edition.cells if cell.answer}
    cells = [cell for cell in restored.notebook["cells"] if cell["id"] in answers]
    untouched = [same_text(cell["source"], answers[cell["id"]]) and "attachments" not in cell for cell in cells]
    assert [look.is_untouched for look in looks] == untouched
    assert sum(look.is_missing for look in looks) == sum(note.kind == "answer-missing" for note in restored.notes)
