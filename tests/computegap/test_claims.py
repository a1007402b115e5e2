"""The claim tables as they are, and what is counted of them."""

import random
import re

import pandas as pd
from computegap import contract, ledger, outcomes, quantities, verdicts
from computegap.tables import load
from conftest import ROOT


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


def test_a_claim_that_cannot_be_checked_says_why_and_no_other_does():
    table = load("claims")
    assert list(table["unresolved_reason"].notna()) == list(~table["is_checkable"].astype(bool))


def test_a_claim_that_nothing_decides_says_what_was_looked_for():
    table = load("claims").merge(ledger.words(), on="claim_id")
    is_open = table["verdict"].isin(["unproven", "cannot tell"])
    assert list(table.loc[is_open & table["searched"].isna(), "claim_id"]) == []


def test_no_piece_of_evidence_is_that_nothing_was_found():
    """A sentence of a note may say what a source leaves out; none says that a search failed."""
    notes = load("evidence").set_index("evidence_id")["note"]
    words = r"not found|nothing citable|found nowhere|\b[Nn]o [\w ]+ (?:was|were) found"
    failed = notes.str.contains(words)
    assert list(notes.index[failed]) == []


def test_a_piece_that_has_no_stance_decides_nothing_by_what_it_bears_on_either():
    rows = load("evidence").query("stance == 'context'")
    assert set(rows["bears_on"]) <= {"other", "rumour"}


def test_dates_of_pieces_agree_with_what_they_bear_on():
    """A later piece is of after the article, an earlier one of before it."""
    rows = load("evidence").dropna(subset="as_of_date")
    later = rows.query("bears_on == 'later'")["as_of_date"]
    assert (later > "2026-06-22").all()
    earlier = rows.query("bears_on == 'earlier'")["as_of_date"]
    assert (earlier < "2026-06-22").all()


def test_a_figure_that_counts_smuggled_chips_has_a_twin_that_does_not():
    rows = load("evidence").dropna(subset="smuggled")
    by_claim = rows.groupby("claim_id")["smuggled"].agg(set)
    assert all(both == {"counted", "left out"} for both in by_claim)


def test_a_claim_that_says_another_again_shares_its_verdict_and_has_no_evidence_of_its_own():
    table, evidence = load("claims").set_index("claim_id"), load("evidence")
    again = table["restates"].dropna()
    assert len(again) > 0
    # One step leads to the original.
    assert not set(again) & set(again.index)
    judged = ledger.judged().set_index("claim_id")
    for columns in ("verdict", "confidence", "computed"):
        assert list(judged.loc[again.index, columns]) == list(judged.loc[again, columns])
    assert not set(evidence["claim_id"]) & set(again.index)
    parts = ["kind", "comparator", "is_checkable", "meaning"]
    differing = [
        claim_id
        for claim_id, original in again.items()
        if not table.loc[claim_id, parts].equals(table.loc[original, parts])
    ]
    assert differing == []


def test_a_meaning_that_does_not_fit_is_explained():
    table = load("claims")
    assert list(table["meaning_note"].notna()) == list(table["meaning"] != "fits")


def test_what_the_article_quotes_is_the_origin_of_some_evidence():
    claims, sources = load("claims"), load("sources")
    origins = set(sources["origin"].dropna()) | set(sources["source_id"])
    assert set(claims["quotes"].dropna()) <= origins


def test_every_claim_has_a_reason_in_some_ten_words_for_the_verdict_that_it_has():
    said = load("verdict_reasons").set_index("claim_id")
    judged = ledger.judged().set_index("claim_id")
    assert list(said.index) == list(judged.index), "data/verdict_reasons.csv: a row for each claim"
    other = {
        claim: word for claim, word in judged["verdict"].items() if said["verdict"][claim] != word
    }
    assert other == {}, "data/verdict_reasons.csv: say these verdicts, and why, in some ten words"
    assert (said["in_words"].str.split().str.len() <= 14).all()


def test_changed_verdicts_end_in_those_of_the_rule():
    changes = load("verdict_changes").set_index("claim_id")
    judged = ledger.judged().set_index("claim_id")["verdict"]
    assert changes["after"].to_dict() == judged[changes.index].to_dict()
    assert (changes["before"] != changes["after"]).all()


