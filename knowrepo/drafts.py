"""One source becomes a Draft (read, then render), and a Draft becomes bytes for the cache and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

import orjson

from knowrepo import copies, read, render
from knowrepo.cache import Cache
from knowrepo.model import Asset, Body, Draft, Heading, Link, Meta, Person, Problem, Severity, Skipped, Source, Stored


def make(source: Source, data: bytes, companions: Mapping[str, bytes], options: read.Options, style: render.Options) -> Draft | Skipped:
    """What one source becomes; ``companions`` are the bytes of ``source.companions`` by path."""
    document = read.document(source, data, companions, options)
    if isinstance(document, Skipped):
        return document
    body = render.body(document, style)
    whole = replace(body, problems=(*document.problems, *body.problems))
    return Draft(source, document.meta, whole, document.language, not copies.begins_like_html(data))


def keep(draft: Draft, cache: Cache) -> Draft:
    """The draft with its HTML and pictures in files of the cache instead of in memory."""
    body = draft.body
    assets = tuple(replace(asset, content=cache.keep(asset.content)) for asset in body.assets)
    return replace(draft, body=replace(body, html=cache.keep(body.html), assets=assets))


def dump(made: Draft | Skipped) -> bytes:
    """A kept draft, or a file that is no post, as bytes. Of what is left out only the reason is written, not even its name."""
    if isinstance(made, Skipped):
        return orjson.dumps({"skipped": made.reason, "line": made.line, "hint": made.hint})
    return orjson.dumps(
        {"meta": made.meta, "body": made.body, "language": made.language, "downloadable": made.downloadable}, default=_plain
    )


def load(data: bytes, source: Source, cache: Cache) -> Draft | Skipped | None:
    """What ``dump`` wrote for this source; None if a file that belongs to it is gone."""
    value = orjson.loads(data)
    if "skipped" in value:
        return Skipped(source.path, value["skipped"], value["line"], value["hint"])
    body = _body(value["body"], cache)
    return Draft(source, _meta(value["meta"]), body, value["language"], value["downloadable"]) if body else None


def problem(value: Mapping[str, Any]) -> Problem:
    """A Problem from its JSON form."""
    return Problem(**{**value, "severity": Severity(value["severity"])})


def _meta(value: dict[str, Any]) -> Meta:
    dates = {name: datetime.fromisoformat(value[name]) if value[name] else None for name in ("created_at", "updated_at")}
    tuples = {name: tuple(value[name]) for name in ("tags", "aliases", "allowed_groups")}
    authors = tuple(Person(**person) for person in value["authors"])
    return Meta(**{**value, **dates, **tuples, "authors": authors, "extra": MappingProxyType(value["extra"])})


def _body(value: dict[str, Any], cache: Cache) -> Body | None:
    html = _stored(value["html"], cache)
    contents = [_stored(asset["content"], cache) for asset in value["assets"]]
    assets = tuple(Asset(**{**asset, "content": content}) for asset, content in zip(value["assets"], contents, strict=True) if content)
    if html is None or len(assets) < len(contents):
        return None
    return Body(
        html=html,
        headings=tuple(Heading(**heading) for heading in value["headings"]),
        anchors=tuple(value["anchors"]),
        links=tuple(Link(**link) for link in value["links"]),
        assets=assets,
        pictures=tuple(value["pictures"]),
        words=value["words"],
        problems=tuple(problem(found) for found in value["problems"]),
        libraries=tuple(value["libraries"]),
        maths=value["maths"],
    )


def _stored(value: dict[str, Any], cache: Cache) -> Stored | None:
    return cache.stored(value["digest"], value["size"])


def _plain(value: Any) -> Any:
    return dict(value)
