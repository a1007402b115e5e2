"""How the parts of a page stand on the web: figures, tables, claims and code in their frames.

Other builders and other modules know figures, tables and containers as docutils has them. When a
page of the web is about to be written, this module puts the elements of HTML around them that the
style sheet and the script know. It runs last, after numbers, citations and references are there.
"""

import re
from html import escape

from computegap.contract import SIGNS, verdict_class
from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

WEB = ("html", "dirhtml")
# More claims than these stand under their paragraph, one below the other.
BESIDE = 3
# More than these are in one fold, whose line counts them by verdict.
LISTED = 6
# A sentence ends here; what follows in a caption is no headline any more.
_STOPS = (".", "!", "?")
_END = re.compile(r"(?<=[.!?])(?=\s)")
_ROLES = re.compile(r' role="doc-biblioentry"|(?<=<div) role="list"(?= class="citation-list")')
_HEADING = re.compile(r'<th class="([^"]*)"')


class tag(nodes.General, nodes.Element):
    """An element of HTML around its children; `element` makes one."""


class line_tag(nodes.General, nodes.TextElement):
    """The same around words and links, which Sphinx wants in an element of text."""


_LINES = ("a", "b", "code", "figcaption", "p", "span", "summary")


def visit_tag(self, node) -> None:
    ids = node["ids"]
    given = {"class": " ".join(node["classes"]), "id": ids[0] if ids else "", **node["attributes"]}
    said = "".join(
        f' {name}="{escape(str(value), quote=True)}"' if value is not True else f" {name}"
        for name, value in given.items()
        if value not in ("", None, False)
    )
    # Every published address stays one: a thing may have several.
    others = "".join(f'<span id="{one}"></span>' for one in ids[1:])
    self.body.append(f"<{node['name']}{said}>{others}")


def depart_tag(self, node) -> None:
    self.body.append(f"</{node['name']}>")
    if node["name"] not in ("a", "b", "code", "span"):
        self.body.append("\n")


def element(name: str, *children, classes=(), ids=(), **attributes) -> nodes.Element:
    """An element with its children; `aria_label` stands for `aria-label`."""
    given = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
    node = line_tag() if name in _LINES else tag()
    node.attributes.update(name=name, classes=list(classes), ids=list(ids), attributes=given)
    node += children
    return node


# Code: one fold a section


class FoldCode(SphinxPostTransform):
    """Put the code of all folded cells of a section into one fold at its end."""

    # After values are in their places (8), before MyST-NB makes a fold of each cell (199).
    default_priority = 190
    formats = ("html",)

    def run(self, **kwargs) -> None:
        # MyST-NB's own folds have paragraphs in their lines, which is no XHTML.
        if self.app.builder.name not in (*WEB, "epub"):
            return
        folds: dict = {}
        for number, cell in enumerate(list(self.document.findall(_is_folded)), 1):
            folds.setdefault(_section(cell), []).append(self._box(cell, f"Code {number}"))
            if not cell.children:
                cell.parent.remove(cell)
        for section, boxes in folds.items():
            count = f"{len(boxes)} cells" if len(boxes) > 1 else "1 cell"
            place = "section" if isinstance(section.parent, nodes.section) else "page"
            line = element("summary", nodes.Text(f"Code of this {place}: {count}"))
            section += element("details", line, *boxes, classes=["code"])

    def _box(self, cell, label: str) -> nodes.Element:
        """The code of a cell, with what it does, under the addresses of its facts.

        Its label is its own on the page, so that a list of regions tells them apart.
        """
        source = cell.children.pop(0)
        del cell["hide_mode"]
        ids, cell["ids"] = cell["ids"], []
        numbers = self.env.toc_fignumbers.get(self.env.docname, {})
        code = element("code", nodes.Text(source.astext().rstrip("\n")))
        header = (cell["cell_metadata"] or {}).get("mystnb", {}).get("figure", {})
        return element(
            "div",
            element("p", nodes.Text(_purpose(cell, ids, numbers))),
            element("pre", code, tabindex="0", role="region", aria_label=label),
            classes=["cell-code"],
            ids=ids,
            # For running it in the page (book/_static/js/run.js).
            data_cell=cell["exec_count"],
            data_figure=header.get("name", ""),
        )


