"""The two locks: what readers install to build and run the book, and what developers add to it."""

import ast
import re
import sys
from importlib.metadata import packages_distributions

import pytest
from _ext.run import inputs
from _ext.run.inputs import locked
from cells import cells
from conftest import ROOT

RUN, DEV = "requirements.txt", "requirements-dev.txt"


def entries(name: str) -> list[str]:
    lock = (ROOT / name).read_text(encoding="utf-8")
    return re.split(r"\n(?=\S)", re.sub(r"^#.*\n", "", lock, flags=re.MULTILINE).strip())


def versions(name: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for entry in entries(name):
        package, version = re.match(r"([\w.-]+)(?:\[[\w-]+\])?==(\S+)", entry).groups()
        found.setdefault(package, set()).add(version)
    return found


def imported(code: str) -> set[str]:
    """The first names of all modules that a text of Python imports."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("name", [RUN, DEV])
def test_a_lock_names_one_version_with_hashes_of_everything(name):
    """So that pip, whichever version, has nothing to find out: it need not follow dependencies."""
    assert [one for one in entries(name) if not re.match(r"[\w.-]+(\[[\w-]+\])?==\S", one)] == []
    assert [one for one in entries(name) if "--hash=sha256:" not in one] == []


@pytest.mark.parametrize("name", [RUN, DEV])
def test_a_lock_says_nothing_of_where_packages_come_from(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"://|--(extra-)?index-url|--find-links", text)


def test_both_locks_have_the_same_versions_of_what_both_name():
    run, dev = versions(RUN), versions(DEV)
    assert {name: dev[name] for name in run.keys() & dev.keys() if dev[name] != run[name]} == {}


@pytest.mark.parametrize("name", ["requirements.in", "requirements-dev.in"])
def test_each_direct_dependency_has_its_reason_and_is_locked(name):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    direct = [line for line in lines if line and line[0] not in "#-"]
    assert [line for line in direct if not re.search(r"  # \S", line)] == []
    named = {re.match(r"[\w-]+", line)[0].lower() for line in direct}
    assert named <= locked(name.replace(".in", ".txt"))


def test_what_the_book_imports_is_in_the_lock_of_its_readers():
    texts = {
        str(path.relative_to(ROOT)): "\n".join(cell.code for cell in cells(path.read_text("utf-8")))
        for path in (ROOT / "book").glob("*.md")
    }
    for path in [*(ROOT / "book").rglob("*.py")]:
        texts[str(path.relative_to(ROOT))] = path.read_text("utf-8")
    own = {"computegap", "_ext"} | set(sys.stdlib_module_names)
    of, readers = packages_distributions(), locked(RUN)
    missing = {
        f"{name}: {module}"
        for name, text in texts.items()
        for module in imported(text) - own
        if not {re.sub(r"[-_.]+", "-", one).lower() for one in of.get(module, ())} & readers
    }
    assert missing == set()


def test_installing_the_tools_of_checks_and_tests_executes_no_notebook(tmp_path, monkeypatch):
    def environment() -> str:
        return inputs.environment.__wrapped__()

    monkeypatch.syspath_prepend(tmp_path)
    before = environment()
    (tmp_path / "pytest_xdist-99.dist-info").mkdir()
    assert environment() == before
    (tmp_path / "ruamel.yaml-99.dist-info").mkdir()
    assert environment() == before
    (tmp_path / "PyYAML-99.dist-info").mkdir()
    assert environment() != before
