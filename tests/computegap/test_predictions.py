"""Registered predictions: they say what the draws said, and are scored by known rules."""

import csv
import hashlib
import math

import numpy as np
import pandas as pd
import pytest
from computegap import model, predictions, scenarios
from computegap.__main__ import main
from computegap.quantities import stocks
from computegap.tables import load
from conftest import ROOT

N = 20_000


def registered() -> list[dict[str, str]]:
    with open(ROOT / "data" / "predictions.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def outcomes(tmp_path, *lines: str):
    path = tmp_path / "outcomes.csv"
    path.write_text("\n".join(["prediction_id,outcome", *lines]) + "\n", encoding="utf-8")
    return path


# What is registered


def test_there_are_at_least_eight_and_three_that_resolve_before_july_2027():
    rows = registered()
    assert len(rows) >= 8
    assert sum(row["resolves_by_date"] < "2027-07-01" for row in rows) >= 3
    assert all(row["registered_date"] < row["resolves_by_date"] for row in rows)


def test_each_names_a_table_and_a_column_that_resolve_it():
    for row in registered():
        path = ROOT / "data" / f"{row['data_table']}.csv"
        header = path.read_text(encoding="utf-8").splitlines()[0].split(",")
        assert row["data_column"] in header, row["prediction_id"]


def test_an_interval_has_its_ends_in_order_and_a_probability_none():
    for row in registered():
        ends = [row[end] for end in ("low", "median", "high")]
        if row["kind"] == "interval":
            assert float(ends[0]) < float(ends[1]) < float(ends[2])
            assert row["level"] and not row["probability"]
        else:
            assert ends == ["", "", ""] and 0 < float(row["probability"]) < 1


def test_the_articles_value_is_that_of_its_claim():
    with open(ROOT / "data" / "claims.csv", encoding="utf-8", newline="") as file:
        claims = {row["claim_id"]: row for row in csv.DictReader(file)}
    for row in registered():
        if not row["article_claim_id"]:
            assert not row["article_low"]
            continue
        claim = claims[row["article_claim_id"]]
        low = float(claim["value"])
        if claim["unit"].startswith("ratio to US"):
            low = 1 / low
        high = float(claim["value_high"] or low)
        assert (float(row["article_low"]), float(row["article_high"])) == (low, max(low, high))


def test_figures_of_draws_are_those_that_the_scenarios_draw():
    """To two digits, and as far as fewer draws than those registered can tell."""
    if f"{stocks.latest_quarter():%Y-%m-%d}" != "2025-12-31":
        pytest.skip("the draws begin with newer data than those of the registration")
    found = predictions.computed(load("assumptions"), N)
    rows = {row["prediction_id"]: row for row in registered()}
    by_draws = {name for name, row in rows.items() if row["basis"].startswith("draws")}
    assert set(found.index) == by_draws == {name for name, row in rows.items() if row["draw"]}
    for name in by_draws:
        row = rows[name]
        if row["kind"] == "probability":
            share = found.at[name, "probability"]
            spread = 3 * math.sqrt(share * (1 - share) / (4 * N))
            assert float(row["probability"]) == pytest.approx(share, abs=spread + 0.0005)
            continue
        for end in ("low", "median", "high"):
            assert float(row[end]) == pytest.approx(found.at[name, end], rel=0.06), (name, end)


def test_pooled_draws_are_the_four_cases_in_equal_parts():
    given = load("assumptions")
    pooled = scenarios.pooled(given, 1000)
    parts = [
        scenarios.paths(given, control, "pace", 1000, bound=bound)
        for control, bound in scenarios.POOL
    ]
    assert np.array_equal(pooled["ratio"], np.concatenate([part["ratio"] for part in parts]))
    assert len(pooled["domestic"]) == 4000


def test_nothing_of_a_registered_prediction_is_changed():
    """A mistake in one is mended by another row with its own date, never in the row itself."""
    by_day = {}
    for row in registered():
        by_day.setdefault(row["registered_date"], []).append(repr(sorted(row.items())))
    found = {
        day: hashlib.sha256("\n".join(rows).encode()).hexdigest()[:16]
        for day, rows in by_day.items()
    }
    assert found == {"2026-11-27": "55776c09cf4d8352"}


# Scores


def test_an_outcome_inside_costs_the_width_and_one_outside_its_miss_over_half_the_rest():
    assert predictions.interval_score(2, 5, 0.9, 3) == 3
    assert predictions.interval_score(2, 5, 0.9, 6) == pytest.approx(3 + 20 * 1)
    assert predictions.interval_score(2, 5, 0.9, 1.5) == pytest.approx(3 + 20 * 0.5)


def test_the_interval_score_is_least_for_the_true_quantiles():
    drawn = np.random.default_rng(3).normal(size=20_000)

    def mean(half: float) -> float:
        return float(np.mean([predictions.interval_score(-half, half, 0.9, x) for x in drawn]))

    assert mean(1.645) < min(mean(1.2), mean(2.2))


def test_the_brier_score_is_the_squared_miss():
    assert predictions.brier_score(0.8, 1) == pytest.approx(0.04)
    assert predictions.brier_score(0.8, 0) == pytest.approx(0.64)


def test_made_up_outcomes_are_scored_beside_the_article():
    given = pd.Series({"ratio-2026": 10.0, "lag-2026": 16.0, "hopper-china": 1.0})
    scored = predictions.score(given).set_index("prediction_id")
    rows = {row["prediction_id"]: row for row in registered()}
    assert set(scored.index) == set(given.index)
    assert scored.at["ratio-2026", "is_inside"]
    assert scored.at["ratio-2026", "in_widths"] == pytest.approx(1)
    assert scored.at["ratio-2026", "article_error"] == pytest.approx(10 / 8)
    width = float(rows["lag-2026"]["high"]) - float(rows["lag-2026"]["low"])
    missed = 16 - float(rows["lag-2026"]["high"])
    assert scored.at["lag-2026", "score"] == pytest.approx(width + 20 * missed)
    # Sixteen months lie beyond the article's fifteen, and further beyond this book's seven.
    assert scored.at["lag-2026", "article_error"] == pytest.approx(16 / 15)
    assert scored.at["lag-2026", "error"] == pytest.approx(16 / 7)
    chance = float(rows["hopper-china"]["probability"])
    assert scored.at["hopper-china", "score"] == pytest.approx((1 - chance) ** 2)


def test_the_command_prints_scores_and_what_is_open(tmp_path, capsys):
    path = outcomes(tmp_path, "ratio-2026,10", "hopper-china,0")
    assert main(["score", str(path)]) == 0
    said = capsys.readouterr().out
    assert "inside their intervals: 1 of 1" in said
    assert "mean Brier score" in said
    assert f"open: {len(registered()) - 2}" in said


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("ratio-2035,9", "row 2, column prediction_id: no prediction is called 'ratio-2035'"),
        ("ratio-2026,nine", "row 2, column outcome: found 'nine', expected a number"),
        ("ratio-2026,", "row 2, column outcome: found nan, expected a number"),
        ("hopper-china,0.5", "row 2, column outcome: found '0.5', expected 0 or 1"),
    ],
)
def test_a_bad_outcome_is_named_by_row_and_column(tmp_path, capsys, line, problem):
    assert main(["score", str(outcomes(tmp_path, line))]) == 1
    assert problem in capsys.readouterr().err


