"""How many months one country's models trail another's: estimators of a lag, with intervals.

Pure functions of what is handed in; no table is read here. Plain NumPy, so that a page can run them
without SciPy. Times are in months of 30.44 days before the day in question, which is 0. Scores may
be in any unit, and a change of unit or a shift of all days changes no result.

Three estimators, from the most literal to the smoothest:

- `staircase`: age of the first leading model as good as the follower's best. A step function of the
  day and of single scores; good for a picture.
- `match_waits` with `kaplan_meier_median` or `censored_lognormal`: how long the leader's records
  stood until the follower matched them; those that still stand are censored. It speaks of the
  months whose records count, not of the day alone. A wait ends with a model, not with an ability,
  so it is longer than the distance of the frontiers: by about a month, errors of scores included,
  where records are as frequent as now (tools/bench/lag.md).
- `frontier_lag_draws`: distance between two smoothed frontiers on the day itself.
"""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from computegap.dates import DAYS_PER_MONTH

LEADER, FOLLOWER = "United States", "China"
# Earlier records are older than what is asked about: Chinese models followed by a year in 2023.
SINCE = "2024-01-01"
# So many, since the upper end of the median wait lies in a gap between two records.
DRAWS, SEED = 10_000, 20260622
# The 5th and the 95th percentile of a normal distribution lie this many deviations off its mean.
Z90 = 1.6448536269514722
QUANTILES = (0.05, 0.5, 0.95)
# A wait of less than this is only known to be less: days of release say no more, and the logarithm
# of a wait of one day would outweigh all others.
SHORTEST_MONTHS = 1.0


# Models and their scores


class Models(NamedTuple):
    """Models of one country by day of release, oldest first, on one day the best first.

    All of shape (N,): `name`; `months` of release, with the day in question as 0, so none is above
    0; `score`; `below` and `above`, standard deviations of the score on either side (its unit).
    """

    name: np.ndarray
    months: np.ndarray
    score: np.ndarray
    below: np.ndarray
    above: np.ndarray


def _available(
    scores: pd.DataFrame, days: pd.DatetimeIndex, pauses: pd.DataFrame | None
) -> np.ndarray:
    """Which models somebody could use on which day: shape (days, models)."""
    out = scores["release_date"].to_numpy() <= days.to_numpy()[:, None]
    for pause in () if pauses is None else pauses.itertuples():
        end = days[-1] if pd.isna(pause.to_date) else pause.to_date
        off = (days >= pause.from_date) & (days <= end)
        out &= ~(off[:, None] & (scores["model_name"] == pause.model_name).to_numpy())
    return out


def models(
    scores: pd.DataFrame, country: str, on: pd.Timestamp, pauses: pd.DataFrame | None = None
) -> Models:
    """Models of a country that somebody could use on a day.

    `scores`: columns model_name, country, release_date, eci, and eci_p5 and eci_p95, the ends of a
    90 % interval; where these are empty, the score is taken as exact. `pauses`: model_name,
    from_date and to_date (both days included; without an end, until further notice).
    Raises `ValueError` when there is none.
    """
    on = pd.Timestamp(on)
    rows = scores[_available(scores, pd.DatetimeIndex([on]), pauses)[0]]
    rows = rows[rows["country"] == country]
    if rows.empty:
        raise ValueError(f"no model of {country} could be used on {on:%Y-%m-%d}")
    rows = rows.sort_values(["release_date", "eci"], ascending=[True, False])
    return Models(
        rows["model_name"].to_numpy(),
        -((on - rows["release_date"]).dt.days / DAYS_PER_MONTH).to_numpy(),
        rows["eci"].to_numpy(float),
        ((rows["eci"] - rows["eci_p5"]) / Z90).fillna(0).to_numpy(float),
        ((rows["eci_p95"] - rows["eci"]) / Z90).fillna(0).to_numpy(float),
    )


def drawn_scores(group: Models, n: int, rng: np.random.Generator) -> np.ndarray:
    """Draws of every score, independent of each other: shape (n, N), in the unit of the scores.

    Normal on either side of the score, so that a twentieth lies beyond each end of the interval.
    """
    z = rng.standard_normal((n, len(group.score)))
    return group.score + np.where(z > 0, group.above, group.below) * z


def is_record(score: np.ndarray) -> np.ndarray:
    """Whether a score is higher than all before it, along the last axis."""
    best = np.maximum.accumulate(score, axis=-1)
    before = np.concatenate([np.full_like(best[..., :1], -np.inf), best[..., :-1]], axis=-1)
    return score > before


