"""The lag between the frontiers, counted in several ways from the same scores."""

import numpy as np
import pandas as pd
import pytest
from computegap.quantities import article, frontier

DAYS_OF_FABLE = {
    "2026-06-08": "GPT-5.5 Pro",
    "2026-06-09": "Claude Fable 5",
    "2026-06-12": "GPT-5.5 Pro",
    "2026-06-22": "GPT-5.5 Pro",
    "2026-06-30": "GPT-5.5 Pro",
    "2026-07-01": "Claude Fable 5",
}


def test_every_record_scores_higher_than_the_one_before():
    for country in ("United States", "China"):
        records = frontier.eci_records(country)
        assert records["eci"].is_monotonic_increasing
        assert records["release_date"].is_monotonic_increasing


def test_the_staircase_is_the_age_of_the_first_us_model_as_good():
    # Qwen3.7-Max, 153.74, was first matched by GPT-5.2 Pro, 155.41, of 11 December 2025.
    assert frontier.first_match(153.74)["model_name"] == "GPT-5.2 Pro"
    days = (pd.Timestamp("2026-06-22") - pd.Timestamp("2025-12-11")).days
    assert frontier.eci_lag_months() == pytest.approx(days / 30.4375)


def test_the_daily_lag_ends_with_the_lag_of_the_day():
    daily = frontier.eci_lag_daily()
    assert daily.iloc[-1] == pytest.approx(frontier.eci_lag_months())
    assert daily.index[-1] == article.ARTICLE_DATE


def test_the_ways_of_counting_give_the_reviewed_months():
    at_release = frontier.eci_lag_at_release()
    assert (len(at_release), round(at_release.mean(), 1), round(at_release.median(), 1)) == (
        16,
        6.2,
        5.3,
    )
    assert frontier.eci_match_times().mean() == pytest.approx(6.5, abs=0.05)
    assert frontier.eci_lag_trend_months() == pytest.approx((7.2, 8.4), abs=0.05)
    assert frontier.eci_lag_v4_pro_months() == pytest.approx(8.5, abs=0.05)


def test_the_staircase_has_the_reviewed_history():
    # 1.1 months in early 2025 by the publisher's date of o1, that of its interface for programs.
    years = frontier.eci_lag_by_year()
    assert list(years["mean"].round(1)) == [11.2, 5.2, 6.5]
    assert (years["max"].max(), years["min"].min()) == pytest.approx((18.1, 1.5), abs=0.05)
    daily = frontier.eci_lag_daily()
    long = daily[daily >= 15]
    assert (len(long), long.index[0], long.index[-1]) == (
        96,
        pd.Timestamp("2024-06-13"),
        pd.Timestamp("2024-09-16"),
    )
    assert daily["2025":].max() == pytest.approx(9.4, abs=0.05)


def test_a_us_record_that_is_not_matched_yet_has_no_time():
    times = frontier.eci_match_times()
    assert np.isnan(times["Claude Fable 5"])
    assert times.isna().sum() == 5


def test_the_lag_of_a_model_has_the_range_of_its_match():
    # V4 Pro's upper end is the age of o3; with the announcement of o3 it was 16.1.
    found = frontier.eci_model_lag_interval("DeepSeek-V4-Pro")
    assert found == pytest.approx((8.5, 5.2, 12.3), abs=0.05)
    assert frontier.eci_model_lag_interval("GLM-5.2")[0] == pytest.approx(6.9, abs=0.05)
    with pytest.raises(KeyError):
        frontier.eci_model_lag_interval("no such model")


def test_a_model_that_is_switched_off_is_not_the_best_of_the_day():
    # Claude Fable 5 was off from 12 to 30 June 2026; with it the distance was 9.9 points.
    us = {day: frontier.eci_best("United States", pd.Timestamp(day)) for day in DAYS_OF_FABLE}
    assert {day: best["model_name"] for day, best in us.items()} == DAYS_OF_FABLE
    assert frontier.eci_gap_points() == pytest.approx(8.71)


def test_draws_are_the_same_each_time_and_surround_the_estimate():
    draws = frontier.eci_lag_draws()
    assert (draws == frontier.eci_lag_draws()).all()
    low, high = np.percentile(draws, [5, 95])
    assert low < frontier.eci_lag_months() < high


def test_a_score_that_no_us_model_reached_has_no_match():
    with pytest.raises(IndexError):
        frontier.first_match(1000)


def test_the_lag_of_a_day_has_the_reviewed_interval():
    # About seven months, and about as far at the end of 2025.
    assert frontier.capability_lag_interval() == pytest.approx((7.05, 5.55, 8.65), abs=0.05)
    found = frontier.capability_lag_stocks_interval()
    assert found == pytest.approx((6.2, 4.1, 9.2), abs=0.1)
    assert found == frontier.capability_lag_interval(pd.Timestamp("2025-12-31"))


def test_the_lag_carries_the_differences_between_vintages():
    table = frontier.capability_lag_estimates()
    assert table.loc["frontier", "between_vintages"] == pytest.approx(0.7, abs=0.1)
    points = [frontier.capability_lag_point(vintage=day) for day in ("2026-08-11", "2026-09-25")]
    assert points[1] == pytest.approx(table.at["headline", "point"])
    assert 0 < abs(points[0] - points[1]) < 1.5
    assert frontier.capability_lag_point(since="2025-01-01") == pytest.approx(points[1], abs=1)


def test_the_lag_is_worked_out_again_when_a_table_changes(monkeypatch):
    before = frontier.capability_lag_interval()
    real = frontier.load

    def lower(name):
        rows = real(name)
        if name == "capability_scores":
            china = rows["country"] == "China"
            rows.loc[china, ["eci", "eci_p5", "eci_p95"]] -= 2
        return rows

    monkeypatch.setattr(frontier, "load", lower)
    assert frontier.capability_lag_interval()[0] > before[0] + 1


def test_the_range_of_a_staircase_is_that_of_its_draws():
    ends = frontier.eci_lag_range_months()
    assert ends == pytest.approx(np.percentile(frontier.eci_lag_draws(), [5, 95]))


def test_the_pace_of_records_is_the_slope_of_a_line_through_them(monkeypatch):
    # A point a day: one day is 1 / 365.25 of a year.
    monkeypatch.setattr(frontier, "eci_records", lambda country: _three_records())
    assert frontier.eci_record_pace("China", "2025-01-01") == pytest.approx(365.25)


def test_the_spacing_of_records_is_the_time_since_the_one_before(monkeypatch):
    monkeypatch.setattr(frontier, "eci_records", lambda country: _three_records())
    spacing = frontier.eci_record_spacing("China")
    assert np.isnan(spacing["2025-01-01"])
    assert list(spacing["2025-01-02":]) == [10, 20]


def _three_records():
    days = pd.to_datetime(["2025-01-01", "2025-01-11", "2025-01-31"])
    return pd.DataFrame({"release_date": days, "eci": [100.0, 110.0, 130.0]})
