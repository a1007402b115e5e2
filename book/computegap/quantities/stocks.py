"""Who owns how much AI compute, what each quarter added, and what a ratio of stocks is worth.

Ratios are US over China and dimensionless; compute is in H100 equivalents (H100e).
"""

import numpy as np
import pandas as pd

from computegap import model, quantiles
from computegap.quantities import quantity
from computegap.tables import load

# The owners whom Epoch AI names and who are US companies; "Other" is spread over many countries.
US_OWNERS = ("Amazon", "CoreWeave", "Google", "Meta", "Microsoft", "Oracle", "xAI")
CHINA_SOURCES = ("Nvidia, legal", "smuggled", "Huawei", "Cambricon", "AMD, legal")
Interval = tuple[float, float, float]


@quantity("million H100 equivalents")
def by_owner() -> pd.DataFrame:
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


@quantity()
def latest_quarter() -> pd.Timestamp:
    """Last day of the last quarter that the table of owners covers in full."""
    return load("chip_owners")["quarter_end_date"].max()


@quantity()
def first_whole_quarter() -> pd.Timestamp:
    """The first quarter in which the table of owners has all parts of both countries' stocks.

    The series start from zero and their parts enter one after another: custom chips, Huawei's,
    smuggled ones. Before, a ratio of stocks says which parts were counted. A part is a designer's
    chips with the US owners, with China, or smuggled; one of less than 1 % of its country's stock
    on the last day does not count. Trends of stocks begin here.
    """
    rows = load("chip_owners").astype({"h100e": float})
    rows = rows[rows["owner"].isin([*US_OWNERS, "China", "China (smuggled)"])]
    is_us = rows["owner"].isin(US_OWNERS)
    rows = rows.assign(place=rows["owner"].mask(is_us, "US"), country=is_us)
    parts = rows.groupby(["country", "place", "designer", "quarter_end_date"])["h100e"].sum()
    parts = parts[parts > 0].unstack("quarter_end_date")
    last = parts.iloc[:, -1]
    large = parts[last >= 0.01 * last.groupby("country").transform("sum")]
    return large.apply(pd.Series.first_valid_index, axis=1).max()


@quantity("million H100 equivalents")
def stock(*owners: str, end: str = "h100e") -> pd.Series:
    """Stock of some owners together by quarter (million H100e); `end` picks median, p5 or p95."""
    held = by_owner()[end].unstack("owner").fillna(0)
    return held[list(owners)].sum(axis=1)


@quantity("million H100 equivalents")
def us_stock() -> pd.Series:
    """Stock of the seven named US owners by quarter (million H100e)."""
    return stock(*US_OWNERS)


@quantity("million H100 equivalents")
def china_stock(smuggled: bool) -> pd.Series:
    """Stock of Chinese owners by quarter (million H100e), with smuggled chips or without."""
    return stock("China", "China (smuggled)") if smuggled else stock("China")


@quantity("million H100 equivalents")
def world_stock() -> pd.Series:
    """Stock of all owners by quarter (million H100e)."""
    return by_owner()["h100e"].groupby("quarter_end_date").sum()


@quantity("US over China")
def us_china_compute_ratio(smuggled: bool) -> float:
    """US-owned over Chinese-owned AI compute at the last complete quarter.

    US: the seven named US owners. China: its entry of legal chips, plus smuggled ones if asked.
    """
    return float((us_stock() / china_stock(smuggled)).iloc[-1])


@quantity("US over China")
def official_compute_ratio() -> float:
    """US over Chinese AI compute, without smuggled chips."""
    return us_china_compute_ratio(smuggled=False)


@quantity("US over China")
def smuggled_compute_ratio() -> float:
    """US over Chinese AI compute, smuggled chips counted as Chinese."""
    return us_china_compute_ratio(smuggled=True)


@quantity("US over China")
def smuggled_compute_ratio_range() -> tuple[float, float]:
    """That ratio at the 95th and the 5th percentile of smuggled chips, all else at the median."""
    us, official = us_stock().iloc[-1], china_stock(smuggled=False).iloc[-1]
    ends = [stock("China (smuggled)", end=end).iloc[-1] for end in ("h100e_p95", "h100e_p5")]
    low, high = (float(us / (official + smuggled)) for smuggled in ends)
    return low, high


