"""The data package and its schemas as they must be for the check of the data to mean something.

A schema that asks for less lets more through: so each number needs bounds or says that its column
mixes units, each date its earliest day, each table its number of rows and a key without gaps.
"""

import ast
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
# All that an entry, a schema, a field and its constraints may say, and in which type: a word that
# is misspelt, or a limit that is no number, would be passed over and let every cell through.
_SCHEMA_WORDS = {"primaryKey": list, "missingValues": list} | dict.fromkeys(
    ("fields", "foreignKeys", "rules", "series", "sums"), list
)
_FIELD_WORDS = (
    _FIELD
    | {"constraints": dict, "mixed": bool, "verbatim": bool}
    | dict.fromkeys(("unit", "earliest", "latest", "format"), str)
)
_NUMBER = (int, float)
_BOUNDS = dict.fromkeys(("minimum", "maximum"), _NUMBER)
_LIMITS = {
    "string": {"enum": list, "pattern": str, "minLength": int, "maxLength": int},
    "number": {"enum": list, **_BOUNDS},
    "integer": {"enum": list, **_BOUNDS},
    "year": {"enum": list, **_BOUNDS},
}
# What a rule, a series and a sum may say, and what each must.
_RULE_WORDS: dict[str, tuple[dict, set[str]]] = {
    "rules": ({"that": str, "says": str}, {"that", "says"}),
    "series": (
        {"of": str, "by": list, "along": str, "times": _NUMBER, "falls": bool, "from": _NUMBER},
        {"of", "by", "along", "times"},
    ),
    "sums": (
        {"of": str, "by": list, "to": _NUMBER, "within": _NUMBER},
        {"of", "by", "to", "within"},
    ),
}
_FIXED = {
    "profile": "tabular-data-resource",
    "scheme": "file",
    "format": "csv",
    "mediatype": "text/csv",
    "encoding": "utf-8",
}
_TITLED = dict.fromkeys(("name", "title", "path"), str)
_ENTRY_WORDS = _ENTRY | dict.fromkeys((*_FIXED, "dated_by"), str) | {"formerly": list}
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
        value = json.loads(
            path.read_text(encoding="utf-8"), object_pairs_hook=_once, parse_constant=_finite
        )
    except OSError as error:
        found.append(f"{place}: cannot be read ({error.strerror})")
    except UnicodeDecodeError:
        found.append(f"{place}: found bytes that are no text, expected JSON in UTF-8")
    except json.JSONDecodeError as error:
        found.append(f"{place}, row {error.lineno}: expected JSON ({error.msg})")
    except ValueError as error:
        found.append(f"{place}: {error}")
    except RecursionError:
        found.append(f"{place}: found brackets within brackets without end, expected an object")
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


def _finite(constant: str) -> None:
    """Python reads NaN and Infinity, which no number is more than and none is not less than."""
    raise ValueError(f"found {constant}, expected a number")


def _in_words(part: dict, words: dict) -> Iterator[str]:
    """What a part of a descriptor says that nobody reads, or says in another type."""
    for word, value in part.items():
        if word not in words:
            yield f"found the word {word!r}, expected one of {', '.join(sorted(words))}"
        elif not _is_of(value, words[word]):
            kinds = words[word] if isinstance(words[word], tuple) else (words[word],)
            expected = " or ".join(kind.__name__ for kind in kinds)
            yield f"{word!r}: found {value!r}, expected a value of type {expected}"


def _is_of(value: object, kind: type | tuple[type, ...]) -> bool:
    """Whether a value has a type; true is no whole number."""
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


def _in_entry(entry: object, place: int) -> Iterator[str]:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        yield f"{_PACKAGE}, entry {place + 1}: found no name, expected the name of a table"
        return
    at = f"{_PACKAGE}, {entry['name']!r}"
    for key, kind in _ENTRY.items():
        value = entry.get(key)
        if not _is_of(value, kind) or value in ("", []):
            yield f"{at}, {key!r}: found {value!r}, expected a value of type {kind.__name__}"
    for key, end in (("path", ".csv"), ("schema", ".schema.json")):
        if (value := entry.get(key)) != entry["name"] + end and isinstance(value, str):
            yield f"{at}, {key!r}: found {value!r}, expected {entry['name'] + end!r}"
    for key in ("licenses", "sources"):
        for one in entry[key] if isinstance(entry.get(key), list) else []:
            if not isinstance(one, dict) or list(_in_words(one, _TITLED)):
                yield f"{at}, {key!r}: found {one!r}, expected 'title' and 'path' in words"
    others = {word: value for word, value in entry.items() if word not in _ENTRY | _FIXED}
    yield from (f"{at}, {line}" for line in _in_words(others, _ENTRY_WORDS))
    for key, value in _FIXED.items():
        if entry.get(key) != value:
            yield f"{at}, {key!r}: found {entry.get(key)!r}, expected {value!r}"
    days = {key: str(entry.get(key)) for key in _DAYS}
    for key, day in days.items():
        if not re.fullmatch(_DAYS[key], day):
            yield f"{at}, {key!r}: found {entry.get(key)!r}, expected a day, as 2026-06-22"
    if days["as_of"] > days["accessed"][: len(days["as_of"])]:
        yield f"{at}, 'as_of': found {days['as_of']!r}, expected {days['accessed']!r} or before"


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
    if found := list(_in_words(schema, _SCHEMA_WORDS)):
        yield from found
        return
    fields = schema.get("fields")
    if not isinstance(fields, list) or not all(_is_field(field) for field in fields) or not fields:
        parts = ", ".join(map(repr, _FIELD))
        yield f"expected 'fields', each with {parts}; types are {', '.join(sorted(TYPES))}"
        return
    names = [field["name"] for field in fields]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"column {name!r}: found twice, expected once"
    key = schema.get("primaryKey")
    if not key or not all(name in names for name in key):
        yield f"'primaryKey': found {key!r}, expected names of columns"
        key = []
    if schema.get("missingValues") != [""]:
        yield f"'missingValues': found {schema.get('missingValues')!r}, expected ['']"
    for field in fields:
        yield from (f"column {field['name']!r}: {line}" for line in _in_field(field, key))
    yield from _in_keys(schema, schemas)
    yield from _in_rules(schema, {field["name"]: field["type"] for field in fields})


