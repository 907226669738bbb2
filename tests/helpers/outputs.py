"""Read an output of a cell as the kind that a test expects."""

from typing import Any

from autograder.notebook.format import Output


def raised(output: Output) -> str:
    """The class name of the exception that an output shows."""
    assert output["output_type"] == "error"
    return output["ename"]


def displayed(output: Output) -> dict[str, Any]:
    """What an output displays, as MIME type → content."""
    assert output["output_type"] == "display_data" or output["output_type"] == "execute_result"
    return output["data"]
