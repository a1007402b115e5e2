"""Facts: what may be stated, and how it is quoted."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from _ext.page.quotes import said
from computegap import contract
from computegap.lineage import Trail
from computegap.printed import formatted
from computegap.quantities import chips
from computegap.show import facts
from computegap.typography import typeset
from IPython.core.interactiveshell import InteractiveShell


@pytest.fixture
def stated(monkeypatch):
    """State a fact and return what goes into the notebook."""
    shown = []
    monkeypatch.setattr(facts, "display", lambda data, **_: shown.append(data))

    def state(value, unit="months", key="lag-now", source="chip_owners"):
        facts.fact(key, value, unit, source)
        return next(iter(shown.pop().values()))

    return state


@pytest.mark.parametrize(
    "value", [3, 3.25, np.float64(3.25), np.int64(3), pd.Series([3.25]).iloc[0]]
)
def test_a_number_is_stated_as_a_plain_python_value(stated, value):
    assert type(stated(value)["value"]) in (int, float)


def test_a_date_is_stated_as_an_iso_date(stated):
    payload = stated(pd.Timestamp("2026-06-22"), unit="")
    assert (payload["value"], payload["type"]) == ("2026-06-22", "date")
    assert stated(dt.date(2026, 6, 22), unit="")["value"] == "2026-06-22"


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        np.nan,
        pd.NA,
        pd.NaT,
        None,
        float("inf"),
        -np.inf,
        True,
        np.bool_(False),
        pd.Series([1.0, 2.0]),
        pd.DataFrame({"a": [1]}),
        [1],
        1 + 2j,
    ],
)
def test_what_prose_cannot_quote_is_refused(stated, value):
    with pytest.raises(facts.FactError, match="lag-now"):
        stated(value)


def test_a_number_without_a_unit_is_refused(stated):
    with pytest.raises(facts.FactError, match="unit"):
        stated(3.0, unit="")


@pytest.mark.parametrize("key", ["Lag", "lag now", "lag_now", "", "-lag"])
def test_a_key_that_no_address_could_hold_is_refused(stated, key):
    with pytest.raises(facts.FactError, match="key"):
        stated(3.0, key=key)


@pytest.mark.parametrize("source", ["no_such_table", ["chip_owners", "nobody-2026"]])
def test_an_unknown_source_is_refused(stated, source):
    with pytest.raises(facts.FactError, match="unknown source"):
        stated(3.0, source=source)


def test_a_source_id_is_a_source_as_a_table_is(stated):
    assert stated(3.0, source=["chip_owners", "fred-gpdi"])["source"] == [
        "chip_owners",
        "fred-gpdi",
    ]


@pytest.mark.parametrize(
    ("value", "spec", "text"),
    [
        (8.666, ".1f", "8.7"),
        (0.7525, ".0%", "75%"),
        (1116.0, ",.0f", "1,116"),
        (-2.5, ".1f", "\N{MINUS SIGN}2.5"),
        (449, "", "449"),
        (5427, ",", "5,427"),
    ],
)
def test_a_number_is_quoted_in_the_format_asked_for(value, spec, text):
    assert formatted({"value": value, "type": type(value).__name__}, spec) == text


def test_a_float_without_a_format_is_an_error():
    with pytest.raises(ValueError, match="format"):
        formatted({"value": 3.25, "type": "float"}, "")


def test_a_format_that_does_not_fit_is_an_error():
    with pytest.raises(ValueError):
        formatted({"value": "Grok 4", "type": "str"}, ".1f")


def test_a_date_is_quoted_in_words_or_in_part():
    day = {"value": "2026-06-05", "type": "date"}
    assert formatted(day, "") == "5 June 2026"
    assert formatted(day, "%Y") == "2026"


def test_behind_a_number_stand_its_value_unit_and_source():
    payload = {"value": 8.6655, "type": "float", "unit": "US over China", "source": ["chip_owners"]}
    assert said(payload) == "8.6655 US over China · AI compute by owner and quarter"
    minus = {"unit": "months", "source": ["chip_owners"]}
    for value, kind in ((-2.5, "float"), (-3, "int")):
        text = said({"value": value, "type": kind, **minus})
        assert text.startswith(f"\N{MINUS SIGN}{-value} months · ")


def test_a_triple_states_value_low_and_high(monkeypatch):
    names = []
    monkeypatch.setattr(
        facts, "display", lambda data, metadata, **_: names.append(metadata["scrapbook"]["name"])
    )
    facts.fact("ratio", (8.7, 5.7, 10.9), "US over China", "chip_owners")
    facts.fact("range", (5.7, 10.9), "US over China", "chip_owners")
    assert names == ["ratio", "ratio-low", "ratio-high", "range-low", "range-high"]


# What is refused says what was found and what was expected.


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"key": "Lag"}, "fact key 'Lag': expected lower-case words joined by hyphens"),
        ({"unit": ""}, "fact 'lag-now': a number needs a unit, in words"),
        ({"value": None}, "fact 'lag-now': the value is missing, and must not be quoted"),
        ({"value": True}, "fact 'lag-now': True is no number, name or date"),
        ({"value": float("inf")}, "fact 'lag-now': inf is not finite"),
        (
            {"source": ["chips", "nobody-2026"]},
            "fact 'lag-now': unknown source ['nobody-2026']; "
            "name a table of data/datapackage.json or a source_id of data/sources.csv",
        ),
    ],
)
def test_a_refusal_names_the_fact_and_what_is_wrong_with_it(stated, given, words):
    with pytest.raises(facts.FactError) as refused:
        stated(**{"value": 3.0, **given})
    assert str(refused.value) == words


# What a fact says of where it comes from; test_lineage.py has how a trail is known.


@pytest.fixture
def came_through(monkeypatch):
    """Say of some values what they came through, by the values."""

    def say(trails: dict) -> None:
        monkeypatch.setattr(facts.lineage, "trail_of", trails.get)

    return say


def trail(*tables: str, quantities: tuple = ()) -> Trail:
    return Trail(frozenset(quantities), frozenset(tables))


def test_a_fact_holds_all_that_a_page_says_behind_it(stated, came_through):
    came_through({3.25: trail("chips", quantities=("h100_over_zhikai",))})
    assert stated(3.25, "multiple", source=["fred-gpdi"]) == {
        "value": 3.25,
        "type": "float",
        "unit": "multiple",
        "source": ["chips", "fred-gpdi"],
        "measures": {"h100_over_zhikai": chips.h100_over_zhikai.__doc__.partition("\n")[0]},
        "cell": None,
    }


def test_where_nobody_watched_the_quantities_are_unknown_and_not_none(stated, came_through):
    assert stated(3.25)["measures"] is None
    came_through({3.25: trail("chips")})
    assert stated(3.25, source=[])["measures"] == {}


def test_a_fact_goes_into_the_data_of_the_notebook_and_not_onto_the_page(monkeypatch):
    shown = []
    monkeypatch.setattr(facts, "display", lambda *data, **how: shown.append((data, how)))
    facts.fact("lag-now", 3, "months", "chips")
    (((data,), how),) = shown
    assert list(data) == [contract.GLUE + contract.FACT_MIME]
    scrap = {"name": "lag-now", "mime_prefix": contract.GLUE}
    assert how == {"raw": True, "metadata": {"scrapbook": scrap}}


def test_a_table_that_the_value_did_not_come_through_is_no_source(stated, came_through):
    came_through({3.25: trail("chips")})
    assert stated(3.25, source="chips")["source"] == ["chips"]
    with pytest.raises(facts.FactError) as refused:
        stated(3.25, source=["chips", "capex"])
    assert str(refused.value) == (
        "fact 'lag-now': its value did not come through the table ['capex']"
    )


def test_a_value_that_came_through_no_table_needs_a_source(stated, came_through):
    came_through({3.25: trail()})
    for source in ("this-book", "fred-gpdi"):
        assert stated(3.25, source=source)["source"] == [source]
    with pytest.raises(facts.FactError) as refused:
        stated(3.25, source=[])
    assert str(refused.value) == (
        "fact 'lag-now': its value came through no table; name its source"
    )


def test_each_part_of_a_triple_has_a_trail_of_its_own_or_that_of_all(monkeypatch, came_through):
    shown = {}
    monkeypatch.setattr(
        facts,
        "display",
        lambda data, metadata, **_: shown.update(
            {metadata["scrapbook"]["name"]: next(iter(data.values()))["source"]}
        ),
    )
    came_through({(8.7, 5.7, 10.9): trail("chips"), 5.7: trail("capex")})
    facts.fact("ratio", (8.7, 5.7, 10.9), "multiple")
    assert shown == {"ratio": ["chips"], "ratio-low": ["capex"], "ratio-high": ["chips"]}


def test_a_tuple_of_another_length_is_no_fact(stated):
    for value in ((), (1.0,), (1.0, 2.0, 3.0, 4.0)):
        with pytest.raises(facts.FactError, match="no number"):
            stated(value)


def test_the_cell_of_a_fact_is_the_one_that_runs(monkeypatch):
    shell = InteractiveShell()
    monkeypatch.setattr(facts, "get_ipython", lambda: shell)
    shell.run_cell("from computegap.show import facts", store_history=True)
    done = shell.run_cell("facts.running_cell()", store_history=True)
    assert (done.result, shell.user_ns["In"][2]) == (2, "facts.running_cell()")


def test_a_moment_is_stated_as_its_day(stated):
    for moment in (dt.datetime(2026, 6, 22, 13, 5), pd.Timestamp("2026-06-22 13:05")):
        assert stated(moment, unit="")["value"] == "2026-06-22"


def test_a_scalar_of_a_library_is_taken_out_of_its_wrapping(stated):
    for value in (np.float64(3.25), np.array(3.25), np.float32(3.25)):
        assert type(stated(value)["value"]) is float


# Numbers in the English form


@pytest.mark.parametrize(
    ("value", "spec", "text"),
    [
        (2.5e25, ".1e", "2.5\u00a0\u00d7\u00a010\u00b2\u2075"),
        (-2.5e-7, ".1e", "\N{MINUS SIGN}2.5\u00a0\u00d7\u00a010\u207b\u2077"),
        (1234567.8, ",.1f", "1,234,567.8"),
        (-1234, ",", "\N{MINUS SIGN}1,234"),
        (-0.305, "+.1%", "\N{MINUS SIGN}30.5%"),
        (0.305, "+.1%", "+30.5%"),
        ("GPT-5.2 Pro", "", "GPT-5.2 Pro"),
    ],
)
def test_a_quote_has_thousands_percent_signs_and_powers_as_print_has_them(value, spec, text):
    assert formatted({"value": value, "type": type(value).__name__}, spec) == text


def test_digits_of_a_power_are_raised_each():
    assert typeset("1e+1234567890") == "1\u00a0\u00d7\u00a010¹²³⁴⁵⁶⁷⁸⁹⁰"
    assert typeset("1e-09") == "1\u00a0\u00d7\u00a010⁻⁹"
    assert typeset("12.5") == "12.5"


def test_a_day_below_ten_has_no_nought_and_a_format_is_used_as_it_is():
    day = {"value": "2026-01-02", "type": "date"}
    assert formatted(day, "") == "2 January 2026"
    assert formatted(day, "%d %b") == "02 Jan"
    assert formatted({"value": "2025-12-31", "type": "date"}, "") == "31 December 2025"
