"""Named quantities computed from the tables: one short function each, pure but for `load`.

Ratios are US over China and dimensionless; compute is in H100 equivalents (H100e).
"""

import numpy as np
import pandas as pd
from scipy.special import ndtri, stdtrit

from computegap import model
from computegap.tables import load

# The owners whom Epoch AI names and who are US companies; "Other" is spread over many countries.
US_OWNERS = ("Amazon", "CoreWeave", "Google", "Meta", "Microsoft", "Oracle", "xAI")
FOUR_FIRMS = ("Alphabet", "Amazon", "Meta", "Microsoft")
ARTICLE_DATE = pd.Timestamp("2026-06-22")


def claimed(claim_id: str, end: str = "value") -> float:
    """The value that the article states in a claim, in the claim's unit; `end` may be value_high.

    Raises `KeyError` for an unknown claim.
    """
    return float(load("claims").set_index("claim_id").at[claim_id, end])


# Capital expenditure


def capex_guidance(year: int, point: str) -> pd.Series:
    """Guided capital expenditure by firm (USD billion); `point` is low, middle or high.

    A firm that guides a single figure has it at all three. Definitions are the firms' own; some
    include finance leases. Source: the firms' releases, table capex.
    """
    rows = load("capex").query("year == @year and kind.str.startswith('guidance')")
    ends = rows.groupby("company")["capex_usd_billion"].agg(["min", "max"])
    return {"low": ends["min"], "middle": ends.mean(axis=1), "high": ends["max"]}[point]


def capex_cash(year: int) -> pd.Series:
    """Cash purchases of property and equipment by firm in a calendar year (USD billion).

    Sums of four quarters, so that Microsoft's year is the calendar's; a year with a quarter
    missing is missing. Source: SEC filings, table capex_quarterly.
    """
    quarters = load("capex_quarterly").query("quarter_end_date.dt.year == @year")
    by_firm = quarters.groupby("company")["capex_usd_billion"]
    return by_firm.sum().where(by_firm.count() == 4)


def capex_press_base() -> float:
    """The four firms' total for 2025 that press reports compared with (USD billion).

    It is above the cash purchases, so it includes leases of some kind; its definition is not
    printed. Source: News.Az on the Financial Times, table capex.
    """
    rows = load("capex").query("definition == 'as reported in the press' and year == 2025")
    return float(rows["capex_usd_billion"].iloc[0])


def capex_forecast(year: int, companies: tuple[str, ...]) -> float:
    """Forecast capital expenditure of the companies together (USD billion). Table capex."""
    rows = load("capex").query("year == @year and kind == 'forecast'").set_index("company")
    return float(rows["capex_usd_billion"].loc[list(companies)].sum())


def private_investment(year: int) -> float:
    """US gross private domestic investment, mean of the year's quarters at annual rates.

    USD billion a year. Source: BEA via FRED, latest vintage in table private_investment.
    """
    rows = load("private_investment").sort_values("vintage_date")
    latest = rows.drop_duplicates("quarter_start_date", keep="last")
    return float(latest.query("quarter_start_date.dt.year == @year")["gpdi_usd_billion"].mean())


def private_investment_known() -> float:
    """The last quarter of that investment as known on the article's date (USD billion a year)."""
    known = load("private_investment").query("vintage_date <= @ARTICLE_DATE")
    return float(known.sort_values("quarter_start_date")["gpdi_usd_billion"].iloc[-1])


# Stocks of AI compute


def stocks() -> pd.DataFrame:
    """Stock of AI compute by owner and quarter: h100e, h100e_p5, h100e_p95 (million H100e).

    Ranges of an owner's designers are added end to end, as if they moved together: a wide range.
    Where the publisher gives no range for a designer, its median stands for both ends.
    Source: Epoch AI, AI Chip Owners.
    """
    rows = load("chip_owners").astype({"h100e": float, "h100e_p5": float, "h100e_p95": float})
    for end in ("h100e_p5", "h100e_p95"):
        rows[end] = rows[end].fillna(rows["h100e"])
    grouped = rows.groupby(["quarter_end_date", "owner"])[["h100e", "h100e_p5", "h100e_p95"]]
    return grouped.sum() / 1e6


def latest_quarter() -> pd.Timestamp:
    """Last day of the last quarter that the table of owners covers in full."""
    return load("chip_owners")["quarter_end_date"].max()


def stock(*owners: str, end: str = "h100e") -> pd.Series:
    """Stock of some owners together by quarter (million H100e); `end` picks median, p5 or p95."""
    by_owner = stocks()[end].unstack("owner").fillna(0)
    return by_owner[list(owners)].sum(axis=1)


def us_stock() -> pd.Series:
    """Stock of the seven named US owners by quarter (million H100e)."""
    return stock(*US_OWNERS)


def china_stock(smuggled: bool) -> pd.Series:
    """Stock of Chinese owners by quarter (million H100e), with smuggled chips or without."""
    return stock("China", "China (smuggled)") if smuggled else stock("China")


def world_stock() -> pd.Series:
    """Stock of all owners by quarter (million H100e)."""
    return stocks()["h100e"].groupby("quarter_end_date").sum()


def us_china_compute_ratio(smuggled: bool) -> float:
    """US-owned over Chinese-owned AI compute at the last complete quarter.

    US: the seven named US owners. China: its entry of legal chips, plus smuggled ones if asked.
    """
    return float((us_stock() / china_stock(smuggled)).iloc[-1])


def official_compute_ratio() -> float:
    """US over Chinese AI compute, without smuggled chips."""
    return us_china_compute_ratio(smuggled=False)


def smuggled_compute_ratio() -> float:
    """US over Chinese AI compute, smuggled chips counted as Chinese."""
    return us_china_compute_ratio(smuggled=True)


def smuggled_compute_ratio_range() -> tuple[float, float]:
    """That ratio at the 95th and the 5th percentile of smuggled chips, all else at the median."""
    us, official = us_stock().iloc[-1], china_stock(smuggled=False).iloc[-1]
    ends = [stock("China (smuggled)", end=end).iloc[-1] for end in ("h100e_p95", "h100e_p5")]
    return tuple(float(us / (official + smuggled)) for smuggled in ends)


def china_new_compute_share(smuggled: bool) -> pd.Series:
    """China's share of the AI compute added in each quarter, world-wide (0 to 1).

    The difference of stocks between quarters; the first quarter of the table has none.
    """
    return (china_stock(smuggled).diff() / world_stock().diff()).dropna()


# Other yardsticks of the gap


