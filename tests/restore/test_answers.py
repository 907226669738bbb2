"""Written answers are offered to a person wherever a student wrote them, and closed only where there are none."""

import base64
from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

import pytest

from autograder.engines.scoring import manual_score
from autograder.notebook.source import parse_source
from autograder.restore.answers import MAX_COPIED
from autograder.restore.restore import Restored, restore
from tests.helpers import small_course as small
from tests.helpers.hostile import PNG, png_bytes
from tests.helpers.restoring import kinds, sources

Spoil = Callable[[small.Notebook], object]

ANSWER = "Thirty labels are wrong."
ASKED = "**1.** What grows?\n\nYOUR ANSWER HERE\n\n**2.** Why?\n\nYOUR ANSWER HERE"
PICTURE = PNG
WRITTEN = ("conclusions", "questions")


def instructors() -> small.Notebook:
    """The small course with experiments between, two written answers under headings of their own, and a last text."""
    notebook = small.source()
    notebook["cells"][-2:] = [
        small.markdown("reading", "Look how the curve bends.\n\nName: …"),
        small.code("table", "print(square(7))", ["skip-execution"]),
        small.markdown("conclusions-heading", "## 7 · Conclusions\n\nFull sentences."),
        small.markdown(
            "conclusions",
            ASKED.replace("YOUR ANSWER HERE", "### BEGIN SOLUTION\nIt does.\n### END SOLUTION"),
            grade=True,
            solution=True,
            points=5,
        ),
        small.markdown("questions-heading", "## 8 · Questions you met\n\n- [ ] one to three"),
        small.markdown("questions", "Why so?", grade=True, solution=True, points=5),
        small.markdown("hand-in", "## 9 · Before you hand in\n\n1. Save the file.\n\n| … | helped with | … |"),
    ]
    return notebook


SOURCE = parse_source(small.to_bytes(instructors()), "numbers")


def handed_in() -> small.Notebook:
    """A notebook with the functions filled in, and no written answer."""
    notebook = deepcopy(instructors())
    for cell, source_cell in zip(notebook["cells"], SOURCE.cells, strict=True):
        cell["source"] = source_cell.released
    for name in ("double", "square"):
        small.cell(notebook, name)["source"] = small.cell(small.filled(), name)["source"]
    return notebook


def result_of(*spoils: Spoil) -> Restored:
    notebook = handed_in()
    for spoil in spoils:
        spoil(notebook)
    return restore(SOURCE, small.to_bytes(notebook))


def offered(result: Restored) -> set[str]:
    """The answers that a person is asked to read."""
    return {name for name in WRITTEN if manual_score(small.cell(result.notebook, name)) is None}  # type: ignore[arg-type]


def put(place: str, *cells: Any, below: bool = True) -> Spoil:
    def spoil(notebook: small.Notebook) -> None:
        at = [cell["id"] for cell in notebook["cells"]].index(place) + below
        notebook["cells"][at:at] = deepcopy(cells)

    return spoil


def write(place: str, text: str) -> Spoil:
    return lambda notebook: small.cell(notebook, place).update(source=text)


def add(place: str, text: str) -> Spoil:
    def spoil(notebook: small.Notebook) -> None:
        small.cell(notebook, place)["source"] += text

    return spoil


def change(place: str, **values: Any) -> Spoil:
    return lambda notebook: small.cell(notebook, place).update(values)


def delete(*places: str) -> Spoil:
    def spoil(notebook: small.Notebook) -> None:
        notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] not in places]

    return spoil


def retype(place: str, kind: str, text: str) -> Spoil:
    return change(place, cell_type=kind, source=text)


def text(source: str) -> Any:
    return small.markdown("mine", source)


def raw(source: str) -> Any:
    return {"cell_type": "raw", "id": "mine", "metadata": {}, "source": source}


def code(source: str, *outputs: Any) -> Any:
    return small.code("own-code", source) | {"outputs": list(outputs)}


