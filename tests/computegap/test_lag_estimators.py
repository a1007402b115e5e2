"""Estimators of the lag against SciPy, against statsmodels, and against lags that are known.

The Kalman filter was compared with statsmodels 0.15.0 (`MLEModel` with time-varying matrices and a
known start) on the series below: log-likelihood -8.139617450562955, smoothed levels as pinned in
SMOOTHED. Where statsmodels can be imported, the comparison is made again on longer series.
"""

import numpy as np
import pandas as pd
import pytest
from bench import lag as made_up
from computegap import lag
from computegap.quantities import frontier
from computegap.tables import load
from scipy import stats

ARTICLE = pd.Timestamp("2026-06-22")
# Months, scores (NaN where none), variances of their errors; variances of level, slope and noise.
MONTHS = np.array([0, 0.5, 0.5, 2, 3.25, 4, 6, 7.5, 9])
SEEN = np.array([1.0, 1.8, 1.5, np.nan, 4.1, 4.4, np.nan, 7.9, 9.3])
ERRORS = np.array([0.04, 0.09, 0.25, 0, 0.16, 0.04, 0, 0.09, 0.25])
TREND = lag.Trend(0.3, 0.02, 0.5)
LIKELIHOOD = -8.139617450562955
SMOOTHED = [
    1.10089257,
    1.57807904,
    1.57807904,
    2.8858828,
    3.97696484,
    4.59196664,
    6.46145519,
    7.87405615,
    9.27005884,
]


def group(months, scores, sd=0.0) -> lag.Models:
    """Models of one country, by months before the day."""
    months, scores = np.asarray(months, float), np.asarray(scores, float)
    sd = np.full(len(months), sd)
    return lag.Models(np.arange(len(months)), months, scores, sd, sd)


def waits(months, is_matched, weight=None) -> lag.Waits:
    weight = np.ones(len(months)) if weight is None else weight
    return lag.Waits(np.asarray(months, float), np.asarray(is_matched), np.asarray(weight, float))


def some_waits(seed: int, n: int = 20) -> lag.Waits:
    """Waits with ties and with about a third that has not ended."""
    rng = np.random.default_rng(seed)
    return waits(np.round(rng.lognormal(1.8, 0.5, n), 1), rng.random(n) > 0.35)


def scores(**rows) -> pd.DataFrame:
    """A table of scores: a letter and a number by name, `A=("US", "2025-01-01", 100)`."""
    names = {"US": "United States", "CN": "China"}
    return pd.DataFrame(
        [
            {"model_name": name, "country": names[place], "release_date": day, "eci": score}
            for name, (place, day, score) in rows.items()
        ]
    ).assign(
        release_date=lambda t: pd.to_datetime(t["release_date"]), eci_p5=np.nan, eci_p95=np.nan
    )


def september() -> tuple[pd.DataFrame, pd.DataFrame]:
    return frontier.eci_scores("2026-09-25"), load("model_pauses")


# Kaplan-Meier


@pytest.mark.parametrize("seed", range(5))
def test_the_share_that_stands_is_scipys(seed):
    given = some_waits(seed)
    sample = stats.CensoredData(
        uncensored=given.months[given.is_matched], right=given.months[~given.is_matched]
    )
    oracle = stats.ecdf(sample).sf
    months, stands = lag.kaplan_meier(given)
    # After the last of equal waits, as the share is that of waits longer than it.
    last = np.append(months[1:] > months[:-1], True)
    assert stands[last] == pytest.approx(oracle.evaluate(months[last]))
    half = oracle.quantiles[oracle.probabilities <= 0.5 + 1e-9]
    assert lag.kaplan_meier_median(given) == (half[0] if len(half) else np.inf)


def test_a_weight_counts_as_so_many_waits():
    once = waits([3, 5, 5, 8, 9], [True, False, True, True, False], [2, 1, 0, 3, 1])
    often = waits([3, 3, 5, 8, 8, 8, 9], [True, True, False, True, True, True, False])
    assert lag.kaplan_meier_median(once) == lag.kaplan_meier_median(often) == 8
    assert lag.censored_lognormal(once) == pytest.approx(lag.censored_lognormal(often))


