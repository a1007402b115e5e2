"""Specifications of AI chips."""

from pathlib import Path

import pandas as pd
from common import read, source_ids

# Hosts of the vendors' own documents; figures from any other address are a third party's.
_VENDORS = (
    "nvidia.com|nvdam.widen.net|primeline-solutions|amd.com|hotchips.org|huawei.com"
    "|mthreads.com|birentech.com|perma.cc/H4JT-SZNV"
)


def chips(downloads: Path) -> pd.DataFrame:
    """Published peak specifications, one row a chip; empty where nobody published a figure.

    Most rows are Epoch AI's (with the data sheet that Epoch names, not opened here); the others
    are read on single pages. Tensor operations are dense, without sparsity.
    """
    columns = ["chip", "vendor", "country", "release", "fp16_dense_tflops", "source_kind"]
    raw = read(downloads, "market/chips.csv", columns)
    is_epoch = raw["source_kind"].str.startswith("Epoch")
    announced = raw["release"].str.contains("planned") | raw["chip"].str.contains("roadmap|planned")
    has_figures = raw[["fp16_dense_tflops", "fp8_dense_tflops", "memory_gb"]].notna().any(axis=1)
    from_vendor = raw["source_url"].str.contains(_VENDORS, regex=True, na=False)
    origin = from_vendor.map({True: "vendor", False: "third party"})
    # One figure is of vector arithmetic, not of the tensor operations that the column holds.
    is_vector = raw["note"].str.contains("vector FP16", na=False)
    return pd.DataFrame(
        {
            "chip_name": raw["chip"],
            "vendor": raw["vendor"],
            "country": raw["country"],
            "release": raw["release"].str.replace(r" \(planned\)", "", regex=True),
            "status": announced.map({True: "announced"}).fillna("released").where(has_figures),
            "figure_origin": origin.where(has_figures),
            "fp16_dense_tflops": raw["fp16_dense_tflops"].mask(is_vector),
            "int8_dense_tops": raw["int8_dense_tops"],
            "fp8_dense_tflops": raw["fp8_dense_tflops"],
            "memory_gb": raw["memory_gb"],
            "memory_bandwidth_tb_s": raw["bandwidth_tb_s"],
            "tdp_w": raw["tdp_w"],
            "datasheet_url": raw["source_url"].where(is_epoch).str.split("#:~").str[0],
            "source_id": source_ids(raw["source_url"].mask(is_epoch)).mask(
                is_epoch, "epoch-hardware"
            ),
            "note": raw["note"].mask(is_vector, "only a figure for vector arithmetic is published"),
        }
    )


TABLES = {"chips": chips}
