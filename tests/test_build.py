"""Builds of small books that go wrong, and of this book going right."""

import re
import time

from conftest import ROOT, build

CELL = "```{code-cell} ipython3\n%s\n```\n"
FACTS = "from computegap.show.facts import fact\n"


def test_a_notebook_that_raises_fails_the_build_and_names_file_line_and_error(book):
    book.page("# A page\n\n" + CELL % "1 / 0")
    done = book.build()
    assert done.returncode != 0
    assert re.search(r"book/index\.md:\d+: ZeroDivisionError: division by zero", done.stdout)


def test_a_wrong_cell_fails_the_build_before_a_notebook_runs(book):
    book.change_cell("capex", 2, "22.3", "about 22")
    done = book.build()
    assert done.returncode != 0
    assert "data/capex.csv, row 2, column 'capex_usd_billion', found 'about 22'" in done.stdout
    assert "executed" not in done.stdout


def test_a_source_that_nobody_listed_fails_the_build(book):
    book.change_cell("capex", 2, "opportimes-alphabet", "hearsay")
    done = book.build()
    assert done.returncode != 0
    assert "data/capex.csv" in done.stdout and "hearsay" in done.stdout


def test_a_missing_table_fails_the_build_and_is_named(book):
    (book.root / "data" / "clusters.csv").unlink()
    done = book.build()
    assert done.returncode != 0
    assert "clusters.csv" in done.stdout


def test_an_unknown_fact_fails_the_build_and_names_file_and_line(book):
    book.page("# A page\n\nThe lag is {fact}`no-such-fact:.1f` months.\n")
    done = book.build()
    assert done.returncode != 0
    assert re.search(
        r"book/index\.md:\d+: WARNING: no cell states the fact 'no-such-fact'", done.stdout
    )


def test_a_fact_stated_twice_fails_the_build(book):
    twice = FACTS + 'fact("a-count", 3, "chips", "chips")'
    book.page("# A page\n\n" + CELL % twice)
    book.add_page("second", "# Another\n\n" + CELL % twice)
    done = book.build()
    assert done.returncode != 0
    assert "fact 'a-count' is stated twice" in done.stdout


def test_a_fact_is_quoted_with_its_source_on_any_page_and_follows_its_table(book):
    cell = (
        "from computegap.tables import load\n"
        + FACTS
        + 'rows = load("capex").query("company == \'Alphabet\' and year == 2020")\n'
        + 'fact("alphabet-2020", rows["capex_usd_billion"].iloc[0], "USD billion", "capex")'
    )
    book.page("# A page\n\n" + CELL % cell)
    book.add_page("second", "# Another\n\nIt spent {fact}`alphabet-2020:.1f` billion dollars.\n")
    done = book.build()
    assert done.returncode == 0, done.stdout
    quoted = re.search(
        r'<a [^>]*class="[^"]*fact-link[^"]*"[^>]*>.*?</a>', book.html("second")
    ).group()
    assert ">22.3<" in quoted
    assert 'href="index.html#fact-alphabet-2020"' in quoted
    assert "22.3 USD billion" in quoted and "Capital expenditure by firm and year" in quoted
    assert 'id="fact-alphabet-2020"' in book.html("index")

    book.change_cell("capex", 2, "22.3", "23.4")
    done = book.build()
    assert done.returncode == 0, done.stdout
    assert ">23.4<" in book.html("second")


def test_a_chart_without_description_or_source_line_fails_the_build_and_names_the_cell(book):
    cell = """---
mystnb:
  figure:
    name: fig-bare
    caption: A caption without a source.
---
import altair as alt
import pandas as pd
from computegap.show import charts

charts.use()
alt.Chart(pd.DataFrame({"x": [1, 2]})).mark_bar().encode(alt.X("x:Q"))
"""
    book.page("# A page\n\nText.\n\n" + CELL % cell)
    done = book.build()
    assert done.returncode != 0
    assert re.search(
        r"book/index\.md:\d+: WARNING: cell 2: fig-bare needs a source line", done.stdout
    )
    assert "fig-bare needs a description" in done.stdout


def test_notebooks_of_one_build_know_nothing_of_each_other(book):
    """Their kernels are forked from one process that has imported the libraries."""
    cell = "import pandas\n\nassert not hasattr(pandas, 'mark')\npandas.mark = True"
    book.page("# A page\n\n" + CELL % cell)
    book.add_page("second", "# Another\n\n" + CELL % cell)
    done = book.build()
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("executed book/") == 2
    # What a kernel says that thinks it was started by hand.
    assert "NOTE:" not in done.stdout
    assert "--existing" not in done.stdout


def test_a_kernel_that_dies_fails_the_build_and_names_its_notebook(book):
    book.page("# A page\n\n" + CELL % "1")
    book.add_page("second", "# Another\n\n" + CELL % "import os\n\nos._exit(3)")
    done = book.build()
    assert done.returncode != 0
    assert "book/second.md: DeadKernelError" in done.stdout


def test_the_log_of_a_good_build_has_no_warning(log):
    assert not re.search(r"warn|error(?!s\.)", _without_settings(log), re.IGNORECASE), log


def _without_settings(log: str) -> str:
    """The log less the two lines in which MyST prints all its settings."""
    return "\n".join(line for line in log.splitlines() if "Config(" not in line)


def test_building_again_executes_nothing_and_takes_seconds(site):
    start = time.monotonic()
    done = build(ROOT)
    assert done.returncode == 0, done.stdout
    assert "executed" not in done.stdout
    assert time.monotonic() - start < 60
