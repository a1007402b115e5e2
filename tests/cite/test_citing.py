"""Citing: every thing has a lasting address and a citation, in each format, for every reader."""

import json
import random
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest
import rispy
import yaml
from addresses import anchors, published
from bs4 import BeautifulSoup
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle
from citeproc import formatter as formatters
from citeproc.source.json import CiteProcJSON
from computegap.markup import inert
from conftest import ROOT, few_and
from pybtex.database import parse_string
from release import lost

PLACEHOLDER = "https://example.org/"
FORMATS = ("Text", "BibTeX", "RIS", "CSL-JSON")


def read(path: Path) -> BeautifulSoup:
    """A built page without its drawings, which are large."""
    return BeautifulSoup(
        re.sub(r"<svg.*?</svg>", "", path.read_text(encoding="utf-8"), flags=re.DOTALL),
        "html.parser",
    )


@pytest.fixture(scope="module")
def pages(site) -> dict[str, BeautifulSoup]:
    return {path.relative_to(site).as_posix(): read(path) for path in site.glob("book/*.html")}


@pytest.fixture(scope="module")
def things(pages) -> dict[str, tuple[str, str]]:
    """Everything that can be cited: page#anchor -> (kind, title)."""
    return {
        f"{name}#{anchor}": tuple(thing)
        for name, page in pages.items()
        for anchor, thing in json.loads(page.find(id="cite-data").string)["things"].items()
    }


@pytest.fixture(scope="module")
def twenty(things) -> list[str]:
    """Twenty addresses, some of each kind; other ones in other editions."""
    by_kind: dict[str, list[str]] = {}
    for address, (kind, _) in sorted(things.items()):
        by_kind.setdefault(kind, []).append(address)
    choose = random.Random(len(things))
    picked = [choose.choice(addresses) for addresses in by_kind.values()]
    rest = sorted(set(things) - set(picked))
    return picked + choose.sample(rest, 20 - len(picked))


@pytest.fixture(scope="module")
def opened(twenty, things, reach) -> list[str]:
    """Those that a browser opens: the first of each kind, or all twenty."""
    return twenty if reach == "twenty" else twenty[: len({kind for kind, _ in things.values()})]


@pytest.fixture
def page(chromium):
    context = chromium.new_context(accept_downloads=True)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context.new_page()
    context.close()


# Addresses


def test_no_published_address_disappears(site):
    gone = lost(ROOT, site, published() | anchors(site))
    assert gone == [], (
        "people cite these addresses: give the label back, or list the page's new address in "
        "_config.yml under redirects"
    )


def test_a_moved_page_leaves_a_redirect_that_keeps_the_anchor(example, chromium):
    page = chromium.new_page()
    page.goto((example.root / "_build/html/book/old.html").as_uri() + "#sec-new-end")
    page.wait_for_url("**/new.html#sec-new-end")
    page.close()


def test_headings_link_to_their_explicit_labels(pages):
    slugs = [
        link["href"]
        for name, page in pages.items()
        if name != "book/changes.html"
        for link in page.select("article h1 > a.headerlink, article h2 > a.headerlink")
        if not re.match(r"#(ch|sec|data)-", link["href"])
    ]
    assert slugs == []


def test_the_contents_of_a_page_use_the_same_labels(pages):
    links = pages["book/constraint.html"].select("nav.side ul ul a")
    assert links
    assert [a["href"] for a in links if not a["href"].startswith("#sec-constraint-")] == []


# A control on each thing


def test_every_section_figure_table_and_claim_has_one_control(pages):
    bare = []
    for name, page in pages.items():
        cited = [one["data-cite"] for one in page.select("details.cite")]
        assert len(cited) == len(set(cited)), name
        wanted = page.select("section:has(> h1), section:has(> h2), figure[id], div.claim")
        wanted += page.select("table[id^=tab-]")
        if name != "book/changes.html":
            bare += [f"{name}#{one['id']}" for one in wanted if one["id"] not in cited]
    assert bare == []


def test_every_data_table_has_a_place_and_a_citation(things, descriptor):
    for resource in descriptor["resources"]:
        address = f"book/data.html#data-{resource['name'].replace('_', '-')}"
        kind, title = things[address]
        # Print has its own apostrophe.
        assert (kind, title.replace("\u2019", "'")) == ("dataset", resource["title"])


