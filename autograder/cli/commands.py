"""The command line. Each command imports what it needs when it runs, so that `autograder --help` is quick.

Exit codes: 0 done; 1 done, but something needs a look (listed); 2 could not (one line on stderr).
"""

import errno
import io
import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli import words
from autograder.cli.language import translate_help
from autograder.cli.progress import Progress
from autograder.engines.cluster.settings import PORT
from autograder.engines.interrupts import no_interrupt_lost
from autograder.engines.registry import DEFAULT_ENGINE, ENGINES, Engine
from autograder.errors import AutograderError, CourseError, keep_traceback
from autograder.export.names import EXPORTS
from autograder.language import ENGLISH, in_a_row, language, languages, speaking, use_language, wished_language
from autograder.scrub.memory import keep_freed_memory
from autograder.scrub.threads import ONE_THREAD

if TYPE_CHECKING:
    from autograder.course.course import Course
    from autograder.demo.outputs import Outputs
    from autograder.engines.cluster.settings import Cluster
    from autograder.gradebook.history import Change

LOOK, FAILED = 1, 2


def _remember_course(context: click.Context, _: click.Parameter, folder: str) -> str:
    """Let `main` know the course of the command, for the traceback of an error that nobody expected."""
    context.obj["course"] = folder
    return folder


course_option = click.option(
    "--course",
    "folder",
    default=".",
    metavar="DIR",
    callback=_remember_course,
    help="The course folder (default: here).",
)
engine_option = click.option(
    "--engine",
    default=DEFAULT_ENGINE,
    show_default=True,
    metavar="NAME",
    help=f"What runs submissions: {', '.join(ENGINES)}.",
)
jobs_option = click.option(
    "--jobs", type=click.IntRange(1), default=None, help="Processes to use (default: one a core)."
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit."""
    for stream in (sys.stdout, sys.stderr):  # a console of Windows does not know every sign
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    os.environ |= ONE_THREAD
    keep_freed_memory()
    known: dict[str, str] = {}
    use_language(wished_language(os.environ))
    if language() != ENGLISH:
        translate_help(commands)
    try:
        with no_interrupt_lost():
            code = commands.main(arguments, prog_name="autograder", standalone_mode=False, obj=known)
    except click.exceptions.Exit as request:
        code = request.exit_code
    except click.Abort:
        code = _fail(words.stopped())
    except KeyboardInterrupt:
        code = _fail(words.stopped())
    except click.ClickException as error:
        code = _fail(error.format_message())
    except AutograderError as error:
        code = _fail(str(error))
    except OSError as error:
        code = _fail(_machine_trouble(error, known.get("course", ".")))
    except Exception as error:
        code = _fail(words.unexpected(type(error).__name__, str(error), _keep(error, known.get("course", "."))))
    sys.exit(code or 0)


_FULL_OR_FORBIDDEN = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO)
"""What a disk or its owner refuses; any other error of the system is one of this program."""


def _machine_trouble(error: OSError, folder: str) -> str:
    if error.errno in _FULL_OR_FORBIDDEN:
        place = error.filename2 or error.filename
        return words.machine_refused(f"{place}: {error.strerror}" if place else str(error.strerror))
    return words.unexpected(type(error).__name__, str(error), _keep(error, folder))


def _course(folder: str) -> "Course":
    """Open the course in a folder."""
    from autograder.course.course import Course

    return Course.at(folder)


def _say(text: str, *, err: bool = False) -> None:
    """Print text; signs that a terminal takes for commands are replaced, for the text may be a student's."""
    click.echo("".join(sign if sign == "\n" or sign.isprintable() else "\ufffd" for sign in text), err=err)


def _keep(error: Exception, folder: str) -> Path | None:
    """Keep the traceback with the course; in a temporary folder if there is none, or it cannot be written."""
    with suppress(Exception):  # whatever went wrong may go wrong here too
        if file := keep_traceback(error, _course(folder).private):
            return file
    try:
        import tempfile

        return keep_traceback(error, Path(tempfile.mkdtemp(prefix="autograder_errors-")))
    except OSError:
        return None


def _fail(line: str) -> int:
    _say("autograder: " + " ".join(line.split()), err=True)
    return FAILED


def _look(lines: Sequence[str]) -> int:
    """List what needs a look, and return the exit code that says whether anything does."""
    for line in lines:
        _say(f"  {line}")
    return LOOK if lines else 0


def _notes(notes: Sequence[tuple[str, str]]) -> list[str]:
    """Put notes on students in lines; those of whom the same is to be said share one."""
    students: dict[str, list[str]] = {}
    for student, note in notes:
        students.setdefault(note, []).append(student)
    return [words.student_note(in_a_row(names), note) for note, names in students.items()]


def _say_changes(changes: Sequence["Change"]) -> None:
    """Say whose points are others than before."""
    from autograder.gradebook import words as gradebook_words

    for assignment in dict.fromkeys(change.assignment for change in changes):
        news = [change for change in changes if change.assignment == assignment]
        _say(gradebook_words.scores_changed(assignment, len(news)))
        for change in sorted(news, key=lambda change: change.student):
            _say(f"  {gradebook_words.student_change(change)}")


def _jobs(jobs: int | None) -> int:
    """Use one process for each core that this process may use, or fewer: more would wait, and take time to start."""
    from autograder.spread import cores

    return min(jobs or cores(), cores())


limit_option = click.option(
    "--limit",
    "limits",
    multiple=True,
    metavar="NAME=VALUE",
    help="Set a limit for a submission; may be repeated. `autograder doctor` lists names, units and defaults.",
)

fewer_layers_option = click.option(
    "--allow-fewer-layers",
    "fewer_layers",
    is_flag=True,
    help="Grade also where this machine has no namespaces: less protection, see docs/security.md.",
)


def _choose_language(context: click.Context, _: click.Parameter, name: str | None) -> None:
    if name is not None:
        if name not in languages():
            raise click.UsageError(words.no_such_language(name, languages()))
        use_language(name)
        translate_help(commands)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--language",
    metavar="LANGUAGE",
    is_eager=True,  # so that `--language … --help` helps in it
    expose_value=False,
    callback=_choose_language,
    help="The language of the terminal (default: by LANG, else English).",
)
def commands() -> None:
    """Release assignments, grade a class, and send back what it should know."""


