"""Sums written in a table's cell: numbers, names, + - * / **, parentheses, and nothing else.

A cell is data, whoever wrote it; handed to Python's own eval it would be a program.
"""

import math
import operator
import re
from collections.abc import Mapping

# Longer than any sum that a reader can follow, and too short to exhaust anything.
LONGEST = 200

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_NUMBER = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_TOKEN = re.compile(rf"\s*({_NAME.pattern}|{_NUMBER.pattern}|\*\*|\S)", re.ASCII)
_OPERATIONS = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
}
# What binds closer is taken first.
_STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2, "**": 3}
_OPERAND = "a number, a name, a minus sign or an opening parenthesis"
_END = "the end"


class CalculationError(ValueError):
    """A cell holds no sum that has a result: what was found in it, and what was expected."""


def evaluate(text: str, names: Mapping[str, float]) -> float:
    """The result of a sum over numbers and `names`.

    Raises `CalculationError` for anything else, and for a sum without a finite, real result.
    """
    if len(text) > LONGEST:
        raise CalculationError(
            f"found {len(text)} characters, expected a calculation of at most {LONGEST}"
        )
    reader = _Reader(text, names)
    try:
        value = reader.expression()
        reader.take(_END, f"one of {' '.join(_OPERATIONS)} or the end")
        if isinstance(value, complex) or not math.isfinite(value):
            raise OverflowError("no finite, real number")
    except ArithmeticError as error:
        raise CalculationError(f"found {text!r}, expected a sum with a result: {error}") from None
    return value


def names_in(text: str) -> list[str]:
    """The names of a sum, in the order in which they stand there."""
    return _NAME.findall(text)


class _Reader:
    """Reads a sum from left to right, and computes as it goes."""

    def __init__(self, text: str, names: Mapping[str, float]):
        self.text, self.names = text, names
        self.tokens = [*_TOKEN.findall(text), _END]
        self.at = 0

    @property
    def next(self) -> str:
        return self.tokens[self.at]

    def take(self, token: str, expected: str) -> None:
        if self.next != token:
            raise CalculationError(f"found {self.next!r} in {self.text!r}, expected {expected}")
        self.at += 1

    def expression(self, weakest: int = 1) -> float:
        """A value and what follows it, as long as it binds at least as closely as `weakest`."""
        value = self.operand()
        while (strength := _STRENGTH.get(self.next, 0)) >= weakest:
            sign = self.next
            self.at += 1
            # Of two powers in a row the right one is taken first, of all others the left one.
            right = self.expression(strength if sign == "**" else strength + 1)
            value = _OPERATIONS[sign](value, right)
        return value

    def operand(self) -> float:
        token = self.next
        if token == "(":
            self.at += 1
            value = self.expression()
            self.take(")", f"one of {' '.join(_OPERATIONS)} or a closing parenthesis")
            return value
        if token == "-":
            self.at += 1
            return -self.expression(_STRENGTH["**"])
        if _NUMBER.fullmatch(token):
            self.at += 1
            return float(token)
        if token != _END and _NAME.fullmatch(token):
            self.at += 1
            return self.named(token)
        raise CalculationError(f"found {token!r} in {self.text!r}, expected {_OPERAND}")

    def named(self, name: str) -> float:
        # Asked once: a name may have to be looked up in a table.
        value = self.names.get(name)
        if value is None:
            known = ", ".join(self.names)
            known = known if len(known) <= 100 else f"{known[:100].rpartition(',')[0]}, …"
            raise CalculationError(
                f"found the name {name!r} in {self.text!r}, expected one of {known}"
            )
        return value
