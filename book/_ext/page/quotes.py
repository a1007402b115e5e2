"""Sphinx domain for facts: `` {fact}`key:format` `` quotes a number from the cell that states it.

MyST-NB writes each page's glue data beside its executed notebook; the domain reads the facts from
there, so that a fact can be quoted on any page, in prose, captions and tables, in any order.
An unknown key, a key stated twice, or a format that does not fit is a warning, and so an error
in a strict build.
"""

import json
import re
from pathlib import Path

from computegap.contract import FACT_MIME, OWN, fact_anchor
from computegap.package import is_source, resources
from computegap.printed import formatted, value_with_unit
from docutils import nodes
from sphinx.domains import Domain, ObjType
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole
from sphinx.util.nodes import make_refnode

logger = logging.getLogger(__name__)

# Around a quote in a title that is taken as text; private characters, so that no text has them.
_OPEN, _CLOSE = "\ue000", "\ue001"
_HELD = re.compile(f"{_OPEN}(.*?):(.*?){_CLOSE}")


class waiting(nodes.Inline, nodes.Element):
    """A place in the text that waits for words which are known when all pages are read."""

    def waits_for(self) -> str:
        """The kind and the name of what it quotes, for messages."""
        raise NotImplementedError


class fact_quote(waiting):
    """A place in the text that waits for a fact's value."""

    def waits_for(self) -> str:
        return f"fact {self['key']}"

    def astext(self) -> str:
        """What a title says in its place until the values are known, see `fill`."""
        return f"{_OPEN}{self['key']}:{self['format']}{_CLOSE}"


def quote(maker, said: str) -> fact_quote:
    """A quote of "key:format" that a role or a directive makes; its page follows the value."""
    key, _, spec = said.partition(":")
    node = fact_quote("", key=key.strip(), format=spec.strip(), refdoc=maker.env.docname)
    maker.set_source_info(node)
    maker.env.get_domain("fact").note_quote(node["key"])
    return node


class FactRole(SphinxRole):
    def run(self):
        return [quote(self, self.text)], []


class LikelyRole(FactRole):
    """`` {likely}`key` ``: the word for a probability, so that no word leaves its band."""

    def run(self):
        return [quote(self, f"{self.text.strip()}:likely")], []


class FactDomain(Domain):
    name = "fact"
    label = "Facts"
    object_types = {"fact": ObjType("fact", "fact")}
    # stated: key -> (docname, anchor, payload); quoted: docname -> keys;
    # written: docname -> what its quotes said when it was last written
    # lent: docname -> keys in the sentences of findings that it quotes (findings.rewrite_stale)
    # titles: label -> (its title with quotes in it, the same with their values)
    initial_data = {"stated": {}, "quoted": {}, "written": {}, "lent": {}, "titles": {}}
    data_version = 3

    def note_fact(self, key: str, docname: str, anchor: str, payload: dict) -> None:
        other = self.data["stated"].get(key)
        if other and other[0] != docname:
            logger.warning("fact %r is stated twice: in %s and %s", key, other[0], docname)
        self.data["stated"][key] = (docname, anchor, payload)

    def note_quote(self, key: str) -> None:
        self.data["quoted"].setdefault(self.env.docname, set()).add(key)

    def clear_doc(self, docname: str) -> None:
        stated = self.data["stated"]
        self.data["stated"] = {key: at for key, at in stated.items() if at[0] != docname}
        self.data["quoted"].pop(docname, None)

    def merge_domaindata(self, docnames, otherdata) -> None:
        for key, (docname, anchor, payload) in otherdata["stated"].items():
            if docname in docnames:
                self.note_fact(key, docname, anchor, payload)
        for docname in docnames:
            if docname in otherdata["quoted"]:
                self.data["quoted"][docname] = otherdata["quoted"][docname]

    def get_objects(self):
        for key, (docname, anchor, _) in self.data["stated"].items():
            yield key, key, "fact", docname, anchor, 1

    def resolve_any_xref(self, *_):
        return []

    def on_pages(self) -> dict[str, set[str]]:
        """The keys of the facts that each page quotes, those in quoted findings among them."""
        quoted, lent = self.data["quoted"], self.data["lent"]
        return {
            page: quoted.get(page, set()) | lent.get(page, set()) for page in {**quoted, **lent}
        }

    def stale_pages(self) -> list[str]:
        """Pages whose quoted facts differ from what they said when last written."""
        stale = []
        for docname, keys in self.on_pages().items():
            facts = {key: self.data["stated"].get(key) for key in keys}
            # What a link says of a fact has titles of tables in it.
            now = {key: fact and (fact, said(fact[2])) for key, fact in facts.items()}
            if self.data["written"].get(docname) != now:
                stale.append(docname)
                self.data["written"][docname] = now
        return stale