def printed(source: str) -> Any:
    return {"output_type": "stream", "name": "stdout", "text": source}


PLOT = code("plt.plot(sizes, 'r--')")
C, Q, BOTH = {"conclusions"}, {"questions"}, set(WRITTEN)

PLACES: dict[str, tuple[Sequence[Spoil], set[str]]] = {
    "in its cell": ([write("conclusions", ANSWER)], C),
    "below the placeholder": ([add("conclusions", f"\n\n{ANSWER}")], C),
    "on the placeholder's line": ([add("questions", f": {ANSWER}")], Q),
    "one letter of the placeholder": ([write("questions", "YOUR ANSWER HEREThirty labels are wrong.")], Q),
    "in one of two places of a cell": (
        [write("conclusions", ASKED.replace("Why?\n\nYOUR ANSWER HERE", f"Why?\n\n{ANSWER}"))],
        C,
    ),
    "in Chinese": ([write("questions", "三十个标签是错的。Thirty labels are wrong.")], Q),
    "in the cell made code": ([retype("questions", "code", f"# {ANSWER}")], Q),
    "in the cell made raw": ([retype("questions", "raw", ANSWER)], Q),
    "below": ([put("conclusions", text(ANSWER))], C),
    "below the second": ([put("questions", text(ANSWER))], Q),
    "below, in two cells": ([put("conclusions", text("First."), text(ANSWER) | {"id": "more"})], C),
    "above": ([put("conclusions", text(ANSWER), below=False)], C),
    "above the second": ([put("questions", text(ANSWER), below=False)], Q),
    "below a plot": ([put("conclusions", PLOT, text(ANSWER))], C),
    "above, then a plot": ([put("conclusions", text(ANSWER), PLOT, below=False)], C),
    "in a raw cell": ([put("conclusions", raw(ANSWER))], C),
    "in the heading cell": ([add("conclusions-heading", f"\n\n{ANSWER}")], C),
    "in the heading itself": ([write("questions-heading", f"## 8 · Questions you met: {ANSWER}")], Q),
    "in the last given cell": ([add("hand-in", f"\n{ANSWER}")], BOTH),
    "at the end": ([put("hand-in", text(ANSWER))], BOTH),
    "at the end, as a comment": ([put("hand-in", code(f"# {ANSWER}"))], BOTH),
    "as a comment": ([put("conclusions", code(f"# {ANSWER}"))], C),
    "as a comment behind code": ([put("conclusions", code(f"x = 1  # {ANSWER}"))], C),
    "as a comment above": ([put("questions", code(f"# {ANSWER}"), below=False)], Q),
    "as a string": ([put("conclusions", code(f'"{ANSWER}"'))], C),
    "as a long string": ([put("conclusions", code(f'"""\n{ANSWER}\n"""'))], C),
    "as a string with a name": ([put("conclusions", code(f"answer = '{ANSWER}'"))], C),
    "printed": ([put("questions", code(f"print('{ANSWER}')"))], Q),
    "printed, from a file": ([put("questions", code("show(mine)", printed(f"1. {ANSWER} They cannot be right.")))], Q),
    "displayed": ([put("questions", code(f'display(Markdown("""{ANSWER}"""))'))], Q),
    "displayed as HTML": ([put("questions", code(f"HTML('<p>{ANSWER}</p>')"))], Q),
    "by a magic": ([put("questions", code(f"%%markdown\n{ANSWER}"))], Q),
    "as plain words in a code cell": ([put("questions", code(ANSWER))], Q),
    "in a given code cell beside": ([add("table", f"\n# {ANSWER}")], BOTH),
    "in a text cell of the results": ([put("experiment", text(ANSWER))], BOTH),
    "in a given text far away": ([add("title", f"\n\nMy conclusions: {ANSWER}")], BOTH),
    "at the beginning": ([put("title", text(ANSWER), below=False)], BOTH),
    "as a formula": ([put("questions", text(f"$$x^2 > 0$$ {ANSWER}"))], Q),
    "as a table": ([put("questions", text(f"| a |\n|---|\n| {ANSWER} |"))], Q),
    "in place of its cell": ([delete("conclusions"), put("conclusions-heading", text(ANSWER))], C),
    "its cell gone, behind a plot": ([delete("conclusions"), put("conclusions-heading", PLOT, text(ANSWER))], C),
    "in a second copy": ([put("questions", small.markdown("mine", ANSWER, grade_id="questions", solution=True))], Q),
    "in an emptied cell's neighbour": ([write("questions", ""), put("questions", text(ANSWER))], Q),
}  # fmt: skip


