"""The benchmark's own words: what is timed is a backward pass, and the page keeps its other sections."""

from pathlib import Path

import numpy as np

from benchmarks.batch_norm import HEADING, SIZES, WANTED, functions, put_into, section, verdict

TIMES = {"staged": 4e-6, "simplified": 2e-6, "fast": 1e-6, "copy": 5e-7}


def test_the_timed_backward_passes_agree() -> None:
    timed = functions(20, 7)
    staged = timed["staged"]()
    for name in timed.keys() & {"simplified", "fast", "PyTorch"}:
        for first, second in zip(staged, timed[name](), strict=True):
            assert np.allclose(first, second, rtol=1e-10, atol=1e-10)


def test_the_size_that_the_speed_is_promised_for_is_measured() -> None:
    assert WANTED[:2] in SIZES
    assert "NOT reached" in verdict({(500, 500): TIMES | {"simplified": 3e-6}})
    assert "NOT" not in verdict({(500, 500): TIMES})


def test_the_page_gets_the_new_section_and_keeps_the_others(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    page.write_text(f"# Benchmarks\n\n{HEADING}\n\nold\n\n## Engine\n\nkept\n", encoding="utf-8")
    text = section({(500, 500): TIMES})
    put_into(page, text)
    put_into(page, text)
    written = page.read_text(encoding="utf-8")
    assert written.count(HEADING) == 1
    assert "old" not in written
    assert written.endswith("\n## Engine\n\nkept\n")
    put_into(tmp_path / "new.md", text)
    assert (tmp_path / "new.md").read_text(encoding="utf-8").startswith(f"# Benchmarks\n\n{HEADING}\n")
