"""A citation for every section, figure, table, claim and data table.

`CITATION.cff` is the one home of title, authors, version and date. The page holds the citation as
text, and one JSON with what book/_static/cite.js makes BibTeX, RIS and CSL-JSON from.
"""

import datetime as dt
import json
import os
import re
from functools import cache
from html import escape, unescape

import yaml
from computegap.contract import claim_of
from computegap.markup import inert
from computegap.package import by, resources
from docutils import nodes
from sphinx.util import logging

from _ext.page.frame import sentences
from _ext.run.inputs import ROOT

logger = logging.getLogger(__name__)


# name, default, what a change of it does again
SETTINGS = (
    ("book_placeholder_address", "https://example.org/", "html"),
    ("book_address", "", "env"),
    ("book_edition", "", "env"),
    ("book_work", "", "env"),
)


# The book


@cache
def work() -> dict:
    """What CITATION.cff says of the book: title, authors, version, date, licences, keywords."""
    cff = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    return {
        "title": cff["title"],
        "abstract": cff["abstract"],
        "authors": [author["name"] for author in cff["authors"]],
        "version": str(cff["version"]),
        "licence": next(name for name in cff["license"] if name.startswith("CC")),
        "date": dt.date.fromisoformat(str(cff["date-released"])),
        "keywords": cff["keywords"],
    }


def edition_of(config) -> str:
    """The edition in words that a citation holds; a build between editions says that it is one."""
    return config.book_edition or f"{work()['version']}, draft"


def settle_year(app, config) -> None:
    """The year of the work is that of its edition, whenever it is built."""
    config.copyright = config.epub_copyright = str(work()["date"].year)


def settle_address(app, config) -> None:
    """Find the public address of this build: the one setting `html: baseurl`, and the edition."""
    # So that a change of it is a change of every page.
    config.book_work = json.dumps(work(), default=str)
    config.book_edition = os.environ.get("BOOK_EDITION", "")
    base = config.html_baseurl or config.book_placeholder_address
    folder = f"{config.book_edition}/" if config.book_edition else ""
    config.book_address = base.rstrip("/") + "/" + folder
    if config.html_baseurl:
        config.html_baseurl = config.book_address
    else:
        logger.info("no public address is set (html: baseurl); %s stands in for it", base)


def permalink(app, docname: str, anchor: str = "") -> str:
    """The public address of a page or of a thing on it."""
    uri = app.builder.get_target_uri(docname)
    return app.config.book_address + uri + (f"#{anchor}" if anchor else "")


# What can be cited on a page


class cite_control(nodes.General, nodes.Element):
    """A fold with a citation; a node of its own, so that the search index leaves it out."""


def citable(app, doctree, docname: str):
    """Everything on a page that can be cited: its node, and what a citation says of it."""
    numbers = app.env.toc_fignumbers.get(docname, {})
    for node in doctree.findall(lambda node: isinstance(node, nodes.Element) and "anchor" in node):
        found = _described(node, node["anchor"], numbers, docname == app.config.root_doc)
        if found:
            yield node, {"anchor": node["anchor"], **found}


def _described(node, anchor: str, numbers: dict, is_root: bool) -> dict | None:
    """Kind, title and short name of a thing; nothing for headings below the second level."""
    if isinstance(node, nodes.container) and "finding" in node["classes"]:
        return _thing("finding", _text(node[0]), f"finding {node['slug']}")
    if isinstance(node, nodes.container):
        claim = claim_of(anchor)
        return _thing("claim", f"Claim {claim}: {_statement(claim)}", f"claim {claim}")
    if isinstance(node, nodes.figure | nodes.table):
        return _numbered(node, anchor, numbers)
    title = _text(next(iter(node.findall(nodes.title))))
    if anchor.startswith("data-") and _table_of(anchor):
        return _thing("dataset", title, title)
    level = _level(node)
    if level > 2:
        return None
    kind = "section" if level == 2 else "book" if is_root else "chapter"
    return _thing(kind, work()["title"] if is_root and level == 1 else title, title)


def _thing(kind: str, title: str, name: str) -> dict:
    return {"kind": kind, "title": title, "name": name}


def figure(anchor: str, name: str, headline: str) -> dict:
    """A figure as a thing to cite; `name` is "Figure 3.1"."""
    return {"anchor": anchor, **_thing("figure", f"{name}. {headline}", name)}


