"""The training calculator on runs whose figures are known, and on slips a reader can make."""

import pytest
from computegap import training
from computegap.tables import load
from computegap.typography import typeset

PEAK = 989.4e12


def test_a_dense_run_is_six_operations_per_parameter_and_token():
    # Llama 3.1 405B: 405 billion parameters, 15.6 trillion tokens.
    assert training.training_flop(405e9, 15.6e12) == pytest.approx(3.79e25, rel=0.001)


def test_a_sparse_run_counts_active_parameters_only():
    # DeepSeek V4 Pro: 49 of 1,600 billion parameters, 20 tokens per parameter.
    assert training.run_flop(1.6e12, 20, 49 / 1600) == pytest.approx(9.408e24)


def test_a_dense_model_is_a_sparse_one_with_all_parameters_active():
    assert training.run_flop(1e13, 20) == training.run_flop(1e13, 20, 1) == pytest.approx(1.2e28)


def test_data_in_proportion_makes_compute_grow_with_the_square_of_size():
    assert training.run_flop(10e12, 20) / training.run_flop(1.6e12, 20) == pytest.approx(39.0625)


def test_chip_hours_follow_from_peak_and_utilisation():
    assert training.chip_hours(3600 * 1e15, 0.5, 1e15) == pytest.approx(2)


def test_days_fall_with_the_number_of_chips():
    flop = 86_400 * 1e15 * 1000
    assert training.days(flop, 1000, 1, 1e15) == pytest.approx(1)
    assert training.days(flop, 2000, 1, 1e15) == pytest.approx(0.5)


def test_cost_is_chip_hours_times_price():
    assert training.cost_usd(3600 * 1e15, 0.5, 1e15, 2.5) == pytest.approx(5)


def test_a_ten_trillion_parameter_run_dense_and_sparse():
    dense, sparse = training.run_flop(1e13, 20), training.run_flop(1e13, 20, 0.03)
    assert training.cost_usd(dense, 0.4, PEAK, 2.35) / 1e9 == pytest.approx(19.79, abs=0.01)
    assert training.cost_usd(sparse, 0.4, PEAK, 2.35) / 1e9 == pytest.approx(0.594, abs=0.001)
    assert training.days(dense, 200_000, 0.4, PEAK) == pytest.approx(1754.7, abs=0.1)
    assert training.days(sparse, 200_000, 0.4, PEAK) == pytest.approx(52.6, abs=0.1)


def test_the_h100_peak_is_dense_sixteen_bit():
    assert training.h100_peak_flop_per_s() == pytest.approx(PEAK, rel=0.001)


@pytest.mark.parametrize("parameters", [0, -1, float("nan")])
def test_a_size_that_is_not_above_zero_is_refused(parameters):
    with pytest.raises(ValueError, match="active_parameters"):
        training.run_flop(parameters, 20)


@pytest.mark.parametrize("share", [0, 1.01, 3])
def test_a_share_outside_zero_to_one_is_refused(share):
    with pytest.raises(ValueError, match="active_share"):
        training.run_flop(1e12, 20, share)
    with pytest.raises(ValueError, match="utilisation"):
        training.chip_hours(1e24, share, PEAK)


@pytest.mark.parametrize("kind", ["dense", "sparse"])
def test_the_chart_in_the_page_computes_what_the_functions_compute(site, kind):
    # The chart's formulas run in the page, without Python; its corner prints their results.
    start = load("training_assumptions").set_index("assumption_id")["value"]
    share = 1 if kind == "dense" else start["active_share"]
    peak, used = training.h100_peak_flop_per_s(), start["utilisation"]
    flop = training.run_flop(
        start["parameters_trillion"] * 1e12, start["tokens_per_parameter"], share
    )
    days = training.days(flop, 1000 * start["chips_thousand"], used, peak)
    cost = training.cost_usd(flop, used, peak, start["price_usd_per_h100_hour"]) / 1e9
    amount = f"${cost:.1f} billion" if kind == "dense" else f"${1000 * cost:.0f} million"
    page = (site / "book" / "questions.html").read_text(encoding="utf-8")
    assert f"{kind}: {typeset(f'{flop:.1e}')} FLOP<" in page
    assert f">{days:,.0f} days, {amount}<" in page
