"""Verdicts on the claims of the article, computed from the evidence by one rule (version 2).

1. A piece of evidence decides only if it is about the claimed quantity, population and date
   (`bears_on` is "claim"). One that is about an earlier date can make a claim outdated, one about a
   later date decides for a reader who asks for the newest data. Other pieces and rumours decide
   nothing, and that nothing was found is no piece.
2. A piece that measures is compared by value, within the claim's margin: none for an exact count,
   2 % for any other exact figure (=), 15 % for one given as about (~); years have margins in
   years. It agrees inside the margin, in part inside twice the margin, else it disagrees. More
   than (>) and less than (<): beyond the bound, in part where it falls short by 2 % at most. An
   estimate with an interval agrees where the claim is likely (66 %) by it, disagrees where the
   truth is very likely (90 %) on one side of the claim, else agrees in part. Another piece has a
   reviewed stance.
3. Pieces of one origin have one voice: that of its best grade, in part where they differ.
4. The voices of the best grade decide. A and B are primary sources and press of record, C copies
   of a named original; D, which has no standing, decides nothing.
5. All agree: supported. All disagree: contradicted, or outdated where a piece of an earlier date,
   of as good a grade, agrees. Any other mix: partly supported. Where the article takes a figure
   that is right or about right for another thing, or drops whose word it is: right number, wrong
   meaning; a statement so told is partly supported.
6. No voice: unproven, if nobody is credited and the claim states a figure or rests on a rumour;
   else cannot tell. Advice, motives and causes without a test: not checkable.
7. Confidence: high on two publishers of grade A or B, one of them A, of one mind, with nobody
   against; moderate on one such origin with nobody of its grade against; else low. Where all
   voices are the publisher that the article quotes, agreement confirms the quotation only, and is
   never high.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from math import erf, inf, sqrt

from computegap.contract import SIGNS

WORDS = tuple(SIGNS)
# The verdicts that evidence decides.
DECIDED = WORDS[:5]
(SUPPORTED, MISREAD, PARTLY, CONTRADICTED, OUTDATED, UNPROVEN, CANNOT_TELL, NOT_CHECKABLE) = WORDS
MEANINGS = ("fits", "another thing", "lost attribution")
CONFIDENCE = ("high", "moderate", "low", "none")

_REVIEWED: dict[str, str | None] = {
    "supports": "holds",
    "qualifies": "partly",
    "contradicts": "fails",
    "context": None,
}
_MARGINS = {"=": 0.02, "~": 0.15, ">": 0.02, "<": 0.02}
# Years are counted and not scaled: a part of 2028 would be decades.
_YEARS: dict[str, dict[str, float]] = {
    "year": {"=": 0, "~": 1, ">": 0, "<": 0},
    "years": {"=": 0.5, "~": 1, ">": 0, "<": 0},
}
# So that a figure on the edge of a margin is not lost to binary fractions.
_SLACK = 1e-9
# The IPCC's words, each from this probability on.
LIKELIHOOD = {
    "virtually certain": 0.99,
    "very likely": 0.9,
    "likely": 0.66,
    "about as likely as not": 0.33,
    "unlikely": 0.1,
    "very unlikely": 0.01,
    "exceptionally unlikely": 0.0,
}
_Z95 = 1.6448536269514722


class ClaimError(Exception):
    """A claim or a piece of evidence cannot be judged as it stands in its table."""


@dataclass(frozen=True)
class Claim:
    """What the rule needs of a claim: its value or range in its unit, and how it is meant."""

    kind: str = "statement"
    comparator: str = ""
    value: float | None = None
    high: float | None = None
    unit: str = ""
    is_checkable: bool = True
    is_credited: bool = False
    meaning: str = "fits"
    quotes: str = ""


@dataclass(frozen=True)
class Piece:
    """A piece of evidence; `value` and `high` are the 5th and 95th percentile where `middle` is."""

    stance: str
    value: float | None = None
    high: float | None = None
    middle: float | None = None
    grade: str = "A"
    origin: str = ""
    bears_on: str = "claim"
    smuggled: str = ""
    name: str = ""
    # Of the origin; a publisher whose two works agree agrees with itself.
    publisher: str = ""


@dataclass(frozen=True)
class Rule:
    """What a reader can set: grades that count, margins (a factor), smuggled chips, the date."""

    grades: str = "ABC"
    margin: float = 1.0
    smuggled: bool = True
    newest: bool = False


@dataclass(frozen=True)
class Voice:
    """What one origin says of a claim: its best grade, and "holds", "partly" or "fails"."""

    origin: str
    grade: str
    relation: str
    publisher: str = ""


@dataclass(frozen=True)
class Verdict:
    """A word of `WORDS`, how the figure stands, how sure that is, and who decided it."""

    word: str
    figure: str = ""
    confidence: str = "none"
    voices: tuple[Voice, ...] = ()
    likelihood: str = ""
    is_quotation: bool = False


# One piece


def tolerance(kind: str, comparator: str) -> float:
    """The margin of a claim as a part of the claimed value (0 to 1); for > and < the grace.

    Raises `ClaimError` for a comparator that is none of = ~ > <.
    """
    if comparator not in _MARGINS:
        raise ClaimError(f"comparator {comparator!r}: expected one of = ~ > <")
    return 0.0 if (kind, comparator) == ("count", "=") else _MARGINS[comparator]


def margin(claim: Claim, end: float, factor: float = 1.0) -> float:
    """The margin at an end of the claimed range, in the claim's unit (years for years)."""
    relative = tolerance(claim.kind, claim.comparator)
    # A claim of zero has no size to take a part of.
    size = abs(end) or 1.0
    years = _YEARS.get(claim.unit)
    own = relative * size if years is None else years[claim.comparator]
    return factor * own + _SLACK * size


