"""Tables of 2026: dates, intervals, quarters and totals say the same thing in every table.

Each check lists the offenders, since a wrong date or a swapped end changes a figure silently.
"""

import re
from collections import Counter

import evidence
import pandas as pd
import pytest
import vintage
from common import DerivationError
from computegap import tables
from computegap.quantities import frontier
from computegap.tables import load

COLLECTED = pd.Timestamp("2026-11-27")
NEW = sorted({**evidence.TABLES, **vintage.TABLES})
MODELS = [
    name for name in NEW if "release_date" in {f["name"] for f in tables.schema(name)["fields"]}
]
VINTAGES = frontier.eci_vintages()
MONTH = re.compile(r"\((Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* (\d{4})\)")
WHY = {
    "computed": "that a measure computes",
    "draft": "of a draft by an author who asks for patience",
    "elsewhere": "that stand in other tables",
    "grade D": "of grade D",
    "no address": "without a citable address",
    "no licence": "of a table without a licence",
    "not needed": "that no reader needs",
    "outdated": "that later reports overtook",
}


def contradicted(names: pd.Series, dates: pd.Series) -> list[tuple[str, str]]:
    """Models whose own name carries a month that their date is not in."""
    return [
        (name, f"{date:%Y-%m-%d}")
        for name, date in zip(names, dates, strict=True)
        if (month := MONTH.search(name)) and f"{date:%b %Y}" != " ".join(month.groups())
    ]


def test_a_date_outside_the_month_in_a_models_name_is_found():
    names = pd.Series(["GPT-4o (Nov 2024)", "Gemini 1.5 Pro (Sept 2024)", "o3"])
    dates = pd.Series(pd.to_datetime(["2024-05-13", "2024-09-24", "2024-12-20"]))
    assert contradicted(names, dates) == [("GPT-4o (Nov 2024)", "2024-05-13")]


@pytest.mark.parametrize("name", MODELS)
def test_a_month_in_a_models_name_and_its_release_date_agree(name):
    rows = load(name)
    assert contradicted(rows["model_name"], rows["release_date"]) == []


def two_dates(*tables: pd.DataFrame) -> dict[str, list[str]]:
    """Models with more than one release date in tables together, with the dates."""
    rows = pd.concat([table[["model_name", "release_date"]] for table in tables])
    dates = rows.groupby("model_name")["release_date"].unique()
    return {
        m: [f"{d:%Y-%m-%d}" for d in sorted(found)] for m, found in dates.items() if len(found) > 1
    }


def test_a_model_with_two_dates_is_found():
    """o3 at its announcement in one table and at its release in another, as it was."""
    days = pd.to_datetime(["2024-12-20", "2025-04-16"])
    tables = [pd.DataFrame({"model_name": ["o3"], "release_date": [day]}) for day in days]
    assert two_dates(*tables) == {"o3": ["2024-12-20", "2025-04-16"]}


def test_no_model_has_two_dates():
    """One release date a model: two of them moved the lag at the end of 2025 by four months."""
    assert two_dates(frontier.eci_scores(), *map(load, MODELS)) == {}


def test_a_model_whose_date_differs_between_vintages_has_its_date_settled():
    scores = load("capability_scores")
    today = frontier.eci_scores()["model_name"]
    dates = scores[scores["model_name"].isin(today)].groupby("model_name")["release_date"].nunique()
    settled = set(load("release_dates")["model_name"])
    assert sorted(set(dates[dates > 1].index) - settled) == []


@pytest.mark.parametrize("day", VINTAGES)
def test_a_month_in_a_models_name_and_its_date_agree_in_the_scores_as_used(day):
    rows = frontier.eci_scores(day)
    assert contradicted(rows["model_name"], rows["release_date"]) == []


def test_no_model_has_two_dates_in_the_scores_as_used():
    """An announcement for a release in one vintage made the lag at the end of 2025 12.4 months."""
    used = [frontier.eci_scores(day) for day in VINTAGES]
    assert two_dates(*used, load("release_dates")) == {}


@pytest.mark.parametrize("day", VINTAGES)
def test_each_date_that_is_not_the_publishers_has_a_reason_and_a_source(day):
    rows = frontier.eci_scores(day)
    mended = rows.loc[rows["release_date"] != rows["publisher_date"], "model_name"]
    assert len(mended) > 0
    reasons = load("release_dates").set_index("model_name")[["basis", "source_id"]].reindex(mended)
    assert list(reasons.index[reasons.isna().any(axis=1)]) == []


