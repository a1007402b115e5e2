"""What the drawings of a chart show: colours of countries, ticks, titles, tooltips, legends."""

import json
import re
from xml.etree import ElementTree

import altair as alt
import pandas as pd
import pytest
from computegap.show import charts, theme

US, CHINA, GREY = "#2361a8", "#c0362c", "#757a83"
TIMES = "\N{MULTIPLICATION SIGN}"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def _in_the_theme_of_the_book():
    charts.use()


class Drawn:
    """A chart as its cell leaves it: both drawings, and the parts of the live chart."""

    def __init__(self, chart):
        made = chart._repr_mimebundle_()
        made = made[0] if isinstance(made, tuple) else made
        html = made["text/html"]
        found = re.findall(r"<svg .*?</svg>", html, re.DOTALL)
        self.wide, self.narrow = map(ElementTree.fromstring, found)
        parts = re.search(r'class="chart-parts">(.*?)</script>', html, re.DOTALL)[1]
        self.parts = json.loads(parts)


def texts(drawing) -> list[str]:
    """All words of a drawing, with / where a line ends."""
    words = ["/".join(one.itertext()) for one in drawing.iter(f"{SVG}text")]
    return [one for one in words if one]


def ink(drawing, words: str) -> list[str]:
    """The colours in which some words are painted."""
    found = drawing.iter(f"{SVG}text")
    return [one.get("fill") for one in found if "".join(one.itertext()) == words]


def painted(drawing, kind: str = "fill") -> list[str]:
    """The colours of marks and of keys in legends, in the order in which they are painted."""
    colours = [one.get(kind, "") for one in drawing.iter(f"{SVG}path")]
    return [colour for colour in colours if re.fullmatch("#[0-9a-f]{6}", colour)]


# The colours of the two countries


@pytest.fixture
def by_country() -> alt.Chart:
    rows = [("China", 1, 1), ("United States", 2, 2), ("Other", 3, 3)]
    frame = pd.DataFrame(rows, columns=["country", "step", "value"])
    return alt.Chart(frame).encode(alt.X("step:Q"), alt.Y("value:Q"))


@pytest.mark.parametrize("drawing", ["wide", "narrow"])
def test_each_country_is_painted_in_its_colour_in_marks_words_and_legend(by_country, drawing):
    colour = theme.country_colour()
    dots = by_country.mark_point().encode(color=colour)
    names = by_country.mark_text().encode(text="country:N", color=colour)
    drawn = getattr(Drawn(dots + names), drawing)
    # Dots in the order of rows, then keys of the legend in the order of the book.
    assert painted(drawn) == [CHINA, US, GREY, US, CHINA, GREY]
    assert ink(drawn, "United States") == [US, "currentColor"]
    assert ink(drawn, "China") == [CHINA, "currentColor"]
    assert texts(drawn)[-3:] == ["United States", "China", "Other"]


@pytest.mark.parametrize(("mark", "kind"), [("bar", "fill"), ("line", "stroke"), ("area", "fill")])
def test_every_kind_of_mark_has_the_colours_of_the_countries(mark, kind):
    rows = [(c, x, y) for c, y in (("United States", 9), ("China", 1)) for x in (1, 2)]
    frame = pd.DataFrame(rows, columns=["country", "step", "value"])
    chart = getattr(alt.Chart(frame), f"mark_{mark}")().encode(
        alt.X("step:O"), alt.Y("value:Q"), theme.country_colour().legend(None)
    )
    assert set(painted(Drawn(chart).wide, kind)) == {US, CHINA}
    high = alt.Chart(frame.query("country == 'United States'"))
    alone = getattr(high, f"mark_{mark}")().encode(**chart.to_dict()["encoding"])
    assert set(painted(Drawn(alone).wide, kind)) == {US}


def test_a_legend_has_the_countries_that_the_chart_shows_and_its_title(by_country):
    chosen = theme.country_colour("Owner", countries=["China", "United States"])
    channel = chosen.to_dict()
    assert channel["scale"] == {"domain": ["China", "United States"], "range": [CHINA, US]}
    frame = by_country.data.query("country != 'Other'")
    drawn = Drawn(by_country.properties(data=frame).mark_point().encode(color=chosen)).wide
    assert painted(drawn) == [CHINA, US, CHINA, US]
    assert texts(drawn)[-3:] == ["China", "United States", "Owner"]
    assert theme.country_colour().to_dict()["title"] is None


# Ticks of logarithmic axes


def ticks(chart: alt.Chart, axis: str = "y") -> list[str]:
    """The words at the ticks of an axis, without its title."""
    drawing = Drawn(chart).wide
    at = "end" if axis == "y" else "middle"
    found = [one for one in drawing.iter(f"{SVG}text") if one.get("text-anchor") == at]
    return [
        "".join(one.itertext()) for one in found if one.text and "rotate" not in str(one.attrib)
    ]