def clusters_by_country(standard: bool = False, duplicates: bool = True) -> pd.Series:
    """Compute of existing GPU clusters by country (H100e).

    `standard` keeps the clusters of the publisher's own analyses, `duplicates` the possible ones.
    """
    rows = load("clusters")
    if standard:
        rows = rows[rows["is_in_standard_analysis"]]
    if not duplicates:
        rows = rows[~rows["is_possible_duplicate"]]
    return rows.groupby("country")["h100e"].sum()


def cluster_ratio() -> float:
    """US over Chinese compute in existing GPU clusters, all that the publisher lists."""
    by_country = clusters_by_country()
    return float(by_country["United States"] / by_country["China"])


def cluster_ratio_standard() -> float:
    """The same over the clusters that the publisher counts in its own analyses."""
    by_country = clusters_by_country(standard=True)
    return float(by_country["United States"] / by_country["China"])


def data_center_ratio(directory: str = "AI Index 2026") -> float:
    """US over Chinese data centres in a public directory: a count, without size."""
    counts = load("data_centers").query("directory == @directory").set_index("country")
    return float(counts.at["United States", "data_centers"] / counts.at["China", "data_centers"])


def record_run(country: str, until: pd.Timestamp = ARTICLE_DATE) -> pd.Series:
    """The model of a country with the most training compute published by a day (a table row)."""
    rows = load("training_compute").query("country == @country and publication_date <= @until")
    return rows.loc[rows["training_compute_flop"].idxmax()]


def record_run_ratio() -> float:
    """Training compute of the largest known US run over the largest known Chinese one."""
    us, china = record_run("United States"), record_run("China")
    return float(us["training_compute_flop"] / china["training_compute_flop"])


def large_runs() -> pd.DataFrame:
    """Models published by the article's date with 1e25 FLOP of training compute or more (rows).

    Source: Epoch AI, Data on AI Models, table training_compute.
    """
    runs = load("training_compute").query("publication_date <= @ARTICLE_DATE")
    return runs[runs["training_compute_flop"] >= 1e25]


def caict_eflops(country: str) -> float:
    """CAICT's total of computing devices in June 2025 (EFLOPS), of China or World."""
    totals = load("compute_capacity").query("scope == 'computing devices'")
    return float(totals.query("as_of_date == '2025-06'").set_index("country").at[country, "eflops"])


def article_chip_ratio() -> float:
    """High-end chips, US over China, as the article has it (claim C033)."""
    return 1 / claimed("C033")


def article_data_center_ratio() -> float:
    """Data centres, US over China: the article's 'over', taken at its bound (claim C035)."""
    return claimed("C035")


def article_eflops_ratio() -> float:
    """Total computing power, US over China, from the article's pair (claims C036, C037)."""
    return claimed("C036") / claimed("C037")


def yardsticks() -> pd.DataFrame:
    """The table yardsticks with the `ratio` that each one's measure computes, smallest first."""
    rows = load("yardsticks")
    rows["ratio"] = [globals()[measure]() for measure in rows["measure"]]
    return rows.sort_values("ratio", ignore_index=True)


# The same in the units of claims, for data/evidence.csv; a pair is a range


def meta_gpu_count_million() -> float:
    """Nvidia and AMD chips that Meta owned at the last complete quarter (million chips)."""
    rows = load("chip_owners").query("owner == 'Meta'")
    return float(rows.groupby("quarter_end_date")["units"].sum().iloc[-1]) / 1e6


def google_h100e_million() -> float:
    """Google's stock of AI compute (million H100e)."""
    return float(stock("Google").iloc[-1])


def google_compute_share_percent() -> float:
    """Google's part of the world's stock of AI compute (percent)."""
    return float(100 * (stock("Google") / world_stock()).iloc[-1])


def us_owner_compute_share_percent() -> float:
    """The named US owners' part of the world's stock of AI compute (percent)."""
    return float(100 * (us_stock() / world_stock()).iloc[-1])


def us_cluster_share_percent() -> float:
    """The US part of compute in all existing clusters that the publisher lists (percent)."""
    by_country = clusters_by_country()
    return float(100 * by_country["United States"] / by_country.sum())


def capex_guidance_2026_range() -> tuple[float, float]:
    """Sums of the low and of the high ends of the four firms' guidance for 2026 (USD billion)."""
    return tuple(float(capex_guidance(2026, end).sum()) for end in ("low", "high"))


def capex_growth_press_base_percent() -> float:
    """Growth from the press total of 2025 to the high end for 2026 (percent)."""
    return float(100 * (capex_guidance(2026, "high").sum() / capex_press_base() - 1))


def capex_growth_cash_percent() -> float:
    """Growth from cash spent in 2025 to the high end for 2026 (percent)."""
    return float(100 * (capex_guidance(2026, "high").sum() / capex_cash(2025).sum() - 1))


def capex_share_of_gpdi_2025_percent() -> float:
    """The high end for 2026 over US private domestic investment of 2025 (percent)."""
    return float(100 * capex_guidance(2026, "high").sum() / private_investment(2025))


def capex_share_of_gpdi_2026q1_percent() -> float:
    """The same over the last quarter of that investment known on the article's date (percent)."""
    return float(100 * capex_guidance(2026, "high").sum() / private_investment_known())


def chip_ratio_china_us_smuggled() -> float:
    """Chinese over US AI compute, smuggled chips counted as Chinese (ratio)."""
    return 1 / smuggled_compute_ratio()


def chip_ratio_china_us_official() -> float:
    """Chinese over US AI compute, legal chips (ratio)."""
    return 1 / official_compute_ratio()


def cluster_ratio_china_us_range() -> tuple[float, float]:
    """Chinese over US compute in clusters: the publisher's standard set, and all listed (ratio)."""
    return 1 / cluster_ratio_standard(), 1 / cluster_ratio()


def data_center_ratio_map() -> float:
    """US over Chinese data centres in a second directory, Data Center Map (multiple)."""
    return data_center_ratio("Data Center Map 2026")


def smallest_giant_over_china() -> float:
    """Stock of the smallest of four US owners over China's, smuggled chips counted (multiple)."""
    four = [stock(owner).iloc[-1] for owner in ("Amazon", "Google", "Meta", "Microsoft")]
    return float(min(four) / china_stock(smuggled=True).iloc[-1])


def colossus2_power_gw() -> float:
    """Power of Colossus 2 on the article's date, by the table of September 2026 (GW)."""
    rows = load("site_power").query("site_name == 'Colossus 2' and vintage == '2026-09'")
    known = rows.query("as_of_date <= @ARTICLE_DATE").sort_values("as_of_date")
    return float(known["power_mw"].iloc[-1]) / 1000


