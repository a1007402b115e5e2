"""The page of data: every table of the data package, with its columns and sources.

Made from data/datapackage.json and the schemas, so that a new table appears by itself. The files
themselves are copied beside the book, under `data/`, where an address can last.
"""

import shutil
from pathlib import Path

import pandas as pd
from _ext.bibliography import anchor_of
from computegap import tables

PAGE = "book/data"
# A comment in the page, for which the tables are put in.
MARKER = "% data-tables"
# Said by an entry of the package whose rows name their sources.
BY_ROW = "by source_id"


def data_anchor(table: str) -> str:
    """The place of a table on the page of data: data-chip-owners for chip_owners."""
    return f"data-{table.replace('_', '-')}"


def source_ids(table: str) -> list[str]:
    """The sources of a table: those its rows name, and those its entry names by their address."""
    by_address = tables.load("sources").set_index("url")["source_id"]
    packaged = [by_address.get(source.get("path")) for source in tables.resource(table)["sources"]]
    rows = tables.load(table)
    named = rows["source_id"].dropna() if "source_id" in rows and table != "sources" else []
    return sorted({*filter(None, packaged), *named})


def section(name: str) -> str:
    """One table in Markdown: what it is, columns, licence, dates, derivation, sources, files."""
    entry, fields = tables.resource(name), tables.schema(name)["fields"]
    licences = [
        f"[{one['title']}]({one['path']})" if "path" in one else one["title"]
        for one in entry["licenses"]
    ]
    files = " · ".join(
        f'<a href="../data/{entry[key]}" download>{label}</a>'
        for key, label in (("path", "CSV"), ("schema", "Table Schema"))
    )
    facts = [
        f"Rows: {len(tables.load(name)):,}; key: {', '.join(map(_code, _key(name)))}",
        f"As of {entry['as_of']}, read on {entry['accessed']}",
        f"What was done: {entry['derivation']}",
        f"Licence: {'; '.join(licences)}",
        f"Sources: {_sources(name)}",
        f"Files: {files}",
    ]
    return "\n".join(
        [
            f"({data_anchor(name)})=",
            f"## {entry['title']}",
            "",
            f"{_code(name)}: {entry['description']}",
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
    key = tables.schema(name)["primaryKey"]
    return [key] if isinstance(key, str) else key


def _column(field: dict) -> str:
    said = field["description"].replace("|", "\\|")
    needed = " (required)" if field.get("constraints", {}).get("required") else ""
    unit = field.get("unit", "")
    return f"| {_code(field['name'])} | {field['type']}{needed} | {unit} | {said} |"


def _sources(name: str) -> str:
    cited = source_ids(name)
    in_words = [
        source["title"]
        for source in tables.resource(name)["sources"]
        if "path" not in source and BY_ROW not in source["title"]
    ]
    roles = [f"{{cite}}`{','.join(cited)}`"] if cited else []
    return "; ".join(in_words + roles)


def _code(name: str) -> str:
    return f"`{name}`"


def write_sections(app, docname: str, source: list[str]) -> None:
    """Put the tables in the place of the marker, before the page is parsed."""
    if docname == PAGE:
        text = "\n".join(section(name) for name in tables.names())
        source[0] = source[0].replace(MARKER, text)


def copy_data(app, error) -> None:
    """Put the data package beside the pages: data/<table>.csv, its schemas, datapackage.json."""
    if error or app.builder.name not in ("html", "dirhtml"):
        return
    target = Path(app.outdir) / "data"
    target.mkdir(exist_ok=True)
    for path in [*tables.DATA.glob("*.csv"), *tables.DATA.glob("*.json")]:
        shutil.copyfile(path, target / path.name)


def source_of(source_id: str) -> dict[str, str]:
    """A row of the sources, empty cells as ""."""
    row = tables.load("sources").set_index("source_id").loc[source_id]
    known = {name: "" if pd.isna(value) else str(value) for name, value in row.items()}
    return {**known, "anchor": anchor_of(source_id)}


def setup(app):
    app.connect("source-read", write_sections)
    # Before the built folder is put in its place.
    app.connect("build-finished", copy_data, priority=300)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