def _is_field(field: object) -> bool:
    return (
        isinstance(field, dict)
        and all(isinstance(field.get(key), kind) and field[key] for key, kind in _FIELD.items())
        and field["type"] in TYPES
        and isinstance(field.get("constraints", {}), dict)
    )


def _in_field(field: dict, key: list[str]) -> Iterator[str]:
    limits = field.get("constraints", {})
    known = {"required": bool, "unique": bool, **_LIMITS.get(field["type"], {})}
    if found := [*_in_words(field, _FIELD_WORDS), *_in_words(limits, known)]:
        yield from found
        return
    if field["name"] in key and not limits.get("required"):
        yield "found no 'required', expected it of a column of the key"
    if field["type"] in ("number", "integer") and not field.get("mixed"):
        if not {"minimum", "maximum"} <= set(limits):
            yield "found no 'minimum' and 'maximum', expected both, or 'mixed' where units differ"
        elif limits["minimum"] > limits["maximum"]:
            yield f"found a minimum of {limits['minimum']}, expected {limits['maximum']} or less"
    if field["name"].endswith("_date") and "earliest" not in field:
        yield "found no 'earliest', expected the first day that makes sense"
    is_address = field["name"].endswith("url")
    if (form := field.get("format")) != ("uri" if is_address else None):
        yield f"'format': found {form!r}, expected 'uri' of addresses, and of no other column"
    for word in sorted({"earliest", "latest"} & set(field)):
        if not re.fullmatch(_DAYS["accessed"], field[word]):
            yield f"{word!r}: found {field[word]!r}, expected a day, as 2026-06-22"
    try:
        re.compile(limits.get("pattern", ""))
    except re.error:
        yield f"found the pattern {limits['pattern']!r}, expected a regular expression"


def _in_keys(schema: dict, schemas: dict[str, dict]) -> Iterator[str]:
    for key in schema.get("foreignKeys", []):
        try:
            columns, table = _many(key["fields"]), key["reference"]["resource"]
            others = _many(key["reference"]["fields"])
        except (KeyError, TypeError):
            yield f"'foreignKeys': found {key!r}, expected fields and a reference"
            continue
        if len(columns) != len(others):
            yield f"'foreignKeys': found {key!r}, expected as many columns on both sides"
        for name, wanted in ((table, others), ("", columns)):
            here = schemas.get(name) if name else schema
            there = {field["name"] for field in here["fields"]} if here else set()
            if lacking := sorted(set(wanted) - there):
                place = f"data/{name}.csv" if name else "this table"
                yield f"'foreignKeys': found {lacking[0]!r}, expected a column of {place}"


def _many(names: str | list[str]) -> list[str]:
    return [names] if isinstance(names, str) else names


def _in_rules(schema: dict, names: dict[str, str]) -> Iterator[str]:
    for kind, (words, wanted) in _RULE_WORDS.items():
        for rule in schema.get(kind, []):
            if not isinstance(rule, dict) or not wanted <= set(rule):
                yield f"{kind!r}: found {rule!r}, expected {sorted(wanted)}"
            elif found := list(_in_words(rule, words)):
                yield from (f"{kind!r}: {line}" for line in found)
            elif lacking := [name for name in _columns_of(rule) if name not in names]:
                yield f"{kind!r}: found {lacking[0]!r}, expected a column"
            elif (formula := rule.get("that")) is not None and not _is_formula(formula):
                yield f"{kind!r}: found {formula!r}, expected a formula that names a column"
            elif "of" in rule and names[rule["of"]] not in ("number", "integer"):
                yield f"{kind!r}: found {rule['of']!r}, expected a column of numbers"
            elif (along := rule.get("along", "")).startswith("quarter_") and names[along] != "date":
                yield f"{kind!r}: found {along!r} as a {names[along]}, expected a column of days"


def _columns_of(rule: dict) -> list:
    """The columns that a rule, a series or a sum names."""
    if "that" in rule:
        return sorted(names_in(rule["that"]))
    return [rule["of"], *rule["by"], *_many(rule.get("along", []))]


def _is_formula(text: str) -> bool:
    try:
        ast.parse(text, mode="eval")
    except (SyntaxError, ValueError):
        return False
    return bool(names_in(text))


_NAME = re.compile(r"\b[a-z_][a-z0-9_]*\b")
_WORDS = {"and", "or", "not", "in", "has"}


def names_in(formula: str) -> set[str]:
    """The columns that the formula of a rule names."""
    return set(_NAME.findall(re.sub(r"'[^']*'", "", formula))) - _WORDS
