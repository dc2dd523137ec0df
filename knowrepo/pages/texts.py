"""The words of the interface: one catalogue per language, ``texts/<language>.yml`` in a theme (see ``themes/base/texts/en.yml``).

English is whole; a language that lacks a text shows the English one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import orjson

from knowrepo import fields
from knowrepo.errors import ThemeError

FOLDER = "texts/"
FALLBACK = "en"
SCRIPT = "script."
FEED = "feed."
SEARCH = "search."
SEARCH_PAGE = "search-page."
_FORMS = frozenset({"one", "other"})

Text = str | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of one language by their keys."""

    language: str
    texts: Mapping[str, Text]

    def __call__(self, key: str, **values: object) -> str:
        """A text with its ``{names}`` filled in; a number in ``count`` chooses the form. Raises KeyError for an unknown key or name."""
        text = self.texts[key]
        if not isinstance(text, str):
            text = text["one" if values["count"] == 1 else "other"]
        return text.format_map(values) if values else text

    def script(self, *parts: str) -> str:
        """The texts of a script as JSON: those whose keys begin with one of ``parts``, without it."""
        return orjson.dumps(
            {key.removeprefix(part): text for part in parts for key, text in self.texts.items() if key.startswith(part)}
        ).decode()


def load(files: Mapping[str, Iterable[tuple[Path, bytes]]], language: str) -> Texts:
    """The texts for a language such as ``de`` or ``de-CH``.

    ``files`` are the catalogues by name (``texts/de.yml``), of each the most particular first. Raises ThemeError for one that cannot be read or has a key that
    nothing uses.
    """
    names = dict.fromkeys([language, language.partition("-")[0], FALLBACK])
    catalogues = [(path, _read(path, data)) for name in names for path, data in files.get(f"{FOLDER}{name}.yml", ())]
    base = catalogues[-1][1] if catalogues else {}
    merged: dict[str, Text] = {}
    for path, catalogue in catalogues:
        for key, text in catalogue.items():
            if key not in base or isinstance(text, str) != isinstance(base[key], str):
                raise ThemeError(
                    f'{path}: there is no text "{key}" of this form', hint=f"the base theme's {FOLDER}en.yml lists all of them"
                )
            merged.setdefault(key, text)
    return Texts(language, MappingProxyType({key: merged[key] for key in base}))


def _read(path: Path, data: bytes) -> dict[str, Text]:
    try:
        node = fields.tree(data.decode("utf-8"))
    except fields.NodeError as error:
        first = error.complaints[0]
        raise ThemeError(f"{path}:{first.line}: {first.message}", hint=first.hint) from error
    except UnicodeDecodeError as error:
        raise ThemeError(f"{path}: it is not UTF-8", hint="save it as UTF-8") from error
    value = fields.data(node) if node else {}
    if not isinstance(value, dict) or not all(isinstance(key, str) and _fits(text) for key, text in value.items()):
        raise ThemeError(f"{path}: it has to map keys to texts", hint="quote texts that YAML would read as something else")
    return value


def _fits(text: object) -> bool:
    return isinstance(text, str) or (
        isinstance(text, dict) and text.keys() == _FORMS and all(isinstance(form, str) for form in text.values())
    )
