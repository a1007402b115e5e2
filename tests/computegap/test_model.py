"""The compute-gap model against closed forms and known limits, and its command line."""

import subprocess
import sys
import time
import tracemalloc

import numpy as np
import pandas as pd
import pytest
from computegap import assumptions, model, quantities, scenarios, tables
from computegap.__main__ import main
from computegap.quantities import frontier, runs, stocks
from conftest import ROOT
from scipy.stats import norm

GIVEN = ROOT / "data" / "assumptions.csv"


def table(**rows) -> pd.DataFrame:
    """Inputs of the model: a value, or (value, low, high, level)."""
    full = {
        name.replace("_", "-"): row if isinstance(row, tuple) else (row, np.nan, np.nan, np.nan)
        for name, row in rows.items()
    }
    return pd.DataFrame.from_dict(full, orient="index", columns=["value", "low", "high", "level"])


# Formulas


def test_a_gap_of_one_years_growth_is_twelve_months():
    assert model.lag_months(4.5, 4.5) == pytest.approx(12)
    assert model.lag_months(4.5**2, 4.5) == pytest.approx(24)


def test_no_gap_is_no_lag_whatever_the_growth():
    assert list(model.lag_months(1, [1, 1.5, 5])) == [0, 0, 0]


def test_the_lag_grows_without_bound_as_growth_stops():
    lags = model.lag_months(8, [2, 1.1, 1.001, 1, 0.9])
    assert (np.diff(lags[:3]) > 0).all() and lags[2] > 20_000
    assert np.isinf(lags[3:]).all()


def test_a_lead_is_a_negative_lag():
    assert model.lag_months(1 / 8, 4.5) == pytest.approx(-model.lag_months(8, 4.5))


@pytest.mark.parametrize("ratio, growth", [(0, 2), (-1, 2), (8, 0)])
def test_a_ratio_or_growth_of_zero_or_less_is_refused(ratio, growth):
    with pytest.raises(ValueError, match="above zero"):
        model.lag_months(ratio, growth)


def test_the_effective_gap_is_the_inverse_of_the_lag():
    ratios = np.geomspace(1, 50, 20)
    assert model.effective_ratio(model.lag_months(ratios, 12.6), 12.6) == pytest.approx(ratios)


def test_what_halves_in_a_year_doubles_in_a_year():
    assert model.halving_growth(12) == 2
    assert model.halving_growth([6, 24]) == pytest.approx([4, np.sqrt(2)])


def test_the_ratio_does_not_depend_on_the_unit_of_the_stocks():
    drawn = {"us-stock": 16.0, "china-stock": 1.2, "smuggled-stock": 0.7}
    rates = {"run-growth": 4.5, "halving-months": 8.0}
    in_thousands = {name: 1000 * stock for name, stock in drawn.items()}
    one, other = (model.lags({**stocks, **rates}) for stocks in (drawn, in_thousands))
    assert one["lag"] == pytest.approx(other["lag"])


# Clocks


def test_a_clock_reads_the_past_of_a_steady_leader():
    days = 365.25 * np.arange(5)
    leader = 3.0 ** (days / 365.25)
    # On the last day the leader has 81; it had 9 two years before.
    months = model.months_behind(days, leader, [9, 81, 9 * np.sqrt(3)], days[-1])
    assert months == pytest.approx([24, 0, 18])


def test_a_clock_has_no_answer_outside_of_the_data():
    days, leader = [0, 365, 730], [1.0, 2.0, 4.0]
    assert np.isnan(model.months_behind(days, leader, [0.5, 5], 730)).all()


def test_the_clocks_of_the_book_are_those_first_read_from_the_data():
    assert stocks.hardware_clock(smuggled=True)["months"].iloc[-1] == pytest.approx(20, abs=0.5)
    assert stocks.hardware_clock(smuggled=False)["months"].iloc[-1] == pytest.approx(23, abs=0.5)
    release = runs.record_run("China")["publication_date"]
    assert runs.run_clock(release) == pytest.approx(11, abs=0.5)
    assert runs.run_clock() == pytest.approx(31, abs=0.6)
    assert 6.5 < frontier.capability_lag_interval()[0] < 7.5


def test_record_runs_grow_at_the_published_rate():
    growth, low, high = runs.run_growth()
    assert growth == pytest.approx(4.7, abs=0.05)
    assert low < 4.5 < high


