"""Pictures, sounds, films and PDFs of outputs: lighter but exactly the same, small on cards, and never more than a reader's browser can take."""

from __future__ import annotations

import base64
import hashlib
import io
import random
import struct
import wave
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, PngImagePlugin

from knowrepo import render
from knowrepo.cache import Cache, key
from knowrepo.model import Asset, Body, Cell, CellKind, Document, Meta
from knowrepo.render import embedded, images, media, recode
from tests import gitrepo, team

MODES = ["1", "L", "LA", "P", "RGB", "RGBA"]


def plot(mode: str = "RGB", width: int = 320, height: int = 240, seed: int = 1, **options: Any) -> bytes:
    """A drawing like a chart, as PNG."""
    chance = random.Random(seed)
    image = Image.new("RGBA", (width, height), (255, 255, 255, 0 if mode in ("LA", "RGBA") else 255))
    pen = ImageDraw.Draw(image)
    for _ in range(160):
        ends = [chance.randrange(width), chance.randrange(height), chance.randrange(width), chance.randrange(height)]
        pen.line(ends, fill=tuple(chance.randrange(256) for _ in range(4)), width=chance.randrange(1, 5))
    return saved(image.convert(mode), **options)


def saved(image: Image.Image, form: str = "PNG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def pixels(data: bytes) -> tuple[tuple[int, int], bytes]:
    image = Image.open(io.BytesIO(data))
    return image.size, image.convert("RGBA").tobytes()


def header_of(width: int, height: int) -> bytes:
    """A PNG that says it has so many pixels, and holds almost nothing."""
    parts = ((b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in parts
    )


def body(*cells: Cell, **options: Any) -> Body:
    return render.body(Document("a.ipynb", Meta("A", (), (), None, None, ""), cells), render.Options(**options))


def shown(made: Body) -> str:
    assert isinstance(made.html, bytes)
    return made.html.decode()


def output(mime: str, data: bytes | str, **metadata: Any) -> Cell:
    value = data if isinstance(data, str) else base64.b64encode(data).decode()
    return Cell(CellKind.CODE, "", ({"output_type": "display_data", "data": {mime: value}, "metadata": metadata},), id="c", index=4)


def page(html: str) -> Cell:
    return output("text/html", html)


def names(made: Body) -> list[str]:
    return [asset.name for asset in made.assets]


def data_url(mime: str, data: bytes) -> str:
    return f"data:{mime};base64,{base64.b64encode(data).decode()}"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("seed", range(3))
def test_the_lighter_picture_has_the_same_pixels(mode: str, seed: int) -> None:
    """Every pixel and its transparency is as in the PNG, whatever kind of PNG it is; and it is at least a tenth smaller."""
    data = plot(mode, seed=seed)
    made = recode.webp(data)
    if made:
        assert pixels(made) == pixels(data)
        assert len(made) < 0.9 * len(data)
    assert made or mode in ("1", "P")


def test_colours_of_transparent_pixels_are_kept() -> None:
    """What nobody sees is kept too: the pixels are equal, not only alike."""
    image = Image.new("RGBA", (200, 200))
    image.putdata([(x % 256, x // 200, 90, 0) for x in range(40_000)])
    data = saved(image)
    made = recode.webp(data)
    assert made is None or pixels(made) == pixels(data)


def test_a_transparent_colour_stays_transparent() -> None:
    """A PNG can name one colour, or one entry of its palette, that is to be seen through."""
    for data in (plot("RGB", transparency=(255, 255, 255)), plot("P", transparency=0), plot("L", transparency=255)):
        made = recode.webp(data)
        assert made is None or pixels(made) == pixels(data)


def test_the_same_bytes_come_out_each_time() -> None:
    """Encoding depends on nothing but the picture."""
    assert recode.webp(plot("RGBA")) == recode.webp(plot("RGBA"))
    assert recode.thumbnails(plot()) == recode.thumbnails(plot())


def frames() -> bytes:
    return saved(Image.new("RGB", (300, 200), "red"), save_all=True, append_images=[Image.new("RGB", (300, 200), "blue")])


def sixteen_bits() -> bytes:
    return saved(Image.frombytes("I;16", (256, 256), b"".join(struct.pack("<H", number) for number in range(65536))))


@pytest.mark.parametrize(
    ("what", "data"),
    [
        ("two frames", frames()),
        ("16 bits", sixteen_bits()),
        ("a colour profile", plot(icc_profile=b"profile")),
        ("an orientation", plot(exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0")),
        ("another gamma", plot().replace(b"IDAT", b"IDAT", 1)[:33] + b"\0\0\0\x04gAMA\0\x01\x86\xa0\x31\xe8\x96\x5f" + plot()[33:]),
        ("a cut", plot()[:-200]),
        ("no end", plot()[:-12]),
        ("broken data", plot()[:300] + bytes(50) + plot()[350:]),
        ("too many pixels", header_of(30_000, 30_000)),
        ("a side that WebP has not", saved(Image.new("RGB", (16_400, 2)))),
        ("a JPEG", saved(Image.effect_noise((100, 100), 60), "JPEG")),
    ],
)
def test_what_could_look_different_stays_as_it_is(what: str, data: bytes) -> None:
    """Frames, 16 bits, profiles and the like would be lost; damaged and huge ones are not decoded: the original is shown."""
    assert recode.webp(data) is None, what


def test_what_would_spare_a_reader_little_stays_as_it_is() -> None:
    """A PNG of less than 20 kB or more than a million pixels is not encoded anew."""
    small, large = plot(width=100, height=80), plot(width=1250, height=801)
    assert len(small) < 20_000 < len(large)
    assert recode.webp(small) is recode.webp(large) is None


def test_texts_in_a_picture_do_not_keep_it_large() -> None:
    """A title or the name of the program that drew it says nothing of how it looks."""
    about = PngImagePlugin.PngInfo()
    about.add_text("Software", "matplotlib")
    assert recode.webp(plot(pnginfo=about, dpi=(72, 72)))


def test_a_small_saving_is_none() -> None:
    """A picture that would hardly become smaller is shown as it is."""
    noise = saved(Image.frombytes("RGB", (64, 64), random.Random(3).randbytes(64 * 64 * 3)))
    assert recode.webp(noise) is None
    assert '<img src="c-1.png"' in shown(body(output("image/png", noise)))


def test_the_original_lies_beside() -> None:
    """The page shows the WebP and names the original; both are published, the bytes of the original untouched."""
    data = plot()
    made = body(output("image/png", data))
    assert names(made) == ["c-1.png", "c-1.webp"]
    assert made.assets[0].content == data
    assert 'data-original="c-1.png" data-about="PNG, ' in shown(made)
    assert made.pictures == ("c-1.png",)


def test_pictures_can_stay_as_they_are() -> None:
    """With `pictures: original` nothing is encoded."""
    made = body(output("image/png", plot()), pictures="original")
    assert names(made) == ["c-1.png"]
    assert '<img src="c-1.png"' in shown(made)


def test_a_webp_of_its_own_takes_no_name() -> None:
    """A lighter picture and one that came as WebP never want the same file."""
    both = {"image/png": base64.b64encode(plot(seed=1)).decode(), "text/plain": ""}
    own = {"image/webp": base64.b64encode(saved(Image.new("RGB", (90, 80)), "WEBP")).decode()}
    cell = Cell(
        CellKind.CODE, "", tuple({"output_type": "display_data", "data": data, "metadata": {}} for data in (own, both, own)), id="c"
    )
    assert names(body(cell)) == ["c-1.webp", "c-2.png", "c-2.webp"]


def test_so_many_pixels_and_no_more_are_encoded() -> None:
    """A post with thousands of pictures is not encoded for minutes: from a certain one on they are shown as they are."""
    assets: dict[str, Asset] = {}
    keeper = embedded.Embedded(assets, lambda _data: b"lighter")
    for width in range(4000, 4020):
        keeper.keep(header_of(width, 1000), "c")
    assert len([name for name in assets if name.endswith(".webp")]) == 14
    assert len([name for name in assets if name.endswith(".png")]) == 20


def test_encoding_is_paid_once(tmp_path: Path) -> None:
    """The same picture in another post, or in the same one after an edit, is taken from the cache; the bytes are those of a build without one."""
    picture = base64.b64encode(plot()).decode()

    def notebook(title: str, text: str) -> str:
        return team.notebook(title).replace("All riders stay", f"{text} ![]({'data:image/png;base64,' + picture})")

    repository = gitrepo.make(tmp_path / "repo", {"a.ipynb": notebook("A", "one"), "b.ipynb": notebook("B", "two")})
    team.site(repository, tmp_path / "warm", tmp_path / "cache")
    answer = key("webp", hashlib.sha256(plot()).hexdigest())
    entry = tmp_path / "cache" / "entries" / answer[:2] / answer[2:]
    written = entry.stat().st_mtime_ns
    gitrepo.write(repository, {"a.ipynb": notebook("A", "three")})
    team.site(repository, tmp_path / "warm", tmp_path / "cache", worktree=True)
    team.site(repository, tmp_path / "cold", worktree=True)
    assert team.tree(tmp_path / "warm") == team.tree(tmp_path / "cold")
    assert entry.stat().st_mtime_ns == written
    webps = [data for path, data in team.tree(tmp_path / "cold").items() if path.endswith("cell-1-1.webp")]
    assert len(webps) == 2
    assert webps[0] == webps[1]


def test_a_preview_encodes_nothing(tmp_path: Path) -> None:
    """What `serve` builds shows the pictures as they are, on cards too."""
    repository = gitrepo.make(tmp_path / "repo", team.FILES)
    team.site(repository, tmp_path / "out", preview=True)
    assert not [path for path in team.tree(tmp_path / "out") if path.endswith(".webp")]
    assert 'src="posts/growth/churn/cell-2-1.png"' in team.tree(tmp_path / "out")["index.html"].decode()


def test_cards_load_small_pictures(tmp_path: Path) -> None:
    """A card has a picture for screens with one and with two pixels to a point, no larger than its box; nothing else of the post is loaded."""
    files: gitrepo.Files = {
        "a.md": team.header("A") + "![](plot.png)",
        "b.md": team.header("B", "thumbnail: plot.png") + "x",
        "plot.png": plot(width=900, height=500),
    }
    repository = gitrepo.make(tmp_path / "repo", files)
    team.site(repository, tmp_path / "out")
    site = team.tree(tmp_path / "out")
    for post in ("a", "b"):
        card = f'<img src="posts/{post}/thumbnail.webp" srcset="posts/{post}/thumbnail-2x.webp 2x" alt="" width="152" height="84"'
        assert card in site["index.html"].decode()
        assert [pixels(site[f"posts/{post}/thumbnail{end}.webp"])[0] for end in ("", "-2x")] == [(152, 84), (304, 169)]
        assert len(site[f"posts/{post}/thumbnail.webp"]) < 8_000
    assert "posts/b/plot.png" not in site
    assert "posts/a/plot.png" in site


def test_a_thumbnail_is_never_larger_than_the_picture(tmp_path: Path) -> None:
    """A small picture has one thumbnail of its own size, a long one keeps its shape."""
    assert recode.fitted(130, 110, 1) == recode.fitted(130, 110, 2) == (130, 110)
    assert recode.fitted(4000, 20, 1) == (152, 1)
    repository = gitrepo.make(
        tmp_path / "repo", {"a.md": team.header("A", "thumbnail: plot.png") + "x", "plot.png": plot(width=125, height=110)}
    )
    team.site(repository, tmp_path / "out")
    assert [path for path in team.tree(tmp_path / "out") if "thumbnail" in path] == ["posts/a/thumbnail.webp"]


@pytest.mark.parametrize("mode", [*MODES, "CMYK", "I;16"])
def test_thumbnails_of_every_kind_of_picture(mode: str) -> None:
    """Whatever the colours are stored as, a thumbnail is made, on white where the picture is transparent."""
    data = plot(mode) if mode in MODES else sixteen_bits() if mode == "I;16" else saved(Image.new("CMYK", (400, 300)), "JPEG")
    made = recode.thumbnails(data)
    assert made
    assert [Image.open(io.BytesIO(one)).mode for one in made] == ["RGB", "RGB"]
    if mode == "RGBA":
        assert Image.open(io.BytesIO(made[1])).getpixel((0, 0)) in [(255, 255, 255), (254, 254, 254)]
    if mode == "I;16":
        darkest, lightest = Image.open(io.BytesIO(made[1])).convert("L").getextrema()
        assert darkest < 20  # type: ignore[operator]
        assert lightest > 235  # type: ignore[operator]


def test_a_picture_that_no_thumbnail_can_be_made_of_has_none(tmp_path: Path) -> None:
    """A damaged picture, or one with more pixels than are decoded, gives a drawn card."""
    assert recode.thumbnails(header_of(30_000, 30_000)) is recode.thumbnails(plot()[:400]) is None
    repository = gitrepo.make(tmp_path / "repo", {"a.md": team.header("A") + "![](plot.png)", "plot.png": plot()[:400]})
    team.site(repository, tmp_path / "out")
    assert 'class="thumbnail drawn"' in team.tree(tmp_path / "out")["index.html"].decode()


def test_a_photo_that_was_turned_has_its_size_as_seen() -> None:
    """A camera's orientation counts: width and height are those of the picture that a browser shows, and the thumbnail stands upright."""
    exif = Image.Exif()
    exif[0x0112] = 6
    data = saved(Image.new("RGB", (400, 200), "red"), "JPEG", exif=exif)
    probed = images.probe(data)
    assert probed
    assert (probed.width, probed.height) == (200, 400)
    made = recode.thumbnails(data)
    assert made
    assert Image.open(io.BytesIO(made[0])).size == recode.fitted(200, 400, 1)


@pytest.mark.parametrize("where", ["output", "html", "file"])
def test_a_huge_picture_is_told_of_and_not_shown(where: str, tmp_path: Path) -> None:
    """A picture of 30,000 × 30,000 is never decoded and never loaded: its size and a link stand in its place, and the author is told."""
    data = header_of(30_000, 30_000)
    if where == "file":
        repository = gitrepo.make(tmp_path / "repo", {"a.md": team.header("A") + "![](big.png)", "big.png": data})
        report = team.site(repository, tmp_path / "out")
        text, problems = team.tree(tmp_path / "out")["posts/a/index.html"].decode().partition("<main")[2], report.problems
    else:
        made = body(output("image/png", data) if where == "output" else page(f'<img src="{data_url("image/png", data)}">'))
        text, problems = shown(made), made.problems
    assert "<img" not in text
    assert "A picture of 30\u202f000 × 30\u202f000 pixels is too large to be shown." in text
    assert '.png">Original (PNG' in text
    assert [problem.rule for problem in problems if problem.rule.startswith("picture")] == ["picture-large"]


def test_a_cut_picture_is_shown_as_far_as_it_goes() -> None:
    """Browsers show the upper part of a PNG that ends too early; the author is told."""
    made = body(output("image/png", plot()[:-300]))
    assert '<img src="c-1.png"' in shown(made)
    assert [(problem.rule, problem.cell) for problem in made.problems] == [("picture-damaged", 4)]


def test_what_browsers_do_not_show_becomes_png() -> None:
    """BMP and TIFF pictures are shown all the same; what they were is not published."""
    for mime, form in (("image/bmp", "BMP"), ("image/tiff", "TIFF")):
        image = Image.new("RGB", (300, 200), "teal")
        made = body(output(mime, saved(image, form)))
        assert {name.rpartition(".")[2] for name in names(made)} <= {"png", "webp"}
        assert pixels(made.assets[0].content) == pixels(saved(image))  # type: ignore[arg-type]


@pytest.mark.parametrize(("form", "suffix"), [("GIF", "gif"), ("WEBP", "webp"), ("JPEG", "jpg"), ("AVIF", "avif")])
def test_what_browsers_show_stays_as_it_is(form: str, suffix: str) -> None:
    """GIF, WebP, JPEG and AVIF are published byte by byte, also when the type says otherwise."""
    data = saved(Image.new("RGB", (300, 200), "teal"), form)
    made = body(output("image/png", data))
    assert [(asset.name, asset.content) for asset in made.assets] == [(f"c-1.{suffix}", data)]


def test_a_drawing_that_is_too_long_is_not_in_the_page() -> None:
    """An SVG stands in the page itself, so a long one gives way to the other forms of the output."""
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg">{"<g/>" * 600_000}</svg>'
    assert images.probe(drawing.encode()) is None
    assert len(shown(body(output("image/svg+xml", drawing)))) < 10_000


def sound() -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(800))
    return buffer.getvalue()


MEDIA = {
    "wav": sound(),
    "mp3": b"ID3\x04" + bytes(100),
    "ogg": b"OggS\0\x02" + bytes(22) + b"\x01\x1e\x01vorbis" + bytes(20),
    "m4a": b"\0\0\0\x20ftypM4A " + bytes(40),
    "flac": b"fLaC" + bytes(40),
    "mp4": b"\0\0\0\x20ftypisom" + bytes(40),
    "webm": b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm" + bytes(40),
    "ogv": b"OggS\0\x02" + bytes(22) + b"\x01\x2a\x80theora" + bytes(20),
    "pdf": b"%PDF-1.4\n%%EOF\n",
}


@pytest.mark.parametrize(("suffix", "data"), MEDIA.items())
def test_media_are_files_beside_the_page(suffix: str, data: bytes) -> None:
    """What a sound, a film or a PDF is, its first bytes say; its player loads nothing before it has to."""
    declared = "application/pdf" if suffix == "pdf" else "audio/wav"
    made = body(output(declared, data))
    assert names(made) == [f"c-1.{suffix}"]
    tag = {"pdf": "<iframe", "mp4": "<video", "webm": "<video", "ogv": "<video"}.get(suffix, "<audio")
    assert tag in shown(made)
    assert f'src="c-1.{suffix}"' in shown(made)
    assert "output of cell 4" in shown(made)


@pytest.mark.parametrize(
    "data",
    [b"<html><script>alert(1)</script>", b"", b"<!--ftypisom", b" %PDF-1.4", b"RIFF....AVI ", b"MZ" + bytes(60), b"\x1aE\xdf\xa3matroska"],
)
def test_other_bytes_are_no_media(data: bytes) -> None:
    """What is not certainly a sound, a film or a PDF is not published, whatever its type says."""
    assert media.probe(data) == ""
    assert (
        names(
            body(output("audio/wav", data), output("application/pdf", data), page(f'<audio src="{data_url("audio/wav", data)}"></audio>'))
        )
        == []
    )


@pytest.mark.parametrize(
    "html",
    [
        '<audio  controls="controls" >\n <source src="{}" type="audio/wav" />\n Your browser does not support the audio element.\n</audio>',
        '<audio controls src="{}">Your browser does not support it.</audio>',
        "<video controls autoplay><source type='video/mp4' src='{}'>Your browser does not support the video tag.</video>",
    ],
)
def test_players_that_hold_their_sound_are_players(html: str) -> None:
    """What IPython's Audio and Video write plays, without the words for browsers that cannot, and never by itself."""
    made = body(page(html.format(data_url("audio/wav", MEDIA["wav"]))))
    assert '<audio controls preload="none" src="c-1.wav"' in shown(made)
    assert "Your browser" not in shown(made)
    assert "autoplay" not in shown(made)
    assert "data:" not in shown(made)


def test_players_of_other_hosts_are_links() -> None:
    """A sound on another host is linked, not loaded."""
    made = shown(body(page('<video controls><source src="https://media.example/a.mp4">No video.</video>')))
    assert "<video" not in made
    assert 'href="https://media.example/a.mp4"' in made


def test_pictures_for_one_scheme(tmp_path: Path) -> None:
    """GitHub's two ways to give a dark variant: the fragments of a path, and <picture>."""
    text = """![a](plot.png#gh-dark-mode-only) ![b](plot.png#gh-light-mode-only)

<picture>
  <source media="(prefers-color-scheme: dark)" srcset="dark.png">
  <img alt="c" src="plot.png">
</picture>
"""
    repository = gitrepo.make(tmp_path / "repo", {"a.md": team.header("A") + text, "plot.png": plot(), "dark.png": plot(seed=2)})
    report = team.site(repository, tmp_path / "out")
    made = team.tree(tmp_path / "out")["posts/a/index.html"].decode()
    for classed in ('class="only-dark" src="plot.png', 'class="only-light" src="plot.png', 'class="only-dark" src="dark.png"'):
        assert f"<img {classed}" in made
    assert made.count('class="only-light"') == 2
    assert [problem for problem in report.problems if problem.rule == "picture-broken"] == []


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP", "AVIF", "BMP", "TIFF"])
def test_damage_never_ends_the_build(form: str) -> None:
    """Any bytes changed, cut or put in anywhere: a picture, a note or nothing, but never an error."""
    chance = random.Random(form)
    exif = Image.Exif()
    exif[0x0112] = 6
    whole = saved(
        Image.effect_noise((130, 120), 50).convert("RGB"), form, **({"exif": exif} if form in ("JPEG", "WEBP", "AVIF", "PNG") else {})
    )
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(chance.randrange(1, 8)):
            data[chance.randrange(min(len(data), chance.choice([60, 400, len(data)])))] = chance.randrange(256)
        damaged = bytes(data[: chance.choice([len(data), chance.randrange(len(data))])])
        probed = images.probe(damaged)
        if not probed or probed.width * probed.height < 5_000_000:
            recode.webp(damaged)
            recode.thumbnails(damaged)
            recode.png(damaged)


def test_the_cache_remembers_that_nothing_was_gained(tmp_path: Path) -> None:
    """A picture that stays as it is is not tried again and again: the cache knows an empty answer too."""
    cache = Cache(tmp_path)
    assert cache.remember(("webp", "x"), lambda: b"").size == 0
    assert cache.remember(("webp", "x"), lambda: b"never").size == 0
