"""The words of the sandbox engine that students and instructors read."""

from __future__ import annotations

from collections.abc import Iterable

from autograder.language import _, in_a_row


def over(limit: str, value: int) -> str:
    """Say that a cell went over a limit."""
    return {
        "wall_cell": _("This cell was stopped after {value:,} s. Is there an endless loop? (limit: {limit})"),
        "cpu_cell": _(
            "This cell was stopped after {value:,} s of computing. Is there an endless loop? (limit: {limit})"
        ),
        "cpu_test": _(
            "The test of this function was stopped after {value:,} s of computing; a few milliseconds are usual. "
            "Is there an endless loop? (limit: {limit})"
        ),
        "wall_submission": _(
            "The notebook took more than {value:,} s in all; this cell was not finished. (limit: {limit})"
        ),
        "cpu_submission": _(
            "The notebook computed for more than {value:,} s in all; this cell was not finished. (limit: {limit})"
        ),
        "memory": _("This cell needs more than the {value:,} MB of memory that a notebook may use. (limit: {limit})"),
        "output_cell": _("This cell shows more than {value:,} characters. (limit: {limit})"),
        "output_total": _("The notebook shows more than {value:,} characters in all. (limit: {limit})"),
        "result": _("This cell was stopped: the function returns more than {value:,} MB. (limit: {limit})"),
        "file_size": _("This cell writes a file of more than {value:,} MB. (limit: {limit})"),
        "disk": _("This cell writes more than {value:,} MB of files. (limit: {limit})"),
        "processes": _("This cell starts more than {value:,} threads. (limit: {limit})"),
        "open_files": _("This cell has more than {value:,} files open. (limit: {limit})"),
    }[limit].format(value=value, limit=limit)


def output_cut(value: int, limit: str) -> str:
    """Say below the outputs of a cell that there was more."""
    return {
        "output_cell": _("The output is cut here, after {value:,} characters; the cell ran on. (limit: {limit})"),
        "output_total": _(
            "The output is cut here: the notebook shows more than {value:,} characters in all; the cell ran on. "
            "(limit: {limit})"
        ),
    }[limit].format(value=value, limit=limit)


def bad_answer() -> str:
    return _("This cell could not be judged: the notebook answered the grader in a form that makes no sense.")


def not_shown() -> str:
    """Say that a notebook hides an exception."""
    return _("This cell raised an exception that the notebook kept from being shown.")


def ended_by_signal(name: str) -> str:
    return _("This cell ended the notebook's process (signal {name}).", name=name)


def exited(code: int) -> str:
    return _("This cell ended the notebook's process (exit code {code}).", code=code)


def bad_limit(text: str, names: Iterable[str]) -> str:
    """Say how a limit is written, and which there are."""
    return _(
        "--limit {text}: write NAME=VALUE with a whole number above zero. Names: {names}.",
        text=text,
        names=in_a_row(names),
    )


def no_start(why: str) -> str:
    """Say that the zygote does not start, or is gone."""
    if not why:
        return _("The sandbox does not work here: its process ended. `autograder doctor` says more.")
    return _("The sandbox does not work here: {why}. `autograder doctor` says more.", why=why)


def no_answer() -> str:
    return _("it does not answer")


def not_confined() -> str:
    return _("a worker could not confine itself")


def layer_missing(name: str, how: str, why: str = "") -> str:
    """Say which layer is missing and why, how to get it, and where there is a way on without it."""
    missing = f"{name} ({why})" if why else name
    if name == "namespaces":
        return _(
            "This machine lacks a layer of the sandbox: {missing}. {how} Or take less protection: --allow-fewer-layers "
            "(docs/security.md says what is missing then).",
            missing=missing,
            how=how,
        )
    return _("This machine lacks a layer that the sandbox needs: {missing}. {how}", missing=missing, how=how)


def no_namespaces(why: str) -> str:
    """Say each time that grading goes on with one layer less."""
    return _(
        "The sandbox has no namespaces here ({why}), and --allow-fewer-layers is set: one layer less. "
        "`autograder doctor` says what that means.",
        why=why,
    )


def machine(system: str, release: str, hardware: str, python: str) -> str:
    return _(
        "{system} {release}, {hardware}, Python {python}",
        system=system,
        release=release,
        hardware=hardware,
        python=python,
    )


