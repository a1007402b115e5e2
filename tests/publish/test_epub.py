"""The EPUB is one by its checker: its pages are XHTML, and it asks for nothing that it lacks."""

import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from conftest import Book, SmallBook

EPUB = ("--builder", "custom", "--custom-builder", "epub")
# Each kind that was an error: a fold of MyST-NB, a drawing in the page, files and views of the web.
PAGE = """(ch-index)=
# A page

```{code-cell} ipython3
:tags: [hide-input]
from computegap.show.facts import fact

for key, number in (("low", 2), ("middle", 3), ("high", 4)):
    fact(key, number, "chips", source="this-book")
```

```{code-cell} ipython3
:tags: [hide-cell]
fact("other", 5, "chips", source="this-book")
```

```{tile} middle:.0f
:range: low:.0f, high:.0f
:article: other:.0f
:also: high:.1f of "A & B"
:axis: 0, 14

Chips

That there are.
```

Files: <a href="../data/capex.csv" download="">the table</a>.
Views: <a href="?kind=ratio&amp;x=1">ratios</a>.
Places: [the page](ch-index), [a host](https://compute.test/?a=b), [the numbers](#low).

(low)=
## Numbers

There are {fact}`middle`.
"""


def made(book: Book) -> Path:
    done = book.build(*EPUB)
    assert done.returncode == 0, done.stdout[-4000:]
    (path,) = (book.root / "_build" / "epub").glob("*.epub")
    return path


def errors(path: Path) -> list[str]:
    """What the checker finds, errors and warnings, a line each."""
    # Debian's command is an archive of Java, which a shell alone does not start.
    java, jar = shutil.which("java"), shutil.which("epubcheck")
    assert java and jar, "java or epubcheck is missing: python tools/browsers.py"
    done = subprocess.run(
        [java, "-jar", Path(jar).resolve(), path],
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert "EPUBCheck completed" in done.stdout, done.stdout
    return re.findall(r"^(?:FATAL|ERROR|WARNING)\(.*", done.stdout, re.MULTILINE)


def page_of(path: Path) -> str:
    with zipfile.ZipFile(path) as epub:
        return epub.read("book/index.xhtml").decode()


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> SmallBook:
    book = SmallBook(tmp_path_factory.mktemp("epub"))
    book.page(PAGE)
    return book


@pytest.mark.audit
def test_the_checker_finds_no_error_in_a_page_of_each_kind(small):
    # Twice: what the first build leaves is not packed by the second.
    first = made(small).read_bytes()
    path = made(small)
    assert errors(path) == []
    assert path.read_bytes() == first


def test_what_only_the_web_has_is_words_or_leads_there(small):
    page = page_of(made(small))
    assert "Files: the table.\nViews: ratios." in page
    assert 'href="https://compute.test/?a=b"' in page and 'href="#low"' in page
    assert 'Range 2 to 4; 4.0 of "A &amp; B"; the article says 5.' in page.replace("&quot;", '"')
    assert page.count('<details class="code">') == 1 and 'id="fact-other"' in page


def test_a_book_with_an_address_leads_from_its_epub_to_its_files(tmp_path):
    book = SmallBook(tmp_path)
    book.page(PAGE)
    book.set('baseurl: ""', "baseurl: https://compute.test/book")
    page = page_of(made(book))
    assert 'href="https://compute.test/book/data/capex.csv">the table</a>' in page
    assert 'href="https://compute.test/book/book/index.html?kind=ratio&amp;x=1">ratios</a>' in page


@pytest.mark.audit
def test_the_checker_finds_no_error_in_the_epub_of_the_book(once, site):
    def copy(folder: Path) -> None:
        # Executed notebooks are taken along; a developer's own pages stay as they are.
        left = shutil.ignore_patterns(".*", "_editions", "node_modules", "__pycache__", "html")
        shutil.copytree(site.parents[1], folder, ignore=left, dirs_exist_ok=True)

    path = made(Book(once("book-for-epub", copy)))
    with zipfile.ZipFile(path) as epub:
        assert len([name for name in epub.namelist() if name.endswith(".xhtml")]) > 15
    assert errors(path) == []
