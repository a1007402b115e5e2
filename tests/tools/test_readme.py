"""The README: what it says the book finds is what the book says."""

import re

import pytest
from _ext.publish.downloads import INSTALL
from conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")

# The numbers of its sentences in their order, as facts and the format they are printed in.
FINDS = [
    ("ratio-compute-smuggled", ".1f"),
    ("ratio-compute-smuggled-low", ".1f"),
    ("ratio-compute-smuggled-high", ".1f"),
    ("ratio-chips", ".0f"),
    ("ratio-article-chips", ".0f"),
    ("gen-lag-now", ".0f"),
    ("gen-lag-now-low", ".1f"),
    ("gen-lag-now-high", ".1f"),
    ("lag-capability-stocks", ".0f"),
    ("lag-capability-stocks-low", ".0f"),
    ("lag-capability-stocks-high", ".0f"),
    ("lag-article-low", ".0f"),
    ("lag-article-high", ".0f"),
    ("lag-worth-low", ".0f"),
    ("lag-worth-high", ".0f"),
    ("claims-own-total", "d"),
    ("index-supported", "d"),
    ("index-misread", "d"),
    ("index-partly", "d"),
    ("index-failed", "d"),
    ("index-unproven", "d"),
    ("claims-own-cannot-tell", "d"),
    ("claims-own-not-checkable", "d"),
]


def test_the_numbers_of_the_readme_are_facts_of_the_book(facts):
    finds = README[README.index("It finds that") : README.index("\n\n![")]
    undated = finds.replace("the end of 2025", "").replace("22 June 2026", "")
    printed = re.findall(r"\d+(?:\.\d+)?", undated)
    assert printed == [format(facts[key]["value"], spec) for key, spec in FINDS]


def test_the_picture_of_the_readme_is_there():
    assert (ROOT / re.search(r"!\[[^\]]+\]\(([^)]+)\)", README).group(1)).is_file()


@pytest.mark.parametrize("name", ["README.md", "Makefile", "postBuild"])
def test_the_lock_is_installed_by_one_command_everywhere(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    quoted = set(re.findall(r"pip install .*?requirements\S*\.txt", text))
    tools = INSTALL.replace("requirements.txt", "requirements-dev.txt")
    assert quoted == {INSTALL, tools} if name == "Makefile" else quoted == {INSTALL}


def test_the_commands_that_the_readme_names_are_targets_of_the_makefile():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`?make ([a-z-]+)", README)) <= targets
