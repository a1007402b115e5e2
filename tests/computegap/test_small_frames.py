"""The quantities behind the front page on small tables, whose figures can be checked by eye."""

import math

import numpy as np
import pandas as pd
import pytest
from computegap import dates, model, quantities
from computegap.quantities import article, chips, frontier, runs, spending, stocks

MONTH = 365.25 / 12
ROOMS = (article, chips, frontier, runs, spending, stocks)


def days(*texts: str) -> pd.DatetimeIndex:
    return pd.to_datetime(list(texts))


def months(start: str, end: str) -> float:
    return (pd.Timestamp(end) - pd.Timestamp(start)).days / MONTH


@pytest.fixture
def tables(monkeypatch) -> dict[str, pd.DataFrame]:
    """Small tables in place of the book's; a test puts in those that it needs."""
    # Corrections and continuations are few; a test that has none needs none.
    small = {
        "release_dates": pd.DataFrame(
            {"model_name": ["none of these"], "release_date": days("2026-01-01")}
        ),
        "model_continuations": pd.DataFrame({"model_name": ["none of these"]}),
        "model_pauses": pd.DataFrame(
            {
                "model_name": ["none of these"],
                "from_date": days("2026-01-01"),
                "to_date": days("2026-01-02"),
            }
        ),
    }
    for room in ROOMS:
        monkeypatch.setattr(room, "load", lambda name: small[name].copy())
    return small


# Names and units


def test_each_quantity_of_the_front_page_is_known_with_its_unit():
    units = {
        "claimed": "",
        "article_chip_ratio": "US over China",
        "cuda_developers_million": "million developers",
        "eci_scores": "",
        "eci_records": "",
        "first_match": "",
        "eci_lag_months": "months",
        "eci_lag_daily": "months",
        "eci_lag_draws": "months",
        "eci_lag_range_months": "months",
        "capability_lag_interval": "months",
        "capability_lag_stocks_interval": "months",
        "claim_outcomes": "claims",
        "record_run": "",
        "record_run_ratio": "US over China",
        "run_clock": "months",
        "capex_guidance": "USD billion",
        "capex_cash": "USD billion",
        "capex_growth_cash": "share",
        "by_owner": "million H100 equivalents",
        "latest_quarter": "",
        "stock": "million H100 equivalents",
        "us_stock": "million H100 equivalents",
        "china_stock": "million H100 equivalents",
        "world_stock": "million H100 equivalents",
        "us_china_compute_ratio": "US over China",
        "official_compute_ratio": "US over China",
        "smuggled_compute_ratio": "US over China",
        "smuggled_compute_ratio_range": "US over China",
        "china_new_compute_share": "share",
        "hardware_clock": "months",
        "google_stock": "million H100 equivalents",
    }
    assert {name: quantities.known()[name].unit for name in units} == units


# Time


def test_a_month_is_a_twelfth_of_a_year_with_its_leap_days():
    day = pd.Timestamp("2025-01-01")
    assert dates.months_between(day, day + pd.Timedelta(days=1461)) == pytest.approx(48)
    assert dates.months_between(day, day) == 0
    assert dates.months_between(day + pd.Timedelta(days=487), day) == pytest.approx(-16)


# The article


def test_a_claimed_value_is_that_of_its_row_at_either_end(tables):
    rows = [("C032", 7.0, np.nan), ("C033", 0.1, np.nan), ("C006", 6.0, 8.0)]
    tables["claims"] = pd.DataFrame(rows, columns=["claim_id", "value", "value_high"])
    assert (article.claimed("C006"), article.claimed("C006", "value_high")) == (6, 8)
    assert type(article.claimed("C006")) is float
    # China over the US in the article, US over China in the book.
    assert article.article_chip_ratio() == 10
    with pytest.raises(KeyError):
        article.claimed("C999")


def test_developers_are_those_of_the_last_report(tables):
    rows = [("2025-01", 5.9), ("2026-01", 6.5), ("2020-01", 1.6)]
    tables["cuda_developers"] = pd.DataFrame(rows, columns=["as_of_date", "developers_million"])
    assert chips.cuda_developers_million() == 6.5


# Stocks


QUARTERS = days("2024-12-31", "2025-03-31", "2025-06-30")


def held(owner: str, designer: str, medians: list, p5=None, p95=None) -> pd.DataFrame:
    """Rows of the table of owners, in millions; None for a quarter without a row."""
    made = pd.DataFrame({"owner": owner, "designer": designer, "quarter_end_date": QUARTERS})
    for name, values in {"h100e": medians, "h100e_p5": p5, "h100e_p95": p95}.items():
        numbers = pd.Series(values or [None] * 3, dtype=float) * 1e6
        made[name] = numbers.round().astype("Int64")
    return made.dropna(subset="h100e")


