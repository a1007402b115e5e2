"""The claims of the article, judged by their evidence: verdicts, the ledger, the scoreboard."""

from dataclasses import replace
from itertools import product
from typing import Any, NamedTuple

import pandas as pd

from computegap import lineage, verdicts
from computegap.contract import SECTIONS
from computegap.quantities import QuantityError, figures, named
from computegap.tables import cell, load
from computegap.verdicts import (
    CANNOT_TELL,
    DECIDED,
    NOT_CHECKABLE,
    WORDS,
    Claim,
    ClaimError,
    Flip,
    Piece,
    Rule,
    Verdict,
)

# What a reader can set in the ledger, in the order of the settings; the first of each is as set.
SWITCHES: dict[str, dict[str, Any]] = {
    "grades": {"A to C": "ABC", "A and B": "AB", "A alone": "A"},
    "margin": {"as set": 1.0, "half": 0.5, "double": 2.0},
    "smuggled": {"in": True, "out": False},
    "newest": {"the article": False, "the newest data": True},
}
# Every setting, as the words of its switches.
SETTINGS = tuple(product(*SWITCHES.values()))
# A figure that is computed from tables of several publishers is no better than press of record.
COMPUTED = "B"
COMPUTATION = "this book's computation"


class Case(NamedTuple):
    """A claim with all its pieces of evidence, as the rule takes them."""

    claim: Claim
    pieces: list[Piece]


def rule_of(setting: tuple[str, ...]) -> Rule:
    """The rule as one of `SETTINGS` has it."""
    chosen = zip(SWITCHES.items(), setting, strict=True)
    return Rule(**{name: options[word] for (name, options), word in chosen})


# Verdicts


@lineage.recalled
def judged(claim_ids: list[str] | None = None) -> pd.DataFrame:
    """The verdict on every claim of the table, or on some, and what it rests on.

    claim_id, verdict, figure, meaning, confidence, in_words, reason, is_override, computed (the
    rule's own word), origins (how many decide at the best grade).
    Raises `ClaimError` where evidence names an unknown measure or lacks a value, or a claim is
    in no row of the table.
    """
    cases, claims = _cases(claim_ids), _chosen(claim_ids).set_index("claim_id")
    overrides = load("verdict_overrides").set_index("claim_id")
    said = load("verdict_reasons").set_index("claim_id")
    found = []
    for claim_id, case in cases.items():
        computed = verdicts.verdict(*case)
        is_override = claim_id in overrides.index
        word = overrides.at[claim_id, "verdict"] if is_override else computed.word
        is_said = claim_id in said.index and said.at[claim_id, "verdict"] == word
        best = [v for v in computed.voices if v.grade == computed.voices[0].grade]
        reason = _reason(computed, claims.loc[claim_id])
        if is_override:
            reason = f"{overrides.at[claim_id, 'reason']} By the rule: {computed.word}. {reason}"
        found.append(
            {
                "claim_id": claim_id,
                "verdict": word,
                "figure": computed.figure,
                "meaning": case.claim.meaning,
                "confidence": "low" if is_override else computed.confidence,
                "in_words": said.at[claim_id, "in_words"] if is_said else "",
                "reason": reason.strip(),
                "is_override": is_override,
                "computed": computed.word,
                "origins": len(best),
            }
        )
    return pd.DataFrame(found)


@lineage.recalled
def words(claim_ids: list[str] | None = None) -> pd.DataFrame:
    """claim_id and verdict, as `judged` has them."""
    overrides = load("verdict_overrides").set_index("claim_id")["verdict"]
    found = {
        claim_id: overrides.get(claim_id, verdicts.verdict(*case).word)
        for claim_id, case in _cases(claim_ids).items()
    }
    return pd.DataFrame(found.items(), columns=["claim_id", "verdict"])


@lineage.recalled
def settings() -> pd.DataFrame:
    """The verdict on every claim in every setting: a row a claim, a column for each of `SETTINGS`.

    The columns are numbered in their order; number 0 is the rule as it is set. An override holds
    in every setting in which the rule finds what it replaces.
    """
    cases = _cases(None)
    overrides = load("verdict_overrides").set_index("claim_id")["verdict"]
    found = {}
    for claim_id, case in cases.items():
        row = [verdicts.verdict(*case, rule_of(setting)).word for setting in SETTINGS]
        if claim_id in overrides.index:
            row = [overrides[claim_id] if word == row[0] else word for word in row]
        found[claim_id] = row
    return pd.DataFrame.from_dict(found, orient="index", columns=range(len(SETTINGS)))