def test_record_runs_since_2018_are_those_above_all_older_ones():
    assert runs.run_growth(since="2018-01-01")[0] == pytest.approx(5.1, abs=0.05)
    records = runs.record_runs("United States", "2018")
    # GNMT of 2016 had 6.6e21 FLOP, so that smaller runs of early 2018 are no records.
    assert records["training_compute_flop"].min() > 6.6e21


# Draws


@pytest.mark.parametrize("level", [0.9, 0.95])
def test_the_interval_comes_back_from_the_draws(level):
    inputs = table(x=(8, 5, 14, level))
    x = model.simulate(inputs, lambda drawn: {"x": drawn["x"]}, 400_000)["x"]
    low, middle, high = np.quantile(x, [(1 - level) / 2, 0.5, (1 + level) / 2])
    assert [low, middle, high] == pytest.approx([5, 8, 14], rel=0.01)


def test_a_value_at_the_geometric_mean_is_one_lognormal():
    middle, below, above = model.lognormal_parameters(6, 4, 9, 0.9)
    assert below == pytest.approx(above)
    assert np.exp(middle + above * norm.ppf(0.95)) == pytest.approx(9)


@pytest.mark.parametrize("row", [(8, 9, 14, 0.9), (8, 5, 7, 0.9), (8, 0, 9, 0.9), (8, 5, 9, 1)])
def test_an_interval_that_is_none_is_refused(row):
    with pytest.raises(ValueError, match="lognormal"):
        next(model.draws(table(x=row), 10))


def test_draws_agree_with_the_closed_form():
    """With growth fixed, the logarithm of a lognormal ratio makes the lag normal."""
    inputs = table(
        us_stock=(8, 5, 12.8, 0.9),
        china_stock=0.6,
        smuggled_stock=0.4,
        run_growth=4.5,
        halving_months=8,
    )
    lag = model.simulate(inputs, model.lags, 400_000)["lag"]
    growth = 4.5 * 2**1.5
    spread = np.log(12.8 / 8) / norm.ppf(0.95)
    points = [0.05, 0.25, 0.5, 0.75, 0.95]
    expected = 12 * (np.log(8) + spread * norm.ppf(points)) / np.log(growth)
    assert np.quantile(lag, points) == pytest.approx(expected, rel=0.005)


def test_a_fixed_input_gives_the_formula_itself():
    inputs = table(
        us_stock=8, china_stock=0.6, smuggled_stock=0.4, run_growth=4.5, halving_months=8
    )
    found = model.simulate(inputs, model.lags, 10)
    assert (found["hardware_lag"] == model.lag_months(8, 4.5)).all()


def inputs_of_the_book() -> pd.DataFrame:
    return scenarios.lag_inputs(assumptions.table())


def test_the_seed_gives_the_same_numbers_on_two_runs_and_another_seed_does_not():
    inputs = inputs_of_the_book()
    one, two = (model.simulate(inputs, model.lags, 1000)["lag"] for _ in range(2))
    other = model.simulate(inputs, model.lags, 1000, seed=1)["lag"]
    assert (one == two).all() and (one != other).any()


def test_draws_depend_neither_on_the_chunks_nor_on_their_number_nor_on_other_inputs(monkeypatch):
    inputs = inputs_of_the_book()
    whole = model.simulate(inputs, model.lags, 1000)["lag"]
    monkeypatch.setattr(model, "CHUNK", 300)
    assert (model.simulate(inputs, model.lags, 1000)["lag"] == whole).all()
    assert (model.simulate(inputs, model.lags, 10)["lag"] == whole[:10]).all()
    fewer = inputs.drop(index=["measured-lag", "run-error"])
    assert (model.simulate(fewer, model.lags, 1000)["lag"] == whole).all()


def test_a_correlation_is_that_of_the_logarithms():
    inputs = table(a=(1, 0.5, 2, 0.9), b=(3, 1, 9, 0.9))
    found = model.simulate(inputs, dict, 100_000, correlations={("a", "b"): 0.7})
    measured = np.corrcoef(np.log(found["a"]), np.log(found["b"]))[0, 1]
    assert measured == pytest.approx(0.7, abs=0.01)


def test_a_million_draws_take_little_longer_than_drawing_their_numbers():
    """Compared with the bare draws on the same machine, in processor time, the best of three."""
    inputs, n = inputs_of_the_book(), 1_000_000
    stream, uncertain = np.random.default_rng(1), int(inputs["low"].notna().sum())

    def bare() -> None:
        for _ in range(uncertain):
            np.exp(stream.standard_normal(n))

    def seconds(work) -> float:
        start = time.process_time()
        work()
        return time.process_time() - start

    whole = min(seconds(lambda: model.simulate(inputs, model.lags, n)) for _ in range(3))
    # 1.9 times when this was written; `make bench` says how many draws a second that are.
    assert whole < 6 * min(seconds(bare) for _ in range(3))


