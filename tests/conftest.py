"""The options of the suite."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

_SAID = pytest.StashKey[list[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--attacks FOLDER``: more hostile inputs than the suite has of its own."""
    folder = os.environ.get("KNOWREPO_ATTACKS") or None
    parser.addoption("--attacks", metavar="FOLDER", default=folder, help="a folder of hostile inputs to try as well (or KNOWREPO_ATTACKS)")


@pytest.fixture(scope="session")
def attacks(request: pytest.FixtureRequest) -> Path | None:
    """The folder that ``--attacks`` names, None if there is none."""
    folder = request.config.getoption("--attacks")
    return Path(folder).resolve() if folder else None


@pytest.fixture(scope="session")
def say(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """A function that puts a line below the results of the run."""
    return request.config.stash.setdefault(_SAID, []).append


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker of pytest-xdist sends its lines home with its results."""
    home = getattr(session.config, "workeroutput", None)
    if home is not None:
        home["said"] = session.config.stash.get(_SAID, [])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """The lines of a worker."""
    node.config.stash.setdefault(_SAID, []).extend(getattr(node, "workeroutput", {}).get("said", ()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """How much was tried, and how long it took."""
    for line in config.stash.get(_SAID, []):
        terminalreporter.write_line(line)
