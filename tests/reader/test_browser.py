"""Charts in Chromium and Firefox: static and live, in every state a reader may see them in."""

import functools
import http.server
import json
import os
import re
import shutil
import subprocess
import threading
from contextlib import contextmanager

import pytest
from computegap import palette
from conftest import PATIENCE, ROOT, few_and

WIDE = {"viewport": {"width": 1280, "height": 900}}
STATES = {
    "light": WIDE | {"color_scheme": "light"},
    "dark": WIDE | {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 320, "height": 640}, "color_scheme": "light"},
    "dark phone": {"viewport": {"width": 375, "height": 700}, "color_scheme": "dark"},
    "no script": WIDE | {"java_script_enabled": False},
}

# Marks that take up room and are not hidden, in the drawing that is shown.
MARKS = """f => [...f.querySelectorAll(".role-mark :is(path, text, line)")].filter(mark => {
    const box = mark.getBoundingClientRect();
    return box.width + box.height > 0 && mark.checkVisibility();
}).length"""
# All figures of a page at once: label, marks, width, height.
ALL_FIGURES = f"""() => [...document.querySelectorAll("figure:has(.chart)")].map(f => {{
    const box = f.getBoundingClientRect();
    return [f.id, ({MARKS})(f), box.width, box.height];
}})"""
PRESS_ALL = """pressed => document.querySelectorAll(".live-button").forEach(b => {
    if (b.getAttribute("aria-pressed") !== pressed) b.click();
})"""
NONE_WAITS = """live => [...document.querySelectorAll(".chart")].every(
    chart => chart.classList.contains("is-live") === live)"""
FOCUS = """() => {
    const at = document.activeElement;
    return [at.textContent, getComputedStyle(at).outlineStyle];
}"""
BOX = "e => { const b = e.getBoundingClientRect(); return [b.width, b.height]; }"


@pytest.fixture(scope="module")
def charted(site, gallery, reach, pytestconfig):
    """Pages with charts: their folder, and their path in it. The gallery comes last.

    A chapter and the gallery, which has charts of every kind, stand for all.
    """
    chapter = "*" if reach == "every page" else pytestconfig.getoption("--chapter") or "summary"
    assert list((site / "book").glob(f"{chapter}.html")), f"there is no page {chapter}"
    return [
        (folder, path.relative_to(folder))
        for folder, name in ((site, chapter), (gallery, "*"))
        for path in sorted((folder / "book").glob(f"{name}.html"))
        if 'class="chart"' in path.read_text(encoding="utf-8")
    ]


@pytest.fixture(scope="module")
def files(charted) -> list[str]:
    """The addresses of the pages with charts, as files."""
    return [(folder / page).as_uri() for folder, page in charted]


@pytest.fixture(scope="module", params=["file", "http"])
def served(request, charted, files):
    """The addresses of the pages with charts, as files and over HTTP."""
    if request.param == "file":
        yield files
        return
    servers = {folder: _serve(folder) for folder, _ in charted}
    yield [f"http://127.0.0.1:{servers[folder].server_port}/{page}" for folder, page in charted]
    for server in servers.values():
        server.shutdown()


