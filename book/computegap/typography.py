"""How numbers, words and letters look, for chapters and extensions; imports nothing heavy."""

from pathlib import Path

# Labels take the room that they were measured for only in the font that measured them, so the book
# brings one; browsers get it too (book/_ext/page/figures.py), and no machine's own fonts matter.
FONT = "Report Sans"
FONTS = Path(__file__).with_name("fonts")

TIMES = "\N{MULTIPLICATION SIGN}"
RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_SPACE = "\N{NO-BREAK SPACE}"


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
