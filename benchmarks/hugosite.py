"""The same posts for Hugo: Markdown that nbconvert made of the notebooks, and a plain theme with a feed, a page per post, tags and authors, and RSS.

Hugo reads no notebooks; what it is measured at is all that comes after. It builds no search index.
"""

from __future__ import annotations

import json
import logging
import warnings
from pathlib import Path

import nbformat

from knowrepo import build

_SETTINGS = {
    "baseURL": "https://example.com/",
    "title": "Posts",
    "paginate": 20,
    "taxonomies": {"tag": "tags", "author": "authors"},
    "markup": {"goldmark": {"renderer": {"unsafe": True}}, "highlight": {"noClasses": False}},
}
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ .Title }}</title></head><body>
<header><a href="{{ "/" | relURL }}">Posts</a></header><main>{{ block "main" . }}{{ end }}</main></body></html>
"""
_POST = """{{ define "main" }}<h1>{{ .Title }}</h1><p>{{ .Date.Format "2006-01-02" }}
{{ range .GetTerms "tags" }}<a href="{{ .RelPermalink }}">{{ .Title }}</a> {{ end }}</p>{{ .TableOfContents }}{{ .Content }}
{{ with .Site.RegularPages.Related . | first 5 }}<ul>{{ range . }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>{{ end }}</ul>{{ end }}{{ end }}
"""
_LIST = """{{ define "main" }}<h1>{{ .Title }}</h1>{{ range (.Paginate .Pages).Pages }}<article><h2><a href="{{ .RelPermalink }}">{{ .Title }}</a></h2>
<p>{{ .Summary }}</p></article>{{ end }}{{ template "_internal/pagination.html" . }}{{ end }}
"""


def make(shop: build.Workshop, out: Path) -> None:
    """Write the folder that ``hugo --source`` reads: the posts that knowrepo builds. Notebooks that nbconvert cannot convert are left out, and named."""
    from nbconvert import MarkdownExporter

    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    exporter = MarkdownExporter()  # type: ignore[no-untyped-call]
    for name, text in {"baseof": _PAGE, "single": _POST, "list": _LIST}.items():
        file = out / "layouts" / "_default" / f"{name}.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (out / "config.json").write_text(json.dumps(_SETTINGS))
    site, _ = build.site_of(shop)
    for post in site.posts:
        try:
            notebook = nbformat.read(shop.root / post.path, 4)  # type: ignore[no-untyped-call]
            notebook.cells = notebook.cells[1:]  # the header
            text, resources = exporter.from_notebook_node(notebook)
        except Exception as error:  # noqa: BLE001 - to be named, of whatever kind
            print(f"not for Hugo: {post.path}: {type(error).__name__}")
            continue
        folder = out / "content" / "posts" / Path(post.path).with_suffix("")
        folder.mkdir(parents=True)
        about = {
            "title": post.meta.title,
            "date": post.meta.created_at.isoformat() if post.meta.created_at else None,
            "tags": list(post.meta.tags),
            "authors": [person.name for person in post.meta.authors],
            "summary": post.meta.tldr,
        }
        (folder / "index.md").write_text(f"{json.dumps(about)}\n\n{text.replace('{{', '{ {')}", "utf-8", "replace")
        for name, data in resources.get("outputs", {}).items():
            (folder / name).write_bytes(data)
