"""Tables of 2026 that are chosen, row by row, from the evidence collected in November 2026.

What is chosen, in the book's own words, stands in `kept/<table>.csv`; figures, dates and grades
are taken from the evidence by the row's id, so no number is typed twice. `kept/corrections.csv`
has what a second look corrected, `kept/added.csv` the rows that it found missing.
"""

from decimal import Decimal
from pathlib import Path

import pandas as pd
from common import DerivationError, read

KEPT = Path(__file__).with_name("kept")
_GRADES = ["grade", "is_opened", "source_id"]
_VALUES = ["value", "value_low", "value_high"]
_BOUNDS = {"floor": "at least", "ceiling": "at most", "upper bound": "at most"}
_COUNTRIES = {"CN": "China", "US": "United States", "world": "World"}


def table(name: str) -> pd.DataFrame:
    """A table of `kept/`, as text, without missing values."""
    return pd.read_csv(KEPT / f"{name}.csv", dtype=str, keep_default_na=False)


def corrected(downloads: Path, file: str, key: list[str]) -> pd.DataFrame:
    """An evidence file as text with its corrections and added rows, and an id for each row.

    Raises `DerivationError` where a correction does not find the value that it corrects: then
    the evidence was revised, and the correction has to be looked at again.
    """
    read(downloads, f"new/{file}", key)
    path = downloads / "new" / file
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    rows["id"] = rows[key].agg(" ".join, axis=1)
    rows = rows.set_index("id", drop=False)
    for row in table("corrections").query("file == @file").itertuples():
        if row.id not in rows.index or rows.loc[row.id, row.column] != row.printed:
            raise DerivationError(
                f"new/{file}: the correction of {row.id}, {row.column}, expects {row.printed!r}"
            )
        rows.loc[row.id, row.column] = row.corrected
    added = table("added").query("file == @file").drop(columns="file")
    return pd.concat([rows, added]).fillna("").set_index("id", drop=False)


def chosen(downloads: Path, name: str, file: str, key: list[str] | None = None) -> pd.DataFrame:
    """The rows of an evidence file that `kept/<name>.csv` takes, with the book's own columns.

    A row of the evidence that the table neither takes nor leaves out for a reason is an error.
    """
    rows = corrected(downloads, file, key or ["id"])
    kept = table(name)
    unknown = sorted(set(kept["id"]) ^ set(rows["id"])) if kept["left_out"].any() else []
    unknown = unknown or sorted(set(kept["id"]) - set(rows["id"]))
    if unknown:
        raise DerivationError(f"kept/{name}.csv and new/{file} differ in their rows: {unknown}")
    kept = kept[kept["left_out"] == ""].set_index("id")
    rows = rows.drop(columns="id")
    both = rows.drop(columns=rows.columns.intersection(kept.columns)).join(kept, how="inner")
    # What the evidence calls "read" was read in the part needed, live or in a stored copy.
    both["is_opened"] = both["read_or_quoted"] == "read"
    # A primary source that was not opened is no better than press of record.
    both.loc[both["grade"].eq("A") & ~both["is_opened"], "grade"] = "B"
    if not both["grade"].isin(["A", "B", "C"]).all():
        raise DerivationError(f"kept/{name}.csv takes a row of grade D, or without a grade")
    return both


def _values(rows: pd.DataFrame, printed: pd.Series) -> pd.DataFrame:
    """Value and ends as numbers, shares as 0 to 1, and whether the value is a bound."""
    is_percent = printed.str.startswith("percent") & (rows["unit"] == "share")
    ends = {"value": "value", "value_low": "low", "value_high": "high"}
    numbers = {
        column: [
            _number(text, percent) for text, percent in zip(rows[end], is_percent, strict=True)
        ]
        for column, end in ends.items()
    }
    bound = printed.str.extract(r"\((floor|ceiling|upper bound)\b", expand=False).map(_BOUNDS)
    return rows.drop(columns="value").assign(**numbers, bound=bound)


def _number(text: str, percent: bool = False) -> str | None:
    """A printed number without thousands or trailing zeros; a percentage as a share."""
    if not text:
        return None
    number = Decimal(text) / (100 if percent else 1)
    return f"{number.normalize():f}"


def _figures(
    downloads: Path, name: str, file: str, words: list[str], key: list[str] | None = None
) -> pd.DataFrame:
    """A table of figures with units of their own, in the columns that all such tables share."""
    rows = chosen(downloads, name, file, key)
    printed = corrected(downloads, file, key or ["id"])["unit"].loc[rows.index]
    rows = _values(rows, printed)
    return rows.rename(columns={"row_id": "figure_id", "date": "stated_date"})[
        ["figure_id", *words, *_VALUES, "unit", "bound", "stated_date", *_GRADES, "note"]
    ].replace("", None)


def export_controls(downloads: Path) -> pd.DataFrame:
    """Rules, decisions and counter-measures by date, with what they cover and their state."""
    rows = chosen(downloads, "export_controls", "export_controls.csv")
    rows["limit_value"] = [
        _number(value) if unit else None
        for value, unit in zip(rows["value"], rows["limit_unit"], strict=True)
    ]
    return rows.rename(columns={"row_id": "event_id", "date": "event_date"}).replace("", None)


def nvidia_china_flows(downloads: Path) -> pd.DataFrame:
    """What Nvidia sold to China, was allowed to sell, and is reported to have delivered."""
    words = ["period", "item", "basis"]
    return _figures(downloads, "nvidia_china_flows", "nvidia_china_flows.csv", words)


