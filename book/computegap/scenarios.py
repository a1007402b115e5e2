"""Stocks of compute to 2030 under named scenarios, from a table of assumptions.

    python -m computegap.scenarios my-assumptions.csv --out results

Run it in the folder book/. The file has the columns and rows of data/assumptions.csv; change its
values and intervals. Tables and a chart are written into the folder named by --out.
"""

import argparse
import sys
from pathlib import Path

import altair as alt
import numpy as np
import pandas as pd

from computegap import figures, measures, model, named, tables

CONTROLS = ("tightened", "held", "lifted")
DOMESTIC = ("constrained", "pace", "doubled")
YEARS = 5
THRESHOLDS = (4, 2)
POINTS = {"p5": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95}
CONTROL_COLOURS = {
    "tightened": figures.PURPLE,
    "held": figures.OCHRE,
    "lifted": figures.TEAL,
}


class AssumptionError(ValueError):
    """A file of assumptions cannot be used; the message names row and column of each problem."""


# Reading a file of assumptions


def read(path: Path) -> pd.DataFrame:
    """Assumptions from a file, with what its measures compute filled in.

    Raises `AssumptionError` if the file is missing, has another header, a cell of the wrong type
    or out of range, an interval that is none, or not the rows of data/assumptions.csv.
    """
    if not path.is_file():
        raise AssumptionError(f"{path}: there is no such file")
    _refuse(path, _schema_problems(path))
    rows = tables.read(path, "assumptions")
    _refuse(path, _problems(rows))
    return measures.resolved(rows)


def _refuse(path: Path, problems: list[str]) -> None:
    if problems:
        raise AssumptionError("\n".join(f"{path}, {problem}" for problem in problems))


def _schema_problems(path: Path) -> list[str]:
    """What breaks the Table Schema of the assumptions, one line each."""
    # Only the command line needs frictionless, and it takes a second to import.
    from frictionless import Resource, Schema

    described = {**tables.schema("assumptions"), "foreignKeys": []}
    resource = Resource(
        path=path.name,
        basepath=str(path.resolve().parent),
        schema=Schema.from_descriptor(described),
        encoding="utf-8-sig",
    )
    report = resource.validate()
    return [
        f"row {row or 1}, column {field or label or '(any)'}: {note}"
        for row, field, label, note in report.flatten(["rowNumber", "fieldName", "label", "note"])
    ]


def _problems(rows: pd.DataFrame) -> list[str]:
    """What the schema cannot see: rows that lack or exceed, values without basis, odd intervals."""
    found = []
    for number, row in enumerate(rows.itertuples(), start=2):
        found += [f"row {number}, column {column}: {note}" for column, note in _odd(row)]
    given, known = (
        set(zip(frame["assumption_id"], frame["case"], strict=True))
        for frame in (rows, tables.load("assumptions"))
    )
    for name, case in sorted(known - given):
        found.append(f"column assumption_id: there is no row {name!r} for the case {case!r}")
    for name, case in sorted(given - known):
        number = 2 + int(rows.index[(rows["assumption_id"] == name) & (rows["case"] == case)][0])
        found.append(f"row {number}, column assumption_id: no model takes {name!r} ({case})")
    return found


def _odd(row) -> list[tuple[str, str]]:
    """Columns of a row that do not go together, each with what is wrong."""
    has_low, has_high = pd.notna(row.low), pd.notna(row.high)
    if pd.isna(row.value) and not named.is_measure(measures.__name__, row.measure):
        return [("value", "a value is needed, or the name of a measure that computes it")]
    if has_low != has_high:
        return [("low" if has_high else "high", "an interval needs both ends")]
    if not has_low:
        return []
    if pd.isna(row.value) or not 0 < row.low <= row.value <= row.high:
        return [("value", f"{row.value:g} is not inside the interval {row.low:g} to {row.high:g}")]
    return [("level", "an interval needs its probability")] if pd.isna(row.level) else []


# Running the scenarios


def inputs(assumptions: pd.DataFrame, control: str = "held", domestic: str = "pace"):
    """The assumptions of one scenario, one row each, indexed by assumption_id."""
    used = assumptions["case"].isin(["all", control, domestic]) & (assumptions["used_in"] != "lag")
    return assumptions[used].set_index("assumption_id")


def lag_inputs(assumptions: pd.DataFrame) -> pd.DataFrame:
    """The assumptions of the lag alone, which need no draws of what only scenarios use."""
    return assumptions[assumptions["used_in"] != "scenarios"].set_index("assumption_id")


def paths(assumptions: pd.DataFrame, control: str, domestic: str, n: int, seed: int = model.SEED):
    """Draws of a scenario: us and china (million H100e) and ratio, shape (n, YEARS + 1) each."""
    found = model.simulate(
        inputs(assumptions, control, domestic), lambda drawn: model.stocks(drawn, YEARS), n, seed
    )
    return {**found, "ratio": found["us"] / found["china"]}


