"""What a training run takes: arithmetic, chip-hours, days and dollars, dense and sparse.

The rule is C = 6 N D (Kaplan et al. 2020, Hoffmann et al. 2022): each token passes every
parameter that works on it forwards (2 operations) and backwards (4). In a sparse model only the
active share of the parameters works on a token. Post-training, failed runs and research are not
counted. Start values and ranges stand in data/training_assumptions.csv.
"""

from computegap.tables import load

SECONDS_PER_HOUR, HOURS_PER_DAY = 3600, 24


def h100_peak_flop_per_s() -> float:
    """Peak dense 16-bit arithmetic of an H100 (FLOP/s). Source: Epoch AI, table chips."""
    chips = load("chips").set_index("chip_name")
    return float(chips.at["H100 SXM", "fp16_dense_tflops"]) * 1e12


def training_flop(active_parameters: float, tokens: float) -> float:
    """Arithmetic of pre-training, C = 6 N D (FLOP).

    `active_parameters`: parameters that work on a token, in units; `tokens`: in units.
    Raises `ValueError` for a value that is not above zero.
    """
    _positive(active_parameters=active_parameters, tokens=tokens)
    return 6 * active_parameters * tokens


def run_flop(parameters: float, tokens_per_parameter: float, active_share: float = 1) -> float:
    """Arithmetic of a run with data in proportion to all parameters, C = 6 (a N) (r N) (FLOP).

    `parameters` N: all of them; `tokens_per_parameter` r; `active_share` a: 1 in a dense model.
    Raises `ValueError` for a value that is not above zero or a share above one.
    """
    _share(active_share=active_share)
    return training_flop(active_share * parameters, tokens_per_parameter * parameters)


def chip_hours(flop: float, utilisation: float, peak_flop_per_s: float) -> float:
    """Hours of one chip that the arithmetic takes, C / (peak x utilisation) (hours).

    `utilisation`: share of the peak that the run reaches, 0-1.
    Raises `ValueError` for a value that is not above zero or a share above one.
    """
    _positive(flop=flop, peak_flop_per_s=peak_flop_per_s)
    _share(utilisation=utilisation)
    return flop / (peak_flop_per_s * utilisation) / SECONDS_PER_HOUR


def days(flop: float, chips: float, utilisation: float, peak_flop_per_s: float) -> float:
    """Days that the run takes on so many chips (days). Raises `ValueError` as `chip_hours`."""
    _positive(chips=chips)
    return chip_hours(flop, utilisation, peak_flop_per_s) / chips / HOURS_PER_DAY


def cost_usd(
    flop: float, utilisation: float, peak_flop_per_s: float, price_usd_per_hour: float
) -> float:
    """Rent of the chips for the run, chip-hours x price (USD). Raises as `chip_hours`."""
    _positive(price_usd_per_hour=price_usd_per_hour)
    return chip_hours(flop, utilisation, peak_flop_per_s) * price_usd_per_hour


def _positive(**values: float) -> None:
    for name, value in values.items():
        if not value > 0:
            raise ValueError(f"{name} is {value!r}; expected a number above zero")


def _share(**values: float) -> None:
    _positive(**values)
    for name, value in values.items():
        if value > 1:
            raise ValueError(f"{name} is {value!r}; expected a share of at most one")
