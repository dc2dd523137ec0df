"""Places that are whole files of a folder: fields of a header that not every text may stand in, the other formats, sidecars, pictures, file names."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.attack.places import MARKDOWN, SVG, encoded
from tests.notebooks import code, dump, raw, stream

Files = Mapping[str, str]
_SURROGATES = re.compile(r"(?:\\ud[89a-f][0-9a-f]{2})+")
ENDS = ("csv", "html", "js", "json", "txt")


def header(**fields: Any) -> str:
    """A header, as the YAML that is JSON."""
    whole = {"title": "T", "tldr": "x", "authors": ["A"], "tags": ["x"], "created_at": "2024-01-01", **fields}
    return "---\n" + "".join(f"{_yaml(name)}: {_yaml(value)}\n" for name, value in whole.items()) + "---\n"


def _yaml(value: Any) -> str:
    """JSON that is YAML too: YAML escapes no surrogates, and what is alone has no place in it."""

    def written(found: re.Match[str]) -> str:
        text = found[0].encode("ascii").decode("unicode_escape").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return "".join(f"\\U{ord(letter):08x}" for letter in text)

    return _SURROGATES.sub(written, json.dumps(value))


def posted(**fields: Any) -> Files:
    """A post of its own with these fields in its header."""
    return {"field.md": header(**fields) + "Words.\n"}


def knitted(name: str, text: str) -> Files:
    """An R Markdown post that was knitted to a file of this name."""
    page = f"<html><body>{text}</body></html>" if name.endswith(".html") else text
    return {"knit.Rmd": header(title="Knit") + "x\n", name: page}


def paged(text: str) -> str:
    """A data frame as R Markdown writes it."""
    table = {"columns": [{"label": [text], "name": [text]}], "data": [{text: text}]}
    return f"<div data-pagedtable='false'><script data-pagedtable-source type='application/json'>{json.dumps(table)}</script></div>"


def notebook_3(text: str) -> str:
    """A notebook of nbformat 3."""
    output = {"output_type": "display_data", "html": text, "svg": text, "javascript": text, "metadata": {}}
    cells = [
        {"cell_type": "heading", "level": 1, "source": text, "metadata": {}},
        {"cell_type": "code", "language": text, "input": text, "metadata": {}, "outputs": [output]},
    ]
    whole = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": text}, "worksheets": [{"metadata": {}, "cells": cells}]}
    return json.dumps(whole)


def nb(kind: str, text: str) -> str:
    """The comment of an R Notebook around a part of this kind."""
    return f"<!-- rnb-{kind}-begin {encoded(json.dumps({'data': text}))} -->{text}<!-- rnb-{kind}-end -->"


FILES: Mapping[str, Callable[[str], Files]] = {
    "header.thumbnail": lambda text: posted(thumbnail=text),
    "header.proxy": lambda text: posted(proxy=text),
    "header.proxy-path": lambda text: posted(proxy=f"https://a.example/{text}"),
    "header.aliases": lambda text: posted(aliases=[text]),
    "header.alias-part": lambda text: posted(aliases=[f"old/{text.replace('/', '-')}"]),
    "header.path": lambda text: posted(path=text),
    "header.path-part": lambda text: posted(path=f"p/{text.replace('/', '-')}"),
    "header.created_at": lambda text: posted(created_at=text),
    "header.dialect": lambda text: posted(dialect=text),
    "header.groups": lambda text: posted(allowed_groups=[text]),
    "header.private": lambda text: posted(private=text),
    "header.series": lambda text: {f"{part}.md": header(title=f"Part {part}", series=text) + "Words.\n" for part in ("one", "two")},
    "header.lang": lambda text: posted(lang=text),
    "header.code": lambda text: {"code.ipynb": dump(raw(header(code=text)), code("1")).decode()},
    "header.orcid": lambda text: posted(authors=[{"name": "B", "orcid": text}]),
    "header.raw": lambda text: {"raw.md": f"---\ntitle: {text}\ntags: [{text}]\nx: {text}\n---\nWords.\n"},
    "header.whole": lambda text: {"whole.md": f"---\n{text}\n---\nWords.\n"},
    "header.tldr-classic": lambda text: posted(tldr=text, dialect="classic"),
    "header.missing": lambda text: {"none.md": f"---\ntags: [x]\n---\n# {text}\n\n{text}\n"},
    "rmd.text": lambda text: {"text.Rmd": header(title="R") + f"{text}\n"},
    "rmd.chunk": lambda text: {"chunk.Rmd": header(title="R") + f"```{{r {text}, fig.cap={text}}}\n{text}\n```\n"},
    "rmd.html": lambda text: knitted("knit.html", f"<p>{text}</p><pre class='r'><code>x</code></pre><pre><code>{text}</code></pre>"),
    "rmd.html-plot": lambda text: knitted("knit.html", f"<p><img src=\"{text}\" alt=\"{text}\" width=\"{text}\"></p>"),
    "rmd.html-language": lambda text: knitted("knit.html", f"<pre class='{text}'><code class='language-{text}'>x</code></pre>"),
    "rmd.html-widget": lambda text: knitted("knit.html", f"<div class='html-widget' id='{text}'></div><script data-for='{text}'>{text}</script>"),
    "rmd.html-table": lambda text: knitted("knit.html", paged(text)),
    "rmd.notebook": lambda text: knitted("knit.nb.html", "".join(nb(kind, text) for kind in ("source", "output", "error", "html", "plot"))),
    "rmd.markdown": lambda text: knitted("knit.md", f"{text}\n\n``` r\n{text}\n```\n\n    ## {text}\n"),
    "qmd.text": lambda text: {"text.qmd": header(title="Q") + f"{text}\n\n::: {{.callout-note title=\"{text}\"}}\n{text}\n:::\n"},
    "qmd.chunk": lambda text: {"chunk.qmd": header(title="Q") + f"```{{python}}\n#| label: {text}\n#| fig-cap: {text}\n{text}\n```\n"},
    "py.text": lambda text: {"text.py": "# ---\n# title: P\n# ---\n\n# %% [markdown]\n" + "".join(f"# {line}\n" for line in text.splitlines() or [""])},
    "py.code": lambda text: {"code.py": f"# ---\n# title: P\n# ---\n\n# %% {text.splitlines()[0] if text.splitlines() else ''}\nx = '''{text}'''\n"},
    "sidecar": lambda text: {"beside.md": "Words.\n", "beside.meta.yml": json.dumps({"title": text, "tldr": text, "tags": [text], text: text})},
    "sidecar.report": lambda text: {"r/beside.md": "Words.\n", "r/report.json": json.dumps({"title": text, "tldr": text, "authors": [text], "tags": [text]})},
    "readme": lambda text: {"README.md": f"# {text}\n\n{text}\n\n[x]({text})\n"},
    "classic": lambda text: {"classic.md": header(title="C", dialect="classic") + "".join(f"\n\n{put(text)}\n" for put in MARKDOWN.values())},
    "markdown": lambda text: {"plain.md": header(title="M") + "".join(f"\n\n{put(text)}\n" for put in MARKDOWN.values())},
    "file.svg": lambda text: {"svg.md": header(title="S") + "![x](a.svg)\n\n[x](a.svg)\n", "a.svg": f"{SVG}{text}</svg>"},
    "file.png": lambda text: {"png.md": header(title="S", thumbnail="a.png") + "![x](a.png)\n", "a.png": text},
    "file.asset": lambda text: {"asset.md": header() + "".join(f"[x](a.{end}) " for end in ENDS), **{f"a.{end}": text for end in ENDS}},
    "file.notebook-3": lambda text: {"three.ipynb": notebook_3(text)},
    "file.notebook-strange": lambda text: {"odd.ipynb": dump(raw(header()), code({text: text}, text, stream({text: text})), metadata=text).decode()},
    "path.file": lambda text: {f"{named(text)}.md": header() + "Words.\n"},
    "path.untitled": lambda text: {f"{named(text)}.md": "---\ntags: [x]\n---\n\n"},
    "path.folder": lambda text: {f"{named(text)}/post.md": header() + "Words.\n", f"{named(text)}/README.md": "Words.\n"},
    "path.picture": lambda text: {"pic.md": header() + f"![x](<{named(text)}.svg>)\n", f"{named(text)}.svg": f"{SVG}</svg>"},
}  # fmt: skip


def rosters(texts: Sequence[str], folder: str) -> Files:
    """The team's own files, with an author and a tag for each text, and a post of each in this folder."""
    authors = {
        f"R{number}": {"name": f"R{number} {text}", "role": text, "about": text, "links": {text: "https://a.example/"}}
        for number, text in enumerate(texts)
    }
    tags = {f"r{number}": {"description": text, "owner": text, "aliases": [text]} for number, text in enumerate(texts)}
    posts = {f"{folder}/{number}.md": header(authors=[f"R{number}"], tags=[f"r{number}"]) + "Words.\n" for number in range(len(texts))}
    made = {
        file: "".join(f"{name}: {_yaml(entry)}\n" for name, entry in table.items())
        for file, table in (("authors.yml", authors), ("tags.yml", tags))
    }
    return made | posts


def named(text: str) -> str:
    """As much of a text as a file name may hold."""
    kept = "".join(letter for letter in text if letter not in "/\0\ud800" and letter.isascii())
    return kept.encode()[:180].decode().strip(" .") or "x"
