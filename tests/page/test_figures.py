"""Charts as the renderer draws them and as a build puts them into pages."""

import csv
import gzip
import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import altair as alt
import pandas as pd
import pytest
from _ext.page.figures import _cell, _csv, drawn_rows
from computegap import palette
from computegap.show import charts
from conftest import GALLERY, ROOT, build, few_and

SVG = re.compile(r"<svg .*?</svg>", re.DOTALL)


@pytest.fixture
def points() -> alt.Chart:
    charts.use()
    rows = pd.DataFrame({"kind": list("aabbcc"), "step": [1, 2] * 3, "value": range(6), "spare": 1})
    return alt.Chart(rows).mark_point().encode(alt.X("step:Q"), alt.Y("value:Q"))


def rendered(chart) -> dict[str, str]:
    made = chart._repr_mimebundle_()
    return made[0] if isinstance(made, tuple) else made


def parts_of(html: str) -> list[dict]:
    found = re.findall(r'class="chart-parts">(.*?)</script>', html, re.DOTALL)
    return [json.loads(text) for text in found]


def widths(html: str) -> list[float]:
    return [float(w) for w in re.findall(r'<svg [^>]*?\bwidth="([\d.]+)"', html)]


def test_a_chart_is_drawn_for_a_desktop_and_for_a_phone(points):
    assert widths(rendered(points)["text/html"]) == [680, 300]


@pytest.mark.parametrize("kind", ["facet", "concatenation", "stack"])
def test_panels_are_fitted_to_the_page_too(points, kind):
    chart = {
        "facet": points.facet("kind:N", columns=3),
        "concatenation": points | points,
        "stack": points & points,
    }[kind]
    wide, narrow = widths(rendered(chart)["text/html"])
    assert wide == pytest.approx(680, rel=0.02) and narrow == pytest.approx(300, rel=0.02)


def test_panels_that_can_not_fit_a_phone_are_refused(points):
    with pytest.raises(ValueError, match="do not fit a drawing of 300 px"):
        rendered(points.encode(column="kind:N"))


def test_a_chart_of_more_than_5000_rows_is_refused(points):
    points.data = pd.DataFrame({"step": range(5001), "value": 0})
    with pytest.raises(ValueError, match="5,001 rows, more than 5,000: aggregate"):
        rendered(points)


def test_a_column_named_count_is_refused():
    charts.use()
    chart = alt.Chart(pd.DataFrame({"count": ["a"], "x": [1]})).mark_line()
    with pytest.raises(ValueError, match="'count'"):
        rendered(chart.encode(alt.X("x:Q"), alt.Color("count:N")))


def test_the_first_legend_of_categories_filters_the_live_chart_and_its_labels(points):
    named = points.mark_text(dx=9).encode(text="kind:N")
    [parts] = parts_of(rendered(points.encode(color="kind:N") + named)["text/html"])
    dots, words = parts["wide"]["layer"]
    assert dots["params"] == [
        {"name": "chosen", "select": {"type": "point", "fields": ["kind"]}, "bind": "legend"}
    ]
    assert all(layer["encoding"]["opacity"]["value"] == 0.1 for layer in (dots, words))


def test_a_chart_without_a_legend_of_categories_has_nothing_to_filter(points):
    for chart in (points, points.encode(alt.Color("kind:N").legend(None))):
        assert "chosen" not in rendered(chart)["text/html"]


def test_columns_that_a_chart_does_not_draw_stay_out_of_the_page(points):
    assert "spare" not in rendered(points)["text/html"]


def test_the_picture_for_download_stands_alone(points):
    picture = rendered(points)["image/svg+xml"]
    assert "currentColor" not in picture and 'fill="#fff"' in picture


def test_a_chart_is_drawn_to_the_same_bytes_in_another_process(points):
    code = (
        "import sys; sys.path[:0] = ['book', 'tests']\n"
        "import altair as alt, pandas as pd\n"
        "from computegap.show import charts\n"
        "charts.use()\n"
        "rows = pd.DataFrame({'kind': list('aabbcc'), 'step': [1, 2] * 3, 'value': range(6),"
        " 'spare': 1})\n"
        "chart = alt.Chart(rows).mark_point().encode(alt.X('step:Q'), alt.Y('value:Q'))\n"
        "print(chart._repr_mimebundle_())"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1] and "chart-wide" in runs[0]


