"""Findings: measures in the units of the claims, for rows of data/evidence.csv.

A row names its function, and all functions here are named by a row or used in a chapter. They take
no arguments; a pair is a range, low end first. Each stands under the first section of the article
that needs it, in reading order. Source: the tables named, or those of the measures called.
"""

import numpy as np
import pandas as pd

from computegap import measures
from computegap.tables import load

TREND_STARTS = ("2024-01-01", "2024-09-01", "2025-01-01")


def _published(table: str) -> pd.DataFrame:
    """The rows of a table of models that were published by the article's date."""
    return load(table).query("publication_date <= @measures.ARTICLE_DATE")


def _large_runs() -> pd.DataFrame:
    """Published models with 1e25 FLOP of training compute or more. Table training_compute."""
    return _published("training_compute").query("training_compute_flop >= 1e25")


def _high_end_2026() -> float:
    """The high ends of the four firms' guidance for 2026 together (USD billion)."""
    return float(measures.capex_guidance(2026, "high").sum())


def _peaks() -> pd.Series:
    """Dense 16-bit peak by chip (TFLOPS). Table chips."""
    return load("chips").set_index("chip_name")["fp16_dense_tflops"]


# Abstract


def china_compute_share_range_percent() -> tuple[float, float]:
    """China's part of the world's stock of AI compute: the last quarter, and the highest (percent).

    Smuggled chips counted. Source: Epoch AI, AI Chip Owners.
    """
    share = 100 * measures.china_stock(smuggled=True) / measures.world_stock()
    return float(share.iloc[-1]), float(share.max())


def china_compute_share_percent() -> float:
    """That part at the last complete quarter alone (percent)."""
    return china_compute_share_range_percent()[0]


def nvidia_compute_share_percent() -> float:
    """Nvidia's part of the world's stock of AI compute, custom chips counted (percent)."""
    return float(100 * measures.designer_share("Nvidia").iloc[-1])


def nvidia_merchant_share_percent() -> float:
    """Nvidia's part of the stock of AI compute from makers that sell their chips (percent).

    Without Google's and Amazon's own designs, at the last complete quarter. Source: Epoch AI.
    """
    rows = load("chip_owners").query("quarter_end_date == @measures.latest_quarter()")
    by_designer = rows.groupby("designer")["h100e"].sum().drop(["Google", "Amazon"])
    return float(100 * by_designer["Nvidia"] / by_designer.sum())


def largest_us_model_trillion() -> float:
    """Parameters of the largest US model out by the article's date (trillion). Epoch AI."""
    models = _published("training_compute").query("country == 'United States'")
    return float(models["parameters"].max()) / 1e12


def chinese_trillion_developers() -> float:
    """Chinese developers with a model of a trillion parameters by then (number). Epoch AI."""
    models = _published("training_compute").query("country == 'China' and parameters >= 1e12")
    return float(models["organization"].nunique())


def compute_ratio_range() -> tuple[float, float]:
    """US over Chinese AI compute, with smuggled chips and without (multiple)."""
    return measures.smuggled_compute_ratio(), measures.official_compute_ratio()


def eci_lag_matched_months() -> float:
    """Age, on the article's date, of the first US model as good as China's best (months)."""
    return measures.eci_lag_months()


def eci_lag_trend_months() -> tuple[float, float]:
    """Trend distances with records since three different days, least and greatest (months)."""
    distances = [measures.eci_trend_lag(since) for since in TREND_STARTS]
    return min(distances), max(distances)


def eci_gap_points() -> float:
    """Best US score less best Chinese one on the article's date (points of the index)."""
    known = measures.eci_scores().query("release_date <= @measures.ARTICLE_DATE")
    best = known.groupby("country")["eci"].max()
    return float(best["United States"] - best["China"])