@commands.command()
@click.argument("assignments", nargs=-1, metavar="[ASSIGNMENT ...]")
@click.option("--language", metavar="LANGUAGE", help="The edition in this language only (default: all editions).")
@course_option
def release(assignments: tuple[str, ...], language: str | None, folder: str) -> None:
    """Make what students get: notebooks/ and dist/ASSIGNMENT.zip, and the same in a folder a language."""
    from autograder.release.release import languages_of
    from autograder.release.release import release as release_assignment

    course = _course(folder)
    for assignment in assignments or course.assignments():
        for edition in [language] if language else languages_of(course, assignment):
            target, archive = release_assignment(course, assignment, edition)
            _say(words.released(assignment, str(target), str(archive)))


@commands.command()
@click.argument("assignment")
@click.option("--students", type=click.IntRange(1, 9999), help="How many.")
@click.option("--seed", type=int, default=0, help="Seed of the random choices; another seed makes another class.")
@click.option(
    "--outputs",
    type=click.Choice(["none", "small", "full"]),
    default="small",
    help="What the notebooks show: nothing, a few pictures (default), or 2 MB as after Run All.",
)
@click.option("--language", metavar="LANGUAGE", default=ENGLISH, help="The edition that they work in (default: en).")
@click.option("--remove", is_flag=True, help="Remove the made-up class, and nothing else.")
@course_option
def simulate(
    assignment: str, students: int | None, seed: int, outputs: "Outputs", language: str, remove: bool, folder: str
) -> int:
    """Make up a class in submitted/, right and wrong; or remove it again."""
    from autograder.demo.made_up_class import simulate as make_up
    from autograder.demo.made_up_folders import remove_class

    if (students is None) != remove:
        raise click.UsageError(words.students_or_remove())
    course = _course(folder)
    if students is None:
        removed, changed = remove_class(course, assignment)
        _say(words.class_removed(assignment, len(removed)))
        return _look([words.made_up_changed(str(course.submitted(student, assignment))) for student in changed])
    written = make_up(course, assignment, students, seed, outputs=outputs, language=language)
    _say(words.simulated(assignment, list(written.values())))
    return 0


@commands.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--assignment", metavar="NAME", help="The assignment for which the platform made its numbers of people (Moodle)."
)
@course_option
def roster(file: Path, assignment: str | None, folder: str) -> int:
    """Read a list of people (csv, xls, xlsx) from a platform into the course's students."""
    from autograder.roster.read_list import read_list

    joined = read_list(_course(folder), file, assignment)
    for line in joined.lines:
        _say(line)
    _say(words.people_read(len(joined.students), joined.new))
    return _look(joined.look)


