"""Which experiments run, and how the names that solutions need are looked up."""

from collections.abc import Sequence

import pytest

from autograder.notebook.format import Cell
from autograder.restore.restore import Restored
from autograder.restore.skipping import Kind, experimenting, may_need, needed
from tests.helpers import restoring
from tests.helpers import small_course as small
from tests.helpers.restoring import is_run, kinds, sources, with_cells


def experiment_first(notebook: small.Notebook) -> small.Notebook:
    """Move the experiment of the small course above its functions."""
    experiment = small.cell(notebook, "experiment")
    notebook["cells"].remove(experiment)
    notebook["cells"].insert(2, experiment)
    return notebook


SOURCE = experiment_first(small.source())


def filled(*own: Cell) -> small.Notebook:
    """The filled notebook, with cells of the student's own below the experiment."""
    notebook = experiment_first(small.filled())
    notebook["cells"][3:3] = own
    return notebook


def restored(notebook: small.Notebook, source: small.Notebook = SOURCE) -> Restored:
    return restoring.restored(notebook, source)


def test_an_own_cell_that_uses_an_experiment_is_skipped_unless_it_defines_something() -> None:
    notebook = filled(small.code("more", "print(square(DATA))"), small.code("tool", "def tool():\n    print(DATA)"))
    small.cell(notebook, "experiment")["source"] = "DATA = 3"
    result = restored(notebook)
    assert small.cell(result.notebook, "more")["metadata"] == {"tags": ["skip-execution"]}
    assert small.cell(result.notebook, "tool")["metadata"] == {}
    (note,) = result.notes
    assert (note.kind, note.cell) == ("own-cells-skipped", "")
    assert "“print(square(DATA))”" in note.message and "tool" not in note.message


def test_the_note_on_skipped_cells_names_few_of_many_and_shows_no_control_signs() -> None:
    many = [small.code(f"c{at}", f"\n{'x' * 90}\x1b[31m{at}") for at in range(50)]
    (note,) = restoring.restored(with_cells("experiment", *many, below=True)).notes
    assert len(note.message) < 2000 and note.message.isprintable()


@pytest.mark.parametrize(
    "source",
    ["%time SHIFT = 0", "%prun -q SHIFT = 0", "%%time\nSHIFT = 0", "SHIFT = %pwd", "%store -r SHIFT", "%run shift.py"],
)
def test_an_own_cell_that_binds_by_a_magic_runs_among_the_experiments(source: str) -> None:
    notebook = filled(small.code("magic", source))
    small.cell(notebook, "square")["source"] = "def square(x):\n    return x * x + SHIFT"
    assert is_run(restored(notebook), "magic")


def test_an_own_cell_among_the_experiments_runs_if_a_solution_needs_what_it_binds() -> None:
    notebook = filled(
        small.code("constant", "SHIFT = BASE - shown"),
        small.code("base", "BASE = 3 * shown"),
        small.code("unneeded", "other = 3 * shown"),
    )
    small.cell(notebook, "square")["source"] = "def square(x):\n    return x * x + SHIFT"
    small.cell(notebook, "experiment")["source"] = "shown = 5"
    result = restored(notebook)
    assert [is_run(result, name) for name in ("constant", "base", "unneeded")] == [True, True, False]


@pytest.mark.parametrize(
    "source",
    [
        "math.tau = 6",
        "setup()",
        "TABLE.setdefault(1, 1)",
        "_ = [TABLE.update({k: k}) for k in range(3)]",
        "setattr(math, 'tau', 6)",
        "globals()['SHIFT'] = 0",
        "exec('SHIFT = 0')",
        "with open('shift.py', 'w') as file:\n    file.write('SHIFT = 0')",
        f"A, SHIFT = 0, 0  # {10_000 * '-'}",
    ],
)
def test_an_own_cell_among_the_experiments_runs_for_what_it_may_do_unseen(source: str) -> None:
    notebook = filled(small.code("before", "TABLE = {}\ndef setup():\n    TABLE[1] = 1"), small.code("own", source))
    small.cell(notebook, "experiment")["source"] = "DATA = 3"
    result = restored(notebook)
    assert is_run(result, "own") and not kinds(result)