def test_the_release_of_o3_is_not_its_announcement():
    rows = frontier.eci_scores("2026-08-11").set_index("model_name").loc["o3"]
    assert rows["publisher_date"] == pd.Timestamp("2024-12-20")
    assert rows["release_date"] == pd.Timestamp("2025-04-16")


def test_an_announcement_comes_before_the_release():
    rows = load("release_dates").dropna(subset="announced_date")
    late = rows[rows["announced_date"] >= rows["release_date"]]
    assert list(late["model_name"]) == []


def ends(name: str) -> list[tuple[str, str | None, str]]:
    """Columns of low end, middle (where there is one) and high end of a table."""
    columns = [field["name"] for field in tables.schema(name)["fields"]]
    suffixes = [("_low", "_high"), ("_p5", "_p95"), ("_low_usd_billion", "_high_usd_billion")]
    return [
        (column, middle if (middle := column.removesuffix(low)) in columns else None, middle + high)
        for low, high in suffixes
        for column in columns
        if column.endswith(low)
    ]


@pytest.mark.parametrize("name", [name for name in NEW if ends(name)])
def test_intervals_are_ordered(name):
    rows = load(name)
    for low, middle, high in ends(name):
        wrong = rows[low] > rows[high]
        if middle:
            wrong |= (rows[low] > rows[middle]) | (rows[middle] > rows[high])
        assert rows[wrong].to_dict("records") == []


@pytest.mark.parametrize("name", [n for n in NEW if "quarter_end_date" in load(n)])
def test_quarters_end_on_the_last_day_of_a_quarter(name):
    days = load(name)["quarter_end_date"]
    assert list(days[~days.dt.is_quarter_end]) == []


@pytest.mark.parametrize("name", ["capex_2026", "capex_china"])
def test_a_period_that_is_named_as_a_quarter_ends_with_it(name):
    rows = load(name)
    quarters = rows[rows["period"].str.fullmatch(r"\d{4}Q[1-4]")]
    named = pd.PeriodIndex(quarters["period"], freq="Q").end_time.normalize()
    assert list(quarters.loc[quarters["period_end_date"] != named, "period"]) == []


@pytest.mark.parametrize("name", NEW)
def test_no_date_lies_after_the_day_on_which_the_data_were_collected(name):
    """The end of a period that is only planned may; a statement, an event or a release may not."""
    rows = load(name)
    late = {
        column: list(dates[dates > COLLECTED])
        for column in rows.columns[rows.columns.str.endswith("_date")]
        if column != "period_end_date"
        and (dates := pd.to_datetime(rows[column].dropna(), format="ISO8601")).gt(COLLECTED).any()
    }
    assert late == {}


@pytest.mark.parametrize("name", ["capex_2026", "capex_china"])
def test_only_what_is_planned_or_estimated_has_a_period_that_is_not_over(name):
    rows = load(name)
    basis = rows.get("basis", pd.Series("company", index=rows.index))
    late = rows[(rows["period_end_date"] > COLLECTED) & (basis == "company")]
    assert late.to_dict("records") == []


@pytest.mark.parametrize("name", NEW)
def test_each_row_names_a_source_of_the_table_of_sources(name):
    assert sorted(set(load(name)["source_id"]) - set(load("sources")["source_id"])) == []


@pytest.mark.parametrize("name", [n for n in NEW if "unit" in load(n)])
def test_a_share_lies_between_zero_and_one(name):
    rows = load(name).query("unit == 'share'")
    figures = rows[["value", "value_low", "value_high"]]
    assert rows[(figures > 1).any(axis=1)].to_dict("records") == []


def test_microsofts_quarters_add_up_to_the_fiscal_year_that_is_printed():
    spent = load("capex_2026").query("company == 'Microsoft'").set_index("period_kind")
    before = load("capex_quarterly").query("company == 'Microsoft'")
    three = before[before["quarter_end_date"] > "2025-06-30"]["capex_usd_billion"]
    assert len(three) == 3
    total = three.sum() + spent.at["quarter", "capex_usd_billion"]
    assert total == pytest.approx(spent.at["fiscal year", "capex_usd_billion"], abs=0.002)


