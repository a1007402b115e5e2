"""The market for AI chips and their use: tests, shares, revenue, China's additions, models."""

from pathlib import Path

import pandas as pd
from common import read, source_ids

_CHINESE_CHIPS = "Ascend|MTT|Cambricon|Hygon|Kunlun|MetaX|Biren|Iluvatar"
_FOREIGN_CHIPS = "NVIDIA|Nvidia|AMD|Google TPU|Intel|Cerebras|Amazon"

# MLPerf: the accelerator's name in the logs, and the chip of the table chips that it is.
_CHIPS = {
    "NVIDIA Blackwell Ultra GPU (GB300)": "GB300 (per GPU)",
    "NVIDIA Blackwell Ultra GPU (B300-SXM-270GB)": "B300",
    "NVIDIA Blackwell GPU (GB200)": "GB200 (per GPU)",
    "NVIDIA Blackwell GPU (B200-SXM-180GB)": "B200",
    "NVIDIA H200-SXM5-141GB": "H200 SXM",
    "NVIDIA H100-SXM5-80GB": "H100 SXM",
    "AMD Instinct MI300X 192GB HBM3": "MI300X",
    "AMD Instinct MI325X 256GB HBM3E": "MI325X",
    "AMD Instinct MI325X 256GB HBM3E DLC": "MI325X",
    "AMD Instinct MI350X": "MI350X",
    "AMD Instinct MI355X": "MI355X",
}
_BENCHMARKS = {
    "llama2_70b_lora": "Llama 2 70B LoRA",
    "llama31_8b": "Llama 3.1 8B",
    "llama31_405b": "Llama 3.1 405B",
    "flux1": "FLUX.1",
    "dlrm_dcnv2": "DLRM-DCNv2",
    "rgat": "R-GAT",
    "retinanet": "RetinaNet",
}
_LANGUAGE_MODELS = ["Llama 2 70B LoRA", "Llama 3.1 8B", "Llama 3.1 405B"]
# Runs whose configuration file in the results repository was read: system and benchmark.
_READ = {
    ("1xXE9680Lx8B200-SXM-180GB", "Llama 2 70B LoRA"): "FP4",
    ("1xXE9680Lx8H200-SXM-141GB", "Llama 2 70B LoRA"): "FP8",
    ("MI325X-LLMBoost-GPUBoost-1node", "Llama 2 70B LoRA"): "FP8",
    ("MI300X-LLMBoost-GPUBoost-1node", "Llama 2 70B LoRA"): "FP8",
    ("MI355X_EPYC_9575F_pytorch", "Llama 3.1 8B"): "FP8",
}

# Nvidia's sales of H20 to China that single pages print: none, then 50 million dollars.
_H20 = {
    "fiscal_year": ["FY2026", "FY2026"],
    "fiscal_quarter": ["Q2", "Q3"],
    "scope": "H20 to China",
    "revenue_usd_billion": [0.0, 0.05],
    "source_id": ["techdeals-h20", "moskara-nvidia-china"],
}


def mlperf_runs(downloads: Path) -> pd.DataFrame:
    """MLPerf Training v5.1 times, recomputed from the result logs; precision where it is known."""
    columns = ["submitter", "system_id", "benchmark", "accelerator", "n_accelerators"]
    raw = read(downloads, "market/mlperf_training_v5_1.csv", [*columns, "score_minutes", "n_runs"])
    # A submission with too few successful runs has no score.
    raw = raw[raw["score_minutes"].notna()]
    runs = pd.DataFrame(
        {
            "submitter": raw["submitter"].str.replace("_", " "),
            "system_id": raw["system_id"],
            "benchmark": raw["benchmark"].map(_BENCHMARKS),
            "accelerator": raw["accelerator"],
            "chip_name": raw["accelerator"].map(_CHIPS),
            "accelerators": raw["n_accelerators"],
            "runs": raw["n_runs"],
            "minutes": raw["score_minutes"],
            "source_id": "mlperf-training-v51",
        }
    )
    known = [
        _precision(*run)
        for run in runs[["submitter", "system_id", "benchmark", "chip_name"]].values
    ]
    return runs.assign(
        precision=[precision for precision, _ in known],
        precision_source_id=[source for _, source in known],
    )


