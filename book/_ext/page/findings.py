"""Findings: what a chapter says, with how sure it is, and `` {finding}`ratio` `` to quote one.

A finding is a directive of a chapter: the sentence, its confidence, and an account in three terms.
It is a numbered place of its own, as a claim is; other pages quote its sentence with its numbers,
and the page `findings` lists all of them. `gone` keeps an address whose thing went.
"""

import re

from computegap.contract import finding_anchor
from computegap.verdicts import CONFIDENCE
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.domains import Domain, ObjType
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole
from sphinx.util.nodes import make_refnode

from _ext.cite.metadata import reading_order
from _ext.page.claims import link_to
from _ext.page.quotes import fact_quote, quote, waiting

logger = logging.getLogger(__name__)

# How good the evidence is and how well it agrees; a finding without any is none.
CONFIDENCES = tuple(word for word in CONFIDENCE if word != "none")
# What the account of each finding says, in this order.
TERMS = ("Evidence", "Uncertain", "Would change it")
_WITH_WORDS = re.compile(r"(?P<words>.*)<(?P<slug>[^<>]+)>\s*", re.DOTALL)


class finding_quote(waiting):
    """A place in the text that waits for the sentence of a finding, or for a link to it."""

    def waits_for(self) -> str:
        return f"finding {self['slug']}"


class findings_list(nodes.General, nodes.Element):
    """The place where all findings are listed."""


class FindingDirective(SphinxDirective):
    """A finding: the sentence, how sure it is, and what it rests on."""

    required_arguments = 1
    has_content = True
    option_spec = {
        "confidence": lambda said: directives.choice(said, CONFIDENCES),
        "likelihood": directives.unchanged_required,
        "claims": directives.unchanged_required,
    }

    def run(self):
        slug, sure = self.arguments[0], self.options.get("confidence")
        if sure is None:
            raise self.error(f"finding {slug!r}: :confidence: is missing, one of {CONFIDENCES}")
        body = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, body)
        sentence, account = self._parts(slug, body)
        block = nodes.container(classes=["finding"], ids=[finding_anchor(slug)], slug=slug)
        block["confidence"] = sure
        self.set_source_info(block)
        sentence["classes"].append("finding-say")
        account["classes"].append("finding-account")
        block += [sentence, self._sure(sure), account]
        return [block]

    def _parts(self, slug: str, body) -> tuple[nodes.Element, nodes.Element]:
        """The sentence and the account; what is missing is said with the line."""
        kinds = [type(part) for part in body.children]
        if kinds != [nodes.paragraph, nodes.definition_list]:
            raise self.error(f"finding {slug!r}: expected one paragraph, then a list of terms")
        sentence, account = body.children
        terms = tuple(item.next_node(nodes.term).astext() for item in account.children)
        if terms != TERMS:
            raise self.error(f"finding {slug!r}: found the terms {terms}, expected {TERMS}")
        return sentence, account

    def _sure(self, sure: str) -> nodes.Element:
        """How sure it is, how likely, and which claims of the article it bears on."""
        line = nodes.paragraph("", f"Confidence: {sure}.", classes=["finding-sure"])
        if key := self.options.get("likelihood"):
            for before, spec in ((" By the draws it is ", "likely"), (" (", ".0%")):
                line += [nodes.Text(before), quote(self, f"{key}:{spec}")]
            line += nodes.Text(").")
        claims = [one.strip() for one in self.options.get("claims", "").split(",") if one.strip()]
        if claims:
            line += nodes.Text(" Bears on ")
        for number, claim in enumerate(claims):
            line += [nodes.Text(", " if number else ""), link_to(self, claim, typed=True)]
        if claims:
            line += nodes.Text(".")
        return line


class FindingsDirective(SphinxDirective):
    """All findings of the book, in the order of its pages."""

    def run(self):
        self.env.get_domain("finding").data["lists"].add(self.env.docname)
        return [findings_list()]


class FindingRole(SphinxRole):
    def run(self):
        match = _WITH_WORDS.fullmatch(self.text)
        slug = match["slug"].strip() if match else self.text.strip()
        words = match["words"].strip() if match else ""
        node = finding_quote("", slug=slug, words=words)
        self.set_source_info(node)
        self.env.get_domain("finding").note_quote(slug, is_whole=not match)
        return [node], []


