"""Find the data files, wherever the notebook stands: in the class zip, in the checkout, or in the grader's folders."""

from pathlib import Path

from labkit import words


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
    path = find_upward(f"datasets/{name}")
    if path is None:
        raise FileNotFoundError(words.no_dataset(name, str(Path.cwd())))
    return path


def find_upward(name: str) -> Path | None:
    """Find a file in the working folder, then in the folders above it, then beside the labkit package.

    Args:
        name: The file, with the folders before it: ``"datasets/planar_train.csv"``.

    Returns:
        The path of the file; None if it is in none of these places.
    """
    here = Path.cwd()
    places = (folder / name for folder in (here, *here.parents, Path(__file__).parents[1]))
    return next((path for path in places if path.is_file()), None)
