"""``knowrepo diff``."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from knowrepo.cli import choices
from knowrepo.errors import KnowrepoError

if TYPE_CHECKING:
    from knowrepo.comparison import Compared
    from knowrepo.git import Checkout
    from knowrepo.pages.diffs import Versions

_COLOURS: Mapping[str, Mapping[str, bool | str]] = {
    "file": {"bold": True},
    "block": {"fg": "cyan"},
    "-": {"fg": "red"},
    "+": {"fg": "green"},
}
_WORKTREE = "what lies on disk"


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be compared: two places on disk, or two revisions; ``new`` is "" for what lies on disk. ``merge_request`` is an address or ""."""

    old: str
    new: str
    paths: tuple[str, ...] = ()
    places: bool = False
    merge_request: str = ""


@click.command()
@click.argument("a", required=False)
@click.argument("b", required=False)
@click.argument("path", nargs=-1)
@click.option("--mr", is_flag=True, help="Compare the base and the head of the merge request whose pipeline this is.")
@click.option(
    "--format", "form", type=click.Choice(["text", "html", "json"]), default="text", show_default=True, help="text and json go to stdout."
)
@click.option(
    "--out", metavar="FILE|DIR", help="With html: the file (*.html) or folder to write (default: diff.html, or diff for several posts)."
)
@click.pass_obj
def diff(root: Path, a: str | None, b: str | None, path: tuple[str, ...], mr: bool, form: str, out: str | None) -> None:
    """Show what readers will see that is different: between two revisions, files or folders A and B, or on disk since A (default: HEAD)."""
    from knowrepo import comparison, git
    from knowrepo.pages.diffs import Versions

    if out and form != "html":
        raise click.UsageError("--out needs --format html")
    checkout = git.describe(root)
    what = tuple(filter(None, (a, b, *path)))
    asked = _merge_request(what) if mr else _question(checkout, root, what)
    if asked.places:
        every = comparison.placed(root / asked.old, root / asked.new)
    else:
        if not checkout:
            raise _no_repository()
        paths = [_inside(root, path) for path in asked.paths]
        every = comparison.revised(checkout, _commit(checkout, asked.old), _commit(checkout, asked.new), paths)
    versions = Versions(_short(asked.old), _short(asked.new) or _WORKTREE, asked.merge_request, checkout.prefix if checkout else "")
    _ANSWERS[form](root, tuple(every), versions, out)


def _question(checkout: Checkout | None, root: Path, what: Sequence[str]) -> Question:
    """Two places, where both are there as such; else revisions first, then paths, as Git itself takes them."""
    if len(what) == 2 and all((root / name).exists() for name in what) and not (checkout and _known(checkout, what[0])):
        return Question(what[0], what[1], places=True)
    names = list(what)
    if names and ".." in names[0]:
        old, _, new = names.pop(0).partition("..")
        return Question(old or "HEAD", new.lstrip(".") or "HEAD", tuple(names))
    old = names.pop(0) if names and (not (root / names[0]).exists() or (checkout and _known(checkout, names[0]))) else "HEAD"
    new = names.pop(0) if names and checkout and not (root / names[0]).exists() else ""
    return Question(old, new, tuple(names))


def _merge_request(what: Sequence[str]) -> Question:
    """What GitLab says of the merge request (https://docs.gitlab.com/ci/variables/predefined_variables/)."""
    base, head = os.environ.get("CI_MERGE_REQUEST_DIFF_BASE_SHA"), os.environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA")
    head = head or os.environ.get("CI_COMMIT_SHA")
    if not base or not head:
        raise KnowrepoError(
            "this is no pipeline of a merge request", hint="--mr is for GitLab CI; elsewhere name the revisions: knowrepo diff main HEAD"
        )
    return Question(base, head, tuple(what), merge_request=choices.merge_request())


def _known(checkout: Checkout, name: str) -> bool:
    from knowrepo.git import revisions

    return bool(revisions.commit(checkout, name))


def _commit(checkout: Checkout, name: str) -> str:
    from knowrepo.errors import RepositoryError
    from knowrepo.git import revisions

    found = revisions.commit(checkout, name) if name else ""
    if name and not found:
        raise RepositoryError(f'there is no revision, file or folder "{name}" here', hint='fetch it; in GitLab CI with GIT_DEPTH: "0"')
    return found


def _no_repository() -> KnowrepoError:
    return KnowrepoError("this is no Git repository, so there are no revisions to compare", hint="name two files or folders")


def _inside(root: Path, path: str) -> str:
    return Path(os.path.relpath(root / path, root)).as_posix()


def _short(revision: str) -> str:
    return revision[:8] if len(revision) == 40 and all(digit in "0123456789abcdef" for digit in revision) else revision


def _text(_root: Path, every: Sequence[Compared], _versions: Versions, _out: str | None) -> None:
    from knowrepo.diff import report

    def paint(line: str, kind: str) -> str:
        return click.style(line, **_COLOURS.get(kind, {}))  # type: ignore[arg-type]

    for number, compared in enumerate(every):
        click.echo("\n" * bool(number) + "\n".join(report.text(compared.diff, paint)))


def _json(_root: Path, every: Sequence[Compared], versions: Versions, _out: str | None) -> None:
    from knowrepo.cli.report import print_json
    from knowrepo.diff import report

    files = [report.as_json(compared.diff) for compared in every]
    print_json({"schema_version": 1, "old": versions.old, "new": versions.new, "files": files})


def _html(root: Path, every: Sequence[Compared], versions: Versions, out: str | None) -> None:
    from knowrepo import chain, workshop, write
    from knowrepo.config import load
    from knowrepo.disk import Disk
    from knowrepo.pages import diffs, theme

    if not every:
        click.echo("nothing differs", err=True)
        return
    settings = load(workshop.settings_file(root))
    looks = theme.load(chain.read(*chain.of(root, settings.theme)), hosts=settings.allow_network, language=settings.language)
    place = root / (out or ("diff.html" if len(every) == 1 else "diff"))
    if place.suffix != ".html":
        write.check(place)
        write.write(place, diffs.folder(looks, every, versions), "diff", Disk(), lambda line: click.echo(line, err=True))
    elif len(every) > 1:
        raise KnowrepoError(f"{len(every)} posts differ, and one file holds one", hint="name a folder with --out, or one post")
    else:
        write.file(place, diffs.alone(looks, every[0], versions))
    click.echo(os.path.relpath(place))


_ANSWERS = {"text": _text, "json": _json, "html": _html}
