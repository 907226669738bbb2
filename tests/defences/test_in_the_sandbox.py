"""Each attack on a criterion, handed in as a notebook and judged by the real sandbox: no more than it deserves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autograder.assignments import answer_key, names
from autograder.course.course import Course
from autograder.engines.sandbox.chunk import close, grader_for
from autograder.engines.sandbox.shared import Shared, shared_for
from autograder.grading.submissions import make_task
from tests.defences import criteria
from tests.defences.criteria import LENIENCIES, MASKED, ON_CRITERIA, SIGNATURES, Attempt
from tests.helpers import small_course as small

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("criteria in the sandbox")]

ATTEMPTS = [*ON_CRITERIA, *(attempt for attempt, _ in LENIENCIES)]
IMPORTS = "import numpy as np\nfrom labkit.regularization.network import *\n" + MASKED


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Course]:
    """A course with small notebooks of both labs: a stub and its tests for each function."""
    folder = tmp_path_factory.mktemp("course")
    (folder / "nbgrader_config.py").write_text(small.CONFIG)
    for assignment in names():
        key = answer_key(assignment)
        cells = [small.code("imports", IMPORTS, locked=True)]
        for function in dict.fromkeys(check.function for check in key.checks):
            stub = f"def {function}({SIGNATURES[function]}):\n    ### BEGIN SOLUTION\n    pass\n    ### END SOLUTION"
            cells.append(small.code(function, stub, solution=True))
            for check in key.checks:
                if check.function == function:
                    grade = f'autograder.grade("{check.name}", {", ".join(check.functions)})'
                    test = f"0\n### BEGIN HIDDEN TESTS\nimport autograder\n{grade}\n### END HIDDEN TESTS"
                    cells.append(
                        small.code(f"test_{check.name}", test, grade=True, locked=True, points=int(check.points))
                    )
        place = folder / "source" / assignment
        place.mkdir(parents=True)
        (place / f"{assignment}.ipynb").write_bytes(small.to_bytes(small.source() | {"cells": cells}))
    yield Course(folder)
    close()


def submission(attempt: Attempt) -> small.Notebook:
    """A notebook that is right but for the attack."""
    key, check = criteria.key_of(attempt.check), criteria.check_of(attempt.check)
    cells = [small.code("imports", IMPORTS, locked=True)]
    for function in dict.fromkeys(other.function for other in key.checks):
        code = criteria.right_source(key, function)
        if function == check.function:
            code = criteria.source_of(attempt) if attempt.replaced else criteria.hostile(attempt, function)
        elif attempt.companion and function in check.companions and not attempt.replaced:
            code = criteria.hostile(attempt, function)
        cells.append(small.code(function, code, solution=True))
        for other in key.checks:
            if other.function == function:
                cells.append(small.code(f"test_{other.name}", "0", grade=True, locked=True, points=int(other.points)))
    return small.source() | {"cells": cells}


def test_each_attack_on_a_criterion_gets_what_it_deserves(course: Course) -> None:
    odd = []
    for assignment in names():
        shared: Shared | None = None
        checks = {check.name for check in answer_key(assignment).checks}
        for number, attempt in enumerate(ATTEMPTS):
            if attempt.check not in checks:
                continue
            place = course.root / "submitted" / f"s{number:03d}" / assignment
            place.mkdir(parents=True)
            (place / f"{assignment}.ipynb").write_bytes(small.to_bytes(submission(attempt)))
            task = make_task(course, assignment, f"s{number:03d}")
            shared = shared or shared_for(task)
            judged = grader_for(shared).judge(task.submission)
            (score,) = [cell.score for cell in judged.scores if cell.grade_id == f"test_{attempt.check}"]
            if score != attempt.deserves:
                odd.append(f"{attempt.check}: {attempt.target}: {score} for {attempt.deserves}")
    assert not odd