def test_the_data_of_layers_become_one_list_that_says_what_draws_a_row(points):
    line = alt.Chart(pd.DataFrame({"value": [2.5]})).mark_rule().encode(alt.Y("value:Q"))
    subset = alt.Chart(points.data.query("value > 3")).mark_text().encode(alt.Y("value:Q"))
    [parts] = parts_of(rendered(points + line)["text/html"])
    rows = drawn_rows(parts)
    assert [row["drawn_as"] for row in rows] == ["point"] * 6 + ["rule"]
    assert rows[-1] == {"drawn_as": "rule", "value": 2.5}
    [parts] = parts_of(rendered(points + subset.encode(alt.X("step:Q")))["text/html"])
    assert len(drawn_rows(parts)) == 6


def test_days_and_floats_are_written_as_a_reader_would():
    parts = {
        "wide": {},
        "datasets": {"d": [{"day": "2026-01-02T00:00:00", "x": 0.1 + 0.2, "n": 3.0}]},
    }
    assert drawn_rows(parts) == [{"day": "2026-01-02", "x": 0.3, "n": 3}]


def test_a_reader_gets_four_digits_of_a_float_and_all_of_a_count():
    cells = [_cell(value) for value in (16.2471282127, 12345.6, 1234567, -0.5, 2.5e26)]
    shown = [re.sub(r"<.*?>", "", cell) for cell in cells]
    assert shown == ["16.25", "12346", "1234567", "\N{MINUS SIGN}0.5", "2.5e+26"]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("=cmd|'/c calc'!A1", "'=cmd|'/c calc'!A1"),
        ("+1+1", "'+1+1"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'=1"),
        ("\r=1", "'=1"),
        ("\n =1", "'=1"),
        (" =1", "'=1"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("-", "'-"),
        ("controls\ntightened", "controls tightened"),
        # A number is no formula, however it is written.
        ("-3.5", "-3.5"),
        ("+105%", "+105%"),
        ("-1.5e-7", "-1.5e-7"),
        (-3.5, "-3.5"),
        ("a=b", "a=b"),
    ],
)
def test_a_spreadsheet_runs_no_cell_of_a_figure_and_takes_a_number_for_one(value, written):
    text = io.StringIO(_csv([{"k": value}]), newline="")
    assert list(csv.reader(text)) == [["k"], [written]]


def test_the_heading_of_a_column_is_no_formula_either():
    assert _csv([{"=1+1": 1}]) == "'=1+1\n1\n"


def pages_with_charts(site) -> dict[str, str]:
    texts = {path.stem: path.read_text(encoding="utf-8") for path in (site / "book").glob("*.html")}
    return {name: text for name, text in texts.items() if 'class="chart"' in text}


def parts_of_figures(site, text: str) -> dict[str, dict]:
    """What makes the charts of a page live, by their labels, from the scripts beside the page."""
    found = {}
    for name in re.findall(r'data-parts="\.\./_figures/([^"?]+)\?v=', text):
        script = (site / "_figures" / name).read_text(encoding="utf-8")
        label, parts = re.fullmatch(r'bookFigure\("([^"]+)", (.*)\);\n', script, re.DOTALL).groups()
        found[label] = json.loads(parts)
    assert list(found) == re.findall(r'<figure [^>]*id="(fig-[^"]+)"', text)
    return found


def test_the_drawings_of_a_page_are_light(site):
    for name, text in pages_with_charts(site).items():
        drawings = "".join(SVG.findall(text)).encode()
        assert len(gzip.compress(drawings)) < 300_000, name


def test_ids_are_unique_in_a_page(site, gallery):
    for name, text in {**pages_with_charts(site), **pages_with_charts(gallery)}.items():
        ids = re.findall(r'\bid="([^"]+)"', text)
        assert not {i for i in ids if ids.count(i) > 1}, name


def test_each_drawing_has_a_role_and_a_description(site):
    for text in pages_with_charts(site).values():
        for drawing in re.findall(r'<div class="chart-(?:wide|narrow)"[^>]*>(<svg [^>]*>)', text):
            assert 'role="img"' in drawing
            assert len(re.search(r'aria-label="([^"]*)"', drawing)[1]) > 30


def colours_of_countries(part) -> list[dict]:
    """The colour channels of a chart that show a country."""
    if isinstance(part, list):
        return [found for item in part for found in colours_of_countries(item)]
    if not isinstance(part, dict):
        return []
    own = [part.get(channel) for channel in ("color", "fill", "stroke")]
    own = [one for one in own if isinstance(one, dict) and one.get("field") == "country"]
    return own + colours_of_countries(list(part.values()))