def largest_announced_over_v4_pro() -> float:
    """Parameters of the largest run announced for Colossus 2 over DeepSeek V4 Pro's (multiple)."""
    announced = load("announced_runs")["parameters_trillion"].max()
    models = load("training_compute").set_index("model_name")
    return float(announced * 1e12 / models.at["DeepSeek-V4-Pro", "parameters"])


def compute_ratio_range() -> tuple[float, float]:
    """US over Chinese AI compute, with smuggled chips and without (multiple)."""
    return smuggled_compute_ratio(), official_compute_ratio()


def china_compute_share_percent() -> float:
    """China's part of the world's stock of AI compute, smuggled chips counted (percent)."""
    return china_compute_share_range_percent()[0]


def china_compute_share_range_percent() -> tuple[float, float]:
    """That part at the last complete quarter, and the highest of all quarters (percent)."""
    share = 100 * china_stock(smuggled=True) / world_stock()
    return float(share.iloc[-1]), float(share.max())


def china_new_share_range_percent() -> tuple[float, float]:
    """The same of the compute that a quarter added: the last one, and the highest (percent)."""
    share = 100 * china_new_compute_share(smuggled=True)
    return float(share.iloc[-1]), float(share.max())


def china_new_share_rises() -> float:
    """Quarters after the highest one in which that part of new compute rose (quarters)."""
    share = china_new_compute_share(smuggled=True)
    return float((share[share.idxmax() :].diff() > 0).sum())


def meta_capex_guidance_2026_range() -> tuple[float, float]:
    """Low and high end of Meta's guidance for 2026 (USD billion). Source: table capex."""
    return tuple(float(capex_guidance(2026, end)["Meta"]) for end in ("low", "high"))


def capex_forecast_five_2027_usd_trillion() -> float:
    """Forecast for 2027 of five firms, Oracle among them (USD trillion). Source: table capex."""
    return capex_forecast(2027, ("Alphabet, Amazon, Meta, Microsoft and Oracle",)) / 1000


def capex_forecast_four_2027_usd_trillion() -> float:
    """The same forecast for the four firms alone (USD trillion)."""
    return capex_forecast(2027, FOUR_FIRMS) / 1000


def caict_china_eflops() -> float:
    """CAICT's total for China in June 2025 (EFLOPS)."""
    return caict_eflops("China")


def claimed_us_over_caict_world_percent() -> float:
    """The claimed US total over CAICT's total for the world in June 2025 (percent)."""
    return 100 * claimed("C036") / caict_eflops("World")


def total_eflops_ratio() -> float:
    """US over Chinese total computing power, the one pair found (multiple). compute_capacity."""
    totals = load("compute_capacity").query("scope == 'total computing'").set_index("country")
    return float(totals.at["United States", "eflops"] / totals.at["China", "eflops"])


def large_run_organisations() -> float:
    """Organisations with a known run of 1e25 FLOP or more by the article's date (number)."""
    return float(large_runs()["organization"].nunique())


def v3_run_cost_usd_million() -> float:
    """DeepSeek's own figure for the final run of V3 (USD million). Table training_costs."""
    costs = load("training_costs").set_index("model_name")["cost_usd_billion"]
    return float(1000 * costs["DeepSeek-V3"])


def large_runs_us_over_china() -> float:
    """Known US runs of 1e25 FLOP or more over Chinese ones, by number (multiple)."""
    by_country = large_runs()["country"].value_counts()
    return float(by_country["United States"] / by_country["China"])


def largest_us_model_trillion() -> float:
    """Parameters of the largest US model out by the article's date (trillion). Epoch AI."""
    models = load("training_compute").query("country == 'United States'")
    known = models[models["publication_date"] <= ARTICLE_DATE]
    return float(known["parameters"].max()) / 1e12


def chinese_trillion_developers() -> float:
    """Chinese developers with a model of a trillion parameters by then (number). Epoch AI."""
    models = load("training_compute").query("country == 'China' and parameters >= 1e12")
    return float(models[models["publication_date"] <= ARTICLE_DATE]["organization"].nunique())


def models_on_chinese_chips() -> float:
    """Models trained on Chinese chips, alone or beside others (number). Table model_hardware."""
    rows = load("model_hardware").query("chip_origin != 'foreign'")
    return float((rows["publication_date"] <= ARTICLE_DATE).sum())


def named_training_chips_tflops() -> tuple[float, float]:
    """Dense 16-bit peak of the article's four training chips, least and greatest (TFLOPS)."""
    named = ["A100 SXM 80GB", "H100 SXM", "H200 SXM", "MI300X"]
    peaks = load("chips").set_index("chip_name").loc[named, "fp16_dense_tflops"]
    return float(peaks.min()), float(peaks.max())


def h100_over_zhikai() -> float:
    """Dense 16-bit peak of the H100 over Iluvatar's inference card (multiple). Table chips."""
    peaks = load("chips").set_index("chip_name")["fp16_dense_tflops"]
    return float(peaks["H100 SXM"] / peaks["Zhikai 100"])


def compute_of_size_step() -> float:
    """Compute for that step in size when data grow with size: its square (multiple)."""
    return largest_announced_over_v4_pro() ** 2


def eci_gap_points() -> float:
    """Best US score less best Chinese one on the article's date (points of the index)."""
    best = eci_scores().query("release_date <= @ARTICLE_DATE").groupby("country")["eci"].max()
    return float(best["United States"] - best["China"])


def eci_place_v4_pro_at_assessment() -> float:
    """Place of DeepSeek V4 Pro among Chinese models on the day of CAISI's assessment."""
    return eci_place("DeepSeek-V4-Pro", pd.Timestamp("2026-05-01"))


def eci_place_v4_pro() -> float:
    """The same on the article's date."""
    return eci_place("DeepSeek-V4-Pro", ARTICLE_DATE)


def eci_catch_up_months() -> tuple[float, float]:
    """The gap in points over the slope of China's records since three days (months)."""
    slopes = [12 / eci_record_pace("China", since) for since in TREND_STARTS]
    return tuple(float(eci_gap_points() * end) for end in (min(slopes), max(slopes)))


def us_record_pace_range() -> tuple[float, float]:
    """Slope of US records since 2024 and since 2025, least and greatest (points a year)."""
    paces = [eci_record_pace("United States", since) for since in ("2024-01-01", "2025-01-01")]
    return min(paces), max(paces)


def us_record_spacing_range_days() -> tuple[float, float]:
    """Median time since the record before, in the last two half-years, least first (days)."""
    days = eci_records("United States").set_index("release_date").index.to_series()
    gaps = days.diff().dt.days
    halves = gaps["2025-07-01":"2025-12-31"], gaps["2026-01-01":ARTICLE_DATE]
    return tuple(sorted(float(half.median()) for half in halves))


