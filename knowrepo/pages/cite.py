"""A post as others cite it: a BibTeX entry and a line of text.

BibTeX's format: https://www.ctan.org/pkg/bibtex (btxdoc). It counts braces even behind a backslash, so that braces in text are written as commands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowrepo import text, urls
from knowrepo.model import Post, Site
from knowrepo.pages.texts import Texts

_SPECIAL = str.maketrans(
    {letter: f"\\{letter}" for letter in "$&#%_"}
    | {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "^": r"\textasciicircum{}",
        "~": r"\textasciitilde{}",
    }
)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


@dataclass(frozen=True, slots=True)
class Citation:
    """``bibtex`` is an entry of several lines, ``line`` running text."""

    bibtex: str
    line: str


def of(post: Post, site: Site, texts: Texts) -> Citation:
    """How the post is cited; with its address only where the site's is known."""
    address = urls.absolute(site.site_url, post.url) if site.site_url else ""
    return Citation(_bibtex(post, site, address, texts), _line(post, site, address, texts))


def _bibtex(post: Post, site: Site, address: str, texts: Texts) -> str:
    created = post.meta.created_at
    commit = " ".join(filter(None, (post.commit, site.project_url)))
    fields = {
        "author": "{" + " and ".join(_name(text.legal(person.name)) for person in post.meta.authors) + "}" if post.meta.authors else "",
        "title": "{{" + _escaped(post.meta.title) + "}}",
        "year": f"{{{created.year}}}" if created else "",
        "month": _MONTHS[created.month - 1] if created else "",
        "howpublished": "{" + _escaped(site.title) + "}",
        "url": "{" + address.replace("{", "%7B").replace("}", "%7D") + "}" if address else "",
        "note": "{" + _escaped(texts("cite-commit", commit=commit)) + "}" if post.commit else "",
    }
    lines = [f"  {name} = {value}" for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{_key(post)},", ",\n".join(lines), "}"])


def _line(post: Post, site: Site, address: str, texts: Texts) -> str:
    title, names = text.legal(post.meta.title), ", ".join(text.legal(person.name) for person in post.meta.authors)
    when = f"({post.meta.created_at.date().isoformat()})" if post.meta.created_at else ""
    who = " ".join(filter(None, (names, when)))
    commit = texts("cite-commit", commit=post.commit[:8]) if post.commit else ""
    parts = (who, title, text.legal(site.title), commit)
    line = " ".join(part if part[-1] in ".?!" else f"{part}." for part in parts if part)
    return f"{line} {address}" if address else line


def _key(post: Post) -> str:
    """``abbott2024churn``: the first author's last name, the year, the longest word of the title."""
    author = post.meta.authors[0].name if post.meta.authors else ""
    last = author.partition(",")[0] if "," in author else (author.split() or [""])[-1]
    word = max(text.slug(post.meta.title).split("-"), key=len)
    year = str(post.meta.created_at.year) if post.meta.created_at else ""
    return text.slug(last, fallback="").replace("-", "") + year + word


def _name(name: str) -> str:
    """A name that BibTeX would take for several, or cut at commas, is kept together."""
    return "{" + _escaped(name) + "}" if re.search(r"\sand\s", name, re.IGNORECASE) or name.count(",") > 1 else _escaped(name)


def _escaped(value: str) -> str:
    return " ".join(text.legal(value).translate(_SPECIAL).split())
