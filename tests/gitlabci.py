"""Pipelines that are really run, by gitlab-ci-local, in a clone as GitLab's runner would see it.

The machine's set-up (``pip install``) is recorded, not done: knowrepo is the one under test. Everything else of a job is run as written.
gitlab-ci-local knows neither merge requests nor schedules, so an event is what GitLab's documentation says of its variables
(https://docs.gitlab.com/ci/variables/predefined_variables/, 18.6).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests import gitrepo

PROGRAM = shutil.which("gitlab-ci-local")
PROJECT = "https://gitlab.com/team/growth/posts"
BRANCH = "feature/x"
PAGES = "https://team.gitlab.io/growth/posts"
_OVERRIDDEN = "CI_PIPELINE_SOURCE,CI_MERGE_REQUEST_IID,CI_MERGE_REQUEST_DIFF_BASE_SHA,CI_COMMIT_BRANCH,CI_PAGES_DOMAIN,CI_PAGES_URL,CI_JOB_ID,GITLAB_FEATURES"


@dataclass(frozen=True, slots=True)
class Event:
    """What starts a pipeline, on which branch, with variables of its own."""

    source: str
    branch: str = "main"
    variables: tuple[str, ...] = ()


PUSH = Event("push")
BRANCH_PUSH = Event("push", BRANCH)
SCHEDULE = Event("schedule")
API = Event("api")
MERGE_REQUEST = Event("merge_request_event", BRANCH, ("CI_MERGE_REQUEST_IID=7", "GITLAB_FEATURES=audit_events"))
PREMIUM = Event(
    "merge_request_event",
    BRANCH,
    ("CI_MERGE_REQUEST_IID=7", "GITLAB_FEATURES=audit_events,pages_multiple_versions", f"CI_PAGES_URL={PAGES}/mr-7"),
)


@dataclass(frozen=True, slots=True)
class Done:
    """What a pipeline printed, and what its jobs would have installed, each once."""

    log: str
    installed: tuple[str, ...]


def clone(folder: Path, files: gitrepo.Files, event: Event = PUSH) -> Path:
    """A clone of the project with these files, at the event's branch."""
    root = gitrepo.make(folder, files)
    gitrepo.git(root, "remote", "add", "origin", "git@gitlab.com:team/growth/posts.git")
    gitrepo.git(root, "update-ref", "refs/remotes/origin/main", "HEAD")
    gitrepo.git(root, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    if event.branch != "main":
        gitrepo.git(root, "checkout", "-q", "-b", event.branch)
    return root


def call(root: Path, event: Event, *arguments: str, path: str = os.environ["PATH"]) -> subprocess.CompletedProcess[str]:
    """gitlab-ci-local in a clone."""
    assert PROGRAM, "gitlab-ci-local is not installed; scripts/check installs it"
    variables = [f"CI_PIPELINE_SOURCE={event.source}", "CI_PAGES_DOMAIN=gitlab.io", f"CI_PAGES_URL={PAGES}", *event.variables]
    variables += [f"CI_MERGE_REQUEST_DIFF_BASE_SHA={base(root)}"] if event.source == "merge_request_event" else []
    command = [PROGRAM, "--cwd", ".", "--force-shell-executor", "--no-json-schema-validation", "--ignore-predefined-vars", _OVERRIDDEN]
    command += [part for variable in variables for part in ("--variable", variable)]
    command += ["--unset-variable", "CI_COMMIT_BRANCH"] if event.source == "merge_request_event" else []
    environment = {**os.environ, "PATH": path, "HOME": str(root.parent)}
    done = subprocess.run([*command, *arguments], cwd=root, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def run(root: Path, event: Event, *arguments: str) -> Done:
    """Run the jobs that the event asks for. Files that they leave as artifacts lie in the clone afterwards."""
    tools = root.parent / f"{root.name}-tools"
    tools.mkdir(exist_ok=True)
    installed = tools / "installed"
    (tools / "pip").write_text(f'#!/bin/sh\necho "$@" >> {installed}\n')
    (tools / "knowrepo").write_text(f'#!/bin/sh\nexec {sys.executable} -m knowrepo "$@"\n')
    for tool in tools.iterdir():
        tool.chmod(0o755)
    done = call(root, event, *arguments, path=f"{tools}:{os.environ['PATH']}")
    return Done(done.stdout + done.stderr, tuple(sorted(set(installed.read_text("utf-8").splitlines()))))


def base(root: Path) -> str:
    """The commit at which a merge request begins."""
    return gitrepo.git(root, "merge-base", "origin/main", "HEAD").strip()


def jobs(root: Path, event: Event) -> set[str]:
    """The names of the jobs that the event asks for."""
    lines = call(root, event, "--list-csv").stdout.splitlines()[1:]
    return {line.partition(";")[0].strip('"') for line in lines}


def expanded(root: Path) -> str:
    """All jobs with what they include and extend. (An input that is empty leaves a blank behind, and so quotes around it.)"""
    return re.sub(r"'(.+) '$", r"\1", call(root, PUSH, "--preview").stdout, flags=re.MULTILINE)
