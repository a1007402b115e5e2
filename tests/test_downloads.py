"""What readers take home: notebooks and the whole book, which run as they are."""

import json
import re
import zipfile
from pathlib import Path

import nbformat
import pytest
from _ext.publish.downloads import INSTALL
from conftest import ROOT
from nbclient import NotebookClient
from snapshot import rounded

ZIP = "computing-power-dilemma.zip"


def notebooks(site: Path) -> list[Path]:
    found = sorted((site / "_notebooks").rglob("*.ipynb"))
    assert found
    return found


def test_each_chapter_offers_its_executed_notebook(site):
    for notebook in notebooks(site):
        page = site / "book" / f"{notebook.stem}.html"
        html = page.read_text(encoding="utf-8")
        link = re.search(r'<a [^>]*href="([^"]*\.ipynb)"[^>]*download="([^"]*)"', html)
        assert (page.parent / link[1]).resolve() == notebook
        assert link[2] == notebook.name
        cells = nbformat.read(notebook, as_version=4).cells
        assert all(cell.execution_count for cell in cells if cell.cell_type == "code")
        assert any(cell.get("outputs") for cell in cells)
        assert not any("{fact}" in cell.source for cell in cells if cell.cell_type == "markdown")


def test_a_notebook_holds_nothing_that_differs_from_run_to_run(site):
    for notebook in notebooks(site):
        assert not re.search(r" at 0x[0-9a-f]+", notebook.read_text(encoding="utf-8")), notebook


def test_the_overview_offers_the_whole_book(site):
    html = (site / "book" / "index.html").read_text(encoding="utf-8")
    assert re.search(rf'<a [^>]*href="\.\./{ZIP}"[^>]*download="{ZIP}"', html)


@pytest.fixture(scope="module")
def unpacked(site, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    with zipfile.ZipFile(site / ZIP) as archive:
        archive.extractall(folder)
    return folder / Path(ZIP).stem


def test_the_zip_holds_what_the_notebooks_need_and_says_how_to_run_them(unpacked):
    assert (unpacked / "requirements.txt").read_bytes() == (ROOT / "requirements.txt").read_bytes()
    readme = (unpacked / "README.md").read_text(encoding="utf-8")
    assert f"    .venv/bin/python -m {INSTALL}\n" in readme
    for notebook in unpacked.glob("book/*.ipynb"):
        assert f"`book/{notebook.name}`" in readme


def test_every_notebook_of_the_zip_runs_and_states_the_same_facts(unpacked, site, facts):
    """Last chapter first: the order does not matter."""
    stated = {}
    for path in sorted(unpacked.glob("book/*.ipynb"), reverse=True):
        same = site / "_notebooks" / "book" / path.name
        assert path.read_bytes() == same.read_bytes()
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            cell.pop("outputs", None) if cell.cell_type != "code" else cell.update(outputs=[])
        NotebookClient(notebook, resources={"metadata": {"path": str(path.parent)}}).execute()
        stated |= facts_in(notebook)
    assert rounded(stated) == rounded(facts)


def facts_in(notebook) -> dict[str, dict]:
    """The facts among a notebook's outputs, by key."""
    return {
        output.metadata["scrapbook"]["name"]: json.loads(json.dumps(data))
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.output_type == "display_data"
        for kind, data in output.data.items()
        if kind.endswith("computegap.fact+json")
    }


def test_pages_have_no_launch_button_until_an_address_is_configured(book):
    config = book.root / "_config.yml"
    book.page("# A page\n\n```{code-cell} ipython3\n1\n```\n")
    assert book.build().returncode == 0
    assert "mybinder" not in book.html()
    text = config.read_text(encoding="utf-8")
    address = "https://github.com/someone/some-book"
    text = text.replace('repository_url: ""', f"repository_url: {address}")
    config.write_text(text, encoding="utf-8")
    done = book.build()
    assert done.returncode == 0, done.stdout
    launch = re.search(r'href="(https://mybinder\.org[^"]*)"', book.html())
    assert launch[1].endswith("/gh/someone/some-book/main?urlpath=lab/tree/book/index.md")