def test_an_own_cell_is_an_experiment_if_it_uses_one_through_others() -> None:
    own = [
        "import numpy as np\nsize = np.max(DATA)",
        "def tool():\n    return size",
        "tool()",
        "size = 3",
        "np.int = size",
    ]
    assert experimenting(order(given=["DATA = 3"], own=own), {4}, {"DATA"}, {"np"}) == {1, 2, 3}
    copied = ["DATA = load()", "print(DATA)"]
    assert experimenting(order(given=["DATA = load()"], own=copied), set(), {"DATA"}, {"load"}) == {2}


def test_no_own_cell_below_the_last_test_runs_unless_it_defines_something() -> None:
    own = small.code("more", "print(square(6))"), small.code("tool", "def tool():\n    pass")
    result = restoring.restored(with_cells("experiment", *own, below=True))
    assert not is_run(result, "more") and is_run(result, "tool")


def test_in_a_notebook_with_more_code_than_is_looked_through_own_cells_run_where_they_use_no_experiment() -> None:
    long = "\n".join(f"value_{at} = {at}" for at in range(20_000))
    notebook = filled(small.code("long", long), small.code("own", "A = 0"), small.code("use", "print(DATA)"))
    small.cell(notebook, "experiment")["source"] = "DATA = 3"
    result = restored(notebook)
    assert is_run(result, "own") and not is_run(result, "use")


def test_an_experiment_runs_if_only_it_binds_what_a_solution_uses_and_that_is_told() -> None:
    notebook = filled()
    small.cell(notebook, "experiment")["source"] = "SHIFT = 0\nprint(square(5))"
    assert not is_run(restored(notebook), "experiment")
    small.cell(notebook, "square")["source"] = "def square(x):\n    return x * x + SHIFT"
    result = restored(notebook)
    assert is_run(result, "experiment")
    assert small.cell(result.notebook, "experiment")["outputs"] == []
    assert kinds(result) == {("experiment-needed", "")}


def test_an_experiment_runs_if_an_own_cell_that_a_solution_needs_uses_it() -> None:
    notebook = filled(small.code("tools", "import sys\nprint(DATA)\nSHIFT = 0"))
    small.cell(notebook, "experiment")["source"] = "DATA = 3"
    assert not is_run(restored(notebook), "experiment")
    small.cell(notebook, "square")["source"] = "def square(x):\n    return x * x + SHIFT"
    assert is_run(restored(notebook), "experiment")


def test_a_practice_step_is_not_run_and_needs_no_experiment_unless_a_graded_function_uses_it() -> None:
    step = small.code("step", "def step():\n    return 2 * SHIFT", ["skip-execution"], solution=True)
    source = experiment_first(small.source())
    source["cells"].insert(3, step)
    notebook = filled(step | {"source": "def step():\n    return SHIFT + SHIFT"})
    small.cell(notebook, "experiment")["source"] = "SHIFT = 0"
    result = restored(notebook, source)
    assert not is_run(result, "step") and not is_run(result, "experiment")
    small.cell(notebook, "square")["source"] = "def square(x):\n    return x * x + step()"
    result = restored(notebook, source)
    assert is_run(result, "step") and is_run(result, "experiment")
    result = restored(filled(), source)
    assert kinds(result) == {("given-missing", "")}, "nothing is graded that is missing"


def test_both_halves_of_a_solution_that_was_split_run() -> None:
    half = small.code("half", "SHIFT = 0", grade_id="square", solution=True)
    notebook = with_cells("square", half)
    small.cell(notebook, "square")["source"] = "def square(x):\n    return x * x + SHIFT"
    result = restoring.restored(notebook)
    assert is_run(result, "half")
    assert "SHIFT" in sources(result)["square"]


