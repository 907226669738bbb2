"""Compare a class with itself: whose work is alike where hardly anybody else's is.

Two students who both write what half of the class writes say nothing. So each likeness counts by how rare it is: of
n students, c write a function (nearly) so; a second student who does not know the first does with a chance of about
(c − 1) / (n − 1). Over several functions the chances multiply, and n (n − 1) / 2 pairs might have met by chance: a
pair is shown where fewer than MAX_BY_CHANCE such pairs are to be expected. A person's functions are not independent of
each other, so the figure is no probability; it sorts, and a person looks. Twelve words are beyond chance by themselves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import comb, prod

import numpy as np
from rapidfuzz.distance import Indel
from rapidfuzz.process import cdist

from autograder.similarity.work import Key, Part, Work, file_digests
from autograder.spread import cores

MIN_CODE, MIN_WORDS = 12, 12
"""Tokens; a shorter part is too often the same."""
CODE_ALIKE, WORDS_ALIKE = 0.92, 0.85
"""Share of tokens, in order, that two parts have in common (Indel similarity) if they are called alike."""
MAX_BY_CHANCE = 0.05
MAX_SHARED = 60
"""Students who write a part alike; where more do, that is how the course writes it. Also: a fifth of the class."""
_CHUNK = 500


@dataclass(frozen=True)
class Likeness:
    """A part that students have in common.

    Attributes:
        name: the question, as people read it.
        exact: whether it is the same for all of them, not only nearly.
        students: how many of the class write it so.
    """

    name: str
    exact: bool
    students: int


@dataclass(frozen=True)
class AlikeGroup:
    """Students whose work is more alike than chance explains.

    Attributes:
        students: their ids.
        same_file: whether each of them handed in a file that another handed in, byte for byte.
        code: functions that they have in common, the rarest first.
        words: answers that they have in common.
    """

    students: tuple[str, ...]
    same_file: bool
    code: tuple[Likeness, ...]
    words: tuple[Likeness, ...]


def alike_groups(works: Sequence[Work]) -> list[AlikeGroup]:
    """Return the groups of a class, those with the same file first, then by how much is alike."""
    works = [work for work in works if work.parts]
    pairs: dict[tuple[str, str], dict[Key, Likeness]] = defaultdict(dict)
    written: set[Key] = set()
    for key in sorted({key for work in works for key in work.parts}):
        parts = {work.student: work.parts[key] for work in works if key in work.parts}
        if any(part.written for part in parts.values()):
            written.add(key)
        for pair, likeness in _alike_pairs(parts, len(works)):
            pairs[pair][key] = likeness
    same_file = set(_same_file(works))
    linked = {pair for pair, shared in pairs.items() if _is_beyond_chance(shared, written, len(works))} | same_file
    filed = {student for pair in same_file for student in pair}
    groups = []
    for members in _connected(linked):
        shared: dict[Key, Likeness] = {}
        for pair in combinations(members, 2):
            for key, likeness in pairs.get(pair, {}).items() if pair in linked else ():
                before = shared.get(key, likeness)
                most = max(before.students, likeness.students)
                shared[key] = Likeness(likeness.name, before.exact and likeness.exact, most)
        ranked = sorted(shared, key=lambda key: (shared[key].students, key))
        groups.append(
            AlikeGroup(
                tuple(members),
                filed.issuperset(members),
                tuple(shared[key] for key in ranked if key not in written),
                tuple(shared[key] for key in ranked if key in written),
            )
        )
    return sorted(groups, key=lambda group: (not group.same_file, -len(group.words), -len(group.code), group.students))


def _alike_pairs(parts: dict[str, Part], class_size: int) -> Iterator[tuple[tuple[str, str], Likeness]]:
    """Yield pairs of students who wrote a part alike, where few of the class did."""
    most = max(2, min(MAX_SHARED, class_size // 5))
    authors: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for student, part in parts.items():
        if len(part.tokens) >= (MIN_WORDS if part.written else MIN_CODE):
            authors[part.tokens].append(student)
    shapes = sorted(authors, key=lambda shape: (len(shape), shape))
    written = any(part.written for part in parts.values())
    near = _near(shapes, WORDS_ALIKE if written else CODE_ALIKE)
    for first, others in enumerate(near):
        name = parts[authors[shapes[first]][0]].name
        students = sum(len(authors[shapes[other]]) for other in others)
        if not 2 <= students <= most:
            continue
        for other in others:
            here, there = authors[shapes[first]], authors[shapes[other]]
            met: Iterable[tuple[str, str]] = combinations(here, 2) if other == first else product(here, there)
            for one, two in met if other >= first else ():
                yield (min(one, two), max(one, two)), Likeness(name, other == first, students)


def _near(shapes: Sequence[tuple[str, ...]], alike: float) -> list[list[int]]:
    """For each shape, sorted by length, list the shapes that are alike, itself among them."""
    signs: dict[str, str] = {}
    texts = ["".join(signs.setdefault(token, chr(0xE000 + len(signs))) for token in shape) for shape in shapes]
    lengths = np.array([len(text) for text in texts])
    near: list[list[int]] = []
    for start in range(0, len(texts), _CHUNK):
        chunk = texts[start : start + _CHUNK]
        # Shapes whose lengths differ by more cannot have that share of tokens in common.
        low = int(np.searchsorted(lengths, len(chunk[0]) * alike / (2 - alike) - 1))
        high = int(np.searchsorted(lengths, len(chunk[-1]) * (2 - alike) / alike + 1))
        shares = cdist(
            chunk,
            texts[low:high],
            scorer=Indel.normalized_similarity,
            score_cutoff=alike,
            dtype=np.float64,
            workers=cores(),
        )
        near += [[low + int(other) for other in np.flatnonzero(row >= alike)] for row in shares]
    return near


def _is_beyond_chance(shared: dict[Key, Likeness], written: set[Key], class_size: int) -> bool:
    if not written.isdisjoint(shared):
        return True
    chance = prod((likeness.students - 1) / (class_size - 1) for likeness in shared.values())
    return comb(class_size, 2) * chance < MAX_BY_CHANCE


def _same_file(works: Sequence[Work]) -> Iterator[tuple[str, str]]:
    digests = file_digests(path for work in works for path in work.files)
    owners: dict[str, list[str]] = defaultdict(list)
    for work in works:
        for path in work.files:
            if path in digests:
                owners[digests[path]].append(work.student)
    for students in owners.values():
        yield from zip(sorted(students), sorted(students)[1:], strict=False)


def _connected(pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Join pairs into groups; each group is sorted."""
    groups: dict[str, set[str]] = {}
    for one, two in sorted(pairs):
        joined = groups.get(one, {one}) | groups.get(two, {two})
        groups.update(dict.fromkeys(joined, joined))
    return [sorted(group) for group in {id(group): group for group in groups.values()}.values()]
