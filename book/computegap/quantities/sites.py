"""Clusters, data centres, national totals of computing power, and the power of sites."""

import pandas as pd

from computegap.quantities import article, quantity, stocks
from computegap.tables import load

HOURS_PER_YEAR = 8766


@quantity("H100 equivalents")
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


@quantity("US over China")
def cluster_ratio() -> float:
    """US over Chinese compute in existing GPU clusters, all that the publisher lists."""
    by_country = clusters_by_country()
    return float(by_country["United States"] / by_country["China"])


@quantity("US over China")
def cluster_ratio_standard() -> float:
    """The same over the clusters that the publisher counts in its own analyses."""
    by_country = clusters_by_country(standard=True)
    return float(by_country["United States"] / by_country["China"])


@quantity("US over China")
def data_center_ratio(directory: str = "AI Index 2026") -> float:
    """US over Chinese data centres in a public directory: a count, without size."""
    counts = load("data_centers").query("directory == @directory").set_index("country")
    return float(counts.at["United States", "data_centers"] / counts.at["China", "data_centers"])


@quantity("share")
def us_cluster_share() -> float:
    """The US part of compute in all existing clusters that the publisher lists (share)."""
    by_country = clusters_by_country()
    return float(by_country["United States"] / by_country.sum())


@quantity("US over China")
def cluster_ratio_range() -> tuple[float, float]:
    """US over Chinese compute in clusters: of all listed, and of the publisher's standard set."""
    return cluster_ratio(), cluster_ratio_standard()


@quantity("US over China")
def data_center_ratio_map() -> float:
    """US over Chinese data centres in a second directory, Data Center Map (multiple)."""
    return data_center_ratio("Data Center Map 2026")


def _caict_eflops(country: str) -> float:
    """CAICT's total of computing devices in June 2025 (EFLOPS), of China or World."""
    totals = load("compute_capacity").query("scope == 'computing devices'")
    return float(totals.query("as_of_date == '2025-06'").set_index("country").at[country, "eflops"])


@quantity("share")
def claimed_us_over_caict_world() -> float:
    """The claimed US total over CAICT's total for the world in June 2025 (share)."""
    return article.claimed("C036") / _caict_eflops("World")


@quantity("EFLOPS")
def caict_china_eflops() -> float:
    """CAICT's total for China in June 2025 (EFLOPS). Table compute_capacity."""
    return _caict_eflops("China")


@quantity("US over China")
def total_eflops_ratio() -> float:
    """US over Chinese total computing power, the one pair found (multiple). compute_capacity."""
    totals = load("compute_capacity").query("scope == 'total computing'").set_index("country")
    return float(totals.at["United States", "eflops"] / totals.at["China", "eflops"])


@quantity("MW")
def colossus2_power() -> float:
    """Power of Colossus 2 on the article's date, by the table of September 2026 (MW).

    Source: Epoch AI, table site_power.
    """
    rows = load("site_power").query("site_name == 'Colossus 2' and vintage == '2026-09'")
    known = rows.query("as_of_date <= @article.ARTICLE_DATE").sort_values("as_of_date")
    return float(known["power_mw"].iloc[-1])


@quantity("GW")
def us_ai_power() -> tuple[float, float, float]:
    """Power for AI compute in the US at the end of 2030: a middle and two ends (GW).

    Low end: the mean power of all US data centres in that year by the IEA. High end: what AI data
    centres in the world need by RAND's forecast, times the US owners' part of the stock today.
    The value is their geometric mean: neither source gives one. Table power.
    """
    given = load("power").set_index("figure_id")
    low = float(given.at["us-data-centres-2030", "electricity_twh"]) * 1000 / HOURS_PER_YEAR
    held = float((stocks.us_stock() / stocks.world_stock()).iloc[-1])
    high = float(given.at["world-need-2030", "power_gw"]) * held
    return (low * high) ** 0.5, low, high


@quantity("kW")
def power_per_compute() -> tuple[float, float, float]:
    """Power of one H100 equivalent (kW): newly sold, and the least and the most that is known.

    Value: Nvidia's chips of the last four full quarters. Ends: the site Colossus 2 on the
    article's date, and the mean of all Nvidia chips sold, in either order.
    """
    rows = load("chip_sales_quarterly").query("designer == 'Nvidia' and not is_incomplete")
    rows = rows.set_index("quarter_end_date")[["cumulative_power_mw", "cumulative_h100e"]]
    rows = rows.astype(float)
    last, before = rows.iloc[-1], rows.iloc[-5]
    new = last - before
    value = float(new["cumulative_power_mw"] / new["cumulative_h100e"] * 1000)
    mean = float(last["cumulative_power_mw"] / last["cumulative_h100e"] * 1000)
    ends = sorted((mean, colossus2_power_per_compute()))
    return value, min(value, ends[0]), max(value, ends[1])


@quantity("kW")
def colossus2_power_per_compute() -> float:
    """Power of the site Colossus 2 for one H100 equivalent on the article's date (kW)."""
    rows = load("site_power").query("site_name == 'Colossus 2' and vintage == '2026-09'")
    row = rows[rows["as_of_date"] <= article.ARTICLE_DATE].sort_values("as_of_date").iloc[-1]
    return float(row["power_mw"] * 1000 / row["h100e"])


@quantity("factor a year")
def nvidia_sales_growth() -> float:
    """H100 equivalents that Nvidia sold in the first half of 2026, over those of a year before.

    World-wide, and Nvidia alone. Source: Epoch AI, table chip_sales_quarterly.
    """
    rows = load("chip_sales_quarterly").query("designer == 'Nvidia'")
    sold = rows.set_index("quarter_end_date")["h100e"].astype(float)
    return float(sold["2026-01-01":"2026-06-30"].sum() / sold["2025-01-01":"2025-06-30"].sum())
