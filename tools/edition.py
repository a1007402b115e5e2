"""Build an edition beside earlier ones: `make edition VERSION=2026.1`; or withdraw one.

_editions/2026.1/                 the book as of this edition, never touched again
_editions/latest/                 a copy of the newest one
_editions/withdrawn.json           what was withdrawn, and why
_editions/editions.js, index.html the list of editions, for the switcher and for readers
_editions/changes*                what changed between editions, see changed.py
_editions/<name>-2026.1.zip       pages and source with checksums, fit for deposit
"""

import argparse
import datetime as dt
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
import release
import yaml

ROOT = Path(__file__).resolve().parents[1]
NAME = "computing-power-dilemma-examined"


class EditionError(Exception):
    """Something must be settled before this can be an edition."""


def make(version: str, root: Path = ROOT) -> Path:
    """Build the edition `version`; returns its folder.

    Raises `EditionError` with all that release.py finds, before it builds.
    """
    editions = root / "_editions"
    folder = editions / version
    if not re.fullmatch(r"\d{4}\.\d+", version):
        raise EditionError(f"{version!r} is no version; write make edition VERSION=2026.1")
    if folder.exists():
        raise EditionError(f"edition {version} exists in {folder}; an edition is never rebuilt")
    if found := release.reasons(version, root):
        raise EditionError("\n".join(["not yet:", *found]))
    cff = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    date = str(cff["date-released"])
    pages = _build(version, root)
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
    known, notices = release.known(editions.parent), withdrawn(editions)
    for one in known:
        one["withdrawn"] = notices.get(one["version"], [])
    known.sort(key=_is_whole, reverse=True)
    script = f"window.bookEditions = {json.dumps(known, indent=1)};\n"
    (editions / "editions.js").write_text(script, encoding="utf-8")
    items = "".join(
        f'<li><a href="{one["version"]}/index.html">{one["version"]}</a> of {one["date"]}'
        f"{''.join(_said(notice) for notice in one['withdrawn'])}</li>\n"
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


def _is_whole(one: dict) -> bool:
    """Whether an edition was not withdrawn; of such ones the newest is the latest."""
    return all(notice["number"] for notice in one["withdrawn"])


def _said(notice: dict) -> str:
    what = f"the number {notice['number']}" if notice["number"] else "the edition"
    return escape(f" ({what} was withdrawn on {notice['date']}: {notice['reason']})")


# What was wrong


def withdrawn(editions: Path) -> dict[str, list[dict[str, str]]]:
    """The notices of each edition: date, reason, and the number, empty where it is all of it."""
    path = editions / "withdrawn.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def withdraw(version: str, reason: str, number: str = "", root: Path = ROOT) -> None:
    """Say beside an edition that it, or one of its numbers, is withdrawn, and why.

    Its pages stay as they are, for people cite them; they show the notice. `latest` is the newest
    edition that was not withdrawn. Raises `EditionError` without such an edition, number or reason.
    """
    editions = root / "_editions"
    if not (editions / version / "edition.json").exists() or not version:
        raise EditionError(f"there is no edition {version!r} in {editions}")
    if not reason.strip():
        raise EditionError("say why: make withdraw VERSION=2026.1 REASON='what is wrong'")
    facts = json.loads((editions / version / "facts.json").read_text(encoding="utf-8"))["facts"]
    if number and number not in {fact["id"] for fact in facts}:
        raise EditionError(f"edition {version} has no number {number!r}; facts.json has them all")
    notices = withdrawn(editions)
    notice = {"date": f"{dt.date.today()}", "reason": reason.strip(), "number": number}
    notices.setdefault(version, []).append(notice)
    text = json.dumps(notices, indent=1, ensure_ascii=False) + "\n"
    (editions / "withdrawn.json").write_text(text, encoding="utf-8")
    _list(editions)


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("version", help="as 2026.1")
    parser.add_argument("--withdraw", metavar="REASON", help="withdraw it, and say why")
    parser.add_argument("--number", default="", help="withdraw this number alone, by its key")
    options = parser.parse_args(arguments)
    if options.withdraw is not None:
        withdraw(options.version, options.withdraw, options.number)
        print(f"The notice is beside edition {options.version}; publish _editions again")
    else:
        print(f"The edition is in {make(options.version)}")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except EditionError as error:
        sys.exit(f"make edition: {error}")
