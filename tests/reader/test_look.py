"""What every page looks like: light to load, nothing cut, dark at once, whole on paper."""

import json
import re
import shutil
import subprocess
import time

import pytest
import weigh
from computegap import palette
from conftest import few_and
from playwright.sync_api import expect

# What the first view of a page may weigh, in kilobytes; the largest chapter, the page of all tables
# and the search, which is loaded with its records there, have more.
MOST, MOST_OF_LARGE, MOST_BESIDES = 150, 250, 70
LARGE = ("generations", "domestic-chips", "data", "search")
WIDTHS = (320, 375, 768, 1280, 1920)
FEW = ("index", "constraint", "claims", "data")

CHART = """
import altair as alt
import pandas as pd
from computegap.show import charts
charts.use()
rows = pd.DataFrame({"k": ["A very long category name that goes on and on", "b"], "y": [1, 2]})
"""
FIGURE = """
```{{code-cell}} ipython3
---
tags: [hide-input]
mystnb:
  image: {{alt: A chart.}}
  figure:
    name: fig-{name}
    caption: |
      A chart. It has a second sentence.

      Source: made up.
---
{code}
```
"""


@pytest.fixture(scope="module")
def odd(tried):
    """A page with charts that readers have had trouble with: a long title, and one that zooms."""
    title = (
        "A title that is far longer than the chart is wide, as authors write it when they put the "
        "finding into it"
    )
    zooms = "alt.Chart(rows).mark_point().encode(x='y:Q', y='y:Q').interactive()"
    codes = {
        "title": f"alt.Chart(rows, title={title!r}).mark_bar().encode(y='k:N', x='y:Q')",
        "zoom": zooms,
        "hover": "alt.Chart(rows).mark_bar().encode(y='k:N', x='y:Q', tooltip=['k', 'y'])",
    }
    text = "# Charts\n\n```{code-cell} ipython3" + CHART + "```\n"
    text += "".join(FIGURE.format(name=name, code=code) for name, code in codes.items())
    book = tried("odd-charts", lambda small: small.page(text + "\n\n" + "Text.\n\n" * 40))
    assert book.code == 0, book.log[-3000:]
    return (book.root / "_build" / "html" / "book" / "index.html").as_uri()


@pytest.fixture(scope="module")
def pages(site, reach) -> list[str]:
    every = weigh.pages_of(site)
    return every if reach != "few" else [f"book/{name}.html" for name in FEW]


@pytest.fixture(scope="module")
def server(site):
    running = weigh.serve(site)
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()


def opened(chromium, address: str, **options):
    context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
    page = context.new_page()
    page.goto(address)
    return page


# The first view


@few_and("every page")
def test_a_page_is_light_and_still_and_asks_no_other_host(chromium, site, server, pages):
    for name in pages:
        found = weigh.weigh(chromium.browser, site, server, name)
        stem = name.split("/")[-1].removesuffix(".html")
        assert found["faults"] == [], name
        assert found["kB"] <= (MOST_OF_LARGE if stem in LARGE else MOST), (name, found)
        assert found["rest"] <= MOST_BESIDES or stem == "search", (name, found)
        assert found["requests"] <= 10, (name, found)
        assert found["shift"] < 0.02, (name, found)


@few_and("every page")
def test_a_page_keeps_still_when_its_letters_come_late(chromium, server, pages):
    """With two words of another width a paragraph is a line longer, and all below it moves."""
    for name in pages:
        context = chromium.new_context(viewport={"width": 1280, "height": 900})
        context.add_init_script(weigh.SHIFT)
        page = context.new_page()
        page.route("**/*.woff2", lambda route: (time.sleep(0.4), route.continue_()))
        page.goto(f"{server}/{name}", wait_until="networkidle")
        assert page.evaluate("window.moved") < 0.02, name
        context.close()


