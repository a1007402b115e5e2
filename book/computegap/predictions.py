"""Registered predictions: what the scenarios and this book's judgment say, dated, to be scored.

    python -m computegap score outcomes.csv

`outcomes.csv` has the columns prediction_id and outcome: a number in the prediction's unit, or 1 or
0 for a statement that came true or did not. A prediction without a row is left open.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from computegap import scenarios
from computegap.quantities import stocks
from computegap.tables import load

# Where a prediction is read off the draws: which of them, and what is asked of it.
_POINTS = {"low": 0.05, "median": 0.5, "high": 0.95}


class OutcomeError(ValueError):
    """A file of outcomes cannot be used; the message names row and column of each problem."""


def computed(given: pd.DataFrame, n: int) -> pd.DataFrame:
    """The figures of the predictions that come from draws, by prediction_id.

    Columns low, median, high (5, 50 and 95 % points of `scenarios.pooled`, in the row's unit) or
    probability. `given`: assumptions; `n`: draws of each pooled case.
    """
    drawn = scenarios.pooled(given, n)
    start = stocks.latest_quarter().year
    rows = {}
    for row in load("predictions").dropna(subset="draw").itertuples():
        values = drawn[row.draw]
        if row.kind == "probability":
            reached = values[:, 1 : row.draw_year - start + 1].min(axis=1) <= row.threshold
            rows[row.prediction_id] = {"probability": float(reached.mean())}
            continue
        of_year = values if values.ndim == 1 else values[:, row.draw_year - start]
        ends = np.quantile(of_year, list(_POINTS.values()))
        rows[row.prediction_id] = dict(zip(_POINTS, map(float, ends), strict=True))
    return pd.DataFrame.from_dict(rows, orient="index")


def read_outcomes(path: Path) -> pd.Series:
    """Outcomes by prediction_id. Raises `OutcomeError` for a file that says nothing definite."""
    if not path.is_file():
        raise OutcomeError(f"{path}: there is no such file")
    rows = pd.read_csv(path, dtype=str, encoding="utf-8-sig")
    if list(rows.columns) != ["prediction_id", "outcome"]:
        raise OutcomeError(
            f"{path}, row 1: found the columns {', '.join(rows.columns)}, "
            "expected prediction_id, outcome"
        )
    kinds = load("predictions").set_index("prediction_id")["kind"]
    problems = []
    values = pd.to_numeric(rows["outcome"], errors="coerce")
    for number, (name, text, value) in enumerate(
        zip(rows["prediction_id"], rows["outcome"], values, strict=True), start=2
    ):
        if name not in kinds.index:
            problems.append(f"row {number}, column prediction_id: no prediction is called {name!r}")
        elif not np.isfinite(value):
            problems.append(f"row {number}, column outcome: found {text!r}, expected a number")
        elif kinds[name] == "probability" and value not in (0, 1):
            problems.append(f"row {number}, column outcome: found {text!r}, expected 0 or 1")
    for name in rows["prediction_id"][rows["prediction_id"].duplicated()]:
        problems.append(f"column prediction_id: {name!r} stands twice")
    if problems:
        raise OutcomeError("\n".join(f"{path}, {problem}" for problem in problems))
    return values.set_axis(rows["prediction_id"])


def interval_score(low: float, high: float, level: float, outcome: float) -> float:
    """The interval score of Gneiting and Raftery (2007), in the outcome's unit; less is better.

    The width of the interval, and 2 / (1 - level) for each unit by which the outcome misses it.
    """
    missed = max(low - outcome, outcome - high, 0)
    return high - low + 2 / (1 - level) * missed


def brier_score(probability: float, outcome: float) -> float:
    """(probability - outcome) squared: 0 for a sure forecast that came true, 1 for the reverse."""
    return (probability - outcome) ** 2


def score(outcomes: pd.Series) -> pd.DataFrame:
    """Each resolved prediction with its score.

    Columns prediction_id, kind, outcome, is_inside (for intervals), score (interval score in the
    prediction's unit, or Brier), in_widths (interval score over the width of the interval: 1 where
    the outcome is inside), error and article_error: factors by which the median and the article's
    value, or the nearer end of its range, miss (1 is exact).
    """
    rows = []
    for row in load("predictions").itertuples():
        if row.prediction_id not in outcomes.index:
            continue
        outcome = float(outcomes[row.prediction_id])
        found = {"prediction_id": row.prediction_id, "kind": row.kind, "outcome": outcome}
        if row.kind == "probability":
            rows.append(found | {"score": brier_score(row.probability, outcome)})
            continue
        points = interval_score(row.low, row.high, row.level, outcome)
        rows.append(
            found
            | {
                "is_inside": row.low <= outcome <= row.high,
                "score": points,
                "in_widths": points / (row.high - row.low),
                "error": _factor(outcome, row.median, row.median),
                "article_error": _factor(outcome, row.article_low, row.article_high),
            }
        )
    columns = ["prediction_id", "kind", "outcome", "is_inside", "score", "in_widths"]
    return pd.DataFrame(rows, columns=[*columns, "error", "article_error"])


def _factor(outcome: float, low: float, high: float) -> float:
    """How far an outcome lies outside of a range, as a factor; missing where there is no range."""
    if pd.isna(low) or outcome <= 0:
        return np.nan
    return float(max(low / outcome, outcome / high, 1))


def summary(scored: pd.DataFrame) -> str:
    """The scores in a few lines, for the command line."""
    intervals = scored[scored["kind"] == "interval"]
    chances = scored[scored["kind"] == "probability"]
    lines = [scored.to_string(index=False, float_format="{:.3g}".format, na_rep="")]
    if len(intervals):
        inside = int(intervals["is_inside"].sum())
        lines.append(f"inside their intervals: {inside} of {len(intervals)}")
        lines.append(f"mean interval score, in widths: {intervals['in_widths'].mean():.2f}")
    if len(chances):
        lines.append(f"mean Brier score: {chances['score'].mean():.3f}")
    lines.append(f"open: {len(load('predictions')) - len(scored)}")
    return "\n".join(lines)


def main(path: Path) -> int:
    """Print the scores of a file of outcomes."""
    try:
        outcomes = read_outcomes(path)
    except OutcomeError as error:
        print(error, file=sys.stderr)
        return 1
    print(summary(score(outcomes)))
    return 0
