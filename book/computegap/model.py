"""The compute-gap model: what a ratio of compute is worth in months, with its uncertainty.

Pure functions of numbers and arrays; no table is read here and no assumption stands in the code.
Ratios are US over China, growth is a factor a year, lags are in months.
"""

import zlib
from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from computegap import quantiles

MONTHS = 12
DAYS_PER_MONTH = 365.25 / MONTHS

# Any seed will do; it is fixed so that a page, a test and the command line print the same numbers.
SEED = 20260622

# Draws worked on at a time: 0.4 MB an array, which stays in the cache; only results grow with n.
CHUNK = 50_000

Numbers = np.ndarray | float
Draws = dict[str, Numbers]


# Mean of a logarithm, and its spread below and above.
Halves = tuple[float, float, float]


# Formulas


def lag_months(ratio: ArrayLike, growth: ArrayLike) -> Numbers:
    """Months by which a gap of `ratio` lags when compute grows by the factor `growth` a year.

    12 ln(ratio) / ln(growth). A ratio of 1 is no lag; without growth (a factor of 1 or less) a
    gap is never made up, and the lag is infinite. Any shapes that broadcast.
    Raises `ValueError` for a ratio or growth of zero or less.
    """
    ratio, growth = np.asarray(ratio, float), np.asarray(growth, float)
    if (ratio <= 0).any() or (growth <= 0).any():
        raise ValueError("a ratio and a growth factor must be above zero")
    pace = np.log(np.maximum(growth, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        months = MONTHS * np.log(ratio) / pace
    return np.where(ratio == 1, 0.0, months)[()]


def effective_ratio(lag: ArrayLike, growth: ArrayLike) -> Numbers:
    """The gap that a lag of so many months amounts to: growth ** (lag / 12), dimensionless.

    The inverse of `lag_months`. Any shapes that broadcast.
    """
    return np.asarray(growth, float) ** (np.asarray(lag, float) / MONTHS)


def halving_growth(months: ArrayLike) -> Numbers:
    """Growth a year (a factor) of what halves, or doubles, in so many months: 2 ** (12 / months).

    Used for algorithmic progress: compute needed for a given level of performance.
    """
    return 2.0 ** (MONTHS / np.asarray(months, float))


def months_behind(
    days: ArrayLike, leader: ArrayLike, follower: ArrayLike, day: float
) -> np.ndarray:
    """Months since the leader first stood where the follower stands on `day`.

    `days`: shape (T,), rising; `leader`: shape (..., T), rising along T, and `follower`: shape
    (...), in one unit and above zero. Between two days the leader is interpolated on a log scale.
    Returns shape (...); NaN where the leader was above the follower from the first day on, or has
    not reached it by the last.
    """
    days, target = np.asarray(days, float), np.log(np.asarray(follower, float))[..., None]
    leader = np.log(np.asarray(leader, float))
    leader = np.broadcast_to(leader, (*target.shape[:-1], len(days)))
    below = (leader <= target).sum(axis=-1)[..., None]
    after = np.clip(below, 1, len(days) - 1)
    low, high = (np.take_along_axis(leader, after + step, axis=-1) for step in (-1, 0))
    with np.errstate(divide="ignore", invalid="ignore"):
        part = (target - low) / (high - low)
    passed = days[after - 1] + part * (days[after] - days[after - 1])
    reached = (below > 0) & (target <= leader[..., -1:])
    months = (day - np.where(target == leader[..., -1:], days[-1], passed)) / DAYS_PER_MONTH
    return np.where(reached, months, np.nan)[..., 0]


# Draws


def lognormal_parameters(value: float, low: float, high: float, level: float) -> Halves:
    """Mean of the logarithm, and its spread below and above, so that `level` lies in the interval.

    The median is `value`; below it the distribution is the lower half of one lognormal, above it
    the upper half of another, with (1 - level) / 2 of all draws below `low` and as many above
    `high`. Where the value is the geometric mean of the ends, both are one lognormal.
    Raises `ValueError` unless 0 < low <= value <= high and 0 < level < 1.
    """
    if not (0 < low <= value <= high and 0 < level < 1):
        raise ValueError(f"no lognormal has its median {value} and {level} from {low} to {high}")
    z = quantiles.normal((1 + level) / 2)
    return float(np.log(value)), float(np.log(value / low) / z), float(np.log(high / value) / z)


def _quantile(parameters: Halves, z: Numbers) -> Numbers:
    """The value that lies z standard deviations off the median."""
    middle, below, above = parameters
    return np.exp(middle + np.where(np.less(z, 0), below, above) * z)


def draws(
    inputs: pd.DataFrame,
    n: int,
    seed: int = SEED,
    correlations: dict[tuple[str, str], float] | None = None,
) -> Iterator[Draws]:
    """Draw the inputs, at most `CHUNK` at a time, n draws in all.

    `inputs`: one row per input, indexed by its id, with value, low, high and level; an input
    without low and high is its value in every draw. `correlations`: of the logarithms of two
    uncertain inputs; others are independent. Each input has a random stream of its own, so its
    draws depend on the seed and its id alone: not on other inputs, on n, or on the chunks.
    """
    uncertain = _uncertain(inputs)
    fixed = {name: float(row.value) for name, row in inputs.iterrows() if name not in uncertain}
    streams = {name: _stream(seed, name) for name in uncertain}
    for start in range(0, n, CHUNK):
        size = min(CHUNK, n - start)
        normal = {name: stream.standard_normal(size) for name, stream in streams.items()}
        for (one, other), rho in (correlations or {}).items():
            normal[other] = rho * normal[one] + np.sqrt(1 - rho**2) * normal[other]
        yield {**fixed, **{name: _quantile(uncertain[name], normal[name]) for name in uncertain}}


def _uncertain(inputs: pd.DataFrame) -> dict[str, tuple]:
    """The parameters of each input that has an interval."""
    return {
        name: lognormal_parameters(row.value, row.low, row.high, row.level)
        for name, row in inputs.iterrows()
        if pd.notna(row.low)
    }


def _stream(seed: int, name: str) -> np.random.Generator:
    """A random stream of its own for each seed and name."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def simulate(
    inputs: pd.DataFrame,
    compute: Callable[[Draws], Mapping[str, Numbers]],
    n: int,
    seed: int = SEED,
    correlations: dict[tuple[str, str], float] | None = None,
) -> dict[str, np.ndarray]:
    """The outputs of `compute` for n draws of the inputs, each with n as its first axis.

    Memory: the outputs, 8 bytes a number, and a constant for the chunk at work.
    """
    results: dict[str, np.ndarray] = {}
    for chunk, drawn in enumerate(draws(inputs, n, seed, correlations)):
        start = chunk * CHUNK
        stop = min(start + CHUNK, n)
        for name, values in compute(drawn).items():
            if name not in results:
                results[name] = np.empty((n, *np.shape(values)[1:]))
            results[name][start:stop] = values
    return results


def at(inputs: pd.DataFrame, points: dict[str, float] | None = None) -> Draws:
    """The inputs at one point of their distributions each; at the median unless `points` says.

    `points`: probabilities by id (0.05 is the 5 % point). Fixed inputs stay as they are.
    """
    drawn: Draws = {name: float(row.value) for name, row in inputs.iterrows()}
    for name, parameters in _uncertain(inputs).items():
        drawn[name] = float(_quantile(parameters, quantiles.normal((points or {}).get(name, 0.5))))
    return drawn


def sensitivity(inputs: pd.DataFrame, compute: Callable[[Draws], float]) -> pd.DataFrame:
    """How far a result moves with each uncertain input, the others at their medians.

    Columns at_p5 and at_p95: the result with the input at its 5 % and its 95 % point. Rows by id,
    the widest first.
    """
    moved = {
        name: [float(compute(at(inputs, {name: point}))) for point in (0.05, 0.95)]
        for name in inputs.index[inputs["low"].notna()]
    }
    frame = pd.DataFrame.from_dict(moved, orient="index", columns=["at_p5", "at_p95"])
    width = (frame["at_p95"] - frame["at_p5"]).abs()
    return frame.loc[width.sort_values(ascending=False, kind="stable").index]


# What a gap is worth


def lags(drawn: Draws) -> Draws:
    """Ratio, lags and effective gap of each draw; shape (n,) each.

    From the stocks (million H100e), `run-growth` (a factor a year), `halving-months` and, if
    drawn, `measured-lag` (months):
    ratio = US / (legal + smuggled); hardware_lag with run-growth alone; lag with algorithmic
    progress too; effective = the gap that the measured lag amounts to; made_up = ratio / effective.
    """
    found = ratio(drawn)
    growth = drawn["run-growth"] * halving_growth(drawn["halving-months"])
    found |= {
        "growth": growth,
        "hardware_lag": lag_months(found["ratio"], drawn["run-growth"]),
        "lag": lag_months(found["ratio"], growth),
    }
    if "measured-lag" in drawn:
        found |= effective(drawn)
        found["made_up"] = found["ratio"] / found["effective"]
    return found


def ratio(drawn: Draws) -> dict[str, Numbers]:
    """The part of `lags` that takes the stocks alone: the US one over both Chinese ones."""
    return {"ratio": drawn["us-stock"] / (drawn["china-stock"] + drawn["smuggled-stock"])}


def effective(drawn: Draws) -> dict[str, Numbers]:
    """The part of `lags` that takes no stocks: the gap that the measured lag amounts to."""
    growth = drawn["run-growth"] * halving_growth(drawn["halving-months"])
    return {"effective": effective_ratio(drawn["measured-lag"], growth)}


# Stocks of the coming years


def stocks(drawn: Draws, years: int) -> dict[str, np.ndarray]:
    """Stocks at the end of each year, this one first; shape (n, years + 1), million H100e.

    Each year adds to the stock, and nothing is retired. US additions begin with the share
    `us-added-share` of the stock and grow by `us-growth` a year; domestic Chinese ones begin with
    `domestic-added`, grow by `domestic-growth` and are multiplied by `domestic-multiplier`.
    Chinese imports are the share `imports-share` of US additions; smuggled chips are their share
    of the last year, times `smuggling-multiplier`. Growth fades: of its logarithm the part
    `growth-fade` is left after each year. Where drawn, `us-power` bounds the US stock, and
    `rented-added` counts what Chinese firms rent abroad as theirs and not as American.
    """
    fade = faded(drawn, years)
    us = us_added(drawn, fade)
    if "us-power" in drawn:
        us = _within_power(drawn, us)
    china = domestic_added(drawn, fade) + us * _column(foreign_share(drawn))
    if "rented-added" in drawn:
        # As much of each year's US additions as the first contracts are of the first year's.
        rented = us * _column(drawn["rented-added"]) / us[:, :1]
        us, china = us - rented, china + rented
    return {
        "us": _from(drawn["us-stock"], us),
        "china": _from(drawn["china-stock"] + drawn["smuggled-stock"], china),
    }


def foreign_share(drawn: Draws) -> Numbers:
    """Foreign chips that reach China, legal and smuggled, over US additions; shape (n,)."""
    added = drawn["us-stock"] * drawn["us-added-share"]
    smuggled = drawn["smuggled-stock"] * drawn["smuggled-added-share"] / added
    return drawn["imports-share"] + smuggled * drawn["smuggling-multiplier"]


def domestic_added(drawn: Draws, fade: np.ndarray) -> np.ndarray:
    """Chinese chips added in each coming year, million H100e; shape (n, years)."""
    first = drawn["domestic-added"] * drawn["domestic-multiplier"]
    return _column(first) * _column(drawn["domestic-growth"]) ** fade


def share_needed(drawn: Draws, years: int, limit: float) -> Numbers:
    """The part of US additions that China has to get for the ratio to end at `limit`; shape (n,).

    Below zero where Chinese production does it alone. `imports-share` and the smuggled chips to
    come are not read: the share is of both together.
    """
    fade = faded(drawn, years)
    us = us_added(drawn, fade).sum(axis=1)
    made = domestic_added(drawn, fade).sum(axis=1)
    china = drawn["china-stock"] + drawn["smuggled-stock"] + made
    return ((drawn["us-stock"] + us) / limit - china) / us


def _within_power(drawn: Draws, us_added: np.ndarray) -> np.ndarray:
    """US additions that the power of each year can run.

    Power grows evenly from what the stock draws now to `us-power` (GW) in the last year; one
    H100 equivalent takes `power-per-compute` (kW), and `power-gain` times less each year.
    """
    years = np.arange(us_added.shape[1] + 1)
    growth = _column(drawn["us-power"] / (drawn["us-stock"] * drawn["power-per-compute"]))
    gain = _column(drawn["power-gain"])
    most = _column(drawn["us-stock"]) * growth ** (years / years[-1]) * gain**years
    # What stands stays: a year of too little power adds nothing.
    held = np.maximum.accumulate(np.minimum(_from(drawn["us-stock"], us_added), most), axis=1)
    return np.diff(held, axis=1)


def us_stocks(drawn: Draws, years: int) -> dict[str, np.ndarray]:
    """The US part of `stocks` alone, which takes no assumption about China."""
    return {"us": _from(drawn["us-stock"], us_added(drawn, faded(drawn, years)))}


def faded(drawn: Draws, years: int) -> np.ndarray:
    """The exponent of a yearly growth that fades, for all years up to each one."""
    return np.cumsum(_column(drawn["growth-fade"]) ** np.arange(1, years + 1), axis=1)


def us_added(drawn: Draws, fade: np.ndarray) -> np.ndarray:
    """What the US owners add in each coming year, million H100e; shape (n, years)."""
    first = drawn["us-stock"] * drawn["us-added-share"]
    return _column(first) * _column(drawn["us-growth"]) ** fade


def _column(values: Numbers) -> np.ndarray:
    return np.reshape(values, (-1, 1))


def _from(stock: Numbers, added: np.ndarray) -> np.ndarray:
    """A stock and what is added to it year by year, summed up."""
    first = np.broadcast_to(_column(stock), (len(added), 1))
    return np.cumsum(np.concatenate([first, added], axis=1), axis=1)


def first_year(ratio: np.ndarray, threshold: float, year: int) -> np.ndarray:
    """The first year at whose end a ratio is at or below the threshold; NaN where it never is.

    `ratio`: shape (n, years), the first column being the end of `year`. Returns shape (n,).
    """
    below = ratio <= threshold
    return np.where(below.any(axis=1), year + below.argmax(axis=1), np.nan)