def _numbered(node, anchor: str, numbers: dict) -> dict | None:
    kind = "figure" if isinstance(node, nodes.figure) else "table"
    caption = next(iter(node.findall(nodes.caption if kind == "figure" else nodes.title)), None)
    if caption is None:
        return None
    number = ".".join(map(str, numbers.get(kind, {}).get(anchor, ())))
    name = f"{kind.capitalize()} {number}".strip()
    # Its first sentence, which is its headline: a citation is one line.
    headline, _ = sentences(caption.children)
    words = " ".join("".join(node.astext() for node in headline).split())
    return _thing(kind, f"{name}. {words}", name)


def _text(node) -> str:
    return " ".join(node.astext().split())


def _level(section) -> int:
    level = 1
    while isinstance(section.parent, nodes.section):
        section, level = section.parent, level + 1
    return level


def _statement(claim_id: str) -> str:
    return by("claims", "claim_id")[claim_id]["statement"]


def _table_of(anchor: str) -> str:
    """The table of the data package whose place on the page `data` has this anchor, or ""."""
    name = anchor.removeprefix("data-").replace("-", "_")
    return name if name in resources() else ""


# The citation as text


def as_text(thing: dict, chapter: str, config, link: str) -> str:
    """An APA-like citation of a thing of the book, as HTML with the book's title set off."""
    book = work()
    whole = f"<cite>{escape(book['title'])}</cite> (Edition {edition_of(config)})."
    title = escape(thing["title"].rstrip("."))
    stop = "" if title.endswith(("?", "!")) else "."
    if thing["kind"] == "book":
        part = ""
    elif thing["kind"] == "chapter":
        part = f"{title}{stop} In "
    else:
        word = "Data table" if thing["kind"] == "dataset" else thing["kind"].capitalize()
        part = f"{title} [{word}]. In {escape(chapter)}, " if chapter else f"{title} [{word}]. In "
    authors = escape(" & ".join(book["authors"]))
    return f"{authors}. ({_day()}). {part}{whole} {escape(link)}"


def _day() -> str:
    """The day of the book as a citation has it."""
    date = work()["date"]
    return f"{date:%Y, %B} {date.day}"


def plain(app, docname: str, thing: dict) -> str:
    """The same citation of a thing on a page as plain text, for files beside the pages."""
    link = permalink(app, docname, thing["anchor"])
    text = as_text(thing, _chapter(app, docname), app.config, link)
    return unescape(re.sub(r"</?cite>", "", text))


# Into the page


def add_controls(app, doctree, docname: str) -> None:
    """Give everything that can be cited its control, and the page the data for the formats."""
    if app.builder.name not in ("html", "dirhtml"):
        return
    chapter = _chapter(app, docname)
    things = list(citable(app, doctree, docname))
    for node, thing in things:
        link = permalink(app, docname, thing["anchor"])
        text = as_text(thing, chapter, app.config, link)
        _place(node, cite_control("", anchor=thing["anchor"], name=thing["name"], text=text))
    if things:
        page = {thing["anchor"]: [thing["kind"], thing["title"]] for _, thing in things}
        said = json.dumps(_page_data(app, docname, chapter, page), ensure_ascii=False)
        script = f'<script type="application/json" id="cite-data">{inert(said)}</script>'
        doctree += nodes.raw("", script, format="html")


def _chapter(app, docname: str) -> str:
    """The chapter that a page is; nothing for the overview, which is the book's own page."""
    return "" if docname == app.config.root_doc else _text(app.env.titles[docname])


def _page_data(app, docname: str, chapter: str, things: dict) -> dict:
    book = work()
    return {
        "book": book["title"],
        "authors": book["authors"],
        "edition": edition_of(app.config),
        "version": book["version"],
        "date": book["date"].isoformat(),
        "day": _day(),
        "address": permalink(app, docname),
        "chapter": chapter,
        "things": things,
    }


def _place(node, control) -> None:
    """At a heading: under it. In a claim: last. After a figure or table: below its source line."""
    if isinstance(node, nodes.section):
        title = next(iter(node.findall(nodes.title)))
        node.insert(node.index(title) + 1, control)
    elif isinstance(node, nodes.container):
        node += control
    else:
        around = node.parent
        at = around.index(node) + 1
        while at < len(around) and _belongs(around[at]):
            at += 1
        around.insert(at, control)


def _belongs(node) -> bool:
    """Whether a node is the source line of a table, or the tools under a figure."""
    return node.tagname == "figure_tools" or "table-source" in node.get("classes", [])


def visit_control(self, node) -> None:
    name = escape(node["name"], quote=True)
    self.body.append(
        f'<details class="cite" data-cite="{node["anchor"]}">'
        f'<summary aria-label="Cite {name}">Cite</summary>'
        f'<p class="cite-text">{node["text"]}</p></details>'
    )
    raise nodes.SkipNode