def test_no_experiment_below_the_last_test_runs() -> None:
    """It would run too late: a solution is called at its test, and nothing else counts."""
    notebook = small.filled()
    small.cell(notebook, "experiment")["source"] = "SHIFT = 0"
    small.cell(notebook, "square")["source"] = "def square(x):\n    return x * x + SHIFT"
    assert not is_run(restoring.restored(notebook), "experiment")


def test_an_experiment_runs_though_a_cell_below_the_solution_binds_its_name_again() -> None:
    notebook = filled()
    notebook["cells"].append(small.code("later", "SHIFT = 2"))
    small.cell(notebook, "experiment")["source"] = "SHIFT = 0\nprint(square(5))"
    small.cell(notebook, "square")["source"] = "def square(x):\n    return x * x + SHIFT"
    assert is_run(restored(notebook), "experiment")


@pytest.mark.parametrize("bound, read", [("x\u0302", "x\u0302"), ("l", "ℓ"), ("\uff2e\u0302", "N\u0302")])
@pytest.mark.parametrize("magic", ["", "%%wandb\n"])
def test_names_are_compared_as_python_does(bound: str, read: str, magic: str) -> None:
    """With combining marks, and in all forms of a letter."""
    notebook = filled()
    small.cell(notebook, "experiment")["source"] = f"{bound} = 0\nprint(square(5))"
    small.cell(notebook, "square")["source"] = f"{magic}def square(x):\n    return x * x + {read}"
    assert is_run(restored(notebook), "experiment")


SOLUTION = "def f(x):\n    return table[x] + shift()"
TEST = "autograder.grade('f', f)"


def order(*, own: Sequence[str] = (), given: Sequence[str] = (), solution: str = SOLUTION) -> list[tuple[Kind, str]]:
    """Experiments, then the student's own cells, then a solution and its test."""
    above: list[tuple[Kind, str]] = [*(("experiment", text) for text in given), *(("own", text) for text in own)]
    return [*above, ("solution", solution), ("test", TEST)]


def test_what_is_needed_is_needed_through_other_cells() -> None:
    own = [
        "table = {}",
        "for k in KEYS:\n    table[k] = k",
        "KEYS = [1, 2]",
        "def shift():\n    return SHIFT",
        "SHIFT = 3",
        "x = f(1)\nprint(x)",
        "import time\nnp.random.seed(0)\nplt.plot([1])",
    ]
    assert needed(order(own=own), frozenset()) == {0, 1, 2, 3, 4}


def test_a_library_that_a_solution_uses_does_not_make_every_experiment_needed() -> None:
    own = ["np.random.seed(0)", "np.testing.assert_allclose(f(1), 1)"]
    assert needed(order(own=own, solution="def f(x):\n    return np.ones(x)"), {"np"}) == set()


def test_an_experiment_is_needed_only_for_a_name_that_nothing_above_the_reader_binds() -> None:
    given = ["table = load()", "data = train(table)\nshift = 1", "rng = 1"]
    cells = order(own=["def shift():\n    return 1"], given=given)
    assert needed(cells, {"load", "rng"}) == {0, 3}
    shift = cells.pop(3)
    assert needed([*cells, shift], {"load", "rng", "train"}) == {0, 1, 5}


def test_a_star_import_binds_what_numpy_has_and_nothing_else_that_an_experiment_binds() -> None:
    """The experiments bind `zeros` and `ones`, too, and that is not what a solution means that imports all of numpy."""
    given = ["zeros = train()", "def step():\n    return 1"]
    solution = "def f(x):\n    return zeros(x) + step()"
    assert needed(order(own=["from numpy import *"], given=given, solution=solution), frozenset()) == {1}


