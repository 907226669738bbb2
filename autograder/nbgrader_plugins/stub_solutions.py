"""The step of `nbgrader generate_assignment` that stubs the solutions."""

from typing import Any

from nbgrader import utils
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.nbgrader_plugins import words
from autograder.notebook.regions import BEGIN_SOLUTION, without_solution


class StubSolutions(NbGraderPreprocessor):  # type: ignore[misc]
    """Turn solution regions into `START CODE HERE` stubs (see `autograder.notebook.regions`)."""

    def preprocess_cell(self, cell: Any, resources: Any, cell_index: int) -> tuple[Any, Any]:
        """Stub one cell.

        Raises:
            ValueError: a solution stands in a cell that is not a solution cell, or its region is not closed.
        """
        if utils.is_solution(cell):
            cell.source = without_solution(cell.source, cell.cell_type)
        elif BEGIN_SOLUTION in cell.source:
            raise ValueError(words.solution_outside(cell_index))
        return cell, resources
