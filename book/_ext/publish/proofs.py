"""What a picture of this book is known by, wherever it turns up: pictures.js, for the page `check`.

For each figure: the checksums of both files, of what is drawn whatever is written around it, of the
words and the data inside, and its brightness on a coarse grid, by which a picture of another size
is recognised. book/_static/js/check.js computes the same of a picture that a reader drops.
"""

import base64
import hashlib
import json
import re
import struct
import zlib
from pathlib import Path
from xml.etree import ElementTree

from _ext.cite.citations import edition_of
from _ext.page.frame import WEB

# Columns and rows of the grid: cells of about 30 pixels, smaller than any label.
GRID = (48, 36)
# Said of a drawing and not drawn.
SPOKEN = ("metadata", "title", "desc")


def note(builder, label: str, svg: str, png: bytes, about: dict) -> None:
    """Keep what the pictures of a figure are known by until all pages are written."""
    kept = _kept(builder.outdir)
    kept.mkdir(parents=True, exist_ok=True)
    texts = dict.fromkeys(drawn_texts(svg))
    said = {
        "name": about["citation"].split("). ", 1)[-1].split(". ", 1)[0],
        "title": about["title"],
        "address": builder.get_relative_uri("", builder.current_docname) + f"#{label}",
        "svg": _sha(svg.encode()),
        "png": _sha(png),
        "drawn": _sha(canonical(svg).encode()),
        "pixels": _sha(scanlines(png)),
        "size": list(struct.unpack(">II", png[16:24])),
        # What is written in each file, and not drawn.
        "words": {"svg": _sha(written(svg).encode()), "png": _sha(_texts_of(png))},
        "csv": _sha(about["csv"].encode()),
        "texts": "".join(_sha(text.encode())[:8] for text in texts),
        "grid": base64.b64encode(grid(png)).decode(),
    }
    (kept / f"{label}.json").write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")


def _kept(outdir) -> Path:
    return Path(outdir).parent / "proofs"


def write(app, error) -> None:
    """One script with all figures of this edition; other editions load it too."""
    if error or app.builder.name not in WEB:
        return
    labels = app.env.get_domain("std").anonlabels
    out = Path(app.outdir)
    known = {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(_kept(out).glob("*.json"))
        if path.stem in labels and (out / "_figures" / f"{path.stem}.svg").exists()
    }
    said = {"edition": edition_of(app.config), "figures": known}
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    script = f"(window.bookPictures ??= []).push({text});\n"
    (out / "pictures.js").write_text(script, encoding="utf-8")


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# An SVG


def canonical(svg: str) -> str:
    """What an SVG draws: elements, attributes in their order of names, texts; not its size."""
    return "\n".join(_lines(ElementTree.fromstring(svg), is_root=True))


def _lines(node, is_root: bool = False):
    name = _local(node.tag)
    if name in SPOKEN:
        return
    left_out = ("width", "height") if is_root else ()
    attributes = sorted(
        f"{_local(key)}={_spaced(value)}"
        for key, value in node.attrib.items()
        if _local(key) not in left_out
    )
    yield " ".join([f"<{name}", *attributes])
    if text := _spaced(node.text or ""):
        yield text
    for child in node:
        yield from _lines(child)
        if tail := _spaced(child.tail or ""):
            yield tail
    yield ">"


def _local(name: str) -> str:
    return name.rsplit("}", 1)[-1]


def _spaced(text: str) -> str:
    return re.sub(r"[ \t\r\n]+", " ", text).strip(" ")


def written(svg: str) -> str:
    """What is written in an SVG for programs and screen readers."""
    parts = [node for node in ElementTree.fromstring(svg) if _local(node.tag) in SPOKEN]
    return "\n".join(_spaced("".join(node.itertext())) for node in parts)


def drawn_texts(svg: str) -> list[str]:
    """The words of a drawing."""
    found = (_spaced("".join(node.itertext())) for node in _texts(svg))
    return [text for text in found if text]


def _texts(svg: str):
    return (node for node in ElementTree.fromstring(svg).iter() if _local(node.tag) == "text")


# A PNG


def chunks(png: bytes):
    """The chunks of a PNG: kind and content."""
    at = 8
    while at < len(png):
        (size,) = struct.unpack(">I", png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        at += 12 + size


def _texts_of(png: bytes) -> bytes:
    return b"\n".join(content for kind, content in chunks(png) if kind == b"iTXt")


def scanlines(png: bytes) -> bytes:
    """The pixels as lines of differences (filter 1), whatever they were packed by.

    That is how the renderer writes them; raises ValueError where it does not.
    """
    raw = zlib.decompress(b"".join(content for kind, content in chunks(png) if kind == b"IDAT"))
    width, depth_and_kind = struct.unpack(">I", png[16:20])[0], png[24:26]
    if depth_and_kind != b"\x08\x06" or set(raw[:: 4 * width + 1]) != {1}:
        raise ValueError("expected a PNG of 8-bit RGBA whose lines have filter 1")
    return raw


def grid(png: bytes) -> bytes:
    """The mean brightness, 0 to 255, of each cell of the grid, row by row."""
    # Here, since most builds draw no picture anew.
    import numpy as np

    width, height = struct.unpack(">II", png[16:24])
    lines = np.frombuffer(scanlines(png), np.uint8).reshape(height, 4 * width + 1)[:, 1:]
    pixels = lines.reshape(height, width, 4).cumsum(axis=1, dtype=np.uint8)
    bright = pixels[..., :3] @ np.array([0.299, 0.587, 0.114])
    columns, rows = (_weights(np, *pair) for pair in ((GRID[0], width), (GRID[1], height)))
    return np.rint(rows @ bright @ columns.T).astype(np.uint8).tobytes()


def _weights(np, cells: int, size: int):
    """How much of each pixel lies in each cell; each row sums to 1."""
    edges = np.arange(cells + 1) * size / cells
    at = np.arange(size)
    inside = np.minimum(edges[1:, None], at + 1) - np.maximum(edges[:-1, None], at)
    inside = np.clip(inside, 0, None)
    return inside / inside.sum(axis=1, keepdims=True)
