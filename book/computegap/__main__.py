"""Run the lag and the scenarios with assumptions of your own, or score the predictions.

    python -m computegap my-assumptions.csv --out results
    python -m computegap score outcomes.csv

Run it in the folder book/. The file has the columns and rows of data/assumptions.csv; change its
values and intervals. Tables and a chart are written into the folder named by --out.
The parser is Python's own: what readers take home, and Python in a page, need nothing more.
"""

import argparse
import sys
from pathlib import Path

import pandas as pd

from computegap import assumptions, model, predictions, scenarios
from computegap.package import TableError
from computegap.show import charts, fans

# What fits into the memory of a small machine.
MOST = 10_000_000


def main(arguments: list[str] | None = None) -> int:
    given_arguments = sys.argv[1:] if arguments is None else arguments
    if given_arguments[:1] == ["score"]:
        scorer = argparse.ArgumentParser(
            prog="python -m computegap score", description="Score the registered predictions."
        )
        scorer.add_argument("outcomes", type=Path, help="file with prediction_id and outcome")
        return predictions.main(scorer.parse_args(given_arguments[1:]).outcomes)
    parser = argparse.ArgumentParser(
        prog="python -m computegap",
        description="Run the lag and the scenarios with assumptions of your own.",
    )
    parser.add_argument("assumptions", type=Path, help="file like data/assumptions.csv")
    parser.add_argument("--out", type=Path, default=Path("results"), help="folder for the results")
    parser.add_argument("--draws", type=int, default=100_000, help="number of draws")
    parser.add_argument("--seed", type=int, default=model.SEED, help="seed of the draws")
    options = parser.parse_args(given_arguments)
    if not 1 <= options.draws <= MOST:
        parser.error(f"--draws: found {options.draws}, expected 1 to {MOST:,}")
    if options.seed < 0:
        parser.error(f"--seed: found {options.seed}, expected 0 or more")
    try:
        given = assumptions.read(options.assumptions)
    except (assumptions.AssumptionError, TableError) as error:
        print(error, file=sys.stderr)
        return 1
    try:
        options.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        parser.error(f"--out: {options.out} cannot be made: {error.strerror}")
    for path in write(given, options.out, options.draws, options.seed):
        print(path)
    return 0


def write(given: pd.DataFrame, out: Path, n: int, seed: int = model.SEED) -> list[Path]:
    """Write lag.csv, scenarios.csv, thresholds.csv and scenarios.svg into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    paths, passes = scenarios.run(given, n, seed)
    results = {
        "lag.csv": scenarios.lag_summary(given, n, seed),
        "scenarios.csv": paths,
        "thresholds.csv": passes,
    }
    for name, frame in results.items():
        frame.to_csv(out / name, index=False, float_format="%.4g", lineterminator="\n")
    charts.use()
    chart = fans.fan_chart(paths).properties(width=charts.WIDE, background="white")
    chart.save(out / "scenarios.svg")
    return [*(out / name for name in results), out / "scenarios.svg"]


if __name__ == "__main__":
    sys.exit(main())
