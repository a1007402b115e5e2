"""The head of a page: kicker, title, deck and dateline, as far as there is something to say.

Kicker, deck and what the data cover are words of the author, in the front matter of a chapter
(`kicker:`, `deck:`, `covers:`); without a kicker, a chapter says its part of the book. The rest
comes from the build.
"""

import datetime as dt
import re

from computegap.printed import english_date
from docutils import nodes
from sphinx import addnodes

from _ext.cite.citations import edition_of
from _ext.page.frame import WEB

# Words that a reader takes in a minute, tables and figures aside.
PACE = 230
_TITLE = re.compile(r"<h1>.*?</h1>(\s*<details class=\"cite\".*?</details>)?", re.DOTALL)
# Rows of tables that do not look like tables.
NO_PROSE = {"claim", "claim-lines", "article-picture"}
_LEFT_OUT = (nodes.table, nodes.figure, nodes.literal_block, nodes.raw, nodes.comment)


def place(app, pagename, templatename, context, doctree) -> None:
    """Put the head around the title of a page of text, and give the templates what they name."""
    if app.builder.name not in WEB:
        return
    context["edition_words"] = edition_of(app.config)
    if doctree is None or "body" not in context:
        return
    meta = app.env.metadata.get(pagename, {})
    said = {
        "kicker": meta.get("kicker", "") or _part(app, pagename),
        "deck": meta.get("deck", ""),
        # Of what the data are, in the author's words where the newest table would flatter.
        "covers": meta.get("covers", ""),
        "as_of": _as_of(app, pagename),
        # Of a chapter; pages of reference are not read from end to end.
        "minutes": _minutes(doctree) if pagename in app.env.book_forms else 0,
        "take_home": context.get("take_home", ()),
        "edition": context["edition_words"],
        "pathto": context["pathto"],
    }

    def head(title) -> str:
        cite = title[1] or ""
        return app.builder.templates.render(
            "head.html", {**said, "title": title[0].removesuffix(cite), "cite": cite}
        )

    context["body"] = _TITLE.sub(head, context["body"], count=1)


def _part(app, pagename: str) -> str:
    """The part of the book that a page is in."""
    for toctree in app.env.tocs[app.config.root_doc].findall(addnodes.toctree):
        if pagename in toctree["includefiles"]:
            return toctree.get("caption") or ""
    return ""


def _as_of(app, pagename: str) -> str:
    """The newest date of the tables that the page's numbers come from."""
    known = getattr(app.env, "book_provenance", {}).get(pagename, {})
    days = [table["as_of"] for table in known.get("tables", {}).values() if table["as_of"]]
    day = max(days, default="")
    if not day:
        return ""
    # A table may say its month only.
    spec = "" if len(day) == 10 else "%B %Y"
    return english_date(dt.date.fromisoformat(f"{day}-01"[:10]), spec)


def _minutes(doctree) -> int:
    """How long the text takes to read; nothing for a page that is all tables."""
    words = 0
    for paragraph in doctree.findall(nodes.paragraph):
        if not _is_inside(paragraph):
            words += len(paragraph.astext().split())
    return round(words / PACE)


def _is_inside(node) -> bool:
    while node := node.parent:
        if isinstance(node, _LEFT_OUT) or NO_PROSE & {*node.get("classes", ())}:
            return True
    return False
