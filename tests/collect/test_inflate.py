"""An entry that is as its archive says is unpacked at once; of any other nothing is believed."""

import io
import struct
import tracemalloc
import zipfile
import zlib

import pytest

from autograder.collect import inflate
from tests.helpers.downloads import make_zip

DATA = b"some lines of a notebook\n" * 1_000
CRC, PACKED, SIZE, FLAGS, METHOD = 16, 20, 24, 8, 10
"""Where an archive's list has what it says of an entry."""


@pytest.fixture(params=["ISA-L", "zlib"], autouse=True)
def _library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "zlib":
        monkeypatch.setattr(inflate, "deflate", zlib)


def read(packed: bytes, most: int = 1_000_000) -> bytes | None:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return inflate.inflated(archive, archive.infolist()[0], most)


def claiming(packed: bytes, place: int, value: int, form: str = "<I") -> bytes:
    """Change what the list of an archive says of its only entry."""
    at = packed.index(b"PK\1\2") + place
    new = struct.pack(form, value)
    return packed[:at] + new + packed[at + len(new) :]


def test_an_entry_is_what_was_packed() -> None:
    assert read(make_zip({"a": DATA})) == DATA


def test_each_of_several_entries_is_read_and_zipfile_reads_them_still() -> None:
    with zipfile.ZipFile(io.BytesIO(make_zip({"a": DATA, "b": DATA[::-1]}))) as archive:
        assert [inflate.inflated(archive, info, len(DATA)) for info in archive.infolist()] == [DATA, DATA[::-1]]
        assert archive.read("b") == DATA[::-1]


@pytest.mark.parametrize(
    ("place", "value", "form"),
    [
        (CRC, 1, "<I"),
        (SIZE, len(DATA) - 1, "<I"),
        (SIZE, len(DATA) + 1, "<I"),
        (SIZE, 0, "<I"),
        (PACKED, 10, "<I"),
        (PACKED, 0, "<I"),
        (FLAGS, 1, "<H"),
        (METHOD, zipfile.ZIP_STORED, "<H"),
        (METHOD, zipfile.ZIP_LZMA, "<H"),
    ],
)
def test_an_entry_that_is_not_as_its_archive_says_is_left_to_zipfile(place: int, value: int, form: str) -> None:
    assert read(claiming(make_zip({"a": DATA}), place, value, form)) is None


def test_a_damaged_entry_is_left_to_zipfile() -> None:
    packed = bytearray(make_zip({"a": DATA}))
    packed[40] ^= 0xFF
    assert read(bytes(packed)) is None


def test_what_is_larger_than_the_limit_or_than_it_says_is_not_unpacked() -> None:
    bomb = make_zip({"a": bytes(50_000_000)})
    tracemalloc.start()
    try:
        assert read(bomb) is None
        assert read(claiming(bomb, SIZE, 1_000)) is None
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()
