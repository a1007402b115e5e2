"""Compute the numbers of the book a second time, from the publishers' files, by other code.

    .venv/bin/python tools/recompute.py DOWNLOADS [--book FOLDER]

The book's numbers are the reviewed ones of `tests/facts.json`, or those of the book that was built
in FOLDER. DOWNLOADS is what `tools/derive` reads: `epoch/`, `market/`, `models/` and `new/`.
Nothing of the project's package is imported: each number is worked out from what captions and the
chapter on methods say in words. A line a fact: key, printed value, recomputed value, relative
difference, whether they agree. Exit status 1 where one differs by more than 0.5 %, or a number
from random draws by more than the tolerance that stands beside it.

What no publisher prints is read from the project's tables of its own decisions (`DECISIONS`):
what the article claims, which of its figures have to fit each other, which day counts as a
release, the assumptions of the model, two runs as their developers describe them, and one result
of Intel.

Which facts: all of the overview and of the sentences of the findings that are numbers from data
(`LEFT_OUT` has the others, with the reason), most of the findings' accounts and of the figures'
headlines, and more that were drawn (`DRAWN`).
"""

import argparse
import ast
import json
import math
import operator
import re
import sys
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import recompute_lag as lag

ROOT = Path(__file__).resolve().parents[1]
TOLERANCE = 0.005
ARTICLE = pd.Timestamp("2026-06-22")
QUARTER = pd.Timestamp("2025-12-31")
YEAR_BEFORE = pd.Timestamp("2024-12-31")
# Days and files of the capability scores, as the project registers them; the newest is read.
REGISTERED = pd.read_csv(ROOT / "tools/derive/files.csv", dtype=str).dropna(subset="layout")
REGISTERED = REGISTERED.sort_values("day")
VINTAGE = pd.Timestamp(REGISTERED["day"].iloc[-1])
DRAWS, YEARS = 10_000, 5
QUANTILES = (0.05, 0.5, 0.95)
MONTH = 365.25 / 12
NAMED = ("Amazon", "CoreWeave", "Google", "Meta", "Microsoft", "Oracle", "xAI")
CHINESE = ("China", "China (smuggled)")
FIRMS = ("Alphabet", "Amazon", "Meta", "Microsoft")
DECISIONS = (
    "assumptions",
    "audit_checks",
    "audit_readings",
    "claims",
    "company_results",
    "known_runs",
    "model_continuations",
    "model_pauses",
    "release_dates",
    "training_assumptions",
)
KEPT = ("added", "capex_china", "corrections")

# Facts of the overview and of the findings' sentences that are not recomputed, and why.
LEFT_OUT = {
    "gen-level": "the level at which intervals are given, a choice of the book",
    "scenario-predictions-level": "the level of the registered intervals, a choice of the book",
    "gen-vintage": "a day, in the name of the publisher's file",
    "owners-quarter": "a day; the stocks beside it are read on it",
    "leg-quarter": "a day; the stocks beside it are read on it",
    "ratio-first-quarter": "a day; ratio-first and ratio-growth are read on it",
    "ratio-money-estimate": "one figure of Rhodium Group, typed; in no file of DOWNLOADS",
    "chip-910c-tested": "one figure of a press report, typed; in no file of DOWNLOADS",
    "read-hynix-multiple": "two press figures, typed; in no file of DOWNLOADS",
    "scenario-last-year": "the horizon of the scenarios, a choice of the book",
    "scenario-predicted-lag": "a judgement of the book, typed in its table of predictions",
    "scenario-predictions": "how many predictions the book registers",
}

# How the others were drawn: of all facts of tests/facts.json on 2026-11-27 that are numbers, begin
# with one of DRAWN_FROM and were on neither the front page nor in a box "In brief", sorted (406),
# the first 40 of random.Random(20260622).sample(facts, 406). The reason stands beside those that
# are not recomputed; the script recomputes some more, neighbours of these.
DRAWN_FROM = (
    *("capex-", "cards-", "chip-", "chips-", "colossus-", "eflops-", "gen-", "h20-", "investment-"),
    *("lag-", "leg-", "meta-", "new-share-", "questions-", "ratio-", "share-", "sites-", "stock-"),
)
DRAWN = {
    "chip-h20-quarter-3": "",
    "leg-added-smuggled": "",
    "chips-h100-over-tiangai": "",
    "lag-effective-article": "",
    "ratio-year-before": "",
    "ratio-chips-idc-high": "",
    "gen-check-low": "",
    "gen-stairs-now": "",
    "ratio-clusters-standard": "",
    "gen-shortest": "",
    "lag-clock-us-high": "",
    "lag-article-hardware": "",
    "gen-covered-frontier-steady-error": "the project's own bench",
    "eflops-article-us": "the article's word",
    "lag-growth-stock-us": "",
    "eflops-back-china": "",
    "investment-share-article": "the article's word",
    "meta-units-article": "the article's word",
    "ratio-bandwidth-low": "",
    "gen-histories-drifting": "the project's own bench",
    "gen-v4-rank": "",
    "chip-nvidia-over-germany": "",
    "gen-private-high": "one published estimate, typed",
    "chip-cards-huawei-part": "",
    "chip-article-shares-sum": "the article's word",
    "chip-widest-chinese-run": "",
    "leg-domestic-share-first": "",
    "gen-glm53-lag": "",
    "gen-run-chips": "the start of a slider, typed",
    "leg-innolight-over-moutai": "market values of the press, typed",
    "stock-smuggled": "",
    "gen-covered-matched-steady-error": "the project's own bench",
    "chip-nvidia-units-idc": "",
    "lag-made-up-article-above-one": "",
    "gen-spacing-2026": "",
    "leg-cambricon-february": "market values of the press, typed",
    "lag-clock-runs-low": "",
    "chip-largest-over-record": "",
    "leg-google-added": "",
    "lag-clock-runs-high": "",
}

# Numbers from random draws, and how far two sets of draws may differ. The upper end of the lag at
# the end of 2025 lies where few draws are: other seeds give 9.1 to 9.8 months.
DRAWN_AT_RANDOM = {
    "gen-lag-now": 0.01,
    "gen-lag-now-low": 0.02,
    "gen-lag-now-high": 0.02,
    "gen-lag-then": 0.01,
    "gen-lag-then-low": 0.03,
    "gen-lag-then-high": 0.07,
    "since-lag-june": 0.01,
    "since-lag-june-low": 0.02,
    "since-lag-june-high": 0.02,
    "since-lag-now": 0.01,
    "leg-smuggled-chance": 0.01,
    "lag-capability-stocks": 0.01,
    "lag-capability-stocks-low": 0.03,
    "lag-capability-stocks-high": 0.07,
    "lag-hardware": 0.01,
    "lag-effective": 0.02,
    "lag-effective-article": 0.02,
    "lag-made-up": 0.03,
    "lag-made-up-p5": 0.1,
    "lag-made-up-p95": 0.03,
    "lag-made-up-above-one": 0.03,
    "lag-made-up-article": 0.03,
    "lag-made-up-article-p5": 0.06,
    "lag-made-up-article-p95": 0.03,
    "lag-made-up-article-above-one": 0.03,
    "scenario-ratio-held": 0.01,
    "scenario-ratio-held-p5": 0.02,
    "scenario-ratio-held-p95": 0.02,
    "scenario-ratio-lifted": 0.02,
    "scenario-ratio-tightened": 0.02,
    "scenario-us": 0.02,
    "scenario-china": 0.02,
    "scenario-predicted-ratio": 0.02,
    "scenario-predicted-ratio-low": 0.02,
    "scenario-predicted-ratio-high": 0.06,
    "scenario-needed-four": 0.01,
    "scenario-needed-four-low": 0.05,
    "scenario-needed-four-high": 0.02,
    "scenario-clock-held": 0.01,
    "scenario-ratio-supply": 0.01,
}

Facts = dict[str, float]

# As the built book marks a fact.
FACT = "application/vnd.computegap.fact+json"

MEDIAN = "Compute estimate in H100e (median)"
LOW, HIGH = "H100e (5th percentile)", "H100e (95th percentile)"
UNITS = "Number of Units (median)"


@cache
def printed(book: Path | None = None) -> dict[str, dict]:
    """Facts and verdicts by key: the reviewed ones, or those of the book built in a folder."""
    if book is None:
        return json.loads((ROOT / "tests" / "facts.json").read_text(encoding="utf-8"))
    facts: dict[str, dict] = {}
    for page in sorted((book / "book").glob("*.md")):
        glue = book / "_build" / "jupyter_execute" / "book" / f"{page.stem}.glue.json"
        stated = json.loads(glue.read_text(encoding="utf-8")) if glue.exists() else {}
        facts |= {key: out["data"][FACT] for key, out in stated.items() if FACT in out["data"]}
    claims = json.loads((book / "_build" / "html" / "claims.json").read_text(encoding="utf-8"))
    verdicts = {f"claim-{one['id'].lower()}": one["verdict"] for one in claims["claims"]}
    return facts | {key: {"value": verdict} for key, verdict in verdicts.items()}


