"""What got past the check of the data in a trial by somebody who had not read it."""

import csv
import io
import json
import shutil
from pathlib import Path

import pytest
from _ext.run import datacheck
from conftest import ROOT


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    """A copy of the data, which each test leaves as it found it."""
    folder = tmp_path_factory.mktemp("attack") / "data"
    return shutil.copytree(ROOT / "data", folder)


@pytest.fixture
def data(whole) -> Path:
    yield whole
    shutil.copytree(ROOT / "data", whole, dirs_exist_ok=True)


def with_rows(data: Path, table: str, change) -> list[str]:
    """What is said of a table whose rows `change` rewrote; its entry has the number of them."""
    path = data / f"{table}.csv"
    header, *rows = csv.reader(io.StringIO(path.read_text(), newline=""))
    rows = change([dict(zip(header, row, strict=True)) for row in rows])
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, header, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(text.getvalue())
    with_entry(data, table, lambda entry: entry.update(rows=len(rows)))
    return datacheck.problems(data, {table})


def with_entry(data: Path, table: str, change) -> list[str]:
    path = data / "datapackage.json"
    package = json.loads(path.read_text())
    change(next(entry for entry in package["resources"] if entry["name"] == table))
    path.write_text(json.dumps(package))
    return datacheck.descriptors.problems(data)


def with_field(data: Path, table: str, column: str, change) -> list[str]:
    path = data / f"{table}.schema.json"
    schema = json.loads(path.read_text())
    change(next(field for field in schema["fields"] if field["name"] == column))
    path.write_text(json.dumps(schema))
    return datacheck.problems(data, {table})


def in_column(column: str, change):
    return lambda rows: [
        row | {column: change(row[column])} if row[column] else row for row in rows
    ]


def in_row(number: int, **cells: str):
    """A change of the cells of one row; row 2 is the first below the header."""
    return lambda rows: [
        row | cells if place == number else row for place, row in enumerate(rows, start=2)
    ]


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("capex_quarterly", "capex_usd_billion"),
        ("known_runs", "training_tokens_trillion"),
        ("hbm_shares", "hbm_share"),
        ("lag_coverage", "width_months"),
        ("site_power", "power_mw"),
    ],
)
def test_a_column_that_is_a_thousand_times_too_small_throughout_is_refused(data, table, column):
    found = with_rows(data, table, in_column(column, lambda cell: f"{float(cell) / 1000:.9f}"))
    assert any(f"column {column!r}: found" in line and "as the largest" in line for line in found)


def test_bounds_far_from_what_a_column_holds_are_refused(data):
    found = with_field(
        data, "hbm_shares", "hbm_share", lambda field: field["constraints"].update(maximum=100)
    )
    assert found == [
        "data/hbm_shares.csv, column 'hbm_share': found 0.7 as the largest, "
        "expected 5 or more, or tighter bounds than 100"
    ]


def test_a_quarter_that_is_left_out_of_a_series_is_refused(data):
    def lost(rows):
        return [
            row
            for row in rows
            if (row["company"], row["quarter_end_date"]) != ("Meta", "2024-06-30")
        ]

    found = with_rows(data, "capex_quarterly", lost)
    assert len(found) == 1
    assert "found quarter_end_date 2024-09-30, after 2024-03-31" in found[0]


def test_the_end_of_a_period_is_the_end_of_a_month(data):
    found = with_rows(data, "capex_2026", in_row(4, period_end_date="2026-06-29"))
    assert found == [
        "data/capex_2026.csv, row 4, column 'period_end_date': found '2026-06-29', "
        "expected the last day of a month, as 2026-06-30"
    ]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("two  blanks", "one blank"),
        ("a line\nand another", "in one line"),
        ("<b>bold</b>", "without tags"),
        ("<script>alert(1)</script>", "without tags"),
        ("the publisherâ€™s figure", "another encoding"),
        ("a caf\ufffd", "another encoding"),
        ("MÃ¼nchen", "another encoding"),
        ("#REF!", "an empty cell"),
        ("…", "an empty cell"),
    ],
)
def test_text_that_was_copied_badly_is_refused(data, cell, expected):
    (found,) = with_rows(data, "model_parameters", in_row(2, note=cell))
    assert found.startswith("data/model_parameters.csv, row 2, column 'note': found ")
    assert expected in found


@pytest.mark.parametrize(
    "cell", ["1 < 2 and 3 > 2", "less than <1 %", "Âge d'or", "São Paulo", "ALLaM\xa0adapted"]
)
def test_text_that_only_resembles_a_bad_copy_passes(data, cell):
    assert with_rows(data, "model_parameters", in_row(2, note=cell)) == []


