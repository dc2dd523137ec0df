"""Payloads × places as repositories, and the sites that are built from them.

``defended`` is what ``knowrepo build`` makes. For ``bare`` the payloads travel in disguise: a word of small letters stands for each, no step
of the pipeline has a reason to change it, sanitising is off besides, and where a word has arrived in a page the payload is put in its place. That is a
site without any sanitising and any escaping, whatever step would do it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from knowrepo import chain, config, copies, discussion, pages, patterns, read, render, scan, site
from knowrepo.build import Options, Workshop, build
from knowrepo.cache import Cache, load
from knowrepo.marker import FILE
from knowrepo.model import Comment, Draft, Person, Skipped, Source, Thread
from tests import gitrepo
from tests.attack import places
from tests.attack.files import FILES, header, rosters
from tests.attack.payloads import Payload
from tests.notebooks import dump, markdown, raw

SETTINGS = {
    "site_url": "https://team.example/",
    "project_url": "https://gitlab.example/team/posts",
    "include": ["."],
    "posts_per_page": 100,
    "assets": ["**/*.csv", "**/*.html", "**/*.js", "**/*.json", "**/*.txt"],
    "allow_network": ["tile.openstreetmap.org"],
}


def _in_markdown(put: Callable[[str], str]) -> Callable[[str], places.Cell]:
    return lambda text: markdown(put(text))


CELLS: Mapping[str, Callable[[str], places.Cell]] = {
    **places.CELLS,
    **{f"md.{name}": _in_markdown(put) for name, put in places.MARKDOWN.items()},
}
"""The places in cells of a notebook."""
COMMENTS = ("title", "author", "text", "url", "cell")
"""The places in what is said about a post; a second comment has the text in a piece of Markdown, of another kind for each payload."""
PLACES = len(CELLS) + len(COMMENTS) + sum(map(len, (places.FRAMES, places.NOTEBOOK, places.HEADER, FILES)))

At = Callable[[str], str]
"""What is put at the place of this name."""

REDIRECT = re.compile('(?<=<meta name="referrer" content="same-origin">\n)<meta http-equiv="refresh" content="0; url=([^"]*)">')

_WORD = re.compile("zq([0-9]+)xqz")

ROSTERED = 12
"""So many payloads are in the entries of authors.yml and tags.yml."""
LONGEST_FIELD = 2_000
"""A header may have 65,536 characters; so many of a payload are in one of its fields."""


@dataclass(frozen=True, slots=True)
class Salvo:
    """Payloads that are tried together.

    All of them in the ``cells`` of a notebook (names in ``CELLS``), at the places of ``files`` (names in ``FILES``) and, if ``framed``, in the outputs
    of another notebook that need script.
    """

    name: str
    payloads: tuple[Payload, ...]
    cells: tuple[str, ...]
    files: tuple[str, ...] = ()
    framed: bool = False

    @property
    def combinations(self) -> int:
        """How many pairs of a payload and a place are tried: a header, metadata and an interactive output hold one payload each."""
        once = len(places.HEADER) + len(places.NOTEBOOK) + (len(places.FRAMES) if self.framed else 0)
        return (len(self.cells) + len(self.files) + len(COMMENTS)) * len(self.payloads) + once


@dataclass(frozen=True, slots=True, repr=False)
class Built:
    """A site: its files by path, and the pages of each salvo's posts by the salvo's name."""

    files: Mapping[str, bytes]
    posts: Mapping[str, tuple[str, ...]]

    @property
    def pages(self) -> tuple[str, ...]:
        """The pages that belong to no post: lists of posts, tags, authors and folders."""
        others = {*self.redirects, *(page for found in self.posts.values() for page in found)}
        return tuple(path for path in self.files if path.endswith(".html") and path not in others and not path.startswith("assets/"))

    @property
    def redirects(self) -> Mapping[str, str]:
        """Where the pages lead that stand at an old address."""
        found = {path: REDIRECT.search(data.decode("utf-8")) for path, data in self.files.items() if path.endswith("/index.html")}
        return {path: redirect[1] for path, redirect in found.items() if redirect}


def defended(salvos: Sequence[Salvo], folder: Path) -> Built:
    """The site that knowrepo builds of these salvos, with a payload as title and description of the site and as the name of Git authors.

    The team's own files name authors and tags with payloads of their own.
    """
    first = salvos[0].payloads[0].at("setting")
    repository = gitrepo.make(folder / "repo", {"knowrepo.yml": json.dumps({**SETTINGS, "title": first, "description": first})})
    known = [salvo.payloads[0].at("roster")[:LONGEST_FIELD] for salvo in salvos[:: -(-len(salvos) // ROSTERED)]]
    gitrepo.commit(repository, _encoded(rosters(known, f"{salvos[0].name}/roster")), day=0)
    for number in range(0, len(salvos), 40):
        several = salvos[number : number + 40]
        files = {path: text for salvo in several for path, text in _files(salvo, [payload.at for payload in salvo.payloads]).items()}
        who = several[0].payloads[-1].at("git.author").replace("\0", "").replace("\n", " ")
        gitrepo.commit(repository, _encoded(files), day=number, author=Person(f"A {who}", "a@example.org"), message=f"c {who}")
    gitrepo.write(repository, {FILE: discussion.dump(_said(salvos, [[payload.at for payload in salvo.payloads] for salvo in salvos]))})
    out = folder / "site"
    report = build(Workshop(repository, out, Cache(folder / "cache"), Options()))
    refused = {left.path: left.reason for left in report.skipped if left.path.endswith("/post.ipynb")}
    assert len(refused) <= len(salvos) // 50, refused  # a payload may be more than the bounds allow: then nothing of its post is published
    published = {path.relative_to(out).as_posix(): path for path in sorted(out.rglob("[!.]*")) if path.is_file()}
    made = {name: path.read_bytes() for name, path in published.items()}
    return Built(made, _posts(made, salvos))


def bare(salvos: Sequence[Salvo], folder: Path) -> Built:
    """The site of these salvos, with nothing between a payload and the page."""
    payloads = list(dict.fromkeys(payload for salvo in salvos for payload in salvo.payloads))
    words = {payload: f"zq{number}xqz" for number, payload in enumerate(payloads)}
    sources = {path: text for salvo in salvos for path, text in _files(salvo, [_always(words[one]) for one in salvo.payloads]).items()}
    gitrepo.write(folder, _encoded({"knowrepo.yml": json.dumps(SETTINGS), **sources}))
    settings = config.load((folder / "knowrepo.yml").read_bytes())
    found = scan.scan(folder)
    said = _said(salvos, [[_always(words[one]) for one in salvo.payloads] for salvo in salvos])
    made = [draft for source in found.sources if (draft := _draft(source, folder))]
    drafts = discussion.attached(made, said, "", "en", bytes)
    whole = site.assemble(drafts, found, settings, copies.of(drafts, found, patterns.matching(settings.assets)))
    theme = pages.theme.load(chain.read(chain.base()))
    files = {artifact.path: load(artifact.content) for artifact in pages.artifacts(whole, theme)}
    return Built({path: _undisguised(path, data, payloads) for path, data in files.items()}, _posts(files, salvos))


def _always(word: str) -> At:
    return lambda _place: word


def _draft(source: Source, folder: Path) -> Draft | None:
    """What a source makes without sanitising; where its pictures come from is not followed, since there are no such files."""
    companions = {beside.path: (folder / beside.path).read_bytes() for beside in source.companions}
    document = read.document(source, (folder / source.path).read_bytes(), companions, read.Options(True, False, frozenset(), "commonmark"))
    if isinstance(document, Skipped):
        return None
    body = render.body(document, render.Options(), sanitising=_untouched)
    return Draft(source, document.meta, replace(body, pictures=()), document.language)


class _Untouched:
    """A cleaner that cleans nothing."""

    def clean(self, html: str) -> str:
        return html


def _untouched(**_options: Any) -> _Untouched:
    return _Untouched()


def _undisguised(path: str, data: bytes, payloads: Sequence[Payload]) -> bytes:
    """A file with the payloads in place of the words that stand for them; in JSON as JSON writes them."""
    if not path.endswith((".html", ".json", ".xml")) or path.startswith("assets/"):
        return data

    def payload(word: re.Match[str]) -> str:
        text = payloads[int(word[1])].at("bare")
        return json.dumps(text)[1:-1] if path.endswith(".json") else text

    return _WORD.sub(payload, data.decode("utf-8")).encode("utf-8", "replace")


def _posts(files: Mapping[str, bytes], salvos: Sequence[Salvo]) -> Mapping[str, tuple[str, ...]]:
    """The pages of every salvo's posts, as site.json lists them."""
    found: dict[str, list[str]] = {salvo.name: [] for salvo in salvos}
    for post in json.loads(files["site.json"])["posts"]:
        found[post["path"].partition("/")[0]].append(post["url"])
    return {name: tuple(sorted(urls)) for name, urls in found.items()}


