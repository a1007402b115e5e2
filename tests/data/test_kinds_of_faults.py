"""Kinds of faults that inputs of this book have had; each check is shown to find the old fault.

A model with two dates and a month in a name are in test_tables_2026.py.
"""

import re

import pandas as pd
import pytest
import vintage
from common import DerivationError
from computegap import lag
from computegap.quantities import balance, frontier, runs, stocks
from computegap.tables import load
from conftest import ROOT

# The day of a download


def later_than_their_download(rows: pd.DataFrame) -> list[str]:
    """Models that a vintage dates after the day on which it was taken."""
    return sorted(rows.loc[rows["release_date"] > rows["vintage_date"], "model_name"])


def test_no_score_is_of_a_model_that_came_after_the_download():
    assert later_than_their_download(load("capability_scores")) == []


def test_a_newer_download_under_the_old_day_is_found():
    rows = frontier.eci_scores("2026-09-25").assign(vintage_date=pd.Timestamp("2026-08-11"))
    assert "GPT-6 Astra" in later_than_their_download(rows)


def downloads(folder, date: str):
    """A folder with the newest file of scores, of one model with this date."""
    newest = vintage.score_vintages().iloc[-1]
    path = folder / newest["file"]
    path.parent.mkdir(parents=True)
    path.write_text(
        "model,organization,country,date,eci,eci_ci_low,eci_ci_high,access_group\n"
        f"Qwen9,Alibaba,China,{date},150,148,152,Open weights\n",
        encoding="utf-8",
    )
    return folder


def test_a_newer_file_under_the_old_day_is_refused(tmp_path, monkeypatch):
    import models

    newest = models.score_vintages().tail(1)
    monkeypatch.setattr(models, "score_vintages", lambda: newest)
    expected = r"'Qwen9' is dated 2026-12-09, expected none after the download of 2026-09-25"
    with pytest.raises(DerivationError, match=expected):
        models.capability_scores(downloads(tmp_path / "late", "2026-12-09"))
    rows = models.capability_scores(downloads(tmp_path / "good", "2026-09-09"))
    assert list(rows["vintage_date"]) == ["2026-09-25"]


def test_the_day_of_a_download_stands_with_its_file_and_nowhere_in_words():
    """A chapter quotes it; a typed day would stay behind when a newer file comes."""
    days = vintage.score_vintages()["vintage_date"]
    assert list(days) == frontier.eci_vintages()
    typed = re.compile("|".join(f"{pd.Timestamp(day):%d %B %Y}|{day}" for day in days))
    found = [
        f"{path.name}: {line.strip()}"
        for path in sorted((ROOT / "book").glob("*.md"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if typed.search(line)
    ]
    assert found == []


def test_the_source_of_the_newest_scores_has_their_day():
    newest = vintage.score_vintages().iloc[-1]
    published = load("sources").set_index("source_id")["published_date"]
    assert published[newest["source_id"]] == newest["vintage_date"]


# Series that begin before all of their parts


OWNERS = """
Google,Nvidia,2023-12-31,100
Google,Nvidia,2024-03-31,200
Google,Google,2024-03-31,50
China,Nvidia,2023-12-31,10
China,Nvidia,2024-03-31,20
China,Huawei,2024-06-30,30
China,AMD,2024-09-30,0.1
Google,Nvidia,2024-06-30,300
Google,Nvidia,2024-09-30,400
Google,Google,2024-09-30,80
China,Nvidia,2024-09-30,40
China,Huawei,2024-09-30,60
Other,AMD,2024-09-30,500
"""


def owners(text: str) -> pd.DataFrame:
    rows = [line.split(",") for line in text.strip().splitlines()]
    made = pd.DataFrame(rows, columns=["owner", "designer", "quarter_end_date", "h100e"])
    made["quarter_end_date"] = pd.to_datetime(made["quarter_end_date"])
    return made.astype({"h100e": float})


def test_a_trend_of_stocks_begins_when_the_last_large_part_has_entered(monkeypatch):
    """Huawei enters in June; a part of a thousandth, and other countries, hold nothing up."""
    monkeypatch.setattr(stocks, "load", lambda name: owners(OWNERS))
    assert stocks.first_whole_quarter() == pd.Timestamp("2024-06-30")


def test_the_clock_of_chips_looks_back_no_further_than_the_first_whole_quarter():
    """From 2022 on the ratio said which parts were counted: 3.8 to 1, A100s alone."""
    start = stocks.first_whole_quarter()
    assert start == pd.Timestamp("2024-03-31")
    held = load("chip_owners").query("h100e > 0").groupby(["owner", "designer"])["quarter_end_date"]
    late = held.min()[lambda first: first > load("chip_owners")["quarter_end_date"].min()]
    assert ("China", "Huawei") in late.index
    assert ("China (smuggled)", "Nvidia") in late.index
    assert balance.ratio_history().index.min() == start
    # What the clock of chips looks back to lies within the data that have all parts.
    months = stocks.hardware_clock(smuggled=True)["months"].iloc[-1]
    assert stocks.latest_quarter() - pd.Timedelta(days=months * 365.25 / 12) > start


# Runs from scratch


def continuations(rows: pd.DataFrame) -> list[str]:
    """Models among runs from scratch that were trained on from another firm's."""
    return sorted(set(rows["model_name"]) & set(load("model_continuations")["model_name"]))


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(runs.from_scratch, id="all"),
        pytest.param(runs.large_runs, id="large"),
        pytest.param(lambda: runs.record_runs("United States", "2026"), id="records"),
    ],
)
def test_no_continuation_stands_among_runs_from_scratch(rows):
    assert continuations(rows()) == []


