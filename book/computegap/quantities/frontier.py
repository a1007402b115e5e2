"""The best models of both countries: scores, records, and how far one follows the other."""

import numpy as np
import pandas as pd

from computegap import dates, lag, recall
from computegap.quantities import article, quantity, stocks
from computegap.tables import load

# Draws for intervals of a staircase: a fixed seed, so that the book says the same on every build.
LAG_DRAWS, LAG_SEED = 20_000, 20260622
TREND_STARTS = ("2024-01-01", "2024-09-01", "2025-01-01")


# Scores and records


@quantity()
def eci_vintages() -> list[str]:
    """The days of all downloads of the scores, oldest first (ISO). Table capability_scores."""
    return sorted(load("capability_scores")["vintage_date"].dt.strftime("%Y-%m-%d").unique())


@quantity()
def eci_vintage() -> pd.Timestamp:
    """The day of the newest download of the scores, which every reading of a frontier takes."""
    return pd.Timestamp(eci_vintages()[-1])


@quantity()
def eci_scores(vintage: str | None = None) -> pd.DataFrame:
    """Capability scores of US and Chinese models in one vintage, oldest release first.

    The newest vintage if none is named; others are for comparing vintages alone.
    `release_date` is the day on which somebody outside could first use the model, one in all
    vintages: table release_dates where it has the model, else the publisher's date of the vintage.
    `publisher_date` is the latter in every row, to compare with and for nothing else.
    Source: Epoch AI, Epoch Capabilities Index, tables capability_scores and release_dates.
    """
    rows = load("capability_scores").query("country != 'Other'")
    day = rows["vintage_date"].max() if vintage is None else pd.Timestamp(vintage)
    rows = rows[rows["vintage_date"] == day]
    rows = rows.rename(columns={"release_date": "publisher_date"})
    settled = load("release_dates").set_index("model_name")["release_date"]
    dates_used = rows["model_name"].map(settled).fillna(rows["publisher_date"])
    rows = rows.assign(release_date=dates_used)
    return rows.sort_values(["release_date", "eci"], ascending=[True, False], ignore_index=True)


@quantity()
def eci_records(country: str, vintage: str | None = None) -> pd.DataFrame:
    """The models of a country that scored higher than all of its models before them."""
    rows = eci_scores(vintage).query("country == @country")
    return rows[rows["eci"] > rows["eci"].cummax().shift(fill_value=0)].reset_index(drop=True)


@quantity()
def first_match(
    score: float, vintage: str | None = None, country: str = "United States"
) -> pd.Series:
    """The first model of a country that scored at least so much (a table row).

    Raises `IndexError` when there is none.
    """
    return eci_records(country, vintage).query("eci >= @score").iloc[0]


def _usable(country: str, on: pd.Timestamp) -> lag.Models:
    """The models of a country that somebody could use on a day: released, and not switched off."""
    return lag.models(eci_scores(), country, on, load("model_pauses"))


@quantity()
def eci_best(country: str, on: pd.Timestamp = article.ARTICLE_DATE) -> pd.Series:
    """The best model of a country that somebody could use on a day (a row of the scores)."""
    usable = _usable(country, on)
    best = usable.name[usable.score.argmax()]
    return eci_scores().set_index("model_name", drop=False).loc[best]


# The lag: two estimators together


_found: dict[tuple, lag.Lag] = {}


def _lag_on(on: pd.Timestamp) -> lag.Lag:
    """The lag of a day by all vintages, worked out once for the same tables."""
    vintages = {day: eci_scores(day) for day in eci_vintages()}
    pauses = load("model_pauses")
    tables = "".join(str(recall.digest_of(frame)) for frame in (*vintages.values(), pauses))
    key = (on, tables)
    if key not in _found:
        newest = list(vintages.values())[-1]
        _found[key] = lag.headline(newest, on, pauses=pauses, vintages=vintages)
    return _found[key]


@quantity("months")
def capability_lag_interval(on: pd.Timestamp = article.ARTICLE_DATE) -> stocks.Interval:
    """The lag of the models on a day: median, 5 % and 95 % point of its draws (months).

    The mean of two estimators: the distance of the smoothed frontiers, and the time until US
    records were matched. The draws carry the errors of the scores, the models that happened to
    come out, and the differences between vintages.
    """
    low, middle, high = _lag_on(on).table.loc["headline", ["low", "middle", "high"]].astype(float)
    return middle, low, high


@quantity("months")
def capability_lag_stocks_interval() -> stocks.Interval:
    """The lag of the models on the day to which the stocks of chips are counted (months)."""
    return capability_lag_interval(stocks.latest_quarter())


@quantity("months")
def capability_lag_point(
    on: pd.Timestamp = article.ARTICLE_DATE, since: str = lag.SINCE, vintage: str | None = None
) -> float:
    """The same by published scores alone, of one vintage, with records since a day (months)."""
    scores, pauses = eci_scores(vintage), load("model_pauses")
    us, china = (lag.models(scores, name, on, pauses) for name in (lag.LEADER, lag.FOLLOWER))
    found = lag.estimates(us, china, lag.since_months(on, since), lag.HEADLINE)
    return float(np.mean(list(found.values())))


