"""The help of commands in the language of the terminal."""

import gettext as standard
import inspect
import os
from collections.abc import Iterator

import click

from autograder.language import CATALOGUES, DOMAIN, gettext, language


def all_commands(group: click.Group) -> Iterator[click.Command]:
    """Yield a group, its commands, and those of the groups among them."""
    yield group
    for command in group.commands.values():
        if isinstance(command, click.Group):
            yield from all_commands(command)
        else:
            yield command


def help_texts(group: click.Group) -> Iterator[str]:
    """Yield all help texts of a group, as catalogues hold them."""
    for command in all_commands(group):
        yield inspect.cleandoc(command.help or "")
        yield from (option.help for option in command.params if isinstance(option, click.Option) and option.help)


def translate_help(group: click.Group) -> None:
    """Say the help of all commands in the language of now, and what click itself says."""
    standard.bindtextdomain(DOMAIN, CATALOGUES)
    standard.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = language()  # where gettext, which click asks, looks first
    for command in all_commands(group):
        command.help = gettext(vars(command).setdefault("english", inspect.cleandoc(command.help or "")))
        command.short_help = command.help.partition("\n")[0].rstrip("。.")
        for option in command.params:
            if isinstance(option, click.Option) and option.help:
                option.help = gettext(vars(option).setdefault("english", option.help))
