"""Interactive outputs: what notebooks store for them becomes data for a frame, whatever they store."""

from __future__ import annotations

import base64
import html as markup
import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from knowrepo import render
from knowrepo.model import Body, Cell, CellKind, Document, Meta
from knowrepo.render import interactive
from knowrepo.render.interactive import Payload, Refused, Static, literals
from knowrepo.render.interactive.payload import Answer
from tests import notebooks

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
SPEC = {
    "$schema": "https://vega.github.io/schema/vega-lite/v5.20.1.json",
    "data": {"values": [{"a": 1}]},
    "mark": "bar",
    "encoding": {"x": {"field": "a"}},
}


def answer(models: Mapping[str, Any] | None = None, **bundle: Any) -> Answer:
    return interactive.of({name.replace("_", "/", 1): value for name, value in bundle.items()}, models or {})


def html(text: str) -> Answer:
    return answer(text_html=text)


def payload(found: Payload | Refused | Static | None) -> Payload:
    assert isinstance(found, Payload), found
    return found


def refusal(found: Payload | Refused | Static | None) -> str:
    assert isinstance(found, Refused), found
    return found.note


def code(*bundles: Mapping[str, Any], id: str = "c") -> Cell:
    return Cell(CellKind.CODE, "", tuple({"output_type": "display_data", "data": bundle, "metadata": {}} for bundle in bundles), id=id)


def body(*cells: Cell, widgets: Mapping[str, Any] | None = None) -> Body:
    document = Document("a.ipynb", Meta("T", (), (), None, None, ""), cells, widgets=widgets or {})
    return render.body(document, render.Options())


def page(made: Body) -> str:
    assert isinstance(made.html, bytes)
    return made.html.decode()


def data(made: Body, name: str) -> Any:
    (asset,) = (asset for asset in made.assets if asset.name == name)
    assert isinstance(asset.content, bytes)
    return orjson.loads(asset.content)


# Plotly

PLOTLY_3 = """<div><div id="486c" class="plotly-graph-div" style="height:525px;"></div><script type="text/javascript">
 require(["plotly"], function(Plotly) { window.PLOTLYENV=window.PLOTLYENV || {}; window.PLOTLYENV.BASE_URL='https://plot.ly';
 if (document.getElementById("486c")) { Plotly.newPlot('486c', [{"type": "bar", "y": [1, NaN, 2]}], {"title": {"text": "<b>Sales</b> )]}"}},
 {"responsive": true}).then(function(){ var gd = document.getElementById('486c'); }) }; });</script></div>"""
PLOTLY_6 = """<div>  <script src="https://cdnjs.cloudflare.com/ajax/libs/mathjax/2.7.5/MathJax.js?config=TeX-AMS-MML_SVG"></script>
 <script charset="utf-8" src="https://cdn.plot.ly/plotly-3.0.1.min.js" integrity="sha256-x" crossorigin="anonymous"></script>
 <div id="b2ca" class="plotly-graph-div"></div><script type="text/javascript"> window.PLOTLYENV=window.PLOTLYENV || {};
 if (document.getElementById("b2ca")) { Plotly.newPlot( "b2ca", [{"y":{"dtype":"i1","bdata":"AQID"},"type":"scatter"}],
 {"title":{"text":"a \\u003c\\u002fscript\\u003e b"}}, {"responsive": true} ).then(function(){
 Plotly.addFrames('b2ca', [{"name": "f"}]); }) };</script></div>"""
PLOTLY_2 = (
    '<div id="8a" style="height: 525px;" class="plotly-graph-div"></div><script type="text/javascript">require(["plotly"], '
    'function(Plotly) { window.PLOTLYENV=window.PLOTLYENV || {};window.PLOTLYENV.BASE_URL="https://plot.ly";Plotly.newPlot("8a", '
    '[{"type": "pie"}], {}, {"showLink": true, "linkText": "Export to plot.ly"})});</script>'
)


def test_plotly_json_is_taken_as_it_is() -> None:
    """A figure's own JSON goes before any HTML beside it; the label is the title without its marks."""
    figure = {"data": [{"y": [1]}], "layout": {"title": {"text": "<b>Up</b>"}}}
    found = payload(interactive.of({"text/html": PLOTLY_2, "application/vnd.plotly.v1+json": figure}, {}))
    assert (found.view, found.libraries, found.label, found.click) == ("plotly", ("plotly",), "Interactive chart: Up", False)
    assert found.data == {"data": [{"y": [1]}], "layout": figure["layout"], "config": {}, "frames": []}


