"""Derive the tables of the data package again from newer downloads.

    python tools/derive DOWNLOADS [TABLE ...]

DOWNLOADS holds the publishers' files by their paths in tools/derive/files.csv: epoch/, market/,
models/ and new/, the evidence collected in November 2026. `make renew` fetches what has an address.
Tables are derived in a copy of the project, where they are checked against their schemas and the
book is built with them, and with the conditions of its sentences. What changed is printed: tables,
facts and verdicts, old and new. Only when all of this succeeds are the tables replaced.
"""

import argparse
import csv
import datetime as dt
import json
import shutil
import sys
import tempfile
from pathlib import Path

import capex
import chips
import clusters
import compute
import evidence
import market
import models
import reads
import rehearsal
import vintage
from common import DATA, DerivationError, write

sys.path.insert(0, str(DATA.parent / "book"))

from _ext.run import datacheck

TABLES = {
    **capex.TABLES,
    **chips.TABLES,
    **clusters.TABLES,
    **compute.TABLES,
    **market.TABLES,
    **models.TABLES,
    **reads.TABLES,
    **evidence.TABLES,
    **vintage.TABLES,
}


def derive(downloads: Path, names: list[str], out: Path) -> None:
    """Write derived tables into `out`, sorted by the keys of their schemas."""
    for name in names:
        print(f"deriving {name}", flush=True)
        if name == "release_dates":
            _set_vintages(out / "release_dates.schema.json")
        schema = _schema(name, out)
        frame = TABLES[name](downloads)[[field["name"] for field in schema["fields"]]]
        write(frame, schema["primaryKey"], out / f"{name}.csv")


def _schema(name: str, folder: Path = DATA) -> dict:
    return json.loads((folder / f"{name}.schema.json").read_text(encoding="utf-8"))


def _set_vintages(path: Path) -> None:
    """Give a schema a column for the dates of each vintage of scores, where such columns stand."""
    schema = json.loads(path.read_text(encoding="utf-8"))
    is_one = [f["description"].startswith("Date in the scores of ") for f in schema["fields"]]
    others = [field for field, one in zip(schema["fields"], is_one, strict=True) if not one]
    place = is_one.index(True)
    schema["fields"] = [*others[:place], *vintage.fields_of_vintages(), *others[place:]]
    path.write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def describe(folder: Path, names: list[str], day: str = "") -> None:
    """Write into the package of a folder how many rows some of its tables have, and of which day.

    They are read on `day`, or today; their data are of the latest date in the column that
    `dated_by` names.
    """
    path = folder / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    for entry in package["resources"]:
        if entry["name"] in names:
            with open(folder / entry["path"], encoding="utf-8", newline="") as rows:
                entry["rows"] = sum(1 for _ in csv.reader(rows)) - 1
            entry["accessed"] = day or f"{dt.date.today():%Y-%m-%d}"
            if "dated_by" in entry:
                entry["as_of"] = latest(folder / entry["path"], entry["dated_by"])
    text = json.dumps(package, indent=2, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8")


def check(folder: Path, names: list[str]) -> None:
    """Raise `DerivationError` with what a build would refuse in some tables of a folder."""
    if found := datacheck.problems(folder, set(names)):
        raise DerivationError("the derived tables break their schemas:\n" + "\n".join(found))


def replace(downloads: Path, names: list[str]) -> None:
    """Derive, check, rehearse, say what changed, and then replace the tables."""
    with tempfile.TemporaryDirectory() as scratch:
        staged = rehearsal.stage(Path(scratch))
        derive(downloads, names, staged / "data")
        describe(staged / "data", names)
        check(staged / "data", names)
        differences = {
            name: rehearsal.changed_rows(
                DATA / f"{name}.csv", staged / "data" / f"{name}.csv", _schema(name)["primaryKey"]
            )
            for name in names
        }
        print("\n".join(f"{name}: {said}" for name, said in differences.items()))
        if set(differences.values()) == {"unchanged"}:
            return
        print("building a copy of the book with these tables", flush=True)
        rehearsal.build(staged)
        _show(rehearsal.changed_numbers(staged))
        for name in names:
            for file in (f"{name}.csv", f"{name}.schema.json"):
                shutil.copyfile(staged / "data" / file, DATA / file)
        date_tables([name for name in names if differences[name] != "unchanged"])
    print("tables replaced; take the numbers with `make facts` when you have reviewed them")


def derive_here(downloads: Path, names: list[str], day: str) -> None:
    """Derive tables of this copy of the project in their places, and check them; build nothing."""
    derive(downloads, names, DATA)
    describe(DATA, names, day)
    check(DATA, names)


def date_tables(names: list[str]) -> None:
    """Describe tables that were replaced, and name those of which nothing says the day.

    Where none can say it, as of a list of chips, it is the day of the download, which is asked for.
    """
    describe(DATA, names)
    for entry in json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))["resources"]:
        if entry["name"] in names and "dated_by" not in entry:
            print(f"{entry['name']}: set as_of in data/datapackage.json to the download's day")


def latest(path: Path, column: str) -> str:
    """The latest date in a column of a table, as the table has it."""
    with open(path, encoding="utf-8-sig", newline="") as table:
        return max(row[column] for row in csv.DictReader(table))


def _show(changed: list[tuple[str, str, str]]) -> None:
    """Facts and verdicts that changed, as a table of old and new."""
    if not changed:
        print("no fact and no verdict changed")
        return
    rows = [("fact or verdict", "old", "new"), *changed]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python tools/derive", description=__doc__.split("\n")[0])
    parser.add_argument("downloads", type=Path, help="folder with the publishers' files")
    parser.add_argument("table", nargs="*", help=f"all, or some of: {', '.join(TABLES)}")
    parser.add_argument(
        "--here", metavar="DAY", help="in a copy, as of a day: derive, check, build nothing"
    )
    arguments = parser.parse_args()
    if unknown := sorted(set(arguments.table) - set(TABLES)):
        parser.error(f"no derivation makes the table {', '.join(unknown)}")
    try:
        names = arguments.table or list(TABLES)
        if arguments.here:
            derive_here(arguments.downloads, names, arguments.here)
        else:
            replace(arguments.downloads, names)
    except DerivationError as error:
        print(f"nothing was replaced: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