def chip_supply(downloads: Path) -> pd.DataFrame:
    """Dies, packages, memory, wafers and revenue of Chinese makers, with how each is known."""
    words = ["maker", "stage", "item", "period", "kind"]
    return _figures(downloads, "chip_supply", "huawei_supply.csv", words)


def chip_roadmaps(downloads: Path) -> pd.DataFrame:
    """Coming chips of Huawei and Nvidia, as announced or sold; memory stands in the notes."""
    file = "huawei_supply.csv"
    rows = chosen(downloads, "chip_roadmaps", file)
    notes = corrected(downloads, file, ["id"])["note"].loc[rows.index]
    for precision in ("FP8", "FP4"):
        other = notes.str.extract(rf"([\d.]+) {precision}\b", expand=False)
        rows[f"{precision.lower()}_pflops"] = rows["value"].where(
            rows["precision"] == precision, other
        )
    rows["memory_gb"] = notes.str.extract(r"(\d+) GB\b", expand=False)
    rows["memory_bandwidth_tb_s"] = notes.str.extract(r"([\d.]+) TB/s", expand=False)
    return rows.rename(columns={"date": "stated_date"}).replace("", None)


def capex_china(downloads: Path) -> pd.DataFrame:
    """Capital expenditure of Chinese firms and of the state, in the currency that is printed."""
    rows = chosen(downloads, "capex_china", "china_capex.csv")
    for currency in ("CNY", "USD"):
        of_currency = rows["unit"] == f"bn {currency}"
        for column, end in (("", "value"), ("_low", "low"), ("_high", "high")):
            rows[f"capex_{currency.lower()}_billion{column}"] = [
                _number(value) if here else None
                for value, here in zip(rows[end], of_currency, strict=True)
            ]
    return rows.rename(
        columns={"row_id": "figure_id", "actor": "company", "date": "stated_date"}
    ).replace("", None)


def overseas_access(downloads: Path) -> pd.DataFrame:
    """AI compute abroad that Chinese firms are reported to use; no total exists."""
    rows = chosen(downloads, "overseas_access", "overseas_access.csv")
    printed = corrected(downloads, "overseas_access.csv", ["id"])["unit"]
    rows = _values(rows.assign(unit=rows["compute_unit"]), printed.loc[rows.index])
    rows["contract_usd_billion"] = [_number(text) for text in rows["usd_billion"]]
    return rows.rename(
        columns={
            "row_id": "figure_id",
            "date": "stated_date",
            "value": "compute",
            "value_low": "compute_low",
            "value_high": "compute_high",
        }
    ).replace("", None)


def smuggling(downloads: Path) -> pd.DataFrame:
    """Estimates of smuggled compute with their intervals, and cases with their sums."""
    words = ["kind", "item", "period", "interval", "method", "basis"]
    return _figures(downloads, "smuggling", "smuggling.csv", words)


def algorithmic_progress(downloads: Path) -> pd.DataFrame:
    """Published rates of progress in methods and of growth in compute, with what they cover."""
    words = ["quantity", "covers", "rate", "period", "interval"]
    return _figures(downloads, "algorithmic_progress", "algorithmic_progress.csv", words)


def compute_split(downloads: Path) -> pd.DataFrame:
    """How labs divide their compute, and how much of the capacity in China is used."""
    words = ["actor", "country", "quantity", "period", "basis"]
    return _figures(downloads, "compute_split", "compute_split.csv", words)


def power(downloads: Path) -> pd.DataFrame:
    """Power and electricity for data centres, and what the two countries add to their grids."""
    key = ["country", "quantity", "as_of"]
    energy = chosen(downloads, "power_energy", "energy.csv")
    capacity = chosen(downloads, "power_capacity", "power_capacity.csv", key)
    rows = pd.concat([energy.rename(columns={"date": "as_of_date"}), capacity])
    rows["country"] = rows["country"].replace(_COUNTRIES)
    for column, unit in (("power_gw", "GW"), ("electricity_twh", "TWh")):
        rows[column] = [
            _number(value) if printed == unit else None
            for value, printed in zip(rows["value"], rows["unit"], strict=True)
        ]
    return rows.rename(columns={"row_id": "figure_id"}).replace("", None)


def published_gap_estimates(downloads: Path) -> pd.DataFrame:
    """Published estimates of the gap, of models and of compute, with date and method."""
    words = ["kind", "author", "compares", "method"]
    name = "published_gap_estimates"
    return _figures(downloads, name, f"{name}.csv", words)


def china_ai_compute(downloads: Path) -> pd.DataFrame:
    """Official totals of AI computing in China; totals of other scopes beside them."""
    key = ["as_of", "eflops"]
    rows = chosen(downloads, "china_ai_compute", "china_ai_compute_eflops.csv", key)
    is_growth = rows.index.str.endswith("growth")
    rows["growth_times"] = [
        _number(value) if here else None
        for value, here in zip(rows["value"], is_growth, strict=True)
    ]
    rows["as_of_date"] = rows.index.str.split(" ").str[0]
    rows["precision"] = rows["precision"].replace("unstated", "")
    return rows.rename(columns={"row_id": "figure_id"}).replace("", None)


TABLES = {
    "algorithmic_progress": algorithmic_progress,
    "capex_china": capex_china,
    "china_ai_compute": china_ai_compute,
    "chip_roadmaps": chip_roadmaps,
    "chip_supply": chip_supply,
    "compute_split": compute_split,
    "export_controls": export_controls,
    "nvidia_china_flows": nvidia_china_flows,
    "overseas_access": overseas_access,
    "power": power,
    "published_gap_estimates": published_gap_estimates,
    "smuggling": smuggling,
}
