"""From a number to its source: what the page needs to say where each quoted fact comes from.

The page holds one JSON of its facts with value, unit, tables, measures and sources;
book/_static/facts.js shows it beside the number. Without JavaScript a fact is a link to its cell.
"""

import json

from computegap import package
from computegap.contract import OWN, source_anchor, table_anchor
from computegap.markup import inert
from computegap.printed import value_with_unit
from docutils import nodes

from _ext.cite.references import PAGE as REFERENCES_PAGE
from _ext.page.data_page import PAGE as DATA_PAGE
from _ext.page.data_page import source_ids

# A table whose rows name more sources than these is its own list of sources.
FEW = 3


# What the page says of its facts


def add_provenance(app, doctree, docname: str) -> None:
    domain = app.env.get_domain("fact")
    keys = sorted(domain.on_pages().get(docname, set()) & set(domain.data["stated"]))
    if keys and app.builder.name in ("html", "dirhtml"):
        facts = {key: domain.data["stated"][key][2] for key in keys}
        said = json.dumps(page_data(app, docname, facts), ensure_ascii=False)
        script = f'<script type="application/json" id="fact-data">{inert(said)}</script>'
        doctree += nodes.raw("", script, format="html")


def page_data(app, docname: str, facts: dict[str, dict]) -> dict:
    """Each fact with its value, tables, sources and measures, and once each what these are."""
    page = {"facts": {}, "tables": {}, "sources": {}, "measures": {}}
    known = package.resources()
    for key, payload in facts.items():
        used = [name for name in payload["source"] if name in known]
        direct = [name for name in payload["source"] if name not in known]
        page["facts"][key] = {
            "value": value_with_unit(payload),
            "tables": used,
            "sources": direct,
            "measures": sorted(payload["measures"] or {}),
        }
        page["tables"] |= {name: _table(app, docname, name) for name in used}
        few = [s for name in used for s in page["tables"][name]["sources"]]
        page["sources"] |= {one: _source(app, docname, one) for one in [*direct, *few]}
        page["measures"] |= payload["measures"] or {}
    return page


def _table(app, docname: str, name: str) -> dict:
    entry, sources = package.resources()[name], source_ids(name)
    words = [source["title"] for source in entry["sources"]] if not sources else []
    return {
        "title": entry["title"],
        "as_of": entry["as_of"],
        "href": _href(app, docname, DATA_PAGE, table_anchor(name)),
        "sources": sources if len(sources) <= FEW else [],
        "count": len(sources),
        "words": "; ".join(words),
    }


def _source(app, docname: str, source_id: str) -> dict:
    if source_id == OWN:
        return {
            "title": "set by this book",
            "publisher": "",
            "published": "",
            "accessed": "",
            "href": "",
        }
    source = package.by("sources", "source_id")[source_id]
    return {
        "title": source["title"],
        "publisher": source["publisher"],
        "published": source["published_date"],
        "accessed": source["accessed_date"],
        "href": _href(app, docname, REFERENCES_PAGE, source_anchor(source_id)) or source["url"],
    }


def _href(app, docname: str, page: str, anchor: str) -> str:
    """A relative link to a place on another page, or "" in a book without that page."""
    if page not in app.env.found_docs:
        return ""
    return f"{app.builder.get_relative_uri(docname, page)}#{anchor}"


def rewrite_stale(app, env) -> list[str]:
    """Pages that say something else of their facts than when they were last written."""
    if app.builder.name not in ("html", "dirhtml"):
        return []
    domain, before = env.get_domain("fact"), getattr(env, "book_provenance", {})
    stated, now = domain.data["stated"], {}
    for docname, keys in domain.on_pages().items():
        facts = {key: stated[key][2] for key in keys if key in stated}
        now[docname] = page_data(app, docname, facts)
    env.book_provenance = now
    return [docname for docname, said in now.items() if before.get(docname) != said]
