"""Verdicts on the claims of the article, computed from the evidence by one rule.

A piece of evidence agrees with a claim, agrees in part, or disagrees.

1. A piece that measures the claim's own quantity is compared by value. The claim has a margin:
   none for an exact count, 2 % for any other exact figure (=), 15 % for one given as about (~), of
   the claimed value (of one unit, where the claim is zero). The piece agrees inside the claimed
   value or range plus the margin, in part inside twice the margin, else it disagrees. A piece that
   is a range agrees when all of it is inside, in part when any of it is inside twice the margin.
2. More than (>) and less than (<): the piece agrees beyond the bound. It agrees in part when it is
   a range that lies beyond only in part, or a figure that falls short by 2 % at most.
3. A piece that cannot be compared by value has a reviewed stance: supports agrees, qualifies
   agrees in part, contradicts disagrees. Context decides nothing.
4. All pieces agree: supported. All disagree: contradicted. Some agree, the others disagree, and
   all of these are of a later date: outdated. Any other mix: partly supported. A piece without a
   date cannot make a claim outdated.
5. No piece decides, or the claim cannot be checked (advice, motives, weights, causes without a
   stated test): cannot tell, and the claim's row says why.
6. Secondary sources count like others; where there is nothing better the reason says so.
7. An override replaces the computed verdict, carries its reason, and is shown as one.
"""

import json
from dataclasses import dataclass
from html import escape

import pandas as pd

from computegap import findings, measures, named
from computegap.markup import inert
from computegap.tables import TableError, cell, load
from computegap.typography import SECTIONS, SIGNS

WORDS = tuple(SIGNS)
_REVIEWED = {"supports": "holds", "qualifies": "partly", "contradicts": "fails", "context": None}
_MARGINS = {"=": 0.02, "~": 0.15, ">": 0.02, "<": 0.02}
# So that a figure on the edge of a margin is not lost to binary fractions.
_SLACK = 1e-9


class ClaimError(Exception):
    """A claim or a piece of evidence cannot be judged as it stands in its table."""


@dataclass(frozen=True)
class Claim:
    """What the rule needs of a claim: its value or range in its unit, and how it is meant."""

    kind: str = "statement"
    comparator: str = ""
    value: float | None = None
    high: float | None = None
    is_checkable: bool = True
    unresolved_reason: str = ""


@dataclass(frozen=True)
class Piece:
    """A piece of evidence: stance, figure where it measures, date, and kind of source."""

    stance: str
    value: float | None = None
    high: float | None = None
    date: str = ""
    is_secondary: bool = False


def tolerance(kind: str, comparator: str) -> float:
    """The margin of a claim as a part of the claimed value (0 to 1); for > and < the grace.

    Raises `ClaimError` for a comparator that is none of = ~ > <.
    """
    if comparator not in _MARGINS:
        raise ClaimError(f"comparator {comparator!r}: expected one of = ~ > <")
    return 0.0 if (kind, comparator) == ("count", "=") else _MARGINS[comparator]


def relation(claim: Claim, piece: Piece) -> str | None:
    """Whether a piece "holds", holds "partly" or "fails" the claim; None where it is context."""
    if piece.stance != "measures":
        return _REVIEWED[piece.stance]
    if claim.value is None or piece.value is None:
        raise ClaimError("a piece that measures needs a value, and so does its claim")
    low, high = piece.value, piece.value if piece.high is None else piece.high
    if claim.comparator in (">", "<"):
        return _beyond(claim, low, high)
    top = claim.value if claim.high is None else claim.high
    margin = tolerance(claim.kind, claim.comparator)
    below, above = ((margin + _SLACK) * (abs(end) or 1.0) for end in (claim.value, top))
    if claim.value - below <= low and high <= top + above:
        return "holds"
    return "partly" if claim.value - 2 * below <= high and low <= top + 2 * above else "fails"


def _beyond(claim: Claim, low: float, high: float) -> str:
    """The relation of a figure (low equals high) or a range to a bound."""
    sign = 1 if claim.comparator == ">" else -1
    near, far = sorted((sign * (low - claim.value), sign * (high - claim.value)))
    if near > 0:
        return "holds"
    grace = (tolerance(claim.kind, claim.comparator) + _SLACK) * (abs(claim.value) or 1.0)
    return "partly" if far > 0 or (near == far and near >= -grace) else "fails"


def verdict(claim: Claim, pieces: list[Piece]) -> tuple[str, str]:
    """One of `WORDS` and the reason for it in a sentence, from all pieces of evidence."""
    if not claim.is_checkable:
        return "cannot tell", f"Not checkable. {claim.unresolved_reason}".strip()
    judged = [(relation(claim, piece), piece) for piece in pieces if piece.stance != "context"]
    if not judged:
        return "cannot tell", claim.unresolved_reason
    reason = _counted([found for found, _ in judged])
    if all(piece.is_secondary for _, piece in judged):
        reason += " Secondary sources only."
    relations = {found for found, _ in judged}
    if len(relations) == 1:
        words = {"holds": "supported", "partly": "partly supported", "fails": "contradicted"}
        return words[relations.pop()], reason
    if relations == {"holds", "fails"} and _is_outdated(judged):
        return "outdated", f"It held at an earlier date and does not any more. {reason}"
    return "partly supported", reason


