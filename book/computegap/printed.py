"""A fact as a page prints it, and when two values of a fact agree.

The build prints with it, and a reader's browser that runs the chapters (book/_browser) compares
with it. Imports nothing heavy.
"""

import datetime as dt
import math

from computegap.typography import typeset
from computegap.verdicts import likelihood

# Two values of a number agree within this part of the larger one: libraries of other versions, and
# machines of other kinds, differ in the last digits.
TOLERANCE = 1e-6


def agrees(one: object, other: object) -> bool:
    """Whether two values of a fact are the same: numbers within `TOLERANCE`, all else exactly."""
    if _is_number(one) and _is_number(other):
        return math.isclose(one, other, rel_tol=TOLERANCE)  # type: ignore[arg-type]
    return type(one) is type(other) and one == other


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def formatted(payload: dict, spec: str) -> str:
    """The value in the format asked for; a float without one would print all its digits.

    Raises `ValueError` for a format that does not fit.
    """
    value = payload["value"]
    if spec == "likely":
        return _in_words(payload)
    if payload["type"] == "date":
        return english_date(dt.date.fromisoformat(value), spec)
    if payload["type"] == "float" and not spec:
        raise ValueError("a float needs a format, such as .1f")
    text = format(value, spec)
    return typeset(text) if payload["type"] in ("int", "float") else text


def _in_words(payload: dict) -> str:
    """The IPCC's word for a probability."""
    value = payload["value"]
    if payload["type"] != "float" or not 0 <= value <= 1:
        raise ValueError(f"expected a probability from 0 to 1, found {value!r}")
    return likelihood(value)


def english_date(date: dt.date, spec: str) -> str:
    return date.strftime(spec) if spec else f"{date.day} {date:%B %Y}"


def value_with_unit(payload: dict) -> str:
    """The value to six digits with its unit."""
    text = f"{payload['value']:,.6g}" if payload["type"] == "float" else str(payload["value"])
    number = typeset(text) if payload["type"] in ("int", "float") else text
    return f"{number} {payload['unit']}".strip()
