"""How pages quote facts: small Sphinx projects whose notebooks were executed before.

tests/examples has whole books; these are built in this process in a second.
"""

import io
import posixpath
import re
import warnings
from pathlib import Path

import nbformat
import pytest
from _ext.page import quotes
from bs4 import BeautifulSoup
from computegap import contract
from myst_parser.sphinx_ext.myst_refs import MystReferenceResolver
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from sphinx.testing.util import SphinxTestApp
from sphinx.util.inventory import InventoryFile

CONF = """
extensions = ["myst_nb"]
nb_execution_mode = "off"
myst_enable_extensions = ["colon_fence"]
exclude_patterns = ["_build"]
html_theme = "basic"
numfig = True


def setup(app):
    from _ext.page import quotes

    quotes.register(app)
    app.connect("doctree-read", quotes.collect_facts)
    app.connect("env-updated", quotes.rewrite_stale)
"""
MINUS, POWER = "\N{MINUS SIGN}", "2.5\u00a0\N{MULTIPLICATION SIGN}\u00a010\u00b2\u2075"


def payload(value, unit="", source=("chip_owners",), cell=1, kind=None) -> dict:
    """A fact as its cell puts it into the notebook."""
    kind = kind or type(value).__name__
    said = {"value": value, "type": kind, "unit": unit, "source": list(source)}
    return {**said, "measures": {}, "cell": cell}


def cell(number: int, facts: dict[str, dict]) -> dict:
    """An executed cell that has stated a condition and facts."""
    stated = [("words", contract.CONDITION_MIME, {"words": "words"})]
    stated += [(key, contract.FACT_MIME, one) for key, one in facts.items()]
    outputs = [
        new_output(
            "display_data",
            data={contract.GLUE + kind: one},
            metadata={"scrapbook": {"name": key, "mime_prefix": contract.GLUE}},
        )
        for key, kind, one in stated
    ]
    return new_code_cell(f"# {number}", execution_count=number, outputs=outputs)


class Project:
    """A Sphinx project of notebooks and pages, which is built in this process."""

    def __init__(self, root: Path):
        self.root, self.log = root, ""
        (root / "conf.py").write_text(CONF, encoding="utf-8")

    def notebook(self, name: str, text: str, *cells: dict) -> None:
        made = new_notebook(cells=[new_markdown_cell(text), *cells])
        made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
        made.metadata["language_info"] = {"name": "python"}
        nbformat.write(made, self.root / f"{name}.ipynb")

    def page(self, name: str, text: str) -> None:
        (self.root / f"{name}.md").write_text(text, encoding="utf-8")

    def build(self):
        """Build; gives the environment and the pages that were written."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            app = SphinxTestApp("html", srcdir=self.root)
            written = []
            app.connect("html-page-context", lambda _, name, *rest: written.append(name))
            app.build()
        # Without colours, and the place of the project.
        self.log = re.sub(r"\x1b\[\d*(;\d+)*m", "", app.warning.getvalue())
        env = app.env
        app.cleanup()
        return env, set(written) - {"genindex", "search"}

    def html(self, name: str) -> BeautifulSoup:
        text = (self.root / "_build" / "html" / f"{name}.html").read_text(encoding="utf-8")
        return BeautifulSoup(text, "html.parser")


INDEX = """# A page

Alone {fact}`ratio:.1f`, with signs {fact}`change:+.0%`, in thousands {fact}`units:,`,
of {fact}`day`, in {fact}`day:%Y`, {fact}`flop:.1e` FLOP, by {fact}`model`, of {fact}`large:,.0f`.

```{toctree}
other
```
"""
OTHER = """# Another page

Quoted {fact}`ratio:.2f`.

:::{table} It grew {fact}`ratio:.0f`-fold, {fact}`nowhere:.0f`, {fact}`ratio:q`.
:name: tab-small

| a |
|---|
| {fact}`change:.1%` |
:::

