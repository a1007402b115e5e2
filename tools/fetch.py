"""Fetch the publishers' files, with progress; each that cannot be had is one line."""

import logging
import time
from pathlib import Path

import pooch
import requests
from manifest import Row
from tqdm import tqdm

# Seconds that a server may be silent, and that one file may take.
SILENT, WHOLE = 60, 1800


class Bar(tqdm):
    """The progress of one file, which ends a download that takes longer than it may."""

    def __init__(self, limit: float, **options):
        # Silent where nobody watches.
        super().__init__(unit="B", unit_scale=True, disable=None, **options)
        self.end = time.monotonic() + limit

    def __bool__(self):
        # pooch asks before it knows how long the file is; tqdm would not know.
        return True

    def update(self, n=1):
        if time.monotonic() > self.end:
            raise requests.exceptions.Timeout
        return super().update(n)


def fetch(entries: list[Row], folder: Path, silent: float = SILENT, whole: float = WHOLE):
    """Download files into `folder`, by their paths; returns why some could not be had, a line each.

    A `copy` has to have the checksum on record; what is `live` is another file from time to time.
    """
    faults = []
    pooch.get_logger().setLevel(logging.WARNING)
    for row in entries:
        target = folder / row["file"]
        target.unlink(missing_ok=True)
        try:
            _one(row, target, silent, whole)
        except (requests.exceptions.RequestException, ValueError, OSError) as error:
            target.unlink(missing_ok=True)
            faults.append(f"{row['file']}: {_said(error, silent, whole)} ({row['address']})")
    return faults


def _one(row: Row, target: Path, silent: float, whole: float) -> None:
    with Bar(whole, desc=row["file"]) as bar:
        pooch.retrieve(
            row["address"],
            known_hash=f"sha256:{row['sha256']}" if row["how"] == "copy" else None,
            fname=target.name,
            path=target.parent,
            # In small pieces, so that a server that sends a byte at a time meets the limit too.
            downloader=pooch.HTTPDownloader(progressbar=bar, timeout=silent, chunk_size=256),
        )


def _said(error: Exception, silent: float, whole: float) -> str:
    """What went wrong with a download, in a few words."""
    reasons = requests.exceptions
    if isinstance(error, reasons.HTTPError):
        return f"the server says {error.response.status_code} {error.response.reason}"
    if isinstance(error, reasons.Timeout) or "timed out" in str(error):
        return f"the server is too slow: no answer in {silent:g} s, or no end in {whole:g} s"
    if isinstance(error, (reasons.ChunkedEncodingError, reasons.ContentDecodingError)):
        return "the connection ended before the file did"
    if isinstance(error, reasons.ConnectionError):
        return "the server cannot be reached"
    if "hash" in str(error):
        return "the file is another one than that on record (its checksum differs)"
    return str(error).splitlines()[0]
