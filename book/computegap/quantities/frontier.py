"""The best models of both countries: scores, records, and how far one follows the other."""

import numpy as np
import pandas as pd

from computegap import dates
from computegap.quantities import article, quantity, stocks
from computegap.tables import load

ECI_VINTAGE = "2026-08-11"
# Draws for intervals of lags: a fixed seed, so that the book says the same on every build.
LAG_DRAWS, LAG_SEED = 20_000, 20260622
# The 5th and the 95th percentile of a normal distribution lie this many deviations off its mean.
_Z90 = 1.6449
TREND_STARTS = ("2024-01-01", "2024-09-01", "2025-01-01")


@quantity()
def eci_scores(vintage: str = ECI_VINTAGE) -> pd.DataFrame:
    """Capability scores of US and Chinese models in one vintage, oldest release first.

    `release_date` is the day on which somebody outside could first use the model, one in all
    vintages: table release_dates where it has the model, else the publisher's date of the vintage.
    `publisher_date` is the latter in every row, to compare with and for nothing else.
    Source: Epoch AI, Epoch Capabilities Index, tables capability_scores and release_dates.
    """
    rows = load("capability_scores").query("country != 'Other'")
    rows = rows[rows["vintage_date"] == pd.Timestamp(vintage)]
    rows = rows.rename(columns={"release_date": "publisher_date"})
    settled = load("release_dates").set_index("model_name")["release_date"]
    dates_used = rows["model_name"].map(settled).fillna(rows["publisher_date"])
    rows = rows.assign(release_date=dates_used)
    return rows.sort_values(["release_date", "eci"], ascending=[True, False], ignore_index=True)


@quantity()
def eci_records(country: str, vintage: str = ECI_VINTAGE) -> pd.DataFrame:
    """The models of a country that scored higher than all of its models before them."""
    rows = eci_scores(vintage).query("country == @country")
    return rows[rows["eci"] > rows["eci"].cummax().shift(fill_value=0)].reset_index(drop=True)


@quantity()
def first_match(
    score: float, vintage: str = ECI_VINTAGE, country: str = "United States"
) -> pd.Series:
    """The first model of a country that scored at least so much (a table row).

    Raises `IndexError` when there is none.
    """
    return eci_records(country, vintage).query("eci >= @score").iloc[0]


@quantity("months")
def eci_lag_months(on: pd.Timestamp = article.ARTICLE_DATE, vintage: str = ECI_VINTAGE) -> float:
    """Age, on a day, of the first US model as good as China's best of that day (months)."""
    best = eci_records("China", vintage).query("release_date <= @on")["eci"].max()
    return dates.months_between(first_match(best, vintage)["release_date"], on)


@quantity("months")
def eci_lag_by_publisher_dates_months(on: pd.Timestamp = article.ARTICLE_DATE) -> float:
    """That age by the publisher's dates of the vintage, announcements among them (months)."""
    rows = eci_scores().query("publisher_date <= @on")
    best = rows.groupby("country")["eci"].max()["China"]
    matches = rows[(rows["country"] == "United States") & (rows["eci"] >= best)]
    return dates.months_between(matches["publisher_date"].min(), on)


@quantity("months")
def eci_lag_daily(
    vintage: str = ECI_VINTAGE, until: pd.Timestamp = article.ARTICLE_DATE
) -> pd.Series:
    """That age on each day since China's first scored model (months)."""
    records = eci_records("China", vintage).set_index("release_date")["eci"]
    matched = pd.Series(
        {day: first_match(eci, vintage)["release_date"] for day, eci in records.items()}
    )
    days = pd.date_range(records.index[0], until)
    ages = days.to_series() - matched.reindex(days, method="ffill")
    return (ages.dt.days / dates.DAYS_PER_MONTH).rename("lag_months")


@quantity("months")
def eci_lag_draws(
    on: pd.Timestamp = article.ARTICLE_DATE, model: str | None = None, anchor_sd: float = 0
) -> np.ndarray:
    """Draws of the lag on a day, each model's score drawn from its own interval (months).

    A score has a normal distribution on each side of its estimate, with the 5th and the 95th
    percentile at the publisher's ends, and independent of all others. The two models that fix
    the scale have no interval; `anchor_sd` is their standard deviation (points of the index).
    With `model`, the lag of that model instead of China's best.
    A draw in which no US model is as good counts as no lag.
    """
    rows = eci_scores().query("release_date <= @on")
    low = ((rows["eci"] - rows["eci_p5"]) / _Z90).fillna(anchor_sd).to_numpy()
    high = ((rows["eci_p95"] - rows["eci"]) / _Z90).fillna(anchor_sd).to_numpy()
    z = np.random.default_rng(LAG_SEED).standard_normal((LAG_DRAWS, len(rows)))
    drawn = rows["eci"].to_numpy() + np.where(z > 0, z * high, z * low)
    rival = rows["model_name"] == model if model else rows["country"] == "China"
    best = drawn[:, rival].max(axis=1, keepdims=True)
    us = (rows["country"] == "United States").to_numpy()
    age = ((on - rows["release_date"][us]).dt.days / dates.DAYS_PER_MONTH).to_numpy()
    return np.where(drawn[:, us] >= best, age, 0).max(axis=1)


