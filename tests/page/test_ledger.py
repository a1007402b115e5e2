"""The ledger: every claim is placed and listed, with and without a script, by mouse and by key."""

import re

import pytest
from computegap import contract, ledger, verdicts
from computegap.show import theme
from computegap.tables import load
from conftest import ROOT
from playwright.sync_api import expect

BOOK = ROOT / "book"


def placed(text: str) -> list[str]:
    """The claims that a chapter shows."""
    calls = re.findall(r"\bclaims\.show\((.*?)\)\n", text, re.DOTALL)
    return [claim_id for call in calls for claim_id in re.findall(r'"(C\d{3,})"', call)]


@pytest.fixture(scope="module")
def blocks() -> dict[str, list[str]]:
    """The claims that each chapter shows, by the chapter's name."""
    return {path.stem: placed(path.read_text("utf-8")) for path in BOOK.glob("*.md")}


def test_every_claim_of_a_section_that_has_blocks_is_in_a_chapter(blocks):
    """A section counts from its chapter's first block on; when all have one, so do all claims."""
    shown = {claim_id for ids in blocks.values() for claim_id in ids}
    chapters = {section: section for section in contract.SECTIONS} | {"abstract": "index"}
    missing = {
        section: sorted(set(rows["claim_id"]) - shown)
        for section, rows in load("claims").groupby("section")
        if blocks.get(chapters[section]) and set(rows["claim_id"]) - shown
    }
    assert missing == {}, f"claims in no chapter: {missing}"


def test_no_claim_has_two_blocks(blocks):
    shown = [claim_id for ids in blocks.values() for claim_id in ids]
    assert sorted(claim_id for claim_id in set(shown) if shown.count(claim_id) > 1) == []


def in_script(name: str) -> list[str]:
    """The strings of a list in the ledger's script."""
    script = (BOOK / "_static" / "js" / "ledger.js").read_text("utf-8")
    found = re.search(rf"const {name} = \[(.*?)\];", script, re.DOTALL).group(1)
    return re.findall(r'"([^"]+)"', found)


def test_the_script_has_the_switches_of_the_rule_in_their_order():
    script = (BOOK / "_static" / "js" / "ledger.js").read_text("utf-8")
    block = re.search(r"const SWITCHES = \{(.*?)\};", script, re.DOTALL).group(1)
    found = {
        name: re.findall(r'"([^"]+)"', options)
        for name, options in re.findall(r"(\w+): \[\"[^\"]+\", \[(.*?)\]\]", block)
    }
    assert found == {name: list(options) for name, options in ledger.SWITCHES.items()}
    assert list(found) == list(ledger.SWITCHES)


def test_the_words_and_signs_of_verdicts_are_the_same_everywhere():
    assert list(theme.VERDICTS) == list(verdicts.WORDS)
    assert in_script("VERDICTS") == list(verdicts.WORDS)
    signs = [sign.encode().decode("unicode-escape") for sign in in_script("SIGNS")]
    assert signs == list(contract.SIGNS.values())
    css = (BOOK / "_static" / "css" / "claims.css").read_text("utf-8")
    assert [w for w in verdicts.WORDS if f".{contract.verdict_class(w)}" not in css] == []


# The built page


@pytest.fixture
def open_ledger(chromium, site):
    """Opens the ledger with an address part and options of the browser's context."""
    contexts = []

    def opened(address: str = "", **options):
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.goto((site / "book" / "claims.html").as_uri() + address)
        return page

    yield opened
    for context in contexts:
        context.close()


def control(page, label: str):
    """A field of the ledger's own form; the page has other things with these names."""
    return page.get_by_role("search", name="Claims").get_by_label(label)


def ids(page) -> list[str]:
    """The claims that are to be seen, in their order."""
    return page.locator(".ledger-row:visible td:first-child").all_inner_texts()


def of(verdict: str) -> set[str]:
    return set(ledger.rows().query("verdict == @verdict")["claim_id"])


