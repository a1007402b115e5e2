"""Charts that compute in the page: their sliders, and formulas of the model in Vega's words.

A page has no Python, so `model.lag_months` and `model.stocks` stand here a second time, as
expressions; tests/computegap/test_live.py draws them with other start values and compares both.
"""

import altair as alt
import pandas as pd


def slider(name: str, value: float, ends: tuple, step: float, label: str) -> alt.Parameter:
    """A slider of a chart; formulas read it by its name."""
    low, high = ends
    bound = alt.binding_range(min=low, max=high, step=step, name=label)
    return alt.param(name, value=value, bind=bound)


# What a gap is worth


def lag_controls(
    ratio: float, run_growth: float, halving_months: float, algorithms: bool = True
) -> list[alt.Parameter]:
    """What `lag_months` reads: sliders `ratio`, `pace` and `halving`, and a box `algorithms`."""
    return [
        slider("ratio", ratio, (1.1, 30), 0.1, "Gap, US over China"),
        slider("pace", run_growth, (1.2, 10), 0.1, "Growth of compute, times a year"),
        slider("halving", halving_months, (3, 36), 1, "Compute needed halves in, months"),
        alt.param(
            "algorithms", value=algorithms, bind=alt.binding_checkbox(name="Count better methods")
        ),
    ]


def lag_months(ratio: str) -> str:
    """`model.lag_months` of an expression for the ratio, at the growth that the controls give.

    With algorithms the growth is `pace` times `model.halving_growth` of `halving`.
    """
    return f"12 * log({ratio}) / (log(pace) + (algorithms ? 12 / halving * log(2) : 0))"


# Stocks of the coming years


def stocks_controls(
    us_growth: float,
    china_growth: float,
    fade: float,
    imports_share: float,
    multiple: float = 1,
) -> list[alt.Parameter]:
    """The sliders that `stocks_ratio` reads: the assumptions of a scenario, without the stocks."""
    return [
        slider("us_growth", us_growth, (1, 5), 0.01, "Growth of US additions, times a year"),
        slider(
            "cn_growth", china_growth, (1, 5), 0.01, "Growth of Chinese production, times a year"
        ),
        slider("fade", fade, (0.3, 0.95), 0.05, "Part of growth left after a year"),
        slider("multiple", multiple, (0, 4), 0.25, "Chinese production, to its pace"),
        slider(
            "imports", imports_share, (0, 0.5), 0.002, "Foreign chips in China, over US additions"
        ),
    ]


def stocks_ratio(point: dict[str, float], first_year: int, years: int) -> alt.Chart:
    """A chart without a mark, with `ratio` (US over China) by `year`, as `model.stocks` has it.

    `point`: the stocks and what was added to them in the last year (million H100e), by the names
    of the assumptions. Growth and imports come from `stocks_controls`.
    """
    steps = pd.DataFrame({"t": range(years + 1), "year": range(first_year, first_year + years + 1)})
    steps = steps.assign(
        us0=point["us-stock"],
        us_added=point["us-stock"] * point["us-added-share"],
        cn0=point["china-stock"] + point["smuggled-stock"],
        cn_added=point["domestic-added"],
    )
    return (
        alt.Chart(steps)
        # Growth of the first t years together, as an exponent: fade + fade² + … + fadeᵗ.
        .transform_calculate(faded="fade * (1 - pow(fade, datum.t)) / (1 - fade)")
        .transform_calculate(
            us="datum.t == 0 ? 0 : datum.us_added * pow(us_growth, datum.faded)",
            cn="datum.t == 0 ? 0 : datum.cn_added * multiple * pow(cn_growth, datum.faded)",
        )
        .transform_window(us_sum="sum(us)", cn_sum="sum(cn)", sort=[alt.SortField("t")])
        .transform_calculate(
            ratio="(datum.us0 + datum.us_sum) / (datum.cn0 + datum.cn_sum + imports * datum.us_sum)"
        )
    )
