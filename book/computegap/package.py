"""The data package as it is written: descriptor, schemas, and rows as text.

The one reader of data/datapackage.json, for chapters, extensions and tools. Without pandas, which
a build that executes nothing should not wait for; `tables.load` gives typed frames.
"""

import csv
import json
from functools import cache
from pathlib import Path

DATA = Path(__file__).resolve().parents[2] / "data"


class TableError(Exception):
    """A table, column or cell is not what the data package says it is."""


@cache
def descriptor() -> dict:
    """The descriptor of the data package (datapackage.json), as published."""
    return json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))


@cache
def resources() -> dict[str, dict]:
    """The entries of the descriptor by the names of their tables, in its order."""
    return {entry["name"]: entry for entry in descriptor()["resources"]}


def resource(name: str) -> dict:
    """The entry of a table: title, description, licence, sources, dates.

    Raises `TableError` for an unknown table.
    """
    if name not in resources():
        known = ", ".join(resources())
        raise TableError(f"No table {name!r} in data/datapackage.json; there are: {known}")
    return resources()[name]


@cache
def schema(name: str) -> dict:
    """The Table Schema of a table: its fields with type, unit and description, and its key."""
    return json.loads((DATA / resource(name)["schema"]).read_text(encoding="utf-8"))


@cache
def rows(name: str) -> list[dict[str, str]]:
    """The rows of a table, each cell as text, an empty one as ""."""
    with open(DATA / resource(name)["path"], encoding="utf-8-sig", newline="") as table:
        return list(csv.DictReader(table))


@cache
def by(name: str, column: str) -> dict[str, dict[str, str]]:
    """The rows of a table by the values of a column that has no value twice."""
    return {row[column]: row for row in rows(name)}
