"""All ways of the README to work on a chapter leave a checkout that builds, and nothing for git."""

import asyncio
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT
from jupytext import AsyncTextFileContentsManager
from saving import kept

CHAPTERS = sorted(
    path.name
    for path in (ROOT / "book").glob("*.md")
    if path.read_text(encoding="utf-8").startswith("---\n")
)
# What JupyterLab notes of the kernel in a notebook that it saves.
KERNEL = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python", "version": "3.11.2", "pygments_lexer": "ipython3"},
}


def save(chapter: Path, change=lambda notebook: None) -> str:
    """Open a chapter as JupyterLab of `make lab` does, change it, save it; returns its text."""
    hook = re.search(r"--ContentsManager\.pre_save_hook=(\S+)", (ROOT / "Makefile").read_text())
    manager = AsyncTextFileContentsManager(root_dir=str(chapter.parent), pre_save_hook=hook[1])

    async def run():
        model = await manager.get(chapter.name, type="notebook")
        notebook = nbformat.from_dict(model["content"])
        notebook.metadata |= KERNEL
        change(notebook)
        await manager.save({"type": "notebook", "content": notebook}, chapter.name)

    # In a thread of its own: a browser that an earlier test opened leaves its loop in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, run()).result()
    return chapter.read_text(encoding="utf-8")


def copy(name: str, folder: Path) -> tuple[Path, str]:
    text = (ROOT / "book" / name).read_text(encoding="utf-8")
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name, text


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_saved_unchanged_is_the_same_byte_for_byte(name, tmp_path):
    chapter, text = copy(name, tmp_path)
    assert save(chapter) == text


def test_a_line_of_code_changes_a_line_of_the_chapter(tmp_path):
    chapter, text = copy("constraint.md", tmp_path)

    def change(notebook):
        cell = next(cell for cell in notebook.cells if "charts.use()" in cell.source)
        cell.source = cell.source.replace("charts.use()", "charts.use()  # here")

    assert save(chapter, change) == text.replace("charts.use()", "charts.use()  # here", 1)


def test_a_caption_that_was_changed_is_saved(tmp_path):
    chapter, text = copy("constraint.md", tmp_path)

    def change(notebook):
        cell = next(cell for cell in notebook.cells if "mystnb" in cell.metadata)
        cell.metadata["mystnb"]["figure"]["caption"] = "Another.\n\nSource: another.\n"

    saved = save(chapter, change)
    assert "Another." in saved
    figures = [part for part in re.split("^```", text, flags=re.MULTILINE) if "mystnb:" in part]
    assert [part in saved for part in figures] == [False] + [True] * (len(figures) - 1)


def test_a_chapter_that_cannot_be_read_is_saved_all_the_same(tmp_path):
    _, text = copy("constraint.md", tmp_path)
    assert kept(text, text.replace("tags: [hide-input]", "tags: [hide-input")) == text


def test_a_notebook_beside_its_chapter_is_not_built_and_unknown_to_git(book):
    book.page("# A page\n\n```{code-cell} ipython3\nprint(6 * 7)\n```\n")
    assert book.build().returncode == 0
    command = Path(sys.executable).parent
    chapter, notebook = book.root / "book" / "index.md", book.root / "book" / "index.ipynb"
    subprocess.run([command / "jupytext", "--to", "ipynb", chapter], check=True)
    subprocess.run([command / "jupyter", "execute", notebook], check=True)
    assert "nothing changed" in book.build().stdout
    done = book.build("--all")
    assert done.returncode == 0, done.stdout
    ignored = ["git", "check-ignore", "--quiet", "book/index.ipynb"]
    assert subprocess.run(ignored, cwd=ROOT).returncode == 0