def test_alibabas_known_quarters_leave_room_for_the_one_that_is_missing():
    """Its quarter to December 2025 is the fiscal year less three quarters: it must be possible."""
    rows = load("capex_china").set_index("figure_id")["capex_cny_billion"]
    known = rows[["alibaba-2025q2", "alibaba-2025q3", "alibaba-2026q1"]]
    missing = rows["alibaba-fy2026"] - known.sum()
    assert known.min() < missing < known.max()


def test_chips_sold_in_a_quarter_are_the_growth_of_those_sold_so_far():
    rows = load("chip_sales_quarterly").sort_values(["designer", "quarter_end_date"])
    growth = rows.groupby("designer")["cumulative_h100e"].diff()
    wrong = rows[growth.notna() & (growth.sub(rows["h100e"]).abs() > 1)]
    assert wrong.to_dict("records") == []


def test_what_designers_take_adds_up_to_the_packaging_that_is_supplied():
    wafers = load("chip_components").pivot(
        index="quarter_end_date", columns="designer", values="cowos_wafers"
    )
    rest = wafers["all supply"] - wafers.drop(columns="all supply").sum(axis=1)
    # Each of five parts is rounded to a wafer.
    assert list(rest.index[rest.abs() > 3]) == []


def test_a_continuation_contains_what_its_base_took():
    bases = load("training_compute").set_index("model_name")["training_compute_flop"]
    for row in load("model_continuations").itertuples():
        took = row.training_compute_flop * row.base_share
        assert took == pytest.approx(bases[row.base_model_name], rel=0.01), row.model_name


def test_models_added_in_2026_are_not_in_the_older_table():
    both = set(load("training_compute_2026")["model_name"]) & set(
        load("training_compute")["model_name"]
    )
    assert sorted(both) == []


def test_a_ceiling_that_is_only_talked_of_is_called_a_rumour():
    rows = load("capex_china").query("basis == 'press' and bound == 'at most'")
    assert len(rows) > 0
    assert rows["definition"].str.contains("rumour").all()


def test_what_unnamed_people_told_the_press_never_has_the_grade_of_a_primary_source():
    for name in (name for name in NEW if "basis" in load(name)):
        rows = load(name)
        wrong = rows[rows["basis"].isin(["reported", "press"]) & (rows["grade"] == "A")]
        assert wrong.to_dict("records") == [], name


def test_each_table_says_how_many_rows_it_leaves_out_and_why(descriptor):
    said = {resource["name"]: resource["derivation"] for resource in descriptor["resources"]}
    for name in evidence.TABLES:
        parts = ["power_energy", "power_capacity"] if name == "power" else [name]
        rows = pd.concat([evidence.table(part) for part in parts])
        left_out = Counter(rows["left_out"])
        kept = left_out.pop("", 0)
        if not left_out:
            continue
        assert f"{len(rows)} rows of evidence, {kept} taken" in said[name]
        for reason, count in left_out.items():
            assert f"{count} {WHY[reason]}" in said[name], (name, reason)


def written(folder, text: str):
    (folder / "new").mkdir()
    (folder / "new" / "smuggling.csv").write_text(text, encoding="utf-8")
    return folder


def test_evidence_that_was_revised_after_its_correction_is_refused(tmp_path):
    folder = written(tmp_path, "id,interval,grade\nSM001,80 %,B\n")
    with pytest.raises(DerivationError, match=r"correction of SM001, interval, expects '90 %'"):
        evidence.corrected(folder, "smuggling.csv", ["id"])


def test_a_row_of_evidence_that_is_neither_taken_nor_left_out_is_named(tmp_path, monkeypatch):
    nothing = pd.DataFrame(columns=["file", "id", "column", "printed", "corrected"], dtype=str)
    real = evidence.table
    monkeypatch.setattr(
        evidence, "table", lambda name: nothing if name in ("corrections", "added") else real(name)
    )
    ids = [*real("smuggling")["id"], "SM099"]
    folder = written(tmp_path, "id,grade,read_or_quoted\n" + "".join(f"{i},B,read\n" for i in ids))
    with pytest.raises(DerivationError, match=r"differ in their rows: \['SM099'\]"):
        evidence.chosen(folder, "smuggling", "smuggling.csv")


def test_a_percentage_becomes_a_share_and_other_numbers_keep_their_digits():
    assert evidence._number("22.6", percent=True) == "0.226"
    assert evidence._number("4.0") == "4"
    assert evidence._number("2900000") == "2900000"
    assert evidence._number("") is None