@quantity("months")
def capability_lag_estimates(on: pd.Timestamp = article.ARTICLE_DATE) -> pd.DataFrame:
    """The lag of a day, the headline first, and each of the two that it is the mean of (months).

    Columns low, middle and high (5th, 50th and 95th percentile of draws), point, between_vintages.
    """
    return _lag_on(on).table


# The staircase: a picture of one day after another


@quantity("months")
def eci_lag_months(on: pd.Timestamp = article.ARTICLE_DATE, vintage: str | None = None) -> float:
    """Age, on a day, of the first US model as good as China's best of that day (months).

    Raises `ValueError` where no US model is as good.
    """
    scores, pauses = eci_scores(vintage), load("model_pauses")
    return float(lag.staircase_daily(scores, on, on, pauses).iloc[0])


@quantity("months")
def eci_lag_daily(
    vintage: str | None = None, until: pd.Timestamp = article.ARTICLE_DATE
) -> pd.Series:
    """That age on each day since China's first scored model (months)."""
    scores = eci_scores(vintage)
    first = scores.loc[scores["country"] == "China", "release_date"].min()
    return lag.staircase_daily(scores, until, first, load("model_pauses"))


@quantity("months")
def eci_lag_by_year() -> pd.DataFrame:
    """Mean, least and greatest of that age in each year since 2024, to the day of the scores.

    Of a step function: its range is no interval of its mean. Columns mean, min, max (months), size
    (days); index year.
    """
    return lag.staircase_by_year(eci_lag_daily(until=eci_vintage())[lag.SINCE :])


@quantity("months")
def eci_lag_draws(on: pd.Timestamp = article.ARTICLE_DATE, model: str | None = None) -> np.ndarray:
    """Draws of that age on a day, each model's score drawn from its own interval (months).

    A score has a normal distribution on each side of its estimate, with the 5th and the 95th
    percentile at the publisher's ends, and independent of all others. The two models that fix
    the scale have no interval, and are taken as exact.
    With `model`, the age for that model instead of China's best.
    A draw in which no US model is as good counts as no lag.
    """
    us, china = (_usable(country, on) for country in (lag.LEADER, lag.FOLLOWER))
    rng = np.random.default_rng(LAG_SEED)
    ours, theirs = (lag.drawn_scores(group, LAG_DRAWS, rng) for group in (us, china))
    return lag.staircase(us, ours, theirs if model is None else theirs[:, china.name == model])


@quantity("months")
def eci_lag_range_months(
    on: pd.Timestamp = article.ARTICLE_DATE, model: str | None = None
) -> tuple[float, float]:
    """Range of that age on a day: the 5th and the 95th percentile of its draws (months)."""
    low, high = np.quantile(eci_lag_draws(on, model), [0.05, 0.95])
    return float(low), float(high)


@quantity("months")
def eci_model_lag_interval(model: str) -> stocks.Interval:
    """Age of the first US model as good as a Chinese one on the day of its release (months).

    By published scores, with the 5 % and the 95 % point of its draws. Raises `KeyError` for a
    model without a score.
    """
    row = eci_scores().set_index("model_name").loc[model]
    matched = first_match(row["eci"])["release_date"]
    age = dates.months_between(matched, row["release_date"])
    return age, *eci_lag_range_months(row["release_date"], model)


@quantity("months")
def eci_lag_at_release(since: str = "2024-01-01", vintage: str | None = None) -> pd.Series:
    """Age of the first US match on the day of each Chinese record since a day (months)."""
    records = eci_records("China", vintage).query("@since <= release_date <= @article.ARTICLE_DATE")
    lags = [eci_lag_months(day, vintage) for day in records["release_date"]]
    return pd.Series(lags, index=records["model_name"], name="lag_months")


@quantity("months")
def eci_match_times(since: str = "2024-01-01", vintage: str | None = None) -> pd.Series:
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
def eci_lag_trend_months() -> tuple[float, float]:
    """Trend distances with records since three different days, least and greatest (months)."""
    distances = [eci_trend_lag(since) for since in TREND_STARTS]
    return min(distances), max(distances)


@quantity("points of the index")
def eci_gap_points() -> float:
    """Best US score less best Chinese one on the article's date (points of the index).

    Of models that somebody could use on that day.
    """
    us, china = (eci_best(country)["eci"] for country in (lag.LEADER, lag.FOLLOWER))
    return float(us - china)


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
    return eci_model_lag_interval("DeepSeek-V4-Pro")[0]


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
    """Points from China's best to Claude Fable 5 over the slope of China's records (months).

    Fable 5 counts by its score here, whether or not it was switched on; slopes since three days.
    """
    target = eci_scores().set_index("model_name").at["Claude Fable 5", "eci"]
    points = float(target - eci_best(lag.FOLLOWER)["eci"])
    slopes = [12 / eci_record_pace("China", since) for since in TREND_STARTS]
    return points * min(slopes), points * max(slopes)


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
