"""Measures: the quantities of the chapters, checked against figures read off their sources."""

import pandas as pd
import pytest
from computegap import measures


def test_the_high_ends_of_the_guidance_add_up_to_the_articles_total():
    high = measures.capex_guidance(2026, "high")
    assert dict(high) == {"Alphabet": 190, "Amazon": 200, "Meta": 145, "Microsoft": 190}
    assert measures.capex_guidance(2026, "low").sum() == 695
    assert measures.capex_guidance(2026, "middle").sum() == 710


def test_calendar_quarters_of_a_fiscal_year_reporter_add_up_to_a_calendar_year():
    # Microsoft, calendar 2025, from its filings: 16.745 + 17.079 + 19.394 + 29.876.
    assert measures.capex_cash(2025)["Microsoft"] == pytest.approx(83.094)


def test_a_year_with_a_quarter_missing_has_no_sum():
    assert measures.capex_cash(2021).isna().all()


def test_known_leases_are_added_to_the_cash_of_the_firm_and_quarter_that_took_them():
    # Microsoft: cash of the year, and 24.2 - 17.079 and 34.9 - 19.394 of two quarters on leases.
    spent = measures.capex_with_known_leases(2025)
    assert spent["Microsoft"] == pytest.approx(105.721)
    assert spent["Meta"] == pytest.approx(72.215)
    assert spent["Amazon"] == measures.capex_cash(2025)["Amazon"]


def test_private_investment_is_known_as_of_the_articles_date():
    assert measures.private_investment_known() == 5620.395
    assert measures.private_investment(2025) == pytest.approx(5458.6, abs=0.05)


def test_stocks_of_the_last_quarter_are_those_of_the_publisher():
    last = measures.stocks().xs(measures.latest_quarter())["h100e"]
    assert measures.latest_quarter() == pd.Timestamp("2025-12-31")
    assert last["Google"] == pytest.approx(5.049814)
    assert last["China"] == pytest.approx(1.155114)
    assert last["China (smuggled)"] == pytest.approx(0.662048)


def test_the_ratio_of_stocks_falls_when_smuggled_chips_count_as_chinese():
    assert measures.official_compute_ratio() == pytest.approx(13.63, abs=0.01)
    assert measures.smuggled_compute_ratio() == pytest.approx(8.67, abs=0.01)
    low, high = measures.smuggled_compute_ratio_range()
    assert low < measures.smuggled_compute_ratio() < high


def test_new_compute_is_the_difference_of_stocks():
    share = measures.china_new_compute_share(smuggled=False)
    china, world = measures.china_stock(smuggled=False), measures.world_stock()
    last = (china.iloc[-1] - china.iloc[-2]) / (world.iloc[-1] - world.iloc[-2])
    assert share.iloc[-1] == pytest.approx(last)
    assert share.max() == pytest.approx(0.168, abs=0.0005)


def test_figures_for_the_evidence_are_those_that_were_read_off_their_sources():
    assert measures.gb300_over_mi325x() == pytest.approx(3.47, abs=0.005)
    assert measures.gb300_lead_over_mi355x_percent() == pytest.approx((48, 71), abs=0.5)
    assert measures.ascend_910b_over_a100_arithmetic() == pytest.approx((280 / 312, 400 / 312))
    assert measures.hynix_profit_multiple() == pytest.approx(4.975, abs=0.0005)
    assert measures.hynix_profit_per_day_krw_billion() == pytest.approx(40346 / 90)
    assert measures.intel_revenue_trailing_usd_billion() == pytest.approx(53.8)
    assert measures.hynix_lead_common_percent() == pytest.approx(100 * (2080.4 / 2066.7 - 1))
    assert measures.innolight_over_moutai_percent() == pytest.approx(100 * 677.78 / 1800)


def test_every_yardstick_names_a_measure_and_has_a_ratio_above_one():
    assert (measures.yardsticks()["ratio"] > 1).all()


def test_an_unknown_claim_is_an_error():
    with pytest.raises(KeyError):
        measures.claimed("C999")


def test_the_capability_measures_are_those_read_off_the_index():
    # Claude Fable 5 at 161.53 and Qwen3.7-Max at 153.81; three Chinese models were ahead of
    # V4 Pro on the day of CAISI's assessment, six on the article's date.
    assert measures.eci_gap_points() == pytest.approx(161.53 - 153.81)
    assert measures.eci_place_v4_pro_at_assessment() == 4
    assert measures.eci_place_v4_pro() == 7


def test_the_catch_up_time_is_the_gap_at_the_pace_of_chinese_records():
    # 7.72 points at 13.6 points a year since 2024, and at 9.7 since 2025.
    assert measures.eci_catch_up_months() == pytest.approx((6.8, 9.5), abs=0.1)


def test_the_pace_of_us_records_does_not_rise():
    assert measures.us_record_pace_range() == pytest.approx((15.1, 15.4), abs=0.05)
    assert measures.us_record_spacing_range_days() == (48, 50)
    # GPT-5.1, 5.2, 5.3, 5.4 and 5.5 came 28, 56, 28 and 49 days apart.
    assert measures.openai_release_gap_range_days() == (28, 56)


def test_chinas_share_of_new_compute_fell_with_rebounds():
    last, highest = measures.china_new_share_range_percent()
    assert (round(last, 1), round(highest, 1)) == (5.9, 16.8)
    assert measures.china_new_share_rises() == 3


def test_the_large_runs_are_counted_by_country_and_organisation():
    assert measures.large_runs()["country"].value_counts().to_dict() == {
        "United States": 16,
        "China": 3,
        "Other": 3,
    }
    assert measures.large_run_organisations() == 13


def test_the_other_figures_of_the_evidence_are_those_of_their_tables():
    assert measures.meta_capex_guidance_2026_range() == (125, 145)
    assert measures.capex_forecast_four_2027_usd_trillion() == pytest.approx(1.008)
    assert (measures.caict_china_eflops(), measures.total_eflops_ratio()) == (962, 1.25)
    assert measures.compute_of_size_step() == pytest.approx(39.06, abs=0.01)
    assert measures.mythos_lead_points() == pytest.approx(93.9 - 80.8)
    assert measures.v3_run_cost_usd_million() == pytest.approx(5.576)
    # On tests held back 33 points at least (ARC-AGI-2), on public ones 7 at most (SWE-bench).
    assert measures.caisi_gap_held_back_over_public() == pytest.approx(33 / 7)
