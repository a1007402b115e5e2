"""Builds of a small book and of this book going right; test_refused.py has what goes wrong."""

import re

from conftest import ROOT, build


def test_a_fact_is_quoted_with_its_source_on_any_page(example):
    quoted = re.search(
        r'<a [^>]*class="[^"]*fact-link[^"]*"[^>]*>.*?</a>', example.html("quotes")
    ).group()
    assert ">22.3<" in quoted
    assert 'href="index.html#fact-alphabet-2020"' in quoted
    assert "22.3 USD billion" in quoted and "Capital expenditure by firm and year" in quoted
    assert 'id="fact-alphabet-2020"' in example.html("index")


def test_notebooks_of_one_build_know_nothing_of_each_other(example):
    """Their kernels are forked from one process that has imported the libraries."""
    for name in ("marks", "marks-too"):
        assert f"executed book/{name}.md" in example.log
    # What a kernel says that thinks it was started by hand.
    assert "NOTE:" not in example.log
    assert "--existing" not in example.log


def test_the_log_of_a_good_build_has_no_warning(log):
    assert not re.search(r"warn|error(?!s\.)", _without_settings(log), re.IGNORECASE), log


def _without_settings(log: str) -> str:
    """The log less the two lines in which MyST prints all its settings."""
    return "\n".join(line for line in log.splitlines() if "Config(" not in line)


def test_building_again_executes_nothing_and_ends_at_once(site):
    done = build(ROOT)
    assert done.returncode == 0, done.stdout
    assert "executed" not in done.stdout
    # Said where a build ends before Sphinx has loaded anything.
    assert "nothing changed since the last build" in done.stdout
