"""Sentences that data can contradict: all that fail are reported at once, where they stand."""

import pytest
from conftest import build

PAGE = """# A page

Google owns more than all Chinese owners
together, and Meta more than Oracle.

```{code-cell} ipython3
from computegap.quantities import stocks
from computegap.show.conditions import holds
```

```{code-cell} ipython3
google = stocks.stock("Google").iloc[-1]
china = stocks.china_stock(smuggled=True).iloc[-1]
holds("more than all Chinese owners together", google %s china)
holds("Meta more than Oracle", stocks.stock("Meta").iloc[-1] %s stocks.stock("Oracle").iloc[-1])
```
"""


@pytest.fixture
def falsified(book):
    """A book with one page of two sentences, both contradicted by the data."""
    book.page(PAGE % ("<", "<"))
    return book


def test_sentences_that_hold_leave_no_trace(book):
    book.page(PAGE % (">", ">"))
    done = book.build()
    assert done.returncode == 0, done.stdout
    assert "no-longer-holds" not in book.html()
    assert "No longer holds" not in book.html()


def test_a_strict_build_reports_all_sentences_that_fail_with_line_condition_and_values(falsified):
    done = falsified.build()
    assert done.returncode != 0
    found = [line for line in done.stdout.splitlines() if "a sentence no longer holds" in line]
    assert len(found) == 2, done.stdout
    google, meta = found
    # Eight lines of front matter and heading come before; the words break over two lines.
    assert "index.md:9:" in google and "index.md:10:" in meta
    assert "google < china" in google
    assert "google is 5.0" in google and "china is " in google
    assert "Traceback" not in done.stdout
    assert not (falsified.root / "_build" / "html" / "book" / "index.html").exists()


def test_a_draft_marks_the_sentences_in_the_page(falsified):
    done = build(falsified.root, strict=False)
    assert done.returncode == 0, done.stdout
    html = falsified.html()
    assert html.count('class="no-longer-holds"') == 2


def test_words_that_stand_nowhere_on_the_page_are_refused(book):
    book.page((PAGE % (">", ">")).replace("Meta more than Oracle", "Meta less than Oracle", 1))
    done = book.build()
    assert done.returncode != 0
    assert "no sentence of this page has the words 'Meta more than Oracle'" in done.stdout