@pytest.mark.parametrize(
    ("written", "kind", "label", "frames"),
    [
        (PLOTLY_2, "pie", "Interactive chart", []),
        (PLOTLY_3, "bar", "Interactive chart: Sales )]}", []),
        (PLOTLY_6, "scatter", "Interactive chart: a b", [{"name": "f"}]),
    ],
    ids=["plotly.py 2", "plotly.py 3", "plotly.py 6"],
)
def test_plotly_in_html_is_read_from_its_call(written: str, kind: str, label: str, frames: list[Any]) -> None:
    """What plotly.py writes into HTML is the same figure: data, layout, configuration and frames are read from the call."""
    found = payload(html(written))
    assert (found.view, found.data["data"][0]["type"], found.label, found.data["frames"]) == ("plotly", kind, label, frames)


def test_plotly_that_was_inlined_is_not_published() -> None:
    """The library's own text inside an output is left out: the site has it already."""
    library = "<script>/**\n* plotly.js v2.35.2\n*/" + "Plotly.newPlot(x);" * 2000 + "</script>"
    assert payload(html(library + PLOTLY_2)).view == "plotly"
    two = payload(html(library + PLOTLY_2 + PLOTLY_3))
    assert (two.view, two.click, two.libraries) == ("html", True, ("plotly",))
    assert "plotly.js v2" not in two.data["html"]


@pytest.mark.parametrize(
    "loader",
    [
        "<script>window.PlotlyConfig = {MathJaxConfig: 'local'};</script><script type='module'>import \"https://cdn.plot.ly/plotly-3.0.1.min\"</script>",
        "<script>require.undef('plotly'); requirejs.config({paths: {'plotly': ['https://cdn.plot.ly/plotly-latest.min']}});</script>",
        "<script>/** plotly.js v1.58 */" + "x" * 30_000 + "</script>",
        "<script>MathJax.Hub.Config({tex2jax: {}});</script><style>.x {}</style>",
        '<script></script><script type="application/json">{"a": 1}</script>',
        "<div class='bk-root'><a class='bk-logo bk-logo-small'></a><span id='1'>Loading BokehJS ...</span></div>",
        '<style>.bk-notebook-logo {}</style><div><a class="bk-notebook-logo"></a><span>Loading BokehJS ...</span></div>',
    ],
)
def test_what_only_loads_a_library_leaves_nothing(loader: str) -> None:
    """A loader leaves neither a button nor a note, and never "Loading …"."""
    assert page(body(code({"text/html": loader}))) == ""


# Vega

UNIVERSAL = """<style>#altair-viz-1.vega-embed { width: 100%%; }</style><div id="altair-viz-1"></div><script type="text/javascript">
 var VEGA_DEBUG = (typeof VEGA_DEBUG == "undefined") ? {} : VEGA_DEBUG; (function(spec, embedOpt){ let outputDiv = document.currentScript;
 const paths = { "vega": "https://cdn.jsdelivr.net/npm/vega@5?noext" }; function displayChart(vegaEmbed) { vegaEmbed(outputDiv, spec, embedOpt)
 .catch(err => showError(`Javascript Error`)); } })(%s, {"mode": "vega-lite"});</script>"""
REQUIRED = """<div id="v"></div><script>requirejs.config({"paths": {"vega": "https://cdn.jsdelivr.net/npm/vega@4?noext"}}); require(['vega-embed'],
 function(vegaEmbed) { var spec = %s; var embedOpt = {"renderer": "svg"}; vegaEmbed("#v", spec, embedOpt).catch(e => showError(el, e)); });</script>"""
EMBEDDED = (
    '<div id="v"></div><script src="https://cdn.jsdelivr.net/npm/vega@5"></script><script>vegaEmbed("#v", %s, {"actions": true});</script>'
)
JUPYTER_VEGA = 'const spec = %s; const opt = {}; const type = "vega-lite"; require(["nbextensions/jupyter-vega/index"], function(vega) {});'


@pytest.mark.parametrize("written", [UNIVERSAL, REQUIRED, EMBEDDED], ids=["Altair 4 to 6", "Altair 2 and 3", "vega-embed"])
def test_vega_in_html_is_read_from_its_script(written: str) -> None:
    """What Altair writes into HTML is the specification that its JSON would be."""
    found = payload(html(written % json.dumps(SPEC)))
    assert (found.view, found.libraries, found.data["spec"], found.data["mode"]) == ("vega", ("vega",), SPEC, "vega-lite")


