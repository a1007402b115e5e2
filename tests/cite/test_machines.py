"""What machines read: tags, JSON-LD, site map, llms.txt, bibliography; and the one address."""

import json
import re
from xml.etree import ElementTree

import jsonschema
import pytest
from _ext.cite import references
from bs4 import BeautifulSoup
from computegap import package
from pybtex.database import parse_file

PLACEHOLDER = "https://example.org/"


@pytest.fixture(scope="module")
def pages(site) -> dict[str, BeautifulSoup]:
    return {
        path.relative_to(site).as_posix(): BeautifulSoup(
            re.sub(r"<svg.*?</svg>", "", path.read_text("utf-8"), flags=re.DOTALL), "html.parser"
        )
        for path in site.glob("book/*.html")
    }


@pytest.fixture(scope="module")
def graphs(pages) -> dict[str, list[dict]]:
    """The JSON-LD of each page, as the list of its things."""
    found = {}
    for name, page in pages.items():
        data = json.loads(page.find("script", type="application/ld+json").string)
        assert data["@context"] == "https://schema.org"
        found[name] = data["@graph"]
    return found


def of(graph: list[dict], kind: str) -> list[dict]:
    return [one for one in graph if one["@type"] == kind]


def tags(page) -> dict[str, str]:
    return {
        tag.get("name") or tag.get("property"): tag["content"]
        for tag in page.select("meta[content]")
        if tag.get("name") or tag.get("property")
    }


def test_every_page_has_the_tags_that_indexes_of_literature_read(pages):
    for name, page in pages.items():
        found = tags(page)
        assert found["citation_author"] == "Computegap"
        assert re.fullmatch(r"\d{4}/\d\d/\d\d", found["citation_publication_date"])
        assert found["citation_fulltext_html_url"] == found["og:url"] == PLACEHOLDER + name
        title = page.select_one("article h1").find(string=True, recursive=False)
        if name == "book/index.html":
            # The overview's heading is its answer.
            title = page.title.string
        assert found["citation_title"] == found["og:title"] == title
        if name != "book/index.html":
            assert found["citation_inbook_title"] == found["og:site_name"]


def test_the_tags_have_publisher_abstract_and_every_source_of_the_page(pages):
    sources = package.by("sources", "source_id")
    referred = 0
    for name, page in pages.items():
        found = tags(page)
        assert found["citation_publisher"] == "Computegap"
        assert ("citation_abstract" in found) == ("description" in found)
        linked = {
            link["href"].split("#source-")[1]
            for link in page.select('article a[href*="references.html#source-"]')
        }
        said = [tag["content"] for tag in page.select("meta[name=citation_reference]")]
        assert len(set(said)) == len(said)
        for one in linked if name not in LISTS else ():
            title = " ".join(sources[one]["title"].replace(";", ",").split())
            assert any(line.startswith(f"citation_title={title}") for line in said), one
        for line in said:
            assert all(part.startswith("citation_") for part in line.split("; ")), line
        referred += len(said)
    assert referred > len(sources) / 2


# Pages that list what others cite.
LISTS = ("book/references.html", "book/data.html", "book/findings.html")


def everything(thing):
    """Every value of a JSON-LD, with the property that it is of."""
    if isinstance(thing, dict):
        for key, value in thing.items():
            yield key, value
            yield from everything(value)
    if isinstance(thing, list):
        for one in thing:
            yield from everything(one)


def test_no_property_is_empty_and_no_description_holds_markup(graphs, pages):
    for name, graph in graphs.items():
        for key, value in everything(graph):
            assert value not in ("", [], {}, None), (name, key)
            if key in ("url", "@id", "contentUrl") or (key == "isBasedOn" and value):
                for address in [value] if isinstance(value, str) else value:
                    assert address.startswith("http"), (name, key, value)
            if key in ("description", "abstract", "claimReviewed", "ratingExplanation"):
                assert not re.search(r"</?[a-z]+[ >]|`|\]\(", value), (name, value)
        for key, value in tags(pages[name]).items():
            if "description" in key or "abstract" in key:
                assert "<" not in value and "href" not in value, (name, value)
        # It would outrank the page in Zotero and turn it into a list.
        assert not pages[name].select(".Z3988")


