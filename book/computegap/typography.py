"""How numbers, words and letters look, for chapters and extensions; imports nothing heavy."""

from pathlib import Path

# Labels take the room that they were measured for only in the font that measured them, so the book
# brings one; browsers get it too (book/_ext/page/figures.py), and no machine's own fonts matter.
FONT = "Report Sans"
FONTS = Path(__file__).with_name("fonts")

TIMES = "\N{MULTIPLICATION SIGN}"
RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_SPACE = "\N{NO-BREAK SPACE}"
# Parts of column names that a heading spells in another way.
_SPELLED = {"usd": "USD", "krw": "KRW", "h100e": "H100 equivalents", "mw": "MW", "gb": "GB"}
_SPELLED |= {"tb": "TB", "tflops": "TFLOPS", "flop": "FLOP", "eflops": "EFLOPS", "eci": "ECI"}
_SPELLED |= {"hbm": "HBM", "ai": "AI", "us": "US", "p5": "(5th percentile)"}
_SPELLED |= {"p95": "(95th percentile)", "p25": "(25th percentile)", "p75": "(75th percentile)"}
_SPELLED |= {"p50": "(median)"}


def typeset(number: str) -> str:
    """A formatted number as print has it: `2.5e+25` becomes 2.5 times ten to the 25th power.

    Its minus sign is a true one, so that a line break or a screen reader does not lose it.
    """
    mantissa, _, exponent = number.partition("e")
    mantissa = mantissa.replace("-", "\N{MINUS SIGN}")
    if not exponent:
        return mantissa
    raised = str(int(exponent)).translate(str.maketrans("0123456789-", f"{RAISED}⁻"))
    return f"{mantissa}{_SPACE}{TIMES}{_SPACE}10{raised}"


def in_words(column: str) -> str:
    """The name of a column as a heading: `h100e_p5` becomes H100 equivalents (5th percentile)."""
    words = [_SPELLED.get(word, word) for word in column.split("_") if word]
    return " ".join([words[0][0].upper() + words[0][1:], *words[1:]])
