"""Documents to Bodies: cells become sanitised HTML (owner of Markdown, Pygments, Pillow and nh3)."""

from __future__ import annotations

from dataclasses import replace

from markupsafe import Markup

from knowrepo.analysis import entry
from knowrepo.model import Body, Cell, CellKind, Document, Heading, Problem, Severity
from knowrepo.render import (
    directives,
    frames,
    highlight,
    limits,
    markdown,
    maths,
    outputs,
    passages,
    percent,
    recode,
    runs,
    sanitize,
)
from knowrepo.render.collect import Collector
from knowrepo.render.embedded import Lighter
from knowrepo.render.options import Options

__all__ = ["Options", "body"]


def body(
    document: Document,
    options: Options,
    sanitising: sanitize.Sanitising = sanitize.cleaner,
    lighter: Lighter = recode.webp,
    typesetting: maths.Typesetting = maths.at_build,
) -> Body:
    """The body of a post: everything between its title and the end, knowing nothing of the site.

    ``sanitising`` makes the cleaner that every HTML fragment passes; ``lighter`` is ``recode.webp``, or remembers what that returned;
    ``typesetting`` makes MathML of the formulas.
    """
    collector = Collector(document, options, sanitising, lighter)
    cells, parts, mistakes = _cells(document, collector)
    typeset = maths.typeset(parts, typesetting)
    mistakes += [_unread(document, cells[number], tex, reason) for number, tex, reason in typeset.refused]
    headings = [replace(heading, text=typeset.readable(heading.text)) for heading in collector.headings]
    fragments = limits.page(typeset.fragments, cells, collector)
    html = Markup("\n").join(part for part in fragments if part).replace(markdown.TOC, _contents(headings), 1)
    found = passages.of(html)
    own = passages.entry(document.path, document.meta, found, document.meta.lang or options.language)
    return Body(
        html=html.encode("utf-8", "replace"),
        headings=tuple(headings),
        anchors=tuple(sorted(collector.ids)),
        links=tuple(collector.links),
        assets=tuple(collector.assets.values()),
        pictures=tuple(collector.pictures),
        words=collector.words,
        problems=(*mistakes, *collector.problems.values()),
        libraries=tuple(sorted(collector.libraries)),
        maths=typeset.waiting or maths.present(markdown.to_html(document.meta.tldr, document.meta.dialect)),
        code=collector.code,
        terms=entry.telling(own),
        script=percent.script(document),
        stale=runs.stale(document.cells, {cell.id for cell, part in zip(cells, parts, strict=True) if part}),
        passages=passages.dump(found),
        entry=entry.dump(own),
    )


def _cells(document: Document, collector: Collector) -> tuple[list[Cell], list[Markup], list[Problem]]:
    """The cells that are shown, the HTML of each, and the mistakes in the options of all."""
    wishes = directives.for_all(document.meta)
    cells: list[Cell] = []
    parts: list[Markup] = []
    mistakes: list[Problem] = []
    for cell in document.cells:
        said = directives.read(cell, directives.language(cell, document.language), wishes)
        mistakes += _mistakes(document, cell, said)
        if said.include:
            collector.enter(cell, said)
            cells.append(cell)
            parts.append(_cell(cell, document, collector))
    return cells, parts, mistakes


def _cell(cell: Cell, document: Document, collector: Collector) -> Markup:
    match cell.kind:
        case CellKind.MARKDOWN:
            return _markdown(cell, document, collector)
        case CellKind.RAW:
            return _raw(cell, document, collector)
        case _:
            return _code(cell, document.language, collector)


def _markdown(cell: Cell, document: Document, collector: Collector) -> Markup:
    text, cut = limits.prose(cell.text, collector)
    return _prose(cell, markdown.to_html(text, document.meta.dialect), cut, collector)


def _prose(cell: Cell, html: str, cut: Markup, collector: Collector) -> Markup:
    shown = frames.diagrams(collector.prose(html), cell, collector) + cut
    return Markup('<div class="cell markdown" id="%s">\n%s</div>') % (cell.id, shown) if shown.strip() else Markup("")


def _raw(cell: Cell, document: Document, collector: Collector) -> Markup:
    """Raw cells are text for another program; HTML and Markdown are shown as what they are."""
    if not cell.text.strip():
        return Markup("")
    if cell.format == "text/html":
        return _prose(cell, *limits.html(cell.text, collector), collector)
    if cell.format == "text/markdown":
        return _markdown(cell, document, collector)
    return Markup('<div class="cell raw" id="{}"><pre>{}</pre>{}</div>').format(cell.id, *limits.text(cell.text, collector))