def test_a_review_says_why_on_what_evidence_and_of_which_article(graphs):
    evidence = {row["claim_id"]: row for row in package.rows("evidence") if row["source_id"]}
    sources = package.by("sources", "source_id")
    seen = 0
    for graph in graphs.values():
        for review in of(graph, "ClaimReview"):
            claim_id = review["url"].split("#claim-")[1].upper()
            assert review["reviewRating"]["ratingExplanation"]
            where = review["itemReviewed"]["appearance"]
            assert where["headline"] == "The Computing Power Dilemma in the Sino-US AI Rivalry"
            assert (where["publisher"]["name"], where["datePublished"]) == ("marsbit", "2026-06-22")
            # No address of it is known, so none is given.
            assert "url" not in where
            if claim_id in evidence:
                assert sources[evidence[claim_id]["source_id"]]["url"] in review["isBasedOn"]
                seen += 1
    assert seen > 100


def test_the_front_page_is_a_book_and_every_other_a_chapter_of_it(graphs):
    (book,) = of(graphs["book/index.html"], "Book")
    assert {"name", "author", "datePublished", "license", "url", "publisher"} <= set(book)
    assert book["bookEdition"].endswith(", draft")
    for name, graph in graphs.items():
        if name != "book/index.html":
            (chapter,) = of(graph, "Chapter")
            assert chapter["isPartOf"]["@id"] == book["@id"]


def test_each_data_table_is_a_dataset_that_can_be_downloaded(graphs, site, descriptor):
    sets = of(graphs["book/data.html"], "Dataset")
    assert [one["name"] for one in sets] == [r["title"] for r in descriptor["resources"]]
    for one in sets:
        # What dataset indexes ask for.
        assert 50 <= len(one["description"]) <= 5000
        assert one["license"] and one["creator"]
        (file,) = one["distribution"]
        assert (site / file["contentUrl"].removeprefix(PLACEHOLDER)).is_file()
        page, anchor = one["url"].removeprefix(PLACEHOLDER).split("#")
        assert f'id="{anchor}"' in (site / page).read_text("utf-8")


def test_each_claim_is_reviewed_with_the_verdict_that_its_block_shows(graphs, pages):
    count = 0
    for name, graph in graphs.items():
        reviews = {one["url"].split("#")[1]: one for one in of(graph, "ClaimReview")}
        blocks = {block["id"]: block for block in pages[name].select("div.claim")}
        assert set(reviews) == set(blocks)
        for anchor, review in reviews.items():
            count += 1
            rating = review["reviewRating"]
            shown = blocks[anchor].select_one(".claim-verdict").get_text()
            assert rating["alternateName"] in shown
            assert 1 <= rating.get("ratingValue", 1) <= rating.get("bestRating", 5)
            assert review["itemReviewed"]["@type"] == "Claim"
            assert review["claimReviewed"] and review["author"] and review["datePublished"]
    assert count


def test_the_site_map_lists_every_page_once(site, pages):
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    found = [loc.text for loc in ElementTree.parse(site / "sitemap.xml").iter(f"{space}loc")]
    assert sorted(found) == sorted(PLACEHOLDER + name for name in pages)


def test_llms_txt_has_the_form_of_its_kind_and_its_links_lead_to_files(site):
    text = (site / "llms.txt").read_text("utf-8")
    assert text.startswith("# The Computing Power Dilemma, Examined\n\n> ")
    heads = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert heads == ["Findings", "Pages", "Data", "Optional"]
    items = [line for line in text.splitlines() if line.startswith("- ")]
    links = [re.match(r"- \[[^\]]+\]\(([^)]+)\)", line)[1] for line in items]
    for link in links:
        name, _, anchor = link.partition("#")
        assert (site / name).is_file(), link
        if anchor:
            assert f'id="{anchor}"' in (site / name).read_text("utf-8"), link


def test_the_whole_text_for_assistants_has_the_findings_that_readers_see(site, pages):
    text = (site / "llms-full.txt").read_text("utf-8")
    for name, page in pages.items():
        assert f"]({PLACEHOLDER}{name})" in text
        for paragraph in page.select("div.finding > .finding-say"):
            assert " ".join(paragraph.get_text().split()) in text
    assert "{fact}" not in text


