"""Claims counted: how many the evidence decides, and how."""

import pandas as pd

from computegap import ledger
from computegap.quantities import quantity
from computegap.tables import load
from computegap.verdicts import WORDS

# The verdicts that evidence decides, and the two ways in which a claim is left open.
DECIDED = WORDS[:4]
OUTCOMES = (*DECIDED, "undecided", "uncheckable")


@quantity("claims")
def claim_outcomes(which: str = "") -> pd.Series:
    """How many claims have which outcome: a verdict, undecided, or uncheckable (claims).

    Undecided is a claim that could be checked and on which nothing was found that decides.
    `which`: some of the claims, as a query on the table claims ("kind == 'ratio'"); only their
    evidence is weighed.
    """
    claims = load("claims").query(which) if which else load("claims")
    judged = claims.merge(ledger.words(claims["claim_id"].to_list()), on="claim_id")
    left_open = judged["is_checkable"].map({True: "undecided", False: "uncheckable"})
    outcome = judged["verdict"].mask(judged["verdict"] == "cannot tell", left_open)
    return outcome.value_counts().reindex(list(OUTCOMES), fill_value=0)