def test_no_verdict_of_the_rule_rests_on_weak_sources_alone():
    judged = ledger.judged()
    assert not (judged["computed"].isin(verdicts.DECIDED) & (judged["origins"] == 0)).any()


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
        assert ids.map(lambda cell: bool(re.fullmatch(r"[CE]\d{3,}", cell))).all()


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
    distinct = load("claims").query("restates.isna()")
    assert board.to_numpy().sum() == len(distinct)
    per_section = distinct["section"].value_counts()
    assert all(board.sum(axis=1)[section] == n for section, n in per_section.items())


def test_every_claim_has_one_outcome_and_what_is_said_again_is_counted_once():
    counts = outcomes.claim_outcomes()
    assert list(counts.index) == list(outcomes.OUTCOMES)
    distinct = load("claims").query("restates.isna()")["claim_id"]
    by_verdict = ledger.judged(list(distinct))["verdict"].value_counts()
    assert all(counts[word] == by_verdict.get(word, 0) for word in verdicts.WORDS)
    assert (
        counts["not checkable"] == (~load("claims").query("restates.isna()")["is_checkable"]).sum()
    )


def test_the_claims_that_were_read_again_are_those_that_their_seed_draws():
    ids = sorted(load("claims")["claim_id"])
    for round_ in load("claim_samples").dropna(subset="seed").itertuples():
        drawn, corrected = round_.drawn.split(), round_.corrected.split()
        assert drawn == random.Random(int(round_.seed)).sample(ids, len(drawn))
        assert set(corrected) <= set(drawn)
        assert len(set(corrected)) == round_.corrections


WORDS = {"1": "one", "1.5": "one and a half", "2": "two", "8": "eight", "15": "fifteen"}
WORDS |= {"12": "dozen", "0.25": "quarter", "0.5": "half"}


def test_the_figure_of_a_claim_stands_in_its_sentence():
    """As digits or in words; a figure without digits is words in any case."""
    missing = []
    for claim in load("claims").dropna(subset=["value", "printed"]).itertuples():
        printed = re.findall(r"\d[\d,]*(?:\.\d+)?", claim.printed)
        said = claim.statement.replace(",", "").lower()
        figures = [one.replace(",", "") for one in printed]
        if figures and not any(one in said or WORDS.get(one, "\0") in said for one in figures):
            missing.append((claim.claim_id, claim.printed, claim.statement))
    assert missing == []


def test_no_room_of_quantities_imports_what_judges():
    """The ledger asks the quantities, and data flow in one direction."""
    rooms = sorted((ROOT / "book" / "computegap" / "quantities").glob("*.py"))
    imports = r"^\s*(?:from|import) .*\b(?:ledger|verdicts|outcomes|audit|show)\b"
    found = [one.name for one in rooms if re.search(imports, one.read_text("utf-8"), re.MULTILINE)]
    assert rooms and found == []


def test_what_verdicts_rest_on_is_a_part_of_the_decided():
    rest = outcomes.verdicts_that_rest()
    assert (rest <= rest["decided"]).all() and rest["piece"] <= rest["several"]
    # An override decides one that the rule leaves open.
    decided = outcomes.claim_outcomes()[list(outcomes.DECIDED)].sum()
    assert decided - len(load("verdict_overrides")) <= rest["decided"] <= decided


def test_settings_begin_with_the_verdicts_as_they_are_set():
    found = ledger.settings()
    assert found[0].to_dict() == ledger.words().set_index("claim_id")["verdict"].to_dict()
    assert found.shape == (len(load("claims")), len(ledger.SETTINGS))
    assert ledger.rule_of(ledger.SETTINGS[0]) == verdicts.Rule()


def test_outcomes_of_some_claims_are_a_part_of_all():
    parts = [outcomes.claim_outcomes(f"section == '{name}'") for name in contract.SECTIONS]
    assert sum(parts).equals(outcomes.claim_outcomes())


def test_the_ledger_counts_the_evidence_of_each_claim():
    table = ledger.rows().set_index("claim_id")
    evidence = load("evidence")
    own = table[table["restates"].isna()]
    assert own["pieces"].sum() == len(evidence)
    first = evidence["claim_id"].iloc[0]
    assert table.at[first, "pieces"] == (evidence["claim_id"] == first).sum()
