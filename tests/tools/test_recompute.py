"""The numbers of the book, computed a second time from the publishers' files by other code."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import recompute
from conftest import ROOT

DOWNLOADS = os.environ.get("DOWNLOADS")
needs_downloads = pytest.mark.skipif(
    not DOWNLOADS, reason="set DOWNLOADS to a folder with the publishers' files"
)
TOOLS = ROOT / "tools"
BOOK = ROOT / "book"
QUOTED = re.compile(r"\{fact\}`([^`:]+)|:likelihood: (\S+)")
FINDING = re.compile(r"^```\{finding\} \S+\n(.*?)\n\nEvidence\n", re.S | re.M)
TILE = re.compile(r"^```\{tile\} (.*?)\n\n", re.S | re.M)
FORMATTED = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)+):[,.\d]*[f%d]")


def of_overview_and_findings() -> set[str]:
    """Facts quoted in the overview, in text or tiles, and in the sentences of all findings."""
    pages = {path.stem: path.read_text(encoding="utf-8") for path in BOOK.glob("*.md")}
    texts = [pages["index"], *(one for page in pages.values() for one in FINDING.findall(page))]
    quoted = {key for text in texts for pair in QUOTED.findall(text) for key in pair if key}
    return quoted | {
        key for tile in TILE.findall(pages["index"]) for key in FORMATTED.findall(tile)
    }


@pytest.mark.parametrize("name", ["recompute.py", "recompute_lag.py"])
def test_the_recomputation_imports_nothing_of_the_project(name):
    tree = ast.parse((TOOLS / name).read_text(encoding="utf-8"))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level
            found.add(node.module.split(".")[0])
        elif isinstance(node, ast.Name):
            assert node.id not in {"__import__", "exec", "eval"}
    assert found - {"recompute_lag", "numpy", "pandas"} <= sys.stdlib_module_names
    assert not found & {"importlib", "runpy", "subprocess"}


@pytest.fixture(scope="module")
def run() -> subprocess.CompletedProcess:
    command = [sys.executable, str(TOOLS / "recompute.py"), DOWNLOADS]
    return subprocess.run(command, text=True, capture_output=True)


@needs_downloads
def test_every_recomputed_number_agrees_with_the_book(run):
    assert run.returncode == 0, run.stdout + run.stderr
    assert "DIFFERS" not in run.stdout


@needs_downloads
def test_at_least_sixty_facts_come_from_the_publishers_files(run):
    numbers = {line.split()[0] for line in run.stdout.splitlines()[1:-1]}
    words = {
        key for group in recompute.FROM_WORDS for key in group(recompute.Files(Path(DOWNLOADS)))
    }
    assert len(numbers - words) >= 60


@needs_downloads
def test_the_overview_and_the_findings_are_recomputed_or_left_out_for_a_reason(run):
    numbers = {line.split()[0] for line in run.stdout.splitlines()[1:-1]}
    required = of_overview_and_findings()
    assert required - numbers == set(recompute.LEFT_OUT)
    assert all(recompute.LEFT_OUT.values())


@needs_downloads
def test_the_drawn_facts_are_recomputed_or_left_out_for_a_reason(run):
    numbers = {line.split()[0] for line in run.stdout.splitlines()[1:-1]}
    assert {key for key, reason in recompute.DRAWN.items() if not reason} <= numbers
    assert not {key for key, reason in recompute.DRAWN.items() if reason} & numbers


def test_the_drawn_facts_are_facts_of_the_book():
    facts = json.loads((ROOT / "tests" / "facts.json").read_text(encoding="utf-8"))
    assert set(recompute.DRAWN) <= set(facts)
    assert all(key.startswith(recompute.DRAWN_FROM) for key in recompute.DRAWN)


@needs_downloads
def test_a_wrong_figure_in_a_publishers_file_is_seen(tmp_path):
    newer = tmp_path / "newer"
    shutil.copytree(DOWNLOADS, newer)
    path = newer / "market" / "data_centers_by_country.csv"
    path.parent.chmod(0o755)
    path.chmod(0o644)
    path.write_text(path.read_text(encoding="utf-8").replace("China,449", "China,494"))
    found = recompute.lines(newer, [recompute.site_facts])
    assert [line.key for line in found if not line.agrees] == ["ratio-data-centers"]


def test_a_number_is_compared_relatively_and_draws_by_their_own_tolerance():
    assert recompute.Line("stock-google", 5.0, 5.02).agrees
    assert not recompute.Line("stock-google", 5.0, 5.03).agrees
    assert not recompute.Line("stock-google", 5.0, float("nan")).agrees
    assert recompute.Line("gen-lag-then-high", 9.2, 9.5).agrees
    assert not recompute.Line("gen-lag-then-high", 9.2, 10.2).agrees


def test_facts_and_verdicts_of_a_built_book_take_the_place_of_the_reviewed_ones(tmp_path):
    pages = tmp_path / "book"
    built = tmp_path / "_build" / "jupyter_execute" / "book"
    site = tmp_path / "_build" / "html"
    for folder in (pages, built, site):
        folder.mkdir(parents=True)
    (pages / "lag.md").write_text("", encoding="utf-8")
    for name, value in (("lag", 7.0), ("removed", 8.0)):
        glue = {f"gen-{name}": {"data": {recompute.FACT: {"value": value}}}}
        (built / f"{name}.glue.json").write_text(json.dumps(glue), encoding="utf-8")
    claims = {"claims": [{"id": "C001", "verdict": "unproven"}]}
    (site / "claims.json").write_text(json.dumps(claims), encoding="utf-8")
    assert recompute.printed(tmp_path) == {
        "gen-lag": {"value": 7.0},
        "claim-c001": {"value": "unproven"},
    }


def test_a_calculation_is_arithmetic_over_names_and_nothing_else():
    assert recompute.calculated("2 * (C028 - 1) ** 2 / 4", {"C028": 3.0}) == 2
    with pytest.raises(ValueError, match="no arithmetic over names"):
        recompute.calculated("print(C028)", {"C028": 3.0})


def test_a_comparison_that_only_another_meaning_saves_has_the_wrong_meaning():
    assert recompute.audit_word([True, True], False, True) == "supported"
    assert recompute.audit_word([True], False, False) == "right number, wrong meaning"
    assert recompute.audit_word([False, True], True, True) == "partly supported"
    assert recompute.audit_word([False], True, True) == "right number, wrong meaning"
    assert recompute.audit_word([False], False, True) == "contradicted"
