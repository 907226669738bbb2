"""Find the student's cell for each cell of the source, by its ids or, where an editor lost those, by its content."""

import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from operator import itemgetter

from autograder.notebook.budget import check, memo
from autograder.notebook.cell_names import functions_in, names_in
from autograder.notebook.format import StudentCell
from autograder.notebook.source import Source, SourceCell, trimmed

_BEGINNING = re.compile(r"\s*+(\S.{0,200})")
_TO_FILE = re.compile(r"\A\s*%%(?:writefile|file)\b.*")
SIMILAR = 0.5
"""Share of common lines from which two texts count as versions of the same cell."""


class Matching:
    """The student's cells that stand for the cells of the source.

    `at` is always the index of a source cell, `index` that of a student's cell.

    Attributes:
        source: the instructor's notebook.
        cells: the student's cells.
        matched: `at` → `index`.
        doubled: source cells with more than one candidate.
        elsewhere: solutions that are missing, or untouched, and whose functions the cell of another solution defines.
    """

    def __init__(self, source: Source, cells: list[StudentCell]) -> None:
        self.source = source
        self.cells = cells
        self.matched: dict[int, int] = {}
        self.doubled: set[int] = set()
        self._dropped: set[int] = set()  # further copies of the instructor's cells and of untouched stubs
        self._functions: dict[int, frozenset[str]] = {}  # student's cell → the functions that it defines
        self._named: dict[str, list[int]] = {}  # grade_id → student's cells
        for index, cell in enumerate(cells):
            self._named.setdefault(cell["grade_id"], []).append(index)
        self._match_by_grade_id()
        self._match_one_by_one(lambda cell: cell["id"], lambda source_cell: source_cell.cell["id"])
        self._match_by_function()
        given = source.trimmed_texts
        self._match_one_by_one(
            lambda cell: given.get(cell["source"]) or trimmed(cell["source"]),
            lambda source_cell: None if source_cell.written else given[source_cell.released],
        )
        self._match_by_likeness()
        self._match_answers_by_place()
        self._match_answers_by_heading()
        self.elsewhere = self._find_elsewhere()

    @property
    def is_this_assignment(self) -> bool:
        """Whether the submission has any graded cell of the source.

        If it has ids of another assignment, a solution or test of this one: the set-up and the questions of two
        assignments may share ids.
        """
        graded = [at for at, cell in enumerate(self.source.cells) if cell.grade_id]
        code = [at for at in graded if self.source.cells[at].kind == "code" and self.source.cells[at].has_work]
        known = {cell.grade_id for cell in self.source.cells}
        has_foreign_ids = any(cell["grade_id"] and cell["grade_id"] not in known for cell in self.cells)
        hit = self.matched.keys()
        if graded and hit.isdisjoint(graded):
            return False
        return not (has_foreign_ids and code and hit.isdisjoint(code))

    def cell_for(self, at: int) -> StudentCell | None:
        """Return the student's cell for a source cell."""
        return self.cells[self.matched[at]] if at in self.matched else None

    def has_lost_id(self, at: int) -> bool:
        """Whether a source cell was matched to a cell without a grade_id, and no other cell has its grade_id."""
        name = self.source.cells[at].grade_id
        return at in self.matched and not self.cells[self.matched[at]]["grade_id"] and name not in self._named

    def has_other_id(self, at: int) -> bool:
        """Whether a graded source cell was matched to a cell without its grade_id, although no editor lost that."""
        if at not in self.matched or not self.source.cells[at].grade_id or self.has_lost_id(at):
            return False
        return self.cells[self.matched[at]]["grade_id"] != self.source.cells[at].grade_id

    def own_cells(self) -> dict[int, list[int]]:
        """Return the cells that the student added, by the source cell that they follow; -1 stands for the beginning.

        In a notebook with cells in another order than the source's, one that a solution below it uses goes above that.
        """
        position = {index: at for at, index in sorted(self.matched.items(), key=itemgetter(1))}
        free = self.free()
        at, follows = -1, dict[int, int]()
        for index, cell in enumerate(self.cells):
            at = position.get(index, at)
            if index in free and cell["source"].strip():
                follows[index] = at
        if list(position.values()) != sorted(position.values()):
            self._put_above_use(follows, position)
        own: dict[int, list[int]] = {}
        for index, at in follows.items():
            own.setdefault(at, []).append(index)
        return own

    def _put_above_use(self, follows: dict[int, int], position: Mapping[int, int]) -> None:
        """Let each own cell follow a source cell above the solutions that need it, directly or through other own cells.

        Args:
            follows: own cell → the source cell that it follows; changed here.
            position: student's cell → source cell.
        """
        first: dict[str, int] = {}  # name → the first source cell that needs it
        for index in reversed(range(len(self.cells))):
            cell = self.cells[index]
            is_solution = index in position and self.source.cells[position[index]].answer
            if cell["cell_type"] != "code" or not (is_solution or index in follows):
                continue
            names = names_in(cell["source"])
            if is_solution:
                at = position[index]
            else:
                made = names.bound | (names.written - self.source.bound)
                at = min([follows[index] + 1, *(first[name] for name in made if name in first)])
                follows[index] = at - 1
            first.update((name, min(at, first.get(name, at))) for name in names.read)

    def free(self) -> set[int]:
        """Return the student's cells that stand for no source cell and are no copy of one."""
        return set(self._free())

    def _free(self) -> Iterator[int]:
        taken = set(self.matched.values()) | self._dropped
        return (index for index in range(len(self.cells)) if index not in taken)

    def _open(self) -> list[tuple[int, SourceCell]]:
        return [(at, cell) for at, cell in enumerate(self.source.cells) if at not in self.matched]

    def _match_by_grade_id(self) -> None:
        """Match by grade_id; for a solution, the function that a cell defines decides before its id."""
        for at, source_cell in enumerate(self.source.cells):
            if not source_cell.grade_id:
                continue
            taken = set(self.matched.values())
            named = [i for i in self._named.get(source_cell.grade_id, []) if self._may_carry_id(i, source_cell)]
            named = [i for i in named if i not in taken]
            if source_cell.functions and not self._has_work(named, source_cell):
                defining = self._defining(source_cell, taken)
                if defining:
                    others = {i for i in named if not self._is_untouched(i, source_cell)}
                    named = sorted({*named, *defining} - (others - set(defining)))
                elif named and self._is_defined_by(taken, source_cell):
                    self._dropped.update(i for i in named if self._is_untouched(i, source_cell))
                    continue
            self._choose(at, named)

    def _may_carry_id(self, index: int, source_cell: SourceCell) -> bool:
        """Whether a cell with the id of a source cell is no other given cell, nor code in place of a written answer."""
        cell = self.cells[index]
        if cell["source"] in self.source.given_texts and not self._is_untouched(index, source_cell):
            return False
        return not (source_cell.written and cell["cell_type"] == "code" and functions_in(cell["source"]))

    def _has_work(self, candidates: list[int], source_cell: SourceCell) -> bool:
        """Whether one of these cells defines the functions of a solution and is not the stub."""
        return any(
            _defines(self.cells[i], source_cell.functions) and not self._is_untouched(i, source_cell)
            for i in candidates
        )

    def _defining(self, source_cell: SourceCell, taken: set[int]) -> list[int]:
        """Find cells of any id, not yet taken, that have the functions of a solution filled in."""
        return [
            index
            for index, cell in enumerate(self.cells)
            if index not in taken
            and cell["cell_type"] == "code"
            and source_cell.functions <= self._functions_of(index)
            and cell["source"] not in self.source.given_texts
            and not self._is_untouched(index, source_cell)
        ]

    def _functions_of(self, index: int) -> frozenset[str]:
        if index not in self._functions:
            self._functions[index] = functions_in(self.cells[index]["source"])
        return self._functions[index]

    def _is_defined_by(self, indices: set[int], source_cell: SourceCell) -> bool:
        return any(source_cell.functions <= self._functions_of(index) for index in indices)

    def _match_by_function(self) -> None:
        for at, source_cell in self._open():
            if source_cell.functions:
                self._choose(at, [i for i in self._free() if _defines(self.cells[i], source_cell.functions)])

    def _choose(self, at: int, candidates: list[int]) -> None:
        """Take the last candidate above the test that has work in it, or the last one at all.

        The others are dropped where they are copies of what was given; else they are the student's own cells.
        """
        if not candidates:
            return
        source_cell = self.source.cells[at]
        given = [i for i in candidates if self._is_untouched(i, source_cell)]
        worked = [i for i in candidates if i not in given]
        defining = [i for i in worked if not source_cell.functions or _defines(self.cells[i], source_cell.functions)]
        test = self._first_test_after(at)
        among = defining or given or worked
        chosen = ([i for i in among if i < test] or among)[-1]
        self.matched[at] = chosen
        self._dropped.update(i for i in (candidates if source_cell.fixed else given) if i != chosen)
        if len(candidates) > 1:
            self.doubled.add(at)

    def _first_test_after(self, at: int) -> int:
        """Return the index of the student's next test cell: a solution below it is not what it tests."""
        for test, grade_id in self.source.tests:
            if test > at:
                given = self.source.cells[test].released
                named = self._named.get(grade_id) or [
                    index for index, cell in enumerate(self.cells) if same_text(cell["source"], given)
                ]
                if named:
                    return named[0]
        return len(self.cells)

    def _match_one_by_one(
        self, key_of: Callable[[StudentCell], object], source_key: Callable[[SourceCell], object]
    ) -> None:
        """Match cells of one type whose keys are equal, each once and in order; the key None matches nothing."""
        still_open = self._open()
        free: dict[tuple[str, object], deque[int]] = {}
        for index in self._free() if still_open else ():
            cell = self.cells[index]
            free.setdefault((cell["cell_type"], key_of(cell)), deque()).append(index)
        for at, source_cell in still_open:
            key = source_key(source_cell)
            alike = free.get((source_cell.kind, key)) if key is not None else None
            if alike:
                self.matched[at] = alike.popleft()

    def _match_by_likeness(self) -> None:
        """Match cells that lost their ids and were changed: take the free cell that shares most of its lines."""
        known = frozenset[str]().union(*(lines_of(cell.released) for _, cell in self._open()))
        free: dict[int, tuple[frozenset[str], int]] = {}  # the lines that count, and how many there are in all
        for index in self._free():
            check()
            lines = lines_of(self.cells[index]["source"])
            free[index] = lines & known, len(lines)
        for at, source_cell in self._open():
            if source_cell.written:
                continue
            own = lines_of(source_cell.released)
            best, best_share = -1, 0.0
            for index, (lines, count) in free.items():
                common = len(own & lines)
                share = common / max(len(own) + count - common, 1)
                if share >= SIMILAR and share > best_share and self.cells[index]["cell_type"] == source_cell.kind:
                    best, best_share = index, share
            if best >= 0:
                self.matched[at] = best
                del free[best]

    def _match_answers_by_place(self) -> None:
        """Match written answers without ids to the text cells in their place: in order, if there are as many.

        If not, the first answer gets the cell that was left as it was given, or that asks what its cell asks. Below an
        untouched answer nobody can tell whose a text is; then there is no match.
        """
        places: dict[int, list[int]] = {}
        for at, source_cell in self._open():
            if source_cell.written:
                places.setdefault(self._before(at), []).append(at)
        for before, answers in places.items():
            texts = list(self._free_texts_after(before))
            if not texts or any(self.matched.get(at) == before and self._is_given(at) for at in self.source.written):
                continue
            if len(texts) == len(answers):
                self.matched.update(zip(answers, texts, strict=True))
                continue
            asked = lines_of(self.source.cells[answers[0]].released)
            common = {index: len(asked & lines_of(self.cells[index]["source"])) for index in texts}
            untouched = [index for index in texts if self._is_untouched(index, self.source.cells[answers[0]])]
            self.matched[answers[0]] = (untouched or [max(texts, key=lambda index: common[index])])[0]

    def _is_given(self, at: int) -> bool:
        return self._is_untouched(self.matched[at], self.source.cells[at])

    def _match_answers_by_heading(self) -> None:
        """Exchange written answers that have each other's ids, where every one of them then has its own place.

        What they ask tells which is which, or the heading above them.
        """
        position = {index: at for at, index in self.matched.items()}
        at, above = -1, dict[int, int]()  # student's cell → the source cell above that is no written answer
        for index in range(len(self.cells)):
            if index in position and not self.source.cells[position[index]].written:
                at = position[index]
            above[index] = at
        answers = self.source.written
        moves = {}
        for old in (at for at in answers if at in self.matched):
            index = self.matched[old]
            lines = lines_of(self.cells[index]["source"])
            by_lines = [at for at in answers if 2 * len(self.source.asked[at] & lines) > len(self.source.asked[at])]
            heading = self.source.section(above[index])
            by_heading = [at for at in answers if self.source.section(at) == heading]
            sure = by_lines or by_heading
            moves[old] = sure[0] if len(sure) == 1 else old
        free = {at for at in answers if at not in self.matched} | moves.keys()
        if len(set(moves.values())) == len(moves) and free >= set(moves.values()):
            indices = {new: self.matched.pop(old) for old, new in moves.items()}
            self.matched.update(indices)

    def _find_elsewhere(self) -> set[int]:
        kept: list[StudentCell] = [
            {**cell, "source": _TO_FILE.sub("", cell["source"])}  # to be imported from there, or run
            for index, cell in enumerate(self.cells)
            if index not in self._dropped
        ]
        return {
            at
            for at, source_cell in self._open()
            if source_cell.functions and any(_defines(cell, source_cell.functions) for cell in kept)
        }

    def _is_untouched(self, index: int, source_cell: SourceCell) -> bool:
        return same_text(self.cells[index]["source"], source_cell.released)

    def _free_texts_after(self, start: int) -> Iterator[int]:
        """Yield the text cells that follow a student's cell up to the next matched cell."""
        free = self.free()
        for index in range(start + 1, len(self.cells)):
            if index not in free or self.cells[index]["cell_type"] != "markdown":
                return
            if self.cells[index]["source"].strip():
                yield index

    def _before(self, at: int) -> int:
        """Return the student's cell for the nearest matched source cell above."""
        return next((self.matched[above] for above in range(at - 1, -1, -1) if above in self.matched), -1)


def same_text(first: str, second: str) -> bool:
    """Whether two texts differ only in blank space around them and at line ends."""
    return first == second or (_begin_alike(first, second) and trimmed(first) == trimmed(second))


def _begin_alike(first: str, second: str) -> bool:
    """Tell at a glance whether two texts may be the same: most are not, and may be long."""
    return _beginning(first) == _beginning(second)


def _beginning(text: str) -> str:
    kept, key = memo(), ("beginning", text)
    known = kept.get(key) if kept is not None else None
    if known is None:
        match = _BEGINNING.match(text)
        known = match[1].rstrip() if match else ""
        if kept is not None:
            kept[key] = known
    return str(known)


def lines_of(text: str) -> frozenset[str]:
    """Return the lines of a text, stripped, without blank lines."""
    return frozenset(line.strip() for line in text.split("\n") if line.strip())


def _defines(cell: StudentCell, functions: frozenset[str]) -> bool:
    """Whether a cell binds these names, by `def` or otherwise."""
    text = cell["source"]
    if cell["cell_type"] != "code" or not all(name in text for name in functions):
        return False
    return functions <= functions_in(text) or functions <= names_in(text).bound
