"""The search: what readers type, and what they find first."""

import pytest
from playwright.sync_api import expect


@pytest.fixture(scope="module", params=["file", "page"])
def search(request, chromium, site):
    """Finds what is typed, over a page or on the page of the search, from a folder."""
    page = chromium.new_page()
    wrong = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    if request.param == "file":
        page.goto((site / "book" / "lag.html").as_uri())
        page.keyboard.press("/")
    else:
        page.goto((site / "search.html").as_uri())
    field = page.get_by_role("searchbox", name="Search this book")
    field.wait_for()

    def results(query: str) -> list[tuple[str, str]]:
        """Text and address of what is listed."""
        field.fill(query)
        links = page.locator(".search ol a")
        return [(one.inner_text(), one.get_attribute("href")) for one in links.all()]

    yield results
    assert wrong == []
    page.context.close()


def test_a_claim_is_found_by_its_id(search):
    said, address = search("C033")[0]
    assert address.endswith("#claim-c033") and "C033" in said


@pytest.mark.parametrize("query", ["8.7", "13.6"])
def test_a_number_is_found_as_it_is_printed_and_not_inside_another_one(search, query):
    found = search(query)
    assert any("constraint.html" in address for _, address in found)
    assert all(query in said for said, _ in found)


def test_words_are_found_in_any_order_and_from_their_beginnings(search):
    found = search("gigawatt colos")
    assert found and all("olossus" in said for said, _ in found)


def test_a_figure_is_found_by_words_of_its_headline(search):
    assert any("#fig-" in address for _, address in search("Seven US companies owned"))


def test_a_name_in_chinese_is_found(search):
    assert any("references.html" in address for _, address in search("华为"))


def test_keys_of_the_build_are_not_found(search):
    assert search("audit-base-capex-2025") == []


def test_what_is_not_there_is_said(chromium, site):
    page = chromium.new_page()
    page.goto((site / "book" / "lag.html").as_uri())
    opener = page.get_by_role("link", name="Search")
    opener.click()
    page.get_by_role("searchbox").fill("Liang Wenfeng")
    expect(page.locator(".search [role=status]")).to_contain_text("Nothing found")
    page.keyboard.press("Escape")
    assert page.locator("dialog.search").is_hidden()
    assert opener.evaluate("o => o === document.activeElement")
    page.context.close()


def test_kinds_narrow_what_is_shown(chromium, site):
    page = chromium.new_page()
    page.goto((site / "search.html").as_uri() + "?q=Nvidia")
    page.get_by_role("button", name="Claim ").first.click()
    addresses = [one.get_attribute("href") for one in page.locator(".search ol a").all()]
    assert len(addresses) > 6 and all("#claim-" in address for address in addresses)
    page.context.close()
