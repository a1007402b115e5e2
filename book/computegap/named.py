"""Functions that a table's cell names: the public measures of a module, and nothing else of it."""

import inspect
import sys
from collections.abc import Callable

from computegap.tables import TableError


def measure(module: str, name: str, place: str) -> Callable:
    """The measure of a module of this package that the cell at `place` names.

    Raises `TableError` for whatever `is_measure` is false for.
    """
    if not is_measure(module, name):
        raise TableError(
            f"{place}: found {name!r}, expected a public function of {module.split('.')[-1]}.py "
            "that takes no argument"
        )
    return vars(sys.modules[module])[name]


def is_measure(module: str, name: object) -> bool:
    """Whether a module defines a public function of this name that needs no argument.

    What it imports is none, nor what is private, nor anything else that it holds.
    """
    found = vars(sys.modules[module]).get(name)
    if not inspect.isfunction(found) or found.__module__ != module or name.startswith("_"):
        return False
    return all(one.default is not one.empty for one in inspect.signature(found).parameters.values())