@pytest.fixture
def owners(tables) -> pd.DataFrame:
    """US owners with 1, 2 and 8 million, China with 0.5, 1 and 2, smuggled half as much."""
    small = [held(name, "Nvidia", [0, 0, 0]) for name in ("Amazon", "CoreWeave", "Meta")]
    small += [held(name, "Nvidia", [0, 0, 0]) for name in ("Microsoft", "Oracle")]
    small += [
        held("xAI", "Nvidia", [None, None, 1]),
        held("Google", "Google", [0.5, 1, 3], [0.25, 0.5, 1], [1, 2, 6]),
        held("Google", "Nvidia", [0.5, 1, 4]),
        held("China", "Nvidia", [0.25, 0.5, 1]),
        held("China", "Huawei", [0.25, 0.5, 1]),
        held("China (smuggled)", "Nvidia", [0.25, 0.5, 1], [0.125, 0.25, 0.5], [0.5, 1, 2]),
        held("Other", "Nvidia", [3, 3, 5]),
    ]
    tables["chip_owners"] = pd.concat(small, ignore_index=True).sample(frac=1, random_state=1)
    return tables["chip_owners"]


def test_an_owners_stock_is_that_of_all_its_designers_in_millions(owners):
    google = stocks.by_owner().xs("Google", level="owner")
    assert list(google.columns) == ["h100e", "h100e_p5", "h100e_p95"]
    assert google["h100e"].to_list() == [1, 2, 7]
    # Where a designer has no range, its median stands for both ends.
    assert google["h100e_p5"].to_list() == [0.75, 1.5, 5]
    assert google["h100e_p95"].to_list() == [1.5, 3, 10]
    assert stocks.google_stock() == 7
    assert stocks.by_owner().index.names == ["quarter_end_date", "owner"]


def test_stocks_are_those_of_the_owners_together(owners):
    assert stocks.latest_quarter() == QUARTERS[-1]
    assert (
        *("Amazon", "CoreWeave", "Google", "Meta", "Microsoft", "Oracle", "xAI"),
    ) == stocks.US_OWNERS
    # xAI has no row in the first two quarters, and so held nothing.
    assert stocks.us_stock().to_list() == [1, 2, 8]
    assert stocks.us_stock().index.equals(QUARTERS)
    assert stocks.stock("Google", "xAI", end="h100e_p95").to_list() == [1.5, 3, 11]
    assert stocks.stock("China (smuggled)", end="h100e_p5").to_list() == [0.125, 0.25, 0.5]
    assert stocks.china_stock(smuggled=False).to_list() == [0.5, 1, 2]
    assert stocks.china_stock(smuggled=True).to_list() == [0.75, 1.5, 3]
    assert stocks.world_stock().to_list() == [4.75, 6.5, 16]


@pytest.mark.parametrize("missing", ["Amazon", "CoreWeave", "Google", "Meta", "Oracle"])
def test_every_us_owner_has_to_be_in_the_table(tables, owners, missing):
    tables["chip_owners"] = owners[owners["owner"] != missing]
    with pytest.raises(KeyError, match=missing):
        stocks.us_stock()


def test_ratios_are_those_of_the_last_quarter(owners):
    assert stocks.official_compute_ratio() == stocks.us_china_compute_ratio(smuggled=False) == 4
    assert stocks.smuggled_compute_ratio() == pytest.approx(8 / 3)
    # More smuggled chips make a smaller ratio, so the 95th percentile comes first.
    assert stocks.smuggled_compute_ratio_range() == (2, 3.2)


def test_the_share_of_new_compute_is_that_of_what_a_quarter_added(owners):
    official, everything = (stocks.china_new_compute_share(smuggled) for smuggled in (False, True))
    assert official.to_list() == pytest.approx([0.5 / 1.75, 1 / 9.5])
    assert everything.to_list() == pytest.approx([0.75 / 1.75, 1.5 / 9.5])
    assert official.index.equals(QUARTERS[1:])


def passed(level: float, *leader: float) -> float:
    """When the leader, growing evenly between quarters on a log scale, stood at a level (days)."""
    ends = [0, 90, 181]
    step = 0 if level <= leader[1] else 1
    part = math.log(level / leader[step]) / math.log(leader[step + 1] / leader[step])
    return ends[step] + part * (ends[step + 1] - ends[step])


