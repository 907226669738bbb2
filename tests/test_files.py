"""Reading a file that anybody may have put there."""

import errno
import os
from pathlib import Path

import pytest

from autograder.files import read_plain, write_whole


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


def fail(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")