def _serve(folder):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    handler = functools.partial(Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@contextmanager
def opened(chromium, address: str, state: str = "light", **more):
    """A page in a state; errors of its console and requests to other hosts fail the test."""
    context = chromium.new_context(**STATES[state] | more)
    page = context.new_page()
    page.wrong, page.asked = [], []

    def watch(route):
        url = route.request.url
        page.asked.append(url)
        if url.startswith(("file:", "data:", "blob:", "http://127.0.0.1")):
            route.continue_()
        else:
            page.wrong.append(f"asked another host: {url}")
            route.abort()

    context.route("**/*", watch)
    page.on("console", lambda said: said.type == "error" and page.wrong.append(said.text))
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.goto(address)
    yield page
    assert page.wrong == []
    context.close()


def figures_of(page):
    return page.locator("figure:has(.chart)").all()


def tools_of(figure):
    return figure.locator(".figure-tools")


def go_live(figure) -> None:
    # In one step: a chart with sliders goes live by itself once a click has scrolled it into view,
    # and the click would then take it back.
    figure.page.mouse.move(0, 0)
    tools_of(figure).locator(".live-button").evaluate(
        "b => { if (b.getAttribute('aria-pressed') === 'false') b.click(); }"
    )
    figure.locator(".chart.is-live").wait_for()


# Those of ours; what a device may have instead can not be loaded.
LETTERS = """() => Promise.all([...document.fonts]
    .filter((face) => face.family.includes("Report")).map((face) => face.load()))"""


@few_and("every page")
@pytest.mark.parametrize("state", ["light", "phone", "dark phone"])
def test_every_figure_shows_the_same_marks_in_the_same_box_when_it_goes_live(
    chromium, served, state
):
    for address in served:
        with opened(chromium, address, state) as page:
            # Letters that came late are used from the next change of style on, and not before.
            page.evaluate(LETTERS)
            for scheme in ("light", "dark") if "dark" in state else ("dark", "light"):
                page.emulate_media(color_scheme=scheme)
            static = page.evaluate(ALL_FIGURES)
            assert static
            all_go(page, live=True)
            compare(static, page.evaluate(ALL_FIGURES), state)
            page.emulate_media(color_scheme="light" if "dark" in state else "dark")
            compare(static, page.evaluate(ALL_FIGURES), f"{state}, live, other scheme")
            all_go(page, live=False)
            compare(static, page.evaluate(ALL_FIGURES), f"{state}, static, other scheme")


def all_go(page, live: bool) -> None:
    """Make every chart of a page live, or static again, by its own button."""
    page.evaluate(PRESS_ALL, "true" if live else "false")
    page.wait_for_function(NONE_WAITS, arg=live)


def compare(before: list, now: list, state: str) -> None:
    """Each figure has marks, as many as before, and its box has moved by less than 2 px."""
    for (label, marks, *box), (same, found, *new_box) in zip(before, now, strict=True):
        assert (same, found) == (label, marks) and marks > 0, (label, state)
        changes = [abs(new - old) for new, old in zip(new_box, box, strict=True)]
        assert max(changes) < 2, (label, state, changes)


@few_and("every page")
@pytest.mark.parametrize("state", ["phone", "dark phone"])
def test_no_page_scrolls_sideways(chromium, files, state):
    for address in files:
        with opened(chromium, address, state) as page:
            for summary in page.locator(".figure-tools > summary").all():
                summary.click()
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def test_the_page_behind_the_charts_has_the_colours_that_the_palette_is_made_for(chromium, files):
    for state, colour in (("light", palette.PAPER.light), ("dark", palette.PAPER.dark)):
        rgb = ", ".join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))
        with opened(chromium, files[0], state) as page:
            assert page.evaluate("getComputedStyle(document.body).backgroundColor") == f"rgb({rgb})"
            for part in (".chart", "figure:has(.chart)", ".text_html:has(.chart)"):
                painted = f"getComputedStyle(document.querySelector('{part}')).backgroundColor"
                assert page.evaluate(painted) == "rgba(0, 0, 0, 0)", part


@few_and("every page")
def test_without_javascript_charts_and_data_are_there_and_no_dead_control(chromium, files):
    for address in files:
        with opened(chromium, address, "no script") as page:
            for figure in figures_of(page):
                assert figure.locator(".chart-wide svg").bounding_box()["height"] > 50
                tools = tools_of(figure)
                assert figure.locator(".chart-inputs:visible").count() == 0
                tools.locator("summary").first.click()
                assert tools.locator("button:visible").count() == 0
                assert tools.get_by_role("link", name="CSV").is_visible()


@few_and("every page")
def test_on_paper_charts_stand_alone(chromium, files):
    for address in files:
        with opened(chromium, address) as page:
            page.emulate_media(media="print")
            assert all(marks > 0 for _, marks, *_ in page.evaluate(ALL_FIGURES))
            for figure in figures_of(page):
                assert figure.evaluate("f => getComputedStyle(f).breakInside") == "avoid"
            assert page.locator(".figure-tools:visible, details.code:visible").count() == 0


