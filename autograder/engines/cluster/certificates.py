"""Make and check the certificates of a cluster: an authority of the course, and what each side shows to the others.

Whoever has a certificate of this authority may take part, and whoever takes part may run code on every machine of the
cluster; so none but these machines get one, and the authority's key stays with the instructor.
"""

from __future__ import annotations

import datetime
import ipaddress
import re
import socket
import ssl
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal, get_args

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from autograder.engines.cluster import words
from autograder.engines.cluster.settings import host_and_port, need_private
from autograder.errors import ClusterError
from autograder.files import write_whole

Role = Literal["scheduler", "worker", "coordinator"]
ROLES: tuple[Role, ...] = get_args(Role)
CA, CA_KEY = "ca.pem", "ca-key.pem"
CA_DAYS, DAYS = 5 * 365, 400
"""How long authority and certificates hold: a course's life, and a year of teaching."""
SKEW = datetime.timedelta(hours=1)
"""How much the clocks of the machines may differ."""
PROBE_SECONDS = 5.0
_DNS_NAME = re.compile(r"(\*\.)?[\w-]+(\.[\w-]+)*\.?", re.ASCII)


def make_certificates(folder: Path, hosts: Sequence[str]) -> None:
    """Make the certificates of all sides, and an authority if the folder has none: the same call renews them.

    Args:
        folder: where they lie; it is made.
        hosts: names and addresses under which the scheduler is reached, besides those of this machine.

    Raises:
        ClusterError: a host is none, the folder cannot be made, or the authority in it is broken or has expired.
    """
    names = _names([*hosts, *_own_names()])
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ClusterError(words.folder_not_made(str(folder), error.strerror or "")) from None
    if not (folder / CA).exists() and not (folder / CA_KEY).exists():
        _write_key(folder / CA_KEY, ec.generate_private_key(ec.SECP256R1()))
    need_private(folder / CA_KEY)
    try:
        ca_key = load_pem_private_key((folder / CA_KEY).read_bytes(), None)
    except ValueError:
        raise ClusterError(words.no_certificate(str(folder / CA_KEY))) from None
    if not isinstance(ca_key, ec.EllipticCurvePrivateKey):
        raise ClusterError(words.no_certificate(str(folder / CA_KEY)))
    if not (folder / CA).exists():  # or the disk was full after the key
        name = _name("autograder cluster")
        usage = _usage(signs_certificates=True)
        builder = _builder(name, ca_key.public_key(), CA_DAYS).issuer_name(name)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        builder = builder.add_extension(usage, critical=True)
        _write(folder / CA, builder.sign(ca_key, hashes.SHA256()))
    authority = _read(folder / CA)
    _refuse_expired(folder / CA, authority)
    if ca_key.public_key() != authority.public_key():
        raise ClusterError(words.no_certificate(str(folder / CA_KEY)))
    for role in ROLES:
        key = ec.generate_private_key(ec.SECP256R1())
        purposes = [ExtendedKeyUsageOID.CLIENT_AUTH]
        if role != "coordinator":  # which never listens
            purposes.append(ExtendedKeyUsageOID.SERVER_AUTH)
        builder = _builder(_name(f"autograder {role}"), key.public_key(), DAYS).issuer_name(authority.subject)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(_usage(signs_certificates=False), critical=True)
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
        builder = builder.add_extension(names, critical=False)
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key())
        builder = builder.add_extension(issuer, critical=False)
        _write_key(folder / f"{role}-key.pem", key)
        _write(folder / f"{role}.pem", builder.sign(ca_key, hashes.SHA256()))


def find_certificates(folder: Path, role: Role) -> dict[str, Path]:
    """Return the files that a side needs, after a look at each.

    Raises:
        ClusterError: one is missing, broken, expired, of another authority, or open to other users.
    """
    files = {"ca": folder / CA, "certificate": folder / f"{role}.pem", "key": folder / f"{role}-key.pem"}
    if missing := [path.name for path in files.values() if not path.is_file()]:
        raise ClusterError(words.certificates_missing(str(folder), role, missing))
    need_private(files["key"])
    authority, own = _read(files["ca"]), _read(files["certificate"])
    _refuse_expired(files["ca"], authority)
    _refuse_expired(files["certificate"], own)
    try:
        own.verify_directly_issued_by(authority)
        _context(files)
    except (ValueError, TypeError, InvalidSignature, ssl.SSLError):
        raise ClusterError(words.certificates_mixed(str(folder), files["certificate"].name, CA)) from None
    return files


def probe(address: str, files: dict[str, Path]) -> None:
    """Connect once, and say in words why that is refused; Dask would only try again and again.

    Raises:
        ClusterError: it is refused.
        ConnectionError, TimeoutError: nobody answers there, perhaps not yet.
    """
    host, port = host_and_port(address)
    try:
        with (
            socket.create_connection((host, port), PROBE_SECONDS) as plain,
            _context(files).wrap_socket(plain, server_hostname=host) as channel,
        ):
            channel.recv(1)  # the other side says now whether it takes our certificate
    except ssl.SSLCertVerificationError as error:
        raise ClusterError(words.scheduler_refused(address, error.verify_message)) from None
    except ssl.SSLError as error:
        raise ClusterError(words.no_tls(address, error.reason or str(error))) from None
    except socket.gaierror as error:
        raise ClusterError(words.no_host(address, error.strerror or "")) from None


def _context(files: dict[str, Path]) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(files["ca"]))
    context.load_cert_chain(str(files["certificate"]), str(files["key"]))
    return context


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(name: x509.Name, key: ec.EllipticCurvePublicKey, days: int) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SKEW)
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _own_names() -> list[str]:
    names = filter(_DNS_NAME.fullmatch, (socket.gethostname(), socket.getfqdn()))
    return ["localhost", "127.0.0.1", "::1", *names]


def _names(hosts: Iterable[str]) -> x509.SubjectAlternativeName:
    names: list[x509.GeneralName] = []
    for host in dict.fromkeys(hosts):
        try:
            names.append(x509.IPAddress(ipaddress.ip_address(host)))
        except ValueError:
            if not _DNS_NAME.fullmatch(host):
                raise ClusterError(words.bad_host(host)) from None
            names.append(x509.DNSName(host))
    return x509.SubjectAlternativeName(names)


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    write_whole(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), private=True)


def _write(path: Path, certificate: x509.Certificate) -> None:
    write_whole(path, certificate.public_bytes(Encoding.PEM))


def _read(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except ValueError:
        raise ClusterError(words.no_certificate(str(path))) from None
    except OSError as error:
        raise ClusterError(words.file_not_read(str(path), error.strerror or "")) from None


def _refuse_expired(path: Path, certificate: x509.Certificate) -> None:
    now = datetime.datetime.now(datetime.UTC)
    if now > certificate.not_valid_after_utc:
        raise ClusterError(words.expired(str(path), certificate.not_valid_after_utc))
    if now < certificate.not_valid_before_utc:
        raise ClusterError(words.not_yet(str(path), certificate.not_valid_before_utc))