def relation(claim: Claim, piece: Piece, factor: float = 1.0) -> str | None:
    """Whether a piece "holds", holds "partly" or "fails" the claim; None where it is context."""
    if piece.stance != "measures":
        return _REVIEWED[piece.stance]
    if claim.value is None or piece.value is None:
        raise ClaimError("a piece that measures needs a value, and so does its claim")
    if piece.middle is not None:
        return _by_probability(claim, piece, factor)
    low, high = piece.value, piece.value if piece.high is None else piece.high
    if claim.comparator in (">", "<"):
        return _beyond(claim, claim.value, low, high, factor)
    top = claim.value if claim.high is None else claim.high
    below, above = margin(claim, claim.value, factor), margin(claim, top, factor)
    if claim.value - below <= low and high <= top + above:
        return "holds"
    return "partly" if claim.value - 2 * below <= high and low <= top + 2 * above else "fails"


def _beyond(claim: Claim, bound: float, low: float, high: float, factor: float) -> str:
    """The relation of a figure (low equals high) or a range to a bound."""
    sign = 1 if claim.comparator == ">" else -1
    near, far = sorted((sign * (low - bound), sign * (high - bound)))
    if near > 0:
        return "holds"
    grace = margin(claim, bound, factor)
    return "partly" if far > 0 or (near == far and near >= -grace) else "fails"


def _claimed(claim: Claim, factor: float) -> tuple[float, float]:
    """The values that make the claim true, within its margin."""
    value = claim.value or 0.0
    if claim.comparator in (">", "<"):
        return (value, inf) if claim.comparator == ">" else (-inf, value)
    top = value if claim.high is None else claim.high
    return value - margin(claim, value, factor), top + margin(claim, top, factor)


def probability(claim: Claim, piece: Piece, factor: float = 1.0) -> float:
    """How probable the claim is by an estimate with an interval (0 to 1)."""
    low, high = _claimed(claim, factor)
    return _below(piece, high) - _below(piece, low)


def _by_probability(claim: Claim, piece: Piece, factor: float) -> str:
    low, high = _claimed(claim, factor)
    if probability(claim, piece, factor) >= LIKELIHOOD["likely"]:
        return "holds"
    beyond = max(_below(piece, low), 1 - _below(piece, high))
    return "fails" if beyond >= LIKELIHOOD["very likely"] else "partly"


