"""Finds the data files, wherever the notebook stands: in the class zip, in the checkout, or in the grader's folders."""

from pathlib import Path


def find_dataset(name: str) -> Path:
    """Find a file of the folder ``datasets``.

    Looks in the working folder, then in the folders above it, then beside the labkit package.

    Args:
        name: The file, as in ``"planar_train.csv"``.

    Returns:
        The path of the file.

    Raises:
        FileNotFoundError: There is no such file in any of these places; the message says what to do.
    """
    here = Path.cwd()
    for folder in (here, *here.parents, Path(__file__).parent.parent):
        path = folder / "datasets" / name
        if path.is_file():
            return path
    raise FileNotFoundError(
        f"datasets/{name} was not found in {here}, in a folder above it, or beside labkit. "
        "Unpack the whole class zip and open the notebook from there."
    )
