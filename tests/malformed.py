"""Malformed files of every kind that a post can be: name → content. All are made here, each is as small as it can be."""

from __future__ import annotations

import base64
import copy
import json
import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from tests import notebooks, team

HEADER = notebooks.HEADER
_PNG = team.picture(width=8, height=8)


def files() -> dict[str, bytes]:
    """All of them, under the paths of posts."""
    made: dict[str, bytes] = {}
    for kind, cases in _KINDS.items():
        for number, (name, content) in enumerate(cases()):
            suffix = "" if "." in name else ".ipynb"
            made[f"bad/{kind}-{number:03}-{name}{suffix}"] = (
                content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
            )
    return made


def whole() -> dict[str, Any]:
    """A valid notebook with every part that a notebook can have."""
    bundle = {"text/plain": ["1"], "text/html": "<b>1</b>", "image/png": base64.b64encode(_PNG).decode(), "application/json": {"a": 1}}
    outputs: list[Any] = [
        notebooks.stream("printed\n"),
        notebooks.shown(bundle, metadata={"image/png": {"width": 8}}),
        {"output_type": "execute_result", "execution_count": 1, "data": {"text/plain": "2"}, "metadata": {}},
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["line"]},
        notebooks.shown({"application/vnd.jupyter.widget-view+json": {"model_id": "m", "version_major": 2}, "text/plain": "w"}),
        notebooks.shown({"application/vnd.plotly.v1+json": {"data": [{"y": [1]}], "layout": {}}, "text/plain": "p"}),
    ]
    picture = {"a.png": {"image/png": bundle["image/png"]}}
    widgets = {
        "state": {"m": {"model_name": "IntSliderModel", "model_module": "@jupyter-widgets/controls", "state": {}}},
        "version_major": 2,
    }
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "kernelspec": {"name": "python3", "language": "python"},
            "language_info": {"name": "python", "pygments_lexer": "ipython3"},
            "widgets": {"application/vnd.jupyter.widget-state+json": widgets},
        },
        "cells": [
            {**notebooks.raw(HEADER), "id": "one"},
            {**notebooks.markdown("![a](attachment:a.png)"), "id": "two", "attachments": picture},
            {**notebooks.code("1", *outputs), "id": "three", "metadata": {"tags": ["a"], "scrolled": True}},
        ],
    }


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from _paths(item, (*path, key))


def _with(path: tuple[Any, ...], value: Any) -> bytes:
    changed = copy.deepcopy(whole())
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return json.dumps(changed).encode()


def _wrong_types() -> Iterator[tuple[str, bytes]]:
    """A value of another type at every path of a valid notebook."""
    others: tuple[Any, ...] = (None, 7, "text", [[]], {"a": {}}, True, -1.5)
    for number, path in enumerate(path for path in _paths(whole()) if path):
        yield "-".join(str(key).split("/")[-1].split(".")[0] for key in path)[-40:], _with(path, others[number % len(others)])


