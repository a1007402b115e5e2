"""The parts by others that a reader's browser needs, in a cache outside the project.

book/_browser/parts.csv lists them with their checksums; `make live` fetches them. Imports nothing
heavy, since every build asks whether they are there.
"""

import csv
import hashlib
import os
from functools import cache
from pathlib import Path

LIST = Path(__file__).resolve().parents[2] / "_browser" / "parts.csv"


def cache_folder() -> Path:
    """Where the parts are kept between builds; the variable BOOK_LIVE_CACHE names another place."""
    if named := os.environ.get("BOOK_LIVE_CACHE"):
        return Path(named)
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "computegap-live"


def parts() -> list[dict[str, str]]:
    """The parts by others: file, name, version, sha256, bytes, licence, where from, use."""
    with open(LIST, encoding="utf-8", newline="") as listed:
        return list(csv.DictReader(listed))


def path_of(part: dict[str, str]) -> Path:
    """The place of a part in the cache: named by its checksum, so that no older one is taken."""
    return cache_folder() / f"{part['sha256'][:16]}-{part['file']}"


def is_sound(part: dict[str, str]) -> bool:
    """Whether the cache has the part, whole and with the listed checksum."""
    path = path_of(part)
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == part["sha256"]


@cache
def available() -> str:
    """A digest of the parts in the cache; "" unless every one is there and sound."""
    known = parts()
    if not all(map(is_sound, known)):
        return ""
    return hashlib.sha256("".join(part["sha256"] for part in known).encode()).hexdigest()[:16]
