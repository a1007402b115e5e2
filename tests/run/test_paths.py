"""All ways of the README to run a chapter again, one after another in one checkout."""

import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, SmallBook

COMMANDS = Path(sys.executable).parent
CELL = """# A page

```{code-cell} ipython3
from computegap.show.facts import fact
from computegap.tables import load

fact("chips", len(load("chips")), "chips")
```

There are {fact}`chips` chips.
"""


def jupytext(book: SmallBook) -> None:
    chapter = book.root / "book" / "index.md"
    subprocess.run([COMMANDS / "jupytext", "--to", "ipynb", chapter], check=True)
    notebook = chapter.with_suffix(".ipynb")
    subprocess.run([COMMANDS / "jupyter", "execute", "--inplace", notebook], check=True)


def lab(book: SmallBook) -> None:
    from test_saving import save

    save(book.root / "book" / "index.md")


def page_zip(book: SmallBook) -> None:
    """Unpacked where somebody might: in the checkout's own folder of builds."""
    home = book.root / "_build" / "home"
    shutil.unpack_archive(book.root / "_build/html/_notebooks/book/index.zip", home)
    command = [COMMANDS / "jupyter", "execute", "book/index.ipynb"]
    subprocess.run(command, cwd=home / "index", check=True)


def latex(book: SmallBook) -> None:
    assert book.build("--builder", "latex").returncode == 0


def epub(book: SmallBook) -> None:
    book.build("--builder", "custom", "--custom-builder", "epub")
    assert list((book.root / "_build" / "epub").glob("*.epub"))


def html(book: SmallBook) -> None:
    done = book.build()
    assert done.returncode == 0, done.stdout


def pages(book: SmallBook) -> dict[str, bytes]:
    site = book.root / "_build" / "html"
    return {path.name: path.read_bytes() for path in site.rglob("*") if path.is_file()}


@pytest.mark.audit
@pytest.mark.parametrize("seed", [1, 2])
def test_all_ways_in_one_checkout_leave_it_as_it_was(book, monkeypatch, seed):
    monkeypatch.syspath_prepend(ROOT / "tests" / "tools")
    book.page(CELL)
    shutil.copy(ROOT / ".gitignore", book.root)
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "as written"]):
        subprocess.run([*git, *command], cwd=book.root, check=True)
    html(book)
    before = pages(book)
    ways = [jupytext, lab, page_zip, latex, epub, html]
    random.Random(seed).shuffle(ways)
    for way in ways:
        way(book)
        status = subprocess.run(
            ["git", "status", "--porcelain"], cwd=book.root, text=True, capture_output=True
        )
        assert status.stdout == "", way.__name__
        assert pages(book) == before, way.__name__
    html(book)
    assert pages(book) == before


def test_each_way_of_the_table_is_a_test():
    said = (ROOT / "tests" / "paths.md").read_text(encoding="utf-8")
    named = re.findall(r"`(test_\w+)`", said)
    written = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name in named if f"def {name}(" not in written] == []
    assert len(named) >= 8
