"""Files come whole to their place, and those that anybody may have put there are read with care."""

import errno
import os
import stat
from pathlib import Path

import pytest

from autograder.files import put, read_plain, write_whole


def test_a_plain_file_is_read_up_to_its_limit(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"12345")
    assert read_plain(file, 5) == b"12345"
    with pytest.raises(OSError, match="too large"):
        read_plain(file, 4)


def test_links_pipes_devices_and_folders_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "link").symlink_to("secret")
    (tmp_path / "broken").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe")  # nobody writes to it: a reader that opens it as usual waits for ever
    for place in (tmp_path / "link", tmp_path / "broken", tmp_path / "pipe", tmp_path, Path("/dev/zero")):
        with pytest.raises(OSError, match=r"."):
            read_plain(place, 100)


def test_a_link_that_takes_the_place_of_a_file_after_it_was_looked_at_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "file").symlink_to("secret")
    monkeypatch.setattr(Path, "is_symlink", lambda path: False)
    with pytest.raises(OSError, match="symbolic link"):
        read_plain(tmp_path / "file", 100)


def test_a_file_that_cannot_be_written_leaves_the_one_before_and_nothing_beside_it(tmp_path: Path) -> None:
    write_whole(tmp_path / "a" / "file", b"before")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "replace", fail)
        with pytest.raises(OSError, match="No space"):
            write_whole(tmp_path / "a" / "file", b"after")
    assert [path.read_bytes() for path in (tmp_path / "a").iterdir()] == [b"before"]


def test_a_private_file_is_private_before_anything_is_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    modes = []
    write = Path.write_bytes

    def look(path: Path, data: bytes) -> int:
        modes.append(stat.S_IMODE(path.stat().st_mode))
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", look)
    write_whole(tmp_path / "key", b"key", private=True)
    assert [*modes, stat.S_IMODE((tmp_path / "key").stat().st_mode)] == [0o600, 0o600]


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_is_put_in_a_place_takes_it_with_the_folders_that_it_needs_and_leaves_none_behind(
    tmp_path: Path, kind: str
) -> None:
    for content, beside in (("first", False), ("second", False), ("third", True)):
        fresh, target = tmp_path / "aside" / "ann" / "work", tmp_path / "kept" / "ann" / "work"
        fresh.parent.mkdir(parents=True)
        if kind == "folder":
            fresh.mkdir()
        (fresh / content if kind == "folder" else fresh).write_text(content)
        if beside:
            (target.parent / "other").write_text("stays")
        put(fresh, target)
        found = [path.name for path in target.iterdir()] if kind == "folder" else [target.read_text()]
        assert found == [content]
        assert list((tmp_path / "aside").iterdir()) == []
    assert (tmp_path / "kept" / "ann" / "other").read_text() == "stays"


def test_a_folder_with_folders_in_it_makes_room_and_a_link_goes_without_what_it_leads_to(tmp_path: Path) -> None:
    elsewhere, target = tmp_path / "elsewhere", tmp_path / "kept" / "ann" / "work"
    elsewhere.mkdir()
    (elsewhere / "file").write_text("stays")
    (target / "data" / "more").mkdir(parents=True)
    for content in ("first", "second"):
        fresh = tmp_path / "aside" / "ann" / "work"
        fresh.mkdir(parents=True)
        (fresh / content).touch()
        put(fresh, target)
        assert [path.name for path in target.iterdir()] == [content]
        (target / content).unlink()
        target.rmdir()
        target.symlink_to(elsewhere)
    assert (elsewhere / "file").read_text() == "stays"
    assert list((tmp_path / "aside").iterdir()) == []


def test_a_folder_that_cannot_come_to_its_place_leaves_the_one_before(tmp_path: Path) -> None:
    target = tmp_path / "kept" / "ann" / "work"
    target.mkdir(parents=True)
    (target / "before").touch()
    (tmp_path / "aside" / "ann").mkdir(parents=True)
    with pytest.raises(FileNotFoundError):
        put(tmp_path / "aside" / "ann" / "nothing", target)
    assert [path.name for path in target.iterdir()] == ["before"]


def fail(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")
