"""Capital expenditure of the large US firms, and the investment it is held against."""

import pandas as pd

from computegap.quantities import article, quantity
from computegap.tables import load

FOUR_FIRMS = ("Alphabet", "Amazon", "Meta", "Microsoft")


@quantity("USD billion")
def capex_guidance(year: int, point: str) -> pd.Series:
    """Guided capital expenditure by firm (USD billion); `point` is low, middle or high.

    A firm that guides a single figure has it at all three. Definitions are the firms' own; some
    include finance leases. Source: the firms' releases, table capex.
    """
    rows = load("capex").query("year == @year and kind.str.startswith('guidance')")
    ends = rows.groupby("company")["capex_usd_billion"].agg(["min", "max"])
    return {"low": ends["min"], "middle": ends.mean(axis=1), "high": ends["max"]}[point]


@quantity("USD billion")
def capex_cash(year: int) -> pd.Series:
    """Cash purchases of property and equipment by firm in a calendar year (USD billion).

    Sums of four quarters, so that Microsoft's year is the calendar's; a year with a quarter
    missing is missing. Source: SEC filings, table capex_quarterly.
    """
    quarters = load("capex_quarterly").query("quarter_end_date.dt.year == @year")
    by_firm = quarters.groupby("company")["capex_usd_billion"]
    return by_firm.sum().where(by_firm.count() == 4)


@quantity("USD billion")
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


@quantity("USD billion")
def capex_press_base() -> float:
    """The four firms' total for 2025 that press reports compared with (USD billion).

    It is above the cash purchases, so it probably includes leases; its definition is not
    printed. Source: News.Az on the Financial Times, table capex.
    """
    rows = load("capex").query("definition == 'as reported in the press' and year == 2025")
    return float(rows["capex_usd_billion"].iloc[0])


@quantity("USD billion")
def capex_forecast(year: int, companies: tuple[str, ...]) -> float:
    """Forecast capital expenditure of the companies together (USD billion). Table capex."""
    rows = load("capex").query("year == @year and kind == 'forecast'").set_index("company")
    return float(rows["capex_usd_billion"].loc[list(companies)].sum())


@quantity("USD billion a year")
def private_investment(year: int) -> float:
    """US gross private domestic investment, mean of the year's quarters at annual rates.

    USD billion a year. Source: BEA via FRED, latest vintage in table private_investment.
    """
    rows = load("private_investment").sort_values("vintage_date")
    latest = rows.drop_duplicates("quarter_start_date", keep="last")
    return float(latest.query("quarter_start_date.dt.year == @year")["gpdi_usd_billion"].mean())


@quantity("USD billion a year")
def private_investment_known() -> float:
    """The last quarter of that investment as known on the article's date (USD billion a year)."""
    known = load("private_investment").query("vintage_date <= @article.ARTICLE_DATE")
    return float(known.sort_values("quarter_start_date")["gpdi_usd_billion"].iloc[-1])


def _high_end_2026() -> float:
    """The high ends of the four firms' guidance for 2026 together (USD billion)."""
    return float(capex_guidance(2026, "high").sum())


@quantity("USD billion")
def meta_capex_guidance_2026_range() -> tuple[float, float]:
    """Low and high end of Meta's guidance for 2026 (USD billion). Table capex."""
    low, high = (float(capex_guidance(2026, end)["Meta"]) for end in ("low", "high"))
    return low, high


@quantity("USD billion")
def capex_guidance_2026_range() -> tuple[float, float]:
    """Sums of the low and of the high ends of the four firms' guidance for 2026 (USD billion)."""
    return float(capex_guidance(2026, "low").sum()), _high_end_2026()


@quantity("share")
def capex_growth_cash() -> float:
    """Growth from cash spent in 2025 to the high end for 2026 (share)."""
    return float(_high_end_2026() / capex_cash(2025).sum() - 1)


@quantity("share")
def capex_share_of_gpdi_2025() -> float:
    """The high end for 2026 over US private domestic investment of 2025 (share)."""
    return _high_end_2026() / private_investment(2025)


@quantity("share")
def capex_share_of_gpdi_2026q1() -> float:
    """The same over the last quarter of that investment known on the article's date (share)."""
    return _high_end_2026() / private_investment_known()


@quantity("USD billion")
def capex_forecast_five_2027() -> float:
    """Forecast for 2027 of five firms, Oracle among them (USD billion). Table capex."""
    five = ("Alphabet, Amazon, Meta, Microsoft and Oracle",)
    return capex_forecast(2027, five)


@quantity("USD billion")
def capex_forecast_four_2027() -> float:
    """The same forecast for the four firms alone (USD billion)."""
    return capex_forecast(2027, FOUR_FIRMS)


@quantity()
def capex_ratio_by_quarter() -> pd.DataFrame:
    """Four US firms over Alibaba and Tencent, in quarters for which all six have a source.

    By quarter_end_date: us and china (USD billion), ratio, and ratio_with_bytedance, a quarter of
    whose reported plan for the year counts too. The US side is cash; the Chinese firms report as
    they define it. Yuan are converted at the mean of the quarter's days, or at the rate that a
    report of the quarter prints. Tables capex_quarterly, capex_2026, capex_china, exchange_rates.
    """
    rows = load("capex_china").query("basis == 'company' and period.str.contains('Q')")
    rows = rows[rows["definition"] == "as the company defines it"]
    firms = rows.pivot(index="period_end_date", columns="company", values="capex_cny_billion")
    yuan = firms[["Alibaba", "Tencent"]].astype(float).dropna().sum(axis=1)
    us, rate = capex_cash_by_quarter(), pd.Series({day: _cny_per_usd(day) for day in yuan.index})
    plans = load("capex_china").set_index("figure_id")["capex_cny_billion"].astype(float) / 4
    plan = [
        plans["bytedance-2025" if day.year == 2025 else "bytedance-2026-raised"]
        for day in rate.index
    ]
    found = pd.DataFrame({"us": us, "china": yuan / rate}).dropna().rename_axis("quarter_end_date")
    with_plan = found["china"] + pd.Series(plan, rate.index) / rate
    return found.assign(
        ratio=found["us"] / found["china"], ratio_with_bytedance=found["us"] / with_plan
    )


@quantity("USD billion")
def capex_cash_by_quarter() -> pd.Series:
    """Cash of the four US firms together by quarter (USD billion), where all four are known.

    Source: SEC filings, tables capex_quarterly, capex_2026.
    """
    newer = load("capex_2026").query("period_kind == 'quarter'")
    newer = newer.rename(columns={"period_end_date": "quarter_end_date"})
    rows = pd.concat([load("capex_quarterly"), newer])
    cash = rows.pivot(index="quarter_end_date", columns="company", values="capex_usd_billion")
    return cash[list(FOUR_FIRMS)].astype(float).dropna().sum(axis=1)


def _cny_per_usd(day: pd.Timestamp) -> float:
    """Yuan per dollar in the quarter that ends on a day."""
    rates = load("exchange_rates").query("pair == 'CNY per USD'").set_index("rate_date")["rate"]
    of_quarter = rates[rates.index.to_period("Q") == day.to_period("Q")]
    if len(of_quarter):
        return float(of_quarter.mean())
    printed = load("capex_china").query("period_end_date == @day")["cny_per_usd_printed"]
    return float(printed.dropna().iloc[0])
