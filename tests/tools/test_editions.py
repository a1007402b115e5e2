"""Editions: each stays as it was, beside later ones, with a way between them."""

import hashlib
import json
import re
import shutil
import subprocess
import zipfile

import edition
import pytest
import release
from conftest import ROOT, SmallBook


def git(root, *command):
    subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *command],
        cwd=root,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def sums(folder) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def set_version(root, version: str, date: str = "2026-11-26") -> None:
    """Make the citation one of this version, whichever it was, and the changelog with it."""
    path = root / "CITATION.cff"
    text = re.sub(r"^version: .*$", f'version: "{version}"', path.read_text("utf-8"), flags=re.M)
    text = re.sub(r"^date-released: .*$", f"date-released: {date}", text, flags=re.M)
    path.write_text(text, encoding="utf-8")
    log = root / "CHANGELOG.md"
    before = log.read_text(encoding="utf-8") if log.exists() else ""
    log.write_text(f"## {version} ({date})\n\n- Something.\n\n{before}", encoding="utf-8")


SECOND = "(ch-index)=\n# The book\n\nSecond.\n\n```{gone} ch-old\nIt is gone.\n```\n"


def commit(root, words: str) -> None:
    git(root, "add", "-A")
    git(root, "commit", "-qm", words)


THREE = """
There are {fact}`three:d` things.

```{code-cell} ipython3
from computegap.show.facts import fact

fact("three", 3, "things", "this-book")
```
"""
REVIEWED = {"three": {"value": 3, "unit": "things"}}


def prepare(folder) -> SmallBook:
    """A small book under version control, ready to become edition 2026.1."""
    book = SmallBook(folder)
    book.page("(ch-index)=\n# The book\n\nFirst.\n" + THREE)
    book.add_page("old", "(ch-old)=\n# Old page\n\nOnly in the first edition.\n")
    shutil.copy(ROOT / ".gitignore", folder)
    (folder / "tests").mkdir()
    listed = "book/index.html#ch-index\nbook/old.html#ch-old\n"
    (folder / "tests" / "anchors.txt").write_text(listed, encoding="utf-8")
    (folder / "tests" / "facts.json").write_text(json.dumps(REVIEWED), encoding="utf-8")
    set_version(folder, "2026.1")
    git(folder, "init", "-q")
    commit(folder, "first")
    return book


@pytest.fixture(scope="module")
def editions(tmp_path_factory):
    """The folder of two editions, and the sums and the archive of the first before the second."""
    book = prepare(tmp_path_factory.mktemp("editions"))
    made = book.root / "_editions"
    edition.make("2026.1", book.root)
    before = {"2026.1": sums(made / "2026.1")}
    archives = {"2026.1": next(made.glob("*-2026.1.zip")).read_bytes()}

    set_version(book.root, "2026.2")
    (book.root / "book" / "old.md").unlink()
    toc = "format: jb-book\nroot: book/index\n"
    (book.root / "_toc.yml").write_text(toc, encoding="utf-8")
    book.set("redirects: {}", "redirects: {book/old: index.html}")
    book.page(SECOND + THREE)
    commit(book.root, "second")
    edition.make("2026.2", book.root)
    return made, before, archives


def test_a_later_edition_leaves_earlier_ones_byte_for_byte_as_they_were(editions):
    folder, before, archives = editions
    for version, known in before.items():
        assert sums(folder / version) == known
        assert next(folder.glob(f"*-{version}.zip")).read_bytes() == archives[version]


def test_latest_is_the_newest_edition(editions):
    folder, _, _ = editions
    assert sums(folder / "latest") == sums(folder / "2026.2")
    assert "Second." in (folder / "latest/book/index.html").read_text(encoding="utf-8")


@pytest.mark.audit
def test_a_third_edition_in_a_row_leaves_both_earlier_ones_as_they_were(editions, tmp_path):
    root = tmp_path / "again"
    shutil.copytree(editions[0].parent, root, ignore=shutil.ignore_patterns("_build"))
    folder = root / "_editions"
    before = {version: sums(folder / version) for version in ("2026.1", "2026.2")}
    archives = {path.name: path.read_bytes() for path in folder.glob("*.zip")}
    page = root / "book" / "index.md"
    page.write_text(page.read_text("utf-8").replace("Second", "Third"), encoding="utf-8")
    set_version(root, "2027.1")
    commit(root, "third")
    edition.make("2027.1", root)
    assert {version: sums(folder / version) for version in before} == before
    assert {name: (folder / name).read_bytes() for name in archives} == archives
    assert "Third." in (folder / "latest/book/index.html").read_text(encoding="utf-8")
    assert [one["version"] for one in release.known(root)] == ["2027.1", "2026.2", "2026.1"]


