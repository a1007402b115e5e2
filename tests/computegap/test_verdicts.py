"""The verdict rule on small cases, and what holds of it on all that a seed draws."""

import random
from dataclasses import FrozenInstanceError, replace

import pytest
from computegap import contract, verdicts
from computegap.verdicts import (
    WORDS,
    Claim,
    ClaimError,
    Piece,
    Rule,
    Voice,
    flips,
    likelihood,
    probability,
    relation,
    tolerance,
    verdict,
)


def measured(value, high=None, middle=None, grade="A", origin="a", **more):
    return Piece("measures", value, high, middle, grade, origin, **more)


def reviewed(stance, grade="A", origin="a", **more):
    return Piece(stance, grade=grade, origin=origin, **more)


def quantity(comparator, value, high=None, **more):
    return Claim("quantity", comparator, value, high, **more)


AS_SET = Rule()


def word(claim, *pieces, rule=AS_SET):
    return verdict(claim, list(pieces), rule).word


# One piece


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
    ("claim", "value", "expected"),
    [
        # Two percent of 2028 would be forty years.
        (quantity("=", 2028, unit="year"), 2028, "holds"),
        (quantity("=", 2028, unit="year"), 2029, "fails"),
        (quantity("~", 2028, unit="year"), 2029, "holds"),
        (quantity("=", 27, unit="years"), 26.6, "holds"),
        (quantity("=", 27, unit="years"), 26, "partly"),
        (quantity("=", 27, unit="years"), 25.9, "fails"),
        (quantity(">", 10, unit="years"), 16, "holds"),
    ],
)
def test_years_have_margins_in_years(claim, value, expected):
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


def test_the_margin_can_be_scaled():
    claim, piece = quantity("=", 100), measured(103)
    assert [relation(claim, piece, factor) for factor in (0.5, 1, 2)] == [
        "fails",
        "partly",
        "holds",
    ]


def test_a_reviewed_stance_says_the_relation_itself():
    found = [relation(Claim(), reviewed(s)) for s in ("supports", "qualifies", "contradicts")]
    assert found == ["holds", "partly", "fails"]
    assert relation(Claim(), reviewed("context")) is None


def test_a_measure_without_a_value_is_refused():
    words = "a piece that measures needs a value, and so does its claim"
    for claim, piece in [(Claim(), measured(3)), (quantity("=", 3), measured(None))]:
        with pytest.raises(ClaimError) as refused:
            relation(claim, piece)
        assert str(refused.value) == words


# Estimates


def test_the_probability_of_a_claim_is_that_of_its_margin_in_the_interval():
    estimate = measured(8, 12, 10)
    assert probability(quantity(">", 10), estimate) == pytest.approx(0.5)
    assert probability(quantity("<", 12), estimate) == pytest.approx(0.95)
    assert probability(quantity("=", 8, 12), measured(8, 12, 10)) > 0.9
    # Each half has its own spread.
    assert probability(quantity("<", 8), measured(8, 20, 10)) == pytest.approx(0.05)
    assert probability(quantity(">", 20), measured(8, 20, 10)) == pytest.approx(0.05)


def test_an_estimate_without_spread_is_a_figure():
    assert probability(quantity(">", 5), measured(6, 6, 6)) == 1
    assert probability(quantity("<", 5), measured(6, 6, 6)) == 0


@pytest.mark.parametrize(
    ("claim", "low", "middle", "high", "expected"),
    [
        (quantity(">", 1), 0.9, 1.4, 2, "holds"),
        (quantity(">", 1), 0.5, 1, 2, "partly"),
        (quantity(">", 1), 0.2, 0.5, 0.9, "fails"),
        (quantity("~", 10), 9, 10, 11, "holds"),
        # A wide estimate around the claim refutes nothing, and proves nothing.
        (quantity("=", 10), 1, 10, 100, "partly"),
        (quantity("~", 15), 3.6, 6.3, 7.1, "fails"),
    ],
)
def test_an_estimate_is_judged_by_probability(claim, low, middle, high, expected):
    assert relation(claim, measured(low, high, middle)) == expected


@pytest.mark.parametrize(
    ("chance", "said"),
    [
        (1.0, "virtually certain"),
        (0.95, "very likely"),
        (0.66, "likely"),
        (0.5, "about as likely as not"),
        (0.2, "unlikely"),
        (0.05, "very unlikely"),
        (0.0, "exceptionally unlikely"),
    ],
)
def test_probabilities_have_the_words_of_the_ipcc(chance, said):
    assert likelihood(chance) == said


