"""Files for machines and assistants: facts, claims and findings with their addresses; llms.txt.

Each file names the version of its form; its JSON Schema lies beside it. Addresses are whole where
the book has a public one, and relative to the file where it has none, so that they resolve.
"""

import json
from pathlib import Path

from computegap import package
from computegap.contract import SIGNS, claim_anchor, fact_anchor, finding_anchor
from docutils import nodes
from sphinx.addnodes import pending_xref

from _ext.cite.citations import edition_of, work
from _ext.cite.metadata import digests, reading_order
from _ext.page.data_page import PAGE as DATA_PAGE
from _ext.page.frame import WEB
from _ext.page.quotes import fact_quote, fill

# Of the form of the files; a field that goes or changes its meaning makes another.
FORM = 1
_TEXT = {"type": "string", "minLength": 1}
_COLUMNS = {
    "facts": {
        "value": {"type": ["number", "string"]},
        "unit": {"type": "string"},
        "tables": {"type": "array", "items": _TEXT},
        "sources": {"type": "array", "items": _TEXT},
        "measures": {"type": "array", "items": _TEXT},
    },
    "claims": {
        "statement": _TEXT,
        "section": _TEXT,
        "paragraph": {"type": "integer"},
        "printed": {"type": "string"},
        "verdict": {"enum": list(SIGNS)},
        "confidence": _TEXT,
        "reason": {"type": "string"},
        "restates": {"type": "string"},
    },
    "findings": {
        "sentence": _TEXT,
        "confidence": _TEXT,
        "certainty": _TEXT,
        "evidence": _TEXT,
        "uncertain": _TEXT,
        "would_change_it": _TEXT,
        # Those that its sentence quotes.
        "facts": {"type": "array", "items": _TEXT},
    },
}


def write(app, error) -> None:
    """facts.json, claims.json, findings.json, their schemas, llms.txt and llms-full.txt."""
    if error or app.builder.name not in WEB:
        return
    out = Path(app.outdir)
    rows = {"facts": facts(app), "claims": claims(app), "findings": findings(app)}
    for name, found in rows.items():
        _write(out / f"{name}.json", {**_head(app, name), name: found})
        _write(out / f"{name}.schema.json", schema(name))
    (out / "llms.txt").write_text(llms(app, rows["findings"]), encoding="utf-8")
    (out / "llms-full.txt").write_text(llms_full(app), encoding="utf-8")


def _write(path: Path, said: dict) -> None:
    path.write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def schema(name: str) -> dict:
    """The JSON Schema of a file."""
    columns = {"id": _TEXT, "address": _TEXT, **_COLUMNS[name]}
    row = {"type": "object", "properties": columns, "required": list(columns)}
    head = dict.fromkeys(("book", "edition", "licence", "schema"), _TEXT)
    head["form"] = {"const": FORM}
    rows = {"type": "array", "items": row | {"additionalProperties": False}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"The {name} of an edition",
        "type": "object",
        "properties": head | {name: rows},
        "required": [*head, name],
        "additionalProperties": False,
    }


def _head(app, name: str) -> dict:
    return {
        "book": work()["title"],
        "edition": edition_of(app.config),
        "licence": work()["licence"],
        "form": FORM,
        "schema": address(app, f"{name}.schema.json"),
    }


def address(app, path: str) -> str:
    """The address of a file of the book, seen from a file at its root."""
    return f"{app.config.book_address if app.config.html_baseurl else ''}{path}"


def _place(app, docname: str, anchor: str = "") -> str:
    page = address(app, app.builder.get_target_uri(docname))
    return f"{page}#{anchor}" if anchor else page


def facts(app) -> list[dict]:
    """Every fact of the book, by its id."""
    known, rows = package.resources(), []
    for key, (docname, anchor, said) in sorted(app.env.get_domain("fact").data["stated"].items()):
        rows.append(
            {
                "id": key,
                "address": _place(app, docname, anchor or fact_anchor(key)),
                "value": said["value"],
                "unit": said["unit"],
                "tables": [one for one in said["source"] if one in known],
                "sources": [one for one in said["source"] if one not in known],
                "measures": sorted(said["measures"] or {}),
            }
        )
    return rows