def log_chart(low: float, high: float, channel=alt.Y, **axis) -> alt.Chart:
    scale = alt.Scale(type="log", domain=[low, high], nice=False)
    encoded = channel("flop:Q").scale(scale).title(None).axis(**axis)
    return alt.Chart(pd.DataFrame({"flop": [low, high]})).mark_point().encode(encoded)


def test_ticks_are_powers_of_ten_from_a_million_on():
    assert ticks(log_chart(1e5, 1e9)) == ["100,000", "10⁶", "10⁷", "10⁸", "10⁹"]
    small = [1, 10, 1000, 999_999]
    assert ticks(log_chart(1, 1e6, values=small)) == ["1", "10", "1,000", "999,999"]


def test_a_power_has_as_many_raised_digits_as_it_needs():
    asked = [1e9, 1e10, 1e18, 1e20, 1e25]
    assert ticks(log_chart(1e9, 1e25, values=asked)) == ["10⁹", "10¹⁰", "10¹⁸", "10²⁰", "10²⁵"]


def test_a_tick_between_powers_says_how_many_times():
    asked = [1e6, 2e6, 5e6, 9e6, 1e7]
    expected = ["10⁶", f"2{TIMES}10⁶", f"5{TIMES}10⁶", f"9{TIMES}10⁶", "10⁷"]
    assert ticks(log_chart(1e6, 1e7, values=asked)) == expected


def test_the_other_axis_prints_powers_too():
    found = ticks(log_chart(1e21, 1e27, alt.X), "x")
    assert found == ["10²¹", "10²²", "10²³", "10²⁴", "10²⁵", "10²⁶", "10²⁷"]


def test_an_axis_that_asks_for_its_own_format_gets_it():
    assert ticks(log_chart(1e6, 1e7, format="~s", values=[1e6, 1e7])) == ["1M", "10M"]
    assert ticks(log_chart(1e6, 1e7, labelExpr="'x'", values=[1e6])) == ["x"]


def test_an_axis_keeps_what_it_asks_for_beside_its_powers():
    assert ticks(log_chart(1e6, 1e9, values=[1e6, 1e9])) == ["10⁶", "10⁹"]


def test_a_linear_axis_has_no_powers_and_a_chart_may_have_no_axis():
    linear = alt.Chart(pd.DataFrame({"flop": [0, 4e6]})).mark_point()
    assert ticks(linear.encode(alt.Y("flop:Q").title(None)))[-1] == "4,000,000"
    bare = log_chart(1e6, 1e7)
    bare = bare.encode(alt.Y("flop:Q").scale(type="log").axis(None))
    assert ticks(bare) == []
    in_pixels = alt.Chart(pd.DataFrame({"y": [0, 5]})).mark_point()
    assert ticks(in_pixels.encode(alt.Y("y:Q").scale(None).axis(None))) == []


# Long titles, and panels on a phone

X_TITLE, Y_TITLE = "a" * 17 + " " + "b" * 17, "a" * 23 + " " + "b" * 23


def titled(x: str, y: str) -> Drawn:
    frame = pd.DataFrame({"x": [1, 2], "y": [1, 2]})
    encoded = alt.Chart(frame).mark_point().encode(alt.X("x:Q").title(x), alt.Y("y:Q").title(y))
    return Drawn(encoded)


def test_a_long_title_of_an_axis_is_in_lines_on_a_phone_and_in_one_on_a_desktop():
    drawn = titled(X_TITLE, Y_TITLE)
    assert {X_TITLE, Y_TITLE} < set(texts(drawn.wide))
    lines = {X_TITLE.replace(" ", "/"), Y_TITLE.replace(" ", "/")}
    assert lines < set(texts(drawn.narrow))


def test_a_title_that_fits_a_phone_stays_in_one_line():
    x, y = X_TITLE[:-1], Y_TITLE[:-1]
    assert {x, y} < set(texts(titled(x, y).narrow))


def test_a_wrapped_title_leaves_the_rest_of_its_axis_as_it_is():
    encoding = titled(X_TITLE, "short").parts["narrow"]["encoding"]
    assert encoding["x"]["field"] == "x" and encoding["x"]["title"] == X_TITLE.split(" ")
    assert encoding["y"]["title"] == "short"


def test_titles_of_layers_are_wrapped_and_channels_without_one_are_let_be():
    frame = pd.DataFrame({"x": [1, 2], "y": [1, 2]})
    dots = alt.Chart(frame).mark_point().encode(alt.X("x:Q").title(X_TITLE), alt.Y("y:Q"))
    rule = alt.Chart(frame).mark_rule().encode(x=alt.value(5))
    drawn = Drawn(dots + rule)
    assert X_TITLE.replace(" ", "/") in texts(drawn.narrow)


