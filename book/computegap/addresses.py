"""Addresses of the web, as data: what is one, and how it is written where a reader follows it.

Imports nothing heavy, since extensions need it in every build.
"""

import csv
import json
import re
from pathlib import Path
from urllib.parse import quote, urlsplit

EXPECTED = "an address such as https://example.org/page"
# RFC 3986: what an address may hold; everything else is written as % and two digits.
_RESERVED = ":/?#[]@!$&'()*+,;="
_ALLOWED = re.compile(rf"(?:[A-Za-z0-9\-._~{re.escape(_RESERVED)}]|%[0-9A-Fa-f]{{2}})+")
_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}")


def is_address(text: str) -> bool:
    """Whether a text is an address of the public web, whole and in plain characters.

    Names and passwords before the host are refused: what a reader sees would not be where a link
    leads.
    """
    if not _ALLOWED.fullmatch(text):
        return False
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    host = parts.netloc.removesuffix(f":{port}")
    return parts.scheme in ("http", "https") and bool(_HOST.fullmatch(host))


def problems(package: dict, folder: Path) -> list[str]:
    """Whatever should be an address in a data package and is none, a line each.

    That is the columns whose format is `uri`, and where sources and licences are found.
    """
    found = [line for entry in package["resources"] for line in _in_cells(entry, folder)]
    for entry in (package, *package["resources"]):
        paths = [
            one["path"]
            for kind in ("sources", "licenses")
            for one in entry.get(kind, [])
            if "path" in one
        ]
        found += [
            f"data/datapackage.json, {entry['name']!r}, 'path': {_odd(path)}"
            for path in paths
            if not is_address(path) and not (folder / path).is_file()
        ]
    return found


def _in_cells(entry: dict, folder: Path) -> list[str]:
    fields = json.loads((folder / entry["schema"]).read_text(encoding="utf-8"))["fields"]
    columns = [field["name"] for field in fields if field.get("format") == "uri"]
    if not columns:
        return []
    with open(folder / entry["path"], encoding="utf-8-sig", newline="") as table:
        cells = [
            (number, column, row.get(column) or "")
            for number, row in enumerate(csv.DictReader(table), start=2)
            for column in columns
        ]
    return [
        f"data/{entry['path']}, row {number}, column {column!r}: {_odd(cell)}"
        for number, column, cell in cells
        if cell and not is_address(cell)
    ]


def _odd(text: str) -> str:
    return f"found {text!r}, expected {EXPECTED}"


def written(address: str) -> str:
    """An address, or the path to a page, in which no character ends it or starts markup.

    Raises `ValueError` for an address of another kind than the web's, such as a script.
    """
    if _scheme(address) and not is_address(address):
        raise ValueError(_odd(address))
    return quote(address, safe=f"{_RESERVED}~%")


def _scheme(address: str) -> str:
    """What stands before the first colon; browsers ignore blanks and control characters in it."""
    return re.sub(r"[\x00-\x20]", "", address).partition(":")[0] if ":" in address else ""
