"""The bibliography, made from data/sources.csv, so that a source has one home and one id.

`` {cite}`epoch-chip-owners` `` cites a source in text by the same id as in the data tables; the
references link back to the places that cite them.
"""

import re
from collections import Counter
from pathlib import Path

import pandas as pd
from computegap import tables
from pybtex.plugin import register_plugin
from pybtex.style.formatting.unsrt import Style, sentence, toplevel
from pybtex.style.labels import BaseLabelStyle
from pybtex.style.sorting import BaseSortingStyle
from pybtex.style.template import field, href, join, optional

# What TeX reads as a command; everything else in a source's row is text.
_SPECIAL = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
PAGE = "book/references"


def anchor_of(source_id: str) -> str:
    """The place of a source on the page of references."""
    return f"source-{source_id}"


def bibtex(sources: pd.DataFrame) -> str:
    """All rows of `sources` as BibTeX, under their source ids; an empty cell is left out."""
    return "\n".join(_entry(row) for row in sources.to_dict("records"))


def _entry(row: dict) -> str:
    known = {name: str(value) for name, value in row.items() if not pd.isna(value)}
    fields = {
        "title": f"{{{_tex(known['title'])}}}",
        "author": f"{{{_tex(known['authors'])}}}" if "authors" in known else "",
        "howpublished": _tex(known["publisher"]),
        "year": known.get("published_date", "")[:4],
        "date": known.get("published_date", ""),
        "urldate": known.get("accessed_date", ""),
        "copyright": _tex(known.get("licence", "")),
        "note": _tex(known.get("note", "").rstrip(".")),
        "url": known["url"],
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{known['source_id']},", *lines, "}", ""])


def _tex(text: str) -> str:
    escaped = re.sub(r"[\\~^&%$#_{}]", lambda sign: _SPECIAL.get(sign[0], "\\" + sign[0]), text)
    return " ".join(escaped.split())


class PublisherAndYear(BaseLabelStyle):
    """[Epoch AI 2026a]: who published it and when; most sources have no author."""

    def format_labels(self, sorted_entries):
        names = [_short(entry) for entry in sorted_entries]
        total, seen = Counter(names), Counter()
        for name in names:
            seen[name] += 1
            yield name + (_letters(seen[name]) if total[name] > 1 else "")


def _letters(number: int) -> str:
    """a for the first, z for the 26th, aa for the 27th."""
    rest, last = divmod(number - 1, 26)
    return (_letters(rest) if rest else "") + chr(ord("a") + last)


def _short(entry) -> str:
    publisher = re.sub(r"\\(.)", r"\1", entry.fields["howpublished"])
    return f"{publisher.split(' (')[0]} {entry.fields.get('year', 'n.d.')}"


class ByPublisher(BaseSortingStyle):
    def sorting_key(self, entry):
        return (entry.fields["howpublished"].lower(), entry.fields.get("date", ""), entry.key)


class BookStyle(Style):
    """Author, title, publisher, date; then what a reader should know of it, and its address."""

    default_label_style = PublisherAndYear
    default_sorting_style = ByPublisher

    def get_misc_template(self, entry):
        return toplevel[
            optional[sentence[self.format_names("author")]],
            sentence[field("title")],
            sentence(sep=", ")[field("howpublished"), optional[field("date")]],
            optional[sentence[field("note")]],
            optional[sentence[join["Licence: ", field("copyright")]]],
            optional[sentence[join["Read on ", field("urldate")]]],
            href[field("url", raw=True), field("url", raw=True)],
        ]


def write_bib(app, config) -> None:
    """Make the .bib file that sphinxcontrib-bibtex reads when the environment starts."""
    path = Path(app.srcdir) / config.bibtex_bibfiles[0]
    text = bibtex(tables.load("sources"))
    # An unchanged file keeps its date, so that a second build reads nothing again.
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def setup(app):
    register_plugin("pybtex.style.formatting", "book", BookStyle)
    app.setup_extension("sphinxcontrib.bibtex")
    app.connect("config-inited", write_bib, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
