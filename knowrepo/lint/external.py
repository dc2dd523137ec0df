"""Whether the links of posts to other hosts lead anywhere. Each address is asked once, a few at a time, and a good answer holds for a week."""

from __future__ import annotations

import html
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException

from knowrepo.cache import Cache, key, load
from knowrepo.model import Post, Problem, Severity, Site

MOST = 500
"""So many addresses are asked in one check; the next one asks further ones."""
AT_ONCE, SECONDS = 8, 10
GOOD_FOR = 7 * 86_400

_HREF = re.compile(rb'<a [^<>]*href="(https?://[^"]+)"')
_DEAD = frozenset({404, 410})
"""What says that a page is gone. 401, 403, 429 and 5xx say that it is there, or may be again: many hosts answer so to programs
(https://www.rfc-editor.org/rfc/rfc9110#section-15)."""

Ask = Callable[[str], str]
"""Says what is wrong with an address, "" if nothing is."""


def problems(site: Site, cache: Cache, now: float, ask: Ask) -> Iterator[Problem]:
    """The dead links of all posts; ``now`` is in seconds since 1970."""
    found = {post.path: _addresses(post) for post in site.posts}
    wanted = sorted({address for addresses in found.values() for address in addresses})
    missing = [address for address in wanted if not _known(address, cache, now)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        said = dict(zip(missing[:MOST], pool.map(ask, missing[:MOST]), strict=True))
    for address in (address for address, why in said.items() if not why):
        cache.put(key("external", address), str(int(now)).encode())
    yield from _dead(found, said)
    if len(missing) > MOST:
        message = f"{len(missing) - MOST} links to other hosts were not looked at: {MOST} are in one check"
        yield Problem(".", message, "external-many", hint="run the check again", severity=Severity.INFO)


def ask(address: str) -> str:
    """What a host says of an address, in a few words; "" if the page is there or the host does not want to tell."""
    request = urllib.request.Request(address, headers={"User-Agent": "Mozilla/5.0 (compatible; knowrepo check)"})
    try:
        with urllib.request.urlopen(request, timeout=SECONDS):
            return ""
    except urllib.error.HTTPError as error:
        error.close()
        return f"{error.code} {error.reason}" if error.code in _DEAD else ""
    except urllib.error.URLError as error:
        return "" if isinstance(error.reason, TimeoutError) else f"{error.reason}"
    except TimeoutError:
        return ""
    except (HTTPException, OSError, ValueError) as error:
        return f"{type(error).__name__}"


def _dead(found: Mapping[str, list[str]], said: Mapping[str, str]) -> Iterator[Problem]:
    for path, addresses in sorted(found.items()):
        for address in addresses:
            if why := said.get(address, ""):
                message, hint = f"the link {address} is dead: {why}", "correct it, or link to a copy in an archive"
                yield Problem(path, message, "external-dead", hint=hint, severity=Severity.WARNING)


def _known(address: str, cache: Cache, now: float) -> bool:
    """Whether the address was good not long ago."""
    when = cache.get(key("external", address))
    return when is not None and 0 <= now - int(when) < GOOD_FOR


def _addresses(post: Post) -> list[str]:
    """The addresses that a post links to, without what stands after #, each once."""
    found = (html.unescape(address.decode("utf-8", "replace")).partition("#")[0] for address in _HREF.findall(load(post.body.html)))
    return list(dict.fromkeys(found))
