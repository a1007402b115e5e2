"""Models of AI: training compute, capability scores by vintage, best Arena ratings."""

from pathlib import Path

import manifest
import pandas as pd
from common import DATA, DerivationError, read
from evidence import table

_US, _CHINA = "United States of America", "China"

# Rows that the owner of the copy added by hand; they are no scores of the publisher's.
_NOT_THE_PUBLISHERS = ("claude-mythos-2026-04-07", "muse-spark-2026-04-08")
# Country of the developer, for old models that the publisher lists without one.
_DEVELOPERS = {
    "United States": ("PaLM 2", "vicuna", "open_llama", "RedPajama"),
    "China": ("Qwen", "CodeQwen", "internlm", "DeepSeek", "Yi-", "chatglm"),
    "Other": ("stablelm",),
}
_LABS = {
    "United States": ("Anthropic", "Google", "OpenAI", "xAI"),
    "China": ("GLM", "Moonshot (Kimi)", "Qwen"),
}


def training_compute(downloads: Path) -> pd.DataFrame:
    """Models with an estimate of training compute since 2018, and the records before then.

    Without the older records of the US and China the first runs of 2018 would count as records.
    Source: Epoch AI, Notable AI Models.
    """
    columns = [
        "Model",
        "Organization",
        "Publication date",
        "Training compute (FLOP)",
        "Confidence",
        "Country (of organization)",
        "Parameters",
        "Training dataset size (total)",
    ]
    raw = read(downloads, "epoch/notable_ai_models.csv", columns)
    known = raw[raw["Training compute (FLOP)"].notna()].sort_values(["Publication date", "Model"])
    countries = known["Country (of organization)"].fillna("").map(_country)
    flop = known["Training compute (FLOP)"].astype(float)
    before = flop.groupby(countries).transform(lambda run: run.cummax().shift(fill_value=0))
    is_record = (flop > before) & (countries != "Other")
    kept = (known["Publication date"] >= "2018") | is_record
    known, countries = known[kept], countries[kept]
    return pd.DataFrame(
        {
            "model_name": known["Model"],
            "organization": known["Organization"],
            "country": countries,
            "publication_date": known["Publication date"],
            "training_compute_flop": known["Training compute (FLOP)"],
            "parameters": known["Parameters"],
            "confidence": known["Confidence"].fillna("Unknown"),
        }
    )


def _country(listed: str) -> str:
    """The country of the first organisation, as Epoch lists them, or Other."""
    first = listed.split(",")[0]
    return {_US: "United States", _CHINA: "China"}.get(first, "Other")


# How the file of a vintage names what is taken from it, by its layout in files.csv.
_LAYOUTS = {
    "scores": {
        "Model": "model_name",
        "eci": "eci",
        "eci_ci_low": "eci_p5",
        "eci_ci_high": "eci_p95",
        "date": "release_date",
        "Country (of organization)": "listed",
    },
    "transcribed": {
        "model": "model_name",
        "eci": "eci",
        "eci_ci_low": "eci_p5",
        "eci_ci_high": "eci_p95",
        "date": "release_date",
        "country": "listed",
        "access_group": "access",
    },
    "variants": {
        "Model name": "model_name",
        "ECI Score": "eci",
        "Release date": "release_date",
        "Country": "listed",
        "Model version": "version",
    },
}


def score_vintages() -> pd.DataFrame:
    """Each download of the scores, oldest first: vintage_date, file, layout, source_id.

    The manifest is the one place that has the day of a download. It becomes `vintage_date`, from
    which tables, quantities, captions and sentences take it.
    """
    found = pd.DataFrame([row for row in manifest.rows() if row["layout"]])
    found = found.rename(columns={"day": "vintage_date"}).sort_values("vintage_date")
    return found[["vintage_date", "file", "layout", "source_id"]]


def is_at_hand(downloads: Path, vintage) -> bool:
    """Whether a vintage's file is there; of one that the table has already it need not be."""
    return (downloads / vintage.file).is_file() or kept_scores(vintage.vintage_date).empty


