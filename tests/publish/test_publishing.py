"""Builds that fail, are killed, or meet each other leave a whole book."""

import random
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from conftest import PATIENCE, STRICT, Kept, SmallBook

CELL = "```{code-cell} ipython3\n%s\n```\n"
SPENDING = """from computegap.show.facts import fact
from computegap.tables import load

capex = load("capex").query("company == 'Alphabet' and year == 2020")
fact("alphabet-2020", capex["capex_usd_billion"].iloc[0], "USD billion", "capex")"""


# A cell that says that it runs, and runs until it is told to end.
SLOW = (
    SPENDING
    + """
import pathlib, time

pathlib.Path({begun!r}).touch()
while not pathlib.Path({end!r}).exists():
    time.sleep(0.05)"""
)


def with_pages(book: SmallBook) -> SmallBook:
    """A number and, on other pages, a quote of it, a glossary, a bibliography, and text."""
    book.page("# Spending\n\n" + CELL % SPENDING)
    book.add_page("text", "# Text\n\nOne spent {fact}`alphabet-2020:.1f`.\n")
    book.add_page("words", "# Words\n\n```{glossary}\nchip\n: A piece of silicon.\n```\n")
    book.add_page("references", "# References\n\n```{bibliography}\n:all:\n```\n")
    book.add_page("more", "# More\n\nSome text.\n")
    return book


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> Kept:
    return Kept(with_pages(SmallBook(tmp_path_factory.mktemp("pages"))))


@pytest.fixture
def pages(kept) -> SmallBook:
    """A good book that has been built."""
    return kept.fresh()


