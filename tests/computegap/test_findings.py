"""Quantities: each has a user, and figures of the evidence are those read off their sources."""

import re

import pytest
from computegap import quantities
from computegap.quantities import (
    chips,
    companies,
    estimates,
    frontier,
    runs,
    sites,
    spending,
    stocks,
)
from computegap.tables import load
from conftest import ROOT


def test_every_quantity_has_a_user():
    """A row of a table names it, a chapter does, or another module of the package."""
    modules = [*(ROOT / "book").glob("*.md"), *(ROOT / "book" / "computegap").rglob("*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in modules)
    tables = ("evidence", "yardsticks", "assumptions")
    used = {name for table in tables for name in load(table)["measure"].dropna()}
    used |= {name for name in quantities.known() if len(re.findall(rf"\b{name}\(", text)) > 1}
    assert sorted(set(quantities.known()) - used) == []


def test_figures_for_the_evidence_are_those_that_were_read_off_their_sources():
    assert chips.gb300_over_mi325x() == pytest.approx(3.47, abs=0.005)
    assert chips.gb300_lead_over_mi355x() == pytest.approx((0.48, 0.71), abs=0.005)
    assert chips.ascend_910b_over_a100_arithmetic() == pytest.approx((280 / 312, 400 / 312))
    assert companies.hynix_profit_multiple() == pytest.approx(4.975, abs=0.0005)
    assert companies.hynix_profit_per_day() == pytest.approx(40346 / 90)
    assert companies.intel_revenue_trailing() == pytest.approx(53.8)
    assert companies.hynix_lead_common() == pytest.approx(2080.4 / 2066.7 - 1)
    assert companies.innolight_over_moutai() == pytest.approx(677.78 / 1800)


def test_the_capability_findings_are_those_read_off_the_index():
    # GPT-5.5 Pro at 162.45, since Claude Fable 5 was off, and Qwen3.7-Max at 153.74; three Chinese
    # models were ahead of V4 Pro on the day of CAISI's assessment, six on the article's date.
    assert frontier.eci_gap_points() == pytest.approx(162.45 - 153.74)
    assert frontier.eci_place_v4_pro_at_assessment() == 4
    assert frontier.eci_place_v4_pro() == 7


def test_the_catch_up_time_is_the_gap_at_the_pace_of_chinese_records():
    # To Claude Fable 5, 9.86 points at 13.9 points a year since 2024, and at 10.7 since 2025.
    assert frontier.eci_catch_up_months() == pytest.approx((8.5, 11.1), abs=0.1)


def test_us_records_gain_fewer_points_a_year_and_come_closer_together():
    assert frontier.us_record_pace_range() == pytest.approx((15.5, 16.3), abs=0.05)
    assert frontier.us_record_spacing_range_days() == (48, 58)
    # GPT-5.1, 5.2, 5.3, 5.4 and 5.5 came 28, 56, 28 and 49 days apart.
    assert frontier.openai_release_gap_range_days() == (28, 56)


def test_chinas_share_of_new_compute_fell_with_rebounds():
    last, highest = estimates.china_new_share_since_2024()
    assert (round(last, 3), round(highest, 3)) == (0.059, 0.111)
    assert estimates.china_new_share_rises_since_2024() == 2
    last, highest = estimates.china_new_official_share_since_2024()
    assert (round(last, 3), round(highest, 3)) == (0.034, 0.074)
    assert estimates.china_new_official_share_rises_since_2024() == 1


def test_estimates_have_their_middle_between_their_ends():
    named = (
        *("google_stock_estimate", "google_share_estimate", "us_share_estimate"),
        *("smuggled_ratio_estimate", "official_ratio_estimate", "smallest_giant_estimate"),
    )
    for name in named:
        middle, low, high = getattr(estimates, name)()
        assert low < middle < high, name
    # 15.75 (12.63 to 19.56) over 1.82 (1.37 to 2.86) million, in logarithms.
    assert estimates.smuggled_ratio_estimate() == pytest.approx((8.67, 5.24, 12.39), abs=0.05)


def test_an_interval_turned_over_keeps_its_order():
    middle, low, high = quantities.figures("smuggled_ratio_estimate", "ratio to US")
    assert low < middle < high and middle == pytest.approx(1 / 8.67, abs=0.001)
    assert quantities.in_unit("smuggled_ratio_estimate", "ratio to US") == (low, high)


def test_chips_counted_one_by_one_are_nearer_than_their_arithmetic():
    assert estimates.accelerators_us_over_china() == pytest.approx(4.08, abs=0.005)
    assert estimates.us_accelerator_share() == pytest.approx(0.713, abs=0.0005)


def test_the_profit_of_sk_hynix_in_yuan_follows_from_the_euro():
    assert estimates.hynix_profit_per_day_cny() == pytest.approx((2.09, 2.18), abs=0.005)


def test_the_large_runs_are_counted_by_country_and_organisation():
    # 14 US runs and 3 Chinese ones; 3 more are of other countries.
    assert runs.large_runs_us_over_china() == pytest.approx(14 / 3)
    assert runs.large_run_organisations() == 12


def test_a_continuation_of_another_firms_model_is_no_run_from_scratch():
    # Composer 2 and 2.5 are Kimi K2.5, trained on: large, in the US, and no US runs.
    continued = set(load("model_continuations")["model_name"])
    assert continued <= set(load("training_compute")["model_name"])
    for rows in (runs.large_runs(), runs.record_runs("United States", "2026"), runs.from_scratch()):
        assert not continued & set(rows["model_name"])


def test_the_other_figures_of_the_evidence_are_those_of_their_tables():
    assert spending.meta_capex_guidance_2026_range() == (125, 145)
    assert spending.capex_forecast_four_2027() == pytest.approx(1008)
    assert (sites.caict_china_eflops(), sites.total_eflops_ratio()) == (962, 1.25)
    assert runs.compute_of_size_step() == pytest.approx(39.06, abs=0.01)
    assert frontier.mythos_lead() == pytest.approx(0.939 - 0.808)
    assert runs.v3_run_cost() == pytest.approx(0.005576)
    # The fourth quarter of 2025, in thousands of H100 equivalents by designer.
    sellers, own_use = 2955.889 + 220.244 + 8.278 + 131.964, 831.169 + 221.354
    assert stocks.nvidia_merchant_sales_share() == pytest.approx(2955.889 / sellers)
    assert stocks.nvidia_sales_share() == pytest.approx(2955.889 / (sellers + own_use))
    # On the two tests held back 33 points at least (ARC-AGI-2), on public ones 39 at most (CTF).
    assert frontier.caisi_gap_held_back_over_public() == pytest.approx(33 / 39)


def test_as_many_of_caisis_tests_are_held_back_as_its_estimate_says():
    tests = load("benchmark_scores").query("evaluator == 'CAISI' and not is_public")
    assert set(tests["benchmark"]) == {"ARC-AGI-2 (semi-private)", "PortBench"}
    estimates = load("published_gap_estimates").set_index("figure_id")
    assert "two of them held back" in estimates.at["caisi-v4-pro", "method"]