def test_a_citation_names_its_edition_and_its_permanent_address(editions):
    folder, _, _ = editions
    for version in ("2026.1", "2026.2"):
        html = (folder / version / "book" / "index.html").read_text("utf-8")
        assert (
            f"(Edition {version}). https://example.org/{version}/book/index.html#ch-index" in html
        )
        data = json.loads(re.search(r'id="cite-data">(.*?)</script>', html)[1])
        assert (data["edition"], data["version"]) == (version, version)


def test_the_switcher_goes_to_the_same_page_of_the_other_edition(editions, chromium):
    folder, _, _ = editions
    page = chromium.new_page()
    failures = []
    page.on("request", lambda r: r.url.startswith("http") and failures.append(r.url))
    page.goto((folder / "2026.2/book/index.html").as_uri() + "#ch-index")
    page.locator("nav.edition summary").click()
    page.locator("nav.edition").get_by_role("link", name="2026.1").click()
    page.wait_for_url("**/2026.1/book/index.html#ch-index")
    assert "First." in page.locator("article").inner_text()
    assert "newest: 2026.2" in page.locator("nav.edition summary").inner_text()
    page.goto((folder / "2026.1/book/old.html").as_uri())
    page.locator("nav.edition summary").click()
    page.locator("nav.edition").get_by_role("link", name="2026.2").click()
    page.wait_for_url("**/2026.2/**")
    assert "Second." in page.locator("article").inner_text()
    assert failures == []
    page.close()


def test_without_javascript_the_switcher_is_a_link_to_the_list(editions, chromium):
    folder, _, _ = editions
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / "2026.1/book/index.html").as_uri())
    page.get_by_role("link", name="Edition 2026.1").click()
    links = page.locator("ul").first.get_by_role("link")
    assert links.all_inner_texts() == ["2026.2", "2026.1"]
    links.first.click()
    page.wait_for_url("**/2026.2/**")
    context.close()


def test_the_archive_has_pages_and_source_with_checksums_that_hold(editions):
    folder, _, _ = editions
    path = next(folder.glob("*-2026.1.zip"))
    outside = path.with_suffix(".zip.sha256").read_text("utf-8").split()
    assert outside == [hashlib.sha256(path.read_bytes()).hexdigest(), path.name]
    with zipfile.ZipFile(path) as archive:
        top = path.stem
        listed = dict(
            reversed(line.split("  ", 1))
            for line in archive.read(f"{top}/SHA256SUMS").decode().splitlines()
        )
        names = {name.removeprefix(f"{top}/") for name in archive.namelist()} - {"SHA256SUMS"}
        assert set(listed) == names
        assert {"html/book/index.html", "source/CITATION.cff", "html/data/chips.csv"} <= names
        assert not [name for name in names if "_build" in name or "_editions" in name]
        for name, digest in listed.items():
            assert hashlib.sha256(archive.read(f"{top}/{name}")).hexdigest() == digest


def test_an_edition_that_exists_is_never_built_again(editions):
    folder, _, _ = editions
    with pytest.raises(edition.EditionError, match="never rebuilt"):
        edition.make("2026.1", folder.parent)


@pytest.fixture(scope="module")
def unborn(tmp_path_factory):
    return prepare(tmp_path_factory.mktemp("unborn")).root


@pytest.mark.parametrize("version", ["", "1", "2026", "2026.1.1", "../2026.1", "latest"])
def test_what_is_no_version_is_refused(unborn, version):
    with pytest.raises(edition.EditionError, match=r"no version|never rebuilt"):
        edition.make(version, unborn)


def refused(root, version: str = "2026.1") -> list[str]:
    with pytest.raises(edition.EditionError) as told:
        edition.make(version, root)
    assert not (root / "_editions").exists()
    return str(told.value).splitlines()[1:]


def test_everything_that_is_wrong_is_listed_at_once_before_an_edition_is_built(unborn, capfd):
    """Another version, no paragraph, a file beside, an address lost, one new, a number unseen."""
    (unborn / "tests" / "facts.json").write_text(
        json.dumps({"three": {"value": 4, "unit": "things"}}), encoding="utf-8"
    )
    listed = "book/index.html#ch-index\nbook/index.html#fig-renamed\n"
    (unborn / "tests" / "anchors.txt").write_text(listed, encoding="utf-8")
    assert refused(unborn, "2026.3") == [
        "CITATION.cff is of version 2026.1; set version and date-released there",
        "CHANGELOG.md: a paragraph on 2026.3 is missing, '## 2026.3 (2026-11-26)'",
        "commit first, so that the edition has a source:  M tests/anchors.txt,  M tests/facts.json",
        "address book/index.html#fig-renamed: people cite it; give it back, or say where it went "
        "(gone)",
        "address book/old.html#ch-old: not in tests/anchors.txt; run make anchors",
        "fact three: reviewed 4, found 3; look at it, then make facts",
    ]
    assert not (unborn / "_build" / "edition").exists()


