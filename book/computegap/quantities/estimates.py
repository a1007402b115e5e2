"""Figures that only pieces of evidence need: estimates with their intervals, and their twins.

An interval is the middle, the 5th and the 95th percentile. Where two estimates are divided, their
intervals are combined as if both were lognormal and independent. A twin counts smuggled chips out.
"""

import math

from computegap.quantities import companies, quantity, spending, stocks
from computegap.quantities.stocks import Interval
from computegap.tables import load


def _over(upper: Interval, lower: Interval) -> Interval:
    """One estimate over another."""
    middle = upper[0] / lower[0]
    down = math.hypot(math.log(upper[0] / upper[1]), math.log(lower[2] / lower[0]))
    up = math.hypot(math.log(upper[2] / upper[0]), math.log(lower[0] / lower[1]))
    return middle, middle * math.exp(-down), middle * math.exp(up)


def _of_owner(*owners: str) -> Interval:
    """Stock of some owners, their ranges added end to end (million H100e)."""
    middle, low, high = (
        float(stocks.stock(*owners, end=end).iloc[-1]) for end in ("h100e", "h100e_p5", "h100e_p95")
    )
    return middle, low, high


def _of_world(owners: tuple[str, ...]) -> Interval:
    """Their part of the world's stock, all other owners at their medians (share)."""
    middle, low, high = _of_owner(*owners)
    rest = float(stocks.world_stock().iloc[-1]) - middle
    return middle / (rest + middle), low / (rest + low), high / (rest + high)


def _china(smuggled: bool) -> Interval:
    """China's stock; the range of all Chinese owners is that of what their entries give."""
    return _of_owner("China", "China (smuggled)") if smuggled else _of_owner("China")


@quantity("million H100 equivalents")
def google_stock_estimate() -> Interval:
    """Google's stock of AI compute, with its interval (million H100e). Epoch AI."""
    return _of_owner("Google")


@quantity("share")
def google_share_estimate() -> Interval:
    """Google's part of the world's AI compute, with its interval (share). Epoch AI."""
    return _of_world(("Google",))


@quantity("share")
def us_share_estimate() -> Interval:
    """The named US owners' part of the world's AI compute, with its interval (share). Epoch AI."""
    return _of_world(stocks.US_OWNERS)


@quantity("US over China")
def smuggled_ratio_estimate() -> Interval:
    """US over Chinese AI compute, smuggled chips counted, with its interval. Epoch AI."""
    return _over(_of_owner(*stocks.US_OWNERS), _china(smuggled=True))


@quantity("US over China")
def official_ratio_estimate() -> Interval:
    """The same without smuggled chips."""
    return _over(_of_owner(*stocks.US_OWNERS), _china(smuggled=False))


def _smallest_giant(smuggled: bool) -> Interval:
    four = [_of_owner(owner) for owner in ("Amazon", "Google", "Meta", "Microsoft")]
    return _over(min(four), _china(smuggled))


@quantity("multiple")
def smallest_giant_estimate() -> Interval:
    """The smallest stock of four US owners over China's, smuggled chips counted (multiple)."""
    return _smallest_giant(smuggled=True)


@quantity("multiple")
def smallest_giant_official_estimate() -> Interval:
    """The same without smuggled chips (multiple)."""
    return _smallest_giant(smuggled=False)


# Chips counted one by one


@quantity("US over China")
def accelerators_us_over_china() -> float:
    """AI chips of the named US owners over those of Chinese ones, by number. Epoch AI."""
    rows = load("chip_owners").query("quarter_end_date == @stocks.latest_quarter()")
    held = rows.groupby("owner")["units"].sum().astype(float)
    return float(held[list(stocks.US_OWNERS)].sum() / held[["China", "China (smuggled)"]].sum())


@quantity("share")
def us_accelerator_share() -> float:
    """The named US owners' part of the world's AI chips, by number (share). Epoch AI."""
    rows = load("chip_owners").query("quarter_end_date == @stocks.latest_quarter()")
    held = rows.groupby("owner")["units"].sum().astype(float)
    return float(held[list(stocks.US_OWNERS)].sum() / held.sum())


# China's part over time


def _china_share_range(smuggled: bool) -> tuple[float, float]:
    share = (stocks.china_stock(smuggled) / stocks.world_stock())[stocks.first_whole_quarter() :]
    return float(share.iloc[-1]), float(share.max())


@quantity("share")
def china_share_since_2024() -> tuple[float, float]:
    """China's part of the world's stock, last and highest since March 2024, smuggled chips in."""
    return _china_share_range(smuggled=True)


@quantity("share")
def china_official_share_since_2024() -> tuple[float, float]:
    """The same without smuggled chips (share)."""
    return _china_share_range(smuggled=False)


def _new_share_range(smuggled: bool) -> tuple[float, float]:
    share = stocks.china_new_compute_share(smuggled)["2024-06-30":]
    return float(share.iloc[-1]), float(share.max())


@quantity("share")
def china_new_share_since_2024() -> tuple[float, float]:
    """China's part of what a quarter added, last and highest since June 2024, smuggled in."""
    return _new_share_range(smuggled=True)


@quantity("share")
def china_new_official_share_since_2024() -> tuple[float, float]:
    """The same without smuggled chips (share)."""
    return _new_share_range(smuggled=False)


def _new_share_rises(smuggled: bool) -> float:
    share = stocks.china_new_compute_share(smuggled)["2024-06-30":]
    return float((share.diff() > 0).sum())


@quantity("quarters")
def china_new_share_rises_since_2024() -> float:
    """Quarters since June 2024 in which that part rose, smuggled chips in (quarters)."""
    return _new_share_rises(smuggled=True)


@quantity("quarters")
def china_new_official_share_rises_since_2024() -> float:
    """The same without smuggled chips (quarters)."""
    return _new_share_rises(smuggled=False)


# Models, money


@quantity("share")
def capex_growth_press_base_range() -> tuple[float, float]:
    """Growth from the press total of 2025 to the low and the top ends of the guidance (share)."""
    base = spending.capex_press_base()
    low, high = (end / base - 1 for end in spending.capex_guidance_2026_range())
    return low, high


@quantity("share")
def openai_inference_share() -> float:
    """Inference in OpenAI's spending on compute in 2025, research being the rest (share)."""
    spent = load("compute_split").set_index("figure_id")["value"].astype(float)
    inference = spent["openai-inference-2025"]
    return float(inference / (inference + spent["openai-rnd-2025"]))


@quantity("CNY billion")
def hynix_profit_per_day_cny() -> tuple[float, float]:
    """SK hynix's net profit a day in yuan, at the lowest and highest rate of early 2026 (billion).

    Cross rates of the euro on the days of the first quarter that the table has. Source: ECB.
    """
    rates = load("exchange_rates").pivot(index="rate_date", columns="pair", values="rate")
    days = rates.loc["2026-01-01":"2026-03-31", ["CNY per EUR", "KRW per EUR"]].dropna()
    won_per_yuan = (days["KRW per EUR"] / days["CNY per EUR"]).astype(float)
    profit = companies.hynix_profit_per_day()
    return profit / float(won_per_yuan.max()), profit / float(won_per_yuan.min())