def openai_release_gap_range_days() -> tuple[float, float]:
    """Time between OpenAI's releases from GPT-5.1 to the article, least and greatest (days)."""
    rows = eci_scores().query("release_date <= @ARTICLE_DATE")
    version = rows["model_name"].str.extract(r"^(GPT-5\.\d)", expand=False)
    gaps = rows.groupby(version)["release_date"].min().sort_values().diff().dt.days
    return float(gaps.min()), float(gaps.max())


def mythos_lead_points() -> float:
    """Claude Mythos Preview over Opus 4.6 on SWE-bench Verified (percentage points)."""
    return swe_bench_lead("Claude Mythos Preview", "Claude Opus 4.6")


def opus_lead_points() -> float:
    """Claude Opus 4.6 over Gemini 3.1 Pro on SWE-bench Verified (percentage points)."""
    return swe_bench_lead("Claude Opus 4.6", "Gemini 3.1 Pro")


def caisi_gap_held_back_over_public() -> float:
    """Least gap of V4 Pro on tests held back over its greatest on public ones (multiple).

    The gap is to the best US model of each test. Source: CAISI, table benchmark_scores.
    """
    rows = load("benchmark_scores").query("evaluator == 'CAISI'")
    scores = rows.pivot(
        index=["is_public", "benchmark"], columns="model_name", values="score_share"
    )
    ours = scores.pop("DeepSeek V4 Pro")
    gap = (scores.max(axis=1) - ours).groupby("is_public")
    return float(gap.min()[False] / gap.max()[True])


def r1_gain_points() -> float:
    """DeepSeek-R1 over DeepSeek-V3, from which later training made it (points of the index)."""
    points = eci_scores().set_index("model_name")["eci"]
    return float(points["DeepSeek-R1"] - points["DeepSeek-V3"])


def nvidia_merchant_share_percent() -> float:
    """Nvidia's part of the stock of AI compute from makers that sell their chips (percent).

    Without Google's and Amazon's own designs, at the last complete quarter. Source: Epoch AI.
    """
    rows = load("chip_owners").query("quarter_end_date == @latest_quarter()")
    by_designer = rows.groupby("designer")["h100e"].sum().drop(["Google", "Amazon"])
    return float(100 * by_designer["Nvidia"] / by_designer.sum())


def nvidia_share_of_china_new_compute_percent() -> float:
    """Nvidia's part of the legal AI compute that China added in the last quarter (percent)."""
    rows = load("chip_owners").query("owner == 'China'")
    stocks_by_designer = rows.pivot(index="quarter_end_date", columns="designer", values="h100e")
    added = stocks_by_designer.fillna(0).diff().iloc[-1]
    return float(100 * added["Nvidia"] / added.sum())


def nvidia_compute_share_percent() -> float:
    """Nvidia's part of the world's stock of AI compute, custom chips counted (percent)."""
    return float(100 * designer_share("Nvidia").iloc[-1])


def amd_compute_share_percent() -> float:
    """AMD's part of that stock (percent)."""
    return float(100 * designer_share("AMD").iloc[-1])


def chinese_designers_compute_share_percent() -> float:
    """Huawei's and Cambricon's part of that stock; others are not in the data (percent)."""
    return float(100 * (designer_share("Huawei") + designer_share("Cambricon")).iloc[-1])


def gb300_over_mi325x() -> float:
    """Best time of eight MI325X over that of eight GB300, Llama 2 70B LoRA (multiple).

    Source: MLPerf Training v5.1, unverified recomputation from the logs.
    """
    best = _best_minutes("Llama 2 70B LoRA")
    return float(best["MI325X"] / best["GB300 (per GPU)"])


def gb300_lead_over_mi355x_percent() -> tuple[float, float]:
    """By how much eight MI355X take longer than eight GB300, in the two tests of both (percent)."""
    times = [_best_minutes(test) for test in ("Llama 2 70B LoRA", "Llama 3.1 8B")]
    leads = [100 * (best["MI355X"] / best["GB300 (per GPU)"] - 1) for best in times]
    return float(min(leads)), float(max(leads))


def ascend_910c_over_910() -> float:
    """Peak 16-bit arithmetic of the Ascend 910C over that of the first Ascend 910 (multiple)."""
    peak = load("chips").set_index("chip_name")["fp16_dense_tflops"]
    return float(peak["Ascend 910C"] / peak["Ascend 910 (320-TFLOPS version)"])


def ascend_910_int8_tops() -> float:
    """Peak 8-bit arithmetic of the faster version of the first Ascend 910 (TOPS)."""
    chips = load("chips").set_index("chip_name")
    return float(chips.at["Ascend 910 (320-TFLOPS version)", "int8_dense_tops"])


def ascend_910b_over_a100_arithmetic() -> tuple[float, float]:
    """Peak 16-bit arithmetic of the weakest and the strongest Ascend 910B over A100 (multiple)."""
    return _ascend_910b_over_a100("fp16_dense_tflops")


def ascend_910b_over_a100_bandwidth() -> tuple[float, float]:
    """Memory bandwidth of the slowest and the fastest Ascend 910B over A100 (multiple)."""
    return _ascend_910b_over_a100("memory_bandwidth_tb_s")


def gb300_over_ascend_910c() -> float:
    """Peak 16-bit arithmetic of a GB300 over that of an Ascend 910C (multiple)."""
    peak = load("chips").set_index("chip_name")["fp16_dense_tflops"]
    return float(peak["GB300 (per GPU)"] / peak["Ascend 910C"])


def nvidia_china_revenue_usd_billion() -> float:
    """Nvidia's revenue from China with Hong Kong in the last quarter known (USD billion)."""
    rows = load("nvidia_revenue").query("scope == 'China with Hong Kong'")
    return float(rows.sort_values("period_end_month")["revenue_usd_billion"].iloc[-1])


def nvidia_cards_in_china_percent() -> float:
    """Nvidia's part of the AI cards shipped in China in 2025, by IDC (percent)."""
    return float(100 * _cards_in_china("Nvidia")["vendor_share"])


def chinese_cards_in_china_percent() -> float:
    """Chinese vendors' part of those cards (percent)."""
    return float(100 * _cards_in_china("Chinese vendors")["vendor_share"])


def chinese_cards_in_china_million() -> float:
    """Chinese vendors' AI cards shipped in China in 2025, by IDC (million cards)."""
    return float(_cards_in_china("Chinese vendors")["units"]) / 1e6


