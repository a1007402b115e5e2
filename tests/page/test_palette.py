"""The colours of pages and charts: contrast, one meaning each, the same in charts and sheet."""

import pytest
from _ext.publish import assets
from computegap import contract, palette
from computegap.show import theme


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("name", palette.MARKS)
def test_marks_stand_out_on_the_page(name, mode):
    assert contrast(getattr(palette.MARKS[name], mode), getattr(palette.PAPER, mode)) >= 3


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("name", [*palette.WORDS, "ink", "ink-2", "ink-3"])
def test_words_can_be_read_on_the_page_and_on_a_panel(name, mode):
    inks = {"ink": palette.INK, "ink-2": palette.INK_2, "ink-3": palette.INK_3}
    shade = getattr({**palette.WORDS, **inks}[name], mode)
    for ground in (palette.PAPER, palette.PANEL):
        assert contrast(shade, getattr(ground, mode)) >= 4.5


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("name", palette.SOFT)
def test_text_can_be_read_on_a_band(name, mode):
    ground = getattr(palette.SOFT[name], mode)
    for ink in (palette.INK, palette.INK_2):
        assert contrast(getattr(ink, mode), ground) >= 4.5


def test_no_two_meanings_share_a_colour():
    for mode in ("light", "dark"):
        shades = [getattr(shade, mode) for shade in palette.MARKS.values()]
        assert len(set(shades)) == len(shades)


def test_each_colour_of_a_chart_has_a_dark_shade_in_the_style_sheet():
    drawn = {theme.US, theme.CHINA, theme.BOUGHT, theme.SMUGGLED, theme.ARTICLE, theme.BOOK}
    drawn |= {theme.AGAINST, theme.NEUTRAL, *theme.VERDICTS.values(), *theme.COUNTRIES.values()}
    sheet = assets.files()["book.css"].decode()
    for colour in drawn:
        assert f'.chart [fill="{colour}"]{{fill:var(--' in sheet
        assert f'.chart [stroke="{colour}"]{{stroke:var(--' in sheet


def test_every_verdict_has_a_family_of_colour_in_charts_and_pages():
    sheet = assets.files()["book.css"].decode()
    assert set(palette.FAMILIES) == set(theme.VERDICTS) == set(contract.SIGNS)
    for word in contract.SIGNS:
        assert f".{contract.verdict_class(word)}" in sheet
    assert {theme.US, theme.CHINA}.isdisjoint(theme.VERDICTS.values())