def test_many_draws_at_once_give_what_each_gives_alone():
    each = [some_waits(seed) for seed in range(4)]
    together = lag.Waits(*map(np.stack, zip(*each, strict=True)))
    assert list(lag.kaplan_meier_median(together)) == [lag.kaplan_meier_median(one) for one in each]
    alone = np.array([lag.censored_lognormal(one) for one in each])
    assert np.transpose(lag.censored_lognormal(together)) == pytest.approx(alone)


def test_a_median_that_less_than_half_have_reached_is_infinite():
    assert lag.kaplan_meier_median(waits([2, 3, 4], [True, False, False])) == np.inf


# Censored lognormal


def test_the_normal_tail_is_scipys():
    x = np.concatenate([np.linspace(-9, 9, 181), [-30, 30, 7.07, 7.08]])
    log_tail, hazard = lag._tail(x)
    # The continued fraction, from 7.07 on, is good to eight digits, the rest to fourteen.
    assert log_tail == pytest.approx(stats.norm.logsf(x), rel=1e-9, abs=1e-15)
    assert hazard == pytest.approx(np.exp(stats.norm.logpdf(x) - stats.norm.logsf(x)), rel=1e-8)


@pytest.mark.parametrize("seed", range(4))
def test_the_censored_lognormal_is_scipys(seed):
    given = some_waits(seed, 25)
    given.months[:2], given.is_matched[:2] = 0.3, True
    ended = given.is_matched & (given.months >= lag.SHORTEST_MONTHS)
    sample = stats.CensoredData(
        uncensored=given.months[ended],
        right=given.months[~given.is_matched],
        left=np.full((given.is_matched & ~ended).sum(), lag.SHORTEST_MONTHS),
    )
    deviation, _, scale = stats.lognorm.fit(sample, floc=0)
    mean, median = lag.lognormal_mean_median(*lag.censored_lognormal(given))
    assert lag.censored_lognormal(given) == pytest.approx((np.log(scale), deviation), abs=1e-4)
    assert (mean, median) == pytest.approx((scale * np.exp(deviation**2 / 2), scale), rel=1e-3)


def test_without_censoring_the_lognormal_has_the_mean_and_deviation_of_the_logarithms():
    given = waits([2, 4, 5, 11], [True] * 4)
    logs = np.log(given.months)
    assert lag.censored_lognormal(given) == pytest.approx((logs.mean(), logs.std()))


def test_waits_that_are_all_alike_have_no_lognormal():
    assert np.isnan(lag.censored_lognormal(waits([5, 5, 5], [True] * 3))).all()


# Waits


def test_a_wait_lasts_until_the_first_model_as_good():
    leader = group([-20, -15, -10, -2], [100, 90, 110, 120])
    follower = group([-12, -4, -3], [100, 105, 111])
    found = lag.match_waits(leader, follower, -30)
    assert list(found.weight) == [1, 0, 1, 1]
    assert list(found.months[[0, 2, 3]]) == [8, 7, 2]
    assert list(found.is_matched) == [True, False, True, False]


def test_half_way_is_between_the_followers_records():
    leader = group([-20, -10, -2], [100, 110, 120])
    follower = group([-16, -12, -5, -3], [90, 101, 80, 111])
    found = lag.match_waits(leader, follower, -30, half_way=True)
    # Matched at -12 after a record at -16, and at -3 after one at -12: the score of 80 is none.
    assert list(found.months[:2]) == [6, 2.5]
    # The last record is younger than the follower's last, which says nothing about it.
    assert list(found.weight) == [1, 1, 0]


def test_a_record_that_was_matched_before_its_release_waits_for_nothing():
    found = lag.match_waits(group([-5], [100]), group([-9], [105]), -30)
    assert (found.months[0], found.is_matched[0]) == (0, True)


def test_a_leader_that_was_never_matched_has_no_estimate():
    found = lag.match_waits(group([-9, -5], [100, 110]), group([-7], [90]), -30)
    for estimate in (lag.kaplan_meier_median, lag.censored_lognormal):
        with pytest.raises(ValueError, match=r"no record .* was ever matched: .* longer than 9\.0"):
            estimate(found)


