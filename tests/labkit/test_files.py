"""Finding the data files from the places where a notebook runs."""

from pathlib import Path

import pytest

from labkit.files import find_dataset, find_upward


def place(folder: Path) -> Path:
    path = folder / "datasets" / "points.csv"
    path.parent.mkdir(parents=True)
    path.write_text("1")
    return path


def test_a_file_in_the_working_folder_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = tmp_path / "inner"
    nearest = place(inner)
    place(tmp_path)
    monkeypatch.chdir(inner)
    assert find_dataset("points.csv") == nearest


def test_a_file_in_a_folder_above_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = place(tmp_path)
    deep = tmp_path / "autograded" / "student" / "regularization"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    assert find_dataset("points.csv") == path


def test_a_file_beside_labkit_is_found_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_dataset("planar_train.csv").is_file()


def test_any_file_is_searched_upward_and_none_is_an_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "cases.json").write_text("{}")
    monkeypatch.chdir(inner)
    assert find_upward("cases.json") == tmp_path / "cases.json"
    assert find_upward("nothing.json") is None


def test_a_missing_file_is_named_and_the_message_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"nothing\.csv.*Unpack the whole class zip"):
        find_dataset("nothing.csv")
