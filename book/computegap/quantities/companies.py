"""Companies: results, market values, loans."""

import pandas as pd

from computegap.quantities import article, quantity
from computegap.tables import load


@quantity("multiple")
def nvidia_value_over_german_gdp() -> float:
    """Nvidia's highest cited market value up to the article over Germany's output of 2025.

    A stock over a yearly flow, both in US dollars. Table market_values.
    """
    values = load("market_values").groupby("entity_name")["value_billion"].max()
    return float(values["Nvidia"] / values["Germany"])


@quantity("USD billion")
def nvidia_china_revenue() -> float:
    """Nvidia's revenue from China with Hong Kong in the last quarter known (USD billion).

    Table nvidia_revenue.
    """
    rows = load("nvidia_revenue").query("scope == 'China with Hong Kong'")
    return float(rows.sort_values("period_end_month")["revenue_usd_billion"].iloc[-1])


def _results(company: str, period_end: str) -> pd.Series:
    """A company's results for the period that ends on a day (a row of company_results)."""
    rows = load("company_results").set_index(["company", "period_end_date"])
    return rows.query("kind == 'actual'").loc[(company, pd.Timestamp(period_end))]


def _hynix() -> pd.Series:
    """Results of SK hynix for the first quarter of 2026 (KRW billion)."""
    return _results("SK hynix", "2026-03-31")


def _hynix_multiple(column: str) -> float:
    """A figure of that quarter over that of the year before."""
    return float(_hynix()[column] / _results("SK hynix", "2025-03-31")[column])


@quantity("multiple")
def hynix_revenue_multiple() -> float:
    """Revenue of SK hynix in the first quarter of 2026 over that of the year before (multiple)."""
    return _hynix_multiple("revenue_billion")


@quantity("share")
def cambricon_change() -> float:
    """Change of Cambricon's market value from the first to the last one known of 2026 (share).

    Table market_values.
    """
    rows = load("market_values").query("entity_name == 'Cambricon'").sort_values("as_of_date")
    return float(rows["value_billion"].iloc[-1] / rows["value_billion"].iloc[0] - 1)


@quantity("share")
def innolight_over_moutai() -> float:
    """Innolight's highest known market value over Moutai's last one known (share)."""
    rows = load("market_values").sort_values("as_of_date").groupby("entity_name")["value_billion"]
    return float(rows.max()["Zhongji Innolight"] / rows.last()["Kweichow Moutai"])


def _last_loans(lender: str) -> pd.Series:
    """A lender's last known balance (a row of loan_books)."""
    return load("loan_books").query("lender == @lender").sort_values("as_of_date").iloc[-1]


@quantity("USD billion")
def monee_loans() -> float:
    """Monee's last known loan balance (USD billion). Table loan_books."""
    return float(_last_loans("Monee")["loans_usd_billion"])


@quantity("USD billion")
def mercado_pago_loans() -> float:
    """Mercado Pago's last known loan balance (USD billion). Table loan_books."""
    return float(_last_loans("Mercado Pago")["loans_usd_billion"])


@quantity("share")
def monee_loan_growth() -> float:
    """Growth of that balance of Monee over a year (share)."""
    return float(_last_loans("Monee")["growth_share"])


@quantity("share")
def mercado_pago_loan_growth() -> float:
    """Growth of that balance of Mercado Pago over a year (share)."""
    return float(_last_loans("Mercado Pago")["growth_share"])


@quantity("share")
def loan_growth() -> tuple[float, float]:
    """Both of these growth rates, the lower one first (share)."""
    low, high = sorted([monee_loan_growth(), mercado_pago_loan_growth()])
    return low, high


@quantity("USD billion")
def mercado_libre_revenue() -> float:
    """Revenue of all Mercado Libre in the last quarter known (USD billion). company_results."""
    return float(_results("Mercado Libre", "2025-12-31")["revenue_billion"])


@quantity("USD billion")
def intel_revenue_2025() -> float:
    """Intel's revenue of 2025 (USD billion). Table company_results."""
    return float(_results("Intel", "2025-12-31")["revenue_billion"])


@quantity("USD billion")
def intel_revenue_trailing() -> float:
    """Intel's revenue in the four quarters to March 2026 (USD billion)."""
    before, now = (
        _results("Intel", day)["revenue_billion"] for day in ("2025-03-31", "2026-03-31")
    )
    return intel_revenue_2025() - float(before) + float(now)


@quantity("years")
def samsung_reign_years() -> tuple[float, float]:
    """How long Samsung led the Korean market by value, up to the article's date (years).

    From the month in which it took the first place for good, and from the month in which it first
    held it; a month counts from its first day. Source: press, table related_events.
    """
    dates = load("related_events").set_index("event_id")["event_date"]
    starts = [pd.Timestamp(dates[event]) for event in ("samsung-first-again", "samsung-first")]
    return tuple((article.ARTICLE_DATE - start).days / 365.25 for start in starts)


def _korean_market_caps() -> pd.Series:
    """Market values on the article's date, by company and shares counted (KRW trillion)."""
    caps = load("korea_market_caps").set_index(["company", "share_class"])
    return caps["market_cap_krw_trillion"]


@quantity("share")
def hynix_lead_common() -> float:
    """SK Hynix over Samsung on the article's date, common shares, less one (share)."""
    caps = _korean_market_caps()
    return float(caps["SK Hynix", "common"] / caps["Samsung Electronics", "common"] - 1)


@quantity("share")
def samsung_lead_with_preferred() -> float:
    """Samsung with its preferred shares over SK Hynix on that date, less one (share)."""
    caps = _korean_market_caps()
    samsung = caps["Samsung Electronics", "common and preferred"]
    return float(samsung / caps["SK Hynix", "common"] - 1)


@quantity("KRW billion")
def hynix_net_profit() -> float:
    """Net profit of SK hynix in the first quarter of 2026 (KRW billion). company_results."""
    return float(_hynix()["net_profit_billion"])


@quantity("KRW billion")
def hynix_operating_profit() -> float:
    """Operating profit of SK hynix in that quarter (KRW billion)."""
    return float(_hynix()["operating_profit_billion"])


@quantity("multiple")
def hynix_profit_multiple() -> float:
    """Net profit of SK hynix in that quarter over that of the year before (multiple)."""
    return _hynix_multiple("net_profit_billion")


@quantity("KRW billion")
def hynix_profit_per_day() -> float:
    """Net profit of SK hynix in that quarter over its days (KRW billion per day)."""
    quarter = _hynix()
    days = (quarter.name[1] - quarter["period_start_date"]).days + 1
    return float(quarter["net_profit_billion"]) / days


@quantity("share")
def hynix_operating_margin() -> float:
    """Operating profit of SK hynix over its revenue in that quarter (share)."""
    quarter = _hynix()
    return float(quarter["operating_profit_billion"] / quarter["revenue_billion"])


@quantity("multiple")
def hbm_profit_over_revenue() -> float:
    """HBM's part of operating profit over its part of revenue, both of DRAM (multiple).

    More than one where HBM has the higher margin. SK hynix in early 2025, by Counterpoint.
    """
    shares = load("hbm_economics").set_index("measure_id")["value_share"]
    return float(shares["hbm-of-dram-profit"] / shares["hbm-of-dram-revenue"])
