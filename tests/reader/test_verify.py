"""All chapters run in a reader's browser, and what a page says falsely is named."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import weigh
from _ext.publish import live, parts
from computegap.printed import agrees
from conftest import PATIENCE, ROOT
from playwright.sync_api import expect

SNAPSHOT = json.loads((ROOT / "tests" / "facts.json").read_text(encoding="utf-8"))
# A whole run takes a minute of a free processor, more in a phone's clothes and on a busy machine.
RUN = 10 * PATIENCE


# A server in a subfolder, and a browser that keeps the pages' own policy


@pytest.fixture(scope="session")
def verified(site) -> Path:
    """The built book, with what a browser needs to run it."""
    assert parts.available(), "the parts are missing: python tools/live.py"
    assert (site / live.FOLDER / "parts.json").is_file()
    return site


def served(folder: Path, tmp_path: Path):
    """A plain static server that has the book in the folder `report`."""
    (tmp_path / "report").symlink_to(folder)
    server = weigh.serve(tmp_path)
    return server, f"http://127.0.0.1:{server.server_port}/report"


def opened(chromium, address: str, **options):
    context = chromium.browser.new_context(**options)
    context.set_default_timeout(1000 * PATIENCE)
    page = context.new_page()
    page.asked, page.wrong = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.on(
        "console",
        lambda said: page.wrong.append(said.text) if said.type == "error" else None,
    )
    page.goto(address, wait_until="networkidle")
    return page


def report_of(page, tmp_path: Path) -> dict:
    """Press the button, wait for the end, and read the report that can be downloaded."""
    page.locator("#verify .live-start").click()
    now = page.locator("#verify .live-now")
    expect(now).to_have_text(re.compile(r"^(Done|It could not)"), timeout=1000 * RUN)
    assert now.text_content().startswith("Done"), now.text_content()
    with page.expect_download() as download:
        page.get_by_text("Download the report").click()
    download.value.save_as(tmp_path / "report.json")
    return json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))


@pytest.mark.audit
def test_every_number_and_verdict_agrees_in_chromium(chromium, verified, tmp_path):
    server, base = served(verified, tmp_path)
    page = opened(chromium, f"{base}/book/verify.html")
    # Nothing of it before the button.
    assert [one for one in page.asked if "/_live/" in one] == []
    report = report_of(page, tmp_path)
    assert report["total"] == report["agree"] == len(SNAPSHOT)
    for what in ("differ", "not_run", "not_published", "verdicts", "misprints", "taken"):
        assert report[what] == [], what
    assert report["changed_files"] == [] and report["hashes_checked"]
    assert report["printed"] > 700
    for chapter in report["chapters"]:
        assert chapter["errors"] == chapter["failing"] == chapter["drawn_otherwise"] == [], chapter
    for key, fact in SNAPSHOT.items():
        if fact["unit"] != "verdict":
            assert agrees(report["values"][key], fact["value"]), key
    sums = {part["sha256"] for part in report["made_of"]}
    assert sums == {part["sha256"] for part in parts.parts()}
    assert (
        page.locator("#verify .live-verdict").text_content()
        == f"{len(SNAPSHOT)} of {len(SNAPSHOT)} agree"
    )
    assert [one for one in page.asked if not one.startswith((base, "blob:"))] == []
    assert page.wrong == []
    page.context.close()
    server.shutdown()


@pytest.mark.audit
def test_a_page_that_was_changed_by_hand_is_named(chromium, verified, tmp_path):
    book = tmp_path / "book"
    shutil.copytree(verified, book)
    page = book / "book" / "constraint.html"
    html = page.read_text(encoding="utf-8")
    number = re.search(r'#fact-ratio-compute-smuggled"[^>]*><span class="fact">([\d.]+)<', html)
    assert number
    at = number.start(1)
    page.write_text(html[:at] + "9.9" + html[number.end(1) :], encoding="utf-8")
    claims = book / "book" / "claims.html"
    html = claims.read_text(encoding="utf-8")
    row = re.search(r'<tr class="ledger-row[^>]*id="ledger-c001".*?</tr>', html, re.DOTALL)
    assert "Supported" in row[0]
    forged = row[0].replace("Supported", "Contradicted")
    claims.write_text(html.replace(row[0], forged), encoding="utf-8")
    facts = json.loads((book / "facts.json").read_text(encoding="utf-8"))
    one = next(fact for fact in facts["facts"] if fact["id"] == "ratio-chips")
    one["value"] *= 1.01
    (book / "facts.json").write_text(json.dumps(facts), encoding="utf-8")
    server, base = served(book, tmp_path)
    opened_page = opened(chromium, f"{base}/book/verify.html")
    report = report_of(opened_page, tmp_path)
    assert [one["key"] for one in report["differ"]] == ["ratio-chips"]
    assert report["agree"] == report["total"] - 1
    assert sorted(report["changed_files"]) == ["book/claims", "book/constraint"]
    named = {(one["page"], one["key"]): one for one in report["misprints"]}
    assert set(named) == {
        ("book/constraint", "ratio-compute-smuggled"),
        ("book/claims", "C001"),
    }
    forged = named["book/constraint", "ratio-compute-smuggled"]
    assert (forged["printed"], forged["run"]) == ("9.9", number[1])
    rows = opened_page.locator("#verify .live-wrong tbody tr")
    assert rows.count() == 3
    assert "9.9" in " ".join(rows.all_text_contents())
    opened_page.context.close()
    server.shutdown()


@pytest.mark.audit
def test_every_number_and_verdict_agrees_in_firefox(node_packages, verified, tmp_path):
    firefox = shutil.which("firefox-esr")
    assert firefox, "firefox-esr is missing: python tools/browsers.py"
    server, base = served(verified, tmp_path)
    done = subprocess.run(
        ["node", "tests/verify.mjs", firefox, f"{base}/book/verify.html"],
        cwd=ROOT,
        env={**os.environ, "PATIENCE_MS": str(1000 * PATIENCE)},
        capture_output=True,
        text=True,
    )
    server.shutdown()
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["verdict"] == f"{len(SNAPSHOT)} of {len(SNAPSHOT)} agree", found
    assert "All " in found["result"] and "drawn otherwise" not in found["result"]
    assert found["wrong"] == []
    assert [one for one in found["asked"] if not one.startswith((base, "blob:", "data:"))] == []
    assert [one for one in found["asked"][: found["before"]] if "/_live/" in one] == []


def test_a_run_can_be_stopped_and_says_so(chromium, verified, tmp_path):
    server, base = served(verified, tmp_path)
    page = opened(chromium, f"{base}/book/verify.html")
    page.locator("#verify .live-start").click()
    page.locator("#verify .live-stop", has_text="Stop").click()
    expect(page.locator("#verify .live-now")).to_have_text("Stopped; nothing of this run is kept.")
    expect(page.locator("#verify .live-start")).to_be_visible()
    assert page.wrong == []
    page.context.close()
    server.shutdown()


@pytest.mark.audit
def test_parts_are_kept_for_the_next_visit_and_those_of_other_editions_go(
    chromium, verified, tmp_path
):
    server, base = served(verified, tmp_path)
    page = opened(chromium, f"{base}/book/verify.html")
    old = f"{base}/_live/site.zip?0123456789abcdef"
    keep = "async (at) => (await caches.open('book-parts')).put(at, new Response('old'))"
    page.evaluate(keep, old)
    large = re.compile(r"/_live/(.*\.(wasm|zip)|pyodide-lock\.json)")
    for visit in ("first", "second"):
        page.asked.clear()
        page.locator("#verify .live-start").click()
        started = re.compile("Starting (pandas|Altair)|cell")
        expect(page.locator("#verify .live-now")).to_have_text(started)
        asked = [one for one in page.asked if large.search(one)]
        assert (len(asked) == 5) if visit == "first" else asked == [], (visit, asked)
        page.locator("#verify .live-stop", has_text="Stop").click()
        expect(page.locator("#verify .live-start")).to_be_visible()
        page.reload()
    kept = page.evaluate(
        "async () => (await (await caches.open('book-parts')).keys()).map(r => r.url)"
    )
    assert old not in kept and len(kept) == 7
    page.context.close()
    server.shutdown()


def test_a_damaged_part_is_refused_by_name(chromium, verified, tmp_path):
    book = tmp_path / "book"
    ignored = shutil.ignore_patterns("_figures", "_notebooks", "data", "*.zip")
    shutil.copytree(verified, book, ignore=ignored)
    (book / live.FOLDER / "pyodide.js").write_bytes(b"/* not Pyodide */")
    server, base = served(book, tmp_path)
    page = opened(chromium, f"{base}/book/verify.html")
    page.locator("#verify .live-start").click()
    said = re.compile(r"It could not be finished: pyodide\.js: its checksum is .* is not used")
    expect(page.locator("#verify .live-now")).to_have_text(said)
    page.context.close()
    server.shutdown()


def test_a_folder_that_nobody_serves_says_what_to_do(chromium, verified):
    page = opened(chromium, (verified / "book" / "verify.html").as_uri())
    expect(page.locator("#verify .live-about")).to_have_text(re.compile("serve the report"))
    expect(page.locator("#verify .live-start")).to_be_disabled()
    page.context.close()


# What runs there, under this Python


def run(code: str, tmp_path: Path):
    """What a script prints that the runner is at hand to, with the stand-ins first."""
    for name in ("book", "data"):
        (tmp_path / name).symlink_to(ROOT / name)
    paths = [live.SOURCE / "stand_ins", live.SOURCE, ROOT / "book"]
    done = subprocess.run(
        [sys.executable, "-c", f"import json, os, runner\nos.chdir('book')\n{code}"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


CELLS = """
runner.begin("book/page")
runner.run_cell("book/page", "from computegap.show.facts import fact")
runner.run_cell("book/page", "from computegap.quantities import stocks\\nstocks.nothing")
runner.run_cell("book/page", "x = stocks.latest_quarter()\\nfact('quarter', x.date(), '')")
runner.run_cell("book/page", "fact('one', 1.0, 'share', 'this-book')")
print(runner.outcome("book/page"))
"""


def test_a_chapter_runs_without_a_notebook_and_an_error_is_kept(tmp_path):
    found = run(CELLS, tmp_path)
    assert found["facts"]["quarter"]["source"] == ["chip_owners"]
    assert found["facts"]["quarter"]["cell"] == 3
    assert list(found["facts"]["quarter"]["measures"]) == ["latest_quarter"]
    assert found["facts"]["one"]["value"] == 1.0
    (error,) = found["errors"]
    assert error["cell"] == 2 and "no attribute 'nothing'" in error["error"]


COMPARED = """
said = {"value": 8.66551, "type": "float", "unit": "ratio"}
ran = json.dumps({"gap": said, "new": said})
built = [["gap", ".1f"], ["gap", ".3f"]]
def pages(*texts):
    return json.dumps({"p": {"built": built, "printed": [["gap", one] for one in texts]}})
