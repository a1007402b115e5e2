"""From a number to its source: what a reader sees beside a number, and how."""

import json
import re

import pytest
from bs4 import BeautifulSoup
from computegap import quantities
from computegap.contract import OWN


@pytest.fixture
def page(chromium):
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def chapter(site):
    return site / "book" / "constraint.html"


# The first facts of the chapter, in its box "In brief".
RATIO = "a.fact-link[href='#fact-ratio-compute-smuggled']"


def test_every_quoted_fact_says_table_source_and_date(site):
    for path in site.glob("book/*.html"):
        html = BeautifulSoup(
            re.sub(r"<svg.*?</svg>", "", path.read_text("utf-8"), flags=re.DOTALL), "html.parser"
        )
        links = html.select("a.fact-link")
        if not links:
            continue
        data = json.loads(html.find(id="fact-data").string)
        for link in links:
            fact = data["facts"][link["href"].split("#fact-")[1]]
            assert fact["value"]
            assert fact["tables"] or fact["sources"]
            for name in fact["tables"]:
                table = data["tables"][name]
                assert table["title"] and table["as_of"] and table["href"]
                assert table["count"] or table["words"]
            assert all(data["sources"][one]["title"] for one in fact["sources"])
            assert set(fact["measures"]) <= set(data["measures"]) <= set(quantities.known())


def test_a_number_leads_to_the_cell_that_states_it_and_to_no_other(example):
    html = BeautifulSoup(example.html("cells"), "html.parser")
    links = html.select("a.fact-link")
    assert len(links) == 2
    for link in links:
        anchor = link["href"].removeprefix("#")
        cell = html.find(id=anchor).find_parent("div", class_="cell") or html.find(id=anchor)
        assert f'"{anchor.removeprefix("fact-")}"' in cell.get_text()


def test_links_behind_facts_lead_to_places_that_exist(site):
    for path in site.glob("book/*.html"):
        found = re.search(r'id="fact-data">(.*?)</script>', path.read_text("utf-8"))
        data = json.loads(found[1]) if found else {"tables": {}, "sources": {}}
        # What the book sets itself has no place elsewhere.
        listed = [one for key, one in data["sources"].items() if key != OWN]
        for one in [*data["tables"].values(), *listed]:
            page, anchor = one["href"].split("#")
            assert f'id="{anchor}"' in (path.parent / page).read_text("utf-8"), one


def test_a_pointer_on_a_number_shows_value_table_measure_source_and_date(chapter, page):
    page.goto(chapter.as_uri())
    page.locator(RATIO).first.hover()
    box = page.locator("#fact-box")
    box.wait_for()
    said = box.inner_text()
    assert "8.66551 US over China" in said
    assert "AI compute by owner and quarter, as of 2025-12-31" in said
    assert "Data on AI Chip Owners, Epoch AI, published 2026-05" in said
    assert "smuggled_compute_ratio" in said
    links = [link.get_attribute("href") for link in box.locator("a").all()]
    assert links == [
        "data.html#data-chip-owners",
        "references.html#source-epoch-chip-owners",
        "#fact-ratio-compute-smuggled",
    ]


def test_the_box_stays_under_the_pointer_and_goes_when_it_leaves(chapter, page):
    page.goto(chapter.as_uri())
    page.locator(RATIO).first.hover()
    box = page.locator("#fact-box")
    box.wait_for()
    at = box.bounding_box()
    page.mouse.move(at["x"] + 40, at["y"] + 15, steps=5)
    page.wait_for_timeout(600)
    assert box.is_visible()
    page.mouse.move(5, 600)
    box.wait_for(state="detached")


def test_escape_closes_the_box_without_moving_pointer_or_focus(chapter, page):
    page.goto(chapter.as_uri())
    page.locator(RATIO).first.hover()
    page.locator("#fact-box").wait_for()
    page.keyboard.press("Escape")
    assert page.locator("#fact-box").count() == 0

    page.locator(RATIO).first.focus()
    page.keyboard.press("Enter")
    page.locator("#fact-box").wait_for()
    page.keyboard.press("Escape")
    assert page.locator("#fact-box").count() == 0
    assert page.evaluate("document.activeElement.hash") == "#fact-ratio-compute-smuggled"


def test_focus_alone_shows_no_box(chapter, page):
    page.goto(chapter.as_uri())
    page.locator(RATIO).first.focus()
    page.wait_for_timeout(600)
    assert page.locator("#fact-box").count() == 0


def test_enter_shows_the_box_and_a_second_one_goes_to_the_cell_and_opens_its_fold(chapter, page):
    page.goto(chapter.as_uri())
    page.locator(RATIO).first.focus()
    page.keyboard.press("Enter")
    page.locator("#fact-box").wait_for()
    assert "#" not in page.url
    page.keyboard.press("Enter")
    page.wait_for_url("**#fact-ratio-compute-smuggled")
    cell = page.locator(
        ".cell-code:has([id='fact-ratio-compute-smuggled']) pre, "
        ".cell-code[id='fact-ratio-compute-smuggled'] pre"
    )
    cell.wait_for()
    assert "fact(" in cell.text_content()


def test_tab_goes_through_the_links_of_the_box_and_closes_it(chapter, page):
    page.goto(chapter.as_uri())
    link = page.locator(RATIO).first
    link.focus()
    page.keyboard.press("Enter")
    page.locator("#fact-box").wait_for()
    assert link.get_attribute("aria-controls") == "fact-box"
    assert link.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.hash") == "#data-chip-owners"
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Cite this number"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className").startswith("fact-link")
    assert page.locator("#fact-box").count() == 0
    assert link.get_attribute("aria-expanded") == "false"


def test_a_tap_shows_the_box_and_does_not_leave_the_place(chapter, chromium):
    context = chromium.new_context(viewport={"width": 320, "height": 640}, has_touch=True)
    page = context.new_page()
    page.goto(chapter.as_uri())
    page.locator(RATIO).first.scroll_into_view_if_needed()
    page.locator(RATIO).first.tap()
    box = page.locator("#fact-box")
    box.wait_for()
    assert "#" not in page.url
    at = box.bounding_box()
    assert at["x"] >= 0 and at["x"] + at["width"] <= 320
    box.get_by_text("The cell that computes it").tap()
    page.wait_for_url("**#fact-ratio-compute-smuggled")
    context.close()


def test_without_javascript_a_number_is_a_link_with_its_source_in_words(chapter, chromium):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(chapter.as_uri())
    link = page.locator(RATIO).first
    assert "AI compute by owner and quarter" in link.get_attribute("title")
    link.click()
    assert page.url.endswith("#fact-ratio-compute-smuggled")
    context.close()


def test_axe_finds_nothing_wrong_with_an_open_box(chapter, page, axe):
    page.goto(chapter.as_uri())
    page.locator(RATIO).first.focus()
    page.keyboard.press("Enter")
    page.locator("#fact-box").wait_for()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = axe(page, "#fact-box")
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
