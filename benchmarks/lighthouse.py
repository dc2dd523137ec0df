"""What does Lighthouse say of the site? ``python benchmarks/lighthouse.py [SITE] [--runs 3]``.

Measures the feed, a post, a tag and the statistics page (and the search page, where there is one) of a built site, as Lighthouse simulates a mid-range
phone on a slow network, and prints the median of the runs: the four scores, the largest contentful paint (LCP, seconds) and the cumulative layout shift
(CLS). Without SITE it builds sample_repo. Needs npm and Chromium (KNOWREPO_CHROMIUM names it); an idle machine gives the better seconds. Exit status 1
if accessibility, best practices or SEO is below 100, performance below 95, LCP above 1.5 s or CLS above 0.02.
"""

from __future__ import annotations

import argparse
import gzip
import json
import mimetypes
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import trialrepo

ROOT = Path(__file__).parent.parent
TOOLS = ROOT / ".venv-check" / "npm"
VERSION = "12.8.2"  # the last that runs on Node 20
SCORES = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
LCP, CLS = 1.5, 0.02


class Pages(BaseHTTPRequestHandler):
    """Answers from a folder as GitLab Pages does: compressed where the browser takes it, and to be kept by it for ten minutes."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # as every server does

    def __init__(self, *arguments: Any, folder: Path) -> None:
        self.folder = folder
        super().__init__(*arguments)

    def do_GET(self) -> None:
        """Send a file, or the page for lost readers."""
        path = self.path.partition("?")[0].lstrip("/")
        file = self.folder / (path + "index.html" if not path or path.endswith("/") else path)
        found = file.is_file()
        file = file if found else self.folder / "404.html"
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        text = kind.startswith("text/") or kind.endswith(("json", "xml", "javascript")) or file.suffix == ".webmanifest"
        data = gzip.compress(file.read_bytes(), 6) if text else file.read_bytes()
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if text else kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "max-age=600")
        if text:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def main() -> int:
    """Measure, print, and say whether all is well."""
    parser = argparse.ArgumentParser(description="Measure pages with Lighthouse.")
    parser.add_argument("site", type=Path, nargs="?", help="the folder that knowrepo build has written")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    print(f"{'page':48}{'perf':>6}{'a11y':>6}{'best':>6}{'SEO':>6}{'LCP s':>8}{'CLS':>8}")
    with tempfile.TemporaryDirectory() as temporary:
        site = options.site or sample(Path(temporary))
        with serving(site) as address:
            return max([measure(page, f"{address}{page}", options.runs) for page in pages(site)])


def sample(work: Path) -> Path:
    """The site of sample_repo."""
    repo = trialrepo.make(ROOT / "sample_repo", work / "repo")
    command = [sys.executable, "-m", "knowrepo", "-C", repo, "build", "--quiet", "--out", work / "public"]
    subprocess.run(command, check=True, capture_output=True)
    return work / "public"


def pages(site: Path) -> Iterator[str]:
    """The pages that are measured: of posts the one of middling length, of tags the first."""
    posts = [post["url"] for post in json.loads((site / "site.json").read_bytes())["posts"]]
    middling = sorted(posts, key=lambda url: (site / url).stat().st_size)[len(posts) // 2]
    tag = min(path.relative_to(site).as_posix() for path in (site / "tags").glob("*/index.html"))
    yield from ("index.html", middling, tag, "statistics/index.html")
    yield from (path for path in ["search/index.html"] if (site / path).exists())


@contextmanager
def serving(site: Path) -> Iterator[str]:
    """The address at which the site is served meanwhile."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Pages, folder=site)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def measure(page: str, address: str, runs: int) -> int:
    """Print the median of the runs and what is wrong; 1 if anything is."""
    results = [run(address) for _ in range(runs)]
    scores = {name: round(100 * statistics.median(result["categories"][name]["score"] or 0 for result in results)) for name in SCORES}
    lcp = statistics.median(result["audits"]["largest-contentful-paint"].get("numericValue", 1e6) for result in results) / 1000
    cls = statistics.median(result["audits"]["cumulative-layout-shift"].get("numericValue", 1.0) for result in results)
    print(f"{page:48}" + "".join(f"{score:6}" for score in scores.values()) + f"{lcp:8.2f}{cls:8.3f}", flush=True)
    for name in SCORES:
        for reference in results[0]["categories"][name]["auditRefs"]:
            audit = results[0]["audits"][reference["id"]]
            if reference["weight"] and audit["score"] is not None and audit["score"] < 1 and scores[name] < 100:
                print(f"    {name}: {audit['title']} {audit.get('displayValue', '')}")
    return int(any(scores[name] < least for name, least in SCORES.items()) or lcp > LCP or cls > CLS)


def run(address: str) -> dict[str, Any]:
    """Lighthouse's report of one run."""
    tool = TOOLS / "node_modules" / ".bin" / "lighthouse"
    if not tool.exists():
        install = ["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", TOOLS, f"lighthouse@{VERSION}"]
        subprocess.run(install, check=True)
    chromium = os.environ.get("KNOWREPO_CHROMIUM") or shutil.which("chromium") or "chromium"
    flags = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage"
    command = [tool, address, "--quiet", "--output=json", f"--only-categories={','.join(SCORES)}", f"--chrome-flags={flags}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "CHROME_PATH": chromium})
    return dict(json.loads(done.stdout))


if __name__ == "__main__":
    sys.exit(main())
