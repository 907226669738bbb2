"""The one reader of submitted notebooks, against thousands of spoiled ones."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.errors import SubmissionError
from autograder.notebook.source import parse_source
from autograder.notebook.write import write
from autograder.restore.restore import restore
from tests.engines.sandbox.attacks.laboratory import ASSIGNMENT, POINTS, right_notebook, source_notebook
from tests.helpers import small_course as small
from tests.helpers.spoiling import spoiled, spoiled_bytes

pytestmark = pytest.mark.slow

SOURCE = parse_source(small.to_bytes(source_notebook()), ASSIGNMENT)
WORDS = (
    "cells",
    "cell_type",
    "code",
    "markdown",
    "source",
    "metadata",
    "nbgrader",
    "grade_id",
    "test_backward_propagation_with_dropout",
    "skip-execution",
    "tags",
    "outputs",
    {"nbgrader": {"grade_id": "conclusions", "grade": True, "points": 1e308}},
    {"output_type": "display_data", "data": {"image/png": ["iVBORw0KGgo="]}},
    {"output_type": "stream", "text": [1, "x"]},
)


def spoiled_notebook(seed: int) -> bytes:
    source = random.Random(seed)
    notebook = right_notebook()
    for _ in range(source.randrange(12)):
        notebook = spoiled(source, notebook, WORDS)
    text = json.dumps(notebook, ensure_ascii=source.random() < 0.5)
    data = text.encode(source.choice(["utf-8", "utf-8", "utf-8", "utf-16", "utf-32", "latin-1"]), "replace")
    return spoiled_bytes(source, data)


@settings(max_examples=2000, deadline=None)
@given(st.integers(0, 2**32))
def test_a_spoiled_notebook_is_restored_with_its_tests_or_refused_in_words(seed: int) -> None:
    try:
        result = restore(SOURCE, spoiled_notebook(seed))
    except SubmissionError as refusal:
        assert str(refusal) and "\n" not in str(refusal)
        return
    graded = [cell["metadata"]["nbgrader"] for cell in result.notebook["cells"] if "nbgrader" in cell["metadata"]]
    points = {meta["grade_id"]: meta["points"] for meta in graded if meta["grade"]}
    assert points == {f"test_{name}": worth for name, worth in POINTS.items()} | {"conclusions": 25, "questions": 15}
    sources = {cell["id"]: cell["source"] for cell in result.notebook["cells"]}
    assert all("autograder.grade(" in sources[f"test_{name}"] for name in POINTS)
    json.loads(write(result.notebook))
