"""What the name of a file says."""

from pathlib import PurePosixPath

import pytest

from autograder.collect.names import assignment_named, has_notebook_name, is_checkpoint, stem_of


@pytest.mark.parametrize(
    "ending",
    [
        ".ipynb", ".IPYNB", ".ipynb.json", ".ipynb.txt", ".ipynb.ipynb", ".ipynb (1)", ".ipynb(1).txt",
        ".ipynb.txt (1)", ".ipynb~", ".ipynb - 副本",
    ],
)  # fmt: skip
def test_what_browsers_and_systems_make_of_a_notebook_is_one(ending: str) -> None:
    path = PurePosixPath(f"s-1/work v1.2{ending}")
    assert has_notebook_name(path)
    assert stem_of(path) == "work v1.2"


@pytest.mark.parametrize(
    "name", ["work.ipynb - Colab.pdf", "work.ipynb.html", "work.ipynb.zip", "work.ipynbx", "ipynb", ".ipynb", "work.py"]
)
def test_what_is_made_from_a_notebook_is_none(name: str) -> None:
    assert not has_notebook_name(PurePosixPath(name))


def test_a_name_longer_than_any_on_disk_is_not_searched() -> None:
    assert not has_notebook_name(PurePosixPath(".ipynb" * 10_000))


def test_checkpoints_are_known_in_their_folder_and_out_of_it() -> None:
    assert is_checkpoint(PurePosixPath("a/.ipynb_checkpoints/b-checkpoint.ipynb"))
    assert is_checkpoint(PurePosixPath("a/b-checkpoint.ipynb")) and stem_of(PurePosixPath("b-checkpoint.ipynb")) == "b"
    assert not is_checkpoint(PurePosixPath("checkpoint.ipynb"))


def test_the_longest_name_is_the_one_that_is_meant() -> None:
    names = ("lab1", "lab10")
    assert assignment_named(PurePosixPath("x"), "Copy of Lab10 (2)", names) == "lab10"
    assert assignment_named(PurePosixPath("s-1/Lab1/x"), "Untitled", names) == "lab1"
    assert assignment_named(PurePosixPath("s-1/x"), "Untitled", names) == ""