def test_what_changed_lies_beside_the_editions(editions):
    folder = editions[0]
    said = json.loads((folder / "changes.json").read_text("utf-8"))
    assert [(one["from"], one["to"]) for one in said["steps"]][:1] == [("2026.1", "2026.2")]
    assert (folder / "changes" / "2026.1-2026.2.html").is_file()
    assert "changes.atom" in (folder / "index.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("## 2026.1 (not yet published)\n\n- First.\n", "headed 'not yet published'"),
        ("## 2026.1\n\n- First.\n", "headed ''"),
        ("## 2026.1 (2026-11-26)\n\n## 2025.9 (2025-01-01)\n", "says nothing"),
        ("", "is missing"),
    ],
)
def test_a_changelog_without_a_dated_paragraph_is_refused(tmp_path, text, said):
    (tmp_path / "CHANGELOG.md").write_text(text, encoding="utf-8")
    (line,) = release.of_changelog("2026.1", {"date-released": "2026-11-26"}, tmp_path)
    assert said in line


def test_the_heading_of_a_published_edition_has_to_keep_its_date(tmp_path):
    (tmp_path / "_editions/2026.1").mkdir(parents=True)
    said = json.dumps({"version": "2026.1", "date": "2026-11-26", "pages": []})
    (tmp_path / "_editions/2026.1/edition.json").write_text(said, encoding="utf-8")
    text = "## 2026.2 (2027-01-20)\n\n- Second.\n\n## 2026.1 (not yet published)\n\n- First.\n"
    (tmp_path / "CHANGELOG.md").write_text(text, encoding="utf-8")
    found = list(release.of_changelog("2026.2", {"date-released": "2027-01-20"}, tmp_path))
    assert found == [
        "CHANGELOG.md: 2026.1 is headed 'not yet published', expected its date, '2026-11-26'"
    ]


def test_a_readme_with_another_number_is_found():
    facts = {key: {"value": 7} for key, _ in release.FINDS}
    numbers = [format(7, spec) for _, spec in release.FINDS]
    text = f"It finds that {' and '.join(numbers)}.\n\n![x](y)"
    assert [one for one in release.readme_numbers(text, facts) if one[1] != one[2]] == []
    wrong = text.replace("7.0", "8.0", 1)
    changed = [one for one in release.readme_numbers(wrong, facts) if one[1] != one[2]]
    assert changed == [("ratio-compute-smuggled", "8.0", "7.0")]


# An edition that has a fault


@pytest.fixture
def published(editions, tmp_path):
    """A copy of the editions, to withdraw one of."""
    shutil.copytree(editions[0], tmp_path / "_editions")
    return tmp_path


def test_a_withdrawn_edition_says_so_and_why_and_stays_as_it_was(published, editions, chromium):
    edition.withdraw("2026.2", "The stock of 2025 was counted twice.", root=published)
    folder = published / "_editions"
    assert sums(folder / "2026.2") == sums(editions[0] / "2026.2")
    assert sums(folder / "latest") == sums(folder / "2026.1")
    assert "was counted twice" in (folder / "index.html").read_text(encoding="utf-8")
    page = chromium.new_page()
    page.goto((folder / "2026.2/book/index.html").as_uri())
    notice = page.locator(".withdrawn").inner_text()
    assert "withdrawn" in notice and "The stock of 2025 was counted twice." in notice
    page.goto((folder / "2026.1/book/index.html").as_uri())
    assert page.locator("nav.edition summary").inner_text() == "Edition 2026.1"
    assert page.locator(".withdrawn").count() == 0
    page.close()


def test_a_withdrawn_number_is_marked_where_it_stands_with_the_reason(published, chromium):
    edition.withdraw("2026.1", "Two of them were one.", "three", root=published)
    folder = published / "_editions"
    page = chromium.new_page()
    page.goto((folder / "2026.1/book/index.html").as_uri())
    notice = page.locator(".withdrawn").inner_text()
    assert notice.startswith("The number 3 (three) was withdrawn on ")
    assert notice.endswith("Two of them were one.")
    assert page.locator("a.is-withdrawn").inner_text() == "3"
    # The edition stands; another page, and another edition, say nothing.
    page.goto((folder / "2026.1/book/old.html").as_uri())
    page.locator("nav.edition summary").wait_for()
    assert page.locator(".withdrawn").count() == 0
    assert release.known(published)[0]["version"] == "2026.2"
    page.close()


def test_a_withdrawal_needs_an_edition_a_reason_and_a_number_that_it_has(published):
    for version, reason, number, said in (
        ("2031.1", "wrong", "", "no edition"),
        ("2026.1", " ", "", "say why"),
        ("2026.1", "wrong", "no-such-number", "no number 'no-such-number'"),
    ):
        with pytest.raises(edition.EditionError, match=said):
            edition.withdraw(version, reason, number, root=published)
    assert not (published / "_editions/withdrawn.json").exists()
