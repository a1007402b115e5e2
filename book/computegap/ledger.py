"""The claims of the article, judged by their evidence: verdicts, the ledger, the scoreboard."""

from typing import Any

import pandas as pd

from computegap import lineage
from computegap.contract import SECTIONS
from computegap.quantities import QuantityError, in_unit, named
from computegap.tables import cell, load
from computegap.verdicts import WORDS, Claim, ClaimError, Piece, verdict


@lineage.recalled
def judged(claim_ids: list[str] | None = None) -> pd.DataFrame:
    """claim_id, verdict, reason, is_override for every claim of the table, or for some.

    Raises `ClaimError` where evidence names an unknown measure or lacks a value, or a claim is
    in no row of the table.
    """
    secondary = set(load("sources").query("kind == 'secondary'")["source_id"])
    return _judged(claim_ids, secondary)


@lineage.recalled
def words(claim_ids: list[str] | None = None) -> pd.DataFrame:
    """claim_id and verdict, as `judged` has them.

    Who published the evidence is part of a reason and of no verdict, so it is not asked.
    """
    return _judged(claim_ids, set())[["claim_id", "verdict"]]


def _judged(claim_ids: list[str] | None, secondary: set[str]) -> pd.DataFrame:
    claims = load("claims")
    if claim_ids is not None:
        if unknown := sorted(set(claim_ids) - set(claims["claim_id"])):
            raise ClaimError(f"no such claims in data/claims.csv: {', '.join(unknown)}")
        claims = claims[claims["claim_id"].isin(claim_ids)]
    evidence = load("evidence")
    evidence = evidence[evidence["claim_id"].isin(claims["claim_id"])]
    pieces = {
        claim_id: [_piece(row, secondary) for row in rows.itertuples()]
        for claim_id, rows in evidence.groupby("claim_id")
    }
    overrides = load("verdict_overrides").set_index("claim_id")
    found = []
    for row in claims.itertuples():
        word, reason = verdict(_claim(row), pieces.get(row.claim_id, []))
        is_override = row.claim_id in overrides.index
        if is_override:
            word, reason = overrides.loc[row.claim_id, ["verdict", "reason"]]
        found.append((row.claim_id, word, reason, is_override))
    return pd.DataFrame(found, columns=["claim_id", "verdict", "reason", "is_override"])


def computed(evidence_id: str, measure: str, unit: str) -> tuple[float, float | None]:
    """A quantity's figure, or both ends where it returns a range, in the unit of an evidence row.

    Raises `ClaimError` for a name that no quantity has, or a unit that it cannot be given in.
    """
    try:
        return in_unit(measure, unit)
    except QuantityError as error:
        raise ClaimError(f"data/evidence.csv, {evidence_id}, column 'measure': {error}") from error


def problems() -> list[str]:
    """Cells of all tables that name no quantity where they have to, a line each."""
    found = []
    for table in ("evidence", "yardsticks", "assumptions"):
        for row, name in load(table)["measure"].dropna().items():
            try:
                named(name)
            except QuantityError as error:
                found.append(f"{cell(table, row, 'measure')}: {error}")
    return found


def _claim(row: Any) -> Claim:
    cells = (row.comparator, row.value, row.value_high, row.unresolved_reason)
    comparator, value, high, reason = (None if pd.isna(cell) else cell for cell in cells)
    return Claim(row.kind, comparator or "", value, high, bool(row.is_checkable), reason or "")


def _piece(row: Any, secondary: set[str]) -> Piece:
    cells = (row.value, row.value_high, row.measure, row.as_of_date)
    value, high, measure, date = (None if pd.isna(cell) else cell for cell in cells)
    if measure:
        value, high = computed(row.evidence_id, measure, row.unit)
    return Piece(row.stance, value, high, date or "", row.source_id in secondary)


@lineage.recalled
def rows() -> pd.DataFrame:
    """All claims with verdict, reason, is_override, and how many pieces and sources bear on each.

    In reading order: by section, paragraph and id. Raises `ClaimError` as `judged` does.
    """
    by_claim = load("evidence").groupby("claim_id")
    counts = pd.DataFrame({"pieces": by_claim.size(), "sources": by_claim["source_id"].nunique()})
    table = load("claims").merge(judged(), on="claim_id").join(counts, on="claim_id")
    table = table.fillna({"pieces": 0, "sources": 0}).astype({"pieces": int, "sources": int})
    table["section"] = pd.Categorical(table["section"], categories=list(SECTIONS), ordered=True)
    return table.sort_values(["section", "paragraph", "claim_id"], ignore_index=True)


@lineage.recalled
def scoreboard(by: str = "section") -> pd.DataFrame:
    """How many claims have which verdict, by section or another column of the claims (counts).

    A row for each section in reading order (or each value of the column as it first appears), a
    column for each verdict in the order of `WORDS`.
    """
    table = rows()
    counts = pd.crosstab(table[by], table["verdict"])
    return counts.reindex(index=table[by].unique(), columns=list(WORDS), fill_value=0)