def test_vega_in_javascript_is_read_too() -> None:
    """The extension of the classic notebook left its specification in a script."""
    assert payload(answer(application_javascript=JUPYTER_VEGA % json.dumps(SPEC))).data["spec"] == SPEC


@pytest.mark.parametrize("mime", ["vnd.vegalite.v5+json", "vnd.vegalite.v6.json"])
def test_vega_json_under_all_its_names(mime: str) -> None:
    """Altair 6 writes a dot where others write a plus; the reader keeps both as JSON."""
    made = notebooks.post(
        "a.ipynb", notebooks.dump(notebooks.raw(notebooks.HEADER), notebooks.code("c", notebooks.shown({f"application/{mime}": SPEC})))
    )
    assert payload(interactive.of(made.cells[-1].outputs[0]["data"], {})).data["spec"] == SPEC


@pytest.mark.parametrize(
    ("mime", "spec", "words"),
    [
        ("vnd.vegalite.v1+json", {"mark": "bar"}, "Vega-Lite 1"),
        ("vnd.vega.v2+json", {"marks": []}, "Vega 2"),
        ("vnd.vegalite.v5+json", SPEC | {"data": {"url": "https://data.example/a.csv"}}, "from another place"),
        ("vnd.vegalite.v5+json", {"layer": [SPEC | {"data": {"url": "a.csv"}}]}, "from another place"),
    ],
)
def test_vega_that_cannot_be_drawn_says_why(mime: str, spec: Any, words: str) -> None:
    """Charts of the first versions and charts whose data lies elsewhere keep their still form, with one line."""
    shown = page(body(code({f"application/{mime}": spec, "text/plain": "alt.Chart(...)", "image/png": PIXEL})))
    assert words in shown
    assert "data-frame" not in shown
    assert "<img" in shown


def test_selections_of_old_charts_are_parameters() -> None:
    """Vega-Lite 5 ignores ``selection``: brushes, zoom and filters of Altair 2 to 4 are written as parameters."""
    old = {
        "$schema": "https://vega.github.io/schema/vega-lite/v4.8.1.json",
        "data": {"values": [{"selection": "kept"}]},
        "hconcat": [
            {
                "mark": "point",
                "selection": {
                    "brush": {"type": "interval"},
                    "pick": {"type": "single", "empty": "none", "init": {"a": 1}, "fields": ["a"]},
                },
                "encoding": {"color": {"condition": {"selection": "pick", "value": "red"}, "value": "grey"}},
            },
            {"mark": "bar", "transform": [{"filter": {"selection": {"not": "brush"}}}]},
        ],
    }
    made = payload(answer(**{"application_vnd.vegalite.v4+json": old})).data["spec"]
    first, second = made["hconcat"]
    assert made["data"] == old["data"]
    assert first["params"] == [
        {"name": "brush", "select": {"type": "interval"}},
        {"name": "pick", "select": {"type": "point", "fields": ["a"], "toggle": False}, "value": [{"a": 1}]},
    ]
    assert first["encoding"]["color"]["condition"] == {"value": "red", "param": "pick", "empty": False}
    assert second["transform"] == [{"filter": {"not": {"param": "brush"}}}]


# Bokeh

ITEMS = [{"docid": "d1", "roots": {"p1": "e1"}, "root_ids": ["p1"]}]


def bokeh(version: str) -> dict[str, Any]:
    return {"d1": {"version": version, "title": 'It\'s "Bokeh"', "roots": []}}


def bokeh_script(documents: str) -> str:
    return (
        f"(function(root) {{ function embed_document(root) {{ const docs_json = {documents};\n const render_items = {json.dumps(ITEMS)};\n"
        " root.Bokeh.embed.embed_items(docs_json, render_items); } })(window);"
    )


def quoted(value: Any) -> str:
    return "'" + json.dumps(value).replace("\\", "\\\\").replace("'", "\\'") + "'"


