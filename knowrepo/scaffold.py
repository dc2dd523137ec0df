"""New files for people to start from: a repository (``init``) and a post (``new``). Nothing that exists is ever changed, but for lines added to .gitignore."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath

import orjson

from knowrepo import config, shipped, text
from knowrepo.errors import OutputError
from knowrepo.fields import quoted

FORMATS = ("ipynb", "md", "py", "qmd", "Rmd")

CONFIG = """\
# yaml-language-server: $schema=.knowrepo.schema.json
# Every setting is optional; `knowrepo schema config` describes them all.
title: {title}
description: What this team has found out, and how.

# Folders whose notebooks are posts even without a header:
# include: [posts]
# Patterns that never are:
# exclude: ["scratch/**"]
"""


PRE_COMMIT = """\
repos:
  - repo: local
    hooks:
      - id: knowrepo-check
        name: knowrepo check
        entry: knowrepo check
        language: system
        files: \\.(ipynb|md|Rmd|qmd|py)$
"""

IGNORED = ("public/", ".knowrepo/", ".ipynb_checkpoints/", "discussion.json")

FIRST_POST = """\
This post is here so that there is something to see. Change it, or delete it and add your own:

- any notebook, Markdown, R Markdown, Quarto or `# %%` file with a header like this one's is a post;
- `knowrepo new "What I found out"` makes one;
- `knowrepo serve` shows the site and reloads it when you save.
"""


_INPUT = re.compile(r"\$\[\[ inputs\.(\w+) \]\]")
_DEFAULT = re.compile(r"^    (\w+):\n      default: (.*)$", re.MULTILINE)
"""An input of the component, and the places where it is filled in (https://docs.gitlab.com/ci/inputs/)."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A file that was written, or that was there already and was kept."""

    path: str
    new: bool


def repository(root: Path, *, title: str, author: str, today: date) -> tuple[Placed, ...]:
    """Write what a new repository of posts needs into ``root``. Raises OutputError if a file cannot be written."""
    files = {
        "knowrepo.yml": CONFIG.format(title=quoted(title)),
        ".knowrepo.schema.json": orjson.dumps(config.json_schema(), option=orjson.OPT_INDENT_2).decode() + "\n",
        "posts/welcome.md": post(
            "Welcome", "md", author=author, today=today, tags=("welcome",), tldr="What this is, and how to add to it.", body=FIRST_POST
        ),
        ".gitlab-ci.yml": gitlab_ci(),
        ".pre-commit-config.yaml": PRE_COMMIT,
    }
    return (*(_place(root, path, content) for path, content in files.items()), _ignore(root))


def gitlab_ci() -> str:
    """The GitLab jobs that check and preview merge requests and publish the default branch: the component with the defaults of its inputs."""
    head, _, jobs = shipped.gitlab_jobs().read_text("utf-8").partition("\n---\n")
    defaults = {name: value.strip('"') for name, value in _DEFAULT.findall(head)}
    filled = _INPUT.sub(lambda place: defaults[place[1]], jobs)
    return head.partition("spec:\n")[0] + "".join(line.rstrip() + "\n" for line in filled.splitlines())


def new_post(root: Path, path: str, title: str, *, author: str, today: date) -> Placed:
    """Write an empty post with its header. Raises OutputError if the file exists or lies outside, or its suffix is none of ``FORMATS``."""
    suffix = PurePosixPath(path).suffix.removeprefix(".")
    if suffix not in FORMATS:
        raise OutputError(f"{path} is no kind of post", hint=f"end its name in one of {', '.join('.' + name for name in FORMATS)}")
    if not title.strip():
        raise OutputError("a post needs a title", hint='knowrepo new "What I found out"')
    if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
        raise OutputError(f"{path} lies outside the repository", hint="name a path below it: knowrepo new posts/my-post.ipynb")
    if (root / path).exists():
        raise OutputError(f"{path} exists already", hint="choose another title, or name the file: knowrepo new posts/another-name.ipynb")
    return _place(root, path, post(title, suffix, author=author, today=today))


def post(title: str, form: str, *, author: str, today: date, tags: tuple[str, ...] = (), tldr: str = "", body: str = "") -> str:
    """The text of a post with a header, in one of ``FORMATS``."""
    return _WRITERS[form](header(title, author=author, today=today, tags=tags, tldr=tldr), body)


def header(title: str, *, author: str, today: date, tags: Iterable[str] = (), tldr: str = "") -> str:
    """A header between its marks; without ``tldr``, with the question for it."""
    fields = {
        "title": quoted(title),
        "authors": f"[{quoted(author)}]",
        "tags": f"[{', '.join(quoted(tag) for tag in tags)}]",
        "created_at": today.isoformat(),
        "tldr": quoted(tldr or "One or two sentences: what did you find out?"),
    }
    return "---\n" + "".join(f"{name}: {value}\n" for name, value in fields.items()) + "---\n"


def _text(header: str, body: str) -> str:
    return f"{header}\n{body}"


def _script(header: str, body: str) -> str:
    comment = "".join(f"# {line}".rstrip() + "\n" for line in header.splitlines())
    return f"{comment}\n# %% [markdown]\n# ## Question\n\n# %%\n{body}"


def _notebook(header: str, body: str) -> str:
    def cell(kind: str, source: str, name: str, more: Mapping[str, object]) -> dict[str, object]:
        return {"cell_type": kind, "id": name, "metadata": {}, **more, "source": source.splitlines(keepends=True)}

    notebook = {
        "cells": [
            cell("raw", header.rstrip("\n"), "header", {}),
            cell("markdown", "## Question", "question", {}),
            cell("code", body, "first", {"execution_count": None, "outputs": []}),
        ],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return orjson.dumps(notebook, option=orjson.OPT_INDENT_2).decode() + "\n"


_WRITERS = {"ipynb": _notebook, "md": _text, "qmd": _text, "Rmd": _text, "py": _script}


def post_path(folder: str, title: str, form: str) -> str:
    """Where a new post with this title goes."""
    return f"{folder.strip('/')}/{text.slug(title)}.{form}" if folder.strip("/") else f"{text.slug(title)}.{form}"


def _place(root: Path, path: str, content: str) -> Placed:
    file = root / path
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8", newline="\n") as opened:
            opened.write(content)
    except FileExistsError:
        return Placed(path, new=False)
    except OSError as error:
        raise OutputError(f"cannot write {file}: {error.strerror}", hint="choose a folder that you may write to") from error
    return Placed(path, new=True)


def _ignore(root: Path) -> Placed:
    file = root / ".gitignore"
    try:
        old = file.read_bytes() if file.exists() else b""
        missing = [line for line in IGNORED if line.encode() not in old.splitlines()]
        if missing:
            file.write_bytes(old + (b"\n" if old and not old.endswith(b"\n") else b"") + "".join(line + "\n" for line in missing).encode())
    except OSError as error:
        raise OutputError(f"cannot write {file}: {error.strerror}", hint="choose a folder that you may write to") from error
    return Placed(".gitignore", new=bool(missing))