def quantiles(draws: np.ndarray, levels: tuple[float, ...] = QUANTILES) -> np.ndarray:
    """Quantiles of draws, each one of the draws, so that "not yet" (infinity) can be among them."""
    return np.quantile(draws, levels, method="inverted_cdf")


# The staircase


def staircase(leader: Models, leader_scores: np.ndarray, follower_scores: np.ndarray) -> np.ndarray:
    """Age on the day of the first leading model as good as the follower's best (months).

    Scores of shape (..., N), one for each model of a country: as published, or drawn. Returns shape
    (...). Where no leading model is as good, the lag of that draw is 0, as nobody leads.
    """
    best = np.max(follower_scores, axis=-1, keepdims=True)
    return np.where(np.asarray(leader_scores) >= best, -leader.months, 0).max(axis=-1)


def staircase_daily(
    scores: pd.DataFrame,
    until: pd.Timestamp,
    since: str = SINCE,
    pauses: pd.DataFrame | None = None,
    leader: str = LEADER,
    follower: str = FOLLOWER,
) -> pd.Series:
    """The staircase on each day, by published scores of the models of that day (months).

    Raises `ValueError` on a day without a follower, or without a leading model as good as it.
    """
    days = pd.date_range(since, until)
    usable = _available(scores, days, pauses)
    is_leader, is_follower = ((scores["country"] == name).to_numpy() for name in (leader, follower))
    eci = scores["eci"].to_numpy(float)
    best = np.where(usable & is_follower, eci, -np.inf).max(axis=1)
    released = (scores["release_date"] - days[0]).dt.days.to_numpy(float)
    as_good = usable & is_leader & (eci >= best[:, None])
    first = np.where(as_good, released, np.inf).min(axis=1)
    if not (np.isfinite(best) & np.isfinite(first)).all():
        day = days[~(np.isfinite(best) & np.isfinite(first))][0]
        raise ValueError(f"on {day:%Y-%m-%d} no model of {leader} is as good as {follower}'s best")
    ages = (np.arange(len(days)) - first) / DAYS_PER_MONTH
    return pd.Series(ages, index=days, name="lag_months")


def staircase_by_year(daily: pd.Series) -> pd.DataFrame:
    """Mean, least and greatest of a daily lag in each year (months), and the number of days.

    They describe the path of a step function; the range of a year's days is no interval of its
    mean.
    """
    return daily.groupby(daily.index.year).agg(["mean", "min", "max", "size"]).rename_axis("year")


# The time until matched


class Waits(NamedTuple):
    """What became of each leading model; all of shape (..., N).

    `months` from release until a follower was as good, or until the day; `is_matched` by the day;
    `weight`: how often it counts, 0 for a model that was no record.
    """

    months: np.ndarray
    is_matched: np.ndarray
    weight: np.ndarray


def match_waits(
    leader: Models,
    follower: Models,
    since: float,
    leader_scores: np.ndarray | None = None,
    follower_scores: np.ndarray | None = None,
    half_way: bool = False,
) -> Waits:
    """How long each of the leader's records stood until the follower matched it (months).

    Records of the leader released at `since` (months, below 0) or later. Scores of shape (..., N),
    the published ones if not given. Those not matched by the day are censored: they stood for so
    long at least. A record that a follower had matched before its release has a wait of 0.
    With `half_way`, a wait ends half-way between the follower's last record below the score and the
    one that matched it, as what it can do passed the score somewhere between; and what is not
    matched is censored at the follower's last record, after which nothing is known. This is the
    distance between frontiers; without, it is the time until a model was out.
    Raises `ValueError` when there is no record.
    """
    ours = np.asarray(leader.score if leader_scores is None else leader_scores, float)
    theirs = np.asarray(follower.score if follower_scores is None else follower_scores, float)
    records = is_record(ours) & (leader.months >= since)
    if not records.any():
        raise ValueError(f"the leader has no record in the last {-since:.0f} months")
    # Most models are a record in no draw; leaving them out saves most of the time.
    kept = records.reshape(-1, records.shape[-1]).any(axis=0)
    best = np.maximum.accumulate(theirs, axis=-1)
    place = (best[..., None, :] < ours[..., kept, None]).sum(axis=-1)
    is_matched = place < len(follower.months)
    ends = np.append(follower.months, 0.0)[place]
    if half_way:
        stands = np.where(is_record(theirs), np.arange(len(follower.months)), 0)
        stands = np.maximum.accumulate(stands, axis=-1)
        before = np.take_along_axis(stands, np.maximum(place - 1, 0), axis=-1)
        before = np.where(place > 0, follower.months[before], ends)
        ends = np.where(is_matched, (before + ends) / 2, before)
    months, matched = np.zeros(ours.shape), np.zeros(ours.shape, bool)
    months[..., kept] = np.maximum(ends - leader.months[kept], 0)
    matched[..., kept] = is_matched
    # A record younger than the follower's last one says nothing yet.
    weight = records & (matched | (months > 0))
    return Waits(months, matched, weight.astype(float))