@few_and("every page")
@pytest.mark.parametrize("live", [False, True], ids=["static", "live"])
@pytest.mark.parametrize("state", ["light", "dark phone"])
def test_axe_finds_nothing(chromium, axe, files, state, live):
    for address in files:
        with opened(chromium, address, state) as page:
            if live:
                all_go(page, live=True)
            page.locator(".figure-tools > summary").first.click()
            assert page.wrong == []
            found = axe(page)
            page.wrong.clear()  # axe itself asks for style sheets, which file:// refuses
            told = [(v["id"], n["html"][:200]) for v in found for n in v["nodes"]]
            assert told == [], address


def test_vega_is_loaded_when_a_reader_comes_to_a_chart_and_once_only(chromium, served):
    with opened(chromium, served[0]) as page:
        page.mouse.move(5, 5)
        page.wait_for_timeout(300)
        assert not [url for url in page.asked if "/vega-" in url]
        for figure in figures_of(page)[:3]:
            figure.locator(".chart").hover()
            figure.locator(".chart.is-live").wait_for()
        assert len([url for url in page.asked if "/vega-" in url]) == 1


def test_a_bundle_that_does_not_load_leaves_the_picture_and_says_so(chromium, files):
    with opened(chromium, files[0]) as page:
        page.route("**/vega-*", lambda route: route.abort())
        figure = figures_of(page)[0]
        tools_of(figure).locator("summary").first.click()
        tools_of(figure).locator(".live-button").click()
        figure.get_by_text("could not be loaded").wait_for()
        assert figure.evaluate(MARKS) > 0 and figure.locator(".is-live").count() == 0
        page.wrong.clear()  # the browser itself reports the request that this test broke
        page.unroute("**/vega-*")
        go_live(figure)


def test_everything_can_be_done_by_keyboard_and_focus_can_be_seen(chromium, files):
    with opened(chromium, files[0]) as page:
        figure = figures_of(page)[0]
        tools = tools_of(figure)
        summary, button = tools.locator("summary").first, tools.locator(".live-button")
        summary.focus()
        page.keyboard.press("Enter")
        stops = []
        for _ in range(10):
            page.keyboard.press("Tab")
            stops.append(page.evaluate(FOCUS))
            if button.evaluate("b => b === document.activeElement"):
                break
        assert [text.split(" ")[0] for text, _ in stops[-8:]] == [
            "CSV", "Data", "SVG", "PNG", "About:", "Change", "Link", "Interactive",
        ]  # fmt: skip
        assert {outline for _, outline in stops[-8:]} == {"solid"}
        page.keyboard.press("Enter")
        figure.locator(".chart.is-live").wait_for()
        assert button.get_attribute("aria-pressed") == "true"
        page.keyboard.press("Enter")
        assert figure.locator(".is-live").count() == 0
        rows = tools.locator(".rows-button")
        rows.focus()
        page.keyboard.press("Enter")
        figure.locator(".chart-rows tbody tr").first.wait_for()
        assert page.evaluate("document.activeElement.className") == "chart-rows"
        # Escape closes a menu and gives the focus back.
        summary.focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.press("Escape")
        assert summary.evaluate("s => s === document.activeElement")
        assert tools.get_attribute("open") is None


# A place on a line, from its beginning at 0 to its end at 1, in pixels of the window.
ON_LINE = """([path, part]) => {
  path.scrollIntoView({block: "center", behavior: "instant"});
  const point = path.getPointAtLength(path.getTotalLength() * part);
  const {x, y} = point.matrixTransform(path.getScreenCTM());
  return {x, y};
}"""


def told_of_a_line(page, figure, part: float):
    """The tooltip that the pointer finds on the first line of a live chart."""
    line = figure.locator(".chart-live .role-mark path").first.element_handle()
    at = page.evaluate(ON_LINE, [line, part])
    page.mouse.move(at["x"] + 1, at["y"])
    page.mouse.move(at["x"], at["y"], steps=4)
    tip = page.locator("#vg-tooltip-element.visible")
    tip.wait_for()
    return tip


