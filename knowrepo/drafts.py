"""One source becomes a Draft (read, then render), and a Draft becomes bytes for the cache and back.

A worker (``produce``) leaves the large part of what it makes in the cache, and gives the small part back as the bytes that lie there too. On another
machine (``produce_away``) it has the files from the order, and sends back what belongs into the cache.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson
from markupsafe import Markup

from knowrepo import blobs, copies, frontmatter, git, read, render, thumbnails
from knowrepo.cache import Cache, Parcel, key
from knowrepo.errors import CacheDamaged
from knowrepo.model import Asset, Body, Content, Draft, Heading, Link, Meta, Person, Problem, Skipped, Source, Stale, Stored
from knowrepo.render import maths, recode
from knowrepo.render.embedded import Lighter

Files = Mapping[str, bytes]
"""The bytes of a source and of its companions, by path."""

Answer = bytes | Skipped
"""What a worker says of a source: the draft as it lies in the cache, or why there is none."""

Parcelled = tuple[Answer, Parcel]
"""The same, and what a worker without the cache would have left in it."""


@dataclass(frozen=True, slots=True)
class Order:
    """All that a draft is made from; files of more than ``limit`` bytes are not read.

    ``files`` are the source and its companions, or the folder of the repository that they are read from, or what keeps them from being read. With
    ``thumbnail`` the small pictures of its card are made along, for whoever asks the cache for them.
    """

    files: Path | Files | Problem
    source: Source
    options: read.Options
    style: render.Options
    limit: int
    thumbnail: bool = False

    @property
    def key(self) -> str:
        """Under which the draft lies in the cache."""
        return key("draft", self.source, self.options, self.style, self.limit)

    @property
    def everybody(self) -> Order:
        """The order as the site that everybody may read gives it."""
        return replace(self, options=replace(self.options, drafts=False, audience=frozenset()))


def remembered(order: Order, cache: Cache) -> Draft | Skipped | None:
    """The draft that is in the cache already. A post for everybody is there once, whatever the audience."""
    common = _remembered(order.everybody, cache)
    return common if isinstance(common, Draft) or order == order.everybody else _remembered(order, cache)


def _remembered(order: Order, cache: Cache) -> Draft | Skipped | None:
    data = cache.get(order.key)
    return load(data, order.source, cache) if data else None


def produce(order: Order, cache: Cache) -> Answer:
    """Make the draft and keep it in the cache. Raises OutputError if the cache cannot be written."""
    files = _read(order)
    if isinstance(files, Problem):
        return failed(files)
    made = make(order.source, files, order.options, order.style, _lighter(cache), _typesetting(cache))
    if isinstance(made, Draft):
        if order.thumbnail and (picture := thumbnails.likely(made)):
            thumbnails.remembering(cache)(picture)
        made = keep(made, cache)
    elif made.problems:
        return made
    hidden = isinstance(made, Skipped) or frontmatter.left_out(made.meta, drafts=False, audience=frozenset())
    data = dump(made)
    cache.put((order if hidden else order.everybody).key, data)
    return made if isinstance(made, Skipped) else data


def packed(order: Order) -> Order:
    """The order with its files, so that it can be carried out anywhere."""
    return replace(order, files=_read(order))


def produce_away(order: Order) -> Parcelled:
    """Make the draft of a packed order, where there is neither the repository nor the cache."""
    parcel = Parcel()
    return produce(order, parcel), parcel


def received(order: Order, answer: Answer, cache: Cache) -> Draft | Skipped:
    """What ``produce`` gave back. Raises CacheDamaged if a file that it wrote is gone already."""
    made = answer if isinstance(answer, Skipped) else load(answer, order.source, cache)
    if made is None:
        raise CacheDamaged(order.source.path)
    return made


def failed(problem: Problem) -> Skipped:
    """A source of which this problem keeps everything."""
    return Skipped(problem.path, problem.message, problem.line, problem.hint, (problem,))


def _read(order: Order) -> Files | Problem:
    if not isinstance(order.files, Path):
        return order.files
    source = order.source
    try:
        wanted = {source.path: source.blob, **{companion.path: companion.blob for companion in source.companions}}
        return {path: blobs.verified(path, git.read_file(order.files, path, order.limit), blob) for path, blob in wanted.items()}
    except git.Unreadable as error:
        return Problem(source.path, f"it cannot be read: {error}", "unreadable-file")


def _lighter(cache: Cache) -> Lighter:
    """``recode.webp``, which keeps what it made under the picture's digest: encoding is paid once, in whatever post the picture stands."""

    def lighter(data: bytes) -> Content | None:
        made = cache.remember(("webp", hashlib.sha256(data).hexdigest()), lambda: recode.webp(data) or b"")
        return made if made.size else None

    return lighter


