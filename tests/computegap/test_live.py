"""Charts that compute in the page give what Python computes, wherever their sliders stand."""

import re

import altair as alt
import pandas as pd
import pytest
import vl_convert
from computegap import assumptions, model, scenarios
from computegap.show import charts, live
from computegap.tables import load


def texts(chart: alt.Chart, controls: list[alt.Parameter]) -> list[float]:
    """The numbers that a chart's text marks print, with its sliders where the controls have them.

    The charts draw nothing else: a page and this drawing run the same Vega.
    """
    spec = chart.add_params(*controls).to_dict()
    svg = vl_convert.vegalite_to_svg(spec, vl_version=charts.VEGA_LITE)
    marks = re.search(r'class="mark-text role-mark.*?</g>', svg, re.DOTALL)[0]
    return [float(one) for one in re.findall(r"<text[^>]*>([^<]+)<", marks)]


RATIOS = [1.0, 1.5, 4.0, 8.67, 30.0]


@pytest.mark.parametrize("pace, halving", [(4.5, 8), (1.2, 36), (10, 3), (2.9, 12)])
@pytest.mark.parametrize("algorithms", [True, False])
def test_the_lag_in_the_page_is_that_of_the_model(pace, halving, algorithms):
    frame = pd.DataFrame({"x": RATIOS})
    chart = alt.Chart(frame).transform_calculate(months=live.lag_months("datum.x"))
    chart = chart.mark_text().encode(alt.Y("x:O"), alt.Text("months:Q").format(".8f"))
    growth = pace * model.halving_growth(halving) if algorithms else pace
    found = texts(chart, live.lag_controls(8, pace, halving, algorithms))
    assert found == pytest.approx(list(model.lag_months(RATIOS, growth)), abs=1e-7)


def test_the_lag_of_the_slider_itself_can_be_written():
    chart = alt.Chart(pd.DataFrame({"x": [1]})).transform_calculate(months=live.lag_months("ratio"))
    chart = chart.mark_text().encode(text=alt.Text("months:Q").format(".8f"))
    found = texts(chart, live.lag_controls(5, 4.5, 8))
    assert found == pytest.approx([model.lag_months(5, 4.5 * model.halving_growth(8))], abs=1e-7)


@pytest.mark.parametrize(
    "us_growth, china_growth, fade, multiple, imports",
    [
        (3.01, 2.98, 0.75, 1, 0.05),
        (1, 1, 0.3, 0, 0.5),
        (5, 1.5, 0.95, 4, 0),
        (2, 5, 0.6, 0.25, 0.2),
    ],
)
def test_the_ratio_by_year_in_the_page_is_that_of_the_model(
    us_growth, china_growth, fade, multiple, imports
):
    point = model.at(scenarios.inputs(load("assumptions")))
    # A slider has all foreign chips in one share, so that none is left to be smuggled.
    moved = {
        "us-growth": us_growth,
        "domestic-growth": china_growth,
        "growth-fade": fade,
        "domestic-multiplier": multiple,
        "imports-share": imports,
        "smuggling-multiplier": 0,
    }
    expected = model.stocks(point | moved, scenarios.YEARS)
    chart = live.stocks_ratio(point, 2025, scenarios.YEARS).mark_text()
    chart = chart.encode(alt.Y("year:O"), alt.Text("ratio:Q").format(".8f"))
    controls = live.stocks_controls(us_growth, china_growth, fade, imports, multiple)
    assert texts(chart, controls) == pytest.approx(
        list((expected["us"] / expected["china"])[0]), abs=1e-7
    )


def test_as_drawn_the_ratio_is_that_of_the_assumptions():
    point = model.at(scenarios.inputs(load("assumptions")))
    foreign = point["imports-share"] + point["smuggled-stock"] * point["smuggled-added-share"] / (
        point["us-stock"] * point["us-added-share"]
    )
    chart = live.stocks_ratio(point, 2025, scenarios.YEARS).mark_text()
    chart = chart.encode(alt.Y("year:O"), alt.Text("ratio:Q").format(".8f"))
    controls = live.stocks_controls(
        point["us-growth"], point["domestic-growth"], point["growth-fade"], foreign
    )
    stocks = model.stocks(point, scenarios.YEARS)
    assert texts(chart, controls) == pytest.approx(
        list((stocks["us"] / stocks["china"])[0]), abs=1e-7
    )


def test_a_control_starts_within_its_ends():
    rows = assumptions.table().query("case == 'all'")
    given = rows.set_index("assumption_id")["value"]
    for one in [
        *live.lag_controls(8, given["run-growth"], given["halving-months"]),
        *live.stocks_controls(given["us-growth"], given["domestic-growth"], 0.75, 0.05),
    ]:
        bound = one.param.bind.to_dict()
        if "min" in bound:
            assert bound["min"] <= one.param.value <= bound["max"]
