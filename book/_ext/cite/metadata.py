"""What machines read: tags for indexes of literature, JSON-LD, a site map, digests.

All addresses come from `html: baseurl` in _config.yml and the edition, see citing.settle_address.
"""

import json
from html import escape
from pathlib import Path

from computegap import package
from computegap.contract import claim_anchor, table_anchor
from computegap.markup import inert
from docutils import nodes
from sphinx.util import logging

from _ext.cite.citations import citable, edition_of, permalink, work
from _ext.cite.references import uses
from _ext.page.data_page import PAGE as DATA_PAGE
from _ext.page.data_page import source_ids

logger = logging.getLogger(__name__)

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
# The verdicts as schema.org wants them: a number from worst to best beside the word.
RATINGS = {
    "contradicted": 1,
    "outdated": 2,
    "right number, wrong meaning": 3,
    "partly supported": 3,
    "supported": 5,
}


# Tags and JSON-LD of a page


def add_tags(app, pagename, templatename, context, doctree) -> None:
    """Highwire tags, OpenGraph and JSON-LD in the head of each page of text."""
    context["book_edition"] = app.config.book_edition
    if doctree is None or app.builder.name not in ("html", "dirhtml"):
        return
    title = app.env.titles[pagename].astext()
    link, summary = permalink(app, pagename), description(doctree)
    is_root = pagename == app.config.root_doc
    tags = [*_highwire(title, link, summary, is_root), *_opengraph(title, link, summary, is_root)]
    tags += [_meta("name", "citation_reference", said) for said in references_of(app.env, pagename)]
    if summary:
        tags.append(_meta("name", "description", summary))
    data = _filled(_linked_data(app, pagename, title, link, summary))
    script = f'<script type="application/ld+json">{inert(json.dumps(data, ensure_ascii=False))}'
    context["metatags"] = context.get("metatags", "") + "\n".join([*tags, script + "</script>\n"])


def description(doctree) -> str:
    """The first paragraph of a page, cut at a word, for search engines and previews."""
    for paragraph in doctree.findall(nodes.paragraph):
        text = _words(paragraph)
        if text:
            return text if len(text) <= 300 else text[:297].rsplit(" ", 1)[0] + " …"
    return ""


def _meta(key: str, name: str, content: str) -> str:
    return f'<meta {key}="{name}" content="{escape(content, quote=True)}" />'


def _filled(thing):
    """A thing of JSON-LD without its empty properties."""
    if isinstance(thing, list):
        return [_filled(one) for one in thing if one]
    if isinstance(thing, dict):
        return {key: _filled(value) for key, value in thing.items() if value not in ("", [], {})}
    return thing


def references_of(env, docname: str) -> list[str]:
    """The sources that a page cites, as citation_reference has them."""
    found = []
    for source_id in sorted(sources_on(env).get(docname, ())):
        source = package.by("sources", "source_id").get(source_id)
        if source is None:
            # The bibliography names it, with file and line.
            continue
        parts = {
            "title": source["title"],
            "author": source["authors"],
            "publisher": source["publisher"],
            "publication_date": source["published_date"].replace("-", "/"),
        }
        # A semicolon parts the fields.
        said = {key: " ".join(value.replace(";", ",").split()) for key, value in parts.items()}
        found.append("; ".join(f"citation_{key}={value}" for key, value in said.items() if value))
    return found


def sources_on(env) -> dict[str, set[str]]:
    """The ids of the sources that each page cites, in its text or as evidence of its claims."""
    found: dict[str, set[str]] = {}
    for source_id, places in uses(env).items():
        # Some evidence is a quantity alone, without a source.
        for docname in places if source_id else ():
            found.setdefault(docname, set()).add(source_id)
    # The page of all tables names its sources as data sets do.
    found.pop(DATA_PAGE, None)
    return found


def rewrite_stale(app, env) -> list[str]:
    """Pages whose references say something else than when they were last written."""
    if app.builder.name not in ("html", "dirhtml"):
        return []
    now = {docname: references_of(env, docname) for docname in sources_on(env)}
    before = getattr(env, "book_referred", {})
    env.book_referred = now
    return [page for page in {**now, **before} if now.get(page) != before.get(page)]


def _highwire(title: str, link: str, summary: str, is_root: bool) -> list[str]:
    book = work()
    named = {
        "citation_title": book["title"] if is_root else title,
        "citation_publication_date": f"{book['date']:%Y/%m/%d}",
        "citation_fulltext_html_url": link,
        "citation_language": "en",
        "citation_keywords": "; ".join(book["keywords"]),
        "citation_publisher": book["authors"][0],
    }
    if summary:
        named["citation_abstract"] = " ".join(book["abstract"].split()) if is_root else summary
    if not is_root:
        named["citation_inbook_title"] = book["title"]
    authors = [_meta("name", "citation_author", author) for author in book["authors"]]
    return [*(_meta("name", name, content) for name, content in named.items()), *authors]