@lineage.recalled
def flips(claim_ids: list[str] | None = None) -> dict[str, str]:
    """What would turn each verdict, in words, by the claim's id."""
    evidence = load("evidence").set_index("evidence_id")
    publishers = load("sources").set_index("source_id")["publisher"]
    names = {
        key: publishers.get(source, COMPUTATION) for key, source in evidence["source_id"].items()
    }
    return {
        claim_id: _turned(case, names)
        for claim_id, case in _cases(claim_ids).items()
        if case.claim.is_checkable
    }


def _turned(case: Case, names: dict[str, str]) -> str:
    found = [_flip(flip, case, names) for flip in verdicts.flips(*case)]
    return "; ".join(found) or "nothing within range"


def _flip(flip: Flip, case: Case, names: dict[str, str]) -> str:
    """A change in words, with the verdict that results."""
    if flip.kind == "piece":
        said = f"without {flip.what} ({names[flip.what]})"
    elif flip.kind == "grade":
        said = {
            "ABCD": "with sources of no standing counted",
            "AB": "by primary sources and press of record alone",
            "A": "by opened primary sources alone",
        }[flip.to]
    elif flip.kind == "margin":
        said = f"with margins times {flip.to}"
    else:
        (piece,) = [piece for piece in case.pieces if piece.name == flip.what]
        said = f"with {flip.what} at {_span(piece, float(flip.to))} instead of {_span(piece)}"
    return f"{said}: {flip.word}"


def _span(piece: Piece, factor: float = 1.0) -> str:
    """A piece's figure, its range, or the middle of its estimate, times a factor."""
    ends = (piece.value, piece.high) if piece.middle is None else (piece.middle,)
    return " to ".join(_number(factor * end) for end in ends if end is not None)


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def robustness() -> dict[str, int]:
    """Of the decided claims, how many rest on one origin and how many change (claims).

    decided; one origin at the best grade; several: with more than one deciding piece, and of these
    changed when one goes; changed when only A and B count; unmoved: more than one origin, and
    changed by neither.
    """
    kinds = ("decided", "one-origin", "several", "piece", "grades", "unmoved")
    found = dict.fromkeys(kinds, 0)
    for claim, pieces in _cases(_distinct()).values():
        now = verdicts.verdict(claim, pieces)
        if now.word not in DECIDED:
            continue
        is_single = len({v.origin for v in now.voices if v.grade == now.voices[0].grade}) == 1
        is_several = len(verdicts.deciding(pieces, Rule())) > 1
        is_moved = is_several and verdicts.turns_without_a_piece(claim, pieces)
        by_grade = verdicts.verdict(claim, pieces, Rule(grades="AB")).word != now.word
        found["decided"] += 1
        found["one-origin"] += is_single
        found["several"] += is_several
        found["piece"] += is_moved
        found["grades"] += by_grade
        found["unmoved"] += not (is_single or is_moved or by_grade)
    return found


def _distinct() -> list[str]:
    """The claims that say nothing again."""
    claims = load("claims")
    return claims.loc[claims["restates"].isna(), "claim_id"].to_list()


# From rows of the tables to what the rule takes


def _chosen(claim_ids: list[str] | None) -> pd.DataFrame:
    claims = load("claims")
    if claim_ids is None:
        return claims
    if unknown := sorted(set(claim_ids) - set(claims["claim_id"])):
        raise ClaimError(f"no such claims in data/claims.csv: {', '.join(unknown)}")
    return claims[claims["claim_id"].isin(claim_ids)]


def _cases(claim_ids: list[str] | None) -> dict[str, Case]:
    """The cases of claims; one that restates another has the case of the other."""
    chosen, claims = _chosen(claim_ids), load("claims").set_index("claim_id")
    original = chosen["restates"].fillna(chosen["claim_id"])
    evidence = load("evidence")
    evidence = evidence[evidence["claim_id"].isin(original)]
    sources = _sources()
    pieces = {
        claim_id: [_piece(row, sources) for row in rows.itertuples()]
        for claim_id, rows in evidence.groupby("claim_id")
    }
    return {
        claim_id: Case(_claim(claims.loc[one]), pieces.get(one, []))
        for claim_id, one in zip(chosen["claim_id"], original, strict=True)
    }


def _sources() -> dict[str, tuple[str, str, str]]:
    """Grade, origin and publisher of each source.

    The origin of one that rests on none is the source; the publisher is that of the origin, where
    the table has it, and not of whoever keeps a copy.
    """
    table = load("sources").set_index("source_id")
    origin = table["origin"].fillna(table.index.to_series())
    named = table["publisher"].str.split(", copied in ").str[0]
    publisher = origin.map(named).fillna(origin)
    return dict(zip(table.index, zip(table["grade"], origin, publisher, strict=True), strict=True))


def _given(value: Any) -> Any:
    return None if pd.isna(value) else value


