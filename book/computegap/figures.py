"""The Altair theme, the chart renderer and the table renderer of the book.

A chart leaves its cell as SVG, drawn here by vl-convert at two widths, with its Vega-Lite
specification beside it. Nothing is fetched from another host and nothing needs JavaScript.
"""

import hashlib
import json
import re
from html import escape

import altair as alt
import pandas as pd
import vl_convert

from computegap.tables import load, resource

# One colour for each country throughout the book. All five keep a contrast of 3:1 or more on a
# white and on a dark page (tests/test_figures.py computes it), so a chart needs one set only.
US, CHINA = "#3a7bd5", "#d1495b"
TEAL, OCHRE, PURPLE = "#1b998b", "#b7791f", "#8a63c9"
GREY = "#808890"
COUNTRIES = {"United States": US, "China": CHINA, "Other": GREY}
# Contradicted is no country's red.
VERDICTS = {
    "supported": TEAL,
    "partly supported": OCHRE,
    "contradicted": "#bf4f86",
    "outdated": PURPLE,
    "cannot tell": GREY,
}

# Pixels of the two drawings: a column of text on a desktop, and a phone of 320 px less margins.
WIDE, NARROW = 680, 300
VEGA_LITE = ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])

_INK = {"labelColor": "currentColor", "titleColor": "currentColor"}
_CONFIG = {
    "background": None,
    "font": "Helvetica, Arial, sans-serif",
    "view": {"stroke": None},
    "axis": {
        **_INK,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "gridColor": "currentColor",
        "gridOpacity": 0.12,
        "domainColor": "currentColor",
        "domainOpacity": 0.4,
        "tickColor": "currentColor",
        "tickOpacity": 0.4,
        "labelLimit": 220,
    },
    "legend": {
        **_INK,
        "orient": "top",
        "labelFontSize": 12,
        "labelLimit": 260,
        "titleFontWeight": "normal",
        # Keys of shapes and dashes are drawn in ink, not in a colour that means something else.
        "symbolBaseFillColor": "currentColor",
        "symbolBaseStrokeColor": "currentColor",
    },
    "header": {**_INK, "labelFontSize": 12, "titleFontSize": 12},
    "title": {"color": "currentColor", "fontSize": 13, "anchor": "start"},
    "text": {"color": "currentColor", "fontSize": 12},
    "rule": {"color": "currentColor"},
    "mark": {"color": TEAL},
    "line": {"strokeWidth": 2.5},
    "point": {"filled": True, "size": 70, "opacity": 1},
    "range": {"category": [TEAL, OCHRE, PURPLE, GREY]},
}
# A phone has no room for a legend in one row or for long category names.
_NARROW_CONFIG = {
    "axis": {"labelLimit": 110, "labelFontSize": 11, "titleFontSize": 11, "tickCount": 4},
    "legend": {"columns": 2, "labelLimit": 130, "labelFontSize": 11},
    "text": {"fontSize": 11},
}


def use() -> None:
    """Draw all charts of this notebook in the book's theme, as static SVG first."""
    alt.theme.register("computegap", enable=True)(lambda: {"config": _CONFIG})
    alt.renderers.register("computegap", _render)
    alt.renderers.enable("computegap")


def country_colour(title: str | None = None) -> alt.Color:
    """The colour channel for a column `country`: the same colours on every page."""
    scale = alt.Scale(domain=list(COUNTRIES), range=list(COUNTRIES.values()))
    return alt.Color("country:N").scale(scale).title(title)