def large_runs_us_over_china() -> float:
    """Known US runs of 1e25 FLOP or more over Chinese ones, by number (multiple). Epoch AI."""
    by_country = _large_runs()["country"].value_counts()
    return float(by_country["United States"] / by_country["China"])


# Constraint


def models_on_chinese_chips() -> float:
    """Models trained on Chinese chips, alone or beside others (number). Table model_hardware."""
    return float(len(_published("model_hardware").query("chip_origin != 'foreign'")))


def named_training_chips_tflops() -> tuple[float, float]:
    """Dense 16-bit peak of the article's four training chips, least and greatest (TFLOPS)."""
    named = _peaks()[["A100 SXM 80GB", "H100 SXM", "H200 SXM", "MI300X"]]
    return float(named.min()), float(named.max())


def h100_over_zhikai() -> float:
    """Dense 16-bit peak of the H100 over Iluvatar's inference card (multiple). Table chips."""
    return float(_peaks()["H100 SXM"] / _peaks()["Zhikai 100"])


def compute_of_size_step() -> float:
    """Compute for the step from V4 Pro to the largest announced run (multiple).

    The square of the step in size, as when data grow with size.
    """
    return largest_announced_over_v4_pro() ** 2


def large_run_organisations() -> float:
    """Organisations with a known run of 1e25 FLOP or more by the article's date (number)."""
    return float(_large_runs()["organization"].nunique())


def v3_run_cost_usd_million() -> float:
    """DeepSeek's own figure for the final run of V3 (USD million). Table training_costs."""
    costs = load("training_costs").set_index("model_name")["cost_usd_billion"]
    return float(1000 * costs["DeepSeek-V3"])


def meta_gpu_count_million() -> float:
    """Nvidia and AMD chips that Meta owned at the last complete quarter (million chips).

    Source: Epoch AI, table chip_owners.
    """
    rows = load("chip_owners").query("owner == 'Meta'")
    return float(rows.groupby("quarter_end_date")["units"].sum().iloc[-1]) / 1e6


def meta_capex_guidance_2026_range() -> tuple[float, float]:
    """Low and high end of Meta's guidance for 2026 (USD billion). Table capex."""
    return tuple(float(measures.capex_guidance(2026, end)["Meta"]) for end in ("low", "high"))


def google_h100e_million() -> float:
    """Google's stock of AI compute (million H100e). Epoch AI."""
    return float(measures.stock("Google").iloc[-1])


def google_compute_share_percent() -> float:
    """Google's part of the world's stock of AI compute (percent). Epoch AI."""
    return float(100 * (measures.stock("Google") / measures.world_stock()).iloc[-1])


def capex_guidance_2026_range() -> tuple[float, float]:
    """Sums of the low and of the high ends of the four firms' guidance for 2026 (USD billion)."""
    return float(measures.capex_guidance(2026, "low").sum()), _high_end_2026()


def capex_growth_press_base_percent() -> float:
    """Growth from the press total of 2025 to the high end for 2026 (percent)."""
    return 100 * (_high_end_2026() / measures.capex_press_base() - 1)


def capex_growth_cash_percent() -> float:
    """Growth from cash spent in 2025 to the high end for 2026 (percent)."""
    return float(100 * (_high_end_2026() / measures.capex_cash(2025).sum() - 1))


def capex_share_of_gpdi_2025_percent() -> float:
    """The high end for 2026 over US private domestic investment of 2025 (percent)."""
    return 100 * _high_end_2026() / measures.private_investment(2025)


def capex_share_of_gpdi_2026q1_percent() -> float:
    """The same over the last quarter of that investment known on the article's date (percent)."""
    return 100 * _high_end_2026() / measures.private_investment_known()


def capex_forecast_five_2027_usd_trillion() -> float:
    """Forecast for 2027 of five firms, Oracle among them (USD trillion). Table capex."""
    five = ("Alphabet, Amazon, Meta, Microsoft and Oracle",)
    return measures.capex_forecast(2027, five) / 1000


