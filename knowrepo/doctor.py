"""What is right and what is wrong with the set-up of a repository, on this machine and on GitLab: a table of checks, each a finding of one line."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from knowrepo.git import Checkout
from knowrepo.gitlab import About, Refusal

JOBS = ".gitlab-ci.yml"
NEEDED = (17, 9)
"""The GitLab that the jobs need."""
SCOPES = frozenset({"api", "read_api"})
"""One of them lets a token read."""
SOON = timedelta(days=14)
FILES = 200_000
LARGE = {"gitlab.com": 1 << 30}
USUAL = 100 << 20
"""Bytes of a site on GitLab.com, and where an administrator has not said otherwise; files (https://docs.gitlab.com/administration/instance_limits/)."""

_INCLUDED = re.compile(r"^[ -]*(?:component|remote|local|file): *['\"]?\S*(?:/pages@\S+|templates/pages\.yml)", re.MULTILINE)
_BUILDS = re.compile(r"\bknowrepo\b.*\bbuild\b")
_DEPTH = re.compile(r"\bGIT_DEPTH: *['\"]?0\b")
_VERSION = re.compile(r"(\d+)\.(\d+)")


class Verdict(StrEnum):
    """``note`` is right but should be known."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"
    UNKNOWN = "not checked"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check has found: about what, how it is, in words, and how to mend it."""

    subject: str
    verdict: Verdict
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the checks go by. An empty ``settings`` or ``theme`` says that it can be used, else it is the reason why not.

    ``git`` is the path of the program, or "", ``checkout`` None outside of Git, ``jobs`` the text of .gitlab-ci.yml, ``tracked`` whether Git knows that file.
    ``site`` is how many bytes and files lie in the folder of the site. ``about`` is None if GitLab was not asked, and then ``unasked`` says why.
    """

    git: str
    checkout: Checkout | None
    settings: str
    theme: str
    formulas: bool
    jobs: str
    tracked: bool
    project_url: str
    site_url: str
    site: tuple[int, int] | None
    today: date
    about: About | None = None
    unasked: str = ""


def findings(facts: Facts) -> tuple[Finding, ...]:
    """All of them, in the order of ``CHECKS``."""
    return tuple(Finding(subject, *check(facts)) for subject, check in CHECKS)


Found = tuple[Verdict, str] | tuple[Verdict, str, str]
OK, NOTE, WRONG, UNKNOWN = Verdict


def _git(facts: Facts) -> Found:
    if not facts.git:
        return WRONG, "there is no git on the path", "install Git"
    return OK, facts.git


def _repository(facts: Facts) -> Found:
    if not facts.checkout:
        return WRONG, "this folder is not in a Git repository", "git init"
    if not facts.checkout.commit:
        return WRONG, "nothing is committed yet", "git add . && git commit"
    if not facts.project_url:
        return WRONG, "the project's address on GitLab is not known", "add a Git remote, or set project_url in knowrepo.yml"
    return OK, f"belongs to {facts.project_url}"


def _history(facts: Facts) -> Found:
    if facts.checkout and facts.checkout.shallow:
        return WRONG, "the history is cut off, so dates and authors are missing", "git fetch --unshallow"
    return OK, "it is all here"


def _settings(facts: Facts) -> Found:
    return (
        (WRONG, facts.settings.replace("\n", "; "), "`knowrepo schema config` describes every setting")
        if facts.settings
        else (OK, "knowrepo.yml can be read")
    )


def _theme(facts: Facts) -> Found:
    return (WRONG, facts.theme, "see the guide's page on themes") if facts.theme else (OK, "templates and style sheets can be read")


def _formulas(facts: Facts) -> Found:
    if facts.formulas:
        return OK, "typeset while the site is built"
    return NOTE, "typeset in the reader's browser", "pip install 'knowrepo[maths]'"


def _jobs(facts: Facts) -> Found:
    if not facts.jobs:
        return WRONG, f"there is no {JOBS}, so nothing is published", "knowrepo init"
    if not _INCLUDED.search(facts.jobs) and not _BUILDS.search(facts.jobs):
        return WRONG, f"no job in {JOBS} runs knowrepo build", "copy the jobs that `knowrepo init` writes into a new folder"
    if not facts.tracked:
        return WRONG, f"Git does not track {JOBS}", f"git add {JOBS}"
    return OK, f"{JOBS} builds the site"


def _depth(facts: Facts) -> Found:
    if not facts.jobs:
        return UNKNOWN, f"no {JOBS}"
    if _INCLUDED.search(facts.jobs) or _DEPTH.search(facts.jobs):
        return OK, "jobs fetch the whole history"
    return WRONG, "jobs fetch the latest commits only, so dates and authors are missing", 'put GIT_DEPTH: "0" below variables:'


def _cache(facts: Facts) -> Found:
    if not facts.jobs:
        return UNKNOWN, f"no {JOBS}"
    if _INCLUDED.search(facts.jobs) or ".knowrepo/cache" in facts.jobs:
        return OK, "jobs keep what earlier ones have made"
    return WRONG, "jobs do not keep .knowrepo/cache, so each makes everything anew", "add the cache: that `knowrepo init` writes"


def _size(facts: Facts) -> Found:
    if not facts.site:
        return UNKNOWN, "the site has not been built here"
    size, files = facts.site
    known = LARGE.get(urlsplit(facts.project_url).hostname or "")
    words = f"{size / (1 << 20):,.0f} MiB in {files:,} files"
    if files > FILES or (known and size > known):
        return (
            WRONG,
            f"{words}; GitLab publishes at most {(known or USUAL) >> 20:,} MiB and {FILES:,} files",
            "pictures: webp, or fewer posts",
        )
    if not known and size > USUAL:
        return (
            NOTE,
            f"{words}; GitLab publishes {USUAL >> 20} MiB unless an administrator allows more",
            "ask yours, under Admin, Settings, Pages",
        )
    return OK, words


def _server(_facts: Facts, about: About) -> Found:
    if isinstance(about.version, Refusal):
        return _refused(about.version)
    found = _VERSION.match(about.version)
    if not found or (int(found[1]), int(found[2])) < NEEDED:
        return WRONG, f"GitLab {about.version}; the jobs need {NEEDED[0]}.{NEEDED[1]}", "take the jobs for previews out"
    return OK, f"GitLab {about.version}"


def _token(facts: Facts, about: About) -> Found:
    token = about.token
    if isinstance(token, Refusal):
        return _refused(token)
    if not SCOPES.intersection(token.scopes):
        return WRONG, f"it may not read (its scopes: {', '.join(token.scopes) or 'none'})", "make one with the scope read_api"
    until = f"until {token.expires_at}" if token.expires_at else "without end"
    if token.expires_at and token.expires_at <= facts.today + SOON:
        return NOTE, f"{', '.join(token.scopes)}, {until}", "it ends soon: make a new one"
    return OK, f"{', '.join(token.scopes)}, {until}"


def _project(_facts: Facts, about: About) -> Found:
    if isinstance(about.project, Refusal):
        return _refused(about.project)
    if not about.project.jobs_enabled:
        return WRONG, "it runs no CI/CD jobs", "Settings, General, Visibility: turn CI/CD on"
    return OK, f"{about.project.visibility}, its default branch is {about.project.default_branch or 'not there yet'}"


def _caches(_facts: Facts, about: About) -> Found:
    if isinstance(about.project, Refusal):
        return _refused(about.project)
    if about.project.separated_caches is False:
        return (
            NOTE,
            "all branches share one, so a merge request can write what the site is made from",
            "Settings, CI/CD: use separate caches",
        )
    return OK, "protected branches have one of their own"


def _access(_facts: Facts, about: About) -> Found:
    project = about.project
    if isinstance(project, Refusal):
        return _refused(project)
    if project.pages_access == "disabled":
        return WRONG, "Pages is off, so nothing is published", "Settings, General, Visibility: turn Pages on"
    if project.pages_access == "public" and project.visibility != "public":
        return NOTE, f"everyone can read the site, though the project is {project.visibility}", "Settings, General, Visibility, Pages"
    who = {"private": "members of the project", "enabled": "who may see the project", "public": "everyone"}
    return OK, f"the site is for {who.get(project.pages_access, project.pages_access)}"


def _address(facts: Facts, about: About) -> Found:
    site = about.site
    if isinstance(site, Refusal):
        return _refused(site)
    if facts.site_url and facts.site_url.rstrip("/") != site.url.rstrip("/"):
        return NOTE, f"site_url is {facts.site_url}, GitLab publishes at {site.url}", "right if you have a domain of your own"
    if not site.unique_domain:
        return (
            NOTE,
            f"{site.url}, a host that all sites of the group share: a page of one can read the others as their reader",
            "Deploy, Pages: use a unique domain",
        )
    return OK, site.url


def _refused(refusal: Refusal) -> Found:
    if refusal.status == 401:
        return WRONG, "GitLab refuses the token (401)", "it has ended, or is for another server: make a new one"
    if refusal.status == 403:
        return UNKNOWN, "the token may not ask this (403)", "it needs the scope read_api, and for Pages the role Maintainer"
    if refusal.status == 404:
        return (
            WRONG,
            "GitLab knows nothing here, or nothing that the token may see (404)",
            "is project_url right, and the token's owner a member?",
        )
    return UNKNOWN, f"GitLab answers with status {refusal.status}", "try again later"


def _asked(check: Callable[[Facts, About], Found]) -> Callable[[Facts], Found]:
    return lambda facts: check(facts, facts.about) if facts.about else (UNKNOWN, facts.unasked)


CHECKS: tuple[tuple[str, Callable[[Facts], Found]], ...] = (
    ("git", _git),
    ("repository", _repository),
    ("history", _history),
    ("settings", _settings),
    ("theme", _theme),
    ("formulas", _formulas),
    ("jobs", _jobs),
    ("depth", _depth),
    ("cache", _cache),
    ("size", _size),
    ("server", _asked(_server)),
    ("token", _asked(_token)),
    ("project", _asked(_project)),
    ("caches", _asked(_caches)),
    ("access", _asked(_access)),
    ("address", _asked(_address)),
)
