"""Claim blocks, and references to them: `` {claim}`C028` ``.

`computegap.show.claims.show` puts the blocks into a cell's output as directives; here they become
numbered places of their own, so that any page, and any other Sphinx book, can refer to a claim.
"""

import json

from computegap.contract import SIGNS, claim_anchor, verdict_class
from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.domains import Domain, ObjType
from sphinx.roles import XRefRole
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_refnode

logger = logging.getLogger(__name__)


class ClaimDirective(SphinxDirective):
    """One claim: what is claimed, what was found, the verdict, the sources."""

    required_arguments = 1
    has_content = True

    def run(self):
        claim_id = self.arguments[0]
        said = json.loads("\n".join(self.content))
        block = nodes.container(classes=["claim", verdict_class(said["verdict"])])
        block["ids"].append(claim_anchor(claim_id))
        self.set_source_info(block)
        self.env.get_domain("claim").note_claim(claim_id, said)
        block += nodes.paragraph("", "", *self._head(claim_id, said), classes=["claim-head"])
        block += nodes.paragraph("", "", *self._why(said), classes=["claim-why"])
        for finding in said["findings"]:
            block += nodes.paragraph("", "", *self._finding(finding), classes=["claim-finding"])
        block += nodes.paragraph("", said["reason"], classes=["claim-reason"])
        if said["flips"]:
            turned = f"What would change it: {said['flips']}."
            block += nodes.paragraph("", turned, classes=["claim-flips"])
        return [block]

    def _why(self, said: dict) -> list[nodes.Node]:
        """The reason in a line, how sure it is, and which claim it repeats."""
        words = [said["in_words"]] if said["in_words"] else []
        if said["confidence"] != "none":
            words.append(f"Confidence: {said['confidence']}.")
        text = nodes.Text(" ".join(words))
        if not said["restates"]:
            return [text]
        link = link_to(self, said["restates"])
        return [text, nodes.Text(" Says again "), link, nodes.Text(".")]

    def _head(self, claim_id: str, said: dict) -> list[nodes.Node]:
        link = nodes.reference("", claim_id, internal=True, refid=claim_anchor(claim_id))
        word = f"{SIGNS[said['verdict']]} {said['verdict'].capitalize()}"
        printed = (
            f" (\N{LEFT DOUBLE QUOTATION MARK}{said['printed']}\N{RIGHT DOUBLE QUOTATION MARK})"
        )
        return [
            nodes.inline("", "", link, classes=["claim-id"]),
            nodes.Text(" "),
            nodes.inline("", word, classes=["claim-verdict"]),
            nodes.Text(" " + said["statement"] + (printed if said["printed"] else "")),
        ]

    def _finding(self, finding: dict) -> list[nodes.Node]:
        text = nodes.Text(finding["text"])
        source: nodes.Node = nodes.Text(finding["source"])
        if finding["url"]:
            source = nodes.reference("", finding["source"], refuri=finding["url"])
        return [text, nodes.Text(" ("), source, nodes.Text(f", grade {finding['grade']})")]


def link_to(maker, claim_id: str, shown: nodes.Node | None = None, typed=False) -> pending_xref:
    """A link to the block of a claim, wherever it stands, that a directive makes.

    `shown` is what is shown as it is; without it the link has the claim's id. Where an author
    `typed` the id, one without a block is a warning; the other ids come from the table of claims,
    and tests find those that have no block.
    """
    link = pending_xref(
        "",
        nodes.inline("", claim_id) if shown is None else shown,
        refdomain="claim",
        reftype="ref" if typed else "row" if shown is None else "whole",
        reftarget=claim_id,
        refdoc=maker.env.docname,
        refwarn=typed,
    )
    maker.set_source_info(link)
    return link


class ClaimDomain(Domain):
    name = "claim"
    label = "Claims"
    object_types = {"claim": ObjType("claim", "ref")}
    roles = {"ref": XRefRole()}
    # blocks: claim id -> (docname, verdict); ledgers: pages with the ledger;
    # linked: the blocks as the ledger's links had them when it was last written
    # told: claim id -> its confidence and reason, for machines
    # lists: other pages that link to many blocks
    initial_data = {"blocks": {}, "ledgers": set(), "linked": {}, "told": {}, "lists": set()}
    data_version = 3

    def note_claim(self, claim_id: str, said: dict) -> None:
        other = self.data["blocks"].get(claim_id)
        if other and other[0] != self.env.docname:
            logger.warning(
                "claim %s has two blocks: in %s and %s", claim_id, other[0], self.env.docname
            )
        self.data["blocks"][claim_id] = (self.env.docname, said["verdict"])
        self.data["told"][claim_id] = {key: said[key] for key in ("confidence", "reason")}

    def clear_doc(self, docname: str) -> None:
        blocks = self.data["blocks"]
        self.data["blocks"] = {claim: at for claim, at in blocks.items() if at[0] != docname}
        told = self.data["told"]
        self.data["told"] = {claim: told[claim] for claim in self.data["blocks"]}
        self.data["ledgers"].discard(docname)
        self.data["lists"].discard(docname)

    def merge_domaindata(self, docnames, otherdata) -> None:
        for claim_id, (docname, verdict) in otherdata["blocks"].items():
            if docname in docnames:
                self.data["blocks"][claim_id] = (docname, verdict)
                self.data["told"][claim_id] = otherdata["told"][claim_id]
        self.data["ledgers"] |= otherdata["ledgers"] & set(docnames)
        self.data["lists"] |= otherdata["lists"] & set(docnames)

    def resolve_xref(self, env, fromdocname, builder, typ, target, node, contnode):
        if target not in self.data["blocks"]:
            # The ledger lists every claim; its tests find those that have no block.
            return contnode if typ in ("row", "whole") else None
        docname, verdict = self.data["blocks"][target]
        if typ == "whole":
            # What is shown is more than the words of a link.
            return make_refnode(builder, fromdocname, docname, claim_anchor(target), contnode)
        link = nodes.inline("", contnode.astext(), classes=["claim-link"])
        return make_refnode(builder, fromdocname, docname, claim_anchor(target), link, verdict)

    def resolve_any_xref(self, *_):
        return []

    def get_objects(self):
        for claim_id, (docname, verdict) in self.data["blocks"].items():
            yield claim_id, f"{claim_id} ({verdict})", "claim", docname, claim_anchor(claim_id), 1


class BareClaimRole(XRefRole):
    """`` {claim}`C028` ``, short for the domain's own role."""

    def run(self):
        self.refdomain, self.reftype = "claim", "ref"
        self.classes = ["xref", "claim"]
        return self.create_xref_node()


def register(app) -> None:
    app.add_domain(ClaimDomain)
    app.add_directive("claim", ClaimDirective)
    app.add_role("claim", BareClaimRole(warn_dangling=True))
