"""The gap over time, coverage, currencies and worth, recomputed from the rows of the tables.

Reference values come from plain CSV and arithmetic and from nothing of the package.
"""

import csv
import math
from collections import defaultdict

import pytest
from computegap.quantities import balance, sites, spending, stocks
from conftest import ROOT

US = ("Amazon", "CoreWeave", "Google", "Meta", "Microsoft", "Oracle", "xAI")
LAST, FIRST = "2025-12-31", "2024-03-31"


def rows(table: str, **equal: str) -> list[dict[str, str]]:
    """The rows of a table, those alone whose columns are equal to what is asked."""
    with open(ROOT / "data" / f"{table}.csv", encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    return [row for row in found if all(row[column] == value for column, value in equal.items())]


def held(owners: tuple[str, ...], day: str, column: str = "h100e") -> float:
    """What some owners hold on a day; where a range has no end, its median."""
    return sum(
        float(row[column] or row["h100e"])
        for row in rows("chip_owners", quarter_end_date=day)
        if row["owner"] in owners
    )


def ratio(day: str, column: str = "h100e") -> float:
    """US over China with smuggled chips, these at one point of their range."""
    return held(US, day) / (held(("China",), day) + held(("China (smuggled)",), day, column))


# Over time


def test_the_ratio_of_each_quarter_is_that_of_the_rows():
    history = balance.ratio_history()
    assert f"{history.index[0]:%Y-%m-%d}" == FIRST
    assert len(history) == 8
    for day, row in history.iterrows():
        name = f"{day:%Y-%m-%d}"
        # More smuggled chips, a smaller ratio: the upper percentile is the low end.
        expected = [ratio(name), ratio(name, "h100e_p95"), ratio(name, "h100e_p5")]
        assert list(row) == pytest.approx(expected)


def test_before_the_first_quarter_parts_are_missing_and_from_it_none_begins():
    begins = defaultdict(lambda: "9999")
    for row in rows("chip_owners"):
        part = row["owner"], row["designer"]
        if row["owner"] != "Other" and float(row["h100e"]) > 0:
            begins[part] = min(begins[part], row["quarter_end_date"])
    large = {
        part
        for part in begins
        if held((part[0],), LAST) and sum_of(part) > 0.02 * held(("China",), LAST)
    }
    late = {part for part in large if begins[part] == FIRST}
    assert {("China", "Huawei"), ("China (smuggled)", "Nvidia"), ("Amazon", "Amazon")} <= late
    # What enters later was not sold, or not owned, before.
    assert {part for part in large if begins[part] > FIRST} <= {
        ("China", "Cambricon"),
        ("CoreWeave", "Nvidia"),
        ("Oracle", "AMD"),
        ("Meta", "AMD"),
        ("Microsoft", "AMD"),
        ("xAI", "Nvidia"),
    }


def sum_of(part: tuple[str, str]) -> float:
    owner, designer = part
    found = rows("chip_owners", owner=owner, designer=designer, quarter_end_date=LAST)
    return sum(float(row["h100e"]) for row in found)


def test_the_growth_takes_the_same_share_of_smuggled_chips_at_both_ends():
    growth = balance.ratio_growth()
    ends = ("h100e", "h100e_p95", "h100e_p5")
    assert growth == pytest.approx([ratio(LAST, end) / ratio(FIRST, end) for end in ends])
    assert growth == pytest.approx((1.50, 1.16, 1.77), abs=0.005)


def test_the_first_ratio_and_that_of_a_year_before_lie_in_the_last_range():
    low, high = ratio(LAST, "h100e_p95"), ratio(LAST, "h100e_p5")
    assert low < ratio(FIRST) < ratio("2024-12-31") < high


# What is not counted


def idc(vendor: str) -> float:
    found = rows("market_shares", publisher="IDC", period="2025", vendor=vendor)
    return float(found[0]["units"])


def chinese_cards() -> float:
    return idc("Chinese vendors") - idc("Huawei") - idc("Cambricon")


def nvidia_cards() -> float:
    bought = sum(
        float(row["units"])
        for row in rows("china_compute_flows", designer="Nvidia")
        if row["quarter_end_date"].startswith("2025")
    )
    smuggled = [
        float(rows("chip_owners", owner="China (smuggled)", quarter_end_date=day)[0]["units"])
        for day in ("2024-12-31", LAST)
    ]
    return idc("Nvidia") - bought - (smuggled[1] - smuggled[0])


def with_more(h100e: float) -> float:
    return held(US, LAST) / (held(("China", "China (smuggled)"), LAST) + h100e)


def test_cards_that_are_not_counted_are_those_of_idc_less_those_of_the_owners_data():
    assert balance.uncounted_chinese_cards() == pytest.approx(chinese_cards() / 1e6)
    assert balance.uncounted_nvidia_cards() == pytest.approx(nvidia_cards() / 1e6)


def test_the_ratio_over_what_is_not_counted_in_china():
    worth = {row["assumption_id"]: row for row in rows("assumptions", used_in="coverage")}
    chinese, nvidia = worth["uncounted-chinese-card"], worth["uncounted-nvidia-card"]
    more = {
        end: (chinese_cards() * float(chinese[end]), nvidia_cards() * float(nvidia[end]))
        for end in ("low", "high")
    }
    expected = with_more(more["high"][0]), with_more(more["low"][0])
    assert balance.ratio_with_chinese_cards() == pytest.approx(expected)
    assert expected == pytest.approx((7.7, 8.3), abs=0.05)
    expected = with_more(more["high"][1]), with_more(more["low"][1])
    assert balance.ratio_with_nvidia_cards() == pytest.approx(expected)
    assert expected == pytest.approx((7.8, 8.3), abs=0.05)
    assert balance.ratio_with_all_cards() == pytest.approx(with_more(sum(more["high"])))


def test_the_ratio_over_owners_that_are_not_named():
    us, china = held(US, LAST), held(("China", "China (smuggled)"), LAST)
    other = held(("Other",), LAST)
    expected = us / (china + other / 10), (us + other / 2) / china
    assert balance.ratio_with_other_owners() == pytest.approx(expected)
    assert expected == pytest.approx((7.3, 9.6), abs=0.05)
    assert balance.ratio_with_all_other_owners() == pytest.approx((us + other) / china)


# Currencies


def units(owners: tuple[str, ...]) -> float:
    found = rows("chip_owners", quarter_end_date=LAST)
    return sum(float(row["units"]) for row in found if row["owner"] in owners)


def test_the_gap_in_numbers_of_chips():
    us, china = units(US), units(("China", "China (smuggled)"))
    h20 = float(rows("chip_types_held", owner="China", chip_type="H20")[0]["units"])
    assert balance.chip_count_ratio() == pytest.approx(us / china) == pytest.approx(4.08, abs=0.01)
    assert balance.chip_count_ratio(("H20",)) == pytest.approx(us / (china - h20))
    every = us / (china + nvidia_cards() + chinese_cards())
    assert balance.chip_count_ratio_with_idc() == pytest.approx(every)
    assert balance.chip_count_ratio_with_idc(nvidia_alone=True) == pytest.approx(
        us / (china + nvidia_cards())
    )
    assert 2.5 < every < 3


def test_high_end_chips_are_those_worth_a_part_of_an_h100():
    strong = {"H100/H200", "B200", "B300", "TPU v6e", "TPU v7", "Trainium2", "Ascend 910C", "H800"}
    strong |= {f"Instinct MI3{model}" for model in ("00X", "25X", "50X", "55X")}
    us, china = 0.0, units(("China (smuggled)",))
    for row in rows("chip_types_held"):
        if row["chip_type"] in strong and row["owner"] == "China":
            china += float(row["units"])
        elif row["chip_type"] in strong and row["owner"] in US:
            us += float(row["units"])
    half = balance.high_end_chip_ratio(0.5)
    assert half == pytest.approx(us / china) == pytest.approx(8.65, abs=0.01)
    assert balance.high_end_chip_ratio(0.75) == pytest.approx(7.51, abs=0.01)
    # A 910C counts no more where four fifths of an H100 are asked for.
    assert balance.high_end_chip_ratio(0.8) == pytest.approx(15.9, abs=0.05)
    assert balance.high_end_chip_range() == pytest.approx((7.51, 15.91), abs=0.01)


def test_chips_by_type_add_up_to_those_by_designer():
    of_types = defaultdict(float)
    for row in rows("chip_types_held"):
        of_types[row["owner"], row["designer"]] += float(row["h100e"])
    for (owner, designer), compute in of_types.items():
        found = rows("chip_owners", owner=owner, designer=designer, quarter_end_date=LAST)
        # Medians of parts do not add up to the median of the whole.
        assert compute == pytest.approx(float(found[0]["h100e"]), rel=0.02), (owner, designer)


def test_the_gap_in_memory_bandwidth():
    us, china = {}, {}
    for end in ("low", "high"):
        each = f"memory_bandwidth_tb_s_{end}"
        sums = defaultdict(float)
        for row in rows("chip_types_held"):
            side = "us" if row["owner"] in US else row["owner"]
            sums[side] += float(row["units"]) * float(row[each] or 0)
        us[end], china[end] = sums["us"], sums["China"]
    smuggled = held(("China (smuggled)",), LAST)
    # B200: 7.7 TB/s and 2.524 H100 equivalents; H200: 4.8 TB/s and one.
    low, high = balance.bandwidth_ratio()
    assert low == pytest.approx(us["low"] / (china["high"] + smuggled * 4.8), rel=0.001)
    assert high == pytest.approx(us["high"] / (china["low"] + smuggled * 7.7 / 2.5258), rel=0.002)
    assert balance.h20_by_arithmetic() == pytest.approx(0.2228, abs=0.0001)
    assert balance.h20_by_bandwidth() == pytest.approx(1.489899 * 4.0 / 3.35, abs=0.001)


def test_the_gap_in_money_by_quarter():
    dollars = defaultdict(float)
    for row in rows("capex_quarterly"):
        dollars[row["quarter_end_date"]] += float(row["capex_usd_billion"])
    rates = defaultdict(list)
    for row in rows("exchange_rates", pair="CNY per USD"):
        year, month, _ = row["rate_date"].split("-")
        rates[year, (int(month) - 1) // 3].append(float(row["rate"]))
    mean = {quarter: sum(found) / len(found) for quarter, found in rates.items()}
    # Alibaba and Tencent, billion yuan, as their reports have them.
    expected = {
        "2025-06-30": dollars["2025-06-30"] / ((38.676 + 19.107) / 7.1756),
        "2025-09-30": dollars["2025-09-30"] / ((31.5 + 12.98) / mean["2025", 2]),
        "2026-03-31": dollars["2026-03-31"] / ((26.9 + 31.936) / mean["2026", 0]),
    }
    found = spending.capex_ratio_by_quarter()
    assert {f"{day:%Y-%m-%d}": ratio for day, ratio in found["ratio"].items()} == pytest.approx(
        expected
    )
    assert list(expected.values()) == pytest.approx([11.0, 15.7, 15.3], abs=0.05)
    three = dollars["2026-03-31"] / ((26.9 + 31.936 + 200 / 4) / mean["2026", 0])
    assert found["ratio_with_bytedance"].iloc[-1] == pytest.approx(three)


def test_quarters_without_a_source_for_both_chinese_firms_are_left_out():
    have = defaultdict(set)
    for row in rows("capex_china", basis="company"):
        if "Q" in row["period"] and row["definition"] == "as the company defines it":
            have[row["period_end_date"]].add(row["company"])
    both = {day for day, firms in have.items() if firms == {"Alibaba", "Tencent"}}
    assert {f"{day:%Y-%m-%d}" for day in spending.capex_ratio_by_quarter().index} == both


# Worth


def months(pace: float) -> float:
    return 12 * math.log(ratio(LAST)) / math.log(pace)


def test_what_the_ratio_is_worth_at_published_rates():
    stock_growth = held(US, LAST) / held(US, "2024-12-31")
    for growth, pace in (("runs", 4.5), ("stocks", stock_growth)):
        for methods in (1, 2 ** (12 / 8), 5, 10):
            assert balance.worth_in_months(methods, growth) == pytest.approx(months(pace * methods))
    assert months(4.5 * 5) == pytest.approx(8.3, abs=0.05)
    assert months(4.5 * 10) == pytest.approx(6.8, abs=0.05)
    assert months(stock_growth * 10) == pytest.approx(7.4, abs=0.05)
    assert months(4.5 * 2**1.5) == pytest.approx(10.2, abs=0.05)
    assert months(stock_growth * 2**1.5) == pytest.approx(11.6, abs=0.05)


def test_published_rates_are_factors_a_year_with_the_slow_end_first():
    rates = balance.methods_rates()
    assert list(rates.loc["ho-2024"]) == pytest.approx([2**1.5, 2 ** (12 / 22), 2**6])
    assert list(rates.loc["epoch-2026"]) == [10, 2, 50]


def test_the_window_of_what_the_ratio_is_worth_is_that_of_the_widest_interval():
    stock_growth = held(US, LAST) / held(US, "2024-12-31")
    slow, fast = 2 ** (12 / 22), 2**6
    assert balance.worth_range() == pytest.approx((months(4.5 * fast), months(stock_growth * slow)))


# What scenarios take from tables


def test_imports_before_the_rules_have_the_range_of_their_quarters():
    days = ["2022-03-31", "2022-06-30", "2022-09-30", "2022-12-31"]
    days += ["2023-03-31", "2023-06-30", "2023-09-30"]
    bought = [
        sum(
            float(row["h100e"])
            for row in rows("chip_owners", owner="China", quarter_end_date=day)
            if row["designer"] in ("Nvidia", "AMD")
        )
        for day in days
    ]
    us = [held(US, day) for day in days]
    shares = [(bought[i + 1] - bought[i]) / (us[i + 1] - us[i]) for i in range(len(days) - 1)]
    value = (bought[-1] - bought[0]) / (us[-1] - us[0])
    found = stocks.imports_share_before_controls()
    assert found == pytest.approx((value, min(shares), max(shares)))


def test_bounds_of_supply_rent_and_power_are_those_of_their_rows():
    assert stocks.domestic_growth_by_supply() == pytest.approx(
        (math.sqrt(80 / 45), 300 / 805, 600 / 300)
    )
    b300 = rows("chip_types_held", chip_type="B300")
    each = sum(float(row["h100e"]) for row in b300) / sum(float(row["units"]) for row in b300)
    named = 36_000 + 2_304 + 15_000
    assert stocks.rented_abroad() == pytest.approx(
        [chips * each / 1e6 for chips in (named + 250_000, named, 914_427)]
    )
    low, high = 426_000 / 8766, 327 * held(US, LAST) / sum_of_world()
    assert sites.us_ai_power() == pytest.approx((math.sqrt(low * high), low, high))
    assert sites.nvidia_sales_growth() == pytest.approx(
        (3_389_141 + 3_938_685) / (1_693_785 + 1_899_552)
    )
    value, least, most = sites.power_per_compute()
    assert value == pytest.approx((12_509 - 5_722) / (20_987_084 - 8_317_762) * 1000)
    assert least <= value <= most


def sum_of_world() -> float:
    return sum(float(row["h100e"]) for row in rows("chip_owners", quarter_end_date=LAST))
