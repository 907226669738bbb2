"""Print a page to PDF with a browser of this machine: Chromium, Chrome or Edge, without a window."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from pathlib import Path

from autograder.files import write_whole
from autograder.pages import words

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
SECONDS = 120
"""How long printing one page may take."""

_FLAGS = (
    *("--headless", "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--disable-extensions"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"),
    *("--no-pdf-header-footer", "--generate-pdf-document-outline"),
)


def find_browser() -> str | None:
    """Return the path of a browser that can print; None if there is none."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def print_pdfs(browser: str, pages: Sequence[Path], jobs: int) -> Iterator[tuple[Path, str]]:
    """Print pages into PDFs beside them, each in a browser of its own.

    Args:
        browser: what `find_browser` found.
        pages: the HTML files.
        jobs: browsers at a time.

    Yields:
        A page, when it is done, and why there is no PDF of it; empty if there is one.
    """
    with ThreadPoolExecutor(jobs) as pool:
        waiting = {pool.submit(print_pdf, browser, page): page for page in pages}
        try:
            for done in as_completed(waiting):
                error = done.exception()
                yield waiting[done], str(error) if error else ""
        finally:
            pool.shutdown(cancel_futures=True)


def print_pdf(browser: str, page: Path) -> Path:
    """Print a page into a PDF beside it.

    Args:
        browser: what `find_browser` found.
        page: the HTML file.

    Raises:
        OSError: the browser does not print, or the folder cannot be written to.
    """
    target = page.with_suffix(".pdf")
    with tempfile.TemporaryDirectory(prefix="autograder-print-", ignore_cleanup_errors=True) as folder:
        printed = Path(folder) / "page.pdf"
        as_root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []  # root gets no other
        command = [browser, *_FLAGS, *as_root, f"--user-data-dir={folder}/profile", f"--print-to-pdf={printed}"]
        with suppress(subprocess.SubprocessError):
            subprocess.run(
                [*command, page.resolve().as_uri()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=SECONDS,
            )
        if not printed.is_file():
            raise OSError(words.not_printed(page.name))
        write_whole(target, printed.read_bytes())
    return target
