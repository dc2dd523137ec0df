"""Markdown to HTML, for cells, ``.md`` files and tldrs alike: the only place that does it. What it returns is not sanitised yet.

``commonmark`` is CommonMark with GitHub's additions (tables, strikethrough, task lists, autolinks, alerts, footnotes) plus dollar maths,
definition lists, admonitions and ``[TOC]``; ``classic`` is Python-Markdown with the extensions that Airbnb's knowledge-repo used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, MutableMapping, Sequence
from functools import cache
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from mdit_py_plugins.admon import admon_plugin
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.gfm import gfm_plugin

from knowrepo.render import formulas, highlight

TOC = '<div class="toc"></div>'
"""Stands where the author wrote ``[TOC]``; the post's contents are put there when all headings are known."""

_CLASSIC_EXTENSIONS = ("extra", "codehilite", "sane_lists", "smarty", "toc", "wikilinks", "admonition")
_DOLLARS = re.compile(r"(?<![\\$\w])(\$\$.+?\$\$|\$(?![\s$])[^$\n]*?(?<![\s\\])\$(?!\d))", re.DOTALL)
_TASK = re.compile(r'<input( class="task-list-item-checkbox"[^<>]*)>')
_TOC_LINE = re.compile(r"<p>\[TOC\]</p>", re.IGNORECASE)


def to_html(markdown: str, dialect: str = "commonmark") -> str:
    """The HTML of a Markdown text, unsanitised."""
    return _classic(markdown) if dialect == "classic" else _commonmark(markdown)


def blocks(markdown: str) -> list[tuple[int, int]]:
    """The blocks of a Markdown text that lie in no other: the first line of each, and the line behind its last; counted from 0."""
    maps = [token.map for token in _parser().parse(markdown, {}) if not token.level and token.nesting >= 0]
    return [(first, last) for first, last in filter(None, maps)]


def _commonmark(markdown: str) -> str:
    return _TASK.sub(_named_task, _TOC_LINE.sub(TOC, str(_parser().render(markdown, {}))))


def _named_task(found: re.Match[str]) -> str:
    """A box of a task list says what it means to those who do not see it."""
    return f'<input{found[1]} title="{"Done" if " checked" in found[1] else "Not done"}">'


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True})
    gfm_plugin(parser)
    parser.use(dollarmath_plugin, allow_labels=False, allow_space=False, allow_digits=False, double_inline=True)
    parser.use(amsmath_plugin)
    parser.use(formulas.plugin)
    parser.use(deflist_plugin)
    parser.use(admon_plugin)
    parser.validateLink = _any_link  # type: ignore[method-assign]
    for name, rule in _RULES.items():
        parser.add_render_rule(name, rule)
    return parser


def _any_link(url: str) -> bool:  # noqa: ARG001 - the parser names its argument
    """attachment: and data: pass here; sanitising decides."""
    return True


Rule = Callable[[RendererHTML, Sequence[Token], int, OptionsDict, MutableMapping[str, Any]], str]


def _formula(display: bool) -> Rule:
    def rule(_self: RendererHTML, tokens: Sequence[Token], at: int, _options: OptionsDict, _env: MutableMapping[str, Any]) -> str:
        tex = tokens[at].content
        following = tokens[at + 1].content if at + 1 < len(tokens) else ""
        if tokens[at].markup == "$" and formulas.is_text(tex, following):
            return escape(f"${tex}$")
        several = "$$" in tex  # on the lines of what looked like one
        formula = formulas.marked(escape(f"$${tex}$$"), prose=True) if several else formulas.source(tex.strip(), display=display)
        return f"<p>{formula}</p>\n" if tokens[at].block else formula

    return rule


def _html_block(_self: RendererHTML, tokens: Sequence[Token], at: int, _options: OptionsDict, _env: MutableMapping[str, Any]) -> str:
    return formulas.marked(tokens[at].content, prose=True)


def _fence(_self: RendererHTML, tokens: Sequence[Token], at: int, _options: OptionsDict, _env: MutableMapping[str, Any]) -> str:
    info = tokens[at].info.strip()
    language = re.split(r"[\s{},]+", info.strip("{}. "), maxsplit=1)[0] if info else ""
    if language == "mermaid":
        return f'<pre class="mermaid">{escape(tokens[at].content)}</pre>\n'
    return code_block(tokens[at].content, language)


def code_block(code: str, language: str) -> str:
    """A block of highlighted code."""
    attribute = f' class="language-{escape(language)}"' if language else ""
    return f'<pre class="code"><code{attribute}>{highlight.to_html(code, language)}</code></pre>\n'


_RULES: dict[str, Rule] = {
    "math_inline": _formula(False),
    "math_inline_double": _formula(True),
    "math_block": _formula(True),
    "amsmath": _formula(True),
    "fence": _fence,
    "html_block": _html_block,
}


def _classic(markdown: str) -> str:
    import markdown as python_markdown

    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        kept.append(found[0])
        return f"\x05{len(kept) - 1}\x06"

    def restore(found: re.Match[str]) -> str:
        tex = kept[int(found[1])]
        display = tex.startswith("$$")
        return formulas.source(tex.strip("$").strip(), display=display)

    configuration = {"codehilite": {"css_class": "code", "guess_lang": False}}
    html = python_markdown.markdown(_DOLLARS.sub(keep, markdown), extensions=list(_CLASSIC_EXTENSIONS), extension_configs=configuration)
    return re.sub("\x05(\\d+)\x06", restore, html)