def _below(piece: Piece, value: float) -> float:
    """The probability of less than a value: half a normal curve on each side of the middle."""
    if piece.value is None or piece.high is None or piece.middle is None:
        raise ClaimError("an estimate needs its middle and both ends of its interval")
    distance = value - piece.middle
    spread = (piece.high - piece.middle if distance > 0 else piece.middle - piece.value) / _Z95
    if spread <= 0 or abs(distance) == inf:
        return 0.5 if distance == 0 else float(distance > 0)
    return (1 + erf(distance / spread / sqrt(2))) / 2


def likelihood(chance: float) -> str:
    """The IPCC's word for a probability (0 to 1)."""
    return next(word for word, least in LIKELIHOOD.items() if chance >= least)


# All pieces


def deciding(pieces: Iterable[Piece], rule: Rule) -> list[Piece]:
    """The pieces that decide under a rule, whatever their grade."""
    seen = _seen(pieces, rule)
    later = [piece for piece in seen if piece.bears_on == "later"]
    return later if rule.newest and later else [p for p in seen if p.bears_on == "claim"]


def _earlier(pieces: Iterable[Piece], rule: Rule) -> list[Piece]:
    """The pieces on an earlier date than those that decide."""
    seen, now = _seen(pieces, rule), deciding(pieces, rule)
    is_moved = any(piece.bears_on == "later" for piece in now)
    return [p for p in seen if p.bears_on == "earlier" or (is_moved and p.bears_on == "claim")]


def _seen(pieces: Iterable[Piece], rule: Rule) -> list[Piece]:
    other = "left out" if rule.smuggled else "counted"
    return [piece for piece in pieces if piece.stance != "context" and piece.smuggled != other]


def voices(claim: Claim, pieces: Iterable[Piece], rule: Rule) -> list[Voice]:
    """One voice for each origin among pieces of grades that count, best grades first."""
    heard = sorted((p for p in pieces if p.grade in rule.grades), key=lambda piece: piece.origin)
    found = []
    for origin, group in groupby(heard, key=lambda piece: piece.origin):
        own = list(group)
        best = min(piece.grade for piece in own)
        said = {relation(claim, piece, rule.margin) for piece in own if piece.grade == best}
        word = str(said.pop()) if len(said) == 1 else "partly"
        found.append(Voice(origin, best, word, own[0].publisher or origin))
    return sorted(found, key=lambda voice: (voice.grade, voice.origin))


def verdict(claim: Claim, pieces: list[Piece], rule: Rule = Rule()) -> Verdict:
    """The verdict on a claim by all its pieces of evidence, under the rule as a reader sets it."""
    if not claim.is_checkable:
        return Verdict(NOT_CHECKABLE)
    now = deciding(pieces, rule)
    heard = voices(claim, now, rule)
    if not heard:
        is_told = claim.value is not None or any(p.bears_on == "rumour" for p in pieces)
        word = UNPROVEN if is_told and not claim.is_credited else CANNOT_TELL
        return Verdict(word, "" if claim.value is None else "untraced")
    best = [voice for voice in heard if voice.grade == heard[0].grade]
    relations = {voice.relation for voice in best}
    whole = relations.pop() if len(relations) == 1 else "partly"
    before = voices(claim, _earlier(pieces, rule), rule)
    has_held = any(v.relation == "holds" and v.grade <= heard[0].grade for v in before)
    figure = {"holds": "right", "partly": "about right", "fails": "wrong"}[whole]
    is_disputed = any(voice.relation == "fails" for voice in best)
    is_quotation = bool(claim.quotes) and {voice.origin for voice in best} == {claim.quotes}
    return Verdict(
        _word(claim, whole, has_held, is_disputed),
        "" if claim.value is None else figure,
        _confidence(heard, whole, is_quotation),
        tuple(heard),
        _likelihood_of(claim, now, heard[0].grade, rule),
        is_quotation,
    )


def _word(claim: Claim, whole: str, has_held: bool, is_disputed: bool) -> str:
    if whole == "fails":
        return OUTDATED if has_held else CONTRADICTED
    if claim.meaning == "fits":
        return SUPPORTED if whole == "holds" else PARTLY
    return PARTLY if claim.value is None or is_disputed else MISREAD


