"""A small team whose notebook holds an output of every kind, for tests of what a reader sees."""

from __future__ import annotations

import base64
import json
from typing import Any

from tests import notebooks, team
from tests.notebooks import code, markdown, raw, shown, stream

VIEW = "application/vnd.jupyter.widget-view+json"

_STATIONS = (
    ("Quay", "1,200", "2021-03-01", "12.5%"),
    ("=cmd()", "90", "2019-11-30", "NaN"),
    ("Arch", "-3", "2020-01-15", "3.1%"),
    ("Bridge", "90", "2022-07-09", "20%"),
)
FRAME = f"""<div><style scoped>.dataframe tbody tr th:only-of-type {{ vertical-align: middle; }}</style>
<table border="1" class="dataframe"><thead><tr style="text-align: right;"><th></th><th>name</th><th>trips</th><th>opened</th><th>share</th></tr></thead>
<tbody>{"".join(f"<tr><th>{at}</th>" + "".join(f"<td>{value}</td>" for value in row) + "</tr>" for at, row in enumerate(_STATIONS))}</tbody></table>
<p>4 rows × 4 columns</p></div>"""
LEVELS = """<table class="dataframe"><thead><tr><th></th><th colspan="2">trips</th></tr><tr><th></th><th>a</th><th>b</th></tr></thead>
<tbody><tr><th rowspan="2">x</th><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr></tbody></table>"""
WIDE = (
    '<table class="dataframe"><thead><tr>'
    + "".join(f"<th>column {n}</th>" for n in range(60))
    + "</tr></thead><tbody>"
    + ("<tr><th>row</th>" + "".join(f"<td>{n * 1000}</td>" for n in range(59)) + "</tr>") * 60
    + "</tbody></table>"
)
STYLER = """<style>#T_1_row0_col0 { background-color: #084081; color: #f1f1f1 }</style><table id="T_1"><thead><tr><th class="col_heading">a</th></tr></thead>
<tbody><tr><td id="T_1_row0_col0" class="data">1</td></tr></tbody></table>"""
TRACEBACK = ["\x1b[0;31mTraceback\x1b[0m"] + [f"line {n} \x1b[38;5;33mblue\x1b[0m" for n in range(40)] + ["\x1b[1;31mKeyError\x1b[0m: 'x'"]
PLOTLY = {"data": [{"type": "bar", "x": ["a", "b"], "y": [1, 3]}], "layout": {"height": 300}}
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="80"><script>alert(1)</script><rect width="120" height="80" fill="teal"/></svg>'


def error(*traceback: str) -> dict[str, Any]:
    return {"output_type": "error", "ename": "KeyError", "evalue": "'x'", "traceback": list(traceback)}


def png(colour: str) -> str:
    return base64.b64encode(team.picture(colour, 600, 400)).decode()


def tagged(cell: dict[str, Any], *tags: str, **metadata: Any) -> dict[str, Any]:
    return {**cell, "metadata": {"tags": list(tags), **metadata}}


def cell(name: str, source: str, *outputs: Any, tags: tuple[str, ...] = (), **metadata: Any) -> dict[str, Any]:
    return tagged(code(source, *outputs, id=name), *tags, **metadata)


def everything() -> bytes:
    """A notebook with an output of every kind."""
    picture = shown({"image/png": png("navy"), "text/plain": "<Figure>"})
    cells = [
        raw(team.header("Everything", authors="[Ada Lovelace, Bob Ross]")),
        markdown("## Tables\n\nSee [the wide one](#wide).\n\n" + "Words. " * 300),
        cell("frame", "df", shown({"text/html": FRAME, "text/plain": "df"})),
        cell("levels", "pivot", shown({"text/html": LEVELS})),
        cell("wide", "wide", shown({"text/html": WIDE})),
        cell("styler", "df.style", shown({"text/html": STYLER})),
        markdown("| a | b |\n|---|---|\n" + "".join(f"| x{n} | {n % 4} |\n" for n in range(6)), id="table"),
        markdown("## Text", id="text"),
        cell("progress", "run()", *[stream(f"\r{n} %") for n in range(101)], stream("\ndone\n")),
        cell("long", "print(long)", stream("\n".join(f"line {n}" for n in range(80)))),
        cell("box", "print(long)", stream("\n".join(f"line {n} " + "x" * 300 for n in range(80))), tags=("scroll-output",)),
        cell("warned", "careful()", stream("careful\n", "stderr")),
        cell("failed", "data['x']", error(*TRACEBACK)),
        cell("calm", "data['x']", error("Traceback", "KeyError: 'x'"), tags=("raises-exception",)),
        markdown("## Pictures", id="pictures"),
        cell("plain-picture", "plot()", picture),
        cell("described", "plot()", shown({"image/png": png("olive")}, metadata={"alt": "A green plot"})),
        cell("captioned", "#| label: fig-x\n#| fig-cap: The **rise**\nplot()", shown({"image/png": png("teal")})),
        cell("drawing", "draw()", shown({"image/svg+xml": SVG})),
        markdown("## Interactive", id="interactive"),
        cell("plotly", "fig", shown({"application/vnd.plotly.v1+json": PLOTLY, "text/html": "<div>other</div>", "text/plain": "Figure()"})),
        cell("widget", "w", shown({VIEW: {"model_id": "gone"}, "text/plain": "IntSlider(value=3)"})),
        markdown("## Code", id="code"),
        cell("parameters", "a = 1", tags=("parameters",)),
        cell("shell", "%%bash\nls -l", stream("total 0\n")),
        cell("hidden", "secret = '\u202e'", tags=("hide-input",)),
        cell("summarised", "#| code-fold: true\n#| code-summary: How\nprint(1)", stream("1\n")),
        cell("removed", "gone()", tags=("remove-cell",)),
        markdown("## Other\n\n![attached](attachment:a.png)", id="other", attachments={"a.png": {"image/png": png("maroon")}}),
        cell("said", "Markdown(…)", shown({"text/markdown": "It is **so**."})),
        cell("formula", "Latex(…)", shown({"text/latex": r"$\frac{a}{b}$"})),
        tagged(raw("<em>raw html</em>", id="raw"), raw_mimetype="text/html"),
    ]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}}
    return notebooks.dump(*cells, metadata=metadata)


R = {"kernelspec": {"name": "ir", "display_name": "R 4.3", "language": "R"}, "language_info": {"name": "R", "pygments_lexer": "r"}}
FILES = {
    "everything.ipynb": everything(),
    "report.ipynb": notebooks.dump(
        raw(team.header("Report", "code: hidden")), cell("only", "x = 1"), cell("both", "y", stream("result\n"))
    ),
    "r.ipynb": notebooks.dump(raw(team.header("R post")), cell("r", "library(stats)", stream("ok\n")), metadata=R),
    "stripped.ipynb": notebooks.dump(raw(team.header("Stripped")), code("1 + 1", execution_count=None)),
    "old.ipynb": json.dumps(
        {
            "nbformat": 3,
            "nbformat_minor": 0,
            "metadata": {"name": ""},
            "worksheets": [
                {
                    "cells": [
                        {"cell_type": "markdown", "metadata": {}, "source": [team.header("Old")]},
                        {"cell_type": "code", "input": ["1 + 1"], "language": "python", "metadata": {}, "outputs": [], "prompt_number": 1},
                    ]
                }
            ],
        }
    ).encode(),
    "odd.ipynb": notebooks.dump(
        raw(team.header("Odd")),
        {**code("x", {"output_type": "what"}, stream("fine\n")), "id": "no id!", "metadata": {"tags": "scroll-output"}},
        metadata={"widgets": "broken"},
    ),
}
