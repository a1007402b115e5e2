"""The Altair theme, the chart renderer and the table renderer of the book.

A chart leaves its cell drawn, by vl-convert, at two widths, with its Vega-Lite specification and
its data beside it; book/_static/charts.js makes it live from these. Nothing is fetched from
another host and nothing needs JavaScript.
"""

import base64
import copy
import hashlib
import json
import re
import textwrap

import altair as alt
import pandas as pd
import vl_convert

from computegap import markup
from computegap.tables import load, resource
from computegap.typography import FONT, FONTS, RAISED, TIMES, typeset

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
# No panel of a small multiple may be narrower than this.
NARROWEST = 90
MAX_ROWS = 5_000
VEGA_LITE = ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])

# The ink of a drawing that leaves the page, where there is no text colour to follow.
PAPER_INK = "#1f2328"
_INK = {"labelColor": "currentColor", "titleColor": "currentColor"}
_CONFIG = {
    "background": None,
    "font": f"{FONT}, Helvetica, Arial, sans-serif",
    "view": {"stroke": None},
    "axis": {
        **_INK,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "gridColor": "currentColor",
        # Unlabelled ticks, as between the powers of ten of a logarithm, get a fainter line.
        "gridOpacity": {"condition": {"test": "datum.label !== ''", "value": 0.14}, "value": 0.05},
        "domainColor": "currentColor",
        "domainOpacity": 0.4,
        "tickColor": "currentColor",
        "tickOpacity": 0.4,
        "labelLimit": 220,
        "labelSeparation": 6,
        "labelFlush": False,
    },
    "axisQuantitative": {"tickCount": 6},
    "legend": {
        **_INK,
        "orient": "top",
        "layout": {"top": {"direction": "vertical", "anchor": "start"}},
        "labelFontSize": 12,
        "labelLimit": 260,
        "titleFontWeight": "normal",
        # Keys of shapes and dashes are drawn in ink, not in a colour that means something else.
        "symbolBaseFillColor": "currentColor",
        "symbolBaseStrokeColor": "currentColor",
    },
    "header": {**_INK, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal"},
    "title": {"color": "currentColor", "fontSize": 13, "anchor": "start"},
    "text": {"color": "currentColor", "fontSize": 12},
    "rule": {"color": "currentColor"},
    "mark": {"color": TEAL},
    "line": {"strokeWidth": 2.5, "strokeJoin": "round"},
    "point": {"filled": True, "size": 70, "opacity": 1},
    "range": {"category": [TEAL, OCHRE, PURPLE, GREY]},
}
# Category names break into lines of up to 20 letters on a phone, centred on their ticks.
_LINES = {
    "labelExpr": r"split(trim(replace(datum.label, /(.{1,20})(\s+|$)/g, '$1\n')), '\n')",
    "labelOffset": {"condition": {"test": "length(datum.label) > 20", "value": -6}, "value": 0},
    "labelLimit": 130,
}
# The channels whose legends name categories.
_KEYED = ("color", "fill", "shape", "strokeDash")
# Ticks of a logarithmic axis from a million on: 10²⁵ and not 1e+25.
_POWERS = (
    "datum.label === '' || datum.value < 1e6 ? datum.label : "
    "({m} > 1 ? {m} + '{times}' : '') + '10' "
    "+ ({e} > 9 ? {digits}[floor({e} / 10)] : '') + {digits}[{e} % 10]"
).format(
    m="round(datum.value / pow(10, floor(log(datum.value) / LN10 + 1e-9)))",
    e="floor(log(datum.value) / LN10 + 1e-9)",
    times=TIMES,
    digits=list(RAISED),
)
# Parts of column names that a tooltip spells in another way.
_SPELLED = {"usd": "USD", "krw": "KRW", "h100e": "H100 equivalents", "mw": "MW", "gb": "GB"}
_SPELLED |= {"tb": "TB", "tflops": "TFLOPS", "flop": "FLOP", "eflops": "EFLOPS", "eci": "ECI"}
_SPELLED |= {"hbm": "HBM", "ai": "AI", "us": "US", "p5": "(5th percentile)"}
_SPELLED |= {"p95": "(95th percentile)", "p25": "(25th percentile)", "p75": "(75th percentile)"}
_SPELLED |= {"p50": "(median)"}
# A phone has no room for a legend in one row, for many ticks or for long category names.
_NARROW_CONFIG = {
    "axis": {"labelFontSize": 11, "titleFontSize": 11},
    "axisQuantitative": {"tickCount": 4},
    "axisYDiscrete": _LINES,
    "legend": {"columns": 1, "labelLimit": 180, "labelFontSize": 11, "titleFontSize": 11},
    "text": {"fontSize": 11},
}


def use() -> None:
    """Draw all charts of this notebook in the book's theme, as static SVG first."""
    alt.theme.register("computegap", enable=True)(lambda: {"config": _CONFIG})
    vl_convert.register_font_directory(str(FONTS))
    alt.renderers.register("computegap", _render)
    alt.renderers.enable("computegap")
    # _render counts the rows itself, since Altair's own message recommends tools we do not use.
    alt.data_transformers.disable_max_rows()


def country_colour(title: str | None = None, countries=tuple(COUNTRIES)) -> alt.Color:
    """The colour channel for a column `country`: the same colours on every page.

    `countries`: those that the chart shows, so that its legend has no others.
    """
    scale = alt.Scale(domain=list(countries), range=[COUNTRIES[name] for name in countries])
    return alt.Color("country:N").scale(scale).title(title)


def _render(spec: dict) -> dict[str, str]:
    """A chart as MIME bundle: both drawings and the live chart's parts in HTML, and pictures.

    Raises `ValueError` for a chart with too many rows, a column that Vega misreads, or panels
    that do not fit the page.
    """
    spec, datasets = _without_data(spec)
    spec = _completed(spec)
    _refuse_bad_data(datasets)
    identifier = "chart-" + hashlib.sha256(_compact([spec, datasets]).encode()).hexdigest()[:12]
    wide, wide_svg = _fitted(spec, datasets, WIDE)
    narrow, narrow_svg = _fitted(_for_phone(spec), datasets, NARROW)
    parts = markup.inert(_compact({"wide": wide, "narrow": narrow, "datasets": datasets}))
    html = (
        f'<div class="chart" id="{identifier}">{_room_for_inputs(spec)}'
        f'<div class="chart-wide">{_with_prefix(wide_svg, identifier + "-w")}</div>'
        # Hidden here too, for places without the style sheet, such as JupyterLab.
        f'<div class="chart-narrow" style="display:none">'
        f"{_with_prefix(narrow_svg, identifier + '-n')}</div>"
        f'<script type="application/json" class="chart-parts">{parts}</script>'
        "</div>"
    )
    picture = _standalone(wide_svg)
    png = base64.b64encode(vl_convert.svg_to_png(picture, scale=2)).decode()
    return {"text/html": html, "image/svg+xml": picture, "image/png": png}


def _compact(value) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _without_data(spec: dict) -> tuple[dict, dict]:
    """The chart and its data sets apart, less the columns that the chart does not name."""
    bare = {key: value for key, value in spec.items() if key != "datasets"}
    text = _compact(bare)
    shows_all = '"content":"data"' in text
    datasets = {
        name: [{c: v for c, v in row.items() if shows_all or c in text} for row in rows]
        for name, rows in spec.get("datasets", {}).items()
    }
    return bare, datasets


def _refuse_bad_data(datasets: dict) -> None:
    rows = sum(map(len, datasets.values()))
    if rows > MAX_ROWS:
        raise ValueError(
            f"the chart has {rows:,} rows, more than {MAX_ROWS:,}: aggregate before drawing"
        )
    if any("count" in row for rows in datasets.values() for row in rows[:1]):
        # Vega keeps the size of each group of lines under this name, and lines get lost.
        raise ValueError("a chart can not use a column named 'count': rename the column")


def _merged(base: dict, extra: dict) -> dict:
    """`extra` laid over `base`, dictionaries merged all the way down."""
    merged = dict(base)
    for key, value in extra.items():
        known = merged.get(key)
        both = isinstance(value, dict) and isinstance(known, dict)
        merged[key] = _merged(known, value) if both else value
    return merged


def _for_phone(spec: dict) -> dict:
    """The chart with smaller letters, panels below each other and long axis titles in lines."""
    return _stacked(_merged(spec, {"config": _NARROW_CONFIG}))


def _stacked(part):
    if isinstance(part, list):
        return [_stacked(item) for item in part]
    if not isinstance(part, dict):
        return part
    part = {("vconcat" if key == "hconcat" else key): _stacked(v) for key, v in part.items()}
    if "concat" in part or "spec" in part:
        part["columns"] = 1
    elif "facet" in part:
        part["facet"] = {**part["facet"], "columns": 1}
    for channel, letters in (("x", 34), ("y", 46)):
        title = part.get(channel, {}).get("title") if isinstance(part.get(channel), dict) else None
        if isinstance(title, str) and len(title) > letters:
            part[channel] = {**part[channel], "title": textwrap.wrap(title, letters)}
    return part


def _is_composed(spec: dict) -> bool:
    """Whether a chart has several panels, beside or below each other."""
    panels = {"facet", "row", "column"} & set(spec.get("encoding", {}))
    return bool(panels or {"facet", "concat", "hconcat", "vconcat", "repeat"} & set(spec))


def _fitted(spec: dict, datasets: dict, width: int) -> tuple[dict, str]:
    """The chart with everything set so that its drawing is `width` pixels wide, and the drawing."""
    if not _is_composed(spec):
        fitted = {**spec, "width": width, "autosize": {"type": "fit-x", "contains": "padding"}}
        return fitted, _svg(fitted, datasets)
    # Vega-Lite can not fit panels to a total width. The drawing grows nearly linearly with them.
    before, panel = width * 3 // 4, width
    before_total = _width(_svg(_with_panels(spec, before), datasets))
    total = _width(_svg(_with_panels(spec, panel), datasets))
    for _ in range(3):
        growth = (total - before_total) / (panel - before) or 1
        before, panel = panel, panel + round((width - total) / growth)
        if panel < NARROWEST:
            break
        fitted = _with_panels(spec, panel)
        svg = _svg(fitted, datasets)
        before_total, total = total, _width(svg)
        if abs(total - width) <= width / 50:
            return fitted, svg
    raise ValueError(
        f"the panels of the chart do not fit a drawing of {width} px: leave out their width, use "
        "short titles and fewer panels in a row; facet(…, columns=…) has one column on a phone"
    )


def _completed(spec: dict) -> dict:
    """The chart with what every chart of the book has: powers of ten, words in tooltips, a filter.

    The drawing has the filter too, since a legend that filters takes up another height.
    """
    spec = copy.deepcopy(spec)
    units = [unit for unit in _units(spec) if "encoding" in unit]
    for unit in units:
        _print_powers(unit["encoding"])
        tooltip = unit["encoding"].get("tooltip", [])
        for channel in tooltip if isinstance(tooltip, list) else [tooltip]:
            if "field" in channel:
                channel.setdefault("title", _in_words(channel["field"]))
    _add_filter(spec, units)
    return spec


def _print_powers(encoding: dict) -> None:
    """Print powers of ten on logarithmic axes that ask for no other format."""
    for channel in (encoding.get(name, {}) for name in ("x", "y")):
        axis, scale = channel.get("axis", {}), channel.get("scale") or {}
        is_log = scale.get("type") == "log" and axis is not None
        if is_log and not {"format", "labelExpr"} & set(axis):
            channel["axis"] = {**axis, "labelExpr": _POWERS}


def _in_words(column: str) -> str:
    """The name of a column as a heading."""
    words = [_SPELLED.get(word, word) for word in column.split("_") if word]
    return " ".join([words[0][0].upper() + words[0][1:], *words[1:]])


def _add_filter(spec: dict, units: list[dict]) -> None:
    """Let what is not chosen in the first legend of categories fade.

    Charts in which marks use their opacity otherwise have no filter.
    """
    keys = [(unit, key) for unit in units for key in _legend_keys(unit)]
    if not keys or '"bind":"legend"' in _compact(spec):
        return
    # In one of the layers: Vega-Lite looks for the legend in the view that has the parameter.
    owner, field = keys[0]
    keyed = [unit for unit in units if f'"field":"{field}"' in _compact(unit["encoding"])]
    if any("opacity" in unit["encoding"] for unit in keyed):
        return
    for unit in keyed:
        own = unit["mark"].get("opacity", 1) if isinstance(unit["mark"], dict) else 1
        shown = {"param": "chosen", "value": own}
        unit["encoding"]["opacity"] = {"condition": shown, "value": own / 10}
    choice = {"name": "chosen", "select": {"type": "point", "fields": [field]}, "bind": "legend"}
    owner["params"] = [*owner.get("params", []), choice]


def _legend_keys(unit: dict) -> list[str]:
    """The fields of categories for which a part of a chart has a legend."""
    channels = [unit["encoding"].get(name, {}) for name in _KEYED]
    return [
        channel["field"]
        for channel in channels
        if channel.get("type") == "nominal" and channel.get("legend", {}) is not None
    ]


def _units(spec: dict):
    """The parts of a chart that have marks of their own."""
    if "mark" in spec:
        yield spec
    inner = [spec["spec"]] if isinstance(spec.get("spec"), dict) else []
    for key in ("layer", "concat", "hconcat", "vconcat"):
        inner += spec.get(key, [])
    for part in inner:
        yield from _units(part)


def _with_panels(spec: dict, width: int) -> dict:
    sizes = {"continuousWidth": width, "discreteWidth": width}
    ticks = {"tickCount": 6 if width > 300 else 4}
    return _merged(spec, {"config": {"view": sizes, "axisQuantitative": ticks}})


def _width(svg: str) -> float:
    return float(re.search(r'<svg [^>]*?\bwidth="([\d.]+)"', svg)[1])


def _svg(spec: dict, datasets: dict) -> str:
    whole = {**_merged(spec, {"config": {"aria": False}}), "datasets": datasets}
    svg = vl_convert.vegalite_to_svg(whole, vl_version=VEGA_LITE)
    # A picture is described as a whole; its marks get names and roles in the live chart.
    return re.sub(r' (?:role="graphics-[a-z]+"|aria-[a-z]+="[^"]*")', "", svg)


def _with_prefix(svg: str, prefix: str) -> str:
    """The drawing with ids that are unique in a page."""
    return re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{prefix}-", svg)


def _standalone(svg: str) -> str:
    """The drawing in fixed ink on white, for use outside the page."""
    return re.sub(
        r"(<svg [^>]*>)",
        r'\g<1><rect width="100%" height="100%" fill="#fff"/>',
        svg.replace("currentColor", PAPER_INK),
        count=1,
    )


def _room_for_inputs(spec: dict) -> str:
    """An empty place as high as the chart's sliders and menus will be, so that nothing jumps."""
    bound = [p["bind"] for p in spec.get("params", []) if isinstance(p.get("bind"), dict)]
    count = sum(1 if "input" in bind else len(bind) for bind in bound)
    return f'<div class="chart-inputs" style="--inputs:{count}"></div>' if count else ""


def _heading(column) -> str:
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

    def _text(self, column: str, value) -> str:
        if column in self.formats:
            text = format(value, self.formats[column])
            text = typeset(text).replace("-", "\N{MINUS SIGN}")
        else:
            text = f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else str(value)
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
