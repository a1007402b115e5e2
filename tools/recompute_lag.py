"""The lag of the models a second time: two estimators, written from their definitions in words.

For `tools/recompute.py`; nothing of the project's package is imported. Times are months of 30.44
days before the day in question, which is 0.

The frontier of a country is a local linear trend here too, but worked out as what it is, a normal
distribution over all days at once, with dense covariances: no filter, no smoother.
"""

from typing import NamedTuple

import numpy as np

NEAR_MONTHS = 3.5
STEP_MONTHS = 0.5
NORMAL_95 = 1.6448536269514722
# Variances that are tried, in months of the leader's progress: of level, growth and scatter.
LEVELS = (0, 0.1, 0.3, 1, 3, 6)
GROWTHS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
SCATTERS = (0.05, 0.25, 0.5, 1, 2, 4, 8)


class Models(NamedTuple):
    """Models of a country, oldest first: days (months), scores and ends of their intervals."""

    months: np.ndarray
    score: np.ndarray
    low: np.ndarray
    high: np.ndarray


def draw_scores(models: Models, rng: np.random.Generator) -> np.ndarray:
    """One draw of all scores: normal on either side, a twentieth beyond each end."""
    z = rng.standard_normal(len(models.score))
    width = np.where(z < 0, models.score - models.low, models.high - models.score)
    return models.score + z * width / NORMAL_95


def waits(
    leader: Models, ours: np.ndarray, theirs: np.ndarray, follower: Models, since: float
) -> tuple[np.ndarray, np.ndarray]:
    """How long each record of the leader stood, and whether the follower has matched it."""
    found = []
    for place, day in enumerate(leader.months):
        if day < since or (place and ours[place] <= ours[:place].max()):
            continue
        matches = follower.months[theirs >= ours[place]]
        if len(matches):
            found.append((max(matches[0] - day, 0.0), True))
        elif day < 0:
            found.append((-day, False))
    return np.array([wait for wait, _ in found]), np.array([ended for _, ended in found])


def median_wait(months: np.ndarray, ended: np.ndarray) -> float:
    """Median of waits of which some have not ended (Kaplan and Meier); infinite if none is."""
    stands = 1.0
    for wait in np.unique(months[ended]):
        stands *= 1 - (ended & (months == wait)).sum() / (months >= wait).sum()
        if stands <= 0.5 + 1e-9:
            return float(wait)
    return np.inf


def matched_draws(leader: Models, follower: Models, since: float, n: int, seed: int) -> np.ndarray:
    """Draws of the median wait: scores drawn again, and of their records as many as there are."""
    rng = np.random.default_rng(seed)
    medians = np.empty(n)
    for draw in range(n):
        ours, theirs = draw_scores(leader, rng), draw_scores(follower, rng)
        months, ended = waits(leader, ours, theirs, follower, since)
        again = rng.integers(0, len(months), len(months))
        medians[draw] = median_wait(months[again], ended[again])
    return medians


def matched(leader: Models, follower: Models, since: float) -> float:
    """The median wait by published scores."""
    return median_wait(*waits(leader, leader.score, follower.score, follower, since))


class Band(NamedTuple):
    """Models near a frontier: days, scores and variances of errors, in the leader's months."""

    months: np.ndarray
    score: np.ndarray
    error: np.ndarray


def bands(leader: Models, follower: Models, since: float) -> tuple[Band, Band]:
    """The models of both countries at most `NEAR_MONTHS` of progress below their best until then.

    A month of progress is the rise from the leader's first record since the day to its last, over
    the months between them.
    """
    best = np.maximum.accumulate(np.append(-np.inf, leader.score))
    records = np.flatnonzero((leader.score > best[:-1]) & (leader.months >= since))
    first, last = records[[0, -1]]
    rise = leader.score[last] - leader.score[first]
    unit = rise / (leader.months[last] - leader.months[first])
    zero = leader.score[first]
    return _band(leader, since, unit, zero), _band(follower, since, unit, zero)


def _band(models: Models, since: float, unit: float, zero: float) -> Band:
    near = models.score >= np.maximum.accumulate(models.score) - NEAR_MONTHS * unit
    near &= models.months >= since
    half = (models.high - models.low)[near] / NORMAL_95 / 2 / unit
    return Band(models.months[near], (models.score[near] - zero) / unit, half**2)


