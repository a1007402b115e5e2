"""A change executes exactly the notebooks that depend on it, and reaches every page that shows it.

One small book of four pages, built once; each test changes one thing in it and builds again.
"""

import json
import re
import shutil

import pytest
from computegap import package
from conftest import Kept, SmallBook

CELL = "```{code-cell} ipython3\n%s\n```\n"
SPENDING = """from computegap.show.facts import fact
from computegap.tables import load

capex = load("capex").query("company == 'Alphabet' and year == 2020")
fact("alphabet-2020", capex["capex_usd_billion"].iloc[0], "USD billion", "capex")"""
OWNERS = """from computegap.quantities import article
from computegap.show.facts import fact

fact("claimed", article.claimed("C028"), "USD billion", "claims")"""
CHART = """---
mystnb:
  figure:
    name: fig-bars
    caption: |
      Two bars.

      Source: this test.
  image:
    alt: Two bars.
---
import altair as alt
import pandas as pd
from computegap.show import charts

charts.use()
bars = pd.DataFrame({"x": ["a", "b"], "y": [1, 2]})
alt.Chart(bars).mark_bar(color="#123456").encode(alt.X("x:N"), alt.Y("y:Q"))"""


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> Kept:
    """Pages `index` (table capex), `owners` (a measure of claims), `chart`, and `text` (quotes)."""
    book = SmallBook(tmp_path_factory.mktemp("pages"))
    book.page("# Spending\n\nIt quotes {fact}`claimed:.0f`.\n\n" + CELL % SPENDING)
    book.add_page("owners", "# Owners\n\n" + CELL % OWNERS)
    book.add_page("chart", "# Chart\n\nSee {numref}`fig-bars`.\n\n" + CELL % CHART)
    book.add_page(
        "text",
        "(ch-text)=\n# Text\n\nOne spent {fact}`alphabet-2020:.1f`, the article says "
        "{fact}`claimed:.0f`; {numref}`fig-bars` shows bars.\n",
    )
    kept = Kept(book)
    assert named(kept.log) == {"index", "owners", "chart"}
    return kept


@pytest.fixture
def pages(kept) -> SmallBook:
    return kept.fresh()


def named(log: str) -> set[str]:
    return set(re.findall(r"executed book/([\w-]+)\.md", log))


def executed(done) -> set[str]:
    assert done.returncode == 0, done.stdout
    return named(done.stdout)


def edit(book, name: str, old: str, new: str) -> None:
    path = book.root / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_nothing_changed_executes_nothing_and_ends_early(pages):
    done = pages.build()
    assert executed(done) == set()
    assert "nothing changed since the last build" in done.stdout


def test_a_sentence_after_a_clean_build_writes_no_page_that_does_not_show_it(pages):
    chart = pages.root / "_build" / "html" / "book" / "chart.html"
    before = chart.stat().st_mtime_ns
    edit(pages, "book/owners.md", "# Owners\n", "# Owners\n\nA new sentence.\n")
    assert executed(pages.build()) == set()
    assert "A new sentence." in pages.html("owners")
    assert chart.stat().st_mtime_ns == before


def test_a_value_executes_the_notebook_that_reads_its_table_and_reaches_every_quote(pages):
    pages.change_cell("capex", 2, "22.3", "23.4")
    assert executed(pages.build()) == {"index"}
    assert ">23.4<" in pages.html("text")


def test_a_value_that_a_measure_reads_reaches_the_pages_that_quote_the_measure(pages):
    path = pages.root / "data" / "claims.csv"
    line = next(i for i, row in enumerate(path.read_text().splitlines(), 1) if "C028" in row)
    pages.change_cell("claims", line, ",725,,", ",726,,")
    assert executed(pages.build()) == {"owners"}
    for name in ("index", "text"):
        assert ">726<" in pages.html(name), name


def test_a_value_that_moves_no_quantity_of_a_notebook_executes_nothing(pages):
    """The page reads the table of claims through one quantity, which gives what it gave."""
    other = next(row for row in package.rows("claims") if row["claim_id"] == "C029")
    edit(pages, "data/claims.csv", other["statement"], "Another statement.")
    assert executed(pages.build()) == set()
    # Asked once: the next build knows that it held.
    assert "nothing changed" in pages.build().stdout


def test_an_entry_of_the_package_executes_what_uses_its_table(pages):
    title = package.resources()["capex"]["title"]
    edit(pages, "data/datapackage.json", json.dumps(title), '"Another title"')
    assert executed(pages.build()) == {"index"}
    assert "Another title" in pages.html("text")


def test_a_new_table_executes_nothing(pages):
    whole = json.loads((pages.root / "data/datapackage.json").read_text(encoding="utf-8"))
    entry = next(one for one in whole["resources"] if one["name"] == "capex")
    spare = {"name": "spare", "path": "spare.csv", "schema": "spare.schema.json"}
    whole["resources"].append({**entry, **spare})
    for end in (".csv", ".schema.json"):
        shutil.copy(pages.root / f"data/capex{end}", pages.root / f"data/spare{end}")
    (pages.root / "data/datapackage.json").write_text(json.dumps(whole), encoding="utf-8")
    assert executed(pages.build()) == set()


def test_undoing_a_change_executes_nothing_and_shows_the_old_number(pages):
    pages.change_cell("capex", 2, "22.3", "23.4")
    assert executed(pages.build()) == {"index"}
    pages.change_cell("capex", 2, "23.4", "22.3")
    assert executed(pages.build()) == set()
    assert ">22.3<" in pages.html("text")


