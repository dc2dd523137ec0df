"""Our scripts in Node, without a page: for tests that hold them against the same thing in Python.

javascript.call("search/query.js", "parse", [["random forest"], ["tag:churn", ["team"]]])
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
_CALLS = """
const [module, name] = process.argv.slice(1);
const called = (await import(module))[name];
let given = "";
for await (const part of process.stdin.setEncoding("utf8")) given += part;
process.stdout.write(JSON.stringify(JSON.parse(given).map((parameters) => called(...parameters))));
"""


def call(module: str, name: str, calls: Iterable[list[Any]]) -> list[Any]:
    """What an exported function returns for each list of arguments, in one process. All of it has to be JSON."""
    done = subprocess.run(
        ["node", "--input-type=module", "-e", _CALLS, (_scripts() / module).as_uri(), name],
        input=json.dumps(list(calls)),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    returned: list[Any] = json.loads(done.stdout)
    return returned


@cache
def _scripts() -> Path:
    """A copy of the scripts that Node takes for modules whatever its version."""
    folder = Path(_FOLDER.name) / "scripts"
    copytree(_SCRIPTS, folder)
    (folder / "package.json").write_text('{"type": "module"}')
    return folder
