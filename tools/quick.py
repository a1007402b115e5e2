"""Lint one file and run the tests that concern it: `make quick WHAT=book/lag.md`.

Of a chapter, these are the tests of its text and of its built page. Of a module, those that import
it or have its name; if there are none, those of the modules that import it, or else the tests of
builds, which every extension takes part in.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILDS = {"test_build.py", "test_refused.py", "test_freshness.py", "test_publishing.py"}
DATA = {"test_tables.py", "test_claims.py", "test_snapshot.py"}


def commands(what: Path) -> list[list[str]]:
    """What is to be run for a file, given by its path in the project."""
    python = [sys.executable, "-m"]
    if what.suffix == ".md":
        return [[*python, "pytest", "--chapter", what.stem]]
    lint = [[*python, "ruff", "check", what], [*python, "ruff", "format", "--check", what]]
    if what.parts[0] == "data" and what.suffix != ".py":
        lint = [[*python, "frictionless", "validate", "data/datapackage.json"]]
    files = sorted(path for path in tests() if path.name in names_of(what))
    # Several files keep their own books; one is shared out.
    run = [*python, "pytest", *(["--dist=loadfile"] if len(files) > 1 else []), *files]
    return [*(lint if what.suffix in (".py", ".csv", ".json") else []), run]


def tests() -> list[Path]:
    return list((ROOT / "tests").rglob("test_*.py"))


def names_of(what: Path) -> set[str]:
    """The files of tests that concern a file."""
    if what.name.startswith("test_"):
        return {what.name}
    if what.suffix == ".py":
        importers = [path for folder in ("book", "tools") for path in (ROOT / folder).rglob("*.py")]
        above = [path.stem for path in importers if imports(path, what.stem)]
        return of_module(what.stem) or set().union(*map(of_module, above)) or BUILDS
    if what.parts[0] == "data":
        return DATA
    # Styles, scripts and templates.
    named = {path.name for path in tests() if what.name in path.read_text(encoding="utf-8")}
    return named | {"test_browser.py"}


def of_module(stem: str) -> set[str]:
    found = {path.name for path in tests() if imports(path, stem)}
    return found | {path.name for path in tests() if path.stem == f"test_{stem}"}


def imports(path: Path, stem: str) -> bool:
    text = path.read_text(encoding="utf-8")
    return re.search(rf"^\s*(?:from|import) .*\b{stem}\b", text, re.MULTILINE) is not None


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or not (ROOT / arguments[0]).is_file():
        print("Say which file: make quick WHAT=book/constraint.md", file=sys.stderr)
        return 2
    what = (ROOT / arguments[0]).relative_to(ROOT)
    for command in commands(what):
        print("$", *command[1:], flush=True)
        if code := subprocess.run(command, cwd=ROOT).returncode:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
