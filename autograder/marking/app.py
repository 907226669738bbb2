"""The server side of marking by hand: an extension of Jupyter's own server, which brings login, tokens and XSRF.

`autograder mark` starts it alone; enabled in a course's JupyterLab it stands in the menu there. The handlers carry data
between pages and `desk`, in threads, so that a locked gradebook or a slow disk keeps no other page waiting.
"""

from __future__ import annotations

import asyncio
import getpass
import json
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, unquote

from jinja2 import Environment, StrictUndefined
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.extension.application import ExtensionApp, ExtensionAppJinjaMixin
from jupyter_server.extension.handler import ExtensionHandlerJinjaMixin, ExtensionHandlerMixin
from jupyter_server.utils import url_path_join
from tornado import web
from traitlets import Unicode

from autograder.course.course import Course
from autograder.errors import AutograderError, CourseError, keep_traceback
from autograder.gradebook.history import now
from autograder.gradebook.record import recorded_students, update_times
from autograder.language import language, use_language, wished_language
from autograder.marking import words
from autograder.marking.desk import Choice, Desk, RequestError
from autograder.pages.lab_report.lab_report import FONT
from autograder.pages.render import equip

Result = TypeVar("Result")

HERE = Path(__file__).parent
ROOT = "/autograder/mark"
"""Where the pages stand, below the server's own address."""

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' '{css_hash}'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'self'",
    )
)
"""The second layer behind the cleaning of students' work: no script of theirs runs, and nothing is loaded."""


class Handler(ExtensionHandlerJinjaMixin, ExtensionHandlerMixin, JupyterHandler):
    """What all pages of marking share."""

    @property
    def content_security_policy(self) -> str:
        """What the pages may load."""
        app: MarkingApp = self.settings["autograder_marking"]
        return POLICY.format(css_hash=app.jinja2_env.globals["css_hash"])

    @property
    def marker(self) -> str:
        """The name under which marks are given: `--as`, the user of the hub or of the server, or of this machine."""
        app: MarkingApp = self.settings["autograder_marking"]
        user = getattr(self.current_user, "username", "")
        if app.marker:
            return app.marker
        # Who comes with a token has no name, and gets one at random.
        return (user if not _RANDOM.fullmatch(user) else "") or os.environ.get("JUPYTERHUB_USER") or _machine_user()

    async def do(self, work: Callable[..., Result], *arguments: Any, **options: Any) -> Result:
        """Run something that takes time beside the server's loop."""
        return await asyncio.to_thread(work, *arguments, **options)

    async def desk(self, assignment: str) -> Desk:
        """Return the desk of an assignment, as it is now."""
        app: MarkingApp = self.settings["autograder_marking"]
        return await self.do(app.desk, unquote(assignment))

    def page(self, template: str, **data: Any) -> None:
        """Answer with a page."""
        root = url_path_join(self.base_url, ROOT)
        self.set_header("Cache-Control", "no-store")
        self.write(
            self.render_template(
                template,
                root=root,
                marker=self.marker,
                lang=language(),
                quote=lambda name: quote(name, safe=""),
                xsrf=self.xsrf_token.decode("ascii"),
                **data,
            )
        )
        self.finish()

    def write_error(self, status_code: int, **options: Any) -> None:
        """Say what is wrong in one line: as a page, or as data where a script asked."""
        kind, error, _ = options.get("exc_info", (None, None, None))
        line = str(error) if kind and issubclass(kind, AutograderError) else words.failed(status_code)
        if isinstance(error, AutograderError):
            self.set_status(409 if isinstance(error, RequestError) else 500)
        elif error is not None and not isinstance(error, web.HTTPError):
            app: MarkingApp = self.settings["autograder_marking"]
            keep_traceback(error, app.private)
        if self.request.path.startswith(url_path_join(self.base_url, ROOT, "api")):
            self.set_header("Content-Type", "application/json")
            self.finish(json.dumps({"message": line}))
        else:
            self.page("problem.html.j2", line=line)


_RANDOM = re.compile(r"|[0-9a-f]{32}")


def _machine_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return words.somebody()


class HomePage(Handler):
    """The list of assignments."""

    @web.authenticated
    async def get(self) -> None:
        """Show the assignments."""
        app: MarkingApp = self.settings["autograder_marking"]
        self.page("home.html.j2", assignments=(await self.do(app.course)).assignments())


