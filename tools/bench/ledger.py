"""What a long ledger costs a reader: python tools/bench/ledger.py [CLAIMS]

Builds a book whose ledger has CLAIMS rows (10,000 unless said), those of the article over and over
under new ids, opens it in Chromium, and prints the milliseconds of the page's own thread, layout
included, that it takes to filter by words and by verdict, to clear, and to sort by each column.
"""

import csv
import io
import json
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
PAGE = """---
jupytext:
  text_representation: {extension: .md, format_name: myst}
kernelspec: {display_name: Python 3, name: python3}
---

# All claims

```{code-cell} ipython3
from computegap import ledger
from computegap.show import claims

claims.Ledger(ledger.rows())
```
"""


def repeated(text: str, count: int) -> str:
    """The table of claims with `count` rows, the later ones with ids of their own."""
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    restates = header.index("restates")
    known = {row[0]: row for row in rows}
    for number in range(1000, 1000 + count - len(rows)):
        row = list(rows[number % len(rows)])
        row[0], row[restates] = f"C{number}", row[restates] or row[0]
        known[row[0]] = row
    found = io.StringIO(newline="")
    csv.writer(found, lineterminator="\n").writerows(
        [header, *(known[key] for key in sorted(known))]
    )
    return found.getvalue()


def book(folder: Path, count: int) -> Path:
    """A built book of one page, its ledger; returns the folder of its pages."""
    for name in ("_config.yml", "requirements.txt", "CITATION.cff"):
        shutil.copy(ROOT / name, folder)
    kept_out = shutil.ignore_patterns("*.md", "__pycache__")
    for name in ("book", "data"):
        shutil.copytree(ROOT / name, folder / name, ignore=kept_out)
    (folder / "_toc.yml").write_text("format: jb-book\nroot: book/index\n", encoding="utf-8")
    (folder / "book/index.md").write_text(PAGE, encoding="utf-8")
    table, package = folder / "data/claims.csv", folder / "data/datapackage.json"
    table.write_text(repeated(table.read_text(encoding="utf-8"), count), encoding="utf-8")
    described = json.loads(package.read_text(encoding="utf-8"))
    next(one for one in described["resources"] if one["name"] == "claims")["rows"] = count
    package.write_text(json.dumps(described), encoding="utf-8")
    start = time.process_time(), time.monotonic()
    command = [Path(sys.executable).with_name("jupyter-book"), "build", "."]
    done = subprocess.run(command, cwd=folder, text=True, capture_output=True)
    if done.returncode:
        sys.exit(done.stdout[-3000:] + done.stderr[-3000:])
    print(f"built {count:,} claims in {time.monotonic() - start[1]:.0f} s")
    return folder / "_build/html"


def measured(page, session, what: str, action: str, undo: str) -> None:
    """Print the thread's milliseconds of an action, the most of three, with style and layout."""

    def spent() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return next(one["value"] for one in metrics if one["name"] == "TaskDuration")

    times = []
    for _ in range(3):
        before = spent()
        page.evaluate(f"() => {{ {action}; document.body.offsetHeight; }}")
        times.append(1000 * (spent() - before))
        page.evaluate(f"() => {{ {undo}; document.body.offsetHeight; }}")
    print(f"{what:28} {max(times):7.0f} ms")


def main() -> None:
    from playwright.sync_api import sync_playwright

    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory(prefix="ledger-") as folder, sync_playwright() as playwright:
        site = book(Path(folder), count)
        chromium = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(bypass_csp=True)
        page.set_default_timeout(600_000)
        page.goto((site / "book/index.html").as_uri())
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        print(f"{date.today()}, {platform.machine()}, Chromium {browser.version}")
        words = (
            "const q = document.querySelector('#ledger-filter-q'); q.value = WORD;"
            "q.dispatchEvent(new Event('input', {bubbles: true}))"
        )
        chosen = words.replace("-q'", "-verdict'")
        for what, text, word in (
            ("few rows", words, "'tesla'"),
            ("most rows", words, "'e'"),
            ("a verdict", chosen, "'contradicted'"),
        ):
            pair = text.replace("WORD", word), text.replace("WORD", "''")
            measured(page, session, f"filter: {what}", *pair)
            measured(page, session, f"clear: {what}", *reversed(pair))
        for column in range(6):
            click = "document.querySelectorAll('.ledger th button')[{}].click()"
            there, back = click.format(column), click.format((column + 1) % 6)
            measured(page, session, f"sort by column {column + 1}", there, back)
        browser.close()


if __name__ == "__main__":
    main()
