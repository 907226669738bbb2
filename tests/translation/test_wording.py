"""The Chinese is set and worded as in a textbook, and carries the formulas, code and places of the English."""

import re
from collections import Counter
from functools import cache

import pytest
from babel.messages.pofile import read_po
from markdown_it import MarkdownIt

from autograder.assignments import names
from autograder.translation.update import domains
from tests.test_architecture import REPOSITORY

CHINESE = "\u3400-\u9fff"
FULL = "，。；：？！、（）“”《》"
CODE = re.compile(r"`[^`]+`")
FORMULA = re.compile(r"\$\$.+?\$\$|\$[^$]+\$", re.DOTALL)
PLACE = re.compile(r"\{[^{}]*\}|%\(\w+\)s")
LIST_MARK = re.compile(r"- \d+: |^\s+[\w\"、, ]+: ", re.MULTILINE)
"""A rubric's item and an argument of a docstring have a colon that programs read."""
PAGES = ["README.zh.md", *(str(path.relative_to(REPOSITORY)) for path in (REPOSITORY / "docs/zh_CN").glob("*.md"))]


@cache
def texts(domain: str) -> list[tuple[str, str]]:
    """Return the English and the Chinese of a catalogue, each plural form beside the last form of the English."""
    (path,) = (one.path("zh_CN") for one in domains() if one.name == domain)
    pairs = []
    with path.open("rb") as file:
        for message in read_po(file, locale="zh_CN"):
            if message.id:
                english = message.id if isinstance(message.id, str) else message.id[-1]
                chinese = [message.string] if isinstance(message.string, str) else message.string
                pairs += [(english, one) for one in chinese or []]
    return pairs


def without_code(text: str) -> str:
    """Put a letter in the place of code and formulas, in which a star is a star."""
    return FORMULA.sub("X", CODE.sub("X", text))


DOMAINS = [one.name for one in domains()]


def glossary() -> list[tuple[re.Pattern[str], list[str]]]:
    """Read for each row of the glossary how the English is found, and which words the Chinese may have for it."""
    page = (REPOSITORY / "docs/zh_CN/terms.md").read_text(encoding="utf-8")
    rows = [line.strip("|").split("|") for line in page.split("\n") if line.startswith("| ") and "English" not in line]
    words = [[[word.strip() for word in cell.split("/")] for cell in row[:2]] for row in rows]
    return [
        (re.compile(rf"(?<![\w./-])(?:{'|'.join(map(re.escape, english))})s?(?![\w.-])", re.IGNORECASE), chinese)
        for english, chinese in words
    ]


def faults(text: str) -> list[str]:
    """List what is not set as Chinese is: half-width signs, and spaces where none or not one belongs."""
    text = re.sub(r"```.*?```|<[^>]+>|\]\([^)]*\)", "]", text, flags=re.DOTALL)
    text = re.sub(r" ?\| ?|^\s*(?:\d+\.|-) (?!\d+:)", "|", text, flags=re.MULTILINE)
    text = FORMULA.sub("X", CODE.sub("X", PLACE.sub("X", LIST_MARK.sub("", text))))
    plain = re.sub(r"\*+|\\n", "", re.sub(r"(?<=[。：？])\*+ ", "", text))
    patterns = [
        rf"[{CHINESE}”）][,;:!?]",
        rf"[,;:!?] ?[{CHINESE}]",
        rf"[{CHINESE}]\(|(?<!·)\([{CHINESE}]|\)[{CHINESE}]",
        rf"[{CHINESE}][A-Za-z0-9]|[A-Za-z0-9%][{CHINESE}]",
        rf"[{CHINESE}] [{CHINESE}]",
        rf"\S [{FULL}]|[，；：？！、（“《] (?! )",
        r"\d %",
    ]
    return [found for pattern in patterns for found in re.findall(f".{{0,8}}(?:{pattern}).{{0,8}}", plain)]


@pytest.mark.parametrize("domain", DOMAINS)
def test_chinese_has_its_own_signs_and_one_rule_for_spaces(domain: str) -> None:
    assert not [fault for _, chinese in texts(domain) for fault in faults(chinese)]


@pytest.mark.parametrize("page", PAGES)
def test_the_chinese_pages_keep_the_same_rules(page: str) -> None:
    assert not faults((REPOSITORY / page).read_text(encoding="utf-8"))


@pytest.mark.parametrize("domain", DOMAINS)
def test_formulas_code_and_places_are_those_of_the_english(domain: str) -> None:
    for english, chinese in texts(domain):
        for kind in (FORMULA, CODE, PLACE):
            mine, theirs = Counter(kind.findall(chinese)), Counter(kind.findall(english))
            assert mine.total() == theirs.total(), (english, chinese)
            assert {*mine} - {*theirs} == {one for one in mine - theirs if re.search(f"[{CHINESE}]", one)}, chinese


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_terms_are_those_of_the_glossary(domain: str) -> None:
    terms = glossary()
    missed = []
    for english, chinese in texts(domain):
        words = PLACE.sub("", CODE.sub("", english)).partition("**Sources.**")[0]
        for term, allowed in terms:
            if (said := term.search(words)) and not any(word in chinese for word in allowed):
                missed.append((said[0], allowed, english, chinese))
    assert not missed


@pytest.mark.parametrize("assignment", names())
def test_a_paragraph_of_the_notebook_is_one_line_and_its_emphasis_is_drawn(assignment: str) -> None:
    """A line's end would be shown as a space, and Markdown leaves the ** of 「**字。**字」 as it is."""
    for english, chinese in texts(assignment):
        if "Args:" not in english and not english.startswith("W and b of one affine step"):
            assert not re.search(rf"[{CHINESE}{FULL}]\n *(?:> )?[^\s\d>|<-]", chinese), chinese
            for bold in re.finditer(r"(.?)\*\*(.+?)\*\*(.?)", CODE.sub("X", chinese)):
                before, inside, after = bold.groups()
                assert inside[0] not in FULL or before in f" {FULL}", bold.group()
                assert inside[-1] not in FULL or after in f" {FULL}", bold.group()
        if re.search(r"\*\S[^*]*\*", without_code(english)):
            assert "*" not in MarkdownIt().render(without_code(chinese)), chinese