class OverviewPage(Handler):
    """The questions of an assignment, how far they are, and who does what."""

    @web.authenticated
    async def get(self, assignment: str) -> None:
        """Show the questions."""
        desk = await self.desk(assignment)
        await self.do(desk.refresh)
        self.page("overview.html.j2", overview=await self.do(desk.overview), said=self.get_argument("said", "")[:200])

    @web.authenticated
    async def post(self, assignment: str) -> None:
        """Claim a part of a question, or give it back; or settle all empty answers to one."""
        desk = await self.desk(assignment)
        key, said = self.get_body_argument("question"), ""
        if self.get_body_argument("settle", ""):
            settled = await self.do(desk.settle_empty, key, self.marker)
            said = words.settled_empty(len(settled.states))
        else:
            back = self.get_body_argument("back", "")
            part, _, parts = (back or self.get_body_argument("part")).partition("/")
            if not (part.isdecimal() and parts.isdecimal()):
                raise web.HTTPError(400)
            said = await self.do(desk.claim, key, self.marker, int(part), int(parts), take=not back)
        page = url_path_join(self.base_url, ROOT, quote(desk.assignment, safe=""))
        self.redirect(f"{page}?said={quote(said)}" if said else page)


class QuestionPage(Handler):
    """The page on which answers to a question are marked, one after the other."""

    @web.authenticated
    async def get(self, assignment: str, notebook: str, cell: str) -> None:
        """Show the page; the answers follow by themselves."""
        desk, key = await self.desk(assignment), f"{unquote(notebook)}/{unquote(cell)}"
        await self.do(desk.refresh)
        part, _, parts = self.get_argument("part", "0/1").partition("/")
        second = self.get_argument("second", "0")
        choice = Choice(
            *((int(part), max(int(parts), 1)) if part.isdecimal() and parts.isdecimal() else (0, 1)),
            int(second) if second.isdecimal() else 0,
            self.get_argument("at", ""),
        )
        data = await self.do(desk.page, key, self.marker, choice)
        self.page(
            "question.html.j2",
            data={**data, "words": words.for_page()},
            scheme=await self.do(desk.scheme, key),
            shortcuts=words.shortcuts(),
            api=url_path_join(
                self.base_url, ROOT, "api", *(quote(name, safe="") for name in (desk.assignment, *_split(key)))
            ),
        )


class GroupsPage(Handler):
    """The groups of alike answers to a question."""

    @web.authenticated
    async def get(self, assignment: str, notebook: str, cell: str) -> None:
        """Show the groups."""
        desk, key = await self.desk(assignment), f"{unquote(notebook)}/{unquote(cell)}"
        await self.do(desk.refresh)
        self.page("groups.html.j2", assignment=desk.assignment, groups=await self.do(desk.groups, key))


def _split(key: str) -> tuple[str, str]:
    notebook, _, cell = key.partition("/")
    return notebook, cell


class Api(Handler):
    """What the page of a question asks for, and sends."""

    @web.authenticated
    async def get(self, assignment: str, notebook: str, cell: str, what: str) -> None:
        """Answer with answers, experiments, or what others have done."""
        desk, key = await self.desk(assignment), f"{unquote(notebook)}/{unquote(cell)}"
        if not desk.ready:
            await self.do(desk.refresh)
        if what == "answers":
            keys = self.get_argument("keys", "").split(",")
            names = self.get_argument("names", "") == "1"
            self._send({"answers": await self.do(desk.answers, key, keys, names=names)})
        elif what == "experiments":
            shown = await self.do(desk.experiments, key, self.get_argument("key"))
            self._send({"html": self.render_template("experiments.html.j2", shown=shown)})
        elif what == "changes":
            after = self.get_argument("after")
            self._send(await self.do(desk.changes, key, int(after) if after.isdecimal() else 0))
        else:
            raise web.HTTPError(404)

    @web.authenticated
    async def post(self, assignment: str, notebook: str, cell: str, what: str) -> None:
        """Write a mark, an item of the rubric, or take something back."""
        desk, key = await self.desk(assignment), f"{unquote(notebook)}/{unquote(cell)}"
        if not desk.ready:
            await self.do(desk.refresh)
        actions = {"mark": desk.mark, "undo": desk.undo, "item": desk.item, "second": desk.second}
        body = self.get_json_body()
        if what not in actions or not isinstance(body, dict):
            raise web.HTTPError(404)
        self._send(await self.do(actions[what], key, self.marker, body))

    def _send(self, data: Any) -> None:
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(data))