@quantity("share")
def china_new_compute_share(smuggled: bool) -> pd.Series:
    """China's share of the AI compute added in each quarter, world-wide (0 to 1).

    The difference of stocks between quarters; the first quarter of the table has none.
    """
    return (china_stock(smuggled).diff() / world_stock().diff()).dropna()


@quantity("million H100 equivalents")
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


@quantity("million H100 equivalents")
def china_added_by_source(quarters: int = 4) -> pd.Series:
    """AI compute that each source added to China's stock in the last quarters (million H100e)."""
    stock = china_stock_by_source()
    return stock.iloc[-1] - stock.iloc[-1 - quarters]


@quantity("share")
def designer_share(designer: str) -> pd.Series:
    """A designer's share of the world's stock of AI compute by quarter (0 to 1), in H100e.

    Smuggled chips count for their designer. Source: Epoch AI, AI Chip Owners.
    """
    rows = load("chip_owners").astype({"h100e": float})
    stock = rows.pivot_table(
        index="quarter_end_date", columns="designer", values="h100e", aggfunc="sum"
    )
    return (stock[designer] / stock.sum(axis=1)).rename("share")


@quantity("million H100 equivalents")
def us_stock_interval() -> Interval:
    """US stock at the last complete quarter: median, 5th and 95th percentile (million H100e)."""
    return _stock_interval(*US_OWNERS)


@quantity("million H100 equivalents")
def china_stock_interval() -> Interval:
    """The same for Chinese owners' legal chips."""
    return _stock_interval("China")


@quantity("million H100 equivalents")
def smuggled_stock_interval() -> Interval:
    """The same for chips smuggled into China."""
    return _stock_interval("China (smuggled)")


@quantity("million H100 equivalents")
def bought_stock_interval() -> Interval:
    """The same for foreign chips that Chinese owners bought legally, by their quarterly sales.

    Ranges of quarters and chips are added end to end, as if they moved together: a wide range.
    Source: Epoch AI, table china_compute_flows.
    """
    rows = load("china_compute_flows").query("designer in ('Nvidia', 'AMD')")
    sums = rows[["h100e", "h100e_p5", "h100e_p95"]].astype(float).sum(skipna=False) / 1e6
    median, low, high = (float(end) for end in sums)
    return median, low, high


@quantity("share")
def smuggled_over_bought_chance() -> float:
    """The share of draws in which smuggled computing power exceeds the legally bought (0 to 1).

    Both stocks are drawn by themselves, from the distributions that `model.draws` makes of their
    intervals; nobody knows whether they move together.
    """
    ends = {"smuggled": smuggled_stock_interval(), "bought": bought_stock_interval()}
    inputs = pd.DataFrame.from_dict(ends, orient="index", columns=["value", "low", "high"])
    drawn = model.simulate(inputs.assign(level=0.9), dict, 100_000)
    return float((drawn["smuggled"] > drawn["bought"]).mean())


def _stock_interval(*owners: str) -> Interval:
    median, low, high = (float(held.iloc[-1]) for held in _at_all_ends(*owners))
    return median, low, high


def _at_all_ends(*owners: str) -> tuple[pd.Series, ...]:
    """Stock of some owners together by quarter: median, 5th and 95th percentile."""
    held = by_owner().loc[(slice(None), list(owners)), :].groupby("quarter_end_date").sum()
    return tuple(held[end] for end in ("h100e", "h100e_p5", "h100e_p95"))


@quantity("factor a year")
def stock_growth(country: str, smuggled: bool = True) -> float:
    """Growth of a country's stock over the last four quarters (factor)."""
    held = us_stock() if country == "United States" else china_stock(smuggled)
    return float(held.iloc[-1] / held.iloc[-5])


@quantity("months")
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


@quantity("share")
def us_added_share() -> Interval:
    """The part of the US stock that was added in the last four quarters (0 to 1).

    At the medians, and with both stocks at their 5th or at their 95th percentile, low end first.
    """
    return _added_share(*US_OWNERS)


@quantity("share")
def smuggled_added_share() -> Interval:
    """The same part of the smuggled stock (0 to 1)."""
    return _added_share("China (smuggled)")


def _added_share(*owners: str) -> Interval:
    value, *ends = (float(1 - one.iloc[-5] / one.iloc[-1]) for one in _at_all_ends(*owners))
    return value, min(value, *ends), max(value, *ends)


