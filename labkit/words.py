"""What a student reads from the files directly in labkit."""

from labkit.language import _, in_a_row


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


def no_font() -> str:
    return _(
        "Pictures are in English, for this computer has no font with the signs of your language. Windows and macOS "
        "have one; Linux: sudo apt install fonts-noto-cjk; Colab: !apt install -y fonts-noto-cjk. Then restart the "
        "kernel."
    )


def no_step(name: str, known: list[str]) -> str:
    """Say that nothing checks a function of this name."""
    return _(
        "There is no check for a function with the name {name!r}. Known: {known}.", name=name, known=in_a_row(known)
    )
