"""Derive the tables of the data package again from newer downloads.

    python data/derive DOWNLOADS

DOWNLOADS holds the publishers' files as CONTRIBUTING.md lists them (epoch/, market/, models/).
All tables are derived and checked before the first one is replaced, so that a failure changes
nothing. What changed is printed, table by table.
"""

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

import capex
import chips
import clusters
import compute
import market
import models
import reads
from common import DATA, DerivationError, write
from frictionless import Package

TABLES = {
    **capex.TABLES,
    **chips.TABLES,
    **clusters.TABLES,
    **compute.TABLES,
    **market.TABLES,
    **models.TABLES,
    **reads.TABLES,
}


def derive(downloads: Path, out: Path) -> None:
    """Write every derived table into `out`, sorted by the key of its schema."""
    for name, build in TABLES.items():
        print(f"deriving {name}", flush=True)
        schema = json.loads((DATA / f"{name}.schema.json").read_text(encoding="utf-8"))
        frame = build(downloads)[[field["name"] for field in schema["fields"]]]
        write(frame, schema["primaryKey"], out / f"{name}.csv")


def problems(folder: Path) -> list[str]:
    """What frictionless finds wrong in a data package, one line each."""
    report = Package(str(folder / "datapackage.json")).validate()
    return [
        f"{task.place}, row {row}, column {field!r}: {note}"
        for task in report.tasks
        for row, field, note in task.flatten(["rowNumber", "fieldName", "note"])
    ]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python data/derive", description=__doc__.split("\n")[0])
    parser.add_argument("downloads", type=Path, help="folder with the publishers' files")
    downloads = parser.parse_args().downloads
    with tempfile.TemporaryDirectory() as scratch:
        staged = Path(scratch) / "data"
        shutil.copytree(DATA, staged, ignore=shutil.ignore_patterns("derive"))
        try:
            derive(downloads, staged)
        except DerivationError as error:
            print(f"nothing was replaced: {error}", file=sys.stderr)
            return 1
        if found := problems(staged):
            print("nothing was replaced; the derived tables break their schemas:", file=sys.stderr)
            print("\n".join(found), file=sys.stderr)
            return 1
        for name in TABLES:
            new, old = staged / f"{name}.csv", DATA / f"{name}.csv"
            changed = not old.exists() or new.read_bytes() != old.read_bytes()
            print(f"{name}: {'changed' if changed else 'unchanged'}")
            shutil.copyfile(new, old)
    return 0


if __name__ == "__main__":
    sys.exit(main())
