"""The README: what it says the book finds is what the book says."""

import re
import subprocess

import pytest
from _ext.publish.downloads import INSTALL
from conftest import ROOT
from release import FINDS, readme_numbers

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_numbers_of_the_readme_are_facts_of_the_book(facts):
    numbers = readme_numbers(README, facts)
    assert len(numbers) == len(FINDS)
    assert [one for one in numbers if one[1] != one[2]] == []


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


def test_help_has_every_command_with_what_it_is_for():
    said = subprocess.run(["make", "help"], cwd=ROOT, check=True, text=True, capture_output=True)
    lines = dict(re.findall(r"^make ([a-z-]+) +(\S.*)$", said.stdout, re.MULTILINE))
    targets = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)[1]
    assert set(targets.split()) == set(lines)
