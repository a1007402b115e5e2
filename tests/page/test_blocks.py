"""Claims with their evidence on small tables: verdicts, words of figures, counts of outcomes."""

import json

import numpy as np
import pandas as pd
import pytest
from computegap import contract, ledger, lineage, outcomes, quantities
from computegap.quantities import QuantityError
from computegap.show import claims
from computegap.verdicts import ClaimError

CLAIMS = """
claim_id section paragraph restates kind comparator value value_high unit checks why looked quotes
C001 summary 1 - quantity = 100 - months True - - -
C002 summary 2 - share ~ 8 15 percent True - - -
C003 constraint 1 - statement - - - - True - A_count. -
C004 constraint 2 - statement - - - - False Advice. - -
C005 abstract 1 - statement - - - - True - - a-post
C006 abstract 2 - count > 3 - chips True - - -
C007 abstract 3 C005 statement - - - - True - - -
"""
EVIDENCE = """
evidence_id claim_id stance bears_on smuggled value value_high unit measure date source_id note
E001 C001 measures earlier - 100 - months - 2025 firm-2025 It_held.
E002 C001 measures claim - 150 - months - 2026 firm-2026 -
E003 C002 measures claim - - - percent a_range - - -
E004 C003 context other - - - - - - firm-2026 Only_context.
E005 C005 supports claim - - - - - - weak-2025 A_report.
E006 C006 measures claim - 4 6 chips - 2026-01 firm-2026 -
E007 C006 measures claim - 2 - chips - 2026-02 paper-2026 -
E008 C004 supports claim - - - - - - firm-2026 -
"""
SOURCES = """
source_id kind publisher url grade origin
weak-2025 secondary A_magazine https://weak.test/ C a-post
firm-2025 primary A_firm https://firm.test/then A -
firm-2026 primary A_firm https://firm.test/ A -
paper-2026 primary A_paper https://paper.test/ B -
"""
# Columns with long names have short ones above.
LONG = {
    "checks": "is_checkable",
    "why": "unresolved_reason",
    "looked": "searched",
    "smug": "smuggled",
    "date": "as_of_date",
}
OVERRIDES = """
claim_id verdict reason
C006 partly_supported The_later_row_is_no_misprint.
"""
REASONS = """
claim_id verdict in_words
C001 outdated It_was_so.
C002 supported Another_verdict.
"""
MINUS = "\N{MINUS SIGN}"


def table(text: str, **types) -> pd.DataFrame:
    """A small table: cells apart by spaces, - for none, _ for a space within one."""
    head, *rows = [line.split(" ") for line in text.strip().splitlines()]
    cells = [[None if c == "-" else c.replace("_", " ") for c in row] for row in rows]
    made = pd.DataFrame(cells, columns=[LONG.get(name, name) for name in head]).astype("str")
    return made.astype(types)


@pytest.fixture
def tables(monkeypatch) -> dict[str, pd.DataFrame]:
    """Seven claims with eight pieces of evidence, in place of the book's tables."""
    figures = {"value": float, "value_high": float}
    claim_rows = table(CLAIMS, **figures, paragraph=int)
    claim_rows["is_checkable"] = (claim_rows["is_checkable"] == "True").astype("boolean")
    evidence = table(EVIDENCE, **figures)
    evidence["measure"] = evidence["measure"].str.replace(" ", "_")
    claim_rows["statement"] = "It is so."
    claim_rows["printed"] = ["100", *[None] * 6]
    claim_rows["attributed_to"] = ["A firm", *[None] * 6]
    claim_rows["meaning"], claim_rows["meaning_note"] = "fits", None
    small = {
        "claims": claim_rows,
        "evidence": evidence,
        "sources": table(SOURCES),
        "verdict_overrides": table(OVERRIDES),
        "verdict_reasons": table(REASONS),
    }
    for module in (ledger, claims, outcomes):
        monkeypatch.setattr(module, "load", lambda name: small[name].copy())
    known = {"a_range": (6.5, 7.9), "a_loss": (-30.48,), "an_estimate": (10.0, 9.0, 12.0)}

    def figures(name, unit):
        if name not in known:
            raise QuantityError(f"no quantity {name!r} in {unit}")
        return known[name]

    monkeypatch.setattr(ledger, "figures", figures)
    return small


def judged(*claim_ids: str) -> dict[str, tuple]:
    found = ledger.judged(list(claim_ids) or None)
    return {row.claim_id: (row.verdict, row.reason, row.is_override) for row in found.itertuples()}


