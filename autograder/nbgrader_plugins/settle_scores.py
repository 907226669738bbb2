"""The step of `nbgrader autograde` that makes the outputs of each test say its score."""

from typing import Any

import nbformat
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.engines import words
from autograder.engines.scoring import as_nbgrader_scores, is_guess, is_test


class SettleScores(NbGraderPreprocessor):  # type: ignore[misc]
    """Prepare test cells for nbgrader, which guesses scores from outputs (see `autograder.engines.scoring`)."""

    def preprocess_cell(self, cell: Any, resources: Any, cell_index: int) -> tuple[Any, Any]:
        """Prepare one cell; any but a test cell stays as it is."""
        if is_test(cell):
            role = cell.metadata.nbgrader
            outputs = as_nbgrader_scores(cell.outputs, float(role["points"]), cell.source)
            cell.outputs = [nbformat.from_dict(output) for output in outputs]
            if is_guess(outputs):
                self.log.warning(words.guessed_score(role["grade_id"]))
        return cell, resources
