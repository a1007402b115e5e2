"""The table of assumptions, or a reader's own file like it, with what quantities compute put in."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from computegap import tables
from computegap.package import schema
from computegap.quantities import QuantityError, named
from computegap.tables import load


def table() -> pd.DataFrame:
    """The table assumptions, with the values that its measures compute put in.

    Columns value, low, high as the table has them, or from the quantity that the row
    names. A value in a row goes before its measure.
    """
    return resolved(load("assumptions"))


def interval(assumption_id: str, case: str = "all") -> tuple[float, float, float]:
    """Value, low and high end of one assumption, in its own unit; ends are NaN without an interval.

    No quantity is asked but that of this row. Raises `KeyError` for a row that is not there.
    """
    rows = load("assumptions").query("assumption_id == @assumption_id and case == @case")
    if rows.empty:
        raise KeyError(f"no assumption {assumption_id!r} for the case {case!r}")
    value, low, high = resolved(rows)[["value", "low", "high"]].iloc[0]
    return float(value), float(low), float(high)


def value(assumption_id: str, case: str = "all") -> float:
    """The value of one assumption alone, in its own unit. Raises `KeyError` as `interval`."""
    return interval(assumption_id, case)[0]


def resolved(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of the table assumptions with value, low and high filled in where a measure is named."""
    rows = rows.copy()
    for row in rows.index[rows["value"].isna()]:
        found = named(rows.at[row, "measure"]).function()
        value, low, high = found if isinstance(found, tuple) else (found, np.nan, np.nan)
        rows.loc[row, ["value", "low", "high"]] = [value, low, high]
    return rows


def with_sources(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows as a page shows them: `basis` names the source too, and `url` has its address."""
    urls = load("sources").set_index("source_id")["url"]
    named_basis = rows["basis"] + ", " + rows["source_id"]
    return rows.assign(basis=named_basis.fillna(rows["basis"]), url=rows["source_id"].map(urls))


# Reading a file of assumptions

# Chips that there may be none of.
_MAY_BE_NONE = {"smuggled-stock", "rented-added", "uncounted-nvidia-card", "measured-lag"}


class AssumptionError(ValueError):
    """A file of assumptions cannot be used; the message names row and column of each problem."""


def read(path: Path) -> pd.DataFrame:
    """Assumptions from a file, with what its measures compute filled in.

    Raises `AssumptionError` if the file is missing, has another header, a cell of the wrong type
    or out of range, an interval that is none, or not the rows of data/assumptions.csv.
    """
    if not path.is_file():
        raise AssumptionError(f"{path}: there is no such file")
    _refuse(path, _schema_problems(path))
    rows = tables.read(path, "assumptions")
    _refuse(path, _problems(rows))
    return resolved(rows)


def _refuse(path: Path, problems: list[str]) -> None:
    if problems:
        raise AssumptionError("\n".join(f"{path}, {problem}" for problem in problems))


def _schema_problems(path: Path) -> list[str]:
    """What breaks the Table Schema of the assumptions, one line each."""
    # Only the command line needs frictionless, and it takes a second to import.
    from frictionless import Resource, Schema

    described = {**schema("assumptions"), "foreignKeys": []}
    resource = Resource(
        path=path.name,
        basepath=str(path.resolve().parent),
        schema=Schema.from_descriptor(described),
        encoding="utf-8-sig",
    )
    report = resource.validate()
    return [
        f"row {row or 1}, column {field or label or '(any)'}: {note}"
        for row, field, label, note in report.flatten(["rowNumber", "fieldName", "label", "note"])
    ]


def _problems(rows: pd.DataFrame) -> list[str]:
    """What the schema cannot see: rows that lack or exceed, values without basis, odd intervals."""
    found = []
    for number, row in enumerate(rows.itertuples(), start=2):
        found += [f"row {number}, column {column}: {note}" for column, note in _odd(row)]
    given, known = (
        set(zip(frame["assumption_id"], frame["case"], strict=True))
        for frame in (rows, load("assumptions"))
    )
    for name, case in sorted(known - given):
        found.append(f"column assumption_id: there is no row {name!r} for the case {case!r}")
    for name, case in sorted(given - known):
        number = 2 + int(rows.index[(rows["assumption_id"] == name) & (rows["case"] == case)][0])
        found.append(f"row {number}, column assumption_id: no model takes {name!r} ({case})")
    return found


def _odd(row: Any) -> list[tuple[str, str]]:
    """Columns of a row that do not go together, or nothing can be computed with."""
    unusable = [
        (column, f"found {number:g}, expected {least:g} to {most:g}")
        for column in ("value", "low", "high")
        if pd.notna(number := getattr(row, column))
        for least, most in [_limits(row)]
        if not least <= number <= most
    ]
    if unusable:
        return unusable
    has_low, has_high = pd.notna(row.low), pd.notna(row.high)
    if pd.isna(row.value) and (pd.isna(row.measure) or not _is_known(row.measure)):
        return [("value", "a value is needed, or the name of a measure that computes it")]
    if has_low != has_high:
        return [("low" if has_high else "high", "an interval needs both ends")]
    if not has_low:
        return []
    if pd.isna(row.value) or not 0 < row.low <= row.value <= row.high:
        return [("value", f"{row.value:g} is not inside the interval {row.low:g} to {row.high:g}")]
    return [("level", "an interval needs its probability")] if pd.isna(row.level) else []


def _limits(row: Any) -> tuple[float, float]:
    """What the formulas can take: no infinity, no growth of nothing, no share above the whole.

    Months of compute are logarithms over that of the growth of runs, so this one exceeds 1.
    """
    if row.assumption_id == "run-growth":
        return 1.01, 1000
    if row.unit.startswith("share"):
        return 0, 1
    return (0 if row.assumption_id in _MAY_BE_NONE else 1e-6), 1e6


def _is_known(quantity: str) -> bool:
    try:
        named(quantity)
    except QuantityError:
        return False
    return True
