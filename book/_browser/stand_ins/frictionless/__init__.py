"""In the place of frictionless, in a reader's browser, as far as `datacheck` asks it.

Frictionless needs a library in Rust that nobody builds for Pyodide. Rows, constraints and keys are
checked here as it checks them; tests/hostile/test_stand_in.py compares the lines of both for every
kind of fault that the book knows.
"""

import csv
import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from types import SimpleNamespace

from frictionless import errors

_BOUNDS = {"minimum": lambda cell, end: cell >= end, "maximum": lambda cell, end: cell <= end}


class Dialect:
    def __init__(self, controls: list):
        self.controls = controls


class Check:
    """What a rule between cells derives from."""

    def validate_row(self, row) -> Iterator:
        yield from ()

    def validate_end(self) -> Iterator:
        yield from ()


class Checklist:
    def __init__(self, checks: list[Check]):
        self.checks = checks


class Row(dict):
    """The cells of a row by column, each in its type, an empty one as None."""

    def __init__(self, number: int, cells: list[str], fields: list["_Field"]):
        self.row_number, self.cells, self.errors = number, cells, []
        for field, cell in zip(fields, cells, strict=False):
            self[field.name], notes = field.read(cell)
            for kind, note in notes:
                given = {"row_number": number, "cells": cells, "cell": cell}
                self.errors.append(kind(note=note, field_name=field.name, **given))


class _Field:
    def __init__(self, said: dict):
        self.name, self.type = said["name"], said["type"]
        self.format, self.said = said.get("format", "default"), said.get("constraints", {})
        limits = dict(self.said)
        for name in ("minimum", "maximum"):
            if name in limits:
                limits[name] = self._typed(str(limits[name]))
        if "enum" in limits:
            limits["enum"] = [self._typed(str(one)) for one in limits["enum"]]
        self.limits = limits

    def read(self, text: str) -> tuple[object, list[tuple]]:
        """The typed cell, and what is wrong with it."""
        cell = None if text == "" else self._typed(text)
        if cell is None and text != "":
            return None, [(errors.TypeError, f'type is "{self.type}/{self.format}"')]
        broken = [name for name in self.limits if not self._holds(name, cell)]
        # In the order in which frictionless looks.
        order = ["required", "minLength", "maxLength", "pattern", "minimum", "maximum", "enum"]
        broken.sort(key=lambda name: order.index(name) if name in order else -1)
        notes = [f'constraint "{name}" is "{self.said[name]}"' for name in broken]
        return cell, [(errors.ConstraintError, note) for note in notes]

    def _typed(self, text: str):
        try:
            if self.type == "number":
                return Decimal(text)
            if self.type == "integer":
                return int(text)
            if self.type == "year":
                return int(text) if len(text) == 4 else None
            if self.type == "boolean":
                return {"true": True, "false": False}.get(text)
            if self.type == "date":
                return dt.date.fromisoformat(text)
        except (ValueError, InvalidOperation):
            return None
        return text

    def _holds(self, name: str, cell) -> bool:
        limit = self.limits[name]
        if name == "required":
            return not (limit and cell is None)
        if cell is None:
            return True
        if name in _BOUNDS:
            return cell == cell and bool(_BOUNDS[name](cell, limit))
        if name == "pattern":
            return bool(re.match(f"^{limit}$", cell))
        if name in ("minLength", "maxLength"):
            return len(cell) >= limit if name == "minLength" else len(cell) <= limit
        return cell in limit if name == "enum" else True


class Package:
    """The tables of a descriptor, in a folder."""

    def __init__(self, descriptor: dict, basepath: str):
        self.folder = Path(basepath)
        self.resources = [Resource(self, entry) for entry in descriptor["resources"]]

    def rows_of(self, name: str, columns: list[str]) -> set[tuple]:
        """What the columns of a table hold, row by row."""
        resource = next(one for one in self.resources if one.name == name)
        return {tuple(row.get(column) for column in columns) for row in resource.rows()}


class Resource:
    def __init__(self, package: Package, entry: dict):
        self.package, self.name, self.path = package, entry["name"], entry["path"]
        self._schema = entry["schema"]
        self.schema = SimpleNamespace(to_descriptor=lambda: self._schema)
        self.fields = [_Field(field) for field in self._schema["fields"]]
        self.dialect = None

    def rows(self) -> Iterator[Row]:
        path = self.package.folder / self.path
        with open(path, encoding="utf-8", newline="") as table:
            for number, cells in enumerate(csv.reader(table), 1):
                if number > 1:
                    yield Row(number, cells, self.fields)

    def validate(self, checklist: Checklist) -> SimpleNamespace:
        found = []
        keys = [_Key(self, key) for key in self._schema.get("foreignKeys", [])]
        unique = {field.name: {} for field in self.fields if field.said.get("unique")}
        primary, seen = self._schema.get("primaryKey", []), {}
        for row in self.rows():
            found += [*row.errors, *_repeated(row, unique), *_twice(row, primary, seen)]
            for key in keys:
                found += key.missed(row)
            for check in checklist.checks:
                found += check.validate_row(row)
        for check in checklist.checks:
            found += check.validate_end()
        return SimpleNamespace(errors=[], tasks=[SimpleNamespace(errors=found)])


def _repeated(row: Row, unique: dict[str, dict]) -> Iterator:
    for name, seen in unique.items():
        if row.get(name) is None:
            continue
        if row[name] in seen:
            yield errors.UniqueError.from_row(row, note="", field_name=name)
        seen[row[name]] = row.row_number


def _twice(row: Row, columns: list[str], seen: dict) -> Iterator:
    cells = tuple(row.get(column) for column in columns)
    if columns and (set(cells) == {None} or cells in seen):
        yield errors.PrimaryKeyError.from_row(row, note="")
    seen[cells] = row.row_number


class _Key:
    """Columns that refer to a row of another table, or of the same."""

    def __init__(self, resource: Resource, said: dict):
        def many(names):
            return [names] if isinstance(names, str) else names

        self.columns, self.others = many(said["fields"]), many(said["reference"]["fields"])
        self.table = said["reference"]["resource"]
        self.there = resource.package.rows_of(self.table or resource.name, self.others)

    def missed(self, row: Row) -> Iterator:
        cells = tuple(row.get(column) for column in self.columns)
        if set(cells) != {None} and cells not in self.there:
            yield errors.ForeignKeyError(
                note="",
                row_number=row.row_number,
                cells=row.cells,
                field_names=self.columns,
                field_cells=["" if cell is None else str(cell) for cell in cells],
                reference_name=self.table,
                reference_field_names=self.others,
            )
