"""The bibliography, made from data/sources.csv, so that a source has one home and one id.

`` {cite}`epoch-chip-owners` `` cites a source in text by the same id as in the data tables; the
references link back to the places that cite them.
"""

import re
from collections import Counter
from html import escape, unescape
from pathlib import Path

from computegap import package
from computegap.addresses import written
from computegap.contract import claim_anchor, source_anchor
from docutils import nodes
from pybtex.plugin import register_plugin
from pybtex.richtext import BaseMultipartText, String
from pybtex.style.formatting.unsrt import Style, sentence, toplevel
from pybtex.style.labels import BaseLabelStyle
from pybtex.style.sorting import BaseSortingStyle
from pybtex.style.template import field, href, join, optional

# What TeX reads as a command; everything else in a source's row is text.
_SPECIAL = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
# BibTeX counts braces, escaped or not, and a lone one would end the file; so private characters
# hold their places until the entries are read.
_HELD = {"{": "\ue002", "}": "\ue003"}
_BRACES = str.maketrans({held: brace for brace, held in _HELD.items()})
PAGE = "book/references"


def bibtex(sources: list[dict[str, str]]) -> str:
    """All rows of the sources as BibTeX, under their source ids; an empty cell is left out."""
    return "\n".join(map(_entry, sources))


def _entry(row: dict[str, str]) -> str:
    fields = {
        "title": f"{{{_tex(row['title'])}}}",
        "author": f"{{{_tex(row['authors'])}}}" if row["authors"] else "",
        "howpublished": _tex(row["publisher"]),
        "year": row["published_date"][:4],
        "date": row["published_date"],
        "urldate": row["accessed_date"],
        "copyright": _tex(row["licence"]),
        "eprint": written(row["archive_url"]) if row["archive_url"] else "",
        "note": _tex(row["note"].rstrip(".")),
        "url": written(row["url"]),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{row['source_id']},", *lines, "}", ""])


def _tex(text: str) -> str:
    known = {**_SPECIAL, **_HELD}
    escaped = re.sub(r"[\\~^&%#_{}]", lambda sign: known.get(sign[0], "\\" + sign[0]), text)
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
    publisher = re.sub(r"\\(.)", r"\1", entry.fields["howpublished"]).translate(_BRACES)
    return f"{publisher.split(' (')[0]} {entry.fields.get('year', 'n.d.')}"


class ByPublisher(BaseSortingStyle):
    def sorting_key(self, entry):
        return (entry.fields["howpublished"].lower(), entry.fields.get("date", ""), entry.key)


class BookStyle(Style):
    """Author, title, publisher, date; then what a reader should know of it, and its address."""

    default_label_style = PublisherAndYear
    default_sorting_style = ByPublisher
    # By source id: what was formatted, for this or an earlier build (speed.py), and to what.
    formatted: dict[str, tuple] = {}

    def format_entry(self, label, entry, bib_data=None):
        """As the template says; once, since each source is asked for twice, as a tooltip too."""
        source, known = self.formatted.get(entry.key, (None, None))
        if source != entry or known.label != label:
            known = super().format_entry(label, entry, bib_data)
            known.text = _with_braces(known.text)
            self.formatted[entry.key] = (entry, known)
        return known

    def get_misc_template(self, entry):
        return toplevel[
            optional[sentence[self.format_names("author")]],
            sentence[field("title")],
            sentence(sep=", ")[field("howpublished"), optional[field("date")]],
            optional[sentence[field("note")]],
            optional[sentence[join["Licence: ", field("copyright")]]],
            optional[sentence[join["Read on ", field("urldate")]]],
            sentence(sep=" ")[
                href[field("url", raw=True), field("url", raw=True)],
                optional[join["(", href[field("eprint", raw=True), "stored copy"], ")"]],
            ],
        ]


def _with_braces(part):
    """A formatted text with braces in the places that were held for them."""
    if isinstance(part, String):
        return String(str(part).translate(_BRACES))
    if not isinstance(part, BaseMultipartText):
        return part
    return part._create_similar([_with_braces(inner) for inner in part.parts])


