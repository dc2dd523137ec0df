"""Documents to Bodies: cells become sanitised HTML (owner of Markdown, Pygments, Pillow and nh3)."""

from __future__ import annotations

from markupsafe import Markup

from knowrepo.model import Body, Cell, CellKind, Document, Heading, Problem, Severity
from knowrepo.render import highlight, markdown, outputs, sanitize
from knowrepo.render.collect import Collector
from knowrepo.render.options import Options

__all__ = ["Options", "body"]

_MAGICS = {
    "bash": "bash",
    "sh": "bash",
    "script": "bash",
    "html": "html",
    "HTML": "html",
    "javascript": "javascript",
    "js": "javascript",
    "latex": "latex",
    "markdown": "markdown",
    "perl": "perl",
    "R": "r",
    "ruby": "ruby",
    "sql": "sql",
    "cython": "cython",
}


def body(document: Document, options: Options, sanitising: sanitize.Sanitising = sanitize.cleaner) -> Body:
    """The body of a post: everything between its title and the end, knowing nothing of the site.

    ``sanitising`` makes the cleaner that every HTML fragment passes.
    """
    collector = Collector(document, options, sanitising)
    cells = []
    for cell in document.cells:
        if "remove-cell" not in cell.tags:
            collector.enter(cell)
            cells.append(_cell(cell, document, collector))
    html = Markup("\n").join(part for part in cells if part).replace(markdown.TOC, _contents(collector.headings))
    return Body(
        html=html.encode("utf-8", "replace"),
        headings=tuple(collector.headings),
        anchors=tuple(sorted(collector.ids)),
        links=tuple(collector.links),
        assets=tuple(collector.assets.values()),
        pictures=tuple(collector.pictures),
        words=collector.words,
        problems=_problems(document, collector.damaged),
        libraries=tuple(sorted(collector.libraries)),
        maths=collector.maths,
    )


def _cell(cell: Cell, document: Document, collector: Collector) -> Markup:
    match cell.kind:
        case CellKind.MARKDOWN:
            return _prose(cell, markdown.to_html(cell.text, document.meta.dialect), collector)
        case CellKind.RAW:
            return _raw(cell, document, collector)
        case _:
            return _code(cell, document.language, collector)


def _prose(cell: Cell, html: str, collector: Collector) -> Markup:
    shown = collector.prose(html)
    return Markup('<div class="cell markdown" id="{}">\n{}</div>').format(cell.id, shown) if shown.strip() else Markup("")


def _raw(cell: Cell, document: Document, collector: Collector) -> Markup:
    """Raw cells are text for another program; HTML and Markdown are shown as what they are."""
    if not cell.text.strip():
        return Markup("")
    if cell.format == "text/html":
        return _prose(cell, cell.text, collector)
    if cell.format == "text/markdown":
        return _prose(cell, markdown.to_html(cell.text, document.meta.dialect), collector)
    return Markup('<div class="cell raw" id="{}"><pre>{}</pre></div>').format(cell.id, cell.text)


def _code(cell: Cell, language: str, collector: Collector) -> Markup:
    shown_input = Markup("") if "remove-input" in cell.tags else _input(cell, language, collector)
    shown_outputs = Markup("") if "remove-output" in cell.tags else outputs.to_html(cell, collector)
    if shown_outputs:
        shown_outputs = Markup('<div class="outputs">{}</div>').format(shown_outputs)
    if "hide-input" in cell.tags and shown_input:
        shown_input = _folded("Code", shown_input)
    if "hide-output" in cell.tags and shown_outputs:
        shown_outputs = _folded("Output", shown_outputs)
    inside = shown_input + shown_outputs
    if "hide-cell" in cell.tags and inside:
        inside = _folded("Code and output", inside)
    return Markup('<div class="cell code" id="{}">{}</div>').format(cell.id, inside) if inside else Markup("")


def _folded(label: str, inside: Markup) -> Markup:
    return Markup('<details class="hidden"><summary>{}</summary>{}</details>').format(label, inside)


def _input(cell: Cell, language: str, collector: Collector) -> Markup:
    code = cell.text.strip("\n")
    if not code.strip():
        return Markup("")
    language = _language(cell, language)
    prompt = Markup('<span class="prompt">In [{}]</span>').format(cell.execution_count) if cell.execution_count is not None else Markup("")
    return Markup('<div class="input">{}<pre class="code"><code class="language-{}">{}</code></pre></div>').format(
        prompt, language, collector.clean(highlight.to_html(code, language))
    )


def _language(cell: Cell, language: str) -> str:
    own = cell.metadata.get("language")
    if isinstance(own, str) and own:
        return own
    if cell.text.startswith("%%"):
        return _MAGICS.get(cell.text[2:].split(maxsplit=1)[0] if cell.text[2:].strip() else "", language)
    return language


def _contents(headings: list[Heading]) -> Markup:
    items = Markup("").join(
        Markup('<li class="level-{}"><a href="#{}">{}</a></li>').format(heading.level, heading.id, heading.text)
        for heading in headings
        if heading.level <= 3
    )
    return Markup('<nav class="toc" aria-label="In this post"><ul>{}</ul></nav>').format(items)


def _problems(document: Document, damaged: set[int]) -> tuple[Problem, ...]:
    return tuple(
        Problem(
            document.path,
            "a picture in the output is damaged, so it is not shown",
            "picture-damaged",
            cell=index,
            hint="run the cell again",
            severity=Severity.WARNING,
        )
        for index in sorted(damaged)
    )
