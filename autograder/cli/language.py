"""The language of the terminal, and the help of commands in it."""

import inspect
from collections.abc import Iterator, Mapping

import click

from autograder.language import ENGLISH, gettext, languages

_VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
"""Where gettext looks, in its order."""


def language_of(environment: Mapping[str, str]) -> str:
    """Choose the first language that the environment asks for and that there is; else English."""
    for variable in _VARIABLES:
        for wish in environment.get(variable, "").split(":"):
            name = wish.partition(".")[0].partition("@")[0]
            for there_is in languages():
                if name and (name == there_is or name == there_is.partition("_")[0]):
                    return there_is
            if name:
                return ENGLISH
    return ENGLISH


def help_texts(group: click.Group) -> Iterator[str]:
    """Yield all help texts of a group, as catalogues hold them."""
    for command in (group, *group.commands.values()):
        yield inspect.cleandoc(command.help or "")
        yield from (option.help for option in command.params if isinstance(option, click.Option) and option.help)


def translate_help(group: click.Group) -> None:
    """Say the help of all commands in the language of now."""
    for command in (group, *group.commands.values()):
        command.help = gettext(inspect.cleandoc(command.help or ""))
        command.short_help = command.help.partition("\n")[0].rstrip("。.")
        for option in command.params:
            if isinstance(option, click.Option) and option.help:
                option.help = gettext(option.help)
