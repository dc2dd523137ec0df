"""How many bytes and seconds do lossless WebP pictures take? ``python benchmarks/pictures.py FOLDER``.

Every PNG in the outputs of the folder's notebooks is encoded as a build does it, beside the same work by others in the same run: Pillow's own
optimised PNG and default WebP, and ``cwebp`` and ``optipng`` where they are installed (Debian: webp, optipng). Seconds are processor time.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import json
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image

from knowrepo.render import recode

Encoder = Callable[[bytes], bytes | None]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Bytes and seconds of lighter pictures.")
    parser.add_argument("folder", type=Path, help="a folder of notebooks")
    parser.add_argument(
        "--most", type=int, default=0, metavar="N", help="take N of the pictures, evenly chosen by their hash (default: all)"
    )
    options = parser.parse_args()
    pictures = sorted(set(_pictures(options.folder)), key=lambda data: hashlib.sha256(data).digest())[: options.most or None]
    if not pictures:
        print("no PNG pictures there")
        return 1
    before = sum(map(len, pictures))
    print(f"{len(pictures)} PNG pictures, {before / 1e6:.1f} MB")
    print(f"{'':28}{'MB':>8}{'of PNG':>9}{'ms each':>9}{'taken':>8}")
    for name, encode in _encoders():
        started = _seconds()
        made = [encode(data) for data in pictures]
        spent = (_seconds() - started) / len(pictures) * 1000
        shown = [new if new is not None and len(new) < len(old) else old for old, new in zip(pictures, made, strict=True)]
        size = sum(map(len, shown))
        taken = sum(new is not old for old, new in zip(pictures, shown, strict=True))
        print(f"{name:28}{size / 1e6:8.1f}{size / before:9.0%}{spent:9.1f}{taken:8}")
    return 0


def _pictures(folder: Path) -> Iterator[bytes]:
    for file in sorted(folder.rglob("*.ipynb")):
        try:
            cells = json.loads(file.read_bytes())["cells"]
            for output in (output for cell in cells for output in cell.get("outputs") or ()):
                if value := output.get("data", {}).get("image/png"):
                    yield base64.b64decode("".join(value))
        except (ValueError, KeyError, TypeError, AttributeError):
            continue


def _encoders() -> Iterator[tuple[str, Encoder]]:
    yield "knowrepo", recode.webp
    yield "Pillow, WebP by default", lambda data: _pillow(data, "WEBP", lossless=True, exact=True)
    yield "Pillow, PNG optimize", lambda data: _pillow(data, "PNG", optimize=True)
    if path := shutil.which("cwebp"):
        for level in (1, 4):
            yield f"cwebp -z {level}", _program([path, "-quiet", "-exact", "-z", str(level), "IN", "-o", "OUT"])
    if path := shutil.which("optipng"):
        yield "optipng -o2", _program([path, "-quiet", "-o2", "IN", "-out", "OUT"])


def _pillow(data: bytes, form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(data)) as image:
        (image if image.mode in ("RGB", "RGBA") else image.convert("RGBA")).save(buffer, form, **options)
    return buffer.getvalue()


def _program(arguments: list[str]) -> Encoder:
    def encode(data: bytes) -> bytes | None:
        with tempfile.TemporaryDirectory() as folder:
            places = {"IN": f"{folder}/in.png", "OUT": f"{folder}/out"}
            Path(places["IN"]).write_bytes(data)
            done = subprocess.run([places.get(argument, argument) for argument in arguments], capture_output=True, check=False)
            return Path(places["OUT"]).read_bytes() if done.returncode == 0 else None

    return encode


def _seconds() -> float:
    return sum(use.ru_utime + use.ru_stime for use in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


if __name__ == "__main__":
    sys.exit(main())
