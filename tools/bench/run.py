"""Compare this book's builds with a stock Jupyter Book on the same chapters: `make bench`.

Both books are generated in a temporary folder from the chapters of the built book, once, and with
2, 4 and 8 times the chapters (copies with labels and facts of their own). The stock one has
Jupyter Book's extensions, cache and serial execution, and Altair's own renderer; the extensions
that define this book's roles stay, because the chapters use them. The lower bound of execution is
the chapters' code cells as plain scripts, outputs drawn, on all cores.

Writes the tables build_times and build_machine of the data package, and beside this file
results.md and growth.svg.
"""

import argparse
import csv
import datetime as dt
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import books
import psutil
import report

HERE = Path(__file__).resolve().parent
DATA = HERE.parent / "data"
SCENARIOS = ("cold", "nothing changed", "one sentence changed", "one value changed")


def build(book: Path) -> tuple[float, str]:
    """Build a book as its README says; seconds on the clock, and what it printed."""
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", "."]
    start = time.perf_counter()
    done = subprocess.run(
        command, cwd=book, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    seconds = time.perf_counter() - start
    if done.returncode:
        raise SystemExit(f"the build of {book.name} failed\n{done.stdout[-4000:]}")
    return seconds, done.stdout


def measure(book: Path, scenarios: tuple[str, ...]) -> dict[str, dict]:
    """Seconds of each scenario, one after another, on a book that was never built before."""
    found = {}
    shutil.rmtree(book / "_build", ignore_errors=True)
    for scenario in scenarios:
        if scenario == "one sentence changed":
            books.change_sentence(book)
        if scenario == "one value changed":
            books.change_value(book)
        seconds, log = build(book)
        found[scenario] = {"seconds": seconds}
        if scenario == "cold" and (done := re.search(r"notebooks executed in ([\d.]+) s", log)):
            found["execution"] = {"seconds": float(done[1])}
        if scenario == "one value changed":
            found[scenario]["is_current"] = books.shows_changed_value(book)
    books.undo_changes(book)
    return found


def lower_bound(book: Path) -> float:
    """Seconds that the code cells of all chapters take as plain scripts, on all cores."""
    scripts = books.as_scripts(book)
    start = time.perf_counter()
    running, waiting = [], sorted(scripts, key=lambda s: -s.stat().st_size)
    while waiting or running:
        while waiting and len(running) < _cores():
            script = waiting.pop(0)
            running.append(
                subprocess.Popen(
                    [sys.executable, script.name], cwd=script.parent, stdout=subprocess.DEVNULL
                )
            )
        time.sleep(0.01)
        for process in [p for p in running if p.poll() is not None]:
            if process.returncode:
                raise SystemExit(f"a script of {book.name} failed")
            running.remove(process)
    return time.perf_counter() - start


def peak_memory(book: Path) -> float:
    """Megabytes that a cold build and its processes share out at most, sampled; not timed."""
    shutil.rmtree(book / "_build", ignore_errors=True)
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", "."]
    process = subprocess.Popen(
        command, cwd=book, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    root, peak = psutil.Process(process.pid), 0
    while process.poll() is None:
        used = 0
        for one in [root, *_children(root)]:
            try:
                # The share of each page in proportion, so that what is shared counts once.
                used += one.memory_full_info().pss
            except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
                continue
        peak = max(peak, used)
        time.sleep(0.1)
    return peak / 1e6


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def _machine(runs: int, growth_runs: int) -> dict:
    return {
        "run_date": dt.date.today().isoformat(),
        "cores": _cores(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "python_version": platform.python_version(),
        "system_name": platform.system(),
        "runs": runs,
        "growth_runs": growth_runs,
        # Above the number of cores, the machine had other work, and only ratios say something.
        "load_at_start": round(os.getloadavg()[0], 1),
    }


def collect(folder: Path, times: int, runs: int) -> list[dict]:
    """All measurements of books with `times` the chapters, side by side in each run, as rows."""
    pair = {name: books.generate(folder, name, times) for name in books.CONFIGURATIONS}
    seconds: dict[tuple, list[float]] = {}
    current: dict[tuple, bool] = {}
    for count in range(runs):
        for name, book in pair.items():
            print(f"{name}, chapters times {times}, run {count + 1}", flush=True)
            for scenario, found in measure(book, SCENARIOS).items():
                seconds.setdefault((name, scenario), []).append(found["seconds"])
                if "is_current" in found:
                    current[name, scenario] = found["is_current"]
        bound = lower_bound(pair["this book"])
        seconds.setdefault(("lower bound", "execution"), []).append(bound)
    memory = {name: peak_memory(book) for name, book in pair.items()} if times == 1 else {}
    chapters = len(books.chapters(pair["this book"]))
    rows = [
        {
            "configuration": name,
            "scenario": scenario,
            "times_chapters": times,
            "chapters": chapters,
            "median_s": round(statistics.median(taken), 2),
            "shortest_s": round(min(taken), 2),
            "longest_s": round(max(taken), 2),
            "peak_memory_mb": round(memory[name]) if scenario == "cold" and name in memory else "",
            "is_current": str(current[name, scenario]).lower()
            if (name, scenario) in current
            else "",
        }
        for (name, scenario), taken in seconds.items()
    ]
    for book in pair.values():
        shutil.rmtree(book)
    return rows


def recorded(machine: dict, sizes: list[int]) -> tuple[dict, list[dict]]:
    """The machine and rows of today's run, to which those of `sizes` are to be added."""
    with open(DATA / "build_machine.csv", encoding="utf-8", newline="") as table:
        known = next(csv.DictReader(table))
    same = [name for name in machine if name not in ("runs", "load_at_start")]
    for name in same:
        if known[name] != str(machine[name]):
            raise SystemExit(
                f"the recorded run has {name} {known[name]}, this one {machine[name]}: "
                "their times can not be compared; run all sizes, from 1 on"
            )
    with open(DATA / "build_times.csv", encoding="utf-8", newline="") as table:
        rows = [
            {**row, "times_chapters": int(row["times_chapters"])} for row in csv.DictReader(table)
        ]
    return known, [row for row in rows if row["times_chapters"] not in sizes]


def write(path: Path, rows: list[dict]) -> None:
    with open(path, "w", encoding="utf-8", newline="") as out:
        table = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def date_tables(day: str) -> None:
    """Put the day of the run into the data package."""
    path = DATA / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    for resource in package["resources"]:
        if resource["name"] in ("build_times", "build_machine"):
            resource["accessed"] = resource["as_of"] = day
    text = json.dumps(package, indent=2, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=5, help="runs to take medians of")
    parser.add_argument("--growth-runs", type=int, default=1, help="runs with more chapters")
    parser.add_argument(
        "--sizes",
        type=int,
        nargs="+",
        default=[1, 2, 4, 8],
        help="times the chapters; without 1, the rows that this machine recorded today are kept",
    )
    given = parser.parse_args()
    machine = _machine(given.runs, given.growth_runs)
    rows = []
    if 1 not in given.sizes:
        machine, rows = recorded(machine, given.sizes)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for times in given.sizes:
            runs = given.runs if times == 1 else given.growth_runs
            rows += collect(Path(folder), times, runs)
            # After each size, since the larger ones take long and may be interrupted.
            rows.sort(key=lambda r: (r["configuration"], r["scenario"], r["times_chapters"]))
            write(DATA / "build_times.csv", rows)
            write(DATA / "build_machine.csv", [machine])
            date_tables(machine["run_date"])
            report.write(DATA, HERE)
    print((HERE / "results.md").read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
