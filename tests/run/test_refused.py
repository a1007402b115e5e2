"""What a strict build refuses, and what it says of it: each fault is a page of `tests/examples`.

One book holds many faults, since a build names all that it finds of a kind. Each test asks that
its own fault is among the warnings, any of which fails a strict build, or among the reasons.
"""

import re
import sys

import pytest
from conftest import ROOT, SmallBook, Tried


@pytest.fixture(scope="session")
def warned(tried) -> Tried:
    """A book with faults in pages and in what notebooks show."""
    book = tried("warned", lambda small: small.add_examples("warned"))
    assert book.code != 0
    return book


@pytest.fixture(scope="session")
def failed(tried) -> Tried:
    """A book with notebooks that cannot be executed."""
    book = tried("failed", lambda small: small.add_examples("failed"))
    assert book.code != 0
    return book


@pytest.fixture(scope="session")
def bad_data(tried) -> Tried:
    """A book with faults in its data."""

    def prepare(book: SmallBook) -> None:
        book.page("# A page\n\n```{code-cell} ipython3\n1\n```\n")
        book.change_cell("capex", 2, "22.3", "about 22")
        book.change_cell("capex", 3, "opportimes-alphabet", "hearsay")
        (book.root / "data" / "clusters.csv").unlink()

    book = tried("bad-data", prepare)
    assert book.code != 0
    return book


def warnings(book: Tried, place: str = "") -> str:
    """The warnings of a build, or those that name a place."""
    lines = re.findall(r"^.*WARNING: .*$", book.log, re.MULTILINE)
    return "\n".join(line for line in lines if place in line)


def reasons(book: Tried, said: str) -> str:
    """What follows the words with which a build gives up."""
    return book.log.split(f"the book was not built: {said}\n")[1].split("\nThe last good book")[0]


# Notebooks


def test_a_notebook_that_raises_fails_the_build_and_names_file_line_and_error(failed):
    found = reasons(failed, "a notebook failed")
    assert re.search(r"book/index\.md:\d+: ZeroDivisionError: division by zero", found)


def test_a_kernel_that_dies_fails_the_build_and_names_its_notebook(failed):
    found = reasons(failed, "a notebook failed")
    assert re.search(r"book/dies\.md:\d+: DeadKernelError", found)


def test_a_cell_that_prints_without_end_fails_the_build_and_names_its_place(failed):
    found = reasons(failed, "a notebook failed")
    assert re.search(r"book/floods\.md:\d+: prints 5,000,000 characters, expected 1,000,", found)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of data")
def test_a_cell_that_eats_memory_fails_the_build_and_names_its_place(failed):
    assert re.search(r"book/eats\.md:\d+: MemoryError", reasons(failed, "a notebook failed"))


def test_a_build_that_fails_shows_no_frame_and_names_the_file_that_has_them(failed, bad_data):
    for book in (failed, bad_data):
        assert "Traceback" not in book.log
        assert book.log.rstrip().endswith("the details are in _build/failure.log.")
        assert str(ROOT) not in book.log.split("the book was not built")[1]
        assert "Traceback" in (book.root / "_build/failure.log").read_text(encoding="utf-8")


def test_a_chart_with_too_many_rows_fails_the_build_and_names_its_place(failed):
    found = reasons(failed, "a notebook failed")
    assert re.search(r"book/rows\.md:\d+: ValueError: the chart has 5,001 rows", found)


# Data


def test_a_wrong_cell_fails_the_build_before_a_notebook_runs(bad_data):
    found = reasons(bad_data, "the data do not fit their schemas")
    assert (
        "data/capex.csv, row 2, column 'capex_usd_billion': found 'about 22', expected a number"
        in found
    )
    assert "executed" not in bad_data.log


def test_a_source_that_nobody_listed_fails_the_build(bad_data):
    found = reasons(bad_data, "the data do not fit their schemas")
    assert re.search(r"data/capex\.csv, row 3, .*hearsay", found)


def test_a_missing_table_fails_the_build_and_is_named(bad_data):
    assert "clusters.csv" in reasons(bad_data, "the data do not fit their schemas")


# Pages


def test_an_unknown_fact_fails_the_build_and_names_file_and_line(warned):
    assert re.search(
        r"book/index\.md:\d+: WARNING: no cell states the fact 'no-such-fact'", warnings(warned)
    )


def test_a_fact_stated_twice_fails_the_build(warned):
    assert "fact 'a-count' is stated twice" in warnings(warned)


def test_a_chart_without_description_or_source_line_fails_the_build_and_names_the_cell(warned):
    found = warnings(warned, "book/no-source.md")
    assert re.search(r"no-source\.md:\d+: WARNING: cell 2: fig-bare needs a source line", found)
    assert "fig-bare needs a description" in found


def test_a_chart_without_a_header_fails_the_build_and_says_what_is_missing_and_where(warned):
    found = warnings(warned, "book/no-header.md")
    assert re.search(r"no-header\.md:\d+: WARNING: cell \d+: its output needs a label", found)
    assert "needs a caption: mystnb.figure.caption" in found
    assert "needs a description: mystnb.image.alt" in found


def test_a_page_without_a_heading_is_named(warned):
    assert "the page has no heading" in warnings(warned, "book/no-heading.md")


def test_a_source_that_is_cited_and_not_listed_fails_the_build(warned):
    assert "hearsay-2026" in warnings(warned, "book/cites.md")


def test_a_heading_that_quotes_fails_the_build_with_file_and_line(warned):
    found = warnings(warned, "book/headings.md")
    for line, said in ((7, "fact a-count"), (9, "fact a-count"), (11, "finding no-such-finding")):
        assert f"headings.md:{line}: WARNING: a heading can not quote the {said}: " in found
    assert "NotImplementedError" not in warned.log
