"""The fan of a scenario: the ratio by year with its bands."""

import altair as alt
import pandas as pd

from computegap.scenarios import POINTS
from computegap.show import theme

# Controls lifted are chips that are bought; the other two are the book's own cases.
CONTROL_COLOURS = {"tightened": theme.NEUTRAL, "held": theme.BOOK, "lifted": theme.BOUGHT}


def fan_chart(fans: pd.DataFrame) -> alt.LayerChart:
    """The ratio by year for the three kinds of export control, domestic production at its pace."""
    rows = fans.query("quantity == 'ratio' and domestic == 'pace'")
    rows = rows.assign(label="controls\n" + rows["control"])
    colour = (
        alt.Color("control:N")
        .scale(domain=list(CONTROL_COLOURS), range=list(CONTROL_COLOURS.values()))
        .legend(None)
    )
    first, last = int(rows["year"].min()), int(rows["year"].max())
    # Room for the labels behind the last year, on a phone too.
    scale = alt.Scale(domain=[first, last + 0.42 * (last - first)], nice=False)
    ticks = alt.Axis(values=list(range(first, last + 1)), format="d")
    year = alt.X("year:Q").scale(scale).axis(ticks).title("End of year")
    log = alt.Scale(type="log", domain=[2, 32], nice=False)
    ratio = alt.Y("p50:Q").scale(log).axis(values=[2, 4, 8, 16, 32])
    points = [alt.Tooltip(f"{point}:Q").format(".1f") for point in POINTS]
    band = (
        alt.Chart(rows)
        .mark_area(opacity=0.22)
        .encode(year, alt.Y("p5:Q").title("US over China (ratio, log)"), alt.Y2("p95:Q"), colour)
    )
    line = (
        alt.Chart(rows)
        .mark_line()
        .encode(year, ratio, colour, tooltip=["control", "year", *points])
    )
    named = rows[rows["year"] == last]
    name = alt.Chart(named).mark_text(align="left", dx=6, lineBreak="\n", fontWeight="bold")
    name = name.encode(year, ratio, colour, text=alt.Text("label:N"))
    return (band + line + name).properties(height=300)
