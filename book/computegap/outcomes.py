"""Claims counted: how many the evidence decides, and how."""

import pandas as pd

from computegap import ledger
from computegap.quantities import quantity
from computegap.tables import load
from computegap.verdicts import DECIDED, WORDS

OUTCOMES = WORDS
__all__ = ["DECIDED", "OUTCOMES", "claim_outcomes", "verdicts_that_rest"]


@quantity("claims")
def claim_outcomes(which: str = "") -> pd.Series:
    """How many claims have which verdict (claims). One that restates another is not counted.

    `which`: some of the claims, as a query on the table claims ("kind == 'ratio'"); only their
    evidence is weighed.
    """
    claims = load("claims").query(which) if which else load("claims")
    claims = claims[claims["restates"].isna()]
    found = ledger.words(claims["claim_id"].to_list())["verdict"]
    return found.value_counts().reindex(list(OUTCOMES), fill_value=0)


@quantity("claims")
def verdicts_that_rest() -> pd.Series:
    """Of the decided claims, how many rest on one origin or turn, by what (claims).

    decided, one-origin, several (rest on more than one piece), piece (of these turn when one goes),
    grades (turn when only A and B count), unmoved (on several origins, and turned by neither).
    """
    return pd.Series(ledger.robustness())
