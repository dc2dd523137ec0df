"""The history of a post: its revisions, what each changed, the post as each left it; and what a merge request changes in it.

Each page is about two blobs, or one, and is made once for as long as they are asked for. Pictures stand in the page, interactive outputs stand still.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import zip_longest

from markupsafe import Markup

from knowrepo import text, urls
from knowrepo.cache import load
from knowrepo.chronicle import Chronicle
from knowrepo.diff import sides, views
from knowrepo.diff.views import Look
from knowrepo.model import Artifact, Asset, Post, Reviewed, Revision
from knowrepo.pages import diffs
from knowrepo.pages.frame import Link
from knowrepo.pages.theme import DIFF_SCRIPT
from knowrepo.pages.views import Lens, date
from knowrepo.read import Options


@dataclass(frozen=True, slots=True)
class Entry:
    """A revision in the list. ``difference`` and ``then`` lead to what it changed and to the post as it was, or are "". ``path``: it had another one."""

    date: str
    authors: str
    subject: str
    commit: Link | None
    merge_request: Link | None
    path: str
    difference: str
    then: str


@dataclass(frozen=True, slots=True)
class About:
    """What a page of the history says above all else: the post, its history, and the revision; ``difference`` leads to what that changed, or is ""."""

    post: Link
    history: str
    entry: Entry | None
    difference: str = ""


def pages(lens: Lens) -> Iterator[Artifact]:
    """The pages of every post that has a history; nothing where the site shows none."""
    chronicle = lens.chronicle
    if not chronicle:
        return
    if chronicle.limit:
        shown = {post.path: _published(lens, chronicle, chronicle.revisions.get(post.path, ())) for post in lens.site.posts}
        chronicle = replace(chronicle, revisions=shown)
        for post in lens.site.posts:
            if revisions := shown[post.path]:
                yield _listing(lens, chronicle, post, revisions)
                yield from _revisions(lens, chronicle, post, revisions[: chronicle.limit + 1])
    places = {post.path: post for post in lens.site.posts}
    for reviewed in lens.site.reviewed or ():
        if reviewed.path in places and reviewed.kind != "gone":
            yield _reviewed(lens, chronicle, places[reviewed.path], reviewed)


def _published(lens: Lens, chronicle: Chronicle, revisions: tuple[Revision, ...]) -> tuple[Revision, ...]:
    """Those that were to be published: of the others not even the message is shown."""

    def told(revision: Revision) -> bytes:
        about = ("published", _rules(chronicle, revision), chronicle.path(revision), revision.blob)
        return load(lens.theme.drawn("history", about, lambda: bytes([chronicle.published(revision)])).content)

    about = ("published", _rules(chronicle, *revisions), [(chronicle.path(each), each.blob) for each in revisions])
    found = load(lens.theme.drawn("history", about, lambda: b"".join(map(told, revisions))).content)
    return tuple(revision for revision, was in zip(revisions, found, strict=True) if was)


def _listing(lens: Lens, chronicle: Chronicle, post: Post, revisions: tuple[Revision, ...]) -> Artifact:
    page = urls.past(post.url)
    entries = tuple(_entry(lens, chronicle, post, page, revision, number) for number, revision in enumerate(revisions))
    about = _about(post, page, None)

    def shown() -> Mapping[str, object]:
        frame = lens.frame(page, lens.texts("history-of", title=text.legal(post.meta.title)))
        return {"frame": frame, "about": about, "entries": entries, "shallow": chronicle.shallow}

    return lens.theme.page(page, "history.html", (lens.surroundings, about, entries, chronicle.shallow), shown)


def _revisions(lens: Lens, chronicle: Chronicle, post: Post, revisions: tuple[Revision, ...]) -> Iterator[Artifact]:
    """The pages of the newest revisions, and of what each of them changed."""
    for number, (revision, before) in enumerate(zip_longest(revisions, revisions[1:])):
        if number < chronicle.limit and before:
            yield _difference(lens, chronicle, post, revision, before)
        if 0 < number < chronicle.limit:
            yield _then(lens, chronicle, post, revision)


def _difference(lens: Lens, chronicle: Chronicle, post: Post, revision: Revision, before: Revision) -> Artifact:
    page = urls.revision(post.url, revision.commit)
    about = _about(post, page, _entry(lens, chronicle, post, page, revision, 1))
    makes = (
        lens.surroundings,
        about,
        revision.path,
        revision.blob,
        before.path,
        before.blob,
        chronicle.style,
        _rules(chronicle, revision, before),
    )

    def shown() -> Mapping[str, object]:
        frame = lens.frame(page, text.legal(post.meta.title), script=DIFF_SCRIPT)
        compared = chronicle.step(revision, before)
        view = diffs.view(compared.diff, views.page(compared.diff, compared.hunks, Look(), diffs.inside).html) if compared else None
        return {"frame": frame, "about": about, "view": view}

    return lens.theme.page(page, "revision.html", makes, shown)


def _then(lens: Lens, chronicle: Chronicle, post: Post, revision: Revision) -> Artifact:
    page = urls.then(post.url, revision.commit)
    about = _about(post, page, _entry(lens, chronicle, post, page, revision, 1))
    makes = (lens.surroundings, about, revision.path, revision.blob, chronicle.style, _rules(chronicle, revision))
    return lens.theme.page(page, "then.html", makes, partial(_as_it_was, lens, chronicle, page, about, revision))


def _as_it_was(lens: Lens, chronicle: Chronicle, page: str, about: About, revision: Revision) -> Mapping[str, object]:
    made = chronicle.body(revision)
    body = Markup("")
    if made:
        assets: dict[str, Asset] = {asset.name: asset for asset in made.assets}
        body = views.placed(sides.adrift(load(made.html).decode("utf-8", "replace"), made.links), assets, diffs.inside)
    return {"frame": lens.frame(page, about.post.text), "about": about, "body": body}


def _reviewed(lens: Lens, chronicle: Chronicle, post: Post, reviewed: Reviewed) -> Artifact:
    page = urls.review(post.url)
    about = _about(post, page, None)

    def shown() -> Mapping[str, object]:
        frame = lens.frame(page, text.legal(post.meta.title), script=DIFF_SCRIPT)
        compared = chronicle.changed(post.path, post.source.blob, reviewed.before, reviewed.blob)
        look = Look(lens.site.merge_request, chronicle.prefix)
        view = diffs.view(compared.diff, views.page(compared.diff, compared.hunks, look, diffs.inside).html) if compared else None
        return {"frame": frame, "about": about, "view": view}

    rules = (chronicle.rules(post.path), chronicle.rules(reviewed.before))
    makes = (lens.surroundings, about, post.source.blob, reviewed, lens.site.merge_request, chronicle.style, rules)
    return lens.theme.page(page, "revision.html", makes, shown)


def _rules(chronicle: Chronicle, *revisions: Revision) -> list[Options]:
    return [chronicle.rules(chronicle.path(each)) for each in revisions]


def _about(post: Post, page: str, entry: Entry | None) -> About:
    return About(Link(text.legal(post.meta.title), urls.relative(page, post.url)), urls.relative(page, urls.past(post.url)), entry)


def _entry(lens: Lens, chronicle: Chronicle, post: Post, page: str, revision: Revision, number: int) -> Entry:
    """A revision as seen from a page; ``number`` counts from 0, which is how the post is now."""
    site = lens.site
    known = chronicle.revisions[post.path]
    shown = number < chronicle.limit
    request = urls.merge_request(site.project_url, revision.merge_request)
    path = chronicle.path(revision)
    return Entry(
        date=date(revision.date),
        authors=text.legal(", ".join(revision.authors)),
        subject=text.legal(revision.subject),
        commit=lens.commit(revision.commit),
        merge_request=Link(f"!{revision.merge_request}", request) if request else None,
        path=text.legal(path) if path != post.path else "",
        difference=urls.relative(page, urls.revision(post.url, revision.commit)) if shown and revision is not known[-1] else "",
        then=urls.relative(page, urls.then(post.url, revision.commit)) if shown and revision is not known[0] else "",
    )