def test_a_continuation_among_runs_is_found():
    """Composer 2 and 2.5 stood among US runs of 1e25 FLOP or more."""
    assert continuations(load("training_compute")) == ["Composer 2", "Composer 2.5"]


# Models that nobody could use


def unusable(country: str, on: str, pauses: pd.DataFrame) -> list[str]:
    """Models that a frontier of a day would count although they were off."""
    day = pd.Timestamp(on)
    off = load("model_pauses").query("from_date <= @day <= to_date")["model_name"]
    counted = lag.models(frontier.eci_scores(), country, day, pauses).name
    return sorted(set(counted) & set(off))


def test_a_frontier_counts_no_model_that_was_off_on_the_day():
    pauses = load("model_pauses")
    assert unusable("United States", "2026-06-22", pauses) == []
    assert unusable("United States", "2026-06-22", pauses.iloc[:0]) == ["Claude Fable 5"]
    off = load("model_pauses")
    for row in off.itertuples():
        best = frontier.eci_best("United States", row.from_date)
        assert best["model_name"] != row.model_name


def test_a_pause_lies_after_the_release_and_ends_after_it_began():
    released = frontier.eci_scores().set_index("model_name")["release_date"]
    rows = load("model_pauses")
    assert (rows["from_date"] > released[rows["model_name"]].to_numpy()).all()
    assert (rows["to_date"].isna() | (rows["to_date"] >= rows["from_date"])).all()


# What is counted, and where


def silent_about(descriptions: dict[str, str], needed: dict[str, str]) -> list[str]:
    """Tables whose description does not say what `needed` asks for."""
    return sorted(
        name for name, words in needed.items() if not re.search(words, descriptions[name])
    )


COVERAGE = {
    "capability_scores": "no score",
    "chip_owners": "not counted",
    "nvidia_revenue": "seat",
}


def test_each_table_says_what_it_leaves_out(descriptor):
    """Stocks without T-Head and Kunlunxin were read as China's; revenue by seat as by place."""
    said = {one["name"]: one["description"] for one in descriptor["resources"]}
    assert silent_about(said, COVERAGE) == []


def test_a_table_that_is_silent_about_what_it_leaves_out_is_named():
    said = dict.fromkeys(COVERAGE, "no score; not counted") | {
        "nvidia_revenue": "Revenue by region."
    }
    assert silent_about(said, COVERAGE) == ["nvidia_revenue"]
