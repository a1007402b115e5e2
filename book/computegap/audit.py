"""The article set against itself: sums over its claims, and whether its statements agree.

Each reading of a check is a calculation over claims, which are named by their ids, with the bounds
inside which the statements agree; one without bounds is that two figures are not of one thing.

The words are those of the verdicts on claims. Supported: every reading with bounds agrees. Partly
supported: some do. None does: contradicted, or right number, wrong meaning where a reading without
bounds saves it. The last also where all agree and whose word it is was dropped.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property

import pandas as pd

from computegap import arithmetic, lineage
from computegap.package import TableError
from computegap.quantities import article, frontier, spending, stocks
from computegap.show import frames
from computegap.tables import cell, load
from computegap.verdicts import CONTRADICTED, MISREAD, PARTLY, SUPPORTED

# The columns that hold calculations, by their tables.
CALCULATIONS = {"audit_readings": ("calculation", "low", "high"), "audit_bases": ("calculation",)}
# Binary fractions must not decide a check that is exact on paper.
_SLACK = 1e-9


class _Names(Mapping):
    """Names with their numbers. A table is opened only for a name whose number comes from it."""

    @cached_property
    def claims(self) -> dict[str, float]:
        table = load("claims").set_index("claim_id")
        highs = table["value_high"].dropna().add_suffix("h")
        return table["value"].dropna().to_dict() | highs.to_dict()

    def __getitem__(self, name: str) -> float:
        return _OUTSIDE[name]() if name in _OUTSIDE else self.claims[name]

    def __iter__(self) -> Iterator[str]:
        return iter((*_OUTSIDE, *self.claims))

    def __len__(self) -> int:
        return len(_OUTSIDE) + len(self.claims)


def names() -> Mapping[str, float]:
    """What a calculation may name: claims with a value, upper ends of ranges, and `outside`."""
    return _Names()


def result(calculation: str) -> float:
    """The result of a calculation. Raises `CalculationError` for what is none."""
    return arithmetic.evaluate(calculation, names())


def outside() -> dict[str, float]:
    """The numbers from outside the article: chips, shares of Intel, guidances, a release."""
    return {name: number() for name, number in _OUTSIDE.items()}


def _peak(chip: str, column: str) -> float:
    return float(load("chips").set_index("chip_name").at[chip, column])


def _intel_shares() -> float:
    """The shares outstanding that Intel's last result implies (billion)."""
    results = load("company_results").dropna(subset="earnings_per_share")
    intel = results[results["company"] == "Intel"].iloc[-1]
    return float(intel["net_profit_billion"] / intel["earnings_per_share"])


def _other_tops() -> float:
    """The top ends of the guidance of the four firms but Meta (USD billion)."""
    return float(spending.capex_guidance(2026, "high").drop("Meta").sum())


def _days_of_fable() -> float:
    """How old the newest yardstick of the article was on its day (days)."""
    released = frontier.eci_scores().set_index("model_name").at["Claude Fable 5", "release_date"]
    return float((article.ARTICLE_DATE - released).days)


_H100, _FP16, _INT8 = "H100 SXM", "fp16_dense_tflops", "int8_dense_tops"
_OUTSIDE = {
    # The faster of the variants of the 910B.
    "ascend_910c_over_910b": lambda: _peak("Ascend 910C", _FP16) / _peak("Ascend 910B1", _FP16),
    "fable_days": _days_of_fable,
    "google_own": lambda: 100 * float(stocks.designer_share("Google").iloc[-1]),
    "other_tops": _other_tops,
    "b200": lambda: _peak("B200", _INT8) / _peak(_H100, _INT8),
    "h100_of_gb300": lambda: _peak(_H100, _FP16) / _peak("GB300 (per GPU)", _FP16),
    # A million chips of one teraFLOPS make one exaFLOPS, so millions times this are EFLOPS.
    "h100_tflops": lambda: _peak(_H100, _FP16),
    "intel_shares": _intel_shares,
}


# Results


@lineage.recalled
def readings() -> pd.DataFrame:
    """All readings with their checks, `result`, `at_least`, `at_most`, and whether each `agrees`.

    In the order of the article. Raises `TableError` for a cell that is no calculation.
    """
    results = {
        "result": _results("audit_readings", "calculation"),
        "at_least": _results("audit_readings", "low", float("-inf")),
        "at_most": _results("audit_readings", "high", float("inf")),
    }
    judged = load("audit_checks").set_index("check_id")
    found = load("audit_readings").join(judged, on="check_id", how="inner")
    found = found.join(pd.DataFrame(results))
    slack = _SLACK * found["result"].abs()
    above = found["result"] >= found["at_least"] - slack
    found["agrees"] = above & (found["result"] <= found["at_most"] + slack)
    return found.sort_values(["position", "reading_id"], ignore_index=True)


@lineage.recalled
def checks() -> pd.DataFrame:
    """All checks in the order of the article, each with its `verdict`."""
    found = readings()
    has_bound = found["low"].notna() | found["high"].notna()
    agreeing = found[has_bound].groupby("check_id")["agrees"].mean()
    saved = set(found.loc[~has_bound, "check_id"])
    table = load("audit_checks").sort_values("position")
    words = [
        _verdict(agreeing[row.check_id], row.check_id in saved, row.meaning)
        for row in table.itertuples()
    ]
    return table.assign(verdict=words)


def _verdict(agreeing: float, is_saved: bool, meaning: str) -> str:
    """The word for the part of the readings with bounds that agree, 0 to 1."""
    if agreeing == 0:
        return MISREAD if is_saved else CONTRADICTED
    if agreeing < 1:
        return PARTLY
    return SUPPORTED if meaning == "fits" else MISREAD


@lineage.recalled
def checks_from_outside() -> list[str]:
    """The checks that have a reading with a number from outside the article."""
    found, foreign = load("audit_readings"), _OUTSIDE.keys()
    formulas = found[["calculation", "low", "high"]].fillna("").agg(" ".join, axis=1)
    is_foreign = formulas.map(lambda text: not foreign.isdisjoint(arithmetic.names_in(text)))
    return list(found.loc[is_foreign, "check_id"].unique())


def problems() -> list[str]:
    """What is no calculation in the tables, a line for each cell: file, row, column, what it is."""
    known, found = names(), []
    for table_name, columns in CALCULATIONS.items():
        for column in columns:
            for row, text in load(table_name)[column].dropna().items():
                try:
                    _result(table_name, column, row, text, known)
                except TableError as error:
                    found.append(str(error))
    return found


def _results(table_name: str, column: str, missing: float = float("nan")) -> list[float]:
    """The results of a column of calculations; `missing` where there is none."""
    known = names()
    return [
        missing if pd.isna(text) else _result(table_name, column, row, text, known)
        for row, text in load(table_name)[column].items()
    ]


def _result(table_name: str, column: str, row: int, text: str, known: Mapping[str, float]) -> float:
    try:
        return arithmetic.evaluate(text, known)
    except arithmetic.CalculationError as error:
        raise TableError(f"{cell(table_name, row, column)}: {error}") from None


# Tables


@lineage.recalled
def ten() -> frames.Table:
    """The ten checks that matter most for the article's argument, with what could explain them."""
    rows = checks().dropna(subset="rank").sort_values("rank")
    return frames.table(
        rows[["check_name", "verdict", "explanation", "claim_ids"]],
        check_name="What is set against what",
        explanation="Why",
        claim_ids="Claims",
    )
