"""The sources as they are graded: what a reader may rely on, and what counts as one piece."""

import re

import pandas as pd
import pytest
from computegap import package
from computegap.tables import load

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")


@pytest.fixture(scope="module")
def sources() -> pd.DataFrame:
    return load("sources").set_index("source_id")


@pytest.fixture(scope="module")
def origins(sources) -> pd.Series:
    """What each source rests on, where that is known."""
    return sources["origin"].dropna()


def test_each_source_has_a_grade_and_a_reason_of_its_own_words(sources):
    assert set(sources["grade"]) == set("ABCD")
    reasons = sources["grade_reason"]
    assert reasons.str.fullmatch(r"[A-Z].{15,139}\.").all(), reasons[reasons.str.len() > 140]


def test_each_source_says_whether_it_was_opened(sources):
    assert sources["is_opened"].notna().all()


def test_what_is_graded_a_was_opened(sources):
    unread = sources[(sources["grade"] == "A") & ~sources["is_opened"]]
    assert list(unread.index) == []


def test_no_row_of_any_table_is_graded_a_without_having_been_opened():
    tables = {name: load(name) for name in package.resources() if name != "sources"}
    graded = {name: t for name, t in tables.items() if {"grade", "is_opened"} <= set(t.columns)}
    assert len(graded) > 15
    unread = {
        name: int((t["grade"].eq("A") & ~t["is_opened"].astype(bool)).sum())
        for name, t in graded.items()
    }
    assert {name: rows for name, rows in unread.items() if rows} == {}


def test_a_note_and_the_column_agree_on_whether_a_source_was_opened(sources):
    notes = sources["note"].fillna("")
    said_unread = notes.str.contains(r"(?:page|call|filing|release) itself (?:was )?not opened")
    assert not sources.loc[said_unread, "is_opened"].any()
    said_read = notes.str.contains("age text seen")
    assert sources.loc[said_read, "is_opened"].all()


def test_a_report_on_another_source_is_not_graded_a(sources):
    assert "A" not in set(sources.loc[sources["kind"] == "secondary", "grade"])


def test_a_primary_source_or_a_data_set_has_one_of_the_two_best_grades(sources):
    assert set(sources.loc[sources["kind"] != "secondary", "grade"]) == {"A", "B"}


def test_an_origin_is_a_source_of_the_table_or_a_short_name(sources, origins):
    unknown = [o for o in origins if o not in sources.index and not SLUG.fullmatch(o)]
    assert unknown == []


def test_a_short_name_is_no_misspelt_source(sources, origins):
    """One that holds a source's name whole would count apart what is one piece."""
    named = set(origins) - set(sources.index)
    near = {(o, s) for o in named for s in sources.index if o in s or s in o}
    assert near == set()


def test_no_chain_of_origins_is_a_circle(origins):
    for start in origins.index:
        seen, at = {start}, origins[start]
        while at in origins.index:
            assert at not in seen, f"{start} rests on itself by way of {at}"
            seen.add(at)
            at = origins[at]


def test_an_origin_of_the_table_rests_on_nothing_else(sources, origins):
    """So that one step leads from any copy to its origin."""
    inner = [o for o in set(origins) if o in sources.index and o in origins.index]
    assert inner == []


def test_a_copy_has_no_higher_grade_than_c_unless_its_reason_names_the_origin(sources, origins):
    for source_id, origin in origins.items():
        if origin in sources.index and sources.loc[source_id, "grade"] in "AB":
            assert origin in sources.loc[source_id, "grade_reason"], source_id


def test_a_copy_is_not_graded_above_its_origin_of_the_table(sources, origins):
    grades = sources["grade"]
    higher = [s for s, o in origins.items() if o in grades.index and grades[s] < grades[o]]
    assert higher == []


def test_the_pages_with_one_post_of_musk_have_one_origin(origins):
    shown = {"abz-xai", "negotiate-xai", "nextbigfuture-xai-7-models"}
    assert set(origins[origins == "musk-post-2026-04-08"].index) == shown


def test_what_rests_on_one_data_set_of_epoch_ai_is_one_piece(origins):
    shown = {
        "epoch-chip-owners-thread",
        "epoch-google-compute",
        "officechai-owners",
        "techmeme-google-25",
    }
    assert set(origins[origins == "epoch-chip-owners"].index) == shown


def test_a_source_without_a_named_original_or_standing_is_a_report(sources):
    assert set(sources.loc[sources["grade"] == "D", "kind"]) == {"secondary"}


def test_a_stored_copy_is_another_address_than_the_source(sources):
    kept = sources.dropna(subset=["archive_url"])
    assert (kept["archive_url"] != kept["url"]).all()
    assert kept["is_opened"].all()


def test_the_sources_are_in_order_of_their_names(sources):
    assert list(sources.index) == sorted(sources.index)