@pytest.mark.parametrize(
    "bundle",
    [
        {"application/vnd.bokehjs_exec.v0+json": "", "application/javascript": bokeh_script(json.dumps(bokeh("3.4.1")))},
        {"text/html": f"<script>{bokeh_script(quoted(bokeh('3.4.1')))}</script><div id='e1' data-root-id='p1'></div>"},
        {
            "text/html": f'<!DOCTYPE html><html><head><script src="https://cdn.bokeh.org/bokeh/release/bokeh-3.4.1.min.js"></script></head><body>'
            f'<script type="application/json" id="x">{json.dumps(bokeh("3.4.1"))}</script>'
            "<script>" + bokeh_script("document.getElementById('x').textContent") + "</script></body></html>"
        },
    ],
    ids=["notebook", "components", "file_html"],
)
def test_bokeh_documents_are_found(bundle: Mapping[str, Any]) -> None:
    """The three ways in which Bokeh writes its documents give the same data."""
    found = payload(interactive.of(bundle, {}))
    assert (found.view, found.libraries) == ("bokeh", ("bokeh",))
    assert found.data == {"docs_json": bokeh("3.4.1"), "render_items": ITEMS}


def test_an_older_bokeh_says_so() -> None:
    """BokehJS 3 does not read documents of 2.4: one line says so."""
    bundle = {"application/vnd.bokehjs_exec.v0+json": "", "application/javascript": bokeh_script(json.dumps(bokeh("2.4.3")))}
    assert "made with Bokeh 2.4" in refusal(interactive.of(bundle, {}))


def test_bokeh_loads_silently() -> None:
    """The output that loads BokehJS disappears."""
    loader = {"application/vnd.bokehjs_load.v0+json": "x", "application/javascript": "root._bokeh_onload_callbacks = [];"}
    assert page(body(code(loader, {"application/javascript": loader["application/javascript"]}))) == ""


# Widgets


def model(name: str, module: str = "@jupyter-widgets/controls", **state: Any) -> dict[str, Any]:
    return {"model_name": name, "model_module": module, "model_module_version": "2.0.0", "state": state}


MODELS = {
    "box": model("VBoxModel", children=["IPY_MODEL_slider", "IPY_MODEL_image"], layout="IPY_MODEL_layout"),
    "slider": model("IntSliderModel", value=3, layout="IPY_MODEL_layout"),
    "image": model("ImageModel") | {"buffers": [{"encoding": "base64", "path": ["value"], "data": "AAAA"}]},
    "layout": model("LayoutModel", "@jupyter-widgets/base"),
    "link": model("LinkModel", source=["IPY_MODEL_slider", "value"], target=["IPY_MODEL_image", "width"]),
    "elsewhere": model("IntTextModel", value=1),
    "foreign": model("MapModel", "jupyter-leaflet"),
    "lost": model("VBoxModel", children=["IPY_MODEL_nowhere"]),
    "figure": model("FigureModel", "jupyterlab-plotly", _data=[{"y": [1]}], _layout={}),
}
VIEW = "application/vnd.jupyter.widget-view+json"


def test_a_widget_brings_the_models_that_it_needs() -> None:
    """The data holds what the view refers to, links between these, buffers, and nothing else of the notebook."""
    found = payload(interactive.of({VIEW: {"model_id": "box"}}, MODELS))
    assert (found.view, found.data["model_id"]) == ("widgets", "box")
    assert found.data["state"] == {name: MODELS[name] for name in ("box", "slider", "image", "layout", "link")}


def test_a_progress_bar_is_its_words() -> None:
    """tqdm's widget is a line of text: in its saved state the last one, without a state its own text."""
    parts = {
        "bar": model("HBoxModel", children=["IPY_MODEL_left", "IPY_MODEL_middle", "IPY_MODEL_right"]),
        "left": model("HTMLModel", value="Loading: 100%"),
        "middle": model("FloatProgressModel", value=19.0),
        "right": model("HTMLModel", value=" 19/19 [02:31&lt;00:00,  6.55s/it]"),
    }
    bundle = {VIEW: {"model_id": "bar"}, "text/plain": "Loading:   0%|          | 0/19 [00:00<?, ?it/s]"}
    assert "<pre>Loading: 100% 19/19 [02:31&lt;00:00, 6.55s/it]</pre>" in page(body(code(bundle), widgets=parts))
    alone = page(body(code(bundle)))
    assert "0/19 [00:00&lt;?, ?it/s]" in alone
    assert "note" not in alone


@pytest.mark.parametrize(
    ("own", "words"), [("foreign", "of another package"), ("lost", "not saved"), ("unknown", "not saved"), (None, "not saved")]
)
def test_a_widget_that_cannot_be_drawn_shows_its_text(own: Any, words: str) -> None:
    """Without its state, or of another package, a widget is its text and one line; never "Loading widget…"."""
    shown = page(body(code({VIEW: {"model_id": own}, "text/plain": "VBox(children=())"}), widgets=MODELS))
    assert "VBox(children=())" in shown
    assert words in shown
    assert "data-frame" not in shown
    assert "Loading" not in shown


