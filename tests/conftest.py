"""What the tests share: the built book, and small books to break."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

ROOT = Path(__file__).resolve().parents[1]
pytest_plugins = ["cpu"]
STRICT = ["-W", "-n", "--keep-going"]


def build(root: Path, *options: str) -> subprocess.CompletedProcess:
    """Build the book in `root` as the README says, with everything it prints in `stdout`."""
    jupyter_book = Path(sys.executable).with_name("jupyter-book")
    command = [str(jupyter_book), "build", ".", *STRICT, *options]
    env = {**os.environ, "NO_COLOR": "1", "COLUMNS": "200"}
    return subprocess.run(
        command, cwd=root, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> dict:
    """The book, built once for all processes of the tests: what it printed, and its facts."""
    from snapshot import facts_of

    shared = tmp_path_factory.getbasetemp()
    # Each process of pytest-xdist has a folder of its own in one that they share.
    shared = shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared
    result = shared / "built.json"
    with FileLock(shared / "built.lock"):
        if not result.exists():
            done = build(ROOT)
            facts = {} if done.returncode else facts_of(ROOT)
            found = {"code": done.returncode, "log": done.stdout, "facts": facts}
            result.write_text(json.dumps(found), encoding="utf-8")
    found = json.loads(result.read_text(encoding="utf-8"))
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
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def gallery(tmp_path_factory) -> Path:
    """The folder of a built book whose one page has charts of every kind."""
    book = SmallBook(tmp_path_factory.mktemp("gallery"))
    book.page((ROOT / "tests" / "gallery.md").read_text(encoding="utf-8"))
    done = book.build()
    assert done.returncode == 0, done.stdout[-6000:]
    return book.root / "_build" / "html"


_FRONT = """---
jupytext:
  text_representation: {extension: .md, format_name: myst}
kernelspec: {display_name: Python 3, name: python3}
---
"""


class SmallBook:
    """A copy of this book's machinery and data with one page of one's own."""

    def __init__(self, root: Path):
        self.root = root
        for name in ("_config.yml", "requirements.txt", "CITATION.cff"):
            shutil.copy(ROOT / name, root / name)
        (root / "_toc.yml").write_text("format: jb-book\nroot: book/index\n", encoding="utf-8")
        kept_out = shutil.ignore_patterns("*.md", "__pycache__", "derive")
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

    def build(self, *options: str) -> subprocess.CompletedProcess:
        return build(self.root, *options)

    def html(self, name: str = "index") -> str:
        path = self.root / "_build" / "html" / "book" / f"{name}.html"
        return path.read_text(encoding="utf-8")

    def change_cell(self, table: str, line: int, old: str, new: str) -> None:
        """Put `new` for `old` in one line of a table's file, counted from 1."""
        path = self.root / "data" / f"{table}.csv"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        assert old in lines[line - 1], f"{old!r} is not in line {line} of {path.name}"
        lines[line - 1] = lines[line - 1].replace(old, new, 1)
        path.write_text("".join(lines), encoding="utf-8")


@pytest.fixture
def book(tmp_path) -> SmallBook:
    return SmallBook(tmp_path)


@pytest.fixture(scope="session")
def descriptor() -> dict:
    return json.loads((ROOT / "data" / "datapackage.json").read_text(encoding="utf-8"))
