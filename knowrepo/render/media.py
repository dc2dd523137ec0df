"""Sounds, films and PDFs that were in a post: known by their first bytes, never by a name or a declared type; shown by what the browser has for them."""

from __future__ import annotations

from markupsafe import Markup

LIMIT = 50_000_000
"""A longer file, in bytes, is not published."""

AUDIO = frozenset({"wav", "mp3", "ogg", "m4a", "flac"})
VIDEO = frozenset({"mp4", "webm", "ogv"})
TYPES = (
    "application/pdf", "audio/wav", "audio/x-wav", "audio/mpeg", "audio/mp3", "audio/ogg", "audio/mp4", "audio/x-m4a", "audio/flac", "audio/webm",
    "video/mp4", "video/webm", "video/ogg",
)  # fmt: skip
"""The MIME types of outputs in which such files come."""

_STARTS = {b"ID3": "mp3", b"fLaC": "flac", b"%PDF-": "pdf"}
_MPEG = {bytes([0xFF, second]) for second in (0xFA, 0xFB, 0xF2, 0xF3, 0xE2, 0xE3)}  # layer III of MPEG 1, 2 and 2.5
_EBML = b"\x1aE\xdf\xa3"
_BRANDS = {b"M4A ": "m4a", b"M4B ": "m4a"} | dict.fromkeys(
    (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"dash", b"M4V "), "mp4"
)
_LONGEST_BOX = 4096


def probe(data: bytes) -> str:
    """The suffix of what these bytes are (one of ``AUDIO`` or ``VIDEO``, or pdf), or ""."""
    if len(data) > LIMIT:
        return ""
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return "wav"
    if data[:4] == b"OggS":
        return "ogv" if b"\x80theora" in data[:512] else "ogg"
    if data[:4] == _EBML:
        return "webm" if b"webm" in data[:64] else ""
    if data[4:8] == b"ftyp" and int.from_bytes(data[:4]) <= _LONGEST_BOX:
        return _BRANDS.get(data[8:12], "")
    if data[:2] in _MPEG:
        return "mp3"
    return next((suffix for start, suffix in _STARTS.items() if data.startswith(start)), "")


def to_html(source: str, suffix: str, place: str, size: str) -> Markup:
    """A player, or the PDF with a link to it; ``place`` says in words where it stands, ``size`` how long it is."""
    if suffix in AUDIO:
        return Markup('<audio controls preload="none" src="{}" aria-label="Audio, {}"></audio>').format(source, place)
    if suffix in VIDEO:
        return Markup('<video controls preload="metadata" src="{}" aria-label="Video, {}"></video>').format(source, place)
    return Markup('<iframe class="pdf" src="{0}" title="PDF, {1}" loading="lazy"></iframe><a class="file" href="{0}">PDF ({2})</a>').format(
        source, place, size
    )
