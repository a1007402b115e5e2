"""Facts: what may be stated, and how it is quoted."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from _ext.page.quotes import formatted, said
from computegap.show import facts


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
