"""The overview: tiles with their ranges drawn, claims in a line, the article as cells."""

import re
from collections import Counter

import pytest
from bs4 import BeautifulSoup
from computegap import contract, ledger
from computegap.tables import load

PAGE = """(ch-overview)=
# Overview

```{tile} gap:.1f
:after: to one
:range: gap-low:.1f, gap-high:.1f
:article: claimed:.0f
:also: chips:.0f in chips
:axis: 0, 10

The gap

It is a ratio.
```

```{tile} share:.0%%
:range: share:.0%%
:axis: 0, 1

A share
```

```{code-cell} ipython3
from computegap.show import claims
from computegap.show.facts import fact
```

```{code-cell} ipython3
fact("gap", (5.0, 2.5, 7.5), "ratio", source="this-book")
fact("claimed", 10.0, "ratio", source="this-book")
fact("chips", 1.0, "ratio", source="this-book")
fact("share", %s, "share", source="this-book")
```
"""
LISTS = """
```{code-cell} ipython3
claims.lines("C033", "C006")
```

```{code-cell} ipython3
claims.picture()
```

```{code-cell} ipython3
claims.show("C033")
```
"""


def built(book, text: str) -> BeautifulSoup:
    book.page(text)
    done = book.build()
    assert done.returncode == 0, done.stdout
    return BeautifulSoup(book.html(), "html.parser")


def words(node) -> str:
    return " ".join(node.get_text().split())


def test_a_tile_has_its_number_and_draws_its_range_where_the_values_lie(book):
    first, second = built(book, PAGE % 0.4).select("div.tile")
    assert words(first.select_one(".tile-number")) == "5.0 to one"
    strip = first.select_one("svg.strip")
    # The axis runs from 3 to 237 for 0 to 10.
    band, dot = strip.select_one("rect.band"), strip.select_one("circle.dot")
    assert (float(band["x"]), float(band["width"])) == (61.5, 117.0)
    assert float(dot["cx"]) == 120.0
    assert float(strip.select_one("circle.hollow")["cx"]) == 26.4
    assert strip.select_one("path.claimed")["d"].startswith("M237.0,")
    assert strip["aria-label"] == (
        "Range 2.5 to 7.5 on an axis from 0 to 10; 1 in chips; the article says 10"
    )
    # The end of an axis of shares is in per cent, as its numbers are.
    assert [text.get_text() for text in second.select("svg text")][:2] == ["0", "100%"]


def test_a_tile_without_a_number_for_its_range_is_refused(book):
    book.page((PAGE % 0.4).replace("gap-low:.1f, gap-high:.1f", "nothing:.1f"))
    done = book.build()
    assert done.returncode != 0
    assert "no cell states a number for 'nothing'" in done.stdout


@pytest.fixture(scope="module")
def page(tried):
    book = tried("overview-lists", lambda small: small.page(PAGE % 0.4 + LISTS))
    assert book.code == 0, book.log[-3000:]
    return BeautifulSoup(book.html(), "html.parser")


def test_a_claim_in_a_line_has_verdict_sentence_reason_and_confidence(page):
    judged = ledger.judged(["C033"]).iloc[0]
    line = page.select(".claim-line")[0]
    assert judged["verdict"].capitalize() in words(line.select_one(".claim-verdict"))
    assert load("claims").set_index("claim_id").at["C033", "statement"] in words(line)
    assert judged["in_words"] in words(line)
    assert words(line).endswith(f"C033, confidence: {judged['confidence']}")
    assert line.select_one(".claim-sure a")["href"] == "#claim-c033"


def test_the_picture_has_a_cell_for_every_claim_of_the_article_and_counts_them(page):
    own = load("claims").query("section != 'related-reads'")
    cells = page.select(".picture-cell")
    assert len(cells) == len(own)
    verdicts = ledger.judged(own["claim_id"].to_list())["verdict"]
    counts = Counter(verdicts)
    shown = {
        match[1]: int(match[2])
        for key in page.select(".picture-key .claim-verdict")
        if (match := re.fullmatch(r"\S+ (.+) (\d+)", words(key)))
    }
    assert shown == counts
    signs = Counter(words(cell.select_one("[aria-hidden]")) for cell in cells)
    assert signs == {contract.SIGNS[word]: count for word, count in counts.items()}
    # A claim with a block is a link to it.
    assert [a["href"] for a in page.select(".picture-cells a")] == ["#claim-c033"]
