"""A picture that comes back is named, and told from one that was altered."""

import hashlib
import json
import os
import re
import shutil
import struct
import subprocess
import zlib

import pytest
from _ext.publish import proofs
from conftest import PATIENCE, ROOT, few_and

LABEL = "fig-constraint-capex"


@pytest.fixture(scope="module")
def known(site) -> dict:
    text = (site / "pictures.js").read_text("utf-8")
    return json.loads(re.search(r"push\((.*)\);\n$", text, re.DOTALL)[1])


def test_every_figure_is_known_by_the_sums_of_its_files(site, known):
    assert set(known["figures"]) == {p.stem for p in (site / "_figures").glob("*.svg")}
    for label, one in known["figures"].items():
        for kind in ("svg", "png"):
            content = (site / "_figures" / f"{label}.{kind}").read_bytes()
            assert hashlib.sha256(content).hexdigest() == one[kind]
        # Of the text: a file for spreadsheets has a mark of its encoding, a picture has not.
        text = (site / "_figures" / f"{label}.csv").read_text("utf-8-sig")
        assert hashlib.sha256(text.encode()).hexdigest() == one["csv"]
        page, anchor = one["address"].split("#")
        assert f'id="{anchor}"' in (site / page).read_text("utf-8")


def test_both_pictures_of_a_figure_say_where_they_are_from(site, known):
    for label in known["figures"]:
        svg = (site / "_figures" / f"{label}.svg").read_text("utf-8")
        png = (site / "_figures" / f"{label}.png").read_bytes()
        texts = {}
        for kind, content in proofs.chunks(png):
            if kind == b"iTXt":
                key, _, text = content.partition(b"\0")
                texts[key.decode()] = text[4:].decode()
        about = json.loads(texts["About"])
        csv = (site / "_figures" / f"{label}.csv").read_text("utf-8-sig")
        assert about["csv"] == csv
        assert {"title", "description", "source", "licence", "citation", "address"} <= set(about)
        assert {"Title", "Description", "Source", "Copyright", "URL", "Citation"} <= set(texts)
        assert "<title>" in svg and "<desc>" in svg and 'metadata id="about"' in svg


# What a stranger may do to a picture


