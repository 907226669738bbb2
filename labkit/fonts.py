"""Find a font that has the signs of the language: no picture shows boxes. Without a font, pictures are English."""

from collections.abc import Callable
from functools import cache, wraps
from typing import ParamSpec, TypeVar

from labkit import words
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
    from matplotlib import font_manager, rcParams

    if name not in FONTS:
        return str(rcParams["font.sans-serif"][0])
    there_are = set(font_manager.get_font_names())
    return next((font for font in FONTS[name] if font in there_are), None)


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
                plt.rcParams["font.sans-serif"] = [*plt.rcParams["font.sans-serif"], font]
            return draw(*args, **kwargs)

    return wrapped


def show() -> None:
    """Show the figure; where no font has the signs of names that a cell gave it, these are said in English."""
    from matplotlib import pyplot as plt
    from matplotlib.text import Text

    name = chosen_language()
    if font_for(name) is None:
        for text in plt.gcf().findobj(Text):
            assert isinstance(text, Text)
            text.set_text(in_english(text.get_text(), name))
    plt.show()
