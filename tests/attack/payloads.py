"""What is tried: our own payloads, and with ``--attacks FOLDER`` those of a folder of JSON files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.attack import own

MARK = "@ID@"
"""Stands in a payload where the place is put, so that a dialog says where it came from."""

FILES = (
    "by_class.json",
    "known_vulns.json",
    "dompurify_expect.json",
    "owasp_filter_evasion.json",
    "patt_xss.json",
    "svg_files.json",
    "blns.json",
    "payloadbox_xss.json",
)
"""The files of a folder of attacks: each an object whose ``items`` are objects with an ``id`` and a ``payload``."""

LONGEST = 3_000
"""A longer payload is about nesting and endless loops, not about escaping; tests/test_malformed.py is about those."""

KNOWN = Path(__file__).with_name("known_to_fire.txt")
"""Made by ``tests.attack.campaign``: a digest in each line."""


@dataclass(frozen=True, slots=True)
class Payload:
    """A hostile text; ``source`` is the file that it is from, "own" for ours."""

    id: str
    text: str
    source: str = "own"

    @property
    def digest(self) -> str:
        """The first digits of the SHA-256 of the text."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()[:10]

    def at(self, place: str) -> str:
        """The text as it is put at a place."""
        return self.text.replace(MARK, f"{self.id}~{place}")


def ours() -> tuple[Payload, ...]:
    """The payloads of this suite."""
    return tuple(Payload(f"{kind}.{number}", text) for kind, texts in own.PAYLOADS.items() for number, text in enumerate(texts))


def folder(path: Path) -> tuple[Payload, ...]:
    """The payloads of a folder, each text once."""
    return tuple({payload.text: payload for name in FILES for payload in _file(path / name)}.values())


def known_to_fire() -> frozenset[str]:
    """The digests of the payloads that fired when nothing defended the page, as ``known_to_fire.txt`` lists them."""
    return frozenset(line for line in KNOWN.read_text("ascii").splitlines() if not line.startswith("#"))


def _file(path: Path) -> Iterator[Payload]:
    for item in json.loads(path.read_text("utf-8"))["items"]:
        if 0 < len(item["payload"]) <= LONGEST:
            yield Payload(item["id"], item["payload"], path.stem)
