"""The step of `nbgrader autograde` that runs a notebook in Jupyter kernels."""

import copy
import tempfile
from typing import Any

import nbformat
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbgrader import utils
from nbgrader.preprocessors import Execute
from traitlets import Dict, Integer, default

from autograder.engines.remainder import DEFINE, FINISH, MIME, Remainder, notes_on_run, read_remainder
from autograder.nbgrader_plugins import words
from autograder.notebook.format import Error
from autograder.notebook.notes import Note
from autograder.notebook.outputs import error
from autograder.notebook.roles import SKIP_TAG, role

_STAY = "get_ipython().ask_exit = lambda: None"
"""What a kernel runs first: `exit()` of a cell would end it some time later, although nobody sits in front of it."""


class ExecuteSubmission(Execute):  # type: ignore[misc]
    """Run a notebook; a cell that kills the kernel, or does not let go of it, costs itself only.

    nbclient gives up a whole notebook then. Here the cell gets the error, and the others run in a new kernel. Where a
    cell of the student's fails, what it still defines runs.
    """

    max_kernels = Integer(4, help=words.max_kernels_help()).tag(config=True)

    error_on_timeout = Dict().tag(config=True)

    _running = -1
    _notes: list[Note]

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
        """Run all cells that are not tagged to be skipped, with a folder of IPython's that nothing else knows."""
        with (
            tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
            utils.setenv(IPYTHONDIR=folder, PYTHONBREAKPOINT="0"),
        ):
            executed, resources = self._run(nb, resources, km)
        notes = executed.metadata.get("autograder", {}).get("notes")
        if notes is not None:
            notes += [note.to_json() for note in self._notes]
        return executed, resources

    def preprocess_cell(self, cell: Any, resources: Any, index: int) -> tuple[Any, Any]:
        """Run a cell, and what it still defines where it fails (a step of nbconvert)."""
        if self._running < 0 and cell.cell_type == "code":
            super().preprocess_cell(nbformat.v4.new_code_cell(_STAY), resources, index)
            self.nb.cells[index] = cell
        cell, resources = super().preprocess_cell(cell, resources, index)
        if cell.cell_type == "code" and _is_own(cell) and any(out.output_type == "error" for out in cell.outputs):
            rest, resources = super().preprocess_cell(nbformat.v4.new_code_cell(FINISH), resources, index)
            self.nb.cells[index] = cell
            cell.outputs += [output for output in rest.outputs if output.output_type == "stream"]
            self._notes += notes_on_run(cell, _remainder_in(rest.outputs))
        return cell, resources

    def _run(self, nb: Any, resources: Any, km: Any) -> tuple[Any, Any]:
        lost: dict[int, Error] = {}
        dropped: set[int] = set()
        for _ in range(self.max_kernels):
            attempt = copy.deepcopy(nb)
            for index in lost:
                cell = attempt.cells[index]
                if _is_own(cell) and index not in dropped:
                    cell.source = DEFINE.format(cell.source)
                else:
                    cell.metadata["tags"] = [SKIP_TAG]
            self._notes = []
            self._running = -1
            try:
                executed, resources = super().preprocess(attempt, resources, km)
            except (DeadKernelError, CellTimeoutError) as failure:
                if self._running < 0:  # the kernel never started: nothing of this notebook's doing
                    raise
                if self._running in lost:
                    dropped.add(self._running)
                lost.setdefault(
                    self._running,
                    error("KernelDied", words.kernel_died())
                    if isinstance(failure, DeadKernelError)
                    else error("CellTimeout", words.kernel_kept()),
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
            executed.cells[index] = copy.deepcopy(nb.cells[index])
            executed.cells[index].outputs = [nbformat.from_dict(output)]
            self._notes += notes_on_run(executed.cells[index], None, lost=_is_own(nb.cells[index]))
        return executed, resources


def _is_own(cell: Any) -> bool:
    """Tell whether a cell is not the instructor's."""
    return not role(cell).is_fixed


def _remainder_in(outputs: Any) -> Remainder | None:
    shown = [output.data[MIME] for output in outputs if output.output_type == "display_data" and MIME in output.data]
    return read_remainder(shown[-1]) if shown else None
