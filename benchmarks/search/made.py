"""Many posts out of few: each has cells of several rendered notebooks, in an order of its own, and a share of words that no other post has.

Which words become new ones (``invented.py``) is decided by the number of the post alone.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import invented

from knowrepo.analysis import entry
from knowrepo.cache import Cache, load
from knowrepo.model import Post
from knowrepo.render import passages

_CELL = re.compile(r'(?=^<div class="cell )', re.MULTILINE)
_TEXT = re.compile(r"(?<=>)[^<>]+(?=<)")
_WORD = re.compile(r"(?<![&\w#])[a-z]{6,}(?!\w)")


def posts(models: tuple[Post, ...], count: int, short: bool = False) -> Iterator[tuple[Post, str]]:
    """``count`` posts and the HTML of their bodies, the newest first; ``short`` ones have 3 cells, others as many as one of the models."""
    cells = [[cell for cell in _CELL.split(load(model.body.html).decode()) if cell.startswith("<div")] for model in models]
    cells = [own for own in cells if own]
    for number in range(count):
        chance = random.Random(number)
        length = 3 if short else len(chance.choice(cells))
        sources = chance.choices(cells, k=1 + length // 8)
        body = "".join(chance.choice(chance.choice(sources)) for _ in range(length))
        yield _post(chance.choice(models), number), _renamed(body, chance)


def indexed(post: Post, html: str, cache: Cache) -> Post:
    """The post with what the index takes from its body, as a build makes it."""
    found = passages.of(html)
    own = entry.dump(passages.entry(post.path, post.meta, found, "en"))
    return replace(post, body=replace(post.body, passages=cache.keep(passages.dump(found)), entry=cache.keep(own)))


def edited(html: str) -> str:
    """A body with a changed cell: a sentence more, with a word of its own."""
    place = html.rindex("</div>")
    return f"{html[:place]}<p>The figures of last month were wrong: zubakola is the new baseline for the forecast.</p>{html[place:]}"


def _post(model: Post, number: int) -> Post:
    path = f"team-{number % 40}/{number:06}.ipynb"
    meta = replace(
        model.meta, title=f"{model.meta.title} {number}", created_at=datetime(2026, 1, 1, tzinfo=UTC) - timedelta(hours=6 * number)
    )
    return replace(model, source=replace(model.source, path=path), url=f"posts/{path.removesuffix('.ipynb')}/index.html", meta=meta)


def _renamed(html: str, chance: random.Random) -> str:
    new = invented.instead({word for text in _TEXT.findall(html) for word in _WORD.findall(text)}, chance)
    return _TEXT.sub(lambda text: _WORD.sub(lambda word: new.get(word[0], word[0]), text[0]), html)
