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


def problems(folder: Path) -> list[str]:
    """What is wrong in the data package, one line each: file, row, column, what is wrong."""
    # Imported late: frictionless takes a second, and most builds have nothing new to check.
    from frictionless import Package

    report = Package(str(folder / "datapackage.json")).validate()
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


def check(app, config) -> None:
    """Stop the build at bad data; remember data that were found good."""
    mark = Path(app.outdir).parent / "checked" / inputs.data()[:16]
    if mark.exists():
        return
    if found := problems(inputs.ROOT / "data") or unworkable():
        raise ExtensionError("the data do not fit their schemas\n" + "\n".join(found))
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()
