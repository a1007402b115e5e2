"""Private parts of other libraries: with a version that nobody tried, slower and the same pages."""

import re

import pytest
from _ext import guards
from conftest import ROOT, SmallBook

PAGE = """# A page

See {numref}`fig-bars` and {fact}`capex-2025:.0f`.

```{code-cell} ipython3
from computegap.quantities import spending
from computegap.show import charts
from computegap.show.facts import fact
```

```{code-cell} ipython3
---
mystnb:
  image: {alt: Bars of four firms.}
  figure:
    name: fig-bars
    caption: |
      Spending.

      Source: SEC filings.
---
import altair as alt

charts.use()
spent = spending.capex_cash(2025).rename_axis("company").reset_index(name="usd_billion")
fact("capex-2025", spent["usd_billion"].sum(), "USD billion")
alt.Chart(spent).mark_bar().encode(alt.X("usd_billion:Q"), alt.Y("company:N"))
```
"""
OTHER = "# Another\n\nAs {ref}`fig-bars` and {fact}`capex-2025:.1f` say.\n"


def built(folder, change) -> tuple[SmallBook, str]:
    """A book of three pages, built with some change of its extension, and what the build says."""
    book = SmallBook(folder)
    change(book.root / "book" / "_ext" / "guards.py")
    book.page(PAGE)
    book.add_page("other", OTHER)
    book.add_page("third", OTHER.replace("Another", "A third"))
    done = book.build()
    assert done.returncode == 0, done.stdout
    return book, done.stdout


def pages(book: SmallBook) -> dict[str, bytes]:
    html = book.root / "_build" / "html"
    # Sphinx's note of its own settings, and the zip, which has the changed file in it.
    left_out = {".buildinfo", "computing-power-dilemma.zip"}
    files = [path for path in html.rglob("*") if path.is_file() and path.name not in left_out]
    return {path.relative_to(html).as_posix(): _plain(path.read_bytes()) for path in files}


def _plain(page: bytes) -> bytes:
    """A page without the checksum in the address of MyST-NB's style sheet, which it may lack."""
    return re.sub(rb"(mystnb\.\w+\.css)\?v=\w+", rb"\1", page)


def untry(guards_file) -> None:
    """Let every package be one that nobody has tried."""
    text = guards_file.read_text(encoding="utf-8")
    changed = re.sub(r'^    "([\w-]+)": \(".*",\),$', r'    "\1": ("0.0",),', text, flags=re.M)
    assert changed.count('("0.0",)') == len(guards.TRIED)
    guards_file.write_text(changed, encoding="utf-8")


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """The same book with all versions tried, and with none."""
    usual = built(tmp_path_factory.mktemp("tried"), lambda _: None)
    return usual, built(tmp_path_factory.mktemp("untried"), untry)


def test_untried_versions_give_the_same_pages(both):
    (usual, _), (untried, _) = both
    one, other = pages(usual), pages(untried)
    assert set(one) == set(other)
    assert [name for name in one if one[name] != other[name]] == []


def test_untried_versions_are_named_with_what_the_build_does_without_them(both):
    (_, quiet), (_, said) = both
    assert "left out, since untried with" not in quiet
    for place in ("share_evenly", "keep_templates", "number_from_outlines", "keep_formatted"):
        assert re.search(rf"left out, since untried with .*: {place}; \w+", said), place


def test_the_installed_versions_are_tried_ones():
    assert [package for package in guards.TRIED if not guards.is_tried(package)] == []


def test_private_parts_of_other_libraries_are_used_in_guarded_places_only():
    """What is known to be private has no place but those that ask `guards.py` first."""
    known = r"make_chunks|_write_parallel|_mapping\b|_index_entries|bytecode_cache|_warncount"
    found = {
        path.relative_to(ROOT / "book" / "_ext").as_posix()
        for path in (ROOT / "book" / "_ext").rglob("*.py")
        if re.search(known, path.read_text(encoding="utf-8"))
    }
    assert found == {"guards.py", "sphinx_patches.py"}
