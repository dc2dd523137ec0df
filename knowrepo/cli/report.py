"""Reports: problems as a compiler prints them, one JSON document for programs, GitLab's Code Quality report."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson

from knowrepo.model import Post, Problem, Severity, Site, Skipped
from knowrepo.workshop import Report

if TYPE_CHECKING:
    from knowrepo.build import Share
    from knowrepo.whereabouts import Whereabouts

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}
_GITLAB = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}
_NAMED = 3
"""How many files that Git does not track a build names."""
_SHOWN = 20
"""How many warnings a build prints; ``check`` prints all."""


def errors(report: Report) -> int:
    """How many errors there are."""
    return _count(report, Severity.ERROR)


def counted(report: Report) -> int:
    """How many errors and warnings there are."""
    return errors(report) + _count(report, Severity.WARNING)


def _count(report: Report, severity: Severity) -> int:
    return sum(problem.severity is severity for problem in report.problems)


def narrowed(report: Report, paths: tuple[str, ...]) -> Report:
    """The part of a report that is about these files and folders; all of it if none are given."""
    if not paths:
        return report

    def within(path: str) -> bool:
        return any(given == "." or path == given or path.startswith(given + "/") for given in paths)

    return replace(
        report,
        published=tuple(path for path in report.published if within(path)),
        problems=tuple(problem for problem in report.problems if within(problem.path)),
        skipped=tuple(left for left in report.skipped if within(left.path)),
    )


def merged(sites: Sequence[Report]) -> Report:
    """What the reports of several sites of one repository say together: a file is left out if no site has it."""
    first = sites[0]
    published = tuple(dict.fromkeys(path for report in sites for path in report.published))
    problems = tuple(dict.fromkeys(problem for report in sites for problem in report.problems))
    skipped = tuple(left for left in first.skipped if left.path not in published)
    return replace(first, published=published, skipped=skipped, problems=problems)


def print_json(value: Any) -> None:
    """One JSON document on stdout."""
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())


def built(report: Report, seconds: float, audiences: Sequence[tuple[str, Report]] = ()) -> dict[str, Any]:
    """``build --json``; each of the ``audiences`` has a name and a site of its own."""
    others = {"audiences": {name: _site(own) for name, own in audiences}} if audiences else {}
    return {**_site(report), "seconds": round(seconds, 3), **others}


def _site(report: Report) -> dict[str, Any]:
    return {
        **checked(report),
        "rendered": report.rendered,
        "written": report.written.written,
        "unchanged": report.written.unchanged,
        "removed": report.written.removed,
    }


def shared(share: Share, seconds: float) -> dict[str, Any]:
    """``build --shard --json``."""
    return {
        "schema_version": 1,
        "shard": share.number,
        "shards": share.of,
        "files": share.sources,
        "rendered": share.rendered,
        "seconds": round(seconds, 3),
    }


def checked(report: Report) -> dict[str, Any]:
    """``check --json``."""
    return {
        "schema_version": 1,
        "published": len(report.published),
        "skipped": [_left_out(left) for left in report.skipped],
        "problems": [_problem(problem) for problem in report.problems],
    }


def listed(site: Site, report: Report) -> dict[str, Any]:
    """``list --json``."""
    return {"schema_version": 1, "posts": [_post(post) for post in site.posts], "skipped": [_left_out(left) for left in report.skipped]}


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "path": problem.path,
        "line": problem.line,
        "cell": problem.cell,
        "message": problem.message,
        "hint": problem.hint,
        "severity": problem.severity.value,
        "rule": problem.rule,
    }


def _left_out(left: Skipped) -> dict[str, Any]:
    first = left.problems[0] if left.problems else None
    return {
        "path": left.path,
        "line": first.line if first else left.line,
        "message": first.message if first else left.reason,
        "hint": first.hint if first else left.hint,
    }


def _post(post: Post) -> dict[str, Any]:
    meta = post.meta
    return {
        "path": post.path,
        "url": post.url,
        "title": meta.title,
        "authors": [person.name for person in meta.authors],
        "tags": list(meta.tags),
        "created_at": meta.created_at.isoformat() if meta.created_at else None,
        "updated_at": meta.updated_at.isoformat() if meta.updated_at else None,
        "tldr": meta.tldr,
    }


def whereabouts(found: Whereabouts) -> dict[str, Any]:
    """``why --json``."""
    return {
        "schema_version": 1,
        "path": found.path,
        "published": bool(found.urls),
        "urls": list(found.urls),
        "message": found.why,
        "hint": found.hint,
        "problems": [_problem(problem) for problem in found.problems],
    }


def print_whereabouts(found: Whereabouts) -> None:
    """On stdout, in a line or more."""
    click.echo(f"{found.path} {'is on the site' if found.urls else 'is not on the site'}: {found.why}")
    for url in found.urls:
        click.echo(f"  {url}")
    if found.hint:
        click.echo(f"help: {found.hint}")
    for problem in found.problems:
        if found.urls and problem.severity is not Severity.INFO:
            click.echo(f"{problem.severity.value}: {problem.message}")


def print_problems(report: Report, *, all_of_them: bool) -> None:
    """On stderr: errors in full, warnings too (a build stops after a few), what is only for information in ``check`` alone.

    That Git does not track a post is always said: it is the first answer to "my post does not appear".
    """
    shown = untracked = 0
    for problem in sorted(report.problems, key=lambda problem: (problem.severity is not Severity.ERROR, problem.severity is Severity.INFO)):
        if problem.rule == "untracked-file" and not all_of_them:
            untracked += 1
            if untracked > _NAMED:
                continue
        elif problem.severity is Severity.INFO and not all_of_them:
            continue
        shown += problem.severity is Severity.WARNING
        if not all_of_them and shown > _SHOWN:
            continue
        _print_problem(problem)
    if untracked > _NAMED:
        click.echo(f"… and {untracked - _NAMED} more that Git does not track: `knowrepo list --all` names them\n", err=True)
    if not all_of_them and shown > _SHOWN:
        click.echo(f"… and {_many(shown - _SHOWN, 'more warning')}: `knowrepo check` shows them all\n", err=True)


def _print_problem(problem: Problem) -> None:
    click.echo(click.style(problem.severity.value, fg=_COLOURS[problem.severity], bold=True) + f": {problem.message}", err=True)
    click.echo(f" --> {problem.place}", err=True)
    if problem.excerpt:
        click.echo(f"  |  {problem.excerpt}", err=True)
    if problem.hint:
        click.echo(f"help: {problem.hint}", err=True)
    click.echo("", err=True)


def print_built(report: Report, out: Path, seconds: float) -> None:
    """The last lines of a build."""
    written = report.written
    click.echo(f"{_many(len(report.published), 'post')} published, {_reasons(report)}{_problems(report)}", err=True)
    changes = f"{_many(written.written, 'file')} written, {written.unchanged} unchanged, {written.removed} removed"
    click.echo(f"{out / 'index.html'}: {changes}, {seconds:.1f} s", err=True)


def print_share(share: Share, seconds: float) -> None:
    """The one line of a build of a part."""
    part = f"{share.sources} of {_many(share.everything, 'file')}"
    click.echo(
        f"part {share.number} of {share.of}: {part}, {_many(share.rendered, 'post')} rendered into the cache, {seconds:.1f} s", err=True
    )


def print_checked(report: Report) -> None:
    """The last lines of a check."""
    for left in report.skipped:
        if not left.problems and left.reason != "no header":
            click.echo(f"not published: {left.path} ({left.reason})", err=True)
    click.echo(f"{_many(len(report.published), 'post')} to publish, {_reasons(report)}{_problems(report)}", err=True)


def print_list(site: Site, report: Report, *, everything: bool) -> None:
    """Posts on stdout, one a line: date, path, title; with ``everything`` also what is not published, and why."""
    for post in site.posts:
        day = post.meta.created_at.date().isoformat() if post.meta.created_at else "----------"
        click.echo(f"{day}  {post.path}  {post.meta.title}")
    if everything:
        for left in report.skipped:
            why = left.problems[0].message if left.problems else left.reason
            click.echo(f"not published  {left.path}  {why}")
        for problem in report.problems:
            if problem.rule == "untracked-file":
                click.echo(f"not published  {problem.path}  {problem.message} ({problem.hint})")


def code_quality(report: Report) -> str:
    """GitLab's Code Quality report (https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format)."""
    return orjson.dumps(
        [
            {
                "description": problem.message + (f" ({problem.hint})" if problem.hint else ""),
                "check_name": problem.rule,
                "fingerprint": hashlib.sha256(f"{problem.rule} {problem.place} {problem.message}".encode()).hexdigest(),
                "severity": _GITLAB[problem.severity],
                "location": {
                    "path": report.prefix + problem.path,
                    "lines": {"begin": problem.line if problem.line and problem.cell is None else 1},
                },
            }
            for problem in report.problems
        ],
        option=orjson.OPT_INDENT_2,
    ).decode()


def _many(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _reasons(report: Report) -> str:
    reasons = Counter("with errors" if left.problems else left.reason for left in report.skipped)
    if not reasons:
        return "none left out"
    parts = ", ".join(f"{number} {reason}" for reason, number in sorted(reasons.items()))
    return f"{_many(sum(reasons.values()), 'file')} left out ({parts}; `knowrepo list --all` names them)"


def _problems(report: Report) -> str:
    found, warnings = errors(report), _count(report, Severity.WARNING)
    return f"; {_many(found, 'error')}, {_many(warnings, 'warning')}" if found or warnings else ""
