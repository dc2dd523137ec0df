"""What people say about posts: ``discussion.json``, which ``knowrepo discuss sync`` writes and a build reads.

    bytes ─load→ Threads       Threads ─attached→ Drafts with what is said about them, which the search finds too

The file holds Markdown of anybody: it is data, and pages sanitise what they make of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

import orjson

from knowrepo import text, urls
from knowrepo.analysis import entry
from knowrepo.cache import load as loaded
from knowrepo.marker import FILE
from knowrepo.model import Comment, Content, Draft, Post, Problem, Severity, Source, Thread
from knowrepo.render import passages

Keep = Callable[[bytes], Content]
VERSION = 1
NAMED = 3
"""So many issues are named in a message."""
LONGEST = 10_000
"""So many characters of a comment are shown and found; the file has one more where there are more."""
MOST = 200
"""So many comments of a post are shown and found, the latest. Of others it is said how many there are, and where."""


def dump(threads: Iterable[Thread]) -> bytes:
    """The file, a line for each value, so that Git can compare two."""
    short = tuple(
        replace(thread, first=_short(thread.first), comments=tuple(_short(comment) for comment in thread.comments)) for thread in threads
    )
    return orjson.dumps({"schema_version": VERSION, "threads": short}, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def load(content: bytes | None) -> tuple[tuple[Thread, ...], tuple[Problem, ...]]:
    """What the file says, and the Problem if it cannot be read; None is no file."""
    if content is None:
        return (), ()
    try:
        value = orjson.loads(content)
        if value["schema_version"] != VERSION:
            return (), (_damaged(f"its version is {str(value['schema_version'])[:20]}, not {VERSION}"),)
        return tuple(_thread(each) for each in value["threads"]), ()
    except orjson.JSONDecodeError as error:
        return (), (_damaged(f"it is no JSON: {str(error)[:200]}"),)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        return (), (_damaged(f"something is missing or of another kind ({type(error).__name__}: {str(error)[:80]})"),)


def attached(drafts: Iterable[Draft], threads: Iterable[Thread], prefix: str, language: str, keep: Keep) -> tuple[Draft, ...]:
    """The drafts with what is said about each, as ``about`` finds it; ``language`` is the site's. The cache will ``keep`` the words."""
    drafts = tuple(drafts)
    found = about([draft.source for draft in drafts], threads, prefix)
    return tuple(_said(draft, _latest(found[path]), language, keep) if (path := draft.source.path) in found else draft for draft in drafts)


def lost(sources: Collection[Source], threads: Iterable[Thread], prefix: str) -> tuple[Problem, ...]:
    """What there is to say of threads that are about none of the sources."""
    threads = tuple(threads)
    found = {id(thread) for several in about(sources, threads, prefix).values() for thread in several}
    left = [thread for thread in threads if id(thread) not in found]
    if not left:
        return ()
    named = ", ".join(f"{text.excerpt(' '.join(thread.post.split()), 100)} ({thread.first.url})" for thread in left[:NAMED])
    message = f"{len(left)} of {len(threads)} issues are about no file that is here: {named}{', …' if left[NAMED:] else ''}"
    hint = "was it deleted, or renamed and rewritten at once? Correct the path in the mark of the issue"
    return (Problem(FILE, message, "discussion-lost", hint=hint, severity=Severity.INFO),)


def about(sources: Collection[Source], threads: Iterable[Thread], prefix: str) -> dict[str, tuple[Thread, ...]]:
    """By path the threads about each source that has any, the oldest first. ``prefix`` leads from Git's top level to the sources.

    A name that two sources have had means the younger of those that were there when the issue was opened. Where the sources have moved to another folder
    together, with the file, names lead on from there. What is about none of them is left out.
    """
    names: defaultdict[str, list[Source]] = defaultdict(list)
    for source in sources:
        for name in {prefix + source.path, *source.former}:
            names[name].append(source)
    alone = {source.path: [source] for source in sources}
    found: dict[str, tuple[Thread, ...]] = {}
    for thread in sorted(threads, key=lambda thread: (thread.first.created, thread.first.id)):
        if meant := _meant(thread, names.get(thread.post) or alone.get(thread.post, []), prefix):
            found[meant.path] = (*found.get(meant.path, ()), thread)
    return found