def claims(app) -> list[dict]:
    """Every claim that has a block, in the order of the table."""
    domain, rows = app.env.get_domain("claim"), []
    for claim_id, claim in package.by("claims", "claim_id").items():
        if claim_id not in domain.data["blocks"]:
            continue
        docname, verdict = domain.data["blocks"][claim_id]
        rows.append(
            {
                "id": claim_id,
                "address": _place(app, docname, claim_anchor(claim_id)),
                "statement": claim["statement"],
                "section": claim["section"],
                "paragraph": int(claim["paragraph"]),
                "printed": claim["printed"],
                "verdict": verdict,
                **domain.data["told"][claim_id],
                "restates": claim["restates"],
            }
        )
    return rows


def findings(app) -> list[dict]:
    """Every finding, with the numbers of this build in its words, in the order of the pages."""
    domain = app.env.get_domain("finding")
    stated, rows = app.env.get_domain("fact").data["stated"], []

    def words(node) -> str:
        said = node.deepcopy()
        for link in list(said.findall(pending_xref)):
            link.parent.replace(link, nodes.Text(_named(app.env, link)))
        return fill(" ".join(said.astext().split()), stated)

    for slug, said in domain.in_order().items():
        parts = said["parts"]
        meanings = [words(one) for one in parts["account"].findall(nodes.definition)]
        evidence, uncertain, change = meanings
        rows.append(
            {
                "id": slug,
                "address": _place(app, said["docname"], finding_anchor(slug)),
                "sentence": words(parts["say"]),
                "confidence": said["confidence"],
                "certainty": words(parts["sure"]),
                "evidence": evidence,
                "uncertain": uncertain,
                "would_change_it": change,
                "facts": sorted({one["key"] for one in parts["say"].findall(fact_quote)}),
            }
        )
    return rows


def _named(env, link) -> str:
    """What a reader sees of a link that waits for its target: Figure 3, a publisher, its words."""
    target, labels = link["reftarget"].lower(), env.get_domain("std").anonlabels
    if link["reftype"] == "numref" and target in labels:
        docname, anchor = labels[target]
        for kind, numbers in env.toc_fignumbers.get(docname, {}).items():
            if anchor in numbers:
                return f"{kind.capitalize()} {'.'.join(map(str, numbers[anchor]))}"
    if link["reftype"] == "ref" and target in env.get_domain("std").labels:
        return env.get_domain("std").labels[target][2]
    sources = package.by("sources", "source_id")
    keys = [key.strip() for key in link["reftarget"].split(",")]
    if all(key in sources for key in keys):
        return ", ".join(sources[key]["publisher"] for key in keys)
    return link.astext()


def llms(app, found: list[dict]) -> str:
    """The book for assistants, in the form of llmstxt.org: what it finds, and where things are."""
    book, env = work(), app.env
    pages = list(reading_order(env))
    chapters = [page for page in pages if page in env.book_forms]
    lines = [f"# {book['title']}", "", f"> {' '.join(book['abstract'].split())}", ""]
    lines += [f"Edition {edition_of(app.config)}. Text and figures: CC BY 4.0.", ""]
    if app.builder.name == "html":
        lines += ["Each page is there as Markdown too: its address with .md for .html.", ""]
    lines += ["## Findings", ""]
    lines += [f"- [{one['id']}]({one['address']}): {one['sentence']}" for one in found]
    lines += ["", "## Pages", ""]
    lines += [f"- [{env.titles[page].astext()}]({_place(app, page)})" for page in chapters]
    lines += ["", "## Data", ""]
    files = {
        "facts.json": "every number with unit, tables, sources and measures",
        "claims.json": "every claim of the article with its verdict",
        "findings.json": "every finding with its confidence and what would change it",
        "data/datapackage.json": "all tables, as a Frictionless data package",
    }
    if DATA_PAGE in env.found_docs:
        lines += [f"- [{name}]({address(app, name)}): {said}" for name, said in files.items()]
    lines += ["", "## Optional", ""]
    lines += [f"- [llms-full.txt]({address(app, 'llms-full.txt')}): every page, figure and claim"]
    rest = [page for page in pages if page not in chapters]
    lines += [f"- [{env.titles[page].astext()}]({_place(app, page)})" for page in rest]
    return fill("\n".join(lines) + "\n", env.get_domain("fact").data["stated"])


def llms_full(app) -> str:
    """Each page with its address, what it says of itself, its captions and its claims."""
    book = work()
    out = [f"# {book['title']}", "", f"> {' '.join(book['abstract'].split())}", ""]
    edition = f"Edition {edition_of(app.config)} of {book['date'].isoformat()}."
    out += [f"{edition} {'; '.join(book['authors'])}."]
    out += [f"Text and figures: CC BY 4.0. Data: {_place(app, DATA_PAGE)}", ""]
    return "\n".join([*out, *digests(app)])
