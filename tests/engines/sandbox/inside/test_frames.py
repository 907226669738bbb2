"""The grader's reader of frames, against thousands of frames that nobody sane would send."""

from __future__ import annotations

import socket
import struct
import threading
import tracemalloc
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autograder.engines.sandbox.channel import WorkerDiedError, receive
from autograder.engines.sandbox.inside import frames
from autograder.engines.sandbox.inside.frames import FrameError, Reader, Writer
from labkit.calls.call import CallError, Outcome
from labkit.calls.plain import Listed, Opaque, same
from tests.fuzz.making import CALLS, frame_of
from tests.fuzz.targets import read_frame

NUMBERS = st.floats() | st.integers(-(2**63) + 1, 2**63 - 1) | st.booleans() | st.none()
TYPES = ("?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f4", "f8")


@st.composite
def arrays(draw: st.DrawFn) -> np.ndarray:
    shape = draw(st.lists(st.integers(0, 4), max_size=4))
    dtype = np.dtype(draw(st.sampled_from(TYPES)))
    raw = np.random.default_rng(draw(st.integers(0, 99))).bytes(int(np.prod(shape)) * dtype.itemsize)
    values = np.frombuffer(raw, np.uint8) % 2 if dtype.kind == "b" else np.frombuffer(raw, dtype)
    return values.astype(dtype).reshape(shape)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.recursive(
    NUMBERS | TEXT | arrays() | st.builds(Opaque, TEXT),
    lambda inner: (
        st.lists(inner, max_size=3) | st.lists(inner, max_size=3).map(tuple) | st.dictionaries(TEXT, inner, max_size=3)
    ),
    max_leaves=8,
)
OUTCOMES = st.builds(
    Outcome,
    VALUES,
    st.dictionaries(st.integers(0, 1), VALUES, max_size=2),
    st.none() | st.builds(CallError, TEXT, TEXT, st.lists(TEXT, max_size=3).map(tuple)),
)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(st.lists(OUTCOMES, min_size=2, max_size=2))
def test_outcomes_come_back_as_they_were(outcomes: list[Outcome]) -> None:
    for before, after in zip(outcomes, read_frame(frame_of(outcomes)), strict=True):
        assert same(before.value, after.value)
        assert before.error == after.error
        assert before.changed.keys() == after.changed.keys()
        assert all(same(value, after.changed[position]) for position, value in before.changed.items())


@pytest.mark.parametrize("form", [{"r": [0]}, {"r": [0, 1]}, {"g": [0, 1]}, {"t": [{"r": [0]}]}])
def test_an_outcome_cannot_refer_to_other_outcomes(form: object) -> None:
    """Only arguments of calls do; as a value, a reference would be nothing that a judge knows."""
    with pytest.raises(FrameError):
        read_frame(frames.Writer().frame({"outcomes": [[form, [], None], [None, [], None]]}))


def test_a_shape_is_of_whole_numbers_whatever_came_before() -> None:
    read_frame(frame_of([Outcome(np.zeros(1)), Outcome()]))
    for length in (True, 1.0):
        with pytest.raises(FrameError):
            Reader({}, bytes(8)).value({"a": ["f8", length]})


@settings(max_examples=500, deadline=None)
@given(st.binary(max_size=200))
@example(b"\xff" * 12)
@example(struct.pack("<IQ", 4, 0) + b"null")
@example(struct.pack("<IQ", 3, 0) + b"\xff\xfe\xfd")
@example(struct.pack("<IQ", 5000, 0) + b"9" * 5000)
@example(struct.pack("<IQ", 100_000, 0) + b"[" * 100_000)
@example(struct.pack("<IQ", 26, 0) + b'{"id": 0, "outcomes": NaN}')
def test_bytes_that_are_no_frame_are_a_frame_error(data: bytes) -> None:
    with pytest.raises((FrameError, struct.error)):
        read_frame(data)


@pytest.mark.parametrize("part", [b"[],", b"{},", b"0,"])
def test_a_header_of_millions_of_parts_is_refused_before_it_takes_memory(part: bytes) -> None:
    text = b'{"id": 0, "outcomes": [' + part * 3_000_000 + b"0]}"
    tracemalloc.start()
    try:
        with pytest.raises(FrameError):
            frames.parse_header(text)
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


@pytest.fixture
def channel() -> Iterator[tuple[socket.socket, socket.socket]]:
    grader_end, worker_end = socket.socketpair()
    grader_end.setblocking(False)
    yield grader_end, worker_end
    grader_end.close()
    worker_end.close()


class TimeUpError(Exception):
    pass


def test_an_announced_exabyte_takes_no_memory(channel: tuple[socket.socket, socket.socket]) -> None:
    grader_end, worker_end = channel
    worker_end.send(struct.pack("<IQ", 2**32 - 1, 2**63))
    with pytest.raises(FrameError):
        receive(grader_end, lambda: None, frames.MAX_ARRAYS, frames.MAX_HEADER)


def test_endless_bytes_end_at_the_largest_frame(channel: tuple[socket.socket, socket.socket]) -> None:
    grader_end, worker_end = channel

    def flood() -> None:
        try:
            while True:
                worker_end.send(b"[" * 2**16)
        except OSError:
            pass

    worker_end.send(struct.pack("<IQ", frames.MAX_HEADER, 0))
    thread = threading.Thread(target=flood)
    thread.start()
    with pytest.raises(FrameError):
        receive(grader_end, lambda: None, 0, frames.MAX_HEADER)
    grader_end.close()
    thread.join(10)
    assert not thread.is_alive()


def test_a_frame_that_drips_meets_the_time_limit(channel: tuple[socket.socket, socket.socket]) -> None:
    grader_end, worker_end = channel
    worker_end.send(struct.pack("<IQ", 100, 0))
    looks = iter(range(3))

    def check() -> None:
        if next(looks, None) is None:
            raise TimeUpError

    with pytest.raises(TimeUpError):
        receive(grader_end, check, 0, frames.MAX_HEADER)


def test_a_worker_that_hangs_up_in_a_frame_has_died(channel: tuple[socket.socket, socket.socket]) -> None:
    grader_end, worker_end = channel
    worker_end.send(struct.pack("<IQ", 100, 0) + b"{")
    worker_end.close()
    with pytest.raises(WorkerDiedError):
        receive(grader_end, lambda: None, 0, frames.MAX_HEADER)


def test_a_long_list_of_numbers_arrives_as_one() -> None:
    sent = [Outcome((1.0, Listed(np.arange(400).reshape(2, 200) % 2 == 0))), Outcome(None)]
    writer = Writer()
    frame = writer.frame({"outcomes": writer.outcomes(sent)})
    header, _ = frames.lengths(frame[: frames.PREFIX.size])
    text = frame[frames.PREFIX.size :][:header]
    reader = Reader(frames.parse_header(text), frame[frames.PREFIX.size + header :])
    value = reader.outcomes(reader.header["outcomes"], CALLS)[0].value
    assert isinstance(value, tuple)
    assert isinstance(value[1], Listed)
    assert (value[1].numbers == (np.arange(400).reshape(2, 200) % 2 == 0)).all()
    forms: list[Any] = [3, [], ["?", -1], ["O", 1], ["f8", 10**6]]
    for form in forms:
        with pytest.raises(FrameError):
            Reader({}, b"").value({"l": form})
