"""Pictures of a figure that explain themselves wherever they are taken.

A picture has the headline over the drawing, and number, source, edition, licence and address under
it. The same and the data stand in the file for programs: in `metadata` of an SVG, in text chunks of
a PNG. The renderer in the kernel knows none of it, so pictures are composed when a page is written.
"""

import hashlib
import json
import re
import struct
import textwrap
import zlib
from functools import cache
from html import escape
from pathlib import Path

import vl_convert
from computegap import palette
from computegap.typography import FONT, FONTS

# Letters to a line of 680 px, by the size of the type.
_HEAD, _REST, _FOOT = (17, 74, 700), (13, 104, 400), (12, 112, 400)
_SIZE = re.compile(r'<svg [^>]*?\bwidth="([\d.]+)"[^>]*?\bheight="([\d.]+)"')
_EDGE = 16


def composed(drawing: str, about: dict, headline: str, rest: str, number: str) -> str:
    """The drawing with its words around it, as an SVG of its own.

    `about`: what programs read, see figures._about; its source, edition and address are printed.
    """
    width, height = map(float, _SIZE.search(drawing).groups())
    y, lines = 0, []
    for text, style in ((headline, _HEAD), (rest, _REST)):
        y, made = _lines(text, style, width, y, palette.INK.light)
        lines += made
    top = y + 14
    y = top + height + 6
    foot = [
        f"{number}. {about['source']}",
        f"{about['book']}, {about['licence']}",
        about["address"],
    ]
    for text in foot:
        y, made = _lines(text, _FOOT, width, y, palette.INK_3.light)
        lines += made
    whole_w, whole_h = width + 2 * _EDGE, y + 2 * _EDGE
    said = escape(json.dumps(about, ensure_ascii=False), quote=False)
    box = f"{-_EDGE} {-_EDGE} {whole_w:g} {whole_h:g}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        f' width="{whole_w:g}" height="{whole_h:g}" viewBox="{box}"'
        f' font-family="{FONT}, Helvetica, Arial, sans-serif">'
        f"<title>{escape(about['title'])}</title><desc>{escape(about['description'])}</desc>"
        f'<metadata id="about">{said}</metadata>'
        f'<rect x="{-_EDGE}" y="{-_EDGE}" width="100%" height="100%" fill="#fff"/>'
        f'<g transform="translate(0 {top:g})">{drawing}</g>{"".join(lines)}</svg>'
    )


def _lines(text: str, style: tuple, width: float, y: float, colour: str) -> tuple[float, list]:
    """Lines of text from `y` on, and where the next begins."""
    size, letters, weight = style
    made = []
    for line in textwrap.wrap(text, round(letters * width / 680)):
        y += size * 1.3
        made.append(
            f'<text x="0" y="{y:g}" font-size="{size}" font-weight="{weight}" fill="{colour}">'
            f"{escape(line)}</text>"
        )
    return y, made


def as_png(svg: str, about: dict, kept: Path) -> bytes:
    """The picture in twice its pixels; what was drawn once is kept in a folder of the build."""
    path = kept / f"{hashlib.sha256(svg.encode()).hexdigest()[:16]}.png"
    if not path.exists():
        _know_font()
        kept.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_with_words(vl_convert.svg_to_png(svg, scale=2), about))
    return path.read_bytes()


@cache
def _know_font() -> None:
    vl_convert.register_font_directory(str(FONTS))


def _with_words(png: bytes, about: dict) -> bytes:
    """A PNG with text chunks (iTXt) after its head: title, source, licence, citation, data."""
    words = {
        "Title": about["title"],
        "Description": about["description"],
        "Source": about["source"],
        "Copyright": about["licence"],
        "URL": about["address"],
        "Citation": about["citation"],
        "About": json.dumps(about, ensure_ascii=False),
    }
    head = 8 + 4 + 4 + 13 + 4
    chunks = b"".join(
        _chunk(b"iTXt", key.encode() + b"\0\0\0\0\0" + text.encode()) for key, text in words.items()
    )
    return png[:head] + chunks + png[head:]


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)
