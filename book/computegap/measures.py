"""Named quantities computed from the tables: one short function each, pure but for `load`.

Ratios are US over China and dimensionless; compute is in H100 equivalents (H100e).
"""

import numpy as np
import pandas as pd
from scipy.special import ndtri, stdtrit

from computegap import model, named
from computegap.tables import cell, load

# The owners whom Epoch AI names and who are US companies; "Other" is spread over many countries.
US_OWNERS = ("Amazon", "CoreWeave", "Google", "Meta", "Microsoft", "Oracle", "xAI")
FOUR_FIRMS = ("Alphabet", "Amazon", "Meta", "Microsoft")
ARTICLE_DATE = pd.Timestamp("2026-06-22")


def claimed(claim_id: str, end: str = "value") -> float:
    """The value that the article states in a claim, in the claim's unit; `end` may be value_high.

    Raises `KeyError` for an unknown claim.
    """
    return float(load("claims").set_index("claim_id").at[claim_id, end])


# Capital expenditure


def capex_guidance(year: int, point: str) -> pd.Series:
    """Guided capital expenditure by firm (USD billion); `point` is low, middle or high.

    A firm that guides a single figure has it at all three. Definitions are the firms' own; some
    include finance leases. Source: the firms' releases, table capex.
    """
    rows = load("capex").query("year == @year and kind.str.startswith('guidance')")
    ends = rows.groupby("company")["capex_usd_billion"].agg(["min", "max"])
    return {"low": ends["min"], "middle": ends.mean(axis=1), "high": ends["max"]}[point]


def capex_cash(year: int) -> pd.Series:
    """Cash purchases of property and equipment by firm in a calendar year (USD billion).

    Sums of four quarters, so that Microsoft's year is the calendar's; a year with a quarter
    missing is missing. Source: SEC filings, table capex_quarterly.
    """
    quarters = load("capex_quarterly").query("quarter_end_date.dt.year == @year")
    by_firm = quarters.groupby("company")["capex_usd_billion"]
    return by_firm.sum().where(by_firm.count() == 4)


def capex_with_known_leases(year: int) -> pd.Series:
    """That spending by firm with the finance leases for which there is a source (USD billion).

    A lower bound on spending with leases: Meta's year counts the principal that it paid on them;
    Microsoft's counts what it took on them in the quarters of table capex_with_leases; its other
    quarters, Amazon's and Alphabet's years are cash only. Tables capex, capex_with_leases.
    """
    by_firm, cash = capex_cash(year), load("capex_quarterly")
    rows = load("capex").query("year == @year and definition == 'cash and lease principal'")
    by_firm.update(rows.set_index("company")["capex_usd_billion"])
    quarters = load("capex_with_leases").query("quarter_end_date.dt.year == @year")
    both = quarters.merge(cash, on=["company", "quarter_end_date"], suffixes=("", "_cash"))
    leased = both["capex_usd_billion"] - both["capex_usd_billion_cash"]
    return by_firm.add(leased.groupby(both["company"]).sum(), fill_value=0)


def capex_press_base() -> float:
    """The four firms' total for 2025 that press reports compared with (USD billion).

    It is above the cash purchases, so it probably includes leases; its definition is not
    printed. Source: News.Az on the Financial Times, table capex.
    """
    rows = load("capex").query("definition == 'as reported in the press' and year == 2025")
    return float(rows["capex_usd_billion"].iloc[0])


def capex_forecast(year: int, companies: tuple[str, ...]) -> float:
    """Forecast capital expenditure of the companies together (USD billion). Table capex."""
    rows = load("capex").query("year == @year and kind == 'forecast'").set_index("company")
    return float(rows["capex_usd_billion"].loc[list(companies)].sum())


def private_investment(year: int) -> float:
    """US gross private domestic investment, mean of the year's quarters at annual rates.

    USD billion a year. Source: BEA via FRED, latest vintage in table private_investment.
    """
    rows = load("private_investment").sort_values("vintage_date")
    latest = rows.drop_duplicates("quarter_start_date", keep="last")
    return float(latest.query("quarter_start_date.dt.year == @year")["gpdi_usd_billion"].mean())


def private_investment_known() -> float:
    """The last quarter of that investment as known on the article's date (USD billion a year)."""
    known = load("private_investment").query("vintage_date <= @ARTICLE_DATE")
    return float(known.sort_values("quarter_start_date")["gpdi_usd_billion"].iloc[-1])