@commands.command()
@click.argument("old")
@click.argument("new")
@click.option("--merge", is_flag=True, help="NEW is a student who has handed in too, and the same person.")
@click.option("--keep", metavar="ID", help="Whose submission counts where both have handed in.")
@course_option
def rename(old: str, new: str, merge: bool, keep: str | None, folder: str) -> int:
    """Give a student another id, with files, grades and history; or join two ids of a person."""
    from autograder.roster.rename import rename as rename_student

    dropped = rename_student(_course(folder), old, new, merge=merge, keep=keep)
    _say(words.renamed(old, new))
    return _look(dropped)


@commands.command()
@click.argument("assignment")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--layout", metavar="NAME", help="The platform, or how files are named: docs/instructor.md lists them.")
@click.option("--student", metavar="ID", help="All is this student's: a notebook that came by mail, a zip, a folder.")
@click.option("--take-older", is_flag=True, help="Take also what was handed in before what the course has.")
@course_option
def collect(assignment: str, path: Path, layout: str | None, student: str | None, take_older: bool, folder: str) -> int:
    """Sort an LMS download, a folder or a zip archive into submitted/."""
    from autograder.collect.collect import collect as sort_in

    collected = sort_in(_course(folder), assignment, path, layout, student=student, take_older=take_older)
    if collected.layout:
        _say(collected.layout)
    _say(words.collected(assignment, len(collected.students), len(collected.unchanged)))
    for line in collected.changed:
        _say(f"  {line}")
    return _look(collected.skipped)


@commands.command()
@click.argument("assignment")
@click.option("--student", "students", multiple=True, metavar="ID", help="Only this student; may be repeated.")
@engine_option
@jobs_option
@click.option("--force", is_flag=True, help="Grade unchanged submissions again, too.")
@click.option("--new-secret", is_flag=True, help="Go on with another course secret than that of the grades.")
@limit_option
@fewer_layers_option
@click.option("--cluster", "address", metavar="tls://HOST:PORT", help="Let the workers of this scheduler judge.")
@click.option(
    "--certificates",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="With --cluster: the folder of `autograder cluster certificates`.",
)
@course_option
def grade(
    assignment: str,
    students: tuple[str, ...],
    engine: str,
    jobs: int | None,
    force: bool,
    new_secret: bool,
    limits: tuple[str, ...],
    fewer_layers: bool,
    address: str | None,
    certificates: Path | None,
    folder: str,
) -> int:
    """Grade submitted/ into autograded/ and gradebook.db."""
    from autograder.gradebook.behaviours import outdated_hints
    from autograder.gradebook.history import Change
    from autograder.gradebook.record import recorded_students
    from autograder.grading import words as grading_words
    from autograder.grading.grade_class import grade as grade_class

    course = _course(folder)
    cluster = _cluster(address, certificates, plain=engine == DEFAULT_ENGINE and jobs is None)
    changes: list[Change] = []
    with Progress(words.grading()) as progress:
        results = grade_class(
            course,
            assignment,
            Engine("sandbox" if cluster else engine, _jobs(jobs), limits, fewer_layers, cluster),
            students=students,
            force=force,
            new_secret=new_secret,
            on_start=progress.start,
            on_graded=progress.step,
            on_change=changes.append,
        )
    _say(grading_words.grading_summary(assignment, [graded.state for graded in results]))
    _say_changes(changes)
    look = _notes([(one.student, " ".join(one.to_look_at)) for one in results if one.to_look_at])
    if not students and (gone := sorted(recorded_students(course, assignment) - {one.student for one in results})):
        look.append(grading_words.gone(assignment, gone))
    if outdated := outdated_hints(course, assignment):
        look.append(words.hints_outdated(assignment, outdated))
    return _look(look)


def _cluster(address: str | None, certificates: Path | None, plain: bool) -> "Cluster | None":
    """Take the cluster of `grade`; what it needs is there, and no option contradicts it."""
    from autograder.engines.cluster import words as cluster_words
    from autograder.engines.cluster.settings import Cluster, need_extra

    if (address is None) != (certificates is None):
        raise click.UsageError(cluster_words.needs_certificates())
    if address is None or certificates is None:
        return None
    if not plain:
        raise click.UsageError(cluster_words.only_sandbox())
    named = Cluster(address, certificates)
    need_extra()
    return named