def _claim(row: Any) -> Claim:
    return Claim(
        kind=row.kind,
        comparator=_given(row.comparator) or "",
        value=_given(row.value),
        high=_given(row.value_high),
        unit=_given(row.unit) or "",
        is_checkable=bool(row.is_checkable),
        is_credited=not pd.isna(row.attributed_to),
        meaning=row.meaning,
        quotes=_given(row.quotes) or "",
    )


def _piece(row: Any, sources: dict[str, tuple[str, str, str]]) -> Piece:
    measure = _given(row.measure)
    grade, origin, publisher = sources.get(row.source_id, (COMPUTED, measure, measure))
    piece = Piece(
        stance=row.stance,
        value=_given(row.value),
        high=_given(row.value_high),
        grade=grade,
        origin=origin,
        bears_on=row.bears_on,
        smuggled=_given(row.smuggled) or "",
        name=row.evidence_id,
        publisher=publisher or "",
    )
    if measure is None:
        return piece
    low, high, middle = estimated(row.evidence_id, measure, row.unit)
    return replace(piece, value=low, high=high, middle=middle)


def estimated(
    evidence_id: str, measure: str, unit: str
) -> tuple[float, float | None, float | None]:
    """A quantity's figure, or both ends of its range or interval, and the middle of an interval.

    Raises `ClaimError` for a name that no quantity has, or a unit that it cannot be given in.
    """
    try:
        found = figures(measure, unit)
    except QuantityError as error:
        raise ClaimError(f"data/evidence.csv, {evidence_id}, column 'measure': {error}") from error
    if len(found) == 3:
        return found[1], found[2], found[0]
    return found[0], found[1] if len(found) == 2 else None, None


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


# Words


def _reason(found: Verdict, row: Any) -> str:
    """What a verdict rests on: origins by what they say, likelihood, meaning, what was missed."""
    if found.word == NOT_CHECKABLE:
        return _given(row.unresolved_reason) or ""
    said = [_counted(found), _meant(row)]
    if found.likelihood:
        said.insert(1, f"By the estimate the claim is {found.likelihood}.")
    if found.is_quotation:
        said.append("The article quotes its source.")
    if searched := _given(row.searched):
        said.append(f"Looked for and not found: {searched}")
    if found.word in (CANNOT_TELL, verdicts.UNPROVEN):
        said.insert(0, "No piece of evidence with standing decides.")
    return " ".join(part for part in said if part)


def _counted(found: Verdict) -> str:
    """How many origins of the best grade say what, and how many weaker ones were outvoted."""
    if not found.voices:
        return ""
    phrases = {"holds": "agreeing", "partly": "agreeing in part", "fails": "disagreeing"}
    best = [v.relation for v in found.voices if v.grade == found.voices[0].grade]
    counts = [f"{best.count(r)} {phrases[r]}" for r in phrases if r in best]
    weaker = len(found.voices) - len(best)
    said = f"Deciding origins of grade {found.voices[0].grade}: {', '.join(counts)}"
    return f"{said}; {weaker} of a lower grade." if weaker else f"{said}."


def _meant(row: Any) -> str:
    return "" if row.meaning == "fits" else f"Meaning: {row.meaning}. {row.meaning_note}"


# All claims


@lineage.recalled
def rows() -> pd.DataFrame:
    """All claims as `judged` has them, and how many pieces and sources bear on each.

    In reading order: by section, paragraph and id. Raises `ClaimError` as `judged` does.
    """
    evidence = load("evidence")
    # A computation from tables of several publishers is a source of its own, as the rule has it.
    evidence["source_id"] = evidence["source_id"].fillna(evidence["measure"])
    by_claim = evidence.groupby("claim_id")
    counts = pd.DataFrame({"pieces": by_claim.size(), "sources": by_claim["source_id"].nunique()})
    table = load("claims").drop(columns="meaning").merge(judged(), on="claim_id")
    table = table.join(counts, on=table["restates"].fillna(table["claim_id"]))
    table = table.fillna({"pieces": 0, "sources": 0}).astype({"pieces": int, "sources": int})
    table["section"] = pd.Categorical(table["section"], categories=list(SECTIONS), ordered=True)
    return table.sort_values(["section", "paragraph", "claim_id"], ignore_index=True)


@lineage.recalled
def scoreboard(by: str = "section") -> pd.DataFrame:
    """How many claims have which verdict, by section or another column of the claims (counts).

    A row for each section in reading order (or each value of the column as it first appears), a
    column for each verdict in the order of `WORDS`. What restates another claim is not counted.
    """
    table = rows()
    table = table[table["restates"].isna()]
    counts = pd.crosstab(table[by], table["verdict"])
    return counts.reindex(index=table[by].unique(), columns=list(WORDS), fill_value=0)
