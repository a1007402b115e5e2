"""Try newer tables on a copy of the whole project before one is replaced."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
from common import DATA, DerivationError

ROOT = DATA.parent
_LEFT_OUT = shutil.ignore_patterns(".*", "_build", "__pycache__")


def stage(folder: Path) -> Path:
    """A copy of the project in `folder`, with its executed notebooks, so that few have to run."""
    staged = folder / "project"
    shutil.copytree(ROOT, staged, ignore=_LEFT_OUT)
    executed = ROOT / "_build" / "executed"
    if executed.is_dir():
        shutil.copytree(executed, staged / "_build" / "executed")
    return staged


def build(staged: Path) -> None:
    """Build the staged book: schemas, notebooks with their asserts, and every quoted number.

    Raises `DerivationError` with the end of the log if something does not hold.
    """
    jupyter_book = Path(sys.executable).with_name("jupyter-book")
    for command in (
        [str(jupyter_book), "build", ".", "-W", "-n", "--keep-going"],
        [sys.executable, "tools/snapshot.py"],
    ):
        done = subprocess.run(
            command, cwd=staged, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        if done.returncode:
            raise DerivationError("the book does not hold with them:\n" + end_of(done.stdout))


def end_of(log: str) -> str:
    """What went wrong, from a build's log; tracebacks of the build itself are no help."""
    lines = [line for line in log.splitlines() if "Config(" not in line]
    start = next((i for i, line in enumerate(lines) if line.startswith("a notebook failed")), -40)
    wanted = [line for line in lines if "WARNING" in line or "failed" in line]
    end = next((i for i, line in enumerate(lines) if i > start >= 0 and "=====" in line), None)
    return "\n".join(wanted + lines[start:end])


def changed_rows(old: Path, new: Path, key: list[str]) -> str:
    """How two versions of a table differ, in words."""
    before, after = (_rows(path, key) for path in (old, new))
    added, removed = len(after.keys() - before.keys()), len(before.keys() - after.keys())
    other = sum(before[row] != after[row] for row in before.keys() & after.keys())
    if not added + removed + other:
        return "unchanged"
    return f"{other} rows changed, {added} added, {removed} removed"


def _rows(path: Path, key: list[str]) -> dict[tuple, tuple]:
    if not path.exists():
        return {}
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    keys = table[key].itertuples(index=False, name=None)
    return dict(zip(keys, table.itertuples(index=False, name=None), strict=True))


def changed_numbers(staged: Path) -> list[tuple[str, str, str]]:
    """Key, old and new of each fact and verdict that is not the reviewed one."""
    old, new = (
        json.loads((root / "tests" / "facts.json").read_text(encoding="utf-8"))
        for root in (ROOT, staged)
    )
    return [
        (key, _said(old.get(key)), _said(new.get(key)))
        for key in sorted(old.keys() | new.keys())
        if old.get(key) != new.get(key)
    ]


def _said(entry: dict | None) -> str:
    if entry is None:
        return "none"
    value = entry["value"]
    text = f"{value:,.6g}" if isinstance(value, float) else str(value)
    return text if entry["unit"] == "verdict" else f"{text} {entry['unit']}".strip()