def test_a_citation_has_authors_date_title_book_version_and_permalink(pages, things):
    cff = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    for name, page in pages.items():
        for control in page.select("details.cite"):
            text = control.select_one(".cite-text").get_text()
            address = f"{name}#{control['data-cite']}"
            parts = [cff["authors"][0]["name"], str(cff["date-released"].year), cff["title"]]
            parts += [f"Edition {cff['version']}, draft", PLACEHOLDER + address]
            parts.append(things[address][1].rstrip("."))
            assert [part for part in parts if part not in text] == []


def test_a_figure_s_file_cites_it_as_its_page_does(site, pages):
    compared = 0
    for page in pages.values():
        for control in page.select("details.cite[data-cite^=fig-]"):
            about = site / "_figures" / f"{control['data-cite']}.json"
            said = json.loads(about.read_text(encoding="utf-8"))["citation"]
            assert said == control.select_one(".cite-text").get_text()
            compared += 1
    assert compared == len(list((site / "_figures").glob("*.json"))) > 0


@few_and("twenty")
def test_permalinks_open_at_the_thing_that_their_citation_names(site, page, things, opened):
    for address in opened:
        kind, title = things[address]
        name, anchor = address.split("#")
        page.goto("about:blank")
        page.goto((site / name).as_uri() + f"#{anchor}")
        at = page.locator(f"[id='{anchor}']")
        assert at.count() == 1, address
        page.wait_for_function(
            "id => { const r = document.getElementById(id).getBoundingClientRect();"
            " return r.top < innerHeight && r.bottom > 0 }",
            arg=anchor,
        )
        # The page has typographic apostrophes, the table of claims has plain ones.
        named = " ".join(at.inner_text().split()).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
        words = (
            title.split(": ", 1)[-1] if kind == "claim" else re.sub(r"^\w+ [\d.]+\. ", "", title)
        )
        if kind == "book":
            # The overview's heading is its answer; the book's title stands over every page.
            named += page.title()
        assert words[:60].replace("\N{RIGHT SINGLE QUOTATION MARK}", "'") in named, address
        assert (
            title.rstrip(".") in page.locator(f"[data-cite='{anchor}'] .cite-text").text_content()
        )


def straight(text: str) -> str:
    """Text with plain apostrophes, as the table of claims has them and pages have not."""
    return " ".join(text.split()).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")