@pytest.mark.parametrize(
    "source, may",
    [
        ("def f(x):\n    return x + SEED", True),
        ("def f(x):\n    m = x.shape[1]\n    a, b = m, m\n    return m", False),
        ("def f(m):\n    return [data for data in m]", False),
        ("SEED = 3", False),
        ("(data, m) = f()", False),
        ("import sys\nprint(SEED)\nx = 0", True),
        ("show(SEED, size=3)", True),
    ],
)
def test_a_quick_look_tells_most_solutions_that_need_no_given_cell(source: str, may: bool) -> None:
    assert may_need(source, frozenset({"SEED", "m", "a", "data"})) is may


BROKEN = "def square(x):\n    # the same as SHIFT != 0\n    y = x * x) + SHIFT\n    return y"


ASKING = f'''"""Square.

%time is no magic here, and who reads SHIFT?
"""
{BROKEN}
# What does SHIFT do?'''


@pytest.mark.parametrize(
    "source", [ASKING, BROKEN, BROKEN.replace("y = x * x)", "return x\n  y = x"), f"{BROKEN}\nif x = 1:"]
)
def test_for_a_solution_with_an_error_of_syntax_no_experiment_runs(source: str) -> None:
    """It stops before its first line; its words are no names that it needs, and experiments may take minutes."""
    notebook = filled()
    small.cell(notebook, "experiment")["source"] = "SHIFT = y = 0\nprint(square(5))"
    small.cell(notebook, "square")["source"] = source
    result = restored(notebook)
    assert not is_run(result, "experiment")
    assert "experiment-needed" not in {kind for kind, _ in kinds(result)}
    small.cell(notebook, "double")["source"] = "def double(x):\n    return 2 * x + SHIFT"
    assert is_run(restored(notebook), "experiment")


def test_names_of_a_solution_that_is_no_python_are_guessed_from_its_code_only() -> None:
    """Words of a text, attributes, parameters and what it assigns itself are not taken from an experiment."""
    notebook = filled()
    small.cell(notebook, "experiment")["source"] = "a = x = y = root = SHIFT = 0\nprint(square(5))"
    broken = '%%wandb\ndef square(x)\n    """Square a root of SHIFT."""\n    y = x.root * x  # a SHIFT\n    return y'
    small.cell(notebook, "square")["source"] = broken
    assert not is_run(restored(notebook), "experiment")
    small.cell(notebook, "square")["source"] = broken.replace("x.root", "SHIFT")
    assert is_run(restored(notebook), "experiment")


@pytest.mark.parametrize("magic", ["%%time", "%%wandb", "%%memit -r 1", "\n%%heat", "%%wandb\n%%time"])
def test_below_a_cell_magic_of_whatever_kind_only_what_is_read_is_needed(magic: str) -> None:
    notebook = filled()
    small.cell(notebook, "experiment")["source"] = "SHIFT = y = wandb = 0\nprint(square(5))"
    small.cell(notebook, "square")["source"] = f"{magic}\ndef square(x):\n    y = x * x\n    return y"
    assert not is_run(restored(notebook), "experiment")
    small.cell(notebook, "square")["source"] = f"{magic}\ndef square(x):\n    return x * x + SHIFT"
    assert is_run(restored(notebook), "experiment")


@pytest.mark.parametrize(
    "source",
    [
        "%%bash\necho $SHIFT",
        "    def square(x):\n        return x * x + SHIFT",
        ">>> def square(x):\n...     return x * x + SHIFT",
        "def square(x):\n    return x * x + SHIFT\nhelp_me(square) ?",
        "def square(x):\n    return x * x + SHIFT\n/print square 3",
        "files = !ls\ndef square(x):\n    return x * x + SHIFT)\n%matplotlib inline",
    ],
)
def test_what_only_jupyter_can_run_may_need_an_experiment(source: str) -> None:
    notebook = filled()
    small.cell(notebook, "experiment")["source"] = "SHIFT = 0\nprint(square(5))"
    small.cell(notebook, "square")["source"] = source
    assert is_run(restored(notebook), "experiment")
