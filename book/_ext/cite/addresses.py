"""Addresses that last: the label that an author wrote comes first among the ids of a thing.

Sphinx and the theme take the first id for heading links, the page's contents, numbers, references
and `objects.inv`; without this it is the slug of the heading, which changes with its words.
`tests/anchors.txt` lists what is published.
"""

from computegap.contract import claim_of
from docutils import nodes
from sphinx.transforms import SphinxTransform

_KINDS = (nodes.section, nodes.figure, nodes.table)


class StableIds(SphinxTransform):
    """Put explicit ids first, and note the first one as the thing's anchor."""

    # After PropagateTargets (260) and FinishCells (300), before Sphinx takes the labels (850).
    default_priority = 310

    def apply(self, **kwargs) -> None:
        types, ids = self.document.nametypes, self.document.nameids
        explicit = {ids[name] for name, is_explicit in types.items() if is_explicit}
        for node in self.document.findall(lambda node: isinstance(node, _KINDS)):
            node["ids"] = sorted(node["ids"], key=lambda one: one not in explicit)
            if node["ids"] and node["ids"][0] in explicit:
                node["anchor"] = node["ids"][0]


def label_claims(app, doctree) -> None:
    """Let any Sphinx book refer to a claim by `claim-c028`, without knowing the claim domain."""
    labels = app.env.get_domain("std")
    for block in doctree.findall(nodes.container):
        if "claim" in block["classes"] and block["ids"]:
            anchor = block["anchor"] = block["ids"][0]
            at = (app.env.docname, anchor)
            labels.anonlabels[anchor] = at
            labels.labels[anchor] = (*at, f"Claim {claim_of(anchor)}")
