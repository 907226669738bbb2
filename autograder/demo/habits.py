"""Change a filled notebook as students do while they work. What is right stays right: it would run in their Jupyter."""

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from random import Random
from typing import Any

from autograder.demo.functions import behind_helpers
from autograder.notebook.format import Cell, CellType
from autograder.notebook.roles import Role, role
from autograder.notebook.source import Source

_DEFINITION = re.compile(r"^def (\w+)", re.MULTILINE)


@dataclass
class Draft:
    """A student's notebook in the making.

    Attributes:
        source: the instructor's notebook.
        cells: the cells, which habits change in place.
        chance: the student's own random choices.
        metadata: of the notebook.
    """

    source: Source
    cells: list[Cell]
    chance: Random
    metadata: dict[str, Any] = field(default_factory=dict)

    def places(self, fits: Callable[[Cell, Role], bool]) -> list[int]:
        """List the places of cells."""
        return [place for place, cell in enumerate(self.cells) if fits(cell, role(cell))]

    def any(self, fits: Callable[[Cell, Role], bool]) -> int | None:
        """Choose the place of a cell, if there is any."""
        places = self.places(fits)
        return self.chance.choice(places) if places else None

    def new(self, source: str, kind: CellType = "code") -> Cell:
        """Make a cell that the student adds."""
        cell: Cell = {"cell_type": kind, "id": f"{self.chance.getrandbits(32):08x}", "metadata": {}, "source": source}
        if kind == "code":
            cell["execution_count"], cell["outputs"] = None, []
        return cell

    def add(self, place: int, source: str, kind: CellType = "code") -> None:
        """Add a cell before the cell at a place."""
        self.cells.insert(place, self.new(source, kind))


def is_stub(cell: Cell, own: Role) -> bool:
    """Whether students write code in the cell."""
    return cell["cell_type"] == "code" and own.solution


def is_function(cell: Cell, own: Role) -> bool:
    """Whether students write a function in the cell, and it is filled in."""
    return is_stub(cell, own) and "def " in cell["source"] and "raise NotImplementedError" not in cell["source"]


def is_test(cell: Cell, own: Role) -> bool:
    """Whether the cell tests what students wrote."""
    return cell["cell_type"] == "code" and own.is_test


def is_experiment(cell: Cell, own: Role) -> bool:
    """Whether the cell is the instructor's, and free."""
    return cell["cell_type"] == "code" and not own.grade_id


def is_locked_code(cell: Cell, own: Role) -> bool:
    """Whether the cell is the instructor's, code, and no test: imports as a rule."""
    return cell["cell_type"] == "code" and own.is_fixed and not own.is_test


def _split(draft: Draft) -> None:
    """Split a stub above its function; the new cell gets a copy of the metadata, as in JupyterLab."""
    place = draft.any(is_function)
    if place is not None:
        above = deepcopy(draft.cells[place])
        above["id"] = draft.new("")["id"]
        above["source"] = draft.chance.choice(("import math\n", "# my notes: think of the axis first", "EPS = 1e-5"))
        draft.cells.insert(place, above)


def _merged(draft: Draft) -> None:
    """Merge a stub with the test below it, which is gone then."""
    places = [place for place in draft.places(is_function) if place + 1 < len(draft.cells)]
    places = [place for place in places if is_test(draft.cells[place + 1], role(draft.cells[place + 1]))]
    if places:
        place = draft.chance.choice(places)
        draft.cells[place]["source"] += "\n\n" + draft.cells.pop(place + 1)["source"]


def _moved_together(draft: Draft) -> None:
    """Move all functions to where the first one stands."""
    places = draft.places(is_function)
    cells = [draft.cells.pop(place) for place in reversed(places)]
    if places:
        draft.cells[places[0] : places[0]] = cells[::-1]


def _moved_to_the_end(draft: Draft) -> None:
    """Move an experiment to the end."""
    place = draft.any(is_experiment)
    if place is not None:
        draft.cells.append(draft.cells.pop(place))


def _tried_out(draft: Draft) -> None:
    """Add cells to try things out, right ones and failing ones."""
    tries = (
        "np.ones((2, 3)) * np.arange(3)",
        "W = np.array([[1.0, 2.0], [3.0, 4.0]])\nnp.sum(W**2)",
        "print(a_name_that_is_gone.shape)",
        "for i in range(3):\n    print(i, i**2)",
        "?np.sum",
        "x = np.zeros((3, 1))\ny = np.zeros((4, 1))\nx @ y",
        "help(np.random.rand)",
        "# why does this not work???\nimport numpi",
        "import time\ntime.sleep(0.01)",
        "",
    )
    for text in draft.chance.sample(tries, draft.chance.randint(1, 4)):
        draft.add(draft.chance.randrange(len(draft.cells)) + 1, text)


def _test_deleted(draft: Draft) -> None:
    place = draft.any(is_test)
    if place is not None:
        del draft.cells[place]


