"""The book as an object that harvesters read: a research crate, Croissant, Signposting, codemeta.

ro-crate-metadata.json  RO-Crate 1.1: files, and each notebook as an action from tables to a page
croissant.json          Croissant 1.0: the tables, loaded in one call
linkset.json            Signposting (RFC 9264), as link elements in each page say it too
codemeta.json           CodeMeta 3.0; the same lies in the source of the book, with .zenodo.json

Addresses in the crate and in Croissant are relative, so that they hold in a folder and in the zip.
"""

import hashlib
import json
from html import escape
from pathlib import Path

from computegap import package

from _ext.cite.citations import edition_of, permalink, work
from _ext.cite.metadata import LICENCE
from _ext.page.data_page import PAGE as DATA_PAGE
from _ext.page.frame import WEB
from _ext.publish.downloads import NAME

_CONTEXT = "https://w3id.org/ro/crate/1.1/context"
_AUTHOR = "#author"
_MEDIA = {".csv": "text/csv", ".json": "application/json", ".ipynb": "application/x-ipynb+json"}
_MEDIA |= {".html": "text/html", ".zip": "application/zip"}
# The types of Table Schema in schema.org's words.
_TYPES = {"integer": "sc:Integer", "number": "sc:Float", "boolean": "sc:Boolean"}
_TYPES |= {"date": "sc:Date", "string": "sc:Text"}


def write(app, error) -> None:
    """All four files, of a book that has the page of data."""
    if error or app.builder.name not in WEB or DATA_PAGE not in app.env.found_docs:
        return
    out = Path(app.outdir)
    _write(out / "codemeta.json", codemeta())
    _write(out / "croissant.json", croissant(app, out))
    _write(out / "linkset.json", linkset(app))
    # Last: the crate lists the others.
    _write(out / "ro-crate-metadata.json", crate(app, out))


def _write(path: Path, said: dict) -> None:
    path.write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


# A research crate


def crate(app, out: Path) -> dict:
    """The book as an RO-Crate."""
    book, known = work(), package.resources()
    pages = [page for page in sorted(app.env.found_docs) if page in app.env.book_forms]
    tables = {name: f"data/{entry['path']}" for name, entry in known.items()}
    files = {
        **{
            path: (known[name]["title"], known[name]["description"])
            for name, path in tables.items()
        },
        "data/datapackage.json": (
            "Data package",
            "All tables with their schemas, as Frictionless.",
        ),
        "croissant.json": ("Croissant", "All tables, as Croissant."),
        "codemeta.json": ("CodeMeta", "The book as software."),
        "prov.json": ("Lineage", "Rows and numbers with what they come from, as PROV-JSON."),
        "facts.json": ("Facts", "Every number with its unit, tables and sources."),
        "claims.json": ("Claims", "Every claim of the article with its verdict."),
        "findings.json": ("Findings", "Every finding with its confidence."),
    }
    for page in pages:
        title = app.env.titles[page].astext()
        files[f"_notebooks/{page}.ipynb"] = (f"{title} (notebook)", "An executed notebook.")
        files[app.builder.get_target_uri(page)] = (title, "A page of the book.")
    files = {path: said for path, said in files.items() if (out / path).is_file()}
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": book["title"],
        "description": " ".join(book["abstract"].split()),
        "datePublished": book["date"].isoformat(),
        "version": edition_of(app.config),
        "license": {"@id": LICENCE},
        "author": {"@id": _AUTHOR},
        "publisher": {"@id": _AUTHOR},
        "keywords": ", ".join(book["keywords"]),
        "hasPart": [{"@id": path} for path in files],
        "mentions": [{"@id": f"#run-{page}"} for page in pages],
    }
    if app.config.html_baseurl:
        root["identifier"] = root["url"] = permalink(app, app.config.root_doc)
    return {
        "@context": _CONTEXT,
        "@graph": [
            {
                "@id": "ro-crate-metadata.json",
                "@type": "CreativeWork",
                "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
                "about": {"@id": "./"},
            },
            root,
            _author(app),
            {
                "@id": LICENCE,
                "@type": "CreativeWork",
                "name": "Creative Commons Attribution 4.0 International",
                "description": "Text and figures; data keep the licences of their sources.",
            },
            {
                "@id": "https://www.python.org/",
                "@type": "SoftwareApplication",
                "name": "Python",
                "url": "https://www.python.org/",
                "version": "3.11 or later, packages as in requirements.txt",
            },
            *(_file(out, path, *said) for path, said in files.items()),
            *(_run(app, page, tables) for page in pages),
        ],
    }


