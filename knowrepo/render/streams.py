"""Text that a cell printed, and its errors: what a terminal would show in the end, folded where it is long."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from knowrepo.render import ansi, limits, markdown
from knowrepo.render.collect import Collector

FOLD = 25
"""Text longer than this many lines folds; the first ``HEAD`` lines stay visible."""
HEAD = 20


def stream(value: str, name: str, collector: Collector) -> Markup:
    """What was written to ``stdout`` or ``stderr``; "" for nothing, or for what the site or the author takes away."""
    is_progress = "\r" in value.replace("\r\n", "\n")
    value, cut = limits.text(settle(value).rstrip(), collector)
    if not value:
        return Markup("")
    if name == "stderr" and not (is_progress and "\n" not in value):  # a progress bar is no warning
        return _stderr(value, cut, collector)
    if collector.said.asis:
        return Markup('<div class="output markdown">{}</div>').format(collector.clean(markdown.to_html(value))) + cut
    return Markup('<div class="output stream stdout">%s</div>') % _long(value, collector) + cut


def error(output: Mapping[str, Any], collector: Collector) -> Markup:
    """A traceback; its last line, which says what happened, is always visible. One that is expected is no alarm, and folds."""
    kind = "error expected" if collector.said.expected else "error"
    last = f"{output.get('ename', '')}: {output.get('evalue', '')}".strip(": ")
    whole = settle("\n".join(output.get("traceback") or ())).rstrip()
    shown, cut = limits.text(whole, collector)
    lines = [*shown.split("\n"), *([whole[whole.rfind("\n") + 1 :][: limits.LINE]] if cut else [])]
    if not any(line.strip() for line in lines):
        lines = [last]
    if len(lines) <= (1 if collector.said.expected else FOLD):
        return Markup('<div class="output {}">{}</div>').format(kind, _pre("\n".join(lines), collector)) + cut
    return (
        Markup('<div class="output {}"><details class="long"><summary>Traceback ({} lines)</summary>{}</details>{}</div>').format(
            kind, len(lines), _pre("\n".join(lines[:-1]), collector), _pre(lines[-1], collector)
        )
        + cut
    )


def plain(value: str, collector: Collector) -> Markup | None:
    """``text/plain``; None if it is blank."""
    shown, cut = limits.text(settle(value).rstrip(), collector)
    return Markup('<div class="output text">%s</div>') % _long(shown, collector) + cut if shown else None


def settle(value: str) -> str:
    """What a terminal shows in the end: after ``\\r`` the line is written anew, ``\\b`` takes a character back."""
    if "\b" in value:
        kept: list[str] = []
        for character in value:
            if character != "\b":
                kept.append(character)
            elif kept and kept[-1] != "\n":
                kept.pop()
        value = "".join(kept)
    if "\r" not in value:
        return value
    lines = value.replace("\r\n", "\n").split("\n")
    return "\n".join(next((frame for frame in reversed(line.split("\r")) if frame.strip()), "") for line in lines)


def _stderr(value: str, cut: Markup, collector: Collector) -> Markup:
    if collector.options.stderr == "remove" or not collector.said.stderr:
        return Markup("")
    if collector.options.stderr == "show":
        return Markup('<div class="output stream stderr">{}</div>').format(_long(value, collector)) + cut
    lines = value.count("\n") + 1
    return Markup('<div class="output stream stderr"><details><summary>Warnings ({} {})</summary>{}</details></div>').format(
        lines, "line" if lines == 1 else "lines", _pre(value, collector) + cut
    )


def _pre(value: str, collector: Collector) -> Markup:
    return Markup("<pre>%s</pre>") % collector.clean(ansi.to_html(value))


def _long(value: str, collector: Collector) -> Markup:
    """Preformatted text. What exceeds ``FOLD`` lines is folded behind its first lines, unless the author asks for a box that scrolls."""
    lines = value.split("\n")
    if len(lines) <= FOLD or collector.said.scroll:
        return _pre(value, collector)
    return Markup('{}<details class="long"><summary>Show all {} lines</summary>{}</details>').format(
        _pre("\n".join(lines[:HEAD]), collector), len(lines), _pre("\n".join(lines[HEAD:]), collector)
    )
