"""What a build depends on: files of the project by their contents, and the installed packages."""

import hashlib
import json
import os
import platform
import re
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
# What notebooks may open.
_FOR_NOTEBOOKS = ("data/*.csv", "data/*.json", "book/*.py", "book/computegap/**/*.py")
# These decide how pages are read, whatever their text and outputs are. Data that extensions put
# into pages are no part of it: each says by itself which pages it concerns.
_MACHINERY = ("book/_ext/**/*.py", "CITATION.cff", "requirements.txt")
# In a folder that a notebook lists, names of other files mean nothing to it.
_LISTED = (".py", ".csv", ".json")
# What a book is made of is smaller. Of a larger file lying about, its size and time say enough.
_MOST_BYTES = 50_000_000
_NOT_SOURCES = {"_build", "_editions", "__pycache__", "node_modules", "venv"}


def digest(*parts: str) -> str:
    """A hash of texts that keeps their borders."""
    text = "".join(f"{len(part)}:{part}" for part in parts)
    # Names of files may be no text at all.
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()


def file_hash(path: Path) -> str:
    """A hash of a file's contents; "missing" where there is none that can be read."""
    if not path.is_file():
        return "missing"
    if (status := path.stat()).st_size > _MOST_BYTES:
        return digest(str(status.st_size), str(status.st_mtime_ns))
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except PermissionError:
        # Whoever needs it says so.
        return "missing"


def part_hash(name: str) -> str:
    """A hash of what a notebook used, as recorder.py names it; "missing" where there is none.

    That is a file, `file#entry` for an entry of a data package's descriptor, or `folder/` for the
    names in it.
    """
    if name.endswith("/"):
        return _names_hash(ROOT / name)
    path, _, entry = name.partition("#")
    if not entry or not (ROOT / path).is_file():
        return file_hash(ROOT / path)
    try:
        found = json.loads((ROOT / path).read_text(encoding="utf-8"))["resources"]
    except (ValueError, KeyError, TypeError):
        return file_hash(ROOT / path)
    return digest(*(json.dumps(one) for one in found if one.get("name") == entry))


def _names_hash(folder: Path) -> str:
    if not folder.is_dir():
        return "missing"
    names = [
        path.name
        for path in folder.iterdir()
        if path.suffix in _LISTED or (path.is_dir() and path.name[0] not in "._")
    ]
    return digest(*sorted(names))


def _files(*patterns: str) -> list[str]:
    found = {path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()}
    return sorted(path.relative_to(ROOT).as_posix() for path in found)


def _contents(names: list[str]) -> str:
    return digest(*names, *(file_hash(ROOT / name) for name in names))


def locked(name: str) -> set[str]:
    """The packages that a lock file names; none where there is no such file."""
    path = ROOT / name
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return set(re.findall(r"^([a-z0-9-]+)[^\n]*==", text, re.MULTILINE))


def _package(info: str) -> str:
    """The package of a folder such as `ruamel.yaml-0.19.1.dist-info`, as a lock names it."""
    return re.sub(r"[-_.]+", "-", info.split("-")[0]).lower()


@cache
def environment() -> str:
    """The Python, the lock file, the fonts of charts, and all installed packages by version.

    Less the tools of checks and tests, so that installing them executes no notebook.
    """
    tools = locked("requirements-dev.txt") - locked("requirements.txt")
    installed = {
        entry.name
        for folder in sys.path
        if os.path.isdir(folder)
        for entry in os.scandir(folder)
        if entry.name.endswith(".dist-info") and _package(entry.name) not in tools
    }
    lock = file_hash(ROOT / "requirements.txt")
    # Charts are drawn with these, by compiled code whose reading no notebook's log shows.
    fonts = _contents(_files("book/computegap/fonts/*"))
    return digest(platform.python_version(), sys.platform, lock, fonts, *sorted(installed))


def _is_source(name: str) -> bool:
    return not name.startswith(".") and not name.endswith(".ipynb")


@cache
def for_notebooks() -> list[str]:
    """The names of all data files and modules that a notebook may open."""
    return _files(*_FOR_NOTEBOOKS)


def machinery() -> str:
    """The files that decide how pages are read: this extension's, and what it has imported."""
    imported = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    used = {
        Path(path).relative_to(ROOT).as_posix()
        for path in imported
        if path and Path(path).is_relative_to(ROOT / "book")
    }
    return _contents(sorted({*_files(*_MACHINERY), *used}))


def data() -> str:
    """The data package."""
    return _contents(_files("data/*.csv", "data/*.json"))


def static() -> str:
    """Style sheets and scripts; pages name them by their checksum."""
    return _contents(_files("book/_static/**/*"))


def everything() -> str:
    """The environment and all files of the project, less what is hidden or was built.

    Less notebooks too: chapters are text, and a notebook beside one is its author's own.
    """
    names = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [f for f in folders if not f.startswith(".") and f not in _NOT_SOURCES]
        names += [os.path.join(folder, name) for name in files if _is_source(name)]
    return digest(environment(), _contents(sorted(names)))