def test_a_verdict_says_how_likely_the_claim_is_by_its_best_estimate():
    found = verdict(quantity(">", 1), [measured(0.7, 2, 1.4)])
    assert (found.word, found.likelihood) == ("supported", "likely")
    assert verdict(quantity(">", 1), [measured(2)]).likelihood == ""


def test_an_estimate_without_its_ends_is_refused():
    with pytest.raises(ClaimError, match="both ends"):
        probability(quantity(">", 1), measured(None, 2, 1.4))


# Which pieces decide


@pytest.mark.parametrize("bears_on", ["earlier", "later", "other", "rumour"])
def test_a_piece_about_another_thing_or_date_decides_nothing(bears_on):
    assert word(Claim(), reviewed("supports", bears_on=bears_on)) in ("cannot tell", "unproven")


def test_copies_of_one_original_are_one_voice():
    claim = Claim()
    copies = [reviewed("supports", "C", "a post", name=str(n)) for n in range(5)]
    found = verdict(claim, copies)
    assert found.voices == (Voice("a post", "C", "holds", "a post"),)
    assert found.confidence == "low"


def test_an_origin_speaks_by_its_best_grade_and_in_part_where_it_differs():
    copy, own = reviewed("contradicts", "C"), reviewed("supports", "A")
    assert word(Claim(), copy, own) == "supported"
    assert word(Claim(), own, reviewed("contradicts", "A")) == "partly supported"


def test_a_higher_grade_outvotes_any_number_of_lower_ones():
    farms = [reviewed("supports", "C", f"farm {n}") for n in range(5)]
    found = verdict(Claim(), [*farms, reviewed("contradicts", "A")])
    assert (found.word, found.confidence) == ("contradicted", "moderate")


@pytest.mark.parametrize("stance", ["supports", "contradicts"])
def test_sources_of_no_standing_decide_nothing(stance):
    assert word(Claim(), reviewed(stance, "D"), reviewed(stance, "D", "b")) == "cannot tell"


def test_grades_that_count_can_be_set():
    pieces = [reviewed("supports", "C"), reviewed("contradicts", "B", "b")]
    assert word(Claim(), pieces[0], rule=Rule(grades="AB")) == "cannot tell"
    assert word(Claim(), *pieces) == word(Claim(), *pieces, rule=Rule(grades="AB"))


def test_smuggled_chips_count_or_do_not():
    counted = reviewed("supports", smuggled="counted")
    without = reviewed("contradicts", smuggled="left out")
    assert word(Claim(), counted, without) == "supported"
    assert word(Claim(), counted, without, rule=Rule(smuggled=False)) == "contradicted"


def test_the_newest_data_decide_for_who_asks_for_them():
    then, since = reviewed("supports"), reviewed("contradicts", bears_on="later")
    assert word(Claim(), then, since) == "supported"
    # What held on the article's date and does not any more is outdated.
    assert word(Claim(), then, since, rule=Rule(newest=True)) == "outdated"
    assert word(Claim(), then, rule=Rule(newest=True)) == "supported"


# The words


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((100, 101), "supported"),
        ((100, 103), "partly supported"),
        ((103,), "partly supported"),
        ((100, 150), "partly supported"),
        ((150, 160), "contradicted"),
    ],
)
def test_several_voices_are_weighed_together(values, expected):
    pieces = [measured(value, origin=str(value)) for value in values]
    assert word(quantity("=", 100), *pieces) == expected


@pytest.mark.parametrize(
    ("value", "figure"), [(100, "right"), (103, "about right"), (150, "wrong"), (None, "untraced")]
)
def test_a_figure_is_right_about_right_wrong_or_untraced(value, figure):
    pieces = [] if value is None else [measured(value)]
    assert verdict(quantity("=", 100), pieces).figure == figure
    assert verdict(Claim(), [reviewed("supports")]).figure == ""


@pytest.mark.parametrize("meaning", ["another thing", "lost attribution"])
def test_a_right_number_with_the_wrong_meaning_is_called_so(meaning):
    claim = quantity("=", 100, meaning=meaning)
    assert word(claim, measured(100)) == "right number, wrong meaning"
    assert word(claim, measured(103)) == "right number, wrong meaning"
    assert word(claim, measured(150)) == "contradicted"
    assert word(claim, measured(100), measured(150, origin="b")) == "partly supported"
    assert word(Claim(meaning=meaning), reviewed("supports")) == "partly supported"


def test_a_claim_that_held_only_earlier_is_outdated():
    once = reviewed("supports", "A", "b", bears_on="earlier")
    assert word(Claim(), once, reviewed("contradicts")) == "outdated"