@commands.group()
def cluster() -> None:
    """Grade on several machines: make their certificates, start scheduler and workers."""
    from autograder.engines.cluster.settings import need_extra

    need_extra()


certificates_option = click.option(
    "--certificates",
    type=click.Path(path_type=Path),
    required=True,
    metavar="DIR",
    help="The folder of `autograder cluster certificates`, or a copy of what this machine needs of it.",
)


@cluster.command("certificates")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--host", "hosts", multiple=True, metavar="HOST", help="The scheduler's machine; may be repeated.")
def make_certificates(folder: Path, hosts: tuple[str, ...]) -> None:
    """Make the certificates by which the machines of a cluster know each other, or renew them."""
    from autograder.engines.cluster import words as cluster_words
    from autograder.engines.cluster.certificates import make_certificates as make

    make(folder, hosts)
    _say(cluster_words.certificates_made(str(folder)))


@cluster.command()
@certificates_option
@click.option("--host", default="0.0.0.0", show_default=True, help="The address to listen at.")
@click.option("--port", type=click.IntRange(1, 65535), default=PORT, show_default=True, help="The port to listen at.")
def scheduler(certificates: Path, host: str, port: int) -> None:
    """Run the scheduler, which hands submissions to workers."""
    from autograder.engines.cluster.commands import run_scheduler

    run_scheduler(certificates, host, port)


@cluster.command()
@click.argument("address", metavar="tls://HOST:PORT")
@certificates_option
@click.option(
    "--secret",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    help="This machine's copy of the course's .autograder/secret; only you may read it.",
)
@click.option("--cores", type=click.IntRange(1), default=None, help="How many workers (default: one a core).")
def worker(address: str, certificates: Path, secret: Path, cores: int | None) -> None:
    """Run the workers of this machine, which judge submissions."""
    from autograder.engines.cluster.commands import run_workers

    run_workers(address, certificates, secret, cores)


@commands.command()
@click.argument("notebook", type=click.Path(path_type=Path))
@click.option("--assignment", required=True, help="The assignment that the notebook belongs to.")
@engine_option
@click.option("--json", "as_data", is_flag=True, help="Print one JSON object and nothing else.")
@limit_option
@fewer_layers_option
@course_option
def check(
    notebook: Path,
    assignment: str,
    engine: str,
    as_data: bool,
    limits: tuple[str, ...],
    fewer_layers: bool,
    folder: str,
) -> None:
    """Judge one notebook without changing the course."""
    from autograder.grading.check_notebook import as_json, check_notebook
    from autograder.notebook.notes import NEWER_PYTHON

    judged = check_notebook(
        _course(folder), assignment, notebook, Engine(engine, limits=limits, fewer_layers=fewer_layers)
    )
    result = as_json(assignment, judged)
    for note in judged.notes:
        if note.kind == NEWER_PYTHON:
            _say(note.message, err=True)
    _say(json.dumps(result, indent=1) if as_data else words.check_result(result))
    for note in judged.notes:
        if note.kind != NEWER_PYTHON:
            _say(note.message, err=True)


@commands.command()
@click.argument("assignment")
@click.option("--student", "students", multiple=True, metavar="ID", help="Only this student; may be repeated.")
@click.option("--zip", "platform", type=click.Choice(["moodle", "canvas"]), help="Pack them for the platform, too.")
@jobs_option
@course_option
def feedback(assignment: str, students: tuple[str, ...], platform: str | None, jobs: int | None, folder: str) -> int:
    """Write the pages that go back to students."""
    from autograder.pages.feedback import write_feedback
    from autograder.scrub.memory import limited_memory

    course = _course(folder)
    results = []
    with Progress(words.feedback()) as progress, limited_memory():
        for result in write_feedback(course, assignment, students or None, progress.start, _jobs(jobs)):
            results.append(result)
            progress.step()
    _say(words.feedback_written(sum(len(result.pages) for result in results), str(course.root / "feedback")))
    look = [words.student_note(result.student, result.problem) for result in results if result.problem]
    if platform:
        from autograder.pages import words as pages_words
        from autograder.pages.feedback_zip import write_feedback_zip

        pages = {result.student: result.pages for result in results if result.pages}
        packed = write_feedback_zip(course, assignment, pages, platform)
        _say(pages_words.zip_written(str(packed.path), packed.pages))
        look += [pages_words.not_in_zip(packed.missing)] if packed.missing else []
    return _look(look)


