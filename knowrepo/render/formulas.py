"""Formulas in texts: where they stand, and the element that stands for one until it is typeset (see ``render.maths``).

What counts as a formula follows JupyterLab (``mathjaxutils.ts`` and MathJax's delimiters): ``$…$``, ``$$…$$``, ``\\\\(…\\\\)``, ``\\\\[…\\\\]``,
LaTeX environments, ``\\ref``. Unlike there, prices and shell variables stay text, and ``\\(…\\)`` (Pandoc, R Markdown) counts if there is TeX in it.
"""

from __future__ import annotations

import re
from html import escape, unescape

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

_ENVIRONMENTS = (
    "(?:align|alignat|aligned|array|bmatrix|cases|displaymath|eqnarray|equation|flalign|gather|gathered|math|matrix|multline|pmatrix|split)"
)
_ENVIRONMENT = rf"\\begin\{{(?P<name>{_ENVIRONMENTS}\*?)\}}.*?\\end\{{(?P=name)\}}"
_INLINE = re.compile(
    r"\\\\\((?P<round>.+?)\\\\\)|\\\\\[(?P<square>.+?)\\\\\]"
    r"|\\\((?P<pandoc>(?:(?!\\\().)+?)\\\)|\\\[(?P<display>(?:(?!\\\[).)+?)\\\](?!\()"
    rf"|(?P<environment>{_ENVIRONMENT})|(?P<reference>\\(?:eq)?ref\{{[^{{}}\n]+\}})",
    re.DOTALL,
)
_TEX = re.compile(r"\\[a-zA-Z]|(?<!\\)[\^_]|[\w)}]\s*(?:=|&[lg]t;|[<>])\s*[\w({\\-]")
"""What nobody writes between escaped brackets that are to be brackets: ``\\[x\\]`` is a box ticked, ``\\[a\\_b\\]`` a name."""

_SPACED = re.compile(r"\$(?!\$)((?:[^$\\\n]|\\[^\n])+)\$(?!\d)")

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*>")
_VERBATIM = frozenset({"code", "kbd", "pre", "samp", "script", "style", "textarea", "math"})
_IN_HTML = re.compile(
    r"\\\$|\$\$(?P<double>[^$]+?)\$\$"
    r"|(?<![\w$])\$(?![\s$])(?P<single>(?:[^$\\]|\\[^$])+?)(?<!\s)\$(?![\w$])"
    rf"|\\\\?\((?P<round>(?:(?!\\\().)+?)\\\\?\)|\\\\?\[(?P<square>.+?)\\\\?\]|(?P<environment>{_ENVIRONMENT})",
    re.DOTALL,
)
_SHORT = re.compile(r"[a-zA-Z]\w{0,2}'?|[a-zA-Z]\([a-zA-Z](?:\s*,\s*[a-zA-Z])*\)")
_WHOLE = re.compile(r"\$\$([^$]+)\$\$|\\\[(.+)\\\]|\\\((.+)\\\)|\$(?P<inline>[^$]+)\$", re.DOTALL)
_DOCUMENT = re.compile(r"\\begin\{(?:tabular[*xy]?|table|longtable|itemize|enumerate|description|center|figure|document|verbatim)\*?\}")
_MATHML = re.compile(r"<math((?:\s[^<>]*)?)>((?:[^<]|<(?!/?math\b))*+)</math\s*>")
_ANNOTATION = re.compile(r"<annotation\s[^<>]*\bapplication/x-tex\b[^<>]*>([^<]*)</annotation")
_SUM = re.compile(r"\d[\d.,]*[kKmMbB]?(?:\s[^\\^_={}<>+*]*[a-zA-Z]{2}[^\\^_={}<>+*]*|)")
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]+[/:.,;-][^\\^{}]*|\{[A-Z_]+\}[^\\^]*")


def source(tex: str, *, display: bool) -> str:
    """The element of a formula: its TeX between delimiters that also a reader understands."""
    return _element(escape(tex), display=display)


def _element(escaped: str, *, display: bool) -> str:
    return f'<span class="math display">\\[{escaped}\\]</span>' if display else f'<span class="math inline">\\({escaped}\\)</span>'