def capex_forecast_four_2027_usd_trillion() -> float:
    """The same forecast for the four firms alone (USD trillion)."""
    return measures.capex_forecast(2027, measures.FOUR_FIRMS) / 1000


def us_owner_compute_share_percent() -> float:
    """The named US owners' part of the world's stock of AI compute (percent). Epoch AI."""
    return float(100 * (measures.us_stock() / measures.world_stock()).iloc[-1])


def us_cluster_share_percent() -> float:
    """The US part of compute in all existing clusters that the publisher lists (percent)."""
    by_country = measures.clusters_by_country()
    return float(100 * by_country["United States"] / by_country.sum())


def chip_ratio_china_us_smuggled() -> float:
    """Chinese over US AI compute, smuggled chips counted as Chinese (ratio)."""
    return 1 / measures.smuggled_compute_ratio()


def chip_ratio_china_us_official() -> float:
    """Chinese over US AI compute, legal chips (ratio)."""
    return 1 / measures.official_compute_ratio()


def cluster_ratio_china_us_range() -> tuple[float, float]:
    """Chinese over US compute in clusters: the publisher's standard set, and all listed (ratio)."""
    return 1 / measures.cluster_ratio_standard(), 1 / measures.cluster_ratio()


def data_center_ratio_ai_index() -> float:
    """US over Chinese data centres by the AI Index (multiple). Table data_centers."""
    return measures.data_center_ratio()


def data_center_ratio_map() -> float:
    """US over Chinese data centres in a second directory, Data Center Map (multiple)."""
    return measures.data_center_ratio("Data Center Map 2026")


def _caict_eflops(country: str) -> float:
    """CAICT's total of computing devices in June 2025 (EFLOPS), of China or World."""
    totals = load("compute_capacity").query("scope == 'computing devices'")
    return float(totals.query("as_of_date == '2025-06'").set_index("country").at[country, "eflops"])


def claimed_us_over_caict_world_percent() -> float:
    """The claimed US total over CAICT's total for the world in June 2025 (percent)."""
    return 100 * measures.claimed("C036") / _caict_eflops("World")


def caict_china_eflops() -> float:
    """CAICT's total for China in June 2025 (EFLOPS). Table compute_capacity."""
    return _caict_eflops("China")


def chip_ratio_us_china_smuggled() -> float:
    """US over Chinese AI compute, smuggled chips counted as Chinese (multiple)."""
    return measures.smuggled_compute_ratio()


def total_eflops_ratio() -> float:
    """US over Chinese total computing power, the one pair found (multiple). compute_capacity."""
    totals = load("compute_capacity").query("scope == 'total computing'").set_index("country")
    return float(totals.at["United States", "eflops"] / totals.at["China", "eflops"])


def smallest_giant_over_china() -> float:
    """Stock of the smallest of four US owners over China's, smuggled chips counted (multiple)."""
    four = [measures.stock(owner).iloc[-1] for owner in ("Amazon", "Google", "Meta", "Microsoft")]
    return float(min(four) / measures.china_stock(smuggled=True).iloc[-1])


def colossus2_power_gw() -> float:
    """Power of Colossus 2 on the article's date, by the table of September 2026 (GW).

    Source: Epoch AI, table site_power.
    """
    rows = load("site_power").query("site_name == 'Colossus 2' and vintage == '2026-09'")
    known = rows.query("as_of_date <= @measures.ARTICLE_DATE").sort_values("as_of_date")
    return float(known["power_mw"].iloc[-1]) / 1000


def china_new_share_range_percent() -> tuple[float, float]:
    """China's part of the AI compute added in a quarter: the last one, the highest (percent)."""
    share = 100 * measures.china_new_compute_share(smuggled=True)
    return float(share.iloc[-1]), float(share.max())


def china_new_share_rises() -> float:
    """Quarters after the highest one in which that part of new compute rose (quarters)."""
    share = measures.china_new_compute_share(smuggled=True)
    return float((share[share.idxmax() :].diff() > 0).sum())


