"""What students answered is read in bounded memory, and alike answers stand together."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.marking.answers import Answers, group_alike, own_part
from autograder.marking.questions import Written, written_questions
from autograder.pages.autograded_notebook import AutogradedNotebook, read_autograded
from tests.helpers.graded_course import png
from tests.helpers.marked_course import ASSIGNMENT, GIVEN, QUESTION, SKETCH, answer, autograded, hand_in, make_course

LONG = "Air scatters short waves much more than long ones, which is why we see them from all sides at noon."


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return make_course(tmp_path)


@pytest.fixture
def written(course: Course) -> Written:
    return written_questions(course, ASSIGNMENT)[QUESTION.key]


def read(course: Course, **texts: str) -> Answers:
    hand_in(course, {student: autograded(text) for student, text in texts.items()})
    answers = Answers(course, ASSIGNMENT)
    answers.refresh(written_questions(course, ASSIGNMENT), sorted(texts))
    return answers


def test_questions_come_in_order_with_what_the_source_says(course: Course) -> None:
    first, second = written_questions(course, ASSIGNMENT).values()
    assert first.question == QUESTION
    assert [item.points for item in first.scheme.items] == [3, 2, -1]
    assert (first.title, first.code, first.problems) == ("Conclusions", False, [])
    assert len(second.problems) == 2
    assert "conclusion_2, line 5" in second.problems[0]
    assert "3 of 4" in second.problems[1]


@pytest.mark.parametrize(
    ("text", "own"),
    [
        (answer("Blue."), "Blue."),
        (answer("Blue.").replace("\n\n", "\n"), "Blue."),
        (answer(""), ""),
        (GIVEN, ""),
        ("Blue.", "Blue."),
        (
            answer("Blue.").replace("Why", "Why on earth"),
            answer("Blue.").replace("Why", "Why on earth").split("\n\nTwo")[0],
        ),
        (answer("One.\n\nTwo sentences are enough.\n\nThree."), "One.\n\nTwo sentences are enough.\n\nThree."),
    ],
)
def test_only_the_student_s_own_part_is_shown(text: str, own: str) -> None:
    assert own_part(text, GIVEN) == own


def test_an_answer_is_shown_safely_with_its_pictures(course: Course, written: Written) -> None:
    content = json.loads(
        autograded("<script>alert(1)</script>\n\n![a plot](attachment:a.png) **so**", pictures=[png()])
    )
    content["cells"][3]["attachments"] = {"a.png": {"image/png": png()}}
    hand_in(course, {"anna": json.dumps(content).encode()})
    answers = Answers(course, ASSIGNMENT)
    answers.refresh({QUESTION.key: written}, ["anna"])
    html = answers.html(written, "anna")
    assert "<script" not in html
    assert "<strong>so</strong>" in html
    assert 'src="data:image/png;base64,' in html
    content["cells"].append({"cell_type": "markdown", "id": "own", "metadata": {}, "source": "Name: Anna"})
    content["metadata"]["autograder"] = {"own_texts": ["own"]}
    course.autograded("anna", ASSIGNMENT).joinpath(f"{ASSIGNMENT}.ipynb").write_text(json.dumps(content))
    assert len(answers.experiments(replace(written, task=True), "anna")) == 2
    ((code, outputs),) = answers.experiments(written, "anna")  # a title block would say whose it is
    assert code is not None
    assert "<img" in outputs[0]


def test_who_left_the_stub_or_handed_in_nothing_readable_is_empty(course: Course, written: Written) -> None:
    answers = read(course, anna="", bob="  \n\n", carl="No idea.", dora="x")
    course.autograded("dora", ASSIGNMENT).joinpath(f"{ASSIGNMENT}.ipynb").write_text("no notebook")
    answers.refresh({QUESTION.key: written}, ["anna", "bob", "carl", "dora", "eve"])
    assert [who for who in ("anna", "bob", "carl", "dora", "eve") if answers.is_empty(written, who)] == [
        "anna",
        "bob",
        "dora",
        "eve",
    ]


def test_only_what_changed_is_read_again(course: Course, written: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    read(course, anna="One.", bob="Two.")
    opened: list[Path] = []

    def read_and_note(path: Path) -> AutogradedNotebook:
        opened.append(path)
        return read_autograded(path)

    monkeypatch.setattr("autograder.marking.answers.read_autograded", read_and_note)
    again = Answers(course, ASSIGNMENT)
    again.refresh({QUESTION.key: written}, ["anna", "bob"])
    assert not opened
    file = course.autograded("bob", ASSIGNMENT) / f"{ASSIGNMENT}.ipynb"
    file.write_bytes(autograded("Three and more."))
    again.refresh({QUESTION.key: written}, ["anna", "bob"])
    assert opened == [file]
    assert "Three" in again.html(written, "bob")


@pytest.mark.parametrize("content", ["", "{", '{"version": 0}', "[]"])
def test_a_broken_store_is_read_anew(course: Course, written: Written, content: str) -> None:
    read(course, anna="One.")
    (course.private / "marking" / f"{ASSIGNMENT}.json").write_text(content)
    answers = Answers(course, ASSIGNMENT)
    answers.refresh({QUESTION.key: written}, ["anna"])
    assert "One" in answers.html(written, "anna")


def test_a_key_says_nothing_about_the_student_and_stays(course: Course) -> None:
    answers = read(course, anna="One.", bob="Two.")
    keys = [answers.key(student) for student in ("anna", "bob")]
    assert answers.student(keys[1]) == "bob"
    assert len({*keys}) == 2
    assert Answers(course, ASSIGNMENT).key("anna") == keys[0]
    assert answers.student("anna") is None


def groups(course: Course, written: Written, **texts: str) -> list[list[str]]:
    return [sorted(group) for group in read(course, **texts).groups(written, sorted(texts))]


def test_equal_answers_are_a_group_whatever_their_signs_and_lines(course: Course, written: Written) -> None:
    assert groups(
        course, written, anna="Short waves.", bob="short  **waves**", carl="\nShort\nwaves!", dora="Long waves.", eve=""
    ) == [["anna", "bob", "carl"], ["dora"]]


def test_nearly_equal_answers_are_a_group(course: Course, written: Written) -> None:
    near = LONG.replace("much", "far").replace("noon", "midday")
    assert groups(course, written, anna=LONG, bob=near, carl="Something else, as long as the other answers here.") == [
        ["anna", "bob"],
        ["carl"],
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (LONG + " It is 5.", LONG + " It is 6."),
        (LONG + " It is -1.", LONG + " It is 1."),
        (LONG + " It helps.", LONG + " It does not help."),
        (LONG + " It can.", LONG + " It can't."),
        ("这个网络有过拟合的问题，因为训练误差小而测试误差大，差别很明显，所以需要正则化来减少它。" * 2,
         "这个网络没有过拟合的问题，因为训练误差小而测试误差大，差别很明显，所以需要正则化来减少它。" * 2),
        ("yes", "yet"),
    ],
)  # fmt: skip
def test_where_one_sign_may_be_the_answer_two_are_not_alike(
    course: Course, written: Written, one: str, other: str
) -> None:
    assert len(groups(course, written, anna=one, bob=other)) == 2


def test_a_group_does_not_drift(course: Course) -> None:
    """Each is like the next, but the last is not like the first."""
    words = [f"word{letter}" for letter in "abcdefghijklmnopqrst"]
    texts = {str(step): ("", " ".join(["other"] * step + words[step:])) for step in range(20)}
    for group in group_alike(texts):
        numbers = [int(student) for student in group]
        assert max(numbers) - min(numbers) < 8


def test_pictures_tell_answers_apart(course: Course) -> None:
    assert len(group_alike({"anna": ("one", "see"), "bob": ("other", "see"), "carl": ("one", "see")})) == 2


def test_the_other_question_has_its_own_answers(course: Course) -> None:
    questions = written_questions(course, ASSIGNMENT)
    hand_in(course, {"anna": autograded("One.", "Opposite.")})
    answers = Answers(course, ASSIGNMENT)
    answers.refresh(questions, ["anna"])
    assert "Opposite" in answers.html(questions[f"{ASSIGNMENT}/{SKETCH}"], "anna")
