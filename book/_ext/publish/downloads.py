"""Taking the book home: each page's executed notebook, and the whole book, as zips that run.

A page's zip holds its notebook and what that used when it was executed. That of the book holds all
executed notebooks, what they import, the data and the lock file. Both are laid out as in the
repository, so that notebooks run in any order once the lock is installed; their README.md is made
here. Launch buttons appear once _config.yml has the repository's address.
"""

import json
import os
import re
import time
import zipfile
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from html import escape, unescape
from pathlib import Path
from urllib.parse import urljoin

import nbformat
from computegap.printed import formatted

from _ext.cite import citations
from _ext.guards import warnings_of
from _ext.run.inputs import ROOT

NAME = "computing-power-dilemma"
_FOLDER = "_notebooks"
_PACKED = (
    "book/computegap/**/*.py",
    "book/computegap/fonts/*",
    "data/*.csv",
    "data/*.json",
    "requirements.txt",
    "LICENSE",
    "CITATION.cff",
)
# Of zlib: a quarter faster than its default of 6, for three percent more.
_EFFORT = 4
# The one way to install the lock; the Makefile, README.md and postBuild quote it. The lock names
# everything, so pip has nothing to resolve; before 24, pip refuses a package that is locked with
# an extra and wanted by another package without one.
INSTALL = "pip install --require-hashes --no-deps -r requirements.txt"
_README = """# {title}

The whole book as notebooks, with the data and the code that they use.

    python3 -m venv .venv
    .venv/bin/python -m {install}
    .venv/bin/jupyter lab --notebook-dir=book

Python 3.11 or later. On Windows: `py -m venv .venv`, and `.venv\\Scripts` in the place of
`.venv/bin`. Without a browser: `.venv/bin/jupyter execute book/*.ipynb`.
Notebooks run in any order.

Numbers in the text are those of the edition that you downloaded; the cells compute them anew.

{notebooks}

Licences: see LICENSE; for each table, data/datapackage.json.
"""
# The first day that a zip can name.
_EARLIEST = 315532800
# A link of a page of an EPUB; what an EPUB has, or another address altogether; MyST-NB's sheet.
_ANCHOR = re.compile(r'<a\b[^>]*?\bhref="(?P<address>[^"]*)"[^>]*>(?P<words>.*?)</a>', re.DOTALL)
_INSIDE = re.compile(r"^[a-z][a-z0-9+.-]*:|\.xhtml$|(^|/)_(images|downloads)/", re.IGNORECASE)
_LATE_SHEET = re.compile(r"(^|/)mystnb\.\w+\.css$")
_ROLE = re.compile(r"\{(\w+)\}`([^`]+)`")
_SHOWN = re.compile(r"(.*?)\s*<([^>]+)>")
_ONE = """# {title}

One chapter of {project} as a notebook, with the tables and the code that it uses.

    python3 -m venv .venv
    .venv/bin/python -m {install}
    .venv/bin/jupyter execute {page}.ipynb

Python 3.11 or later. To read and change it: `.venv/bin/jupyter lab {page}.ipynb`.
The whole book is beside this file's page: {name}.zip.

Licences: see LICENSE; for each table, data/datapackage.json.
"""


def offer(app, pagename, templatename, context, doctree) -> None:
    """Write the page's notebook beside the pages, and put the links into the page's header."""
    if app.builder.name not in ("html", "dirhtml") or doctree is None:
        return
    links = []
    executed = Path(app.outdir).parent / "jupyter_execute" / f"{pagename}.ipynb"
    if pagename in getattr(app.env, "book_forms", {}):
        name = Path(pagename).name + ".ipynb"
        target = Path(app.outdir) / _FOLDER / f"{pagename}.ipynb"
        target.parent.mkdir(parents=True, exist_ok=True)
        notebook = for_readers(executed, lambda role, said: in_words(app.env, role, said))
        target.write_text(nbformat.writes(notebook), encoding="utf-8")
        links.append(
            {
                "file": f"{_FOLDER}/{pagename}.zip",
                "name": f"{Path(pagename).name}.zip",
                "text": "Notebook",
                "title": f"Download this page as a notebook, with what it needs ({name}, zip)",
            }
        )
    if pagename == app.config.root_doc:
        links.append(
            {
                "file": f"{NAME}.zip",
                "name": f"{NAME}.zip",
                "text": "Whole book",
                "title": "Download all notebooks with code and data (zip)",
            }
        )
        if address := binder(context, pagename):
            title = "Run this page at Binder"
            links.append({"file": address, "name": "", "text": "Binder", "title": title})
    context["take_home"] = links


