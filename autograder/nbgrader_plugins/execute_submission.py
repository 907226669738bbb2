"""The step of `nbgrader autograde` that runs a notebook in Jupyter kernels."""

import copy
from typing import Any

import nbformat
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbgrader.preprocessors import Execute
from traitlets import Dict, Integer, default

from autograder.nbgrader_plugins import words
from autograder.notebook.format import Error
from autograder.notebook.outputs import error
from autograder.notebook.roles import SKIP_TAG


class ExecuteSubmission(Execute):  # type: ignore[misc]
    """Run a notebook; a cell that kills the kernel, or does not let go of it, costs itself only.

    nbclient gives up a whole notebook then. Here the cell gets the error, and the others run in a new kernel.
    """

    max_kernels = Integer(4, help=words.max_kernels_help()).tag(config=True)

    error_on_timeout = Dict().tag(config=True)

    _running = -1

    @default("error_on_timeout")
    def _default_error_on_timeout(self) -> Error:
        return error("CellTimeout", words.time_over())

    def on_cell_executed(self, **kwargs: Any) -> None:
        """Keep one error of a cell that was stopped: the timeout (a hook of nbclient)."""
        super().on_cell_executed(**kwargs)
        cell = kwargs["cell"]
        if any(output.get("ename") == self.error_on_timeout["ename"] for output in cell.outputs):
            cell.outputs = [output for output in cell.outputs if output.get("ename") != "KeyboardInterrupt"]

    def on_cell_execute(self, cell: Any, cell_index: int) -> None:
        """Remember which cell runs (a hook of nbclient)."""
        self._running = cell_index

    def preprocess(self, nb: Any, resources: Any, km: Any = None) -> tuple[Any, Any]:
        """Run all cells that are not tagged to be skipped."""
        lost: dict[int, Error] = {}
        for _ in range(self.max_kernels):
            attempt = copy.deepcopy(nb)
            for index in lost:
                attempt.cells[index].metadata["tags"] = [SKIP_TAG]
            self._running = -1
            try:
                executed, resources = super().preprocess(attempt, resources, km)
            except (DeadKernelError, CellTimeoutError) as failure:
                if self._running < 0:  # the kernel never started: nothing of this notebook's doing
                    raise
                lost[self._running] = (
                    error("KernelDied", words.kernel_died())
                    if isinstance(failure, DeadKernelError)
                    else error("CellTimeout", words.kernel_kept())
                )
            else:
                break
        else:
            executed = copy.deepcopy(nb)
            last = max(lost)
            for index, cell in enumerate(executed.cells):
                if index > last and cell.cell_type == "code" and SKIP_TAG not in cell.metadata.get("tags", ()):
                    lost[index] = error("KernelDied", words.kernels_used_up(self.max_kernels))
        for index, output in lost.items():
            executed.cells[index].metadata = copy.deepcopy(nb.cells[index].metadata)
            executed.cells[index].outputs = [nbformat.from_dict(output)]
        return executed, resources