def test_a_figure_widget_is_its_chart() -> None:
    """Plotly's FigureWidget is drawn as the figure in its state."""
    assert payload(interactive.of({VIEW: {"model_id": "figure"}}, MODELS)).view == "plotly"


@pytest.mark.parametrize(
    ("metadata", "mended"),
    [
        ({"application/vnd.jupyter.widget-state+json": {"state": MODELS, "version_major": 2}}, False),
        ({"application/vnd.jupyter.widget-state+json": MODELS}, True),
        ({"application/vnd.jupyter.widget-state+json": {"state": 7}}, True),
        ({"state": {"x": {"views": []}}, "version": "1.2.0"}, False),
        (["wrong"], True),
    ],
)
def test_widget_state_is_read_from_the_metadata(metadata: Any, mended: bool) -> None:
    """Google Colab leaves out the level ``state``: its models are found; what is no state at all is mended with a warning."""
    cell = notebooks.code("w", notebooks.shown({VIEW: {"model_id": "box"}}))
    made = notebooks.post("a.ipynb", notebooks.dump(notebooks.raw(notebooks.HEADER), cell, metadata={"widgets": metadata}))
    assert ("notebook-mended" in notebooks.rules(made)) is mended
    assert ("box" in made.widgets) is (isinstance(metadata, dict) and "box" in json.dumps(metadata))


# Maps and other HTML

MAP = """<!DOCTYPE html><html><head><script>L_NO_TOUCH = false;</script>
<script src="https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.js"></script><script src="https://code.jquery.com/jquery-3.7.1.min.js"></script>
<script src="https://cdn.jsdelivr.net/npm/bootstrap@5.2.2/dist/js/bootstrap.bundle.min.js"></script>
<script src="https://cdnjs.cloudflare.com/ajax/libs/Leaflet.awesome-markers/2.0.2/leaflet.awesome-markers.js"></script>
<link rel="stylesheet" href="https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.css"/>
<link rel="stylesheet" href="https://cdn.jsdelivr.net/npm/@fortawesome/fontawesome-free@6.2.0/css/all.min.css"/>
<link rel="stylesheet" href="https://netdna.bootstrapcdn.com/bootstrap/3.0.0/css/bootstrap-glyphicons.css"/>
<style>#map { height: 100%; }</style></head><body><div class="folium-map" id="map_0123456789abcdef0123456789abcdef"></div></body>
<script>var map_0123456789abcdef0123456789abcdef = L.map("map_0123456789abcdef0123456789abcdef", {center: [45.5, -122.6]});</script></html>"""
TRUST = "<div><span>Make this Notebook Trusted to load map: File -> Trust Notebook</span>"


@pytest.mark.parametrize(
    "written",
    [
        f'{TRUST}<iframe srcdoc="{markup.escape(MAP)}" style="width:100%"></iframe></div>',
        f'{TRUST}<iframe src="about:blank" style="width:100%" data-html={quote(MAP)} onload="this.contentDocument.open()"></iframe></div>',
        f'{TRUST}<iframe src="about:blank" data-html={base64.b64encode(MAP.encode()).decode()} onload="x()"></iframe></div>',
        f'{TRUST}<iframe src="data:text/html;charset=utf-8;base64,{base64.b64encode(MAP.encode()).decode()}"></iframe></div>',
    ],
    ids=["0.13 to 0.20", "0.5 to 0.12", "0.11", "0.2"],
)
def test_folium_maps_run_by_themselves(written: str) -> None:
    """However folium packed a map, its page is taken out, its libraries are ours, and "Make this Notebook Trusted" is gone."""
    found = payload(html(written))
    assert (found.view, found.libraries, found.label, found.click, found.note) == (
        "html",
        ("jquery", "bootstrap", "leaflet"),
        "Interactive map",
        False,
        "",
    )
    assert 'L.map("map_' in found.data["html"]
    assert "https:" not in found.data["html"]
    shown = page(body(code({"text/html": written, "text/plain": "<folium.folium.Map at 0x7f>"})))
    assert "Trusted" not in shown
    assert "Map at" not in shown


def test_unknown_script_runs_on_a_click() -> None:
    """HTML with a script of its own has a button; what it shows without script is the still."""
    shown = page(body(code({"text/html": "<p id=q>before</p><script>document.title = 'x'</script>"})))
    assert 'data-frame="c-out-1.json" data-run="click" data-label="Interactive output"' in shown
    assert "before</p>" in shown
    assert "document.title" not in shown


