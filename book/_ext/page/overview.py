"""Parts of the overview: a tile is a number with its range drawn; and the article at a glance.

`computegap.show.claims` puts `claim-lines` (some claims in a line each) and `article-picture` (a
cell for each claim, in the article's order) into a cell's output.
"""

import json
from collections import Counter
from html import escape
from itertools import groupby

from computegap.contract import SECTIONS, SIGNS, verdict_class
from computegap.printed import formatted
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from _ext.page.claims import link_to
from _ext.page.frame import WEB, element
from _ext.page.quotes import quote

logger = logging.getLogger(__name__)

# The strip of a tile, in its own units: its width, where its axis runs, and from where to where.
WIDTH, LINE, START, END = 240, 36, 3, 237


# A number with its range


class tile_strip(nodes.General, nodes.Element):
    """The drawing of a tile, which waits for the values of its facts."""


class TileDirective(SphinxDirective):
    """A number, what it is, its range on an axis, and a sentence.

    The argument is a fact with its format, as in the role. `range` and `article` name one fact or
    two, `also` another reading and its words; `axis` says where the axis begins and ends.
    """

    required_arguments = 1
    has_content = True
    option_spec = {
        "before": directives.unchanged,
        "after": directives.unchanged,
        "range": directives.unchanged_required,
        "axis": directives.unchanged_required,
        "article": directives.unchanged_required,
        "also": directives.unchanged_required,
        "colour": lambda said: directives.choice(said, ("book", "china", "us")),
    }

    def run(self):
        body = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, body)
        kinds = [type(part) for part in body.children]
        if (
            kinds[:1] != [nodes.paragraph]
            or "range" not in self.options
            or "axis" not in self.options
        ):
            raise self.error("tile: expected a paragraph, :range: and :axis:")
        what, *more = body.children
        what["classes"].append("tile-what")
        number = nodes.paragraph("", "", classes=["tile-number"])
        for part in ("before", None, "after"):
            if part is None:
                number += quote(self, self.arguments[0])
            elif said := self.options.get(part):
                number += nodes.inline("", f"{said} " if part == "before" else f" {said}")
        return [nodes.container("", number, what, self._strip(), *more, classes=["tile"])]

    def _strip(self) -> tile_strip:
        strip = tile_strip(colour=self.options.get("colour", "book"))
        self.set_source_info(strip)
        strip["value"] = self._named(self.arguments[0])
        for part in ("range", "article"):
            strip[part] = [self._named(one) for one in self.options.get(part, "").split(",") if one]
        also, _, words = self.options.get("also", "").partition(" ")
        strip["also"] = [(*self._named(also), words.strip())] if also else []
        strip["axis"] = [float(end) for end in self.options["axis"].split(",")]
        return strip

    def _named(self, said: str) -> tuple[str, str]:
        """A fact and its format; the page is written again when it changes."""
        node = quote(self, said)
        return node["key"], node["format"]


class DrawStrips(SphinxPostTransform):
    """Draw the strips of tiles, once all pages are read."""

    default_priority = 8

    def run(self, **kwargs) -> None:
        stated = self.env.get_domain("fact").data["stated"]
        for node in list(self.document.findall(tile_strip)):
            try:
                node.replace_self(self._shown(node, stated))
            except (KeyError, ValueError) as error:
                logger.warning("tile: no cell states a number for %s", error, location=node)
                node.parent.remove(node)

    def _shown(self, strip, stated: dict) -> nodes.Node:
        """The drawing; its words in an EPUB, which has no sheet for it."""
        if self.app.builder.name == "epub":
            return nodes.paragraph("", f"{spoken(strip, stated)}.", classes=["tile-range"])
        return nodes.raw("", drawn(strip, stated), format="html")


def drawn(strip, stated: dict) -> str:
    """The strip as SVG: the axis, the range as a band, the value, and what the article says."""
    low, high = strip["axis"]

    def at(key: str) -> float:
        part = (float(stated[key][2]["value"]) - low) / (high - low)
        return round(START + part * (END - START), 1)

    def said(key: str, *words: str) -> tuple[float, str]:
        return at(key), escape(_said(stated, key, *words), quote=True)

    ends = [said(*one) for one in strip["range"]]
    also = [said(*one) for one in strip["also"]]
    claimed = [said(*one) for one in strip["article"]]
    (first, _), (last, _) = ends[0], ends[-1]
    in_percent = strip["range"][-1][1].endswith("%")
    band = f'x="{first}" y="{LINE - 6}" width="{round(last - first, 1)}" height="12"'
    parts = [
        f'<line class="axis" x1="{START}" y1="{LINE}" x2="{END}" y2="{LINE}"/>',
        f'<rect class="band {strip["colour"]}" {band}/>',
        f'<circle class="dot {strip["colour"]}" cx="{at(strip["value"][0])}" cy="{LINE}" r="6.5"/>',
        _text(START, 61, f"{low:g}", "start"),
        _text(END, 61, f"{high:.0%}" if in_percent else f"{high:g}", "end"),
        *(_text(x, 61, words) for x, words in ends),
        *(f'<circle class="hollow" cx="{x}" cy="{LINE}" r="4.5"/>' for x, _ in also),
        *(_text(x, 23, words) for x, words in also),
        *_claimed([x for x, _ in claimed], _joined(claimed)),
    ]
    label = escape(spoken(strip, stated, f" on an axis from {low:g} to {high:g}"), quote=True)
    box = f'viewBox="0 0 {WIDTH} 66" role="img" aria-label="{label}"'
    return f'<svg class="strip" {box}>{"".join(parts)}</svg>'