@pytest.mark.parametrize("name", ["facts", "claims", "findings"])
def test_a_file_for_machines_fits_its_schema_and_agrees_with_the_pages(site, pages, name):
    said = json.loads((site / f"{name}.json").read_text("utf-8"))
    schema = json.loads((site / f"{name}.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(said, schema)
    assert said["schema"] == f"{name}.schema.json"
    for one in said[name]:
        page, _, anchor = one["address"].partition("#")
        place = pages[page].find(id=anchor)
        assert place is not None, one["address"]
        if name == "claims":
            assert one["verdict"].capitalize() in place.select_one(".claim-verdict").get_text()
        if name == "findings":
            shown = " ".join(place.select_one(".finding-say").get_text().split())
            assert one["sentence"] == shown


def test_every_reviewed_number_is_in_the_file_for_machines(site, facts):
    said = json.loads((site / "facts.json").read_text("utf-8"))["facts"]
    assert {one["id"]: one["value"] for one in said} == {k: f["value"] for k, f in facts.items()}


def test_one_setting_changes_every_address_and_a_build_without_it_says_so(example, addressed):
    assert example.log.count("no public address is set") == 1
    assert "no public address" not in addressed.log
    html = addressed.html()
    address = "https://compute.test/cpd/book/index.html"
    assert re.search(rf'<link rel="canonical" href="{address}" */?>', html)
    assert f"{address}#ch-index</p>" in html
    assert "example.org" not in html
    for name in ("sitemap.xml", "llms.txt"):
        assert address in (addressed.root / "_build/html" / name).read_text("utf-8")


# The bibliography


def test_each_source_is_once_in_the_bibliography_under_its_own_id(site, pages):
    entries = parse_file(site.parent / "references.bib", "bibtex").entries
    sources = package.rows("sources")
    assert list(entries) == [source["source_id"] for source in sources]
    assert all(entries[s["source_id"]].fields["url"] == s["url"] for s in sources)
    shown = [one["id"] for one in pages["book/references.html"].select("div.citation")]
    assert sorted(shown) == sorted(f"source-{s['source_id']}" for s in sources)


def test_a_reference_shows_title_publisher_and_dates_as_the_table_has_them(pages):
    for source in package.rows("sources"):
        shown = pages["book/references.html"].find(id=f"source-{source['source_id']}")
        text = " ".join(shown.get_text().split()).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
        for part in ("title", "publisher", "published_date", "accessed_date"):
            wanted = " ".join(source[part].split()).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
            assert wanted.rstrip(".") in text, (source["source_id"], part)


def test_a_link_to_a_source_says_when_it_was_read_and_where_a_copy_is(pages):
    copies = dated = 0
    own, copied = {one["url"] for one in package.rows("sources")}, {}
    for source in package.rows("sources"):
        copied.setdefault(source["archive_url"], []).append(source["url"])
    for source in package.rows("sources"):
        shown = pages["book/references.html"].find(id=f"source-{source['source_id']}")
        link = shown.find("a", href=source["url"], class_="external")
        assert link.get("data-versionurl", "") == source["archive_url"]
        day = source["accessed_date"]
        assert link.get("data-versiondate", "") == (day if len(day) == 10 else "")
        dated += bool(day)
        if source["archive_url"]:
            copy = shown.find("a", href=source["archive_url"])
            # A copy may be a source of its own, or one of two.
            if source["archive_url"] not in own:
                assert copy["data-originalurl"] in copied[source["archive_url"]]
            assert copy.get_text() == "stored copy"
            copies += 1
    assert copies > 5 and dated > 100


def test_links_back_from_a_reference_lead_to_what_cites_it(site, pages):
    back = pages["book/references.html"].select(".cited-in a")
    assert back
    ids = {name: {one["id"] for one in page.select("[id]")} for name, page in pages.items()}
    for link in back:
        name, anchor = link["href"].split("#")
        assert anchor in ids[f"book/{name}"], link["href"]


def test_a_source_is_cited_in_text_by_its_id(example):
    assert 'href="references.html#source-fred-gpdi"' in example.html("cites")


def test_labels_tell_sources_of_one_publisher_and_year_apart():
    assert [references._letters(number) for number in (1, 26, 27, 52)] == ["a", "z", "aa", "az"]


# The page of data


def test_the_data_page_describes_every_column(pages, descriptor):
    for resource in descriptor["resources"]:
        name = resource["name"]
        section = pages["book/data.html"].find(id=f"data-{name.replace('_', '-')}")
        cells = [cell.get_text() for cell in section.select("tbody tr > :first-child")]
        assert cells == [field["name"] for field in package.schema(name)["fields"]]
        text = section.get_text().replace("\u2019", "'")
        assert resource["derivation"].split(".")[0][:30] in text


def test_the_data_package_lies_beside_the_pages_byte_for_byte(site):
    for path in [*package.DATA.glob("*.csv"), *package.DATA.glob("*.json")]:
        assert (site / "data" / path.name).read_bytes() == path.read_bytes()


def test_links_to_files_of_the_data_package_exist(site, pages):
    links = pages["book/data.html"].select("a[download]")
    assert links
    assert [a["href"] for a in links if not (site / "book" / a["href"]).resolve().is_file()] == []
