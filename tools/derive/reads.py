"""Figures behind the related reads."""

from pathlib import Path

import pandas as pd
from common import read, source_ids


def korea_market_caps(downloads: Path) -> pd.DataFrame:
    """Market value of SK Hynix and Samsung Electronics, with and without preferred shares."""
    columns = ["entity", "measure", "date", "value", "unit", "source_url"]
    raw = read(downloads, "market/market_caps.csv", columns)
    korean = raw[raw["unit"] == "KRW trillion"]
    with_preferred = korean["measure"].str.contains("incl. preferred", regex=False)
    return pd.DataFrame(
        {
            "company": korean["entity"],
            "as_of_date": korean["date"],
            "share_class": with_preferred.map({True: "common and preferred", False: "common"}),
            "market_cap_krw_trillion": korean["value"],
            "source_id": source_ids(korean["source_url"]),
        }
    )


TABLES = {"korea_market_caps": korea_market_caps}