class Files(NamedTuple):
    """The publishers' files, the project's tables of its own decisions, and the book."""

    downloads: Path
    book: Path | None = None

    def raw(self, path: str) -> pd.DataFrame:
        """A file of a publisher, as it is."""
        return pd.read_csv(self.downloads / path)

    def decided(self, name: str) -> pd.DataFrame:
        """A table of the project that no publisher's file can replace."""
        if name not in DECISIONS:
            raise ValueError(f"{name} is no table of decisions; read the publisher's file")
        return pd.read_csv(ROOT / "data" / f"{name}.csv")

    def kept(self, name: str) -> pd.DataFrame:
        """What the project typed where a publisher's file lacks it."""
        if name not in KEPT:
            raise ValueError(f"{name} is no table of what was typed")
        return pd.read_csv(ROOT / "tools" / "derive" / "kept" / f"{name}.csv")

    def claim(self, claim_id: str, column: str = "value") -> float:
        """What the article claims."""
        return float(self.decided("claims").set_index("claim_id")[column][claim_id])

    def assumed(self, assumption_id: str, column: str = "value") -> float:
        """An assumption of the model that holds in all cases."""
        table = self.decided("assumptions").query("case == 'all'")
        return float(table.set_index("assumption_id")[column][assumption_id])


def months(start: pd.Timestamp, end: pd.Timestamp) -> float:
    """Months of 30.44 days from one day to another."""
    return (end - start).days / MONTH


# Stocks of compute


@cache
def owners(files: Files) -> pd.DataFrame:
    """Epoch AI's stocks by owner and designer, complete quarters, million H100e."""
    table = files.raw("epoch/ai_chip_owners_cumulative_by_designer.csv")
    table = table[table["Incomplete"].isna()]
    table = table.assign(day=pd.to_datetime(table["End date"]))
    for column in (MEDIAN, LOW, HIGH, UNITS):
        table[column] = table[column] / 1e6
    # A designer without a range has its median at both ends.
    return table.assign(
        **{LOW: table[LOW].fillna(table[MEDIAN]), HIGH: table[HIGH].fillna(table[MEDIAN])}
    )


def stock(files: Files, names: Iterable[str] | None, column: str = MEDIAN) -> pd.Series:
    """Stock of some owners (all if None) by quarter."""
    table = owners(files)
    if names is not None:
        table = table[table["Owner"].isin(list(names))]
    return table.groupby("day")[column].sum()


def ratios(files: Files, smuggled: str | None) -> pd.Series:
    """US over China by quarter; `smuggled`: the column for smuggled chips, None for none."""
    china = stock(files, ["China"])
    if smuggled is not None:
        china = china.add(stock(files, ["China (smuggled)"], smuggled), fill_value=0)
    return stock(files, NAMED) / china


def ratio_facts(files: Files) -> Facts:
    """The ratio, its range, and how it grew since all parts are in the data."""
    found: Facts = {"ratio-compute-official": ratios(files, None)[QUARTER]}
    first = first_whole_quarter(files)
    names = {"": MEDIAN, "-low": HIGH, "-high": LOW}
    for end, column in names.items():
        history = ratios(files, column)
        found[f"ratio-compute-smuggled{end}"] = history[QUARTER]
        found[f"ratio-first{end}"] = history[first]
        found[f"ratio-growth{end}"] = history[QUARTER] / history[first]
    history = ratios(files, MEDIAN)
    found["ratio-year-before"] = history[YEAR_BEFORE]
    found["questions-quarters"] = (history.index >= first).sum()
    found["lag-own-ratio"] = history[QUARTER]
    return found


def first_whole_quarter(files: Files) -> pd.Timestamp:
    """The first quarter with all parts of both stocks, parts below 1 % on the last day aside."""
    table = owners(files).query("Owner != 'Other'")
    country = np.where(table["Owner"].isin(CHINESE), "China", "US")
    side = np.where(table["Owner"].isin(NAMED), "US", table["Owner"])
    table = table.assign(country=country, part=side + " " + table["Chip manufacturer"])
    sums = table.pivot_table(index="day", columns=["country", "part"], values=MEDIAN, aggfunc="sum")
    last = sums.loc[QUARTER]
    counts = last / last.groupby("country").transform("sum") >= 0.01
    return sums.loc[:, counts[counts].index].dropna().index[0]


def stock_facts(files: Files) -> Facts:
    """Stocks of the last quarter and shares of the world's."""
    world = stock(files, None)[QUARTER]
    latest = owners(files).query("day == @QUARTER")
    designers = latest.groupby("Chip manufacturer")[MEDIAN].sum()
    for_sale = designers.drop(["Google", "Amazon"]).sum()
    found = {f"stock-{name.lower()}": stock(files, [name])[QUARTER] for name in NAMED}
    return found | {
        "stock-google-p5": stock(files, ["Google"], LOW)[QUARTER],
        "share-other": stock(files, ["Other"])[QUARTER] / world,
        "stock-china": stock(files, ["China"])[QUARTER],
        "stock-smuggled": stock(files, ["China (smuggled)"])[QUARTER],
        "leg-stock-smuggled": stock(files, ["China (smuggled)"])[QUARTER],
        "index-smuggled-low": stock(files, ["China (smuggled)"], LOW)[QUARTER],
        "index-smuggled-high": stock(files, ["China (smuggled)"], HIGH)[QUARTER],
        "chip-nvidia-stock-share": designers["Nvidia"] / world,
        "chip-nvidia-merchant-share": designers["Nvidia"] / for_sale,
        "lag-growth-stock-us": growth(stock(files, NAMED)),
        "lag-growth-stock-china": growth(stock(files, CHINESE)),
    }


def growth(history: pd.Series) -> float:
    """Growth over the last four quarters, a factor."""
    return history[QUARTER] / history[YEAR_BEFORE]


def new_share_facts(files: Files) -> Facts:
    """China's share of what was added world-wide in each quarter."""
    world = stock(files, None).diff()
    legal = stock(files, ["China"]).diff() / world
    both = stock(files, CHINESE).diff() / world
    return {
        "new-share-peak": legal.max(),
        "new-share-latest": legal[QUARTER],
        "new-share-latest-smuggled": both[QUARTER],
    }


def chip_count_facts(files: Files) -> Facts:
    """The same gap in numbers of accelerators."""
    us = stock(files, NAMED, UNITS)[QUARTER]
    china = stock(files, CHINESE, UNITS)[QUARTER]
    types = files.raw("epoch/ai_chip_owners_cumulative_by_chip_type.csv")
    latest = types[(types["End date"] == "2025-12-31") & types["Incomplete"].isna()]
    h20 = latest[(latest["Owner"] == "China") & (latest["Chip type"] == "H20")].iloc[0]
    chinese, nvidia = uncounted_cards(files)
    return {
        "ratio-chips": us / china,
        "ratio-chips-without-h20": us / (china - h20[UNITS] / 1e6),
        "ratio-chips-half": worth_half_an_h100(files, latest),
        "ratio-chips-idc-high": us / (china + nvidia),
        "ratio-chips-idc-low": us / (china + nvidia + chinese),
        "h20-arithmetic": h20[MEDIAN] / 1e6,
        "cards-nvidia": nvidia,
    }


def worth_half_an_h100(files: Files, types: pd.DataFrame) -> float:
    """US over Chinese accelerators of types that are worth half an H100 or more each."""
    named = types[types["Owner"].isin([*NAMED, "China"])]
    side = np.where(named["Owner"] == "China", "China", "US")
    held = named.groupby([side, "Chip type"])[[UNITS, MEDIAN]].sum()
    smuggled = [stock(files, ["China (smuggled)"], one)[QUARTER] * 1e6 for one in (UNITS, MEDIAN)]
    held.loc[("China", "smuggled"), :] = smuggled
    strong = held[held[MEDIAN] >= 0.5 * held[UNITS]][UNITS].groupby(level=0).sum()
    return float(strong["US"] / strong["China"])


def uncounted_cards(files: Files) -> tuple[float, float]:
    """Cards of 2025 that IDC has and the owners' data lack: Chinese ones, Nvidia's (million)."""
    shares = files.raw("market/market_share.csv")
    idc = shares[shares["publisher"].eq("IDC (via Reuters)")].set_index("vendor")["units"] / 1e6
    types = files.raw("epoch/ai_chip_owners_cumulative_by_chip_type.csv")
    h20 = types[(types["Owner"] == "China") & (types["Chip type"] == "H20")]
    h20 = h20.set_index("End date")[UNITS] / 1e6
    smuggled = stock(files, ["China (smuggled)"], UNITS)
    added = h20["2025-12-31"] - h20["2024-12-31"] + smuggled[QUARTER] - smuggled[YEAR_BEFORE]
    return idc["Chinese vendors"] - idc["Huawei"] - idc["Cambricon"], idc["Nvidia"] - added