def _files(salvo: Salvo, ats: Sequence[At]) -> dict[str, str]:
    """The files of a salvo."""
    files = {f"{salvo.name}/post.ipynb": _notebook(salvo, ats)}
    if salvo.framed:
        cells = [put(ats[number % len(ats)](f"frame.{name}")) for number, (name, put) in enumerate(places.FRAMES.items())]
        state = places.NOTEBOOK["widgets"](ats[0]("frame.state"))
        files[f"{salvo.name}/frames.ipynb"] = dump(raw(header(title="F")), *cells, metadata=state).decode()
    for name in salvo.files:
        for number, at in enumerate(ats):
            for path, text in FILES[name](at(name)).items():
                files[f"{salvo.name}/{number}-{name.replace('.', '-')}/{path}"] = text
    return files


def _said(salvos: Sequence[Salvo], ats: Sequence[Sequence[At]]) -> list[Thread]:
    """An issue about the notebook of each salvo for each of its payloads, with an answer that has it in a piece of Markdown."""
    put = list(places.MARKDOWN.values())
    return [
        _thread(f"{salvo.name}/post.ipynb", number, at, put[(number + turn) % len(put)])
        for turn, (salvo, several) in enumerate(zip(salvos, ats, strict=True))
        for number, at in enumerate(several)
    ]