@pytest.mark.parametrize(("spoils", "names"), PLACES.values(), ids=PLACES.keys())
def test_an_answer_is_offered_wherever_it_stands(spoils: Sequence[Spoil], names: set[str]) -> None:
    result = result_of(*spoils)
    for name in WRITTEN:
        waits = name in names
        assert (name in offered(result)) == waits
    for name in names:
        assert "hirty labels are wrong." in sources(result)[name]
    for name in set(WRITTEN) - names:
        assert "hirty labels are wrong." not in sources(result)[name]
        assert kinds(result) & {("answer-empty", name), ("answer-missing", name)}


NOTHING: dict[str, Sequence[Spoil]] = {
    "as given": [],
    "other blank space": [write("conclusions", f"\n{ASKED}  \n\n"), write("questions", "YOUR ANSWER HERE\n")],
    "emptied": [write("conclusions", ""), write("questions", " \n")],
    "the placeholders deleted": [write("conclusions", "**1.** What grows?\n\n**2.** Why?")],
    "given text copied into it": [write("questions", "## 8 · Questions you met")],
    "copies of given cells": [put("questions", text("## 7 · Conclusions\nFull sentences."), text("YOUR ANSWER HERE"))],
    "a plot": [put("conclusions", PLOT)],
    "a number shown": [put("conclusions", code("square(3)", printed("9\n")))],
    "a figure shown": [
        put("conclusions", code("show()", {"output_type": "display_data", "metadata": {}, "data": {
            "text/plain": "<Figure size 640x480 with 1 Axes and more>"}}))
    ],
    "a table shown": [
        put("conclusions", code("table()", {"output_type": "display_data", "metadata": {}, "data": {
            "text/html": "<table class='big wide table of all numbers'><tr><td>1</td></tr></table>"}}))
    ],
    "comments far away": [put("square", code("# helper of mine\nx = 3"), below=False)],
    "own values in an experiment": [write("experiment", "print(square(6))  # tried six as well")],
    "a gap filled in": [write("reading", "Look how the curve bends.\n\nName: Li Wei Chen of the morning class")],
    "gaps filled in near an answer": [
        write("hand-in", "## 9 · Before you hand in\n\n1. Save the file.\n\n| my friend Li | helped with | all of it |")
    ],
    "lines broken elsewhere": [
        write("reading", "Look how the\ncurve bends.\nName: …"),
        write("hand-in", "## 9 · Before you hand in\n1. Save\n   the file.\n| … | helped with | … |"),
    ],
    "boxes ticked": [
        write("questions-heading", "## 8 · Questions you met\n\n- [x] one to three"),
        write("hand-in", "## **9** · Before you hand in\n\n- [x] 1. Save the file."),
    ],
    "its cell made code": [change("questions", cell_type="code")],
    "both cells gone": [delete(*WRITTEN)],
}  # fmt: skip


@pytest.mark.parametrize("spoils", NOTHING.values(), ids=NOTHING.keys())
def test_without_a_text_of_ones_own_an_answer_is_closed_with_a_note(spoils: Sequence[Spoil]) -> None:
    result = result_of(*spoils)
    assert offered(result) == set()
    for name in WRITTEN:
        assert sources(result)[name] == small.cell(handed_in(), name)["source"]
        assert kinds(result) & {("answer-empty", name), ("answer-missing", name)}


