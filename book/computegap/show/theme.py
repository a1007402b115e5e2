"""Colours by meaning, and how the charts of the book look."""

from collections.abc import Iterable
from typing import Any

import altair as alt

from computegap import palette
from computegap.typography import FONT

# Charts are drawn in the light shades; on a dark page the style sheet puts the dark ones in their
# places (book/_ext/publish/assets.py).
US, CHINA, BOUGHT, SMUGGLED, ARTICLE, BOOK, AGAINST, NEUTRAL = (
    palette.MARKS[name].light
    for name in ("us", "china", "bought", "smuggled", "article", "book", "against", "neutral")
)
COUNTRIES = {"United States": US, "China": CHINA, "Other": NEUTRAL}
# The ink of a drawing that leaves the page, where there is no text colour to follow.
PAPER_INK = palette.INK.light
# Verdicts of one family differ by their place and their word.
VERDICTS = {
    "supported": BOOK,
    "right number, wrong meaning": palette.INK_3.light,
    "partly supported": palette.INK_2.light,
    "contradicted": AGAINST,
    "outdated": PAPER_INK,
    "unproven": NEUTRAL,
    "cannot tell": NEUTRAL,
    "not checkable": NEUTRAL,
}

_INK = {"labelColor": "currentColor", "titleColor": "currentColor"}
# Any: Altair's own type of a configuration has no background that is transparent.
CONFIG: Any = {
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
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        # Keys of shapes and dashes are drawn in ink, not in a colour that means something else.
        "symbolBaseFillColor": "currentColor",
        "symbolBaseStrokeColor": "currentColor",
    },
    "header": {**_INK, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal"},
    "title": {"color": "currentColor", "fontSize": 13, "anchor": "start"},
    "text": {"color": "currentColor", "fontSize": 12},
    "rule": {"color": "currentColor"},
    "mark": {"color": BOOK},
    "line": {"strokeWidth": 2.5, "strokeJoin": "round"},
    "point": {"filled": True, "size": 70, "opacity": 1},
    "range": {"category": [BOOK, palette.INK_2.light, NEUTRAL, palette.INK_3.light]},
}
# Category names break into lines of up to 20 letters on a phone, centred on their ticks.
_LINES = {
    "labelExpr": r"split(trim(replace(datum.label, /(.{1,20})(\s+|$)/g, '$1\n')), '\n')",
    "labelOffset": {"condition": {"test": "length(datum.label) > 20", "value": -6}, "value": 0},
    "labelLimit": 130,
}
# A phone has no room for a legend in one row, for many ticks or for long category names.
NARROW_CONFIG = {
    "axis": {"labelFontSize": 12, "titleFontSize": 12},
    "axisQuantitative": {"tickCount": 4},
    "axisYDiscrete": _LINES,
    "legend": {"columns": 1, "labelLimit": 180, "labelFontSize": 12, "titleFontSize": 12},
    "text": {"fontSize": 12},
}


def country_colour(
    title: str | None = None, countries: Iterable[str] = tuple(COUNTRIES)
) -> alt.Color:
    """The colour channel for a column `country`: the same colours on every page.

    `countries`: those that the chart shows, so that its legend has no others.
    """
    scale = alt.Scale(domain=list(countries), range=[COUNTRIES[name] for name in countries])
    return alt.Color("country:N").scale(scale).title(title)