def test_a_claim_is_not_outdated_by_a_weaker_piece_or_one_that_held_in_part():
    fails = reviewed("contradicts", "A")
    assert word(Claim(), reviewed("supports", "B", "b", bears_on="earlier"), fails) == (
        "contradicted"
    )
    assert word(Claim(), reviewed("qualifies", "A", "b", bears_on="earlier"), fails) == (
        "contradicted"
    )


def test_a_figure_told_as_fact_without_a_source_is_unproven():
    assert word(quantity("=", 10)) == "unproven"
    assert word(quantity("=", 10, is_credited=True)) == "cannot tell"
    assert word(Claim()) == "cannot tell"
    assert word(Claim(), Piece("context", bears_on="rumour")) == "unproven"
    assert word(quantity("=", 10), measured(10, grade="D")) == "unproven"


def test_advice_cannot_be_checked():
    assert word(Claim(is_checkable=False), reviewed("supports")) == "not checkable"


# Confidence


@pytest.mark.parametrize(
    ("pieces", "confidence"),
    [
        ([], "none"),
        ([reviewed("supports")], "moderate"),
        ([reviewed("supports", "B")], "moderate"),
        ([reviewed("supports", "C")], "low"),
        ([reviewed("supports"), reviewed("supports", "B", "b")], "high"),
        # Two works of one publisher are one opinion.
        (
            [
                reviewed("supports", publisher="p"),
                reviewed("supports", "A", "b", publisher="p"),
            ],
            "moderate",
        ),
        ([reviewed("supports", "B"), reviewed("supports", "B", "b")], "moderate"),
        ([reviewed("supports"), reviewed("supports", "C", "b")], "moderate"),
        ([reviewed("supports"), reviewed("contradicts", "A", "b")], "low"),
        (
            [
                reviewed("supports"),
                reviewed("supports", "B", "b"),
                reviewed("contradicts", "C", "c"),
            ],
            "moderate",
        ),
    ],
)
def test_confidence_follows_grades_origins_and_agreement(pieces, confidence):
    assert verdict(Claim(), pieces).confidence == confidence


def test_agreement_with_the_quoted_publisher_confirms_the_quotation_only():
    claim = Claim(quotes="a")
    pieces = [reviewed("supports"), reviewed("supports", "B", "b")]
    alone, both = verdict(claim, pieces[:1]), verdict(claim, pieces)
    assert alone.is_quotation and alone.confidence == "moderate"
    assert both.is_quotation
    assert both.confidence == "moderate"
    assert not verdict(Claim(quotes="c"), pieces).is_quotation


# What would turn it


def kinds(found):
    return {flip.kind: (flip.what, flip.to, flip.word) for flip in found}


def test_flips_name_the_nearest_change_of_each_kind_and_what_results():
    claim = quantity("=", 100)
    found = kinds(flips(claim, [measured(101.5, name="E1"), reviewed("supports", "C", "b")]))
    assert "piece" not in found
    assert found["margin"] == ("", "0.70", "partly supported")
    assert found["value"] == ("E1", "0.95", "partly supported")


def test_a_verdict_on_one_piece_turns_without_it_and_by_its_grade():
    found = kinds(flips(Claim(), [reviewed("supports", "C", name="E1")]))
    assert found["piece"] == ("E1", "dropped", "cannot tell")
    assert found["grade"] == ("", "AB", "cannot tell")


def test_weak_sources_are_tried_too():
    found = kinds(flips(Claim(), [reviewed("supports", "D", name="E1")]))
    assert found["grade"] == ("", "ABCD", "supported")


def test_nothing_within_range_is_an_answer():
    two = [reviewed("supports", name="E1"), reviewed("supports", "A", "b", name="E2")]
    assert flips(Claim(), two) == []


def test_each_flip_comes_to_what_it_says():
    """Made again by hand, each change gives the verdict that it names."""
    for claim, pieces in cases(300):
        for flip in flips(claim, pieces):
            if flip.kind == "piece":
                again = word(claim, *[p for p in pieces if p.name != flip.what])
            elif flip.kind == "grade":
                again = word(claim, *pieces, rule=Rule(grades=flip.to))
            elif flip.kind == "margin":
                again = word(claim, *pieces, rule=Rule(margin=float(flip.to)))
            else:
                again = word(claim, *[scaled(p, flip) for p in pieces])
            assert again == flip.word != word(claim, *pieces)


def scaled(piece, flip):
    if piece.name != flip.what:
        return piece
    ends = {name: getattr(piece, name) for name in ("value", "high", "middle")}
    times = {name: None if end is None else end * float(flip.to) for name, end in ends.items()}
    return replace(piece, **times)


# What holds of every case