def test_a_tooltip_appears_in_the_colours_of_the_page(chromium, files):
    gallery = files[-1]
    for state in ("light", "dark"):
        with opened(chromium, gallery, state) as page:
            figure = page.locator("#fig-gallery-panels")
            go_live(figure)
            tip = told_of_a_line(page, figure, 0.5)
            light = tip.evaluate("t => getComputedStyle(t).backgroundColor.match(/\\d+/)[0] > 128")
            assert light == (state == "light") and "Step" in tip.inner_text()


@pytest.mark.parametrize(("part", "step"), [(0.02, "0"), (0.3, "1"), (0.5, "2"), (0.98, "4")])
def test_a_line_tells_of_its_point_nearest_to_the_pointer(chromium, files, part, step):
    with opened(chromium, files[-1], "light") as page:
        figure = page.locator("#fig-gallery-panels")
        go_live(figure)
        said = told_of_a_line(page, figure, part).inner_text()
        assert re.search(rf"Step:?\s+{step}\b", said), said


@pytest.mark.parametrize("state", ["light", "phone"])
def test_sliders_and_menus_are_there_at_once_without_a_jump(chromium, served, state):
    with opened(chromium, served[-1], state) as page:
        figure = page.locator("#fig-gallery-slider")
        box = figure.evaluate(BOX)
        figure.scroll_into_view_if_needed()
        slider = figure.get_by_label("Price (USD)")
        slider.wait_for()
        figure.get_by_label("Kind").wait_for()
        changes = zip(figure.evaluate(BOX), box, strict=True)
        assert all(abs(now - before) < 2 for now, before in changes)
        line = figure.locator(".chart-live .mark-line path").first
        before = line.get_attribute("d")
        slider.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_function(
            "([l, d]) => l.getAttribute('d') !== d", arg=[line.element_handle(), before]
        )


@pytest.mark.parametrize("way", ["pointer", "keyboard"])
def test_a_legend_filters(chromium, files, way):
    with opened(chromium, files[-1]) as page:
        figure = page.locator("#fig-gallery-legend")
        go_live(figure)
        label = figure.locator(".chart-live .role-legend-label text").nth(1)
        if way == "pointer":
            label.click(force=True)
        else:
            label.focus()
            page.keyboard.press("Enter")
        figure.locator(".mark-line path[opacity='0.1']").first.wait_for()
        lines = figure.locator(".chart-live .mark-line path").all()
        assert [line.get_attribute("opacity") for line in lines] == ["0.1", "1", "0.1"]


def test_nothing_moves_for_readers_who_asked_for_no_motion(chromium, files):
    with opened(chromium, files[0], reduced_motion="reduce") as page:
        page.locator("details.code").first.evaluate("d => { d.open = true; }")
        running = "document.getAnimations().filter(a => a.playState === 'running').length"
        go_live(figures_of(page)[0])
        assert page.evaluate(running) == 0


@pytest.fixture(scope="session")
def puppeteer(node_packages):
    """The Firefox driver's one package, as locked."""
    if not shutil.which("firefox-esr"):
        pytest.skip("firefox-esr is missing: python tools/browsers.py")


@few_and("every page")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_firefox_shows_every_figure_static_and_live(puppeteer, served, scheme):
    command = ["node", "tests/firefox.mjs", shutil.which("firefox-esr"), scheme, *served]
    patience = {"PATIENCE_MS": str(1000 * PATIENCE)}
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, env={**os.environ, **patience}
    )
    assert done.returncode == 0, done.stderr[-3000:]
    seen = json.loads(done.stdout)
    assert seen["wrong"] == []
    assert seen["figures"]
    for figure in seen["figures"]:
        assert figure["live"] == figure["static"] > 0, figure
        assert figure["change"] < 2, figure
    assert [page for page in seen["sideways"] if page["by"] > 0] == []