def _truncated() -> Iterator[tuple[str, bytes]]:
    data = json.dumps(whole()).encode()
    for end in range(1, len(data), len(data) // 24):
        yield f"at-{end}", data[:end]


def _json() -> Iterator[tuple[str, bytes | str]]:
    good = notebooks.dump(notebooks.raw(HEADER), notebooks.markdown("Text"))
    deep = 200_000
    yield from {
        "empty": b"",
        "blank": b" \n\t",
        "null": b"null",
        "number": b"1",
        "text": b'"notebook"',
        "list": b"[]",
        "object": b"{}",
        "nan": good.replace(b'"metadata": {}', b'"metadata": {"a": NaN, "b": -Infinity}', 1),
        "huge-int": good.replace(b'"metadata": {}', b'"metadata": {"a": ' + b"9" * 100_000 + b"}", 1),
        "huge-version": b'{"nbformat": ' + b"9" * 5000 + b', "cells": []}',
        "float-version": b'{"nbformat": 1e999, "cells": []}',
        "deep-lists": b"[" * deep,
        "deep-objects": b'{"a":' * deep,
        "deep-closed": b'{"cells": ' + b"[" * deep + b"]" * deep + b"}",
        "deep-metadata": good.replace(b'"metadata": {}', b'"metadata": {"a": ' + b"[" * 5000 + b"]" * 5000 + b"}", 1),
        "two-keys": b'{"cells": 1, "cells": [], "nbformat": 4}',
        "trailing-comma": good.replace(b"}]", b"},]"),
        "single-quotes": good.replace(b'"', b"'"),
        "comment": b"// a notebook\n" + good,
        "trailing": good + b"garbage",
        "two-documents": good + good,
        "bad-utf8": good.replace(b"Text", b"Te\xff\xfe\xc3xt"),
        "overlong": good.replace(b"Text", b"\xc0\x80\xed\xa0\x80"),
        "bom": b"\xef\xbb\xbf" + good,
        "utf16": good.decode().encode("utf-16"),
        "utf16-be": good.decode().encode("utf-16-be"),
        "utf32": good.decode().encode("utf-32"),
        "utf16-odd": good.decode().encode("utf-16")[:-1],
        "latin1": good.replace(b"Text", "é".encode("latin-1")),
        "surrogate": good.replace(b"Text", rb"\ud800 \udc00\ud800"),
        "controls": good.replace(b"Text", rb"\u0000\u0008\u001b\u007f\ufffe"),
        "zero-bytes": b"\0" * 1000,
        "random": bytes(range(256)) * 20,
        "lfs": b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 1\n",
        "conflict": good.replace(b"{", b"{\n<<<<<<< HEAD\n=======\n>>>>>>> other\n", 1),
        "html": b"<!DOCTYPE html><title>404</title>",
        "zip": b"PK\x03\x04" + b"\0" * 100,
        "gzip": b"\x1f\x8b\x08" + b"\0" * 100,
        "pdf": b"%PDF-1.4\n",
    }.items()


def _notebooks() -> Iterator[tuple[str, bytes]]:
    old = {"metadata": {"name": "", "title": "Old"}, "nbformat_minor": 0}
    header = {"cell_type": "markdown", "source": HEADER, "metadata": {}}
    code = {"cell_type": "code", "input": "1", "language": "python", "outputs": [{"output_type": "pyout", "text": 7}], "prompt_number": "x"}
    yield from {
        "version-1": json.dumps({"nbformat": 1, "cells": [code]}).encode(),
        "version-2": json.dumps({"nbformat": 2, **old, "worksheets": [{"cells": [header, code]}]}).encode(),
        "version-3": json.dumps({"nbformat": 3, **old, "worksheets": [{"cells": [header, code]}]}).encode(),
        "version-3-empty": json.dumps({"nbformat": 3, **old}).encode(),
        "version-3-broken": json.dumps({"nbformat": 3, **old, "worksheets": [7, {"cells": [7, {}]}]}).encode(),
        "version-5": json.dumps({**whole(), "nbformat": 5}).encode(),
        "version-0": json.dumps({**whole(), "nbformat": 0}).encode(),
        "version-minus": json.dumps({**whole(), "nbformat": -4}).encode(),
        "version-text": json.dumps({**whole(), "nbformat": "4"}).encode(),
        "no-version": json.dumps({"cells": whole()["cells"]}).encode(),
        "minor-99": json.dumps({**whole(), "nbformat_minor": 99}).encode(),
        "no-cells": json.dumps({"nbformat": 4, "metadata": {}}).encode(),
        "same-ids": notebooks.dump(*[{**notebooks.raw(HEADER), "id": "a"}] * 3),
        "bad-ids": notebooks.dump({**notebooks.raw(HEADER), "id": 'a b"><script>'}, {**notebooks.markdown("x"), "id": "x" * 9999}),
        "no-types": notebooks.dump(notebooks.raw(HEADER), {}, {"cell_type": "video"}, None, 7, []),
        "unknown-output": notebooks.dump(notebooks.raw(HEADER), notebooks.code("1", {"output_type": "smell"}, {}, None, 7)),
        "two-headers": notebooks.dump(notebooks.raw(HEADER), notebooks.raw(HEADER.replace("Churn", "Second"))),
        "open-header": notebooks.dump(notebooks.raw("---\ntitle: Open\n")),
        "header-list": notebooks.dump(notebooks.raw("---\n- a\n- b\n---\n")),
        "bad-widgets": notebooks.dump(
            notebooks.raw(HEADER), metadata={"widgets": {"application/vnd.jupyter.widget-state+json": {"state": 7}}}
        ),
        "widgets-list": notebooks.dump(notebooks.raw(HEADER), metadata={"widgets": [1, 2]}),
    }.items()


def _pictures() -> Iterator[tuple[str, bytes]]:
    for name, (mime, value) in _PICTURES.items():
        text = value if isinstance(value, str) else base64.b64encode(value).decode()
        yield name, notebooks.dump(notebooks.raw(HEADER), notebooks.code("1", notebooks.shown({mime: text})))


def png(width: int, height: int, data: bytes = b"") -> bytes:
    """A PNG that says it is so large, with these compressed pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", data), (b"IEND", b""))
    chunks = (struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


_PICTURES: Mapping[str, tuple[str, str | bytes]] = {
    "base64": ("image/png", "!!! not base64 !!!"),
    "base64-cut": ("image/png", base64.b64encode(_PNG).decode()[:-3]),
    "base64-empty": ("image/png", ""),
    "no-png": ("image/png", b"GIF87a but not really"),
    "png-cut": ("image/png", _PNG[: len(_PNG) // 2]),
    "png-signature": ("image/png", _PNG[:8]),
    "png-sum": ("image/png", _PNG.replace(b"IDAT", b"IDAX")),
    "png-bomb": ("image/png", png(9000, 9000, zlib.compress(b"\0" * (9000 * 27001), 9))),
    "png-huge": ("image/png", png(30_000, 30_000)),
    "png-largest": ("image/png", png(2**31 - 1, 2**31 - 1)),
    "png-none": ("image/png", png(0, 0)),
    "jpeg-cut": ("image/jpeg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01"),
    "jpeg-text": ("image/jpeg", b"a text"),
    "gif-cut": ("image/gif", b"GIF89a\xff\xff\xff\xff"),
    "webp-cut": ("image/webp", b"RIFF\xff\xff\xff\xffWEBPVP8 "),
    "svg-open": ("image/svg+xml", "<svg xmlns='http://www.w3.org/2000/svg'><g><g>"),
    "svg-bomb": ("image/svg+xml", '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><svg>' + "&b;" * 100 + "</svg>"),
    "svg-size": ("image/svg+xml", '<svg width="1e999" height="-1" viewBox="nan nan nan nan"></svg>'),
    "svg-deep": ("image/svg+xml", "<svg>" + "<g>" * 50_000),
    "pdf": ("application/pdf", b"%PDF-9"),
    "sound": ("audio/wav", b"RIFF\0\0\0\0WAVE"),
}

_YAML = {
    "tabs": "title: a\n\ttags: b",
    "open-quote": 'title: "a',
    "open-list": "tags: [a, b",
    "open-map": "authors: {name: a",
    "colon": "title: a: b: c",
    "anchor-loop": "title: &a [*a]",
    "no-anchor": "title: *nowhere",
    "aliases": "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join('*' + chr(97 + n) for _ in range(9))}]\n" for n in range(9)
    ),
    "deep": "title: " + "[" * 3000,
    "bad-date": "title: a\ncreated_at: 2026-02-30",
    "date-text": "title: a\ncreated_at: yesterday",
    "date-huge": "title: a\ncreated_at: 999999999999-01-01",
    "huge-int": "title: a\nthumbnail: " + "9" * 50_000,
    "list": "- a\n- b",
    "text": "title",
    "number": "7",
    "tag": "title: !!python/object/apply:os.system [true]",
    "binary": "title: !!binary aGVsbG8=",
    "merge": "<<: {title: a}\ntitle: b",
    "two-keys": "title: a\ntitle: b",
    "list-key": "? [a, b]\n: c\ntitle: a",
    "control": "title: a\x07b",
    "directive": "%YAML 9.9\ntitle: a",
    "two-documents": "title: a\n--- \ntitle: b",
    "title-list": "title: [a]",
    "authors-map": "title: a\nauthors: {a: {b: c}}",
    "tags-map": "title: a\ntags: {x: y}",
    "tldr-list": "title: a\ntldr: [1]",
    "private": "title: a\nprivate: perhaps",
    "misspelt": "title: a\nprivat: true",
    "long": "title: " + "a" * 70_000,
    "block": "title: |\n a\n  b\nc",
    "nothing": "title: ~",
}  # fmt: skip


def _headers() -> Iterator[tuple[str, str]]:
    for name, yaml in _YAML.items():
        yield f"{name}.md", f"---\n{yaml}\n---\nText.\n"


def _texts() -> Iterator[tuple[str, bytes | str]]:
    script = "".join(f"# {line}\n" for line in HEADER.splitlines())
    cases: dict[str, bytes | str] = {
        "binary.md": bytes(range(256)),
        "utf16.md": HEADER.encode("utf-16"),
        "utf16-odd.md": HEADER.encode("utf-16")[:-1],
        "utf16-no-bom.md": HEADER.encode("utf-16-le"),
        "latin1.md": HEADER.encode() + "Zürich".encode("latin-1"),
        "boms.md": "\ufeff\ufeff" + HEADER,
        "lfs.md": "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
        "conflict.md": HEADER + "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> c\n",
        "open.md": "---\ntitle: Open\n",
        "controls.md": HEADER + "".join(map(chr, range(32))),
        "quotes.md": HEADER + ">" * 20_000 + "a",
        "lists.md": HEADER + "".join(" " * 2 * depth + "- a\n" for depth in range(300)),
        "brackets.md": HEADER + "[" * 5_000,
        "stars.md": HEADER + "*a **a " * 20_000,
        "entities.md": HEADER + "&#99999999999999999999; &#0; &nosuch; &#xd800;",
        "tags.md": HEADER + "<b><i><table><tr><td><select><svg><math>" * 500,
        "references.md": HEADER + "[a]: b\n" * 10_000 + "[a]" * 10_000,
        "footnotes.md": HEADER + "[^a]: [^a]\n\n[^a] [^b]",
        "formulas.md": HEADER + "$" * 9999 + "\n\n$$\\begin{x}$$ $\\undefined{$",
        "broken.py": script + "\n# %%\ndef (:\n\x0c\n'''",
        "options.py": script + '\n# %% [markdown] a="\n# text\n# %% {{{\n1\n',
        "no-cells.py": script,
        "empty.py": "",
        "open-chunk.Rmd": HEADER + "```{r}\nsummary(cars)\n",
        "options.Rmd": HEADER + '```{r, fig.cap="open, echo=}\n1\n```\n',
        "deep.Rmd": HEADER + "```{r echo=" + "c(" * 3000 + "}\n1\n```\n",
        "engines.Rmd": HEADER + "```{nosuch}\n1\n```\n```{}\n```\n```{,}\n```\n",
        "inline.Rmd": HEADER + "`r `r `r 1` `python",
        "options.qmd": HEADER + "```{python}\n#| echo: [\n#| : :\n1\n```\n",
        "shortcodes.qmd": HEADER + "{{< include nowhere.qmd >}} {{< {{< }} :::: {.x\n::: {#a}\n",
        "header-only.qmd": HEADER.rstrip(),
    }
    yield from cases.items()


def _names() -> Iterator[tuple[str, str]]:
    post = HEADER.replace("Churn", "A name") + "Text.\n"
    for name in (
        "a b.md",
        "ünïcödé.md",
        "%2e%2e%2f.md",
        "a#b?c.md",
        "'quotes\".md",
        "<b>.md",
        "\u202egpj.md",
        "emoji-\U0001f600.md",
        "a\nb.md",
        "con.md",
    ):
        yield name, post
    yield "x" * 200 + ".md", post
    yield "...md", post
    yield "-rf.md", post
    yield "index.html.md", post


_KINDS = {
    "types": _wrong_types,
    "cut": _truncated,
    "json": _json,
    "notebook": _notebooks,
    "picture": _pictures,
    "header": _headers,
    "text": _texts,
    "name": _names,
}
