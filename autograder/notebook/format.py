"""The shape of a notebook (nbformat 4.5) as plain dictionaries, for the type checker."""

from typing import Any, Literal, NotRequired, TypedDict

CellType = Literal["code", "markdown", "raw"]

Attachments = dict[str, dict[str, str]]
"""Pictures of a text cell: name → {MIME type: base64}."""


class Stream(TypedDict):
    """Printed text."""

    output_type: Literal["stream"]
    name: Literal["stdout", "stderr"]
    text: str


class Error(TypedDict):
    """An exception that ended a cell."""

    output_type: Literal["error"]
    ename: str
    evalue: str
    traceback: list[str]


class Display(TypedDict):
    """A picture, a table or a verdict, as MIME type → content."""

    output_type: Literal["display_data"]
    data: dict[str, Any]
    metadata: dict[str, Any]


class Result(TypedDict):
    """The value of a cell's last line, as MIME type → content."""

    output_type: Literal["execute_result"]
    execution_count: int | None
    data: dict[str, Any]
    metadata: dict[str, Any]


Output = Stream | Error | Display | Result


class Cell(TypedDict):
    """A cell of a trusted notebook. A code cell has `outputs` and `execution_count`."""

    cell_type: CellType
    id: str
    source: str
    metadata: dict[str, Any]
    outputs: NotRequired[list[Output]]
    execution_count: NotRequired[int | None]
    attachments: NotRequired[Attachments]


class Notebook(TypedDict):
    """A trusted notebook."""

    cells: list[Cell]
    metadata: dict[str, Any]
    nbformat: int
    nbformat_minor: int


class StudentCell(TypedDict):
    """What `read_cells` keeps of a cell of a submission; `id` and `grade_id` may be empty."""

    cell_type: CellType
    id: str
    source: str
    grade_id: str
    tags: list[str]
    attachments: Attachments
    outputs: list[Output]
