"""Text from data as text: whatever a cell holds, it starts no markup of the page that shows it.

Imports nothing heavy, since extensions need it in every build.
"""

import re
from html import escape

from computegap.addresses import written

# What a spreadsheet runs when it opens a table, signs of full width too; -3.5, +105% are numbers.
FORMULA = re.compile(r"[=@\t\r\uff1d\uff20]|[+\-\uff0b\uff0d](?![0-9.,]+(e[+-]?[0-9]+)? ?%?$)")
_MARKS = re.compile(r"([\\|*_`$\[\]{}])")
# Ends of lines for docutils, but not for JSON.
_LINES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "\u0085\u2028\u2029"}


def text(words: str) -> str:
    """Words on one line of Markdown, also inside a table."""
    return _MARKS.sub(r"\\\1", escape(" ".join(words.splitlines()), quote=False))


def code(words: str) -> str:
    """Words as code, on one line of Markdown, also inside a table."""
    fence = "`" * (1 + max(map(len, re.findall("`+", words)), default=0))
    room = " " if len(fence) > 1 else ""
    return f"{fence}{room}{' '.join(words.splitlines())}{room}{fence}".replace("|", "\\|")


def link(words: str, address: str) -> str:
    """A link in Markdown, its words as they are. Raises `ValueError` for what is no address."""
    # A character reference would be read as the character.
    return f"[{words}](<{re.sub(r'&(?=#?[0-9A-Za-z]+;)', '&amp;', written(address))}>)"


def in_spreadsheet(words: str) -> str:
    """A cell of a table for readers: with an apostrophe first where it would be a formula."""
    return f"'{words}" if FORMULA.match(words) else words


def inert(json: str) -> str:
    """JSON that cannot end the script element, or the line, that holds it."""
    return json.replace("<", "\\u003c").translate(_LINES)
