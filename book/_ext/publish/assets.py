"""What a page loads: one style sheet, one script, fonts; each file is named by what is in it.

The sources are in book/_static: `css/` and `js/` are joined here, the rest is copied. A name that
changes with its contents may be kept by browsers for ever (tools/nginx.conf). Nothing of Sphinx's
basic theme or of other extensions is loaded by a page, and what nobody asks for is deleted.
"""

import hashlib
import json
import re
import shutil
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from computegap import palette

from _ext.run.inputs import ROOT

SOURCE = ROOT / "book" / "_static"
# The sheet of all pages, in the order of the cascade.
SHEETS = ("base", "page", "figures", "claims", "ledger", "print")
# mode.js runs before anything is painted; book.js when the page is there; the ledger's script is
# for the one page that has the ledger.
SCRIPTS = {
    "mode": ("mode",),
    "book": ("page", "facts", "cite", "sentence", "charts"),
    "ledger": ("ledger",),
    "search": ("search",),
    "edition": ("edition",),
    # Of the page that checks a picture.
    "check": ("check",),
    # What runs chapters: on the page for it, and where a reader asks for it.
    "verify": ("machine", "verify", "change"),
    "run": ("machine", "run"),
}
# The fonts of every first view.
FIRST = ("report-serif.woff2", "report-serif-bold.woff2", "report-sans.woff2")
# What Sphinx and MyST-NB put into _static for themes that this book does not have.
_FOREIGN = re.compile(
    r"basic\.css|pygments\.css|mystnb\..*css|(file|minus|plus)\.png|_?doctools\.js|searchtools\.js"
    r"|language_data\.js|documentation_options\.js|sphinx_highlight\.js"
)
_URL = re.compile(r"url\((fonts/[\w-]+\.woff2|[\w-]+\.svg)\)")


@cache
def names() -> dict[str, str]:
    """The name of each file in the built book, by its short name: "book.css", "mode.js"."""
    return {name: _named(name, content) for name, content in files().items()}


@cache
def files() -> dict[str, bytes]:
    """Every file by its short name, with its contents."""
    copied = {
        path.relative_to(SOURCE).as_posix(): path.read_bytes()
        for pattern in ("fonts/*.woff2", "*.svg")
        for path in sorted(SOURCE.glob(pattern))
    }
    sheet = colours() + "".join(_sheet(name) for name in SHEETS)
    sheet = _URL.sub(lambda at: f"url({_named(at[1], copied[at[1]])})", sheet)
    first = [_named(f"fonts/{font}", copied[f"fonts/{font}"]) for font in FIRST]
    made = {
        f"{name}.js": "".join(_script(part) for part in parts)
        .replace("FONTS", json.dumps(first))
        .replace("LIVE_SHEET", json.dumps(_named("live.css", _sheet("live").encode())))
        .encode()
        for name, parts in SCRIPTS.items()
    }
    # Of the overview alone, and of what runs chapters.
    for name in ("front", "live"):
        made[f"{name}.css"] = _sheet(name).encode()
    return {**copied, "book.css": sheet.encode(), **made}


def _named(name: str, content: bytes) -> str:
    """`fonts/report-sans.woff2` with the first letters of its checksum, without its folder."""
    path = Path(name)
    return f"{path.stem}.{hashlib.sha256(content).hexdigest()[:10]}{path.suffix}"


def _sheet(name: str) -> str:
    """A style sheet without comments and without the spaces that only its authors need."""
    text = (SOURCE / "css" / f"{name}.css").read_text(encoding="utf-8")
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    # Every other part is a string, whose spaces are its own.
    parts = re.split(r'("[^"]*")', re.sub(r"\s+", " ", text))
    parts[::2] = [re.sub(r" ?([{};,>]) ?|(:) ", r"\1\2", part) for part in parts[::2]]
    return "".join(parts).replace(";}", "}").strip() + "\n"


def _script(name: str) -> str:
    """A script without its indents and without comments that have lines of their own."""
    text = (SOURCE / "js" / f"{name}.js").read_text(encoding="utf-8")
    text = re.sub(r"^ *(/\*.*?\*/|//[^\n]*)\n", "", text, flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"^ +", "", text, flags=re.MULTILINE)


def colours() -> str:
    """The palette as custom properties: what the system asks for, then what the reader chose.

    Charts are drawn in the light shades, so on a dark page the same marks get the dark ones.
    """
    light, dark = (_properties(palette.variables(mode)) for mode in ("light", "dark"))
    return (
        f":root{{color-scheme:light;{light}}}\n"
        "@media screen and (prefers-color-scheme:dark){"
        f":root:not([data-theme=light]){{color-scheme:dark;{dark}}}}}\n"
        f"@media screen{{:root[data-theme=dark]{{color-scheme:dark;{dark}}}}}\n{_drawn()}"
    )


def _properties(values: dict[str, str]) -> str:
    return "".join(f"--{name}:{value};" for name, value in values.items())


def _drawn() -> str:
    rules = []
    drawn = {**palette.MARKS, "ink": palette.INK, "ink-2": palette.INK_2, "ink-3": palette.INK_3}
    for name, shade in drawn.items():
        for part in ("fill", "stroke"):
            rules.append(f'.chart [{part}="{shade.light}"]{{{part}:var(--{name})}}')
    for name, shade in palette.MARKS.items():
        rules.append(f'.chart text[fill="{shade.light}"]{{fill:var(--{name}-words)}}')
    return "".join(rules) + "\n"


def write(app) -> None:
    """Put the files into the built book before pages are written."""
    if app.builder.name not in ("html", "dirhtml"):
        return
    static = Path(app.outdir) / "_static"
    static.mkdir(exist_ok=True)
    for name, content in files().items():
        target = static / names()[name]
        if not target.exists():
            target.write_bytes(content)
    shutil.copyfile(SOURCE / "fonts" / "OFL.txt", static / "fonts-OFL.txt")
    shutil.copyfile(SOURCE / "vega-LICENSES.txt", static / "vega-LICENSES.txt")


def offer(app, pagename, templatename, context, doctree) -> None:
    """Let the templates name the files: `asset("book.css")`."""
    up = context["pathto"]
    context["asset"] = lambda name: up(f"_static/{names()[name]}", 1)
    # A page for addresses that do not exist is shown under any of them.
    context["book_folder"] = urlsplit(app.config.book_address).path
    ledgers = app.env.get_domain("claim").data["ledgers"]
    context["has_ledger"] = pagename in ledgers


def drop_foreign(app, exception) -> None:
    """Delete what no page asks for, of other extensions and of earlier builds."""
    if exception or app.builder.name not in ("html", "dirhtml"):
        return
    wanted = set(names().values())
    own = re.compile(r"[\w-]+\.[0-9a-f]{10}\.(css|js|svg|woff2)")
    for path in (Path(app.outdir) / "_static").iterdir():
        old = own.fullmatch(path.name) and path.name not in wanted
        if old or _FOREIGN.fullmatch(path.name):
            path.unlink()
    # Figures that are gone, or have another name now.
    labels = app.env.get_domain("std").anonlabels
    for path in (Path(app.outdir) / "_figures").glob("*"):
        if path.name.split(".")[0] not in labels:
            path.unlink()
