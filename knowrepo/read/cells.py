"""nbformat 4 cells as they lie in the file → Cells, mended where their types are wrong.

Checked by hand and not with ``nbformat.validate``, which costs a second for a large notebook and can only refuse. What had to be mended is
noted in ``Repairs``, so that the author hears of it once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from knowrepo import text
from knowrepo.model import Cell, CellKind

Repairs = dict[str, int]
"""What was mended → the first cell where."""

DEPTH = 100

_KINDS: Mapping[str, CellKind] = {kind.value: kind for kind in CellKind}
_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_MIME = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+")
_NOT_TERMINAL = re.compile("[\x00-\x06\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_BASE64 = re.compile(r"(?:image/(?!svg)|audio/|video/|application/pdf)")


def make(raw_cells: list[Any], repairs: Repairs) -> tuple[Cell, ...]:
    """The cells, each with an id that is unique in the document; what is not a cell at all is left out."""
    ids = _ids(raw_cells, repairs)
    return tuple(_cell(raw, index, ids[index], repairs) for index, raw in enumerate(raw_cells) if _is_cell(raw, index, repairs))


def source(raw: Any) -> str:
    """The text of a raw cell with ``\\n`` as its only line ends, "" where there is none."""
    value = raw.get("source") if isinstance(raw, dict) else None
    return unix(text.legal(joined(value)))


def kind(raw: Any) -> CellKind | None:
    """The kind of a raw cell, ``None`` where it is none of nbformat's."""
    name = raw.get("cell_type") if isinstance(raw, dict) else None
    return _KINDS.get(name) if isinstance(name, str) else None


def joined(value: Any) -> str:
    """A text that nbformat stores as a string or as a list of lines."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        if all(isinstance(part, str) for part in value):
            return "".join(value)
        return "".join(str(part) for part in value if _within(part, DEPTH))
    return "" if value is None or not _within(value, DEPTH) else str(value)


def unix(value: str) -> str:
    """The text with ``\\n`` as its only line ends."""
    return value.replace("\r\n", "\n").replace("\r", "\n") if "\r" in value else value


def _is_cell(raw: Any, index: int, repairs: Repairs) -> bool:
    if not isinstance(raw, dict):
        repairs.setdefault("a cell that is no object was left out", index)
    return isinstance(raw, dict)


def _ids(raw_cells: list[Any], repairs: Repairs) -> list[str]:
    """The cells' own ids where they are valid and unique, else ``cell-N`` by position: nbformat would draw lots."""
    found: dict[str, int] = {}
    for index, raw in enumerate(raw_cells):
        own = raw.get("id") if isinstance(raw, dict) else None
        if isinstance(own, str) and _ID.fullmatch(own):
            if found.setdefault(own, index) != index:
                repairs.setdefault("an id that two cells share was replaced", index)
        elif own is not None:
            repairs.setdefault("an invalid cell id was replaced", index)
    owners = {index: own for own, index in found.items()}
    return [owners.get(index) or _free(f"cell-{index}", found) for index in range(len(raw_cells))]


def _free(name: str, taken: Mapping[str, int]) -> str:
    while name in taken:
        name += "-x"
    return name


def _cell(raw: dict[str, Any], index: int, own_id: str, repairs: Repairs) -> Cell:
    this = kind(raw)
    if this is None:
        repairs.setdefault("a cell of unknown type is shown raw", index)
        this = CellKind.RAW
    if not isinstance(raw.get("source"), str | list):
        repairs.setdefault("a cell without text", index)
    metadata = mapping(raw.get("metadata"), "cell metadata", index, repairs)
    return Cell(
        kind=this,
        text=source(raw),
        outputs=_outputs(raw, index, repairs) if this is CellKind.CODE else (),
        tags=_tags(metadata.get("tags"), index, repairs),
        id=own_id,
        execution_count=count(raw.get("execution_count")),
        format=_format(metadata) if this is CellKind.RAW else "",
        attachments=_attachments(raw, index, repairs),
        metadata=metadata,
        index=index,
    )


