"""Cells that name code: public measures of one module, and nothing else that Python would find."""

import pytest
from computegap import claims, measures, named
from computegap.tables import TableError

CELL = "```{code-cell} ipython3\n%s\n```\n"


@pytest.mark.parametrize(
    "name",
    ["", "load", "np", "pd", "_named", "__doc__", "__builtins__", "claimed", "US_OWNERS", "exit"],
)
def test_a_cell_that_names_no_measure_is_refused_with_its_place(name):
    place = "data/yardsticks.csv, row 3, column 'measure'"
    with pytest.raises(TableError) as refused:
        named.measure(measures.__name__, name, place)
    said = f"{place}: found {name!r}, expected a public function of measures.py"
    assert str(refused.value).startswith(said)


def test_a_measure_without_arguments_is_found():
    assert named.measure(measures.__name__, "latest_quarter", "") is measures.latest_quarter


def test_evidence_that_names_no_measure_is_refused_with_its_id():
    with pytest.raises(claims.ClaimError, match=r"evidence.csv, E014, .*found 'load', expected"):
        claims.computed("E014", "load")


def test_every_measure_that_a_table_names_is_one():
    assert claims.problems() == []


def test_cells_that_would_run_code_are_refused_before_a_notebook_runs(book):
    book.page("# A page\n\n" + CELL % "1 + 1")
    for table, line, old, new in (
        ("audit_readings", 2, "C033,", "__import__('pathlib').Path('run').touch(),"),
        ("audit_bases", 4, "C028 / (1 + C029 / 100)", "C028.__class__"),
        ("yardsticks", 2, "article_chip_ratio", "load"),
    ):
        book.change_cell(table, line, old, new)
    done = book.build()
    assert done.returncode != 0
    assert "executed" not in done.stdout
    for place in (
        "data/audit_readings.csv, row 2, column 'calculation': found ",
        "data/audit_bases.csv, row 4, column 'calculation': found ",
        "data/yardsticks.csv, row 2, column 'measure': found 'load', expected ",
    ):
        assert place in done.stdout
    assert list(book.root.rglob("run")) == []
