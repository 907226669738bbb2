"""What the people see who open what a hostile submission left: pages in a browser, text in a terminal."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

from autograder.course import Course
from autograder.feedback import write_feedback
from autograder.report import write_report
from tests.engine.attacks import class09_people
from tests.engine.attacks.grading import environment, registered, run
from tests.engine.attacks.laboratory import ASSIGNMENT, PROJECT, Laboratory, hostile_notebook


class Dangers(HTMLParser):
    """Collects what would run or load something."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "iframe", "object", "embed", "base", "form", "foreignobject"):
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            text = re.sub(r"[\s\x00-\x20]", "", value or "").lower()
            loads = name in ("src", "srcset", "action", "xlink:href", "poster") and not text.startswith(
                ("data:image", "#")
            )
            if name.startswith("on") or name == "srcdoc" or text.startswith(("javascript:", "data:text")) or loads:
                self.found.append(f"{tag} {name}={value!r}")


def test_no_page_made_of_a_hostile_submission_runs_or_loads_anything(tmp_path: Path):
    (tmp_path / "registered").mkdir()
    (tmp_path / "attacked").mkdir()
    campaign = run(class09_people.ATTACKS, tmp_path / "attacked", registered(tmp_path / "registered"))
    campaign.world.close()
    course = Course(campaign.lab.course)
    pages = [page for sent in write_feedback(course, ASSIGNMENT) for page in sent.pages]
    pages.append(write_report(course, ASSIGNMENT).path)
    assert len(pages) > 2 * len(class09_people.ATTACKS)
    for page in pages:
        dangers = Dangers()
        dangers.feed(page.read_text(encoding="utf-8"))
        assert dangers.found == [], page.relative_to(course.root)


def test_no_escape_sequence_of_a_student_reaches_the_terminal(tmp_path: Path):
    tmp_path.chmod(0o755)
    lab = Laboratory.build(tmp_path)
    wanted = ("terminal-escapes", "escapes-in-a-result", "html-in-an-error", "formulas")
    for attack in class09_people.ATTACKS:
        if attack.id not in wanted:
            continue
        lab.hand_in(attack.id, hostile_notebook(attack, lab.names({"PORT": 9, "MARK": "mark"})))
        file = lab.course / "submitted" / attack.id / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        own = ["check", str(file), "--assignment", ASSIGNMENT, "--course", str(lab.course), "--engine", "sandbox"]
        for form in ([], ["--json"]):
            shown = subprocess.run(
                [sys.executable, "-m", "autograder", *own, *form],
                cwd=PROJECT,
                env=environment(lab),
                capture_output=True,
            )
            assert shown.returncode == 0, shown.stderr
            text = (shown.stdout + shown.stderr).decode()
            assert "compute_cost_with_regularization" in text
            assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text), (attack.id, form)
