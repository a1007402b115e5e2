"""Colours by meaning, for charts and pages; imports nothing.

A meaning has the same colour in all figures, and its colour means nothing else. Each has a shade
for marks and one for words, in the light and in the dark; tests/page/test_palette.py measures them.
"""

from typing import NamedTuple


class Shade(NamedTuple):
    """A colour on the light and on the dark page, as #rrggbb."""

    light: str
    dark: str


PAPER = Shade("#fbfaf6", "#15171b")
PANEL = Shade("#f3f0e8", "#1e2127")
INK = Shade("#1b1d21", "#ebe8e1")
INK_2 = Shade("#454951", "#c3c1bb")
INK_3 = Shade("#5f646e", "#a2a3a6")
RULE = Shade("#d8d3c7", "#353941")
RULE_2 = Shade("#b5b0a4", "#565b64")

# What marks are drawn in.
MARKS = {
    "us": Shade("#2361a8", "#74a9ee"),
    # Chips made in China, and China as a whole.
    "china": Shade("#c0362c", "#f08379"),
    # Chips that China bought abroad, and those that were smuggled.
    "bought": Shade("#d2796b", "#a4554c"),
    "smuggled": Shade("#b06a08", "#c98a33"),
    "article": Shade("#7d3f98", "#c99ae0"),
    # This book's own estimate; also "supported", and links.
    "book": Shade("#0a6c60", "#4fc2b0"),
    "against": Shade("#a3255c", "#f08cba"),
    "neutral": Shade("#757a83", "#8b9099"),
}
# What is written about them, where the colour of the marks would be too pale to read.
WORDS = {
    **MARKS,
    "bought": Shade("#9c4336", "#eea79e"),
    "smuggled": Shade("#8a5200", "#e0aa5c"),
    "neutral": INK_3,
}
# Behind text: a band, a target.
SOFT = {
    "us": Shade("#d9e3ee", "#22334a"),
    "china": Shade("#f2d8d3", "#4a2a29"),
    "article": Shade("#ece0f0", "#3a2c42"),
    "book": Shade("#cfe3de", "#1d3d3b"),
    "against": Shade("#f4dde6", "#472a39"),
}
# Verdicts have four families of colour, and eight signs and words (computegap.contract).
FAMILIES = {
    "supported": "book",
    "right number, wrong meaning": "mixed",
    "partly supported": "mixed",
    "contradicted": "against",
    "outdated": "mixed",
    "unproven": "unknown",
    "cannot tell": "unknown",
    "not checkable": "unknown",
}


def variables(mode: str) -> dict[str, str]:
    """The custom properties of the style sheet in "light" or "dark"."""
    plain = {"paper": PAPER, "panel": PANEL, "ink": INK, "ink-2": INK_2, "ink-3": INK_3}
    plain |= {"rule": RULE, "rule-2": RULE_2, **MARKS}
    plain |= {f"{name}-words": shade for name, shade in WORDS.items()}
    plain |= {f"{name}-soft": shade for name, shade in SOFT.items()}
    return {name: getattr(shade, mode) for name, shade in plain.items()}
