"""Conditions: what a sentence of the page says of the data, checked beside the numbers."""

import numbers
from typing import Any

import numpy as np
import pandas as pd
from IPython.display import display

from computegap import lineage
from computegap.contract import CONDITION_MIME, GLUE
from computegap.show.facts import running_cell

_count = 0


def holds(words: str, condition: Any, text: str = "") -> None:
    """Say that a sentence of this page stands as long as a condition does.

    `words`: some words of that sentence or caption, as the page prints them, without a number in
    between; `condition`: true or false, or a frame or series of such, all of which must be true.
    `text` is the condition as it is written, which a watched notebook fills in.
    A condition that fails raises nothing, so that a build can report all of them at once, with
    file, line, words, condition and values; outside a build it is printed.
    """
    global _count
    _count += 1
    is_true = bool(np.all(condition))
    sides = {side: said for side, value in lineage.take_sides().items() if (said := _said(value))}
    payload = {"words": words, "holds": is_true, "condition": text, "values": sides}
    data: dict[str, Any] = {GLUE + CONDITION_MIME: payload | {"cell": running_cell()}}
    if not is_true:
        data["text/plain"] = f"No longer holds: {words!r} ({text}; {in_words(sides)})"
    name = f"condition-{_count}"
    display(data, raw=True, metadata={"scrapbook": {"name": name, "mime_prefix": GLUE}})


def in_words(sides: dict[str, str]) -> str:
    """The sides of a condition with their values, as a report has them."""
    return ", ".join(f"{side} is {value}" for side, value in sides.items())


def _said(value: Any) -> str:
    """A value in a few words; nothing of what has no short form."""
    if isinstance(value, pd.Series | np.ndarray) and np.size(value):
        low, high = _said(np.min(value)), _said(np.max(value))
        return low if low == high else f"{low} to {high}"
    if isinstance(value, bool | np.bool_ | str):
        return str(value)
    if isinstance(value, numbers.Real):
        return f"{float(value):.6g}"
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, list | tuple | set | frozenset) and len(value) <= 5:
        return ", ".join(map(str, sorted(map(str, value)) if isinstance(value, set) else value))
    return ""
