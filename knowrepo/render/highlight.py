"""Source code to HTML (owner of Pygments, which does all languages but Python): spans with Pygments' short class names, to be coloured by the theme."""

from __future__ import annotations

from functools import cache

from markupsafe import Markup, escape
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from knowrepo.render import controls, python_code

LIMIT = 200_000
"""Longer code, in characters, is shown without colours: nobody reads it, and lexers are not linear on all input."""

_ALIASES = {"ipython": "python", "ipython3": "python", "ir": "r", "py": "python", "python3": "python", "text": "", "plain": ""}
_SPELT = "C++ C# CSS F# HTML JavaScript JSON LaTeX MATLAB PHP PostgreSQL SQL TypeScript XML YAML"
_NAMES = {name.lower(): name for name in _SPELT.split()}
_FORMATTER = HtmlFormatter(nowrap=True)


def to_html(code: str, language: str) -> Markup:
    """The code with highlighted tokens, or only escaped where Pygments does not know the language. Characters that nobody sees are marked."""
    return Markup(controls.marked(coloured(code, language)))  # noqa: S704 - the same with marks of ours


def coloured(code: str, language: str) -> Markup:
    """The same without marks: its text is the code, character by character."""
    name = _ALIASES.get(language.lower(), language.lower())
    if len(code) > LIMIT:
        return escape(code)
    if name == "python":
        return Markup(python_code.to_html(code))  # noqa: S704 - sanitised with the cell it stands in
    lexer = _lexer(name)
    if lexer is None:
        return escape(code)
    return Markup(highlight(code, lexer, _FORMATTER).rstrip("\n"))  # noqa: S704 - sanitised with the cell it stands in


def label(language: str) -> str:
    """The language's name as people write it: ``Python``, ``R``, ``SQL``."""
    name = _ALIASES.get(language.lower(), language.lower())
    return _NAMES.get(name) or name.capitalize()


@cache
def _lexer(name: str) -> Lexer | None:
    if not name:
        return None
    try:
        return get_lexer_by_name(name, stripnl=False)
    except ClassNotFound:
        return None
