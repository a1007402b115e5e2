"""Statistics that more than one chapter needs."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import ndtri

# Fieller, Hartley and Pearson (1957, Biometrika 44, 470-481): Fisher's transform of a rank
# correlation has this over n - 3 as its variance, where that of a linear one has 1 over n - 3.
RANK_VARIANCE = 1.06
# How often an interval is meant to hold the true value.
LEVEL = 0.95


def rank_correlation(
    x: ArrayLike, y: ArrayLike, level: float = LEVEL
) -> tuple[float, float, float]:
    """Spearman's rank correlation of two series, and both ends of its interval (-1 to 1).

    Pairs with a missing part are left out, and ties have their mean rank. The interval is Fisher's,
    tanh(artanh(r) ± z √(1.06 / (n - 3))), with z for the `level`, and takes the pairs for
    independent of each other; where they are not, it is too narrow.
    Raises `ValueError` for fewer than four pairs.
    """
    pairs = pd.DataFrame({"x": np.asarray(x, float), "y": np.asarray(y, float)}).dropna()
    if len(pairs) < 4:
        raise ValueError(f"{len(pairs)} pairs have no interval; expected four at least")
    value = np.corrcoef(pairs.rank(), rowvar=False)[0, 1]
    half = ndtri((1 + level) / 2) * np.sqrt(RANK_VARIANCE / (len(pairs) - 3))
    # A perfect correlation has no width on Fisher's scale.
    with np.errstate(divide="ignore"):
        low, high = np.tanh(np.arctanh(value) + half * np.array([-1, 1]))
    return float(value), float(low), float(high)
