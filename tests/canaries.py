"""Random words that must not be seen, a repository full of them, and a search for them that undoes whatever encodings a site knows.

mint = canaries.Mint()
files = canaries.private(mint, reasons)          posts that are left out, each with a canary of its own in every place where a word can stand
canaries.seen(out, mint.made)                    {canary: the files that it is seen in}
"""

from __future__ import annotations

import base64
import contextlib
import gzip
import html
import io
import itertools
import json
import random
import re
import unicodedata
import zlib
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import brotli  # type: ignore[import-untyped]  # has no types
from PIL import Image, PngImagePlugin

BEGINNING = "qzxkvj"
"""What every canary begins with: whatever cuts a word off leaves that."""

_CANARY = re.compile(BEGINNING + "[a-z]*")
_BASE64 = re.compile("[A-Za-z0-9+/_-]{16,}")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")
_STANDARD = str.maketrans("-_", "+/")
_PACKED = (b"\x1f\x8b", b"\x89PNG\r\n\x1a\n", b"RIFF")
_DEPTH = 4


class Mint:
    """Makes canaries: of letters that no stemmer and no slug touches. ``made`` are all of them so far, with the places that they are for."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)
        self.made: dict[str, str] = {}

    def __call__(self, place: str) -> str:
        canary = BEGINNING + "".join(self._random.choices("bcfhkmnpqvwx", k=10))
        self.made[canary] = place
        return canary


def seen(folder: Path, made: dict[str, str]) -> dict[str, list[str]]:
    """The canaries in the files of a folder and in their names, by place: "title: posts/a/index.html". One that is cut off counts as well."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder).as_posix()
        for canary in within(name.encode()) | (within(file.read_bytes()) if file.is_file() else frozenset()):
            found[made.get(canary, f"the beginning {canary}")].append(name)
    return dict(found)


@lru_cache(maxsize=10_000)
def within(data: bytes) -> frozenset[str]:
    """The canaries in some bytes, however they are wrapped."""
    found: set[str] = set()
    for layer in layers(data, _DEPTH):
        text = (
            layer.decode("ascii").lower() if layer.isascii() else unicodedata.normalize("NFKC", layer.decode("utf-8", "ignore")).casefold()
        )
        found.update(_CANARY.findall(text))
        if "\x00" in text:  # UTF-16
            found.update(_CANARY.findall(text.replace("\x00", "")))
    return frozenset(found)


def layers(data: bytes, depth: int) -> Iterator[bytes]:
    """The bytes, and what is in them: unpacked; if they are a text, unescaped and decoded; as deep as that goes."""
    yield data
    if depth == 0:
        return
    variants = []
    with contextlib.suppress(UnicodeDecodeError):
        text = data.decode()
        unescaped = (
            unquote(text, errors="replace"),
            html.unescape(text),
            _json(text),
            _json(html.unescape(unquote(text, errors="replace"))),
        )
        variants = list(dict.fromkeys([text, *unescaped]))
    yield from (variant.encode("utf-8", "ignore") for variant in variants[1:])
    inside = [*_unpacked(data), *itertools.chain.from_iterable(map(_base64, variants))]
    yield from itertools.chain.from_iterable(layers(inner, depth - 1) for inner in dict.fromkeys(inside))


def _json(text: str) -> str:
    """The text with JSON's and JavaScript's escapes undone."""
    return _ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), text) if "\\" in text else text


def _unpacked(data: bytes) -> Iterator[bytes]:
    if data[:2] == b"\x1f\x8b":
        yield (unpacked := gzip.decompress(data))
        yield from _terms(unpacked)
    if data[:8] == b"\x89PNG\r\n\x1a\n" or data[:4] == b"RIFF":
        yield from _picture(data)
    else:
        with contextlib.suppress(zlib.error):
            yield zlib.decompress(data)
        with contextlib.suppress(brotli.error):
            yield brotli.decompress(data)


def _picture(data: bytes) -> Iterator[bytes]:
    """What is written in a picture: its texts, and its pixels as bytes."""
    try:
        picture = Image.open(io.BytesIO(data))
    except OSError:  # the bytes of a picture that stand one too far to the left or right
        return
    yield repr(picture.info).encode()
    yield picture.convert("RGBA").convert("RGB").tobytes()


