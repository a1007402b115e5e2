"""The page of data: every table of the data package, with its columns and sources.

Made from data/datapackage.json and the schemas, so that a new table appears by itself. The files
themselves are copied beside the book, under `data/`, where an address can last.
"""

import shutil
from functools import cache
from pathlib import Path

from computegap import markup, package
from computegap.addresses import written
from computegap.contract import table_anchor

PAGE = "book/data"
# A comment in the page, for which the tables are put in.
MARKER = "% data-tables"
# Said by an entry of the package whose rows name their sources.
BY_ROW = "by source_id"


@cache
def source_ids(table: str) -> list[str]:
    """The sources of a table: those its rows name, and those its entry names by their address."""
    by_address = package.by("sources", "url")
    packaged = [by_address.get(one.get("path")) for one in package.resources()[table]["sources"]]
    found = {source["source_id"] for source in packaged if source}
    if table != "sources":
        found |= {row["source_id"] for row in package.rows(table) if row.get("source_id")}
    return sorted(found)


def section(name: str) -> str:
    """One table in Markdown: what it is, columns, licence, dates, derivation, sources, files."""
    entry, fields = package.resources()[name], package.schema(name)["fields"]
    licences = [
        markup.link(markup.text(one["title"]), one["path"])
        if "path" in one
        else markup.text(one["title"])
        for one in entry["licenses"]
    ]
    files = " · ".join(
        f'<a href="../data/{written(entry[key])}" download="">{label}</a>'
        for key, label in (("path", "CSV"), ("schema", "Table Schema"))
    )
    facts = [
        f"Rows: {len(package.rows(name)):,}; key: {', '.join(map(markup.code, _key(name)))}",
        f"As of {markup.text(entry['as_of'])}, read on {markup.text(entry['accessed'])}",
        f"What was done: {markup.text(entry['derivation'])}",
        f"Licence: {'; '.join(licences)}",
        f"Sources: {_sources(name)}",
        f"Files: {files}",
    ]
    return "\n".join(
        [
            # Where a table went that was a table of its own: its address is cited.
            *(f"({table_anchor(old)})=" for old in entry.get("formerly", [])),
            f"({table_anchor(name)})=",
            f"## {markup.text(entry['title'])}",
            "",
            f"{markup.code(name)}: {markup.text(entry['description'])}",
            "",
            *[f"- {fact}" for fact in facts],
            "",
            "| Column | Type | Unit | What it holds |",
            "|:---|:---|:---|:---|",
            *[_column(field) for field in fields],
            "",
        ]
    )


def _key(name: str) -> list[str]:
    key = package.schema(name)["primaryKey"]
    return [key] if isinstance(key, str) else key


def _column(field: dict) -> str:
    said, unit = markup.text(field["description"]), markup.text(field.get("unit", ""))
    needed = " (required)" if field.get("constraints", {}).get("required") else ""
    return (
        f"| {markup.code(field['name'])} | {markup.text(field['type'])}{needed} | {unit} | {said} |"
    )


def _sources(name: str) -> str:
    cited = source_ids(name)
    in_words = [
        markup.text(source["title"])
        for source in package.resources()[name]["sources"]
        if "path" not in source and BY_ROW not in source["title"]
    ]
    roles = [f"{{cite}}`{','.join(cited)}`"] if cited else []
    return "; ".join(in_words + roles)


def write_sections(app, docname: str, source: list[str]) -> None:
    """Put the tables in the place of the marker, before the page is parsed."""
    if docname == PAGE:
        text = "\n".join(section(name) for name in package.resources())
        source[0] = source[0].replace(MARKER, text)
        app.env.dependencies[docname].update(str(path) for path in _files())


def copy_data(app, error) -> None:
    """Put the data package beside the pages: data/<table>.csv, its schemas, datapackage.json."""
    if error or app.builder.name not in ("html", "dirhtml"):
        return
    target = Path(app.outdir) / "data"
    target.mkdir(exist_ok=True)
    for path in _files():
        shutil.copyfile(path, target / path.name)


def _files() -> list[Path]:
    return sorted([*package.DATA.glob("*.csv"), *package.DATA.glob("*.json")])