@commands.command(context_settings={"ignore_unknown_options": True})
@click.argument("assignment", required=False)
@click.argument("jupyter", nargs=-1, type=click.UNPROCESSED, metavar="[-- JUPYTER OPTIONS ...]")
@click.option("--as", "marker", default="", metavar="NAME", help="Who marks (default: the user of Jupyter or here).")
@click.option("--port", type=click.IntRange(0, 65535), default=8888, show_default=True, help="Where to serve it.")
@click.option("--no-browser", is_flag=True, help="Open no browser; print the address.")
@click.option(
    "--add-to-jupyterlab", is_flag=True, help="Put it into the menu of this environment's JupyterLab instead."
)
@course_option
def mark(
    assignment: str | None,
    jupyter: tuple[str, ...],
    marker: str,
    port: int,
    no_browser: bool,
    add_to_jupyterlab: bool,
    folder: str,
) -> int:
    """Mark written answers by hand, in the browser."""
    if add_to_jupyterlab:
        from autograder.marking.jupyterlab import add_to_jupyterlab as add

        _say(words.added_to_jupyterlab(str(add())))
        return 0
    if assignment is None:
        raise click.UsageError(words.mark_what())
    from autograder.marking.app import serve
    from autograder.marking.desk import Desk

    course = _course(folder)
    desk = Desk(course, assignment)
    with Progress(words.reading_answers()) as progress:
        desk.refresh(progress.start, progress.step)
    look = _look(desk.problems())
    options = [f"--ServerApp.port={port}", *(["--no-browser"] if no_browser else []), *jupyter]
    serve(
        course,
        assignment,
        marker=marker,
        arguments=options,
        on_start=lambda url: _say(words.marking(assignment, url)),
    )
    return look


@commands.command(context_settings={"ignore_unknown_options": True})
@click.argument("jupyter", nargs=-1, type=click.UNPROCESSED, metavar="[-- JUPYTER OPTIONS ...]")
@course_option
def formgrader(jupyter: tuple[str, ...], folder: str) -> int:
    """Open nbgrader's own page for grading by hand."""
    import subprocess

    course = _course(folder)
    command = [sys.executable, "-m", "jupyterlab", "--ServerApp.default_url=/formgrader", *jupyter]
    return subprocess.run(command, cwd=course.root, check=False).returncode


@commands.command()
@click.argument("assignment")
@click.option(
    "--hint",
    nargs=2,
    metavar="GROUP TEXT",
    help="Give a group a hint, which feedback shows to all whose function does the same.",
)
@click.option("--remove", metavar="GROUP", help="Take the hint of a group away.")
@course_option
def mistakes(assignment: str, hint: tuple[str, str] | None, remove: str | None, folder: str) -> int:
    """Group wrong functions by what they compute, and give groups hints."""
    from autograder.gradebook.behaviours import outdated_hints
    from autograder.pages.mistakes import give_hint, remove_hint, waiting_hints, wrong_groups

    course = _course(folder)
    course.notebooks(assignment)
    if remove is not None:
        remove_hint(course, assignment, remove)
        _say(words.hint_removed(remove))
    if hint:
        count = give_hint(course, assignment, *hint)
        _say(words.hint_given(assignment, hint[0], count))
    if remove is None and not hint:
        _say(words.mistake_groups(assignment, wrong_groups(course, assignment)))
        for id, waiting in waiting_hints(course, assignment).items():
            _say(words.hint_waiting(id, waiting.check, waiting.text))
    outdated = outdated_hints(course, assignment)
    return _look([words.hints_outdated(assignment, outdated)] if outdated else [])


@commands.command()
@click.argument("assignment")
@course_option
def report(assignment: str, folder: str) -> int:
    """Write the page about the class."""
    from autograder.pages.report import write_report

    course = _course(folder)
    with speaking(course.language()):
        written = write_report(course, assignment)
    _say(words.report_written(str(written.path)))
    for line in written.state:
        _say(f"  {line}")
    return _look(written.needs_attention)


