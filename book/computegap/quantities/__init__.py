"""Named quantities: what is computed from the tables, one short function each, a room a subject.

A row of data/evidence.csv, yardsticks.csv or assumptions.csv names a quantity; `named` finds it.
Data flow in one direction: tables know nothing of quantities, and these nothing of chapters.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from importlib import import_module
from typing import Any

from computegap import lineage

# Every room, in the order of the article.
ROOMS = (
    *(
        "article",
        "spending",
        "stocks",
        "balance",
        "sites",
        "runs",
        "frontier",
        "chips",
        "companies",
    ),
    "estimates",
)
# Quantities that ask the ledger, which asks these: found by their names, and imported by none.
_JUDGED = "computegap.outcomes"


class QuantityError(ValueError):
    """A quantity is not known, cannot be worked out from its name alone, or has another unit."""


@dataclass(frozen=True)
class Quantity:
    """A function that says who it is when it is called: its unit, and what it says of itself."""

    name: str
    unit: str
    summary: str
    function: Callable


_known: dict[str, Quantity] = {}
# From the unit of a quantity to how the unit of a row begins: the factor between them.
_FACTORS = {
    ("share", "percent"): 100,
    ("USD billion", "USD trillion"): 1 / 1000,
    ("USD billion", "USD million"): 1000,
    ("KRW billion", "KRW trillion"): 1 / 1000,
    ("parameters", "trillion parameters"): 1e-12,
    ("MW", "GW"): 1 / 1000,
}


def quantity(unit: str = "") -> Callable:
    """Enter a function into the registry; `unit` in words, as in "USD billion" or "share".

    A function that gives a table, draws or a row has no single unit and leaves it out.
    """

    def enter(function: Callable) -> Callable:
        name = function.__name__
        if name in _known and _known[name].function.__module__ != function.__module__:
            raise QuantityError(f"two quantities have the name {name!r}")

        @wraps(function)
        def named_call(*args: Any, **kwargs: Any) -> Any:
            return lineage.call(name, function, args, kwargs)

        summary = (inspect.getdoc(function) or "").partition("\n")[0]
        _known[name] = Quantity(name, unit, summary, named_call)
        return named_call

    return enter


def entered(name: str) -> Quantity:
    """A quantity whose room has been imported."""
    return _known[name]


def known() -> dict[str, Quantity]:
    """All quantities by name."""
    for room in ROOMS:
        import_module(f"{__name__}.{room}")
    import_module(_JUDGED)
    return dict(_known)


def named(name: str) -> Quantity:
    """The quantity of this name, which takes no arguments.

    Raises `QuantityError` for a name that no quantity has, or one that needs arguments.
    """
    found = known().get(name)
    if found is None or _needs_arguments(found.function):
        raise QuantityError(
            f"found {name!r}, expected the name of a quantity of computegap/quantities "
            "that takes no argument"
        )
    return found


def _needs_arguments(function: Callable) -> bool:
    parameters = inspect.signature(function).parameters.values()
    return any(one.default is one.empty and one.kind != one.VAR_POSITIONAL for one in parameters)


def in_unit(name: str, unit: str) -> tuple[float, float | None]:
    """A quantity's figure, or both ends of its range, low end first, in the unit of a row.

    Of an estimate the ends are those of its interval. Raises `QuantityError` as `figures`.
    """
    found = figures(name, unit)
    if len(found) == 3:
        return found[1], found[2]
    return found[0], found[1] if len(found) == 2 else None


def figures(name: str, unit: str) -> tuple[float, ...]:
    """A quantity's figure, the ends of its range, or the middle and ends of its interval.

    A unit "ratio to US" asks for China over the US, where the quantity has the US over China.
    Raises `QuantityError` as `named`, and for a part given in another unit than percent.
    """
    found = named(name)
    value = found.function()
    ends = value if isinstance(value, tuple) else (value,)
    if found.unit == "US over China" and unit.startswith("ratio"):
        # The middle of an interval stays in front of its ends.
        turned = [1 / end for end in ends]
        ends = (turned[0], *turned[:0:-1]) if len(ends) == 3 else tuple(reversed(turned))
    elif found.unit == "share" and not unit.startswith("percent"):
        raise QuantityError(f"the quantity {name!r} is a share, the row has {unit!r}")
    for (own, asked), factor in _FACTORS.items():
        if found.unit == own and unit.startswith(asked):
            ends = tuple(end * factor for end in ends)
    return tuple(map(float, ends))
