"""The text of a table is what a program reads, and nothing that a spreadsheet runs."""

import csv
import io
import json

import pytest

from autograder.export.formats import FORMATS, Row, escape_formula

ROWS: list[Row] = [
    {"student": "=2+3", "name": 'Ann "A", 李', "double": 4.0, "conclusions": None},
    {"student": "s-2", "name": "", "double": 0.0, "conclusions": 21.5},
]


def test_csv_has_a_header_and_a_line_a_student_that_a_spreadsheet_reads_back() -> None:
    assert list(csv.reader(io.StringIO(FORMATS["csv"](ROWS)))) == [
        ["student", "name", "double", "conclusions"],
        ["'=2+3", 'Ann "A", 李', "4.0", ""],
        ["s-2", "", "0.0", "21.5"],
    ]


def test_json_keeps_texts_as_they_are() -> None:
    assert json.loads(FORMATS["json"](ROWS)) == ROWS


@pytest.mark.parametrize("name", FORMATS)
def test_a_class_of_nobody_is_a_table_too(name: str) -> None:
    assert FORMATS[name]([]).endswith("\n")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", " =1", "\t=1", "\n1",
    "＝1+1", "＋1", "－1", "＠SUM(1)", "﹢1", "\u200b=1",
    "\ufeff=1", "\u2060\u200d＝1", "\ufe0f=1", "\x00=1", "\u3000@x",
])  # fmt: skip
def test_no_text_in_the_table_is_a_formula(text: str) -> None:
    assert escape_formula(text) == "'" + text


def test_ordinary_texts_and_numbers_stay_as_they_are() -> None:
    assert (escape_formula("student-0001"), escape_formula(-1.5), escape_formula(None)) == ("student-0001", -1.5, None)
