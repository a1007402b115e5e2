"""The same sources give the same bytes, wherever, whenever and by whomever they are built."""

import os
import shutil
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT, Book, SmallBook, build

# Two builders who have nothing in common but the sources.
BUILDERS = (
    {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8"},
    {"TZ": "America/St_Johns", "PYTHONHASHSEED": "77", "LC_ALL": "C"},
)
UMASKS = (0o022, 0o077)
EPUB = ("--builder", "custom", "--custom-builder", "epub")


def put_together(folder: Path) -> Book:
    """The sources of the whole book, without what is built."""
    folder.mkdir()
    for path in (*ROOT.glob("*.yml"), *ROOT.glob("*.md"), *ROOT.glob("*.txt")):
        shutil.copy(path, folder / path.name)
    for name in ("CITATION.cff", "LICENSE"):
        shutil.copy(ROOT / name, folder / name)
    kept_out = shutil.ignore_patterns("__pycache__", "*.ipynb", ".ipynb_checkpoints")
    for name in ("book", "data"):
        shutil.copytree(ROOT / name, folder / name, ignore=kept_out)
    return Book(folder)


def small(folder: Path) -> Book:
    folder.mkdir()
    book = SmallBook(folder)
    book.add_examples("good")
    return book


def outputs(root: Path) -> dict[str, bytes]:
    """Every published file, and the EPUB's own files, with the rights that it gives."""
    found = {}
    for kind in ("html", "epub"):
        for path in sorted((root / "_build" / kind).rglob("*")):
            # Of an EPUB's parts, the packed ones are what a reader gets.
            if path.is_file() and (kind == "html" or path.suffix == ".epub"):
                rights = path.stat().st_mode & 0o777
                found[f"{path.relative_to(root)} {rights:o}"] = path.read_bytes()
    return found


def twice(tmp_path: Path, monkeypatch, put) -> list[dict[str, bytes]]:
    """All outputs of two cold builds, in other places, years, zones, and by other builders."""
    made = []
    for number, (env, umask) in enumerate(zip(BUILDERS, UMASKS, strict=True)):
        book = put(tmp_path / ("a", "another place")[number])
        for path in book.root.rglob("*"):
            os.utime(path, (1_000_000_000 * (number + 1),) * 2)
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        old = os.umask(umask)
        try:
            for options in ((), EPUB):
                done = build(book.root, *options)
                assert done.returncode == 0, done.stdout[-3000:]
        finally:
            os.umask(old)
        made.append(outputs(book.root))
        shutil.rmtree(book.root)
    return made


def different(one: dict, other: dict) -> list[str]:
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


@pytest.mark.audit
def test_two_cold_builds_of_a_small_book_give_the_same_bytes(tmp_path, monkeypatch):
    one, other = twice(tmp_path, monkeypatch, small)
    assert any(".epub" in name for name in one) and any(".png" in name for name in one)
    assert different(one, other) == []


@pytest.mark.audit_all
def test_two_cold_builds_of_the_whole_book_give_the_same_bytes(tmp_path, monkeypatch):
    one, other = twice(tmp_path, monkeypatch, put_together)
    assert len(one) > 200
    assert different(one, other) == []


@pytest.mark.audit
def test_a_day_that_the_builder_gives_stands_in_the_epub_and_changes_no_year(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    book = small(tmp_path / "book")
    done = build(book.root, *EPUB)
    assert done.returncode == 0, done.stdout[-3000:]
    (path,) = (book.root / "_build/epub").glob("*.epub")
    with zipfile.ZipFile(path) as epub:
        assert {entry.date_time[:3] for entry in epub.infolist()} == {(2001, 9, 9)}
        assert epub.infolist()[0].filename == "mimetype"
        assert epub.infolist()[0].compress_type == zipfile.ZIP_STORED
        package = epub.read("content.opf").decode()
    assert "<dc:date>2001-09-09T01:46:40Z</dc:date>" in package
    assert "<dc:rights>2026</dc:rights>" in package
