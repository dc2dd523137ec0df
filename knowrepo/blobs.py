"""Contents as bytes: Git's names of them, so that what was read is what was looked at before, and their compressed form."""

from __future__ import annotations

import hashlib
import zlib

from knowrepo.errors import SourceChanged

_ANY_SYSTEM = 255


def identity(data: bytes, object_format: str = "sha1") -> str:
    """Git's own hash (hex) of these bytes; ``object_format`` is ``sha1`` or ``sha256``."""
    return hashlib.new(object_format, b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def verified(path: str, data: bytes, blob: str) -> bytes:
    """The bytes of a file, which has this blob id. Raises SourceChanged if they are others: somebody has saved the file since.

    Git may have stored a text with other ends of lines than it has on disk.
    """
    object_format = "sha256" if len(blob) == 64 else "sha1"
    if identity(data, object_format) == blob or identity(data.replace(b"\r\n", b"\n"), object_format) == blob:
        return data
    raise SourceChanged(path)


def gzipped(data: bytes, level: int) -> bytes:
    """As gzip does it, without a time and a system in the header (RFC 1952, 2.3): ``gzip.compress`` names another system from Python 3.13 on."""
    packed = bytearray(zlib.compress(data, level, wbits=31))
    packed[9] = _ANY_SYSTEM
    return bytes(packed)