def for_readers(executed: Path, words: Callable[[str, str], str]):
    """An executed notebook whose text has words in the place of the book's roles."""
    notebook = nbformat.read(executed, as_version=4)
    for index, cell in enumerate(notebook.cells):
        # MyST-NB makes new ids each time; those of one edition should not differ.
        cell["id"] = f"cell-{index + 1}"
        if cell.cell_type == "markdown":
            cell.source = _ROLE.sub(lambda role: words(role[1], role[2]), cell.source)
        for output in cell.get("outputs", ()):
            _for_viewers(output.get("data", {}))
    return notebook


def _for_viewers(data: dict) -> None:
    """Leave of a chart what is shown without trust.

    JupyterLab takes the richest type that it thinks safe, HTML, and strips the drawing from it;
    other viewers do the same with an SVG. The picture in pixels is shown by all. Whoever runs the
    cell has the drawing.
    """
    if "image/png" in data:
        for kind in ("text/html", "image/svg+xml"):
            data.pop(kind, None)


def in_words(env, role: str, said: str) -> str:
    """What a page shows for a role: a value, a figure's number, the words of a link."""
    if role in ("fact", "likely"):
        key, _, spec = said.partition(":") if role == "fact" else (said, "", "likely")
        return formatted(env.get_domain("fact").data["stated"][key.strip()][2], spec)
    shown = _SHOWN.fullmatch(said)
    if role == "numref" and not shown:
        return numbered(env, said)
    return f"[{said}]" if role == "cite" else (shown[1] if shown and shown[1] else said)


def numbered(env, label: str) -> str:
    """The name of a figure, table or section as a page has it, as "Figure 3"."""
    page, name = env.get_domain("std").anonlabels.get(label, ("", ""))[:2]
    for kind, numbers in env.toc_fignumbers.get(page, {}).items():
        if name in numbers:
            return f"{kind.capitalize()} {'.'.join(map(str, numbers[name]))}"
    return label


def start_packing(app) -> list:
    """Pack while Sphinx writes its indices; compressing leaves Python free for them."""
    if not warnings_of(app) and app.builder.name in ("html", "dirhtml"):
        app.book_packing = ThreadPoolExecutor(1).submit(_pack, app)
    return []


def finish_packing(app, exception) -> None:
    if not exception and hasattr(app, "book_packing"):
        app.book_packing.result()


def _pack(app) -> None:
    """Write the zip, the same bytes for the same contents."""
    folder = Path(app.outdir)
    pages = [name for name in sorted(app.env.found_docs) if name in app.env.book_forms]
    for kind in ("ipynb", "zip"):
        offered = {folder / _FOLDER / f"{page}.{kind}" for page in pages}
        for left in set((folder / _FOLDER).rglob(f"*.{kind}")) - offered:
            left.unlink()
    for page in pages:
        _pack_page(app, page)
    files = {f"{page}.ipynb": folder / _FOLDER / f"{page}.ipynb" for page in pages}
    for pattern in _PACKED:
        files.update({p.relative_to(ROOT).as_posix(): p for p in ROOT.glob(pattern)})
    listed = "\n".join(f"- `{page}.ipynb`: {app.env.titles[page].astext()}" for page in pages)
    partial = folder / f".{NAME}.zip"
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
        readme = _README.format(title=app.config.project, install=INSTALL, notebooks=listed)
        archive.writestr(entry(f"{NAME}/README.md"), readme)
        for name in sorted(files):
            archive.writestr(
                entry(f"{NAME}/{name}"), files[name].read_bytes(), compresslevel=_EFFORT
            )
    partial.replace(folder / f"{NAME}.zip")


def settle_epub(app, config) -> None:
    """An EPUB must have a version; its frame is Sphinx's own, in XML, and not that of the web."""
    config.version = config.version or citations.work()["version"]
    if app.book_builder == "epub":
        config.templates_path, config.html_additional_pages = [], {}
        config.epub_use_index = False


