"""The code of a figure is changed and run beside it."""

import re

import pytest
from conftest import PATIENCE
from playwright.sync_api import expect
from test_verify import opened, served, verified  # noqa: F401

PAGE, LABEL = "book/constraint.html", "fig-constraint-ratio"


@pytest.fixture
def page(chromium, verified, tmp_path):  # noqa: F811
    server, base = served(verified, tmp_path)
    page = opened(chromium, f"{base}/{PAGE}", viewport={"width": 1280, "height": 900})
    yield page
    page.context.close()
    server.shutdown()


@pytest.mark.audit
def test_code_of_a_figure_runs_in_place_and_numbers_light_up(page):
    assert not [one for one in page.asked if "/_live/" in one or "/run." in one]
    figure = page.locator("figure.fig").first
    figure.get_by_text("Use this figure").click()
    figure.get_by_role("button", name="Change and run its code").click()
    area = figure.locator("textarea")
    expect(area).to_be_focused()
    code = area.input_value()
    drawings = figure.locator(".run-new svg")
    # As published: the same drawing, and no number moves.
    area.press("Control+Enter")
    done = figure.locator(".live-now")
    expect(done).to_have_text(
        re.compile("^Done.*0 printed numbers move, 0 figures change"), timeout=5000 * PATIENCE
    )
    expect(drawings).to_have_count(1)
    expect(figure.locator(".run-new > p")).to_have_text("With your code: the same drawing")
    # A cell that fails says how.
    area.fill(code + "\nno_such_name")
    figure.get_by_role("button", name="Run", exact=True).click()
    expect(done).to_have_text(re.compile("^Done.*see below"))
    expect(figure.locator(".live-result li").first).to_contain_text("no_such_name")
    # And back.
    figure.get_by_role("button", name="Reset").click()
    assert area.input_value() == code
    expect(page.locator(".fact-now")).to_have_count(0)
    expect(page.locator(".run-new")).to_have_count(0)
    assert page.wrong == []


@pytest.mark.audit
def test_a_number_that_moves_shows_both_values(page):
    page.evaluate("document.querySelectorAll('details.code').forEach(d => { d.open = true; })")
    box = page.locator(".cell-code", has=page.locator("[id='fact-ratio-compute-smuggled']"))
    if not box.count():
        box = page.locator(".cell-code#fact-ratio-compute-smuggled")
    box.get_by_role("button", name="Change and run").click()
    area = box.locator("textarea")
    code = area.input_value()
    # The number as it is stated, ten times as large.
    assert "(smuggled_ratio, ratio_low" in code
    area.fill(code.replace("(smuggled_ratio, ratio_low", "(10 * smuggled_ratio, ratio_low"))
    box.get_by_role("button", name="Run", exact=True).click()
    expect(box.locator(".live-now")).to_have_text(re.compile("^Done"), timeout=5000 * PATIENCE)
    moved = page.locator("a.fact-link.is-moved")
    assert moved.count() > 0
    for link in moved.all():
        assert link.get_attribute("href").endswith("#fact-ratio-compute-smuggled")
    before, now = (moved.first.locator(one).text_content() for one in (".fact", ".fact-now"))
    assert abs(float(now) - 10 * float(before)) < 1
    expect(box.locator(".live-wrong tbody tr")).to_have_count(moved.count())
    box.get_by_role("button", name="Close").click()
    expect(moved).to_have_count(0)
    assert page.wrong == []