def _test_edited(draft: Draft) -> None:
    place = draft.any(is_test)
    if place is not None:
        draft.cells[place]["source"] += "\nprint('all tests passed')"


def _given_deleted(draft: Draft) -> None:
    """Delete a given text and an experiment."""
    for fits in (is_experiment, lambda cell, own: cell["cell_type"] == "markdown" and not own.grade_id):
        place = draft.any(fits)
        if place is not None:
            del draft.cells[place]


def _doubled(draft: Draft) -> None:
    """Keep a copy of the untouched stub above the work, to begin again."""
    place = draft.any(is_function)
    if place is not None:
        grade_id = role(draft.cells[place]).grade_id
        copy = deepcopy(draft.cells[place])
        copy["id"] = draft.new("")["id"]
        copy["source"] = next(cell.released for cell in draft.source.cells if cell.grade_id == grade_id)
        draft.cells.insert(place, copy)


def _helpers_above(draft: Draft) -> None:
    """Do the work in a helper in a cell of one's own."""
    for place in draft.chance.sample(places := draft.places(is_function), len(places)):
        parts = behind_helpers(draft.cells[place]["source"])
        if parts:
            draft.cells[place]["source"] = parts[1]
            draft.add(place, parts[0])
            return


def _ids_lost(draft: Draft) -> None:
    """Cut a stub and paste it into a new cell: what the cell was for is lost."""
    place = draft.any(is_function)
    if place is not None:
        draft.cells[place] = draft.new(draft.cells[place]["source"])


def _first_line(text: str) -> Callable[[Draft], None]:
    """Put a line at the top of a function's cell."""

    def habit(draft: Draft) -> None:
        place = draft.any(is_function)
        if place is not None:
            draft.cells[place]["source"] = f"{text}\n{draft.cells[place]['source']}"

    return habit


def _last_lines(text: str) -> Callable[[Draft], None]:
    """Put lines at the end of a function's cell."""

    def habit(draft: Draft) -> None:
        place = draft.any(is_function)
        if place is not None:
            draft.cells[place]["source"] += f"\n\n{text}"

    return habit


def _decorated(draft: Draft) -> None:
    """Speed a function up with a package that the grader may not have."""
    place = draft.any(lambda cell, own: is_function(cell, own) and _DEFINITION.search(cell["source"]) is not None)
    if place is not None:
        text = draft.cells[place]["source"]
        draft.cells[place]["source"] = "from numba import njit\n\n" + _DEFINITION.sub(r"@njit\n\g<0>", text, count=1)


def _wrapped(text: str) -> Callable[[Draft], None]:
    """Put an object in the place of a function that calls it."""

    def habit(draft: Draft) -> None:
        place = draft.any(lambda cell, own: is_function(cell, own) and len(_functions_in(cell)) == 1)
        if place is not None:
            (name,) = _functions_in(draft.cells[place])
            draft.cells[place]["source"] += "\n\n" + text.format(name=name)

    return habit


def _functions_in(cell: Cell) -> list[str]:
    return _DEFINITION.findall(cell["source"])


def _helper_in_test(draft: Draft) -> None:
    """Write a helper above the self-check in a test cell, where the function is tried out."""
    for place in draft.places(is_function):
        test = place + 1
        if test < len(draft.cells) and is_test(draft.cells[test], role(draft.cells[test])):
            parts = behind_helpers(draft.cells[place]["source"])
            if parts:
                draft.cells[place]["source"] = parts[1]
                draft.cells[test]["source"] = f"{parts[0]}\n{draft.cells[test]['source']}"
                return


def _in_a_module(draft: Draft) -> None:
    """Write a function into a module, and import it where it was asked for."""
    setup = draft.places(is_locked_code)
    place = draft.any(lambda cell, own: is_function(cell, own) and len(_functions_in(cell)) == 1)
    if setup and place is not None:
        (name,) = _functions_in(draft.cells[place])
        text = f"%%writefile my_{name}.py\n{draft.cells[setup[0]]['source']}\n\n{draft.cells[place]['source']}"
        draft.cells[place]["source"] = f"from my_{name} import {name}"
        draft.add(place, text)


def _tried_again_at_the_end(draft: Draft) -> None:
    """Try out at the end what happens if a function is wrong."""
    names = [name for place in draft.places(is_function) for name in _functions_in(draft.cells[place])]
    if names:
        draft.add(len(draft.cells), f"def {draft.chance.choice(names)}(*args):\n    return None  # what if?")


def _setup_imports(text: str) -> Callable[[Draft], None]:
    """Add imports to a locked cell, and use what they bring."""

    def habit(draft: Draft) -> None:
        places = draft.places(is_locked_code)
        if places:
            draft.cells[places[0]]["source"] += f"\n{text}"
            _use(draft, "sqrt" if "(" in text else "math")

    return habit


