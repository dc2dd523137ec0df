"""The index behind the command line: whoosh keeps where every word stands, in a folder of the cache, updated by post (owner of whoosh).

Whoosh's files hold pickles, and reading a pickle runs what it says. So only an index that this user's own knowrepo wrote is opened: beside it lies a
seal, a keyed hash of all its files, with a secret that no repository and no restored cache can know. A damaged one has no seal either, and is made anew.
Every change is made in a copy, which then takes the place of the old one.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import Any

import orjson

from knowrepo.analysis.entry import FIELDS
from knowrepo.errors import OutputError
from knowrepo.makers import fingerprint
from knowrepo.search.wording import Wording

_SEAL = "seal.json"
_PREFIX = "index-"
_DEAD = 1.5
"""Removed posts stay in the files until there are so many more in all; writing them anew takes as long as making them."""
_ABANDONED = 3600
"""Seconds after which nobody is still making an index."""


class Index:
    """What stands where: postings by field and term, for documents that are numbers."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader
        stored = {number: reader.stored_fields(number) for number in reader.all_doc_ids()}
        self.paths: Mapping[int, str] = {number: fields["path"] for number, fields in stored.items()}
        self.days: Mapping[int, date] = {number: date.fromordinal(fields["day"]) for number, fields in stored.items() if fields.get("day")}

    def postings(self, field: str, term: str) -> dict[int, float]:
        """How often a term stands in a field, by document."""
        return {matcher.id(): matcher.weight() for matcher in self._matches(field, term)}

    def positions(self, field: str, term: str) -> dict[int, list[int]]:
        """Where a term stands in a field, by document."""
        return {matcher.id(): matcher.value_as("positions") for matcher in self._matches(field, term)}

    def length(self, field: str, document: int) -> int:
        """How many terms a document's field has."""
        return int(self._reader.doc_field_length(document, field))

    def beginning(self, prefix: str, fields: Iterable[str]) -> set[str]:
        """The terms that begin so."""
        return {term.decode() for field in fields for term in self._reader.expand_prefix(field, prefix)}

    def _matches(self, field: str, term: str) -> Iterator[Any]:
        if (field, term) in self._reader:
            matcher = self._reader.postings(field, term)
            while matcher.is_active():
                yield matcher
                matcher.next()


def index(folder: Path, secret: bytes, posts: Iterable[Wording]) -> Index:
    """The index of these posts, in this folder. Raises OutputError if it cannot be written, CacheDamaged if the text of a post is no longer there."""
    wanted = {post.path: post for post in posts}
    digests = {path: post.digest for path, post in wanted.items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder):
            sealed = _sealed(folder, secret)
            if sealed and sealed.digests == digests:
                return _opened(sealed.folder)
            made = _made(folder, wanted, digests, sealed)
            found = _opened(made)
            _seal(folder, made, digests, secret)
            return found
    except OSError as error:
        hint = "make room, or name another folder with --cache"
        raise OutputError(f"cannot write the index {folder}: {error.strerror}", hint=hint) from error


def _alone(folder: Path) -> AbstractContextManager[object]:
    """Other searches wait meanwhile: they would take away the files that this one reads."""
    import filelock

    return filelock.FileLock(folder / "lock")


def _opened(folder: Path) -> Index:
    return Index(_whoosh().index.open_dir(str(folder), schema=_schema()).reader())


@dataclass(frozen=True, slots=True)
class _Sealed:
    """An index that is ours: its folder, and the digests of the posts in it by path."""

    folder: Path
    digests: Mapping[str, str]


def _sealed(folder: Path, secret: bytes) -> _Sealed | None:
    """What lies there, if it is ours and whole."""
    try:
        said = orjson.loads((folder / _SEAL).read_bytes())
        name, digests, seal = said["folder"], said["posts"], bytes.fromhex(said["seal"])
        if Path(name).name == name and hmac.compare_digest(seal, _hash(folder / name, digests, secret)):
            return _Sealed(folder / name, digests)
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return None


