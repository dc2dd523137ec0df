"""The one way to GitLab: python-gitlab, which asks the server that the token is for and no other, and waits no longer than a person would.

https://docs.gitlab.com/api/rest/ and https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/#response-headers
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from knowrepo.errors import NetworkError

if TYPE_CHECKING:
    import gitlab
    import requests

TIMEOUT = 20
"""Seconds that a server may take for an answer."""
RETRIES = 2
"""How often a question is put again where GitLab says that there were too many (429), after the time that it names."""
PATIENCE = 60
"""So many seconds are waited where GitLab names a time; a longer one is said to who asked."""


@dataclass(frozen=True, slots=True)
class Access:
    """A server, such as ``https://gitlab.com``, a token for it, and the seconds that it may take for an answer."""

    url: str
    token: str = field(repr=False)
    timeout: float = TIMEOUT


def connect(access: Access, *, persistent: bool = False) -> gitlab.Gitlab:
    """A client; one that is ``persistent`` asks again where a server breaks down or a connection drops. Raises ModuleNotFoundError without python-gitlab.

    Its questions raise NetworkError where the server sends the token elsewhere, or wants to be left alone for longer than ``PATIENCE``.
    """
    import gitlab
    import requests

    def answered(response: requests.Response, *_: Any, **__: Any) -> None:
        _stays(access, response)
        _waits(access, response)

    session = requests.Session()
    session.hooks["response"].append(answered)
    return gitlab.Gitlab(
        access.url,
        private_token=access.token,
        timeout=access.timeout,
        session=session,
        keep_base_url=True,
        retry_transient_errors=persistent,
    )


def silent(access: Access, why: str) -> NetworkError:
    """The server does not answer as a GitLab does."""
    return NetworkError(
        f"no GitLab answers at {access.url}: {why}", hint="is the address right (GITLAB_URL), and can it be reached from here?"
    )


def _stays(access: Access, response: requests.Response) -> None:
    """A redirection to another host would take the token along, as far as requests is concerned."""
    if response.is_redirect and urlsplit(urljoin(access.url, response.headers["location"])).netloc != urlsplit(access.url).netloc:
        raise silent(access, "it leads to another server, which does not get the token")


def _waits(access: Access, response: requests.Response) -> None:
    """python-gitlab would wait as long as it is told to, be it a day."""
    told = response.headers.get("retry-after", "")
    if not told.isdecimal():
        for name in ("retry-after", "ratelimit-reset"):
            response.headers.pop(name, None)
    elif int(told) > PATIENCE:
        status = f"({access.url} answers {response.status_code})"
        raise NetworkError(f"GitLab says that there were too many requests {status}", hint=f"try again in {-(-int(told) // 60)} minutes")
