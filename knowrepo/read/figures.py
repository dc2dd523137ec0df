"""Pictures, tables and widgets of a knitted page → outputs as nbformat 4 has them."""

from __future__ import annotations

import base64
import binascii
import re
from html import escape
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from bs4 import Tag

Output = dict[str, Any]

_DATA = re.compile(r"\s*data:(image/(?:png|jpeg|gif|webp|svg\+xml));base64,(.+)", re.DOTALL)
_PIXELS = re.compile(r"\d{1,4}")


def stream(text: str, name: str = "stdout") -> Output:
    """Printed text."""
    return {"output_type": "stream", "name": name, "text": text}


def display(data: dict[str, Any], metadata: dict[str, Any] | None = None) -> Output:
    """Something shown."""
    return {"output_type": "display_data", "data": data, "metadata": metadata or {}}


def picture(block: Tag) -> Output | None:
    """The picture of a block that holds one embedded picture and else nothing but its caption."""
    images = [block] if block.name == "img" else block.find_all("img")
    found = _DATA.match(str(images[0].get("src", ""))) if len(images) == 1 else None
    if found is None:
        return None
    caption = " ".join(part.get_text() for part in block.select(".caption, figcaption"))
    if block.get_text().split() != caption.split():
        return None
    mime, content = found[1], "".join(found[2].split())
    if mime == "image/svg+xml":
        try:
            content = base64.b64decode(content, validate=True).decode("utf-8", "replace")
        except binascii.Error:
            return None
    metadata: dict[str, Any] = {"alt": " ".join((str(images[0].get("alt", "")) or caption).split())}
    if _PIXELS.fullmatch(str(images[0].get("width", ""))):
        metadata[mime] = {"width": int(str(images[0]["width"]))}
    return display({mime: content}, metadata)


def table(block: Tag) -> Output | None:
    """R Markdown's paged table, whose rows are JSON, as a plain one."""
    source = block.find("script", attrs={"data-pagedtable-source": True})
    value = _json(source.get_text() if source else "")
    columns, rows = value.get("columns"), value.get("data")
    if not isinstance(columns, list) or not isinstance(rows, list):
        return None
    named = [(_one(column.get("name")), _one(column.get("label"))) for column in columns if isinstance(column, dict)]
    head = "".join(f"<th>{escape(label)}</th>" for _, label in named)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(_one(row.get(name)))}</td>" for name, _ in named) + "</tr>" for row in rows if isinstance(row, dict)
    )
    return display({"text/html": f'<table class="dataframe"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'})


def widget(block: Tag, source: str) -> Output:
    """An HTML widget of R: Plotly's by its JSON; of any other there is only a note, since its library is not here."""
    value = _json(source).get("x")
    if "plotly" in block.get_attribute_list("class") and isinstance(value, dict) and isinstance(value.get("data"), list):
        layout = value.get("layout")
        return display({"application/vnd.plotly.v1+json": {"data": value["data"], "layout": layout if isinstance(layout, dict) else {}}})
    kind = next((str(name) for name in block.get_attribute_list("class") if name and "html" not in name), "HTML")
    return display({"text/plain": f"[{kind} widget: interactive in the knitted file only]"})


def _json(source: str) -> dict[str, Any]:
    try:
        value = orjson.loads(source.encode("utf-8", "replace"))
    except orjson.JSONDecodeError:
        return {}
    return value if isinstance(value, dict) else {}


def _one(value: Any) -> str:
    """R writes a single value as a list of one."""
    if isinstance(value, list):
        return _one(value[0]) if len(value) == 1 else ""
    return "" if value is None or isinstance(value, dict) else str(value)
