"""The words of grading on a cluster that instructors read."""

import shlex
from collections.abc import Sequence
from datetime import datetime

from autograder.language import _, in_a_row


def no_extra(missing: Sequence[str]) -> str:
    return _(
        'Grading on a cluster needs {packages}. Install it with: pip install "deep-learning-lab[cluster]"',
        packages=in_a_row(missing),
    )


def bad_address(address: str) -> str:
    return _("{address!r} is not the address of a scheduler. It looks like this: tls://HOST:8786", address=address)


def bad_silence(variable: str, text: str) -> str:
    """Say that a setting in the environment is no time."""
    return _("{variable} is {text!r}; it must be a number of seconds above 0.", variable=variable, text=text)


def bad_host(host: str) -> str:
    return _("{host!r} is not the name or the address of a machine.", host=host)


def cannot_listen(place: str, reason: str) -> str:
    return _("The scheduler cannot listen at {place}: {reason}", place=place, reason=reason)


def file_not_read(path: str, reason: str) -> str:
    return _("{path} cannot be read: {reason}", path=path, reason=reason)


def folder_not_made(folder: str, reason: str) -> str:
    return _("The folder {folder} cannot be made: {reason}", folder=folder, reason=reason)


def not_private(path: str) -> str:
    """Say that a file with a secret is open to other users."""
    return _(
        "Other users may read {path}, and it must stay secret. Close it with: chmod 600 {quoted}",
        path=path,
        quoted=shlex.quote(path),
    )


def certificates_made(folder: str) -> str:
    """Say who gets which files."""
    return _(
        "The certificates are in {folder}. Copy ca.pem, scheduler.pem and scheduler-key.pem to the scheduler's "
        "machine, and ca.pem, worker.pem and worker-key.pem to the workers'. ca-key.pem never leaves this machine.",
        folder=folder,
    )


def certificates_missing(folder: str, role: str, missing: Sequence[str]) -> str:
    return _(
        "{folder} lacks what the {role} needs: {files}. Copy it from where the certificates were made, or make them "
        "with: autograder cluster certificates DIR",
        folder=folder,
        role=role,
        files=in_a_row(missing),
    )


def certificates_mixed(folder: str, certificate: str, authority: str) -> str:
    """Say that the files in a folder do not belong together."""
    return _(
        "{folder}: {certificate} is not a certificate of the authority in {authority}, or its key belongs to another "
        "certificate. Copy all files of one `autograder cluster certificates` together.",
        folder=folder,
        certificate=certificate,
        authority=authority,
    )


def no_certificate(path: str) -> str:
    return _("{path} does not hold what its name says. Make the certificates again in an empty folder.", path=path)


def expired(path: str, moment: datetime) -> str:
    return _(
        "The certificate {path} has expired on {day}. Renew all with `autograder cluster certificates DIR`, where "
        "they were made, and copy them again; if ca.pem has expired, use an empty folder.",
        path=path,
        day=moment.date().isoformat(),
    )


def not_yet(path: str, moment: datetime) -> str:
    return _(
        "The certificate {path} holds from {moment} UTC on. Is the clock of this machine right?",
        path=path,
        moment=moment.strftime("%Y-%m-%d %H:%M"),
    )


def scheduler_refused(address: str, reason: str) -> str:
    """Say that the certificate that a scheduler shows is not one for it."""
    return _(
        "What answers at {address} has no right certificate: {reason}. Its certificate must come from the same "
        "`autograder cluster certificates` as yours, with this HOST as --host.",
        address=address,
        reason=reason.removesuffix("."),
    )


def no_tls(address: str, reason: str) -> str:
    return _(
        "{address} refused an encrypted connection ({reason}). Is that the scheduler of `autograder cluster "
        "scheduler`, with certificates made together with yours?",
        address=address,
        reason=reason,
    )


def no_host(address: str, reason: str) -> str:
    return _("The machine of {address} is not known here: {reason}", address=address, reason=reason)


def no_scheduler(address: str, seconds: float) -> str:
    """Say that the scheduler was away too long."""
    return _(
        "No scheduler has answered at {address} for {seconds:g} seconds. What was graded is recorded; the same command "
        "goes on with the rest.",
        address=address,
        seconds=seconds,
    )


def no_workers(address: str, seconds: float) -> str:
    """Say that there was nobody to judge for too long."""
    return _(
        "The scheduler at {address} has had no worker for {seconds:g} seconds. Start some with `autograder cluster "
        "worker`. What was graded is recorded; the same command goes on with the rest.",
        address=address,
        seconds=seconds,
    )


def all_refused() -> str:
    """Say that there are workers, and none may judge; the reason of each has been printed."""
    return _("No worker of the cluster can grade this course; the lines above say why.")


def other_secret(host: str) -> str:
    return _(
        "{host} has the secret of another course. Copy .autograder/secret of the course to the file that its workers "
        "name with --secret.",
        host=host,
    )


def other_code(host: str, theirs: str, ours: str) -> str:
    """Say that a worker has not the code of the coordinator."""
    return _(
        "{host} has other versions: {theirs}; here: {ours}. Grades could differ; install the same there.",
        host=host,
        theirs=theirs,
        ours=ours,
    )


def worker_failed(host: str, reason: str) -> str:
    return _("{host} cannot judge: {reason}", host=host, reason=reason)


def no_secret_file(variable: str) -> str:
    """Say that a worker that was started by other means lacks its setting."""
    return _("the environment variable {variable} does not name the file with the course secret", variable=variable)


def taken_over() -> str:
    return _(
        "Another run has taken over the workers of this cluster. What was graded is recorded; when that run is done, "
        "the same command goes on with the rest."
    )


def chunk_failed(kind: str, message: str) -> str:
    """Say that Dask could not have a submission judged."""
    return _("The cluster failed on this submission: {kind}: {message}", kind=kind, message=message)


def worker_needs_linux() -> str:
    return _("Workers need Linux: the sandbox does.")


def needs_certificates() -> str:
    return _("--cluster and --certificates go together.")


def only_sandbox() -> str:
    return _("--cluster judges with the sandbox engine on its own workers: leave --engine and --jobs out.")
