"""Base64 in its one form, which is looked through once."""

from __future__ import annotations

import base64
import binascii
import string

_ALPHABET = (string.ascii_letters + string.digits + "+/").encode()


class Base64(str):
    """A text that is known to be base64 in its one form; only `in_one_form` makes it."""

    __slots__ = ()


def in_one_form(data: bytes) -> Base64 | None:
    """Tell whether bytes are base64 without blank space; the bits that its last sign leaves over become 0."""
    padding = data.translate(None, _ALPHABET)
    if not data or len(data) % 4 or padding not in (b"", b"=", b"==") or not data.endswith(padding):
        return None
    try:
        last = binascii.b2a_base64(base64.b64decode(data[-4:]), newline=False)
    except binascii.Error:
        return None
    return Base64(data if data.endswith(last) else data[:-4] + last, "ascii")