NOTHING = "No piece of evidence with standing decides."
SAID_ONCE = "Deciding origins of grade C: 1 agreeing. The article quotes its source."
EXPECTED = {
    "C001": ("outdated", "Deciding origins of grade A: 1 disagreeing.", False),
    "C002": ("partly supported", "Deciding origins of grade B: 1 agreeing in part.", False),
    "C003": ("cannot tell", f"{NOTHING} Looked for and not found: A count.", False),
    "C004": ("not checkable", "Advice.", False),
    "C005": ("supported", SAID_ONCE, False),
    "C006": (
        "partly supported",
        "The later row is no misprint. By the rule: supported. "
        "Deciding origins of grade A: 1 agreeing; 1 of a lower grade.",
        True,
    ),
    "C007": (
        "supported",
        "Deciding origins of grade C: 1 agreeing. The article quotes its source.",
        False,
    ),
}


def test_each_claim_is_judged_by_its_own_evidence_or_that_of_the_one_it_says_again(tables):
    assert judged() == EXPECTED


def test_an_override_replaces_what_the_evidence_says_and_both_words_are_kept(tables):
    found = ledger.judged(["C006"]).iloc[0]
    assert (found["verdict"], found["computed"]) == ("partly supported", "supported")
    tables["verdict_overrides"] = tables["verdict_overrides"].iloc[:0]
    assert judged()["C006"][::2] == ("supported", False)


def test_words_of_a_reason_are_shown_with_the_verdict_that_they_are_about_only(tables):
    said = ledger.judged().set_index("claim_id")["in_words"]
    assert (said["C001"], said["C002"], said["C003"]) == ("It was so.", "", "")


def test_an_estimate_is_judged_by_its_interval(tables):
    tables["evidence"].loc[2, "measure"] = "an_estimate"
    word, reason, _ = judged("C002")["C002"]
    assert word == "supported"
    assert "By the estimate the claim is virtually certain." in reason


def test_some_claims_are_judged_alone_and_unknown_ones_are_refused(tables):
    assert judged("C005", "C001") == {name: EXPECTED[name] for name in ("C001", "C005")}
    with pytest.raises(ClaimError) as refused:
        ledger.judged(["C999", "C001", "C100"])
    assert str(refused.value) == "no such claims in data/claims.csv: C100, C999"


def test_evidence_of_other_claims_is_not_computed(tables):
    tables["evidence"].loc[2, "measure"] = "unknown"
    assert judged("C005") == {"C005": EXPECTED["C005"]}
    with pytest.raises(ClaimError) as refused:
        ledger.judged()
    assert str(refused.value) == (
        "data/evidence.csv, E003, column 'measure': no quantity 'unknown' in percent"
    )


def test_a_piece_has_the_figure_of_its_measure_and_not_of_its_cells(tables):
    tables["evidence"].loc[2, ["value", "value_high"]] = [1.0, 2.0]
    assert judged()["C002"] == EXPECTED["C002"]


def test_a_meaning_that_does_not_fit_turns_the_verdict_and_is_told(tables):
    tables["claims"].loc[5, ["meaning", "meaning_note"]] = ["another thing", "It is a plan."]
    tables["verdict_overrides"] = tables["verdict_overrides"].iloc[:0]
    word, reason, _ = judged("C006")["C006"]
    assert word == "right number, wrong meaning"
    assert reason.endswith("Meaning: another thing. It is a plan.")


def test_what_would_turn_a_verdict_is_told_with_the_publisher(tables):
    found = ledger.flips(["C001", "C004", "C005"])
    assert "without E005 (A magazine): cannot tell" in found["C005"]
    assert "by primary sources and press of record alone: cannot tell" in found["C005"]
    # What cannot be checked nothing turns.
    assert "C004" not in found


def test_a_figure_without_a_comparator_can_not_be_compared(tables):
    tables["claims"].loc[0, "comparator"] = None
    with pytest.raises(ClaimError, match="comparator '':"):
        ledger.judged()


def test_a_build_can_ask_whether_the_verdicts_are_still_the_same(tables, monkeypatch):
    told = []

    def call(name, function, args, kwargs):
        told.append((name, function.__name__))
        return function(*args, **kwargs)

    monkeypatch.setattr(lineage, "call", call)
    judged("C001")
    assert told == [("", "judged")]


# What a block shows


def test_a_block_has_the_claim_its_verdict_and_each_finding_with_its_source(tables):
    shown = claims.show("C001", "C002").claims
    turned = shown[0].pop("flips")
    assert turned.startswith("without E002 (A firm): unproven") or "cannot tell" in turned
    assert shown[0] == {
        "claim_id": "C001",
        "verdict": "outdated",
        "figure": "wrong",
        "meaning": "fits",
        "confidence": "moderate",
        "in_words": "It was so.",
        "reason": EXPECTED["C001"][1],
        "is_override": False,
        "statement": "It is so.",
        "printed": "100",
        "attributed_to": "A firm",
        "restates": "",
        "findings": [
            {
                "text": "Of an earlier date: It held.",
                "source": "A firm",
                "grade": "A",
                "url": "https://firm.test/then",
            },
            {"text": "", "source": "A firm", "grade": "A", "url": "https://firm.test/"},
        ],
    }
    assert (shown[1]["printed"], shown[1]["attributed_to"]) == ("", "")
    assert shown[1]["findings"] == [
        {
            "text": "Computed here: 6.5 to 7.9%. ",
            "source": "this book's computation",
            "grade": "B",
            "url": "",
        }
    ]
    assert claims.show("C006").claims[0]["is_override"] is True