def coverage_facts(files: Files) -> Facts:
    """The ratio over what the owners' data do not count, one thing after another."""
    us, china = stock(files, NAMED)[QUARTER], stock(files, CHINESE)[QUARTER]
    other = stock(files, ["Other"])[QUARTER]
    chinese, nvidia = uncounted_cards(files)
    worth = {
        end: (
            chinese * files.assumed("uncounted-chinese-card", end),
            nvidia * files.assumed("uncounted-nvidia-card", end),
        )
        for end in ("low", "high")
    }
    return {
        "ratio-chinese-cards-low": us / (china + worth["high"][0]),
        "ratio-chinese-cards-high": us / (china + worth["low"][0]),
        "ratio-nvidia-cards-low": us / (china + worth["high"][1]),
        "ratio-nvidia-cards-high": us / (china + worth["low"][1]),
        "ratio-coverage-low": us / (china + sum(worth["high"])),
        "ratio-coverage-high": (us + files.assumed("other-us-share") * other) / china,
    }


def legs(files: Files) -> pd.DataFrame:
    """What China holds by quarter (million): its own chips, foreign ones bought, and smuggled."""
    table = owners(files).query("Owner in @CHINESE")
    domestic = table["Chip manufacturer"].isin(["Huawei", "Cambricon"])
    kinds = np.where(domestic, "own", np.where(table["Owner"] == "China", "bought", "smuggled"))
    return table.assign(kind=kinds).pivot_table(
        index="day", columns="kind", values=[MEDIAN, UNITS], aggfunc="sum"
    )


def leg_facts(files: Files) -> Facts:
    """China's two legs: shares of what it holds, and of what a year added."""
    held, first = legs(files)[MEDIAN], legs(files)[MEDIAN].loc[first_whole_quarter(files)]
    now, then = held.loc[QUARTER], held.loc[YEAR_BEFORE]
    units = legs(files)[UNITS].loc[QUARTER]
    added, last_year = now - then, then - held.loc[pd.Timestamp("2023-12-31")].fillna(0)
    foreign = added["bought"] + added["smuggled"]
    share = {
        end: now["own"] / (now["own"] + now["bought"] + smuggled)
        for end, smuggled in smuggled_ends(files).items()
    }
    return {
        "leg-total": now.sum(),
        "leg-stock-domestic": now["own"],
        "leg-stock-bought": now["bought"],
        "leg-domestic-share": now["own"] / now.sum(),
        "leg-domestic-share-low": share["high"],
        "leg-domestic-share-high": share["low"],
        "leg-foreign-share": 1 - now["own"] / now.sum(),
        "leg-domestic-share-first": first["own"] / first.sum(),
        "leg-bought-over-smuggled": units["bought"] / units["smuggled"],
        "leg-added-domestic": added["own"],
        "leg-added-foreign": foreign,
        "leg-added-smuggled": added["smuggled"],
        "leg-smuggled-part-of-foreign": added["smuggled"] / foreign,
        "leg-legal-share-of-added": added["bought"] / added.sum(),
        "leg-year-part-2024": last_year["own"] / last_year.sum(),
        "questions-china-added": added.sum(),
    }


def smuggled_ends(files: Files) -> dict[str, float]:
    """The least and the most that was smuggled, by the publisher's percentiles (million H100e)."""
    return {
        name: stock(files, ["China (smuggled)"], end)[QUARTER]
        for name, end in (("low", LOW), ("high", HIGH))
    }


def chance_facts(files: Files) -> Facts:
    """How often more was smuggled than bought, both drawn from the publisher's intervals."""
    rng = np.random.default_rng(6)
    table = owners(files).query("day == @QUARTER and Owner == 'China'")
    bought = table[table["Chip manufacturer"].isin(["Nvidia", "AMD"])]
    smuggled = (stock(files, ["China (smuggled)"], end)[QUARTER] for end in (MEDIAN, LOW, HIGH))
    more = split_lognormal(smuggled, rng) > split_lognormal(bought[[MEDIAN, LOW, HIGH]].sum(), rng)
    return {"leg-smuggled-chance": more.mean()}


def added_facts(files: Files) -> Facts:
    """What Google added in a year, and foreign chips in China over what the seven US owners did."""
    google, us = (stock(files, names) for names in (["Google"], NAMED))
    low, high = (stock(files, ["China (smuggled)"], end)[QUARTER] for end in (LOW, HIGH))
    added = legs(files)[MEDIAN].loc[QUARTER] - legs(files)[MEDIAN].loc[YEAR_BEFORE]
    foreign = added["bought"] + added["smuggled"]
    return {
        "leg-smuggled-spread": high / low,
        "leg-google-added": google[QUARTER] - google[YEAR_BEFORE],
        "questions-google-added": google[QUARTER] - google[YEAR_BEFORE],
        "scenario-foreign-now": foreign / (us[QUARTER] - us[YEAR_BEFORE]),
    }


# Clocks and rates


def clock(us: pd.Series, level: float) -> float:
    """Months from the day the US stock, straight on a log scale, was so large to QUARTER."""
    for (before, low), (after, high) in pairwise(us.items()):
        if low <= level <= high:
            part = math.log(level / low) / math.log(high / low)
            return months(before, QUARTER) - part * (after - before).days / MONTH
    raise ValueError(f"the US stock never was {level}")


def clock_facts(files: Files) -> Facts:
    """Months behind by chips, at the medians and at the ends of either side's estimate."""
    china = stock(files, CHINESE)[QUARTER]
    ends = {end: stock(files, CHINESE, end)[QUARTER] for end in (LOW, HIGH)}
    middle = clock(stock(files, NAMED), china)
    return {
        "lag-clock-hardware": middle,
        "scenario-clock-now": middle,
        "lag-clock-us-low": clock(stock(files, NAMED, LOW), china),
        "lag-clock-us-high": clock(stock(files, NAMED, HIGH), china),
        "lag-clock-hardware-low": clock(stock(files, NAMED), ends[HIGH]),
        "lag-clock-hardware-high": clock(stock(files, NAMED), ends[LOW]),
    }


def methods_rates(files: Files) -> list[float]:
    """Published rates at which methods improve, a factor a year, ends of intervals included.

    For language models at the frontier or in pre-training, without the replaced preprint.
    """
    table = files.raw("new/algorithmic_progress.csv").set_index("id")
    halving = table.loc["AP003"]
    rates = [2 ** (12 / halving[end]) for end in ("value", "low", "high")]
    working = float(table.loc["AP004", "value"])
    # The row has a question mark for the value; the project's table of corrections mends it.
    mended = files.kept("corrections").query("id == 'AP008'").set_index("column")["corrected"]
    return [*rates, working, *(float(mended[end]) for end in ("value", "low", "high"))]


def worth_facts(files: Files) -> Facts:
    """What a ratio is worth in months: 12 ln(R) / ln(growth of compute times that of methods)."""
    ratio = ratios(files, MEDIAN)[QUARTER]
    compute = {"runs": files.assumed("run-growth"), "stocks": growth(stock(files, NAMED))}
    rates = methods_rates(files)
    worth = [
        12 * math.log(ratio) / math.log(pace * rate) for pace in compute.values() for rate in rates
    ]
    article = 12 * math.log(1 / files.claim("C033"))
    smuggled = [ratios(files, end)[QUARTER] for end in (LOW, HIGH)]
    both = math.log(compute["runs"] * 2 ** (12 / files.assumed("halving-months")))
    halving = [
        12 * math.log(ratio) / math.log(compute["runs"] * 2 ** (12 / files.assumed(*end)))
        for end in (("halving-months", "low"), ("halving-months", "high"))
    ]
    return {
        "lag-worth-low": min(worth),
        "lag-worth-high": max(worth),
        "lag-worth-hardware-runs": 12 * math.log(ratio) / math.log(compute["runs"]),
        "lag-worth-ho-runs": 12 * math.log(ratio) / math.log(compute["runs"] * rates[0]),
        "lag-article-hardware": article / math.log(compute["runs"]),
        "lag-article-both": article / both,
        "lag-width-smuggled": 12 * math.log(smuggled[0] / smuggled[1]) / both,
        "lag-width-halving": halving[1] - halving[0],
    }


# Money


def capex_facts(files: Files) -> Facts:
    """Capital expenditure of the four firms: guided for 2026, and cash spent in 2025.

    Beside US gross private domestic investment, mean of the quarters of 2025 (BEA via FRED).
    """
    table = files.raw("market/capex.csv")
    table = table[table["company"].isin(FIRMS) & (table["year_basis"] == "calendar")]
    plans = table[table["fiscal_year"] == 2026].pivot(
        index="company", columns="kind", values="usd_billion"
    )
    point = plans["guidance_point"]
    low = point.fillna(plans["guidance_low"]).sum()
    high = point.fillna(plans["guidance_high"]).sum()
    gpdi = files.raw("market/fred_gpdi.csv")
    investment = gpdi.loc[gpdi.iloc[:, 0].str.startswith("2025"), gpdi.columns[1]].mean()
    cash = sum(filed_cash_2025(files).values())
    base = table[(table["company"] == "Amazon") & (table["kind"] == "actual")]
    cash += base.set_index("fiscal_year").loc[2025, "usd_billion"]
    return {
        "capex-2026-low": low,
        "capex-2026-high": high,
        "capex-2025-cash": cash,
        "capex-growth-cash": high / cash - 1,
        "investment-share-2025": high / investment,
        "capex-base-implied": files.claim("C028") / (1 + files.claim("C029") / 100),
    }


