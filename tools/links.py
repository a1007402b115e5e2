"""Ask each source whether it is still there: make links, or tools/links.py [FILE.csv]

Prints the sources that answer with an error, not at all, or from another address, each with its
stored copy where one is known; ends with 1 if one is gone. A host that refuses programs (401, 403,
429) says nothing of its page, and is counted apart.
"""

import csv
import sys
import urllib.error
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[1] / "data" / "sources.csv"
PATIENCE = 30
# A few at a time: this is a visit and no attack.
AT_ONCE = 8
REFUSES = (401, 403, 405, 406, 429, 451, 999)
_HEAD = {"User-Agent": "Mozilla/5.0 (link check of a report's sources)"}


def asked(url: str, method: str = "HEAD") -> tuple[str, str]:
    """What an address answers: there, moved, refuses or gone; and how it said so."""
    request = urllib.request.Request(url, method=method, headers=_HEAD)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            where = answer.url
    except urllib.error.HTTPError as error:
        if method == "HEAD" and error.code in (403, 404, 405, 501):
            # Some servers know GET alone.
            return asked(url, "GET")
        return "refuses" if error.code in REFUSES else "gone", f"{error.code} {error.reason}"
    except (OSError, ValueError) as error:
        return "gone", str(getattr(error, "reason", error))
    is_same = where.split("#")[0].rstrip("/") == url.split("#")[0].rstrip("/")
    return ("there", "") if is_same else ("moved", where)


def check(rows: list[dict[str, str]]) -> list[tuple[dict, str, str]]:
    """Each source with its answer, in the order of the rows."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(asked, (row["url"] for row in rows)))
    return [(row, *answer) for row, answer in zip(rows, answers, strict=True)]


def report(found: list[tuple[dict, str, str]]) -> list[str]:
    """A line for each source that is not simply there, and one with the counts."""
    lines = []
    for row, state, said in found:
        if state != "there":
            copy = row.get("archive_url") or "no stored copy is known"
            lines.append(f"{state:8}{row['source_id']}  {row['url']}  {said}  [{copy}]")
    counts = Counter(state for _, state, _ in found)
    lines.append(", ".join(f"{count} {state}" for state, count in counts.most_common()))
    return lines


if __name__ == "__main__":
    path = Path(sys.argv[1]) if sys.argv[1:] else SOURCES
    with open(path, encoding="utf-8", newline="") as file:
        found = check(list(csv.DictReader(file)))
    print("\n".join(report(found)))
    sys.exit(any(state == "gone" for _, state, _ in found))
