"""Draws per second and peak memory of the compute-gap model; fails unless both grow linearly.

python bench/model.py
"""

import json
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path

SIZES = (100_000, 1_000_000, 10_000_000)
# Ten times the draws may take at most this many times the time, and the memory of the results.
TOLERANCE = 1.5


def measure(n: int) -> dict[str, float]:
    """Seconds, peak bytes and bytes of the results of n draws, in this process."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "book"))
    from computegap import measures, model, scenarios

    inputs = scenarios.lag_inputs(measures.assumptions())
    model.simulate(inputs, model.lags, 1000)  # the first call pays for imports
    start = time.perf_counter()
    results = model.simulate(inputs, model.lags, n)
    seconds = time.perf_counter() - start
    size = sum(values.nbytes for values in results.values())
    del results
    # A second run, because tracing takes time of its own.
    tracemalloc.start()
    model.simulate(inputs, model.lags, n)
    return {"seconds": seconds, "bytes": tracemalloc.get_traced_memory()[1], "results": size}


def main() -> int:
    print(f"{'draws':>12} {'draws/s':>14} {'peak MB':>10} {'bytes/draw':>12}")
    found = {}
    for n in SIZES:
        # A process of its own each, so that one size leaves nothing to the next.
        command = [sys.executable, __file__, str(n)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        found[n] = row = json.loads(done.stdout)
        print(
            f"{n:>12,} {n / row['seconds']:>14,.0f} {row['bytes'] / 1e6:>10.1f} "
            f"{row['bytes'] / n:>12.1f}"
        )
    *_, middle, large = SIZES
    slower = found[large]["seconds"] / found[middle]["seconds"] / (large / middle)
    held = found[large]["bytes"] / found[large]["results"]
    print(f"time per draw, {large:,} over {middle:,}: {slower:.2f}")
    print(f"peak memory over the size of the results: {held:.2f}")
    return 0 if slower < TOLERANCE and held < TOLERANCE else 1


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(int(sys.argv[1]))))
    else:
        sys.exit(main())
