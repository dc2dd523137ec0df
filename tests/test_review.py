"""What a merge request does to the posts, first in its preview."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from lxml import html  # type: ignore[import-untyped]  # has no types

from knowrepo.cli import cli
from knowrepo.model import Cell, CellKind, Document, Meta, Reviewed
from knowrepo.review import compared
from tests import gitrepo, notebooks, team
from tests.notebooks import code, markdown, raw, stream

META = Meta("T", (), (), None, None, "")


def document(*cells: tuple[str, str] | tuple[str, str, str], **meta: Any) -> Document:
    """Cells as (kind, text, what the output says)."""
    made = [Cell(CellKind(kind), text, ({"output_type": "stream", "text": said[0]},) if said else ()) for kind, text, *said in cells]
    return Document(
        "a.ipynb",
        Meta(**{"title": "T", "authors": (), "tags": (), "created_at": None, "updated_at": None, "tldr": "", **meta}),
        tuple(made),
    )


ONE, TWO, THREE = ("code", "a = 1", "1"), ("markdown", "Words"), ("code", "b", "2")


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        (document(ONE, TWO), document(ONE, TWO), {}),
        (document(ONE), document(ONE, TWO, THREE), {"added": 2}),
        (document(ONE, TWO, THREE), document(ONE, THREE), {"removed": 1}),
        (document(ONE, TWO, THREE), document(ONE, ("markdown", "Other words"), THREE), {"changed": 1}),
        (document(ONE, TWO), document(("code", "a = 1", "1.0"), TWO), {"outputs": 1}),
        (document(ONE), document(TWO), {"added": 1, "removed": 1}),
        (document(TWO, title="S", tags=("x",)), document(TWO, url_path="elsewhere"), {"header": ("title", "tags", "path")}),
    ],
)
def test_posts_are_compared(old: Document, new: Document, wanted: dict[str, Any]) -> None:
    """Fields of the header, and cells: added, removed, of another text, or of the same text with other outputs."""
    assert compared(old, new) == Reviewed("a.ipynb", new.meta.title, "changed", **wanted)


def test_running_again_changes_nothing() -> None:
    """Counts of executions and what else nobody sees are not compared."""
    once, again = (
        Document("a", META, (Cell(CellKind.CODE, "a", ({"output_type": "execute_result", "execution_count": n, "metadata": {"n": n}},)),))
        for n in (1, 2)
    )
    assert compared(once, again) == Reviewed("a", "T", "changed")


def post(title: str, *lines: str, word: str = "words", said: str = "1\n") -> bytes:
    return notebooks.dump(raw(team.header(title, *lines)), markdown(f"Some {word}."), code("a = 1", stream(said)))


LONG = "\n".join(f"Line {number} of a long text." for number in range(30))
BEFORE: dict[str, str | bytes] = {
    "knowrepo.yml": "title: T\n",
    "same.ipynb": post("Same"),
    "text.ipynb": post("Text"),
    "rerun.ipynb": post("Rerun"),
    "gone.ipynb": post("Gone"),
    "secret-gone.ipynb": post("Secret, gone", "private: true"),
    "hidden.ipynb": post("Hidden", "private: true"),
    "shown.ipynb": post("Shown", "private: true"),
    "old/place.md": team.header("Placed") + LONG,
    "knit.Rmd": team.header("Knitted") + "\nProse.\n\n```{r}\nsummary(cars)\n```\n",
    "knit.md": "Prose.\n\n``` r\nsummary(cars)\n```\n\n    ##  speed\n",
}
AFTER: dict[str, str | bytes | None] = {
    "new.ipynb": post("New"),
    "text.ipynb": post("Text and tags", word="other words"),
    "rerun.ipynb": post("Rerun", said="2\n"),
    "gone.ipynb": None,
    "secret-gone.ipynb": None,
    "hidden.ipynb": post("Hidden", "private: true", word="secret words"),
    "shown.ipynb": post("Shown"),
    "old/place.md": None,
    "new/place.md": team.header("Placed") + LONG,
    "knit.md": "Prose.\n\n``` r\nsummary(cars)\n```\n\n    ##  dist\n",
    "README.md": "# Start\n",
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A merge request whose target has gone on meanwhile."""
    root = gitrepo.make(tmp_path / "repo", BEFORE)
    gitrepo.git(root, "checkout", "-q", "-b", "mine")
    gitrepo.commit(root, AFTER, day=2)
    gitrepo.git(root, "checkout", "-q", "main")
    gitrepo.commit(root, {"same.ipynb": post("Same", word="words of the target")}, day=3)
    gitrepo.git(root, "checkout", "-q", "mine")
    return root