# Generations


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


def eci_lag_v4_pro_months() -> float:
    """Lag of DeepSeek V4 Pro on the day of its release (months)."""
    v4 = measures.eci_scores().set_index("model_name").loc["DeepSeek-V4-Pro"]
    matched = measures.first_match(v4["eci"])["release_date"]
    return measures.months_between(matched, v4["release_date"])


def _eci_place(model: str, on: pd.Timestamp) -> float:
    """Place of a Chinese model by score among the Chinese models out by a day (1 is the best)."""
    rows = measures.eci_scores().query("country == 'China' and release_date <= @on")
    return float(rows.set_index("model_name")["eci"].rank(ascending=False)[model])


def eci_place_v4_pro_at_assessment() -> float:
    """Place of DeepSeek V4 Pro among Chinese models on the day of CAISI's assessment.

    By score in the Epoch Capabilities Index; 1 is the best.
    """
    return _eci_place("DeepSeek-V4-Pro", pd.Timestamp("2026-05-01"))


def eci_place_v4_pro() -> float:
    """The same on the article's date."""
    return _eci_place("DeepSeek-V4-Pro", measures.ARTICLE_DATE)


def _eci_record_pace(country: str, since: str) -> float:
    """Slope of a country's records from a day to the article's date (points a year)."""
    rows = measures.eci_records(country)
    rows = rows.query("@since <= release_date <= @measures.ARTICLE_DATE")
    years = (rows["release_date"] - measures.ARTICLE_DATE).dt.days / 365.25
    return float(np.polyfit(years, rows["eci"], 1)[0])


def eci_catch_up_months() -> tuple[float, float]:
    """The gap in points over the slope of China's records since three days (months)."""
    slopes = [12 / _eci_record_pace("China", since) for since in TREND_STARTS]
    return tuple(float(eci_gap_points() * end) for end in (min(slopes), max(slopes)))


def us_record_pace_range() -> tuple[float, float]:
    """Slope of US records since 2024 and since 2025, least and greatest (points a year)."""
    paces = [_eci_record_pace("United States", since) for since in ("2024-01-01", "2025-01-01")]
    return min(paces), max(paces)


def us_record_spacing_range_days() -> tuple[float, float]:
    """Median time since the record before, in the last two half-years, least first (days)."""
    days = measures.eci_records("United States").set_index("release_date").index.to_series()
    gaps = days.diff().dt.days
    halves = gaps["2025-07-01":"2025-12-31"], gaps["2026-01-01" : measures.ARTICLE_DATE]
    return tuple(sorted(float(half.median()) for half in halves))


def _swe_bench_lead(model: str, rival: str) -> float:
    """Score of a model less a rival's on SWE-bench Verified, by Anthropic (percentage points)."""
    rows = load("benchmark_scores").query(
        "benchmark == 'SWE-bench Verified' and evaluator == 'Anthropic'"
    )
    scores = rows.set_index("model_name")["score_share"]
    return float(100 * (scores[model] - scores[rival]))


def mythos_lead_points() -> float:
    """Claude Mythos Preview over Opus 4.6 on SWE-bench Verified (percentage points). Anthropic."""
    return _swe_bench_lead("Claude Mythos Preview", "Claude Opus 4.6")


def opus_lead_points() -> float:
    """Claude Opus 4.6 over Gemini 3.1 Pro on SWE-bench Verified (percentage points). Anthropic."""
    return _swe_bench_lead("Claude Opus 4.6", "Gemini 3.1 Pro")


def openai_release_gap_range_days() -> tuple[float, float]:
    """Time between OpenAI's releases from GPT-5.1 to the article, least and greatest (days)."""
    rows = measures.eci_scores().query("release_date <= @measures.ARTICLE_DATE")
    version = rows["model_name"].str.extract(r"^(GPT-5\.\d)", expand=False)
    gaps = rows.groupby(version)["release_date"].min().sort_values().diff().dt.days
    return float(gaps.min()), float(gaps.max())