def test_an_outcome_that_stands_twice_and_a_missing_file_are_refused(tmp_path, capsys):
    assert main(["score", str(outcomes(tmp_path, "ratio-2026,9", "ratio-2026,10"))]) == 1
    assert "'ratio-2026' stands twice" in capsys.readouterr().err
    assert main(["score", str(tmp_path / "none.csv")]) == 1
    assert "there is no such file" in capsys.readouterr().err


# The surface and the bounds behind them


def test_the_surface_is_the_median_of_the_formula_at_each_point():
    given = load("assumptions")
    shares, growths = np.array([0.05, 0.2]), np.array([1.5, 3.0])
    found = scenarios.surface(given, shares, growths, 2000)
    drawn = next(model.draws(scenarios.inputs(given), 2000))
    for row in found.itertuples():
        us = drawn["us-stock"].copy()
        china = drawn["china-stock"] + drawn["smuggled-stock"]
        us_added = drawn["us-stock"] * drawn["us-added-share"]
        made = drawn["domestic-added"] * drawn["domestic-multiplier"]
        for year in range(1, 6):
            us_added = us_added * drawn["us-growth"] ** (drawn["growth-fade"] ** year)
            made = made * row.growth ** (drawn["growth-fade"] ** year)
            us = us + us_added
            china = china + made + row.share * us_added
        assert row.ratio == pytest.approx(np.median(us / china))


