"""Statistics of chapters, against those of SciPy."""

import numpy as np
import pytest
from computegap.statistics import rank_correlation
from scipy import stats

X = [3.1, 1.2, 8.4, 4.4, 9.0, 2.5, 7.7]
Y = [2.0, 3.0, 9.1, 4.0, 7.2, 1.1, 7.2]


def test_the_value_is_spearmans_ties_included():
    assert rank_correlation(X, Y)[0] == pytest.approx(stats.spearmanr(X, Y).statistic)


@pytest.mark.parametrize("level", [0.9, 0.95])
def test_the_interval_is_fishers_of_the_ranks_widened_for_ranks(level):
    # SciPy has the interval of a linear correlation, 1 / (n - 3) in place of 1.06 / (n - 3).
    fisher = stats.pearsonr(stats.rankdata(X), stats.rankdata(Y)).confidence_interval(level)
    value, low, high = rank_correlation(X, Y, level)
    for end, linear in ((low, fisher.low), (high, fisher.high)):
        width = (np.arctanh(end) - np.arctanh(value)) / (np.arctanh(linear) - np.arctanh(value))
        assert width == pytest.approx(np.sqrt(1.06))


def test_a_pair_with_a_missing_part_is_left_out():
    assert rank_correlation([*X, np.nan, 5], [*Y, 1, np.nan]) == rank_correlation(X, Y)


def test_the_interval_holds_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(1)
    samples = rng.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], (1000, 30))
    # Spearman's correlation of a normal pair with a linear one of a half.
    truth = 6 / np.pi * np.arcsin(0.25)
    found = [rank_correlation(*sample.T)[1:] for sample in samples]
    assert np.mean([low < truth < high for low, high in found]) == pytest.approx(0.95, abs=0.02)


def test_a_perfect_correlation_has_no_width():
    assert rank_correlation(X, X) == pytest.approx((1, 1, 1))


def test_three_pairs_have_no_interval():
    with pytest.raises(ValueError, match="3 pairs"):
        rank_correlation([1, 2, 3], [1, 3, 2])
