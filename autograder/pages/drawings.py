"""Draw as inline SVG: no script, no style attribute, colours that read on light and on dark."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

from autograder.checking.verdict import LEVELS, Picture
from autograder.pages import words

_NEGATIVE, _MIDDLE, _POSITIVE = (33, 94, 168), (244, 244, 241), (196, 69, 20)
_PANEL = 200.0
_GAP = 24.0
_TOP = 26.0
MAX_DAYS = 30.0
"""Farther from the due date a submission is drawn at the edge."""


def gradient_picture(picture: Picture) -> Markup:
    """Draw the expected array, the student's and their difference as colours; frame entries that differ.

    Args:
        picture: two 2-D lists of the same shape; otherwise nothing is drawn.

    Returns:
        A figure, or nothing.
    """
    expected, actual, wrong = picture.expected, picture.actual, picture.wrong
    rows, columns = len(expected), len(expected[0]) if expected else 0
    if not columns or any([*map(len, grid)] != [columns] * rows for grid in (expected, actual, wrong)):
        return Markup("")
    difference = [[b - a for a, b in zip(*pair, strict=True)] for pair in zip(expected, actual, strict=True)]
    count = sum(map(sum, wrong))
    side = min(_PANEL / columns, 160 / rows, 40.0)
    width, height = columns * side, rows * side
    step = max(width, 140.0) + _GAP
    panels = [
        (words.expected_panel(), expected, None),
        (words.actual_panel(), actual, wrong),
        (words.difference_panel(), difference, None),
    ]
    total = step * len(panels) - _GAP
    drawn = Markup("").join(
        _panel(name, levels, frames, side, step * at) for at, (name, levels, frames) in enumerate(panels)
    )
    return Markup(
        '<figure class="picture"><svg viewBox="0 0 {:g} {:g}" width="{:g}" role="img" aria-label="{}">{}</svg>'
        "<figcaption>{}</figcaption></figure>"
    ).format(
        total,
        _TOP + height + 4,
        total,
        words.picture_description(picture.title, rows * columns, count),
        drawn,
        words.picture_caption(picture.title, rows * columns, count),
    )


def histogram(values: Sequence[float], maximum: float, label: str, quartiles: Sequence[float] = ()) -> Markup:
    """Draw how many students have how many points, in ten steps, and below it the quartiles as a box.

    Args:
        values: points.
        maximum: points to be had.
        label: what is counted, for readers that see no pictures.
        quartiles: lower quartile, median and upper quartile.
    """
    bins = [0] * 10
    for value in values:
        bins[min(9, max(0, int(10 * value / maximum)))] += 1
    top = max(bins)
    parts = []
    for at, count in enumerate(bins):
        height = 120.0 * count / top if top else 0.0
        x = 20 + 46 * at
        parts.append(
            Markup('<rect class="bar" x="{}" y="{:g}" width="40" height="{:g}" rx="2"/>').format(
                x, 140 - height, height
            )
        )
        if count:
            parts.append(
                Markup('<text x="{}" y="{:g}" text-anchor="middle">{}</text>').format(x + 20, 134 - height, count)
            )
    for tick in range(0, 11, 2):
        parts.append(
            Markup('<text x="{}" y="160" text-anchor="middle">{:g}</text>').format(17 + 46 * tick, maximum * tick / 10)
        )
    parts.append(Markup('<line class="axis" x1="14" x2="486" y1="140.5" y2="140.5"/>'))
    if quartiles:
        lower, median, upper = (17 + 460 * min(1.0, max(0.0, value / maximum)) for value in quartiles)
        box = '<rect class="box" x="{:.1f}" y="168" width="{:.1f}" height="12"/>'
        box += '<line class="median" x1="{:.1f}" x2="{:.1f}" y1="165" y2="183"/>'
        parts.append(Markup(box).format(lower, upper - lower, median, median))
    return Markup('<svg class="histogram" viewBox="0 0 500 {}" role="img" aria-label="{}">{}</svg>').format(
        186 if quartiles else 168, words.histogram_description(label, bins, maximum), Markup("").join(parts)
    )


def time_picture(points: Sequence[tuple[float, float, bool]], due: bool) -> Markup:
    """Draw a dot for each submission: the time to the right, the share of the points upwards; late ones as squares.

    Args:
        points: days from the due date, share from 0 to 1, and whether it is late.
        due: whether there is a due date; it is drawn as a line.
    """
    days = [min(MAX_DAYS, max(-MAX_DAYS, day)) for day, _, _ in points]
    first, last = math.floor(min(days)), math.ceil(max([*days, 0.0] if due else days))
    step = max(1, math.ceil((last - first) / 8))
    left, width = 44.0, 586.0
    scale = width / max(1, last - first)
    grid = '<line class="grid" x1="{0:g}" x2="{1:g}" y1="{2:g}" y2="{2:g}"/>'
    grid += '<text x="36" y="{2:g}" dy="4" text-anchor="end">{3} %</text>'
    tick = '<text x="{:.1f}" y="224" text-anchor="{}">{}</text>'
    in_time = '<circle class="dot" cx="{:.1f}" cy="{:.1f}" r="3"/>'
    late = '<path class="late" d="M{:.1f} {:.1f}m-3 -3h6v6h-6z"/>'
    parts = [Markup(grid).format(left, left + width, _height(share / 100), share) for share in (0, 50, 100)]
    for day in range(-(-first // step) * step, last + 1, step):
        text = words.days_tick(day) if due else words.day_after(day)
        anchor = "end" if day == last else "middle"  # so that the last is not cut
        parts.append(Markup(tick).format(left + scale * (day - first), anchor, text))
    if due:
        parts.append(Markup('<path class="due" d="M{:.1f} 8v198"/>').format(left - scale * first))
    for place, (_, share, is_late) in zip(days, points, strict=True):
        parts.append(Markup(late if is_late else in_time).format(left + scale * (place - first), _height(share)))
    description = words.times_description(len(points), sum(late for _, _, late in points))
    return Markup('<svg class="times" viewBox="0 0 640 230" role="img" aria-label="{}">{}</svg>').format(
        description, Markup("").join(parts)
    )


def _height(share: float) -> float:
    return 200.0 - 190.0 * min(1.0, max(0.0, share))


def bar(share: float) -> Markup:
    """Draw a thin bar, filled to a share between 0 and 1. It repeats a number beside it, so it has no words."""
    share = min(1.0, max(0.0, share))
    return Markup(
        '<svg class="meter" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" width="100" height="6"/><rect class="fill" width="{:g}" height="6"/></svg>'
    ).format(round(100 * share, 1))


def _panel(name: str, levels: list[list[int]], frames: list[list[bool]] | None, side: float, left: float) -> Markup:
    cells = []
    for y, row in enumerate(levels):
        for x, value in enumerate(row):
            place = left + x * side, _TOP + y * side
            cells.append(
                Markup('<rect x="{:.2f}" y="{:.2f}" width="{:.2f}" height="{:.2f}" fill="{}"/>').format(
                    *place, side, side, _colour(value)
                )
            )
            if frames and frames[y][x]:
                inset = min(1.5, side / 6)
                cells.append(
                    Markup('<rect class="differs" x="{:.2f}" y="{:.2f}" width="{:.2f}" height="{:.2f}"/>').format(
                        place[0] + inset, place[1] + inset, side - 2 * inset, side - 2 * inset
                    )
                )
    rows, columns = len(levels), len(levels[0])
    return Markup(
        '<text class="panel" x="{:g}" y="15">{}</text>{}'
        '<rect class="edge" x="{:g}" y="{:g}" width="{:g}" height="{:g}"/>'
    ).format(
        left,
        name,
        Markup("").join(cells),
        left,
        _TOP,
        columns * side,
        rows * side,
    )


def _colour(level: int) -> str:
    """Mix blue for negative, orange for positive, near white for 0."""
    share = min(1.0, abs(level) / LEVELS)
    end = _POSITIVE if level > 0 else _NEGATIVE
    mixed = (round(middle + (full - middle) * share) for middle, full in zip(_MIDDLE, end, strict=True))
    return "#{:02x}{:02x}{:02x}".format(*mixed)
