"""The title block says who wrote a report: what the course knows, else what the student wrote."""

import pytest

from autograder.course.roster import Person
from autograder.pages.lab_report.title_block import TitleBlock, title_block

TABLE = """| | |
|---|---|
| **Name** | Ada *Example* |
| **Student number** | 2026001 |
| **Class** | CS 1 |
| **E-mail** | ada@example.org |
| **Date** | 27 March 2026 |"""
WRITTEN = TitleBlock("2026001", "Ada Example", "CS 1", "ada@example.org", "27 March 2026")


def block(table: str, person: Person | None = None, name: str = "", student: str = "2026001") -> TitleBlock:
    return title_block(table, student, person, name, "2026-03-28")


def test_without_a_roster_the_students_own_table_counts() -> None:
    assert block(TABLE) == WRITTEN
    assert block(TABLE, student="ada") == WRITTEN


@pytest.mark.parametrize(
    "table",
    [
        TABLE.replace(" ", "\xa0"),
        TABLE.replace("**", ""),
        TABLE.replace("| **Name** |", "| **Name:** |"),
        TABLE.replace("**", "__").replace("|\n", "\n"),
        TABLE.replace("**Name**", "姓名").replace("**Student number**", "**学号**").replace("**Class**", "班级")
        .replace("**E-mail**", "**Email**").replace("**Date**", "日期"),
        "**Name**: Ada Example\nStudent number: 2026001\nclass：CS 1\nE-Mail: ada@example.org\n\nDate: 27 March 2026",
    ],
)  # fmt: skip
def test_the_table_is_read_however_an_editor_or_a_language_writes_it(table: str) -> None:
    assert block(table) == WRITTEN


def test_the_roster_is_right_where_it_says_something() -> None:
    person = Person("2026001", "Ada", "Example", section="CS 2")
    assert block(TABLE, person) == TitleBlock("2026001", "Ada Example", "CS 2", "ada@example.org", "27 March 2026")
    assert block(TABLE, name="Augusta King").name == "Augusta King"


def test_a_number_that_is_not_the_rosters_is_shown_beside_it() -> None:
    assert block(TABLE, Person("s7"), student="s7").student == "s7 (in the notebook: 2026001)"


def test_gaps_are_filled_from_what_is_known() -> None:
    empty = "| **Name** | … |\n| **Student number** | ... |\n| **Class** | |\n| **E-mail** | - |\n| **Date** | … |"
    assert block(empty, student="s7") == TitleBlock("s7", "", "", "", "2026-03-28")
    assert block("", student="s7") == TitleBlock("s7", "", "", "", "2026-03-28")


def test_signs_that_turn_a_line_round_or_end_it_are_shown_not_obeyed() -> None:
    assert block("| **Name** | Ada\u202e\x1b[31mx |").name == "Ada\\u202ex"
    assert len(block(f"| Name | {'x' * 5_000} |").name) == 120