def test_a_claim_that_says_another_again_shows_the_evidence_of_that_one(tables):
    first, again = claims.show("C005", "C007").claims
    assert again["restates"] == "C005"
    assert again["findings"] == first["findings"] != []


def test_an_estimate_is_shown_with_its_interval(tables):
    tables["evidence"].loc[2, "measure"] = "an_estimate"
    (finding,) = claims.show("C002").claims[0]["findings"]
    assert finding["text"] == "Computed here: 10 [9 to 12]%. "


def test_the_ledger_has_a_letter_for_the_verdict_in_each_setting(tables):
    made = claims.Ledger(ledger.rows())
    rows = json.loads(made._repr_markdown_().split("\n")[1])
    assert all(len(row["settings"]) == len(ledger.SETTINGS) for row in rows)
    by_id = {row["claim_id"]: row for row in rows}
    words = list(contract.SIGNS)
    for row in ledger.judged().itertuples():
        assert words["abcdefgh".index(by_id[row.claim_id]["settings"][0])] == row.verdict


def test_a_computed_figure_stands_before_the_note_with_its_sign(tables):
    tables["evidence"].loc[2, ["measure", "note", "source_id"]] = ["a_loss", "A fall.", "firm-2026"]
    (finding,) = claims.show("C002").claims[0]["findings"]
    assert finding == {
        "text": f"Computed here: {MINUS}30.5%. A fall.",
        "source": "A firm",
        "grade": "A",
        "url": "https://firm.test/",
    }


def test_blocks_are_directives_for_the_book_and_a_table_for_jupyter(tables):
    made = claims.show("C005", "C002")
    first, second = made._repr_markdown_().split("\n\n")
    assert first.startswith("```{claim} C005\n{") and first.endswith("}\n```")
    assert json.loads(second.split("\n")[1]) == made.claims[1]
    assert repr(made) == "C005: supported\nC002: partly supported"
    html = made._repr_html_()
    assert "<td>C002</td><td>It is so.</td><td>partly supported</td>" in html
    assert "<td>Computed here: 6.5 to 7.9%. </td>" in html


@pytest.mark.parametrize(
    ("low", "high", "unit", "words"),
    [
        (0.1154, None, "ratio to US", "0.115 (ratio to US), or 1 to 8.7"),
        (0.1, 0.25, "ratio", "0.1 to 0.25 (ratio), or between 1 to 10.0 and 1 to 4.0"),
        (76.83, None, "percent", "76.8%"),
        (24.14, None, "percent of world AI compute", "24.1% of world AI compute"),
        (1.057, None, "multiple of Germany's GDP of 2025", "1.06 times Germany's GDP of 2025"),
        (12.09, None, "multiple", "12.1 times"),
        (2, 3.5, "multiple of 2024", "2 to 3.5 times 2024"),
        (999.4, None, "months", "999 months"),
        (1000, -1000, "chips", "1,000 to \N{MINUS SIGN}1,000 chips"),
        (0.5, None, "ratio to US", "0.5 (ratio to US), or 1 to 2.0"),
        (1, None, "ratio to US", "1 ratio to US"),
        (0.5, 1, "ratio", "0.5 to 1 ratio"),
        (695, 725, "USD billion", "USD 695 to 725 billion"),
        (1234.5, None, "months", "1,234 months"),
        (-30.48, None, "percent", "\N{MINUS SIGN}30.5%"),
        (-1234.5, 0.00001, "months", "\N{MINUS SIGN}1,234 to 1\u00a0\u00d7\u00a010⁻⁵ months"),
    ],
)
def test_a_computed_figure_reads_as_a_sentence_has_it(low, high, unit, words):
    assert claims.in_words(low, high, unit) == words


# Counts of outcomes


def test_a_claim_is_counted_by_its_verdict_and_once(tables):
    assert claim_counts() == {
        "supported": 1,
        "partly supported": 2,
        "outdated": 1,
        "cannot tell": 1,
        "not checkable": 1,
    }
    assert list(outcomes.claim_outcomes().index) == list(contract.SIGNS)
    assert outcomes.claim_outcomes().dtype == np.int64
    assert quantities.known()["claim_outcomes"].unit == "claims"


def test_some_claims_are_counted_by_a_query_and_only_their_evidence_is_weighed(tables):
    tables["evidence"].loc[2, "measure"] = "unknown"
    assert claim_counts("section == 'constraint'") == {"cannot tell": 1, "not checkable": 1}
    with pytest.raises(ClaimError):
        outcomes.claim_outcomes("section == 'summary'")


def claim_counts(which: str = "") -> dict[str, int]:
    counts = outcomes.claim_outcomes(which)
    return dict(counts[counts > 0])