def test_without_a_script_every_claim_is_listed_with_its_verdict_and_nothing_idle_is_shown(
    open_ledger,
):
    page = open_ledger(java_script_enabled=False)
    rows = page.locator(".ledger-row")
    expected = [
        (f"ledger-{row.claim_id.lower()}", row.claim_id, row.verdict.capitalize())
        for row in ledger.rows().itertuples()
    ]
    listed = rows.evaluate_all(
        "rows => rows.map(r => [r.id, r.cells[0].innerText.trim(),"
        " r.querySelector('.claim-verdict').innerText.slice(2)])"
    )
    assert [tuple(row) for row in listed] == expected
    assert page.locator(".ledger-filters, .ledger-table button").count() == 0


def test_a_row_leads_to_the_block_of_its_claim(open_ledger, blocks):
    page = open_ledger()
    for chapter, claim_ids in blocks.items():
        for claim_id in claim_ids[:3]:
            link = page.locator(f"#ledger-{claim_id.lower()} td:last-child a")
            expect(link).to_have_attribute("href", f"{chapter}.html#claim-{claim_id.lower()}")


def test_words_of_a_search_all_have_to_occur_and_the_count_is_announced(open_ledger):
    page = open_ledger()
    control(page, "Search").fill("colossus GIGAWATT")
    found = ids(page)
    assert 0 < len(found) < 10
    said = page.locator(".ledger-count")
    expect(said).to_have_attribute("role", "status")
    expect(said).to_have_text(f"{len(found)} of {len(load('claims'))} claims shown.")


def test_filters_narrow_together_and_stand_in_the_address(open_ledger):
    page = open_ledger()
    control(page, "Verdict").select_option("contradicted")
    assert set(ids(page)) == of("contradicted")
    control(page, "Section").select_option("Constraint")
    table = ledger.rows().query("section == 'constraint' and verdict == 'contradicted'")
    assert ids(page) == list(table["claim_id"])
    assert page.url.endswith("#section=constraint&verdict=contradicted")


@pytest.mark.parametrize("sign", ["#", "?"])
def test_a_filtered_view_can_be_linked(open_ledger, sign):
    page = open_ledger(f"{sign}kind=ratio")
    assert set(ids(page)) == set(load("claims").query("kind == 'ratio'")["claim_id"])
    expect(control(page, "Kind")).to_have_value("ratio")
    page.get_by_role("button", name="Show all").click()
    expect(page.locator(".ledger-row:visible")).to_have_count(len(load("claims")))
    assert page.url.endswith("claims.html")


def test_an_address_with_an_unknown_word_shows_all(open_ledger):
    page = open_ledger("#verdict=perhaps&sort=17")
    expect(page.locator(".ledger-row:visible")).to_have_count(len(load("claims")))


def test_who_is_credited_can_be_chosen_nobody_included(open_ledger):
    page = open_ledger("#credit=nobody")
    table = load("claims")
    assert set(ids(page)) == set(table[table["attributed_to"].isna()]["claim_id"])
    control(page, "Credited to").select_option("CAICT")
    assert set(ids(page)) == set(table.query("attributed_to == 'CAICT'")["claim_id"])


def test_columns_sort_both_ways_within_each_section(open_ledger):
    page = open_ledger()
    heading = page.locator("#ledger-constraint th").last
    rows = ledger.rows().query("section == 'constraint'").set_index("claim_id")["pieces"]
    for direction in ("ascending", "descending"):
        heading.get_by_role("button").click()
        expect(heading).to_have_attribute("aria-sort", direction)
        shown = page.locator("#ledger-constraint .ledger-row td:first-child").all_inner_texts()
        pieces = list(rows.loc[shown])
        assert pieces == sorted(pieces, reverse=direction == "descending")
    assert page.url.endswith("#sort=-5")


def test_it_can_be_used_by_keyboard_alone(open_ledger):
    page = open_ledger()
    control(page, "Search").focus()
    page.keyboard.type("nvidia")
    found = len(ids(page))
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(control(page, "Verdict")).to_be_focused()
    page.keyboard.type("supp")
    expect(control(page, "Verdict")).to_have_value("supported")
    assert 0 < len(ids(page)) < found
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Show all")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".ledger-row:visible")).to_have_count(len(load("claims")))
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#ledger-abstract th").nth(1)).to_have_attribute("aria-sort", "ascending")