def test_another_sphinx_project_resolves_the_twenty_by_intersphinx(site, things, twenty, tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    inventory = str(site / "objects.inv")
    (source / "conf.py").write_text(
        "extensions = ['sphinx.ext.intersphinx']\n"
        f"intersphinx_mapping = {{'cpd': ('{PLACEHOLDER}', {inventory!r})}}\n"
    )
    lines = [f"* :external+cpd:ref:`words <{address.split('#')[1]}>`" for address in twenty]
    (source / "index.rst").write_text("Links\n=====\n\n" + "\n".join(lines) + "\n")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-n", str(source), str(tmp_path / "out")]
    done = subprocess.run(command, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    links = read(tmp_path / "out" / "index.html").select("li a.reference.external")
    assert [link["href"] for link in links][-20:] == [PLACEHOLDER + address for address in twenty]


def test_a_title_in_the_inventory_has_its_numbers(site):
    from sphinx.util.inventory import InventoryFile

    with open(site / "objects.inv", "rb") as file:
        labels = InventoryFile.load(file, "", lambda base, uri: uri)["std:label"]
    assert "article's 725 billion" in straight(labels["fig-constraint-capex"][3])
    assert not [name for name, entry in labels.items() if "\ue000" in entry[3]]


# Formats


def test_citation_cff_fits_the_schema_of_its_format():
    command = [Path(sys.executable).with_name("check-jsonschema")]
    command += ["--builtin-schema", "vendor.citation-file-format", ROOT / "CITATION.cff"]
    done = subprocess.run(command, text=True, capture_output=True)
    assert done.returncode == 0, done.stdout + done.stderr


def made(page, anchor: str, way: str) -> dict[str, str]:
    """What the control of a thing copies or downloads, by format, and the names of the files."""
    control = page.locator(f"details.cite[data-cite='{anchor}']")
    # It may stand in the menu of a figure or in a claim.
    control.evaluate(
        "e => { for (let d = e; (d = d.parentElement.closest('details')); ) d.open = true; }"
    )
    control.locator("summary").click()
    found = {}
    for name in FORMATS:
        button = control.get_by_role("button", name=f"{way} {name}", exact=True)
        if way == "Copy":
            button.click()
            page.wait_for_function(
                "([said, text]) => said.textContent.startsWith(text)",
                arg=[control.locator(".cite-said").element_handle(), name],
            )
            found[name] = page.evaluate("navigator.clipboard.readText()")
        else:
            with page.expect_download() as download:
                button.click()
            found[name] = Path(download.value.path()).read_bytes().decode()
            found[name + " file"] = download.value.suggested_filename
    return found


@few_and("twenty")
def test_copied_citations_parse_in_every_format_and_say_the_same(site, page, things, opened):
    cff = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    author = cff["authors"][0]["name"]
    for address in sorted(opened):
        _, title = things[address]
        name, anchor = address.split("#")
        # Each page is opened once; a large one takes seconds.
        if not page.url.endswith(name):
            page.goto((site / name).as_uri())
        copied = made(page, anchor, "Copy")
        link = PLACEHOLDER + address

        (entry,) = parse_string(copied["BibTeX"], "bibtex").entries.values()
        # Styles set a period of their own.
        title = title.removesuffix(".")
        assert plain(entry.fields["title"]) == title
        assert entry.fields["url"] == link
        # Plain styles know neither address nor edition.
        assert plain(entry.fields["note"]).endswith(link)
        assert "draft" in entry.fields.get("howpublished", "") + entry.fields.get("edition", "")
        assert entry.fields["year"] == str(cff["date-released"].year)
        assert plain(str(entry.persons["author"][0])) == author

        (record,) = rispy.loads(copied["RIS"])
        assert record["title"] == title
        assert record["urls"] == [link]
        assert record["authors"] == [author]
        assert record["type_of_reference"] in ("BOOK", "CHAP")
        assert record["edition"] == f"{cff['version']}, draft"
        if record["type_of_reference"] == "CHAP":
            assert record["secondary_title"] == cff["title"]
        assert "unknown_tag" not in record

        (item,) = json.loads(copied["CSL-JSON"])
        assert item["title"] == title
        assert item["URL"] == link
        assert item.get("container-title", item["title"]) == cff["title"]
        # Clients take a book with a version for a program.
        assert ("version" in item) == (item["type"] == "dataset") != ("edition" in item)
        assert unknown_to_csl(item) == []
        rendered = as_csl_renders(item)
        assert author.split(",")[0] in rendered
        assert title[:20].lower() in rendered.lower()


def test_a_number_can_be_cited_behind_its_card(site, page):
    page.goto((site / "book/index.html").as_uri())
    number = page.locator("a.fact-link[href='constraint.html#fact-ratio-chips']").first
    number.click()
    control = page.locator("#fact-box details.cite")
    control.locator("summary").click()
    link = f"{PLACEHOLDER}book/constraint.html#fact-ratio-chips"
    assert control.locator(".cite-text").inner_text().endswith(link)
    copied = {}
    for name in FORMATS:
        control.get_by_role("button", name=f"Copy {name}", exact=True).click()
        page.wait_for_function(
            "name => document.querySelector('#fact-box .cite-said').textContent.startsWith(name)",
            arg=name,
        )
        copied[name] = page.evaluate("navigator.clipboard.readText()")
    (entry,) = parse_string(copied["BibTeX"], "bibtex").entries.values()
    (record,) = rispy.loads(copied["RIS"])
    (item,) = json.loads(copied["CSL-JSON"])
    assert entry.fields["url"] == item["URL"] == record["urls"][0] == link
    for title in (plain(entry.fields["title"]), item["title"], record["title"]):
        # As printed, with its exact value, unit, id and the day of its table.
        assert re.fullmatch(r"4 \(4\.08031 .+; fact ratio-chips, as of \d{4}-.+\)", title)


def plain(text: str) -> str:
    """BibTeX text without its braces, commands and backslashes."""
    signs = {"backslash": "\\", "asciitilde": "~", "asciicircum": "^"}
    signs |= {"braceleft": "{", "braceright": "}"}
    return re.sub(
        r"\\text(\w+)\{\}|\\(.)|[{}]",
        lambda found: signs.get(found[1]) or found[2] or "",
        text,
    )


def unknown_to_csl(item: dict) -> list[str]:
    """Type and variables that the schema of CSL does not have."""
    import citeproc

    schema = Path(citeproc.__file__).parent / "data" / "schema" / "schemas" / "styles"
    words = set(
        re.findall(
            r'"([\w-]+)"',
            "".join((schema / f"csl-{part}.rnc").read_text() for part in ("types", "variables")),
        )
    )
    # The two that are of the data, not of the styles.
    return [word for word in [item["type"], *item] if word not in words | {"id", "type"}]


def as_csl_renders(item: dict) -> str:
    """The item as a citation processor prints it."""
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = CitationStylesBibliography(style, CiteProcJSON([item]), formatters.plain)
    bibliography.register(Citation([CitationItem(item["id"])]))
    return "".join(str(entry) for entry in bibliography.bibliography())


def test_a_download_holds_what_is_copied_under_a_name_of_its_own(site, page):
    page.goto((site / "book/constraint.html").as_uri())
    copied = made(page, "fig-constraint-capex", "Copy")
    page.reload()
    saved = made(page, "fig-constraint-capex", "Download")
    assert {name: saved[name] for name in FORMATS} == copied
    names = [saved[f"{name} file"] for name in FORMATS]
    assert names == [f"fig-constraint-capex.{suffix}" for suffix in ("txt", "bib", "ris", "json")]


def test_signs_that_a_format_reads_as_commands_survive_it(page):
    title = "50% of R&D_{x} costs $3 \\ #1 ~ ^ } </script>"
    things = {"sec-odd": ["section", title]}
    said = {"book": "A Book of Its Own", "authors": ["A, B group"], "chapter": "R&D"}
    said |= {"edition": "1", "version": "1", "date": "2026-11-23", "address": "https://a.test/b"}
    said["things"] = things
    page.set_content(
        "<details class='cite' data-cite='sec-odd'><summary>Cite</summary>"
        "<p class='cite-text'>Text</p></details>"
        f"<script type='application/json' id='cite-data'>{inert(json.dumps(said))}</script>"
    )
    page.add_script_tag(path=ROOT / "book" / "_static" / "js" / "cite.js")
    saved = made(page, "sec-odd", "Download")
    (entry,) = parse_string(saved["BibTeX"], "bibtex").entries.values()
    assert plain(entry.fields["title"]) == title
    assert len(entry.persons["author"]) == 1
    assert rispy.loads(saved["RIS"])[0]["title"] == title
    assert json.loads(saved["CSL-JSON"])[0]["title"] == title


# A sentence


SELECT = """() => {
  const paragraph = [...document.querySelectorAll('article .finding-say')][0];
  getSelection().selectAllChildren(paragraph);
  return getSelection().toString().replace(/\\s+/g, ' ').trim();
}"""


def test_a_selected_sentence_offers_its_citation_with_a_text_fragment(site, page):
    page.goto((site / "book/constraint.html").as_uri())
    assert page.locator(".sentence-cite").count() == 0
    words = page.evaluate(SELECT)
    box = page.get_by_role("group", name="Cite the selected words")
    box.get_by_role("button", name="Cite this sentence").click()
    box.get_by_text("Copied").wait_for()
    said, citation = page.evaluate("navigator.clipboard.readText()").split("\n")
    assert said == f"\u201c{words}\u201d"
    assert "Computegap. (2026, " in citation and "draft)" in citation
    address = citation.split(" ")[-1]
    assert address.startswith(f"{PLACEHOLDER}book/constraint.html#:~:text=")
    # Its ends are the sentence's ends, whatever signs are in them.
    start, end = map(unquote, address.split("text=")[1].split(","))
    assert words.startswith(start) and words.endswith(end)
    page.keyboard.press("Escape")
    assert box.count() == 0


def test_a_link_to_a_sentence_opens_at_it(site, page):
    page.goto((site / "book/constraint.html").as_uri())
    words = page.evaluate(
        "() => { const all = [...document.querySelectorAll('article section > p')];"
        " const last = all.findLast(p => p.innerText.length > 200);"
        " getSelection().selectAllChildren(last); return last.innerText; }"
    )
    page.get_by_role("button", name="Link to it").click()
    page.get_by_text("Copied").wait_for()
    address = page.evaluate("navigator.clipboard.readText()")
    page.goto("about:blank")
    page.goto(address.replace(PLACEHOLDER, f"{site.as_uri()}/"))
    page.wait_for_function(
        "words => { const p = [...document.querySelectorAll('article section > p')]"
        ".find(one => one.innerText === words); const r = p.getBoundingClientRect();"
        " return r.top >= 0 && r.bottom <= innerHeight && scrollY > 0; }",
        arg=words,
    )


@pytest.mark.parametrize("what", ["pre", "nav.side"])
def test_code_and_what_is_no_text_of_the_page_offer_no_citation(site, page, what):
    page.goto((site / "book/constraint.html").as_uri())
    page.evaluate(
        "what => { const e = document.querySelector(what); for (let d = e; d; d = d.parentElement)"
        " if (d.tagName === 'DETAILS') d.open = true; getSelection().selectAllChildren(e); }",
        arg=what,
    )
    # What would have come by now: the offer for a sentence, selected afterwards.
    page.evaluate(SELECT)
    box = page.locator(".sentence-cite")
    box.wait_for()
    assert "chip" in box.get_attribute("data-text") or "US" in box.get_attribute("data-text")
    assert box.count() == 1


# Every reader


def test_the_control_works_from_the_keyboard_and_says_what_happened(site, page):
    page.goto((site / "book/constraint.html").as_uri())
    control = page.locator("#sec-constraint-ratio > details.cite")
    control.locator("summary").focus()
    page.keyboard.press("Enter")
    assert control.get_attribute("open") is not None
    # The buttons are made when the box has opened; no hand is as quick as this test.
    control.get_by_role("button").first.wait_for()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Copy Text"
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('.cite-said').textContent === 'Text: copied'")
    assert control.get_by_role("status").inner_text() == "Text: copied"
    page.keyboard.press("Escape")
    assert control.get_attribute("open") is None
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_without_javascript_the_citation_is_there_and_no_button_that_does_nothing(site, chromium):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / "book/constraint.html").as_uri())
    control = page.locator("#sec-constraint-ratio > details.cite")
    control.locator("summary").click()
    assert control.locator(".cite-text").is_visible()
    assert PLACEHOLDER in control.locator(".cite-text").inner_text()
    assert control.locator("button").count() == 0
    context.close()