def write_bib(app, config) -> None:
    """Make the .bib file that sphinxcontrib-bibtex reads when the environment starts."""
    path = Path(app.srcdir) / config.bibtex_bibfiles[0]
    text = bibtex(package.rows("sources"))
    # An unchanged file keeps its date, so that a second build reads nothing again.
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


# Links back


def uses(env) -> dict[str, dict[str, list[tuple[str, str]]]]:
    """Where each source is cited: source id -> page -> (words, anchor), claims by their own id."""
    found: dict[str, dict] = {}
    for reference in env.get_domain("cite").citation_refs:
        for target in reference.targets:
            places = found.setdefault(target.key, {}).setdefault(reference.docname, [])
            places.append((str(len(places) + 1), reference.citation_ref_id))
    blocks = env.get_domain("claim").data["blocks"]
    pairs = {(row["claim_id"], row["source_id"]) for row in package.rows("evidence")}
    for claim_id, source_id in sorted(pairs):
        if claim_id in blocks:
            places = found.setdefault(source_id, {}).setdefault(blocks[claim_id][0], [])
            places.append((claim_id, claim_anchor(claim_id)))
    return found


def add_links_back(app, doctree, docname: str) -> None:
    """Under each reference, links to the places that cite it."""
    if docname != PAGE:
        return
    cited = uses(app.env)
    for reference in doctree.findall(nodes.citation):
        places = cited.get(reference["ids"][0].removeprefix(source_anchor("")), {})
        if places:
            pages = [_page_links(app, *page) for page in sorted(places.items())]
            words = [one for page in pages for one in (nodes.Text("; "), *page)][1:]
            line = nodes.paragraph("", "Cited in ", *words, classes=["cited-in"])
            reference += line


def _page_links(app, docname: str, places: list[tuple[str, str]]) -> list[nodes.Node]:
    """The title of a page and a link to each place on it."""
    line: list[nodes.Node] = [nodes.Text(app.env.titles[docname].astext() + ":")]
    for words, anchor in places:
        uri = f"{app.builder.get_relative_uri(PAGE, docname)}#{anchor}"
        line += [nodes.Text(" "), nodes.reference("", words, refuri=uri, internal=True)]
    return line


_LINK = re.compile(r'<a class="reference external" href="([^"]+)"')


def mark_links(app, pagename, templatename, context, doctree) -> None:
    """Robust Links: what a link to a source was on the day on which it was read, and a stored copy.

    The attributes are those of robustlinks.mementoweb.org/spec; a copy's link names the original.
    """
    if "body" in context and app.builder.name in ("html", "dirhtml"):
        context["body"] = _LINK.sub(_robust, context["body"])


def _robust(link: re.Match) -> str:
    url = unescape(link[1])
    source, is_copy = package.by("sources", "url").get(url), False
    if source is None:
        source, is_copy = package.by("sources", "archive_url").get(url), True
    if source is None or not url:
        return link[0]
    said = {
        "originalurl": source["url"] if is_copy else "",
        "versionurl": "" if is_copy else source["archive_url"],
        # The spec wants a day, not a month.
        "versiondate": source["accessed_date"] if len(source["accessed_date"]) == 10 else "",
    }
    given = [f' data-{key}="{escape(value, quote=True)}"' for key, value in said.items() if value]
    return link[0] + "".join(given)


def rewrite(app, env) -> list[str]:
    """The references, if another place cites a source than when they were last written."""
    titles = {docname: title.astext() for docname, title in env.titles.items()}
    before, env.book_cited = getattr(env, "book_cited", None), (uses(env), titles)
    return [PAGE] if PAGE in env.found_docs and before != env.book_cited else []


def register(app) -> None:
    register_plugin("pybtex.style.formatting", "book", BookStyle)
    app.setup_extension("sphinxcontrib.bibtex")
