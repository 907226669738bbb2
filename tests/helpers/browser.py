"""A real browser for tests of pages."""

import shutil
import subprocess
import tempfile
from pathlib import Path

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


def find_browser() -> str | None:
    """Return the path of a browser on this machine, None if there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def _run(page: Path, *options: str) -> str:
    browser = find_browser()
    assert browser, "No browser: install the package chromium (apt-get install chromium)."
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [browser, *FLAGS, f"--user-data-dir={profile}", "--virtual-time-budget=2000", *options, page.as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout


def dump_dom(page: Path) -> str:
    """The page as it stands in the browser after it had two (virtual) seconds to run."""
    return _run(page, "--dump-dom")


def screenshot(page: Path, picture: Path, width: int, height: int, *, dark: bool = False) -> Path:
    """A picture of the page."""
    options = ("--force-dark-mode", "--blink-settings=preferredColorScheme=0") if dark else ()
    _run(page, f"--screenshot={picture}", f"--window-size={width},{height}", *options)
    assert picture.is_file(), "the browser made no screenshot"
    return picture
