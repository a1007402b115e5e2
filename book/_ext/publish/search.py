"""What the search knows: a record for each claim, figure, table, section, term and source.

The records are one script beside the pages, which a page loads when a reader asks for the search; a
script works from a folder too. Sphinx' own index splits numbers at their points, knows no figure
and finds no Chinese name, so no book has it (`instead`).
"""

import json
from pathlib import Path

from docutils import nodes

from _ext.cite.citations import citable
from _ext.page.frame import WEB
from _ext.page.head import NO_PROSE

FILE = "search-records.js"
# Kinds in the order in which they are shown.
FINDING, CLAIM, FIGURE, TABLE = "Finding", "Claim", "Figure", "Table"
TEXT, TERM, SOURCE = "In the text", "Term", "Source"
_NO_TEXT = (nodes.table, nodes.figure, nodes.literal_block, nodes.raw, nodes.comment, nodes.section)


def instead(app) -> None:
    """Make no index of Sphinx."""
    if app.builder.name in WEB:
        app.builder.search = False


def keep(app, doctree, docname: str) -> None:
    """Keep the records of a page while it is written, so that only such pages cost time."""
    if app.builder.name in WEB:
        path = _kept(app, docname)
        path.parent.mkdir(parents=True, exist_ok=True)
        said = json.dumps(list(_records(app, doctree, docname)), ensure_ascii=False)
        path.write_text(said, encoding="utf-8")


def _kept(app, docname: str) -> Path:
    return Path(app.outdir).parent / "digests" / f"{docname}.json"


def write(app, exception) -> None:
    """Join the records of all pages, in the order of the book."""
    if exception or app.builder.name not in WEB:
        return
    records = []
    for docname in sorted(app.env.found_docs):
        if not _kept(app, docname).exists():
            # Resolving a page keeps its records.
            app.env.get_and_resolve_doctree(docname, app.builder)
        records += json.loads(_kept(app, docname).read_text(encoding="utf-8"))
    said = json.dumps(records, ensure_ascii=False, separators=(",", ":"))
    (Path(app.outdir) / FILE).write_text(f"window.bookRecords={said};\n", encoding="utf-8")


def _records(app, doctree, docname: str):
    """Kind, title, text and address of everything on a page that can be found."""
    address = app.builder.get_target_uri(docname)
    for node, thing in citable(app, doctree, docname):
        place = f"{address}#{thing['anchor']}"
        if thing["kind"] == "claim":
            said = [_text(part) for part in node if "claim-head" not in part.get("classes", ())]
            yield [CLAIM, _text(_head(node)), " ".join(said), place]
        elif thing["kind"] == "finding":
            yield [FINDING, thing["title"], _text(node[1]), place]
        elif thing["kind"] in ("figure", "table"):
            kind = FIGURE if thing["kind"] == "figure" else TABLE
            yield [kind, thing["title"], _source(node), place]
    for section in doctree.findall(nodes.section):
        if (title := section.next_node(nodes.title)) and section["ids"]:
            yield [TEXT, _text(title), _prose(section), f"{address}#{section['ids'][0]}"]
    for item in doctree.findall(nodes.definition_list_item):
        term, meaning = item.next_node(nodes.term), item.next_node(nodes.definition)
        if term is not None and term["ids"]:
            yield [TERM, _text(term), _text(meaning), f"{address}#{term['ids'][0]}"]
    for node in doctree.findall(nodes.citation):
        if node["ids"]:
            said = _text(node.next_node(nodes.paragraph))
            yield [SOURCE, said, "", f"{address}#{node['ids'][0]}"]


def _head(claim) -> nodes.Node:
    """The line of a claim: its id, verdict and sentence."""
    heads = (part for part in claim if "claim-head" in part.get("classes", ()))
    return next(heads, claim)


def _source(node) -> str:
    return " ".join(_text(legend) for legend in node.findall(nodes.legend))


def _prose(section) -> str:
    """The sentences of a section, less those of the sections, tables and claims in it."""
    said = []

    def walk(node) -> None:
        for child in node.children:
            if isinstance(child, nodes.paragraph):
                said.append(_text(child))
            elif isinstance(child, nodes.Element) and not _is_apart(child):
                walk(child)

    walk(section)
    return " ".join(said)


def _is_apart(node) -> bool:
    return isinstance(node, _NO_TEXT) or bool(NO_PROSE & {*node.get("classes", ())})


def _text(node) -> str:
    texts = [text for text in node.findall(nodes.Text) if not isinstance(text.parent, nodes.raw)]
    return " ".join("".join(texts).split())