@commands.command("lab-report")
@click.argument("assignment")
@click.option("--student", "students", multiple=True, metavar="ID", help="Only this student; may be repeated.")
@click.option("--points", is_flag=True, help="Print the points, too.")
@click.option("--pdf", is_flag=True, help="Print each into a PDF as well, with Chromium, Chrome or Edge.")
@jobs_option
@course_option
def lab_report(
    assignment: str, students: tuple[str, ...], points: bool, pdf: bool, jobs: int | None, folder: str
) -> int:
    """Write each student's notebook as the lab report that the course files."""
    from autograder.pages.lab_report.lab_report import write_lab_reports
    from autograder.pages.lab_report.printing import find_browser, print_pdfs
    from autograder.scrub.memory import limited_memory

    course = _course(folder)
    results = []
    with Progress(words.lab_reports()) as progress, limited_memory():
        for result in write_lab_reports(course, assignment, students or None, points=points, on_start=progress.start):
            results.append(result)
            progress.step()
    _say(words.lab_reports_written(sum(bool(result.pages) for result in results), str(course.reports() / assignment)))
    look = _notes([(result.student, result.problem) for result in results if result.problem])
    if pdf and (browser := find_browser()) is None:
        look.append(words.no_browser())
    elif pdf and browser:
        pages = [page for result in results for page in result.pages]
        with Progress(words.printing()) as progress:
            progress.start(len(pages))
            for _page, problem in print_pdfs(browser, pages, _jobs(jobs)):
                look += [problem] if problem else []
                progress.step()
    return _look(look)


@commands.command()
@click.argument("assignment")
@click.argument("time", required=False)
@click.option("--none", "no_due", is_flag=True, help="Take the due date away.")
@click.option("--grace", metavar="LENGTH", help="How late still counts as in time: 15m, 2h.")
@click.option(
    "--penalty", metavar="PENALTY", help="For each day begun: 10% of the points reached, or 5 points; plugin."
)
@click.option(
    "--late-days", type=click.IntRange(0), help="Days a student may be late over the course without a penalty."
)
@course_option
def due(
    assignment: str,
    time: str | None,
    no_due: bool,
    grace: str | None,
    penalty: str | None,
    late_days: int | None,
    folder: str,
) -> None:
    """Set when an assignment is due and what being late costs; without options, say it and who is late."""
    from autograder.course.database import has_gradebook
    from autograder.course.timestamp import parse_moment, parse_span
    from autograder.gradebook import words as gradebook_words
    from autograder.gradebook.history import change_rules, now
    from autograder.gradebook.late import NewRule, parse_penalty, read_late_rules, set_due
    from autograder.gradebook.read_marks import read_marks
    from autograder.gradebook.register import register

    course = _course(folder)
    course.notebooks(assignment)
    if time is not None and no_due:
        raise click.UsageError(words.due_or_none())
    per_day, percent = parse_penalty(penalty) if penalty else (None, True)
    new = NewRule(
        due=parse_moment(time) if time else None,
        no_due=no_due,
        grace=parse_span(grace).total_seconds() if grace else None,
        per_day=per_day,
        percent=percent,
        by_plugin=penalty is not None and per_day is None,
        late_days=late_days,
    )
    changes: list[Change] = []
    if new != NewRule():
        register(course, assignment)
        changes = change_rules(course, assignment, lambda database: set_due(database, assignment, new), now())
    for line in gradebook_words.due_lines(assignment, read_late_rules(course)):
        _say(line)
    _say_changes(changes)
    marks = read_marks(course, assignment) if has_gradebook(course) else None
    for student, late in sorted(marks.late.items()) if marks else ():
        penalty_points = sum(own.penalty for own in marks.notebooks[student].values()) if marks else 0.0
        if line := gradebook_words.late_line(late, penalty_points):
            _say(f"  {words.student_note(student, line)}")


@commands.command()
@click.argument("assignment")
@click.argument("students", nargs=-1, required=True, metavar="STUDENT ...")
@click.option("--by", metavar="LENGTH", help="How much later than the others: 2d, 12h.")
@click.option("--until", metavar="TIME", help="When it is due for them.")
@click.option("--none", "no_extension", is_flag=True, help="Take the extension away.")
@course_option
def extend(
    assignment: str, students: tuple[str, ...], by: str | None, until: str | None, no_extension: bool, folder: str
) -> None:
    """Give students more time, whether they have handed in or not."""
    from autograder.course.timestamp import in_local_time, parse_moment, parse_span
    from autograder.gradebook import words as gradebook_words
    from autograder.gradebook.history import change_rules, now
    from autograder.gradebook.late import read_late_rules, set_extension
    from autograder.gradebook.students import require_known

    course = _course(folder)
    course.notebooks(assignment)
    if (by is not None) + (until is not None) + no_extension != 1:
        raise click.UsageError(words.how_to_extend())
    rule = read_late_rules(course).rules.get(assignment)
    if rule is None or rule.due is None:
        raise CourseError(gradebook_words.nothing_to_extend(assignment))
    require_known(course, assignment, students)
    extension = parse_span(by) if by else (parse_moment(until) if until else rule.due) - rule.due
    if extension.total_seconds() < 0:
        raise CourseError(gradebook_words.before_due(assignment))
    changes = change_rules(
        course, assignment, lambda database: set_extension(database, assignment, students, extension), now()
    )
    _say(gradebook_words.extended(assignment, students, in_local_time(rule.due + extension)))
    _say_changes([change for change in changes if change.is_news])


