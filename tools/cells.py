"""Code cells of chapters, kept like files: formatted, linted, and short.

    python tools/cells.py            name what is not as it should be
    python tools/cells.py --fix      format the cells in their chapters

A cell has at most 30 lines once formatted, none over 100 columns.
"""

import argparse
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 30
# Imports stand in cells of their own, a cell's last line may show a value, and `query` reads names
# that the linter does not see.
_IGNORED = "E402,B018,F841"
_CELL = re.compile(
    r"^(```\{code-cell\}[^\n]*\n(?:---\n.*?^---\n|(?::[^\n]*\n)*\n?))(.*?)(^```$)",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Cell:
    """The code of a cell, and the line of its chapter on which it begins."""

    line: int
    code: str


def cells(text: str) -> list[Cell]:
    """The code cells of a chapter."""
    return [Cell(text.count("\n", 0, cell.start(2)) + 1, cell[2]) for cell in _CELL.finditer(text)]


def formatted(code: str) -> str:
    """A cell's code as ruff formats it; code that is no Python stays as it is."""
    done = _ruff("format", "--stdin-filename", "cell.py", "-", text=code)
    return done.stdout if done.returncode == 0 else code


def problems(path: Path) -> list[str]:
    """What is wrong with the cells of a chapter, a line each."""
    name, found = path.relative_to(ROOT), []
    text = path.read_text(encoding="utf-8")
    for cell in cells(text):
        where, code = f"{name}:{cell.line}", formatted(cell.code)
        if code != cell.code:
            found.append(f"{where}: not formatted; run make format")
        if (count := len(code.splitlines())) > LONGEST:
            found.append(f"{where}: {count} lines once formatted, at most {LONGEST}")
        found += [
            f"{where}: {len(line)} columns: {line.strip()[:40]}…"
            for line in code.splitlines()
            if len(line) > 100
        ]
    return found + _lint(name, text)


def _lint(name: Path, text: str) -> list[str]:
    """What ruff finds in all cells together, as one module: names come from earlier cells."""
    lines = [""] * (text.count("\n") + 1)
    for cell in cells(text):
        code = cell.code.splitlines()
        lines[cell.line - 1 : cell.line - 1 + len(code)] = code
    done = _ruff(
        *("check", "--output-format", "json", "--ignore", _IGNORED),
        *("--stdin-filename", "cells.py", "-"),
        text="\n".join(lines) + "\n",
    )
    found = json.loads(done.stdout or "[]")
    return [
        f"{name}:{one['location']['row']}: {one['code']} {one['message']}"
        for one in found
        # Blank lines and import blocks are those of the page, not of one module.
        if one["code"] not in ("E501", "I001", "W291", "W293", "E303")
    ]


def _ruff(*arguments: str, text: str) -> subprocess.CompletedProcess:
    ruff = Path(sys.executable).with_name("ruff")
    return subprocess.run(
        [str(ruff), *arguments], input=text, text=True, capture_output=True, cwd=ROOT
    )


def fix(path: Path) -> bool:
    """Format the cells of a chapter where they stand; whether one changed."""
    text = path.read_text(encoding="utf-8")
    new = _CELL.sub(lambda cell: cell[1] + formatted(cell[2]) + cell[3], text)
    if new != text:
        path.write_text(new, encoding="utf-8")
    return new != text


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("chapters", nargs="*", type=Path, help="all chapters if none is named")
    parser.add_argument("--fix", action="store_true", help="format the cells in their chapters")
    options = parser.parse_args()
    paths = [path.resolve() for path in options.chapters] or sorted((ROOT / "book").glob("*.md"))
    if options.fix:
        for path in paths:
            if fix(path):
                print(f"formatted the cells of {path.relative_to(ROOT)}")
    found = [line for path in paths for line in problems(path)]
    print("\n".join(found) if found else f"the cells of {len(paths)} pages are as they should be")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