See {ref}`tab-small`. Wrong: {fact}`nowhere:.1f`, {fact}`ratio`, {fact}`model:.1f`.
"""
FACTS = {
    "ratio": payload(8.666, "US over China"),
    "change": payload(-0.305, "share", ["market_values", "fred-gpdi"]),
    "units": payload(5427, "chips", ["this-book"]),
    "day": payload("2026-06-05", kind="date"),
    "large": payload(12345678.0, "chips"),
}
MORE = {
    "flop": payload(2.5e25, "FLOP", cell=2),
    "model": payload("GPT-5.2 Pro", "", ["nobody-2026"], cell=2),
}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    made = Project(tmp_path_factory.mktemp("quotes"))
    made.notebook("index", INDEX, cell(1, FACTS), cell(2, MORE))
    made.page("other", OTHER)
    made.env, made.written = made.build()
    return made


def links(html: BeautifulSoup) -> list:
    return html.select("a.fact-link")


def test_a_number_is_printed_in_the_english_form(project):
    assert [link.get_text() for link in links(project.html("index"))] == [
        "8.7",
        f"{MINUS}30%",
        "5,427",
        "5 June 2026",
        "2026",
        POWER,
        "GPT-5.2 Pro",
        "12,345,678",
    ]


def test_a_number_leads_to_the_cell_that_states_it(project):
    html = project.html("index")
    for link in links(html):
        key = link["href"].removeprefix("#fact-")
        place = html.find(id=f"fact-{key}")
        home = place if "cell" in place.get("class", []) else place.find_parent(class_="cell")
        assert home.get_text(strip=True) == ("# 1" if key in FACTS else "# 2")
        assert link.select_one("span.fact").get_text() == link.get_text()


def test_a_number_on_another_page_leads_there(project):
    assert {link["href"] for link in links(project.html("other"))} == {
        "index.html#fact-ratio",
        "index.html#fact-change",
    }


def test_behind_a_number_stand_its_value_with_unit_and_its_sources(project):
    titles = {
        link["href"].partition("-")[2]: link["title"] for link in links(project.html("index"))
    }
    assert titles == {
        "ratio": "8.666 US over China · AI compute by owner and quarter",
        "change": f"{MINUS}0.305 share · {quotes.resources()['market_values']['title']}, fred-gpdi",
        "units": "5427 chips · set by this book",
        "day": "2026-06-05 · AI compute by owner and quarter",
        "flop": f"{POWER} FLOP · AI compute by owner and quarter",
        "model": "GPT-5.2 Pro · nobody-2026",
        # To six digits.
        "large": "1.23457\u00a0\N{MULTIPLICATION SIGN}\u00a010⁷ chips · "
        "AI compute by owner and quarter",
    }


def test_a_cell_of_a_table_and_a_caption_quote_too(project):
    html = project.html("other")
    assert html.select_one("td").get_text() == f"{MINUS}30.5%"
    caption = html.select_one("caption .caption-text").get_text()
    assert caption == "It grew 9-fold, [unknown fact nowhere], [fact ratio]."


def test_a_link_to_a_table_has_the_values_of_its_title(project):
    link = project.html("other").select_one("a.internal[href='#tab-small']")
    assert link.get_text() == "It grew 9-fold, [fact nowhere], [fact ratio]."


def test_what_can_not_be_quoted_is_said_on_the_page_and_in_the_log(project):
    wrong = [span.get_text() for span in project.html("other").select("p .fact-unknown")]
    assert wrong == ["[unknown fact nowhere]", "[fact ratio]", "[fact model]"]
    said = {re.sub(r"^.*?(?:WARNING: )", "", line) for line in project.log.splitlines()}
    assert said >= {
        "fact 'model': unknown source 'nobody-2026'",
        "no cell states the fact 'nowhere'",
        "fact 'ratio': format '': a float needs a format, such as .1f",
        "fact 'model': format '.1f': Unknown format code 'f' for object of type 'str'",
    }
    # Each with file and line.
    assert re.search(r"other\.md:\d+: WARNING: no cell states the fact 'nowhere'", project.log)
    assert re.search(r"other\.md:\d+: WARNING: fact 'ratio': format ''", project.log)
    assert re.search(r"index\.ipynb: WARNING: fact 'model': unknown source", project.log)


def test_other_books_can_refer_to_a_fact(project):
    domain = project.env.get_domain("fact")
    assert ("ratio", "ratio", "fact", "index", "fact-ratio", 1) in list(domain.get_objects())
    inventory = (project.root / "_build" / "html" / "objects.inv").read_bytes()
    assert b"# Sphinx inventory version 2" in inventory
    assert domain.resolve_any_xref() == []
    # As a reference of another book names it: domain, kind, name.
    found = InventoryFile.load(io.BytesIO(inventory), "https://book.test", posixpath.join)
    assert found["fact:fact"]["ratio"][2:] == ("https://book.test/index.html#fact-ratio", "-")
    kind = domain.object_types["fact"]
    assert (domain.label, kind.lname, kind.roles) == ("Facts", "fact", ("fact",))


def test_values_are_in_their_places_before_references_are_resolved():
    assert quotes.QuoteFacts.default_priority < MystReferenceResolver.default_priority


# What is written again, and what several processes read


def changed(tmp_path, ratio: float, source: str = "chip_owners") -> Project:
    """A project that is built, with one page that states a ratio and two that quote nothing new."""
    made = Project(tmp_path)
    made.notebook("index", INDEX.replace("other", "other\nplain"), cell(1, FACTS), cell(2, MORE))
    made.page("other", "# Another page\n\nQuoted {fact}`ratio:.2f`.\n")
    made.page("plain", "# A plain page\n\nText.\n")
    assert made.build()[1] == {"index", "other", "plain"}
    facts = {**FACTS, "ratio": payload(ratio, "US over China", [source])}
    made.notebook("index", INDEX.replace("other", "other\nplain"), cell(1, facts), cell(2, MORE))
    return made


def test_pages_that_quote_a_changed_number_are_written_again(tmp_path):
    made = changed(tmp_path, 9.25)
    assert made.build()[1] == {"index", "other"}
    assert links(made.html("other"))[0].get_text() == "9.25"
    # A third build has nothing to do.
    assert made.build()[1] == set()


def test_a_page_is_written_again_when_what_stands_behind_its_number_changed(tmp_path):
    made = changed(tmp_path, 8.666, "chips")
    assert "other" in made.build()[1]
    assert "AI compute by owner" not in links(made.html("other"))[0]["title"]


def test_a_page_that_is_the_same_is_not_written_again(tmp_path):
    made = changed(tmp_path, 8.666)
    assert "other" not in made.build()[1]


def test_a_fact_that_is_no_longer_stated_is_unknown(tmp_path):
    made = changed(tmp_path, 8.666)
    text = INDEX.replace("{fact}`ratio:.1f`", "").replace("other", "other\nplain")
    made.notebook(
        "index", text, cell(1, {**FACTS, "ratio": payload("x", kind="str")}), cell(2, MORE)
    )
    made.notebook("index", text, cell(1, {k: v for k, v in FACTS.items() if k != "ratio"}))
    made.build()
    assert "no cell states the fact 'ratio'" in made.log
    assert made.html("other").select_one(".fact-unknown").get_text() == "[unknown fact ratio]"


def test_a_fact_of_two_pages_is_reported_with_both(tmp_path):
    made = Project(tmp_path)
    made.notebook("index", "# One\n\n```{toctree}\ntwo\n```", cell(1, {"a": payload(1, "chips")}))
    made.notebook("two", "# Two", cell(1, {"a": payload(2, "chips"), "b": payload(3, "chips")}))
    made.build()
    assert made.log.strip() == "WARNING: fact 'a' is stated twice: in index and two"


def test_a_page_may_state_its_fact_anew(project, monkeypatch):
    said = []
    monkeypatch.setattr(quotes.logger, "warning", lambda *words: said.append(words))
    domain = quotes.FactDomain(project.env)
    for page in ("index", "index", "other"):
        domain.note_fact("again", page, "fact-again", payload(1, "chips"))
    assert said == [("fact %r is stated twice: in %s and %s", "again", "index", "other")]
    domain.clear_doc("other")


def test_a_fact_without_a_cell_leads_to_its_page(tmp_path):
    made = Project(tmp_path)
    made.notebook("index", "# One\n\n{fact}`a`", cell(1, {"a": payload(1, "chips", cell=None)}))
    made.build()
    assert links(made.html("index"))[0]["href"] in ("#", "")


def test_what_another_process_read_is_taken_over_for_its_pages_alone(project):
    one, other = quotes.FactDomain(project.env), quotes.FactDomain(project.env)
    at = ("there", "fact-x", payload(1, "chips"))
    one.data, other.data = (
        {"stated": {}, "quoted": {"mine": {"k"}}, "written": {}, "titles": {}},
        {
            "stated": {"x": at, "y": ("elsewhere", "fact-y", payload(2, "chips"))},
            "quoted": {"there": {"x"}, "elsewhere": {"y"}},
        },
    )
    one.merge_domaindata(["there", "quiet"], other.data)
    assert one.data["stated"] == {"x": at}
    assert one.data["quoted"] == {"mine": {"k"}, "there": {"x"}}
    one.clear_doc("there")
    assert (one.data["stated"], one.data["quoted"]) == ({}, {"mine": {"k"}})


def test_a_title_keeps_its_quotes_so_that_it_can_be_filled_again(project):
    held = f"{quotes._OPEN}a:.1f{quotes._CLOSE} and {quotes._OPEN}b:{quotes._CLOSE}"

    class Env:
        labels = {"fig": ("index", "fig", held), "sec": ("index", "sec", "A title")}
        data = {"titles": {}, "stated": {}}

        def get_domain(self, name):
            return self

    def state(a, b):
        places = {"a": a, "b": b}.items()
        Env.data["stated"] = {k: ("index", "", payload(v, "chips")) for k, v in places}
        quotes.fill_titles(Env())
        return Env.labels["fig"][2]

    assert [state(1.25, 2), state(3.75, 4)] == ["1.2 and 2", "3.8 and 4"]
    # A label that got another title meanwhile keeps that, and those after it are filled.
    Env.labels["fig"] = ("index", "fig", "Another title")
    Env.labels["tab"] = ("index", "tab", held)
    assert state(5.5, 6) == "Another title"
    assert list(Env.data["titles"]) == ["tab"]
    assert (Env.labels["sec"][2], Env.labels["tab"][2]) == ("A title", "5.5 and 6")
