import base64
from typing import Any

import pytest

from autograder.notebook.outputs import MAX_CHARACTERS, clean_attachments, clean_outputs, joined, picture_bytes, stream

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()
VALUE = {"output_type": "execute_result", "execution_count": 2, "data": {"text/html": "<b>7</b>"}, "metadata": {}}


def test_a_value_may_be_a_score_from_a_worker_and_is_only_shown_from_a_submission() -> None:
    data = {"text/plain": "", "text/html": "<b>7</b>"}
    assert clean_outputs([VALUE]) == [VALUE | {"data": data}]
    assert clean_outputs([VALUE], submitted=True) == []
    shown = clean_outputs([VALUE | {"data": {"text/plain": "7"}}], submitted=True)
    assert shown == [{"output_type": "display_data", "data": {"text/plain": "7"}, "metadata": {}}]


@pytest.mark.parametrize(
    "picture", [None, 7, "no base64", base64.b64encode(b"GIF89a").decode(), PNG + "A" * MAX_CHARACTERS]
)
def test_what_is_not_a_picture_or_too_large_is_left_out(picture: Any) -> None:
    assert picture_bytes("image/png", picture) == b""
    assert clean_attachments({"a.png": {"image/png": picture}}) == {}


def test_attachments_keep_their_pictures() -> None:
    lines = [PNG[:4] + "\n", PNG[4:]]
    assert clean_attachments({"a.png": {"image/png": lines, "text/html": "<b>"}}) == {"a.png": {"image/png": PNG}}


def test_prints_on_the_same_stream_become_one() -> None:
    assert joined([stream("a"), stream("b"), stream("c", "stderr"), stream("d")]) == [
        stream("ab"),
        stream("c", "stderr"),
        stream("d"),
    ]