def filed_cash_2025(files: Files) -> dict[str, float]:
    """Cash purchases of the calendar year 2025, from the filings themselves (USD billion).

    Microsoft's year ends in June: its fiscal 2025 less the first half of it, and the next half.
    Amazon's filing is not in the folder; the table of capital expenditure has its year.
    """
    year, half = ("2025-01-01", "2025-12-31"), ("2025-07-01", "2025-12-31")
    fiscal, first = ("2024-07-01", "2025-06-30"), ("2024-07-01", "2024-12-31")
    microsoft = filed_cash(files, "msft")
    return {
        "Alphabet": filed_cash(files, "googl")[year],
        "Meta": filed_cash(files, "meta")[year],
        "Microsoft": microsoft[fiscal] - microsoft[first] + microsoft[half],
    }


def filed_cash(files: Files, ticker: str) -> dict[tuple[str, str], float]:
    """Cash purchases of property and equipment by first and last day (USD billion, SEC)."""
    path = f"market/sec_companyfacts/{ticker}_companyfacts_trimmed.json"
    filed = json.loads((files.downloads / path).read_text(encoding="utf-8"))["facts"]["us-gaap"]
    rows = filed["PaymentsToAcquirePropertyPlantAndEquipment"]["units"]["USD"]
    return {(row["start"], row["end"]): row["val"] / 1e9 for row in rows}


def cash_by_quarter(files: Files) -> pd.DataFrame:
    """Cash purchases of property and equipment by quarter and firm, the filed value first."""
    table = files.raw("market/capex_quarterly.csv")
    cash = table["sec_xbrl_usd_billion"].fillna(table["usd_billion"])
    table = table.assign(cash=cash, day=pd.to_datetime(table["period_end"]))
    return table.pivot(index="day", columns="company", values="cash")[list(FIRMS)]


def money_facts(files: Files) -> Facts:
    """The four firms' cash over the capital expenditure of Alibaba and Tencent, by quarter."""
    newer = files.raw("new/hyperscaler_capex_2026.csv")
    newer = newer[newer["company"].isin(FIRMS)].groupby("calendar_quarter")["capex_usd_billion"]
    older = cash_by_quarter(files).sum(axis=1, min_count=len(FIRMS))
    us = {f"{day.year}Q{day.quarter}": total for day, total in older.dropna().items()}
    us |= {name: total for name, total in newer.sum().items() if name not in us}
    yuan = yuan_by_quarter(files)
    gaps = [us[name] * cny_per_usd(files, name) / yuan[name] for name in yuan.index if name in us]
    return {
        "ratio-money-two-high": max(gaps),
        "ratio-money-two-low": min(gaps),
        "ratio-money-latest": gaps[-1],
    }


def yuan_by_quarter(files: Files) -> pd.Series:
    """Capital expenditure of Alibaba and Tencent together, in quarters that have both (CNY bn).

    The publishers' files lack Tencent's third quarter of 2025; the project typed it. Left out, as
    the project decided: what has no address, which is Alibaba's second quarter of 2026.
    """
    typed = files.kept("added").query("id == 'CX031'").assign(period="2025Q3")
    left_out = files.kept("capex_china").dropna(subset="left_out")["id"]
    table = pd.concat([files.raw("new/china_capex.csv"), typed])
    table = table[~table["id"].isin(left_out)]
    table = table[table["actor"].isin(["Alibaba", "Tencent"]) & table["period"].str.contains("Q")]
    firms = table.pivot(index="period", columns="actor", values="value").astype(float)
    return firms.dropna().sum(axis=1)


def cny_per_usd(files: Files, quarter: str) -> float:
    """Yuan per dollar: mean of the quarter's days (Federal Reserve), or as a report prints it."""
    table = files.raw("new/fx_cny_per_usd.csv")
    days = pd.PeriodIndex(pd.to_datetime(table["date"]), freq="Q").astype(str)
    of_quarter = table.loc[days == quarter, "cny_per_usd"]
    if len(of_quarter):
        return of_quarter.mean()
    reports = files.raw("new/china_capex.csv").query("period == @quarter")
    return float(reports.loc[reports["note"].eq("rate printed by Reuters"), "cny_per_usd"].iloc[0])


# Sites, totals, markets


def site_facts(files: Files) -> Facts:
    """Counts of data centres, of computing power, of clusters."""
    centres = files.raw("market/data_centers_by_country.csv")
    centres = centres[centres["directory"].str.startswith("AI Index")]
    centres = centres.set_index("country")["data_centers"]
    clusters = files.raw("epoch/gpu_clusters.csv").query("Status == 'Existing'")
    standard = clusters[clusters["Include in Standard Analysis"].eq(True)]
    power = standard.groupby("Country")["H100 equivalents"].sum()
    return {
        "ratio-data-centers": centres["United States"] / centres["China"],
        "ratio-article-eflops": files.claim("C036") / files.claim("C037"),
        "ratio-clusters-standard": power["United States of America"] / power["China"],
        "eflops-back-china": eflops_in_january(files),
    }


def eflops_in_january(files: Files) -> float:
    """CAICT's total for China in June 2025, taken back five months at the growth it prints."""
    table = files.raw("market/compute_capacity.csv")
    row = table[(table["country"] == "China") & (table["eflops"] == 962)].iloc[0]
    (growth,) = re.findall(r"\+(\d+) % year on year", row["note"])
    return row["eflops"] / (1 + float(growth) / 100) ** (5 / 12)


def h20_added(files: Files) -> float:
    """H20 that China added in the third quarter of 2025 (thousand H100e)."""
    table = files.raw("epoch/ai_chip_owners_quarters_by_chip_type.csv")
    rows = table[(table["Owner"] == "China") & (table["Chip type"] == "H20")]
    return rows.set_index("End date").loc["2025-09-30", MEDIAN] / 1e3


def market_facts(files: Files) -> Facts:
    """Developers, revenue from China, shares of cards."""
    cuda = files.raw("market/cuda_developers.csv").dropna(subset="fiscal_year")
    china = files.raw("market/nvidia_china_revenue_quarterly.csv")
    shares = files.raw("market/market_share.csv")
    year = shares[shares["publisher"].eq("IDC (via Reuters)")].set_index("vendor")
    idc, percent = year["units"] / 1e6, year["share_pct"]
    values = files.raw("market/market_caps.csv").groupby(["entity", "date"])["value"].first()
    return {
        "chip-cuda-latest": cuda["developers_million"].iloc[-1],
        "chip-china-revenue-latest": china["usd_billion"].iloc[-1],
        "chip-cards-huawei-part": idc["Huawei"] / idc["Chinese vendors"],
        "chip-nvidia-units-idc": idc["Nvidia"],
        "chip-cards-chinese-share": percent["Chinese vendors"] / 100,
        "chip-cards-nvidia-share": percent["Nvidia"] / 100,
        "chip-h20-quarter-3": h20_added(files),
        "chip-nvidia-over-germany": values["Nvidia", "2026-05-20"] / values["Germany", "2025"],
    }


def chip_facts(files: Files) -> Facts:
    """The Ascend 910C beside the H100 and the fastest US chip of its year, and MLPerf."""
    table = files.raw("epoch/ml_hardware.csv").set_index("Hardware name")
    tensor, memory = "Tensor-FP16/BF16 performance (FLOP/s)", "Memory bandwidth (byte/s)"
    huawei, h100 = table.loc["Huawei Ascend 910C"], table.loc["NVIDIA H100 SXM5 80GB"]
    b200, tiangai = table.loc["NVIDIA B200"], table.loc["Tianshu Zhixin Tiangai 100 (BI-V100)"]
    runs = files.raw("market/mlperf_training_v5_1.csv")
    return {
        "chip-910c-arithmetic": huawei[tensor] / h100[tensor],
        "chip-910c-bandwidth": huawei[memory] / h100[memory],
        "chip-910c-over-gb300": table.loc["NVIDIA GB300 (Blackwell Ultra)", tensor]
        / huawei[tensor],
        "read-bandwidth-910c-share": huawei[memory] / b200[memory],
        "chip-mlperf-results": runs["score_minutes"].notna().sum(),
        "chips-h100-over-tiangai": h100[tensor]
        / tiangai["FP16 (half precision) performance (FLOP/s)"],
    }


def reported_facts(files: Files) -> Facts:
    """What one report says, as it stands in the project's first notes of what it read."""
    supply = files.raw("new/huawei_supply.csv").set_index("id")["value"].astype(float)
    flows = files.raw("new/nvidia_china_flows.csv").set_index("id")["value"].astype(float)
    abroad = files.raw("new/overseas_access.csv").set_index("id")
    return {
        "chip-packages-2025": supply["HW002"] / 1e6,
        "chip-packages-hbm": supply["HW003"] / 1e6,
        "since-h200-approved": flows["NV007"],
        "since-h200-received": flows["NV014"],
        "since-hopper": flows["NV010"] / 100,
        "since-rented": float(abroad.loc["OA001", "value"]),
    }


