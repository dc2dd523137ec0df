"""A headless Chromium for tests: the system's, named by KNOWREPO_CHROMIUM or found on the path."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
]


def executable() -> str:
    """The path of Chromium. Fails where there is none: scripts/check installs one."""
    path = (
        os.environ.get("KNOWREPO_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    )
    assert path, "no Chromium found: run scripts/check, or set KNOWREPO_CHROMIUM"
    return path


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser that is closed at the end."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def until(page: Page, condition: str) -> None:
    """Wait until an expression holds; ``wait_for_function`` needs an eval, which the policy of our pages forbids. Fails after 30 seconds."""
    page.evaluate(
        f"""() => new Promise((done, fail) => {{
            const late = performance.now() + 30_000;
            const look = async () => (await ({condition})) ? done() : performance.now() < late ? requestAnimationFrame(look) : fail(Error({condition!r}));
            look();
        }})"""
    )
