"""Points that a class lost are put together by idea, the dearest first, each with a piece of code."""

from autograder.checking.verdict import Hint
from autograder.pages.autograded_notebook import Question
from autograder.pages.class_summary import ClassSummary, Loss
from autograder.pages.ideas import class_ideas, lost_by_reason
from autograder.pages.mistakes import WrongGroup
from autograder.pages.snippets import line_keys

RIGHT = "def area(a, b):\n    return a * b\n"
IDEAS = {"Sides are multiplied": ("area-plus", "volume-*")}


def loss(student: str, points: float, *hints: Hint, code: str = RIGHT, function: str = "area") -> Loss:
    cell = {"cell_type": "code", "source": code, "outputs": []}
    question = Question(f"test_{function}", function, 10.0, False, cell)
    work = ("lab", function)
    return Loss(student, work, work, function, function, points, "mistake" if hints else "wrong", hints, question)


PLUS, TWICE = Hint("area-plus", "Added?"), Hint("volume-plus", "Added again?")


def test_mistakes_of_one_idea_count_together_over_functions() -> None:
    summary = ClassSummary(
        losses=[loss("ann", 4.0, PLUS), loss("ann", 5.0, TWICE, function="volume"), loss("bob", 4.0, PLUS)]
    )
    (idea,) = class_ideas(summary, IDEAS, [])
    assert (idea.title, idea.points, idea.students, idea.functions) == (
        "Sides are multiplied", 13.0, ["ann", "bob"], ["area", "volume"],
    )  # fmt: skip
    assert [(hint.text, len(hint.students)) for hint in idea.told] == [("Added?", 2), ("Added again?", 1)]


def test_mistakes_without_an_idea_count_together_by_their_hint() -> None:
    same = [loss("ann", 4.0, Hint("area-a", "Look.")), loss("bob", 4.0, Hint("area-b", "Look."))]
    (idea,) = class_ideas(ClassSummary(losses=same), {}, [])
    assert idea.students == ["ann", "bob"] and idea.title == "In area" and [*idea.told[0].ids] == ["area-a", "area-b"]


def test_several_ideas_in_one_question_share_what_it_cost() -> None:
    both = ClassSummary(losses=[loss("ann", 6.0, PLUS, Hint("area-order", "Order?"))])
    assert [idea.points for idea in class_ideas(both, IDEAS, [])] == [3.0, 3.0]


def test_a_group_in_no_catalogue_stands_among_the_ideas() -> None:
    relation = Hint("relation-factor", "Twice as large.")
    losses = [loss("ann", 9.0), loss("bob", 9.0, relation), loss("cat", 1.0, PLUS), loss("dan", 9.0)]
    group = WrongGroup("k7m2", "area", ("ann", "bob"), {}, "ann", RIGHT)
    unknown, known = class_ideas(ClassSummary(losses=losses), IDEAS, [group])
    assert (unknown.points, unknown.group, unknown.is_rare) == (18.0, group, True)
    assert [hint.text for hint in unknown.told] == ["Twice as large."] and known.title == "Sides are multiplied"


def test_the_example_is_the_code_in_which_least_else_is_wrong() -> None:
    wrong = RIGHT.replace("a * b", "a + b")
    messy = wrong.replace("    return", "    c = 1\n    d = 2\n    return")
    summary = ClassSummary(losses=[loss("ann", 4.0, PLUS, code=messy), loss("bob", 4.0, PLUS, code=wrong)])
    summary.right["lab", "area"] = set(line_keys(RIGHT))
    (idea,) = class_ideas(summary, IDEAS, [])
    assert [line.text for line in idea.example if line.matters] == ["    return a + b"]


def test_reasons_are_added_up_with_the_students_they_concern() -> None:
    summary = ClassSummary(losses=[loss("ann", 4.0, PLUS), loss("ann", 2.0, TWICE), loss("bob", 3.0)])
    assert lost_by_reason(summary) == {"mistake": (6.0, 1), "wrong": (3.0, 1)}