def test_each_country_has_its_colour_in_every_chart_of_the_book(site):
    colours = {"United States": "us", "China": "china", "Other": "neutral"}
    known = {country: palette.MARKS[name].light for country, name in colours.items()}
    shown = 0
    for name, text in pages_with_charts(site).items():
        for parts in parts_of_figures(site, text).values():
            for channel in colours_of_countries([parts["wide"], parts["narrow"]]):
                scale = channel["scale"]
                pairs = dict(zip(scale["domain"], scale["range"], strict=True))
                assert pairs.items() <= known.items(), name
                shown += 1
    assert shown > 10


def test_each_figure_has_its_files_and_they_agree_with_the_page(site):
    for name, text in pages_with_charts(site).items():
        for label, parts in parts_of_figures(site, text).items():
            files = site / "_figures"
            about = json.loads((files / f"{label}.json").read_text(encoding="utf-8"))
            assert about["source"].startswith("Source") and about["title"], label
            assert about["licence"].startswith("CC-BY")
            # Cited by its headline, with which its caption begins.
            cited = re.search(r"Figure [\d.]+\. (.+?) \[Figure\]", about["citation"])[1]
            assert about["title"].startswith(cited) and len(cited) > 20
            assert f"{name}.html#{label}" in about["address"]
            with open(files / f"{label}.csv", encoding="utf-8-sig", newline="") as file:
                rows = list(csv.DictReader(file))
            assert len(rows) == about["rows"] == len(drawn_rows(parts)), label
            assert (files / f"{label}.png").read_bytes().startswith(b"\x89PNG")
            assert "<svg" in (files / f"{label}.svg").read_text(encoding="utf-8")[:200]


def test_only_pages_with_charts_name_a_bundle_and_one_serves_all(site):
    for path in (site / "book").glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert ("data-bundle=" in text) == ('class="chart"' in text), path.name
    assert len(list((site / "_static").glob("vega-*.js"))) == 1


def test_two_builds_of_a_figure_give_the_same_bytes(book, gallery):
    book.page(GALLERY.read_text(encoding="utf-8"))
    assert book.build().returncode == 0
    first, second = gallery / "_figures", book.root / "_build" / "html" / "_figures"
    assert {p.name: p.read_bytes() for p in first.iterdir()} == {
        p.name: p.read_bytes() for p in second.iterdir()
    }
    charts = [
        re.findall(r'<div class="chart".*?</figure>', html, re.DOTALL)
        for html in ((gallery / "book" / "index.html").read_text(encoding="utf-8"), book.html())
    ]
    assert charts[0] == charts[1] and len(charts[0]) == 5


@pytest.fixture(scope="module")
def shown(request, reach) -> Path:
    """The folder of the built pages whose figures are counted."""
    return request.getfixturevalue("gallery" if reach == "few" else "site")


@pytest.fixture(scope="module")
def copied(once, shown, reach) -> Path:
    """A copy of their book, so that nothing else is built beside a developer's own pages."""

    def make(folder: Path) -> None:
        # Executed notebooks are taken along; pages are read anew for the place of the copy.
        left = shutil.ignore_patterns(".*", "_editions", "node_modules", "__pycache__", "html")
        shutil.copytree(shown.parents[1], folder, ignore=left, dirs_exist_ok=True)

    return once(f"copied-{reach.replace(' ', '-')}", make)


@few_and("every figure")
@pytest.mark.parametrize("builder", ["latex", "epub"])
def test_other_builders_show_a_picture_of_each_figure(shown, copied, builder):
    done = build(copied, "--builder", "custom", "--custom-builder", builder)
    assert done.returncode == 0, done.stdout[-4000:]
    assert "executed" not in done.stdout
    out = copied / "_build" / builder
    texts = pages_with_charts(shown).values()
    figures_in_book = sum(text.count('<figure class="fig"') for text in texts)
    assert figures_in_book
    if builder == "latex":
        text = next(out.glob("*.tex")).read_text(encoding="utf-8")
        assert len(re.findall(r"\\sphinxincludegraphics", text)) == figures_in_book
    else:
        texts = [path.read_text(encoding="utf-8") for path in (out / "book").glob("*.xhtml")]
        images = re.findall(r'<img alt="([^"]+)" src="\.\./(_images/[^"]+\.svg)"', "".join(texts))
        assert len(images) == figures_in_book
        assert all((out / path).exists() for _, path in images)
