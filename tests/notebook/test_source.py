import pytest

from autograder.errors import CourseError
from autograder.notebook.source import parse_source
from tests.helpers import small_course as small


def test_a_source_with_an_open_solution_region_is_refused() -> None:
    notebook = small.source()
    small.cell(notebook, "double")["source"] = "### BEGIN SOLUTION"
    with pytest.raises(CourseError, match="END SOLUTION"):
        parse_source(small.to_bytes(notebook), "numbers")