def _terms(data: bytes) -> Iterator[bytes]:
    """The terms of a file of the search index, in which each leaves out what it shares with the one before (see knowrepo/search/postings.py)."""
    place = 0

    def number() -> int:
        nonlocal place
        value = shift = 0
        while True:
            byte = data[place]
            place += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    try:
        count, _length, before, terms = number(), number(), b"", []
        for _ in range(count):
            shared, more = number(), number()
            before = before[:shared] + data[place : place + more]
            place += more
            terms.append(before)
    except IndexError:
        return
    yield b"\n".join(terms)


def _base64(text: str) -> Iterator[bytes]:
    """What runs of letters could mean in base64, wherever in the run it begins: packed files each by itself, the others together."""
    plain: dict[bool, list[bytes]] = {True: [], False: []}
    for run in {found.translate(_STANDARD) for found in _BASE64.findall(text)}:
        for start in range(4):
            whole = base64.b64decode(run[start : start + (len(run) - start) // 4 * 4])
            if whole.startswith(_PACKED):
                yield whole
            else:
                plain[whole.isascii()].append(whole)
    yield from (b"\n".join(parts) for parts in plain.values() if parts)


def picture(canary: str) -> bytes:
    """A PNG that says the canary in its pixels and in a text."""
    pixels = (canary.encode() * 400)[: 48 * 3 * 100]
    said = PngImagePlugin.PngInfo()
    said.add_text("Comment", canary)
    buffer = io.BytesIO()
    Image.frombytes("RGB", (48, 100), pixels.ljust(48 * 100 * 3, b"q")).save(buffer, "PNG", pnginfo=said)
    return buffer.getvalue()


def notebook(mint: Mint, reason: str) -> tuple[str, str]:
    """A file name and a notebook that is left out for ``reason``, a line of its header ("# hush": a tag); there is a canary in every place."""
    tag = "hush" if "hush" in reason else "shared"
    header = (
        f"---\ntitle: {mint('title')}\n{reason}\nauthors: [{mint('author')} <{mint('mail')}@example.org>]\ntags: [{mint('tag')}, {tag}]\n"
        f"tldr: {mint('tldr')}\nsubtitle: {mint('subtitle')}\npath: {mint('path')}\naliases: [old/{mint('alias')}]\nseries: {mint('series')}\n"
        f"{mint('unknown-key')}: {mint('unknown-value')}\nthumbnail: {mint('thumbnail')}.png\ncreated_at: 2024-02-02\n---\n"
    )
    shown = {
        "image/png": base64.b64encode(picture(mint("output picture"))).decode(),
        "text/plain": mint("plain"),
    }
    place = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 2]}, "properties": {"a": mint("map")}}
    outputs: list[dict[str, Any]] = [
        {"output_type": "stream", "name": "stdout", "text": mint("stdout")},
        {"output_type": "stream", "name": "stderr", "text": mint("stderr")},
        {"output_type": "display_data", "metadata": {mint("output-metadata"): 1}, "data": shown},
        {"output_type": "display_data", "metadata": {}, "data": {"application/geo+json": place}},
        {"output_type": "display_data", "metadata": {}, "data": {"text/html": f"<b>{mint('html')}</b>"}},
        {"output_type": "error", "ename": mint("ename"), "evalue": mint("evalue"), "traceback": [mint("traceback")]},
    ]
    attached = {f"{mint('attachment-name')}.png": {"image/png": base64.b64encode(picture(mint("attachment"))).decode()}}
    attachment = next(iter(attached))
    prose = f"![a](attachment:{attachment})\n\n# {mint('heading')}\n\n{mint('prose')} $x_{{{mint('formula')}}}$ [{mint('link text')}](https://{mint('link')}.example/)"
    cells = [
        {"cell_type": "raw", "metadata": {}, "source": header},
        {"cell_type": "markdown", "metadata": {}, "source": prose, "attachments": attached},
        {"cell_type": "raw", "metadata": {}, "source": mint("raw-cell")},
        {
            "cell_type": "code",
            "metadata": {"tags": [mint("cell-tag")]},
            "execution_count": 1,
            "source": f"import {mint('import')}",
            "outputs": outputs,
        },
    ]
    metadata = {"kernelspec": {"display_name": mint("kernel")}, mint("notebook-metadata"): 1}
    whole = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}
    return f"{mint('file name')}.ipynb", json.dumps(whole)
