"""The data package: the only way from a CSV file into a chapter.

`load` returns a typed frame by the table's schema, or an error that names the file, the row,
the column, what was found and what was expected.
"""

from functools import cache
from pathlib import Path

import pandas as pd

from computegap import lineage, package
from computegap.package import TableError, resource, schema

# Values that a Table Schema boolean may have here; anything else is a slip.
_BOOLEANS = {"true": True, "false": False}


def load(name: str) -> pd.DataFrame:
    """The table `name` as a typed frame, one row per key; missing cells are missing values.

    The frame is the caller's own: changing it changes no other chapter's.
    Raises `TableError` for an unknown table, a wrong header, or a cell of the wrong type.
    """
    lineage.note_table(name)
    # Each time, since the file itself is opened once.
    package.uses(f"data/{resource(name)['path']}", f"data/{resource(name)['schema']}")
    return _read(name).copy()


@cache
def _read(name: str) -> pd.DataFrame:
    path = package.DATA / resource(name)["path"]
    if not path.is_file():
        raise TableError(f"data/{path.name} is missing; data/datapackage.json lists it as {name!r}")
    with package.announced():
        return read(path, name)


def read(path: Path, name: str) -> pd.DataFrame:
    """A file with the columns of the table `name`, typed by its schema, as `load` does.

    Raises `TableError` for a wrong header, or a cell of the wrong type.
    """
    # utf-8-sig: spreadsheets put a mark before the first column of a file that they save.
    raw = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    fields = schema(name)["fields"]
    expected, found = [field["name"] for field in fields], list(raw.columns)
    if found != expected:
        raise TableError(
            f"{_shown(path)}: the header is {found}, its schema expects {expected}; "
            f"missing {sorted(set(expected) - set(found))}, "
            f"unexpected {sorted(set(found) - set(expected))}"
        )
    return pd.DataFrame(
        {field["name"]: _typed(raw[field["name"]], field, path) for field in fields}
    )


def _shown(path: Path) -> str:
    """A table of the package by its place in the repository, any other file as it was named."""
    return f"data/{path.name}" if path.parent == package.DATA else str(path)


def cell(table: str, row: int, column: str) -> str:
    """The place of a cell in words; `row` counts from 0, as the index of a loaded frame does."""
    # The header is line 1, so the first record is row 2, as a spreadsheet numbers it.
    return f"data/{table}.csv, row {row + 2}, column {column!r}"


def _typed(column: pd.Series, field: dict, path: Path) -> pd.Series:
    """A column of strings as its schema's type; the first cell that does not fit is an error."""
    kind, empty = field.get("type", "string"), column == ""
    if field.get("constraints", {}).get("required") and empty.any():
        raise _bad_cell(column, empty, field, path, "a value")
    text = column.mask(empty)
    if kind in ("number", "integer", "year"):
        typed = pd.to_numeric(text, errors="coerce")
        wrong = typed.isna() & ~empty
        if kind != "number":
            wrong |= typed.notna() & (typed % 1 != 0)
    elif kind == "boolean":
        typed = text.map(_BOOLEANS).astype("boolean")
        wrong = typed.isna() & ~empty
    elif kind == "date":
        typed = pd.to_datetime(text, format="%Y-%m-%d", errors="coerce")
        wrong = typed.isna() & ~empty
    else:
        return text.astype("str")
    if wrong.any():
        raise _bad_cell(column, wrong, field, path, f"a value of type {kind}")
    return typed.astype("Int64") if kind in ("integer", "year") else typed


def _bad_cell(
    column: pd.Series, wrong: pd.Series, field: dict, path: Path, expected: str
) -> TableError:
    row = int(wrong.idxmax())
    return TableError(
        # The header is line 1, so the first record is row 2, as a spreadsheet numbers it.
        f"{_shown(path)}, row {row + 2}, column {field['name']!r}: "
        f"found {column[row]!r}, expected {expected} ({field.get('description', 'no description')})"
    )