def test_a_table_without_rows_is_refused_even_if_its_entry_says_so(data):
    found = with_rows(data, "cuda_developers", lambda rows: [])
    assert "data/cuda_developers.csv: found no row below the header, expected one at least" in found


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda field: field.update(constrains=field.pop("constraints")), "'constrains'"),
        (lambda field: field["constraints"].update(maximun=1), "'maximun'"),
        (lambda field: field["constraints"].update(maximum="9"), "found '9'"),
        (lambda field: field["constraints"].update(maximum=True), "found True"),
        (lambda field: field["constraints"].update(maximum=float("nan")), "found NaN"),
        (lambda field: field["constraints"].update(maximum=float("inf")), "found Infinity"),
        (lambda field: field["constraints"].update(required="false"), "found 'false'"),
        (lambda field: field.update(decimalChar=","), "'decimalChar'"),
        (lambda field: field.update(type="string"), "'minimum'"),
        (lambda field: field.update(format="any"), "'format'"),
    ],
)
def test_a_schema_with_a_word_or_value_that_nobody_reads_is_refused(data, change, said):
    (found, *_) = with_field(data, "hbm_shares", "hbm_share", change)
    assert found.startswith("data/hbm_shares.schema.json") and said in found


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("rows", True),
        ("profile", None),
        ("licenses", [None]),
        ("sources", [{"title": "x", "path": 5}]),
        ("encoding", "latin-1"),
        ("dialect", {"delimiter": ";"}),
        ("compression", "gzip"),
        ("as_of", "2027-01-31"),
    ],
)
def test_an_entry_that_asks_for_another_reader_or_another_time_is_refused(data, key, value):
    (found,) = with_entry(data, "hbm_shares", lambda entry: entry.update({key: value}))
    assert found.startswith("data/datapackage.json, 'hbm_shares'") and repr(key) in found


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"as_of": "2020-01-31"}, "as the newest, expected '2020-01-31'"),
        ({"dated_by": "no_such_date"}, "found no column 'no_such_date'"),
    ],
)
def test_a_table_is_as_new_as_its_entry_says(data, change, said):
    assert with_entry(data, "algorithmic_progress", lambda entry: entry.update(change)) == []
    (found,) = datacheck.problems(data, {"algorithmic_progress"})
    assert found.startswith("data/algorithmic_progress.csv") and said in found


@pytest.mark.parametrize(
    "rule",
    [
        {"rules": [{"that": "loans_usd_billion >", "says": "more"}]},
        {"rules": [{"that": "1 < 2", "says": "nothing of the table"}]},
        {"sums": [{"of": "loans_usd_billion", "by": [], "to": 1}]},
        {"sums": [{"of": "lender", "by": [], "to": 1, "within": 1}]},
        {"series": [{"of": "growth_share", "by": [], "along": "as_of_date", "times": "4"}]},
        {
            "series": [
                {"of": "growth_share", "by": [], "along": "as_of_date", "times": 4, "fall": 0}
            ]
        },
        {"rules": None},
        {"primaryKey": [["lender"]]},
    ],
)
def test_a_rule_that_could_not_be_checked_is_refused(data, rule):
    path = data / "loan_books.schema.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | rule))
    found = datacheck.problems(data, {"loan_books"})
    assert found and all(line.startswith("data/loan_books.schema.json: ") for line in found)


@pytest.mark.parametrize("name", ["datapackage.json", "chips.schema.json"])
def test_json_nested_without_end_is_told_in_a_line(data, name):
    (data / name).write_text("[" * 100_000)
    (found,) = datacheck.problems(data)
    assert found.startswith(f"data/{name}: found brackets")


@pytest.mark.parametrize("table", ["sources", "chips"])
@pytest.mark.parametrize("content", [None, "a,b".encode("utf-16"), b"\x00"])
def test_a_table_of_addresses_that_cannot_be_read_is_told_in_a_line(data, table, content):
    path = data / f"{table}.csv"
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    found = datacheck.problems(data, {table})
    assert found and found[0].startswith(f"data/{table}.csv")


@pytest.mark.parametrize(
    ("table", "row", "cells"),
    [
        (
            "chip_types_held",
            2,
            {"memory_bandwidth_tb_s_low": "5", "memory_bandwidth_tb_s_high": "0.9"},
        ),
        ("capability_scores", 2, {"release_date": "2026-08-31"}),
        ("known_runs", 2, {"training_tokens_trillion": "1.48"}),
        ("known_runs", 3, {"chip_hours_million": "3.084"}),
        ("private_investment", 31, {"vintage_date": "2024-06-25"}),
    ],
)
def test_figures_of_a_row_that_cannot_both_be_true_are_refused(data, table, row, cells):
    found = with_rows(data, table, in_row(row, **cells))
    assert any(line.startswith(f"data/{table}.csv, row {row}: found ") for line in found)


def test_a_rule_that_divides_by_nought_is_told_in_a_line(data):
    path = data / "loan_books.schema.json"
    rule = {"that": "1 / (growth_share - growth_share) > 0", "says": "x"}
    path.write_text(json.dumps(json.loads(path.read_text()) | {"rules": [rule]}))
    found = datacheck.problems(data, {"loan_books"})
    assert found and all("a formula that can be evaluated" in line for line in found)


def test_a_column_of_addresses_says_so(data):
    found = with_field(data, "sources", "url", lambda field: field.pop("format"))
    assert found[0].startswith("data/sources.schema.json: column 'url': 'format': found None")