def test_a_clipboard_that_is_refused_is_said(site, chromium):
    context = chromium.new_context()
    page = context.new_page()
    page.add_init_script(
        "navigator.clipboard.writeText = () => Promise.reject();document.execCommand = () => false;"
    )
    page.goto((site / "book/cite.html").as_uri())
    control = page.locator("#ch-cite details.cite").first
    control.locator("summary").click()
    control.get_by_role("button", name="Copy RIS").click()
    assert "Download" in control.get_by_role("status").inner_text()
    context.close()


def test_paper_has_no_control(site, page):
    page.goto((site / "book/cite.html").as_uri())
    page.emulate_media(media="print")
    assert page.locator("details.cite").first.is_hidden()


@pytest.mark.parametrize("name", ["constraint", "cite", "data", "glossary", "references"])
def test_axe_finds_nothing_wrong_with_open_controls(site, page, axe, name):
    page.goto((site / f"book/{name}.html").as_uri())
    for summary in page.locator("details.cite > summary:visible").all()[:3]:
        summary.click()
    found = axe(page, "details.cite[open]")
    assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found] == []


def test_the_control_fits_a_phone(site, chromium):
    context = chromium.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.goto((site / "book/cite.html").as_uri())
    page.locator("#ch-cite details.cite > summary").first.click()
    box = page.locator("#ch-cite details.cite").first.bounding_box()
    assert box["x"] + box["width"] <= 320
    assert page.evaluate(
        "[...document.querySelectorAll('#ch-cite details.cite *')]"
        ".every(e => e.getBoundingClientRect().right <= innerWidth)"
    )
    context.close()