def collect_facts(app, doctree) -> None:
    """Take the page's facts from its glue data and give each stating cell an anchor."""
    docname = app.env.docname
    glue = Path(app.outdir).parent / "jupyter_execute" / f"{docname}.glue.json"
    keys = app.env.nb_metadata.get(docname, {}).get("glue", [])
    if not keys:
        return
    cells = {node["exec_count"]: node for node in doctree.findall(_is_cell)}
    for key, output in json.loads(glue.read_text(encoding="utf-8")).items():
        payload = output["data"].get(FACT_MIME)
        if payload is None:
            continue
        for source in payload["source"]:
            if source != OWN and not is_source(source):
                logger.warning("fact %r: unknown source %r", key, source, location=docname)
        home = cells.get(payload["cell"])
        if home is not None:
            home["ids"].append(fact_anchor(key))
        anchor = "" if home is None else fact_anchor(key)
        app.env.get_domain("fact").note_fact(key, docname, anchor, payload)


def _is_cell(node) -> bool:
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"


class RefuseInHeadings(SphinxTransform):
    """Name each quote in the heading of a section, whose words outlines and addresses need at once.

    Titles of figures and tables quote: only references need their words, see `fill_titles`.
    """

    # Before Sphinx takes titles and outlines from the page, once it is read.
    default_priority = 300

    def apply(self, **kwargs) -> None:
        for title in self.document.findall(nodes.title):
            if isinstance(title.parent, nodes.section):
                for node in list(title.findall(waiting)):
                    said = f"a heading can not quote the {node.waits_for()}: write it in words"
                    logger.warning(f"{said}, and guard them with holds(...)", location=node)
                    node.replace_self(nodes.inline("", f"[{node.waits_for()}]"))


class QuoteFacts(SphinxPostTransform):
    """Put values in the place of quotes, once all pages are read."""

    default_priority = 8

    def run(self, **kwargs) -> None:
        stated = self.env.get_domain("fact").data["stated"]
        for node in list(self.document.findall(fact_quote)):
            node.replace_self(self.resolved(node, stated))

    def resolved(self, node, stated) -> nodes.Node:
        key = node["key"]
        if key not in stated:
            logger.warning("no cell states the fact %r", key, location=node)
            return nodes.inline("", f"[unknown fact {key}]", classes=["fact-unknown"])
        docname, anchor, payload = stated[key]
        try:
            text = formatted(payload, node["format"])
        except ValueError as error:
            logger.warning("fact %r: format %r: %s", key, node["format"], error, location=node)
            return nodes.inline("", f"[fact {key}]", classes=["fact-unknown"])
        value = nodes.inline("", text, classes=["fact"])
        link = make_refnode(self.app.builder, node["refdoc"], docname, anchor, value, said(payload))
        link["classes"].append("fact-link")
        # For the list of what a page prints (publish/live.py).
        link["fact_key"], link["fact_format"] = key, node["format"]
        return link


def said(payload: dict) -> str:
    """What stands behind a number: its value with unit, and where it comes from."""
    tables = resources()
    origins = [tables[s]["title"] if s in tables else _words(s) for s in payload["source"]]
    return value_with_unit(payload) + " · " + ", ".join(origins)


def _words(source: str) -> str:
    return "set by this book" if source == OWN else source


def fill(text: str, stated: dict) -> str:
    """A title with the values of its quotes; an unknown fact is reported where it is resolved."""

    def value(held) -> str:
        try:
            return formatted(stated[held[1]][2], held[2])
        except (KeyError, ValueError):
            return f"[fact {held[1]}]"

    return _HELD.sub(value, text)


def fill_titles(env) -> None:
    """Put the values into the titles of figures and tables that references and other books read."""
    labels, facts = env.get_domain("std").labels, env.get_domain("fact").data
    for label, (docname, anchor, title) in list(labels.items()):
        held, filled = facts["titles"].pop(label, (title, title))
        if _OPEN in title:
            held = title
        elif title != filled:
            continue
        if _OPEN in held:
            facts["titles"][label] = (held, fill(held, facts["stated"]))
            labels[label] = (docname, anchor, facts["titles"][label][1])


def rewrite_stale(app, env):
    fill_titles(env)
    return env.get_domain("fact").stale_pages()


def register(app) -> None:
    app.add_domain(FactDomain)
    app.add_role("fact", FactRole())
    app.add_role("likely", LikelyRole())
    app.add_transform(RefuseInHeadings)
    app.add_post_transform(QuoteFacts)
