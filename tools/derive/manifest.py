"""The publishers' files that tables are derived from: files.csv, a row each, and what it expects.

| column | what it says |
|:---|:---|
| file | its path in a folder of downloads |
| title, publisher, licence, may_be_redistributed | whose it is, and what may be done with it |
| address | where it is fetched; empty for what was read or transcribed by hand |
| how | `live`: the address has the newest; `copy`: it has this one, for good; `hand` |
| day, sha256, rows | the day and the contents of the file that the tables came from |
| dated_by, latest | a column of dates, and the last of them |
| layout, source_id | of capability scores: the names of its columns, and its source (models.py) |
| tables | which derivations take it |
| columns | its header; a file with another one is refused |

A row that was entered and whose file was not taken yet has no sha256; rows and latest may be empty.
"""

import csv
import hashlib
from pathlib import Path

FILES = Path(__file__).with_name("files.csv")
Row = dict[str, str]


def rows(path: Path = FILES) -> list[Row]:
    """All rows, in their order."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(entries: list[Row], path: Path) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(entries[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(entries)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def is_new(row: Row, path: Path) -> bool:
    """Whether a file is another one than the tables came from."""
    return sha256(path) != row["sha256"]


def columns(row: Row) -> list[str]:
    return row["columns"].split(" | ")


def tables(row: Row) -> list[str]:
    return row["tables"].split()


# What a file must be


def problems(row: Row, path: Path, day: str) -> list[str]:
    """Why a file cannot take the place of the one before, a line each; `day` is that of the file.

    It may not be cut, have other columns, have fewer rows, end earlier, or be of an earlier day.
    """
    try:
        header, cells = _read(path)
    except (UnicodeDecodeError, csv.Error, OSError) as error:
        return [f"{row['file']}: cannot be read as CSV: {error}"]
    found = list(_header_problems(row, header)) or list(_row_problems(row, header, cells))
    if day < row["day"]:
        found.append(f"{row['file']}: found the day {day}, expected {row['day']} or later")
    return found


def _read(path: Path) -> tuple[list[str], list[list[str]]]:
    with open(path, encoding="utf-8-sig", newline="") as file:
        read = [cells for cells in csv.reader(file, strict=True) if cells]
    return (read[0], read[1:]) if read else ([], [])


def _header_problems(row: Row, header: list[str]):
    expected = columns(row)
    if missing := [name for name in expected if name not in header]:
        yield f"{row['file']}: found no column {', '.join(map(repr, missing))}, but {header[:12]}"
    elif added := [name for name in header if name not in expected]:
        yield (
            f"{row['file']}: found the new columns {added}; look at what they say, then enter them "
            "under columns in tools/derive/files.csv"
        )


def _row_problems(row: Row, header: list[str], cells: list[list[str]]):
    file, width = row["file"], len(header)
    for number, line in enumerate(cells, start=2):
        if len(line) != width:
            yield f"{file}, row {number}: found {len(line)} cells, expected {width}; is it cut?"
            return
    if len(cells) < int(row["rows"] or 1):
        yield f"{file}: found {len(cells)} rows, expected {row['rows'] or 1} or more"
    if row["dated_by"] and (last := _latest(row, header, cells)) < row["latest"]:
        expected = f"{row['latest']} or later"
        yield f"{file}: found {last!r} as the last {row['dated_by']}, expected {expected}"


def _latest(row: Row, header: list[str], cells: list[list[str]]) -> str:
    """The last day in the column that dates a file, without its hour."""
    place = header.index(row["dated_by"])
    return max((line[place][:10] for line in cells), default="")


# What the manifest says afterwards


def taken(entries: list[Row], files: dict[str, Path], day: str) -> list[Row]:
    """The rows when these files have taken the places of those before, as of `day`.

    Of capability scores an older vintage stays beside a newer one of the same address, in a row of
    its own: its scores are in the table, and its file is no longer to be had there.
    """
    after = []
    for row in entries:
        if row["file"] not in files:
            after.append(row)
            continue
        header, cells = _read(files[row["file"]])
        is_later = bool(row["sha256"]) and row["how"] == "live"
        if is_later and row["layout"]:
            name = Path(row["file"])
            earlier = name.with_stem(f"{name.stem}_{row['day']}").as_posix()
            after.append({**row, "file": earlier, "address": "", "how": "copy"})
        fresh = {"sha256": sha256(files[row["file"]]), "rows": str(len(cells))}
        fresh["latest"] = _latest(row, header, cells) if row["dated_by"] else ""
        fresh["day"] = day if is_later or not row["day"] else row["day"]
        after.append({**row, **fresh})
    return after
