from typing import Any

import pytest

from autograder.notebook.cleaning.shown import MAX_PICTURE
from autograder.notebook.cleaning.widgets import Widgets
from autograder.notebook.outputs import clean_attachments, clean_outputs, joined, left_out_in, stream
from tests.helpers.hostile import PNG

VALUE = {"output_type": "execute_result", "execution_count": 2, "data": {"text/html": "<b>7</b>"}, "metadata": {}}


def test_a_value_may_be_a_score_from_a_worker_and_is_only_shown_from_a_submission() -> None:
    data = {"text/plain": "", "text/html": "<b>7</b>"}
    assert clean_outputs([VALUE]) == [VALUE | {"data": data}]
    assert clean_outputs([VALUE], widgets=Widgets()) == [
        {"output_type": "display_data", "data": {"text/html": "<b>7</b>"}, "metadata": {}}
    ]
    scored = VALUE | {"data": {"text/plain": "7", "application/x-unknown": 1, "image/png": "no"}}
    assert [output["data"] for output in clean_outputs([scored])] == [{"text/plain": "7"}]  # type: ignore[typeddict-item]


@pytest.mark.parametrize(
    "picture",
    [None, 7, "no base64", "PHNjcmlwdD4=", PNG + "A" * MAX_PICTURE],
    ids=["none", "number", "text", "script", "large"],
)
def test_an_attachment_that_is_no_picture_or_too_large_is_one_of_words(picture: Any) -> None:
    kept = clean_attachments({"a.png": {"image/png": picture}})
    assert list(kept["a.png"]) == ["image/svg+xml"]
    cell: Any = {"cell_type": "markdown", "source": "", "attachments": kept}
    assert left_out_in([cell], []) == "1 picture"


def test_attachments_keep_their_pictures() -> None:
    lines = [PNG[:4] + "\n", PNG[4:]]
    assert clean_attachments({"a.png": {"image/png": lines, "text/html": "<b>"}}) == {"a.png": {"image/png": PNG}}


def test_prints_on_the_same_stream_become_one() -> None:
    assert joined([stream("a"), stream("b"), stream("c", "stderr"), stream("d")]) == [
        stream("ab"),
        stream("c", "stderr"),
        stream("d"),
    ]
