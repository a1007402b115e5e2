"""Data sets of September 2026: runs and release dates of models, chips, spending, rates."""

from pathlib import Path

import pandas as pd
from common import DerivationError, read
from evidence import table
from models import _country, printed, score_vintages

_RUNS = "new/epoch_training_compute_2026_transcribed.csv"
_FOUR = ["Alphabet", "Amazon", "Meta", "Microsoft"]


def _dates(downloads: Path) -> pd.Series:
    """The release date of each model that has one in `release_dates`."""
    return release_dates(downloads).set_index("model_name")["release_date"]


def release_dates(downloads: Path) -> pd.DataFrame:
    """One release date a model, where vintages differ or the model's own name contradicts one.

    The newest scores give the date, unless `kept/release_dates.csv` has a better one; the dates of
    the other vintages stand beside it.
    """
    vintages = {
        f"{pd.Timestamp(one.vintage_date):%B_%Y}_date".lower(): _first(
            printed(downloads, one.file, one.layout), "model_name", "release_date"
        )
        for one in score_vintages().itertuples()
    }
    newest, last = list(vintages)[-1], score_vintages().iloc[-1]
    day = f"{pd.Timestamp(last['vintage_date']):%B %Y}"
    vintages["runs_2026_date"] = _first(read(downloads, _RUNS, ["model", "date"]), "model", "date")
    better = table("release_dates").set_index("model_name").replace("", None)
    dates = pd.DataFrame(vintages).join(better, how="outer")
    dates = dates[dates[newest].notna()]
    if unknown := sorted(set(better.index) - set(dates.index)):
        raise DerivationError(f"kept/release_dates.csv has models without a score: {unknown}")
    dates = dates[dates[[*vintages, "release_date"]].nunique(axis=1) > 1]
    is_mended = dates["release_date"].notna()
    return (
        dates.rename_axis("model_name")
        .reset_index()
        .assign(
            release_date=dates["release_date"].fillna(dates[newest]).to_list(),
            basis=dates["basis"].fillna(f"as in the scores of {day}").to_list(),
            grade=dates["grade"].fillna("B").to_list(),
            # The one date that no list of dates has: first use in a chat, before programs could.
            is_opened=dates.index != "GPT-5 Pro",
            source_id=dates["source_id"].where(is_mended, last["source_id"]).to_list(),
        )
    )


def _first(rows: pd.DataFrame, model: str, date: str) -> pd.Series:
    """The earliest date of each model, by the names of the two columns."""
    return rows.groupby(model)[date].min().dropna()


def training_compute_2026(downloads: Path) -> pd.DataFrame:
    """Models of 2026 that `training_compute` lacks; those without an estimate leave it empty."""
    columns = ["model", "organization", "date", "training_compute_flop", "confidence", "country"]
    raw = read(downloads, _RUNS, columns)
    older = read(downloads, "epoch/notable_ai_models.csv", ["Model", "Training compute (FLOP)"])
    older = older.dropna(subset="Training compute (FLOP)")
    raw = raw[~raw["model"].isin(older["Model"])]
    return pd.DataFrame(
        {
            "model_name": raw["model"],
            "organization": raw["organization"],
            "country": raw["country"].map(_country),
            "release_date": raw["model"].map(_dates(downloads)).fillna(raw["date"]),
            "training_compute_flop": raw["training_compute_flop"],
            "confidence": raw["confidence"].fillna("no estimate"),
            "access": raw["access"].str.lower(),
            "grade": "A",
            "is_opened": True,
            "source_id": "epoch-models",
        }
    )


def model_continuations(downloads: Path) -> pd.DataFrame:
    """Models trained on from another firm's: all operations, and the part that was the base's."""
    raw = read(downloads, _RUNS, ["model", "organization", "date", "training_compute_flop"])
    kept = table("model_continuations")
    rows = kept.merge(raw, left_on="model_name", right_on="model")
    if len(rows) < len(kept):
        raise DerivationError(f"{_RUNS} lacks a model of kept/model_continuations.csv")
    return rows.rename(columns={"date": "release_date"}).assign(is_opened=False)


def model_pauses(downloads: Path) -> pd.DataFrame:
    """Days on which a released model could be used by nobody."""
    return table("model_pauses").replace("", None).assign(is_opened=False)


def chip_sales_quarterly(downloads: Path) -> pd.DataFrame:
    """AI chips sold by designer and quarter, in H100 equivalents; unfinished quarters flagged."""
    file = "new/epoch_chip_sales_quarterly_2025Q1_2026Q3_transcribed.csv"
    columns = ["designer", "quarter_end", "cumulative_h100e_median", "quarter_h100e", "incomplete"]
    raw = read(downloads, file, columns)
    return pd.DataFrame(
        {
            "designer": raw["designer"],
            "quarter_end_date": raw["quarter_end"],
            "h100e": raw["quarter_h100e"].astype("Int64"),
            "cumulative_h100e": raw["cumulative_h100e_median"].astype("Int64"),
            "cumulative_h100e_p5": raw["cumulative_h100e_p5"].astype("Int64"),
            "cumulative_h100e_p95": raw["cumulative_h100e_p95"].astype("Int64"),
            "cumulative_power_mw": raw["power_mw_cumulative"].round().astype("Int64"),
            "is_incomplete": raw["incomplete"],
            "grade": "A",
            "is_opened": True,
            "source_id": "epoch-chip-sales",
        }
    )


