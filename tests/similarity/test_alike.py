"""Work that is alike is asked about where hardly anybody else's is so, and only there."""

import random
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Indel

from autograder.similarity import alike
from autograder.similarity.alike import AlikeGroup, alike_groups
from autograder.similarity.work import MAX_TOKENS, Part, Work, code_tokens, word_tokens

COMMON = (
    "def f(x, lam, m):\n    return lam / (2 * m) * np.sum(np.square(x)) + np.mean(x)",
    "def f(x, lam, m):\n    sum = 0\n    for w in x:\n        sum += np.sum(w ** 2)\n    return lam * sum / m / 2",
    "def f(x, lam, m):\n    penalty = sum(np.linalg.norm(w) ** 2 for w in x)\n    return penalty * lam / (m + m)",
)
OWN = """def f(x, lam, m):
    flat = np.concatenate([w.ravel() for w in x])
    weight = np.dot(flat, flat) if flat.size else 0.0
    return weight * lam * 0.5 / m"""
RENAMED = """def f(values, strength, count):
    # collect everything in a long row
    row = np.concatenate([each.ravel()   for each in values])
    squares = np.dot(row, row) if row.size else 0.0

    return squares*strength*0.5/count"""
QUESTIONS = ("cost", "gradient", "forward", "backward")
ANSWER = "Dropout keeps the network honest because no neuron may lean on one other neuron for its whole life."


def student(name: str, code: dict[str, str], answer: str = "", file: Path | None = None) -> Work:
    parts = {("lab", question): Part(question, False, code_tokens(text)) for question, text in code.items()}
    if answer:
        parts["lab", "words"] = Part("Conclusions", True, word_tokens(answer))
    return Work(name, [file] if file else [], parts)


def variant(text: str, number: int) -> str:
    """Another person's way: statements of their own before the same idea."""
    head, body = text.split("\n", 1)
    extra = "\n".join(
        f"    step{i} = {'x' if number >> i & 1 else '[lam]'}{' + m' * (number % (i + 3))}" for i in range(6)
    )
    return f"{head}\n{extra}\n{body}"


def a_class(size: int, seed: int) -> list[Work]:
    draw = random.Random(seed)
    return [
        student(
            f"s{number:03}",
            {
                question: variant(draw.choice(COMMON), draw.randrange(64))
                if draw.random() < 0.3
                else draw.choice(COMMON)
                for question in QUESTIONS
            },
        )
        for number in range(size)
    ]


def names(groups: list[AlikeGroup]) -> list[tuple[str, ...]]:
    return [group.students for group in groups]


@pytest.mark.parametrize("seed", range(8))
def test_students_who_write_what_many_write_are_left_in_peace(seed: int) -> None:
    draw = random.Random(seed)
    crowd = [student(f"s{n:03}", {q: draw.choice(COMMON) for q in QUESTIONS}) for n in range(80)]
    assert alike_groups(crowd) == []


def test_a_copy_with_other_names_comments_and_layout_is_asked_about() -> None:
    copied = dict.fromkeys(QUESTIONS[:3], OWN)
    renamed = dict.fromkeys(QUESTIONS[:3], RENAMED)
    groups = alike_groups([*a_class(80, 1), student("ann", copied), student("ben", renamed)])
    (group,) = (group for group in groups if "ann" in group.students)
    assert group.students == ("ann", "ben") and not group.same_file and not group.words
    assert sorted(part.name for part in group.code) == sorted(QUESTIONS[:3])
    assert all(part.exact and part.students == 2 for part in group.code)


