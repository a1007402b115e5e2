"""What a reader's browser needs to run the chapters: `_live/` beside the pages.

Parts by others (Pyodide, NumPy, pandas, …) are listed in book/_browser/parts.csv with their
checksums; `make live` (tools/live.py) fetches them into a cache outside the project, and a build
takes them from there. Without them a book builds and reads complete, and offers to run nothing.

What is for Python is put into two archives: `site.zip`, what is imported of others, less their
tests, and `book.zip`, the package, the data and the cells of the chapters.
"""

import gzip
import hashlib
import io
import json
import os
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from docutils import nodes

from _ext.cite.citations import edition_of
from _ext.cite.metadata import reading_order
from _ext.guards import warnings_of
from _ext.page.frame import WEB
from _ext.page.quotes import fill
from _ext.publish.downloads import entry
from _ext.publish.parts import available, cache_folder, parts, path_of
from _ext.run.inputs import ROOT

SOURCE = ROOT / "book" / "_browser"
FOLDER = "_live"
# The page that runs everything; a book without it has no use for the parts.
PAGE = "book/verify"
SETTINGS = [("book_live_parts", "", "html")]
# What of the build is needed to refuse bad data.
_CHECKS = ("datacheck", "descriptors", "inputs", "rules", "spelling")
# Of the packages: tests, types, headers and programs that nothing here imports, and machine code
# for other machines.
_LEFT_OUT = re.compile(
    r"(^|/)(tests|f2py|distutils|testing/_private/extbuild\.py)/|(^|/)(conftest|setup)\.py$"
    r"|\.(pyi|pxd|pyx|h|c|a|toml|map|typed)$|\.dist-info/(?!.*licen|METADATA)|linux-gnu\.so$"
    r"|^altair/jupyter/js/|^numpy/(doc|_pyinstaller)/|^narwhals/_(dask|duckdb|ibis|polars|spark)",
    re.IGNORECASE,
)
_PARTS = re.compile(r'<script [^>]*class="chart-parts">(.*?)</script>', re.DOTALL)
_LICENCE = re.compile(r"\.dist-info/(.*/)?(licen[cs]e|copying|notice)[^/]*$", re.IGNORECASE)


def settle(app, config) -> None:
    """Pages say whether they can be run, so they are written again when that changes."""
    has_page = (ROOT / f"{PAGE}.md").is_file()
    config.book_live_parts = available() if has_page else ""


# The archives


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip of these files, the same bytes for the same contents."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            archive.writestr(entry(name), files[name])
    return made.getvalue()


def _packages() -> dict[str, bytes]:
    """What the packages hold that is imported."""
    return {
        name: wheel.read(name)
        for wheel, name in _members()
        if not (_LICENCE.search(name) or _LEFT_OUT.search(name))
    }


def _texts() -> dict[str, bytes]:
    """The licences of the packages, each under its package."""
    found = {}
    for wheel, name in _members():
        if _LICENCE.search(name):
            package, _, path = name.partition(".dist-info/")
            found[f"{package}/{Path(path).name}"] = wheel.read(name)
    return found


def _members() -> Iterator[tuple[zipfile.ZipFile, str]]:
    """The files of all packages, each with the wheel that it is in."""
    for part in parts():
        if part["use"] == "site":
            with zipfile.ZipFile(path_of(part)) as wheel:
                yield from ((wheel, name) for name in wheel.namelist() if not name.endswith("/"))


def _cells(app) -> dict[str, list[dict]]:
    """The code cells of each chapter, in order: source, and the figure or table it makes."""
    found = {}
    for page in (one for one in reading_order(app.env) if one in app.env.book_forms):
        path = Path(app.outdir).parent / "jupyter_execute" / f"{page}.ipynb"
        notebook = json.loads(path.read_text(encoding="utf-8"))
        found[page] = [
            {
                "source": "".join(cell["source"]),
                "label": cell["metadata"].get("mystnb", {}).get("figure", {}).get("name", ""),
                "panels": _panels(cell),
            }
            for cell in notebook["cells"]
            if cell["cell_type"] == "code"
        ]
    return found


def _panels(cell) -> list[int]:
    """How wide the panels of its chart are in both drawings; nothing for one panel, or no chart."""
    for output in cell["outputs"]:
        held = _PARTS.search("".join(output.get("data", {}).get("text/html", "")))
        if held:
            parts = json.loads(held[1])
            views = [parts[one]["config"].get("view", {}) for one in ("wide", "narrow")]
            return [view["continuousWidth"] for view in views if "continuousWidth" in view]
    return []


def _book(app) -> dict[str, bytes]:
    """The package, the data, and what stands in for a notebook."""
    files = {}
    for pattern in ("book/computegap/**/*.py", "data/*.csv", "data/*.json"):
        for path in ROOT.glob(pattern):
            files[path.relative_to(ROOT).as_posix()] = path.read_bytes()
    # The check of the data, without the build that it is a part of.
    files["book/_ext/__init__.py"] = b""
    for name in ("__init__", *_CHECKS):
        files[f"book/_ext/run/{name}.py"] = (ROOT / f"book/_ext/run/{name}.py").read_bytes()
    for path in (SOURCE / "stand_ins").rglob("*.py"):
        files[f"stand_ins/{path.relative_to(SOURCE / 'stand_ins').as_posix()}"] = path.read_bytes()
    files["stand_ins/runner.py"] = (SOURCE / "runner.py").read_bytes()
    files["cells.json"] = json.dumps(_cells(app), ensure_ascii=False).encode()
    return files