def test_the_clock_is_the_time_since_the_us_held_what_china_holds(owners):
    clock = stocks.hardware_clock(smuggled=True)
    # In the first quarter China held less than the US had at the start of the table.
    assert clock.index.equals(QUARTERS[1:])
    assert list(clock.columns) == ["months", "months_low", "months_high"]
    held_in_china = {"months": (1.5, 3), "months_low": (2, 4), "months_high": (1.25, 2.5)}
    for name, levels in held_in_china.items():
        then = [passed(level, 1, 2, 8) for level in levels]
        assert clock[name].to_list() == pytest.approx((np.array([90, 181]) - then) / MONTH), name
    # A leader that held less of late is behind by less.
    low = stocks.hardware_clock(smuggled=True, us_end="h100e_p5")
    expected = (181 - passed(3, 0.75, 1.5, 6)) / MONTH
    assert low["months"].iloc[-1] == pytest.approx(expected)
    legal = stocks.hardware_clock(smuggled=False)["months"]
    assert legal.to_list() == pytest.approx([90 / MONTH, 91 / MONTH])


def test_months_behind_are_read_off_a_log_scale_between_days():
    leader = [1, 10, 1000]
    at = model.months_behind([0, 100, 300], leader, [1, 10**0.5, 10, 100, 1000], 400)
    assert at == pytest.approx(np.array([400, 350, 300, 200, 100]) / MONTH)
    assert np.isnan(model.months_behind([0, 100, 300], leader, [0.9, 1001], 400)).all()
    assert model.months_behind([0, 100], [1, 10], 10, 100) == 0
    # One leader a follower, and a leader that stands still for a while.
    two = model.months_behind([0, 100, 200], [[1, 10, 10], [1, 1, 100]], [10, 10], 200)
    assert two == pytest.approx(np.array([0, 50]) / MONTH)
    assert model.months_behind([0, 100, 200], [1, 1, 100], 1, 200) == pytest.approx(100 / MONTH)


# Models

SCORES = """
u1,2026-08-11,United States,2024-01-01,100
u0,2026-08-11,United States,2024-01-01,90
u3,2026-08-11,United States,2025-01-01,105
u2,2026-08-11,United States,2024-07-01,110
u4,2026-08-11,United States,2025-06-01,120
c1,2026-08-11,China,2024-06-01,100
c2,2026-08-11,China,2025-03-01,108
c3,2026-08-11,China,2025-09-01,107
c4,2026-08-11,China,2026-07-01,118
o1,2026-08-11,Other,2024-02-01,150
u1,2025-01-01,United States,2024-01-01,99
c1,2025-01-01,China,2024-06-01,98
"""


def scores(text: str = SCORES, **ends) -> pd.DataFrame:
    columns = ["model_name", "vintage_date", "country", "release_date", "eci"]
    rows = [line.split(",") for line in text.strip().splitlines()]
    made = pd.DataFrame(rows, columns=columns).astype({"eci": float})
    for column in ("vintage_date", "release_date"):
        made[column] = pd.to_datetime(made[column])
    return made.assign(**{"eci_p5": np.nan, "eci_p95": np.nan, **ends})


@pytest.fixture
def index_scores(tables):
    tables["capability_scores"] = scores()


def test_scores_are_those_of_both_countries_in_one_vintage_oldest_first(index_scores):
    assert frontier.eci_vintages() == ["2025-01-01", "2026-08-11"]
    assert frontier.eci_vintage() == pd.Timestamp("2026-08-11")
    found = frontier.eci_scores()
    names = ["u1", "u0", "c1", "u2", "u3", "c2", "u4", "c3", "c4"]
    assert found["model_name"].to_list() == names
    assert found.index.to_list() == list(range(9))
    assert frontier.eci_scores("2025-01-01")["model_name"].to_list() == ["u1", "c1"]


def test_a_record_scores_higher_than_all_before_it_in_its_country(index_scores):
    us, china = (frontier.eci_records(name) for name in ("United States", "China"))
    assert us["model_name"].to_list() == ["u1", "u2", "u4"]
    assert china["model_name"].to_list() == ["c1", "c2", "c4"]
    assert us.index.to_list() == [0, 1, 2]
    assert list(us.columns) == list(frontier.eci_scores().columns)
    assert len(frontier.eci_records("China", "2025-01-01")) == 1


def test_the_first_model_is_a_record_and_one_that_scores_as_high_as_a_record_is_none(tables):
    tables["capability_scores"] = scores(
        "low,2026-08-11,China,2024-01-01,0.5\n"
        "high,2026-08-11,China,2024-02-01,100\n"
        "same,2026-08-11,China,2024-03-01,100\n"
    )
    assert frontier.eci_records("China")["model_name"].to_list() == ["low", "high"]


