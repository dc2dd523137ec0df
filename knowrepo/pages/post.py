"""The page of a post, with the files beside it. Here, and only here, a Body's HTML becomes trusted Markup."""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from markupsafe import Markup, escape

from knowrepo import text, urls
from knowrepo.cache import load
from knowrepo.model import Artifact, Heading, Post, Target
from knowrepo.pages import talk
from knowrepo.pages.context import Context, Contexts
from knowrepo.pages.frame import Link
from knowrepo.pages.texts import Texts
from knowrepo.pages.views import Lens, PostPage, Section, picture, summary
from knowrepo.render import highlight, images, markdown, sanitize

CONTENTS_LEVELS = 3
FEWEST_CONTENTS = 2
TOGETHER, MOST_PARTS = 16, 200
"""The pages of at least so many posts are made together, in at most so many parts."""

_TAG = re.compile('<(a|img)((?: [^<>]*)? (?:href|src)="\x02([0-9]{1,7})\x03"[^<>]*)>')
_MARKER = re.compile("\x02(?:([0-9]{1,7})\x03)?|\x03")
_URL = re.compile(r' (?:href|src|rel)="[^"]*"')
_TITLE = re.compile(r' title="[^"]*"')
_ALT = re.compile(r' alt="([^"]*)"')
_SIZED = re.compile(r' (?:width|height)="')
_SCHEME_CLASS = {"gh-dark-mode-only": ' class="only-dark"', "gh-light-mode-only": ' class="only-light"'}
"""GitHub's fragments for a picture that is meant for one colour scheme."""


