"""Notable AI models: training compute by country and date."""

from pathlib import Path

import pandas as pd
from common import read

_US, _CHINA = "United States of America", "China"


def training_compute(downloads: Path) -> pd.DataFrame:
    """Models since 2018 with an estimate of training compute (Epoch AI, Notable AI Models)."""
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
    known = raw[raw["Training compute (FLOP)"].notna() & (raw["Publication date"] >= "2018")]
    countries = known["Country (of organization)"].fillna("")
    return pd.DataFrame(
        {
            "model_name": known["Model"],
            "organization": known["Organization"],
            "country": countries.map(_country),
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


TABLES = {"training_compute": training_compute}