def _code(cell: Cell, language: str, collector: Collector) -> Markup:
    said = collector.said
    shown_input = _input(cell, language, collector) if said.echo else Markup("")
    shown_outputs = _outputs(cell, collector) if said.results else Markup("")
    if shown_input:
        collector.code = True
        shown_input = _folded("code", said.summary or "Code", said.fold, shown_input)
    if shown_outputs:
        shown_outputs = _folded("results", "Output", said.fold_results, shown_outputs)
    inside = _folded("cell", "Code and output", said.fold_cell, shown_input + shown_outputs)
    names = "cell code full-width" if said.wide else "cell code"
    opening = Markup('<div class="%s" id="%s" role="group" aria-label="Code cell %s">') % (names, cell.id, cell.index)
    return opening + inside + Markup("</div>") if inside else inside


def _folded(what: str, label: str, fold: directives.Fold, inside: Markup) -> Markup:
    if not inside or fold is directives.Fold.NO:
        return inside
    opened = Markup(" open") if fold is directives.Fold.OPEN else Markup("")
    return Markup('<details class="hidden hidden-{}"{}><summary>{}</summary>{}</details>').format(what, opened, label, inside)


def _input(cell: Cell, language: str, collector: Collector) -> Markup:
    """The code; above it, quietly, what it is and a link to it, whose number is the prompt's."""
    code = collector.said.code.strip("\n")
    if not code.strip():
        return Markup("")
    own = directives.language(cell, language)
    about = Markup('<span class="mark">parameters</span>') if collector.said.parameters else Markup("")
    about += Markup('<span class="language%s">%s</span>') % ("" if own != language else " usual", highlight.label(own))
    if cell.execution_count is None:
        about += Markup('<a class="prompt anchor" href="#%s" aria-label="Link to code cell %s"></a>') % (cell.id, cell.index)
    else:
        about += Markup('<a class="prompt" href="#%s">In [%s]</a>') % (cell.id, cell.execution_count)
    shown = collector.clean(highlight.to_html(code, own))
    return Markup('<div class="input"><p class="about">%s</p><pre class="code"><code class="language-%s">%s</code></pre></div>') % (
        about,
        own,
        shown,
    )


def _outputs(cell: Cell, collector: Collector) -> Markup:
    """The outputs: with a caption as a figure, under the label that other cells link to, and in a box that scrolls where it is asked for."""
    said = collector.said
    shown = outputs.to_html(cell, collector)
    if not shown:
        return shown
    if said.scroll:
        name = f"Output of cell {cell.index}"
        shown = Markup('<div class="scroll" role="region" aria-label="{}" tabindex="0">{}</div>').format(name, shown)
    own_id = collector.claim(said.label)
    anchor = Markup(' id="{}"').format(own_id) if own_id else Markup("")
    if not said.caption:
        return Markup('<div class="outputs"%s>%s</div>') % (anchor, shown)
    caption = Markup("<figcaption>{}</figcaption>").format(collector.clean(markdown.to_html(said.caption)))
    inside = caption + shown if said.caption_above else shown + caption
    return Markup('<figure class="outputs"{}>{}</figure>').format(anchor, inside)


def _contents(headings: list[Heading]) -> Markup:
    items = Markup("").join(
        Markup('<li class="level-{}"><a href="#{}">{}</a></li>').format(heading.level, heading.id, heading.text)
        for heading in headings
        if heading.level <= 3
    )
    return Markup('<nav class="toc" aria-label="In this post"><ul>{}</ul></nav>').format(items)


def _unread(document: Document, cell: Cell, tex: str, reason: str) -> Problem:
    first = tex.split("\n", 1)[0]
    at, notebook = cell.text.find(first), document.path.endswith(".ipynb")
    return Problem(
        document.path,
        f"a formula cannot be typeset, so its TeX is shown: {reason}",
        "maths-error",
        line=cell.text.count("\n", 0, at) + 1 if notebook and at >= 0 else None,
        cell=cell.index if notebook else None,
        hint="correct the formula; if it is no formula, write \\$ for a dollar",
        severity=Severity.WARNING,
        excerpt=first,
    )


def _mistakes(document: Document, cell: Cell, said: directives.Directives) -> list[Problem]:
    place = cell.index if document.path.endswith(".ipynb") else None
    return [
        Problem(
            document.path,
            f"an option of a cell is not followed: {mistake.message}",
            "cell-options",
            line=mistake.line if place is not None else None,
            cell=place,
            hint="write the options at the top of the cell as YAML, like `#| echo: false`",
            severity=Severity.WARNING,
        )
        for mistake in said.mistakes
    ]