def test_memory_is_that_of_the_results_and_a_constant():
    inputs = inputs_of_the_book()
    peaks = []
    for n in (500_000, 2_000_000):
        tracemalloc.start()
        found = model.simulate(inputs, model.lags, n)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    size = 8 * len(found)
    assert peaks[1] - peaks[0] == pytest.approx(1_500_000 * size, rel=0.05)


# Results that the book states


def test_the_articles_ratio_is_worth_seventeen_months_and_ten_with_algorithms():
    values = inputs_of_the_book()["value"]
    growth = values["run-growth"] * model.halving_growth(values["halving-months"])
    assert model.lag_months(8, values["run-growth"]) == pytest.approx(16.6, abs=0.05)
    assert model.lag_months(8, growth) == pytest.approx(9.8, abs=0.05)
    measured = frontier.capability_lag_stocks_interval()[0]
    assert values["measured-lag"] == measured
    assert model.effective_ratio(measured, growth) == pytest.approx(3.7, abs=0.05)


def test_the_page_prints_the_numbers_of_the_model(facts):
    summary = scenarios.lag_summary(assumptions.table(), facts["lag-draws"]["value"])
    for quantity, key in (("hardware_lag", "lag-hardware"), ("lag", "lag-both")):
        row = summary.set_index("quantity").loc[quantity]
        stated = [facts[key + end]["value"] for end in ("-p5", "", "-p95")]
        assert stated == pytest.approx(list(row[["p5", "p50", "p95"]]))


def test_chinese_chips_added_have_the_range_of_their_quarters():
    value, low, high = stocks.domestic_added()
    assert value == pytest.approx(stocks.domestic_additions()["h100e"].iloc[-1], abs=1e-5)
    # Huawei's quarters of 2025, 910B and 910C, four times; Cambricon's are a twentieth of them.
    assert low == pytest.approx(4 * (0.011947 + 0.097199), rel=0.08)
    assert high == pytest.approx(4 * (0.023883 + 0.136011), rel=0.08)


def test_every_assumption_has_the_unit_that_the_model_takes():
    units = {
        "factor a year": {"run-growth", "us-growth", "domestic-growth", "power-gain"},
        "months": {"halving-months", "measured-lag"},
        "million H100e": {
            *("us-stock", "china-stock", "smuggled-stock", "domestic-added", "rented-added"),
        },
        "share": {
            *("us-added-share", "smuggled-added-share", "imports-share"),
            *("other-us-share", "other-china-share"),
        },
        "H100e a card": {"uncounted-chinese-card", "uncounted-nvidia-card"},
        "GW": {"us-power"},
        "kW": {"power-per-compute"},
        "factor": {"run-error", "smuggling-multiplier", "domestic-multiplier"},
        "share of its logarithm": {"growth-fade"},
    }
    rows = tables.load("assumptions")
    assert {unit: set(ids) for unit, ids in rows.groupby("unit")["assumption_id"]} == units


def test_every_assumption_has_a_value_or_a_measure_and_a_source_or_says_that_it_is_ours():
    rows = tables.load("assumptions")
    assert (rows["value"].isna() == rows["measure"].notna()).all()
    assert (rows["source_id"].isna() == (rows["basis"] == "assumption of this book")).all()


def test_one_assumption_is_that_of_the_table_and_asks_no_other_quantity(monkeypatch):
    rows = assumptions.table().set_index(["assumption_id", "case"])
    row = rows.loc[("us-growth", "all"), ["value", "low", "high"]]
    asked = []

    def named(name):
        asked.append(name)
        return quantities.named(name)

    monkeypatch.setattr(assumptions, "named", named)
    assert assumptions.interval("us-growth") == pytest.approx(tuple(row))
    assert asked == ["us_additions_growth"]
    assert assumptions.interval("imports-share", "tightened") == (0.002, 0.0005, 0.01)
    assert np.isnan(assumptions.interval("run-error")[1:]).all()
    with pytest.raises(KeyError, match="imports-share"):
        assumptions.interval("imports-share")