def test_at_the_share_that_is_needed_the_ratio_is_the_limit():
    drawn = next(model.draws(scenarios.inputs(load("assumptions")), 500))
    share = model.share_needed(drawn, 5, 4)
    drawn = drawn | {"imports-share": share, "smuggling-multiplier": np.zeros(500)}
    ends = model.stocks(drawn, 5)
    assert ends["us"][:, -1] / ends["china"][:, -1] == pytest.approx(np.full(500, 4.0))


def test_the_lines_lie_where_the_surface_has_their_ratio():
    given = load("assumptions")
    lines = scenarios.limit_lines(given, np.array([2.0, 3.0]), 2000)
    for row in lines.itertuples():
        at = scenarios.surface(given, np.array([row.share]), np.array([row.growth]), 2000)
        assert at["ratio"].iloc[0] == pytest.approx(row.limit, rel=0.02)


def test_four_takes_about_a_fifth_of_us_additions():
    median, low, high = scenarios.share_needed(load("assumptions"), 4, N)
    assert low < median < high
    assert median == pytest.approx(0.206, abs=0.005)


def test_power_bounds_the_us_stock_and_enough_of_it_does_not():
    given = {
        "us-stock": np.array([10.0]),
        "us-added-share": np.array([0.5]),
        "us-growth": np.array([2.0]),
        "growth-fade": np.array([1.0]),
        "china-stock": np.array([1.0]),
        "smuggled-stock": np.array([1.0]),
        "smuggled-added-share": np.array([0.5]),
        "domestic-added": np.array([1.0]),
        "domestic-growth": np.array([1.0]),
        "domestic-multiplier": np.array([1.0]),
        "imports-share": np.array([0.1]),
        "smuggling-multiplier": np.array([0.0]),
    }
    free = model.stocks(given, 5)
    power = {"power-per-compute": np.array([0.5]), "power-gain": np.array([1.0])}
    # 10 GW run 20 million at half a kilowatt each.
    bound = model.stocks(given | power | {"us-power": np.array([10.0])}, 5)
    assert bound["us"][0, -1] == pytest.approx(20)
    assert (np.diff(bound["us"]) >= 0).all()
    assert bound["us"][0, 1] == pytest.approx(10 * 2**0.2)
    more = model.stocks(given | power | {"us-power": np.array([1e6])}, 5)
    assert more["us"] == pytest.approx(free["us"])


def test_rented_compute_moves_from_one_side_to_the_other():
    inputs = scenarios.inputs(load("assumptions"))
    drawn = next(model.draws(inputs, 100))
    free = model.stocks(drawn, 5)
    rented = model.stocks(drawn | {"rented-added": np.full(100, 0.5)}, 5)
    assert (free["us"] + free["china"]) == pytest.approx(rented["us"] + rented["china"])
    assert rented["china"][:, 1] - free["china"][:, 1] == pytest.approx(np.full(100, 0.5))


def test_a_row_of_a_named_case_goes_before_the_one_of_all_cases():
    given = load("assumptions")
    free, bound = scenarios.inputs(given), scenarios.inputs(given, bound="supply")
    assert free.at["domestic-growth", "value"] > bound.at["domestic-growth", "value"]
    assert not bound.index.duplicated().any()


def test_every_input_of_the_scenarios_has_an_interval():
    given = load("assumptions")
    for control in scenarios.CONTROLS:
        for domestic in scenarios.DOMESTIC:
            for bound in ("", *scenarios.BOUNDS):
                inputs = scenarios.inputs(given, control, domestic, bound)
                assert inputs[["value", "low", "high", "level"]].notna().all().all()
