"""The history of posts: who changed what, when and why; what each revision changed, and the post as it was."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from knowrepo import build, git, pages, read, render, workshop
from knowrepo.cache import Cache
from knowrepo.chronicle import Chronicle
from knowrepo.git import contents, revisions
from knowrepo.pages import theme
from knowrepo.workshop import Options, Workshop
from tests import gitrepo, reviewed

POST = "---\ntitle: Rain\nauthors: [Ada]\ntldr: Short.\n---\n\n{}\n"
MERGED = "Say more\n\nSee merge request group/project!12"


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """A post with four revisions: new, changed by Bob in a merge request, moved, a draft; and as it is now."""
    made = gitrepo.make(
        tmp_path / "repo", {"posts/rain.md": POST.format("One thing."), "knowrepo.yml": "project_url: https://gitlab.example/a/b\n"}
    )
    gitrepo.commit(made, {"posts/rain.md": POST.format("One other thing.")}, day=1, author=gitrepo.BOB, message=MERGED)
    gitrepo.git(made, "mv", "posts/rain.md", "posts/wet.md")
    gitrepo.commit(made, {}, day=2, message="Move it")
    gitrepo.commit(made, {"posts/wet.md": POST.format("A secret.").replace("tldr:", "draft: true\ntldr:")}, day=3, message="Try")
    gitrepo.commit(made, {"posts/wet.md": POST.format("The last word.")}, day=4, message="Done")
    return made


def shop(root: Path, **options: object) -> Workshop:
    return Workshop(root, root.parent / "site", Cache(root.parent / "cache", now=0.0), replace(Options(), **options), jobs=1)  # type: ignore[arg-type]


def built(root: Path, **options: object) -> dict[str, str]:
    """The pages of a site by their paths."""
    build.build(shop(root, **options))
    site = root.parent / "site"
    return {file.relative_to(site).as_posix(): file.read_text("utf-8") for file in site.rglob("*.html")}


def ids(root: Path) -> list[str]:
    """The commits by the first letters of their ids, the newest first."""
    return [line[:12] for line in gitrepo.git(root, "log", "--format=%H").split()]


def test_every_revision_is_listed(repo: Path) -> None:
    """The page of a post leads to its history: dates, authors and messages, the merge request that a message names, the name that the file had."""
    made = built(repo)
    assert 'href="../../../history/posts/wet/index.html"' in made["posts/posts/wet/index.html"]
    page = made["history/posts/wet/index.html"]
    assert re.findall(r'<h2 class="subject" dir="auto">(?:<a [^>]*>)?([^<]*)', page) == ["Done", "Move it", "Say more", "change"]
    assert re.findall(r'datetime="([^"]*)"', page) == [f"2024-01-0{day}" for day in (5, 3, 2, 1)]
    assert 'href="https://gitlab.example/a/b/-/merge_requests/12">!12<' in page
    assert page.count("before: posts/rain.md") == 2
    assert "Bob Ross" in page
    assert "cut off" not in page


def test_what_each_revision_changed(repo: Path) -> None:
    """A revision is compared with the one before, across a rename."""
    made = built(repo)
    _, _, moved, more, _ = ids(repo)
    assert "One <ins>other </ins>thing." in made[f"history/posts/wet/{more}/index.html"]
    assert "nothing that a reader sees" in made[f"history/posts/wet/{moved}/index.html"]


def test_the_post_as_it_was(repo: Path) -> None:
    """Of a revision there is the post as it was, which says so and leads to the post as it is."""
    page = built(repo)[f"history/posts/wet/{ids(repo)[3]}/post/index.html"]
    assert "One other thing." in page
    assert "as it was on 2024-01-02" in page
    assert 'href="../../../../../posts/posts/wet/index.html"' in page


def test_what_was_not_published_is_not_shown(repo: Path) -> None:
    """Nothing of a revision that was a draft is on any page: neither itself nor its message, nor as what the next one took out."""
    done, draft, *_ = ids(repo)
    assert "A secret." in built(repo, drafts=True)[f"history/posts/wet/{draft}/post/index.html"]
    made = built(repo)
    assert [path for path, page in made.items() if "secret" in page or ">Try<" in page or draft in page + path] == []
    assert "The last word." in made[f"history/posts/wet/{done}/index.html"]


@pytest.mark.parametrize(("most", "differences", "posts"), [(10, 3, 3), (2, 2, 1), (1, 1, 0)])
def test_of_the_newest_revisions_there_are_pages(repo: Path, most: int, differences: int, posts: int) -> None:
    """The setting says of how many revisions there are pages; all are listed."""
    gitrepo.write(repo, {"knowrepo.yml": f"history: {most}\n"})
    paths = [path.split("/")[3:] for path in built(repo) if path.startswith("history/posts/wet/")]
    assert (len([path for path in paths if len(path) == 2]), len([path for path in paths if len(path) == 3])) == (differences, posts)


def test_a_site_without_history(repo: Path) -> None:
    """With ``history: 0``, and in a preview, there are no such pages, and the link leads to the project."""
    gitrepo.write(repo, {"knowrepo.yml": "history: 0\nproject_url: https://gitlab.example/a/b\n"})
    made = built(repo)
    assert not [path for path in made if path.startswith("history/")]
    assert "https://gitlab.example/a/b/-/commits/" in made["posts/posts/wet/index.html"]
    gitrepo.write(repo, {"knowrepo.yml": ""})
    assert not [path for path in built(repo, preview=True) if path.startswith("history/")]


def test_a_shallow_clone_says_so(repo: Path) -> None:
    """Where the clone is cut off the page says that older revisions are missing."""
    clone = repo.parent / "clone"
    gitrepo.git(repo.parent, "clone", "-q", "--depth", "2", f"file://{repo}", str(clone))
    page = built(clone)["history/posts/wet/index.html"]
    assert "The clone is cut off" in page
    assert page.count("<li>") == 1


def test_a_page_is_made_once(repo: Path) -> None:
    """A second build makes no diff that the first has made, whatever else is new; a new revision costs its own pages alone."""
    asked: list[str] = []

    def counted(work: Workshop) -> int:
        checkout = git.describe(repo)
        assert checkout
        with contents.Blobs(checkout, 10**6) as blobs:
            given = workshop.given(work)

            def content(blob: str) -> bytes | None:
                asked.append(blob)
                return blobs(blob)

            past = Chronicle(
                given.repository.revisions, content, lambda _source: read.Options(True, False, frozenset(), "commonmark"), STYLE, 10
            )
            site, _ = build.site_of(work)
            before = len(asked)
            looks = theme.load(given.theme, work.cache)
            for _ in pages.artifacts(site, looks, chronicle=past):
                pass
        return len(asked) - before

    work = shop(repo)
    first = counted(work)
    assert first > 10
    assert counted(work) == 0
    gitrepo.commit(repo, {"posts/wet.md": POST.format("The very last word.")}, day=5)
    assert 0 < counted(work) <= 10


STYLE = render.Options()


def test_a_damaged_revision_is_left_out(tmp_path: Path) -> None:
    """A notebook that could not be read then was not published: what came after it is compared with the one before."""
    root = gitrepo.make(tmp_path / "repo", {"posts/a.ipynb": reviewed.FIRST}, {"posts/a.ipynb": b"{"}, {"posts/a.ipynb": reviewed.AGAIN})
    made = built(root)
    last, broken, _ = ids(root)
    assert f"history/posts/a/{broken}/index.html" not in made
    assert '<li class="rerun">' in made[f"history/posts/a/{last}/index.html"]


def test_a_review_leads_to_what_differs(repo: Path) -> None:
    """The preview of a merge request has a page for each changed post, whose blocks link to their lines in GitLab."""
    gitrepo.commit(repo, {"posts/wet.md": POST.format("The very last word."), "posts/new.md": POST.format("New.")}, day=5)
    base = gitrepo.git(repo, "rev-parse", "HEAD~1").strip()
    made = built(repo, review=base, merge_request="https://gitlab.example/a/b/-/merge_requests/3")
    assert 'href="review/posts/wet/index.html">what differs<' in made["index.html"]
    page = made["review/posts/wet/index.html"]
    assert "The <ins>very </ins>last word." in page
    assert re.search(r"https://gitlab\.example/a/b/-/merge_requests/3/diffs\?file=([0-9a-f]{40})#\1_8_7", page)
    assert '<li class="added">' in made["review/posts/new/index.html"]


def test_a_review_shows_what_is_not_committed_yet(repo: Path) -> None:
    """What lies on disk is what the site shows, and so what its review compares."""
    gitrepo.commit(repo, {"posts/wet.md": POST.format("The very last word.")}, day=5)
    gitrepo.write(repo, {"posts/wet.md": POST.format("The last word, not committed.")})
    made = built(repo, review=gitrepo.git(repo, "rev-parse", "HEAD~1").strip())
    assert "not committed</ins>" in made["review/posts/wet/index.html"]


def test_revisions_know_what_git_knows(repo: Path) -> None:
    """Each revision has the blob that its commit wrote, under the name that the file had."""
    checkout = git.describe(repo)
    assert checkout
    found = workshop.given(shop(repo)).repository.revisions["posts/wet.md"]
    for revision in found:
        assert gitrepo.git(repo, "rev-parse", f"{revision.commit}:{revision.path}").strip() == revision.blob
    assert [revision.merge_request for revision in found] == [0, 0, 0, 12, 0]
    with contents.Blobs(checkout, 50) as blobs:
        assert blobs(found[0].blob) is None  # larger than is wanted
        assert blobs("0" * 40) is None
    assert len(revisions.log(checkout)) == 5