# Memory bandwidth


# Chips of the publisher's table that a name of the owners' table may mean (TB/s from both).
BANDWIDTH_NAMES = {
    "A100": "NVIDIA A100",
    "A800": "NVIDIA A800",
    "H100/H200": "NVIDIA H100 SXM|NVIDIA H200 SXM",
    "H20": "NVIDIA HGX H20$",
    "H800": "NVIDIA H800 SXM",
    "B200": "NVIDIA B200",
    "B300": "NVIDIA B300",
    "Ascend 910B": "Huawei Ascend 910B[1-4 (]",
    "Ascend 910C": "Huawei Ascend 910C",
    "Instinct MI300A": "AMD Instinct MI300A",
    "Instinct MI300X": "AMD Instinct MI300X",
    "Instinct MI325X": "AMD Instinct MI325X",
    "Instinct MI350X": "AMD Instinct MI350X",
    "Instinct MI355X": "AMD Instinct MI355X",
    "TPU v4": "Google TPU v4$",
    "TPU v4i": "Google TPU v4i",
    "TPU v5e": "Google TPU v5e",
    "TPU v5p": "Google TPU v5p",
    "TPU v6e": "Google TPU v6e",
    "TPU v7": "Google TPU v7",
    "Trainium1": "Amazon Trainium1",
    "Trainium2": "Amazon Trainium2",
}


def bandwidth_facts(files: Files) -> Facts:
    """Memory bandwidth that both sides hold, the least and the most that the ratio can be."""
    hardware = files.raw("epoch/ml_hardware.csv")
    speed = hardware["Memory bandwidth (byte/s)"] / 1e12
    ends = {
        name: speed[hardware["Hardware name"].str.contains(pattern)].agg(["min", "max"])
        for name, pattern in BANDWIDTH_NAMES.items()
    }
    types = files.raw("epoch/ai_chip_owners_cumulative_by_chip_type.csv")
    held = types[(types["End date"] == "2025-12-31") & types["Chip type"].isin(ends)]
    sides = held["Owner"].map(dict.fromkeys(NAMED, "us") | {"China": "china"})
    newer = held[(sides == "us") & (held["Chip manufacturer"] == "Nvidia")]
    newer = newer[newer["Chip type"] != "A100"].groupby("Chip type")[[UNITS, MEDIAN]].sum()
    smuggled = stock(files, ["China (smuggled)"])[QUARTER]
    total = {}
    for end in ("min", "max"):
        each = held["Chip type"].map({name: both[end] for name, both in ends.items()})
        sums = (held[UNITS] * each / 1e6).groupby(sides).sum()
        each_new = pd.Series({name: ends[name][end] for name in newer.index})
        per_h100e = (each_new * newer[UNITS] / newer[MEDIAN]).agg(end)
        total[end] = sums["us"], sums["china"] + smuggled * per_h100e
    return {
        "ratio-bandwidth-low": total["min"][0] / total["max"][1],
        "ratio-bandwidth-high": total["max"][0] / total["min"][1],
    }


# Training runs


def runs(files: Files) -> pd.DataFrame:
    """Models with an estimate of training compute, trained from scratch: country, day, flop.

    The country is that of the first organisation. Left out: those that continue another firm's.
    """
    table = files.raw("epoch/notable_ai_models.csv")
    table = table[~table["Model"].isin(files.decided("model_continuations")["model_name"])]
    found = pd.DataFrame(
        {
            "model": table["Model"],
            "country": table["Country (of organization)"].str.split(",").str[0],
            "day": pd.to_datetime(table["Publication date"]),
            "flop": table["Training compute (FLOP)"],
            "parameters": table["Parameters"],
        }
    )
    return found.dropna(subset="flop").query("day <= @ARTICLE").sort_values("day")


def run_facts(files: Files) -> Facts:
    """The largest runs of both countries, and how far apart they are in time."""
    known = runs(files)
    us = known[known["country"] == "United States of America"]
    china = known[known["country"] == "China"]
    record = china.loc[china["flop"].idxmax()]
    behind = {
        factor: months(us.loc[us["flop"] >= factor * record["flop"], "day"].iloc[0], ARTICLE)
        for factor in (1 / files.assumed("run-error"), 1, files.assumed("run-error"))
    }
    low, high = min(behind), max(behind)
    then = china[china["day"] <= QUARTER]["flop"].max()
    at_stocks = months(us.loc[us["flop"] >= then, "day"].iloc[0], QUARTER)
    before_2018 = records(us, "2018-01-01")
    ratio, since = us["flop"].max() / record["flop"], record_ratio_since(files)
    return {
        "ratio-record-runs": ratio,
        "gen-record-ratio": ratio,
        "gen-record-since": since,
        "since-runs-june": ratio,
        "since-runs-now": since,
        "lag-clock-runs-stocks": at_stocks,
        "lag-clock-runs-high": behind[low],
        "lag-clock-runs-low": behind[high],
        "lag-growth-runs-2018": len(before_2018),
        "lag-growth-china": pace(records(china, "2020-01-01")),
        "lag-growth-us": pace(records(us, "2020-01-01")),
        "lag-growth-2018": pace(before_2018),
    }


def record_ratio_since(files: Files) -> float:
    """The largest US run over the largest Chinese one, with the runs of the later table."""
    later = files.raw("new/epoch_training_compute_2026_transcribed.csv").rename(
        columns={"training_compute_flop": "flop"}
    )
    largest = pd.concat([runs(files), later]).groupby("country")["flop"].max()
    return largest["United States of America"] / largest["China"]


def records(known: pd.DataFrame, since: str) -> pd.DataFrame:
    """Runs since a day with more compute than any before them; of one day, the largest counts."""
    known = known.sort_values("flop").groupby("day", as_index=False).last()
    best = known["flop"].cummax().shift(fill_value=0)
    return known[(known["flop"] > best) & (known["day"] >= since)]


def pace(known: pd.DataFrame) -> float:
    """Growth a year (factor), by least squares of the logarithm on the day."""
    years = (known["day"] - known["day"].iloc[0]).dt.days / 365.25
    return math.exp(np.polyfit(years, np.log(known["flop"]), 1)[0])


def hardware_facts(files: Files) -> Facts:
    """Chinese models by the chips that they were trained on."""
    table = files.raw("epoch/all_ai_models_points_derived.csv")
    chinese = table[table["country"].eq("China") & table["training_hardware"].notna()]
    is_own = chinese["training_hardware"].str.contains("Ascend|MTT")
    recent = chinese["publication_date"] >= "2023"
    on_own = chinese[is_own]
    largest = on_own["training_compute_flop"].max()
    china = runs(files).query("country == 'China'")
    return {
        "chip-models-known": recent.sum(),
        "chip-models-chinese": (recent & is_own).sum(),
        "chip-models-ascend": on_own["training_hardware"].str.contains("Ascend").sum(),
        "chip-largest-chinese-run": largest,
        "chip-largest-over-record": largest / china["flop"].max(),
        "chip-widest-chinese-run": on_own["hardware_quantity"].max(),
    }


def cost_facts(files: Files) -> Facts:
    """A run of the article's size: C = 6 N D on rented H100s."""
    start = files.decided("training_assumptions").set_index("assumption_id")["value"]
    table = files.raw("epoch/ml_hardware.csv").set_index("Hardware name")
    peak = table.loc["NVIDIA H100 SXM5 80GB", "Tensor-FP16/BF16 performance (FLOP/s)"]
    size = files.claim("C068") * 1e12
    flop = 6 * size * start["tokens_per_parameter"] * size
    price = flop / (peak * start["utilisation"]) / 3600 * start["price_usd_per_h100_hour"]
    sizes = files.raw("epoch/notable_ai_models.csv").set_index("Model")["Parameters"]
    sparse = start["active_share"]
    known = files.decided("known_runs")
    known_flop = 6e21 * known["active_parameters_billion"] * known["training_tokens_trillion"]
    hours = known_flop / (peak * start["utilisation"]) / 3600
    return {
        "gen-v4-size": sizes["DeepSeek-V4-Pro"] / 1e12,
        "gen-run-dense-cost": price / 1e9,
        "gen-run-sparse-cost": sparse * price / 1e9,
        "gen-run-sparse-flop": sparse * flop,
        "gen-check-low": (hours / 1e6 / known["chip_hours_million"]).min(),
    }


# The lag of the models