def run(assumptions: pd.DataFrame, n: int, seed: int = model.SEED):
    """All scenarios: quantiles by year, and when the ratio passes each threshold.

    Returns two frames. The first has control, domestic, year, quantity (us, china: million H100e;
    ratio) and p5 to p95; the second control, domestic, threshold, reached_share (of draws, by the
    last year, 0 to 1) and median_year (missing where half of the draws do not reach it).
    """
    start = measures.latest_quarter().year
    fans, passes = [], []
    for control in CONTROLS:
        for domestic in DOMESTIC:
            drawn = paths(assumptions, control, domestic, n, seed)
            case = {"control": control, "domestic": domestic}
            fans += [fan_rows(case, name, values, start) for name, values in drawn.items()]
            coming = drawn["ratio"][:, 1:]
            passes += [passing(case, coming, limit, start + 1) for limit in THRESHOLDS]
    return pd.concat(fans, ignore_index=True), pd.DataFrame(passes)


def fan_rows(case: dict, name: str, values: np.ndarray, start: int) -> pd.DataFrame:
    """Quantiles of a path by year."""
    quantiles = np.quantile(values, list(POINTS.values()), axis=0)
    years = range(start, start + values.shape[1])
    return pd.DataFrame(
        {**case, "year": years, "quantity": name, **dict(zip(POINTS, quantiles, strict=True))}
    )


def passing(case: dict, ratio: np.ndarray, limit: float, start: int) -> dict:
    """Share of draws in which the ratio comes down to the limit, and the year for half of them."""
    years = model.first_year(ratio, limit, start)
    share = float(np.isfinite(years).mean())
    # Sorted, a draw that never comes down is later than any year.
    middle = np.sort(years)[(len(years) - 1) // 2]
    year = int(middle) if np.isfinite(middle) else pd.NA
    return {**case, "threshold": limit, "reached_share": share, "median_year": year}


def lag_summary(assumptions: pd.DataFrame, n: int, seed: int = model.SEED) -> pd.DataFrame:
    """What the gap is worth today: quantiles of ratio, lags and effective gap."""
    found = model.simulate(lag_inputs(assumptions), model.lags, n, seed)
    rows = {name: np.quantile(values, list(POINTS.values())) for name, values in found.items()}
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=list(POINTS))
    return frame.rename_axis("quantity").reset_index()


# The chart


def fan_chart(fans: pd.DataFrame) -> alt.LayerChart:
    """The ratio by year for the three kinds of export control, domestic production at its pace."""
    rows = fans.query("quantity == 'ratio' and domestic == 'pace'")
    rows = rows.assign(label="controls\n" + rows["control"])
    colour = (
        alt.Color("control:N")
        .scale(domain=list(CONTROL_COLOURS), range=list(CONTROL_COLOURS.values()))
        .legend(None)
    )
    first, last = int(rows["year"].min()), int(rows["year"].max())
    # Room for the labels behind the last year, on a phone too.
    scale = alt.Scale(domain=[first, last + 0.42 * (last - first)], nice=False)
    ticks = alt.Axis(values=list(range(first, last + 1)), format="d")
    year = alt.X("year:Q").scale(scale).axis(ticks).title("End of year")
    log = alt.Scale(type="log", domain=[2, 32], nice=False)
    ratio = alt.Y("p50:Q").scale(log).axis(values=[2, 4, 8, 16, 32])
    points = [alt.Tooltip(f"{point}:Q").format(".1f") for point in POINTS]
    band = (
        alt.Chart(rows)
        .mark_area(opacity=0.22)
        .encode(year, alt.Y("p5:Q").title("US over China (ratio, log)"), alt.Y2("p95:Q"), colour)
    )
    line = (
        alt.Chart(rows)
        .mark_line()
        .encode(year, ratio, colour, tooltip=["control", "year", *points])
    )
    named = rows[rows["year"] == last]
    name = alt.Chart(named).mark_text(align="left", dx=6, lineBreak="\n", fontWeight="bold")
    name = name.encode(year, ratio, colour, text=alt.Text("label:N"))
    return (band + line + name).properties(height=300)


# The command line


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m computegap.scenarios",
        description="Run the lag and the scenarios with assumptions of your own.",
    )
    parser.add_argument("assumptions", type=Path, help="file like data/assumptions.csv")
    parser.add_argument("--out", type=Path, default=Path("results"), help="folder for the results")
    parser.add_argument("--draws", type=int, default=100_000, help="number of draws")
    parser.add_argument("--seed", type=int, default=model.SEED, help="seed of the draws")
    options = parser.parse_args(arguments)
    if options.draws < 1:
        parser.error("--draws must be at least 1")
    try:
        assumptions = read(options.assumptions)
    except (AssumptionError, tables.TableError) as error:
        print(error, file=sys.stderr)
        return 1
    for path in write(assumptions, options.out, options.draws, options.seed):
        print(path)
    return 0


def write(assumptions: pd.DataFrame, out: Path, n: int, seed: int = model.SEED) -> list[Path]:
    """Write lag.csv, scenarios.csv, thresholds.csv and scenarios.svg into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    fans, passes = run(assumptions, n, seed)
    results = {
        "lag.csv": lag_summary(assumptions, n, seed),
        "scenarios.csv": fans,
        "thresholds.csv": passes,
    }
    for name, frame in results.items():
        frame.to_csv(out / name, index=False, float_format="%.4g", lineterminator="\n")
    figures.use()
    chart = fan_chart(fans).properties(width=figures.WIDE, background="white")
    chart.save(out / "scenarios.svg")
    return [*(out / name for name in results), out / "scenarios.svg"]


if __name__ == "__main__":
    sys.exit(main())