def test_a_leader_without_records_is_refused():
    with pytest.raises(ValueError, match="no record in the last 3 months"):
        lag.match_waits(group([-9, -2], [100, 90]), group([-7], [90]), -3)


# Staircase


def test_the_staircase_is_the_age_of_the_first_leading_model_as_good():
    leader, follower = group([-20, -9, -4], [100, 110, 108]), group([-5, -1], [104, 107])
    assert lag.staircase(leader, leader.score, follower.score) == 9
    drawn = np.array([[107, 110, 108], [100, 101, 108], [90, 91, 92]])
    assert list(lag.staircase(leader, drawn, np.tile(follower.score, (3, 1)))) == [20, 4, 0]


def test_the_daily_staircase_has_the_reviewed_history():
    table, pauses = september()
    years = lag.staircase_by_year(lag.staircase_daily(table, "2026-09-25", pauses=pauses))
    assert list(years["mean"].round(1)) == [11.2, 5.2, 6.5]
    assert years["max"].max() == pytest.approx(18.1, abs=0.05)
    # 1.1 by the publisher's date of o1, that of its interface for programs.
    assert years["min"].min() == pytest.approx(1.5, abs=0.05)


def test_the_daily_staircase_ends_with_the_staircase_of_the_day():
    table, pauses = september()
    us, china = (lag.models(table, name, ARTICLE, pauses) for name in (lag.LEADER, lag.FOLLOWER))
    daily = lag.staircase_daily(table, ARTICLE, pauses=pauses)
    assert daily.iloc[-1] == pytest.approx(lag.staircase(us, us.score, china.score))
    assert daily.iloc[-1] == pytest.approx(6.3, abs=0.05)


def test_a_model_counts_on_days_when_somebody_could_use_it():
    table = scores(
        a=("US", "2025-01-01", 100), b=("US", "2025-03-01", 120), c=("CN", "2025-02-01", 90)
    )
    pauses = pd.DataFrame({"model_name": ["b"], "from_date": ["2025-03-05"], "to_date": ["NaT"]})
    pauses[["from_date", "to_date"]] = pauses[["from_date", "to_date"]].apply(pd.to_datetime)
    names = [
        list(lag.models(table, lag.LEADER, day, given).name)
        for day, given in (
            ("2025-03-04", pauses),
            ("2025-03-05", pauses),
            ("2025-03-05", pauses.assign(to_date=pd.Timestamp("2025-03-05"))),
            ("2025-03-06", pauses.assign(to_date=pd.Timestamp("2025-03-05"))),
        )
    ]
    assert names == [["a", "b"], ["a"], ["a"], ["a", "b"]]


def test_a_day_without_a_leading_model_as_good_is_named():
    table = scores(a=("US", "2025-01-01", 100), c=("CN", "2025-02-01", 101))
    with pytest.raises(ValueError, match="on 2025-02-01 no model of United States is as good"):
        lag.staircase_daily(table, "2025-03-01", since="2025-02-01")
    with pytest.raises(ValueError, match="no model of China could be used on 2025-01-05"):
        lag.models(table, lag.FOLLOWER, "2025-01-05")


# Kalman filter and smoother


def test_the_filter_and_smoother_give_what_statsmodels_gave():
    likelihood, filtered = lag.kalman_filter(MONTHS, SEEN[None], ERRORS[None], TREND)
    assert likelihood[0] == pytest.approx(LIKELIHOOD, rel=1e-9)
    assert lag.kalman_smoother(MONTHS, filtered)[0] == pytest.approx(SMOOTHED, abs=1e-7)