class GoneDirective(SphinxDirective):
    """A line at the address of a thing that is not there any more, and where its content is."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec = {"to": directives.unchanged_required}

    def run(self):
        body = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, body)
        if [type(part) for part in body.children] != [nodes.paragraph]:
            raise self.error("gone: expected one paragraph that says where the content is now")
        line = nodes.container("", *body.children, classes=["gone"], ids=self.arguments[0].split())
        self.set_source_info(line)
        labels = self.env.get_domain("std")
        for anchor in line["ids"]:
            # Another book's reference to it still leads here.
            labels.anonlabels[anchor] = (self.env.docname, anchor)
            self.env.get_domain("finding").note_gone(anchor)
        if to := self.options.get("to"):
            line["to"] = to.strip()
        return [line]


class FindingDomain(Domain):
    name = "finding"
    label = "Findings"
    object_types = {"finding": ObjType("finding", "finding")}
    # stated: slug -> what `collect` keeps; quoted: docname -> {slug: is its sentence shown?};
    # lists: pages with the list; written: docname -> what it said of findings when last written;
    # gone: anchor -> docname
    initial_data = {"stated": {}, "quoted": {}, "lists": set(), "written": {}, "gone": {}}
    data_version = 1

    def note_finding(self, slug: str, said: dict) -> None:
        other = self.data["stated"].get(slug)
        if other and other["docname"] != said["docname"]:
            here = (other["docname"], said["docname"])
            logger.warning("finding %r stands twice: in %s and %s", slug, *here)
        self.data["stated"][slug] = said

    def note_quote(self, slug: str, is_whole: bool) -> None:
        page = self.data["quoted"].setdefault(self.env.docname, {})
        page[slug] = page.get(slug, False) or is_whole

    def note_gone(self, anchor: str) -> None:
        self.data["gone"][anchor] = self.env.docname

    def clear_doc(self, docname: str) -> None:
        self.data["stated"] = {
            slug: said for slug, said in self.data["stated"].items() if said["docname"] != docname
        }
        self.data["gone"] = {one: at for one, at in self.data["gone"].items() if at != docname}
        self.data["quoted"].pop(docname, None)
        self.data["lists"].discard(docname)

    def merge_domaindata(self, docnames, otherdata) -> None:
        for slug, said in otherdata["stated"].items():
            if said["docname"] in docnames:
                self.note_finding(slug, said)
        for docname in docnames:
            if docname in otherdata["quoted"]:
                self.data["quoted"][docname] = otherdata["quoted"][docname]
        self.data["lists"] |= otherdata["lists"] & set(docnames)
        self.data["gone"] |= {a: at for a, at in otherdata["gone"].items() if at in docnames}

    def get_objects(self):
        for slug, said in self.data["stated"].items():
            anchor = finding_anchor(slug)
            yield slug, f"Finding {slug}", "finding", said["docname"], anchor, 1

    def resolve_any_xref(self, *_):
        return []

    def in_order(self) -> dict[str, dict]:
        """All findings, in the order of the pages and of the places on a page."""
        order = {page: number for number, page in enumerate(reading_order(self.env))}
        place = {slug: order.get(one["docname"], len(order)) for slug, one in self.all.items()}
        return {slug: self.all[slug] for slug in sorted(self.all, key=place.__getitem__)}

    @property
    def all(self) -> dict[str, dict]:
        return self.data["stated"]

    def shown_on(self, docname: str) -> dict[str, list[nodes.Node]]:
        """What a page shows of findings that stand on other pages: by slug, their parts."""
        if docname in self.data["lists"]:
            return {slug: [*said["parts"].values()] for slug, said in self.all.items()}
        quoted = self.data["quoted"].get(docname, {})
        return {
            slug: [self.all[slug]["parts"]["say"]] if is_whole else []
            for slug, is_whole in quoted.items()
            if slug in self.all
        }


# What pages keep


def collect(app, doctree) -> None:
    """Keep the findings of a page for those that quote them."""
    docname = app.env.docname
    for block in doctree.findall(_is_finding):
        slug, anchor = block["slug"], block["ids"][0]
        block["anchor"] = anchor
        labels = app.env.get_domain("std")
        labels.anonlabels[anchor] = (docname, anchor)
        labels.labels[anchor] = (docname, anchor, f"Finding {slug}")
        parts = dict(zip(("say", "sure", "account"), block.children, strict=True))
        app.env.get_domain("finding").note_finding(
            slug,
            {
                "docname": docname,
                "confidence": block["confidence"],
                "parts": {name: _apart(part) for name, part in parts.items()},
            },
        )


def _is_finding(node) -> bool:
    return isinstance(node, nodes.container) and "finding" in node["classes"]


def _apart(node) -> nodes.Element:
    """A copy that does not hold on to its page."""
    copied = node.deepcopy()
    for one in copied.findall():
        one.document = None
    return copied


def rewrite_stale(app, env) -> list[str]:
    """Pages whose findings of other pages differ from what they said when last written.

    They quote the numbers of those findings too, so the domain of facts is told of them.
    """
    domain, facts = env.get_domain("finding"), env.get_domain("fact")
    stale, lent = [], {}
    for docname in {*domain.data["quoted"], *domain.data["lists"]}:
        shown = domain.shown_on(docname)
        parts = [part for several in shown.values() for part in several]
        lent[docname] = {quote["key"] for part in parts for quote in part.findall(fact_quote)}
        now = {
            slug: (domain.all[slug]["docname"], *(part.pformat() for part in several))
            for slug, several in shown.items()
        }
        if domain.data["written"].get(docname) != now:
            domain.data["written"][docname] = now
            stale.append(docname)
    facts.data["lent"] = lent
    return stale


# What pages show


class QuoteFindings(SphinxPostTransform):
    """Put sentences in the place of quotes and of the list, before numbers take theirs."""

    default_priority = 7

    def run(self, **kwargs) -> None:
        self.domain = self.env.get_domain("finding")
        for node in list(self.document.findall(finding_quote)):
            node.replace_self(self.quoted(node))
        for node in list(self.document.findall(findings_list)):
            node.replace_self(self.listed())
        for node in self.document.findall(lambda one: "to" in getattr(one, "attributes", ())):
            self.forward(node)

    def quoted(self, node) -> list[nodes.Node]:
        slug = node["slug"]
        if slug not in self.domain.all:
            logger.warning("no page states the finding %r", slug, location=node)
            return [nodes.inline("", f"[unknown finding {slug}]", classes=["fact-unknown"])]
        if node["words"]:
            return [self.link(slug, node["words"])]
        said = self.copied(slug, "say")
        return [nodes.inline("", "", *said.children), nodes.Text(" "), self.link(slug, "Finding")]

    def link(self, slug: str, words: str) -> nodes.Node:
        said, inner = self.domain.all[slug], nodes.inline("", words, classes=["finding-link"])
        here, anchor = self.env.docname, finding_anchor(slug)
        return make_refnode(self.app.builder, here, said["docname"], anchor, inner)

    def copied(self, slug: str, part: str) -> nodes.Element:
        """A part of a finding as this page holds it: its links lead from here."""
        said = self.domain.all[slug]
        node = said["parts"][part].deepcopy()
        for one in node.findall(nodes.Element):
            # Citations have addresses of their page, of which another may stand here.
            one["ids"] = []
            if "refdoc" in one:
                one["refdoc"] = self.env.docname
        for link in node.findall(nodes.reference):
            if "refid" in link:
                page = self.app.builder.get_relative_uri(self.env.docname, said["docname"])
                link["refuri"] = f"{page}#{link.attributes.pop('refid')}"
        return node

    def listed(self) -> nodes.Node:
        box = nodes.container(classes=["findings"])
        for slug, said in self.domain.in_order().items():
            title = self.env.titles[said["docname"]].astext()
            parts = [self.copied(slug, part) for part in ("say", "sure", "account")]
            where = nodes.paragraph("", "From ", self.link(slug, title), classes=["finding-from"])
            box += nodes.container("", *parts, where, classes=["finding-row"])
        return box

    def forward(self, node) -> None:
        """Let a line at an old address lead on to the new one, for the script and for the eye."""
        page, _, anchor = node["to"].partition("#")
        if page not in self.env.found_docs:
            logger.warning("gone: there is no page %r", page, location=node)
            return
        address = self.app.builder.get_relative_uri(self.env.docname, page)
        link = nodes.reference(
            "", "It stands there now.", internal=True, refuri=f"{address}#{anchor}"
        )
        link["classes"].append("gone-to")
        node[0] += [nodes.Text(" "), link]


def register(app) -> None:
    app.add_domain(FindingDomain)
    app.add_directive("finding", FindingDirective)
    app.add_directive("findings", FindingsDirective)
    app.add_directive("gone", GoneDirective)
    app.add_role("finding", FindingRole())
    app.add_post_transform(QuoteFindings)
