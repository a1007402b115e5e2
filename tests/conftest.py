"""What the tests share: the built book, and small books to break."""

import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from itertools import groupby
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import expect

pytest_plugins = ["cpu"]
ROOT = Path(__file__).resolve().parents[1]
GALLERY = ROOT / "tests" / "gallery.md"
# Seconds that a test waits for what has to come. It fails when that does not come, not when a
# busy machine is late with it.
PATIENCE = 180
expect.set_options(timeout=1000 * PATIENCE)
STRICT = ["-W", "-n", "--keep-going"]


def pytest_addoption(parser):
    parser.addoption("--order-seed", type=int, help="shuffle files, and the tests of each file")
    parser.addoption("--chapter", help="run what concerns this chapter only")


def pytest_collection_modifyitems(config, items):
    if chapter := config.getoption("--chapter"):
        kept = [item for item in items if _concerns(item, chapter)]
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept
    if (seed := config.getoption("--order-seed")) is not None:
        items[:] = _shuffled(items, random.Random(seed))


def _concerns(item, chapter: str) -> bool:
    """Whether a test is of a chapter's text or page, or of all built pages without a browser."""
    if item.path.name == "test_prose.py":
        given = getattr(item, "callspec", None)
        return given is None or given.params["chapter"].stem == chapter
    # One browser and one way to open the page are enough for a first look.
    if item.path.name == "test_browser.py":
        return not re.search("firefox|http|axe.*-live", item.name)
    return "built" in item.fixturenames and "chromium" not in item.fixturenames


def _shuffled(items: list, chance: random.Random) -> list:
    """Another order: no test may depend on what another one left behind."""
    files = [list(tests) for _, tests in groupby(items, key=lambda item: item.path)]
    chance.shuffle(files)
    for tests in files:
        chance.shuffle(tests)
    return [test for tests in files for test in tests]


def few_and(every: str):
    """For a test of many things: a few of each kind always, every one of them in the audit."""
    values = ["few", pytest.param(every, marks=pytest.mark.audit)]
    return pytest.mark.parametrize("reach", values, scope="module")


@pytest.fixture(scope="module")
def reach() -> str:
    """How much a test looks at, unless it says otherwise with `few_and`."""
    return "few"


