"""The page that a host shows for an address that does not exist. It is shown at any depth, where a relative link may lead anywhere."""

from __future__ import annotations

from collections.abc import Iterator

from knowrepo import text, urls
from knowrepo.model import Artifact
from knowrepo.pages.frame import Link
from knowrepo.pages.views import Lens


def pages(lens: Lens) -> Iterator[Artifact]:
    """``404.html``, which needs no other file; its links are absolute where the site's address is known."""
    site, theme = lens.site, lens.theme
    title, language = text.legal(site.title), text.legal(site.language)
    places = (("posts", urls.HOME), ("tags", urls.TAGS), ("archive", urls.ARCHIVE))
    known = tuple(Link(theme.texts(name), urls.absolute(site.site_url, url)) for name, url in places)
    links = known if site.site_url else (Link(title, urls.HOME),)
    yield Artifact(urls.NOT_FOUND, theme.render("404.html", site_title=title, language=language, links=links))
