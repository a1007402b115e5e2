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


# The publisher's names of chips in its two data sets, and the range of bandwidths where one name
# covers two chips.
_HARDWARE = {
    "A100": ("NVIDIA A100 SXM4 40 GB", "NVIDIA A100 SXM4 80 GB"),
    "A800": ("NVIDIA A800 PCIe 40 GB", "NVIDIA A800 SXM"),
    "Ascend 910B": ("Huawei Ascend 910B4", "Huawei Ascend 910B1 (v1)"),
    "Ascend 910C": ("Huawei Ascend 910C",),
    "B200": ("NVIDIA B200",),
    "B300": ("NVIDIA B300 (Blackwell Ultra)",),
    "H100/H200": ("NVIDIA H100 SXM5 80GB", "NVIDIA H200 SXM"),
    "H20": ("NVIDIA HGX H20",),
    "H800": ("NVIDIA H800 SXM5",),
    "Instinct MI300A": ("AMD Instinct MI300A",),
    "Instinct MI300X": ("AMD Instinct MI300X",),
    "Instinct MI325X": ("AMD Instinct MI325X",),
    "Instinct MI350X": ("AMD Instinct MI350X",),
    "Instinct MI355X": ("AMD Instinct MI355X",),
    "TPU v4": ("Google TPU v4",),
    "TPU v4i": ("Google TPU v4i",),
    "TPU v5e": ("Google TPU v5e",),
    "TPU v5p": ("Google TPU v5p",),
    "TPU v6e": ("Google TPU v6e Trillium",),
    "TPU v7": ("Google TPU v7 Ironwood",),
    "Trainium1": ("Amazon Trainium1",),
    "Trainium2": ("Amazon Trainium2",),
}
# The figure of the MI308X, 10.3 TB/s, is above that of the chip it is cut from: left empty.


def chip_types_held(downloads: Path) -> pd.DataFrame:
    """Epoch AI's stock of chips by owner and type at the last full quarter, with bandwidth."""
    raw = read(
        downloads,
        "epoch/ai_chip_owners_cumulative_by_chip_type.csv",
        ["Owner", "Chip type", "End date", _H100E, "Number of Units (median)", "Incomplete"],
    )
    complete = raw[raw["Incomplete"].isna()]
    # Owners whose last full quarter is older would be counted with less than they hold.
    last = complete[complete["End date"] == complete["End date"].max()]
    bandwidth = (
        read(downloads, "epoch/ml_hardware.csv", ["Hardware name", "Memory bandwidth (byte/s)"])
        .set_index("Hardware name")["Memory bandwidth (byte/s)"]
        .div(1e12)
    )
    ends = {kind: (bandwidth[names[0]], bandwidth[names[-1]]) for kind, names in _HARDWARE.items()}
    return pd.DataFrame(
        {
            "owner": last["Owner"],
            "designer": last["Chip manufacturer"],
            "chip_type": last["Chip type"],
            "quarter_end_date": last["End date"],
            "h100e": last[_H100E].astype("Int64"),
            "units": last["Number of Units (median)"].astype("Int64"),
            "memory_bandwidth_tb_s_low": [ends.get(kind, (None,))[0] for kind in last["Chip type"]],
            "memory_bandwidth_tb_s_high": [
                ends.get(kind, (None,))[-1] for kind in last["Chip type"]
            ],
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
    "chip_types_held": chip_types_held,
    "compute_capacity": compute_capacity,
    "data_centers": data_centers,
}