def test_the_first_match_is_the_first_record_at_least_as_good(index_scores):
    assert frontier.first_match(100)["model_name"] == "u1"
    assert frontier.first_match(100.1)["model_name"] == "u2"
    assert frontier.first_match(107, country="China")["model_name"] == "c2"
    assert frontier.first_match(99, "2025-01-01")["model_name"] == "u1"
    with pytest.raises(IndexError):
        frontier.first_match(99.5, "2025-01-01")


def test_the_lag_of_a_day_is_the_age_of_the_first_us_model_as_good(index_scores):
    assert frontier.eci_lag_months(pd.Timestamp("2024-12-31")) == months("2024-01-01", "2024-12-31")
    # On the day of its release a model counts; one released after the article does not.
    assert frontier.eci_lag_months(pd.Timestamp("2025-03-01")) == months("2024-07-01", "2025-03-01")
    assert frontier.eci_lag_months() == months("2024-07-01", "2026-06-22")
    assert pd.Timestamp("2026-06-22") == article.ARTICLE_DATE


def test_the_daily_lag_runs_from_the_first_chinese_model_to_the_articles_date(index_scores):
    daily = frontier.eci_lag_daily()
    assert daily.index.equals(pd.date_range("2024-06-01", "2026-06-22"))
    assert daily.name == "lag_months"
    for day, matched in {
        "2024-06-01": "2024-01-01",
        "2025-02-28": "2024-01-01",
        "2025-03-01": "2024-07-01",
        "2026-06-22": "2024-07-01",
    }.items():
        assert daily[day] == pytest.approx(months(matched, day)), day
    short = frontier.eci_lag_daily("2025-01-01", pd.Timestamp("2024-06-03"))
    assert short.to_list() == pytest.approx([(152 + n) / MONTH for n in range(3)])


def test_a_lag_without_intervals_has_no_spread(index_scores):
    lag = frontier.eci_lag_months()
    assert set(frontier.eci_lag_draws()) == {lag}
    assert frontier.eci_lag_range_months() == (lag, lag)
    assert len(frontier.eci_lag_draws()) == 20_000


# The Chinese model's score has 2 points of deviation below it and 4 above; the US ones have none.
LADDER = """
first,2026-08-11,United States,2024-01-01,98
second,2026-08-11,United States,2024-07-01,100
third,2026-08-11,United States,2025-01-01,102
rival,2026-08-11,China,2025-03-01,100
"""
DAY = pd.Timestamp("2025-06-30")


def test_each_draw_has_the_lag_of_a_score_from_its_own_interval(tables):
    made = scores(LADDER)
    made.loc[3, ["eci_p5", "eci_p95"]] = [100 - 2 * 1.6449, 100 + 4 * 1.6449]
    tables["capability_scores"] = made
    assert (frontier.LAG_SEED, frontier.LAG_DRAWS) == (20260622, 20_000)
    rng = np.random.default_rng(20260622)
    rng.standard_normal((20_000, 3))
    z = rng.standard_normal((20_000, 1))[:, 0]
    # As good are all from the first on, from the second, the third only, or none.
    ages = [months(day, "2025-06-30") for day in ("2024-01-01", "2024-07-01", "2025-01-01")]
    lags = np.select([z <= -1, z <= 0, z <= 0.5], ages, 0)
    assert frontier.eci_lag_draws(DAY) == pytest.approx(lags)
    ends = np.quantile(lags, [0.05, 0.95])
    assert frontier.eci_lag_range_months(DAY) == pytest.approx(tuple(ends))
    assert frontier.eci_lag_range_months(DAY, "rival") == pytest.approx(tuple(ends))
    # Of the day before its release nothing is known of it.
    with pytest.raises(ValueError):
        frontier.eci_lag_draws(pd.Timestamp("2025-02-28"))


def test_the_best_chinese_draw_is_the_one_that_counts(tables):
    weaker = "weaker,2026-08-11,China,2025-04-01,97\n"
    tables["capability_scores"] = scores(LADDER + weaker)
    assert set(frontier.eci_lag_draws(DAY)) == {months("2024-07-01", "2025-06-30")}
    assert set(frontier.eci_lag_draws(DAY, "weaker")) == {months("2024-01-01", "2025-06-30")}


# Training runs

