"""The terminal speaks the language that the environment asks for, the help of commands too."""

import copy
from gettext import NullTranslations

import pytest
from click.testing import CliRunner

from autograder import language
from autograder.cli.commands import commands
from autograder.cli.language import help_texts, translate_help


@pytest.mark.parametrize(
    ("environment", "name"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh_CN"),
        ({"LANG": "zh"}, "zh_CN"),
        ({"LANG": "zh_TW.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "zh_CN"}, "zh_CN"),
        ({"LANGUAGE": "en:zh_CN", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LANGUAGE": "", "LANG": "zh_CN.utf8@pinyin"}, "zh_CN"),
    ],
)
def test_the_environment_chooses(environment: dict[str, str], name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "languages", lambda: ["en", "zh_CN"])
    assert language.wished_language(environment) == name


def test_the_help_of_every_command_and_option_can_be_translated(monkeypatch: pytest.MonkeyPatch) -> None:
    class Numbered(NullTranslations):
        def gettext(self, message: str) -> str:
            return f"T{texts.index(message)}." if message in texts else message

    texts = list(help_texts(commands))
    assert len(texts) > 50 and all(texts)
    monkeypatch.setattr("labkit.language.catalogue", lambda name: Numbered())
    translated = copy.deepcopy(commands)
    translate_help(translated)
    shown = CliRunner().invoke(translated, ["--help"]).output
    assert "T0." in shown
    assert not any(text.partition("\n")[0][:30] in shown for text in texts)
    for name in commands.commands:
        page = CliRunner().invoke(translated, [name, "--help"]).output
        assert texts[0] not in page and "  T" in page, name


def test_a_language_that_there_is_not_is_said_with_those_that_there_are() -> None:
    result = CliRunner().invoke(commands, ["--language", "tlh", "doctor"])
    assert result.exit_code == 2
    assert "There is no catalogue for tlh; there are: en" in result.output
