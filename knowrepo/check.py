"""What is wrong with a whole site that no single post could know: links that lead nowhere, pictures that are missing."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from knowrepo import urls
from knowrepo.model import Post, Problem, Severity, Site
from knowrepo.render import images


def problems(site: Site) -> tuple[Problem, ...]:
    """All of them, in the order of the posts' paths; what stands several times in a cell is told once."""
    pages = sorted([*site.posts, *(group.readme for group in site.folders if group.readme)], key=lambda post: post.path)
    found = list(dict.fromkeys(problem for post in pages for problem in _post(post)))
    found += _aliases(site)
    homeless = [(post, target) for post in pages for target in post.targets if not (target.url or target.complaint or target.left_out)]
    if homeless:
        found.append(
            Problem(
                homeless[0][0].path,
                f"links to files of the repository ({len(homeless)}) are shown as text, since its address on GitLab is not known",
                "project-unknown",
                hint="set `project_url` in knowrepo.yml, or add a Git remote",
                severity=Severity.INFO,
            )
        )
    return tuple(found)


def kept(problems: Iterable[Problem], site: Site, ignore: Container[str]) -> tuple[Problem, ...]:
    """The problems without those whose rules are ignored in the settings or in the header of the post. What keeps a post off the site is always told."""
    own = {post.path: post.meta.ignore for post in (*site.posts, *(group.readme for group in site.folders if group.readme))}
    return tuple(
        problem
        for problem in problems
        if not (problem.rule in ignore or problem.rule in own.get(problem.path, ()))
        or (problem.path not in own and problem.severity is Severity.ERROR)
    )


def _aliases(site: Site) -> Iterator[Problem]:
    """Old addresses that cannot lead to their post, because another page is there or because they are none."""
    taken = {page.url: page.path for page in site.posts} | {group.url: group.url for group in (*site.tags, *site.authors, *site.folders)}
    taken |= {url: url for url in (urls.HOME, urls.ARCHIVE, urls.TAGS, urls.AUTHORS, urls.NOT_FOUND)}
    for post in site.posts:
        for alias in post.meta.aliases:
            place = urls.alias(alias)
            other = taken.setdefault(place, post.path) if place else ""
            if other != post.path or place == post.url:
                why = f"{other} is there" if place else "it is no path of a page"
                yield Problem(
                    post.path,
                    f'the old address "{alias}" does not lead here: {why}',
                    "alias-taken",
                    hint="take it out of `aliases`, or correct it",
                    severity=Severity.WARNING,
                )


def _post(post: Post) -> Iterator[Problem]:
    pictures = set(post.body.pictures)
    in_cells = post.path.endswith(".ipynb")
    for index, (link, target) in enumerate(zip(post.body.links, post.targets, strict=True)):
        if target.complaint:
            what = "picture" if f"\x02{index}\x03" in pictures else "link"
            yield Problem(
                post.path,
                f'the {what} "{link.url}" leads nowhere: {target.complaint}',
                f"{what}-broken",
                cell=link.cell if in_cells else None,
                hint="correct the path; it is relative to the file it stands in",
                severity=Severity.WARNING,
            )
        elif target.left_out:
            yield Problem(
                post.path,
                f'the link "{link.url}" leads to a post that this site does not have, so it is shown as text',
                "link-left-out",
                cell=link.cell if in_cells else None,
                hint="`knowrepo list --all` says why it is left out",
                severity=Severity.INFO,
            )
        elif target.local and target.picture and images.too_large(target.picture.width, target.picture.height):
            yield Problem(
                post.path,
                f'the picture "{link.url}" is too large to be shown: {target.picture.width:,} × {target.picture.height:,} pixels',
                "picture-large",
                cell=link.cell if in_cells else None,
                hint="make it smaller; most screens have fewer than 4,000 pixels across",
                severity=Severity.WARNING,
            )
    if post.thumbnail and post.thumbnail.complaint:
        yield Problem(
            post.path,
            f'the thumbnail "{post.meta.thumbnail}" cannot be shown: {post.thumbnail.complaint}',
            "thumbnail-broken",
            hint="give the number of a picture in the post (from 0) or the path of a picture file",
            severity=Severity.WARNING,
        )
