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

from _ext.cite.citations import citable, permalink, work
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
    tags = [*_highwire(title, link, is_root), *_opengraph(title, link, summary, is_root)]
    if summary:
        tags.append(_meta("name", "description", summary))
    data = _linked_data(app, pagename, title, link, summary)
    script = f'<script type="application/ld+json">{inert(json.dumps(data, ensure_ascii=False))}'
    context["metatags"] = context.get("metatags", "") + "\n".join([*tags, script + "</script>\n"])


def description(doctree) -> str:
    """The first paragraph of a page, cut at a word, for search engines and previews."""
    for paragraph in doctree.findall(nodes.paragraph):
        text = " ".join(paragraph.astext().split())
        if text:
            return text if len(text) <= 300 else text[:297].rsplit(" ", 1)[0] + " …"
    return ""


def _meta(key: str, name: str, content: str) -> str:
    return f'<meta {key}="{name}" content="{escape(content, quote=True)}" />'


def _highwire(title: str, link: str, is_root: bool) -> list[str]:
    book = work()
    named = {
        "citation_title": book["title"] if is_root else title,
        "citation_publication_date": f"{book['date']:%Y/%m/%d}",
        "citation_fulltext_html_url": link,
        "citation_language": "en",
        "citation_keywords": "; ".join(book["keywords"]),
    }
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
        page |= {key: book[key] for key in ("author", "datePublished", "inLanguage", "license")}
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
        "datePublished": book["date"].isoformat(),
        "bookEdition": app.config.book_edition or book["version"],
        "version": book["version"],
        "inLanguage": "en",
        "license": LICENCE,
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
    }
    return {
        "@type": "Dataset",
        "@id": link,
        "url": link,
        "name": entry["title"],
        # Shorter descriptions than 50 characters are refused by dataset indexes.
        "description": f"{entry['description']} {entry['derivation']}",
        "creator": _authors(),
        "license": [one.get("path", one["title"]) for one in entry["licenses"]],
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
    claims = package.by("claims", "claim_id")
    article = package.resources()["claims"]["sources"][0]
    return [
        _review(app, docname, claim_id, verdict, claims[claim_id], article)
        for claim_id, verdict in here.items()
    ]


def _review(app, docname: str, claim_id: str, verdict: str, claim: dict, article: dict) -> dict:
    link = permalink(app, docname, claim_anchor(claim_id))
    rating = {"@type": "Rating", "alternateName": verdict.capitalize()}
    if verdict in RATINGS:
        rating |= {"ratingValue": RATINGS[verdict], "worstRating": 1, "bestRating": 5}
    item = {"@type": "Claim", "appearance": {"@type": "Article", "name": article["title"]}}
    return {
        "@type": "ClaimReview",
        "@id": link,
        "url": link,
        "claimReviewed": claim["statement"],
        "itemReviewed": item,
        "reviewRating": rating,
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