def _meant(thread: Thread, sources: Iterable[Source], prefix: str) -> Source | None:
    """Of those that have or had the name in the mark, the one that the issue is about."""
    long_ago = datetime.min.replace(tzinfo=UTC)
    there = [source for source in sources if (source.created or long_ago) <= thread.first.created]
    return max(
        there or sources, key=lambda source: (source.created or long_ago, prefix + source.path == thread.post, source.path), default=None
    )


def _latest(threads: tuple[Thread, ...]) -> tuple[Thread, ...]:
    """The threads with the latest of their comments, ``MOST`` in all, and those that they answer."""
    every = sorted(map(_age, (comment for thread in threads for comment in thread.every if comment.text)))
    return tuple(_since(thread, every[-MOST]) for thread in threads) if len(every) > MOST else threads


def _since(thread: Thread, since: tuple[datetime, int]) -> Thread:
    comments = tuple(
        replace(comment, replies=tuple(reply for reply in comment.replies if _age(reply) >= since))
        for comment in thread.comments
        if max(map(_age, (comment, *comment.replies))) >= since
    )
    late = _age(thread.first) >= since or comments
    left = replace(thread, first=thread.first if late else replace(thread.first, text=""), comments=comments)
    return replace(left, earlier=_number_of(thread) - _number_of(left))


def _age(comment: Comment) -> tuple[datetime, int]:
    return comment.created, comment.id


def _number_of(thread: Thread) -> int:
    return sum(bool(comment.text) for comment in thread.every)


def _short(comment: Comment) -> Comment:
    return replace(comment, text=comment.text[: LONGEST + 1], replies=tuple(_short(reply) for reply in comment.replies))


def _said(draft: Draft, threads: tuple[Thread, ...], language: str, keep: Keep) -> Draft:
    """The draft with its threads, and their words among those that it is found by."""
    said = [
        passages.Passage(passages.PROSE, anchor(thread, comment), thread.title, " ".join(text.plain(comment.text).split()))
        for thread in threads
        for comment in thread.every
        if comment.text
    ]
    known = [*passages.load(loaded(draft.body.passages)), *said]
    own = passages.entry(draft.source.path, draft.meta, known, draft.meta.lang or language)
    body = replace(draft.body, passages=keep(passages.dump(known)), entry=keep(entry.dump(own)))
    return replace(draft, threads=threads, body=body)


def anchor(thread: Thread, comment: Comment) -> str:
    """The id of a comment on its page."""
    return f"_issue-{comment.id}" if comment is thread.first else f"_note-{comment.id}"


def count(post: Post) -> int:
    """How many comments a post has; an issue without a text of its own says nothing."""
    return sum(_number_of(thread) + thread.earlier for thread in post.threads)


def likes(post: Post) -> int:
    """How many thumbs up its issues have."""
    return sum(thread.likes for thread in post.threads)


def latest(posts: Iterable[Post], number: int) -> list[tuple[Post, Thread, Comment]]:
    """The latest comment on each post with any, the latest first."""
    said = ([(post, thread, comment) for thread in post.threads for comment in thread.every if comment.text] for post in posts)
    last = [max(rows, key=lambda row: _age(row[2])) for rows in said if rows]
    return sorted(last, key=lambda row: _age(row[2]), reverse=True)[:number]


def _thread(value: Mapping[str, Any]) -> Thread:
    comments = tuple(sorted((_comment(each) for each in value["comments"]), key=attrgetter("created", "id")))
    said = (_line(value["title"]), value["closed"] is True, _number(value["likes"]), _comment(value["first"]))
    return Thread(_line(value["post"]), *said, comments)


def _comment(value: Mapping[str, Any], *, answer: bool = False) -> Comment:
    created = datetime.fromisoformat(value["created"])
    if created.tzinfo is None:
        raise ValueError("a time without a zone")
    url = _line(value["url"])
    replies = () if answer else tuple(_comment(each, answer=True) for each in value["replies"])
    words = text.legal(_line(value["text"])[: LONGEST + 1])
    return Comment(
        _number(value["id"]), _line(value["author"]), created, words, url if urls.is_web(url) else "", _line(value["cell"]), replies
    )


def _line(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return text.legal(value)


def _number(value: object) -> int:
    if not isinstance(value, int) or value < 0:
        raise TypeError("no number")
    return value


def _damaged(why: str) -> Problem:
    hint = "run `knowrepo discuss sync` again, or delete the file"
    return Problem(FILE, f"the discussion is not shown: {why}", "discussion-damaged", hint=hint, severity=Severity.WARNING)
