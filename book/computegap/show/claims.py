"""Claims in a page: blocks with their evidence and verdicts, and the ledger of all."""

import json
from html import escape
from typing import Any

import pandas as pd

from computegap import ledger, lineage
from computegap.contract import SECTIONS, SIGNS
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
    """The claims of a passage, each with its verdict, what was found, why, and what would turn it.

    Raises `ClaimError` for an unknown claim.
    """
    judged = ledger.judged(list(claim_ids)).set_index("claim_id")
    flips = ledger.flips(list(claim_ids))
    claims = load("claims").set_index("claim_id")
    sources = load("sources").set_index("source_id")
    evidence = load("evidence")
    blocks = []
    for claim_id in claim_ids:
        claim, found = claims.loc[claim_id], judged.loc[claim_id]
        original = claim_id if pd.isna(claim["restates"]) else claim["restates"]
        pieces = evidence[evidence["claim_id"] == original]
        blocks.append(
            {
                "claim_id": claim_id,
                **{name: found[name] for name in ("verdict", "figure", "meaning", "confidence")},
                **{name: found[name] for name in ("in_words", "reason")},
                "is_override": bool(found["is_override"]),
                "flips": flips.get(claim_id, ""),
                **{name: _text(claim[name]) for name in ("statement", "printed", "attributed_to")},
                "restates": _text(claim["restates"]),
                "findings": [_finding(row, sources) for row in pieces.itertuples()],
            }
        )
    return Blocks(blocks)


def _text(value: Any) -> str:
    return "" if pd.isna(value) else value


# What a piece that does not decide is about, in front of it.
_BEARING = {
    "claim": "",
    "earlier": "Of an earlier date: ",
    "later": "Of a later date: ",
    "other": "Beside it: ",
    "rumour": "A rumour: ",
}


def _finding(row: Any, sources: pd.DataFrame) -> dict[str, str]:
    """One piece of evidence in words, with its source; a measure's figure is put in front."""
    text = _text(row.note)
    if not pd.isna(row.measure):
        low, high, middle = ledger.estimated(row.evidence_id, row.measure, row.unit)
        text = f"Computed here: {in_words(low, high, row.unit, middle)}. {text}"
    text = f"{_BEARING[row.bears_on]}{text}"
    if pd.isna(row.source_id):
        return {"text": text, "source": ledger.COMPUTATION, "grade": ledger.COMPUTED, "url": ""}
    source = sources.loc[row.source_id]
    named = {"source": source["publisher"], "grade": source["grade"], "url": source["url"]}
    return {"text": text, **named}


def in_words(low: float, high: float | None, unit: str, middle: float | None = None) -> str:
    """A figure or range with its unit as a sentence has it: "76.8%", "0.115 (…), or 1 to 8.7".

    Of an estimate the middle, and the ends of its interval in brackets.
    """
    ends = [low] if high is None else [low, high]
    figure = " to ".join(_figure(end) for end in ends)
    if middle is not None:
        figure, ends = f"{_figure(middle)} [{figure}]", [middle]
    what, _, whole = unit.partition(" ")
    if what == "percent":
        return f"{figure}% {whole}".strip()
    if what == "multiple":
        return f"{figure} times {whole.removeprefix('of ')}".strip()
    if what == "USD":
        return f"USD {figure} {whole}"
    if what == "ratio" and max(ends) < 1:
        inverse = " and ".join(f"1 to {1 / end:.1f}" for end in ends)
        return f"{figure} ({unit}), or {'between ' if len(ends) > 1 else ''}{inverse}"
    return f"{figure} {unit}"


def _figure(value: float) -> str:
    return typeset(f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}")


class Directive:
    """Rows that the book shows by a directive of its own, and Jupyter as a table."""

    def __init__(self, name: str, rows: pd.DataFrame):
        self.name, self.rows = name, rows

    def __repr__(self) -> str:
        return repr(self.rows)

    def _repr_markdown_(self) -> str:
        rows = json.loads(self.rows.to_json(orient="records", force_ascii=False))
        return f"```{{{self.name}}}\n{inert(json.dumps(rows, ensure_ascii=False))}\n```"

    def _repr_html_(self) -> str:
        return self.rows.to_html(index=False, na_rep="")


@lineage.recalled
def lines(*claim_ids: str) -> Directive:
    """Some claims in a line each, with verdict, reason and confidence; in the order given."""
    judged = ledger.judged(list(claim_ids)).set_index("claim_id")
    claims = load("claims").set_index("claim_id").loc[list(claim_ids)]
    found = judged.loc[list(claim_ids), ["verdict", "confidence", "in_words"]]
    rows = claims[["statement", "printed"]].join(found).reset_index()
    return Directive("claim-lines", rows)


@lineage.recalled
def picture() -> Directive:
    """The article's own claims as cells, in its order: section, paragraph, claim, verdict."""
    claims = load("claims").query("section != 'related-reads'").reset_index(drop=True)
    claims["place"] = claims["section"].map(list(SECTIONS).index)
    verdicts = ledger.judged().set_index("claim_id")["verdict"]
    claims["verdict"] = claims["claim_id"].map(verdicts)
    claims = claims.sort_values(["place", "paragraph", "claim_id"])
    columns = ["claim_id", "section", "paragraph", "statement", "verdict"]
    return Directive("article-picture", claims[columns])


class Ledger:
    """The ledger as a directive for the book, and as an HTML table for Jupyter."""

    def __init__(self, table: pd.DataFrame):
        self.table, self.flips = table, ledger.flips(table["claim_id"].to_list())
        # A letter for each setting: the place of the verdict among the words, a for the first.
        letters = {word: chr(ord("a") + place) for place, word in enumerate(SIGNS)}
        self.settings = ledger.settings().replace(letters).agg("".join, axis=1).to_dict()

    def __repr__(self) -> str:
        return repr(self.table)

    def _repr_markdown_(self) -> str:
        columns = ["claim_id", "section", "paragraph", "statement", "printed", "attributed_to"]
        columns += ["kind", "verdict", "confidence", "in_words", "reason", "restates"]
        columns += ["is_override", "pieces", "sources"]
        rows = json.loads(self.table[columns].to_json(orient="records", force_ascii=False))
        for row in rows:
            row["flips"] = self.flips.get(row["claim_id"], "")
            row["settings"] = self.settings[row["claim_id"]]
        return f"```{{ledger}}\n{inert(json.dumps(rows, ensure_ascii=False))}\n```"

    def _repr_html_(self) -> str:
        return self.table.to_html(index=False, na_rep="")