def test_a_schema_executes_the_notebooks_that_read_its_table(pages):
    edit(pages, "data/capex.schema.json", '"description": "', '"description": "In short: ')
    assert executed(pages.build()) == {"index"}


def test_a_measure_executes_the_notebooks_that_import_measures(pages):
    edit(
        pages,
        "book/computegap/quantities/article.py",
        "def claimed(",
        "# A remark.\n\n\ndef claimed(",
    )
    assert executed(pages.build()) == {"owners"}


def test_a_helper_executes_the_notebooks_that_import_it(pages):
    edit(pages, "book/computegap/show/facts.py", '"""Facts', '"""All facts')
    assert executed(pages.build()) == {"index", "owners"}


def test_a_colour_of_the_theme_executes_the_notebooks_that_draw(pages):
    edit(pages, "book/computegap/show/theme.py", "PAPER_INK = ", "PAPER_INK = 2 and ")
    assert executed(pages.build()) == {"chart"}


def test_a_chart_s_own_colour_executes_its_notebook_and_reaches_the_picture(pages):
    edit(pages, "book/chart.md", "#123456", "#654321")
    assert executed(pages.build()) == {"chart"}
    assert "#654321" in pages.html("chart")


def test_a_caption_executes_nothing_and_reaches_the_page(pages):
    edit(pages, "book/chart.md", "      Two bars.", "      A pair of bars.")
    assert executed(pages.build()) == set()
    assert "A pair of bars." in pages.html("chart")


def test_a_sentence_executes_nothing_and_reaches_the_page(pages):
    edit(pages, "book/index.md", "It quotes", "It repeats")
    assert executed(pages.build()) == set()
    assert "It repeats" in pages.html()


def test_a_paragraph_after_the_last_cell_executes_nothing_and_reaches_the_page(pages):
    page = pages.root / "book" / "index.md"
    page.write_text(page.read_text(encoding="utf-8") + "\nMore text.\n", encoding="utf-8")
    assert executed(pages.build()) == set()
    assert "More text." in pages.html()
    assert ">22.3<" in pages.html("text")


def test_a_title_reaches_the_contents_of_every_page(pages):
    edit(pages, "book/text.md", "# Text", "# Other words")
    assert executed(pages.build()) == set()
    for name in ("index", "owners", "chart"):
        assert "Other words" in pages.html(name), name


def test_a_figure_number_reaches_the_pages_that_refer_to_it(pages):
    earlier = CHART.replace("fig-bars", "fig-first").replace("#123456", "#222222")
    owners = pages.root / "book" / "owners.md"
    owners.write_text(owners.read_text(encoding="utf-8") + "\n" + CELL % earlier, encoding="utf-8")
    assert executed(pages.build()) == {"owners"}
    assert "Figure 2" in pages.html("text")


def test_a_citation_reaches_the_references_and_other_text_does_not_write_them(book):
    book.page("# A page\n\nA first text.\n")
    book.add_page("references", "# References\n\n```{bibliography}\n:all:\n```\n")
    assert book.build().returncode == 0
    written = book.root / "_build" / ".html" / "book" / "references.html"
    before = written.stat().st_mtime_ns
    edit(book, "book/index.md", "A first", "Another")
    assert book.build().returncode == 0
    assert written.stat().st_mtime_ns == before
    edit(book, "book/index.md", "Another text.", "Another text {cite}`epoch-chip-owners`.")
    assert book.build().returncode == 0
    assert "Cited in A page:" in re.sub("<[^>]*>", "", book.html("references"))


def test_a_style_sheet_reaches_the_book_and_executes_nothing(pages):
    edit(pages, "book/_static/css/base.css", "\n:root {", "\n.remark { color: red; }\n:root {")
    assert executed(pages.build()) == set()
    static = pages.root / "_build" / "html" / "_static"
    # One sheet for all, of another name than before, which every page loads.
    (sheet,) = static.glob("book.*.css")
    assert ".remark{color:red}" in sheet.read_text(encoding="utf-8")
    assert all(sheet.name in pages.html(name) for name in ("index", "text"))


def test_an_extension_reads_all_pages_again_and_executes_nothing(pages):
    edit(pages, "book/_ext/page/quotes.py", 'classes=["fact"]', 'classes=["fact", "number"]')
    assert executed(pages.build()) == set()
    assert 'class="fact number"' in pages.html("text")


def test_a_locked_version_executes_all_notebooks(pages):
    edit(pages, "requirements.txt", "altair==", "# altair==")
    assert executed(pages.build()) == {"index", "owners", "chart"}


def test_a_new_module_executes_all_notebooks(pages):
    (pages.root / "book" / "computegap" / "new.py").write_text('"""Nothing."""\n')
    assert executed(pages.build()) == {"index", "owners", "chart"}


def test_a_notebook_that_starts_a_program_depends_on_all_data(pages):
    pages.page(
        "# Spending\n\n" + CELL % (SPENDING + '\nimport subprocess\n_ = subprocess.run(["true"])')
    )
    edit(pages, "book/owners.md", "article.claimed", "1 * article.claimed")
    assert executed(pages.build()) == {"index", "owners"}
    edit(pages, "data/chips.schema.json", '"description": "', '"description": "In short: ')
    assert executed(pages.build()) == {"index"}


def test_files_opened_without_the_helper_package_are_known_too(pages):
    pages.page(
        "# Spending\n\n"
        + CELL % 'print(open("../data/chips.csv").readline())'
        + "\n"
        + CELL % SPENDING
    )
    assert executed(pages.build()) == {"index"}
    edit(pages, "data/chips.csv", "989.4", "989.5")
    assert executed(pages.build()) == {"index"}