def test_a_permalink_shows_its_row_whatever_the_filter_was(open_ledger):
    page = open_ledger("#verdict=contradicted")
    hidden = sorted(of("supported"))[-1]
    page.evaluate("id => { location.hash = id }", f"ledger-{hidden.lower()}")
    row = page.locator(f"#ledger-{hidden.lower()}")
    expect(row).to_be_visible()
    expect(row).to_be_in_viewport()


# The rule as a reader sets it


def rule_control(page, label: str):
    return page.get_by_role("form", name="The rule").get_by_label(label)


def shown(page) -> dict[str, str]:
    """The verdict of each row as it is to be read, in small letters."""
    rows = page.locator(".ledger-row")
    pairs = rows.evaluate_all(
        "rows => rows.map(r => [r.cells[0].innerText.trim(),"
        " r.querySelector('.claim-verdict').textContent.slice(2).toLowerCase()])"
    )
    return dict(pairs)


def chosen(page, setting: tuple[str, ...]) -> None:
    """Set the switches without the mouse, as the address of a setting does."""
    words = dict(zip(ledger.SWITCHES, setting, strict=True))
    page.evaluate(
        """words => {
            for (const [name, word] of Object.entries(words))
                document.querySelector(`.ledger-rule [name=${name}]`).value = word;
            document.querySelector(".ledger-rule").dispatchEvent(new Event("input"));
        }""",
        words,
    )


def test_in_every_setting_the_page_shows_the_verdicts_of_the_rule(open_ledger):
    page, expected = open_ledger(), ledger.settings()
    for place, setting in enumerate(ledger.SETTINGS):
        chosen(page, setting)
        assert shown(page) == expected[place].to_dict(), setting


def test_a_setting_stands_in_the_address_and_can_be_taken_back(open_ledger):
    page = open_ledger()
    rule_control(page, "Sources of grade").select_option("A and B")
    rule_control(page, "Margins").select_option("double")
    assert page.url.endswith("#grades=A+and+B&margin=double")
    moved = (ledger.settings()[0] != ledger.settings()[place_of("A and B", "double")]).sum()
    said = page.locator(".ledger-tally")
    expect(said).to_have_attribute("role", "status")
    expect(said).to_contain_text(f"{moved} of {len(load('claims'))} differ")
    page.get_by_role("button", name="As the book sets it").click()
    expect(said).to_contain_text(f"0 of {len(load('claims'))} differ")
    assert shown(page) == ledger.settings()[0].to_dict()


def place_of(grades: str, margin: str) -> int:
    return ledger.SETTINGS.index((grades, margin, "in", "the article"))


def test_filters_take_the_verdicts_of_the_setting(open_ledger):
    page = open_ledger("#grades=A+alone&verdict=supported")
    place = ledger.SETTINGS.index(("A alone", "as set", "in", "the article"))
    found = ledger.settings()[place]
    assert set(ids(page)) == set(found.index[found == "supported"])


def test_without_a_script_a_table_has_every_setting(open_ledger):
    page = open_ledger(java_script_enabled=False)
    rows = page.locator("#tab-claims-settings tbody tr")
    expect(rows).to_have_count(len(ledger.SETTINGS))
    assert page.locator(".ledger-rule").count() == 0


@pytest.mark.parametrize("width", [320, 375])
def test_a_phone_shows_all_without_scrolling_sideways(open_ledger, width):
    page = open_ledger(viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    beyond = page.locator(".ledger *, .ledger-filters *").evaluate_all(
        "(nodes) => nodes.filter(n => n.getBoundingClientRect().right > innerWidth).length"
    )
    assert beyond == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375])
def test_axe_finds_nothing_in_it(open_ledger, axe, scheme, width):
    page = open_ledger(
        "#verdict=contradicted",
        color_scheme=scheme,
        viewport={"width": width, "height": 900},
    )
    own = {
        "include": [
            [".ledger-rule"],
            [".ledger-tally"],
            [".ledger-filters"],
            [".ledger-count"],
            [".ledger"],
        ]
    }
    found = axe(page, own)
    assert [(v["id"], n["html"][:160]) for v in found for n in v["nodes"]] == []