MERGED = "It grows.\n\n## 8 · Questions you met\n\nWhy?"


@pytest.mark.parametrize(
    ("spoils", "names", "shared"),
    [
        ([write("conclusions", "It grows.\n\n**Question:** why? Because.")], BOTH, Q),
        ([write("conclusions", "## 结论\n\n是。\n\n## 问题\n\n为什么？")], BOTH, Q),
        ([write("conclusions", MERGED), delete("questions-heading", "questions")], BOTH, Q),
        ([write("conclusions", "It grows."), delete("questions")], BOTH, Q),
        ([delete("questions", "questions-heading"), put("conclusions", text(ANSWER))], BOTH, Q),
        ([write("questions", "Why? In conclusion: it grows.")], BOTH, C),
        ([put("conclusions", text("It grows.\n\nMy questions: why?"))], BOTH, Q),
        ([write("conclusions", "It grows.")], C, set()),
        ([write("questions", "Why?")], Q, set()),
        ([write("conclusions", "It grows."), put("hand-in", text(ANSWER))], BOTH, set()),
    ],
)
def test_an_answer_that_may_hold_its_neighbour_sends_the_reader_there(
    spoils: Sequence[Spoil], names: set[str], shared: set[str]
) -> None:
    result = result_of(*spoils)
    assert offered(result) == names
    assert {name for name in WRITTEN if ("answer-shared", name) in kinds(result)} == shared
    for name in shared:
        assert f"`{(set(WRITTEN) - {name}).pop()}`" in sources(result)[name]


def series() -> small.Notebook:
    """The small course with three numbered conclusions under one heading, and questions."""
    notebook = small.source()
    notebook["cells"][-2:] = [
        small.markdown("conclusions-heading", "## 7 · Conclusions"),
        *(
            small.markdown(
                f"conclusion_{number}",
                f"**Conclusion {number}** (5 points). Why?\n\n### BEGIN SOLUTION\nIt does.\n### END SOLUTION",
                grade=True,
                solution=True,
                points=5,
            )
            for number in (1, 2, 3)
        ),
        small.markdown("questions-heading", "## 8 · Questions you met"),
        small.markdown("questions", "Why so?", grade=True, solution=True, points=5),
        small.markdown("hand-in", "## 9 · Before you hand in"),
    ]
    return notebook


SERIES = parse_source(small.to_bytes(series()), "numbers")


def waiting(*spoils: Spoil) -> set[str]:
    """The answers of the series, by their last character, that a person is asked to read."""
    notebook = series()
    for cell, source_cell in zip(notebook["cells"], SERIES.cells, strict=True):
        cell["source"] = source_cell.released
    for spoil in spoils:
        spoil(notebook)
    restored = restore(SERIES, small.to_bytes(notebook)).notebook
    names = ("conclusion_1", "conclusion_2", "conclusion_3", "questions")
    return {name[-1] for name in names if manual_score(small.cell(restored, name)) is None}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "label",
    [
        *("{}. ", "({}) ", "{}) ", "**{}.** ", "- {}: ", "| {} | ", "# {}\n", "Q{}: ", "Question {}: ", "Answer {}\n"),
        *("Conclusion {}: ", "**Conclusion {}.** ", "### Conclusion {}\n\n", "**Conclusion {}** (5 points). Why?\n\n"),
        *("CONCLUSION {} is that ", "conclusion_{}: ", "答案{}：", "第{}题：", "{}、", "（{}）", "{}．"),
    ],
)
@pytest.mark.parametrize("place", ["conclusion_1", "conclusion_2", "conclusion_3"])
def test_answers_that_are_numbered_in_the_cell_of_one_of_them_are_read_by_a_person(label: str, place: str) -> None:
    text = "\n\n".join(label.format(number) + ANSWER for number in (1, 2, 3))
    assert waiting(write(place, text)) - {"s"} == {"1", "2", "3"}
    assert waiting(add(place, "\n\n" + text)) - {"s"} == {"1", "2", "3"}


