"""Tables of a page: a frame with headings and formats, and the sources of data tables."""

import numbers

import pandas as pd

from computegap import lineage, markup
from computegap.package import resource
from computegap.tables import load
from computegap.typography import typeset


def _heading(column: object) -> str:
    """A column's name, which in a pivoted frame is what a cell held, as a heading."""
    return str(column).replace("_", " ").capitalize()


class Table:
    """A short table for a page: a frame with headings and formats, shown as Markdown.

    Markdown reaches every builder as a real table, and Jupyter shows it as one too.
    """

    def __init__(self, frame: pd.DataFrame, formats: dict, links: dict, headings: dict):
        unknown = {*formats, *links, *links.values(), *headings} - set(frame.columns)
        if unknown:
            raise KeyError(f"no such columns in the table: {sorted(unknown)}")
        self.frame, self.formats, self.links, self.headings = frame, formats, links, headings

    def __repr__(self) -> str:
        return repr(self.frame)

    def _repr_markdown_(self) -> str:
        columns = [c for c in self.frame.columns if c not in self.links.values()]
        head = [self.headings.get(c) or markup.text(_heading(c)) for c in columns]
        rules = ["---:" if self._is_number(c) else ":---" for c in columns]
        rows = [[self._cell(c, row) for c in columns] for row in self.frame.to_dict("records")]
        return "\n".join("| " + " | ".join(line) + " |" for line in [head, rules, *rows])

    def _is_number(self, column: str) -> bool:
        return column in self.formats or pd.api.types.is_numeric_dtype(self.frame[column])

    def _cell(self, column: str, row: dict) -> str:
        value, address = row[column], row.get(self.links.get(column))
        text = "n/a" if pd.isna(value) else self._text(column, value)
        return markup.link(text, address) if isinstance(address, str) else text

    def _text(self, column: str, value: object) -> str:
        if column in self.formats:
            text = typeset(format(value, self.formats[column]))
        elif isinstance(value, pd.Timestamp):
            text = f"{value:%Y-%m-%d}"
        else:
            text = typeset(str(value)) if isinstance(value, numbers.Number) else str(value)
        return markup.text(text)


def table(
    frame: pd.DataFrame,
    formats: dict[str, str] | None = None,
    links: dict[str, str] | None = None,
    **headings: str,
) -> Table:
    """Show `frame` as a table of the page.

    `formats`: format specs by column; `links`: which column holds the address of which;
    `headings`: what to print above a column. Missing values print as n/a.
    Raises `KeyError` for a column that the frame does not have.
    """
    return Table(frame, formats or {}, links or {}, headings)


def with_range(value: float, low: float, high: float, spec: str = ".1f") -> str:
    """A value with both ends of its range, as a cell of a table prints them: 10.2 (7.5 to 12.7)."""
    middle, lowest, highest = (typeset(f"{end:{spec}}") for end in (value, low, high))
    return f"{middle} ({lowest} to {highest})"


@lineage.recalled
def sources(*tables: str) -> Table:
    """The sources of some tables of the data package, with publisher, date and link.

    A source without a date of publication has the day on which it was read.
    """
    listed = load("sources")
    named = {
        s for name in tables for s in load(name).get("source_id", pd.Series(dtype=str)).dropna()
    }
    packaged = {one.get("path") for name in tables for one in resource(name)["sources"]}
    used = listed[listed["source_id"].isin(named) | listed["url"].isin(packaged)]
    rows = used[["title", "publisher", "published_date", "licence", "url"]].copy()
    rows["published_date"] = rows["published_date"].fillna("read " + used["accessed_date"])
    return table(
        rows.sort_values("title"),
        links={"title": "url"},
        title="Source",
        published_date="Published",
    )
