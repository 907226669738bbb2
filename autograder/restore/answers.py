"""Find written answers that stand outside their answer cells, so that none is closed unseen.

An answer cell is open if it is missing or holds nothing but given text. For each open one the student's own texts are
looked through: own text cells anywhere; given text cells that were changed; near the answer, what is said in code
cells, as a comment, a string or an output. What stands under the same heading belongs to the answer; other texts are
offered to the nearest open answers, and to those that they name ("Conclusion 2:"). What was found goes into the answer
cell, marked, so that a person grades it.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import accumulate
from urllib.parse import unquote

from autograder.notebook.budget import check
from autograder.notebook.cell_names import is_python
from autograder.notebook.format import Attachments, Output, StudentCell
from autograder.notebook.source import SourceCell
from autograder.restore import words
from autograder.restore.matching import Matching, same_text

MAX_COPIED = 100_000
"""Characters copied from other cells into one answer cell."""
MAX_CODE = 20_000
"""Characters of a code cell that are looked at."""
FAR_WORDS = 5
"""Words that must be added to a given cell far from an answer to count as a text: fewer are a name or a slip."""

_WORD = re.compile(r"\w+")
_LETTER = re.compile(r"[^\W\d_]")
_LETTERS = re.compile(r"[\u3040-\u9fff\uac00-\ud7af]|[^\W\d_]{2,}")
"""Words, and the characters of languages that do not part them."""
_TICK = re.compile(r"\[[xX ]?\]")
_GAP = re.compile(r"…|\.{3}|_{3,}")
_SAID = re.compile(
    r"""^[rRbBfFuU]{0,2}["'][^\n]*?[^\W\d_]
      |^["']{3}\s*[^\W\d_]
      |\b(?:print|display|Markdown|HTML|Latex)[ \t]*\(\s*[rRbBfFuU]{0,2}["']+[^\n"']*[^\W\d_]
      |\A\s*%%(?:markdown|html|latex|svg|writefile|bash|sh)\b
      |^[ \t]*![ \t]*echo\b""",
    re.VERBOSE | re.MULTILINE,
)
"""A string on its own, a printed or displayed one, a magic for text."""
_STRING = re.compile(r"\"{3}.*?\"{3}|'{3}.*?'{3}|\"[^\"\n]*\"|'[^'\n]*'", re.DOTALL)
_ATTACHED = re.compile(r"attachment:([^)\s\"'>]+)")
_TAG = re.compile(r"<[^<>]*>")
_FENCE = re.compile(r"`{3,}")
_DIGITS = "一二三四五六七八九十"
_CIRCLED = re.compile(r"([①-⑩])")
_LABEL = re.compile(
    rf"""^(?:[^\w\n]|_)* ((?!第)[^\W\d_]{{1,20}})? (?:[^\w\n]|_){{0,4}}
      第?(\d{{1,2}}|[{_DIGITS}])(?![.,]?\d)
      (?(1)|(?=[ \t]*(?:[.:,;、()\[\]|*>\\–—-]|[题问条号]|$)))""",
    re.VERBOSE | re.MULTILINE,
)
"""The beginning of a line that numbers what follows, after NFKC: "2.", "**Conclusion 2** (…)", "结论二:", "| 2 |"."""
_COUNTED = frozenset({"", "answer", "question", "q", "答", "答案", "回答", "问", "问题", "题"})
"""Words before a number that count the answers of a series, in the cell of one of them."""


@dataclass(frozen=True)
class Piece:
    """A text of the student's own that may be an answer.

    Attributes:
        cell: the student's cell that it stands in.
        index: the index of that cell.
        at: the source cell that this cell follows, or stands for; -1 at the beginning.
        origin: what kind of cell it is.
        text: the text as Markdown.
        run: the run of text cells that it stands in, which has an answer cell in it; -1 if there is none.
    """

    cell: StudentCell
    index: int
    at: int
    origin: words.Origin
    text: str
    run: int


@dataclass
class OpenAnswer:
    """What was found for an answer cell.

    Attributes:
        pieces: texts that stand elsewhere.
        is_continued: whether the cell itself holds a text of the student's own, which comes first.
        other: the grade_id of the answer that may hold this one too.
    """

    pieces: list[Piece] = field(default_factory=list)
    is_continued: bool = False
    other: str = ""


@dataclass(frozen=True)
class Answers:
    """The answers of a submission that stand outside their cells.

    Attributes:
        found: source cell → what was found for it; those with nothing are in it too.
        moved: the student's cells that are no own cells any more, because their text went into an answer cell.
    """

    found: dict[int, OpenAnswer]
    moved: frozenset[int]

    def is_directly_below(self, at: int, matching: Matching) -> bool:
        """Whether all that was found for an answer is text that follows its cell at once."""
        return all(_follows(piece, at, matching) for piece in self.found[at].pieces)


class _Runs:
    """The runs of text cells between the source's code cells, numbered; those matter that have a written answer."""

    def __init__(self, matching: Matching) -> None:
        cells = matching.source.cells
        self._numbers = list(accumulate(int(cell.kind == "code") for cell in cells))
        self._answered = {self._numbers[at] for at in matching.source.written}

    def at(self, at: int) -> int:
        """Return the run that a text cell of the source stands in, and that begins below a code cell; or -1."""
        number = self._numbers[at] if at >= 0 else 0
        return number if number in self._answered else -1

    def is_beside(self, at: int) -> bool:
        """Whether a code cell of the source stands directly above or below such a run."""
        return not self._answered.isdisjoint((self._numbers[at] - 1, self._numbers[at]))


def find_answers(matching: Matching) -> Answers:
    """Find what may answer the written questions whose own cells are open."""
    written = matching.source.written
    found = {at: OpenAnswer() for at in written if not _is_filled(at, matching)}
    continued = {at: OpenAnswer(is_continued=True) for at in written if at not in found}
    if not written:
        return Answers({}, frozenset())
    loose: list[Piece] = []
    runs = _Runs(matching)
    for piece in _pieces(matching, runs):
        owner = _owner(piece, matching, runs, found)
        if owner in found:
            found[owner].pieces.append(piece)
        elif owner is not None and (matching.has_lost_id(owner) or piece.origin in ("copy", "locked")):
            continued[owner].pieces.append(piece)
        else:
            loose.append(piece)
    moved = {
        piece.index
        for answer in (*found.values(), *continued.values())
        for piece in answer.pieces
        if piece.origin in ("text", "copy")
    }
    moved -= _share(found, matching)
    _offer(loose, found, matching)
    empty = [at for at, answer in found.items() if not answer.pieces]
    labels = {at: _labels_in(at, answer, matching) for at, answer in (found | continued).items()} if empty else {}
    for at in empty:
        found[at].other = _counted_in(at, labels, matching) or _neighbour_for_both(at, found, matching)
    return Answers(found | {at: answer for at, answer in continued.items() if answer.pieces}, frozenset(moved))


def answer_text(at: int, answers: Answers, matching: Matching) -> tuple[str, Attachments]:
    """Put what was found for an answer into one text, each piece from elsewhere under a line that says so."""
    answer = answers.found[at]
    cell = matching.cell_for(at)
    if answer.other:
        return words.see_other_answer(answer.other), {}
    texts, pictures, left = [], Attachments(), MAX_COPIED
    if answer.is_continued and cell is not None:
        texts, pictures = [cell["source"]], dict(cell["attachments"])
    for piece in answer.pieces:
        text = _with_pictures(piece, pictures)
        if piece.index not in answers.moved:
            if left <= 0:
                texts.append(words.more_elsewhere())
                break
            text, left = text[:left], left - len(text)
        if not _follows(piece, at, matching):
            name = matching.source.cells[piece.at].cell["id"] if piece.at >= 0 else ""
            text = f"{words.put_here(piece.origin, name)}\n\n{text}"
        texts.append(text)
    return "\n\n".join(texts), pictures


def _is_filled(at: int, matching: Matching) -> bool:
    """Whether an answer cell holds any line that was not given."""
    cell = matching.cell_for(at)
    if cell is None:
        return False
    given = matching.source.given_lines
    return any(line.strip() not in given for line in cell["source"].split("\n") if line.strip())


def _pieces(matching: Matching, runs: _Runs) -> Iterator[Piece]:
    """Yield the student's own texts, in the order of the notebook."""
    source = matching.source
    given = _plain_lines(source.given_lines)
    position = {index: at for at, index in matching.matched.items()}
    free = matching.free()
    last_matched = max(position, default=-1)
    at = -1
    for index, cell in enumerate(matching.cells):
        check()
        piece: Piece | None = None
        if index in position:
            at = position[index]
            source_cell = source.cells[at]
            if source_cell.written or (source_cell.kind == "code" and not runs.is_beside(at)):
                continue
            if _same_words(cell["source"], source_cell.released):
                continue
            lines = cell["source"][:MAX_COPIED].split("\n")
            own_lines = [line for line in lines if line.strip() and _plain(line) not in given]
            if source_cell.kind != "code":
                piece = _given_text(Piece(cell, index, at, "given", "", runs.at(at)), source_cell, own_lines)
            else:
                piece = _given_code(Piece(cell, index, at, "given", "", -1), source_cell, own_lines)
        elif index in free:
            piece = Piece(cell, index, at, "copy" if cell["grade_id"] else "text", cell["source"], runs.at(at))
            if cell["cell_type"] == "code":
                piece = _own_code(piece) if piece.run >= 0 or index > last_matched else None
            elif not cell["attachments"] and all(_plain(line) in given for line in cell["source"].split("\n")):
                piece = None
        if piece is not None:
            yield piece


def _given_text(piece: Piece, source_cell: SourceCell, own_lines: list[str]) -> Piece | None:
    """Make a piece of the lines that the student added to a given text; its gaps may be filled in."""
    gaps = [_GAP.split(line.strip()) for line in source_cell.released.split("\n") if _GAP.search(line)]
    own_lines = [line for line in own_lines if not any(_fills(line.strip(), gap) for gap in gaps)]
    if piece.run < 0 and sum(len(_LETTERS.findall(line)) for line in own_lines) < FAR_WORDS:
        return None
    origin: words.Origin = "locked" if source_cell.fixed else "given"
    return replace(piece, text="\n".join(own_lines), origin=origin) if own_lines else None


def _fills(line: str, parts: list[str]) -> bool:
    """Whether a line has the given parts in order, with anything in the gaps between them."""
    if not line.startswith(parts[0]) or not line.endswith(parts[-1]):
        return False
    at = len(parts[0])
    for part in parts[1:-1]:
        at = line.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return at + len(parts[-1]) <= len(line)


def _given_code(piece: Piece, source_cell: SourceCell, own_lines: list[str]) -> Piece | None:
    """Make a piece of what the student says in a given code cell; in a solution, of what stands outside functions."""
    if source_cell.answer:
        own_lines = [line for line in own_lines if not line[0].isspace()]
    text = "\n".join(own_lines)[:MAX_CODE]
    return replace(piece, text=_fenced(text)) if _says_something(text) else None


def _own_code(piece: Piece) -> Piece | None:
    """Make a piece of a code cell that the student added, and of what it showed, if it says something."""
    code, shown = piece.text[:MAX_CODE], _shown(piece.cell)
    if not shown and not _says_something(code):
        return None
    blocks = [_fenced(code), *([_fenced(shown)] if shown else [])]
    return replace(piece, origin="code", text="\n\n".join(blocks))


def _says_something(code: str) -> bool:
    """Whether a code cell has words for a reader in it: a comment, a string that is a text, or no Python at all."""
    comments = (line.partition("#")[2] for line in _STRING.sub("''", code).split("\n"))
    if _SAID.search(code) or any(map(_LETTER.search, comments)):
        return True
    if any(len(_LETTERS.findall(text)) >= 3 for text in _STRING.findall(code)):
        return True
    return len(_LETTERS.findall(code)) >= 3 and not is_python(code)


def _shown(cell: StudentCell) -> str:
    """Return what a code cell printed or displayed as text, if that has words in it."""
    texts = [text for output in cell["outputs"] for text in _texts_of(output)]
    shown = "\n".join(text.strip("\n") for text in texts)[:MAX_CODE]
    return shown if len(_LETTERS.findall(shown)) >= FAR_WORDS else ""


def _texts_of(output: Output) -> Iterator[str]:
    """Yield what an output says in text; `<Figure …>` and the like say nothing."""
    if output["output_type"] == "stream" and output["name"] == "stdout":
        yield output["text"]
    elif output["output_type"] == "display_data":
        data = output["data"]
        kind = next((kind for kind in ("text/markdown", "text/html", "text/latex", "text/plain") if kind in data), "")
        text = _TAG.sub(" ", str(data.get(kind, ""))) if kind == "text/html" else str(data.get(kind, ""))
        if kind != "text/plain" or not (text.startswith("<") and text.endswith(">")):
            yield text


def _owner(piece: Piece, matching: Matching, runs: _Runs, found: dict[int, OpenAnswer]) -> int | None:
    """Find the answer that a piece stands with: under the same heading, with only text between."""
    source = matching.source
    if piece.cell["grade_id"]:
        named = [at for at in source.written if source.cells[at].grade_id == piece.cell["grade_id"]]
        if named:
            return named[0]
    if piece.run < 0:
        return None
    section = source.section(piece.at)
    there = [at for at in source.written if source.section(at) == section and runs.at(at) == piece.run]
    above = [at for at in there if at <= piece.at]
    below = [at for at in there if at > piece.at]
    beside = above[-1:] + below[:1]
    return next((at for at in beside if at in found), beside[0] if beside else None)


def _share(found: dict[int, OpenAnswer], matching: Matching) -> set[int]:
    """Offer an answer without any text what stands above it too, under the same heading; return the cells shared.

    Of texts between answers those directly above it; what stands above them all may hold any of them.
    """
    source = matching.source
    shared = set[int]()
    before: int | None = None
    for at, answer in found.items():
        if not answer.pieces and before is not None and source.section(before) == source.section(at):
            first = next(other for other in source.written if source.section(other) == source.section(at))
            answer.pieces = [piece for piece in found[before].pieces if not first <= piece.at < before]
            shared |= {piece.index for piece in answer.pieces}
        before = at
    return shared


def _offer(loose: Iterable[Piece], found: dict[int, OpenAnswer], matching: Matching) -> None:
    """Offer texts that stand with no answer to the answers without any that are nearest, or that they name."""
    source = matching.source
    empty = [at for at, answer in found.items() if not answer.pieces]
    if not empty:
        return
    names = {at: _names(at, matching) for at in empty}
    group = 0
    groups = []
    for cell in source.cells:
        group += cell.kind == "code" and (cell.answer or cell.is_test)
        groups.append(group)
    for piece in loose:
        above = [at for at in empty if at <= piece.at]
        below = [at for at in empty if at > piece.at]
        near = {groups[at] for at in above[-1:] + below[:1]}
        labels = _labels(piece.text)
        for at in empty:
            if groups[at] in near or not labels.isdisjoint(names[at]):
                found[at].pieces.append(piece)


def _counted_in(at: int, labels: dict[int, set[tuple[str, int]]], matching: Matching) -> str:
    """Return the grade_id of the answer that has a part with the number of an empty one; empty if there is none."""
    cells = matching.source.cells
    series, number = _series(cells[at].grade_id)
    names = _names(at, matching)
    for other, own in labels.items():
        counts = {(word, number) for word in _COUNTED} if _series(cells[other].grade_id)[0] == series else set()
        if other != at and not own.isdisjoint(names | counts):
            return cells[other].grade_id
    return ""


def _labels_in(at: int, answer: OpenAnswer, matching: Matching) -> set[tuple[str, int]]:
    """Find the labels in an answer, in its cell and in what was found for it, but for those that were given."""
    cell = matching.cell_for(at) if answer.pieces or answer.is_continued else None
    texts = [*([cell["source"]] if cell is not None else []), *(piece.text for piece in answer.pieces)]
    return _labels("\n".join(texts)) - _labels(matching.source.cells[at].released)


def _series(grade_id: str) -> tuple[str, int]:
    """Part the name of an answer into that of its series and its number; 0 where it has none."""
    found = re.fullmatch(r"(.*?)_?(\d+)", grade_id)
    return (found[1].casefold(), int(found[2])) if found else (grade_id, 0)


def _names(at: int, matching: Matching) -> set[tuple[str, int]]:
    """Return the labels of an answer that has a number: its series, and the word by which each edition counts it."""
    series, number = _series(matching.source.cells[at].grade_id)
    editions = (matching.source, *matching.source.others)
    labels = {label for edition in editions for label in _labels(edition.cells[at].released)}
    return {(word, own) for word, own in {*labels, (series, number)} if word and number and own == number}


def _labels(text: str) -> set[tuple[str, int]]:
    """Find what the lines of a text are labelled with: a word, or none, and a number."""
    plain = unicodedata.normalize("NFKC", _CIRCLED.sub(r"\1.", text[:MAX_COPIED])).casefold()
    return {
        (word, _DIGITS.index(digits) + 1 if digits in _DIGITS else int(digits))
        for word, digits in _LABEL.findall(plain)
    }


def _neighbour_for_both(at: int, found: dict[int, OpenAnswer], matching: Matching) -> str:
    """Return the grade_id of the answer beside an empty one that may hold both; empty if there is none.

    It names the heading of the empty one, or has headings of its own, or the cell of the empty one is gone.
    """
    source = matching.source
    place = source.written.index(at)
    for other in (*source.written[max(place - 1, 0) : place], *source.written[place + 1 : place + 2]):
        between = source.cells[min(at, other) : max(at, other)]
        if any(cell.kind == "code" for cell in between) or (other in found and not found[other].pieces):
            continue
        cell = matching.cell_for(other)
        texts = [cell["source"]] if cell is not None else []
        texts += [piece.text for piece in found[other].pieces] if other in found else []
        check()
        names = _stems(source.title(at)) | _stems(source.cells[at].grade_id)
        names -= _stems(source.cells[other].released) | _stems(source.title(other))
        own = [cell["source"]] if cell is not None and cell["cell_type"] == "markdown" else []
        own += [piece.text for piece in found[other].pieces if piece.origin == "text"] if other in found else []
        lines = [line.strip() for text in own for line in text[:MAX_COPIED].split("\n")]
        has_parts = any(line.startswith("#") and line not in source.given_lines for line in lines)
        if texts and (at not in matching.matched or has_parts or names & _stems("\n".join(texts))):
            return source.cells[other].grade_id
    return ""


def _stems(text: str) -> set[str]:
    """Return the longer words of a text, so that plural and singular are the same."""
    words_of_it = _WORD.findall(text[:MAX_COPIED].casefold().replace("_", " "))
    return {word.rstrip("s") for word in words_of_it if len(word) > 4}


def _follows(piece: Piece, at: int, matching: Matching) -> bool:
    """Whether a piece is text in the cells directly below an answer cell."""
    start = matching.matched.get(at)
    if start is None or piece.origin != "text" or piece.index < start:
        return False
    cells = matching.cells[start + 1 : piece.index]
    return piece.at == at and all(cell["cell_type"] != "code" for cell in cells)


def _with_pictures(piece: Piece, pictures: Attachments) -> str:
    """Add a piece's attachments to those of the answer, under new names where two have the same; return its text."""
    renamed: dict[str, str] = {}
    for name, bundle in piece.cell["attachments"].items():
        free = name
        while pictures.get(free, bundle) != bundle:
            free = f"{len(pictures)}-{free}"
        pictures[free] = bundle
        renamed[name] = free
    if all(old == new for old, new in renamed.items()):
        return piece.text

    def new_name(reference: re.Match[str]) -> str:
        name = reference[1] if reference[1] in renamed else unquote(reference[1])
        return f"attachment:{renamed[name]}" if name in renamed else reference[0]

    return _ATTACHED.sub(new_name, piece.text)


def _same_words(text: str, given: str) -> bool:
    """Tell whether a text says what was given: an editor may have broken its lines elsewhere."""
    if same_text(text, given):
        return True
    return len(text) <= MAX_COPIED and _WORD.findall(text) == _WORD.findall(given)


def _fenced(text: str) -> str:
    """Put a text into a Markdown code block."""
    fence = "`" * max([3, *(len(ticks) + 1 for ticks in _FENCE.findall(text))])
    return f"{fence}\n{text}\n{fence}"


@lru_cache(maxsize=8)
def _plain_lines(lines: frozenset[str]) -> frozenset[str]:
    """Return what `_plain` leaves of given lines, once for a class."""
    return frozenset({"", *map(_plain, lines)})


def _plain(line: str) -> str:
    """Return the words of a line without marks: ticked boxes and bold print are no text of one's own.

    Of a line of one or two words only the blank space round it is left out: it may be an answer.
    """
    found = _WORD.findall(_TICK.sub("", line))
    return " ".join(found).casefold() if len(found) > 2 else line.strip()