@pytest.mark.parametrize("digits", ["一二三", "①②③", "１２３"])
def test_numbers_may_be_chinese_circled_or_wide(digits: str) -> None:
    label = "{}" if digits[0] == "①" else "{}、"
    text = "\n".join(label.format(digit) + ANSWER for digit in digits)
    assert waiting(write("conclusion_2", text)) == {"1", "2", "3"}


@pytest.mark.parametrize("place", ["title", "experiment", "hand-in"])
def test_a_text_far_away_belongs_to_the_answers_that_it_names(place: str) -> None:
    numbered = text("\n\n".join(f"**Conclusion {number}.** {ANSWER}" for number in (1, 3)))
    others = {"2"} if place == "hand-in" else set()
    answered = [write("conclusion_2", ANSWER), write("questions", ANSWER)]
    assert waiting(put(place, numbered), *answered) == {"1", "2", "3", "s"} | others


def test_an_answer_that_no_text_numbers_is_closed() -> None:
    assert waiting(write("conclusion_1", f"1. {ANSWER}\n3. {ANSWER}")) == {"1", "3"}


def test_a_text_above_all_answers_of_a_heading_may_hold_any_of_them() -> None:
    assert waiting(put("conclusions-heading", text(ANSWER))) == {"1", "2", "3"}
    assert waiting(put("conclusion_1", text(ANSWER))) == {"1", "2"}


@pytest.mark.parametrize(
    "text",
    [f"{ANSWER} 2. of them", "2.5 is more than 2 of 3.", "20 000 places", "Figure 2: the border", "In 2 of 3 runs"],
)
def test_a_number_that_counts_no_answer_sends_nobody_to_read(text: str) -> None:
    assert waiting(write("conclusion_1", text)) == {"1"}


def test_numbers_among_the_questions_count_no_conclusions() -> None:
    assert waiting(write("questions", "1. Why?\n2. How?\n\nQuestion 3: when?")) == {"s"}
    assert waiting(write("questions", "Why?\n\nConclusion 3: because.")) == {"3", "s"}


@pytest.mark.parametrize(
    "cell", [text("Numbers"), text("Yes."), code("x = '三十个标签是错的'"), code("# 是"), raw("👍")]
)
def test_a_short_answer_is_an_answer_too(cell: Any) -> None:
    assert offered(result_of(put("questions", cell))) == Q


def test_what_comes_from_elsewhere_says_so_and_code_stays_where_it_was() -> None:
    result = result_of(
        put("conclusions", PLOT, code(f"# {ANSWER}\nprint(`x`)") | {"id": "said"}, text("And ```so``` on."))
    )
    answer = sources(result)["conclusions"]
    assert answer.count("Put here by the grader") == 2
    assert answer.index(ANSWER) < answer.index("And ```so``` on.")
    assert {"own-code", "said"} <= sources(result).keys()
    assert "mine" not in sources(result)
    assert ("answer-found", "conclusions") in kinds(result)


def test_a_text_that_is_offered_twice_stays_in_its_place_too() -> None:
    result = result_of(put("hand-in", text(ANSWER)))
    assert sources(result)["mine"] == ANSWER
    assert all("below `hand-in`" in sources(result)[name] for name in WRITTEN)


def test_a_text_with_one_answer_is_not_given_to_another() -> None:
    result = result_of(put("conclusions", text(ANSWER)), put("hand-in", text("Also this.")))
    assert "Also" not in sources(result)["conclusions"]
    assert ANSWER not in sources(result)["questions"]
    assert "Also this." in sources(result)["questions"]


def test_pictures_come_along_under_names_of_their_own() -> None:
    other = base64.b64encode(png_bytes(2, 2)).decode()
    cells = [
        text(f"Part {part}: ![p](attachment:my%20image.png)")
        | {"id": f"part-{part}", "attachments": {"my image.png": {"image/png": data}}}
        for part, data in ((1, PICTURE), (2, other))
    ]
    cell = small.cell(result_of(put("questions", *cells)).notebook, "questions")
    first, second = (part.split(")")[0] for part in cell["source"].split("(attachment:")[1:])
    assert cell["attachments"] == {
        first.replace("%20", " "): {"image/png": PICTURE},
        second: {"image/png": other},
    }


