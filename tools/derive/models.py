"""Models of AI: training compute, capability scores in three vintages, best Arena ratings."""

from pathlib import Path

import pandas as pd
from common import DerivationError, read

_US, _CHINA = "United States of America", "China"

# Scores change with each refit, so each download is a vintage of its own, named by its day.
_VINTAGES = {
    "2025-12-19": "models/epoch_eci_scores_2025-12-19.csv",
    "2026-08-11": "epoch/eci_scores.csv",
}
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


def capability_scores(downloads: Path) -> pd.DataFrame:
    """Scores of models with their 90 % interval, by vintage (Epoch AI, Epoch Capabilities Index).

    The vintage of April 2026 lists variants of a model, without intervals; the best variant
    stands for the model, at the earliest date of any.
    """
    columns = ["Model", "eci", "eci_ci_low", "eci_ci_high", "date", "Country (of organization)"]
    frames = []
    for vintage, file in _VINTAGES.items():
        raw = read(downloads, file, columns)[columns].set_axis(
            ["model_name", "eci", "eci_p5", "eci_p95", "release_date", "listed"], axis=1
        )
        frames.append(raw.assign(vintage_date=vintage))
    columns = ["Model version", "Model name", "ECI Score", "Release date", "Country"]
    variants = read(downloads, "models/epoch_eci_variants_2026-04-10.csv", columns)
    variants = variants[
        variants["ECI Score"].notna() & ~variants["Model version"].isin(_NOT_THE_PUBLISHERS)
    ]
    best = variants.groupby("Model name", as_index=False).agg(
        eci=("ECI Score", "max"), release_date=("Release date", "min"), listed=("Country", "first")
    )
    frames.append(
        best.rename(columns={"Model name": "model_name"}).assign(vintage_date="2026-04-10")
    )
    rows = pd.concat(frames).dropna(subset="release_date")
    rows["is_country_assigned"] = rows["listed"].isna()
    rows["country"] = [
        _developer(name) if pd.isna(listed) else _country(listed)
        for name, listed in zip(rows["model_name"], rows["listed"], strict=True)
    ]
    return rows.round({"eci": 2, "eci_p5": 2, "eci_p95": 2})


def _developer(model: str) -> str:
    """The country of a model's developer, by the beginning of the model's name."""
    for country, beginnings in _DEVELOPERS.items():
        if model.startswith(beginnings):
            return country
    raise DerivationError(f"epoch/eci_scores.csv: {model!r} has no country; add its developer")


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
