"""Whether the 90 % intervals of lag.py hold a lag that is known.

Writes lag.md beside this file, and the table lag_coverage of the data package.

Histories are made up: a leader's frontier that grows by jumps, a follower that does the same some
months later, models of both scattered below, scores with errors as large as the published ones.

    python tools/bench/lag.py
"""

import json
import os
import platform
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book"))

from computegap import lag
from computegap.lag import Models
from computegap.package import DATA

SEED = 20260622
HISTORIES, DRIFTING, DRAWS = 1000, 600, 400
# Months of history, and of them those whose records count: as from January 2024 to June 2026.
SPAN, SINCE = 42.0, -30.0
# Models a month, as many as have a score: 111 US and 61 Chinese from January 2024 to June 2026. The
# share of them near the frontier is such that records and near models are about as many as there
# are: 16 and 16, 41 and 38.
RATES, NEAR_SHARES = (3.7, 2.1), (0.15, 0.45)
LAGS = (4.0, 10.0)
# In the drifting histories the lag changes by so many months a month, up or down.
DRIFT = 0.1
TARGET = (0.85, 0.95)


def frontier(rng: np.random.Generator, after: float = 0) -> tuple[np.ndarray, np.ndarray]:
    """A frontier: months (the day is 0), and points, which rise by 1.1 ± 0.8 a month."""
    months = np.arange(-SPAN - 24, after + 1)
    return months, 112 + np.cumsum(rng.gamma(1.9, 1.1 / 1.9, len(months)))


def group(
    rng: np.random.Generator, path, lag_months: float, place: int, drift=0.0, exact=False, after=0
) -> Models:
    """Models of the leader (place 0) or the follower (1), so many months behind the path.

    Below the frontier by 1 point on average for those near it, by 10 for others; errors as in the
    published intervals, the earlier the larger. `exact`: without errors.
    """
    n = rng.poisson(RATES[place] * (SPAN + after))
    months = np.sort(rng.uniform(-SPAN, after, n))
    short = np.where(
        rng.random(n) < NEAR_SHARES[place], rng.exponential(1, n), rng.exponential(10, n)
    )
    true = np.interp(months - lag_months + drift * months, *path) - short
    wide = np.where(months < -18, 2.0, 1.0)
    below, above = wide * rng.uniform(1, 1.7, n), rng.uniform(0.9, 1.7, n)
    z = rng.standard_normal(n)
    score = true if exact else true - np.where(z > 0, above, below) * z
    return Models(np.arange(n), months, score, below, above)


def history(rng: np.random.Generator, drift: float = 0) -> tuple[float, Models, Models]:
    """A lag on the day (months), and the models of leader and follower."""
    months = rng.uniform(*LAGS)
    path = frontier(rng)
    return months, group(rng, path, 0, 0), group(rng, path, months, 1, drift)


def excess(half_way: bool, n: int = 400) -> tuple[float, float]:
    """By how much an exactly scored record waits longer than the lag: median and mean (months)."""
    rng, found = np.random.default_rng([SEED, 1]), []
    for _ in range(n):
        path = frontier(rng, after=24)
        leader = group(rng, path, 0, 0, exact=True)
        follower = group(rng, path, 8, 1, exact=True, after=24)
        waits = lag.match_waits(leader, follower, SINCE, half_way=half_way)
        found.append(waits.months[(waits.weight > 0) & waits.is_matched] - 8)
    return float(np.median(np.concatenate(found))), float(np.mean(np.concatenate(found)))


def intervals(leader: Models, follower: Models, seed: int) -> dict[str, np.ndarray]:
    """The 5th, 50th and 95th percentile of every estimator (months)."""
    rng = np.random.default_rng(seed)
    ours, theirs = (lag.drawn_scores(each, DRAWS, rng) for each in (leader, follower))
    draws = lag.estimate_draws(leader, follower, SINCE, DRAWS, seed)
    both = np.concatenate([draws[name] for name in lag.HEADLINE])
    draws = {"headline": lag.mean_of_both(draws), "both in one heap": both, **draws}
    draws["staircase"] = lag.staircase(leader, ours, theirs)
    for name, half_way in (("matched", False), ("passed", True)):
        alone = lag.match_waits(leader, follower, SINCE, ours, theirs, half_way)
        draws[f"{name}_median, scores alone"] = lag.kaplan_meier_median(alone)
    return {name: lag.quantiles(values[~np.isnan(values)]) for name, values in draws.items()}


def collect(n: int, drift: float) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray], int]:
    """Lags on the day and in the middle of the months whose records count, intervals by estimator
    (n rows of three), and the number of histories without an estimate.
    """
    rng = np.random.default_rng([SEED, 2 if drift else 3])
    lags, middles, found, refused = [], [], {}, 0
    for number in range(n):
        change = drift * (-1) ** number
        months, leader, follower = history(rng, change)
        try:
            row = intervals(leader, follower, number)
        except ValueError:
            refused += 1
            continue
        lags.append(months)
        middles.append(months - change * SINCE / 2)
        for name, values in row.items():
            found.setdefault(name, []).append(values)
    found = {name: np.array(rows) for name, rows in found.items()}
    return np.array(lags), np.array(middles), found, refused