def covariance(one: np.ndarray, other: np.ndarray, level: float, growth: float) -> np.ndarray:
    """Of a random walk and of the sum of one, both 0 at time 0; times of 0 or more."""
    less, more = np.minimum.outer(one, other), np.maximum.outer(one, other)
    return level * less + growth * less**2 * (3 * more - less) / 6


class Course(NamedTuple):
    """A frontier on the days of the grid, given the models: its mean and covariance."""

    log_likelihood: float
    mean: np.ndarray
    spread: np.ndarray


def course(band: Band, grid: np.ndarray, level: float, growth: float, scatter: float) -> Course:
    """The frontier for one set of variances; where it starts and how fast are not known at all."""
    start = grid[0]
    days, to = band.months - start, grid - start
    own = covariance(days, days, level, growth) + np.diag(band.error + scatter)
    across = covariance(to, days, level, growth)
    line, line_to = np.vander(days, 2), np.vander(to, 2)
    solved = np.linalg.solve(own, np.column_stack([line, band.score, across.T]))
    by_line, by_score, by_grid = solved[:, :2], solved[:, 2], solved[:, 3:]
    information = line.T @ by_line
    trend = np.linalg.solve(information, line.T @ by_score)
    rest = band.score - line @ trend
    fit = rest @ np.linalg.solve(own, rest)
    sizes = np.linalg.slogdet(own)[1] + np.linalg.slogdet(information)[1]
    open_line = line_to - across @ by_line
    spread = covariance(to, to, level, growth) - across @ by_grid
    spread = spread + open_line @ np.linalg.solve(information, open_line.T)
    mean = line_to @ trend + across @ np.linalg.solve(own, rest)
    return Course(-(sizes + fit) / 2, mean, spread)


class Fit(NamedTuple):
    """Both frontiers for all variances tried, and what each set of variances weighs."""

    grid: np.ndarray
    weight: np.ndarray
    courses: list[tuple[Course, Course]]


def fit(leader: Models, follower: Models, since: float) -> Fit:
    """Both countries' frontiers; they share the variances, weighed by likelihood."""
    grid = np.unique(np.append(-np.arange(0, -since, STEP_MONTHS), since))
    pair = bands(leader, follower, since)
    courses = [
        (
            course(pair[0], grid, level, growth, scatter),
            course(pair[1], grid, level, growth, scatter),
        )
        for level in LEVELS
        for growth in GROWTHS
        for scatter in SCATTERS
    ]
    logs = np.array([sum(one.log_likelihood for one in both) for both in courses])
    weight = np.exp(logs - logs.max())
    return Fit(grid, weight / weight.sum(), courses)


def distance(grid: np.ndarray, leader: np.ndarray, follower: np.ndarray) -> float:
    """Months since the leader first stood where the follower stands at the end; the best counts."""
    leader, follower = np.maximum.accumulate(leader), np.maximum.accumulate(follower)
    if follower[-1] > leader[-1]:
        return -distance(grid, follower, leader)
    if leader[0] >= follower[-1]:
        return float(grid[-1] - grid[0])
    after = int(np.argmax(leader >= follower[-1]))
    part = (follower[-1] - leader[after - 1]) / (leader[after] - leader[after - 1])
    return float(grid[-1] - grid[after - 1] - part * (grid[after] - grid[after - 1]))


def frontier(fitted: Fit) -> float:
    """Distance of the two frontiers, each the mean over all variances tried."""
    means = [
        sum(w * both[side].mean for w, both in zip(fitted.weight, fitted.courses, strict=True))
        for side in (0, 1)
    ]
    return distance(fitted.grid, *means)


def frontier_draws(fitted: Fit, n: int, seed: int) -> np.ndarray:
    """Draws of that distance: variances as often as they weigh, then whole courses."""
    rng = np.random.default_rng(seed)
    found = []
    counts = rng.multinomial(n, fitted.weight)
    for count, both in zip(counts, fitted.courses, strict=True):
        if count:
            paths = [
                rng.multivariate_normal(one.mean, one.spread, count, method="eigh") for one in both
            ]
            found += [distance(fitted.grid, *pair) for pair in zip(*paths, strict=True)]
    return rng.permutation(found)
