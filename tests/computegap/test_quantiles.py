"""Quantiles by Python alone are those of SciPy."""

import math

import pytest
from computegap import quantiles
from scipy import special


@pytest.mark.parametrize("p", [1e-12, 0.001, 0.05, 0.2, 0.5, 0.6, 0.95, 0.975, 1 - 1e-9])
def test_the_normal_quantile_is_scipys(p):
    assert quantiles.normal(p) == pytest.approx(special.ndtri(p), rel=1e-13, abs=1e-15)


@pytest.mark.parametrize("degrees", [1, 2, 3, 4, 7, 30, 101])
@pytest.mark.parametrize("p", [0.001, 0.05, 0.4, 0.5, 0.8, 0.95, 0.999])
def test_students_quantile_is_scipys(degrees, p):
    expected = special.stdtrit(degrees, p)
    assert quantiles.student(degrees, p) == pytest.approx(expected, rel=1e-11, abs=1e-13)


def test_the_ends_of_the_normal_distribution_are_infinite():
    assert quantiles.normal(0) == -math.inf
    assert quantiles.normal(1) == math.inf


@pytest.mark.parametrize("p", [-0.1, 1.1, math.nan])
def test_what_is_no_probability_has_no_quantile(p):
    with pytest.raises(ValueError, match="no probability"):
        quantiles.normal(p)
    with pytest.raises(ValueError, match="no quantile"):
        quantiles.student(3, p)


@pytest.mark.parametrize("degrees", [0, -1, 2.5])
def test_a_number_of_degrees_that_is_none_is_refused(degrees):
    with pytest.raises(ValueError, match="degrees of freedom"):
        quantiles.student(degrees, 0.9)
