"""Data sets of September 2026: runs and release dates of models, chips, spending, rates."""

from pathlib import Path

import pandas as pd
from common import DATA, DerivationError, read
from evidence import table
from models import _country, is_at_hand, kept_scores, printed, score_vintages

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
        column: _dates_of(downloads, one, column)
        for column, one in zip(date_columns(), score_vintages().itertuples(), strict=True)
    }
    newest, last = list(vintages)[-1], score_vintages().iloc[-1]
    day = f"{pd.Timestamp(last['vintage_date']):%B %Y}"
    vintages["runs_2026_date"] = _dates_of_runs(downloads)
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


def date_columns() -> list[str]:
    """The columns of `release_dates` that have the dates of one vintage each, oldest first."""
    days = pd.to_datetime(score_vintages()["vintage_date"])
    columns = [f"{day:%B_%Y}_date".lower() for day in days]
    if twice := sorted({column for column in columns if columns.count(column) > 1}):
        raise DerivationError(f"tools/derive/files.csv: two vintages of one month: {twice}")
    return columns


def fields_of_vintages() -> list[dict]:
    """What the schema of `release_dates` says of these columns."""
    days = pd.to_datetime(score_vintages()["vintage_date"])
    return [
        {
            "name": column,
            "type": "date",
            "description": f"Date in the scores of {day:%B %Y}.",
            "earliest": "2015-01-01",
        }
        for column, day in zip(date_columns(), days, strict=True)
    ]


def _dates_of(downloads: Path, vintage, column: str) -> pd.Series:
    """The date of each model in one vintage; of one without its file, as the tables have them."""
    if is_at_hand(downloads, vintage):
        rows = printed(downloads, vintage.file, vintage.layout)
        return _first(rows, "model_name", "release_date")
    return _kept_dates(column, kept_scores(vintage.vintage_date))


def _dates_of_runs(downloads: Path) -> pd.Series:
    if _has_runs(downloads):
        return _first(read(downloads, _RUNS, ["model", "date"]), "model", "date")
    return _kept_dates("runs_2026_date", pd.read_csv(DATA / "training_compute_2026.csv"))


def _has_runs(downloads: Path) -> bool:
    return (downloads / _RUNS).is_file() or not (DATA / "training_compute_2026.csv").is_file()


def _kept_dates(column: str, rows: pd.DataFrame) -> pd.Series:
    """What the table has in a column of dates, and for models with one date everywhere that one."""
    known = pd.read_csv(DATA / "release_dates.csv").set_index("model_name")
    dates = _first(rows, "model_name", "release_date")
    return known[column].dropna().combine_first(dates[~dates.index.isin(known.index)])


def _first(rows: pd.DataFrame, model: str, date: str) -> pd.Series:
    """The earliest date of each model, by the names of the two columns."""
    return rows.groupby(model)[date].min().dropna()


def training_compute_2026(downloads: Path) -> pd.DataFrame:
    """Models of 2026 that `training_compute` lacks; those without an estimate leave it empty.

    Without the file of runs at hand, the table as it is, with the days that models have now.
    """
    if not _has_runs(downloads):
        kept = pd.read_csv(DATA / "training_compute_2026.csv", dtype=str)
        days = kept["model_name"].map(_dates(downloads)).fillna(kept["release_date"])
        return kept.assign(release_date=days)
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