def _thread(post: str, number: int, at: At, put: Callable[[str], str]) -> Thread:
    title, author, words, url, cell = (at(f"comment.{name}").encode("utf-8", "replace").decode() for name in COMMENTS)
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    answer = Comment(1000 + number, author, moment, put(words), "https://gitlab.example/a", cell)
    return Thread(post, title, number % 2 == 0, number, Comment(number, author, moment, words, url, cell), (answer,))


def _notebook(salvo: Salvo, ats: Sequence[At]) -> str:
    """A notebook with every payload at its places; a header and metadata hold one payload at each of theirs."""
    fields: dict[str, Any] = {}
    metadata: dict[str, Any] = {}
    for number, (name, field) in enumerate(places.HEADER.items()):
        fields |= field(ats[number % len(ats)](f"header.{name}")[:LONGEST_FIELD])
    for number, (name, about) in enumerate(places.NOTEBOOK.items()):
        metadata |= about(ats[number % len(ats)](f"notebook.{name}"))
    cells = [CELLS[name](at(name)) for name in salvo.cells for at in ats]
    return dump(raw(header(**{"subtitle": "x", **fields})), *cells, metadata=metadata).decode()


def _encoded(files: Mapping[str, str]) -> dict[str, bytes]:
    return {path: text.encode("utf-8", "replace") for path, text in files.items()}
