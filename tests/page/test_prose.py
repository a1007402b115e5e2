"""The chapters' text: no number in prose or caption is typed by hand, and the form is kept."""

import re

import pytest
import yaml
from conftest import ROOT

CHAPTERS = sorted((ROOT / "book").glob("*.md"))
ALLOWED = [
    re.compile(line)
    for line in (ROOT / "tests" / "allowed_numbers.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
DATES = re.compile(rf"\b(\d{{1,2}} ({MONTHS})( \d{{4}})?|(19|20)\d\d(-\d\d(-\d\d)?)?(s\b)?)")
CELL = re.compile(r"^```\{code-cell\}.*?^```$", re.MULTILINE | re.DOTALL)


def header(cell: str) -> dict:
    """The YAML header of a code cell, or nothing."""
    found = re.match(r"```\{code-cell\}[^\n]*\n---\n(.*?)\n---\n", cell, re.DOTALL)
    return yaml.safe_load(found.group(1)) if found else {}


def code(cell: str) -> list[str]:
    """The lines of code of a cell, without its header and options."""
    body = re.sub(
        r"^---\n.*?\n---\n", "", "\n".join(cell.split("\n")[1:-1]) + "\n", flags=re.DOTALL
    )
    return [line for line in body.splitlines() if line.strip() and not line.startswith(":")]


def prose(text: str) -> str:
    """What a reader reads of a chapter: text, captions, descriptions; no code, no addresses."""
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    cells = CELL.findall(text)
    figures = [header(cell).get("mystnb", {}) for cell in cells]
    captions = [f.get("figure", {}).get("caption", "") for f in figures]
    descriptions = [f.get("image", {}).get("alt", "") for f in figures]
    read = "\n".join([CELL.sub("", text), *captions, *descriptions])
    for noise in (
        r"^%.*$",
        r"^\([\w-]+\)=$",
        r"^:{3,}.*$|^`{3,}.*$",
        # Options of a directive, less those of a tile that its page prints.
        r"^:(?!before|after)[a-z-]+:.*$",
        r"\{[\w:-]+\}`[^`]*`",
        r"`[^`]*`",
        r"\]\([^)]*\)",
        r"\$[^$]+\$",
    ):
        read = re.sub(noise, " ", read, flags=re.MULTILINE)
    return read


def typed_numbers(text: str) -> list[str]:
    """The digits of a text that are neither dates nor names, each with the words around it."""
    for allowed in [*ALLOWED, DATES]:
        text = allowed.sub(" ", text)
    return [
        text[max(0, found.start() - 30) : found.end() + 20].replace("\n", " ")
        for found in re.finditer(r"\d[\d,.]*", text)
    ]


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_no_number_in_prose_or_caption_is_typed_by_hand(chapter):
    assert typed_numbers(prose(chapter.read_text(encoding="utf-8"))) == []


def test_a_typed_number_is_found_and_a_name_or_date_is_not():
    assert typed_numbers(prose("The gap is 8.7 times.")) != []
    assert typed_numbers(prose("The gap is {fact}`ratio:.1f` times.")) == []
    assert typed_numbers(prose("On 8 April 2026 an H100 or GPT-5 was named.")) == []
    caption = (
        "```{code-cell} ipython3\n---\nmystnb: {figure: {caption: Up 77 percent.}}\n---\nx\n```\n"
    )
    assert typed_numbers(prose(caption)) != []


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_no_cell_is_longer_than_thirty_lines(chapter):
    cells = [code(cell) for cell in CELL.findall(chapter.read_text(encoding="utf-8"))]
    assert [cell[0] for cell in cells if len(cell) > 30] == []


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_every_heading_has_a_label_of_its_own(chapter):
    text = CELL.sub("", chapter.read_text(encoding="utf-8"))
    bare = re.findall(r"(?<!\)=\n)^#{1,3} .+$", text, re.MULTILINE)
    assert bare == []


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_every_figure_and_table_is_referred_to_by_number(chapter):
    text = chapter.read_text(encoding="utf-8")
    labels = re.findall(r"^    name: ((?:fig|tab)-[\w-]+)$", text, re.MULTILINE)
    # The table of sources at the end of a chapter stands under a heading of its own.
    silent = [
        label
        for label in labels
        if f"{{numref}}`{label}`" not in text and not label.endswith("-sources")
    ]
    assert silent == []


def test_every_page_is_in_the_table_of_contents_and_back():
    toc = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    listed = set(re.findall(r"(?:root|file): book/([\w-]+)", toc))
    assert listed == {path.stem for path in CHAPTERS}
