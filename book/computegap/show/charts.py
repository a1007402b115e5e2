"""The chart renderer of the book.

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
from collections.abc import Iterator
from typing import Any

import altair as alt
import vl_convert

from computegap import markup
from computegap.show import theme
from computegap.typography import FONTS, RAISED, TIMES, in_words

# Pixels of the two drawings: a column of text on a desktop, and a phone of 320 px less margins.
WIDE, NARROW = 680, 300
# No letter is smaller, in either drawing.
SMALLEST = 12
# No panel of a small multiple may be narrower than this.
NARROWEST = 90
MAX_ROWS = 5_000
VEGA_LITE = ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])

# The widths of panels by the width of the drawing, where they are known and cannot be measured, as
# in a reader's browser (book/_browser/runner.py).
known_panels: dict[int, int] = {}

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
_LONG = re.compile(r"(?<![\w#.])-?\d+\.\d{3,}(?![\w.])")
# The keys under which a chart holds others.
_HOLDERS = ("spec", "layer", "concat", "hconcat", "vconcat")
# Letters of a chart's title in one line of either drawing.
_TITLE_WIDE, _TITLE_NARROW = 90, 40


def use() -> None:
    """Draw all charts of this notebook in the book's theme, as static SVG first."""
    alt.theme.register("computegap", enable=True)(lambda: {"config": theme.CONFIG})
    vl_convert.register_font_directory(str(FONTS))
    alt.renderers.register("computegap", _render)
    alt.renderers.enable("computegap")
    # _render counts the rows itself, since Altair's own message recommends tools we do not use.
    alt.data_transformers.disable_max_rows()


def _render(spec: dict) -> dict[str, str]:
    """A chart as MIME bundle: both drawings and the live chart's parts in HTML, and pictures.

    Raises `ValueError` for a chart with too many rows, a column that Vega misreads, or panels
    that do not fit the page.
    """
    spec, datasets = _without_data(spec)
    spec = _completed(spec)
    _refuse_bad_data(datasets)
    identifier = "chart-" + hashlib.sha256(_compact([spec, datasets]).encode()).hexdigest()[:12]
    wide, wide_svg = _fitted(_with_titles(spec, _TITLE_WIDE), datasets, WIDE)
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


def _compact(value: object) -> str:
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
        if isinstance(known, dict) and isinstance(value, dict):
            value = _merged(known, value)
        merged[key] = value
    return merged


def _for_phone(spec: dict) -> dict:
    """The chart with smaller letters, panels below each other and long axis titles in lines."""
    narrow = _merged(spec, {"config": theme.NARROW_CONFIG})
    return _stacked(_with_titles(narrow, _TITLE_NARROW))


def _with_lines(title: Any, letters: int) -> Any:
    """A title of a chart in lines that fit the drawing; `letters` to a line."""
    if isinstance(title, dict) and isinstance(title.get("text"), str):
        return {**title, "text": _with_lines(title["text"], letters)}
    return textwrap.wrap(title, letters) if isinstance(title, str) and title else title


def _with_titles(part: Any, letters: int) -> Any:
    """A chart with the titles of all its parts in lines."""
    if isinstance(part, list):
        return [_with_titles(item, letters) for item in part]
    if not isinstance(part, dict):
        return part
    part = {
        key: _with_titles(value, letters) if key in _HOLDERS else value
        for key, value in part.items()
    }
    return {**part, "title": _with_lines(part["title"], letters)} if "title" in part else part


def _stacked(part: Any) -> Any:
    if isinstance(part, list):
        return [_stacked(item) for item in part]
    if not isinstance(part, dict):
        return part
    part = {("vconcat" if key == "hconcat" else key): _stacked(v) for key, v in part.items()}
    if "concat" in part or "spec" in part:
        part["columns"] = 1
    elif "facet" in part:
        part["facet"] = {**part["facet"], "columns": 1}
    if isinstance(part.get("legend"), dict) and "columns" in part["legend"]:
        part["legend"] = {**part["legend"], "columns": 1}
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
    if panel := known_panels.get(width, 0):
        fitted = _with_panels(spec, panel)
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
        if isinstance(unit["mark"], dict) and "fontSize" in unit["mark"]:
            unit["mark"]["fontSize"] = max(SMALLEST, unit["mark"]["fontSize"])
        tooltip = unit["encoding"].get("tooltip", [])
        for channel in tooltip if isinstance(tooltip, list) else [tooltip]:
            if "field" in channel:
                channel.setdefault("title", in_words(channel["field"]))
    _add_filter(spec, units)
    return spec


def _print_powers(encoding: dict) -> None:
    """Print powers of ten on logarithmic axes that ask for no other format."""
    for channel in (encoding.get(name, {}) for name in ("x", "y")):
        axis, scale = channel.get("axis", {}), channel.get("scale") or {}
        is_log = scale.get("type") == "log" and axis is not None
        if is_log and not {"format", "labelExpr"} & set(axis):
            channel["axis"] = {**axis, "labelExpr": _POWERS}


_COMPOSITE = {"boxplot", "errorband", "errorbar"}


def _add_filter(spec: dict, units: list[dict]) -> None:
    """Let what is not chosen in the first legend of categories fade.

    Charts in which marks use their opacity otherwise have no filter, nor have those with marks that
    Vega-Lite takes apart, without the parameters of a view, or with a parameter of that name.
    """
    marks = {
        unit["mark"]["type"] if isinstance(unit["mark"], dict) else unit["mark"] for unit in units
    }
    if marks & _COMPOSITE or '"name":"chosen"' in _compact(spec):
        return
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


def _units(spec: dict) -> Iterator[dict]:
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
    found = re.search(r'<svg [^>]*?\bwidth="([\d.]+)"', svg)
    if not found:
        raise ValueError("the drawing of a chart says no width")
    return float(found[1])


def _svg(spec: dict, datasets: dict) -> str:
    whole = {**_merged(spec, {"config": {"aria": False}}), "datasets": datasets}
    svg = vl_convert.vegalite_to_svg(whole, vl_version=VEGA_LITE)
    # A picture is described as a whole; its marks get names and roles in the live chart.
    svg = re.sub(r' (?:role="graphics-[a-z]+"|aria-[a-z]+="[^"]*")', "", svg)
    # Hundredths of a pixel are not seen, and a third of a drawing's weight.
    return _LONG.sub(lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), svg)


def _with_prefix(svg: str, prefix: str) -> str:
    """The drawing with ids that are unique in a page."""
    return re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{prefix}-", svg)


def _standalone(svg: str) -> str:
    """The drawing in fixed ink on white, for use outside the page."""
    return re.sub(
        r"(<svg [^>]*>)",
        r'\g<1><rect width="100%" height="100%" fill="#fff"/>',
        svg.replace("currentColor", theme.PAPER_INK),
        count=1,
    )


def _room_for_inputs(spec: dict) -> str:
    """An empty place as high as the chart's sliders and menus will be, so that nothing jumps."""
    bound = [p["bind"] for p in spec.get("params", []) if isinstance(p.get("bind"), dict)]
    count = sum(1 if "input" in bind else len(bind) for bind in bound)
    return f'<div class="chart-inputs rows-{count}"></div>' if count else ""
