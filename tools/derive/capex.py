"""Capital expenditure of US technology firms, and US private domestic investment."""

from pathlib import Path

import pandas as pd
from common import read, source_ids

# Rows that the evidence took from a page that reports on a company's own release: the release.
_FIRST_HAND = {
    "https://tapebrief.com/msft/q3-2026": "microsoft-fy26-q3-call",
    "https://belcourt.vercel.app/GOOGL/earnings/2026Q1-review-claude": "alphabet-2026-q1-call",
    "https://research.aardvarklabs.co/research/meta/earnings/2026-q1/meta-2026-q1-flashcap": (
        "meta-2026-q1-release"
    ),
    "https://secwatch.observer/filing/0001104659-26-041034.md": "amazon-2025-q4-release",
}
_FOUR = "Alphabet, Amazon, Meta and Microsoft"
_FIVE = "Alphabet, Amazon, Meta, Microsoft and Oracle"
_BASIS = {"calendar": "calendar", "fiscal (Jul-Jun)": "fiscal", "as reported by source": "reported"}
_KINDS = {
    "actual": ("actual", "cash"),
    "actual_incl_leases": ("actual", "cash and lease principal"),
    "guidance_low": ("guidance low", "as guided"),
    "guidance_high": ("guidance high", "as guided"),
    "guidance_point": ("guidance point", "as guided"),
    "analyst_forecast": ("forecast", "as forecast"),
    "analyst_base": ("forecast base", "as forecast"),
}


def capex(downloads: Path) -> pd.DataFrame:
    """Yearly capital expenditure by firm, kind and definition; calendar and fiscal years apart."""
    raw = read(
        downloads,
        "market/capex.csv",
        ["company", "fiscal_year", "year_basis", "usd_billion", "kind", "source_url", "note"],
    )
    # Sums of quarters are left to a measure, and a figure that its source does not print is no row.
    is_sum = raw["definition"].str.startswith("Cash") & raw["source_title"].str.contains("sum of 4")
    raw = raw[~is_sum & raw["usd_billion"].notna()]
    kinds = raw["kind"].map(_KINDS)
    by_firm = pd.DataFrame(
        {
            "company": raw["company"].replace("Five firms incl. Oracle", _FIVE),
            "year": raw["fiscal_year"],
            "year_basis": raw["year_basis"].map(_BASIS),
            "kind": kinds.str[0],
            "definition": kinds.str[1],
            "capex_usd_billion": raw["usd_billion"],
            "source_id": source_ids(raw["source_url"], _FIRST_HAND),
        }
    )
    return pd.concat([by_firm, _press_base(downloads)], ignore_index=True)


def _press_base(downloads: Path) -> pd.DataFrame:
    """The total of 2025 that the press compared with, for four firms together."""
    columns = ["base_2025_usd_billion", "base_definition"]
    checks = read(downloads, "market/capex_growth_scenarios.csv", columns)
    quoted = checks[checks["base_definition"].str.contains("press")].iloc[:1]
    return pd.DataFrame(
        {
            "company": _FOUR,
            "year": 2025,
            "year_basis": "reported",
            "kind": "actual",
            "definition": "as reported in the press",
            "capex_usd_billion": quoted["base_2025_usd_billion"],
            "source_id": "newsaz-ft-capex",
        }
    )


def capex_quarterly(downloads: Path) -> pd.DataFrame:
    """Cash purchases of property and equipment by calendar quarter, the SEC's value first."""
    raw = read(
        downloads,
        "market/capex_quarterly.csv",
        ["company", "period_end", "usd_billion", "sec_xbrl_usd_billion", "source_url"],
    )
    filed = raw["sec_xbrl_usd_billion"].notna()
    filings = raw["company"].map(
        {"Alphabet": "sec-alphabet", "Meta": "sec-meta", "Microsoft": "sec-microsoft"}
    )
    return pd.DataFrame(
        {
            "company": raw["company"],
            "quarter_end_date": raw["period_end"],
            "capex_usd_billion": raw["sec_xbrl_usd_billion"].where(filed, raw["usd_billion"]),
            "source_id": filings.where(filed, source_ids(raw["source_url"])),
        }
    )


def capex_with_leases(downloads: Path) -> pd.DataFrame:
    """Microsoft's capital expenditure with finance leases, for the quarters with a citable page."""
    columns = ["quarter_end", "usd_billion_incl_finance_leases", "source_url"]
    raw = read(downloads, "market/microsoft_capex_incl_leases.csv", columns)
    raw = raw.dropna(subset=columns)
    return pd.DataFrame(
        {
            "company": "Microsoft",
            "quarter_end_date": raw["quarter_end"],
            "capex_usd_billion": raw["usd_billion_incl_finance_leases"],
            "source_id": source_ids(raw["source_url"]),
        }
    )


def private_investment(downloads: Path) -> pd.DataFrame:
    """US gross private domestic investment since 2019, seasonally adjusted annual rates."""
    raw = read(downloads, "market/fred_gpdi.csv", [])
    raw.columns = ["quarter_start_date", "gpdi_usd_billion"]
    latest = raw[raw["quarter_start_date"] >= "2019"].assign(vintage="2026-06-25")
    checks = read(downloads, "market/gpdi_check.csv", ["denominator", "usd_billion"])
    second = checks[checks["denominator"].str.contains("second estimate")]
    earlier = pd.DataFrame(
        {
            "quarter_start_date": ["2026-01-01"],
            "gpdi_usd_billion": second["usd_billion"].to_list(),
            # The vintage that could be known when the article appeared.
            "vintage": ["2026-06-10"],
        }
    )
    both = pd.concat([latest, earlier], ignore_index=True)
    return both.rename(columns={"vintage": "vintage_date"}).assign(source_id="fred-gpdi")


TABLES = {
    "capex": capex,
    "capex_quarterly": capex_quarterly,
    "capex_with_leases": capex_with_leases,
    "private_investment": private_investment,
}