def _precision(submitter: str, system: str, benchmark: str, chip: str) -> tuple:
    """The lowest precision of a run and who says so; nothing where nobody does."""
    if (system, benchmark) in _READ:
        return _READ[system, benchmark], "mlperf-training-v51"
    if benchmark not in _LANGUAGE_MODELS or not isinstance(chip, str):
        return None, None
    if submitter == "NVIDIA" and chip.startswith("GB"):
        return "FP4", "epium-mlperf-v51"
    if chip in ("H100 SXM", "H200 SXM", "MI300X", "MI325X"):
        # These chips have no arithmetic below eight bits.
        return "FP8 or wider", "epoch-hardware"
    if chip.startswith("MI"):
        # AMD's first training recipe with FP4 is of the round after this one.
        return "FP8 or wider", "amd-mlperf-v60"
    return None, None


def market_shares(downloads: Path) -> pd.DataFrame:
    """Shares of markets for AI chips as published, by region, definition, period and vendor."""
    columns = ["region", "market", "measure", "period", "vendor", "share_pct", "units", "publisher"]
    raw = read(downloads, "market/market_share.csv", [*columns, "source_url", "kind", "note"])
    # What the article prints is a claim, not evidence; a row without a figure says nothing.
    found = raw[(raw["kind"] != "article claim") & raw[["share_pct", "units"]].notna().any(axis=1)]
    return pd.DataFrame(
        {
            "region": found["region"],
            "market": found["market"],
            "basis": found["measure"].replace({"market share": "not stated"}),
            "period": found["period"].astype(str),
            "vendor": found["vendor"].str.replace(r" \(.*\)", "", regex=True),
            "vendor_share": found["share_pct"] / 100,
            "units": found["units"].astype("Int64"),
            "publisher": found["publisher"].str.split(" (", regex=False).str[0],
            "kind": found["kind"],
            "source_id": source_ids(found["source_url"]),
        }
    )


def nvidia_revenue(downloads: Path) -> pd.DataFrame:
    """Nvidia's revenue by fiscal period: total, data centre, and China with Hong Kong."""
    columns = ["fiscal_year", "period", "metric", "usd_billion", "source_url"]
    parts = read(downloads, "market/nvidia_revenue.csv", columns)
    # Releases that print a figure for which the download has a lead only.
    releases = {"FY2024": "nvidia-release-fy2024", "FY2025": "nvidia-release-fy2025"}
    is_lead = parts["source_url"].str.startswith("LEAD")
    own = pd.DataFrame(
        {
            "fiscal_year": parts["fiscal_year"],
            "fiscal_quarter": parts["period"].str.extract(r"^(Q\d)")[0].fillna("year"),
            "scope": parts["metric"].map({"total": "total", "data_center": "data centre"}),
            # The pages print one decimal.
            "revenue_usd_billion": parts["usd_billion"].round(1),
            "source_id": source_ids(parts["source_url"].mask(is_lead)).mask(
                is_lead, parts["fiscal_year"].map(releases)
            ),
        }
    )
    columns = ["fiscal_year", "fiscal_quarter", "usd_billion", "source_url"]
    china = read(downloads, "market/nvidia_china_revenue_quarterly.csv", columns)
    quarters = china[["fiscal_year", "fiscal_quarter"]].assign(
        scope="China with Hong Kong",
        revenue_usd_billion=china["usd_billion"],
        source_id=source_ids(china["source_url"]),
    )
    both = pd.concat([own, quarters, pd.DataFrame(_H20)], ignore_index=True)
    return both.assign(period_end_month=_fiscal_end(both["fiscal_year"], both["fiscal_quarter"]))