def no_linux() -> str:
    """Say what is left on other systems than Linux."""
    return _("The sandbox needs Linux. Here, grade with --engine nbgrader, and only notebooks that you trust.")


def started(seconds: float) -> str:
    return _("The sandbox starts (in {seconds:.1f} s). Its layers:", seconds=seconds)


def layer_present() -> str:
    """The state of a layer."""
    return _("yes")


def layer_refuses() -> str:
    """The state of a layer that grading needs."""
    return _("NO, grading is refused")


def layer_less() -> str:
    """The state of a layer that the instructor may choose to do without."""
    return _("NO, grading is refused without --allow-fewer-layers")


def landlock_version(version: int) -> str:
    return _("version {version}", version=version)


def layer_gives(name: str) -> str:
    return {
        "landlock": _(
            "Only Python, labkit and the working folder can be opened; no TCP; no signals to other processes."
        ),
        "seccomp": _(
            "No other processes or programs, no sockets, no tracing, no mounts, no signals to other processes."
        ),
        "rlimits": _("Limits on memory, file size, open files and processor time."),
        "capabilities": _("None of root's powers, whoever starts the grader."),
        "namespaces": _(
            "A root folder without the course in it, no network device, process ids and memory of its own, a working "
            "folder of limited size that vanishes, a limit on threads."
        ),
    }[name]


def has_group() -> str:
    """Say that each sandbox has a control group."""
    return _("yes: the kernel counts memory, processes and processor of each sandbox as a whole.")


def reads_apart(present: list[str], missing: list[str]) -> str:
    """Say which layers the process has that reads markup and pictures."""
    has = _("markup and pictures are read in a process of its own, with {layers}.", layers=in_a_row(present))
    lacks = _("It does without {layers}.", layers=in_a_row(missing))
    return f"{has} {lacks}" if missing else has


def no_group(reason: str) -> str:
    """Say why there is no control group for a sandbox, what does instead, and how to get one."""
    why = {
        "no hierarchy": _("there is no cgroup v2"),
        "not delegated": _("memory, pids and cpu are not delegated to you"),
        "not alone": _("other processes are in your group"),
    }[reason]
    return _(
        "none ({why}): limits of each process and the grader's clock do instead. To get one: "
        "systemd-run --user --scope -p Delegate=yes autograder grade ...",
        why=why,
    )


def how_to_get(name: str) -> str:
    """Say how to get a layer."""
    return {
        "landlock": _(
            "It is in Linux from 5.13 on (enough with namespaces; without them, from 6.2 on), switched on with "
            "lsm=landlock,... on the kernel's command line."
        ),
        "seccomp": _("It is in every Linux kernel on x86_64 and aarch64; a container must not forbid it."),
        "rlimits": _("It is in every Linux kernel."),
        "capabilities": _("It is in every Linux kernel."),
        "namespaces": _(
            "Allow them with: sysctl kernel.unprivileged_userns_clone=1 (Debian), sysctl "
            "kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu); in Docker, --security-opt seccomp=unconfined."
        ),
    }[name]


def remedy(how: str) -> str:
    return _("How to get it: {how}", how=how)


def limits() -> str:
    return _("Limits of a submission (change one with --limit NAME=VALUE):")


def limit_unit(name: str) -> str:
    """The unit of a limit."""
    if name.startswith(("wall_", "cpu_")):
        return _("s")
    return {"output_cell": _("characters"), "output_total": _("characters"), "processes": _("threads")}.get(
        name, _("files") if name == "open_files" else _("MB")
    )


def limit_promise(name: str) -> str:
    """Say what a limit is on."""
    return {
        "wall_cell": _("time from start to end of a cell"),
        "cpu_cell": _("processor time of a cell"),
        "cpu_test": _("processor time of the calls that one test makes"),
        "wall_submission": _("time from start to end of a submission"),
        "cpu_submission": _("processor time of a submission"),
        "memory": _("address space of the process, Python and its libraries included"),
        "output_cell": _("what one cell prints and displays"),
        "output_total": _("what all cells print and display"),
        "result": _("numbers that one test asks a function for"),
        "file_size": _("one file"),
        "disk": _("all files in the working folder"),
        "processes": _("threads at a time; there are no other processes"),
        "open_files": _("files open at a time"),
    }[name]
