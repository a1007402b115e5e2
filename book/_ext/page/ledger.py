"""The ledger: one table for each section of the article, with a row and a permalink per claim.

`computegap.show.claims.Ledger` puts the rows into a cell's output as a directive; here they become
tables of the document, complete without a script. The page's own script adds search and filters.
"""

import json
from itertools import groupby

from computegap.contract import SECTIONS, SIGNS, verdict_class
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from _ext.page.claims import link_to

_HEADINGS = ("Id", "Claim", "Credited to", "Kind", "Verdict", "Evidence")
_WIDTHS = (7, 33, 13, 10, 27, 10)


class LedgerDirective(SphinxDirective):
    """All claims by section: statement, figure, credit, kind, verdict, reason, evidence."""

    has_content = True

    def run(self):
        self.env.get_domain("claim").data["ledgers"].add(self.env.docname)
        claims = json.loads("\n".join(self.content))
        by_section = groupby(claims, key=lambda claim: claim["section"])
        tables = [self._table(section, list(rows)) for section, rows in by_section]
        return [nodes.container("", *tables, classes=["ledger"])]

    def _table(self, section: str, claims: list[dict]) -> nodes.table:
        group = nodes.tgroup("", cols=len(_HEADINGS))
        group += [nodes.colspec(colwidth=width) for width in _WIDTHS]
        head = nodes.row("", *[_entry(nodes.Text(heading)) for heading in _HEADINGS])
        group += nodes.thead("", head)
        group += nodes.tbody("", *[self._row(claim) for claim in claims])
        title = nodes.title("", SECTIONS[section])
        return nodes.table("", title, group, ids=[f"ledger-{section}"], classes=["ledger-table"])

    def _row(self, claim: dict) -> nodes.row:
        anchor = f"ledger-{claim['claim_id'].lower()}"
        permalink = nodes.reference("", claim["claim_id"], internal=True, refid=anchor)
        entries = [
            _entry(permalink),
            _entry(nodes.Text(claim["statement"]), *_quoted(claim["printed"])),
            _credit(claim["attributed_to"]),
            _entry(nodes.Text(claim["kind"])),
            _judged(claim),
            _entry(self._evidence(claim)),
        ]
        classes = ["ledger-row", verdict_class(claim["verdict"])]
        return nodes.row("", *entries, ids=[anchor], classes=classes)

    def _evidence(self, claim: dict) -> nodes.Node:
        """How much evidence there is, as a link to the claim's block, which lists it."""
        counts = [(claim["pieces"], "piece"), (claim["sources"], "source")]
        said = ", ".join(f"{n} {word}{'' if n == 1 else 's'}" for n, word in counts if n)
        return link_to(self, claim["claim_id"], nodes.inline("", said or "none"))


def _entry(*content: nodes.Node) -> nodes.entry:
    return nodes.entry("", nodes.paragraph("", "", *content))


def _credit(name: str | None) -> nodes.entry:
    if not name:
        return nodes.entry()
    return nodes.entry("", nodes.paragraph("", name), classes=["ledger-credit"])


def _quoted(printed: str | None) -> list[nodes.Node]:
    """The figure as the article prints it, in quotation marks."""
    return (
        [nodes.inline("", f" \u201c{printed}\u201d", classes=["ledger-printed"])] if printed else []
    )


def _judged(claim: dict) -> nodes.entry:
    """Sign and word of the verdict, how sure it is; folded, the rest and what would change it."""
    word = f"{SIGNS[claim['verdict']]} {claim['verdict'].capitalize()}"
    said = [claim["in_words"]] if claim["in_words"] else []
    if claim["confidence"] != "none":
        said.append(f"Confidence: {claim['confidence']}.")
    if claim["restates"]:
        said.append(f"Says {claim['restates']} again.")
    if claim["is_override"]:
        said.append("Override of the rule.")
    more = [claim["reason"]] if claim["reason"] else []
    if claim["flips"]:
        more.append(f"What would change it: {claim['flips']}.")
    first = nodes.paragraph("", "")
    first += nodes.inline("", word, classes=["claim-verdict"])
    first += nodes.inline("", f" {' '.join(said)}", classes=["ledger-reason"])
    # What the page's script reads: the verdict in every setting, a letter each.
    first += nodes.raw("", _letters(claim["settings"]), format="html")
    folded = nodes.paragraph("", " ".join(more), classes=["ledger-more"])
    return nodes.entry(
        "",
        first,
        nodes.raw("", "<details><summary>More</summary>", format="html"),
        folded,
        nodes.raw("", "</details>", format="html"),
    )


def _letters(settings: str) -> str:
    """The verdict in every setting, as the page's script reads it; letters alone."""
    if not settings.isalpha():
        raise ValueError(f"settings of a claim: found {settings!r}, expected letters")
    return f'<data class="ledger-settings" value="{settings}"></data>'


def rewrite_ledger(app, env):
    """The ledger links to blocks on other pages: write it again when one of them moved."""
    domain = env.get_domain("claim")
    if domain.data["linked"] == domain.data["blocks"]:
        return []
    domain.data["linked"] = dict(domain.data["blocks"])
    return sorted(domain.data["ledgers"] | domain.data["lists"])