# Stocks of AI compute


def stocks() -> pd.DataFrame:
    """Stock of AI compute by owner and quarter: h100e, h100e_p5, h100e_p95 (million H100e).

    Ranges of an owner's designers are added end to end, as if they moved together: a wide range.
    Where the publisher gives no range for a designer, its median stands for both ends.
    Source: Epoch AI, AI Chip Owners.
    """
    rows = load("chip_owners").astype({"h100e": float, "h100e_p5": float, "h100e_p95": float})
    for end in ("h100e_p5", "h100e_p95"):
        rows[end] = rows[end].fillna(rows["h100e"])
    grouped = rows.groupby(["quarter_end_date", "owner"])[["h100e", "h100e_p5", "h100e_p95"]]
    return grouped.sum() / 1e6


def latest_quarter() -> pd.Timestamp:
    """Last day of the last quarter that the table of owners covers in full."""
    return load("chip_owners")["quarter_end_date"].max()


def stock(*owners: str, end: str = "h100e") -> pd.Series:
    """Stock of some owners together by quarter (million H100e); `end` picks median, p5 or p95."""
    by_owner = stocks()[end].unstack("owner").fillna(0)
    return by_owner[list(owners)].sum(axis=1)


def us_stock() -> pd.Series:
    """Stock of the seven named US owners by quarter (million H100e)."""
    return stock(*US_OWNERS)


def china_stock(smuggled: bool) -> pd.Series:
    """Stock of Chinese owners by quarter (million H100e), with smuggled chips or without."""
    return stock("China", "China (smuggled)") if smuggled else stock("China")


def world_stock() -> pd.Series:
    """Stock of all owners by quarter (million H100e)."""
    return stocks()["h100e"].groupby("quarter_end_date").sum()


def us_china_compute_ratio(smuggled: bool) -> float:
    """US-owned over Chinese-owned AI compute at the last complete quarter.

    US: the seven named US owners. China: its entry of legal chips, plus smuggled ones if asked.
    """
    return float((us_stock() / china_stock(smuggled)).iloc[-1])


def official_compute_ratio() -> float:
    """US over Chinese AI compute, without smuggled chips."""
    return us_china_compute_ratio(smuggled=False)


def smuggled_compute_ratio() -> float:
    """US over Chinese AI compute, smuggled chips counted as Chinese."""
    return us_china_compute_ratio(smuggled=True)


def smuggled_compute_ratio_range() -> tuple[float, float]:
    """That ratio at the 95th and the 5th percentile of smuggled chips, all else at the median."""
    us, official = us_stock().iloc[-1], china_stock(smuggled=False).iloc[-1]
    ends = [stock("China (smuggled)", end=end).iloc[-1] for end in ("h100e_p95", "h100e_p5")]
    return tuple(float(us / (official + smuggled)) for smuggled in ends)


def china_new_compute_share(smuggled: bool) -> pd.Series:
    """China's share of the AI compute added in each quarter, world-wide (0 to 1).

    The difference of stocks between quarters; the first quarter of the table has none.
    """
    return (china_stock(smuggled).diff() / world_stock().diff()).dropna()


# Other yardsticks of the gap


def clusters_by_country(standard: bool = False, duplicates: bool = True) -> pd.Series:
    """Compute of existing GPU clusters by country (H100e).

    `standard` keeps the clusters of the publisher's own analyses, `duplicates` the possible ones.
    """
    rows = load("clusters")
    if standard:
        rows = rows[rows["is_in_standard_analysis"]]
    if not duplicates:
        rows = rows[~rows["is_possible_duplicate"]]
    return rows.groupby("country")["h100e"].sum()


def cluster_ratio() -> float:
    """US over Chinese compute in existing GPU clusters, all that the publisher lists."""
    by_country = clusters_by_country()
    return float(by_country["United States"] / by_country["China"])


def cluster_ratio_standard() -> float:
    """The same over the clusters that the publisher counts in its own analyses."""
    by_country = clusters_by_country(standard=True)
    return float(by_country["United States"] / by_country["China"])


def data_center_ratio(directory: str = "AI Index 2026") -> float:
    """US over Chinese data centres in a public directory: a count, without size."""
    counts = load("data_centers").query("directory == @directory").set_index("country")
    return float(counts.at["United States", "data_centers"] / counts.at["China", "data_centers"])