@quantity("factor a year")
def us_additions_growth() -> Interval:
    """Growth of US additions, quarter against the same quarter a year before (factor).

    Geometric mean of the last four quarters, and 90 % of a lognormal with their spread.
    """
    added = us_stock().diff()
    growth = np.log(added / added.shift(4)).iloc[-4:]
    half = quantiles.normal(0.95) * growth.std()
    mean, low, high = (float(np.exp(growth.mean() + sign * half)) for sign in (0, -1, 1))
    return mean, low, high


@quantity()
def domestic_additions() -> pd.DataFrame:
    """Chips of Chinese designers added by Chinese owners in a year: million H100e and units."""
    rows = load("chip_owners").query("owner == 'China' and designer in ('Huawei', 'Cambricon')")
    held = rows.groupby("quarter_end_date")[["h100e", "units"]].sum().astype(float) / 1e6
    year_ends = held[held.index.month == 12]
    # The data have no Chinese chips before 2024, so what was held at its end was added in it.
    return year_ends.diff().fillna(year_ends).set_index(year_ends.index.year)


@quantity("million H100 equivalents")
def domestic_added() -> Interval:
    """Chinese chips added in the last year of the data (million H100e).

    Median, and the 5th and the 95th percentile of its quarters added end to end. The publisher
    calls the ranges of Huawei's quarters relatively unprincipled, and gives none for its stock.
    Source: Epoch AI, AI Chip Owners, table china_compute_flows.
    """
    year = latest_quarter().year
    rows = load("china_compute_flows").query("designer in ('Huawei', 'Cambricon')")
    added = rows[rows["quarter_end_date"].dt.year == year][["h100e", "h100e_p5", "h100e_p95"]]
    median, low, high = (float(end) / 1e6 for end in added.sum(skipna=False))
    return median, low, high


@quantity("factor a year")
def domestic_growth() -> Interval:
    """Growth of those additions (factor a year): last year over the year before.

    The publisher gives no range of the growth. Low end: the growth in chips alone, without better
    chips; high end: as far above on a log scale.
    """
    growth = domestic_additions().iloc[-1] / domestic_additions().iloc[-2]
    value, low = float(growth["h100e"]), float(growth["units"])
    return value, low, value**2 / low


@quantity("factor a year")
def domestic_growth_by_supply() -> Interval:
    """Growth of Chinese chips added if makers' plans and supplies bound it (factor a year).

    Value: growth of SMIC's capacity for advanced processes from 2025 to 2027, a year. Low end:
    Huawei's packages of 2026 if no memory comes from abroad, over those of 2025. High end: the
    plan for the Ascend 910C, 2026 over 2025. Estimates and plans, table chip_supply.
    """
    given = load("chip_supply").set_index("figure_id")["value"].astype(float)
    wafers = (given["smic-wafers-2027"] / given["smic-wafers-2025"]) ** 0.5
    by_memory = given["huawei-packages-2026-hbm"] / given["huawei-packages-2025"]
    planned = given["huawei-910c-2026"] / given["huawei-910c-2025"]
    return float(wafers), float(by_memory), float(planned)


@quantity("million H100 equivalents")
def rented_abroad() -> Interval:
    """Compute abroad that Chinese firms are reported to have contracted (million H100e).

    Blackwell chips of the contracts and plans in the table overseas_access, each as one B300.
    Low end: without the largest, which is only expected; high end: all AI compute in Southeast
    Asia at the end of 2026, of which nobody says how much is rented. No total was found.
    """
    given = load("overseas_access").set_index("figure_id")["compute"].astype(float)
    types = load("chip_types_held").query("chip_type == 'B300'")
    each = float(types["h100e"].sum() / types["units"].sum())
    largest, region = given["bytedance-oracle"], given["southeast-asia-stock"]
    rest = given[["bytedance-aolani", "inf-tech-indosat", "tencent-datasection"]].sum()
    value, low, high = (float(chips * each / 1e6) for chips in (largest + rest, rest, region))
    return value, low, high


@quantity("share")
def imports_share_now() -> Interval:
    """Foreign chips China bought legally over US additions, last four quarters (0 to 1).

    With the lowest and the highest of these quarters.
    """
    return _imports_share("2025-01-01", "2025-12-31")


@quantity("share")
def imports_share_before_controls() -> Interval:
    """The same from the first quarter known until September 2023, before the rules of October."""
    return _imports_share("2022-01-01", "2023-09-30")