@few_and("every page")
def test_nothing_on_a_page_is_inline(site, pages):
    for name in pages:
        html = (site / name).read_text(encoding="utf-8")
        head = html[: html.index("</head>")]
        policy = head.index('http-equiv="Content-Security-Policy"')
        assert policy < head.index("<script"), name
        assert " style=" not in re.sub(r"<code>.*?</code>", "", html, flags=re.DOTALL), name
        assert not re.search(r"<style|<[a-z]+ [^>]*\bon[a-z]+=|href=\"javascript:", html), name
        kinds = re.findall(r"<script(?![^>]*\bsrc=)([^>]*)>", html)
        assert all("application/json" in kind or "ld+json" in kind for kind in kinds), name


@few_and("every page")
def test_the_policy_stands_on_live_pages_too(chromium, server, pages):
    for name in pages:
        page = chromium.new_page(bypass_csp=False)
        refused = []
        page.on("console", lambda said, kept=refused: kept.append(said.text))
        page.goto(f"{server}/{name}")
        page.evaluate("document.querySelectorAll('.live-button').forEach(b => b.click())")
        for chart in page.locator(".chart").all():
            expect(chart).to_have_class(re.compile("is-live"))
        assert [text for text in refused if "Content" in text or "refused" in text.lower()] == []
        page.context.close()


# What is cut off: text that a box hides, and boxes that stick out of the window.
CUT = """() => {
    const found = [];
    const seen = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    for (const e of document.querySelectorAll("body *")) {
        const apart = "svg, .vh, .word, .skip, .fig-status, .table-box, .chart-rows, pre";
        if (e.closest(apart)) continue;
        if (!seen(e)) continue;
        const box = e.getBoundingClientRect();
        if (!box.width || !box.height) continue;
        const style = getComputedStyle(e);
        if (box.right > document.documentElement.clientWidth + 1)
            found.push("out: " + e.outerHTML.slice(0, 90));
        if (["hidden", "clip"].includes(style.overflowX) && e.scrollWidth > e.clientWidth + 1)
            found.push("cut: " + e.outerHTML.slice(0, 90));
    }
    return found.slice(0, 5);
}"""
SPACED = """p, li, td, th, a, span, summary { letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important; line-height: 1.5 !important }"""


@few_and("every page")
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_cut_at_any_width(chromium, site, pages, width):
    for name in pages:
        page = opened(chromium, (site / name).as_uri(), viewport={"width": width, "height": 900})
        assert page.evaluate(CUT) == [], (name, width)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, width)
        if width == 320:
            page.add_style_tag(content=SPACED)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        page.context.close()


MEASURE = """() => {
    const counts = [];
    for (const p of document.querySelectorAll("section > p")) {
        const range = document.createRange();
        range.selectNodeContents(p);
        const lines = new Set([...range.getClientRects()].map(r => Math.round(r.top / 8)));
        const height = parseFloat(getComputedStyle(p).lineHeight);
        const rows = Math.round(p.getBoundingClientRect().height / height);
        if (rows > 3) counts.push(p.textContent.replace(/\\s+/g, " ").length / (rows - 0.5));
    }
    return counts;
}"""


@pytest.mark.parametrize("width", [768, 1280, 1920])
def test_lines_of_text_hold_sixty_to_seventy_letters(chromium, site, width):
    address = (site / "book" / "constraint.html").as_uri()
    page = opened(chromium, address, viewport={"width": width, "height": 900})
    counts = sorted(page.evaluate(MEASURE))
    assert 60 <= sum(counts) / len(counts) <= 70, counts
    page.context.close()


LETTERS = """() => [...document.querySelectorAll(".chart svg text")].flatMap(text => {
    if (!text.checkVisibility() || !text.getBoundingClientRect().width) return [];
    const { a, b } = text.getScreenCTM();
    const scale = Math.hypot(a, b);
    return [Math.round(10 * scale * parseFloat(getComputedStyle(text).fontSize)) / 10];
})"""


@few_and("every page")
@pytest.mark.parametrize("width", WIDTHS)
def test_no_letter_of_a_drawing_is_under_twelve_pixels(chromium, site, pages, width):
    for name in pages:
        address = (site / name).as_uri()
        page = opened(chromium, address, viewport={"width": width, "height": 900})
        assert [size for size in page.evaluate(LETTERS) if size < 11.9] == [], (name, width)
        page.context.close()


