"""What facts name, against what changes them: the book's provenance tried, not followed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from provenance import kept

BOOK = sorted((ROOT / "book").glob("*.md"))
ALL = [path.stem for path in BOOK]

CELL = "```{{code-cell}} ipython3\n{}\n```\n"
FIRST = """from computegap.quantities import article, sites
from computegap.show.facts import fact"""
SECOND = """claimed = article.claimed("C028")
ratio = sites.cluster_ratio()
fact("right", claimed * ratio, "ratio")
# The second part moves nothing.
fact("one-too-many", claimed + 0 * ratio, "ratio")
# What a lambda puts away is not followed.
put = []
later = lambda: put.append(sites.cluster_ratio())
later()
fact("one-too-few", claimed * put[0], "ratio")"""


def tried(*chapters: Path) -> dict[str, dict]:
    """What the tool finds in chapters, in a process of its own, which imports the book afresh."""
    command = [sys.executable, "-W", "ignore", str(ROOT / "tools" / "provenance.py"), "--json"]
    done = subprocess.run([*command, *map(str, chapters)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> dict:
    """What is found in a page with a right fact and two wrong ones."""
    page = tmp_path_factory.mktemp("small") / "page.md"
    page.write_text(CELL.format(FIRST) + "\n" + CELL.format(SECOND), encoding="utf-8")
    return tried(page)["page"]


def test_a_fact_that_changes_with_what_it_does_not_name_is_found(small):
    assert sorted(small["missing"]) == [
        ["one-too-few", "quantity", "cluster_ratio"],
        ["one-too-few", "table", "clusters"],
    ]


def test_a_name_that_moves_nothing_is_found(small):
    assert sorted(small["false"]) == [
        ["one-too-many", "quantity", "cluster_ratio"],
        ["one-too-many", "table", "clusters"],
    ]


def test_what_a_fact_names_is_what_changes_it():
    _assert_right(tried(ROOT / "book" / "summary.md"))


# Ten minutes of CPU for the whole book.
@pytest.mark.audit
def test_what_every_fact_names_is_what_changes_it():
    found = tried(*BOOK)
    assert list(found) == ALL
    assert sum(one["facts"] for one in found.values()) > 600
    _assert_right(found)
    # Nothing is kept that no fact needs any more.
    pairs = [tuple(pair) for one in found.values() for pair in one["kept"]]
    assert [one for one in kept() if not any(map(one.has, pairs))] == []


def _assert_right(found: dict[str, dict]) -> None:
    wrong = ("missing", "false", "unknown", "unequal", "untried")
    assert {
        name: {kind: one[kind] for kind in wrong if one[kind]} for name, one in found.items()
    } == {name: {} for name in found}
