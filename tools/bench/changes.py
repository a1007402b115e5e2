"""What a change costs against a cold build of the same book, in one run: `make bench-changes`.

    python tools/bench/changes.py [--runs 3]

Each change is made in a copy of the project, built, and undone; times are whole processes, builds
and their kernels included. Medians and ratios go into tools/bench/changes.md with date and machine.
"""

import argparse
import datetime as dt
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RESULTS = Path(__file__).with_suffix(".md")
_LEFT_OUT = shutil.ignore_patterns(".*", "_build", "_editions", "__pycache__", "node_modules")


@dataclass(frozen=True)
class Change:
    """A change of one file, by a regular expression, and the most that it may cost.

    `{n}` in what is new is the number of the run, so that no earlier form is found again.
    """

    name: str
    file: str
    old: str
    new: str
    target: float | None = None


CHANGES = (
    Change(
        "one sentence", "book/constraint.md", r"\Z", "\n\nThis sentence was changed, {n}.\n", 0.08
    ),
    Change(
        "one value in a table that one chapter uses",
        "data/hbm_shares.csv",
        r"^(Micron,2025-06-30,shipments,0\.2)1",
        r"\g<1>2{n}",
        0.25,
    ),
    Change(
        "one value in chips.csv", "data/chips.csv", r"^(H100 SXM,.*)989\.4", r"\g<1>992.{n}", 0.5
    ),
)


def build(book: Path) -> tuple[float, int, int]:
    """Seconds of a build, and how many notebooks it executed and pages it wrote."""
    jupyter_book = Path(sys.executable).with_name("jupyter-book")
    begin = time.perf_counter()
    done = subprocess.run(
        [jupyter_book, "build", ".", "-n", "--keep-going"],
        cwd=book,
        env={**os.environ, "NO_COLOR": "1"},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    seconds = time.perf_counter() - begin
    if done.returncode:
        raise SystemExit(f"the build failed\n{done.stdout[-3000:]}")
    executed = len(re.findall(r"^executed ", done.stdout, re.MULTILINE))
    written = len(
        set(re.findall(r"^writing output\.\.\. \[.*?\] (\S+)", done.stdout, re.MULTILINE))
    )
    return seconds, executed, written


def measure(runs: int) -> list[tuple]:
    """A row for each kind of build: name, median seconds, ratio, target, executed, written."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        book = Path(folder, "book")
        shutil.copytree(ROOT, book, ignore=_LEFT_OUT)
        cold = [_cold(book) for _ in range(runs)]
        whole = statistics.median(seconds for seconds, *_ in cold)
        rows = [("cold", whole, 1.0, None, *cold[-1][1:])]
        for change in CHANGES:
            times = [_changed(book, change, n) for n in range(1, runs + 1)]
            seconds = statistics.median(seconds for seconds, *_ in times)
            rows.append((change.name, seconds, seconds / whole, change.target, *times[-1][1:]))
            print(f"{change.name}: {seconds:.1f} s, {seconds / whole:.3f} of cold", flush=True)
    return rows


def _cold(book: Path) -> tuple[float, int, int]:
    shutil.rmtree(book / "_build", ignore_errors=True)
    found = build(book)
    print(f"cold: {found[0]:.1f} s", flush=True)
    return found


def _changed(book: Path, change: Change, n: int) -> tuple[float, int, int]:
    """The build after a change for the n-th time, each to another value, and its undoing."""
    path = book / change.file
    text = path.read_text(encoding="utf-8")
    changed = re.sub(
        change.old, change.new.replace("{n}", str(n)), text, count=1, flags=re.MULTILINE
    )
    if changed == text:
        raise SystemExit(f"{change.file} no longer holds what the bench changes: {change.old}")
    path.write_text(changed, encoding="utf-8")
    found = build(book)
    path.write_text(text, encoding="utf-8")
    build(book)
    return found


def report(rows: list[tuple], runs: int) -> str:
    lines = [
        "# What a change costs",
        "",
        f"Medians of {runs} builds, {dt.date.today():%Y-%m-%d}, {platform.machine()}, "
        f"{os.cpu_count()} cores, Python {platform.python_version()}. `make bench-changes` repeats "
        "it; the ratios say more than the seconds.",
        "",
        "| build | seconds | of a cold build | target | notebooks executed | pages written |",
        "|:---|---:|---:|---:|---:|---:|",
    ]
    for name, seconds, ratio, target, executed, written in rows:
        aim = "" if target is None else f"{target}"
        lines.append(f"| {name} | {seconds:.1f} | {ratio:.3f} | {aim} | {executed} | {written} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    text = report(measure(options.runs), options.runs)
    RESULTS.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
