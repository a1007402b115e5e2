"""Rules between the cells of a table, as its schema states them, for frictionless to check.

Table Schema knows rules for one cell. Three kinds more stand beside the fields of a schema:

    "rules":  [{"that": "eci_p5 <= eci", "says": "the 5th percentile is the median at most"}]
    "series": [{"of": "h100e", "by": ["owner"], "along": "quarter_end_date",
                "times": 4, "falls": false}]
    "sums":   [{"of": "hbm_share", "by": ["as_of_date"], "to": 1, "within": 0.02}]

A rule is a formula of names of columns, operators and `has(column)`; where a column that it
compares is empty it holds. A series is refused where a value is more than so many times the one
before it or less than that part of it, or falls where it must not, and along a column of quarters
where one is left out. Formulas are of the schema,
which is reviewed like code; they are evaluated by simpleeval, as frictionless does with its own.
"""

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from frictionless import Check, errors
from simpleeval import EvalWithCompoundTypes, InvalidExpression

from _ext.run.descriptors import names_in

_HAS = re.compile(r"has\((\w+)\)")


def checks_of(schema: dict) -> list[Check]:
    """The checks that the rules of a schema ask for."""
    return [
        *(Rule(rule) for rule in schema.get("rules", [])),
        *(Series(series) for series in schema.get("series", [])),
        *(Sum(total) for total in schema.get("sums", [])),
    ]


class Rule(Check):
    """A formula that holds in every row in which the columns that it compares are filled."""

    type = "book-rule"
    Errors = [errors.RowConstraintError]

    def __init__(self, rule: dict):
        super().__init__()
        self.formula, self.says = rule["that"], rule["says"]
        self.columns = sorted(names_in(self.formula))
        self.compared = names_in(_HAS.sub("", self.formula))
        self.evaluator = EvalWithCompoundTypes(functions={"has": lambda value: value is not None})

    def validate_row(self, row) -> Iterator[errors.RowConstraintError]:
        if any(row[name] is None for name in self.compared):
            return
        self.evaluator.names = row
        try:
            holds = self.evaluator.eval(self.formula)
        except (InvalidExpression, TypeError, ArithmeticError) as error:
            holds, self.says = False, f"a formula that can be evaluated ({error})"
        if not holds:
            found = ", ".join(f"{name} {_cell(row[name])}" for name in self.columns)
            note = f"found {found}; expected that {self.says}"
            yield errors.RowConstraintError.from_row(row, note=note)


class Series(Check):
    """Values of a column that neither leap nor fall from one date to the next."""

    type = "book-series"
    Errors = [errors.RowConstraintError]

    def __init__(self, series: dict):
        super().__init__()
        self.series = series
        self.rows: dict[tuple, list] = {}

    def validate_row(self, row) -> Iterator[errors.RowConstraintError]:
        if row[self.series["of"]] is not None and row[self.series["along"]] is not None:
            self.rows.setdefault(tuple(row[c] for c in self.series["by"]), []).append(row)
        yield from ()

    def validate_end(self) -> Iterator[errors.RowConstraintError]:
        for rows in self.rows.values():
            ordered = sorted(rows, key=lambda row: row[self.series["along"]])
            for before, row in pairwise(ordered):
                if expected := self._expected(before, row):
                    yield errors.RowConstraintError.from_row(row, note=expected)

    def _expected(self, before, row) -> str:
        """What is said of a value that does not follow from the one before; "" where it does."""
        name, times = self.series["of"], Decimal(str(self.series["times"]))
        along = self.series["along"]
        if along.startswith("quarter_") and _quarter(row[along]) != _quarter(before[along]) + 1:
            return f"found {along} {row[along]}, after {before[along]}; expected the next quarter"
        old, new = Decimal(str(before[name])), Decimal(str(row[name]))
        found = f"found {name} {new}, after {old} on {before[along]}; expected "
        if not self.series.get("falls", True) and new < old:
            return f"{found}that it does not fall"
        small, large = sorted((abs(old), abs(new)))
        floor = Decimal(str(self.series.get("from", 0)))
        if max(large, floor) > times * max(small, floor):
            return f"{found}a change of {times} times at most"
        return ""


def _quarter(day: dt.date) -> int:
    """The number of the quarter that a day is in."""
    return day.year * 4 + (day.month - 1) // 3


class Sum(Check):
    """Parts that make a whole."""

    type = "book-sum"
    Errors = [errors.RowConstraintError]

    def __init__(self, total: dict):
        super().__init__()
        self.total = total
        self.sums: dict[tuple, tuple] = {}

    def validate_row(self, row) -> Iterator[errors.RowConstraintError]:
        if (value := row[self.total["of"]]) is not None:
            key = tuple(row[column] for column in self.total["by"])
            self.sums[key] = (self.sums.get(key, (0,))[0] + Decimal(str(value)), row)
        yield from ()

    def validate_end(self) -> Iterator[errors.RowConstraintError]:
        for key, (found, row) in self.sums.items():
            if abs(found - Decimal(str(self.total["to"]))) > Decimal(str(self.total["within"])):
                whole = ", ".join(map(str, key))
                note = (
                    f"found {self.total['of']} of {whole} to add up to {found}; "
                    f"expected {self.total['to']} (within {self.total['within']})"
                )
                yield errors.RowConstraintError.from_row(row, note=note)


def _cell(value) -> str:
    return "empty" if value is None else repr(value if isinstance(value, str) else str(value))