# What is printed


def note_quotes(app, doctree, docname: str) -> None:
    """Keep which facts a page prints and how, in the order of the page, for the list of them."""
    if app.builder.name not in WEB:
        return
    printed = [
        [link["fact_key"], link["fact_format"]]
        for link in doctree.findall(nodes.reference)
        if link.get("fact_key")
    ]
    folder = Path(app.outdir).parent / "printed"
    path = folder / f"{docname}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(printed), encoding="utf-8")


def _pages(app) -> dict[str, dict]:
    """Each page with its numbers as they are to be printed, and the checksum of its file."""
    found, stated = {}, app.env.get_domain("fact").data["stated"]
    for page in sorted(app.env.found_docs):
        written = Path(app.outdir) / app.builder.get_target_uri(page)
        noted = Path(app.outdir).parent / "printed" / f"{page}.json"
        found[page] = {
            "file": app.builder.get_target_uri(page),
            "title": fill(app.env.titles[page].astext(), stated),
            "sha256": hashlib.sha256(written.read_bytes()).hexdigest(),
            "facts": json.loads(noted.read_text(encoding="utf-8")),
        }
    return found


# Into the book


def write(app, exception) -> None:
    """Put parts, archives, licences and the list of all into the book, last of what writes."""
    if exception or app.builder.name not in WEB or warnings_of(app):
        return
    folder = Path(app.outdir) / FOLDER
    if not app.config.book_live_parts or PAGE not in app.env.found_docs:
        for left in folder.rglob("*") if folder.exists() else ():
            if left.is_file():
                left.unlink()
        return
    core = {part["file"]: path_of(part).read_bytes() for part in parts() if part["use"] == "core"}
    licences = _texts()
    files = {**core, "worker.js": (SOURCE / "worker.js").read_bytes()}
    files |= {"site.zip": _kept_site(), "book.zip": zipped(_book(app))}
    for path in (SOURCE / "licences").iterdir():
        licences[path.name] = path.read_bytes()
    files |= {f"licences/{name}": content for name, content in licences.items()}
    files["LICENCES.txt"] = _licences(licences).encode()
    files["pages.json"] = json.dumps(_pages(app), ensure_ascii=False).encode()
    files["parts.json"] = (json.dumps(_list(app, files), indent=1) + "\n").encode()
    _put(folder, files)


def _kept_site() -> bytes:
    """The archive of packages, packed once for the parts that are in the cache."""
    code = hashlib.sha256(_LEFT_OUT.pattern.encode()).hexdigest()[:16]
    kept = cache_folder() / f"site-{available()}-{code}.zip"
    if not kept.is_file():
        partial = kept.with_suffix(f".{os.getpid()}")
        partial.write_bytes(zipped(_packages()))
        partial.replace(kept)
    return kept.read_bytes()


# What the worker loads, in the order in which it needs them.
LOADED = (
    "pyodide.js",
    "pyodide-lock.json",
    "pyodide.asm.js",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
    "site.zip",
    "book.zip",
)


def amount(app) -> dict[str, int]:
    """What a page says before anything is loaded: bytes, as they are and packed, and what runs."""
    packed = len(_kept_site()) + len(zipped(_book(app)))
    contents = [path_of(part).read_bytes() for part in parts() if part["use"] == "core"]
    cells = _cells(app)
    return {
        "bytes": sum(map(len, contents)) + packed,
        "packed": sum(map(_packed, contents)) + packed,
        "chapters": len(cells),
        "cells": sum(map(len, cells.values())),
    }


def _packed(content: bytes) -> int:
    """The length of a part as a server sends it that packs; kept, since it takes a second."""
    kept = cache_folder() / f"{hashlib.sha256(content).hexdigest()[:16]}.packed"
    if not kept.is_file():
        kept.write_text(str(len(gzip.compress(content, 9, mtime=0))), encoding="ascii")
    return int(kept.read_text(encoding="ascii"))


def _list(app, files: dict[str, bytes]) -> dict:
    """What the page needs to know before it loads anything."""

    def weighed(name: str) -> dict:
        content = files[name]
        return {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}

    return {
        "edition": edition_of(app.config),
        "loaded": {name: weighed(name) for name in LOADED},
        "other": {name: weighed(name) for name in ("worker.js", "pages.json")},
        "made_of": [
            {key: part[key] for key in ("name", "version", "file", "sha256", "licence")}
            for part in parts()
        ],
    }


def _licences(licences: dict[str, bytes]) -> str:
    lines = ["What this folder holds by others, each under its own licence.", ""]
    for part in parts():
        lines.append(f"{part['name']} {part['version']} ({part['file']}): {part['licence']}")
    lines += [
        "",
        "Pyodide's source is at github.com/pyodide/pyodide under the tag 0.27.7; the texts of",
        "licences lie in licences/. Python's own is that of typing_extensions. site.zip is made",
        "of the packages above, less their tests, types and headers; nothing in it is changed.",
        "",
        *sorted(f"licences/{name}" for name in licences),
    ]
    return "\n".join(lines) + "\n"


def _put(folder: Path, files: dict[str, bytes]) -> None:
    """Write what is new; leave what is the same, so that it is not copied again; drop the rest."""
    for path in folder.rglob("*") if folder.exists() else ():
        if path.is_file() and path.relative_to(folder).as_posix() not in files:
            path.unlink()
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not (path.is_file() and path.read_bytes() == content):
            path.write_bytes(content)