def _opengraph(title: str, link: str, summary: str, is_root: bool) -> list[str]:
    book = work()
    named = {
        "og:title": book["title"] if is_root else title,
        "og:type": "book" if is_root else "article",
        "og:url": link,
        "og:site_name": book["title"],
        "og:locale": "en",
    }
    if summary:
        named["og:description"] = summary
    return [_meta("property", name, content) for name, content in named.items()]


def _linked_data(app, docname: str, title: str, link: str, summary: str) -> dict:
    """The page as schema.org has it: a book or chapter, with its data sets and reviewed claims."""
    book = _book(app)
    if docname == app.config.root_doc:
        page = {**book, "abstract": work()["abstract"]}
    else:
        page = {"@type": "Chapter", "@id": link, "name": title, "url": link, "isPartOf": book}
        same = ("author", "publisher", "datePublished", "inLanguage", "license")
        page |= {key: book[key] for key in same}
    if summary:
        page["description"] = summary
    parts = [page]
    if docname == DATA_PAGE:
        parts += [_dataset(app, name) for name in package.resources()]
    parts += _reviews(app, docname)
    return {"@context": "https://schema.org", "@graph": parts}


def _book(app) -> dict:
    book, link = work(), permalink(app, app.config.root_doc)
    return {
        "@type": "Book",
        "@id": link,
        "name": book["title"],
        "url": link,
        "author": _authors(),
        "publisher": _authors()[0],
        "datePublished": book["date"].isoformat(),
        "bookEdition": edition_of(app.config),
        "version": book["version"],
        "inLanguage": "en",
        "license": LICENCE,
        "isAccessibleForFree": True,
        "keywords": book["keywords"],
    }


def _authors() -> list[dict]:
    return [{"@type": "Organization", "name": name} for name in work()["authors"]]


def _dataset(app, name: str) -> dict:
    entry, link = package.resources()[name], permalink(app, DATA_PAGE, table_anchor(name))
    sources = package.by("sources", "source_id")
    columns = [
        {"@type": "PropertyValue", "name": field["name"], "description": field["description"]}
        | ({"unitText": field["unit"]} if "unit" in field else {})
        for field in package.schema(name)["fields"]
    ]
    file = {
        "@type": "DataDownload",
        "encodingFormat": "text/csv",
        "contentUrl": f"{app.config.book_address}data/{entry['path']}",
        "contentSize": f"{(package.DATA / entry['path']).stat().st_size} B",
    }
    return {
        "@type": "Dataset",
        "@id": link,
        "url": link,
        "name": entry["title"],
        # Shorter descriptions than 50 characters are refused by dataset indexes.
        "description": f"{entry['description']} {entry['derivation']}",
        "creator": _authors(),
        "publisher": _authors()[0],
        "datePublished": work()["date"].isoformat(),
        "version": edition_of(app.config),
        "keywords": work()["keywords"],
        "isAccessibleForFree": True,
        # What has no address is a work with a name; a text in its place would be taken for one.
        "license": [
            one.get("path") or {"@type": "CreativeWork", "name": one["title"]}
            for one in entry["licenses"]
        ],
        "dateModified": entry["accessed"],
        "isBasedOn": [sources[one]["url"] for one in source_ids(name)],
        "isPartOf": permalink(app, app.config.root_doc),
        "distribution": [file],
        "variableMeasured": columns,
    }


def _reviews(app, docname: str) -> list[dict]:
    """A ClaimReview for each claim block of the page, with the verdict as the domain has it."""
    blocks = app.env.get_domain("claim").data["blocks"]
    here = {claim_id: verdict for claim_id, (page, verdict) in blocks.items() if page == docname}
    if not here:
        return []
    evidence: dict[str, dict] = {}
    for row in package.rows("evidence"):
        # Each source once, in the order of the table.
        evidence.setdefault(row["claim_id"], {})[row["source_id"]] = None
    return [
        _review(app, docname, claim_id, verdict, list(evidence.get(claim_id, ())))
        for claim_id, verdict in here.items()
    ]


def article() -> dict:
    """The article that the book examines; its address only where the data package has it."""
    entry = package.resources()["claims"]["sources"][0]
    publisher, day, title = entry["title"].split(", ", 2)
    return {
        "@type": "Article",
        "headline": title,
        "publisher": {"@type": "Organization", "name": publisher},
        "datePublished": day,
        "url": entry.get("path", ""),
    }


