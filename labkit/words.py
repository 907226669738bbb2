"""What a student reads from the files directly in labkit."""

from labkit.language import _


def no_dataset(name: str, folder: str) -> str:
    """Say where a data file was searched, and what to do."""
    return _(
        "datasets/{name} was not found in {folder}, in a folder above it, or beside labkit. "
        "Unpack the whole class zip and open the notebook from there.",
        name=name,
        folder=folder,
    )


def environment_rows() -> tuple[str, ...]:
    """Name the rows of the report's environment, in order."""
    return _("Operating system"), _("Processor"), _("Processor cores"), _("Python"), _("numpy"), _("matplotlib")
