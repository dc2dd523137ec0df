"""The vendored libraries: what lies there is what was fetched, and a site publishes of it only what its posts need."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from knowrepo import chain, config
from knowrepo.cache import load
from knowrepo.errors import ConfigError
from knowrepo.model import Stored
from knowrepo.pages import artifacts, libraries, theme
from tests import framesite, gitrepo, sitefactory, team

ROOT = Path(__file__).parent.parent
VENDOR = ROOT / "themes" / "vendor"
INDEX = json.loads((VENDOR / "libraries.json").read_bytes())
PLAIN = {"bin", "png", "webmanifest", "html", "css", "js", "svg", "json", "xml", "woff2"}


def published(*names: str, maths: bool = False) -> dict[str, bytes]:
    """The site with one post that needs these libraries."""
    post = sitefactory.post("a.md", libraries=names, maths=maths)
    return {artifact.path: load(artifact.content) for artifact in artifacts(sitefactory.site([post]), sitefactory.base())}


def test_the_files_are_those_that_were_fetched() -> None:
    """``scripts/vendor --check`` finds every file as libraries.json lists it, with its licence named and no address to load a map from."""
    done = subprocess.run([sys.executable, ROOT / "scripts" / "vendor", "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    licences = (VENDOR / "LICENSES.txt").read_text("utf-8")
    for library in INDEX.values():
        assert library["licence"]
        for package in library["packages"]:
            assert package.rpartition("@")[0] in licences
        for file in library["files"]:
            text = (VENDOR / file["name"]).read_text("utf-8")
            assert text.startswith("/*!\n")
            assert "sourceMappingURL=http" not in text
            assert not file["name"].endswith(".css") or "url(http" not in text


def test_a_site_publishes_only_the_libraries_that_its_posts_need() -> None:
    """Without interactive outputs there is neither a library nor a frame document; with some, each library's files once, and no other suffixes."""
    plain = published()
    assert framesite.suffixes(plain) == PLAIN
    assert not any("frame" in path for path in plain)
    with_charts = published("plotly", "leaflet")
    new = with_charts.keys() - plain.keys()
    wanted = ["leaflet.css", "leaflet.js", "plotly-maps.js", "plotly.js"]
    assert sorted(re.sub("-[0-9a-f]{12}", "", path) for path in new) == [f"assets/{name}" for name in wanted]
    assert framesite.suffixes(with_charts) == PLAIN
    for path in new:
        assert hashlib.sha256(with_charts[path]).hexdigest().startswith(path.rpartition("-")[2].partition(".")[0])


def test_a_library_nobody_has_heard_of_is_no_error() -> None:
    """A name that is not vendored publishes nothing: the output says so where it stands."""
    assert published("no-such-library").keys() == published().keys()


def test_maths_bring_their_script_to_their_own_pages_alone() -> None:
    """A post whose formulas are typeset in the browser has one script more, named by its hash; no other page has it."""
    files = published(maths=True)
    (script,) = (path for path in files if path.startswith("assets/temml-"))
    page = files["posts/a/index.html"].decode()
    assert page.count("<script ") == 3
    assert page.index(script) < page.index("assets/app-")
    for integrity in [found.partition('"')[0] for found in page.split('integrity="')[1:]]:
        assert f"'{integrity}'" in page.partition("connect-src")[0]
    assert "temml" not in files["index.html"].decode()


def test_libraries_are_known_without_being_read(tmp_path: Path) -> None:
    """What libraries.json says is enough to name and describe every file: none of them is opened until it is written."""
    found = libraries.read(tmp_path, (VENDOR / "libraries.json").read_bytes())
    assert found.keys() == INDEX.keys()
    (file,) = found["jquery"]
    assert isinstance(file.content, Stored)
    assert file.content.size == INDEX["jquery"]["files"][0]["size"]


def test_a_site_never_shares_a_file_with_the_package(tmp_path: Path) -> None:
    """A published library is a copy: what somebody does to the site cannot change the package."""
    diagram = "```mermaid\ngraph TD\n  A --> B\n```\n"
    repository = gitrepo.make(tmp_path / "repo", {"a.md": team.header("A diagram") + diagram})
    team.site(repository, tmp_path / "out")
    (copy,) = (tmp_path / "out" / "assets").glob("mermaid-*.js")
    assert not copy.samefile(VENDOR / "mermaid.js")
    assert copy.stat().st_nlink == 1
    assert copy.read_bytes() == (VENDOR / "mermaid.js").read_bytes()


def test_the_frame_document_names_the_hosts_that_the_site_allows() -> None:
    """Pictures of outputs come from nowhere, or from these hosts over https: nothing else in the document depends on the site."""
    plain = sitefactory.base()
    allowing = theme.load(chain.read(chain.base()), hosts=("tile.example.org", "*.tiles.example.org"))
    before, after = load(plain.frame.content), load(allowing.frame.content)
    assert after == before.replace(b"img-src data: blob:", b"img-src data: blob: https://tile.example.org https://*.tiles.example.org")
    assert before.count(b"connect-src 'none'") == after.count(b"connect-src 'none'") == 1
    assert plain.fingerprint != allowing.fingerprint


ADDRESSES = ["https://a.example", "a.example/x", "a.example:80", "localhost", "1.2.3.4"]
ODD = ["a_b.example", "*", "*.org", "a.example; script-src *", "'self'", "-a.example", "A.example"]


@pytest.mark.parametrize("host", [*ADDRESSES, *ODD])
def test_only_a_host_is_a_host(host: str) -> None:
    """What stands in ``allow_network`` becomes part of a policy: anything but the name of a host is a mistake in the set-up."""
    with pytest.raises(ConfigError, match="the name of a host"):
        config.load(json.dumps({"allow_network": [host]}).encode())
    assert config.load(b"allow_network: [a.example, '*.b.example.org']").allow_network == ("a.example", "*.b.example.org")


def test_the_committed_script_is_what_the_bundle_gives(tmp_path: Path) -> None:
    """The scripts are made from themes/scripts as they are."""
    if not (ROOT / ".venv-check" / "npm" / "node_modules" / ".bin" / "esbuild").exists():
        pytest.skip("esbuild is not installed: scripts/check installs it")
    subprocess.run([ROOT / "scripts" / "bundle", tmp_path], check=True)
    for script in ("app.js", "feed.js", "scheme.js", "search.js", "search-page.js"):
        assert (tmp_path / script).read_bytes() == (chain.base() / "assets" / script).read_bytes()
