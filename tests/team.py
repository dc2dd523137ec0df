"""A small repository of every kind of post, for tests of the whole pipeline."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image

from knowrepo.build import Options, Report, Workshop, build
from knowrepo.cache import Cache
from knowrepo.urls import MANIFEST


def header(title: str, *lines: str, tags: str = "[growth, churn]", authors: str = "[Ada Lovelace]", day: str = "2024-01-05") -> str:
    """The YAML of a header, between its marks."""
    more = "".join(line + "\n" for line in lines)
    return f"---\ntitle: {title}\nauthors: {authors}\ntags: {tags}\ncreated_at: {day}\ntldr: What {title} is about.\n{more}---\n"


def picture(colour: str = "teal", width: int = 240, height: int = 160) -> bytes:
    """A PNG."""
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, "PNG")
    return buffer.getvalue()


def notebook(title: str, *lines: str, word: str = "riders", colour: str = "teal", **fields: str) -> str:
    """A notebook with a header, prose, code, a table, a picture and a link to another post."""
    plot = {"image/png": base64.b64encode(picture(colour)).decode(), "text/plain": "<Figure>"}
    table = {"text/html": '<table class="dataframe"><tr><th>n</th><td>1</td></tr></table>', "text/plain": "n 1"}
    outputs: list[dict[str, Any]] = [
        {"output_type": "stream", "name": "stdout", "text": [f"{word}\n"]},
        {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": table},
        {"output_type": "display_data", "metadata": {}, "data": plot},
    ]
    cells = [
        {"cell_type": "raw", "metadata": {}, "source": header(title, *lines, **fields)},
        {
            "cell_type": "markdown",
            "metadata": {},
            "source": f"## Finding\n\nAll {word} stay, see [the other](../methods/guide.md#finding).",
        },
        {"cell_type": "code", "metadata": {}, "execution_count": 1, "source": "import pandas as pd\npd.read_csv('x')", "outputs": outputs},
    ]
    return json.dumps({"cells": cells, "metadata": {"kernelspec": {"language": "python"}}, "nbformat": 4, "nbformat_minor": 2}, indent=1)


FILES: Mapping[str, str | bytes] = {
    "knowrepo.yml": "title: Our team\nsite_url: https://team.example/\nproject_url: https://gitlab.example/team/posts\n",
    "README.md": "# Start here\n\nRead [the guide](methods/guide.md).\n",
    "growth/churn.ipynb": notebook("Churn"),
    "growth/price.ipynb": notebook(
        "Prices", word="prices", colour="maroon", tags="[pricing]", authors="[Bob Ross, Ada Lovelace]", day="2024-02-01"
    ),
    "growth/README.md": "Growth asks who stays.\n",
    "methods/guide.md": header("The guide", tags="[method]", day="2024-03-01")
    + "\n# Finding\n\n![A plot](plot.png)\n\nBack to [churn](../growth/churn.ipynb), [data](data.csv).\n",
    "methods/plot.png": picture("olive"),
    "methods/data.csv": "a,b\n1,2\n",
    "methods/script.py": "# ---\n# title: A script\n# authors: [Bob Ross]\n# tags: [method]\n# created_at: 2024-03-02\n# tldr: Cells.\n# ---\n\n"
    "# %% [markdown]\n# Some *prose*.\n\n# %%\nprint(1)\n",
    "methods/report.Rmd": header("A report", tags="[method, growth]", day="2024-03-03") + "\nProse.\n\n```{r}\nsummary(cars)\n```\n",
    "methods/report.md": "Prose.\n\n``` r\nsummary(cars)\n```\n\n    ##  speed\n",
    "notes.md": "No header, no post.\n",
}


def site(repository: Path, out: Path, cache: Path | None = None, *, jobs: int = 0, **options: Any) -> Report:
    """Build into ``out``; without a cache folder nothing is remembered from elsewhere."""
    return build(Workshop(repository, out, Cache(cache or out.parent / f"{out.name}-cache"), Options(**options), jobs=jobs))


def tree(out: Path) -> dict[str, bytes]:
    """Every published file."""
    return {
        file.relative_to(out).as_posix(): file.read_bytes() for file in sorted(out.rglob("*")) if file.is_file() and file.name != MANIFEST
    }