def _is_folded(node) -> bool:
    return (
        isinstance(node, nodes.container)
        and node.get("nb_element") == "cell_code"
        and node.get("hide_mode") in ("input", "input+output", "all")
        and node.children
        and node.children[0].get("nb_element") == "cell_code_source"
    )


def _section(node) -> nodes.Element:
    """The section of the second level that a cell is in, or the page."""
    around = [node]
    while node.parent is not None:
        node = node.parent
        around.append(node)
    sections = [one for one in reversed(around) if isinstance(one, nodes.section)]
    return sections[:2][-1] if sections else around[-1]


def _purpose(cell, ids: list[str], numbers: dict) -> str:
    """What a cell is for, as far as its outputs say it."""
    said = []
    for kind, verb in (("figure", "Draws Figure"), ("table", "Makes Table")):
        for node in cell.findall(nodes.figure if kind == "figure" else nodes.table):
            number = ".".join(map(str, numbers.get(kind, {}).get((node["ids"] or [""])[0], ())))
            said += [f"{verb} {number}"] if number else []
    facts = sum(one.startswith("fact-") for one in ids)
    said += [f"States {facts} number{'' if facts == 1 else 's'} of the text"] if facts else []
    claims = [node for node in cell.findall(nodes.container) if "claim" in node["classes"]]
    said += [f"Weighs {len(claims)} claim{'' if len(claims) == 1 else 's'}"] if claims else []
    return "; ".join(said) or "Prepares what follows"


# What is framed when a page is written


def stand(app, doctree, docname: str) -> None:
    """Frame every table and claim of a page; figures frame themselves (figures.frame)."""
    if app.builder.name not in WEB:
        return
    for table in list(doctree.findall(nodes.table)):
        _frame_table(table)
    for block in list(doctree.findall(nodes.container)):
        if "claim" in block["classes"]:
            _fold_claim(block)
        elif "finding" in block["classes"]:
            _fold_finding(block)
        elif "finding-row" in block["classes"]:
            _fold_account(block)
    _fold_gone([one for one in doctree.findall(nodes.container) if "gone" in one["classes"]])
    for cell in list(doctree.findall(nodes.container)):
        if cell.get("nb_element") == "cell_code":
            _put_beside(cell)
            _fold_many(cell)


def _frame_table(table) -> None:
    """A box that scrolls, with a name; the first column names its row."""
    if "ledger-table" in table["classes"]:
        return
    for column in list(table.findall(nodes.colspec))[:1]:
        column["stub"] = 1
    title = next(iter(table.findall(nodes.title)), None) or _section(table).next_node(nodes.title)
    name = " ".join(title.astext().split()) if title is not None else "Table"
    around, at = table.parent, table.parent.index(table)
    around.remove(table)
    box = element("div", table, classes=["table-box"], role="group", aria_label=name)
    around.insert(at, box)


def _fold_claim(block) -> None:
    """One line that opens: sign, verdict, sentence; then evidence, reason, citation."""
    head = next((one for one in block if "claim-head" in one.get("classes", ())), None)
    if head is None:
        return
    reason = next((one for one in block if "claim-reason" in one.get("classes", ())), None)
    short = next((one for one in block if "claim-short" in one.get("classes", ())), None)
    line = element("summary", *_line(head, short))
    rest = [one for one in block.children if one is not head and one is not short]
    # What opens a fold may hold nothing that can be pressed by itself.
    for link in list(line.findall(nodes.reference)):
        link.replace_self(link.children)
    if reason is not None:
        # What decides comes before what it was decided from.
        rest.sort(key=lambda one: one is not reason)
    anchor = block["ids"][0] if block["ids"] else ""
    link = element("a", nodes.Text("Link to this claim"), href=f"#{anchor}", classes=["claim-here"])
    rest.append(link)
    block.children = []
    block += element("details", line, element("div", *rest, classes=["claim-body"]))