def test_an_assumption_shows_its_source_or_that_it_is_ours():
    rows = assumptions.with_sources(tables.load("assumptions")).set_index("assumption_id")
    assert rows.at["halving-months", "basis"] == "literature, ho-2024-neurips"
    assert rows.at["halving-months", "url"].startswith("https://")
    assert rows.at["growth-fade", "basis"] == "assumption of this book"
    assert pd.isna(rows.at["growth-fade", "url"])


def test_inputs_are_the_same_from_the_bare_table_and_from_one_filled_in():
    bare, filled = tables.load("assumptions"), assumptions.table()
    for choose in (scenarios.inputs, scenarios.lag_inputs):
        pd.testing.assert_frame_equal(choose(bare), choose(filled))


# Stocks of the coming years


STEADY = {
    "us-stock": 10.0,
    "us-added-share": 0.5,
    "us-growth": 1.0,
    "china-stock": 1.0,
    "smuggled-stock": 1.0,
    "smuggled-added-share": 0.5,
    "domestic-added": 0.5,
    "domestic-growth": 1.0,
    "domestic-multiplier": 1.0,
    "growth-fade": 0.75,
    "imports-share": 0.1,
    "smuggling-multiplier": 1.0,
}


def test_without_growth_each_year_adds_the_same():
    found = model.stocks(STEADY, 3)
    assert found["us"][0] == pytest.approx([10, 15, 20, 25])
    # 0.5 made, 10 % of 5 bought, and smuggled as in the last year: 0.5.
    assert found["china"][0] == pytest.approx([2, 3.5, 5, 6.5])


def test_the_us_stock_takes_no_assumption_about_china():
    names = ("us-stock", "us-added-share", "us-growth", "growth-fade")
    alone = model.us_stocks({name: STEADY[name] for name in names} | {"us-growth": 2.0}, 3)
    assert alone["us"] == pytest.approx(model.stocks({**STEADY, "us-growth": 2.0}, 3)["us"])


def test_growth_that_does_not_fade_compounds():
    found = model.stocks({**STEADY, "us-growth": 2.0, "growth-fade": 1.0}, 3)
    assert np.diff(found["us"][0]) == pytest.approx([10, 20, 40])


def test_growth_that_fades_at_once_is_none():
    found = model.stocks({**STEADY, "us-growth": 2.0, "growth-fade": 1e-9}, 3)
    assert np.diff(found["us"][0]) == pytest.approx([5, 5, 5])


def test_with_imports_alone_the_ratio_goes_to_the_inverse_of_their_share():
    imports = {"domestic-multiplier": 0.0, "smuggling-multiplier": 0.0, "imports-share": 0.25}
    found = model.stocks({**STEADY, **imports, "us-growth": 3.0, "growth-fade": 1.0}, 12)
    assert found["us"][0, -1] / found["china"][0, -1] == pytest.approx(4, rel=0.001)


def test_the_first_year_below_a_threshold_is_found_or_missing():
    ratio = np.array([[8, 5, 4, 3], [8, 7, 6, 5], [3, 5, 5, 5]])
    years = model.first_year(ratio, 4, 2025)
    assert years[0] == 2027 and np.isnan(years[1]) and years[2] == 2025


def test_all_scenarios_are_their_cases_one_below_the_other():
    given = assumptions.table()
    fans, passes = scenarios.run(given, 100)
    assert list(fans.groupby(["control", "domestic"], sort=False).groups) == list(scenarios.CASES)
    fan, passed = scenarios.case(given, "lifted", "doubled", 100)
    last = fans.query("control == 'lifted' and domestic == 'doubled'").reset_index(drop=True)
    pd.testing.assert_frame_equal(fan, last)
    assert list(passed["threshold"]) == list(scenarios.THRESHOLDS)
    assert set(passed["reached_share"]) <= set(passes["reached_share"])


def test_a_stock_below_all_us_ones_of_a_scenario_is_further_behind_than_it_is_long():
    given = assumptions.table()
    slow = given["assumption_id"] == "domestic-growth"
    given.loc[slow, ["value", "low", "high"]] = 1, np.nan, np.nan
    assert scenarios.clock_at_end(given, "tightened", "constrained", 200)[2] == np.inf


def test_the_clock_at_the_end_reads_the_middle_of_the_draws():
    median, low, high = scenarios.clock_at_end(assumptions.table(), "lifted", "pace", 2000)
    assert 0 < low < median < high < 12 * scenarios.YEARS


# The command line