def parts(lens: Lens) -> list[Callable[[], Iterator[Artifact]]]:
    """The pages of some posts each."""
    contexts, posts = Contexts(lens), lens.site.posts
    size = max(TOGETHER, len(posts) // MOST_PARTS + 1)
    return [partial(_pages, lens, contexts, posts[at : at + size]) for at in range(0, len(posts), size)]


def files(post: Post) -> Iterator[Artifact]:
    """What lies beside the page of a post: its own pictures, and the repository's files that it names."""
    for asset in post.body.assets:
        yield Artifact(urls.beside(post.url, asset.name), asset.content)
    yield from post.copies


def _pages(lens: Lens, contexts: Contexts, posts: tuple[Post, ...]) -> Iterator[Artifact]:
    for post in posts:
        context = contexts.of(post)
        card, folder = lens.card(post.url, post), lens.folder(post)
        about = (lens.surroundings, card, folder and lens.group(post.url, folder), context, post, lens.site.code, lens.site.discuss_project)
        yield lens.theme.page(post.url, "post.html", about, partial(_views, lens, post, context))
        yield from files(post)


def body(post: Post, title: str, texts: Texts) -> tuple[Markup, str]:
    """The post's body below a page's ``title``, with its links as seen from ``post.url``.

    A first heading that only repeats the title is left out; its id, which the title then has to carry, is the second value, else "".
    """
    shown = _linked(post, load(post.body.html).decode("utf-8", "replace"), texts)
    first = post.body.headings[0] if post.body.headings else None
    if not first or first.level != 1 or text.same_key(first.text) != text.same_key(title):
        return shown, ""
    heading = re.compile(rf'<h1 (?:[^>]* )?id="{re.escape(escape(first.id))}"[^>]*>.*?</h1>\n?', re.DOTALL)
    rest = heading.sub("", shown, count=1)
    return (Markup(rest), first.id) if len(rest) < len(shown) else (shown, "")  # noqa: S704 - a piece less of what was Markup


def _views(lens: Lens, post: Post, context: Context) -> Mapping[str, object]:
    frame = lens.frame(post.url, post.meta.title, summary(post), post=post)
    return {"frame": frame, "post": _view(lens, post), "context": context, "talk": talk.view(lens, post)}


def _view(lens: Lens, post: Post) -> PostPage:
    shown, anchor = body(post, post.meta.title, lens.texts)
    folder = lens.folder(post)
    headings = [heading for heading in post.body.headings if heading.level <= CONTENTS_LEVELS and heading.id != anchor]
    return PostPage(
        card=lens.card(post.url, post),
        lang=text.legal(post.meta.lang),
        anchor=anchor,
        tldr=sanitize.clean(markdown.to_html(text.legal(post.meta.tldr), post.meta.dialect)),
        body=talk.at_cells(shown, post, lens.texts),
        code=(post.meta.code or lens.site.code) if post.body.code else "",
        kernel=_kernel(post) if post.body.code else "",
        contents=_sections(headings) if len(headings) >= FEWEST_CONTENTS else (),
        folder=lens.group(post.url, folder) if folder and folder.name else None,
        source_path=text.legal(post.path),
        link=Link(text.legal(post.meta.proxy), text.legal(post.meta.proxy)) if urls.is_web(post.meta.proxy) else None,
    )


def _kernel(post: Post) -> str:
    """The kernel's name, with the language where it does not say so."""
    language, kernel = highlight.label(post.language), text.legal(post.kernel)
    if not kernel or kernel.lower() == language.lower():
        return language
    return kernel if language.lower() in kernel.lower() else f"{language}, {kernel}"


def _linked(post: Post, body_html: str, texts: Texts) -> Markup:
    """Put links where markers stand. A marker that no renderer wrote (an author's own control characters) becomes nothing."""
    if "\x02" not in body_html and "\x03" not in body_html:
        return Markup(body_html)  # noqa: S704 - sanitised by render

    def tag(found: re.Match[str]) -> str:
        name, attributes, number = found[1], found[2], int(found[3])
        if number >= len(post.targets):
            return found[0]
        target = post.targets[number]
        if name == "img":
            return _image(post, target, attributes, number, texts)
        if target.left_out:
            return f"<a{_URL.sub('', attributes)}>"
        return found[0] if target.url else f"<a{_nowhere(attributes, texts('link-nowhere', url=_wanted(post, number)))}>"

    def marker(found: re.Match[str]) -> str:
        number = int(found[1]) if found[1] else len(post.targets)
        return escape(_address(post, post.targets[number])) if number < len(post.targets) else ""

    return Markup(_MARKER.sub(marker, _TAG.sub(tag, body_html)))  # noqa: S704 - sanitised by render; what is put in is escaped


def _image(post: Post, target: Target, attributes: str, number: int, texts: Texts) -> str:
    """An ``<img>``, or the text in its place where the picture cannot be shown (nowhere, or on another host)."""
    shown = picture("", target)
    if not shown:
        alt = _ALT.search(attributes)
        words = html.unescape(alt[1]) if alt else ""
        why = texts("picture") if target.left_out else texts("picture-missing", url=_wanted(post, number))
        return Markup('<span class="missing" title="{}">{}</span>').format(why, words or texts("picture"))
    if target.local and images.too_large(shown.width, shown.height):
        return images.instead(shown.width, shown.height, urls.relative(post.url, target.url), posixpath.splitext(target.url)[1][1:].upper())
    attributes = _SCHEME_CLASS.get(post.body.links[number].url.partition("#")[2], "") + attributes
    size = Markup(' width="{}" height="{}"').format(shown.width, shown.height) if shown.width and shown.height else ""
    extra = "" if _SIZED.search(attributes) else size
    lazy = "" if ' loading="' in attributes else ' loading="lazy" decoding="async"'
    return f"<img{attributes}{extra}{lazy}>"


def _nowhere(attributes: str, why: str) -> Markup:
    kept = _TITLE.sub("", _URL.sub("", attributes))
    return Markup(kept) + Markup(' title="{}"').format(why)  # noqa: S704 - attributes as sanitised


def _wanted(post: Post, number: int) -> str:
    return text.legal(post.body.links[number].url)


def _address(post: Post, target: Target) -> str:
    return urls.relative(post.url, target.url) if target.local and target.url else target.url


def _sections(headings: list[Heading]) -> tuple[Section, ...]:
    """A flat list of headings as a tree; a heading belongs to the nearest one above it with a lower level."""
    sections: list[Section] = []
    at = 0
    while at < len(headings):
        head = headings[at]
        end = at + 1
        while end < len(headings) and headings[end].level > head.level:
            end += 1
        sections.append(Section(text.legal(head.text), f"#{head.id}", _sections(headings[at + 1 : end])))
        at = end
    return tuple(sections)
