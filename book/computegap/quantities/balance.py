"""The gap between the two countries: over time, over what is not counted, by what is counted.

Ratios are US over China; compute is in H100 equivalents (H100e) unless a function says otherwise.
"""

import pandas as pd

from computegap import assumptions, model
from computegap.quantities import quantity, spending, stocks
from computegap.tables import load

Interval = tuple[float, float, float]

# The gap over time


@quantity()
def ratio_history() -> pd.DataFrame:
    """US over Chinese stock by quarter, from the first quarter with all parts.

    Columns ratio, low, high (US over China) by quarter_end_date: smuggled chips at their median,
    their 95th and their 5th percentile, all else at the median. Source: Epoch AI, AI Chip Owners.
    """
    us, legal = stocks.us_stock(), stocks.china_stock(smuggled=False)
    ends = {"ratio": "h100e", "low": "h100e_p95", "high": "h100e_p5"}
    columns = {
        name: us / (legal + stocks.stock("China (smuggled)", end=end)) for name, end in ends.items()
    }
    return pd.DataFrame(columns).loc[stocks.first_whole_quarter() :]


@quantity("factor")
def ratio_growth() -> Interval:
    """Growth of that ratio from the first quarter with all parts to the last (factor).

    At the median of smuggled chips, and at their 95th and 5th percentile in both quarters: the
    same unknown share moves both ends of the period together.
    """
    history = ratio_history()
    median, low, high = (float(end) for end in history.iloc[-1] / history.iloc[0])
    return median, low, high


# What is not counted


@quantity("million cards")
def uncounted_chinese_cards() -> float:
    """Cards of Chinese makers that IDC ships in 2025 and the owners' data lack (million cards).

    All of them but those of Huawei and Cambricon.
    """
    shipped = _shipped_by_idc()
    return float(shipped["Chinese vendors"] - shipped[["Huawei", "Cambricon"]].sum())


@quantity("million cards")
def uncounted_nvidia_cards() -> float:
    """Nvidia cards that IDC ships into China in 2025 and nobody explains (million cards).

    IDC's figure less the H20 and the smuggled chips that the owners' data add in that year.
    """
    flows = load("china_compute_flows").query("designer == 'Nvidia'")
    bought = flows[flows["quarter_end_date"].dt.year == 2025]["units"].astype(float).sum() / 1e6
    rows = load("chip_owners").query("owner == 'China (smuggled)'").set_index("quarter_end_date")
    smuggled = rows["units"].astype(float) / 1e6
    added = smuggled["2025-12-31"] - smuggled["2024-12-31"]
    return float(_shipped_by_idc()["Nvidia"] - bought - added)


def _shipped_by_idc() -> pd.Series:
    rows = load("market_shares").query("publisher == 'IDC' and period == '2025'")
    return rows.set_index("vendor")["units"].astype(float) / 1e6


@quantity("US over China")
def ratio_with_chinese_cards() -> tuple[float, float]:
    """The ratio if IDC's cards of other Chinese makers count too, at both ends of their worth."""
    low, high = _worth(uncounted_chinese_cards(), "uncounted-chinese-card")
    return _with_more_in_china(high), _with_more_in_china(low)


@quantity("US over China")
def ratio_with_nvidia_cards() -> tuple[float, float]:
    """The ratio if IDC's unexplained Nvidia cards count too, at both ends of their worth."""
    low, high = _worth(uncounted_nvidia_cards(), "uncounted-nvidia-card")
    return _with_more_in_china(high), _with_more_in_china(low)


@quantity("US over China")
def ratio_with_all_cards() -> float:
    """The ratio if both kinds of cards count, at the high end of their worth."""
    chinese = _worth(uncounted_chinese_cards(), "uncounted-chinese-card")[1]
    nvidia = _worth(uncounted_nvidia_cards(), "uncounted-nvidia-card")[1]
    return _with_more_in_china(chinese + nvidia)


def _worth(cards: float, assumption_id: str) -> tuple[float, float]:
    """Both ends of what so many cards are worth (million H100e)."""
    _, low, high = assumptions.interval(assumption_id)
    return cards * low, cards * high


def _with_more_in_china(h100e: float) -> float:
    return float(_us() / (_china() + h100e))