def _author(app) -> dict:
    said = {"@id": _AUTHOR, "@type": "Organization", "name": work()["authors"][0]}
    if app.config.html_baseurl and _has(app, "book/about"):
        said["url"] = permalink(app, "book/about")
    return said


def _file(out: Path, path: str, name: str, description: str) -> dict:
    is_notebook = path.endswith(".ipynb")
    return {
        "@id": path,
        "@type": ["File", "SoftwareSourceCode"] if is_notebook else "File",
        "name": name,
        "description": description,
        "encodingFormat": _MEDIA[Path(path).suffix],
        "contentSize": str((out / path).stat().st_size),
    } | ({"programmingLanguage": {"@id": "https://www.python.org/"}} if is_notebook else {})


def _run(app, page: str, tables: dict[str, str]) -> dict:
    """What executing a notebook made of which tables."""
    stated = app.env.get_domain("fact").data["stated"].values()
    used = sorted({name for at, _, said in stated if at == page for name in said["source"]})
    read = [{"@id": tables[name]} for name in used if name in tables]
    found = {
        "@id": f"#run-{page}",
        "@type": "CreateAction",
        "name": f"Execution of {page}.ipynb",
        "instrument": {"@id": f"_notebooks/{page}.ipynb"},
        "object": read[0] if len(read) == 1 else read,
        "result": {"@id": app.builder.get_target_uri(page)},
    }
    return {key: value for key, value in found.items() if value}


# Croissant


def croissant(app, out: Path) -> dict:
    """The tables as Croissant has them: a file and a record set each."""
    book = work()
    return {
        "@context": _croissant_context(),
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": "computing-power-dilemma-examined",
        "description": " ".join(book["abstract"].split()),
        "version": ".".join([*book["version"].split("."), "0"]),
        "datePublished": book["date"].isoformat(),
        "license": LICENCE,
        "url": permalink(app, DATA_PAGE),
        "creator": {"@type": "sc:Organization", "name": book["authors"][0]},
        "citeAs": f"{book['authors'][0]}: {book['title']}, edition {edition_of(app.config)}",
        "distribution": [_object(out, name) for name in package.resources()],
        "recordSet": [_records(name) for name in package.resources()],
    }


def _object(out: Path, name: str) -> dict:
    entry = package.resources()[name]
    return {
        "@type": "cr:FileObject",
        "@id": f"{name}.csv",
        "name": f"{name}.csv",
        "description": entry["description"],
        "contentUrl": f"data/{entry['path']}",
        "encodingFormat": "text/csv",
        "sha256": _sha256(out / "data" / entry["path"]),
    }


def _records(name: str) -> dict:
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": package.resources()[name]["title"],
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{name}/{field['name']}",
                "name": field["name"],
                "description": field["description"],
                # A column that may be empty cannot be read as a number or a truth value.
                "dataType": _type_of(field),
                "source": {
                    "fileObject": {"@id": f"{name}.csv"},
                    "extract": {"column": field["name"]},
                },
            }
            for field in package.schema(name)["fields"]
        ],
    }


def _type_of(field: dict) -> str:
    is_whole = field.get("constraints", {}).get("required")
    return _TYPES[field["type"]] if is_whole or field["type"] == "number" else "sc:Text"


def _croissant_context() -> dict:
    """The context that the specification of Croissant 1.0 gives, without which nothing reads it."""
    own = (
        "citeAs column conformsTo equivalentProperty extract field fileObject fileProperty fileSet"
    )
    own += " format includes isLiveDataset jsonPath key md5 parentField path recordSet references"
    own += " regex repeated replace samplingRate separator source subField transform"
    terms = {term: f"cr:{term}" for term in own.split()}
    return {
        "@language": "en",
        "@vocab": "https://schema.org/",
        **terms,
        "conformsTo": "dct:conformsTo",
        "cr": "http://mlcommons.org/croissant/",
        "data": {"@id": "cr:data", "@type": "@json"},
        "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
        "dct": "http://purl.org/dc/terms/",
        "examples": {"@id": "cr:examples", "@type": "@json"},
        "rai": "http://mlcommons.org/croissant/RAI/",
        "sc": "https://schema.org/",
    }