def _imports_share(start: str, end: str) -> Interval:
    rows = load("chip_owners").query("owner == 'China' and designer in ('Nvidia', 'AMD')")
    held = rows.groupby("quarter_end_date")["h100e"].sum().astype(float) / 1e6
    bought = held.diff().loc[start:end].dropna()
    added = us_stock().diff().loc[start:end].dropna()
    by_quarter = bought / added
    value = float(bought.sum() / added.sum())
    return value, float(by_quarter.min()), float(by_quarter.max())


@quantity("share")
def china_compute_share_range() -> tuple[float, float]:
    """China's part of the world's stock of AI compute: the last quarter, and the highest (share).

    Smuggled chips counted. Source: Epoch AI, AI Chip Owners.
    """
    share = china_stock(smuggled=True) / world_stock()
    return float(share.iloc[-1]), float(share.max())


@quantity("share")
def china_compute_share() -> float:
    """That part at the last complete quarter alone (share)."""
    return china_compute_share_range()[0]


@quantity("share")
def nvidia_compute_share() -> float:
    """Nvidia's part of the world's stock of AI compute, custom chips counted (share)."""
    return float(designer_share("Nvidia").iloc[-1])


@quantity("share")
def nvidia_merchant_share() -> float:
    """Nvidia's part of the stock of AI compute from makers that sell their chips (share).

    Without Google's and Amazon's own designs, at the last complete quarter. Source: Epoch AI.
    """
    rows = load("chip_owners").query("quarter_end_date == @latest_quarter()")
    by_designer = rows.groupby("designer")["h100e"].sum().drop(["Google", "Amazon"])
    return float(by_designer["Nvidia"] / by_designer.sum())


@quantity("share")
def nvidia_sales_share() -> float:
    """Nvidia's part of the AI compute that all designers delivered in a quarter (share).

    Of the last quarter that is known of most designers; for Google and Amazon it is what they put
    to their own use. Source: Epoch AI, table chip_sales_quarterly.
    """
    delivered = _delivered()
    return float(delivered["Nvidia"] / delivered.sum())


@quantity("share")
def nvidia_merchant_sales_share() -> float:
    """The same without Google and Amazon, whose designs are on no market (share)."""
    sold = _delivered().drop(["Google", "Amazon"])
    return float(sold["Nvidia"] / sold.sum())


def _delivered() -> pd.Series:
    """AI compute delivered by designer in the last quarter known of most (H100 equivalents)."""
    rows = load("chip_sales_quarterly").query("not is_incomplete")
    designers = rows["quarter_end_date"].value_counts()
    last = designers.index[designers == designers.max()].max()
    return rows[rows["quarter_end_date"] == last].set_index("designer")["h100e"]


@quantity("US over China")
def compute_ratio_range() -> tuple[float, float]:
    """US over Chinese AI compute, with smuggled chips and without (multiple)."""
    return smuggled_compute_ratio(), official_compute_ratio()


@quantity("million chips")
def meta_gpu_count_million() -> float:
    """Nvidia and AMD chips that Meta owned at the last complete quarter (million chips).

    Source: Epoch AI, table chip_owners.
    """
    rows = load("chip_owners").query("owner == 'Meta'")
    return float(rows.groupby("quarter_end_date")["units"].sum().iloc[-1]) / 1e6


@quantity("million H100 equivalents")
def google_stock() -> float:
    """Google's stock of AI compute (million H100e). Epoch AI."""
    return float(stock("Google").iloc[-1])


@quantity("share")
def google_compute_share() -> float:
    """Google's part of the world's stock of AI compute (share). Epoch AI."""
    return float((stock("Google") / world_stock()).iloc[-1])


@quantity("share")
def amd_compute_share() -> float:
    """AMD's part of the world's stock of AI compute (share). Epoch AI."""
    return float(designer_share("AMD").iloc[-1])


@quantity("share")
def chinese_designers_compute_share() -> float:
    """Huawei's and Cambricon's part of that stock; others are not in the data (share)."""
    both = designer_share("Huawei") + designer_share("Cambricon")
    return float(both.iloc[-1])


@quantity("share")
def nvidia_share_of_china_new_compute() -> float:
    """Nvidia's part of the legal AI compute that China added in the last quarter (share).

    Source: Epoch AI, table chip_owners.
    """
    rows = load("chip_owners").query("owner == 'China'")
    stocks_by_designer = rows.pivot(index="quarter_end_date", columns="designer", values="h100e")
    added = stocks_by_designer.fillna(0).diff().iloc[-1]
    return float(added["Nvidia"] / added.sum())
