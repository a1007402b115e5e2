"""GPU clusters by country, and the power of sites of a gigawatt class over time."""

from pathlib import Path

import pandas as pd
from common import read

_COUNTRIES = {"United States of America": "United States", "China": "China"}
_GIGAWATT_SITES = ["Colossus 2", "Meta Prometheus"]


def clusters(downloads: Path) -> pd.DataFrame:
    """Existing GPU clusters of the US, China and elsewhere (Epoch AI, GPU Clusters)."""
    columns = ["Name", "Status", "Certainty", "Single cluster?", "H100 equivalents", "Country"]
    raw = read(downloads, "epoch/gpu_clusters.csv", columns)
    existing = raw[(raw["Status"] == "Existing") & raw["H100 equivalents"].notna()]
    return pd.DataFrame(
        {
            # Epoch gives all Chinese systems one name, so the row's number has to tell them apart.
            "cluster_id": [f"cluster-{row:04d}" for row in existing.index],
            "cluster_name": existing["Name"],
            "country": existing["Country"].map(_COUNTRIES).fillna("Other"),
            "h100e": existing["H100 equivalents"].round(1),
            "first_operational_date": existing["First Operational Date"],
            "certainty": existing["Certainty"],
            "is_possible_duplicate": existing["Possible Duplicate"].notna(),
            "is_in_standard_analysis": existing["Include in Standard Analysis"].notna(),
        }
    )


def site_power(downloads: Path) -> pd.DataFrame:
    """Power of two sites by date, in the vintage before the article and in one after it."""
    before = read(
        downloads,
        "epoch/frontier_data_center_timelines_2026-05.csv",
        ["Data center", "Date", "Power (MW)", "IT power (MW)", "H100 equivalents"],
    )
    after = read(
        downloads,
        "epoch/frontier_dc_gw_sites_2026-09_transcribed.csv",
        ["data_center", "date", "power_mw", "it_power_mw", "h100_equivalents"],
    )
    names = ["site_name", "as_of_date", "power_mw", "it_power_mw", "h100e"]
    before = before[["Data center", "Date", "Power (MW)", "IT power (MW)", "H100 equivalents"]]
    after = after[["data_center", "date", "power_mw", "it_power_mw", "h100_equivalents"]]
    rows = pd.concat(
        [
            before.set_axis(names, axis=1).assign(vintage="2026-05"),
            after.set_axis(names, axis=1).assign(vintage="2026-09"),
        ]
    )
    rows = rows[rows["site_name"].isin(_GIGAWATT_SITES)]
    return rows.assign(h100e=rows["h100e"].round(), source_id="epoch-data-centers")


TABLES = {"clusters": clusters, "site_power": site_power}
