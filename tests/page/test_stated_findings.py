"""Findings stand in a chapter, are quoted and listed elsewhere, and follow the numbers."""

import re

import pytest
from bs4 import BeautifulSoup
from computegap.verdicts import LIKELIHOOD
from conftest import ROOT
from test_prose import CHAPTERS, prose

HOME = """(ch-home)=
# Home

```{finding} size
:confidence: moderate
:likelihood: chance
:claims: C033

The gap is {fact}`gap:.1f` to one.

Evidence
: Two counts, see [the other page](other.md).

Uncertain
: What nobody counts.

Would change it
: A third count.
```

```{code-cell} ipython3
from computegap.show import claims
from computegap.show.facts import fact
```

```{code-cell} ipython3
fact("gap", %s, "ratio", source="this-book")
fact("chance", 0.93, "probability", source="this-book")
```

```{code-cell} ipython3
claims.show("C033")
```
"""
OTHER = """(ch-other)=
# Other

Said elsewhere: {finding}`size` And as a link: {finding}`how large it is <size>`.

```{findings}
```

(sec-other-gone)=
## What stood here

```{gone} fig-old tab-old
:to: book/index#finding-size

It showed the gap.
```
"""


@pytest.fixture
def two(book):
    book.page(HOME % 8.66)
    book.add_page("other", OTHER)
    return book


def seen(book, page: str) -> BeautifulSoup:
    path = book.root / "_build" / "html" / "book" / f"{page}.html"
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def words(node) -> str:
    return " ".join(node.get_text().split())


def test_a_finding_is_stated_quoted_and_listed_with_its_numbers_and_follows_them(two):
    done = two.build()
    assert done.returncode == 0, done.stdout
    home, other = seen(two, "index"), seen(two, "other")
    block = home.find(id="finding-size")
    assert words(block.select_one(".finding-say")) == "The gap is 8.7 to one."
    sure = words(block.select_one(".finding-sure"))
    assert sure == "Confidence: moderate. By the draws it is very likely (93%). Bears on C033."
    assert "Finding: The gap is" not in words(block.select_one(".cite-text"))
    assert "The gap is 8.7 to one [Finding]" in words(block.select_one(".cite-text"))
    assert "Said elsewhere: The gap is 8.7 to one." in words(other)
    links = [a["href"] for a in other.select("a:has(.finding-link)")]
    assert links == ["index.html#finding-size"] * 3
    row = other.select_one(".finding-row")
    assert "Two counts, see the other page." in words(row)
    assert row.select_one(".fact-link")["href"] == "index.html#fact-gap"
    # The page has what the script shows beside the number.
    assert '"gap"' in other.find(id="fact-data").string

    two.page(HOME % 9.44)
    again = two.build()
    assert again.returncode == 0, again.stdout
    assert "Said elsewhere: The gap is 9.4 to one." in words(seen(two, "other"))


def test_an_address_that_went_keeps_a_line_that_leads_on(two, chromium):
    done = two.build()
    assert done.returncode == 0, done.stdout
    other = seen(two, "other")
    for anchor in ("fig-old", "tab-old"):
        place = other.find(id=anchor)
        line = place if "gone" in place.get("class", []) else place.find_parent(class_="gone")
        assert words(line) == "It showed the gap. It stands there now."
    page = chromium.new_context().new_page()
    at = two.root / "_build" / "html" / "book" / "other.html"
    page.goto(f"{at.as_uri()}#tab-old")
    page.wait_for_url("**/index.html#finding-size")
    page.context.close()


def test_a_finding_bears_on_no_claim_that_is_not_there(book):
    book.page((HOME % 8.66).replace(":claims: C033", ":claims: C999").replace("(other.md)", "(#x)"))
    done = book.build()
    assert done.returncode != 0
    assert "C999" in done.stdout


WRONG = {
    "confidence: moderate": ("confidence: sure", "moderate"),
    "Uncertain\n": ("Doubts\n", "found the terms ('Evidence', 'Doubts', 'Would change it')"),
    ":confidence: moderate\n": ("", ":confidence: is missing"),
    "likelihood: chance": ("likelihood: gap", "expected a probability from 0 to 1, found 8.66"),
}


@pytest.mark.parametrize("right", WRONG)
def test_a_finding_that_lacks_something_is_refused_with_what_was_expected(book, right):
    wrong, said = WRONG[right]
    book.page((HOME % 8.66).replace(right, wrong, 1).replace("see [the other page](other.md)", ""))
    done = book.build()
    assert done.returncode != 0
    assert said in done.stdout.replace("\n", " "), done.stdout[-3000:]


# The book itself

LIKELY = re.compile(rf"\b({'|'.join(map(re.escape, LIKELIHOOD))}|probabl[ey]|certainly)\b", re.I)


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_no_word_of_likelihood_stands_in_prose_but_by_its_probability(chapter):
    """The role `likely` writes them; methods and glossary say what they mean."""
    text = chapter.read_text(encoding="utf-8")
    text = re.sub(r"^```\{code-cell\}.*?^```$", "", text, flags=re.M | re.S)
    said = [] if chapter.stem in ("methods", "glossary") else LIKELY.findall(prose(text))
    assert said == []


def test_every_finding_has_its_citation_and_its_row_and_its_claims_are_there(site):
    listed = [a["href"] for a in rows_of(site, "findings").select(".finding-from a")]
    stated = []
    for path in sorted((site / "book").glob("*.html")):
        for block in rows_of(site, path.stem).select("div.finding"):
            stated.append(f"{path.name}#{block['id']}")
            assert block.select_one("details.cite .cite-text"), block["id"]
    assert sorted(listed) == sorted(stated)
    written = sum(p.read_text("utf-8").count("```{finding} ") for p in (ROOT / "book").glob("*.md"))
    assert len(stated) == written > 0


def rows_of(site, page: str) -> BeautifulSoup:
    return BeautifulSoup((site / "book" / f"{page}.html").read_text("utf-8"), "html.parser")