def spoken(strip, stated: dict, axis: str = "") -> str:
    """What the strip shows in words: the range, another reading, and what the article says."""
    ends, also, claimed = (
        [_said(stated, *one) for one in strip[part]] for part in ("range", "also", "article")
    )
    article = [f"the article says {' to '.join(claimed)}"] if claimed else []
    return "; ".join([f"Range {' to '.join(ends)}{axis}", *also, *article])


def _said(stated: dict, key: str, spec: str, words: str = "") -> str:
    return f"{formatted(stated[key][2], spec)} {words}".strip()


def _text(x: float, y: float, words: str, anchor: str = "middle", classes: str = "ax") -> str:
    return f'<text class="{classes}" x="{x}" y="{y}" text-anchor="{anchor}">{words}</text>'


def _joined(ends: list[tuple[float, str]]) -> str:
    return " to ".join(words for _, words in ends)


def _claimed(places: list[float], said: str) -> list[str]:
    """The article's figure, or its range, above the axis."""
    if not places:
        return []
    middle = round(sum(places) / len(places), 1)
    return [
        f'<line class="claimed" x1="{places[0]}" y1="17" x2="{places[-1]}" y2="17"/>',
        *(f'<path class="claimed" d="M{x},12l5,5l-5,5l-5,-5z"/>' for x in places),
        _text(middle, 8.5, f"the article: {said}", classes="ax claimed"),
    ]


# The article at a glance


class ClaimLines(SphinxDirective):
    """Some claims in a line each: verdict, sentence, why, how sure."""

    has_content = True

    def run(self):
        # A link to a block is written again when the block moves.
        self.env.get_domain("claim").data["lists"].add(self.env.docname)
        rows = [self._row(claim) for claim in json.loads("\n".join(self.content))]
        return [nodes.container("", *rows, classes=["claim-lines"])]

    def _row(self, claim: dict) -> nodes.Element:
        word = f"{SIGNS[claim['verdict']]} {claim['verdict'].capitalize()}"
        verdict = nodes.inline("", word, classes=["claim-verdict"])
        sure = f", confidence: {claim['confidence']}" if claim["confidence"] != "none" else ""
        printed = f" (\u201c{claim['printed']}\u201d)" if claim["printed"] else ""
        row = nodes.paragraph("", classes=["claim-line", verdict_class(claim["verdict"])])
        row += [verdict, nodes.Text(" ")]
        row += nodes.inline("", claim["statement"] + printed, classes=["claim-said"])
        row += [nodes.Text(" "), nodes.inline("", claim["in_words"], classes=["claim-short"])]
        link = link_to(self, claim["claim_id"], nodes.inline("", claim["claim_id"]))
        row += [
            nodes.Text(" "),
            nodes.inline("", "", link, nodes.Text(sure), classes=["claim-sure"]),
        ]
        return row


class ArticlePicture(SphinxDirective):
    """Every claim as a cell that is tinted by its verdict, in the order of the article."""

    has_content = True

    def run(self):
        self.env.get_domain("claim").data["lists"].add(self.env.docname)
        claims = json.loads("\n".join(self.content))
        rows = [self._row(*one) for one in groupby(claims, key=lambda claim: claim["section"])]
        return [nodes.container("", *rows, self._key(claims), classes=["article-picture"])]

    def _key(self, claims: list[dict]) -> nodes.Element:
        """Sign, word and count of each verdict."""
        counts = Counter(claim["verdict"] for claim in claims)
        key = nodes.paragraph("", classes=["picture-key"])
        for word in (one for one in SIGNS if counts[one]):
            said = nodes.inline(
                "", f"{SIGNS[word]} {word} {counts[word]}", classes=["claim-verdict"]
            )
            key += [nodes.inline("", "", said, classes=[verdict_class(word)]), nodes.Text(" ")]
        return key

    def _row(self, section: str, claims) -> nodes.Element:
        row = nodes.container("", nodes.paragraph("", SECTIONS[section]), classes=["picture-row"])
        cells = nodes.paragraph("", classes=["picture-cells"])
        for _, together in groupby(claims, key=lambda claim: claim["paragraph"]):
            paragraph = nodes.inline(classes=["picture-paragraph"])
            for claim in together:
                said = f"{claim['claim_id']}, {claim['verdict']}: {claim['statement']}"
                words = nodes.inline("", said, classes=["vh"])
                cell = nodes.inline("", "", words, classes=["picture-cell"])
                cell["classes"].append(verdict_class(claim["verdict"]))
                paragraph += [link_to(self, claim["claim_id"], cell), nodes.Text(" ")]
            cells += paragraph
        row += cells
        return row


def stand(app, doctree, docname: str) -> None:
    """Name the signs of cells for the eye, once the page is about to be written."""
    if app.builder.name not in WEB:
        return
    for cell in doctree.findall(
        lambda one: "picture-cell" in getattr(one, "attributes", {}).get("classes", ())
    ):
        verdict = next(word for word in SIGNS if verdict_class(word) in cell["classes"])
        cell += element("span", nodes.Text(SIGNS[verdict]), aria_hidden="true")


def register(app) -> None:
    app.add_directive("tile", TileDirective)
    app.add_directive("claim-lines", ClaimLines)
    app.add_directive("article-picture", ArticlePicture)
    app.add_post_transform(DrawStrips)
