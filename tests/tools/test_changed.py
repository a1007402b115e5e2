"""What changed between two editions of two states of data and code, as readers are told."""

import json
import re
import shutil
import zipfile
from xml.etree import ElementTree

import causes
import changed
import jsonschema
import pytest
from lxml import etree
from two_editions import sums


@pytest.fixture(scope="module")
def both(both_editions):
    """The folder of two editions, and the sums of the first before the second was made."""
    before = (both_editions.parent / "before.json").read_text("utf-8")
    return both_editions, json.loads(before)


@pytest.fixture(scope="module")
def step(both) -> dict:
    said = json.loads((both[0] / "changes.json").read_text("utf-8"))
    (found,) = said["steps"]
    return found


def test_a_rehearsed_second_edition_changes_no_byte_of_the_first(both):
    folder, before = both
    assert sums(folder / "2026.1") == before


def test_every_number_that_changed_is_listed_once_with_its_reason(both, step):
    folder, _ = both
    reasons = [(one["id"], one["reason"]) for one in step["facts"]]
    assert reasons == [
        ("alphabet-2020", "data"),
        ("chips-told", "correction"),
        ("chips-twice", "method"),
        ("new-only", "added"),
        ("old-only", "removed"),
    ]
    # By another way: what the files for machines of both editions say.
    old, new = (
        {one["id"]: one["value"] for one in json.loads(text)["facts"]}
        for text in ((folder / v / "facts.json").read_text("utf-8") for v in ("2026.1", "2026.2"))
    )
    assert {key for key in {*old, *new} if old.get(key) != new.get(key)} == {
        key for key, _ in reasons
    }
    (one,) = (one for one in step["facts"] if one["id"] == "alphabet-2020")
    assert (one["before"], one["after"]) == ("22.3 USD billion", "23.4 USD billion")
    assert one["at"] == "2026.2/book/index.html#fact-alphabet-2020"


def test_verdicts_findings_and_figures_are_told_with_their_reasons(step):
    told = {kind: [(one["id"], one["reason"]) for one in step[kind]] for kind in changed.KINDS}
    assert told["verdicts"] == [("C081", "data")]
    assert told["findings"] == [("spent", "data")]
    assert told["figures"] == [("fig-index-capex", "data")]
    (figure,) = step["figures"]
    assert re.fullmatch(r"1 of \d+ rows differ", figure["note"])