def _review(app, docname: str, claim_id: str, verdict: str, source_ids_: list[str]) -> dict:
    """A ClaimReview: what is claimed and where, the verdict, why, and the evidence."""
    link = permalink(app, docname, claim_anchor(claim_id))
    claim, sources = package.by("claims", "claim_id")[claim_id], package.by("sources", "source_id")
    told = app.env.get_domain("claim").data["told"][claim_id]
    rating = {"@type": "Rating", "alternateName": verdict.capitalize()}
    if verdict in RATINGS:
        rating |= {"ratingValue": RATINGS[verdict], "worstRating": 1, "bestRating": 5}
    where = article()
    item = {"@type": "Claim", "appearance": where, "datePublished": where["datePublished"]}
    return {
        "@type": "ClaimReview",
        "@id": link,
        "url": link,
        "claimReviewed": claim["statement"],
        "itemReviewed": item,
        "reviewRating": rating | {"ratingExplanation": told["reason"]},
        "isBasedOn": [sources[one]["url"] for one in source_ids_ if one],
        "author": _authors()[0],
        "datePublished": work()["date"].isoformat(),
    }


# Files for the whole book


def write_files(app, error) -> None:
    """The site map, from the pages as they were written."""
    if error or app.builder.name not in ("html", "dirhtml"):
        return
    out, pages = Path(app.outdir), list(reading_order(app.env))
    (out / "sitemap.xml").write_text(sitemap(app, pages), encoding="utf-8")


def reading_order(env):
    """All pages in the order of the table of contents."""

    def walk(docname):
        yield docname
        for child in env.toctree_includes.get(docname, []):
            yield from walk(child)

    return dict.fromkeys(walk(env.config.root_doc))


def sitemap(app, pages) -> str:
    day = work()["date"].isoformat()
    urls = "".join(
        f"<url><loc>{escape(permalink(app, page))}</loc><lastmod>{day}</lastmod></url>\n"
        for page in pages
    )
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{space}">\n{urls}</urlset>\n'


def digests(app) -> list[str]:
    """What llms-full.txt says of each page, in reading order."""
    pages = list(reading_order(app.env))
    for page in pages:
        if not _kept(app, page).exists():
            # Resolving it keeps its digest.
            app.env.get_and_resolve_doctree(page, app.builder)
    return [_kept(app, page).read_text(encoding="utf-8") for page in pages]


def _kept(app, page: str) -> Path:
    return Path(app.outdir).parent / "digests" / f"{page}.md"


def keep_digest(app, doctree, page: str) -> None:
    """Keep what llms-full.txt says of a page while it is written; only such pages cost time.

    Taken from the page as it is written, so that the numbers are those that a reader sees.
    """
    if app.builder.name not in ("html", "dirhtml"):
        return
    path = _kept(app, page)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_digest(app, page, doctree), encoding="utf-8")


def _digest(app, page: str, doctree) -> str:
    if (title := next(doctree.findall(nodes.title), None)) is None:
        logger.warning("the page has no heading", location=page)
        return ""
    lines = [f"## [{_words(title)}]({permalink(app, page)})", ""]
    lines += [f"{_words(paragraph)}\n" for paragraph in _opening(doctree)]
    things = [thing for _, thing in citable(app, doctree, page)]
    lines += [f"- {thing['title']}" for thing in things if thing["kind"] in ("figure", "table")]
    return "\n".join([*lines, *_claims(doctree), ""])


def _opening(doctree) -> list:
    """The findings of a page, else what it says of itself in brief, else its first paragraph."""
    brief = [p for p in doctree.findall(nodes.paragraph) if "finding-say" in p["classes"]]
    if not brief:
        brief = [p for box in doctree.findall(_is_brief) for p in box.findall(nodes.paragraph)]
    return brief or list(doctree.findall(nodes.paragraph))[:1]


def _is_brief(node) -> bool:
    return isinstance(node, nodes.admonition) and "admonition-in-brief" in node["classes"]


def _claims(doctree) -> list[str]:
    heads = [p for p in doctree.findall(nodes.paragraph) if "claim-head" in p["classes"]]
    return [f"- Claim {_words(head)}" for head in heads]


def _words(node) -> str:
    """The text of a node, less HTML that a page holds as it is."""
    texts = [t for t in node.findall(nodes.Text) if not isinstance(t.parent, nodes.raw)]
    return " ".join("".join(texts).split())
