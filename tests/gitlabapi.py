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
    issues: list[Issue] = field(default_factory=list)


@dataclass
class Note:
    """What somebody wrote below an issue. Those with the same ``discussion`` answer each other; ``internal`` ones are for Reporters and above."""

    id: int
    body: str
    author: str = "Ada Lovelace"
    created_at: str = "2026-02-01T10:00:00.000+01:00"
    system: bool = False
    internal: bool = False
    discussion: str = ""


@dataclass
class Issue:
    """An issue; a ``confidential`` one is for Reporters and above. ``upvotes`` are its thumbs up (emoji_reactions)."""

    iid: int
    title: str
    description: str = ""
    author: str = "Ada Lovelace"
    created_at: str = "2026-01-01T10:00:00.000Z"
    state: str = "opened"
    labels: tuple[str, ...] = ("knowrepo",)
    upvotes: int = 0
    confidential: bool = False
    notes: list[Note] = field(default_factory=list)


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
    """What the server knows. The next requests meet the ``faults``, in their order, where None is none; ``asked`` are the paths of all requests."""

    tokens: list[Token] = field(default_factory=list)
    projects: list[Project] = field(default_factory=list)
    version: str = "18.6.1-ee"
    faults: list[Fault | None] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    @property
    def knows_keyset(self) -> bool:
        """Whether issues can be read by keyset."""
        return tuple(map(int, self.version.split(".")[:2])) >= (18, 3)


@dataclass(frozen=True, slots=True)
class Request:
    """A request that has passed authentication; ``token`` is None for one without any."""

    state: State
    token: Token | None
    found: Mapping[str, str]
    query: Mapping[str, str]
    url: str
    body: Mapping[str, Any] = field(default_factory=dict)

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


def issues(request: Request) -> Answer:
    """GET /projects/:id/issues (issues#list-all-project-issues; also for anybody, if the project is public).

    By offset, or from 18.3 on by keyset (rest/#supported-resources).
    """
    known = request.project()
    if not known:
        return NOT_FOUND
    project, role = known
    query = request.query
    wanted = set(filter(None, query.get("labels", "").split(",")))
    found = [
        issue
        for issue in project.issues
        if (role >= REPORTER or not issue.confidential)
        and wanted <= set(issue.labels)
        and query.get("confidential", str(issue.confidential).lower()) == str(issue.confidential).lower()
        and matches(issue, query.get("search", ""), query.get("in", "title,description").split(","))
    ]
    found.sort(key=lambda issue: (issue.created_at, issue.iid), reverse=query.get("sort", "desc") == "desc")
    if query.get("pagination") == "keyset" and request.state.knows_keyset:
        return after_cursor(request, project, found)
    return paged(request, [issue_shown(request, project, issue) for issue in found])


def matches(issue: Issue, sought: str, places: Sequence[str]) -> bool:
    """Whether a word of these places begins so, as app/models/concerns/pg_full_text_searchable.rb (18.6) and PostgreSQL's parser find it: tags are no words."""
    words = re.findall(r"\w+", re.sub(r"<!--.*?-->|<[^<>]*>", " ", " ".join(getattr(issue, place) for place in places)).lower())
    return not sought or any(word.startswith(sought.lower()) for word in words)


def after_cursor(request: Request, project: Project, found: Sequence[Issue]) -> Answer:
    """The issues behind the last one that was seen, ascending, with a link to those behind them (rest/#keyset-based-pagination)."""
    query, size = request.query, min(int(request.query.get("per_page", 20)), 100)
    if query.get("order_by") != "created_at" or query.get("sort") != "asc":
        return Answer(405, {"error": "Keyset pagination is not yet available for this type of request"})
    left = [issue for issue in found if f"{issue.created_at} {issue.iid:09}" > query.get("cursor", "")]
    if not left[size:]:
        return Answer(200, [issue_shown(request, project, issue) for issue in left])
    last = left[size - 1]
    more = urlencode({**query, "cursor": f"{last.created_at} {last.iid:09}"})
    return Answer(200, [issue_shown(request, project, issue) for issue in left[:size]], {"link": f'<{request.url}?{more}>; rel="next"'})


def new_issue(request: Request) -> Answer:
    """POST /projects/:id/issues (issues#create-an-issue; labels are set for Reporters and above alone, and made if they are missing)."""
    known = request.project()
    if not request.token:
        return UNAUTHORIZED
    if not known:
        return NOT_FOUND
    project, role = known
    if role < GUEST:
        return FORBIDDEN
    if not request.body.get("title"):
        return Answer(400, {"error": "title is missing"})
    if len(request.body["title"]) > 255:
        return Answer(400, {"message": {"title": ["is too long (maximum is 255 characters)"]}})
    labels = tuple(filter(None, request.body.get("labels", "").split(","))) if role >= REPORTER else ()
    number = max((issue.iid for issue in project.issues), default=0) + 1
    made = Issue(number, request.body["title"], request.body.get("description", ""), created_at=f"{DAY}T09:00:00.000Z", labels=labels)
    project.issues.append(made)
    return Answer(201, issue_shown(request, project, made))


