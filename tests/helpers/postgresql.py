"""A PostgreSQL server of the tests' own: in a folder of its own, as an ordinary user, gone when the tests are."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import NullPool, create_engine
from sqlalchemy.exc import OperationalError

from tests.helpers.free_port import free_port

USER, PASSWORD = "teacher", "hidden 7f3a"
"""Who may use the server; the password is asked for, and lies in a file such as ~/.pgpass."""

START_SECONDS = 60


def find_server() -> Path | None:
    """Return the folder of the server's programs on this machine, None if there is none."""
    path = shutil.which("initdb")
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name))
    return Path(path).parent if path else folders[-1] if folders else None


@dataclass(frozen=True)
class Server:
    """A server that runs.

    Attributes:
        port: where it listens, on this machine only.
        passwords: the file of passwords, for PGPASSFILE.
    """

    port: int
    passwords: Path

    def url(self, database: str) -> str:
        """The URL of a database, as people write it into nbgrader_config.py."""
        return f"postgresql+psycopg://{USER}@127.0.0.1:{self.port}/{database}"

    def create(self, database: str, template: str = "template1") -> str:
        """Make a database, like another one; return its URL."""
        self.run("postgres", f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        return self.url(database)

    def run(self, database: str, statement: str) -> Any:
        """Run a statement outside any transaction; return its rows, if there are any."""
        engine = create_engine(self.url(database), poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            result = connection.exec_driver_sql(statement)
            return result.fetchall() if result.returns_rows else None


@contextmanager
def running_server() -> Iterator[Server]:
    """Start a server; it ends with this block, and also if this process is killed."""
    programs = find_server()
    assert programs, "No PostgreSQL: install the package postgresql (apt-get install postgresql)."
    folder = Path(tempfile.mkdtemp(prefix="postgresql-", dir="/tmp"))  # the path of a socket is short
    owner = _ordinary_user(folder)
    before = os.environ.get("PGPASSFILE")
    try:
        port = free_port()
        passwords = folder / "passwords"
        passwords.write_text(f"127.0.0.1:{port}:*:{USER}:{PASSWORD}\n")
        passwords.chmod(0o600)
        os.environ["PGPASSFILE"] = str(passwords)
        _make_data(programs, folder, owner)
        with _serving(programs, folder, owner, port):
            server = Server(port, passwords)
            _wait(server)
            yield server
    finally:
        os.environ.pop("PGPASSFILE", None)
        if before is not None:
            os.environ["PGPASSFILE"] = before
        shutil.rmtree(folder, ignore_errors=True)


def _ordinary_user(folder: Path) -> dict[str, Any]:
    """Say as whom to start the server, which refuses root; give that user a folder."""
    if os.geteuid() != 0:
        return {}
    names = [entry.pw_name for entry in pwd.getpwall()]
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    os.chown(folder, user.pw_uid, user.pw_gid)
    folder.chmod(0o711)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _make_data(programs: Path, folder: Path, owner: dict[str, Any]) -> None:
    password = folder / "password"
    password.write_text(PASSWORD)
    password.chmod(0o644)
    # Sorted by ICU's rules, as on many servers: nothing may rely on the order of a database.
    order = ("--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en")
    command = [str(programs / "initdb"), "--no-sync", f"--username={USER}", "--auth=scram-sha-256", *order]
    command += [f"--pwfile={password}", f"--pgdata={folder / 'data'}"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, **owner)
    assert done.returncode == 0, done.stderr
    password.unlink()


@contextmanager
def _serving(programs: Path, folder: Path, owner: dict[str, Any], port: int) -> Iterator[None]:
    """Run the server below a shell that ends it when its input ends, so also when nobody is left to end it."""
    settings = {"port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": folder, "fsync": "off"}
    settings |= {"full_page_writes": "off", "shared_buffers": "16MB", "max_connections": 30, "autovacuum": "off"}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    script = '"$@" & server=$!; read -r line; kill -QUIT $server; wait $server'
    command = ["sh", "-c", script, "sh", str(programs / "postgres"), "-D", str(folder / "data"), *options]
    with (folder / "log").open("wb") as log:
        shell = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True, **owner
        )
    try:
        yield
    finally:
        assert shell.stdin
        with suppress(OSError):
            shell.stdin.close()
        shell.wait(60)


def _wait(server: Server) -> None:
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            server.run("postgres", "SELECT 1")
        except OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        else:
            return