def start(book: SmallBook) -> subprocess.Popen:
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", ".", *STRICT]
    return subprocess.Popen(
        command, cwd=book.root, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def contents(book: SmallBook) -> dict[str, bytes]:
    """Every file of the published book."""
    html = book.root / "_build" / "html"
    return {str(p.relative_to(html)): p.read_bytes() for p in html.rglob("*") if p.is_file()}


def different(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def test_a_failed_build_leaves_the_last_good_book_and_fails_again_until_mended(pages):
    good = contents(pages)
    pages.page("# Text\n\nOne spent {fact}`nobody-says:.1f`.\n", "text")
    for _ in range(2):
        done = pages.build()
        assert done.returncode != 0
        assert "no cell states the fact 'nobody-says'" in done.stdout
        assert different(contents(pages), good) == []
    pages.page("# Text\n\nIt spent {fact}`alphabet-2020:.1f`.\n", "text")
    assert pages.build().returncode == 0
    assert "It spent" in pages.html("text")


def test_a_number_that_could_not_be_written_is_written_by_the_next_build(pages):
    facts = pages.root / "book" / "_ext" / "page" / "quotes.py"
    text = facts.read_text(encoding="utf-8")
    broken = text.replace('value = nodes.inline("", text', 'value = 1 / 0, ("", text', 1)
    assert broken != text
    facts.write_text(broken, encoding="utf-8")
    pages.change_cell("capex", 2, "22.3", "23.4")
    assert pages.build().returncode != 0
    assert ">22.3<" in pages.html("text")
    facts.write_text(text, encoding="utf-8")
    assert pages.build().returncode == 0
    assert ">23.4<" in pages.html("text")


@pytest.fixture(scope="module")
def clean(tmp_path_factory) -> dict[str, dict[str, bytes]]:
    """The book as clean builds give it, for two values of one cell."""
    built = {}
    for value in ("22.3", "23.4"):
        book = with_pages(SmallBook(tmp_path_factory.mktemp("clean")))
        book.change_cell("capex", 2, "22.3", value)
        assert book.build().returncode == 0
        built[value] = contents(book)
    return built


@pytest.mark.parametrize(
    "kills",
    [
        2,
        pytest.param(10, marks=pytest.mark.audit),
        pytest.param(100, marks=pytest.mark.audit_all),
    ],
)
def test_a_build_after_a_killed_one_gives_the_book_of_a_clean_build(clean, pages, kills):
    moments = random.Random(6)
    old, new = "22.3", "23.4"
    # How long a build takes that has as much to do as those that are killed.
    began = time.monotonic()
    _change(pages, old, new)
    assert pages.build().returncode == 0
    whole = time.monotonic() - began
    for attempt in range(kills):
        old, new = new, old
        _change(pages, old, new)
        killed = start(pages)
        # Evenly from the start to the end of a build, however few there are.
        time.sleep(whole * (attempt + moments.random()) / kills)
        killed.kill()
        killed.communicate()
        done = pages.build()
        assert done.returncode == 0, done.stdout
        changed = [n for n in different(contents(pages), clean[new]) if n[:8] != "_sources"]
        assert changed == [], attempt


def _change(book: SmallBook, old: str, new: str) -> None:
    """Another number, and another text too, so that a build has something to read and to write."""
    book.change_cell("capex", 2, old, new)
    page = book.root / "book" / "index.md"
    page.write_text(page.read_text(encoding="utf-8") + "\n", encoding="utf-8")


def test_the_kernels_of_a_killed_build_end_too(book):
    # They would run for longer than this test waits for their end.
    sleep = f"time.sleep({10 * PATIENCE})"
    cell = f"import os, pathlib, time\n\npathlib.Path(f'{{os.getpid()}}.pid').touch()\n{sleep}"
    book.page("# One\n\n" + CELL % cell)
    book.add_page("other", "# Other\n\n" + CELL % cell)
    killed = start(book)
    _wait_until(lambda: len(list((book.root / "book").glob("*.pid"))) == 2)
    kernels = [int(path.stem) for path in (book.root / "book").glob("*.pid")]
    killed.kill()
    killed.communicate()
    _wait_until(lambda: not any(map(_runs, kernels)))


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _wait_until(happened) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def slow(pages, tmp_path):
    """A build that runs until it is told to end, and the way to tell it."""
    begun, end = tmp_path / "begun", tmp_path / "end"
    pages.page("# Spending\n\n" + CELL % SLOW.format(begun=str(begun), end=str(end)))
    building = start(pages)
    _wait_until(begun.exists)
    yield building, end.touch
    building.kill()
    building.wait()


def test_a_second_build_waits_for_the_first_and_says_so(pages, slow):
    first, let_it_end = slow
    second = start(pages)
    said = ""
    while "another build of this folder is running; waiting for it" not in said:
        line = second.stdout.readline()
        assert line, said
        said += line
    assert first.poll() is None
    let_it_end()
    said_first, _ = first.communicate()
    said += second.communicate()[0]
    assert first.returncode == 0, said_first
    assert second.returncode == 0, said
    assert "executed" not in said
    assert ">22.3<" in pages.html("text")


def test_builds_one_after_another_give_what_a_clean_build_gives(clean, pages):
    pages.change_cell("capex", 2, "22.3", "23.4")
    assert pages.build().returncode == 0
    assert different(contents(pages), clean["23.4"]) == []


def test_a_sentence_changes_its_page_and_no_other_file(pages):
    before = contents(pages)
    page = pages.root / "book" / "text.md"
    page.write_text(page.read_text(encoding="utf-8") + "\nOne spent.\n", encoding="utf-8")
    assert pages.build().returncode == 0
    changed = ["_sources/book/text.md", "book/text.html", "book/text.md", "search-records.js"]
    assert different(contents(pages), before) == changed


def test_a_build_of_another_kind_in_between_leaves_no_page_behind(pages):
    pages.change_cell("capex", 2, "22.3", "23.4")
    pages.page("# More\n\nSome text {cite}`epoch-chip-owners`.\n", "more")
    assert pages.build("--builder", "dirhtml").returncode == 0
    assert pages.build().returncode == 0
    assert ">23.4<" in pages.html("text")
    assert "Cited in More:" in re.sub("<[^>]*>", "", pages.html("references"))


def test_the_book_that_readers_see_has_no_file_that_a_build_writes(pages):
    _no_file_in_common(pages)
    page = pages.root / "book" / "text.md"
    page.write_text(page.read_text(encoding="utf-8") + "\nA sentence.\n", encoding="utf-8")
    assert pages.build().returncode == 0
    _no_file_in_common(pages)


def _no_file_in_common(book: SmallBook) -> None:
    written, seen = book.root / "_build" / ".html", book.root / "_build" / "html"
    for path in filter(Path.is_file, seen.rglob("*")):
        assert not path.samefile(written / path.relative_to(seen)), path
        assert path.read_bytes() == (written / path.relative_to(seen)).read_bytes(), path


def test_a_page_edited_while_the_book_is_built_is_read_by_the_next_build(pages, slow):
    building, let_it_end = slow
    pages.change_cell("chips", 2, ",", ", ")
    let_it_end()
    building.communicate()
    assert "nothing changed" not in pages.build().stdout


def test_a_removed_page_leaves_the_book(pages):
    assert (pages.root / "_build" / "html" / "book" / "more.html").exists()
    toc = pages.root / "_toc.yml"
    toc.write_text(toc.read_text().replace("  - file: book/more\n", ""))
    (pages.root / "book" / "more.md").unlink()
    done = pages.build()
    assert done.returncode == 0, done.stdout
    left = [name for name in contents(pages) if "more" in name]
    assert left == []
    assert "More" not in pages.html("text")


LINK = "# Text\n\nOne spent {fact}`alphabet-2020:.1f`; see <https://nowhere.invalid/>.\n"


@pytest.fixture(scope="module")
def several(tmp_path_factory) -> tuple[SmallBook, dict[str, bytes]]:
    """A built book whose one address leads nowhere, so that no host is asked, and its contents."""
    book = SmallBook(tmp_path_factory.mktemp("several"))
    book.page("# Spending\n\n" + CELL % SPENDING)
    book.add_page("text", LINK)
    done = book.build()
    assert done.returncode == 0, done.stdout
    return book, contents(book)


@pytest.mark.parametrize(
    ("builder", "written"),
    [
        ("linkcheck", "linkcheck/output.json"),
        ("pdfhtml", "pdfhtml/book/index.html"),
        ("dirhtml", "dirhtml/book/text/index.html"),
        ("singlehtml", "singlehtml/book/index.html"),
        ("latex", "latex/Makefile"),
        ("text", "text/book/text.txt"),
        ("epub", "epub/book/text.xhtml"),
    ],
)
def test_another_builder_runs_when_asked_and_leaves_the_book_alone(several, builder, written):
    book, good = several
    custom = ["--builder", "custom", "--custom-builder", builder]
    for _ in range(2):
        shutil.rmtree(book.root / "_build" / builder, ignore_errors=True)
        done = book.build(*(custom if builder in ("text", "epub") else ["--builder", builder]))
        assert "nothing changed" not in done.stdout
        assert (book.root / "_build" / written).is_file(), done.stdout
        assert different(contents(book), good) == []
    assert book.build().returncode == 0
    assert different(contents(book), good) == []


def test_a_link_check_after_a_killed_build_leaves_the_book_and_the_next_build_whole(several):
    book, good = several
    page = book.root / "book" / "text.md"
    page.write_text(page.read_text(encoding="utf-8") + "\nMore.\n", encoding="utf-8")
    killed = start(book)
    _wait_until((book.root / "_build" / ".unfinished").exists)
    killed.kill()
    killed.communicate()
    assert book.build("--builder", "linkcheck").returncode == 1
    assert different(contents(book), good) == []
    page.write_text(page.read_text(encoding="utf-8").removesuffix("\nMore.\n"), encoding="utf-8")
    assert book.build().returncode == 0
    assert different(contents(book), good) == []


def test_a_book_that_lacks_a_page_is_not_published(several):
    book, good = several
    datapage = book.root / "book" / "_ext" / "page" / "data_page.py"
    text = datapage.read_text(encoding="utf-8")
    lost = 'Path(app.outdir, "book", "text.html").unlink()\n    target = Path(app.outdir) / "data"'
    datapage.write_text(text.replace('target = Path(app.outdir) / "data"', lost), encoding="utf-8")
    done = book.build()
    datapage.write_text(text, encoding="utf-8")
    assert done.returncode != 0
    assert "html is left as it was: not written were book/text.html" in done.stdout
    assert different(contents(book), good) == []
    assert book.build().returncode == 0
    assert different(contents(book), good) == []


@pytest.mark.parametrize("left", ["", '{"settings": [', "[]", "null"])
def test_a_damaged_record_of_the_last_build_is_not_believed(several, left):
    book, good = several
    assert book.build().returncode == 0
    record = book.root / "_build" / ".html-done.json"
    record.write_text(left, encoding="utf-8")
    done = book.build()
    assert done.returncode == 0, done.stdout
    assert "nothing changed" not in done.stdout
    assert "nothing changed" in book.build().stdout
    assert different(contents(book), good) == []


@pytest.mark.parametrize("suffix", [".json", ".ipynb"])
@pytest.mark.parametrize("left", [0.0, 0.5])
def test_a_damaged_executed_notebook_is_executed_again(several, suffix, left):
    book, good = several
    for path in (book.root / "_build" / "executed").rglob(f"*{suffix}"):
        content = path.read_bytes()
        path.write_bytes(content[: int(left * len(content))])
    done = book.build("--all")
    assert done.returncode == 0, done.stdout
    assert "executed book/index.md" in done.stdout
    assert different(contents(book), good) == []
