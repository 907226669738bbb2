from autograder.notebook.roles import checksum
from tests.helpers.restoring import SOURCE


def test_checksums_are_those_of_nbgrader() -> None:
    from nbformat import from_dict
    from nbgrader.utils import compute_checksum

    graded = [cell.cell for cell in SOURCE.cells if cell.grade_id]
    assert [checksum(cell) for cell in graded] == [compute_checksum(from_dict(cell)) for cell in graded]
