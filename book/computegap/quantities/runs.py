"""Training runs and models: how large, whose, when."""

import numpy as np
import pandas as pd

from computegap import dates, quantiles
from computegap.quantities import article, quantity, stocks
from computegap.tables import load

# A run from this size on counts as large.
LARGE_RUN_FLOP = 1e25


@quantity()
def from_scratch() -> pd.DataFrame:
    """Models with an estimate of training compute, without those trained on from another firm's.

    Of such a model part of the compute is the base's, so it is no run of its own.
    Source: Epoch AI, Data on AI Models; tables training_compute and model_continuations.
    """
    rows = load("training_compute")
    return rows[~rows["model_name"].isin(load("model_continuations")["model_name"])]


@quantity()
def record_run(country: str, until: pd.Timestamp = article.ARTICLE_DATE) -> pd.Series:
    """The model of a country with the most training compute published by a day (a table row)."""
    rows = from_scratch().query("country == @country and publication_date <= @until")
    return rows.loc[rows["training_compute_flop"].idxmax()]


@quantity("US over China")
def record_run_ratio() -> float:
    """Training compute of the largest known US run over the largest known Chinese one."""
    us, china = record_run("United States"), record_run("China")
    return float(us["training_compute_flop"] / china["training_compute_flop"])


@quantity()
def record_runs(
    country: str, since: str, until: pd.Timestamp = article.ARTICLE_DATE
) -> pd.DataFrame:
    """Runs of a country, published since a day, with more training compute than any before them.

    Of runs published on one day the largest alone can be a record. Of the years before 2018 the
    table has the records alone. Source: Epoch AI, Data on AI Models.
    """
    rows = from_scratch().query("country == @country and publication_date <= @until")
    rows = rows.sort_values(
        ["publication_date", "training_compute_flop"], ascending=[True, False], kind="stable"
    )
    before = rows["training_compute_flop"].cummax().shift(fill_value=0)
    return rows[(rows["training_compute_flop"] > before) & (rows["publication_date"] >= since)]


@quantity("factor a year")
def run_growth(country: str = "United States", since: str = "2020-01-01") -> stocks.Interval:
    """Growth of record training runs (factor a year): fit, and the ends of its 90 % interval.

    Least squares of the logarithm on the date, interval by Student's t. Records follow each other
    and are no independent sample, so the interval is a lower bound of the uncertainty.
    """
    runs = record_runs(country, since)
    years = (runs["publication_date"] - pd.Timestamp(since)).dt.days / 365.25
    (slope, _), spread = np.polyfit(years, np.log(runs["training_compute_flop"]), 1, cov=True)
    half = quantiles.student(len(runs) - 2, 0.95) * np.sqrt(spread[0, 0])
    fit, low, high = (float(np.exp(slope + sign * half)) for sign in (0, -1, 1))
    return fit, low, high


@quantity("months")
def run_clock(day: pd.Timestamp = article.ARTICLE_DATE, factor: float = 1) -> float:
    """Months since a US run first had the compute of China's largest known run on a day.

    `factor` multiplies the Chinese run: what if the estimate is wrong, or a larger run is unknown.
    NaN if no US run in the table had as much. Source: Epoch AI, Data on AI Models.
    """
    level = record_run("China", day)["training_compute_flop"] * factor
    runs = from_scratch().query("country == 'United States'")
    passed = runs.loc[runs["training_compute_flop"] >= level, "publication_date"].min()
    return dates.months_between(passed, day)


def _published(table: str) -> pd.DataFrame:
    """The rows of a table of models that were published by the article's date."""
    return load(table).query("publication_date <= @article.ARTICLE_DATE")


@quantity()
def large_runs() -> pd.DataFrame:
    """Published models of 1e25 FLOP of training compute or more, each trained from scratch."""
    rows = from_scratch().query("publication_date <= @article.ARTICLE_DATE")
    return rows.query("training_compute_flop >= @LARGE_RUN_FLOP")


@quantity("parameters")
def largest_us_model() -> float:
    """Parameters of the largest US model out by the article's date (number). Epoch AI."""
    models = _published("training_compute").query("country == 'United States'")
    return float(models["parameters"].max())


@quantity("developers")
def chinese_trillion_developers() -> float:
    """Chinese developers with a model of a trillion parameters by then (number). Epoch AI."""
    models = _published("training_compute").query("country == 'China' and parameters >= 1e12")
    return float(models["organization"].nunique())


@quantity("US over China")
def large_runs_us_over_china() -> float:
    """Known US runs of 1e25 FLOP or more over Chinese ones, by number (multiple). Epoch AI."""
    by_country = large_runs()["country"].value_counts()
    return float(by_country["United States"] / by_country["China"])


@quantity("models")
def models_on_chinese_chips() -> float:
    """Models trained on Chinese chips, alone or beside others (number). Table model_hardware."""
    return float(len(_published("model_hardware").query("chip_origin != 'foreign'")))


@quantity("multiple")
def compute_of_size_step() -> float:
    """Compute for the step from V4 Pro to the largest announced run (multiple).

    The square of the step in size, as when data grow with size.
    """
    return largest_announced_over_v4_pro() ** 2


@quantity("organisations")
def large_run_organisations() -> float:
    """Organisations with a known run of 1e25 FLOP or more by the article's date (number)."""
    return float(large_runs()["organization"].nunique())


@quantity("USD billion")
def v3_run_cost() -> float:
    """DeepSeek's own figure for the final run of V3 (USD billion). Table training_costs."""
    costs = load("training_costs").set_index("model_name")["cost_usd_billion"]
    return float(costs["DeepSeek-V3"])


@quantity("multiple")
def largest_announced_over_v4_pro() -> float:
    """Parameters of the largest run announced for Colossus 2 over DeepSeek V4 Pro's (multiple).

    Tables announced_runs and training_compute.
    """
    announced = load("announced_runs")["parameters_trillion"].max()
    models = load("training_compute").set_index("model_name")
    return float(announced * 1e12 / models.at["DeepSeek-V4-Pro", "parameters"])


@quantity("share")
def largest_chinese_chip_run() -> float:
    """The largest run with Chinese chips over China's record run, in compute (share).

    Tables model_hardware and training_compute.
    """
    rows = _published("model_hardware").query("chip_origin != 'foreign'")
    largest = rows["training_compute_flop"].max()
    return float(largest / record_run("China")["training_compute_flop"])
