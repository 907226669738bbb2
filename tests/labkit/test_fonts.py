"""A picture never shows boxes: with a font it speaks the language, without one English."""

import inspect
import re
from collections.abc import Callable, Iterator
from gettext import NullTranslations

import matplotlib.pyplot as plt
import pytest
from matplotlib.text import Text

from labkit import fonts, language
from labkit.batch_norm import plots as batch_norm_plots
from labkit.language import _
from labkit.regularization import plots as regularization_plots

CHINESE = {"accuracy": "准确率"}


class Catalogue(NullTranslations):
    def gettext(self, message: str) -> str:
        return CHINESE.get(message, message) if language.language() == "zh_CN" else message


@pytest.fixture(autouse=True)
def chinese(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(language, "catalogue", lambda name: Catalogue())
    monkeypatch.setattr(language, "_phrases", {"zh_CN": {"L2, λ = #": "L2，λ = #", "plain network": "普通网络"}})
    monkeypatch.setattr(plt, "show", lambda: None)
    fonts._say_no_font.cache_clear()
    language.use_language("zh_CN")
    yield
    language.use_language("en")
    plt.close("all")


@fonts.drawing
def draw(*names: str) -> list[str]:
    plt.plot([0, 1])
    plt.title(_("accuracy"))
    for at, name in enumerate(names):
        plt.text(at, 0, name)
    plt.xticks(range(len(names)), names)
    fonts.show()
    return list(plt.rcParams["font.family"])


def shown() -> set[str]:
    return {text.get_text() for text in plt.gcf().findobj(Text) if isinstance(text, Text)}


@pytest.fixture
def font(monkeypatch: pytest.MonkeyPatch) -> Callable[[str | None], None]:
    return lambda name: monkeypatch.setattr(fonts, "font_for", lambda language: name)


def test_with_a_font_pictures_speak_the_language_and_keep_the_usual_one_for_digits_and_signs(
    font: Callable[[str | None], None], capsys: pytest.CaptureFixture[str]
) -> None:
    font("SimHei")
    usual = list(plt.rcParams["font.family"])
    assert draw("普通网络") == [*usual, "SimHei"]
    assert {"准确率", "普通网络"} <= shown()
    assert list(plt.rcParams["font.family"]) == usual
    assert not capsys.readouterr().out


def test_a_sign_that_the_usual_font_lacks_is_drawn_with_the_other(font: Callable[[str | None], None]) -> None:
    """Two fonts that come with matplotlib: cmr10 has no λ; a missing sign is a warning, and warnings are errors."""
    font("DejaVu Sans")
    with plt.rc_context({"font.family": ["cmr10"]}):
        fonts.drawing(lambda: plt.figtext(0.5, 0.5, "λ"))()
    plt.gcf().canvas.draw()  # after the cell, as Jupyter does


def test_without_a_font_pictures_are_english_and_one_line_says_how_to_get_one(
    font: Callable[[str | None], None], capsys: pytest.CaptureFixture[str]
) -> None:
    font(None)
    draw("普通网络", "L2，λ = 0.7", "我的 net")
    plt.gcf().canvas.draw()  # which writes the labels of the ticks anew
    assert {"accuracy", "plain network", "L2, λ = 0.7", "?? net"} <= shown()
    draw()
    assert capsys.readouterr().out.count("fonts-noto-cjk") == 2  # one line, for Linux and for Colab


@pytest.mark.parametrize("finish", [fonts.show, fonts.tight_layout])
def test_no_way_to_finish_a_picture_leaves_signs_without_a_font(
    font: Callable[[str | None], None], finish: Callable[[], None]
) -> None:
    font(None)

    @fonts.drawing
    def titled() -> None:
        plt.title("普通网络\n0.5")
        plt.figlegend(plt.plot([0, 1]), ["我的"])
        finish()

    titled()
    plt.gcf().canvas.draw()  # a missing sign is a warning, and warnings are errors


def test_every_picture_of_the_labs_is_finished_that_way() -> None:
    """But for those to which no cell gives a name."""
    unnamed = {"draw_computational_graph", "plot_digits"}
    for module in (batch_norm_plots, regularization_plots):
        for name, function in vars(module).items():
            own = getattr(function, "__module__", "") == module.__name__
            if own and hasattr(function, "__wrapped__") and name not in unnamed:
                source = inspect.getsource(function)
                assert re.search(r"(?<!plt\.)\b(?:show|tight_layout)\(", source), name


def test_english_needs_no_font_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    language.use_language("en")
    draw("L2, λ = 0.7")
    assert {"accuracy", "L2, λ = 0.7"} <= shown()
    assert not capsys.readouterr().out


def test_the_best_font_that_is_there_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    from matplotlib import font_manager

    monkeypatch.setattr(font_manager, "get_font_names", lambda: ["SimHei", "DejaVu Sans", "Noto Sans CJK SC"])
    fonts.font_for.cache_clear()
    assert fonts.font_for("zh_CN") == "SimHei"
    monkeypatch.setattr(font_manager, "get_font_names", lambda: ["DejaVu Sans"])
    monkeypatch.setattr(font_manager, "findSystemFonts", list)
    fonts.font_for.cache_clear()
    assert fonts.font_for("zh_CN") is None
    fonts.font_for.cache_clear()


def test_a_font_that_was_installed_after_matplotlib_made_its_list_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    from matplotlib import font_manager

    names = ["DejaVu Sans"]
    monkeypatch.setattr(font_manager, "get_font_names", lambda: names)
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: ["/fonts/broken.ttf", "/fonts/new.ttc"])

    def add(path: str) -> None:
        if "broken" in path:
            raise RuntimeError("no font")
        names.append("WenQuanYi Zen Hei")

    monkeypatch.setattr(font_manager.fontManager, "addfont", add)
    fonts.font_for.cache_clear()
    assert fonts.font_for("zh_CN") == "WenQuanYi Zen Hei"
    fonts.font_for.cache_clear()


def test_signs_that_the_usual_font_lacks_are_drawn_with_the_font_of_the_language(
    font: Callable[[str | None], None],
) -> None:
    """With a font that comes with matplotlib and a sign that only it has; a box would be a warning, which fails."""
    font("STIXNonUnicode")
    draw("\ue000 − λ")
    plt.title("")  # which that font lacks
    plt.gcf().canvas.draw()
