"""The audit of the article's own sums: what is computed, and how it is put into words."""

import re

import pytest
from computegap import audit, package, tables
from computegap.package import TableError
from computegap.tables import load
from conftest import ROOT


def test_calculations_name_claims_ends_of_ranges_and_numbers_from_outside():
    known = audit.names()
    assert (known["C036"], known["C006h"]) == (
        load("claims").set_index("claim_id").at["C036", "value"],
        load("claims").set_index("claim_id").at["C006", "value_high"],
    )
    assert {"google_own", "other_tops", "fable_days"} <= set(known)
    assert {"b200", "h100_of_gb300", "h100_tflops", "intel_shares"} <= set(known)


def test_a_calculation_opens_only_the_tables_of_the_names_in_it(monkeypatch):
    opened = []
    monkeypatch.setattr(audit, "load", lambda name: opened.append(name) or load(name))
    assert audit.result("2 * (3 + 4)") == 14
    assert opened == []
    assert audit.result("C036 / C037") == audit.names()["C036"] / audit.names()["C037"]
    assert set(opened) == {"claims"}
    opened.clear()
    assert audit.result("1 / h100_of_gb300") > 1
    assert set(opened) == {"chips"}


@pytest.mark.parametrize(
    ("agreeing", "is_saved", "meaning", "word"),
    [
        (1, False, "fits", "supported"),
        (1, True, "fits", "supported"),
        (1, False, "lost attribution", "right number, wrong meaning"),
        (0.5, True, "fits", "partly supported"),
        # Saved by nothing but that two figures are not of one thing.
        (0, True, "fits", "right number, wrong meaning"),
        (0, False, "fits", "contradicted"),
    ],
)
def test_a_check_has_the_words_of_a_claim(agreeing, is_saved, meaning, word):
    assert audit._verdict(agreeing, is_saved, meaning) == word


def test_a_verdict_is_that_of_the_readings_of_a_check_that_have_bounds():
    found = audit.readings()
    has_bound = found["low"].notna() | found["high"].notna()
    agreeing = found[has_bound].groupby("check_id")["agrees"].agg(["all", "any"])
    saved = set(found.loc[~has_bound, "check_id"])
    for check in audit.checks().query("meaning == 'fits'").itertuples():
        every, some = agreeing.loc[check.check_id]
        lost = "right number, wrong meaning" if check.check_id in saved else "contradicted"
        word = "supported" if every else "partly supported" if some else lost
        assert check.verdict == word, check.check_id


def test_ten_checks_come_first_in_their_order():
    ranked = audit.checks().dropna(subset="rank").set_index("check_name")["rank"]
    shown = list(audit.ten().frame["check_name"])
    assert [ranked[name] for name in shown] == list(range(1, 11))


def test_a_check_that_could_hardly_fail_holds():
    trivial = audit.checks().query("is_trivial")
    assert set(trivial["verdict"]) == {"supported"}
    assert trivial["rank"].isna().all()


def test_a_check_with_a_chip_in_one_of_its_calculations_is_from_outside():
    found = audit.checks_from_outside()
    assert "google-total" in found and "xai-models" not in found
    assert len(found) == len(set(found))


@pytest.fixture
def change(tmp_path, monkeypatch):
    """A way to put one cell into a copy of the data package."""
    for path in (ROOT / "data").glob("*.*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(package, "DATA", tmp_path)
    tables._read.cache_clear()

    def put(table: str, row: int, old: str, new: str) -> None:
        lines = (tmp_path / f"{table}.csv").read_text(encoding="utf-8").splitlines()
        assert old in lines[row - 1]
        lines[row - 1] = lines[row - 1].replace(old, new, 1)
        (tmp_path / f"{table}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")

    yield put
    tables._read.cache_clear()


@pytest.mark.parametrize(
    ("table", "row", "column", "old", "new"),
    [
        ("audit_readings", 2, "calculation", "C033,", "C033.__class__,"),
        ("audit_readings", 2, "calculation", "C033,", "C3333,"),
        ("audit_readings", 5, "low", ",1,", ",@names,"),
        ("audit_readings", 2, "high", ",,1", ",,max(1)"),
        ("audit_bases", 4, "calculation", "C028 /", "C028 if 1 else"),
    ],
)
def test_a_cell_that_is_no_calculation_is_refused_with_its_place(
    change, table, row, column, old, new
):
    change(table, row, old, new)
    said = f"data/{table}.csv, row {row}, column {column!r}: found "
    assert [line.startswith(said) for line in audit.problems()] == [True]
    if table == "audit_readings":
        with pytest.raises(TableError, match=re.escape(said)):
            audit.readings()


def test_the_calculations_of_the_tables_are_calculations():
    assert audit.problems() == []
