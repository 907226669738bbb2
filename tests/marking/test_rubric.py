"""A mark scheme is read as people write it; a line that cannot be read is named."""

import pytest

from autograder.marking.rubric import MarkScheme, SchemeItem, read_scheme

CELL = """**1.** Why does the test score lie above the training score? (5 points)

### BEGIN SOLUTION
The test labels are right; some training labels are wrong.

It has nothing to do with luck.

- 2: the wrong labels are named as the cause
- 2.5: a number that shows it
- -1: says that the test is easier
### END SOLUTION

Two or three sentences are enough."""


def items(text: str) -> list[tuple[float, str]]:
    scheme = read_scheme(f"### BEGIN SOLUTION\n{text}\n### END SOLUTION")
    return [(item.points, item.words) for item in scheme.items]


def test_question_model_answer_and_items_are_parted() -> None:
    scheme = read_scheme(CELL)
    assert scheme.question.startswith("**1.** Why")
    assert scheme.question.endswith("Two or three sentences are enough.")
    assert scheme.model == (
        "The test labels are right; some training labels are wrong.\n\nIt has nothing to do with luck."
    )
    assert scheme.items == (
        SchemeItem(2, "the wrong labels are named as the cause"),
        SchemeItem(2.5, "a number that shows it"),
        SchemeItem(-1, "says that the test is easier"),
    )
    assert not scheme.problems


@pytest.mark.parametrize(
    ("line", "points", "says"),
    [
        ("- 2: a cause", 2, "a cause"),
        ("* +2: a cause", 2, "a cause"),
        ("+ 2 : a cause", 2, "a cause"),
        ("  - **2**: a cause", 2, "a cause"),
        ("- **2:** a cause", 2, "a cause"),
        ("1. 2: a cause", 2, "a cause"),
        ("- 2 points: a cause", 2, "a cause"),
        ("- (2 pts): a cause", 2, "a cause"),
        ("- 2 分：原因", 2, "原因"),
        ("- -1: a slip", -1, "a slip"),
        ("- − 1: a slip", -1, "a slip"),
        ("- –0,5: a slip", -0.5, "a slip"),
        ("- .5: half", 0.5, "half"),
        ("- 0: seen, no points", 0, "seen, no points"),
        ("- 2: a ratio of 3:1", 2, "a ratio of 3:1"),
    ],
)
def test_an_item_is_read_in_every_way_that_people_write_it(line: str, points: float, says: str) -> None:
    assert items(line) == [(points, says)]
    assert items(line + "\r") == [(points, says)]


def test_an_item_goes_on_in_indented_lines() -> None:
    assert items("- 2: the cause is\n  named and explained\n- 1: a number") == [
        (2, "the cause is named and explained"),
        (1, "a number"),
    ]


@pytest.mark.parametrize("line", ["- 2 the cause is named", "- 2:", "- two: the cause", "- +-2: the cause", "- 1/2: x"])
def test_a_broken_item_is_named_with_its_line_and_stays_in_the_model_answer(line: str) -> None:
    scheme = read_scheme(f"Ask\n### BEGIN SOLUTION\nSo.\n- 1: a reason\n{line}\n### END SOLUTION", "conclusion_1")
    (problem,) = scheme.problems
    assert problem.startswith("conclusion_1, line 5: ")
    assert line in problem
    assert "- 2: the cause is named" in problem
    assert line in scheme.model
    assert [item.words for item in scheme.items] == ["a reason"]


@pytest.mark.parametrize(
    "model",
    ["So:\n- 2 layers learn\n- 3 layers do not", "- yes: it is\n- no: it is not", "```\n- 2: in a listing\n```"],
)
def test_a_list_in_a_model_answer_without_a_rubric_is_a_list(model: str) -> None:
    assert read_scheme(f"### BEGIN SOLUTION\n{model}\n### END SOLUTION") == MarkScheme(model=model)


def test_a_cell_without_markers_is_all_solution_and_a_task_has_a_mark_scheme() -> None:
    assert read_scheme("The square grows faster.\n- 5: says so") == MarkScheme(
        model="The square grows faster.", items=(SchemeItem(5, "says so"),)
    )
    task = read_scheme("Draw it.\n### BEGIN MARK SCHEME\n- 3: a figure\n### END MARK SCHEME")
    assert (task.question, task.items) == ("Draw it.", (SchemeItem(3, "a figure"),))


def test_several_regions_are_one_scheme() -> None:
    text = "a\n### BEGIN SOLUTION\n- 1: x\n### END SOLUTION\nb\n### BEGIN SOLUTION\n- 2: y\n### END SOLUTION"
    assert [item.points for item in read_scheme(text).items] == [1, 2]
    assert read_scheme(text).question == "a\nb"