def misprinted(*texts, published=8.66551):
    return json.loads(runner.misprinted(ran, json.dumps({"gap": published}), pages(*texts)))
print(json.dumps([
    json.loads(runner.compared(ran, json.dumps({"gap": 8.665510001, "old": 1}))),
    json.loads(runner.compared(ran, json.dumps({"gap": 8.6656}))),
    misprinted("8.7", "8.666"),
    misprinted("8.7", "8.667"),
    misprinted("8.7", "8.665", published=8.665499),
    misprinted("8.7"),
]))
"""


def test_values_and_printed_numbers_are_compared_as_the_page_says(tmp_path):
    near, far, right, wrong, edge, lost = run(COMPARED, tmp_path)
    assert near == {
        "agree": ["gap"],
        "differ": [],
        "only_run": ["new"],
        "only_published": ["old"],
    }
    assert far["differ"] == [{"key": "gap", "run": 8.66551, "published": 8.6656}]
    assert right == []
    assert wrong == [{"page": "p", "key": "gap", "printed": "8.667", "run": "8.666"}]
    # Where run and published value agree, the page may have rounded the published one.
    assert len(edge) == 1, "8.665499 is further off than a millionth"
    assert lost == [{"page": "p", "key": "", "lost": ["gap"], "new": []}]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1.0, 1.0 + 5e-7, True),
        (1.0, 1.0 + 5e-6, False),
        (0.0, 1e-9, False),
        (3, 3.0, True),
        ("2026-06-22", "2026-06-22", True),
        ("2026-06-22", "2026-06-23", False),
        ("3", 3, False),
        (True, 1, False),
    ],
)
def test_numbers_agree_within_a_millionth_and_words_exactly(one, other, same):
    assert agrees(one, other) is same


NUDGED = """
import shutil
# A copy, for the folder is a link to the book's own.
(runner.HOME / "data").unlink()
shutil.copytree(ORIGINAL, runner.HOME / "data")
def row(n):
    return dict(zip(runner._rows("chips")[0], runner._rows("chips")[n - 1], strict=True))