def row(history: str, name: str, against: str, truth: np.ndarray, ends: np.ndarray) -> dict:
    """One line of the table lag_coverage."""
    low, middle, high = ends.T
    share = float(((low <= truth) & (truth <= high)).mean())
    return {
        "history": history,
        "estimator": name,
        "held_against": against,
        "histories": len(truth),
        "coverage_share": share,
        "coverage_error_share": float(np.sqrt(share * (1 - share) / len(truth))),
        "truth_below_share": float((truth < low).mean()),
        "truth_above_share": float((truth > high).mean()),
        "bias_months": float(np.median(middle - truth)),
        "error_months": float(np.median(np.abs(middle - truth))),
        "width_months": float(np.median(high - low)),
    }


def rows(history: str, lags, middles, found, extra) -> list[dict]:
    """Lines of one kind of history; `extra`: by how much median and mean wait exceed a lag."""
    lines = []
    for name, ends in found.items():
        if name.startswith("matched"):
            more = extra[1] if "mean" in name else extra[0]
            lines.append(row(history, name, "usual wait", middles + more, ends))
        elif name.startswith("passed") and history == "drifting":
            lines.append(row(history, name, "usual lag", middles, ends))
        lines.append(row(history, name, "lag on the day", lags, ends))
    return lines


HEAD = (
    "| estimator | held against | coverage | lag below | lag above | bias | error | width "
    "| in target |\n|:---|:---|---:|---:|---:|---:|---:|---:|:---|"
)


def line(one: dict) -> str:
    """One line of the table in lag.md."""
    inside = "yes" if TARGET[0] <= one["coverage_share"] <= TARGET[1] else "no"
    return (
        f"| {one['estimator']} | {one['held_against']} "
        f"| {one['coverage_share']:.1%} ± {one['coverage_error_share']:.1%} "
        f"| {one['truth_below_share']:.1%} | {one['truth_above_share']:.1%} "
        f"| {one['bias_months']:+.1f} | {one['error_months']:.1f} | {one['width_months']:.1f} "
        f"| {inside} |"
    )


def write(lines: list[dict]) -> None:
    """Write the table lag_coverage, and the day of this run into the data package."""
    frame = pd.DataFrame(lines).sort_values(["history", "estimator", "held_against"])
    frame.round(4).to_csv(DATA / "lag_coverage.csv", index=False, lineterminator="\n")
    path = DATA / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    for entry in package["resources"]:
        if entry["name"] == "lag_coverage":
            entry["accessed"] = entry["as_of"] = f"{date.today()}"
    text = json.dumps(package, indent=2, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8")


def main() -> None:
    start = time.process_time()
    extra, half = excess(False), excess(True)
    steady, drifting = collect(HISTORIES, 0), collect(DRIFTING, DRIFT)
    seconds = time.process_time() - start
    tables = {
        name: rows(name, *found[:3], extra)
        for name, found in (("steady", steady), ("drifting", drifting))
    }
    write([*tables["steady"], *tables["drifting"]])
    lines = [
        "# Coverage of the lag's intervals",
        "",
        f"Recorded on {date.today()}: {os.cpu_count()} cores, {platform.system()}, Python "
        f"{platform.python_version()}, NumPy {np.__version__}; {seconds:.0f} CPU seconds; seed "
        f"{SEED}; {DRAWS} draws a history. `python tools/bench/lag.py` repeats it.",
        "",
        "Made-up histories with a known lag of 4 to 10 months; intervals of 90 %, target 85 to "
        "95 %. ± is one standard error of the count. Bias and error: median of middle less truth, "
        "and of its size (months). A usual wait is the lag and what a wait is longer. Differences "
        "between vintages are not in it. The headline is the mean of matched_median and frontier.",
        "",
        f"A wait until a model is out is longer than the lag: by {extra[0]:.1f} months (median) or "
        f"{extra[1]:.1f} (mean) with exact scores, as a follower's next model comes when it comes; "
        f"half-way between its records, by {half[0]:.1f} and {half[1]:.1f}. Errors of scores add "
        "to that, since the country with more models has the luckier record.",
        "",
        f"## The lag stays ({len(steady[0])} histories, {steady[3]} without an estimate)",
        "",
        HEAD,
        *map(line, tables["steady"]),
        "",
        f"## The lag drifts by {DRIFT} months a month, half of them up "
        f"({len(drifting[0])} histories, {drifting[3]} without an estimate)",
        "",
        "Waits look back over 30 months: the usual lag is that of their middle, 1.5 months from "
        "that of the day.",
        "",
        HEAD,
        *map(line, tables["drifting"]),
        "",
    ]
    Path(__file__).with_suffix(".md").write_text("\n".join(lines), encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