@pytest.mark.parametrize(
    "written",
    ["<p>x</p><script>/* L.map( */ run()</script>", '<div id="m"></div><script>L.map("m"); run()</script>'],
)
def test_what_only_looks_like_a_known_kind_waits_for_a_click(written: str) -> None:
    """A comment or a call is not enough for a page to run by itself."""
    assert payload(html(written)).click


def test_an_estimator_is_drawn_without_any_script() -> None:
    """scikit-learn's diagrams are styles and words: whatever script stands beside them stays inert."""
    found = payload(html('<div class="sk-container">Pipeline()</div><script>run()</script>'))
    assert (found.click, found.data["inert"]) == (False, True)


def test_unknown_files_are_named() -> None:
    """Files of hosts that are not ours are named in one line and are not loaded."""
    written = '<script src="https://d3js.org/d3.v7.min.js"></script><script src="//cdn.example/x.js"></script><div id=q></div><script>d3.select("#q")</script>'
    found = payload(html(written))
    assert (found.libraries, found.note) == (("d3",), "It also asks for files of cdn.example, which are not loaded.")
    assert "src=" not in found.data["html"]


def test_old_d3_is_not_ours() -> None:
    """d3 changed after version 3, so that a newer one is no help."""
    assert payload(html('<script src="http://d3js.org/d3.v3.min.js"></script><script>d3.select("#q")</script>')).libraries == ()


@pytest.mark.parametrize(
    "written",
    [
        "<div><style scoped>.dataframe td {}</style><table class='dataframe'><tr><td>1</td></tr></table></div>",
        "<div id='df-1'><table class='dataframe'><tr><td>1</td></tr></table><button class='colab-df-convert' "
        "onclick=\"convertToInteractive('df-1')\"><svg><path d='M1'/></svg></button><script>const b = document.querySelector('#df-1'); "
        "b.style.display = google.colab.kernel.accessAllowed ? 'block' : 'none';</script></div>",
        "<script>function code_toggle() { $('div.input').hide(); }</script><p>1</p><form action='javascript:code_toggle()'><input type=submit></form>",
        '<iframe width="560" src="https://www.youtube.com/embed/abc"></iframe>1',
    ],
    ids=["pandas", "Colab", "toggle", "video"],
)
def test_no_button_for_nothing(written: str) -> None:
    """Scripts that do something to a notebook's page have nothing to do here: the output is shown as plain HTML."""
    shown = page(body(code({"text/html": written})))
    assert "1" in shown
    assert "<img" not in shown
    assert "note" not in shown
    assert "data-frame" not in shown


@pytest.mark.parametrize(
    "script",
    [
        """import {DataTable} from 'https://www.unpkg.com/dt_for_itables@2.0/x.js'; let dt_args = {"order": [],
        "data_json": "[[1, \\"x\\"], [{\\"display\\": \\"2.50\\", \\"sort\\": 2.5}, \\"&lt;y&gt;\\"]]", "table_html":
        "<table><thead><tr><th>a</th></tr></thead></table>"};""",
        """const data = [[1, "x"], ["2.50", "&lt;y&gt;"]]; dt_args["data"] = data; new DataTable(table, dt_args);""",
    ],
    ids=["itables 2", "itables 1"],
)
def test_itables_are_plain_tables(script: str) -> None:
    """itables leaves "Loading ITables …" on the page and its rows in a script: they are shown as a table, which ours makes sortable."""
    waiting = "<table id='itables_1'><thead><tr><th>a</th></tr></thead><tbody><tr><td>Loading ITables v2.0 …</td></tr></tbody></table>"
    written = f"{waiting}<script>{script}</script>"
    shown = page(body(code({"text/html": written})))
    assert "Loading" not in shown
    assert "<th>a</th>" in shown
    assert all(f"<td>{cell}</td>" in shown for cell in ("1", "x", "2.50", "&lt;y&gt;"))
    assert "data-frame" not in shown


def test_estimators_are_diagrams() -> None:
    """scikit-learn's diagram needs its styles: it is drawn in a frame, and its text is the still."""
    diagram = '<style>#sk-1 {}</style><div class="sk-top-container"><pre>PCA()</pre><b>In a Jupyter environment, please rerun it</b></div>'
    shown = page(body(code({"text/html": diagram, "text/plain": "PCA()"})))
    assert 'data-run="auto" data-label="Diagram of the model"' in shown
    assert "<pre>PCA()</pre>" in shown
    assert "rerun" not in shown


