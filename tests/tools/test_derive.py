"""Derivation: the committed tables are what the publishers' files give; bad files are refused."""

import datetime as dt
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import capex
import common
import compute
import pandas as pd
import pytest
import rehearsal
from conftest import ROOT

DOWNLOADS = os.environ.get("DOWNLOADS")
needs_downloads = pytest.mark.skipif(
    not DOWNLOADS, reason="set DOWNLOADS to a folder with the publishers' files"
)


CELL = """```{code-cell} ipython3
from computegap.show.facts import fact
from computegap.tables import load

listed = load("data_centers").query("country == 'China' and directory == 'AI Index 2026'")
count = int(listed["data_centers"].iloc[0])
fact("data-centers-china", count, "data centres")
assert count < 1000, "the text says hundreds"
```
"""


@pytest.fixture
def copy(book) -> Path:
    """The data folder of a small book with one fact, to be derived into."""
    book.page("# A page\n\nHundreds: {fact}`data-centers-china`.\n\n" + CELL)
    shutil.copytree(ROOT / "tools" / "derive", book.root / "tools" / "derive")
    (book.root / "tests").mkdir()
    shutil.copy(ROOT / "tools" / "snapshot.py", book.root / "tools")
    reviewed = json.loads((ROOT / "tests" / "facts.json").read_text(encoding="utf-8"))
    verdicts = {key: entry for key, entry in reviewed.items() if entry["unit"] == "verdict"}
    fact = {"data-centers-china": {"value": 449, "unit": "data centres"}}
    text = json.dumps({**fact, **verdicts})
    (book.root / "tests" / "facts.json").write_text(text, encoding="utf-8")
    return book.root / "data"


def derive(copy: Path, downloads: Path, *names: str) -> subprocess.CompletedProcess:
    command = [sys.executable, str(copy.parent / "tools" / "derive"), str(downloads), *names]
    return subprocess.run(command, text=True, capture_output=True)


@pytest.fixture
def directories(tmp_path) -> Path:
    """A folder of downloads with the counts of data centres, as their publishers name them."""
    table = pd.read_csv(ROOT / "data" / "data_centers.csv")
    sources = pd.read_csv(ROOT / "data" / "sources.csv").set_index("source_id")
    published = {
        "AI Index 2026": "AI Index Report 2026 (Stanford HAI)",
        "Cloudscene 2024": "Cloudscene via Statista (Mar 2024)",
        "Data Center Map 2026": "Data Center Map via Visual Capitalist",
    }
    raw = pd.DataFrame(
        {
            "country": table["country"],
            "data_centers": table["data_centers"],
            "directory": table["directory"].map(published),
            "source_url": table["source_id"].map(sources["url"]),
            "as_of": table["as_of_date"],
        }
    )
    folder = tmp_path / "downloads"
    (folder / "market").mkdir(parents=True)
    raw.to_csv(folder / "market" / "data_centers_by_country.csv", index=False)
    return folder


def revise(downloads: Path, old: str, new: str) -> None:
    path = downloads / "market" / "data_centers_by_country.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_the_same_download_changes_nothing(copy, directories):
    before = contents(copy)
    done = derive(copy, directories, "data_centers")
    assert done.returncode == 0, done.stderr
    assert "data_centers: unchanged" in done.stdout
    assert contents(copy) == before


def test_a_newer_download_shows_old_and_new_facts_and_replaces_the_table(copy, directories):
    revise(directories, "China,449,", "China,460,")
    done = derive(copy, directories, "data_centers")
    assert done.returncode == 0, done.stderr
    # Two lists count 449.
    assert "data_centers: 2 rows changed, 0 added, 0 removed" in done.stdout
    assert re.search(r"data-centers-china +449 data centres +460 data centres", done.stdout)
    assert "China,AI Index 2026,2026-04-13,460," in (copy / "data_centers.csv").read_text()


def test_a_table_is_dated_with_its_rows_and_by_the_day_on_which_it_was_read(copy, directories):
    path = copy / "datapackage.json"

    def entry(name: str) -> dict:
        package = json.loads(path.read_text(encoding="utf-8"))
        return next(one for one in package["resources"] if one["name"] == name)

    other = entry("chips")
    revise(directories, "2026-04-13", "2026-08-01")
    assert derive(copy, directories, "data_centers").returncode == 0
    today = f"{dt.date.today():%Y-%m-%d}"
    assert (entry("data_centers")["as_of"], entry("data_centers")["accessed"]) == (
        "2026-08-01",
        today,
    )
    assert entry("chips") == other


def test_a_verdict_that_turns_is_shown_old_and_new(tmp_path):
    facts = json.loads((ROOT / "tests/facts.json").read_text(encoding="utf-8"))
    assert facts["claim-c035"]["value"] == "supported"
    facts["claim-c035"]["value"] = "contradicted"
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/facts.json").write_text(json.dumps(facts), encoding="utf-8")
    assert rehearsal.changed_numbers(tmp_path) == [("claim-c035", "supported", "contradicted")]


