"""What makes posts and pages: knowrepo's own code, the files that come with it, the packages that it uses. When one of them changes, all is made anew."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import sys
from functools import cache

from knowrepo import shipped
from knowrepo.disk import files

_PACKAGES = (
    "anyascii", "beautifulsoup4", "cssselect2", "jinja2", "jupytext", "linkify-it-py", "markdown", "markdown-it-py", "markupsafe", "mdit-py-plugins",
    "mini-racer", "nbformat", "nh3", "orjson", "pillow", "pygments", "pystemmer", "pyyaml", "tinycss2",
)  # fmt: skip
"""Those whose version changes what a post becomes."""

_INSTALLED = re.compile(r"(.+?)-([^-]+)(?:-py[0-9.]+)?\.(?:dist|egg)-info")

_FILES = ("scripts/tex.js", "vendor/libraries.json", "cards/characters.txt")
"""What makes posts and is no Python, in ``themes``, besides the stemmers. A theme has a fingerprint of its own."""


def versions() -> dict[str, str]:
    """The versions of Python and of all packages that posts are made with, as far as they are installed, by name.

    They are read off the names of the folders that installers leave: asking importlib.metadata would take a twentieth of a second
    (https://packaging.python.org/en/latest/specifications/recording-installed-packages/).
    """
    found = {}
    for place in reversed(sys.path):  # the first place counts
        with contextlib.suppress(OSError):
            for told in filter(None, map(_INSTALLED.fullmatch, os.listdir(place))):
                found[re.sub("[-_.]+", "-", told[1]).lower()] = told[2]
    return {"Python": "{}.{}".format(*sys.version_info)} | {name: found[name] for name in _PACKAGES if name in found}


@cache
def fingerprint() -> str:
    """The hash of knowrepo's own code, and of the ``versions`` and files that it makes posts with."""
    digest = hashlib.sha256(repr(versions()).encode())
    package, themes = os.path.dirname(__file__), str(shipped.themes())
    code = [name for name in files(package) if name.endswith(".py")]
    stemmers = [f"stemmers/{name}" for name in files(f"{themes}/stemmers")]
    for folder, names in ((package, code), (themes, [*_FILES, *stemmers])):
        for name in names:
            with open(f"{folder}/{name}", "rb") as file:
                digest.update(b"%s\0%s\0" % (name.encode(), file.read()))
    return digest.hexdigest()