@cache
def vintages(files: Files) -> dict[pd.Timestamp, pd.DataFrame]:
    """Epoch AI's scores by the day of the download: model, country, day, eci, low, high.

    The day is that of the project's table of releases, else the publisher's.
    """
    named = {"date": "day", "eci_ci_low": "low", "eci_ci_high": "high"}
    current = {"Model": "model", "Country (of organization)": "country"}
    by_layout = {
        "scores": lambda file: files.raw(file).rename(columns=current),
        "variants": lambda file: _best_variants(files.raw(file)),
        "transcribed": files.raw,
    }
    return {
        pd.Timestamp(one.day): _scores(files, by_layout[one.layout](one.file).rename(columns=named))
        for one in REGISTERED.itertuples()
    }


def _best_variants(variants: pd.DataFrame) -> pd.DataFrame:
    """The best variant of each model, at the earliest day of any."""
    # Two rows were added by the owner of the copy and are no scores of the publisher's.
    ours = ("claude-mythos-2026-04-07", "muse-spark-2026-04-08")
    variants = variants[~variants["Model version"].isin(ours)].dropna(subset="ECI Score")
    best = variants.groupby("Model name", as_index=False).agg(
        eci=("ECI Score", "max"), day=("Release date", "min"), country=("Country", "first")
    )
    return best.rename(columns={"Model name": "model"}).assign(low=np.nan, high=np.nan)


def _scores(files: Files, table: pd.DataFrame) -> pd.DataFrame:
    """One vintage with the project's days of release, rounded to two decimals."""
    table = table[["model", "country", "day", "eci", "low", "high"]].dropna(subset=["eci", "day"])
    released = files.decided("release_dates").set_index("model_name")["release_date"]
    days = table["model"].map(released).fillna(table["day"])
    country = table["country"].str.split(",").str[0].replace("United States of America", "US")
    country = country.fillna(table["model"].map(_developer))
    table = table.round({"eci": 2, "low": 2, "high": 2})
    table = table.assign(day=pd.to_datetime(days), country=country)
    for end in ("low", "high"):
        table[end] = table[end].fillna(table["eci"])
    # Of one day the best comes first, so that the others of the day are no records.
    return table.sort_values(["day", "eci"], ascending=[True, False], kind="stable")


def _developer(model: str) -> str:
    """Country of the developer of an old model that the publisher lists without one."""
    chinese = ("Qwen", "CodeQwen", "internlm", "DeepSeek", "Yi-", "chatglm")
    american = ("PaLM 2", "vicuna", "open_llama", "RedPajama")
    return "China" if model.startswith(chinese) else "US" if model.startswith(american) else "Other"


def usable(files: Files, vintage: pd.DataFrame, country: str, on: pd.Timestamp) -> lag.Models:
    """Models of a country that somebody could use on a day: released, and not switched off."""
    pauses = files.decided("model_pauses")
    off = (pd.to_datetime(pauses["from_date"]) <= on) & (pd.to_datetime(pauses["to_date"]) >= on)
    out = vintage["model"].isin(pauses.loc[off, "model_name"])
    rows = vintage[(vintage["country"] == country) & (vintage["day"] <= on) & ~out]
    days = -(on - rows["day"]).dt.days / MONTH
    columns = (days, rows["eci"], rows["low"], rows["high"])
    return lag.Models(*(column.to_numpy() for column in columns))


def staircase(files: Files, on: pd.Timestamp) -> float:
    """Age, on a day, of the first US model as good as China's best of that day (months)."""
    newest = vintages(files)[max(vintages(files))]
    us, china = (usable(files, newest, country, on) for country in ("US", "China"))
    return float(-us.months[us.score >= china.score.max()][0])


def staircase_facts(files: Files) -> Facts:
    """The staircase on the article's date, and day by day in a year."""
    found = {"gen-stairs-now": staircase(files, ARTICLE)}
    for year in (2024, 2025):
        days = pd.date_range(f"{year}-01-01", f"{year}-12-31")
        found[f"gen-lag-{year}"] = float(np.mean([staircase(files, day) for day in days]))
    days = pd.date_range("2024-01-01", ARTICLE)
    found["gen-shortest"] = min(staircase(files, day) for day in days)
    return found


def between_vintages(files: Files, on: pd.Timestamp) -> dict[str, float]:
    """Standard deviation of both estimators between vintages of the scores (months).

    On the day and at the ends of the four quarters before it, over the vintages taken by then or
    later, about the mean of the day.
    """
    squares, free = np.zeros(2), 0
    for day in pd.date_range(end=on, periods=4, freq="QE").union([on]):
        since = -months(pd.Timestamp("2024-01-01"), day)
        found = []
        for taken, vintage in vintages(files).items():
            if taken >= day:
                pair = [usable(files, vintage, country, day) for country in ("US", "China")]
                found.append((lag.matched(*pair, since), lag.frontier(lag.fit(*pair, since))))
        squares += ((np.array(found) - np.mean(found, axis=0)) ** 2).sum(axis=0)
        free += len(found) - 1
    return dict(zip(("matched", "frontier"), np.sqrt(squares / free), strict=True))


@cache
def lag_draws(files: Files, on: pd.Timestamp) -> np.ndarray:
    """Draws of the lag of the models on a day: the mean of both estimators (months)."""
    newest = vintages(files)[max(vintages(files))]
    since = -months(pd.Timestamp("2024-01-01"), on)
    pair = [usable(files, newest, country, on) for country in ("US", "China")]
    spread = between_vintages(files, on)
    z = np.random.default_rng(1).standard_normal(DRAWS)
    wait = lag.matched_draws(*pair, since, DRAWS, seed=2) + spread["matched"] * z
    path = lag.frontier_draws(lag.fit(*pair, since), DRAWS, seed=3) + spread["frontier"] * z
    return (np.maximum(wait, 0) + path) / 2


def lag_facts(files: Files) -> Facts:
    """The lag on the article's date and at the end of 2025, each with its interval."""
    found: Facts = {}
    names = {
        ARTICLE: ("gen-lag-now", "since-lag-june"),
        QUARTER: ("gen-lag-then", "lag-capability-stocks"),
    }
    for day, keys in names.items():
        low, middle, high = np.quantile(lag_draws(files, day), QUANTILES)
        for key in keys:
            found |= {key: middle, f"{key}-low": low, f"{key}-high": high}
    return found | {"since-lag-now": float(np.median(lag_draws(files, VINTAGE)))}


def split_lognormal(interval: Iterable[float], rng: np.random.Generator) -> np.ndarray:
    """Draws with the value as median and 90 % between the ends, a spread of its own each side."""
    value, low, high = interval
    z = rng.standard_normal(100_000)
    spread = np.where(z < 0, math.log(value / low), math.log(high / value)) / lag.NORMAL_95
    return value * np.exp(spread * z)


def made_up_facts(files: Files) -> Facts:
    """The ratio of stocks over the ratio that the lag of the models is worth, drawn.

    Once with the lag at the end of 2025, once with that on the article's date.
    """
    rng = np.random.default_rng(4)
    us, legal, smuggled = (
        split_lognormal((stock(files, names, end)[QUARTER] for end in (MEDIAN, LOW, HIGH)), rng)
        for names in (NAMED, ["China"], ["China (smuggled)"])
    )
    pace, halving = (
        split_lognormal((files.assumed(name, end) for end in ("value", "low", "high")), rng)
        for name in ("run-growth", "halving-months")
    )
    ratio = us / (legal + smuggled)
    found = {"lag-hardware": float(np.median(12 * np.log(ratio) / np.log(pace)))}
    for day, ending in ((QUARTER, ""), (ARTICLE, "-article")):
        low, middle, high = np.quantile(lag_draws(files, day), QUANTILES)
        measured = split_lognormal((middle, low, high), rng)
        effective = (pace * 2 ** (12 / halving)) ** (measured / 12)
        p5, median, p95 = np.quantile(ratio / effective, QUANTILES)
        found |= {
            f"lag-effective{ending}": float(np.median(effective)),
            f"lag-made-up{ending}": median,
            f"lag-made-up{ending}-p5": p5,
            f"lag-made-up{ending}-p95": p95,
            f"lag-made-up{ending}-above-one": (ratio > effective).mean(),
        }
    return found


def single_model_facts(files: Files) -> Facts:
    """Single models among the others of the newest vintage, and how often records came."""
    newest = vintages(files)[max(vintages(files))]
    by_name = newest.set_index("model")
    china = usable(files, newest, "China", ARTICLE)
    us = newest[(newest["country"] == "US") & (newest["day"] <= ARTICLE)]
    best = us["eci"].cummax().shift(fill_value=0)
    days = us.loc[us["eci"] > best, "day"]
    spring = days.diff()[(days >= "2026-01-01").to_numpy()].dt.days
    glm = by_name.loc["GLM-5.3"]
    match = newest[(newest["country"] == "US") & (newest["eci"] >= glm["eci"])]["day"].iloc[0]
    return {
        "gen-v4-rank": (china.score > by_name.loc["DeepSeek-V4-Pro", "eci"]).sum() + 1,
        "gen-glm53-lag": months(match, glm["day"]),
        "gen-spacing-2026": spring.median(),
    }


# Scenarios


class Case(NamedTuple):
    """Draws of what a scenario takes."""

    us: np.ndarray
    china: np.ndarray
    added: np.ndarray
    growth: np.ndarray
    made: np.ndarray
    domestic: np.ndarray
    fade: np.ndarray
    imported: np.ndarray


