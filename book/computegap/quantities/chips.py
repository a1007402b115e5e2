"""Chips: peaks, benchmark times, shares of the Chinese market."""

import pandas as pd

from computegap.quantities import quantity
from computegap.tables import load


@quantity()
def peaks(column: str) -> pd.Series:
    """A peak figure of all chips by name, in the unit of its column. Table chips."""
    return load("chips").set_index("chip_name")[column]


@quantity()
def designed_in(country: str) -> list[str]:
    """The chips of the designers of a country, by name. Table chips."""
    return load("chips").query("country == @country")["chip_name"].to_list()


def _peaks() -> pd.Series:
    """Dense 16-bit peak by chip (TFLOPS)."""
    return peaks("fp16_dense_tflops")


@quantity("TFLOPS")
def named_training_chips_tflops() -> tuple[float, float]:
    """Dense 16-bit peak of the article's four training chips, least and greatest (TFLOPS)."""
    named = _peaks()[["A100 SXM 80GB", "H100 SXM", "H200 SXM", "MI300X"]]
    return float(named.min()), float(named.max())


@quantity("multiple")
def h100_over_zhikai() -> float:
    """Dense 16-bit peak of the H100 over Iluvatar's inference card (multiple). Table chips."""
    return float(_peaks()["H100 SXM"] / _peaks()["Zhikai 100"])


def _best_minutes(benchmark: str) -> pd.Series:
    """The best time of eight accelerators in a test, by chip (minutes). Table mlperf_runs."""
    rows = load("mlperf_runs").query("accelerators == 8 and benchmark == @benchmark")
    return rows.groupby("chip_name")["minutes"].min()


@quantity("multiple")
def gb300_over_mi325x() -> float:
    """Best time of eight MI325X over that of eight GB300, Llama 2 70B LoRA (multiple).

    Source: MLPerf Training v5.1, unverified recomputation from the logs.
    """
    best = _best_minutes("Llama 2 70B LoRA")
    return float(best["MI325X"] / best["GB300 (per GPU)"])


@quantity("share")
def gb300_lead_over_mi355x() -> tuple[float, float]:
    """By how much eight MI355X take longer than eight GB300, in the two tests of both (share)."""
    times = [_best_minutes(test) for test in ("Llama 2 70B LoRA", "Llama 3.1 8B")]
    leads = [best["MI355X"] / best["GB300 (per GPU)"] - 1 for best in times]
    return float(min(leads)), float(max(leads))


def _cards_in_china(vendor: str) -> pd.Series:
    """A vendor's AI cards shipped in China in 2025, by IDC (a row of market_shares)."""
    rows = load("market_shares").query("market == 'AI accelerator cards' and period == '2025'")
    return rows.set_index("vendor").loc[vendor]


@quantity("share")
def nvidia_cards_in_china_share() -> float:
    """Nvidia's part of the AI cards shipped in China in 2025, by IDC (share)."""
    return float(_cards_in_china("Nvidia")["vendor_share"])


@quantity("multiple")
def ascend_910c_over_910() -> float:
    """Peak 16-bit arithmetic of the Ascend 910C over that of the first Ascend 910 (multiple)."""
    return float(_peaks()["Ascend 910C"] / _peaks()["Ascend 910 (320-TFLOPS version)"])


@quantity("TOPS")
def ascend_910_int8_tops() -> float:
    """Peak 8-bit arithmetic of the faster version of the first Ascend 910 (TOPS). Table chips."""
    chips = load("chips").set_index("chip_name")
    return float(chips.at["Ascend 910 (320-TFLOPS version)", "int8_dense_tops"])


def _ascend_910b_over_a100(column: str) -> tuple[float, float]:
    """The least and the greatest value of the Ascend 910B variants over the A100's (multiple)."""
    values = load("chips").set_index("chip_name")[column]
    ratios = values[values.index.str.startswith("Ascend 910B")] / values["A100 SXM 80GB"]
    return float(ratios.min()), float(ratios.max())


@quantity("multiple")
def ascend_910b_over_a100_arithmetic() -> tuple[float, float]:
    """Peak 16-bit arithmetic of the weakest and the strongest Ascend 910B over A100 (multiple)."""
    return _ascend_910b_over_a100("fp16_dense_tflops")


@quantity("multiple")
def ascend_910b_over_a100_bandwidth() -> tuple[float, float]:
    """Memory bandwidth of the slowest and the fastest Ascend 910B over A100 (multiple)."""
    return _ascend_910b_over_a100("memory_bandwidth_tb_s")


@quantity("million cards")
def chinese_cards_in_china_million() -> float:
    """Chinese vendors' AI cards shipped in China in 2025, by IDC (million cards)."""
    return float(_cards_in_china("Chinese vendors")["units"]) / 1e6


@quantity("share")
def chinese_cards_in_china_share() -> float:
    """Chinese vendors' part of the AI cards shipped there (share)."""
    return float(_cards_in_china("Chinese vendors")["vendor_share"])


@quantity("multiple")
def gb300_over_ascend_910c() -> float:
    """Peak 16-bit arithmetic of a GB300 over that of an Ascend 910C (multiple)."""
    return float(_peaks()["GB300 (per GPU)"] / _peaks()["Ascend 910C"])


@quantity("million developers")
def cuda_developers_million() -> float:
    """Developers on CUDA by Nvidia's last annual report before the article (million developers)."""
    return float(load("cuda_developers").sort_values("as_of_date")["developers_million"].iloc[-1])
