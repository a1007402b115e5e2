"""The lag between the frontiers, counted in several ways from the same scores."""

import numpy as np
import pandas as pd
import pytest
from computegap.quantities import article, frontier


def test_every_record_scores_higher_than_the_one_before():
    for country in ("United States", "China"):
        records = frontier.eci_records(country)
        assert records["eci"].is_monotonic_increasing
        assert records["release_date"].is_monotonic_increasing


def test_the_lag_is_the_age_of_the_first_us_model_as_good():
    # Qwen3.7-Max, 153.81, was first matched by GPT-5.2 Pro, 155.03, of 11 December 2025.
    assert frontier.first_match(153.81)["model_name"] == "GPT-5.2 Pro"
    days = (pd.Timestamp("2026-06-22") - pd.Timestamp("2025-12-11")).days
    assert frontier.eci_lag_months() == pytest.approx(days / 30.4375)


def test_the_daily_lag_ends_with_the_lag_of_the_day():
    daily = frontier.eci_lag_daily()
    assert daily.iloc[-1] == pytest.approx(frontier.eci_lag_months())
    assert daily.index[-1] == article.ARTICLE_DATE


def test_the_ways_of_counting_give_the_reviewed_months():
    # By the publisher's dates 8.4: o3 at its announcement. One date a model, Kimi K2.5's too.
    assert frontier.eci_lag_daily().iloc[-365:].mean() == pytest.approx(6.3, abs=0.05)
    assert frontier.eci_lag_daily()["2025":].max() == pytest.approx(9.4, abs=0.05)
    at_release = frontier.eci_lag_at_release()
    assert (len(at_release), round(at_release.mean(), 1), round(at_release.median(), 1)) == (
        15,
        6.2,
        5.5,
    )
    assert frontier.eci_match_times().mean() == pytest.approx(6.3, abs=0.05)
    assert frontier.eci_lag_trend_months() == pytest.approx((6.9, 8.4), abs=0.05)
    assert frontier.eci_lag_v4_pro_months() == pytest.approx(8.5, abs=0.05)


def test_a_us_record_that_is_not_matched_yet_has_no_time():
    times = frontier.eci_match_times()
    assert np.isnan(times["Claude Fable 5"])
    assert times.isna().sum() == 5


def test_the_range_of_a_models_lag_follows_its_match():
    # V4 Pro's upper end is the age of o3; with the announcement of o3 it was 16.1.
    day = frontier.eci_scores().set_index("model_name").at["DeepSeek-V4-Pro", "release_date"]
    ends = frontier.eci_lag_range_months(day, "DeepSeek-V4-Pro")
    assert ends == pytest.approx((5.2, 12.3), abs=0.05)


def test_draws_are_the_same_each_time_and_surround_the_estimate():
    draws = frontier.eci_lag_draws()
    assert (draws == frontier.eci_lag_draws()).all()
    low, high = np.percentile(draws, [5, 95])
    assert low < frontier.eci_lag_months() < high


def test_a_score_that_no_us_model_reached_has_no_match():
    with pytest.raises(IndexError):
        frontier.first_match(1000)


def test_the_mean_of_the_year_lies_within_the_range_of_its_days():
    mean, low, high = frontier.capability_lag_year_interval()
    assert low < mean < high
    assert mean == pytest.approx(frontier.eci_lag_daily().iloc[-365:].mean())


def test_the_lag_of_a_day_comes_with_the_draws_of_that_day():
    day = pd.Timestamp("2025-12-31")
    value, low, high = frontier.capability_lag_interval(day)
    # DeepSeek-V3.2 led in China; o3 had first been as good, released on 16 April 2025.
    assert (value, low, high) == pytest.approx((8.51, 0.66, 9.23), abs=0.01)


def test_the_lag_by_the_publishers_dates_counts_an_announcement_as_a_release():
    # o3 was announced on 20 December 2024; on the article's date no such model decides.
    day = pd.Timestamp("2025-12-31")
    assert frontier.eci_lag_by_publisher_dates_months(day) == pytest.approx(12.35, abs=0.01)
    assert frontier.eci_lag_by_publisher_dates_months() == frontier.eci_lag_months()


def test_the_range_of_a_lag_is_that_of_its_draws():
    low, high = frontier.eci_lag_range_months()
    assert frontier.capability_lag_interval() == (frontier.eci_lag_months(), low, high)
    assert [low, high] == pytest.approx(np.percentile(frontier.eci_lag_draws(), [5, 95]))


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
