"""No number stands on a built page without a fact behind it, but for a short list of kinds."""

import re

import pytest
from bs4 import BeautifulSoup
from test_prose import typed_numbers

# What may hold digits without a fact, and why.
EXEMPT = {
    "a.fact-link": "a fact, whose box says what it came through",
    "div.cell_input, details.code, code, pre": "code that a reader can open, and names in it",
    ".dateline": "what the build says of the page: dates, edition, minutes",
    "div.cell_output table": "rows of a data table, or a frame that the cell above it computes",
    "div.cell_output .table-source": "the caption's source line: publishers and dates",
    ".claim-lines, .article-picture": "rows of claims.csv, each a link to its block",
    "div.cell_output dl": "rows of the table of events, set as a list that a phone can show",
    "div.claim": "a row of claims.csv with its rows of evidence.csv, which say their sources",
    ".claims-all > summary, .gone-all > summary": "how many rows stand in the fold",
    ".live-about": "what a run in the browser loads, counted by the build from the files",
    ".figure-tools": "the rows that a figure draws, which its CSV file has",
    "details.cite": "a citation: title, date, edition, address",
    ".caption-number, .section-number, a .std-numref": "numbering of figures, tables and sections",
    "nav, footer": "titles of pages, as they stand there",
    "svg, script, style": "drawings, whose rows are the figure's CSV file, and data for scripts",
}
# Pages that print the data package and its bibliography row by row, and the list of editions.
ROWS = ("data", "references", "changes")
# A word before a number that makes it a name: of a claim, figure or number of a list.
NAMED = re.compile(r"\b(Figures?|Tables?|Sections?|Claims?) [A-Z]?\d+(\.\d+)*")


def numbers_of(html: str) -> list[str]:
    """Digits on a page that are neither exempt nor names nor dates, with the words around them."""
    page = BeautifulSoup(html, "html.parser")
    text = page.select_one("article") or page
    for selector in EXEMPT:
        for node in text.select(selector):
            # A space, so that what stood on both sides is not read as one word.
            node.replace_with(" ")
    return typed_numbers(NAMED.sub(" ", " ".join(text.get_text().split())))


@pytest.fixture(scope="module")
def found(site) -> dict[str, list[str]]:
    pages = [path for path in sorted(site.glob("book/*.html")) if path.stem not in ROWS]
    assert len(pages) > 10
    return {path.stem: numbers_of(path.read_text(encoding="utf-8")) for path in pages}


def test_no_number_stands_on_a_page_without_a_fact(found):
    assert {page: numbers for page, numbers in found.items() if numbers} == {}


@pytest.mark.parametrize(
    ("html", "is_found"),
    [
        ("<p>The gap is 8.7 times.</p>", True),
        ('<p>The gap is <a class="fact-link" href="#x">8.7</a> times.</p>', False),
        ("<table><tr><td>8.7</td></tr></table>", True),
        ('<div class="cell_output"><table><tr><td>8.7</td></tr></table></div>', False),
        ("<p>As Figure 3 and C033 say, on 22 June 2026 an H100 was named.</p>", False),
        ("<figcaption>It rose 4-fold.</figcaption>", True),
    ],
)
def test_a_number_without_a_fact_is_found_wherever_it_stands(html, is_found):
    assert bool(numbers_of(html)) == is_found