def cuda_developers_million() -> float:
    """Developers on CUDA by Nvidia's last annual report before the article (million developers)."""
    return float(load("cuda_developers").sort_values("as_of_date")["developers_million"].iloc[-1])


def largest_chinese_chip_run_percent() -> float:
    """The largest run with Chinese chips over China's record run, in compute (percent)."""
    rows = load("model_hardware").query("chip_origin != 'foreign'")
    rows = rows[rows["publication_date"] <= ARTICLE_DATE]
    largest = rows["training_compute_flop"].max()
    return float(100 * largest / record_run("China")["training_compute_flop"])


def cambricon_change_percent() -> float:
    """Change of Cambricon's market value from the first to the last one known of 2026 (percent)."""
    rows = load("market_values").query("entity_name == 'Cambricon'").sort_values("as_of_date")
    return float(100 * (rows["value_billion"].iloc[-1] / rows["value_billion"].iloc[0] - 1))


def innolight_over_moutai_percent() -> float:
    """Innolight's highest known market value over Moutai's last one known (percent)."""
    rows = load("market_values").sort_values("as_of_date").groupby("entity_name")["value_billion"]
    return float(100 * rows.max()["Zhongji Innolight"] / rows.last()["Kweichow Moutai"])


def monee_loans_usd_billion() -> float:
    """Monee's last known loan balance (USD billion)."""
    return float(_last_loans("Monee")["loans_usd_billion"])


def mercado_pago_loans_usd_billion() -> float:
    """Mercado Pago's last known loan balance (USD billion)."""
    return float(_last_loans("Mercado Pago")["loans_usd_billion"])


def monee_loan_growth_percent() -> float:
    """Growth of that balance of Monee over a year (percent)."""
    return float(100 * _last_loans("Monee")["growth_share"])


def mercado_pago_loan_growth_percent() -> float:
    """Growth of that balance of Mercado Pago over a year (percent)."""
    return float(100 * _last_loans("Mercado Pago")["growth_share"])


def loan_growth_percent() -> tuple[float, float]:
    """Both of these growth rates, the lower one first (percent)."""
    low, high = sorted([monee_loan_growth_percent(), mercado_pago_loan_growth_percent()])
    return low, high


def mercado_libre_revenue_usd_billion() -> float:
    """Revenue of all Mercado Libre in the last quarter known (USD billion)."""
    return float(_results("Mercado Libre", "2025-12-31")["revenue_billion"])


def intel_revenue_2025_usd_billion() -> float:
    """Intel's revenue of 2025 (USD billion)."""
    return float(_results("Intel", "2025-12-31")["revenue_billion"])


def intel_revenue_trailing_usd_billion() -> float:
    """Intel's revenue in the four quarters to March 2026 (USD billion)."""
    before, now = (
        _results("Intel", day)["revenue_billion"] for day in ("2025-03-31", "2026-03-31")
    )
    return intel_revenue_2025_usd_billion() - float(before) + float(now)


def hynix_revenue_multiple() -> float:
    """Revenue of SK hynix in the first quarter of 2026 over that of the year before (multiple)."""
    before, now = (_results("SK hynix", day)["revenue_billion"] for day in _FIRST_QUARTERS)
    return float(now / before)


def hynix_net_profit_krw_trillion() -> float:
    """Net profit of SK hynix in the first quarter of 2026 (KRW trillion)."""
    return float(_results("SK hynix", "2026-03-31")["net_profit_billion"]) / 1000


def hynix_operating_profit_krw_trillion() -> float:
    """Operating profit of SK hynix in that quarter (KRW trillion)."""
    return float(_results("SK hynix", "2026-03-31")["operating_profit_billion"]) / 1000


def hynix_profit_multiple() -> float:
    """Net profit of SK hynix in that quarter over that of the year before (multiple)."""
    before, now = (_results("SK hynix", day)["net_profit_billion"] for day in _FIRST_QUARTERS)
    return float(now / before)


def hynix_profit_per_day_krw_billion() -> float:
    """Net profit of SK hynix in that quarter over its days (KRW billion per day)."""
    quarter = _results("SK hynix", "2026-03-31")
    days = (quarter.name[1] - quarter["period_start_date"]).days + 1
    return float(quarter["net_profit_billion"]) / days


def hynix_operating_margin_percent() -> float:
    """Operating profit of SK hynix over its revenue in that quarter (percent)."""
    quarter = _results("SK hynix", "2026-03-31")
    return float(100 * quarter["operating_profit_billion"] / quarter["revenue_billion"])


def hynix_lead_common_percent() -> float:
    """SK Hynix over Samsung on the article's date, common shares, less one (percent)."""
    caps = _korean_market_caps()
    return float(100 * (caps["SK Hynix", "common"] / caps["Samsung Electronics", "common"] - 1))


def samsung_lead_with_preferred_percent() -> float:
    """Samsung with its preferred shares over SK Hynix on that date, less one (percent)."""
    caps = _korean_market_caps()
    samsung = caps["Samsung Electronics", "common and preferred"]
    return float(100 * (samsung / caps["SK Hynix", "common"] - 1))


def hbm_profit_over_revenue() -> float:
    """HBM's part of operating profit over its part of revenue, both of DRAM (multiple).

    More than one where HBM has the higher margin. SK hynix in early 2025, by Counterpoint.
    """
    shares = load("hbm_economics").set_index("measure_id")["value_share"]
    return float(shares["hbm-of-dram-profit"] / shares["hbm-of-dram-revenue"])


# Generations: capability and lag

DAYS_PER_MONTH = 365.25 / 12
ECI_VINTAGE = "2026-08-11"
TREND_STARTS = ("2024-01-01", "2024-09-01", "2025-01-01")
# Draws for intervals of lags: a fixed seed, so that the book says the same on every build.
LAG_DRAWS, LAG_SEED = 20_000, 20260622
# The 5th and the 95th percentile of a normal distribution lie this many deviations off its mean.
_Z90 = 1.6449


def eci_scores(vintage: str = ECI_VINTAGE) -> pd.DataFrame:
    """Capability scores of US and Chinese models in one vintage, oldest release first.

    Source: Epoch AI, Epoch Capabilities Index, table capability_scores.
    """
    rows = load("capability_scores").query("country != 'Other'")
    rows = rows[rows["vintage_date"] == pd.Timestamp(vintage)]
    return rows.sort_values(["release_date", "eci"], ascending=[True, False], ignore_index=True)


def eci_records(country: str, vintage: str = ECI_VINTAGE) -> pd.DataFrame:
    """The models of a country that scored higher than all of its models before them."""
    rows = eci_scores(vintage).query("country == @country")
    return rows[rows["eci"] > rows["eci"].cummax().shift(fill_value=0)].reset_index(drop=True)