def _fold_finding(block) -> None:
    """The sentence and how sure it is; what it rests on opens, with its citation."""
    say, sure, account, *cite = block.children
    line = element("summary", nodes.Text("What it rests on, and what would change it"))
    anchor = block["ids"][0]
    here = element("a", nodes.Text("Link to this finding"), href=f"#{anchor}")
    fold = element("details", line, account, *cite, here, classes=["finding-more"])
    block.children = []
    block += [say, sure, fold]


def _fold_account(row) -> None:
    """The same in the list of all findings."""
    say, sure, account, where = row.children
    line = element("summary", nodes.Text("What it rests on, and what would change it"))
    row.children = []
    row += [say, sure, where, element("details", line, account, classes=["finding-more"])]


def _put_beside(cell) -> None:
    """Let a few claims stand in the margin, beside the paragraph that they follow."""
    claims = [node for node in cell.findall(nodes.container) if "claim" in node["classes"]]
    around, at = cell.parent, cell.parent.index(cell)
    before = around[at - 1] if at else None
    if not 0 < len(claims) <= BESIDE or not isinstance(before, nodes.paragraph):
        return
    around.remove(cell)
    label = "What the article claims here"
    note = element("div", cell, classes=["margin"], role="group", aria_label=label)
    around.replace(before, element("div", note, before, classes=["beside"]))


def _fold_gone(lines: list) -> None:
    """Put what stood on the page into one fold; its addresses open it."""
    if not lines:
        return
    around = lines[0].parent
    at = around.index(lines[0])
    for one in lines:
        one.parent.remove(one)
    count = sum(len(one["ids"]) for one in lines)
    line = element(
        "summary", nodes.Text(f"{count} addresses of earlier drafts, and where they lead")
    )
    around.insert(at, element("details", line, *lines, classes=["gone-all"]))


def _fold_many(cell) -> None:
    """Put a long list of claims into one fold; an address of a claim opens it."""
    claims = [node for node in cell.findall(nodes.container) if "claim" in node["classes"]]
    if len(claims) <= LISTED:
        return
    words = [
        next(word for word in SIGNS if verdict_class(word) in one["classes"]) for one in claims
    ]
    counts = [f"{words.count(word)} {word}" for word in SIGNS if word in words]
    line = element("summary", nodes.Text(f"{len(claims)} claims: {', '.join(counts)}"))
    around = claims[0].parent
    at = around.index(claims[0])
    for one in claims:
        one.parent.remove(one)
    around.insert(at, element("details", line, *claims, classes=["claims-all"]))


def _line(head, short) -> list:
    said = [element("span", *head.children, classes=head["classes"])]
    if short is not None:
        said.append(element("span", *short.children, classes=["claim-short"]))
    return said


def sentences(children: list) -> tuple[list, list]:
    """The nodes of a caption apart: its first sentence, and the rest."""
    first, rest = [], []
    for node in children:
        # Where a caption breaks its line, the break is a node of its own.
        ended = first and isinstance(first[-1], nodes.Text) and first[-1].rstrip().endswith(_STOPS)
        if not rest and ended and isinstance(node, nodes.Text) and node[:1].isspace():
            rest.append(nodes.Text(node.lstrip() or " "))
            continue
        if rest or not isinstance(node, nodes.Text):
            (rest if rest else first).append(node)
            continue
        head, *tail = _END.split(str(node), maxsplit=1)
        first.append(nodes.Text(head))
        if tail and tail[0].strip():
            rest.append(nodes.Text(tail[0].lstrip()))
        elif tail:
            rest.append(nodes.Text(" "))
    return first, rest if any(node.astext().strip() for node in rest) else []


def name_cells(app, pagename, templatename, context, doctree) -> None:
    """Say which cells of tables name a column and which a row; docutils has no word for it.

    And leave out roles of a bibliography that docutils gives and that are none any more.
    """
    if "body" in context and app.builder.name in WEB:
        body = _HEADING.sub(_scoped, context["body"])
        context["body"] = _ROLES.sub("", body)


def _scoped(heading: re.Match) -> str:
    scope = "col" if "head" in heading[1].split() else "row"
    return f'<th scope="{scope}" class="{heading[1]}"'


def register(app) -> None:
    for kind in (tag, line_tag):
        app.add_node(kind, html=(visit_tag, depart_tag))
    app.add_post_transform(FoldCode)
