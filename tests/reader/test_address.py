"""What a reader sets in a chart can be sent as a link."""

import re

import pytest
import weigh
from playwright.sync_api import expect


@pytest.fixture(scope="module")
def server(site):
    running = weigh.serve(site)
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()


def test_sliders_of_a_chart_stand_in_the_address_and_come_back(chromium, server):
    address = f"{server}/book/scenarios.html"
    context = chromium.browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{address}#fig-scenarios-try")
    growth = "Growth of US additions, times a year"
    slider = page.locator("#fig-scenarios-try").get_by_label(growth)
    slider.fill("4")
    expect(page).to_have_url(re.compile(r"\?fig-scenarios-try=us_growth%3A4#fig-scenarios-try$"))
    link = page.url
    other = context.new_page()
    other.goto(link)
    sent = other.locator("#fig-scenarios-try").get_by_label(growth)
    expect(sent).to_have_value("4")
    drawn = other.locator("#fig-scenarios-try .chart-live path")
    assert drawn.count()
    # As published again: nothing is left in the address.
    slider.fill("3.01")
    expect(page).to_have_url(re.compile(r"scenarios\.html#fig-scenarios-try$"))
    context.close()


def test_an_address_with_nonsense_leaves_the_chart_as_it_is(chromium, server):
    context = chromium.browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    wrong = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    sent = "fig-scenarios-try=us_growth:1e9,fade:x,nothing:3"
    page.goto(f"{server}/book/scenarios.html?{sent}#fig-scenarios-try")
    slider = page.locator("#fig-scenarios-try").get_by_label("Growth of US additions")
    expect(slider).to_have_value("3.01")
    assert wrong == []
    context.close()
