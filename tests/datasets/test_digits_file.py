"""datasets/digits.csv is the file that its README describes, and its script makes it again."""

import gzip
import hashlib
import importlib.util
import zipfile
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

DATASETS = Path(__file__).resolve().parents[2] / "datasets"
TEXT = (DATASETS / "digits.csv").read_bytes()
ROWS = [line.split(",") for line in TEXT.decode("ascii").splitlines()]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_digits", DATASETS / "make_digits.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_checksum_is_the_one_in_the_readme() -> None:
    assert hashlib.sha256(TEXT).hexdigest() in (DATASETS / "README.md").read_text(encoding="utf-8")


def test_parts_and_labels_are_those_of_the_table_in_the_readme() -> None:
    readme = (DATASETS / "README.md").read_text(encoding="utf-8")
    counts = Counter((row[0], int(row[1])) for row in ROWS[1:])
    for part, total in (("train", 1200), ("validation", 300), ("test", 297)):
        labels = [counts[part, label] for label in range(10)]
        assert sum(labels) == total
        assert f"| {part} | {total} | {' | '.join(map(str, labels))} |" in readme


def test_every_image_has_64_pixels_from_0_to_16() -> None:
    assert len(ROWS) == 1 + 1797
    for row in ROWS[1:]:
        pixels = [int(value) for value in row[2:]]
        assert len(pixels) == 64
        assert 0 <= min(pixels) <= max(pixels) <= 16


def test_no_image_stands_in_two_parts() -> None:
    parts: dict[tuple[str, ...], set[str]] = {}
    for part, _, *pixels in ROWS[1:]:
        parts.setdefault(tuple(pixels), set()).add(part)
    assert all(len(found) == 1 for found in parts.values())


def test_script_makes_the_same_file_from_the_images_in_any_order(script: ModuleType) -> None:
    origin = [",".join([*pixels, label]) for _, label, *pixels in reversed(ROWS[1:])]
    assert script.arrange(origin).encode("ascii") == TEXT


def test_script_refuses_another_origin(script: ModuleType, tmp_path: Path) -> None:
    wheel = tmp_path / "scikit_learn.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(script.MEMBER, gzip.compress(b"0,1,2"))
    with pytest.raises(ValueError, match="expected 09f66e"):
        script.read_origin(wheel)