def png_with(pixels: bytes, width: int, height: int) -> bytes:
    """A PNG of RGBA bytes, packed plainly, as another program writes it."""

    def chunk(kind, content):
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    lines = b"".join(b"\0" + pixels[4 * width * y : 4 * width * (y + 1)] for y in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def pixels_of(png: bytes) -> tuple[bytearray, int, int]:
    import numpy as np

    width, height = struct.unpack(">II", png[16:24])
    lines = np.frombuffer(proofs.scanlines(png), np.uint8).reshape(height, 4 * width + 1)
    pixels = lines[:, 1:].reshape(height, width, 4).cumsum(axis=1, dtype=np.uint8)
    return bytearray(pixels.tobytes()), width, height


def scaled(data: bytes, width: int, height: int, share: float) -> bytes:
    """The pixels at another size, each the mean of what it covers."""
    import numpy as np

    pixels = np.frombuffer(data, np.uint8).reshape(height, width, 4).astype(float)
    to = round(width * share), round(height * share)
    across, down = proofs._weights(np, to[0], width), proofs._weights(np, to[1], height)
    small = np.einsum("yh,hwc,xw->yxc", down, pixels, across, optimize=True)
    return png_with(np.rint(small).astype(np.uint8).tobytes(), *to)


def without_words(png: bytes) -> bytes:
    kept, at = [png[:8]], 8
    while at < len(png):
        end = at + 12 + struct.unpack(">I", png[at : at + 4])[0]
        if png[at + 4 : at + 8] not in (b"iTXt", b"pHYs"):
            kept.append(png[at:end])
        at = end
    return b"".join(kept)


def one_pixel(png: bytes, lighter: int = 1) -> bytes:
    data, width, height = pixels_of(png)
    data[4 * (width * (height // 2) + width // 2)] ^= lighter
    return png_with(bytes(data), width, height)


def painted(png: bytes) -> bytes:
    """A grey box, as large as a bar of a chart, over the picture, at another size."""
    data, width, height = pixels_of(png)
    for y in range(height // 3, height // 3 + 200):
        at = 4 * (width * y + width // 3)
        data[at : at + 4 * 60] = b"\x60\x60\x60\xff" * 60
    return scaled(data, width, height, 0.8)


def spoiled(content: bytes) -> bytes:
    """One byte of what a picture says of itself is another one."""
    at = content.index(b"CC-BY-4.0")
    return content[:at] + b"c" + content[at + 1 :]


CASES = {
    "as published.png": (lambda svg, png: png, "The file as it was published"),
    "as published.svg": (lambda svg, png: svg, "The file as it was published"),
    "one byte.png": (lambda svg, png: spoiled(png), "The same picture"),
    "one byte.svg": (lambda svg, png: spoiled(svg), "The same picture"),
    "words gone.png": (lambda svg, png: without_words(png), "The same picture"),
    "words gone.svg": (
        lambda svg, png: re.sub(rb"<(metadata|title|desc)\b.*?</\1>", b"", svg, flags=re.DOTALL),
        "The same picture",
    ),
    "packed anew.png": (lambda svg, png: png_with(*pixels_of(png)), "The same picture"),
    "one pixel.png": (lambda svg, png: one_pixel(png), "Altered"),
    "a painted box.png": (lambda svg, png: painted(png), "Altered"),
    "half as large.png": (
        lambda svg, png: scaled(*pixels_of(png), 0.5),
        "Looks the same at another size",
    ),
    "wider.svg": (
        lambda svg, png: re.sub(rb'width="[\d.]+"', b'width="1400"', svg, count=1),
        "The same picture",
    ),
    "another number.svg": (
        lambda svg, png: svg.replace(b"\xe2\x80\x99s 725 billion", b"\xe2\x80\x99s 825 billion"),
        "Altered",
    ),
    "a moved mark.svg": (
        lambda svg, png: re.sub(rb'd="M([1-9])', rb'd="M1\1', svg, count=1),
        "Altered",
    ),
    "white.png": (lambda svg, png: png_with(b"\xff" * 40_000, 100, 100), "Unknown"),
    "black.png": (lambda svg, png: png_with(b"\0\0\0\xff" * 10_000, 100, 100), "Unknown"),
    "other.svg": (
        lambda svg, png: b'<svg xmlns="http://www.w3.org/2000/svg"><text>Hello</text></svg>',
        "Unknown",
    ),
    "cut.png": (lambda svg, png: png[:2000], "No picture"),
    "text.txt": (lambda svg, png: b"no picture at all", "No picture"),
    "empty.png": (lambda svg, png: b"", "No picture"),
}


@pytest.fixture(scope="module")
def dropped(site) -> dict[str, bytes]:
    svg, png = ((site / "_figures" / f"{LABEL}.{kind}").read_bytes() for kind in ("svg", "png"))
    made = {name: make(svg, png) for name, (make, _) in CASES.items()}
    changed = {name for name, content in made.items() if content in (svg, png)}
    assert changed == {"as published.png", "as published.svg"}
    return made


@pytest.fixture(scope="module")
def checker(site, chromium):
    """A page that checks pictures, under its own policy, and everything it complained of."""
    context = chromium.browser.new_context()
    page = context.new_page()
    page.said = []
    page.on("console", lambda one: one.type == "error" and page.said.append(one.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    page.on("request", lambda one: one.url.startswith("http") and page.said.append(one.url))
    page.goto((site / "book/check.html").as_uri())
    yield page
    context.close()


def answered(page, name: str, content: bytes) -> str:
    page.set_input_files("#check-file", {"name": name, "mimeType": "", "buffer": content})
    page.wait_for_selector(".check-answer[data-word]", timeout=180_000)
    return page.locator(".check-answer").inner_text()


def test_each_change_of_a_picture_is_told_and_an_unchanged_one_is_named(checker, dropped, known):
    figure = known["figures"][LABEL]
    found = {name: answered(checker, name, content) for name, content in dropped.items()}
    words = {name: text.split("\n")[0] for name, text in found.items()}
    assert words == {name: word for name, (_, word) in CASES.items()}
    for name, text in found.items():
        is_named = words[name] not in ("Unknown", "No picture")
        assert (f"{figure['name']}, edition {known['edition']}" in text) == is_named, name
        assert ("Its numbers are still those" in text) == is_named, name
        assert hashlib.sha256(dropped[name]).hexdigest() in text
    assert "in the file are ours" in found["as published.png"]
    assert "is not what we wrote; the data in it are ours" in found["one byte.png"]
    assert "is not what we wrote; the data in it are ours" in found["one byte.svg"]
    assert "are not in the file any more" in found["words gone.png"]
    assert re.search("not ours: The article.s 825 billion", found["another number.svg"])
    assert checker.said == []


@few_and("all")
def test_every_figure_is_named_from_a_picture_half_its_size(site, checker, known, reach):
    labels = list(known["figures"])[:: 1 if reach == "all" else 12]
    for label in labels:
        png = (site / "_figures" / f"{label}.png").read_bytes()
        small = scaled(*pixels_of(png), 0.5)
        text = answered(checker, f"{label}.png", small)
        figure = known["figures"][label]
        assert text.startswith("Looks the same at another size"), label
        assert f"{figure['name']}, edition" in text, label


def test_a_picture_of_an_edition_whose_numbers_changed_says_so(both_editions, chromium):
    folder = both_editions
    page = chromium.new_page()
    page.goto((folder / "2026.2/book/check.html").as_uri())
    for version, words in (
        ("2026.1", "Its numbers have changed since: the figure in edition 2026.2"),
        ("2026.2", "Its numbers are still those of the newest edition here, 2026.2"),
    ):
        picture = (folder / version / "_figures" / "fig-index-capex.png").read_bytes()
        text = answered(page, "found.png", picture)
        assert f"edition {version}" in text
        assert words in text
    page.close()


def test_firefox_says_the_same_of_every_picture(site, dropped, tmp_path, node_packages):
    firefox = shutil.which("firefox-esr") or shutil.which("firefox")
    if not firefox:
        pytest.skip("firefox-esr is missing: python tools/browsers.py")
    for name, content in dropped.items():
        (tmp_path / name).write_bytes(content)
    address = (site / "book/check.html").as_uri()
    command = ["node", "tests/firefox_check.mjs", firefox, address]
    command += [str(tmp_path / name) for name in dropped]
    env = {**os.environ, "PATIENCE_MS": str(1000 * PATIENCE)}
    done = subprocess.run(command, cwd=ROOT, env=env, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["wrong"] == []
    assert found["words"] == [word for _, word in CASES.values()]
