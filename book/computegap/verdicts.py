"""Verdicts on the claims of the article, computed from the evidence by one rule.

A piece of evidence agrees with a claim, agrees in part, or disagrees.

1. A piece that measures the claim's own quantity is compared by value. The claim has a margin:
   none for an exact count, 2 % for any other exact figure (=), 15 % for one given as about (~), of
   the claimed value (of one unit, where the claim is zero). The piece agrees inside the claimed
   value or range plus the margin, in part inside twice the margin, else it disagrees. A piece that
   is a range agrees when all of it is inside, in part when any of it is inside twice the margin.
2. More than (>) and less than (<): the piece agrees beyond the bound. It agrees in part when it is
   a range that lies beyond only in part, or a figure that falls short by 2 % at most.
3. A piece that cannot be compared by value has a reviewed stance: supports agrees, qualifies
   agrees in part, contradicts disagrees. Context decides nothing.
4. All pieces agree: supported. All disagree: contradicted. Some agree, the others disagree, and
   all of these are of a later date: outdated. Any other mix: partly supported. A piece without a
   date cannot make a claim outdated.
5. No piece decides, or the claim cannot be checked (advice, motives, weights, causes without a
   stated test): cannot tell, and the claim's row says why.
6. Secondary sources count like others; where there is nothing better the reason says so.
7. An override replaces the computed verdict, carries its reason, and is shown as one.
"""

from dataclasses import dataclass

from computegap.contract import SIGNS

WORDS = tuple(SIGNS)
_REVIEWED = {"supports": "holds", "qualifies": "partly", "contradicts": "fails", "context": None}
_MARGINS = {"=": 0.02, "~": 0.15, ">": 0.02, "<": 0.02}
# So that a figure on the edge of a margin is not lost to binary fractions.
_SLACK = 1e-9


class ClaimError(Exception):
    """A claim or a piece of evidence cannot be judged as it stands in its table."""


@dataclass(frozen=True)
class Claim:
    """What the rule needs of a claim: its value or range in its unit, and how it is meant."""

    kind: str = "statement"
    comparator: str = ""
    value: float | None = None
    high: float | None = None
    is_checkable: bool = True
    unresolved_reason: str = ""


@dataclass(frozen=True)
class Piece:
    """A piece of evidence: stance, figure where it measures, date, and kind of source."""

    stance: str
    value: float | None = None
    high: float | None = None
    date: str = ""
    is_secondary: bool = False


def tolerance(kind: str, comparator: str) -> float:
    """The margin of a claim as a part of the claimed value (0 to 1); for > and < the grace.

    Raises `ClaimError` for a comparator that is none of = ~ > <.
    """
    if comparator not in _MARGINS:
        raise ClaimError(f"comparator {comparator!r}: expected one of = ~ > <")
    return 0.0 if (kind, comparator) == ("count", "=") else _MARGINS[comparator]


def relation(claim: Claim, piece: Piece) -> str | None:
    """Whether a piece "holds", holds "partly" or "fails" the claim; None where it is context."""
    if piece.stance != "measures":
        return _REVIEWED[piece.stance]
    if claim.value is None or piece.value is None:
        raise ClaimError("a piece that measures needs a value, and so does its claim")
    low, high = piece.value, piece.value if piece.high is None else piece.high
    if claim.comparator in (">", "<"):
        return _beyond(claim, claim.value, low, high)
    top = claim.value if claim.high is None else claim.high
    margin = tolerance(claim.kind, claim.comparator)
    below, above = ((margin + _SLACK) * (abs(end) or 1.0) for end in (claim.value, top))
    if claim.value - below <= low and high <= top + above:
        return "holds"
    return "partly" if claim.value - 2 * below <= high and low <= top + 2 * above else "fails"


def _beyond(claim: Claim, bound: float, low: float, high: float) -> str:
    """The relation of a figure (low equals high) or a range to a bound."""
    sign = 1 if claim.comparator == ">" else -1
    near, far = sorted((sign * (low - bound), sign * (high - bound)))
    if near > 0:
        return "holds"
    grace = (tolerance(claim.kind, claim.comparator) + _SLACK) * (abs(bound) or 1.0)
    return "partly" if far > 0 or (near == far and near >= -grace) else "fails"


def verdict(claim: Claim, pieces: list[Piece]) -> tuple[str, str]:
    """One of `WORDS` and the reason for it in a sentence, from all pieces of evidence."""
    if not claim.is_checkable:
        return "cannot tell", f"Not checkable. {claim.unresolved_reason}".strip()
    judged = [(found, piece) for piece in pieces if (found := relation(claim, piece))]
    if not judged:
        return "cannot tell", claim.unresolved_reason
    reason = _counted([found for found, _ in judged])
    if all(piece.is_secondary for _, piece in judged):
        reason += " Secondary sources only."
    relations = {found for found, _ in judged}
    if len(relations) == 1:
        words = {"holds": "supported", "partly": "partly supported", "fails": "contradicted"}
        return words[relations.pop()], reason
    if relations == {"holds", "fails"} and _is_outdated(judged):
        return "outdated", f"It held at an earlier date and does not any more. {reason}"
    return "partly supported", reason


def _counted(relations: list[str]) -> str:
    """How many pieces say what."""
    phrases = {"holds": "agreeing", "partly": "agreeing in part", "fails": "disagreeing"}
    counts = [f"{relations.count(r)} {phrases[r]}" for r in phrases if r in relations]
    return f"Deciding pieces of evidence: {', '.join(counts)}."


def _is_outdated(judged: list[tuple[str, Piece]]) -> bool:
    """Whether each piece that fails is later than each that holds, at the coarser date's grain."""
    held, failed = ([p.date for r, p in judged if r == word] for word in ("holds", "fails"))
    return all(old and new[: len(old)] > old[: len(new)] for new in failed for old in held)