def _fiscal_end(years: pd.Series, quarters: pd.Series) -> pd.Series:
    """The month in which a period of Nvidia's fiscal year ends; the year itself ends in January."""
    months = quarters.map({"Q1": "04", "Q2": "07", "Q3": "10", "Q4": "01", "year": "01"})
    year = years.str[2:].astype(int) - (months != "01")
    return year.astype(str) + "-" + months


def china_compute_flows(downloads: Path) -> pd.DataFrame:
    """AI compute that China added legally, by chip type and quarter (Epoch AI, AI Chip Owners)."""
    median, low, high = (
        "Compute estimate in H100e (median)",
        "H100e (5th percentile)",
        "H100e (95th percentile)",
    )
    columns = ["Owner", "Chip manufacturer", "Chip type", "End date", median, low, high]
    raw = read(downloads, "epoch/ai_chip_owners_quarters_by_chip_type.csv", columns)
    china = raw[(raw["Owner"] == "China") & raw["Incomplete"].isna()]
    # One upper end lies below its median, a slip of a digit in the source.
    ends = china[[low, high]].where(china[high] >= china[median])
    return pd.DataFrame(
        {
            "designer": china["Chip manufacturer"],
            "chip_type": china["Chip type"],
            "quarter_end_date": china["End date"],
            "h100e": china[median].astype("Int64"),
            "h100e_p5": ends[low].astype("Int64"),
            "h100e_p95": ends[high].astype("Int64"),
            "units": china["Number of Units"].round().astype("Int64"),
        }
    )


def model_hardware(downloads: Path) -> pd.DataFrame:
    """Chinese models since 2018 whose training hardware is on record (Epoch AI, all AI models)."""
    columns = ["model", "organization", "publication_date", "country", "training_hardware"]
    raw = read(downloads, "epoch/all_ai_models_points_derived.csv", columns)
    known = raw[
        (raw["country"] == "China")
        & raw["training_hardware"].notna()
        & (raw["publication_date"] >= "2018")
    ]
    chinese = known["training_hardware"].str.contains(_CHINESE_CHIPS)
    foreign = known["training_hardware"].str.contains(_FOREIGN_CHIPS)
    origin = chinese.map({True: "Chinese", False: "foreign"}).mask(chinese & foreign, "both")
    return pd.DataFrame(
        {
            "model_name": known["model"],
            "organization": known["organization"],
            "publication_date": known["publication_date"],
            "training_hardware": known["training_hardware"],
            "chip_origin": origin,
            "accelerators": known["hardware_quantity"].astype("Int64"),
            "training_compute_flop": known["training_compute_flop"],
            "parameters": known["parameters"],
            "confidence": known["confidence"].fillna("Unknown"),
        }
    )


def training_utilisation(downloads: Path) -> pd.DataFrame:
    """Share of peak arithmetic that training runs since 2023 used, as their makers report it."""
    mfu = "Hardware utilization (MFU)"
    columns = ["Model", "Organization", "Publication date", "Training hardware", mfu]
    raw = read(downloads, "epoch/notable_ai_models.csv", columns)
    known = raw[raw[mfu].notna() & (raw["Publication date"] >= "2023")]
    return pd.DataFrame(
        {
            "model_name": known["Model"],
            # Of long lists of authors' institutions the first stands for all.
            "organization": known["Organization"].str.split(",").str[0],
            "publication_date": known["Publication date"],
            "training_hardware": known["Training hardware"],
            "accelerators": known["Hardware quantity"].astype("Int64"),
            "utilisation_share": known[mfu].round(4),
            "confidence": known["Confidence"].fillna("Unknown"),
        }
    )


TABLES = {
    "china_compute_flows": china_compute_flows,
    "market_shares": market_shares,
    "mlperf_runs": mlperf_runs,
    "model_hardware": model_hardware,
    "nvidia_revenue": nvidia_revenue,
    "training_utilisation": training_utilisation,
}