@quantity("months")
def eci_lag_range_months(
    on: pd.Timestamp = article.ARTICLE_DATE, model: str | None = None, anchor_sd: float = 0
) -> tuple[float, float]:
    """Range of the lag on a day: the 5th and the 95th percentile of its draws (months)."""
    low, high = np.quantile(eci_lag_draws(on, model, anchor_sd), [0.05, 0.95])
    return float(low), float(high)


@quantity("months")
def eci_lag_at_release(since: str = "2024-01-01", vintage: str = ECI_VINTAGE) -> pd.Series:
    """Age of the first US match on the day of each Chinese record since a day (months)."""
    records = eci_records("China", vintage).query("@since <= release_date <= @article.ARTICLE_DATE")
    lags = [eci_lag_months(day, vintage) for day in records["release_date"]]
    return pd.Series(lags, index=records["model_name"], name="lag_months")


@quantity("months")
def eci_match_times(since: str = "2024-01-01", vintage: str = ECI_VINTAGE) -> pd.Series:
    """Time until a Chinese model matched each US record since a day (months).

    Missing for a record that none had matched by the article's date.
    """
    records, chinese = (
        eci_records(country, vintage).query("release_date <= @article.ARTICLE_DATE")
        for country in ("United States", "China")
    )
    records = records[records["release_date"] >= since]
    waits = []
    for record in records.itertuples():
        matched = chinese.loc[chinese["eci"] >= record.eci, "release_date"]
        waits.append(
            dates.months_between(record.release_date, matched.iloc[0])
            if len(matched)
            else float("nan")
        )
    return pd.Series(waits, index=records["model_name"], name="months")


@quantity("months")
def eci_trend_lag(since: str = "2024-01-01") -> float:
    """Distance between straight lines through both countries' records since a day (months).

    The gap between the lines on the article's date over the slope of the US line.
    """
    fits = {}
    for country in ("United States", "China"):
        rows = eci_records(country).query("@since <= release_date <= @article.ARTICLE_DATE")
        months = (rows["release_date"] - article.ARTICLE_DATE).dt.days / dates.DAYS_PER_MONTH
        fits[country] = np.polyfit(months, rows["eci"], 1)
    (us_slope, us_level), (_, chinese_level) = fits["United States"], fits["China"]
    return float((us_level - chinese_level) / us_slope)


@quantity("share")
def arena_gap() -> pd.Series:
    """Best US over best Chinese rating, less one, by day of publication (share of the Chinese).

    Each gap is taken within one day's leaderboard. Source: Arena, table arena_best.
    """
    ratings = load("arena_best").pivot(index="publication_date", columns="country", values="rating")
    return ratings["United States"] / ratings["China"] - 1


@quantity("months")
def capability_lag_interval(on: pd.Timestamp = article.ARTICLE_DATE) -> stocks.Interval:
    """The measured lag of one day: value, 5 % and 95 % point of its draws (months)."""
    return eci_lag_months(on), *eci_lag_range_months(on)


@quantity("months")
def capability_lag_year_interval() -> stocks.Interval:
    """The measured lag of the year to the article's date: mean, 5 % and 95 % point of its days.

    The middle of this year is near the date of the stocks. In months.
    """
    days = eci_lag_daily().iloc[-365:]
    low, high = days.quantile([0.05, 0.95])
    return float(days.mean()), float(low), float(high)


@quantity("months")
def eci_lag_trend_months() -> tuple[float, float]:
    """Trend distances with records since three different days, least and greatest (months)."""
    distances = [eci_trend_lag(since) for since in TREND_STARTS]
    return min(distances), max(distances)


@quantity("points of the index")
def eci_gap_points() -> float:
    """Best US score less best Chinese one on the article's date (points of the index)."""
    known = eci_scores().query("release_date <= @article.ARTICLE_DATE")
    best = known.groupby("country")["eci"].max()
    return float(best["United States"] - best["China"])


@quantity("multiple")
def caisi_gap_held_back_over_public() -> float:
    """Least gap of V4 Pro on tests held back over its greatest on public ones (multiple).

    The gap is to the best US model of each test. Source: CAISI, table benchmark_scores.
    """
    rows = load("benchmark_scores").query("evaluator == 'CAISI'")
    scores = rows.pivot(
        index=["is_public", "benchmark"], columns="model_name", values="score_share"
    )
    ours = scores.pop("DeepSeek V4 Pro")
    gap = (scores.max(axis=1) - ours).groupby("is_public")
    return float(gap.min()[False] / gap.max()[True])


