"""Refuse bad data before a notebook runs."""

import json
import subprocess
import sys
from pathlib import Path

from computegap import addresses
from sphinx.errors import ExtensionError

from _ext.run import inputs

# The program that knows what chapters can compute with.
CHECKER = "computegap.check"
# What the check consists of.
_CODE = (
    Path(__file__),
    inputs.ROOT / "book/computegap/addresses.py",
    inputs.ROOT / "requirements.txt",
)


def problems(folder: Path, only: set[str] | None = None) -> list[str]:
    """What is wrong in the data package, one line each: file, row, column, what is wrong.

    Of some tables, where `only` names them, with those that their keys refer to.
    """
    # Imported late: frictionless takes a second, and most builds have nothing new to check.
    from frictionless import Package

    if only is None:
        package = Package(str(folder / "datapackage.json"))
    else:
        package = Package(_part(folder, only), basepath=str(folder))
    report = package.validate()
    lines = [str(error.message) for error in report.errors]
    for task in report.tasks:
        lines += [
            f"data/{task.place}{_where(error)}: {error.note}"
            for error in task.errors
            # Of an address frictionless says less than `addresses.problems`.
            if "string/uri" not in error.note
        ]
    try:
        package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
        return lines + addresses.problems(package, folder)
    except (KeyError, OSError, ValueError):
        # No package, or no table, to look into: frictionless has said so.
        return lines or ["data/datapackage.json: the package cannot be read"]


def _where(error) -> str:
    """The place of a frictionless error, as far as it has one."""
    row, field = getattr(error, "row_number", None), getattr(error, "field_name", None)
    cell = getattr(error, "cell", None)
    return (
        (f", row {row}" if row else "")
        + (f", column {field!r}" if field else "")
        + (f", found {cell!r}" if cell else "")
    )


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


def _part(folder: Path, names: set[str]) -> dict:
    """The descriptor of some tables, with those that their keys refer to."""
    whole = _descriptor(folder)
    needed = names | {other for name in names for other in _referred(folder, whole, name)}
    return {**whole, "resources": [one for one in whole["resources"] if one["name"] in needed]}


def _descriptor(folder: Path) -> dict:
    return json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))


def _referred(folder: Path, whole: dict, name: str) -> set[str]:
    """The tables that a table's foreign keys refer to."""
    entry = next(one for one in whole["resources"] if one["name"] == name)
    keys = json.loads((folder / entry["schema"]).read_text(encoding="utf-8")).get("foreignKeys", [])
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
