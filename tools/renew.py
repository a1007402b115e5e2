"""Bring newer files of the publishers into the tables, and show what moves: `make renew`.

    python tools/renew.py                        fetch what has an address of the newest
    python tools/renew.py --from DOWNLOADS       take the files of a folder instead
    python tools/renew.py --only epoch/eci_scores.csv

tools/derive/files.csv has the files; a new one is entered there first, without a checksum. Each is
checked against what it replaces; the tables are derived in a copy of the project, the copy is
built, and what moved is printed and written into _build/renew: moved.md, and moved.html with the
pictures. The tables are replaced when all sentences of the book hold; with --draft they are
replaced in any case, so that the sentences can be mended beside them.
"""

import argparse
import csv
import datetime as dt
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "derive"))

import manifest
import moved
import rehearsal
from fetch import SILENT, WHOLE, fetch

ROOT = Path(__file__).resolve().parents[1]
MANIFEST = "tools/derive/files.csv"


class Refused(Exception):
    """Nothing may be replaced; a line for each reason."""


def renew(options: argparse.Namespace) -> None:
    """Fetch, check, derive, build, compare and replace. Raises `Refused`; then all is as before."""
    out = ROOT / "_build" / "renew"
    out.mkdir(parents=True, exist_ok=True)
    entries = manifest.rows()
    downloads = options.folder or out / "files"
    chosen = wanted(entries, options)
    files = at_hand(chosen, downloads, options)
    new = [row for row in chosen if manifest.is_new(row, files[row["file"]])]
    print(f"{len(chosen)} files looked at, {len(new)} are new", flush=True)
    if not new:
        return
    with tempfile.TemporaryDirectory() as scratch:
        staged = rehearsal.stage(Path(scratch).resolve())
        after = manifest.taken(
            entries, {row["file"]: files[row["file"]] for row in new}, options.day
        )
        manifest.write(after, staged / MANIFEST)
        date_sources(staged, new, options.day)
        tables = sorted({table for row in new for table in manifest.tables(row)})
        bring_others(entries, tables, downloads, options)
        derive(staged, downloads, tables, options.day)
        holds = show(staged, out, new, after, tables)
        if not (holds or options.draft):
            raise Refused("mend what is listed in the chapters and run this again, or add --draft")
        replace(staged, tables)
    print("tables replaced; `make book`, then `make facts` when you have reviewed the numbers")


# The files


def wanted(entries: list[manifest.Row], options: argparse.Namespace) -> list[manifest.Row]:
    """The rows whose files are asked for: those named, or what can be newer, or was never taken.

    From a folder also what else lies there.
    """
    if options.only:
        if unknown := sorted(set(options.only) - {row["file"] for row in entries}):
            raise Refused(f"{MANIFEST} has no file {', '.join(unknown)}")
        return [row for row in entries if row["file"] in options.only]
    lies = options.folder.__truediv__ if options.folder else None
    return [
        row
        for row in entries
        if row["how"] == "live" or not row["sha256"] or (lies and lies(row["file"]).is_file())
    ]


def at_hand(
    chosen: list[manifest.Row], downloads: Path, options: argparse.Namespace
) -> dict[str, Path]:
    """The paths of the files, each checked; those that are not in a folder are fetched."""
    faults = []
    if not options.folder:
        faults += fetch([row for row in chosen if row["address"]], downloads, *options.limits)
    said = {fault.partition(": ")[0] for fault in faults}
    files = {row["file"]: downloads / row["file"] for row in chosen if row["file"] not in said}
    for row in chosen:
        path = files.get(row["file"])
        if path and not path.is_file():
            faults.append(f"{row['file']}: not in {downloads}; title: {row['title']}")
        elif path and manifest.is_new(row, path):
            # A file that is entered before it is taken has its own day.
            day = options.day if row["sha256"] or not row["day"] else row["day"]
            faults += manifest.problems(row, path, day)
    if faults:
        raise Refused("\n".join(faults))
    return files


def bring_others(
    entries: list[manifest.Row], tables: list[str], downloads: Path, options: argparse.Namespace
) -> None:
    """Fetch what else these tables come from and is not there yet; scores are in their table."""
    others = [
        row
        for row in entries
        if set(manifest.tables(row)) & set(tables)
        and row["address"]
        and not row["layout"]
        and not (downloads / row["file"]).is_file()
    ]
    if not options.folder and (faults := fetch(others, downloads, *options.limits)):
        raise Refused("\n".join(faults))


def date_sources(staged: Path, new: list[manifest.Row], day: str) -> None:
    """Say in the table of sources of which day a source of scores is that has a newer file."""
    renewed = {row["source_id"] for row in new if row["layout"] and row["sha256"]}
    path = staged / "data" / "sources.csv"
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    for row in rows:
        if row["source_id"] in renewed:
            # The stored copy is of the file before.
            row |= {"published_date": day, "accessed_date": day, "archive_url": ""}
    if renewed:
        manifest.write(rows, path)
        _date_table(path.with_name("datapackage.json"), "sources", day)


def _date_table(package: Path, name: str, day: str) -> None:
    """Say in the data package that a table was looked at on a day."""
    whole = json.loads(package.read_text(encoding="utf-8"))
    for entry in whole["resources"]:
        if entry["name"] == name:
            entry |= {key: day for key in ("accessed", "as_of") if key in entry}
    text = json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
    package.write_text(text, encoding="utf-8")