def first_match(
    score: float, vintage: str = ECI_VINTAGE, country: str = "United States"
) -> pd.Series:
    """The first model of a country that scored at least so much (a table row).

    Raises `IndexError` when there is none.
    """
    return eci_records(country, vintage).query("eci >= @score").iloc[0]


def months_between(start: pd.Timestamp, end: pd.Timestamp) -> float:
    """Time from one day to another (months of 30.44 days)."""
    return (end - start).days / DAYS_PER_MONTH


def eci_lag_months(on: pd.Timestamp = ARTICLE_DATE, vintage: str = ECI_VINTAGE) -> float:
    """Age, on a day, of the first US model as good as China's best of that day (months)."""
    best = eci_records("China", vintage).query("release_date <= @on")["eci"].max()
    return months_between(first_match(best, vintage)["release_date"], on)


def eci_lag_daily(vintage: str = ECI_VINTAGE, until: pd.Timestamp = ARTICLE_DATE) -> pd.Series:
    """That age on each day since China's first scored model (months)."""
    records = eci_records("China", vintage).set_index("release_date")["eci"]
    matched = pd.Series(
        {day: first_match(eci, vintage)["release_date"] for day, eci in records.items()}
    )
    days = pd.date_range(records.index[0], until)
    ages = days.to_series() - matched.reindex(days, method="ffill")
    return (ages.dt.days / DAYS_PER_MONTH).rename("lag_months")


def eci_lag_draws(
    on: pd.Timestamp = ARTICLE_DATE, model: str | None = None, anchor_sd: float = 0
) -> np.ndarray:
    """Draws of the lag on a day, each model's score drawn from its own interval (months).

    A score has a normal distribution on each side of its estimate, with the 5th and the 95th
    percentile at the publisher's ends, and independent of all others. The two models that fix
    the scale have no interval; `anchor_sd` is their standard deviation (points of the index).
    With `model`, the lag of that model instead of China's best.
    A draw in which no US model is as good counts as no lag.
    """
    rows = eci_scores().query("release_date <= @on")
    low = ((rows["eci"] - rows["eci_p5"]) / _Z90).fillna(anchor_sd).to_numpy()
    high = ((rows["eci_p95"] - rows["eci"]) / _Z90).fillna(anchor_sd).to_numpy()
    z = np.random.default_rng(LAG_SEED).standard_normal((LAG_DRAWS, len(rows)))
    drawn = rows["eci"].to_numpy() + np.where(z > 0, z * high, z * low)
    rival = rows["model_name"] == model if model else rows["country"] == "China"
    best = drawn[:, rival].max(axis=1, keepdims=True)
    us = (rows["country"] == "United States").to_numpy()
    age = ((on - rows["release_date"][us]).dt.days / DAYS_PER_MONTH).to_numpy()
    return np.where(drawn[:, us] >= best, age, 0).max(axis=1)


def eci_lag_at_release(since: str = "2024-01-01", vintage: str = ECI_VINTAGE) -> pd.Series:
    """Age of the first US match on the day of each Chinese record since a day (months)."""
    records = eci_records("China", vintage).query("@since <= release_date <= @ARTICLE_DATE")
    lags = [eci_lag_months(day, vintage) for day in records["release_date"]]
    return pd.Series(lags, index=records["model_name"], name="lag_months")


def eci_match_times(since: str = "2024-01-01", vintage: str = ECI_VINTAGE) -> pd.Series:
    """Time until a Chinese model matched each US record since a day (months).

    Missing for a record that none had matched by the article's date.
    """
    records = eci_records("United States", vintage).query("@since <= release_date <= @ARTICLE_DATE")
    chinese = eci_records("China", vintage).query("release_date <= @ARTICLE_DATE")
    waits = []
    for record in records.itertuples():
        matched = chinese.loc[chinese["eci"] >= record.eci, "release_date"]
        waits.append(
            months_between(record.release_date, matched.iloc[0]) if len(matched) else float("nan")
        )
    return pd.Series(waits, index=records["model_name"], name="months")


def eci_trend_lag(since: str = "2024-01-01") -> float:
    """Distance between straight lines through both countries' records since a day (months).

    The gap between the lines on the article's date over the slope of the US line.
    """
    fits = {}
    for country in ("United States", "China"):
        rows = eci_records(country).query("@since <= release_date <= @ARTICLE_DATE")
        months = (rows["release_date"] - ARTICLE_DATE).dt.days / DAYS_PER_MONTH
        fits[country] = np.polyfit(months, rows["eci"], 1)
    (us_slope, us_level), (_, chinese_level) = fits["United States"], fits["China"]
    return float((us_level - chinese_level) / us_slope)


def eci_place(model: str, on: pd.Timestamp) -> float:
    """Place of a Chinese model by score among the Chinese models out by a day (1 is the best)."""
    rows = eci_scores().query("country == 'China' and release_date <= @on")
    return float(rows.set_index("model_name")["eci"].rank(ascending=False)[model])


def eci_record_pace(country: str, since: str) -> float:
    """Slope of a country's records from a day to the article's date (points a year)."""
    rows = eci_records(country).query("@since <= release_date <= @ARTICLE_DATE")
    years = (rows["release_date"] - ARTICLE_DATE).dt.days / 365.25
    return float(np.polyfit(years, rows["eci"], 1)[0])


def swe_bench_lead(model: str, rival: str) -> float:
    """Score of a model less a rival's on SWE-bench Verified, by Anthropic (percentage points)."""
    rows = load("benchmark_scores").query(
        "benchmark == 'SWE-bench Verified' and evaluator == 'Anthropic'"
    )
    scores = rows.set_index("model_name")["score_share"]
    return float(100 * (scores[model] - scores[rival]))


def eci_lag_matched_months() -> float:
    """Age, on the article's date, of the first US model as good as China's best (months)."""
    return eci_lag_months()


def eci_lag_trend_months() -> tuple[float, float]:
    """Trend distances with records since three different days, least and greatest (months)."""
    distances = [eci_trend_lag(since) for since in TREND_STARTS]
    return min(distances), max(distances)


def eci_lag_v4_pro_months() -> float:
    """Lag of DeepSeek V4 Pro on the day of its release (months)."""
    v4 = eci_scores().set_index("model_name").loc["DeepSeek-V4-Pro"]
    return months_between(first_match(v4["eci"])["release_date"], v4["release_date"])


def arena_gap() -> pd.Series:
    """Best US over best Chinese rating, less one, by day of publication (share of the Chinese).

    Each gap is taken within one day's leaderboard. Source: Arena, table arena_best.
    """
    ratings = load("arena_best").pivot(index="publication_date", columns="country", values="rating")
    return ratings["United States"] / ratings["China"] - 1