def build(root: Path, revision: str = "main") -> Result:
    return CliRunner().invoke(
        cli, ["-C", str(root), "build", "-q", "--review", revision], env={"CI_PAGES_URL": None, "CI_PROJECT_URL": None}
    )


def shown(root: Path) -> dict[str, tuple[str, str]]:
    """What the first page says: by path the words, and where the title leads."""
    page = html.document_fromstring((root / "public" / "index.html").read_bytes())
    entries = page.xpath("//section[contains(@class, 'review')]//li")
    said = ((entry, entry.xpath("p/span[not(code)]/text()")) for entry in entries)
    return {entry.xpath("string(.//code)"): (" · ".join(words), entry.xpath("string(.//h2//a/@href)")) for entry, words in said}


def test_the_preview_begins_with_what_changes(repository: Path) -> None:
    """New, changed, moved and withdrawn posts with what is different of them, against the commit where the merge request began."""
    assert build(repository).exit_code == 0
    assert (repository / "public" / "robots.txt").read_text("utf-8") == "User-agent: *\nDisallow: /\n"
    assert shown(repository) == {
        "new.ipynb": ("new", "posts/new/index.html"),
        "text.ipynb": ("header: title, tldr · 1 cell changed", "posts/text/index.html"),
        "rerun.ipynb": ("other outputs of 1 cell", "posts/rerun/index.html"),
        "shown.ipynb": ("new", "posts/shown/index.html"),
        "new/place.md": ("moved", "posts/new/place/index.html"),
        "knit.Rmd": ("1 cell changed", "posts/knit/index.html"),
        "gone.ipynb": ("withdrawn", ""),
    }


def test_private_posts_are_not_named(repository: Path) -> None:
    """Neither one that changes nor one that goes leaves a trace on the page; one that is shown now says nothing of what it was."""
    build(repository)
    page = (repository / "public" / "index.html").read_text("utf-8")
    assert not re.search("(?i)secret|hidden.ipynb", page)


def test_without_a_review_there_is_none(repository: Path) -> None:
    """The published site says nothing of merge requests; a merge request without posts says that."""
    CliRunner().invoke(cli, ["-C", str(repository), "build", "-q"])
    assert 'class="pinned review"' not in (repository / "public" / "index.html").read_text("utf-8")
    build(repository, "HEAD")
    assert "No post is new, changed or gone." in (repository / "public" / "index.html").read_text("utf-8")


@pytest.mark.parametrize("revision", ["nothing", "--all", "HEAD:same.ipynb"])
def test_a_revision_that_is_not_there_is_said(repository: Path, revision: str) -> None:
    """One message, exit status 2; nothing that looks like an option gets to Git."""
    done = build(repository, revision)
    assert done.exit_code == 2
    assert f'there is no revision "{revision}" here' in done.stderr


def test_a_review_in_a_folder_of_the_repository(tmp_path: Path) -> None:
    """Where the posts are a part of a project, what lies elsewhere is none of the review's business."""
    root = gitrepo.make(tmp_path / "repo", {"notes/a.md": team.header("A") + "x", "b.md": team.header("B") + "x"})
    gitrepo.commit(root, {"notes/a.md": team.header("A") + "y", "b.md": team.header("B") + "y"}, day=2)
    assert build(root / "notes", "HEAD~1").exit_code == 0
    assert shown(root / "notes") == {"a.md": ("1 cell changed", "posts/a/index.html")}