def _us() -> float:
    return float(stocks.us_stock().iloc[-1])


def _china() -> float:
    return float(stocks.china_stock(smuggled=True).iloc[-1])


@quantity("US over China")
def ratio_with_other_owners() -> tuple[float, float]:
    """The ratio if a tenth of the unnamed owners is Chinese, and if half of them is American.

    Both parts are those of the table of assumptions; nobody knows them.
    """
    other = float(stocks.stock("Other").iloc[-1])
    tenth, half = assumptions.value("other-china-share"), assumptions.value("other-us-share")
    return _with_more_in_china(tenth * other), (_us() + half * other) / _china()


@quantity("US over China")
def ratio_with_all_other_owners() -> float:
    """The ratio if all owners that are not named are American."""
    return (_us() + float(stocks.stock("Other").iloc[-1])) / _china()


# What is counted


@quantity("US over China")
def chip_count_ratio(without: tuple[str, ...] = ()) -> float:
    """US over Chinese number of accelerators, smuggled ones counted, at the last full quarter.

    `without`: types of chip left out in China. Tables chip_owners, chip_types_held.
    """
    us, china = _chips()
    if without:
        types = load("chip_types_held").query("owner == 'China' and chip_type in @without")
        china -= float(types["units"].sum()) / 1e6
    return us / china


@quantity("US over China")
def chip_count_ratio_with_idc(nvidia_alone: bool = False) -> float:
    """That ratio with the cards that IDC counts beyond it; or with its Nvidia cards alone."""
    us, china = _chips()
    chinese = 0 if nvidia_alone else uncounted_chinese_cards()
    return us / (china + uncounted_nvidia_cards() + chinese)


def _chips() -> tuple[float, float]:
    """Accelerators of the named US owners and of China, at the last full quarter (million)."""
    rows = load("chip_owners").query("quarter_end_date == quarter_end_date.max()")
    held = rows.astype({"units": float}).groupby("owner")["units"].sum() / 1e6
    us = float(held[list(stocks.US_OWNERS)].sum())
    return us, float(held[["China", "China (smuggled)"]].sum())


@quantity("million TB/s")
def memory_bandwidth() -> pd.DataFrame:
    """Memory bandwidth that each side holds, at the last full quarter (million TB/s).

    Rows us, china, smuggled; columns low and high, since a name may cover two chips. Smuggled
    chips have no type: they are taken to have what an H100 equivalent of the US owners' newer
    Nvidia chips has. Chips without a published bandwidth are left out.
    """
    rows = load("chip_types_held").astype({"units": float, "h100e": float})
    ends = {}
    smuggled = float(stocks.stock("China (smuggled)").iloc[-1])
    of_us = rows[rows["owner"].isin(stocks.US_OWNERS)]
    newer = of_us.query("designer == 'Nvidia' and chip_type != 'A100'").groupby("chip_type")
    for end in ("low", "high"):
        rows[end] = rows["units"] * rows[f"memory_bandwidth_tb_s_{end}"] / 1e6
        per_h100e = newer.apply(_bandwidth_per_h100e, end=end)
        ends[end] = {
            "us": float(rows[rows["owner"].isin(stocks.US_OWNERS)][end].sum()),
            "china": float(rows[rows["owner"] == "China"][end].sum()),
            "smuggled": smuggled * float(per_h100e.min() if end == "low" else per_h100e.max()),
        }
    return pd.DataFrame(ends)


def _bandwidth_per_h100e(chips: pd.DataFrame, end: str) -> float:
    each = chips[f"memory_bandwidth_tb_s_{end}"].iloc[0]
    return float(each * chips["units"].sum() / chips["h100e"].sum())


@quantity("US over China")
def bandwidth_ratio() -> tuple[float, float]:
    """US over Chinese memory bandwidth, smuggled chips counted: the least and the most."""
    held = memory_bandwidth()
    china = held.loc[["china", "smuggled"]].sum()
    return float(held.at["us", "low"] / china["high"]), float(held.at["us", "high"] / china["low"])


@quantity("million H100")
def h20_by_bandwidth() -> float:
    """China's H20 in million H100, by memory bandwidth."""
    h100 = load("chips").set_index("chip_name").at["H100 SXM", "memory_bandwidth_tb_s"]
    held = _h20()
    return float(held["units"] * held["memory_bandwidth_tb_s_low"] / h100) / 1e6