def kaplan_meier(waits: Waits) -> tuple[np.ndarray, np.ndarray]:
    """Waits in rising order and the share that stands longer than each, both of shape (..., N).

    The product-limit estimate; a censored wait counts as at risk until, and at, its end.
    Source: Kaplan and Meier (1958), Journal of the American Statistical Association 53, 457-481.
    """
    months = np.where(waits.weight > 0, waits.months, np.inf)
    # Of waits that are equal, those that ended come first, as the censored ones were at risk then.
    order = np.lexsort((~waits.is_matched, months), axis=-1)
    months = np.take_along_axis(months, order, axis=-1)
    weight = np.take_along_axis(waits.weight, order, axis=-1)
    ended = weight * np.take_along_axis(waits.is_matched, order, axis=-1)
    at_risk = np.flip(np.cumsum(np.flip(weight, -1), axis=-1), -1)
    left = 1 - np.divide(ended, at_risk, out=np.zeros_like(ended), where=at_risk > 0)
    return months, np.cumprod(left, axis=-1)


def kaplan_meier_median(waits: Waits) -> np.ndarray:
    """The first wait by which half of the records were matched (months), shape (...).

    Infinite where less than half were. Raises `ValueError` when none was matched in any draw.
    """
    _refuse_unmatched(waits)
    months, stands = kaplan_meier(waits)
    # Rounding must not turn a half into more than a half.
    reached = stands <= 0.5 + 1e-9
    place = reached.argmax(axis=-1)[..., None]
    median = np.take_along_axis(months, place, axis=-1)[..., 0]
    return np.where(reached.any(axis=-1), median, np.inf)[()]


def _refuse_unmatched(waits: Waits) -> None:
    """Without a single match there is a lower bound, and no estimate."""
    counted = waits.weight > 0
    if not (counted & waits.is_matched).any():
        longest = waits.months[counted].max()
        raise ValueError(
            f"no record of the leader was ever matched: the lag is longer than {longest:.1f} "
            "months, and nothing says by how much"
        )


