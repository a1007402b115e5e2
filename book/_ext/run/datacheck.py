"""Refuse bad data before a notebook runs."""

import json
import subprocess
import sys
from pathlib import Path

from computegap import addresses
from sphinx.errors import ExtensionError

from _ext.run import descriptors, inputs, spelling

# The program that knows what chapters can compute with.
CHECKER = "computegap.check"
# What the check consists of.
_CODE = (
    *(Path(__file__).with_name(name) for name in ("datacheck.py", "spelling.py", "rules.py")),
    Path(__file__).with_name("descriptors.py"),
    inputs.ROOT / "book/computegap/addresses.py",
    inputs.ROOT / "requirements.txt",
)


def problems(folder: Path, only: set[str] | None = None) -> list[str]:
    """What is wrong in the data package, one line each: file, row, column, found, expected.

    Of some tables, where `only` names them, with those that their keys refer to. First the package
    itself, then the spelling of each file (spelling.py), and of well-spelt ones what they say.
    """
    if found := descriptors.problems(folder):
        return found
    whole = _descriptor(folder)
    names = {entry["name"] for entry in whole["resources"]} if only is None else only
    needed = names | {other for name in names for other in _referred(folder, whole, name)}
    entries = [entry for entry in whole["resources"] if entry["name"] in needed]
    spelt = {
        entry["name"]: spelling.problems(folder / entry["path"], entry, _schema(folder, entry))
        for entry in entries
    }
    lines = [line for found, _ in spelt.values() for line in found]
    readable = {name for name, (_, can_be_read) in spelt.items() if can_be_read}
    known = {_place(line) for line in lines}
    unfit = _unfit(folder, whole, names & readable, readable)
    lines += [line for line in unfit if _place(line) not in known]
    return lines or addresses.problems({**whole, "resources": entries}, folder)


def _place(line: str) -> str:
    """File, row and column of a line; of a cell that is misspelt nothing more need be said."""
    return line.partition(": ")[0]


def _unfit(folder: Path, whole: dict, names: set[str], sound: set[str]) -> list[str]:
    """What the schemas of some tables refuse; `sound` are those that keys may be looked up in."""
    # Imported late: frictionless takes a second, and most builds have nothing new to check.
    from frictionless import Checklist, Dialect, Package
    from frictionless.formats import CsvControl

    from _ext.run import rules

    entries = [
        {**entry, "schema": _with_keys_into(sound, _schema(folder, entry))}
        for entry in whole["resources"]
        if entry["name"] in sound
    ]
    package = Package({**whole, "resources": entries}, basepath=str(folder))
    found = []
    for resource in package.resources:
        if resource.name not in names:
            continue
        schema = resource.schema.to_descriptor()
        # The one that all files have (spelling.py); else frictionless guesses another at times.
        resource.dialect = Dialect(controls=[CsvControl(delimiter=",", quote_char='"')])
        report = resource.validate(Checklist(checks=rules.checks_of(schema)))
        for error in (*report.errors, *(error for task in report.tasks for error in task.errors)):
            found += _said(error, resource.path, schema)
    return found


def _with_keys_into(sound: set[str], schema: dict) -> dict:
    """A schema without the keys that refer to tables which cannot be read."""
    keys = schema.get("foreignKeys", [])
    return schema | {"foreignKeys": [k for k in keys if k["reference"]["resource"] in sound]}