def record_run(country: str, until: pd.Timestamp = ARTICLE_DATE) -> pd.Series:
    """The model of a country with the most training compute published by a day (a table row)."""
    rows = load("training_compute").query("country == @country and publication_date <= @until")
    return rows.loc[rows["training_compute_flop"].idxmax()]


def record_run_ratio() -> float:
    """Training compute of the largest known US run over the largest known Chinese one."""
    us, china = record_run("United States"), record_run("China")
    return float(us["training_compute_flop"] / china["training_compute_flop"])


def article_chip_ratio() -> float:
    """High-end chips, US over China, as the article has it (claim C033)."""
    return 1 / claimed("C033")


def article_data_center_ratio() -> float:
    """Data centres, US over China: the article's 'over', taken at its bound (claim C035)."""
    return claimed("C035")


def article_eflops_ratio() -> float:
    """Total computing power, US over China, from the article's pair (claims C036, C037)."""
    return claimed("C036") / claimed("C037")


def yardsticks() -> pd.DataFrame:
    """The table yardsticks with the `ratio` that each one's measure computes, smallest first.

    Raises `TableError` for a row that names no measure of this module.
    """
    rows = load("yardsticks")
    rows["ratio"] = [_named("yardsticks", row, name)() for row, name in rows["measure"].items()]
    return rows.sort_values("ratio", ignore_index=True)


# Generations: capability and lag

DAYS_PER_MONTH = 365.25 / 12
ECI_VINTAGE = "2026-08-11"
# Draws for intervals of lags: a fixed seed, so that the book says the same on every build.
LAG_DRAWS, LAG_SEED = 20_000, 20260622
# The 5th and the 95th percentile of a normal distribution lie this many deviations off its mean.
_Z90 = 1.6449


def eci_scores(vintage: str = ECI_VINTAGE) -> pd.DataFrame:
    """Capability scores of US and Chinese models in one vintage, oldest release first.

    Source: Epoch AI, Epoch Capabilities Index, table capability_scores.
    """
    rows = load("capability_scores").query("country != 'Other'")
    rows = rows[rows["vintage_date"] == pd.Timestamp(vintage)]
    return rows.sort_values(["release_date", "eci"], ascending=[True, False], ignore_index=True)


def eci_records(country: str, vintage: str = ECI_VINTAGE) -> pd.DataFrame:
    """The models of a country that scored higher than all of its models before them."""
    rows = eci_scores(vintage).query("country == @country")
    return rows[rows["eci"] > rows["eci"].cummax().shift(fill_value=0)].reset_index(drop=True)


def first_match(
    score: float, vintage: str = ECI_VINTAGE, country: str = "United States"
) -> pd.Series:
    """The first model of a country that scored at least so much (a table row).

    Raises `IndexError` when there is none.
    """
    return eci_records(country, vintage).query("eci >= @score").iloc[0]


def months_between(start: pd.Timestamp, end: pd.Timestamp) -> float:
    """Time from one day to another (months of 30.44 days)."""
    return (end - start).days / DAYS_PER_MONTH


def eci_lag_months(on: pd.Timestamp = ARTICLE_DATE, vintage: str = ECI_VINTAGE) -> float:
    """Age, on a day, of the first US model as good as China's best of that day (months)."""
    best = eci_records("China", vintage).query("release_date <= @on")["eci"].max()
    return months_between(first_match(best, vintage)["release_date"], on)


def eci_lag_daily(vintage: str = ECI_VINTAGE, until: pd.Timestamp = ARTICLE_DATE) -> pd.Series:
    """That age on each day since China's first scored model (months)."""
    records = eci_records("China", vintage).set_index("release_date")["eci"]
    matched = pd.Series(
        {day: first_match(eci, vintage)["release_date"] for day, eci in records.items()}
    )
    days = pd.date_range(records.index[0], until)
    ages = days.to_series() - matched.reindex(days, method="ffill")
    return (ages.dt.days / DAYS_PER_MONTH).rename("lag_months")


