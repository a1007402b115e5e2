"""The data package as text, for extensions: rows as dictionaries, without importing pandas.

Chapters take `computegap.tables.load`, which has types; a build that executes nothing should not
wait for pandas.
"""

import csv
import json
from functools import cache

from _ext.inputs import ROOT

DATA = ROOT / "data"


@cache
def resources() -> dict[str, dict]:
    """The entries of datapackage.json by the names of their tables, in its order."""
    package = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
    return {resource["name"]: resource for resource in package["resources"]}


@cache
def schema(name: str) -> dict:
    """The Table Schema of a table."""
    return json.loads((DATA / resources()[name]["schema"]).read_text(encoding="utf-8"))


@cache
def rows(name: str) -> list[dict[str, str]]:
    """The rows of a table, each cell as text, an empty one as ""."""
    with open(DATA / resources()[name]["path"], encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


@cache
def by(name: str, column: str) -> dict[str, dict[str, str]]:
    """The rows of a table by the values of a column that has no value twice."""
    return {row[column]: row for row in rows(name)}
