"""Where it is put: every place where text of a repository can reach the site, one line each.

A place is a name and a function that puts a text there: ``CELLS`` make a cell of a notebook, ``MARKDOWN`` a piece of Markdown (tried in a cell, in a
file and in the classic dialect), ``FRAMES`` a cell whose output needs script, ``NOTEBOOK`` metadata of a notebook, ``HEADER`` fields of a
header that take any text. Places that are whole files are in ``files``.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.notebooks import code, markdown, raw, shown, stream

Cell = dict[str, Any]

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
PLOTLY = "application/vnd.plotly.v1+json"
VEGA = "application/vnd.vegalite.v5+json"
VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
BOKEH = "application/vnd.bokehjs_exec.v0+json"


def encoded(text: str) -> str:
    """The text in base64."""
    return base64.b64encode(text.encode("utf-8", "replace")).decode()


def displayed(data: Any, **metadata: Any) -> Cell:
    """A code cell that displays something."""
    return code("1", shown(data, metadata=metadata))


def mime(kind: str) -> Callable[[str], Cell]:
    """The text as the data of this MIME type, beside plain text."""
    return lambda text: displayed({kind: text, "text/plain": "plain"})


def figure(text: str, **changes: Any) -> dict[str, Any]:
    """A plotly figure with the text in its words."""
    trace = {"type": "scatter", "x": [1, 2], "y": [1, 2], "name": text, "text": [text, text], "hovertemplate": text, "mode": "markers+text"}
    layout = {
        "title": {"text": text},
        "xaxis": {"title": {"text": text}},
        "annotations": [{"x": 1, "y": 1, "text": text}],
        "updatemenus": [],
    }
    return {"data": [trace], "layout": layout} | changes


def chart(text: str, **changes: Any) -> dict[str, Any]:
    """A Vega-Lite chart with the text in its words."""
    values = [{"a": text, "b": 1, "u": text}, {"a": "y", "b": 2, "u": text}]
    encoding = {
        "x": {"field": "a", "title": text},
        "y": {"field": "b", "type": "quantitative"},
        "href": {"field": "u"},
        "tooltip": {"field": "a"},
    }
    return {"data": {"values": values}, "mark": "bar", "title": text, "encoding": encoding} | changes


def bokeh(text: str) -> str:
    """A Bokeh document with the text in its words, as JSON."""
    title = {"type": "object", "name": "Title", "id": "t", "attributes": {"text": text}}
    root = {"type": "object", "name": "Figure", "id": "f", "attributes": {"title": title}}
    document = {"d": {"version": "3.4.0", "title": text, "roots": [root]}}
    return json.dumps({"docs_json": document, "render_items": [{"docid": "d", "roots": {"f": text}}]})


def widgets(text: str) -> Cell:
    """The saved state of widgets with the text in them."""
    html = {"model_module": "@jupyter-widgets/controls", "model_name": "HTMLModel", "model_module_version": "2.0.0"}
    return {"version_major": 2, "version_minor": 0, "state": {"m1": {**html, "state": {"value": text, "description": text}}}}


def frame(html: str) -> Callable[[str], Cell]:
    """The text as part of an interactive HTML output."""
    return lambda text: displayed({"text/html": html.replace("TEXT", text), "text/plain": "plain"})


OUTPUTS: Mapping[str, Callable[[str], Cell]] = {
    "html": mime("text/html"),
    "html.attr": lambda text: displayed({"text/html": f'<p title="{text}">x</p>'}),
    "html.attr-single": lambda text: displayed({"text/html": f"<p title='{text}'>x</p>"}),
    "html.attr-unquoted": lambda text: displayed({"text/html": f"<img alt={text} src=x>"}),
    "html.href": lambda text: displayed({"text/html": f'<a href="{text}">x</a>'}),
    "html.src": lambda text: displayed({"text/html": f'<img src="{text}" alt="x">'}),
    "html.style": lambda text: displayed({"text/html": f'<p style="color:{text}">x</p>'}),
    "html.id": lambda text: displayed({"text/html": f'<p id="{text}" class="{text}">x</p>'}),
    "html.table": lambda text: displayed({"text/html": f'<table class="dataframe"><tr><th>{text}</th></tr><tr><td>{text}</td></tr></table>'}),
    "html.styler": lambda text: displayed({"text/html": f'<style>#T_1 td {{color:{text}}}</style><table id="T_1"><tr><td>{text}</td></tr></table>'}),
    "html.comment": lambda text: displayed({"text/html": f"<p>x</p><!-- {text} -->"}),
    "html.isolated": lambda text: displayed({"text/html": text}, **{"text/html": {"isolated": True}}),
    "html.list": lambda text: displayed({"text/html": [text[: len(text) // 2], text[len(text) // 2 :]]}),
    "markdown": mime("text/markdown"),
    "latex": mime("text/latex"),
    "latex.dollar": lambda text: displayed({"text/latex": f"${text}$"}),
    "svg": mime("image/svg+xml"),
    "svg.inside": lambda text: displayed({"image/svg+xml": f"{SVG}{text}</svg>"}),
    "svg.text": lambda text: displayed({"image/svg+xml": f"{SVG}<text>{text}</text><title>{text}</title></svg>"}),
    "png": mime("image/png"),
    "jpeg": mime("image/jpeg"),
    "gif": mime("image/gif"),
    "webp": mime("image/webp"),
    "png.base64": lambda text: displayed({"image/png": encoded(text)}),
    "png.size": lambda text: displayed({"image/png": PNG}, **{"image/png": {"width": text, "height": text}}),
    "png.size-above": lambda text: displayed({"image/png": PNG}, width=text, height=text, needs_background=text),
    "png.alt": lambda text: displayed({"image/png": PNG}, **{"image/png": {"alt": text}}),
    "png.alt-above": lambda text: displayed({"image/png": PNG}, alt=text, filenames={"image/png": text}, filename=text),
    "plain": lambda text: displayed({"text/plain": text}),
    "plain.list": lambda text: displayed({"text/plain": [text, "\n", text]}),
    "json": lambda text: displayed({"application/json": {text: [text, {"k": text}]}}),
    "pdf": mime("application/pdf"),
    "video": mime("video/mp4"),
    "audio": mime("audio/wav"),
    "xml": mime("application/xml"),
    "xhtml": mime("application/xhtml+xml"),
    "mime.unknown": mime("text/x-own"),
    "mime.name": lambda text: displayed({text: text, f"{text}/{text}": text}),
    "mime.geojson": lambda text: displayed({"application/geo+json": {"type": "Point", "coordinates": [0, 0], "properties": {"name": text}}}),
    "stdout": lambda text: code("1", stream(text)),
    "stderr": lambda text: code("1", stream(text, "stderr")),
    "stream.name": lambda text: code("1", stream("x", text)),
    "stream.carriage": lambda text: code("1", stream(f"1%\r{text}\b\b")),
    "stream.long": lambda text: code("1", stream(f"{text}\n" * 40)),
    "error": lambda text: code("1", {"output_type": "error", "ename": text, "evalue": text, "traceback": [text]}),
    "error.untraced": lambda text: code("1", {"output_type": "error", "ename": text, "evalue": text, "traceback": []}),
    "ansi.link": lambda text: code("1", stream(f"\x1b]8;;{text}\x07{text}\x1b]8;;\x07")),
    "ansi.colour": lambda text: code("1", stream(f"\x1b[38;2;1;2;{text}m{text}\x1b[0m\x1b[1m{text}")),
    "output.type": lambda text: code("1", {"output_type": text, "data": {"text/html": text}, "text": text}),
    "output.result": lambda text: code("1", {"output_type": "execute_result", "execution_count": text, "metadata": {}, "data": {"text/html": text}}),
    "output.filename": lambda text: code("1", {**shown({"image/svg+xml": f"{SVG}</svg>"}), "svg_filename": text, "png_filename": text}),
}  # fmt: skip

FRAMES: Mapping[str, Callable[[str], Cell]] = {
    "javascript": mime("application/javascript"),
    "javascript.text": mime("text/javascript"),
    "mermaid": mime("text/vnd.mermaid"),
    "mermaid.label": lambda text: displayed({"text/vnd.mermaid": f"graph TD; A[{text}]-->B"}),
    "plotly": lambda text: displayed({PLOTLY: figure(text), "text/plain": text}),
    "plotly.link": lambda text: displayed({PLOTLY: figure(f'<a href="{text}">x</a>')}),
    "plotly.config": lambda text: displayed({PLOTLY: figure("x", config={"plotlyServerURL": text, "linkText": text, "showLink": True})}),
    "plotly.image": lambda text: displayed({PLOTLY: figure("x", layout={"images": [{"source": text}], "template": text})}),
    "plotly.fallback": lambda text: displayed({PLOTLY: figure("x"), "text/html": text, "image/png": text, "text/plain": text}),
    "plotly.wrong": lambda text: displayed({PLOTLY: text, "text/plain": text}),
    "vega": lambda text: displayed({VEGA: chart(text), "text/plain": text}),
    "vega.url": lambda text: displayed({VEGA: chart("x", data={"url": text})}),
    "vega.expression": lambda text: displayed({VEGA: chart("x", transform=[{"calculate": text, "as": "c"}, {"filter": text}])}),
    "vega.options": lambda text: displayed({VEGA: chart("x", usermeta={"embedOptions": {"actions": True, "loader": {"baseURL": text}, "patch": text}})}),
    "vega.version": lambda text: displayed({f"application/vnd.vega.{text}+json": chart(text), "application/vnd.vega.v5+json": {"title": text}}),
    "bokeh": lambda text: displayed({BOKEH: "", "text/html": f"<div id='{text}'></div>", "application/javascript": f"var docs_json = {bokeh(text)};"}),
    "bokeh.html": lambda text: displayed({"text/html": f'<script type="application/json" id="d">{bokeh(text)}</script><div data-root-id="{text}"></div>'}),
    "widget.view": lambda text: displayed({VIEW: {"model_id": text, "version_major": text}, "text/plain": text}),
    "widget.shown": lambda text: displayed({VIEW: {"model_id": "m1", "version_major": 2, "version_minor": 0}, "text/plain": text}),
    "widget.state": lambda text: displayed({STATE: widgets(text), "text/plain": text}),
    "script": frame("<div id=a></div><script>document.title = 'TEXT'</script>"),
    "script.folium": frame("<div class='folium-map' id=m></div><script>var m = L.map('m'); L.marker([0, 0]).bindPopup(`TEXT`).addTo(m)</script>"),
    "script.plotly": frame("<div id=p></div><script>Plotly.newPlot('p', [{\"x\": [1], \"name\": \"TEXT\"}], {\"title\": \"TEXT\"})</script>"),
    "script.pyvis": frame("<div id=n></div><script>new vis.Network(n, {nodes: [{id: 1, title: \"TEXT\"}]}, {})</script>"),
    "iframe": frame("<iframe width=9 height=9 srcdoc=\"TEXT\"></iframe>"),
    "iframe.src": frame("<iframe src=\"TEXT\" title=\"TEXT\"></iframe>"),
    "mermaid.fence": lambda text: markdown(f'```mermaid\ngraph TD; A["{text}"]-->B\nclick A "{text}"\n```'),
    "object": frame("<object data=\"TEXT\" type=\"text/html\">TEXT</object><embed src=\"TEXT\"><video src=\"TEXT\"></video>"),
}  # fmt: skip

CELLS: Mapping[str, Callable[[str], Cell]] = {
    **{f"output.{name}": put for name, put in OUTPUTS.items()},
    "code": lambda text: code(text),
    "code.comment": lambda text: code(f"x = '''{text}'''  # {text}"),
    "code.magic": lambda text: code(f"%%html\n{text}"),
    "code.magic-name": lambda text: code(f"%%{text}\nx"),
    "code.language": lambda text: code("x", metadata={"language": text, "vscode": {"languageId": text}}),
    "code.count": lambda text: code("x", execution_count=text),
    "code.label": lambda text: code(f"#| label: {text}\n#| fig-cap: {text}\n#| fig-alt: {text}\nx", shown({"image/png": PNG})),
    "code.caption": lambda text: code("".join(f"#| {name}-cap: {json.dumps(text)}\n" for name in ("fig", "tbl")) + "x", shown({"image/png": PNG})),
    "code.summary": lambda text: code(f"#| code-summary: {json.dumps(text)}\n#| code-fold: true\nx"),
    "code.option": lambda text: code(f"#| {text}: {text}\n#| code-fold: {text}\nx"),
    "code.asis": lambda text: code("#| output: asis\nx", stream(text)),
    "code.collapse": lambda text: code(f"#collapse-hide {text}\n#hide {text}\nx"),
    "cell.id": lambda text: code("x", id=text),
    "cell.tags": lambda text: code("x", stream("y"), metadata={"tags": [text, f"hide-{text}"]}),
    "cell.metadata": lambda text: code("x", shown({"image/png": PNG}), metadata={"alt": text, "name": text, "caption": text, text: text}),
    "cell.title": lambda text: code("x", metadata={"title": text, "jupyter": {"source_hidden": text}, "collapsed": text}),
    "cell.type": lambda text: {**raw(text), "cell_type": text},
    "cell.source-list": lambda text: markdown([text, "\n", text]),
    "cell.attachment": lambda text: markdown("![x](attachment:a.svg)", attachments={"a.svg": {"image/svg+xml": f"{SVG}{text}</svg>"}}),
    "cell.attachment-base64": lambda text: markdown("![x](attachment:a)", attachments={"a": {"image/svg+xml": encoded(f"{SVG}{text}</svg>")}}),
    "cell.attachment-name": lambda text: markdown(f"![{text}](attachment:{text})", attachments={text: {"image/png": PNG}}),
    "cell.attachment-mime": lambda text: markdown("![x](attachment:b.png)", attachments={"b.png": {text: PNG, "image/png": text}}),
    "raw": lambda text: raw(text),
    "raw.html": lambda text: raw(text, metadata={"format": "text/html"}),
    "raw.html-old": lambda text: raw(text, metadata={"raw_mimetype": "text/html"}),
    "raw.markdown": lambda text: raw(text, metadata={"format": "text/markdown"}),
    "raw.latex": lambda text: raw(text, metadata={"format": "text/latex"}),
    "raw.rst": lambda text: raw(text, metadata={"format": "text/restructuredtext"}),
    "raw.python": lambda text: raw(text, metadata={"format": "text/x-python"}),
    "raw.format": lambda text: raw(text, metadata={"format": text}),
    "raw.unknown": lambda text: raw(text, metadata={"format": "text/html; x=1"}),
}  # fmt: skip

MARKDOWN: Mapping[str, Callable[[str], str]] = {
    "text": lambda text: text,
    "link": lambda text: f"[x]({text})",
    "link.angled": lambda text: f"[x](<{text}>)",
    "link.title": lambda text: f'[x](y.md "{text}")',
    "link.text": lambda text: f"[{text}](y.md)",
    "link.reference": lambda text: f"[{text}]\n\n[{text}]: {text} '{text}'",
    "link.auto": lambda text: f"<{text}> https://a.example/{text}",
    "link.fragment": lambda text: f"[x](#{text}) [y](post.ipynb#{text}) [z](y.csv?{text})",
    "image": lambda text: f"![x]({text})",
    "image.alt": lambda text: f"![{text}](x.png)",
    "image.title": lambda text: f'![x](x.png "{text}")',
    "image.data": lambda text: f"![x](data:image/svg+xml,{text})",
    "heading": lambda text: f"## {text}",
    "heading.setext": lambda text: f"{text}\n===",
    "heading.id": lambda text: f"## x {{#{text} .{text} onclick={text}}}",
    "toc": lambda text: f"[TOC]\n\n### {text}",
    "emphasis": lambda text: f"*{text}* **{text}** ~~{text}~~",
    "list": lambda text: f"- {text}\n  1. {text}",
    "list.tasks": lambda text: f"- [ ] {text}\n- [x] {text}",
    "quote": lambda text: f"> {text}",
    "alert": lambda text: f"> [!NOTE]\n> {text}\n\n> [!{text}]\n> x",
    "table": lambda text: f"| {text} | b |\n|:--|--:|\n| {text} | c |",
    "code": lambda text: f"`{text}`",
    "code.indented": lambda text: f"    {text}",
    "fence": lambda text: f"```python\n{text}\n```",
    "fence.info": lambda text: f"``` {text}\nx\n```",
    "fence.braces": lambda text: f"```{{.python .{text} title={text}}}\nx\n```",
    "fence.math": lambda text: f"```math\n{text}\n```",
    "html.block": lambda text: f"<div>\n{text}\n</div>",
    "html.inline": lambda text: f"x <b>{text}</b> <i title=\"{text}\">y</i>",
    "html.unquoted": lambda text: f"x <img alt={text} src=x> <a href={text}>y</a>",
    "html.details": lambda text: f"<details><summary>{text}</summary>\n\n{text}\n\n</details>",
    "html.comment": lambda text: f"<!-- {text} -->\n\nx <!-- {text} --> y",
    "footnote": lambda text: f"x[^1]\n\n[^1]: {text}",
    "footnote.label": lambda text: f"x[^{text}]\n\n[^{text}]: y",
    "definitions": lambda text: f"{text}\n: {text}",
    "admonition": lambda text: f'!!! note "{text}"\n    {text}',
    "admonition.type": lambda text: f"!!! {text}\n    x",
    "abbreviation": lambda text: f"HTML\n\n*[HTML]: {text}",
    "attributes": lambda text: f"x\n{{: {text} #{text} .{text} onclick='{text}' }}",
    "wikilink": lambda text: f"[[{text}]]",
    "math": lambda text: f"a ${text}$ b",
    "math.display": lambda text: f"$$\n{text}\n$$",
    "math.environment": lambda text: f"\\begin{{align}}\n{text}\n\\end{{align}}",
    "math.text": lambda text: f"$\\text{{{text}}}$ $\\href{{{text}}}{{x}}$ $\\class{{{text}}}{{y}}$",
    "emoji": lambda text: f":{text}: \\{text}",
}  # fmt: skip

NOTEBOOK: Mapping[str, Callable[[str], Cell]] = {
    "kernelspec": lambda text: {"kernelspec": {"name": text, "display_name": text, "language": text}},
    "language_info": lambda text: {"language_info": {"name": text, "pygments_lexer": text, "mimetype": text, "version": text, "codemirror_mode": text}},
    "title": lambda text: {"title": text, "authors": [{"name": text}], text: text},
    "widgets": lambda text: {"widgets": {STATE: widgets(text)}},
}  # fmt: skip

HEADER: Mapping[str, Callable[[str], Cell]] = {
    "title": lambda text: {"title": text},
    "subtitle": lambda text: {"subtitle": text},
    "tldr": lambda text: {"tldr": text},
    "authors": lambda text: {"authors": [text, {"name": f"Z {text}", "affiliation": text, "email": text}]},
    "tags": lambda text: {"tags": [text, "x"]},
    "extra.key": lambda text: {f"x {text}"[:60]: "x"},
    "extra.value": lambda text: {"extra": text, "more": {"deep": [text]}},
    "extra.quarto": lambda text: {"code-summary": text, "execute": {"echo": text}, "format": {"html": {"code-fold": text}}},
}
"""Fields that take any text, so that one header holds them all; the others are among the files."""
