"""Stocks of compute to 2030 under named scenarios, from a table of assumptions."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from computegap import model
from computegap.assumptions import resolved
from computegap.quantities import stocks

CONTROLS = ("tightened", "held", "lifted")
DOMESTIC = ("constrained", "pace", "doubled")
CASES = tuple((control, domestic) for control in CONTROLS for domestic in DOMESTIC)
# A case and, beside it, what bounds it.
BOUNDS = ("supply", "rented", "power")
# What the predictions pool: imports as in 2025 or next to none, production at its pace or bounded.
POOL = (("held", ""), ("held", "supply"), ("tightened", ""), ("tightened", "supply"))
YEARS = 5
THRESHOLDS = (4, 2)
# Lines on the surface.
LIMITS = (4, 8)
POINTS = {"p5": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95}
Frames = tuple[pd.DataFrame, pd.DataFrame]


def inputs(
    assumptions: pd.DataFrame, control: str = "held", domestic: str = "pace", bound: str = ""
) -> pd.DataFrame:
    """The assumptions of one scenario, one row each, indexed by assumption_id.

    A row of a named case goes before the one of all cases. Values that are not given are those of
    the rows' measures; no other measure is worked out.
    """
    rows = assumptions[assumptions["used_in"].str.contains("scenarios")]
    named = rows[rows["case"].isin([control, domestic, bound])]
    general = rows[(rows["case"] == "all") & ~rows["assumption_id"].isin(named["assumption_id"])]
    return resolved(pd.concat([general, named]).set_index("assumption_id").sort_index())


def lag_inputs(assumptions: pd.DataFrame) -> pd.DataFrame:
    """The assumptions of the lag alone, which need no draws of what only scenarios use.

    Values that are not given come from measures, as in `inputs`.
    """
    used = assumptions["used_in"].str.contains("lag")
    return resolved(assumptions[used].set_index("assumption_id"))


def paths(
    assumptions: pd.DataFrame,
    control: str,
    domestic: str,
    n: int,
    seed: int = model.SEED,
    bound: str = "",
) -> dict[str, np.ndarray]:
    """Draws of a scenario: us and china (million H100e) and ratio, shape (n, YEARS + 1) each."""
    given = inputs(assumptions, control, domestic, bound)
    found = model.simulate(given, lambda drawn: model.stocks(drawn, YEARS), n, seed)
    return {**found, "ratio": found["us"] / found["china"]}


def pooled(assumptions: pd.DataFrame, n: int, seed: int = model.SEED) -> dict[str, np.ndarray]:
    """What the registered predictions draw from: as many draws of each of `POOL`, in one heap.

    The same as `paths`, with 4 n draws, and `domestic`: Chinese chips added in the first year
    (million H100e). Equal parts are a judgement: nobody knows the chance of a policy.
    """
    parts = []
    for control, bound in POOL:
        given = inputs(assumptions, control, "pace", bound)
        parts.append(model.simulate(given, _with_domestic, n, seed))
    heap = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return {**heap, "ratio": heap["us"] / heap["china"]}


def _with_domestic(drawn: model.Draws) -> dict[str, np.ndarray]:
    first = model.domestic_added(drawn, model.faded(drawn, 1))[:, 0]
    return {**model.stocks(drawn, YEARS), "domestic": first}


def surface(
    assumptions: pd.DataFrame, shares: np.ndarray, growths: np.ndarray, n: int
) -> pd.DataFrame:
    """The median ratio at the end of the last year, over import share and Chinese growth.

    A row for each pair: share (of US additions that reaches China, legal or smuggled), growth (of
    Chinese chips added, a factor a year, before it fades), ratio. One set of n draws for all.
    """
    drawn = _one_chunk(assumptions, n)
    fade = model.faded(drawn, YEARS)
    us = model.us_added(drawn, fade).sum(axis=1)
    held = drawn["china-stock"] + drawn["smuggled-stock"]
    rows = []
    for growth in growths:
        made = model.domestic_added(drawn | {"domestic-growth": growth}, fade).sum(axis=1)
        ratios = (drawn["us-stock"] + us) / (held + made + shares[:, None] * us)
        rows.append(pd.DataFrame({"share": shares, "ratio": np.median(ratios, axis=1)}))
    return pd.concat(rows, keys=growths, names=["growth"]).reset_index("growth")


def share_needed(assumptions: pd.DataFrame, limit: float, n: int) -> tuple[float, float, float]:
    """The part of US additions that China must get for the ratio to end at `limit`.

    Median, 5th and 95th percentile (share) over n draws.
    """
    found = model.share_needed(_one_chunk(assumptions, n), YEARS, limit)
    median, low, high = (float(end) for end in np.quantile(found, [0.5, 0.05, 0.95]))
    return median, low, high


def limit_lines(assumptions: pd.DataFrame, growths: np.ndarray, n: int) -> pd.DataFrame:
    """Where the surface is at each of `LIMITS`: columns limit, growth, share (the median)."""
    drawn = _one_chunk(assumptions, n)
    rows = [
        (
            limit,
            growth,
            np.median(model.share_needed(drawn | {"domestic-growth": growth}, YEARS, limit)),
        )
        for limit in LIMITS
        for growth in growths
    ]
    return pd.DataFrame(rows, columns=["limit", "growth", "share"])


def _one_chunk(assumptions: pd.DataFrame, n: int) -> model.Draws:
    """Draws of the inputs of the starting case, all at once; at most one chunk."""
    return next(model.draws(inputs(assumptions), min(n, model.CHUNK)))


def run(assumptions: pd.DataFrame, n: int, seed: int = model.SEED) -> Frames:
    """All scenarios: quantiles by year, and when the ratio passes each threshold.

    Returns two frames, with the rows of `case` for all of `CASES`.
    """
    return together([case(assumptions, *names, n, seed) for names in CASES])


def case(
    assumptions: pd.DataFrame,
    control: str,
    domestic: str,
    n: int,
    seed: int = model.SEED,
    bound: str = "",
) -> Frames:
    """One scenario: quantiles by year, and when the ratio passes each threshold.

    Returns two frames. The first has control, domestic, year, quantity (us, china: million H100e;
    ratio) and p5 to p95; the second control, domestic, threshold, reached_share (of draws, by the
    last year, 0 to 1) and median_year (missing where half of the draws do not reach it).
    """
    start = stocks.latest_quarter().year
    drawn = paths(assumptions, control, domestic, n, seed, bound)
    names = {"control": control, "domestic": domestic}
    fans = [fan_rows(names, name, values, start) for name, values in drawn.items()]
    coming = drawn["ratio"][:, 1:]
    passes = [passing(names, coming, limit, start + 1) for limit in THRESHOLDS]
    return pd.concat(fans, ignore_index=True), pd.DataFrame(passes)


def together(cases: Iterable[Frames]) -> Frames:
    """The frames of several scenarios, one below the other."""
    fans, passes = zip(*cases, strict=True)
    return pd.concat(fans, ignore_index=True), pd.concat(passes, ignore_index=True)


def clock_at_end(
    assumptions: pd.DataFrame, control: str, domestic: str, n: int, seed: int = model.SEED
) -> tuple[float, float, float]:
    """Months since the US held what China holds at the end of a scenario: median, 5 %, 95 % point.

    A Chinese stock below all US ones of the scenario is further behind than its years: infinite.
    """
    start = stocks.latest_quarter().year
    drawn = paths(assumptions, control, domestic, n, seed)
    ends = pd.to_datetime([f"{year}-12-31" for year in range(start, start + YEARS + 1)])
    days = (ends - ends[0]).days
    months = model.months_behind(days, drawn["us"], drawn["china"][:, -1], days[-1])
    # A draw each, since nothing lies between a number and infinity.
    months = np.sort(np.nan_to_num(months, nan=np.inf))
    median, low, high = (float(months[int(share * (n - 1))]) for share in (0.5, 0.05, 0.95))
    return median, low, high


def fan_rows(case: dict, name: str, values: np.ndarray, start: int) -> pd.DataFrame:
    """Quantiles of a path by year."""
    quantiles = np.quantile(values, list(POINTS.values()), axis=0)
    years = range(start, start + values.shape[1])
    return pd.DataFrame(
        {**case, "year": years, "quantity": name, **dict(zip(POINTS, quantiles, strict=True))}
    )


def passing(case: dict, ratio: np.ndarray, limit: float, start: int) -> dict:
    """Share of draws in which the ratio comes down to the limit, and the year for half of them."""
    years = model.first_year(ratio, limit, start)
    share = float(np.isfinite(years).mean())
    # Sorted, a draw that never comes down is later than any year.
    middle = np.sort(years)[(len(years) - 1) // 2]
    year = int(middle) if np.isfinite(middle) else pd.NA
    return {**case, "threshold": limit, "reached_share": share, "median_year": year}


def lag_summary(assumptions: pd.DataFrame, n: int, seed: int = model.SEED) -> pd.DataFrame:
    """What the gap is worth today: quantiles of ratio, lags and effective gap."""
    found = model.simulate(lag_inputs(assumptions), model.lags, n, seed)
    rows = {name: np.quantile(values, list(POINTS.values())) for name, values in found.items()}
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=list(POINTS))
    return frame.rename_axis("quantity").reset_index()
