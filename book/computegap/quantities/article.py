"""What the article says, and the day on which it says it."""

import pandas as pd

from computegap.quantities import named, quantity
from computegap.tables import load

ARTICLE_DATE = pd.Timestamp("2026-06-22")


@quantity()
def claimed(claim_id: str, end: str = "value") -> float:
    """The value that the article states in a claim, in the claim's unit; `end` may be value_high.

    Raises `KeyError` for an unknown claim.
    """
    return float(load("claims").set_index("claim_id").at[claim_id, end])


@quantity("US over China")
def article_chip_ratio() -> float:
    """High-end chips, US over China, as the article has it (claim C033)."""
    return 1 / claimed("C033")


@quantity("US over China")
def article_data_center_ratio() -> float:
    """Data centres, US over China: the article's 'over', taken at its bound (claim C035)."""
    return claimed("C035")


@quantity("US over China")
def article_eflops_ratio() -> float:
    """Total computing power, US over China, from the article's pair (claims C036, C037)."""
    return claimed("C036") / claimed("C037")


@quantity()
def yardsticks() -> pd.DataFrame:
    """The table yardsticks with the `ratio` that each one's measure computes, smallest first."""
    rows = load("yardsticks")
    rows["ratio"] = [named(measure).function() for measure in rows["measure"]]
    return rows.sort_values("ratio", ignore_index=True)