def latex(text: str) -> str:
    """The HTML of a ``text/latex`` output: a formula, or text with formulas in it; "" for what is no maths, such as a table or a list."""
    tex = text.strip()
    if not tex or _DOCUMENT.search(tex):
        return ""
    whole = _WHOLE.fullmatch(tex)
    if not whole and "$" in tex:
        return f"<p>{marked(escape(tex, quote=False), prose=True)}</p>"
    inside = next(part for part in whole.groups() if part) if whole else tex
    return source(inside.strip(), display=not whole or not whole["inline"] or inside.lstrip().startswith(("\\displaystyle", "\\begin")))


def from_mathml(html: str) -> str:
    """HTML whose authors' own ``<math>``, which sanitising would drop, is a formula where it keeps its TeX (Pandoc, KaTeX, knitr), else its words."""

    def element(found: re.Match[str]) -> str:
        tex = _ANNOTATION.search(found[2])
        if tex:
            return source(unescape(tex[1]).strip(), display="block" in found[1])
        return re.sub(r"<[^>]*>|\s+", " ", found[2])

    return _MATHML.sub(element, html) if "<math" in html else html


def is_text(between: str, after: str) -> bool:
    """Whether what stands between two dollars is no formula: ``$5 and 10$``, or ``$HOME/$USER``. ``after`` is what follows the second dollar."""
    return bool(_SUM.fullmatch(between) and " " in between) or bool(after[:1].isalpha() and _VARIABLE.fullmatch(between))


def marked(html: str, *, prose: bool) -> str:
    """HTML with an element in place of every formula in its text, as JupyterLab typesets them in outputs and in HTML between Markdown.

    Code is left alone. Where it is not ``prose`` but the output of a program, only what looks like TeX counts.
    """
    if "$" not in html and "\\" not in html:
        return html
    parts, end, verbatim = [], 0, 0
    for tag in _TAG.finditer(html):
        text = html[end : tag.start()]
        parts += [text if verbatim else _in_text(text, prose=prose), tag[0]]
        if tag[2].lower() in _VERBATIM:
            verbatim = max(0, verbatim + (-1 if tag[1] else 1))
        end = tag.end()
    return "".join([*parts, html[end:] if verbatim else _in_text(html[end:], prose=prose)])


def _in_text(text: str, *, prose: bool) -> str:
    def element(found: re.Match[str]) -> str:
        kind = found.lastgroup or ""
        tex = (found["environment"] or found[kind]).strip() if kind else ""
        if not tex or not _is_formula(kind, tex, prose=prose):
            return found[0]
        return _element(tex, display=kind not in ("single", "round"))

    return _IN_HTML.sub(element, text) if "$" in text or "\\" in text else text


def _is_formula(kind: str, tex: str, *, prose: bool) -> bool:
    if kind in ("double", "environment"):
        return True
    if kind == "single" and prose:
        return not is_text(tex, "")
    return _reads_as_tex(tex)


def plugin(parser: MarkdownIt) -> None:
    """The delimiters in Markdown that ``dollarmath`` does not know, as tokens of its kinds."""
    parser.inline.ruler.before("escape", "math_spaced", _spaced)
    parser.inline.ruler.before("escape", "math_backslash", _backslash)


def _backslash(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "\\" or not (found := _INLINE.match(state.src, state.pos)):
        return False
    kind = found.lastgroup or ""
    tex = found[kind]
    if (kind == "pandoc" and not _reads_as_tex(tex)) or (kind == "display" and not _TEX.search(tex)):
        return False
    _push(state, silent, found, tex, display=kind in ("square", "display", "environment"))
    return True


def _spaced(state: StateInline, silent: bool) -> bool:
    """``$ x^2 $``: with a blank inside of the dollars only what is TeX without doubt."""
    if state.src[state.pos] != "$" or not (found := _SPACED.match(state.src, state.pos)) or not _TEX.search(found[1]):
        return False
    _push(state, silent, found, found[1], display=False)
    return True


def _push(state: StateInline, silent: bool, found: re.Match[str], tex: str, *, display: bool) -> None:
    if not silent:
        state.push("math_inline_double" if display else "math_inline", "math", 0).content = tex
    state.pos = found.end()


def _reads_as_tex(text: str) -> bool:
    return bool(_TEX.search(text) or _SHORT.fullmatch(text))
