"""The colors of both labs: a recipe has the same color and marker in every picture, a part of the data its line style.

The colors differ with any color vision, and in grey those of the same lab differ in lightness too; markers and line
styles say the same again. tests/labkit/test_palette.py proves it.
"""

from dataclasses import dataclass
from typing import Any, Literal

from matplotlib.colors import LinearSegmentedColormap


@dataclass(frozen=True)
class Look:
    """How the lines of a recipe look.

    Attributes:
        color: As a hexadecimal number.
        marker: Drawn on the line at some of its points.
    """

    color: str
    marker: str


PLAIN = Look("#2b2b2b", "s")
L2 = Look("#0068b0", "o")
DROPOUT = Look("#d55e00", "^")
SAME_MASKS = Look("#8b1a62", "v")
BATCH_NORM = Look("#007a5e", "D")
LAYER_NORM = Look("#6a2a86", "P")
OWN = Look("#8a8a8a", "X")
"""A recipe of the student's own."""

Part = Literal["train", "validation", "test"]
STYLES: dict[Part, str] = {"train": "--", "validation": "-", "test": ":"}

CLASS_COLORS = ("#e3a300", "#54389c")  # amber below the stream, violet above
CLASS_MARKERS = ("^", "o")
ANSWERS = LinearSegmentedColormap.from_list("answers", [CLASS_COLORS[0], "white", CLASS_COLORS[1]])


def line(look: Look, part: Part = "validation", points: int = 0) -> dict[str, Any]:
    """Return the arguments that draw a recipe's line on a part of the data.

    Args:
        look: Of the recipe.
        part: Of the data.
        points: Of the line: of a long one about eight get a marker, of a short one all.
    """
    return {
        "color": look.color,
        "linestyle": STYLES[part],
        "marker": look.marker,
        "markersize": 5,
        "markerfacecolor": "white" if part == "train" else look.color,
        "markevery": max(1, points // 8),
    }
