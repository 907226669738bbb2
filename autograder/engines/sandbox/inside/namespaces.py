"""Namespaces: a root folder that holds only what a notebook may read, and no network.

The zygote enters them once: it makes a small read-only root from bind mounts, moves into it, and, where it was
started by root, becomes nobody. Each fork adds process ids, System V IPC and a working folder of its own.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import system

HOME = "/home/student"
"""Where the working folder stands in the small root."""
WORK = "work"
"""Name of the working folder. Landlock's rule is on the folder above: one on a place that something is mounted on later
does not count."""

NOBODY = 65534
"""The user that a root's sandbox becomes outside; limits on processes do not bind root."""
INSIDE = 1000
"""The user id that a notebook sees."""

DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/full")
FOR_PARENT = system.CLONE_NEWUSER | system.CLONE_NEWNS | system.CLONE_NEWNET | system.CLONE_NEWIPC | system.CLONE_NEWUTS
FOR_FORK = system.CLONE_NEWPID | system.CLONE_NEWNS | system.CLONE_NEWIPC


def available(config: Mapping[str, Any]) -> str:
    """Try in a fork whether `enter` works here; why not, or an empty text."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        words = "namespaces: the attempt died"
        try:
            enter(config)
            child = system.fork(FOR_FORK)
            if child == 0:
                mount_folder(f"{HOME}/{WORK}", 1)
                os._exit(0)
            words = "" if os.waitpid(child, 0)[1] == 0 else "namespaces: no mounts in a new one"
        except BaseException as error:
            words = str(error) or type(error).__name__
        finally:
            os.write(writing, words.encode()[:1000])
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        words = pipe.read().decode()
    os.waitpid(pid, 0)
    return words


def enter(config: Mapping[str, Any]) -> None:
    """Move this process into namespaces of its own and the small root.

    Args:
        config: `readable`, files and folders that exist in the small root, at the same paths; `links`, symbolic links
            to them; `hidden`, folders below them whose place is empty; `box`, an empty folder to mount the root on.

    Raises:
        OSError: the kernel refuses; this process may then be half way and must end.
    """
    uid = os.geteuid()
    own = os.open("/proc/self", os.O_PATH)
    try:
        if uid == 0:
            system.syscall("unshare", system.CLONE_NEWNS)
            _build_root(config)
            become_nobody()
            system.prctl(system.PR_SET_DUMPABLE, 1)
            system.syscall("unshare", FOR_PARENT)
            _map_user(own, NOBODY, NOBODY)
        else:
            gid = os.getegid()
            system.syscall("unshare", FOR_PARENT)
            _map_user(own, uid, gid)
            _build_root(config)
    finally:
        os.close(own)
    system.empty_bounding_set()


def become_nobody() -> None:
    """Give up the user root for good.

    Raises:
        OSError: the kernel refuses, as where root is the only user of a container.
    """
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


def mount_folder(path: str, megabytes: int) -> None:
    """Mount an empty folder in memory, of limited size.

    Raises:
        OSError: the kernel refuses.
    """
    options = f"size={megabytes}m,nr_inodes=4096,mode=700"
    system.mount("none", path, "tmpfs", system.MS_NOSUID | system.MS_NODEV | system.MS_NOEXEC, options)


def _map_user(own: int, uid: int, gid: int) -> None:
    for name, line in (("setgroups", "deny"), ("uid_map", f"{INSIDE} {uid} 1"), ("gid_map", f"{INSIDE} {gid} 1")):
        fd = os.open(name, os.O_WRONLY, dir_fd=own)
        try:
            os.write(fd, line.encode())
        finally:
            os.close(fd)


def _build_root(config: Mapping[str, Any]) -> None:
    system.mount("none", "/", "none", system.MS_REC | system.MS_PRIVATE)
    root = Path(config["box"])
    system.mount("none", str(root), "tmpfs", system.MS_NOSUID | system.MS_NODEV, "size=1m,mode=755")
    for path in (*config["readable"], *DEVICES):
        _bind(Path(path), _inside(root, path))
    for path, real in config["links"].items():
        place = _inside(root, path)
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.is_symlink() and not place.exists():
            place.symlink_to(real)
    for path in config["hidden"]:
        system.mount("none", str(_inside(root, path)), "tmpfs", system.MS_NOSUID | system.MS_NODEV, "size=4k,mode=755")
    _inside(root, f"{HOME}/{WORK}").mkdir(parents=True)
    old = root / ".old"
    old.mkdir()
    system.syscall("pivot_root", str(root).encode(), str(old).encode())
    os.chdir("/")
    system.syscall("umount2", b"/.old", system.MNT_DETACH)
    Path("/.old").rmdir()
    system.make_read_only("/")


def _inside(root: Path, path: str) -> Path:
    return root / path.lstrip("/")


def _bind(source: Path, place: Path) -> None:
    if source.is_dir():
        place.mkdir(parents=True)
    else:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    system.mount(str(source), str(place), "none", system.MS_BIND | system.MS_REC)