@pytest.mark.parametrize("seed", range(3))
def test_the_filter_and_smoother_are_those_of_statsmodels(seed):
    """Likelihood and smoothed levels; statsmodels is no part of the book's environment."""
    reason = "statsmodels is not installed; its values on a short series are pinned"
    module = pytest.importorskip("statsmodels.tsa.statespace.mlemodel", reason=reason)
    rng = np.random.default_rng(seed)
    months = np.sort(np.round(rng.uniform(-30, 0, 60), 1))
    seen = np.where(rng.random(60) < 0.7, months + rng.normal(0, 2, 60), np.nan)
    errors, trend = rng.uniform(0, 2, 60), lag.Trend(*rng.uniform(0.01, 1, 3))
    steps = np.append(np.diff(months), 0)
    model = module.MLEModel(seen, k_states=2, k_posdef=2)
    ones, zeros = np.ones(60), np.zeros(60)
    model["design"], model["selection"] = np.array([[1.0, 0.0]]), np.eye(2)
    model["transition"] = np.array([[ones, steps], [zeros, ones]])
    mixed = trend.slope * steps**2 / 2
    level = trend.level * steps + trend.slope * steps**3 / 3
    model["state_cov"] = np.array([[level, mixed], [mixed, trend.slope * steps]])
    model["obs_cov"] = (errors + trend.noise)[None, None]
    model.ssm.initialize_known(np.zeros(2), np.diag(lag.START_VARIANCES))
    oracle = model.ssm.smooth()
    counted = np.flatnonzero(~np.isnan(seen))[2:]
    likelihood, filtered = lag.kalman_filter(months, seen[None], errors[None], trend)
    assert likelihood[0] == pytest.approx(oracle.llf_obs[counted].sum(), rel=1e-8)
    smoothed = lag.kalman_smoother(months, filtered)[0]
    assert smoothed == pytest.approx(oracle.smoothed_state[0], abs=1e-6)


def test_the_filter_is_the_normal_density_of_all_scores_at_once():
    """On a trend whose first two scores fix it, by the covariance matrix written out."""
    months, seen = np.array([0.0, 1, 3, 4, 6]), np.array([0.5, 1.0, 3.5, 3.0, 7.0])
    level, slope, noise = 0.4, 0.05, 0.3
    early, late = np.minimum.outer(months, months), np.maximum.outer(months, months)
    walk = early**2 * (3 * late - early) / 6
    cov = level * early + slope * walk + noise * np.eye(5)
    cov += lag.START_VARIANCES[0] + lag.START_VARIANCES[1] * np.outer(months, months)
    joint = stats.multivariate_normal(np.zeros(5), cov).logpdf(seen)
    start = stats.multivariate_normal(np.zeros(2), cov[:2, :2]).logpdf(seen[:2])
    likelihood, filtered = lag.kalman_filter(
        months, seen[None], np.zeros((1, 5)), lag.Trend(level, slope, noise)
    )
    assert likelihood[0] == pytest.approx(joint - start, rel=1e-7)
    smoothed = (cov - noise * np.eye(5)) @ np.linalg.solve(cov, seen)
    assert lag.kalman_smoother(months, filtered)[0] == pytest.approx(smoothed, abs=1e-5)


def test_drawn_frontiers_lie_about_the_smoothed_one():
    n = 4000
    trend = lag.Trend(*(np.full(n, part) for part in TREND))
    drawn = lag.smoothed_draws(MONTHS, SEEN, ERRORS, trend, np.random.default_rng(1))
    assert drawn.mean(axis=0) == pytest.approx(SMOOTHED, abs=0.05)
    # The variance of the last level given all scores is what the filter has at the end.
    _, filtered = lag.kalman_filter(MONTHS, SEEN[None], ERRORS[None], TREND)
    p, f = filtered.p11[0, -1], filtered.f[0, -1]
    assert drawn[:, -1].var() == pytest.approx(p - p**2 / f, rel=0.1)


# Distance of frontiers


def test_the_distance_is_the_time_since_the_leader_stood_there():
    months = np.array([-10.0, -5, 0])
    leader = np.array([[0.0, 5, 10], [0, 5, 10], [8, 9, 10], [0, 6, 4]])
    follower = np.array([[-9.0, -4, 1], [2, 7, 12], [0, 1, 2], [0, 1, 3]])
    # Behind by 9, ahead by 2 (it stood at 10 at -2), off the scale, and a leader that fell back.
    assert lag.horizontal_distance(months, leader, follower) == pytest.approx([9, -2, 10, 7.5])


