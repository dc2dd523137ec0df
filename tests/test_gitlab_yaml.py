"""The GitLab jobs: valid by GitLab's own schema, and really run.

The machine's set-up (``pip install``) is recorded, not done: knowrepo is the one under test. Everything else of the job is run as written.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from knowrepo import scaffold
from tests import gitrepo, team
from tests.test_docs import blocks

ROOT = Path(__file__).parent.parent
RUNNER = shutil.which("gitlab-ci-local")


@pytest.mark.parametrize("file", [ROOT / ".gitlab-ci.yml", ROOT / "knowrepo" / "gitlab-ci.yml"], ids=lambda file: file.parent.name)
def test_the_jobs_are_valid(file: Path) -> None:
    """GitLab's schema accepts the file: no misspelt keyword, no wrong type."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A clone on its default branch with our jobs, as GitLab's runner would see it."""
    files = {**team.FILES, ".gitlab-ci.yml": scaffold.gitlab_ci(), "knowrepo.yml": "title: Our team\n"}
    root = gitrepo.make(tmp_path / "clone", files)
    gitrepo.git(root, "remote", "add", "origin", "git@gitlab.com:team/posts.git")
    return root


def run(checkout: Path, tmp_path: Path, *jobs: str, variables: tuple[str, ...] = (), options: tuple[str, ...] = ()) -> tuple[str, str]:
    """What the jobs printed, and what they would have installed."""
    assert RUNNER
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "pip").write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/installed\n')
    (tools / "knowrepo").write_text(f'#!/bin/sh\nexec {sys.executable} -m knowrepo "$@"\n')
    for tool in tools.iterdir():
        tool.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "HOME": str(tmp_path)}
    given = [part for variable in variables for part in ("--variable", variable)]
    command = [RUNNER, "--force-shell-executor", *options, "--cwd", ".", *given, *jobs]
    done = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr, (tmp_path / "installed").read_text()


needs_runner = pytest.mark.skipif(RUNNER is None, reason="gitlab-ci-local is not installed; scripts/check installs it")


@needs_runner
def test_the_pages_job_publishes_the_site(checkout: Path, tmp_path: Path) -> None:
    """The job installs knowrepo and leaves the site in public/, with links into the project at the built commit."""
    _, installed = run(checkout, tmp_path, "pages")
    assert installed == "install --quiet knowrepo\n"
    commit = gitrepo.git(checkout, "rev-parse", "HEAD").strip()
    page = (checkout / "public" / "posts" / "growth" / "churn" / "index.html").read_text()
    assert f"https://gitlab.com/team/posts/-/blob/{commit}/growth/churn.ipynb" in page


@needs_runner
def test_the_check_job_writes_a_code_quality_report(checkout: Path, tmp_path: Path) -> None:
    """In a merge request the findings become GitLab's Code Quality report, and the log says them in words."""
    gitrepo.commit(checkout, {"growth/odd.md": team.header("Odd", "tgas: [x]") + "\nText.\n"}, day=9)
    log, _ = run(checkout, tmp_path, "check", variables=("CI_PIPELINE_SOURCE=merge_request_event",))
    report = orjson.loads((checkout / "gl-code-quality-report.json").read_bytes())
    assert [(found["check_name"], found["location"]["path"], found["severity"]) for found in report] == [
        ("header-unknown-key", "growth/odd.md", "minor")
    ]
    assert 'did you mean "tags"?' in log


@needs_runner
def test_parallel_jobs_render_what_the_last_one_publishes(checkout: Path, tmp_path: Path) -> None:
    """Two jobs, each with its share, hand their caches to the pages job, which renders nothing itself; the site is that of one build.

    Each job has a folder of its own, with the files that Git tracks and the artifacts of jobs before it.
    """
    render = blocks((ROOT / "docs" / "publishing.md").read_text("utf-8"), "yaml")[1].replace("parallel: 4", "parallel: 2")
    jobs = "".join(line for line in scaffold.gitlab_ci().splitlines(keepends=True) if "cache: {" not in line)  # or that alone could do it
    jobs = jobs.replace("script: knowrepo build", "script: knowrepo build --json > report.json").replace(
        "[public]", "[public, report.json]"
    )
    gitrepo.commit(checkout, {".gitlab-ci.yml": jobs + "\n" + render}, day=9)
    team.site(checkout, tmp_path / "here", project_url="https://gitlab.com/team/posts", branch="main")
    log, _ = run(checkout, tmp_path, "render", "pages", variables=("CI_PAGES_URL=",), options=("--shell-isolation",))
    parts = re.findall(r"part ([12]) of 2: (\d+) of (\d+) files, (\d+) posts? rendered", log)
    assert sorted(number for number, *_ in parts) == ["1", "2"]
    assert sum(int(files) for _, files, _, _ in parts) == int(parts[0][2])
    assert all(int(rendered) > 0 for *_, rendered in parts)
    report = orjson.loads((checkout / "report.json").read_bytes())
    assert (report["rendered"], report["published"]) == (0, 5)
    assert team.tree(checkout / "public") == team.tree(tmp_path / "here")