def test_the_files_fit_their_schema_and_their_links_lead_to_things(both, step):
    folder, _ = both
    schema = json.loads((folder / "changes" / "changes.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    said = json.loads((folder / "changes.json").read_text("utf-8"))
    jsonschema.validate(said, schema)
    (pair,) = said["pairs"]
    jsonschema.validate(json.loads((folder / pair["file"]).read_text("utf-8")), schema)
    for one in (one for kind in changed.KINDS for one in step[kind]):
        for place in filter(None, (one["from"], one["at"])):
            page, anchor = place.split("#")
            assert f'id="{anchor}"' in (folder / page).read_text("utf-8"), place


ATOM = """
<grammar xmlns="http://relaxng.org/ns/structure/1.0" ns="http://www.w3.org/2005/Atom"
    datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <start><element name="feed"><optional><attribute name="xml:lang"/></optional><interleave>
    <ref name="meta"/><oneOrMore><ref name="author"/></oneOrMore>
    <optional><element name="rights"><text/></element></optional>
    <zeroOrMore><element name="entry"><interleave>
      <ref name="meta"/><zeroOrMore><ref name="author"/></zeroOrMore>
      <optional><element name="summary"><text/></element></optional>
      <element name="content"><attribute name="type"><value>xhtml</value></attribute>
        <element><name ns="http://www.w3.org/1999/xhtml">div</name>
          <zeroOrMore><ref name="xhtml"/></zeroOrMore></element></element>
    </interleave></element></zeroOrMore>
  </interleave></element></start>
  <define name="meta"><interleave>
    <element name="id"><data type="anyURI"><param name="pattern">[a-z]+:.+</param></data></element>
    <element name="title"><text/></element>
    <element name="updated"><data type="dateTime"/></element>
    <oneOrMore><element name="link"><attribute name="rel"/><attribute name="href">
      <data type="anyURI"/></attribute><optional><attribute name="type"/></optional>
    </element></oneOrMore></interleave></define>
  <define name="author"><element name="author"><element name="name"><text/></element></element>
  </define>
  <define name="xhtml"><choice><text/><element><nsName ns="http://www.w3.org/1999/xhtml"/>
    <zeroOrMore><ref name="xhtml"/></zeroOrMore></element></choice></define>
</grammar>
"""


def test_the_feed_is_an_atom_feed_with_an_entry_for_each_edition(both):
    """By the rules of RFC 4287, 4.1.1 and 4.1.2, as far as they bear on what is written."""
    tree = etree.parse(both[0] / "changes.atom")
    etree.RelaxNG(etree.fromstring(ATOM)).assertValid(tree)
    space = "{http://www.w3.org/2005/Atom}"
    feed = ElementTree.parse(both[0] / "changes.atom").getroot()
    titles = [one.text for one in feed.iter(f"{space}title")]
    assert titles[1:] == ["Edition 2026.2", "Edition 2026.1"]
    ids = [one.text for one in feed.iter(f"{space}id")]
    assert len(set(ids)) == len(ids)
    links = [one for one in feed.findall(f"{space}link") if one.get("rel") == "self"]
    assert links[0].get("href") == "https://compute.test/cpd/changes.atom"
    assert "alphabet-2020: 22.3 USD billion → 23.4 USD billion. Newer data" in "".join(
        feed.itertext()
    )


def opened(chromium, path, **options):
    context = chromium.new_context(**options)
    page = context.new_page()
    faults = []
    page.on("console", lambda said: said.type == "error" and faults.append(said.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(path)
    return page, faults


def test_an_old_page_says_which_numbers_are_newer_and_a_new_one_says_nothing(both, chromium):
    folder, _ = both
    page, faults = opened(chromium, (folder / "2026.1/book/index.html").as_uri())
    told = page.locator("nav.edition > p")
    told.wait_for()
    assert told.inner_text().startswith(
        "On this page 3 numbers, 1 verdict, 1 finding and 1 figure changed since."
    )
    marked = page.locator("a.fact-link.is-newer")
    assert {one.get_attribute("href") for one in marked.all()} == {
        "#fact-alphabet-2020",
        "#fact-chips-twice",
    }
    marked.first.click()
    line = page.locator("#fact-box").get_by_text("Edition 2026.2 has")
    assert line.inner_text() == "Edition 2026.2 has 23.4 USD billion (newer data)"
    line.get_by_role("link").click()
    page.wait_for_url("**/2026.2/book/index.html#fact-alphabet-2020")
    assert page.locator("nav.edition summary").inner_text() == "Edition 2026.2"
    assert page.locator("nav.edition > p, .newer, .is-newer").count() == 0
    assert faults == []
    page.context.close()


def test_the_line_at_an_old_claim_leads_to_its_new_verdict(both, chromium):
    folder, _ = both
    page, _ = opened(chromium, (folder / "2026.1/book/index.html").as_uri())
    line = page.locator("#claim-c081 > .newer")
    line.wait_for(state="attached")
    assert "In edition 2026.2: contradicted (confidence:" in line.text_content()
    assert line.locator("a").get_attribute("href").endswith("2026.2/book/index.html#claim-c081")
    page.context.close()


def test_the_page_of_changes_needs_no_script_and_fits_a_phone(both, chromium):
    folder, _ = both
    options = {"java_script_enabled": False, "viewport": {"width": 375, "height": 800}}
    page, faults = opened(chromium, (folder / "changes/2026.1-2026.2.html").as_uri(), **options)
    assert page.locator("h1").inner_text() == "What changed from edition 2026.1 to 2026.2"
    assert page.locator("#facts tbody tr").count() == 5
    assert page.locator("#corrections li").inner_text() == "chips-told: It counts once."
    assert page.locator("main").bounding_box()["width"] <= 375
    assert faults == []
    page.context.close()


def test_a_single_edition_has_a_feed_and_no_changes(both, tmp_path):
    shutil.copytree(both[0] / "2026.1", tmp_path / "2026.1")
    changed.publish(tmp_path)
    said = json.loads((tmp_path / "changes.json").read_text("utf-8"))
    assert (said["steps"], said["pairs"]) == ([], [])
    assert "The first edition." in (tmp_path / "changes.atom").read_text("utf-8")


def test_three_editions_have_a_page_for_every_pair(both, tmp_path):
    for version, like in (("2026.9", "2026.1"), ("2026.10", "2026.2"), ("2026.11", "2026.1")):
        shutil.copytree(both[0] / like, tmp_path / version)
        said = {"version": version, "date": "2026-11-26"}
        (tmp_path / version / "edition.json").write_text(json.dumps(said), encoding="utf-8")
    changed.publish(tmp_path)
    pairs = ["2026.9-2026.10", "2026.9-2026.11", "2026.10-2026.11"]
    assert sorted(p.stem for p in (tmp_path / "changes").glob("*.html")) == sorted(pairs)
    whole = json.loads((tmp_path / "changes/2026.9-2026.11.json").read_text("utf-8"))
    # There and back again: nothing differs.
    assert whole["facts"] == whole["figures"] == []


# Reasons


def published(folder, code: str, cell: str, table: str = "a\n1\n"):
    """An edition of one table, one module and one cell."""

    (folder / "data").mkdir(parents=True)
    (folder / "data" / "t.csv").write_text(table, encoding="utf-8")
    package = {"resources": [{"name": "t", "path": "t.csv"}]}
    (folder / "data" / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    with zipfile.ZipFile(folder / "book.zip", "w") as archive:
        archive.writestr("top/book/computegap/quantities/room.py", code)
        archive.writestr("top/requirements.txt", "numpy==1\n")
    (folder / "_notebooks" / "book").mkdir(parents=True)
    notebook = {"cells": [{"cell_type": "code", "metadata": {}, "source": [cell]}]}
    text = json.dumps(notebook)
    (folder / "_notebooks" / "book" / "p.ipynb").write_text(text, encoding="utf-8")
    return causes.Published(folder)


CODE = (
    "def ratio():\n    return half(4)\n\ndef half(x):\n    return x / 2\n\ndef other():\n    pass\n"
)
CELL = "from computegap.quantities.room import ratio as r\nfact('k', r(), '', 't')"


@pytest.mark.parametrize(
    ("code", "cell", "table", "reason"),
    [
        (CODE, CELL, "a\n2\n", "data"),
        (CODE.replace("x / 2", "x / 3"), CELL, "a\n1\n", "method"),
        (CODE.replace("x / 2", "x / 3"), CELL, "a\n2\n", "data and method"),
        (CODE, CELL.replace("r()", "r() + 1"), "a\n1\n", "method"),
        (CODE.replace("pass", "return 1"), CELL, "a\n1\n", "not known"),
        (
            CODE.replace("return x", "'''Half.'''\n    # Of it.\n    return x"),
            CELL,
            "a\n1\n",
            "not known",
        ),
    ],
)
def test_the_reason_is_what_differs_of_what_the_number_reaches(tmp_path, code, cell, table, reason):
    old = published(tmp_path / "old", CODE, CELL)
    new = published(tmp_path / "new", code, cell, table)
    what = ({"page": "book/p", "key": "k"},) * 2
    assert causes.cause(old, new, what, {"t"}) == reason


def test_rows_that_look_like_no_number_are_compared_as_text():
    rows = [["model", "score"], ["NaN", "1"], ["Infinity", "2"]]
    assert changed._moved(rows, [list(row) for row in rows]) == ""
    assert changed._moved(rows, [*rows[:2], ["Infinity", "3"]]) == "1 of 2 rows differ"


def test_the_last_digit_of_a_machine_is_no_change():
    assert changed.same(0.1 + 0.2, 0.3)
    assert not changed.same(8.7, 8.70001)
    assert not changed.same("2026-01-01", "2026-01-02")