def largest_announced_over_v4_pro() -> float:
    """Parameters of the largest run announced for Colossus 2 over DeepSeek V4 Pro's (multiple).

    Tables announced_runs and training_compute.
    """
    announced = load("announced_runs")["parameters_trillion"].max()
    models = load("training_compute").set_index("model_name")
    return float(announced * 1e12 / models.at["DeepSeek-V4-Pro", "parameters"])


def r1_gain_points() -> float:
    """DeepSeek-R1 over DeepSeek-V3, from which later training made it (points of the index)."""
    points = measures.eci_scores().set_index("model_name")["eci"]
    return float(points["DeepSeek-R1"] - points["DeepSeek-V3"])


# Domestic chips


def nvidia_value_over_german_gdp() -> float:
    """Nvidia's highest cited market value up to the article over Germany's output of 2025.

    A stock over a yearly flow, both in US dollars. Table market_values.
    """
    values = load("market_values").groupby("entity_name")["value_billion"].max()
    return float(values["Nvidia"] / values["Germany"])


def amd_compute_share_percent() -> float:
    """AMD's part of the world's stock of AI compute (percent). Epoch AI."""
    return float(100 * measures.designer_share("AMD").iloc[-1])


def chinese_designers_compute_share_percent() -> float:
    """Huawei's and Cambricon's part of that stock; others are not in the data (percent)."""
    both = measures.designer_share("Huawei") + measures.designer_share("Cambricon")
    return float(100 * both.iloc[-1])


def _best_minutes(benchmark: str) -> pd.Series:
    """The best time of eight accelerators in a test, by chip (minutes). Table mlperf_runs."""
    rows = load("mlperf_runs").query("accelerators == 8 and benchmark == @benchmark")
    return rows.groupby("chip_name")["minutes"].min()


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


def _cards_in_china(vendor: str) -> pd.Series:
    """A vendor's AI cards shipped in China in 2025, by IDC (a row of market_shares)."""
    rows = load("market_shares").query("market == 'AI accelerator cards' and period == '2025'")
    return rows.set_index("vendor").loc[vendor]


def nvidia_cards_in_china_percent() -> float:
    """Nvidia's part of the AI cards shipped in China in 2025, by IDC (percent)."""
    return float(100 * _cards_in_china("Nvidia")["vendor_share"])


def nvidia_share_of_china_new_compute_percent() -> float:
    """Nvidia's part of the legal AI compute that China added in the last quarter (percent).

    Source: Epoch AI, table chip_owners.
    """
    rows = load("chip_owners").query("owner == 'China'")
    stocks_by_designer = rows.pivot(index="quarter_end_date", columns="designer", values="h100e")
    added = stocks_by_designer.fillna(0).diff().iloc[-1]
    return float(100 * added["Nvidia"] / added.sum())


def nvidia_china_revenue_usd_billion() -> float:
    """Nvidia's revenue from China with Hong Kong in the last quarter known (USD billion).

    Table nvidia_revenue.
    """
    rows = load("nvidia_revenue").query("scope == 'China with Hong Kong'")
    return float(rows.sort_values("period_end_month")["revenue_usd_billion"].iloc[-1])


def ascend_910c_over_910() -> float:
    """Peak 16-bit arithmetic of the Ascend 910C over that of the first Ascend 910 (multiple)."""
    return float(_peaks()["Ascend 910C"] / _peaks()["Ascend 910 (320-TFLOPS version)"])


def ascend_910_int8_tops() -> float:
    """Peak 8-bit arithmetic of the faster version of the first Ascend 910 (TOPS). Table chips."""
    chips = load("chips").set_index("chip_name")
    return float(chips.at["Ascend 910 (320-TFLOPS version)", "int8_dense_tops"])