# The tables, and the book with them


def derive(staged: Path, downloads: Path, tables: list[str], day: str) -> None:
    command = [sys.executable, "tools/derive", "--here", day, str(downloads.resolve()), *tables]
    done = subprocess.run(command, cwd=staged, text=True, capture_output=True)
    if done.returncode:
        raise Refused(done.stderr.strip().removeprefix("nothing was replaced: "))


def build(root: Path) -> tuple[str, str]:
    """Build a draft of the book in `root`; what it printed, and why there are no pages, if so."""
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", ".", "-n"]
    env = {**os.environ, "NO_COLOR": "1", "COLUMNS": "400"}
    done = subprocess.run(
        command, cwd=root, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    return done.stdout, rehearsal.end_of(done.stdout) if done.returncode else ""


def show(
    staged: Path, out: Path, new: list[manifest.Row], after: list[manifest.Row], tables: list[str]
) -> bool:
    """Build both books, print and write what moved; whether all of the new book holds."""
    print("building the book as it is, then a copy with the new tables", flush=True)
    old_pages, new_pages = (root / "_build" / "html" for root in (ROOT, staged))
    if build(ROOT)[1]:
        print("the book as it is cannot be built; compared with the last one that could be")
    log, failed = build(staged)
    wrong = moved.complaints(log, staged)
    days = {row["file"]: row for row in after}
    parts = [
        moved.Part(
            "Files",
            ["file", "publisher", "day before", "day", "rows before", "rows"],
            [_of_file(row, days[row["file"]]) for row in new],
        ),
        moved.Part("Tables", ["table", "rows"], [[one, _of_table(one, staged)] for one in tables]),
        moved.Part("Sentences that no longer hold, and other faults", ["place", "what"], wrong),
    ]
    if failed:
        lines = [[line] for line in failed.splitlines() if re.match(r"\S+\.md:\d+: ", line)]
        parts.append(moved.Part("Cells that fail", ["cell"], lines or [[failed]]))
        new_pages = old_pages
    else:
        parts += moved.compare(old_pages, new_pages)
    days_named = moved.typed(staged, old_days(new))
    parts.append(moved.Part("Lines that name an old day", ["place", "line"], days_named))
    text = moved.as_text(parts)
    (out / "moved.md").write_text(text, encoding="utf-8")
    page = moved.write_page(out, parts, old_pages, new_pages)
    print(text)
    print(f"Pictures, old and new: {page}")
    return not (wrong or failed)


def _of_file(row: manifest.Row, after: manifest.Row) -> list[str]:
    is_first = not row["sha256"]
    day, rows = ("none", "none") if is_first else (row["day"], row["rows"])
    return [row["file"], row["publisher"], day, after["day"], rows, after["rows"]]


def _of_table(name: str, staged: Path) -> str:
    schema = json.loads((staged / f"data/{name}.schema.json").read_text(encoding="utf-8"))
    names = [field["name"] for field in schema["fields"]]
    old, new = (root / "data" / f"{name}.csv" for root in (ROOT, staged))
    with open(old, encoding="utf-8") as table:
        before = next(csv.reader(table))
    if fresh := [column for column in names if column not in before]:
        return f"new columns: {', '.join(fresh)}"
    return rehearsal.changed_rows(old, new, schema["primaryKey"])


def old_days(new: list[manifest.Row]) -> list[str]:
    """How a page might spell the days of the newest scores, which are no longer the newest."""
    if not any(row["layout"] for row in new):
        return []
    day = max(
        dt.date.fromisoformat(row["day"])
        for row in manifest.rows()
        if row["layout"] and row["sha256"]
    )
    return [f"{day}", f"{day.day} {day:%B %Y}", f"{day:%B %Y}", f"{day:%Y-%m}"]


def replace(staged: Path, tables: list[str]) -> None:
    """Put the tables of the copy in the places of the old ones, with all that speaks of them."""
    names = [f"data/{name}{end}" for name in tables for end in (".csv", ".schema.json")]
    for name in [*names, "data/datapackage.json", "data/sources.csv", MANIFEST]:
        shutil.copyfile(staged / name, ROOT / name)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--from", dest="folder", type=Path, help="folder with downloads")
    parser.add_argument("--only", nargs="+", default=[], metavar="FILE", help="these files alone")
    parser.add_argument("--day", default=f"{dt.date.today()}", help="day of the files; today")
    parser.add_argument(
        "--draft", action="store_true", help="replace tables, whatever no longer holds"
    )
    parser.add_argument(
        "--limits", nargs=2, type=float, default=(SILENT, WHOLE), metavar=("SILENT", "WHOLE"),
        help="seconds that a server may be silent, and that a file may take",
    )  # fmt: skip
    options = parser.parse_args(arguments)
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", options.day):
        parser.error(f"--day {options.day}: expected a day such as 2027-01-15")
    if options.folder and not options.folder.is_dir():
        parser.error(f"--from {options.folder}: there is no such folder")
    try:
        renew(options)
    except Refused as reasons:
        print(f"{reasons}\nnothing was replaced", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
