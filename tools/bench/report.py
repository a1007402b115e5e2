"""The recorded run as a table in Markdown and a chart."""

from pathlib import Path

import altair as alt
import pandas as pd

_ORDER = ["cold", "nothing changed", "one sentence changed", "one value changed"]
_TARGETS = {"cold": 0.55, "nothing changed": 0.5, "one sentence changed": 0.5}


def write(data: Path, out: Path) -> None:
    """Write results.md and growth.svg into `out`, from the tables of the run in `data`."""
    results = pd.read_csv(data / "build_times.csv")
    machine = pd.read_csv(data / "build_machine.csv").iloc[0]
    (out / "results.md").write_text(_table(results, machine), encoding="utf-8")
    _chart(results).save(out / "growth.svg")


def _table(results: pd.DataFrame, machine: pd.Series) -> str:
    medians = results.set_index(["configuration", "scenario", "times_chapters"])["median_s"]
    once = medians.xs(1, level="times_chapters")
    lines = [
        "# Builds compared",
        "",
        f"Recorded on {machine.run_date}: {machine.cores} cores, {machine.memory_gb:g} GB, "
        f"{machine.system_name}, Python {machine.python_version}, "
        f"load {machine.load_at_start:g} at the start; medians of {machine.runs}, "
        f"with more chapters of {machine.growth_runs}.",
        "`make bench` repeats it; the ratios say more than the seconds.",
        "",
        "| build | stock (s) | this book (s) | ratio | target |",
        "|:---|---:|---:|---:|---:|",
    ]
    for scenario in _ORDER:
        stock, ours = once["stock", scenario], once["this book", scenario]
        target = f"{_TARGETS[scenario]:g}" if scenario in _TARGETS else ""
        lines.append(f"| {scenario} | {stock:.1f} | {ours:.1f} | {ours / stock:.2f} | {target} |")
    ours, bound = once["this book", "execution"], once["lower bound", "execution"]
    lines += [
        "",
        f"Execution alone: {ours:.1f} s; the same cells as plain scripts on all cores: "
        f"{bound:.1f} s; ratio {ours / bound:.2f} (target 1.3).",
        "",
        *_correctness(results),
        *_memory(results),
        "",
        "| chapters | " + " | ".join(f"stock, {s} (s) | this book, {s} (s)" for s in _ORDER) + " |",
        "|---:|" + "---:|---:|" * len(_ORDER),
    ]
    for times, rows in results.groupby("times_chapters"):
        cells = [f"{rows['chapters'].iloc[0]}"]
        for scenario in _ORDER:
            cells += [f"{medians[name, scenario, times]:.1f}" for name in ("stock", "this book")]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _correctness(results: pd.DataFrame) -> list[str]:
    changed = results.query("scenario == 'one value changed' and times_chapters == 1")
    shown = changed.set_index("configuration")["is_current"].astype(str).str.lower() == "true"
    words = {True: "shows the new value", False: "still shows the old value"}
    return [
        f"After one value of a table changed, the stock book {words[shown['stock']]}, "
        f"this book {words[shown['this book']]}."
    ]


def _memory(results: pd.DataFrame) -> list[str]:
    cold = results.query("scenario == 'cold' and times_chapters == 1")
    peak = cold.set_index("configuration")["peak_memory_mb"]
    return [
        f"Peak memory of a cold build: stock {peak['stock']:.0f} MB, "
        f"this book {peak['this book']:.0f} MB, all processes together."
    ]


def _chart(results: pd.DataFrame) -> alt.FacetChart:
    # Fast is not better where the number on the page is the old one.
    shown = {"one value changed": "one value changed; the stock book keeps the old one"}
    timed = results[results["scenario"].isin(_ORDER)].replace({"scenario": shown})
    return (
        alt.Chart(timed)
        .mark_line(point=True)
        .encode(
            alt.X("chapters:Q").title("Chapters"),
            alt.Y("median_s:Q").title("Seconds"),
            alt.Color("configuration:N").title(None).scale(range=["#808890", "#1b998b"]),
            alt.StrokeDash("configuration:N").title(None),
            alt.Facet("scenario:N", columns=2)
            .sort([shown.get(name, name) for name in _ORDER])
            .title(None),
        )
        .properties(width=260, height=180)
        .resolve_scale(y="independent")
    )