def _render(spec: dict) -> dict[str, str]:
    """A chart as MIME bundle: both drawings and the specification in HTML, and plain SVG."""
    identifier = "chart-" + hashlib.sha256(_canonical(spec).encode()).hexdigest()[:12]
    wide = _svg(spec, WIDE, identifier + "-w")
    narrow = _svg(_merged(spec, {"config": _NARROW_CONFIG}), NARROW, identifier + "-n")
    live = _canonical(spec).replace("</", "<\\/")
    html = (
        f'<div class="chart" id="{identifier}">'
        f'<div class="chart-wide">{wide}</div>'
        f'<div class="chart-narrow">{narrow}</div>'
        f'<script type="application/vnd.vegalite+json">{live}</script>'
        "</div>"
    )
    return {"text/html": html, "image/svg+xml": wide}


def _canonical(spec: dict) -> str:
    return json.dumps(spec, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _merged(base: dict, extra: dict) -> dict:
    """`extra` laid over `base`, dictionaries merged all the way down."""
    merged = dict(base)
    for key, value in extra.items():
        known = merged.get(key)
        both = isinstance(value, dict) and isinstance(known, dict)
        merged[key] = _merged(known, value) if both else value
    return merged


def _svg(spec: dict, width: int, prefix: str) -> str:
    """The chart drawn at a total width in pixels; its ids get `prefix`, to be unique in a page."""
    fitted = {**spec, "width": width, "autosize": {"type": "fit-x", "contains": "padding"}}
    svg = vl_convert.vegalite_to_svg(fitted, vl_version=VEGA_LITE)
    return re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{prefix}-", svg)


class Table:
    """A short table for a page: a frame with headings and formats, shown as Markdown.

    Markdown reaches every builder as a real table, and Jupyter shows it as one too.
    """

    def __init__(self, frame: pd.DataFrame, formats: dict, links: dict, headings: dict):
        unknown = {*formats, *links, *links.values(), *headings} - set(frame.columns)
        if unknown:
            raise KeyError(f"no such columns in the table: {sorted(unknown)}")
        self.frame, self.formats, self.links, self.headings = frame, formats, links, headings

    def _repr_markdown_(self) -> str:
        columns = [c for c in self.frame.columns if c not in self.links.values()]
        head = [self.headings.get(c, c.replace("_", " ").capitalize()) for c in columns]
        rules = ["---:" if self._is_number(c) else ":---" for c in columns]
        rows = [[self._cell(c, row) for c in columns] for row in self.frame.to_dict("records")]
        return "\n".join("| " + " | ".join(line) + " |" for line in [head, rules, *rows])

    def _is_number(self, column: str) -> bool:
        return column in self.formats or pd.api.types.is_numeric_dtype(self.frame[column])

    def _cell(self, column: str, row: dict) -> str:
        value, address = row[column], row.get(self.links.get(column))
        text = "n/a" if pd.isna(value) else self._text(column, value)
        return f"[{text}](<{address}>)" if isinstance(address, str) else text

    def _text(self, column: str, value) -> str:
        if column in self.formats:
            text = format(value, self.formats[column]).replace("-", "\N{MINUS SIGN}")
        else:
            text = f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else str(value)
        return re.sub(r"([\\|*_`$<\[\]{}])", r"\\\1", escape(text, quote=False).replace("\n", " "))


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


def sources(*tables: str) -> Table:
    """The sources of some tables of the data package, with publisher, date and link."""
    listed = load("sources").set_index("source_id")
    used = {
        s for name in tables for s in load(name).get("source_id", pd.Series(dtype=str)).dropna()
    }
    rows = listed.loc[sorted(used), ["title", "publisher", "published_date", "licence", "url"]]
    packaged = [
        {"title": source["title"], "url": source["path"], "licence": licence["title"]}
        for name in tables
        for source in resource(name)["sources"]
        for licence in resource(name)["licenses"]
        if source.get("path", "").startswith("http") and source["path"] not in set(rows["url"])
    ]
    both = pd.concat([pd.DataFrame(packaged), rows]).drop_duplicates("url")
    columns = ["title", "publisher", "published_date", "licence", "url"]
    return table(
        both.reindex(columns=columns).sort_values("title"),
        links={"title": "url"},
        title="Source",
        published_date="Published",
    )
