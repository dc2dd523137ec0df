"""A double of GitLab's REST API: a real server on the loopback with a state of its own, written from the documentation (as of GitLab 18.6).

Each endpoint names its page below https://docs.gitlab.com/api/. The double holds requests to the rules of those pages: who may ask, what a token's scopes
allow, how lists are paged. ``ENDPOINTS`` is the table to add to.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

GUEST, REPORTER, DEVELOPER, MAINTAINER, OWNER = 10, 20, 30, 40, 50
"""Roles (access_requests#valid-access-levels)."""
DAY = "2026-11-22"
"""Today, for tokens that end."""


@dataclass
class Token:
    """A personal, project or group access token."""

    secret: str
    user: str = "ada"
    scopes: Sequence[str] = ("read_api",)
    expires_at: str | None = "2999-06-01"
    revoked: bool = False


@dataclass
class Project:
    """A project, its members with their roles, and its site."""

    id: int
    path: str
    members: dict[str, int] = field(default_factory=dict)
    visibility: str = "private"
    pages_access_level: str = "private"
    builds_access_level: str = "enabled"
    ci_separated_caches: bool = True
    default_branch: str = "main"
    unique_domain: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, a value to be sent as JSON, and headers."""

    status: int
    value: Any
    headers: Mapping[str, str] = field(default_factory=dict)


Fault = Callable[[BaseHTTPRequestHandler], None]
"""What happens to a request in place of an answer."""


@dataclass
class State:
    """What the server knows. The next requests meet the ``faults``, in their order; ``asked`` are the paths of all requests."""

    tokens: list[Token] = field(default_factory=list)
    projects: list[Project] = field(default_factory=list)
    version: str = "18.6.1-ee"
    faults: list[Fault] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Request:
    """A request that has passed authentication; ``token`` is None for one without any."""

    state: State
    token: Token | None
    found: Mapping[str, str]
    query: Mapping[str, str]
    url: str

    def project(self) -> tuple[Project, int] | None:
        """The project, by number or path, with the role of the one who asks; None if they may not know of it (projects#retrieve-a-project)."""
        name = unquote(self.found["project"])
        project = next((project for project in self.state.projects if name in (str(project.id), project.path)), None)
        role = project.members.get(self.token.user, 0) if project and self.token else 0
        return (project, role) if project and (role or project.visibility == "public") else None


UNAUTHORIZED = Answer(401, {"message": "401 Unauthorized"})
FORBIDDEN = Answer(403, {"message": "403 Forbidden"})
NOT_FOUND = Answer(404, {"message": "404 Project Not Found"})


def version(request: Request) -> Answer:
    """GET /version (metadata#retrieve-version-information; only for who is signed in)."""
    return Answer(200, {"version": request.state.version, "revision": "c0ffee"}) if request.token else UNAUTHORIZED


def own_token(request: Request) -> Answer:
    """GET /personal_access_tokens/self (personal_access_tokens#self-inform; any token may, whatever its scopes)."""
    if not request.token:
        return UNAUTHORIZED
    token = request.token
    return Answer(
        200,
        {
            "id": 4,
            "name": "knowrepo",
            "revoked": False,
            "created_at": "2026-01-01T00:00:00.000Z",
            "scopes": list(token.scopes),
            "user_id": 3,
            "active": True,
            "expires_at": token.expires_at,
        },
    )


def projects(request: Request) -> Answer:
    """GET /projects (projects#list-all-projects), in the pages of rest/#offset-based-pagination."""
    known = [
        project
        for project in request.state.projects
        if project.visibility == "public" or (request.token and request.token.user in project.members)
    ]
    return paged(request, [shown(project) for project in known])


def project(request: Request) -> Answer:
    """GET /projects/:id (projects#retrieve-a-project)."""
    known = request.project()
    return Answer(200, shown(known[0])) if known else NOT_FOUND


def pages(request: Request) -> Answer:
    """GET /projects/:id/pages (pages#get-pages-settings-for-a-project; Maintainers)."""
    known = request.project()
    if not request.token:
        return UNAUTHORIZED
    if not known:
        return NOT_FOUND
    if known[1] < MAINTAINER:
        return FORBIDDEN
    return Answer(
        200, {"url": address(known[0]), "is_unique_domain_enabled": known[0].unique_domain, "force_https": True, "deployments": []}
    )


ENDPOINTS: tuple[tuple[str, str, Callable[[Request], Answer], bool], ...] = (
    ("GET", r"/version", version, True),
    ("GET", r"/personal_access_tokens/self", own_token, False),
    ("GET", r"/projects", projects, True),
    ("GET", r"/projects/(?P<project>[^/]+)", project, True),
    ("GET", r"/projects/(?P<project>[^/]+)/pages", pages, True),
)
"""Method, path below /api/v4, what answers, and whether the token's scopes have to allow it."""


def shown(project: Project) -> dict[str, Any]:
    """A project as the API shows it, as far as anybody here reads."""
    names = ("id", "visibility", "pages_access_level", "builds_access_level", "ci_separated_caches", "default_branch")
    return {**{name: getattr(project, name) for name in names}, "path_with_namespace": project.path, "ci_default_git_depth": 20}


def address(project: Project) -> str:
    """Where Pages publishes it (user/project/pages/getting_started_part_one)."""
    group, _, rest = project.path.partition("/")
    return f"https://{rest.replace('/', '-')}-{project.id}.gitlab.io" if project.unique_domain else f"https://{group}.gitlab.io/{rest}"


def paged(request: Request, values: Sequence[Any]) -> Answer:
    """A part of a list, with links to the others (rest/#pagination-link-header); at most 100 at a time."""
    size = min(int(request.query.get("per_page", 20)), 100)
    page = int(request.query.get("page", 1))
    last = max(1, -(-len(values) // size))
    numbers = {"first": 1, "prev": page - 1, "next": page + 1, "last": last}
    known = {name: number for name, number in numbers.items() if 1 <= number <= last}
    links = [
        f'<{request.url}?{urlencode({**request.query, "page": number, "per_page": size})}>; rel="{name}"' for name, number in known.items()
    ]
    headers = {
        "link": ", ".join(links),
        "x-page": str(page),
        "x-per-page": str(size),
        "x-next-page": str(known.get("next", "")),
        "x-prev-page": str(known.get("prev", "")),
        "x-total": str(len(values)),
        "x-total-pages": str(last),
    }
    return Answer(200, values[(page - 1) * size : page * size], headers)


def answered(state: State, method: str, address: str, url: str, headers: Mapping[str, str]) -> Answer:
    """The answer to a request: authentication (rest/authentication), scopes, the endpoint."""
    parts = urlsplit(address)
    path = parts.path.removeprefix("/api/v4")
    secret = headers.get("private-token") or headers.get("authorization", "").removeprefix("Bearer ")
    token = next((token for token in state.tokens if token.secret == secret), None)
    if secret and (not token or token.revoked or (token.expires_at or "9") <= DAY):
        return UNAUTHORIZED
    for verb, pattern, endpoint, scoped in ENDPOINTS:
        found = re.fullmatch(pattern, path)
        if found and verb == method:
            if token and scoped and not {"api", "read_api"} & set(token.scopes):
                return Answer(403, {"error": "insufficient_scope", "error_description": "more privileges", "scope": "api read_api"})
            query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            return endpoint(Request(state, token, found.groupdict(), query, url + parts.path))
    return Answer(404, {"error": "404 Not Found"})


def status(number: int, **headers: str) -> Fault:
    """An answer with this status, such as 429 with ``retry_after``."""

    def fault(handler: BaseHTTPRequestHandler) -> None:
        send(handler, Answer(number, {"message": "no"}, {name.replace("_", "-"): value for name, value in headers.items()}))

    return fault


def dropped(handler: BaseHTTPRequestHandler) -> None:
    """The connection ends without an answer."""
    handler.close_connection = True


def truncated(handler: BaseHTTPRequestHandler) -> None:
    """Half of a JSON document."""
    handler.send_response(200)
    handler.send_header("content-type", "application/json")
    handler.send_header("content-length", "8")
    handler.end_headers()
    handler.wfile.write(b'{"versio')


def send(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
    """Write an answer as JSON."""
    body = json.dumps(answer.value).encode()
    handler.send_response(answer.status)
    for name, value in {**answer.headers, "content-type": "application/json", "content-length": str(len(body))}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


@contextmanager
def serving(state: State) -> Iterator[str]:
    """The address of a server that answers for this state, until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            state.asked.append(self.path)
            if state.faults:
                state.faults.pop(0)(self)
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            send(self, answered(state, self.command, self.path, f"http://127.0.0.1:{server.server_port}", headers))

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=partial(server.serve_forever, poll_interval=0.01)).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