@quantity("months")
def eci_lag_v4_pro_months() -> float:
    """Lag of DeepSeek V4 Pro on the day of its release (months)."""
    v4 = eci_scores().set_index("model_name").loc["DeepSeek-V4-Pro"]
    matched = first_match(v4["eci"])["release_date"]
    return dates.months_between(matched, v4["release_date"])


def _eci_place(model: str, on: pd.Timestamp) -> float:
    """Place of a Chinese model by score among the Chinese models out by a day (1 is the best)."""
    rows = eci_scores().query("country == 'China' and release_date <= @on")
    return float(rows.set_index("model_name")["eci"].rank(ascending=False)[model])


@quantity("place")
def eci_place_v4_pro_at_assessment() -> float:
    """Place of DeepSeek V4 Pro among Chinese models on the day of CAISI's assessment.

    By score in the Epoch Capabilities Index; 1 is the best.
    """
    return _eci_place("DeepSeek-V4-Pro", pd.Timestamp("2026-05-01"))


@quantity("place")
def eci_place_v4_pro() -> float:
    """The same on the article's date."""
    return _eci_place("DeepSeek-V4-Pro", article.ARTICLE_DATE)


@quantity("points a year")
def eci_record_pace(country: str, since: str) -> float:
    """Slope of a country's records from a day to the article's date (points a year)."""
    rows = eci_records(country)
    rows = rows.query("@since <= release_date <= @article.ARTICLE_DATE")
    years = (rows["release_date"] - article.ARTICLE_DATE).dt.days / 365.25
    return float(np.polyfit(years, rows["eci"], 1)[0])


@quantity("months")
def eci_catch_up_months() -> tuple[float, float]:
    """The gap in points over the slope of China's records since three days (months)."""
    slopes = [12 / eci_record_pace("China", since) for since in TREND_STARTS]
    low, high = (float(eci_gap_points() * end) for end in (min(slopes), max(slopes)))
    return low, high


@quantity("points a year")
def us_record_pace_range() -> tuple[float, float]:
    """Slope of US records since 2024 and since 2025, least and greatest (points a year)."""
    paces = [eci_record_pace("United States", since) for since in ("2024-01-01", "2025-01-01")]
    return min(paces), max(paces)


@quantity("days")
def eci_record_spacing(country: str) -> pd.Series:
    """Time since the country's record before, by day of release (days)."""
    days = eci_records(country).set_index("release_date").index.to_series()
    return days.diff().dt.days


@quantity("days")
def us_record_spacing_range_days() -> tuple[float, float]:
    """Median time since the record before, in the last two half-years, least first (days)."""
    gaps = eci_record_spacing("United States")
    halves = gaps["2025-07-01":"2025-12-31"], gaps["2026-01-01" : article.ARTICLE_DATE]
    low, high = sorted(float(half.median()) for half in halves)
    return low, high


def _swe_bench_lead(model: str, rival: str) -> float:
    """Score of a model less a rival's on SWE-bench Verified, by Anthropic (share)."""
    rows = load("benchmark_scores").query(
        "benchmark == 'SWE-bench Verified' and evaluator == 'Anthropic'"
    )
    scores = rows.set_index("model_name")["score_share"]
    return float(scores[model] - scores[rival])


@quantity("share")
def mythos_lead() -> float:
    """Claude Mythos Preview over Opus 4.6 on SWE-bench Verified (share). Anthropic."""
    return _swe_bench_lead("Claude Mythos Preview", "Claude Opus 4.6")


@quantity("share")
def opus_lead() -> float:
    """Claude Opus 4.6 over Gemini 3.1 Pro on SWE-bench Verified (share). Anthropic."""
    return _swe_bench_lead("Claude Opus 4.6", "Gemini 3.1 Pro")


@quantity("days")
def openai_release_gap_range_days() -> tuple[float, float]:
    """Time between OpenAI's releases from GPT-5.1 to the article, least and greatest (days)."""
    rows = eci_scores().query("release_date <= @article.ARTICLE_DATE")
    version = rows["model_name"].str.extract(r"^(GPT-5\.\d)", expand=False)
    gaps = rows.groupby(version)["release_date"].min().sort_values().diff().dt.days
    return float(gaps.min()), float(gaps.max())


@quantity("points of the index")
def r1_gain_points() -> float:
    """DeepSeek-R1 over DeepSeek-V3, from which later training made it (points of the index)."""
    points = eci_scores().set_index("model_name")["eci"]
    return float(points["DeepSeek-R1"] - points["DeepSeek-V3"])
