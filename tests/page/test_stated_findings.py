"""Findings stand in a chapter, are quoted and listed elsewhere, and follow the numbers."""

import pytest
from bs4 import BeautifulSoup

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
        assert other.find(id=anchor).find_parent(class_="gone") or other.find(id=anchor)
    page = chromium.new_context().new_page()
    at = two.root / "_build" / "html" / "book" / "other.html"
    page.goto(f"{at.as_uri()}#tab-old")
    page.wait_for_url("**/index.html#finding-size")
    page.context.close()


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
