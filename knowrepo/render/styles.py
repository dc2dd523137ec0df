"""Style sheets inside an output (pandas' Styler, great_tables): their rules become ``style`` attributes, since sanitising drops the sheet itself.

What such an attribute may say is decided there, not here. Owner of tinycss2 and cssselect2, which are imported only where an output brings a sheet of its
own: the one that pandas puts before every plain data frame says nothing that the theme does not.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from typing import Any

from knowrepo.render import sanitize

Matcher = Any
"""cssselect2's; neither of the two packages has types."""

LONGEST_SHEET = 2_000_000
LONGEST = 10_000_000
"""Of longer sheets and longer fragments, in characters, the looks are lost."""
MOST_TRIES = 2_000_000
"""So often, at most, a rule is held against an element."""
DEPTH = 100

_DEFAULT = re.compile(r"<style scoped>\s*\.dataframe tbody tr th:only-of-type \{[^<]*</style>")
_SHEET = re.compile(r"<style\b[^<>]*>((?:[^<]|<(?!/?style\b))*+)</style\s*>", re.IGNORECASE)
_NAME = re.compile(r"[a-z][\w:.-]*", re.IGNORECASE)
_VOID_TAGS = "area base br col embed hr img input link meta source track wbr"
_VOID = frozenset(_VOID_TAGS.split())


def inlined(fragment: str) -> str:
    """The fragment with what its style sheets say as ``style`` attributes, unsanitised as it came.

    It is returned as it is where it has no sheet but pandas' own, where it is too long or nested too deeply, or where the rules are too many.
    """
    if "<style" not in fragment and "<STYLE" not in fragment:
        return fragment
    sheets = _SHEET.findall(_DEFAULT.sub("", fragment))
    sheet = "\n".join(sheets)
    if not sheet.strip() or len(sheet) > LONGEST_SHEET or len(fragment) > LONGEST:
        return fragment
    root = _tree(_SHEET.sub("", fragment))
    matcher = _matcher(sheet)
    if root is None or _tries(matcher, root) > MOST_TRIES:
        return fragment
    _apply(matcher, root)
    return ET.tostring(root, encoding="unicode", method="html").removeprefix("<div>").removesuffix("</div>")


def _matcher(sheet: str) -> Matcher:
    """The rules, each with what it says: (declarations, important declarations)."""
    import cssselect2  # type: ignore[import-untyped]
    import tinycss2  # type: ignore[import-untyped]

    matcher = cssselect2.Matcher()
    for rule in tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True):
        if rule.type != "qualified-rule" or ":has(" in tinycss2.serialize(rule.prelude):
            continue
        try:
            selectors = cssselect2.compile_selector_list(rule.prelude)
        except cssselect2.SelectorError:
            continue
        said = _declarations(rule.content)
        for selector in selectors if any(said) else ():
            if selector.pseudo_element is None:
                matcher.add_selector(selector, said)
    return matcher


def _declarations(content: list[Any]) -> tuple[str, str]:
    import tinycss2

    usual: list[str] = []
    important: list[str] = []
    for each in tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True):
        if each.type == "declaration" and each.lower_name in sanitize.STYLES:
            (important if each.important else usual).append(f"{each.lower_name}:{tinycss2.serialize(each.value).strip()}")
    return ";".join(usual), ";".join(important)


def _tries(matcher: Matcher, root: ET.Element) -> int:
    """How many tries matching takes at most, for elements with one class."""
    tables = (matcher.id_selectors, matcher.class_selectors, matcher.lower_local_name_selectors)
    longest = sum(max(map(len, table.values()), default=0) for table in tables) + len(matcher.other_selectors)
    return longest * sum(1 for _ in root.iter())


def _apply(matcher: Matcher, root: ET.Element) -> None:
    """Write the style attributes: rules by their weight, then what the element says itself, then what is important."""
    from cssselect2 import ElementWrapper

    for wrapped in ElementWrapper.from_html_root(root).iter_subtree():
        found = [said for *_, said in matcher.match(wrapped)]
        if found:
            own = wrapped.etree_element.get("style", "")
            parts = [*(usual for usual, _ in found), own, *(important for _, important in found)]
            wrapped.etree_element.set("style", ";".join(part for part in parts if part))


class _Builder(HTMLParser):
    """HTML to a tree: what is closed without being open is ignored, what is never closed ends with the fragment."""

    def __init__(self) -> None:
        super().__init__()
        self.root = ET.Element("div")
        self.open = [self.root]
        self.too_deep = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if _NAME.fullmatch(tag):
            element = ET.SubElement(self.open[-1], tag, {name: value or "" for name, value in attrs if _NAME.fullmatch(name)})
            if tag in _VOID:
                return
            self.too_deep |= len(self.open) > DEPTH
            if not self.too_deep:
                self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        at = next((at for at in range(len(self.open) - 1, 0, -1) if self.open[at].tag == tag), 0)
        if at:
            del self.open[at:]

    def handle_data(self, data: str) -> None:
        inside = self.open[-1]
        if len(inside):
            inside[-1].tail = (inside[-1].tail or "") + data
        else:
            inside.text = (inside.text or "") + data


def _tree(fragment: str) -> ET.Element | None:
    """The fragment below a ``<div>``; None where it is nested too deeply."""
    builder = _Builder()
    builder.feed(fragment)
    builder.close()
    return None if builder.too_deep else builder.root