class Menu(Handler):
    """What the entry in JupyterLab's menu says."""

    @web.authenticated
    async def get(self) -> None:
        """Answer with its words."""
        self.finish(words.menu())


class MarkingApp(ExtensionAppJinjaMixin, ExtensionApp):
    """Mark written answers by hand."""

    name = "autograder_marking"
    extension_url = ROOT
    load_other_extensions = False
    static_paths = [str(HERE / "static"), str(FONT.parent)]  # noqa: RUF012 - traitlets
    template_paths = [str(HERE / "templates")]  # noqa: RUF012 - traitlets
    jinja2_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}  # noqa: RUF012 - traitlets

    marker = Unicode("").tag(config=True)
    """The name under which marks are given; by default the user's."""
    course_folder = Unicode("").tag(config=True)
    """The course; by default the one around the server's folder."""

    jinja2_env: Environment

    def initialize_settings(self) -> None:
        """Give the templates what the other pages have."""
        self._desks: dict[str, Desk] = {}
        equip(self.jinja2_env)
        use_language(self._language())

    def _language(self) -> str:
        """Choose the language of the pages: the course's; else of the command that serves them, or of the server."""
        if not self.course_folder:
            use_language(wished_language(os.environ))
        try:
            return self.course().language()
        except AutograderError:  # each page says what is wrong
            return language()

    def initialize_handlers(self) -> None:
        """Add the pages."""
        question = rf"{ROOT}/([^/]+)/([^/]+)/([^/]+)"
        self.handlers.extend(
            [
                (rf"{ROOT}/?", HomePage),
                (rf"{ROOT}/api/menu", Menu),
                (rf"{ROOT}/api/([^/]+)/([^/]+)/([^/]+)/([a-z]+)", Api),
                (rf"{ROOT}/([^/]+)/?", OverviewPage),
                (rf"{question}/groups", GroupsPage),
                (question, QuestionPage),
            ]
        )

    def course(self) -> Course:
        """Return the course.

        Raises:
            CourseError: there is none.
        """
        if self.course_folder:
            return Course.at(self.course_folder)
        return Course.find(self.serverapp.root_dir if self.serverapp else None)

    @property
    def private(self) -> Path:
        """The folder that keeps tracebacks."""
        try:
            return self.course().private
        except AutograderError:
            return Path.cwd() / ".autograder"

    def desk(self, assignment: str) -> Desk:
        """Return the desk of an assignment; there is one as long as the server runs."""
        course = self.course()
        course.notebooks(assignment)
        return self._desks.setdefault(assignment, Desk(course, assignment))

    def keep_history(self) -> None:
        """Bring history and penalties of late work up to what was marked."""
        for assignment, desk in self._desks.items():
            students = recorded_students(desk.course, assignment)
            update_times(desk.course, assignment, moment=now(), times=dict.fromkeys(students))

    async def stop_extension(self) -> None:
        """Leave the gradebook as after a run of `grade`."""
        await asyncio.to_thread(self.keep_history)

    @classmethod
    def get_extension_package(cls) -> str:
        """Name the module that Jupyter's configuration enables."""
        return __name__


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    return [{"module": __name__, "app": MarkingApp}]


def serve(
    course: Course, assignment: str, *, marker: str, arguments: Sequence[str], on_start: Callable[[str], object]
) -> None:
    """Serve the pages of an assignment until somebody stops it.

    Args:
        course: the course.
        assignment: name of the assignment.
        marker: the name under which marks are given.
        arguments: further arguments of Jupyter's server.
        on_start: gets the address of the pages.

    Raises:
        CourseError: this is root, for whom Jupyter's server ends at once.
    """
    server = MarkingApp.initialize_server(  # type: ignore[no-untyped-call]
        [
            f"--ServerApp.root_dir={course.root}",
            f"--MarkingApp.default_url={ROOT}/{quote(assignment, safe='')}",
            f"--MarkingApp.course_folder={course.root}",
            f"--MarkingApp.marker={marker}",
            "--ServerApp.answer_yes=True",
            "--ServerApp.log_level=WARN",
            "--MarkingApp.log_level=WARN",
            *arguments,
        ]
    )
    if not server.allow_root and getattr(os, "geteuid", lambda: 1)() == 0:
        raise CourseError(words.not_as_root())
    on_start(server.local_url)
    server.start()
