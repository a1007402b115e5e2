"""The data package as it is written: descriptor, schemas, and rows as text.

The one reader of data/datapackage.json, for chapters, extensions and tools. Without pandas, which
a build that executes nothing should not wait for; `tables.load` gives typed frames.
"""

import csv
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

DATA = Path(__file__).resolve().parents[2] / "data"


class TableError(Exception):
    """A table, column or cell is not what the data package says it is."""


@contextmanager
def announced() -> Iterator[None]:
    """Reading files of the package whose use is told to a build part by part (`uses`)."""
    sys.audit("book.announced", True)
    try:
        yield
    finally:
        sys.audit("book.announced", False)


def uses(*parts: str) -> None:
    """Tell a build that watches which files, or entries of the descriptor, are used."""
    for part in parts:
        sys.audit("book.part", part)


@cache
def descriptor() -> dict:
    """The descriptor of the data package (datapackage.json), as published."""
    with announced():
        return json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))


@cache
def resources() -> dict[str, dict]:
    """The entries of the descriptor by the names of their tables, in its order."""
    return {entry["name"]: entry for entry in descriptor()["resources"]}


def resource(name: str) -> dict:
    """The entry of a table: title, description, licence, sources, dates.

    Raises `TableError` for an unknown table.
    """
    uses(f"data/datapackage.json#{name}")
    if name not in resources():
        known = ", ".join(resources())
        raise TableError(f"No table {name!r} in data/datapackage.json; there are: {known}")
    return resources()[name]


def schema(name: str) -> dict:
    """The Table Schema of a table: its fields with type, unit and description, and its key."""
    path = resource(name)["schema"]
    uses(f"data/{path}")
    return _schema(path)


@cache
def _schema(path: str) -> dict:
    with announced():
        return json.loads((DATA / path).read_text(encoding="utf-8"))


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a table, each cell as text, an empty one as ""."""
    path = resource(name)["path"]
    uses(f"data/{path}")
    return _rows(path)


@cache
def _rows(path: str) -> list[dict[str, str]]:
    with announced(), open(DATA / path, encoding="utf-8-sig", newline="") as table:
        return list(csv.DictReader(table))


def by(name: str, column: str) -> dict[str, dict[str, str]]:
    """The rows of a table by the values of a column that has no value twice."""
    path = resource(name)["path"]
    uses(f"data/{path}")
    return _by(path, column)


@cache
def _by(path: str, column: str) -> dict[str, dict[str, str]]:
    return {row[column]: row for row in _rows(path)}


def is_source(name: str) -> bool:
    """Whether a table or a source has this name; a build asks again, so no use of it is told."""
    return name in resources() or name in _by(resources()["sources"]["path"], "source_id")


def forget() -> None:
    """Read everything again when it is next asked for."""
    for kept in (descriptor, resources, _schema, _rows, _by):
        kept.cache_clear()
