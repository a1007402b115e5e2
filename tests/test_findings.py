"""Findings: each has a user, and figures of the evidence are those read off their sources."""

import inspect
import re

import pytest
from computegap import findings, measures
from computegap.tables import load
from conftest import ROOT


def public(module) -> set[str]:
    """The public functions that a module defines itself."""
    functions = inspect.getmembers(module, inspect.isfunction)
    return {
        name
        for name, function in functions
        if function.__module__ == module.__name__ and not name.startswith("_")
    }


def test_every_finding_is_named_by_a_row_of_the_evidence_or_used_in_a_chapter():
    chapters = "".join(path.read_text("utf-8") for path in (ROOT / "book").glob("*.md"))
    used = set(load("evidence")["measure"].dropna())
    used |= set(re.findall(r"\bfindings\.(\w+)", chapters))
    assert sorted(public(findings) - used) == []


def test_no_finding_has_the_name_of_a_measure():
    """Beside a number the page names its measures without their module."""
    assert public(findings) & public(measures) == set()


def test_figures_for_the_evidence_are_those_that_were_read_off_their_sources():
    assert findings.gb300_over_mi325x() == pytest.approx(3.47, abs=0.005)
    assert findings.gb300_lead_over_mi355x_percent() == pytest.approx((48, 71), abs=0.5)
    assert findings.ascend_910b_over_a100_arithmetic() == pytest.approx((280 / 312, 400 / 312))
    assert findings.hynix_profit_multiple() == pytest.approx(4.975, abs=0.0005)
    assert findings.hynix_profit_per_day_krw_billion() == pytest.approx(40346 / 90)
    assert findings.intel_revenue_trailing_usd_billion() == pytest.approx(53.8)
    assert findings.hynix_lead_common_percent() == pytest.approx(100 * (2080.4 / 2066.7 - 1))
    assert findings.innolight_over_moutai_percent() == pytest.approx(100 * 677.78 / 1800)


def test_the_capability_findings_are_those_read_off_the_index():
    # Claude Fable 5 at 161.53 and Qwen3.7-Max at 153.81; three Chinese models were ahead of
    # V4 Pro on the day of CAISI's assessment, six on the article's date.
    assert findings.eci_gap_points() == pytest.approx(161.53 - 153.81)
    assert findings.eci_place_v4_pro_at_assessment() == 4
    assert findings.eci_place_v4_pro() == 7


def test_the_catch_up_time_is_the_gap_at_the_pace_of_chinese_records():
    # 7.72 points at 13.6 points a year since 2024, and at 9.7 since 2025.
    assert findings.eci_catch_up_months() == pytest.approx((6.8, 9.5), abs=0.1)


def test_the_pace_of_us_records_does_not_rise():
    assert findings.us_record_pace_range() == pytest.approx((15.1, 15.4), abs=0.05)
    assert findings.us_record_spacing_range_days() == (48, 50)
    # GPT-5.1, 5.2, 5.3, 5.4 and 5.5 came 28, 56, 28 and 49 days apart.
    assert findings.openai_release_gap_range_days() == (28, 56)


def test_chinas_share_of_new_compute_fell_with_rebounds():
    last, highest = findings.china_new_share_range_percent()
    assert (round(last, 1), round(highest, 1)) == (5.9, 16.8)
    assert findings.china_new_share_rises() == 3


def test_the_large_runs_are_counted_by_country_and_organisation():
    # 16 US runs and 3 Chinese ones; 3 more are of other countries.
    assert findings.large_runs_us_over_china() == pytest.approx(16 / 3)
    assert findings.large_run_organisations() == 13


def test_the_other_figures_of_the_evidence_are_those_of_their_tables():
    assert findings.meta_capex_guidance_2026_range() == (125, 145)
    assert findings.capex_forecast_four_2027_usd_trillion() == pytest.approx(1.008)
    assert (findings.caict_china_eflops(), findings.total_eflops_ratio()) == (962, 1.25)
    assert findings.compute_of_size_step() == pytest.approx(39.06, abs=0.01)
    assert findings.mythos_lead_points() == pytest.approx(93.9 - 80.8)
    assert findings.v3_run_cost_usd_million() == pytest.approx(5.576)
    # On tests held back 33 points at least (ARC-AGI-2), on public ones 7 at most (SWE-bench).
    assert findings.caisi_gap_held_back_over_public() == pytest.approx(33 / 7)
