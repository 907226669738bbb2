"""What the toolkit prints is broken between words, not within one."""

import pytest

from labkit.say import WIDTH, columns, padded, say
from labkit.selfcheck import words

NAME = "backward_propagation_with_regularization"


@pytest.mark.parametrize("sentence", [words.unproven(NAME), words.stale(NAME), words.no_cases(), "short", ""])
def test_a_long_sentence_has_lines_of_whole_words(sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    say(sentence)
    lines = capsys.readouterr().out.splitlines()
    assert all(len(line) <= WIDTH for line in lines)
    assert " ".join(lines).split() == sentence.split()


def test_a_sentence_without_blanks_and_lines_of_its_own_stay(capsys: pytest.CaptureFixture[str]) -> None:
    say("一" * 100 + "\nsecond line")
    assert capsys.readouterr().out == "一" * 100 + "\nsecond line\n"


def test_a_chinese_sign_fills_two_columns_of_a_table_and_a_combining_one_none() -> None:
    assert [columns(text) for text in ("x̂", "形状", "λ = 0.7，一")] == [1, 4, 11]
    assert padded("形状", 6) == "形状  "
