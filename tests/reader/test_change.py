"""A reader changes data in the browser: what moves is what a build would move, and no more."""

import csv
import json
import random
import re

import pytest
import rehearsal
from _ext.run import datacheck
from computegap.printed import agrees
from conftest import PATIENCE, ROOT, build
from playwright.sync_api import expect
from snapshot import facts_of, verdicts_of
from test_verify import RUN, opened, served, verified  # noqa: F401

SEED, CELLS = 20261128, 10
NUMBERS = ("number", "integer")
# Tables that many numbers of the book come from.
TABLES = (
    "chip_owners",
    "capex",
    "capability_scores",
    "assumptions",
    "smuggling",
    "site_power",
    "chips",
    "export_controls",
)
# A cell for each kind of check: the schema's bound, its spelling, a key into another table.
REFUSED = (
    ("chip_owners", "integer", "-1"),
    ("chip_owners", "date", "31.12.2025"),
    ("evidence", "source_id", "no-such-source"),
)


@pytest.fixture
def changing(chromium, verified, tmp_path):  # noqa: F811
    """The page, with Python started and the form open."""
    server, base = served(verified, tmp_path)
    page = opened(chromium, f"{base}/book/verify.html")
    page.get_by_role("button", name="Change data").click()
    expect(page.locator(".change-form")).to_be_visible(timeout=1000 * PATIENCE)
    yield page
    assert page.wrong == []
    page.context.close()
    server.shutdown()


def columns_of(table: str, kinds: tuple[str, ...]) -> list[str]:
    schema = json.loads((ROOT / "data" / f"{table}.schema.json").read_text(encoding="utf-8"))
    key = schema["primaryKey"]
    fields = [field for field in schema["fields"] if field["name"] not in key]
    return [field["name"] for field in fields if field["type"] in kinds]


def rows_of(folder, table: str) -> list[list[str]]:
    with open(folder / f"{table}.csv", encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def write(folder, table: str, rows: list[list[str]]) -> None:
    with open(folder / f"{table}.csv", "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def put(page, table: str, row: int, column: str, value: str) -> None:
    """Fill the form in, as a reader does."""
    page.locator("#change select[name=table]").select_option(table)
    page.locator("#change input[name=row]").fill(str(row))
    page.locator("#change select[name=column]").select_option(column)
    page.locator("#change input[name=value]").fill(value)
    page.get_by_role("button", name="Change this cell").click()
    changed = f"{table}.csv, row {row}, column {column}"
    expect(page.locator(".change-list li").last).to_contain_text(changed)


@pytest.mark.audit
def test_what_a_build_refuses_is_refused_in_the_same_words(changing, tmp_path):
    staged = rehearsal.stage(tmp_path / "staged") / "data"
    for table, kind, value in REFUSED:
        rows = rows_of(ROOT / "data", table)
        schema = json.loads((ROOT / "data" / f"{table}.schema.json").read_text(encoding="utf-8"))
        fields = [field["name"] for field in schema["fields"]]
        column = next(f["name"] for f in schema["fields"] if kind in (f["type"], f["name"]))
        row = next(n for n, cells in enumerate(rows) if n and cells[fields.index(column)])
        put(changing, table, row + 1, column, value)
        changing.get_by_role("button", name="Run with the changes").click()
        expect(changing.locator(".live-refused li").first).to_be_visible()
        rows[row][fields.index(column)] = value
        write(staged, table, rows)
        expected = datacheck.problems(staged, {table})
        assert expected and changing.locator(".live-refused li").all_text_contents() == expected
        write(staged, table, rows_of(ROOT / "data", table))
        changing.get_by_role("button", name="Undo all").click()
        expect(changing.locator(".change-list li")).to_have_count(0)


def cells_that_pass(folder) -> list[tuple[str, int, str, str]]:
    """Ten cells, one table after another, each a few percent off; the check lets each pass."""
    chance, found = random.Random(SEED), []
    known = {path.stem for path in folder.glob("*.csv")}
    tables = [table for table in TABLES if table in known]
    while len(found) < CELLS:
        table = tables[len(found) % len(tables)]
        rows, column = rows_of(folder, table), chance.choice(columns_of(table, NUMBERS) or [""])
        row = chance.randrange(1, len(rows))
        if not column:
            tables.remove(table)
            continue
        place = rows[0].index(column)
        before = rows[row][place]
        if not re.fullmatch(r"-?\d+(\.\d+)?", before) or float(before) == 0:
            continue
        rows[row][place] = value = _near(before)
        write(folder, table, rows)
        if value != before and not datacheck.problems(folder, {table}):
            found.append((table, row + 1, column, value))
        else:
            rows[row][place] = before
            write(folder, table, rows)
    return found


def _near(number: str) -> str:
    """A number a few percent off, with as many digits."""
    return f"{float(number) * 1.03:.{len(number.partition('.')[2])}f}"


@pytest.mark.audit
def test_ten_changed_cells_give_the_facts_of_a_build_with_them(changing, tmp_path):
    staged = rehearsal.stage(tmp_path / "staged")
    cells = cells_that_pass(staged / "data")
    done = build(staged, strict=False)
    assert done.returncode == 0, done.stdout[-3000:]
    built, judged = facts_of(staged), verdicts_of(staged)
    for cell in cells:
        put(changing, *cell)
    changing.get_by_role("button", name="Run with the changes").click()
    expect(changing.locator("#change .live-now")).to_have_text(
        re.compile("^Done"), timeout=1000 * RUN
    )
    moved = changing.evaluate("document.getElementById('change').moved")
    assert moved["lost"] == []
    published = json.loads((ROOT / "tests" / "facts.json").read_text(encoding="utf-8"))
    expected = {
        key: fact["value"]
        for key, fact in built.items()
        if not agrees(fact["value"], published[key]["value"])
    }
    assert len(expected) > CELLS, "too little moves to show anything"
    found = {one["key"]: one["run"] for one in moved["differ"]}
    assert found.keys() == expected.keys()
    assert [key for key, value in expected.items() if not agrees(found[key], value)] == []
    turned = {key for key, one in judged.items() if one["value"] != published[key]["value"]}
    assert {f"claim-{claim.lower()}" for claim in moved["verdicts"]} == turned
