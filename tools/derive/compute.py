"""Stocks of AI compute by owner, national totals of computing power, counts of data centres."""

from pathlib import Path

import pandas as pd
from common import read, source_ids

_H100E = "Compute estimate in H100e (median)"


def chip_owners(downloads: Path) -> pd.DataFrame:
    """Epoch AI's estimate of the stock of AI chips by owner, designer and quarter."""
    columns = ["Owner", "Chip manufacturer", "End date", _H100E, "Number of Units (median)"]
    raw = read(
        downloads, "epoch/ai_chip_owners_cumulative_by_designer.csv", [*columns, "Incomplete"]
    )
    # Epoch flags the rows of a quarter for which not all chips are counted yet.
    complete = raw[raw["Incomplete"].isna()]
    return pd.DataFrame(
        {
            "owner": complete["Owner"],
            "designer": complete["Chip manufacturer"],
            "quarter_end_date": complete["End date"],
            "h100e": complete[_H100E].astype("Int64"),
            "h100e_p5": complete["H100e (5th percentile)"].astype("Int64"),
            "h100e_p95": complete["H100e (95th percentile)"].astype("Int64"),
            "units": complete["Number of Units (median)"].astype("Int64"),
        }
    )


def compute_capacity(downloads: Path) -> pd.DataFrame:
    """Totals of computing power as published, by country, date, scope and precision."""
    columns = ["country", "as_of", "eflops", "scope", "note"]
    raw = read(downloads, "market/compute_capacity.csv", columns)
    # The article's own pair is a claim, not evidence; it stands in claims.csv.
    raw = raw[raw["source"] != "the article"]
    return pd.DataFrame(
        {
            "country": raw["country"],
            "as_of_date": raw["as_of"].astype(str),
            "eflops": raw["eflops"],
            # Growth stands in the note as "+73 %", where the page prints it.
            "growth_percent": raw["note"].str.extract(r"\+(\d+) %", expand=False),
            "scope": raw["scope"],
            "precision": raw["precision"],
            "publisher": raw["publisher"],
            "source_id": source_ids(raw["source"]),
        }
    )


def data_centers(downloads: Path) -> pd.DataFrame:
    """Data centres listed in public directories, by country; counts without size."""
    columns = ["country", "data_centers", "directory", "source_url", "as_of"]
    raw = read(downloads, "market/data_centers_by_country.csv", columns)
    directories = {
        "AI Index Report 2026 (Stanford HAI)": "AI Index 2026",
        "Cloudscene via Statista (Mar 2024)": "Cloudscene 2024",
        "Data Center Map via Visual Capitalist": "Data Center Map 2026",
    }
    return pd.DataFrame(
        {
            "country": raw["country"],
            "directory": raw["directory"].map(directories),
            "as_of_date": raw["as_of"],
            "data_centers": raw["data_centers"],
            "source_id": source_ids(raw["source_url"]),
        }
    )


TABLES = {
    "chip_owners": chip_owners,
    "compute_capacity": compute_capacity,
    "data_centers": data_centers,
}