def discussions(request: Request) -> Answer:
    """GET /projects/:id/issues/:iid/discussions (discussions#list-project-issue-discussion-items; only for who is signed in)."""
    known = request.project()
    if not request.token:
        return UNAUTHORIZED
    if not known:
        return NOT_FOUND
    project, role = known
    issue = next((issue for issue in project.issues if str(issue.iid) == request.found["issue"]), None)
    if not issue or (issue.confidential and role < REPORTER):
        return Answer(404, {"message": "404 Not found"})
    rows: dict[str, list[Note]] = {}
    for note in issue.notes:
        if role >= REPORTER or not note.internal:
            rows.setdefault(note.discussion or f"{note.id:040x}", []).append(note)
    return paged(
        request,
        [
            {"id": name, "individual_note": len(notes) == 1, "notes": [note_shown(issue, note) for note in notes]}
            for name, notes in rows.items()
        ],
    )


ENDPOINTS: tuple[tuple[str, str, Callable[[Request], Answer], bool], ...] = (
    ("GET", r"/version", version, True),
    ("GET", r"/personal_access_tokens/self", own_token, False),
    ("GET", r"/projects", projects, True),
    ("GET", r"/projects/(?P<project>[^/]+)", project, True),
    ("GET", r"/projects/(?P<project>[^/]+)/pages", pages, True),
    ("GET", r"/projects/(?P<project>[^/]+)/issues", issues, True),
    ("POST", r"/projects/(?P<project>[^/]+)/issues", new_issue, True),
    ("GET", r"/projects/(?P<project>[^/]+)/issues/(?P<issue>\d+)/discussions", discussions, True),
)
"""Method, path below /api/v4, what answers, and whether the token's scopes have to allow it."""


def shown(project: Project) -> dict[str, Any]:
    """A project as the API shows it, as far as anybody here reads."""
    names = ("id", "visibility", "pages_access_level", "builds_access_level", "ci_separated_caches", "default_branch")
    return {**{name: getattr(project, name) for name in names}, "path_with_namespace": project.path, "ci_default_git_depth": 20}


def person(name: str) -> dict[str, Any]:
    """A user as others see one; the address is nowhere else than in what people write (users#get-a-single-user)."""
    robot = name == "GitLab Support Bot"
    return {
        "id": 3,
        "username": "support-bot" if robot else name.split()[0].lower(),
        "name": name,
        "state": "active",
        "web_url": "https://x/",
    }


def issue_shown(request: Request, project: Project, issue: Issue) -> dict[str, Any]:
    """An issue as the API shows it, as far as anybody here reads."""
    names = ("iid", "title", "description", "created_at", "state", "upvotes", "confidential")
    host = request.url.partition("/api/")[0]
    return {
        **{name: getattr(issue, name) for name in names},
        "id": 1000 + issue.iid,
        "author": person(issue.author),
        "labels": list(issue.labels),
        "user_notes_count": sum(not note.system for note in issue.notes),
        "web_url": f"{host}/{project.path}/-/issues/{issue.iid}",
    }


def note_shown(issue: Issue, note: Note) -> dict[str, Any]:
    """A note as the API shows it (notes#list-project-issue-notes)."""
    names = ("id", "body", "created_at", "system", "internal")
    return {
        **{name: getattr(note, name) for name in names},
        "author": person(note.author),
        "noteable_iid": issue.iid,
        "confidential": note.internal,
    }


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


def answered(state: State, method: str, address: str, url: str, headers: Mapping[str, str], body: Mapping[str, Any]) -> Answer:
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
            if token and scoped and not ({"api", "read_api"} if method == "GET" else {"api"}) & set(token.scopes):
                return Answer(403, {"error": "insufficient_scope", "error_description": "more privileges", "scope": "api read_api"})
            query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            return endpoint(Request(state, token, found.groupdict(), query, url + parts.path, body))
    return Answer(404, {"error": "404 Not Found"})


def status(number: int, **headers: str) -> Fault:
    """An answer with this status, such as 429 with ``retry_after``."""

    def fault(handler: BaseHTTPRequestHandler) -> None:
        send(handler, Answer(number, {"message": "no"}, {name.replace("_", "-"): value for name, value in headers.items()}))

    return fault


def dropped(handler: BaseHTTPRequestHandler) -> None:
    """The connection ends without an answer."""
    handler.close_connection = True


def slow(handler: BaseHTTPRequestHandler) -> None:
    """Nothing comes until the other side gives up."""
    handler.rfile.read(1)
    handler.close_connection = True


def elsewhere(handler: BaseHTTPRequestHandler) -> None:
    """A single sign-on in front of GitLab, which wants to see a person."""
    send(handler, Answer(302, {}, {"location": "https://login.example/"}))


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
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = json.loads(self.rfile.read(int(headers.get("content-length", 0))) or b"{}")
            if state.faults and (fault := state.faults.pop(0)):
                fault(self)
                return
            send(self, answered(state, self.command, self.path, f"http://127.0.0.1:{server.server_port}", headers, body))

        def do_POST(self) -> None:
            self.do_GET()

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
