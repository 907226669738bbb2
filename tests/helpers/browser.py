"""A real browser for tests of pages."""

import json
import re
import shutil
import subprocess
import tempfile
from html import unescape
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


def printed_pages(page: Path, pdf: Path) -> int:
    """Print the page into a PDF, and count its sheets."""
    _run(page, f"--print-to-pdf={pdf}", "--no-pdf-header-footer")
    return len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes()))


def overflowing(page: Path, width: int) -> list[str]:
    """List the elements of a page, in a window of some width, that are cut or have to be scrolled sideways."""
    outer = page.with_name(f"{page.stem}-{width}.html")
    # A headless window is 500 pixels wide at least, a frame in it may be narrower.
    outer.write_text(
        f"""<!DOCTYPE html><iframe src="{page.name}" style="width:{width}px;height:800px;border:0"></iframe><script>
        onload = () => {{
          const inside = document.querySelector('iframe').contentDocument;
          const wide = [...inside.querySelectorAll('body, body *')].filter(element =>
            !element.closest('svg, .hidden') && element.scrollWidth > element.clientWidth + 1
            && (element.tagName == 'BODY' || getComputedStyle(element).overflowX != 'visible'));
          document.title = JSON.stringify(wide.map(element => element.tagName + '.' + element.className));
        }}</script>""",
        encoding="utf-8",
    )
    title = re.search(r"<title>(.*?)</title>", _run(outer, "--allow-file-access-from-files", "--dump-dom"))
    assert title, "the page could not be measured"
    names: list[str] = json.loads(unescape(title[1]))
    return names
