"""Time between days."""

import pandas as pd

DAYS_PER_MONTH = 365.25 / 12


def months_between(start: pd.Timestamp, end: pd.Timestamp) -> float:
    """Time from one day to another (months of 30.44 days)."""
    return (end - start).days / DAYS_PER_MONTH