def test_what_needs_its_author_s_computer_says_so() -> None:
    """TensorBoard's frame is a window to a program that is not here."""
    board = '<iframe id="tensorboard-frame-1"></iframe><script>(function() { const frame = document.getElementById("tensorboard-frame-1"); })();</script>'
    assert "author's computer" in refusal(html(board))


def test_script_alone_runs_on_a_click() -> None:
    """``display(Javascript(…))`` runs when asked for, with the libraries that it calls; what only prepares the notebook leaves nothing."""
    found = payload(answer(application_javascript="$(element).text('hi')", text_plain="<IPython.core.display.Javascript object>"))
    assert (found.view, found.libraries, found.click) == ("javascript", ("jquery",), True)
    assert refusal(answer(application_javascript="IPython.OutputArea.prototype._should_scroll = function() { return false; }")) == ""


def test_geojson_is_a_map() -> None:
    """GeoJSON has its shapes drawn; no text of it can close the script that holds it."""
    shape = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [0, 0]}, "properties": {"a": "</script><script>"}}
    found = payload(interactive.of({"application/geo+json": shape}, {}))
    assert (found.view, found.libraries) == ("html", ("leaflet",))
    assert found.data["html"].count("</script>") == 2


# Mermaid


def test_a_mermaid_fence_is_a_diagram() -> None:
    """A fence in Markdown is drawn in the frame; its source is the still."""
    made = body(Cell(CellKind.MARKDOWN, 'Before\n\n```mermaid\ngraph LR\n A["<b>"] --> B\n```\n\nAfter', id="m"))
    shown = page(made)
    assert 'data-frame="m-out-1.json" data-run="auto" data-label="Diagram"><div class="still"><pre class="mermaid">graph LR' in shown
    assert data(made, "m-out-1.json") == {"view": "mermaid", "libraries": ["mermaid"], "data": {"text": 'graph LR\n A["<b>"] --> B\n'}}
    assert made.libraries == ("mermaid",)


def test_mermaid_outputs_are_diagrams() -> None:
    """So is an output of its MIME type, and a fence in an output that is Markdown."""
    made = body(code({"text/vnd.mermaid": "graph TD\n A", "text/plain": "A"}, {"text/markdown": "```mermaid\ngraph TD\n B\n```"}))
    assert [data(made, f"c-out-{number}.json")["data"]["text"].strip()[-1] for number in (1, 2)] == ["A", "B"]


@pytest.mark.parametrize(
    "forged",
    [
        '<div class="output frame" data-frame="x.json" data-run="auto"><div class="still">x</div></div>',
        '<pre class="mermaid" data-frame="x.json">graph LR</pre>',
        '<pre class="mermaid">a<script>alert(1)</script>b</pre>',
        '<pre class="mermaid">a<pre class="mermaid">b</pre></pre>',
    ],
)
def test_nothing_but_a_diagram_can_be_forged(forged: str) -> None:
    """HTML of a post that looks like a placeholder is at most a diagram."""
    made = body(Cell(CellKind.MARKDOWN, forged, id="m"))
    assert "x.json" not in page(made)
    assert {orjson.loads(asset.content)["view"] for asset in made.assets if isinstance(asset.content, bytes)} <= {"mermaid"}


# The placeholder


def test_frames_have_names_of_their_own() -> None:
    """Names follow from the cell and never meet a picture's; equal builds give equal names."""
    figure: dict[str, Any] = {"application/vnd.plotly.v1+json": {"data": []}}
    cells = (code(figure, {"image/png": PIXEL}, figure, id="A b"), code(figure, id="a-b"))
    made = body(*cells)
    assert [asset.name for asset in made.assets if asset.name.endswith(".json")] == ["a-b-out-1.json", "a-b-out-2.json", "a-b-out-3.json"]
    assert len({asset.name for asset in made.assets}) == len(made.assets)
    assert body(*cells) == made


def test_labels_are_escaped() -> None:
    """A title is text in an attribute, whatever it holds."""
    shown = page(body(code({"application/vnd.plotly.v1+json": {"data": [], "layout": {"title": '"><img src=x onerror=alert(1)>" x'}}})))
    assert "<img" not in shown
    assert 'data-label="Interactive chart: &#34;&gt; &#34; x"' in shown


