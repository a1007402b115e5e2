"""Each page as Markdown beside it, from the page as readers get it: constraint.html, constraint.md.

So an assistant that quotes has the numbers, verdicts and addresses that a reader sees. Drawings,
controls and folded code are left out; a figure keeps its words and a link to its data.
"""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

from _ext.cite.citations import edition_of, permalink, work

_DRAWING = re.compile(r"<(svg|script|style)\b.*?</\1>", re.DOTALL)
_LEFT_OUT = {"headerlink", "cite", "code", "js-only", "chart", "fig-status", "vh", "menu"}
_VOID = {"br", "img", "hr", "input", "meta", "link", "wbr", "col"}
_BLOCKS = {
    "p",
    "div",
    "section",
    "figure",
    "figcaption",
    "header",
    "summary",
    "details",
    "dl",
    "ul",
}
_BLOCKS |= {"dl", "ul", "ol", "blockquote", "article", "footer", "caption"}
_MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*", "cite": "*", "code": "`"}
_HEADS = {f"h{level}": "#" * level for level in range(1, 7)}


def write(app, pagename, templatename, context, doctree) -> None:
    """The page's Markdown, and a link to it in the page's head."""
    if doctree is None or app.builder.name != "html" or "body" not in context:
        return
    address = permalink(app, pagename) if app.config.html_baseurl else ""
    here = address or Path(app.builder.get_target_uri(pagename)).name
    text = f"{converted(context['body'], here)}\n---\n\n"
    text += f"{work()['title']}, edition {edition_of(app.config)}. {'; '.join(work()['authors'])}. "
    text += f"Text and figures: CC BY 4.0. Page: <{here}>\n"
    path = Path(app.outdir) / f"{pagename}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    link = f'\n<link rel="alternate" type="text/markdown" href="{path.name}">\n'
    context["metatags"] = context.get("metatags", "") + link


def converted(html: str, address: str) -> str:
    """HTML of a page as Markdown; links are seen from `address`, whole or a file's name."""
    reader = _Reader(address)
    reader.feed(_DRAWING.sub("", html))
    reader.close()
    reader.end_line()
    text = "\n".join(line.rstrip() for line in "".join(reader.out).splitlines())
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


class _Reader(HTMLParser):
    def __init__(self, address: str):
        super().__init__(convert_charrefs=True)
        self.address = address
        self.out: list[str] = []
        self.line = ""
        self.open: list[tuple[str, dict]] = []
        self.left_out = 0
        self.lists: list[list] = []
        self.cells: list[str] | None = None
        self.rows = 0
        self.is_code = False

    # What is written

    def end_line(self, after: str = "\n\n") -> None:
        text = self.line if self.is_code else " ".join(self.line.split())
        self.line = ""
        if text.strip():
            self.out.append(text + after)

    def handle_data(self, data: str) -> None:
        if self.left_out or not data:
            return
        if self.cells is not None:
            data = data.replace("|", "\\|")
        self.line += data if self.is_code else re.sub(r"\s+", " ", data)

    # Elements

    def handle_starttag(self, tag: str, attrs: list) -> None:
        given = {key: value or "" for key, value in attrs}
        if tag in _VOID:
            if tag == "br" and not self.left_out:
                self.line += " "
            return
        self.open.append((tag, given))
        if self.left_out or _LEFT_OUT & set(given.get("class", "").split()):
            # The menu of a figure is left out but for its data.
            self.left_out += 1
            if tag == "a" and given.get("href", "").endswith(".csv"):
                self.out.append(f"[Data of this figure, CSV]({self.seen(given['href'])})\n\n")
            return
        getattr(self, f"start_{self.kind(tag)}", self.nothing)(tag, given)

    def handle_endtag(self, tag: str) -> None:
        while self.open:
            name, given = self.open.pop()
            if self.left_out:
                self.left_out -= 1
            else:
                getattr(self, f"end_{self.kind(name)}", self.nothing)(name, given)
            if name == tag:
                return

    @staticmethod
    def kind(tag: str) -> str:
        if tag in _HEADS:
            return "head"
        if tag in _MARKS:
            return "mark"
        return "block" if tag in _BLOCKS else "cell" if tag in ("td", "th") else tag

    def nothing(self, tag: str, given: dict) -> None:
        pass

    def seen(self, href: str) -> str:
        """A link of the page as it is seen from the Markdown, which lies beside the page."""
        if "://" in self.address:
            return urljoin(self.address, href)
        return self.address + href if href.startswith(("#", "?")) else href

    def start_head(self, tag: str, given: dict) -> None:
        self.end_line()
        self.line = f"{_HEADS[tag]} "

    def end_head(self, tag: str, given: dict) -> None:
        place = next((g["id"] for t, g in reversed(self.open) if t == "section" and "id" in g), "")
        self.line += f" ([link]({self.seen('#' + place)}))" if place else ""
        self.end_line()

    def start_block(self, tag: str, given: dict) -> None:
        if tag in ("ul", "ol"):
            if not self.lists:
                self.end_line()
            self.lists.append([tag, 0])
        elif self.lists or self.cells is not None:
            self.line += " "
        else:
            self.end_line()

    def end_block(self, tag: str, given: dict) -> None:
        if tag in ("ul", "ol"):
            self.end_line("\n")
            self.lists.pop()
            self.out.append("" if self.lists else "\n")
        elif self.lists or self.cells is not None:
            # A paragraph of an item or a cell goes on in its line.
            self.line += " "
        else:
            self.end_line()

    def start_li(self, tag: str, given: dict) -> None:
        self.end_line("\n")
        if self.lists:
            self.lists[-1][1] += 1
        kind, number = self.lists[-1] if self.lists else ("ul", 0)
        self.out.append("  " * (len(self.lists) - 1))
        self.line = f"{number}. " if kind == "ol" else "- "

    def end_li(self, tag: str, given: dict) -> None:
        self.end_line("\n")

    def start_mark(self, tag: str, given: dict) -> None:
        if not (self.is_code and tag == "code"):
            self.line += _MARKS[tag]

    end_mark = start_mark

    def start_a(self, tag: str, given: dict) -> None:
        if given.get("href"):
            self.line += "["

    def end_a(self, tag: str, given: dict) -> None:
        if given.get("href"):
            self.line += f"]({self.seen(given['href'])})"

    def start_pre(self, tag: str, given: dict) -> None:
        self.end_line()
        self.out.append("```\n")
        self.is_code = True

    def end_pre(self, tag: str, given: dict) -> None:
        self.line = self.line.rstrip("\n")
        self.end_line("\n")
        self.is_code = False
        self.out.append("```\n\n")

    def start_table(self, tag: str, given: dict) -> None:
        self.end_line()
        self.rows = 0

    def end_table(self, tag: str, given: dict) -> None:
        self.out.append("\n")
        if given.get("id"):
            self.out.append(f"[Address of the table]({self.seen('#' + given['id'])})\n\n")

    def start_tr(self, tag: str, given: dict) -> None:
        self.end_line()
        self.cells = []

    def end_tr(self, tag: str, given: dict) -> None:
        cells, self.cells = self.cells or [], None
        self.out.append(f"| {' | '.join(cells)} |\n")
        if not self.rows:
            self.out.append("|" + " --- |" * len(cells) + "\n")
        self.rows += 1

    def start_cell(self, tag: str, given: dict) -> None:
        self.line = ""

    def end_cell(self, tag: str, given: dict) -> None:
        if self.cells is not None:
            self.cells.append(" ".join(self.line.split()))
        self.line = ""

    def start_dt(self, tag: str, given: dict) -> None:
        self.end_line()
        self.line = "**"

    def end_dt(self, tag: str, given: dict) -> None:
        self.line += ":** "