def lead_within_epub(app, pagename, templatename, context, doctree) -> None:
    """Let a page of an EPUB ask for nothing that is not in it.

    Files and views that only the web has are linked there, or are words where the book has no
    public address.
    """
    if app.builder.name != "epub":
        return
    # MyST-NB brings its sheet when the EPUB is packed already.
    sheets = context.get("css_files", [])
    context["css_files"] = [one for one in sheets if not _LATE_SHEET.search(str(one.filename))]
    base = app.config.book_address if app.config.html_baseurl else ""
    page = f"{base}{pagename}.html" if base else ""
    if "body" in context:
        context["body"] = _ANCHOR.sub(lambda found: _led(found, page), context["body"])


def _led(link: re.Match, page: str) -> str:
    """A link as an EPUB can have it; `page` is its page's own address on the web, or ""."""
    path = link["address"].partition("#")[0]
    # As it is: on this page, with a scheme, or to something that the EPUB has.
    if not path or _INSIDE.search(path):
        return link[0]
    if not page:
        return link["words"]
    address = escape(urljoin(page, unescape(link["address"])), quote=True)
    return f'<a class="reference external" href="{address}">{link["words"]}</a>'


def even_epub(app, exception) -> None:
    """Give the files in an EPUB the day of the edition in the place of that of the build."""
    if exception or app.builder.name != "epub":
        return
    for sheet in Path(app.outdir, "_static").glob("mystnb.*.css"):
        # No page asks for it, and the next build would pack it.
        sheet.unlink()
    day = time.gmtime(max(int(os.environ["SOURCE_DATE_EPOCH"]), _EARLIEST))[:6]
    for path in Path(app.outdir).glob("*.epub"):
        partial = path.with_suffix(".partial")
        with zipfile.ZipFile(path) as made, zipfile.ZipFile(partial, "w") as even:
            # In their order: readers look for the first one, which is not packed.
            for info in made.infolist():
                entry = zipfile.ZipInfo(info.filename, date_time=day)
                entry.compress_type, entry.external_attr = info.compress_type, 0o644 << 16
                even.writestr(entry, made.read(info))
        partial.replace(path)


def _pack_page(app, page: str) -> None:
    """Write a page's zip: notebook, tables and code, laid out as in the repository."""
    target = Path(app.outdir) / _FOLDER / f"{page}.zip"
    name = Path(page).name
    texts = {"title": app.env.titles[page].astext(), "project": app.config.project}
    readme = _ONE.format(**texts, page=page, install=INSTALL, name=NAME)
    held = {name: (ROOT / name).read_bytes() for name in used(app, page)}
    held |= {
        "README.md": readme.encode(),
        f"{page}.ipynb": target.with_suffix(".ipynb").read_bytes(),
    }
    if _holds(target, name, held):
        return
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for inner in sorted(held):
            archive.writestr(entry(f"{name}/{inner}"), held[inner], compresslevel=_EFFORT)


def used(app, page: str) -> set[str]:
    """The files that a page's notebook used when it was executed, and all that it imports from."""
    folder = app.book_store.folder / page
    form = json.loads((folder / app.env.book_forms[page]).with_suffix(".json").read_text("utf-8"))
    parts = set(form["parts"]).union(*(call["parts"] for call in form["calls"]))
    files = {part.partition("#")[0] for part in parts}
    for pattern in ("book/computegap/**/*.py", "book/computegap/fonts/*"):
        files |= {path.relative_to(ROOT).as_posix() for path in ROOT.glob(pattern)}
    files |= {"requirements.txt", "LICENSE", "CITATION.cff", "data/datapackage.json"}
    return {name for name in files if (ROOT / name).is_file()}


def _holds(path: Path, top: str, held: dict[str, bytes]) -> bool:
    """Whether a zip has these contents already, by their checksums."""
    try:
        with zipfile.ZipFile(path) as archive:
            there = {entry.filename: entry.CRC for entry in archive.infolist()}
    except (OSError, zipfile.BadZipFile):
        return False
    return there == {f"{top}/{name}": zlib.crc32(content) for name, content in held.items()}


def entry(name: str) -> zipfile.ZipInfo:
    """An entry of a zip with a fixed date, so that two builds give the same file."""
    made = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    made.compress_type, made.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
    return made


def binder(context: dict, pagename: str) -> str:
    """The address that opens a page's chapter at Binder, where the repository has an address."""
    repository = context.get("repository_url", "").rstrip("/")
    if not repository:
        return ""
    owned = "/".join(repository.split("/")[-2:])
    branch = context.get("repository_branch", "main")
    return f"https://mybinder.org/v2/gh/{owned}/{branch}?urlpath=lab/tree/{pagename}.md"