# Related reads

_FIRST_QUARTERS = ("2025-03-31", "2026-03-31")


def _results(company: str, period_end: str) -> pd.Series:
    """A company's results for the period that ends on a day (a row of company_results)."""
    rows = load("company_results").set_index(["company", "period_end_date"])
    return rows.query("kind == 'actual'").loc[(company, pd.Timestamp(period_end))]


def _korean_market_caps() -> pd.Series:
    """Market values on the article's date, by company and shares counted (KRW trillion)."""
    caps = load("korea_market_caps").set_index(["company", "share_class"])
    return caps["market_cap_krw_trillion"]


def _last_loans(lender: str) -> pd.Series:
    """A lender's last known balance (a row of loan_books)."""
    return load("loan_books").query("lender == @lender").sort_values("as_of_date").iloc[-1]


def samsung_reign_years() -> tuple[float, float]:
    """How long Samsung led the Korean market by value, up to the article's date (years).

    From the month in which it took the first place for good, and from the month in which it first
    held it; a month counts from its first day. Source: press, table related_events.
    """
    dates = load("related_events").set_index("event_id")["event_date"]
    starts = [pd.Timestamp(dates[event]) for event in ("samsung-first-again", "samsung-first")]
    return tuple((ARTICLE_DATE - start).days / 365.25 for start in starts)


# Domestic chips and the two legs

CHINA_SOURCES = ("Nvidia, legal", "smuggled", "Huawei", "Cambricon", "AMD, legal")


def _best_minutes(benchmark: str) -> pd.Series:
    """The best time of eight accelerators in a test, by chip (minutes). Table mlperf_runs."""
    rows = load("mlperf_runs").query("accelerators == 8 and benchmark == @benchmark")
    return rows.groupby("chip_name")["minutes"].min()


def _ascend_910b_over_a100(column: str) -> tuple[float, float]:
    """The least and the greatest value of the Ascend 910B variants over the A100's (multiple)."""
    values = load("chips").set_index("chip_name")[column]
    ratios = values[values.index.str.startswith("Ascend 910B")] / values["A100 SXM 80GB"]
    return float(ratios.min()), float(ratios.max())


def _cards_in_china(vendor: str) -> pd.Series:
    """A vendor's AI cards shipped in China in 2025, by IDC (a row of market_shares)."""
    rows = load("market_shares").query("market == 'AI accelerator cards' and period == '2025'")
    return rows.set_index("vendor").loc[vendor]


def china_stock_by_source(end: str = "h100e") -> pd.DataFrame:
    """China's stock of AI compute by source and quarter (million H100e), a column a source.

    `end` picks the median, h100e_p5 or h100e_p95; a source without a range has its median at all
    three. Nvidia's legal and smuggled chips are two sources. Source: Epoch AI, AI Chip Owners.
    """
    rows = load("chip_owners").query("owner in ('China', 'China (smuggled)')")
    names = {"Nvidia": "Nvidia, legal", "AMD": "AMD, legal"}
    source = rows["designer"].replace(names).mask(rows["owner"] == "China (smuggled)", "smuggled")
    values = rows[end].fillna(rows["h100e"]).astype(float) / 1e6
    table = values.groupby([rows["quarter_end_date"], source]).sum().unstack().fillna(0)
    return table[list(CHINA_SOURCES)]


def china_added_by_source(quarters: int = 4) -> pd.Series:
    """AI compute that each source added to China's stock in the last quarters (million H100e)."""
    stock = china_stock_by_source()
    return stock.iloc[-1] - stock.iloc[-1 - quarters]


def nvidia_value_over_german_gdp() -> float:
    """Nvidia's highest cited market value up to the article over Germany's output of 2025.

    A stock over a yearly flow, both in US dollars. Table market_values.
    """
    values = load("market_values").groupby("entity_name")["value_billion"].max()
    return float(values["Nvidia"] / values["Germany"])


def designer_share(designer: str) -> pd.Series:
    """A designer's share of the world's stock of AI compute by quarter (0 to 1), in H100e.

    Smuggled chips count for their designer. Source: Epoch AI, AI Chip Owners.
    """
    rows = load("chip_owners").astype({"h100e": float})
    stock = rows.pivot_table(
        index="quarter_end_date", columns="designer", values="h100e", aggfunc="sum"
    )
    return (stock[designer] / stock.sum(axis=1)).rename("share")


# What a gap is worth in time

Interval = tuple[float, float, float]


def us_stock_interval() -> Interval:
    """US stock at the last complete quarter: median, 5th and 95th percentile (million H100e)."""
    return _stock_interval(*US_OWNERS)


def china_stock_interval() -> Interval:
    """The same for Chinese owners' legal chips."""
    return _stock_interval("China")


def smuggled_stock_interval() -> Interval:
    """The same for chips smuggled into China."""
    return _stock_interval("China (smuggled)")


def _stock_interval(*owners: str) -> Interval:
    ends = ("h100e", "h100e_p5", "h100e_p95")
    return tuple(float(stock(*owners, end=end).iloc[-1]) for end in ends)


def record_runs(country: str, since: str, until: pd.Timestamp = ARTICLE_DATE) -> pd.DataFrame:
    """Runs of a country, published since a day, with more training compute than any before them.

    Of the years before 2018 the table has the records alone. Source: Epoch AI, Data on AI Models.
    """
    rows = load("training_compute").query("country == @country and publication_date <= @until")
    rows = rows.sort_values("publication_date", kind="stable")
    before = rows["training_compute_flop"].cummax().shift(fill_value=0)
    return rows[(rows["training_compute_flop"] > before) & (rows["publication_date"] >= since)]


def run_growth(country: str = "United States", since: str = "2020-01-01") -> Interval:
    """Growth of record training runs (factor a year): fit, and the ends of its 90 % interval.

    Least squares of the logarithm on the date, interval by Student's t. Records follow each other
    and are no independent sample, so the interval is a lower bound of the uncertainty.
    """
    runs = record_runs(country, since)
    years = (runs["publication_date"] - pd.Timestamp(since)).dt.days / 365.25
    (slope, _), spread = np.polyfit(years, np.log(runs["training_compute_flop"]), 1, cov=True)
    half = stdtrit(len(runs) - 2, 0.95) * np.sqrt(spread[0, 0])
    return tuple(float(np.exp(slope + sign * half)) for sign in (0, -1, 1))


