"""Our scripts in Node, without a page: for tests that hold them against the same thing in Python.

javascript.call("search/query.js", "parse", [["random forest"], ["tag:churn", ["team"]]])
javascript.run("return (await load('search/query.js')).parse(given)", "random forest")
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from shutil import copytree
from typing import Any

_SCRIPTS = Path(__file__).parent.parent / "themes" / "scripts"
_FOLDER = tempfile.TemporaryDirectory()
_MAIN = """
const load = (name) => import(`${process.argv[1]}/${name}`);
let text = "";
for await (const part of process.stdin.setEncoding("utf8")) text += part;
process.stdout.write(JSON.stringify(await (async (given) => {%s})(JSON.parse(text))));
"""
_CALLS = """
for (const needed of given.before) await load(needed);
const called = (await load(given.module))[given.name];
return given.calls.map((parameters) => {
  const made = called(...parameters);
  return made?.next ? [...made] : made;
});
"""


def call(module: str, name: str, calls: Iterable[list[Any]], before: Iterable[str] = ()) -> list[Any]:
    """What an exported function returns (or yields) for each list of arguments, in one process, after modules ``before``. All of it has to be JSON."""
    returned: list[Any] = run(_CALLS, {"module": module, "name": name, "before": list(before), "calls": list(calls)})
    return returned


def run(code: str, given: Any) -> Any:
    """What the body of an asynchronous function returns, which knows ``load(module)`` and ``given``."""
    done = subprocess.run(
        ["node", "--input-type=module", "-e", _MAIN % code, _scripts().as_uri()],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@cache
def _scripts() -> Path:
    """A copy of the scripts that Node takes for modules whatever its version."""
    folder = Path(_FOLDER.name) / "scripts"
    copytree(_SCRIPTS, folder)
    (folder / "package.json").write_text('{"type": "module"}')
    return folder
