"""Each page as Markdown says what its page says."""

import json
import re

import pytest
from _ext.publish.markdown import converted
from bs4 import BeautifulSoup


@pytest.fixture(scope="module")
def texts(site) -> dict[str, str]:
    """The Markdown of each page, by its name."""
    found = {path.stem: path.read_text("utf-8") for path in site.glob("book/*.md")}
    assert set(found) == {path.stem for path in site.glob("book/*.html")}
    return found


def plain(text: str) -> str:
    """Without links, marks and spaces."""
    text = re.sub(r"\]\([^()\s]*(\([^()\s]*\)[^()\s]*)*\)", "]", text)
    return re.sub(r"[\s\[\]*`|\\]", "", text)


def test_every_heading_finding_and_claim_of_a_page_is_in_its_markdown(site, texts):
    for name, text in texts.items():
        html = re.sub(r"<svg.*?</svg>", "", (site / f"book/{name}.html").read_text("utf-8"))
        page = BeautifulSoup(html, "html.parser").select_one("article")
        for extra in page.select(".headerlink, details.cite"):
            extra.decompose()
        said = plain(text)
        parts = page.select("h1, h2, h3, .finding-say, .claim-head, .fig-title, td, th")
        assert parts
        for one in parts:
            assert plain(one.get_text()) in said, (name, one.get_text()[:80])


def test_links_of_the_markdown_lead_to_things(site, texts):
    ids: dict[str, set] = {}
    for name, text in texts.items():
        links = re.findall(r"\]\(([^()\s]+)\)", text)
        assert links
        for link in links:
            if "://" in link or link.startswith("mailto:"):
                continue
            path, _, anchor = re.sub(r"\?[^#]*", "", link).partition("#")
            target = (site / "book" / path).resolve()
            assert target.exists(), (name, link)
            if anchor:
                if path not in ids:
                    ids[path] = set(re.findall(r'\bid="([^"]+)"', target.read_text("utf-8")))
                assert anchor in ids[path], (name, link)


def test_no_element_and_no_control_is_left(texts):
    for name, text in texts.items():
        assert not re.search(r"</?(div|span|p|a|details|svg|table|td|button)\b", text), name
        assert "Download" not in text or name in ("index", "about", "methods"), name


def test_a_page_links_to_its_markdown_which_has_every_finding(site, texts):
    html = (site / "book/findings.html").read_text("utf-8")
    assert '<link rel="alternate" type="text/markdown" href="findings.md">' in html
    findings = json.loads((site / "findings.json").read_text("utf-8"))["findings"]
    for one in findings:
        assert plain(one["sentence"]) in plain(texts["findings"])


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One <em>two</em>\n three.</p>", "One *two* three.\n"),
        ("<h2>Head<a class='headerlink' href='#x'>#</a></h2><p>T</p>", "## Head\n\nT\n"),
        ("<ul><li><p>a</p></li><li><p>b</p><ul><li>c</li></ul></li></ul>", "- a\n- b\n  - c\n"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b\n"),
        ("<pre>a\n  b &lt; c\n</pre>", "```\na\n  b < c\n```\n"),
        ("<p>a<br>b</p>", "a b\n"),
        (
            "<table><tr><th>A</th><th>B|C</th></tr><tr><td>1</td><td><p>2</p></td></tr></table>",
            "| A | B\\|C |\n| --- | --- |\n| 1 | 2 |\n",
        ),
        (
            "<p>See <a href='#x'>x</a>, <a href='../d.csv'>d</a></p>",
            "See [x](p.html#x), [d](../d.csv)\n",
        ),
        ("<svg><text>drawn</text></svg><p>said</p>", "said\n"),
    ],
)
def test_html_becomes_markdown(html, text):
    assert converted(html, "p.html") == text


def test_links_are_whole_where_the_book_has_an_address():
    html = "<p><a href='#x'>x</a> <a href='../d.csv'>d</a></p>"
    said = converted(html, "https://a.test/b/book/p.html")
    assert said == "[x](https://a.test/b/book/p.html#x) [d](https://a.test/b/d.csv)\n"