def _ascend_910b_over_a100(column: str) -> tuple[float, float]:
    """The least and the greatest value of the Ascend 910B variants over the A100's (multiple)."""
    values = load("chips").set_index("chip_name")[column]
    ratios = values[values.index.str.startswith("Ascend 910B")] / values["A100 SXM 80GB"]
    return float(ratios.min()), float(ratios.max())


def ascend_910b_over_a100_arithmetic() -> tuple[float, float]:
    """Peak 16-bit arithmetic of the weakest and the strongest Ascend 910B over A100 (multiple)."""
    return _ascend_910b_over_a100("fp16_dense_tflops")


def ascend_910b_over_a100_bandwidth() -> tuple[float, float]:
    """Memory bandwidth of the slowest and the fastest Ascend 910B over A100 (multiple)."""
    return _ascend_910b_over_a100("memory_bandwidth_tb_s")


def chinese_cards_in_china_million() -> float:
    """Chinese vendors' AI cards shipped in China in 2025, by IDC (million cards)."""
    return float(_cards_in_china("Chinese vendors")["units"]) / 1e6


def chinese_cards_in_china_percent() -> float:
    """Chinese vendors' part of the AI cards shipped there (percent)."""
    return float(100 * _cards_in_china("Chinese vendors")["vendor_share"])


def gb300_over_ascend_910c() -> float:
    """Peak 16-bit arithmetic of a GB300 over that of an Ascend 910C (multiple)."""
    return float(_peaks()["GB300 (per GPU)"] / _peaks()["Ascend 910C"])


def cuda_developers_million() -> float:
    """Developers on CUDA by Nvidia's last annual report before the article (million developers)."""
    return float(load("cuda_developers").sort_values("as_of_date")["developers_million"].iloc[-1])


def largest_chinese_chip_run_percent() -> float:
    """The largest run with Chinese chips over China's record run, in compute (percent).

    Tables model_hardware and training_compute.
    """
    rows = _published("model_hardware").query("chip_origin != 'foreign'")
    largest = rows["training_compute_flop"].max()
    return float(100 * largest / measures.record_run("China")["training_compute_flop"])


# Summary


def _results(company: str, period_end: str) -> pd.Series:
    """A company's results for the period that ends on a day (a row of company_results)."""
    rows = load("company_results").set_index(["company", "period_end_date"])
    return rows.query("kind == 'actual'").loc[(company, pd.Timestamp(period_end))]


def _hynix() -> pd.Series:
    """Results of SK hynix for the first quarter of 2026 (KRW billion)."""
    return _results("SK hynix", "2026-03-31")


def _hynix_multiple(column: str) -> float:
    """A figure of that quarter over that of the year before."""
    return float(_hynix()[column] / _results("SK hynix", "2025-03-31")[column])


def hynix_revenue_multiple() -> float:
    """Revenue of SK hynix in the first quarter of 2026 over that of the year before (multiple)."""
    return _hynix_multiple("revenue_billion")


def cambricon_change_percent() -> float:
    """Change of Cambricon's market value from the first to the last one known of 2026 (percent).

    Table market_values.
    """
    rows = load("market_values").query("entity_name == 'Cambricon'").sort_values("as_of_date")
    return float(100 * (rows["value_billion"].iloc[-1] / rows["value_billion"].iloc[0] - 1))


def innolight_over_moutai_percent() -> float:
    """Innolight's highest known market value over Moutai's last one known (percent)."""
    rows = load("market_values").sort_values("as_of_date").groupby("entity_name")["value_billion"]
    return float(100 * rows.max()["Zhongji Innolight"] / rows.last()["Kweichow Moutai"])


# Related reads


def _last_loans(lender: str) -> pd.Series:
    """A lender's last known balance (a row of loan_books)."""
    return load("loan_books").query("lender == @lender").sort_values("as_of_date").iloc[-1]