@commands.command()
@click.argument("student", required=False)
@click.option("--assignment", help="Only of this assignment.")
@course_option
def history(student: str | None, assignment: str | None, folder: str) -> None:
    """Say how the marks of a student came about; without a student, which runs changed whose score."""
    from autograder.gradebook import words as gradebook_words
    from autograder.gradebook.history import read_history

    course = _course(folder)
    if assignment is not None:
        course.notebooks(assignment)
    changes = read_history(course, student, assignment)
    if student is None:
        lines = gradebook_words.history_of_runs(changes) or [gradebook_words.no_changes()]
    elif not changes:
        raise AutograderError(gradebook_words.no_history(student))
    else:
        lines = gradebook_words.history_of_student(changes)
    for line in lines:
        _say(line)


@commands.command()
@click.argument("assignment")
@click.option("--to", type=click.Choice(EXPORTS), default="csv", show_default=True, help="The format.")
@click.option("--into", type=click.Path(path_type=Path), help="The platform's own file, to be filled.")
@click.option("--output", type=click.Path(path_type=Path), help="The file to write (default: the one to be filled).")
@click.option("--column", metavar="TITLE", help="The platform's column, if it is not the assignment's name.")
@click.option("--scale", is_flag=True, help="Turn points into the platform's maximum.")
@course_option
def export(
    assignment: str, to: str, into: Path | None, output: Path | None, column: str | None, scale: bool, folder: str
) -> int:
    """Write scores: a table with a column a question, or a platform's own file with the grades in it."""
    from autograder.export import words as export_words
    from autograder.export.export import export as write_scores

    exported = write_scores(_course(folder), assignment, output, to, into=into, column=column, scale=scale)
    if exported.column:
        _say(export_words.filled(str(exported.path), exported.column, exported.students))
    else:
        _say(words.exported(exported.students, str(exported.path)))
    return _look(exported.look)


@commands.command()
@click.argument("assignments", nargs=-1, metavar="[ASSIGNMENT ...]")
@click.option("--mutants", type=click.IntRange(1), default=None, help="Try so many a function (default: all).")
@click.option("--repeats", type=click.IntRange(1), default=10_000, show_default=True, help="To measure false failures.")
@jobs_option
@course_option
def verify(assignments: tuple[str, ...], mutants: int | None, repeats: int, jobs: int | None, folder: str) -> int:
    """Prove assignments and their grading right; prints a Markdown table."""
    from autograder.verify.proofs import verify as prove

    course = _course(folder)
    names = assignments or course.assignments()
    holds = prove(course, names, mutants=mutants, repeats=repeats, jobs=_jobs(jobs), show=click.echo)
    return 0 if holds else LOOK


@commands.command()
def doctor() -> int:
    """Say what this machine offers for the sandbox, what is missing, and how to get it."""
    from autograder.engines.sandbox.doctor import examine

    lines, complete = examine()
    for line in lines:
        _say(line)
    return 0 if complete else LOOK


@commands.command()
@jobs_option
@click.option("--into", type=click.Path(path_type=Path), default=None, help="The folder to make (default: demo).")
@fewer_layers_option
@course_option
def demo(jobs: int | None, into: Path | None, fewer_layers: bool, folder: str) -> None:
    """Show the whole way, from the release to the report, with a made-up class."""
    from autograder.demo.demo import demo as run

    course = _course(folder)
    with Progress(words.grading()) as progress:
        for line in run(
            course,
            into or course.root / "demo",
            engine=Engine(jobs=_jobs(jobs), fewer_layers=fewer_layers),
            on_start=progress.start,
            on_graded=progress.step,
        ):
            _say(line)