before = row(2)
changed = json.loads(runner.nudge("chips", 2, 1.1))
after = row(2)
refused = json.loads(runner.refused())
runner.reset()
print(json.dumps([before, after, changed, refused, row(2)]))
"""


def test_a_row_ten_per_cent_larger_keeps_its_key_and_can_be_undone(tmp_path):
    code = f"ORIGINAL = {str(ROOT / 'data')!r}\n{NUDGED}"
    before, after, changed, refused, undone = run(code, tmp_path)
    assert changed and undone == before
    for column, old, new in changed:
        assert float(new) == pytest.approx(1.1 * float(old), rel=1e-9), column
        assert (before[column], after[column]) == (old, new)
    same = set(before) - {column for column, _, _ in changed}
    assert all(before[column] == after[column] for column in same)
    assert all(line.startswith("data/chips.csv, row 2") for line in refused)


# The parts


def test_a_part_with_another_checksum_is_not_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("BOOK_LIVE_CACHE", str(tmp_path))
    from importlib import import_module

    tool = import_module("live")
    with pytest.raises(tool.Missing, match=r"pyodide\.js: found sha256 .*, expected b4cb"):
        tool._keep(parts.parts()[0], b"something else")
    assert list(tmp_path.iterdir()) == []


def test_every_part_has_a_checksum_a_licence_and_a_place():
    for part in parts.parts():
        assert re.fullmatch(r"[0-9a-f]{64}", part["sha256"]), part
        assert part["licence"] and part["version"] and part["package"], part
        assert part["registry"] in ("npm", "pypi"), part
        assert int(part["bytes"]) > 0, part


def test_pure_packages_have_the_versions_of_the_lock():
    lock = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    for part in parts.parts():
        # NumPy is built for few versions; jsonschema's later ones need Rust.
        if part["use"] == "site" and part["name"] not in ("NumPy", "jsonschema", "pyrsistent"):
            name = part["name"].replace("_", "-")
            assert f"\n{name}=={part['version']} " in f"\n{lock}", name


def test_licences_of_all_parts_are_shipped(verified):
    folder = verified / live.FOLDER / "licences"
    shipped = {path.relative_to(folder).parts[0] for path in folder.rglob("*") if path.is_file()}
    for part in parts.parts():
        if part["use"] == "site" and part["name"] != "NumPy":
            assert any(part["file"].startswith(f"{name}-") for name in shipped), part["file"]
    assert {"MPL-2.0.txt", "NumPy.txt"} <= shipped
