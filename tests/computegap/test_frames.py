"""What a table of a page prints: headings, alignment, cells, and the sources of data tables."""

import numpy as np
import pandas as pd
import pytest
from computegap import lineage, package
from computegap.show import frames
from computegap.tables import load

MINUS, SPACE, TIMES = "\N{MINUS SIGN}", "\N{NO-BREAK SPACE}", "\N{MULTIPLICATION SIGN}"


def lines(table: frames.Table) -> list[list[str]]:
    """The cells of a table's Markdown, line by line."""
    return [line[2:-2].split(" | ") for line in table._repr_markdown_().split("\n")]


def printed(value, spec: str | None = None) -> str:
    """A value as the only cell of a table."""
    shown = frames.table(pd.DataFrame({"x": [value]}), formats={"x": spec} if spec else None)
    return lines(shown)[2][0]


def test_a_table_is_markdown_with_headings_rules_and_a_line_a_row():
    frame = pd.DataFrame({"company": ["Alphabet", "Meta"], "capex_usd_billion": [91.4, -72.2]})
    shown = frames.table(frame, formats={"capex_usd_billion": ",.0f"}, company="Firm")
    assert shown._repr_markdown_() == (
        f"| Firm | Capex usd billion |\n| :--- | ---: |\n| Alphabet | 91 |\n| Meta | {MINUS}72 |"
    )
    assert repr(shown) == repr(frame)


def test_a_heading_that_is_given_stands_as_it_is_with_its_unit():
    frame = pd.DataFrame({"h100e": [1.5]})
    shown = frames.table(frame, formats={"h100e": ".1f"}, h100e="AI compute (million H100e)")
    assert lines(shown)[0] == ["AI compute (million H100e)"]


def test_a_heading_that_is_not_given_is_the_name_of_the_column_as_text():
    assert lines(frames.table(pd.DataFrame({"a_long_name": [1], 2026: [2]})))[0] == [
        "A long name",
        "2026",
    ]
    # In a pivoted frame a column is named by a cell, which may hold anything.
    assert lines(frames.table(pd.DataFrame({"a*b": [1]})))[0] == ["A\\*b"]


@pytest.mark.parametrize("missing", [np.nan, None, pd.NA, pd.NaT])
@pytest.mark.parametrize("spec", [None, ".1f", ".0%"])
def test_a_missing_value_is_printed_as_one_and_never_as_nought(missing, spec):
    assert printed(missing, spec) == "n/a"


def test_nought_is_printed_as_nought():
    assert (printed(0.0, ".1f"), printed(0, ".0%"), printed(0)) == ("0.0", "0%", "0")


def test_a_missing_cell_beside_others_leaves_them_as_they_are():
    frame = pd.DataFrame({"firm": ["A", "B"], "share": [0.25, np.nan]})
    assert lines(frames.table(frame, formats={"share": ".0%"}))[2:] == [["A", "25%"], ["B", "n/a"]]


@pytest.mark.parametrize(
    ("value", "spec", "text"),
    [
        (-2.5, ".1f", f"{MINUS}2.5"),
        (-0.125, "+.1%", f"{MINUS}12.5%"),
        (0.125, "+.1%", "+12.5%"),
        (-1234567.0, ",.0f", f"{MINUS}1,234,567"),
        (2.5e25, ".1e", f"2.5{SPACE}{TIMES}{SPACE}10²⁵"),
        (2.5e-7, ".1e", f"2.5{SPACE}{TIMES}{SPACE}10⁻⁷"),
        (pd.Timestamp("2026-06-05"), None, "2026-06-05"),
        (-3, None, f"{MINUS}3"),
        (np.int64(-3), None, f"{MINUS}3"),
        ("Huawei - Ascend", None, "Huawei - Ascend"),
        ("a|b", None, "a\\|b"),
        (3.25, None, "3.25"),
    ],
)
def test_a_cell_is_printed_in_its_format_with_a_true_minus_sign(value, spec, text):
    assert printed(value, spec) == text


