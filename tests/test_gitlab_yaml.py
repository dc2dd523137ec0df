"""The GitLab jobs: valid by GitLab's own schema, the same in every form that we ship, and really run for every event."""

from __future__ import annotations

import http.server
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml

from knowrepo import marker, scaffold, shipped
from tests import gitlabapi, gitlabci, gitrepo, team
from tests.test_docs import blocks

ROOT = Path(__file__).parent.parent
COMPONENT = shipped.gitlab_jobs()
Site = Callable[..., dict[str, bytes]]
ASKED = {
    gitlabci.PUSH: {"pages"},
    gitlabci.SCHEDULE: {"pages"},
    gitlabci.API: {"pages"},
    gitlabci.BRANCH_PUSH: set[str](),
    gitlabci.MERGE_REQUEST: {"knowrepo:check", "knowrepo:preview"},
    gitlabci.PREMIUM: {"knowrepo:check", "knowrepo:preview:pages"},
}
"""The jobs that each event asks for."""

needs_runner = pytest.mark.skipif(gitlabci.PROGRAM is None, reason="gitlab-ci-local is not installed; scripts/check installs it")


def validated(folder: Path, text: str) -> None:
    file = folder / "jobs.yml"
    file.write_text(text, "utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_jobs_are_valid(tmp_path: Path) -> None:
    """GitLab's schema accepts what ``init`` writes, and both documents of the component: no misspelt keyword, no wrong type."""
    head, _, jobs = COMPONENT.read_text("utf-8").partition("\n---\n")
    for text in (scaffold.gitlab_ci(), head, jobs):
        validated(tmp_path, text)


def test_our_own_jobs_are_valid(tmp_path: Path) -> None:
    """GitLab's schema accepts the pipeline of this project."""
    validated(tmp_path, (ROOT / ".gitlab-ci.yml").read_text("utf-8"))


def test_every_input_is_used_and_described() -> None:
    """The component uses each of its inputs, and no other; each has a default, so that it can be included without any, and stands in the guide."""
    head, _, jobs = COMPONENT.read_text("utf-8").partition("\n---\n")
    inputs = yaml.safe_load(head)["spec"]["inputs"]
    assert set(re.findall(r"\$\[\[ inputs\.(\w+) \]\]", jobs)) == set(inputs)
    guide = (ROOT / "docs" / "publishing.md").read_text("utf-8")
    for name, about in inputs.items():
        assert f"| `{name}` | {about['description']} | `{about['default']}` |".replace("| `` |", "| |") in guide


def files(jobs: str) -> dict[str, str | bytes]:
    return {**team.FILES, ".gitlab-ci.yml": jobs, "knowrepo.yml": "title: Our team\n", "templates/pages.yml": COMPONENT.read_bytes()}


def included(*inputs: str) -> str:
    """A pipeline that takes the component from its own project, since there is no other one to take it from."""
    options = f"\n    inputs: {{ {', '.join(inputs)} }}" if inputs else ""
    return f"include:\n  - component: $CI_SERVER_FQDN/$CI_PROJECT_PATH/pages@$CI_COMMIT_SHA{options}\n"


@contextmanager
def remote() -> Iterator[str]:
    """A pipeline that takes the jobs from a web server."""
    handler = type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=COMPONENT.parent))
    threading.Thread(target=server.serve_forever).start()
    try:
        yield f"include:\n  - remote: http://127.0.0.1:{server.server_port}/pages.yml\n"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def here(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Site:
    """Makes the site of a clone here, with what GitLab tells its jobs of the project. All builds here share a cache, which no job has."""

    def build(clone: Path, event: gitlabci.Event, **options: Any) -> dict[str, bytes]:
        told = {"project_url": gitlabci.PROJECT, "branch": event.branch, "site_url": f"{gitlabci.PAGES}/"}
        team.site(clone, tmp_path / "here", tmp_path_factory.getbasetemp() / "gitlab-cache", **told | options)
        return team.tree(tmp_path / "here")

    return build


@needs_runner
def test_all_forms_are_the_same_jobs(tmp_path: Path) -> None:
    """Written by ``init``, included as a component, or included from an address: GitLab sees the same jobs."""
    with remote() as address:
        forms = [scaffold.gitlab_ci(), included(), address]
        seen = {gitlabci.expanded(gitlabci.clone(tmp_path / str(number), files(form))) for number, form in enumerate(forms)}
    assert len(seen) == 1


@needs_runner
def test_every_event_asks_for_its_jobs(tmp_path: Path) -> None:
    """The default branch is published by pushes, schedules and the API; merge requests are checked and previewed as the tier allows; nothing else runs."""
    clone = gitlabci.clone(tmp_path / "clone", files(scaffold.gitlab_ci()), gitlabci.BRANCH_PUSH)
    found = {}
    for event in ASKED:
        gitrepo.git(clone, "checkout", "-q", event.branch)
        found[event] = gitlabci.jobs(clone, event)
    assert found == ASKED


@needs_runner
@pytest.mark.parametrize("event", [gitlabci.PUSH, gitlabci.SCHEDULE, gitlabci.API], ids=lambda event: event.source)
def test_the_pages_job_publishes_the_site(here: Site, tmp_path: Path, event: gitlabci.Event) -> None:
    """The job installs knowrepo and leaves the site that a build here makes, with links into the project at the built commit."""
    with remote() as address:
        forms = {gitlabci.PUSH: scaffold.gitlab_ci(), gitlabci.SCHEDULE: included(), gitlabci.API: address}
        clone = gitlabci.clone(tmp_path / "clone", files(forms[event]), event)
        done = gitlabci.run(clone, event)
    assert done.installed == ("install --quiet knowrepo",)
    commit = gitrepo.git(clone, "rev-parse", "HEAD").strip()
    page = (clone / "public" / "posts" / "growth" / "churn" / "index.html").read_text("utf-8")
    assert f"{gitlabci.PROJECT}/-/blob/{commit}/growth/churn.ipynb" in page
    assert team.tree(clone / "public") == here(clone, event)


@needs_runner
def test_with_a_token_the_discussion_is_fetched_first(here: Site, tmp_path: Path) -> None:
    """A schedule brings what people say to the site; where GitLab does not answer, the site is published with what the cache kept; no token is in a log."""
    state = gitlabapi.State([gitlabapi.Token("glpat-scheduled")], [gitlabapi.Project(7, "team/posts", {"ada": gitlabapi.REPORTER})])
    state.projects[0].issues.append(gitlabapi.Issue(3, "Churn", marker.mark("growth/churn.ipynb", "", "x") + "\nA zebra?"))
    with gitlabapi.serving(state) as server:
        event = gitlabci.Event("schedule", variables=("GITLAB_TOKEN=glpat-scheduled", f"GITLAB_URL={server}"))
        settings = f"title: Our team\nproject_url: {server}/team/posts\n"
        clone = gitlabci.clone(tmp_path / "clone", files(scaffold.gitlab_ci()) | {"knowrepo.yml": settings}, event)
        assert gitlabci.jobs(clone, event) == {"pages", "knowrepo:discuss"}
        done = gitlabci.run(clone, event, "--shell-isolation")
    assert done.installed == ("install --quiet knowrepo", "install --quiet knowrepo python-gitlab")
    published = team.tree(clone / "public")
    assert published == here(clone, event, project_url="")
    (clone / marker.FILE).unlink()
    later = gitlabci.run(clone, event, "--shell-isolation")
    assert "no GitLab answers at" in later.log
    assert "glpat-scheduled" not in later.log
    assert team.tree(clone / "public") == published
    assert "1 issues, 1 comments: discussion.json" in done.log
    assert "glpat-scheduled" not in done.log
    assert "A zebra?" in (clone / "public" / "posts" / "growth" / "churn" / "index.html").read_text("utf-8")


@needs_runner
def test_a_merge_request_is_checked_and_previewed(here: Site, tmp_path: Path) -> None:
    """The findings become GitLab's Code Quality report and stand in the log; the site is an artifact, whose address becomes that of the environment."""
    event = gitlabci.MERGE_REQUEST
    clone = gitlabci.clone(tmp_path / "clone", files(scaffold.gitlab_ci()), event)
    gitrepo.commit(clone, {"growth/odd.md": team.header("Odd", "tgas: [x]") + "\nText.\n"}, day=9)
    done = gitlabci.run(clone, event)
    report = orjson.loads((clone / "gl-code-quality-report.json").read_bytes())
    assert [(found["check_name"], found["location"]["path"], found["severity"]) for found in report] == [
        ("header-unknown-key", "growth/odd.md", "minor")
    ]
    assert 'did you mean "tags"?' in done.log
    address = re.fullmatch(
        r"KNOWREPO_PREVIEW=https://team\.gitlab\.io/-/growth/posts/-/jobs/\d+/artifacts/(.+)\n", (clone / "preview.env").read_text("utf-8")
    )
    assert address
    assert (clone / address[1]).is_file()
    wanted = here(clone, event, review=gitlabci.base(clone))
    assert team.tree(clone / "public") == wanted
    assert b"What this merge request changes" in wanted["index.html"]


@needs_runner
def test_with_premium_the_preview_is_a_site_of_its_own(here: Site, tmp_path: Path) -> None:
    """Where GitLab can publish beside the site, the preview is built for its own address; inputs choose what is installed, the folder and the options."""
    event = gitlabci.PREMIUM
    jobs = included("install: git+https://gitlab.com/x/y.git", "folder: notes/all", "options: --drafts")
    posts = {f"notes/all/{path}": content for path, content in team.FILES.items() if path != "knowrepo.yml"}
    draft = {"notes/all/draft.md": team.header("Not yet", "draft: true") + "\nText.\n"}
    clone = gitlabci.clone(
        tmp_path / "clone", {**posts, **draft, ".gitlab-ci.yml": jobs, "templates/pages.yml": COMPONENT.read_bytes()}, event
    )
    done = gitlabci.run(clone, event)
    assert done.installed == ("install --quiet git+https://gitlab.com/x/y.git",)
    assert (clone / "preview.env").read_text("utf-8") == f"KNOWREPO_PREVIEW={gitlabci.PAGES}/mr-7/index.html\n"
    assert (clone / "public" / "posts" / "draft" / "index.html").is_file()
    wanted = here(clone / "notes" / "all", event, site_url=f"{gitlabci.PAGES}/mr-7/", drafts=True, review=gitlabci.base(clone))
    assert team.tree(clone / "public") == wanted


@needs_runner
def test_parallel_jobs_render_what_the_last_one_publishes(here: Site, tmp_path: Path) -> None:
    """Two jobs, each with its share, hand their caches to the pages job, which renders nothing itself; the site is that of one build.

    Each job has a folder of its own, with the files that Git tracks and the artifacts of jobs before it.
    """
    render = blocks((ROOT / "docs" / "publishing.md").read_text("utf-8"), "yaml")[-1].replace("parallel: 4", "parallel: 2")
    assert "--shard auto" in render
    jobs = re.sub(r"  cache:\n(    .*\n)+", "", scaffold.gitlab_ci())  # or that alone could do it
    jobs = jobs.replace(' build --out "$PWD/public"', ' build --out "$PWD/public" --json > report.json')
    jobs = jobs.replace("paths: [public]", "paths: [public, report.json]")
    clone = gitlabci.clone(tmp_path / "clone", files(jobs + "\n" + render))
    done = gitlabci.run(clone, gitlabci.PUSH, "--shell-isolation")
    parts = re.findall(r"part ([12]) of 2: (\d+) of (\d+) files, (\d+) posts? rendered", done.log)
    assert sorted(number for number, *_ in parts) == ["1", "2"]
    assert sum(int(found) for _, found, _, _ in parts) == int(parts[0][2])
    assert all(int(rendered) > 0 for *_, rendered in parts)
    report = orjson.loads((clone / "report.json").read_bytes())
    assert (report["rendered"], report["published"]) == (0, 5)
    assert team.tree(clone / "public") == here(clone, gitlabci.PUSH)


@needs_runner
def test_our_own_pipeline_asks_for_its_jobs(tmp_path: Path) -> None:
    """The pipeline of this project is the component, on the guide, with all checks beside it."""
    own: dict[str, str | bytes] = {
        "docs/a.md": "a",
        **{path: (ROOT / path).read_bytes() for path in ("templates/pages.yml", ".gitlab-ci.yml")},
    }
    clone = gitlabci.clone(tmp_path / "clone", own, gitlabci.BRANCH_PUSH)
    assert gitlabci.jobs(clone, gitlabci.MERGE_REQUEST) == {*ASKED[gitlabci.MERGE_REQUEST], "checks"}
    gitrepo.git(clone, "checkout", "-q", "main")
    assert gitlabci.jobs(clone, gitlabci.PUSH) == {"pages", "checks"}
    assert "knowrepo -C docs check --format gitlab" in gitlabci.expanded(clone)
