"""Build an edition beside earlier ones: `make edition VERSION=2026.1`.

_editions/2026.1/                 the book as of this edition, never touched again
_editions/latest/                 a copy of the newest one
_editions/editions.js, index.html the list of editions, for the switcher and for readers
_editions/changes*                what changed between editions, see changed.py
_editions/<name>-2026.1.zip       pages and source with checksums, fit for deposit
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from html import escape
from pathlib import Path

import changed
import yaml

ROOT = Path(__file__).resolve().parents[1]
NAME = "computing-power-dilemma-examined"


class EditionError(Exception):
    """Something must be settled before this can be an edition."""


def make(version: str, root: Path = ROOT) -> Path:
    """Build the edition `version`; returns its folder.

    Raises `EditionError` where it exists, where CITATION.cff is of another version, where files
    are not committed, or where tests/anchors.txt lacks an address that it would publish.
    """
    editions = root / "_editions"
    folder = editions / version
    date = _check(version, root, folder)
    pages = _build(version, root)
    _check_anchors(root, pages)
    editions.mkdir(exist_ok=True)
    # Whole or not at all: an interrupted copy must not pass for an edition.
    partial = editions / f".{version}"
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(pages, partial)
    (partial / "edition.json").write_text(
        json.dumps({"version": version, "date": date, "pages": _names(pages)}), encoding="utf-8"
    )
    partial.rename(folder)
    _archive(editions, version, folder, root)
    _list(editions)
    changed.publish(editions)
    return folder


def _check(version: str, root: Path, folder: Path) -> str:
    """The date of the edition, if it can be made."""
    if not re.fullmatch(r"\d{4}\.\d+", version):
        raise EditionError(f"{version!r} is no version; write make edition VERSION=2026.1")
    if folder.exists():
        raise EditionError(f"edition {version} exists in {folder}; an edition is never rebuilt")
    cff = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    if str(cff["version"]) != version:
        raise EditionError(
            f"CITATION.cff is of version {cff['version']}; set version and date-released there"
        )
    if changed := _git(root, "status", "--porcelain"):
        raise EditionError(f"commit first, so that the edition has a source:\n{changed}")
    return str(cff["date-released"])


def _git(root: Path, *command: str) -> str:
    return subprocess.run(
        ["git", *command], cwd=root, check=True, text=True, stdout=subprocess.PIPE
    ).stdout


def _build(version: str, root: Path) -> Path:
    """The pages, built in a folder of their own, with everything executed anew."""
    place = root / "_build" / "edition"
    shutil.rmtree(place, ignore_errors=True)
    jupyter_book = Path(sys.executable).with_name("jupyter-book")
    command = [str(jupyter_book), "build", ".", "--path-output", str(place), "-W", "-n"]
    env = {**os.environ, "BOOK_EDITION": version}
    done = subprocess.run([*command, "--keep-going"], cwd=root, env=env)
    if done.returncode:
        raise EditionError("the build failed, see above")
    return place / "_build" / "html"


def _check_anchors(root: Path, pages: Path) -> None:
    """An edition publishes addresses, so the list of published ones has to be complete."""
    listed = set((root / "tests" / "anchors.txt").read_text(encoding="utf-8").split())
    if fresh := sorted(anchors(pages) - listed):
        raise EditionError(f"run make anchors; {len(fresh)} addresses are new, as {fresh[0]}")


def anchors(pages: Path) -> set[str]:
    """The addresses of everything that can be cited in a built book, as page#anchor."""
    found = set()
    for page in pages.rglob("*.html"):
        held = re.search(r'id="cite-data">(.*?)</script>', page.read_text(encoding="utf-8"))
        things = json.loads(held[1])["things"] if held else ()
        found |= {f"{page.relative_to(pages).as_posix()}#{anchor}" for anchor in things}
    return found


def _names(pages: Path) -> list[str]:
    return sorted(page.relative_to(pages).as_posix() for page in pages.rglob("*.html"))


# The archive


def _archive(editions: Path, version: str, folder: Path, root: Path) -> None:
    """A zip of the pages and of the committed source, with a checksum for each file and itself."""
    files = {f"html/{path.relative_to(folder).as_posix()}": path for path in _files(folder)}
    files |= {f"source/{name}": root / name for name in _git(root, "ls-files").splitlines()}
    sums = "".join(f"{_sha256(path)}  {name}\n" for name, path in sorted(files.items()))
    target = editions / f"{NAME}-{version}.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        top = f"{NAME}-{version}"
        for name, path in sorted(files.items()):
            _add(archive, f"{top}/{name}", path.read_bytes())
        _add(archive, f"{top}/SHA256SUMS", sums.encode())
    said = f"{_sha256(target)}  {target.name}\n"
    target.with_suffix(".zip.sha256").write_text(said, encoding="utf-8")


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    # Without the hour of the build, so that the same pages give the same archive.
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, content)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


# The list of editions


def _list(editions: Path) -> None:
    """Write what all editions share: the list, its page, and the copy of the newest."""
    known = [json.loads(path.read_text("utf-8")) for path in editions.glob("2*/edition.json")]
    known.sort(key=lambda one: [int(part) for part in one["version"].split(".")], reverse=True)
    script = f"window.bookEditions = {json.dumps(known, indent=1)};\n"
    (editions / "editions.js").write_text(script, encoding="utf-8")
    items = "".join(
        f'<li><a href="{one["version"]}/index.html">{one["version"]}</a> of {one["date"]}</li>\n'
        for one in known
    )
    title = escape("The Computing Power Dilemma, Examined: editions")
    (editions / "index.html").write_text(
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{title}</title>\n'
        f"<h1>{title}</h1>\n<ul>\n{items}</ul>\n{changed.links(known)}</html>\n",
        encoding="utf-8",
    )
    partial = editions / ".latest"
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(editions / known[0]["version"], partial)
    shutil.rmtree(editions / "latest", ignore_errors=True)
    partial.rename(editions / "latest")


if __name__ == "__main__":
    try:
        print(f"The edition is in {make(sys.argv[1] if len(sys.argv) > 1 else '')}")
    except EditionError as error:
        sys.exit(f"make edition: {error}")