def _confidence(heard: list[Voice], whole: str, is_quotation: bool) -> str:
    opposite = {"holds": {"fails"}, "fails": {"holds"}, "partly": set()}[whole]
    of_one_mind = [v for v in heard if v.relation == whole and v.grade in "AB"]
    against = [v for v in heard if v.relation in opposite]
    disputed = {"holds", "fails"} <= {v.relation for v in heard if v.grade == heard[0].grade}
    if not of_one_mind or disputed:
        return "low"
    is_high = (
        len({voice.publisher for voice in of_one_mind}) > 1
        and of_one_mind[0].grade == "A"
        and not against
    )
    return "high" if is_high and not is_quotation else "moderate"


def _likelihood_of(claim: Claim, now: list[Piece], grade: str, rule: Rule) -> str:
    """The word for the claim's probability by the best estimate that decides, if there is one."""
    chances = [
        probability(claim, piece, rule.margin)
        for piece in now
        if piece.middle is not None and piece.stance == "measures" and piece.grade == grade
    ]
    return likelihood(max(chances)) if chances else ""


# What would turn it


@dataclass(frozen=True)
class Flip:
    """A change that turns a verdict: its kind, what is changed, to what, and what results."""

    kind: str
    what: str
    to: str
    word: str


FACTORS = tuple(step / 20 for step in range(10, 41))


def flips(claim: Claim, pieces: list[Piece], rule: Rule = Rule()) -> list[Flip]:
    """The nearest change of each kind that turns the verdict; none within range: an empty list.

    Kinds: a piece dropped; the margin, from half to double; the grades that count; the value of a
    figure, from half to double.
    """
    now = verdict(claim, pieces, rule).word
    found = [*_dropped(claim, pieces, rule, now), *_by_grade(claim, pieces, rule, now)]
    return [*found, *_by_margin(claim, pieces, rule, now), *_by_value(claim, pieces, rule, now)]


def turns_without_a_piece(claim: Claim, pieces: list[Piece], rule: Rule = Rule()) -> bool:
    """Whether the verdict changes when some one deciding piece goes."""
    return bool(_dropped(claim, pieces, rule, verdict(claim, pieces, rule).word))


def _dropped(claim: Claim, pieces: list[Piece], rule: Rule, now: str) -> list[Flip]:
    found = []
    for piece in deciding(pieces, rule):
        word = verdict(claim, [p for p in pieces if p is not piece], rule).word
        if word != now:
            found.append(Flip("piece", piece.name, "dropped", word))
    return found[:1]


def _by_grade(claim: Claim, pieces: list[Piece], rule: Rule, now: str) -> list[Flip]:
    for grades in ("ABCD", "AB", "A"):
        word = verdict(claim, pieces, replace(rule, grades=grades)).word
        if word != now:
            return [Flip("grade", "", grades, word)]
    return []


def _by_margin(claim: Claim, pieces: list[Piece], rule: Rule, now: str) -> list[Flip]:
    for factor in sorted(FACTORS, key=lambda factor: abs(factor - 1)):
        changed = replace(rule, margin=rule.margin * factor)
        word = verdict(claim, pieces, changed).word
        if word != now:
            return [Flip("margin", "", f"{factor:.2f}", word)]
    return []


def _by_value(claim: Claim, pieces: list[Piece], rule: Rule, now: str) -> list[Flip]:
    measured = [p for p in deciding(pieces, rule) if p.stance == "measures"]
    for factor in sorted(FACTORS, key=lambda factor: abs(factor - 1)):
        for piece in measured:
            scaled = [_scaled(p, factor) if p is piece else p for p in pieces]
            word = verdict(claim, scaled, rule).word
            if word != now:
                return [Flip("value", piece.name, f"{factor:.2f}", word)]
    return []


def _scaled(piece: Piece, factor: float) -> Piece:
    ends = {name: getattr(piece, name) for name in ("value", "high", "middle")}
    return replace(piece, **{name: end and factor * end for name, end in ends.items()})