def eci_lag_draws(
    on: pd.Timestamp = ARTICLE_DATE, model: str | None = None, anchor_sd: float = 0
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
    age = ((on - rows["release_date"][us]).dt.days / DAYS_PER_MONTH).to_numpy()
    return np.where(drawn[:, us] >= best, age, 0).max(axis=1)


def eci_lag_at_release(since: str = "2024-01-01", vintage: str = ECI_VINTAGE) -> pd.Series:
    """Age of the first US match on the day of each Chinese record since a day (months)."""
    records = eci_records("China", vintage).query("@since <= release_date <= @ARTICLE_DATE")
    lags = [eci_lag_months(day, vintage) for day in records["release_date"]]
    return pd.Series(lags, index=records["model_name"], name="lag_months")


def eci_match_times(since: str = "2024-01-01", vintage: str = ECI_VINTAGE) -> pd.Series:
    """Time until a Chinese model matched each US record since a day (months).

    Missing for a record that none had matched by the article's date.
    """
    records = eci_records("United States", vintage).query("@since <= release_date <= @ARTICLE_DATE")
    chinese = eci_records("China", vintage).query("release_date <= @ARTICLE_DATE")
    waits = []
    for record in records.itertuples():
        matched = chinese.loc[chinese["eci"] >= record.eci, "release_date"]
        waits.append(
            months_between(record.release_date, matched.iloc[0]) if len(matched) else float("nan")
        )
    return pd.Series(waits, index=records["model_name"], name="months")


def eci_trend_lag(since: str = "2024-01-01") -> float:
    """Distance between straight lines through both countries' records since a day (months).

    The gap between the lines on the article's date over the slope of the US line.
    """
    fits = {}
    for country in ("United States", "China"):
        rows = eci_records(country).query("@since <= release_date <= @ARTICLE_DATE")
        months = (rows["release_date"] - ARTICLE_DATE).dt.days / DAYS_PER_MONTH
        fits[country] = np.polyfit(months, rows["eci"], 1)
    (us_slope, us_level), (_, chinese_level) = fits["United States"], fits["China"]
    return float((us_level - chinese_level) / us_slope)


def arena_gap() -> pd.Series:
    """Best US over best Chinese rating, less one, by day of publication (share of the Chinese).

    Each gap is taken within one day's leaderboard. Source: Arena, table arena_best.
    """
    ratings = load("arena_best").pivot(index="publication_date", columns="country", values="rating")
    return ratings["United States"] / ratings["China"] - 1


# Domestic chips and the two legs

CHINA_SOURCES = ("Nvidia, legal", "smuggled", "Huawei", "Cambricon", "AMD, legal")


def china_stock_by_source(end: str = "h100e") -> pd.DataFrame:
    """China's stock of AI compute by source and quarter (million H100e), a column a source.

    `end` picks the median, h100e_p5 or h100e_p95; a source without a range has its median at all
    three. Nvidia's legal and smuggled chips are two sources. Source: Epoch AI, AI Chip Owners.
    """
    rows = load("chip_owners").query("owner in ('China', 'China (smuggled)')")
    names = {"Nvidia": "Nvidia, legal", "AMD": "AMD, legal"}
    source = rows["designer"].replace(names).mask(rows["owner"] == "China (smuggled)", "smuggled")
    values = rows[end].fillna(rows["h100e"]).astype(float) / 1e6
    table = values.groupby([rows["quarter_end_date"], source]).sum().unstack().fillna(0)
    return table[list(CHINA_SOURCES)]


def china_added_by_source(quarters: int = 4) -> pd.Series:
    """AI compute that each source added to China's stock in the last quarters (million H100e)."""
    stock = china_stock_by_source()
    return stock.iloc[-1] - stock.iloc[-1 - quarters]


def designer_share(designer: str) -> pd.Series:
    """A designer's share of the world's stock of AI compute by quarter (0 to 1), in H100e.

    Smuggled chips count for their designer. Source: Epoch AI, AI Chip Owners.
    """
    rows = load("chip_owners").astype({"h100e": float})
    stock = rows.pivot_table(
        index="quarter_end_date", columns="designer", values="h100e", aggfunc="sum"
    )
    return (stock[designer] / stock.sum(axis=1)).rename("share")


# What a gap is worth in time

Interval = tuple[float, float, float]


def us_stock_interval() -> Interval:
    """US stock at the last complete quarter: median, 5th and 95th percentile (million H100e)."""
    return _stock_interval(*US_OWNERS)


def china_stock_interval() -> Interval:
    """The same for Chinese owners' legal chips."""
    return _stock_interval("China")


def smuggled_stock_interval() -> Interval:
    """The same for chips smuggled into China."""
    return _stock_interval("China (smuggled)")


def _stock_interval(*owners: str) -> Interval:
    ends = ("h100e", "h100e_p5", "h100e_p95")
    return tuple(float(stock(*owners, end=end).iloc[-1]) for end in ends)


def record_runs(country: str, since: str, until: pd.Timestamp = ARTICLE_DATE) -> pd.DataFrame:
    """Runs of a country, published since a day, with more training compute than any before them.

    Of the years before 2018 the table has the records alone. Source: Epoch AI, Data on AI Models.
    """
    rows = load("training_compute").query("country == @country and publication_date <= @until")
    rows = rows.sort_values("publication_date", kind="stable")
    before = rows["training_compute_flop"].cummax().shift(fill_value=0)
    return rows[(rows["training_compute_flop"] > before) & (rows["publication_date"] >= since)]


def run_growth(country: str = "United States", since: str = "2020-01-01") -> Interval:
    """Growth of record training runs (factor a year): fit, and the ends of its 90 % interval.

    Least squares of the logarithm on the date, interval by Student's t. Records follow each other
    and are no independent sample, so the interval is a lower bound of the uncertainty.
    """
    runs = record_runs(country, since)
    years = (runs["publication_date"] - pd.Timestamp(since)).dt.days / 365.25
    (slope, _), spread = np.polyfit(years, np.log(runs["training_compute_flop"]), 1, cov=True)
    half = stdtrit(len(runs) - 2, 0.95) * np.sqrt(spread[0, 0])
    return tuple(float(np.exp(slope + sign * half)) for sign in (0, -1, 1))


def stock_growth(country: str, smuggled: bool = True) -> float:
    """Growth of a country's stock over the last four quarters (factor)."""
    held = us_stock() if country == "United States" else china_stock(smuggled)
    return float(held.iloc[-1] / held.iloc[-5])


def hardware_clock(smuggled: bool, us_end: str = "h100e") -> pd.DataFrame:
    """Months since the seven US owners together held what China holds, by quarter.

    `months` at the medians; `months_low` and `months_high` with the Chinese stock at its 95th and
    5th percentile. The US stock, its median or another `us_end` in every quarter, is interpolated
    between quarters on a log scale; quarters in which it began above the Chinese one are left out.
    """
    us = stock(*US_OWNERS, end=us_end)
    owners = ("China", "China (smuggled)") if smuggled else ("China",)
    ends = {"months": "h100e", "months_low": "h100e_p95", "months_high": "h100e_p5"}
    clock = pd.DataFrame(
        {
            name: [_months_behind(us, level, quarter) for quarter, level in held.items()]
            for name, end in ends.items()
            for held in [stock(*owners, end=end)]
        },
        index=us.index,
    )
    return clock.dropna()


def _months_behind(leader: pd.Series, level: float, day: pd.Timestamp) -> float:
    days = (leader.index - leader.index[0]).days
    now = (day - leader.index[0]).days
    return float(model.months_behind(days, leader.to_numpy(), level, now))


def capability_lag_interval(on: pd.Timestamp = ARTICLE_DATE) -> Interval:
    """The measured lag of one day: value, 5 % and 95 % point of its draws (months)."""
    low, high = np.quantile(eci_lag_draws(on), [0.05, 0.95])
    return eci_lag_months(on), float(low), float(high)


def capability_lag_year_interval() -> Interval:
    """The measured lag of the year to the article's date: mean, 5 % and 95 % point of its days.

    The middle of this year is near the date of the stocks. In months.
    """
    days = eci_lag_daily().iloc[-365:]
    return float(days.mean()), *(float(end) for end in days.quantile([0.05, 0.95]))


def clocks_over_quarters() -> pd.DataFrame:
    """The clock of chips (with smuggled ones) and the measured lag at the ends of quarters."""
    clock = hardware_clock(smuggled=True)["months"].rename("hardware")
    return clock.to_frame().join(eci_lag_daily().rename("capability"), how="inner")


def run_clock(day: pd.Timestamp = ARTICLE_DATE, factor: float = 1) -> float:
    """Months since a US run first had the compute of China's largest known run on a day.

    `factor` multiplies the Chinese run: what if the estimate is wrong, or a larger run is unknown.
    NaN if no US run in the table had as much. Source: Epoch AI, Data on AI Models.
    """
    level = record_run("China", day)["training_compute_flop"] * factor
    runs = load("training_compute").query("country == 'United States'")
    passed = runs.loc[runs["training_compute_flop"] >= level, "publication_date"].min()
    return months_between(passed, day)


def us_added_share() -> float:
    """The part of the US stock that was added in the last four quarters (0 to 1)."""
    return float(1 - us_stock().iloc[-5] / us_stock().iloc[-1])


def smuggled_added_share() -> float:
    """The part of the smuggled stock that was added in the last four quarters (0 to 1)."""
    smuggled = stock("China (smuggled)")
    return float(1 - smuggled.iloc[-5] / smuggled.iloc[-1])


def us_additions_growth() -> Interval:
    """Growth of US additions, quarter against the same quarter a year before (factor).

    Geometric mean of the last four quarters, and 90 % of a lognormal with their spread.
    """
    added = us_stock().diff()
    growth = np.log(added / added.shift(4)).iloc[-4:]
    half = ndtri(0.95) * growth.std()
    return tuple(float(np.exp(growth.mean() + sign * half)) for sign in (0, -1, 1))


def domestic_additions() -> pd.DataFrame:
    """Chips of Chinese designers added by Chinese owners in a year: million H100e and units."""
    rows = load("chip_owners").query("owner == 'China' and designer in ('Huawei', 'Cambricon')")
    held = rows.groupby("quarter_end_date")[["h100e", "units"]].sum().astype(float) / 1e6
    year_ends = held[held.index.month == 12]
    # The data have no Chinese chips before 2024, so what was held at its end was added in it.
    return year_ends.diff().fillna(year_ends).set_index(year_ends.index.year)


def domestic_added() -> Interval:
    """Chinese chips added in the last year of the data (million H100e).

    Median, and the 5th and the 95th percentile of its quarters added end to end. The publisher
    calls the ranges of Huawei's quarters relatively unprincipled, and gives none for its stock.
    Source: Epoch AI, AI Chip Owners, table china_compute_flows.
    """
    year = latest_quarter().year
    rows = load("china_compute_flows").query("designer in ('Huawei', 'Cambricon')")
    added = rows[rows["quarter_end_date"].dt.year == year][["h100e", "h100e_p5", "h100e_p95"]]
    return tuple(float(end) / 1e6 for end in added.sum(skipna=False))


def domestic_growth() -> Interval:
    """Growth of those additions (factor a year): last year over the year before.

    The publisher gives no range of the growth. Low end: the growth in chips alone, without better
    chips; high end: as far above on a log scale.
    """
    growth = domestic_additions().iloc[-1] / domestic_additions().iloc[-2]
    value, low = float(growth["h100e"]), float(growth["units"])
    return value, low, value**2 / low


def imports_share_now() -> float:
    """Foreign chips China bought legally over US additions, last four quarters (0 to 1)."""
    return _imports_share("2025-01-01", "2025-12-31")


def imports_share_before_controls() -> float:
    """The same from the first quarter known until September 2023, before the rules of October."""
    return _imports_share("2022-01-01", "2023-09-30")


def _imports_share(start: str, end: str) -> float:
    rows = load("chip_owners").query("owner == 'China' and designer in ('Nvidia', 'AMD')")
    held = rows.groupby("quarter_end_date")["h100e"].sum() / 1e6
    bought = held.diff().loc[start:end].sum()
    return float(bought / us_stock().diff().loc[start:end].sum())


def assumptions() -> pd.DataFrame:
    """The table assumptions, with the values that its measures compute put in.

    Columns value, low, high as the table has them, or from the function of this module that the
    row names. A value in a row goes before its measure.
    """
    return resolved(load("assumptions"))


def resolved(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of the table assumptions with value, low and high filled in where a measure is named.

    Raises `TableError` for a row that names no measure of this module.
    """
    rows = rows.copy()
    for row in rows.index[rows["value"].isna()]:
        found = _named("assumptions", row, rows.at[row, "measure"])()
        value, low, high = found if isinstance(found, tuple) else (found, np.nan, np.nan)
        rows.loc[row, ["value", "low", "high"]] = [value, low, high]
    return rows


def _named(table: str, row: int, name: str):
    """The function of this module that a cell names."""
    return named.measure(__name__, name, cell(table, row, "measure"))