RUNS = """
us-small,United States,2023-03-01,1e25
us-large,United States,2025-02-01,5e26
us-next,United States,2026-07-01,9e26
us-same,United States,2024-05-01,4e24
cn-small,China,2024-05-01,3e24
cn-large,China,2025-08-01,1e25
cn-next,China,2026-07-01,5e25
other,Other,2024-01-01,9e26
"""


@pytest.fixture
def training(tables):
    rows = [line.split(",") for line in RUNS.strip().splitlines()]
    columns = ["model_name", "country", "publication_date", "training_compute_flop"]
    made = pd.DataFrame(rows, columns=columns).astype({"training_compute_flop": float})
    made["publication_date"] = pd.to_datetime(made["publication_date"])
    tables["training_compute"] = made
    return made


def test_the_record_run_is_the_largest_published_by_a_day(training):
    assert runs.record_run("United States")["model_name"] == "us-large"
    assert runs.record_run("China")["model_name"] == "cn-large"
    assert runs.record_run("China", pd.Timestamp("2025-08-01"))["model_name"] == "cn-large"
    assert runs.record_run("China", pd.Timestamp("2025-07-31"))["model_name"] == "cn-small"
    assert runs.record_run_ratio() == pytest.approx(50)


def test_of_record_runs_of_one_day_the_larger_counts(tables, training):
    # In the order of the table, which is that of names, the smaller one comes first.
    day = pd.Timestamp("2025-08-01")
    twin = {"model_name": "cn-a", "country": "China", "publication_date": day}
    made = pd.concat([pd.DataFrame([twin | {"training_compute_flop": 5e24}]), training])
    tables["training_compute"] = made
    records = runs.record_runs("China", "2024-01-01")
    assert list(records["model_name"]) == ["cn-small", "cn-large"]


def test_the_clock_of_runs_counts_from_the_first_us_run_as_large(training):
    assert runs.run_clock() == months("2023-03-01", "2026-06-22")
    early = pd.Timestamp("2025-07-31")
    assert runs.run_clock(early) == months("2023-03-01", "2025-07-31")
    assert runs.run_clock(early, factor=4) == months("2025-02-01", "2025-07-31")
    assert runs.run_clock(early, factor=4 / 3) == months("2023-03-01", "2025-07-31")
    assert np.isnan(runs.run_clock(factor=1000))


# Spending


def test_guidance_has_the_least_the_greatest_and_the_middle_figure_of_a_firm(tables):
    rows = [
        ("Meta", 2026, "guidance low", 125),
        ("Meta", 2026, "guidance high", 145),
        ("Amazon", 2026, "guidance", 200),
        ("Amazon", 2026, "actual", 90),
        ("Meta", 2025, "guidance", 70),
    ]
    columns = ["company", "year", "kind", "capex_usd_billion"]
    tables["capex"] = pd.DataFrame(rows, columns=columns).astype({"kind": "str"})
    for point, meta in {"low": 125, "middle": 135, "high": 145}.items():
        assert spending.capex_guidance(2026, point).to_dict() == {"Amazon": 200, "Meta": meta}
    with pytest.raises(KeyError):
        spending.capex_guidance(2026, "median")


def test_growth_is_from_the_cash_of_2025_to_the_high_ends_of_2026(tables):
    rows = [(f, 2026, "guidance", c) for f, c in (("Meta", 120), ("Meta", 130), ("Amazon", 200))]
    columns = ["company", "year", "kind", "capex_usd_billion"]
    tables["capex"] = pd.DataFrame(rows, columns=columns).astype({"kind": "str"})
    ends = days("2025-03-31", "2025-06-30", "2025-09-30", "2025-12-31")
    tables["capex_quarterly"] = pd.DataFrame(
        {"company": ["Meta"] * 4, "quarter_end_date": ends, "capex_usd_billion": [55.0] * 4}
    )
    assert spending.capex_growth_cash() == pytest.approx(330 / 220 - 1)


def test_cash_of_a_year_is_that_of_its_four_quarters(tables):
    ends = ["2024-12-31", "2025-03-31", "2025-06-30", "2025-09-30", "2025-12-31", "2026-03-31"]
    rows = [("Meta", end, 10.0 * n) for n, end in enumerate(ends)]
    rows += [("Amazon", end, 1.0) for end in ends[2:]]
    columns = ["company", "quarter_end_date", "capex_usd_billion"]
    made = pd.DataFrame(rows, columns=columns)
    made["quarter_end_date"] = pd.to_datetime(made["quarter_end_date"])
    tables["capex_quarterly"] = made
    cash = spending.capex_cash(2025)
    assert cash["Meta"] == 10 + 20 + 30 + 40
    assert np.isnan(cash["Amazon"])