# All estimators together


# How far an estimate may be off in each of ten histories, and the least and greatest bias of all
# (months). A wait until a model is out is longer than the lag by about one, half-way it is not.
TOLERANCE = {
    "matched_median": (3.0, 0.5, 2.5),
    "matched_lognormal_median": (3.0, 0.3, 2.3),
    # Where few records are matched yet, the mean hangs on a tail that nobody has seen.
    "matched_mean": (5.5, 0.5, 2.8),
    "passed_median": (2.5, -0.6, 1.4),
    "passed_lognormal_median": (2.5, -0.8, 1.2),
    "passed_mean": (2.5, -0.4, 1.6),
    "frontier": (2.5, -0.8, 0.8),
}


@pytest.fixture(scope="module")
def known() -> list[tuple[float, dict[str, float], lag.Models, lag.Models]]:
    """Ten histories with a known lag, and every estimate of it."""
    rng = np.random.default_rng(1)
    made = [made_up.history(rng) for _ in range(10)]
    return [(true, lag.estimates(us, china, -30), us, china) for true, us, china in made]


@pytest.mark.parametrize("name", TOLERANCE)
def test_each_estimator_finds_a_lag_that_is_known(known, name):
    each, least, greatest = TOLERANCE[name]
    off = np.array([found[name] - true for true, found, *_ in known])
    assert (np.abs(off) < each).all(), off.round(1)
    assert least < off.mean() < greatest, off.mean()


def test_a_change_of_unit_or_of_zero_changes_no_estimate(known):
    _, found, us, china = known[0]
    for factor, plus in ((0.01, 0), (7, -300)):
        both = [
            one._replace(
                score=factor * one.score + plus, below=factor * one.below, above=factor * one.above
            )
            for one in (us, china)
        ]
        assert lag.estimates(*both, -30) == pytest.approx(found)
        draws = [lag.estimate_draws(*pair, -30, 50)["frontier"] for pair in (both, (us, china))]
        assert draws[0] == pytest.approx(draws[1])


def test_a_shift_of_all_days_changes_nothing():
    table, pauses = september()
    by = pd.Timedelta(days=1234)
    moved = table.assign(release_date=table["release_date"] + by)
    later = pauses.assign(from_date=pauses["from_date"] + by, to_date=pauses["to_date"] + by)
    since = pd.Timestamp(lag.SINCE)
    before = lag.headline(table, ARTICLE, pauses=pauses, n=100)
    after = lag.headline(moved, ARTICLE + by, since=since + by, pauses=later, n=100)
    pd.testing.assert_frame_equal(before.table, after.table)
    assert (before.draws == after.draws).all()


@pytest.mark.parametrize(
    "on, both, median, front",
    [
        ("2025-12-31", (4.4, 6.2, 8.9), (4.2, 6.2, 9.9), (3.9, 6.0, 8.4)),
        ("2026-06-22", (5.6, 7.1, 8.5), (4.8, 6.7, 9.4), (5.9, 7.4, 8.7)),
    ],
)
def test_the_headline_has_the_reviewed_months(on, both, median, front):
    table, pauses = september()
    found = lag.headline(table, on, pauses=pauses, n=1000).table
    assert list(found.index) == ["headline", *lag.HEADLINE]
    ends = found[["low", "middle", "high"]]
    # As drawn 2,000 times; what is left is the error of drawing 1,000 times. The upper end of the
    # median jumps from one record's wait to the next where fewer than half are matched yet.
    assert list(ends.loc["headline"])[:2] == pytest.approx(both[:2], abs=0.3)
    assert ends.loc["headline", "high"] == pytest.approx(both[2], abs=0.7)
    assert list(ends.loc["matched_median"])[:2] == pytest.approx(median[:2], abs=0.4)
    assert ends.loc["matched_median", "high"] == pytest.approx(median[2], abs=1.3)
    assert list(ends.loc["frontier"]) == pytest.approx(front, abs=0.4)
    assert (found["between_vintages"] == 0).all()
    assert (ends["low"] < ends["middle"]).all() and (ends["middle"] < ends["high"]).all()