def _counted(relations: list[str]) -> str:
    """How many pieces say what."""
    phrases = {"holds": "agreeing", "partly": "agreeing in part", "fails": "disagreeing"}
    counts = [f"{relations.count(r)} {phrases[r]}" for r in phrases if r in relations]
    return f"Deciding pieces of evidence: {', '.join(counts)}."


def _is_outdated(judged: list[tuple[str, Piece]]) -> bool:
    """Whether each piece that fails is later than each that holds, at the coarser date's grain."""
    held, failed = ([p.date for r, p in judged if r == word] for word in ("holds", "fails"))
    return all(old and new[: len(old)] > old[: len(new)] for new in failed for old in held)


def verdicts(claim_ids: list[str] | None = None) -> pd.DataFrame:
    """claim_id, verdict, reason, is_override for every claim of the table, or for some.

    Raises `ClaimError` where evidence names an unknown measure or lacks a value, or a claim is
    in no row of the table.
    """
    claims = load("claims")
    if claim_ids is not None:
        if unknown := sorted(set(claim_ids) - set(claims["claim_id"])):
            raise ClaimError(f"no such claims in data/claims.csv: {', '.join(unknown)}")
        claims = claims[claims["claim_id"].isin(claim_ids)]
    secondary = set(load("sources").query("kind == 'secondary'")["source_id"])
    evidence = load("evidence")
    evidence = evidence[evidence["claim_id"].isin(claims["claim_id"])]
    pieces = {
        claim_id: [_piece(row, secondary) for row in rows.itertuples()]
        for claim_id, rows in evidence.groupby("claim_id")
    }
    overrides = load("verdict_overrides").set_index("claim_id")
    judged = []
    for row in claims.itertuples():
        word, reason = verdict(_claim(row), pieces.get(row.claim_id, []))
        is_override = row.claim_id in overrides.index
        if is_override:
            word, reason = overrides.loc[row.claim_id, ["verdict", "reason"]]
        judged.append((row.claim_id, word, reason, is_override))
    return pd.DataFrame(judged, columns=["claim_id", "verdict", "reason", "is_override"])


def computed(evidence_id: str, measure: str) -> tuple[float, float | None]:
    """A measure's figure, or both ends where it returns a range, for a row of the evidence.

    Raises `ClaimError` for what is no measure of computegap.findings.
    """
    try:
        place = f"data/evidence.csv, {evidence_id}, column 'measure'"
        result = named.measure(findings.__name__, measure, place)()
    except TableError as error:
        raise ClaimError(str(error)) from None
    return result if isinstance(result, tuple) else (float(result), None)


def problems() -> list[str]:
    """Cells of all tables that name no measure where they have to, a line each."""
    modules = {"evidence": findings, "yardsticks": measures, "assumptions": measures}
    found = []
    for table, module in modules.items():
        for row, name in load(table)["measure"].dropna().items():
            try:
                named.measure(module.__name__, name, cell(table, row, "measure"))
            except TableError as error:
                found.append(str(error))
    return found


def _claim(row) -> Claim:
    cells = (row.comparator, row.value, row.value_high, row.unresolved_reason)
    comparator, value, high, reason = (None if pd.isna(cell) else cell for cell in cells)
    return Claim(row.kind, comparator or "", value, high, bool(row.is_checkable), reason or "")


def _piece(row, secondary: set[str]) -> Piece:
    cells = (row.value, row.value_high, row.measure, row.as_of_date)
    value, high, measure, date = (None if pd.isna(cell) else cell for cell in cells)
    if measure:
        value, high = computed(row.evidence_id, measure)
    return Piece(row.stance, value, high, date or "", row.source_id in secondary)


# What a chapter shows


class Blocks:
    """Claims with their evidence and verdicts, as directives for the book and HTML for Jupyter."""

    def __init__(self, claims: list[dict]):
        self.claims = claims

    def __repr__(self) -> str:
        return "\n".join(f"{claim['claim_id']}: {claim['verdict']}" for claim in self.claims)

    def _repr_markdown_(self) -> str:
        fence = "```{{claim}} {claim_id}\n{body}\n```"
        return "\n\n".join(
            fence.format(
                claim_id=claim["claim_id"], body=inert(json.dumps(claim, ensure_ascii=False))
            )
            for claim in self.claims
        )

    def _repr_html_(self) -> str:
        rows = [
            f"<tr><td>{claim['claim_id']}</td><td>{escape(claim['statement'])}</td>"
            f"<td>{claim['verdict']}</td>"
            f"<td>{'<br>'.join(escape(f['text']) for f in claim['findings'])}</td></tr>"
            for claim in self.claims
        ]
        head = "<tr><th>Claim</th><th>Statement</th><th>Verdict</th><th>Findings</th></tr>"
        return f"<table>{head}{''.join(rows)}</table>"


