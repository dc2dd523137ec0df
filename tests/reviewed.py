"""The notebooks that a reviewer meets first: a new one, one that was only run again, one with a changed line and the plot that it changes; and one of all."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

from PIL import Image

Cell = dict[str, Any]


def plot(height: int) -> str:
    """A picture of a bar of this height (0 to 40), as base64."""
    image = Image.new("RGB", (60, 40), "white")
    image.paste((20, 86, 140), (20, 40 - height, 40, 40))
    written = io.BytesIO()
    image.save(written, "PNG")
    return base64.b64encode(written.getvalue()).decode()


def figure(height: int) -> Cell:
    """A plot that a cell showed."""
    return {"output_type": "display_data", "metadata": {}, "data": {"image/png": plot(height), "text/plain": "<Figure size 60x40>"}}


def printed(text: str) -> Cell:
    """What a cell wrote."""
    return {"output_type": "stream", "name": "stdout", "text": text.splitlines(True)}


def table(*rows: tuple[int, ...]) -> Cell:
    """A data frame that a cell returned."""
    head = "".join(f"<th>{name}</th>" for name in ("", "rides", "rain"))
    body = "".join(f"<tr><th>{row[0]}</th>" + "".join(f"<td>{value}</td>" for value in row[1:]) + "</tr>" for row in rows)
    html = f'<table border="1" class="dataframe"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/html": html, "text/plain": "…"}}


def prose(own_id: str, text: str) -> Cell:
    """A Markdown cell."""
    return {"cell_type": "markdown", "id": own_id, "metadata": {}, "source": text.splitlines(True)}


def code(own_id: str, count: int, text: str, *outputs: Cell) -> Cell:
    """A code cell."""
    return {
        "cell_type": "code",
        "id": own_id,
        "metadata": {},
        "execution_count": count,
        "source": text.splitlines(True),
        "outputs": [*outputs],
    }


def notebook(*cells: Cell) -> bytes:
    """The file, as nbformat writes it."""
    return json.dumps({"cells": [*cells], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1).encode()


HEADER = prose("head", "---\ntitle: Rain\nauthors: [Ada]\ntldr: Rain halves the rides.\n---\n")
TEXT = prose("text", "Rain halves the rides, by $r = 0.5$.")
FIRST = notebook(
    HEADER, TEXT, code("load", 1, "rides = load()\nlen(rides)", printed("1200\n")), code("plot", 2, "plot(rides, by='hour')", figure(10))
)
AGAIN = notebook(
    HEADER, TEXT, code("load", 7, "rides = load()\nlen(rides)", printed("1250\n")), code("plot", 8, "plot(rides, by='hour')", figure(10))
)
PLOTTED = notebook(
    HEADER, TEXT, code("load", 1, "rides = load()\nlen(rides)", printed("1200\n")), code("plot", 2, "plot(rides, by='day')", figure(30))
)

CASES: dict[str, tuple[bytes | None, bytes]] = {"new": (None, FIRST), "run-again": (FIRST, AGAIN), "plot-changed": (FIRST, PLOTTED)}

PLOTLY: Cell = {
    "output_type": "display_data",
    "metadata": {},
    "data": {"application/vnd.plotly.v1+json": {"data": [{"y": [1, 3, 2]}], "layout": {}}, "text/plain": "Figure"},
}
UNCHANGED = [prose(f"p{number}", f"Paragraph {number}, which stays as it is.") for number in range(6)]
BEFORE = notebook(
    HEADER,
    prose("intro", "# Intro\n\nSome words on $x^2$ and **bold** helmets that people wear.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"),
    code(
        "load",
        1,
        "import pandas as pd\n\nrides = pd.read_csv('rides.csv')\nrides.mean()",
        printed("(10, 2)\nloaded\n"),
        table((0, 1, 2), (1, 3, 4)),
    ),
    code("plot", 2, "plot(rides)", figure(10)),
    code("chart", 3, "chart(rides)", PLOTLY),
    prose("gone", "Words that were taken out."),
    *UNCHANGED,
    code("last", 9, "z = 1", printed("z\n")),
)
AFTER = notebook(
    HEADER,
    prose("intro", "# Intro\n\nSome words on $x^3$ and **bold** helmets that few people wear.\n\n| a | b |\n|---|---|\n| 1 | 3 |\n"),
    code("last", 1, "z = 1", printed("z\n")),
    code(
        "load",
        2,
        "import pandas as pd\n\nrides = pd.read_csv('rides.csv')\nrides.median()",
        printed("(11, 2)\nloaded\n"),
        table((0, 1, 2), (1, 3, 9), (2, 5, 6)),
    ),
    code("plot", 3, "plot(rides)", figure(20)),
    code("chart", 4, "chart(rides, 2)", PLOTLY),
    *UNCHANGED,
    code(
        "new",
        5,
        "new <cell>",
        {"output_type": "error", "ename": "NameError", "evalue": "new", "traceback": ["\u001b[0;31mNameError\u001b[0m: new"]},
    ),
)
"""One notebook with a block of every state, and outputs of every kind."""