def _said(error, path: str, schema: dict) -> list[str]:
    """A fault that frictionless found, in this book's words; none for what others say better."""
    row, name = getattr(error, "row_number", None), getattr(error, "field_name", None)
    place = f"data/{path}" + (f", row {row}" if row else "")
    if error.type == "row-constraint":
        return [f"{place}: {error.note}"]
    if error.type in ("primary-key", "unique-error"):
        columns = schema["primaryKey"] if error.type == "primary-key" else [name]
        names = [field["name"] for field in schema["fields"]]
        cells = [error.cells[names.index(column)] for column in columns]
        return [
            f"{place}, column {_list(columns)}: found {_list(cells)}, "
            "expected what no other row has"
        ]
    if error.type == "foreign-key":
        columns, cells = error.field_names, error.field_cells
        table = error.reference_name
        return [
            f"{place}, column {_list(columns)}: found {_list(cells)}, "
            f"expected {_list(error.reference_field_names)} of a row of data/{table}.csv"
        ]
    if name is None:
        return [f"{place}: {error.note}"]
    field = next(field for field in schema["fields"] if field["name"] == name)
    if "uri" in (field.get("format", ""), *error.note.split('"')):
        # An address: `addresses.problems` says more of it.
        return []
    return [f"{place}, column {name!r}: found {error.cell!r}, expected {_expected(error, field)}"]


def _list(parts) -> str:
    return ", ".join(repr(part) for part in parts)


def _expected(error, field: dict) -> str:
    """What a cell should hold instead, by the constraint that it breaks."""
    limits = field.get("constraints", {})
    words = {
        "required": "a value",
        "enum": f"one of {_list(limits.get('enum', []))}",
        "pattern": f"the form {limits.get('pattern')}",
        "minimum": f"{limits.get('minimum')} or more",
        "maximum": f"{limits.get('maximum')} or less",
        "maxLength": f"{limits.get('maxLength')} characters at most",
    }
    broken = next((word for word in words if f'"{word}"' in error.note), "")
    return words.get(broken, f"a value of type {field['type']}") + f" ({field['description']})"


def unworkable() -> list[str]:
    """Cells of tables that fit their schemas which no chapter could compute with, a line each."""
    # In a process of its own: most builds need none of what it imports.
    done = subprocess.run(
        [sys.executable, "-m", CHECKER], cwd=inputs.ROOT / "book", text=True, capture_output=True
    )
    if done.returncode:
        return [done.stderr.strip().rpartition("\n")[2]]
    return done.stdout.split("\n") if done.stdout.strip() else []


# Which tables have to be checked


def _descriptor(folder: Path) -> dict:
    return json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))


def _schema(folder: Path, entry: dict) -> dict:
    return json.loads((folder / entry["schema"]).read_text(encoding="utf-8"))


def _referred(folder: Path, whole: dict, name: str) -> set[str]:
    """The tables that a table's foreign keys refer to."""
    entry = next(one for one in whole["resources"] if one["name"] == name)
    keys = _schema(folder, entry).get("foreignKeys", [])
    return {key["reference"]["resource"] for key in keys} - {""}


def marks_of(folder: Path) -> dict[str, str]:
    """For each table a hash of all that its check depends on, the check itself too."""
    whole = _descriptor(folder)
    described = {key: value for key, value in whole.items() if key != "resources"}
    own = {
        entry["name"]: inputs.digest(
            json.dumps(entry),
            inputs.file_hash(folder / entry["path"]),
            inputs.file_hash(folder / entry["schema"]),
        )
        for entry in whole["resources"]
    }
    check = inputs.digest(json.dumps(described), *map(inputs.file_hash, _CODE))
    return {
        name: inputs.digest(check, mark, *(own[o] for o in sorted(_referred(folder, whole, name))))
        for name, mark in own.items()
    }


def check(app, config) -> None:
    """Stop the build at bad data; remember the tables that were found good."""
    folder, checked = inputs.ROOT / "data", Path(app.outdir).parent / "checked"
    try:
        marks = marks_of(folder)
        changed = {name for name, mark in marks.items() if not (checked / mark[:16]).exists()}
    except (KeyError, OSError, ValueError, TypeError, StopIteration):
        # The package itself is broken, and frictionless says how.
        marks, changed = {}, None
    if changed == set():
        return
    if found := problems(folder, changed) or unworkable():
        raise ExtensionError("the data do not fit their schemas\n" + "\n".join(found))
    checked.mkdir(parents=True, exist_ok=True)
    for mark in marks.values():
        (checked / mark[:16]).touch()
