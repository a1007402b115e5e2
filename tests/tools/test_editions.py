"""Editions: each stays as it was, beside later ones, with a way between them."""

import hashlib
import json
import re
import shutil
import subprocess
import zipfile

import edition
import pytest
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


def set_version(root, old: str, new: str) -> None:
    path = root / "CITATION.cff"
    path.write_text(path.read_text("utf-8").replace(f'"{old}"', f'"{new}"'), encoding="utf-8")


def prepare(folder) -> SmallBook:
    """A small book under version control, ready to become edition 2026.1."""
    book = SmallBook(folder)
    book.page("(ch-index)=\n# The book\n\nFirst.\n")
    book.add_page("old", "(ch-old)=\n# Old page\n\nOnly in the first edition.\n")
    shutil.copy(ROOT / ".gitignore", folder)
    (folder / "tests").mkdir()
    listed = "book/index.html#ch-index\nbook/old.html#ch-old\n"
    (folder / "tests" / "anchors.txt").write_text(listed, encoding="utf-8")
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "first")
    return book


@pytest.fixture(scope="module")
def editions(tmp_path_factory):
    """The folder of two editions made one after the other, and the sums of the first before."""
    book = prepare(tmp_path_factory.mktemp("editions"))
    edition.make("2026.1", book.root)
    before = sums(book.root / "_editions" / "2026.1")
    archive = next((book.root / "_editions").glob("*-2026.1.zip")).read_bytes()

    set_version(book.root, "2026.1", "2026.2")
    book.page("(ch-index)=\n# The book\n\nSecond.\n")
    (book.root / "book" / "old.md").unlink()
    toc = "format: jb-book\nroot: book/index\n"
    (book.root / "_toc.yml").write_text(toc, encoding="utf-8")
    git(book.root, "add", "-A")
    git(book.root, "commit", "-qm", "second")
    edition.make("2026.2", book.root)
    return book.root / "_editions", before, archive


def test_a_later_edition_leaves_the_first_byte_for_byte_as_it_was(editions):
    folder, before, archive = editions
    assert sums(folder / "2026.1") == before
    assert next(folder.glob("*-2026.1.zip")).read_bytes() == archive


def test_latest_is_the_newest_edition(editions):
    folder, _, _ = editions
    assert sums(folder / "latest") == sums(folder / "2026.2")


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
    page.locator("nav.edition").get_by_role("link", name="without this page").click()
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


def test_a_version_that_the_citation_does_not_have_is_refused(unborn):
    with pytest.raises(edition.EditionError, match=r"CITATION.cff is of version 2026.1"):
        edition.make("2027.1", unborn)


def test_files_that_are_not_committed_are_no_edition(unborn):
    extra = unborn / "book" / "extra.md"
    extra.write_text("# Extra\n", encoding="utf-8")
    with pytest.raises(edition.EditionError, match="commit first"):
        edition.make("2026.1", unborn)
    extra.unlink()


def test_an_address_that_is_not_listed_is_refused_before_it_is_published(unborn):
    listed = unborn / "tests" / "anchors.txt"
    listed.write_text("book/index.html#ch-index\n", encoding="utf-8")
    git(unborn, "commit", "-qam", "forget one")
    with pytest.raises(edition.EditionError, match=r"make anchors; 1 addresses are new"):
        edition.make("2026.1", unborn)
    assert not (unborn / "_editions").exists()


def test_what_changed_lies_beside_the_editions(editions):
    folder = editions[0]
    said = json.loads((folder / "changes.json").read_text("utf-8"))
    assert [(one["from"], one["to"]) for one in said["steps"]][:1] == [("2026.1", "2026.2")]
    assert (folder / "changes" / "2026.1-2026.2.html").is_file()
    assert "changes.atom" in (folder / "index.html").read_text("utf-8")
