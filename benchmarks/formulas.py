"""How many formulas of real notebooks are typeset? ``python benchmarks/formulas.py FOLDER``.

Takes the formulas that a post would show (Markdown cells, LaTeX and HTML outputs) from every notebook of the folder and typesets them as a build does: how
many, how many not and why, in what time; beside it latex2mathml, if it is installed (``pip install latex2mathml``). Exit status 1 if one shows its TeX.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from html import unescape
from pathlib import Path

import trialrepo

from knowrepo.render import formulas, markdown, maths
from knowrepo.render.maths import Formula, Refused

_ELEMENT = re.compile(r'<span class="math (inline|display)">\\[(\[](.*?)\\[)\]]</span>', re.DOTALL)
_HIDDEN = re.compile(r"<annotation.*?</annotation>|<[^>]*>", re.DOTALL)

Tool = Callable[[Sequence[Formula]], list[str]]
"""Formulas of one post to "" where they are typeset, else the reason why they are not."""


def main() -> int:
    """Typeset, print, and say whether all went well."""
    parser = argparse.ArgumentParser(description="Typeset the formulas of a folder of notebooks.")
    parser.add_argument("folder", type=Path, help="a folder of notebooks")
    options = parser.parse_args()
    posts = [found for file in trialrepo.notebooks(options.folder) if (found := _formulas(file))]
    print(f"{sum(map(len, posts))} formulas in {len(posts)} notebooks")
    if maths.at_build([("x", False)]) is None:
        print("mini-racer is not installed: pip install 'knowrepo[maths]'")
        return 1
    failed = _measure("Temml", posts, _temml)
    try:
        from latex2mathml.converter import convert
    except ImportError:
        print("latex2mathml is not installed: pip install latex2mathml")
    else:
        _measure("latex2mathml", posts, lambda post: [_peer(convert, tex) for tex, _ in post])
    return 1 if failed else 0


def _formulas(file: Path) -> list[Formula]:
    """The formulas of a notebook in their order; none if it cannot be read."""
    try:
        cells = json.loads(file.read_bytes())["cells"]
    except (ValueError, KeyError, TypeError):
        return []
    shown = "\n".join(html for cell in cells for html in _html(cell))
    return [(unescape(tex), kind == "display") for kind, tex in _ELEMENT.findall(shown)]


def _html(cell: dict[str, object]) -> Iterator[str]:
    if cell.get("cell_type") == "markdown":
        yield markdown.to_html(_joined(cell.get("source")))
    outputs = cell.get("outputs")
    for output in outputs if isinstance(outputs, list) else []:
        data = output.get("data") or {}
        if "text/html" in data:
            yield formulas.marked(_joined(data["text/html"]), prose=False)
        elif "text/latex" in data:
            yield formulas.latex(_joined(data["text/latex"]))


def _joined(source: object) -> str:
    return "".join(map(str, source)) if isinstance(source, list) else str(source or "")


def _measure(name: str, posts: list[list[Formula]], tool: Tool) -> int:
    """Print what a tool makes of all posts; how many formulas it fails on."""
    begun = time.process_time()
    results = [(tex, reason) for post in posts for (tex, _), reason in zip(post, tool(post), strict=True)]
    spent = time.process_time() - begun
    failed = [(tex, reason) for tex, reason in results if reason]
    print(f"\n{name}: {len(results) - len(failed)} typeset, {len(failed)} not; {1000 * spent / max(1, len(results)):.2f} ms each")
    for reason, times in Counter(reason for _, reason in failed).most_common():
        example = next(tex for tex, other in failed if other == reason)
        print(f"  {times:4}  {reason}    {' '.join(example.split())[:70]}")
    return len(failed)


def _temml(post: Sequence[Formula]) -> list[str]:
    return [shown.reason if isinstance(shown, Refused) else _slash(shown) for shown in maths.at_build(post) or []]


def _peer(convert: Callable[[str], str], tex: str) -> str:
    try:
        return _slash(convert(tex))
    except Exception as error:  # noqa: BLE001 - the peer has a class of its own for every mistake, and raises others too
        return f"{type(error).__name__}: {error}".split("\n", 1)[0][:60]


def _slash(mathml: str) -> str:
    return "a backslash is visible" if "\\" in unescape(_HIDDEN.sub("", mathml)) else ""


if __name__ == "__main__":
    sys.exit(main())