def test_numbers_stand_on_the_right_and_words_on_the_left():
    frame = pd.DataFrame({"words": ["a"], "number": [1], "day": [pd.Timestamp("2026-01-01")]})
    frame["as_asked"] = "2.5"
    shown = frames.table(frame, formats={"as_asked": ""})
    assert lines(shown)[1] == [":---", "---:", ":---", "---:"]


def test_a_cell_links_to_the_address_beside_it_which_has_no_column():
    frame = pd.DataFrame({"title": ["Here", "Nowhere"], "url": ["https://a.test/x", None]})
    assert lines(frames.table(frame, links={"title": "url"})) == [
        ["Title"],
        [":---"],
        ["[Here](<https://a.test/x>)"],
        ["Nowhere"],
    ]


@pytest.mark.parametrize(
    "asked",
    [
        {"formats": {"y": ".1f"}},
        {"links": {"y": "x"}},
        {"links": {"x": "y"}},
        {"y": "A heading"},
    ],
)
def test_a_column_that_the_frame_does_not_have_is_refused(asked):
    with pytest.raises(KeyError) as refused:
        frames.table(pd.DataFrame({"x": [1]}), **asked)
    assert refused.value.args == ("no such columns in the table: ['y']",)


def test_a_value_stands_before_its_range():
    assert frames.with_range(10.186, 7.498, 12.71) == "10.2 (7.5 to 12.7)"
    assert frames.with_range(10.186, 7.498, 12.71, ".0f") == "10 (7 to 13)"
    assert frames.with_range(-0.5, -1.25, 0.5) == f"{MINUS}0.5 ({MINUS}1.2 to 0.5)"


# The sources of data tables


@pytest.fixture
def small_tables(monkeypatch):
    """Three sources and three tables, of which one names no source in its rows."""
    url = "https://{}.test/".format
    sources = pd.DataFrame(
        {
            "source_id": ["b-2025", "a-2026", "c-2024"],
            "title": ["Beta", "Alpha", "Gamma"],
            "publisher": ["B Press", "A House", "C Ltd"],
            "published_date": ["2025-03", None, "2024"],
            "accessed_date": ["2026-01-02", "2026-05-06", "2026-07-08"],
            "licence": ["CC-BY-4.0", "n/s", "n/s"],
            "kind": ["primary"] * 3,
            "url": [url("b"), url("a"), url("c")],
        }
    )
    tables = {
        "sources": sources,
        "cited": pd.DataFrame({"source_id": ["b-2025", None, "b-2025"]}),
        "packaged": pd.DataFrame({"x": [1]}),
    }
    found = {"cited": [{"title": "no path"}], "packaged": [{"path": url("a")}]}
    monkeypatch.setattr(frames, "load", tables.__getitem__)
    monkeypatch.setattr(frames, "resource", lambda name: {"sources": found[name]})


def test_the_sources_of_tables_are_those_that_rows_and_the_data_package_name(small_tables):
    assert lines(frames.sources("cited", "packaged")) == [
        ["Source", "Publisher", "Published", "Licence"],
        [":---", ":---", ":---", ":---"],
        ["[Alpha](<https://a.test/>)", "A House", "read 2026-05-06", "n/s"],
        ["[Beta](<https://b.test/>)", "B Press", "2025-03", "CC-BY-4.0"],
    ]
    assert len(lines(frames.sources("packaged"))) == 3


def test_a_build_can_ask_whether_the_sources_are_still_the_same(small_tables, monkeypatch):
    told = []

    def call(name, function, args, kwargs):
        told.append((name, function.__name__, args))
        return function(*args, **kwargs)

    monkeypatch.setattr(lineage, "call", call)
    frames.sources("packaged")
    assert told == [("", "sources", ("packaged",))]


def test_the_sources_of_a_real_table_are_listed_once_each():
    named = set(load("chips")["source_id"].dropna())
    titles = load("sources").set_index("source_id").loc[sorted(named), "title"]
    found = [row[0] for row in lines(frames.sources("chips"))[2:]]
    assert len(found) == len(set(found)) >= len(named) > 1
    assert package.resource("chips")["sources"]
    assert all(any(row.startswith(f"[{title[:8]}") for row in found) for title in titles)