def mapping(value: Any, name: str, index: int, repairs: Repairs) -> dict[str, Any]:
    """The value if it is a mapping of bearable depth, else an empty one; ``None`` passes for an empty one."""
    if isinstance(value, dict) and _within(value, DEPTH):
        return value
    if value is not None:
        repairs.setdefault(f"{name} of the wrong type", index)
    return {}


def count(value: Any) -> int | None:
    """An execution count: a whole number from 0, or nothing."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _tags(value: Any, index: int, repairs: Repairs) -> tuple[str, ...]:
    if value is None:
        return ()
    tags = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    kept = tuple(text.legal(tag).strip() for tag in tags if isinstance(tag, str))
    if not isinstance(value, list) or len(kept) < len(value):
        repairs.setdefault("tags that are no list of texts", index)
    return tuple(tag for tag in kept if tag)


def _format(metadata: Mapping[str, Any]) -> str:
    for key in ("format", "raw_mimetype"):
        value = metadata.get(key)
        if isinstance(value, str) and _MIME.fullmatch(value.lower()):
            return value.lower()
    return ""


def _attachments(raw: Mapping[str, Any], index: int, repairs: Repairs) -> dict[str, dict[str, str]]:
    files = mapping(raw.get("attachments"), "attachments", index, repairs)
    return {
        name: {mime: joined(value) for mime, value in bundle.items() if isinstance(value, str | list)}
        for name, bundle in files.items()
        if isinstance(bundle, dict)
    }


def _outputs(raw: Mapping[str, Any], index: int, repairs: Repairs) -> tuple[Mapping[str, Any], ...]:
    values = raw.get("outputs")
    if not isinstance(values, list):
        repairs.setdefault("a code cell without a list of outputs", index)
        return ()
    return tuple(output for value in values for output in _output(value, index, repairs))


def _output(value: Any, index: int, repairs: Repairs) -> Iterable[Mapping[str, Any]]:
    """The output as nbformat 4 has it, with joined text; nothing where its type is unknown."""
    kind_ = value.get("output_type") if isinstance(value, dict) else None
    if kind_ == "stream":
        name = "stderr" if value.get("name") == "stderr" else "stdout"
        yield {"output_type": "stream", "name": name, "text": terminal(joined(value.get("text")))}
    elif kind_ in ("display_data", "execute_result"):
        shown: dict[str, Any] = {
            "output_type": kind_,
            "data": _bundle(mapping(value.get("data"), "output data", index, repairs), index, repairs),
            "metadata": mapping(value.get("metadata"), "output metadata", index, repairs),
        }
        if kind_ == "execute_result":
            shown["execution_count"] = count(value.get("execution_count"))
        yield shown
    elif kind_ == "error":
        lines = value.get("traceback")
        yield {
            "output_type": "error",
            "ename": terminal(joined(value.get("ename"))),
            "evalue": terminal(joined(value.get("evalue"))),
            "traceback": [terminal(joined(line)) for line in (lines if isinstance(lines, list) else [lines])],
        }
    else:
        repairs.setdefault("an output of unknown type was left out", index)


def terminal(value: str) -> str:
    """The text without illegal characters, but with those that a terminal understands (escape, backspace, carriage return)."""
    return _NOT_TERMINAL.sub("", value)


def _bundle(data: Mapping[str, Any], index: int, repairs: Repairs) -> dict[str, Any]:
    """A MIME bundle: JSON stays JSON, everything else becomes one text."""
    bundle: dict[str, Any] = {}
    for mime, value in data.items():
        if mime == "application/json" or mime.endswith(("+json", ".json")):  # Altair 6 writes vegalite.v6.json
            bundle[mime] = value
            continue
        if not isinstance(value, str | list):
            repairs.setdefault("output data that is no text", index)
        whole = joined(value)
        if mime == "text/plain":
            whole = terminal(whole)
        elif not _BASE64.match(mime):
            whole = text.legal(whole)
        bundle[mime] = whole
    return bundle


def _within(value: Any, depth: int) -> bool:
    """Whether the value is nested at most ``depth`` deep, so that whoever walks it later needs no care."""
    if not isinstance(value, dict | list):
        return True
    inside = value.values() if isinstance(value, dict) else value
    return depth > 0 and all(_within(item, depth - 1) for item in inside if isinstance(item, dict | list))