def panels(kind: str) -> dict:
    """The specification for a phone of a chart with panels of a kind."""
    frame = pd.DataFrame({"kind": list("aabb"), "step": [1, 2] * 2, "value": range(4)})
    one = alt.Chart(frame, height=60).mark_point().encode(alt.X("step:Q"), alt.Y("value:Q"))
    chart = {
        "facet": lambda: one.facet("kind:N", columns=2),
        "encoded": lambda: one.encode(alt.Facet("kind:N").columns(2)),
        "beside": lambda: one | one,
        "wrapped": lambda: alt.concat(one, one, columns=2),
        "repeated": lambda: one.encode(alt.Y(alt.repeat(), type="quantitative")).repeat(
            ["step", "value"], columns=2
        ),
    }[kind]()
    return Drawn(chart).parts


@pytest.mark.parametrize("kind", ["facet", "wrapped", "repeated"])
def test_panels_are_below_each_other_on_a_phone(kind):
    made = panels(kind)
    assert (made["wide"]["columns"], made["narrow"]["columns"]) == (2, 1)


def test_panels_that_an_encoding_asks_for_are_below_each_other_too():
    made = panels("encoded")
    columns = [made[size]["encoding"]["facet"]["columns"] for size in ("wide", "narrow")]
    assert columns == [2, 1]
    assert made["narrow"]["encoding"]["facet"]["field"] == "kind"


def test_charts_beside_each_other_are_below_each_other_on_a_phone():
    made = panels("beside")
    assert "hconcat" in made["wide"] and "vconcat" not in made["wide"]
    assert "vconcat" in made["narrow"] and "hconcat" not in made["narrow"]
    assert "columns" not in made["narrow"]


# Words in tooltips


def tooltips(*asked, **columns) -> list[dict]:
    """The tooltips of a chart as the live chart has them."""
    frame = pd.DataFrame({"x": [1], "y": [1], **{name: [1] for name in columns}})
    chart = alt.Chart(frame).mark_point().encode(alt.X("x:Q"), alt.Y("y:Q"))
    found = Drawn(chart.encode(tooltip=list(asked) if len(asked) != 1 else asked[0]))
    made = found.parts["wide"]["encoding"]["tooltip"]
    return made if isinstance(made, list) else [made]


IN_WORDS = {
    "price_usd": "Price USD",
    "usd_billion": "USD billion",
    "net_profit_krw": "Net profit KRW",
    "h100e": "H100 equivalents",
    "power_mw": "Power MW",
    "memory_gb": "Memory GB",
    "bandwidth_tb": "Bandwidth TB",
    "fp16_tflops": "Fp16 TFLOPS",
    "training_compute_flop": "Training compute FLOP",
    "total_eflops": "Total EFLOPS",
    "eci": "ECI",
    "hbm_share": "HBM share",
    "ai_compute": "AI compute",
    "us_growth": "US growth",
    "h100e_p5": "H100 equivalents (5th percentile)",
    "h100e_p95": "H100 equivalents (95th percentile)",
    "p25": "(25th percentile)",
    "p75": "(75th percentile)",
    "p50": "(median)",
    "_odd__name_": "Odd name",
}


def test_a_tooltip_says_a_column_in_words_with_its_unit():
    made = tooltips(*(alt.Tooltip(f"{column}:Q") for column in IN_WORDS), **IN_WORDS)
    assert {one["field"]: one["title"] for one in made} == IN_WORDS


def test_a_tooltip_that_says_its_own_words_keeps_them_and_one_without_a_column_has_none():
    asked = [alt.Tooltip("a_b:Q").title("Own words"), alt.Tooltip("c_d:Q")]
    assert [one["title"] for one in tooltips(*asked, a_b=1, c_d=1)] == ["Own words", "C d"]
    assert tooltips(alt.value("words")) == [{"value": "words"}]


# Legends that filter


def layered(*charts_of) -> tuple[list[dict], Drawn]:
    drawn = Drawn(alt.layer(*charts_of))
    return drawn.parts["wide"]["layer"], drawn


@pytest.fixture
def kinds() -> alt.Chart:
    frame = pd.DataFrame({"kind": list("aabb"), "sort": list("xyxy"), "step": [1, 2] * 2})
    frame["value"] = range(4)
    return alt.Chart(frame).mark_point().encode(alt.X("step:Q"), alt.Y("value:Q"))


CHOSEN = [{"name": "chosen", "select": {"type": "point", "fields": ["kind"]}, "bind": "legend"}]


