"""From a number to its source: what the page needs to say where each quoted fact comes from.

The page holds one JSON of its facts with value, unit, tables, measures and sources;
book/_static/facts.js shows it beside the number. Without JavaScript a fact is a link to its cell.
"""

import ast
import json
import re
from functools import cache

from _ext import datapackage
from _ext.bibliography import PAGE as REFERENCES_PAGE
from _ext.bibliography import anchor_of
from _ext.datapage import PAGE as DATA_PAGE
from _ext.datapage import data_anchor, source_ids
from _ext.facts import value_with_unit
from computegap.markup import inert
from docutils import nodes

# A table whose rows name more sources than these is its own list of sources.
FEW = 3


# Which measures computed a fact

MODULES = ("measures", "findings")


@cache
def measures() -> dict[str, str]:
    """The measures of computegap and the first line of what each says of itself."""
    package = datapackage.ROOT / "book/computegap"
    return {
        node.name: (ast.get_docstring(node) or "").split("\n")[0]
        for module in MODULES
        for node in ast.parse((package / f"{module}.py").read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }


def measures_of(cells: list[str]) -> list[dict[str, list[str]]]:
    """The measures behind the facts of each cell, by their keys or key patterns, from its code.

    A fact's measures are those called in its value, or in what was assigned to the names in it,
    in the same cell or an earlier one.
    """
    found_in_cells, behind = [], {}
    for cell in cells:
        found: dict[str, list[str]] = {}
        found_in_cells.append(found)
        for statement in _statements(cell):
            for call in _fact_calls(statement):
                used = _used(call.args[1], behind)
                found[_pattern(call.args[0])] = sorted(used)
            for key, value in _entries(statement):
                found[re.escape(key)] = sorted(_used(value, behind))
            for name, value in _bindings(statement):
                behind[name] = behind.get(name, set()) | _used(value, behind)
    return found_in_cells


def measures_behind(key: str, found: dict[str, list[str]]) -> list[str]:
    """The measures of one fact of a cell: those of its own key, else of the closest pattern."""
    matching = [pattern for pattern in found if re.fullmatch(pattern, key)]
    closest_first = sorted(matching, key=lambda pattern: (pattern.count(".+"), -len(pattern)))
    return found[closest_first[0]] if closest_first else []


def _statements(cell: str):
    """The statements of a cell in order; magics and the like are no Python."""
    try:
        tree = ast.parse(cell)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            yield node


def _fact_calls(statement):
    call = statement.value if isinstance(statement, ast.Expr) else None
    named = getattr(getattr(call, "func", None), "id", "")
    if named == "fact" and len(call.args) > 1:
        yield call


def _entries(statement):
    """Keys and values of dictionaries, from which a loop may state facts."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value, value


def _bindings(statement):
    """What a statement gives names to: assignments and the targets of loops."""
    if isinstance(statement, ast.Assign):
        pairs = [pair for target in statement.targets for pair in _split(target, statement.value)]
    elif isinstance(statement, ast.For):
        pairs = [(statement.target, statement.iter)]
    else:
        pairs = []
    for target, value in pairs:
        for node in ast.walk(target):
            if isinstance(node, ast.Name):
                yield node.id, value


def _split(target, value):
    """`a, b = c, d` as two assignments."""
    both = isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)
    if both and len(target.elts) == len(value.elts):
        return list(zip(target.elts, value.elts, strict=True))
    return [(target, value)]


def _used(expression, behind: dict[str, set]) -> set[str]:
    used = set()
    for node in ast.walk(expression):
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") in MODULES:
            used |= {node.attr} & set(measures())
        elif isinstance(node, ast.Name):
            used |= behind.get(node.id, set())
    return used


def _pattern(key) -> str:
    """A regular expression for the keys that a literal or an f-string can give."""
    if isinstance(key, ast.JoinedStr):
        parts = (re.escape(p.value) if isinstance(p, ast.Constant) else ".+" for p in key.values)
        return "".join(parts)
    return re.escape(str(getattr(key, "value", "")))


def collect_measures(app, doctree) -> None:
    """Remember the measures of the facts that this page states."""
    docname = app.env.docname
    cells = {
        cell["exec_count"]: _code_of(cell)
        for cell in doctree.findall(nodes.container)
        if cell.get("nb_element") == "cell_code"
    }
    found = dict(zip(cells, measures_of(list(cells.values())), strict=True))
    stated = app.env.get_domain("fact").data["stated"]
    for key, (home, _, payload) in stated.items():
        if home == docname:
            payload["measures"] = measures_behind(key, found.get(payload["cell"], {}))


def _code_of(cell) -> str:
    sources = [part for part in cell.children if part.get("nb_element") == "cell_code_source"]
    return "\n".join(
        block.astext() for part in sources for block in part.findall(nodes.literal_block)
    )


# What the page says of its facts


def add_provenance(app, doctree, docname: str) -> None:
    domain = app.env.get_domain("fact")
    keys = sorted(set(domain.data["quoted"].get(docname, ())) & set(domain.data["stated"]))
    if keys and app.builder.name in ("html", "dirhtml"):
        facts = {key: domain.data["stated"][key][2] for key in keys}
        said = json.dumps(page_data(app, docname, facts), ensure_ascii=False)
        script = f'<script type="application/json" id="fact-data">{inert(said)}</script>'
        doctree += nodes.raw("", script, format="html")


def page_data(app, docname: str, facts: dict[str, dict]) -> dict:
    """Each fact with its value, tables, sources and measures, and once each what these are."""
    page = {"facts": {}, "tables": {}, "sources": {}, "measures": {}}
    known = datapackage.resources()
    for key, payload in facts.items():
        used = [name for name in payload["source"] if name in known]
        direct = [name for name in payload["source"] if name not in known]
        page["facts"][key] = {
            "value": value_with_unit(payload),
            "tables": used,
            "sources": direct,
            "measures": payload.get("measures", []),
        }
        page["tables"] |= {name: _table(app, docname, name) for name in used}
        few = [s for name in used for s in page["tables"][name]["sources"]]
        page["sources"] |= {one: _source(app, docname, one) for one in [*direct, *few]}
        page["measures"] |= {name: measures()[name] for name in payload.get("measures", [])}
    return page


def _table(app, docname: str, name: str) -> dict:
    entry, sources = datapackage.resources()[name], source_ids(name)
    words = [source["title"] for source in entry["sources"]] if not sources else []
    return {
        "title": entry["title"],
        "as_of": entry["as_of"],
        "href": _href(app, docname, DATA_PAGE, data_anchor(name)),
        "sources": sources if len(sources) <= FEW else [],
        "count": len(sources),
        "words": "; ".join(words),
    }


def _source(app, docname: str, source_id: str) -> dict:
    source = datapackage.by("sources", "source_id")[source_id]
    return {
        "title": source["title"],
        "publisher": source["publisher"],
        "published": source["published_date"],
        "accessed": source["accessed_date"],
        "href": _href(app, docname, REFERENCES_PAGE, anchor_of(source_id)) or source["url"],
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
    for docname, keys in domain.data["quoted"].items():
        facts = {key: stated[key][2] for key in keys if key in stated}
        now[docname] = page_data(app, docname, facts)
    env.book_provenance = now
    return [docname for docname, said in now.items() if before.get(docname) != said]


def setup(app):
    # After the facts are collected (500), and after they are put in the place of quotes.
    app.connect("doctree-read", collect_measures, priority=600)
    app.connect("doctree-resolved", add_provenance, priority=800)
    app.connect("env-updated", rewrite_stale)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
