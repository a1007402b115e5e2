"""What programs that manage citations make of ours: citation-js, pandoc, biber."""

import json
import random
import re
import shutil
import subprocess

import pytest
from conftest import ROOT

BOOK = "The Computing Power Dilemma, Examined"
AUTHOR = "Computegap"
COUNT = 100


@pytest.fixture(scope="module")
def chosen(site) -> dict[str, list]:
    """A hundred things, some of each kind, numbers and findings among them: page -> things."""
    by_kind: dict[str, list] = {}
    for path in sorted(site.glob("book/*.html")):
        held = re.search(r'id="cite-data">(.*?)</script>', path.read_text("utf-8"))
        for anchor, (kind, title) in json.loads(held[1])["things"].items():
            by_kind.setdefault(kind, []).append((path.name, anchor, title))
    facts = json.loads((site / "facts.json").read_text("utf-8"))["facts"]
    by_kind["number"] = [
        (
            one["address"].split("#")[0].split("/")[-1],
            one["id"],
            f"{one['value']} (fact {one['id']})",
        )
        for one in facts
    ]
    assert set(by_kind) >= {"book", "chapter", "section", "figure", "table", "claim", "finding"}
    chance = random.Random(len(facts))
    picked = [(kind, chance.choice(things)) for kind, things in sorted(by_kind.items())]
    rest = [(kind, one) for kind, things in sorted(by_kind.items()) for one in things]
    picked += chance.sample([one for one in rest if one not in picked], COUNT - len(picked))
    found: dict[str, list] = {}
    for kind, (page, anchor, title) in picked:
        found.setdefault(page, []).append((kind, anchor, title))
    return found


@pytest.fixture(scope="module")
def records(site, chosen, chromium) -> list[dict]:
    """Each thing with its citation in every format, as its page makes it; opened at the thing."""
    page, found = chromium.new_page(), []
    for name, things in chosen.items():
        page.goto((site / "book" / name).as_uri())
        for kind, anchor, title in things:
            place = f"fact-{anchor}" if kind == "number" else anchor
            assert page.locator(f"[id='{place}']").count() == 1, (name, place)
            given = {
                form: page.evaluate(
                    "([kind, anchor, title, form]) => kind === 'number'"
                    " ? bookNumber(anchor, title, `#fact-${anchor}`, form)"
                    " : bookCitation(anchor, form)",
                    [kind, anchor, title, form],
                )
                for form in ("BibTeX", "RIS", "CSL-JSON")
            }
            address = f"https://example.org/book/{name}#{place}"
            found.append({"kind": kind, "title": title, "address": address, **given})
    page.close()
    assert len(found) == COUNT
    return found


def page_of(fact: dict) -> str:
    return fact["address"].split("#")[0].split("/")[-1]


def words(text: str) -> str:
    """Letters and digits alone: clients set quotes, dashes and capitals of their own."""
    return "".join(sign for sign in text.lower() if sign.isalnum())


@pytest.mark.audit
def test_citation_js_keeps_author_title_book_edition_and_address(records, node_packages):
    given = [{"bib": one["BibTeX"], "ris": one["RIS"], "csl": one["CSL-JSON"]} for one in records]
    done = subprocess.run(
        ["node", "clients.mjs"],
        cwd=ROOT / "tests",
        input=json.dumps(given),
        text=True,
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr
    for one, read in zip(records, json.loads(done.stdout), strict=True):
        for form in ("bib", "ris", "csl"):
            item, where = read[form], (form, one["address"], read[form])
            (author,) = item["author"]
            assert AUTHOR in (author.get("literal"), author.get("family")), where
            assert words(item["title"]) == words(one["title"].rstrip(".")), where
            assert item["URL"] == one["address"], where
            assert item["issued"]["date-parts"][0][0] == 2026, where
            assert item["type"] not in ("software", "article-journal", "graphic"), where
            whole = json.dumps(item, ensure_ascii=False)
            assert BOOK in whole and "2026.1, draft" in whole, where
        assert read["apa"].startswith(f"{AUTHOR}. (2026"), read["apa"]
        assert one["address"] in read["apa"]


@pytest.fixture(scope="module")
def pandoc() -> str:
    return shutil.which("pandoc") or pytest.skip("pandoc is missing: apt-get install pandoc")


def converted(pandoc: str, form: str, text: str) -> list[dict]:
    command = [pandoc, "--from", form, "--to", "csljson"]
    done = subprocess.run(command, input=text, text=True, capture_output=True)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


@pytest.mark.audit
def test_pandoc_keeps_author_title_book_edition_and_address(records, pandoc):
    for form, name in (("bibtex", "BibTeX"), ("biblatex", "BibTeX")):
        read = converted(pandoc, form, "\n".join(one[name] for one in records))
        by_address = {item["URL"]: item for item in read}
        assert set(by_address) == {one["address"] for one in records}
        for one in records:
            item = by_address[one["address"]]
            (author,) = item["author"]
            assert AUTHOR in (author.get("literal"), author.get("family")), item
            assert words(item["title"]) == words(one["title"].rstrip(".")), item
            whole = json.dumps(item, ensure_ascii=False)
            assert BOOK in whole and "2026.1, draft" in whole, item


@pytest.mark.audit
def test_pandoc_s_citeproc_names_every_thing(records, pandoc, tmp_path):
    items = [json.loads(one["CSL-JSON"])[0] for one in records]
    (tmp_path / "all.json").write_text(json.dumps(items), encoding="utf-8")
    text = "---\nnocite: '@*'\n---\n"
    command = [pandoc, "--citeproc", "--bibliography", str(tmp_path / "all.json")]
    done = subprocess.run(
        [*command, "--to", "plain", "--wrap=none"], input=text, text=True, capture_output=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    entries = done.stdout.strip().split("\n\n")
    assert len(entries) == len(records)
    for one in records:
        (entry,) = (entry for entry in entries if f"{one['address']}." in f"{entry}.")
        assert words(one["title"].rstrip(".")) in words(entry)
        assert AUTHOR in entry
        assert ".." not in entry and "?." not in entry, entry


@pytest.mark.audit
def test_biber_finds_nothing_against_its_data_model(records, tmp_path):
    biber = shutil.which("biber") or pytest.skip("biber is missing: apt-get install biber")
    (tmp_path / "all.bib").write_text("\n".join(one["BibTeX"] for one in records), "utf-8")
    command = [biber, "--tool", "--validate-datamodel", "all.bib"]
    done = subprocess.run(command, cwd=tmp_path, text=True, capture_output=True)
    assert done.returncode == 0, done.stdout
    assert not re.search(r"^(WARN|ERROR)", done.stdout, re.MULTILINE), done.stdout[-3000:]
    kept = (tmp_path / "all_bibertool.bib").read_text("utf-8")
    assert len(re.findall(r"^@", kept, re.MULTILINE)) == COUNT