def show(*claim_ids: str) -> Blocks:
    """The claims of a passage, each with what was found, the verdict and why.

    Raises `ClaimError` for an unknown claim.
    """
    judged = verdicts(list(claim_ids)).set_index("claim_id")
    claims = load("claims").set_index("claim_id")
    sources = load("sources").set_index("source_id")
    evidence = load("evidence")
    blocks = []
    for claim_id in claim_ids:
        claim, found = claims.loc[claim_id], judged.loc[claim_id]
        pieces = evidence[evidence["claim_id"] == claim_id]
        blocks.append(
            {
                "claim_id": claim_id,
                "verdict": found["verdict"],
                "reason": found["reason"],
                "is_override": bool(found["is_override"]),
                "statement": claim["statement"],
                "printed": "" if pd.isna(claim["printed"]) else claim["printed"],
                "attributed_to": "" if pd.isna(claim["attributed_to"]) else claim["attributed_to"],
                "findings": [_finding(row, sources) for row in pieces.itertuples()],
            }
        )
    return Blocks(blocks)


def _finding(row, sources: pd.DataFrame) -> dict[str, str]:
    """One piece of evidence in words, with its source; a measure's figure is put in front."""
    text = "" if pd.isna(row.note) else row.note
    if not pd.isna(row.measure):
        figure = in_words(*computed(row.evidence_id, row.measure), row.unit)
        text = f"Computed here: {figure}. {text}"
    if pd.isna(row.source_id):
        return {"text": text, "source": "", "url": ""}
    source = sources.loc[row.source_id]
    return {"text": text, "source": source["publisher"], "url": source["url"]}


def in_words(low: float, high: float | None, unit: str) -> str:
    """A figure or range with its unit as a sentence has it: "76.8%", "0.115 (…), or 1 to 8.7"."""
    ends = [low] if high is None else [low, high]
    figure = " to ".join(f"{end:,.0f}" if abs(end) >= 1000 else f"{end:.3g}" for end in ends)
    what, _, whole = unit.partition(" ")
    if what == "percent":
        return f"{figure}% {whole}".strip()
    if what == "multiple":
        return f"{figure} times {whole.removeprefix('of ')}".strip()
    if what == "USD":
        return f"USD {figure} {whole}"
    if what == "ratio" and max(ends) < 1:
        inverse = " and ".join(f"1 to {1 / end:.1f}" for end in ends)
        return f"{figure} ({unit}), or {'between ' if high else ''}{inverse}"
    return f"{figure} {unit}"


# The ledger


def ledger() -> pd.DataFrame:
    """All claims with verdict, reason, is_override, and how many pieces and sources bear on each.

    In reading order: by section, paragraph and id. Raises `ClaimError` as `verdicts` does.
    """
    by_claim = load("evidence").groupby("claim_id")
    counts = pd.DataFrame({"pieces": by_claim.size(), "sources": by_claim["source_id"].nunique()})
    table = load("claims").merge(verdicts(), on="claim_id").join(counts, on="claim_id")
    table = table.fillna({"pieces": 0, "sources": 0}).astype({"pieces": int, "sources": int})
    table["section"] = pd.Categorical(table["section"], categories=list(SECTIONS), ordered=True)
    return table.sort_values(["section", "paragraph", "claim_id"], ignore_index=True)


def scoreboard(by: str = "section") -> pd.DataFrame:
    """How many claims have which verdict, by section or another column of the claims (counts).

    A row for each section in reading order (or each value of the column as it first appears), a
    column for each verdict in the order of `WORDS`.
    """
    table = ledger()
    counts = pd.crosstab(table[by], table["verdict"])
    return counts.reindex(index=table[by].unique(), columns=list(WORDS), fill_value=0)


class Ledger:
    """The ledger as a directive for the book, and as an HTML table for Jupyter."""

    def __init__(self, table: pd.DataFrame):
        self.table = table

    def __repr__(self) -> str:
        return repr(self.table)

    def _repr_markdown_(self) -> str:
        columns = ["claim_id", "section", "paragraph", "statement", "printed", "attributed_to"]
        columns += ["kind", "verdict", "reason", "is_override", "pieces", "sources"]
        rows = self.table[columns].to_json(orient="records", force_ascii=False)
        return f"```{{ledger}}\n{inert(rows)}\n```"

    def _repr_html_(self) -> str:
        return self.table.to_html(index=False, na_rep="")
