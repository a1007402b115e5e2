"""Put FILE.gz beside each file of text in a folder to be served: python tools/compress.py FOLDER

nginx and others send these as they are (tools/nginx.conf), so that no request costs time to pack,
and with more effort than a server would take. A second run packs only what has changed.
"""

import gzip
import sys
from pathlib import Path

KINDS = {".html", ".css", ".js", ".json", ".svg", ".csv", ".txt", ".xml", ".ipynb", ".md"}
# Of what runs chapters (book/_ext/publish/live.py); the archives beside it are packed already.
KINDS |= {".wasm"}


def compress(folder: Path) -> int:
    """Write what is missing or older than its file; returns how many files that were."""
    written = 0
    for path in sorted(folder.rglob("*")):
        if path.suffix not in KINDS or not path.is_file():
            continue
        packed = path.with_name(path.name + ".gz")
        if packed.exists() and packed.stat().st_mtime >= path.stat().st_mtime:
            continue
        # Without a date in it: the same bytes for the same contents.
        packed.write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))
        written += 1
    return written


if __name__ == "__main__":
    print(f"{compress(Path(sys.argv[1]))} files packed")
