"""Formulas to MathML, by Temml: at build where ``mini-racer`` (V8 in a wheel) is installed, else in the reader's browser.

Both run ``themes/scripts/tex.js``, so the MathML is the same. Authors' HTML is sanitised before and knows no MathML; what Temml makes of the TeX in it
passes a cleaner of its own, which knows nothing else.

Measured: starting V8 costs 0.15 s of CPU in each process that meets a formula, a formula 0.2 ms. So it lives as long as its process. V8 runs without its
compiler: that is as fast for this, and reserves 40 MB of memory instead of 550.
"""

from __future__ import annotations

import atexit
import html
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import nh3
from markupsafe import Markup

from knowrepo import shipped

if TYPE_CHECKING:
    from py_mini_racer import MiniRacer

Formula = tuple[str, bool]
"""TeX, and whether it is displayed on lines of its own."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A formula that cannot be typeset, and why."""

    reason: str


Typesetting = Callable[[Sequence[Formula]], Sequence[Markup | Refused] | None]
"""What all formulas of a post become; None if that is left to the browser."""


@dataclass(frozen=True, slots=True)
class Typeset:
    """Fragments with their formulas typeset.

    ``refused`` are number of the fragment, TeX and reason of what is shown as TeX; ``words`` maps TeX to the text that is read of it; ``waiting``
    says that formulas wait for the browser.
    """

    fragments: tuple[Markup, ...]
    refused: tuple[tuple[int, str, str], ...] = ()
    words: Mapping[str, str] | None = None
    waiting: bool = False

    def readable(self, text: str) -> str:
        """A plain text (a heading) with its formulas as they are read."""
        return _DELIMITED.sub(lambda found: (self.words or {}).get(found[1] or found[2], found[0]), text)


_ELEMENT = re.compile(r'<span class="math (inline|display)">\\[(\[]([^<]*)\\[)\]]</span>')
_DELIMITED = re.compile(r"\\\((.+?)\\\)|\\\[(.+?)\\\]", re.DOTALL)
_ANNOTATION = re.compile(r"<annotation.*?</annotation>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")

_ELEMENTS = """annotation math menclose mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace msqrt mstyle msub
    msubsup msup mtable mtd mtext mtr munder munderover none semantics"""
_ATTRIBUTES = """accent class columnalign depth display displaystyle encoding fence form height largeop linebreak linethickness lspace mathbackground
    mathcolor mathsize mathvariant maxsize minsize movablelimits notation rowspacing rspace scriptlevel separator stretchy style symmetric voffset width"""
_STYLES = """border border-bottom border-left border-right border-top color display font-family font-style font-weight height justify-content margin-left
    math-depth padding padding-bottom padding-left padding-right padding-top text-align transform width"""
_CLEANER = nh3.Cleaner(
    tags=set(_ELEMENTS.split()),
    clean_content_tags={"script", "style"},
    attributes={"*": set(_ATTRIBUTES.split())},
    filter_style_properties=set(_STYLES.split()),
    url_schemes=set(),
    link_rel=None,
)


def typeset(fragments: Sequence[Markup], typesetting: Typesetting) -> Typeset:
    """The sanitised fragments of a post, with MathML in their formulas: what one defines holds in those that follow, across all fragments."""
    formulas = [(html.unescape(found[2]), found[1] == "display") for fragment in fragments for found in _ELEMENT.finditer(fragment)]
    made = typesetting(formulas) if formulas else []
    if made is None:
        return Typeset(tuple(fragments), waiting=True)
    results = iter(zip(formulas, made, strict=True))
    refused: list[tuple[int, str, str]] = []
    words: dict[str, str] = {}

    def element(number: int, found: re.Match[str]) -> str:
        (tex, _), shown = next(results)
        if isinstance(shown, Refused):
            refused.append((number, tex, shown.reason))
            title = html.escape(f"This formula cannot be typeset: {shown.reason}")
            return f'<span class="math {found[1]} unread" title="{title}">{found[0].partition(">")[2]}'
        words[" ".join(tex.split())] = html.unescape(_TAG.sub("", _ANNOTATION.sub("", shown)))
        return f'<span class="math {found[1]}">{shown}</span>'

    done = tuple(
        Markup(_ELEMENT.sub(lambda found, number=number: element(number, found), fragment))  # type: ignore[misc]  # noqa: S704 - both are sanitised
        for number, fragment in enumerate(fragments)
    )
    return Typeset(done, tuple(refused), words)


def present(fragment: str) -> bool:
    """Whether there is a formula in it that is not typeset."""
    return bool(_ELEMENT.search(fragment))


def at_build(formulas: Sequence[Formula]) -> Sequence[Markup | Refused] | None:
    """Typesetting by Temml in V8; None where mini-racer is not installed."""
    engine = _engine()
    return [_result(mathml, reason) for mathml, reason in engine.call("made", formulas)] if engine else None


def in_browser(_formulas: Sequence[Formula]) -> None:
    """Typesetting that is left to the browser."""


def _result(mathml: str, reason: str) -> Markup | Refused:
    return Refused(reason) if reason else Markup(_CLEANER.clean(mathml))  # noqa: S704 - sanitised here


@cache
def _engine() -> MiniRacer | None:
    """The V8 of this process, with Temml in it. Left open, its threads could keep the process from ending."""
    try:
        from py_mini_racer import MiniRacer, init_mini_racer
    except ImportError:
        return None
    init_mini_racer(flags=("--single-threaded", "--jitless"), ignore_duplicate_init=True)
    engine = MiniRacer()
    atexit.register(engine.close)
    themes = shipped.themes()
    engine.eval((themes / "vendor" / "temml.js").read_text("utf-8"))
    engine.eval((themes / "scripts" / "tex.js").read_text("utf-8").replace("export function", "function"))  # V8 alone knows no modules
    engine.eval('const made = (formulas) => typeset(temml, formulas).map(({ tree, error }) => [tree?.toMarkup() ?? "", error ?? ""]);')
    return engine
