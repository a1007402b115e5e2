"""Sentences that the data may come to contradict: found on their pages, reported all at once.

`computegap.show.conditions.holds` states a condition with the words that it guards. A condition
whose words stand nowhere on its page is a warning, and so is one that is not true any more: file,
line, words, condition, its values now and when they were last reviewed. A strict build stops at
these; a draft marks the sentence in the page.
"""

import json
import re
from functools import cache
from pathlib import Path

from computegap.contract import CONDITION_MIME
from docutils import nodes
from sphinx.util import logging

from _ext.run.inputs import ROOT

logger = logging.getLogger(__name__)

REVIEWED = ROOT / "tests" / "conditions.json"
_CODE = re.compile(r"^```\{code-cell\}.*?^```$", re.MULTILINE | re.DOTALL)
_HEADER = re.compile(r"\A```\{code-cell\}[^\n]*\n(---\n.*?\n---\n)?", re.DOTALL)


def conditions_of(glue: Path) -> list[dict]:
    """The conditions of an executed page, in their order, from its glue data."""
    if not glue.exists():
        return []
    outputs = json.loads(glue.read_text(encoding="utf-8")).values()
    found = [output["data"].get(CONDITION_MIME) for output in outputs]
    return [payload for payload in found if payload]


def check(app, doctree) -> None:
    """Find each condition's words on its page, and report those that fail."""
    docname = app.env.docname
    glue = Path(app.outdir).parent / "jupyter_execute" / f"{docname}.glue.json"
    if not app.env.nb_metadata.get(docname, {}).get("glue"):
        return
    path = Path(app.env.doc2path(docname))
    text = _without_code(path.read_text(encoding="utf-8"))
    for payload in conditions_of(glue):
        line = line_of(payload["words"], text)
        if line is None:
            logger.warning(
                "no sentence of this page has the words %r", payload["words"], location=docname
            )
        if not payload["holds"]:
            logger.warning("%s", report(docname, payload), location=(docname, line))
            _mark(doctree, payload["words"])


def line_of(words: str, text: str) -> int | None:
    """The line on which words begin, whatever breaks between lines are among them."""
    pattern = r"\s+".join(map(re.escape, words.split()))
    found = re.search(pattern, text)
    return text.count("\n", 0, found.start()) + 1 if found else None


def _without_code(text: str) -> str:
    """A page without the code of its cells, line for line; captions stay."""

    def blank(cell: re.Match) -> str:
        header = _HEADER.match(cell[0])[0]
        return header + re.sub(r"[^\n]", "", cell[0][len(header) :])

    return _CODE.sub(blank, text)


def report(docname: str, payload: dict) -> str:
    """A sentence that no longer holds: its words, the condition, the values now and then."""
    now = ", ".join(f"{side} is {value}" for side, value in payload["values"].items())
    then = _reviewed().get(docname, {}).get(payload["words"], {})
    was = ", ".join(
        f"{side} was {value}"
        for side, value in then.items()
        if value != payload["values"].get(side)
    )
    said = "; ".join(part for part in (payload["condition"], now, was) if part)
    return f"a sentence no longer holds: {payload['words']!r} ({said})"


@cache
def _reviewed() -> dict[str, dict[str, dict[str, str]]]:
    """The values of all conditions when they were last reviewed, by page and words."""
    return json.loads(REVIEWED.read_text(encoding="utf-8")) if REVIEWED.exists() else {}


def _mark(doctree, words: str) -> None:
    """Mark the text that holds the words, so that a draft shows what to mend."""
    pattern = re.compile(r"\s+".join(map(re.escape, words.split())))
    for block in list(doctree.findall(nodes.TextElement)):
        if isinstance(block, nodes.literal_block):
            continue
        _join_texts(block)
        for node in [child for child in block if isinstance(child, nodes.Text)]:
            if found := pattern.search(node):
                marked = nodes.inline("", found[0], classes=["no-longer-holds"])
                rest = [nodes.Text(node[: found.start()]), marked, nodes.Text(node[found.end() :])]
                block.replace(node, rest)
                return


def _join_texts(block: nodes.TextElement) -> None:
    """Make one text of those that a line break in the source has parted."""
    for index in range(len(block) - 1, 0, -1):
        one, other = block[index - 1], block[index]
        if isinstance(one, nodes.Text) and isinstance(other, nodes.Text):
            block[index - 1 : index + 1] = [nodes.Text(one + other)]
