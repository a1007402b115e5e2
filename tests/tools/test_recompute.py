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
BOXED = (
    *("constraint", "generations", "lag", "domestic-chips"),
    *("summary", "scenarios", "questions", "related-reads"),
)
QUOTED = re.compile(r"\{fact\}`([^`:]+)")


def on_front_page_or_in_boxes() -> set[str]:
    """Facts quoted on the front page and in the boxes "In brief" of the chapters."""
    texts = [(ROOT / "book" / "index.md").read_text(encoding="utf-8")]
    for name in BOXED:
        text = (ROOT / "book" / f"{name}.md").read_text(encoding="utf-8")
        texts.append(re.search(r"```\{admonition\} In brief\n(.*?)\n```", text, re.S).group(1))
    return {key for text in texts for key in QUOTED.findall(text)}


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
def test_the_front_page_and_the_boxes_are_recomputed_or_left_out_for_a_reason(run):
    numbers = {line.split()[0] for line in run.stdout.splitlines()[1:-1]}
    required = on_front_page_or_in_boxes()
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