def build(root: Path, *options: str, strict: bool = True) -> subprocess.CompletedProcess:
    """Build the book in `root` as the README says, with everything it prints in `stdout`."""
    jupyter_book = Path(sys.executable).with_name("jupyter-book")
    command = [str(jupyter_book), "build", ".", *(STRICT if strict else ()), *options]
    env = {**os.environ, "NO_COLOR": "1", "COLUMNS": "200"}
    return subprocess.run(
        command, cwd=root, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


@pytest.fixture(scope="session")
def once(tmp_path_factory) -> Callable[[str, Callable[[Path], None]], Path]:
    """Make a folder once for all processes of the tests; they share it and only look at it."""
    shared = tmp_path_factory.getbasetemp()
    # Each process of pytest-xdist has a folder of its own in one that they share.
    shared = shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared

    def folder(name: str, make: Callable[[Path], None]) -> Path:
        made, done = shared / name, shared / f"{name}.done"
        with FileLock(shared / f"{name}.lock"):
            if not done.exists():
                shutil.rmtree(made, ignore_errors=True)
                made.mkdir()
                make(made)
                done.touch()
        return made

    return folder


@pytest.fixture(scope="session")
def node_packages(once) -> Path:
    """The packages of tests/package.json, as locked."""
    if not all(shutil.which(command) for command in ("node", "npm")):
        pytest.skip("node or npm is missing: python tools/browsers.py")
    tests = ROOT / "tests"
    packages = tests / "node_modules"

    def install(_) -> None:
        wanted = json.loads((tests / "package.json").read_text(encoding="utf-8"))["dependencies"]
        if not all((packages / name).exists() for name in wanted):
            subprocess.run(["npm", "ci", "--silent", "--no-progress"], cwd=tests, check=True)

    once("node-packages", install)
    return packages


@pytest.fixture(scope="session")
def axe(node_packages):
    """What axe finds in a page, or in a part of it: a function that gives violations."""
    code = (node_packages / "axe-core" / "axe.min.js").read_text(encoding="utf-8")

    def violations(page, part=None) -> list[dict]:
        page.evaluate(code)
        return page.evaluate("part => axe.run(part ?? document)", part)["violations"]

    return violations


@pytest.fixture(scope="session")
def built(once) -> dict:
    """The book, built once: what it printed, and its facts."""
    from snapshot import facts_of

    def make(folder: Path) -> None:
        done = build(ROOT)
        facts = {} if done.returncode else facts_of(ROOT)
        found = {"code": done.returncode, "log": done.stdout, "facts": facts}
        (folder / "built.json").write_text(json.dumps(found), encoding="utf-8")

    found = json.loads((once("built", make) / "built.json").read_text(encoding="utf-8"))
    assert found["code"] == 0, found["log"][-6000:]
    return found


@pytest.fixture(scope="session")
def log(built) -> str:
    """What a strict build of the book prints; it has to succeed."""
    return built["log"]


@pytest.fixture(scope="session")
def site(built) -> Path:
    """The folder of the built book."""
    return ROOT / "_build" / "html"


@pytest.fixture(scope="session")
def facts(built) -> dict[str, dict]:
    """Every fact of the built book by its key: value, type, unit, source."""
    return built["facts"]


@pytest.fixture(scope="session")
def chromium():
    """Chromium without a sandbox, which containers lack, and without traffic of its own."""
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    flags += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
        yield Patient(browser)
        browser.close()


class Patient:
    """A browser whose pages wait as long as a busy machine needs.

    A test that waits for a condition has the page compile it, which the pages' own policy refuses;
    tests/reader/test_look.py looks at the policy with a browser that keeps it.
    """

    def __init__(self, browser):
        self.browser = browser

    def new_context(self, **options):
        context = self.browser.new_context(**{"bypass_csp": True, **options})
        context.set_default_timeout(1000 * PATIENCE)
        return context

    def new_page(self, **options):
        page = self.browser.new_page(**{"bypass_csp": True, **options})
        page.set_default_timeout(1000 * PATIENCE)
        return page


@pytest.fixture(scope="session")
def gallery(tried) -> Path:
    """The folder of a built book whose one page has charts of every kind."""
    book = tried("gallery", lambda small: small.page(GALLERY.read_text(encoding="utf-8")))
    assert book.code == 0, book.log[-6000:]
    return book.root / "_build" / "html"


_FRONT = """---
jupytext:
  text_representation: {extension: .md, format_name: myst}
kernelspec: {display_name: Python 3, name: python3}
---
"""


class Book:
    """A book in a folder."""

    def __init__(self, root: Path):
        self.root = root

    def build(self, *options: str) -> subprocess.CompletedProcess:
        return build(self.root, *options)

    def html(self, name: str = "index") -> str:
        path = self.root / "_build" / "html" / "book" / f"{name}.html"
        return path.read_text(encoding="utf-8")


class SmallBook(Book):
    """A copy of this book's machinery and data with pages of one's own."""

    def __init__(self, root: Path):
        super().__init__(root)
        for name in ("_config.yml", "requirements.txt", "CITATION.cff"):
            shutil.copy(ROOT / name, root / name)
        (root / "_toc.yml").write_text("format: jb-book\nroot: book/index\n", encoding="utf-8")
        kept_out = shutil.ignore_patterns("*.md", "__pycache__")
        shutil.copytree(ROOT / "book", root / "book", ignore=kept_out)
        shutil.copytree(ROOT / "data", root / "data", ignore=kept_out)
        self.page("# A page\n\nText.\n")

    def page(self, text: str, name: str = "index") -> Path:
        path = self.root / "book" / f"{name}.md"
        path.write_text(_FRONT + "\n" + text, encoding="utf-8")
        return path

    def add_page(self, name: str, text: str) -> Path:
        with open(self.root / "_toc.yml", "a", encoding="utf-8") as toc:
            if "chapters" not in (self.root / "_toc.yml").read_text(encoding="utf-8"):
                toc.write("chapters:\n")
            toc.write(f"  - file: book/{name}\n")
        return self.page(text, name)

    def add_examples(self, folder: str) -> None:
        """Put in all pages of a folder of `tests/examples`."""
        for path in sorted((ROOT / "tests" / "examples" / folder).glob("*.md")):
            put = self.page if path.stem == "index" else self.add_page
            put(name=path.stem, text=path.read_text(encoding="utf-8"))

    def set(self, old: str, new: str) -> None:
        """Put another line for one of `_config.yml`."""
        path = self.root / "_config.yml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def change_cell(self, table: str, line: int, old: str, new: str) -> None:
        """Put `new` for `old` in one line of a table's file, counted from 1."""
        path = self.root / "data" / f"{table}.csv"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        assert old in lines[line - 1], f"{old!r} is not in line {line} of {path.name}"
        lines[line - 1] = lines[line - 1].replace(old, new, 1)
        path.write_text("".join(lines), encoding="utf-8")


class Kept:
    """A built book that each test gets as it was built, and in the same place.

    Sphinx knows a book by its path; it would read a copy in another place anew.
    """

    def __init__(self, book: SmallBook):
        done = book.build()
        assert done.returncode == 0, done.stdout[-6000:]
        self.book, self.log = book, done.stdout
        self.kept = book.root.with_name(f"{book.root.name}-kept")
        shutil.copytree(book.root, self.kept)

    def fresh(self) -> SmallBook:
        there, wanted = _files(self.book.root), _files(self.kept)
        for name in there:
            if there[name] != wanted.get(name):
                (self.book.root / name).unlink()
        for name in wanted:
            if there.get(name) != wanted[name]:
                (self.book.root / name).parent.mkdir(parents=True, exist_ok=True)
                # With its time of change, by which a build knows what it has written.
                shutil.copy2(self.kept / name, self.book.root / name)
        return self.book


class Tried(Book):
    """A book that was built once for all tests: the code and the words that the build ended with.

    Many tests look at one book, each at a page or a message of its own.
    """

    def __init__(self, root: Path):
        super().__init__(root)
        said = json.loads((root / "said.json").read_text(encoding="utf-8"))
        self.code, self.log = said["code"], said["log"]


@pytest.fixture(scope="session")
def tried(once) -> Callable[[str, Callable[[SmallBook], None]], Tried]:
    """Build a small book once, whatever comes of it; a function puts in what it is to hold."""

    def book(name: str, prepare: Callable[[SmallBook], None]) -> Tried:
        def make(folder: Path) -> None:
            small = SmallBook(folder)
            prepare(small)
            done = small.build()
            said = json.dumps({"code": done.returncode, "log": done.stdout})
            (folder / "said.json").write_text(said, encoding="utf-8")

        return Tried(once(name, make))

    return book


@pytest.fixture(scope="session")
def example(tried) -> Tried:
    """A good book of the pages in `tests/examples/good`, without an address; one page has moved."""

    def prepare(book: SmallBook) -> None:
        book.add_examples("good")
        book.set("redirects: {}", "redirects: {book/old: new.html}")

    book = tried("example", prepare)
    assert book.code == 0, book.log[-6000:]
    return book


@pytest.fixture(scope="session")
def addressed(tried) -> Tried:
    """A good book with a public address and a repository."""

    def prepare(book: SmallBook) -> None:
        book.page("(ch-index)=\n# A page\n\n```{code-cell} ipython3\n1\n```\n")
        book.set('baseurl: ""', "baseurl: https://compute.test/cpd")
        repository = "https://github.com/someone/some-book"
        book.set('repository_url: ""', f"repository_url: {repository}")

    book = tried("addressed", prepare)
    assert book.code == 0, book.log[-6000:]
    return book


@pytest.fixture(scope="session")
def both_editions(once) -> Path:
    """The folder of two editions of a small book, of two states of its data."""

    def make(folder: Path) -> None:
        from two_editions import make as rehearse

        rehearse(folder)

    return once("rehearsed", make) / "_editions"


def _files(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file by its path in the folder, with its size and its time of change."""
    found = {}
    for place, _, names in os.walk(folder):
        for name in names:
            stat = os.stat(os.path.join(place, name))
            path = os.path.relpath(os.path.join(place, name), folder)
            found[path] = stat.st_size, stat.st_mtime_ns
    return found


@pytest.fixture
def book(tmp_path) -> SmallBook:
    return SmallBook(tmp_path)


@pytest.fixture(scope="session")
def descriptor() -> dict:
    return json.loads((ROOT / "data" / "datapackage.json").read_text(encoding="utf-8"))
