"""Find a font that has the signs of the language: no picture shows boxes. Without a font, pictures are English."""

import logging
from collections.abc import Callable
from contextlib import suppress
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar

from labkit import words
from labkit.files import find_upward
from labkit.language import ENGLISH, chosen_language, in_english, language, speaking
from labkit.say import say

FONTS = {
    "zh_CN": (
        "Microsoft YaHei",
        "SimHei",
        "PingFang SC",
        "Hiragino Sans GB",
        "Heiti SC",
        "Noto Sans CJK SC",
        "Noto Sans SC",
        "Source Han Sans SC",
        "Source Han Sans CN",
        "WenQuanYi Micro Hei",
        "WenQuanYi Zen Hei",
        "SimSun",
        "Arial Unicode MS",
        "Noto Sans CJK JP",
        "Droid Sans Fallback",
    )
}
"""Fonts that have the signs of a language, the best first. A language that is not here needs none of its own."""

P = ParamSpec("P")
R = TypeVar("R")


@cache
def font_for(name: str) -> str | None:
    """Find the best font of this machine for a language.

    Returns:
        Its name; None if a font is needed and none is there.
    """
    from matplotlib import rcParams

    if name not in FONTS:
        return str(rcParams["font.sans-serif"][0])
    if best := _best_of(name):
        return best
    _look_again()
    return _best_of(name)


def _best_of(name: str) -> str | None:
    from matplotlib import font_manager

    there_are = set(font_manager.get_font_names())
    return next((font for font in FONTS[name] if font in there_are), None)


def _look_again() -> None:
    """Add the fonts that were installed since matplotlib listed them: it keeps its list for all later kernels."""
    from matplotlib import font_manager

    listed = {font.fname for font in font_manager.fontManager.ttflist}
    for path in font_manager.findSystemFonts():
        if path not in listed:
            with suppress(OSError, RuntimeError):  # a file that is no font
                font_manager.fontManager.addfont(path)


@cache
def _say_no_font(name: str) -> None:
    say(words.no_font())


def drawing(draw: Callable[P, R]) -> Callable[P, R]:
    """Make a function that draws say its words in a language that this machine has the signs of."""

    @wraps(draw)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        from matplotlib import pyplot as plt

        name = language()
        font = font_for(name)
        if font is None:
            _say_no_font(name)
            with speaking(ENGLISH):
                return draw(*args, **kwargs)
        with plt.rc_context():
            if name in FONTS:
                logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # a weight is off: no news
                # a family of its own: of those that "sans-serif" stands for, matplotlib takes one for all signs
                plt.rcParams["font.family"] = [*plt.rcParams["font.family"], font]
            return draw(*args, **kwargs)

    return wrapped


def show() -> None:
    """Show the figure; where no font has the signs of names that a cell gave it, these are said in English."""
    from matplotlib import pyplot as plt

    _name_in_english()
    plt.show()


def tight_layout(**options: Any) -> None:
    """Set the parts of the figure close together, with the names that it will be shown with."""
    from matplotlib import pyplot as plt

    _name_in_english()
    plt.tight_layout(**options)


def _name_in_english() -> None:
    """Say the names that a cell gave to the figure in English, if no font has their signs."""
    from matplotlib import pyplot as plt
    from matplotlib.text import Text
    from matplotlib.ticker import FixedLocator

    name = chosen_language()
    if font_for(name) is not None:
        return
    _know_names()
    for text in plt.gcf().findobj(Text):
        assert isinstance(text, Text)
        text.set_text("\n".join(in_english(line, name) for line in text.get_text().split("\n")))
    for axes in plt.gcf().axes:
        for axis in (axes.xaxis, axes.yaxis):
            if isinstance(axis.get_major_locator(), FixedLocator):  # its labels are written anew when it is drawn
                axis.set_ticklabels([in_english(label.get_text(), name) for label in axis.get_ticklabels()])


@cache
def _know_names() -> None:
    """Read the English of the names that the notebook's cells give; it came with the public cases."""
    from labkit.selfcheck import public_cases

    if path := find_upward(public_cases.FILE_NAME):
        with suppress(OSError, ValueError):
            public_cases.read(path)
