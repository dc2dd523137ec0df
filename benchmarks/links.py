"""Does every link of a built site lead somewhere? ``python benchmarks/links.py SITE``.

Looks at every page, style sheet, feed, the sitemap, the manifest and the lists of posts in the folder SITE, follows each link that stays inside (with
its fragment), as a browser would under ``/``, under ``/project/``, under ``/project/mr-7/`` and from ``file://``, and lists what leads nowhere. Links to
the address at which the site says it will be published are followed too. Exit status 1 if there is any.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin

from lxml import etree, html

BASES = ("https://host/", "https://host/project/", "https://host/project/mr-7/", "file:///home/ana/site/")
"""Where a site may lie."""

_ADDRESSES = ("href", "src", "poster", "data", "cite", "data-frame-document")
_CSS_URL = re.compile(r"url\(\s*[\"']?([^\"')]+)[\"']?\s*\)")
_REFRESH = re.compile(r"url\s*=\s*(\S+)", re.IGNORECASE)
_OUTSIDE = re.compile(r"(?!https?://host/|file:)[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Site:
    """What was read of a built site: the ids of each file ("" names the file itself), and every link as (file, link)."""

    address: str
    ids: Mapping[str, frozenset[str]]
    links: tuple[tuple[str, str], ...]


def main() -> int:
    """Follow, print, and say whether all is well."""
    parser = argparse.ArgumentParser(description="Follow every link of a built site.")
    parser.add_argument("site", type=Path, help="the folder that knowrepo build has written")
    site = read(parser.parse_args().site)
    bad = 0
    for base in BASES:
        found = broken(site, base)
        print(f"{base:32} {len(site.links)} links in {len(site.ids)} files, {len(found)} lead nowhere")
        print(*(f"  {line}" for line in found[:20]), sep="\n", end="\n" if found else "")
        bad += len(found)
    return int(bad > 0)


def read(folder: Path) -> Site:
    """Read a site. Links of other hosts are left out."""
    address = json.loads((folder / "site.json").read_bytes())["site_url"]
    ids: dict[str, frozenset[str]] = {}
    links: dict[tuple[str, str], None] = {}
    for file in sorted(folder.rglob("*")):
        path = file.relative_to(folder).as_posix()
        if not file.is_file() or path.startswith("."):
            continue
        own, found = _page(file) if path.endswith(".html") else (frozenset[str](), _other(file))
        ids[path] = own | {""}
        links |= {(path, link): None for link in found if (address and link.startswith(address)) or not _OUTSIDE.match(link)}
    return Site(address, ids, tuple(links))


def broken(site: Site, base: str) -> list[str]:
    """``file: link`` of each that leads to no file, or to an anchor that is not there, if the site lies at ``base``."""
    found = []
    for path, link in site.links:
        published = bool(site.address) and link.startswith(site.address)
        url, anchor = urldefrag(link.replace(site.address, base, 1) if published else urljoin(base + path, link))
        target = unquote(url.removeprefix(base)) if url.startswith(base) else "?"
        if published and (not target or target.endswith("/")):
            target += "index.html"
        if target not in site.ids or unquote(anchor) not in site.ids[target]:
            found.append(f"{path}: {link}")
    return found


def _page(file: Path) -> tuple[frozenset[str], list[str]]:
    """The ids of a page, and its links."""
    tree = html.document_fromstring(file.read_bytes(), parser=html.HTMLParser(encoding="utf-8"))
    ids = {str(name) for name in tree.xpath("//@id | //a/@name")}
    found = [str(value).strip() for name in _ADDRESSES for value in tree.xpath(f"//@{name}")]
    found += [part.split()[0] for value in tree.xpath("//@srcset") for part in value.split(", ")]
    found += [match[1] for value in tree.xpath("//meta[@http-equiv='refresh']/@content") if (match := _REFRESH.search(value))]
    found += tree.xpath("//meta[@property='og:url' or @property='og:image']/@content")
    found += [link for value in tree.xpath("//@data-libraries") for links in json.loads(value).values() for link in links]
    return frozenset(ids), found


def _other(file: Path) -> list[str]:
    """The links of a file that is no page."""
    if file.suffix == ".css":
        return [link for link in _CSS_URL.findall(file.read_text("utf-8")) if not link.startswith("#")]
    if file.name in ("feed.xml", "sitemap.xml"):
        tree = etree.parse(file)
        return [str(link) for link in tree.xpath("//*[local-name()='loc']/text() | //*[local-name()='link']/@href")]
    if file.name in ("feed.json", "site.json", "posts.json") or file.suffix == ".webmanifest":
        return list(_urls(json.loads(file.read_bytes())))
    return []


def _urls(value: object, name: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _urls(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _urls(inner, name)
    elif isinstance(value, str) and value and name in ("url", "home_page_url", "feed_url", "start_url", "src"):
        yield value


if __name__ == "__main__":
    sys.exit(main())
