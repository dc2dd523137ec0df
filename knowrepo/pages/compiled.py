"""Templates as they were compiled earlier: compiling one takes ten times as long as to fill it in."""

from __future__ import annotations

import hmac

import jinja2
from jinja2.bccache import Bucket

from knowrepo.cache import Cache, key


class Compiled(jinja2.BytecodeCache):
    """Byte code in the cache, under what it was compiled from and by.

    It is code, and a cache may have come with a repository or from another job. So each piece has a seal, a keyed hash with a ``secret`` that neither can
    know, and nothing without it is run.
    """

    def __init__(self, cache: Cache, secret: bytes) -> None:
        self._cache = cache
        self._secret = secret

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket if there is something for it."""
        name = _name(bucket)
        found = self._cache.get(name) or b""
        if hmac.compare_digest(found[:32], self._seal(name, found[32:])):
            bucket.bytecode_from_string(found[32:])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what is in the bucket."""
        name, code = _name(bucket), bucket.bytecode_to_string()
        self._cache.put(name, self._seal(name, code) + code)

    def _seal(self, name: str, code: bytes) -> bytes:
        return hmac.digest(self._secret, name.encode() + code, "sha256")


def _name(bucket: Bucket) -> str:
    return key("template", bucket.key, bucket.checksum)