def kept_scores(day: str) -> pd.DataFrame:
    """The rows of one vintage that the table of scores has already."""
    rows = pd.read_csv(DATA / "capability_scores.csv")
    return rows[rows["vintage_date"] == day]


def capability_scores(downloads: Path) -> pd.DataFrame:
    """Scores of models with their 90 % interval, by vintage (Epoch AI, Epoch Capabilities Index).

    The scale is estimated anew for each vintage: never mix scores of two. The vintage of April 2026
    lists variants of a model, without intervals; the best variant stands for the model, at the
    earliest date of any. Dates are the publisher's. A vintage whose file is not at hand stays as
    the table has it. Refuses a model that is dated later than the download that has it, as it
    cannot be of that day.
    """
    frames = [
        _of_vintage(downloads, vintage)
        if is_at_hand(downloads, vintage)
        else kept_scores(vintage.vintage_date)
        for vintage in score_vintages().itertuples()
    ]
    return pd.concat(frames).round({"eci": 2, "eci_p5": 2, "eci_p95": 2})


def _of_vintage(downloads: Path, vintage) -> pd.DataFrame:
    """The rows of one vintage, from its file."""
    rows = _scores(downloads, vintage.file, vintage.layout)
    late = rows[rows["release_date"] > vintage.vintage_date]
    if len(late):
        row = late.iloc[0]
        raise DerivationError(
            f"{vintage.file}: {row['model_name']!r} is dated {row['release_date']}, expected "
            f"none after the download of {vintage.vintage_date}; its day stands in "
            "tools/derive/files.csv"
        )
    countries = [
        _developer(name) if pd.isna(listed) else _country(listed)
        for name, listed in zip(rows["model_name"], rows["listed"], strict=True)
    ]
    return rows.assign(
        vintage_date=vintage.vintage_date,
        source_id=vintage.source_id,
        is_country_assigned=rows["listed"].isna(),
        country=countries,
    )


def printed(downloads: Path, file: str, layout: str) -> pd.DataFrame:
    """All rows of a vintage's file, those without a score too, with the columns named alike."""
    if layout not in _LAYOUTS:
        raise DerivationError(f"{file}: layout {layout!r} is none of {', '.join(_LAYOUTS)}")
    columns = _LAYOUTS[layout]
    return read(downloads, file, list(columns))[list(columns)].rename(columns=columns)


def _scores(downloads: Path, file: str, layout: str) -> pd.DataFrame:
    """The scores of one vintage that have a date, a row a model."""
    raw = printed(downloads, file, layout).dropna(subset="eci")
    if layout == "variants":
        raw = raw[~raw["version"].isin(_NOT_THE_PUBLISHERS)]
        raw = raw.groupby("model_name", as_index=False).agg(
            eci=("eci", "max"), release_date=("release_date", "min"), listed=("listed", "first")
        )
    if "access" in raw:
        known = table("weights").set_index("model_name")["access"]
        raw["access"] = raw["model_name"].map(known).fillna(raw["access"].str.lower())
    return raw.dropna(subset="release_date")


def _developer(model: str) -> str:
    """The country of a model's developer, by the beginning of the model's name."""
    for country, beginnings in _DEVELOPERS.items():
        if model.startswith(beginnings):
            return country
    raise DerivationError(f"scores of models: {model!r} has no country; add its developer")


def arena_best(downloads: Path) -> pd.DataFrame:
    """Best rating of US and Chinese labs by day of publication (Arena, text leaderboard)."""
    raw = read(
        downloads,
        "models/arena_lab_best_2023-12_2026-07.csv",
        ["lab", "date", "model_name", "rating"],
    )
    countries = {lab: country for country, labs in _LABS.items() for lab in labs}
    rows = raw.assign(country=raw["lab"].map(countries)).dropna(subset="country")
    best = rows.loc[rows.groupby(["date", "country"])["rating"].idxmax()]
    # A gap needs both sides of one day; ratings of different days are not comparable.
    both = best.groupby("date")["country"].transform("count") == 2
    return best[both].rename(columns={"date": "publication_date"}).round({"rating": 1})


TABLES = {
    "arena_best": arena_best,
    "capability_scores": capability_scores,
    "training_compute": training_compute,
}
