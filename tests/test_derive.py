"""Derivation: the committed tables are what the publishers' files give; bad files are refused."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import capex
import common
import compute
import pandas as pd
import pytest
from conftest import ROOT

DOWNLOADS = os.environ.get("DOWNLOADS")
needs_downloads = pytest.mark.skipif(
    not DOWNLOADS, reason="set DOWNLOADS to a folder with the publishers' files"
)


@pytest.fixture
def copy(tmp_path) -> Path:
    """A copy of the data folder, to be derived into."""
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "data"


def derive(copy: Path, downloads: Path) -> subprocess.CompletedProcess:
    command = [sys.executable, str(copy / "derive"), str(downloads)]
    return subprocess.run(command, text=True, capture_output=True)


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