def _own_first_cell(text: str, used: str = "") -> Callable[[Draft], None]:
    """Begin the notebook with a cell of one's own; a function may use what it binds."""

    def habit(draft: Draft) -> None:
        draft.add(0, text)
        if used:
            _use(draft, used)

    return habit


def _among_experiments(text: str, used: str) -> Callable[[Draft], None]:
    """Bind a name below an experiment, and use it in a function."""

    def habit(draft: Draft) -> None:
        functions = draft.places(is_function)
        places = [place for place in draft.places(is_experiment) if functions and place < functions[-1]]
        if places:
            place = draft.chance.choice(places)
            draft.add(place + 1, text)
            _use(draft, used, after=place)

    return habit


def _use(draft: Draft, name: str, after: int = -1) -> None:
    """Let the last function below a place need a name, without a change of its values."""
    places = [place for place in draft.places(is_function) if place > after]
    if places:
        text = draft.cells[places[-1]]["source"]
        head, found, rest = text.partition("def ")
        first, colon, body = rest.partition(":\n")
        if found and colon:
            indent = body[: len(body) - len(body.lstrip(" \t"))]
            draft.cells[places[-1]]["source"] = f"{head}def {first}:\n{indent}{name}\n{body}"


HABITS: Mapping[str, Callable[[Draft], None]] = {
    "splits a cell": _split,
    "merges a function with its test": _merged,
    "puts all functions together": _moved_together,
    "moves an experiment": _moved_to_the_end,
    "tries things out": _tried_out,
    "deletes a test": _test_deleted,
    "edits a test": _test_edited,
    "deletes what was given": _given_deleted,
    "keeps the untouched stub": _doubled,
    "writes helpers": _helpers_above,
    "pastes a function into a new cell": _ids_lost,
    "measures a cell": _first_line("%%time"),
    "sets up the session": _own_first_cell(
        "%load_ext autoreload\n%autoreload 2\n%config InlineBackend.figure_format = 'retina'"
    ),
    "unpacks in Colab": _own_first_cell("!unzip -qo homework.zip\n%cd homework"),
    "mounts a drive": _own_first_cell("from google.colab import drive\ndrive.mount('/content/drive')"),
    "installs packages": _own_first_cell("!pip install -q numpy matplotlib"),
    "plots inline": _first_line("%matplotlib inline"),
    "tries an import": _first_line("try:\n    import torch\nexcept ImportError:\n    torch = None"),
    "adds imports to the setup": _setup_imports("import math"),
    "chooses a plot style": _own_first_cell('plt.style.use("seaborn-whitegrid")\nimport math', "math"),
    "shows widgets": _first_line("%matplotlib widget"),
    "imports what only Windows has": _first_line("from winsound import Beep"),
    "imports what is not installed": _first_line("import tensorflow as tf"),
    "adds an import that fails to the setup": _setup_imports("import tensorflow as tf\nimport math"),
    "adds imports over several lines": _setup_imports("from math import (\n    fsum,\n    sqrt,\n)"),
    "prints a large array": _last_lines(
        "import sys\nimport numpy as np\nnp.set_printoptions(threshold=sys.maxsize)\nprint(np.random.rand(400, 400))"
    ),
    "measures a line": _among_experiments("%time HALF = 0.5", "HALF"),
    "fails below the function": _last_lines("print(undefined_name)"),
    "hides the output of a cell": _first_line("%%capture\nimport tensorflow as tf"),
    "uses a cell magic of an extension": _first_line("%%wandb"),
    "compiles a function": _decorated,
    "leaves a bracket": _last_lines(")"),
    "leaves a breakpoint": _first_line("breakpoint()"),
    "asks for a name": _first_line("name = input('Your name: ')"),
    "shows a progress bar": _first_line("from tqdm.notebook import tqdm\nfor step in tqdm(range(3)):\n    pass"),
    "binds arguments": _wrapped("from functools import partial\n{name} = partial({name})"),
    "makes an object that can be called": _wrapped(
        "class Wrapped:\n    def __init__(self, function):\n        self.function = function\n\n"
        "    def __call__(self, *args, **named):\n        return self.function(*args, **named)\n\n"
        "{name} = Wrapped({name})"
    ),
    "names a function by lambda": _wrapped(
        "_kept_{name} = {name}\n{name} = lambda *args, **named: _kept_{name}(*args, **named)"
    ),
    "writes a helper into a test": _helper_in_test,
    "writes a module": _in_a_module,
    "tries a wrong version at the end": _tried_again_at_the_end,
    "patches the random generator": _own_first_cell(
        "import numpy as np\nnp.random.seed(42)\nnp.random.seed = lambda *seeds: None"
    ),
    "takes all names of numpy": _last_lines("from numpy import *"),
    "forgets the session": _own_first_cell("%reset -f"),
    "turns warnings into errors": _own_first_cell("import warnings\nwarnings.simplefilter('error')"),
    "binds a constant among experiments": _among_experiments("HALF = 0.5", "HALF"),
}
"""What students do to their notebooks, in words."""
