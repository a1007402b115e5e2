"""What a reader sees on a page of a small book: numbers, tables, drawings, claims, the ledger."""

import re

import pytest
from bs4 import BeautifulSoup
from computegap import ledger
from computegap.contract import verdict_class
from computegap.quantities import figures, in_unit
from computegap.show.theme import CHINA, US
from computegap.tables import load

MINUS, SPACE, TIMES = "\N{MINUS SIGN}", "\N{NO-BREAK SPACE}", "\N{MULTIPLICATION SIGN}"
SIGNS = {
    "supported": "✓",
    "right number, wrong meaning": "≠",
    "partly supported": "◐",
    "contradicted": "✗",
    "outdated": "↺",
    "unproven": "…",
    "cannot tell": "?",
    "not checkable": "\N{EN DASH}",
}


@pytest.fixture(scope="module")
def page(example) -> BeautifulSoup:
    return BeautifulSoup(example.html("seen"), "html.parser")


def test_numbers_of_the_text_have_signs_thousands_powers_and_days_in_the_english_form(page):
    assert [link.get_text() for link in page.select("p a.fact-link")] == [
        f"{MINUS}30.5%",
        f"{MINUS}1,234,567",
        "5 June 2026",
        f"2.5{SPACE}{TIMES}{SPACE}10²⁵",
    ]


def test_a_table_has_headings_a_missing_value_a_minus_sign_and_powers(page):
    table = page.select_one("#tab-seen table") or page.select_one("table#tab-seen")
    cells = [[cell.get_text() for cell in row.select("th, td")] for row in table.select("tr")]
    assert cells == [
        ["Country", "Growth (%)", "Training compute flop"],
        ["United States", f"{MINUS}30.5%", f"2.5{SPACE}{TIMES}{SPACE}10²⁵"],
        ["China", "n/a", f"3.0{SPACE}{TIMES}{SPACE}10⁶"],
    ]


@pytest.mark.parametrize("drawing", ["wide", "narrow"])
def test_a_drawing_has_the_colours_of_the_countries_and_powers_of_ten(page, drawing):
    svg = page.select_one(f"#fig-seen .chart-{drawing} svg")
    fills = [path.get("fill", "") for path in svg.select("path")]
    # Two dots, then their keys in the legend: the United States first in both.
    assert [one for one in fills if re.fullmatch("#[0-9a-f]{6}", one)] == [US, CHINA] * 2
    words = [text.get_text() for text in svg.select("text")]
    assert {"10⁶", "10⁷", "10⁸", "10⁹", "Compute (FLOP)"} < set(words)
    lines = [len(text.select("tspan")) for text in svg.select("text")]
    assert (2 in lines) == (drawing == "narrow")


@pytest.fixture(scope="module")
def blocks(page) -> dict[str, dict]:
    """What each block of a claim says, by the claim."""
    found = {}
    for block in page.select("div.claim"):
        found[block.select_one(".claim-id").get_text()] = {
            "head": block.select_one(".claim-head").get_text(),
            "why": block.select_one(".claim-why").get_text(),
            "flips": [one.get_text() for one in block.select(".claim-flips")],
            "findings": [one.get_text() for one in block.select(".claim-finding")],
            "reason": block.select_one(".claim-reason").get_text(),
            "classes": block["class"],
        }
    return found


def test_a_block_has_the_sign_and_the_word_of_its_verdict_and_its_reason(blocks):
    judged = ledger.judged(list(blocks)).set_index("claim_id")
    statements = load("claims").set_index("claim_id")[["statement", "printed"]]
    assert set(judged["verdict"]) == set(ledger.judged()["verdict"])
    for claim_id, said in blocks.items():
        word = judged.at[claim_id, "verdict"]
        statement, printed = statements.loc[claim_id]
        quoted = f" (“{printed}”)" if isinstance(printed, str) else ""
        sign = f"{SIGNS[word]} {word.capitalize()}"
        # Sphinx sets straight quotation marks of text as curly ones.
        assert straight(said["head"]) == f"{claim_id} {sign} {statement}{quoted}"
        assert straight(said["reason"]) == judged.at[claim_id, "reason"]
        assert verdict_class(word) in said["classes"]


def straight(text: str) -> str:
    return text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")


def test_a_block_has_a_reason_in_a_line_and_how_sure_it_is(blocks):
    judged = ledger.judged(list(blocks)).set_index("claim_id")
    for claim_id, said in blocks.items():
        found = judged.loc[claim_id]
        why = straight(said["why"])
        assert why.startswith(found["in_words"]) and found["in_words"]
        sure = f"Confidence: {found['confidence']}."
        assert (sure in why) == (found["confidence"] != "none")


def test_a_block_says_what_would_change_its_verdict(blocks):
    turned = ledger.flips(list(blocks))
    for claim_id, said in blocks.items():
        expected = [f"What would change it: {turned[claim_id]}."] if claim_id in turned else []
        assert [straight(words) for words in said["flips"]] == expected


def test_a_piece_has_the_grade_of_its_source(blocks):
    grades = load("sources").set_index("source_id")["grade"]
    rows = load("evidence").dropna(subset="source_id")
    for row in rows[rows["claim_id"].isin(set(blocks))].itertuples():
        assert any(
            f", grade {grades[row.source_id]})" in f for f in blocks[row.claim_id]["findings"]
        )


def test_a_range_that_is_computed_has_both_ends_and_its_unit(blocks):
    rows = load("evidence").dropna(subset="measure")
    ranges = 0
    for row in rows[rows["claim_id"].isin(set(blocks))].itertuples():
        if len(figures(row.measure, row.unit)) == 3:
            continue
        low, high = in_unit(row.measure, row.unit)
        if high is None or max(low, high) >= 1000 or min(low, high) < 1:
            continue
        ranges += 1
        figure = (
            f"Computed here: {'USD ' if row.unit.startswith('USD') else ''}{low:.3g} to {high:.3g}"
        )
        assert any(figure in finding for finding in blocks[row.claim_id]["findings"]), figure
    assert ranges > 1


def test_the_ledger_has_the_sign_and_the_word_of_every_verdict(page):
    said = {
        row.select_one("td").get_text(): row.select_one(".claim-verdict").get_text()
        for row in page.select(".ledger-row")
    }
    judged = ledger.judged().set_index("claim_id")["verdict"]
    assert said == {c: f"{SIGNS[word]} {word.capitalize()}" for c, word in judged.items()}