def drawn_case(files: Files, domestic: Iterable[float], control: str = "held") -> Case:
    """Draws of the inputs, production at its pace; `domestic`: its growth, median and ends."""
    rng = np.random.default_rng(5)
    ends = (MEDIAN, LOW, HIGH)
    stocks = {
        names: [stock(files, names, end) for end in ends]
        for names in (NAMED, ("China",), ("China (smuggled)",))
    }
    us, legal, smuggled = (
        split_lognormal((history[QUARTER] for history in three), rng) for three in stocks.values()
    )
    added = us * split_lognormal(added_share(stocks[NAMED]), rng)
    brought_in = smuggled * split_lognormal(added_share(stocks["China (smuggled)",]), rng)
    held = files.decided("assumptions").set_index(["assumption_id", "case"])
    multiplier, pace, fade = (
        split_lognormal(held.loc[row, ["value", "low", "high"]], rng)
        for row in (
            ("smuggling-multiplier", control),
            ("domestic-multiplier", "pace"),
            ("growth-fade", "all"),
        )
    )
    shares = {
        "held": imports_share(files, slice(-4, None)),
        "lifted": imports_share(files, slice(None, "2023-09-30")),
        "tightened": tuple(held.loc[("imports-share", "tightened"), ["value", "low", "high"]]),
    }
    imported = split_lognormal(shares[control], rng) + multiplier * brought_in / added
    growth = split_lognormal(us_growth(files), rng)
    made = split_lognormal(domestic_added(files), rng) * pace
    return Case(
        *(us, legal + smuggled, added, growth, made),
        *(split_lognormal(domestic, rng), fade, imported),
    )


def added_share(three: list[pd.Series]) -> tuple[float, float, float]:
    """Part of a stock that was added in a year: at the medians, and the least and the most."""
    parts = [1 - history[YEAR_BEFORE] / history[QUARTER] for history in three]
    return parts[0], min(parts), max(parts)


def us_growth(files: Files) -> tuple[float, float, float]:
    """Growth of US additions, quarter against a year before: geometric mean of four, and 90 %."""
    added = stock(files, NAMED).diff()
    logs = np.log(added / added.shift(4)).iloc[-4:]
    half = lag.NORMAL_95 * logs.std()
    middle = math.exp(logs.mean())
    return middle, middle / math.exp(half), middle * math.exp(half)


def imports_share(files: Files, quarters: slice) -> tuple[float, float, float]:
    """Foreign chips bought legally over US additions in some quarters, the least and the most."""
    table = owners(files)
    bought = table[(table["Owner"] == "China") & table["Chip manufacturer"].isin(["Nvidia", "AMD"])]
    bought = bought.groupby("day")[MEDIAN].sum().diff()[quarters]
    added = stock(files, NAMED).diff()[quarters]
    return bought.sum() / added.sum(), (bought / added).min(), (bought / added).max()


def domestic_added(files: Files) -> tuple[float, float, float]:
    """Chinese chips added in 2025, quarters end to end (million H100e)."""
    table = files.raw("epoch/ai_chip_owners_quarters_by_chip_type.csv")
    made = table[(table["Owner"] == "China") & table["End date"].str.startswith("2025")]
    made = made[made["Chip manufacturer"].isin(["Huawei", "Cambricon"])]
    middle, low, high = made[[MEDIAN, LOW, HIGH]].sum() / 1e6
    return middle, low, high


def domestic_growth(files: Files) -> tuple[float, float, float]:
    """Growth of Chinese chips added: in compute; low end in chips; as far above on a log scale."""
    table = owners(files).query("Owner == 'China'")
    made = table[table["Chip manufacturer"].isin(["Huawei", "Cambricon"])]
    held = made.groupby("day")[[MEDIAN, UNITS]].sum()
    growth = (held.loc[QUARTER] - held.loc[YEAR_BEFORE]) / held.loc[YEAR_BEFORE]
    return growth[MEDIAN], growth[UNITS], growth[MEDIAN] ** 2 / growth[UNITS]


def domestic_growth_by_supply(files: Files) -> tuple[float, float, float]:
    """The same if wafers and memory bound it: SMIC, packages without memory, the 910C plan."""
    value = files.raw("new/huawei_supply.csv").set_index("id")["value"].astype(float)
    wafers = math.sqrt(value["HW022"] / value["HW020"])
    return wafers, value["HW003"] / value["HW002"], value["HW005"] / value["HW004"]


