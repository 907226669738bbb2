"""The pages of marking as people meet them: a server in a process of its own, and a real browser."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

from autograder.course.course import Course
from tests.helpers.browser import find_browser
from tests.helpers.free_port import free_port

START_SECONDS = 120
TOKEN = "a-token-of-the-tests"


class MarkingServer:
    """`autograder mark` on a course."""

    def __init__(self, course: Course, assignment: str, marker: str, base_url: str = "/") -> None:
        self.course, self.assignment, self.marker = course, assignment, marker
        self.port, self.base_url = free_port(), base_url
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.base_url}autograder/mark"

    def start(self) -> None:
        """Start it, on the same port as before, and wait until it answers."""
        command = [sys.executable, "-m", "autograder", "mark", self.assignment, "--course", str(self.course.root)]
        command += ["--as", self.marker, "--port", str(self.port), "--no-browser", "--", "--ServerApp.port_retries=0"]
        command += ["--allow-root", f"--IdentityProvider.token={TOKEN}", f"--ServerApp.base_url={self.base_url}"]
        environment = os.environ | {"JUPYTER_RUNTIME_DIR": str(self.course.private / "runtime")}
        log = (self.course.root / f"server-{self.marker}.log").open("ab")
        with log:
            self._process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        until = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self._process.poll() is None, (self.course.root / f"server-{self.marker}.log").read_text()
            assert time.monotonic() < until, "the server does not answer"
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{self.base_url}api", timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def end(self, with_signal: signal.Signals = signal.SIGTERM) -> None:
        """End it, kindly or not."""
        assert self._process
        self._process.send_signal(with_signal)
        self._process.wait(timeout=60)


@contextmanager
def serving(course: Course, assignment: str, marker: str, base_url: str = "/") -> Iterator[MarkingServer]:
    """Serve the pages for a while."""
    server = MarkingServer(course, assignment, marker, base_url)
    try:
        yield server
    finally:
        server.end(signal.SIGKILL)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of this machine."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def open_page(browser: Browser, server: MarkingServer, path: str, **options: object) -> Page:
    """Log in as a new person, and open a page; an error of its script fails the test."""
    page = browser.new_context(**options).new_page()  # type: ignore[arg-type]
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "console",
        lambda message: (
            problems.append(message.text) if message.type == "error" and "net::ERR" not in message.text else None
        ),
    )
    page.problems = problems  # type: ignore[attr-defined]
    page.goto(f"{server.root}/{path}{'&' if '?' in path else '?'}token={TOKEN}")
    return page
