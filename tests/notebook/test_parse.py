"""A notebook whose pictures are set aside is parsed into what Python's own parser makes of all of it."""

import json
from typing import Any

import pytest

from autograder.errors import SubmissionError
from autograder.notebook import parse as module
from autograder.notebook.cleaning.base64_text import in_one_form
from autograder.notebook.parse import parse, parse_without_outputs

HEAD, TAIL = "iVBORw0KGgo" + "Ab1+/" * 199, "Ab1+/" * 100 + "Ab1+A="
"""Two parts of a long text in base64."""


def filled(text: str) -> str:
    """Put the long text into JSON."""
    return text.replace("PNG", '"image/png": "HEADTAIL"').replace("HEAD", HEAD).replace("TAIL", TAIL)


def as_it_is(data: bytes) -> Any:
    return json.loads(data.decode(json.detect_encoding(data)).lstrip("\ufeff"))


def cleaned(content: Any) -> Any:
    """Bring pictures into their one form, as their reader does."""

    def clean(item: dict[str, Any]) -> dict[str, Any]:
        forms = {key: in_one_form(text.strip().encode()) for key, text in item.items() if isinstance(text, str)}
        return {key: forms.get(key) or value for key, value in item.items()}

    return json.loads(json.dumps(content), object_hook=clean)


@pytest.mark.parametrize(
    "text",
    [
        "{PNG}",
        '{"image/png":"HEADTAIL\\n", "text/plain": "\U0001f642"}',
        '[{PNG}, {"image/png"\t:\r\n"HEADTAIL"}, {"image/png": "HEADTAILAAAA"}]',
        '{PNG, "image/png": "short"}',
        "{PNG, PNG}",
        '{"\\"image/png": "HEADTAIL"}',
        '{"source": "\\"image/png\\": \\"HEADTAIL\\""}',
        '["image/png", "HEADTAIL"]',
        '{"image/png": ["HEADTAIL"]}',
        '{"image/png": {PNG}}',
        '{"image/png": "HEAD\\nTAIL"}',
        '{"image/png": "HEADTAIL "}',
        '{"image/png": "HEAD\\u0041TAIL"}',
        '{"image/png": "HEADéTAIL"}',
        '{"image/png": "HEAD=TAIL"}',
        '{"image/png": "HEADHEAD"}',
        '{"image/png": "TAILTAIL"}',
        '{"image/png": "HEADAAAAAAAAAAAAAA9="}',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32-le"])
def test_what_is_parsed_is_the_same_but_for_the_form_of_pictures(text: str, encoding: str) -> None:
    data = filled(text).encode(encoding)
    assert json.dumps(cleaned(parse(data))) == json.dumps(cleaned(as_it_is(data)))


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1,\n PNG',
        '{"a": 1,\n "x"PNG}',
        '{"image/png": "HEADTAIL\n"}',
        '{"image/png": "HEAD\tTAIL"}',
        '{"image/png": "HEADTAIL',
        '{PNG, "b": \n}',
    ],
)
def test_what_is_wrong_is_said_of_the_file_as_it_came(text: str) -> None:
    with pytest.raises(json.JSONDecodeError) as plain:
        json.loads(filled(text))
    with pytest.raises(SubmissionError, match=str(plain.value.lineno)) as said:
        parse(filled(text).encode())
    assert str(plain.value.colno) in str(said.value)


def test_pictures_of_an_editor_that_writes_gb_18030_are_set_aside_too() -> None:
    text = filled('{"source": "正则化", PNG}')
    assert parse(text.encode("gb18030")) == json.loads(text)


def test_python_parses_no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    loads = json.loads

    def listed(text: str, **how: Any) -> Any:
        parsed.append(text)
        return loads(text, **how)

    monkeypatch.setattr(json, "loads", listed)
    content = parse(filled('[{PNG}, {"image/png": "HEADTAIL\\n"}]').encode())
    assert [item["image/png"] for item in content] == [HEAD + TAIL] * 2
    assert len("".join(parsed)) < 200


def test_more_pictures_than_are_looked_at_are_parsed_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST", 2)
    data = filled("[{PNG}, {PNG}, {PNG}]").encode()
    assert parse(data) == as_it_is(data)


def with_output(shown: bytes, source: str = "x = 1") -> bytes:
    """Make a notebook of one code cell that showed something, given as JSON."""
    head = {"cells": [{"cell_type": "code", "source": source, "metadata": {"nbgrader": {"grade_id": "x"}, "mine": 1}}]}
    return json.dumps(head, ensure_ascii=False).encode().replace(b'"x = 1"', b'"x = 1", "outputs": [' + shown + b"]")


def kept(content: Any) -> Any:
    """Return what is read of a notebook whose outputs nobody needs."""
    if not isinstance(content, dict) or not isinstance(content.get("cells"), list):
        return content
    parts = ("cell_type", "source", "id", "attachments")
    return [{part: cell.get(part) for part in parts} if isinstance(cell, dict) else cell for cell in content["cells"]]


@pytest.mark.parametrize(
    "data",
    [
        with_output(b""),
        with_output(filled("{PNG}").encode()),
        with_output(b'"' + b"7" * 9_000 + b'"'),
        with_output(b"7" * 4_100),
        with_output(b"7" * 9_000),
        with_output(b"-" + b"7" * 9_000 + b", 1"),
        with_output(b"NaN, -Infinity, 1e999"),
        with_output(b'"\\ud800"'),
        with_output(b'"\xff\xfe"'),
        with_output(b'"\xed\xa0\x80"'),
        with_output(b'{"\xff": 1}'),
        with_output('"正则化"'.encode("gb18030")),
        with_output(filled("{PNG}").encode().replace(b"Ab1", b"\xff", 1)),
        with_output(filled("{PNG}").encode().replace(b"Ab1", b"\x01", 1)),
        with_output(filled("{PNG}").encode().replace(b"Ab1", "é".encode(), 1)),
        with_output(b'"a\nb"'),
        with_output(b'"\\x"'),
        with_output(b"[" * 200 + b"]" * 200),
        with_output(b"[" * 9_000 + b"]" * 9_000),
        with_output(b"1,"),
        with_output(b"01"),
        with_output(b"1")[:-1],
        with_output(b"1") + b"x",
        b"\xef\xbb\xbf" + with_output(b"1"),
        with_output(b"1").decode().encode("utf-16"),
        b'{"cells": [null, 3, {"source": ["a", 1]}]}',
        b'{"cells": [{"source": "a", "metadata": 7}], "metadata": []}',
        b'{"cells": [], "\\u0063ells": [{"source": "a", "source": "\\ud800"}]}',
        b'{"worksheets": [{"cells": []}]}',
        b'{"cells": null}',
        b"[]",
        b"",
    ],
)
def test_without_outputs_the_rest_is_read_the_same_and_refused_for_the_same_reason(data: bytes) -> None:
    try:
        whole = parse(data)
    except SubmissionError as error:
        with pytest.raises(SubmissionError) as same:
            parse_without_outputs(data)
        assert str(same.value) == str(error)
    else:
        assert kept(parse_without_outputs(data)) == kept(whole)


def test_outputs_that_nobody_needs_are_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json, "loads", None)
    content = parse_without_outputs(with_output(filled('{PNG}, {"text": "正则化"}').encode()))
    assert content["cells"] == [{"cell_type": "code", "source": "x = 1", "metadata": {"nbgrader": {"grade_id": "x"}}}]
