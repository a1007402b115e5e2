"""Make the fonts of pages and charts again, from npm's `@fontsource-variable` packages.

    npm install @fontsource-variable/source-serif-4@5 @fontsource-variable/source-sans-3@5
    pip install fonttools brotli
    python tools/fonts.py node_modules

Source Serif 4 and Source Sans 3 are Adobe's, under the SIL Open Font License 1.1. Their name is
reserved, so what is cut out of them is called Report Serif and Report Sans. The
files are in the repository; this is run by hand when a character or a weight is missing.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

ROOT = Path(__file__).resolve().parents[1]
PAGES, CHARTS = ROOT / "book" / "_static" / "fonts", ROOT / "book" / "computegap" / "fonts"
# Four signs of DejaVu Sans 2.37, which its authors placed in the public domain.
SIGNS = CHARTS / "Signs.ttf"
SERIF, SANS = "source-serif-4", "source-sans-3"

# What the pages of the book have, and what names in Latin letters may bring.
CHARACTERS = (
    "".join(map(chr, range(0x20, 0x7F))) + "\u00a0©°±²³¹·×áäçèéíñóöü–—‘’“”…€−↑↓⁰⁴⁵⁶⁷⁸⁹"  # noqa: RUF001
)
# Raised digits that the packages lack, from the numerators of fractions; all ten, so that the
# digits of one exponent stand at one height.
RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹", range(10), strict=True))
NOTICE = """Report Serif and Report Sans are cut out of Source Serif 4 (Copyright
2014 - 2021 Adobe Systems Incorporated, with Reserved Font Name 'Source') and Source Sans 3
(Copyright 2023 Adobe, with Reserved Font Name 'Source'). Four signs (U+21BA, U+25D0, U+2713,
U+2717) are of DejaVu Sans 2.37, whose authors placed them in the public domain. tools/fonts.py
makes the files.

"""
# What is set in headings and in italics: words, titles, a few numbers.
HEADING = (
    "".join(map(chr, range(0x20, 0x7B))) + "\u00a0\u00d7\u00e9\u00f6\u2013\u2018\u2019\u201c\u201d"
)
ITALIC = "".join(map(chr, range(0x20, 0x7F))) + "\u00a0\u2013\u2014\u2018\u2019\u201c\u201d\u00e9"
SETS = {"serif-italic": ITALIC, "serif-bold": HEADING}
FEATURES = ["kern", "liga", "locl", "ccmp", "mark", "mkmk"]


def main(packages: Path) -> None:
    PAGES.mkdir(exist_ok=True)
    for name, package, style, axes in (
        ("serif", SERIF, "normal", {"wght": 400, "opsz": 14}),
        ("serif-italic", SERIF, "italic", {"wght": 400, "opsz": 14}),
        # For headings, and for what is set bold in the text: finer than the text's own cut.
        ("serif-bold", SERIF, "normal", {"wght": 600, "opsz": 28}),
        ("sans", SANS, "normal", {"wght": (400, 700)}),
    ):
        family = "Report " + name.split("-")[0].capitalize()
        font = cut(packages, package, style, axes, family, characters=SETS.get(name, CHARACTERS))
        font.flavor = "woff2"
        font.save(PAGES / f"report-{name}.woff2")
    for word, weight in (("Regular", 400), ("Bold", 700)):
        font = cut(packages, SANS, "normal", {"wght": weight}, "Report Sans", word)
        # The tool that draws charts reads no compressed fonts.
        font.flavor = None
        font.save(CHARTS / f"ReportSans-{word}.ttf")
    licence = (packages / "@fontsource-variable" / SANS / "LICENSE").read_text(encoding="utf-8")
    # What comes before the licence names another owner; the fonts themselves say Adobe.
    licence = NOTICE + licence[licence.index("SIL OPEN FONT LICENSE") :]
    for folder in (PAGES, CHARTS):
        (folder / "OFL.txt").write_text(licence, encoding="utf-8")


def cut(
    packages: Path,
    package: str,
    style: str,
    axes: dict,
    family: str,
    word: str = "Regular",
    characters: str = CHARACTERS,
) -> TTFont:
    """A font with the weights and characters that are used, under a name that is free."""
    files = packages / "@fontsource-variable" / package / "files"
    font = TTFont(files / f"{package}-latin-{'opsz' if 'opsz' in axes else 'wght'}-{style}.woff2")
    _raise_digits(font)
    options = subset.Options(layout_features=FEATURES, hinting=False, name_IDs=["*"])
    cutter = subset.Subsetter(options)
    cutter.populate(text=characters)
    cutter.subset(font)
    instantiateVariableFont(font, axes, inplace=True)
    if package == SANS:
        _add_signs(font)
    _rename(font, family, "Bold" if word == "Bold" else "Italic" if style == "italic" else word)
    return font


def _raise_digits(font: TTFont) -> None:
    numerators = {}
    for record in font["GSUB"].table.FeatureList.FeatureRecord:
        if record.FeatureTag == "numr":
            for index in record.Feature.LookupListIndex:
                for table in font["GSUB"].table.LookupList.Lookup[index].SubTable:
                    table = getattr(table, "ExtSubTable", table)
                    numerators |= getattr(table, "mapping", {})
    plain = font.getBestCmap()
    for table in font["cmap"].tables:
        if table.isUnicode():
            for sign, digit in RAISED.items():
                table.cmap[ord(sign)] = numerators[plain[ord(str(digit))]]


def _add_signs(font: TTFont) -> None:
    """Add the signs of verdicts, which charts print too."""
    # Widths then come from the outlines; the table of their changes knows no glyph that is added.
    if "HVAR" in font:
        del font["HVAR"]
    given = TTFont(SIGNS)
    glyphs, scale = given.getGlyphSet(), font["head"].unitsPerEm / given["head"].unitsPerEm
    for sign in "\u2713\u25d0\u2717\u21ba":
        name = given.getBestCmap()[ord(sign)]
        pen = TTGlyphPen(None)
        glyphs[name].draw(TransformPen(pen, (scale, 0, 0, scale, 0, 0)))
        new = f"sign{ord(sign):04x}"
        glyph = font["glyf"][new] = pen.glyph()
        glyph.recalcBounds(font["glyf"])
        font["hmtx"][new] = (round(glyphs[name].width * scale), glyph.xMin)
        if "gvar" in font:
            font["gvar"].variations[new] = []
        for table in font["cmap"].tables:
            if table.isUnicode():
                table.cmap[ord(sign)] = new


def _rename(font: TTFont, family: str, word: str) -> None:
    names = font["name"]
    copyright_line = names.getDebugName(0) or ""
    # An axis of weights has a name too; named places on it, which nobody chooses from, go.
    axes = [axis.axisNameID for axis in font["fvar"].axes] if "fvar" in font else []
    names.names = [one for one in names.names if one.nameID in axes]
    if "fvar" in font:
        font["fvar"].instances = []
    if "STAT" in font:
        del font["STAT"]
    for number, text in (
        (0, copyright_line),
        (1, family),
        (2, word),
        (3, f"{family} {word}, cut out of a font by Adobe"),
        (4, f"{family} {word}"),
        (6, f"{family}-{word}".replace(" ", "")),
        (13, "SIL Open Font License 1.1"),
        (14, "https://openfontlicense.org"),
    ):
        names.setName(text, number, 3, 1, 0x409)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