def _tail(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Logarithm of the normal distribution's upper tail, and density over tail (hazard).

    The rational approximation of Hart (1968) as printed by West (2005), "Better approximations to
    cumulative normal functions", Wilmott Magazine, May, 70-76: good to eight digits at least.
    """
    size = np.abs(x)
    over = np.polyval(
        [
            3.52624965998911e-02,
            0.700383064443688,
            6.37396220353165,
            33.912866078383,
            112.079291497871,
            221.213596169931,
            220.206867912376,
        ],
        size,
    )
    under = np.polyval(
        [
            8.83883476483184e-02,
            1.75566716318264,
            16.064177579207,
            86.7807322029461,
            296.564248779674,
            637.333633378831,
            793.826512519948,
            440.413735824752,
        ],
        size,
    )
    far = size + 0.65
    for step in (4, 3, 2, 1):
        far = size + step / far
    root = np.sqrt(2 * np.pi)
    # Tail over the density's exponential, which never underflows.
    ratio = np.where(size < 7.07106781186547, over / under, 1 / (far * root))
    density = np.exp(-(size**2) / 2)
    lower = 1 - density * ratio
    log_tail = np.where(x > 0, np.log(ratio) - size**2 / 2, np.log(lower))
    hazard = np.where(x > 0, 1 / (ratio * root), density / (root * lower))
    return log_tail, hazard


def censored_lognormal(
    waits: Waits, shortest: float = SHORTEST_MONTHS
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of the logarithm of the waits (months), both of shape (...).

    By maximum likelihood: the density for a wait that ended, the upper tail for one that has not,
    the lower tail at `shortest` for one that was shorter. The median is exp(mean) months, see
    `lognormal_mean_median`. Both NaN where a draw has no maximum, which is where nothing ended, or
    all at once. Raises `ValueError` when none was matched in any draw.
    Source: Olsen (1978), Econometrica 46, 1211-1215: in 1 / deviation and mean / deviation the
    likelihood has one maximum, and Newton's method finds it.
    """
    _refuse_unmatched(waits)
    short = waits.is_matched & (waits.months < shortest)
    x = np.log(np.maximum(waits.months, shortest))
    exact = waits.weight * (waits.is_matched & ~short)
    tail = waits.weight * (~waits.is_matched | short)
    sign = np.where(short, -1.0, 1.0)
    count = waits.weight.sum(axis=-1)
    mean = (waits.weight * x).sum(axis=-1) / np.maximum(count, 1)
    spread = np.sqrt((waits.weight * (x - mean[..., None]) ** 2).sum(axis=-1) / count)
    theta = 1 / np.maximum(spread, 0.1)
    gamma = mean * theta
    for _ in range(50):
        u = theta[..., None] * x - gamma[..., None]
        _, hazard = _tail(sign * u)
        pull, bend = sign * hazard, hazard * (hazard - sign * u)
        slope_theta = (exact * (1 / theta[..., None] - u * x) - tail * pull * x).sum(axis=-1)
        slope_gamma = (exact * u + tail * pull).sum(axis=-1)
        curve_tt = (exact * (1 / theta[..., None] ** 2 + x**2) + tail * bend * x**2).sum(axis=-1)
        curve_tg = -((exact + tail * bend) * x).sum(axis=-1)
        curve_gg = (exact + tail * bend).sum(axis=-1)
        det = curve_tt * curve_gg - curve_tg**2
        det = np.where(det > 0, det, np.nan)
        step_theta = (curve_gg * slope_theta - curve_tg * slope_gamma) / det
        step_gamma = (curve_tt * slope_gamma - curve_tg * slope_theta) / det
        # A step never takes the deviation to more than four times, or through infinity.
        part = np.divide(
            0.75 * theta, -step_theta, out=np.ones_like(theta), where=-step_theta > 0.75 * theta
        )
        theta, gamma = theta + part * step_theta, gamma + part * step_gamma
        if not (np.abs(step_theta) > 1e-10 * theta).any():
            break
    # Beyond these, the likelihood rises without end.
    found = (exact.sum(axis=-1) > 0) & (theta > 0.05) & (theta < 100)
    theta, gamma = np.where(found, theta, np.nan), np.where(found, gamma, np.nan)
    return (gamma / theta)[()], (1 / theta)[()]


def lognormal_mean_median(mean: np.ndarray, deviation: np.ndarray) -> tuple:
    """Mean and median (months) of what has a normal logarithm of this mean and deviation."""
    return np.exp(mean + np.square(deviation) / 2), np.exp(mean)


def match_draws(
    leader: Models,
    follower: Models,
    since: float,
    n: int = DRAWS,
    seed: int = SEED,
    half_way: bool = False,
    with_records: bool = True,
) -> Waits:
    """Draws of the waits: scores and records both drawn again; shape (n, N).

    Scores from their intervals, which draws anew what the records are and what matched them; then
    of the records of each draw as many as there are, with replacement, for the models that the
    history happened to hold. Without `with_records` scores alone are drawn: enough for the usual
    wait of these records, too narrow for a lag (tools/bench/lag.md). All models drawn with
    replacement would thin both frontiers and lengthen the waits.
    """
    rng = np.random.default_rng(seed)
    ours, theirs = drawn_scores(leader, n, rng), drawn_scores(follower, n, rng)
    waits = match_waits(leader, follower, since, ours, theirs, half_way)
    if not with_records:
        return waits
    count = waits.weight.sum(axis=-1)
    # A draw without a record has none to draw from, and stays without.
    share = (waits.weight + (count == 0)[:, None]) / np.maximum(count, 1)[:, None]
    share /= share.sum(axis=-1, keepdims=True)
    again = rng.multinomial(count.astype(int), share)
    return waits._replace(weight=again.astype(float))


# The smoothed frontier


class Trend(NamedTuple):
    """Variances of a local linear trend, each a number or of shape (n,), in squared scores.

    `level` and `slope` (a month): of what is added to the level, and to its monthly growth, in a
    month; `noise`: of a model about the frontier, beyond the error of its score.
    """

    level: np.ndarray
    slope: np.ndarray
    noise: np.ndarray


# Variances before the first model, of the level and of its growth a month: so wide that the first
# two models alone say where a frontier starts, which their part of the likelihood leaves out.
START_VARIANCES = (1e5, 1e2)


class Filtered(NamedTuple):
    """What the filter leaves at each of T times, all of shape (n, T).

    `level` and `growth`, predicted from what came before; `p11`, `p12`, `p22`, their covariance;
    `error` of the prediction and its variance `f`; gains `k1`, `k2`. Errors and gains are 0 where
    nothing was seen.
    """

    level: np.ndarray
    growth: np.ndarray
    p11: np.ndarray
    p12: np.ndarray
    p22: np.ndarray
    error: np.ndarray
    f: np.ndarray
    k1: np.ndarray
    k2: np.ndarray


def kalman_filter(
    months: np.ndarray, seen: np.ndarray, error_variance: np.ndarray, trend: Trend
) -> tuple[np.ndarray, Filtered]:
    """Logarithm of the likelihood (shape (n,)) of a local linear trend, and what the filter found.

    `months`: shape (T,), in order, of which some may be equal; `seen`: shape (n, T) or (1, T), NaN
    where there is nothing; `error_variance`: the same shape, of each score, to which the noise of
    the trend is added. Level and growth are random walks in continuous time: over d months the
    growth has variance `slope` d, and the level `level` d + `slope` d³ / 3. The first two scores
    seen are left out of the likelihood.
    Source: Durbin and Koopman (2012), Time Series Analysis by State Space Methods, 2nd edition,
    sections 3.8 and 4.3.
    """
    seen, error_variance = np.broadcast_arrays(seen, error_variance)
    n = np.broadcast_shapes(seen.shape[:1], np.shape(trend.level) or (1,))[0]
    level_var, slope_var, noise = (np.broadcast_to(part, n) for part in trend)
    level, growth, p12 = np.zeros(n), np.zeros(n), np.zeros(n)
    p11, p22 = np.full(n, START_VARIANCES[0]), np.full(n, START_VARIANCES[1])
    steps = np.append(np.diff(months), 0.0)
    likelihood, count, left = np.zeros(n), 0, []
    for t, d in enumerate(steps):
        is_seen = ~np.isnan(seen[:, t])
        count = count + is_seen
        f = p11 + error_variance[:, t] + noise
        error = np.where(is_seen, np.nan_to_num(seen[:, t]) - level, 0.0)
        k1, k2 = np.where(is_seen, p11 / f, 0.0), np.where(is_seen, p12 / f, 0.0)
        term = -0.5 * (np.log(2 * np.pi * f) + error**2 / f)
        likelihood = likelihood + np.where(is_seen & (count > 2), term, 0.0)
        left.append((level, growth, p11, p12, p22, error, f, k1, k2))
        level, growth = level + k1 * error, growth + k2 * error
        p11, p12, p22 = p11 - k1 * p11, p12 - k1 * p12, p22 - k2 * p12
        level = level + d * growth
        p11 = p11 + 2 * d * p12 + d**2 * p22 + level_var * d + slope_var * d**3 / 3
        p12 = p12 + d * p22 + slope_var * d**2 / 2
        p22 = p22 + slope_var * d
    return likelihood, Filtered(
        *(np.stack(np.broadcast_arrays(*p), 1) for p in zip(*left, strict=True))
    )


def kalman_smoother(months: np.ndarray, filtered: Filtered) -> np.ndarray:
    """The level at each time, given everything seen before and after it: shape (n, T).

    Source: Durbin and Koopman (2012), 4.4: backwards, without inverting a covariance.
    """
    steps = np.append(np.diff(months), 0.0)
    out = np.empty_like(filtered.level)
    r1 = r2 = np.zeros(len(out))
    for t in range(len(steps) - 1, -1, -1):
        r2 = r2 + steps[t] * r1
        # Where nothing was seen, the error and both gains are 0, and nothing is added.
        r1 = r1 - filtered.k1[:, t] * r1 - filtered.k2[:, t] * r2
        r1 = r1 + filtered.error[:, t] / filtered.f[:, t]
        out[:, t] = filtered.level[:, t] + filtered.p11[:, t] * r1 + filtered.p12[:, t] * r2
    return out


def _trend_path(months: np.ndarray, trend: Trend, rng: np.random.Generator) -> np.ndarray:
    """Draws of a trend that starts at 0 and flat: shape (n, T)."""
    d = np.append(0.0, np.diff(months))
    n = len(trend.level)
    bent, growth_z, level_z = rng.standard_normal((3, n, len(d)))
    added = np.sqrt(trend.slope[:, None] * d) * growth_z
    growth = np.cumsum(added, axis=1)
    moved = d * (growth - added / 2) + np.sqrt(trend.slope[:, None] * d**3 / 12) * bent
    return np.cumsum(moved + np.sqrt(trend.level[:, None] * d) * level_z, axis=1)


def smoothed_draws(
    months: np.ndarray,
    seen: np.ndarray,
    error_variance: np.ndarray,
    trend: Trend,
    rng: np.random.Generator,
) -> np.ndarray:
    """Draws of the level given what was seen: shape (n, T); parts of `trend` of shape (n,).

    `seen` and `error_variance`: shape (T,), NaN in `seen` where there is nothing.
    Source: Durbin and Koopman (2002), Biometrika 89, 603-615: a path and scores drawn from the
    model, corrected by the smoothed difference to the scores seen.
    """
    path = _trend_path(months, trend, rng)
    spread = np.sqrt(np.nan_to_num(error_variance) + trend.noise[:, None])
    drawn = path + spread * rng.standard_normal(path.shape)
    _, filtered = kalman_filter(months, seen - drawn, error_variance[None], trend)
    return path + kalman_smoother(months, filtered)


# Variances tried, in squared months of the leader's progress: from none to more than any fit takes.
GRID = np.array(
    [
        (level, slope, noise)
        for level in (0, 0.1, 0.3, 1, 3, 6)
        for slope in (0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
        for noise in (0.05, 0.25, 0.5, 1, 2, 4, 8)
    ]
)
# A model counts as near the frontier within so many months of the leader's progress.
NEAR_MONTHS = 3.5
# Times at which the frontiers are drawn, apart (months).
STEP_MONTHS = 0.5


class Frontiers(NamedTuple):
    """Two frontiers fitted at once, the leader's first; scores in months of the leader's progress.

    `months` at which the level is asked for, shape (T,); `parts`: for each country all times, the
    scores seen, their error variances, and where the times asked for stand among them;
    `log_likelihood`: for each row of `GRID`.
    """

    months: np.ndarray
    parts: tuple
    log_likelihood: np.ndarray


def fit_frontiers(leader: Models, follower: Models, since: float) -> Frontiers:
    """Fit one local linear trend a country to its models near the frontier since `since` (months).

    Near: at most `NEAR_MONTHS` of the leader's progress below the country's best until then, by
    published scores. Records alone are few (about 16 a country) and each is a maximum, so that one
    lucky score moves a frontier; two to three times as many models in a band halve that, and as
    the band is alike, its depth leaves the distance alone. The noise takes up how far they scatter
    below the frontier, the published interval the error of each score. Both countries share their
    variances, since each alone says little about them. The trend may fall; `horizontal_distance`
    takes the best until then.
    Raises `ValueError` when a country has fewer than four such models.
    """
    record = is_record(leader.score) & (leader.months >= since)
    if record.sum() < 2:
        raise ValueError("the leader has fewer than two records, which show no progress")
    first, last = np.flatnonzero(record)[[0, -1]]
    rise = leader.score[last] - leader.score[first]
    unit = rise / (leader.months[last] - leader.months[first])
    months = np.unique(np.append(-np.arange(0, -since, STEP_MONTHS), since))
    parts, likelihood = [], np.zeros(1)
    for group in (leader, follower):
        near = group.score >= np.maximum.accumulate(group.score) - NEAR_MONTHS * unit
        near &= group.months >= since
        if near.sum() < 4:
            raise ValueError(f"only {near.sum()} models near a frontier; expected four at least")
        # Half of the interval's width: a filter takes one deviation, not one a side.
        error = ((group.below + group.above)[near] / 2 / unit) ** 2
        seen = (group.score[near] - leader.score[first]) / unit
        times = np.concatenate([group.months[near], months])
        order = np.argsort(times, kind="stable")
        blank = np.full(len(months), np.nan)
        place = np.argsort(order, kind="stable")[near.sum() :]
        seen, error = np.append(seen, blank)[order], np.append(error, 0 * months)[order]
        parts.append((times[order], seen, error, place))
        likelihood = (
            likelihood + kalman_filter(times[order], seen[None], error[None], Trend(*GRID.T))[0]
        )
    return Frontiers(months, tuple(parts), likelihood)


def horizontal_distance(months: np.ndarray, leader: np.ndarray, follower: np.ndarray) -> np.ndarray:
    """Months since the leader first stood where the follower stands at the last time.

    `months`: shape (T,); both frontiers: shape (n, T). The best until then counts. Below 0 where
    the follower leads: months since it first stood where the leader stands. Where the leader was
    above the follower from the first time on, the whole span, a lower bound. Shape (n,).
    """
    leader, follower = (np.maximum.accumulate(path, axis=1) for path in (leader, follower))
    behind = follower[:, -1] <= leader[:, -1]
    ahead = np.where(behind[:, None], leader, follower)
    level = np.minimum(leader[:, -1], follower[:, -1])[:, None]
    after = np.clip((ahead < level).sum(axis=1), 1, len(months) - 1)[:, None]
    low, high = (np.take_along_axis(ahead, after + step, axis=1) for step in (-1, 0))
    part = np.divide(level - low, high - low, out=np.zeros_like(low), where=high > low)
    after, part = after[:, 0], np.clip(part[:, 0], 0, 1)
    passed = months[after - 1] + part * (months[after] - months[after - 1])
    return np.where(behind, 1, -1) * (months[-1] - passed)


def frontier_lag(fitted: Frontiers) -> float:
    """Distance of the two smoothed frontiers on the day (months), over the variances tried.

    Each row of `GRID` weighs as much as its likelihood.
    """
    levels = []
    weight = _weights(fitted)
    kept = weight > 1e-6
    for times, seen, error, place in fitted.parts:
        _, filtered = kalman_filter(times, seen[None], error[None], Trend(*GRID[kept].T))
        levels.append(weight[kept] @ kalman_smoother(times, filtered)[:, place])
    return float(horizontal_distance(fitted.months, *(level[None] for level in levels))[0])


def _weights(fitted: Frontiers) -> np.ndarray:
    weight = np.exp(fitted.log_likelihood - fitted.log_likelihood.max())
    return weight / weight.sum()


def frontier_lag_draws(fitted: Frontiers, n: int = DRAWS, seed: int = SEED) -> np.ndarray:
    """Draws of that distance (months), shape (n,).

    They carry the errors of the scores, the scatter of models about the frontier, the course
    between models, and the variances, each row of `GRID` drawn as often as its likelihood says.
    """
    rng = np.random.default_rng(seed)
    trend = Trend(*GRID[rng.choice(len(GRID), n, p=_weights(fitted))].T)
    levels = [
        smoothed_draws(times, seen, error, trend, rng)[:, place]
        for times, seen, error, place in fitted.parts
    ]
    return horizontal_distance(fitted.months, *levels)


# All estimators on one day

# The mean of two is the headline: median time until matched, and distance of smoothed frontiers.
HEADLINE = ("matched_median", "frontier")
# How waits end, by the beginning of the names of their estimators: `match_waits`, `half_way`.
WAITS = {"matched": False, "passed": True}
ESTIMATORS = (
    *(f"{kind}_{what}" for kind in WAITS for what in ("median", "mean", "lognormal_median")),
    "frontier",
)
# Days on which vintages are compared: the day, and the ends of so many quarters before it.
VINTAGE_QUARTERS = 4


def since_months(on: pd.Timestamp, since: str = SINCE) -> float:
    """The day from which records count, in months before the day in question (below 0)."""
    return -(pd.Timestamp(on) - pd.Timestamp(since)).days / DAYS_PER_MONTH


def _of_waits(waits: Waits, kind: str, names: Collection[str]) -> dict[str, np.ndarray]:
    """Those of the three summaries of waits that are asked for, by name."""
    out = {}
    if f"{kind}_median" in names:
        out[f"{kind}_median"] = kaplan_meier_median(waits)
    by_lognormal = f"{kind}_mean", f"{kind}_lognormal_median"
    # The fit of the lognormal takes more time than everything else together.
    if set(by_lognormal) & set(names):
        values = lognormal_mean_median(*censored_lognormal(waits))
        out |= dict(zip(by_lognormal, values, strict=True))
    return {name: value for name, value in out.items() if name in names}


def estimates(
    leader: Models, follower: Models, since: float, names: Collection[str] = ESTIMATORS
) -> dict[str, float]:
    """Estimators of `names` on published scores (months), by name.

    `matched_median` (Kaplan-Meier), `matched_mean` and `matched_lognormal_median` (censored
    lognormal): time until a model matched a record. The three of `passed`: the same half-way
    between the follower's records. `frontier`: distance of the smoothed frontiers.
    """
    out: dict[str, Any] = {}
    for kind, half_way in WAITS.items():
        if any(name.startswith(kind) for name in names):
            waits = match_waits(leader, follower, since, half_way=half_way)
            out |= _of_waits(waits, kind, names)
    if "frontier" in names:
        out["frontier"] = frontier_lag(fit_frontiers(leader, follower, since))
    return out


def estimate_draws(
    leader: Models,
    follower: Models,
    since: float,
    n: int = DRAWS,
    seed: int = SEED,
    names: Collection[str] = ESTIMATORS,
) -> dict[str, np.ndarray]:
    """Draws of each of `estimates`, shape (n,) each (months): scores and models, not vintages.

    Raises `ValueError` where more than a twentieth of the draws have no estimate.
    """
    out: dict[str, np.ndarray] = {}
    for kind, half_way in WAITS.items():
        if any(name.startswith(kind) for name in names):
            waits = match_draws(leader, follower, since, n, seed, half_way)
            out |= _of_waits(waits, kind, names)
    if "frontier" in names:
        out["frontier"] = frontier_lag_draws(fit_frontiers(leader, follower, since), n, seed)
    for name, values in out.items():
        if np.isnan(values).mean() > 0.05:
            raise ValueError(f"{np.isnan(values).mean():.0%} of the draws of {name} have none")
    return out


def mean_of_both(draws: Mapping[str, np.ndarray]) -> np.ndarray:
    """Draws of the mean of both estimators of `HEADLINE` (months), shape (n,).

    They err to different sides: the frontier comes out too short, the time until matched too long,
    most of all where the lag drifts, and neither is known to be the better one. The draws of the
    two are independent of each other, though the scores behind them are the same; their mean holds
    a known lag about as often as it says, whether the lag stays or drifts, where each alone misses
    when it drifts, and the draws of both in one heap are too wide (tools/bench/lag.md).
    """
    return np.mean([draws[name] for name in HEADLINE], axis=0)


def vintage_deviations(
    vintages: Mapping[pd.Timestamp, pd.DataFrame],
    on: pd.Timestamp,
    since: str = SINCE,
    pauses: pd.DataFrame | None = None,
    names: Collection[str] = HEADLINE,
) -> pd.Series:
    """Standard deviation of estimators between vintages of the scores (months), by name.

    `vintages`: the scores by the day on which they were taken, all with one table of release
    dates. On the day and at the ends of the quarters before it, each vintage that had been taken by
    then or later gives its estimates; the deviation is about the mean of a day, over all days.
    It has few degrees of freedom, because vintages are few and one day resembles the next.
    Raises `ValueError` when no day has two vintages.
    """
    on = pd.Timestamp(on)
    days = pd.date_range(end=on, periods=VINTAGE_QUARTERS, freq="QE").union([on])
    squares, free = 0.0, 0
    for day in days:
        found = pd.DataFrame(
            [
                estimates(
                    models(scores, LEADER, day, pauses),
                    models(scores, FOLLOWER, day, pauses),
                    since_months(day, since),
                    names,
                )
                for taken, scores in vintages.items()
                if pd.Timestamp(taken) >= day
            ]
        )
        if len(found) > 1:
            squares = squares + ((found - found.mean()) ** 2).sum()
            free += len(found) - 1
    if not free:
        raise ValueError(f"no two vintages were taken on {on:%Y-%m-%d} or later")
    return np.sqrt(squares / free)


class Lag(NamedTuple):
    """The lag on a day (months).

    `table`: a row for the headline and one for each estimator, with `low`, `middle` and `high`, the
    5th, 50th and 95th percentile of the draws; `point`, by published scores; `between_vintages`,
    the deviation that was added to the draws. `draws`: those of the headline.
    """

    table: pd.DataFrame
    draws: np.ndarray


def headline(
    scores: pd.DataFrame,
    on: pd.Timestamp,
    since: str = SINCE,
    pauses: pd.DataFrame | None = None,
    vintages: Mapping[pd.Timestamp, pd.DataFrame] | None = None,
    n: int = DRAWS,
    seed: int = SEED,
    names: Collection[str] = HEADLINE,
) -> Lag:
    """The lag on a day: by the mean of both estimators of `HEADLINE`, and by each.

    A vintage is one publication of all scores, with a scale estimated anew; the same day looks
    different from another, and neither is the right one, so the difference belongs into the
    interval. It enters as an independent normal error; without `vintages` it is 0.
    `scores` and `pauses` as for `models`; the release dates of all vintages have to agree. `names`:
    more of `ESTIMATORS`, to be shown beside the two.
    """
    names = (*HEADLINE, *(name for name in names if name not in HEADLINE))
    since_day = since_months(on, since)
    leader, follower = (models(scores, name, on, pauses) for name in (LEADER, FOLLOWER))
    points = estimates(leader, follower, since_day, names)
    between = pd.Series(0.0, index=list(names))
    if vintages:
        between = vintage_deviations(vintages, on, since, pauses, names)
    z = np.random.default_rng([seed, 1]).standard_normal(n)
    draws = {}
    for name, values in estimate_draws(leader, follower, since_day, n, seed, names).items():
        values = values + between[name] * z
        # Who leads can trail by less than nothing, a wait cannot.
        draws[name] = values if name == "frontier" else np.maximum(values, 0)
    draws = {"headline": mean_of_both(draws), **draws}
    points["headline"] = float(np.mean([points[name] for name in HEADLINE]))
    # What was added to both was the same number of deviations.
    between["headline"] = between[list(HEADLINE)].mean()
    rows = {
        name: (*quantiles(values[~np.isnan(values)]), points[name], between[name])
        for name, values in draws.items()
    }
    columns = ["low", "middle", "high", "point", "between_vintages"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("estimator")
    return Lag(table, draws["headline"])
