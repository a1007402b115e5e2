"""The list of events: sentences with their numbers, by month, each with its effect and source."""

import pandas as pd
import pytest
from computegap.show import events
from computegap.tables import load

ROWS = pd.DataFrame(
    {
        "event_id": ["b", "a"],
        "event_date": ["2026-08", "2026-07-02"],
        "event": ["A firm rents {value} chips.", "A rule *starts*."],
        "value": [100_000, None],
        "finding": ["ratio", "ratio"],
        "effect": ["weakens", "leaves open"],
        "how": ["No table counts them.", "Nothing came of it."],
        "source_id": ["x", "y"],
    }
)
LINKS = {"ratio": "the ratio"}


def test_events_stand_by_month_each_with_its_day_effect_and_source():
    assert events.listed(ROWS, LINKS)._repr_markdown_().split("\n\n") == [
        "**July 2026**",
        "2 July: A rule \\*starts\\*.\n: *Leaves open*: the ratio. Nothing came of it. {cite}`y`",
        "**August 2026**",
        "A firm rents 100,000 chips.\n: *Weakens*: the ratio. No table counts them. {cite}`x`",
    ]


def test_a_finding_without_words_is_named():
    with pytest.raises(KeyError, match="ratio"):
        events.listed(ROWS, {})


def test_an_event_of_the_table_holds_its_number_where_it_has_one():
    rows = load("since_events")
    has_place = rows["event"].str.contains("{value}", regex=False)
    assert list(rows.loc[has_place != rows["value"].notna(), "event_id"]) == []
