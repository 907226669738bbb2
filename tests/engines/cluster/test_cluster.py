"""A scheduler and two workers over TLS on this machine: what becomes of a class, and who is kept out."""

from __future__ import annotations

import logging
import re
import signal
import socket
import ssl
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from distributed import Client
from distributed.security import Security

from autograder.course.course import Course
from autograder.engines.cluster import coordinator
from autograder.engines.cluster.certificates import find_certificates, make_certificates, probe
from autograder.engines.cluster.settings import SILENCE, Cluster, host_and_port
from autograder.engines.registry import Engine
from autograder.engines.result_json import result_to_json
from autograder.engines.sandbox import pool
from autograder.engines.task import Task
from autograder.engines.words import grader_killed
from autograder.errors import ClusterError
from autograder.grading.grade_class import grade
from autograder.grading.submissions import make_task
from tests.engines.sandbox.test_determinism import CLASS
from tests.helpers import small_course as small
from tests.helpers.cluster import (
    KILLER,
    MARKED,
    Mortal,
    RunningCluster,
    copy_secret,
    keeps_marked,
    running_cluster,
    start,
    wait_until,
)
from tests.helpers.free_port import free_port

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("cluster")]

STUDENTS = 40
QUICK = [name for name in CLASS if name not in ("endless", "ends")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("cluster")
    make_certificates(place / "certificates", [])
    return place


@pytest.fixture(scope="module")
def course(folder: Path) -> Course:
    """A class in which everybody handed in one of a few notebooks."""
    made = Course.at(small.make_course(folder / "course"))
    for number in range(STUDENTS):
        small.hand_in(made.root, f"s{number:02d}", CLASS[QUICK[number % len(QUICK)]])
    return made


@pytest.fixture(scope="module")
def running(folder: Path, course: Course) -> Iterator[RunningCluster]:
    secret = copy_secret(course, folder / "host")
    with running_cluster(folder / "certificates", secret, folder / "log", free_port(), 2) as made:
        yield made


def tasks_of(course: Course) -> list[Task]:
    return [make_task(course, small.ASSIGNMENT, student) for student in course.students(small.ASSIGNMENT)]


@contextmanager
def handed_in(course: Course, student: str, notebook: bytes) -> Iterator[None]:
    """One more submission, for a test."""
    small.hand_in(course.root, student, notebook)
    try:
        yield
    finally:
        (course.submitted(student, small.ASSIGNMENT) / f"{small.ASSIGNMENT}.ipynb").unlink()
        course.submitted(student, small.ASSIGNMENT).rmdir()


def test_pool_cluster_and_one_process_give_the_same_bytes_though_a_worker_is_killed(
    course: Course, running: RunningCluster
) -> None:
    alone = {task.student: result_to_json(judged) for task, judged in pool.judge_all(tasks_of(course), 1)}
    together = {task.student: result_to_json(judged) for task, judged in pool.judge_all(tasks_of(course), 2)}
    assert alone == together
    came: Counter[str] = Counter()
    for task, judged in coordinator.judge_all(tasks_of(course), running.cluster):
        if not came:
            running.workers()[0].send_signal(signal.SIGKILL)
        came[task.student] += 1
        assert result_to_json(judged) == alone[task.student]
    assert came == Counter(alone.keys())


def test_a_submission_that_ends_its_workers_is_named_and_no_other(
    course: Course, running: RunningCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coordinator, "Judging", Mortal)
    with handed_in(course, "killer", CLASS["right"] + b"\n" + KILLER):
        students = ["s00", "s01", "killer", "s02"]
        tasks = [make_task(course, small.ASSIGNMENT, student) for student in students]
        problems = {task.student: judged.problem for task, judged in coordinator.judge_all(tasks, running.cluster)}
    assert problems == {
        **dict.fromkeys(("s00", "s01", "s02"), ""),
        "killer": grader_killed(),
    }


def end_taken_over(run: Iterator[object]) -> None:
    with pytest.raises(ClusterError, match="Another run has taken over"):
        list(run)


@pytest.mark.parametrize("end", [end_taken_over, Generator.close])
def test_an_older_run_leaves_the_workers_to_the_newer(
    course: Course, running: RunningCluster, end: Callable[[Iterator[object]], None]
) -> None:
    older, newer = (coordinator.judge_all(tasks_of(course), running.cluster) for _ in range(2))
    next(older)
    came = [next(newer)]
    end(older)
    came += newer
    assert len(came) == STUDENTS
    since = running.log.read_text().rpartition("Starting Worker plugin autograder")[2]
    assert "Removing Worker plugin autograder" in since  # the newer takes its own


def test_a_class_of_another_secret_is_refused_by_every_worker(
    tmp_path: Path, running: RunningCluster, capsys: pytest.CaptureFixture[str]
) -> None:
    other = Course.at(small.make_course(tmp_path))
    small.hand_in(other.root, "ann", small.filled())
    with pytest.raises(ClusterError, match="No worker of the cluster can grade this course") as error:
        grade(other, small.ASSIGNMENT, Engine("sandbox", cluster=running.cluster))
    said = f"{capsys.readouterr().err}{error.value}"
    assert said.count(f"{socket.gethostname()} has the secret of another course") == 1


def test_strangers_are_refused(folder: Path, tmp_path: Path, course: Course, running: RunningCluster) -> None:
    """Without a certificate, and with that of another course's authority; the cluster works on."""
    address = running.cluster.address
    wait_until(lambda: answers(address, find_certificates(folder / "certificates", "coordinator")))
    make_certificates(tmp_path, [])
    theirs = find_certificates(tmp_path, "coordinator")
    with pytest.raises(ClusterError, match="no right certificate"):
        probe(address, theirs)
    with pytest.raises(ClusterError, match="no right certificate"):
        list(coordinator.judge_all(tasks_of(course)[:1], Cluster(address, tmp_path)))
    listening = {address_of(connection) for process in running.processes() for connection in listeners(process)}
    for place in {host_and_port(address), *listening} - pages_of(folder, running):
        for files in (None, theirs):
            try:
                said = ask(place, "/", files)
            except (ssl.SSLError, ConnectionError):
                said = b""
            assert not said, place


def answers(address: str, files: dict[str, Path]) -> bool:
    try:
        probe(address, files)
    except OSError:
        return False
    return True


def listeners(process: psutil.Process) -> list[psutil._common.pconn]:
    return [one for one in process.net_connections("tcp") if one.status == psutil.CONN_LISTEN]


def address_of(connection: psutil._common.pconn) -> tuple[str, int]:
    host, port = connection.laddr
    return ("127.0.0.1" if host == "0.0.0.0" else host, port)


def pages_of(folder: Path, running: RunningCluster) -> set[tuple[str, int]]:
    """Where Dask's web servers listen: who answers there to a coordinator that asks for a page."""
    places = {address_of(one) for process in running.processes() for one in listeners(process)}
    files = find_certificates(folder / "certificates", "coordinator")
    return {place for place in places if ask(place, "/", files).startswith(b"HTTP/")}


def ask(place: tuple[str, int], page: str, files: dict[str, Path] | None = None) -> bytes:
    """Ask for a page over TLS, with a certificate or without."""
    context = ssl._create_unverified_context()
    if files:
        context.load_cert_chain(str(files["certificate"]), str(files["key"]))
    with socket.create_connection(place, 5) as plain, context.wrap_socket(plain) as channel:
        channel.sendall(f"GET {page} HTTP/1.0\r\n\r\n".encode())
        return channel.recv(100)


def test_nothing_listens_in_clear_and_there_are_no_pages(folder: Path, running: RunningCluster) -> None:
    wait_until(lambda: len([one for one in running.workers() if len(listeners(one)) >= 2]) == 2)
    places = {address_of(one) for process in running.processes() for one in listeners(process)}
    assert len(places) >= 1 + 1 + 2 * 3  # the scheduler and its web server; nanny, worker and web server twice
    for place in places:
        with socket.create_connection(place, 5) as plain:
            plain.sendall(b"GET /status HTTP/1.0\r\n\r\n")
            try:
                said = plain.recv(100)
            except ConnectionResetError:
                said = b""
        assert said[:1] in (b"", b"\x15"), (place, said)  # nothing, or an alert of TLS
    pages = pages_of(folder, running)
    assert len(pages) == 3
    for place in pages:
        assert place[0] == "127.0.0.1"
        for page in ("/status", "/info/main/workers.html", "/metrics", "/health", "/json/identity.json", "/main"):
            assert ask(place, page).startswith(b"HTTP/1.1 404"), page


def test_the_secret_is_in_no_log_and_not_in_the_memory_of_the_scheduler(
    course: Course, running: RunningCluster
) -> None:
    list(coordinator.judge_all(tasks_of(course)[:10], running.cluster))
    secret = course.secret()
    shapes = [secret, secret.hex().encode(), secret.hex().upper().encode()]
    in_log = running.log.read_bytes()
    assert not any(shape in in_log for shape in shapes)
    memory = memory_of(running.scheduler.pid)
    assert any(b"distributed.scheduler" in part for part in memory)  # the search finds what is there
    assert not any(shape in part for part in memory for shape in shapes)


def test_the_scheduler_keeps_no_student_work_that_is_judged(course: Course, running: RunningCluster) -> None:
    with handed_in(course, "marked", CLASS["right"] + MARKED):
        assert len(list(coordinator.judge_all(tasks_of(course), running.cluster))) == STUDENTS + 1
    files = find_certificates(running.cluster.certificates, "coordinator")
    shown = {"tls_client_cert": str(files["certificate"]), "tls_client_key": str(files["key"])}
    security = Security(tls_ca_file=str(files["ca"]), require_encryption=True, **shown)
    with Client(running.cluster.address, security=security, set_as_default=False) as client:
        wait_until(lambda: not client.run_on_scheduler(keeps_marked), 20)


def memory_of(pid: int) -> list[bytes]:
    """Read all memory that a process can write."""
    parts = []
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            match = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
            if match and "[vvar]" not in line:
                begin, end = int(match[1], 16), int(match[2], 16)
                memory.seek(begin)
                parts.append(memory.read(end - begin))
    return parts


def test_a_scheduler_that_is_gone_ends_the_run_without_a_traceback_and_the_next_goes_on(
    folder: Path, course: Course, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(logging.getLogger("distributed.client"), "handlers", [caplog.handler])
    port = free_port()
    secret = folder / "host" / "secret"
    copy_secret(course, folder / "host")
    done: list[str] = []
    with running_cluster(folder / "certificates", secret, folder / "log2", port, 1) as first:
        monkeypatch.setattr("autograder.grading.grade_class.BATCH", 4)

        def kill_scheduler(student: str) -> None:
            if not done:
                monkeypatch.setenv(SILENCE, "1")
                first.scheduler.kill()
            done.append(student)

        with pytest.raises(ClusterError, match=r"No scheduler has answered at .* for 1 seconds"):
            grade(
                course,
                small.ASSIGNMENT,
                Engine("sandbox", cluster=first.cluster),
                on_graded=lambda graded: kill_scheduler(graded.student),
            )
    assert 4 <= len(done) < STUDENTS
    assert caplog.text == ""
    monkeypatch.delenv(SILENCE)
    with running_cluster(folder / "certificates", secret, folder / "log3", port, 1) as second:
        results = grade(course, small.ASSIGNMENT, Engine("sandbox", cluster=second.cluster))
    assert Counter(one.state == "failed" or one.is_old for one in results) == {
        True: len(done),
        False: STUDENTS - len(done),
    }
    assert [one for one in results if one.state == "failed"] == []


def test_a_worker_does_not_start_with_a_secret_that_others_may_read(folder: Path, course: Course) -> None:
    secret = copy_secret(course, folder / "open")
    secret.chmod(0o640)
    log = folder / "log4"
    process = start(
        log, "worker", "tls://127.0.0.1:1", "--certificates", str(folder / "certificates"), "--secret", str(secret)
    )
    assert process.wait(60) == 2
    assert f"Other users may read {secret}" in log.read_text()
