"""Quantiles of the two distributions that this book needs, by Python alone.

A reader's browser runs the chapters (book/_browser), and SciPy would be half of what it loads;
tests/computegap/test_quantiles.py compares with SciPy.
"""

import math
from statistics import NormalDist


def normal(p: float) -> float:
    """The value below which a standard normal variable lies with probability `p`.

    Infinite at 0 and 1. Raises `ValueError` for what is no probability.
    """
    if not 0 <= p <= 1:
        raise ValueError(f"{p} is no probability")
    return NormalDist().inv_cdf(p) if 0 < p < 1 else math.copysign(math.inf, p - 0.5)


def student(degrees: int, p: float) -> float:
    """The same of Student's t with so many degrees of freedom, a whole number.

    Raises `ValueError` unless 0 < p < 1 and there is at least one degree of freedom.
    """
    if not (degrees >= 1 and degrees == int(degrees) and 0 < p < 1):
        raise ValueError(f"no quantile {p} of Student's t with {degrees} degrees of freedom")
    # Halved until no number lies between the ends.
    low, high = -math.pi / 2, math.pi / 2
    while low < (middle := (low + high) / 2) < high:
        if _within(int(degrees), middle) < 2 * p - 1:
            low = middle
        else:
            high = middle
    return math.sqrt(degrees) * math.tan(middle)


def _within(degrees: int, angle: float) -> float:
    """P(|t| < √degrees · tan(angle)), with the sign of the angle.

    Abramowitz and Stegun, 26.7.3 and 26.7.4: a sum of powers of the cosine.
    """
    sine, cosine = math.sin(angle), math.cos(angle)
    is_odd = degrees % 2
    term = cosine if is_odd else 1.0
    terms = []
    for k in range(is_odd + 2, degrees + 1, 2):
        terms.append(term)
        term *= cosine**2 * (k - 1) / k
    whole = sine * math.fsum(terms)
    return 2 / math.pi * (angle + whole) if is_odd else whole