@pytest.mark.parametrize("channel", ["color", "fill", "shape", "strokeDash"])
def test_the_first_legend_of_categories_filters_its_marks_and_labels(kinds, channel):
    words = kinds.mark_text(dx=9).encode(text="kind:N")
    other = kinds.mark_rule().encode(alt.Detail("sort:N"))
    chart = kinds.mark_line() if channel == "strokeDash" else kinds
    (first, second, third), _ = layered(chart.encode(**{channel: "kind:N"}), words, other)
    assert first["params"] == CHOSEN and "params" not in second
    fades = {"condition": {"param": "chosen", "value": 1}, "value": 0.1}
    assert first["encoding"]["opacity"] == second["encoding"]["opacity"] == fades
    assert "opacity" not in third["encoding"]


def test_a_mark_that_is_pale_fades_from_there(kinds):
    (pale, plain), _ = layered(
        kinds.mark_area(opacity=0.4).encode(color="kind:N"), kinds.encode(color="kind:N")
    )
    assert pale["encoding"]["opacity"] == {
        "condition": {"param": "chosen", "value": 0.4},
        "value": pytest.approx(0.04),
    }
    assert plain["encoding"]["opacity"]["value"] == 0.1


def test_a_mark_that_is_only_named_fades_from_full(kinds):
    spec = kinds.encode(color="kind:N").to_dict()
    done = charts._completed({**spec, "mark": "point"})
    assert done["encoding"]["opacity"]["condition"]["value"] == 1


def test_a_filter_stands_beside_the_parameters_that_a_chart_has(kinds):
    slider = alt.param(name="price", value=2, bind=alt.binding_range(min=1, max=5))
    made = Drawn(kinds.encode(color="kind:N").add_params(slider)).parts["wide"]
    assert [one["name"] for one in made["params"]] == ["price", "chosen"]


@pytest.mark.parametrize(
    "change",
    [
        lambda chart: chart,
        lambda chart: chart.encode(alt.Color("kind:N").legend(None)),
        lambda chart: chart.encode(alt.Color("value:Q")),
        lambda chart: chart.encode(alt.Color("kind:N"), alt.OpacityValue(0.3)),
    ],
)
def test_a_chart_without_a_legend_of_categories_or_with_own_opacity_has_no_filter(kinds, change):
    made = Drawn(change(kinds)).parts["wide"]
    assert "params" not in made and "chosen" not in json.dumps(made)


@pytest.mark.parametrize("mark", ["boxplot", "errorband", "errorbar"])
def test_a_mark_that_is_taken_apart_is_drawn_and_has_no_filter(kinds, mark):
    made = Drawn(getattr(kinds, f"mark_{mark}")().encode(color="kind:N")).parts["wide"]
    assert "params" not in made


def test_a_parameter_of_an_author_may_have_any_name(kinds):
    own = alt.param(name="chosen", value=1)
    made = Drawn(kinds.encode(color="kind:N").add_params(own)).parts["wide"]
    assert [one["name"] for one in made["params"]] == ["chosen"]


def test_a_chart_that_binds_its_legend_itself_keeps_its_own(kinds):
    own = alt.selection_point(name="mine", fields=["kind"], bind="legend")
    made = Drawn(kinds.encode(color="kind:N").add_params(own)).parts["wide"]
    assert [one["name"] for one in made["params"]] == ["mine"]
    assert "opacity" not in made["encoding"]


@pytest.mark.parametrize("kind", ["beside", "below", "wrapped", "facet"])
def test_marks_of_every_panel_have_powers_tooltips_and_the_filter(kinds, kind):
    one = kinds.encode(
        alt.Y("value:Q").scale(type="log", domain=[1e6, 1e7]), color="kind:N", tooltip="step"
    ).properties(height=60)
    made = {
        "beside": lambda: one | one,
        "below": lambda: one & one,
        "wrapped": lambda: alt.concat(one, one, columns=2),
        "facet": lambda: one.facet("sort:N", columns=2),
    }[kind]()
    spec = Drawn(made).parts["wide"]
    inner = (
        [spec["spec"]]
        if kind == "facet"
        else spec[{"beside": "hconcat", "below": "vconcat", "wrapped": "concat"}[kind]]
    )
    for part in inner:
        encoding = part["encoding"]
        assert encoding["opacity"]["value"] == 0.1
        assert encoding["tooltip"]["title"] == "Step"
        assert "labelExpr" in encoding["y"]["axis"]
    assert [("params" in part) for part in inner] == [True, False][: len(inner)]


def test_a_legend_of_several_columns_has_one_on_a_phone():
    colour = alt.Color("kind:N").legend(columns=4)
    rows = pd.DataFrame({"kind": ["one", "two"], "value": [1, 2]})
    made = Drawn(alt.Chart(rows).mark_bar().encode(alt.X("value:Q"), colour)).parts
    columns = [made[size]["encoding"]["color"]["legend"]["columns"] for size in ("wide", "narrow")]
    assert columns == [4, 1]