def _typesetting(cache: Cache) -> maths.Typesetting:
    """``maths.at_build``, which keeps what it made of a post's formulas: V8 is started only where they have changed."""

    def typesetting(formulas: Sequence[maths.Formula]) -> Sequence[Markup | maths.Refused] | None:
        own = key("maths", formulas)
        if known := cache.get(own):
            return [maths.Refused(reason) if reason else Markup(shown) for shown, reason in orjson.loads(known)]  # noqa: S704 - sanitised when it was made
        made = maths.at_build(formulas)
        if made is not None:
            cache.put(own, orjson.dumps([("", each.reason) if isinstance(each, maths.Refused) else (str(each), "") for each in made]))
        return made

    return typesetting


def make(
    source: Source,
    files: Files,
    options: read.Options,
    style: render.Options,
    lighter: Lighter = recode.webp,
    typesetting: maths.Typesetting = maths.at_build,
) -> Draft | Skipped:
    """What one source becomes."""
    data = files[source.path]
    document = read.document(source, data, {path: files[path] for path in files if path != source.path}, options)
    if isinstance(document, Skipped):
        return document
    body = render.body(document, style, lighter=lighter, typesetting=typesetting)
    whole = replace(body, problems=(*document.problems, *body.problems))
    return Draft(source, document.meta, whole, document.language, not copies.begins_like_html(data), document.kernel)


def keep(draft: Draft, cache: Cache) -> Draft:
    """The draft with its HTML, pictures, script and words in files of the cache instead of in memory."""
    body = draft.body
    assets = tuple(replace(asset, content=cache.keep(asset.content)) for asset in body.assets)
    script = cache.keep(body.script) if body.script else b""
    passages, entry = cache.keep(body.passages), cache.keep(body.entry)
    kept = replace(body, html=cache.keep(body.html), assets=assets, script=script, passages=passages, entry=entry)
    return replace(draft, body=kept)


def dump(made: Draft | Skipped) -> bytes:
    """A kept draft, or a file that is no post, as bytes. Of what is left out only the reason is written, not even its name."""
    if isinstance(made, Skipped):
        return orjson.dumps({"skipped": made.reason, "line": made.line, "hint": made.hint})
    return orjson.dumps(
        {"meta": made.meta, "body": made.body, "language": made.language, "downloadable": made.downloadable, "kernel": made.kernel},
        default=_plain,
    )


def load(data: bytes, source: Source, cache: Cache) -> Draft | Skipped | None:
    """What ``dump`` wrote for this source; None if a file that belongs to it is gone."""
    value = orjson.loads(data)
    if "skipped" in value:
        return Skipped(source.path, value["skipped"], value["line"], value["hint"])
    body = _body(value["body"], cache)
    return Draft(source, _meta(value["meta"]), body, value["language"], value["downloadable"], value["kernel"]) if body else None


def _meta(value: dict[str, Any]) -> Meta:
    dates = {name: datetime.fromisoformat(value[name]) if value[name] else None for name in ("created_at", "updated_at")}
    tuples = {name: tuple(value[name]) for name in ("tags", "aliases", "allowed_groups", "ignore")}
    authors = tuple(Person(**person) for person in value["authors"])
    return Meta(**{**value, **dates, **tuples, "authors": authors, "extra": MappingProxyType(value["extra"])})


def _body(value: dict[str, Any], cache: Cache) -> Body | None:
    html = _stored(value["html"], cache)
    contents = [_stored(asset["content"], cache) for asset in value["assets"]]
    assets = tuple(Asset(**{**asset, "content": content}) for asset, content in zip(value["assets"], contents, strict=True) if content)
    script = _stored(value["script"], cache) if value["script"] else b""
    passages, entry = (_stored(value[name], cache) for name in ("passages", "entry"))
    if html is None or script is None or passages is None or entry is None or len(assets) < len(contents):
        return None
    return Body(
        html=html,
        headings=tuple(Heading(**heading) for heading in value["headings"]),
        anchors=tuple(value["anchors"]),
        links=tuple(Link(**link) for link in value["links"]),
        assets=assets,
        pictures=tuple(value["pictures"]),
        words=value["words"],
        problems=tuple(Problem.of(found) for found in value["problems"]),
        libraries=tuple(value["libraries"]),
        maths=value["maths"],
        code=value["code"],
        terms=MappingProxyType(value["terms"]),
        script=script,
        stale=tuple(Stale(**cell) for cell in value["stale"]),
        passages=passages,
        entry=entry,
    )


def _stored(value: dict[str, Any], cache: Cache) -> Stored | None:
    return cache.stored(value["digest"], value["size"])


def _plain(value: Any) -> Any:
    return dict(value)
