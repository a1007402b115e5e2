"""Events of a page: a list by month, which a phone shows as well as a desktop."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from computegap import markup
from computegap.typography import typeset


class Listed:
    """Events as definition lists, one a month, newest last; as Markdown, for any builder."""

    def __init__(self, events: pd.DataFrame, links: Mapping[str, str]):
        self.events, self.links = events, links

    def __repr__(self) -> str:
        return repr(self.events[["event_date", "event"]])

    def _repr_markdown_(self) -> str:
        months = self.events.groupby(self.events["event_date"].str[:7], sort=True)
        parts = []
        for month, rows in months:
            parts.append(f"**{pd.Timestamp(month):%B %Y}**")
            parts += [self._row(row) for row in rows.itertuples()]
        return "\n\n".join(parts)

    def _row(self, row: Any) -> str:
        date = pd.Timestamp(row.event_date)
        day = f"{date.day} {date:%B}: " if len(row.event_date) > 7 else ""
        effect = f"*{row.effect.capitalize()}*: {self.links[row.finding]}."
        how = f"{markup.text(row.how)} {{cite}}`{row.source_id}`"
        return f"{day}{markup.text(in_words(row.event, row.value))}\n: {effect} {how}"


def in_words(event: str, value: float) -> str:
    """The sentence of an event, with its number in it."""
    return event.replace("{value}", "" if pd.isna(value) else typeset(f"{value:,.0f}"))


def listed(events: pd.DataFrame, links: Mapping[str, str]) -> Listed:
    """Rows of the table since_events, by month, each with its effect, its reason and its source.

    `links`: for each finding that a row names, the words and the link that stand for it, in
    Markdown. Raises `KeyError` for a finding without one.
    """
    missing = sorted(set(events["finding"]) - set(links))
    if missing:
        raise KeyError(f"no words for the findings {missing}")
    return Listed(events.sort_values(["event_date", "event_id"]), links)