def test_a_cell_with_a_picture_only_is_an_answer() -> None:
    picture = text("![](attachment:a.png)") | {"attachments": {"a.png": {"image/png": PICTURE}}}
    result = result_of(put("questions", picture))
    assert offered(result) == Q
    assert "a.png" in small.cell(result.notebook, "questions")["attachments"]


def test_text_in_a_locked_cell_is_not_lost_beside_an_answer() -> None:
    notebook = deepcopy(instructors())
    small.cell(notebook, "questions-heading")["metadata"] = small.markdown("questions-heading", "", locked=True)[
        "metadata"
    ]
    source = parse_source(small.to_bytes(notebook), "numbers")
    submission = handed_in()
    small.cell(submission, "questions-heading").update(
        metadata=small.cell(notebook, "questions-heading")["metadata"], source=f"## 8 · Questions you met\n\n{ANSWER}"
    )
    for answer in ("YOUR ANSWER HERE", "Why?"):
        small.cell(submission, "questions")["source"] = answer
        restored = sources(restore(source, small.to_bytes(submission)))
        assert ANSWER in restored["questions"]
        assert ANSWER not in restored["questions-heading"]


@pytest.mark.parametrize("answered", [WRITTEN, ("conclusions",), ("questions",)])
@pytest.mark.parametrize("asked", [ASKED, ""])
def test_answers_with_exchanged_ids_are_known_by_what_they_ask_or_by_their_heading(
    answered: tuple[str, ...], asked: str
) -> None:
    def exchange(notebook: small.Notebook) -> None:
        first, second = (small.cell(notebook, name) for name in WRITTEN)
        first["source"] = f"{asked}\n\nmy conclusions" if "conclusions" in answered else ASKED
        second["source"] = "my questions" if "questions" in answered else "YOUR ANSWER HERE"
        for key in ("id", "metadata"):
            first[key], second[key] = second[key], first[key]

    result = result_of(exchange)
    texts = sources(result)
    assert {name for name in WRITTEN if texts[name].endswith(f"my {name}")} == set(answered)
    assert {("answer-elsewhere", name) for name in answered} <= kinds(result)
    assert ("id-lost", "") not in kinds(result)


def test_an_answer_that_was_moved_keeps_its_id() -> None:
    def move(notebook: small.Notebook) -> None:
        cell = small.cell(notebook, "questions") | {"source": "Why?"}
        notebook["cells"].remove(small.cell(notebook, "questions"))
        put("conclusions", cell)(notebook)

    assert sources(result_of(move))["questions"] == "Why?"


def test_code_with_the_id_of_an_answer_is_run() -> None:
    helper = small.code("helper", "def help(x):\n    return x", grade_id="questions", solution=True)
    result = result_of(put("imports", helper), delete("questions"), put("questions-heading", text(ANSWER)))
    assert sources(result)["helper"] == helper["source"]
    assert sources(result)["questions"] == ANSWER


@pytest.mark.slow
@pytest.mark.parametrize(
    "hostile",
    [
        text("# \n" * 200_000),
        text("…" * 1_000_000),
        code("#" * 2_000_000),
        code("'''" * 600_000),
        code("\n" * 2_000_000 + "!"),
        code("print(" * 300_000 + "'" * 300_000),
        text("```" * 500_000 + "x"),
        code("`" * 1_000_000 + "a b c"),
    ],
    ids=range(8),
)
def test_hostile_texts_are_looked_through_in_linear_time(hostile: Any) -> None:
    result = result_of(put("hand-in", *(hostile | {"id": f"own-{number}"} for number in range(3))))
    assert all(len(sources(result)[name]) <= 2 * MAX_COPIED for name in WRITTEN)
