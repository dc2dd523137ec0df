"""The issues of a project about posts, with what people answered (https://docs.gitlab.com/api/issues/, https://docs.gitlab.com/api/discussions/).

What is confidential, internal notes and what GitLab itself notes are left out here, before anything is made of them, and so are all e-mail addresses.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from knowrepo import marker
from knowrepo.errors import NetworkError
from knowrepo.gitlab.client import RETRIES, Access, connect, silent
from knowrepo.model import Comment, Thread

if TYPE_CHECKING:
    import gitlab

_WHY = {
    401: ("GitLab does not accept the token", "it has ended, was revoked, or belongs to another server"),
    403: ("the token may not do this", "it needs the scope read_api (to open issues: api), and its owner a role in the project"),
    404: (
        "there is no such project, or not for this token",
        "set project_url or discuss_project in knowrepo.yml to the project with the issues",
    ),
    429: ("GitLab says that there were too many requests", "try again later"),
}
_MAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@(?:[\w-]{1,63}\.)+[A-Za-z]{2,24}(?![\w-])")
_SUPPORT = ("support-bot", "GitLab-Support-Bot")
"""Who writes for people that are known by an e-mail address alone."""


def threads(access: Access, project: str) -> tuple[Thread, ...]:
    """What is said about posts in a project (``group/project``), the oldest issue first. Raises NetworkError, ModuleNotFoundError without python-gitlab."""
    with _asking(access) as client:
        address = f"/projects/{quote(project, safe='')}/issues"
        found = {issue["iid"]: issue for issue in _issues(client, address)}
        return tuple(thread for _, issue in sorted(found.items()) if (thread := _thread(client, address, issue)))


def opened(access: Access, project: str, title: str, description: str) -> Thread:
    """The issue that is opened with this title and text, which has a mark. Raises as ``threads`` does."""
    with _asking(access) as client:
        wanted = {"title": title, "description": description, "labels": marker.LABEL}
        made = client.http_post(f"/projects/{quote(project, safe='')}/issues", post_data=wanted, max_retries=RETRIES)
        if not isinstance(made, Mapping):
            raise TypeError("no JSON object")
        return _of(made, ())


def _issues(client: gitlab.Gitlab, address: str) -> Iterator[Mapping[str, Any]]:
    """Those with the label, and those whose mark somebody without the right to set labels has sent.

    By keyset, so that an issue that is deleted meanwhile hides no other; GitLab before 18.3 pays that no heed, and counts offsets.
    """
    order = {"pagination": "keyset", "order_by": "created_at", "sort": "asc", "per_page": 100, "confidential": "false"}
    for query in ({"labels": marker.LABEL}, {"search": marker.WORD, "in": "description"}):
        for issue in client.http_list(address, {**order, **query}, iterator=True, max_retries=RETRIES):
            if issue.get("confidential") is False and marker.read(issue.get("description") or "").post:
                yield issue


def _thread(client: gitlab.Gitlab, address: str, issue: Mapping[str, Any]) -> Thread | None:
    """An issue with its notes; None if it was deleted meanwhile."""
    import gitlab

    if not issue["user_notes_count"]:
        return _of(issue, ())
    try:
        found = client.http_list(f"{address}/{issue['iid']}/discussions", {"per_page": 100}, iterator=True, max_retries=RETRIES)
        return _of(issue, [discussion["notes"] for discussion in found])
    except gitlab.exceptions.GitlabHttpError as error:
        if error.response_code == 404:
            return None
        raise


def _of(issue: Mapping[str, Any], discussions: Sequence[Sequence[Mapping[str, Any]]]) -> Thread:
    said = marker.read(issue.get("description") or "")
    url = str(issue["web_url"])
    comments = []
    for notes in discussions:
        public = [_comment(note, url) for note in notes if _is_public(note)]
        if public:
            first, *replies = public
            comments.append(Comment(first.id, first.author, first.created, first.text, first.url, first.cell, tuple(replies)))
    first = Comment(int(issue["iid"]), _name(issue), _moment(issue), _silent(said.text), url, said.cell)
    return Thread(said.post, _silent(str(issue["title"])), issue["state"] == "closed", int(issue["upvotes"]), first, tuple(comments))


def _is_public(note: Mapping[str, Any]) -> bool:
    return not (note["system"] or note.get("internal") or note.get("confidential"))


def _comment(note: Mapping[str, Any], issue_url: str) -> Comment:
    said = marker.read(str(note["body"]))
    return Comment(int(note["id"]), _name(note), _moment(note), _silent(said.text), f"{issue_url}#note_{note['id']}", said.cell)


def _name(written: Mapping[str, Any]) -> str:
    """The author's name; nobody's where it is an address or a robot that speaks for one."""
    author = written.get("author") or {}
    name = str(author.get("name") or "")
    return "" if author.get("username") in _SUPPORT or _MAIL.search(name) else name


def _moment(written: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(str(written["created_at"]))


def _silent(text: str) -> str:
    """The text without e-mail addresses."""
    return _MAIL.sub("…@…", text)


@contextlib.contextmanager
def _asking(access: Access) -> Iterator[gitlab.Gitlab]:
    """A client. Whatever keeps it from an answer becomes a NetworkError without the token, and without what a server may have put into its words."""
    import gitlab
    import requests

    try:
        yield connect(access, persistent=True)
    except gitlab.exceptions.GitlabHttpError as error:
        raise _refused(access, error.response_code or 0) from None
    except gitlab.exceptions.GitlabAuthenticationError:
        raise _refused(access, 401) from None
    except (requests.RequestException, gitlab.exceptions.GitlabError) as error:
        raise _refused(access, 0, type(error).__name__) from None
    except (KeyError, TypeError, ValueError, AttributeError):
        raise _refused(access, 0, "its answer is not what GitLab's documentation says") from None


def _refused(access: Access, status: int, why: str = "") -> NetworkError:
    if status in _WHY:
        message, hint = _WHY[status]
        return NetworkError(f"{message} ({access.url} answers {status})", hint=hint)
    return silent(access, why or f"it answers {status}")
