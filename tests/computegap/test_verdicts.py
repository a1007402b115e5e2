"""The verdict rule on small cases."""

from dataclasses import FrozenInstanceError

import pytest
from computegap import contract
from computegap.verdicts import WORDS, Claim, ClaimError, Piece, relation, tolerance, verdict


def measured(value, high=None, date="", is_secondary=False):
    return Piece("measures", value, high, date, is_secondary)


def reviewed(stance, date="", is_secondary=False):
    return Piece(stance, date=date, is_secondary=is_secondary)


def quantity(comparator, value, high=None):
    return Claim("quantity", comparator, value, high)


@pytest.mark.parametrize(
    ("kind", "comparator", "margin"),
    [("count", "=", 0), ("share", "=", 0.02), ("count", "~", 0.15), ("ratio", ">", 0.02)],
)
def test_the_margin_depends_on_kind_and_comparator(kind, comparator, margin):
    assert tolerance(kind, comparator) == margin


def test_an_unknown_comparator_is_refused():
    with pytest.raises(ClaimError) as refused:
        tolerance("quantity", ">=")
    assert str(refused.value) == "comparator '>=': expected one of = ~ > <"


@pytest.mark.parametrize(
    ("claim", "value", "expected"),
    [
        (quantity("=", 100), 102, "holds"),
        (quantity("=", 100), 102.1, "partly"),
        (quantity("=", 100), 104, "partly"),
        (quantity("=", 100), 104.1, "fails"),
        (quantity("~", 100), 85, "holds"),
        (quantity("~", 100), 71, "partly"),
        (quantity("~", 100), 69, "fails"),
        (quantity(">", 100), 100.1, "holds"),
        (quantity(">", 100), 100, "partly"),
        (quantity(">", 100), 98, "partly"),
        (quantity(">", 100), 97.9, "fails"),
        (quantity("<", 100), 99, "holds"),
        (quantity("<", 100), 101.9, "partly"),
        (quantity("<", 100), 103, "fails"),
        (Claim("count", "=", 7), 7, "holds"),
        (Claim("count", "=", 7), 8, "fails"),
        (quantity("=", 8, 15), 12, "holds"),
        (quantity("=", 8, 15), 7.7, "partly"),
        (quantity("=", 8, 15), 6.3, "fails"),
        (quantity("~", 0), 0.14, "holds"),
        (quantity("~", 0), 0.16, "partly"),
        (quantity(">", 0), -0.019, "partly"),
        (quantity(">", 0), -0.021, "fails"),
        (quantity("~", 0), 55, "fails"),
    ],
)
def test_a_figure_is_compared_by_comparator_and_margin(claim, value, expected):
    assert relation(claim, measured(value)) == expected


@pytest.mark.parametrize(
    ("claim", "low", "high", "expected"),
    [
        (quantity("=", 100), 99, 101, "holds"),
        (quantity("=", 100), 80, 100, "partly"),
        (quantity("=", 100), 50, 90, "fails"),
        (quantity("=", 8, 15), 6.8, 8, "partly"),
        (quantity("=", 8, 15), 9, 12, "holds"),
        (quantity(">", 100), 101, 120, "holds"),
        (quantity(">", 100), 90, 120, "partly"),
        # A range whose top is the claimed floor gives no room for "more than".
        (quantity(">", 145), 125, 145, "fails"),
        (quantity("<", 4), 3, 5, "partly"),
    ],
)
def test_a_range_is_compared_by_where_its_ends_lie(claim, low, high, expected):
    assert relation(claim, measured(low, high)) == expected


def test_a_reviewed_stance_says_the_relation_itself():
    found = [relation(Claim(), reviewed(s)) for s in ("supports", "qualifies", "contradicts")]
    assert found == ["holds", "partly", "fails"]
    assert relation(Claim(), reviewed("context")) is None


def test_context_decides_nothing():
    claim = Claim(unresolved_reason="Nothing was found.")
    assert verdict(claim, [reviewed("context")]) == ("cannot tell", "Nothing was found.")


def test_a_measure_without_a_value_is_refused():
    words = "a piece that measures needs a value, and so does its claim"
    for claim, piece in [(Claim(), measured(3)), (quantity("=", 3), measured(None))]:
        with pytest.raises(ClaimError) as refused:
            relation(claim, piece)
        assert str(refused.value) == words


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ((100, 101), "supported"),
        ((100, 103), "partly supported"),
        ((103,), "partly supported"),
        ((100, 150), "partly supported"),
        ((150, 160), "contradicted"),
    ],
)
def test_several_pieces_are_weighed_together(values, word):
    assert verdict(quantity("=", 100), [measured(value) for value in values])[0] == word


def test_a_claim_that_held_only_earlier_is_outdated():
    once, now = measured(100, date="2025-06"), measured(150, date="2026-01-31")
    assert verdict(quantity("=", 100), [once, now])[0] == "outdated"


@pytest.mark.parametrize(("held", "failed"), [("2026", "2025"), ("2026", "2026-05"), ("", "2026")])
def test_a_claim_is_not_outdated_unless_the_dates_say_so(held, failed):
    pieces = [reviewed("supports", held), reviewed("contradicts", failed)]
    assert verdict(Claim(), pieces)[0] == "partly supported"


def test_a_claim_that_never_held_in_full_is_not_outdated():
    pieces = [reviewed("qualifies", "2024"), reviewed("contradicts", "2026")]
    assert verdict(Claim(), pieces)[0] == "partly supported"


def test_the_reason_counts_what_the_deciding_pieces_say():
    pieces = [reviewed("supports"), reviewed("qualifies"), reviewed("contradicts")]
    said = "Deciding pieces of evidence: 1 agreeing, 1 agreeing in part, 1 disagreeing."
    assert verdict(Claim(), [*pieces, reviewed("context")]) == ("partly supported", said)
    two = "Deciding pieces of evidence: 2 disagreeing."
    assert verdict(Claim(), [reviewed("contradicts")] * 2) == ("contradicted", two)


def test_the_reason_says_when_there_are_only_secondary_sources():
    weak = reviewed("supports", is_secondary=True)
    said = "Deciding pieces of evidence: 1 agreeing. Secondary sources only."
    assert verdict(Claim(), [weak]) == ("supported", said)
    assert verdict(Claim(), [weak, reviewed("context")]) == ("supported", said)
    better = "Deciding pieces of evidence: 2 agreeing."
    assert verdict(Claim(), [weak, reviewed("supports")]) == ("supported", better)


def test_the_reason_of_an_outdated_claim_says_that_it_held_before():
    pieces = [reviewed("supports", "2025"), reviewed("contradicts", "2026")]
    assert verdict(Claim(), pieces)[1] == (
        "It held at an earlier date and does not any more. "
        "Deciding pieces of evidence: 1 agreeing, 1 disagreeing."
    )


def test_claims_and_pieces_say_only_what_they_are_given_and_stay_so():
    claim, piece = Claim(), Piece("supports")
    assert claim == Claim("statement", "", None, None, True, "")
    assert piece == Piece("supports", None, None, "", False)
    for thing in (claim, piece):
        with pytest.raises(FrozenInstanceError):
            thing.value = 3


def test_advice_cannot_be_judged():
    claim = Claim(is_checkable=False, unresolved_reason="Advice.")
    assert verdict(claim, [reviewed("supports")]) == ("cannot tell", "Not checkable. Advice.")


def test_the_words_are_those_that_pages_show_in_their_order():
    assert tuple(contract.SIGNS) == WORDS
    assert WORDS == ("supported", "partly supported", "contradicted", "outdated", "cannot tell")