# Colours


FRAMES = """
window.frames_ = [];
const look = () => {
  const root = document.documentElement;
  if (root && document.body) window.frames_.push(getComputedStyle(document.body).backgroundColor);
  requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""


def rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))})"


@few_and("every page")
def test_a_first_visit_in_the_dark_has_no_white_frame(chromium, server, pages):
    for name in pages:
        context = chromium.new_context(color_scheme="dark")
        page = context.new_page()
        page.add_init_script(FRAMES)
        page.goto(f"{server}/{name}", wait_until="networkidle")
        assert set(page.evaluate("window.frames_")) == {rgb(palette.PAPER.dark)}, name
        context.close()


def test_without_javascript_the_dark_is_dark(chromium, site):
    address = (site / "book" / "index.html").as_uri()
    page = opened(chromium, address, color_scheme="dark", java_script_enabled=False)
    assert page.locator("body").evaluate("b => getComputedStyle(b).backgroundColor") == rgb(
        palette.PAPER.dark
    )
    assert page.locator("#mode").is_hidden()
    page.context.close()


def test_the_button_of_the_colours_keeps_the_focus_and_the_choice(chromium, server):
    page = opened(chromium, f"{server}/book/index.html")
    button = page.locator("#mode")
    button.focus()
    for word, theme in (("light", "light"), ("dark", "dark")):
        page.keyboard.press("Enter")
        assert page.evaluate("document.documentElement.dataset.theme") == theme
        assert page.locator("#say").inner_text() == f"Colours: {word}"
        assert button.evaluate("b => b === document.activeElement")
    page.goto(f"{server}/book/cite.html")
    assert page.locator("body").evaluate("b => getComputedStyle(b).backgroundColor") == rgb(
        palette.PAPER.dark
    )
    page.context.close()


@few_and("every page")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375])
def test_axe_finds_nothing_on_a_page(chromium, axe, server, pages, width, scheme):
    for name in pages:
        view = {"width": width, "height": 900}
        page = opened(chromium, f"{server}/{name}", viewport=view, color_scheme=scheme)
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        found = axe(page)
        told = [(v["id"], n["html"][:160]) for v in found for n in v["nodes"][:3]]
        assert told == [], name
        page.context.close()


@pytest.mark.audit
def test_the_checker_of_the_web_finds_no_error_in_any_page(node_packages, site):
    """The Nu checker, on every page: ids that stand twice, roles without what they need."""
    java = shutil.which("java")
    assert java, "java is missing: python tools/browsers.py"
    jar = node_packages / "vnu-jar" / "build" / "dist" / "vnu.jar"
    options = ["--errors-only", "--format", "json", "--skip-non-html"]
    done = subprocess.run([java, "-jar", jar, *options, site], capture_output=True, text=True)
    told = json.loads(done.stderr)["messages"]
    assert [(one.get("url"), one.get("lastLine"), one["message"]) for one in told] == []


# Paper


@pytest.mark.parametrize("way", ["system", "choice"])
def test_paper_is_light_whatever_the_screen_is(chromium, server, way):
    page = opened(
        chromium, f"{server}/book/constraint.html", color_scheme="dark" if way == "system" else None
    )
    if way == "choice":
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.emulate_media(media="print", color_scheme="dark")
    style = "e => { const s = getComputedStyle(e); return [s.color, s.backgroundColor]; }"
    assert page.locator("body").evaluate(style) == [rgb(palette.INK.light), "rgb(255, 255, 255)"]
    drawn = page.locator(f'.chart [fill="{palette.MARKS["us"].light}"]').first
    assert drawn.evaluate("e => getComputedStyle(e).fill") == rgb(palette.MARKS["us"].light)
    page.context.close()


def test_paper_has_no_controls_and_keeps_headings_with_what_follows(chromium, site):
    page = opened(chromium, (site / "book" / "constraint.html").as_uri())
    page.emulate_media(media="print")
    assert page.locator("button:visible, details.menu:visible, .bar:visible").count() == 0
    for name in ("h2", "figcaption", "caption"):
        after = page.locator(name).first.evaluate("e => getComputedStyle(e).breakAfter")
        assert after == "avoid", name
    # Nothing empty stands between a heading and its text, where a page could break.
    empty = "[...document.querySelectorAll('h2 + div')].filter(d => !d.textContent.trim()).length"
    assert page.evaluate(empty) == 0
    page.context.close()


# Charts that readers have had trouble with


def test_a_long_title_leaves_the_phone_s_drawing_room(chromium, odd):
    page = opened(chromium, odd, viewport={"width": 390, "height": 800})
    figure = page.locator("#fig-title")
    title = figure.locator(".chart-narrow .role-title-text")
    widest = "e => Math.max(...[...e.querySelectorAll('text')].map(t => t.getBBox().width))"
    assert title.evaluate(widest) <= 300
    bars = figure.locator(".chart-narrow .mark-rect.role-mark path")
    assert max(bar.bounding_box()["width"] for bar in bars.all()) > 60
    page.context.close()


def test_the_box_of_values_goes_when_the_pointer_goes_and_is_never_printed(chromium, odd):
    page = opened(chromium, odd)
    height = page.evaluate("document.documentElement.scrollHeight")
    figure = page.locator("#fig-hover")
    figure.locator(".chart").hover()
    figure.locator(".is-live").wait_for()
    figure.locator(".chart-live .role-mark path").first.hover(force=True)
    page.locator("#vg-tooltip-element.visible").wait_for()
    page.emulate_media(media="print")
    assert page.locator("#vg-tooltip-element").is_hidden()
    page.emulate_media(media="screen")
    page.mouse.move(2, 2)
    page.locator("#vg-tooltip-element").wait_for(state="hidden")
    assert abs(page.evaluate("document.documentElement.scrollHeight") - height) <= 2
    page.context.close()


def test_a_chart_that_zooms_does_not_catch_the_wheel_of_a_reader_who_scrolls(chromium, odd):
    page = opened(chromium, odd)
    figure = page.locator("#fig-zoom")
    figure.scroll_into_view_if_needed()
    figure.locator(".chart").hover()
    page.wait_for_timeout(800)
    assert figure.locator(".is-live").count() == 0
    before = page.evaluate("scrollY")
    for _ in range(3):
        page.mouse.wheel(0, 200)
    page.wait_for_function("y => scrollY > y + 200", arg=before)
    # By its own button it comes alive.
    figure.locator(".live-button").evaluate("b => b.click()")
    figure.locator(".is-live").wait_for()
    page.context.close()


def test_a_headline_is_one_sentence_and_the_rest_stands_under_it(chromium, odd):
    page = opened(chromium, odd)
    figure = page.locator("#fig-title")
    assert figure.locator(".fig-title").inner_text() == "A chart."
    assert figure.locator(".fig-sub").inner_text() == "It has a second sentence."
    assert figure.locator(".fig-foot > p").inner_text().startswith("Figure 1. Source: made up.")
    page.context.close()


# Where one is


def test_a_jump_to_a_claim_opens_and_marks_it(chromium, site):
    page = opened(chromium, (site / "book" / "constraint.html").as_uri() + "#claim-c028")
    claim = page.locator("#claim-c028")
    assert claim.locator(".claim-reason").is_visible()
    assert claim.evaluate("e => getComputedStyle(e).backgroundImage") != "none"
    page.context.close()


def test_links_of_a_heading_show_on_focus_and_always_where_nothing_hovers(chromium, site):
    address = (site / "book" / "constraint.html").as_uri()
    opacity = "e => getComputedStyle(e).opacity"
    page = opened(chromium, address)
    link = page.locator("h2 > .headerlink").first
    assert link.evaluate(opacity) == "0"
    link.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert link.evaluate(opacity) == "1"
    page.context.close()
    page = opened(chromium, address, has_touch=True, is_mobile=True)
    assert page.locator("h2 > .headerlink").first.evaluate(opacity) == "1"
    assert page.locator("h2 + details.cite > summary").first.evaluate(opacity) == "1"
    page.context.close()
