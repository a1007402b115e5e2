"""The data package and its schemas as they must be for the check of the data to mean something.

A schema that asks for less lets more through: so each number needs bounds or says that its column
mixes units, each date its earliest day, each table its number of rows and a key without gaps.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

TYPES = {"string", "number", "integer", "year", "boolean", "date"}
_ENTRY = {
    "name": str,
    "path": str,
    "schema": str,
    "title": str,
    "description": str,
    "licenses": list,
    "sources": list,
    "accessed": str,
    "as_of": str,
    "derivation": str,
    "rows": int,
}
_DAYS = {"accessed": r"\d{4}-\d{2}-\d{2}", "as_of": r"\d{4}-\d{2}(-\d{2})?"}
_FIELD = {"name": str, "type": str, "description": str}
_PACKAGE = "data/datapackage.json"


def problems(folder: Path) -> list[str]:
    """What is wrong in descriptor and schemas, a line each; nothing else is looked at before."""
    found: list[str] = []
    whole = _parsed(folder / "datapackage.json", found)
    if found:
        return found
    entries = whole.get("resources")
    if not isinstance(entries, list) or not entries:
        return [f"{_PACKAGE}: found no 'resources', expected an entry for each table"]
    found = [line for place, entry in enumerate(entries) for line in _in_entry(entry, place)]
    if found := found or list(_in_files(folder, entries)):
        return found
    schemas = {entry["name"]: _parsed(folder / entry["schema"], found) for entry in entries}
    if found:
        return found
    for name, schema in schemas.items():
        found += [f"data/{name}.schema.json: {line}" for line in _in_schema(schema, schemas)]
    return found


def _parsed(path: Path, found: list[str]) -> dict:
    """A JSON file; what keeps it from being read goes to `found`."""
    place = f"data/{path.name}"
    try:
        value = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_once)
    except OSError as error:
        found.append(f"{place}: cannot be read ({error.strerror})")
    except UnicodeDecodeError:
        found.append(f"{place}: found bytes that are no text, expected JSON in UTF-8")
    except json.JSONDecodeError as error:
        found.append(f"{place}, row {error.lineno}: expected JSON ({error.msg})")
    except ValueError as error:
        found.append(f"{place}: {error}")
    else:
        if isinstance(value, dict):
            return value
        found.append(f"{place}: found a {type(value).__name__}, expected an object")
    return {}


def _once(pairs: list[tuple[str, object]]) -> dict:
    """An object whose names stand once; JSON takes the last of two and forgets the first."""
    names = [name for name, _ in pairs]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"found {twice[0]!r} twice in one object, expected it once")
    return dict(pairs)


def _in_entry(entry: object, place: int) -> Iterator[str]:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        yield f"{_PACKAGE}, entry {place + 1}: found no name, expected the name of a table"
        return
    at = f"{_PACKAGE}, {entry['name']!r}"
    for key, kind in _ENTRY.items():
        value = entry.get(key)
        if not isinstance(value, kind) or value in ("", []):
            yield f"{at}, {key!r}: found {value!r}, expected a value of type {kind.__name__}"
    for key, end in (("path", ".csv"), ("schema", ".schema.json")):
        if (value := entry.get(key)) != entry["name"] + end and isinstance(value, str):
            yield f"{at}, {key!r}: found {value!r}, expected {entry['name'] + end!r}"
    for key in ("accessed", "as_of"):
        if not re.fullmatch(_DAYS[key], str(entry.get(key))):
            yield f"{at}, {key!r}: found {entry.get(key)!r}, expected a day, as 2026-06-22"


def _in_files(folder: Path, entries: list[dict]) -> Iterator[str]:
    names = [entry["name"] for entry in entries]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{_PACKAGE}: found two entries {name!r}, expected one"
    there = {path.name for path in folder.iterdir()} - {"datapackage.json"}
    # Of the tables themselves the check of their spelling tells.
    for name in sorted({entry["schema"] for entry in entries} - there):
        yield f"data/{name} is missing; {_PACKAGE} lists it"
    listed = {entry[key] for entry in entries for key in ("path", "schema")}
    for name in sorted(there - listed):
        yield f"data/{ascii(name)[1:-1]}: found a file that no entry of {_PACKAGE} names"


# Schemas


def _in_schema(schema: dict, schemas: dict[str, dict]) -> Iterator[str]:
    fields = schema.get("fields")
    if not isinstance(fields, list) or not all(_is_field(field) for field in fields) or not fields:
        parts = ", ".join(map(repr, _FIELD))
        yield f"expected 'fields', each with {parts}; types are {', '.join(sorted(TYPES))}"
        return
    names = [field["name"] for field in fields]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"column {name!r}: found twice, expected once"
    key = schema.get("primaryKey")
    if not isinstance(key, list) or not key or not set(key) <= set(names):
        yield f"'primaryKey': found {key!r}, expected names of columns"
        key = []
    if schema.get("missingValues") != [""]:
        yield f"'missingValues': found {schema.get('missingValues')!r}, expected ['']"
    for field in fields:
        yield from (f"column {field['name']!r}: {line}" for line in _in_field(field, key))
    yield from _in_keys(schema, schemas)
    yield from _in_rules(schema, set(names))


def _is_field(field: object) -> bool:
    return (
        isinstance(field, dict)
        and all(isinstance(field.get(key), kind) and field[key] for key, kind in _FIELD.items())
        and field["type"] in TYPES
        and isinstance(field.get("constraints", {}), dict)
    )


def _in_field(field: dict, key: list[str]) -> Iterator[str]:
    limits = field.get("constraints", {})
    if field["name"] in key and not limits.get("required"):
        yield "found no 'required', expected it of a column of the key"
    if field["type"] in ("number", "integer") and not field.get("mixed"):
        if not {"minimum", "maximum"} <= set(limits):
            yield "found no 'minimum' and 'maximum', expected both, or 'mixed' where units differ"
        elif limits["minimum"] > limits["maximum"]:
            yield f"found a minimum of {limits['minimum']}, expected {limits['maximum']} or less"
    if field["name"].endswith("_date") and "earliest" not in field:
        yield "found no 'earliest', expected the first day that makes sense"
    try:
        re.compile(limits.get("pattern", ""))
    except (re.error, TypeError):
        yield f"found the pattern {limits['pattern']!r}, expected a regular expression"


def _in_keys(schema: dict, schemas: dict[str, dict]) -> Iterator[str]:
    for key in schema.get("foreignKeys", []):
        try:
            columns, table = _many(key["fields"]), key["reference"]["resource"]
            others = _many(key["reference"]["fields"])
        except (KeyError, TypeError):
            yield f"'foreignKeys': found {key!r}, expected fields and a reference"
            continue
        for name, wanted in ((table, others), ("", columns)):
            here = schemas.get(name) if name else schema
            there = {field["name"] for field in here["fields"]} if here else set()
            if lacking := sorted(set(wanted) - there):
                place = f"data/{name}.csv" if name else "this table"
                yield f"'foreignKeys': found {lacking[0]!r}, expected a column of {place}"


def _many(names: str | list[str]) -> list[str]:
    return [names] if isinstance(names, str) else names


def _in_rules(schema: dict, names: set[str]) -> Iterator[str]:
    for rule in schema.get("rules", []):
        if not isinstance(rule, dict) or not {"that", "says"} <= set(rule):
            yield f"'rules': found {rule!r}, expected 'that' and 'says'"
        elif lacking := sorted(names_in(rule["that"]) - names):
            yield f"'rules': found {lacking[0]!r}, expected a column"
    for kind, wanted in (("series", {"of", "by", "along", "times"}), ("sums", {"of", "by", "to"})):
        for rule in schema.get(kind, []):
            if not isinstance(rule, dict) or not wanted <= set(rule):
                yield f"{kind!r}: found {rule!r}, expected {sorted(wanted)}"
            elif lacking := sorted(
                {rule["of"], *rule["by"], *_many(rule.get("along", []))} - names
            ):
                yield f"{kind!r}: found {lacking[0]!r}, expected a column"


_NAME = re.compile(r"\b[a-z_][a-z0-9_]*\b")
_WORDS = {"and", "or", "not", "in", "has"}


def names_in(formula: str) -> set[str]:
    """The columns that the formula of a rule names."""
    return set(_NAME.findall(re.sub(r"'[^']*'", "", formula))) - _WORDS
