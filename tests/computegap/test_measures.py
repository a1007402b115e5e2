"""Measures: the quantities of the chapters, checked against figures read off their sources."""

import pandas as pd
import pytest
from computegap.quantities import article, spending, stocks


def test_the_high_ends_of_the_guidance_add_up_to_the_articles_total():
    high = spending.capex_guidance(2026, "high")
    assert dict(high) == {"Alphabet": 190, "Amazon": 200, "Meta": 145, "Microsoft": 190}
    assert spending.capex_guidance(2026, "low").sum() == 695
    assert spending.capex_guidance(2026, "middle").sum() == 710


def test_calendar_quarters_of_a_fiscal_year_reporter_add_up_to_a_calendar_year():
    # Microsoft, calendar 2025, from its filings: 16.745 + 17.079 + 19.394 + 29.876.
    assert spending.capex_cash(2025)["Microsoft"] == pytest.approx(83.094)


def test_a_year_with_a_quarter_missing_has_no_sum():
    assert spending.capex_cash(2021).isna().all()


def test_known_leases_are_added_to_the_cash_of_the_firm_and_quarter_that_took_them():
    # Microsoft: cash of the year, and 24.2 - 17.079 and 34.9 - 19.394 of two quarters on leases.
    spent = spending.capex_with_known_leases(2025)
    assert spent["Microsoft"] == pytest.approx(105.721)
    assert spent["Meta"] == pytest.approx(72.215)
    assert spent["Amazon"] == spending.capex_cash(2025)["Amazon"]


def test_private_investment_is_known_as_of_the_articles_date():
    assert spending.private_investment_known() == 5620.395
    assert spending.private_investment(2025) == pytest.approx(5458.6, abs=0.05)


def test_stocks_of_the_last_quarter_are_those_of_the_publisher():
    last = stocks.by_owner().xs(stocks.latest_quarter())["h100e"]
    assert stocks.latest_quarter() == pd.Timestamp("2025-12-31")
    assert last["Google"] == pytest.approx(5.049814)
    assert last["China"] == pytest.approx(1.155114)
    assert last["China (smuggled)"] == pytest.approx(0.662048)


def test_the_ratio_of_stocks_falls_when_smuggled_chips_count_as_chinese():
    assert stocks.official_compute_ratio() == pytest.approx(13.63, abs=0.01)
    assert stocks.smuggled_compute_ratio() == pytest.approx(8.67, abs=0.01)
    low, high = stocks.smuggled_compute_ratio_range()
    assert low < stocks.smuggled_compute_ratio() < high


def test_new_compute_is_the_difference_of_stocks():
    share = stocks.china_new_compute_share(smuggled=False)
    china, world = stocks.china_stock(smuggled=False), stocks.world_stock()
    last = (china.iloc[-1] - china.iloc[-2]) / (world.iloc[-1] - world.iloc[-2])
    assert share.iloc[-1] == pytest.approx(last)
    assert share.max() == pytest.approx(0.168, abs=0.0005)


def test_every_yardstick_names_a_measure_and_has_a_ratio_above_one():
    assert (article.yardsticks()["ratio"] > 1).all()


def test_an_unknown_claim_is_an_error():
    with pytest.raises(KeyError):
        article.claimed("C999")