def change(path, row: str, column: str, text: str):
    """A copy of the assumptions with one cell changed; `row` is the assumption's id."""
    frame = pd.read_csv(GIVEN, dtype=str, keep_default_na=False)
    number = frame.index[frame["assumption_id"] == row][0]
    frame.loc[number, column] = text
    frame.to_csv(path, index=False)
    return number + 2


def test_the_command_writes_tables_and_a_chart(tmp_path):
    command = [sys.executable, "-m", "computegap", GIVEN, "--out", tmp_path]
    done = subprocess.run(
        [*map(str, command), "--draws", "1000"], cwd=ROOT / "book", capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    written = {"lag.csv", "scenarios.csv", "scenarios.svg", "thresholds.csv"}
    assert {path.name for path in tmp_path.iterdir()} == written
    assert done.stderr == ""
    fans = pd.read_csv(tmp_path / "scenarios.csv")
    assert len(fans) == 9 * 3 * (scenarios.YEARS + 1)
    assert "<svg" in (tmp_path / "scenarios.svg").read_text(encoding="utf-8")


def test_a_changed_value_changes_the_result(tmp_path):
    change(tmp_path / "mine.csv", "halving-months", "value", "6")
    mine, book = (
        scenarios.lag_summary(assumptions.read(path), 10_000).set_index("quantity")
        for path in (tmp_path / "mine.csv", GIVEN)
    )
    assert mine.at["lag", "p50"] < book.at["lag", "p50"] - 0.5
    assert mine.at["hardware_lag", "p50"] == book.at["hardware_lag", "p50"]


def test_a_typed_value_goes_before_the_measure(tmp_path):
    change(tmp_path / "mine.csv", "domestic-added", "value", "2")
    rows = assumptions.read(tmp_path / "mine.csv").set_index("assumption_id")
    assert rows.at["domestic-added", "value"] == 2


@pytest.mark.parametrize(
    "row, column, text",
    [
        ("halving-months", "value", "eight"),
        ("halving-months", "value", "-1"),
        ("halving-months", "value", "23"),
        ("halving-months", "high", ""),
        ("halving-months", "level", ""),
        ("halving-months", "level", "95"),
        ("growth-fade", "value", ""),
        ("imports-share", "case", "loosened"),
        ("halving-months", "high", "INF"),
        ("halving-months", "high", "1e300"),
        ("halving-months", "value", "INF"),
        ("halving-months", "value", "0"),
        ("run-growth", "low", "1"),
        ("us-growth", "value", "1e-300"),
        ("us-stock", "value", "1e400"),
        ("china-stock", "value", "0"),
        ("other-china-share", "value", "1.5"),
    ],
)
def test_a_bad_cell_is_named_by_row_and_column(tmp_path, capsys, row, column, text):
    path = tmp_path / "mine.csv"
    number = change(path, row, column, text)
    assert main([str(path), "--out", str(tmp_path / "out")]) == 1
    message = capsys.readouterr().err
    assert f"row {number}, column {column}:" in message
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "option, text, expected",
    [
        ("--seed", "-1", "--seed: found -1, expected 0 or more"),
        ("--draws", "0", "--draws: found 0, expected 1 to 10,000,000"),
        ("--draws", "100000000000", "--draws: found 100000000000, expected 1 to 10,000,000"),
        ("--out", "/proc/none", "--out: /proc/none cannot be made: "),
    ],
)
def test_a_bad_option_is_named_before_anything_is_drawn(
    capsys, monkeypatch, option, text, expected
):
    monkeypatch.setattr(model, "draws", lambda *_: pytest.fail("something was drawn"))
    with pytest.raises(SystemExit) as ended:
        main([str(GIVEN), option, text])
    assert ended.value.code == 2
    assert expected in capsys.readouterr().err


def test_a_missing_row_and_an_unknown_one_are_named(tmp_path, capsys):
    path = tmp_path / "mine.csv"
    number = change(path, "us-growth", "assumption_id", "us-grwth")
    assert main([str(path)]) == 1
    message = capsys.readouterr().err
    assert "there is no row 'us-growth'" in message
    assert f"row {number}, column assumption_id: no model takes 'us-grwth'" in message


def test_a_missing_column_and_a_missing_file_are_named(tmp_path, capsys):
    path = tmp_path / "mine.csv"
    pd.read_csv(GIVEN, dtype=str, keep_default_na=False).drop(columns="level").to_csv(
        path, index=False
    )
    assert main([str(path)]) == 1
    assert "level" in capsys.readouterr().err
    assert main([str(tmp_path / "none.csv")]) == 1
    assert "no such file" in capsys.readouterr().err
