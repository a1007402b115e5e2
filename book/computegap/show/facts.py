"""Facts: numbers that prose quotes, stated once, in the cell that computes them."""

import datetime as dt
import math
import numbers
import re
from collections.abc import Sequence
from typing import Any

import pandas as pd
from IPython import get_ipython
from IPython.display import display

from computegap import lineage, quantities
from computegap.contract import FACT_MIME, GLUE, OWN
from computegap.package import is_source, resources

_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class FactError(ValueError):
    """A fact has a value, key or source that prose cannot quote."""


def fact(key: str, value: Any, unit: str, source: str | Sequence[str] = ()) -> None:
    """State a number (or name, or date) once, so that any page can quote it as {fact}`key:format`.

    `key`: lower-case words joined by hyphens, unique in the book.
    `value`: a triple of value, low and high states `key`, `key-low` and `key-high`, a pair of low
    and high the last two.
    `unit`: in words ("USD billion", "months", "share", "ratio"); names and dates may leave it "".
    `source`: only where the value did not come through a table: ids of data/sources.csv, or
    "this-book" for what the book sets itself. Tables and quantities are not typed, they are what
    the value came through (lineage.py).
    Raises `FactError` for NaN, infinity, booleans, frames, missing values, unknown sources, a
    table that the value did not come through, and a value that came from nowhere.
    """
    trail = lineage.trail_of(value)
    if isinstance(value, tuple) and len(value) in (2, 3):
        for end, part in zip(("", "-low", "-high")[-len(value) :], value, strict=True):
            _state(key + end, part, unit, source, lineage.trail_of(part) or trail)
    else:
        _state(key, value, unit, source, trail)


def _state(
    key: str, value: Any, unit: str, source: str | Sequence[str], trail: lineage.Trail | None
) -> None:
    if not _KEY.fullmatch(key):
        raise FactError(f"fact key {key!r}: expected lower-case words joined by hyphens")
    plain = _plain(key, value)
    if not unit and isinstance(plain, int | float):
        raise FactError(f"fact {key!r}: a number needs a unit, in words")
    sources = [source] if isinstance(source, str) else list(source)
    _check_sources(key, sources, trail)
    stated = plain.isoformat() if isinstance(plain, dt.date) else plain
    payload = {
        "value": stated,
        "type": "date" if isinstance(plain, dt.date) else type(plain).__name__,
        "unit": unit,
        "source": sorted({*sources, *(trail.tables if trail else ())}),
        # What each quantity says of itself; None where nobody watched: unknown, and not none.
        "measures": _summaries(trail.quantities) if trail else None,
        # Lets the book link a quoted number to the cell that states it.
        "cell": running_cell(),
    }
    display(
        {GLUE + FACT_MIME: payload},
        raw=True,
        metadata={"scrapbook": {"name": key, "mime_prefix": GLUE}},
    )


def running_cell() -> int | None:
    """The number of the running cell; nothing outside IPython.

    `In` holds the running cell last. The shell's own count is no help: some versions of IPython
    raise it before a cell runs, others after.
    """
    shell = get_ipython()
    return len(shell.user_ns["In"]) - 1 if shell else None


def _plain(key: str, value: Any) -> Any:
    """A Python int, float, str or date; NumPy and pandas scalars are unwrapped."""
    if pd.api.types.is_scalar(value) and pd.isna(value):
        raise FactError(f"fact {key!r}: the value is missing, and must not be quoted")
    if hasattr(value, "item") and getattr(value, "ndim", 0) == 0:
        value = value.item()
    if isinstance(value, dt.datetime):
        value = value.date()
    if isinstance(value, bool) or not isinstance(value, numbers.Real | str | dt.date):
        raise FactError(f"fact {key!r}: {value!r} is no number, name or date")
    if isinstance(value, numbers.Real) and not math.isfinite(value):
        raise FactError(f"fact {key!r}: {value} is not finite")
    return value


def _check_sources(key: str, sources: list[str], trail: lineage.Trail | None) -> None:
    unknown = [one for one in sources if one != OWN and not is_source(one)]
    if unknown:
        raise FactError(
            f"fact {key!r}: unknown source {unknown}; "
            "name a table of data/datapackage.json or a source_id of data/sources.csv"
        )
    if trail is None:
        return
    never = [one for one in sources if one in resources() and one not in trail.tables]
    if never:
        raise FactError(f"fact {key!r}: its value did not come through the table {never}")
    if not sources and not trail.tables:
        raise FactError(f"fact {key!r}: its value came through no table; name its source")


def _summaries(names: frozenset[str]) -> dict[str, str]:
    """The first line of what each quantity says of itself."""
    return {name: quantities.entered(name).summary for name in sorted(names)}


# A notebook that states facts is watched from its next cell on, so that they know their trails.
lineage.watch()