def test_one_rare_function_in_common_is_chance_in_a_large_class_and_the_same_three_are_not() -> None:
    crowd = a_class(200, 2)

    def asked(shared: int) -> bool:
        pair = [student(name, dict.fromkeys(QUESTIONS[:shared], OWN)) for name in ("ann", "ben")]
        return ("ann", "ben") in names(alike_groups([*crowd, *pair]))

    assert [asked(shared) for shared in (1, 3)] == [False, True]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (ANSWER, ANSWER.upper().replace(" ", "  "), True),
        (ANSWER, ANSWER.replace("honest", "modest").replace("whole", "entire"), True),
        (
            ANSWER,
            "Because weights stay small, the function that the network computes bends less, and noise fits less well.",
            False,
        ),
        ("I do not know.", "I do not know.", False),
        (
            "随机失活让每个神经元不能只依赖另一个神经元,所以网络更稳健",
            "随机失活让每个神经元不能只依赖另一个神经元,因此网络更稳健",
            True,
        ),
    ],
)
def test_the_same_words_are_asked_about_and_short_or_other_ones_not(first: str, second: str, expected: bool) -> None:
    crowd = [student(f"s{n:02}", {}, " ".join(f"word{n * 20 + k}" for k in range(20))) for n in range(30)]
    groups = alike_groups([*crowd, student("ann", {}, first), student("ben", {}, second)])
    assert names(groups) == ([("ann", "ben")] if expected else [])
    assert all(group.words[0].exact == (first.casefold().split() == second.casefold().split()) for group in groups)


def test_words_that_a_fifth_of_the_class_writes_are_the_courses_own() -> None:
    assert alike_groups([student(f"s{n:02}", {}, ANSWER) for n in range(10)]) == []


def test_the_same_file_is_asked_about_and_an_untouched_notebook_not(tmp_path: Path) -> None:
    works = []
    for name, text in (("ann", "same"), ("ben", "same"), ("cat", "else"), ("dan", "none"), ("eva", "none")):
        path = tmp_path / f"{name}.ipynb"
        path.write_text(text, encoding="utf-8")
        works.append(student(name, {} if text == "none" else {"cost": COMMON[0]}, file=path))
    (tmp_path / "fay.ipynb").symlink_to(tmp_path / "ann.ipynb")
    works.append(student("fay", {"cost": COMMON[0]}, file=tmp_path / "fay.ipynb"))
    works.append(student("gil", {"cost": COMMON[0]}, file=tmp_path / "gone.ipynb"))
    (group,) = alike_groups(works)
    assert group.students == ("ann", "ben") and group.same_file


def test_a_chain_of_copies_is_a_single_group_whatever_the_order() -> None:
    answers = [ANSWER, ANSWER.replace("honest", "modest"), ANSWER.replace("honest", "modest").replace("lean", "rest")]
    works = [student(name, {}, text) for name, text in zip("abc", answers, strict=True)]
    works += [student(f"s{n:02}", {}, " ".join(f"w{n}x{k}" for k in range(20))) for n in range(20)]
    assert names(alike_groups(works)) == names(alike_groups(works[::-1])) == [("a", "b", "c")]


@settings(max_examples=60, deadline=None)
@given(
    st.sets(st.lists(st.sampled_from("abcd"), min_size=1, max_size=12).map(tuple), min_size=1, max_size=25), st.data()
)
def test_shapes_of_similar_length_are_all_that_need_comparing(
    shapes: set[tuple[str, ...]], data: st.DataObject
) -> None:
    ranked = sorted(shapes, key=lambda shape: (len(shape), shape))
    least = data.draw(st.sampled_from((0.503, 0.803, 0.853, 0.923)))
    expected = [
        [other for other, second in enumerate(ranked) if Indel.normalized_similarity(first, second) >= least]
        for first in ranked
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alike, "_CHUNK", data.draw(st.sampled_from((1, 3, 500))))
        assert alike._near(ranked, least) == expected


@pytest.mark.parametrize("text", ['"' * 400_000, "'''" * 100_000, "a." * 200_000, "\\" * 400_000, "é" * 400_000])
def test_text_of_any_kind_is_reduced_in_linear_time(text: str) -> None:
    def cost(length: int) -> float:
        began = time.process_time()
        for _ in range(3):
            code_tokens(text[:length])
            word_tokens(text[:length])
        return time.process_time() - began

    assert len(code_tokens(text)) <= MAX_TOKENS and len(word_tokens(text)) <= MAX_TOKENS
    assert cost(len(text)) < 40 * cost(len(text) // 10) + 0.05