def monee_loans_usd_billion() -> float:
    """Monee's last known loan balance (USD billion). Table loan_books."""
    return float(_last_loans("Monee")["loans_usd_billion"])


def mercado_pago_loans_usd_billion() -> float:
    """Mercado Pago's last known loan balance (USD billion). Table loan_books."""
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
    """Revenue of all Mercado Libre in the last quarter known (USD billion). company_results."""
    return float(_results("Mercado Libre", "2025-12-31")["revenue_billion"])


def intel_revenue_2025_usd_billion() -> float:
    """Intel's revenue of 2025 (USD billion). Table company_results."""
    return float(_results("Intel", "2025-12-31")["revenue_billion"])


def intel_revenue_trailing_usd_billion() -> float:
    """Intel's revenue in the four quarters to March 2026 (USD billion)."""
    before, now = (
        _results("Intel", day)["revenue_billion"] for day in ("2025-03-31", "2026-03-31")
    )
    return intel_revenue_2025_usd_billion() - float(before) + float(now)


def samsung_reign_years() -> tuple[float, float]:
    """How long Samsung led the Korean market by value, up to the article's date (years).

    From the month in which it took the first place for good, and from the month in which it first
    held it; a month counts from its first day. Source: press, table related_events.
    """
    dates = load("related_events").set_index("event_id")["event_date"]
    starts = [pd.Timestamp(dates[event]) for event in ("samsung-first-again", "samsung-first")]
    return tuple((measures.ARTICLE_DATE - start).days / 365.25 for start in starts)


def _korean_market_caps() -> pd.Series:
    """Market values on the article's date, by company and shares counted (KRW trillion)."""
    caps = load("korea_market_caps").set_index(["company", "share_class"])
    return caps["market_cap_krw_trillion"]


def hynix_lead_common_percent() -> float:
    """SK Hynix over Samsung on the article's date, common shares, less one (percent)."""
    caps = _korean_market_caps()
    return float(100 * (caps["SK Hynix", "common"] / caps["Samsung Electronics", "common"] - 1))


def samsung_lead_with_preferred_percent() -> float:
    """Samsung with its preferred shares over SK Hynix on that date, less one (percent)."""
    caps = _korean_market_caps()
    samsung = caps["Samsung Electronics", "common and preferred"]
    return float(100 * (samsung / caps["SK Hynix", "common"] - 1))


def hynix_net_profit_krw_trillion() -> float:
    """Net profit of SK hynix in the first quarter of 2026 (KRW trillion). company_results."""
    return float(_hynix()["net_profit_billion"]) / 1000


def hynix_operating_profit_krw_trillion() -> float:
    """Operating profit of SK hynix in that quarter (KRW trillion)."""
    return float(_hynix()["operating_profit_billion"]) / 1000


def hynix_profit_multiple() -> float:
    """Net profit of SK hynix in that quarter over that of the year before (multiple)."""
    return _hynix_multiple("net_profit_billion")


def hynix_profit_per_day_krw_billion() -> float:
    """Net profit of SK hynix in that quarter over its days (KRW billion per day)."""
    quarter = _hynix()
    days = (quarter.name[1] - quarter["period_start_date"]).days + 1
    return float(quarter["net_profit_billion"]) / days


def hynix_operating_margin_percent() -> float:
    """Operating profit of SK hynix over its revenue in that quarter (percent)."""
    quarter = _hynix()
    return float(100 * quarter["operating_profit_billion"] / quarter["revenue_billion"])


def hbm_profit_over_revenue() -> float:
    """HBM's part of operating profit over its part of revenue, both of DRAM (multiple).

    More than one where HBM has the higher margin. SK hynix in early 2025, by Counterpoint.
    """
    shares = load("hbm_economics").set_index("measure_id")["value_share"]
    return float(shares["hbm-of-dram-profit"] / shares["hbm-of-dram-revenue"])