def test_the_picture_is_the_still() -> None:
    """Beside a chart a stored picture stands where it is not drawn; without any form the label does."""
    figure: dict[str, Any] = {"application/vnd.plotly.v1+json": {"data": []}}
    assert '<div class="still"><div class="output figure"><img' in page(body(code(figure | {"image/png": PIXEL, "text/html": "<b>x</b>"})))
    assert "Interactive chart. It is drawn by a script." in page(body(code(figure)))


def test_too_much_data_is_not_published() -> None:
    """More than 20 MB is not put beside the page; a line says so."""
    made = body(code({"application/vnd.plotly.v1+json": {"data": [{"x": "y" * 20_000_001}]}, "text/plain": "a figure"}))
    assert made.assets == ()
    assert made.libraries == ()
    assert "a figure" in page(made)
    assert "too large to be drawn here (20 MB)" in page(made)


# Whatever it is

_PIECES = (
    "<", ">", '"', "'", "\\", "<script", "<script>", "</script>", "<iframe srcdoc=", "<iframe ", "data-html=", 'src="data:text/html;base64,', "<!--",
    "Plotly.newPlot(", 'Plotly.newPlot("a",[', "vegaEmbed(", "})({", '{"mark":', "var spec =", "docs_json =", "render_items =", "[", "{", "\ud800", "NaN",
    "9" * 30, "http://x/", "<link rel=stylesheet href=", " onclick=", "L.map(", "%3C", "\n", " ", "require.config(", "import '",
)  # fmt: skip


@given(some.lists(some.sampled_from(_PIECES) | some.text(max_size=8), max_size=40).map("".join))
@settings(max_examples=200, deadline=None)
def test_no_html_or_script_raises(text: str) -> None:
    """Whatever an output's HTML or script is, there is an answer, and it can be written as JSON or is said to be damaged."""
    for mime in ("text/html", "application/javascript"):
        assert isinstance(interactive.of({mime: text}, {}), Payload | Refused | Static | None)
    body(code({"text/html": text.encode("utf-8", "replace").decode()}))


_JSON = some.recursive(
    some.none()
    | some.booleans()
    | some.integers(-(2**70), 2**70)
    | some.floats()
    | some.sampled_from(["IPY_MODEL_a", "x", "\ud800", "none"]),
    lambda inner: (
        some.lists(inner, max_size=3)
        | some.dictionaries(
            some.sampled_from(
                [
                    "data",
                    "layout",
                    "title",
                    "state",
                    "model_id",
                    "model_module",
                    "a",
                    "mark",
                    "url",
                    "selection",
                    "type",
                    "params",
                    "$schema",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
_MIMES = (
    VIEW, "application/vnd.plotly.v1+json", "application/vnd.vegalite.v4+json", "application/vnd.vega.v5+json", "application/geo+json",
    "application/vnd.bokehjs_exec.v0+json",
)  # fmt: skip


@given(some.sampled_from(_MIMES), _JSON, some.dictionaries(some.sampled_from(["a", "b"]), _JSON))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_json_raises(mime: str, value: Any, models: Mapping[str, Any]) -> None:
    """The same for any JSON under any of our MIME types, and any widget state."""
    assert isinstance(interactive.of({mime: value}, models), Payload | Refused | Static | None)
    body(code({mime: value}), widgets=models)


@pytest.mark.parametrize(
    "piece",
    [
        "<", '"', "\\", "<script>", "<script", "<iframe ", "Plotly.newPlot(", "Plotly.newPlot('x',[\"", '})({"mark":', "var spec =[", "docs_json = '", "[[",
        '<script "<script \'" \'', "<script>var x = {", "<a b='", "<a onclick", "<link rel=stylesheet href=", "<!--", "import '", "data-html=%3C",
    ],
)  # fmt: skip
def test_a_long_repetition_is_quick(piece: str) -> None:
    """No repetition takes more than linear time."""
    text = piece * (300_000 // len(piece))
    start = time.process_time()
    for whole in (f"<iframe {text}>", f"{text}<script>Plotly.newPlot('x', {text}"):
        interactive.of({"text/html": whole}, {})
    interactive.of({"application/javascript": text}, {})
    assert time.process_time() - start < 3


def test_literals_are_read_as_javascript_has_them() -> None:
    """Texts in single quotes, NaN, and numbers of any length are literals; names are not."""
    assert literals.arguments("'it\\'s \\u00e9\\n', [1, NaN], {\"a\": 123456789012345678901234567890}, x", 0)[0] == "it's é\n"
    assert literals.arguments("1, [2], x, 3", 0) == [1, [2]]
    assert literals.value("[" * 100_000, 0) is None