def test_a_number_that_breaks_a_sentence_replaces_no_table_and_is_named(copy, directories):
    revise(directories, "China,449,", "China,4490,")
    before = contents(copy)
    done = derive(copy, directories, "data_centers")
    assert done.returncode == 1
    assert "nothing was replaced" in done.stderr
    assert re.search(r"book/index\.md:\d+: AssertionError: the text says hundreds", done.stderr)
    assert contents(copy) == before


def test_a_negative_count_replaces_no_table_and_names_row_and_column(copy, directories):
    revise(directories, "China,449,", "China,-449,")
    before = contents(copy)
    done = derive(copy, directories, "data_centers")
    assert done.returncode == 1
    assert "nothing was replaced" in done.stderr
    assert "data_centers.csv" in done.stderr and "'data_centers'" in done.stderr
    assert contents(copy) == before


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.csv")}


@needs_downloads
def test_deriving_again_gives_the_committed_tables_byte_for_byte(copy):
    before = contents(copy)
    done = derive(copy, Path(DOWNLOADS))
    assert done.returncode == 0, done.stderr
    assert contents(copy) == before


@needs_downloads
def test_a_figure_out_of_range_replaces_no_table(copy, tmp_path):
    newer = tmp_path / "newer"
    shutil.copytree(DOWNLOADS, newer)
    path = newer / "market" / "capex.csv"
    path.chmod(0o644)
    path.parent.chmod(0o755)
    path.write_text(path.read_text().replace("131.819", "-131.819"))
    before = contents(copy)
    done = derive(copy, newer)
    assert done.returncode == 1
    assert "nothing was replaced" in done.stderr
    assert "capex.csv" in done.stderr
    assert "capex_usd_billion" in done.stderr
    assert contents(copy) == before


def test_a_missing_download_is_named_and_replaces_nothing(copy, tmp_path):
    before = contents(copy)
    done = derive(copy, tmp_path)
    assert done.returncode == 1
    assert "market/capex.csv is not in" in done.stderr
    assert contents(copy) == before


def test_a_download_without_an_expected_column_is_named(tmp_path):
    (tmp_path / "f.csv").write_text("a,b\n1,2\n")
    with pytest.raises(common.DerivationError, match=r"f.csv lacks the columns \['c'\]"):
        common.read(tmp_path, "f.csv", ["a", "c"])


def test_an_address_that_is_no_source_is_named():
    with pytest.raises(common.DerivationError, match=r"https://nowhere\.example"):
        common.source_ids(pd.Series(["https://nowhere.example"]))


def test_rows_flagged_incomplete_are_left_out(tmp_path):
    (tmp_path / "epoch").mkdir()
    header = (
        "Owner,Chip manufacturer,End date,Compute estimate in H100e (median),"
        "H100e (5th percentile),H100e (95th percentile),Number of Units (median),Incomplete\n"
    )
    rows = "xAI,Nvidia,2025-12-31,10,,,10,\nxAI,Nvidia,2026-03-31,12,,,12,True\n"
    path = tmp_path / "epoch" / "ai_chip_owners_cumulative_by_designer.csv"
    path.write_text(header + rows)
    owners = compute.chip_owners(tmp_path)
    assert list(owners["quarter_end_date"]) == ["2025-12-31"]
    assert owners["h100e_p5"].isna().all()


def test_growth_is_read_from_the_note_where_it_is_printed(tmp_path):
    (tmp_path / "market").mkdir()
    url = "https://www.etnet.com.hk/www/tc/forex/news-article/20260306755"
    (tmp_path / "market" / "compute_capacity.csv").write_text(
        "country,as_of,eflops,scope,precision,publisher,source,note\n"
        f"China,2025-06,962,all,,CAICT,{url},about 21 % of the world; +73 % year on year\n"
        f"World,2025-06,4495,all,,CAICT,{url},precision not stated\n"
    )
    growth = compute.compute_capacity(tmp_path)["growth_percent"]
    assert list(growth.dropna()) == ["73"]


def test_a_filed_quarter_goes_before_a_page_about_it(tmp_path):
    (tmp_path / "market").mkdir()
    url = "https://www.opencapital.sh/stocks/msft/metrics/capital_expenditures"
    (tmp_path / "market" / "capex_quarterly.csv").write_text(
        "company,period_end,usd_billion,sec_xbrl_usd_billion,source_url\n"
        f"Microsoft,2025-03-31,16.7,16.745,{url}\nMicrosoft,2022-03-31,5.3,,{url}\n"
    )
    quarters = capex.capex_quarterly(tmp_path)
    assert list(quarters["capex_usd_billion"]) == [16.745, 5.3]
    assert list(quarters["source_id"]) == ["sec-microsoft", "opencapital-microsoft"]
