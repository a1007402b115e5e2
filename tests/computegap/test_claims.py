"""The claim tables as they are, and what is counted of them."""

import re

import pandas as pd
from computegap import contract, ledger, quantities, verdicts
from computegap.quantities import outcomes
from computegap.tables import load


def filled(table, column):
    return table[table[column].notna()]


def test_every_claim_has_a_verdict_and_a_reason():
    table = ledger.judged()
    assert list(table["claim_id"]) == list(load("claims")["claim_id"])
    assert set(table["verdict"]) <= set(verdicts.WORDS)
    assert (table["reason"].str.len() > 0).all()


def test_an_override_replaces_the_verdict_and_is_marked():
    table, overrides = ledger.judged().set_index("claim_id"), load("verdict_overrides")
    assert list(table.index[table["is_override"]]) == list(overrides["claim_id"])
    assert list(table.loc[overrides["claim_id"], "verdict"]) == list(overrides["verdict"])


def test_evidence_names_known_claims_sources_and_measures():
    evidence = load("evidence")
    assert set(evidence["claim_id"]) <= set(load("claims")["claim_id"])
    assert set(filled(evidence, "source_id")["source_id"]) <= set(load("sources")["source_id"])
    named = set(filled(evidence, "measure")["measure"])
    assert named - set(quantities.known()) == set()


def test_a_measuring_piece_has_one_figure_in_the_unit_of_its_claim():
    rows = load("evidence").query("stance == 'measures'")
    assert (rows["value"].notna() ^ rows["measure"].notna()).all()
    units = load("claims").set_index("claim_id")["unit"]
    assert list(rows["unit"]) == list(units.loc[rows["claim_id"]])


def test_a_piece_without_a_source_is_a_measure():
    evidence = load("evidence")
    assert evidence.loc[evidence["source_id"].isna(), "measure"].notna().all()


def test_a_figure_in_evidence_has_a_unit():
    assert filled(load("evidence"), "value")["unit"].notna().all()


def test_a_claim_that_nothing_decides_says_why_and_no_other_does():
    table, evidence = load("claims"), load("evidence").query("stance != 'context'")
    decided = table["claim_id"].isin(evidence["claim_id"]) & table["is_checkable"].astype(bool)
    assert list(table.loc[decided == table["unresolved_reason"].notna(), "claim_id"]) == []


def test_a_claim_has_a_whole_figure_or_none():
    parts = load("claims")[["value", "unit", "comparator"]].notna()
    assert parts.eq(parts["value"], axis=0).all(axis=None)


def test_a_statement_has_no_figure_and_any_other_checkable_kind_has_one():
    table = load("claims")
    is_statement = table["kind"] == "statement"
    assert table.loc[is_statement, "value"].isna().all()
    without = table[~is_statement & table["value"].isna()]
    assert set(without["kind"]) <= {"forecast"}


def test_ranges_run_upwards():
    for name in ("claims", "evidence"):
        table = filled(load(name), "value_high")
        assert (table["value_high"] > table["value"]).all()


def test_ids_run_in_order():
    for name, key in (("claims", "claim_id"), ("evidence", "evidence_id")):
        ids = pd.Series(load(name)[key])
        assert ids.is_monotonic_increasing and ids.is_unique
        assert ids.map(lambda cell: bool(re.fullmatch(r"[CE]\d{3}", cell))).all()


def test_a_note_on_a_computed_figure_leaves_the_digits_to_the_measure():
    """Digits in names (V4 Pro, H100, Ascend 910B) and dates are no figures."""
    rows = filled(load("evidence"), "measure")
    chips = r"A100|H100|GB300|MI3\d5X|910[BC]?"
    names = rf"\b(V4 Pro|{chips}|Colossus 2|(19|20)\d\d)\b"
    digits = rows["note"].str.replace(names, "", regex=True).str.contains(r"\d")
    assert list(rows.loc[digits, "evidence_id"]) == []


def test_the_scoreboard_counts_every_claim_once_in_fixed_order():
    board = ledger.scoreboard()
    assert list(board.columns) == list(verdicts.WORDS)
    assert list(board.index) == list(contract.SECTIONS)
    assert board.to_numpy().sum() == len(load("claims"))
    per_section = load("claims")["section"].value_counts()
    assert all(board.sum(axis=1)[section] == n for section, n in per_section.items())


def test_every_claim_has_one_outcome_and_its_verdict_agrees():
    counts = outcomes.claim_outcomes()
    assert list(counts.index) == list(outcomes.OUTCOMES)
    by_verdict = ledger.judged()["verdict"].value_counts()
    assert all(counts[word] == by_verdict[word] for word in outcomes.DECIDED)
    assert counts["undecided"] + counts["uncheckable"] == by_verdict["cannot tell"]
    assert counts["uncheckable"] == (~load("claims")["is_checkable"]).sum()


def test_outcomes_of_some_claims_are_a_part_of_all():
    parts = [outcomes.claim_outcomes(f"section == '{name}'") for name in contract.SECTIONS]
    assert sum(parts).equals(outcomes.claim_outcomes())


def test_the_ledger_counts_the_evidence_of_each_claim():
    table = ledger.rows().set_index("claim_id")
    evidence = load("evidence")
    assert table["pieces"].sum() == len(evidence)
    first = evidence["claim_id"].iloc[0]
    assert table.at[first, "pieces"] == (evidence["claim_id"] == first).sum()
