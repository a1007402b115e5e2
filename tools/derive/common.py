"""What every derivation needs: read a download, look up sources, write a table."""

import csv
from functools import cache
from pathlib import Path

import pandas as pd

DATA = Path(__file__).resolve().parents[2] / "data"


class DerivationError(Exception):
    """A download lacks what a table is derived from."""


def read(downloads: Path, name: str, columns: list[str]) -> pd.DataFrame:
    """A downloaded CSV file, checked for the columns that the derivation uses."""
    path = downloads / name
    if not path.is_file():
        raise DerivationError(
            f"{name} is not in {downloads}; tools/derive/files.csv has the files expected"
        )
    frame = pd.read_csv(path)
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise DerivationError(f"{name} lacks the columns {missing}; it has {list(frame.columns)}")
    return frame


@cache
def _ids_by_url() -> dict[str, str]:
    with open(DATA / "sources.csv", encoding="utf-8", newline="") as rows:
        return {row["url"]: row["source_id"] for row in csv.DictReader(rows)}


def source_ids(urls: pd.Series, better: dict[str, str] | None = None) -> pd.Series:
    """The source id of each address; `better` names a closer source for an address."""
    known = {**_ids_by_url(), **(better or {})}
    unknown = sorted(set(urls.dropna()) - set(known))
    if unknown:
        raise DerivationError(f"no row of data/sources.csv has the address of: {unknown}")
    return urls.map(known)


def write(frame: pd.DataFrame, key: list[str], path: Path) -> None:
    """One table as CSV: sorted by its key, LF, booleans in lower case, missing cells empty.

    Blanks around texts go: publishers' files have some, and keys differ by them.
    """
    trimmed = frame.apply(lambda column: column.map(_trimmed) if _is_text(column) else column)
    ordered = trimmed.sort_values(key, kind="stable", na_position="first")
    for column in ordered.select_dtypes("bool"):
        ordered[column] = ordered[column].map({True: "true", False: "false"})
    ordered.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def _is_text(column: pd.Series) -> bool:
    return pd.api.types.is_string_dtype(column) or pd.api.types.is_object_dtype(column)


def _trimmed(cell: object) -> object:
    return cell.strip() if isinstance(cell, str) else cell