def _made(folder: Path, wanted: Mapping[str, Wording], digests: Mapping[str, str], sealed: _Sealed | None) -> Path:
    """A new folder with the index of these posts, made from the old one where there is one."""
    made = Path(tempfile.mkdtemp(dir=folder, prefix=_PREFIX))
    known: Mapping[str, str] = {}
    if sealed and _copied(sealed.folder, made):
        known = sealed.digests
        opened = _whoosh().index.open_dir(str(made), schema=_schema())
    else:
        opened = _whoosh().index.create_in(str(made), _schema())
    writer = opened.writer(limitmb=256)
    for path in known.keys() - digests.keys():
        writer.delete_by_term("path", path)
    for path in sorted(path for path, digest in digests.items() if known.get(path) != digest):
        post = wanted[path]
        if path in known:
            writer.delete_by_term("path", path)
        writer.add_document(path=path, day=post.day.toordinal() if post.day else 0, exact=list(post.exact), **post.fields())
    writer.commit(optimize=opened.doc_count_all() > _DEAD * len(digests))
    opened.close()
    return made


def _copied(old: Path, made: Path) -> bool:
    """Whether the files of the old index could be copied: another search may be removing them."""
    try:
        shutil.copytree(old, made, dirs_exist_ok=True)
    except (shutil.Error, FileNotFoundError):
        for file in made.iterdir():
            file.unlink()
        return False
    return True


def _seal(folder: Path, made: Path, digests: Mapping[str, str], secret: bytes) -> None:
    """Put the new index into the place of the old one, and remove that and what killed searches have left."""
    old = _named(folder)
    seal = {"folder": made.name, "posts": digests, "seal": _hash(made, digests, secret).hex()}
    beside = made.with_suffix(".new")
    beside.write_bytes(orjson.dumps(seal))
    os.replace(beside, folder / _SEAL)
    now = made.stat().st_mtime
    for other in folder.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            if other != made and (other.name == old or now - other.lstat().st_mtime > _ABANDONED):
                shutil.rmtree(other) if other.is_dir() and not other.is_symlink() else other.unlink()


def _named(folder: Path) -> str:
    """The name of the folder that the seal names, whoever wrote it."""
    try:
        return str(orjson.loads((folder / _SEAL).read_bytes())["folder"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _hash(folder: Path, digests: Mapping[str, str], secret: bytes) -> bytes:
    """The keyed hash of an index, of the code that makes it and of what it says of itself."""
    versions = [metadata.version("whoosh"), fingerprint()]
    files = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir() if file.is_file()}
    return hmac.digest(secret, orjson.dumps([versions, digests, files], option=orjson.OPT_SORT_KEYS), "sha256")


@dataclass(slots=True)
class Token:
    """A term and its place, as whoosh takes them from an analyser."""

    text: str = ""
    pos: int = 0
    boost: float = 1.0
    stopped: bool = False


def analyser(value: str, **_options: Any) -> Iterator[Token]:
    """Whoosh's analyser for what ``wording.placed`` wrote. It is pickled by its name."""
    token = Token()
    for token.pos, line in enumerate(value.split("\n")):
        for token.text in line.split():
            yield token


def _schema() -> Any:
    fields = _whoosh().fields
    texts = {field: fields.TEXT(analyzer=analyser) for field in FIELDS}
    return fields.Schema(
        path=fields.ID(unique=True, stored=True), day=fields.STORED, exact=fields.TEXT(analyzer=analyser, phrase=False), **texts
    )


def _whoosh() -> Any:
    """The package. Python 3.12 and later warn about the way some of its texts are written."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import whoosh  # type: ignore[import-untyped]
        import whoosh.fields  # type: ignore[import-untyped]
        import whoosh.index  # type: ignore[import-untyped]
    return whoosh
