"""What was found, for people and for programs."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from knowrepo.analysis.clauses import Mistake
from knowrepo.render.passages import CODE, COMMENT
from knowrepo.search.excerpts import Section
from knowrepo.search.finding import Found, Result
from knowrepo.text import excerpt, plain

_PROBLEMS = {
    "unknown-field": ('there is no field "{value}:"; its words are searched', 'did you mean "{hint}:"?'),
    "unclosed-quote": ("a quotation mark is not closed; the phrase goes to the end", ""),
    "unknown-value": ('no post has "{value}"; it is left out', 'did you mean "{hint}"?'),
    "bad-date": ('"{value}" is no date; write 2024, 2024-05 or 2024-05-31', ""),
    "bad-place": ('"{value}" is no place; in: takes code, prose, output or comment', 'did you mean "in:{hint}"?'),
    "empty-field": ("nothing stands after {value}:", ""),
    "lonely-or": ("OR stands between two words or phrases", ""),
    "no-phrase": ('no post says "{value}"; its words are searched', ""),
    "only-not": ("there is nothing to look for, only what is left out; add a word", ""),
}


def print_problems(problems: Iterable[Mistake]) -> None:
    """On stderr: what is wrong with a query."""
    for problem in problems:
        message, hint = (words.format(value=_shown(problem.value), hint=problem.hint) for words in _PROBLEMS[problem.key])
        click.echo(click.style("warning", fg="yellow", bold=True) + f": {message}", err=True)
        if problem.hint:
            click.echo(f"help: {hint}", err=True)


def print_found(found: Found) -> None:
    """The posts on stdout, how many there are on stderr."""
    console = Console(highlight=False, soft_wrap=True)
    partly = False
    for result in found.results:
        if not result.full and not partly and found.full:
            console.print(Text("With some of the words\n", style="dim"))
        partly = partly or not result.full
        _print(console, result)
    click.echo(_summary(found), err=True)
    if found.suggestion:
        click.echo(f"did you mean: {_shown(found.suggestion)}", err=True)


def _summary(found: Found) -> str:
    if not found.total:
        return "nothing found"
    posts = "1 post" if found.total == 1 else f"{found.total} posts"
    full = f", {found.full} of them with all the words" if found.full < found.total else ""
    shown = f"; the first {len(found.results)} are shown (--limit N shows more)" if len(found.results) < found.total else ""
    return posts + full + shown


def _print(console: Console, result: Result) -> None:
    post = result.post
    created = post.meta.created_at
    line = Text(_shown(post.meta.title), style="bold")
    if created:
        line.append(f"  {created.date().isoformat()}", style="not bold dim")
    console.print(line)
    console.print(Text(f"  {_shown(post.path)}", style="cyan"))
    for section in result.sections:
        _print_section(console, section)
    if not result.sections and post.meta.tldr:
        console.print(Text(f"    {_shown(excerpt(plain(post.meta.tldr), 220))}"))
    console.print()


def _print_section(console: Console, section: Section) -> None:
    place = " ".join(
        part for part in (_shown(section.heading), f"({section.kind})", f"#{section.anchor}" if section.anchor else "") if part
    )
    console.print(Text(f"  {place}", style="dim"))
    if not section.parts:
        return
    shown = Text()
    for part, matches in section.parts:
        shown.append(_shown(part, "\n\t" if section.kind in (CODE, COMMENT) else ""), style="bold yellow" if matches else "")
    for line in shown.split("\n"):
        console.print(Text("    ") + line)


def as_json(found: Found, query: str) -> dict[str, Any]:
    """``search --json`` and ``similar --json``."""
    return {
        "schema_version": 1,
        "query": query,
        "total": found.total,
        "full": found.full,
        "suggestion": found.suggestion,
        "problems": [problem.plain() for problem in found.problems],
        "results": [_result(result) for result in found.results],
    }


def _result(result: Result) -> dict[str, Any]:
    post = result.post
    return {
        "path": post.path,
        "url": post.url,
        "title": post.meta.title,
        "authors": [person.name for person in post.meta.authors],
        "tags": list(post.meta.tags),
        "created_at": post.meta.created_at.isoformat() if post.meta.created_at else None,
        "full": result.full,
        "score": round(result.score, 3),
        "sections": [
            {"anchor": section.anchor, "heading": section.heading, "kind": section.kind, "parts": section.parts}
            for section in result.sections
        ],
    }


def _shown(text: str, kept: str = "") -> str:
    """Text that cannot command a terminal: control characters and what turns the direction of writing are blanks."""
    return "".join(" " if unicodedata.category(letter) in ("Cc", "Cf", "Cs") and letter not in kept else letter for letter in text)