def path(case: Case) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Stocks of both at the end of each year, and what China makes in each; nothing retired."""
    faded = np.cumsum([case.fade**year for year in range(1, YEARS + 1)], axis=0)
    us_added, made = case.added * case.growth**faded, case.made * case.domestic**faded
    us = case.us + np.cumsum(np.vstack([0 * case.us, us_added]), axis=0)
    got = made + case.imported * us_added
    return us, case.china + np.cumsum(np.vstack([0 * case.us, got]), axis=0), made


def years_behind(us: np.ndarray, level: float) -> float:
    """Years since a rising US path was so large; infinite where it began above it."""
    if level < us[0]:
        return math.inf
    return YEARS - float(np.interp(math.log(level), np.log(us), range(YEARS + 1)))


def scenario_facts(files: Files) -> Facts:
    """What the chapter on scenarios says first, drawn anew."""
    case = drawn_case(files, domestic_growth(files))
    us, china, made = path(case)
    p5, median, p95 = np.quantile(us[-1] / china[-1], QUANTILES)
    needed = (us[-1] / 4 - case.china - made.sum(axis=0)) / (us[-1] - case.us)
    low, middle, high = np.quantile(needed, QUANTILES)
    behind = [years_behind(us[:, draw], china[-1, draw]) for draw in range(0, len(case.us), 10)]
    ends = {name: last_ratio(files, control=name) for name in ("lifted", "tightened")}
    bound = last_ratio(files, domestic_growth_by_supply(files))
    return {
        "scenario-ratio-held": median,
        "scenario-ratio-held-p5": p5,
        "scenario-ratio-held-p95": p95,
        "scenario-ratio-lifted": float(np.median(ends["lifted"])),
        "scenario-ratio-tightened": float(np.median(ends["tightened"])),
        "scenario-us": float(np.median(us[-1])),
        "scenario-china": float(np.median(china[-1])),
        "scenario-needed-four": middle,
        "scenario-needed-four-low": low,
        "scenario-needed-four-high": high,
        "scenario-clock-held": 12 * float(np.median(behind)),
        "scenario-ratio-supply": float(np.median(bound)),
    }


def central_facts(files: Files) -> Facts:
    """The ratio with controls held and production at its pace, all inputs at their medians."""
    us, smuggled = (stock(files, names) for names in (NAMED, ["China (smuggled)"]))
    added = us[QUARTER] - us[YEAR_BEFORE]
    brought_in = smuggled[QUARTER] - smuggled[YEAR_BEFORE]
    central = Case(
        us=np.array([us[QUARTER]]),
        china=np.array([stock(files, CHINESE)[QUARTER]]),
        added=np.array([added]),
        growth=np.array([us_growth(files)[0]]),
        made=np.array([domestic_added(files)[0]]),
        domestic=np.array([domestic_growth(files)[0]]),
        fade=np.array([files.assumed("growth-fade")]),
        imported=np.array([imports_share(files, slice(-4, None))[0] + brought_in / added]),
    )
    us_path, china_path, _ = path(central)
    return {"scenario-ratio-central": us_path[-1, 0] / china_path[-1, 0]}


def predicted_facts(files: Files) -> Facts:
    """The ratio at the end of 2026 over four cases in equal parts, rounded as it was registered.

    No page names the four. Controls held and tightened, each with production at its pace and bound
    by supply, give the registered figures of 2026, 2027 and 2030, so these are taken.
    """
    growths = domestic_growth(files), domestic_growth_by_supply(files)
    cases = [
        last_ratio(files, growth, control, year=1)
        for control in ("held", "tightened")
        for growth in growths
    ]
    low, middle, high = (float(f"{end:.2g}") for end in np.quantile(np.array(cases), QUANTILES))
    return {
        "scenario-predicted-ratio": middle,
        "scenario-predicted-ratio-low": low,
        "scenario-predicted-ratio-high": high,
    }


def last_ratio(
    files: Files, domestic: Iterable[float] | None = None, control: str = "held", year: int = YEARS
) -> np.ndarray:
    """Draws of the ratio at the end of a year of the scenarios, the last one if none is named."""
    us, china, _ = path(drawn_case(files, domestic or domestic_growth(files), control))
    return us[year] / china[year]


# What no publisher's file holds


def article_facts(files: Files) -> Facts:
    """What the article says, and sums of it alone."""
    cuts = (files.claim(text) / files.claim(line) for line, text in LENDERS.items())
    return {
        "ratio-article-chips": 1 / files.claim("C033"),
        "lag-article-low": files.claim("C006"),
        "lag-article-high": files.claim("C006", "value_high"),
        "capex-article": files.claim("C028"),
        "capex-growth-article": files.claim("C029"),
        "gen-article-caisi": files.claim("C061"),
        "gen-article-lee": files.claim("C063"),
        "gen-article-mythos-size": files.claim("C068"),
        "gen-article-mythos-cost": files.claim("C069"),
        "chip-article-training-share": files.claim("C092"),
        "chip-cuda-article": files.claim("C115"),
        "read-intel-share": files.claim("C169") / files.claim("C171"),
        "read-body-over-headline": float(np.mean(list(cuts))),
    }


def calculated(formula: str, values: dict[str, float]) -> float:
    """The value of an arithmetic expression over names."""

    def value(node: ast.expr) -> float:
        match node:
            case ast.BinOp(left, sign, right):
                return SIGNS[type(sign)](value(left), value(right))
            case ast.Name(name):
                return values[name]
            case ast.Constant(float() | int() as number):
                return number
        raise ValueError(f"{formula!r} is no arithmetic over names")

    return value(ast.parse(formula, mode="eval").body)


def named_values(files: Files) -> dict[str, float]:
    """What the comparisons inside the article may name: its figures, and some from outside.

    The figures by the number of their claim, upper ends with an h behind it.
    """
    claims = files.decided("claims").set_index("claim_id")
    table = files.raw("epoch/ml_hardware.csv").set_index("Hardware name")
    tensor, best = "Tensor-FP16/BF16 performance (FLOP/s)", "ML OP/s"
    h100 = table.loc["NVIDIA H100 SXM5 80GB"]
    guided = files.raw("market/capex.csv").query("fiscal_year == 2026 and year_basis == 'calendar'")
    guided = guided[guided["kind"].isin(["guidance_point", "guidance_high"])]
    tops = guided.set_index("company")["usd_billion"]
    latest = owners(files).query("day == @QUARTER").groupby("Chip manufacturer")[MEDIAN].sum()
    models = files.raw("new/epoch_training_compute_2026_transcribed.csv").set_index("model")
    intel = files.decided("company_results").query("company == 'Intel' and earnings_per_share < 0")
    return {
        **claims["value"].dropna(),
        **{f"{name}h": end for name, end in claims["value_high"].dropna().items()},
        "h100_tflops": h100[tensor] / 1e12,
        "b200": table.loc["NVIDIA B200", best] / h100[best],
        "h100_of_gb300": h100[tensor] / table.loc["NVIDIA GB300 (Blackwell Ultra)", tensor],
        "ascend_910c_over_910b": table.loc["Huawei Ascend 910C", best]
        / table.loc["Huawei Ascend 910B", best],
        "other_tops": tops["Alphabet"] + tops["Amazon"] + tops["Microsoft"],
        "google_own": 100 * latest["Google"] / latest.sum(),
        "fable_days": (ARTICLE - pd.Timestamp(models.loc["Claude Fable 5", "date"])).days,
        "intel_shares": (intel["net_profit_billion"] / intel["earnings_per_share"]).iloc[0],
    }


def implied_facts(files: Files) -> Facts:
    """How far the article's figures in H100 equivalents, Meta's aside, are from the stocks."""
    google, chinese = files.claim("C026"), files.claim("C033")
    world = google / (files.claim("C027") / 100)
    us = world * files.claim("C032") / 100
    measured = {
        google: stock(files, ["Google"]),
        world: stock(files, None),
        us: stock(files, NAMED),
        us * chinese: stock(files, CHINESE),
    }
    worst = max(abs(said / held[QUARTER] - 1) for said, held in measured.items())
    return {"audit-compute-worst-but-meta": worst}


def audit_facts(files: Files) -> Facts:
    """Comparisons inside the article by what comes out, those that could hardly fail aside."""
    values = named_values(files)
    checks = files.decided("audit_checks").set_index("check_id")
    outcomes: dict[str, list[bool]] = {name: [] for name in checks.index}
    saved = set()
    for one in files.decided("audit_readings").fillna("").astype(str).itertuples():
        if not one.low and not one.high:
            saved.add(one.check_id)
            continue
        result = calculated(one.calculation, values)
        above = not one.low or result >= calculated(one.low, values)
        below = not one.high or result <= calculated(one.high, values)
        outcomes[one.check_id].append(above and below)
    words = [
        audit_word(outcomes[name], name in saved, checks.loc[name, "meaning"] == "fits")
        for name in checks.index[~checks["is_trivial"]]
    ]
    counts = pd.Series(words).value_counts()
    return {
        "audit-counted": len(words),
        "audit-supported": counts["supported"],
        "audit-partly-supported": counts["partly supported"],
        "audit-right-number-wrong-meaning": counts["right number, wrong meaning"],
        "audit-contradicted": counts["contradicted"],
        "audit-trivial": checks["is_trivial"].sum(),
    }


def audit_word(agree: list[bool], is_saved: bool, fits: bool) -> str:
    """What comes out of a comparison: its bounded readings, one without a bound, its meaning."""
    if all(agree):
        return "supported" if agree and fits else "right number, wrong meaning"
    if any(agree):
        return "partly supported"
    return "right number, wrong meaning" if is_saved else "contradicted"


def verdict_facts(files: Files) -> Facts:
    """Claims by verdict, counted from the verdicts of the book; no verdict is weighed."""
    claims = files.decided("claims")
    own = claims[claims["section"] != "related-reads"]
    once = own[own["restates"].isna()]["claim_id"].str.lower()
    words = pd.Series([printed(files.book)[f"claim-{name}"]["value"] for name in once])
    counts = words.value_counts()
    failed = counts["contradicted"] + counts["outdated"]
    held = counts["supported"] + counts["right number, wrong meaning"] + counts["partly supported"]
    return {
        "index-claims": len(claims),
        "claims-own-total": len(own),
        "claims-own-restated": own["restates"].notna().sum(),
        "index-told": held + failed,
        "index-supported": counts["supported"],
        "index-misread": counts["right number, wrong meaning"],
        "index-partly": counts["partly supported"],
        "index-failed": failed,
        "index-unproven": counts["unproven"],
        "claims-own-decided": held + failed,
        "claims-own-contradicted": counts["contradicted"],
        "claims-own-supported-share": counts["supported"] / (held + failed),
        "claims-own-cannot-tell": counts["cannot tell"],
        "claims-own-not-checkable": counts["not checkable"],
    }


# Signs that a calculation of the book may have.
SIGNS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}

# Headline and text of the article's item on two lenders.
LENDERS = {"C142": "C147", "C143": "C150"}

# Worked out from the publishers' files.
FROM_FILES = (
    ratio_facts,
    stock_facts,
    new_share_facts,
    chip_count_facts,
    coverage_facts,
    leg_facts,
    chance_facts,
    added_facts,
    clock_facts,
    worth_facts,
    capex_facts,
    money_facts,
    site_facts,
    market_facts,
    chip_facts,
    reported_facts,
    run_facts,
    hardware_facts,
    cost_facts,
    bandwidth_facts,
    single_model_facts,
    staircase_facts,
    lag_facts,
    made_up_facts,
    scenario_facts,
    central_facts,
    predicted_facts,
)

# Counted or summed from what the article says and from verdicts.
FROM_WORDS = (article_facts, implied_facts, audit_facts, verdict_facts)


class Line(NamedTuple):
    """A fact, as the book prints it and as it is here."""

    key: str
    book: float
    here: float

    @property
    def difference(self) -> float:
        """Relative to the book's."""
        return self.here / self.book - 1

    @property
    def agrees(self) -> bool:
        return abs(self.difference) <= DRAWN_AT_RANDOM.get(self.key, TOLERANCE)

    def __str__(self) -> str:
        word = "agrees" if self.agrees else "DIFFERS"
        if self.key in DRAWN_AT_RANDOM:
            word += f" (draws, within {DRAWN_AT_RANDOM[self.key]:.0%})"
        return (
            f"{self.key:32} {self.book:<14.8g} {self.here:<14.8g} {self.difference:+8.3%}  {word}"
        )


def lines(
    downloads: Path, groups: Iterable = (*FROM_FILES, *FROM_WORDS), book: Path | None = None
) -> list[Line]:
    """All facts of some groups, recomputed and beside the book's."""
    files = Files(downloads, book)
    facts = {key: value for group in groups for key, value in group(files).items()}
    gone = {"value": math.nan}
    return [
        Line(key, printed(book).get(key, gone)["value"], float(value))
        for key, value in facts.items()
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("downloads", type=Path, metavar="DOWNLOADS")
    parser.add_argument("--book", type=Path, metavar="FOLDER", help="folder of a book as built")
    given = parser.parse_args()
    found = lines(given.downloads, book=given.book)
    print(f"{'fact':32} {'the book':14} {'here':14} {'differs':>8}")
    for line in found:
        print(line)
    faults = [line.key for line in found if not line.agrees]
    print(
        f"{len(found)} facts, {len(found) - len(faults)} agree; differ: {', '.join(faults) or '-'}"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
