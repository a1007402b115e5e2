"""Taking the book home: each page's executed notebook, and the whole book as a zip that runs.

The zip holds the executed notebooks, what they import, the data and the lock file, laid out as in
the repository, so that its notebooks run in any order once the lock is installed.
Its README.md is made here. Launch buttons appear once _config.yml has the repository's address.
"""

import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from computegap.printed import formatted

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
Words in braces and backticks are references of the book's pages to each other.

{notebooks}

Licences: see LICENSE; for each table, data/datapackage.json.
"""
_QUOTE = re.compile(r"\{fact\}`([^`:]+):?([^`]*)`")


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
        notebook = for_readers(executed, app.env.get_domain("fact").data["stated"])
        target.write_text(nbformat.writes(notebook), encoding="utf-8")
        links.append(
            {
                "file": f"{_FOLDER}/{pagename}.ipynb",
                "name": name,
                "text": "Notebook",
                "title": f"Download this page as an executed notebook ({name})",
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


def for_readers(executed: Path, stated: dict):
    """An executed notebook with the values of quoted facts in its text."""
    notebook = nbformat.read(executed, as_version=4)

    def quoted(match: re.Match) -> str:
        return formatted(stated[match[1].strip()][2], match[2])

    for index, cell in enumerate(notebook.cells):
        # MyST-NB makes new ids each time; those of one edition should not differ.
        cell["id"] = f"cell-{index + 1}"
        if cell.cell_type == "markdown":
            cell.source = _QUOTE.sub(quoted, cell.source)
    return notebook


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
    for left in set((folder / _FOLDER).rglob("*.ipynb")) - {
        folder / _FOLDER / f"{page}.ipynb" for page in pages
    }:
        left.unlink()
    files = {f"{page}.ipynb": folder / _FOLDER / f"{page}.ipynb" for page in pages}
    for pattern in _PACKED:
        files.update({p.relative_to(ROOT).as_posix(): p for p in ROOT.glob(pattern)})
    listed = "\n".join(f"- `{page}.ipynb`: {app.env.titles[page].astext()}" for page in pages)
    partial = folder / f".{NAME}.zip"
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
        readme = _README.format(title=app.config.project, install=INSTALL, notebooks=listed)
        archive.writestr(_entry("README.md"), readme)
        for name in sorted(files):
            archive.writestr(_entry(name), files[name].read_bytes(), compresslevel=_EFFORT)
    partial.replace(folder / f"{NAME}.zip")


def _entry(name: str) -> zipfile.ZipInfo:
    """An entry with a fixed date, so that two builds give the same file."""
    entry = zipfile.ZipInfo(f"{NAME}/{name}", date_time=(1980, 1, 1, 0, 0, 0))
    entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
    return entry


def binder(context: dict, pagename: str) -> str:
    """The address that opens a page's chapter at Binder, where the repository has an address."""
    repository = context.get("repository_url", "").rstrip("/")
    if not repository:
        return ""
    owned = "/".join(repository.split("/")[-2:])
    branch = context.get("repository_branch", "main")
    return f"https://mybinder.org/v2/gh/{owned}/{branch}?urlpath=lab/tree/{pagename}.md"