def test_the_headline_is_the_mean_of_two_estimators():
    table, pauses = september()
    found = lag.headline(table, ARTICLE, pauses=pauses, n=50)
    assert found.draws.shape == (50,)
    assert list(lag.quantiles(found.draws)) == list(found.table.loc["headline"])[:3]
    points = found.table["point"]
    assert points["headline"] == pytest.approx(points[list(lag.HEADLINE)].mean())
    draws = {"matched_median": np.array([4.0, 8.0]), "frontier": np.array([6.0, 7.0])}
    assert list(lag.mean_of_both(draws)) == [5.0, 7.5]


def test_more_estimators_stand_beside_the_headline_if_asked_for():
    table, pauses = september()
    found = lag.headline(table, ARTICLE, pauses=pauses, n=50, names=("passed_mean",)).table
    assert set(found.index) == {"headline", *lag.HEADLINE, "passed_mean"}
    alone = lag.headline(table, ARTICLE, pauses=pauses, n=50).table
    pd.testing.assert_frame_equal(found.loc[alone.index], alone)


def test_the_interval_of_the_headline_holds_a_lag_that_is_known(known):
    """In nine of ten histories; tools/bench/lag.md counts over a thousand."""
    held = 0
    for number, (true, _, us, china) in enumerate(known):
        draws = lag.estimate_draws(us, china, -30, 400, number, lag.HEADLINE)
        low, _, high = lag.quantiles(lag.mean_of_both(draws))
        held += low <= true <= high
    assert held >= 8


def test_scores_alone_give_the_interval_that_was_reviewed():
    """Of the median wait: 5.5, 6.7 and 8.0 months where the data were first tried."""
    table, pauses = september()
    us, china = (lag.models(table, name, ARTICLE, pauses) for name in (lag.LEADER, lag.FOLLOWER))
    since = lag.since_months(ARTICLE)
    alone = lag.match_draws(us, china, since, 1000, with_records=False)
    found = lag.quantiles(lag.kaplan_meier_median(alone))
    assert list(found) == pytest.approx([5.5, 6.7, 8.0], abs=0.45)


def test_draws_are_the_same_each_time():
    us, china = (made_up.history(np.random.default_rng(5))[place] for place in (1, 2))
    one, other = (lag.estimate_draws(us, china, -30, 60) for _ in range(2))
    assert all(np.array_equal(one[name], other[name], equal_nan=True) for name in one)


def test_a_difference_between_vintages_widens_the_interval():
    table, pauses = september()
    # A vintage that sees the Chinese models 2 points lower, about two months.
    lower = table.assign(eci=table["eci"] - 2.0 * (table["country"] == "China"))
    lower = lower.assign(eci_p5=table["eci_p5"] - 2, eci_p95=table["eci_p95"] - 2)
    vintages = {"2026-09-25": table, "2026-08-11": lower}
    alone = lag.headline(table, ARTICLE, pauses=pauses, n=300).table
    found = lag.headline(table, ARTICLE, pauses=pauses, vintages=vintages, n=300).table
    assert (found["between_vintages"] > 0.3).all()
    widths = [each.loc["frontier", "high"] - each.loc["frontier", "low"] for each in (alone, found)]
    assert widths[1] > widths[0]
    assert (found["point"] == alone["point"]).all()


def test_one_vintage_cannot_be_compared():
    table, pauses = september()
    with pytest.raises(ValueError, match="no two vintages were taken on 2026-09-25 or later"):
        lag.vintage_deviations({"2025-01-01": table}, pd.Timestamp("2026-09-25"), pauses=pauses)


def test_a_country_with_few_models_has_no_frontier():
    leader = group([-9, -6, -4, -2, -1], [100, 103, 105, 107, 109])
    with pytest.raises(ValueError, match="only 2 models near a frontier"):
        lag.fit_frontiers(leader, group([-3, -1], [100, 101]), -12)
    with pytest.raises(ValueError, match="fewer than two records"):
        lag.fit_frontiers(group([-9], [100]), leader, -12)