def chip_components(downloads: Path) -> pd.DataFrame:
    """Packaging and memory for AI chips: all that was supplied, and who took it."""
    folder = "new/epoch_chip_components"
    supply = read(downloads, f"{folder}/chip_supply.csv", ["end_date", "cowos_supply_wafers_p50"])
    taken = read(downloads, f"{folder}/chip_quarterly_by_designer.csv", ["end_date", "designer"])
    supply.columns = [
        column.replace("_supply", "").replace("hbm_usd", "hbm_cost_usd") for column in supply
    ]
    rows = pd.concat([supply.assign(designer="all supply"), taken], ignore_index=True)
    columns = {"p50": "", "p5": "_p5", "p95": "_p95"}
    figures = {
        name: rows[column.format(end)].astype(float).div(scale).round(digits)
        for column, label, scale, digits in (
            ("cowos_wafers_{}", "cowos_wafers{}", 1, 0),
            ("hbm_cost_usd_{}", "hbm_usd_billion{}", 1e9, 3),
        )
        for end, name in ((end, label.format(suffix)) for end, suffix in columns.items())
    }
    return pd.DataFrame(
        {
            "quarter_end_date": rows["end_date"],
            "designer": rows["designer"].replace({"NVIDIA": "Nvidia", "Other": "all others"}),
            **{
                name: column.astype("Int64") if "wafers" in name else column
                for name, column in figures.items()
            },
            "grade": "A",
            "is_opened": True,
            "source_id": "epoch-chip-components",
        }
    )


def capex_2026(downloads: Path) -> pd.DataFrame:
    """Cash capital expenditure of four US firms after the last quarter of `capex_quarterly`."""
    columns = ["company", "period", "calendar_quarter", "capex_usd_billion", "definition"]
    raw = read(downloads, "new/hyperscaler_capex_2026.csv", columns)
    kept = table("capex_2026")
    rows = kept.merge(raw[raw["company"].isin(_FOUR)], on=["company", "period"])
    if len(rows) < len(kept):
        raise DerivationError("new/hyperscaler_capex_2026.csv lacks a row of kept/capex_2026.csv")
    leases = rows["definition"].str.extract(r"\(([\d.]+) with finance lease", expand=False)
    return rows.assign(
        period=rows["label"], capex_with_leases_usd_billion=leases, grade="B", is_opened=False
    )


def capex_guidance_2026_07(downloads: Path) -> pd.DataFrame:
    """What four US firms guided in July 2026 for the capital expenditure of 2026."""
    columns = ["company", "guidance_low", "guidance_high", "definition"]
    raw = read(downloads, "new/capex_guidance_2026_july.csv", columns)
    rows = table("capex_guidance_2026_07").merge(raw, on="company", suffixes=("", "_printed"))
    return rows.rename(
        columns={
            "guidance_low": "capex_usd_billion_low",
            "guidance_high": "capex_usd_billion_high",
        }
    ).assign(grade="B", is_opened=False)


def exchange_rates(downloads: Path) -> pd.DataFrame:
    """Daily rates that turn yuan into dollars, and won into yuan by way of the euro."""
    dollar = read(downloads, "new/fx_cny_per_usd.csv", ["date", "cny_per_usd"])
    euro = read(downloads, "new/ecb_eur_cny_krw_2026.csv", ["date", "cny_per_eur", "krw_per_eur"])
    parts = [
        dollar.rename(columns={"cny_per_usd": "rate"}).assign(
            pair="CNY per USD", source_id="fred-dexchus"
        ),
        *(
            euro.rename(columns={column: "rate"}).assign(pair=pair, source_id="ecb-eurofxref-2026")
            for column, pair in (("cny_per_eur", "CNY per EUR"), ("krw_per_eur", "KRW per EUR"))
        ),
    ]
    rows = pd.concat(parts, ignore_index=True).dropna(subset="rate")
    return rows.rename(columns={"date": "rate_date"}).assign(grade="A", is_opened=True)


TABLES = {
    "capex_2026": capex_2026,
    "capex_guidance_2026_07": capex_guidance_2026_07,
    "chip_components": chip_components,
    "chip_sales_quarterly": chip_sales_quarterly,
    "exchange_rates": exchange_rates,
    "model_continuations": model_continuations,
    "model_pauses": model_pauses,
    "release_dates": release_dates,
    "training_compute_2026": training_compute_2026,
}