def stock_growth(country: str, smuggled: bool = True) -> float:
    """Growth of a country's stock over the last four quarters (factor)."""
    held = us_stock() if country == "United States" else china_stock(smuggled)
    return float(held.iloc[-1] / held.iloc[-5])


def hardware_clock(smuggled: bool, us_end: str = "h100e") -> pd.DataFrame:
    """Months since the seven US owners together held what China holds, by quarter.

    `months` at the medians; `months_low` and `months_high` with the Chinese stock at its 95th and
    5th percentile. The US stock, its median or another `us_end` in every quarter, is interpolated
    between quarters on a log scale; quarters in which it began above the Chinese one are left out.
    """
    us = stock(*US_OWNERS, end=us_end)
    owners = ("China", "China (smuggled)") if smuggled else ("China",)
    ends = {"months": "h100e", "months_low": "h100e_p95", "months_high": "h100e_p5"}
    clock = pd.DataFrame(
        {
            name: [_months_behind(us, level, quarter) for quarter, level in held.items()]
            for name, end in ends.items()
            for held in [stock(*owners, end=end)]
        },
        index=us.index,
    )
    return clock.dropna()


def _months_behind(leader: pd.Series, level: float, day: pd.Timestamp) -> float:
    days = (leader.index - leader.index[0]).days
    now = (day - leader.index[0]).days
    return float(model.months_behind(days, leader.to_numpy(), level, now))


def capability_lag_interval(on: pd.Timestamp = ARTICLE_DATE) -> Interval:
    """The measured lag of one day: value, 5 % and 95 % point of its draws (months)."""
    low, high = np.quantile(eci_lag_draws(on), [0.05, 0.95])
    return eci_lag_months(on), float(low), float(high)


def capability_lag_year_interval() -> Interval:
    """The measured lag of the year to the article's date: mean, 5 % and 95 % point of its days.

    The middle of this year is near the date of the stocks. In months.
    """
    days = eci_lag_daily().iloc[-365:]
    return float(days.mean()), *(float(end) for end in days.quantile([0.05, 0.95]))


def clocks_over_quarters() -> pd.DataFrame:
    """The hardware clock (with smuggled chips) and the measured lag at the ends of quarters."""
    clock = hardware_clock(smuggled=True)["months"].rename("hardware")
    return clock.to_frame().join(eci_lag_daily().rename("capability"), how="inner")


def run_clock(day: pd.Timestamp = ARTICLE_DATE, factor: float = 1) -> float:
    """Months since a US run first had the compute of China's largest known run on a day.

    `factor` multiplies the Chinese run: what if the estimate is wrong, or a larger run is unknown.
    NaN if no US run in the table had as much. Source: Epoch AI, Data on AI Models.
    """
    level = record_run("China", day)["training_compute_flop"] * factor
    runs = load("training_compute").query("country == 'United States'")
    passed = runs.loc[runs["training_compute_flop"] >= level, "publication_date"].min()
    return months_between(passed, day)


def us_added_share() -> float:
    """The part of the US stock that was added in the last four quarters (0 to 1)."""
    return float(1 - us_stock().iloc[-5] / us_stock().iloc[-1])


def smuggled_added_share() -> float:
    """The part of the smuggled stock that was added in the last four quarters (0 to 1)."""
    smuggled = stock("China (smuggled)")
    return float(1 - smuggled.iloc[-5] / smuggled.iloc[-1])


def us_additions_growth() -> Interval:
    """Growth of US additions, quarter against the same quarter a year before (factor).

    Geometric mean of the last four quarters, and 90 % of a lognormal with their spread.
    """
    added = us_stock().diff()
    growth = np.log(added / added.shift(4)).iloc[-4:]
    half = ndtri(0.95) * growth.std()
    return tuple(float(np.exp(growth.mean() + sign * half)) for sign in (0, -1, 1))


def domestic_additions() -> pd.DataFrame:
    """Chips of Chinese designers added by Chinese owners in a year: million H100e and units."""
    rows = load("chip_owners").query("owner == 'China' and designer in ('Huawei', 'Cambricon')")
    held = rows.groupby("quarter_end_date")[["h100e", "units"]].sum().astype(float) / 1e6
    year_ends = held[held.index.month == 12]
    # The data have no Chinese chips before 2024, so what was held at its end was added in it.
    return year_ends.diff().fillna(year_ends).set_index(year_ends.index.year)


def domestic_added() -> Interval:
    """Chinese chips added in the last year of the data (million H100e).

    Median, and the 5th and the 95th percentile of its quarters added end to end. The publisher
    calls the ranges of Huawei's quarters relatively unprincipled, and gives none for its stock.
    Source: Epoch AI, AI Chip Owners, table china_compute_flows.
    """
    year = latest_quarter().year
    rows = load("china_compute_flows").query("designer in ('Huawei', 'Cambricon')")
    added = rows[rows["quarter_end_date"].dt.year == year][["h100e", "h100e_p5", "h100e_p95"]]
    return tuple(float(end) / 1e6 for end in added.sum(skipna=False))


def domestic_growth() -> Interval:
    """Growth of those additions (factor a year): last year over the year before.

    The publisher gives no range of the growth. Low end: the growth in chips alone, without better
    chips; high end: as far above on a log scale.
    """
    growth = domestic_additions().iloc[-1] / domestic_additions().iloc[-2]
    value, low = float(growth["h100e"]), float(growth["units"])
    return value, low, value**2 / low


def imports_share_now() -> float:
    """Foreign chips China bought legally over US additions, last four quarters (0 to 1)."""
    return _imports_share("2025-01-01", "2025-12-31")


def imports_share_before_controls() -> float:
    """The same from the first quarter known until September 2023, before the rules of October."""
    return _imports_share("2022-01-01", "2023-09-30")


def _imports_share(start: str, end: str) -> float:
    rows = load("chip_owners").query("owner == 'China' and designer in ('Nvidia', 'AMD')")
    held = rows.groupby("quarter_end_date")["h100e"].sum() / 1e6
    bought = held.diff().loc[start:end].sum()
    return float(bought / us_stock().diff().loc[start:end].sum())


def assumptions() -> pd.DataFrame:
    """The table assumptions, with the values that its measures compute put in.

    Columns value, low, high as the table has them, or from the function of this module that the
    row names. A value in a row goes before its measure.
    """
    return resolved(load("assumptions"))


def resolved(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of the table assumptions with value, low and high filled in where a measure is named."""
    rows = rows.copy()
    for row in rows.index[rows["value"].isna()]:
        found = globals()[rows.at[row, "measure"]]()
        value, low, high = found if isinstance(found, tuple) else (found, np.nan, np.nan)
        rows.loc[row, ["value", "low", "high"]] = [value, low, high]
    return rows