SEED = 20261127
# From the weakest to the strongest; an open claim lies between those that fail and that hold.
STRENGTH = {
    "contradicted": 0,
    "outdated": 1,
    "unproven": 2,
    "cannot tell": 2,
    "partly supported": 3,
    "right number, wrong meaning": 4,
    "supported": 5,
}


def cases(count):
    """Claims with up to six pieces of all grades, origins, stances, dates and intervals."""
    draw = random.Random(SEED)
    for _ in range(count):
        is_figure = draw.random() < 0.6
        meaning = draw.choice(["fits", "fits", "another thing", "lost attribution"])
        claim = Claim(meaning=meaning, is_credited=draw.random() < 0.5)
        if is_figure:
            comparator = draw.choice("=~><")
            claim = quantity(comparator, draw.uniform(1, 200), meaning=meaning)
        pieces = [piece_of(draw, claim, f"E{n}") for n in range(draw.randint(0, 6))]
        yield claim, pieces


def piece_of(draw, claim, name):
    own = {
        "grade": draw.choice("ABCD"),
        "origin": draw.choice("abcd"),
        "bears_on": draw.choice(["claim", "claim", "claim", "earlier", "later", "other"]),
        "smuggled": draw.choice(["", "", "", "counted", "left out"]),
        "name": name,
    }
    if claim.value is None or draw.random() < 0.4:
        return Piece(draw.choice(["supports", "qualifies", "contradicts", "context"]), **own)
    low = claim.value * draw.uniform(0.7, 1.3)
    high = draw.choice([None, low * draw.uniform(1, 1.5)])
    middle = None if high is None or draw.random() < 0.5 else (low + high) / 2
    return Piece("measures", low, high, middle, **own)


def test_more_agreeing_evidence_of_a_higher_grade_never_weakens_a_verdict():
    for claim, pieces in cases(3000):
        before = verdict(claim, pieces)
        best = before.voices[0].grade if before.voices else "A"
        for grade in [g for g in "ABC" if g <= best]:
            # Of a new origin, and of one that has spoken.
            for origin in ("new", *(voice.origin for voice in before.voices)):
                added = Piece("supports", grade=grade, origin=origin, name="more")
                after = verdict(claim, [*pieces, added])
                assert STRENGTH[after.word] >= STRENGTH[before.word], (claim, pieces, added)


def test_wider_margins_never_make_a_claim_fail():
    for claim, pieces in cases(1500):
        if len(pieces) == 1 and pieces[0].smuggled != "left out":
            found = [STRENGTH[word(claim, *pieces, rule=Rule(margin=m))] for m in (0.5, 1, 2)]
            assert found == sorted(found)


def test_the_order_of_the_pieces_does_not_matter():
    for claim, pieces in cases(1000):
        assert verdict(claim, pieces) == verdict(claim, pieces[::-1])


def test_nothing_is_supported_or_contradicted_on_weak_sources_alone():
    for claim, pieces in cases(1000):
        weak = [replace(piece, grade="D") for piece in pieces]
        assert word(claim, *weak) in ("cannot tell", "unproven")


def test_copies_add_nothing():
    for claim, pieces in cases(1000):
        assert verdict(claim, pieces) == verdict(claim, pieces + pieces)


def test_confidence_is_none_exactly_where_no_voice_decides():
    for claim, pieces in cases(1000):
        found = verdict(claim, pieces)
        assert found.confidence in verdicts.CONFIDENCE
        assert (found.confidence == "none") == (not found.voices)


def test_the_cases_reach_every_word_but_one():
    reached = {word(claim, *pieces) for claim, pieces in cases(3000)}
    assert reached == set(WORDS) - {"not checkable"}


# Form


def test_claims_and_pieces_say_only_what_they_are_given_and_stay_so():
    claim, piece = Claim(), Piece("supports")
    assert claim == Claim("statement", "", None, None, "", True, False, "fits", "")
    assert piece == Piece("supports", None, None, None, "A", "", "claim", "", "", "")
    for thing in (claim, piece, Rule(), verdict(claim, [])):
        with pytest.raises(FrozenInstanceError):
            thing.word = 3


def test_the_words_are_those_that_pages_show_in_their_order():
    assert tuple(contract.SIGNS) == WORDS
    assert WORDS == (
        "supported",
        "right number, wrong meaning",
        "partly supported",
        "contradicted",
        "outdated",
        "unproven",
        "cannot tell",
        "not checkable",
    )
    assert len(set(contract.SIGNS.values())) == len(WORDS)
    assert WORDS[:5] == verdicts.DECIDED


def test_the_class_of_a_verdict_is_a_word_of_css():
    assert contract.verdict_class("right number, wrong meaning") == (
        "claim-right-number-wrong-meaning"
    )
