"""Claims in a page: blocks with their evidence and verdicts, and the ledger of all."""

import json
from html import escape
from typing import Any

import pandas as pd

from computegap import ledger, lineage
from computegap.markup import inert
from computegap.tables import load
from computegap.typography import typeset


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


@lineage.recalled
def show(*claim_ids: str) -> Blocks:
    """The claims of a passage, each with what was found, the verdict and why.

    Raises `ClaimError` for an unknown claim.
    """
    judged = ledger.judged(list(claim_ids)).set_index("claim_id")
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


def _finding(row: Any, sources: pd.DataFrame) -> dict[str, str]:
    """One piece of evidence in words, with its source; a measure's figure is put in front."""
    text = "" if pd.isna(row.note) else row.note
    if not pd.isna(row.measure):
        figure = in_words(*ledger.computed(row.evidence_id, row.measure, row.unit), row.unit)
        text = f"Computed here: {figure}. {text}"
    if pd.isna(row.source_id):
        return {"text": text, "source": "", "url": ""}
    source = sources.loc[row.source_id]
    return {"text": text, "source": source["publisher"], "url": source["url"]}


def in_words(low: float, high: float | None, unit: str) -> str:
    """A figure or range with its unit as a sentence has it: "76.8%", "0.115 (…), or 1 to 8.7"."""
    ends = [low] if high is None else [low, high]
    figure = " to ".join(
        typeset(f"{end:,.0f}" if abs(end) >= 1000 else f"{end:.3g}") for end in ends
    )
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
