"""What readers take home: notebooks and the whole book, which run as they are."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from _ext.publish.downloads import INSTALL
from conftest import PATIENCE, ROOT, few_and
from nbclient import NotebookClient
from playwright.sync_api import Error
from snapshot import MIME, rounded

ZIP = "computing-power-dilemma.zip"


def notebooks(site: Path) -> list[Path]:
    found = sorted((site / "_notebooks").rglob("*.ipynb"))
    assert found
    return found


def test_each_chapter_offers_its_executed_notebook_with_what_it_needs(site):
    for notebook in notebooks(site):
        page = site / "book" / f"{notebook.stem}.html"
        html = page.read_text(encoding="utf-8")
        link = re.search(r'<a [^>]*href="([^"]*_notebooks[^"]*\.zip)"[^>]*download="([^"]*)"', html)
        packed = (page.parent / link[1]).resolve()
        assert packed == notebook.with_suffix(".zip")
        assert link[2] == packed.name
        with zipfile.ZipFile(packed) as archive:
            inner = f"{notebook.stem}/book/{notebook.name}"
            assert archive.read(inner) == notebook.read_bytes()
        cells = nbformat.read(notebook, as_version=4).cells
        assert all(cell.execution_count for cell in cells if cell.cell_type == "code")
        # A page may state facts only, which stand in its text.
        assert any(cell.get("outputs") for cell in cells) or "cell_output" not in html
        texts = [cell.source for cell in cells if cell.cell_type == "markdown"]
        raw = [role for text in texts for role in re.findall(r"\{\w+\}`[^`]*`", text)]
        assert raw == [], notebook


@few_and("every notebook")
def test_what_a_page_gives_runs_by_itself_with_nothing_else_of_the_project(site, tmp_path, reach):
    """In an empty folder, as its README says; or only the smallest that states facts."""
    packed = sorted((site / "_notebooks").rglob("*.zip"), key=lambda path: path.stat().st_size)
    with_facts = [path for path in packed if keys_of(path)]
    for path in packed if reach == "every notebook" else with_facts[:1]:
        with zipfile.ZipFile(path) as archive:
            archive.extractall(tmp_path)
        home = tmp_path / path.stem
        readme = (home / "README.md").read_text(encoding="utf-8")
        assert f".venv/bin/python -m {INSTALL}\n" in readme
        command = re.search(r"\.venv/bin/(jupyter execute .*)", readme)[1].split()
        program = Path(sys.executable).with_name(command[0])
        env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        done = subprocess.run(
            [program, *command[1:]], cwd=home, env=env, text=True, capture_output=True
        )
        assert done.returncode == 0, f"{path.name}: {done.stderr[-2000:]}"


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


def test_the_zip_has_the_notebooks_that_pages_offer(unpacked, site):
    for path in unpacked.glob("book/*.ipynb"):
        assert path.read_bytes() == (site / "_notebooks" / "book" / path.name).read_bytes()


@few_and("every notebook")
def test_notebooks_of_the_zip_run_in_any_order_and_state_the_same_facts(unpacked, facts, reach):
    """Last chapter first; or only the shortest that states facts."""
    paths = sorted(unpacked.glob("book/*.ipynb"), reverse=True)
    if reach == "few":
        paths = [min(filter(keys_of, paths), key=lambda path: path.stat().st_size)]
    stated = {}
    for path in paths:
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            cell.pop("outputs", None) if cell.cell_type != "code" else cell.update(outputs=[])
        NotebookClient(notebook, resources={"metadata": {"path": str(path.parent)}}).execute()
        stated |= facts_in(notebook)
    keys = facts if reach == "every notebook" else set().union(*map(keys_of, paths))
    assert rounded(stated) == rounded({key: facts[key] for key in keys})


def keys_of(path: Path) -> set[str]:
    """The facts that the build found on a notebook's page."""
    glue = ROOT / "_build" / "jupyter_execute" / "book" / f"{path.stem}.glue.json"
    found = json.loads(glue.read_text(encoding="utf-8")) if glue.exists() else {}
    return {key for key, output in found.items() if MIME in output["data"]}


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


def test_pages_have_no_launch_button_until_an_address_is_configured(example, addressed):
    assert "mybinder" not in example.html()
    launch = re.search(r'href="(https://mybinder\.org[^"]*)"', addressed.html())
    assert launch[1].endswith("/gh/someone/some-book/main?urlpath=lab/tree/book/index.md")


def charts_of(notebook: Path) -> int:
    cells = nbformat.read(notebook, as_version=4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", ())]
    return sum("image/png" in output.get("data", {}) for output in outputs)


def test_a_viewer_that_strips_drawings_shows_every_chart(site):
    from nbconvert import HTMLExporter

    shown = 0
    for notebook in notebooks(site):
        exporter = HTMLExporter()
        exporter.sanitize_html = True
        html, _ = exporter.from_filename(str(notebook))
        pictures = re.findall(r'<img[^>]*src="data:image/png;base64,[^"]{5000}', html)
        assert len(pictures) == charts_of(notebook), notebook.name
        shown += len(pictures)
    assert shown > 20


@pytest.mark.audit
def test_jupyterlab_shows_the_charts_of_a_notebook_that_nobody_trusts(site, chromium, tmp_path):
    name = "constraint.ipynb"
    shutil.copy(site / "_notebooks" / "book" / name, tmp_path / name)
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}"]
    command += ["--IdentityProvider.token=", f"--ServerApp.root_dir={tmp_path}"]
    command += ["--ServerApp.port_retries=0", "--LabApp.news_url=None"]
    own = {name: str(tmp_path / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")}
    with subprocess.Popen(
        command,
        env={**os.environ, **own},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            page = chromium.new_page()
            for _ in range(PATIENCE):
                try:
                    page.goto(f"http://127.0.0.1:{port}/lab/tree/{name}")
                    break
                except Error:
                    page.wait_for_timeout(1000)
            count = charts_of(tmp_path / name)
            # Cells come into being when they are near; scroll until all have been.
            seen: set[str] = set()
            page.wait_for_selector(".jp-RenderedImage img")
            for _ in range(PATIENCE):
                sources = page.eval_on_selector_all(
                    ".jp-RenderedImage img",
                    "all => all.filter(i => i.naturalWidth > 300).map(i => i.src.slice(-200))",
                )
                seen |= set(sources)
                if len(seen) == count:
                    break
                page.evaluate("document.querySelector('.jp-WindowedPanel-outer').scrollBy(0, 500)")
                page.wait_for_timeout(200)
            assert len(seen) == count > 3
            page.close()
        finally:
            server.terminate()
