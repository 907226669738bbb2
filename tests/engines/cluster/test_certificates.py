"""Certificates: what is made, and one clear line for each way in which they can be wrong."""

from __future__ import annotations

import errno
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509

from autograder.engines.cluster import certificates, words
from autograder.engines.cluster.certificates import CA, ROLES, find_certificates, make_certificates, probe
from autograder.errors import ClusterError


def test_keys_are_private_and_each_side_finds_its_files(tmp_path: Path) -> None:
    make_certificates(tmp_path / "made", ["cluster.example.org", "10.1.2.3"])
    for role in ROLES:
        files = find_certificates(tmp_path / "made", role)
        assert stat.S_IMODE(files["key"].stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "made" / "ca-key.pem").stat().st_mode) == 0o600
    shown = x509.load_pem_x509_certificate((tmp_path / "made" / "scheduler.pem").read_bytes())
    names = shown.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "cluster.example.org" in names.get_values_for_type(x509.DNSName)
    assert "10.1.2.3" in [str(address) for address in names.get_values_for_type(x509.IPAddress)]


def test_the_same_call_renews_and_the_authority_stays(tmp_path: Path) -> None:
    make_certificates(tmp_path, [])
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    make_certificates(tmp_path, [])
    after = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert {name for name in before if before[name] == after[name]} == {CA, "ca-key.pem"}
    find_certificates(tmp_path, "worker")


def test_the_same_call_completes_what_a_full_disk_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write, left = Path.write_bytes, 0

    def fill(path: Path, data: bytes) -> int:
        nonlocal left
        left -= 1
        if left < 0:
            write(path, b"")
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(path, data)

    for room in range(2 + 2 * len(ROLES)):
        folder = tmp_path / str(room)
        with monkeypatch.context() as patch:
            patch.setattr(Path, "write_bytes", fill)
            left = room
            with pytest.raises(OSError, match="No space"):
                make_certificates(folder, [])
        make_certificates(folder, [])
        for role in ROLES:
            find_certificates(folder, role)


def expire(folder: Path) -> None:
    before = certificates.DAYS
    try:
        certificates.DAYS = 0
        make_certificates(folder, [])
    finally:
        certificates.DAYS = before


def mix(folder: Path) -> None:
    make_certificates(folder / "other", [])
    shutil.copyfile(folder / "other" / CA, folder / CA)


def mix_key(folder: Path) -> None:
    shutil.copyfile(folder / "coordinator-key.pem", folder / "worker-key.pem")


WRONG: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (lambda folder: (folder / "worker-key.pem").unlink(), "lacks what the worker needs: worker-key.pem"),
    "expired": (expire, "worker.pem has expired on"),
    "of another authority": (mix, "worker.pem is not a certificate of the authority in ca.pem"),
    "with another key": (mix_key, "or its key belongs to another certificate"),
    "no certificate": (lambda folder: (folder / "worker.pem").write_text("?"), "worker.pem does not hold"),
    "open to others": (lambda folder: (folder / "worker-key.pem").chmod(0o644), "Other users may read"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_is_said_in_one_line(tmp_path: Path, wrong: str) -> None:
    change, line = WRONG[wrong]
    make_certificates(tmp_path, [])
    change(tmp_path)
    with pytest.raises(ClusterError) as error:
        find_certificates(tmp_path, "worker")
    assert line in str(error.value)
    assert "\n" not in str(error.value)


def test_a_hint_can_be_pasted_though_the_folder_has_a_blank(tmp_path: Path) -> None:
    folder = tmp_path / "dl cluster"
    make_certificates(folder, [])
    open_to_others = WRONG["open to others"][0]
    open_to_others(folder)
    with pytest.raises(ClusterError, match=rf"chmod 600 '{folder / 'worker-key.pem'}'"):
        find_certificates(folder, "worker")


def test_a_reason_that_ends_with_a_stop_gets_no_second() -> None:
    line = words.scheduler_refused("tls://h:1", "IP address mismatch, certificate is not valid for '192.0.2.2'.")
    assert "for '192.0.2.2'. Its certificate" in line


def test_an_authority_that_has_expired_makes_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificates, "CA_DAYS", 0)
    with pytest.raises(ClusterError, match=r"ca.pem has expired"):
        make_certificates(tmp_path, [])


@pytest.mark.parametrize("host", ["käse", "head:8786", "", "a b", "tls://head", "head,other", "[::1]", "a..b"])
def test_a_host_that_is_no_name_is_refused_before_anything_is_made(tmp_path: Path, host: str) -> None:
    with pytest.raises(ClusterError, match="is not the name or the address"):
        make_certificates(tmp_path / "made", [host])
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ClusterError, match=f"The folder {tmp_path / place} cannot be made: "):
        make_certificates(tmp_path / place, [])


def test_a_machine_that_nobody_knows_is_named(tmp_path: Path) -> None:
    make_certificates(tmp_path, [])
    with pytest.raises(ClusterError, match=r"The machine of tls://nowhere\.invalid:8786 is not known here"):
        probe("tls://nowhere.invalid:8786", find_certificates(tmp_path, "coordinator"))
