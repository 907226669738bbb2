"""Measure marking by hand in a real browser: how long the next answer takes to stand there, and a mark to be saved.

    python -m benchmarks.marking [--students 1000] [--steps 200] [--pictures 20] [--formgrader 10]

The class is made up: every student has an answer of their own and some pictures. The times are by the page's own clock:
from the key press until the frame in which the answer stands there. Two paces: a person who looks at each answer for a
moment, and a key that is hit as soon as the last answer stands there. With `--formgrader`, nbgrader's page is opened
for some of the students too, to compare.
"""

from __future__ import annotations

import argparse
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from playwright.sync_api import Page

from autograder.course.course import Course
from autograder.marking.desk import Desk
from tests.helpers.graded_course import png
from tests.helpers.marked_course import ASSIGNMENT, WHY, autograded, distinct, hand_in, make_course
from tests.helpers.marking_server import chromium, open_page, serving

STEP = """async ([key, pause]) => {
  const shown = () => document.getElementById("answer").dataset.key;
  await new Promise((done) => setTimeout(done, pause));
  const before = shown(), began = performance.now();
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  for (;;) {
    await new Promise((done) => requestAnimationFrame(done));
    const place = document.getElementById("answer");
    if (place.dataset.key !== before && place.dataset.shown === "true") return performance.now() - began;
  }
}"""
MARK = """async () => {
  const began = performance.now();
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "1", bubbles: true }));
  while (current().waits || current().open) await new Promise((done) => setTimeout(done, 1));
  return performance.now() - began;
}"""


def line(name: str, times: Sequence[float]) -> str:
    """Put times in milliseconds into a row."""
    ordered = sorted(times)
    return (
        f"| {name} | {len(ordered)} | {statistics.median(ordered):.1f} | {ordered[int(len(ordered) * 0.95)]:.1f} "
        f"| {ordered[-1]:.1f} |"
    )


def steps(page: Page, count: int, pause: int) -> list[float]:
    """Go from answer to answer."""
    return [page.evaluate(STEP, ["ArrowRight", pause]) for _ in range(count)]


def formgrader(course: Course, count: int) -> list[float]:
    """Open nbgrader's page for some students; milliseconds until each is loaded."""
    import os
    import signal
    import subprocess
    import urllib.error
    import urllib.request

    from tests.helpers.free_port import free_port

    port = free_port()
    with closing(sqlite3.connect(course.gradebook)) as database:
        own = [id for (id,) in database.execute("SELECT id FROM submitted_notebook LIMIT ?", (count,))]
    command = [sys.executable, "-m", "autograder", "formgrader", "--course", str(course.root), "--", "--no-browser"]
    command += ["--allow-root", f"--ServerApp.port={port}", "--IdentityProvider.token=t"]
    with (course.root / "formgrader.log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    try:
        base = f"http://127.0.0.1:{port}"
        until = time.monotonic() + 120
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(f"{base}/api", timeout=5).close()
                break
            except (urllib.error.URLError, OSError):
                time.sleep(0.3)
        times = []
        with chromium() as browser:
            page = browser.new_page()
            page.goto(f"{base}/formgrader?token=t")
            for id in own:
                began = time.perf_counter()
                page.goto(f"{base}/formgrader/submissions/{id}/?index=0", wait_until="load")
                page.locator("input.score").first.wait_for()
                times.append(1000 * (time.perf_counter() - began))
        return times
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=1000)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--pictures", type=int, default=20)
    parser.add_argument("--formgrader", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        course = make_course(Path(folder))
        pictures = [png()] * options.pictures
        for number in range(options.students):  # one at a time: the class would fill the memory that is measured
            hand_in(course, {f"student-{number:04d}": autograded(distinct(number), pictures=pictures)})
        size = sum(path.stat().st_size for path in course.root.glob("autograded/**/*.ipynb")) / options.students
        began = time.perf_counter()
        Desk(course, ASSIGNMENT).refresh()
        first = time.perf_counter() - began
        began = time.perf_counter()
        Desk(course, ASSIGNMENT).refresh()
        again = time.perf_counter() - began
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{options.students} students, notebooks of {size / 1e6:.1f} MB; read", end=" ")
        print(f"in {first:.1f} s, again in {again:.1f} s;", end=" ")
        print(f"most memory {memory:.0f} MB.\n")
        print("| | number | median (ms) | 95 % (ms) | most (ms) |\n|---|---:|---:|---:|---:|")
        with serving(course, ASSIGNMENT, "tina") as server, chromium() as browser:
            began = time.perf_counter()
            page = open_page(browser, server, f"{ASSIGNMENT}/{ASSIGNMENT}/{WHY}")
            page.locator("#answer *").first.wait_for()
            opened = 1000 * (time.perf_counter() - began)
            print(line("next answer, looked at for 300 ms", steps(page, options.steps, 300)))
            print(line("next answer, as fast as it goes", steps(page, options.steps, 0)))
            page.keyboard.press("Enter")
            saves = []
            for _ in range(options.steps):
                saves.append(page.evaluate(MARK))
                page.evaluate(STEP, ["Enter", 0])
            print(line("a mark saved", saves))
            print(line("the page of the question opened", [opened]))
        if options.formgrader:
            print(line("formgrader: next student", formgrader(course, options.formgrader)))


if __name__ == "__main__":
    main()