@quantity("million H100 equivalents")
def h20_by_arithmetic() -> float:
    """The same by 8-bit arithmetic (million H100e)."""
    return float(_h20()["h100e"]) / 1e6


def _h20() -> pd.Series:
    return load("chip_types_held").query("chip_type == 'H20'").iloc[0]


@quantity("US over China")
def money_ratio_estimate() -> float:
    """US data-centre investment over capital spending of 13 Chinese firms, 2026. Rhodium Group."""
    return float(
        load("published_gap_estimates").set_index("figure_id").at["rhodium-financing", "value"]
    )


@quantity()
def currencies() -> pd.DataFrame:
    """The same gap in four currencies: columns currency, reading, ratio (US over China).

    Chips and compute at the end of 2025; money in the first quarter of 2026 and, as an estimate,
    in that year.
    """
    least, most = stocks.smuggled_compute_ratio_range()
    narrow, wide = bandwidth_ratio()
    money = spending.capex_ratio_by_quarter().iloc[-1]
    rows = [
        ("Number of chips", "with every card that IDC counts", chip_count_ratio_with_idc()),
        ("Number of chips", "as counted", chip_count_ratio()),
        ("Number of chips", "without the H20", chip_count_ratio(("H20",))),
        ("8-bit arithmetic", "many smuggled chips", least),
        ("8-bit arithmetic", "as counted", stocks.smuggled_compute_ratio()),
        ("8-bit arithmetic", "few smuggled chips", most),
        ("Memory bandwidth", "at least", narrow),
        ("Memory bandwidth", "at most", wide),
        ("Money", "13 firms", money_ratio_estimate()),
        ("Money", "three firms", float(money["ratio_with_bytedance"])),
        ("Money", "two firms", float(money["ratio"])),
    ]
    return pd.DataFrame(rows, columns=["currency", "reading", "ratio"])


# What a ratio is worth


@quantity()
def methods_rates() -> pd.DataFrame:
    """Published rates at which methods improve, as factors a year: rate, low, high by figure_id.

    A halving time is turned into a factor; its long end is the slow one. Only rates for language
    models at the frontier or in pre-training; the preprint that the published paper replaced is
    left out. Table algorithmic_progress.
    """
    rows = load("algorithmic_progress").set_index("figure_id")
    rows = rows.loc[["ho-2024", "epoch-working-rate", "epoch-2026"]]
    found = {}
    for name, row in rows.iterrows():
        value, low, high = (
            float(row[end]) if pd.notna(row[end]) else float("nan")
            for end in ("value", "value_low", "value_high")
        )
        if row["unit"] == "months to halve":
            value, low, high = (float(model.halving_growth(end)) for end in (value, high, low))
        found[name] = {"rate": value, "low": low, "high": high}
    return pd.DataFrame.from_dict(found, orient="index").rename_axis("figure_id")


@quantity("months")
def worth_in_months(methods: float, growth: str) -> float:
    """Months that the ratio of stocks is worth at one rate of methods (a factor a year).

    `growth`: of compute beside it, "runs" (the published rate of the largest) or "stocks" (that of
    the US stock over the last four quarters). With methods at 1 it is hardware alone.
    """
    pace = _growth_of(growth) * methods
    return float(model.lag_months(stocks.smuggled_compute_ratio(), pace))


@quantity()
def compute_growth() -> dict[str, float]:
    """Growth of compute a year (factors): of the largest runs, and of the US stock."""
    return {kind: _growth_of(kind) for kind in ("runs", "stocks")}


def _growth_of(kind: str) -> float:
    """One of the two alone, so that a number that takes one names no source of the other."""
    if kind == "runs":
        return assumptions.value("run-growth")
    return stocks.stock_growth("United States")


@quantity("months")
def worth_range() -> tuple[float, float]:
    """The least and the most that the ratio is worth over all published rates and intervals."""
    rates = methods_rates()
    slowest, fastest = float(rates["low"].min()), float(rates["high"].max())
    months = [
        worth_in_months(rate, growth) for rate in (slowest, fastest) for growth in compute_growth()
    ]
    return min(months), max(months)