# Signposting


def links(app, docname: str) -> list[tuple[str, str, str]]:
    """The typed links of a page: relation, target as written from the book's root, media type."""
    is_root = docname == app.config.root_doc
    found = [
        ("author", permalink(app, "book/about") if _has(app, "book/about") else "", ""),
        ("license", LICENCE, ""),
        ("type", "https://schema.org/Book" if is_root else "https://schema.org/Chapter", ""),
        ("type", "https://schema.org/AboutPage", ""),
        ("linkset", f"{app.config.book_address}linkset.json", "application/linkset+json"),
    ]
    if app.config.html_baseurl:
        found.append(("cite-as", permalink(app, docname), ""))
    if docname in (app.config.root_doc, DATA_PAGE):
        for name, kind in _DESCRIPTIONS.items():
            found.append(("describedby", f"{app.config.book_address}{name}", kind))
    if docname == app.config.root_doc:
        found.append(("item", f"{app.config.book_address}{NAME}.zip", "application/zip"))
    if docname == DATA_PAGE:
        for entry in package.resources().values():
            found.append(("item", f"{app.config.book_address}data/{entry['path']}", "text/csv"))
    if not is_root:
        found.append(("collection", permalink(app, app.config.root_doc), "text/html"))
    return [one for one in found if one[1]]


_DESCRIPTIONS = {
    "ro-crate-metadata.json": "application/ld+json",
    "croissant.json": "application/ld+json",
    "codemeta.json": "application/ld+json",
    "data/datapackage.json": "application/json",
    "prov.json": "application/json",
}


def _has(app, docname: str) -> bool:
    return docname in app.env.found_docs


def linkset(app) -> dict:
    """The links of all pages, as application/linkset+json."""
    found = []
    for docname in sorted(app.env.found_docs):
        context: dict = {"anchor": permalink(app, docname)}
        for relation, target, kind in links(app, docname):
            if relation != "linkset":
                one = {"href": target} | ({"type": kind} if kind else {})
                context.setdefault(relation, []).append(one)
        found.append(context)
    return {"linkset": found}


def add_links(app, pagename, templatename, context, doctree) -> None:
    """The links as elements in the head; a page without a public address names files beside it."""
    if doctree is None or app.builder.name not in WEB or DATA_PAGE not in app.env.found_docs:
        return
    base, up = app.config.book_address, context["pathto"]
    tags = []
    for relation, target, kind in links(app, pagename):
        is_near = target.startswith(base) and not app.config.html_baseurl
        href = up(target.removeprefix(base), 1) if is_near else target
        kind = f' type="{kind}"' if kind else ""
        # The tables stand in the linkset; a head of ninety lines helps nobody.
        if relation != "item" or pagename != DATA_PAGE:
            tags.append(f'<link rel="{relation}" href="{escape(href, quote=True)}"{kind}>')
    context["metatags"] = context.get("metatags", "") + "\n".join(["", *tags, ""])


# For archives and indices of software


def codemeta() -> dict:
    """CodeMeta 3.0, from CITATION.cff."""
    book = work()
    return {
        "@context": "https://w3id.org/codemeta/3.0",
        "type": "SoftwareSourceCode",
        "name": book["title"],
        "description": " ".join(book["abstract"].split()),
        "version": book["version"],
        "datePublished": book["date"].isoformat(),
        "license": ["https://spdx.org/licenses/MIT", "https://spdx.org/licenses/CC-BY-4.0"],
        "author": [{"type": "Organization", "name": name} for name in book["authors"]],
        "keywords": book["keywords"],
        "programmingLanguage": "Python",
        "runtimePlatform": "Python 3.11 or later",
        "softwareRequirements": "requirements.txt",
        "developmentStatus": "active",
    }


def zenodo() -> dict:
    """What Zenodo takes from .zenodo.json in a source, from CITATION.cff."""
    book = work()
    return {
        "title": book["title"],
        "description": f"<p>{escape(' '.join(book['abstract'].split()))}</p>",
        "upload_type": "publication",
        "publication_type": "report",
        "publication_date": book["date"].isoformat(),
        "version": book["version"],
        "creators": [{"name": name} for name in book["authors"]],
        "license": "cc-by-4.0",
        "access_right": "open",
        "language": "eng",
        "keywords": book["keywords"],
        "notes": "Code under the MIT licence; data keep the licences of their sources.",
    }
